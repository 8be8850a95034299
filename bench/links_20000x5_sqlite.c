/* links_20000x5 by hand on libsqlite3: one statement for the users, one for all links with their projects; users are
 * found by their id, and each user's links are chained through one array, so that the database need not order them.
 * Variants: `ordered` asks for the links in the order of the users; `shared` decodes each project once. */
#include <stdbool.h>
#include <stdlib.h>

#include "hand.h"
#include "hand_sqlite.h"
#include "links_20000x5.h"

static const char *const create_tables =
    "CREATE TABLE \"users\" (\"id\" INTEGER PRIMARY KEY AUTOINCREMENT, \"name\" VARCHAR(255) NOT NULL, "
    "\"age\" INTEGER NOT NULL);"
    "CREATE TABLE \"projects\" (\"id\" INTEGER PRIMARY KEY AUTOINCREMENT, \"title\" VARCHAR(255) NOT NULL, "
    "\"budget\" BIGINT NOT NULL);"
    "CREATE TABLE \"memberships\" (\"hours\" INTEGER NOT NULL, "
    "\"userId\" INTEGER NOT NULL REFERENCES \"users\" (\"id\") ON DELETE CASCADE ON UPDATE CASCADE, "
    "\"projectId\" INTEGER NOT NULL REFERENCES \"projects\" (\"id\") ON DELETE CASCADE ON UPDATE CASCADE, "
    "PRIMARY KEY (\"userId\", \"projectId\"))";

static const char *const select_users = "SELECT \"id\", \"name\", \"age\" FROM \"users\" ORDER BY \"id\"";
static const char *const select_links =
    "SELECT m.\"userId\", m.\"hours\", p.\"id\", p.\"title\", p.\"budget\" FROM \"memberships\" m "
    "JOIN \"projects\" p ON p.\"id\" = m.\"projectId\"";
static const char *const in_order = " ORDER BY m.\"userId\"";

/* ---- the data --------------------------------------------------------------------------------------------------- */

static void insert_named(sqlite3_stmt *st, const struct named *n)
{
    sqlite3_bind_int64(st, 1, n->id);
    sqlite3_bind_text(st, 2, n->name, (int)n->name_size, SQLITE_STATIC);
    sqlite3_bind_int64(st, 3, n->number);
    hand_sqlite_insert(st);
}

static void insert_users_and_projects(sqlite3 *db)
{
    sqlite3_stmt *user = hand_sqlite_prepare(db, "INSERT INTO \"users\" VALUES (?, ?, ?)");
    sqlite3_stmt *project = hand_sqlite_prepare(db, "INSERT INTO \"projects\" VALUES (?, ?, ?)");
    for (int64_t id = 1; id <= LINKS_USERS; id++) {
        struct named u = user_made(id);
        insert_named(user, &u);
    }
    for (int64_t id = 1; id <= LINKS_PROJECTS; id++) {
        struct named p = project_made(id);
        insert_named(project, &p);
    }
    sqlite3_finalize(user);
    sqlite3_finalize(project);
}

/* Everybody's first link, then everybody's second, …: the rows of one user do not lie together, as in a table that grew
 * over time. */
static void insert_links(sqlite3 *db)
{
    sqlite3_stmt *st = hand_sqlite_prepare(db, "INSERT INTO \"memberships\" VALUES (?, ?, ?)");
    for (int nth = 0; nth < LINKS_EACH; nth++)
        for (int64_t id = 1; id <= LINKS_USERS; id++) {
            struct membership m = membership_made(id, nth);
            sqlite3_bind_int(st, 1, m.hours);
            sqlite3_bind_int64(st, 2, m.user_id);
            sqlite3_bind_int64(st, 3, m.project_id);
            hand_sqlite_insert(st);
        }
    sqlite3_finalize(st);
}

static uint64_t made_user_digest(int64_t id)
{
    struct named u = user_made(id);
    uint64_t sum = named_digest(u.id, u.name, u.name_size, u.number);
    for (int nth = 0; nth < LINKS_EACH; nth++) {
        struct membership m = membership_made(id, nth);
        struct named p = project_made(m.project_id);
        sum += link_digest(named_digest(p.id, p.name, p.name_size, p.number), m.hours);
    }
    return sum;
}

static void prepare(const char *url, struct bench_run *run)
{
    sqlite3 *db = hand_sqlite_open(url);
    hand_sqlite_exec(db, create_tables);
    hand_sqlite_exec(db, "BEGIN");
    insert_users_and_projects(db);
    insert_links(db);
    hand_sqlite_exec(db, "COMMIT");
    hand_sqlite_close(db);
    for (int64_t id = 1; id <= LINKS_USERS; id++)
        run->checksum = bench_chain(run->checksum, made_user_digest(id));
    run->rows = LINKS_USERS * (1 + LINKS_EACH);
}

/* ---- what is measured ------------------------------------------------------------------------------------------- */

struct project {
    int64_t id, budget;
    const char *title;
    uint32_t title_size;
};

struct link {
    const struct project *project;
    size_t next; /* place of the user's next link, plus one; 0: no more */
    int32_t hours;
};

