/* pool: see pool.h.
 *
 * A waiter stands on its own taker's stack with a condition of its own. Who gives something back hands it to the first
 * waiter directly, so nobody who comes later can snatch it; therefore, while there are waiters, nothing is idle. What
 * is handed over is a connection, or, when that one was closed, only its place: then the waiter opens a new one.
 * Connections are opened, checked and closed without the lock, for that may take long; their place is kept meanwhile,
 * so that there are never more than the maximum. */
#include "driver/pool.h"

#include <time.h>

#include "base/error.h"
#include "base/time.h"

enum outcome { WAITING, SERVED, REFUSED };

struct waiter {
    pthread_cond_t decided;
    struct waiter *next;
    struct conn *conn; /* NULL: only a place */
    enum outcome outcome;
};

/* ---- beginning and end ---------------------------------------------------------------------------------------------- */

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

bool kith__pool_init(struct pool *p, const struct conn_config *config, const struct pool_limits *limits,
                     kith_error *err)
{
    *p = (struct pool){ .config = *config, .limits = *limits };
    if (!make_condition(&p->no_users))
        return kith__error_no_memory(err);
    if (pthread_mutex_init(&p->lock, NULL) == 0)
        return true;
    pthread_cond_destroy(&p->no_users);
    return kith__error_no_memory(err);
}

void kith__pool_free(struct pool *p)
{
    while (p->idle) {
        struct conn *c = p->idle;
        p->idle = c->next;
        kith__conn_close(c);
    }
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->no_users);
}

/* ---- handing over, with the lock held ------------------------------------------------------------------------------- */

static struct waiter *next_waiter(struct pool *p)
{
    struct waiter *w = p->first_waiter;
    if (!w)
        return NULL;
    p->first_waiter = w->next;
    if (!p->first_waiter)
        p->last_waiter = NULL;
    p->stats.waiting--;
    return w;
}

static void decide(struct waiter *w, enum outcome outcome, struct conn *c)
{
    w->conn = c;
    w->outcome = outcome;
    pthread_cond_signal(&w->decided);
}

/* To the first waiter, or to the idle ones. NULL is the place of a connection that is no more. */
static void hand_over(struct pool *p, struct conn *c)
{
    struct waiter *w = next_waiter(p);
    if (w) {
        decide(w, SERVED, c);
    } else if (c) {
        c->next = p->idle;
        p->idle = c;
        p->stats.idle++;
    } else {
        p->stats.open--;
    }
}

static void enqueue(struct pool *p, struct waiter *w)
{
    if (p->last_waiter)
        p->last_waiter->next = w;
    else
        p->first_waiter = w;
    p->last_waiter = w;
    p->stats.waiting++;
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
    p->stats.waiting--;
}

/* ---- opening and closing, without the lock -------------------------------------------------------------------------- */

static struct conn *open_one(struct pool *p, kith_error *err)
{
    struct conn *c = kith__conn_open(&p->config, err);
    if (c)
        c->opened = c->idle_since = kith__monotonic();
    return c;
}

/* Its place is still taken. */
static void close_one(struct pool *p, struct conn *c, bool broken)
{
    int64_t found = broken ? kith__monotonic() : 0;
    kith__conn_close(c);
    pthread_mutex_lock(&p->lock);
    p->stats.closed++;
    p->stats.broken += broken;
    if (found > p->suspect)
        p->suspect = found;
    pthread_mutex_unlock(&p->lock);
}

static bool is_older(int64_t since, unsigned ms, int64_t now)
{
    return now - since >= (int64_t)ms * 1000;
}

/* Takes out those that are idle for too long, the coldest; with the lock held. The idle ones lie in the order of the
 * time they were given back. */
static struct conn *cut_cold(struct pool *p, int64_t now)
{
    unsigned min = p->closing ? 0 : p->limits.min, spare = p->stats.open > min ? p->stats.open - min : 0;
    unsigned left = p->stats.idle;
    struct conn **at = &p->idle;
    while (*at && (left > spare || !(p->closing || is_older((*at)->idle_since, p->limits.idle_ms, now)))) {
        at = &(*at)->next;
        left--;
    }
    struct conn *cold = *at;
    *at = NULL;
    p->stats.idle -= left;
    return cold;
}

static void close_all(struct pool *p, struct conn *cold)
{
    while (cold) {
        struct conn *next = cold->next;
        close_one(p, cold, false);
        pthread_mutex_lock(&p->lock);
        hand_over(p, NULL);
        pthread_mutex_unlock(&p->lock);
        cold = next;
    }
}

bool kith__pool_fill(struct pool *p, unsigned count, kith_error *err)
{
    while (p->stats.open < count) {
        struct conn *c = open_one(p, err);
        if (!c)
            return false;
        p->stats.open++;
        p->stats.opened++;
        hand_over(p, c);
    }
    return true;
}

/* ---- waiting -------------------------------------------------------------------------------------------------------- */

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

static bool being_closed(kith_error *err)
{
    return kith__error_set(err, KITH_E_CONNECTION, "the database is being closed");
}

