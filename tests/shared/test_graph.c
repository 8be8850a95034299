/* Graphs: records saved with what is around them, for each mode and each kind of association. */
#include <stdio.h>
#include <string.h>

#include "harness/shared.h"

/* ---- models --------------------------------------------------------------------------------------------------------- */

static const kith_model city_model, author_model, desk_model, book_model, chapter_model, tag_model, book_tag_model,
    remark_model;

static const kith_model city_model = {
    .name = "city",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true, .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &author_model }),
};
static const kith_model author_model = {
    .name = "author",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true, .unique = true },
                        { .name = "age", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &city_model }, { KITH_HAS_ONE, &desk_model },
                          { KITH_HAS_MANY, &book_model },
                          { KITH_HAS_MANY, &remark_model, .as = "notes", .foreign_key = "authorId",
                            .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("note") }) },
                          { KITH_HAS_MANY, &remark_model, .as = "jokes", .foreign_key = "authorId",
                            .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("joke") }) }),
};
static const kith_model desk_model = {
    .name = "desk",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "colour", .type = KITH_STRING(20), .not_null = true, .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &author_model }),
};
static const kith_model book_model = {
    .name = "book",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "title", .type = KITH_STRING(20), .not_null = true, .unique = true },
                        { .name = "year", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &author_model }, { KITH_HAS_MANY, &chapter_model },
                          { KITH_BELONGS_TO_MANY, &tag_model, .through_model = &book_tag_model }),
};
static const kith_model chapter_model = {
    .name = "chapter",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "bookId", .type = KITH_INTEGER, .not_null = true },
                        { .name = "number", .type = KITH_INTEGER, .not_null = true },
                        { .name = "title", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &book_model }),
    .indexes = KITH_INDEXES({ .unique = true, .attrs = KITH_NAMES("bookId", "number") }),
};
static const kith_model tag_model = {
    .name = "tag",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "word", .type = KITH_STRING(20), .not_null = true, .unique = true },
                        { .name = "weight", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &book_model, .through_model = &book_tag_model }),
};
static const kith_model book_tag_model = {
    .name = "book_tag",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "rank", .type = KITH_INTEGER }),
};
static const kith_model remark_model = {
    .name = "remark",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(
        { .name = "text", .type = KITH_STRING(20), .not_null = true, .unique = true },
        { .name = "kind", .type = KITH_STRING(10), .not_null = true, .default_value = KITH_CONST_STR("none") }),
};
#define MODELS                                                                                                         \
    KITH_MODELS(&city_model, &author_model, &desk_model, &book_model, &chapter_model, &tag_model, &book_tag_model,     \
                &remark_model)

#define NAME(v)   KITH_FIELDS(KITH_F("name", (v)))
#define TITLE(v)  KITH_FIELDS(KITH_F("title", (v)))
#define WORD(v)   KITH_FIELDS(KITH_F("word", (v)))
#define COLOUR(v) KITH_FIELDS(KITH_F("colour", (v)))
#define TEXT(v)   KITH_FIELDS(KITH_F("text", (v)))
#define RANK(n)   KITH_FIELDS(KITH_F("rank", (n)))
#define ID(n)     KITH_FIELDS(KITH_F("id", (n)))

#define save(s, model, ...) kith_save((s), (model), &(kith_node){ __VA_ARGS__ }, NULL)
/* Below a row that is there. */
#define save_below(s, model, id, ...)                                                                                  \
    kith_save((s), (model), &(kith_node){ .fields = ID(id), .edges = KITH_EDGES(__VA_ARGS__) },                        \
              &(kith_save_opts){ .mode = KITH_EDGE_LINK })

static void create(kith_session *s, const kith_model *m, const kith_field *fields)
{
    must(s, kith_create(s, m, fields));
}

/* Ann (1) of Rome (1) has the books Ants (1) and Bees (2), a red desk (1); Bob (2) has a blue one (2). Ants is new (1)
 * and old (2), the tag odd (3) is of nothing. */
static kith_session *start_books(void **state)
{
    kith_session *s = start(state, MODELS);
    create(s, &city_model, NAME("Rome"));
    create(s, &city_model, NAME("Oslo"));
    create(s, &author_model, KITH_FIELDS(KITH_F("name", "Ann"), KITH_F("age", 30), KITH_F("cityId", 1)));
    create(s, &author_model, NAME("Bob"));
    create(s, &desk_model, KITH_FIELDS(KITH_F("colour", "red"), KITH_F("authorId", 1)));
    create(s, &desk_model, KITH_FIELDS(KITH_F("colour", "blue"), KITH_F("authorId", 2)));
    create(s, &book_model, KITH_FIELDS(KITH_F("title", "Ants"), KITH_F("year", 2001), KITH_F("authorId", 1)));
    create(s, &book_model, KITH_FIELDS(KITH_F("title", "Bees"), KITH_F("year", 2003), KITH_F("authorId", 1)));
    create(s, &tag_model, WORD("new"));
    create(s, &tag_model, KITH_FIELDS(KITH_F("word", "old"), KITH_F("weight", 5)));
    create(s, &tag_model, WORD("odd"));
    kith_record *ants = must(s, kith_find_by_key(s, &book_model, KITH_V(1)));
    must(s, kith_add(s, ants, "tags", KITH_REFS({ .key = KITH_V(1), .through = RANK(1) }, { .key = KITH_V(2) }), NULL));
    kith_session_release_all(s);
    forget_statements();
    return s;
}

#define expect_authors(json)  expect_stored(&author_model, KITH_NAMES("id", "name", "age", "cityId"), json)
#define expect_desks(json)    expect_stored(&desk_model, KITH_NAMES("colour", "authorId"), json)
#define expect_books(json)    expect_stored(&book_model, KITH_NAMES("title", "year", "authorId"), json)
#define expect_tags(json)     expect_stored(&tag_model, KITH_NAMES("word", "weight"), json)
#define expect_labels(json)   expect_stored(&book_tag_model, KITH_NAMES("bookId", "tagId", "rank"), json)
#define expect_chapters(json) expect_stored(&chapter_model, KITH_NAMES("bookId", "number", "title"), json)