struct user {
    int64_t id;
    const char *name;
    uint32_t name_size;
    int32_t age;
    size_t first_link, last_link; /* as next */
};

struct loaded {
    struct user *users;
    size_t user_count, user_room;
    size_t *user_at; /* a user's place by its id */
    struct link *links;
    size_t link_count, link_room;
    struct project **project_at; /* by id, what was decoded already; only when shared */
    size_t project_room;
    bool shared, ordered;
    struct hand_arena texts, projects;
};

static void load_users(sqlite3 *db, struct loaded *all)
{
    sqlite3_stmt *st = hand_sqlite_prepare(db, select_users);
    int step;
    while ((step = sqlite3_step(st)) == SQLITE_ROW) {
        all->users = hand_grow(all->users, all->user_count, &all->user_room, sizeof *all->users);
        struct user *u = &all->users[all->user_count++];
        *u = (struct user){ .id = sqlite3_column_int64(st, 0), .age = sqlite3_column_int(st, 2) };
        u->name = hand_sqlite_text(st, 1, &all->texts, &u->name_size);
    }
    hand_sqlite_finish(st, step);
}

static void index_users(struct loaded *all)
{
    size_t room = all->user_count ? (size_t)all->users[all->user_count - 1].id + 1 : 1; /* they come in this order */
    all->user_at = calloc(room, sizeof *all->user_at);
    if (!all->user_at)
        bench_die("hand", "out of memory");
    for (size_t i = 0; i < all->user_count; i++)
        all->user_at[all->users[i].id] = i;
}

static struct project *read_project(sqlite3_stmt *st, struct loaded *all)
{
    struct project *p = hand_take(&all->projects, sizeof *p);
    p->id = sqlite3_column_int64(st, 2);
    p->title = hand_sqlite_text(st, 3, &all->texts, &p->title_size);
    p->budget = sqlite3_column_int64(st, 4);
    return p;
}

static const struct project *shared_project(sqlite3_stmt *st, struct loaded *all)
{
    size_t id = (size_t)sqlite3_column_int64(st, 2);
    while (id >= all->project_room) {
        size_t old = all->project_room;
        all->project_at = hand_grow(all->project_at, old, &all->project_room, sizeof *all->project_at);
        memset(all->project_at + old, 0, (all->project_room - old) * sizeof *all->project_at);
    }
    if (!all->project_at[id])
        all->project_at[id] = read_project(st, all);
    return all->project_at[id];
}

static struct link *append_link(struct loaded *all, struct user *u)
{
    all->links = hand_grow(all->links, all->link_count, &all->link_room, sizeof *all->links);
    struct link *link = &all->links[all->link_count++];
    link->next = 0;
    if (u->last_link)
        all->links[u->last_link - 1].next = all->link_count;
    else
        u->first_link = all->link_count;
    u->last_link = all->link_count;
    return link;
}

static void load_links(sqlite3 *db, struct loaded *all)
{
    char sql[256];
    snprintf(sql, sizeof sql, "%s%s", select_links, all->ordered ? in_order : "");
    sqlite3_stmt *st = hand_sqlite_prepare(db, sql);
    int step;
    while ((step = sqlite3_step(st)) == SQLITE_ROW) {
        struct link *link = append_link(all, &all->users[all->user_at[sqlite3_column_int64(st, 0)]]);
        link->hours = sqlite3_column_int(st, 1);
        link->project = all->shared ? shared_project(st, all) : read_project(st, all);
    }
    hand_sqlite_finish(st, step);
}

static uint64_t user_digest(const struct loaded *all, const struct user *u)
{
    uint64_t sum = named_digest(u->id, u->name, u->name_size, u->age);
    for (size_t at = u->first_link; at; at = all->links[at - 1].next) {
        const struct link *link = &all->links[at - 1];
        const struct project *p = link->project;
        sum += link_digest(named_digest(p->id, p->title, p->title_size, p->budget), link->hours);
    }
    return sum;
}

static void free_loaded(struct loaded *all)
{
    free(all->users);
    free(all->user_at);
    free(all->links);
    free(all->project_at);
    hand_arena_free(&all->texts);
    hand_arena_free(&all->projects);
}

static void load_and_touch(const char *url, struct bench_run *run, struct loaded all)
{
    sqlite3 *db = hand_sqlite_open(url);
    bench_start(run);
    load_users(db, &all);
    index_users(&all);
    load_links(db, &all);
    for (size_t i = 0; i < all.user_count; i++)
        run->checksum = bench_chain(run->checksum, user_digest(&all, &all.users[i]));
    bench_stop(run);
    run->rows = (int64_t)(all.user_count + all.link_count);
    free_loaded(&all);
    hand_sqlite_close(db);
}

static void plain(const char *url, struct bench_run *run)
{
    load_and_touch(url, run, (struct loaded){ 0 });
}

static void ordered(const char *url, struct bench_run *run)
{
    load_and_touch(url, run, (struct loaded){ .ordered = true });
}

static void shared(const char *url, struct bench_run *run)
{
    load_and_touch(url, run, (struct loaded){ .shared = true });
}

const struct bench_mode bench_modes[] = {
    { "prepare", prepare }, { "run", plain }, { "ordered", ordered }, { "shared", shared }, { 0 },
};
