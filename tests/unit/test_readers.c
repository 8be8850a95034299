/* Readers: whose turn it is, and what happens when one cannot be reached. */
#include <string.h>

#include "base/time.h"
#include "driver/readers.h"
#include "unit/pool_driver.h"

static atomic_uint unreachable; /* a bit for each reader, by the number in its URL */

static kith_connection *open_reader(const kith_connect_opts *opts, kith_error *err)
{
    unsigned number = (unsigned)(opts->location[0] - '0');
    if (!(unreachable & 1u << number))
        return fake_open(opts, err);
    *err = (kith_error){ .status = KITH_E_CONNECTION, .message = "this reader is down" };
    return NULL;
}

static const kith_driver reader_driver = { .scheme = "fake", .open = open_reader, .close = fake_close };

static struct pool writer;
static struct readers readers;

static void start(unsigned count, unsigned max, const kith_allocator *allocator)
{
    static const char *const locations[] = { "0", "1", "2" };
    struct conn_config config = { .driver = &reader_driver, .allocator = allocator, .cache_size = 4 };
    struct pool_limits limits = no_limits;
    kith_error err;
    limits.max = max;
    unreachable = 0;
    config.connect.location = "9";
    assert_true(kith__pool_init(&writer, &config, &limits, &err));
    assert_true(kith__readers_init(&readers, allocator, &writer, count));
    for (unsigned i = 0; i < count; i++) {
        config.connect.location = locations[i];
        assert_true(kith__readers_add(&readers, &config, &limits, &err));
    }
}

static void end(void)
{
    kith__readers_free(&readers);
    kith__pool_free(&writer);
}

/* Takes from a reader and gives back. Returns its number, 9 for the writer, and -1 for a failure. */
static int turn(kith_error *err)
{
    struct pool *from = NULL;
    struct conn *c = kith__readers_take(&readers, &from, err);
    if (!c)
        return -1;
    kith__pool_give(from, c, false);
    return from == &writer ? 9 : (int)((struct reader *)from - readers.all);
}

static void expect_turns(const char *expected)
{
    kith_error err;
    for (; *expected; expected++)
        assert_int_equal(turn(&err), *expected - '0');
}

static void test_driver_readers__each_in_turn(void **state)
{
    (void)state;
    start(3, 2, &heap.allocator);
    expect_turns("0120120");
    assert_int_equal(opened, 3);
    assert_int_equal(readers.skipped, 0);
    assert_int_equal(writer.stats.taken, 0);
    end();
}

static void test_driver_readers__one_that_is_down_is_skipped(void **state)
{
    (void)state;
    start(3, 2, &heap.allocator);
    unreachable = 1u << 1;
    expect_turns("0220220");
    assert_int_equal(readers.skipped, 2);
    end();
}

static void test_driver_readers__one_that_is_down_is_left_alone_for_a_while(void **state)
{
    (void)state;
    start(2, 2, &heap.allocator);
    unreachable = 1u << 0;
    expect_turns("11");
    unreachable = 0;
    expect_turns("11"); /* nobody has looked */
    assert_true(readers.all[0].down_until > kith__monotonic());
    readers.all[0].down_until = kith__monotonic() - 1; /* the while is over */
    expect_turns("0101");
    end();
}

static void test_driver_readers__the_writer_comes_last(void **state)
{
    (void)state;
    kith_error err;
    start(2, 2, &heap.allocator);
    unreachable = 3;
    expect_turns("999");
    unreachable = 3 | 1u << 9;
    struct pool *from;
    kith__pool_give(&writer, take(&writer), true);
    assert_null(kith__readers_take(&readers, &from, &err));
    assert_int_equal(err.status, KITH_E_CONNECTION);
    end();
}

/* It can be reached, but is too busy: the writer is not to bear that. */
static void test_driver_readers__one_that_is_busy_is_not_skipped(void **state)
{
    (void)state;
    start(1, 1, &heap.allocator);
    struct conn *c = take(&readers.all[0].pool);
    kith_error err;
    assert_int_equal(turn(&err), -1);
    assert_int_equal(err.status, KITH_E_TIMEOUT);
    assert_int_equal(readers.skipped, 0);
    kith__pool_give(&readers.all[0].pool, c, false);
    expect_turns("0");
    end();
}

static void test_driver_readers__short_memory(void **state)
{
    (void)state;
    start(2, 1, &heap.allocator);
    size_t n = 0;
    int got = -1;
    while (got < 0) {
        kith_error err;
        heap.calls = 0;
        heap.fail_at = ++n;
        got = turn(&err);
        if (got < 0)
            assert_int_equal(err.status, KITH_E_NO_MEMORY);
        assert_true(n < 20);
    }
    heap.fail_at = 0;
    assert_true(n > 1);
    end();
    heap.calls = 0;
    heap.fail_at = 1;
    assert_false(kith__readers_init(&readers, &heap.allocator, &writer, 1));
}

static void test_driver_readers__closing(void **state)
{
    (void)state;
    start(2, 1, &heap.allocator);
    expect_turns("01");
    assert_false(kith__readers_close(&readers));
    assert_int_equal(closed, 2);
    kith__pool_close(&writer);
    kith_error err;
    assert_int_equal(turn(&err), -1);
    assert_int_equal(err.status, KITH_E_CONNECTION);
    assert_string_equal(err.message, "the database is being closed");
    end();
}

static void test_driver_readers__closing_while_one_is_used(void **state)
{
    (void)state;
    start(2, 1, &heap.allocator);
    struct conn *c = take(&readers.all[1].pool);
    assert_true(kith__readers_close(&readers));
    kith__pool_give(&readers.all[1].pool, c, false);
    assert_false(kith__readers_close(&readers));
    end();
}

/* ---- many threads --------------------------------------------------------------------------------------------------- */

enum { THREADS = 6, ROUNDS = 300 };

static atomic_uint failures;

static void *take_turns(void *arg)
{
    kith_error err;
    (void)arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        failures += turn(&err) < 0;
        if (i % 50 == 0)
            unreachable = i / 50 % 4;
    }
    return NULL;
}

static void test_driver_readers__many_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    failures = 0;
    start(3, THREADS, &kith__default_allocator);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_turns, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(failures, 0);
    kith_pool_stats sum = { 0 };
    kith__pool_add_stats(&writer, &sum);
    kith__readers_add_stats(&readers, &sum);
    assert_int_equal(sum.taken, THREADS * ROUNDS);
    assert_int_equal(sum.in_use, 0);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_driver_readers__each_in_turn),
        TEST(test_driver_readers__one_that_is_down_is_skipped),
        TEST(test_driver_readers__one_that_is_down_is_left_alone_for_a_while),
        TEST(test_driver_readers__the_writer_comes_last),
        TEST(test_driver_readers__one_that_is_busy_is_not_skipped),
        TEST(test_driver_readers__short_memory),
        TEST(test_driver_readers__closing),
        TEST(test_driver_readers__closing_while_one_is_used),
        TEST(test_driver_readers__many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
