/* coerce: what each type takes, what it stores, and what it says when it refuses. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/fail_alloc.h"
#include "harness/test.h"
#include "schema/coerce.h"

static const struct model user = { .name = "user" };

struct fixture {
    kith_arena arena;
    kith_error err;
    kith_value out;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    kith__arena_init(&f->arena, &kith__default_allocator, NULL, true);
    *state = f;
    return f ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    kith__arena_free(&f->arena);
    free(f);
    return 0;
}

static bool coerce(struct fixture *f, kith_type type, kith_value given)
{
    struct attr attr = { .name = "thing", .model = &user, .type = type };
    for (const char *const *label = type.labels; label && *label; label++)
        attr.label_count++;
    memset(&f->err, 0, sizeof f->err);
    f->out = (kith_value){ .kind = KITH_LIST_END };
    return kith__coerce(&attr, given, &f->arena, &f->out, &f->err);
}

/* Text in memory of just its size, so that a sanitizer sees a read past its end. Freed with the arena. */
static kith_value bare_text(struct fixture *f, const char *text, size_t size)
{
    char *copy = kith_arena_take(&f->arena, size);
    assert_non_null(copy);
    memcpy(copy, text, size);
    return kith_of_text(copy, size);
}

static void gives_text(struct fixture *f, kith_type type, kith_value given, const char *expected)
{
    assert_true(coerce(f, type, given));
    assert_int_equal(f->out.kind, KITH_STR);
    assert_int_equal(f->out.size, strlen(expected));
    assert_true(memcmp(f->out.as.str, expected, strlen(expected)) == 0);
    assert_int_equal(f->err.status, KITH_OK);
}

/* Text that is right already is not copied. */
static void passes_text(struct fixture *f, kith_type type, const char *text)
{
    kith_value given = bare_text(f, text, strlen(text));
    gives_text(f, type, given, text);
    assert_ptr_equal(f->out.as.str, given.as.str);
}

static void refuses(struct fixture *f, kith_type type, kith_value given, kith_status status, const char *said)
{
    assert_false(coerce(f, type, given));
    assert_int_equal(f->err.status, status);
    assert_string_equal(f->err.model, "user");
    assert_string_equal(f->err.attribute, "thing");
    assert_ptr_equal(strstr(f->err.message, "user.thing: "), f->err.message);
    if (!strstr(f->err.message, said))
        fail_msg("\"%s\" is not in: %s", said, f->err.message);
}

static kith_value text(const char *of)
{
    return kith_of_str(of);
}

static const kith_type string_3 = KITH_STRING(3), any_string = { .id = KITH_T_STRING }, any_text = KITH_TEXT,
                       integer = KITH_INTEGER, bigint = KITH_BIGINT, boolean = KITH_BOOLEAN, real = KITH_REAL,
                       decimal = KITH_DECIMAL(6, 2), date = KITH_DATE, day = KITH_DATEONLY, time_of_day = KITH_TIME,
                       uuid = KITH_UUID, blob = KITH_BLOB, json = KITH_JSON,
                       count = { .id = KITH_T_INTEGER, .is_unsigned = true },
                       big_count = { .id = KITH_T_BIGINT, .is_unsigned = true };
static const char *const colours[] = { "red", "green", "blue", NULL };
static const kith_type colour = { .id = KITH_T_ENUM, .labels = colours };

/* ---- types ---------------------------------------------------------------------------------------------------- */

static void test_schema_coerce__type_kinds_and_names(void **state)
{
    (void)state;
    static const struct {
        int type, kind;
        const char *name;
    } expected[] = {
        { KITH_T_STRING, KITH_STR, "STRING" },     { KITH_T_TEXT, KITH_STR, "TEXT" },
        { KITH_T_INTEGER, KITH_INT, "INTEGER" },   { KITH_T_BIGINT, KITH_INT, "BIGINT" },
        { KITH_T_BOOLEAN, KITH_BOOL, "BOOLEAN" },  { KITH_T_DOUBLE, KITH_DOUBLE, "DOUBLE" },
        { KITH_T_DECIMAL, KITH_STR, "DECIMAL" },   { KITH_T_DATE, KITH_TIMESTAMP, "DATE" },
        { KITH_T_DATEONLY, KITH_STR, "DATEONLY" }, { KITH_T_TIME, KITH_STR, "TIME" },
        { KITH_T_UUID, KITH_STR, "UUID" },         { KITH_T_ENUM, KITH_STR, "ENUM" },
        { KITH_T_BLOB, KITH_BYTES, "BLOB" },       { KITH_T_JSON, KITH_STR, "JSON" },
    };
    assert_int_equal(sizeof expected / sizeof expected[0], KITH_T_COUNT_ - 1);
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(kith__type_kind(expected[i].type), expected[i].kind);
        assert_string_equal(kith__type_name(expected[i].type), expected[i].name);
    }
    static const int unknown[] = { -1, 0, KITH_T_COUNT_, 1000 };
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(kith__type_kind(unknown[i]), KITH_ABSENT);
        assert_string_equal(kith__type_name(unknown[i]), "an unknown type");
    }
}

