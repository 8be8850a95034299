/* The PostgreSQL driver against a real server: `tools/with-servers postgres -- …` gives one in KITH_TEST_POSTGRES. */
#include <math.h>
#include <unistd.h>

#include "only/postgres_driver.h"

/* ---- helpers ------------------------------------------------------------------------------------------------------- */

static void expect_same(kith_value got, kith_value expected)
{
    assert_int_equal(got.kind, expected.kind);
    switch (expected.kind) {
    case KITH_NULL: break;
    case KITH_BOOL: assert_int_equal(got.as.boolean, expected.as.boolean); break;
    case KITH_DOUBLE: assert_memory_equal(&got.as.real, &expected.as.real, sizeof(double)); break;
    case KITH_STR:
    case KITH_BYTES:
        if (got.size != expected.size || memcmp(got.as.bytes, expected.as.bytes, got.size) != 0)
            fail_msg("'%.60s' is not '%.60s'", got.as.str, expected.as.str);
        assert_int_equal(got.as.str[got.size], '\0');
        break;
    default: assert_int_equal(got.as.integer, expected.as.integer);
    }
}

/* The one column of one row: three times, for the first time is text and the others are binary. */
static void expect_column(kith_connection *c, const char *sql, int wanted, kith_value expected)
{
    kith_statement *st = prepare(c, sql);
    for (int i = 0; i < 3; i++) {
        must_step(st, 1);
        expect_same(column(st, 0, wanted), expected);
        must_step(st, 0);
        PG.finish(st);
    }
    PG.drop(st);
}

static void expect_text(kith_connection *c, const char *sql, const char *expected)
{
    expect_column(c, sql, KITH_T_TEXT, kith_of_str(expected));
}

/* The column cannot be read as that: the same message in text and in binary. */
static void expect_unreadable(kith_connection *c, const char *sql, int wanted, const char *part)
{
    kith_statement *st = prepare(c, sql);
    uint8_t type = (uint8_t)wanted;
    for (int i = 0; i < 3; i++) {
        kith_value out;
        kith_error err;
        must_step(st, 1);
        assert_false(PG.columns(st, 0, 1, &type, &arena, &out, &err));
        assert_int_equal(err.status, KITH_E_DATABASE);
        if (!strstr(err.message, part) || !strstr(err.message, "\"x\""))
            fail_msg("%s", err.message);
        PG.finish(st);
    }
    PG.drop(st);
}

/* ---- opening -------------------------------------------------------------------------------------------------------- */

static void test_driver_postgres__session_is_set_up(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    expect_text(c, "SHOW TimeZone", "UTC");
    expect_text(c, "SHOW DateStyle", "ISO, MDY");
    expect_text(c, "SHOW client_encoding", "UTF8");
    expect_text(c, "SHOW standard_conforming_strings", "on");
    expect_text(c, "SHOW lock_timeout", "2s");
    expect_text(c, "SHOW application_name", "kith");
    PG.close(c);
}

static void test_driver_postgres__options_of_libpq(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server_with("application_name=tests&options=-c%20work_mem%3D5MB"));
    expect_text(c, "SHOW application_name", "tests");
    expect_text(c, "SHOW work_mem", "5MB");
    PG.close(c);
    c = open_ok(server_with("prepare=off&application_name=second"));
    expect_text(c, "SHOW application_name", "second");
    expect_text(c, "SHOW TimeZone", "UTC");
    PG.close(c);
    c = open_ok(server_with("application_name=third&prepare=on"));
    expect_text(c, "SHOW application_name", "third");
    PG.close(c);
}

/* "host=… dbname=…", libpq's other form. */
static void test_driver_postgres__conninfo_of_words(void **state)
{
    (void)state;
    char location[512], port[16];
    const char *at = strchr(server(), '@');
    assert_int_equal(sscanf(at, "@127.0.0.1:%15[0-9]", port), 1);
    snprintf(location, sizeof location, "host=127.0.0.1 port=%s user=kith password='kith:te/st@1' dbname=kith", port);
    kith_connection *c = open_ok(location);
    expect_text(c, "SELECT current_user::text", "kith");
    PG.close(c);
}

static void test_driver_postgres__refusals(void **state)
{
    (void)state;
    char location[512];
    const char *host = strchr(server(), '@') + 1;

    snprintf(location, sizeof location, "//kith:hunter2@%s", host);
    kith_error err = refusal_of(location);
    assert_int_equal(err.status, KITH_E_PERMISSION);
    assert_non_null(strstr(err.message, "authentication"));
    assert_null(strstr(err.message, "hunter2"));
    assert_null(strchr(err.message, '\n'));

    snprintf(location, sizeof location, "//kith@%s", host);
    assert_int_equal(refusal_of(location).status, KITH_E_PERMISSION); /* no password */

    snprintf(location, sizeof location, "%s_is_not_there", server());
    err = refusal_of(location);
    assert_int_equal(err.status, KITH_E_CONNECTION);
    assert_non_null(strstr(err.message, "kith_is_not_there"));

    err = refusal_of("//kith:hunter2@127.0.0.1:1/kith");
    assert_int_equal(err.status, KITH_E_CONNECTION);
    assert_null(strstr(err.message, "hunter2"));
}

