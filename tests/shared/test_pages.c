/* Orders and pages: of the rows found, and of each source's own targets. */
#include "library.h"

#define ANTS "{'title':'Ants'}"
#define BEES "{'title':'Bees'}"
#define CATS "{'title':'Cats'}"
#define DOGS "{'title':'Dogs'}"

#define expect_ordered(s, json, ...)                                                                                   \
    expect_found((s), &book_model, json, .attributes = title_only, .order = KITH_ORDER(__VA_ARGS__))

/* ---- orders ---- */

/* P18: by attributes, up and down, by one after the other; also by those that are not loaded */
static void test_shared_pages__order(void **state)
{
    kith_session *s = start_library(state);
    expect_ordered(s, "[" DOGS "," CATS "," BEES "," ANTS "]", { "title", .desc = true });
    expect_found(s, &book_model, "[" ANTS "," CATS "," BEES "]", .attributes = title_only,
                 .where = KITH_IS_NOT_NULL("year"), .order = KITH_ORDER({ "year" }));
    expect_found(s, &book_tag_model, "[{'rank':4},{'rank':1},{'rank':3}]", .attributes = rank_only,
                 .where = KITH_EQ("tagId", 1),
                 .order = KITH_ORDER({ "tagId" }, { "book.author.name", .desc = true }, { "rank" }));
}

/* P18: by a path through associations that lead to one */
static void test_shared_pages__order_by_a_path(void **state)
{
    kith_session *s = start_library(state);
    expect_found(s, &book_model, "[" CATS "," ANTS "," BEES "]", .attributes = title_only,
                 .where = KITH_SOME("author", NULL), .order = KITH_ORDER({ "author.city.name" }, { "title" }));
    expect_found(s, &review_model, "[{'stars':1},{'stars':5},{'stars':3}]", .attributes = stars_only,
                 .where = KITH_SOME("critic", NULL), .order = KITH_ORDER({ "critic.name" }));
    expect_found(s, &book_model, "[" CATS "," BEES "," ANTS "]", .attributes = title_only,
                 .where = KITH_SOME("author", NULL),
                 .order = KITH_ORDER({ "author.city.name" }, { "title", .desc = true }), .limit = 3);
}

/* P5, P17: by how many there are */
static void test_shared_pages__order_by_count(void **state)
{
    kith_session *s = start_library(state);
    expect_ordered(s, "[" DOGS "," BEES "," CATS "," ANTS "]", { "tags", .aggregate = KITH_COUNT },
                   { "reviews", .aggregate = KITH_COUNT });
    expect_ordered(s, "[" ANTS "," BEES "," CATS "," DOGS "]", { "reviews", .desc = true, .aggregate = KITH_COUNT },
                   { "title" });
    expect_found(s, &author_model, "[{'name':'Ann'},{'name':'Bob'}]", .attributes = name_only, .limit = 2,
                 .order = KITH_ORDER({ "books", .desc = true, .aggregate = KITH_COUNT }));
}

