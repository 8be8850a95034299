/* postgres_driver: what the tests of the PostgreSQL driver share beside one_driver. */
#ifndef TESTS_ONLY_POSTGRES_DRIVER_H
#define TESTS_ONLY_POSTGRES_DRIVER_H

#include <pthread.h>
#include <time.h>

#define DRIVER kith__driver_postgres
#define PG     DRIVER
#include "harness/one_driver.h"

static inline int set_up(void **state)
{
    (void)state;
    memory_set_up();
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    return memory_tear_down() ? 0 : -1;
}

static inline const char *server(void)
{
    return server_in("KITH_TEST_POSTGRES");
}

/* The same with options behind it. In static memory. */
static inline const char *server_with(const char *options)
{
    static char location[512];
    snprintf(location, sizeof location, "%s?%s", server(), options);
    return location;
}

static inline kith_connection *open_ok(const char *location)
{
    return must_open(location, 2000);
}

static inline kith_error refusal_of(const char *location)
{
    kith_error err;
    if (open_at(location, 2000, &err))
        fail_msg("%s was opened", location);
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
