/* The SQLite driver: statements, values there and back, and statuses. */
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <time.h>

#include "driver/sqlite_error.h"
#include "unit/sqlite_driver.h"

/* ---- statements ----------------------------------------------------------------------------------------------------- */

static void test_driver_sqlite__one_statement_in_a_text(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    kith_error err = failure_of(c, "");
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_int_equal(failure_of(c, " -- nothing").status, KITH_E_USAGE);
    err = failure_of(c, "SELECT 1; SELECT 2");
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_non_null(strstr(err.message, "script"));
    assert_int_equal(failure_of(c, "SELECT 1; nonsense").status, KITH_E_USAGE);
    assert_int_equal(int_of(c, "SELECT 7; -- that is all\n ;; /* really */"), 7);
    err = failure_of(c, "SELEKT 1");
    assert_int_equal(err.status, KITH_E_DATABASE);
    assert_non_null(strstr(err.message, "syntax error"));
    /* The size counts, not a NUL. */
    kith_statement *st = SQLITE.prepare(c, "SELECT 12345", 9, &err);
    assert_non_null(st);
    assert_int_equal(SQLITE.step(st, &err), 1);
    SQLITE.drop(st);
    assert_int_equal(heap.live_blocks, 1); /* the connection */
    SQLITE.close(c);
}

/* Rows changed and the last id of one statement. */
static int64_t changed_by(kith_connection *c, const char *sql, int64_t *last_id)
{
    kith_statement *st = prepare(c, sql);
    kith_error err;
    int got;
    while ((got = SQLITE.step(st, &err)) == 1)
        continue;
    assert_int_equal(got, 0);
    int64_t rows = SQLITE.affected(st);
    *last_id = SQLITE.last_id(st);
    SQLITE.finish(st);
    SQLITE.drop(st);
    return rows;
}

static void test_driver_sqlite__counts_changes(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    int64_t id;
    assert_int_equal(changed_by(c, "CREATE TABLE t (id INTEGER PRIMARY KEY, x)", &id), 0);
    assert_int_equal(changed_by(c, "INSERT INTO t (x) VALUES (1), (2), (3)", &id), 3);
    assert_int_equal(id, 3);
    assert_int_equal(changed_by(c, "SELECT * FROM t", &id), 0);
    assert_int_equal(changed_by(c, "CREATE TABLE u (x)", &id), 0);
    assert_int_equal(changed_by(c, "UPDATE t SET x = 0 WHERE id > 1", &id), 2);
    assert_int_equal(changed_by(c, "UPDATE t SET x = 0 WHERE id > 9", &id), 0);
    assert_int_equal(changed_by(c, "INSERT INTO t (x) VALUES (4) RETURNING id", &id), 1);
    assert_int_equal(id, 4);
    assert_int_equal(changed_by(c, "DELETE FROM t", &id), 4);
    assert_int_equal(changed_by(c, "BEGIN", &id), 0);
    SQLITE.close(c);
}

static void test_driver_sqlite__does_not_count_what_cascades(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    int64_t id;
    script(c, "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a ON DELETE CASCADE);"
              "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1), (1)");
    assert_int_equal(changed_by(c, "DELETE FROM a", &id), 1);
    assert_int_equal(int_of(c, "SELECT count(*) FROM b"), 0);
    SQLITE.close(c);
}

static void test_driver_sqlite__statement_runs_again_after_finish(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    kith_statement *st = prepare(c, "SELECT ?1, coalesce(?2, 'unbound')");
    kith_error err;
    kith_value out[2];
    const uint8_t types[] = { KITH_T_BIGINT, KITH_T_TEXT };
    for (int i = 0; i < 3; i++) {
        bind(st, 0, KITH_V(i), KITH_T_BIGINT);
        if (i == 0)
            bind(st, 1, KITH_V("bound"), KITH_T_TEXT);
        assert_int_equal(SQLITE.step(st, &err), 1);
        assert_true(SQLITE.columns(st, 0, 2, types, &arena, out, &err));
        assert_int_equal(out[0].as.integer, i);
        assert_string_equal(out[1].as.str, i == 0 ? "bound" : "unbound");
        assert_int_equal(SQLITE.step(st, &err), 0);
        assert_int_equal(SQLITE.step(st, &err), 0); /* does not begin again */
        SQLITE.finish(st);
    }
    SQLITE.drop(st);
    SQLITE.close(c);
}

