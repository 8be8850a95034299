/* The MariaDB driver: values there and back, on a real server. */
#include <float.h>
#include <math.h>

#include "only/mariadb_driver.h"

/* ---- round trips ---------------------------------------------------------------------------------------------------- */

/* One column of a type, a statement that fills it and one that reads it. */
struct trip {
    kith_connection *c;
    kith_statement *insert, *select;
    int type;
};

static struct trip start_trip(const char *column_type, int type)
{
    struct trip t = { .c = open_ok(), .type = type };
    char sql[256];
    snprintf(sql, sizeof sql, "CREATE OR REPLACE TABLE t (v %s) CHARSET utf8mb4 COLLATE utf8mb4_nopad_bin",
             column_type);
    script(t.c, sql);
    t.insert = prepare(t.c, "INSERT INTO t VALUES (?)");
    t.select = prepare(t.c, "SELECT v, v = ? FROM t");
    return t;
}

static void end_trip(struct trip *t)
{
    MARIADB.drop(t->insert);
    MARIADB.drop(t->select);
    MARIADB.close(t->c);
}

/* Stores the value alone in the table, and reads it and whether it equals itself there. */
static kith_value send(struct trip *t, kith_value v)
{
    script(t->c, "DELETE FROM t");
    bind(t->insert, 0, v, t->type);
    assert_int_equal(step(t->insert), 0);
    assert_int_equal(MARIADB.affected(t->insert), 1);
    MARIADB.finish(t->insert);
    bind(t->select, 0, v, t->type);
    assert_int_equal(step(t->select), 1);
    kith_value back = column(t->select, 0, t->type);
    if (v.kind != KITH_NULL)
        assert_int_equal(column(t->select, 1, KITH_T_BOOLEAN).as.boolean, true);
    assert_int_equal(step(t->select), 0);
    MARIADB.finish(t->select);
    return back;
}

static void expect_trip(struct trip *t, kith_value v)
{
    kith_value back = send(t, v);
    assert_int_equal(back.kind, v.kind);
    if (v.kind != KITH_STR && v.kind != KITH_BYTES) {
        if (v.kind == KITH_BOOL)
            assert_int_equal(back.as.boolean, v.as.boolean);
        else
            assert_int_equal(back.as.integer, v.as.integer); /* all others by their 64 bits */
        return;
    }
    assert_int_equal(back.size, v.size);
    assert_memory_equal(back.as.str, v.as.str, v.size);
    assert_int_equal(back.as.str[back.size], '\0');
}

static void test_only_mariadb__integers(void **state)
{
    (void)state;
    static const int64_t numbers[] = { 0, 1, -1, INT32_MIN, INT32_MAX };
    struct trip t = start_trip("INT", KITH_T_INTEGER);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        expect_trip(&t, kith_of_int(numbers[i]));
    expect_trip(&t, kith_of_null());
    end_trip(&t);
    static const int64_t bigs[] = { 0, INT64_MIN, INT64_MAX, INT64_MIN + 1, INT64_C(9007199254740993) };
    t = start_trip("BIGINT", KITH_T_BIGINT);
    for (size_t i = 0; i < sizeof bigs / sizeof bigs[0]; i++)
        expect_trip(&t, kith_of_int(bigs[i]));
    expect_trip(&t, kith_of_null());
    end_trip(&t);
    t = start_trip("BIGINT UNSIGNED", KITH_T_BIGINT);
    expect_trip(&t, kith_of_int(0));
    expect_trip(&t, kith_of_int(INT64_MAX));
    end_trip(&t);
}

static void test_only_mariadb__what_does_not_fit_is_refused(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "CREATE TABLE t (i INT, u INT UNSIGNED, s VARCHAR(3), d DECIMAL(3, 1), e ENUM('a', 'b'), dt DATE) "
              "CHARSET utf8mb4");
    static const char *const refused[][2] = {
        /* the server does not always name the column */
        { "INSERT INTO t (i) VALUES (2147483648)", "i" },   { "INSERT INTO t (u) VALUES (-1)", "u" },
        { "INSERT INTO t (s) VALUES ('abcd')", "s" },       { "INSERT INTO t (d) VALUES (100)", "d" },
        { "INSERT INTO t (e) VALUES ('c')", "e" },          { "INSERT INTO t (e) VALUES ('')", "e" },
        { "INSERT INTO t (i) VALUES ('1x')", "i" },         { "INSERT INTO t (dt) VALUES ('2026-02-30')", "" },
        { "INSERT INTO t (dt) VALUES ('0000-00-00')", "" }, { "INSERT INTO t (s) VALUES (x'ff')", "" },
    };
    script(c, "INSERT INTO t (i) VALUES (1)");
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        expect_failure(c, refused[i][0], KITH_E_CHECK, refused[i][1]);
    expect_failure(c, "UPDATE t SET i = 1 / 0", KITH_E_DATABASE, "");
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 1);
    MARIADB.close(c);
}

