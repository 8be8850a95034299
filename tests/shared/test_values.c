/* Values: what goes in comes out again, exactly, at the boundaries of every type; and what does not fit is refused. */
#include <float.h>
#include <jansson.h>
#include <string.h>

#include "harness/shared.h"

static const kith_model thing_model = {
    .name = "thing",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "string", .type = KITH_STRING(40) }, { .name = "text", .type = KITH_TEXT },
                        { .name = "small", .type = KITH_INTEGER },
                        { .name = "count", .type = { .id = KITH_T_INTEGER, .is_unsigned = true } },
                        { .name = "big", .type = KITH_BIGINT },
                        { .name = "large", .type = { .id = KITH_T_BIGINT, .is_unsigned = true } },
                        { .name = "flag", .type = KITH_BOOLEAN }, { .name = "real", .type = KITH_REAL },
                        { .name = "exact", .type = KITH_DECIMAL(38, 6) }, { .name = "moment", .type = KITH_DATE },
                        { .name = "day", .type = KITH_DATEONLY }, { .name = "time", .type = KITH_TIME },
                        { .name = "uuid", .type = KITH_UUID },
                        { .name = "label", .type = KITH_ENUM("", "ein Wort", "größer") },
                        { .name = "bytes", .type = KITH_BLOB }, { .name = "json", .type = KITH_JSON }),
};

static kith_session *reader;

static kith_session *start_things(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&thing_model));
    reader = open_session();
    return s;
}

/* Stores a value and gives back what another session reads. */
static kith_value round_trip(kith_session *s, const char *attr, kith_value value)
{
    kith_record *made = must(s, kith_create(s, &thing_model, KITH_FIELDS({ attr, value })));
    kith_record *read = must(reader, kith_find_by_key(reader, &thing_model, kith_value_of(made, "id")));
    kith_value written = kith_value_of(made, attr), found = kith_value_of(read, attr);
    expect_no_error(reader);
    assert_int_equal(written.kind, found.kind); /* the record that create returned says the same */
    return found;
}

static void keeps_text(kith_session *s, const char *attr, const char *text, const char *expected)
{
    kith_value v = round_trip(s, attr, KITH_V(text));
    assert_int_equal(v.kind, KITH_STR);
    assert_int_equal(v.size, strlen(expected));
    expect_text(v.as.str, expected);
    kith_record *r = must(s, kith_find_one(s, &thing_model,
                                           &(kith_query){ .where = KITH_EQ(attr, text),
                                                          .order = KITH_ORDER({ "id", .desc = true }) }));
    expect_text(kith_text(r, attr), expected); /* and can be found by */
}

static void keeps_int(kith_session *s, const char *attr, int64_t n)
{
    kith_value v = round_trip(s, attr, KITH_V(n));
    assert_int_equal(v.kind, KITH_INT);
    assert_true(v.as.integer == n);
    expect_number(s, kith_count(s, &thing_model, &(kith_query){ .where = KITH_EQ(attr, n) }), 1);
}

static void refuses(kith_session *s, const char *attr, kith_value value, kith_status status, const char *part)
{
    forget_statements();
    assert_null(kith_create(s, &thing_model, KITH_FIELDS({ attr, value })));
    expect_error(s, status, "thing", attr, part);
    expect_statements(0);
}

/* ---- text ---- */

/* S2, S3: any character, none at all, and none that is not UTF-8 */
static void test_shared_values__text(void **state)
{
    kith_session *s = start_things(state);
    static const char *const texts[] = { "",  " ",  "a\\b'c\"d`e%f_g?h", "äöüß €", "😀🐕", "line\nand\ttab\r", "NULL",
                                         "0", "1e3" };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        keeps_text(s, "string", texts[i], texts[i]);
        keeps_text(s, "text", texts[i], texts[i]);
    }
    refuses(s, "text", KITH_V("\xc3("), KITH_E_VALIDATION, "is not UTF-8");
    refuses(s, "text", kith_of_text("a\0b", 3), KITH_E_VALIDATION, "holds a NUL byte");
    refuses(s, "text", KITH_V(1), KITH_E_USAGE, "TEXT takes text");
    kith_value part = round_trip(s, "text", kith_of_text("hello world", 5));
    expect_text(part.as.str, "hello");
}

