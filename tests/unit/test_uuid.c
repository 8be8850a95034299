/* uuid: form, version, variant, order, and what is refused. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "base/uuid.h"
#include "harness/test.h"

static void check_form(const char *text, char version)
{
    char canonical[KITH__UUID_TEXT];
    assert_int_equal(strlen(text), 36);
    assert_true(kith__uuid_canonical(text, 36, canonical));
    assert_string_equal(text, canonical);
    assert_int_equal(text[14], version);
    assert_non_null(strchr("89ab", text[19]));
}

static void test_base_uuid__made_ones_are_canonical_and_differ(void **state)
{
    (void)state;
    static const struct {
        void (*make)(char to[KITH__UUID_TEXT]);
        char version;
    } kinds[] = { { kith__uuid_v1, '1' }, { kith__uuid_v4, '4' }, { kith__uuid_v7, '7' } };
    for (size_t k = 0; k < 3; k++) {
        static char made[200][KITH__UUID_TEXT];
        for (size_t i = 0; i < 200; i++) {
            kinds[k].make(made[i]);
            check_form(made[i], kinds[k].version);
            for (size_t j = 0; j < i; j++)
                assert_string_not_equal(made[i], made[j]);
        }
    }
}

/* The 48 bits in front are the milliseconds since 1970. */
static int64_t ms_of(const char *text)
{
    char digits[13];
    memcpy(digits, text, 8);
    memcpy(digits + 8, text + 9, 4);
    digits[12] = '\0';
    return (int64_t)strtoll(digits, NULL, 16);
}

static void test_base_uuid__v7_sorts_by_time(void **state)
{
    (void)state;
    char before[KITH__UUID_TEXT], after[KITH__UUID_TEXT];
    for (int i = 0; i < 5; i++) {
        int64_t begin = kith__now() / 1000;
        kith__uuid_v7(before);
        int64_t end = kith__now() / 1000;
        assert_true(ms_of(before) >= begin && ms_of(before) <= end);
        nanosleep(&(struct timespec){ .tv_nsec = 3000000 }, NULL);
        kith__uuid_v7(after);
        assert_true(strcmp(before, after) < 0);
    }
}

static void test_base_uuid__canonical_writes_small_letters(void **state)
{
    (void)state;
    char to[KITH__UUID_TEXT];
    assert_true(kith__uuid_canonical("F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", 36, to));
    assert_string_equal(to, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
    assert_true(kith__uuid_canonical("00000000-0000-0000-0000-000000000000 and more", 36, to));
    assert_string_equal(to, "00000000-0000-0000-0000-000000000000");
}

static void test_base_uuid__refuses_what_is_none(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "f81d4fae",
        "f81d4fae7dec11d0a76500a0c91e6bf6",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf67",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bfg",
        "f81d4fae-7dec-11d0-a765_00a0c91e6bf6",
        "f81d4fae-7dec-11d0-a7650-0a0c91e6bf6",
        "f81d4fae--dec-11d0-a765-00a0c91e6bf6",
        "{81d4fae-7dec-11d0-a765-00a0c91e6bf}",
        "f81d4fae-7dec-11d0-a765-00a0c91e6b\xc3\xbc",
    };
    char to[KITH__UUID_TEXT];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(kith__uuid_canonical(bad[i], strlen(bad[i]), to));
    assert_false(kith__uuid_canonical("f81d4fae-7dec-11d0-a765-00a0c91e6b\0f", 36, to));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_uuid__made_ones_are_canonical_and_differ),
        cmocka_unit_test(test_base_uuid__v7_sorts_by_time),
        cmocka_unit_test(test_base_uuid__canonical_writes_small_letters),
        cmocka_unit_test(test_base_uuid__refuses_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
