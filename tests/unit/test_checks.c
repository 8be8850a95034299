/* checks: what each validator lets through, what it says, and which lists are mistakes. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "harness/fail_alloc.h"
#include "harness/test.h"
#include "schema/checks.h"

static const struct model user = { .name = "user" };

struct fixture {
    kith_arena arena;
    struct attr attr;
    struct buf report;
    kith_error err;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    kith__arena_init(&f->arena, &kith__default_allocator, NULL, true);
    kith__buf_init(&f->report, &kith__default_allocator);
    f->attr = (struct attr){ .name = "thing", .model = &user };
    *state = f;
    return f ? 0 : -1;
}

static void drop_checks(struct fixture *f)
{
    kith__checks_free(f->attr.checks);
    f->attr.checks = NULL;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    drop_checks(f);
    kith__buf_free(&f->report);
    kith__arena_free(&f->arena);
    free(f);
    return 0;
}

static bool compile(struct fixture *f, int type, const kith_check *list)
{
    drop_checks(f);
    memset(&f->err, 0, sizeof f->err);
    f->attr.type.id = type;
    return kith__checks_compile(list, type, &kith__default_allocator, &f->arena, &f->attr.checks, &f->err);
}

static void compiles(struct fixture *f, int type, const kith_check *list)
{
    assert_true(compile(f, type, list));
    assert_non_null(f->attr.checks);
    assert_int_equal(f->err.status, KITH_OK);
}

static void is_mistake(struct fixture *f, int type, const kith_check *list, const char *said)
{
    assert_false(compile(f, type, list));
    assert_null(f->attr.checks);
    assert_int_equal(f->err.status, KITH_E_MODEL);
    if (!strstr(f->err.message, said))
        fail_msg("\"%s\" is not in: %s", said, f->err.message);
}

static void passes(struct fixture *f, kith_value value)
{
    kith__buf_clear(&f->report);
    assert_int_equal(kith__checks_run(&f->attr, &value, &f->report), CHECKS_PASS);
    assert_string_equal(kith__buf_text(&f->report), "");
}

static void fails(struct fixture *f, kith_value value, const char *report)
{
    kith__buf_clear(&f->report);
    assert_int_equal(kith__checks_run(&f->attr, &value, &f->report), CHECKS_FAIL);
    assert_string_equal(kith__buf_text(&f->report), report);
}

static void fails_somehow(struct fixture *f, kith_value value)
{
    kith__buf_clear(&f->report);
    assert_int_equal(kith__checks_run(&f->attr, &value, &f->report), CHECKS_FAIL);
    assert_true(f->report.size > 0);
}

static kith_value text(const char *of)
{
    return kith_of_str(of);
}

/* Text in memory of just its size, so that a sanitizer sees a read past its end. Freed with the arena. */
static kith_value bare_text(struct fixture *f, const char *of)
{
    size_t size = strlen(of);
    char *copy = kith_arena_take(&f->arena, size);
    assert_non_null(copy);
    memcpy(copy, of, size);
    return kith_of_text(copy, size);
}

/* ---- no checks, no values ------------------------------------------------------------------------------------- */

static void test_schema_checks__empty_list_is_none(void **state)
{
    struct fixture *f = *state;
    static const kith_check empty[] = { { .id = -1 } };
    assert_true(compile(f, KITH_T_STRING, NULL));
    assert_null(f->attr.checks);
    assert_true(compile(f, KITH_T_STRING, empty));
    assert_null(f->attr.checks);
    passes(f, text("x"));
    kith__checks_free(NULL);
}

static void test_schema_checks__no_value_passes(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_LEN(5, 6), KITH_IS_EMAIL));
    passes(f, kith_of_null());
    passes(f, (kith_value){ 0 });
    passes(f, kith_of_expr((const struct kith_expr *)&user));
    fails_somehow(f, text("x"));
}

/* ---- e-mail (S9) ---------------------------------------------------------------------------------------------- */

