/* The mock: what it records, what it plays, and what it makes of the values it was given. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"
#include "kith/ext/mock.h"

static struct fail_alloc heap;
static kith_arena arena;
static kith_mock *mock;
static const kith_driver *driver;
static kith_connection *conn;

static int set_up(void **state)
{
    (void)state;
    fail_alloc_init(&heap);
    kith__arena_init(&arena, &kith__default_allocator, NULL, true);
    mock = kith_mock_new("sqlite");
    driver = kith_mock_driver(mock);
    kith_error err;
    conn = driver->open(&(kith_connect_opts){ .location = "", .allocator = &heap.allocator, .driver = driver }, &err);
    return conn ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    driver->close(conn);
    kith_mock_free(mock);
    kith__arena_free(&arena);
    return heap.live_blocks == 0 ? 0 : -1;
}

static kith_statement *prepare(const char *sql)
{
    kith_error err;
    kith_statement *st = driver->prepare(conn, sql, strlen(sql), &err);
    assert_non_null(st);
    return st;
}

/* Runs to the end. Gives the number of rows, or -1. */
static int run(const char *sql, const kith_value *values)
{
    kith_error err;
    kith_statement *st = prepare(sql);
    for (unsigned i = 0; values && values[i].kind != KITH_LIST_END; i++)
        assert_true(driver->bind(st, i, &values[i], 0, &err));
    int rows = 0, got;
    while ((got = driver->step(st, &err)) == 1)
        rows++;
    driver->finish(st);
    driver->drop(st);
    return got == 0 ? rows : -1;
}

static int64_t affected(const char *sql, int64_t *last_id)
{
    kith_error err;
    kith_statement *st = prepare(sql);
    assert_int_equal(driver->step(st, &err), 0);
    int64_t rows = driver->affected(st);
    *last_id = driver->last_id(st);
    driver->drop(st);
    return rows;
}

/* ---- recording ------------------------------------------------------------------------------------------------------ */

static void test_driver_mock__names_scheme_and_dialect(void **state)
{
    (void)state;
    assert_string_equal(driver->scheme, "mock");
    assert_string_equal(driver->dialect, "sqlite");
    char name[] = "postgres";
    kith_mock *other = kith_mock_new(name);
    name[0] = '#';
    assert_string_equal(kith_mock_driver(other)->dialect, "postgres");
    kith_mock_free(other);
    kith_mock_free(NULL);
}

static void test_driver_mock__records_text_and_values(void **state)
{
    (void)state;
    assert_int_equal(run("INSERT INTO pugs VALUES (?, ?)", KITH_VALUES(KITH_V(1), KITH_V("Cody"))), 0);
    assert_int_equal(run("BEGIN", NULL), 0);
    assert_int_equal(kith_mock_count(mock), 2);
    assert_string_equal(kith_mock_statement(mock, 0), "INSERT INTO pugs VALUES (?, ?)");
    assert_string_equal(kith_mock_values(mock, 0), "1, 'Cody'");
    assert_string_equal(kith_mock_statement(mock, 1), "BEGIN");
    assert_string_equal(kith_mock_values(mock, 1), "");
    assert_null(kith_mock_statement(mock, 2));
    assert_null(kith_mock_values(mock, 2));
    kith_mock_clear(mock);
    assert_int_equal(kith_mock_count(mock), 0);
    assert_null(kith_mock_statement(mock, 0));
}

static void test_driver_mock__writes_every_kind(void **state)
{
    (void)state;
    static const unsigned char bytes[] = { 0x0a, 0xff, 0x00 };
    bool yes = true, no = false;
    run("x", KITH_VALUES(KITH_V(-9223372036854775807LL), kith_of_null(), KITH_V(yes), KITH_V(no), KITH_V(1.5),
                         KITH_V("it's"), kith_of_text("ab--", 2), kith_of_bytes(bytes, 3), kith_of_bytes("", 0),
                         KITH_V(""), kith_of_timestamp(1)));
    assert_string_equal(kith_mock_values(mock, 0),
                        "-9223372036854775807, NULL, true, false, 1.5, 'it''s', 'ab', x'0aff00', x'', '', "
                        "1970-01-01T00:00:00.000001Z");
}

