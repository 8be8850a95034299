/* Statements that are sent to PostgreSQL without waiting for those before them, against a real server. How often
 * somebody waits is counted: libpq writes down the messages, and each wait begins with one that is called Sync or Query. */
#include "driver/postgres.h"
#include "kith/kith.h"
#include "only/postgres_driver.h"

enum { MEGABYTES = 50 };

/* ---- helpers -------------------------------------------------------------------------------------------------------- */

static void must_send(kith_statement *st)
{
    kith_error err = { .message = "" };
    if (!PG.send(st, &err))
        fail_msg("%s", err.message);
}

static kith_statement *sent(kith_connection *c, const char *sql)
{
    kith_statement *st = prepare(c, sql);
    must_send(st);
    return st;
}

/* Sends it and looks after it no more. The statement stays, to be dropped. */
static kith_statement *left(kith_connection *c, const char *sql)
{
    kith_statement *st = sent(c, sql);
    PG.finish(st);
    return st;
}

static int64_t stepped_int(kith_statement *st)
{
    must_step(st, 1);
    return column(st, 0, KITH_T_BIGINT).as.integer;
}

/* That it fails with this code, which is the failure of the statement `of`. */
static void expect_failing(kith_statement *st, const char *sqlstate, const char *of)
{
    kith_error err = { .message = "" };
    if (PG.step(st, &err) != -1)
        fail_msg("it did not fail");
    if (strcmp(err.sqlstate, sqlstate) != 0)
        fail_msg("%s: %s", err.sqlstate, err.message);
    assert_string_equal(err.sql, of);
}

static kith_connection *open_with_table(void)
{
    kith_connection *c = open_ok(server());
    script(c, "CREATE TEMP TABLE t (x int UNIQUE)");
    return c;
}

/* ---- what was sent to the server ---- */

static struct trace {
    FILE *file;
    char *text;
    size_t size;
} trace;

static void trace_begin(kith_connection *c)
{
    PGconn *pg = ((struct postgres_connection *)c)->pg;
    trace.file = open_memstream(&trace.text, &trace.size);
    assert_non_null(trace.file);
    PQtrace(pg, trace.file);
    PQsetTraceFlags(pg, PQTRACE_SUPPRESS_TIMESTAMPS);
}

static unsigned lines_with(const char *part)
{
    unsigned count = 0;
    for (const char *at = trace.text; (at = strstr(at, part)) != NULL; at++)
        count++;
    return count;
}

/* How often was waited since trace_begin? */
static unsigned trace_end(kith_connection *c)
{
    PQuntrace(((struct postgres_connection *)c)->pg);
    fclose(trace.file);
    unsigned waits = lines_with("\tSync") + lines_with("\tQuery\t");
    free(trace.text);
    return waits;
}

/* ---- order and results ---------------------------------------------------------------------------------------------- */

static void test_driver_postgres_pipeline__many_statements_and_one_wait(void **state)
{
    (void)state;
    enum { MANY = 300 };
    static kith_statement *all[MANY];
    kith_connection *c = open_ok(server());
    trace_begin(c);
    for (int i = 0; i < MANY; i++) {
        all[i] = prepare(c, "SELECT $1::int8 * 2 FROM generate_series(1, 2)");
        bind(all[i], 0, kith_of_int(i), KITH_T_BIGINT);
        must_send(all[i]);
    }
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(stepped_int(all[i]), 2 * i);
        assert_int_equal(stepped_int(all[i]), 2 * i);
        must_step(all[i], 0);
        drop(all[i]);
    }
    assert_int_equal(trace_end(c), 1);
    assert_int_equal(int_of(c, "SELECT 7"), 7);
    PG.close(c);
}

