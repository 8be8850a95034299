/* The pool: how many connections it keeps, for how long, how it finds broken ones, what it counts, and how it is closed
 * while it is used. Time is made to pass by making connections older. */
#include <string.h>

#include "base/time.h"
#include "unit/pool_driver.h"

static void init_limits(struct pool *p, struct pool_limits limits)
{
    if (!limits.max)
        limits.max = no_limits.max;
    init_with(p, &fake, &kith__default_allocator, limits);
}

static void make_older(struct conn *c, int64_t ms)
{
    c->opened -= ms * 1000;
    c->idle_since -= ms * 1000;
}

/* All that is idle. */
static void pass_time(struct pool *p, int64_t ms)
{
    for (struct conn *c = p->idle; c; c = c->next)
        make_older(c, ms);
    p->suspect -= ms * 1000;
}

static void fill(struct pool *p, unsigned count)
{
    kith_error err;
    assert_true(kith__pool_fill(p, count, &err));
}

static void expect_counts(struct pool *p, unsigned open, unsigned idle, unsigned in_use)
{
    kith_pool_stats stats = { 0 };
    kith__pool_add_stats(p, &stats);
    assert_int_equal(stats.open, open);
    assert_int_equal(stats.idle, idle);
    assert_int_equal(stats.in_use, in_use);
    assert_int_equal(opened - closed, open);
}

/* ---- minimum and idle ----------------------------------------------------------------------------------------------- */

static void test_driver_pool_limits__fill_opens_so_many(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, no_limits);
    fill(&p, 3);
    expect_counts(&p, 3, 3, 0);
    struct conn *a = take(&p);
    assert_int_equal(opened, 3);
    kith__pool_give(&p, a, false);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__fill_without_a_server(void **state)
{
    (void)state;
    struct pool p;
    kith_error err;
    init_limits(&p, no_limits);
    fill(&p, 1);
    refuse_open = true;
    assert_false(kith__pool_fill(&p, 3, &err));
    assert_int_equal(err.status, KITH_E_CONNECTION);
    expect_counts(&p, 1, 1, 0);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__idle_ones_are_closed_down_to_the_minimum(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, (struct pool_limits){ .min = 2, .idle_ms = 500, .check_ms = UINT_MAX });
    fill(&p, 5);
    pass_time(&p, 400);
    struct conn *c = take(&p);
    expect_counts(&p, 5, 4, 1); /* not yet */
    pass_time(&p, 200);
    kith__pool_give(&p, c, false);
    expect_counts(&p, 2, 2, 0);
    pass_time(&p, 1000);
    kith__pool_give(&p, take(&p), false);
    expect_counts(&p, 2, 2, 0);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__a_taker_closes_idle_ones_too(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, (struct pool_limits){ .min = 1, .idle_ms = 500, .check_ms = UINT_MAX });
    fill(&p, 4);
    pass_time(&p, 600);
    struct conn *c = take(&p);
    expect_counts(&p, 1, 0, 1);
    kith__pool_give(&p, c, false);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__what_is_taken_is_not_closed_for_having_been_idle(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, (struct pool_limits){ .idle_ms = 500, .check_ms = UINT_MAX });
    fill(&p, 1);
    struct conn *only = p.idle;
    pass_time(&p, 5000);
    struct conn *c = take(&p);
    assert_ptr_equal(c, only);
    assert_int_equal(opened, 1);
    kith__pool_give(&p, c, false);
    expect_counts(&p, 1, 1, 0); /* it is warm again */
    kith__pool_free(&p);
}

static void test_driver_pool_limits__the_coldest_are_closed(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, (struct pool_limits){ .idle_ms = 500, .check_ms = UINT_MAX });
    struct conn *a = take(&p), *b = take(&p), *c = take(&p);
    kith__pool_give(&p, a, false);
    kith__pool_give(&p, b, false);
    pass_time(&p, 600);
    kith__pool_give(&p, c, false); /* closes a and b */
    expect_counts(&p, 1, 1, 0);
    assert_ptr_equal(p.idle, c);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__the_place_of_a_closed_one_is_free(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, (struct pool_limits){ .max = 3, .idle_ms = 500, .check_ms = UINT_MAX });
    fill(&p, 3);
    pass_time(&p, 600);
    struct conn *all[3];
    for (int i = 0; i < 3; i++)
        all[i] = take(&p);
    expect_counts(&p, 3, 0, 3);
    assert_int_equal(opened, 5);
    assert_int_equal(refused(&p).status, KITH_E_TIMEOUT);
    for (int i = 0; i < 3; i++)
        kith__pool_give(&p, all[i], false);
    kith__pool_free(&p);
}

