/* one_driver: short ways to call the driver that DRIVER names, which the including header defines. For the tests of one
 * driver by itself; what they do is bound, read and freed here, and a failure that no test asked for ends the test. */
#ifndef TESTS_HARNESS_ONE_DRIVER_H
#define TESTS_HARNESS_ONE_DRIVER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "driver/drivers.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"

enum { HELD = 16 };

static struct fail_alloc heap; /* the driver's memory */
static kith_arena arena;       /* what is read */

static inline void memory_set_up(void)
{
    fail_alloc_init(&heap);
    kith__arena_init(&arena, &kith__default_allocator, NULL, true);
}

/* Whether the driver gave back all its memory. */
static inline bool memory_tear_down(void)
{
    heap.fail_at = 0;
    kith__arena_free(&arena);
    if (heap.live_blocks)
        print_error("%zu blocks are left\n", heap.live_blocks);
    return heap.live_blocks == 0;
}

/* ---- connections ---------------------------------------------------------------------------------------------------- */

/* The location must stay as long as the connection. */
static inline kith_connection *open_at(const char *location, unsigned busy_ms, kith_error *err)
{
    kith_connect_opts opts = {
        .location = location, .busy_ms = busy_ms, .allocator = &heap.allocator, .driver = &DRIVER
    };
    *err = (kith_error){ .status = KITH_OK };
    return !DRIVER.check_url || DRIVER.check_url(&opts, err) ? DRIVER.open(&opts, err) : NULL;
}

static inline kith_connection *must_open(const char *location, unsigned busy_ms)
{
    kith_error err;
    kith_connection *c = open_at(location, busy_ms, &err);
    if (!c)
        fail_msg("%s: %s", location, err.message);
    return c;
}

/* The server's URL in this variable of the environment, without its scheme. */
static inline const char *server_in(const char *variable)
{
    const char *url = getenv(variable);
    if (!url || !strchr(url, ':'))
        fail_msg("%s names no server: run the tests by tools/with-servers", variable);
    return strchr(url, ':') + 1;
}

/* ---- statements ----------------------------------------------------------------------------------------------------- */

static inline void script(kith_connection *c, const char *sql)
{
    kith_error err;
    if (!DRIVER.script(c, sql, &err))
        fail_msg("%s: %s", sql, err.message);
}

static inline kith_statement *prepare(kith_connection *c, const char *sql)
{
    kith_error err;
    kith_statement *st = DRIVER.prepare(c, sql, strlen(sql), &err);
    if (!st)
        fail_msg("%s: %s", sql, err.message);
    return st;
}

static inline void bind(kith_statement *st, unsigned index, kith_value v, int type)
{
    /* What is bound stays until finish: a copy for each of the few parameters that the tests use. */
    static kith_value held[HELD];
    held[index] = v;
    kith_error err;
    if (!DRIVER.bind(st, index, &held[index], type, &err))
        fail_msg("%s", err.message);
}

static inline void must_step(kith_statement *st, int expected)
{
    kith_error err = { .message = "" };
    int got = DRIVER.step(st, &err);
    if (got != expected)
        fail_msg("step gave %d, not %d: %s", got, expected, err.message);
}

static inline int step(kith_statement *st)
{
    kith_error err;
    int got = DRIVER.step(st, &err);
    if (got < 0)
        fail_msg("%s", err.message);
    return got;
}

static inline void drop(kith_statement *st)
{
    DRIVER.finish(st);
    DRIVER.drop(st);
}

static inline kith_value column(kith_statement *st, unsigned number, int wanted)
{
    kith_value out;
    kith_error err;
    uint8_t type = (uint8_t)wanted;
    if (!DRIVER.columns(st, number, 1, &type, &arena, &out, &err))
        fail_msg("%s", err.message);
    return out;
}

/* The first column of the first row, read as the wanted type; the message of a failure goes into err. */
static inline bool read_as(kith_connection *c, const char *sql, int wanted, kith_value *out, kith_error *err)
{
    kith_statement *st = prepare(c, sql);
    uint8_t type = (uint8_t)wanted;
    must_step(st, 1);
    bool done = DRIVER.columns(st, 0, 1, &type, &arena, out, err);
    drop(st);
    return done;
}

static inline kith_value value_of(kith_connection *c, const char *sql, int wanted)
{
    kith_value out;
    kith_error err;
    if (!read_as(c, sql, wanted, &out, &err))
        fail_msg("%s: %s", sql, err.message);
    return out;
}

static inline int64_t int_of(kith_connection *c, const char *sql)
{
    kith_value v = value_of(c, sql, KITH_T_BIGINT);
    assert_int_equal(v.kind, KITH_INT);
    return v.as.integer;
}

static inline const char *text_as(kith_connection *c, const char *sql, int wanted)
{
    kith_value v = value_of(c, sql, wanted);
    assert_int_equal(v.kind, KITH_STR);
    assert_int_equal(v.size, strlen(v.as.str));
    return v.as.str;
}

/* The statement fails: gives the error. */
static inline kith_error failure_of(kith_connection *c, const char *sql)
{
    kith_error err = { .status = KITH_OK };
    kith_statement *st = DRIVER.prepare(c, sql, strlen(sql), &err);
    if (!st)
        return err;
    int got;
    while ((got = DRIVER.step(st, &err)) == 1)
        continue;
    if (got == 0)
        fail_msg("%s did not fail", sql);
    drop(st);
    return err;
}

/* ---- failing allocations -------------------------------------------------------------------------------------------- */

/* Fails the driver's first allocation, then its second, and so on, until `use`, which opens and closes all it needs, has
 * gone well without meeting one. What the driver only likes to have it may do without. */
static inline void fail_each_allocation(bool (*use)(kith_error *err))
{
    for (size_t i = 1; i < 1000; i++) {
        kith_error err = { .status = KITH_OK };
        fail_alloc_init(&heap);
        heap.fail_at = i;
        bool good = use(&err);
        assert_int_equal(heap.live_blocks, 0);
        if (good && heap.calls < i)
            return;
        assert_true(good || err.status == KITH_E_NO_MEMORY);
    }
    fail_msg("it never ended");
}

#endif
