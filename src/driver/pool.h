/* pool: connections shared by threads.
 *
 * Promises that a connection is with one taker at a time, that nobody waits longer than acquire_ms, and that waiters
 * are served in the order they came. Connections are made when needed, up to the maximum; those that are too many, too
 * old or too long idle are closed by whoever takes or gives one next, for the pool has no thread of its own. Knows no
 * sessions: they are users, which it counts. */
#ifndef KITH_DRIVER_POOL_H
#define KITH_DRIVER_POOL_H

#include <pthread.h>

#include "driver/conn.h"

struct pool_limits {
    unsigned min, max; /* so many are never closed for being idle */
    unsigned acquire_ms;
    unsigned idle_ms;     /* longer idle, and it is closed */
    unsigned lifetime_ms; /* older, and it is closed when it is given back; 0: it may live for ever */
    unsigned check_ms;    /* longer idle, and it is checked before it is taken */
};

struct pool {
    struct conn_config config;
    struct pool_limits limits;
    pthread_mutex_t lock;
    struct conn *idle; /* the last one given back first: its caches are warm */
    struct waiter *first_waiter, *last_waiter;
    int64_t suspect; /* what was idle then is checked: another connection was found broken */
    bool closing;
    unsigned users;
    pthread_cond_t no_users;
    kith_pool_stats stats; /* its `open` counts the places that are taken */
};

/* Copies the config. Makes no connection. False when a lock cannot be made. */
bool kith__pool_init(struct pool *p, const struct conn_config *config, const struct pool_limits *limits,
                     kith_error *err);
/* All connections must have been given back. */
void kith__pool_free(struct pool *p);
/* Opens connections until there are so many. For a pool that nobody else uses yet. */
bool kith__pool_fill(struct pool *p, unsigned count, kith_error *err);

struct conn *kith__pool_take(struct pool *p, kith_error *err);     /* NULL on failure or after acquire_ms */
void kith__pool_give(struct pool *p, struct conn *c, bool broken); /* broken: closed instead of kept */

/* Adds this pool's numbers. */
void kith__pool_add_stats(struct pool *p, kith_pool_stats *sum);

/* ---- closing ---- */

void kith__pool_enter(struct pool *p); /* one user more */
void kith__pool_leave(struct pool *p); /* one less; touches the pool no more once the last is gone */
/* From now on nobody can take: those who wait and those who come get an error. Whoever has a connection keeps it.
 * Returns whether there were such, or waiters. */
bool kith__pool_close(struct pool *p);
/* Waits until there are no users, for at most ms. Returns whether there are none. */
bool kith__pool_wait_for_users(struct pool *p, unsigned ms);

#endif
