/* nested: tables in which every row has a name, a number and some rows of other tables: the data of several workloads,
 * the same on every database. bench/meson.build says by NESTED which one. */
#ifndef BENCH_NESTED_H
#define BENCH_NESTED_H

#include "named.h"

struct nested_level {
    const char *table;
    const char *key; /* the column that says whose a row is */
    unsigned parent; /* which level that is; itself: none */
    unsigned each;   /* rows for each row of the parent, or all; times scale then */
};

static const struct nested_level three_levels[] = { { "customers", NULL, 0, 500 },
                                                    { "orders", "customerId", 0, 20 },
                                                    { "items", "orderId", 1, 10 } };
static const struct nested_level siblings[] = { { "teams", NULL, 0, 1000 },
                                                { "members", "teamId", 0, 20 },
                                                { "tasks", "teamId", 0, 20 } };

enum { NESTED_LEVELS = 3 };

static inline int64_t nested_count(unsigned level, int64_t scale)
{
    const struct nested_level *l = &NESTED[level];
    return l->each * (level == 0 ? scale : nested_count(l->parent, scale));
}

static inline struct named nested_made(unsigned level, int64_t id)
{
    struct named n = { .id = id, .number = (int64_t)(bench_mix((uint64_t)id << 3 | level) % 1000000000000u) };
    n.name_size = (uint32_t)snprintf(n.name, sizeof n.name, "%06d of the northern branch", (int)id);
    return n;
}

/* Whose row `id` of a level is: everybody's first lie together, then everybody's second, and so on. */
static inline int64_t nested_parent(unsigned level, int64_t id, int64_t scale)
{
    return 1 + (id - 1) % nested_count(NESTED[level].parent, scale);
}

/* A row with what is below it, in any order: multiplied, so that it counts only below its own row. */
static inline uint64_t nested_digest(uint64_t own, uint64_t sum_of_below)
{
    return own + (2 * own + 1) * sum_of_below;
}

static inline uint64_t nested_made_digest(unsigned level, int64_t id, int64_t scale)
{
    uint64_t sum = 0;
    for (unsigned child = level + 1; child < NESTED_LEVELS; child++)
        for (unsigned nth = 0; NESTED[child].parent == level && nth < NESTED[child].each; nth++)
            sum += nested_made_digest(child, id + nth * nested_count(level, scale), scale);
    return nested_digest(named_made_digest(nested_made(level, id)), sum);
}

static inline void nested_expect(struct bench_run *run)
{
    for (int64_t id = 1; id <= nested_count(0, run->scale); id++)
        run->checksum = bench_chain(run->checksum, nested_made_digest(0, id, run->scale));
    for (unsigned level = 0; level < NESTED_LEVELS; level++)
        run->rows += nested_count(level, run->scale);
}

#endif