#define OLD_AUTHORS "{'id':1,'name':'Ann','age':30,'cityId':1},{'id':2,'name':'Bob','age':null,'cityId':null}"
#define OLD_DESKS   "[{'colour':'blue','authorId':2},{'colour':'red','authorId':1}]"
#define OLD_BOOKS   "[{'title':'Ants','year':2001,'authorId':1},{'title':'Bees','year':2003,'authorId':1}]"
#define OLD_TAGS    "[{'word':'new','weight':null},{'word':'odd','weight':null},{'word':'old','weight':5}]"
#define OLD_LABELS  "[{'bookId':1,'tagId':1,'rank':1},{'bookId':1,'tagId':2,'rank':null}]"

static void expect_unchanged(void)
{
    expect_authors("[" OLD_AUTHORS "]");
    expect_desks(OLD_DESKS);
    expect_books(OLD_BOOKS);
    expect_tags(OLD_TAGS);
    expect_labels(OLD_LABELS);
    expect_chapters("[]");
}

/* ---- insert --------------------------------------------------------------------------------------------------------- */

/* P34: what is around a record is made with it, whichever side carries the key, and hangs below it like includes */
static void test_shared_graph__inserts_three_levels(void **state)
{
    kith_session *s = start_books(state);
    kith_record *cid =
        must(s, save(s, &author_model, .fields = NAME("Cid"),
                     .edges = KITH_EDGES(
                         { "city", KITH_EDGE_INSERT, .nodes = KITH_NODES({ NAME("Lima") }) },
                         { "desk", KITH_EDGE_INSERT, .nodes = KITH_NODES({ COLOUR("grey") }) },
                         { "books", KITH_EDGE_INSERT,
                           .nodes = KITH_NODES(
                               { TITLE("Cats"),
                                 .edges = KITH_EDGES({ "tags", KITH_EDGE_INSERT,
                                                       .nodes = KITH_NODES({ WORD("soft"), .through = RANK(7) },
                                                                           { WORD("hard") }) },
                                                     { "chapters", KITH_EDGE_INSERT,
                                                       .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("number", 1)) }) }) },
                               { TITLE("Dogs") }) })));
    expect_record(s, cid,
                  "{'id':3,'name':'Cid','age':null,'cityId':3,'city':{'id':3,'name':'Lima'},"
                  "'desk':{'id':3,'colour':'grey','authorId':3},"
                  "'books':[{'id':3,'title':'Cats','year':null,'authorId':3,"
                  "'tags':[{'id':4,'word':'soft','weight':null,'book_tag':{'rank':7,'bookId':3,'tagId':4}},"
                  "{'id':5,'word':'hard','weight':null,'book_tag':{'rank':null,'bookId':3,'tagId':5}}],"
                  "'chapters':[{'id':1,'bookId':3,'number':1,'title':null}]},"
                  "{'id':4,'title':'Dogs','year':null,'authorId':3}]}");
    expect_text(kith_text(kith_one(cid, "city"), "name"), "Lima");
    const kith_list *books = kith_many(cid, "books");
    assert_int_equal(kith_int(kith_many(books->at[0], "tags")->links[0], "rank"), 7);
    expect_authors("[" OLD_AUTHORS ",{'id':3,'name':'Cid','age':null,'cityId':3}]");
    expect_chapters("[{'bookId':3,'number':1,'title':null}]");
    expect_stored(&book_tag_model, KITH_NAMES("bookId", "tagId", "rank"),
                  "[{'bookId':1,'tagId':1,'rank':1},{'bookId':1,'tagId':2,'rank':null},"
                  "{'bookId':3,'tagId':4,'rank':7},{'bookId':3,'tagId':5,'rank':null}]");
    expect_no_error(s);
}

/* The keys of has-one and has-many can be known only when the row above is there; several roots share their steps */
static void test_shared_graph__inserts_many_roots(void **state)
{
    kith_session *s = start_books(state);
    kith_list *list = must(
        s, kith_save_many(s, &book_model,
                          KITH_NODES({ TITLE("Cats"), .edges = KITH_EDGES(
                                                          { "tags", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(3) }) }) },
                                     { KITH_FIELDS(KITH_F("title", "Dogs"), KITH_F("year", 2009)),
                                       .edges = KITH_EDGES({ "author", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(2) }) },
                                                           { "tags", KITH_EDGE_LINK,
                                                             .nodes = KITH_NODES({ ID(1) }, { ID(3) }) }) }),
                          NULL));
    assert_int_equal(list->count, 2);
    expect_text(kith_text(list->at[1], "title"), "Dogs");
    expect_text(kith_text(kith_one(list->at[1], "author"), "name"), "Bob");
    assert_int_equal(kith_many(list->at[1], "tags")->count, 2);
    assert_int_equal(kith_slot(kith_many(list->at[1], "tags"), "word"), 1);
    expect_labels("[{'bookId':1,'tagId':1,'rank':1},{'bookId':1,'tagId':2,'rank':null},"
                  "{'bookId':3,'tagId':3,'rank':null},{'bookId':4,'tagId':1,'rank':null},"
                  "{'bookId':4,'tagId':3,'rank':null}]");
    expect_list(s, must(s, kith_save_many(s, &book_model, KITH_NODES(KITH_NODE_END), NULL)), "[]");
    kith_release(list);
    expect_no_error(s);
}

/* ---- link ----------------------------------------------------------------------------------------------------------- */

