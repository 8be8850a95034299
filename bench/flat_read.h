/* flat_read: 100,000 accounts in the order of their ids, each value touched. */
#ifndef BENCH_FLAT_READ_H
#define BENCH_FLAT_READ_H

#include "accounts.h"
#include "hand.h"

enum { FLAT_READ_ROWS = 100000 };

/* What is loaded by hand. */
struct accounts {
    struct account *at;
    size_t count, room;
    struct hand_arena texts;
};

/* All rows. In flat_read_<database>.c. */
void flat_read_load(void *db, struct accounts *all);

static inline struct account *accounts_add(struct accounts *all)
{
    all->at = hand_grow(all->at, all->count, &all->room, sizeof *all->at);
    return &all->at[all->count++];
}

#endif