static void test_driver_postgres_pipeline__in_any_order(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *a = sent(c, "SELECT 1"), *b = sent(c, "SELECT 2"), *d = prepare(c, "SELECT 4");
    assert_int_equal(stepped_int(b), 2);
    kith_statement *e = sent(c, "SELECT 5");
    assert_int_equal(stepped_int(d), 4); /* was not sent before */
    assert_int_equal(stepped_int(a), 1);
    assert_int_equal(stepped_int(e), 5);
    kith_statement *const all[] = { a, b, d, e };
    for (int i = 0; i < 4; i++) {
        must_step(all[i], 0);
        drop(all[i]);
    }
    PG.close(c);
}

/* First as text, then prepared and in binary. */
static void test_driver_postgres_pipeline__run_many_times(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *number = prepare(c, "SELECT $1::int8 + 1"), *text = prepare(c, "SELECT $1::text || 'b'");
    for (int run = 0; run < 5; run++) {
        bind(number, 0, kith_of_int(run), KITH_T_BIGINT);
        bind(text, 0, kith_of_str("a"), KITH_T_TEXT);
        must_send(text);
        PG.finish(number);
        bind(number, 0, kith_of_int(run), KITH_T_BIGINT);
        must_send(number);
        assert_int_equal(stepped_int(number), run + 1);
        must_step(text, 1);
        assert_string_equal(column(text, 0, KITH_T_TEXT).as.str, "ab");
        must_step(text, 0);
        PG.finish(number);
        PG.finish(text);
    }
    assert_int_equal(int_of(c, "SELECT count(*) FROM pg_prepared_statements"), 2);
    drop(number);
    drop(text);
    PG.close(c);
}

static void test_driver_postgres_pipeline__prepare_off(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server_with("prepare=off"));
    kith_statement *a = prepare(c, "SELECT 1"), *b = prepare(c, "SELECT 2");
    for (int run = 0; run < 4; run++) {
        must_send(a);
        must_send(b);
        assert_int_equal(stepped_int(a) + stepped_int(b), 3);
        PG.finish(a);
        PG.finish(b);
    }
    assert_int_equal(int_of(c, "SELECT count(*) FROM pg_prepared_statements"), 0);
    drop(a);
    drop(b);
    PG.close(c);
}

/* Both sides have more to say than fits between them. */
static void test_driver_postgres_pipeline__large_both_ways(void **state)
{
    (void)state;
    const size_t size = (size_t)MEGABYTES * 1024 * 1024;
    char *large = malloc(size);
    assert_non_null(large);
    memset(large, 'y', size);
    kith_connection *c = open_ok(server());
    kith_statement *get[2], *put[2];
    for (int i = 0; i < 2; i++) {
        get[i] = sent(c, "SELECT repeat('x', 52428800)");
        put[i] = prepare(c, "SELECT length($1::text)");
        bind(put[i], 0, (kith_value){ .kind = KITH_STR, .size = (uint32_t)size, .as.str = large }, KITH_T_TEXT);
        must_send(put[i]);
    }
    for (int i = 0; i < 2; i++) {
        must_step(get[i], 1);
        kith_value got = column(get[i], 0, KITH_T_TEXT);
        assert_int_equal(got.size, size);
        assert_int_equal(got.as.str[size - 1], 'x');
        assert_int_equal(stepped_int(put[i]), size);
    }
    for (int i = 0; i < 2; i++) {
        drop(get[i]);
        drop(put[i]);
    }
    PG.close(c);
    free(large);
}

/* ---- failures ------------------------------------------------------------------------------------------------------- */

static void test_driver_postgres_pipeline__one_of_many_fails(void **state)
{
    (void)state;
    enum { MANY = 5 };
    kith_connection *c = open_ok(server());
    for (int bad = 0; bad < MANY; bad++) {
        kith_statement *all[MANY];
        for (int i = 0; i < MANY; i++)
            all[i] = sent(c, i == bad ? "SELECT 1 / 0" : "SELECT 3");
        for (int i = 0; i < bad; i++)
            assert_int_equal(stepped_int(all[i]), 3);
        for (int i = bad; i < MANY; i++)
            expect_failing(all[i], "22012", "SELECT 1 / 0");
        for (int i = 0; i < MANY; i++)
            drop(all[i]);
        assert_int_equal(int_of(c, "SELECT 4"), 4);
    }
    assert_true(PG.reset(c));
    PG.close(c);
}

