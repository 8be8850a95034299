/* flaky_driver: for tests of lost connections: the mock, whose connections can be lost when a statement is prepared,
 * refused when they are opened, and found broken by the check. Each test has a db of its own; no memory may be left when
 * it ends, and no connection. */
#ifndef TESTS_UNIT_FLAKY_DRIVER_H
#define TESTS_UNIT_FLAKY_DRIVER_H

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"
#include "kith/ext/mock.h"
#include "kith/kith.h"

static const kith_model toy_model = {
    .name = "toy",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT }),
    .no_timestamps = true,
};
static const kith_model dog_model = {
    .name = "dog",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &toy_model }),
    .no_timestamps = true,
};

static struct flaky {
    struct fail_alloc heap;
    kith_mock *mock;
    kith_driver driver;
    kith_db *db;
    kith_session *s;
    int opened, closed, checks;
    int prepares_to_fail;
    kith_status failure; /* of those; 0: connection lost */
    const char *only;    /* statements with this text; NULL: any */
    bool refuse_open, refuse_check;
    unsigned limit;
} flaky;

static inline kith_connection *flaky_open(const kith_connect_opts *opts, kith_error *err)
{
    if (flaky.refuse_open) {
        kith__error_set(err, KITH_E_CONNECTION, "no server");
        return NULL;
    }
    kith_connection *c = kith_mock_driver(flaky.mock)->open(opts, err);
    flaky.opened += c != NULL;
    return c;
}

static inline void flaky_close(kith_connection *c)
{
    flaky.closed++;
    kith_mock_driver(flaky.mock)->close(c);
}

static inline bool flaky_check(kith_connection *c)
{
    (void)c;
    flaky.checks++;
    return !flaky.refuse_check;
}

static inline unsigned flaky_limit(const kith_connect_opts *opts)
{
    (void)opts;
    return flaky.limit;
}

static inline kith_statement *flaky_prepare(kith_connection *c, const char *sql, size_t size, kith_error *err)
{
    if (flaky.prepares_to_fail > 0 && (!flaky.only || strstr(sql, flaky.only))) {
        flaky.prepares_to_fail--;
        kith__error_set(err, flaky.failure ? flaky.failure : KITH_E_CONNECTION, "the server has gone away");
        return NULL;
    }
    return kith_mock_driver(flaky.mock)->prepare(c, sql, size, err);
}

static inline int set_up(void **state)
{
    (void)state;
    flaky = (struct flaky){ 0 };
    fail_alloc_init(&flaky.heap);
    flaky.mock = kith_mock_new("sqlite");
    return flaky.mock ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    kith_session_close(flaky.s);
    bool closed = kith_close(flaky.db);
    kith_mock_free(flaky.mock);
    return closed && flaky.heap.live_blocks == 0 && flaky.opened == flaky.closed ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static inline bool try_open(kith_open_opts opts, kith_error *err)
{
    flaky.driver = *kith_mock_driver(flaky.mock);
    flaky.driver.open = flaky_open;
    flaky.driver.close = flaky_close;
    flaky.driver.check = flaky_check;
    flaky.driver.prepare = flaky_prepare;
    flaky.driver.connection_limit = flaky_limit;
    opts.models = KITH_MODELS(&dog_model, &toy_model);
    opts.drivers = KITH_DRIVERS(&flaky.driver);
    if (!opts.allocator)
        opts.allocator = &flaky.heap.allocator;
    opts.plain_memory = true;
    flaky.db = kith_open("mock:", &opts, err);
    return flaky.db != NULL;
}

static inline kith_session *start(kith_open_opts opts)
{
    kith_error err;
    if (!try_open(opts, &err))
        fail_msg("kith_open: %s", err.message);
    flaky.s = kith_session_open(flaky.db);
    assert_non_null(flaky.s);
    return flaky.s;
}

static inline kith_pool_stats stats(void)
{
    kith_pool_stats stats;
    kith_pool_statistics(flaky.db, &stats);
    return stats;
}

#endif
