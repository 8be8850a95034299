/* Streams (P8): what ends them, what they leave behind, and how much memory they take. */
#include <string.h>

#include "shared/library.h"

static const kith_stream_opts one_by_one = { .batch = 1 };
static const kith_query by_id = { .order = (const kith_order[]){ { "id" }, { 0 } },
                                  .include = (const kith_include[]){ { .as = "tags" }, { 0 } } };

static unsigned in_use(void)
{
    kith_pool_stats stats;
    kith_pool_statistics(the_db(), &stats);
    return stats.in_use;
}

static kith_stream *open_books(kith_session *s)
{
    return must(s, kith_stream_open(s, &book_model, &by_id, &one_by_one));
}

static void next_title(kith_session *s, kith_stream *st, const char *title)
{
    expect_text(kith_text(must(s, kith_stream_next(st)), "title"), title);
}

/* ---- the program ends them ------------------------------------------------------------------------------------------- */

static void test_shared_stream_ends__early(void **state)
{
    kith_session *s = start_library(state);
    kith_stream *st = open_books(s);
    assert_int_equal(in_use(), 1);
    next_title(s, st, "Ants");
    must(s, kith_stream_close(st));
    assert_int_equal(in_use(), 0);
    must(s, kith_stream_close(open_books(s))); /* no record was asked for */
    must(s, kith_begin(s));
    st = open_books(s);
    next_title(s, st, "Ants");
    must(s, kith_stream_close(st));
    add_book(s, "Eels", 2004, 1);
    must(s, kith_commit(s));
    expect_number(s, kith_count(s, &book_model, NULL), 5);
    assert_int_equal(in_use(), 0);
}

/* The connection goes back with the last batch, not with the last record. */
static void test_shared_stream_ends__with_the_last_batch(void **state)
{
    kith_session *s = start_library(state);
    kith_stream *st = must(s, kith_stream_open(s, &book_model, &by_id, NULL));
    assert_int_equal(in_use(), 0);
    next_title(s, st, "Ants");
    add_book(s, "Eels", 2004, 1);
    next_title(s, st, "Bees");
    next_title(s, st, "Cats");
    next_title(s, st, "Dogs");
    assert_null(kith_stream_next(st));
    must(s, kith_stream_close(st));
}

static void test_shared_stream_ends__with_the_session(void **state)
{
    kith_session *s = start_library(state);
    for (int in_transaction = 0; in_transaction < 2; in_transaction++) {
        kith_session *other = open_session();
        if (in_transaction)
            must(other, kith_begin(other));
        kith_stream *st = open_books(other);
        next_title(other, st, "Ants");
        must(other, open_books(other));
        close_session(other);
        assert_int_equal(in_use(), 0);
    }
    add_book(s, "Eels", 2004, 1);
    expect_number(s, kith_count(s, &book_model, NULL), 5);
}

static void test_shared_stream_ends__without_a_stream(void **state)
{
    kith_session *s = start_library(state);
    assert_null(kith_stream_next(NULL));
    assert_false(kith_stream_close(NULL));
    assert_null(kith_stream_open(NULL, &book_model, NULL, NULL));
    expect_no_error(s);
}

/* ---- the transaction ends them --------------------------------------------------------------------------------------- */

static void expect_over(kith_session *s, kith_stream *st)
{
    for (int i = 0; i < 2; i++) {
        assert_null(kith_stream_next(st));
        expect_error(s, KITH_E_USAGE, NULL, NULL, "in which the stream of books was opened has ended");
    }
    assert_false(kith_stream_close(st));
    expect_no_error(s);
}

static void test_shared_stream_ends__with_the_transaction(void **state)
{
    kith_session *s = start_library(state);
    for (int commit = 0; commit < 2; commit++) {
        must(s, kith_begin(s));
        kith_stream *st = open_books(s);
        next_title(s, st, "Ants");
        must(s, (bool)(commit ? kith_commit(s) : kith_rollback(s)));
        expect_over(s, st);
        assert_int_equal(in_use(), 0);
    }
    expect_number(s, kith_count(s, &book_model, NULL), 4);
}

/* Also when all its rows are read, but not all handed out: what happens depends on no batch. */
static void test_shared_stream_ends__with_the_transaction_though_read(void **state)
{
    kith_session *s = start_library(state);
    must(s, kith_begin(s));
    kith_stream *st = must(s, kith_stream_open(s, &book_model, &by_id, NULL));
    next_title(s, st, "Ants");
    must(s, kith_commit(s));
    expect_over(s, st);
}

