/* The pool: order of waiting, timeouts, broken connections, and many threads at once. */
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "driver/pool.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"

/* ---- a driver whose connections are marks in a table ------------------------------------------------------------------ */

enum { MARKS = 256 }; /* more than any test opens */

static struct mark {
    atomic_int users; /* takers that have it: never more than one */
    int number;
} marks[MARKS];
static atomic_int opened, closed, resets;
static atomic_bool refuse_open, refuse_reset;

static kith_connection *fake_open(const kith_connect_opts *opts, kith_error *err)
{
    (void)opts;
    if (refuse_open) {
        *err = (kith_error){ .status = KITH_E_CONNECTION, .message = "no server" };
        return NULL;
    }
    int n = opened++;
    marks[n % MARKS].number = n;
    return (kith_connection *)&marks[n % MARKS];
}

static void fake_close(kith_connection *c)
{
    (void)c;
    closed++;
}

static bool fake_reset(kith_connection *c)
{
    (void)c;
    resets++;
    return !refuse_reset;
}

static const kith_driver fake = { .scheme = "fake", .open = fake_open, .close = fake_close, .reset = fake_reset };
static const kith_driver without_reset = { .scheme = "fake", .open = fake_open, .close = fake_close };

static struct fail_alloc heap;

static int set_up(void **state)
{
    (void)state;
    opened = closed = resets = 0;
    refuse_open = refuse_reset = false;
    fail_alloc_init(&heap);
    return 0;
}

/* Also: what was opened was closed. */
static int tear_down(void **state)
{
    (void)state;
    return heap.live_blocks == 0 && opened == closed ? 0 : -1;
}

static void init_with(struct pool *p, const kith_driver *driver, const kith_allocator *allocator, unsigned max,
                      unsigned acquire_ms)
{
    struct conn_config config = { .driver = driver, .allocator = allocator, .cache_size = 4 };
    kith_error err;
    struct pool_limits limits = { .max = max, .acquire_ms = acquire_ms, .idle_ms = UINT_MAX, .check_ms = UINT_MAX };
    assert_true(kith__pool_init(p, &config, &limits, &err));
}

/* The C library's memory: these pools are used by several threads. */
static void init(struct pool *p, unsigned max, unsigned acquire_ms)
{
    init_with(p, &fake, &kith__default_allocator, max, acquire_ms);
}

static struct conn *take(struct pool *p)
{
    kith_error err;
    struct conn *c = kith__pool_take(p, &err);
    assert_non_null(c);
    return c;
}

