/* transaction: a whole block of work, run again when it came in the way of another. Knows levels and errors, not models. */
#include <errno.h>
#include <time.h>

#include "base/error.h"
#include "base/time.h"
#include "orm/session.h"

enum { MAX_TRIES = 10, WAIT_MS = 5, MAX_WAIT_MS = 500 };

static kith_transaction_opts with_defaults(const kith_transaction_opts *given)
{
    kith_transaction_opts opts = given ? *given : (kith_transaction_opts){ 0 };
    if (!opts.max_tries)
        opts.max_tries = MAX_TRIES;
    if (!opts.wait_ms)
        opts.wait_ms = WAIT_MS;
    if (!opts.max_wait_ms)
        opts.max_wait_ms = MAX_WAIT_MS;
    return opts;
}

/* Two transactions that met must not meet again, so each waits another time: between half of the wait and all of it. */
static void wait_before(unsigned try, const kith_transaction_opts *opts, const kith_session *s)
{
    uint64_t wait = (uint64_t)opts->wait_ms * 1000;
    for (unsigned i = 2; i < try && wait < (uint64_t)opts->max_wait_ms * 1000; i++)
        wait *= 2;
    if (wait > (uint64_t)opts->max_wait_ms * 1000)
        wait = (uint64_t)opts->max_wait_ms * 1000;
    uint64_t chance = ((uint64_t)kith__monotonic() ^ (uint64_t)(uintptr_t)s) * UINT64_C(0x9E3779B97F4A7C15);
    wait = wait / 2 + (chance >> 33) % (wait / 2 + 1);
    struct timespec rest = { .tv_sec = (time_t)(wait / 1000000), .tv_nsec = (long)(wait % 1000000) * 1000 };
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        ;
}

static bool run_once(kith_session *s, kith_work *work, void *ctx, const kith_transaction_opts *opts)
{
    bool begun = kith__session_begin(s, opts->isolation, opts->read_only);
    unsigned depth = s->depth;
    bool wanted = begun && work(s, ctx);
    while (s->depth > depth) /* levels that the work left open */
        kith_rollback(s);
    if (s->depth < depth) {
        kith_error err;
        kith__error_set(&err, KITH_E_USAGE, "the work of kith_transaction ended its transaction itself");
        return kith__fault(&s->fault, &err);
    }
    if (wanted && kith_commit(s)) /* a commit after a failure rolls back */
        return true;
    if (!wanted)
        kith_rollback(s);
    return false;
}

static bool check_opts(kith_session *s, const kith_transaction_opts *opts)
{
    kith_error err;
    if ((unsigned)opts->isolation < KITH_ISOLATION_COUNT_)
        return true;
    kith__error_set(&err, KITH_E_USAGE, "there is no isolation level %d", (int)opts->isolation);
    return kith__fault(&s->fault, &err);
}

bool kith_transaction(kith_session *s, kith_work *work, void *ctx, const kith_transaction_opts *given)
{
    kith_transaction_opts opts = with_defaults(given);
    if (!s || !work || !check_opts(s, &opts))
        return false;
    unsigned tries = s->depth ? 1 : opts.max_tries;
    kith_error before = s->fault.first; /* a failure that stands must not be taken for this block's */
    bool done = false;
    for (unsigned i = 1; !done && i <= tries; i++) {
        if (i > 1)
            wait_before(i, &opts, s);
        s->fault.first = (kith_error){ 0 };
        done = run_once(s, work, ctx, &opts);
        if (!done && s->fault.first.status != KITH_E_BUSY)
            break;
    }
    if (done)
        s->fault.first = (kith_error){ 0 };
    if (before.status != KITH_OK)
        s->fault.first = before;
    return done;
}
