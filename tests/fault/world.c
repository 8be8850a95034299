/* world: see world.h. */
#include "fault/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

/* ---- models --------------------------------------------------------------------------------------------------------- */

const kith_model owner_model = {
    .name = "owner",
    .struct_size = sizeof(struct owner),
    .attrs = KITH_ATTRS(KITH_ATTR(struct owner, id, .type = KITH_BIGINT, .primary_key = true, .auto_increment = true),
                        KITH_ATTR(struct owner, name, .type = KITH_STRING(40), .not_null = true,
                                  .checks = KITH_CHECKS(KITH_LEN(1, 40)))),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &pug_model, .into = KITH_INTO(struct owner, pugs, struct pug) }),
};

const kith_model pug_model = {
    .name = "pug",
    .struct_size = sizeof(struct pug),
    .attrs =
        KITH_ATTRS({ .name = "name",
                     .type = KITH_STRING(20),
                     .not_null = true,
                     .checks = KITH_CHECKS(KITH_LEN(2, 20), KITH_MATCHES("^\\p{Lu}\\w+$")),
                     .member = KITH_MEMBER(struct pug, name) },
                   { .name = "email", .type = KITH_STRING(80), .unique = true, .checks = KITH_CHECKS(KITH_IS_EMAIL) },
                   { .name = "mood", .type = KITH_ENUM("happy", "grumpy"), .default_value = KITH_CONST_STR("happy") },
                   { .name = "age", .type = KITH_INTEGER, .checks = KITH_CHECKS(KITH_RANGE(0, 30)) },
                   { .name = "weight", .type = KITH_DECIMAL(6, 2) }, { .name = "born", .type = KITH_DATEONLY },
                   { .name = "chip", .type = KITH_UUID, .generate = KITH_UUIDV4 },
                   { .name = "photo", .type = KITH_BLOB }, { .name = "facts", .type = KITH_JSON }),
    .indexes = KITH_INDEXES({ .attrs = KITH_NAMES("mood", "age") }),
    .assocs = KITH_ASSOCS(
        { KITH_BELONGS_TO, .target = &owner_model, .into = KITH_INTO_ONE(struct pug, owner, struct owner) },
        { KITH_HAS_ONE, .target = &collar_model }, { KITH_HAS_MANY, .target = &toy_model },
        { KITH_BELONGS_TO_MANY, .target = &pug_model, .as = "friends", .through_model = &friendship_model,
          .foreign_key = "pugId", .other_key = "friendId",
          .into = KITH_INTO(struct pug, friends, struct pug, struct friendship) },
        { KITH_BELONGS_TO_MANY, .target = &thing_model, .as = "foods", .through = "pug_thing",
          .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("food") }) },
        { KITH_BELONGS_TO_MANY, .target = &thing_model, .as = "drinks", .through = "pug_thing",
          .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("drink") }) },
        { KITH_BELONGS_TO_MANY, .target = &room_model, .through = "stay", .other_key = "roomHouse,roomNumber" }),
};

const kith_model friendship_model = {
    .name = "friendship",
    .struct_size = sizeof(struct friendship),
    .attrs = KITH_ATTRS(KITH_ATTR(struct friendship, since, .type = KITH_DATEONLY),
                        KITH_ATTR(struct friendship, level, .type = KITH_INTEGER, .default_value = KITH_CONST_INT(1))),
};

const kith_model collar_model = {
    .name = "collar",
    .attrs = KITH_ATTRS({ .name = "color", .type = KITH_STRING(10) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &pug_model }),
};

const kith_model toy_model = {
    .name = "toy",
    .paranoid = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &pug_model }),
};

const kith_model thing_model = {
    .name = "thing",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
};

const kith_model room_model = {
    .name = "room",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "house", .type = KITH_STRING(10), .primary_key = true },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "label", .type = KITH_TEXT }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &bed_model, .foreign_key = "roomHouse,roomNumber" }),
};

