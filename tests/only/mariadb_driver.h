/* mariadb_driver: what the tests of the MariaDB driver share: a database of their own on the server, connections, and
 * short ways to run a statement. */
#ifndef TESTS_ONLY_MARIADB_DRIVER_H
#define TESTS_ONLY_MARIADB_DRIVER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "driver/drivers.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"

#define MARIADB kith__driver_mariadb

enum { BUSY_MS = 5000, LOCATION_TEXT = 512, HELD = 16 };

static struct fail_alloc heap;
static kith_arena arena;
static char database[64]; /* of this test */

/* What follows "mariadb:" in the URL of the server. */
static inline const char *server(void)
{
    const char *url = getenv("KITH_TEST_MARIADB");
    if (!url || strncmp(url, "mariadb:", 8) != 0)
        fail_msg("KITH_TEST_MARIADB names no server: run the tests by tools/with-servers mariadb -- …");
    return url + 8;
}

/* ---- connections ---------------------------------------------------------------------------------------------------- */

static inline kith_connection *open_at(const char *location, unsigned busy_ms, kith_error *err)
{
    kith_connect_opts opts = {
        .location = location, .busy_ms = busy_ms, .allocator = &heap.allocator, .driver = &MARIADB
    };
    *err = (kith_error){ .status = KITH_OK };
    return MARIADB.open(&opts, err);
}

static inline void script(kith_connection *c, const char *sql)
{
    kith_error err;
    if (!MARIADB.script(c, sql, &err))
        fail_msg("%s: %s", sql, err.message);
}

/* On the test's own database. The location must stay as long as the connection. */
static inline kith_connection *open_waiting(unsigned busy_ms)
{
    kith_error err;
    kith_connection *c = open_at(server(), busy_ms, &err);
    if (!c)
        fail_msg("%s", err.message);
    char use[96];
    snprintf(use, sizeof use, "USE %s", database);
    script(c, use);
    return c;
}

static inline kith_connection *open_ok(void)
{
    return open_waiting(BUSY_MS);
}

static inline void run_on_server(const char *format)
{
    kith_error err;
    char sql[256];
    kith_connection *c = open_at(server(), BUSY_MS, &err);
    if (!c)
        fail_msg("%s", err.message);
    snprintf(sql, sizeof sql, format, database, database);
    script(c, sql);
    MARIADB.close(c);
}

static inline int set_up(void **state)
{
    static unsigned number;
    (void)state;
    fail_alloc_init(&heap);
    kith__arena_init(&arena, &kith__default_allocator, NULL, true);
    snprintf(database, sizeof database, "kith_only_%ld_%u", (long)getpid(), number++);
    run_on_server("DROP DATABASE IF EXISTS %s; CREATE DATABASE %s");
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    heap.fail_at = 0;
    kith__arena_free(&arena);
    run_on_server("DROP DATABASE %s");
    return heap.live_blocks == 0 ? 0 : -1;
}

/* ---- statements ----------------------------------------------------------------------------------------------------- */

static inline kith_statement *prepare(kith_connection *c, const char *sql)
{
    kith_error err;
    kith_statement *st = MARIADB.prepare(c, sql, strlen(sql), &err);
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
    if (!MARIADB.bind(st, index, &held[index], type, &err))
        fail_msg("%s", err.message);
}

static inline int step(kith_statement *st)
{
    kith_error err;
    int got = MARIADB.step(st, &err);
    if (got < 0)
        fail_msg("%s", err.message);
    return got;
}

static inline kith_value column(kith_statement *st, unsigned number, int wanted)
{
    kith_value out;
    kith_error err;
    uint8_t type = (uint8_t)wanted;
    if (!MARIADB.columns(st, number, 1, &type, &arena, &out, &err))
        fail_msg("%s", err.message);
    return out;
}

/* The first column of the only row, read as the wanted type; the message of a failure goes into err. */
static inline bool read_as(kith_connection *c, const char *sql, int wanted, kith_value *out, kith_error *err)
{
    kith_statement *st = prepare(c, sql);
    uint8_t type = (uint8_t)wanted;
    assert_int_equal(step(st), 1);
    bool done = MARIADB.columns(st, 0, 1, &type, &arena, out, err);
    MARIADB.finish(st);
    MARIADB.drop(st);
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

static inline const char *text_of(kith_connection *c, const char *sql, int wanted)
{
    kith_value v = value_of(c, sql, wanted);
    assert_int_equal(v.kind, KITH_STR);
    assert_int_equal(v.size, strlen(v.as.str));
    return v.as.str;
}

/* That the first column of the only row cannot be read as the wanted type, with these words. */
static inline void expect_unreadable(kith_connection *c, const char *sql, int wanted, const char *words)
{
    kith_value out;
    kith_error err;
    if (read_as(c, sql, wanted, &out, &err))
        fail_msg("%s was read", sql);
    if (err.status != KITH_E_DATABASE || !strstr(err.message, words))
        fail_msg("%s: %s", sql, err.message);
}

/* The statement fails: gives the error. */
static inline kith_error failure_of(kith_connection *c, const char *sql)
{
    kith_error err = { .status = KITH_OK };
    kith_statement *st = MARIADB.prepare(c, sql, strlen(sql), &err);
    if (!st)
        return err;
    int got;
    while ((got = MARIADB.step(st, &err)) == 1)
        continue;
    if (got == 0)
        fail_msg("%s did not fail", sql);
    assert_int_equal(MARIADB.step(st, &err), 0); /* does not begin again */
    MARIADB.finish(st);
    MARIADB.drop(st);
    return err;
}

static inline void expect_failure(kith_connection *c, const char *sql, kith_status status, const char *constraint)
{
    kith_error err = failure_of(c, sql);
    if (err.status != status || strcmp(err.constraint, constraint) != 0)
        fail_msg("%s: %s, constraint \"%s\": %s", sql, kith_status_name(err.status), err.constraint, err.message);
    assert_int_not_equal(err.driver_code, 0);
    assert_int_equal(strlen(err.sqlstate), 5);
}

/* Rows changed and the last id of one statement. */
static inline int64_t changed_by(kith_connection *c, const char *sql, int64_t *last_id)
{
    kith_statement *st = prepare(c, sql);
    while (step(st) == 1)
        continue;
    int64_t rows = MARIADB.affected(st);
    if (last_id)
        *last_id = MARIADB.last_id(st);
    MARIADB.finish(st);
    MARIADB.drop(st);
    return rows;
}

#endif