static void test_only_mariadb__booleans(void **state)
{
    (void)state;
    struct trip t = start_trip("BOOLEAN", KITH_T_BOOLEAN);
    expect_trip(&t, kith_of_bool(true));
    expect_trip(&t, kith_of_bool(false));
    expect_trip(&t, kith_of_null());
    assert_int_equal(value_of(t.c, "SELECT 1 = 1", KITH_T_BOOLEAN).as.boolean, true);
    assert_int_equal(value_of(t.c, "SELECT TRUE", 0).kind, KITH_INT);
    expect_unreadable(t.c, "SELECT 2 AS odd", KITH_T_BOOLEAN, "the column \"odd\" holds the integer 2");
    script(t.c, "CREATE TABLE bits (one BIT(1), many BIT(64)); INSERT INTO bits VALUES (1, 258)");
    assert_int_equal(value_of(t.c, "SELECT one FROM bits", KITH_T_BOOLEAN).as.boolean, true);
    assert_int_equal(value_of(t.c, "SELECT many FROM bits", 0).as.integer, 258);
    script(t.c, "UPDATE bits SET many = ~0");
    expect_unreadable(t.c, "SELECT many FROM bits", KITH_T_BIGINT, "\"many\"");
    end_trip(&t);
}

static void test_only_mariadb__doubles(void **state)
{
    (void)state;
    static const double numbers[] = { 0.0, 0.1, -1.5, DBL_MAX, -DBL_MAX, DBL_MIN, 4.9406564584124654e-324, 1e22 };
    struct trip t = start_trip("DOUBLE", KITH_T_DOUBLE);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        expect_trip(&t, kith_of_double(numbers[i]));
    expect_trip(&t, kith_of_null());
    static const double none[] = { NAN, INFINITY, -INFINITY };
    for (size_t i = 0; i < 3; i++) {
        kith_value v = kith_of_double(none[i]);
        kith_error err;
        assert_false(MARIADB.bind(t.insert, 0, &v, KITH_T_DOUBLE, &err));
        assert_int_equal(err.status, KITH_E_USAGE);
    }
    end_trip(&t);
}

static void test_only_mariadb__decimals_are_exact(void **state)
{
    (void)state;
    static const char *const numbers[] = {
        "0.0000000000",
        "-0.0000000001",
        "1.5000000000",
        "9999999999999999999999999999.9999999999",
        "-9999999999999999999999999999.9999999999",
        "12345678901234567890.0000000001",
    };
    struct trip t = start_trip("DECIMAL(38, 10)", KITH_T_DECIMAL);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        expect_trip(&t, kith_of_str(numbers[i]));
    expect_trip(&t, kith_of_null());
    /* Compared as decimals: as doubles the two would be equal. */
    send(&t, kith_of_str("12345678901234567890.0000000001"));
    bind(t.select, 0, KITH_V("12345678901234567890.0000000002"), KITH_T_DECIMAL);
    assert_int_equal(step(t.select), 1);
    assert_int_equal(column(t.select, 1, KITH_T_BOOLEAN).as.boolean, false);
    MARIADB.finish(t.select);
    end_trip(&t);
}