static void test_driver_postgres__urls_that_make_no_sense(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "//kith:hunter2%zz@localhost/kith",
        "//kith:hunter2@localhost/kith?sslmod=require",
        "//kith:hunter2@[::1/kith",
        "//kith:hunter2@localhost/kith?hunter2",
        "//kith:hunter2@hunter2@localhost/kith",
        "//kith:hun/hunter2@localhost/kith",
        "//kith:hun?hun/hunter2@localhost/kith",
        "//kith:hunter2@localhost/kith?prepare=hunter2",
        "host=localhost password=hunter2 hunter2",
        "hunter2",
        "host=localhost password='hunter2",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        kith_error err = refusal_of(wrong[i]);
        if (err.status != KITH_E_USAGE || strstr(err.message, "hun") || !*err.message)
            fail_msg("%s: %s: %s", wrong[i], kith_status_name(err.status), err.message);
    }
    assert_non_null(strstr(refusal_of(wrong[1]).message, "sslmod"));
    assert_non_null(strstr(refusal_of(wrong[7]).message, "prepare"));
}

/* ---- values --------------------------------------------------------------------------------------------------------- */

/* What is bound comes back, in a statement that says its type and in a column. */
static void round_trip(kith_connection *c, const char *pg_type, int type, kith_value v)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT $1::%s", pg_type);
    kith_statement *st = prepare(c, sql);
    for (int i = 0; i < 3; i++) {
        bind(st, 0, v, type);
        must_step(st, 1);
        expect_same(column(st, 0, type), v);
        PG.finish(st);
        bind(st, 0, kith_of_null(), type);
        must_step(st, 1);
        expect_same(column(st, 0, type), kith_of_null());
        PG.finish(st);
    }
    PG.drop(st);
}

static void test_driver_postgres__numbers_there_and_back(void **state)
{
    (void)state;
    static const int64_t integers[] = { 0, 1, -1, 127, 128, 255, 256, 65535, INT32_MIN, INT32_MAX };
    static const int64_t large[] = { INT64_MIN, INT64_MAX, INT64_C(4294967296), INT64_C(-4294967297) };
    static const double doubles[] = { 0.0,      -0.0,      1.0,       0.1,
                                      -1.5,     1e300,     5e-324,    1.7976931348623157e308,
                                      INFINITY, -INFINITY, 1.0 / 3.0, 9007199254740993.0 };
    kith_connection *c = open_ok(server());
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        round_trip(c, "int4", KITH_T_INTEGER, kith_of_int(integers[i]));
        round_trip(c, "int8", KITH_T_BIGINT, kith_of_int(integers[i]));
    }
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        round_trip(c, "int8", KITH_T_BIGINT, kith_of_int(large[i]));
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
        round_trip(c, "float8", KITH_T_DOUBLE, kith_of_double(doubles[i]));
    round_trip(c, "bool", KITH_T_BOOLEAN, kith_of_bool(true));
    round_trip(c, "bool", KITH_T_BOOLEAN, kith_of_bool(false));
    PG.close(c);
}

static void test_driver_postgres__decimals_there_and_back(void **state)
{
    (void)state;
    static const char *const decimals[] = {
        "0",
        "1",
        "-1",
        "9999",
        "10000",
        "10001",
        "100000000",
        "0.1",
        "0.0001",
        "0.00001",
        "-0.00000001",
        "0.12345678",
        "1.50",
        "1.00",
        "0.00",
        "-12.50",
        "9999.9999",
        "10000.0001",
        "123456789012345678901234567890.123456789",
        "99999999999999999999999999999999999999999999999999999999999999999",
        "0.00000000000000000000000000000000000000000000000000000000000000001",
    };
    kith_connection *c = open_ok(server());
    for (size_t i = 0; i < sizeof decimals / sizeof *decimals; i++)
        round_trip(c, "numeric", KITH_T_DECIMAL, kith_of_str(decimals[i]));
    expect_text(c, "SELECT 'NaN'::numeric", "NaN");
    expect_text(c, "SELECT '-Infinity'::numeric", "-Infinity");
    expect_text(c, "SELECT 1e40::numeric", "10000000000000000000000000000000000000000");
    PG.close(c);
}

