/* decimal: see decimal.h. A number is never converted: it is looked at as the row of its significant digits, which may
 * have the point inside, and the place of the point in that row. */
#include "base/decimal.h"

#include <stdint.h>
#include <string.h>

enum { MOST_DIGITS = 65 };

/* More than any text could have digits, and small enough to add to. */
static const int64_t largest_exponent = INT64_MAX / 4;

struct number {
    bool negative;
    const char *whole, *fraction; /* the digits before and behind the point */
    size_t whole_count, fraction_count;
    size_t first, count; /* the significant digits, counted over whole and fraction; none: the number is 0 */
    int64_t point;       /* how many of the significant digits stand before the point; may be negative, or too many */
};

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

static bool skip_sign(const char **at, const char *end)
{
    bool negative = *at < end && **at == '-';
    if (*at < end && (**at == '-' || **at == '+'))
        (*at)++;
    return negative;
}

/* What follows the digits: nothing, or an exponent. */
static bool read_exponent(const char *at, const char *end, int64_t *exponent)
{
    *exponent = 0;
    if (at == end)
        return true;
    if (*at != 'e' && *at != 'E')
        return false;
    at++;
    bool negative = skip_sign(&at, end);
    const char *digits = at;
    at = skip_digits(at, end);
    for (const char *digit = digits; digit < at && *exponent < largest_exponent / 10 - 1; digit++)
        *exponent = *exponent * 10 + (*digit - '0');
    if (negative)
        *exponent = -*exponent;
    return at == end && at > digits;
}

static char any_digit(const struct number *n, size_t i)
{
    return i < n->whole_count ? n->whole[i] : n->fraction[i - n->whole_count];
}

/* The significant digit at i, and a 0 before and behind them. */
static char digit_at(const struct number *n, int64_t i)
{
    return i >= 0 && i < (int64_t)n->count ? any_digit(n, n->first + (size_t)i) : '0';
}

static void trim_zeros(struct number *n)
{
    size_t last = n->whole_count + n->fraction_count;
    while (n->first < last && any_digit(n, n->first) == '0')
        n->first++;
    while (last > n->first && any_digit(n, last - 1) == '0')
        last--;
    n->count = last - n->first;
}

static bool read_number(const char *text, size_t size, struct number *n)
{
    const char *at = text, *end = text + size;
    *n = (struct number){ .negative = skip_sign(&at, end) };
    n->whole = at;
    at = skip_digits(at, end);
    n->whole_count = (size_t)(at - n->whole);
    if (at < end && *at == '.')
        at++;
    n->fraction = at;
    at = skip_digits(at, end);
    n->fraction_count = (size_t)(at - n->fraction);
    int64_t exponent;
    if (n->whole_count + n->fraction_count == 0 || !read_exponent(at, end, &exponent))
        return false;
    trim_zeros(n);
    n->point = n->count > 0 ? (int64_t)n->whole_count - (int64_t)n->first + exponent : 0;
    n->negative = n->negative && n->count > 0;
    return true;
}

static void write_number(const struct number *n, unsigned scale, char *to)
{
    if (n->negative)
        *to++ = '-';
    if (n->point <= 0)
        *to++ = '0';
    for (int64_t i = 0; i < n->point; i++)
        *to++ = digit_at(n, i);
    if (scale > 0)
        *to++ = '.';
    for (unsigned i = 0; i < scale; i++)
        *to++ = digit_at(n, n->point + i);
    *to = '\0';
}

enum decimal_fit kith__decimal_canonical(const char *text, size_t size, unsigned precision, unsigned scale,
                                         char to[KITH__DECIMAL_TEXT])
{
    struct number n;
    if (!read_number(text, size, &n))
        return DECIMAL_NOT_A_NUMBER;
    if (precision > MOST_DIGITS || scale > precision || n.point > (int64_t)(precision - scale))
        return DECIMAL_TOO_MANY_DIGITS;
    if ((int64_t)n.count - n.point > (int64_t)scale)
        return DECIMAL_TOO_FINE;
    write_number(&n, scale, to);
    return DECIMAL_OK;
}