/* S6: labels, also an empty one and one with other letters */
static void test_shared_values__enum(void **state)
{
    kith_session *s = start_things(state);
    keeps_text(s, "label", "ein Wort", "ein Wort");
    keeps_text(s, "label", "größer", "größer");
    refuses(s, "label", KITH_V("Ein Wort"), KITH_E_VALIDATION, "is not one of");
}

/* S7: UUIDs in one spelling */
static void test_shared_values__uuid(void **state)
{
    kith_session *s = start_things(state);
    keeps_text(s, "uuid", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6");
    keeps_text(s, "uuid", "F81D4FAE-7DEC-41D0-A765-00A0C91E6BF7", "f81d4fae-7dec-41d0-a765-00a0c91e6bf7");
    refuses(s, "uuid", KITH_V("f81d4fae-7dec-41d0-a765-00a0c91e6bf"), KITH_E_VALIDATION, "is not a UUID");
}

/* ---- numbers ---- */

/* P33: every integer keeps every digit */
static void test_shared_values__integers(void **state)
{
    static const int64_t bigs[] = { INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_C(9007199254740993), INT64_MAX };
    kith_session *s = start_things(state);
    for (size_t i = 0; i < sizeof bigs / sizeof *bigs; i++)
        keeps_int(s, "big", bigs[i]);
    keeps_int(s, "small", INT32_MIN);
    keeps_int(s, "small", INT32_MAX);
    keeps_int(s, "count", 0);
    keeps_int(s, "count", INT32_MAX);
    refuses(s, "small", KITH_V((int64_t)INT32_MAX + 1), KITH_E_VALIDATION, "does not fit");
    refuses(s, "small", KITH_V((int64_t)INT32_MIN - 1), KITH_E_VALIDATION, "does not fit");
    refuses(s, "count", KITH_V(-1), KITH_E_VALIDATION, "is negative");
    refuses(s, "big", KITH_V(UINT64_MAX), KITH_E_USAGE, "9223372036854775807");
    refuses(s, "big", KITH_V("1"), KITH_E_USAGE, "takes an integer");
    refuses(s, "small", KITH_V(1.5), KITH_E_USAGE, "takes an integer");
}

/* P33: booleans are booleans, from true and false and from 1 and 0 */
static void test_shared_values__booleans(void **state)
{
    kith_session *s = start_things(state);
    const kith_value given[] = { kith_of_bool(true), KITH_V(1), kith_of_bool(false), KITH_V(0) };
    for (size_t i = 0; i < 4; i++) {
        kith_value v = round_trip(s, "flag", given[i]);
        assert_int_equal(v.kind, KITH_BOOL);
        assert_int_equal(v.as.boolean, i < 2);
    }
    expect_number(s, kith_count(s, &thing_model, &(kith_query){ .where = KITH_EQ("flag", true) }), 2);
    refuses(s, "flag", KITH_V(2), KITH_E_VALIDATION, "is neither true nor false");
    refuses(s, "flag", KITH_V("true"), KITH_E_USAGE, "takes true, false, 1 or 0");
}

/* P33: floating point to the last bit */
static void test_shared_values__doubles(void **state)
{
    static const double reals[] = {
        0.0, -1.5, 0.1, 1.0 / 3, DBL_MAX, -DBL_MAX, DBL_MIN, DBL_EPSILON, 9007199254740993.0
    };
    kith_session *s = start_things(state);
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        kith_value v = round_trip(s, "real", KITH_V(reals[i]));
        assert_int_equal(v.kind, KITH_DOUBLE);
        assert_memory_equal(&v.as.real, &reals[i], sizeof(double));
    }
    kith_value whole = round_trip(s, "real", KITH_V(3));
    assert_int_equal(whole.kind, KITH_DOUBLE);
    assert_true(whole.as.real == 3.0);
    static const double not_finite = DBL_MAX * 2;
    refuses(s, "real", KITH_V(not_finite), KITH_E_VALIDATION, "cannot be stored");
}

