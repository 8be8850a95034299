/* Streams (P8, P9): what kith_find finds, one record after the other; other calls between two records. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shared/library.h"

/* ---- the same as kith_find ------------------------------------------------------------------------------------------- */

#define expect_same(s, m, ...) expect_same_at((s), (m), &(const kith_query){ __VA_ARGS__ }, __FILE__, __LINE__)

static void expect_same_in_batches(kith_session *s, const kith_model *m, const kith_query *q, size_t batch,
                                   const char *file, int line)
{
    const kith_list *list = must_be_there_at(s, kith_find(s, m, q), "the list", file, line);
    kith_stream *st = kith_stream_open(s, m, q, batch ? &(kith_stream_opts){ .batch = batch } : NULL);
    must_be_there_at(s, st, "the stream", file, line);
    for (size_t i = 0; i < list->count; i++) {
        const kith_record *r = must_be_there_at(s, kith_stream_next(st), "a record", file, line);
        expect_text_at(kith_json_record(s, r), kith_json_record(s, list->at[i]), file, line);
    }
    if (kith_stream_next(st) || kith_stream_next(st)) {
        print_error("more records than in the list\n");
        _fail(file, line);
    }
    must_be_true_at(s, kith_stream_close(st), "close", file, line);
}

static void expect_same_at(kith_session *s, const kith_model *m, const kith_query *q, const char *file, int line)
{
    for (size_t batch = 0; batch <= 3; batch++) {
        expect_same_in_batches(s, m, q, batch, file, line);
        must(s, kith_begin(s));
        expect_same_in_batches(s, m, q, batch, file, line);
        must(s, kith_commit(s));
    }
    kith_session_release_all(s);
}

static void test_shared_streams__rows(void **state)
{
    kith_session *s = start_library(state);
    expect_same(s, &book_model, .attributes = NULL);
    expect_same(s, &book_model, .order = KITH_ORDER({ "year", .desc = true }, { "title" }));
    expect_same(s, &book_model, .order = KITH_ORDER({ "author.name" }, { "id", .desc = true }));
    expect_same(s, &book_model, .attributes = title_only, .order = KITH_ORDER({ "id" }), .limit = 2, .offset = 1);
    expect_same(s, &book_model,
                .where = KITH_AND(KITH_IN("title", KITH_V("Ants"), KITH_V("Cats"), KITH_V("Dogs")),
                                  KITH_OR(KITH_GT("year", 2001), KITH_IS_NULL("year"))));
    expect_same(s, &book_model, .where = KITH_EQ("tags.word", "old"), .order = KITH_ORDER({ "title" }));
    expect_same(s, &author_model, .order = KITH_ORDER({ "books", .aggregate = KITH_COUNT }, { "id" }));
    expect_same(s, &author_model, .where = KITH_SOME("books", KITH_LIKE("title", "%s")));
}

/* P9 */
static void test_shared_streams__includes(void **state)
{
    kith_session *s = start_library(state);
    expect_same(s, &author_model, .order = KITH_ORDER({ "id" }), .include = KITH_INCLUDE({ "books" }, { "city" }));
    expect_same(s, &author_model, .order = KITH_ORDER({ "name", .desc = true }),
                .include = KITH_INCLUDE({ "books", .order = KITH_ORDER({ "title", .desc = true }), .limit = 1 }));
    expect_same(s, &book_model, .order = KITH_ORDER({ "id" }),
                .include = KITH_INCLUDE({ "tags", .order = KITH_ORDER({ "word" }) },
                                        { "reviews", .order = KITH_ORDER({ "id" }),
                                          .include = KITH_INCLUDE({ "critic" }) },
                                        { "cover" }, { "author", .strategy = KITH_SEPARATE }));
    expect_same(s, &author_model, .order = KITH_ORDER({ "id" }),
                .include = KITH_INCLUDE({ "books", .order = KITH_ORDER({ "id" }),
                                          .include = KITH_INCLUDE({ "tags", .through.attributes = no_names,
                                                                    .order = KITH_ORDER({ "id" }) }) }));
    expect_same(s, &author_model, .order = KITH_ORDER({ "id" }),
                .include = KITH_INCLUDE({ "books", .where = KITH_GT("year", 2001), .attributes = title_only,
                                          .order = KITH_ORDER({ "year" }) }));
    expect_same(s, &book_model, .order = KITH_ORDER({ "id" }), .limit = 2,
                .include = KITH_INCLUDE({ "tags", .required = KITH_YES, .through.where = KITH_GT("rank", 1) }));
}