/* P34: rows that are there are linked and keep what they have, by key, by other unique attributes, or as records */
static void test_shared_graph__links(void **state)
{
    kith_session *s = start_books(state);
    kith_record *oslo = must(s, kith_find_by_key(s, &city_model, KITH_V(2)));
    kith_record *cid = must(
        s, save(s, &author_model, .fields = NAME("Cid"),
                .edges = KITH_EDGES(
                    { "city", KITH_EDGE_LINK, .nodes = KITH_NODES({ .record = oslo }) },
                    { "desk", KITH_EDGE_LINK, .key = KITH_NAMES("colour"), .nodes = KITH_NODES({ COLOUR("red") }) },
                    { "books", KITH_EDGE_LINK,
                      .nodes = KITH_NODES(
                          { ID(2),
                            .edges = KITH_EDGES({ "tags", KITH_EDGE_LINK, .key = KITH_NAMES("word"),
                                                  .nodes = KITH_NODES({ WORD("odd"), .through = RANK(4) }) }) }) })));
    expect_record(s, cid,
                  "{'id':3,'name':'Cid','age':null,'cityId':2,'city':{'id':2,'name':'Oslo'},"
                  "'desk':{'id':1,'colour':'red','authorId':3},"
                  "'books':[{'id':2,'title':'Bees','year':2003,'authorId':3,"
                  "'tags':[{'id':3,'word':'odd','weight':null,'book_tag':{'rank':4,'bookId':2,'tagId':3}}]}]}");
    expect_desks("[{'colour':'blue','authorId':2},{'colour':'red','authorId':3}]");
    expect_books("[{'title':'Ants','year':2001,'authorId':1},{'title':'Bees','year':2003,'authorId':3}]");
    expect_no_error(s);
}

/* What is linked already is left, or gets the new join values; other links stay */
static void test_shared_graph__links_below_a_row_that_is_there(void **state)
{
    kith_session *s = start_books(state);
    kith_record *ants = must(s, save_below(s, &book_model, 1,
                                           { "tags", KITH_EDGE_LINK,
                                             .nodes = KITH_NODES({ ID(1) }, { ID(2), .through = RANK(9) },
                                                                 { ID(3), .through = RANK(8) }, { ID(3) }) },
                                           { "author", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(2) }) }));
    assert_int_equal(kith_int(ants, "authorId"), 2);
    assert_int_equal(kith_many(ants, "tags")->count, 4);
    assert_int_equal(kith_int(kith_many(ants, "tags")->links[0], "rank"), 1);
    expect_labels("[{'bookId':1,'tagId':1,'rank':1},{'bookId':1,'tagId':2,'rank':9},{'bookId':1,'tagId':3,'rank':8}]");
    expect_books("[{'title':'Ants','year':2001,'authorId':2},{'title':'Bees','year':2003,'authorId':1}]");
    expect_no_error(s);
}

/* A row to be linked that is not there is named, and nothing is left of the graph */
static void test_shared_graph__links_what_is_not_there(void **state)
{
    kith_session *s = start_books(state);
    assert_null(save(s, &author_model, .fields = NAME("Cid"),
                     .edges = KITH_EDGES({ "desk", KITH_EDGE_INSERT, .nodes = KITH_NODES({ COLOUR("grey") }) },
                                         { "books", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(1) }, { ID(7) }) })));
    expect_error(s, KITH_E_NOT_FOUND, "book", NULL, "books[1]: there is no book with this key");
    expect_unchanged();
}

/* ---- upsert --------------------------------------------------------------------------------------------------------- */

/* P34: rows with the same key take over what is given and keep the rest; those that are missing are made */
static void test_shared_graph__upserts(void **state)
{
    kith_session *s = start_books(state);
    kith_record *ants = must(
        s, kith_save(s, &book_model,
                     &(kith_node){
                         .fields = KITH_FIELDS(KITH_F("title", "Ants"), KITH_F("year", 2011)),
                         .edges = KITH_EDGES(
                             { "author", KITH_EDGE_UPSERT, .key = KITH_NAMES("name"),
                               .nodes = KITH_NODES(
                                   { NAME("Bob"), .edges = KITH_EDGES(
                                                      { "city", KITH_EDGE_UPSERT, .key = KITH_NAMES("name"),
                                                        .nodes = KITH_NODES({ NAME("Lima") }) }) }) },
                             { "tags", KITH_EDGE_UPSERT, .key = KITH_NAMES("word"),
                               .nodes = KITH_NODES({ WORD("old"), .through = RANK(3) },
                                                   { KITH_FIELDS(KITH_F("word", "new"), KITH_F("weight", 4)) },
                                                   { WORD("big") }) },
                             { "chapters", KITH_EDGE_UPSERT, .key = KITH_NAMES("number", "bookId"),
                               .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("number", 1), KITH_F("title", "One")) }) }) },
                     &(kith_save_opts){ .mode = KITH_EDGE_UPSERT, .key = KITH_NAMES("title") }));
    assert_int_equal(kith_int(ants, "id"), 1);
    assert_int_equal(kith_int(kith_many(ants, "tags")->at[0], "weight"), 5); /* not given, so kept */
    expect_books("[{'title':'Ants','year':2011,'authorId':2},{'title':'Bees','year':2003,'authorId':1}]");
    expect_authors("[{'id':1,'name':'Ann','age':30,'cityId':1},{'id':2,'name':'Bob','age':null,'cityId':3}]");
    expect_tags("[{'word':'big','weight':null},{'word':'new','weight':4},{'word':'odd','weight':null},"
                "{'word':'old','weight':5}]");
    expect_number(s, kith_count_related(s, ants, "tags"), 3);
    expect_stored(&book_tag_model, KITH_NAMES("bookId", "tagId", "rank"),
                  kith_json(s, must(s, kith_find(s, &book_tag_model,
                                                 &(kith_query){ .attributes = KITH_NAMES("bookId", "tagId", "rank"),
                                                                .order = KITH_ORDER({ "tagId" }) }))));
    must(s, kith_save(s, &book_model,
                      &(kith_node){
                          .fields = TITLE("Ants"),
                          .edges = KITH_EDGES({ "chapters", KITH_EDGE_UPSERT, .key = KITH_NAMES("bookId", "number"),
                                                .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("number", 1)) },
                                                                    { KITH_FIELDS(KITH_F("number", 2)) }) }) },
                      &(kith_save_opts){ .mode = KITH_EDGE_UPSERT, .key = KITH_NAMES("title") }));
    expect_chapters("[{'bookId':1,'number':1,'title':'One'},{'bookId':1,'number':2,'title':null}]");
    expect_no_error(s);
}