/* P33: decimals keep every digit, in one form, and compare as numbers */
static void test_shared_values__decimals(void **state)
{
    kith_session *s = start_things(state);
    keeps_text(s, "exact", "0", "0.000000");
    keeps_text(s, "exact", "-0.10", "-0.100000");
    keeps_text(s, "exact", "1e3", "1000.000000");
    keeps_text(s, "exact", "99999999999999999999999999999999.999999", "99999999999999999999999999999999.999999");
    keeps_text(s, "exact", "-99999999999999999999999999999999.999999", "-99999999999999999999999999999999.999999");
    keeps_text(s, "exact", "9007199254740993.000001", "9007199254740993.000001");
    expect_text(round_trip(s, "exact", KITH_V(INT64_MIN)).as.str, "-9223372036854775808.000000");
    expect_number(s, kith_count(s, &thing_model, &(kith_query){ .where = KITH_GT("exact", "999.5") }), 3);
    expect_number(s, kith_count(s, &thing_model, &(kith_query){ .where = KITH_BETWEEN("exact", "-1", "0") }), 2);
    kith_list *sorted = must(
        s, kith_find(s, &thing_model,
                     &(kith_query){ .attributes = KITH_NAMES("exact"), .order = KITH_ORDER({ "exact" }), .limit = 4 }));
    expect_list(s, sorted,
                "[{'exact':'-99999999999999999999999999999999.999999'},{'exact':'-9223372036854775808.000000'},"
                "{'exact':'-0.100000'},{'exact':'0.000000'}]");
    refuses(s, "exact", KITH_V("0.0000001"), KITH_E_VALIDATION, "at most 6 behind the point");
    refuses(s, "exact", KITH_V("100000000000000000000000000000000"), KITH_E_VALIDATION, "at most 32 before the point");
    refuses(s, "exact", KITH_V("1,5"), KITH_E_VALIDATION, "is not a decimal number");
    refuses(s, "exact", KITH_V(0.1), KITH_E_USAGE, "give the number as text");
}

/* ---- moments ---- */

/* P33: microseconds, before 1970 as well, from the year 1 to 9999; text with any zone is UTC */
static void test_shared_values__moments(void **state)
{
    static const struct {
        int64_t moment;
        const char *json;
    } moments[] = {
        { 0, "{'moment':'1970-01-01T00:00:00.000000Z'}" },
        { -1, "{'moment':'1969-12-31T23:59:59.999999Z'}" },
        { 1, "{'moment':'1970-01-01T00:00:00.000001Z'}" },
        { INT64_C(-62135596800000000), "{'moment':'0001-01-01T00:00:00.000000Z'}" },
        { INT64_C(253402300799999999), "{'moment':'9999-12-31T23:59:59.999999Z'}" },
        { INT64_C(951782400000000), "{'moment':'2000-02-29T00:00:00.000000Z'}" },
    };
    kith_session *s = start_things(state);
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        kith_value v = round_trip(s, "moment", kith_of_timestamp(moments[i].moment));
        assert_int_equal(v.kind, KITH_TIMESTAMP);
        assert_true(v.as.timestamp == moments[i].moment);
        kith_query q = { .attributes = KITH_NAMES("moment"), .where = KITH_EQ("moment", v) };
        expect_record(s, must(s, kith_find_one(s, &thing_model, &q)), moments[i].json);
    }
    kith_value text = round_trip(s, "moment", KITH_V("2026-11-21T09:39:00.5+01:30"));
    assert_true(text.as.timestamp == INT64_C(1795248540500000));
    kith_list *first = must(s, kith_find(s, &thing_model,
                                         &(kith_query){ .attributes = KITH_NAMES("moment"),
                                                        .order = KITH_ORDER({ "moment" }),
                                                        .limit = 3 }));
    expect_list(s, first,
                "[{'moment':'0001-01-01T00:00:00.000000Z'},{'moment':'1969-12-31T23:59:59.999999Z'},"
                "{'moment':'1970-01-01T00:00:00.000000Z'}]");
    refuses(s, "moment", kith_of_timestamp(INT64_MAX), KITH_E_VALIDATION, "0001 to 9999");
    refuses(s, "moment", KITH_V("tomorrow"), KITH_E_VALIDATION, "is not a moment");
    refuses(s, "moment", KITH_V(0), KITH_E_USAGE, "DATE takes a timestamp");
}

