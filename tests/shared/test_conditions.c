/* Conditions: every operator, with and without NULLs, combined, through associations; and counting by them. */
#include <stdio.h>
#include <stdlib.h>

#include "library.h"

/* Titles, in the order of ids, of the books that a condition finds. */
#define expect_titles(s, condition, json)                                                                              \
    expect_found((s), &book_model, json, .attributes = title_only, .where = (condition), .order = KITH_ORDER({ "id" }))
#define ANTS "{'title':'Ants'}"
#define BEES "{'title':'Bees'}"
#define CATS "{'title':'Cats'}"
#define DOGS "{'title':'Dogs'}"

/* ---- operators ---- */

/* P16, P18: comparisons; NULL is neither equal nor unequal, larger nor smaller */
static void test_shared_conditions__comparisons(void **state)
{
    kith_session *s = start_library(state);
    expect_titles(s, KITH_EQ("year", 2002), "[" CATS "]");
    expect_titles(s, KITH_NE("year", 2002), "[" ANTS "," BEES "]");
    expect_titles(s, KITH_GT("year", 2001), "[" BEES "," CATS "]");
    expect_titles(s, KITH_GTE("year", 2002), "[" BEES "," CATS "]");
    expect_titles(s, KITH_LT("year", 2003), "[" ANTS "," CATS "]");
    expect_titles(s, KITH_LTE("year", 2001), "[" ANTS "]");
    expect_titles(s, KITH_EQ("title", "Ants"), "[" ANTS "]");
    expect_titles(s, KITH_EQ("title", ""), "[]");
    expect_titles(s, KITH_GT("title", "Bees"), "[" CATS "," DOGS "]");
}

