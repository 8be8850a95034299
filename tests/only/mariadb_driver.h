/* mariadb_driver: what the tests of the MariaDB driver share beside one_driver: a database of their own on the server. */
#ifndef TESTS_ONLY_MARIADB_DRIVER_H
#define TESTS_ONLY_MARIADB_DRIVER_H

#include <unistd.h>

#define DRIVER  kith__driver_mariadb
#define MARIADB DRIVER
#include "harness/one_driver.h"

enum { BUSY_MS = 5000, LOCATION_TEXT = 512 };

static char database[64]; /* of this test */

static inline const char *server(void)
{
    return server_in("KITH_TEST_MARIADB");
}

/* ---- connections ---------------------------------------------------------------------------------------------------- */

/* On the test's own database. */
static inline kith_connection *open_waiting(unsigned busy_ms)
{
    kith_connection *c = must_open(server(), busy_ms);
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
    char sql[256];
    kith_connection *c = must_open(server(), BUSY_MS);
    snprintf(sql, sizeof sql, format, database, database);
    script(c, sql);
    MARIADB.close(c);
}

static inline int set_up(void **state)
{
    static unsigned number;
    (void)state;
    memory_set_up();
    snprintf(database, sizeof database, "kith_only_%ld_%u", (long)getpid(), number++);
    run_on_server("DROP DATABASE IF EXISTS %s; CREATE DATABASE %s");
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    heap.fail_at = 0;
    run_on_server("DROP DATABASE %s");
    return memory_tear_down() ? 0 : -1;
}

/* ---- statements ----------------------------------------------------------------------------------------------------- */

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
