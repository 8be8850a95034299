/* The statements of trees: one that recurses, with and without a depth to count to. */
#include "harness/mocked.h"

static const kith_model kind_model = {
    .name = "kind",
    .no_timestamps = true,
    .paranoid = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "children", .target = &kind_model, .foreign_key = "parentId" },
                          { KITH_BELONGS_TO, .as = "parent", .target = &kind_model, .foreign_key = "parentId" }),
};

static const kith_model gear_model = {
    .name = "gear",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "a", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "b", .type = KITH_INTEGER, .primary_key = true }),
    .assocs = KITH_ASSOCS({
        KITH_BELONGS_TO_MANY,
        .as = "parts",
        .target = &gear_model,
        .through = "assembly",
        .foreign_key = "wholeA,wholeB",
        .other_key = "partA,partB",
    }),
};

#define KIND_MODELS KITH_MODELS(&kind_model, &gear_model)
#define KIND(t)     t ".[id], " t ".[name], " t ".[deletedAt], " t ".[parentId]"

static kith_record *the_kind(void)
{
    return found(&kind_model, KITH_VALUES(KITH_V(7), KITH_V("pugs"), kith_of_null(), KITH_V(3)));
}

static void test_sql_tree__down(void **state)
{
    (void)state;
    EACH_DIALECT(KIND_MODELS)
    {
        kith_record *pugs = the_kind();
        assert_non_null(kith_descendants(db.s, pugs, "children", NULL));
        static const struct sent sent[] = {
#define DOWN(join)                                                                                                     \
    "WITH RECURSIVE [kith_reached] ([k0]) AS (SELECT t0.[id] FROM [kinds] t0 WHERE t0.[id] = ? UNION SELECT t1.[id] "  \
    "FROM [kith_reached] w " join " [kinds] t1 ON t1.[parentId] = w.[k0] WHERE t1.[deletedAt] IS NULL) SELECT " KIND(  \
        "t2") " FROM [kinds] t2 WHERE t2.[id] IN (SELECT w.[k0] FROM [kith_reached] w) ORDER BY t2.[id]"
            { DOWN("CROSS JOIN"), "7" },
            { DOWN("JOIN"), "7" },
            { DOWN("STRAIGHT_JOIN"), "7" },
        };
        expect_each_at(sent, __FILE__, __LINE__);
        expect_nothing_more();
    }
}

static void test_sql_tree__up_to_a_depth(void **state)
{
    (void)state;
    EACH_DIALECT(KIND_MODELS)
    {
        kith_record *pugs = the_kind();
        assert_non_null(kith_ancestors(db.s, pugs, "children",
                                       &(kith_tree_opts){ .max_depth = 2,
                                                          .where = KITH_NE("name", "x"),
                                                          .with_deleted = true,
                                                          .attributes = KITH_NAMES("name"),
                                                          .order = KITH_ORDER({ "name", .desc = true }) }));
        static const struct sent sent[] = {
#define UP(join, nulls)                                                                                                \
    "WITH RECURSIVE [kith_reached] ([k0], [k1], [depth]) AS (SELECT t0.[id], t0.[parentId], 1 FROM [kinds] t0 WHERE "  \
    "t0.[id] = ? UNION SELECT t1.[id], t1.[parentId], w.[depth] + 1 FROM [kith_reached] w " join                       \
    " [kinds] t1 ON t1.[id] = w.[k1] WHERE w.[depth] <= ? AND t1.[name] <> ?) SELECT t2.[name], t2.[id], "             \
    "t2.[parentId] FROM [kinds] t2 WHERE t2.[id] IN (SELECT w.[k0] FROM [kith_reached] w) ORDER BY t2.[name] "         \
    "DESC" nulls ", t2.[id]"
            { UP("CROSS JOIN", ""), "7, 2, 'x'" },
            { UP("JOIN", " NULLS LAST"), "7, 2, 'x'" },
            { UP("STRAIGHT_JOIN", ""), "7, 2, 'x'" },
        };
        expect_each_at(sent, __FILE__, __LINE__);
        expect_nothing_more();
    }
}

