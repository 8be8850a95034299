/* links: users, each on some projects through a join table with hours: the data of several workloads, the same on every
 * database. bench/meson.build gives LINKS_USERS and LINKS_EACH; a run multiplies the users by its scale. */
#ifndef BENCH_LINKS_H
#define BENCH_LINKS_H

#include "named.h"

enum { LINKS_PROJECTS = 2000 };

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

/* Link `nth` of a user, from 0: different projects, spread over all. */
static inline struct membership membership_made(int64_t user_id, int nth)
{
    uint64_t r = bench_mix((uint64_t)user_id << 40);
    return (struct membership){ .user_id = user_id,
                                .project_id = 1 + (int64_t)((r + (uint64_t)nth * 401) % LINKS_PROJECTS),
                                .hours = (int32_t)(((r >> 32) + (uint64_t)nth * 7) % 1000) };
}

/* A link's hours are multiplied with its project, so that they count only when they lie beside each other. The order of a
 * user's projects is not fixed: add the links of one user up. */
static inline uint64_t link_digest(uint64_t project_digest, int64_t hours)
{
    return project_digest * (2 * (uint64_t)hours + 1);
}

static inline uint64_t made_user_digest(int64_t id, int each)
{
    uint64_t sum = named_made_digest(user_made(id));
    for (int nth = 0; nth < each; nth++) {
        struct membership m = membership_made(id, nth);
        sum += link_digest(named_made_digest(project_made(m.project_id)), m.hours);
    }
    return sum;
}

/* Some users in the order of their ids, each with their projects. */
static inline void links_expect(struct bench_run *run, int64_t first_user, int64_t count)
{
    for (int64_t id = first_user; id < first_user + count; id++)
        run->checksum = bench_chain(run->checksum, made_user_digest(id, LINKS_EACH));
    run->rows += count * (1 + LINKS_EACH);
}

/* Of the join rows alone, in any order. */
static inline uint64_t membership_digest(int64_t user_id, int64_t project_id, int64_t hours)
{
    return bench_mix((uint64_t)user_id << 44 ^ (uint64_t)project_id << 12 ^ (uint64_t)hours);
}

#endif
