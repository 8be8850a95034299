/* Loading: includes, what is in them, how they nest, and how many statements they take. */
#include <string.h>

#include "library.h"

#define BY_ID KITH_ORDER({ "id" })

/* ---- includes ---- */

/* S73, S74, S75: by model or by alias, from either side */
static void test_shared_loading__by_model_or_alias_from_either_side(void **state)
{
    kith_session *s = start_library(state);
    expect_found(
        s, &tag_model,
        "[{'word':'new','books':[{'title':'Ants'},{'title':'Bees'},{'title':'Cats'}]},"
        "{'word':'old','books':[{'title':'Ants'},{'title':'Cats'}]},{'word':'odd','books':[]}]",
        .attributes = word_only, .order = BY_ID,
        .include = KITH_INCLUDE(
            { .model = &book_model, .attributes = title_only, .order = BY_ID, .through = { .attributes = no_names } }));
    expect_statements(2);
    forget_statements();
    expect_found(s, &book_model,
                 "[{'title':'Ants','tags':[{'word':'new'},{'word':'old'}]},{'title':'Bees','tags':[{'word':'new'}]},"
                 "{'title':'Cats','tags':[{'word':'new'},{'word':'old'}]},{'title':'Dogs','tags':[]}]",
                 .attributes = title_only, .order = BY_ID,
                 .include = KITH_INCLUDE(
                     { .as = "tags", .attributes = word_only, .order = BY_ID, .through = { .attributes = no_names } }));
    expect_statements(2);
}

/* S76: some join attributes, all, or none; also read from `links` */
static void test_shared_loading__join_attributes(void **state)
{
    kith_session *s = start_library(state);
    static const kith_order by_id[] = { { "id" }, { 0 } };
    expect_found(
        s, &book_model,
        "[{'title':'Ants','tags':[{'word':'new','book_tag':{'rank':1}},{'word':'old','book_tag':{'rank':2}}]}]",
        .attributes = title_only, .where = KITH_EQ("id", 1),
        .include = KITH_INCLUDE(
            { .as = "tags", .attributes = word_only, .order = by_id, .through = { .attributes = rank_only } }));
    expect_found(s, &book_model,
                 "[{'title':'Bees','tags':[{'word':'new','book_tag':{'rank':3,'bookId':2,'tagId':1}}]}]",
                 .attributes = title_only, .where = KITH_EQ("id", 2),
                 .include = KITH_INCLUDE({ .as = "tags", .attributes = word_only }));
    expect_found(s, &book_model, "[{'title':'Bees','tags':[{'word':'new'}]}]", .attributes = title_only,
                 .where = KITH_EQ("id", 2),
                 .include = KITH_INCLUDE(
                     { .as = "tags", .attributes = word_only, .through = { .attributes = no_names } }));
    kith_list *books = must(s, kith_find(s, &book_model,
                                         &(kith_query){ .order = BY_ID,
                                                        .include = KITH_INCLUDE({ .as = "tags", .order = by_id }) }));
    const kith_list *tags = must(s, kith_many(books->at[2], "tags"));
    assert_int_equal(tags->count, 2);
    assert_int_equal(kith_int(tags->links[0], "rank"), 4);
    assert_int_equal(kith_value_of(tags->links[1], "rank").kind, KITH_NULL);
    assert_int_equal(kith_int(tags->links[1], "bookId"), 3);
}

/* S77: through.where says which links are followed; sources without one stay */
static void test_shared_loading__where_on_join_attributes(void **state)
{
    kith_session *s = start_library(state);
    expect_found(s, &book_model,
                 "[{'title':'Ants','tags':[{'word':'old'}]},{'title':'Bees','tags':[{'word':'new'}]},"
                 "{'title':'Cats','tags':[]},{'title':'Dogs','tags':[]}]",
                 .attributes = title_only, .order = BY_ID,
                 .include = KITH_INCLUDE(
                     { .as = "tags",
                       .attributes = word_only,
                       .through = { .attributes = no_names, .where = KITH_BETWEEN("rank", 2, 3) } }));
    expect_found(s, &book_model, "[{'title':'Ants','tags':[{'word':'old'}]},{'title':'Bees','tags':[{'word':'new'}]}]",
                 .attributes = title_only, .order = BY_ID,
                 .include = KITH_INCLUDE(
                     { .as = "tags",
                       .attributes = word_only,
                       .required = KITH_YES,
                       .through = { .attributes = no_names, .where = KITH_BETWEEN("rank", 2, 3) } }));
}