static void test_only_mariadb__texts(void **state)
{
    (void)state;
    struct trip t = start_trip("LONGTEXT", KITH_T_TEXT);
    expect_trip(&t, kith_of_str(""));
    expect_trip(&t, kith_of_str(" "));
    expect_trip(&t, kith_of_str("it's \"x\" \\ % _ `y` ?"));
    expect_trip(&t, kith_of_str("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xb6"));
    expect_trip(&t, kith_of_text("a\0b", 3));
    expect_trip(&t, kith_of_null());
    end_trip(&t);
    t = start_trip("VARCHAR(255)", KITH_T_STRING);
    expect_trip(&t, kith_of_str(""));
    expect_trip(&t, kith_of_str("trailing  "));
    end_trip(&t);
    t = start_trip("ENUM('small', 'LARGE')", KITH_T_ENUM);
    expect_trip(&t, kith_of_str("small"));
    expect_trip(&t, kith_of_str("LARGE"));
    expect_trip(&t, kith_of_null());
    end_trip(&t);
    t = start_trip("JSON", KITH_T_JSON);
    expect_trip(&t, kith_of_str("{\"b\": [1, 2.50, null], \"a\": \"\\u00fc\"}"));
    expect_trip(&t, kith_of_str("null"));
    expect_trip(&t, kith_of_null());
    end_trip(&t);
    t = start_trip("CHAR(36) CHARACTER SET ascii COLLATE ascii_bin", KITH_T_UUID);
    expect_trip(&t, kith_of_str("00112233-4455-6677-8899-aabbccddeeff"));
    end_trip(&t);
}

static void test_only_mariadb__letters_and_blanks_count(void **state)
{
    (void)state;
    struct trip t = start_trip("VARCHAR(20)", KITH_T_STRING);
    static const char *const others[] = { "ann", "Ann ", "\xc3\x84nn", "Ann\n" };
    send(&t, KITH_V("Ann"));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        bind(t.select, 0, kith_of_str(others[i]), KITH_T_STRING);
        assert_int_equal(step(t.select), 1);
        assert_int_equal(column(t.select, 1, KITH_T_BOOLEAN).as.boolean, false);
        MARIADB.finish(t.select);
    }
    assert_int_equal(int_of(t.c, "SELECT 'a' = 'A' OR 'a' = 'a ' OR 'a' = '\xc3\xa4'"), 0);
    assert_int_equal(int_of(t.c, "SELECT 'Z' < 'a'"), 1);
    end_trip(&t);
}

static void test_only_mariadb__bytes(void **state)
{
    (void)state;
    unsigned char all[256];
    for (unsigned i = 0; i < sizeof all; i++)
        all[i] = (unsigned char)i;
    struct trip t = start_trip("LONGBLOB", KITH_T_BLOB);
    expect_trip(&t, kith_of_bytes(all, sizeof all));
    expect_trip(&t, kith_of_bytes("", 0));
    expect_trip(&t, kith_of_bytes("\0\0", 2));
    expect_trip(&t, kith_of_null());
    assert_int_equal(value_of(t.c, "SELECT x'00ff'", 0).kind, KITH_BYTES);
    expect_unreadable(t.c, "SELECT x'00ff' AS raw", KITH_T_TEXT, "the column \"raw\" holds 2 bytes");
    end_trip(&t);
}

