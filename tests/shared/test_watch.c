/* Seeing what runs: how many statements a session has sent, and at most so many. */
#include <string.h>

#include "library.h"

#define WITH_ALL                                                                                                       \
    (&(kith_query){                                                                                                    \
        .include = KITH_INCLUDE({ .as = "tags" }, { .as = "reviews", .include = KITH_INCLUDE({ .as = "critic" }) }) })

/* How many of the statements that the log saw begin with one of these words. */
static unsigned logged(const char *first, const char *second)
{
    unsigned count = 0;
    for (unsigned i = 0; i < statement_count(); i++)
        count += strncmp(statement(i), first, strlen(first)) == 0 || strncmp(statement(i), second, strlen(second)) == 0;
    return count;
}

/* ---- counting ---- */

/* P20: a find and its includes, also when they are sent together */
static void test_shared_watch__counts_a_find_with_its_includes(void **state)
{
    start_library(state);
    kith_session *s = open_session();
    assert_int_equal(kith_statements(s), 0);
    must(s, kith_find(s, &book_model, WITH_ALL));
    assert_int_equal(kith_statements(s), 3);
    expect_statements(3);
    assert_int_equal(kith_count(s, &book_model, NULL), 4);
    assert_int_equal(kith_statements(s), 4);
    assert_int_equal(kith_statements(NULL), 0);
}

/* P20: sessions count for themselves, though their connections are the pool's */
static void test_shared_watch__counts_for_each_session(void **state)
{
    kith_session *s = start_library(state), *other = open_session();
    uint64_t before = kith_statements(s);
    must(other, kith_find(other, &book_model, NULL));
    assert_int_equal(kith_statements(other), 1);
    assert_int_equal(kith_statements(s), before);
}

/* P20: what begins and ends a transaction does not count */
static void test_shared_watch__leaves_out_transactions(void **state)
{
    start_library(state);
    kith_session *s = open_session();
    must(s, kith_begin(s));
    must(s, kith_begin(s));
    must(s, kith_find(s, &book_model, NULL));
    must(s, kith_rollback(s));
    must(s, kith_find(s, &book_model, NULL));
    must(s, kith_commit(s));
    assert_int_equal(kith_statements(s), 2);
}

/* P20: chunks are statements, however many the database makes of one question */
static void test_shared_watch__counts_chunks(void **state)
{
    enum { MANY = 2500 };
    static kith_value values[MANY * 2 + 1];
    start_library(state);
    kith_session *s = open_session();
    for (int i = 0; i < MANY; i++) {
        values[2 * i] = KITH_V("much");
        values[2 * i + 1] = KITH_V(i);
    }
    values[MANY * 2].kind = KITH_LIST_END;
    expect_number(s, kith_insert_many(s, &book_model, KITH_NAMES("title", "year"), values, MANY, NULL), MANY);
    assert_int_equal(kith_statements(s), logged("INSERT", "INSERT"));
    uint64_t before = kith_statements(s);
    forget_statements();
    kith_list *books = must(s,
                            kith_find(s, &book_model,
                                      &(kith_query){ .where = KITH_EQ("title", "much"),
                                                     .include = KITH_INCLUDE({ .as = "tags" }, { .as = "reviews" }) }));
    assert_int_equal(books->count, MANY);
    assert_int_equal(kith_statements(s) - before, statement_count());
}

/* P20: a statement that fails was sent; one that is refused was not */
static void test_shared_watch__counts_what_fails(void **state)
{
    start_library(state);
    kith_session *s = open_session();
    assert_int_equal(kith_execute(s, "DELETE FROM nowhere", NULL), -1);
    kith_clear(s);
    assert_int_equal(kith_statements(s), 1);
    assert_null(kith_find(s, &book_model, &(kith_query){ .where = KITH_EQ("titel", "Ants") }));
    kith_clear(s);
    assert_int_equal(kith_statements(s), 1);
    must(s, kith_execute_script(s, "UPDATE covers SET colour = 'blue'; UPDATE covers SET colour = 'red'"));
    assert_int_equal(kith_statements(s), 2);
}

/* ---- the budget ---- */