/* P5: by one of many there is no order, and the error says what there is */
static void test_shared_pages__order_by_one_of_many(void **state)
{
    kith_session *s = start_library(state);
    assert_null(kith_find(s, &book_model, &(kith_query){ .order = KITH_ORDER({ "tags.word" }), .limit = 2 }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, ".aggregate = KITH_COUNT");
    assert_null(kith_find(s, &book_model, &(kith_query){ .order = KITH_ORDER({ .desc = true }) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "an order names no attribute");
    assert_null(kith_find(s, &book_model, &(kith_query){ .order = KITH_ORDER({ "title", .aggregate = KITH_COUNT }) }));
    expect_error(s, KITH_E_USAGE, "book", "title", "has no association");
    expect_statements(0);
}

/* ---- pages of rows ---- */

/* P4: limit and offset, each alone and together, beyond the end */
static void test_shared_pages__limit_and_offset(void **state)
{
    kith_session *s = start_library(state);
    const kith_order *by_id = KITH_ORDER({ "id" });
    expect_found(s, &book_model, "[" ANTS "," BEES "]", .attributes = title_only, .order = by_id, .limit = 2);
    expect_found(s, &book_model, "[" CATS "]", .attributes = title_only, .order = by_id, .limit = 1, .offset = 2);
    expect_found(s, &book_model, "[" BEES "," CATS "," DOGS "]", .attributes = title_only, .order = by_id, .offset = 1);
    expect_found(s, &book_model, "[]", .attributes = title_only, .order = by_id, .limit = 9, .offset = 4);
    kith_record *first = must(
        s, kith_find_one(s, &book_model, &(kith_query){ .order = KITH_ORDER({ "title", .desc = true }), .limit = 3 }));
    expect_text(kith_text(first, "title"), "Dogs");
    assert_null(kith_find_one(s, &book_model, &(kith_query){ .where = KITH_EQ("title", "x") }));
    expect_no_error(s);
}

/* P4: a page among equals is cut at the same place each time */
static void test_shared_pages__ties(void **state)
{
    kith_session *s = start_library(state);
    for (size_t i = 0; i < 3; i++) {
        static const char *const expected[] = { "[{'rank':1}]", "[{'rank':3}]", "[{'rank':4}]" };
        expect_found(s, &book_tag_model, expected[i], .attributes = rank_only, .where = KITH_EQ("tagId", 1),
                     .order = KITH_ORDER({ "tagId" }), .limit = 1, .offset = i);
    }
}

/* P1, P4: limit counts rows, whatever is included; with a condition on what is included, those that fulfil it */
static void test_shared_pages__limit_with_includes(void **state)
{
    kith_session *s = start_library(state);
    expect_found(s, &book_model,
                 "[{'title':'Ants','tags':[{'word':'new'},{'word':'old'}],'reviews':[{'stars':5},{'stars':3}]},"
                 "{'title':'Bees','tags':[{'word':'new'}],'reviews':[{'stars':null}]}]",
                 .attributes = title_only, .order = KITH_ORDER({ "id" }), .limit = 2,
                 .include = KITH_INCLUDE({ .as = "tags",
                                           .attributes = word_only,
                                           .order = KITH_ORDER({ "id" }),
                                           .through = { .attributes = no_names } },
                                         { .as = "reviews", .attributes = stars_only, .order = KITH_ORDER({ "id" }) }));
    expect_found(s, &book_model, "[{'title':'Cats','tags':[{'word':'old'}]}]", .attributes = title_only,
                 .order = KITH_ORDER({ "id" }), .limit = 1, .offset = 1,
                 .include = KITH_INCLUDE({ .as = "tags",
                                           .attributes = word_only,
                                           .where = KITH_EQ("word", "old"),
                                           .through = { .attributes = no_names } }));
    expect_found(s, &book_model, "[{'title':'Cats','author':{'name':'Bob'}}]", .attributes = title_only,
                 .order = KITH_ORDER({ "id", .desc = true }), .limit = 1,
                 .include = KITH_INCLUDE({ .as = "author", .attributes = name_only, .required = KITH_YES }));
}

/* ---- pages of each source ---- */

/* P3, P10: order, limit and offset belong to each include, and count for each source */
static void test_shared_pages__per_source(void **state)
{
    kith_session *s = start_library(state);
    expect_found(
        s, &author_model,
        "[{'name':'Ann','books':[{'title':'Bees'}]},{'name':'Bob','books':[{'title':'Cats'}]},{'name':'Cid','books':[]}"
        "]",
        .attributes = name_only, .order = KITH_ORDER({ "id" }),
        .include = KITH_INCLUDE(
            { .as = "books", .attributes = title_only, .order = KITH_ORDER({ "title", .desc = true }), .limit = 1 }));
    expect_statements(2);
    expect_found(s, &author_model,
                 "[{'name':'Ann','books':[{'title':'Bees'}]},{'name':'Bob','books':[]},{'name':'Cid','books':[]}]",
                 .attributes = name_only, .order = KITH_ORDER({ "id" }),
                 .include = KITH_INCLUDE(
                     { .as = "books", .attributes = title_only, .order = KITH_ORDER({ "title" }), .offset = 1 }));
    expect_found(s, &author_model, "[{'name':'Ann','books':[{'title':'Ants'}]}]", .attributes = name_only,
                 .where = KITH_EQ("name", "Ann"),
                 .include = KITH_INCLUDE({ .as = "books",
                                           .attributes = title_only,
                                           .order = KITH_ORDER({ "title", .desc = true }),
                                           .limit = 5,
                                           .offset = 1 }));
}

/* P3, P11: through a join table, by join attributes as well; targets that sources share count for each */
static void test_shared_pages__per_source_through_a_join_table(void **state)
{
    kith_session *s = start_library(state);
    expect_found(
        s, &tag_model,
        "[{'word':'new','books':[{'title':'Cats','book_tag':{'rank':4}},{'title':'Bees','book_tag':{'rank':3}}]},"
        "{'word':'old','books':[{'title':'Cats','book_tag':{'rank':null}},{'title':'Ants','book_tag':{'rank':2}}]},"
        "{'word':'odd','books':[]}]",
        .attributes = word_only, .order = KITH_ORDER({ "id" }),
        .include = KITH_INCLUDE({ .as = "books",
                                  .attributes = title_only,
                                  .through = { .attributes = rank_only },
                                  .order = KITH_ORDER({ "title", .desc = true }),
                                  .limit = 2 }));
    expect_found(s, &tag_model, "[{'word':'new','books':[{'title':'Bees'}]},{'word':'old','books':[]}]",
                 .attributes = word_only, .where = KITH_NE("word", "odd"), .order = KITH_ORDER({ "id" }),
                 .include = KITH_INCLUDE({ .as = "books",
                                           .attributes = title_only,
                                           .through = { .attributes = no_names, .where = KITH_IS_NOT_NULL("rank") },
                                           .order = KITH_ORDER({ "book_tag.rank", .desc = true }),
                                           .limit = 1,
                                           .offset = 1 }));
}

static const kith_model visit_model = {
    .name = "visit",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "code", .type = KITH_STRING(9), .primary_key = true }),
};
static const kith_model house_model = {
    .name = "house",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "street", .type = KITH_STRING(9) }),
};
static const kith_model guest_model = {
    .name = "guest",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(9) }),
    .assocs = KITH_ASSOCS(
        { KITH_BELONGS_TO_MANY, .target = &house_model, .through_model = &visit_model, .not_unique = true }),
};