/* What else a query says. */
static void test_shared_streams__names_values_and_locks(void **state)
{
    kith_session *s = start_library(state);
    expect_same(s, &author_model, .order = KITH_ORDER({ "id" }),
                .computed = KITH_COMPUTED({ "bookCount", KITH_COUNT, "books" }),
                .include = KITH_INCLUDE({ .as = "books",
                                          .name = "early",
                                          .where = KITH_LT("year", 2003),
                                          .required = KITH_NO,
                                          .order = KITH_ORDER({ "id" }) },
                                        { .as = "books",
                                          .name = "late",
                                          .where = KITH_GTE("year", 2003),
                                          .required = KITH_NO,
                                          .order = KITH_ORDER({ "id" }),
                                          .computed = KITH_COMPUTED({ "tagCount", KITH_COUNT, "tags" }) }));
    must(s, kith_begin(s));
    for (size_t batch = 0; batch < 3; batch++)
        expect_same_in_batches(s, &book_model, &(kith_query){ .order = KITH_ORDER({ "id" }), .lock = KITH_LOCK_UPDATE },
                               batch, __FILE__, __LINE__);
    must(s, kith_commit(s));
    assert_null(kith_stream_open(s, &book_model, &(kith_query){ .lock = KITH_LOCK_UPDATE }, NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "begin one before");
}

/* A budget counts the root's statement once, however it is read. */
static void test_shared_streams__within_a_budget(void **state)
{
    kith_session *s = start_library(state);
    uint64_t before = kith_statements(s);
    kith_stream *st = must(s, kith_stream_open(s, &book_model,
                                               &(kith_query){ .include = KITH_INCLUDE({ .as = "tags" }), .limit = 4 },
                                               &(kith_stream_opts){ .batch = 2 }));
    while (kith_stream_next(st))
        ;
    must(s, kith_stream_close(st));
    expect_number(s, (int64_t)(kith_statements(s) - before), 3);
}

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
#define PLACES KITH_MODELS(&place_model, &sighting_model)

static void add_places(kith_session *s, int places, int birds_each)
{
    enum { MOST = 1000 };
    static kith_value values[MOST * 2];
    for (int i = 0; i < places; i++)
        values[i] = KITH_V(i % 2 ? "lake" : "wood");
    assert_true(places <= MOST && birds_each <= MOST);
    expect_number(s, kith_insert_many(s, &place_model, KITH_NAMES("name"), values, (size_t)places, NULL), places);
    for (int p = 1; p <= places && birds_each; p++) {
        for (int i = 0; i < birds_each; i++) {
            values[2 * i] = KITH_V("owl");
            values[2 * i + 1] = KITH_V(p);
        }
        expect_number(s,
                      kith_insert_many(s, &sighting_model, KITH_NAMES("bird", "placeId"), values, (size_t)birds_each,
                                       NULL),
                      birds_each);
    }
    kith_session_release_all(s);
}

/* P19 */
static void test_shared_streams__rows_without_a_key(void **state)
{
    kith_session *s = start(state, PLACES);
    add_places(s, 2, 2);
    must(s, kith_create(s, &sighting_model, KITH_FIELDS(KITH_F("bird", "tit"))));
    expect_same(s, &sighting_model, .order = KITH_ORDER({ "bird" }, { "placeId" }),
                .include = KITH_INCLUDE({ .as = "place" }));
    expect_same(s, &sighting_model, .order = KITH_ORDER({ "bird" }, { "placeId" }),
                .include = KITH_INCLUDE({ .as = "place", .include = KITH_INCLUDE({ "sightings" }) }));
}

static void test_shared_streams__nothing(void **state)
{
    kith_session *s = start(state, PLACES);
    expect_same(s, &place_model, .include = KITH_INCLUDE({ "sightings" }));
    add_places(s, 1, 0);
    expect_same(s, &place_model, .where = KITH_EQ("name", "sea"), .include = KITH_INCLUDE({ "sightings" }));
}

/* Batches of every size that memory allows, and a whole table, which kith_find reads without keys. */
static void test_shared_streams__many_rows(void **state)
{
    kith_session *s = start(state, PLACES);
    add_places(s, 1000, 3);
    expect_same_in_batches(s, &place_model,
                           &(kith_query){
                               .order = KITH_ORDER({ "id", .desc = true }),
                               .include = KITH_INCLUDE({ "sightings", .include = KITH_INCLUDE({ "place" }) }) },
                           0, __FILE__, __LINE__);
    forget_statements();
    kith_stream *st = must(s,
                           kith_stream_open(s, &place_model, &(kith_query){ .include = KITH_INCLUDE({ "sightings" }) },
                                            &(kith_stream_opts){ .batch = 400 }));
    size_t count = 0;
    while (kith_stream_next(st))
        count++;
    assert_true(kith_stream_close(st));
    assert_int_equal(count, 1000);
    assert_true(statement_count() <= 14); /* three batches; what begins and ends cursor and transaction */
}

/* The second run of a statement may be another one to the database than the first, and come in another form. */
static void test_shared_streams__again_and_again(void **state)
{
    kith_session *s = start(state, PLACES);
    add_places(s, 300, 1);
    const kith_query all = { .order = KITH_ORDER({ "id" }), .include = KITH_INCLUDE({ "sightings" }) };
    const kith_query names = { .order = KITH_ORDER({ "id" }), .attributes = name_only };
    for (int i = 0; i < 3; i++) {
        expect_same_in_batches(s, &place_model, &all, 60, __FILE__, __LINE__);
        expect_same_in_batches(s, &place_model, &names, 60, __FILE__, __LINE__);
    }
}

/* The query may go when the stream was opened. */
static void test_shared_streams__keep_the_query(void **state)
{
    kith_session *s = start_library(state);
    enum { ROOM = 64 };
    struct {
        char path[ROOM], text[ROOM], assoc[ROOM], other[ROOM];
        kith_value list[3];
        kith_expr equal, in, all, column;
        const kith_expr *args[3];
        const char *names[2];
        kith_order order[2];
        kith_include includes[2], inner[2];
        kith_query q;
    } *m = calloc(1, sizeof *m);
    assert_non_null(m);
    strcpy(m->path, "title");
    strcpy(m->text, "Ants");
    strcpy(m->assoc, "reviews");
    strcpy(m->other, "critic");
    m->list[0] = kith_of_str(m->text);
    m->list[1] = kith_of_str("Cats");
    m->list[2] = (kith_value)KITH_END_VALUE_;
    m->in = (kith_expr){ .op = KITH_OP_IN, .path = m->path, .list = m->list };
    m->column = (kith_expr){ .op = KITH_OP_COL, .path = m->path };
    m->equal = (kith_expr){ .op = KITH_OP_EQ, .path = m->path, .value = kith_of_expr(&m->column) };
    m->args[0] = &m->in;
    m->args[1] = &m->equal;
    m->args[2] = &kith_expr_end;
    m->all = (kith_expr){ .op = KITH_OP_AND, .args = m->args };
    m->names[0] = m->path;
    m->order[0].path = m->path;
    m->inner[0] = (kith_include){ .as = m->other, .strategy = KITH_SEPARATE };
    m->includes[0] = (kith_include){ .as = m->assoc, .include = m->inner, .order = KITH_ORDER({ "id" }) };
    m->q = (kith_query){
        .where = &m->all, .attributes = m->names, .order = m->order, .include = m->includes, .limit = 2
    };
    kith_list *list = must(s, kith_find(s, &book_model, &m->q));
    kith_stream *st = must(s, kith_stream_open(s, &book_model, &m->q, &(kith_stream_opts){ .batch = 1 }));
    memset(m, 'x', sizeof *m);
    free(m);
    for (size_t i = 0; i < list->count; i++)
        expect_text(kith_json_record(s, must(s, kith_stream_next(st))), kith_json_record(s, list->at[i]));
    assert_int_equal(list->count, 2);
    assert_null(kith_stream_next(st));
    must(s, kith_stream_close(st));
}

/* ---- other calls between --------------------------------------------------------------------------------------------- */

static const kith_query books = { .order = (const kith_order[]){ { "id" }, { 0 } },
                                  .attributes = title_only,
                                  .include = (const kith_include[]){
                                      { .as = "tags",
                                        .attributes = word_only,
                                        .through.attributes = no_names,
                                        .order = (const kith_order[]){ { "id" }, { 0 } } },
                                      { 0 } } };
static const kith_stream_opts one_by_one = { .batch = 1 };

static kith_record *next_title(kith_session *s, kith_stream *st, const char *title)
{
    kith_record *r = must(s, kith_stream_next(st));
    expect_text(kith_text(r, "title"), title);
    return r;
}

static void expect_end(kith_session *s, kith_stream *st)
{
    assert_null(kith_stream_next(st));
    expect_no_error(s);
    must(s, kith_stream_close(st));
}

static void read_between(kith_session *s)
{
    kith_stream *st = must(s, kith_stream_open(s, &book_model, &books, &one_by_one));
    expect_record(s, next_title(s, st, "Ants"), "{'title':'Ants','tags':[{'word':'new'},{'word':'old'}]}");
    expect_number(s, kith_count(s, &author_model, NULL), 3);
    kith_record *bees = next_title(s, st, "Bees");
    expect_list(s, kith_get(s, bees, "tags", &(kith_query){ .attributes = word_only }),
                "[{'word':'new','book_tag':{'rank':3,'bookId':2,'tagId':1}}]");
    kith_session_release_all(s);
    expect_text(kith_text(bees, "title"), "Bees");
    next_title(s, st, "Cats");
    next_title(s, st, "Dogs");
    assert_false(kith_cancel(s));
    expect_end(s, st);
}

static void test_shared_streams__reads_between(void **state)
{
    kith_session *s = start_library(state);
    read_between(s);
    must(s, kith_begin(s));
    read_between(s);
    must(s, kith_commit(s));
}

/* Without `whole`, both are open in the end. */
static void nest(kith_session *s, bool whole)
{
    kith_stream *outer = must(s, kith_stream_open(s, &book_model, &books, &one_by_one));
    for (int i = 0; i < 3; i++) {
        kith_stream *inner = must(s, kith_stream_open(s, &book_model, &books, &one_by_one));
        must(s, kith_stream_next(i % 2 ? outer : inner));
        must(s, kith_stream_next(i % 2 ? inner : outer));
        next_title(s, inner, "Bees");
        if (i == 2 && !whole)
            return;
        must(s, kith_stream_close(inner));
    }
    next_title(s, outer, "Dogs");
    expect_end(s, outer);
}

static void test_shared_streams__in_streams(void **state)
{
    kith_session *s = start_library(state);
    nest(s, true);
    must(s, kith_begin(s));
    nest(s, true);
    nest(s, false);
    must(s, kith_commit(s));
    nest(s, false);
    expect_number(s, kith_count(s, &book_model, NULL), 4);
}

static void rename_book(kith_session *s, int id, const char *title)
{
    kith_record *book = must(s, kith_find_by_key(s, &book_model, KITH_V(id)));
    must(s, kith_update(s, book, KITH_FIELDS(KITH_F("title", title))));
}

/* All of a stream is of the moment at which it was opened. */
static void test_shared_streams__are_of_one_moment(void **state)
{
    kith_session *s = start_library(state);
    skip_on("sqlite-memory", "the stream has the only connection, so nothing can be written");
    kith_stream *st = must(s, kith_stream_open(s, &book_model, &books, &one_by_one));
    rename_book(s, 1, "Apes");
    rename_book(s, 3, "Cods");
    add_book(s, "Eels", 2004, 1);
    must(s, kith_destroy(s, must(s, kith_find_by_keys(s, &book_tag_model, KITH_VALUES(KITH_V(3), KITH_V(1))))));
    must(s, kith_begin(s));
    add_label(s, 4, 3, 9);
    must(s, kith_commit(s));
    next_title(s, st, "Ants");
    next_title(s, st, "Bees");
    expect_record(s, next_title(s, st, "Cats"), "{'title':'Cats','tags':[{'word':'new'},{'word':'old'}]}");
    expect_record(s, next_title(s, st, "Dogs"), "{'title':'Dogs','tags':[]}");
    expect_end(s, st);
    expect_same(s, &book_model, .order = KITH_ORDER({ "id" }), .include = KITH_INCLUDE({ "tags" }));
    expect_number(s, kith_count(s, &book_model, NULL), 5);
}

/* In a transaction its changes do not touch which rows come, however they move in the order. */
static void test_shared_streams__writes_between_in_a_transaction(void **state)
{
    kith_session *s = start_library(state);
    must(s, kith_begin(s));
    kith_stream *st = must(s, kith_stream_open(s, &book_model,
                                               &(kith_query){ .order = KITH_ORDER({ "id" }),
                                                              .include = KITH_INCLUDE({ "labels" }) },
                                               &one_by_one));
    const char *const titles[] = { "Ants", "Bees", "Cats", "Dogs" };
    for (int i = 0; i < 4; i++) {
        kith_record *book = next_title(s, st, titles[i]);
        must(s, kith_update(s, book, KITH_FIELDS(KITH_F("id", 100 * (i + 1)))));
        expect_number(s, kith_int(book, "id"), 100 * (i + 1));
        add_book(s, "Eels", 2004, 1);
        kith_session_release_all(s);
    }
    expect_end(s, st);
    must(s, kith_commit(s));
    expect_number(s, kith_count(s, &book_model, NULL), 8);
    expect_stored(&book_model, title_only,
                  "[{'title':'Ants'},{'title':'Bees'},{'title':'Cats'},{'title':'Dogs'},{'title':'Eels'},"
                  "{'title':'Eels'},{'title':'Eels'},{'title':'Eels'}]");
}

/* A pool of one: what reads goes on, in the same moment; what writes is refused at once. */
static void test_shared_streams__with_one_connection(void **state)
{
    kith_session *s = start_with(state, PLACES, (kith_open_opts){ .pool_max = 1 });
    add_places(s, 3, 2);
    kith_stream *st = must(s, kith_stream_open(s, &place_model, NULL, &one_by_one));
    kith_record *place = must(s, kith_stream_next(st));
    expect_number(s, kith_count(s, &place_model, NULL), 3);
    expect_number(s, (int64_t)((kith_list *)must(s, kith_get(s, place, "sightings", NULL)))->count, 2);
    assert_null(kith_create(s, &place_model, KITH_FIELDS(KITH_F("name", "sea"))));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "a stream of places has the only connection");
    assert_false(kith_begin(s));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "kith_begin before kith_stream_open");
    kith_rollback(s);
    kith_clear(s);
    kith_stream *other = must(s, kith_stream_open(s, &place_model, NULL, &one_by_one));
    must(s, kith_stream_next(other));
    must(s, kith_stream_close(st)); /* the other one has the connection now */
    must(s, kith_stream_next(other));
    expect_number(s, kith_count(s, &place_model, NULL), 3);
    must(s, kith_stream_next(other));
    expect_end(s, other);
    must(s, kith_create(s, &place_model, KITH_FIELDS(KITH_F("name", "sea"))));
    must(s, kith_begin(s));
    st = must(s, kith_stream_open(s, &place_model, NULL, &one_by_one));
    must(s, kith_stream_next(st));
    must(s, kith_create(s, &place_model, KITH_FIELDS(KITH_F("name", "sea"))));
    must(s, kith_stream_close(st));
    must(s, kith_commit(s));
    expect_number(s, kith_count(s, &place_model, NULL), 5);
}