/* ---- lifetime ------------------------------------------------------------------------------------------------------- */

static void test_driver_pool_limits__an_old_one_is_closed_when_it_is_given_back(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, (struct pool_limits){ .min = 1, .idle_ms = UINT_MAX, .lifetime_ms = 1000, .check_ms = UINT_MAX });
    fill(&p, 1);
    struct conn *c = take(&p);
    make_older(c, 900);
    kith__pool_give(&p, c, false);
    expect_counts(&p, 1, 1, 0);
    c = take(&p);
    make_older(c, 200);
    kith__pool_give(&p, c, false);
    expect_counts(&p, 0, 0, 0);
    c = take(&p); /* and a young one takes its place */
    kith__pool_give(&p, c, false);
    expect_counts(&p, 1, 1, 0);
    assert_int_equal(opened, 2);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__the_place_of_an_old_one_goes_to_a_waiter(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p,
                (struct pool_limits){
                    .max = 1, .acquire_ms = 20000, .idle_ms = UINT_MAX, .lifetime_ms = 1000000, .check_ms = UINT_MAX });
    struct conn *c = take(&p);
    make_older(c, 1000000);
    struct taker takers[2] = { 0 };
    start_waiting(&p, takers, 2);
    kith__pool_give(&p, c, false);
    join(takers, 2);
    assert_non_null(takers[0].got);
    assert_non_null(takers[1].got);
    assert_int_equal(opened, 2);
    assert_int_equal(closed, 1);
    kith__pool_free(&p);
}

/* ---- checks --------------------------------------------------------------------------------------------------------- */

static const struct pool_limits check_after_a_second = { .max = 4, .idle_ms = UINT_MAX, .check_ms = 1000 };

static void test_driver_pool_limits__only_what_was_idle_is_checked(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, check_after_a_second);
    struct conn *c = take(&p);
    assert_int_equal(checks, 0); /* a new one is not */
    kith__pool_give(&p, c, false);
    pass_time(&p, 500);
    assert_ptr_equal(take(&p), c);
    assert_int_equal(checks, 0);
    kith__pool_give(&p, c, false);
    pass_time(&p, 1500);
    assert_ptr_equal(take(&p), c);
    assert_int_equal(checks, 1);
    kith__pool_give(&p, c, false);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__a_broken_one_is_replaced_unseen(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, check_after_a_second);
    fill(&p, 1);
    pass_time(&p, 1500);
    refuse_check = true;
    struct conn *c = take(&p);
    assert_int_equal(opened, 2);
    assert_int_equal(closed, 1);
    assert_int_equal(p.stats.broken, 1);
    expect_counts(&p, 1, 0, 1);
    kith__pool_give(&p, c, false);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__a_broken_one_without_a_server(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, check_after_a_second);
    fill(&p, 1);
    pass_time(&p, 1500);
    refuse_check = refuse_open = true;
    assert_int_equal(refused(&p).status, KITH_E_CONNECTION);
    expect_counts(&p, 0, 0, 0);
    refuse_open = false;
    kith__pool_give(&p, take(&p), false);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__a_driver_that_cannot_check(void **state)
{
    (void)state;
    static const kith_driver without_check = { .scheme = "fake", .open = fake_open, .close = fake_close };
    struct pool p;
    init_with(&p, &without_check, &kith__default_allocator, check_after_a_second);
    fill(&p, 1);
    struct conn *c = p.idle;
    pass_time(&p, 1500);
    assert_ptr_equal(take(&p), c);
    kith__pool_give(&p, c, false);
    kith__pool_free(&p);
}