static void test_schema_checks__email(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_IS_EMAIL));
    static const char *const good[] = {
        "ida@example.org",
        "a@b",
        "a.b+c@d-e.example",
        "!#$%&'*+/=?^_`{|}~-.@x.y",
        "..@x",
        "a@123.4",
        "a@a23456789012345678901234567890123456789012345678901234567890123.org",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        passes(f, bare_text(f, good[i]));
    static const char *const bad[] = {
        "",
        "x",
        "@",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "a@b c",
        "a@-b",
        "a@b-",
        "a@b..c",
        "a@.b",
        "a@b.",
        "ä@b",
        "a@ä.org",
        "a@b\n",
        "\na@b",
        "a@b_c",
        "<a@b>",
        "a,b@c",
        "a@b.org ",
        "\"a\"@b",
        "a@a234567890123456789012345678901234567890123456789012345678901234.org",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        fails_somehow(f, bare_text(f, bad[i]));
    fails(f, text("x"), "user.thing: \"x\" is not an e-mail address");
}

/* ---- length --------------------------------------------------------------------------------------------------- */

static void test_schema_checks__len_counts_characters(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_LEN(2, 3)));
    passes(f, text("ab"));
    passes(f, text("äöü"));
    fails(f, text("ä"), "user.thing: \"ä\" has 1 character and must have 2 to 3");
    fails(f, text("äöüß"), "user.thing: \"äöüß\" has 4 characters and must have 2 to 3");
}

static void test_schema_checks__len_counts_bytes_of_blobs(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_BLOB, KITH_CHECKS(KITH_LEN(2, 3)));
    passes(f, kith_of_bytes("\xc3\xa4", 2));
    passes(f, kith_of_bytes("\0\xff\0", 3));
    fails(f, kith_of_bytes("\1", 1), "user.thing: x'01' has 1 byte and must have 2 to 3");
    fails_somehow(f, kith_of_bytes("\xc3\xa4\xc3\xa4", 4));
}

static void test_schema_checks__open_and_single_bounds(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_TEXT, KITH_CHECKS(KITH_LEN(2, INFINITY)));
    passes(f, text("abc"));
    fails(f, text("a"), "user.thing: \"a\" has 1 character and must have at least 2");
    compiles(f, KITH_T_TEXT, KITH_CHECKS(KITH_LEN(-INFINITY, 2)));
    passes(f, text(""));
    fails(f, text("abc"), "user.thing: \"abc\" has 3 characters and must have at most 2");
    compiles(f, KITH_T_TEXT, KITH_CHECKS(KITH_LEN(2, 2)));
    passes(f, text("ab"));
    fails(f, text("abc"), "user.thing: \"abc\" has 3 characters and must have 2");
}

/* ---- range ---------------------------------------------------------------------------------------------------- */

static void test_schema_checks__range_of_integers(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_INTEGER, KITH_CHECKS(KITH_RANGE(-0.5, 150)));
    passes(f, kith_of_int(0));
    passes(f, kith_of_int(150));
    fails(f, kith_of_int(-1), "user.thing: -1 is out of range and must be -0.5 to 150");
    fails(f, kith_of_int(151), "user.thing: 151 is out of range and must be -0.5 to 150");
}

static void test_schema_checks__range_of_large_integers_is_exact(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_BIGINT, KITH_CHECKS(KITH_RANGE(-9007199254740992.0, 9007199254740992.0)));
    passes(f, kith_of_int(9007199254740992));
    passes(f, kith_of_int(-9007199254740992));
    fails_somehow(f, kith_of_int(9007199254740993));
    fails_somehow(f, kith_of_int(-9007199254740993));
    compiles(f, KITH_T_BIGINT, KITH_CHECKS(KITH_RANGE(-9223372036854775808.0, 9223372036854775808.0)));
    passes(f, kith_of_int(INT64_MIN));
    passes(f, kith_of_int(INT64_MAX));
    compiles(f, KITH_T_BIGINT, KITH_CHECKS(KITH_RANGE(-INFINITY, INFINITY)));
    passes(f, kith_of_int(INT64_MIN));
    passes(f, kith_of_int(INT64_MAX));
    compiles(f, KITH_T_BIGINT, KITH_CHECKS(KITH_RANGE(9223372036854775808.0, 1e300)));
    fails_somehow(f, kith_of_int(INT64_MAX));
    compiles(f, KITH_T_BIGINT, KITH_CHECKS(KITH_RANGE(-1e300, -1e200)));
    fails_somehow(f, kith_of_int(INT64_MIN));
}

