/* insert_one by hand: the part that is the same on every database. */
#include "hand.h"
#include "insert_one.h"

static void prepare(const char *url, struct bench_run *run)
{
    accounts_fill(url, 0);
    accounts_expect(run, INSERT_ONE_ROWS);
}

static void insert_all(const char *url, struct bench_run *run)
{
    void *db = hand_open(url);
    bench_start(run);
    insert_one_all(db, run);
    bench_stop(run);
    hand_close(db);
}

const struct bench_mode bench_modes[] = { { "prepare", prepare }, { "run", insert_all }, { 0 } };
