/* kith_explain: what it shows is what kith_find sends, and each database can be asked for its own plan. */
#include <string.h>

#include "library.h"

#define COVERED                                                                                                        \
    (&(kith_query){                                                                                                    \
        .where = KITH_GT("year", 1999),                                                                                \
        .include = KITH_INCLUDE({ .as = "tags", .include = KITH_INCLUDE({ .as = "books" }) },                          \
                                { .as = "reviews", .attributes = stars_only, .required = KITH_YES, .limit = 2 },       \
                                { .as = "author" }),                                                                   \
        .order = KITH_ORDER({ "year" }),                                                                               \
        .limit = 2 })

/* The part of a text that stands between its beginning and the next line. */
static void expect_line(const char *text, const char *line)
{
    size_t size = strlen(line);
    for (const char *at = text; at; at = strchr(at, '\n'), at += at != NULL)
        if (strncmp(at, line, size) == 0 && (at[size] == '\n' || !at[size]))
            return;
    fail_msg("no line '%s' in\n%s", line, text);
}

/* P20: the statements are those of the find; two books, so that there are two keys, as it is shown */
static void test_shared_explain__shows_what_find_sends(void **state)
{
    kith_session *s = start_library(state);
    const char *text = kith_explain(s, &book_model, COVERED, NULL);
    expect_no_error(s);
    expect_statements(0);
    expect_line(text, "book: id, title, year, authorId");
    expect_line(text, "  tags: SEPARATE, book.id = book_tag.bookId, book_tag.tagId = tag.id: id, word; book_tag: rank, "
                      "bookId, tagId");
    expect_line(text, "    books: SEPARATE, tag.id = book_tag.tagId, book_tag.bookId = book.id: id, title, year, "
                      "authorId; book_tag: rank, bookId, tagId");
    expect_line(text, "  reviews: SEPARATE, required by EXISTS in book, book.id = review.bookId: stars + id, bookId");
    expect_line(text, "  author: JOIN, book.authorId = author.id: id, name, cityId");
    kith_list *books = must(s, kith_find(s, &book_model, COVERED));
    assert_int_equal(books->count, 2);
    expect_statements(4);
    const char *at = text;
    for (unsigned i = 0; i < 4; i++) { /* in this order */
        expect_line(text, statement(i));
        const char *next = strstr(at, statement(i));
        assert_non_null(next);
        at = next + strlen(statement(i));
    }
}

/* P20: lists that are joined stand in the statement of their source */
static void test_shared_explain__joined_lists(void **state)
{
    kith_session *s = start_library(state);
    const kith_query q = { .include = KITH_INCLUDE({ .as = "tags", .strategy = KITH_JOIN },
                                                   { .as = "reviews", .strategy = KITH_JOIN }) };
    const char *text = kith_explain(s, &book_model, &q, NULL);
    expect_no_error(s);
    expect_line(text, "  tags: JOIN, book.id = book_tag.bookId, book_tag.tagId = tag.id: id, word; book_tag: rank, "
                      "bookId, tagId");
    assert_null(strstr(text, "\n2. "));
    must(s, kith_find(s, &book_model, &q));
    expect_statements(1);
    expect_line(text, statement(0));
    assert_true(*kith_explain(s, &book_model, &q, &(kith_explain_opts){ .database_plan = true }));
}