static void test_driver_postgres_pipeline__the_first_of_two_failures_is_told(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *a = sent(c, "SELECT 1 / 0"), *b = sent(c, "SELECT no"), *d = sent(c, "SELECT 3");
    expect_failing(d, "22012", "SELECT 1 / 0");
    expect_failing(b, "22012", "SELECT 1 / 0");
    expect_failing(a, "22012", "SELECT 1 / 0");
    drop(a);
    PG.finish(b);
    expect_failing(b, "42703", "SELECT no"); /* on its own */
    drop(b);
    drop(d);
    PG.close(c);
}

/* It is skipped by the server, and would be refused as well: there is no transaction. */
static void test_driver_postgres_pipeline__nothing_runs_when_begin_fails(void **state)
{
    (void)state;
    kith_connection *c = open_with_table();
    kith_statement *begin = left(c, "BEGIN ISOLATION LEVEL NONE"), *insert = prepare(c, "INSERT INTO t VALUES (1)");
    expect_failing(insert, "42601", "BEGIN ISOLATION LEVEL NONE");
    PG.finish(insert);
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 0);
    drop(begin);
    begin = left(c, "BEGIN ISOLATION LEVEL NONE");
    kith_statement *commit = prepare(c, "COMMIT");
    must_send(insert);
    PG.finish(insert);
    expect_failing(commit, "42601", "BEGIN ISOLATION LEVEL NONE");
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 0);
    drop(begin);
    drop(insert);
    drop(commit);
    assert_true(PG.reset(c));
    PG.close(c);
}

static void test_driver_postgres_pipeline__the_first_of_a_transaction_fails(void **state)
{
    (void)state;
    kith_connection *c = open_with_table();
    kith_statement *begin = left(c, "BEGIN"), *first = prepare(c, "SELECT 1 / 0");
    expect_failing(first, "22012", "SELECT 1 / 0");
    PG.finish(first);
    kith_statement *insert = prepare(c, "INSERT INTO t VALUES (1)"), *rollback = prepare(c, "ROLLBACK");
    expect_failing(insert, "25P02", "INSERT INTO t VALUES (1)");
    PG.finish(insert);
    must_step(rollback, 0);
    must_step(insert, 0);
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 1);
    drop(begin);
    drop(first);
    drop(insert);
    drop(rollback);
    PG.close(c);
}

/* Without a transaction, what was sent together stands or falls together. */
static void test_driver_postgres_pipeline__stands_or_falls_together(void **state)
{
    (void)state;
    kith_connection *c = open_with_table();
    kith_statement *insert = left(c, "INSERT INTO t VALUES (1)"), *bad = prepare(c, "SELECT 1 / 0");
    expect_failing(bad, "22012", "SELECT 1 / 0");
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 0);
    drop(insert);
    drop(bad);
    PG.close(c);
}

static void test_driver_postgres_pipeline__no_statement_and_copy(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "COPY t FROM STDIN", "COPY t TO STDOUT" };
    static const kith_status statuses[] = { KITH_E_USAGE, KITH_E_UNSUPPORTED, KITH_E_UNSUPPORTED };
    kith_connection *c = open_with_table();
    script(c, "INSERT INTO t SELECT generate_series(1, 1000)");
    for (int i = 0; i < 3; i++) {
        kith_statement *begin = left(c, "BEGIN"), *st = prepare(c, texts[i]);
        kith_error err;
        assert_int_equal(PG.step(st, &err), -1);
        assert_int_equal(err.status, statuses[i]);
        drop(begin);
        drop(st);
        script(c, "ROLLBACK");
        assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 1000);
    }
    assert_true(PG.reset(c));
    PG.close(c);
}

/* ---- statements that nobody steps ----------------------------------------------------------------------------------- */