/* P4: a target that is linked more than once stands in one page with each of its links */
static void test_shared_pages__per_source_of_repeated_links(void **state)
{
    static const char *const codes[] = { "b", "c", "a" }, *const sorted[] = { "a", "b", "c" };
    kith_session *s = start(state, KITH_MODELS(&guest_model, &house_model, &visit_model));
    must(s, kith_create(s, &house_model, KITH_FIELDS(KITH_F("street", "High"))));
    for (int guest = 1; guest <= 2; guest++)
        must(s, kith_create(s, &guest_model, KITH_FIELDS(KITH_F("name", "Ann"))));
    for (int i = 0; i < 3; i++)
        must(s, kith_create(s, &visit_model,
                            KITH_FIELDS(KITH_F("code", codes[i]), KITH_F("guestId", 1), KITH_F("houseId", 1))));
    for (size_t i = 0; i < 6; i++) { /* of all guests, of one */
        const kith_expr *one = i < 3 ? NULL : KITH_EQ("id", 1);
        kith_list *guests = must(s,
                                 kith_find(s, &guest_model,
                                           &(kith_query){ .where = one,
                                                          .order = KITH_ORDER({ "id" }),
                                                          .include = KITH_INCLUDE({ .as = "houses",
                                                                                    .order = KITH_ORDER({ "street" }),
                                                                                    .limit = 1,
                                                                                    .offset = i % 3 }) }));
        const kith_list *houses = must(s, kith_many(guests->at[0], "houses"));
        assert_int_equal(houses->count, 1);
        expect_text(kith_text(houses->links[0], "code"), sorted[i % 3]);
    }
}

/* P3, P18: nested, ordered by a path and by a count, with a where */
static void test_shared_pages__per_source_nested(void **state)
{
    kith_session *s = start_library(state);
    expect_found(
        s, &tag_model,
        "[{'word':'new','books':[{'title':'Ants','reviews':[{'stars':3}]},{'title':'Cats','reviews':[{'stars':1}]}]}]",
        .attributes = word_only, .limit = 1, .order = KITH_ORDER({ "books", .desc = true, .aggregate = KITH_COUNT }),
        .include = KITH_INCLUDE(
            { .as = "books",
              .attributes = title_only,
              .through = { .attributes = no_names },
              .order = KITH_ORDER({ "tags", .desc = true, .aggregate = KITH_COUNT }, { "author.name" }),
              .limit = 2,
              .include = KITH_INCLUDE(
                  { .as = "reviews", .attributes = stars_only, .order = KITH_ORDER({ "stars" }), .limit = 1 }) }));
    expect_statements(3);
    expect_found(s, &author_model, "[{'name':'Ann','books':[{'title':'Bees'}]}]", .attributes = name_only,
                 .include = KITH_INCLUDE(
                     { .as = "books", .attributes = title_only, .where = KITH_GT("year", 2002), .limit = 1 }));
}