/* S81: any depth, with a statement for each list and none for what is one */
static void test_shared_loading__nested(void **state)
{
    kith_session *s = start_library(state);
    const kith_include critic[] = { { .as = "critic",
                                      .attributes = name_only,
                                      .include = (const kith_include[]){ { .as = "city", .attributes = name_only },
                                                                         { 0 } } },
                                    { 0 } };
    const kith_include reviews[] = {
        { .as = "reviews", .attributes = stars_only, .order = KITH_ORDER({ "id" }), .include = critic }, { 0 }
    };
    const kith_include books[] = {
        { .as = "books", .attributes = title_only, .order = KITH_ORDER({ "id" }), .include = reviews }, { 0 }
    };
    expect_found(s, &city_model,
                 "[{'name':'Rome','authors':[{'name':'Ann','books':["
                 "{'title':'Ants','reviews':[{'stars':5,'critic':{'name':'Bob','city':{'name':'Oslo'}}},"
                 "{'stars':3,'critic':{'name':'Cid','city':null}}]},"
                 "{'title':'Bees','reviews':[{'stars':null,'critic':null}]}]}]},"
                 "{'name':'Oslo','authors':[{'name':'Bob','books':["
                 "{'title':'Cats','reviews':[{'stars':1,'critic':{'name':'Ann','city':{'name':'Rome'}}}]}]}]}]",
                 .attributes = name_only, .order = BY_ID,
                 .include = KITH_INCLUDE({ .as = "authors", .attributes = name_only, .include = books }));
    expect_statements(1 + 3);
}

/* S81, P1: lists beside each other do not multiply, and take one statement each */
static void test_shared_loading__lists_beside_each_other(void **state)
{
    kith_session *s = start_library(state);
    expect_found(
        s, &book_model,
        "[{'title':'Ants','cover':{'colour':'red'},'tags':[{'word':'new'},{'word':'old'}],"
        "'reviews':[{'stars':5},{'stars':3}],'author':{'name':'Ann'}},"
        "{'title':'Bees','cover':null,'tags':[{'word':'new'}],'reviews':[{'stars':null}],'author':{'name':'Ann'}},"
        "{'title':'Cats','cover':null,'tags':[{'word':'new'},{'word':'old'}],'reviews':[{'stars':1}],"
        "'author':{'name':'Bob'}},"
        "{'title':'Dogs','cover':null,'tags':[],'reviews':[],'author':null}]",
        .attributes = title_only, .order = BY_ID,
        .include = KITH_INCLUDE(
            { .as = "cover", .attributes = colour_only },
            { .as = "tags", .attributes = word_only, .order = BY_ID, .through = { .attributes = no_names } },
            { .as = "reviews", .attributes = stars_only, .order = BY_ID },
            { .as = "author", .attributes = name_only }));
    expect_statements(1 + 2);
}

/* S82: the join model is loaded and nested like any other */
static void test_shared_loading__the_join_model(void **state)
{
    kith_session *s = start_library(state);
    expect_found(s, &book_tag_model,
                 "[{'rank':4,'book':{'title':'Cats','author':{'name':'Bob'}},'tag':{'word':'new'}}]",
                 .attributes = rank_only, .where = KITH_GT("rank", 3),
                 .include = KITH_INCLUDE({ .as = "book",
                                           .attributes = title_only,
                                           .include = KITH_INCLUDE({ .as = "author", .attributes = name_only }) },
                                         { .as = "tag", .attributes = word_only }));
    expect_statements(1);
    expect_found(
        s, &author_model, "[{'name':'Ann','books':[{'title':'Bees','labels':[{'rank':3,'tag':{'word':'new'}}]}]}]",
        .attributes = name_only, .order = BY_ID,
        .include = KITH_INCLUDE(
            { .as = "books",
              .attributes = title_only,
              .where = KITH_EQ("title", "Bees"),
              .include = KITH_INCLUDE({ .as = "labels",
                                        .attributes = rank_only,
                                        .include = KITH_INCLUDE({ .as = "tag", .attributes = word_only }) }) }));
}