/* Cannot take: gives the error. */
static kith_error refused(struct pool *p)
{
    kith_error err = { .status = KITH_OK };
    assert_null(kith__pool_take(p, &err));
    return err;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static void wait_for_waiters(struct pool *p, unsigned count)
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

/* ---- one thread ----------------------------------------------------------------------------------------------------- */

static void test_driver_pool__opens_when_needed_and_reuses_the_last(void **state)
{
    (void)state;
    struct pool p;
    init_with(&p, &fake, &heap.allocator, 3, 0);
    assert_int_equal(opened, 0);
    struct conn *a = take(&p), *b = take(&p);
    assert_ptr_not_equal(a, b);
    assert_int_equal(opened, 2);
    kith__pool_give(&p, a, false);
    kith__pool_give(&p, b, false);
    assert_int_equal(resets, 2);
    assert_ptr_equal(take(&p), b);
    assert_ptr_equal(take(&p), a);
    assert_int_equal(opened, 2);
    kith__pool_give(&p, a, false);
    kith__pool_give(&p, b, false);
    kith__pool_free(&p);
}

static void test_driver_pool__driver_without_reset(void **state)
{
    (void)state;
    struct pool p;
    init_with(&p, &without_reset, &heap.allocator, 1, 0);
    struct conn *a = take(&p);
    kith__pool_give(&p, a, false);
    assert_ptr_equal(take(&p), a);
    kith__pool_give(&p, a, false);
    kith__pool_free(&p);
}

static void test_driver_pool__broken_connection_is_closed(void **state)
{
    (void)state;
    struct pool p;
    init_with(&p, &fake, &heap.allocator, 1, 0);
    kith__pool_give(&p, take(&p), true);
    assert_int_equal(closed, 1);
    assert_int_equal(resets, 0);
    struct conn *c = take(&p);
    assert_int_equal(opened, 2);
    refuse_reset = true;
    kith__pool_give(&p, c, false);
    assert_int_equal(closed, 2);
    refuse_reset = false;
    kith__pool_give(&p, take(&p), false);
    assert_int_equal(opened, 3);
    kith__pool_free(&p);
}

static void test_driver_pool__failed_open_frees_its_place(void **state)
{
    (void)state;
    struct pool p;
    init_with(&p, &fake, &heap.allocator, 1, 0);
    refuse_open = true;
    for (int i = 0; i < 3; i++) {
        kith_error err = refused(&p);
        assert_int_equal(err.status, KITH_E_CONNECTION);
        assert_string_equal(err.message, "no server");
    }
    refuse_open = false;
    kith__pool_give(&p, take(&p), false);
    kith__pool_free(&p);
}

static void test_driver_pool__timeout_tells_limits(void **state)
{
    (void)state;
    struct pool p;
    init(&p, 2, 60);
    struct conn *a = take(&p), *b = take(&p);
    int64_t started = kith__monotonic();
    kith_error err = refused(&p);
    double ms = kith__elapsed_ms(started);
    assert_int_equal(err.status, KITH_E_TIMEOUT);
    assert_non_null(strstr(err.message, "60 ms"));
    assert_non_null(strstr(err.message, "acquire_ms"));
    assert_non_null(strstr(err.message, "all 2"));
    assert_true(ms >= 59 && ms < 5000);
    assert_int_equal(p.stats.waiting, 0);
    kith__pool_give(&p, a, false);
    assert_ptr_equal(take(&p), a);
    kith__pool_give(&p, a, false);
    kith__pool_give(&p, b, false);
    kith__pool_free(&p);
}

static void test_driver_pool__no_wait_when_acquire_ms_is_zero(void **state)
{
    (void)state;
    struct pool p;
    init(&p, 1, 0);
    struct conn *a = take(&p);
    assert_int_equal(refused(&p).status, KITH_E_TIMEOUT);
    kith__pool_give(&p, a, false);
    kith__pool_free(&p);
}

static void test_driver_pool__short_memory_is_an_error(void **state)
{
    (void)state;
    struct pool p;
    init_with(&p, &fake, &heap.allocator, 1, 0);
    bool passed = false;
    for (size_t n = 1; !passed; n++) {
        heap.calls = 0;
        heap.fail_at = n;
        kith_error err;
        struct conn *c = kith__pool_take(&p, &err);
        heap.fail_at = 0;
        passed = c != NULL;
        if (c)
            kith__pool_give(&p, c, false);
        else
            assert_int_equal(err.status, KITH_E_NO_MEMORY);
        assert_int_equal(opened - closed, passed);
        assert_true(n < 10);
    }
    kith__pool_free(&p);
}

/* ---- waiting -------------------------------------------------------------------------------------------------------- */

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
static void *take_once(void *arg)
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
static void start_waiting(struct pool *p, struct taker *takers, unsigned count)
{
    served = 0;
    for (unsigned i = 0; i < count; i++) {
        takers[i].pool = p;
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_once, &takers[i]), 0);
        wait_for_waiters(p, i + 1);
    }
}

static void join(struct taker *takers, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        pthread_join(takers[i].thread, NULL);
}

static void test_driver_pool__waiters_are_served_in_order(void **state)
{
    (void)state;
    struct pool p;
    init(&p, 1, 20000);
    struct conn *c = take(&p);
    struct taker takers[6] = { 0 };
    start_waiting(&p, takers, 6);
    int64_t started = kith__monotonic();
    kith__pool_give(&p, c, false);
    join(takers, 6);
    assert_true(kith__elapsed_ms(started) < 10000); /* they were woken */
    for (int i = 0; i < 6; i++) {
        assert_ptr_equal(takers[i].got, c);
        assert_int_equal(takers[i].place, i);
    }
    assert_int_equal(opened, 1);
    kith__pool_free(&p);
}

static void test_driver_pool__newcomer_does_not_overtake(void **state)
{
    (void)state;
    struct pool p;
    init(&p, 1, 20000);
    struct conn *c = take(&p);
    struct taker taker = { 0 };
    start_waiting(&p, &taker, 1);
    kith__pool_give(&p, c, false);
    /* It belongs to the waiter already, however long that one takes to wake up. */
    struct conn *again = take(&p);
    assert_int_equal(served, 1);
    kith__pool_give(&p, again, false);
    join(&taker, 1);
    kith__pool_free(&p);
}

