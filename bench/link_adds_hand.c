/* link_adds by hand: one statement, prepared once, that inserts or updates and returns the row. */
#include "hand_rows.h"
#include "link_adds.h"
#include "links_check.h"
#include "links_tables.h"

#define UPSERT                                                                                                         \
    "INSERT INTO \"memberships\" (\"hours\", \"userId\", \"projectId\") VALUES (?, ?, ?) " HAND_UPSERT(                \
        "\"userId\", \"projectId\"") " \"hours\" = " HAND_NEW("\"hours\"") " RETURNING \"hours\", \"userId\", "        \
                                                                           "\"projectId\""

static void prepare(const char *url, struct bench_run *run)
{
    links_fill(url, 0, 1);
    links_expect_memberships(run, 0);
}

static void add(struct hand_rows *upsert, struct bench_run *run)
{
    struct membership m = link_adds_next(run);
    const int32_t params[] = { m.hours, (int32_t)m.user_id, (int32_t)m.project_id };
    hand_rows_run(upsert, params, 3);
    for (; hand_rows_next(upsert); run->rows++)
        run->checksum += membership_digest(hand_rows_int(upsert, 1), hand_rows_int(upsert, 2),
                                           hand_rows_int(upsert, 0));
}

static void add_all(const char *url, struct bench_run *run)
{
    struct hand_rows upsert;
    void *db = hand_open(url);
    bench_start(run);
    hand_exec(db, "BEGIN");
    hand_rows_prepare(&upsert, db, UPSERT, "iii");
    while (run->rows < LINK_ADDS)
        add(&upsert, run);
    hand_exec(db, "COMMIT");
    bench_stop(run);
    hand_rows_close(&upsert);
    hand_close(db);
}

const struct bench_mode bench_modes[] = {
    { "prepare", prepare }, { "run", add_all }, { "check", links_check_memberships }, { 0 }
};
