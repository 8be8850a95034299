/* Errors that databases make: the same status for the same mistake on each of them, the constraint traced back to model
 * and attribute, and the database's own code and the statement beside it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/shared.h"

static const kith_model owner_model, dog_model;

static const kith_model owner_model = {
    .name = "owner",
    .no_timestamps = true,
    .attrs =
        KITH_ATTRS({ .name = "name", .column = "full_name", .type = KITH_STRING(5), .not_null = true, .unique = true },
                   { .name = "street", .type = KITH_STRING(20), .unique_group = "address" },
                   { .name = "number", .type = KITH_INTEGER, .unique_group = "address" },
                   { .name = "age", .type = { .id = KITH_T_INTEGER, .is_unsigned = true } },
                   { .name = "mood", .type = KITH_ENUM("good", "bad") }, { .name = "notes", .type = KITH_JSON },
                   { .name = "money", .type = KITH_DECIMAL(4, 2) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &dog_model, .foreign_key = "ownerId", .on_delete = KITH_RESTRICT },
                          { KITH_BELONGS_TO_MANY, .target = &dog_model, .as = "favourites", .through = "likes" }),
};
static const kith_model dog_model = {
    .name = "dog",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &owner_model, .on_delete = KITH_RESTRICT },
                          { KITH_BELONGS_TO_MANY, .target = &owner_model, .as = "fans", .through = "likes" }),
};
#define MODELS KITH_MODELS(&owner_model, &dog_model)

/* Ann has a dog, which she likes. */
static kith_session *start_owners(void **state, kith_open_opts opts)
{
    kith_session *s = start_with(state, MODELS, opts);
    kith_record *ann = must(s, kith_create(s, &owner_model,
                                           KITH_FIELDS(KITH_F("name", "Ann"), KITH_F("street", "Elm Street"),
                                                       KITH_F("number", 7), KITH_F("age", 30))));
    must(s, kith_create(s, &owner_model, KITH_FIELDS(KITH_F("name", "Bob"), KITH_F("age", 40))));
    kith_record *rex = must(s, kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "Rex"), KITH_F("ownerId", 1))));
    must(s, kith_add(s, ann, "favourites", KITH_REFS({ rex }), NULL));
    return s;
}

static kith_session *start_default(void **state)
{
    return start_owners(state, (kith_open_opts){ 0 });
}

/* That the session holds an error of the database, with all that it says; clears it. */
static void expect_database_error(kith_session *s, kith_status status, const char *model, const char *attribute)
{
    const kith_error *e = kith_error_of(s);
    if (e && (!e->sql[0] || (!e->driver_code && !e->sqlstate[0]) || (e->sqlstate[0] && strlen(e->sqlstate) != 5)))
        fail_msg("%s: code %d, sqlstate '%s', sql: %s", e->message, e->driver_code, e->sqlstate, e->sql);
    expect_error(s, status, model, attribute, "");
}

#define expect_raw(s, sql, status, model, attribute)                                                                   \
    do {                                                                                                               \
        assert_int_equal(kith_execute((s), (sql), NULL), -1);                                                          \
        expect_database_error((s), (status), (model), (attribute));                                                    \
    } while (0)

/* ---- unique ---- */

static void test_shared_errors__unique(void **state)
{
    kith_session *s = start_default(state);
    assert_null(kith_create(s, &owner_model, KITH_FIELDS(KITH_F("id", 1), KITH_F("name", "Cleo"))));
    expect_database_error(s, KITH_E_UNIQUE, "owner", "id");
    assert_null(kith_create(s, &owner_model, KITH_FIELDS(KITH_F("name", "Ann"))));
    expect_database_error(s, KITH_E_UNIQUE, "owner", "name");
    assert_null(kith_create(s, &owner_model,
                            KITH_FIELDS(KITH_F("name", "Cleo"), KITH_F("street", "Elm Street"), KITH_F("number", 7))));
    expect_database_error(s, KITH_E_UNIQUE, "owner", "street");
    kith_record *bob = must(s, kith_find_by_key(s, &owner_model, KITH_V(2)));
    assert_false(kith_update(s, bob, KITH_FIELDS(KITH_F("name", "Ann"))));
    expect_database_error(s, KITH_E_UNIQUE, "owner", "name");
    assert_false(kith_update(s, bob, KITH_FIELDS(KITH_F("street", "Elm Street"), KITH_F("number", 7))));
    expect_database_error(s, KITH_E_UNIQUE, "owner", "street");
    expect_stored(&owner_model, KITH_NAMES("id", "name"), "[{'id':1,'name':'Ann'},{'id':2,'name':'Bob'}]");
}