/* Roots by a statement of their own; the recursive one begins at the same rows. */
static void test_sql_tree__nested(void **state)
{
    (void)state;
    EACH_DIALECT(KIND_MODELS)
    {
        assert_non_null(kith_tree(db.s, &kind_model, "children", NULL, NULL));
#define ROOTS                                                                                                          \
    " FROM [kinds] t0 WHERE t0.[deletedAt] IS NULL AND NOT EXISTS (SELECT 1 FROM [kinds] t1 WHERE t1.[id] = "          \
    "t0.[parentId] AND t1.[deletedAt] IS NULL)"
        expect_sent("SELECT " KIND("t0") ROOTS, "");
        static const struct sent sent[] = {
#define NESTED(join)                                                                                                   \
    "WITH RECURSIVE [kith_reached] ([k0]) AS (SELECT t0.[id]" ROOTS                                                    \
    " UNION SELECT t2.[id] FROM [kith_reached] w " join                                                                \
    " [kinds] t2 ON t2.[parentId] = w.[k0] WHERE t2.[deletedAt] IS NULL) SELECT " KIND(                                \
        "t3") " FROM [kinds] t3 WHERE t3.[id] IN (SELECT w.[k0] FROM [kith_reached] w) ORDER BY t3.[id]"
            { NESTED("CROSS JOIN"), "" },
            { NESTED("JOIN"), "" },
            { NESTED("STRAIGHT_JOIN"), "" },
        };
        expect_each_at(sent, __FILE__, __LINE__);
        expect_nothing_more();
    }
}

/* Behind a join table the rows are links, so that it is known what leads where. */
static void test_sql_tree__through_a_join_table(void **state)
{
    (void)state;
    EACH_DIALECT(KIND_MODELS)
    {
        kith_record *gear = found(&gear_model, KITH_VALUES(KITH_V(1), KITH_V(2)));
        assert_non_null(kith_descendants(db.s, gear, "parts", &(kith_tree_opts){ .max_depth = 3 }));
        static const struct sent sent[] = {
#define THROUGH(join)                                                                                                  \
    "WITH RECURSIVE [kith_reached] ([k0], [k1], [depth]) AS (SELECT t0.[a], t0.[b], 1 FROM [gears] t0 WHERE t0.[a] = " \
    "? AND t0.[b] = ? UNION SELECT t2.[a], t2.[b], w.[depth] + 1 FROM [kith_reached] w " join                          \
    " [assembly] t1 ON t1.[wholeA] = w.[k0] AND t1.[wholeB] = w.[k1] " join " [gears] t2 ON t2.[a] = t1.[partA] AND "  \
    "t2.[b] = t1.[partB] WHERE w.[depth] < ?) SELECT t3.[wholeA], t3.[wholeB], t3.[partA], t3.[partB], t4.[a], "       \
    "t4.[b] FROM [assembly] t3 " join " [gears] t4 ON t4.[a] = t3.[partA] AND t4.[b] = t3.[partB] WHERE "              \
    "(t3.[wholeA], t3.[wholeB]) IN (SELECT w.[k0], w.[k1] FROM [kith_reached] w) ORDER BY t4.[a], t4.[b]"
            { THROUGH("CROSS JOIN"), "1, 2, 3" },
            { THROUGH("JOIN"), "1, 2, 3" },
            { THROUGH("STRAIGHT_JOIN"), "1, 2, 3" },
        };
        expect_each_at(sent, __FILE__, __LINE__);
        expect_nothing_more();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_tree__down),
        MOCKED_TEST(test_sql_tree__up_to_a_depth),
        MOCKED_TEST(test_sql_tree__nested),
        MOCKED_TEST(test_sql_tree__through_a_join_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
