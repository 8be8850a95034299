/* library: models and rows that the tests on loading read. No test changes them.
 *
 *     author  city   books                     book  year  tags (rank)         reviews (stars, critic)     cover
 *     1 Ann   Rome   1 Ants, 2 Bees            Ants  2001  new (1), old (2)    1 (5, Bob), 2 (3, Cid)      red
 *     2 Bob   Oslo   3 Cats                    Bees  2003  new (3)             4 (no stars, nobody)
 *     3 Cid   none   none                      Cats  2002  new (4), old (none) 3 (1, Ann)
 *                    4 Dogs is by nobody       Dogs  none  none                none
 *
 * and the tag odd, which no book has. */
#ifndef TESTS_SHARED_LIBRARY_H
#define TESTS_SHARED_LIBRARY_H

#include "harness/shared.h"

extern const kith_model author_model, book_model, review_model, cover_model, tag_model;

static const kith_model city_model = {
    .name = "city",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &author_model }),
};
const kith_model author_model = {
    .name = "author",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &city_model }, { KITH_HAS_MANY, .target = &book_model },
                          { KITH_HAS_MANY, .as = "critiques", .target = &review_model, .foreign_key = "criticId" }),
};
static const kith_model book_tag_model = {
    .name = "book_tag",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "rank", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &book_model }, { KITH_BELONGS_TO, .target = &tag_model }),
};
const kith_model book_model = {
    .name = "book",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "title", .type = KITH_STRING(20) }, { .name = "year", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &author_model },
                          { KITH_BELONGS_TO_MANY, .target = &tag_model, .through_model = &book_tag_model },
                          { KITH_HAS_MANY, .as = "labels", .target = &book_tag_model },
                          { KITH_HAS_MANY, .target = &review_model }, { KITH_HAS_ONE, .target = &cover_model }),
};
const kith_model tag_model = {
    .name = "tag",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "word", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &book_model, .through_model = &book_tag_model }),
};
const kith_model review_model = {
    .name = "review",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "stars", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &book_model },
                          { KITH_BELONGS_TO, .as = "critic", .target = &author_model }),
};
const kith_model cover_model = {
    .name = "cover",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "colour", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &book_model }),
};

/* Lists of names that static tables can point to. */
static const char *const no_names[] = { NULL };
static const char *const id_only[] = { "id", NULL };
static const char *const name_only[] = { "name", NULL };
static const char *const title_only[] = { "title", NULL };
static const char *const word_only[] = { "word", NULL };
static const char *const rank_only[] = { "rank", NULL };
static const char *const stars_only[] = { "stars", NULL };
static const char *const colour_only[] = { "colour", NULL };

/* ---- rows ---- */

/* A key; 0 stands for NULL. */
static inline kith_value number(int n)
{
    return n ? KITH_V(n) : kith_of_null();
}

static inline void add_book(kith_session *s, const char *title, int year, int author)
{
    must(s, kith_create(s, &book_model,
                        KITH_FIELDS(KITH_F("title", title), { "year", number(year) }, { "authorId", number(author) })));
}

static inline void add_label(kith_session *s, int book, int tag, int rank)
{
    must(s, kith_create(s, &book_tag_model,
                        KITH_FIELDS(KITH_F("bookId", book), KITH_F("tagId", tag), { "rank", number(rank) })));
}

static inline void add_review(kith_session *s, int book, int stars, int critic)
{
    must(s,
         kith_create(s, &review_model,
                     KITH_FIELDS(KITH_F("bookId", book), { "stars", number(stars) }, { "criticId", number(critic) })));
}

static inline void add_named(kith_session *s, const kith_model *m, const char *attr, const char *name)
{
    must(s, kith_create(s, m, KITH_FIELDS(KITH_F(attr, name))));
}

static inline void fill_library(kith_session *s)
{
    add_named(s, &city_model, "name", "Rome");
    add_named(s, &city_model, "name", "Oslo");
    must(s, kith_create(s, &author_model, KITH_FIELDS(KITH_F("name", "Ann"), KITH_F("cityId", 1))));
    must(s, kith_create(s, &author_model, KITH_FIELDS(KITH_F("name", "Bob"), KITH_F("cityId", 2))));
    add_named(s, &author_model, "name", "Cid");
    add_book(s, "Ants", 2001, 1);
    add_book(s, "Bees", 2003, 1);
    add_book(s, "Cats", 2002, 2);
    add_book(s, "Dogs", 0, 0);
    add_named(s, &tag_model, "word", "new");
    add_named(s, &tag_model, "word", "old");
    add_named(s, &tag_model, "word", "odd");
    add_label(s, 1, 1, 1);
    add_label(s, 1, 2, 2);
    add_label(s, 2, 1, 3);
    add_label(s, 3, 1, 4);
    add_label(s, 3, 2, 0);
    add_review(s, 1, 5, 2);
    add_review(s, 1, 3, 3);
    add_review(s, 3, 1, 1);
    add_review(s, 2, 0, 0);
    must(s, kith_create(s, &cover_model, KITH_FIELDS(KITH_F("colour", "red"), KITH_F("bookId", 1))));
}

static inline kith_session *start_library(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&city_model, &author_model, &book_model, &tag_model, &book_tag_model,
                                               &review_model, &cover_model));
    fill_library(s);
    kith_session_release_all(s);
    forget_statements();
    return s;
}

/* Runs a query and compares what it finds. */
#define expect_found(s, model, json, ...) expect_list((s), kith_find((s), (model), &(kith_query){ __VA_ARGS__ }), json)

#endif
