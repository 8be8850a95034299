/* The statements of groups, of distinct rows, and of one aggregate over all rows. */
#include <stdio.h>

#include "harness/mocked.h"
#include "sql/pugs.h"

static void send_group(const kith_query *q)
{
    assert_non_null(kith_find(db.s, &pug_model, q));
}

static void test_sql_groups__hold_names_and_what_is_computed(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V("Cody"), KITH_V(3), KITH_V(12), KITH_V(2)));
        kith_list *list = kith_find(db.s, &pug_model,
                                    &(kith_query){
                                        .group = KITH_NAMES("name"),
                                        .computed = KITH_COMPUTED({ "n", KITH_COUNT }, { "sum", KITH_SUM, "age" },
                                                                  { "ages", KITH_COUNT, "age", .distinct = true }),
                                        .where = KITH_SOME("toys", NULL),
                                    });
        expect_sent(
            "SELECT t0.[name], COUNT(*), SUM(t0.[age]), COUNT(DISTINCT t0.[age]) FROM [pugs] t0 WHERE EXISTS "
            "(SELECT 1 FROM [toys] t1 WHERE t1.[pugId] = t0.[id] AND t1.[deletedAt] IS NULL) GROUP BY t0.[name]",
            "");
        assert_non_null(list);
        assert_string_equal(kith_text(list->at[0], "name"), "Cody");
        assert_int_equal(kith_int(list->at[0], "sum"), 12);
        assert_string_equal(kith_json(db.s, list), "[{\"name\":\"Cody\",\"n\":3,\"sum\":12,\"ages\":2}]");
        expect_nothing_more();
    }
}

/* Each association of a path is joined once. */
static void test_sql_groups__follow_to_one_associations(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        send_group(&(kith_query){ .group = KITH_NAMES("owner.name", "passport.number", "owner.id"),
                                  .computed = KITH_COMPUTED({ "most", KITH_MAX, "owner.name" }) });
        expect_sent("SELECT t1.[name], t2.[number], t1.[id], MAX(t1.[name]) FROM [pugs] t0 LEFT JOIN [owners] t1 ON "
                    "t1.[id] = t0.[ownerId] LEFT JOIN [passports] t2 ON t2.[pugId] = t0.[id] GROUP BY t1.[name], "
                    "t2.[number], t1.[id]",
                    "");
        assert_non_null(kith_find(db.s, &toy_model, &(kith_query){ .group = KITH_NAMES("pug.owner.name") }));
        expect_sent("SELECT t2.[name] FROM [toys] t0 LEFT JOIN [pugs] t1 ON t1.[id] = t0.[pugId] LEFT JOIN [owners] t2 "
                    "ON t2.[id] = t1.[ownerId] WHERE t0.[deletedAt] IS NULL GROUP BY t2.[name]",
                    "");
        expect_nothing_more();
    }
}

static void test_sql_groups__have_conditions_orders_and_pages(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        send_group(&(kith_query){
            .group = KITH_NAMES("name", "ownerId"),
            .attributes = KITH_NAMES("name"),
            .computed = KITH_COMPUTED({ "n", KITH_COUNT }),
            .having = KITH_AND(KITH_GT("n", 2), KITH_NE("ownerId", 9),
                               KITH_COMPARE(KITH_AGGREGATE(KITH_MIN, "age", NULL), KITH_OP_LT, 7)),
            .order = KITH_ORDER({ "n", .desc = true }, { "name" }),
            .limit = 10,
        });
#define PAGE(nulls)                                                                                                    \
    "SELECT t0.[name], COUNT(*) FROM [pugs] t0 GROUP BY t0.[name], t0.[ownerId] HAVING COUNT(*) > ? AND t0.[ownerId] " \
    "<> ? AND MIN(t0.[age]) < ? ORDER BY COUNT(*) DESC, t0.[name], t0.[ownerId]" nulls " LIMIT ?"
        expect_each({ PAGE(""), "2, 9, 7, 10" }, { PAGE(" NULLS FIRST"), "2, 9, 7, 10" }, { PAGE(""), "2, 9, 7, 10" });
        expect_nothing_more();
    }
}

static void test_sql_groups__aggregates_of_some_rows(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        send_group(
            &(kith_query){ .group = KITH_NAMES("name"),
                           .computed = KITH_COMPUTED({ "old", KITH_COUNT, .where = KITH_GT("age", 9) },
                                                     { "sum", KITH_SUM, "age", KITH_EQ("owner.name", "Ann") }) });
        expect_sent("SELECT t0.[name], COUNT(CASE WHEN t0.[age] > ? THEN 1 END), SUM(CASE WHEN EXISTS (SELECT 1 FROM "
                    "[owners] t1 WHERE t1.[id] = t0.[ownerId] AND t1.[name] = ?) THEN t0.[age] END) FROM [pugs] t0 "
                    "GROUP BY t0.[name]",
                    "9, 'Ann'");
        expect_nothing_more();
    }
}

