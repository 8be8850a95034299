/* Transactions: what is kept and what is undone, in levels, after failures, and when a session just closes. */
#include "harness/shared.h"

static const kith_model coin_model = {
    .name = "coin",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(9), .unique = true, .not_null = true }),
};
#define COINS KITH_MODELS(&coin_model)

#define expect_coins(json) expect_stored(&coin_model, KITH_NAMES("name"), json)

static kith_record *coin(kith_session *s, const char *name)
{
    return kith_create(s, &coin_model, KITH_FIELDS(KITH_F("name", name)));
}

/* ---- one level ---- */

/* P35: a commit keeps all, a rollback nothing */
static void test_shared_transactions__commit_and_rollback(void **state)
{
    kith_session *s = start(state, COINS);
    must(s, kith_begin(s));
    must(s, coin(s, "a"));
    must(s, coin(s, "b"));
    expect_number(s, kith_count(s, &coin_model, NULL), 2); /* it sees its own work */
    must(s, kith_commit(s));
    expect_coins("[{'name':'a'},{'name':'b'}]");
    must(s, kith_begin(s));
    must(s, coin(s, "c"));
    must(s, kith_destroy(s, must(s, kith_find_by_key(s, &coin_model, KITH_V(1)))));
    must(s, kith_rollback(s));
    expect_coins("[{'name':'a'},{'name':'b'}]");
}

/* P35: without a begin there is nothing to end */
static void test_shared_transactions__without_a_begin(void **state)
{
    kith_session *s = start(state, COINS);
    assert_false(kith_commit(s));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "kith_commit without kith_begin");
    assert_false(kith_rollback(s));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "kith_rollback without kith_begin");
    must(s, kith_begin(s));
    must(s, kith_commit(s));
    assert_false(kith_commit(s));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "");
    must(s, coin(s, "a"));
    expect_coins("[{'name':'a'}]");
}

/* P35: a session that closes takes its open transaction with it, and gives its connection back */
static void test_shared_transactions__closed_while_open(void **state)
{
    kith_session *keeper = start_with(state, COINS, (kith_open_opts){ .pool_max = 1 });
    for (int i = 0; i < 3; i++) {
        kith_session *s = open_session();
        must(s, kith_begin(s));
        must(s, coin(s, "lost"));
        if (i == 1)
            must(s, kith_begin(s)); /* two levels deep */
        if (i == 2)
            assert_null(coin(s, "lost")); /* and failed */
        close_session(s);
    }
    must(keeper, coin(keeper, "kept"));
    expect_coins("[{'name':'kept'}]");
}

/* ---- failures ---- */

/* P35: after a failure every statement is refused, and the commit is a rollback that says so */
static void test_shared_transactions__a_failure_refuses_the_rest(void **state)
{
    kith_session *s = start(state, COINS);
    kith_record *old = must(s, coin(s, "old"));
    must(s, kith_begin(s));
    must(s, coin(s, "a"));
    assert_null(coin(s, "old"));
    forget_statements();
    assert_null(coin(s, "b"));
    assert_null(kith_find(s, &coin_model, NULL));
    expect_number(s, kith_count(s, &coin_model, NULL), -1);
    assert_false(kith_update(s, old, KITH_FIELDS(KITH_F("name", "new"))));
    assert_false(kith_destroy(s, old));
    expect_number(s, kith_execute(s, "DELETE FROM coins", NULL), -1);
    expect_statements(0);
    assert_false(kith_commit(s));
    expect_error(s, KITH_E_UNIQUE, "coin", "name", "");
    expect_coins("[{'name':'old'}]");
    must(s, coin(s, "after"));
    expect_coins("[{'name':'after'},{'name':'old'}]");
}

