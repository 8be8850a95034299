/* link_sets: the links of 50 users, 100 each, are set one user after the other. Half of a user's links stay as they are,
 * half go, and as many come; each set is all or nothing and gives back the user's join rows. */
#ifndef BENCH_LINK_SETS_H
#define BENCH_LINK_SETS_H

#include "links.h"

enum { LINK_SETS_FIRST = LINKS_EACH / 2 }; /* of the links that a user gets */

#endif
