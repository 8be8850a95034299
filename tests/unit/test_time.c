/* time: the calendar against the C library's, round trips, and what is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "harness/test.h"

static const int64_t second = 1000000, day = INT64_C(86400000000);
static const int64_t first_moment = INT64_C(-62135596800000000); /* 0001-01-01 00:00:00 */
static const int64_t last_moment = INT64_C(253402300799999999);  /* 9999-12-31 23:59:59.999999 */

/* Reads a copy without a terminator that ends where its memory ends, so that a sanitizer sees a step too far. */
static bool read_exact(const char *text, int64_t *moment)
{
    size_t size = strlen(text);
    char *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    bool good = kith__timestamp_read(copy, size, moment);
    free(copy);
    return good;
}

static void check_read(const char *text, int64_t expected)
{
    int64_t moment = 0;
    if (!read_exact(text, &moment))
        fail_msg("refused: %s", text);
    assert_int_equal(moment, expected);
}

static void check_refused(const char *text)
{
    int64_t moment = 42;
    if (read_exact(text, &moment))
        fail_msg("taken: %s", text);
    assert_int_equal(moment, 42);
}

static void check_written(int64_t moment, bool iso, const char *expected)
{
    char text[KITH__TIMESTAMP_TEXT] = "?";
    assert_int_equal(kith__timestamp_write(moment, iso, text), strlen(expected));
    if (*expected)
        assert_string_equal(text, expected);
}

static void test_base_time__writes(void **state)
{
    (void)state;
    check_written(0, false, "1970-01-01 00:00:00.000000");
    check_written(0, true, "1970-01-01T00:00:00.000000Z");
    check_written(-1, false, "1969-12-31 23:59:59.999999");
    check_written(951782400 * second, false, "2000-02-29 00:00:00.000000");
    check_written(1234567890 * second + 123456, false, "2009-02-13 23:31:30.123456");
    check_written(first_moment, false, "0001-01-01 00:00:00.000000");
    check_written(last_moment, true, "9999-12-31T23:59:59.999999Z");
    check_written(first_moment - 1, false, "");
    check_written(last_moment + 1, false, "");
    check_written(INT64_MIN, false, "");
    check_written(INT64_MAX, true, "");
}

static void test_base_time__reads_what_databases_and_people_write(void **state)
{
    (void)state;
    const int64_t noon = 951825600 * second; /* 2000-02-29 12:00 UTC */
    check_read("1970-01-01", 0);
    check_read("2000-02-29", noon - day / 2);
    check_read("2000-02-29 12:00", noon);
    check_read("2000-02-29T12:00", noon);
    check_read("2000-02-29t12:00:00z", noon);
    check_read("2000-02-29 12:00:00", noon);
    check_read("2000-02-29 12:00:00.5", noon + 500000);
    check_read("2000-02-29 12:00:00.000001", noon + 1);
    check_read("2000-02-29T12:00:00.123456Z", noon + 123456);
    check_read("2000-02-29T12:00:00.123456789Z", noon + 123456);
    check_read("2000-02-29 12:00:00.99999999999999999999", noon + 999999);
    check_read("2000-02-29 12:00:00 +00:00", noon);
    check_read("2000-02-29 12:00:00.250 +00:00", noon + 250000);
    check_read("2000-02-29 13:30:00+0130", noon);
    check_read("2000-02-29 13:30:00+01:30", noon);
    check_read("2000-02-29 13:00:00+01", noon);
    check_read("2000-02-29 07:00-0500", noon);
    check_read("2000-02-28 23:00:00.000000-13:00", noon);
    check_read("0001-01-01 00:00:00", first_moment);
    check_read("9999-12-31 23:59:59.999999", last_moment);
}