static void test_shared_stream_ends__with_its_level(void **state)
{
    kith_session *s = start_library(state);
    must(s, kith_begin(s));
    kith_stream *outer = open_books(s);
    next_title(s, outer, "Ants");
    for (int commit = 0; commit < 2; commit++) {
        must(s, kith_begin(s));
        kith_stream *inner = open_books(s);
        next_title(s, inner, "Ants");
        next_title(s, outer, commit ? "Cats" : "Bees");
        must(s, (bool)(commit ? kith_commit(s) : kith_rollback(s)));
        expect_no_error(s);
        next_title(s, outer, commit ? "Dogs" : "Cats");
        if (commit)
            break;
        kith_stream_close(inner);
        kith_clear(s);
        kith_stream_close(outer);
        outer = open_books(s);
        next_title(s, outer, "Ants");
        next_title(s, outer, "Bees");
    }
    assert_null(kith_stream_next(outer));
    must(s, kith_stream_close(outer));
    must(s, kith_commit(s));
}

/* A failure in between is the end of the level that it happens in; around it the stream goes on. */
static void test_shared_stream_ends__not_with_a_level_inside(void **state)
{
    kith_session *s = start_library(state);
    must(s, kith_begin(s));
    kith_stream *st = open_books(s);
    next_title(s, st, "Ants");
    must(s, kith_begin(s));
    assert_null(kith_create(s, &book_model, KITH_FIELDS(KITH_F("id", 1))));
    assert_null(kith_stream_next(st)); /* refused like all calls */
    expect_error(s, KITH_E_UNIQUE, NULL, NULL, "");
    must(s, kith_rollback(s));
    next_title(s, st, "Bees");
    next_title(s, st, "Cats");
    assert_false(kith_stream_close(st)); /* one of its calls was refused */
    expect_no_error(s);
    st = open_books(s);
    next_title(s, st, "Ants");
    must(s, kith_stream_close(st));
    must(s, kith_commit(s));
}

/* Closed after a failure, when the database cannot be told; the same query can be streamed again behind it. */
static void test_shared_stream_ends__in_a_failed_level(void **state)
{
    kith_session *s = start_library(state);
    must(s, kith_begin(s));
    kith_stream *st = open_books(s);
    must(s, kith_begin(s));
    assert_null(kith_create(s, &book_model, KITH_FIELDS(KITH_F("id", 1))));
    kith_stream_close(st);
    kith_clear(s);
    must(s, kith_rollback(s));
    st = open_books(s);
    next_title(s, st, "Ants");
    must(s, kith_stream_close(st));
    must(s, kith_commit(s));
}

/* ---- refused --------------------------------------------------------------------------------------------------------- */

