/* readers: copies of a database, which reads are spread over.
 *
 * Promises a connection to one of them, to each in turn, and to the database itself when none can be reached. One that
 * cannot be reached is left alone for a while, so that not every read waits for it in vain. */
#ifndef KITH_DRIVER_READERS_H
#define KITH_DRIVER_READERS_H

#include <stdatomic.h>

#include "driver/pool.h"

struct reader {
    struct pool pool;
    atomic_llong down_until; /* kith__monotonic */
};

struct readers {
    const kith_allocator *allocator;
    struct pool *writer;
    struct reader *all;
    unsigned count, room;
    atomic_uint turn;
    atomic_ullong skipped;
};

/* None yet, but room for so many. False when memory is short. */
bool kith__readers_init(struct readers *r, const kith_allocator *allocator, struct pool *writer, unsigned room);
void kith__readers_free(struct readers *r);
/* One more; there must be room. */
bool kith__readers_add(struct readers *r, const struct conn_config *config, const struct pool_limits *limits,
                       kith_error *err);
/* *from: the pool that gets it back. */
struct conn *kith__readers_take(struct readers *r, struct pool **from, kith_error *err);

void kith__readers_add_stats(struct readers *r, kith_pool_stats *sum);
bool kith__readers_close(struct readers *r); /* see kith__pool_close */

#endif
