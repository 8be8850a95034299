/* decimal: exact decimal numbers as text, "-12.50": form, size, order and sum. */
#ifndef KITH_BASE_DECIMAL_H
#define KITH_BASE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KITH__DECIMAL_TEXT = 80 }; /* room for 65 digits, the most a precision may be, and sign, point and NUL */

enum decimal_fit { DECIMAL_OK, DECIMAL_NOT_A_NUMBER, DECIMAL_TOO_MANY_DIGITS, DECIMAL_TOO_FINE };

/* Writes the number with exactly `scale` digits behind the point, without leading zeros and without "-0": ("1.5", 10, 2)
 * gives "1.50". TOO_FINE when digits other than 0 would be cut off, TOO_MANY_DIGITS when more than precision - scale
 * stand before the point. Takes a sign and an exponent ("1e3"). */
enum decimal_fit kith__decimal_canonical(const char *text, size_t size, unsigned precision, unsigned scale,
                                         char to[KITH__DECIMAL_TEXT]);
/* Compares as numbers: <0, 0, >0. Texts that are no numbers sort as text behind all numbers. */
int kith__decimal_compare(const char *a, size_t a_size, const char *b, size_t b_size);

/* An exact sum. Zeroed: of no numbers. */
enum { DECIMAL_SUM_WHOLE = 96, DECIMAL_SUM_FRACTION = 72 };
enum { KITH__DECIMAL_SUM_TEXT = DECIMAL_SUM_WHOLE + DECIMAL_SUM_FRACTION + 3 };
struct decimal_sum {
    uint8_t digits[2][DECIMAL_SUM_WHOLE + DECIMAL_SUM_FRACTION]; /* of what is positive and of what is negative */
    unsigned scale;                                              /* the most digits behind a point so far */
};
/* False when it is no number, or has more digits than any decimal has. */
bool kith__decimal_sum_add(struct decimal_sum *sum, const char *text, size_t size);
/* With as many digits behind the point as the longest of its numbers. Returns the size. */
size_t kith__decimal_sum_write(const struct decimal_sum *sum, char to[KITH__DECIMAL_SUM_TEXT]);

#endif
