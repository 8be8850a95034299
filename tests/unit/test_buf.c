/* buf: every writer, growing, and the sticky failure. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"

static struct fail_alloc memory;
static struct buf b;

static int set_up(void **state)
{
    (void)state;
    fail_alloc_init(&memory);
    kith__buf_init(&b, &memory.allocator);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kith__buf_free(&b);
    return memory.live_blocks == 0 ? 0 : -1;
}

/* The text since the last look. */
static const char *written(void)
{
    static char text[2000];
    assert_true(b.size < sizeof text);
    strcpy(text, kith__buf_text(&b));
    assert_int_equal(strlen(text), b.size);
    kith__buf_clear(&b);
    return text;
}

static void test_base_buf__is_empty_at_first(void **state)
{
    (void)state;
    assert_string_equal(kith__buf_text(&b), "");
    kith__buf_clear(&b);
    assert_string_equal(kith__buf_text(&b), "");
    assert_int_equal(memory.calls, 0);
    kith__buf_add(&b, NULL);
    kith__buf_add(&b, "");
    assert_string_equal(kith__buf_text(&b), "");
    assert_int_equal(b.size, 0);
}

static void test_base_buf__adds_text(void **state)
{
    (void)state;
    kith__buf_add(&b, "SELECT");
    kith__buf_char(&b, ' ');
    kith__buf_add_n(&b, "1234", 2);
    kith__buf_format(&b, " %s %d", "and", 5);
    assert_string_equal(written(), "SELECT 12 and 5");
    kith__buf_add_n(&b, "a\0b", 3);
    assert_int_equal(b.size, 3);
    assert_memory_equal(b.text, "a\0b", 4);
}

static void test_base_buf__grows_and_keeps_the_text(void **state)
{
    (void)state;
    for (int i = 0; i < 100000; i++)
        kith__buf_char(&b, (char)('a' + i % 26));
    kith__buf_format(&b, "%*d", 300000, 1);
    assert_int_equal(b.size, 400000);
    assert_int_equal(strlen(kith__buf_text(&b)), 400000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(b.text[i], 'a' + i % 26);
    assert_true(memory.calls < 20);
    size_t calls = memory.calls;
    kith__buf_clear(&b);
    kith__buf_format(&b, "%*d", 300000, 1);
    assert_int_equal(memory.calls, calls);
}

static void test_base_buf__writes_integers(void **state)
{
    (void)state;
    kith__buf_int(&b, 0);
    assert_string_equal(written(), "0");
    kith__buf_int(&b, -7);
    assert_string_equal(written(), "-7");
    kith__buf_int(&b, 1234567890);
    assert_string_equal(written(), "1234567890");
    kith__buf_int(&b, INT64_MAX);
    assert_string_equal(written(), "9223372036854775807");
    kith__buf_int(&b, INT64_MIN);
    assert_string_equal(written(), "-9223372036854775808");
}

static void test_base_buf__quotes(void **state)
{
    (void)state;
    kith__buf_quoted(&b, "plain", '"');
    assert_string_equal(written(), "\"plain\"");
    kith__buf_quoted(&b, "", '\'');
    assert_string_equal(written(), "''");
    kith__buf_quoted(&b, "a\"b", '"');
    assert_string_equal(written(), "\"a\"\"b\"");
    kith__buf_quoted(&b, "``", '`');
    assert_string_equal(written(), "``````");
    kith__buf_quoted(&b, "it's", '"');
    assert_string_equal(written(), "\"it's\"");
}

static void test_base_buf__writes_json_strings(void **state)
{
    (void)state;
    kith__buf_json_string(&b, "plain", 5);
    assert_string_equal(written(), "\"plain\"");
    kith__buf_json_string(&b, NULL, 0);
    assert_string_equal(written(), "\"\"");
    kith__buf_json_string(&b, "\"\\/\b\f\n\r\t", 8);
    assert_string_equal(written(), "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
    kith__buf_json_string(&b, "a\0b\x1f\x7f", 5);
    assert_string_equal(written(), "\"a\\u0000b\\u001f\x7f\"");
    kith__buf_json_string(&b, "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xb6", 11);
    assert_string_equal(written(), "\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\xb6\"");
}

/* The examples of RFC 4648, and bytes that use the last digits. */
static void test_base_buf__writes_base64(void **state)
{
    (void)state;
    static const char *const pairs[][2] = { { "", "" },
                                            { "f", "Zg==" },
                                            { "fo", "Zm8=" },
                                            { "foo", "Zm9v" },
                                            { "foob", "Zm9vYg==" },
                                            { "fooba", "Zm9vYmE=" },
                                            { "foobar", "Zm9vYmFy" },
                                            { "\xfb\xff\xbf", "+/+/" } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        kith__buf_base64(&b, pairs[i][0], strlen(pairs[i][0]));
        assert_string_equal(written(), pairs[i][1]);
    }
    kith__buf_base64(&b, "\0\0\0", 3);
    assert_string_equal(written(), "AAAA");
}

static void test_base_buf__writes_short_doubles(void **state)
{
    (void)state;
    static const struct {
        double d;
        const char *text;
    } cases[] = { { 0, "0" },
                  { -0.0, "-0" },
                  { 1, "1" },
                  { -12.5, "-12.5" },
                  { 0.1, "0.1" },
                  { 0.1 + 0.2, "0.30000000000000004" },
                  { 1.0 / 3.0, "0.3333333333333333" },
                  { 100, "100" },
                  { 123456789012345, "123456789012345" },
                  { 9007199254740993.0, "9007199254740992" },
                  { 1e300, "1e+300" },
                  { 5e-324, "5e-324" },
                  { DBL_MAX, "1.7976931348623157e+308" },
                  { DBL_MIN, "2.2250738585072014e-308" } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kith__buf_double(&b, cases[i].d);
        assert_string_equal(written(), cases[i].text);
    }
}

static void test_base_buf__doubles_read_back_as_the_same(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double d;
        memcpy(&d, &bits, sizeof d);
        kith__buf_double(&b, d);
        const char *text = written();
        if (isfinite(d))
            assert_true(strtod(text, NULL) == d);
        else
            assert_string_equal(text, "null");
    }
}

static void test_base_buf__no_number_is_null(void **state)
{
    (void)state;
    kith__buf_double(&b, NAN);
    assert_string_equal(written(), "null");
    kith__buf_double(&b, INFINITY);
    assert_string_equal(written(), "null");
    kith__buf_double(&b, -INFINITY);
    assert_string_equal(written(), "null");
}

/* Runs where a locale with another decimal point is installed. */
static void test_base_buf__doubles_have_a_point_in_every_locale(void **state)
{
    (void)state;
    static const char *const names[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fa_IR", "ps_AF" };
    size_t found = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!setlocale(LC_NUMERIC, names[i]))
            continue;
        found++;
        kith__buf_double(&b, -2.5e-10);
        assert_string_equal(written(), "-2.5e-10");
    }
    setlocale(LC_NUMERIC, "C");
    if (found == 0) {
        print_message(
            "SKIP test_base_buf__doubles_have_a_point_in_every_locale: no locale with a comma is installed\n");
        skip();
    }
}