static void test_driver_postgres_pipeline__unstepped_statements_run(void **state)
{
    (void)state;
    kith_connection *c = open_with_table();
    kith_statement *a = left(c, "INSERT INTO t VALUES (1)"), *b = left(c, "INSERT INTO t VALUES (2)");
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 2);
    kith_statement *d = left(c, "INSERT INTO t VALUES (3)");
    script(c, "INSERT INTO t SELECT 10 + count(*) FROM t"); /* 13 */
    assert_int_equal(int_of(c, "SELECT max(x) FROM t"), 13);
    kith_statement *e = left(c, "INSERT INTO t VALUES (20)");
    PG.drop(e); /* not before it has run */
    assert_int_equal(int_of(c, "SELECT max(x) FROM t"), 20);
    kith_statement *f = left(c, "INSERT INTO t VALUES (30)");
    assert_true(PG.reset(c));
    assert_int_equal(int_of(c, "SELECT max(x) FROM t"), 30);
    drop(a);
    drop(b);
    drop(d);
    drop(f);
    PG.close(c);
}

static void test_driver_postgres_pipeline__reset_ends_what_was_begun(void **state)
{
    (void)state;
    kith_connection *c = open_with_table();
    kith_statement *begin = left(c, "BEGIN"), *insert = left(c, "INSERT INTO t VALUES (1)");
    assert_true(PG.reset(c));
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 0);
    drop(begin);
    drop(insert);
    PG.close(c);
}

/* Not silently: whoever comes next fails with it, once, and has not run. */
static void test_driver_postgres_pipeline__unstepped_failures_are_told(void **state)
{
    (void)state;
    static const char bad[] = "SELECT 1 / 0";
    kith_error err;
    kith_connection *c = open_with_table();
    kith_statement *insert = prepare(c, "INSERT INTO t VALUES (1)"), *st = left(c, bad);
    expect_failing(insert, "22012", bad);
    PG.finish(insert);
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 0);

    must_send(st);
    PG.drop(st); /* waits for it, and tells nobody */
    assert_false(PG.send(insert, &err));
    assert_string_equal(err.sql, bad);
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 0);

    st = left(c, bad);
    assert_false(PG.script(c, "INSERT INTO t VALUES (1)", &err));
    assert_string_equal(err.sqlstate, "22012");
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 0);

    must_send(st);
    PG.finish(st);
    assert_false(PG.reset(c));
    drop(st);
    drop(insert);
    PG.close(c);
}

/* Its failure had arrived when it was finished. */
static void test_driver_postgres_pipeline__arrived_failures_are_told(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *ok = sent(c, "SELECT 1"), *bad = sent(c, "SELECT 1 / 0"), *next = prepare(c, "SELECT 2");
    assert_int_equal(stepped_int(ok), 1);
    drop(bad);
    expect_failing(next, "22012", "SELECT 1 / 0");
    PG.finish(next);
    assert_int_equal(stepped_int(next), 2);
    drop(ok);
    drop(next);
    PG.close(c);
}

/* ---- prepared statements -------------------------------------------------------------------------------------------- */

static void run_both(kith_statement *a, kith_statement *b, int64_t expected)
{
    must_send(a);
    must_send(b);
    assert_int_equal(stepped_int(a), expected);
    assert_int_equal(stepped_int(b), expected);
    PG.finish(a);
    PG.finish(b);
}