/* What broke one may have broken those that were idle at the time. */
static void test_driver_pool_limits__a_broken_one_throws_doubt_on_the_idle(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, check_after_a_second);
    struct conn *a = take(&p), *b = take(&p), *c = take(&p);
    kith__pool_give(&p, a, false);
    sleep_ms(1); /* the clock counts microseconds */
    kith__pool_give(&p, b, true);
    sleep_ms(1);
    kith__pool_give(&p, c, false);
    assert_ptr_equal(take(&p), c);
    assert_int_equal(checks, 0); /* it was in use at the time */
    assert_ptr_equal(take(&p), a);
    assert_int_equal(checks, 1);
    kith__pool_give(&p, a, false);
    assert_ptr_equal(take(&p), a);
    assert_int_equal(checks, 1); /* once is enough */
    kith__pool_give(&p, a, false);
    kith__pool_give(&p, c, false);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__a_failed_check_throws_doubt_on_the_idle(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, check_after_a_second);
    fill(&p, 2);
    make_older(p.idle, 1500); /* the first only */
    refuse_check = true;
    struct conn *a = take(&p), *b = take(&p);
    assert_int_equal(checks, 2);
    assert_int_equal(opened, 4);
    kith__pool_give(&p, a, false);
    kith__pool_give(&p, b, false);
    kith__pool_free(&p);
}

/* ---- memory --------------------------------------------------------------------------------------------------------- */

/* A check fails and a new connection is to be made, with memory for n requests only. */
static bool replace_with(size_t n)
{
    struct pool p;
    init_with(&p, &fake, &heap.allocator, check_after_a_second);
    fill(&p, 2);
    pass_time(&p, 1500);
    refuse_check = true;
    heap.calls = 0;
    heap.fail_at = n;
    kith_error err = { .status = KITH_OK };
    struct conn *c = kith__pool_take(&p, &err);
    heap.fail_at = 0;
    if (!c)
        assert_int_equal(err.status, KITH_E_NO_MEMORY);
    expect_counts(&p, c ? 2 : 1, 1, c ? 1 : 0);
    if (c)
        kith__pool_give(&p, c, false);
    kith__pool_free(&p);
    return c != NULL;
}

static void test_driver_pool_limits__short_memory_when_replacing(void **state)
{
    (void)state;
    size_t n = 1;
    while (!replace_with(n))
        assert_true(++n < 10);
    assert_true(n > 1);
}

static bool fill_with(size_t n)
{
    struct pool p;
    init_with(&p, &fake, &heap.allocator, no_limits);
    heap.calls = 0;
    heap.fail_at = n;
    kith_error err = { .status = KITH_OK };
    bool filled = kith__pool_fill(&p, 2, &err);
    heap.fail_at = 0;
    if (!filled)
        assert_int_equal(err.status, KITH_E_NO_MEMORY);
    kith__pool_free(&p);
    assert_int_equal(opened, closed);
    return filled;
}

static void test_driver_pool_limits__short_memory_when_filling(void **state)
{
    (void)state;
    size_t n = 1;
    while (!fill_with(n))
        assert_true(++n < 10);
    assert_true(n > 2);
}

/* ---- statistics ----------------------------------------------------------------------------------------------------- */

static void expect_stats(struct pool *p, const kith_pool_stats *expected)
{
    kith_pool_stats is = { 0 };
    kith__pool_add_stats(p, &is);
    assert_int_equal(is.open, expected->open);
    assert_int_equal(is.idle, expected->idle);
    assert_int_equal(is.in_use, expected->in_use);
    assert_int_equal(is.waiting, expected->waiting);
    assert_int_equal(is.opened, expected->opened);
    assert_int_equal(is.closed, expected->closed);
    assert_int_equal(is.broken, expected->broken);
    assert_int_equal(is.taken, expected->taken);
    assert_int_equal(is.waits, expected->waits);
    assert_int_equal(is.timeouts, expected->timeouts);
}

static void test_driver_pool_limits__statistics(void **state)
{
    (void)state;
    struct pool p;
    init(&p, 2, 0);
    expect_stats(&p, &(kith_pool_stats){ 0 });
    struct conn *a = take(&p);
    expect_stats(&p, &(kith_pool_stats){ .open = 1, .in_use = 1, .opened = 1, .taken = 1 });
    kith__pool_give(&p, a, false);
    expect_stats(&p, &(kith_pool_stats){ .open = 1, .idle = 1, .opened = 1, .taken = 1 });
    a = take(&p);
    struct conn *b = take(&p);
    expect_stats(&p, &(kith_pool_stats){ .open = 2, .in_use = 2, .opened = 2, .taken = 3 });
    refused(&p);
    expect_stats(&p, &(kith_pool_stats){ .open = 2, .in_use = 2, .opened = 2, .taken = 3, .waits = 1, .timeouts = 1 });
    kith__pool_give(&p, a, true);
    expect_stats(
        &p, &(kith_pool_stats){
                .open = 1, .in_use = 1, .opened = 2, .taken = 3, .waits = 1, .timeouts = 1, .closed = 1, .broken = 1 });
    refuse_reset = true;
    kith__pool_give(&p, b, false);
    refuse_open = true;
    refused(&p); /* was not taken after all */
    expect_stats(&p,
                 &(kith_pool_stats){ .opened = 2, .taken = 3, .waits = 1, .timeouts = 1, .closed = 2, .broken = 2 });
    kith__pool_free(&p);
}