static void test_driver_postgres__text_there_and_back(void **state)
{
    (void)state;
    static const char unended[] = { 'a', 'b', 'c' };
    static const struct {
        const char *pg_type;
        int type;
        const char *text;
    } cases[] = {
        { "text", KITH_T_TEXT, "" },
        { "text", KITH_T_TEXT, "'; DROP TABLE pugs; --\\'\"" },
        { "varchar(10)", KITH_T_STRING, "Z\xC3\xBCrich \xF0\x9F\x90\xB6" },
        { "char(5)", KITH_T_STRING, "ab   " },
        { "uuid", KITH_T_UUID, "0f8fad5b-d9cb-469f-a165-70867728950e" },
        { "uuid", KITH_T_UUID, "ffffffff-ffff-ffff-ffff-ffffffffffff" },
        { "date", KITH_T_DATEONLY, "2026-11-21" },
        { "date", KITH_T_DATEONLY, "0001-01-01" },
        { "date", KITH_T_DATEONLY, "9999-12-31" },
        { "date", KITH_T_DATEONLY, "1999-12-31" },
        { "time", KITH_T_TIME, "00:00:00" },
        { "time", KITH_T_TIME, "23:59:59.999999" },
        { "time", KITH_T_TIME, "09:39:00.100000" },
        { "time", KITH_T_TIME, "24:00:00" },
        { "json", KITH_T_JSON, "{\"b\": 1, \"a\":[null, \"\\u00e4\"]}" },
        { "jsonb", KITH_T_JSON, "{\"a\": 1}" },
        { "jsonb", KITH_T_JSON, "\"\"" },
        { "name", KITH_T_TEXT, "kith" },
    };
    kith_connection *c = open_ok(server());
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        round_trip(c, cases[i].pg_type, cases[i].type, kith_of_str(cases[i].text));
    round_trip(c, "text", KITH_T_TEXT, kith_of_text(unended, sizeof unended));
    PG.close(c);
}

static void test_driver_postgres__bytes_there_and_back(void **state)
{
    (void)state;
    uint8_t all[256];
    for (unsigned i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    kith_connection *c = open_ok(server());
    round_trip(c, "bytea", KITH_T_BLOB, kith_of_bytes("", 0));
    round_trip(c, "bytea", KITH_T_BLOB, kith_of_bytes(all, sizeof all));
    round_trip(c, "bytea", 0, kith_of_bytes(all, sizeof all));
    script(c, "SET bytea_output = 'escape'");
    round_trip(c, "bytea", KITH_T_BLOB, kith_of_bytes(all, sizeof all));
    PG.close(c);
}

static void test_driver_postgres__large_values(void **state)
{
    (void)state;
    enum { SIZE = 16 * 1024 * 1024 };
    char *large = malloc(SIZE);
    assert_non_null(large);
    memset(large, 'x', SIZE);
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare(c, "SELECT $1::text, $2::bytea");
    for (int i = 0; i < 2; i++) {
        bind(st, 0, kith_of_text(large, SIZE), KITH_T_TEXT);
        bind(st, 1, kith_of_bytes(large, SIZE), KITH_T_BLOB);
        must_step(st, 1);
        expect_same(column(st, 0, KITH_T_TEXT), kith_of_text(large, SIZE));
        expect_same(column(st, 1, KITH_T_BLOB), kith_of_bytes(large, SIZE));
        PG.finish(st);
        assert_true(heap.live_bytes < SIZE); /* the room for it is not kept */
    }
    PG.drop(st);
    PG.close(c);
    free(large);
}

static void test_driver_postgres__moments_there_and_back(void **state)
{
    (void)state;
    static const int64_t moments[] = {
        0,
        1,
        -1,
        INT64_C(946684800000000),
        INT64_C(946684799999999),
        INT64_C(1795253940123456),
        INT64_C(-62135596800000000), /* 0001-01-01 */
        INT64_C(253402300799999999), /* 9999-12-31T23:59:59.999999 */
    };
    kith_connection *c = open_ok(server());
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        round_trip(c, "timestamptz", KITH_T_DATE, kith_of_timestamp(moments[i]));
        round_trip(c, "timestamp", KITH_T_DATE, kith_of_timestamp(moments[i])); /* UTC as well */
        round_trip(c, "timestamptz", 0, kith_of_timestamp(moments[i]));
    }
    expect_column(c, "SELECT '2026-11-21 15:24:00+05:45'::timestamptz", KITH_T_DATE,
                  kith_of_timestamp(INT64_C(1795253940000000)));
    expect_text(c, "SELECT '2026-11-21 09:39:00'::timestamp", "2026-11-21 09:39:00.000000");
    expect_column(c, "SELECT '2026-11-21'::date", KITH_T_DATE, kith_of_timestamp(INT64_C(1795219200000000)));
    PG.close(c);
}

static void test_driver_postgres__values_that_cannot_be_stored(void **state)
{
    (void)state;
    kith_error err;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare(c, "SELECT $1, $2");
    kith_value v = kith_of_text("a\0b", 3);
    assert_false(PG.bind(st, 1, &v, KITH_T_TEXT, &err));
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_non_null(strstr(err.message, "value 2"));
    assert_non_null(strstr(err.message, "NUL"));
    v = kith_of_timestamp(INT64_C(253402300800000000));
    assert_false(PG.bind(st, 0, &v, KITH_T_DATE, &err));
    assert_non_null(strstr(err.message, "years"));
    v = kith_of_timestamp(INT64_MIN);
    assert_false(PG.bind(st, 0, &v, KITH_T_DATE, &err));
    v = (kith_value){ .kind = KITH_ABSENT };
    assert_false(PG.bind(st, 0, &v, KITH_T_DATE, &err));
    PG.finish(st);
    PG.drop(st);
    PG.close(c);
}

