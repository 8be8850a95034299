/* Taking URLs apart, and finding the driver for a scheme. */
#include <string.h>

#include "driver/drivers.h"
#include "driver/url.h"
#include "harness/test.h"

/* ---- decoding ------------------------------------------------------------------------------------------------------- */

static bool decode(const char *text, char *to, size_t room)
{
    return kith__url_decode(text, strlen(text), to, room);
}

static void test_driver_url__decodes_percent(void **state)
{
    (void)state;
    char to[32];
    assert_true(decode("my%20dogs%2Fpugs.db", to, sizeof to));
    assert_string_equal(to, "my dogs/pugs.db");
    assert_true(decode("%e2%82%AC", to, sizeof to));
    assert_string_equal(to, "\xe2\x82\xac");
    assert_true(decode("a+b", to, sizeof to));
    assert_string_equal(to, "a+b");
    assert_true(decode("", to, sizeof to));
    assert_string_equal(to, "");
    assert_true(kith__url_decode("abcdef", 3, to, sizeof to));
    assert_string_equal(to, "abc");
}

static void test_driver_url__refuses_bad_percent(void **state)
{
    (void)state;
    char to[32];
    static const char *const bad[] = { "%", "a%", "a%4", "%4x", "%g0", "%00", "x%00y", "100%" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (decode(bad[i], to, sizeof to))
            fail_msg("%s was taken", bad[i]);
    /* The digits must lie inside the given size. */
    assert_false(kith__url_decode("%41", 2, to, sizeof to));
}

static void test_driver_url__decode_keeps_in_room(void **state)
{
    (void)state;
    char to[8] = "#######";
    assert_true(decode("abc", to, 4));
    assert_string_equal(to, "abc");
    assert_false(decode("abcd", to, 4));
    assert_int_equal(to[4], '#');
    assert_true(decode("%41%42%43", to, 4));
    assert_string_equal(to, "ABC");
    assert_false(decode("", to, 0));
}

/* ---- options -------------------------------------------------------------------------------------------------------- */

static void test_driver_url__walks_options(void **state)
{
    (void)state;
    const char *at = "mode=ro&&name=a%26b%3D&empty=&x=1=2&";
    struct url_option o;
    kith_error err = { .status = KITH_E_DATABASE };
    assert_true(kith__url_option(&at, &o, &err));
    assert_string_equal(o.key, "mode");
    assert_string_equal(o.value, "ro");
    assert_true(kith__url_option(&at, &o, &err));
    assert_string_equal(o.key, "name");
    assert_string_equal(o.value, "a&b=");
    assert_true(kith__url_option(&at, &o, &err));
    assert_string_equal(o.key, "empty");
    assert_string_equal(o.value, "");
    assert_true(kith__url_option(&at, &o, &err));
    assert_string_equal(o.key, "x");
    assert_string_equal(o.value, "1=2");
    assert_false(kith__url_option(&at, &o, &err));
    assert_int_equal(err.status, KITH_OK);
}

static void assert_malformed(const char *text)
{
    struct url_option o;
    kith_error err = { .status = KITH_OK };
    assert_false(kith__url_option(&text, &o, &err));
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_null(strstr(err.message, "secret"));
}

static void test_driver_url__malformed_options_quote_no_password(void **state)
{
    (void)state;
    assert_malformed("secret@host");
    assert_malformed("=secret");
    assert_malformed("key=secret%");
    assert_malformed("se%zzcret=secret");
    char long_key[64];
    memset(long_key, 'k', sizeof long_key);
    memcpy(long_key + sizeof long_key - 3, "=1", 3);
    assert_malformed(long_key);
}

static void test_driver_url__too_long_value_is_an_error(void **state)
{
    (void)state;
    char text[700] = "key=";
    memset(text + 4, 'v', sizeof text - 5);
    text[sizeof text - 1] = '\0';
    assert_malformed(text);
    text[4 + 511] = '\0'; /* fits just */
    const char *at = text;
    struct url_option o;
    kith_error err;
    assert_true(kith__url_option(&at, &o, &err));
    assert_int_equal(strlen(o.value), 511);
}

/* ---- drivers -------------------------------------------------------------------------------------------------------- */

static const kith_driver other = { .scheme = "other", .dialect = "sqlite" };
static const kith_driver own_sqlite = { .scheme = "sqlite", .dialect = "sqlite" };

static kith_error refuse(const char *url, const kith_driver *const *more)
{
    const char *location = NULL;
    kith_error err = { .status = KITH_OK };
    assert_null(kith__driver_for(url, more, &location, &err));
    return err;
}

static void test_driver_drivers__finds_given_and_built_in(void **state)
{
    (void)state;
    const kith_driver *const more[] = { &other, &own_sqlite, NULL };
    const char *location = NULL;
    kith_error err;
    assert_ptr_equal(kith__driver_for("other:a:b?c", more, &location, &err), &other);
    assert_string_equal(location, "a:b?c");
    assert_ptr_equal(kith__driver_for("OTHER:", more, &location, &err), &other);
    assert_string_equal(location, "");
    /* A given driver goes before a built-in one. */
    assert_ptr_equal(kith__driver_for("sqlite:x", more, &location, &err), &own_sqlite);
#ifdef KITH_WITH_SQLITE
    assert_ptr_equal(kith__driver_for("sqlite::memory:", NULL, &location, &err), &kith__driver_sqlite);
    assert_string_equal(location, ":memory:");
#endif
}

static void test_driver_drivers__unknown_scheme_names_the_nearest(void **state)
{
    (void)state;
    const kith_driver *const more[] = { &other, NULL };
    kith_error err = refuse("sqllite:x.db", NULL);
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_non_null(strstr(err.message, "\"sqllite:\""));
    assert_non_null(strstr(err.message, "\"sqlite:\""));
    err = refuse("postgrse://h/db", NULL);
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_non_null(strstr(err.message, "\"postgres:\""));
    err = refuse("othr:x", more);
    assert_non_null(strstr(err.message, "\"other:\""));
    err = refuse("zzzzzzzzzz:x", NULL);
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_non_null(strstr(err.message, "mariadb"));
}

static void test_driver_drivers__not_built_in_says_how(void **state)
{
    (void)state;
    const char *const urls[] = {
#ifndef KITH_WITH_POSTGRES
        "postgres://u:secret@h/d",
        "postgresql://u:secret@h/d",
#endif
#ifndef KITH_WITH_MARIADB
        "mysql://u:secret@h/d",
        "mariadb://u:secret@h/d",
#endif
        NULL,
    };
    for (size_t i = 0; urls[i]; i++) {
        kith_error err = refuse(urls[i], NULL);
        assert_int_equal(err.status, KITH_E_UNSUPPORTED);
        assert_non_null(strstr(err.message, urls[i][0] == 'p' ? "-Dpostgres=enabled" : "-Dmariadb=enabled"));
        assert_null(strstr(err.message, "secret"));
    }
}

static void test_driver_drivers__no_scheme_gives_an_example(void **state)
{
    (void)state;
    const char *const urls[] = { NULL, "", ":", "app.db", "/srv/app.db", "secret/a:b", "?secret=a:b", "sqlite" };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        kith_error err = refuse(urls[i], NULL);
        assert_int_equal(err.status, KITH_E_USAGE);
        assert_non_null(strstr(err.message, "sqlite:app.db"));
        assert_null(strstr(err.message, "secret"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_driver_url__decodes_percent),
        cmocka_unit_test(test_driver_url__refuses_bad_percent),
        cmocka_unit_test(test_driver_url__decode_keeps_in_room),
        cmocka_unit_test(test_driver_url__walks_options),
        cmocka_unit_test(test_driver_url__malformed_options_quote_no_password),
        cmocka_unit_test(test_driver_url__too_long_value_is_an_error),
        cmocka_unit_test(test_driver_drivers__finds_given_and_built_in),
        cmocka_unit_test(test_driver_drivers__unknown_scheme_names_the_nearest),
        cmocka_unit_test(test_driver_drivers__not_built_in_says_how),
        cmocka_unit_test(test_driver_drivers__no_scheme_gives_an_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