/* One row that stands at two places of the graph is one row */
static void test_shared_graph__upserts_one_row_twice(void **state)
{
    kith_session *s = start_books(state);
    kith_list *list = must(
        s, kith_save_many(
               s, &book_model,
               KITH_NODES({ TITLE("Cats"), .edges = KITH_EDGES({ "tags", KITH_EDGE_UPSERT, .key = KITH_NAMES("word"),
                                                                 .nodes = KITH_NODES({ WORD("big") }, { WORD("old") },
                                                                                     { WORD("big") }) }) },
                          { TITLE("Dogs"), .edges = KITH_EDGES({ "tags", KITH_EDGE_UPSERT, .key = KITH_NAMES("word"),
                                                                 .nodes = KITH_NODES({ WORD("big") }) }) }),
               NULL));
    assert_int_equal(kith_int(kith_many(list->at[0], "tags")->at[0], "id"),
                     kith_int(kith_many(list->at[1], "tags")->at[0], "id"));
    expect_number(s, kith_count(s, &tag_model, NULL), 4);
    expect_number(s, kith_count_related(s, list->at[0], "tags"), 2);
    expect_number(s, kith_count_related(s, list->at[1], "tags"), 1);
    expect_no_error(s);
}

/* ---- replace -------------------------------------------------------------------------------------------------------- */

/* P34: what was linked and is not named goes, as with kith_set; targets of has-many lose their key */
static void test_shared_graph__replaces(void **state)
{
    kith_session *s = start_books(state);
    must(s,
         save_below(s, &author_model, 1,
                    { "books", KITH_EDGE_REPLACE, .key = KITH_NAMES("title"),
                      .nodes = KITH_NODES({ TITLE("Bees"),
                                            .edges = KITH_EDGES({ "tags", KITH_EDGE_REPLACE, .key = KITH_NAMES("word"),
                                                                  .nodes = KITH_NODES({ WORD("odd") }) }) },
                                          { TITLE("Cats") }) },
                    { "desk", KITH_EDGE_REPLACE, .key = KITH_NAMES("colour"), .nodes = KITH_NODES({ COLOUR("grey") }) },
                    { "city", KITH_EDGE_REPLACE }));
    expect_books("[{'title':'Ants','year':2001,'authorId':null},{'title':'Bees','year':2003,'authorId':1},"
                 "{'title':'Cats','year':null,'authorId':1}]");
    expect_desks("[{'colour':'blue','authorId':2},{'colour':'grey','authorId':1},{'colour':'red','authorId':null}]");
    expect_authors("[{'id':1,'name':'Ann','age':30,'cityId':null},{'id':2,'name':'Bob','age':null,'cityId':null}]");
    kith_record *ants = must(s,
                             save_below(s, &book_model, 1,
                                        { "tags", KITH_EDGE_REPLACE, .key = KITH_NAMES("word"),
                                          .nodes = KITH_NODES({ WORD("old") }, { WORD("big"), .through = RANK(2) }) }));
    assert_int_equal(kith_many(ants, "tags")->count, 2);
    expect_number(s, kith_count_related(s, ants, "tags"), 2);
    expect_list(
        s,
        must(s, kith_find(s, &book_model,
                          &(kith_query){ .attributes = KITH_NAMES("title"),
                                         .order = KITH_ORDER({ "id" }),
                                         .include = KITH_INCLUDE({ "tags", .attributes = KITH_NAMES("word"),
                                                                   .through.attributes = KITH_NAMES("rank"),
                                                                   .order = KITH_ORDER({ "word" }) }) })),
        "[{'title':'Ants','tags':[{'word':'big','book_tag':{'rank':2}},{'word':'old','book_tag':{'rank':null}}]},"
        "{'title':'Bees','tags':[{'word':'odd','book_tag':{'rank':null}}]},{'title':'Cats','tags':[]}]");
    must(s, save_below(s, &book_model, 1, { "tags", KITH_EDGE_REPLACE }));
    expect_number(s, kith_count_related(s, ants, "tags"), 0);
    expect_number(s, kith_count(s, &tag_model, NULL), 4);
    must(s, save_below(s, &author_model, 1, { "books", KITH_EDGE_REPLACE }, { "desk", KITH_EDGE_REPLACE }));
    expect_number(s, kith_count(s, &book_model, &(kith_query){ .where = KITH_EQ("authorId", 1) }), 0);
    expect_number(s, kith_count(s, &desk_model, &(kith_query){ .where = KITH_EQ("authorId", 1) }), 0);
    expect_no_error(s);
}

/* A to-one association lets go of what it had in every mode, and a target that it keeps stays */
static void test_shared_graph__to_one_takes_the_place(void **state)
{
    kith_session *s = start_books(state);
    must(s, save_below(s, &author_model, 1, { "desk", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(2) }) }));
    expect_desks("[{'colour':'blue','authorId':1},{'colour':'red','authorId':null}]");
    must(s, save_below(s, &author_model, 1, { "desk", KITH_EDGE_INSERT, .nodes = KITH_NODES({ COLOUR("grey") }) }));
    expect_desks("[{'colour':'blue','authorId':null},{'colour':'grey','authorId':1},{'colour':'red','authorId':null}]");
    must(s, save_below(s, &author_model, 1,
                       { "desk", KITH_EDGE_REPLACE, .key = KITH_NAMES("colour"),
                         .nodes = KITH_NODES({ COLOUR("grey") }) }));
    expect_desks("[{'colour':'blue','authorId':null},{'colour':'grey','authorId':1},{'colour':'red','authorId':null}]");
    expect_no_error(s);
}

/* A target that must have a source cannot be let go */
static void test_shared_graph__replaces_what_must_stay(void **state)
{
    kith_session *s = start_books(state);
    create(s, &chapter_model, KITH_FIELDS(KITH_F("bookId", 1), KITH_F("number", 1)));
    assert_null(save_below(s, &book_model, 1,
                           { "chapters", KITH_EDGE_REPLACE, .key = KITH_NAMES("bookId", "number"),
                             .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("number", 2)) }) }));
    expect_error(s, KITH_E_NOT_NULL, "chapter", "bookId", "");
    expect_chapters("[{'bookId':1,'number':1,'title':null}]");
    must(s, save_below(s, &book_model, 1,
                       { "chapters", KITH_EDGE_REPLACE, .key = KITH_NAMES("bookId", "number"),
                         .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("number", 1), KITH_F("title", "One")) }) }));
    expect_chapters("[{'bookId':1,'number':1,'title':'One'}]");
    expect_no_error(s);
}

