/* Bytes as text for URLs, and back. */
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "harness/test.h"

/* RFC 4648, section 10, without padding; and the two digits that differ from the other alphabet. */
static const struct {
    const char *bytes, *text;
} pairs[] = { { "", "" },           { "f", "Zg" },          { "fo", "Zm8" },          { "foo", "Zm9v" },
              { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff\xfe", "-__-" } };

static void test_base_base64__writes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct buf b;
        kith__buf_init(&b, &kith__default_allocator);
        kith__base64url_write(&b, pairs[i].bytes, strlen(pairs[i].bytes));
        assert_string_equal(kith__buf_text(&b), pairs[i].text);
        kith__buf_free(&b);
    }
}

static void test_base_base64__reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        unsigned char bytes[KITH__BASE64URL_BYTES(8)];
        size_t count;
        assert_true(kith__base64url_read(pairs[i].text, strlen(pairs[i].text), bytes, &count));
        assert_int_equal(count, strlen(pairs[i].bytes));
        assert_memory_equal(bytes, pairs[i].bytes, count);
    }
}

/* One text for each row of bytes: no other length, alphabet or padding, and no bits that say nothing. */
static void test_base_base64__refuses(void **state)
{
    (void)state;
    static const char *const none[] = { "Z", "Zm9vZ", "Zg==", "Zm 8", "Zm9+", "Zm9/", "Zh", "Zm9", "\xc3\xa9" };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        unsigned char bytes[KITH__BASE64URL_BYTES(8)];
        size_t count;
        if (kith__base64url_read(none[i], strlen(none[i]), bytes, &count))
            fail_msg("'%s' was read", none[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_base64__writes),
        cmocka_unit_test(test_base_base64__reads),
        cmocka_unit_test(test_base_base64__refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
