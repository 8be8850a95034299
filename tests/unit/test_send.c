/* Statements that are sent before the answers to others were read: in which order, and what a failure of one of them does
 * to the call, to the others and to the connection. By the mock, which sends ahead, with a driver around it that writes
 * down what is sent and what is waited for, and can fail what the mock does not. */
#include <stdio.h>
#include <string.h>

#include "harness/fail_alloc.h"
#include "harness/test.h"
#include "kith/ext/mock.h"
#include "kith/kith.h"

enum { STATEMENTS = 64, TAG = 48, TRACE = 1024 };

/* A statement by a few words: "toys" that is read, "+toys" for an INSERT, otherwise its text. */
struct known {
    kith_statement *st;
    char tag[TAG];
    bool sent, read;
};

static struct {
    kith_mock *mock;
    kith_driver inner, driver;
    struct fail_alloc heap;
    kith_db *db;
    kith_session *s;
    struct known known[STATEMENTS];
    char trace[TRACE];
    const char *fails; /* this one is sent and fails at the server */
    const char *lost;  /* the connection is found to be lost when this one is to be sent */
    char untold[TAG];  /* has failed, and nobody has waited since */
} on;

/* ---- the driver around the mock --------------------------------------------------------------------------------------- */

static void tag_of(const char *sql, size_t size, char tag[TAG])
{
    char text[2048];
    snprintf(text, sizeof text, "%.*s", (int)size, sql);
    const char *insert = strstr(text, "INSERT INTO \""), *from = strstr(text, "FROM \"");
    const char *name = insert ? insert + strlen("INSERT INTO \"") : from ? from + strlen("FROM \"") : text;
    size_t end = name == text ? strlen(text) : strcspn(name, "\"");
    snprintf(tag, TAG, "%s%.*s", insert ? "+" : "", (int)(end < TAG - 2 ? end : TAG - 2), name);
}

static struct known *known(const kith_statement *st)
{
    struct known *k = on.known;
    while (k < on.known + STATEMENTS && k->st != st)
        k++;
    assert_true(k < on.known + STATEMENTS);
    return k;
}

static void note(const char *what, const char *tag)
{
    size_t size = strlen(on.trace);
    snprintf(on.trace + size, TRACE - size, "%s%s %s", size ? "; " : "", what, tag);
}

static kith_statement *prepare(kith_connection *c, const char *sql, size_t size, kith_error *err)
{
    kith_statement *st = on.inner.prepare(c, sql, size, err);
    struct known *k = known(NULL);
    *k = (struct known){ .st = st };
    tag_of(sql, size, k->tag);
    return st;
}

static void drop(kith_statement *st)
{
    *known(st) = (struct known){ 0 };
    on.inner.drop(st);
}

static void finish(kith_statement *st)
{
    known(st)->sent = known(st)->read = false;
    on.inner.finish(st);
}

/* The error of a statement that nobody has waited for. */
static bool tell(kith_error *err)
{
    *err = (kith_error){ .status = KITH_E_BUSY };
    snprintf(err->message, sizeof err->message, "the server refused it");
    snprintf(err->sql, sizeof err->sql, "%s", on.untold);
    on.untold[0] = '\0';
    return false;
}

static bool is(const char *wanted, const char *tag)
{
    return wanted && strcmp(wanted, tag) == 0;
}

static bool send_it(kith_statement *st, kith_error *err)
{
    struct known *k = known(st);
    note("send", k->tag);
    if (is(on.lost, k->tag)) {
        on.lost = NULL;
        *err = (kith_error){ .status = KITH_E_CONNECTION, .message = "gone" };
        return false;
    }
    if (on.untold[0])
        return tell(err);
    k->sent = true;
    if (!is(on.fails, k->tag))
        return on.inner.send(st, err);
    snprintf(on.untold, sizeof on.untold, "%s", k->tag);
    on.fails = NULL;
    return true;
}