static void test_schema_coerce__nothing_and_expressions_pass(void **state)
{
    struct fixture *f = *state;
    static const struct kith_expr *expr = (const struct kith_expr *)&user;
    for (int id = 1; id < KITH_T_COUNT_; id++) {
        kith_type type = { .id = id };
        assert_true(coerce(f, type, kith_of_null()));
        assert_int_equal(f->out.kind, KITH_NULL);
        assert_true(coerce(f, type, (kith_value){ 0 }));
        assert_int_equal(f->out.kind, KITH_ABSENT);
        assert_true(coerce(f, type, kith_of_expr(expr)));
        assert_int_equal(f->out.kind, KITH_EXPRESSION);
        assert_ptr_equal(f->out.as.expr, expr);
    }
}

static void test_schema_coerce__null_pointer_is_null(void **state)
{
    struct fixture *f = *state;
    assert_true(coerce(f, any_text, (kith_value){ .kind = KITH_STR }));
    assert_int_equal(f->out.kind, KITH_NULL);
    assert_true(coerce(f, blob, (kith_value){ .kind = KITH_BYTES, .size = 7 }));
    assert_int_equal(f->out.kind, KITH_NULL);
}

/* Every pair of kind and type that is not listed as accepted is a usage error that names both. */
static void test_schema_coerce__other_kinds_are_usage_errors(void **state)
{
    struct fixture *f = *state;
    static const struct {
        kith_type type;
        const char *accepted; /* the first letters of the kinds */
    } all[] = {
        { { .id = KITH_T_STRING }, "s" },    { { .id = KITH_T_TEXT }, "s" },
        { { .id = KITH_T_INTEGER }, "i" },   { { .id = KITH_T_BIGINT }, "i" },
        { { .id = KITH_T_BOOLEAN }, "bi" },  { { .id = KITH_T_DOUBLE }, "di" },
        { { .id = KITH_T_DECIMAL }, "si" },  { { .id = KITH_T_DATE }, "ts" },
        { { .id = KITH_T_DATEONLY }, "ts" }, { { .id = KITH_T_TIME }, "s" },
        { { .id = KITH_T_UUID }, "s" },      { { .id = KITH_T_ENUM, .labels = colours }, "s" },
        { { .id = KITH_T_BLOB }, "ys" },     { { .id = KITH_T_JSON }, "sibd" },
    };
    const struct {
        char letter;
        kith_value value;
        const char *shown;
    } given[] = {
        { 'b', kith_of_bool(true), "a boolean (true)" },
        { 'i', kith_of_int(1), "an integer (1)" },
        { 'd', kith_of_double(0.5), "a floating-point number (0.5)" },
        { 's', text("abc"), "text (\"abc\")" },
        { 'y', kith_of_bytes("\x01\xff", 2), "bytes (x'01ff')" },
        { 't', kith_of_timestamp(0), "a timestamp (1970-01-01T00:00:00.000000Z)" },
        { 'r', kith_of_uint(UINT64_MAX), "a value out of range" },
        { 'e', { .kind = KITH_LIST_END }, "the end of a list" },
        { 'u', { .kind = 77 }, "an unknown kind" },
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        for (size_t k = 0; k < sizeof given / sizeof given[0]; k++) {
            if (strchr(all[i].accepted, given[k].letter))
                continue;
            refuses(f, all[i].type, given[k].value, KITH_E_USAGE, given[k].shown);
            assert_non_null(strstr(f->err.message, kith__type_name(all[i].type.id)));
            assert_non_null(strstr(f->err.message, " takes "));
        }
    }
}