/* Larger than any buffer on the way, and the server's packets. */
static void test_only_mariadb__large_values(void **state)
{
    (void)state;
    enum { SIZE = 5 << 20 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    for (size_t i = 0; i < SIZE; i++)
        text[i] = (char)('a' + i * 7919 % 26);
    struct trip t = start_trip("LONGTEXT", KITH_T_TEXT);
    expect_trip(&t, kith_of_text(text, SIZE));
    end_trip(&t);
    t = start_trip("LONGBLOB", KITH_T_BLOB);
    expect_trip(&t, kith_of_bytes(text, SIZE));
    end_trip(&t);
    free(text);
}

/* The server would hang up, and the connection look broken. */
static void test_only_mariadb__too_large_for_the_server(void **state)
{
    (void)state;
    struct trip t = start_trip("LONGTEXT", KITH_T_TEXT);
    size_t most = (size_t)int_of(t.c, "SELECT @@max_allowed_packet");
    char *text = malloc(most + 1);
    assert_non_null(text);
    memset(text, 'x', most);
    text[most] = '\0';
    kith_value v = kith_of_text(text, most);
    kith_error err;
    assert_true(MARIADB.bind(t.insert, 0, &v, KITH_T_TEXT, &err));
    assert_int_equal(MARIADB.step(t.insert, &err), -1);
    assert_int_equal(err.status, KITH_E_DATABASE);
    assert_non_null(strstr(err.message, "max_allowed_packet"));
    MARIADB.finish(t.insert);
    assert_null(MARIADB.prepare(t.c, text, most, &err));
    assert_non_null(strstr(err.message, "max_allowed_packet"));
    assert_false(MARIADB.script(t.c, text, &err));
    assert_non_null(strstr(err.message, "max_allowed_packet"));
    expect_trip(&t, kith_of_text(text, most - 1000));
    free(text);
    end_trip(&t);
}

static void test_only_mariadb__moments(void **state)
{
    (void)state;
    struct trip t = start_trip("DATETIME(6)", KITH_T_DATE);
    expect_trip(&t, kith_of_timestamp(0));
    expect_trip(&t, kith_of_timestamp(-1));
    expect_trip(&t, kith_of_timestamp(INT64_C(1795253940123456)));
    expect_trip(&t, kith_of_timestamp(INT64_C(-62135596800000000))); /* 0001-01-01 */
    expect_trip(&t, kith_of_timestamp(INT64_C(253402300799999999))); /* 9999-12-31 23:59:59.999999 */
    expect_trip(&t, kith_of_null());
    send(&t, kith_of_timestamp(INT64_C(951782399000001)));
    assert_string_equal(text_as(t.c, "SELECT CAST(v AS CHAR) FROM t", KITH_T_TEXT), "2000-02-28 23:59:59.000001");
    assert_string_equal(text_as(t.c, "SELECT v FROM t", KITH_T_TEXT), "2000-02-28 23:59:59.000001");
    assert_int_equal(value_of(t.c, "SELECT v FROM t", 0).kind, KITH_TIMESTAMP);
    assert_int_equal(value_of(t.c, "SELECT '1970-01-01T00:00:01Z'", KITH_T_DATE).as.timestamp, 1000000);
    expect_unreadable(t.c, "SELECT 'soon' AS w", KITH_T_DATE, "the column \"w\" holds the text \"soon\"");
    kith_value beyond = kith_of_timestamp(INT64_C(253402300800000000));
    kith_error err;
    assert_false(MARIADB.bind(t.insert, 0, &beyond, KITH_T_DATE, &err));
    assert_int_equal(err.status, KITH_E_USAGE);
    end_trip(&t);
    t = start_trip("TIMESTAMP(6)", KITH_T_DATE); /* its text depends on the session's zone */
    expect_trip(&t, kith_of_timestamp(INT64_C(1795253940123456)));
    assert_string_equal(text_as(t.c, "SELECT CAST(v AS CHAR) FROM t", KITH_T_TEXT), "2026-11-21 09:39:00.123456");
    end_trip(&t);
}

static void test_only_mariadb__days_and_times(void **state)
{
    (void)state;
    struct trip t = start_trip("DATE", KITH_T_DATEONLY);
    expect_trip(&t, kith_of_str("0001-01-01"));
    expect_trip(&t, kith_of_str("2024-02-29"));
    expect_trip(&t, kith_of_str("9999-12-31"));
    expect_trip(&t, kith_of_null());
    send(&t, KITH_V("1970-01-02"));
    assert_int_equal(value_of(t.c, "SELECT v FROM t", KITH_T_DATE).as.timestamp, INT64_C(86400000000));
    script(t.c, "SET sql_mode = ''; UPDATE t SET v = '0000-00-00'");
    expect_unreadable(t.c, "SELECT v FROM t", KITH_T_DATEONLY, "the column \"v\" holds 0000-00-00");
    expect_unreadable(t.c, "SELECT v FROM t", KITH_T_DATE, "0000-00-00");
    assert_string_equal(text_as(t.c, "SELECT v FROM t", KITH_T_TEXT), "0000-00-00");
    end_trip(&t);
    t = start_trip("TIME(6)", KITH_T_TIME);
    expect_trip(&t, kith_of_str("00:00:00"));
    expect_trip(&t, kith_of_str("09:39:00.000001"));
    expect_trip(&t, kith_of_str("23:59:59.999999"));
    expect_trip(&t, kith_of_null());
    script(t.c, "DELETE FROM t; INSERT INTO t VALUES ('-838:59:59')");
    expect_unreadable(t.c, "SELECT v FROM t", KITH_T_TIME, "-838:59:59");
    assert_string_equal(text_as(t.c, "SELECT v FROM t", KITH_T_TEXT), "-838:59:59");
    end_trip(&t);
}

/* ---- other types ---------------------------------------------------------------------------------------------------- */

static void test_only_mariadb__numbers_beyond_64_bits(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "CREATE TABLE t (big BIGINT UNSIGNED); INSERT INTO t VALUES (18446744073709551615)");
    expect_unreadable(c, "SELECT big FROM t", KITH_T_BIGINT,
                      "the column \"big\" holds the integer 18446744073709551615");
    expect_unreadable(c, "SELECT big FROM t", 0, "\"big\"");
    expect_unreadable(c, "SELECT big FROM t", KITH_T_BOOLEAN, "\"big\"");
    assert_string_equal(text_as(c, "SELECT big FROM t", KITH_T_DECIMAL), "18446744073709551615");
    assert_true(value_of(c, "SELECT big FROM t", KITH_T_DOUBLE).as.real == 18446744073709551615.0);
    /* A sum is a DECIMAL to the server. */
    script(c, "CREATE TABLE n (i BIGINT); INSERT INTO n VALUES (9223372036854775806), (1)");
    assert_int_equal(int_of(c, "SELECT sum(i) FROM n"), INT64_MAX);
    script(c, "INSERT INTO n VALUES (1)");
    expect_unreadable(c, "SELECT sum(i) AS s FROM n", KITH_T_BIGINT, "\"s\" holds the number 9223372036854775808");
    assert_string_equal(text_as(c, "SELECT sum(i) FROM n", 0), "9223372036854775808");
    assert_int_equal(int_of(c, "SELECT -12.000"), -12);
    expect_unreadable(c, "SELECT 0.5", KITH_T_BIGINT, "0.5");
    expect_unreadable(c, "SELECT 1e30", KITH_T_BIGINT, "1e+30");
    assert_int_equal(int_of(c, "SELECT 4e3"), 4000);
    assert_true(value_of(c, "SELECT avg(i) FROM (SELECT 1 AS i UNION ALL SELECT 2) x", KITH_T_DOUBLE).as.real == 1.5);
    assert_int_equal(value_of(c, "SELECT sum(i = 1) > 0 FROM n", KITH_T_BOOLEAN).as.boolean, true);
    MARIADB.close(c);
}

