/* kith_open and kith_close: the options of the pool, its statistics, and closing while sessions are open. */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/time.h"
#include "unit/flaky_driver.h"

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static int64_t run(kith_session *s)
{
    return kith_execute(s, "DELETE FROM x", NULL);
}

/* ---- options -------------------------------------------------------------------------------------------------------- */

static void test_orm_db_pool__one_connection_is_made_at_once(void **state)
{
    (void)state;
    start((kith_open_opts){ 0 });
    assert_int_equal(flaky.opened, 1);
    assert_int_equal(stats().open, 1);
    assert_int_equal(stats().idle, 1);
    assert_int_equal(stats().taken, 0);
}

static void test_orm_db_pool__the_minimum_is_made_at_once_and_kept(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ .pool_min = 3, .idle_ms = 1 });
    assert_int_equal(flaky.opened, 3);
    sleep_ms(5);
    assert_int_equal(run(s), 1);
    assert_int_equal(flaky.closed, 0);
}

static void test_orm_db_pool__idle_connections_beyond_it_are_closed(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ .pool_min = 1, .idle_ms = 1 });
    kith_session *t = kith_session_open(flaky.db);
    kith_begin(s);
    kith_begin(t);
    assert_int_equal(stats().in_use, 2);
    kith_commit(t);
    kith_session_close(t);
    sleep_ms(5);
    kith_commit(s);
    assert_int_equal(stats().open, 1);
    assert_int_equal(flaky.opened, 2);
}

static void test_orm_db_pool__old_connections_are_closed(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ .lifetime_ms = 1 });
    sleep_ms(5);
    assert_int_equal(run(s), 1);
    assert_int_equal(stats().open, 0);
    assert_int_equal(stats().closed, 1);
    assert_int_equal(stats().broken, 0);
}

static void test_orm_db_pool__idle_connections_are_checked(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ .check_ms = 1 });
    sleep_ms(5);
    flaky.refuse_check = true;
    assert_int_equal(run(s), 1);
    assert_int_equal(flaky.checks, 1);
    assert_int_equal(stats().broken, 1);
    assert_int_equal(flaky.opened, 2);
}

static void test_orm_db_pool__every_idle_connection_is_checked_by_default(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    assert_int_equal(run(s), 1);
    assert_int_equal(flaky.checks, 1);
    assert_int_equal(run(s), 1);
    assert_int_equal(flaky.checks, 2);
}

static void test_orm_db_pool__a_check_waits_when_it_is_told_to(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ .check_ms = 3600000 });
    assert_int_equal(run(s), 1);
    assert_int_equal(flaky.checks, 0);
}

/* As a database in memory is, which ends with its connection. */
static void test_orm_db_pool__a_connection_that_is_the_database_is_kept(void **state)
{
    (void)state;
    flaky.limit = 1;
    kith_session *s = start((kith_open_opts){ .pool_min = 2, .idle_ms = 1, .lifetime_ms = 1 });
    sleep_ms(5);
    assert_int_equal(run(s), 1);
    sleep_ms(5);
    assert_int_equal(run(s), 1);
    assert_int_equal(flaky.opened, 1);
    assert_int_equal(flaky.closed, 0);
}

static void test_orm_db_pool__so_are_all_where_they_are_limited(void **state)
{
    (void)state;
    flaky.limit = 2;
    kith_session *s = start((kith_open_opts){ .idle_ms = 1 }), *t = kith_session_open(flaky.db);
    kith_begin(s);
    kith_begin(t);
    kith_commit(s);
    kith_commit(t);
    assert_int_equal(stats().idle, 2);
    sleep_ms(5);
    assert_int_equal(run(s), 1);
    assert_int_equal(stats().idle, 2);
    kith_session_close(t);
}

static void expect_no_open(kith_open_opts opts, kith_status status, const char *part)
{
    kith_error err;
    assert_false(try_open(opts, &err));
    assert_int_equal(err.status, status);
    assert_non_null(strstr(err.message, part));
    assert_int_equal(flaky.opened, flaky.closed);
}