static void test_driver_sqlite__reset_rolls_back(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    script(c, "CREATE TABLE t (x)");
    assert_true(SQLITE.reset(c));
    script(c, "BEGIN; INSERT INTO t VALUES (1)");
    assert_true(SQLITE.reset(c));
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 0);
    script(c, "BEGIN; COMMIT");
    SQLITE.close(c);
}

static void test_driver_sqlite__script(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    script(c, "CREATE TABLE t (x); -- a comment\nINSERT INTO t VALUES (';'); ");
    kith_error err;
    assert_false(SQLITE.script(c, "INSERT INTO t VALUES (2); nonsense", &err));
    assert_int_equal(err.status, KITH_E_DATABASE);
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 2);
    SQLITE.close(c);
}

static void *cancel_soon(void *c)
{
    nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
    SQLITE.cancel(c);
    return NULL;
}

static void test_driver_sqlite__cancel_stops_a_statement(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, c), 0);
    kith_error err = failure_of(c, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                                   " SELECT count(*) FROM n");
    pthread_join(thread, NULL);
    assert_int_equal(err.status, KITH_E_TIMEOUT);
    assert_int_equal(int_of(c, "SELECT 3"), 3);
    SQLITE.close(c);
}

/* ---- values there and back ------------------------------------------------------------------------------------------ */

/* Binds, reads as the type, and gives how SQLite holds it. */
static kith_value round_trip(kith_connection *c, kith_value v, int type, const char **held)
{
    kith_statement *st = prepare(c, "SELECT ?1, typeof(?1)");
    kith_error err;
    kith_value out[2];
    bind(st, 0, v, type);
    assert_int_equal(SQLITE.step(st, &err), 1);
    if (!SQLITE.columns(st, 0, 2, (const uint8_t[]){ (uint8_t)type, 0 }, &arena, out, &err))
        fail_msg("%s", err.message);
    *held = out[1].as.str;
    SQLITE.finish(st);
    SQLITE.drop(st);
    return out[0];
}

static void assert_comes_back(kith_connection *c, kith_value v, int type, const char *expected_held)
{
    const char *held;
    kith_value out = round_trip(c, v, type, &held);
    assert_string_equal(held, expected_held);
    assert_int_equal(out.kind, v.kind);
    if (v.kind == KITH_STR || v.kind == KITH_BYTES) {
        assert_int_equal(out.size, v.size);
        assert_memory_equal(out.as.bytes, v.as.bytes, v.size);
        assert_int_equal(out.as.str[out.size], '\0');
    } else if (v.kind == KITH_DOUBLE) {
        assert_true(out.as.real == v.as.real);
    } else if (v.kind == KITH_BOOL) {
        assert_int_equal(out.as.boolean, v.as.boolean);
    } else if (v.kind != KITH_NULL) {
        assert_true(out.as.integer == v.as.integer);
    }
}

