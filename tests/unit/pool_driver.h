/* pool_driver: for tests of the pool: a driver whose connections are marks in a table, and pools of it. One test at a
 * time, but its threads may use it together. */
#ifndef TESTS_UNIT_POOL_DRIVER_H
#define TESTS_UNIT_POOL_DRIVER_H

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "driver/pool.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"

enum { MARKS = 8192 }; /* more than any test opens */

static struct mark {
    atomic_int users; /* takers that have it: never more than one */
    int number;
} marks[MARKS];
static atomic_int opened, closed, resets, checks, most_open;
static atomic_bool refuse_open, refuse_reset, refuse_check;

static inline kith_connection *fake_open(const kith_connect_opts *opts, kith_error *err)
{
    (void)opts;
    if (refuse_open) {
        *err = (kith_error){ .status = KITH_E_CONNECTION, .message = "no server" };
        return NULL;
    }
    int n = opened++, now = n + 1 - closed, most = most_open;
    while (now > most && !atomic_compare_exchange_weak(&most_open, &most, now))
        ;
    marks[n % MARKS].number = n;
    return (kith_connection *)&marks[n % MARKS];
}

static inline void fake_close(kith_connection *c)
{
    (void)c;
    closed++;
}

static inline bool fake_reset(kith_connection *c)
{
    (void)c;
    resets++;
    return !refuse_reset;
}

static inline bool fake_check(kith_connection *c)
{
    (void)c;
    checks++;
    return !refuse_check;
}

static const kith_driver fake = {
    .scheme = "fake", .open = fake_open, .close = fake_close, .reset = fake_reset, .check = fake_check
};

static struct fail_alloc heap;

static inline int set_up(void **state)
{
    (void)state;
    opened = closed = resets = checks = most_open = 0;
    refuse_open = refuse_reset = refuse_check = false;
    fail_alloc_init(&heap);
    return 0;
}

/* Also: what was opened was closed. */
static inline int tear_down(void **state)
{
    (void)state;
    return heap.live_blocks == 0 && opened == closed ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct pool_limits no_limits = { .max = 8, .idle_ms = UINT_MAX, .check_ms = UINT_MAX };

static inline void init_with(struct pool *p, const kith_driver *driver, const kith_allocator *allocator,
                             struct pool_limits limits)
{
    struct conn_config config = { .driver = driver, .allocator = allocator, .cache_size = 4 };
    kith_error err;
    assert_true(kith__pool_init(p, &config, &limits, &err));
}

/* The C library's memory: these pools are used by several threads. */
static inline void init(struct pool *p, unsigned max, unsigned acquire_ms)
{
    struct pool_limits limits = no_limits;
    limits.max = max;
    limits.acquire_ms = acquire_ms;
    init_with(p, &fake, &kith__default_allocator, limits);
}

static inline struct conn *take(struct pool *p)
{
    kith_error err;
    struct conn *c = kith__pool_take(p, &err);
    assert_non_null(c);
    return c;
}

/* Cannot take: gives the error. */
static inline kith_error refused(struct pool *p)
{
    kith_error err = { .status = KITH_OK };
    assert_null(kith__pool_take(p, &err));
    return err;
}

static inline void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static inline void wait_for_waiters(struct pool *p, unsigned count)
{
    for (int i = 0; i < 5000; i++) {
        pthread_mutex_lock(&p->lock);
        unsigned waiting = p->stats.waiting;
        pthread_mutex_unlock(&p->lock);
        if (waiting == count)
            return;
        sleep_ms(1);
    }
    fail_msg("there are not %u waiters", count);
}

/* ---- takers that wait ---- */

struct taker {
    pthread_t thread;
    struct pool *pool;
    struct conn *got;
    kith_error err;
    int place;   /* when it was served: 0, 1, 2 … */
    bool broken; /* gives it back so */
};
static atomic_int served;

/* Takes, notes its place, gives back. */
static inline void *take_once(void *arg)
{
    struct taker *t = arg;
    t->got = kith__pool_take(t->pool, &t->err);
    if (t->got) {
        t->place = served++;
        kith__pool_give(t->pool, t->got, t->broken);
    }
    return NULL;
}

/* Starts one taker after another, so that they wait in this order. */
static inline void start_waiting(struct pool *p, struct taker *takers, unsigned count)
{
    served = 0;
    for (unsigned i = 0; i < count; i++) {
        takers[i].pool = p;
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_once, &takers[i]), 0);
        wait_for_waiters(p, i + 1);
    }
}

static inline void join(struct taker *takers, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        pthread_join(takers[i].thread, NULL);
}

#endif
