/* The cache of prepared statements, and runs on a connection, over a driver that only counts. */
#include <stdio.h>
#include <string.h>

#include "driver/conn.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"

/* ---- a driver that counts ------------------------------------------------------------------------------------------- */

/* Statements are numbers; what they do is told by their text. */
struct counts {
    int open_connections, prepared, live, finished, bound, rows_left;
    bool refuse_open;
};
static struct counts counts;
static int connection;
static char statements[256];

static bool refuse(kith_error *err, const char *message)
{
    *err = (kith_error){ .status = KITH_E_DATABASE };
    snprintf(err->message, sizeof err->message, "%s", message);
    return false;
}

static kith_connection *fake_open(const kith_connect_opts *opts, kith_error *err)
{
    (void)opts;
    if (counts.refuse_open && !refuse(err, "no"))
        return NULL;
    counts.open_connections++;
    return (kith_connection *)&connection;
}

static void fake_close(kith_connection *c)
{
    (void)c;
    counts.open_connections--;
}

static kith_statement *fake_prepare(kith_connection *c, const char *sql, size_t size, kith_error *err)
{
    (void)c;
    assert_int_equal(sql[size], '\0');
    if (strstr(sql, "no prepare") && !refuse(err, "cannot prepare"))
        return NULL;
    counts.live++;
    counts.rows_left = 2;
    statements[counts.prepared] = sql[0];
    return (kith_statement *)&statements[counts.prepared++];
}

static bool fake_bind(kith_statement *st, unsigned index, const kith_value *value, int type, kith_error *err)
{
    (void)st;
    (void)type;
    if (value->kind == KITH_EXPRESSION)
        return refuse(err, "cannot bind");
    assert_int_equal(value->as.integer, index);
    counts.bound++;
    return true;
}

static int fake_step(kith_statement *st, kith_error *err)
{
    if (*(char *)st == '!') {
        refuse(err, "cannot step");
        return -1;
    }
    return counts.rows_left-- > 0;
}

static bool fake_columns(kith_statement *st, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                         kith_value *out, kith_error *err)
{
    (void)st;
    (void)first;
    (void)count;
    (void)types;
    (void)arena;
    (void)out;
    return refuse(err, "cannot decode");
}

static int64_t fake_number(kith_statement *st)
{
    (void)st;
    return 7;
}

static void fake_finish(kith_statement *st)
{
    (void)st;
    counts.finished++;
}

static void fake_drop(kith_statement *st)
{
    (void)st;
    counts.live--;
}

static const kith_driver fake = {
    .scheme = "fake",
    .dialect = "sqlite",
    .open = fake_open,
    .close = fake_close,
    .prepare = fake_prepare,
    .bind = fake_bind,
    .step = fake_step,
    .columns = fake_columns,
    .affected = fake_number,
    .last_id = fake_number,
    .finish = fake_finish,
    .drop = fake_drop,
};

static struct fail_alloc heap;

static int set_up(void **state)
{
    (void)state;
    counts = (struct counts){ 0 };
    fail_alloc_init(&heap);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return heap.live_blocks == 0 && counts.live == 0 && counts.open_connections == 0 ? 0 : -1;
}

/* ---- the cache ------------------------------------------------------------------------------------------------------ */

static struct stmt_cache cache_of(unsigned limit)
{
    struct stmt_cache cache;
    assert_true(kith__stmt_cache_init(&cache, &heap.allocator, &fake, (kith_connection *)&connection, limit));
    return cache;
}

static struct cached_stmt *take(struct stmt_cache *cache, const char *sql)
{
    kith_error err;
    struct cached_stmt *st = kith__stmt_cache_take(cache, sql, strlen(sql), &err);
    assert_non_null(st);
    assert_string_equal(st->sql, sql);
    assert_true(st->busy);
    return st;
}

static void use(struct stmt_cache *cache, const char *sql)
{
    kith__stmt_cache_give(cache, take(cache, sql));
}

