/* postgres: the driver for PostgreSQL 12 and later, by libpq: statements, scripts, cancelling. URLs, opening, values
 * and error codes have files of their own beside this one.
 *
 * The first run of a statement is sent without preparing it, and its result comes as text: most statements of a program
 * that run once run only once. The second run prepares it under a name and, as the types of its columns are known by
 * then, asks for binary where all of them can be read so. A statement whose parameters change their types, which only
 * text of the user's own does, runs unprepared those times.
 *
 * Writes no SQL but DEALLOCATE, for which libpq 15 has no function, and ROLLBACK, when a session left a transaction. */
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
#include "driver/postgres_url.h"
#include "driver/postgres_wait.h"

enum {
    NAME_TEXT = 16,
    STALE_MOST = 32,      /* dropped statements that the server may still have */
    DATA_KEPT = 64 * 1024 /* bytes of bound values that a statement keeps room for */
};

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

/* ---- results -------------------------------------------------------------------------------------------------------- */

/* The protocol is in the middle of a COPY: ends it and what follows it in the text, so that the connection can go on. */
static void leave_copy(PGconn *pg, ExecStatusType status)
{
    char *row;
    for (;;) {
        if (status == PGRES_COPY_IN && PQputCopyEnd(pg, "not supported") != 1)
            return;
        while (status == PGRES_COPY_OUT && PQgetCopyData(pg, &row, 0) > 0)
            PQfreemem(row);
        PGresult *next = PQgetResult(pg);
        if (!next)
            return;
        status = PQresultStatus(next);
        PQclear(next);
    }
}

/* Did the server do what was asked? */
static bool succeeded(struct postgres_connection *c, const PGresult *result, kith_error *err)
{
    ExecStatusType status = PQresultStatus(result);
    switch (status) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK: return true;
    case PGRES_EMPTY_QUERY: return kith__error_set(err, KITH_E_USAGE, "there is no statement in the text");
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
        leave_copy(c->pg, status);
        return kith__error_set(err, KITH_E_UNSUPPORTED, "COPY from and to the client is not possible here");
    default: return kith__postgres_gone_wrong(c, result, err);
    }
}

static bool run_text(struct postgres_connection *c, const char *sql, kith_error *err)
{
    PGresult *result = kith__postgres_exec(c, sql);
    bool done = succeeded(c, result, err);
    PQclear(result);
    return done;
}

/* ---- connections ---------------------------------------------------------------------------------------------------- */

