/* Rows that are written, and then cannot be read: a table that others made holds what the model does not expect. A call
 * that fails has changed nothing, or says that it has. */
#include <string.h>

#include "harness/shared.h"

static const kith_model other_model = {
    .name = "other",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "n", .type = KITH_INTEGER }, { .name = "m", .type = KITH_INTEGER }),
};
/* The same table, as it is. */
static const kith_model text_model = {
    .name = "text",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true }),
};

static kith_session *start_others(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&other_model, &text_model));
    must(s, kith_execute_script(s, "DROP TABLE others; DROP TABLE texts; "
                                   "CREATE TABLE others (id INTEGER PRIMARY KEY, n VARCHAR(9) DEFAULT 'x', m INTEGER); "
                                   "CREATE VIEW texts AS SELECT id FROM others WHERE n IS NOT NULL"));
    return s;
}

/* That the call failed and its error says whether it has changed so many rows or none. */
static void expect_told(kith_session *s, int64_t rows)
{
    assert_non_null(kith_error_of(s));
    bool told = strstr(kith_error_of(s)->message, "; the change is made all the same") != NULL;
    expect_error(s, KITH_E_DATABASE, "other", NULL, "cannot be read as INTEGER");
    expect_number(s, kith_count(s, &text_model, NULL), told ? rows : 0);
}

static void test_shared_unread__created(void **state)
{
    kith_session *s = start_others(state);
    assert_null(kith_create(s, &other_model, KITH_FIELDS(KITH_F("id", 1))));
    expect_told(s, 1);
}

static void test_shared_unread__created_by_an_expression(void **state)
{
    kith_session *s = start_others(state);
    assert_null(kith_create(s, &other_model, KITH_FIELDS(KITH_F("id", 1), KITH_F("n", KITH_SQL_TEXT("'y'")))));
    expect_told(s, 1);
}

/* The first of them can be read. */
static void test_shared_unread__created_together(void **state)
{
    kith_session *s = start_others(state);
    const kith_field *const rows[] = { KITH_FIELDS(KITH_F("id", 1), KITH_F("n", kith_of_null())),
                                       KITH_FIELDS(KITH_F("id", 2)), KITH_FIELDS(KITH_F("id", 3)) };
    assert_null(kith_create_many(s, &other_model, rows, 3));
    expect_told(s, 2);
}

static void test_shared_unread__updated(void **state)
{
    kith_session *s = start_others(state);
    kith_record *r = must(s, kith_create(s, &other_model,
                                         KITH_FIELDS(KITH_F("id", 1), KITH_F("n", kith_of_null()), KITH_F("m", 7))));
    assert_false(kith_update(s, r, KITH_FIELDS(KITH_F("n", KITH_SQL_TEXT("'y'")))));
    expect_told(s, 1);
    assert_int_equal(kith_value_of(r, "n").kind, KITH_NULL);
}

/* P35: a transaction is undone, so there is nothing to tell */
static void test_shared_unread__in_a_transaction(void **state)
{
    kith_session *s = start_others(state);
    must(s, kith_begin(s));
    assert_null(kith_create(s, &other_model, KITH_FIELDS(KITH_F("id", 1))));
    assert_false(kith_commit(s));
    assert_null(strstr(kith_error_of(s)->message, "all the same"));
    expect_error(s, KITH_E_DATABASE, "other", NULL, "cannot be read as INTEGER");
    expect_number(s, kith_count(s, &text_model, NULL), 0);
}

/* Of what only reads there is nothing to tell either. */
static void test_shared_unread__found(void **state)
{
    kith_session *s = start_others(state);
    must(s, kith_execute_script(s, "INSERT INTO others (id) VALUES (1)"));
    assert_null(kith_find(s, &other_model, NULL));
    assert_null(strstr(kith_error_of(s)->message, "all the same"));
    expect_error(s, KITH_E_DATABASE, NULL, NULL, "cannot be read as INTEGER");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_unread__created),          SHARED_TEST(test_shared_unread__created_by_an_expression),
        SHARED_TEST(test_shared_unread__created_together), SHARED_TEST(test_shared_unread__updated),
        SHARED_TEST(test_shared_unread__in_a_transaction), SHARED_TEST(test_shared_unread__found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
