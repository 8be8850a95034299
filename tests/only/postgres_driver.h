/* postgres_driver: what the tests of the PostgreSQL driver share: connections, and short ways to run a statement. */
#ifndef TESTS_ONLY_POSTGRES_DRIVER_H
#define TESTS_ONLY_POSTGRES_DRIVER_H

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "driver/drivers.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"

#define PG kith__driver_postgres

static struct fail_alloc heap;
static kith_arena arena;

static inline int set_up(void **state)
{
    (void)state;
    fail_alloc_init(&heap);
    kith__arena_init(&arena, &kith__default_allocator, NULL, true);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    kith__arena_free(&arena);
    if (heap.live_blocks)
        print_error("%zu blocks are left\n", heap.live_blocks);
    return heap.live_blocks == 0 ? 0 : -1;
}

/* ---- helpers -------------------------------------------------------------------------------------------------------- */

/* What follows "postgres:" in the server's URL. */
static inline const char *server(void)
{
    const char *url = getenv("KITH_TEST_POSTGRES");
    if (!url)
        fail_msg("KITH_TEST_POSTGRES is not set: run the tests by tools/with-servers postgres -- …");
    return strchr(url, ':') + 1;
}

/* The same with options behind it. In static memory. */
static inline const char *server_with(const char *options)
{
    static char location[512];
    snprintf(location, sizeof location, "%s?%s", server(), options);
    return location;
}

static inline kith_connection *open_at(const char *location, unsigned busy_ms, kith_error *err)
{
    kith_connect_opts opts = { .location = location, .busy_ms = busy_ms, .allocator = &heap.allocator, .driver = &PG };
    *err = (kith_error){ .status = KITH_OK };
    return PG.check_url(&opts, err) ? PG.open(&opts, err) : NULL;
}

static inline kith_connection *open_ok(const char *location)
{
    kith_error err;
    kith_connection *c = open_at(location, 2000, &err);
    if (!c)
        fail_msg("%s", err.message);
    return c;
}

static inline kith_error refusal_of(const char *location)
{
    kith_error err;
    if (open_at(location, 2000, &err))
        fail_msg("%s was opened", location);
    return err;
}

static inline void script(kith_connection *c, const char *sql)
{
    kith_error err;
    if (!PG.script(c, sql, &err))
        fail_msg("%s: %s", sql, err.message);
}

static inline kith_statement *prepare(kith_connection *c, const char *sql)
{
    kith_error err;
    kith_statement *st = PG.prepare(c, sql, strlen(sql), &err);
    if (!st)
        fail_msg("%s: %s", sql, err.message);
    return st;
}

static inline void bind(kith_statement *st, unsigned index, kith_value v, int type)
{
    /* What is bound stays until finish: a copy for each of the few parameters that the tests use. */
    static kith_value held[16];
    held[index] = v;
    kith_error err;
    if (!PG.bind(st, index, &held[index], type, &err))
        fail_msg("%s", err.message);
}

static inline void must_step(kith_statement *st, int expected)
{
    kith_error err = { .message = "" };
    int got = PG.step(st, &err);
    if (got != expected)
        fail_msg("step gave %d, not %d: %s", got, expected, err.message);
}

static inline kith_value column(kith_statement *st, unsigned at, int wanted)
{
    uint8_t type = (uint8_t)wanted;
    kith_value out;
    kith_error err;
    if (!PG.columns(st, at, 1, &type, &arena, &out, &err))
        fail_msg("%s", err.message);
    return out;
}

static inline int64_t int_of(kith_connection *c, const char *sql)
{
    kith_statement *st = prepare(c, sql);
    must_step(st, 1);
    int64_t n = column(st, 0, KITH_T_BIGINT).as.integer;
    PG.finish(st);
    PG.drop(st);
    return n;
}

/* The statement fails: gives the error. */
static inline kith_error failure_of(kith_connection *c, const char *sql)
{
    kith_error err = { .status = KITH_OK };
    kith_statement *st = prepare(c, sql);
    if (PG.step(st, &err) != -1)
        fail_msg("%s did not fail", sql);
    PG.finish(st);
    PG.drop(st);
    return err;
}

static inline void expect_failure(kith_connection *c, const char *sql, kith_status status, const char *sqlstate,
                                  const char *constraint)
{
    kith_error err = failure_of(c, sql);
    if (err.status != status)
        fail_msg("%s: %s: %s", sql, kith_status_name(err.status), err.message);
    assert_string_equal(err.sqlstate, sqlstate);
    assert_string_equal(err.constraint, constraint);
    assert_true(strlen(err.message) > 0);
}

/* ---- other threads, lost connections ------------------------------------------------------------------------------- */

static inline void *cancel_soon(void *c)
{
    struct timespec pause = { .tv_nsec = 200 * 1000 * 1000 };
    nanosleep(&pause, NULL);
    PG.cancel(c);
    return NULL;
}

static inline void terminate(kith_connection *by, int64_t pid)
{
    char sql[80];
    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%lld, 5000)", (long long)pid);
    script(by, sql);
}

#endif
