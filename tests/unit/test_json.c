/* json: what is JSON, what is not, and why. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "harness/test.h"

static char why[200];

static bool valid(const char *text, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1); /* no terminator */
    assert_non_null(copy);
    memcpy(copy, text, size);
    why[0] = '\0';
    bool good = kith__json_valid(copy, size, why, sizeof why);
    free(copy);
    assert_int_equal(good, why[0] == '\0');
    return good;
}

static void test_base_json__takes_every_value(void **state)
{
    (void)state;
    static const char *const good[] = { "null",
                                        "true",
                                        "0",
                                        "-1.5e-7",
                                        "\"pug\"",
                                        "[]",
                                        "{}",
                                        " [1, {\"a\": [null]}] \n",
                                        "\"\\u00fc\\ud83d\\udc36\"",
                                        "{\"a\": 1, \"a\": 2}",
                                        "\"a\\u0000b\"",
                                        "12345678901234567890123",
                                        "\"gr\xc3\xbc\xc3\x9f\"" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!valid(good[i], strlen(good[i])))
            fail_msg("%s: %s", good[i], why);
}

static void test_base_json__refuses_what_is_none(void **state)
{
    (void)state;
    static const char *const bad[] = { "",         " ",           "nul",      "[1,]",   "{a: 1}", "{'a': 1}",
                                       "01",       "1 2",         "[1] x",    "\"open", "[",      "NaN",
                                       "\"\xfc\"", "\"\\ud83d\"", "\"a\nb\"", "+1",     ".5" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (valid(bad[i], strlen(bad[i])))
            fail_msg("taken: %s", bad[i]);
    assert_false(valid("1\0", 2));
    assert_false(valid("[1\0]", 4));
    assert_false(valid("\"a\0b\"", 5));
    assert_false(kith__json_valid(NULL, 0, why, sizeof why));
}

static void test_base_json__says_where(void **state)
{
    (void)state;
    assert_false(valid("[1,\n 2,\n oops]", 14));
    assert_non_null(strstr(why, "line 3"));
    assert_non_null(strstr(why, "oops"));
}

static void test_base_json__why_may_be_short_or_missing(void **state)
{
    (void)state;
    char small[8];
    memset(small, '#', sizeof small);
    assert_false(kith__json_valid("[", 1, small, 5));
    assert_int_equal(strlen(small), 4);
    assert_int_equal(small[5], '#');
    assert_false(kith__json_valid("[", 1, NULL, 0));
    assert_true(kith__json_valid("1", 1, NULL, 0));
}

static void test_base_json__depth_is_an_error_and_no_crash(void **state)
{
    (void)state;
    enum { DEPTH = 200000 };
    char *deep = malloc(DEPTH);
    assert_non_null(deep);
    memset(deep, '[', DEPTH);
    assert_false(valid(deep, DEPTH));
    free(deep);
}

static void test_base_json__depth(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t depth;
    } cases[] = { { "1", 0 },
                  { "\"[[{\"", 0 },
                  { "[]", 1 },
                  { " { } ", 1 },
                  { "[[],[],[{}]]", 3 },
                  { "{\"a\":[1],\"b\":{\"c\":{}}}", 3 },
                  { "[\"\\\"[[[\",\"\\\\\",[]]", 2 },
                  { "{\"[\":\"{\"}", 1 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(kith__json_depth(cases[i].text, strlen(cases[i].text)), cases[i].depth);
    assert_int_equal(kith__json_depth(NULL, 0), 0);
}

static void test_base_json__array(void **state)
{
    (void)state;
    kith_arena arena;
    kith_value items[6];
    kith__arena_init(&arena, &kith__default_allocator, NULL, true);
    const char text[] = "[null, true,false,-9223372036854775808,\"\",\"a\\u0000\\u00e9\"]";
    assert_true(kith__json_array(text, sizeof text - 1, &arena, items, 6));
    assert_int_equal(items[0].kind, KITH_NULL);
    assert_true(items[1].kind == KITH_BOOL && items[1].as.boolean);
    assert_true(items[2].kind == KITH_BOOL && !items[2].as.boolean);
    assert_true(items[3].kind == KITH_INT && items[3].as.integer == INT64_MIN);
    assert_true(items[4].kind == KITH_STR && items[4].size == 0);
    assert_true(items[5].kind == KITH_STR && items[5].size == 4);
    assert_memory_equal(items[5].as.str, "a\0\xc3\xa9", 4);
    static const char *const none[] = {
        "", "1", "{}", "[1]", "[1,2,3]", "[1,[]]", "[1,{}]", "[1,0.5]", "[1,9223372036854775808]", "[1,2", "[1,2]x"
    };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(kith__json_array(none[i], strlen(none[i]), &arena, items, 2));
    kith__arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_json__takes_every_value),
        cmocka_unit_test(test_base_json__refuses_what_is_none),
        cmocka_unit_test(test_base_json__says_where),
        cmocka_unit_test(test_base_json__why_may_be_short_or_missing),
        cmocka_unit_test(test_base_json__array),
        cmocka_unit_test(test_base_json__depth),
        cmocka_unit_test(test_base_json__depth_is_an_error_and_no_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
