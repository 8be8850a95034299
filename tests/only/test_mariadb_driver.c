/* The MariaDB driver: connections, statements and failures, on a real server. */
#include <pthread.h>
#include <time.h>

#include "only/mariadb_driver.h"

/* Takes minutes. */
static const char long_query[] = "SELECT count(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b WHERE a.seq + b.seq < 0";

/* ---- opening -------------------------------------------------------------------------------------------------------- */

/* The server's location with another user's part, database or options. */
static const char *location_with(const char *user, const char *rest)
{
    static char locations[4][LOCATION_TEXT];
    static unsigned next;
    char *to = locations[next++ % 4];
    const char *host = strrchr(server(), '@');
    assert_non_null(host);
    int host_size = (int)strcspn(host, "/");
    int user_size = (int)(host - server());
    if (user)
        snprintf(to, LOCATION_TEXT, "//%s%.*s%s", user, host_size, host, rest);
    else
        snprintf(to, LOCATION_TEXT, "%.*s%.*s%s", user_size, server(), host_size, host, rest);
    return to;
}

static void expect_refused(const char *location, kith_status status, const char *words)
{
    kith_error err;
    if (open_at(location, 0, &err))
        fail_msg("%s was opened", location);
    if (err.status != status || !strstr(err.message, words))
        fail_msg("%s: %s: %s", location, kith_status_name(err.status), err.message);
    if (strstr(err.message, "secret"))
        fail_msg("the message tells the password: %s", err.message);
}

static void test_only_mariadb__open_failures(void **state)
{
    (void)state;
    expect_refused(location_with("nobody:secret", "/kith"), KITH_E_PERMISSION, "nobody");
    expect_refused(location_with(NULL, "/no_such_database"), KITH_E_CONNECTION, "no_such_database");
    expect_refused("//u:secret@127.0.0.1:1/d", KITH_E_CONNECTION, "127.0.0.1");
    expect_refused("//u:secret@no-such-host.invalid/d", KITH_E_CONNECTION, "no-such-host.invalid");
    expect_refused("//u:secret@/d?socket=/no/such/socket", KITH_E_CONNECTION, "/no/such/socket");
    expect_refused(location_with(NULL, "/kith?ssl=on"), KITH_E_CONNECTION, "SSL");
    expect_refused(location_with(NULL, "/kith?ssl=maybe"), KITH_E_USAGE, "on or off");
}

static void test_only_mariadb__sessions_are_set_up(void **state)
{
    (void)state;
    kith_error err;
    kith_connection *c = open_at(location_with(NULL, "/?connect_timeout=9"), 1500, &err); /* without a database */
    assert_non_null(c);
    assert_string_equal(text_as(c, "SELECT @@session.time_zone", KITH_T_TEXT), "+00:00");
    assert_string_equal(text_as(c, "SELECT @@collation_connection", KITH_T_TEXT), "utf8mb4_nopad_bin");
    assert_string_equal(text_as(c, "SELECT @@character_set_results", KITH_T_TEXT), "utf8mb4");
    assert_int_equal(int_of(c, "SELECT @@innodb_lock_wait_timeout"), 2); /* whole seconds, upwards */
    assert_int_equal(int_of(c, "SELECT @@local_infile AND 0"), 0);
    MARIADB.close(c);
    c = open_ok();
    /* A 0 is no question for the next number. */
    script(c, "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT); INSERT INTO t VALUES (0)");
    assert_int_equal(int_of(c, "SELECT id FROM t"), 0);
    script(c, "CREATE TABLE u (a INT UNSIGNED); INSERT INTO u VALUES (1)");
    assert_int_equal(int_of(c, "SELECT a - 2 FROM u"), -1);
    MARIADB.close(c);
}

/* ---- statements ----------------------------------------------------------------------------------------------------- */