/* P20: with the database's own plan; nothing but that is asked */
static void test_shared_explain__asks_the_database(void **state)
{
    kith_session *s = start_library(state);
    const uint64_t before = kith_statements(s);
    const char *text = kith_explain(s, &book_model, COVERED, &(kith_explain_opts){ .database_plan = true });
    expect_no_error(s);
    expect_statements(4);
    assert_int_equal(kith_statements(s) - before, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(strncmp(statement(i), "EXPLAIN ", 8), 0);
    unsigned plans = 0;
    for (const char *at = text; (at = strstr(at, "\nplan:\n  ")); at++) {
        plans++;
        assert_true(at[9] != '\n' && at[9] != '\0');
    }
    assert_int_equal(plans, 4);
    must(s, kith_begin(s));
    assert_true(*kith_explain(s, &book_model, COVERED, &(kith_explain_opts){ .database_plan = true }));
    must(s, kith_commit(s));
}

/* ---- keys of every type ---- */

#define BY(word, ...)                                                                                                  \
    static const kith_model word##_child = {                                                                           \
        .name = #word "Child",                                                                                         \
        .no_timestamps = true,                                                                                         \
        .attrs = KITH_ATTRS({ .name = "id", .type = KITH_BIGINT, .primary_key = true }),                               \
    };                                                                                                                 \
    static const kith_model word##_parent = {                                                                          \
        .name = #word "Parent",                                                                                        \
        .no_timestamps = true,                                                                                         \
        .attrs = KITH_ATTRS({ .name = "code", .type = __VA_ARGS__, .primary_key = true }),                             \
        .assocs = KITH_ASSOCS(                                                                                         \
            { KITH_HAS_MANY, .as = "children", .target = &word##_child, .foreign_key = "parentCode" }),                \
    }

BY(string, KITH_STRING(20));
BY(integer, KITH_INTEGER);
BY(bigint, KITH_BIGINT);
BY(decimal, KITH_DECIMAL(12, 3));
BY(date, KITH_DATE);
BY(dateonly, KITH_DATEONLY);
BY(time, KITH_TIME);
BY(uuid, KITH_UUID);
BY(label, KITH_ENUM("one", "two"));

/* P20: the keys that are made up are of the key's type */
static void test_shared_explain__keys_of_every_type(void **state)
{
    static const kith_model *const parents[] = { &string_parent,  &integer_parent, &bigint_parent,
                                                 &decimal_parent, &date_parent,    &dateonly_parent,
                                                 &time_parent,    &uuid_parent,    &label_parent };
    kith_session *s = start(state,
                            KITH_MODELS(&string_parent, &integer_parent, &bigint_parent, &decimal_parent, &date_parent,
                                        &dateonly_parent, &time_parent, &uuid_parent, &label_parent, &string_child,
                                        &integer_child, &bigint_child, &decimal_child, &date_child, &dateonly_child,
                                        &time_child, &uuid_child, &label_child));
    for (size_t i = 0; i < sizeof parents / sizeof *parents; i++) {
        const kith_query q = { .include = KITH_INCLUDE({ .as = "children" }) };
        const char *text = kith_explain(s, parents[i], &q, &(kith_explain_opts){ .database_plan = true });
        expect_no_error(s);
        assert_non_null(strstr(text, "values: <keys>"));
        assert_non_null(strstr(strstr(text, "\n2. "), "\nplan:\n"));
    }
}

/* P20, P22: associations to one of several models have a line and a statement for each */
static const kith_model cat_model = { .name = "cat", .no_timestamps = true };
static const kith_model dog_model = { .name = "dog", .no_timestamps = true };
static const kith_model note_model = {
    .name = "note",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "subject", .targets = KITH_MODELS(&cat_model, &dog_model) }),
};

static void test_shared_explain__several_models(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&cat_model, &dog_model, &note_model));
    const kith_query q = { .include = KITH_INCLUDE({ .as = "subject" }) };
    const char *text = kith_explain(s, &note_model, &q, &(kith_explain_opts){ .database_plan = true });
    expect_no_error(s);
    expect_line(text, "  subject (cat): SEPARATE, note.subjectId = cat.id: id");
    expect_line(text, "  subject (dog): SEPARATE, note.subjectId = dog.id: id");
    assert_non_null(strstr(text, "\n2. note.subject (cat), for "));
    assert_non_null(strstr(text, "\n3. note.subject (dog), for "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_explain__shows_what_find_sends), SHARED_TEST(test_shared_explain__joined_lists),
        SHARED_TEST(test_shared_explain__asks_the_database),     SHARED_TEST(test_shared_explain__keys_of_every_type),
        SHARED_TEST(test_shared_explain__several_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
