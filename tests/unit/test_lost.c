/* Lost connections: what was never sent is sent again on another one, what may have run is not. */
#include "unit/flaky_driver.h"

static void lose(int prepares)
{
    flaky.prepares_to_fail = prepares;
}

static void expect_sent(size_t i, const char *part)
{
    const char *sql = kith_mock_statement(flaky.mock, i);
    if (!sql || !strstr(sql, part))
        fail_msg("statement %zu is %s, not %s", i, sql ? sql : "missing", part);
}

static void expect_all_sent(size_t count)
{
    assert_int_equal(kith_mock_count(flaky.mock), count);
}

static void expect_failure(kith_session *s, kith_status status)
{
    assert_non_null(kith_error_of(s));
    assert_int_equal(kith_error_of(s)->status, status);
    kith_clear(s);
}

static void test_orm_lost__a_find_is_sent_again(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    lose(1);
    kith_mock_row(flaky.mock, KITH_VALUES(KITH_V(1), KITH_V("Rex")));
    kith_list *dogs = kith_find(s, &dog_model, NULL);
    assert_non_null(dogs);
    assert_string_equal(kith_text(dogs->at[0], "name"), "Rex");
    assert_null(kith_error_of(s));
    expect_all_sent(1);
    assert_int_equal(flaky.opened, 2);
    assert_int_equal(flaky.closed, 1);
    assert_int_equal(stats().broken, 1);
    assert_int_equal(kith_statements(s), 1);
}

static void test_orm_lost__a_write_is_sent_again_and_runs_once(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    lose(1);
    kith_mock_row(flaky.mock, KITH_VALUES(KITH_V(1)));
    assert_non_null(kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "Rex"))));
    expect_all_sent(1);
    lose(1);
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), 1);
    expect_all_sent(2);
    assert_null(kith_error_of(s));
}

static void test_orm_lost__once_only(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    lose(2);
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), -1);
    expect_failure(s, KITH_E_CONNECTION);
    assert_int_equal(flaky.prepares_to_fail, 0);
    expect_all_sent(0);
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), 1);
}

static void test_orm_lost__other_failures_are_not_tried_again(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    lose(1);
    flaky.failure = KITH_E_BUSY;
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), -1);
    expect_failure(s, KITH_E_BUSY);
    assert_int_equal(flaky.opened, 1);
    assert_int_equal(flaky.closed, 0);
}

static void test_orm_lost__what_may_have_run_is_not_sent_again(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    kith_mock_fail(flaky.mock, KITH_E_CONNECTION, "lost while it ran");
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), -1);
    expect_failure(s, KITH_E_CONNECTION);
    expect_all_sent(1);
    assert_int_equal(flaky.closed, 1);
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), 1);
    expect_all_sent(2);
}

static void test_orm_lost__a_script_is_not_sent_again(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    kith_mock_fail(flaky.mock, KITH_E_CONNECTION, "lost while it ran");
    assert_false(kith_execute_script(s, "DELETE FROM x; DELETE FROM y"));
    expect_failure(s, KITH_E_CONNECTION);
    expect_all_sent(1);
}

static void test_orm_lost__never_in_a_transaction(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    assert_true(kith_begin(s));
    lose(1);
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), -1);
    assert_int_equal(kith_execute(s, "DELETE FROM y", NULL), -1); /* refused */
    assert_false(kith_commit(s));
    expect_failure(s, KITH_E_CONNECTION);
    assert_int_equal(flaky.opened, 1);
    assert_int_equal(flaky.closed, 1);
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), 1);
}

static void test_orm_lost__nor_when_a_savepoint_is_made(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    assert_true(kith_begin(s));
    lose(1);
    assert_false(kith_begin(s));
    kith_rollback(s);
    assert_false(kith_commit(s));
    expect_failure(s, KITH_E_CONNECTION);
    assert_int_equal(flaky.opened, 1);
}

static void test_orm_lost__a_transaction_begins_on_another(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    lose(1);
    assert_true(kith_begin(s));
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), 1);
    assert_true(kith_commit(s));
    assert_null(kith_error_of(s));
    expect_sent(0, "BEGIN");
    expect_sent(1, "DELETE");
    expect_sent(2, "COMMIT");
    expect_all_sent(3);
    assert_int_equal(flaky.closed, 1);
}

static void test_orm_lost__a_transaction_begins_on_another_once(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    lose(2);
    assert_false(kith_begin(s));
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), -1);
    assert_false(kith_commit(s));
    expect_failure(s, KITH_E_CONNECTION);
    assert_int_equal(flaky.opened, 2);
    expect_all_sent(0);
}