static void test_driver_mock__records_each_run_of_a_statement(void **state)
{
    (void)state;
    kith_statement *st = prepare("SELECT ?");
    kith_error err;
    assert_int_equal(kith_mock_count(mock), 0);
    for (int i = 0; i < 2; i++) {
        kith_value v = KITH_V(i);
        assert_true(driver->bind(st, 0, &v, KITH_T_INTEGER, &err));
        assert_int_equal(driver->step(st, &err), 0);
        assert_int_equal(driver->step(st, &err), 0);
        driver->finish(st);
    }
    /* Without a new bind there is nothing bound. */
    assert_int_equal(driver->step(st, &err), 0);
    driver->drop(st);
    assert_int_equal(kith_mock_count(mock), 3);
    assert_string_equal(kith_mock_values(mock, 0), "0");
    assert_string_equal(kith_mock_values(mock, 1), "1");
    assert_string_equal(kith_mock_values(mock, 2), "");
}

static void test_driver_mock__parameters_left_out_are_null(void **state)
{
    (void)state;
    kith_statement *st = prepare("x");
    kith_error err;
    kith_value v = KITH_V(3);
    assert_true(driver->bind(st, 2, &v, 0, &err));
    assert_int_equal(driver->step(st, &err), 0);
    driver->drop(st);
    assert_string_equal(kith_mock_values(mock, 0), "NULL, NULL, 3");
}

/* ---- playing -------------------------------------------------------------------------------------------------------- */

static void test_driver_mock__without_an_answer_no_rows_and_one_change(void **state)
{
    (void)state;
    int64_t id;
    assert_int_equal(run("SELECT 1", NULL), 0);
    assert_int_equal(affected("UPDATE x", &id), 1);
    assert_int_equal(id, 0);
}

static void test_driver_mock__rows_belong_together_until_next(void **state)
{
    (void)state;
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V(1))));
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V(2))));
    assert_true(kith_mock_next(mock));
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V(3))));
    assert_int_equal(run("a", NULL), 2);
    assert_int_equal(run("b", NULL), 1);
    assert_int_equal(run("c", NULL), 0);
    /* What was played is over: this row is a new answer. */
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V(4))));
    assert_int_equal(run("d", NULL), 1);
    assert_int_equal(run("e", NULL), 0);
}

static void test_driver_mock__next_alone_is_an_answer_without_rows(void **state)
{
    (void)state;
    int64_t id;
    assert_true(kith_mock_next(mock));
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V(1))));
    assert_true(kith_mock_next(mock));
    assert_true(kith_mock_next(mock));
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V(1))));
    assert_int_equal(affected("a", &id), 0);
    assert_int_equal(run("b", NULL), 1);
    assert_int_equal(run("c", NULL), 0);
    assert_int_equal(run("d", NULL), 1);
}

static void test_driver_mock__affected_is_a_whole_answer(void **state)
{
    (void)state;
    int64_t id;
    assert_true(kith_mock_affected(mock, 5, 17));
    assert_true(kith_mock_next(mock)); /* only separates */
    assert_true(kith_mock_affected(mock, 0, 0));
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V(1))));
    assert_true(kith_mock_affected(mock, 2, 0));
    assert_int_equal(affected("a", &id), 5);
    assert_int_equal(id, 17);
    assert_int_equal(affected("b", &id), 0);
    assert_int_equal(run("c", NULL), 1);
    assert_int_equal(affected("d", &id), 2);
}

static void test_driver_mock__failure_comes_at_the_first_step(void **state)
{
    (void)state;
    assert_true(kith_mock_fail(mock, KITH_E_BUSY, "locked by %s"));
    kith_statement *st = prepare("UPDATE x");
    kith_error err = { .status = KITH_OK };
    assert_int_equal(driver->step(st, &err), -1);
    assert_int_equal(err.status, KITH_E_BUSY);
    assert_string_equal(err.message, "locked by %s");
    assert_string_equal(kith_mock_statement(mock, 0), "UPDATE x");
    driver->finish(st);
    assert_int_equal(driver->step(st, &err), 0);
    driver->drop(st);
}

static void test_driver_mock__sending_ahead(void **state)
{
    (void)state;
    kith_error err = { .status = KITH_OK };
    assert_null(driver->send);
    kith_mock_send_ahead(mock);
    assert_true(kith_mock_next(mock));
    assert_true(kith_mock_fail(mock, KITH_E_BUSY, "locked"));
    kith_statement *a = prepare("a"), *b = prepare("b"), *c = prepare("c");
    assert_true(driver->send(a, &err));
    assert_true(driver->send(b, &err));
    assert_true(driver->send(c, &err));
    assert_int_equal(kith_mock_count(mock), 2); /* c was skipped */
    assert_int_equal(driver->step(a, &err), 0);
    assert_int_equal(driver->step(c, &err), -1);
    assert_string_equal(err.message, "locked");
    assert_string_equal(err.sql, "b");
    driver->finish(a);
    driver->finish(b);
    driver->finish(c);
    assert_int_equal(driver->step(c, &err), 0);
    driver->finish(c);

    assert_true(kith_mock_fail(mock, KITH_E_BUSY, "locked"));
    assert_true(driver->send(b, &err));
    driver->finish(b); /* nobody waited for it: the next one tells */
    assert_int_equal(driver->step(a, &err), -1);
    assert_int_equal(err.status, KITH_E_BUSY);
    driver->finish(a);
    assert_int_equal(driver->step(a, &err), 0);
    assert_int_equal(kith_mock_count(mock), 5);
    driver->drop(a);
    driver->drop(b);
    driver->drop(c);
}

