/* Sessions: ten thousand of them, over a pool of a few connections. */
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

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

/* ---- what is left behind ---- */

/* Files and sockets that this program has open. */
static int open_files(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* The server's own list of this database's connections, without the one that asks. */
static const kith_model other_model = {
    .name = "other",
    .table = "other_connections",
    .no_timestamps = true,
    .no_primary_key = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_BIGINT }),
};

static const char *list_of_connections(void)
{
    if (is_on("mariadb"))
        return "CREATE VIEW other_connections AS SELECT id FROM information_schema.processlist "
               "WHERE db = database() AND id <> connection_id()";
    if (is_on("postgres") && !is_on("pgbouncer")) /* which keeps its own */
        return "CREATE VIEW other_connections AS SELECT pid AS id FROM pg_stat_activity "
               "WHERE datname = current_database() AND pid <> pg_backend_pid()";
    return NULL;
}

/* A server may still be at its end of a connection whose other end is closed, so it is asked until it says none. */
static void expect_no_connections(void)
{
    const char *view = list_of_connections();
    if (!view)
        return;
    kith_error err;
    kith_db *db = kith_open(database_url(), &(kith_open_opts){ .models = KITH_MODELS(&other_model), .pool_max = 1 },
                            &err);
    assert_non_null(db);
    kith_session *s = kith_session_open(db);
    must(s, kith_execute_script(s, view));
    int64_t others = -1;
    for (int i = 0; i < 2000 && others != 0; i++) {
        others = kith_count(s, &other_model, NULL);
        nanosleep(&(struct timespec){ .tv_nsec = others ? 5000000 : 0 }, NULL);
    }
    expect_number(s, others, 0);
    kith_session_close(s);
    assert_true(kith_close(db));
}

static void test_shared_sessions__ten_thousand_leave_nothing_behind(void **state)
{
    int files = open_files();
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

    assert_true(close_database());
    assert_int_equal(memory_in_use(), 0);
    assert_int_equal(open_files(), files);
    expect_no_connections();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_sessions__ten_thousand_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