/* P20: what is within it runs, and one statement more is not sent */
static void test_shared_watch__refuses_one_statement_more(void **state)
{
    kith_session *s = start_library(state);
    kith_budget(s, 3);
    must(s, kith_find(s, &book_model, WITH_ALL));
    forget_statements();
    assert_null(kith_find(s, &tag_model, NULL));
    expect_statements(0);
    assert_non_null(kith_error_of(s));
    assert_non_null(strstr(kith_error_of(s)->sql, "SELECT"));
    assert_non_null(strstr(kith_error_of(s)->message, "SELECT"));
    expect_error(s, KITH_E_BUDGET, NULL, NULL, "budget of 3 statements is used up: 3 ran");
    assert_null(kith_find(s, &tag_model, NULL));
    expect_error(s, KITH_E_BUDGET, NULL, NULL, "3 ran");
    kith_budget(s, 1);
    must(s, kith_find(s, &tag_model, NULL));
    kith_budget(s, KITH_NO_BUDGET);
    must(s, kith_find(s, &book_model, WITH_ALL));
    expect_statements(4);
    kith_budget(NULL, 1);
}

/* P20: the loop that loads one record at a time is what a test finds so */
static void test_shared_watch__finds_a_loop(void **state)
{
    kith_session *s = start_library(state);
    kith_list *books = must(s, kith_find(s, &book_model, NULL));
    kith_budget(s, 2);
    for (size_t i = 0; i < books->count; i++)
        kith_get(s, books->at[i], "tags", NULL);
    expect_statements(3);
    expect_error(s, KITH_E_BUDGET, NULL, NULL, "budget of 2 statements");
}

/* P20: refused in the middle of what is sent together: the session and its connection go on */
static void test_shared_watch__refuses_in_the_middle_of_a_find(void **state)
{
    kith_session *s = start_library(state);
    for (unsigned most = 0; most < 3; most++) {
        kith_budget(s, most);
        uint64_t before = kith_statements(s);
        assert_null(kith_find(s, &book_model, WITH_ALL));
        expect_error(s, KITH_E_BUDGET, NULL, NULL, most == 1 ? "budget of 1 statement is" : "refused: SELECT");
        assert_int_equal(kith_statements(s) - before, most);
        kith_budget(s, KITH_NO_BUDGET);
        must(s, kith_find(s, &book_model, WITH_ALL));
    }
}

/* P20: a call that changes in several statements is still all or nothing, and its transaction rolls back */
static void test_shared_watch__undoes_what_was_begun(void **state)
{
    kith_session *s = start_library(state);
    kith_record *bees = must(s, kith_find_by_key(s, &book_model, KITH_V(2)));
    kith_budget(s, 1);
    assert_null(kith_create_related(s, bees, "tags", KITH_FIELDS(KITH_F("word", "fresh")), NULL));
    expect_error(s, KITH_E_BUDGET, NULL, NULL, "1 ran");
    expect_stored(&tag_model, KITH_NAMES("word"), "[{'word':'new'},{'word':'odd'},{'word':'old'}]");
    kith_budget(s, 1);
    must(s, kith_begin(s));
    must(s, kith_update(s, bees, KITH_FIELDS(KITH_F("title", "Bugs"))));
    assert_false(kith_update(s, bees, KITH_FIELDS(KITH_F("title", "Bats"))));
    assert_false(kith_commit(s));
    expect_error(s, KITH_E_BUDGET, NULL, NULL, "1 ran");
    kith_budget(s, KITH_NO_BUDGET);
    assert_int_equal(kith_count(s, &book_model, &(kith_query){ .where = KITH_EQ("title", "Bees") }), 1);
}

/* P20: scripts and statements of the program's own */
static void test_shared_watch__refuses_raw_statements(void **state)
{
    kith_session *s = start_library(state);
    kith_budget(s, 0);
    assert_int_equal(kith_execute(s, "DELETE FROM covers", NULL), -1);
    expect_error(s, KITH_E_BUDGET, NULL, NULL, "budget of 0 statements is used up: 0 ran");
    assert_false(kith_execute_script(s, "DELETE FROM covers"));
    expect_error(s, KITH_E_BUDGET, NULL, NULL, "refused: DELETE FROM covers");
    expect_statements(0);
    kith_budget(s, KITH_NO_BUDGET);
    assert_int_equal(kith_count(s, &cover_model, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_watch__counts_a_find_with_its_includes),
        SHARED_TEST(test_shared_watch__counts_for_each_session),
        SHARED_TEST(test_shared_watch__leaves_out_transactions),
        SHARED_TEST(test_shared_watch__counts_chunks),
        SHARED_TEST(test_shared_watch__counts_what_fails),
        SHARED_TEST(test_shared_watch__refuses_one_statement_more),
        SHARED_TEST(test_shared_watch__finds_a_loop),
        SHARED_TEST(test_shared_watch__refuses_in_the_middle_of_a_find),
        SHARED_TEST(test_shared_watch__undoes_what_was_begun),
        SHARED_TEST(test_shared_watch__refuses_raw_statements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