/* ---- scopes --------------------------------------------------------------------------------------------------------- */

/* S54, S55: the constants of a scope are written with the rows, and keep associations over one table apart */
static void test_shared_graph__scopes(void **state)
{
    kith_session *s = start_books(state);
    kith_record *ann = must(s,
                            save_below(s, &author_model, 1,
                                       { "notes", KITH_EDGE_INSERT, .nodes = KITH_NODES({ TEXT("a") }, { TEXT("b") }) },
                                       { "jokes", KITH_EDGE_INSERT, .nodes = KITH_NODES({ TEXT("c") }) }));
    expect_text(kith_text(kith_many(ann, "jokes")->at[0], "kind"), "joke");
    must(s, save_below(s, &author_model, 1,
                       { "notes", KITH_EDGE_REPLACE, .key = KITH_NAMES("text"), .nodes = KITH_NODES({ TEXT("b") }) }));
    expect_stored(&remark_model, KITH_NAMES("text", "kind", "authorId"),
                  "[{'text':'a','kind':'note','authorId':null},{'text':'b','kind':'note','authorId':1},"
                  "{'text':'c','kind':'joke','authorId':1}]");
    must(s, save_below(s, &author_model, 2, { "jokes", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(1) }) }));
    must(s, save_below(s, &author_model, 2,
                       { "jokes", KITH_EDGE_UPSERT, .key = KITH_NAMES("text"), .nodes = KITH_NODES({ TEXT("b") }) }));
    expect_stored(&remark_model, KITH_NAMES("text", "kind", "authorId"),
                  "[{'text':'a','kind':'joke','authorId':2},{'text':'b','kind':'joke','authorId':2},"
                  "{'text':'c','kind':'joke','authorId':1}]");
    assert_null(save_below(s, &author_model, 2,
                           { "jokes", KITH_EDGE_INSERT,
                             .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("text", "d"), KITH_F("kind", "note")) }) }));
    expect_error(s, KITH_E_USAGE, "remark", "kind", "jokes[0]: remark.kind is decided by the association");
    expect_no_error(s);
}

/* ---- what is refused before any SQL --------------------------------------------------------------------------------- */

#define expect_refused(status, part)                                                                                   \
    do {                                                                                                               \
        expect_error(s, (status), NULL, NULL, (part));                                                                 \
        expect_statements(0);                                                                                          \
    } while (0)

#define one_edge(...) save(s, &book_model, .fields = TITLE("Cats"), .edges = KITH_EDGES({ __VA_ARGS__ }))

/* P34, P38: names, modes and keys are checked first, and what would be right is said */
static void test_shared_graph__refuses_wrong_edges(void **state)
{
    kith_session *s = start_books(state);
    assert_null(one_edge("tagz", KITH_EDGE_INSERT));
    expect_refused(KITH_E_USAGE, "tags");
    assert_null(one_edge(.mode = KITH_EDGE_INSERT));
    expect_refused(KITH_E_USAGE, "names no association");
    assert_null(one_edge("tags", .nodes = KITH_NODES({ WORD("big") })));
    expect_refused(KITH_E_USAGE, "the edge book.tags has no mode");
    assert_null(one_edge("tags", (kith_edge_mode)9));
    expect_refused(KITH_E_USAGE, "book.tags has the mode 9");
    assert_null(one_edge("tags", KITH_EDGE_INSERT, KITH_NAMES("word")));
    expect_refused(KITH_E_USAGE, "book.tags has a key");
    assert_null(one_edge("tags", KITH_EDGE_UPSERT, KITH_NAMES("wort")));
    expect_refused(KITH_E_USAGE, "word");
    assert_null(one_edge("tags", KITH_EDGE_UPSERT, KITH_NAMES("weight")));
    expect_refused(KITH_E_USAGE, "no unique key of tag");
    assert_null(one_edge("author", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(1) }, { ID(2) })));
    expect_refused(KITH_E_USAGE, "book.author leads to one author, but 2 nodes were given");
    assert_null(save(s, &book_model, .fields = TITLE("Cats"),
                     .edges = KITH_EDGES({ "tags", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(1) }) },
                                         { "tags", KITH_EDGE_REPLACE })));
    expect_refused(KITH_E_USAGE, "book.tags has several edges");
    assert_null(kith_save(s, &book_model, &(kith_node){ TITLE("Cats") }, &(kith_save_opts){ KITH_EDGE_REPLACE }));
    expect_refused(KITH_E_USAGE, "the roots");
    assert_null(kith_save(s, &book_model, NULL, NULL));
    expect_refused(KITH_E_USAGE, "no book to save");
    expect_unchanged();
}

