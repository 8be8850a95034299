/* links_check: what workloads find by hand in the join table after they have changed it. */
#ifndef BENCH_LINKS_CHECK_H
#define BENCH_LINKS_CHECK_H

#include "bench.h"

/* Every user has the LINKS_EACH links from number `first` on. */
void links_expect_memberships(struct bench_run *run, int first);
void links_check_memberships(const char *url, struct bench_run *run);

#endif
