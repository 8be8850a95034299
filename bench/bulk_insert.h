/* bulk_insert: 100,000 accounts, all there before the clock starts, into an empty table by the fastest way there is, all
 * or none. Their ids are the database's; what is in the table afterwards is read by flat_read. */
#ifndef BENCH_BULK_INSERT_H
#define BENCH_BULK_INSERT_H

#include <stdlib.h>

#include "accounts.h"

enum { BULK_INSERT_ROWS = 100000 };

/* By hand, inserts them all. In bulk_insert_<database>.c. */
void bulk_insert_all(void *db, const struct account *all, int64_t count);

struct bulk {
    struct account *at;
    struct account_texts *texts;
};

static inline struct bulk bulk_made(void)
{
    struct bulk all = { .at = malloc(BULK_INSERT_ROWS * sizeof *all.at),
                        .texts = malloc(BULK_INSERT_ROWS * sizeof *all.texts) };
    if (!all.at || !all.texts)
        bench_die("bulk_insert", "out of memory");
    for (int64_t i = 0; i < BULK_INSERT_ROWS; i++)
        all.at[i] = account_made(i + 1, &all.texts[i]);
    return all;
}

static inline void bulk_free(struct bulk *all)
{
    free(all->at);
    free(all->texts);
}

#endif