static int step(kith_statement *st, kith_error *err)
{
    struct known *k = known(st);
    if (!k->read)
        note(k->sent ? "read" : "run", k->tag);
    k->read = true;
    if (on.untold[0]) {
        tell(err);
        return -1;
    }
    return on.inner.step(st, err);
}

static bool reset(kith_connection *c)
{
    bool good = !on.untold[0];
    on.untold[0] = '\0';
    return on.inner.reset(c) && good;
}

/* ---- models and tests ------------------------------------------------------------------------------------------------- */

#define CHILD(n, p)                                                                                                    \
    static const kith_model n##_model = {                                                                              \
        .name = #n, .plural = p, .no_timestamps = true, .attrs = KITH_ATTRS({ .name = "what", .type = KITH_INTEGER })  \
    }
CHILD(toy, "toys");
CHILD(walk, "walks");
CHILD(part, "parts");
static const kith_model meal_model = { .name = "meal",
                                       .no_timestamps = true,
                                       .attrs = KITH_ATTRS({ .name = "what", .type = KITH_INTEGER }),
                                       .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &part_model, .as = "parts" },
                                                             { KITH_HAS_MANY, &toy_model, .as = "toys" }) };
static const kith_model dog_model = {
    .name = "dog",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &toy_model }, { KITH_HAS_MANY, &walk_model }, { KITH_HAS_MANY, &meal_model })
};

static int set_up(void **state)
{
    (void)state;
    kith_error err;
    memset(&on, 0, sizeof on);
    fail_alloc_init(&on.heap);
    on.mock = kith_mock_new("postgres");
    kith_mock_send_ahead(on.mock);
    on.inner = on.driver = *kith_mock_driver(on.mock);
    on.driver.prepare = prepare;
    on.driver.drop = drop;
    on.driver.finish = finish;
    on.driver.send = send_it;
    on.driver.step = step;
    on.driver.reset = reset;
    on.db = kith_open("mock:",
                      &(kith_open_opts){
                          .models = KITH_MODELS(&dog_model, &toy_model, &walk_model, &meal_model, &part_model),
                          .drivers = (const kith_driver *const[]){ &on.driver, NULL },
                          .allocator = &on.heap.allocator,
                          .plain_memory = true,
                          .pool_max = 1 },
                      &err);
    on.s = on.db ? kith_session_open(on.db) : NULL;
    return on.s ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    kith_session_close(on.s);
    bool closed = kith_close(on.db);
    kith_mock_free(on.mock);
    return closed && !on.heap.live_blocks ? 0 : -1;
}
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* What was sent and waited for since the last time. */
static void expect_trace(const char *expected)
{
    assert_string_equal(on.trace, expected);
    on.trace[0] = '\0';
}

/* Where a session's error comes from; clears it. */
static void expect_error_of(const char *sql, const char *message)
{
    const kith_error *err = kith_error_of(on.s);
    assert_non_null(err);
    if (!strstr(err->sql, sql) || !strstr(err->message, message))
        fail_msg("not %s of %s, but %s of %s", message, sql, err->message, err->sql);
    kith_clear(on.s);
}

/* That so many connections were made, and that the one in the pool serves the next call. */
static void expect_usable(uint64_t opened)
{
    kith_pool_stats stats;
    kith_mock_clear(on.mock);
    assert_int_equal(kith_count(on.s, &walk_model, NULL), -1); /* no answer: an error of the call, not of a statement */
    kith_clear(on.s);
    assert_int_equal(kith_mock_count(on.mock), 1);
    kith_pool_statistics(on.db, &stats);
    assert_int_equal(stats.opened, opened);
    assert_int_equal(stats.open, 1);
    assert_int_equal(stats.in_use, 0);
    on.trace[0] = '\0';
}

static void answer_row(int64_t id, kith_value second)
{
    assert_true(kith_mock_row(on.mock, KITH_VALUES(KITH_V(id), second, KITH_V(1))));
    assert_true(kith_mock_next(on.mock));
}

