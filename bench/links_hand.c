/* links by hand: one statement for the users, one for all links with their projects. Variants: `ordered` asks for the
 * links in the order of the users; `shared` decodes each project once. */
#include "links_loaded.h"
#include "links_tables.h"

#define SELECT_USERS "SELECT \"id\", \"name\", \"age\" FROM \"users\" ORDER BY \"id\""
/* In that order: MariaDB would go through the projects and look for the links of each, which takes it twice as long. */
#define SELECT_LINKS                                                                                                   \
    "SELECT m.\"userId\", m.\"hours\", p.\"id\", p.\"title\", p.\"budget\" FROM \"memberships\" m " HAND_IN_ORDER      \
    " \"projects\" p ON p.\"id\" = m.\"projectId\""

static void prepare(const char *url, struct bench_run *run)
{
    links_fill(url, LINKS_EACH, run->scale);
    links_expect(run, 1, LINKS_USERS * run->scale);
}

static void load_and_touch(const char *url, struct bench_run *run, const char *select_links, bool shared)
{
    struct loaded all = { .shared = shared };
    struct hand_rows users, links;
    void *db = hand_open(url);
    bench_start(run);
    hand_rows_prepare(&users, db, SELECT_USERS, "iti");
    hand_rows_run(&users, NULL, 0);
    loaded_take_users(&all, &users);
    hand_rows_prepare(&links, db, select_links, "iiitl");
    hand_rows_run(&links, NULL, 0);
    loaded_take_links(&all, &links);
    loaded_touch(&all, run);
    bench_stop(run);
    hand_rows_close(&users);
    hand_rows_close(&links);
    loaded_free(&all);
    hand_close(db);
}

static void plain(const char *url, struct bench_run *run)
{
    load_and_touch(url, run, SELECT_LINKS, false);
}

static void ordered(const char *url, struct bench_run *run)
{
    load_and_touch(url, run, SELECT_LINKS " ORDER BY m.\"userId\"", false);
}

static void shared(const char *url, struct bench_run *run)
{
    load_and_touch(url, run, SELECT_LINKS, true);
}

const struct bench_mode bench_modes[] = {
    { "prepare", prepare }, { "run", plain }, { "ordered", ordered }, { "shared", shared }, { 0 },
};