/* P16: NULL as a value asks for NULL */
static void test_shared_conditions__null(void **state)
{
    kith_session *s = start_library(state);
    expect_titles(s, KITH_EQ("year", kith_of_null()), "[" DOGS "]");
    expect_titles(s, KITH_NE("year", kith_of_null()), "[" ANTS "," BEES "," CATS "]");
    expect_titles(s, KITH_IS_NULL("year"), "[" DOGS "]");
    expect_titles(s, KITH_IS_NOT_NULL("year"), "[" ANTS "," BEES "," CATS "]");
    expect_titles(s, KITH_EQ("year", (const char *)NULL), "[" DOGS "]");
    assert_null(kith_find(s, &book_model, &(kith_query){ .where = KITH_GT("year", kith_of_null()) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "book.year can only be equal to NULL or not");
}

/* P16: lists; a NULL in one finds rows without a value; an empty one finds nothing, its opposite everything */
static void test_shared_conditions__lists(void **state)
{
    static const kith_value empty[] = { KITH_END_VALUE_ };
    static const kith_expr in_nothing = { .op = KITH_OP_IN, .path = "year", .list = empty };
    static const kith_expr not_in_nothing = { .op = KITH_OP_NOT_IN, .path = "year", .list = empty };
    kith_session *s = start_library(state);
    expect_titles(s, KITH_IN("year", KITH_V(2001), KITH_V(2002), KITH_V(1999)), "[" ANTS "," CATS "]");
    expect_titles(s, KITH_IN("year", KITH_V(2001), kith_of_null()), "[" ANTS "," DOGS "]");
    expect_titles(s, KITH_IN("year", kith_of_null()), "[" DOGS "]");
    expect_titles(s, KITH_NOT_IN("year", KITH_V(2001), KITH_V(2002)), "[" BEES "]");
    expect_titles(s, KITH_NOT_IN("year", KITH_V(2001), kith_of_null()), "[" BEES "," CATS "]");
    expect_titles(s, &in_nothing, "[]");
    expect_titles(s, KITH_AND(&not_in_nothing, KITH_IS_NOT_NULL("year")), "[" ANTS "," BEES "," CATS "]");
    expect_titles(s, KITH_BETWEEN("year", 2001, 2002), "[" ANTS "," CATS "]");
    expect_titles(s, KITH_BETWEEN("year", 2002, 2001), "[]");
}

/* P16: patterns; % and _ are wildcards, \ escapes them */
static void test_shared_conditions__patterns(void **state)
{
    kith_session *s = start_library(state);
    must(s, kith_create(s, &book_model, KITH_FIELDS(KITH_F("title", "100%_a\\b"))));
    expect_titles(s, KITH_LIKE("title", "%ts"), "[" ANTS "," CATS "]");
    expect_titles(s, KITH_LIKE("title", "_nts"), "[" ANTS "]");
    expect_titles(s, KITH_LIKE("title", "_ts"), "[]");
    expect_titles(s, KITH_NOT_LIKE("title", "%s"), "[{'title':'100%_a\\\\b'}]");
    expect_titles(s, KITH_LIKE("title", "%\\%%"), "[{'title':'100%_a\\\\b'}]");
    expect_titles(s, KITH_LIKE("title", "%0\\_%"), "[]");
    expect_titles(s, KITH_LIKE("title", "%\\_a\\\\b"), "[{'title':'100%_a\\\\b'}]");
    assert_null(kith_find(s, &book_model, &(kith_query){ .where = KITH_LIKE("year", "2%") }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "LIKE needs text");
}

/* P16: and, or, not; terms that are NULL are left out; an empty junction says nothing */
static void test_shared_conditions__junctions(void **state)
{
    kith_session *s = start_library(state);
    const kith_expr *none = NULL;
    expect_titles(s, KITH_AND(KITH_GT("year", 2001), KITH_LT("year", 2003)), "[" CATS "]");
    expect_titles(s, KITH_OR(KITH_EQ("title", "Ants"), KITH_EQ("title", "Dogs")), "[" ANTS "," DOGS "]");
    expect_titles(s, KITH_NOT(KITH_EQ("title", "Ants")), "[" BEES "," CATS "," DOGS "]");
    expect_titles(s, KITH_NOT(KITH_OR(KITH_EQ("year", 2001), KITH_EQ("year", 2002))), "[" BEES "]");
    expect_titles(s, KITH_AND(none, KITH_EQ("year", 2001), none), "[" ANTS "]");
    expect_titles(s, KITH_OR(none, none), "[" ANTS "," BEES "," CATS "," DOGS "]");
    expect_titles(s,
                  KITH_OR(KITH_AND(KITH_EQ("year", 2001), KITH_EQ("title", "Ants")),
                          KITH_AND(KITH_EQ("year", 2002), KITH_NOT(KITH_EQ("title", "Ants")))),
                  "[" ANTS "," CATS "]");
}

/* P16: text of one's own, functions, and other attributes as values; values are bound */
static void test_shared_conditions__sql_and_functions(void **state)
{
    kith_session *s = start_library(state);
    expect_titles(s, KITH_SQL("year > ? AND year < ?", KITH_V(2001), KITH_V(2003)), "[" CATS "]");
    expect_titles(s, KITH_SQL_TEXT("year IS NULL"), "[" DOGS "]");
    expect_titles(s, KITH_AND(KITH_SQL("year = 2001 OR year = ?", KITH_V(2002)), KITH_EQ("title", "Bees")), "[]");
    expect_titles(s, KITH_SQL("title = ?", KITH_V("x' OR 'a' = 'a")), "[]");
    expect_titles(s, KITH_SQL("title <> '?' AND title = ?", KITH_V("Ants")), "[" ANTS "]");
    expect_titles(s, KITH_EQ("year", KITH_FN("abs", KITH_V(-2001))), "[" ANTS "]");
    expect_titles(s, KITH_GT("id", KITH_COL("authorId")), "[" BEES "," CATS "]");
    assert_null(kith_find(s, &book_model, &(kith_query){ .where = KITH_SQL("year = ?", KITH_V(1), KITH_V(2)) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "1 placeholders but 2 values");
    assert_null(kith_find(s, &book_model, &(kith_query){ .where = KITH_EQ("title", KITH_FN("a; b", KITH_V(1))) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "is not the name of a function");
}

/* ---- values ---- */

/* P33, S78: a value takes the attribute's kind or is refused; one that no row could have finds none */
static void test_shared_conditions__values(void **state)
{
    char longer[300];
    kith_session *s = start_library(state);
    snprintf(longer, sizeof longer, "%0250d", 1);
    expect_titles(s, KITH_EQ("title", longer), "[]");
    expect_titles(s, KITH_LT("year", INT64_MAX), "[" ANTS "," BEES "," CATS "]");
    assert_null(kith_find(s, &book_model, &(kith_query){ .where = KITH_EQ("year", "many") }));
    expect_error(s, KITH_E_USAGE, "book", "year", "takes an integer");
    assert_null(kith_find(s, &book_model, &(kith_query){ .where = KITH_EQ("title", 5) }));
    expect_error(s, KITH_E_USAGE, "book", "title", "takes text");
    assert_null(kith_find(s, &book_model, &(kith_query){ .where = KITH_EQ("year", UINT64_MAX) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "");
    assert_null(
        kith_find(s, &book_model, &(kith_query){ .where = &(const kith_expr){ .op = KITH_OP_EQ, .path = "year" } }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "has no value");
}

/* P13: a list of more values than a statement has room for */
static void test_shared_conditions__long_lists(void **state)
{
    enum { MANY = 40000 };
    kith_session *s = start_library(state);
    kith_value *values = calloc(MANY + 1, sizeof *values);
    assert_non_null(values);
    for (int i = 0; i < MANY; i++)
        values[i] = KITH_V(2002 + i);
    values[MANY] = (kith_value)KITH_END_VALUE_;
    kith_expr in = { .op = KITH_OP_IN, .path = "year", .list = values };
    kith_list *found = kith_find(s, &book_model,
                                 &(kith_query){
                                     .attributes = title_only, .where = &in, .order = KITH_ORDER({ "id" }) });
    in.op = KITH_OP_NOT_IN;
    kith_list *others = kith_find(s, &book_model,
                                  &(kith_query){
                                      .attributes = title_only, .where = &in, .order = KITH_ORDER({ "id" }) });
    free(values);
    expect_list(s, found, "[" BEES "," CATS "]");
    expect_list(s, others, "[" ANTS "]");
}

/* ---- through associations ---- */

/* P16: some, none, every, for every kind of association */
static void test_shared_conditions__some_none_every(void **state)
{
    kith_session *s = start_library(state);
    expect_titles(s, KITH_SOME("tags", KITH_EQ("word", "old")), "[" ANTS "," CATS "]");
    expect_titles(s, KITH_SOME("tags", NULL), "[" ANTS "," BEES "," CATS "]");
    expect_titles(s, KITH_NONE("tags", KITH_EQ("word", "old")), "[" BEES "," DOGS "]");
    expect_titles(s, KITH_NONE("tags", NULL), "[" DOGS "]");
    expect_titles(s, KITH_EVERY("tags", KITH_EQ("word", "new")), "[" BEES "," DOGS "]");
    expect_titles(s, KITH_EVERY("tags", NULL), "[" ANTS "," BEES "," CATS "," DOGS "]");
    expect_titles(s, KITH_OR(KITH_EQ("title", "Ants"), KITH_EVERY("tags", NULL)),
                  "[" ANTS "," BEES "," CATS "," DOGS "]"); /* a term that is true, and not left out */
    expect_titles(s, KITH_NOT(KITH_EVERY("tags", NULL)), "[]");
    expect_titles(s, KITH_SOME("reviews", KITH_GT("stars", 2)), "[" ANTS "]");
    expect_titles(s, KITH_EVERY("reviews", KITH_GT("stars", 2)), "[" ANTS "," DOGS "]"); /* unknown is not true */
    expect_titles(s, KITH_SOME("cover", KITH_EQ("colour", "red")), "[" ANTS "]");
    expect_titles(s, KITH_NONE("cover", NULL), "[" BEES "," CATS "," DOGS "]");
    expect_titles(s, KITH_SOME("author", KITH_EQ("name", "Bob")), "[" CATS "]");
    expect_titles(s, KITH_NONE("author", KITH_EQ("name", "Bob")), "[" ANTS "," BEES "," DOGS "]");
}

/* P16, P18: paths, of any length, also through the join row */
static void test_shared_conditions__paths(void **state)
{
    kith_session *s = start_library(state);
    expect_titles(s, KITH_EQ("author.name", "Ann"), "[" ANTS "," BEES "]");
    expect_titles(s, KITH_EQ("author.city.name", "Oslo"), "[" CATS "]");
    expect_titles(s, KITH_EQ("tags.word", "old"), "[" ANTS "," CATS "]");
    expect_titles(s, KITH_GT("tags.book_tag.rank", 2), "[" BEES "," CATS "]");
    expect_titles(s, KITH_SOME("tags", KITH_AND(KITH_EQ("word", "new"), KITH_LT("book_tag.rank", 3))), "[" ANTS "]");
    expect_titles(s, KITH_EQ("reviews.critic.city.name", "Rome"), "[" CATS "]");
    expect_titles(s, KITH_IN("tags.word", KITH_V("old"), KITH_V("odd")), "[" ANTS "," CATS "]");
    expect_titles(s, KITH_IS_NULL("tags.book_tag.rank"), "[" CATS "]");
    expect_titles(s, KITH_NOT(KITH_EQ("tags.word", "old")), "[" BEES "," DOGS "]");
}

/* P16: any depth, mixed with the rest */
static void test_shared_conditions__nested(void **state)
{
    kith_session *s = start_library(state);
    expect_found(s, &author_model, "[{'name':'Ann'},{'name':'Cid'}]", .attributes = name_only,
                 .order = KITH_ORDER({ "id" }),
                 .where = KITH_OR(KITH_SOME("books", KITH_SOME("reviews", KITH_SOME("critic", KITH_EQ("name", "Bob")))),
                                  KITH_NONE("city", NULL)));
    expect_found(s, &author_model, "[{'name':'Bob'}]", .attributes = name_only,
                 .where = KITH_AND(KITH_SOME("books", NULL),
                                   KITH_EVERY("books", KITH_SOME("tags", KITH_EQ("word", "old")))));
    expect_found(s, &tag_model, "[{'word':'odd'}]", .attributes = word_only,
                 .where = KITH_NONE("books", KITH_SOME("author", NULL)));
    expect_found(s, &book_model, "[{'title':'Ants','tags':[{'word':'new'}]}]", .attributes = title_only,
                 .include = KITH_INCLUDE(
                     { .as = "tags",
                       .attributes = word_only,
                       .through = { .attributes = no_names },
                       .where = KITH_AND(KITH_EQ("book_tag.rank", 1), KITH_SOME("books", KITH_EQ("title", "Bees"))) }));
}

/* ---- counting ---- */

/* P6: rows are counted, not rows times their includes; limit and offset do not matter */
static void test_shared_conditions__counting(void **state)
{
    kith_session *s = start_library(state);
    expect_number(s, kith_count(s, &book_model, NULL), 4);
    expect_number(s,
                  kith_count(s, &book_model, &(kith_query){ .where = KITH_GT("year", 2001), .limit = 1, .offset = 5 }),
                  2);
    expect_number(s, kith_count(s, &book_model, &(kith_query){ .where = KITH_EQ("tags.word", "new") }), 3);
    forget_statements();
    expect_number(s,
                  kith_count(s, &book_model,
                             &(kith_query){ .include = KITH_INCLUDE({ .as = "tags" }, { .as = "reviews" }) }),
                  4);
    expect_statements(1);
    expect_number(s,
                  kith_count(s, &book_model,
                             &(kith_query){ .include = KITH_INCLUDE({ .as = "tags", .required = KITH_YES },
                                                                    { .as = "reviews" }) }),
                  3);
    expect_number(s,
                  kith_count(s, &book_model,
                             &(kith_query){
                                 .include = KITH_INCLUDE({ .as = "reviews", .where = KITH_GT("stars", 0) }) }),
                  2);
    expect_number(s,
                  kith_count(s, &book_model,
                             &(kith_query){ .include = KITH_INCLUDE(
                                                { .as = "reviews",
                                                  .required = KITH_YES,
                                                  .include = KITH_INCLUDE(
                                                      { .as = "critic", .where = KITH_EQ("name", "Ann") }) }) }),
                  1);
    expect_number(s, kith_count(s, &book_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "tgas" }) }), -1);
    expect_error(s, KITH_E_USAGE, "book", "tgas", "did you mean 'tags'?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_conditions__comparisons),     SHARED_TEST(test_shared_conditions__null),
        SHARED_TEST(test_shared_conditions__lists),           SHARED_TEST(test_shared_conditions__patterns),
        SHARED_TEST(test_shared_conditions__junctions),       SHARED_TEST(test_shared_conditions__sql_and_functions),
        SHARED_TEST(test_shared_conditions__values),          SHARED_TEST(test_shared_conditions__long_lists),
        SHARED_TEST(test_shared_conditions__some_none_every), SHARED_TEST(test_shared_conditions__paths),
        SHARED_TEST(test_shared_conditions__nested),          SHARED_TEST(test_shared_conditions__counting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