/* ---- includes --------------------------------------------------------------------------------------------------------- */

#define ALL_OF_A_DOG KITH_INCLUDE({ .as = "toys" }, { .as = "walks" }, { .as = "meals" })
#define SENT         "run dogs; send toys; send walks; send meals"

static kith_list *find_dogs(void)
{
    return kith_find(on.s, &dog_model, &(kith_query){ .include = ALL_OF_A_DOG });
}

static void test_driver_send__siblings_go_together(void **state)
{
    (void)state;
    assert_true(kith_mock_row(on.mock, KITH_VALUES(KITH_V(1))));
    assert_non_null(find_dogs());
    expect_trace(SENT "; read toys; read walks; read meals");
    expect_usable(1);
}

/* A level at a time; one alone is not sent ahead. */
static void test_driver_send__levels_wait_for_each_other(void **state)
{
    (void)state;
    kith_query deep = { .include = KITH_INCLUDE({ .as = "walks" },
                                                { .as = "meals",
                                                  .include = KITH_INCLUDE({ .as = "parts" }, { .as = "toys" }) }) };
    assert_true(kith_mock_row(on.mock, KITH_VALUES(KITH_V(1))));
    assert_true(kith_mock_next(on.mock));
    assert_true(kith_mock_next(on.mock)); /* no walks */
    answer_row(7, KITH_V(70));
    assert_non_null(kith_find(on.s, &dog_model, &deep));
    expect_trace(
        "run dogs; send walks; send meals; read walks; read meals; send parts; send toys; read parts; read toys");
    assert_true(kith_mock_row(on.mock, KITH_VALUES(KITH_V(1))));
    assert_non_null(kith_find(on.s, &dog_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "walks" }) }));
    expect_trace("run dogs; run walks");
    expect_usable(1);
}

/* The error is that of the one that failed, those behind it did not run, and the connection goes on. */
static void test_driver_send__one_of_the_siblings_fails(void **state)
{
    (void)state;
    static const char *const names[] = { "\"toys\"", "\"walks\"", "\"meals\"" };
    static const char *const traces[] = { SENT "; read toys", SENT "; read toys; read walks",
                                          SENT "; read toys; read walks; read meals" };
    for (int at = 0; at < 3; at++) {
        assert_true(kith_mock_row(on.mock, KITH_VALUES(KITH_V(1))));
        assert_true(kith_mock_next(on.mock));
        for (int i = 0; i < at; i++)
            answer_row(i + 1, KITH_V(10));
        assert_true(kith_mock_fail(on.mock, KITH_E_BUSY, "it was locked"));
        assert_null(find_dogs());
        expect_error_of(names[at], "it was locked");
        expect_trace(traces[at]);
        assert_int_equal(kith_mock_count(on.mock), 2 + at);
        expect_usable(1);
        kith_mock_clear(on.mock);
    }
}

/* A row of the first that cannot be read, before a failure that nobody has waited for: the connection is not used again. */
static void test_driver_send__a_failure_that_nobody_waited_for(void **state)
{
    (void)state;
    assert_true(kith_mock_row(on.mock, KITH_VALUES(KITH_V(1))));
    assert_true(kith_mock_next(on.mock));
    answer_row(1, KITH_V("no number"));
    assert_true(kith_mock_fail(on.mock, KITH_E_BUSY, "it was locked"));
    assert_null(find_dogs());
    expect_error_of("\"toys\"", "cannot be read as INTEGER");
    expect_trace(SENT "; read toys");
    expect_usable(2);
}

/* Lost between two of them: what was sent may have run, so nothing is sent again. */
static void test_driver_send__the_connection_is_lost_in_between(void **state)
{
    (void)state;
    assert_true(kith_mock_row(on.mock, KITH_VALUES(KITH_V(1))));
    on.lost = "walks";
    assert_null(find_dogs());
    expect_error_of("\"walks\"", "gone");
    expect_trace("run dogs; send toys; send walks");
    expect_usable(2);
}