/* P10: what leads to one takes no page of its own */
static void test_shared_pages__of_what_leads_to_one(void **state)
{
    kith_session *s = start_library(state);
    assert_null(kith_find(s, &book_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "author", .limit = 1 }) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "it takes no order, limit or offset");
    assert_null(kith_find(s, &book_model,
                          &(kith_query){ .include = KITH_INCLUDE({ .as = "cover", .order = KITH_ORDER({ "id" }) }) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "it takes no order, limit or offset");
    expect_statements(0);
}

/* ---- totals ---- */

/* P6: the rows that match, whatever the page; to-many includes do not multiply them, required ones leave rows out */
static void test_shared_pages__total(void **state)
{
    kith_session *s = start_library(state);
    int64_t total = 0;
    expect_list(s,
                kith_find_and_count(s, &book_model,
                                    &(kith_query){ .attributes = title_only,
                                                   .order = KITH_ORDER({ "title" }),
                                                   .limit = 1,
                                                   .offset = 1,
                                                   .include = KITH_INCLUDE({ .as = "reviews", .attributes = no_names },
                                                                           { .as = "tags",
                                                                             .attributes = no_names,
                                                                             .through = { .attributes = no_names } }) },
                                    &total),
                "[{'title':'Bees','reviews':[{}],'tags':[{}]}]");
    assert_int_equal(total, 4);
    expect_list(s,
                kith_find_and_count(s, &book_model,
                                    &(kith_query){ .attributes = title_only,
                                                   .order = KITH_ORDER({ "title" }),
                                                   .where = KITH_LT("year", 2003),
                                                   .limit = 1,
                                                   .include = KITH_INCLUDE({ .as = "tags",
                                                                             .attributes = no_names,
                                                                             .through = { .attributes = no_names },
                                                                             .where = KITH_EQ("word", "new") },
                                                                           { .as = "author",
                                                                             .attributes = no_names,
                                                                             .required = KITH_YES }) },
                                    &total),
                "[{'title':'Ants','tags':[{}],'author':{}}]");
    assert_int_equal(total, 2);
}

/* P6: of pages that are not full, of none, and beyond the end; what the rows tell is not asked for */
static void test_shared_pages__total_of_ends(void **state)
{
    kith_session *s = start_library(state);
    static const struct {
        size_t limit, offset, found;
        unsigned statements;
    } pages[] = { { 0, 0, 4, 1 }, { 5, 0, 4, 1 }, { 3, 3, 1, 1 }, { 0, 3, 1, 1 },
                  { 4, 0, 4, 2 }, { 3, 0, 3, 2 }, { 2, 4, 0, 2 }, { 0, 9, 0, 2 } };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        int64_t total = 0;
        forget_statements();
        kith_list *list = must(s,
                               kith_find_and_count(s, &book_model,
                                                   &(kith_query){ .limit = pages[i].limit, .offset = pages[i].offset },
                                                   &total));
        assert_int_equal(list->count, pages[i].found);
        assert_int_equal(total, 4);
        expect_statements(pages[i].statements);
    }
    int64_t total = 7;
    must(s, kith_find_and_count(s, &book_model, NULL, &total));
    assert_int_equal(total, 4);
    assert_null(kith_find_and_count(s, &book_model, &(kith_query){ .where = KITH_EQ("titel", 1) }, &total));
    expect_error(s, KITH_E_USAGE, "book", "titel", "did you mean 'title'?");
    assert_int_equal(total, -1);
    assert_null(kith_find_and_count(s, &book_model, NULL, NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "nowhere to put the total");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_pages__order),
        SHARED_TEST(test_shared_pages__order_by_a_path),
        SHARED_TEST(test_shared_pages__order_by_count),
        SHARED_TEST(test_shared_pages__order_by_one_of_many),
        SHARED_TEST(test_shared_pages__limit_and_offset),
        SHARED_TEST(test_shared_pages__ties),
        SHARED_TEST(test_shared_pages__limit_with_includes),
        SHARED_TEST(test_shared_pages__per_source),
        SHARED_TEST(test_shared_pages__per_source_through_a_join_table),
        SHARED_TEST(test_shared_pages__per_source_of_repeated_links),
        SHARED_TEST(test_shared_pages__per_source_nested),
        SHARED_TEST(test_shared_pages__of_what_leads_to_one),
        SHARED_TEST(test_shared_pages__total),
        SHARED_TEST(test_shared_pages__total_of_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
