/* Lists that are joined (P2): the same query with its includes joined, and each by a statement of its own, finds the
 * same. tests/differential compares the two on random schemas. */
#include <string.h>

#include "shared/library.h"

/* ---- the same query, otherwise loaded ---- */

struct copies {
    kith_include at[64];
    unsigned count;
};

/* A copy of the includes in which all are loaded that way. */
static const kith_include *loaded_by(struct copies *copies, const kith_include *list, kith_strategy strategy)
{
    unsigned first = copies->count, count = 0;
    while (list && (list[count].as || list[count].model))
        count++;
    assert_true(first + count < sizeof copies->at / sizeof *copies->at);
    copies->count += count + 1;
    for (unsigned i = 0; i < count; i++) {
        kith_include *copy = &copies->at[first + i];
        *copy = list[i];
        if (!copy->strategy)
            copy->strategy = strategy;
        copy->include = loaded_by(copies, list[i].include, strategy);
    }
    return list ? &copies->at[first] : NULL;
}

/* That the query finds this with all its includes separate, and with all of them joined in one statement. */
#define expect_both(s, model, json, ...)                                                                               \
    expect_both_at((s), (model), (json), &(kith_query){ __VA_ARGS__ }, 1, __FILE__, __LINE__)
static void expect_both_at(kith_session *s, const kith_model *m, const char *json, const kith_query *q,
                           unsigned statements, const char *file, int line)
{
    struct copies separate = { 0 }, joined = { 0 };
    kith_query one = *q, other = *q;
    one.include = loaded_by(&separate, q->include, KITH_SEPARATE);
    other.include = loaded_by(&joined, q->include, KITH_JOIN);
    expect_json_at(s, must(s, kith_find(s, m, &one)), NULL, json, file, line);
    forget_statements();
    expect_json_at(s, must(s, kith_find(s, m, &other)), NULL, json, file, line);
    expect_statements_at(statements, file, line);
    kith_session_release_all(s);
}

#define BY_ID KITH_ORDER({ "id" })

/* ---- every kind of association ---- */

/* P2, S81: has many, with sources that have none and targets that have no source */
static void test_shared_joined__has_many(void **state)
{
    kith_session *s = start_library(state);
    expect_both(s, &author_model,
                "[{'name':'Ann','books':[{'title':'Ants'},{'title':'Bees'}]},"
                "{'name':'Bob','books':[{'title':'Cats'}]},{'name':'Cid','books':[]}]",
                .attributes = name_only, .order = BY_ID,
                .include = KITH_INCLUDE({ .as = "books", .attributes = title_only, .order = BY_ID }));
}

/* P2, S62, S76: through a join table, with its rows beside the targets, and without */
static void test_shared_joined__through_a_join_table(void **state)
{
    kith_session *s = start_library(state);
    expect_both(
        s, &book_model,
        "[{'title':'Ants','tags':[{'word':'old','book_tag':{'rank':2}},{'word':'new','book_tag':{'rank':1}}]},"
        "{'title':'Bees','tags':[{'word':'new','book_tag':{'rank':3}}]},"
        "{'title':'Cats','tags':[{'word':'new','book_tag':{'rank':4}},{'word':'old','book_tag':{'rank':null}}]},"
        "{'title':'Dogs','tags':[]}]",
        .attributes = title_only, .order = BY_ID,
        .include = KITH_INCLUDE({ .as = "tags",
                                  .attributes = word_only,
                                  .through = { .attributes = rank_only },
                                  .order = KITH_ORDER({ "book_tag.rank", .desc = true }) }));
    expect_both(s, &tag_model,
                "[{'word':'new','books':[{'title':'Cats'}]},{'word':'old','books':[]},{'word':'odd','books':[]}]",
                .attributes = word_only, .order = BY_ID,
                .include = KITH_INCLUDE({ .as = "books",
                                          .attributes = title_only,
                                          .through = { .attributes = no_names, .where = KITH_GT("rank", 3) } }));
}