/* Values without a declared type: what the server makes of them. */
static void test_driver_postgres__values_of_unknown_type(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare(c, "SELECT left('Kathmandu', $1), $2::uuid = $3, $4 > current_date, $5, $6");
    for (int i = 0; i < 3; i++) {
        bind(st, 0, kith_of_int(4), 0);
        bind(st, 1, kith_of_str("0F8FAD5B-D9CB-469F-A165-70867728950E"), 0);
        bind(st, 2, kith_of_str("0f8fad5b-d9cb-469f-a165-70867728950e"), 0);
        bind(st, 3, kith_of_str("9999-01-01"), 0);
        bind(st, 4, kith_of_bool(true), 0);
        bind(st, 5, kith_of_double(2.5), 0);
        must_step(st, 1);
        expect_same(column(st, 0, 0), kith_of_str("Kath"));
        expect_same(column(st, 1, 0), kith_of_bool(true));
        expect_same(column(st, 2, 0), kith_of_bool(true));
        expect_same(column(st, 3, 0), kith_of_bool(true));
        expect_same(column(st, 4, 0), kith_of_double(2.5));
        PG.finish(st);
    }
    PG.drop(st);
    PG.close(c);
}

static void test_driver_postgres__columns_as_they_are(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    expect_column(c, "SELECT true", 0, kith_of_bool(true));
    expect_column(c, "SELECT 7::int2", 0, kith_of_int(7));
    expect_column(c, "SELECT (-7)::int2", 0, kith_of_int(-7));
    expect_column(c, "SELECT 4294967295::oid", 0, kith_of_int(INT64_C(4294967295)));
    expect_column(c, "SELECT 0.1::float4", 0, kith_of_double((double)0.1f));
    expect_column(c, "SELECT 'NaN'::float8 = 'NaN'::float8", 0, kith_of_bool(true));
    expect_column(c, "SELECT 1.50", 0, kith_of_str("1.50"));
    expect_column(c, "SELECT 'a'", 0, kith_of_str("a"));
    expect_column(c, "SELECT '\\x00ff'::bytea", 0, kith_of_bytes("\0\xff", 2));
    expect_column(c, "SELECT NULL", 0, kith_of_null());
    expect_column(c, "SELECT '2026-11-21'::date", 0, kith_of_str("2026-11-21"));
    expect_column(c, "SELECT 'epoch'::timestamptz", 0, kith_of_timestamp(0));
    expect_column(c, "SELECT pg_sleep(0)", 0, kith_of_str(""));
    /* Types that are not known here: their text, also of the columns beside them. */
    expect_column(c, "SELECT '3 days'::interval", 0, kith_of_str("3 days"));
    expect_column(c, "SELECT ARRAY[1,2]", KITH_T_TEXT, kith_of_str("{1,2}"));
    expect_column(c, "SELECT 12, '10.0.0.1'::inet", 0, kith_of_int(12));
    expect_column(c, "SELECT 0.1::float4, '10.0.0.1'::inet", 0, kith_of_double((double)0.1f));
    PG.close(c);
}

static void test_driver_postgres__columns_as_another_type(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    expect_column(c, "SELECT sum(x) FROM (VALUES (9223372036854775000::int8), (807)) v (x)", KITH_T_BIGINT,
                  kith_of_int(INT64_MAX));
    expect_column(c, "SELECT 3.00", KITH_T_INTEGER, kith_of_int(3));
    expect_column(c, "SELECT 1.25", KITH_T_DOUBLE, kith_of_double(1.25));
    expect_column(c, "SELECT 12", KITH_T_DOUBLE, kith_of_double(12));
    expect_column(c, "SELECT 12::float8", KITH_T_INTEGER, kith_of_int(12));
    expect_column(c, "SELECT 1", KITH_T_BOOLEAN, kith_of_bool(true));
    expect_column(c, "SELECT false", KITH_T_INTEGER, kith_of_int(0));
    expect_column(c, "SELECT false", KITH_T_JSON, kith_of_str("false"));
    expect_column(c, "SELECT 12", KITH_T_DECIMAL, kith_of_str("12"));
    expect_column(c, "SELECT 0.5::float8", KITH_T_TEXT, kith_of_str("0.5"));
    expect_column(c, "SELECT '2026-11-21 09:39'::text", KITH_T_DATE, kith_of_timestamp(INT64_C(1795253940000000)));
    expect_column(c, "SELECT 'ab'::text", KITH_T_BLOB, kith_of_bytes("ab", 2));
    PG.close(c);
}