static void test_schema_coerce__out_of_range_says_why(void **state)
{
    refuses(*state, bigint, kith_of_uint(UINT64_MAX), KITH_E_USAGE, "numbers above 9223372036854775807");
}

static void test_schema_coerce__unknown_type(void **state)
{
    refuses(*state, (kith_type){ 0 }, kith_of_int(1), KITH_E_MODEL, "no known type");
    refuses(*state, (kith_type){ .id = KITH_T_COUNT_ }, text("x"), KITH_E_MODEL, "no known type");
    refuses(*state, (kith_type){ .id = -1 }, text("x"), KITH_E_MODEL, "no known type");
}

static void test_schema_coerce__error_may_be_null(void **state)
{
    struct fixture *f = *state;
    struct attr attr = { .name = "thing", .model = &user, .type = integer };
    assert_false(kith__coerce(&attr, text("x"), &f->arena, &f->out, NULL));
}

/* ---- text ----------------------------------------------------------------------------------------------------- */

static void test_schema_coerce__string_passes(void **state)
{
    struct fixture *f = *state;
    passes_text(f, string_3, "");
    passes_text(f, string_3, "abc");
    passes_text(f, any_text, "grüße");
}

/* S2: the length counts characters, and is 255 when none was given. */
static void test_schema_coerce__string_length(void **state)
{
    struct fixture *f = *state;
    passes_text(f, string_3, "äöü");
    passes_text(f, string_3, "\xf0\x9f\x90\xb6\xf0\x9f\x90\xb6\xf0\x9f\x90\xb6");
    refuses(f, string_3, text("abcd"), KITH_E_VALIDATION, "has 4 characters; STRING(3) takes at most 3");
    refuses(f, string_3, text("äöüß"), KITH_E_VALIDATION, "has 4 characters");
    char most[257];
    memset(most, 'x', sizeof most);
    most[255] = '\0';
    passes_text(f, any_string, most);
    most[255] = 'x';
    most[256] = '\0';
    refuses(f, any_string, text(most), KITH_E_VALIDATION, "has 256 characters; STRING(255) takes at most 255");
    passes_text(f, any_text, most);
}

static void test_schema_coerce__text_must_be_utf8(void **state)
{
    struct fixture *f = *state;
    const kith_type types[] = { any_string, any_text, json };
    for (size_t i = 0; i < 3; i++) {
        refuses(f, types[i], bare_text(f, "a\xff", 2), KITH_E_VALIDATION, "text (x'61ff') is not UTF-8");
        refuses(f, types[i], bare_text(f, "\xc0\x80", 2), KITH_E_VALIDATION, "is not UTF-8");
        refuses(f, types[i], bare_text(f, "\xed\xa0\x80", 3), KITH_E_VALIDATION, "is not UTF-8");
        refuses(f, types[i], bare_text(f, "1\0", 2), KITH_E_VALIDATION, "holds a NUL byte");
    }
}

static void test_schema_coerce__long_values_are_cut_in_messages(void **state)
{
    struct fixture *f = *state;
    /* 39 letters and one of two bytes: the cut may not go through it. */
    refuses(f, integer, text("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaäbbb"), KITH_E_USAGE,
            "text (\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"…) was given");
    refuses(f, integer, text("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbb"), KITH_E_USAGE,
            "text (\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabb\"…) was given");
    refuses(f, integer, kith_of_bytes("0123456789abcdefg", 17), KITH_E_USAGE, "(x'30313233343536373839616263646566'…)");
    char broken[50];
    memset(broken, 0x80, sizeof broken);
    refuses(f, integer, bare_text(f, broken, sizeof broken), KITH_E_USAGE,
            "text (x'80808080808080808080808080808080'…) was given");
    refuses(f, integer, text("a\"b\n"), KITH_E_USAGE, "text (\"a\\\"b\\n\") was given");
}