/* P1, P2: lists beside each other do not multiply, nor do lists in them, nor what is joined in those */
static void test_shared_joined__siblings_and_levels(void **state)
{
    kith_session *s = start_library(state);
    expect_both(
        s, &author_model,
        "[{'name':'Ann','critiques':[{'stars':1}],'books':["
        "{'title':'Ants','labels':[{'rank':1,'tag':{'word':'new'}},{'rank':2,'tag':{'word':'old'}}],"
        "'reviews':[{'stars':3,'critic':{'name':'Cid'}},{'stars':5,'critic':{'name':'Bob'}}]},"
        "{'title':'Bees','labels':[{'rank':3,'tag':{'word':'new'}}],'reviews':[{'stars':null,'critic':null}]}]},"
        "{'name':'Bob','critiques':[{'stars':5}],'books':["
        "{'title':'Cats','labels':[{'rank':null,'tag':{'word':'old'}},{'rank':4,'tag':{'word':'new'}}],"
        "'reviews':[{'stars':1,'critic':{'name':'Ann'}}]}]},"
        "{'name':'Cid','critiques':[{'stars':3}],'books':[]}]",
        .attributes = name_only, .order = BY_ID,
        .include = KITH_INCLUDE(
            { .as = "critiques", .attributes = stars_only },
            { .as = "books",
              .attributes = title_only,
              .order = BY_ID,
              .include = KITH_INCLUDE({ .as = "labels",
                                        .attributes = rank_only,
                                        .order = KITH_ORDER({ "rank" }),
                                        .include = KITH_INCLUDE({ .as = "tag", .attributes = word_only }) },
                                      { .as = "reviews",
                                        .attributes = stars_only,
                                        .order = KITH_ORDER({ "stars" }),
                                        .include = KITH_INCLUDE({ .as = "critic", .attributes = name_only }) }) }));
}

/* P2: a list below what is joined as one, also where that is not there, or is left out for what it lacks itself */
static void test_shared_joined__below_one(void **state)
{
    kith_session *s = start_library(state);
    expect_both(
        s, &book_model,
        "[{'title':'Ants','author':{'name':'Ann','books':[{'title':'Bees'},{'title':'Ants'}],'city':{'name':'Rome'}}},"
        "{'title':'Bees','author':{'name':'Ann','books':[{'title':'Bees'},{'title':'Ants'}],'city':{'name':'Rome'}}},"
        "{'title':'Cats','author':null},{'title':'Dogs','author':null}]",
        .attributes = title_only, .order = BY_ID,
        .include = KITH_INCLUDE(
            { .as = "author",
              .attributes = name_only,
              .required = KITH_NO,
              .include = KITH_INCLUDE(
                  { .as = "books", .attributes = title_only, .order = KITH_ORDER({ "title", .desc = true }) },
                  { .as = "city", .attributes = name_only, .where = KITH_EQ("name", "Rome") }) }));
}

/* ---- pages, conditions ---- */

/* P3, P4, S83: limit counts sources, and targets of each source, and the targets of each of those */
static void test_shared_joined__pages(void **state)
{
    kith_session *s = start_library(state);
    expect_both(s, &book_model,
                "[{'title':'Bees','tags':[{'word':'new'}],'reviews':[]},"
                "{'title':'Cats','tags':[{'word':'old'}],'reviews':[]}]",
                .attributes = title_only, .order = KITH_ORDER({ "title" }), .limit = 2, .offset = 1,
                .include = KITH_INCLUDE({ .as = "tags",
                                          .attributes = word_only,
                                          .through = { .attributes = no_names },
                                          .order = KITH_ORDER({ "word", .desc = true }),
                                          .limit = 1 },
                                        { .as = "reviews", .attributes = stars_only, .limit = 3, .offset = 1 }));
    expect_both(s, &author_model,
                "[{'name':'Ann','books':[{'title':'Bees','labels':[{'rank':3}]}]},"
                "{'name':'Bob','books':[{'title':'Cats','labels':[{'rank':4}]}]},{'name':'Cid','books':[]}]",
                .attributes = name_only, .order = BY_ID,
                .include = KITH_INCLUDE({ .as = "books",
                                          .attributes = title_only,
                                          .order = KITH_ORDER({ "year", .desc = true }),
                                          .limit = 1,
                                          .include = KITH_INCLUDE({ .as = "labels",
                                                                    .attributes = rank_only,
                                                                    .order = KITH_ORDER({ "rank", .desc = true }),
                                                                    .limit = 1 }) }));
}