/* P35: so does a call that was refused before any SQL; forgetting the error does not mend the transaction */
static void test_shared_transactions__clearing_does_not_mend(void **state)
{
    kith_session *s = start(state, COINS);
    must(s, kith_begin(s));
    must(s, coin(s, "a"));
    assert_null(kith_create(s, &coin_model, NULL));
    expect_error(s, KITH_E_VALIDATION, "coin", "name", "may not be null");
    assert_null(coin(s, "b"));
    assert_false(kith_commit(s));
    kith_clear(s);
    expect_coins("[]");
    must(s, kith_begin(s));
    assert_null(kith_create(s, &coin_model, NULL));
    assert_true(kith_rollback(s));
    expect_error(s, KITH_E_VALIDATION, "coin", "name", "");
    must(s, coin(s, "c"));
    expect_coins("[{'name':'c'}]");
}

/* S51: the first failure stands until it is cleared, whatever follows */
static void test_shared_transactions__the_first_error_stands(void **state)
{
    kith_session *s = start(state, COINS);
    assert_null(kith_error_of(s));
    must(s, coin(s, "a"));
    assert_null(coin(s, "a"));
    assert_null(kith_create(s, &coin_model, NULL));
    assert_null(kith_find(s, &coin_model, &(kith_query){ .where = KITH_EQ("nmae", "x") }));
    assert_non_null(coin(s, "b")); /* outside a transaction, calls go on */
    expect_error(s, KITH_E_UNIQUE, "coin", "name", "");
    expect_no_error(s);
    expect_coins("[{'name':'a'},{'name':'b'}]");
}

/* S51: verbs of a session that is none fail too, and say why */
static void test_shared_transactions__no_session(void **state)
{
    start(state, COINS);
    assert_false(kith_begin(NULL));
    assert_false(kith_commit(NULL));
    assert_false(kith_rollback(NULL));
    assert_null(coin(NULL, "a"));
    assert_null(kith_find(NULL, &coin_model, NULL));
    assert_int_equal(kith_count(NULL, &coin_model, NULL), -1);
    expect_text(kith_json(NULL, NULL), "null");
    assert_int_equal(kith_error_of(NULL)->status, KITH_E_NO_MEMORY);
    kith_clear(NULL);
    kith_session_release_all(NULL);
    kith_session_close(NULL);
    assert_null(kith_session_open(NULL));
    expect_coins("[]");
}

/* ---- levels ---- */

/* P35: a begin inside another is a savepoint: undone or kept by itself, and undone with what is around it */
static void test_shared_transactions__savepoints(void **state)
{
    kith_session *s = start(state, COINS);
    must(s, kith_begin(s));
    must(s, coin(s, "1"));
    must(s, kith_begin(s));
    must(s, coin(s, "2"));
    must(s, kith_begin(s));
    must(s, coin(s, "3"));
    must(s, kith_rollback(s));
    must(s, kith_begin(s));
    must(s, coin(s, "4"));
    must(s, kith_commit(s));
    must(s, kith_commit(s));
    expect_number(s, kith_count(s, &coin_model, NULL), 3);
    must(s, kith_commit(s));
    expect_coins("[{'name':'1'},{'name':'2'},{'name':'4'}]");

    must(s, kith_begin(s));
    must(s, kith_begin(s));
    must(s, coin(s, "5"));
    must(s, kith_commit(s));
    must(s, kith_rollback(s));
    expect_coins("[{'name':'1'},{'name':'2'},{'name':'4'}]");
}

/* P35: a failure in a savepoint is mended by rolling back to it, and what was before goes on */
static void test_shared_transactions__a_failed_savepoint(void **state)
{
    kith_session *s = start(state, COINS);
    must(s, kith_begin(s));
    must(s, coin(s, "1"));
    must(s, kith_begin(s));
    must(s, coin(s, "2"));
    assert_null(coin(s, "1"));
    assert_true(kith_rollback(s));
    expect_error(s, KITH_E_UNIQUE, "coin", "name", "");
    must(s, coin(s, "3"));
    must(s, kith_commit(s));
    expect_coins("[{'name':'1'},{'name':'3'}]");
}

