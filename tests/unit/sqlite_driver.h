/* sqlite_driver: what the tests of the SQLite driver share: a folder of their own, connections, and short ways to run
 * a statement. */
#ifndef TESTS_UNIT_SQLITE_DRIVER_H
#define TESTS_UNIT_SQLITE_DRIVER_H

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "driver/drivers.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"

#define SQLITE kith__driver_sqlite

static char folder[64];
static struct fail_alloc heap;
static kith_arena arena;

static inline int set_up(void **state)
{
    (void)state;
    fail_alloc_init(&heap);
    kith__arena_init(&arena, &kith__default_allocator, NULL, true);
    strcpy(folder, "/tmp/kith_sqlite_XXXXXX");
    return mkdtemp(folder) && chmod(folder, 0777) == 0 ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    kith__arena_free(&arena);
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 && heap.live_blocks == 0 ? 0 : -1;
}

/* ---- helpers -------------------------------------------------------------------------------------------------------- */

static inline kith_connection *open_at(const char *location, unsigned busy_ms, kith_error *err)
{
    kith_connect_opts opts = {
        .location = location, .busy_ms = busy_ms, .allocator = &heap.allocator, .driver = &SQLITE
    };
    *err = (kith_error){ .status = KITH_OK };
    return SQLITE.open(&opts, err);
}

/* `name` in the folder of this test. In static memory: one of eight. */
static inline const char *in_folder(const char *name)
{
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static inline kith_connection *open_ok(const char *location)
{
    kith_error err;
    kith_connection *c = open_at(location, 2000, &err);
    if (!c)
        fail_msg("%s: %s", location, err.message);
    return c;
}

static inline kith_connection *open_memory(void)
{
    return open_ok(":memory:");
}

/* Refused, with this status and these words in the message. */
static inline void assert_refused(const char *location, kith_status status, const char *words)
{
    kith_error err;
    if (open_at(location, 0, &err))
        fail_msg("%s was opened", location);
    if (err.status != status || !strstr(err.message, words))
        fail_msg("%s: %s: %s", location, kith_status_name(err.status), err.message);
}

static inline void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static inline void script(kith_connection *c, const char *sql)
{
    kith_error err;
    if (!SQLITE.script(c, sql, &err))
        fail_msg("%s: %s", sql, err.message);
}

static inline kith_statement *prepare(kith_connection *c, const char *sql)
{
    kith_error err;
    kith_statement *st = SQLITE.prepare(c, sql, strlen(sql), &err);
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
    if (!SQLITE.bind(st, index, &held[index], type, &err))
        fail_msg("%s", err.message);
}

/* The first column of the only row, read as the wanted type; the message of a failure goes into err. */
static inline bool read_as(kith_connection *c, const char *sql, int wanted, kith_value *out, kith_error *err)
{
    kith_statement *st = prepare(c, sql);
    uint8_t type = (uint8_t)wanted;
    assert_int_equal(SQLITE.step(st, err), 1);
    bool done = SQLITE.columns(st, 0, 1, &type, &arena, out, err);
    SQLITE.finish(st);
    SQLITE.drop(st);
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
    return value_of(c, sql, KITH_T_BIGINT).as.integer;
}

static inline const char *text_of(kith_connection *c, const char *sql)
{
    kith_value v = value_of(c, sql, KITH_T_TEXT);
    assert_int_equal(v.kind, KITH_STR);
    assert_int_equal(v.size, strlen(v.as.str));
    return v.as.str;
}

/* The statement fails: gives the error. */
static inline kith_error failure_of(kith_connection *c, const char *sql)
{
    kith_error err = { .status = KITH_OK };
    kith_statement *st = SQLITE.prepare(c, sql, strlen(sql), &err);
    if (!st)
        return err;
    assert_int_equal(SQLITE.step(st, &err), -1);
    SQLITE.finish(st);
    SQLITE.drop(st);
    return err;
}

#endif