/* S81, S82, P5: a where leaves out targets, and sources unless it is not required; limit then counts those that stay */
static void test_shared_joined__conditions_and_required(void **state)
{
    kith_session *s = start_library(state);
    expect_both(s, &book_model, "[{'title':'Bees','tags':[{'word':'new'}]}]", .attributes = title_only,
                .order = KITH_ORDER({ "year", .desc = true }), .limit = 1,
                .include = KITH_INCLUDE({ .as = "tags",
                                          .attributes = word_only,
                                          .where = KITH_EQ("word", "new"),
                                          .through = { .attributes = no_names } }));
    expect_both(s, &author_model, "[{'name':'Ann','books':[{'title':'Ants','reviews':[{'stars':5}]}]}]",
                .attributes = name_only, .order = BY_ID,
                .include = KITH_INCLUDE(
                    { .as = "books",
                      .attributes = title_only,
                      .required = KITH_YES,
                      .include = KITH_INCLUDE(
                          { .as = "reviews", .attributes = stars_only, .where = KITH_GT("stars", 4) }) }));
    expect_both(s, &author_model, "[{'name':'Ann','books':[]},{'name':'Bob','books':[]},{'name':'Cid','books':[]}]",
                .attributes = name_only, .order = BY_ID,
                .include = KITH_INCLUDE({ .as = "books", .where = KITH_EQ("title", "Eels"), .required = KITH_NO }));
}

/* P2, P11: computed attributes beside the records of a joined list, and orders by them */
static void test_shared_joined__computed_attributes(void **state)
{
    kith_session *s = start_library(state);
    expect_both(s, &author_model,
                "[{'name':'Ann','bookCount':2,'books':[{'title':'Ants','tagCount':2},{'title':'Bees','tagCount':1}]},"
                "{'name':'Bob','bookCount':1,'books':[{'title':'Cats','tagCount':2}]},"
                "{'name':'Cid','bookCount':0,'books':[]}]",
                .attributes = name_only, .order = KITH_ORDER({ "bookCount", .desc = true }),
                .computed = KITH_COMPUTED({ "bookCount", KITH_COUNT, "books" }),
                .include = KITH_INCLUDE({ .as = "books",
                                          .attributes = title_only,
                                          .computed = KITH_COMPUTED({ "tagCount", KITH_COUNT, "tags" }),
                                          .order = KITH_ORDER({ "tagCount", .desc = true }) }));
}

/* ---- joined and separate in one query ---- */

/* P2: what has a statement of its own takes the records of a joined list as its sources, and may have joined lists */
static void test_shared_joined__mixed(void **state)
{
    kith_session *s = start_library(state);
    static const char expected[] =
        "[{'name':'Ann','books':["
        "{'title':'Ants','tags':[{'word':'new','books':[{'title':'Ants'},{'title':'Bees'},{'title':'Cats'}]},"
        "{'word':'old','books':[{'title':'Ants'},{'title':'Cats'}]}]},"
        "{'title':'Bees','tags':[{'word':'new','books':[{'title':'Ants'},{'title':'Bees'},{'title':'Cats'}]}]}]}]";
    for (unsigned joined = 0; joined < 8; joined++) {
        kith_strategy first = joined & 1 ? KITH_JOIN : KITH_SEPARATE, second = joined & 2 ? KITH_JOIN : KITH_SEPARATE,
                      third = joined & 4 ? KITH_JOIN : KITH_SEPARATE;
        const kith_include books = { .as = "books",
                                     .attributes = title_only,
                                     .through = { .attributes = no_names },
                                     .order = BY_ID,
                                     .strategy = third };
        const kith_include tags = { .as = "tags",
                                    .attributes = word_only,
                                    .through = { .attributes = no_names },
                                    .order = BY_ID,
                                    .strategy = second,
                                    .include = KITH_INCLUDE(books) };
        forget_statements();
        expect_found(s, &author_model, expected, .attributes = name_only, .where = KITH_EQ("name", "Ann"),
                     .include = KITH_INCLUDE({ .as = "books",
                                               .attributes = title_only,
                                               .order = BY_ID,
                                               .strategy = first,
                                               .include = KITH_INCLUDE(tags) }));
        expect_statements(1u + (first != KITH_JOIN) + (second != KITH_JOIN) + (third != KITH_JOIN));
    }
}

