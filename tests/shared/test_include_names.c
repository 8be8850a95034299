/* One association included several times, each time under a name of its own. */
#include "library.h"

#define BY_ID KITH_ORDER({ "id" })
#define NO_LINKS                                                                                                       \
    {                                                                                                                  \
        .attributes = no_names                                                                                         \
    }

/* P15: to-many through a join table, with its own filter, order, limit and includes under each name */
static void test_shared_include_names__many_to_many(void **state)
{
    kith_session *s = start_library(state);
    expect_found(s, &tag_model,
                 "[{'word':'new','books':[{'title':'Ants'},{'title':'Bees'},{'title':'Cats'}],"
                 "'latest':[{'title':'Bees','author':{'name':'Ann'},'book_tag':{'rank':3}}],"
                 "'early':[{'title':'Ants'},{'title':'Cats'}]},"
                 "{'word':'old','books':[{'title':'Ants'},{'title':'Cats'}],"
                 "'latest':[{'title':'Cats','author':{'name':'Bob'},'book_tag':{'rank':null}}],"
                 "'early':[{'title':'Ants'},{'title':'Cats'}]},"
                 "{'word':'odd','books':[],'latest':[],'early':[]}]",
                 .attributes = word_only, .order = BY_ID,
                 .include =
                     KITH_INCLUDE({ .as = "books", .attributes = title_only, .order = BY_ID, .through = NO_LINKS },
                                  { .as = "books",
                                    .name = "latest",
                                    .attributes = title_only,
                                    .order = KITH_ORDER({ "year", .desc = true }),
                                    .limit = 1,
                                    .through = { .attributes = rank_only },
                                    .include = KITH_INCLUDE({ .as = "author", .attributes = name_only }) },
                                  { .model = &book_model,
                                    .name = "early",
                                    .attributes = title_only,
                                    .where = KITH_LT("year", 2003),
                                    .required = KITH_NO,
                                    .order = BY_ID,
                                    .through = NO_LINKS }));
    expect_statements(4);
}

/* P15: to-many by a foreign key; a name with a condition leaves out sources as without a name */
static void test_shared_include_names__one_to_many(void **state)
{
    kith_session *s = start_library(state);
    expect_found(s, &book_model,
                 "[{'title':'Ants','good':[{'stars':5}],'all':[{'stars':5},{'stars':3}],'reviews':[{'stars':3}]}]",
                 .attributes = title_only,
                 .include = KITH_INCLUDE(
                     { .as = "reviews", .name = "good", .attributes = stars_only, .where = KITH_GT("stars", 4) },
                     { .as = "reviews", .name = "all", .attributes = stars_only, .order = BY_ID },
                     { .as = "reviews", .attributes = stars_only, .where = KITH_EQ("stars", 3) }));
    expect_number(s,
                  kith_count(s, &book_model,
                             &(kith_query){ .include = KITH_INCLUDE(
                                                { .as = "reviews", .name = "good", .where = KITH_GT("stars", 4) },
                                                { .as = "reviews" }) }),
                  1);
}

/* P15: to-one, joined and separate, with includes of their own */
static void test_shared_include_names__to_one(void **state)
{
    kith_session *s = start_library(state);
    for (kith_strategy strategy = KITH_STRATEGY_AUTO; strategy <= KITH_SEPARATE; strategy++)
        expect_found(
            s, &book_model,
            "[{'title':'Ants','writer':{'name':'Ann','city':{'name':'Rome'}},'author':{'name':'Ann'},'ann':{'id':1},"
            "'cover':{'colour':'red'},'blue':null},"
            "{'title':'Cats','writer':{'name':'Bob','city':{'name':'Oslo'}},'author':{'name':'Bob'},'ann':null,"
            "'cover':null,'blue':null},"
            "{'title':'Dogs','writer':null,'author':null,'ann':null,'cover':null,'blue':null}]",
            .attributes = title_only, .order = BY_ID, .where = KITH_NE("title", "Bees"),
            .include = KITH_INCLUDE({ .as = "author",
                                      .name = "writer",
                                      .strategy = strategy,
                                      .attributes = name_only,
                                      .include = KITH_INCLUDE({ .as = "city", .attributes = name_only }) },
                                    { .as = "author", .attributes = name_only },
                                    { .as = "author",
                                      .name = "ann",
                                      .attributes = id_only,
                                      .strategy = strategy,
                                      .where = KITH_EQ("name", "Ann"),
                                      .required = KITH_NO },
                                    { .as = "cover", .attributes = colour_only },
                                    { .as = "cover",
                                      .name = "blue",
                                      .attributes = colour_only,
                                      .strategy = strategy,
                                      .where = KITH_EQ("colour", "blue"),
                                      .required = KITH_NO }));
}