static void test_only_mariadb__one_statement_in_a_text(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    assert_int_equal(failure_of(c, "").status, KITH_E_USAGE);
    assert_int_equal(failure_of(c, "SELECT 1; SELECT 2").status, KITH_E_DATABASE);
    assert_int_equal(int_of(c, "SELECT 7; -- that is all"), 7);
    kith_error err = failure_of(c, "SELEKT 1");
    assert_int_equal(err.status, KITH_E_DATABASE);
    assert_int_equal(err.driver_code, 1064);
    assert_string_equal(err.sqlstate, "42000");
    /* The size counts, not a NUL. */
    kith_statement *st = MARIADB.prepare(c, "SELECT 12345", 9, &err);
    assert_non_null(st);
    assert_int_equal(step(st), 1);
    assert_int_equal(column(st, 0, KITH_T_BIGINT).as.integer, 12);
    MARIADB.drop(st);
    assert_int_equal(heap.live_blocks, 1); /* the connection */
    MARIADB.close(c);
}

static void test_only_mariadb__counts_changes(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    int64_t id;
    assert_int_equal(changed_by(c, "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, x INT)", &id), 0);
    assert_int_equal(changed_by(c, "INSERT INTO t (x) VALUES (1), (2), (3)", &id), 3);
    assert_int_equal(id, 1); /* the server tells the first one */
    assert_int_equal(changed_by(c, "INSERT INTO t (x) VALUES (4)", &id), 1);
    assert_int_equal(id, 4);
    assert_int_equal(changed_by(c, "SELECT * FROM t", &id), 0);
    assert_int_equal(changed_by(c, "UPDATE t SET x = 0 WHERE id > 1", &id), 3);
    assert_int_equal(changed_by(c, "UPDATE t SET x = 0 WHERE id > 1", &id), 3); /* found, though not changed */
    assert_int_equal(changed_by(c, "UPDATE t SET x = 0 WHERE id > 9", &id), 0);
    assert_int_equal(changed_by(c, " insert INTO t (x) VALUES (5), (6) RETURNING id", &id), 2);
    assert_int_equal(changed_by(c, "DELETE FROM t WHERE id > 5 RETURNING id", &id), 1);
    assert_int_equal(changed_by(c, "DELETE FROM t", &id), 5);
    assert_int_equal(changed_by(c, "START TRANSACTION", &id), 0);
    MARIADB.close(c);
}

static void test_only_mariadb__statement_runs_again_after_finish(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    kith_statement *st = prepare(c, "SELECT ?, coalesce(?, 'unbound')");
    for (int i = 0; i < 3; i++) {
        bind(st, 0, KITH_V(i), KITH_T_BIGINT);
        if (i == 0)
            bind(st, 1, KITH_V("bound"), KITH_T_TEXT);
        assert_int_equal(step(st), 1);
        assert_int_equal(column(st, 0, KITH_T_BIGINT).as.integer, i);
        assert_string_equal(column(st, 1, KITH_T_TEXT).as.str, i == 0 ? "bound" : "unbound");
        assert_int_equal(step(st), 0);
        assert_int_equal(step(st), 0); /* does not begin again */
        MARIADB.finish(st);
    }
    MARIADB.drop(st);
    MARIADB.close(c);
}

/* What a column is depends on what was bound. */
static void test_only_mariadb__types_follow_the_parameters(void **state)
{
    (void)state;
    static const char text[] = "a text that is longer than any number";
    kith_connection *c = open_ok();
    kith_statement *st = prepare(c, "SELECT ?");
    bind(st, 0, KITH_V(7), KITH_T_BIGINT);
    assert_int_equal(step(st), 1);
    assert_int_equal(column(st, 0, 0).as.integer, 7);
    MARIADB.finish(st);
    bind(st, 0, KITH_V(text), KITH_T_TEXT);
    assert_int_equal(step(st), 1);
    assert_string_equal(column(st, 0, 0).as.str, text);
    MARIADB.finish(st);
    bind(st, 0, kith_of_timestamp(1), KITH_T_DATE);
    assert_int_equal(step(st), 1);
    assert_int_equal(column(st, 0, KITH_T_DATE).as.timestamp, 1);
    MARIADB.finish(st);
    assert_int_equal(step(st), 1);
    assert_int_equal(column(st, 0, KITH_T_DATE).kind, KITH_NULL);
    MARIADB.drop(st);
    MARIADB.close(c);
}