static void test_schema_checks__range_of_doubles(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_DOUBLE, KITH_CHECKS(KITH_RANGE(0, 0.5)));
    passes(f, kith_of_double(0));
    passes(f, kith_of_double(0.5));
    fails(f, kith_of_double(0.75), "user.thing: 0.75 is out of range and must be 0 to 0.5");
    fails_somehow(f, kith_of_double(-0.001));
    fails_somehow(f, kith_of_double(NAN));
}

static void test_schema_checks__range_of_decimals_is_exact(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_DECIMAL, KITH_CHECKS(KITH_RANGE(0.1, 0.3)));
    passes(f, bare_text(f, "0.1"));
    passes(f, bare_text(f, "0.30"));
    passes(f, bare_text(f, "0.2"));
    fails(f, text("0.31"), "user.thing: \"0.31\" is out of range and must be 0.1 to 0.3");
    fails_somehow(f, text("0.09"));
    fails_somehow(f, text("-0.2"));
    compiles(f, KITH_T_DECIMAL, KITH_CHECKS(KITH_RANGE(-INFINITY, 1e21)));
    passes(f, text("-99999999999999999999999999999999"));
    passes(f, text("1000000000000000000000.00"));
    fails(f, text("1000000000000000000000.01"),
          "user.thing: \"1000000000000000000000.01\" is out of range and must be at most 1e+21");
    compiles(f, KITH_T_DECIMAL, KITH_CHECKS(KITH_RANGE(0, INFINITY)));
    passes(f, text("99999999999999999999999999999999"));
    fails(f, text("-1"), "user.thing: \"-1\" is out of range and must be at least 0");
}

/* ---- lists and patterns --------------------------------------------------------------------------------------- */

static void test_schema_checks__in(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_ONE_OF("red", "green")));
    passes(f, bare_text(f, "red"));
    passes(f, bare_text(f, "green"));
    fails(f, bare_text(f, "gree"), "user.thing: \"gree\" is not one of \"red\", \"green\" (the nearest is \"green\")");
    fails(f, bare_text(f, "purple haze"), "user.thing: \"purple haze\" is not one of \"red\", \"green\"");
    fails_somehow(f, kith_of_text("red\0", 4));
}

static void test_schema_checks__match(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_MATCHES("^[a-z]+$")));
    passes(f, bare_text(f, "abc"));
    fails(f, bare_text(f, "a1"), "user.thing: \"a1\" does not match /^[a-z]+$/");
    fails_somehow(f, text(""));
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_MATCHES("b")));
    passes(f, bare_text(f, "abc"));
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_MATCHES("^.$")));
    passes(f, bare_text(f, "ä"));
    fails_somehow(f, text("ab"));
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_MATCHES("^(a)(b)(c)\\1$")));
    passes(f, text("abca"));
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_MATCHES("")));
    passes(f, text(""));
}

/* A pattern that goes wrong in time or memory decides nothing, so it does not let the value through. */
static void test_schema_checks__match_gives_up(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_TEXT, KITH_CHECKS(KITH_MATCHES("^(?:a|b)*$")));
    size_t size = 4 * 1024 * 1024;
    char *many = malloc(size);
    assert_non_null(many);
    memset(many, 'a', size);
    fails_somehow(f, kith_of_text(many, size));
    passes(f, kith_of_text(many, 1000));
    free(many);
    compiles(f, KITH_T_TEXT, KITH_CHECKS(KITH_MATCHES("^(a+)+$")));
    fails_somehow(f, text("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"));
    fails_somehow(f, kith_of_text("\xff", 1));
}

/* ---- functions ------------------------------------------------------------------------------------------------ */

struct seen {
    int calls;
    kith_value value;
    char text[8];
    bool answer;
};

static bool see(const kith_value *value, void *ctx)
{
    struct seen *seen = ctx;
    seen->calls++;
    seen->value = *value;
    if (value->kind == KITH_STR) {
        assert_true(value->size < sizeof seen->text);
        memcpy(seen->text, value->as.str, (size_t)value->size + 1); /* with the NUL */
    }
    return seen->answer;
}

static void test_schema_checks__function_decides(void **state)
{
    struct fixture *f = *state;
    struct seen seen = { .answer = true };
    compiles(f, KITH_T_INTEGER, KITH_CHECKS(KITH_CHECK_BY(see, &seen)));
    passes(f, kith_of_int(7));
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.value.kind, KITH_INT);
    assert_int_equal(seen.value.as.integer, 7);
    seen.answer = false;
    fails(f, kith_of_int(8), "user.thing: 8 was refused by a check of the program");
    passes(f, kith_of_null());
    assert_int_equal(seen.calls, 2);
}

