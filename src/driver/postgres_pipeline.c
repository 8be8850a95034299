/* postgres_pipeline: see postgres_pipeline.h.
 *
 * The first run of a statement is sent without preparing it, and its result comes as text: most statements of a program
 * that run once run only once. The second run prepares it under a name, in the same batch, and, as the types of its
 * columns are known by then, asks for binary where all of them can be read so. Where many rows are expected, the first
 * run does that already, after a round trip that asks for the types. A statement whose parameters change their types,
 * which only text of the user's own does, runs unprepared those times. So does one with much bound to it: a plan that
 * was made for all values would not know that there are so many keys, and compare each row with each of them.
 *
 * Writes no SQL but DEALLOCATE, for which libpq 15 has no function. */
#include "driver/postgres_pipeline.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"
#include "driver/postgres_columns.h"
#include "driver/postgres_error.h"
#include "driver/postgres_wait.h"

enum {
    NAME_TEXT = 16,
    STALE_MOST = 32 /* dropped statements that the server may still have */
};

static bool is_lost(const struct postgres_connection *c)
{
    return c->unusable || c->late || PQstatus(c->pg) != CONNECTION_OK;
}

/* ---- results -------------------------------------------------------------------------------------------------------- */

static bool is_copy(ExecStatusType status)
{
    return status == PGRES_COPY_IN || status == PGRES_COPY_OUT;
}

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

static bool is_row(const PGresult *result)
{
    return PQresultStatus(result) == PGRES_SINGLE_TUPLE;
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE;
}

/* What is wrong with a result that is not good. */
static bool failed(struct postgres_connection *c, const PGresult *result, kith_error *err)
{
    switch (PQresultStatus(result)) {
    case PGRES_EMPTY_QUERY: return kith__error_set(err, KITH_E_USAGE, "there is no statement in the text");
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
        return kith__error_set(err, KITH_E_UNSUPPORTED, "COPY from and to the client is not possible here");
    default: return kith__postgres_gone_wrong(c, result, err);
    }
}

