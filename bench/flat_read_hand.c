/* flat_read by hand: the part that is the same on every database. */
#include <stdlib.h>

#include "flat_read.h"

static void prepare(const char *url, struct bench_run *run)
{
    accounts_fill(url, FLAT_READ_ROWS * run->scale);
    accounts_expect(run, FLAT_READ_ROWS * run->scale);
}

static void load(const char *url, struct bench_run *run, bool numbered)
{
    struct accounts all = { 0 };
    void *db = hand_open(url);
    bench_start(run);
    flat_read_load(db, &all);
    for (size_t i = 0; i < all.count; i++) {
        if (numbered)
            all.at[i].id = (int64_t)i + 1;
        run->checksum = bench_chain(run->checksum, account_digest(&all.at[i]));
    }
    bench_stop(run);
    run->rows = (int64_t)all.count;
    free(all.at);
    hand_arena_free(&all.texts);
    hand_close(db);
}

static void read_all(const char *url, struct bench_run *run)
{
    load(url, run, false);
}

/* For other workloads: the ids only give the order, for databases leave numbers out. */
static void read_numbered(const char *url, struct bench_run *run)
{
    load(url, run, true);
}

const struct bench_mode bench_modes[] = {
    { "prepare", prepare }, { "run", read_all }, { "numbered", read_numbered }, { 0 }
};
