/* mariadb_wait: waiting for MariaDB, and for how long. Promises that a server that does not answer, and one that takes
 * nothing more, is left after the limit: the connection is then lost, and the error says so. Each wait is limited by
 * itself; over TLS the client may wait twice.
 *
 * Connector/C has limits in whole seconds only, and only for a connection's whole life. So it waits by a function of ours,
 * which it tells nothing but the socket. The socket therefore keeps the limit, as the time-out of its own that the kernel
 * has room for. */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/error.h"
#include "driver/mariadb.h"

enum {
    GRACE_MS = 1000,          /* for the server's own word that the time is over */
    LONGEST_SECONDS = 2000000 /* what is longer has no limit */
};

/* ---- the socket's limit --------------------------------------------------------------------------------------------- */

void kith__mariadb_set_wait(MYSQL *raw, int64_t ms)
{
    struct timeval limit = { .tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000 };
    my_socket socket = mysql_get_socket(raw);
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

/* In milliseconds, as poll takes it. */
static int wait_of(my_socket socket)
{
    struct timeval limit = { 0 };
    socklen_t size = sizeof limit;
    if (getsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, &size) != 0 || (!limit.tv_sec && !limit.tv_usec))
        return -1;
    return limit.tv_sec < LONGEST_SECONDS ? (int)(limit.tv_sec * 1000 + limit.tv_usec / 1000) : -1;
}

/* A limit that the client brings is that for connecting. */
int kith__mariadb_wait(my_socket socket, my_bool is_read, int ms)
{
    struct pollfd at = { .fd = socket, .events = is_read ? POLLIN : POLLOUT };
    int64_t now = kith__monotonic(), until;
    int ready;
    if (ms <= 0)
        ms = wait_of(socket);
    until = now + (int64_t)ms * 1000;
    do {
        ready = poll(&at, 1, ms < 0 ? -1 : until > now ? (int)((until - now + 999) / 1000) : 0);
        now = kith__monotonic();
    } while (ready < 0 && errno == EINTR);
    if (ready == 0)
        errno = ETIMEDOUT;
    return ready;
}

/* ---- the connection's limit ----------------------------------------------------------------------------------------- */

bool kith__mariadb_limit(kith_connection *c, unsigned ms)
{
    struct mariadb_connection *conn = (struct mariadb_connection *)c;
    conn->wait_ms = ms ? (int64_t)ms + GRACE_MS : 0;
    if (!conn->lost)
        kith__mariadb_set_wait(conn->raw, conn->wait_ms);
    return false;
}

/* The client says of a wait that was too long only that the connection is lost. */
bool kith__mariadb_gone_wrong(struct mariadb_connection *c, unsigned number, const char *sqlstate, const char *message,
                              kith_error *err)
{
    kith__mariadb_failed(number, sqlstate, message, err);
    if (err->status != KITH_E_CONNECTION)
        return false;
    bool first = !c->lost;
    c->lost = true;
    if (!first || !c->wait_ms || kith__monotonic() - c->asked < c->wait_ms * 1000)
        return false;
    return kith__error_set(
        err, KITH_E_TIMEOUT,
        "the server did not answer within %lld ms, so the connection was given up; what it was asked to "
        "do, it may still do",
        (long long)c->wait_ms);
}
