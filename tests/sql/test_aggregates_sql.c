/* The statements of aggregates of associations: as conditions, orders and computed attributes. */
#include <stdio.h>

#include "harness/mocked.h"
#include "sql/pugs.h"

static const char *const no_names[] = { NULL };

#define TOYS_OF_T0   "FROM [toys] t1 WHERE t1.[pugId] = t0.[id] AND t1.[deletedAt] IS NULL"
#define FRIENDS_OF   "FROM [friendship] t2 JOIN [pugs] t1 ON t1.[id] = t2.[friendId] WHERE t2.[pugId] = t0.[id]"
#define TOYS_OF_THEM "JOIN [toys] t3 ON t3.[pugId] = t1.[id] WHERE t2.[pugId] = t0.[id] AND t3.[deletedAt] IS NULL"

/* ---- conditions ----------------------------------------------------------------------------------------------------- */

static void expect_where(const kith_expr *e, const char *where, const char *values)
{
    char sql[1024];
    snprintf(sql, sizeof sql, "SELECT t0.[id] FROM [pugs] t0 WHERE %s", where);
    assert_non_null(kith_find(db.s, &pug_model, &(kith_query){ .attributes = no_names, .where = e }));
    expect_sent(sql, values);
}

static void test_sql_aggregates__compare_a_count(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where(KITH_COMPARE(KITH_COUNT_OF("toys", NULL), KITH_OP_GTE, 3), "(SELECT COUNT(*) " TOYS_OF_T0 ") >= ?",
                     "3");
        expect_where(KITH_COMPARE(KITH_COUNT_OF("toys", KITH_LIKE("name", "b%")), KITH_OP_EQ, 0),
                     db.dialect->like_escape[0] ? "(SELECT COUNT(*) " TOYS_OF_T0
                                                  " AND t1.[name] LIKE ? ESCAPE '\\') = ?"
                                                : "(SELECT COUNT(*) " TOYS_OF_T0 " AND t1.[name] LIKE ?) = ?",
                     "'b%', 0");
        expect_where(KITH_COMPARE_LIST(KITH_COUNT_OF("toys", NULL), KITH_OP_BETWEEN, KITH_V(1), KITH_V(3)),
                     "(SELECT COUNT(*) " TOYS_OF_T0 ") BETWEEN ? AND ?", "1, 3");
        expect_where(KITH_COMPARE_LIST(KITH_COUNT_OF("toys", NULL), KITH_OP_IN, KITH_V(1), KITH_V(3)),
                     "(SELECT COUNT(*) " TOYS_OF_T0 ") IN (?, ?)", "1, 3");
        expect_where(KITH_COMPARE_LIST(KITH_COUNT_OF("toys", NULL), KITH_OP_NOT_IN, KITH_V(1), KITH_V(3)),
                     "NOT ((SELECT COUNT(*) " TOYS_OF_T0 ") IN (?, ?))", "1, 3");
        expect_nothing_more();
    }
}

/* A value on the right side is the same value. */
static void test_sql_aggregates__stand_on_either_side(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where(KITH_GT("age", KITH_COUNT_OF("toys", NULL)), "t0.[age] > (SELECT COUNT(*) " TOYS_OF_T0 ")", "");
        expect_where(KITH_COMPARE(KITH_COUNT_OF("toys", NULL), KITH_OP_LT, KITH_COL("age")),
                     "(SELECT COUNT(*) " TOYS_OF_T0 ") < t0.[age]", "");
        expect_where(KITH_COMPARE(KITH_COL("age"), KITH_OP_NE, 4), "t0.[age] <> ?", "4");
        expect_where(KITH_COMPARE(KITH_FN("length", KITH_V(KITH_COL("name"))), KITH_OP_LTE, 4),
                     "length(t0.[name]) <= ?", "4");
        expect_where(KITH_COMPARE(KITH_SQL("age + ?", KITH_V(1)), KITH_OP_GT, 4), "(age + ?) > ?", "1, 4");
        expect_nothing_more();
    }
}