static void test_driver_pool_limits__statistics_of_waiting(void **state)
{
    (void)state;
    struct pool p;
    init(&p, 1, 20000);
    struct conn *c = take(&p);
    struct taker takers[2] = { 0 };
    start_waiting(&p, takers, 2);
    expect_stats(&p, &(kith_pool_stats){ .open = 1, .in_use = 1, .waiting = 2, .opened = 1, .taken = 1 });
    sleep_ms(20);
    kith__pool_give(&p, c, false);
    join(takers, 2);
    expect_stats(&p, &(kith_pool_stats){ .open = 1, .idle = 1, .opened = 1, .taken = 3, .waits = 2 });
    assert_true(p.stats.waited_us >= 2 * 20000);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__statistics_add_up(void **state)
{
    (void)state;
    struct pool p, q;
    init(&p, 2, 0);
    init(&q, 2, 0);
    fill(&p, 2);
    fill(&q, 1);
    kith_pool_stats sum = { 0 };
    kith__pool_add_stats(&p, &sum);
    kith__pool_add_stats(&q, &sum);
    assert_int_equal(sum.open, 3);
    assert_int_equal(sum.idle, 3);
    assert_int_equal(sum.opened, 3);
    kith__pool_free(&p);
    kith__pool_free(&q);
}

/* ---- closing -------------------------------------------------------------------------------------------------------- */

static void expect_being_closed(const kith_error *err)
{
    assert_int_equal(err->status, KITH_E_CONNECTION);
    assert_string_equal(err->message, "the database is being closed");
}

static void test_driver_pool_limits__closing_refuses_takers(void **state)
{
    (void)state;
    struct pool p;
    init_limits(&p, (struct pool_limits){ .min = 2, .acquire_ms = 20000, .idle_ms = UINT_MAX, .check_ms = UINT_MAX });
    fill(&p, 2);
    assert_false(kith__pool_close(&p)); /* nobody was at work */
    expect_counts(&p, 0, 0, 0);
    kith_error err = refused(&p);
    expect_being_closed(&err);
    assert_int_equal(p.stats.waits, 0);
    kith__pool_free(&p);
}

static void test_driver_pool_limits__closing_wakes_those_who_wait(void **state)
{
    (void)state;
    struct pool p;
    init(&p, 1, 60000);
    struct conn *c = take(&p);
    struct taker takers[3] = { 0 };
    start_waiting(&p, takers, 3);
    int64_t started = kith__monotonic();
    assert_true(kith__pool_close(&p));
    join(takers, 3);
    assert_true(kith__elapsed_ms(started) < 30000);
    for (int i = 0; i < 3; i++) {
        assert_null(takers[i].got);
        expect_being_closed(&takers[i].err);
    }
    expect_counts(&p, 1, 0, 1); /* who has one keeps it */
    assert_int_equal(p.stats.timeouts, 0);
    kith__pool_give(&p, c, false);
    expect_counts(&p, 0, 0, 0);
    assert_false(kith__pool_close(&p));
    kith__pool_free(&p);
}

static void *leave_soon(void *arg)
{
    sleep_ms(30);
    kith__pool_leave(arg);
    return NULL;
}

static void test_driver_pool_limits__waits_for_users(void **state)
{
    (void)state;
    struct pool p;
    pthread_t thread;
    init(&p, 1, 0);
    assert_true(kith__pool_wait_for_users(&p, 0));
    kith__pool_enter(&p);
    kith__pool_enter(&p);
    assert_false(kith__pool_wait_for_users(&p, 0));
    kith__pool_leave(&p);
    int64_t started = kith__monotonic();
    assert_false(kith__pool_wait_for_users(&p, 40));
    assert_true(kith__elapsed_ms(started) >= 39);
    assert_int_equal(pthread_create(&thread, NULL, leave_soon, &p), 0);
    started = kith__monotonic();
    assert_true(kith__pool_wait_for_users(&p, 60000));
    assert_true(kith__elapsed_ms(started) < 30000);
    /* The last user touches the pool no more, so it can be freed before the thread has ended. */
    kith__pool_free(&p);
    pthread_join(thread, NULL);
}

/* ---- fairness ------------------------------------------------------------------------------------------------------- */

static void test_driver_pool_limits__who_comes_again_stands_behind_those_who_wait(void **state)
{
    (void)state;
    struct pool p;
    init(&p, 2, 20000);
    struct conn *a = take(&p), *b = take(&p);
    struct taker takers[5] = { 0 };
    start_waiting(&p, takers, 5);
    kith__pool_give(&p, a, true); /* a closed connection's place is handed on just so */
    a = take(&p);
    assert_int_equal(served, 5);
    kith__pool_give(&p, b, false);
    kith__pool_give(&p, a, false);
    join(takers, 5);
    for (int i = 0; i < 5; i++)
        assert_non_null(takers[i].got);
    kith__pool_free(&p);
}

/* ---- many threads --------------------------------------------------------------------------------------------------- */

enum { THREADS = 8, ROUNDS = 300, MAX = 3 };

static atomic_int shared_by_two, not_served;

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
        shared_by_two += ++mark->users > 1;
        mark->number++; /* unprotected: a sanitizer sees when two have it */
        mark->users--;
        if (i % 7 == 0)
            make_older(c, 1000); /* past its lifetime */
        kith__pool_give(p, c, i % 11 == 0);
        if (i % 13 == 0)
            refuse_check = i % 2;
    }
    return NULL;
}

