/* The detector of loops that ask about one record at a time: what it tells, and what is no such loop. */
#include <stdio.h>
#include <string.h>

#include "library.h"

/* ---- what was told ---- */

static struct {
    unsigned count;
    char verb[40], what[40], association[40], file[200], found_file[200], advice[300], message[900];
    int line, found_line;
    uint64_t calls;
} told;

static void keep(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "unknown");
}

static void tell(void *ctx, const kith_loop *loop)
{
    assert_ptr_equal(ctx, &told);
    told.count++;
    keep(told.verb, sizeof told.verb, loop->verb);
    keep(told.what, sizeof told.what, loop->what);
    keep(told.association, sizeof told.association, loop->association);
    keep(told.file, sizeof told.file, loop->file);
    keep(told.found_file, sizeof told.found_file, loop->found_file);
    keep(told.advice, sizeof told.advice, loop->advice);
    keep(told.message, sizeof told.message, loop->message);
    told.line = loop->line;
    told.found_line = loop->found_line;
    told.calls = loop->count;
}

#define expect_told(verb, what, association) expect_told_at((verb), (what), (association), __FILE__, __LINE__)
static void expect_told_at(const char *verb, const char *what, const char *association, const char *file, int line)
{
    if (told.count != 1) {
        print_error("%s:%d: told %u times, the last time: %s\n", file, line, told.count, told.message);
        fail();
    }
    assert_string_equal(told.verb, verb);
    assert_string_equal(told.what, what);
    assert_string_equal(told.association, association);
    told.count = 0;
}

static void expect_nothing_told(void)
{
    if (told.count)
        fail_msg("%s", told.message);
}

static void expect_part(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no '%s' in: %s", part, text);
}

/* A session that is told of the third call. */
static kith_session *start_watched(void **state)
{
    memset(&told, 0, sizeof told);
    kith_session *s = start_with(state,
                                 KITH_MODELS(&city_model, &author_model, &book_model, &tag_model, &book_tag_model,
                                             &review_model, &cover_model),
                                 (kith_open_opts){ .on_loop = tell, .loop_ctx = &told, .loop_after = 3 });
    fill_library(s);
    kith_session_release_all(s);
    expect_nothing_told();
    return s;
}

static kith_list *all_of(kith_session *s, const kith_model *m)
{
    return must(s, kith_find(s, m, &(kith_query){ .order = KITH_ORDER({ "id" }) }));
}

/* ---- associations ---- */

/* P20: what, by which call, where, and of which records; once */
static void test_shared_loops__tells_of_a_loop(void **state)
{
    kith_session *s = start_watched(state);
    const int found = __LINE__ + 1;
    kith_list *books = must(s, kith_find(s, &book_model, NULL));
    const int asked = __LINE__ + 2;
    for (size_t i = 0; i < books->count; i++) {
        must(s, kith_get(s, books->at[i], "tags", NULL));
        assert_int_equal(told.count, i >= 2);
    }
    char message[900];
    snprintf(
        message, sizeof message,
        "kith_get of book.tags at %s:%d has run 3 times in one session, for one record at a time of the books found "
        "at %s:%d: include \"tags\" where the books are found, or call kith_get_each once for all of them",
        __FILE__, asked, __FILE__, found);
    assert_string_equal(told.message, message);
    assert_string_equal(told.file, __FILE__);
    assert_int_equal(told.line, asked);
    assert_string_equal(told.found_file, __FILE__);
    assert_int_equal(told.found_line, found);
    assert_int_equal(told.calls, 3);
    assert_string_equal(told.advice,
                        "include \"tags\" where the books are found, or call kith_get_each once for all of them");
    expect_told("kith_get", "book.tags", "book.tags");
}

