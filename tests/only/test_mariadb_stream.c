/* Rows of MariaDB that are read one by one, and what becomes of them when the connection is needed for something else.
 * Against a real server. */
#include "only/mariadb_driver.h"

enum { ROWS = 500 };

/* ---- helpers -------------------------------------------------------------------------------------------------------- */

#define NUMBERS                                                                                                        \
    "SELECT seq, CONCAT('row ', seq), CAST(seq AS DECIMAL(10, 2)), IF(seq % 2, NULL, CONCAT('even ', seq)) "           \
    "FROM seq_1_to_500 ORDER BY seq"

static void expect_row(kith_statement *st, int number)
{
    char text[32], decimal[32], even[32];
    snprintf(text, sizeof text, "row %d", number);
    snprintf(decimal, sizeof decimal, "%d.00", number);
    snprintf(even, sizeof even, "even %d", number);
    assert_int_equal(column(st, 0, KITH_T_BIGINT).as.integer, number);
    assert_string_equal(column(st, 1, KITH_T_TEXT).as.str, text);
    assert_string_equal(column(st, 2, KITH_T_DECIMAL).as.str, decimal);
    kith_value v = column(st, 3, KITH_T_TEXT);
    if (number % 2)
        assert_int_equal(v.kind, KITH_NULL);
    else
        assert_string_equal(v.as.str, even);
}

/* The rest of the rows, from this one on. */
static void expect_rest(kith_statement *st, int number)
{
    for (; number <= ROWS; number++) {
        assert_int_equal(step(st), 1);
        expect_row(st, number);
    }
    assert_int_equal(step(st), 0);
    assert_int_equal(step(st), 0);
}

/* ---- other statements meanwhile ------------------------------------------------------------------------------------- */

static void test_driver_mariadb_stream__other_statements_take_no_rows(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    kith_statement *st = prepare(c, NUMBERS), *other = prepare(c, NUMBERS);
    for (int run = 0; run < 2; run++) {
        for (int i = 1; i <= 3; i++) {
            assert_int_equal(step(st), 1);
            expect_row(st, i);
        }
        expect_rest(other, 1);
        expect_row(st, 3); /* is the current one still */
        assert_int_equal(step(st), 1);
        MARIADB.finish(other);
        expect_row(st, 4);
        expect_rest(st, 5);
        MARIADB.finish(st);
    }
    drop(other);
    drop(st);
    MARIADB.close(c);
}

/* Each of these talks to the server, or would make the client throw the rows away. */
static void test_driver_mariadb_stream__whatever_needs_the_connection(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    for (int what = 0; what < 5; what++) {
        kith_statement *st = prepare(c, NUMBERS), *idle = prepare(c, "SELECT 1"), *made = NULL;
        assert_int_equal(what == 1 ? step(idle) : 1, 1);
        assert_int_equal(step(st), 1);
        switch (what) {
        case 0: made = prepare(c, "SELECT 2"); break;
        case 1: MARIADB.finish(idle); break;
        case 2: script(c, "SELECT 3; SELECT 4"); break;
        case 3: assert_true(MARIADB.reset(c)); break;
        default: break;
        }
        MARIADB.drop(idle);
        expect_row(st, 1);
        expect_rest(st, 2);
        if (made)
            drop(made);
        drop(st);
    }
    MARIADB.close(c);
}

static void test_driver_mariadb_stream__two_that_take_turns(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    kith_statement *a = prepare(c, NUMBERS), *b = prepare(c, NUMBERS);
    for (int i = 1; i <= ROWS; i++) {
        assert_int_equal(step(a), 1);
        assert_int_equal(step(b), 1);
        expect_row(a, i);
        expect_row(b, i);
    }
    assert_int_equal(step(a), 0);
    assert_int_equal(step(b), 0);
    drop(a);
    drop(b);
    MARIADB.close(c);
}

static void test_driver_mariadb_stream__rows_that_nobody_wants(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    kith_statement *st = prepare(c, NUMBERS);
    for (int run = 0; run < 4; run++) {
        assert_int_equal(step(st), 1);
        if (run % 2)
            assert_int_equal(int_of(c, "SELECT 7"), 7); /* so that the rest is kept */
        MARIADB.finish(st);
        assert_int_equal(int_of(c, "SELECT 8"), 8);
    }
    assert_int_equal(step(st), 1);
    MARIADB.drop(st);
    assert_int_equal(int_of(c, "SELECT 9"), 9);
    MARIADB.close(c);
}

