/* time: see time.h. Days are counted by arithmetic alone: a year is taken to begin in March, so that the leap day is its
 * last one, and year 0 begins on 0000-03-01. */
#include "base/time.h"

#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

enum {
    EPOCH = 719468, /* days from 0000-03-01 to 1970-01-01 */
    DATE_SIZE = 10,
    FIXED_SIZE = 26 /* "2026-11-21 09:39:00.123456" */
};

/* ---- clocks --------------------------------------------------------------------------------------------------- */

static int64_t clock_microseconds(clockid_t id)
{
    struct timespec now = { 0 };
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec / 1000;
}

int64_t kith__now(void)
{
    return clock_microseconds(CLOCK_REALTIME);
}

int64_t kith__monotonic(void)
{
    return clock_microseconds(CLOCK_MONOTONIC);
}

double kith__elapsed_ms(int64_t since)
{
    return (double)(kith__monotonic() - since) / 1000.0;
}

/* ---- the calendar --------------------------------------------------------------------------------------------- */

struct date {
    unsigned year, month, day;
};

/* Days from 0000-03-01 to the first of March of a year. */
static int64_t year_begin(int64_t year)
{
    return year * 365 + year / 4 - year / 100 + year / 400;
}

/* Days from the first of March to the first of a month, 0 being March. */
static unsigned month_begin(unsigned month)
{
    return (153 * month + 2) / 5;
}

static int64_t day_number(struct date d)
{
    int64_t year = d.month > 2 ? d.year : (int64_t)d.year - 1;
    return year_begin(year) + month_begin((d.month + 9) % 12) + d.day - 1 - EPOCH;
}

static struct date date_of(int64_t day)
{
    day += EPOCH;
    int64_t year = day * 400 / 146097; /* 400 years have 146,097 days: it is this year or the next */
    if (year_begin(year + 1) <= day)
        year++;
    unsigned rest = (unsigned)(day - year_begin(year));
    unsigned month = (5 * rest + 2) / 153;
    return (struct date){ .year = (unsigned)year + (month >= 10),
                          .month = month < 10 ? month + 3 : month - 9,
                          .day = rest - month_begin(month) + 1 };
}

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool is_date(struct date d)
{
    static const unsigned char lengths[13] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (d.year < 1 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1)
        return false;
    return d.day <= lengths[d.month] || (d.month == 2 && d.day == 29 && is_leap(d.year));
}

/* ---- writing -------------------------------------------------------------------------------------------------- */

static char *put_two(char *to, unsigned n)
{
    to[0] = (char)('0' + n / 10);
    to[1] = (char)('0' + n % 10);
    return to + 2;
}

static char *put_date(char *to, struct date d)
{
    to = put_two(to, d.year / 100);
    to = put_two(to, d.year % 100);
    *to++ = '-';
    to = put_two(to, d.month);
    *to++ = '-';
    return put_two(to, d.day);
}

static char *put_clock(char *to, int64_t in_day)
{
    unsigned seconds = (unsigned)(in_day / SECOND);
    to = put_two(to, seconds / 3600);
    *to++ = ':';
    to = put_two(to, seconds / 60 % 60);
    *to++ = ':';
    return put_two(to, seconds % 60);
}

static char *put_fraction(char *to, int64_t in_day)
{
    unsigned fraction = (unsigned)(in_day % SECOND);
    *to++ = '.';
    to = put_two(to, fraction / 10000);
    to = put_two(to, fraction / 100 % 100);
    return put_two(to, fraction % 100);
}

/* A moment as a day and the time in it; before 1970, too, the time counts forward. */
static int64_t split_moment(int64_t microseconds, int64_t *in_day)
{
    int64_t day = microseconds / DAY;
    *in_day = microseconds % DAY;
    if (*in_day < 0) {
        *in_day += DAY;
        day--;
    }
    return day;
}

size_t kith__timestamp_write(int64_t microseconds, bool iso, char to[KITH__TIMESTAMP_TEXT])
{
    int64_t in_day, day = split_moment(microseconds, &in_day);
    if (!timestamp_is_one(microseconds))
        return 0;
    char *at = put_date(to, date_of(day));
    *at++ = iso ? 'T' : ' ';
    at = put_fraction(put_clock(at, in_day), in_day);
    if (iso)
        *at++ = 'Z';
    *at = '\0';
    return (size_t)(at - to);
}

/* ---- reading -------------------------------------------------------------------------------------------------- */

struct reader {
    const char *at, *end;
};