static void test_only_mariadb__follows_a_changed_table(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "CREATE TABLE t (v INT); INSERT INTO t VALUES (42)");
    kith_statement *st = prepare(c, "SELECT v FROM t");
    assert_int_equal(step(st), 1);
    assert_int_equal(column(st, 0, 0).as.integer, 42);
    MARIADB.finish(st);
    script(c, "ALTER TABLE t MODIFY v VARCHAR(100); UPDATE t SET v = 'forty-two'");
    assert_int_equal(step(st), 1);
    assert_string_equal(column(st, 0, 0).as.str, "forty-two");
    MARIADB.drop(st);
    /* Other columns than when it was prepared: an error, that holds nothing up. */
    st = prepare(c, "SELECT * FROM t");
    script(c, "ALTER TABLE t ADD w INT");
    kith_error err;
    assert_int_equal(MARIADB.step(st, &err), -1);
    assert_int_equal(err.status, KITH_E_DATABASE);
    assert_int_equal(MARIADB.step(st, &err), 0);
    MARIADB.finish(st);
    assert_int_equal(int_of(c, "SELECT 7"), 7);
    MARIADB.drop(st);
    MARIADB.close(c);
}

/* Columns in ranges, again, and as other types. */
static void test_only_mariadb__columns_in_any_order(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    kith_statement *st = prepare(c, "SELECT 1, 'two', NULL, 4.0 UNION ALL SELECT 5, '', 'seven', 8.5");
    const uint8_t types[] = { KITH_T_BIGINT, KITH_T_TEXT, KITH_T_TEXT, KITH_T_DECIMAL };
    kith_value out[4];
    kith_error err;
    assert_int_equal(step(st), 1);
    assert_true(MARIADB.columns(st, 2, 2, types + 2, &arena, out + 2, &err));
    assert_true(MARIADB.columns(st, 0, 2, types, &arena, out, &err));
    assert_true(MARIADB.columns(st, 0, 4, types, &arena, out, &err));
    assert_int_equal(out[0].as.integer, 1);
    assert_string_equal(out[1].as.str, "two");
    assert_int_equal(out[2].kind, KITH_NULL);
    assert_string_equal(out[3].as.str, "4.0");
    assert_string_equal(column(st, 0, KITH_T_TEXT).as.str, "1");
    assert_int_equal(column(st, 1, KITH_T_BLOB).kind, KITH_BYTES);
    assert_true(MARIADB.columns(st, 4, 0, types, &arena, out, &err));
    assert_false(MARIADB.columns(st, 3, 2, types, &arena, out, &err));
    assert_non_null(strstr(err.message, "the row has 4 columns"));
    assert_int_equal(step(st), 1);
    assert_true(MARIADB.columns(st, 0, 4, types, &arena, out, &err));
    assert_int_equal(out[0].as.integer, 5);
    assert_string_equal(out[1].as.str, "");
    assert_string_equal(out[2].as.str, "seven");
    assert_string_equal(out[3].as.str, "8.5");
    assert_int_equal(step(st), 0);
    assert_false(MARIADB.columns(st, 0, 1, types, &arena, out, &err)); /* there is no row */
    MARIADB.drop(st);
    MARIADB.close(c);
}