/* P2: in what kith_get returns, of one source and of each */
static void test_shared_joined__below_what_is_got(void **state)
{
    kith_session *s = start_library(state);
    const kith_list *books = must(s, kith_find(s, &book_model, &(kith_query){ .order = BY_ID }));
    const kith_query q = { .attributes = word_only,
                           .order = BY_ID,
                           .include = KITH_INCLUDE({ .as = "books",
                                                     .attributes = title_only,
                                                     .through = { .attributes = no_names },
                                                     .order = KITH_ORDER({ "title", .desc = true }),
                                                     .limit = 2,
                                                     .strategy = KITH_JOIN }) };
    static const char both[] =
        "[{'word':'new','books':[{'title':'Cats'},{'title':'Bees'}],'book_tag':{'rank':1,'bookId':1,'tagId':1}},"
        "{'word':'old','books':[{'title':'Cats'},{'title':'Ants'}],'book_tag':{'rank':2,'bookId':1,'tagId':2}}]";
    forget_statements();
    expect_list(s, kith_get(s, books->at[0], "tags", &q), both);
    expect_statements(1);
    forget_statements();
    kith_list *const *each = must(s, kith_get_each(s, &book_model, books->at, books->count, "tags", &q));
    expect_statements(1);
    expect_list(s, each[0], both);
    expect_list(s, each[1],
                "[{'word':'new','books':[{'title':'Cats'},{'title':'Bees'}],"
                "'book_tag':{'rank':3,'bookId':2,'tagId':1}}]");
    expect_number(s, (int64_t)each[3]->count, 0);
}

/* P2: a stream loads the lists of its own records by statements of their own, those of its includes as it is told */
static void test_shared_joined__streams(void **state)
{
    kith_session *s = start_library(state);
    const kith_include tags = { .as = "tags",
                                .attributes = word_only,
                                .through = { .attributes = no_names },
                                .order = BY_ID,
                                .strategy = KITH_JOIN };
    kith_stream *stream = must(
        s, kith_stream_open(s, &book_model,
                            &(kith_query){ .attributes = title_only, .order = BY_ID, .include = KITH_INCLUDE(tags) },
                            &(kith_stream_opts){ .batch = 1 }));
    expect_record(s, kith_stream_next(stream), "{'title':'Ants','tags':[{'word':'new'},{'word':'old'}]}");
    expect_record(s, kith_stream_next(stream), "{'title':'Bees','tags':[{'word':'new'}]}");
    must(s, kith_stream_close(stream));
    const kith_query q = {
        .attributes = name_only,
        .order = BY_ID,
        .include = KITH_INCLUDE(
            { .as = "books", .attributes = title_only, .order = BY_ID, .include = KITH_INCLUDE(tags) })
    };
    stream = must(s, kith_stream_open(s, &author_model, &q, NULL));
    expect_record(s, kith_stream_next(stream),
                  "{'name':'Ann','books':[{'title':'Ants','tags':[{'word':'new'},{'word':'old'}]},"
                  "{'title':'Bees','tags':[{'word':'new'}]}]}");
    must(s, kith_stream_close(stream));
}