/* P20: each verb with its own advice */
static void test_shared_loops__knows_the_verbs(void **state)
{
    kith_session *s = start_watched(state);
    kith_list *books = all_of(s, &book_model);
    for (size_t i = 0; i < 3; i++)
        kith_count_related(s, books->at[i], "reviews");
    expect_part(told.advice, "call kith_count_each once");
    assert_null(strstr(told.advice, "include"));
    expect_told("kith_count_related", "book.reviews", "book.reviews");
    for (size_t i = 0; i < 3; i++)
        kith_has(s, books->at[i], "tags", KITH_REFS({ .key = KITH_V(1) }));
    expect_part(told.advice, "call kith_has_each once");
    expect_told("kith_has", "book.tags", "book.tags");
    for (size_t i = 0; i < 3; i++)
        kith_get(s, books->at[i], "author", NULL);
    expect_part(told.advice, "include \"author\" where the books are found");
    expect_told("kith_get", "book.author", "book.author");
    expect_no_error(s);
}

/* P20: records that were included are looped over as well; where they come from is the find that included them */
static void test_shared_loops__over_what_was_included(void **state)
{
    kith_session *s = start_watched(state);
    const int found = __LINE__ + 1;
    kith_list *tags = must(s, kith_find(s, &tag_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "books" }) }));
    for (size_t i = 0; i < tags->count; i++) {
        const kith_list *books = kith_many(tags->at[i], "books");
        for (size_t k = 0; k < books->count; k++)
            kith_get(s, books->at[k], "reviews", NULL);
    }
    assert_int_equal(told.found_line, found);
    expect_told("kith_get", "book.reviews", "book.reviews");
}

/* P20: two loops, one in the other: both are told of */
static void test_shared_loops__inside_loops(void **state)
{
    kith_session *s = start_watched(state);
    kith_list *tags = all_of(s, &tag_model);
    unsigned inner = 0;
    for (size_t i = 0; i < tags->count; i++) {
        kith_list *books = kith_get(s, tags->at[i], "books", NULL);
        for (size_t k = 0; k < books->count; k++) {
            kith_get(s, books->at[k], "reviews", NULL);
            if (told.count && strcmp(told.what, "book.reviews") == 0) {
                inner++;
                told.count = 0;
            }
        }
    }
    assert_int_equal(inner, 1);
    expect_told("kith_get", "tag.books", "tag.books");
}

/* ---- finds by a key ---- */

/* P20: an include done by hand, to one: the association is known by the records that lead there */
static void test_shared_loops__finds_by_a_key(void **state)
{
    kith_session *s = start_watched(state);
    const int found = __LINE__ + 1;
    kith_list *reviews = must(s, kith_find(s, &review_model, NULL));
    for (size_t i = 0; i < reviews->count; i++)
        kith_find_by_key(s, &book_model, kith_value_of(reviews->at[i], "bookId"));
    assert_int_equal(told.found_line, found);
    assert_string_equal(told.advice,
                        "include \"book\" where the reviews are found, or find them together, with KITH_IN(\"id\", …)");
    expect_told("kith_find_by_key", "book", "review.book");
}

/* P20: the same by a condition, and of records that were included */
static void test_shared_loops__finds_one_by_a_key(void **state)
{
    kith_session *s = start_watched(state);
    kith_list *tags = must(s, kith_find(s, &tag_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "books" }) }));
    const kith_list *books = kith_many(tags->at[0], "books");
    for (int i = 0; i < 3; i++)
        kith_find_one(s, &author_model,
                      &(kith_query){ .where = KITH_EQ("id", kith_value_of(books->at[i], "authorId")) });
    expect_nothing_told(); /* Ann, Ann and Bob are two */
    kith_find_one(s, &author_model, &(kith_query){ .where = KITH_EQ("id", 3) });
    kith_list *all = all_of(s, &book_model);
    for (size_t i = 0; i < all->count; i++)
        kith_find_one(s, &author_model, &(kith_query){ .where = KITH_EQ("id", kith_value_of(all->at[i], "authorId")) });
    kith_session_release_all(s);
    told.count = 0;
    for (int i = 1; i <= 3; i++)
        kith_find_by_key(s, &author_model, KITH_V(i));
    assert_string_equal(told.advice, "find them together, with KITH_IN(\"id\", …)");
    expect_told("kith_find_by_key", "author", "unknown"); /* book.author, review.critic: no record tells which */
}

