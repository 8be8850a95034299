/* links_tables: the tables of links, made by the hand-written programs. */
#ifndef BENCH_LINKS_TABLES_H
#define BENCH_LINKS_TABLES_H

#include "hand.h"
#include "links.h"

/* Makes the tables anew, with LINKS_USERS times scale users, LINKS_PROJECTS projects, and the first `each` links of
 * every user. */
void links_fill(const char *url, int each, int64_t scale);

#endif