static int compare_sizes(const struct number *a, const struct number *b)
{
    if (a->count == 0 || b->count == 0)
        return (a->count > 0) - (b->count > 0);
    if (a->point != b->point)
        return a->point < b->point ? -1 : 1;
    int64_t count = (int64_t)(a->count > b->count ? a->count : b->count);
    for (int64_t i = 0; i < count; i++)
        if (digit_at(a, i) != digit_at(b, i))
            return digit_at(a, i) < digit_at(b, i) ? -1 : 1;
    return 0;
}

static int compare_texts(const char *a, size_t a_size, const char *b, size_t b_size)
{
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);
    return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}

int kith__decimal_compare(const char *a, size_t a_size, const char *b, size_t b_size)
{
    struct number first, second;
    bool first_is_one = read_number(a, a_size, &first);
    bool second_is_one = read_number(b, b_size, &second);
    if (!first_is_one && !second_is_one)
        return compare_texts(a, a_size, b, b_size);
    if (!first_is_one || !second_is_one)
        return first_is_one ? -1 : 1;
    if (first.negative != second.negative)
        return first.negative ? -1 : 1;
    int order = compare_sizes(&first, &second);
    return first.negative ? -order : order;
}

/* ---- sums ---- */

enum { SUM_DIGITS = DECIMAL_SUM_WHOLE + DECIMAL_SUM_FRACTION };

/* How many digits it was written with behind the point: those that are 0 count as well. */
static int64_t written_scale(const struct number *n)
{
    int64_t exponent = n->count > 0 ? n->point - (int64_t)n->whole_count + (int64_t)n->first : 0;
    int64_t scale = (int64_t)n->fraction_count - exponent;
    return scale > 0 ? scale : 0;
}

/* Adds digits at the places of a sum, of which place 0 is the highest. */
static void add_digits(uint8_t *to, const struct number *n)
{
    int64_t first = DECIMAL_SUM_WHOLE - n->point;
    unsigned carry = 0;
    for (int64_t place = first + (int64_t)n->count - 1; place >= 0 && (carry || place >= first); place--) {
        unsigned digit = to[place] + carry + (place >= first ? (unsigned)(digit_at(n, place - first) - '0') : 0);
        to[place] = (uint8_t)(digit % 10);
        carry = digit / 10;
    }
}

bool kith__decimal_sum_add(struct decimal_sum *sum, const char *text, size_t size)
{
    struct number n;
    if (!read_number(text, size, &n))
        return false;
    int64_t scale = written_scale(&n);
    if (n.point > MOST_DIGITS || scale > DECIMAL_SUM_FRACTION)
        return false;
    if (sum->scale < (unsigned)scale)
        sum->scale = (unsigned)scale;
    add_digits(sum->digits[n.negative], &n);
    return true;
}

/* larger minus smaller */
static void subtract(const uint8_t *larger, const uint8_t *smaller, uint8_t *to)
{
    int borrow = 0;
    for (int place = SUM_DIGITS - 1; place >= 0; place--) {
        int digit = larger[place] - smaller[place] - borrow;
        borrow = digit < 0;
        to[place] = (uint8_t)(digit + 10 * borrow);
    }
}

size_t kith__decimal_sum_write(const struct decimal_sum *sum, char to[KITH__DECIMAL_SUM_TEXT])
{
    uint8_t digits[SUM_DIGITS];
    int order = memcmp(sum->digits[0], sum->digits[1], SUM_DIGITS);
    subtract(sum->digits[order < 0], sum->digits[order >= 0], digits);
    size_t size = 0, first = 0;
    while (first < DECIMAL_SUM_WHOLE - 1 && digits[first] == 0)
        first++;
    if (order < 0)
        to[size++] = '-';
    for (size_t place = first; place < DECIMAL_SUM_WHOLE + sum->scale; place++) {
        if (place == DECIMAL_SUM_WHOLE)
            to[size++] = '.';
        to[size++] = (char)('0' + digits[place]);
    }
    to[size] = '\0';
    return size;
}