static void test_schema_checks__function_gets_text_with_an_end(void **state)
{
    struct fixture *f = *state;
    struct seen seen = { .answer = true };
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_CHECK_BY(see, &seen)));
    passes(f, bare_text(f, "abc"));
    assert_int_equal(seen.value.kind, KITH_STR);
    assert_int_equal(seen.value.size, 3);
    assert_string_equal(seen.text, "abc");
    passes(f, text(""));
    assert_int_equal(seen.calls, 2);
    assert_string_equal(seen.text, "");
}

/* ---- reports (S9) --------------------------------------------------------------------------------------------- */

static void test_schema_checks__own_message(void **state)
{
    struct fixture *f = *state;
    static const kith_check list[] = { { .id = KITH_CHECK_RANGE, .max = 5, .message = "at most five, please" },
                                       { .id = -1 } };
    compiles(f, KITH_T_INTEGER, list);
    fails(f, kith_of_int(6), "user.thing: at most five, please");
}

static void test_schema_checks__all_failures_are_reported(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_LEN(0, 1), KITH_MATCHES("b"), KITH_MATCHES("z"), KITH_IS_EMAIL));
    fails(f, text("abc"),
          "user.thing: \"abc\" has 3 characters and must have 0 to 1; user.thing: \"abc\" does not match /z/; "
          "user.thing: \"abc\" is not an e-mail address");
}

static void test_schema_checks__report_goes_on(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_IS_EMAIL));
    kith__buf_add(&f->report, "user.other: wrong");
    kith_value x = text("x"), good = text("a@b");
    assert_int_equal(kith__checks_run(&f->attr, &good, &f->report), CHECKS_PASS);
    assert_int_equal(kith__checks_run(&f->attr, &x, &f->report), CHECKS_FAIL);
    assert_string_equal(kith__buf_text(&f->report), "user.other: wrong; user.thing: \"x\" is not an e-mail address");
}

/* ---- mistakes ------------------------------------------------------------------------------------------------- */

static void test_schema_checks__mistakes(void **state)
{
    struct fixture *f = *state;
    static const char *const nothing[] = { NULL };
    is_mistake(f, KITH_T_STRING, KITH_CHECKS(KITH_IS_EMAIL, { .id = 99 }), "check 2 has the unknown id 99");
    is_mistake(f, KITH_T_STRING, KITH_CHECKS({ .id = -2 }), "check 1 has the unknown id -2");
    is_mistake(f, KITH_T_STRING, KITH_CHECKS({ 0 }), "check 1 (FUNCTION) has no function");
    is_mistake(f, KITH_T_STRING, KITH_CHECKS({ .id = KITH_CHECK_IN }), "check 1 (IN) has no list");
    is_mistake(f, KITH_T_STRING, KITH_CHECKS({ .id = KITH_CHECK_IN, .list = nothing }), "check 1 (IN) has no list");
    is_mistake(f, KITH_T_STRING, KITH_CHECKS({ .id = KITH_CHECK_MATCH }), "check 1 (MATCH) has no pattern");
    is_mistake(f, KITH_T_STRING, KITH_CHECKS(KITH_LEN(3, 2)), "check 1 (LEN) has a minimum above its maximum");
    is_mistake(f, KITH_T_INTEGER, KITH_CHECKS(KITH_RANGE(1, 0)), "check 1 (RANGE) has a minimum above its maximum");
    is_mistake(f, KITH_T_INTEGER, KITH_CHECKS(KITH_RANGE(NAN, 0)), "a bound that is not a number");
    is_mistake(f, KITH_T_DECIMAL, KITH_CHECKS(KITH_RANGE(0, NAN)), "a bound that is not a number");
}

static void test_schema_checks__bad_pattern(void **state)
{
    struct fixture *f = *state;
    is_mistake(f, KITH_T_STRING, KITH_CHECKS(KITH_MATCHES("a"), KITH_IS_EMAIL, KITH_MATCHES("a(b")),
               "check 3 (MATCH) has the pattern /a(b/, wrong at offset 3: missing closing parenthesis");
    is_mistake(f, KITH_T_STRING, KITH_CHECKS(KITH_MATCHES("\xff")), "check 1 (MATCH) has the pattern");
}

