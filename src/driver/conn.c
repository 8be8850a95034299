/* conn: see conn.h. */
#include "driver/conn.h"

#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/time.h"
#include "sql/dialect.h"

struct conn *kith__conn_open(const struct conn_config *config, kith_error *err)
{
    struct conn *c = kith__alloc_zero(config->allocator, sizeof *c);
    if (!c) {
        kith__error_no_memory(err);
        return NULL;
    }
    c->config = config;
    c->raw = config->driver->open(&config->connect, err);
    if (c->raw && kith__stmt_cache_init(&c->cache, config->allocator, config->driver, c->raw, config->cache_size))
        return c;
    if (c->raw) {
        config->driver->close(c->raw);
        kith__error_no_memory(err);
    }
    kith__free(config->allocator, c, sizeof *c);
    return NULL;
}

void kith__conn_close(struct conn *c)
{
    kith__stmt_cache_free(&c->cache);
    c->config->driver->close(c->raw);
    kith__free(c->config->allocator, c, sizeof *c);
}

/* ---- what is told of a statement ------------------------------------------------------------------------------------ */

/* The clock is asked only when somebody wants to know. */
static int64_t start_clock(const struct conn *c)
{
    return c->config->log ? kith__monotonic() : 0;
}

static void write_log(const struct conn *c, const char *sql, int64_t started)
{
    if (c->config->log)
        c->config->log(c->config->log_ctx, sql, kith__elapsed_ms(started));
}

/* Completes a driver's error, which may be that of a statement sent earlier. Returns false, so that a caller may return
 * it. */
static bool failed(const char *sql, kith_error *err)
{
    if (!err->sql[0])
        kith__copy(err->sql, sizeof err->sql, sql);
    return false;
}

/* ---- runs --------------------------------------------------------------------------------------------------------------- */

static bool bind_all(const struct run *run, const struct sql_param *params, size_t count, kith_error *err)
{
    const kith_driver *driver = run->conn->config->driver;
    for (size_t i = 0; i < count; i++)
        if (!driver->bind(run->stmt->raw, (unsigned)i, &params[i].value, params[i].type, err))
            return false;
    return true;
}

/* Row by row, unless they are bound together. */
static bool bind_block(const struct run *run, const struct sql_block *b, kith_error *err)
{
    const kith_driver *driver = run->conn->config->driver;
    kith_statement *st = run->stmt->raw;
    unsigned index = 0;
    if (b->together)
        return driver->bind_rows(st, b->columns, b->width, b->count, err);
    for (size_t row = 0; row < b->count; row++)
        for (const kith_column *column = b->columns, *end = column + b->width; column < end; column++)
            if (!driver->bind(st, index++, &column->at[row * column->stride], column->type, err))
                return false;
    return true;
}

/* sql ends with NUL. */
static bool open_text(struct run *run, struct conn *c, const char *sql, size_t size, kith_error *err)
{
    *run = (struct run){ .conn = c, .started = start_clock(c) };
    run->stmt = kith__stmt_cache_take(&c->cache, sql, size, err);
    if (run->stmt)
        return true;
    /* Closing logs what the statement says; there is none, so it is done here. */
    write_log(c, sql, run->started);
    return failed(sql, err);
}

static bool bind(const struct run *run, const struct renderer *r, kith_error *err)
{
    const kith_driver *driver = run->conn->config->driver;
    if (!(r->block ? bind_block(run, r->block, err) : bind_all(run, r->params, r->param_count, err)))
        return false;
    if (r->many_rows && driver->expect_many)
        driver->expect_many(run->stmt->raw);
    return true;
}

bool kith__run_open(struct run *run, struct conn *c, const struct renderer *r, kith_error *err)
{
    *run = (struct run){ .conn = c };
    if (r->failed || r->text.failed)
        return kith__error_no_memory(err);
    if (!open_text(run, c, kith__buf_text(&r->text), r->text.size, err))
        return false;
    if (bind(run, r, err))
        return true;
    failed(run->stmt->sql, err);
    kith__run_close(run);
    return false;
}

bool kith__conn_sends(const struct conn *c)
{
    return c->config->driver->send != NULL;
}

bool kith__run_send(struct run *run, kith_error *err)
{
    const kith_driver *driver = run->conn->config->driver;
    return !driver->send || driver->send(run->stmt->raw, err) || failed(run->stmt->sql, err);
}

void kith__run_portion(struct run *run, size_t rows)
{
    const kith_driver *driver = run->conn->config->driver;
    if (!driver->portion)
        return;
    driver->portion(run->stmt->raw, rows);
    run->stmt->stale = true;
}