static void test_driver_postgres_pipeline__survives_lost_plans(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    script(c, "CREATE TEMP TABLE u (x int); INSERT INTO u VALUES (1)");
    kith_statement *a = prepare(c, "SELECT x FROM u"), *b = prepare(c, "SELECT x FROM u WHERE x > 0");
    for (int i = 0; i < 9; i++) {
        if (i == 3)
            script(c, "ALTER TABLE u ALTER x TYPE bigint");
        if (i == 6)
            script(c, "DEALLOCATE ALL");
        run_both(a, b, 1);
    }
    kith_statement *insert = prepare(c, "INSERT INTO u VALUES (-1)");
    script(c, "DEALLOCATE ALL");
    must_send(insert);
    PG.finish(insert); /* is undone with it, and nobody could send it again */
    expect_failing(a, "26000", "SELECT x FROM u");
    PG.finish(a);
    assert_int_equal(int_of(c, "SELECT count(*) FROM u"), 1);
    drop(insert);
    run_both(a, b, 1);
    run_both(a, b, 1);
    script(c, "BEGIN; DEALLOCATE ALL"); /* in a transaction it is too late */
    must_send(a);
    must_send(b);
    expect_failing(a, "26000", "SELECT x FROM u");
    expect_failing(b, "26000", "SELECT x FROM u");
    PG.finish(a);
    PG.finish(b);
    assert_true(PG.reset(c));
    for (int i = 0; i < 3; i++)
        run_both(a, b, 1);
    drop(a);
    drop(b);
    PG.close(c);
}

/* The preparation was skipped with the run; the next one must not count on it. */
static void test_driver_postgres_pipeline__skipped_preparations(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *good = prepare(c, "SELECT 5"), *bad = prepare(c, "SELECT 1 / 0");
    assert_int_equal(stepped_int(good), 5);
    PG.finish(good);
    must_send(bad);
    must_send(good); /* with its preparation */
    expect_failing(good, "22012", "SELECT 1 / 0");
    PG.finish(good);
    PG.finish(bad);
    script(c, "BEGIN");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(stepped_int(good), 5);
        PG.finish(good);
    }
    must_send(bad);
    PG.finish(bad);
    drop(good);
    drop(bad);
    PG.close(c);
}

/* ---- other threads, limits, lost connections ------------------------------------------------------------------------ */

static void test_driver_postgres_pipeline__cancel_what_was_sent(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *first = sent(c, "SELECT 1"), *slow = sent(c, "SELECT pg_sleep(30)"), *last = sent(c, "SELECT 2");
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, c), 0);
    expect_failing(last, "57014", "SELECT pg_sleep(30)");
    expect_failing(slow, "57014", "SELECT pg_sleep(30)");
    assert_int_equal(stepped_int(first), 1);
    pthread_join(thread, NULL);
    drop(first);
    drop(slow);
    drop(last);
    assert_int_equal(int_of(c, "SELECT 7"), 7);
    PG.close(c);
}

static void test_driver_postgres_pipeline__limits_on_time(void **state)
{
    (void)state;
    kith_connection *c = open_ok(server());
    kith_statement *limit = left(c, "SET statement_timeout = 100"), *slow = prepare(c, "SELECT pg_sleep(30)");
    expect_failing(slow, "57014", "SELECT pg_sleep(30)");
    drop(limit);
    limit = left(c, "SET statement_timeout = 100");
    kith_statement *last = sent(c, "SELECT 1");
    assert_int_equal(stepped_int(last), 1);
    PG.finish(slow);
    expect_failing(slow, "57014", "SELECT pg_sleep(30)");
    drop(limit);
    drop(slow);
    drop(last);
    PG.close(c);
}

static void test_driver_postgres_pipeline__lost_before_anything_was_sent(void **state)
{
    (void)state;
    kith_error err;
    kith_connection *other = open_ok(server()), *c = open_ok(server());
    kith_statement *st = prepare(c, "BEGIN");
    terminate(other, int_of(c, "SELECT pg_backend_pid()"));
    assert_false(PG.send(st, &err));
    assert_int_equal(err.status, KITH_E_CONNECTION);
    assert_true(strlen(err.message) > 0);
    assert_false(PG.reset(c));
    drop(st);
    PG.close(c);
    PG.close(other);
}