static void test_driver_stmt_cache__prepares_a_text_once(void **state)
{
    (void)state;
    struct stmt_cache cache = cache_of(4);
    use(&cache, "a");
    use(&cache, "b");
    use(&cache, "a");
    use(&cache, "ab"); /* a longer text is another */
    use(&cache, "b");
    assert_int_equal(counts.prepared, 3);
    assert_int_equal(counts.finished, 5);
    assert_int_equal(cache.count, 3);
    kith__stmt_cache_free(&cache);
}

static void test_driver_stmt_cache__takes_text_without_terminator(void **state)
{
    (void)state;
    struct stmt_cache cache = cache_of(4);
    kith_error err;
    struct cached_stmt *st = kith__stmt_cache_take(&cache, "select!!", 6, &err);
    assert_string_equal(st->sql, "select");
    kith__stmt_cache_give(&cache, st);
    assert_ptr_equal(take(&cache, "select"), st);
    kith__stmt_cache_give(&cache, st);
    kith__stmt_cache_free(&cache);
}

static void test_driver_stmt_cache__least_recently_used_goes_first(void **state)
{
    (void)state;
    struct stmt_cache cache = cache_of(2);
    use(&cache, "a");
    use(&cache, "b");
    use(&cache, "a");
    use(&cache, "c"); /* b goes */
    assert_int_equal(counts.prepared, 3);
    assert_int_equal(counts.live, 2);
    use(&cache, "a");
    use(&cache, "c");
    assert_int_equal(counts.prepared, 3);
    use(&cache, "b");
    assert_int_equal(counts.prepared, 4);
    kith__stmt_cache_free(&cache);
}

static void test_driver_stmt_cache__busy_statement_is_not_handed_out(void **state)
{
    (void)state;
    struct stmt_cache cache = cache_of(4);
    struct cached_stmt *first = take(&cache, "a"), *second = take(&cache, "a");
    assert_ptr_not_equal(first, second);
    assert_ptr_not_equal(first->raw, second->raw);
    assert_true(first->kept);
    assert_false(second->kept);
    kith__stmt_cache_give(&cache, second);
    assert_int_equal(counts.live, 1);
    kith__stmt_cache_give(&cache, first);
    assert_int_equal(counts.live, 1);
    assert_ptr_equal(take(&cache, "a"), first);
    kith__stmt_cache_give(&cache, first);
    kith__stmt_cache_free(&cache);
}

static void test_driver_stmt_cache__busy_statements_are_not_evicted(void **state)
{
    (void)state;
    struct stmt_cache cache = cache_of(2);
    struct cached_stmt *a = take(&cache, "a"), *b = take(&cache, "b"), *c = take(&cache, "c");
    assert_false(c->kept);
    assert_int_equal(counts.live, 3);
    kith__stmt_cache_give(&cache, c);
    assert_int_equal(counts.live, 2);
    kith__stmt_cache_give(&cache, b);
    use(&cache, "d"); /* a is the oldest, but in use: b goes */
    assert_true(a->kept);
    kith__stmt_cache_give(&cache, a);
    use(&cache, "a");
    assert_int_equal(counts.prepared, 4);
    kith__stmt_cache_free(&cache);
}

static void test_driver_stmt_cache__limit_zero_keeps_nothing(void **state)
{
    (void)state;
    struct stmt_cache cache = cache_of(0);
    use(&cache, "a");
    use(&cache, "a");
    assert_int_equal(counts.prepared, 2);
    assert_int_equal(counts.live, 0);
    kith__stmt_cache_free(&cache);
}

static void test_driver_stmt_cache__many_statements_are_found_again(void **state)
{
    (void)state;
    struct stmt_cache cache = cache_of(50);
    char sql[32];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 50; i++) {
            snprintf(sql, sizeof sql, "select %d", i);
            use(&cache, sql);
        }
    }
    assert_int_equal(counts.prepared, 50);
    kith__stmt_cache_free(&cache);
}