static void test_orm_db_pool__a_minimum_above_the_maximum(void **state)
{
    (void)state;
    expect_no_open((kith_open_opts){ .pool_min = 3, .pool_max = 2 }, KITH_E_USAGE, "pool_min is 3");
    expect_no_open((kith_open_opts){ .pool_min = 9 }, KITH_E_USAGE, "pool_max is only 8");
}

static void test_orm_db_pool__no_server(void **state)
{
    (void)state;
    flaky.refuse_open = true;
    expect_no_open((kith_open_opts){ .pool_min = 3 }, KITH_E_CONNECTION, "no server");
}

static void test_orm_db_pool__short_memory(void **state)
{
    (void)state;
    static const char *const readers[] = { "mock:1", "mock:2", NULL };
    size_t n = 1;
    kith_error err;
    flaky.heap.fail_at = 1;
    while (!try_open((kith_open_opts){ .pool_min = 2, .readers = readers }, &err)) {
        assert_int_equal(err.status, KITH_E_NO_MEMORY);
        assert_int_equal(flaky.heap.live_blocks, 0);
        assert_int_equal(flaky.opened, flaky.closed);
        flaky.heap.calls = 0;
        flaky.heap.fail_at = ++n;
        assert_true(n < 1000);
    }
    flaky.heap.fail_at = 0;
    assert_true(n > 10);
}

/* ---- statistics ----------------------------------------------------------------------------------------------------- */

static void test_orm_db_pool__statistics_of_nothing(void **state)
{
    (void)state;
    kith_pool_stats none;
    memset(&none, 0xff, sizeof none);
    kith_pool_statistics(NULL, &none);
    assert_int_equal(none.open, 0);
    assert_int_equal(none.skipped, 0);
}

static void test_orm_db_pool__statistics(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ .pool_max = 1, .acquire_ms = 1 });
    kith_session *t = kith_session_open(flaky.db);
    assert_true(kith_begin(s));
    assert_int_equal(stats().in_use, 1);
    assert_int_equal(run(t), -1);
    assert_int_equal(kith_error_of(t)->status, KITH_E_TIMEOUT);
    assert_true(kith_commit(s));
    assert_int_equal(stats().in_use, 0);
    assert_int_equal(stats().timeouts, 1);
    assert_int_equal(stats().waits, 1);
    assert_int_equal(stats().taken, 1);
    assert_true(stats().waited_us >= 1000);
    kith_session_close(t);
}

/* ---- closing -------------------------------------------------------------------------------------------------------- */

static void close_db(void)
{
    assert_true(kith_close(flaky.db));
    flaky.db = NULL;
}

static void expect_being_closed(const kith_session *s)
{
    assert_non_null(kith_error_of(s));
    assert_int_equal(kith_error_of(s)->status, KITH_E_CONNECTION);
    assert_string_equal(kith_error_of(s)->message, "the database is being closed");
}

static void test_orm_db_pool__close_nothing(void **state)
{
    (void)state;
    assert_true(kith_close(NULL));
}

/* A session that was forgotten: waiting would not help, so there is none. */
static void test_orm_db_pool__close_with_an_idle_session(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ .acquire_ms = 60000 });
    int64_t started = kith__monotonic();
    assert_false(kith_close(flaky.db));
    assert_true(kith__elapsed_ms(started) < 30000);
    assert_int_equal(run(s), -1);
    expect_being_closed(s);
    assert_false(kith_close(flaky.db));
    assert_int_equal(flaky.closed, 1); /* its connection is closed all the same */
    kith_session_close(s);
    flaky.s = NULL;
    close_db();
}

static void test_orm_db_pool__close_waits_no_longer_than_acquire_ms(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ .acquire_ms = 30 });
    kith_begin(s);
    int64_t started = kith__monotonic();
    assert_false(kith_close(flaky.db));
    assert_true(kith__elapsed_ms(started) >= 29);
    assert_int_equal(run(s), 1); /* who has a connection may end what it has begun */
    assert_true(kith_commit(s));
    assert_false(kith_begin(s));
    expect_being_closed(s);
    kith_session_close(s);
    flaky.s = NULL;
    close_db();
}

