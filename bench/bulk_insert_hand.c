/* bulk_insert by hand: the part that is the same on every database. */
#include "bulk_insert.h"
#include "hand.h"

static void prepare(const char *url, struct bench_run *run)
{
    accounts_fill(url, 0);
    accounts_expect(run, BULK_INSERT_ROWS);
}

static void insert_all(const char *url, struct bench_run *run)
{
    void *db = hand_open(url);
    struct bulk all = bulk_made();
    bench_start(run);
    bulk_insert_all(db, all.at, BULK_INSERT_ROWS);
    bench_stop(run);
    accounts_expect(run, BULK_INSERT_ROWS); /* whether they are there is for the reader to find */
    bulk_free(&all);
    hand_close(db);
}

const struct bench_mode bench_modes[] = { { "prepare", prepare }, { "run", insert_all }, { 0 } };