const kith_model bed_model = {
    .name = "bed",
    .underscored = true,
    .attrs = KITH_ATTRS({ .name = "size", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &room_model, .foreign_key = "roomHouse,roomNumber" }),
};

/* A guest is named by its hook; whatever happens to guests and to who they know leaves a thing. */
static bool name_guests(kith_session *s, kith_hook_call *call, void *ctx)
{
    (void)s;
    (void)ctx;
    for (size_t i = 0; kith_hook_row(call, i); i++)
        if (!kith_hook_set(call, "note", KITH_V("was here")))
            return false;
    return true;
}

static bool leave_thing(kith_session *s, kith_hook_call *call, void *ctx)
{
    (void)call;
    (void)ctx;
    return kith_create(s, &thing_model, KITH_FIELDS(KITH_F("name", "trace"))) != NULL;
}

#define TRACES                                                                                                         \
    { KITH_AFTER_CREATE, leave_thing }, { KITH_AFTER_UPDATE, leave_thing }, { KITH_AFTER_DESTROY, leave_thing },       \
        { KITH_BEFORE_BULK_CREATE, name_guests }, { KITH_BEFORE_BULK_UPDATE, name_guests },                            \
    {                                                                                                                  \
        KITH_AFTER_BULK_DESTROY, leave_thing                                                                           \
    }

const kith_model guest_model = {
    .name = "guest",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .checks = KITH_CHECKS(KITH_LEN(2, 20)) },
                        { .name = "note", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &guest_model, .as = "host" },
                          { KITH_HAS_MANY, .target = &guest_model, .as = "guests", .foreign_key = "hostId" },
                          { KITH_BELONGS_TO_MANY, .target = &guest_model, .as = "mates", .through_model = &mate_model,
                            .foreign_key = "guestId", .other_key = "mateId" }),
    .hooks = KITH_HOOKS(TRACES, { KITH_BEFORE_VALIDATE, name_guests }),
};

const kith_model mate_model = {
    .name = "mate",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "level", .type = KITH_INTEGER }, { .name = "note", .type = KITH_STRING(20) }),
    .hooks = KITH_HOOKS(TRACES),
};

const kith_model memo_model = {
    .name = "memo",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "topic", .targets = KITH_MODELS(&toy_model, &guest_model) }),
};

const kith_model *const world_models[] = { &owner_model, &pug_model,   &friendship_model, &collar_model,
                                           &toy_model,   &thing_model, &room_model,       &bed_model,
                                           &guest_model, &mate_model,  &memo_model,       NULL };

/* ---- the pattern ---------------------------------------------------------------------------------------------------- */

/* Every moment is the same, so that what is read can be compared. */
#define AT      "'2026-01-02 03:04:05.000000', '2026-01-02 03:04:05.000000'"
#define CHIP(n) "'00000000-0000-4000-8000-00000000000" #n "'"