/* Every pair of check and type: the ones that fit compile, the others are named. */
static void test_schema_checks__checks_fit_types(void **state)
{
    struct fixture *f = *state;
    static const char *const list[] = { "x", NULL };
    struct seen seen = { .answer = true };
    for (int type = 1; type < KITH_T_COUNT_; type++) {
        bool number = type == KITH_T_INTEGER || type == KITH_T_BIGINT || type == KITH_T_DOUBLE ||
                      type == KITH_T_DECIMAL;
        bool is_text = type != KITH_T_INTEGER && type != KITH_T_BIGINT && type != KITH_T_DOUBLE &&
                       type != KITH_T_BOOLEAN && type != KITH_T_DATE && type != KITH_T_BLOB;
        for (int id = 0; id < KITH_CHECK_COUNT_; id++) {
            kith_check checks[] = { { .id = id, .max = 1, .list = list, .pattern = "x", .check = see, .ctx = &seen },
                                    { .id = -1 } };
            bool fits = is_text;
            if (id == KITH_CHECK_FUNCTION)
                fits = true;
            else if (id == KITH_CHECK_LEN)
                fits = is_text || type == KITH_T_BLOB;
            else if (id == KITH_CHECK_RANGE)
                fits = number;
            if (fits)
                compiles(f, type, checks);
            else
                is_mistake(f, type, checks, ", not for ");
        }
    }
    is_mistake(f, KITH_T_BOOLEAN, KITH_CHECKS(KITH_LEN(1, 2)), "check 1 (LEN) is for text and bytes, not for BOOLEAN");
    is_mistake(f, KITH_T_STRING, KITH_CHECKS(KITH_RANGE(1, 2)), "check 1 (RANGE) is for numbers, not for STRING");
    is_mistake(f, 0, KITH_CHECKS(KITH_IS_EMAIL), "an unknown type");
}

/* ---- memory --------------------------------------------------------------------------------------------------- */

static const kith_check every_kind[] = {
    KITH_IS_EMAIL, KITH_LEN(0, 1), KITH_ONE_OF("x"), KITH_MATCHES("^(?:a|b)*$"), { .check = see, .ctx = NULL },
    { .id = -1 },
};

/* Fails each allocation of compiling in turn, then that one and all later ones. */
static void fail_compiling(const kith_check *list, int type, bool forever)
{
    for (size_t n = 1; n < 1000; n++) {
        struct fail_alloc memory;
        fail_alloc_init(&memory);
        memory.fail_at = n;
        memory.fail_forever = forever;
        kith_arena arena;
        kith__arena_init(&arena, &memory.allocator, NULL, true);
        const struct checks *checks;
        kith_error err = { 0 };
        bool compiled = kith__checks_compile(list, type, &memory.allocator, &arena, &checks, &err);
        bool failed = memory.calls >= n;
        assert_int_equal(compiled, !failed);
        assert_int_equal(err.status, failed ? KITH_E_NO_MEMORY : KITH_OK);
        if (failed)
            assert_null(checks);
        kith__checks_free(checks);
        kith__arena_free(&arena);
        assert_int_equal(memory.live_blocks, 0);
        if (!failed) {
            assert_true(n > 1);
            return;
        }
    }
    fail_msg("it never succeeded");
}

static void test_schema_checks__compiling_without_memory(void **state)
{
    (void)state;
    fail_compiling(every_kind, KITH_T_STRING, false);
    fail_compiling(every_kind, KITH_T_STRING, true);
    fail_compiling(KITH_CHECKS(KITH_RANGE(1, 2)), KITH_T_DECIMAL, false);
    fail_compiling(KITH_CHECKS(KITH_RANGE(1, 2)), KITH_T_DECIMAL, true);
}

/* A mistake behind checks that were compiled leaves nothing behind. */
static void test_schema_checks__mistake_frees_what_was_compiled(void **state)
{
    (void)state;
    struct fail_alloc memory;
    fail_alloc_init(&memory);
    kith_arena arena;
    kith__arena_init(&arena, &memory.allocator, NULL, true);
    const struct checks *checks;
    kith_error err = { 0 };
    assert_false(kith__checks_compile(KITH_CHECKS(KITH_IS_EMAIL, KITH_MATCHES("a"), { .id = 77 }), KITH_T_STRING,
                                      &memory.allocator, &arena, &checks, &err));
    assert_int_equal(err.status, KITH_E_MODEL);
    kith__arena_free(&arena);
    assert_int_equal(memory.live_blocks, 0);
}

