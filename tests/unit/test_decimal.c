/* decimal: canonical form, what does not fit, and order. */
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "harness/test.h"

static void check(const char *text, unsigned precision, unsigned scale, enum decimal_fit fit, const char *expected)
{
    char to[KITH__DECIMAL_TEXT] = "untouched";
    if (kith__decimal_canonical(text, strlen(text), precision, scale, to) != fit)
        fail_msg("%s as (%u, %u)", text, precision, scale);
    assert_string_equal(to, expected ? expected : "untouched");
}

static void test_base_decimal__canonical(void **state)
{
    (void)state;
    check("1.5", 10, 2, DECIMAL_OK, "1.50");
    check("-12.50", 10, 2, DECIMAL_OK, "-12.50");
    check("+7", 10, 0, DECIMAL_OK, "7");
    check("007.10", 10, 2, DECIMAL_OK, "7.10");
    check("0", 10, 2, DECIMAL_OK, "0.00");
    check("-0", 10, 0, DECIMAL_OK, "0");
    check("-0.000", 10, 2, DECIMAL_OK, "0.00");
    check("0e99", 10, 2, DECIMAL_OK, "0.00");
    check(".5", 10, 2, DECIMAL_OK, "0.50");
    check("5.", 10, 2, DECIMAL_OK, "5.00");
    check("-.25", 2, 2, DECIMAL_OK, "-0.25");
    check("1.5000000000", 3, 1, DECIMAL_OK, "1.5");
    check("0.00", 10, 0, DECIMAL_OK, "0");
}

static void test_base_decimal__exponents(void **state)
{
    (void)state;
    check("1e3", 10, 0, DECIMAL_OK, "1000");
    check("1E+3", 10, 2, DECIMAL_OK, "1000.00");
    check("12.5e1", 10, 0, DECIMAL_OK, "125");
    check("125e-2", 10, 2, DECIMAL_OK, "1.25");
    check("5e-3", 10, 3, DECIMAL_OK, "0.005");
    check("-1200e-2", 10, 0, DECIMAL_OK, "-12");
    check("0.0001234e4", 10, 3, DECIMAL_OK, "1.234");
    check("1e99999999999999999999999", 10, 2, DECIMAL_TOO_MANY_DIGITS, NULL);
    check("1e-99999999999999999999999", 10, 2, DECIMAL_TOO_FINE, NULL);
    char far[1100] = "0.";
    memset(far + 2, '0', 1000);
    strcpy(far + 1002, "42e1001");
    check(far, 10, 1, DECIMAL_OK, "4.2");
}

static void test_base_decimal__what_does_not_fit(void **state)
{
    (void)state;
    check("12345678.99", 10, 2, DECIMAL_OK, "12345678.99");
    check("123456789", 10, 2, DECIMAL_TOO_MANY_DIGITS, NULL);
    check("99999999.99", 10, 2, DECIMAL_OK, "99999999.99");
    check("1.005", 10, 2, DECIMAL_TOO_FINE, NULL);
    check("0.001", 10, 2, DECIMAL_TOO_FINE, NULL);
    check("1", 2, 2, DECIMAL_TOO_MANY_DIGITS, NULL);
    check("1.5", 10, 0, DECIMAL_TOO_FINE, NULL);
}

static void test_base_decimal__sixty_five_digits(void **state)
{
    (void)state;
    char digits[70], expected[80];
    memset(digits, '9', 65);
    digits[65] = '\0';
    check(digits, 65, 0, DECIMAL_OK, digits);
    snprintf(expected, sizeof expected, "-0.%s", digits);
    char text[80];
    snprintf(text, sizeof text, "-.%s", digits);
    check(text, 65, 65, DECIMAL_OK, expected);
    check("1", 66, 0, DECIMAL_TOO_MANY_DIGITS, NULL); /* no such type */
    check("1", 2, 3, DECIMAL_TOO_MANY_DIGITS, NULL);  /* nor this */
}

