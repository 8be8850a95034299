/* accounts: the table of eight attributes that several workloads use, and its data: the same on every database. */
#ifndef BENCH_ACCOUNTS_H
#define BENCH_ACCOUNTS_H

#include <stdbool.h>
#include <stdio.h>

#include "bench.h"

struct account {
    int64_t id;
    const char *name, *email;
    uint32_t name_size, email_size;
    int64_t balance;
    double score;
    int64_t created; /* microseconds since 1970 */
    int32_t age;
    bool active;
};

struct account_texts {
    char name[40], email[40];
};

/* Row `id`, from 1; its texts lie in `texts`. */
static inline struct account account_made(int64_t id, struct account_texts *texts)
{
    uint64_t r = bench_mix((uint64_t)id);
    struct account a = { .id = id, .name = texts->name, .email = texts->email };
    a.name_size = (uint32_t)snprintf(texts->name, sizeof texts->name, "%05u Maria van Dyck", (unsigned)(r % 100000));
    a.email_size = (uint32_t)snprintf(texts->email, sizeof texts->email, "m%06d@mail%u.example.org", (int)id,
                                      (unsigned)(r >> 8) % 100);
    a.age = (int32_t)(18 + (r >> 16) % 80);
    a.balance = (int64_t)(bench_mix(r) % 2000000000000u) - 1000000000000;
    a.score = (double)(bench_mix(r + 1) >> 11) / 9007199254740992.0 * 100.0;
    a.active = (r >> 40) % 3 != 0;
    a.created = (int64_t)(bench_mix(r + 2) % 2000000000000000u) - 200000000000000; /* 1963 to 2027 */
    return a;
}

static inline uint64_t account_digest(const struct account *a)
{
    return bench_weigh((uint64_t)a->id, 1) + bench_weigh(bench_text(a->name, a->name_size), 2) +
           bench_weigh(bench_text(a->email, a->email_size), 3) + bench_weigh((uint64_t)a->age, 4) +
           bench_weigh((uint64_t)a->balance, 5) + bench_weigh(bench_real(a->score), 6) +
           bench_weigh((uint64_t)a->active, 7) + bench_weigh((uint64_t)a->created, 8);
}

/* What a program finds that goes through the rows 1 to `rows` in their order. */
static inline void accounts_expect(struct bench_run *run, int64_t rows)
{
    for (run->rows = 0; run->rows < rows; run->rows++) {
        struct account_texts texts;
        struct account a = account_made(run->rows + 1, &texts);
        run->checksum = bench_chain(run->checksum, account_digest(&a));
    }
}

/* Makes the table anew, with the rows 1 to `rows`. In accounts_<database>.c, for the hand-written programs. */
void accounts_fill(const char *url, int64_t rows);

#endif