static void test_driver_postgres__columns_that_cannot_be_read(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    expect_unreadable(c, "SELECT 2 AS x", KITH_T_BOOLEAN, "the integer 2, which cannot be read as BOOLEAN");
    expect_unreadable(c, "SELECT 'two' AS x", KITH_T_INTEGER, "the text \"two\", which cannot be read as INTEGER");
    expect_unreadable(c, "SELECT 1.5 AS x", KITH_T_BIGINT, "1.5");
    expect_unreadable(c, "SELECT 9223372036854775808 AS x", KITH_T_BIGINT, "9223372036854775808");
    expect_unreadable(c, "SELECT 1.5::float8 AS x", KITH_T_INTEGER, "1.5");
    expect_unreadable(c, "SELECT '\\x00'::bytea AS x", KITH_T_TEXT, "cannot be read as TEXT");
    expect_unreadable(c, "SELECT 'infinity'::timestamptz AS x", KITH_T_DATE, "years 1 to 9999");
    expect_unreadable(c, "SELECT '-infinity'::timestamp AS x", KITH_T_DATE, "years 1 to 9999");
    expect_unreadable(c, "SELECT '0044-03-15 BC'::timestamptz AS x", KITH_T_DATE, "years 1 to 9999");
    expect_unreadable(c, "SELECT '12026-01-01'::timestamptz AS x", KITH_T_DATE, "years 1 to 9999");
    expect_unreadable(c, "SELECT 'infinity'::date AS x", KITH_T_DATEONLY, "years 1 to 9999");
    expect_unreadable(c, "SELECT '0044-03-15 BC'::date AS x", KITH_T_DATEONLY, "years 1 to 9999");
    expect_unreadable(c, "SELECT '12026-01-01'::date AS x", KITH_T_DATEONLY, "years 1 to 9999");
    PG.close(c);
}

static void test_driver_postgres__column_that_is_not_there(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare(c, "SELECT 1, 2");
    const uint8_t types[3] = { 0 };
    kith_value out[3];
    kith_error err;
    must_step(st, 1);
    assert_false(PG.columns(st, 0, 3, types, &arena, out, &err));
    assert_true(PG.columns(st, 1, 1, types, &arena, out, &err));
    must_step(st, 0);
    assert_false(PG.columns(st, 0, 1, types, &arena, out, &err));
    PG.drop(st);
    PG.close(c);
}

/* ---- statements ----------------------------------------------------------------------------------------------------- */

static void test_driver_postgres__statement_runs_many_times(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare(c, "SELECT n, n * 10 FROM generate_series(1, $1::int8) n ORDER BY n");
    for (int run = 0; run < 5; run++) {
        bind(st, 0, kith_of_int(run), KITH_T_BIGINT);
        for (int i = 1; i <= run; i++) {
            must_step(st, 1);
            assert_int_equal(column(st, 1, KITH_T_BIGINT).as.integer, 10 * i);
        }
        must_step(st, 0);
        must_step(st, 0); /* does not begin again */
        assert_int_equal(PG.affected(st), 0);
        PG.finish(st);
    }
    assert_int_equal(int_of(c, "SELECT count(*) FROM pg_prepared_statements"), 1);
    PG.drop(st);
    PG.close(c);
}

/* Rows come one by one; what else the connection is asked meanwhile takes none of them away. */
static void test_driver_postgres__rows_stay_while_others_run(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare(c, "SELECT n, nullif(n, 3)::text FROM generate_series(1, 5) n ORDER BY n");
    for (int at = 1; at <= 5; at++) { /* where the others run; in text and in binary */
        for (int n = 1; n <= 5; n++) {
            must_step(st, 1);
            if (n == at) {
                assert_int_equal(int_of(c, "SELECT 7"), 7);
                script(c, "SELECT 8");
            }
            assert_int_equal(column(st, 0, KITH_T_INTEGER).as.integer, n);
            assert_int_equal(column(st, 1, KITH_T_TEXT).kind, n == 3 ? KITH_NULL : KITH_STR);
        }
        must_step(st, 0);
        must_step(st, 0);
        PG.finish(st);
    }
    PG.drop(st);
    PG.close(c);
}

static void test_driver_postgres__counts_what_it_returned_before_others_ran(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    script(c, "CREATE TEMP TABLE t (x int)");
    kith_statement *st = prepare(c, "INSERT INTO t VALUES (1), (2), (3) RETURNING x");
    must_step(st, 1);
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 3);
    must_step(st, 1);
    must_step(st, 1);
    must_step(st, 0);
    assert_int_equal(PG.affected(st), 3);
    PG.drop(st);
    PG.close(c);
}

static void test_driver_postgres__rows_that_nobody_wants(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare(c, "SELECT n FROM generate_series(1, 100000) n");
    for (int run = 0; run < 3; run++) {
        must_step(st, 1);
        must_step(st, 1);
        PG.finish(st);
        assert_int_equal(int_of(c, "SELECT 7"), 7);
    }
    must_step(st, 1);
    PG.drop(st);
    assert_true(PG.reset(c));
    assert_int_equal(int_of(c, "SELECT 8"), 8);
    PG.close(c);
}

