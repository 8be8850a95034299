/* Sessions: ten thousand of them, over a pool of a few connections. */
#include <pthread.h>
#include <stdatomic.h>

#include "harness/shared.h"

enum { THREADS = 16, SESSIONS = 10000, WARM_UP = 2000, POOL_MAX = 8, ROWS = 20 };

static const kith_model row_model = {
    .name = "row",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "number", .type = KITH_INTEGER, .not_null = true }),
};

static atomic_uint next, last;
static atomic_uint failures;

/* Each session leaves something for its end: results, an error, a transaction that nobody ends. */
static bool use(kith_session *s, unsigned number)
{
    kith_list *rows = kith_find(s, &row_model, NULL);
    bool good = rows && rows->count == ROWS && kith_error_of(s) == NULL;
    if (number % 5 == 0) {
        kith_value_of(rows ? rows->at[0] : NULL, "number");
        good = good && kith_int(rows->at[0], "nothing") == 0 && kith_error_of(s);
    }
    if (number % 20 == 1) {
        good = good && kith_begin(s) && kith_create(s, &row_model, KITH_FIELDS(KITH_F("number", 1)));
        if (number % 40 == 1)
            good = kith_rollback(s) && good;
    }
    return good;
}

static void *open_and_close(void *arg)
{
    unsigned number;
    (void)arg;
    while ((number = next++) < last) {
        kith_session *s = kith_session_open(the_db());
        failures += !s || !use(s, number);
        kith_session_close(s);
    }
    return NULL;
}

static void run_until(unsigned sessions)
{
    pthread_t threads[THREADS];
    last = sessions;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_and_close, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    next = sessions; /* each thread has drawn one number too many */
}

static void test_shared_sessions__ten_thousand_leave_nothing_behind(void **state)
{
    kith_session *s = start_with(state, KITH_MODELS(&row_model),
                                 (kith_open_opts){ .pool_max = POOL_MAX, .acquire_ms = 60000, .busy_ms = 60000 });
    for (int i = 0; i < ROWS; i++)
        must(s, kith_create(s, &row_model, KITH_FIELDS(KITH_F("number", i))));
    next = failures = 0;
    run_until(WARM_UP);
    size_t before = memory_in_use();
    run_until(SESSIONS);
    assert_int_equal(failures, 0);
    /* What a connection keeps, its statements, may still come to one or the other; not something for each session. */
    assert_true(memory_in_use() < before + (SESSIONS - WARM_UP) * sizeof(void *));
    expect_number(s, kith_count(s, &row_model, NULL), ROWS);

    kith_pool_stats stats;
    kith_pool_statistics(the_db(), &stats);
    assert_true(stats.open <= POOL_MAX);
    assert_int_equal(stats.in_use, 0);
    assert_int_equal(stats.waiting, 0);
    assert_int_equal(stats.idle, stats.open);
    assert_int_equal(stats.opened - stats.closed, stats.open);
    assert_int_equal(stats.broken, 0);
    assert_int_equal(stats.timeouts, 0);
    assert_true(stats.taken >= SESSIONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_sessions__ten_thousand_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
