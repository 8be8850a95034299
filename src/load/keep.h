/* keep: a query that outlives the call it was given to.
 *
 * Copies all that a query points to, down to the last text, but the models, which live as long as the database. */
#ifndef KITH_LOAD_KEEP_H
#define KITH_LOAD_KEEP_H

#include "base/arena.h"
#include "kith/find.h"

/* A copy that lies in the arena. Memory may have been short: the arena's `failed` tells. */
kith_include kith__keep_include(kith_arena *a, const kith_include *include);

#endif