static void test_shared_graph__refuses_wrong_nodes(void **state)
{
    kith_session *s = start_books(state);
    kith_record *ann = must(s, kith_find_by_key(s, &author_model, KITH_V(1)));
    forget_statements();
    assert_null(
        one_edge("tags", KITH_EDGE_INSERT, .nodes = KITH_NODES({ WORD("a") }, { KITH_FIELDS(KITH_F("wort", "b")) })));
    expect_refused(KITH_E_USAGE, "tags[1]: ");
    assert_null(
        one_edge("tags", KITH_EDGE_LINK, .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("id", 1), KITH_F("weight", 2)) })));
    expect_refused(KITH_E_USAGE, "tags[0]: tag.weight is no part of the key");
    assert_null(one_edge("tags", KITH_EDGE_LINK, .nodes = KITH_NODES({ .record = ann })));
    expect_refused(KITH_E_USAGE, "tags[0]: a record of author was given where one of tag is linked");
    assert_null(one_edge("author", KITH_EDGE_INSERT, .nodes = KITH_NODES({ .record = ann })));
    expect_refused(KITH_E_USAGE, "author: a record was given");
    assert_null(one_edge("author", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(1), .record = ann })));
    expect_refused(KITH_E_USAGE, "author: the node has both");
    assert_null(one_edge("tags", KITH_EDGE_LINK, .nodes = KITH_NODES({ .record = NULL })));
    expect_refused(KITH_E_USAGE, "tags[0]: the record is NULL");
    assert_null(one_edge("tags", KITH_EDGE_UPSERT, .nodes = KITH_NODES({ WORD("a") })));
    expect_refused(KITH_E_USAGE, "tags[0]: rows are told apart by tag.id, but the node has no value for it");
    assert_null(one_edge("tags", KITH_EDGE_LINK, .nodes = KITH_NODES({ KITH_FIELDS({ "id", kith_of_null() }) })));
    expect_refused(KITH_E_USAGE, "it is null");
    assert_null(one_edge("author", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(1), .through = RANK(1) })));
    expect_refused(KITH_E_USAGE, "author: the node has values for a join row");
    assert_null(one_edge("tags", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(1), .through = WORD("a") })));
    expect_refused(KITH_E_USAGE, "tags[0]: ");
    assert_null(
        save(s, &author_model, .fields = NAME("Cid"),
             .edges = KITH_EDGES(
                 { "books", KITH_EDGE_INSERT,
                   .nodes = KITH_NODES({ TITLE("Cats"), .edges = KITH_EDGES({ "author", KITH_EDGE_LINK,
                                                                              .nodes = KITH_NODES({ ID(1) }) }) }) })));
    expect_error(s, KITH_E_USAGE, "book", "authorId", "books[0]: book.authorId is decided by the association");
    expect_unchanged();
}

/* P34: all failures of all nodes are reported together, each with its place */
static void test_shared_graph__reports_all_failures(void **state)
{
    kith_session *s = start_books(state);
    assert_null(
        save(s, &author_model, .fields = KITH_FIELDS(KITH_F("age", "old")),
             .edges = KITH_EDGES({ "city", KITH_EDGE_INSERT, .nodes = KITH_NODES({ NULL }) },
                                 { "books", KITH_EDGE_INSERT,
                                   .nodes = KITH_NODES({ TITLE("Cats") },
                                                       { TITLE("Dogs"),
                                                         .edges = KITH_EDGES(
                                                             { "tags", KITH_EDGE_INSERT,
                                                               .nodes = KITH_NODES({ WORD("a") }, { NULL }) }) }) })));
    kith_error e = *kith_error_of(s);
    assert_non_null(strstr(e.message, "; city: city.name: may not be null"));
    assert_non_null(strstr(e.message, "; books[1].tags[1]: tag.word: may not be null"));
    assert_non_null(strstr(e.message, "author.name: may not be null"));
    expect_error(s, KITH_E_USAGE, "author", "age", "author.age");
    assert_null(kith_save_many(s, &author_model, KITH_NODES({ NAME("Cid") }, { NULL }), NULL));
    expect_error(s, KITH_E_VALIDATION, "author", "name", "roots[1]: author.name: may not be null");
    expect_statements(0);
    expect_unchanged();
}

/* A node below itself, which only run time can make */
static void test_shared_graph__refuses_a_circle(void **state)
{
    kith_session *s = start_books(state);
    kith_node nodes[2] = { { .fields = TITLE("Cats") }, KITH_NODE_END };
    kith_edge up[2] = { { 0 } }, down[2] = { { 0 } };
    kith_node author[2] = { { .fields = NAME("Cid"), .edges = down }, KITH_NODE_END };
    up[0] = (kith_edge){ "author", KITH_EDGE_INSERT, .nodes = author };
    down[0] = (kith_edge){ "books", KITH_EDGE_INSERT, .nodes = nodes };
    nodes[0].edges = up;
    assert_null(kith_save(s, &book_model, nodes, NULL));
    expect_refused(KITH_E_USAGE, "stands below itself");
}

/* ---- all or nothing ------------------------------------------------------------------------------------------------- */

/* P34: a row that the database refuses, at whichever place, leaves nothing; inside a transaction nothing of the graph */
static void test_shared_graph__all_or_nothing(void **state)
{
    kith_session *s = start_books(state);
    const char *city = "Lima", *title = "Cats", *word = "big", *colour = "grey";
    for (int wrong = 0; wrong < 5; wrong++) {
        bool good = save(s, &author_model, .fields = NAME(wrong == 0 ? "Ann" : "Cid"),
                         .edges = KITH_EDGES(
                             { "city", KITH_EDGE_INSERT, .nodes = KITH_NODES({ NAME(wrong == 1 ? "Rome" : city) }) },
                             { "desk", KITH_EDGE_INSERT, .nodes = KITH_NODES({ COLOUR(wrong == 2 ? "red" : colour) }) },
                             { "books", KITH_EDGE_INSERT,
                               .nodes = KITH_NODES(
                                   { TITLE(wrong == 3 ? "Ants" : title),
                                     .edges = KITH_EDGES(
                                         { "tags", KITH_EDGE_INSERT,
                                           .nodes = KITH_NODES({ WORD(wrong == 4 ? "new" : word) }) }) }) })) != NULL;
        assert_false(good);
        expect_error(s, KITH_E_UNIQUE, NULL, NULL, "");
        expect_unchanged();
        expect_number(s, kith_count(s, &city_model, NULL), 2);
    }
    must(s, kith_begin(s));
    create(s, &city_model, NAME("Lima"));
    must(s, save(s, &author_model, .fields = NAME("Cid"),
                 .edges = KITH_EDGES({ "city", KITH_EDGE_INSERT, .nodes = KITH_NODES({ NAME("Bonn") }) })));
    must(s, kith_rollback(s));
    expect_unchanged();
    expect_no_error(s);
}

/* ---- self references ------------------------------------------------------------------------------------------------ */

