/* faulty: see faulty.h. */
#include "harness/faulty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "driver/drivers.h"

static struct {
    kith_driver driver;
    const kith_driver *inner, *list[2];
    bool armed, met;
    unsigned calls, at;
    void (*happens)(void *ctx);
    void *ctx;
    char sql[256];
} faulty;

struct kith_connection {
    kith_connection *inner;
};

struct kith_statement {
    struct kith_connection *conn;
    kith_statement *inner;
    char sql[256];
    bool running;
};

/* ---- faults ---- */

void faulty_arm(unsigned n, void (*happens)(void *ctx), void *ctx)
{
    faulty.armed = true;
    faulty.met = false;
    faulty.calls = 0;
    faulty.at = n;
    faulty.happens = happens;
    faulty.ctx = ctx;
}

bool faulty_disarm(const char **sql)
{
    faulty.armed = false;
    *sql = faulty.sql;
    return faulty.met;
}

/* Whether this call goes on to the driver inside. */
static bool passes(const char *sql, kith_error *err)
{
    if (!faulty.armed || ++faulty.calls != faulty.at)
        return true;
    faulty.met = true;
    snprintf(faulty.sql, sizeof faulty.sql, "%s", sql);
    if (!faulty.happens)
        return kith__error_set(err, KITH_E_BUSY, "a fault of the test");
    faulty.armed = false;
    faulty.happens(faulty.ctx);
    faulty.armed = true;
    return true;
}

/* ---- connections ---- */

static kith_connect_opts opts_inside(const kith_connect_opts *opts)
{
    kith_connect_opts inside = *opts;
    inside.driver = faulty.inner;
    return inside;
}

static bool check_url(const kith_connect_opts *opts, kith_error *err)
{
    kith_connect_opts inside = opts_inside(opts);
    return faulty.inner->check_url(&inside, err);
}

static unsigned connection_limit(const kith_connect_opts *opts)
{
    kith_connect_opts inside = opts_inside(opts);
    return faulty.inner->connection_limit(&inside);
}

static kith_connection *open_connection(const kith_connect_opts *opts, kith_error *err)
{
    kith_connect_opts inside = opts_inside(opts);
    struct kith_connection *c = calloc(1, sizeof *c);
    if (c && (c->inner = faulty.inner->open(&inside, err)))
        return c;
    free(c);
    return NULL;
}

static void close_connection(kith_connection *c)
{
    faulty.inner->close(c->inner);
    free(c);
}

static bool reset(kith_connection *c)
{
    return faulty.inner->reset(c->inner);
}

static bool check(kith_connection *c)
{
    return faulty.inner->check(c->inner);
}

static bool script(kith_connection *c, const char *text, kith_error *err)
{
    return passes(text, err) && faulty.inner->script(c->inner, text, err);
}

static bool set_timeout(kith_connection *c, unsigned ms)
{
    return faulty.inner->set_timeout(c->inner, ms);
}

static void cancel(kith_connection *c)
{
    faulty.inner->cancel(c->inner);
}

/* ---- statements ---- */

static kith_statement *prepare(kith_connection *c, const char *sql, size_t size, kith_error *err)
{
    struct kith_statement *st = passes(sql, err) ? calloc(1, sizeof *st) : NULL;
    if (!st)
        return NULL;
    st->conn = c;
    snprintf(st->sql, sizeof st->sql, "%s", sql);
    st->inner = faulty.inner->prepare(c->inner, sql, size, err);
    if (st->inner)
        return st;
    free(st);
    return NULL;
}

static bool bind(kith_statement *st, unsigned index, const kith_value *value, int type, kith_error *err)
{
    return faulty.inner->bind(st->inner, index, value, type, err);
}

static bool bind_rows(kith_statement *st, const kith_column *columns, unsigned width, size_t count, kith_error *err)
{
    return faulty.inner->bind_rows(st->inner, columns, width, count, err);
}

static bool send(kith_statement *st, kith_error *err)
{
    return passes(st->sql, err) && faulty.inner->send(st->inner, err);
}

static int step(kith_statement *st, kith_error *err)
{
    if (!st->running && !passes(st->sql, err))
        return -1;
    st->running = true;
    return faulty.inner->step(st->inner, err);
}

static bool columns(kith_statement *st, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                    kith_value *out, kith_error *err)
{
    return faulty.inner->columns(st->inner, first, count, types, arena, out, err);
}

static int64_t affected(kith_statement *st)
{
    return faulty.inner->affected(st->inner);
}

static int64_t last_id(kith_statement *st)
{
    return faulty.inner->last_id(st->inner);
}

static void finish(kith_statement *st)
{
    st->running = false;
    faulty.inner->finish(st->inner);
}

static void drop(kith_statement *st)
{
    faulty.inner->drop(st->inner);
    free(st);
}

/* ---- the driver ---- */

/* What the one inside does not have, this one does not have either. */
#define WRAP(member, function) .member = faulty.inner->member ? (function) : NULL

const kith_driver *const *faulty_drivers(const char *url)
{
    const char *location;
    kith_error err;
    faulty.inner = kith__driver_for(url, NULL, &location, &err);
    if (!faulty.inner)
        return NULL;
    faulty.driver = (kith_driver){
        .scheme = faulty.inner->scheme,
        .dialect = faulty.inner->dialect,
        WRAP(check_url, check_url),
        WRAP(connection_limit, connection_limit),
        .open = open_connection,
        .close = close_connection,
        WRAP(reset, reset),
        WRAP(check, check),
        .prepare = prepare,
        .bind = bind,
        WRAP(bind_rows, bind_rows),
        WRAP(send, send),
        .step = step,
        .columns = columns,
        .affected = affected,
        .last_id = last_id,
        .finish = finish,
        .drop = drop,
        .script = script,
        WRAP(set_timeout, set_timeout),
        WRAP(cancel, cancel),
    };
    faulty.list[0] = &faulty.driver;
    return faulty.list;
}
