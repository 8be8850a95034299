/* link_adds: 5,000 links added one by one in one transaction, each an upsert that gives back the join row. Everybody's
 * first link, then everybody's second, and so on. The join table is empty before every run. */
#ifndef BENCH_LINK_ADDS_H
#define BENCH_LINK_ADDS_H

#include "links.h"

enum { LINK_ADDS = LINKS_USERS * LINKS_EACH };

static inline struct membership link_adds_next(const struct bench_run *run)
{
    return membership_made(1 + run->rows % LINKS_USERS, (int)(run->rows / LINKS_USERS));
}

#endif