static void test_sql_aggregates__are_null_or_not(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
#define OLDEST "((SELECT MAX(t1.[age]) " FRIENDS_OF "))"
        expect_where(KITH_COMPARE(KITH_AGGREGATE(KITH_MAX, "friends.age", NULL), KITH_OP_IS_NULL, 0), OLDEST " IS NULL",
                     "");
        expect_where(KITH_COMPARE(KITH_AGGREGATE(KITH_MAX, "friends.age", NULL), KITH_OP_NE, kith_of_null()),
                     OLDEST " IS NOT NULL", "");
        expect_nothing_more();
    }
}

static void test_sql_aggregates__follow_paths_of_any_depth(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where(KITH_COMPARE(KITH_COUNT_OF("friends.toys", NULL), KITH_OP_GT, 1),
                     "(SELECT COUNT(*) FROM [friendship] t2 JOIN [pugs] t1 ON t1.[id] = t2.[friendId] " TOYS_OF_THEM
                     ") > ?",
                     "1");
        expect_where(KITH_COMPARE(KITH_AGGREGATE(KITH_SUM, "owner.pugs.age", NULL), KITH_OP_GT, 1),
                     "(SELECT SUM(t2.[age]) FROM [owners] t1 JOIN [pugs] t2 ON t2.[ownerId] = t1.[id] WHERE t1.[id] = "
                     "t0.[ownerId]) > ?",
                     "1");
        expect_where(
            KITH_COMPARE(KITH_AGGREGATE(KITH_MIN, "owner.pugs.friends.age", KITH_GT("friendship.since", 2000)),
                         KITH_OP_LT, 9),
            "(SELECT MIN(t4.[age]) FROM [owners] t1 JOIN [pugs] t2 ON t2.[ownerId] = t1.[id] JOIN [friendship] "
            "t3 ON t3.[pugId] = t2.[id] JOIN [pugs] t4 ON t4.[id] = t3.[friendId] WHERE t1.[id] = "
            "t0.[ownerId] AND t3.[since] > ?) < ?",
            "2000, 9");
        expect_nothing_more();
    }
}

static void test_sql_aggregates__reach_join_rows(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where(KITH_COMPARE(KITH_AGGREGATE(KITH_SUM, "friends.friendship.since", NULL), KITH_OP_GT, 1),
                     "(SELECT SUM(t2.[since]) " FRIENDS_OF ") > ?", "1");
        expect_nothing_more();
    }
}

/* ---- orders --------------------------------------------------------------------------------------------------------- */

static void expect_order(const kith_order *order, const char *text, const char *nulls)
{
    char sql[1024];
    bool postgres = db.dialect->nulls[0][0] != '\0';
    snprintf(sql, sizeof sql, "SELECT t0.[id] FROM [pugs] t0 ORDER BY %s%s", text, postgres ? nulls : "");
    assert_non_null(kith_find(db.s, &pug_model, &(kith_query){ .attributes = no_names, .order = order }));
    expect_sent(sql, "");
}

static void test_sql_aggregates__order(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_order(KITH_ORDER({ "friends.age", .aggregate = KITH_MAX }), "(SELECT MAX(t1.[age]) " FRIENDS_OF ")",
                     " NULLS FIRST");
        expect_order(KITH_ORDER({ "friends.friendship.since", .aggregate = KITH_SUM, .desc = true }),
                     "(SELECT SUM(t2.[since]) " FRIENDS_OF ") DESC", " NULLS LAST");
        expect_order(KITH_ORDER({ "friends.toys", .aggregate = KITH_COUNT }),
                     "(SELECT COUNT(*) FROM [friendship] t2 JOIN [pugs] t1 ON t1.[id] = t2.[friendId] " TOYS_OF_THEM
                     ")",
                     "");
        expect_nothing_more();
    }
}

