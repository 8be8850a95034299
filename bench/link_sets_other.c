/* link_sets by hand where a program computes the difference as well as the database: the links are read, and two
 * statements for many rows each take the difference. SQLite and MariaDB. */
#include <stdlib.h>

#include "link_sets_hand.h"
#include "links.h"

#define SELECT_LINKS "SELECT \"projectId\", \"hours\" FROM \"memberships\" WHERE \"userId\" = ?"
#define SELECT_USER  "SELECT \"id\" FROM \"users\" WHERE \"id\" = ?" HAND_LOCK
#define DELETE_LINKS "DELETE FROM \"memberships\" WHERE \"userId\" = ? AND \"projectId\" "
#define INSERT_LINKS "INSERT INTO \"memberships\" (\"hours\", \"userId\", \"projectId\") VALUES (?, ?, ?)"
#define ON_CONFLICT                                                                                                    \
    " " HAND_UPSERT("\"userId\", \"projectId\"") " \"hours\" = " HAND_NEW(                                             \
        "\"hours\"") " RETURNING \"projectId\", \"hours\""

/* A statement for a number of rows, prepared anew when the number is another one. */
struct sized {
    struct hand_rows rows;
    size_t count;
};

struct setting {
    void *db;
    struct hand_rows user, links;
    struct sized remove, insert;
    int wanted[LINKS_PROJECTS + 1]; /* the place of each project among those to set, plus one */
};

struct setting *setting_new(void *db)
{
    struct setting *s = calloc(1, sizeof *s);
    if (!s)
        bench_die("hand", "out of memory");
    s->db = db;
    hand_rows_prepare(&s->user, db, SELECT_USER, "i");
    hand_rows_prepare(&s->links, db, SELECT_LINKS, "ii");
    return s;
}

static void prepare_sized(struct sized *to, void *db, size_t count, const char *sql, const char *columns)
{
    if (to->count)
        hand_rows_close(&to->rows);
    to->count = count;
    hand_rows_prepare(&to->rows, db, sql, columns);
}

static void remove_links(struct setting *s, const int32_t *params, size_t count)
{
    char sql[sizeof DELETE_LINKS + HAND_AMONG_ROOM] = DELETE_LINKS;
    if (count == 0)
        return;
    if (s->remove.count != count) {
        hand_among(count, sql + strlen(sql));
        prepare_sized(&s->remove, s->db, count, sql, "");
    }
    hand_rows_change(&s->remove.rows, params, count + 1);
}

static void prepare_insert(struct setting *s, size_t count)
{
    char sql[4096] = INSERT_LINKS;
    for (size_t i = 1; i < count; i++)
        hand_append(sql, sizeof sql, ", (?, ?, ?)");
    hand_append(sql, sizeof sql, "%s", ON_CONFLICT);
    prepare_sized(&s->insert, s->db, count, sql, "ii");
}

static void insert_links(struct setting *s, int32_t user, const int32_t *params, size_t count, struct bench_run *run)
{
    if (count == 0)
        return;
    if (s->insert.count != count)
        prepare_insert(s, count);
    hand_rows_run(&s->insert.rows, params, count * 3);
    while (hand_rows_next(&s->insert.rows))
        setting_found(run, user, hand_rows_int(&s->insert.rows, 0), hand_rows_int(&s->insert.rows, 1));
}

/* What is there and wanted as it is, is no longer wanted; what is not wanted at all goes to `unwanted`. */
static size_t compare(struct setting *s, int32_t user, const int32_t hours[LINKS_EACH], int32_t *unwanted,
                      struct bench_run *run)
{
    size_t count = 0;
    hand_rows_run(&s->links, &user, 1);
    while (hand_rows_next(&s->links)) {
        int32_t project = hand_rows_int(&s->links, 0), found = hand_rows_int(&s->links, 1);
        int wanted = s->wanted[project];
        if (!wanted)
            unwanted[count++] = project;
        else if (hours[wanted - 1] == found) {
            setting_found(run, user, project, found);
            s->wanted[project] = 0;
        }
    }
    return count;
}

static void apply(struct setting *s, int32_t user, const int32_t projects[LINKS_EACH], const int32_t hours[LINKS_EACH],
                  struct bench_run *run)
{
    int32_t unwanted[HAND_PARAMS] = { user }, missing[3 * LINKS_EACH];
    size_t missing_count = 0;
    for (int i = 0; i < LINKS_EACH; i++)
        s->wanted[projects[i]] = i + 1;
    remove_links(s, unwanted, compare(s, user, hours, unwanted + 1, run));
    for (int i = 0; i < LINKS_EACH; i++) {
        if (s->wanted[projects[i]])
            memcpy(missing + 3 * missing_count++, (const int32_t[]){ hours[i], user, projects[i] },
                   3 * sizeof *missing);
        s->wanted[projects[i]] = 0;
    }
    insert_links(s, user, missing, missing_count, run);
}

void setting_run(struct setting *s, int32_t user, const int32_t projects[LINKS_EACH], const int32_t hours[LINKS_EACH],
                 struct bench_run *run)
{
    hand_exec(s->db, HAND_BEGIN);
    if (*HAND_LOCK) { /* SQLite has locked everything */
        hand_rows_run(&s->user, &user, 1);
        while (hand_rows_next(&s->user)) {
        }
    }
    apply(s, user, projects, hours, run);
    hand_exec(s->db, "COMMIT");
}

void setting_free(struct setting *s)
{
    hand_rows_close(&s->user);
    hand_rows_close(&s->links);
    if (s->remove.count)
        hand_rows_close(&s->remove.rows);
    if (s->insert.count)
        hand_rows_close(&s->insert.rows);
    free(s);
}