bool kith__postgres_text(struct postgres_connection *c, const char *sql, bool empty, kith_error *err)
{
    PGresult *result = kith__postgres_exec(c, sql);
    ExecStatusType status = PQresultStatus(result);
    if (is_copy(status))
        leave_copy(c->pg, status);
    bool done = is_good(result) || (empty && status == PGRES_EMPTY_QUERY) || failed(c, result, err);
    PQclear(result);
    return done;
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
    if (!sql.failed && kith__postgres_text(c, kith__buf_text(&sql), false, &ignored))
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

static bool as_prepared(const struct postgres_statement *s)
{
    bool same = s->param_count == s->prepared_count;
    for (size_t i = 0; same && i < s->param_count; i++)
        same = s->params[i].type == s->params[i].prepared_as;
    return same;
}

/* ---- failures ------------------------------------------------------------------------------------------------------- */

/* A parameter had the type of an ENUM that was dropped since. The server does not translate what it calls internal. */
static bool lacks_a_type(const char *code, const PGresult *result)
{
    const char *said = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    return strcmp(code, "XX000") == 0 && said && strstr(said, "cache lookup failed for type");
}

/* The table was altered, or somebody deallocated the statement: what was prepared is of no use any more. */
static bool has_lost_its_plan(const struct postgres_sent *sent, const PGresult *result)
{
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return sent->statement && sent->number && !sent->prepares && code &&
           (strcmp(code, "0A000") == 0 || strcmp(code, "26000") == 0 || lacks_a_type(code, result));
}

/* The first failure of a batch is the reason of all that follow, so it is what all of them tell. Takes the result. */
static void note_failure(struct postgres_connection *c, const struct postgres_sent *sent, PGresult *result)
{
    PQclear(c->failure);
    c->failure = result;
    kith__copy(c->failed_sql, sizeof c->failed_sql, sent->statement ? sent->statement->sql : "");
    c->untold = c->batch.failed = true;
    if (has_lost_its_plan(sent, result)) {
        make_stale(sent->statement);
        sent->statement->ran = false;
        c->batch.plan_lost = true;
    }
}

static bool tell(struct postgres_connection *c, kith_error *err)
{
    c->untold = false;
    failed(c, c->failure, err);
    kith__copy(err->sql, sizeof err->sql, c->failed_sql);
    return false;
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

/* NULL when the connection is lost. */
static PGresult *next_result(struct postgres_connection *c)
{
    if (is_lost(c))
        return NULL;
    kith__postgres_hurry(c);
    kith__postgres_await(c);
    PGresult *result = PQgetResult(c->pg);
    ExecStatusType status = PQresultStatus(result);
    if (is_copy(status)) {
        leave_copy(c->pg, status);
    } else if (result && !is_row(result) && !is_lost(c)) {
        kith__postgres_await(c);
        PQclear(PQgetResult(c->pg)); /* the NULL that ends it */
    }
    return result;
}

static void read_next(struct postgres_connection *c)
{
    const struct postgres_sent *sent = &c->batch.items[c->batch.read++];
    struct postgres_statement *s = sent->statement;
    PGresult *result = next_result(c);
    bool good = is_good(result);
    if (!good && !c->batch.failed) {
        note_failure(c, sent, result);
        result = NULL;
    }
    if (sent->prepares && !good && s && s->number == sent->number)
        s->number = 0;
    if (s && sent->awaited) {
        s->phase = good ? PHASE_ARRIVED : PHASE_FAILED;
        s->result = good ? result : NULL;
        c->streaming = is_row(result) ? s : NULL;
    }
    if (!sent->awaited || !good)
        PQclear(result);
}

/* ---- row by row ----------------------------------------------------------------------------------------------------- */

/* Takes what came after the rows. A failure is told to the statement alone: nothing was sent behind it. */
static void end_stream(struct postgres_connection *c, PGresult *end)
{
    c->streaming->end = end;
    c->streaming->cut_short |= !is_good(end);
    c->streaming = NULL;
    c->turns++;
}

static bool append_row(PGresult *all, const PGresult *one)
{
    int row = PQntuples(all);
    for (int i = 0; i < PQnfields(one); i++) {
        int size = PQgetisnull(one, 0, i) ? -1 : PQgetlength(one, 0, i);
        if (!PQsetvalue(all, row, i, size < 0 ? NULL : PQgetvalue(one, 0, i), size))
            return false;
    }
    return true;
}

/* The rows that are still to come are put behind the one that is here. */
static void gather_rows(struct postgres_connection *c)
{
    struct postgres_statement *s = c->streaming;
    PGresult *all = PQcopyResult(s->result, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES), *next;
    s->cut_short = !all;
    while (is_row(next = next_result(c))) {
        s->cut_short = s->cut_short || !append_row(all, next);
        PQclear(next);
    }
    end_stream(c, next);
    if (!all)
        return;
    PQclear(s->result);
    s->result = all;
    s->row_count = PQntuples(all);
}

/* ---- batches -------------------------------------------------------------------------------------------------------- */

/* Because one of them had lost its plan, none has done anything: all can run again, if all are still there. */
static void run_again(struct postgres_connection *c)
{
    const struct postgres_batch *b = &c->batch;
    for (size_t i = 0; i < b->count; i++)
        if (!b->items[i].prepares && !b->items[i].awaited)
            return;
    for (size_t i = 0; i < b->count; i++)
        if (b->items[i].awaited && b->items[i].statement && b->items[i].statement->phase == PHASE_FAILED)
            b->items[i].statement->phase = PHASE_BOUND;
    c->untold = false;
}

static void finish_batch(struct postgres_connection *c)
{
    struct postgres_batch *b = &c->batch;
    if (c->streaming)
        gather_rows(c);
    while (b->read < b->count)
        read_next(c);
    if (b->ended && !is_lost(c)) {
        kith__postgres_hurry(c);
        kith__postgres_await(c);
        PQclear(PQgetResult(c->pg)); /* of the Sync */
    }
    if (!is_lost(c) && PQexitPipelineMode(c->pg) != 1)
        c->unusable = true;
    if (b->plan_lost && PQtransactionStatus(c->pg) == PQTRANS_IDLE)
        run_again(c);
    b->count = b->read = 0;
    b->ended = b->failed = b->plan_lost = false;
}

/* ---- sending -------------------------------------------------------------------------------------------------------- */

static bool make_room(struct postgres_connection *c)
{
    struct postgres_batch *b = &c->batch;
    return kith__grow(c->allocator, (void **)&b->items, b->count + 1, &b->capacity, sizeof *b->items);
}

static void add_sent(struct postgres_connection *c, struct postgres_sent sent)
{
    c->batch.items[c->batch.count++] = sent;
}

static bool begin_batch(struct postgres_connection *c, kith_error *err)
{
    forget_stale(c);
    return PQenterPipelineMode(c->pg) == 1 || kith__postgres_gone_wrong(c, NULL, err);
}

static bool is_much(const struct postgres_statement *s)
{
    enum { MUCH = 16 * 1024 };
    return s->data.size > MUCH;
}

static bool send_preparation(struct postgres_statement *s, const struct postgres_wire *wire)
{
    struct postgres_connection *c = s->conn;
    char name[NAME_TEXT];
    write_name(++c->last_number, name);
    if (!PQsendPrepare(c->pg, name, s->sql, (int)s->param_count, wire->types))
        return false;
    s->number = c->last_number;
    s->prepared_count = s->param_count;
    for (size_t i = 0; i < s->param_count; i++)
        s->params[i].prepared_as = s->params[i].type;
    add_sent(c, (struct postgres_sent){ .statement = s, .number = s->number, .prepares = true });
    return true;
}

/* Waits for the preparation, and for the types of the columns. When it failed, so does what is sent behind it; when
 * memory is short, the result comes as text. */
static bool ask_for_columns(struct postgres_statement *s)
{
    struct postgres_connection *c = s->conn;
    char name[NAME_TEXT];
    kith_error ignored;
    write_name(s->number, name);
    if (!PQsendDescribePrepared(c->pg, name) || !PQsendFlushRequest(c->pg))
        return false;
    read_next(c);
    PGresult *columns = next_result(c);
    s->readable = is_good(columns) && kith__postgres_learn(s, columns, &ignored) && s->readable;
    PQclear(columns);
    return true;
}

/* ask: nothing else is on its way, and the caller is going to wait. */
static bool prepare(struct postgres_statement *s, const struct postgres_wire *wire, bool ask)
{
    if (s->number || !s->conn->names || is_much(s))
        return true;
    if (s->ran)
        return send_preparation(s, wire);
    return !ask || !s->many || (send_preparation(s, wire) && ask_for_columns(s));
}

static bool send_run(struct postgres_statement *s, const struct postgres_wire *wire)
{
    struct postgres_connection *c = s->conn;
    char name[NAME_TEXT];
    bool by_name = s->number && as_prepared(s) && !is_much(s), sent;
    write_name(s->number, name);
    if (by_name)
        sent = PQsendQueryPrepared(c->pg, name, (int)s->param_count, wire->values, wire->sizes, wire->formats,
                                   s->readable);
    else
        sent = PQsendQueryParams(c->pg, s->sql, (int)s->param_count, wire->types, wire->values, wire->sizes,
                                 wire->formats, 0);
    if (!sent)
        return false;
    s->phase = PHASE_SENT;
    add_sent(c, (struct postgres_sent){ .statement = s, .number = by_name ? s->number : 0, .awaited = true });
    return true;
}

static bool send_one(struct postgres_statement *s, bool waits, kith_error *err)
{
    struct postgres_connection *c = s->conn;
    struct postgres_wire wire;
    if (c->batch.ended)
        finish_batch(c);
    if (c->untold)
        return tell(c, err);
    if (is_much(s)) { /* libpq would keep any number of such statements until the server reads them */
        kith__postgres_hurry(c);
        kith__postgres_await_sent(c);
    }
    if (!kith__postgres_wire(s, &wire, err))
        return false;
    if (!make_room(c))
        return kith__error_no_memory(err);
    bool alone = c->batch.count == 0;
    if (alone && !begin_batch(c, err))
        return false;
    if (prepare(s, &wire, alone && waits) && send_run(s, &wire))
        return true;
    kith__postgres_gone_wrong(c, NULL, err);
    if (c->batch.count == 0)
        finish_batch(c);
    return false;
}

bool kith__postgres_send(struct postgres_statement *s, kith_error *err)
{
    return send_one(s, false, err);
}

/* ---- waiting -------------------------------------------------------------------------------------------------------- */

/* Without its end the server would keep the results to itself. */
static void end_batch(struct postgres_connection *c)
{
    if (!c->batch.ended && !is_lost(c) && PQpipelineSync(c->pg) != 1)
        c->unusable = true;
    c->batch.ended = true;
}

static void await_result(struct postgres_statement *s)
{
    struct postgres_connection *c = s->conn;
    if (s->phase == PHASE_SENT)
        end_batch(c);
    while (s->phase == PHASE_SENT) {
        if (c->batch.read + 1 == c->batch.count)
            PQsetSingleRowMode(c->pg);
        read_next(c);
    }
    /* After a failure too: now the server says what has become of the transaction, and whether it is there at all. */
    if (c->batch.ended && !c->streaming && (c->batch.failed || c->batch.read == c->batch.count))
        finish_batch(c);
}

bool kith__postgres_run(struct postgres_statement *s, kith_error *err)
{
    do {
        if (s->phase == PHASE_BOUND && !send_one(s, true, err))
            return false;
        await_result(s);
    } while (s->phase == PHASE_BOUND);
    return s->phase == PHASE_ARRIVED || tell(s->conn, err);
}

int kith__postgres_next_row(struct postgres_statement *s, kith_error *err)
{
    struct postgres_connection *c = s->conn;
    if (c->streaming == s) {
        PGresult *next = next_result(c);
        if (is_row(next)) {
            PQclear(s->result);
            s->result = next;
            s->row = 0;
            return 1;
        }
        end_stream(c, next);
        finish_batch(c);
    }
    if (!s->cut_short)
        return 0;
    if (is_good(s->end))
        kith__error_no_memory(err);
    else
        failed(c, s->end, err);
    return -1;
}

bool kith__postgres_settle(struct postgres_connection *c, kith_error *err)
{
    if (c->batch.count > 0) {
        end_batch(c);
        finish_batch(c);
    }
    return !c->untold || tell(c, err);
}

/* ---- statements that go --------------------------------------------------------------------------------------------- */

void kith__postgres_disown(struct postgres_statement *s)
{
    struct postgres_batch *b = &s->conn->batch;
    kith_error ignored;
    while (s->conn->streaming == s)
        kith__postgres_next_row(s, &ignored);
    for (size_t i = b->read; s->phase == PHASE_SENT && i < b->count; i++)
        if (b->items[i].statement == s)
            b->items[i].awaited = false;
}

void kith__postgres_forget(struct postgres_statement *s)
{
    struct postgres_connection *c = s->conn;
    struct postgres_batch *b = &c->batch;
    bool unread = false;
    for (size_t i = b->read; i < b->count; i++)
        unread |= b->items[i].statement == s;
    if (unread) {
        end_batch(c);
        finish_batch(c);
    }
    for (size_t i = 0; i < b->count; i++)
        if (b->items[i].statement == s)
            b->items[i].statement = NULL;
    make_stale(s);
}

void kith__postgres_batch_free(struct postgres_connection *c)
{
    PQclear(c->failure);
    kith__free(c->allocator, c->batch.items, c->batch.capacity * sizeof *c->batch.items);
    kith__free(c->allocator, c->stale, c->stale_capacity * sizeof *c->stale);
}