static void test_sql_aggregates__mean_of_integers_is_a_double(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_order *order = KITH_ORDER({ "friends.age", .aggregate = KITH_AVG });
        assert_non_null(kith_find(db.s, &pug_model, &(kith_query){ .attributes = no_names, .order = order }));
#define BY(x) "SELECT t0.[id] FROM [pugs] t0 ORDER BY (SELECT " x " " FRIENDS_OF ")"
        expect_each({ BY("AVG(t1.[age])"), "" },
                    { BY("CAST(SUM(t1.[age]) AS double precision) / COUNT(t1.[age])") " NULLS FIRST", "" },
                    { BY("CAST(SUM(t1.[age]) AS DOUBLE) / COUNT(t1.[age])"), "" });
        expect_nothing_more();
    }
}

/* ---- computed attributes -------------------------------------------------------------------------------------------- */

#define TOY_COUNT "(SELECT COUNT(*) " TOYS_OF_T0 ")"

/* P17: in the same statement, right with a page. */
static void test_sql_aggregates__computed_stand_behind_the_attributes(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V("Cody"), KITH_V(4), KITH_V(2), KITH_V("CODY")));
        const kith_query q = {
            .attributes = KITH_NAMES("name"),
            .computed = KITH_COMPUTED(
                { "toyCount", KITH_COUNT, "toys" },
                { .as = "loud", .value = KITH_FN("upper", KITH_V(KITH_COL("name"))), .type = KITH_STRING(50) }),
            .limit = 5,
        };
        kith_list *list = kith_find(db.s, &pug_model, &q);
        expect_sent("SELECT t0.[name], t0.[id], " TOY_COUNT
                    ", upper(t0.[name]) FROM [pugs] t0 ORDER BY t0.[id] LIMIT ?",
                    "5");
        assert_non_null(list);
        assert_int_equal(kith_int(list->at[0], "toyCount"), 2);
        assert_string_equal(kith_text(list->at[0], "loud"), "CODY");
        assert_int_equal(kith_values(list->at[0])[kith_slot(list, "toyCount")].as.integer, 2);
        assert_string_equal(kith_json(db.s, list), "[{\"name\":\"Cody\",\"toyCount\":2,\"loud\":\"CODY\"}]");
        expect_nothing_more();
    }
}

/* The expression is put where its name is used. */
static void test_sql_aggregates__computed_names_in_conditions_and_orders(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_query q = {
            .attributes = no_names,
            .computed = KITH_COMPUTED({ "toyCount", KITH_COUNT, "toys" }),
            .where = KITH_OR(KITH_GT("toyCount", 2), KITH_IN("toyCount", KITH_V(0))),
            .order = KITH_ORDER({ "toyCount", .desc = true }),
        };
#define TOYS(t) "(SELECT COUNT(*) FROM [toys] " t " WHERE " t ".[pugId] = t0.[id] AND " t ".[deletedAt] IS NULL)"
        assert_non_null(kith_find(db.s, &pug_model, &q));
        expect_sent("SELECT t0.[id], " TOYS("t1") " FROM [pugs] t0 WHERE " TOYS("t2") " > ? OR " TOYS(
                        "t3") " IN (?) ORDER BY " TOYS("t4") " DESC",
                    "2, 0");
        answer(KITH_VALUES(KITH_V(3)));
        assert_int_equal(kith_count(db.s, &pug_model, &q), 3);
        expect_sent("SELECT COUNT(*) FROM [pugs] t0 WHERE " TOYS("t1") " > ? OR " TOYS("t2") " IN (?)", "2, 0");
        expect_nothing_more();
    }
}

static void test_sql_aggregates__computed_in_a_joined_include(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V(4), KITH_V(7), KITH_V(7), KITH_V(3)));
        const kith_query q = { .attributes = no_names,
                               .include = KITH_INCLUDE({ .as = "owner",
                                                         .attributes = no_names,
                                                         .computed = KITH_COMPUTED({ "n", KITH_COUNT, "pugs" }) }) };
        kith_list *list = kith_find(db.s, &pug_model, &q);
        expect_sent("SELECT t0.[id], t1.[id], (SELECT COUNT(*) FROM [pugs] t2 WHERE t2.[ownerId] = t1.[id]) FROM "
                    "[pugs] t0 LEFT JOIN [owners] t1 ON t1.[id] = t0.[ownerId]",
                    "");
        assert_non_null(list);
    }
}