static void test_shared_stream_ends__before_they_begin(void **state)
{
    static const kith_model stranger_model = { .name = "stranger" };
    kith_session *s = start_library(state);
    forget_statements();
    assert_null(kith_stream_open(s, &stranger_model, NULL, NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "stranger");
    assert_null(kith_stream_open(s, NULL, NULL, NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "NULL");
    assert_null(kith_stream_open(s, &book_model, &(kith_query){ .include = KITH_INCLUDE({ "tagz" }) }, NULL));
    expect_error(s, KITH_E_USAGE, "book", NULL, "tags");
    assert_null(kith_stream_open(s, &book_model, NULL, &(kith_stream_opts){ .batch = 1000001 }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "batch is 1000001");
    expect_statements(0);
    assert_null(kith_stream_open(s, &book_model, &(kith_query){ .where = KITH_EQ("titel", 1) }, NULL));
    expect_error(s, KITH_E_USAGE, "book", NULL, "title");
    assert_int_equal(in_use(), 0);
}

static void test_shared_stream_ends__by_the_database(void **state)
{
    kith_session *s = start_library(state);
    assert_null(kith_stream_open(s, &book_model, &(kith_query){ .where = KITH_SQL_TEXT("nothing_like_this") }, NULL));
    expect_error(s, KITH_E_DATABASE, NULL, NULL, "nothing_like_this");
    assert_int_equal(in_use(), 0);
    must(s, kith_begin(s));
    assert_null(kith_stream_open(s, &book_model, &(kith_query){ .where = KITH_SQL_TEXT("nothing_like_this") }, NULL));
    expect_error(s, KITH_E_DATABASE, NULL, NULL, "nothing_like_this");
    assert_null(kith_stream_open(s, &book_model, NULL, NULL)); /* the transaction has failed */
    must(s, kith_rollback(s));
    expect_number(s, kith_count(s, &book_model, NULL), 4);
}

/* A value that the model's type cannot hold, in the middle. */
static void test_shared_stream_ends__in_the_middle(void **state)
{
    kith_session *s = start_library(state);
    if (is_on("mariadb"))
        must(s, kith_execute_script(s, "ALTER TABLE books MODIFY year VARCHAR(20)"));
    if (is_on("postgres"))
        must(s, kith_execute_script(s, "ALTER TABLE books ALTER COLUMN year TYPE text"));
    expect_number(s, kith_execute(s, "UPDATE books SET year = 'soon' WHERE id = 3", NULL), 1);
    for (int in_transaction = 0; in_transaction < 2; in_transaction++) {
        if (in_transaction)
            must(s, kith_begin(s));
        kith_stream *st = kith_stream_open(s, &book_model, &by_id, &one_by_one);
        int count = 0;
        while (kith_stream_next(st))
            count++;
        assert_true(count < 3);
        assert_false(kith_stream_close(st));
        expect_error(s, KITH_E_DATABASE, NULL, NULL, "year");
        assert_true(!in_transaction || kith_rollback(s));
        assert_int_equal(in_use(), 0);
    }
}

/* ---- memory ---------------------------------------------------------------------------------------------------------- */

extern const kith_model leaf_model;
static const kith_model tree_model = {
    .name = "plant",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "leaves", .target = &leaf_model, .foreign_key = "plantId" }),
};
const kith_model leaf_model = {
    .name = "leaf",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "size", .type = KITH_INTEGER }, { .name = "plantId", .type = KITH_INTEGER }),
};

/* 4,000 plants with 50 leaves each. */
enum { PLANTS = 4000, LEAVES = 50 };
static void grow_leaves(kith_session *s)
{
    static kith_value values[10000 * 2];
    for (int i = 0; i < PLANTS; i++)
        values[i] = KITH_V("oak");
    expect_number(s, kith_insert_many(s, &tree_model, KITH_NAMES("name"), values, PLANTS, NULL), PLANTS);
    for (int first = 0; first < PLANTS * LEAVES; first += 10000) {
        for (int i = 0; i < 10000; i++) {
            values[2 * i] = KITH_V(i);
            values[2 * i + 1] = KITH_V((first + i) / LEAVES + 1);
        }
        expect_number(s, kith_insert_many(s, &leaf_model, KITH_NAMES("size", "plantId"), values, 10000, NULL), 10000);
    }
}

/* P8: 200,000 joined rows, of which a find would make some 20 MB */
static void test_shared_stream_ends__take_little_memory(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&tree_model, &leaf_model));
    grow_leaves(s);
    kith_session_release_all(s);
    forget_memory_most();
    size_t before = memory_in_use(), leaves = 0, plants = 0;
    kith_stream *st = must(s, kith_stream_open(s, &tree_model,
                                               &(kith_query){ .order = KITH_ORDER({ "id" }),
                                                              .include = KITH_INCLUDE({ "leaves" }) },
                                               NULL));
    for (kith_record *r; (r = kith_stream_next(st)) != NULL; plants++)
        leaves += kith_many(r, "leaves")->count;
    must(s, kith_stream_close(st));
    assert_int_equal(plants, PLANTS);
    assert_int_equal(leaves, (size_t)PLANTS * LEAVES);
    assert_true(memory_most() - before < 4 * 1024 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_stream_ends__early),
        SHARED_TEST(test_shared_stream_ends__with_the_last_batch),
        SHARED_TEST(test_shared_stream_ends__with_the_session),
        SHARED_TEST(test_shared_stream_ends__without_a_stream),
        SHARED_TEST(test_shared_stream_ends__with_the_transaction),
        SHARED_TEST(test_shared_stream_ends__with_the_transaction_though_read),
        SHARED_TEST(test_shared_stream_ends__with_its_level),
        SHARED_TEST(test_shared_stream_ends__not_with_a_level_inside),
        SHARED_TEST(test_shared_stream_ends__in_a_failed_level),
        SHARED_TEST(test_shared_stream_ends__before_they_begin),
        SHARED_TEST(test_shared_stream_ends__by_the_database),
        SHARED_TEST(test_shared_stream_ends__in_the_middle),
        SHARED_TEST(test_shared_stream_ends__take_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