/* P15: they are read by their names; the query's own text is not needed any more */
static void test_shared_include_names__reading(void **state)
{
    kith_session *s = start_library(state);
    char name[] = "firstTags", single[] = "writer";
    kith_list *books = must(
        s, kith_find(s, &book_model,
                     &(kith_query){ .order = BY_ID,
                                    .include = KITH_INCLUDE({ .as = "tags", .name = name, .limit = 1, .order = BY_ID },
                                                            { .as = "author", .name = single }) }));
    name[0] = single[0] = '?';
    const kith_list *first = must(s, kith_many(books->at[0], "firstTags"));
    assert_int_equal(first->count, 1);
    expect_text(kith_text(kith_one(books->at[2], "writer"), "name"), "Bob");
    expect_no_error(s);
    assert_null(kith_many(books->at[0], "tags"));
    expect_error(s, KITH_E_USAGE, "book", NULL, "book.tags was not loaded: include it");
    assert_null(kith_one(books->at[0], "writter"));
    expect_error(s, KITH_E_USAGE, "book", NULL, "did you mean 'writer'?");
}

/* P15: with kith_get and kith_get_each too */
static void test_shared_include_names__of_records(void **state)
{
    kith_session *s = start_library(state);
    kith_record *ann = must(s, kith_find_by_key(s, &author_model, KITH_V(1)));
    const kith_query q = {
        .attributes = title_only,
        .order = BY_ID,
        .include = KITH_INCLUDE({ .as = "tags",
                                  .name = "newest",
                                  .attributes = word_only,
                                  .where = KITH_EQ("word", "new"),
                                  .through = NO_LINKS },
                                { .as = "tags", .attributes = word_only, .order = BY_ID, .through = NO_LINKS })
    };
    const char *json = "[{'title':'Ants','newest':[{'word':'new'}],'tags':[{'word':'new'},{'word':'old'}]},"
                       "{'title':'Bees','newest':[{'word':'new'}],'tags':[{'word':'new'}]}]";
    expect_list(s, kith_get(s, ann, "books", &q), json);
    kith_list *const *each = must(s, kith_get_each(s, &author_model, &ann, 1, "books", &q));
    expect_list(s, each[0], json);
}

/* P15: a name that stands for something else already */
static void test_shared_include_names__taken(void **state)
{
    kith_session *s = start_library(state);
#define expect_refused(part, ...)                                                                                      \
    assert_null(kith_find(s, &book_model, &(kith_query){ .include = KITH_INCLUDE(__VA_ARGS__) }));                     \
    expect_error(s, KITH_E_USAGE, NULL, NULL, part)
    expect_refused("tags is included twice in book: give one of them another name (.name)", { .as = "tags" },
                   { .as = "tags" });
    expect_refused("two includes are called author in book", { .as = "tags", .name = "author" }, { .as = "author" });
    expect_refused("book.tags cannot be included under the name 'year': that is an attribute",
                   { .as = "tags", .name = "year" });
    expect_refused("book.author cannot be included under the name 'book_tag': that is the join row",
                   { .as = "tags",
                     .include = KITH_INCLUDE(
                         { .as = "books", .include = KITH_INCLUDE({ .as = "author", .name = "book_tag" }) }) });
#undef expect_refused
    expect_statements(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_include_names__many_to_many), SHARED_TEST(test_shared_include_names__one_to_many),
        SHARED_TEST(test_shared_include_names__to_one),       SHARED_TEST(test_shared_include_names__reading),
        SHARED_TEST(test_shared_include_names__of_records),   SHARED_TEST(test_shared_include_names__taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