/* P3: a page for each source, with what is computed of each target. */
static void test_sql_aggregates__computed_in_a_page_per_source(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V(1)));
        answer(KITH_VALUES(KITH_V(2)));
        answer_end();
        answer(KITH_VALUES(KITH_V(5), KITH_V(1), KITH_V(9)));
        answer_end();
        const kith_query q = {
            .attributes = no_names,
            .where = KITH_LT("id", 3),
            .include = KITH_INCLUDE({ .as = "pugs",
                                      .attributes = no_names,
                                      .computed = KITH_COMPUTED({ "toyCount", KITH_COUNT, "toys" }),
                                      .order = KITH_ORDER({ "toyCount", .desc = true }),
                                      .limit = 1 }),
        };
        kith_list *list = kith_find(db.s, &owner_model, &q);
        expect_sent("SELECT t0.[id] FROM [owners] t0 WHERE t0.[id] < ?", "3");
#define PAGE(keys)                                                                                                     \
    "SELECT p.[c0], p.[c1], p.[c2] FROM (SELECT t0.[id] AS [c0], t0.[ownerId] AS [c1], " TOYS(                         \
        "t1") " AS [c2], ROW_NUMBER() OVER (PARTITION BY t0.[ownerId] ORDER BY " TOYS("t2") " DESC, t0.[id]) AS [n] "  \
                                                                                            "FROM [pugs] t0 "          \
                                                                                            "WHERE " keys              \
                                                                                            ") p WHERE p.[n] <= ? "    \
                                                                                            "ORDER BY p.[n]"
        expect_each({ PAGE("t0.[ownerId] IN (SELECT value FROM json_each(?))"), "'[1,2]', 1" },
                    { PAGE("t0.[ownerId] = ANY(?::integer[])"), "'{1,2}', 1" },
                    { PAGE("t0.[ownerId] IN (?, ?)"), "1, 2, 1" });
        assert_non_null(list);
        assert_int_equal(kith_int(kith_many(list->at[0], "pugs")->at[0], "toyCount"), 9);
        expect_nothing_more();
    }
}

/* ---- types ---------------------------------------------------------------------------------------------------------- */

static const kith_model crate_model, piece_model;
static const kith_model crate_model = {
    .name = "crate",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &piece_model }),
};
static const kith_model piece_model = {
    .name = "piece",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "price", .type = KITH_DECIMAL(20, 4) }, { .name = "whole", .type = KITH_BOOLEAN },
                        { .name = "code", .type = KITH_UUID }, { .name = "size", .type = KITH_ENUM("small", "large") },
                        { .name = "photo", .type = KITH_BLOB }, { .name = "more", .type = KITH_JSON },
                        { .name = "number", .type = KITH_BIGINT }, { .name = "weight", .type = KITH_REAL }),
};
#define CRATE_MODELS KITH_MODELS(&crate_model, &piece_model)

static void send_computed(kith_aggregate a, const char *path, bool distinct)
{
    kith_query q = { .computed = KITH_COMPUTED({ "x", .aggregate = a, .path = path, .distinct = distinct }) };
    assert_non_null(kith_find(db.s, &crate_model, &q));
}

#define OF(x) "SELECT t0.[id], (SELECT " x " FROM [pieces] t1 WHERE t1.[crateId] = t0.[id]) FROM [crates] t0"