/* ---- transactions ----------------------------------------------------------------------------------------------------- */

static kith_record *create_toy(void)
{
    return kith_create(on.s, &toy_model, KITH_FIELDS(KITH_F("what", 1)));
}

static void test_driver_send__begin_goes_with_the_first_statement(void **state)
{
    (void)state;
    assert_true(kith_begin(on.s));
    expect_trace("send BEGIN");
    assert_non_null(create_toy());
    expect_trace("run +toys");
    assert_true(kith_commit(on.s));
    expect_trace("run COMMIT");
    assert_true(kith_begin(on.s));
    assert_true(kith_rollback(on.s));
    expect_trace("send BEGIN; run ROLLBACK");
    expect_usable(1);
}

static void test_driver_send__savepoints_go_with_what_is_inside(void **state)
{
    (void)state;
    assert_true(kith_begin(on.s));
    assert_true(kith_begin(on.s));
    assert_non_null(create_toy());
    assert_true(kith_commit(on.s));
    assert_true(kith_begin(on.s));
    assert_true(kith_rollback(on.s));
    assert_true(kith_commit(on.s));
    expect_trace("send BEGIN; send SAVEPOINT k2; run +toys; send RELEASE SAVEPOINT k2; send SAVEPOINT k2; "
                 "run ROLLBACK TO SAVEPOINT k2; send RELEASE SAVEPOINT k2; run COMMIT");
    expect_usable(1);
}

/* What opens a transaction fails with the first statement inside, which does not run; nothing is taken as done. */
static void test_driver_send__begin_fails(void **state)
{
    (void)state;
    on.fails = "BEGIN";
    assert_true(kith_begin(on.s));
    assert_null(create_toy());
    assert_int_equal(kith_mock_count(on.mock), 0);
    expect_error_of("BEGIN", "the server refused it");
    assert_null(create_toy()); /* the transaction has failed */
    kith_clear(on.s);
    assert_false(kith_commit(on.s));
    kith_clear(on.s);
    expect_trace("send BEGIN; run +toys; run ROLLBACK");
    expect_usable(1);
}

/* Nobody needed the transaction before its end: then its end tells. */
static void test_driver_send__begin_fails_before_a_commit(void **state)
{
    (void)state;
    on.fails = "BEGIN";
    assert_true(kith_begin(on.s));
    assert_false(kith_commit(on.s));
    expect_error_of("BEGIN", "the server refused it");
    expect_trace("send BEGIN; run COMMIT; run ROLLBACK");
    expect_usable(1);
}

/* Found to be lost when BEGIN is sent: nothing has happened, so it begins on another connection. */
static void test_driver_send__begin_on_a_lost_connection(void **state)
{
    (void)state;
    on.lost = "BEGIN";
    assert_true(kith_begin(on.s));
    assert_non_null(create_toy());
    assert_true(kith_commit(on.s));
    expect_trace("send BEGIN; send BEGIN; run +toys; run COMMIT");
    expect_usable(2);
}

static void test_driver_send__savepoint_fails(void **state)
{
    (void)state;
    assert_true(kith_begin(on.s));
    assert_non_null(create_toy());
    on.fails = "SAVEPOINT k2";
    assert_true(kith_begin(on.s));
    assert_null(create_toy());
    expect_error_of("SAVEPOINT k2", "the server refused it");
    assert_int_equal(kith_mock_count(on.mock), 2); /* BEGIN and the first toy */
    kith_rollback(on.s);
    kith_clear(on.s);
    kith_rollback(on.s);
    kith_clear(on.s);
    expect_usable(1);
}