struct work {
    pthread_t thread;
    kith_session *s;
    kith_error error; /* status KITH_OK: none */
};

static atomic_bool commit_now;

static void *work(void *arg)
{
    struct work *w = arg;
    while (!commit_now)
        sleep_ms(1);
    sleep_ms(20);
    kith_commit(w->s);
    if (kith_error_of(w->s))
        w->error = *kith_error_of(w->s);
    kith_session_close(w->s);
    return NULL;
}

/* The work of another thread is done before kith_close returns. */
static void test_orm_db_pool__close_waits_for_work(void **state)
{
    (void)state;
    struct work w = { .s = start((kith_open_opts){ .acquire_ms = 60000, .allocator = &kith__default_allocator }) };
    flaky.s = NULL; /* closed by its thread */
    commit_now = false;
    assert_true(kith_begin(w.s));
    assert_int_equal(pthread_create(&w.thread, NULL, work, &w), 0);
    commit_now = true;
    int64_t started = kith__monotonic();
    close_db();
    assert_true(kith__elapsed_ms(started) < 30000);
    pthread_join(w.thread, NULL);
    assert_int_equal(w.error.status, KITH_OK);
    assert_string_equal(kith_mock_statement(flaky.mock, kith_mock_count(flaky.mock) - 1), "COMMIT");
}

static void *work_if_possible(void *arg)
{
    struct work *w = arg;
    kith_execute(w->s, "DELETE FROM x", NULL);
    if (kith_error_of(w->s))
        w->error = *kith_error_of(w->s);
    kith_session_close(w->s);
    return NULL;
}

static void test_orm_db_pool__close_turns_away_those_who_wait(void **state)
{
    (void)state;
    enum { WAITERS = 3 };
    struct work waiters[WAITERS] = { 0 };
    kith_session *s = start((kith_open_opts){
        .pool_max = 1, .acquire_ms = 2000, .allocator = &kith__default_allocator }); /* several threads use it */
    assert_true(kith_begin(s));
    for (int i = 0; i < WAITERS; i++) {
        waiters[i].s = kith_session_open(flaky.db);
        assert_int_equal(pthread_create(&waiters[i].thread, NULL, work_if_possible, &waiters[i]), 0);
        while (stats().waiting < (unsigned)i + 1)
            sleep_ms(1);
    }
    assert_false(kith_close(flaky.db)); /* s is still open */
    for (int i = 0; i < WAITERS; i++) {
        pthread_join(waiters[i].thread, NULL);
        assert_int_equal(waiters[i].error.status, KITH_E_CONNECTION);
        assert_string_equal(waiters[i].error.message, "the database is being closed");
    }
    assert_int_equal(stats().timeouts, 0);
    assert_true(kith_commit(s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_orm_db_pool__one_connection_is_made_at_once),
        TEST(test_orm_db_pool__the_minimum_is_made_at_once_and_kept),
        TEST(test_orm_db_pool__idle_connections_beyond_it_are_closed),
        TEST(test_orm_db_pool__old_connections_are_closed),
        TEST(test_orm_db_pool__idle_connections_are_checked),
        TEST(test_orm_db_pool__every_idle_connection_is_checked_by_default),
        TEST(test_orm_db_pool__a_check_waits_when_it_is_told_to),
        TEST(test_orm_db_pool__a_connection_that_is_the_database_is_kept),
        TEST(test_orm_db_pool__so_are_all_where_they_are_limited),
        TEST(test_orm_db_pool__a_minimum_above_the_maximum),
        TEST(test_orm_db_pool__no_server),
        TEST(test_orm_db_pool__short_memory),
        TEST(test_orm_db_pool__statistics_of_nothing),
        TEST(test_orm_db_pool__statistics),
        TEST(test_orm_db_pool__close_nothing),
        TEST(test_orm_db_pool__close_with_an_idle_session),
        TEST(test_orm_db_pool__close_waits_no_longer_than_acquire_ms),
        TEST(test_orm_db_pool__close_waits_for_work),
        TEST(test_orm_db_pool__close_turns_away_those_who_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