/* Before the failure there are rows; it is the statement's own, also when another one has run since. */
static void test_driver_postgres__fails_among_its_rows(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare(c, "SELECT 12 / (4 - n) FROM generate_series(1, 9) n");
    for (int run = 0; run < 3; run++) {
        kith_error err;
        must_step(st, 1);
        if (run > 0)
            assert_int_equal(int_of(c, "SELECT 7"), 7);
        assert_int_equal(column(st, 0, KITH_T_INTEGER).as.integer, 4);
        must_step(st, 1);
        must_step(st, 1);
        assert_int_equal(column(st, 0, KITH_T_INTEGER).as.integer, 12);
        assert_int_equal(PG.step(st, &err), -1);
        assert_string_equal(err.sqlstate, "22012");
        PG.finish(st);
        assert_int_equal(int_of(c, "SELECT 8"), 8);
    }
    PG.drop(st);
    PG.close(c);
}

static void test_driver_postgres__other_types_run_unprepared(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare(c, "SELECT coalesce($1, $1)");
    const kith_value values[] = { kith_of_int(1),         kith_of_int(2),     kith_of_str("three"), kith_of_double(4.5),
                                  kith_of_int(1ll << 40), kith_of_bool(true), kith_of_int(5) };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        bind(st, 0, values[i], 0);
        must_step(st, 1);
        expect_same(column(st, 0, 0), values[i]);
        PG.finish(st);
    }
    assert_int_equal(int_of(c, "SELECT count(*) FROM pg_prepared_statements"), 1);
    PG.drop(st);
    PG.close(c);
}

static void test_driver_postgres__dropped_statements_leave_the_server(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    for (int i = 0; i < 200; i++) {
        char sql[32];
        snprintf(sql, sizeof sql, "SELECT %d", i);
        expect_column(c, sql, KITH_T_INTEGER, kith_of_int(i));
    }
    assert_in_range(int_of(c, "SELECT count(*) FROM pg_prepared_statements"), 1, 33);
    PG.close(c);
}

static void test_driver_postgres__prepare_off(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server_with("prepare=off"));
    kith_statement *st = prepare(c, "SELECT $1::int8 + 1");
    for (int i = 0; i < 4; i++) {
        bind(st, 0, kith_of_int(i), KITH_T_BIGINT);
        must_step(st, 1);
        assert_int_equal(column(st, 0, KITH_T_BIGINT).as.integer, i + 1);
        PG.finish(st);
    }
    assert_int_equal(int_of(c, "SELECT count(*) FROM pg_prepared_statements"), 0);
    PG.drop(st);
    PG.close(c);
}

static void test_driver_postgres__survives_changes_of_the_table(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    script(c, "CREATE TEMP TABLE t (x int); INSERT INTO t VALUES (1)");
    kith_statement *st = prepare(c, "SELECT x FROM t");
    for (int i = 0; i < 9; i++) {
        if (i == 3)
            script(c, "ALTER TABLE t ALTER x TYPE text");
        if (i == 6)
            script(c, "DEALLOCATE ALL");
        must_step(st, 1);
        expect_same(column(st, 0, 0), i < 3 ? kith_of_int(1) : kith_of_str("1"));
        PG.finish(st);
    }
    PG.drop(st);
    PG.close(c);
}

/* Rows changed by one statement. */
static int64_t changed_by(kith_connection *c, const char *sql)
{
    kith_statement *st = prepare(c, sql);
    kith_error err;
    int got;
    while ((got = PG.step(st, &err)) == 1)
        continue;
    assert_int_equal(got, 0);
    int64_t rows = PG.affected(st);
    PG.drop(st);
    return rows;
}

static void test_driver_postgres__counts_changes(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    assert_int_equal(changed_by(c, "CREATE TEMP TABLE t (x int)"), 0);
    assert_int_equal(changed_by(c, "INSERT INTO t VALUES (1), (2), (3)"), 3);
    assert_int_equal(changed_by(c, "SELECT * FROM t"), 0);
    assert_int_equal(changed_by(c, "UPDATE t SET x = 0 WHERE x > 1"), 2);
    assert_int_equal(changed_by(c, "UPDATE t SET x = 0 WHERE x > 9"), 0);
    assert_int_equal(changed_by(c, "INSERT INTO t VALUES (4) RETURNING x"), 1);
    assert_int_equal(changed_by(c, "DELETE FROM t"), 4);
    assert_int_equal(changed_by(c, "BEGIN"), 0);
    assert_int_equal(changed_by(c, "COMMIT"), 0);
    PG.close(c);
}

static void test_driver_postgres__one_statement_in_a_text(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    assert_int_equal(failure_of(c, "").status, KITH_E_USAGE);
    assert_int_equal(failure_of(c, " -- nothing").status, KITH_E_USAGE);
    assert_int_equal(failure_of(c, "SELECT 1; SELECT 2").status, KITH_E_DATABASE);
    kith_error err;
    assert_null(PG.prepare(c, "SELECT\0 1", 9, &err));
    assert_int_equal(err.status, KITH_E_USAGE);
    /* The size counts, not a NUL. */
    kith_statement *st = PG.prepare(c, "SELECT 12345", 9, &err);
    must_step(st, 1);
    assert_int_equal(column(st, 0, KITH_T_BIGINT).as.integer, 12);
    PG.drop(st);
    PG.close(c);
}