/* P33: days and times of day */
static void test_shared_values__days_and_times(void **state)
{
    kith_session *s = start_things(state);
    keeps_text(s, "day", "2026-11-21", "2026-11-21");
    keeps_text(s, "day", "0001-01-01", "0001-01-01");
    keeps_text(s, "day", "9999-12-31", "9999-12-31");
    keeps_text(s, "time", "09:39:00", "09:39:00");
    keeps_text(s, "time", "23:59:59.999999", "23:59:59.999999");
    keeps_text(s, "time", "00:00", "00:00:00");
    refuses(s, "day", KITH_V("2026-02-29"), KITH_E_VALIDATION, "is not a day");
    refuses(s, "time", KITH_V("24:00:01"), KITH_E_VALIDATION, "is not a time of day");
}

/* ---- bytes and JSON ---- */

/* P33: any bytes, NUL among them, and none */
static void test_shared_values__bytes(void **state)
{
    unsigned char all[256];
    kith_session *s = start_things(state);
    for (int i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    kith_value v = round_trip(s, "bytes", kith_of_bytes(all, sizeof all));
    assert_int_equal(v.kind, KITH_BYTES);
    assert_int_equal(v.size, sizeof all);
    assert_memory_equal(v.as.bytes, all, sizeof all);
    expect_number(
        s, kith_count(s, &thing_model, &(kith_query){ .where = KITH_EQ("bytes", kith_of_bytes(all, sizeof all)) }), 1);
    v = round_trip(s, "bytes", kith_of_bytes("\0\0", 2));
    assert_int_equal(v.size, 2);
    v = round_trip(s, "bytes", kith_of_bytes("", 0));
    assert_int_equal(v.kind, KITH_BYTES);
    assert_int_equal(v.size, 0);
    kith_list *list = must(s, kith_find(s, &thing_model,
                                        &(kith_query){ .attributes = KITH_NAMES("bytes"),
                                                       .where = KITH_GT("id", 1),
                                                       .order = KITH_ORDER({ "id" }) }));
    expect_list(s, list, "[{'bytes':'AAA='},{'bytes':''}]");
}

static void keeps_json(kith_session *s, const char *text)
{
    kith_value v = round_trip(s, "json", KITH_V(text));
    assert_int_equal(v.kind, KITH_STR);
    json_t *expected = json_loads(text, JSON_DECODE_ANY, NULL), *found = json_loads(v.as.str, JSON_DECODE_ANY, NULL);
    assert_non_null(expected);
    assert_true(json_equal(expected, found));
    json_decref(expected);
    json_decref(found);
}

/* P33: JSON is JSON, whatever stands at its top, and is no text inside other JSON */
static void test_shared_values__json(void **state)
{
    static const char *const texts[] = {
        "{}", "[]", "null", "true", "\"text\"", "-12", "{\"a\":[1,2.5,{\"b\":null}],\"ü\":\"😀\\n\\\"\"}", " [ 1 , 2 ] "
    };
    kith_session *s = start_things(state);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        keeps_json(s, texts[i]);
    kith_record *r = must(s, kith_find_by_key(s, &thing_model, KITH_V(5)));
    json_t *whole = json_loads(kith_json_record(s, r), 0, NULL);
    assert_true(json_is_string(json_object_get(whole, "json")));
    json_decref(whole);
    refuses(s, "json", KITH_V("{a:1}"), KITH_E_VALIDATION, "is not JSON");
    refuses(s, "json", KITH_V(""), KITH_E_VALIDATION, "is not JSON");
}

/* ---- NULL ---- */

/* S13: NULL in every type, given or left out, and a value set to NULL again */
static void test_shared_values__null(void **state)
{
    kith_session *s = start_things(state);
    kith_record *r = must(s, kith_create(s, &thing_model, NULL));
    for (const kith_attr *a = thing_model.attrs; a->name; a++) {
        assert_int_equal(kith_value_of(r, a->name).kind, KITH_NULL);
        assert_int_equal(round_trip(s, a->name, kith_of_null()).kind, KITH_NULL);
    }
    must(s, kith_update(s, r, KITH_FIELDS(KITH_F("text", "x"), KITH_F("big", 1), KITH_F("json", "[1]"))));
    must(s,
         kith_update(s, r,
                     KITH_FIELDS({ "text", kith_of_null() }, { "big", kith_of_null() }, { "json", kith_of_null() })));
    expect_number(s,
                  kith_count(s, &thing_model,
                             &(kith_query){ .where = KITH_AND(KITH_IS_NULL("text"), KITH_IS_NULL("big"),
                                                              KITH_IS_NULL("json"), KITH_EQ("id", 1)) }),
                  1);
    expect_no_error(s);
}

/* ---- computed by the database ---- */

/* P33: a value that the database computes is read back */
static void test_shared_values__computed(void **state)
{
    kith_session *s = start_things(state);
    kith_record *r = must(s, kith_create(s, &thing_model,
                                         KITH_FIELDS(KITH_F("string", KITH_FN("upper", KITH_V("abc"))),
                                                     KITH_F("small", 4))));
    expect_text(kith_text(r, "string"), "ABC");
    must(s,
         kith_update(s, r,
                     KITH_FIELDS(KITH_F("small", KITH_SQL("small + ?", KITH_V(3))), KITH_F("big", KITH_COL("small")))));
    assert_int_equal(kith_int(r, "small"), 7);
    assert_int_equal(kith_int(r, "big"), 4);
    expect_stored(&thing_model, KITH_NAMES("string", "small", "big"), "[{'string':'ABC','small':7,'big':4}]");
}

/* P33: a BIGINT without sign is 0 to 9223372036854775807 everywhere, also for a value that the database computes. */
static void test_shared_values__integers_without_sign(void **state)
{
    kith_session *s = start_things(state);
    keeps_int(s, "large", 0);
    keeps_int(s, "large", INT64_MAX);
    assert_null(kith_create(s, &thing_model, KITH_FIELDS(KITH_F("large", -1))));
    expect_error(s, KITH_E_VALIDATION, "thing", "large", "is negative; unsigned BIGINT takes 0 to 9223372036854775807");
    kith_record *least = must(s, kith_find_by_key(s, &thing_model, KITH_V(1)));
    kith_record *most = must(s, kith_find_by_key(s, &thing_model, KITH_V(2)));
    assert_false(kith_update(s, least, KITH_FIELDS(KITH_F("large", KITH_SQL("large - ?", KITH_V(1))))));
    expect_error(s, KITH_E_CHECK, "thing", NULL, "");
    assert_false(kith_update(s, most, KITH_FIELDS(KITH_F("large", KITH_SQL("large + ?", KITH_V(1))))));
    expect_error(s, KITH_E_CHECK, "thing", NULL, "");
    must(s, kith_update(s, least, KITH_FIELDS(KITH_F("large", KITH_SQL("large + ?", KITH_V(INT64_MAX))))));
    must(s, kith_update(s, most, KITH_FIELDS(KITH_F("large", KITH_SQL("large - ?", KITH_V(INT64_MAX))))));
    expect_stored(&thing_model, KITH_NAMES("id", "large"), "[{'id':1,'large':9223372036854775807},{'id':2,'large':0}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_values__text),           SHARED_TEST(test_shared_values__enum),
        SHARED_TEST(test_shared_values__uuid),           SHARED_TEST(test_shared_values__integers),
        SHARED_TEST(test_shared_values__booleans),       SHARED_TEST(test_shared_values__doubles),
        SHARED_TEST(test_shared_values__decimals),       SHARED_TEST(test_shared_values__moments),
        SHARED_TEST(test_shared_values__days_and_times), SHARED_TEST(test_shared_values__bytes),
        SHARED_TEST(test_shared_values__json),           SHARED_TEST(test_shared_values__null),
        SHARED_TEST(test_shared_values__computed),       SHARED_TEST(test_shared_values__integers_without_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