static void test_driver_stmt_cache__clear_keeps_what_is_in_use(void **state)
{
    (void)state;
    struct stmt_cache cache = cache_of(4);
    kith_error err;
    use(&cache, "a");
    struct cached_stmt *in_use = kith__stmt_cache_take(&cache, "b", 1, &err);
    use(&cache, "c");
    assert_int_equal(counts.prepared, 3);
    kith__stmt_cache_clear(&cache);
    assert_int_equal(cache.count, 1);
    kith__stmt_cache_give(&cache, in_use);
    use(&cache, "b"); /* it was kept */
    assert_int_equal(counts.prepared, 3);
    use(&cache, "a");
    use(&cache, "c");
    assert_int_equal(counts.prepared, 5);
    kith__stmt_cache_free(&cache);
}

static void test_driver_stmt_cache__failed_prepare_leaves_nothing(void **state)
{
    (void)state;
    struct stmt_cache cache = cache_of(1);
    use(&cache, "a");
    size_t blocks = heap.live_blocks;
    kith_error err;
    assert_null(kith__stmt_cache_take(&cache, "no prepare", 10, &err));
    assert_string_equal(err.message, "cannot prepare");
    assert_int_equal(heap.live_blocks, blocks);
    use(&cache, "a"); /* what was kept still is */
    assert_int_equal(counts.prepared, 1);
    kith__stmt_cache_free(&cache);
}

static void test_driver_stmt_cache__short_memory_is_an_error(void **state)
{
    (void)state;
    struct stmt_cache cache;
    heap.fail_at = 1;
    assert_false(kith__stmt_cache_init(&cache, &heap.allocator, &fake, (kith_connection *)&connection, 4));
    heap.fail_at = 0;
    cache = cache_of(4);
    heap.calls = 0;
    heap.fail_at = 1;
    kith_error err;
    assert_null(kith__stmt_cache_take(&cache, "a", 1, &err));
    assert_int_equal(err.status, KITH_E_NO_MEMORY);
    assert_int_equal(counts.prepared, 0);
    use(&cache, "a");
    kith__stmt_cache_free(&cache);
}

/* ---- connections and runs ------------------------------------------------------------------------------------------- */

static char logged[8][300];
static int log_count;
static double logged_ms;

static void log_it(void *ctx, const char *sql, double ms)
{
    assert_ptr_equal(ctx, &log_count);
    snprintf(logged[log_count++ % 8], sizeof logged[0], "%s", sql);
    logged_ms = ms;
}

static struct conn_config config_of(unsigned cache_size)
{
    log_count = 0;
    return (struct conn_config){
        .driver = &fake,
        .allocator = &heap.allocator,
        .log = log_it,
        .log_ctx = &log_count,
        .cache_size = cache_size,
    };
}

static struct conn *open_conn(const struct conn_config *config)
{
    kith_error err;
    struct conn *c = kith__conn_open(config, &err);
    assert_non_null(c);
    return c;
}

/* A rendered statement; its values are 0, 1, 2 … */
static struct renderer rendered(char *sql, struct sql_param *params, size_t count)
{
    for (size_t i = 0; i < count; i++)
        params[i] = (struct sql_param){ .value = kith_of_int((int64_t)i), .type = KITH_T_INTEGER };
    return (struct renderer){
        .text = { .text = sql, .size = strlen(sql), .capacity = strlen(sql) + 1 },
        .params = params,
        .param_count = count,
    };
}

static void test_driver_conn__runs_and_logs_once(void **state)
{
    (void)state;
    struct conn_config config = config_of(4);
    struct conn *c = open_conn(&config);
    struct sql_param params[3];
    char sql[] = "select";
    struct renderer r = rendered(sql, params, 3);
    struct run run;
    kith_error err;
    assert_true(kith__run_open(&run, c, &r, &err));
    assert_int_equal(counts.bound, 3);
    assert_int_equal(kith__run_step(&run, &err), 1);
    assert_int_equal(kith__run_step(&run, &err), 1);
    assert_int_equal(kith__run_step(&run, &err), 0);
    assert_int_equal(kith__run_affected(&run), 7);
    assert_int_equal(kith__run_last_id(&run), 7);
    assert_int_equal(log_count, 0);
    kith__run_close(&run);
    kith__run_close(&run);
    assert_int_equal(log_count, 1);
    assert_string_equal(logged[0], "select");
    assert_true(logged_ms >= 0);
    assert_int_equal(counts.finished, 1);
    assert_int_equal(kith__run_all(c, &r, &err), 7);
    assert_int_equal(counts.prepared, 1);
    assert_true(kith__run_text(c, "BEGIN", &err));
    assert_string_equal(logged[2], "BEGIN");
    kith__conn_close(c);
}