/* The limit on time is for each statement, not for what the program does between two records. */
static void test_shared_streams__take_their_time(void **state)
{
    kith_session *s = start_library(state);
    kith_set_timeout(s, 1000);
    kith_stream *st = must(s, kith_stream_open(s, &book_model, &books, &one_by_one));
    next_title(s, st, "Ants");
    nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 300 * 1000 * 1000 }, NULL);
    next_title(s, st, "Bees");
    next_title(s, st, "Cats");
    next_title(s, st, "Dogs");
    expect_end(s, st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_streams__rows),
        SHARED_TEST(test_shared_streams__includes),
        SHARED_TEST(test_shared_streams__names_values_and_locks),
        SHARED_TEST(test_shared_streams__within_a_budget),
        SHARED_TEST(test_shared_streams__rows_without_a_key),
        SHARED_TEST(test_shared_streams__nothing),
        SHARED_TEST(test_shared_streams__many_rows),
        SHARED_TEST(test_shared_streams__again_and_again),
        SHARED_TEST(test_shared_streams__keep_the_query),
        SHARED_TEST(test_shared_streams__reads_between),
        SHARED_TEST(test_shared_streams__in_streams),
        SHARED_TEST(test_shared_streams__are_of_one_moment),
        SHARED_TEST(test_shared_streams__writes_between_in_a_transaction),
        SHARED_TEST(test_shared_streams__with_one_connection),
        SHARED_TEST(test_shared_streams__take_their_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
