/* retry: whole transactions that are run again, limits on statements, and stopping them from another thread. */
#include <pthread.h>
#include <time.h>

#include "harness/shared.h"

static const kith_model account_model = {
    .name = "account",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "balance", .type = KITH_BIGINT, .not_null = true }),
};

static const kith_model *const *models(void)
{
    static const kith_model *const list[] = { &account_model, NULL };
    return list;
}

static kith_session *start_with_accounts(void **state, unsigned count, int64_t balance)
{
    kith_session *s = start(state, models());
    must(s, kith_begin(s));
    for (unsigned i = 0; i < count; i++)
        must(s, kith_create(s, &account_model, KITH_FIELDS(KITH_F("balance", balance))));
    must(s, kith_commit(s));
    return s;
}

static int64_t balance_of(kith_session *s, int64_t id)
{
    kith_record *account = must(s, kith_find_by_key(s, &account_model, KITH_V(id)));
    return kith_int(account, "balance");
}

/* ---- kith_transaction ---- */

struct plan {
    int calls;
    bool want;
};

static bool change_balance(kith_session *s, void *ctx)
{
    struct plan *plan = ctx;
    kith_record *account = kith_find_by_key(s, &account_model, KITH_V(1));
    plan->calls++;
    kith_update(s, account, KITH_FIELDS(KITH_F("balance", kith_int(account, "balance") + 1)));
    return plan->want;
}

static void test_shared_retry__commits_what_the_work_wants(void **state)
{
    kith_session *s = start_with_accounts(state, 1, 10);
    struct plan plan = { .want = true };
    must(s, kith_transaction(s, change_balance, &plan, NULL));
    assert_int_equal(plan.calls, 1);
    assert_int_equal(balance_of(open_session(), 1), 11);
}

static void test_shared_retry__rolls_back_without_an_error_when_the_work_says_no(void **state)
{
    kith_session *s = start_with_accounts(state, 1, 10);
    struct plan plan = { .want = false };
    assert_false(kith_transaction(s, change_balance, &plan, NULL));
    expect_no_error(s);
    assert_int_equal(plan.calls, 1);
    assert_int_equal(balance_of(open_session(), 1), 10);
}

static bool misspell(kith_session *s, void *ctx)
{
    ++*(int *)ctx;
    kith_create(s, &account_model, KITH_FIELDS(KITH_F("balance", 5)));
    kith_create(s, &account_model, KITH_FIELDS(KITH_F("balanse", 5)));
    return true;
}

/* A failure that another try would meet again is not tried again, and work that overlooks it commits nothing. */
static void test_shared_retry__does_not_repeat_mistakes(void **state)
{
    kith_session *s = start_with_accounts(state, 1, 10);
    int calls = 0;
    assert_false(kith_transaction(s, misspell, &calls, NULL));
    assert_int_equal(calls, 1);
    expect_error(s, KITH_E_USAGE, "account", "balanse", "did you mean 'balance'");
    expect_number(s, kith_count(s, &account_model, NULL), 1);
}

static bool ends_it_itself(kith_session *s, void *ctx)
{
    (void)ctx;
    return kith_rollback(s);
}

static bool leaves_a_level_open(kith_session *s, void *ctx)
{
    struct plan *plan = ctx;
    change_balance(s, plan);
    kith_begin(s);
    change_balance(s, plan);
    return true;
}