static void test_driver_conn__two_runs_of_one_text_are_apart(void **state)
{
    (void)state;
    struct conn_config config = config_of(4);
    struct conn *c = open_conn(&config);
    char sql[] = "select";
    struct renderer r = rendered(sql, NULL, 0);
    struct run a, b;
    kith_error err;
    assert_true(kith__run_open(&a, c, &r, &err));
    assert_true(kith__run_open(&b, c, &r, &err));
    assert_ptr_not_equal(a.stmt->raw, b.stmt->raw);
    kith__run_close(&a);
    kith__run_close(&b);
    kith__conn_close(c);
}

/* The statement fails in the given way: its text is in the error and in the log, once, and the connection goes on. */
static void assert_fails(char *sql, kith_value value, const char *message)
{
    struct conn_config config = config_of(4);
    struct conn *c = open_conn(&config);
    struct sql_param param;
    struct renderer r = rendered(sql, &param, 1);
    param.value = value;
    kith_error err;
    assert_int_equal(kith__run_all(c, &r, &err), -1);
    assert_string_equal(err.message, message);
    assert_string_equal(err.sql, sql);
    assert_int_equal(log_count, 1);
    assert_string_equal(logged[0], sql);
    assert_true(kith__run_text(c, "BEGIN", &err));
    kith__conn_close(c);
}

static void test_driver_conn__failures_carry_the_text(void **state)
{
    (void)state;
    char no_prepare[] = "no prepare", no_step[] = "!step", select[] = "select";
    assert_fails(no_prepare, kith_of_int(0), "cannot prepare");
    assert_fails(no_step, kith_of_int(0), "cannot step");
    assert_fails(select, (kith_value){ .kind = KITH_EXPRESSION }, "cannot bind");
}

/* What it was prepared for may be gone. */
static void test_driver_conn__failed_statement_is_prepared_anew(void **state)
{
    (void)state;
    struct conn_config config = config_of(4);
    struct conn *c = open_conn(&config);
    kith_error err;
    assert_false(kith__run_text(c, "!step", &err));
    assert_int_equal(err.status, KITH_E_DATABASE);
    assert_int_equal(counts.prepared, 1);
    assert_int_equal(counts.live, 0);
    assert_false(kith__run_text(c, "!step", &err));
    assert_int_equal(counts.prepared, 2);
    assert_true(kith__run_text(c, "select", &err));
    assert_true(kith__run_text(c, "select", &err));
    assert_int_equal(counts.prepared, 3);
    kith__conn_close(c);
}

static void test_driver_conn__close_is_safe_after_failed_open(void **state)
{
    (void)state;
    struct conn_config config = config_of(4);
    struct conn *c = open_conn(&config);
    char sql[] = "no prepare";
    struct renderer r = rendered(sql, NULL, 0);
    struct run run;
    kith_error err;
    assert_false(kith__run_open(&run, c, &r, &err));
    kith__run_close(&run);
    kith__run_close(&run);
    assert_int_equal(log_count, 1);
    kith__conn_close(c);
}

static void test_driver_conn__failed_decoding_carries_the_text(void **state)
{
    (void)state;
    struct conn_config config = config_of(4);
    struct conn *c = open_conn(&config);
    char sql[] = "select";
    struct renderer r = rendered(sql, NULL, 0);
    struct run run;
    kith_error err;
    kith_value out;
    assert_true(kith__run_open(&run, c, &r, &err));
    assert_int_equal(kith__run_step(&run, &err), 1);
    assert_false(kith__run_columns(&run, 0, 1, (const uint8_t[]){ 0 }, NULL, &out, &err));
    assert_string_equal(err.message, "cannot decode");
    assert_string_equal(err.sql, "select");
    kith__run_close(&run);
    kith__conn_close(c);
}