static void test_base_time__refuses_what_is_no_moment(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2",
        "2000",
        "2000-02",
        "2000-2-29",
        "00-02-29",
        "20000229",
        "2000/02/29",
        " 2000-02-29",
        "2000-02-29 ",
        "2000-02-29x",
        "2000-02-29Z",
        "2000-13-01",
        "2000-00-01",
        "2000-01-00",
        "2000-01-32",
        "2000-04-31",
        "2000-02-30",
        "1900-02-29",
        "2001-02-29",
        "0000-01-01",
        "10000-01-01",
        "-001-01-01",
        "2000-02-29 12",
        "2000-02-29 12:",
        "2000-02-29 12:0",
        "2000-02-29 1:00",
        "2000-02-29 24:00",
        "2000-02-29 24:00:00",
        "2000-02-29 12:60",
        "2000-02-29 12:00:60",
        "2000-02-29 12:00:0",
        "2000-02-29 12:00:",
        "2000-02-29 12:00:00.",
        "2000-02-29 12:00:00,5",
        "2000-02-29 12:00:00 ",
        "2000-02-29 12:00:00x",
        "2000-02-29 12:00:00 x",
        "2000-02-29  12:00:00",
        "2000-02-29 12:00:00  +00:00",
        "2000-02-29 12:00:00+",
        "2000-02-29 12:00:00+1",
        "2000-02-29 12:00:00+01:",
        "2000-02-29 12:00:00+01:3",
        "2000-02-29 12:00:00+01:60",
        "2000-02-29 12:00:00+24",
        "2000-02-29 12:00:00+01:30x",
        "2000-02-29 12:00:00ZZ",
        "2000-02-29 12:00:00Z+01",
        "0001-01-01 00:00:00+00:01",
        "9999-12-31 23:59:59-00:01",
        "now",
        "2000-02-29 ab:cd",
        /* of the length of the form that Kith writes */
        "2000-13-01 00:00:00.000000",
        "2000-02-30 00:00:00.000000",
        "2000-02-29 24:00:00.000000",
        "2000-02-29 12:60:00.000000",
        "2000-02-29 12:00:60.000000",
        "0000-01-01 00:00:00.000000",
        "2000-02-29 12:00:00.00000x",
        "2000-02-29 12:00:00.0000:0",
        "2000-02-29 12:00:00.0000/0",
        "x000-02-29 12:00:00.000000",
        "2000-02-29_12:00:00.000000",
        "2000-02-29 12:00:00:000000",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_refused(bad[i]);
    int64_t moment;
    assert_false(kith__timestamp_read("2000-02-29 12:00:00.0000\0000", 26, &moment));
    assert_false(kith__timestamp_read("2000-02-29\0", 11, &moment));
}

/* Every day of 400 years, by its own count of days; and read in the three forms. */
static void test_base_time__every_day_of_400_years(void **state)
{
    (void)state;
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t moment = -10958 * day + 12345678901; /* on 1940-01-01 */
    for (int year = 1940; year < 2340; year++) {
        bool leap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0);
        for (int month = 0; month < 12; month++) {
            int length = lengths[month] + (month == 1 && leap);
            for (int d = 1; d <= length; d++, moment += day) {
                char expected[64], text[KITH__TIMESTAMP_TEXT];
                snprintf(expected, sizeof expected, "%04d-%02d-%02d 03:25:45.678901", year, month + 1, d);
                assert_int_equal(kith__timestamp_write(moment, false, text), 26);
                assert_string_equal(text, expected);
                int64_t back;
                assert_true(kith__timestamp_read(text, 26, &back) && back == moment);
                assert_int_equal(kith__timestamp_write(moment, true, text), 27);
                assert_true(kith__timestamp_read(text, 27, &back) && back == moment);
                assert_true(kith__timestamp_read(text, 10, &back) && back == moment - 12345678901);
            }
        }
    }
    assert_int_equal(moment, (-10958 + 146097) * day + 12345678901);
}

static void check_against_gmtime(int64_t moment)
{
    time_t seconds = (time_t)(moment >= 0 ? moment / second : -((-moment + second - 1) / second));
    struct tm tm;
    assert_non_null(gmtime_r(&seconds, &tm));
    char expected[128], text[KITH__TIMESTAMP_TEXT];
    snprintf(expected, sizeof expected, "%04d-%02d-%02d %02d:%02d:%02d.%06d", tm.tm_year + 1900, tm.tm_mon + 1,
             tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(moment - (int64_t)seconds * second));
    assert_int_equal(kith__timestamp_write(moment, false, text), 26);
    assert_string_equal(text, expected);
    int64_t back;
    assert_true(kith__timestamp_read(text, 26, &back));
    assert_int_equal(back, moment);
}

static void test_base_time__agrees_with_gmtime(void **state)
{
    (void)state;
    check_against_gmtime(first_moment);
    check_against_gmtime(last_moment);
    for (int64_t d = first_moment / day; d <= last_moment / day; d += 13)
        check_against_gmtime(d * day);
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < 100000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        check_against_gmtime(first_moment + (int64_t)((random >> 1) % (uint64_t)(last_moment - first_moment)));
    }
}

static void check_date(const char *text, const char *expected)
{
    char to[KITH__TIMESTAMP_TEXT];
    assert_int_equal(kith__date_canonical(text, strlen(text), to), expected != NULL);
    if (expected)
        assert_string_equal(to, expected);
}

static void test_base_time__dates(void **state)
{
    (void)state;
    check_date("2026-11-21", "2026-11-21");
    check_date("0001-01-01", "0001-01-01");
    check_date("2000-02-29", "2000-02-29");
    check_date("1900-02-29", NULL);
    check_date("2026-11-31", NULL);
    check_date("2026-11-21 ", NULL);
    check_date("2026-11-21 00:00", NULL);
    check_date("2026-1-21", NULL);
    check_date("", NULL);
}

