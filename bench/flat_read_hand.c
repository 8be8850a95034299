/* flat_read by hand: the part that is the same on every database. */
#include <stdlib.h>

#include "flat_read.h"

static void prepare(const char *url, struct bench_run *run)
{
    accounts_fill(url, FLAT_READ_ROWS);
    accounts_expect(run, FLAT_READ_ROWS);
}

static void read_all(const char *url, struct bench_run *run)
{
    struct accounts all = { 0 };
    void *db = hand_open(url);
    bench_start(run);
    flat_read_load(db, &all);
    for (size_t i = 0; i < all.count; i++)
        run->checksum = bench_chain(run->checksum, account_digest(&all.at[i]));
    bench_stop(run);
    run->rows = (int64_t)all.count;
    free(all.at);
    hand_arena_free(&all.texts);
    hand_close(db);
}

const struct bench_mode bench_modes[] = { { "prepare", prepare }, { "run", read_all }, { 0 } };