/* The key of a join table, whose model was made by Kith. */
static void test_shared_errors__unique_link(void **state)
{
    kith_session *s = start_default(state);
    const kith_model *likes = kith_model_named(the_db(), "likes");
    assert_null(kith_create(s, likes, KITH_FIELDS(KITH_F("ownerId", 1), KITH_F("dogId", 1))));
    const kith_error *e = kith_error_of(s);
    assert_non_null(e);
    assert_true(strcmp(e->attribute, "ownerId") == 0 || strcmp(e->attribute, "dogId") == 0);
    expect_database_error(s, KITH_E_UNIQUE, "likes", NULL);
}

/* In SQL of the program's own, where the database names the table or an index of ours. */
static void test_shared_errors__unique_in_raw_sql(void **state)
{
    kith_session *s = start_default(state);
    expect_raw(s, "UPDATE owners SET full_name = 'Ann' WHERE id = 2", KITH_E_UNIQUE, "owner", "name");
    assert_false(kith_execute_script(s, "UPDATE owners SET street = 'Elm Street', number = 7 WHERE id = 2;"));
    expect_error(s, KITH_E_UNIQUE, "owner", "street", "");
}

/* ---- foreign keys ---- */

/* SQLite does not tell which foreign key it was: the model is then the statement's. */
static void test_shared_errors__foreign_key(void **state)
{
    kith_session *s = start_default(state);
    assert_null(kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "Max"), KITH_F("ownerId", 99))));
    const kith_error *e = kith_error_of(s);
    assert_non_null(e);
    assert_true(!e->constraint[0] || strcmp(e->attribute, "ownerId") == 0);
    expect_database_error(s, KITH_E_FOREIGN_KEY, "dog", NULL);
    kith_record *rex = must(s, kith_find_by_key(s, &dog_model, KITH_V(1)));
    assert_false(kith_update(s, rex, KITH_FIELDS(KITH_F("ownerId", 99))));
    expect_database_error(s, KITH_E_FOREIGN_KEY, "dog", NULL);
    kith_record *ann = must(s, kith_find_by_key(s, &owner_model, KITH_V(1)));
    assert_false(kith_destroy(s, ann));
    expect_database_error(s, KITH_E_FOREIGN_KEY, NULL, NULL);
    expect_raw(s, "DELETE FROM owners WHERE id = 1", KITH_E_FOREIGN_KEY, NULL, NULL);
    expect_stored(&dog_model, KITH_NAMES("id", "ownerId"), "[{'id':1,'ownerId':1}]");
}

/* ---- values that columns refuse ---- */

static void test_shared_errors__not_null(void **state)
{
    kith_session *s = start_default(state);
    const kith_value nothing = KITH_V(KITH_SQL_TEXT("NULL"));
    assert_null(kith_create(s, &owner_model, KITH_FIELDS({ "name", nothing })));
    expect_database_error(s, KITH_E_NOT_NULL, "owner", "name");
    kith_record *bob = must(s, kith_find_by_key(s, &owner_model, KITH_V(2)));
    assert_false(kith_update(s, bob, KITH_FIELDS({ "name", nothing })));
    expect_database_error(s, KITH_E_NOT_NULL, "owner", "name");
    expect_raw(s, "INSERT INTO owners (age) VALUES (1)", KITH_E_NOT_NULL, NULL, NULL);
    expect_raw(s, "UPDATE owners SET full_name = NULL", KITH_E_NOT_NULL, NULL, NULL);
    expect_number(s, kith_count(s, &owner_model, NULL), 2);
}

static void test_shared_errors__check(void **state)
{
    static const char *const broken[] = {
        "UPDATE owners SET mood = 'Good'",
        "UPDATE owners SET mood = ''",
        "UPDATE owners SET age = -1",
        "UPDATE owners SET full_name = 'Annabel' WHERE id = 1",
        "UPDATE owners SET notes = '{broken'",
        "UPDATE owners SET notes = ''",
        "UPDATE owners SET full_name = '\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4' WHERE id = 1",
    };
    kith_session *s = start_default(state);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        expect_raw(s, broken[i], KITH_E_CHECK, NULL, NULL);
    assert_null(kith_create(s, &owner_model, KITH_FIELDS(KITH_F("name", KITH_FN("lower", KITH_V("TOO LONG"))))));
    expect_database_error(s, KITH_E_CHECK, "owner", NULL);
    assert_int_equal(
        kith_execute(s, "UPDATE owners SET full_name = '\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4' WHERE id = 1", NULL),
        1);
    expect_stored(&owner_model, KITH_NAMES("age", "mood"), "[{'age':30,'mood':null},{'age':40,'mood':null}]");
}

/* ---- statements that are none ---- */