static void test_driver_sqlite__values_come_back(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    bool yes = true, no = false;
    assert_comes_back(c, KITH_V(yes), KITH_T_BOOLEAN, "integer");
    assert_comes_back(c, KITH_V(no), KITH_T_BOOLEAN, "integer");
    assert_comes_back(c, KITH_V(-1), KITH_T_INTEGER, "integer");
    assert_comes_back(c, kith_of_int(INT64_MAX), KITH_T_BIGINT, "integer");
    assert_comes_back(c, kith_of_int(INT64_MIN), KITH_T_BIGINT, "integer");
    assert_comes_back(c, KITH_V(0.1), KITH_T_DOUBLE, "real");
    assert_comes_back(c, KITH_V((double)INFINITY), KITH_T_DOUBLE, "real");
    assert_comes_back(c, KITH_V("caf\xc3\xa9"), KITH_T_STRING, "text");
    assert_comes_back(c, KITH_V(""), KITH_T_TEXT, "text");
    assert_comes_back(c, kith_of_text("", 0), KITH_T_TEXT, "text");
    assert_comes_back(c, kith_of_text("abcdef", 3), KITH_T_TEXT, "text");
    assert_comes_back(c, KITH_V("12345678901234567890.10"), KITH_T_DECIMAL, "text");
    assert_comes_back(c, KITH_V("2026-11-21"), KITH_T_DATEONLY, "text");
    assert_comes_back(c, KITH_V("09:39:00.000001"), KITH_T_TIME, "text");
    assert_comes_back(c, KITH_V("0f14d0ab-9605-4a62-a9e4-5ed26688389b"), KITH_T_UUID, "text");
    assert_comes_back(c, KITH_V("large"), KITH_T_ENUM, "text");
    assert_comes_back(c, KITH_V("{\"a\": 1}"), KITH_T_JSON, "text");
    assert_comes_back(c, kith_of_bytes("a\0b", 3), KITH_T_BLOB, "blob");
    assert_comes_back(c, kith_of_bytes("", 0), KITH_T_BLOB, "blob");
    for (int type = 0; type < KITH_T_COUNT_; type++)
        assert_comes_back(c, kith_of_null(), type, "null");
    SQLITE.close(c);
}

static void test_driver_sqlite__timestamps_are_sortable_text(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    /* 2026-11-21 09:39:00.123456 UTC */
    kith_value moment = kith_of_timestamp(1795253940123456);
    assert_comes_back(c, moment, KITH_T_DATE, "text");
    assert_comes_back(c, kith_of_timestamp(-1), KITH_T_DATE, "text");
    kith_statement *st = prepare(c, "SELECT ?");
    kith_error err;
    kith_value out;
    bind(st, 0, moment, KITH_T_DATE);
    assert_int_equal(SQLITE.step(st, &err), 1);
    assert_true(SQLITE.columns(st, 0, 1, (const uint8_t[]){ KITH_T_TEXT }, &arena, &out, &err));
    assert_string_equal(out.as.str, "2026-11-21 09:39:00.123456");
    SQLITE.drop(st);
    SQLITE.close(c);
}

static void test_driver_sqlite__many_timestamps_in_one_statement(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    kith_statement *st = prepare(c, "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?");
    kith_error err;
    kith_value out[10];
    uint8_t types[10];
    memset(types, KITH_T_DATE, sizeof types);
    for (int round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 10; i++)
            bind(st, i, kith_of_timestamp((int64_t)i * 1000001 + round), KITH_T_DATE);
        assert_int_equal(SQLITE.step(st, &err), 1);
        assert_true(SQLITE.columns(st, 0, 10, types, &arena, out, &err));
        for (int i = 0; i < 10; i++)
            assert_int_equal(out[i].as.timestamp, (int64_t)i * 1000001 + round);
        SQLITE.finish(st);
    }
    SQLITE.drop(st);
    SQLITE.close(c);
}

static void assert_not_bound(kith_connection *c, kith_value v, const char *words)
{
    kith_statement *st = prepare(c, "SELECT ?, ?");
    kith_error err = { .status = KITH_OK };
    assert_false(SQLITE.bind(st, 1, &v, 0, &err));
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_non_null(strstr(err.message, "value 2"));
    assert_non_null(strstr(err.message, words));
    SQLITE.drop(st);
}

