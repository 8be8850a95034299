/* postgres: the driver for PostgreSQL 12 and later, by libpq: statements, scripts, cancelling. URLs, opening, values
 * and error codes have files of their own beside this one.
 *
 * Writes no SQL but ROLLBACK, when a session left a transaction. */
#include "driver/postgres.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/error.h"
#include "driver/drivers.h"
#include "driver/postgres_columns.h"
#include "driver/postgres_pipeline.h"
#include "driver/postgres_url.h"
#include "driver/postgres_wait.h"

enum { DATA_KEPT = 64 * 1024 /* bytes of bound values that a statement keeps room for */ };

static struct postgres_connection *connection_of(kith_connection *c)
{
    return (struct postgres_connection *)c;
}

static struct postgres_statement *statement_of(kith_statement *st)
{
    return (struct postgres_statement *)st;
}

static bool check_url(const kith_connect_opts *opts, kith_error *err)
{
    struct postgres_target target;
    if (!kith__postgres_target(opts, &target, err))
        return false;
    PQconninfoFree(target.options);
    return true;
}

/* ---- connections ---------------------------------------------------------------------------------------------------- */

static bool reset(kith_connection *c)
{
    struct postgres_connection *conn = connection_of(c);
    kith_error ignored;
    if (!kith__postgres_settle(conn, &ignored))
        return false;
    switch (PQtransactionStatus(conn->pg)) {
    case PQTRANS_IDLE: return true;
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR: return kith__postgres_text(conn, "ROLLBACK", false, &ignored);
    default: return false;
    }
}

/* Reads what has come in the meantime: mostly nothing; notices, or the server's farewell and then the end. */
static bool check(kith_connection *c)
{
    PGconn *pg = connection_of(c)->pg;
    struct pollfd socket = { .fd = PQsocket(pg), .events = POLLIN };
    while (PQstatus(pg) == CONNECTION_OK && poll(&socket, 1, 0) > 0)
        if (!PQconsumeInput(pg))
            return false;
    return PQstatus(pg) == CONNECTION_OK;
}

static bool script(kith_connection *c, const char *text, kith_error *err)
{
    struct postgres_connection *conn = connection_of(c);
    conn->turns++;
    bool done = kith__postgres_settle(conn, err) && kith__postgres_text(conn, text, true, err);
    conn->turns++;
    return done;
}

static void pause_ms(long ms)
{
    struct timespec pause = { .tv_nsec = ms * 1000 * 1000 };
    nanosleep(&pause, NULL);
}

/* The server forgets a request that comes before the statement it is meant for has begun there; so it is repeated while
 * that one runs, or may be about to. */
static void cancel(kith_connection *c)
{
    struct postgres_connection *conn = connection_of(c);
    unsigned meant = conn->turns | 1;
    for (long ms = 2; ms <= 256; ms *= 2) {
        char said[256];
        PQcancel(conn->cancel, said, sizeof said);
        pause_ms(ms);
        unsigned now = conn->turns;
        if (now != meant && (now != meant - 1 || ms > 16))
            return;
    }
}

/* ---- running -------------------------------------------------------------------------------------------------------- */

static void expect_many(kith_statement *st)
{
    statement_of(st)->many = true;
}

/* Nothing else is on its way: the last moment to see that the connection is lost before anything was done. */
static bool send_ahead(kith_statement *st, kith_error *err)
{
    struct postgres_statement *s = statement_of(st);
    struct postgres_connection *c = s->conn;
    if (PQtransactionStatus(c->pg) == PQTRANS_IDLE && !check((kith_connection *)c))
        return kith__postgres_gone_wrong(c, NULL, err);
    return kith__postgres_send(s, err);
}

static bool run(struct postgres_statement *s, kith_error *err)
{
    s->conn->turns++;
    bool done = kith__postgres_run(s, err);
    if (s->conn->streaming != s) /* else when its rows end */
        s->conn->turns++;
    if (!done || !kith__postgres_learn(s, s->result, err))
        return false;
    s->phase = PHASE_READ;
    s->ran = true;
    s->row = -1;
    s->row_count = PQntuples(s->result);
    return true;
}

