/* Statements of which many rows are expected: the server is asked for the types of their columns first, so that the
 * first run comes in binary. Against a real server. */
#include "driver/postgres.h"
#include "only/postgres_driver.h"

/* ---- helpers -------------------------------------------------------------------------------------------------------- */

static kith_statement *prepare_many(kith_connection *c, const char *sql)
{
    kith_statement *st = prepare(c, sql);
    PG.expect_many(st);
    return st;
}

static bool is_binary(kith_statement *st)
{
    return ((struct postgres_statement *)st)->binary;
}

static int64_t prepared(kith_connection *c)
{
    return int_of(c, "SELECT count(*) FROM pg_prepared_statements");
}

#define NUMBERS "SELECT n, n * 10 FROM generate_series(1, 500) n ORDER BY n"

/* All rows are there, in their order. */
static void expect_numbers(kith_statement *st)
{
    for (int i = 1; i <= 500; i++) {
        must_step(st, 1);
        assert_int_equal(column(st, 0, KITH_T_INTEGER).as.integer, i);
        assert_int_equal(column(st, 1, KITH_T_BIGINT).as.integer, 10 * i);
    }
    must_step(st, 0);
}

/* ---- the first run -------------------------------------------------------------------------------------------------- */

static void test_driver_postgres_many__comes_in_binary_at_once(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare(c, NUMBERS);
    for (int run = 0; run < 3; run++) {
        PG.expect_many(st);
        expect_numbers(st);
        assert_true(is_binary(st));
        PG.finish(st);
        assert_int_equal(prepared(c), 1);
    }
    drop(st);
    PG.close(c);
}

static void test_driver_postgres_many__is_not_remembered_for_another_run(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare_many(c, "SELECT 1");
    PG.finish(st);
    must_step(st, 1);
    assert_false(is_binary(st));
    drop(st);
    PG.close(c);
}

static void test_driver_postgres_many__columns_of_unknown_types_come_as_text(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare_many(c, "SELECT point(1, 2), 7");
    must_step(st, 1);
    assert_false(is_binary(st));
    assert_string_equal(column(st, 0, KITH_T_TEXT).as.str, "(1,2)");
    assert_int_equal(column(st, 1, KITH_T_INTEGER).as.integer, 7);
    drop(st);
    PG.close(c);
}

static void test_driver_postgres_many__takes_values(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    for (int64_t last = 1; last <= 3; last++) {
        kith_statement *st = prepare_many(c, "SELECT n FROM generate_series(1, $1) n WHERE n >= $1");
        bind(st, 0, kith_of_int(last), KITH_T_BIGINT);
        must_step(st, 1);
        assert_true(is_binary(st));
        assert_int_equal(column(st, 0, KITH_T_BIGINT).as.integer, last);
        drop(st);
    }
    PG.close(c);
}

/* Behind PgBouncer no statement gets a name, and each run is one message. */
static void test_driver_postgres_many__prepare_off(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server_with("prepare=off"));
    kith_statement *st = prepare_many(c, NUMBERS);
    expect_numbers(st);
    assert_int_equal(prepared(c), 0);
    drop(st);
    PG.close(c);
}

/* ---- beside others -------------------------------------------------------------------------------------------------- */

/* What is on its way already is not waited for before its turn: then the first run comes as text. */
static void test_driver_postgres_many__behind_what_was_sent(void **state)
{
    (void)state;
    kith_error err;
    kith_connection *c = open_ok(server());
    kith_statement *begin = prepare(c, "BEGIN"), *st = prepare_many(c, NUMBERS), *sent = prepare_many(c, NUMBERS);
    assert_true(PG.send(begin, &err));
    expect_numbers(st);
    PG.finish(begin);
    assert_true(PG.send(sent, &err));
    expect_numbers(sent);
    drop(begin);
    drop(st);
    drop(sent);
    PG.close(c);
}

static void test_driver_postgres_many__while_rows_of_another_come(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *outer = prepare_many(c, NUMBERS), *inner = prepare_many(c, NUMBERS " ");
    must_step(outer, 1);
    expect_numbers(inner);
    assert_int_equal(column(outer, 1, KITH_T_BIGINT).as.integer, 10);
    for (int i = 2; i <= 500; i++)
        must_step(outer, 1);
    must_step(outer, 0);
    drop(inner);
    drop(outer);
    PG.close(c);
}

/* ---- failures ------------------------------------------------------------------------------------------------------- */

static void expect_failing(kith_statement *st, const char *sqlstate)
{
    kith_error err = { .message = "" };
    assert_int_equal(PG.step(st, &err), -1);
    assert_string_equal(err.sqlstate, sqlstate);
    PG.finish(st);
}

static void test_driver_postgres_many__what_cannot_be_prepared_fails(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare_many(c, "SELECT x FROM pg_temp.later");
    expect_failing(st, "42P01");
    PG.expect_many(st);
    expect_failing(st, "42P01");
    assert_int_equal(prepared(c), 0);
    script(c, "CREATE TEMP TABLE later (x int); INSERT INTO later VALUES (4)");
    PG.expect_many(st);
    must_step(st, 1);
    assert_true(is_binary(st));
    assert_int_equal(column(st, 0, KITH_T_INTEGER).as.integer, 4);
    drop(st);
    PG.close(c);
}

/* Prepared, and then it fails: in a transaction, which the failure ends. */
static void test_driver_postgres_many__what_was_prepared_fails(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare_many(c, "SELECT 1 / (n - n) FROM generate_series(1, 3) n");
    script(c, "BEGIN");
    expect_failing(st, "22012");
    PG.expect_many(st);
    expect_failing(st, "25P02");
    assert_true(PG.reset(c));
    PG.expect_many(st);
    expect_failing(st, "22012");
    drop(st);
    PG.close(c);
}

static void test_driver_postgres_many__lost_connection(void **state)
{
    (void)state;
    kith_error err = { .status = KITH_OK };
    kith_connection *c = open_ok(server()), *other = open_ok(server());
    char sql[64];
    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d)::int", (int)int_of(c, "SELECT pg_backend_pid()"));
    assert_int_equal(int_of(other, sql), 1);
    kith_statement *st = prepare_many(c, NUMBERS);
    assert_int_equal(PG.step(st, &err), -1);
    assert_int_equal(err.status, KITH_E_CONNECTION);
    assert_false(PG.reset(c));
    drop(st);
    PG.close(c);
    PG.close(other);
}

static bool read_numbers(kith_error *err)
{
    kith_connection *c = open_at(server(), 2000, err);
    kith_statement *st = c ? PG.prepare(c, NUMBERS, strlen(NUMBERS), err) : NULL;
    int rows = 0, got = -1;
    if (st) {
        PG.expect_many(st);
        while ((got = PG.step(st, err)) == 1)
            rows++;
        drop(st);
    }
    if (c)
        PG.close(c);
    return got == 0 && rows == 500;
}

/* What is only asked for may do without memory: then the result comes as text. */
static void test_driver_postgres_many__every_allocation_may_fail(void **state)
{
    (void)state;
    fail_each_allocation(read_numbers);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_driver_postgres_many__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(comes_in_binary_at_once),
        TEST(is_not_remembered_for_another_run),
        TEST(columns_of_unknown_types_come_as_text),
        TEST(takes_values),
        TEST(prepare_off),
        TEST(behind_what_was_sent),
        TEST(while_rows_of_another_come),
        TEST(what_cannot_be_prepared_fails),
        TEST(what_was_prepared_fails),
        TEST(lost_connection),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