static void test_shared_errors__syntax(void **state)
{
    kith_session *s = start_default(state);
    assert_int_equal(kith_execute(s, "UPDATE owners SETT age = ?", KITH_VALUES(KITH_V(1))), -1);
    const kith_error *e = kith_error_of(s);
    assert_non_null(e);
    assert_non_null(strstr(e->sql, "UPDATE owners SETT age = "));
    expect_database_error(s, KITH_E_DATABASE, "", "");
    expect_raw(s, "DELETE FROM nowhere", KITH_E_DATABASE, "", "");
    expect_raw(s, "UPDATE owners SET nothing = 1", KITH_E_DATABASE, "", "");
    assert_false(kith_execute_script(s, "UPDATE owners SET age = 1; NONSENSE; UPDATE owners SET age = 2"));
    expect_error(s, KITH_E_DATABASE, NULL, NULL, "");
}

/* ---- permission ---- */

/* A user who may only read, or the file opened so; NULL: there is no such thing. */
static const char *reader_url(kith_session *s, char url[512])
{
    const char *base = database_url(), *host = strrchr(base, '@'), *name = strrchr(base, '/');
    if (is_on("sqlite-memory"))
        return NULL;
    if (!host) {
        snprintf(url, 512, "%s?mode=ro", base);
        return url;
    }
    char sql[1024];
    long number = (long)getpid();
    if (is_on("postgres"))
        snprintf(sql, sizeof sql,
                 "CREATE ROLE reader_%ld LOGIN PASSWORD 's3cr3t'; "
                 "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader_%ld",
                 number, number);
    else
        snprintf(sql, sizeof sql,
                 "CREATE USER reader_%ld@'127.0.0.1' IDENTIFIED BY 's3cr3t'; "
                 "GRANT SELECT ON %.*s.* TO reader_%ld@'127.0.0.1'",
                 number, (int)strcspn(name + 1, "?"), name + 1, number);
    must(s, kith_execute_script(s, sql));
    snprintf(url, 512, "%.*sreader_%ld:s3cr3t%s", (int)(strstr(base, "//") - base) + 2, base, number, host);
    return url;
}

static void drop_reader(kith_session *s)
{
    char sql[256];
    if (is_on("sqlite-file"))
        return;
    long number = (long)getpid();
    if (is_on("postgres"))
        snprintf(sql, sizeof sql, "DROP OWNED BY reader_%ld; DROP ROLE reader_%ld", number, number);
    else
        snprintf(sql, sizeof sql, "DROP USER reader_%ld@'127.0.0.1'", number);
    must(s, kith_execute_script(s, sql));
}

static void expect_only_reading(kith_session *r)
{
    kith_record *ann = must(r, kith_find_by_key(r, &owner_model, KITH_V(1)));
    assert_null(kith_create(r, &owner_model, KITH_FIELDS(KITH_F("name", "Cleo"))));
    expect_database_error(r, KITH_E_PERMISSION, "owner", "");
    assert_false(kith_update(r, ann, KITH_FIELDS(KITH_F("age", 31))));
    expect_database_error(r, KITH_E_PERMISSION, "owner", "");
    assert_false(kith_destroy(r, ann));
    expect_database_error(r, KITH_E_PERMISSION, "owner", "");
    expect_raw(r, "DELETE FROM dogs", KITH_E_PERMISSION, "", "");
}

static void test_shared_errors__permission(void **state)
{
    char url[512];
    kith_error err = { 0 };
    kith_session *s = start_default(state);
    skip_on("sqlite-memory", "nobody else can open it");
    skip_on("pgbouncer", "it knows one user");
    kith_db *db = kith_open(reader_url(s, url), &(kith_open_opts){ .models = MODELS }, &err);
    if (!db)
        fail_msg("%s", err.message);
    kith_session *r = kith_session_open(db);
    assert_non_null(r);
    expect_only_reading(r);
    kith_session_close(r);
    assert_true(kith_close(db));
    drop_reader(s);
    expect_stored(&owner_model, KITH_NAMES("name", "age"), "[{'name':'Ann','age':30},{'name':'Bob','age':40}]");
}

static bool write_something(kith_session *s, void *ctx)
{
    (void)ctx;
    return kith_create(s, &owner_model, KITH_FIELDS(KITH_F("name", "Cleo"))) != NULL;
}

static void test_shared_errors__read_only_transaction(void **state)
{
    kith_session *s = start_default(state);
    const kith_transaction_opts read_only = { .read_only = true };
    assert_false(kith_transaction(s, write_something, NULL, &read_only));
    expect_database_error(s, KITH_E_PERMISSION, "owner", "");
    must(s, kith_transaction(s, write_something, NULL, NULL));
}

/* ---- locks ---- */