/* Decimals are text on SQLite; PostgreSQL has no MIN of BOOLEAN and UUID; an ENUM goes by its labels. */
static void test_sql_aggregates__follow_the_type(void **state)
{
    (void)state;
    EACH_DIALECT(CRATE_MODELS)
    {
        send_computed(KITH_SUM, "pieces.price", false);
        expect_each({ OF("kith_sum(t1.[price])"), "" }, { OF("SUM(t1.[price])"), "" }, { OF("SUM(t1.[price])"), "" });
        send_computed(KITH_MIN, "pieces.price", true);
        expect_each({ OF("MIN(t1.[price] COLLATE kith_decimal)"), "" }, { OF("MIN(t1.[price])"), "" },
                    { OF("MIN(t1.[price])"), "" });
        send_computed(KITH_AVG, "pieces.price", false);
        expect_each({ OF("CAST(kith_sum(t1.[price]) AS REAL) / COUNT(t1.[price])"), "" },
                    { OF("CAST(SUM(t1.[price]) AS double precision) / COUNT(t1.[price])"), "" },
                    { OF("CAST(SUM(t1.[price]) AS DOUBLE) / COUNT(t1.[price])"), "" });
        send_computed(KITH_MAX, "pieces.whole", false);
        expect_each({ OF("MAX(t1.[whole])"), "" }, { OF("bool_or(t1.[whole])"), "" }, { OF("MAX(t1.[whole])"), "" });
        send_computed(KITH_MIN, "pieces.code", false);
        expect_each({ OF("MIN(t1.[code])"), "" },
                    { OF("CAST(MIN(CAST(t1.[code] AS text) COLLATE \"C\") AS uuid)"), "" },
                    { OF("MIN(t1.[code])"), "" });
        send_computed(KITH_MAX, "pieces.size", false);
#define BY_LABELS                                                                                                      \
    OF("CASE MAX(CASE t1.[size] WHEN 'small' THEN 1 WHEN 'large' THEN 2 END) WHEN 1 THEN 'small' WHEN 2 THEN "         \
       "'large' END")
        expect_each({ BY_LABELS, "" }, { OF("MAX(t1.[size])"), "" }, { BY_LABELS, "" });
        send_computed(KITH_AVG, "pieces.weight", false);
        expect_each({ OF("AVG(t1.[weight])"), "" },
                    { OF("CAST(SUM(t1.[weight]) AS double precision) / COUNT(t1.[weight])"), "" },
                    { OF("AVG(t1.[weight])"), "" });
        expect_nothing_more();
    }
}

static void test_sql_aggregates__of_what_differs(void **state)
{
    (void)state;
    EACH_DIALECT(CRATE_MODELS)
    {
        send_computed(KITH_COUNT, "pieces", true);
        expect_sent(OF("COUNT(DISTINCT t1.[id])"), "");
        send_computed(KITH_COUNT, "pieces.number", true);
        expect_sent(OF("COUNT(DISTINCT t1.[number])"), "");
        send_computed(KITH_SUM, "pieces.number", true);
        expect_sent(OF("SUM(DISTINCT t1.[number])"), "");
        send_computed(KITH_MAX, "pieces.number", true);
        expect_sent(OF("MAX(t1.[number])"), "");
        expect_nothing_more();
    }
}

/* ---- what is refused ------------------------------------------------------------------------------------------------ */

#define refused(model, part, ...)                                                                                      \
    do {                                                                                                               \
        assert_null(kith_find(db.s, &(model), &(kith_query){ __VA_ARGS__ }));                                          \
        expect_failure(KITH_E_USAGE, (part));                                                                          \
    } while (0)

static void test_sql_aggregates__refuse_types_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(CRATE_MODELS)
    {
        refused(crate_model, "SUM needs a number, and piece.code is UUID",
                .computed = KITH_COMPUTED({ "x", KITH_SUM, "pieces.code" }));
        refused(crate_model, "AVG needs a number, and piece.whole is BOOLEAN",
                .order = KITH_ORDER({ "pieces.whole", .aggregate = KITH_AVG }));
        refused(crate_model, "MAX needs values that have an order, and piece.photo is BLOB",
                .where = KITH_COMPARE(KITH_AGGREGATE(KITH_MAX, "pieces.photo", NULL), KITH_OP_EQ, "x"));
        refused(crate_model, "MIN needs values that have an order, and piece.more is JSON",
                .computed = KITH_COMPUTED({ "x", KITH_MIN, "pieces.more" }));
        refused(crate_model, "crate.COUNT(pieces): text",
                .where = KITH_COMPARE(KITH_COUNT_OF("pieces", NULL), KITH_OP_GT, "many"));
    }
}

