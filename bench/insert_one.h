/* insert_one: 5,000 accounts in one transaction, one statement for each, and the ids that the database gives them. The
 * table is empty before every run; what is in it afterwards is read by flat_read. */
#ifndef BENCH_INSERT_ONE_H
#define BENCH_INSERT_ONE_H

#include "accounts.h"

enum { INSERT_ONE_ROWS = 5000 };

/* Calls insert_one_done for every row. In insert_one_<database>.c. */
void insert_one_all(void *db, struct bench_run *run);

/* The account of a run's next row; its id is still to come. */
static inline struct account insert_one_next(const struct bench_run *run, struct account_texts *texts)
{
    return account_made(run->rows + 1, texts);
}

static inline void insert_one_done(struct bench_run *run, struct account *a, int64_t id)
{
    a->id = id;
    run->rows++;
    run->checksum = bench_chain(run->checksum, account_digest(a));
}

#endif