static void test_driver_postgres_pipeline__lost_in_the_middle(void **state)
{
    (void)state;
    enum { MANY = 4 };
    static const char ends[] = "SELECT pg_terminate_backend(pg_backend_pid())";
    kith_error err;
    kith_statement *all[MANY];
    kith_connection *c = open_ok(server());
    for (int i = 0; i < MANY; i++)
        all[i] = sent(c, i == 1 ? ends : "SELECT 1");
    assert_int_equal(stepped_int(all[0]), 1);
    for (int i = 1; i < MANY; i++) {
        assert_int_equal(PG.step(all[i], &err), -1);
        assert_int_equal(err.status, KITH_E_CONNECTION);
        assert_true(strlen(err.message) > 0);
    }
    kith_statement *late = prepare(c, "SELECT 1");
    assert_int_equal(PG.step(late, &err), -1);
    assert_int_equal(err.status, KITH_E_CONNECTION);
    assert_false(PG.reset(c));
    for (int i = 0; i < MANY; i++)
        drop(all[i]);
    drop(late);
    PG.close(c);
}

/* ---- memory --------------------------------------------------------------------------------------------------------- */

static bool use_everything(kith_error *err)
{
    static const char *const texts[] = { "BEGIN", "SELECT 1", "SELECT 2", "COMMIT" };
    kith_statement *all[4] = { NULL };
    kith_connection *c = open_at(server(), 2000, err);
    bool good = c != NULL;
    for (int i = 0; good && i < 4; i++)
        good = (all[i] = PG.prepare(c, texts[i], strlen(texts[i]), err)) != NULL;
    for (int run = 0; good && run < 3; run++) {
        for (int i = 0; good && i < 4; i++)
            good = PG.send(all[i], err);
        good = good && PG.step(all[2], err) == 1 && PG.step(all[1], err) == 1;
        for (int i = 0; i < 4; i++)
            PG.finish(all[i]);
    }
    for (int i = 0; i < 4; i++)
        if (all[i])
            drop(all[i]);
    if (c)
        PG.close(c);
    return good;
}

static void test_driver_postgres_pipeline__every_allocation_may_fail(void **state)
{
    (void)state;
    fail_each_allocation(use_everything);
}

/* ---- the library's own use of it ------------------------------------------------------------------------------------ */

#define TOYS 5
static const kith_model part_model = {
    .name = "part",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
};
static const kith_model toy_models[TOYS] = {
#define TOY(NAME)                                                                                                      \
    {                                                                                                                  \
        .name = NAME, .no_timestamps = true, .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),         \
        .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &part_model }),                                               \
    }
    TOY("ball"), TOY("bone"), TOY("rope"), TOY("stick"), TOY("ring"),
};
static const kith_model dog_model = {
    .name = "dog",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &toy_models[0] }, { KITH_HAS_MANY, .target = &toy_models[1] },
                          { KITH_HAS_MANY, .target = &toy_models[2] }, { KITH_HAS_MANY, .target = &toy_models[3] },
                          { KITH_HAS_MANY, .target = &toy_models[4] }),
};

static struct traced {
    kith_driver driver;
    kith_connection *c; /* the last one that was opened */
    kith_db *db;
    kith_session *s;
} traced;

static kith_connection *open_traced(const kith_connect_opts *opts, kith_error *err)
{
    traced.c = PG.open(opts, err);
    return traced.c;
}

/* A db over one connection, with fresh tables. */
static kith_session *start(unsigned statement_ms)
{
    kith_error err;
    traced.driver = PG;
    traced.driver.open = open_traced;
    const kith_open_opts opts = {
        .models = KITH_MODELS(&dog_model, &toy_models[0], &toy_models[1], &toy_models[2], &toy_models[3],
                              &toy_models[4], &part_model),
        .drivers = (const kith_driver *const[]){ &traced.driver, NULL },
        .allocator = &heap.allocator,
        .pool_max = 1,
    };
    char url[512];
    snprintf(url, sizeof url, "postgres:%s", server());
    traced.db = kith_open(url, &opts, &err);
    if (!traced.db)
        fail_msg("%s", err.message);
    traced.s = kith_session_open(traced.db);
    if (!kith_sync(traced.s, &(kith_sync_opts){ .force = true }))
        fail_msg("%s", kith_error_of(traced.s)->message);
    kith_set_timeout(traced.s, statement_ms);
    return traced.s;
}

