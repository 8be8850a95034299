/* Lost connections, on databases that have connections to lose: the server ends them while they are idle. */
#include <string.h>
#include <time.h>

#include "harness/shared.h"

static const kith_model dog_model = {
    .name = "dog",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(40) }),
};
#define MODELS KITH_MODELS(&dog_model)

enum { NEVER = 3600000 };

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

/* The server ends all connections to the test's database but the one of this session, which must be in a transaction. */
static void end_other_connections(kith_session *s)
{
    static const char *const on_postgres = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                                           "WHERE datname = current_database() AND pid <> pg_backend_pid()";
    static const char *const on_mariadb = "BEGIN NOT ATOMIC "
                                          "FOR r IN (SELECT id FROM information_schema.processlist "
                                          "WHERE db = DATABASE() AND id <> CONNECTION_ID()) "
                                          "DO EXECUTE IMMEDIATE CONCAT('KILL ', r.id); END FOR; END";
    const char *sql = is_on("postgres") ? on_postgres : on_mariadb;
    if (kith_execute(s, sql, NULL) < 0)
        fail_msg("%s", kith_error_of(s)->message);
    sleep_ms(50); /* until the news has come */
}

static kith_pool_stats stats(void)
{
    kith_pool_stats stats;
    kith_pool_statistics(the_db(), &stats);
    return stats;
}

/* A pool of five, of which four are idle and lost, and one is this session's. */
static kith_session *start_with_lost(void **state, unsigned check_ms)
{
    kith_session *s = start_with(state, MODELS, (kith_open_opts){ .pool_min = 5, .pool_max = 5, .check_ms = check_ms });
    must(s, kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "Rex"))));
    kith_session *killer = open_session();
    must(killer, kith_begin(killer));
    end_other_connections(killer);
    must(killer, kith_commit(killer));
    return s;
}

static void expect_dogs(kith_session *s, int64_t count)
{
    expect_number(s, kith_count(s, &dog_model, NULL), count);
}

/* Uses `count` connections at the same time. */
static void use_all(kith_session *s, int count)
{
    kith_session *others[4];
    for (int i = 0; i < count - 1; i++) {
        others[i] = open_session();
        must(others[i], kith_begin(others[i]));
        expect_dogs(others[i], 1);
    }
    expect_dogs(s, 1);
    for (int i = 0; i < count - 1; i++) {
        must(others[i], kith_commit(others[i]));
        close_session(others[i]);
    }
}

static void test_shared_lost_connections__are_replaced_unseen(void **state)
{
    kith_session *s = start_with_lost(state, 0);
    use_all(s, 5);
    assert_int_equal(stats().broken, 4);
    assert_int_equal(stats().open, 5);
}

/* Without checks the first one is found by its use, and that one's failure makes the others suspect. */
static void test_shared_lost_connections__one_shows_and_the_rest_are_replaced(void **state)
{
    kith_session *s = start_with_lost(state, NEVER), *first = open_session();
    must(first, kith_begin(first)); /* the connection that was not ended */
    if (kith_count(s, &dog_model, NULL) != 1)
        expect_error(s, KITH_E_CONNECTION, NULL, NULL, "");
    use_all(s, 4);
    expect_dogs(first, 1);
    assert_int_equal(stats().broken, 4);
}

static void test_shared_lost_connections__a_transaction_begins_on_another(void **state)
{
    kith_session *s = start_with_lost(state, NEVER), *first = open_session();
    must(first, kith_begin(first));
    must(s, kith_begin(s));
    must(s, kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "Ann"))));
    must(s, kith_commit(s));
    expect_dogs(s, 2);
}

static void test_shared_lost_connections__a_transaction_is_lost_with_its_own(void **state)
{
    kith_session *s = start(state, MODELS), *killer = open_session();
    must(s, kith_begin(s));
    must(s, kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "Rex"))));
    must(killer, kith_begin(killer));
    end_other_connections(killer);
    must(killer, kith_commit(killer));
    assert_null(kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "Ann"))));
    assert_false(kith_commit(s));
    expect_error(s, KITH_E_CONNECTION, NULL, NULL, "");
    expect_dogs(s, 0);
    assert_int_equal(stats().in_use, 0);
}

/* A stream's own transaction is lost with its connection; what follows has another one. */
static void test_shared_lost_connections__end_streams(void **state)
{
    kith_session *s = start(state, MODELS), *killer = open_session();
    for (int i = 0; i < 3; i++)
        must(s, kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "Rex"))));
    for (int in_transaction = 0; in_transaction < 2; in_transaction++) {
        if (in_transaction)
            must(s, kith_begin(s));
        kith_stream *st = must(s, kith_stream_open(s, &dog_model, NULL, &(kith_stream_opts){ .batch = 1 }));
        must(s, kith_stream_next(st));
        must(killer, kith_begin(killer));
        end_other_connections(killer);
        must(killer, kith_commit(killer));
        assert_null(kith_stream_next(st));
        expect_error(s, KITH_E_CONNECTION, NULL, NULL, "");
        assert_null(kith_stream_next(st));
        kith_clear(s);
        assert_false(kith_stream_close(st));
        if (in_transaction)
            assert_false(kith_commit(s));
        kith_clear(s);
        expect_dogs(s, 3);
        assert_int_equal(stats().in_use, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_lost_connections__are_replaced_unseen),
        SHARED_TEST(test_shared_lost_connections__one_shows_and_the_rest_are_replaced),
        SHARED_TEST(test_shared_lost_connections__a_transaction_begins_on_another),
        SHARED_TEST(test_shared_lost_connections__a_transaction_is_lost_with_its_own),
        SHARED_TEST(test_shared_lost_connections__end_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