static void test_sql_groups__of_all_rows(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        send_group(&(kith_query){ .group = KITH_NO_NAMES, .computed = KITH_COMPUTED({ "n", KITH_COUNT }) });
        expect_sent("SELECT COUNT(*) FROM [pugs] t0", "");
        expect_nothing_more();
    }
}

/* Nothing hidden is selected: it would make rows differ. */
static void test_sql_groups__distinct_rows(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        send_group(&(kith_query){
            .attributes = KITH_NAMES("age", "name"), .distinct = true, .order = KITH_ORDER({ "name" }) });
        expect_sent("SELECT t0.[age], t0.[name] FROM [pugs] t0 GROUP BY t0.[age], t0.[name] ORDER BY t0.[name]", "");
        assert_non_null(kith_find(db.s, &owner_model, &(kith_query){ .distinct = true }));
        expect_sent("SELECT " OWNER("t0") " FROM [owners] t0 GROUP BY " OWNER("t0"), "");
        expect_nothing_more();
    }
}

static void test_sql_groups__are_counted(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V(4)));
        assert_int_equal(kith_count(db.s, &pug_model,
                                    &(kith_query){ .group = KITH_NAMES("owner.name"),
                                                   .computed = KITH_COMPUTED({ "n", KITH_COUNT }),
                                                   .having = KITH_GT("n", 2),
                                                   .limit = 2 }),
                         4);
        expect_sent(
            "SELECT COUNT(*) FROM (SELECT 1 FROM [pugs] t0 LEFT JOIN [owners] t1 ON t1.[id] = t0.[ownerId] GROUP "
            "BY t1.[name] HAVING COUNT(*) > ?) p",
            "2");
        answer(KITH_VALUES(KITH_V(7)));
        assert_int_equal(kith_count(db.s, &pug_model,
                                    &(kith_query){ .attributes = KITH_NAMES("age"), .distinct = true }),
                         7);
        expect_sent("SELECT COUNT(*) FROM (SELECT 1 FROM [pugs] t0 GROUP BY t0.[age]) p", "");
        expect_nothing_more();
    }
}

/* Without running it. */
static void test_sql_groups__are_explained(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const char *text = kith_explain(db.s, &pug_model, &(kith_query){ .group = KITH_NAMES("age") }, NULL);
        assert_non_null(strstr(text, "GROUP BY"));
        expect_nothing_more();
    }
}

static void test_sql_groups__calculate(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_value out;
        const kith_query q = { .where = KITH_GT("age", 3),
                               .include = KITH_INCLUDE({ .as = "toys", .required = KITH_YES }),
                               .limit = 2 };
        answer(KITH_VALUES(KITH_V(70)));
        assert_true(kith_calculate(db.s, &pug_model, KITH_SUM, "age", &q, &out));
        expect_sent("SELECT SUM(t0.[age]) FROM [pugs] t0 WHERE t0.[age] > ? AND EXISTS (SELECT 1 FROM [toys] t1 WHERE "
                    "t1.[pugId] = t0.[id] AND t1.[deletedAt] IS NULL)",
                    "3");
        assert_int_equal(out.as.integer, 70);
        answer(KITH_VALUES(KITH_V("Ann")));
        assert_true(kith_calculate(db.s, &pug_model, KITH_MAX, "owner.name", NULL, &out));
        expect_sent("SELECT MAX(t1.[name]) FROM [pugs] t0 LEFT JOIN [owners] t1 ON t1.[id] = t0.[ownerId]", "");
        assert_string_equal(out.as.str, "Ann");
        expect_nothing_more();
    }
}

/* ---- what is refused ------------------------------------------------------------------------------------------------ */

#define refused(part, ...)                                                                                             \
    do {                                                                                                               \
        assert_null(kith_find(db.s, &pug_model, &(kith_query){ __VA_ARGS__ }));                                        \
        expect_failure(KITH_E_USAGE, (part));                                                                          \
        assert_int_equal(kith_count(db.s, &pug_model, &(kith_query){ __VA_ARGS__ }), -1);                              \
        expect_failure(KITH_E_USAGE, (part));                                                                          \
    } while (0)