static void test_only_mariadb__statements_run_side_by_side(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "CREATE TABLE t (x INT); INSERT INTO t VALUES (1), (2), (3)");
    kith_statement *outer = prepare(c, "SELECT x FROM t ORDER BY x");
    kith_statement *inner = prepare(c, "SELECT x FROM t WHERE x > ? ORDER BY x");
    int64_t sum = 0;
    while (step(outer) == 1) {
        bind(inner, 0, column(outer, 0, KITH_T_BIGINT), KITH_T_BIGINT);
        while (step(inner) == 1)
            sum += column(inner, 0, KITH_T_BIGINT).as.integer;
        MARIADB.finish(inner);
        changed_by(c, "UPDATE t SET x = x", NULL);
    }
    assert_int_equal(sum, 2 + 3 + 3);
    MARIADB.drop(inner);
    MARIADB.drop(outer);
    MARIADB.close(c);
}

static void test_only_mariadb__binds_only_what_is_asked_for(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    kith_statement *st = prepare(c, "SELECT ?");
    kith_value v = KITH_V(1), none = { 0 };
    kith_error err;
    assert_false(MARIADB.bind(st, 1, &v, 0, &err));
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_non_null(strstr(err.message, "the statement has 1"));
    assert_false(MARIADB.bind(st, 0, &none, 0, &err));
    assert_int_equal(err.status, KITH_E_USAGE);
    MARIADB.drop(st);
    MARIADB.close(c);
}

/* What the server cannot prepare is sent as text. */
static void test_only_mariadb__statements_that_cannot_be_prepared(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    kith_statement *st = prepare(c, "PREPARE p FROM 'SELECT 1'");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(step(st), 0);
        assert_int_equal(MARIADB.affected(st), 0);
        MARIADB.finish(st);
    }
    MARIADB.drop(st);
    kith_error err = failure_of(c, "EXECUTE p");
    assert_int_equal(err.status, KITH_E_UNSUPPORTED);
    assert_int_equal(failure_of(c, "EXECUTE q").status, KITH_E_DATABASE);
    assert_int_equal(int_of(c, "SELECT 7"), 7);
    MARIADB.close(c);
}

static void test_only_mariadb__procedures(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 'two'; END");
    kith_statement *st = prepare(c, "CALL p()");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(step(st), 1);
        assert_int_equal(column(st, 0, KITH_T_BIGINT).as.integer, 1);
        MARIADB.finish(st); /* before the end of it */
        assert_int_equal(int_of(c, "SELECT 7"), 7);
    }
    MARIADB.drop(st);
    assert_int_equal(int_of(c, "SELECT 7"), 7);
    MARIADB.close(c);
}

/* ---- scripts and sessions ------------------------------------------------------------------------------------------- */

static void test_only_mariadb__scripts(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    kith_error err;
    script(c, "");
    script(c, "-- nothing\n");
    script(c, "CREATE TABLE t (x TEXT); SELECT 1; -- a; b\n INSERT INTO t VALUES (';'), ('it''s'); SELECT * FROM t;");
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 2);
    assert_false(MARIADB.script(c, "INSERT INTO t VALUES ('a'); SELEKT 1; INSERT INTO t VALUES ('b')", &err));
    assert_int_equal(err.status, KITH_E_DATABASE);
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 3); /* the first insert */
    assert_false(MARIADB.script(c, "SELECT 1; INSERT INTO no_such_table VALUES (1)", &err));
    assert_non_null(strstr(err.message, "no_such_table"));
    assert_false(MARIADB.script(c, "SELECT (SELECT 1 UNION SELECT 2)", &err));
    assert_int_equal(err.driver_code, 1242); /* a failure among the rows */
    /* Afterwards, too, a statement is one statement. */
    assert_int_equal(failure_of(c, "SELECT 1; SELECT 2").status, KITH_E_DATABASE);
    MARIADB.close(c);
}

static void test_only_mariadb__reset_rolls_back(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "CREATE TABLE t (x INT)");
    kith_statement *kept = prepare(c, "SELECT count(*) FROM t");
    assert_true(MARIADB.reset(c));
    changed_by(c, "START TRANSACTION", NULL);
    changed_by(c, "INSERT INTO t VALUES (1)", NULL);
    changed_by(c, "SELECT * FROM t", NULL);
    assert_true(MARIADB.reset(c));
    assert_int_equal(step(kept), 1);
    assert_int_equal(column(kept, 0, KITH_T_BIGINT).as.integer, 0);
    MARIADB.drop(kept);
    script(c, "START TRANSACTION; INSERT INTO t VALUES (1); COMMIT");
    assert_true(MARIADB.reset(c));
    assert_int_equal(int_of(c, "SELECT count(*) FROM t"), 1);
    MARIADB.close(c);
}