static const kith_model part_model = {
    .name = "part",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &part_model, .as = "whole", .foreign_key = "wholeId" },
                          { KITH_HAS_MANY, &part_model, .as = "parts", .foreign_key = "wholeId" },
                          { KITH_BELONGS_TO_MANY, &part_model, .as = "spares", .through = "spare",
                            .foreign_key = "partId", .other_key = "spareId" }),
};

#define PARTS(...) KITH_EDGES({ "parts", KITH_EDGE_INSERT, .nodes = KITH_NODES(__VA_ARGS__) })

/* S46: each level of a tree over one model has a statement of its own, whichever way it is written */
static void test_shared_graph__self_references(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&part_model));
    forget_statements();
    must(s, save(s, &part_model, .fields = NAME("car"),
                 .edges = PARTS({ NAME("wheel"), .edges = PARTS({ NAME("tyre") }, { NAME("rim") }) },
                                { NAME("motor"), .edges = PARTS({ NAME("valve") }) })));
    expect_statements(5); /* begin, three levels, commit */
    must(s, save(s, &part_model, .fields = NAME("screw"),
                 .edges = KITH_EDGES(
                     { "whole", KITH_EDGE_INSERT,
                       .nodes = KITH_NODES(
                           { NAME("plate"),
                             .edges = KITH_EDGES({ "whole", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(1) }) },
                                                 { "spares", KITH_EDGE_INSERT,
                                                   .nodes = KITH_NODES({ NAME("lid") }) }) }) })));
    kith_list *found = must(s, kith_find(s, &part_model,
                                         &(kith_query){
                                             .attributes = KITH_NAMES("name"),
                                             .order = KITH_ORDER({ "name" }),
                                             .include = KITH_INCLUDE({ "whole", .attributes = KITH_NAMES("name") }) }));
    expect_list(s, found,
                "[{'name':'car','whole':null},{'name':'lid','whole':null},{'name':'motor','whole':{'name':'car'}},"
                "{'name':'plate','whole':{'name':'car'}},{'name':'rim','whole':{'name':'wheel'}},"
                "{'name':'screw','whole':{'name':'plate'}},{'name':'tyre','whole':{'name':'wheel'}},"
                "{'name':'valve','whole':{'name':'motor'}},{'name':'wheel','whole':{'name':'car'}}]");
    expect_number(s, kith_count(s, kith_model_named(the_db(), "spare"), NULL), 1);
    expect_no_error(s);
}

/* ---- composite keys ------------------------------------------------------------------------------------------------- */

static const kith_model bed_model, guest_model;
static const kith_model room_model = {
    .name = "room",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "house", .type = KITH_STRING(10), .primary_key = true },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "label", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &bed_model, .foreign_key = "roomHouse,roomNumber" },
                          { KITH_BELONGS_TO_MANY, &guest_model, .through = "stay",
                            .foreign_key = "roomHouse,roomNumber" }),
};
static const kith_model bed_model = {
    .name = "bed",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "size", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &room_model, .foreign_key = "roomHouse,roomNumber" }),
};
static const kith_model guest_model = {
    .name = "guest",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true, .unique = true }),
};

#define ROOM(h, n)        KITH_FIELDS(KITH_F("house", (h)), KITH_F("number", (n)))
#define expect_beds(json) expect_stored(&bed_model, KITH_NAMES("id", "size", "roomHouse", "roomNumber"), json)

/* P30: keys of two attributes, on either side and in the join table */
static void test_shared_graph__composite_keys(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&room_model, &bed_model, &guest_model));
    must(s, save(s, &room_model, .fields = ROOM("A", 1),
                 .edges = KITH_EDGES({ "beds", KITH_EDGE_INSERT,
                                       .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("size", 2)) }, { NULL }) },
                                     { "guests", KITH_EDGE_UPSERT, .key = KITH_NAMES("name"),
                                       .nodes = KITH_NODES({ NAME("Ann") }, { NAME("Bob") }) })));
    must(s, save(s, &bed_model, .fields = KITH_FIELDS(KITH_F("size", 3)),
                 .edges = KITH_EDGES({ "room", KITH_EDGE_UPSERT, .nodes = KITH_NODES({ ROOM("B", 1) }) })));
    expect_beds("[{'id':1,'size':2,'roomHouse':'A','roomNumber':1},{'id':2,'size':null,'roomHouse':'A','roomNumber':1},"
                "{'id':3,'size':3,'roomHouse':'B','roomNumber':1}]");
    kith_list *rooms = must(
        s,
        kith_save_many(s, &room_model,
                       KITH_NODES({ ROOM("A", 1),
                                    .edges = KITH_EDGES({ "beds", KITH_EDGE_REPLACE, .nodes = KITH_NODES({ ID(1) }) },
                                                        { "guests", KITH_EDGE_REPLACE, .key = KITH_NAMES("name"),
                                                          .nodes = KITH_NODES({ NAME("Bob") }) }) },
                                  { ROOM("B", 1),
                                    .edges = KITH_EDGES({ "beds", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(2) }) },
                                                        { "guests", KITH_EDGE_REPLACE, .key = KITH_NAMES("name"),
                                                          .nodes = KITH_NODES({ NAME("Ann") }) }) }),
                       &(kith_save_opts){ .mode = KITH_EDGE_LINK }));
    assert_int_equal(rooms->count, 2);
    expect_beds("[{'id':1,'size':2,'roomHouse':'A','roomNumber':1},{'id':2,'size':null,'roomHouse':'B','roomNumber':1},"
                "{'id':3,'size':3,'roomHouse':'B','roomNumber':1}]");
    expect_stored(kith_model_named(the_db(), "stay"), KITH_NAMES("roomHouse", "roomNumber", "guestId"),
                  "[{'roomHouse':'A','roomNumber':1,'guestId':2},{'roomHouse':'B','roomNumber':1,'guestId':1}]");
    expect_no_error(s);
}

/* ---- many ----------------------------------------------------------------------------------------------------------- */

enum { BOOKS = 300, TAGS = 2, MANY = 1 + BOOKS * (1 + TAGS) + 99 };

