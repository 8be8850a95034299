/* error: filling in an error, cutting long messages, names. */
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "harness/test.h"

static void test_base_error__set_fills_in_everything(void **state)
{
    (void)state;
    kith_error e;
    memset(&e, 'x', sizeof e);
    assert_false(kith__error_set(&e, KITH_E_UNIQUE, "%s has %d", "pug", 2));
    assert_int_equal(e.status, KITH_E_UNIQUE);
    assert_string_equal(e.message, "pug has 2");
    assert_int_equal(e.driver_code, 0);
    assert_string_equal(e.sqlstate, "");
    assert_string_equal(e.model, "");
    assert_string_equal(e.attribute, "");
    assert_string_equal(e.constraint, "");
    assert_string_equal(e.sql, "");
    assert_false(kith__error_set(NULL, KITH_E_UNIQUE, "nowhere to put it"));
}

static void test_base_error__arguments_may_lie_in_the_error(void **state)
{
    (void)state;
    kith_error e;
    kith__error_set(&e, KITH_E_DATABASE, "disk full");
    kith__error_set(&e, KITH_E_DATABASE, "while saving: %s", e.message);
    assert_string_equal(e.message, "while saving: disk full");
}

static void test_base_error__message_is_never_empty(void **state)
{
    (void)state;
    kith_error e;
    kith__error_set(&e, KITH_E_TIMEOUT, "%s", "");
    assert_string_equal(e.message, "timeout");
    assert_false(kith__error_no_memory(&e));
    assert_int_equal(e.status, KITH_E_NO_MEMORY);
    assert_string_equal(e.message, "out of memory");
}

/* A long text of characters of one to four bytes, shifted by 0 to 3 bytes. */
static void test_base_error__cutting_keeps_characters_whole(void **state)
{
    (void)state;
    static const char *const characters[] = { "x", "\xc3\xbc", "\xe2\x82\xac", "\xf0\x9f\x90\xb6" };
    for (size_t c = 0; c < 4; c++) {
        char text[3000] = "";
        while (strlen(text) < 2900)
            strcat(text, characters[c]);
        for (int shift = 0; shift < 4; shift++) {
            kith_error e;
            kith__error_set(&e, KITH_E_USAGE, "%.*s%s", shift, "aaa", text);
            assert_true(kith__utf8_count(e.message, strlen(e.message)) > 0);
            assert_true(strlen(e.message) < sizeof e.message);
            assert_true(strlen(e.message) + strlen(characters[c]) >= sizeof e.message);
        }
    }
}

static void test_base_error__every_status_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(kith_status_name(KITH_E_UNIQUE), "unique");
    assert_string_equal(kith_status_name(KITH_E_FOREIGN_KEY), "foreign key");
    for (int s = 0; s < KITH_STATUS_COUNT_; s++) {
        assert_true(kith_status_name((kith_status)s)[0] != '\0');
        for (int other = 0; other < s; other++)
            assert_string_not_equal(kith_status_name((kith_status)s), kith_status_name((kith_status)other));
    }
    assert_non_null(kith_status_name(KITH_STATUS_COUNT_));
    assert_non_null(kith_status_name((kith_status)-1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_error__set_fills_in_everything),
        cmocka_unit_test(test_base_error__arguments_may_lie_in_the_error),
        cmocka_unit_test(test_base_error__message_is_never_empty),
        cmocka_unit_test(test_base_error__cutting_keeps_characters_whole),
        cmocka_unit_test(test_base_error__every_status_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
