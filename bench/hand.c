#include "hand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

void hand_arena_free(struct hand_arena *arena)
{
    for (struct hand_block *next, *block = arena->blocks; block; block = next) {
        next = block->next;
        free(block);
    }
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

/* ---- dates ---------------------------------------------------------------------------------------------------- */

static int two(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* Days since 1970-01-01. The year is counted from March, so that the leap day is its last. */
static int64_t days(int year, int month, int day)
{
    year -= month <= 2;
    int era_day = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return 365LL * year + year / 4 - year / 100 + year / 400 + era_day - 719468;
}

int64_t hand_date_read(const char *t)
{
    int64_t day = days(two(t) * 100 + two(t + 2), two(t + 5), two(t + 8));
    int64_t second = ((day * 24 + two(t + 11)) * 60 + two(t + 14)) * 60 + two(t + 17);
    return second * 1000000 + (two(t + 20) * 100 + two(t + 22)) * 100 + two(t + 24);
}

void hand_date_write(int64_t microseconds, char to[HAND_DATE_SIZE + 1])
{
    int64_t fraction = (microseconds % 1000000 + 1000000) % 1000000;
    time_t second = (time_t)((microseconds - fraction) / 1000000);
    struct tm tm;
    gmtime_r(&second, &tm);
    size_t size = strftime(to, HAND_DATE_SIZE + 1, "%Y-%m-%d %H:%M:%S", &tm);
    snprintf(to + size, HAND_DATE_SIZE + 1 - size, ".%06u", (unsigned)(fraction % 1000000));
}