static void test_orm_lost__a_transaction_that_cannot_begin_otherwise(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    lose(1);
    flaky.failure = KITH_E_BUSY;
    assert_false(kith_begin(s));
    assert_false(kith_commit(s));
    expect_failure(s, KITH_E_BUSY);
    expect_all_sent(0);
}

static void test_orm_lost__between_the_statements_of_a_call(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    lose(1);
    flaky.only = "FROM \"toys\"";
    kith_mock_row(flaky.mock, KITH_VALUES(KITH_V(1), KITH_V("Rex")));
    kith_mock_next(flaky.mock);
    kith_mock_row(flaky.mock, KITH_VALUES(KITH_V(5), KITH_V("ball"), KITH_V(1)));
    kith_list *dogs = kith_find(s, &dog_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "toys" }) });
    assert_non_null(dogs);
    assert_int_equal(kith_many(dogs->at[0], "toys")->count, 1);
    expect_all_sent(2);
    assert_int_equal(flaky.closed, 1);
}

static void test_orm_lost__when_the_limit_is_set(void **state)
{
    (void)state;
    kith_mock_free(flaky.mock);
    flaky.mock = kith_mock_new("postgres"); /* which says it in SQL */
    kith_session *s = start((kith_open_opts){ .statement_ms = 700 });
    lose(1);
    flaky.only = "700";
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), 1);
    expect_sent(0, "700");
    expect_sent(1, "DELETE");
    assert_int_equal(flaky.closed, 1);
}

/* Both connections lay idle when the server went away, but only one call notices. */
static void test_orm_lost__the_other_connections_are_checked(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ .pool_min = 3, .check_ms = 60000 });
    assert_int_equal(flaky.opened, 3);
    lose(1);
    flaky.refuse_check = true;
    assert_int_equal(kith_execute(s, "DELETE FROM x", NULL), 1);
    assert_int_equal(flaky.checks, 1);
    assert_int_equal(flaky.closed, 2);
    assert_int_equal(stats().broken, 2);
}

static void test_orm_lost__and_there_is_no_server(void **state)
{
    (void)state;
    kith_session *s = start((kith_open_opts){ 0 });
    lose(1);
    flaky.refuse_open = true;
    assert_null(kith_find(s, &dog_model, NULL));
    expect_failure(s, KITH_E_CONNECTION);
    assert_int_equal(stats().open, 0);
    assert_int_equal(stats().in_use, 0);
    flaky.refuse_open = false;
    assert_non_null(kith_find(s, &dog_model, NULL));
}

/* ---- memory ---- */

static void find_with_memory_for(size_t n, bool *passed)
{
    kith_session *s = start((kith_open_opts){ 0 });
    lose(1);
    flaky.heap.calls = 0;
    flaky.heap.fail_at = n;
    *passed = kith_find(s, &dog_model, NULL) != NULL;
    flaky.heap.fail_at = 0;
    if (!*passed)
        expect_failure(s, KITH_E_NO_MEMORY);
    assert_int_equal(stats().in_use, 0);
    kith_clear(s);
    flaky.prepares_to_fail = 0;
    assert_non_null(kith_find(s, &dog_model, NULL));
    kith_session_close(s);
    assert_true(kith_close(flaky.db));
    flaky.s = NULL;
    flaky.db = NULL;
    assert_int_equal(flaky.heap.live_blocks, 0);
    assert_int_equal(flaky.opened, flaky.closed);
}

static void test_orm_lost__short_memory(void **state)
{
    (void)state;
    bool passed = false;
    size_t n = 0;
    while (!passed) {
        find_with_memory_for(++n, &passed);
        assert_true(n < 200);
    }
    assert_true(n > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_orm_lost__a_find_is_sent_again),
        TEST(test_orm_lost__a_write_is_sent_again_and_runs_once),
        TEST(test_orm_lost__once_only),
        TEST(test_orm_lost__other_failures_are_not_tried_again),
        TEST(test_orm_lost__what_may_have_run_is_not_sent_again),
        TEST(test_orm_lost__a_script_is_not_sent_again),
        TEST(test_orm_lost__never_in_a_transaction),
        TEST(test_orm_lost__nor_when_a_savepoint_is_made),
        TEST(test_orm_lost__a_transaction_begins_on_another),
        TEST(test_orm_lost__a_transaction_begins_on_another_once),
        TEST(test_orm_lost__a_transaction_that_cannot_begin_otherwise),
        TEST(test_orm_lost__between_the_statements_of_a_call),
        TEST(test_orm_lost__when_the_limit_is_set),
        TEST(test_orm_lost__the_other_connections_are_checked),
        TEST(test_orm_lost__and_there_is_no_server),
        TEST(test_orm_lost__short_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