/* P2: a list that was joined is there, empty or not, and no other is */
static void test_shared_joined__lists_of_records(void **state)
{
    kith_session *s = start_library(state);
    const kith_list *books = must(s, kith_find(s, &book_model,
                                               &(kith_query){
                                                   .order = BY_ID,
                                                   .include = KITH_INCLUDE({ .as = "tags", .strategy = KITH_JOIN }) }));
    const kith_list *none = must(s, kith_many(books->at[3], "tags"));
    expect_number(s, (int64_t)none->count, 0);
    const kith_list *tags = must(s, kith_many(books->at[2], "tags"));
    expect_number(s, (int64_t)tags->count, 2);
    expect_number(s, kith_int(tags->links[0], "bookId"), 3);
    assert_true(kith_slot(tags, "word") >= 0 && kith_link_slot(none, "rank") >= 0);
    assert_null(kith_many(books->at[0], "reviews"));
    expect_error(s, KITH_E_USAGE, "book", NULL, "reviews was not loaded");
}

/* ---- rows without keys, keys of two, soft deletes, links that repeat ---- */

extern const kith_model guest_model, ware_model;

static const kith_model visit_model = {
    .name = "visit",
    .no_timestamps = true,
    .paranoid = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "mood", .type = KITH_STRING(20) }),
};
static const kith_model mark_model = {
    .name = "mark",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "kind", .type = KITH_STRING(20), .not_null = true }),
};
#define MARKED(name, kind)                                                                                             \
    {                                                                                                                  \
        KITH_BELONGS_TO_MANY, .as = name, .target = &guest_model, .through_model = &mark_model,                        \
                              .foreign_key = "stallStreet,stallNumber", .other_key = "guestId",                        \
                              .scope = KITH_FIELDS({ "kind", KITH_CONST_STR(kind) })                                   \
    }
static const kith_model stall_model = {
    .name = "stall",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "street", .type = KITH_STRING(20), .primary_key = true },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &ware_model, .foreign_key = "street,number" },
                          { KITH_BELONGS_TO_MANY, .target = &guest_model, .through_model = &visit_model,
                            .foreign_key = "stallStreet,stallNumber", .other_key = "guestId", .not_unique = true },
                          MARKED("fans", "fan"), MARKED("foes", "foe")),
};
static const kith_model sticker_model = {
    .name = "sticker",
    .no_timestamps = true,
    .no_primary_key = true,
    .attrs = KITH_ATTRS({ .name = "colour", .type = KITH_STRING(20) }, { .name = "code", .type = KITH_STRING(20) }),
};
const kith_model ware_model = {
    .name = "ware",
    .no_timestamps = true,
    .no_primary_key = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) },
                        { .name = "code", .type = KITH_STRING(20), .unique = true },
                        { .name = "street", .type = KITH_STRING(20) }, { .name = "number", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &sticker_model, .source_key = "code", .foreign_key = "code" }),
};
const kith_model guest_model = {
    .name = "guest",
    .no_timestamps = true,
    .paranoid = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "stalls", .target = &stall_model, .through_model = &visit_model,
                            .foreign_key = "guestId", .other_key = "stallStreet,stallNumber", .not_unique = true }),
};

static void add_ware(kith_session *s, const char *name, const char *code, const char *street)
{
    must(s, kith_create(s, &ware_model,
                        KITH_FIELDS(KITH_F("name", name), KITH_F("code", code), KITH_F("street", street),
                                    KITH_F("number", 1))));
}

static void add_sticker(kith_session *s, const char *colour, const char *code)
{
    must(s, kith_create(s, &sticker_model, KITH_FIELDS(KITH_F("colour", colour), KITH_F("code", code))));
}

static kith_record *add_visit(kith_session *s, int id, int number, int guest, const char *mood)
{
    return must(s, kith_create(s, &visit_model,
                               KITH_FIELDS(KITH_F("id", id), KITH_F("stallStreet", "A"), KITH_F("stallNumber", number),
                                           KITH_F("guestId", guest), KITH_F("mood", mood))));
}

