/* links_20000x5 by hand on libsqlite3. */
#include "hand_sqlite.h"
#include "links_20000x5_hand.h"

static const char *const create_tables =
    "DROP TABLE IF EXISTS \"memberships\"; DROP TABLE IF EXISTS \"users\"; DROP TABLE IF EXISTS \"projects\";"
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

void links_fill(const char *url)
{
    sqlite3 *db = hand_open(url);
    hand_sqlite_exec(db, create_tables);
    hand_sqlite_exec(db, "BEGIN");
    insert_users_and_projects(db);
    insert_links(db);
    hand_sqlite_exec(db, "COMMIT");
    hand_close(db);
}

/* ---- what is measured ------------------------------------------------------------------------------------------- */

void links_load_users(void *db, struct loaded *all)
{
    sqlite3_stmt *st = hand_sqlite_prepare(db, select_users);
    int step;
    while ((step = sqlite3_step(st)) == SQLITE_ROW) {
        struct user *u = links_add_user(all);
        u->id = sqlite3_column_int64(st, 0);
        u->name = hand_sqlite_text(st, 1, &all->texts, &u->name_size);
        u->age = sqlite3_column_int(st, 2);
    }
    hand_sqlite_finish(st, step);
}

static const struct project *read_project(sqlite3_stmt *st, struct loaded *all)
{
    bool known;
    struct project *p = links_project(all, sqlite3_column_int64(st, 2), &known);
    if (!known) {
        p->title = hand_sqlite_text(st, 3, &all->texts, &p->title_size);
        p->budget = sqlite3_column_int64(st, 4);
    }
    return p;
}

void links_load_links(void *db, struct loaded *all)
{
    char sql[256];
    snprintf(sql, sizeof sql, "%s%s", select_links, all->ordered ? in_order : "");
    sqlite3_stmt *st = hand_sqlite_prepare(db, sql);
    int step;
    while ((step = sqlite3_step(st)) == SQLITE_ROW) {
        struct link *link = links_add_link(all, sqlite3_column_int64(st, 0));
        link->hours = sqlite3_column_int(st, 1);
        link->project = read_project(st, all);
    }
    hand_sqlite_finish(st, step);
}
