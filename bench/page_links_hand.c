/* page_links by hand: two statements, prepared once: the page, and the links of its users. */
#include "links_loaded.h"
#include "links_tables.h"
#include "page_links.h"

#define SELECT_PAGE "SELECT \"id\", \"name\", \"age\" FROM \"users\" ORDER BY \"id\" LIMIT ? OFFSET ?"
#define SELECT_LINKS                                                                                                   \
    "SELECT m.\"userId\", m.\"hours\", p.\"id\", p.\"title\", p.\"budget\" FROM \"memberships\" m " HAND_IN_ORDER      \
    " \"projects\" p ON p.\"id\" = m.\"projectId\" WHERE m.\"userId\" "

static void prepare(const char *url, struct bench_run *run)
{
    links_fill(url, LINKS_EACH, run->scale);
    for (int i = 0; i < PAGE_TIMES; i++)
        links_expect(run, PAGE_OFFSET + 1, PAGE_USERS);
}

static void load_page(struct loaded *all, struct hand_rows *page, struct hand_rows *links, struct bench_run *run)
{
    static const int32_t which[] = { PAGE_USERS, PAGE_OFFSET };
    int32_t ids[PAGE_USERS];
    loaded_reset(all);
    hand_rows_run(page, which, 2);
    loaded_take_users(all, page);
    for (size_t i = 0; i < all->user_count; i++)
        ids[i] = (int32_t)all->users[i].id;
    hand_rows_run_keys(links, ids, all->user_count);
    loaded_take_links(all, links);
    loaded_touch(all, run);
}

static void load_pages(const char *url, struct bench_run *run)
{
    char sql[sizeof SELECT_LINKS + HAND_AMONG_ROOM] = SELECT_LINKS;
    struct loaded all = { 0 };
    struct hand_rows page, links;
    void *db = hand_open(url);
    bench_start(run);
    hand_among(PAGE_USERS, sql + strlen(sql));
    hand_rows_prepare(&page, db, SELECT_PAGE, "iti");
    hand_rows_prepare(&links, db, sql, "iiitl");
    for (int i = 0; i < PAGE_TIMES; i++)
        load_page(&all, &page, &links, run);
    bench_stop(run);
    loaded_free(&all);
    hand_rows_close(&page);
    hand_rows_close(&links);
    hand_close(db);
}

const struct bench_mode bench_modes[] = { { "prepare", prepare }, { "run", load_pages }, { 0 } };