/* P35: a savepoint that failed and is committed is undone, and what is around it has failed as well */
static void test_shared_transactions__a_failed_savepoint_is_committed(void **state)
{
    kith_session *s = start(state, COINS);
    must(s, kith_begin(s));
    must(s, coin(s, "1"));
    must(s, kith_begin(s));
    assert_null(coin(s, "1"));
    assert_false(kith_commit(s));
    assert_null(coin(s, "2"));
    assert_false(kith_commit(s));
    expect_error(s, KITH_E_UNIQUE, "coin", "name", "");
    expect_coins("[]");
}

/* P35: levels begun after a failure are counted, so that begins and ends still match */
static void test_shared_transactions__levels_after_a_failure(void **state)
{
    kith_session *s = start(state, COINS);
    must(s, kith_begin(s));
    assert_null(kith_create(s, &coin_model, NULL));
    assert_false(kith_begin(s));
    assert_null(coin(s, "a"));
    assert_false(kith_commit(s)); /* of the inner */
    assert_null(coin(s, "b"));
    assert_false(kith_commit(s)); /* of the outer */
    kith_clear(s);
    must(s, coin(s, "c")); /* outside again, at once visible */
    expect_coins("[{'name':'c'}]");
}

/* P35: the first statement of a transaction, with which BEGIN may have been sent, fails */
static void test_shared_transactions__the_first_statement_fails(void **state)
{
    kith_session *s = start(state, COINS);
    must(s, coin(s, "a"));
    must(s, kith_begin(s));
    assert_null(coin(s, "a"));
    expect_error(s, KITH_E_UNIQUE, "coin", "name", "");
    assert_null(coin(s, "b"));
    assert_false(kith_commit(s));
    expect_coins("[{'name':'a'}]");
    must(s, kith_begin(s));
    must(s, kith_begin(s));
    assert_null(coin(s, "a"));
    expect_error(s, KITH_E_UNIQUE, "coin", "name", "");
    must(s, kith_rollback(s));
    must(s, coin(s, "c"));
    must(s, kith_commit(s));
    expect_coins("[{'name':'a'},{'name':'c'}]");
}

static bool end_level(kith_session *s, bool undo)
{
    return undo ? kith_rollback(s) : kith_commit(s);
}

/* P35: levels in which nothing is done */
static void test_shared_transactions__empty_levels(void **state)
{
    kith_session *s = start(state, COINS);
    for (int run = 0; run < 3; run++) {
        must(s, kith_begin(s));
        must(s, kith_begin(s));
        must(s, kith_begin(s));
        must(s, end_level(s, run == 1));
        must(s, kith_commit(s));
        must(s, end_level(s, run == 2));
    }
    must(s, kith_begin(s));
    must(s, kith_begin(s));
    must(s, kith_commit(s));
    must(s, coin(s, "a"));
    must(s, kith_commit(s));
    must(s, kith_begin(s));
    must(s, coin(s, "b"));
    must(s, kith_begin(s));
    must(s, kith_rollback(s));
    must(s, kith_rollback(s));
    expect_coins("[{'name':'a'}]");
}

/* ---- a begin that fails ---- */

/* P35: nothing between a begin that failed and its end runs, least of all outside a transaction */
static void test_shared_transactions__a_begin_that_fails(void **state)
{
    kith_session *s = start_with(state, COINS, (kith_open_opts){ .pool_max = 1, .acquire_ms = 20 });
    kith_session *holder = open_session();
    must(holder, kith_begin(holder));
    assert_false(kith_begin(s));
    const kith_error *e = kith_error_of(s);
    assert_int_equal(e->status, KITH_E_TIMEOUT);
    must(holder, kith_rollback(holder)); /* now there would be a connection */
    assert_null(coin(s, "a"));
    assert_false(kith_commit(s));
    expect_error(s, KITH_E_TIMEOUT, NULL, NULL, "");
    expect_coins("[]");
    must(s, kith_begin(s));
    must(s, coin(s, "b"));
    must(s, kith_commit(s));
    expect_coins("[{'name':'b'}]");
}