static void must_be(bool done)
{
    if (!done)
        fail_msg("%s", kith_error_of(traced.s) ? kith_error_of(traced.s)->message : "false");
}

static kith_record *create(const kith_model *m, const char *name)
{
    return kith_create(traced.s, m, KITH_FIELDS(KITH_F("name", name)));
}

static void stop(void)
{
    kith_session_close(traced.s);
    assert_true(kith_close(traced.db));
}

static void expect_waits(unsigned expected)
{
    assert_int_equal(trace_end(traced.c), expected);
}

static void test_driver_postgres_pipeline__transaction_of_one_statement(void **state)
{
    (void)state;
    kith_session *s = start(0);
    trace_begin(traced.c);
    must_be(kith_begin(s));
    must_be(create(&dog_model, "Rex") != NULL);
    must_be(kith_commit(s));
    expect_waits(2); /* BEGIN, INSERT - COMMIT */
    kith_set_timeout(s, 60000);
    trace_begin(traced.c);
    must_be(kith_begin(s));
    must_be(create(&dog_model, "Ann") != NULL);
    must_be(kith_commit(s));
    expect_waits(2); /* SET, BEGIN, INSERT - COMMIT */
    kith_set_timeout(s, 50000);
    trace_begin(traced.c);
    must_be(kith_count(s, &dog_model, NULL) == 2);
    expect_waits(1); /* SET, SELECT */
    stop();
}

static void test_driver_postgres_pipeline__levels_inside(void **state)
{
    (void)state;
    kith_session *s = start(0);
    trace_begin(traced.c);
    must_be(kith_begin(s));
    must_be(create(&dog_model, "Rex") != NULL);
    must_be(kith_begin(s));
    must_be(create(&dog_model, "Ann") != NULL);
    must_be(kith_commit(s));
    must_be(kith_commit(s));
    expect_waits(3); /* BEGIN, INSERT - SAVEPOINT, INSERT - RELEASE, COMMIT */
    trace_begin(traced.c);
    must_be(kith_begin(s));
    must_be(kith_begin(s));
    must_be(create(&dog_model, "Bob") != NULL);
    must_be(kith_rollback(s));
    must_be(create(&dog_model, "Eve") != NULL);
    must_be(kith_commit(s));
    expect_waits(4); /* BEGIN, SAVEPOINT, INSERT - ROLLBACK TO - RELEASE, INSERT - COMMIT */
    must_be(kith_count(s, &dog_model, NULL) == 3);
    stop();
}

#define PARTS_TOO .include = KITH_INCLUDE({ .as = "parts" })

static void test_driver_postgres_pipeline__includes_of_one_level(void **state)
{
    (void)state;
    static const char *const toys[TOYS] = { "balls", "bones", "ropes", "sticks", "rings" };
    kith_session *s = start(0);
    kith_record *rex = create(&dog_model, "Rex");
    for (int i = 0; i < TOYS; i++) {
        kith_record *toy = kith_create_related(s, rex, toys[i], KITH_FIELDS(KITH_F("name", toys[i])), NULL);
        must_be(toy && kith_create_related(s, toy, "parts", KITH_FIELDS(KITH_F("name", "end")), NULL));
    }
    const kith_query with_toys = { .include = KITH_INCLUDE({ .as = "balls" }, { .as = "bones" }, { .as = "ropes" },
                                                           { .as = "sticks" }, { .as = "rings" }) };
    const kith_query with_parts = { .include = KITH_INCLUDE({ .as = "balls", PARTS_TOO }, { .as = "bones", PARTS_TOO },
                                                            { .as = "ropes", PARTS_TOO }, { .as = "sticks", PARTS_TOO },
                                                            { .as = "rings", PARTS_TOO }) };
    for (int run = 0; run < 3; run++) { /* sent as text, prepared, and as prepared */
        trace_begin(traced.c);
        kith_list *dogs = kith_find(s, &dog_model, &with_toys);
        expect_waits(2);
        must_be(dogs != NULL);
        trace_begin(traced.c);
        dogs = kith_find(s, &dog_model, &with_parts);
        expect_waits(3);
        must_be(dogs != NULL);
        for (int i = 0; i < TOYS; i++) {
            const kith_list *found = kith_many(dogs->at[0], toys[i]);
            assert_int_equal(found->count, 1);
            assert_string_equal(kith_text(found->at[0], "name"), toys[i]);
            assert_int_equal(kith_many(found->at[0], "parts")->count, 1);
        }
    }
    stop();
}