/* ---- failures ------------------------------------------------------------------------------------------------------- */

static void test_only_mariadb__names_constraints(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "CREATE TABLE owners (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, age INT CHECK (age >= 0), "
              "CONSTRAINT `odd``s` CHECK (age <> 13), UNIQUE KEY owners_name (name));"
              "CREATE TABLE pugs (id INT PRIMARY KEY AUTO_INCREMENT, owner INT, CONSTRAINT pugs_owner FOREIGN KEY "
              "(owner) REFERENCES owners (id));"
              "INSERT INTO owners VALUES (1, 'it''s', 1); INSERT INTO pugs (owner) VALUES (1)");
    expect_failure(c, "INSERT INTO owners VALUES (2, 'it''s', 1)", KITH_E_UNIQUE, "owners_name");
    expect_failure(c, "INSERT INTO owners VALUES (1, 'x', 1)", KITH_E_UNIQUE, "PRIMARY");
    expect_failure(c, "INSERT INTO owners VALUES (2, NULL, 1)", KITH_E_NOT_NULL, "name");
    expect_failure(c, "INSERT INTO owners (id) VALUES (2)", KITH_E_NOT_NULL, "name");
    expect_failure(c, "UPDATE owners SET name = NULL", KITH_E_NOT_NULL, "name");
    expect_failure(c, "INSERT INTO owners VALUES (2, 'x', -1)", KITH_E_CHECK, "owners.age");
    expect_failure(c, "INSERT INTO owners VALUES (2, 'x', 13)", KITH_E_CHECK, "odd`s");
    expect_failure(c, "INSERT INTO pugs (owner) VALUES (2)", KITH_E_FOREIGN_KEY, "pugs_owner");
    expect_failure(c, "DELETE FROM owners", KITH_E_FOREIGN_KEY, "pugs_owner");
    MARIADB.close(c);
}

static void test_only_mariadb__a_failure_does_not_end_the_statement(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)");
    kith_statement *st = prepare(c, "INSERT INTO t VALUES (?) RETURNING id");
    kith_error err;
    for (int i = 1; i <= 2; i++) {
        bind(st, 0, KITH_V(1), KITH_T_INTEGER);
        assert_int_equal(MARIADB.step(st, &err), -1);
        assert_int_equal(err.status, KITH_E_UNIQUE);
        MARIADB.finish(st);
        bind(st, 0, KITH_V(i * 10), KITH_T_INTEGER);
        assert_int_equal(step(st), 1);
        assert_int_equal(column(st, 0, KITH_T_INTEGER).as.integer, i * 10);
        assert_int_equal(step(st), 0);
        assert_int_equal(MARIADB.affected(st), 1);
        MARIADB.finish(st);
    }
    MARIADB.drop(st);
    MARIADB.close(c);
}

static void test_only_mariadb__locks_are_waited_for(void **state)
{
    (void)state;
    kith_connection *first = open_ok(), *second = open_waiting(0);
    script(first, "CREATE TABLE t (x INT); INSERT INTO t VALUES (1); START TRANSACTION; UPDATE t SET x = 2");
    expect_failure(second, "UPDATE t SET x = 3", KITH_E_BUSY, "");
    expect_failure(second, "ALTER TABLE t ADD y INT", KITH_E_BUSY, "");
    script(first, "COMMIT");
    assert_int_equal(changed_by(second, "UPDATE t SET x = 3", NULL), 1);
    MARIADB.close(second);
    MARIADB.close(first);
}