static void test_sql_aggregates__refuse_paths_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        refused(pug_model, "did you mean 'toys'?", .where = KITH_COMPARE(KITH_COUNT_OF("toyz", NULL), KITH_OP_GT, 1));
        refused(pug_model, "did you mean 'toys'?", .order = KITH_ORDER({ "friends.toy", .aggregate = KITH_COUNT }));
        refused(pug_model, "did you mean 'age'?", .computed = KITH_COMPUTED({ "x", KITH_SUM, "friends.agee" }));
        refused(pug_model, "did you mean 'since'?",
                .computed = KITH_COMPUTED({ "x", KITH_SUM, "friends.friendship.sinse" }));
        refused(pug_model, "SUM of 'friends' names no attribute",
                .computed = KITH_COMPUTED({ "x", KITH_SUM, "friends" }));
        refused(pug_model, "MIN of 'friends.toys' names no attribute",
                .order = KITH_ORDER({ "friends.toys", .aggregate = KITH_MIN }));
        refused(pug_model, "no path", .computed = KITH_COMPUTED({ .as = "x", .aggregate = KITH_COUNT }));
        refused(pug_model, "there is no aggregate 6", .order = KITH_ORDER({ "toys", .aggregate = (kith_aggregate)6 }));
        refused(pug_model, "there is no aggregate",
                .where = KITH_COMPARE(KITH_AGGREGATE(77, "toys", NULL), KITH_OP_EQ, 1));
        refused(pug_model, "KITH_COMPARE", .where = KITH_COUNT_OF("toys", NULL));
        refused(pug_model, "names no attribute", .where = &(const kith_expr){ .op = KITH_OP_EQ });
        refused(pug_model, "can stand for a value", .where = KITH_COMPARE(NULL, KITH_OP_EQ, 1));
        refused(pug_model, "BETWEEN takes two values",
                .where = KITH_COMPARE_LIST(KITH_COUNT_OF("toys", NULL), KITH_OP_BETWEEN, KITH_V(1)));
        refused(pug_model, "LIKE needs text, and pug.COUNT(toys) is BIGINT",
                .where = KITH_COMPARE(KITH_COUNT_OF("toys", NULL), KITH_OP_LIKE, "1%"));
        refused(pug_model, "pug.COUNT(toys) can only be equal to NULL",
                .where = KITH_COMPARE(KITH_COUNT_OF("toys", NULL), KITH_OP_GT, kith_of_null()));
        refused(pug_model, "'name' of toy",
                .include = KITH_INCLUDE({ .as = "toys", .computed = KITH_COMPUTED({ "name", KITH_COUNT, "pug" }) }));
    }
}

static void test_sql_aggregates__refuse_computed_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_expr *age = KITH_COL("age"), *length = KITH_FN("length", KITH_V(KITH_COL("name")));
        refused(pug_model, "no name", .computed = KITH_COMPUTED({ .aggregate = KITH_COUNT, .path = "toys" }));
        refused(pug_model, "'age' of pug has the name of an attribute",
                .computed = KITH_COMPUTED({ "age", KITH_COUNT, "toys" }));
        refused(pug_model, "'toys' of pug has the name of an association",
                .computed = KITH_COMPUTED({ "toys", KITH_COUNT, "toys" }));
        refused(pug_model, "'n' of pug has the name of another one",
                .computed = KITH_COMPUTED({ "n", KITH_COUNT, "toys" }, { "n", KITH_COUNT, "tags" }));
        refused(pug_model, "paths", .computed = KITH_COMPUTED({ "toys.n", KITH_COUNT, "toys" }));
        refused(pug_model, "either .aggregate or .value", .computed = KITH_COMPUTED({ .as = "n" }));
        refused(pug_model, "either .aggregate or .value",
                .computed = KITH_COMPUTED({ "n", KITH_COUNT, "toys", .value = age }));
        refused(pug_model, "needs a .type", .computed = KITH_COMPUTED({ .as = "n", .value = length }));
        refused(pug_model, "a .type that there is not",
                .computed = KITH_COMPUTED({ .as = "n", .value = length, .type = { .id = 99 } }));
        refused(pug_model, "ENUM", .computed = KITH_COMPUTED({ .as = "n", .value = length, .type = KITH_ENUM("a") }));
        refused(pug_model, "did you mean 'toyCount'?", .computed = KITH_COMPUTED({ "toyCount", KITH_COUNT, "toys" }),
                .order = KITH_ORDER({ "toyCnt" }));
        refused(pug_model, "has a .value", .computed = KITH_COMPUTED({ .as = "n", .path = "toys", .value = age }));
        refused(pug_model, "type of its aggregate",
                .computed = KITH_COMPUTED({ "n", KITH_COUNT, "toys", .type = KITH_INTEGER }));
    }
}