static void add_mark(kith_session *s, int number, int guest, const char *kind)
{
    must(s, kith_create(s, &mark_model,
                        KITH_FIELDS(KITH_F("stallStreet", "A"), KITH_F("stallNumber", number), KITH_F("guestId", guest),
                                    KITH_F("kind", kind))));
}

/* Stall A 1 has two pots that are alike, and a pan; Ann was there twice, Bob, who is gone, once, Cid's visit is deleted.
 * A 2 was visited by Ann and Cid. */
static kith_session *start_market(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&stall_model, &ware_model, &sticker_model, &guest_model, &visit_model,
                                               &mark_model));
    must(s, kith_create(s, &stall_model, KITH_FIELDS(KITH_F("street", "A"), KITH_F("number", 1))));
    must(s, kith_create(s, &stall_model, KITH_FIELDS(KITH_F("street", "A"), KITH_F("number", 2))));
    add_ware(s, "pot", NULL, "A");
    add_ware(s, "pot", NULL, "A");
    add_ware(s, "pan", "x", "A");
    add_ware(s, "lost", "y", NULL);
    add_sticker(s, "red", "x");
    add_sticker(s, "red", "x");
    add_sticker(s, "blue", "y");
    add_sticker(s, "none", NULL);
    add_named(s, &guest_model, "name", "Ann");
    add_named(s, &guest_model, "name", "Bob");
    add_named(s, &guest_model, "name", "Cid");
    add_visit(s, 1, 1, 1, "happy");
    add_visit(s, 2, 1, 1, "sad");
    add_visit(s, 3, 1, 2, "happy");
    must(s, kith_destroy(s, add_visit(s, 4, 1, 3, "happy")));
    add_visit(s, 5, 2, 1, "happy");
    add_visit(s, 6, 2, 3, "happy");
    add_mark(s, 1, 1, "fan");
    add_mark(s, 1, 2, "fan");
    add_mark(s, 1, 3, "foe");
    add_mark(s, 2, 3, "fan");
    must(s, kith_destroy(s, must(s, kith_find_by_key(s, &guest_model, KITH_V(2)))));
    kith_session_release_all(s);
    return s;
}

static const char *const number_only[] = { "number", NULL };
static const char *const mood_only[] = { "mood", NULL };

/* P19: rows that are alike, and have no key to be told apart by, are all there, once for each; with lists of their own */
static void test_shared_joined__rows_without_a_key(void **state)
{
    kith_session *s = start_market(state);
#define STICKERS KITH_INCLUDE({ .as = "stickers", .attributes = colour_only, .order = KITH_ORDER({ "colour" }) })
#define NAMED    .attributes = name_only, .order = KITH_ORDER({ "name", .desc = true })
#define GUESTS                                                                                                         \
    { .as = "guests",                                                                                                  \
      .attributes = name_only,                                                                                         \
      .through = { .attributes = mood_only },                                                                          \
      .order = KITH_ORDER({ "name" }, { "visit.mood", .desc = true }) }
#define ANN(mood) "{'name':'Ann','visit':{'mood':'" mood "'}}"
    expect_both(s, &stall_model,
                "[{'number':1,'guests':[" ANN("sad") "," ANN(
                    "happy") "],'wares':["
                             "{'name':'pot','stickers':[]},{'name':'pot','stickers':[]},"
                             "{'name':'pan','stickers':[{'colour':'red'},{'colour':'red'}]}]},"
                             "{'number':2,'guests':[" ANN(
                                 "happy") ",{'name':'Cid','visit':{'mood':'happy'}}],'wares':[]}]",
                .attributes = number_only, .order = KITH_ORDER({ "number" }),
                .include = KITH_INCLUDE(GUESTS, { .as = "wares", NAMED, .include = STICKERS }));
    expect_both(s, &ware_model,
                "[{'name':'pot','stickers':[]},{'name':'pot','stickers':[]},"
                "{'name':'pan','stickers':[{'colour':'red'},{'colour':'red'}]},"
                "{'name':'lost','stickers':[{'colour':'blue'}]}]",
                NAMED, .include = STICKERS);
}