static void check_time(const char *text, const char *expected)
{
    char to[KITH__TIMESTAMP_TEXT];
    assert_int_equal(kith__time_canonical(text, strlen(text), to), expected != NULL);
    if (expected)
        assert_string_equal(to, expected);
}

static void test_base_time__times_of_day(void **state)
{
    (void)state;
    check_time("09:39", "09:39:00");
    check_time("09:39:00", "09:39:00");
    check_time("23:59:59", "23:59:59");
    check_time("09:39:00.000000", "09:39:00");
    check_time("09:39:00.5", "09:39:00.500000");
    check_time("09:39:00.000001", "09:39:00.000001");
    check_time("09:39:00.1234567", "09:39:00.123456");
    check_time("24:00:00", NULL);
    check_time("12:60", NULL);
    check_time("12:00:60", NULL);
    check_time("9:39", NULL);
    check_time("09:39:00.", NULL);
    check_time("09:39:00Z", NULL);
    check_time("09:39 ", NULL);
    check_time("", NULL);
}

static void test_base_time__clocks_go_forward(void **state)
{
    (void)state;
    int64_t now = kith__now(), from_c = (int64_t)time(NULL) * second;
    assert_true(now > from_c - 2 * second && now < from_c + 2 * second);
    int64_t begin = kith__monotonic();
    struct timespec pause = { .tv_nsec = 2000000 };
    nanosleep(&pause, NULL);
    assert_true(kith__monotonic() >= begin + 1000);
    double ms = kith__elapsed_ms(begin);
    assert_true(ms >= 1 && ms < 60000);
}

/* ---- parts ---- */

static void check_parts(int64_t moment, struct time_parts expected)
{
    struct time_parts parts;
    int64_t joined;
    assert_true(kith__timestamp_split(moment, &parts));
    assert_memory_equal(&parts, &expected, sizeof parts);
    assert_true(kith__timestamp_join(&parts, &joined));
    assert_int_equal(joined, moment);
}

static void test_base_time__parts(void **state)
{
    (void)state;
    check_parts(0, (struct time_parts){ 1970, 1, 1, 0, 0, 0, 0 });
    check_parts(-1, (struct time_parts){ 1969, 12, 31, 23, 59, 59, 999999 });
    check_parts(INT64_C(951782399000001), (struct time_parts){ 2000, 2, 28, 23, 59, 59, 1 });
    check_parts(INT64_C(951782400000000), (struct time_parts){ 2000, 2, 29, 0, 0, 0, 0 });
    check_parts(INT64_C(-62135596800000000), (struct time_parts){ 1, 1, 1, 0, 0, 0, 0 });
    check_parts(INT64_C(253402300799999999), (struct time_parts){ 9999, 12, 31, 23, 59, 59, 999999 });
}

static void test_base_time__no_such_parts(void **state)
{
    (void)state;
    struct time_parts parts;
    int64_t moment;
    assert_false(kith__timestamp_split(INT64_C(-62135596800000001), &parts));
    assert_false(kith__timestamp_split(INT64_C(253402300800000000), &parts));
    assert_false(kith__timestamp_split(INT64_MIN, &parts));
    assert_false(kith__timestamp_split(INT64_MAX, &parts));
    static const struct time_parts none[] = {
        { 0 },
        { 0, 1, 1, 0, 0, 0, 0 },
        { 2026, 0, 1, 0, 0, 0, 0 },
        { 2026, 13, 1, 0, 0, 0, 0 },
        { 2026, 2, 29, 0, 0, 0, 0 },
        { 2026, 1, 1, 24, 0, 0, 0 },
        { 2026, 1, 1, 0, 60, 0, 0 },
        { 2026, 1, 1, 0, 0, 60, 0 },
        { 2026, 1, 1, 0, 0, 0, 1000000 },
        { 10000, 1, 1, 0, 0, 0, 0 },
    };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (kith__timestamp_join(&none[i], &moment))
            fail_msg("%zu was taken", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_time__writes),
        cmocka_unit_test(test_base_time__reads_what_databases_and_people_write),
        cmocka_unit_test(test_base_time__refuses_what_is_no_moment),
        cmocka_unit_test(test_base_time__every_day_of_400_years),
        cmocka_unit_test(test_base_time__agrees_with_gmtime),
        cmocka_unit_test(test_base_time__dates),
        cmocka_unit_test(test_base_time__times_of_day),
        cmocka_unit_test(test_base_time__parts),
        cmocka_unit_test(test_base_time__no_such_parts),
        cmocka_unit_test(test_base_time__clocks_go_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