static void test_sql_groups__refuse_names_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const char *const *name = KITH_NAMES("name");
        refused("did you mean 'name'?", .group = KITH_NAMES("nam"));
        refused("did you mean 'name'?", .group = KITH_NAMES("owner.nme"));
        refused("'toys.name' leads through toys, of which pug has many", .group = KITH_NAMES("toys.name"));
        refused("'name' is twice", .group = KITH_NAMES("name", "age", "name"));
        refused("'age' of pug is not among the names", .group = name, .attributes = KITH_NAMES("age"));
        refused("'toys.name' leads through toys", .group = name,
                .computed = KITH_COMPUTED({ "x", KITH_MAX, "toys.name" }));
        refused("'age' is neither a name of the group", .group = name, .having = KITH_GT("age", 3));
        refused("did you mean 'name'?", .group = name, .having = KITH_EQ("nane", "x"));
        refused("belongs in .where", .group = name, .having = KITH_SOME("toys", NULL));
        refused("either .aggregate or .value", .group = name, .computed = KITH_COMPUTED({ .as = "age" }));
        refused("has the name of an attribute", .group = name, .computed = KITH_COMPUTED({ "age", KITH_COUNT }));
        refused("'age' is neither a name of the group", .group = name,
                .computed = KITH_COMPUTED({ .as = "x", .value = KITH_COL("age") }));
        refused("SUM over the rows of a group needs an attribute", .group = name,
                .computed = KITH_COMPUTED({ "x", KITH_SUM }));
        refused("neither names nor anything computed", .group = KITH_NO_NAMES);
    }
}

static void test_sql_groups__refuse_orders_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_null(
            kith_find(db.s, &pug_model, &(kith_query){ .group = KITH_NAMES("name"), .order = KITH_ORDER({ "age" }) }));
        expect_failure(KITH_E_USAGE, "'age' is neither a name of the group");
        assert_null(kith_find(db.s, &pug_model,
                              &(kith_query){ .attributes = KITH_NAMES("name"),
                                             .distinct = true,
                                             .order = KITH_ORDER({ "owner.name" }) }));
        expect_failure(KITH_E_USAGE, "'owner.name' is neither a name of the group");
    }
}

static void test_sql_groups__refuse_what_rows_have_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const char *const *name = KITH_NAMES("name");
        const kith_include *toys = KITH_INCLUDE({ .as = "toys" });
        kith_value out;
        refused("no includes", .group = name, .include = toys);
        refused("no includes", .distinct = true, .include = toys);
        refused("needs a .group", .having = KITH_EQ("name", "x"));
        refused("together", .group = name, .distinct = true);
        refused("no .computed", .distinct = true, .computed = KITH_COMPUTED({ "n", KITH_COUNT }));
        assert_null(kith_find(db.s, &pug_model, &(kith_query){ .group = name, .lock = KITH_LOCK_UPDATE }));
        expect_failure(KITH_E_USAGE, "locks nothing");
        assert_null(kith_get(db.s, found(&pug_model, KITH_VALUES(KITH_V(1), KITH_V("a"), KITH_V(2), KITH_V(3))), "toys",
                             &(kith_query){ .group = name }));
        expect_failure(KITH_E_USAGE, "kith_get gives rows");
        assert_null(kith_stream_open(db.s, &pug_model, &(kith_query){ .group = name }, NULL));
        expect_failure(KITH_E_USAGE, "kith_stream_open gives rows");
        assert_false(kith_calculate(db.s, &pug_model, KITH_SUM, "age", &(kith_query){ .distinct = true }, &out));
        expect_failure(KITH_E_USAGE, "kith_calculate gives rows");
        assert_false(kith_calculate(db.s, &pug_model, KITH_SUM, "name", NULL, &out));
        expect_failure(KITH_E_USAGE, "SUM needs a number");
        assert_false(kith_calculate(db.s, &pug_model, KITH_NO_AGGREGATE, "age", NULL, &out));
        expect_failure(KITH_E_USAGE, "needs an aggregate");
        assert_false(kith_calculate(db.s, &pug_model, KITH_COUNT, NULL, NULL, NULL));
        expect_failure(KITH_E_USAGE, "nowhere");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_groups__hold_names_and_what_is_computed),
        MOCKED_TEST(test_sql_groups__follow_to_one_associations),
        MOCKED_TEST(test_sql_groups__have_conditions_orders_and_pages),
        MOCKED_TEST(test_sql_groups__aggregates_of_some_rows),
        MOCKED_TEST(test_sql_groups__of_all_rows),
        MOCKED_TEST(test_sql_groups__distinct_rows),
        MOCKED_TEST(test_sql_groups__are_counted),
        MOCKED_TEST(test_sql_groups__are_explained),
        MOCKED_TEST(test_sql_groups__calculate),
        MOCKED_TEST(test_sql_groups__refuse_names_before_any_sql),
        MOCKED_TEST(test_sql_groups__refuse_orders_before_any_sql),
        MOCKED_TEST(test_sql_groups__refuse_what_rows_have_before_any_sql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