/* What compiling and running take comes from the allocator given, and goes back to it. */
static enum checks_result run_failing(struct fail_alloc *memory, size_t n, bool forever, const kith_check *list,
                                      kith_value value, bool *failed)
{
    fail_alloc_init(memory);
    kith_arena arena;
    kith__arena_init(&arena, &memory->allocator, NULL, true);
    struct attr attr = { .name = "thing", .model = &user, .type = { .id = KITH_T_STRING } };
    kith_error err = { 0 };
    assert_true(kith__checks_compile(list, KITH_T_STRING, &memory->allocator, &arena, &attr.checks, &err));
    size_t before = memory->live_blocks;
    struct buf report;
    kith__buf_init(&report, &memory->allocator);
    memory->calls = 0;
    memory->fail_at = n;
    memory->fail_forever = forever;
    enum checks_result result = kith__checks_run(&attr, &value, &report);
    *failed = memory->calls >= n;
    kith__buf_free(&report);
    assert_int_equal(memory->live_blocks, before);
    kith__checks_free(attr.checks);
    kith__arena_free(&arena);
    assert_int_equal(memory->live_blocks, 0);
    return result;
}

static void fail_running(const kith_check *list, kith_value value, bool forever, enum checks_result expected)
{
    for (size_t n = 1; n < 1000; n++) {
        struct fail_alloc memory;
        bool failed;
        enum checks_result result = run_failing(&memory, n, forever, list, value, &failed);
        assert_int_equal(result, failed ? CHECKS_NO_MEMORY : expected);
        if (!failed) {
            assert_true(n > 1);
            return;
        }
    }
    fail_msg("it never succeeded");
}

static void test_schema_checks__running_without_memory(void **state)
{
    (void)state;
    struct seen yes = { .answer = true }, no = { .answer = false };
    char many[20001];
    memset(many, 'a', 20000);
    many[20000] = '\0';
    for (int forever = 0; forever < 2; forever++) {
        fail_running(KITH_CHECKS(KITH_MATCHES("^(?:a|b)*$")), text(many), forever, CHECKS_PASS);
        fail_running(KITH_CHECKS(KITH_IS_EMAIL, KITH_LEN(0, 1), KITH_ONE_OF("x")), text("abc"), forever, CHECKS_FAIL);
        fail_running(KITH_CHECKS(KITH_CHECK_BY(see, &yes)), text("abc"), forever, CHECKS_PASS);
        fail_running(KITH_CHECKS(KITH_CHECK_BY(see, &no)), text("abc"), forever, CHECKS_FAIL);
    }
}

/* ---- threads -------------------------------------------------------------------------------------------------- */

static void *run_often(void *arg)
{
    const struct attr *attr = arg;
    for (int i = 0; i < 500; i++) {
        struct buf report;
        kith__buf_init(&report, &kith__default_allocator);
        kith_value good = text("ida@example.org"), bad = text("nobody");
        bool right = kith__checks_run(attr, &good, &report) == CHECKS_PASS &&
                     kith__checks_run(attr, &bad, &report) == CHECKS_FAIL;
        kith__buf_free(&report);
        if (!right)
            return arg;
    }
    return NULL;
}

static void test_schema_checks__threads_share_them(void **state)
{
    struct fixture *f = *state;
    compiles(f, KITH_T_STRING, KITH_CHECKS(KITH_IS_EMAIL, KITH_MATCHES("^(\\w|@|\\.)+$")));
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_often, &f->attr), 0);
    for (int i = 0; i < 4; i++) {
        void *wrong;
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_schema_checks__empty_list_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__no_value_passes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__email, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__len_counts_characters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__len_counts_bytes_of_blobs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__open_and_single_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__range_of_integers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__range_of_large_integers_is_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__range_of_doubles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__range_of_decimals_is_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__in, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__match, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__match_gives_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__function_decides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__function_gets_text_with_an_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__own_message, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__all_failures_are_reported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__report_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__mistakes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__bad_pattern, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__checks_fit_types, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__compiling_without_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__mistake_frees_what_was_compiled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__running_without_memory, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema_checks__threads_share_them, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