static void test_driver_mock__transactions_take_no_answer(void **state)
{
    (void)state;
    static const char *const texts[] = { "BEGIN",
                                         "BEGIN IMMEDIATE",
                                         "START TRANSACTION",
                                         "SAVEPOINT k1",
                                         "RELEASE SAVEPOINT k1",
                                         "ROLLBACK TO SAVEPOINT k1",
                                         "rollback;",
                                         " COMMIT" };
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V(1))));
    size_t count = sizeof texts / sizeof texts[0];
    for (size_t i = 0; i < count; i++)
        assert_int_equal(run(texts[i], NULL), 0);
    assert_int_equal(kith_mock_count(mock), count);
    assert_int_equal(run("BEGINNING", NULL), 1);
}

static void test_driver_mock__script_is_one_statement(void **state)
{
    (void)state;
    kith_error err;
    assert_true(driver->script(conn, "a; b;", &err));
    assert_true(kith_mock_fail(mock, KITH_E_CHECK, "no"));
    assert_false(driver->script(conn, "c;", &err));
    assert_int_equal(err.status, KITH_E_CHECK);
    assert_int_equal(kith_mock_count(mock), 2);
    assert_string_equal(kith_mock_statement(mock, 0), "a; b;");
}

static void test_driver_mock__clear_forgets_answers(void **state)
{
    (void)state;
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V("text"))));
    kith_mock_clear(mock);
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V("other"))));
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V("one more"))));
    assert_int_equal(run("a", NULL), 2);
    assert_int_equal(run("b", NULL), 0);
}

static void test_driver_mock__cancel_does_nothing(void **state)
{
    (void)state;
    driver->cancel(conn);
    assert_int_equal(run("a", NULL), 0);
}

/* ---- columns -------------------------------------------------------------------------------------------------------- */

/* The one value of a row, read as the wanted type. */
static bool convert(kith_value given, uint8_t wanted, kith_value *out, kith_error *err)
{
    assert_true(kith_mock_row(mock, KITH_VALUES(given)));
    assert_true(kith_mock_next(mock));
    kith_statement *st = prepare("x");
    assert_int_equal(driver->step(st, err), 1);
    bool done = driver->columns(st, 0, 1, &wanted, &arena, out, err);
    driver->drop(st);
    return done;
}

static kith_value converted(kith_value given, uint8_t wanted)
{
    kith_value out;
    kith_error err;
    assert_true(convert(given, wanted, &out, &err));
    return out;
}

static void assert_text(kith_value v, uint8_t kind, const char *text)
{
    assert_int_equal(v.kind, kind);
    assert_int_equal(v.size, strlen(text));
    assert_string_equal(v.as.str, text);
}

static void test_driver_mock__columns_as_they_are(void **state)
{
    (void)state;
    assert_int_equal(converted(KITH_V(5), 0).as.integer, 5);
    assert_text(converted(KITH_V("a"), 0), KITH_STR, "a");
    assert_int_equal(converted(kith_of_null(), KITH_T_DATE).kind, KITH_NULL);
    assert_int_equal(converted(KITH_V(5), KITH_T_BIGINT).as.integer, 5);
    assert_text(converted(KITH_V(""), KITH_T_STRING), KITH_STR, "");
}

static void test_driver_mock__columns_leniently(void **state)
{
    (void)state;
    kith_value v = converted(KITH_V(1), KITH_T_BOOLEAN);
    assert_int_equal(v.kind, KITH_BOOL);
    assert_true(v.as.boolean);
    v = converted(KITH_V(3), KITH_T_DOUBLE);
    assert_int_equal(v.kind, KITH_DOUBLE);
    assert_true(v.as.real == 3.0);
    v = converted(KITH_V(77), KITH_T_DATE);
    assert_int_equal(v.kind, KITH_TIMESTAMP);
    assert_int_equal(v.as.timestamp, 77);
    v = converted(KITH_V("1970-01-01 00:00:01"), KITH_T_DATE);
    assert_int_equal(v.kind, KITH_TIMESTAMP);
    assert_int_equal(v.as.timestamp, 1000000);
    v = converted(KITH_V("42"), KITH_T_INTEGER);
    assert_int_equal(v.kind, KITH_INT);
    assert_int_equal(v.as.integer, 42);
    assert_text(converted(KITH_V(42), KITH_T_DECIMAL), KITH_STR, "42");
    assert_text(converted(KITH_V("ab"), KITH_T_BLOB), KITH_BYTES, "ab");
}

