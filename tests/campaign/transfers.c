/* transfers KIND WAY THREADS TRANSFERS: so many threads make so many transfers each, in transactions that are repeated
 * when they meet. In the end nothing may be lost, and nothing done twice. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "campaign.h"

enum { TRIES = 1000 };

struct campaign {
    struct worker workers[MOST_THREADS];
    unsigned count, transfers;
};

static unsigned per_worker; /* set before the threads begin */

static void *work(void *arg)
{
    struct worker *w = arg;
    for (unsigned i = 0; i < per_worker; i++)
        transfer(w, TRIES);
    return NULL;
}

static void sum_up(const struct campaign *c, unsigned *done, unsigned *failed)
{
    *done = *failed = 0;
    for (unsigned i = 0; i < c->count; i++) {
        *done += c->workers[i].done;
        *failed += c->workers[i].failed;
    }
}

static void show_progress(void *ctx)
{
    struct campaign *c = ctx;
    unsigned done = 0, failed = 0;
    while (isatty(STDERR_FILENO) && done + failed < c->count * per_worker) {
        sleep_ms(200);
        sum_up(c, &done, &failed);
        fprintf(stderr, "\r\033[K%u of %u transfers", done, c->count * per_worker);
    }
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static bool report(struct campaign *c, const char *kind, int64_t began)
{
    unsigned done, failed, repeats = 0;
    sum_up(c, &done, &failed);
    for (unsigned i = 0; i < c->count; i++) {
        struct worker *w = &c->workers[i];
        repeats += w->repeats;
        if (w->failed)
            fprintf(stderr, "campaign: thread %u: %u transfers failed, the last: %s: %s\n", i, w->failed,
                    kith_status_name(w->last.status), w->last.message);
    }
    printf("transfers on %s, %s: %u of %u by %u threads in %.1f s, %u repeats\n", kind, c->workers[0].way->name, done,
           c->count * per_worker, c->count, (double)(now_ms() - began) / 1000, repeats);
    return done == c->count * per_worker;
}

int main(int count, char **arguments)
{
    static struct campaign c;
    if (count != 5)
        give_up("usage: transfers KIND WAY THREADS TRANSFERS");
    const struct way *way = find_way(arguments[2]);
    c.count = number_of(arguments[3]);
    per_worker = number_of(arguments[4]);
    if (c.count > MOST_THREADS)
        give_up("at most %d threads", MOST_THREADS);
    kith_open_opts opts = { .pool_max = c.count, .acquire_ms = 60000, .busy_ms = 60000 };
    kith_db *db = open_bank(make_database(arguments[1], NULL), opts);
    for (unsigned i = 0; i < c.count; i++)
        c.workers[i] = (struct worker){ .way = way, .db = db };
    int64_t began = now_ms();
    run_workers(c.workers, c.count, work, show_progress, &c);
    bool good = report(&c, arguments[1], began);
    good = check_books(db, c.workers, c.count) && good;
    good = kith_close(db) && good;
    drop_database();
    for (unsigned i = 0; i < c.count; i++)
        free(c.workers[i].fates);
    return good ? 0 : 1;
}