static void test_only_mariadb__permissions(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "CREATE TABLE t (x INT); START TRANSACTION READ ONLY");
    expect_failure(c, "INSERT INTO t VALUES (1)", KITH_E_PERMISSION, "");
    script(c, "COMMIT; DROP USER IF EXISTS kith_guest@'127.0.0.1'; "
              "CREATE USER kith_guest@'127.0.0.1' IDENTIFIED BY 'secret'");
    char grant[160], path[96];
    snprintf(grant, sizeof grant, "GRANT SELECT ON %s.t TO kith_guest@'127.0.0.1'", database);
    script(c, grant);
    snprintf(path, sizeof path, "/%s", database);
    kith_error err;
    kith_connection *guest = open_at(location_with("kith_guest:secret", path), BUSY_MS, &err);
    assert_non_null(guest);
    expect_failure(guest, "INSERT INTO t VALUES (1)", KITH_E_PERMISSION, "");
    expect_failure(guest, "SET GLOBAL sql_mode = ''", KITH_E_PERMISSION, "");
    expect_refused(location_with("kith_guest:wrong", path), KITH_E_PERMISSION, "kith_guest");
    MARIADB.close(guest);
    script(c, "DROP USER kith_guest@'127.0.0.1'");
    MARIADB.close(c);
}

static void test_only_mariadb__statement_time_limit(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    script(c, "SET max_statement_time = 0.1");
    expect_failure(c, long_query, KITH_E_TIMEOUT, "");
    assert_int_equal(int_of(c, "SELECT 7"), 7);
    MARIADB.close(c);
}

/* ---- cancelling and broken connections ------------------------------------------------------------------------------- */

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static void *cancel_soon(void *connection)
{
    sleep_ms(200);
    MARIADB.cancel(connection);
    return NULL;
}

static void test_only_mariadb__cancels_from_another_thread(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    static const char *const long_ones[] = { long_query, "SELECT sleep(100)" };
    for (size_t i = 0; i < sizeof long_ones / sizeof long_ones[0]; i++) {
        pthread_t thread;
        time_t started = time(NULL);
        assert_int_equal(pthread_create(&thread, NULL, cancel_soon, c), 0);
        kith_error err = failure_of(c, long_ones[i]);
        assert_int_equal(pthread_join(thread, NULL), 0);
        if (err.status != KITH_E_TIMEOUT)
            fail_msg("%s: %s: %s", long_ones[i], kith_status_name(err.status), err.message);
        assert_true(time(NULL) - started < 20);
        assert_int_equal(int_of(c, "SELECT 7"), 7);
    }
    assert_true(MARIADB.reset(c));
    MARIADB.close(c);
}

/* Nothing runs: nothing is stopped, and what comes next neither. */
static void test_only_mariadb__cancel_when_idle(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    MARIADB.cancel(c);
    sleep_ms(50);
    assert_int_equal(int_of(c, "SELECT 7"), 7);
    assert_true(MARIADB.check(c));
    MARIADB.close(c);
}

static void test_only_mariadb__killed_connection(void **state)
{
    (void)state;
    kith_connection *c = open_ok(), *other = open_ok();
    char kill[64];
    snprintf(kill, sizeof kill, "KILL CONNECTION %lld", (long long)int_of(c, "SELECT connection_id()"));
    kith_statement *st = prepare(c, "SELECT 1"), *begun = prepare(c, "SELECT 1 UNION SELECT 2");
    assert_int_equal(step(begun), 1);
    assert_true(MARIADB.check(c));
    script(other, kill);
    sleep_ms(50);
    assert_false(MARIADB.check(c));
    kith_error err;
    assert_int_equal(MARIADB.step(st, &err), -1);
    assert_int_equal(err.status, KITH_E_CONNECTION);
    assert_int_equal(step(begun), 1); /* its rows are here already */
    assert_false(MARIADB.reset(c));
    assert_false(MARIADB.script(c, "SELECT 1", &err));
    assert_int_equal(err.status, KITH_E_CONNECTION);
    assert_null(MARIADB.prepare(c, "SELECT 2", 8, &err));
    assert_int_equal(err.status, KITH_E_CONNECTION);
    MARIADB.finish(st);
    assert_int_equal(MARIADB.step(st, &err), -1);
    MARIADB.drop(st);
    MARIADB.drop(begun);
    MARIADB.close(c);
    MARIADB.close(other);
}

