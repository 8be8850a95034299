/* links_touch: users with their projects as Kith's records: the query that loads them, and all their values by their
 * slots. */
#ifndef BENCH_LINKS_TOUCH_H
#define BENCH_LINKS_TOUCH_H

#include "links.h"
#include "with_kith.h"

/* With the models of links_touch, of which each file that includes models.h has its own. */
struct with_kith links_open(const char *url);

/* limit 0: all users. */
void links_touch(kith_session *s, size_t limit, size_t offset, struct bench_run *run);

#endif