/* P20: and to many */
static void test_shared_loops__finds_by_a_foreign_key(void **state)
{
    kith_session *s = start_watched(state);
    kith_list *authors = all_of(s, &author_model);
    for (size_t i = 0; i < authors->count; i++)
        kith_find(s, &book_model,
                  &(kith_query){ .where = KITH_AND(KITH_EQ("authorId", kith_value_of(authors->at[i], "id")),
                                                   KITH_GT("year", 2000)) });
    expect_part(told.advice, "include \"books\" where the authors are found, or find them together, with KITH_IN(");
    expect_told("kith_find", "book", "author.books");
    for (size_t i = 0; i < authors->count; i++)
        kith_count(s, &book_model, &(kith_query){ .where = KITH_EQ("authorId", kith_value_of(authors->at[i], "id")) });
    assert_string_equal(told.advice, "call kith_count_each once for all of them");
    expect_told("kith_count", "book", "author.books");
}

/* ---- what is no such loop ---- */

/* P20: what was included sends nothing; nor does a record whose key is null; one question for all is the remedy */
static void test_shared_loops__leaves_good_code_alone(void **state)
{
    kith_session *s = start_watched(state);
    kith_list *books = must(s,
                            kith_find(s, &book_model,
                                      &(kith_query){ .include = KITH_INCLUDE({ .as = "tags" }, { .as = "author" }) }));
    for (int turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < books->count; i++) {
            kith_many(books->at[i], "tags");
            kith_one(books->at[i], "author");
        }
        must(s, kith_get_each(s, &book_model, books->at, books->count, "reviews", NULL));
    }
    for (int i = 0; i < 6; i++) {
        kith_get(s, books->at[3], "author", NULL); /* Dogs is by nobody */
        kith_find(s, &book_model, &(kith_query){ .limit = 2, .offset = (size_t)i });
        kith_find(s, &book_model, &(kith_query){ .where = KITH_EQ("year", 2000 + i) });
        kith_count(s, &book_model, NULL);
    }
    expect_nothing_told();
    expect_no_error(s);
}

/* P20: asking about the same record again, or about the one record that was found, is not asking one at a time */
static void test_shared_loops__leaves_single_records_alone(void **state)
{
    kith_session *s = start_watched(state);
    kith_list *books = all_of(s, &book_model);
    for (int i = 0; i < 6; i++)
        kith_get(s, books->at[0], "tags", NULL);
    for (int i = 0; i < 6; i++)
        kith_find_by_key(s, &author_model, KITH_V(1));
    for (int i = 0; i < 6; i++) {
        kith_record *book = kith_find_one(s, &book_model,
                                          &(kith_query){ .order = KITH_ORDER({ "title", .desc = i % 2 }) });
        kith_get(s, book, "tags", NULL);
        kith_session_release_all(s);
    }
    expect_nothing_told();
}

/* P20: places, sessions and threshold count for themselves */
static void test_shared_loops__counts_places_and_sessions(void **state)
{
    kith_session *s = start_watched(state), *other = open_session();
    kith_list *books = all_of(s, &book_model), *others = all_of(other, &book_model);
    for (int i = 0; i < 2; i++) {
        kith_get(s, books->at[i], "tags", NULL);
        kith_get(s, books->at[i + 2], "tags", NULL);
        kith_get(s, books->at[i], "reviews", NULL);
    }
    for (int i = 0; i < 4; i++)
        kith_get(i < 2 ? s : other, i < 2 ? books->at[i] : others->at[i], "cover", NULL);
    expect_nothing_told();
}

/* ---- sites ---- */

