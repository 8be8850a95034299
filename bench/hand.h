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
void hand_arena_reset(struct hand_arena *arena); /* nothing is in it; it keeps memory for what comes next */
void hand_arena_free(struct hand_arena *arena);

/* Makes room for one more of `count` elements; returns the array, which may have moved. Dies when there is no memory. */
void *hand_grow(void *array, size_t count, size_t *room, size_t element_size);

/* Where rows lie in their array, by their ids, which were ascending: places[id - first]. */
struct hand_places {
    size_t *at, room;
    int64_t first;
};
/* Makes room for the ids from first to last, whose places are to be set. */
void hand_places_fit(struct hand_places *p, int64_t first, int64_t last);

static inline size_t *hand_place(const struct hand_places *p, int64_t id)
{
    return &p->at[id - p->first];
}

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
void hand_exec(void *db, const char *sql);       /* one statement that returns nothing */
void hand_analyze(void *db, const char *tables); /* after filling; the server has nothing to do by itself later */

/* Rows into a table, in one transaction. columns has a letter for each: i or l for an int64_t, t for a const char *,
 * which hand_fill_row takes in that order. */
struct hand_fill *hand_fill_begin(void *db, const char *table, const char *columns);
void hand_fill_row(struct hand_fill *f, ...);
void hand_fill_end(struct hand_fill *f);

/* "IN (?, …)", with `count` question marks. */
enum { HAND_AMONG_ROOM = 1024 };
void hand_in_marks(size_t count, char to[HAND_AMONG_ROOM]);
/* Text at the end of a text that has room for `room` bytes; the program ends when it does not fit. */
void hand_append(char *to, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
