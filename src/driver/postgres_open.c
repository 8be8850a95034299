/* postgres_open: opening a connection to PostgreSQL.
 *
 * Promises sessions that mean the same whatever the server, the role and the database were set to: UTF-8, UTC, dates as
 * ISO writes them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "driver/postgres.h"
#include "driver/postgres_error.h"
#include "driver/postgres_pipeline.h"
#include "driver/postgres_url.h"
#include "driver/postgres_wait.h"

enum { MOST_OPTIONS = 96 };  /* libpq knows about 40 */
#define CONNECT_SECONDS "10" /* libpq alone would wait for ever */

/* What the server has to say while it works does not go to standard error. */
static void ignore_notice(void *ctx, const PGresult *notice)
{
    (void)ctx;
    (void)notice;
}

/* How long connecting may take, in seconds, as libpq understands it. */
static const char *connect_timeout(const PQconninfoOption *given)
{
    const char *set = getenv("PGCONNECT_TIMEOUT");
    for (; given->keyword; given++)
        if (strcmp(given->keyword, "connect_timeout") == 0 && given->val)
            set = given->val;
    return set && *set ? set : CONNECT_SECONDS;
}

/* NULL when memory is short. */
static PGconn *connect_to(const PQconninfoOption *given)
{
    const char *names[MOST_OPTIONS + 4], *values[MOST_OPTIONS + 4];
    int count = 0;
    names[count] = "connect_timeout";
    values[count++] = connect_timeout(given);
    for (; given->keyword && count < MOST_OPTIONS; given++) {
        if (!given->val || strcmp(given->keyword, "client_encoding") == 0)
            continue;
        names[count] = given->keyword;
        values[count++] = given->val;
    }
    names[count] = "client_encoding";
    values[count++] = "UTF8";
    names[count] = "fallback_application_name";
    values[count++] = "kith";
    names[count] = NULL;
    values[count] = NULL;
    return PQconnectdbParams(names, values, 0);
}

/* By SET, and not among the options of the connection: those would replace the user's own, and PgBouncer refuses them.
 * Behind PgBouncer (prepare=off) others get this session afterwards; it puts the first three right for them. */
static bool set_session(struct postgres_connection *c, unsigned busy_ms, kith_error *err)
{
    char sql[320];
    int size = snprintf(sql, sizeof sql,
                        "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; "
                        "SET standard_conforming_strings = on");
    if (c->names)
        snprintf(sql + size, sizeof sql - (size_t)size, "; SET extra_float_digits = 1; SET lock_timeout = %u",
                 busy_ms ? busy_ms : 1); /* 0 would wait for ever */
    PGresult *result = kith__postgres_exec(c, sql);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK || kith__postgres_gone_wrong(c, result, err);
    PQclear(result);
    return done;
}

static bool open_connection(struct postgres_connection *c, const kith_connect_opts *opts, kith_error *err)
{
    struct postgres_target target;
    if (!kith__postgres_target(opts, &target, err))
        return false;
    c->names = target.names;
    c->wait_ms = strtoll(connect_timeout(target.options), NULL, 10) * 1000;
    c->pg = connect_to(target.options);
    PQconninfoFree(target.options);
    if (!c->pg)
        return kith__error_no_memory(err);
    if (PQstatus(c->pg) != CONNECTION_OK)
        return kith__postgres_not_connected(c->pg, err);
    PQsetNoticeReceiver(c->pg, ignore_notice, NULL);
    if (PQsetnonblocking(c->pg, 1) != 0)
        return kith__error_no_memory(err);
    if (!set_session(c, opts->busy_ms, err))
        return false;
    c->wait_ms = 0;
    c->cancel = PQgetCancel(c->pg);
    return c->cancel || kith__error_no_memory(err);
}

kith_connection *kith__postgres_open(const kith_connect_opts *opts, kith_error *err)
{
    struct postgres_connection *c = kith__alloc_zero(opts->allocator, sizeof *c);
    if (!c) {
        kith__error_no_memory(err);
        return NULL;
    }
    c->allocator = opts->allocator;
    if (open_connection(c, opts, err))
        return (kith_connection *)c;
    kith__postgres_close((kith_connection *)c);
    return NULL;
}

void kith__postgres_close(kith_connection *c)
{
    struct postgres_connection *conn = (struct postgres_connection *)c;
    PQfreeCancel(conn->cancel);
    kith__postgres_batch_free(conn);
    PQfinish(conn->pg);
    kith__free(conn->allocator, conn, sizeof *conn);
}
