/* hand: what the hand-written sides share: an arena, an array that grows, and the one form of date they meet as text.
 * Knows no database. */
#ifndef BENCH_HAND_H
#define BENCH_HAND_H

#include <stddef.h>
#include <stdint.h>

enum { HAND_DATE_SIZE = 26 }; /* "2026-11-21 09:39:00.123456" */

struct hand_arena {
    char *at, *end; /* the free part of the newest block */
    struct hand_block *blocks;
};

/* Memory from the arena. An arena gives either texts or structs of eight-byte alignment, never both. */
void *hand_take(struct hand_arena *arena, size_t size);
/* A copy that ends with NUL. */
const char *hand_text(struct hand_arena *arena, const void *text, size_t size);
void hand_arena_free(struct hand_arena *arena);

/* Makes room for one more of `count` elements; returns the array, which may have moved. Dies when there is no memory. */
void *hand_grow(void *array, size_t count, size_t *room, size_t element_size);

/* Microseconds since 1970, which is how dates are kept. */
struct hand_date {
    int year, month, day, hour, minute, second, microsecond;
};
int64_t hand_date_join(const struct hand_date *d);
struct hand_date hand_date_split(int64_t microseconds);

/* Of a text in exactly this form, which is what every side stores where dates are texts. */
int64_t hand_date_read(const char *text);
void hand_date_write(int64_t microseconds, char to[HAND_DATE_SIZE + 1]);

/* In hand_<database>.c: a connection with the settings of Kith's own driver; a sqlite3, a PGconn or a MYSQL. */
void *hand_open(const char *url);
void hand_close(void *db);

#endif