static void test_driver_sqlite__what_cannot_be_stored_is_refused(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    assert_not_bound(c, KITH_V((double)NAN), "not a number");
    assert_not_bound(c, kith_of_timestamp(INT64_MAX), "9999");
    assert_not_bound(c, (kith_value){ 0 }, "no value");
    assert_not_bound(c, kith_of_uint(UINT64_MAX), "out of range");
    assert_not_bound(c, (kith_value){ .kind = KITH_EXPRESSION }, "expression");
    kith_statement *st = prepare(c, "SELECT ?");
    kith_error err;
    kith_value v = KITH_V(1);
    assert_false(SQLITE.bind(st, 1, &v, 0, &err));
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_non_null(strstr(err.message, "no placeholder"));
    SQLITE.drop(st);
    SQLITE.close(c);
}

/* ---- values that others stored -------------------------------------------------------------------------------------- */

static void assert_reads(kith_connection *c, const char *sql, int wanted, kith_value expected)
{
    kith_value v = value_of(c, sql, wanted);
    if (v.kind != expected.kind)
        fail_msg("%s: kind %d", sql, v.kind);
    if (v.kind == KITH_STR || v.kind == KITH_BYTES) {
        assert_int_equal(v.size, expected.size);
        assert_string_equal(v.as.str, expected.as.str);
    } else if (v.kind == KITH_DOUBLE) {
        assert_true(v.as.real == expected.as.real);
    } else {
        assert_true(v.as.integer == expected.as.integer);
    }
}

static void test_driver_sqlite__reads_what_others_stored(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    assert_reads(c, "SELECT 5", 0, KITH_V(5));
    assert_reads(c, "SELECT 1.5", 0, KITH_V(1.5));
    assert_reads(c, "SELECT 'a'", 0, KITH_V("a"));
    assert_reads(c, "SELECT x'6162'", 0, kith_of_bytes("ab", 2));
    assert_reads(c, "SELECT 3.0", KITH_T_INTEGER, KITH_V(3));
    assert_reads(c, "SELECT -9223372036854775808.0", KITH_T_BIGINT, kith_of_int(INT64_MIN));
    assert_reads(c, "SELECT 3", KITH_T_DOUBLE, KITH_V(3.0));
    assert_reads(c, "SELECT 3", KITH_T_DECIMAL, KITH_V("3"));
    assert_reads(c, "SELECT 3.25", KITH_T_DECIMAL, KITH_V("3.25"));
    assert_reads(c, "SELECT 7", KITH_T_JSON, KITH_V("7"));
    assert_reads(c, "SELECT 7", KITH_T_STRING, KITH_V("7"));
    assert_reads(c, "SELECT 'ab'", KITH_T_BLOB, kith_of_bytes("ab", 2));
    assert_reads(c, "SELECT '1970-01-01T01:00:01+01:00'", KITH_T_DATE, kith_of_timestamp(1000000));
    assert_reads(c, "SELECT '1970-01-02'", KITH_T_DATE, kith_of_timestamp(86400000000));
    SQLITE.close(c);
}

static void test_driver_sqlite__numeric_column_of_somebody_else(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    script(c, "CREATE TABLE t (price DECIMAL(10,2), doc JSON); INSERT INTO t VALUES ('12.50', '5')");
    assert_string_equal(text_of(c, "SELECT typeof(price) FROM t"), "real");
    assert_reads(c, "SELECT price FROM t", KITH_T_DECIMAL, KITH_V("12.5"));
    assert_reads(c, "SELECT doc FROM t", KITH_T_JSON, KITH_V("5"));
    SQLITE.close(c);
}

static void assert_unreadable(kith_connection *c, const char *sql, int wanted, const char *held, const char *type)
{
    kith_value out;
    kith_error err = { .status = KITH_OK };
    if (read_as(c, sql, wanted, &out, &err))
        fail_msg("%s was read as %s", sql, type);
    assert_int_equal(err.status, KITH_E_DATABASE);
    if (!strstr(err.message, "\"born\"") || !strstr(err.message, held) || !strstr(err.message, type))
        fail_msg("%s: %s", sql, err.message);
}

