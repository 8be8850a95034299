/* The pool: order of waiting, timeouts, broken connections, and many threads at once. */
#include <string.h>

#include "base/time.h"
#include "unit/pool_driver.h"

static const kith_driver without_reset = { .scheme = "fake", .open = fake_open, .close = fake_close };

/* One connection, without waiting. */
static struct pool_limits one(void)
{
    struct pool_limits limits = no_limits;
    limits.max = 1;
    return limits;
}

/* ---- one thread ----------------------------------------------------------------------------------------------------- */

static void test_driver_pool__opens_when_needed_and_reuses_the_last(void **state)
{
    (void)state;
    struct pool p;
    init_with(&p, &fake, &heap.allocator, no_limits);
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
    init_with(&p, &without_reset, &heap.allocator, one());
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
    init_with(&p, &fake, &heap.allocator, one());
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
    init_with(&p, &fake, &heap.allocator, one());
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
    init_with(&p, &fake, &heap.allocator, one());
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