static void test_shared_errors__locked_row(void **state)
{
    kith_session *s = start_owners(state, (kith_open_opts){ .busy_ms = 50 });
    skip_on("sqlite-memory", "it has one connection");
    skip_on("pgbouncer", "a limit on waiting for locks would be that of other sessions too");
    kith_session *other = open_session();
    must(s, kith_begin(s));
    kith_record *ann = must(s, kith_find_by_key(s, &owner_model, KITH_V(1)));
    must(s, kith_update(s, ann, KITH_FIELDS(KITH_F("age", 31))));
    kith_record *same = must(other, kith_find_by_key(other, &owner_model, KITH_V(1)));
    assert_false(kith_update(other, same, KITH_FIELDS(KITH_F("age", 99))));
    expect_database_error(other, KITH_E_BUSY, NULL, NULL);
    must(s, kith_commit(s));
    must(other, kith_update(other, same, KITH_FIELDS(KITH_F("number", 8))));
    expect_stored(&owner_model, KITH_NAMES("age", "number"), "[{'age':31,'number':8},{'age':40,'number':null}]");
}

struct crossing {
    kith_session *s;
    int64_t id;
    int64_t changed;
};

static int64_t age_by_one(kith_session *s, int64_t id)
{
    return kith_execute(s, "UPDATE owners SET age = age + 1 WHERE id = ?", KITH_VALUES(KITH_V(id)));
}

static void *age_in_thread(void *arg)
{
    struct crossing *c = arg;
    c->changed = age_by_one(c->s, c->id);
    return NULL;
}

/* Each holds a row and wants the other's: whoever comes first, the database ends one of them and the other goes on. */
static void test_shared_errors__deadlock(void **state)
{
    kith_session *a = start_owners(state, (kith_open_opts){ .busy_ms = 60000 });
    skip_on("sqlite-memory", "there is one writer at a time, who holds everything");
    skip_on("sqlite-file", "there is one writer at a time, who holds everything");
    kith_session *b = open_session();
    must(a, kith_begin(a));
    must(b, kith_begin(b));
    expect_number(a, age_by_one(a, 1), 1);
    expect_number(b, age_by_one(b, 2), 1);
    struct crossing crossing = { .s = a, .id = 2 };
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, age_in_thread, &crossing), 0);
    int64_t changed = age_by_one(b, 1);
    kith_session *loser = changed < 0 ? b : a, *winner = changed < 0 ? a : b;
    if (changed < 0)
        kith_rollback(b);
    pthread_join(thread, NULL);
    assert_int_equal(changed + crossing.changed, 0); /* 1 and -1 */
    expect_database_error(loser, KITH_E_BUSY, "", "");
    if (loser == a)
        kith_rollback(a);
    must(winner, kith_commit(winner));
    expect_stored(&owner_model, KITH_NAMES("age"), "[{'age':31},{'age':41}]");
}

struct reading {
    kith_session *other;
    bool other_failed;
};

/* Reads, and writes what it has read after another one has changed it. */
static bool read_then_write(kith_session *s, void *ctx)
{
    struct reading *reading = ctx;
    kith_record *ann = kith_find_by_key(s, &owner_model, KITH_V(1));
    reading->other_failed = age_by_one(reading->other, 1) < 0;
    return kith_update(s, ann, KITH_FIELDS(KITH_F("age", kith_int(ann, "age") + 10)));
}

/* One of the two fails, the other by waiting or the reader by its snapshot, and the age is that of one of them. */
static void test_shared_errors__not_serializable(void **state)
{
    kith_session *s = start_owners(state, (kith_open_opts){ .busy_ms = 50 });
    skip_on("sqlite-memory", "it has one connection");
    struct reading reading = { .other = open_session() };
    const kith_transaction_opts once = { .isolation = KITH_SERIALIZABLE, .max_tries = 1 };
    bool committed = kith_transaction(s, read_then_write, &reading, &once);
    assert_true(committed == reading.other_failed);
    expect_database_error(committed ? reading.other : s, KITH_E_BUSY, NULL, NULL);
    expect_stored(&owner_model, KITH_NAMES("age"), committed ? "[{'age':40},{'age':40}]" : "[{'age':31},{'age':40}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_errors__unique),
        SHARED_TEST(test_shared_errors__unique_link),
        SHARED_TEST(test_shared_errors__unique_in_raw_sql),
        SHARED_TEST(test_shared_errors__foreign_key),
        SHARED_TEST(test_shared_errors__not_null),
        SHARED_TEST(test_shared_errors__check),
        SHARED_TEST(test_shared_errors__syntax),
        SHARED_TEST(test_shared_errors__permission),
        SHARED_TEST(test_shared_errors__read_only_transaction),
        SHARED_TEST(test_shared_errors__locked_row),
        SHARED_TEST(test_shared_errors__deadlock),
        SHARED_TEST(test_shared_errors__not_serializable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
