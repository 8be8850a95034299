/* pool: connections shared by threads.
 *
 * Promises that a connection is with one taker at a time, that nobody waits longer than acquire_ms, and that waiters
 * are served in the order they came. Connections are made when needed, up to the maximum. */
#ifndef KITH_DRIVER_POOL_H
#define KITH_DRIVER_POOL_H

#include <pthread.h>

#include "driver/conn.h"

struct pool {
    struct conn_config config;
    unsigned max, acquire_ms;
    pthread_mutex_t lock;
    struct conn *idle;      /* the last one given back first: its caches are warm */
    unsigned open, waiting; /* connections there are; takers that wait */
    struct waiter *first_waiter, *last_waiter;
};

/* Copies the config. Makes no connection. False when a lock cannot be made. */
bool kith__pool_init(struct pool *p, const struct conn_config *config, unsigned max, unsigned acquire_ms,
                     kith_error *err);
/* All connections must have been given back. */
void kith__pool_free(struct pool *p);
struct conn *kith__pool_take(struct pool *p, kith_error *err);     /* NULL on failure or after acquire_ms */
void kith__pool_give(struct pool *p, struct conn *c, bool broken); /* broken: closed instead of kept */

#endif