static bool reset(kith_connection *c)
{
    struct postgres_connection *conn = connection_of(c);
    kith_error ignored;
    switch (PQtransactionStatus(conn->pg)) {
    case PQTRANS_IDLE: return true;
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR: return run_text(conn, "ROLLBACK", &ignored);
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
    PGresult *result = kith__postgres_exec(conn, text);
    bool done = PQresultStatus(result) == PGRES_EMPTY_QUERY || succeeded(conn, result, err);
    conn->turns++;
    PQclear(result);
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

/* ---- prepared statements on the server ------------------------------------------------------------------------------ */

static void write_name(unsigned number, char name[NAME_TEXT])
{
    snprintf(name, NAME_TEXT, "k%u", number);
}

/* The server forgets dropped statements, many at a time. */
static void forget_stale(struct postgres_connection *c)
{
    struct buf sql;
    PGTransactionStatusType state = PQtransactionStatus(c->pg);
    if (c->stale_count < STALE_MOST || (state != PQTRANS_IDLE && state != PQTRANS_INTRANS))
        return;
    kith__buf_init(&sql, c->allocator);
    for (size_t i = 0; i < c->stale_count; i++)
        kith__buf_format(&sql, "DEALLOCATE k%u; ", c->stale[i]);
    kith_error ignored;
    if (!sql.failed && run_text(c, kith__buf_text(&sql), &ignored))
        c->stale_count = 0;
    kith__buf_free(&sql);
}

/* Without memory to note it, the server keeps the statement until the connection closes. */
static void make_stale(struct postgres_statement *s)
{
    struct postgres_connection *c = s->conn;
    if (s->number && kith__grow(c->allocator, (void **)&c->stale, c->stale_count, &c->stale_capacity, sizeof *c->stale))
        c->stale[c->stale_count++] = s->number;
    s->number = 0;
}

static bool prepare_on_server(struct postgres_statement *s, const struct postgres_wire *wire, kith_error *err)
{
    struct postgres_connection *c = s->conn;
    char name[NAME_TEXT];
    forget_stale(c);
    write_name(++c->last_number, name);
    kith__postgres_hurry(c);
    bool sent = PQsendPrepare(c->pg, name, s->sql, (int)s->param_count, wire->types);
    PGresult *result = sent ? kith__postgres_result(c) : NULL;
    bool done = succeeded(c, result, err);
    PQclear(result);
    if (!done)
        return false;
    s->number = c->last_number;
    s->prepared_count = s->param_count;
    for (size_t i = 0; i < s->param_count; i++)
        s->params[i].prepared_as = s->params[i].type;
    return true;
}

static bool as_prepared(const struct postgres_statement *s)
{
    bool same = s->param_count == s->prepared_count;
    for (size_t i = 0; same && i < s->param_count; i++)
        same = s->params[i].type == s->params[i].prepared_as;
    return same;
}

/* ---- running -------------------------------------------------------------------------------------------------------- */

static bool send_unprepared(struct postgres_statement *s, const struct postgres_wire *wire)
{
    return PQsendQueryParams(s->conn->pg, s->sql, (int)s->param_count, wire->types, wire->values, wire->sizes,
                             wire->formats, 0);
}

static bool send_prepared(struct postgres_statement *s, const struct postgres_wire *wire)
{
    char name[NAME_TEXT];
    write_name(s->number, name);
    return PQsendQueryPrepared(s->conn->pg, name, (int)s->param_count, wire->values, wire->sizes, wire->formats,
                               s->readable);
}

static bool run_once(struct postgres_statement *s, kith_error *err)
{
    struct postgres_wire wire;
    if (!kith__postgres_wire(s, &wire, err))
        return false;
    if (s->ran && s->conn->names && !s->number && !prepare_on_server(s, &wire, err))
        return false;
    kith__postgres_hurry(s->conn);
    bool sent = s->number && as_prepared(s) ? send_prepared(s, &wire) : send_unprepared(s, &wire);
    s->result = sent ? kith__postgres_result(s->conn) : NULL;
    return succeeded(s->conn, s->result, err);
}

/* The table was altered, or somebody deallocated the statement: what was prepared is of no use any more. Nothing was
 * done yet then. */
static bool lost_its_plan(const struct postgres_statement *s, const kith_error *err)
{
    return s->number && (strcmp(err->sqlstate, "0A000") == 0 || strcmp(err->sqlstate, "26000") == 0);
}

static bool run(struct postgres_statement *s, kith_error *err)
{
    bool done = run_once(s, err);
    if (!done && lost_its_plan(s, err)) {
        make_stale(s);
        s->ran = false;
        if (PQtransactionStatus(s->conn->pg) != PQTRANS_IDLE)
            return false;
        PQclear(s->result);
        done = run_once(s, err);
    }
    if (!done || !kith__postgres_learn(s, err))
        return false;
    s->ran = true;
    s->row = -1;
    s->row_count = PQntuples(s->result);
    return true;
}

/* The whole result is there after the first step. */
static int step(kith_statement *st, kith_error *err)
{
    struct postgres_statement *s = statement_of(st);
    if (!s->result) {
        s->conn->turns++;
        bool done = run(s, err);
        s->conn->turns++;
        if (!done)
            return -1;
    }
    if (s->row < s->row_count)
        s->row++;
    return s->row < s->row_count;
}

/* PostgreSQL counts for SELECT as well. */
static int64_t affected(kith_statement *st)
{
    static const char *const changing[] = { "INSERT ", "UPDATE ", "DELETE ", "MERGE " };
    PGresult *result = statement_of(st)->result;
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
    PQclear(s->result);
    s->result = NULL;
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
    make_stale(s);
    kith__postgres_params_free(s);
    kith__free(allocator, s->columns, s->column_capacity);
    kith__free(allocator, s->sql, s->sql_size + 1);
    kith__free(allocator, s, sizeof *s);
}

#define POSTGRES_DRIVER(name)                                                                                          \
    {                                                                                                                  \
        .scheme = (name), .dialect = "postgres", .check_url = check_url, .open = kith__postgres_open,                  \
        .close = kith__postgres_close, .reset = reset, .check = check, .prepare = prepare,                             \
        .bind = kith__postgres_bind, .bind_rows = kith__postgres_bind_rows, .step = step,                              \
        .columns = kith__postgres_columns, .affected = affected, .last_id = last_id, .finish = finish, .drop = drop, .script = script, .cancel = cancel,                        \
        .set_timeout = kith__postgres_limit,                                                                           \
    }

const kith_driver kith__driver_postgres = POSTGRES_DRIVER("postgres");
const kith_driver kith__driver_postgresql = POSTGRES_DRIVER("postgresql");