static void test_shared_retry__keeps_its_levels_apart_from_the_works(void **state)
{
    kith_session *s = start_with_accounts(state, 1, 10);
    struct plan plan = { .want = true };
    assert_false(kith_transaction(s, ends_it_itself, NULL, NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "ended its transaction itself");
    must(s, kith_transaction(s, leaves_a_level_open, &plan, NULL));
    assert_int_equal(balance_of(s, 1), 11); /* what was begun and not committed is rolled back */
}

static void test_shared_retry__is_a_savepoint_inside_a_transaction(void **state)
{
    kith_session *s = start_with_accounts(state, 1, 10);
    struct plan yes = { .want = true }, no = { .want = false };
    must(s, kith_begin(s));
    must(s, kith_transaction(s, change_balance, &yes, NULL));
    assert_false(kith_transaction(s, change_balance, &no, NULL));
    assert_int_equal(balance_of(s, 1), 11);
    must(s, kith_commit(s));
    assert_int_equal(balance_of(open_session(), 1), 11);
}

static void test_shared_retry__leaves_an_earlier_failure_standing(void **state)
{
    kith_session *s = start_with_accounts(state, 1, 10);
    struct plan plan = { .want = true };
    kith_find_by_key(s, &account_model, kith_of_null());
    assert_true(kith_transaction(s, change_balance, &plan, NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "null");
    assert_int_equal(balance_of(s, 1), 11);
}

static void test_shared_retry__reads_only_when_told_so(void **state)
{
    kith_session *s = start_with_accounts(state, 1, 10);
    struct plan plan = { .want = true };
    kith_transaction_opts opts = { .read_only = true, .isolation = KITH_SERIALIZABLE };
    assert_false(kith_transaction(s, change_balance, &plan, &opts));
    expect_error(s, KITH_E_PERMISSION, NULL, NULL, "");
    assert_int_equal(balance_of(s, 1), 10);
    must(s, kith_transaction(s, change_balance, &plan, NULL)); /* the connection may write again */
    assert_int_equal(balance_of(s, 1), 11);
}

static void test_shared_retry__refuses_a_level_that_is_none(void **state)
{
    kith_session *s = start_with_accounts(state, 1, 10);
    struct plan plan = { .want = true };
    kith_transaction_opts opts = { .isolation = KITH_ISOLATION_COUNT_ };
    assert_false(kith_transaction(s, change_balance, &plan, &opts));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "isolation");
    assert_int_equal(plan.calls, 0);
}

/* ---- transfers between accounts by several threads ---- */

enum { THREADS = 6, TRANSFERS = 40, ACCOUNTS = 5, BALANCE = 1000 };

struct transfer {
    int64_t from, to;
};

static bool move_one(kith_session *s, void *ctx)
{
    const struct transfer *t = ctx;
    kith_record *from = kith_find_by_key(s, &account_model, KITH_V(t->from));
    kith_record *to = kith_find_by_key(s, &account_model, KITH_V(t->to));
    kith_update(s, from, KITH_FIELDS(KITH_F("balance", kith_int(from, "balance") - 1)));
    kith_update(s, to, KITH_FIELDS(KITH_F("balance", kith_int(to, "balance") + 1)));
    return true;
}

struct mover {
    pthread_t thread;
    unsigned number, moved;
    kith_error err;
};

static void *move_many(void *arg)
{
    struct mover *m = arg;
    kith_session *s = kith_session_open(the_db());
    kith_transaction_opts opts = { .isolation = KITH_SERIALIZABLE, .max_tries = 1000 };
    for (unsigned i = 0; i < TRANSFERS; i++) {
        unsigned from = (m->number + i) % ACCOUNTS, to = (from + 1 + i % (ACCOUNTS - 1)) % ACCOUNTS; /* another one */
        struct transfer t = { .from = 1 + from, .to = 1 + to };
        m->moved += kith_transaction(s, move_one, &t, &opts);
        kith_session_release_all(s);
    }
    if (kith_error_of(s))
        m->err = *kith_error_of(s);
    kith_session_close(s);
    return NULL;
}

static void test_shared_retry__keeps_the_sum(void **state)
{
    kith_session *s = start_with_accounts(state, ACCOUNTS, BALANCE);
    struct mover movers[THREADS] = { 0 };
    for (unsigned i = 0; i < THREADS; i++) {
        movers[i].number = i;
        assert_int_equal(pthread_create(&movers[i].thread, NULL, move_many, &movers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(movers[i].thread, NULL);
        assert_string_equal(movers[i].err.message, "");
        assert_int_equal(movers[i].moved, TRANSFERS);
    }
    int64_t sum = 0;
    for (int64_t id = 1; id <= ACCOUNTS; id++)
        sum += balance_of(s, id);
    assert_int_equal(sum, ACCOUNTS * BALANCE);
}

/* ---- limits and stops ---- */

/* Counts 60^8 rows: longer than anybody waits. */
static int64_t run_for_ever(kith_session *s)
{
    return kith_execute(s,
                        "SELECT COUNT(*) FROM accounts a, accounts b, accounts c, accounts d, accounts e, accounts f, "
                        "accounts g, accounts h",
                        NULL);
}

static void test_shared_retry__limits_statements(void **state)
{
    kith_session *s = start_with_accounts(state, 60, 1);
    kith_set_timeout(s, 50);
    expect_number(s, kith_count(s, &account_model, NULL), 60); /* quick enough */
    assert_int_equal(run_for_ever(s), -1);
    expect_error(s, KITH_E_TIMEOUT, NULL, NULL, "");
    kith_set_timeout(s, 0);
    expect_number(s, kith_count(s, &account_model, NULL), 60);
}

static void test_shared_retry__limits_statements_in_a_transaction(void **state)
{
    kith_session *s = start_with_accounts(state, 60, 1);
    kith_set_timeout(s, 50);
    must(s, kith_begin(s));
    must(s, kith_create(s, &account_model, KITH_FIELDS(KITH_F("balance", 7))));
    assert_int_equal(run_for_ever(s), -1);
    assert_false(kith_commit(s));
    expect_error(s, KITH_E_TIMEOUT, NULL, NULL, "");
    expect_number(s, kith_count(s, &account_model, NULL), 60);
    assert_int_equal(run_for_ever(s), -1); /* the limit outlives the rollback */
    expect_error(s, KITH_E_TIMEOUT, NULL, NULL, "");
}

struct stopping {
    kith_session *s;
    bool stopped;
};

/* Tries until something is running. */
static void *stop(void *arg)
{
    struct stopping *st = arg;
    struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };
    for (int i = 0; i < 200 && !st->stopped; i++) {
        nanosleep(&moment, NULL);
        st->stopped = kith_cancel(st->s);
    }
    return NULL;
}

static void test_shared_retry__stops_a_statement_from_another_thread(void **state)
{
    kith_session *s = start_with_accounts(state, 60, 1);
    struct stopping stopping = { .s = s };
    pthread_t thread;
    assert_false(kith_cancel(s)); /* nothing is running */
    assert_int_equal(pthread_create(&thread, NULL, stop, &stopping), 0);
    int64_t counted = run_for_ever(s);
    pthread_join(thread, NULL);
    assert_true(stopping.stopped);
    assert_int_equal(counted, -1);
    expect_error(s, KITH_E_TIMEOUT, NULL, NULL, "");
    expect_number(s, kith_count(s, &account_model, NULL), 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_retry__commits_what_the_work_wants),
        SHARED_TEST(test_shared_retry__rolls_back_without_an_error_when_the_work_says_no),
        SHARED_TEST(test_shared_retry__does_not_repeat_mistakes),
        SHARED_TEST(test_shared_retry__keeps_its_levels_apart_from_the_works),
        SHARED_TEST(test_shared_retry__is_a_savepoint_inside_a_transaction),
        SHARED_TEST(test_shared_retry__leaves_an_earlier_failure_standing),
        SHARED_TEST(test_shared_retry__reads_only_when_told_so),
        SHARED_TEST(test_shared_retry__refuses_a_level_that_is_none),
        SHARED_TEST(test_shared_retry__keeps_the_sum),
        SHARED_TEST(test_shared_retry__limits_statements),
        SHARED_TEST(test_shared_retry__limits_statements_in_a_transaction),
        SHARED_TEST(test_shared_retry__stops_a_statement_from_another_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