/* P35: a statement that gets no connection fails, and the session is as good as before */
static void test_shared_transactions__no_connection_is_free(void **state)
{
    kith_session *s = start_with(state, COINS, (kith_open_opts){ .pool_max = 1, .acquire_ms = 20 });
    kith_session *holder = open_session();
    must(holder, kith_begin(holder));
    assert_null(coin(s, "a"));
    expect_error(s, KITH_E_TIMEOUT, NULL, NULL, "");
    must(holder, kith_commit(holder));
    must(s, coin(s, "b"));
    expect_coins("[{'name':'b'}]");
}

/* ---- the program's own SQL ---- */

/* P35: SQL of one's own and scripts are in the transaction too */
static void test_shared_transactions__own_sql(void **state)
{
    kith_session *s = start(state, COINS);
    must(s, kith_begin(s));
    expect_number(s, kith_execute(s, "INSERT INTO coins (name) VALUES (?), (?)", KITH_VALUES(KITH_V("a"), KITH_V("b"))),
                  2);
    must(s, kith_execute_script(s, "INSERT INTO coins (name) VALUES ('c'); DELETE FROM coins WHERE name = 'a';"));
    expect_number(s, kith_count(s, &coin_model, NULL), 2);
    must(s, kith_rollback(s));
    expect_coins("[]");
    must(s, kith_execute_script(
                s, "INSERT INTO coins (name) VALUES ('d;'); -- a comment;\nINSERT INTO coins (name) VALUES ('e')"));
    expect_coins("[{'name':'d;'},{'name':'e'}]");
    assert_false(kith_execute_script(s, "DELETE FROM coins; NONSENSE"));
    expect_error(s, KITH_E_DATABASE, NULL, NULL, "");
    expect_number(s, kith_execute(s, "UPDATE coins SET name = 'x' WHERE name = 'none'", NULL), 0);
    expect_number(s, kith_execute(s, NULL, NULL), -1);
    expect_error(s, KITH_E_USAGE, NULL, NULL, "NULL");
}

/* P35: tables are created in the transaction or not at all */
static void test_shared_transactions__sync_is_all_or_nothing(void **state)
{
    skip_on("mariadb", "creating a table would commit the transaction there, so kith_sync is refused in one");
    kith_session *s = start(state, COINS);
    must(s, coin(s, "a"));
    must(s, kith_begin(s));
    must(s, kith_sync(s, &(kith_sync_opts){ .force = true }));
    must(s, coin(s, "b"));
    must(s, kith_commit(s));
    expect_coins("[{'name':'b'}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_transactions__commit_and_rollback),
        SHARED_TEST(test_shared_transactions__without_a_begin),
        SHARED_TEST(test_shared_transactions__closed_while_open),
        SHARED_TEST(test_shared_transactions__a_failure_refuses_the_rest),
        SHARED_TEST(test_shared_transactions__clearing_does_not_mend),
        SHARED_TEST(test_shared_transactions__the_first_error_stands),
        SHARED_TEST(test_shared_transactions__no_session),
        SHARED_TEST(test_shared_transactions__savepoints),
        SHARED_TEST(test_shared_transactions__a_failed_savepoint),
        SHARED_TEST(test_shared_transactions__a_failed_savepoint_is_committed),
        SHARED_TEST(test_shared_transactions__levels_after_a_failure),
        SHARED_TEST(test_shared_transactions__the_first_statement_fails),
        SHARED_TEST(test_shared_transactions__empty_levels),
        SHARED_TEST(test_shared_transactions__a_begin_that_fails),
        SHARED_TEST(test_shared_transactions__no_connection_is_free),
        SHARED_TEST(test_shared_transactions__own_sql),
        SHARED_TEST(test_shared_transactions__sync_is_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