/* A target may be reached by several links, whose values differ, and is one record. */
static void test_sql_aggregates__computed_know_no_join_row(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        refused(pug_model, "has no",
                .include = KITH_INCLUDE(
                    { .as = "friends",
                      .computed = KITH_COMPUTED({ .as = "n", .value = KITH_COL("friendship.since") }) }));
    }
}

/* In JSON, a name would stand twice in one object. */
static void test_sql_aggregates__computed_and_included_names_differ(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        refused(pug_model, "that is a computed attribute", .computed = KITH_COMPUTED({ "n", KITH_COUNT, "toys" }),
                .include = KITH_INCLUDE({ .as = "toys", .name = "n" }));
        refused(pug_model, "has the name of the join row",
                .include = KITH_INCLUDE(
                    { .as = "friends", .computed = KITH_COMPUTED({ "friendship", KITH_COUNT, "toys" }) }));
    }
}

/* A name that a record does not have. */
static void test_sql_aggregates__suggest_computed_names(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V(4), KITH_V(2)));
        kith_list *list = kith_find(db.s, &pug_model,
                                    &(kith_query){ .attributes = no_names,
                                                   .computed = KITH_COMPUTED({ "toyCount", KITH_COUNT, "toys" }) });
        expect_sent("SELECT t0.[id], " TOY_COUNT " FROM [pugs] t0", "");
        assert_non_null(list);
        assert_int_equal(kith_int(list->at[0], "toycount"), 0);
        expect_failure(KITH_E_USAGE, "did you mean 'toyCount'?");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_aggregates__compare_a_count),
        MOCKED_TEST(test_sql_aggregates__stand_on_either_side),
        MOCKED_TEST(test_sql_aggregates__are_null_or_not),
        MOCKED_TEST(test_sql_aggregates__follow_paths_of_any_depth),
        MOCKED_TEST(test_sql_aggregates__reach_join_rows),
        MOCKED_TEST(test_sql_aggregates__order),
        MOCKED_TEST(test_sql_aggregates__mean_of_integers_is_a_double),
        MOCKED_TEST(test_sql_aggregates__computed_stand_behind_the_attributes),
        MOCKED_TEST(test_sql_aggregates__computed_names_in_conditions_and_orders),
        MOCKED_TEST(test_sql_aggregates__computed_in_a_joined_include),
        MOCKED_TEST(test_sql_aggregates__computed_in_a_page_per_source),
        MOCKED_TEST(test_sql_aggregates__follow_the_type),
        MOCKED_TEST(test_sql_aggregates__of_what_differs),
        MOCKED_TEST(test_sql_aggregates__refuse_types_before_any_sql),
        MOCKED_TEST(test_sql_aggregates__refuse_paths_before_any_sql),
        MOCKED_TEST(test_sql_aggregates__refuse_computed_before_any_sql),
        MOCKED_TEST(test_sql_aggregates__computed_know_no_join_row),
        MOCKED_TEST(test_sql_aggregates__computed_and_included_names_differ),
        MOCKED_TEST(test_sql_aggregates__suggest_computed_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