static bool read_char(struct reader *r, char c)
{
    if (r->at == r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

static bool next_is_digit(const struct reader *r)
{
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

/* Exactly so many digits. */
static bool read_digits(struct reader *r, unsigned count, unsigned *n)
{
    *n = 0;
    for (; count > 0 && next_is_digit(r); count--)
        *n = *n * 10 + (unsigned)(*r->at++ - '0');
    return count == 0;
}

static bool read_date(struct reader *r, struct date *d)
{
    return read_digits(r, 4, &d->year) && read_char(r, '-') && read_digits(r, 2, &d->month) && read_char(r, '-') &&
           read_digits(r, 2, &d->day) && is_date(*d);
}

/* The digits behind the point, in microseconds. */
static bool read_fraction(struct reader *r, unsigned *fraction)
{
    unsigned worth = 100000;
    *fraction = 0;
    if (!next_is_digit(r))
        return false;
    for (; next_is_digit(r); worth /= 10)
        *fraction += (unsigned)(*r->at++ - '0') * worth;
    return true;
}

/* "09:39", "09:39:00", "09:39:00.123456" */
static bool read_clock(struct reader *r, int64_t *in_day)
{
    unsigned hour, minute, second = 0, fraction = 0;
    if (!read_digits(r, 2, &hour) || !read_char(r, ':') || !read_digits(r, 2, &minute))
        return false;
    if (read_char(r, ':')) {
        if (!read_digits(r, 2, &second) || (read_char(r, '.') && !read_fraction(r, &fraction)))
            return false;
    }
    *in_day = hour * HOUR + minute * MINUTE + second * SECOND + fraction;
    return hour < 24 && minute < 60 && second < 60;
}

/* Nothing, or "Z", "+01", "+0130", "+01:30", with a blank before it or without. */
static bool read_zone(struct reader *r, int64_t *offset)
{
    *offset = 0;
    if (r->at == r->end)
        return true;
    read_char(r, ' ');
    if (read_char(r, 'Z') || read_char(r, 'z'))
        return true;
    bool west = read_char(r, '-');
    unsigned hours, minutes = 0;
    if ((!west && !read_char(r, '+')) || !read_digits(r, 2, &hours))
        return false;
    if ((read_char(r, ':') || next_is_digit(r)) && !read_digits(r, 2, &minutes))
        return false;
    *offset = hours * HOUR + minutes * MINUTE;
    if (west)
        *offset = -*offset;
    return hours < 24 && minutes < 60;
}

/* Every byte is within `spans` above `lowest`. Without branches, so that the compiler does it at once. */
static bool sixteen_fit(const char *text, const char *lowest, const unsigned char *spans)
{
    unsigned char misfit = 0;
    for (int i = 0; i < 16; i++)
        misfit |= (unsigned char)(text[i] - lowest[i]) > spans[i];
    return misfit == 0;
}

/* Has it the form that kith__timestamp_write gives? The two looks overlap. */
static bool has_fixed_form(const char *text)
{
    static const char lowest[FIXED_SIZE + 1] = "0000-00-00 00:00:00.000000";
    static const unsigned char spans[FIXED_SIZE] = { 9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9,
                                                     0, 9, 9, 0, 9, 9, 0, 9, 9, 9, 9, 9, 9 };
    return sixteen_fit(text, lowest, spans) && sixteen_fit(text + 10, lowest + 10, spans + 10);
}

static unsigned two_digits(const char *text)
{
    return (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
}

/* What Kith itself has stored is read without looking at one byte after another. */
static bool read_fixed(const char *text, int64_t *microseconds)
{
    struct time_parts parts = {
        .year = two_digits(text) * 100 + two_digits(text + 2),
        .month = two_digits(text + 5),
        .day = two_digits(text + 8),
        .hour = two_digits(text + 11),
        .minute = two_digits(text + 14),
        .second = two_digits(text + 17),
        .fraction = two_digits(text + 20) * 10000 + two_digits(text + 22) * 100 + two_digits(text + 24),
    };
    return kith__timestamp_join(&parts, microseconds);
}

bool kith__timestamp_read(const char *text, size_t size, int64_t *microseconds)
{
    if (size == FIXED_SIZE && has_fixed_form(text))
        return read_fixed(text, microseconds);
    struct reader r = { text, text + size };
    struct date date;
    int64_t in_day = 0, offset = 0;
    if (!read_date(&r, &date))
        return false;
    if (r.at < r.end) {
        if (!read_char(&r, ' ') && !read_char(&r, 'T') && !read_char(&r, 't'))
            return false;
        if (!read_clock(&r, &in_day) || !read_zone(&r, &offset))
            return false;
    }
    int64_t moment = day_number(date) * DAY + in_day - offset;
    if (r.at != r.end || !timestamp_is_one(moment))
        return false;
    *microseconds = moment;
    return true;
}

bool kith__date_canonical(const char *text, size_t size, char to[KITH__TIMESTAMP_TEXT])
{
    struct reader r = { text, text + size };
    struct date date;
    if (size != DATE_SIZE || !read_date(&r, &date))
        return false;
    *put_date(to, date) = '\0';
    return true;
}

bool kith__time_canonical(const char *text, size_t size, char to[KITH__TIMESTAMP_TEXT])
{
    struct reader r = { text, text + size };
    int64_t in_day;
    if (!read_clock(&r, &in_day) || r.at != r.end)
        return false;
    char *at = put_clock(to, in_day);
    if (in_day % SECOND != 0)
        at = put_fraction(at, in_day);
    *at = '\0';
    return true;
}

/* ---- parts ---------------------------------------------------------------------------------------------------- */

bool kith__timestamp_split(int64_t microseconds, struct time_parts *parts)
{
    int64_t in_day, day = split_moment(microseconds, &in_day);
    if (!timestamp_is_one(microseconds))
        return false;
    struct date date = date_of(day);
    unsigned seconds = (unsigned)(in_day / SECOND);
    *parts = (struct time_parts){ .year = date.year,
                                  .month = date.month,
                                  .day = date.day,
                                  .hour = seconds / 3600,
                                  .minute = seconds / 60 % 60,
                                  .second = seconds % 60,
                                  .fraction = (unsigned)(in_day % SECOND) };
    return true;
}

bool kith__timestamp_join(const struct time_parts *parts, int64_t *microseconds)
{
    struct date date = { parts->year, parts->month, parts->day };
    if (!is_date(date) || parts->hour > 23 || parts->minute > 59 || parts->second > 59 || parts->fraction >= SECOND)
        return false;
    unsigned seconds = (parts->hour * 60 + parts->minute) * 60 + parts->second;
    *microseconds = day_number(date) * DAY + seconds * SECOND + parts->fraction;
    return true;
}