/* S6 */
static void test_schema_coerce__enum(void **state)
{
    struct fixture *f = *state;
    passes_text(f, colour, "red");
    passes_text(f, colour, "blue");
    refuses(f, colour, text("gren"), KITH_E_VALIDATION,
            "text (\"gren\") is not one of \"red\", \"green\", \"blue\" (the nearest is \"green\")");
    refuses(f, colour, text("Red"), KITH_E_VALIDATION, "(the nearest is \"red\")");
    refuses(f, colour, bare_text(f, "re", 2), KITH_E_VALIDATION, "is not one of \"red\"");
    refuses(f, colour, bare_text(f, "red\0", 4), KITH_E_VALIDATION, "is not one of");
    refuses(f, colour, text("something else altogether"), KITH_E_VALIDATION, "\"blue\"");
    assert_null(strstr(f->err.message, "nearest"));
    refuses(f, colour, text(""), KITH_E_VALIDATION, "is not one of");
}

static void test_schema_coerce__enum_with_many_labels(void **state)
{
    struct fixture *f = *state;
    const char *labels[201];
    for (size_t i = 0; i < 200; i++)
        labels[i] = "a label that is not so short";
    labels[199] = "zebra";
    labels[200] = NULL;
    kith_type type = { .id = KITH_T_ENUM, .labels = labels };
    passes_text(f, type, "zebra");
    refuses(f, type, text("zebrra"), KITH_E_VALIDATION, "…");
    assert_non_null(strstr(f->err.message, "(the nearest is \"zebra\")"));
    char long_text[101];
    memset(long_text, 'z', 100);
    long_text[100] = '\0';
    refuses(f, type, text(long_text), KITH_E_VALIDATION, "is not one of");
    assert_null(strstr(f->err.message, "nearest"));
    refuses(f, (kith_type){ .id = KITH_T_ENUM }, text("x"), KITH_E_VALIDATION, "is not one of");
}

/* S7 */
static void test_schema_coerce__uuid(void **state)
{
    struct fixture *f = *state;
    static const char lower[] = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";
    passes_text(f, uuid, lower);
    gives_text(f, uuid, text("F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6"), lower);
    refuses(f, uuid, text("F81D4FAE"), KITH_E_VALIDATION, "is not a UUID; UUID takes text like");
    refuses(f, uuid, text("g81d4fae-7dec-41d0-a765-00a0c91e6bf6"), KITH_E_VALIDATION, "is not a UUID");
    refuses(f, uuid, text(""), KITH_E_VALIDATION, "is not a UUID");
}

static void test_schema_coerce__blob(void **state)
{
    struct fixture *f = *state;
    static const char bytes[] = "\0\xff\xc0";
    assert_true(coerce(f, blob, kith_of_bytes(bytes, 3)));
    assert_int_equal(f->out.kind, KITH_BYTES);
    assert_ptr_equal(f->out.as.bytes, bytes);
    assert_int_equal(f->out.size, 3);
    assert_true(coerce(f, blob, kith_of_text(bytes, 3)));
    assert_int_equal(f->out.kind, KITH_BYTES);
    assert_ptr_equal(f->out.as.bytes, bytes);
    assert_int_equal(f->out.size, 3);
}

