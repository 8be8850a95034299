#include "links_tables.h"

#include "hand_rows.h"

static const char *const create_tables[] = {
    "DROP TABLE IF EXISTS \"memberships\"",
    "DROP TABLE IF EXISTS \"users\"",
    "DROP TABLE IF EXISTS \"projects\"",
    "CREATE TABLE \"users\" (\"id\" " HAND_ID ", \"name\" " HAND_TEXT ", \"age\" INTEGER NOT NULL)" HAND_TABLE,
    "CREATE TABLE \"projects\" (\"id\" " HAND_ID ", \"title\" " HAND_TEXT ", \"budget\" BIGINT NOT NULL)" HAND_TABLE,
    "CREATE TABLE \"memberships\" (\"hours\" INTEGER NOT NULL, "
    "\"userId\" INTEGER NOT NULL REFERENCES \"users\" (\"id\") ON DELETE CASCADE ON UPDATE CASCADE, "
    "\"projectId\" INTEGER NOT NULL REFERENCES \"projects\" (\"id\") ON DELETE CASCADE ON UPDATE CASCADE, "
    "PRIMARY KEY (\"userId\", \"projectId\"))" HAND_TABLE,
};

static void fill_named(void *db, const char *table, int64_t count, struct named (*made)(int64_t id))
{
    struct hand_fill *f = hand_fill_begin(db, table, "itl");
    for (int64_t id = 1; id <= count; id++) {
        struct named n = made(id);
        hand_fill_row(f, n.id, n.name, n.number);
    }
    hand_fill_end(f);
}

/* Everybody's first link, then everybody's second, …: the rows of one user do not lie together, as in a table that grew
 * over time. */
static void fill_links(void *db, int each, int64_t scale)
{
    struct hand_fill *f = hand_fill_begin(db, "\"memberships\"", "iii");
    for (int nth = 0; nth < each; nth++)
        for (int64_t id = 1; id <= LINKS_USERS * scale; id++) {
            struct membership m = membership_made(id, nth);
            hand_fill_row(f, (int64_t)m.hours, m.user_id, m.project_id);
        }
    hand_fill_end(f);
}

void links_fill(const char *url, int each, int64_t scale)
{
    void *db = hand_open(url);
    for (size_t i = 0; i < sizeof create_tables / sizeof *create_tables; i++)
        hand_exec(db, create_tables[i]);
    fill_named(db, "\"users\"", LINKS_USERS * scale, user_made);
    fill_named(db, "\"projects\"", LINKS_PROJECTS, project_made);
    fill_links(db, each, scale);
    hand_analyze(db, "\"users\", \"projects\", \"memberships\"");
    hand_close(db);
}
