/* postgres_wait: see postgres_wait.h. libpq's own waiting has no end, so it is never left to wait: it is asked for a
 * result only when that is there. */
#include "driver/postgres_wait.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/time.h"
#include "driver/postgres_error.h"

enum { GRACE_MS = 1000 /* for the server's own word that the time is over */ };

/* Behind PgBouncer a limit that is set in the session would be another session's as well: there the wait is all that is
 * limited. */
bool kith__postgres_limit(kith_connection *c, unsigned ms)
{
    struct postgres_connection *conn = (struct postgres_connection *)c;
    conn->wait_ms = !ms ? 0 : conn->names ? (int64_t)ms + GRACE_MS : ms;
    return !conn->names;
}

void kith__postgres_hurry(struct postgres_connection *c)
{
    c->give_up = c->wait_ms > 0 ? kith__monotonic() + c->wait_ms * 1000 : 0;
}

/* In milliseconds, as poll takes it. */
static int time_left(const struct postgres_connection *c)
{
    if (!c->give_up)
        return -1;
    int64_t left = (c->give_up - kith__monotonic() + 999) / 1000;
    return left <= 0 ? 0 : left < INT_MAX ? (int)left : INT_MAX;
}

/* libpq, and whatever encrypts for it, finds the connection ended, and waits for nothing any more. */
static void leave(struct postgres_connection *c)
{
    c->late = true;
    shutdown(PQsocket(c->pg), SHUT_RDWR);
}

/* Until the socket has something for us, or takes what is unsent. False: there is no use in going on. */
static bool wait_once(struct postgres_connection *c, bool unsent)
{
    struct pollfd at = { .fd = PQsocket(c->pg), .events = (short)(unsent ? POLLIN | POLLOUT : POLLIN) };
    int ready = poll(&at, 1, time_left(c));
    if (ready == 0)
        leave(c);
    return ready == 0 || (ready > 0 ? PQconsumeInput(c->pg) : errno == EINTR);
}

void kith__postgres_await(struct postgres_connection *c)
{
    int unsent;
    do
        unsent = PQflush(c->pg);
    while (unsent >= 0 && !c->late && (unsent || PQisBusy(c->pg)) && wait_once(c, unsent));
}

void kith__postgres_await_sent(struct postgres_connection *c)
{
    while (PQflush(c->pg) == 1 && !c->late && wait_once(c, true))
        continue;
}

PGresult *kith__postgres_result(struct postgres_connection *c)
{
    PGresult *last = NULL;
    for (;;) {
        kith__postgres_await(c);
        PGresult *next = PQgetResult(c->pg);
        if (!next)
            return last;
        PQclear(last);
        last = next;
        ExecStatusType status = PQresultStatus(last);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || PQstatus(c->pg) == CONNECTION_BAD)
            return last;
    }
}

PGresult *kith__postgres_exec(struct postgres_connection *c, const char *sql)
{
    kith__postgres_hurry(c);
    return PQsendQuery(c->pg, sql) ? kith__postgres_result(c) : NULL;
}

bool kith__postgres_gone_wrong(struct postgres_connection *c, const PGresult *result, kith_error *err)
{
    if (!c->late)
        return kith__postgres_failed(c->pg, result, err);
    return kith__error_set(
        err, KITH_E_TIMEOUT,
        "the server did not answer within %lld ms, so the connection was given up; what it was asked "
        "to do, it may still do",
        (long long)c->wait_ms);
}
