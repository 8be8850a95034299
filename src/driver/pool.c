/* pool: see pool.h.
 *
 * A waiter stands on its own taker's stack with a condition of its own. Who gives something back hands it to the first
 * waiter directly, so nobody who comes later can snatch it; therefore, while there are waiters, nothing is idle. What
 * is handed over is a connection, or, when that one was broken, only its place: then the waiter opens a new one. */
#include "driver/pool.h"

#include <time.h>

#include "base/error.h"

struct waiter {
    pthread_cond_t served_now;
    struct waiter *next;
    struct conn *conn; /* NULL: only a place */
    bool served;
};

bool kith__pool_init(struct pool *p, const struct conn_config *config, unsigned max, unsigned acquire_ms,
                     kith_error *err)
{
    *p = (struct pool){ .config = *config, .max = max, .acquire_ms = acquire_ms };
    if (pthread_mutex_init(&p->lock, NULL) != 0)
        return kith__error_no_memory(err);
    return true;
}

void kith__pool_free(struct pool *p)
{
    while (p->idle) {
        struct conn *c = p->idle;
        p->idle = c->next;
        kith__conn_close(c);
    }
    p->open = 0;
    pthread_mutex_destroy(&p->lock);
}

/* ---- handing over, with the lock held ------------------------------------------------------------------------------- */

/* To the first waiter, or to the idle ones. NULL is the place of a connection that is no more. */
static void hand_over(struct pool *p, struct conn *c)
{
    struct waiter *w = p->first_waiter;
    if (w) {
        p->first_waiter = w->next;
        if (!p->first_waiter)
            p->last_waiter = NULL;
        p->waiting--;
        w->conn = c;
        w->served = true;
        pthread_cond_signal(&w->served_now);
    } else if (c) {
        c->next = p->idle;
        p->idle = c;
    } else {
        p->open--;
    }
}

static void enqueue(struct pool *p, struct waiter *w)
{
    if (p->last_waiter)
        p->last_waiter->next = w;
    else
        p->first_waiter = w;
    p->last_waiter = w;
    p->waiting++;
}

static void give_up(struct pool *p, struct waiter *w)
{
    struct waiter *before = NULL;
    for (struct waiter *at = p->first_waiter; at != w; at = at->next)
        before = at;
    if (before)
        before->next = w->next;
    else
        p->first_waiter = w->next;
    if (p->last_waiter == w)
        p->last_waiter = before;
    p->waiting--;
}

/* ---- waiting -------------------------------------------------------------------------------------------------------- */

/* A condition that is timed by the clock that nobody sets. */
static bool make_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attr;
    if (pthread_condattr_init(&attr) != 0)
        return false;
    bool made = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 && pthread_cond_init(condition, &attr) == 0;
    pthread_condattr_destroy(&attr);
    return made;
}

static struct timespec deadline_in(unsigned ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* With the lock held. True when *c was handed over; a *c of NULL is the place for a new connection. */
static bool wait_for_one(struct pool *p, struct conn **c, kith_error *err)
{
    struct waiter w = { 0 };
    if (!make_condition(&w.served_now))
        return kith__error_no_memory(err);
    struct timespec deadline = deadline_in(p->acquire_ms);
    enqueue(p, &w);
    int rc = 0;
    while (!w.served && rc == 0)
        rc = pthread_cond_timedwait(&w.served_now, &p->lock, &deadline);
    if (!w.served)
        give_up(p, &w);
    pthread_cond_destroy(&w.served_now);
    *c = w.conn;
    return w.served || kith__error_set(err, KITH_E_TIMEOUT,
                                       "no connection came free within %u ms (acquire_ms): all %u (pool_max) are in "
                                       "use by other sessions",
                                       p->acquire_ms, p->max);
}

/* ---- taking and giving ---------------------------------------------------------------------------------------------- */

/* An idle connection, or a place for a new one (*c is NULL), or a wait for either. */
static bool acquire(struct pool *p, struct conn **c, kith_error *err)
{
    *c = p->idle;
    if (*c) {
        p->idle = (*c)->next;
        return true;
    }
    if (p->open < p->max) {
        p->open++;
        return true;
    }
    return wait_for_one(p, c, err);
}

struct conn *kith__pool_take(struct pool *p, kith_error *err)
{
    struct conn *c;
    pthread_mutex_lock(&p->lock);
    bool acquired = acquire(p, &c, err);
    pthread_mutex_unlock(&p->lock);
    if (!acquired)
        return NULL;
    if (!c)
        c = kith__conn_open(&p->config, err);
    if (c) {
        c->next = NULL;
        return c;
    }
    pthread_mutex_lock(&p->lock);
    hand_over(p, NULL);
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

void kith__pool_give(struct pool *p, struct conn *c, bool broken)
{
    const kith_driver *driver = p->config.driver;
    /* Made ready now and not when it is taken again, so that an idle connection holds no locks in the database. */
    if (broken || (driver->reset && !driver->reset(c->raw))) {
        kith__conn_close(c);
        c = NULL;
    }
    pthread_mutex_lock(&p->lock);
    hand_over(p, c);
    pthread_mutex_unlock(&p->lock);
}