static void test_driver_sqlite__unreadable_names_column_content_and_type(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    assert_unreadable(c, "SELECT 'yesterday' AS born", KITH_T_DATE, "the text \"yesterday\"", "DATE");
    assert_unreadable(c, "SELECT 5 AS born", KITH_T_DATE, "the integer 5", "DATE");
    assert_unreadable(c, "SELECT 5 AS born", KITH_T_UUID, "the integer 5", "UUID");
    assert_unreadable(c, "SELECT 5 AS born", KITH_T_BLOB, "the integer 5", "BLOB");
    assert_unreadable(c, "SELECT 2 AS born", KITH_T_BOOLEAN, "the integer 2", "BOOLEAN");
    assert_unreadable(c, "SELECT '1' AS born", KITH_T_BOOLEAN, "the text \"1\"", "BOOLEAN");
    assert_unreadable(c, "SELECT '1' AS born", KITH_T_INTEGER, "the text \"1\"", "INTEGER");
    assert_unreadable(c, "SELECT 1.5 AS born", KITH_T_INTEGER, "the number 1.5", "INTEGER");
    assert_unreadable(c, "SELECT 9223372036854775808.0 AS born", KITH_T_BIGINT, "9.2", "BIGINT");
    assert_unreadable(c, "SELECT 9e999 AS born", KITH_T_DECIMAL, "inf", "DECIMAL");
    assert_unreadable(c, "SELECT 'x' AS born", KITH_T_DOUBLE, "the text \"x\"", "DOUBLE");
    assert_unreadable(c, "SELECT x'00ff00' AS born", KITH_T_TEXT, "a blob of 3 bytes", "TEXT");
    SQLITE.close(c);
}

static void test_driver_sqlite__many_columns_and_some_of_them(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    kith_statement *st = prepare(c, "SELECT 1, 'two', NULL, 4.5");
    kith_error err;
    kith_value out[4];
    const uint8_t types[] = { KITH_T_INTEGER, KITH_T_STRING, KITH_T_DATE, KITH_T_DOUBLE };
    assert_int_equal(SQLITE.step(st, &err), 1);
    assert_true(SQLITE.columns(st, 0, 4, types, &arena, out, &err));
    assert_int_equal(out[0].as.integer, 1);
    assert_string_equal(out[1].as.str, "two");
    assert_int_equal(out[2].kind, KITH_NULL);
    assert_true(out[3].as.real == 4.5);
    assert_true(SQLITE.columns(st, 3, 1, types + 3, &arena, out, &err));
    assert_true(out[0].as.real == 4.5);
    assert_false(SQLITE.columns(st, 3, 2, types, &arena, out, &err));
    assert_int_equal(err.status, KITH_E_DATABASE);
    SQLITE.drop(st);
    SQLITE.close(c);
}

static void test_driver_sqlite__text_of_a_utf16_database(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    script(c, "PRAGMA encoding = 'UTF-16'; CREATE TABLE t (x); INSERT INTO t VALUES ('caf\xc3\xa9')");
    assert_string_equal(text_of(c, "SELECT x FROM t"), "caf\xc3\xa9");
    assert_comes_back(c, KITH_V("caf\xc3\xa9"), KITH_T_TEXT, "text");
    SQLITE.close(c);
}

static void test_driver_sqlite__decimals_sort_as_numbers(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    script(c, "CREATE TABLE t (x TEXT COLLATE kith_decimal); INSERT INTO t VALUES ('10.00'), ('9.50'), ('-3.00')");
    assert_string_equal(text_of(c, "SELECT group_concat(x, ' ') FROM (SELECT x FROM t ORDER BY x)"),
                        "-3.00 9.50 10.00");
    assert_int_equal(int_of(c, "SELECT count(*) FROM t WHERE x = '10.0'"), 1);
    SQLITE.close(c);
}

/* ---- statuses ------------------------------------------------------------------------------------------------------- */

static void assert_constraint(kith_connection *c, const char *sql, kith_status status, int code, const char *constraint)
{
    kith_error err = failure_of(c, sql);
    if (err.status != status || err.driver_code != code || strcmp(err.constraint, constraint) != 0)
        fail_msg("%s: %s, %d, \"%s\": %s", sql, kith_status_name(err.status), err.driver_code, err.constraint,
                 err.message);
}