/* S73: one target of several sources is right in each of them */
static void test_shared_loading__shared_targets(void **state)
{
    kith_session *s = start_library(state);
    kith_list *books = must(s, kith_find(s, &book_model,
                                         &(kith_query){
                                             .order = BY_ID,
                                             .include = KITH_INCLUDE(
                                                 { .as = "tags",
                                                   .order = BY_ID,
                                                   .include = KITH_INCLUDE({ .as = "books", .order = BY_ID }) }) }));
    static const size_t expected[] = { 2, 1, 2, 0 };
    for (size_t i = 0; i < 4; i++) {
        const kith_list *tags = must(s, kith_many(books->at[i], "tags"));
        assert_int_equal(tags->count, expected[i]);
        for (size_t j = 0; j < tags->count; j++) {
            assert_int_equal(kith_int(tags->links[j], "bookId"), kith_int(books->at[i], "id"));
            assert_int_equal(kith_int(tags->links[j], "tagId"), kith_int(tags->at[j], "id"));
            assert_int_equal(kith_many(tags->at[j], "books")->count, j ? 2 : 3);
        }
    }
    expect_no_error(s);
    expect_statements(1 + 2);
}

/* ---- required ---- */

/* S81, P14: an include's where says what is loaded; it is required then, unless one says no */
static void test_shared_loading__required(void **state)
{
    kith_session *s = start_library(state);
    static const kith_order by_id[] = { { "id" }, { 0 } };
#define OLD .as = "books", .attributes = title_only, .where = KITH_LT("year", 2003)
    expect_found(s, &author_model,
                 "[{'name':'Ann','books':[{'title':'Ants'}]},{'name':'Bob','books':[{'title':'Cats'}]}]",
                 .attributes = name_only, .order = by_id, .include = KITH_INCLUDE({ OLD }));
    expect_found(s, &author_model,
                 "[{'name':'Ann','books':[{'title':'Ants'}]},{'name':'Bob','books':[{'title':'Cats'}]},{'name':'Cid','"
                 "books':[]}]",
                 .attributes = name_only, .order = by_id, .include = KITH_INCLUDE({ OLD, .required = KITH_NO }));
    expect_found(
        s, &author_model,
        "[{'name':'Ann','books':[{'title':'Ants'},{'title':'Bees'}]},{'name':'Bob','books':[{'title':'Cats'}]}]",
        .attributes = name_only, .order = by_id,
        .include = KITH_INCLUDE({ .as = "books", .attributes = title_only, .required = KITH_YES, .order = by_id }));
#undef OLD
}

/* S81: required ones that are one, and nested below lists and below each other */
static void test_shared_loading__required_to_one(void **state)
{
    kith_session *s = start_library(state);
    expect_found(s, &author_model, "[{'name':'Bob','city':{'name':'Oslo'}}]", .attributes = name_only,
                 .include = KITH_INCLUDE({ .as = "city", .attributes = name_only, .where = KITH_EQ("name", "Oslo") }));
    expect_found(s, &author_model,
                 "[{'name':'Ann','city':null},{'name':'Bob','city':{'name':'Oslo'}},{'name':'Cid','city':null}]",
                 .attributes = name_only, .order = BY_ID,
                 .include = KITH_INCLUDE(
                     { .as = "city", .attributes = name_only, .where = KITH_EQ("name", "Oslo"), .required = KITH_NO }));
    expect_found(s, &author_model, "[{'name':'Ann'},{'name':'Bob'}]", .attributes = name_only, .order = BY_ID,
                 .where = KITH_SOME("city", NULL));
    const kith_include with_city[] = { { .as = "city", .attributes = name_only, .required = KITH_YES }, { 0 } };
    const kith_include with_critic[] = {
        { .as = "critic", .attributes = name_only, .required = KITH_YES, .include = with_city }, { 0 }
    };
    expect_found(s, &book_model,
                 "[{'title':'Ants','reviews':[{'stars':5,'critic':{'name':'Bob','city':{'name':'Oslo'}}}]},"
                 "{'title':'Bees','reviews':[]},"
                 "{'title':'Cats','reviews':[{'stars':1,'critic':{'name':'Ann','city':{'name':'Rome'}}}]},"
                 "{'title':'Dogs','reviews':[]}]",
                 .attributes = title_only, .order = BY_ID,
                 .include = KITH_INCLUDE(
                     { .as = "reviews", .attributes = stars_only, .required = KITH_NO, .include = with_critic }));
    expect_found(s, &book_model,
                 "[{'title':'Ants','reviews':[{'stars':5,'critic':{'name':'Bob','city':{'name':'Oslo'}}}]},"
                 "{'title':'Cats','reviews':[{'stars':1,'critic':{'name':'Ann','city':{'name':'Rome'}}}]}]",
                 .attributes = title_only, .order = BY_ID,
                 .include = KITH_INCLUDE(
                     { .as = "reviews", .attributes = stars_only, .required = KITH_YES, .include = with_critic }));
}