static void test_driver_pool__broken_connection_lets_a_waiter_open_one(void **state)
{
    (void)state;
    struct pool p;
    init(&p, 1, 20000);
    struct conn *c = take(&p);
    struct taker takers[3] = { { .broken = true }, { .broken = true }, { 0 } };
    start_waiting(&p, takers, 3);
    kith__pool_give(&p, c, true);
    join(takers, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(takers[i].place, i);
    assert_int_equal(opened, 4);
    assert_int_equal(closed, 3);
    kith__pool_free(&p);
}

static void test_driver_pool__failed_open_passes_the_place_on(void **state)
{
    (void)state;
    struct pool p;
    init(&p, 1, 20000);
    struct conn *c = take(&p);
    struct taker takers[3] = { 0 };
    start_waiting(&p, takers, 3);
    refuse_open = true;
    kith__pool_give(&p, c, true);
    join(takers, 3); /* nobody waits until the timeout */
    for (int i = 0; i < 3; i++) {
        assert_null(takers[i].got);
        assert_int_equal(takers[i].err.status, KITH_E_CONNECTION);
    }
    refuse_open = false;
    kith__pool_give(&p, take(&p), false);
    kith__pool_free(&p);
}

static void test_driver_pool__waiter_that_gives_up_leaves_the_line(void **state)
{
    (void)state;
    struct pool p;
    init(&p, 1, 100);
    struct conn *c = take(&p);
    struct taker early[3] = { 0 };
    start_waiting(&p, early, 3);
    join(early, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(early[i].err.status, KITH_E_TIMEOUT);
    assert_null(p.first_waiter);
    assert_null(p.last_waiter);
    p.limits.acquire_ms = 20000;
    struct taker late[2] = { 0 };
    start_waiting(&p, late, 2);
    kith__pool_give(&p, c, false);
    join(late, 2);
    assert_int_equal(late[0].place, 0);
    assert_int_equal(late[1].place, 1);
    kith__pool_free(&p);
}

/* ---- many threads --------------------------------------------------------------------------------------------------- */

enum { THREADS = 12, ROUNDS = 400, POOL_MAX = 3 };

static atomic_int in_use, shared_by_two, too_many, not_served;

static void *take_often(void *arg)
{
    struct pool *p = arg;
    for (int i = 0; i < ROUNDS; i++) {
        kith_error err;
        struct conn *c = kith__pool_take(p, &err);
        if (!c) {
            not_served++;
            continue;
        }
        struct mark *mark = (struct mark *)c->raw;
        too_many += ++in_use > POOL_MAX;
        shared_by_two += ++mark->users > 1;
        mark->number++; /* unprotected: a sanitizer sees when two have it */
        mark->users--;
        in_use--;
        kith__pool_give(p, c, i % 50 == 49);
    }
    return NULL;
}

static void test_driver_pool__one_taker_at_a_time(void **state)
{
    (void)state;
    in_use = shared_by_two = too_many = not_served = 0;
    struct pool p;
    init(&p, POOL_MAX, 20000);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_often, &p), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(shared_by_two, 0);
    assert_int_equal(too_many, 0);
    assert_int_equal(not_served, 0);
    assert_true(opened - closed <= POOL_MAX);
    assert_int_equal(opened - closed, p.stats.open);
    kith__pool_free(&p);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_driver_pool__opens_when_needed_and_reuses_the_last),
        TEST(test_driver_pool__driver_without_reset),
        TEST(test_driver_pool__broken_connection_is_closed),
        TEST(test_driver_pool__failed_open_frees_its_place),
        TEST(test_driver_pool__timeout_tells_limits),
        TEST(test_driver_pool__no_wait_when_acquire_ms_is_zero),
        TEST(test_driver_pool__short_memory_is_an_error),
        TEST(test_driver_pool__waiters_are_served_in_order),
        TEST(test_driver_pool__newcomer_does_not_overtake),
        TEST(test_driver_pool__broken_connection_lets_a_waiter_open_one),
        TEST(test_driver_pool__failed_open_passes_the_place_on),
        TEST(test_driver_pool__waiter_that_gives_up_leaves_the_line),
        TEST(test_driver_pool__one_taker_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
