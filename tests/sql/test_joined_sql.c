/* The statement that joins lists: each a select with its rows numbered, and what is read of the rows they make. */
#include <string.h>

#include "harness/mocked.h"
#include "sql/pugs.h"

#define NO_VALUE kith_of_null()

static kith_list *find_pugs(const kith_query *q)
{
    kith_list *list = kith_find(db.s, &pug_model, q);
    if (!list)
        fail_msg("%s", kith_error_of(db.s)->message);
    return list;
}

static void test_sql_joined__numbers_the_rows_of_both_sides(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        find_pugs(&(kith_query){ .include = KITH_INCLUDE({ .as = "toys", .strategy = KITH_JOIN }) });
        expect_sent("SELECT b0.[n], b1.[n], b0.[c2], b0.[c3], b0.[c4], b0.[c5], b1.[c6], b1.[c7], b1.[c8], b1.[c9] "
                    "FROM (SELECT t0.[id] AS [c2], t0.[name] AS [c3], t0.[age] AS [c4], t0.[ownerId] AS [c5], "
                    "ROW_NUMBER() OVER () AS [n] FROM [pugs] t0) b0 "
                    "LEFT JOIN (SELECT t1.[id] AS [c6], t1.[name] AS [c7], t1.[deletedAt] AS [c8], t1.[pugId] AS [c9], "
                    "ROW_NUMBER() OVER () AS [n] FROM [toys] t1 "
                    "WHERE t1.[pugId] IS NOT NULL AND t1.[deletedAt] IS NULL) b1 "
                    "ON b1.[c9] = b0.[c2] ORDER BY b0.[n], b1.[n]",
                    "");
        expect_nothing_more();
    }
}

/* A page of sources, the first target of each, and a list beside that. */
static void test_sql_joined__pages_and_siblings(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        find_pugs(&(kith_query){
            .attributes = KITH_NAMES("name"),
            .order = KITH_ORDER({ "name" }),
            .limit = 2,
            .include = KITH_INCLUDE(
                { .as = "toys",
                  .attributes = KITH_NAMES("name"),
                  .order = KITH_ORDER({ "name" }),
                  .limit = 1,
                  .strategy = KITH_JOIN },
                { .as = "tags", .where = KITH_EQ("word", "calm"), .required = KITH_NO, .strategy = KITH_JOIN }) });
#define JOINED(nulls, join)                                                                                            \
    "SELECT b0.[n], b1.[n], b2.[n], b0.[c3], b0.[c4], b1.[c5], b1.[c6], b1.[c7], b2.[c8], b2.[c9], b2.[c10], "         \
    "b2.[c11] FROM (SELECT t0.[name] AS [c3], t0.[id] AS [c4], "                                                       \
    "ROW_NUMBER() OVER (ORDER BY t0.[name], t0.[id]) AS [n] "                                                          \
    "FROM [pugs] t0 ORDER BY t0.[name], t0.[id] LIMIT ?) b0 "                                                          \
    "LEFT JOIN (SELECT p.[c0] AS [c5], p.[c1] AS [c6], p.[c2] AS [c7], ROW_NUMBER() OVER (ORDER BY p.[n]) AS [n] "     \
    "FROM (SELECT t1.[name] AS [c0], t1.[id] AS [c1], t1.[pugId] AS [c2], "                                            \
    "ROW_NUMBER() OVER (PARTITION BY t1.[pugId] ORDER BY t1.[name]" nulls ", t1.[id]) AS [n] FROM [toys] t1 "          \
    "WHERE t1.[pugId] IS NOT NULL AND t1.[deletedAt] IS NULL) p WHERE p.[n] <= ?) b1 ON b1.[c7] = b0.[c4] "            \
    "LEFT JOIN (SELECT t2.[pugId] AS [c8], t2.[tagId] AS [c9], t3.[id] AS [c10], t3.[word] AS [c11], "                 \
    "ROW_NUMBER() OVER () AS [n] FROM [pugTags] t2 " join " [tags] t3 ON t3.[id] = t2.[tagId] "                        \
    "WHERE t3.[word] = ?) b2 ON b2.[c8] = b0.[c4] ORDER BY b0.[n], b1.[n], b2.[n]"
        expect_each({ JOINED("", "CROSS JOIN"), "2, 1, 'calm'" }, { JOINED(" NULLS FIRST", "JOIN"), "2, 1, 'calm'" },
                    { JOINED("", "STRAIGHT_JOIN"), "2, 1, 'calm'" });
        expect_nothing_more();
    }
}

static void answer_row(int64_t pug, kith_value toy, kith_value tag, const char *toy_name, const char *word)
{
    kith_value key = KITH_V(pug), toy_key = toy_name ? key : NO_VALUE, tag_key = word ? key : NO_VALUE;
    answer(KITH_VALUES(key, toy, tag, key, KITH_V(toy_name), toy, toy_key, tag_key, tag, KITH_V(word), tag));
}

/* Of two lists beside each other every pair makes a row; each of their records is read once. */
static void test_sql_joined__reads_each_record_once(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_row(1, KITH_V(4), KITH_V(2), "ball", "calm");
        answer_row(1, KITH_V(4), KITH_V(5), "ball", "shy");
        answer_row(1, KITH_V(6), KITH_V(2), "bone", "calm");
        answer_row(1, KITH_V(6), KITH_V(5), "bone", "shy");
        answer_row(2, NO_VALUE, NO_VALUE, NULL, NULL);
        answer_row(3, NO_VALUE, KITH_V(1), NULL, "calm");
        const kith_list *list = find_pugs(&(kith_query){
            .attributes = KITH_NAMES("id"),
            .include = KITH_INCLUDE({ .as = "toys", .attributes = KITH_NAMES("name"), .strategy = KITH_JOIN },
                                    { .as = "tags",
                                      .attributes = KITH_NAMES("word"),
                                      .through = { .attributes = KITH_NO_NAMES },
                                      .strategy = KITH_JOIN }) });
        assert_string_equal(kith_json(db.s, list), "[{\"id\":1,\"toys\":[{\"name\":\"ball\"},{\"name\":\"bone\"}],"
                                                   "\"tags\":[{\"word\":\"calm\"},{\"word\":\"shy\"}]},"
                                                   "{\"id\":2,\"toys\":[],\"tags\":[]},"
                                                   "{\"id\":3,\"toys\":[],\"tags\":[{\"word\":\"calm\"}]}]");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_joined__numbers_the_rows_of_both_sides),
        MOCKED_TEST(test_sql_joined__pages_and_siblings),
        MOCKED_TEST(test_sql_joined__reads_each_record_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