/* S81: a required one below one that is not: it decides about its own parent only */
static void test_shared_loading__required_below_optional(void **state)
{
    kith_session *s = start_library(state);
    const kith_include with_city[] = {
        { .as = "city", .attributes = name_only, .where = KITH_EQ("name", "Oslo"), .required = KITH_YES }, { 0 }
    };
    expect_found(s, &book_model,
                 "[{'title':'Ants','author':null},{'title':'Bees','author':null},"
                 "{'title':'Cats','author':{'name':'Bob','city':{'name':'Oslo'}}},{'title':'Dogs','author':null}]",
                 .attributes = title_only, .order = BY_ID,
                 .include = KITH_INCLUDE({ .as = "author", .attributes = name_only, .include = with_city }));
    expect_found(s, &book_model, "[{'title':'Cats','author':{'name':'Bob','city':{'name':'Oslo'}}}]",
                 .attributes = title_only, .order = BY_ID,
                 .include = KITH_INCLUDE(
                     { .as = "author", .attributes = name_only, .required = KITH_YES, .include = with_city }));
}

/* P14: a condition on parents by their children leaves the loaded children whole */
static void test_shared_loading__conditions_leave_children_whole(void **state)
{
    kith_session *s = start_library(state);
    expect_found(s, &author_model, "[{'name':'Ann','books':[{'title':'Ants'},{'title':'Bees'}]}]",
                 .attributes = name_only, .where = KITH_EQ("books.title", "Bees"),
                 .include = KITH_INCLUDE({ .as = "books", .attributes = title_only, .order = BY_ID }));
}

/* ---- strategies ---- */

/* P2: loaded by a statement of its own or not, the result is the same */
static void test_shared_loading__strategies(void **state)
{
    kith_session *s = start_library(state);
    static const char expected[] =
        "[{'title':'Ants','cover':{'colour':'red'},'author':{'name':'Ann','city':{'name':'Rome'}}},"
        "{'title':'Bees','cover':null,'author':{'name':'Ann','city':{'name':'Rome'}}},"
        "{'title':'Cats','cover':null,'author':{'name':'Bob','city':{'name':'Oslo'}}},"
        "{'title':'Dogs','cover':null,'author':null}]";
    for (kith_strategy strategy = KITH_STRATEGY_AUTO; strategy <= KITH_SEPARATE; strategy++) {
        forget_statements();
        expect_found(s, &book_model, expected, .attributes = title_only, .order = BY_ID,
                     .include = KITH_INCLUDE({ .as = "cover", .attributes = colour_only, .strategy = strategy },
                                             { .as = "author",
                                               .attributes = name_only,
                                               .strategy = strategy,
                                               .include = KITH_INCLUDE(
                                                   { .as = "city", .attributes = name_only, .strategy = strategy }) }));
        expect_statements(strategy == KITH_SEPARATE ? 4 : 1);
    }
}

/* P2, S81: required and where with a statement of its own */
static void test_shared_loading__required_by_a_statement_of_its_own(void **state)
{
    kith_session *s = start_library(state);
    expect_found(
        s, &author_model, "[{'name':'Bob','city':{'name':'Oslo'}}]", .attributes = name_only,
        .include = KITH_INCLUDE(
            { .as = "city", .attributes = name_only, .where = KITH_EQ("name", "Oslo"), .strategy = KITH_SEPARATE }));
    expect_statements(2);
}

/* ---- rows without a key ---- */

extern const kith_model place_model;
static const kith_model sighting_model = {
    .name = "sighting",
    .no_timestamps = true,
    .no_primary_key = true,
    .attrs = KITH_ATTRS({ .name = "bird", .type = KITH_STRING(20) }, { .name = "placeId", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &place_model }),
};
const kith_model place_model = {
    .name = "place",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &sighting_model }),
};