/* With the lock held. True when *c was handed over; a *c of NULL is the place for a new connection. */
static bool wait_for_one(struct pool *p, struct conn **c, kith_error *err)
{
    struct waiter w = { .outcome = WAITING };
    if (!make_condition(&w.decided))
        return kith__error_no_memory(err);
    int64_t started = kith__monotonic();
    struct timespec deadline = deadline_in(p->limits.acquire_ms);
    enqueue(p, &w);
    int rc = 0;
    while (w.outcome == WAITING && rc == 0)
        rc = pthread_cond_timedwait(&w.decided, &p->lock, &deadline);
    if (w.outcome == WAITING) {
        give_up(p, &w);
        p->stats.timeouts++;
    }
    pthread_cond_destroy(&w.decided);
    p->stats.waits++;
    p->stats.waited_us += (uint64_t)(kith__monotonic() - started);
    *c = w.conn;
    if (w.outcome == REFUSED)
        return being_closed(err);
    return w.outcome == SERVED || kith__error_set(err, KITH_E_TIMEOUT,
                                                  "no connection came free within %u ms (acquire_ms): all %u "
                                                  "(pool_max) are in use by other sessions",
                                                  p->limits.acquire_ms, p->limits.max);
}

/* ---- taking --------------------------------------------------------------------------------------------------------- */

/* An idle connection, or a place for a new one (*c is NULL), or a wait for either; with the lock held. */
static bool acquire(struct pool *p, struct conn **c, kith_error *err)
{
    if (p->closing)
        return being_closed(err);
    *c = p->idle;
    if (*c) {
        p->idle = (*c)->next;
        p->stats.idle--;
        return true;
    }
    if (p->stats.open < p->limits.max) {
        p->stats.open++;
        return true;
    }
    return wait_for_one(p, c, err);
}

/* Whether an idle connection must be checked; with the lock held. */
static bool is_doubtful(const struct pool *p, const struct conn *c, int64_t now)
{
    return p->config.driver->check && (is_older(c->idle_since, p->limits.check_ms, now) || c->idle_since <= p->suspect);
}

/* A new connection in the place that was acquired; without one, the place is given up. */
static struct conn *open_in_place(struct pool *p, kith_error *err)
{
    struct conn *c = open_one(p, err);
    pthread_mutex_lock(&p->lock);
    if (c) {
        p->stats.opened++;
    } else {
        p->stats.in_use--;
        p->stats.taken--;
        hand_over(p, NULL);
    }
    pthread_mutex_unlock(&p->lock);
    return c;
}

struct conn *kith__pool_take(struct pool *p, kith_error *err)
{
    struct conn *c = NULL;
    pthread_mutex_lock(&p->lock);
    bool acquired = acquire(p, &c, err);
    int64_t now = kith__monotonic();
    bool doubtful = c && is_doubtful(p, c, now);
    struct conn *cold = cut_cold(p, now);
    p->stats.in_use += acquired;
    p->stats.taken += acquired;
    pthread_mutex_unlock(&p->lock);
    close_all(p, cold);
    if (!acquired)
        return NULL;
    if (doubtful && !p->config.driver->check(c->raw)) {
        close_one(p, c, true);
        c = NULL;
    }
    if (!c)
        c = open_in_place(p, err);
    if (c)
        c->next = NULL;
    return c;
}

/* ---- giving --------------------------------------------------------------------------------------------------------- */

void kith__pool_give(struct pool *p, struct conn *c, bool broken)
{
    const kith_driver *driver = p->config.driver;
    /* Made ready now and not when it is taken again, so that an idle connection holds no locks in the database. */
    broken = broken || (driver->reset && !driver->reset(c->raw));
    int64_t now = kith__monotonic();
    bool old = p->limits.lifetime_ms && is_older(c->opened, p->limits.lifetime_ms, now);
    c->idle_since = now;
    if (broken || old) {
        close_one(p, c, broken);
        c = NULL;
    }
    pthread_mutex_lock(&p->lock);
    p->stats.in_use--;
    hand_over(p, c);
    struct conn *cold = cut_cold(p, now);
    pthread_mutex_unlock(&p->lock);
    close_all(p, cold);
}

/* ---- statistics ----------------------------------------------------------------------------------------------------- */

void kith__pool_add_stats(struct pool *p, kith_pool_stats *sum)
{
    pthread_mutex_lock(&p->lock);
    sum->open += p->stats.open;
    sum->idle += p->stats.idle;
    sum->in_use += p->stats.in_use;
    sum->waiting += p->stats.waiting;
    sum->opened += p->stats.opened;
    sum->closed += p->stats.closed;
    sum->broken += p->stats.broken;
    sum->taken += p->stats.taken;
    sum->waits += p->stats.waits;
    sum->waited_us += p->stats.waited_us;
    sum->timeouts += p->stats.timeouts;
    pthread_mutex_unlock(&p->lock);
}

/* ---- closing -------------------------------------------------------------------------------------------------------- */

void kith__pool_enter(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->users++;
    pthread_mutex_unlock(&p->lock);
}

void kith__pool_leave(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->users--;
    if (p->users == 0)
        pthread_cond_signal(&p->no_users);
    pthread_mutex_unlock(&p->lock);
}

bool kith__pool_close(struct pool *p)
{
    struct waiter *w;
    pthread_mutex_lock(&p->lock);
    bool busy = p->stats.in_use || p->stats.waiting;
    p->closing = true;
    while ((w = next_waiter(p)))
        decide(w, REFUSED, NULL);
    struct conn *idle = cut_cold(p, 0);
    pthread_mutex_unlock(&p->lock);
    close_all(p, idle);
    return busy;
}

bool kith__pool_wait_for_users(struct pool *p, unsigned ms)
{
    struct timespec deadline = deadline_in(ms);
    int rc = 0;
    pthread_mutex_lock(&p->lock);
    while (p->users && rc == 0)
        rc = pthread_cond_timedwait(&p->no_users, &p->lock, &deadline);
    bool none = p->users == 0;
    pthread_mutex_unlock(&p->lock);
    return none;
}