/* What the server undoes together with a failure or a rollback is set again. */
static void test_driver_postgres_pipeline__the_limit_stays(void **state)
{
    (void)state;
    kith_session *s = start(0);
    must_be(create(&dog_model, "Rex") != NULL);
    kith_set_timeout(s, 100);
    assert_null(create(&dog_model, "Rex")); /* SET with it */
    assert_int_equal(kith_error_of(s)->status, KITH_E_UNIQUE);
    kith_clear(s);
    assert_int_equal(kith_execute(s, "SELECT pg_sleep(30)", NULL), -1);
    assert_string_equal(kith_error_of(s)->sqlstate, "57014"); /* the server's own limit */
    kith_clear(s);
    kith_set_timeout(s, 60000);
    must_be(kith_begin(s)); /* SET with it */
    must_be(create(&dog_model, "Ann") != NULL);
    must_be(kith_rollback(s)); /* to 100 */
    must_be(kith_execute(s, "SELECT pg_sleep(0.3)", NULL) >= 0);
    kith_set_timeout(s, 100);
    must_be(kith_execute(s, "SELECT 1", NULL) >= 0);
    kith_set_timeout(s, 0);
    must_be(kith_begin(s));
    must_be(create(&dog_model, "Ann") != NULL);
    must_be(kith_rollback(s));
    must_be(kith_execute(s, "SELECT pg_sleep(0.3)", NULL) >= 0);
    stop();
}

static bool count_dogs(kith_session *s, void *ctx)
{
    (void)ctx;
    return kith_count(s, &dog_model, NULL) == 0;
}

/* Some statements cannot follow others, and a level is set before anything was asked. */
static void test_driver_postgres_pipeline__limits_come_first(void **state)
{
    (void)state;
    kith_session *s = start(60000);
    must_be(kith_execute(s, "VACUUM dogs", NULL) >= 0);
    for (int run = 0; run < 3; run++) {
        kith_set_timeout(s, 50000 + (unsigned)run);
        must_be(kith_execute(s, "VACUUM dogs", NULL) >= 0);
        kith_set_timeout(s, 40000 + (unsigned)run);
        must_be(kith_transaction(s, count_dogs, NULL,
                                 &(kith_transaction_opts){ .isolation = KITH_SERIALIZABLE, .read_only = true }));
    }
    stop();
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_driver_postgres_pipeline__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(many_statements_and_one_wait),
        TEST(in_any_order),
        TEST(run_many_times),
        TEST(prepare_off),
        TEST(large_both_ways),
        TEST(one_of_many_fails),
        TEST(the_first_of_two_failures_is_told),
        TEST(nothing_runs_when_begin_fails),
        TEST(the_first_of_a_transaction_fails),
        TEST(stands_or_falls_together),
        TEST(no_statement_and_copy),
        TEST(unstepped_statements_run),
        TEST(reset_ends_what_was_begun),
        TEST(unstepped_failures_are_told),
        TEST(arrived_failures_are_told),
        TEST(survives_lost_plans),
        TEST(skipped_preparations),
        TEST(cancel_what_was_sent),
        TEST(limits_on_time),
        TEST(lost_before_anything_was_sent),
        TEST(lost_in_the_middle),
        TEST(every_allocation_may_fail),
        TEST(transaction_of_one_statement),
        TEST(levels_inside),
        TEST(includes_of_one_level),
        TEST(the_limit_stays),
        TEST(limits_come_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
