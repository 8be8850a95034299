/* The n-th call of the driver that can fail does so: the database is busy, once or for good, or the connection is lost,
 * and then everything fails until it is closed. A driver around the one for SQLite; the n-th statement does not run. */
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "driver/drivers.h"
#include "fault/faults.h"

enum { BUSY_ONCE, BUSY_FOR_GOOD, LOST };

static struct {
    const kith_driver *inner;
    size_t calls, fail_at, faults;
    int kind;
    unsigned open, lost; /* connections */
} faulty;

struct kith_connection {
    kith_connection *inner;
    bool lost;
};

struct kith_statement {
    struct kith_connection *conn;
    kith_statement *inner;
};

/* ---- faults --------------------------------------------------------------------------------------------------------- */

static bool fail(kith_error *err)
{
    faulty.faults++;
    return kith__error_set(err, faulty.kind == LOST ? KITH_E_CONNECTION : KITH_E_BUSY, "fault %zu of the test",
                           faulty.fail_at);
}

/* Whether this call goes on to the driver inside. c is NULL for an open. */
static bool passes(struct kith_connection *c, kith_error *err)
{
    if (c && c->lost)
        return fail(err);
    faulty.calls++;
    bool fault = faulty.fail_at &&
                 (faulty.calls == faulty.fail_at || (faulty.kind == BUSY_FOR_GOOD && faulty.calls > faulty.fail_at));
    if (!fault)
        return true;
    if (c && faulty.kind == LOST) {
        c->lost = true;
        faulty.lost++;
    }
    return fail(err);
}

/* ---- the driver ----------------------------------------------------------------------------------------------------- */

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
    struct kith_connection *c = passes(NULL, err) ? calloc(1, sizeof *c) : NULL;
    if (c)
        c->inner = faulty.inner->open(&inside, err);
    if (c && c->inner) {
        faulty.open++;
        return c;
    }
    free(c);
    return NULL;
}

static void close_connection(kith_connection *c)
{
    faulty.inner->close(c->inner);
    faulty.open--;
    faulty.lost -= c->lost;
    free(c);
}

static bool reset(kith_connection *c)
{
    return !c->lost && faulty.inner->reset(c->inner);
}

static kith_statement *prepare(kith_connection *c, const char *sql, size_t size, kith_error *err)
{
    struct kith_statement *st = passes(c, err) ? calloc(1, sizeof *st) : NULL;
    if (!st)
        return NULL;
    *st = (struct kith_statement){ .conn = c, .inner = faulty.inner->prepare(c->inner, sql, size, err) };
    if (st->inner)
        return st;
    free(st);
    return NULL;
}

static bool bind(kith_statement *st, unsigned index, const kith_value *value, int type, kith_error *err)
{
    return passes(st->conn, err) && faulty.inner->bind(st->inner, index, value, type, err);
}

static int step(kith_statement *st, kith_error *err)
{
    return passes(st->conn, err) ? faulty.inner->step(st->inner, err) : -1;
}

static bool columns(kith_statement *st, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                    kith_value *out, kith_error *err)
{
    return passes(st->conn, err) && faulty.inner->columns(st->inner, first, count, types, arena, out, err);
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
    faulty.inner->finish(st->inner);
}

static void drop(kith_statement *st)
{
    faulty.inner->drop(st->inner);
    free(st);
}

static bool script(kith_connection *c, const char *text, kith_error *err)
{
    return passes(c, err) && faulty.inner->script(c->inner, text, err);
}

static const kith_driver driver = {
    .scheme = "faulty",
    .dialect = "sqlite",
    .check_url = check_url,
    .connection_limit = connection_limit,
    .open = open_connection,
    .close = close_connection,
    .reset = reset,
    .prepare = prepare,
    .bind = bind,
    .step = step,
    .columns = columns,
    .affected = affected,
    .last_id = last_id,
    .finish = finish,
    .drop = drop,
    .script = script,
};

/* ---- the modes ------------------------------------------------------------------------------------------------------ */

static void arm(const struct fault_mode *mode, size_t n)
{
    faulty.calls = faulty.faults = 0;
    faulty.fail_at = n;
    faulty.kind = mode->detail;
}

static size_t disarm(size_t *chances)
{
    *chances = faulty.calls;
    faulty.fail_at = 0;
    return faulty.faults;
}

static bool is_expected(const struct fault_mode *mode, kith_status status)
{
    return status == (mode->detail == LOST ? KITH_E_CONNECTION : KITH_E_BUSY);
}

static const char *after_call(void)
{
    return faulty.lost ? "a connection that was lost is kept" : NULL;
}

static const char *after_close(void)
{
    return faulty.open ? "a connection" : NULL;
}

#define MODE(...)                                                                                                      \
    {                                                                                                                  \
        .scheme = "faulty", .drivers = drivers, .of_statements = true, .arm = arm, .disarm = disarm,                   \
        .is_expected = is_expected, .after_call = after_call, .after_close = after_close, __VA_ARGS__                  \
    }

int main(int argc, char **argv)
{
    static const kith_driver *const drivers[] = { &driver, NULL };
    static const struct fault_mode modes[] = {
        MODE(.name = "busy", .detail = BUSY_ONCE),
        MODE(.name = "busy_for_good", .detail = BUSY_FOR_GOOD),
        MODE(.name = "busy_in_transaction", .detail = BUSY_ONCE, .in_transaction = true),
        MODE(.name = "lost", .detail = LOST, .absorbs = true), /* what has not run yet may go over another connection */
        MODE(.name = "lost_in_transaction", .detail = LOST, .in_transaction = true),
    };
    const char *location;
    kith_error err;
    faulty.inner = kith__driver_for("sqlite:", NULL, &location, &err);
    if (!faulty.inner) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    return faults_main("driver", modes, sizeof modes / sizeof modes[0], argc, argv);
}