static void test_driver_mock__columns_without_sense_are_an_error(void **state)
{
    (void)state;
    kith_value out;
    kith_error err;
    assert_false(convert(KITH_V("yesterday"), KITH_T_DATE, &out, &err));
    assert_int_equal(err.status, KITH_E_DATABASE);
    assert_non_null(strstr(err.message, "DATE"));
    assert_false(convert(KITH_V(1.5), KITH_T_INTEGER, &out, &err));
    assert_false(convert(KITH_V("4x"), KITH_T_INTEGER, &out, &err));
}

static void test_driver_mock__columns_from_the_middle_and_past_the_end(void **state)
{
    (void)state;
    kith_error err;
    kith_value out[3];
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V(1), KITH_V("two"))));
    kith_statement *st = prepare("x");
    assert_int_equal(driver->step(st, &err), 1);
    assert_true(driver->columns(st, 1, 2, (const uint8_t[]){ KITH_T_STRING, KITH_T_INTEGER }, &arena, out, &err));
    assert_text(out[0], KITH_STR, "two");
    assert_int_equal(out[1].kind, KITH_NULL);
    driver->drop(st);
    /* A row of nothing is a row. */
    assert_true(kith_mock_row(mock, (const kith_value[]){ KITH_END_VALUE_ }));
    assert_int_equal(run("y", NULL), 1);
}

static void test_driver_mock__values_are_copied(void **state)
{
    (void)state;
    char name[] = "Cody";
    assert_true(kith_mock_row(mock, KITH_VALUES(KITH_V((const char *)name))));
    name[0] = '#';
    kith_statement *st = prepare("x");
    kith_error err;
    kith_value out;
    assert_int_equal(driver->step(st, &err), 1);
    assert_true(driver->columns(st, 0, 1, (const uint8_t[]){ KITH_T_STRING }, &arena, &out, &err));
    driver->drop(st); /* what was read stays */
    assert_text(out, KITH_STR, "Cody");
}

static void test_driver_mock__short_memory_is_an_error(void **state)
{
    (void)state;
    kith_error err;
    heap.fail_at = 1;
    heap.calls = 0;
    assert_null(driver->open(&(kith_connect_opts){ .allocator = &heap.allocator, .driver = driver }, &err));
    assert_int_equal(err.status, KITH_E_NO_MEMORY);
    heap.calls = 0;
    assert_null(driver->prepare(conn, "x", 1, &err));
    assert_int_equal(err.status, KITH_E_NO_MEMORY);
    heap.fail_at = 0;
    kith_statement *st = prepare("x");
    heap.fail_at = 1;
    heap.calls = 0;
    kith_value v = KITH_V(1);
    assert_false(driver->bind(st, 0, &v, 0, &err));
    assert_int_equal(err.status, KITH_E_NO_MEMORY);
    driver->drop(st);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_driver_mock__names_scheme_and_dialect),
        TEST(test_driver_mock__records_text_and_values),
        TEST(test_driver_mock__writes_every_kind),
        TEST(test_driver_mock__records_each_run_of_a_statement),
        TEST(test_driver_mock__parameters_left_out_are_null),
        TEST(test_driver_mock__without_an_answer_no_rows_and_one_change),
        TEST(test_driver_mock__rows_belong_together_until_next),
        TEST(test_driver_mock__next_alone_is_an_answer_without_rows),
        TEST(test_driver_mock__affected_is_a_whole_answer),
        TEST(test_driver_mock__failure_comes_at_the_first_step),
        TEST(test_driver_mock__sending_ahead),
        TEST(test_driver_mock__transactions_take_no_answer),
        TEST(test_driver_mock__script_is_one_statement),
        TEST(test_driver_mock__clear_forgets_answers),
        TEST(test_driver_mock__cancel_does_nothing),
        TEST(test_driver_mock__columns_as_they_are),
        TEST(test_driver_mock__columns_leniently),
        TEST(test_driver_mock__columns_without_sense_are_an_error),
        TEST(test_driver_mock__columns_from_the_middle_and_past_the_end),
        TEST(test_driver_mock__values_are_copied),
        TEST(test_driver_mock__short_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
