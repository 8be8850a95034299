/* tools: memory that is given back at once, and chance that a seed decides. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "differential/differential.h"

struct pool_block {
    struct pool_block *next;
    max_align_t data[];
};

void *take(struct pool *pool, size_t size)
{
    struct pool_block *block = calloc(1, sizeof *block + (size ? size : 1));
    if (!block) {
        fputs("differential: no memory\n", stderr);
        exit(2);
    }
    block->next = pool->blocks;
    pool->blocks = block;
    return block->data;
}

char *format_in(struct pool *pool, const char *format, ...)
{
    va_list values, again;
    va_start(values, format);
    va_copy(again, values);
    int size = vsnprintf(NULL, 0, format, values);
    char *text = take(pool, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    va_end(values);
    return text;
}

void pool_free(struct pool *pool)
{
    while (pool->blocks) {
        struct pool_block *block = pool->blocks;
        pool->blocks = block->next;
        free(block);
    }
}

struct chance chance_from(uint64_t seed)
{
    return (struct chance){ .state = seed };
}

/* SplitMix64: also seeds that follow each other give numbers that have nothing in common. */
static uint64_t next(struct chance *c)
{
    uint64_t z = c->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

unsigned below(struct chance *c, unsigned limit)
{
    return limit ? (unsigned)(next(c) % limit) : 0;
}

bool percent(struct chance *c, unsigned part)
{
    return below(c, 100) < part;
}