static void test_only_mariadb__wrong_types_are_told(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    expect_unreadable(c, "SELECT 'x' AS a", KITH_T_INTEGER, "the column \"a\" holds the text \"x\"");
    expect_unreadable(c, "SELECT '1' AS a", KITH_T_DOUBLE, "which cannot be read as DOUBLE");
    expect_unreadable(c, "SELECT 1 AS a", KITH_T_BLOB, "the integer 1");
    expect_unreadable(c, "SELECT 1.5e0 AS a", KITH_T_TEXT, "the number 1.5");
    expect_unreadable(c, "SELECT 1 AS a", KITH_T_DATE, "the integer 1");
    expect_unreadable(c, "SELECT CURRENT_TIME AS a", KITH_T_DATE, "\"a\"");
    expect_unreadable(c, "SELECT CURRENT_TIMESTAMP AS a", KITH_T_DATEONLY, "\"a\"");
    expect_unreadable(c, "SELECT repeat('\xc3\xbc', 4000) AS a", KITH_T_INTEGER, "\xc3\xbc\"");
    MARIADB.close(c);
}

/* The server has these since 10.7 and 10.5. */
static void test_only_mariadb__uuid_type(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "CREATE TABLE t (u UUID, a INET6); INSERT INTO t VALUES ('00112233-4455-6677-8899-AABBCCDDEEFF', '::1')");
    assert_string_equal(text_as(c, "SELECT u FROM t", KITH_T_UUID), "00112233-4455-6677-8899-aabbccddeeff");
    assert_string_equal(text_as(c, "SELECT u FROM t", 0), "00112233-4455-6677-8899-aabbccddeeff");
    assert_string_equal(text_as(c, "SELECT a FROM t", KITH_T_TEXT), "::1");
    MARIADB.close(c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_only_mariadb__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(integers),
        TEST(what_does_not_fit_is_refused),
        TEST(booleans),
        TEST(doubles),
        TEST(decimals_are_exact),
        TEST(texts),
        TEST(bytes),
        TEST(letters_and_blanks_count),
        TEST(large_values),
        TEST(too_large_for_the_server),
        TEST(moments),
        TEST(days_and_times),
        TEST(numbers_beyond_64_bits),
        TEST(wrong_types_are_told),
        TEST(uuid_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