static void test_driver_sqlite__constraints(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    script(c, "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INT NOT NULL DEFAULT 0, x INT, y INT,"
              " CONSTRAINT small CHECK (b < 10), UNIQUE (x, y));"
              "CREATE TABLE k (id TEXT PRIMARY KEY) WITHOUT ROWID;"
              "CREATE TABLE f (p INT REFERENCES p, r INT REFERENCES p ON DELETE RESTRICT);"
              "INSERT INTO p VALUES (1, 'a', 0, 1, 1), (2, 'b', 0, 2, 2), (3, 'c', 0, 3, 3);"
              "INSERT INTO k VALUES ('a'); INSERT INTO f VALUES (1, NULL), (NULL, 2)");
    assert_constraint(c, "INSERT INTO p (a) VALUES ('a')", KITH_E_UNIQUE, SQLITE_CONSTRAINT_UNIQUE, "p.a");
    assert_constraint(c, "INSERT INTO p (x, y) VALUES (1, 1)", KITH_E_UNIQUE, SQLITE_CONSTRAINT_UNIQUE, "p.x, p.y");
    assert_constraint(c, "INSERT INTO p (id) VALUES (1)", KITH_E_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, "p.id");
    assert_constraint(c, "INSERT INTO k VALUES ('a')", KITH_E_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, "k.id");
    assert_constraint(c, "INSERT INTO p (b) VALUES (NULL)", KITH_E_NOT_NULL, SQLITE_CONSTRAINT_NOTNULL, "p.b");
    assert_constraint(c, "INSERT INTO p (b) VALUES (10)", KITH_E_CHECK, SQLITE_CONSTRAINT_CHECK, "small");
    assert_constraint(c, "INSERT INTO f (p) VALUES (9)", KITH_E_FOREIGN_KEY, SQLITE_CONSTRAINT_FOREIGNKEY, "");
    assert_constraint(c, "DELETE FROM p WHERE id = 1", KITH_E_FOREIGN_KEY, SQLITE_CONSTRAINT_FOREIGNKEY, "");
    kith_error err = failure_of(c, "DELETE FROM p WHERE id = 2");
    assert_int_equal(err.status, KITH_E_FOREIGN_KEY);
    assert_int_equal(int_of(c, "SELECT count(*) FROM p"), 3);
    SQLITE.close(c);
}

static void test_driver_sqlite__trigger_that_raises_is_no_constraint(void **state)
{
    (void)state;
    kith_connection *c = open_memory();
    script(c, "CREATE TABLE t (x); CREATE TRIGGER no BEFORE INSERT ON t BEGIN SELECT RAISE(ABORT, 'not today'); END");
    kith_error err = failure_of(c, "INSERT INTO t VALUES (1)");
    assert_int_equal(err.status, KITH_E_DATABASE);
    assert_string_equal(err.message, "not today");
    assert_string_equal(err.constraint, "");
    SQLITE.close(c);
}

static void test_driver_sqlite__busy(void **state)
{
    (void)state;
    kith_connection *a = open_ok(in_folder("a.db")), *b = open_ok(in_folder("a.db?busy_ms=20"));
    script(a, "BEGIN IMMEDIATE");
    kith_error err = failure_of(b, "BEGIN IMMEDIATE");
    assert_int_equal(err.status, KITH_E_BUSY);
    script(a, "CREATE TABLE t (x); COMMIT; BEGIN; SELECT * FROM t");
    /* What was read is old when another connection has written since. */
    script(b, "INSERT INTO t VALUES (1)");
    err = failure_of(a, "INSERT INTO t VALUES (2)");
    assert_int_equal(err.status, KITH_E_BUSY);
    assert_int_equal(err.driver_code, SQLITE_BUSY_SNAPSHOT);
    SQLITE.close(a);
    SQLITE.close(b);
}