static kith_list *tags_of(kith_session *s, kith_record *book)
{
    return (kith_get)(s, book, "tags", NULL);
}

/* P20: without sites, as in a binding, the association is still named */
static void test_shared_loops__without_sites(void **state)
{
    kith_session *s = start_watched(state);
    kith_list *books = (kith_find)(s, &book_model, NULL);
    for (size_t i = 0; i < books->count; i++)
        tags_of(s, books->at[i]);
    assert_string_equal(told.message,
                        "kith_get of book.tags has run 3 times in one session, for one record at a time: "
                        "include \"tags\" where the books are found, or call kith_get_each once for all of "
                        "them");
    assert_string_equal(told.file, "unknown");
    assert_string_equal(told.found_file, "unknown");
    expect_told("kith_get", "book.tags", "book.tags");
}

static kith_record *nth(kith_list *list, size_t *next)
{
    return list->at[(*next)++];
}

/* P20: a call whose arguments are calls: each has its own site, and its arguments are evaluated once */
static void test_shared_loops__calls_inside_calls(void **state)
{
    kith_session *s = start_watched(state);
    kith_list *reviews = all_of(s, &review_model);
    size_t next = 0;
    /* clang-format off */
    for (int i = 0; i < 4; i++)
        kith_find_by_key(s, &book_model, kith_value_of(
            kith_find_one(s, &review_model, &(kith_query){ .where = KITH_EQ("id", kith_value_of(nth(reviews, &next), "id")) }), "bookId"));
    /* clang-format on */
    assert_int_equal(next, 4);
    assert_int_equal(told.count, 2);
    assert_string_equal(told.file, __FILE__);
    kith_list *(*get)(kith_session *, const kith_record *, const char *, const kith_query *) = &kith_get;
    assert_non_null(get(s, reviews->at[0], "book", NULL));
    assert_null(kith_at(NULL, __FILE__, __LINE__));
    assert_ptr_equal(kith_at(s, "elsewhere.c", 7), s);
    for (size_t i = 0; i < 3; i++)
        (kith_get)(kith_at(s, "elsewhere.c", 7), reviews->at[i], "critic", NULL);
    assert_string_equal(told.file, "elsewhere.c");
    assert_int_equal(told.line, 7);
}

/* P20: more places than are remembered */
static void test_shared_loops__remembers_the_last_places(void **state)
{
    kith_session *s = start_watched(state);
    kith_list *books = all_of(s, &book_model);
    for (int line = 1; line <= 100; line++)
        for (size_t i = 0; i < 3; i++)
            (kith_get)(kith_at(s, "many.c", line), books->at[i], "tags", NULL);
    assert_int_equal(told.count, 100);
    assert_int_equal(told.line, 100);
    told.count = 0;
    for (int turn = 0; turn < 3; turn++) /* by turns, 33 places are more than are remembered */
        for (int line = 1; line <= 33; line++)
            (kith_get)(kith_at(s, "turns.c", line), books->at[turn], "tags", NULL);
    expect_nothing_told();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_loops__tells_of_a_loop),
        SHARED_TEST(test_shared_loops__knows_the_verbs),
        SHARED_TEST(test_shared_loops__over_what_was_included),
        SHARED_TEST(test_shared_loops__inside_loops),
        SHARED_TEST(test_shared_loops__finds_by_a_key),
        SHARED_TEST(test_shared_loops__finds_one_by_a_key),
        SHARED_TEST(test_shared_loops__finds_by_a_foreign_key),
        SHARED_TEST(test_shared_loops__leaves_good_code_alone),
        SHARED_TEST(test_shared_loops__leaves_single_records_alone),
        SHARED_TEST(test_shared_loops__counts_places_and_sessions),
        SHARED_TEST(test_shared_loops__without_sites),
        SHARED_TEST(test_shared_loops__calls_inside_calls),
        SHARED_TEST(test_shared_loops__remembers_the_last_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
