/* find_by_key by hand: the part that is the same on every database. */
#include "find_by_key.h"
#include "hand.h"

static void prepare(const char *url, struct bench_run *run)
{
    accounts_fill(url, FIND_BY_KEY_ROWS);
    for (int64_t i = 0; i < FIND_BY_KEY_FINDS; i++) {
        struct account_texts texts;
        struct account a = account_made(find_by_key_id(i), &texts);
        find_by_key_found(run, &a);
    }
}

static void find_all(const char *url, struct bench_run *run)
{
    void *db = hand_open(url);
    bench_start(run);
    find_by_key_all(db, run);
    bench_stop(run);
    hand_close(db);
}

const struct bench_mode bench_modes[] = { { "prepare", prepare }, { "run", find_all }, { 0 } };