static void test_base_decimal__refuses_what_is_no_number(void **state)
{
    (void)state;
    static const char *const bad[] = { "",     " ",     "-",   ".",   "+.",    "e5",   "1e",
                                       "1e+",  "1e1.5", "1 ",  " 1",  "--1",   "1-",   "1.2.3",
                                       "0x10", "NaN",   "inf", "1,5", "1_000", "1e5x", "\xc2\xbd" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check(bad[i], 10, 2, DECIMAL_NOT_A_NUMBER, NULL);
    char to[KITH__DECIMAL_TEXT];
    assert_int_equal(kith__decimal_canonical("1\0", 2, 10, 2, to), DECIMAL_NOT_A_NUMBER);
    assert_int_equal(kith__decimal_canonical("12345", 2, 10, 0, to), DECIMAL_OK);
    assert_string_equal(to, "12");
}

static int compare(const char *a, const char *b)
{
    int order = kith__decimal_compare(a, strlen(a), b, strlen(b));
    return (order > 0) - (order < 0);
}

/* In ascending order, all different; every pair is compared both ways. */
static void test_base_decimal__order(void **state)
{
    (void)state;
    static const char *const sorted[] = { "-1e10",
                                          "-100",
                                          "-99.99",
                                          "-10",
                                          "-9",
                                          "-1.5",
                                          "-1.25",
                                          "-1",
                                          "-0.1",
                                          "-0.09",
                                          "0",
                                          "0.009",
                                          "0.01",
                                          "0.1",
                                          "1",
                                          "1.05",
                                          "1.1",
                                          "1.11",
                                          "2",
                                          "9",
                                          "10",
                                          "99.99",
                                          "100",
                                          "1e3",
                                          "123456789012345678901234567890",
                                          "123456789012345678901234567891",
                                          "1e30",
                                          "",
                                          "NaN",
                                          "abc",
                                          "abcd" };
    const int count = (int)(sizeof sorted / sizeof *sorted);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++)
            assert_int_equal(compare(sorted[i], sorted[j]), (i > j) - (i < j));
}

static void test_base_decimal__one_number_in_many_forms(void **state)
{
    (void)state;
    static const char *const forms[][3] = {
        { "1.5", "1.50", "+01.5" }, { "0", "-0.00", "0e7" }, { "1000", "1e3", "0.001e6" }, { "-0.05", "-.05", "-5e-2" }
    };
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 3; j++)
            assert_int_equal(compare(forms[i][j], forms[i][(j + 1) % 3]), 0);
}

/* ---- sums ---- */

/* The sum of texts, which end with NULL. */
static void check_sum(const char *const *texts, const char *expected)
{
    struct decimal_sum sum = { .scale = 0 };
    char to[KITH__DECIMAL_SUM_TEXT];
    for (; *texts; texts++)
        assert_true(kith__decimal_sum_add(&sum, *texts, strlen(*texts)));
    assert_int_equal(kith__decimal_sum_write(&sum, to), strlen(expected));
    assert_string_equal(to, expected);
}
#define CHECK_SUM(expected, ...) check_sum((const char *const[]){ __VA_ARGS__, NULL }, (expected))

static void test_base_decimal__sums(void **state)
{
    (void)state;
    CHECK_SUM("4.00", "1.50", "2.50");
    CHECK_SUM("0.3", "0.1", "0.2");
    CHECK_SUM("100", "99", "1");
    CHECK_SUM("-1.25", "1.50", "-2.75");
    CHECK_SUM("0.00", "-7.10", "7.10");
    CHECK_SUM("12345678901234567.9000", "12345678901234567.8901", "0.0099");
    CHECK_SUM("1000.05", "1e3", "5e-2");
    CHECK_SUM("-0.001", "5", "-5.001");
    CHECK_SUM("7", "7");
    CHECK_SUM("0", "0");
}

#define NINES_65 "99999999999999999999999999999999999999999999999999999999999999999"

/* As many as there can be, and one more. */
static void test_base_decimal__sums_of_the_longest(void **state)
{
    (void)state;
    CHECK_SUM("1"
              "99999999999999999999999999999999999999999999999999999999999999998",
              NINES_65, NINES_65);
    CHECK_SUM("0", NINES_65, "-" NINES_65);
    CHECK_SUM("1."
              "00000000000000000000000000000000000000000000000000000000000000000",
              "." NINES_65, ".00000000000000000000000000000000000000000000000000000000000000001");
    struct decimal_sum sum = { .scale = 0 };
    assert_false(kith__decimal_sum_add(&sum, "1" NINES_65, 66));
    assert_false(kith__decimal_sum_add(&sum, "1e-73", 5));
    assert_false(kith__decimal_sum_add(&sum, "1e999999999999", 14));
    assert_false(kith__decimal_sum_add(&sum, "pug", 3));
    assert_false(kith__decimal_sum_add(&sum, "", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_decimal__canonical),
        cmocka_unit_test(test_base_decimal__exponents),
        cmocka_unit_test(test_base_decimal__what_does_not_fit),
        cmocka_unit_test(test_base_decimal__sixty_five_digits),
        cmocka_unit_test(test_base_decimal__refuses_what_is_no_number),
        cmocka_unit_test(test_base_decimal__order),
        cmocka_unit_test(test_base_decimal__one_number_in_many_forms),
        cmocka_unit_test(test_base_decimal__sums),
        cmocka_unit_test(test_base_decimal__sums_of_the_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
