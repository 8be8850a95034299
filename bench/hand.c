#include "hand.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum { BLOCK_SIZE = 256 * 1024 };

struct hand_block {
    struct hand_block *next;
    char bytes[];
};

static void new_block(struct hand_arena *arena, size_t at_least)
{
    size_t size = at_least > BLOCK_SIZE ? at_least : BLOCK_SIZE;
    struct hand_block *block = malloc(sizeof *block + size);
    if (!block)
        bench_die("hand", "out of memory");
    block->next = arena->blocks;
    arena->blocks = block;
    arena->at = block->bytes;
    arena->end = block->bytes + size;
}

void *hand_take(struct hand_arena *arena, size_t size)
{
    if ((size_t)(arena->end - arena->at) < size)
        new_block(arena, size);
    char *taken = arena->at;
    arena->at += size;
    return taken;
}

const char *hand_text(struct hand_arena *arena, const void *text, size_t size)
{
    char *copy = hand_take(arena, size + 1);
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

void hand_arena_reset(struct hand_arena *arena)
{
    if (!arena->blocks)
        return;
    struct hand_arena older = { .blocks = arena->blocks->next };
    hand_arena_free(&older);
    arena->blocks->next = NULL;
    arena->at = arena->blocks->bytes;
}

void hand_arena_free(struct hand_arena *arena)
{
    for (struct hand_block *next, *block = arena->blocks; block; block = next) {
        next = block->next;
        free(block);
    }
}

void hand_places_fit(struct hand_places *p, int64_t first, int64_t last)
{
    size_t room = (size_t)(last - first) + 1;
    p->first = first;
    if (room <= p->room)
        return;
    free(p->at);
    p->at = malloc(room * sizeof *p->at);
    if (!p->at)
        bench_die("hand", "out of memory");
    p->room = room;
}

void *hand_grow(void *array, size_t count, size_t *room, size_t element_size)
{
    if (count < *room)
        return array;
    *room = *room ? *room * 2 : 1024;
    array = realloc(array, *room * element_size);
    if (!array)
        bench_die("hand", "out of memory");
    return array;
}

void hand_append(char *to, size_t room, const char *format, ...)
{
    size_t used = strlen(to);
    va_list values;
    va_start(values, format);
    int size = vsnprintf(to + used, room - used, format, values);
    va_end(values);
    if (size < 0 || (size_t)size >= room - used)
        bench_die("hand", "a text is too long");
}

void hand_in_marks(size_t count, char to[HAND_AMONG_ROOM])
{
    strcpy(to, "IN (?");
    while (count-- > 1)
        hand_append(to, HAND_AMONG_ROOM, ", ?");
    hand_append(to, HAND_AMONG_ROOM, ")");
}

/* ---- dates ---------------------------------------------------------------------------------------------------- */

/* Days since 1970-01-01. The year is counted from March, so that the leap day is its last. */
static int64_t days(int year, int month, int day)
{
    year -= month <= 2;
    int era_day = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return 365LL * year + year / 4 - year / 100 + year / 400 + era_day - 719468;
}

int64_t hand_date_join(const struct hand_date *d)
{
    int64_t hours = days(d->year, d->month, d->day) * 24 + d->hour;
    return ((hours * 60 + d->minute) * 60 + d->second) * 1000000 + d->microsecond;
}

/* The reverse of days, for the years from 1. */
static void split_days(int64_t since_1970, struct hand_date *d)
{
    int day = (int)(since_1970 + 719468);
    int century = (4 * day + 3) / 146097, in_century = day - 146097 * century / 4;
    int year = (4 * in_century + 3) / 1461, in_year = in_century - 1461 * year / 4;
    int month = (5 * in_year + 2) / 153; /* from March */
    d->day = in_year - (153 * month + 2) / 5 + 1;
    d->month = month < 10 ? month + 3 : month - 9;
    d->year = 100 * century + year + (month >= 10);
}

struct hand_date hand_date_split(int64_t microseconds)
{
    static const int64_t in_day = 86400 * INT64_C(1000000);
    int64_t day = microseconds / in_day - (microseconds % in_day < 0);
    int64_t rest = microseconds - day * in_day;
    int second = (int)(rest / 1000000);
    struct hand_date d = { .hour = second / 3600, .minute = second / 60 % 60, .second = second % 60 };
    d.microsecond = (int)(rest % 1000000);
    split_days(day, &d);
    return d;
}

static int two(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

int64_t hand_date_read(const char *t)
{
    struct hand_date d = { .year = two(t) * 100 + two(t + 2), .month = two(t + 5), .day = two(t + 8) };
    d.hour = two(t + 11);
    d.minute = two(t + 14);
    d.second = two(t + 17);
    d.microsecond = (two(t + 20) * 100 + two(t + 22)) * 100 + two(t + 24);
    return hand_date_join(&d);
}

static char *write_two(char *to, int n, char after)
{
    *to++ = (char)('0' + n / 10);
    *to++ = (char)('0' + n % 10);
    if (after)
        *to++ = after;
    return to;
}

void hand_date_write(int64_t microseconds, char to[HAND_DATE_SIZE + 1])
{
    struct hand_date d = hand_date_split(microseconds);
    to = write_two(write_two(to, d.year / 100, 0), d.year % 100, '-');
    to = write_two(write_two(to, d.month, '-'), d.day, ' ');
    to = write_two(write_two(write_two(to, d.hour, ':'), d.minute, ':'), d.second, '.');
    to = write_two(write_two(write_two(to, d.microsecond / 10000, 0), d.microsecond / 100 % 100, 0),
                   d.microsecond % 100, 0);
    *to = '\0';
}