/* S54: scopes and rows that are gone */
static void test_shared_joined__scopes_and_soft_deletes(void **state)
{
    kith_session *s = start_market(state);
#define MARKS(name)                                                                                                    \
    .as = name, .attributes = name_only, .through = { .attributes = no_names }, .order = KITH_ORDER({ "name" })
    expect_both(s, &stall_model,
                "[{'number':1,'fans':[{'name':'Ann'}],'foes':[{'name':'Cid'}]},"
                "{'number':2,'fans':[{'name':'Cid'}],'foes':[]}]",
                .attributes = number_only, .order = KITH_ORDER({ "number" }),
                .include = KITH_INCLUDE({ MARKS("fans") }, { MARKS("foes") }));
    expect_both(s, &stall_model,
                "[{'number':1,'fans':[{'name':'Ann'},{'name':'Bob'}]},{'number':2,'fans':[{'name':'Cid'}]}]",
                .attributes = number_only, .order = KITH_ORDER({ "number" }),
                .include = KITH_INCLUDE({ MARKS("fans"), .with_deleted = true }));
}

/* P19: a target that is linked twice stands there twice, each time with its own list; pages count links */
static void test_shared_joined__links_that_repeat(void **state)
{
    kith_session *s = start_market(state);
#define STALLS                                                                                                         \
    KITH_INCLUDE({ .as = "stalls",                                                                                     \
                   .attributes = number_only,                                                                          \
                   .through = { .attributes = no_names },                                                              \
                   .order = KITH_ORDER({ "number" }) })
#define ANN_WITH "{'name':'Ann','stalls':[{'number':1},{'number':1},{'number':2}]}"
    expect_both(s, &stall_model,
                "[{'number':1,'guests':[" ANN_WITH "," ANN_WITH "]},"
                "{'number':2,'guests':[" ANN_WITH ",{'name':'Cid','stalls':[{'number':2}]}]}]",
                .attributes = number_only, .order = KITH_ORDER({ "number" }),
                .include = KITH_INCLUDE({ .as = "guests",
                                          .attributes = name_only,
                                          .through = { .attributes = no_names },
                                          .order = KITH_ORDER({ "name" }),
                                          .include = STALLS }));
    expect_both(s, &stall_model,
                "[{'number':1,'guests':[" ANN(
                    "happy") "]},"
                             "{'number':2,'guests':[{'name':'Cid','visit':{'mood':'happy'}}]}]",
                .attributes = number_only, .order = KITH_ORDER({ "number" }),
                .include = KITH_INCLUDE({ .as = "guests",
                                          .attributes = name_only,
                                          .through = { .attributes = mood_only },
                                          .order = KITH_ORDER({ "name" }, { "visit.mood", .desc = true }),
                                          .limit = 1,
                                          .offset = 1 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_joined__has_many),
        SHARED_TEST(test_shared_joined__through_a_join_table),
        SHARED_TEST(test_shared_joined__siblings_and_levels),
        SHARED_TEST(test_shared_joined__below_one),
        SHARED_TEST(test_shared_joined__pages),
        SHARED_TEST(test_shared_joined__conditions_and_required),
        SHARED_TEST(test_shared_joined__computed_attributes),
        SHARED_TEST(test_shared_joined__mixed),
        SHARED_TEST(test_shared_joined__below_what_is_got),
        SHARED_TEST(test_shared_joined__streams),
        SHARED_TEST(test_shared_joined__lists_of_records),
        SHARED_TEST(test_shared_joined__rows_without_a_key),
        SHARED_TEST(test_shared_joined__scopes_and_soft_deletes),
        SHARED_TEST(test_shared_joined__links_that_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