static int step(kith_statement *st, kith_error *err)
{
    struct postgres_statement *s = statement_of(st);
    if (s->phase != PHASE_READ && !run(s, err))
        return -1;
    if (s->row < s->row_count)
        s->row++;
    return s->row < s->row_count ? 1 : kith__postgres_next_row(s, err);
}

/* PostgreSQL counts for SELECT as well. */
static int64_t affected(kith_statement *st)
{
    static const char *const changing[] = { "INSERT ", "UPDATE ", "DELETE ", "MERGE " };
    const struct postgres_statement *s = statement_of(st);
    PGresult *result = s->end ? s->end : s->result;
    for (size_t i = 0; result && i < sizeof changing / sizeof *changing; i++)
        if (strncmp(PQcmdStatus(result), changing[i], strlen(changing[i])) == 0)
            return strtoll(PQcmdTuples(result), NULL, 10);
    return 0;
}

/* There is none: RETURNING says more. */
static int64_t last_id(kith_statement *st)
{
    (void)st;
    return 0;
}

static void finish(kith_statement *st)
{
    struct postgres_statement *s = statement_of(st);
    kith__postgres_disown(s);
    PQclear(s->result);
    PQclear(s->end);
    s->result = s->end = NULL;
    s->cut_short = s->many = false;
    s->phase = PHASE_BOUND;
    s->row = s->row_count = 0;
    s->param_count = 0;
    if (s->data.capacity > DATA_KEPT)
        kith__buf_free(&s->data);
    else
        kith__buf_clear(&s->data);
}

/* ---- statements ----------------------------------------------------------------------------------------------------- */

/* What is wrong with the text shows when it runs for the first time. */
static kith_statement *prepare(kith_connection *c, const char *sql, size_t size, kith_error *err)
{
    struct postgres_connection *conn = connection_of(c);
    if (memchr(sql, '\0', size)) {
        kith__error_set(err, KITH_E_USAGE, "the statement has a NUL character in it");
        return NULL;
    }
    struct postgres_statement *s = kith__alloc_zero(conn->allocator, sizeof *s);
    char *copy = s ? kith__alloc(conn->allocator, size + 1) : NULL;
    if (!copy) {
        kith__free(conn->allocator, s, sizeof *s);
        kith__error_no_memory(err);
        return NULL;
    }
    memcpy(copy, sql, size);
    copy[size] = '\0';
    s->conn = conn;
    s->sql = copy;
    s->sql_size = size;
    kith__buf_init(&s->data, conn->allocator);
    return (kith_statement *)s;
}

static void drop(kith_statement *st)
{
    struct postgres_statement *s = statement_of(st);
    const kith_allocator *allocator = s->conn->allocator;
    finish(st);
    kith__postgres_forget(s);
    kith__postgres_params_free(s);
    kith__free(allocator, s->columns, s->column_capacity);
    kith__free(allocator, s->sql, s->sql_size + 1);
    kith__free(allocator, s, sizeof *s);
}

#define POSTGRES_DRIVER(name)                                                                                          \
    {                                                                                                                  \
        .scheme = (name), .dialect = "postgres", .check_url = check_url, .open = kith__postgres_open,                  \
        .close = kith__postgres_close, .reset = reset, .check = check, .prepare = prepare,                             \
        .bind = kith__postgres_bind, .bind_rows = kith__postgres_bind_rows, .expect_many = expect_many,                \
        .send = send_ahead, .step = step, .columns = kith__postgres_columns, .affected = affected, .last_id = last_id, \
        .finish = finish, .drop = drop, .script = script, .cancel = cancel, .set_timeout = kith__postgres_limit,       \
    }

const kith_driver kith__driver_postgres = POSTGRES_DRIVER("postgres");
const kith_driver kith__driver_postgresql = POSTGRES_DRIVER("postgresql");
