/* find_by_key: 20,000 accounts of 100,000, each found by its id, in no order, outside a transaction. */
#ifndef BENCH_FIND_BY_KEY_H
#define BENCH_FIND_BY_KEY_H

#include "accounts.h"

enum { FIND_BY_KEY_ROWS = 100000, FIND_BY_KEY_FINDS = 20000 };

static inline int64_t find_by_key_id(int64_t nth)
{
    return 1 + (int64_t)(bench_mix((uint64_t)nth + 77) % FIND_BY_KEY_ROWS);
}

/* Adds every account that is found to the run. In find_by_key_<database>.c. */
void find_by_key_all(void *db, struct bench_run *run);

static inline void find_by_key_found(struct bench_run *run, const struct account *a)
{
    run->rows++;
    run->checksum = bench_chain(run->checksum, account_digest(a));
}

#endif