static void test_driver_postgres__scripts(void **state)
{
    (void)state;
    kith_error err;
    kith_connection *c = open_ok(server());
    script(c, "");
    script(c, "CREATE TEMP TABLE t (x int); INSERT INTO t VALUES (1); SELECT * FROM t; -- done");
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 1);
    assert_false(PG.script(c, "INSERT INTO t VALUES (2); nonsense", &err));
    assert_string_equal(err.sqlstate, "42601");
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 1);
    assert_false(PG.script(c, "\\dt\nSELECT 1;", &err));
    PG.close(c);
}

static void test_driver_postgres__copy_is_refused(void **state)
{
    (void)state;
    kith_error err;
    kith_connection *c = open_ok(server());
    script(c, "CREATE TEMP TABLE t (x int); INSERT INTO t SELECT generate_series(1, 1000)");
    assert_int_equal(failure_of(c, "COPY t FROM STDIN").status, KITH_E_UNSUPPORTED);
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 1000);
    assert_int_equal(failure_of(c, "COPY t TO STDOUT").status, KITH_E_UNSUPPORTED);
    assert_false(PG.script(c, "SELECT 1; COPY t TO STDOUT; COPY t FROM STDIN; SELECT 2", &err));
    assert_int_equal(err.status, KITH_E_UNSUPPORTED);
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 1000);
    assert_true(PG.reset(c));
    PG.close(c);
}

static void test_driver_postgres__reset_rolls_back(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    script(c, "CREATE TEMP TABLE t (x int UNIQUE)");
    assert_true(PG.reset(c));
    script(c, "BEGIN; INSERT INTO t VALUES (1)");
    assert_true(PG.reset(c));
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 0);
    script(c, "BEGIN; INSERT INTO t VALUES (1)");
    failure_of(c, "INSERT INTO t VALUES (1)");
    assert_true(PG.reset(c));
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 0);
    PG.close(c);
}

/* ---- errors --------------------------------------------------------------------------------------------------------- */

static void test_driver_postgres__constraints(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    script(c, "CREATE TEMP TABLE a (id int PRIMARY KEY, n int NOT NULL, e text CONSTRAINT a_e UNIQUE,"
              " CONSTRAINT a_small CHECK (n < 10));"
              "CREATE TEMP TABLE b (a int CONSTRAINT b_a REFERENCES a ON DELETE RESTRICT);"
              "INSERT INTO a VALUES (1, 1, 'x'); INSERT INTO b VALUES (1)");
    expect_failure(c, "INSERT INTO a VALUES (2, 1, 'x')", KITH_E_UNIQUE, "23505", "a_e");
    expect_failure(c, "INSERT INTO a VALUES (1, 1, 'y')", KITH_E_UNIQUE, "23505", "a_pkey");
    expect_failure(c, "INSERT INTO a VALUES (2, NULL, 'y')", KITH_E_NOT_NULL, "23502", "a.n");
    expect_failure(c, "INSERT INTO a VALUES (2, 10, 'y')", KITH_E_CHECK, "23514", "a_small");
    expect_failure(c, "INSERT INTO b VALUES (9)", KITH_E_FOREIGN_KEY, "23503", "b_a");
    kith_error err = failure_of(c, "DELETE FROM a");
    assert_int_equal(err.status, KITH_E_FOREIGN_KEY);
    assert_string_equal(err.constraint, "b_a");
    err = failure_of(c, "INSERT INTO a VALUES (2, 1, 'x')");
    assert_string_equal(err.message,
                        "duplicate key value violates unique constraint \"a_e\". Key (e)=(x) already exists.");
    PG.close(c);
}

static void test_driver_postgres__other_errors(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    expect_failure(c, "SELEKT 1", KITH_E_DATABASE, "42601", "");
    expect_failure(c, "SELECT 1 / 0", KITH_E_DATABASE, "22012", "");
    expect_failure(c, "SELECT * FROM not_there", KITH_E_DATABASE, "42P01", "");
    script(c, "BEGIN READ ONLY");
    expect_failure(c, "CREATE TABLE not_made (x int)", KITH_E_PERMISSION, "25006", "");
    assert_true(PG.reset(c));
    script(c, "CREATE ROLE kith_nobody; SET ROLE kith_nobody");
    expect_failure(c, "SELECT * FROM pg_authid", KITH_E_PERMISSION, "42501", "");
    script(c, "RESET ROLE; DROP ROLE kith_nobody; SET statement_timeout = 50");
    expect_failure(c, "SELECT pg_sleep(5)", KITH_E_TIMEOUT, "57014", "");
    PG.close(c);
}