/* The end of a level that went well fails with what comes next: here the commit, which is then none. */
static void test_driver_send__release_fails(void **state)
{
    (void)state;
    assert_true(kith_begin(on.s));
    assert_true(kith_begin(on.s));
    assert_non_null(create_toy());
    on.fails = "RELEASE SAVEPOINT k2";
    assert_true(kith_commit(on.s));
    assert_false(kith_commit(on.s));
    expect_error_of("RELEASE SAVEPOINT k2", "the server refused it");
    expect_trace("send BEGIN; send SAVEPOINT k2; run +toys; send RELEASE SAVEPOINT k2; run COMMIT; run ROLLBACK");
    expect_usable(1);
}

/* ---- limits and numbers ----------------------------------------------------------------------------------------------- */

#define LIMIT "SET statement_timeout = 1500"

static void test_driver_send__limits_go_with_the_statement(void **state)
{
    (void)state;
    kith_set_timeout(on.s, 1500);
    assert_true(kith_mock_next(on.mock)); /* of the SET */
    assert_non_null(find_dogs());
    expect_trace("send " LIMIT "; run dogs");
    assert_non_null(find_dogs());
    expect_trace("run dogs"); /* it is set already */
    kith_set_timeout(on.s, 0);
    assert_true(kith_begin(on.s));
    assert_non_null(create_toy());
    assert_true(kith_commit(on.s));
    expect_trace("send SET statement_timeout = 0; send BEGIN; run +toys; run COMMIT");
    expect_usable(1);
}

/* A limit that could not be set is not taken as set. */
static void test_driver_send__limit_fails(void **state)
{
    (void)state;
    kith_set_timeout(on.s, 1500);
    on.fails = LIMIT;
    assert_null(find_dogs());
    expect_error_of(LIMIT, "the server refused it");
    assert_int_equal(kith_mock_count(on.mock), 0);
    expect_trace("send " LIMIT "; run dogs");
    assert_non_null(find_dogs());
    expect_trace("send " LIMIT "; run dogs");
    kith_pool_stats stats;
    kith_pool_statistics(on.db, &stats);
    assert_int_equal(stats.opened, 1);
}

/* What moves a sequence goes with the INSERT, and takes it along when it fails. */
static void test_driver_send__numbers_go_with_the_row(void **state)
{
    (void)state;
    const kith_field *fields = KITH_FIELDS(KITH_F("id", 7), KITH_F("what", 1), { "dogId", kith_of_null() },
                                           { "mealId", kith_of_null() });
    assert_non_null(kith_create(on.s, &toy_model, fields));
    assert_int_equal(strncmp(on.trace, "send SELECT CASE", strlen("send SELECT CASE")), 0);
    assert_non_null(strstr(on.trace, "; run +toys"));
    char query[TAG];
    snprintf(query, sizeof query, "%.*s", (int)strcspn(on.trace + strlen("send "), ";"), on.trace + strlen("send "));
    on.fails = query;
    kith_mock_clear(on.mock);
    assert_null(kith_create(on.s, &toy_model, fields));
    expect_error_of("SELECT CASE", "the server refused it");
    assert_int_equal(kith_mock_count(on.mock), 0);
    expect_usable(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_driver_send__siblings_go_together),
        TEST(test_driver_send__levels_wait_for_each_other),
        TEST(test_driver_send__one_of_the_siblings_fails),
        TEST(test_driver_send__a_failure_that_nobody_waited_for),
        TEST(test_driver_send__the_connection_is_lost_in_between),
        TEST(test_driver_send__begin_goes_with_the_first_statement),
        TEST(test_driver_send__savepoints_go_with_what_is_inside),
        TEST(test_driver_send__begin_fails),
        TEST(test_driver_send__begin_fails_before_a_commit),
        TEST(test_driver_send__begin_on_a_lost_connection),
        TEST(test_driver_send__savepoint_fails),
        TEST(test_driver_send__release_fails),
        TEST(test_driver_send__limits_go_with_the_statement),
        TEST(test_driver_send__limit_fails),
        TEST(test_driver_send__numbers_go_with_the_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