static void test_driver_conn__long_text_is_cut_between_characters(void **state)
{
    (void)state;
    struct conn_config config = config_of(4);
    struct conn *c = open_conn(&config);
    /* 254 bytes and a character of three: the error has room for 255 bytes. */
    char sql[300];
    memset(sql, 'x', sizeof sql);
    sql[0] = '!';
    memcpy(sql + 254, "\xe2\x82\xac tail", 9);
    kith_error err;
    assert_false(kith__run_text(c, sql, &err));
    assert_int_equal(strlen(err.sql), 254);
    assert_memory_equal(err.sql, sql, 254);
    kith__conn_close(c);
}

static void test_driver_conn__renderer_without_memory_is_an_error(void **state)
{
    (void)state;
    struct conn_config config = config_of(4);
    struct conn *c = open_conn(&config);
    char sql[] = "select";
    struct renderer r = rendered(sql, NULL, 0);
    r.failed = true;
    struct run run;
    kith_error err;
    assert_false(kith__run_open(&run, c, &r, &err));
    assert_int_equal(err.status, KITH_E_NO_MEMORY);
    kith__run_close(&run);
    assert_int_equal(counts.prepared, 0);
    kith__conn_close(c);
}

static void test_driver_conn__script_without_driver_function(void **state)
{
    (void)state;
    struct conn_config config = config_of(4);
    struct conn *c = open_conn(&config);
    kith_error err;
    assert_false(kith__conn_script(c, "a; b", &err));
    assert_int_equal(err.status, KITH_E_UNSUPPORTED);
    kith__conn_close(c);
}

static void test_driver_conn__open_fails_cleanly(void **state)
{
    (void)state;
    struct conn_config config = config_of(4);
    kith_error err;
    counts.refuse_open = true;
    assert_null(kith__conn_open(&config, &err));
    assert_string_equal(err.message, "no");
    counts.refuse_open = false;
    for (size_t n = 1; n <= 2; n++) {
        heap.calls = 0;
        heap.fail_at = n;
        assert_null(kith__conn_open(&config, &err));
        assert_int_equal(err.status, KITH_E_NO_MEMORY);
        assert_int_equal(counts.open_connections, 0);
        assert_int_equal(heap.live_blocks, 0);
    }
    heap.fail_at = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_driver_stmt_cache__prepares_a_text_once),
        TEST(test_driver_stmt_cache__takes_text_without_terminator),
        TEST(test_driver_stmt_cache__least_recently_used_goes_first),
        TEST(test_driver_stmt_cache__busy_statement_is_not_handed_out),
        TEST(test_driver_stmt_cache__busy_statements_are_not_evicted),
        TEST(test_driver_stmt_cache__limit_zero_keeps_nothing),
        TEST(test_driver_stmt_cache__many_statements_are_found_again),
        TEST(test_driver_stmt_cache__clear_keeps_what_is_in_use),
        TEST(test_driver_stmt_cache__failed_prepare_leaves_nothing),
        TEST(test_driver_stmt_cache__short_memory_is_an_error),
        TEST(test_driver_conn__runs_and_logs_once),
        TEST(test_driver_conn__two_runs_of_one_text_are_apart),
        TEST(test_driver_conn__failures_carry_the_text),
        TEST(test_driver_conn__failed_statement_is_prepared_anew),
        TEST(test_driver_conn__close_is_safe_after_failed_open),
        TEST(test_driver_conn__failed_decoding_carries_the_text),
        TEST(test_driver_conn__long_text_is_cut_between_characters),
        TEST(test_driver_conn__renderer_without_memory_is_an_error),
        TEST(test_driver_conn__script_without_driver_function),
        TEST(test_driver_conn__open_fails_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
