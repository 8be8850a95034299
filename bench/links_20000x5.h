/* links_20000x5: 20,000 users, each on 5 of 2,000 projects through a join table with hours, loaded nested. This is the
 * data: the same on every database. */
#ifndef BENCH_LINKS_20000X5_H
#define BENCH_LINKS_20000X5_H

#include <stdio.h>

#include "bench.h"

enum { LINKS_USERS = 20000, LINKS_PROJECTS = 2000, LINKS_EACH = 5 };

struct named { /* a user or a project */
    int64_t id;
    char name[40];
    uint32_t name_size;
    int64_t number; /* a user's age, a project's budget */
};

struct membership {
    int64_t user_id, project_id;
    int32_t hours;
};

static inline struct named user_made(int64_t id)
{
    struct named u = { .id = id, .number = 18 + (int64_t)(bench_mix((uint64_t)id) % 80) };
    u.name_size = (uint32_t)snprintf(u.name, sizeof u.name, "%05d Anna Karlsson", (int)id);
    return u;
}

static inline struct named project_made(int64_t id)
{
    struct named p = { .id = id, .number = (int64_t)(bench_mix((uint64_t)id << 20) % 1000000000000u) };
    p.name_size = (uint32_t)snprintf(p.name, sizeof p.name, "Project %04d of the northern branch", (int)id);
    return p;
}

/* Link `nth` of a user, from 0: five different projects, spread over all. */
static inline struct membership membership_made(int64_t user_id, int nth)
{
    uint64_t r = bench_mix((uint64_t)user_id << 40);
    return (struct membership){ .user_id = user_id,
                                .project_id = 1 + (int64_t)((r + (uint64_t)nth * 401) % LINKS_PROJECTS),
                                .hours = (int32_t)(((r >> 32) + (uint64_t)nth * 7) % 1000) };
}

static inline uint64_t named_digest(int64_t id, const char *name, size_t name_size, int64_t number)
{
    return bench_weigh((uint64_t)id, 1) + bench_weigh(bench_text(name, name_size), 2) +
           bench_weigh((uint64_t)number, 3);
}

/* A link's hours are multiplied with its project, so that they count only when they lie beside each other. The order of a
 * user's projects is not fixed: add the links of one user up. */
static inline uint64_t link_digest(uint64_t project_digest, int64_t hours)
{
    return project_digest * (2 * (uint64_t)hours + 1);
}

static inline uint64_t made_user_digest(int64_t id)
{
    struct named u = user_made(id);
    uint64_t sum = named_digest(u.id, u.name, u.name_size, u.number);
    for (int nth = 0; nth < LINKS_EACH; nth++) {
        struct membership m = membership_made(id, nth);
        struct named p = project_made(m.project_id);
        sum += link_digest(named_digest(p.id, p.name, p.name_size, p.number), m.hours);
    }
    return sum;
}

/* What every side finds. */
static inline void links_expect(struct bench_run *run)
{
    for (int64_t id = 1; id <= LINKS_USERS; id++)
        run->checksum = bench_chain(run->checksum, made_user_digest(id));
    run->rows = LINKS_USERS * (1 + LINKS_EACH);
}

#endif