/* P19: rows without a primary key are all there, with their includes, and in the includes of others */
static void test_shared_loading__rows_without_a_key(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&place_model, &sighting_model));
    must(s, kith_create(s, &place_model, KITH_FIELDS(KITH_F("name", "lake"))));
    for (int i = 0; i < 2; i++) /* two equal rows */
        must(s, kith_create(s, &sighting_model, KITH_FIELDS(KITH_F("bird", "owl"), KITH_F("placeId", 1))));
    kith_record *last = must(s, kith_create(s, &sighting_model, KITH_FIELDS(KITH_F("bird", "tit"))));
    expect_found(
        s, &sighting_model,
        "[{'bird':'owl','place':{'name':'lake'}},{'bird':'owl','place':{'name':'lake'}},{'bird':'tit','place':null}]",
        .attributes = KITH_NAMES("bird"), .order = KITH_ORDER({ "bird" }),
        .include = KITH_INCLUDE({ .as = "place", .attributes = name_only }));
    expect_found(s, &place_model, "[{'name':'lake','sightings':[{'bird':'owl'},{'bird':'owl'}]}]",
                 .attributes = name_only,
                 .include = KITH_INCLUDE({ .as = "sightings", .attributes = KITH_NAMES("bird") }));
    expect_found(s, &sighting_model, "[{},{},{}]", .attributes = no_names); /* no column is asked for at all */
    expect_number(s, kith_count(s, &sighting_model, NULL), 3);
    assert_false(kith_update(s, last, KITH_FIELDS(KITH_F("bird", "x"))));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "sighting has no primary key");
    assert_false(kith_destroy(s, last));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "sighting has no primary key");
}

/* ---- what is wrong with a query ---- */

#define expect_refused(s, error_model, attribute, part, ...)                                                           \
    do {                                                                                                               \
        assert_null(kith_find((s), &book_model, &(kith_query){ __VA_ARGS__ }));                                        \
        expect_error((s), KITH_E_USAGE, (error_model), (attribute), (part));                                           \
        expect_statements(0);                                                                                          \
    } while (0)

/* S51, S53, S78: an attribute that is not there is named, with the nearest that is, before any SQL, anywhere */
static void test_shared_loading__misspelt_attributes(void **state)
{
    kith_session *s = start_library(state);
    expect_refused(s, "book", "titel", "did you mean 'title'?", .attributes = KITH_NAMES("titel"));
    expect_refused(s, "book", "yaer", "did you mean 'year'?", .where = KITH_GT("yaer", 1));
    expect_refused(s, "book", "titel", "did you mean 'title'?", .order = KITH_ORDER({ "titel" }));
    expect_refused(s, "tag", "wrod", "did you mean 'word'?",
                   .include = KITH_INCLUDE({ .as = "tags", .attributes = KITH_NAMES("wrod") }));
    expect_refused(s, "tag", "wrod", "did you mean 'word'?",
                   .include = KITH_INCLUDE({ .as = "tags", .where = KITH_EQ("wrod", "x") }));
    expect_refused(s, "tag", "wrod", "did you mean 'word'?",
                   .include = KITH_INCLUDE({ .as = "tags", .order = KITH_ORDER({ "wrod" }) }));
    expect_refused(s, "book_tag", "rnak", "did you mean 'rank'?",
                   .include = KITH_INCLUDE({ .as = "tags", .through = { .attributes = KITH_NAMES("rnak") } }));
    expect_refused(s, "book_tag", "rnak", "did you mean 'rank'?",
                   .include = KITH_INCLUDE({ .as = "tags", .through = { .where = KITH_EQ("rnak", 1) } }));
    expect_refused(s, "author", "nmae", "did you mean 'name'?",
                   .include = KITH_INCLUDE(
                       { .as = "reviews",
                         .include = KITH_INCLUDE({ .as = "critic", .where = KITH_EQ("nmae", "x") }) }));
    expect_refused(s, "author", "nmae", "did you mean 'name'?", .where = KITH_EQ("author.nmae", "x"));
    expect_refused(s, "tag", "wrod", "did you mean 'word'?", .where = KITH_SOME("tags", KITH_EQ("wrod", "x")));
    expect_refused(s, "book", "colours", "", .attributes = KITH_NAMES("colours"));
}