static const char rows[] =
    "INSERT INTO owners (id, name, createdAt, updatedAt) VALUES (1, 'Ann', " AT "), (2, 'Bob', " AT ");"
    "INSERT INTO pugs (id, name, email, mood, age, weight, born, chip, photo, facts, ownerId, createdAt, updatedAt)"
    " VALUES (1, 'Cody', 'cody@example.org', 'happy', 3, '8.50', '2023-01-02', " CHIP(
        1) ", x'0001', '{\"a\":1}', 1, " AT
           "), (2, 'Doug', 'doug@example.org', 'grumpy', 12, '9.25', '2014-05-06', " CHIP(
               2) ", NULL, NULL, 1, " AT
                  "), (3, 'Frank', NULL, 'happy', 7, NULL, NULL, " CHIP(
                      3) ", NULL, '[]', 2, " AT
                         "), (4, 'Penny', 'penny@example.org', NULL, NULL, NULL, NULL, " CHIP(
                             4) ", NULL, NULL, NULL, " AT ");"
                                "INSERT INTO friendships (pugId, friendId, since, level, createdAt, updatedAt) VALUES"
                                " (1, 2, '2020-01-01', 2, " AT "), (1, 3, '2021-01-01', 1, " AT "), (3, 1, NULL, 1, " AT
                                ");"
                                "INSERT INTO collars (id, color, pugId, createdAt, updatedAt) VALUES (1, 'red', 1, " AT
                                "), (2, 'blue', 2, " AT ");"
                                "INSERT INTO toys (id, name, pugId, createdAt, updatedAt) VALUES (1, 'ball', 1, " AT
                                "), (2, 'bone', 1, " AT "), (3, 'rope', 2, " AT "), (4, 'duck', NULL, " AT ");"
                                "INSERT INTO things (id, name, createdAt, updatedAt) VALUES (1, 'milk', " AT
                                "), (2, 'meat', " AT "), (3, 'water', " AT "), (4, 'soup', " AT ");"
                                "INSERT INTO pug_thing (pugId, thingId, kind, createdAt, updatedAt) VALUES"
                                " (1, 1, 'drink', " AT "), (1, 3, 'drink', " AT "), (1, 2, 'food', " AT
                                "), (2, 2, 'food', " AT ");"
                                "INSERT INTO rooms (house, number, label) VALUES ('A', 1, 'hall'), ('A', 2, 'attic'), "
                                "('B', 1, 'barn');"
                                "INSERT INTO stay (pugId, roomHouse, roomNumber, createdAt, updatedAt) VALUES (1, 'A', "
                                "1, " AT "), (2, 'A', 2, " AT ");"
                                "INSERT INTO beds (id, size, room_house, room_number, created_at, updated_at) VALUES "
                                "(1, 2, 'A', 1, " AT "), (2, 1, 'A', 1, " AT "), (3, 1, NULL, NULL, " AT ");"
                                "INSERT INTO guests (id, name, hostId) VALUES (1, 'Gil', NULL), (2, 'Hal', 1), "
                                "(3, 'Ida', NULL), (4, 'Jim', NULL);"
                                "INSERT INTO mates (guestId, mateId, level) VALUES (1, 2, 1), (1, 3, 1);"
                                "INSERT INTO memos (id, topicId, topicType) VALUES (1, 1, 'toy'), (2, 1, 'guest'), "
                                "(3, 2, 'toy'), (4, NULL, NULL);";

static char folder[64], pattern[80], copy[80];
static sqlite3 *reader;
/* What was read last. SQLite's data_version stays the same as long as nobody else has committed a change. */
static char *last_dump;
static int last_version;

static bool report(const char *what, const char *why)
{
    fprintf(stderr, "world: %s: %s\n", what, why);
    return false;
}

static bool make_pattern(void)
{
    char url[128];
    kith_error err;
    snprintf(url, sizeof url, "sqlite:%s?journal=delete&synchronous=off", pattern);
    kith_db *db = kith_open(url, &(kith_open_opts){ .models = world_models }, &err);
    if (!db)
        return report("the pattern", err.message);
    kith_session *s = kith_session_open(db);
    bool good = kith_sync(s, NULL) && kith_execute_script(s, rows);
    if (!good)
        report("the pattern", kith_error_of(s)->message);
    kith_session_close(s);
    kith_close(db);
    return good;
}

bool world_begin(void)
{
    /* In memory where the system has such a folder: the copies are many. */
    snprintf(folder, sizeof folder, "%s/kith-fault-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(folder))
        return report("the folder", "cannot be made");
    snprintf(pattern, sizeof pattern, "%s/p.db", folder);
    snprintf(copy, sizeof copy, "%s/c.db", folder);
    return make_pattern();
}

static void remove_file(const char *path)
{
    static const char *const behind[] = { "", "-wal", "-shm", "-journal" };
    char full[96];
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
        snprintf(full, sizeof full, "%s%s", path, behind[i]);
        unlink(full);
    }
}

void world_end(void)
{
    world_forget();
    remove_file(pattern);
    remove_file(copy);
    rmdir(folder);
}