static void write_in_every_way(void)
{
    static const char bytes[300] = "bytes";
    kith__buf_add(&b, "text");
    kith__buf_format(&b, "%200d", 1);
    kith__buf_json_string(&b, bytes, sizeof bytes);
    kith__buf_base64(&b, bytes, sizeof bytes);
    kith__buf_quoted(&b, "name", '"');
    kith__buf_format(&b, "%5000d", 1);
    kith__buf_int(&b, 1);
    kith__buf_double(&b, 1.5);
    kith__buf_char(&b, '.');
}

static void test_base_buf__every_failure_sticks(void **state)
{
    (void)state;
    bool good = false;
    for (size_t n = 1; !good; n++) {
        kith__buf_free(&b);
        assert_int_equal(memory.live_blocks, 0);
        memory.calls = 0;
        memory.fail_at = n;
        write_in_every_way();
        good = memory.calls < n;
        assert_int_equal(b.failed, !good);
        assert_int_equal(kith__buf_text(&b)[0] == '\0', !good);
        if (!good) {
            assert_int_equal(memory.calls, n); /* no later writer asked again */
            kith__buf_clear(&b);
            kith__buf_add(&b, "again");
            assert_string_equal(kith__buf_text(&b), "again");
        }
    }
    assert_true(memory.fail_at > 3);
}

static void test_base_buf__absurd_size_fails(void **state)
{
    (void)state;
    kith__buf_add(&b, "x");
    kith__buf_add_n(&b, "x", SIZE_MAX - 1);
    assert_true(b.failed);
    kith__buf_clear(&b);
    kith__buf_add_n(&b, "x", PTRDIFF_MAX);
    assert_true(b.failed);
    assert_int_equal(memory.calls, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_base_buf__is_empty_at_first),
        CASE(test_base_buf__adds_text),
        CASE(test_base_buf__grows_and_keeps_the_text),
        CASE(test_base_buf__writes_integers),
        CASE(test_base_buf__quotes),
        CASE(test_base_buf__writes_json_strings),
        CASE(test_base_buf__writes_base64),
        CASE(test_base_buf__writes_short_doubles),
        CASE(test_base_buf__doubles_read_back_as_the_same),
        CASE(test_base_buf__no_number_is_null),
        CASE(test_base_buf__doubles_have_a_point_in_every_locale),
        CASE(test_base_buf__every_failure_sticks),
        CASE(test_base_buf__absurd_size_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