static void *kill_soon(void *ids)
{
    char kill[64];
    sleep_ms(200);
    snprintf(kill, sizeof kill, "KILL CONNECTION %lld", (long long)*(int64_t *)ids);
    kith_error err;
    kith_connect_opts opts = { .location = server(), .allocator = &heap.allocator, .driver = &MARIADB };
    struct fail_alloc own;
    fail_alloc_init(&own);
    opts.allocator = &own.allocator;
    kith_connection *c = MARIADB.open(&opts, &err);
    if (c) {
        MARIADB.script(c, kill, &err);
        MARIADB.close(c);
    }
    return NULL;
}

static void test_only_mariadb__killed_while_running(void **state)
{
    (void)state;
    kith_connection *c = open_ok();
    int64_t id = int_of(c, "SELECT connection_id()");
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, kill_soon, &id), 0);
    kith_error err = failure_of(c, long_query);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(err.status, KITH_E_CONNECTION);
    assert_false(MARIADB.check(c));
    MARIADB.close(c);
}

/* ---- memory --------------------------------------------------------------------------------------------------------- */

/* Runs a statement with a parameter and a row of five columns. False when memory was short, which must be told. */
static bool try_once(void)
{
    static const uint8_t types[] = { KITH_T_BIGINT, KITH_T_TEXT, KITH_T_TEXT, KITH_T_BLOB, KITH_T_TEXT };
    kith_error err;
    kith_value v = KITH_V("text"), out[5];
    bool good = false;
    kith_arena own;
    kith__arena_init(&own, &heap.allocator, NULL, true);
    kith_connection *c = open_at(server(), 0, &err);
    kith_statement *st = c ? MARIADB.prepare(c, "SELECT 1, ?, 2.5, x'00', CURRENT_TIME", 37, &err) : NULL;
    if (st)
        good = MARIADB.bind(st, 0, &v, 0, &err) && MARIADB.step(st, &err) == 1 &&
               MARIADB.columns(st, 0, 5, types, &own, out, &err);
    if (!good)
        assert_int_equal(err.status, KITH_E_NO_MEMORY);
    if (st)
        MARIADB.drop(st);
    if (c)
        MARIADB.close(c);
    kith__arena_free(&own);
    return good;
}

static void test_only_mariadb__memory_may_fail(void **state)
{
    (void)state;
    size_t failures = 0;
    for (bool good = false; !good; failures++) {
        heap.calls = 0;
        heap.fail_at = failures + 1;
        good = try_once();
        assert_int_equal(heap.live_blocks, 0);
    }
    assert_true(failures > 8); /* connection, statement, parameters, cells, texts */
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_only_mariadb__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(open_failures),
        TEST(sessions_are_set_up),
        TEST(one_statement_in_a_text),
        TEST(counts_changes),
        TEST(statement_runs_again_after_finish),
        TEST(types_follow_the_parameters),
        TEST(follows_a_changed_table),
        TEST(columns_in_any_order),
        TEST(statements_run_side_by_side),
        TEST(binds_only_what_is_asked_for),
        TEST(statements_that_cannot_be_prepared),
        TEST(procedures),
        TEST(scripts),
        TEST(reset_rolls_back),
        TEST(names_constraints),
        TEST(a_failure_does_not_end_the_statement),
        TEST(locks_are_waited_for),
        TEST(permissions),
        TEST(statement_time_limit),
        TEST(cancels_from_another_thread),
        TEST(cancel_when_idle),
        TEST(killed_connection),
        TEST(killed_while_running),
        TEST(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
