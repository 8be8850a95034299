/* named: the rows that several workloads are made of: an id, a name and a number. Knows no database. */
#ifndef BENCH_NAMED_H
#define BENCH_NAMED_H

#include <stdio.h>

#include "bench.h"

struct named {
    int64_t id;
    char name[40];
    uint32_t name_size;
    int64_t number;
};

static inline uint64_t named_digest(int64_t id, const char *name, size_t name_size, int64_t number)
{
    return bench_weigh((uint64_t)id, 1) + bench_weigh(bench_text(name, name_size), 2) +
           bench_weigh((uint64_t)number, 3);
}

static inline uint64_t named_made_digest(struct named n)
{
    return named_digest(n.id, n.name, n.name_size, n.number);
}

#endif
