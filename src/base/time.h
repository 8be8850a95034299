/* time: moments, days and times of day to text and back. The proleptic Gregorian calendar, UTC, years 0001 to 9999.
 *
 * Parsing takes what databases store and people write: "2026-11-21", "2026-11-21 09:39", "2026-11-21T09:39:00.123456Z",
 * "… 09:39:00 +00:00", "…+0130". A text without a zone is UTC. Digits past the microsecond are cut off. */
#ifndef KITH_BASE_TIME_H
#define KITH_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KITH__TIMESTAMP_TEXT = 32 }; /* room for any of the texts below, with NUL */

int64_t kith__now(void);                /* microseconds since 1970, by the system's clock */
double kith__elapsed_ms(int64_t since); /* since a kith__monotonic() */
int64_t kith__monotonic(void);          /* microseconds of a clock that only goes forward */

/* Both write "2026-11-21 09:39:00.123456" with always six digits (sorts as text); with `iso`, 'T' and 'Z' are used.
 * Return the length, 0 when the year is not 0001 to 9999. */
size_t kith__timestamp_write(int64_t microseconds, bool iso, char to[KITH__TIMESTAMP_TEXT]);
bool kith__timestamp_read(const char *text, size_t size, int64_t *microseconds);

/* From 0001-01-01 to 9999-12-31? */
#define KITH__TIMESTAMP_FIRST (-719162 * INT64_C(86400000000))
#define KITH__TIMESTAMP_END   (2932897 * INT64_C(86400000000))
static inline bool timestamp_is_one(int64_t microseconds)
{
    return microseconds >= KITH__TIMESTAMP_FIRST && microseconds < KITH__TIMESTAMP_END;
}

/* A moment in UTC taken apart. */
struct time_parts {
    unsigned year, month, day, hour, minute, second, fraction; /* fraction: microseconds */
};
/* False when the year is not 0001 to 9999; when there is no such moment. */
bool kith__timestamp_split(int64_t microseconds, struct time_parts *parts);
bool kith__timestamp_join(const struct time_parts *parts, int64_t *microseconds);

/* Checks a day or time of day and writes it canonically ("2026-11-21"; "09:39:00", with ".123456" when not whole).
 * False when it is none. */
bool kith__date_canonical(const char *text, size_t size, char to[KITH__TIMESTAMP_TEXT]);
bool kith__time_canonical(const char *text, size_t size, char to[KITH__TIMESTAMP_TEXT]);

#endif