static void test_driver_postgres__locks(void **state)
{
    (void)state;
    kith_error err;
    kith_connection *a = open_ok(server()), *b = open_at(server(), 50, &err);
    assert_non_null(b);
    script(a, "DROP TABLE IF EXISTS kith_locked; CREATE TABLE kith_locked (x int)");
    script(a, "BEGIN; LOCK TABLE kith_locked");
    expect_failure(b, "SELECT * FROM kith_locked", KITH_E_BUSY, "55P03", "");
    script(a, "ROLLBACK; DROP TABLE kith_locked");
    PG.close(a);
    PG.close(b);
}

static void test_driver_postgres__wrong_number_of_values(void **state)
{
    (void)state;
    kith_error err;
    kith_connection *c = open_ok(server());
    kith_statement *st = prepare(c, "SELECT $1::int, $2::int");
    bind(st, 0, kith_of_int(1), KITH_T_INTEGER);
    assert_int_equal(PG.step(st, &err), -1);
    assert_int_equal(err.status, KITH_E_DATABASE);
    PG.finish(st);
    PG.drop(st);
    PG.close(c);
}

/* ---- other threads, lost connections -------------------------------------------------------------------------------- */

static void test_driver_postgres__cancel_from_another_thread(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, c), 0);
    expect_failure(c, "SELECT pg_sleep(30)", KITH_E_TIMEOUT, "57014", "");
    pthread_join(thread, NULL);
    assert_int_equal(int_of(c, "SELECT 7"), 7);
    PG.cancel(c); /* nothing runs */
    assert_int_equal(int_of(c, "SELECT 8"), 8);
    PG.close(c);
}

static void test_driver_postgres__lost_connection(void **state)
{
    (void)state;
    kith_connection *other = open_ok(server()), *c = open_ok(server());
    kith_statement *st = prepare(c, "SELECT 1");
    assert_true(PG.check(c));
    terminate(other, int_of(c, "SELECT pg_backend_pid()"));
    kith_error err;
    assert_int_equal(PG.step(st, &err), -1);
    assert_int_equal(err.status, KITH_E_CONNECTION);
    assert_true(strlen(err.message) > 0);
    PG.finish(st);
    assert_int_equal(PG.step(st, &err), -1);
    assert_int_equal(err.status, KITH_E_CONNECTION);
    PG.finish(st);
    PG.drop(st);
    assert_false(PG.reset(c));
    assert_false(PG.check(c));
    assert_false(PG.script(c, "SELECT 1", &err));
    assert_int_equal(err.status, KITH_E_CONNECTION);
    PG.cancel(c);
    PG.close(c);

    c = open_ok(server()); /* found without sending anything */
    assert_true(PG.check(c));
    terminate(other, int_of(c, "SELECT pg_backend_pid()"));
    assert_false(PG.check(c));
    PG.close(c);
    PG.close(other);
}

/* ---- memory --------------------------------------------------------------------------------------------------------- */

static bool use_everything(kith_error *err)
{
    static const uint8_t types[] = { KITH_T_TEXT, KITH_T_BIGINT };
    static const kith_value text = { .kind = KITH_STR, .size = 3, .as.str = "abc" };
    kith_value out[2];
    kith_connection *c = open_at(server(), 2000, err);
    if (!c)
        return false;
    kith_statement *st = PG.prepare(c, "SELECT $1::text, 2", 18, err);
    bool good = st != NULL;
    for (int i = 0; good && i < 3; i++) {
        good = PG.bind(st, 0, &text, KITH_T_TEXT, err) && PG.step(st, err) == 1 &&
               PG.columns(st, 0, 2, types, &arena, out, err);
        PG.finish(st);
    }
    if (st)
        PG.drop(st);
    PG.close(c);
    return good;
}

static void test_driver_postgres__every_allocation_may_fail(void **state)
{
    (void)state;
    fail_each_allocation(use_everything);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_driver_postgres__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(session_is_set_up),
        TEST(options_of_libpq),
        TEST(conninfo_of_words),
        TEST(refusals),
        TEST(urls_that_make_no_sense),
        TEST(numbers_there_and_back),
        TEST(decimals_there_and_back),
        TEST(text_there_and_back),
        TEST(bytes_there_and_back),
        TEST(large_values),
        TEST(moments_there_and_back),
        TEST(values_that_cannot_be_stored),
        TEST(values_of_unknown_type),
        TEST(columns_as_they_are),
        TEST(columns_as_another_type),
        TEST(columns_that_cannot_be_read),
        TEST(column_that_is_not_there),
        TEST(statement_runs_many_times),
        TEST(rows_stay_while_others_run),
        TEST(counts_what_it_returned_before_others_ran),
        TEST(rows_that_nobody_wants),
        TEST(fails_among_its_rows),
        TEST(other_types_run_unprepared),
        TEST(dropped_statements_leave_the_server),
        TEST(prepare_off),
        TEST(survives_changes_of_the_table),
        TEST(counts_changes),
        TEST(one_statement_in_a_text),
        TEST(scripts),
        TEST(copy_is_refused),
        TEST(reset_rolls_back),
        TEST(constraints),
        TEST(other_errors),
        TEST(locks),
        TEST(wrong_number_of_values),
        TEST(cancel_from_another_thread),
        TEST(lost_connection),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