static void test_driver_mariadb_stream__counts_what_it_returned(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "CREATE TABLE t (id INT PRIMARY KEY)");
    kith_statement *st = prepare(c, "INSERT INTO t VALUES (1), (2), (3) RETURNING id");
    assert_int_equal(step(st), 1);
    assert_int_equal(int_of(c, "SELECT COUNT(*) FROM t"), 3);
    assert_int_equal(step(st), 1);
    assert_int_equal(column(st, 0, KITH_T_INTEGER).as.integer, 2);
    assert_int_equal(step(st), 1);
    assert_int_equal(step(st), 0);
    assert_int_equal(MARIADB.affected(st), 3);
    drop(st);
    MARIADB.close(c);
}

/* ---- failures among the rows ---------------------------------------------------------------------------------------- */

/* The sub-select has two rows for the last number alone; so many rows come before it that the server sends them. */
#define FAILS_LATE                                                                                                     \
    "SELECT seq, REPEAT('x', 1000), (SELECT s.seq FROM seq_1_to_2 s WHERE q.seq = 500 OR s.seq = 1) "                  \
    "FROM seq_1_to_500 q"

static void expect_failure_after(kith_statement *st, int rows, kith_status status)
{
    kith_error err = { .status = KITH_OK };
    int got;
    while ((got = MARIADB.step(st, &err)) == 1)
        rows++;
    assert_int_equal(got, -1);
    assert_int_equal(err.status, status);
    assert_int_equal(rows, ROWS - 1);
    assert_int_equal(MARIADB.step(st, &err), 0); /* does not begin again */
    MARIADB.finish(st);
}

static void test_driver_mariadb_stream__fails_among_its_rows(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    kith_statement *st = prepare(c, FAILS_LATE);
    for (int run = 0; run < 4; run++) {
        assert_int_equal(step(st), 1);
        if (run % 2)
            assert_int_equal(int_of(c, "SELECT 7"), 7); /* the failure is not its own */
        expect_failure_after(st, 1, KITH_E_DATABASE);
        assert_int_equal(int_of(c, "SELECT 8"), 8);
    }
    MARIADB.drop(st);
    MARIADB.close(c);
}

static void test_driver_mariadb_stream__killed_among_its_rows(void **state)
{
    (void)state;
    for (int kept = 0; kept < 2; kept++) {
        kith_error err = { .status = KITH_OK };
        char sql[64];
        kith_connection *c = open_ok();
        snprintf(sql, sizeof sql, "KILL %d", (int)int_of(c, "SELECT CONNECTION_ID()"));
        kith_statement *st = prepare(c, "SELECT REPEAT('x', 100000) FROM seq_1_to_2000"),
                       *next = prepare(c, "SELECT 1");
        assert_int_equal(step(st), 1);
        run_on_server(sql);
        if (kept)
            assert_int_equal(MARIADB.step(next, &err), -1);
        int got;
        while ((got = MARIADB.step(st, &err)) == 1)
            continue;
        assert_int_equal(got, -1);
        assert_int_equal(err.status, KITH_E_CONNECTION);
        assert_false(MARIADB.reset(c));
        drop(next);
        drop(st);
        MARIADB.close(c);
    }
}

/* ---- memory --------------------------------------------------------------------------------------------------------- */

/* Rows that could not be kept are an error of their own statement; the other runs all the same. */
static void test_driver_mariadb_stream__memory_for_kept_rows_may_fail(void **state)
{
    (void)state;
    for (size_t fail_at = 1;; fail_at++) {
        kith_error err = { .status = KITH_OK };
        kith_connection *c = open_ok();
        kith_statement *st = prepare(c, NUMBERS), *other = prepare(c, "SELECT 7");
        assert_int_equal(step(st), 1);
        assert_int_equal(step(other), 1); /* makes its cells, with memory */
        MARIADB.finish(other);
        MARIADB.finish(st);
        assert_int_equal(step(st), 1);
        heap.calls = 0;
        heap.fail_at = fail_at;
        assert_int_equal(step(other), 1);
        bool failed = heap.calls >= fail_at;
        heap.fail_at = 0;
        int rows = 1, got;
        while ((got = MARIADB.step(st, &err)) == 1)
            rows++;
        assert_int_equal(got, failed ? -1 : 0);
        assert_true(failed ? err.status == KITH_E_NO_MEMORY : rows == ROWS);
        drop(other);
        drop(st);
        MARIADB.close(c);
        if (!failed)
            return;
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_driver_mariadb_stream__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(other_statements_take_no_rows), TEST(whatever_needs_the_connection), TEST(two_that_take_turns),
        TEST(rows_that_nobody_wants),        TEST(counts_what_it_returned),       TEST(fails_among_its_rows),
        TEST(killed_among_its_rows),         TEST(memory_for_kept_rows_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
