/* utf8: counting characters and refusing what is none. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "harness/test.h"

/* Counts a copy that ends where its memory ends, so that a sanitizer sees a step too far. */
static int64_t count(const char *text, size_t size)
{
    char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    int64_t characters = kith__utf8_count(copy, size);
    free(copy);
    return characters;
}

static void test_base_utf8__counts_characters(void **state)
{
    (void)state;
    assert_int_equal(count("", 0), 0);
    assert_int_equal(count("pug", 3), 3);
    assert_int_equal(count("a\0b", 3), 3);
    assert_int_equal(count("12345678901234567", 17), 17);
    assert_int_equal(count("gr\xc3\xbc\xc3\x9f", 6), 4);
    assert_int_equal(count("\xe2\x82\xac", 3), 1);
    assert_int_equal(count("\xf0\x9f\x90\xb6\xf0\x9f\x90\xb6", 8), 2);
    assert_int_equal(count("\xf4\x8f\xbf\xbf", 4), 1); /* U+10FFFF, the last */
    assert_int_equal(count("e\xcc\x81", 3), 2);        /* a letter and its accent are two code points */
}

static void test_base_utf8__one_wide_character_anywhere(void **state)
{
    (void)state;
    char text[40];
    for (size_t at = 0; at + 3 <= sizeof text; at++) {
        memset(text, 'x', sizeof text);
        memcpy(text + at, "\xe2\x82\xac", 3);
        assert_int_equal(count(text, sizeof text), sizeof text - 2);
    }
}

static void test_base_utf8__refuses_what_is_none(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",             /* a continuation alone */
        "\xc3",             /* cut short */
        "\xe2\x82",         /* cut short */
        "\xf0\x9f\x90",     /* cut short */
        "\xc3(",            /* no continuation */
        "\xc0\xaf",         /* overlong '/' */
        "\xe0\x80\xaf",     /* overlong */
        "\xf0\x80\x80\xaf", /* overlong */
        "\xed\xa0\x80",     /* a surrogate */
        "\xed\xbf\xbf",     /* a surrogate */
        "\xf4\x90\x80\x80", /* past U+10FFFF */
        "\xfe",             /* never a byte of UTF-8 */
        "\xff",
        "gr\xfc\xdf", /* Latin-1 */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[24] = "12345678";
        assert_int_equal(count(bad[i], strlen(bad[i])), -1);
        strcat(text, bad[i]);
        assert_int_equal(count(text, strlen(text)), -1);
        strcat(text, "tail");
        assert_int_equal(count(text, strlen(text)), -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_utf8__counts_characters),
        cmocka_unit_test(test_base_utf8__one_wide_character_anywhere),
        cmocka_unit_test(test_base_utf8__refuses_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