/* 1,000 records made at run time. */
static void fill_graph(kith_node *books, kith_node *tags, kith_edge *edges, kith_field *fields, char (*texts)[40])
{
    for (int i = 0; i < BOOKS; i++) {
        snprintf(texts[i], sizeof texts[i], "book %d", i);
        fields[2 * i] = (kith_field){ "title", KITH_V((char *)texts[i]) };
        fields[2 * i + 1] = (kith_field){ .value = KITH_END_VALUE_ };
        edges[2 * i] = (kith_edge){ "tags", KITH_EDGE_INSERT, .nodes = &tags[i * (TAGS + 1)] };
        edges[2 * i + 1] = (kith_edge){ 0 };
        books[i] = (kith_node){ .fields = &fields[2 * i], .edges = &edges[2 * i] };
        for (int j = 0; j < TAGS; j++) {
            int at = BOOKS + i * TAGS + j;
            snprintf(texts[at], sizeof texts[at], "tag %d.%d", i, j);
            fields[2 * at] = (kith_field){ "word", KITH_V((char *)texts[at]) };
            fields[2 * at + 1] = (kith_field){ .value = KITH_END_VALUE_ };
            tags[i * (TAGS + 1) + j] = (kith_node){ .fields = &fields[2 * at] };
        }
        tags[i * (TAGS + 1) + TAGS] = (kith_node)KITH_NODE_END;
    }
    books[BOOKS] = (kith_node)KITH_NODE_END;
}

/* P34: 1,000 records (an author, 300 books, 600 tags, 99 chapters) in one statement for each table, and 600 join rows in
 * one more; the plan says so before */
static void test_shared_graph__thousand_records(void **state)
{
    static kith_node books[BOOKS + 1], tags[BOOKS * (TAGS + 1)], chapters[100];
    static kith_edge edges[2 * BOOKS], first[3];
    static kith_field fields[2 * BOOKS * (1 + TAGS)], numbers[2 * 99];
    static char texts[BOOKS * (1 + TAGS)][40];
    kith_session *s = start(state, MODELS);
    fill_graph(books, tags, edges, fields, texts);
    for (int i = 0; i < 99; i++) {
        numbers[2 * i] = (kith_field){ "number", KITH_V(i) };
        numbers[2 * i + 1] = (kith_field){ .value = KITH_END_VALUE_ };
        chapters[i] = (kith_node){ .fields = &numbers[2 * i] };
    }
    chapters[99] = (kith_node)KITH_NODE_END;
    first[0] = edges[0];
    first[1] = (kith_edge){ "chapters", KITH_EDGE_INSERT, .nodes = chapters };
    first[2] = (kith_edge){ 0 };
    books[0].edges = first;
    const kith_node *roots = KITH_NODES(
        { NAME("Ann"), .edges = KITH_EDGES({ "books", KITH_EDGE_INSERT, .nodes = books }) });
    forget_statements();
    expect_text(must(s, kith_save_plan(s, &author_model, roots, NULL)), "1. insert authors: 1 row\n"
                                                                        "2. insert books: 300 rows\n"
                                                                        "3. insert tags: 600 rows\n"
                                                                        "4. insert chapters: 99 rows\n"
                                                                        "5. link book_tags: 600 rows\n");
    expect_statements(0);
    kith_record *ann = must(s, kith_save(s, &author_model, roots, NULL));
    expect_statements(2 + 5);
    const kith_list *saved = kith_many(ann, "books");
    assert_int_equal(saved->count, BOOKS);
    for (int i = 0; i < BOOKS; i++) {
        const kith_list *of_book = kith_many(saved->at[i], "tags");
        expect_text(kith_text(saved->at[i], "title"), texts[i]);
        assert_int_equal(of_book->count, TAGS);
        assert_int_equal(kith_int(of_book->links[1], "bookId"), kith_int(saved->at[i], "id"));
        assert_int_equal(kith_int(of_book->links[1], "tagId"), kith_int(of_book->at[1], "id"));
    }
    /* What is in the database is what the records say. */
    kith_list *stored = must(s, kith_find(s, &book_model,
                                          &(kith_query){
                                              .include = KITH_INCLUDE({ "tags", .order = KITH_ORDER({ "id" }) }) }));
    assert_int_equal(stored->count, BOOKS);
    for (int i = 0; i < BOOKS; i++) {
        kith_record *book = must(s, kith_find_one(s, &book_model,
                                                  &(kith_query){ .where = KITH_EQ("title", (char *)texts[i]) }));
        assert_int_equal(kith_int(book, "id"), kith_int(saved->at[i], "id"));
    }
    int at = kith_slot(stored, "title");
    for (size_t i = 0; i < stored->count; i++) {
        char word[40];
        snprintf(word, sizeof word, "tag %s.1", kith_values(stored->at[i])[at].as.str + 5);
        expect_text(kith_text(kith_many(stored->at[i], "tags")->at[1], "word"), word);
    }
    expect_number(s, kith_count(s, &chapter_model, NULL), 99);
    expect_no_error(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_graph__inserts_three_levels),
        SHARED_TEST(test_shared_graph__inserts_many_roots),
        SHARED_TEST(test_shared_graph__links),
        SHARED_TEST(test_shared_graph__links_below_a_row_that_is_there),
        SHARED_TEST(test_shared_graph__links_what_is_not_there),
        SHARED_TEST(test_shared_graph__upserts),
        SHARED_TEST(test_shared_graph__upserts_one_row_twice),
        SHARED_TEST(test_shared_graph__replaces),
        SHARED_TEST(test_shared_graph__to_one_takes_the_place),
        SHARED_TEST(test_shared_graph__replaces_what_must_stay),
        SHARED_TEST(test_shared_graph__scopes),
        SHARED_TEST(test_shared_graph__refuses_wrong_edges),
        SHARED_TEST(test_shared_graph__refuses_wrong_nodes),
        SHARED_TEST(test_shared_graph__reports_all_failures),
        SHARED_TEST(test_shared_graph__refuses_a_circle),
        SHARED_TEST(test_shared_graph__all_or_nothing),
        SHARED_TEST(test_shared_graph__self_references),
        SHARED_TEST(test_shared_graph__composite_keys),
        SHARED_TEST(test_shared_graph__thousand_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