int kith__run_step(struct run *run, kith_error *err)
{
    int got = run->conn->config->driver->step(run->stmt->raw, err);
    if (got < 0) {
        /* Its table may have other columns now than when it was prepared, and then it would fail for ever. */
        run->stmt->stale = err->status == KITH_E_DATABASE || err->status == KITH_E_UNSUPPORTED;
        failed(run->stmt->sql, err);
        if (kith__conn_sends(run->conn)) /* the limit may have been sent together with this */
            kith__conn_forget_timeout(run->conn);
    }
    return got;
}

bool kith__run_columns(struct run *run, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                       kith_value *out, kith_error *err)
{
    if (run->conn->config->driver->columns(run->stmt->raw, first, count, types, arena, out, err))
        return true;
    run->stmt->stale = true; /* its columns may be of other types now than when it was prepared */
    return failed(run->stmt->sql, err);
}

int64_t kith__run_affected(const struct run *run)
{
    return run->conn->config->driver->affected(run->stmt->raw);
}

int64_t kith__run_last_id(const struct run *run)
{
    return run->conn->config->driver->last_id(run->stmt->raw);
}

void kith__run_close(struct run *run)
{
    if (!run->stmt)
        return;
    write_log(run->conn, run->stmt->sql, run->started);
    kith__stmt_cache_give(&run->conn->cache, run->stmt);
    run->stmt = NULL;
}

/* ---- whole statements --------------------------------------------------------------------------------------------------- */

/* The number of changed rows, -1 on failure. */
static int64_t run_to_end(struct run *run, kith_error *err)
{
    int got;
    do
        got = kith__run_step(run, err);
    while (got > 0);
    int64_t affected = got == 0 ? kith__run_affected(run) : -1;
    kith__run_close(run);
    return affected;
}

int64_t kith__run_all(struct conn *c, const struct renderer *r, kith_error *err)
{
    struct run run;
    return kith__run_open(&run, c, r, err) ? run_to_end(&run, err) : -1;
}

bool kith__run_text(struct conn *c, const char *sql, kith_error *err)
{
    struct run run;
    return open_text(&run, c, sql, strlen(sql), err) && run_to_end(&run, err) >= 0;
}

bool kith__send_text(struct conn *c, const char *sql, kith_error *err)
{
    struct run run;
    if (!kith__conn_sends(c))
        return kith__run_text(c, sql, err);
    bool sent = open_text(&run, c, sql, strlen(sql), err) && kith__run_send(&run, err);
    kith__run_close(&run);
    return sent;
}

void kith__conn_forget_statements(struct conn *c)
{
    kith__stmt_cache_clear(&c->cache);
}

bool kith__conn_script(struct conn *c, const char *text, kith_error *err)
{
    const kith_driver *driver = c->config->driver;
    if (!driver->script)
        return kith__error_set(err, KITH_E_UNSUPPORTED, "the \"%s\" driver cannot run scripts", driver->scheme);
    int64_t started = start_clock(c);
    bool done = driver->script(c->raw, text, err);
    write_log(c, text, started);
    return done || failed(text, err);
}

/* ---- limits --------------------------------------------------------------------------------------------------------------- */

static const unsigned timeout_unknown = UINT_MAX;

bool kith__conn_timeout(struct conn *c, unsigned ms, bool alone, kith_error *err)
{
    const struct dialect *dialect = c->config->dialect;
    const kith_driver *driver = c->config->driver;
    bool good = true;
    if (c->timeout_ms == ms)
        return true;
    bool by_driver = driver->set_timeout && driver->set_timeout(c->raw, ms);
    if (!by_driver && dialect->timeout) {
        struct buf sql;
        kith__buf_init(&sql, c->config->allocator);
        dialect->timeout(&sql, ms);
        bool (*send)(struct conn *, const char *, kith_error *) = alone ? kith__run_text : kith__send_text;
        good = sql.failed ? kith__error_no_memory(err) : send(c, kith__buf_text(&sql), err);
        kith__buf_free(&sql);
    }
    c->limited = true;
    c->timeout_ms = good ? ms : timeout_unknown;
    return good;
}

void kith__conn_forget_timeout(struct conn *c)
{
    if (c->limited)
        c->timeout_ms = timeout_unknown;
}

/* ---- stopping from another thread ----------------------------------------------------------------------------------------- */

void kith__running_set(struct running *r, struct conn *c)
{
    pthread_mutex_lock(&r->lock);
    r->conn = c;
    pthread_mutex_unlock(&r->lock);
}

/* With the lock held, so that the connection cannot go to another session meanwhile. */
bool kith__running_cancel(struct running *r)
{
    pthread_mutex_lock(&r->lock);
    bool running = r->conn && r->conn->config->driver->cancel;
    if (running)
        r->conn->config->driver->cancel(r->conn->raw);
    pthread_mutex_unlock(&r->lock);
    return running;
}