static bool open_reader(void)
{
    if (reader || sqlite3_open_v2(copy, &reader, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
        return true;
    return report("the copy", sqlite3_errmsg(reader));
}

const char *world_copy(const char *sql)
{
    char bytes[16384];
    size_t size;
    world_forget();
    remove_file(copy);
    FILE *from = fopen(pattern, "rb"), *to = fopen(copy, "wb");
    while (from && to && (size = fread(bytes, 1, sizeof bytes, from)) > 0)
        if (fwrite(bytes, 1, size, to) != size)
            report("the copy", "cannot be written");
    if (from)
        fclose(from);
    if (to)
        fclose(to);
    if (sql && open_reader() && sqlite3_exec(reader, sql, NULL, NULL, NULL) != SQLITE_OK)
        report(sql, sqlite3_errmsg(reader));
    return copy;
}

/* ---- what is stored ------------------------------------------------------------------------------------------------- */

void world_forget(void)
{
    sqlite3_close(reader);
    reader = NULL;
    free(last_dump);
    last_dump = NULL;
}

/* Different in each run: when a row was written, and what was drawn for it. */
static bool is_left_out(const char *column)
{
    size_t size = strlen(column);
    return strcmp(column, "chip") == 0 || (size > 2 && strcmp(column + size - 2, "At") == 0) ||
           (size > 3 && strcmp(column + size - 3, "_at") == 0);
}

static void dump_row(struct buf *out, sqlite3_stmt *st)
{
    for (int i = 0; i < sqlite3_column_count(st); i++) {
        if (is_left_out(sqlite3_column_name(st, i)))
            kith__buf_format(out, " (%d)", sqlite3_column_type(st, i));
        else
            kith__buf_format(out, " %d:%s", sqlite3_column_type(st, i), (const char *)sqlite3_column_text(st, i));
    }
    kith__buf_char(out, '\n');
}

static bool dump_query(struct buf *out, const char *sql)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(reader, sql, -1, &st, NULL);
    while (code == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        dump_row(out, st);
    int ended = sqlite3_finalize(st);
    return (code == SQLITE_OK && ended == SQLITE_OK) || report(sql, sqlite3_errmsg(reader));
}

/* All tables by name, and in each the rows in the order of all their columns. */
static bool dump_tables(struct buf *out)
{
    sqlite3_stmt *st = NULL;
    bool good = true;
    if (sqlite3_prepare_v2(reader,
                           "SELECT 'SELECT ''' || m.name || ''', * FROM \"' || m.name || '\" ORDER BY ' ||"
                           " (SELECT group_concat(cid + 2) FROM pragma_table_info(m.name))"
                           " FROM sqlite_master m WHERE type = 'table' ORDER BY name",
                           -1, &st, NULL) != SQLITE_OK)
        return report("the tables", sqlite3_errmsg(reader));
    while (good && sqlite3_step(st) == SQLITE_ROW)
        good = dump_query(out, (const char *)sqlite3_column_text(st, 0));
    return sqlite3_finalize(st) == SQLITE_OK && good;
}

static bool is_unlocked(void)
{
    if (sqlite3_exec(reader, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL) == SQLITE_OK)
        return true;
    return report("a lock is left", sqlite3_errmsg(reader));
}

static int data_version(void)
{
    sqlite3_stmt *st = NULL;
    int version = 0;
    if (sqlite3_prepare_v2(reader, "PRAGMA data_version", -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        version = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return version;
}

static char *read_all(void)
{
    struct buf out;
    kith__buf_init(&out, &kith__default_allocator);
    bool good = dump_query(&out, "SELECT type, name, sql FROM sqlite_master ORDER BY type, name") && dump_tables(&out);
    char *text = good && !out.failed ? strdup(kith__buf_text(&out)) : NULL;
    kith__buf_free(&out);
    return text;
}

const char *world_dump(void)
{
    if (!open_reader() || !is_unlocked())
        return NULL;
    int version = data_version();
    if (last_dump && version == last_version)
        return last_dump;
    free(last_dump);
    last_dump = read_all();
    last_version = version;
    return last_dump;
}