static void test_driver_pool_limits__hold_among_many_threads(void **state)
{
    (void)state;
    shared_by_two = not_served = 0;
    struct pool p;
    /* Everything that can end a connection happens all the time. */
    init_limits(&p, (struct pool_limits){
                        .max = MAX, .acquire_ms = 60000, .idle_ms = 0, .lifetime_ms = 900, .check_ms = 0 });
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_often, &p), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(shared_by_two, 0);
    assert_int_equal(not_served, 0);
    assert_true(most_open <= MAX);
    assert_int_equal(p.stats.taken, THREADS * ROUNDS);
    assert_int_equal(p.stats.opened, opened);
    assert_int_equal(p.stats.closed, closed);
    assert_int_equal(p.stats.in_use, 0);
    assert_int_equal(p.stats.open, opened - closed);
    kith__pool_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_driver_pool_limits__fill_opens_so_many),
        TEST(test_driver_pool_limits__fill_without_a_server),
        TEST(test_driver_pool_limits__idle_ones_are_closed_down_to_the_minimum),
        TEST(test_driver_pool_limits__a_taker_closes_idle_ones_too),
        TEST(test_driver_pool_limits__what_is_taken_is_not_closed_for_having_been_idle),
        TEST(test_driver_pool_limits__the_coldest_are_closed),
        TEST(test_driver_pool_limits__the_place_of_a_closed_one_is_free),
        TEST(test_driver_pool_limits__an_old_one_is_closed_when_it_is_given_back),
        TEST(test_driver_pool_limits__the_place_of_an_old_one_goes_to_a_waiter),
        TEST(test_driver_pool_limits__only_what_was_idle_is_checked),
        TEST(test_driver_pool_limits__a_broken_one_is_replaced_unseen),
        TEST(test_driver_pool_limits__a_broken_one_without_a_server),
        TEST(test_driver_pool_limits__a_driver_that_cannot_check),
        TEST(test_driver_pool_limits__a_broken_one_throws_doubt_on_the_idle),
        TEST(test_driver_pool_limits__a_failed_check_throws_doubt_on_the_idle),
        TEST(test_driver_pool_limits__short_memory_when_replacing),
        TEST(test_driver_pool_limits__short_memory_when_filling),
        TEST(test_driver_pool_limits__statistics),
        TEST(test_driver_pool_limits__statistics_of_waiting),
        TEST(test_driver_pool_limits__statistics_add_up),
        TEST(test_driver_pool_limits__closing_refuses_takers),
        TEST(test_driver_pool_limits__closing_wakes_those_who_wait),
        TEST(test_driver_pool_limits__waits_for_users),
        TEST(test_driver_pool_limits__who_comes_again_stands_behind_those_who_wait),
        TEST(test_driver_pool_limits__hold_among_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