static void test_schema_coerce__json(void **state)
{
    struct fixture *f = *state;
    passes_text(f, json, "{\"a\": [1, 2.5, null, true, \"ü\"]}");
    passes_text(f, json, "null");
    passes_text(f, json, " 7 ");
    refuses(f, json, text("{\"a\": }"), KITH_E_VALIDATION, "is not JSON: ");
    refuses(f, json, text(""), KITH_E_VALIDATION, "is not JSON: ");
    gives_text(f, json, kith_of_bool(true), "true");
    gives_text(f, json, kith_of_bool(false), "false");
    gives_text(f, json, kith_of_int(INT64_MIN), "-9223372036854775808");
    gives_text(f, json, kith_of_double(0.1), "0.1");
    passes_text(f, json, "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
    refuses(f, json, text("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"), KITH_E_VALIDATION,
            "is nested deeper than 31 levels");
    refuses(f, json, kith_of_double(NAN), KITH_E_VALIDATION, "(not a number) has no JSON form");
    refuses(f, json, kith_of_double(INFINITY), KITH_E_VALIDATION, "(infinity) has no JSON form");
}

/* ---- numbers -------------------------------------------------------------------------------------------------- */

static void passes_integer(struct fixture *f, kith_type type, int64_t n)
{
    assert_true(coerce(f, type, kith_of_int(n)));
    assert_int_equal(f->out.kind, KITH_INT);
    assert_true(f->out.as.integer == n);
}

static void test_schema_coerce__integer(void **state)
{
    struct fixture *f = *state;
    passes_integer(f, integer, -2147483648LL);
    passes_integer(f, integer, 2147483647);
    refuses(f, integer, kith_of_int(2147483648LL), KITH_E_VALIDATION,
            "an integer (2147483648) does not fit; INTEGER takes -2147483648 to 2147483647");
    refuses(f, integer, kith_of_int(-2147483649LL), KITH_E_VALIDATION, "does not fit");
    passes_integer(f, bigint, INT64_MIN);
    passes_integer(f, bigint, INT64_MAX);
    passes_integer(f, count, 0);
    passes_integer(f, count, 2147483647);
    refuses(f, count, kith_of_int(-1), KITH_E_VALIDATION, "is negative; unsigned INTEGER takes 0 to 2147483647");
    refuses(f, count, kith_of_int(2147483648LL), KITH_E_VALIDATION, "does not fit; unsigned INTEGER");
    passes_integer(f, big_count, INT64_MAX);
    refuses(f, big_count, kith_of_int(INT64_MIN), KITH_E_VALIDATION, "is negative; unsigned BIGINT");
}

static void test_schema_coerce__integer_takes_no_other_kind(void **state)
{
    struct fixture *f = *state;
    refuses(f, integer, kith_of_double(1), KITH_E_USAGE, "(1) was given, but INTEGER takes an integer");
    refuses(f, bigint, kith_of_bool(true), KITH_E_USAGE, "BIGINT takes an integer");
    refuses(f, integer, text("7"), KITH_E_USAGE, "text (\"7\") was given, but INTEGER takes an integer");
}

static void passes_boolean(struct fixture *f, kith_value given, bool expected)
{
    assert_true(coerce(f, boolean, given));
    assert_int_equal(f->out.kind, KITH_BOOL);
    assert_int_equal(f->out.as.boolean, expected);
}

static void test_schema_coerce__boolean(void **state)
{
    struct fixture *f = *state;
    passes_boolean(f, kith_of_bool(true), true);
    passes_boolean(f, kith_of_bool(false), false);
    passes_boolean(f, kith_of_int(1), true);
    passes_boolean(f, kith_of_int(0), false);
    refuses(f, boolean, kith_of_int(2), KITH_E_VALIDATION, "an integer (2) is neither true nor false");
    refuses(f, boolean, kith_of_int(-1), KITH_E_VALIDATION, "BOOLEAN takes true, false, 1 or 0");
}

static void passes_double(struct fixture *f, kith_value given, double expected)
{
    assert_true(coerce(f, real, given));
    assert_int_equal(f->out.kind, KITH_DOUBLE);
    assert_true(f->out.as.real == expected);
    assert_int_equal(signbit(f->out.as.real) != 0, signbit(expected) != 0);
}

static void test_schema_coerce__double(void **state)
{
    struct fixture *f = *state;
    passes_double(f, kith_of_double(0.5), 0.5);
    passes_double(f, kith_of_double(-1.7976931348623157e308), -1.7976931348623157e308);
    passes_double(f, kith_of_int(7), 7.0);
    passes_double(f, kith_of_int(9007199254740992), 9007199254740992.0);
    passes_double(f, kith_of_double(-0.0), 0.0);
    passes_double(f, kith_of_int(-9007199254740992), -9007199254740992.0);
    refuses(f, real, kith_of_int(9007199254740993), KITH_E_VALIDATION, "(9007199254740993) is not exact");
    refuses(f, real, kith_of_int(-9007199254740993), KITH_E_VALIDATION, "is not exact");
    refuses(f, real, kith_of_double(NAN), KITH_E_VALIDATION, "(not a number) cannot be stored");
    refuses(f, real, kith_of_double(INFINITY), KITH_E_VALIDATION, "(infinity) cannot be stored");
    refuses(f, real, kith_of_double(-INFINITY), KITH_E_VALIDATION, "(minus infinity) cannot be stored");
}

static void test_schema_coerce__decimal(void **state)
{
    struct fixture *f = *state;
    passes_text(f, decimal, "12.50");
    passes_text(f, decimal, "-9999.99");
    gives_text(f, decimal, text("12.5"), "12.50");
    gives_text(f, decimal, text("+007"), "7.00");
    gives_text(f, decimal, text("-0"), "0.00");
    gives_text(f, decimal, kith_of_int(7), "7.00");
    gives_text(f, decimal, kith_of_int(-9999), "-9999.00");
    refuses(f, decimal, text("1.234"), KITH_E_VALIDATION, "DECIMAL(6, 2) takes at most 2 behind the point");
    refuses(f, decimal, text("10000"), KITH_E_VALIDATION, "DECIMAL(6, 2) takes at most 4 before the point");
    refuses(f, decimal, kith_of_int(INT64_MIN), KITH_E_VALIDATION, "has too many digits");
    refuses(f, decimal, text("twelve"), KITH_E_VALIDATION, "is not a decimal number; DECIMAL(6, 2) takes");
    refuses(f, decimal, text(""), KITH_E_VALIDATION, "is not a decimal number");
    refuses(f, decimal, kith_of_double(12.5), KITH_E_USAGE,
            "a binary fraction is not exact, so give the number as text");
}

static void test_schema_coerce__decimal_default_size(void **state)
{
    struct fixture *f = *state;
    const kith_type plain = { .id = KITH_T_DECIMAL };
    passes_text(f, plain, "1234567890");
    refuses(f, plain, text("12345678901"), KITH_E_VALIDATION, "DECIMAL(10, 0) takes at most 10 before the point");
    refuses(f, plain, text("0.5"), KITH_E_VALIDATION, "takes at most 0 behind the point");
    /* A definition that makes no sense, before it was reported. */
    refuses(f, (kith_type)KITH_DECIMAL(2, 5), text("1"), KITH_E_VALIDATION, "takes at most 0 before the point");
}

/* ---- time ----------------------------------------------------------------------------------------------------- */

static const int64_t first = INT64_C(-62135596800000000), last = INT64_C(253402300799999999);

static void passes_moment(struct fixture *f, kith_value given, int64_t expected)
{
    assert_true(coerce(f, date, given));
    assert_int_equal(f->out.kind, KITH_TIMESTAMP);
    assert_true(f->out.as.timestamp == expected);
}

static void test_schema_coerce__date(void **state)
{
    struct fixture *f = *state;
    passes_moment(f, kith_of_timestamp(0), 0);
    passes_moment(f, kith_of_timestamp(first), first);
    passes_moment(f, kith_of_timestamp(last), last);
    passes_moment(f, text("1970-01-02"), INT64_C(86400000000));
    passes_moment(f, text("1970-01-01T01:00:00.000001+01:00"), 1);
    passes_moment(f, text("9999-12-31 23:59:59.999999"), last);
    refuses(f, date, kith_of_timestamp(first - 1), KITH_E_VALIDATION, "outside the years 0001 to 9999");
    assert_non_null(strstr(f->err.message, "(-62135596800000001 microseconds since 1970)"));
    refuses(f, date, kith_of_timestamp(last + 1), KITH_E_VALIDATION, "outside the years");
    refuses(f, date, kith_of_timestamp(INT64_MIN), KITH_E_VALIDATION, "outside the years");
    refuses(f, date, text("0001-01-01 00:00:00+01:00"), KITH_E_VALIDATION, "is not a moment");
    refuses(f, date, text("2026-02-30"), KITH_E_VALIDATION, "is not a moment in the years 0001 to 9999; DATE takes");
    refuses(f, date, text(""), KITH_E_VALIDATION, "is not a moment");
}

static void test_schema_coerce__dateonly(void **state)
{
    struct fixture *f = *state;
    passes_text(f, day, "2024-02-29");
    gives_text(f, day, kith_of_timestamp(-1), "1969-12-31");
    gives_text(f, day, kith_of_timestamp(last), "9999-12-31");
    assert_int_equal(f->out.as.str[10], '\0');
    refuses(f, day, kith_of_timestamp(last + 1), KITH_E_VALIDATION, "outside the years");
    refuses(f, day, text("2023-02-29"), KITH_E_VALIDATION, "is not a day; DATEONLY takes text like");
    refuses(f, day, text("21.11.2026"), KITH_E_VALIDATION, "is not a day");
}

static void test_schema_coerce__time(void **state)
{
    struct fixture *f = *state;
    passes_text(f, time_of_day, "09:39:00");
    passes_text(f, time_of_day, "09:39:00.000001");
    gives_text(f, time_of_day, text("09:39"), "09:39:00");
    refuses(f, time_of_day, text("24:00:00"), KITH_E_VALIDATION, "is not a time of day; TIME takes");
    refuses(f, time_of_day, text("noon"), KITH_E_VALIDATION, "is not a time of day");
}

/* ---- memory --------------------------------------------------------------------------------------------------- */

/* Fails each allocation in turn: a clean error, nothing left behind, and the same answer as before once it is there. */
static void fail_each(kith_type type, kith_value given, kith_status expected)
{
    struct attr attr = { .name = "thing", .model = &user, .type = type };
    for (size_t n = 1; n < 100; n++) {
        struct fail_alloc memory;
        fail_alloc_init(&memory);
        memory.fail_at = n;
        memory.fail_forever = n % 2 == 1;
        kith_arena arena;
        kith__arena_init(&arena, &memory.allocator, NULL, true);
        kith_error err = { 0 };
        kith_value out;
        bool done = kith__coerce(&attr, given, &arena, &out, &err);
        bool failed = memory.calls >= n;
        assert_int_equal(err.status, failed ? KITH_E_NO_MEMORY : expected);
        assert_int_equal(done, err.status == KITH_OK);
        kith__arena_free(&arena);
        assert_int_equal(memory.live_blocks, 0);
        if (!failed) {
            assert_true(n > 1);
            return;
        }
    }
    fail_msg("it never succeeded");
}

static void test_schema_coerce__without_memory(void **state)
{
    (void)state;
    fail_each(decimal, text("7"), KITH_OK);
    fail_each(decimal, kith_of_int(7), KITH_OK);
    fail_each(uuid, text("F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6"), KITH_OK);
    fail_each(day, kith_of_timestamp(0), KITH_OK);
    fail_each(time_of_day, text("09:39"), KITH_OK);
    fail_each(json, kith_of_double(0.5), KITH_OK);
    fail_each(integer, text("x"), KITH_E_USAGE);
    fail_each(colour, text("gren"), KITH_E_VALIDATION);
    fail_each(string_3, text("abcd"), KITH_E_VALIDATION);
    fail_each(json, text("{"), KITH_E_VALIDATION);
    fail_each(decimal, text("1e9"), KITH_E_VALIDATION);
}

/* What is right already needs no memory. */
static void test_schema_coerce__passing_takes_no_memory(void **state)
{
    (void)state;
    struct fail_alloc memory;
    fail_alloc_init(&memory);
    memory.fail_at = 1;
    memory.fail_forever = true;
    kith_arena arena;
    kith__arena_init(&arena, &memory.allocator, NULL, true);
    const struct {
        kith_type type;
        kith_value value;
    } right[] = {
        { string_3, text("abc") },
        { any_text, text("abc") },
        { integer, kith_of_int(1) },
        { real, kith_of_int(1) },
        { boolean, kith_of_int(1) },
        { decimal, text("1.00") },
        { date, text("2026-11-21") },
        { day, text("2026-11-21") },
        { time_of_day, text("09:39:00") },
        { colour, text("red") },
        { blob, text("x") },
        { json, text("[]") },
        { uuid, text("f81d4fae-7dec-41d0-a765-00a0c91e6bf6") },
    };
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        struct attr attr = { .name = "thing", .model = &user, .type = right[i].type };
        kith_value out;
        assert_true(kith__coerce(&attr, right[i].value, &arena, &out, NULL));
    }
    assert_int_equal(memory.calls, 0);
    kith__arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_schema_coerce__type_kinds_and_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__nothing_and_expressions_pass, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__null_pointer_is_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__other_kinds_are_usage_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__out_of_range_says_why, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__unknown_type, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__error_may_be_null, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__string_passes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__string_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__text_must_be_utf8, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__long_values_are_cut_in_messages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__enum, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__enum_with_many_labels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__uuid, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__blob, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__json, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__integer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__integer_takes_no_other_kind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__boolean, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__double, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__decimal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__decimal_default_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__date, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__dateonly, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__without_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_coerce__passing_takes_no_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
