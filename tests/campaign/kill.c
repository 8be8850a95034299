/* kill KIND THREADS ROUNDS TIMEOUT: so many threads transfer and read, with a limit of TIMEOUT milliseconds on each
 * statement, while in each round the server is killed and started again, and then frozen for a while. It stays away
 * until every thread has come back from a call that needed it: so a call that hangs is seen without a clock. Afterwards
 * work must go on with the same kith_db, what was committed must be there once, and the rest at most once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign.h"

enum {
    TRIES = 20,
    ACQUIRE_MS = 2000,
    CONNECT_MS = 2000, /* connect_timeout */
    GRACE_MS = 1000,   /* the drivers' own */
    BUSY_MS = 1000,
    SLOW_MS = 3000,  /* what a busy machine may add */
    HUNG_MS = 60000, /* then nobody believes any more that a call will end */
    WORK = 20        /* transfers of each thread between two blows */
};

struct campaign {
    struct worker workers[MOST_THREADS];
    unsigned count, rounds;
    const char *kind;
    bool hung;
};

static atomic_bool over;

static void *work(void *arg)
{
    struct worker *w = arg;
    while (!over) {
        if (draw(w, 4) > 0) {
            transfer(w, TRIES);
            continue;
        }
        mark(w, "nothing");
        if (read_accounts(w->s, 1 + draw(w, ACCOUNTS)) < 0)
            note_failure(w);
        mark(w, "a read");
        kith_session_release_all(w->s);
    }
    return NULL;
}

/* ---- the one who kills ---- */

enum count { DONE, FAILED };

static unsigned counted(const struct worker *w, enum count what)
{
    return what == DONE ? w->done : w->failed;
}

/* Until every thread has so much more of these than now. */
static void await_all(struct campaign *c, enum count what, unsigned more, const char *meanwhile)
{
    unsigned before[MOST_THREADS];
    int64_t began = now_ms();
    for (unsigned i = 0; i < c->count; i++)
        before[i] = counted(&c->workers[i], what);
    for (unsigned i = 0; i < c->count && !c->hung;) {
        if (counted(&c->workers[i], what) - before[i] >= more) {
            i++;
            continue;
        }
        sleep_ms(10);
        if (isatty(STDERR_FILENO))
            fprintf(stderr, "\r\033[K%s: %u of %u threads", meanwhile, i, c->count);
        c->hung = now_ms() - began > HUNG_MS;
        if (c->hung)
            fprintf(stderr, "campaign: %s: thread %u did not come back within %d ms\n", meanwhile, i, HUNG_MS);
    }
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static void strike(void *ctx)
{
    struct campaign *c = ctx;
    for (unsigned i = 0; i < c->rounds && !c->hung; i++) {
        await_all(c, DONE, WORK, "at work");
        tell_server("kill", c->kind);
        await_all(c, FAILED, 1, "without a server");
        tell_server("start", c->kind);
        await_all(c, DONE, WORK, "at work again");
        tell_server("freeze", c->kind);
        await_all(c, FAILED, 1, "with a frozen server");
        tell_server("thaw", c->kind);
    }
    await_all(c, DONE, WORK, "at work in the end");
    over = true;
}

/* ---- afterwards ---- */

static void count_failures(const struct campaign *c, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (int status = 0; status < KITH_STATUS_COUNT_; status++) {
        unsigned sum = 0;
        for (unsigned i = 0; i < c->count; i++)
            sum += c->workers[i].failures[status];
        if (sum > 0 && used < size)
            used += (size_t)snprintf(text + used, size - used, ", %u %s", sum, kith_status_name((kith_status)status));
    }
}

/* Other failures than these have no place here. */
static bool only_expected(const struct campaign *c)
{
    bool good = true;
    for (unsigned i = 0; i < c->count; i++)
        for (int status = 0; status < KITH_STATUS_COUNT_; status++) {
            bool expected = status == KITH_E_CONNECTION || status == KITH_E_TIMEOUT || status == KITH_E_BUSY;
            if (expected || !c->workers[i].failures[status])
                continue;
            fprintf(stderr, "campaign: thread %u: %s, the last failure: %s\n", i, kith_status_name((kith_status)status),
                    c->workers[i].last.message);
            good = false;
        }
    return good;
}

static bool report(const struct campaign *c, unsigned timeout_ms, int64_t began)
{
    unsigned done = 0, repeats = 0;
    const struct worker *slowest = &c->workers[0];
    int64_t most = ACQUIRE_MS + CONNECT_MS + timeout_ms + GRACE_MS + SLOW_MS;
    char failures[256];
    for (unsigned i = 0; i < c->count; i++) {
        done += c->workers[i].done;
        repeats += c->workers[i].repeats;
        if (c->workers[i].longest > slowest->longest)
            slowest = &c->workers[i];
    }
    count_failures(c, failures, sizeof failures);
    printf("kill on %s: %u rounds, %u transfers by %u threads in %.1f s, %u repeats%s; longest call %lld ms, in %s\n",
           c->kind, c->rounds, done, c->count, (double)(now_ms() - began) / 1000, repeats, failures,
           (long long)slowest->longest, slowest->longest_in);
    if (slowest->longest <= most)
        return true;
    fprintf(stderr, "campaign: the longest call may take %lld ms\n", (long long)most);
    return false;
}

int main(int count, char **arguments)
{
    static struct campaign c;
    if (count != 5)
        give_up("usage: kill KIND THREADS ROUNDS TIMEOUT");
    c.kind = arguments[1];
    c.count = number_of(arguments[2]);
    c.rounds = number_of(arguments[3]);
    unsigned timeout_ms = number_of(arguments[4]);
    if (c.count > MOST_THREADS)
        give_up("at most %d threads", MOST_THREADS);
    kith_open_opts opts = { .pool_max = c.count, .acquire_ms = ACQUIRE_MS, .busy_ms = BUSY_MS };
    opts.statement_ms = timeout_ms;
    kith_db *db = open_bank(make_database(c.kind, "connect_timeout=2"), opts);
    for (unsigned i = 0; i < c.count; i++)
        c.workers[i] = (struct worker){ .way = find_way("atomic"), .db = db };
    int64_t began = now_ms();
    run_workers(c.workers, c.count, work, strike, &c);
    bool good = report(&c, timeout_ms, began);
    good = only_expected(&c) && good;
    good = check_books(db, c.workers, c.count) && good && !c.hung;
    good = kith_close(db) && good;
    drop_database();
    for (unsigned i = 0; i < c.count; i++)
        free(c.workers[i].fates);
    return good ? 0 : 1;
}