/* S79, S80, S53: which association is meant */
static void test_shared_loading__misspelt_associations(void **state)
{
    kith_session *s = start_library(state);
    expect_refused(s, "book", "tgas", "did you mean 'tags'?", .include = KITH_INCLUDE({ .as = "tgas" }));
    expect_refused(s, "book", "tgas", "did you mean 'tags'?", .where = KITH_SOME("tgas", NULL));
    expect_refused(s, NULL, NULL, "book is not associated with city",
                   .include = KITH_INCLUDE({ .model = &city_model }));
    expect_refused(s, NULL, NULL, "labels, reviews, cover", .include = KITH_INCLUDE({ .model = &city_model }));
    expect_refused(s, NULL, NULL, "tags is included twice",
                   .include = KITH_INCLUDE({ .as = "tags" }, { .as = "tags" }));
    expect_refused(s, NULL, NULL, "place, which was not given to kith_open",
                   .include = KITH_INCLUDE({ .model = &place_model }));
    expect_refused(s, NULL, NULL, "has no join row",
                   .include = KITH_INCLUDE({ .as = "reviews", .through = { .attributes = rank_only } }));
}

extern const kith_model team_model;
static const kith_model player_model = {
    .name = "player",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "club", .target = &team_model },
                          { KITH_BELONGS_TO, .as = "nation", .target = &team_model }),
};
const kith_model team_model = { .name = "team", .no_timestamps = true };

/* S79: where two associations lead to a model, the error lists them, and the alias decides */
static void test_shared_loading__two_ways_to_a_model(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&player_model, &team_model));
    assert_null(kith_find(s, &player_model, &(kith_query){ .include = KITH_INCLUDE({ .model = &team_model }) }));
    expect_error(s, KITH_E_USAGE, "player", NULL, "club, nation; name one with .as");
    kith_record *p = must(s, kith_create(s, &player_model, NULL));
    must(s, kith_create_related(s, p, "nation", NULL, NULL));
    expect_found(s, &player_model, "[{'id':1,'club':null,'nation':{'id':1}}]", .attributes = id_only,
                 .include = KITH_INCLUDE({ .as = "club" }, { .as = "nation" }));
}

/* S84: what the database refuses reaches the caller with its words, the SQL and the code */
static void test_shared_loading__what_the_database_refuses(void **state)
{
    kith_session *s = start_library(state);
    assert_null(
        kith_find(s, &book_model, &(kith_query){ .where = KITH_SQL("no_such_function(title) = ?", KITH_V(1)) }));
    const kith_error *e = kith_error_of(s);
    assert_non_null(e);
    assert_non_null(strstr(e->message, "no_such_function"));
    assert_non_null(strstr(e->sql, "SELECT"));
    assert_true(e->driver_code != 0 || e->sqlstate[0]);
    expect_error(s, KITH_E_DATABASE, NULL, NULL, "no_such_function");
    expect_number(s, kith_count(s, &book_model, NULL), 4); /* the session is as good as before */
    expect_number(s, kith_execute(s, "DELETE FROM no_such_table", NULL), -1);
    expect_error(s, KITH_E_DATABASE, NULL, NULL, "no_such_table");
    expect_number(s, kith_execute(s, "UPDATE books SET title = ?", NULL), -1);
    expect_error(s, KITH_E_USAGE, NULL, NULL, "1 placeholders but 0 values");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_loading__by_model_or_alias_from_either_side),
        SHARED_TEST(test_shared_loading__join_attributes),
        SHARED_TEST(test_shared_loading__where_on_join_attributes),
        SHARED_TEST(test_shared_loading__nested),
        SHARED_TEST(test_shared_loading__lists_beside_each_other),
        SHARED_TEST(test_shared_loading__the_join_model),
        SHARED_TEST(test_shared_loading__shared_targets),
        SHARED_TEST(test_shared_loading__required),
        SHARED_TEST(test_shared_loading__required_to_one),
        SHARED_TEST(test_shared_loading__required_below_optional),
        SHARED_TEST(test_shared_loading__conditions_leave_children_whole),
        SHARED_TEST(test_shared_loading__strategies),
        SHARED_TEST(test_shared_loading__required_by_a_statement_of_its_own),
        SHARED_TEST(test_shared_loading__rows_without_a_key),
        SHARED_TEST(test_shared_loading__misspelt_attributes),
        SHARED_TEST(test_shared_loading__misspelt_associations),
        SHARED_TEST(test_shared_loading__two_ways_to_a_model),
        SHARED_TEST(test_shared_loading__what_the_database_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