static void test_driver_sqlite__file_that_was_destroyed(void **state)
{
    (void)state;
    char path[256];
    strcpy(path, in_folder("a.db"));
    kith_connection *c = open_ok(path);
    script(c, "CREATE TABLE t (x); CREATE TABLE u (x)");
    SQLITE.close(c);
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    char garbage[4096];
    memset(garbage, 0xee, sizeof garbage);
    assert_int_equal(pwrite(file, garbage, 4096, 4096), 4096);
    close(file);
    c = open_ok(path);
    kith_error err = failure_of(c, "SELECT * FROM t");
    assert_int_equal(err.status, KITH_E_CONNECTION);
    assert_int_equal(err.driver_code & 0xff, SQLITE_CORRUPT);
    SQLITE.close(c);
}

static void test_driver_sqlite__statuses(void **state)
{
    (void)state;
    static const struct {
        int code;
        kith_status status;
    } expected[] = {
        { SQLITE_CONSTRAINT_UNIQUE, KITH_E_UNIQUE },
        { SQLITE_CONSTRAINT_ROWID, KITH_E_UNIQUE },
        { SQLITE_CONSTRAINT_CHECK, KITH_E_CHECK },
        { SQLITE_CONSTRAINT_DATATYPE, KITH_E_CHECK },
        { SQLITE_MISMATCH, KITH_E_CHECK },
        { SQLITE_TOOBIG, KITH_E_CHECK },
        { SQLITE_BUSY, KITH_E_BUSY },
        { SQLITE_BUSY_SNAPSHOT, KITH_E_BUSY },
        { SQLITE_LOCKED_SHAREDCACHE, KITH_E_BUSY },
        { SQLITE_PROTOCOL, KITH_E_BUSY },
        { SQLITE_READONLY_DBMOVED, KITH_E_PERMISSION },
        { SQLITE_AUTH, KITH_E_PERMISSION },
        { SQLITE_IOERR_NOMEM, KITH_E_NO_MEMORY },
        { SQLITE_IOERR_READ, KITH_E_CONNECTION },
        { SQLITE_CANTOPEN_ISDIR, KITH_E_CONNECTION },
        { SQLITE_INTERRUPT, KITH_E_TIMEOUT },
        { SQLITE_FULL, KITH_E_DATABASE },
        { SQLITE_CONSTRAINT_TRIGGER, KITH_E_DATABASE },
        { SQLITE_ERROR, KITH_E_DATABASE },
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (kith__sqlite_status(expected[i].code) != expected[i].status)
            fail_msg("%s (%d)", sqlite3_errstr(expected[i].code), expected[i].code);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_driver_sqlite__one_statement_in_a_text),
        TEST(test_driver_sqlite__counts_changes),
        TEST(test_driver_sqlite__does_not_count_what_cascades),
        TEST(test_driver_sqlite__statement_runs_again_after_finish),
        TEST(test_driver_sqlite__reset_rolls_back),
        TEST(test_driver_sqlite__script),
        TEST(test_driver_sqlite__cancel_stops_a_statement),
        TEST(test_driver_sqlite__values_come_back),
        TEST(test_driver_sqlite__timestamps_are_sortable_text),
        TEST(test_driver_sqlite__many_timestamps_in_one_statement),
        TEST(test_driver_sqlite__what_cannot_be_stored_is_refused),
        TEST(test_driver_sqlite__reads_what_others_stored),
        TEST(test_driver_sqlite__numeric_column_of_somebody_else),
        TEST(test_driver_sqlite__unreadable_names_column_content_and_type),
        TEST(test_driver_sqlite__many_columns_and_some_of_them),
        TEST(test_driver_sqlite__text_of_a_utf16_database),
        TEST(test_driver_sqlite__decimals_sort_as_numbers),
        TEST(test_driver_sqlite__constraints),
        TEST(test_driver_sqlite__trigger_that_raises_is_no_constraint),
        TEST(test_driver_sqlite__busy),
        TEST(test_driver_sqlite__statuses),
        TEST(test_driver_sqlite__file_that_was_destroyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
