/* The statements of the verbs that read: find, find_one, by key, count. Includes are in test_include_sql.c. */
#include <stdio.h>

#include "harness/mocked.h"
#include "sql/pugs.h"

/* ---- attributes ----------------------------------------------------------------------------------------------------- */

static void test_sql_find__selects_every_attribute(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_non_null(kith_find(db.s, &pug_model, NULL));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
        expect_nothing_more();
    }
}

/* The primary key comes along, hidden, so that the record can be changed. */
static void test_sql_find__selects_the_attributes_asked_for_and_the_key(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_non_null(kith_find(db.s, &pug_model, &(kith_query){ .attributes = KITH_NAMES("age", "name") }));
        expect_sent("SELECT t0.[age], t0.[name], t0.[id] FROM [pugs] t0", "");
        assert_non_null(kith_find(db.s, &pug_model, &(kith_query){ .attributes = KITH_NAMES("id", "age", "age") }));
        expect_sent("SELECT t0.[id], t0.[age] FROM [pugs] t0", "");
        assert_non_null(kith_find(db.s, &pug_model, &(kith_query){ .attributes = KITH_NO_NAMES }));
        expect_sent("SELECT t0.[id] FROM [pugs] t0", "");
        expect_nothing_more();
    }
}

static void test_sql_find__leaves_out_what_was_destroyed_softly(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_non_null(kith_find(db.s, &toy_model, &(kith_query){ .where = KITH_EQ("name", "ball") }));
        expect_sent("SELECT " TOY("t0") " FROM [toys] t0 WHERE t0.[name] = ? AND t0.[deletedAt] IS NULL", "'ball'");
        assert_non_null(kith_find(db.s, &toy_model, &(kith_query){ .with_deleted = true }));
        expect_sent("SELECT " TOY("t0") " FROM [toys] t0", "");
        expect_nothing_more();
    }
}

/* ---- conditions ----------------------------------------------------------------------------------------------------- */

#define expect_where(e, where, values) expect_where_at((e), "SELECT t0.[id] FROM [pugs] t0" where, (values))
static void expect_where_at(const kith_expr *e, const char *sql, const char *values)
{
    kith_list *list = kith_find(db.s, &pug_model, &(kith_query){ .attributes = KITH_NO_NAMES, .where = e });
    expect_sent(sql, values);
    assert_non_null(list);
}

static void test_sql_find__compares(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where(KITH_EQ("age", 3), " WHERE t0.[age] = ?", "3");
        expect_where(KITH_NE("age", 3), " WHERE t0.[age] <> ?", "3");
        expect_where(KITH_GT("age", 3), " WHERE t0.[age] > ?", "3");
        expect_where(KITH_GTE("age", 3), " WHERE t0.[age] >= ?", "3");
        expect_where(KITH_LT("age", 3), " WHERE t0.[age] < ?", "3");
        expect_where(KITH_LTE("age", 3), " WHERE t0.[age] <= ?", "3");
        expect_where(KITH_BETWEEN("age", 3, 5), " WHERE t0.[age] BETWEEN ? AND ?", "3, 5");
        expect_where(KITH_EQ("name", "O'Hara"), " WHERE t0.[name] = ?", "'O''Hara'");
        expect_nothing_more();
    }
}

static void test_sql_find__compares_with_null(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where(KITH_IS_NULL("age"), " WHERE t0.[age] IS NULL", "");
        expect_where(KITH_IS_NOT_NULL("age"), " WHERE t0.[age] IS NOT NULL", "");
        expect_where(KITH_EQ("age", kith_of_null()), " WHERE t0.[age] IS NULL", "");
        expect_where(KITH_NE("age", kith_of_null()), " WHERE t0.[age] IS NOT NULL", "");
        expect_where(KITH_EQ("name", (const char *)NULL), " WHERE t0.[name] IS NULL", "");
        expect_nothing_more();
    }
}

/* A pattern is text whatever the length of the attribute; backslash escapes on every database. */
static void test_sql_find__compares_with_patterns(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_non_null(kith_find(db.s, &pug_model, &(kith_query){ .where = KITH_LIKE("name", "C%") }));
        expect_each({ "SELECT " PUG("t0") " FROM [pugs] t0 WHERE t0.[name] LIKE ? ESCAPE '\\'", "'C%'" },
                    { "SELECT " PUG("t0") " FROM [pugs] t0 WHERE t0.[name] LIKE ?", "'C%'" },
                    { "SELECT " PUG("t0") " FROM [pugs] t0 WHERE t0.[name] LIKE ?", "'C%'" });
        assert_non_null(kith_find(db.s, &pug_model, &(kith_query){ .where = KITH_NOT_LIKE("name", "C\\_%") }));
        expect_each({ "SELECT " PUG("t0") " FROM [pugs] t0 WHERE t0.[name] NOT LIKE ? ESCAPE '\\'", "'C\\_%'" },
                    { "SELECT " PUG("t0") " FROM [pugs] t0 WHERE t0.[name] NOT LIKE ?", "'C\\_%'" },
                    { "SELECT " PUG("t0") " FROM [pugs] t0 WHERE t0.[name] NOT LIKE ?", "'C\\_%'" });
        expect_nothing_more();
    }
}

/* A NULL in a list means rows where the attribute is null, which SQL's IN would never find. */
static void test_sql_find__looks_into_lists(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where(KITH_IN("age", KITH_V(3), KITH_V(4)), " WHERE t0.[age] IN (?, ?)", "3, 4");
        expect_where(KITH_NOT_IN("age", KITH_V(3), KITH_V(4)), " WHERE NOT (t0.[age] IN (?, ?))", "3, 4");
        expect_where(KITH_IN("age", KITH_V(3), kith_of_null()), " WHERE t0.[age] IN (?) OR t0.[age] IS NULL", "3");
        expect_where(KITH_NOT_IN("age", KITH_V(3), kith_of_null()),
                     " WHERE NOT (t0.[age] IN (?)) AND t0.[age] IS NOT NULL", "3");
        expect_where(KITH_IN("age", kith_of_null()), " WHERE t0.[age] IS NULL", "");
        expect_where(KITH_NOT_IN("age", kith_of_null()), " WHERE t0.[age] IS NOT NULL", "");
        expect_nothing_more();
    }
}

static unsigned placeholders(const char *sql)
{
    unsigned count = 0;
    for (; *sql; sql++)
        count += *sql == '?' || *sql == '$';
    return count;
}

/* P13: a few values are bound one by one, a few more fill a list of the next length, and many are bound as one. */
static void test_sql_find__looks_into_long_lists(void **state)
{
    (void)state;
    static const char *const among[DIALECT_COUNT] = { " WHERE t0.[age] IN (SELECT value FROM json_each(?))",
                                                      " WHERE t0.[age] = ANY(?::integer[])",
                                                      " WHERE t0.[age] IN (SELECT k0 FROM (SELECT DISTINCT IFNULL(k0, "
                                                      "0) k0 FROM JSON_TABLE(?, '$[*]' COLUMNS (k0 BIGINT "
                                                      "PATH '$' ERROR ON ERROR)) j) k)" };
    static kith_value list[2000];
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_expr in = { .op = KITH_OP_IN, .path = "age", .list = list };
        const size_t counts[][2] = { { 8, 8 }, { 9, 16 }, { db.dialect->list_max, db.dialect->list_max } };
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            for (size_t j = 0; j < counts[i][0]; j++)
                list[j] = kith_of_int((int64_t)j);
            list[counts[i][0]] = (kith_value)KITH_END_VALUE_;
            assert_non_null(kith_find(db.s, &pug_model, &(kith_query){ .where = &in }));
            assert_int_equal(placeholders(kith_mock_statement(db.mock, db.at++)), counts[i][1]);
        }
        char expected[400];
        list[db.dialect->list_max] = kith_of_int(1);
        list[db.dialect->list_max + 1] = (kith_value)KITH_END_VALUE_;
        snprintf(expected, sizeof expected, "SELECT " PUG("t0") " FROM [pugs] t0%s", among[number_]);
        assert_non_null(kith_find(db.s, &pug_model, &(kith_query){ .where = &in }));
        expect_sql(db.dialect, kith_mock_statement(db.mock, db.at++), expected);
        expect_nothing_more();
    }
}

/* An empty list holds nothing: IN finds no row, NOT IN every row. */
static void test_sql_find__looks_into_empty_lists(void **state)
{
    (void)state;
    const kith_value none[] = { KITH_END_VALUE_ };
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where((&(const kith_expr){ .op = KITH_OP_IN, .path = "age", .list = none }), " WHERE 1 = 0", "");
        expect_where((&(const kith_expr){ .op = KITH_OP_NOT_IN, .path = "age", .list = none }), " WHERE 1 = 1", "");
        expect_nothing_more();
    }
}

static void test_sql_find__joins_conditions(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_expr *a = KITH_EQ("age", 1), *b = KITH_EQ("age", 2), *c = KITH_EQ("age", 3);
        expect_where(KITH_AND(a, b), " WHERE t0.[age] = ? AND t0.[age] = ?", "1, 2");
        expect_where(KITH_OR(a, b, c), " WHERE t0.[age] = ? OR t0.[age] = ? OR t0.[age] = ?", "1, 2, 3");
        expect_where(KITH_AND(KITH_OR(a, b), c), " WHERE (t0.[age] = ? OR t0.[age] = ?) AND t0.[age] = ?", "1, 2, 3");
        expect_where(KITH_OR(KITH_AND(a, b), c), " WHERE (t0.[age] = ? AND t0.[age] = ?) OR t0.[age] = ?", "1, 2, 3");
        expect_where(KITH_NOT(a), " WHERE NOT (t0.[age] = ?)", "1");
        expect_where(KITH_NOT(KITH_OR(a, b)), " WHERE NOT (t0.[age] = ? OR t0.[age] = ?)", "1, 2");
        expect_where(KITH_AND(NULL, a, NULL), " WHERE t0.[age] = ?", "1");
        expect_where(KITH_AND(NULL, NULL), "", "");
        expect_where(KITH_NOT(NULL), "", "");
        expect_nothing_more();
    }
}

/* What is bound is of the attribute's kind; text of the program's own keeps its values in order. */
static void test_sql_find__takes_expressions_for_values(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where(KITH_GT("age", KITH_COL("ownerId")), " WHERE t0.[age] > t0.[ownerId]", "");
        expect_where(KITH_EQ("name", KITH_FN("lower", KITH_V("CODY"))), " WHERE t0.[name] = lower(?)", "'CODY'");
        expect_where(KITH_EQ("name", KITH_FN("coalesce", KITH_V(KITH_COL("name")), KITH_V("x"))),
                     " WHERE t0.[name] = coalesce(t0.[name], ?)", "'x'");
        expect_where(KITH_LT("age", KITH_SQL("? + 1", KITH_V(6))), " WHERE t0.[age] < ? + 1", "6");
        expect_nothing_more();
    }
}

static void test_sql_find__takes_text_of_the_programs_own(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where(KITH_SQL("length(name) > ?", KITH_V(3)), " WHERE length(name) > ?", "3");
        expect_where(KITH_AND(KITH_EQ("age", 1), KITH_SQL("a = ? OR b = ?", KITH_V(2), KITH_V("x")), KITH_EQ("age", 3)),
                     " WHERE t0.[age] = ? AND (a = ? OR b = ?) AND t0.[age] = ?", "1, 2, 'x', 3");
        expect_where(KITH_SQL_TEXT("1 = 1"), " WHERE 1 = 1", "");
        expect_where(KITH_NOT(KITH_SQL_TEXT("a OR b")), " WHERE NOT (a OR b)", "");
        expect_nothing_more();
    }
}

/* An alternative of the caller's must not let a paranoid row slip in. */
static void test_sql_find__keeps_alternatives_in_parentheses(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_expr *either = KITH_OR(KITH_EQ("name", "a"), KITH_EQ("name", "b"));
        assert_non_null(kith_find(db.s, &toy_model, &(kith_query){ .where = either }));
        expect_sent("SELECT " TOY("t0") " FROM [toys] t0 WHERE (t0.[name] = ? OR t0.[name] = ?) AND t0.[deletedAt] IS "
                                        "NULL",
                    "'a', 'b'");
        assert_non_null(kith_find(db.s, &toy_model, &(kith_query){ .where = KITH_SQL_TEXT("a OR b") }));
        expect_sent("SELECT " TOY("t0") " FROM [toys] t0 WHERE (a OR b) AND t0.[deletedAt] IS NULL", "");
        expect_nothing_more();
    }
}

/* ---- paths ---------------------------------------------------------------------------------------------------------- */

static void test_sql_find__follows_paths(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where(KITH_EQ("owner.name", "Ann"),
                     " WHERE EXISTS (SELECT 1 FROM [owners] t1 WHERE t1.[id] = t0.[ownerId] AND t1.[name] = ?)",
                     "'Ann'");
        expect_where(KITH_EQ("toys.name", "ball"),
                     " WHERE EXISTS (SELECT 1 FROM [toys] t1 WHERE t1.[pugId] = t0.[id] AND t1.[deletedAt] IS NULL AND "
                     "t1.[name] = ?)",
                     "'ball'");
        expect_where(KITH_EQ("friends.age", 3),
                     " WHERE EXISTS (SELECT 1 FROM [friendship] t2 JOIN [pugs] t1 ON t1.[id] = t2.[friendId] WHERE "
                     "t2.[pugId] = t0.[id] AND t1.[age] = ?)",
                     "3");
        expect_where(KITH_GT("friends.friendship.since", 2000),
                     " WHERE EXISTS (SELECT 1 FROM [friendship] t2 JOIN [pugs] t1 ON t1.[id] = t2.[friendId] WHERE "
                     "t2.[pugId] = t0.[id] AND t2.[since] > ?)",
                     "2000");
        expect_where(KITH_EQ("owner.pugs.name", "Cody"),
                     " WHERE EXISTS (SELECT 1 FROM [owners] t1 WHERE t1.[id] = t0.[ownerId] AND EXISTS (SELECT 1 FROM "
                     "[pugs] t2 WHERE t2.[ownerId] = t1.[id] AND t2.[name] = ?))",
                     "'Cody'");
        expect_nothing_more();
    }
}

#define A_TOY "SELECT 1 FROM [toys] t1 WHERE t1.[pugId] = t0.[id] AND t1.[deletedAt] IS NULL"

static void test_sql_find__asks_for_some_none_and_every(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_expr *ball = KITH_EQ("name", "ball");
        expect_where(KITH_SOME("toys", ball), " WHERE EXISTS (" A_TOY " AND t1.[name] = ?)", "'ball'");
        expect_where(KITH_NONE("toys", ball), " WHERE NOT EXISTS (" A_TOY " AND t1.[name] = ?)", "'ball'");
        expect_where(KITH_EVERY("toys", ball), " WHERE NOT EXISTS (" A_TOY " AND (t1.[name] = ?) IS NOT TRUE)",
                     "'ball'");
        expect_where(KITH_SOME("toys", NULL), " WHERE EXISTS (" A_TOY ")", "");
        expect_where(KITH_NONE("toys", NULL), " WHERE NOT EXISTS (" A_TOY ")", "");
        expect_where(KITH_EVERY("toys", NULL), " WHERE 1 = 1", "");
        expect_nothing_more();
    }
}

/* Two conditions under one SOME speak of one friend; two paths speak of any two. */
static void test_sql_find__asks_one_record_for_all_conditions(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_where(
            KITH_SOME("friends",
                      KITH_AND(KITH_EQ("age", 3), KITH_GT("friendship.since", 2000), KITH_NONE("toys", NULL))),
            " WHERE EXISTS (SELECT 1 FROM [friendship] t2 JOIN [pugs] t1 ON t1.[id] = t2.[friendId] WHERE "
            "t2.[pugId] = t0.[id] AND (t1.[age] = ? AND t2.[since] > ? AND NOT EXISTS (SELECT 1 FROM [toys] t3 "
            "WHERE t3.[pugId] = t1.[id] AND t3.[deletedAt] IS NULL)))",
            "3, 2000");
        expect_where(KITH_SOME("toys", KITH_OR(KITH_EQ("name", "a"), KITH_EQ("name", "b"))),
                     " WHERE EXISTS (" A_TOY " AND (t1.[name] = ? OR t1.[name] = ?))", "'a', 'b'");
        expect_nothing_more();
    }
}

/* ---- order and page ------------------------------------------------------------------------------------------------- */

/* What may be NULL says on PostgreSQL where that comes. */
#define expect_order(orders, text, on_postgres)                                                                        \
    find_ordered(orders);                                                                                              \
    expect_each({ "SELECT t0.[id] FROM [pugs] t0 ORDER BY " text, "" },                                                \
                { "SELECT t0.[id] FROM [pugs] t0 ORDER BY " on_postgres, "" },                                         \
                { "SELECT t0.[id] FROM [pugs] t0 ORDER BY " text, "" })
static void find_ordered(const kith_order *order)
{
    assert_non_null(kith_find(db.s, &pug_model, &(kith_query){ .attributes = KITH_NO_NAMES, .order = order }));
}

static void expect_query(const kith_query *q, const char *sql, const char *values)
{
    kith_list *list = kith_find(db.s, &pug_model, q);
    expect_sent(sql, values);
    assert_non_null(list);
}

static void test_sql_find__orders(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
#define OWNER_NAME      "(SELECT t1.[name] FROM [owners] t1 WHERE t1.[id] = t0.[ownerId])"
#define PASSPORT_NUMBER "(SELECT t1.[number] FROM [passports] t1 WHERE t1.[pugId] = t0.[id]) DESC"
#define TOY_COUNT       "(SELECT COUNT(*) FROM [toys] t1 WHERE t1.[pugId] = t0.[id] AND t1.[deletedAt] IS NULL) DESC"
#define FRIEND_COUNT                                                                                                   \
    "(SELECT COUNT(*) FROM [friendship] t2 JOIN [pugs] t1 ON t1.[id] = t2.[friendId] WHERE t2.[pugId] = t0.[id])"
        expect_order(KITH_ORDER({ "age" }), "t0.[age]", "t0.[age] NULLS FIRST");
        expect_order(KITH_ORDER({ "age", .desc = true }, { "name" }), "t0.[age] DESC, t0.[name]",
                     "t0.[age] DESC NULLS LAST, t0.[name]");
        expect_order(KITH_ORDER({ "owner.name" }), OWNER_NAME, OWNER_NAME " NULLS FIRST");
        expect_order(KITH_ORDER({ "passport.number", .desc = true }), PASSPORT_NUMBER, PASSPORT_NUMBER " NULLS LAST");
        expect_order(KITH_ORDER({ "toys", .aggregate = KITH_COUNT, .desc = true }), TOY_COUNT, TOY_COUNT);
        expect_order(KITH_ORDER({ "friends", .aggregate = KITH_COUNT }), FRIEND_COUNT, FRIEND_COUNT);
        expect_nothing_more();
    }
}

/* Rows that are equal in the order would otherwise fall on either page. */
static void test_sql_find__breaks_ties_of_pages_by_the_key(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const char *const *id = KITH_NO_NAMES;
        expect_query(&(kith_query){ .attributes = id, .limit = 10 },
                     "SELECT t0.[id] FROM [pugs] t0 ORDER BY t0.[id] LIMIT ?", "10");
        expect_query(&(kith_query){ .attributes = id, .limit = 10, .offset = 20, .order = KITH_ORDER({ "name" }) },
                     "SELECT t0.[id] FROM [pugs] t0 ORDER BY t0.[name], t0.[id] LIMIT ? OFFSET ?", "10, 20");
        expect_query(&(kith_query){ .attributes = id, .limit = 1, .order = KITH_ORDER({ "id", .desc = true }) },
                     "SELECT t0.[id] FROM [pugs] t0 ORDER BY t0.[id] DESC LIMIT ?", "1");
        expect_nothing_more();
    }
}

/* An offset alone needs a limit on some databases. */
static void test_sql_find__skips_without_limit(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_non_null(kith_find(db.s, &tag_model, &(kith_query){ .offset = 5 }));
        expect_each({ "SELECT " TAG("t0") " FROM [tags] t0 ORDER BY t0.[id] LIMIT -1 OFFSET ?", "5" },
                    { "SELECT " TAG("t0") " FROM [tags] t0 ORDER BY t0.[id] OFFSET ?", "5" },
                    { "SELECT " TAG("t0") " FROM [tags] t0 ORDER BY t0.[id] LIMIT 18446744073709551615 OFFSET ?",
                      "5" });
        expect_nothing_more();
    }
}

/* A key of several attributes breaks ties with all of them. */
static void test_sql_find__breaks_ties_by_all_of_a_key(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_order *order = KITH_ORDER({ "friendId", .desc = true });
        assert_non_null(kith_find(db.s, &friendship_model, &(kith_query){ .order = order, .limit = 3 }));
        expect_sent("SELECT " FRIENDSHIP("t0") " FROM [friendship] t0 ORDER BY t0.[friendId] DESC, t0.[pugId] LIMIT ?",
                    "3");
        expect_nothing_more();
    }
}

/* ---- one, by key, count --------------------------------------------------------------------------------------------- */

static void test_sql_find_one__asks_for_one_row(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_null(kith_find_one(db.s, &pug_model, &(kith_query){ .where = KITH_EQ("name", "Cody"), .limit = 7 }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0 WHERE t0.[name] = ? ORDER BY t0.[id] LIMIT ?", "'Cody', 1");
        answer(KITH_VALUES(KITH_V(4), KITH_V("Cody"), kith_of_null(), kith_of_null()));
        assert_non_null(kith_find_one(db.s, &pug_model, NULL));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0 ORDER BY t0.[id] LIMIT ?", "1");
        expect_nothing_more();
    }
}

static void test_sql_find_by_key__asks_for_the_key(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_null(kith_find_by_key(db.s, &pug_model, KITH_V(4)));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0 WHERE t0.[id] = ?", "4");
        assert_null(kith_find_by_key(db.s, &passport_model, KITH_V("A1")));
        expect_sent("SELECT " PASSPORT("t0") " FROM [passports] t0 WHERE t0.[number] = ?", "'A1'");
        assert_null(kith_find_by_keys(db.s, &friendship_model, KITH_VALUES(KITH_V(1), KITH_V(2))));
        expect_sent("SELECT " FRIENDSHIP("t0") " FROM [friendship] t0 WHERE t0.[pugId] = ? AND t0.[friendId] = ?",
                    "1, 2");
        assert_null(kith_find_by_key(db.s, &toy_model, KITH_V(4)));
        expect_sent("SELECT " TOY("t0") " FROM [toys] t0 WHERE t0.[id] = ? AND t0.[deletedAt] IS NULL", "4");
        expect_nothing_more();
    }
}

static void test_sql_count__counts_rows_not_pages(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V(7)));
        assert_int_equal(kith_count(db.s, &pug_model, NULL), 7);
        expect_sent("SELECT COUNT(*) FROM [pugs] t0", "");
        answer(KITH_VALUES(KITH_V(2)));
        const kith_query page = { .where = KITH_GT("age", 3),
                                  .order = KITH_ORDER({ "name" }),
                                  .limit = 1,
                                  .offset = 1,
                                  .include = KITH_INCLUDE({ .as = "toys" }, { .as = "owner" }) };
        assert_int_equal(kith_count(db.s, &pug_model, &page), 2);
        expect_sent("SELECT COUNT(*) FROM [pugs] t0 WHERE t0.[age] > ?", "3");
        answer(KITH_VALUES(KITH_V(1)));
        assert_int_equal(kith_count(db.s, &toy_model, &(kith_query){ .with_deleted = true }), 1);
        expect_sent("SELECT COUNT(*) FROM [toys] t0", "");
        expect_nothing_more();
    }
}

/* One call; the second statement asks for nothing of the page. */
static void test_sql_find_and_count__counts_when_the_rows_do_not_tell(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        int64_t total;
        const kith_query page = { .attributes = KITH_NO_NAMES, .where = KITH_GT("age", 3), .limit = 1 };
        answer(KITH_VALUES(KITH_V(1)));
        answer_end();
        answer(KITH_VALUES(KITH_V(9)));
        assert_non_null(kith_find_and_count(db.s, &pug_model, &page, &total));
        assert_int_equal(total, 9);
        expect_sent("SELECT t0.[id] FROM [pugs] t0 WHERE t0.[age] > ? ORDER BY t0.[id] LIMIT ?", "3, 1");
        expect_sent("SELECT COUNT(*) FROM [pugs] t0 WHERE t0.[age] > ?", "3");
        answer(KITH_VALUES(KITH_V(1)));
        assert_non_null(kith_find_and_count(db.s, &pug_model, &(kith_query){ .attributes = KITH_NO_NAMES }, &total));
        assert_int_equal(total, 1);
        expect_sent("SELECT t0.[id] FROM [pugs] t0", "");
        expect_nothing_more();
    }
}

/* ---- nothing is sent ------------------------------------------------------------------------------------------------ */

#define refused_where(e, status, part) refused_query(&(kith_query){ .where = (e) }, (status), (part))
static void refused_query(const kith_query *q, kith_status status, const char *part)
{
    assert_null(kith_find(db.s, &pug_model, q));
    expect_failure(status, part);
    if (!q->where)
        return;
    assert_int_equal(kith_count(db.s, &pug_model, q), -1);
    expect_failure(status, part);
}

static void test_sql_find__refuses_names_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        refused_where(KITH_EQ("agee", 3), KITH_E_USAGE, "did you mean 'age'?");
        refused_where(KITH_EQ("owner.nam", "x"), KITH_E_USAGE, "did you mean 'name'?");
        refused_where(KITH_EQ("ovner.name", "x"), KITH_E_USAGE, "did you mean 'owner'?");
        refused_where(KITH_EQ("friends.friendship.sinse", 1), KITH_E_USAGE, "did you mean 'since'?");
        refused_where(KITH_SOME("toy", NULL), KITH_E_USAGE, "did you mean 'toys'?");
        refused_where(KITH_SOME("toys", KITH_EQ("nam", "x")), KITH_E_USAGE, "did you mean 'name'?");
        refused_where(KITH_GT("age", KITH_COL("ownrId")), KITH_E_USAGE, "did you mean 'ownerId'?");
        refused_where(KITH_GT("age", KITH_FN("a b", KITH_V(1))), KITH_E_USAGE, "not the name of a function");
        refused_where((&(const kith_expr){ .op = KITH_OP_EQ, .value = kith_of_int(1) }), KITH_E_USAGE, "no attribute");
        refused_where((&(const kith_expr){ .op = KITH_OP_COUNT_, .path = "age" }), KITH_E_USAGE, "no condition");
        refused_query(&(kith_query){ .attributes = KITH_NAMES("age", "nmae") }, KITH_E_USAGE, "did you mean 'name'?");
    }
}

static void test_sql_find__refuses_values_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        refused_where(KITH_EQ("age", "three"), KITH_E_USAGE, "INTEGER takes an integer");
        refused_where(KITH_EQ("name", 3), KITH_E_USAGE, "STRING(50) takes text");
        refused_where(KITH_IN("age", KITH_V(1), KITH_V("x")), KITH_E_USAGE, "pug.age");
        refused_where(KITH_LIKE("age", "3%"), KITH_E_USAGE, "LIKE needs text");
        refused_where(KITH_GT("age", kith_of_null()), KITH_E_USAGE, "NULL");
        refused_where(KITH_EQ("age", ((kith_value){ 0 })), KITH_E_USAGE, "no value");
        refused_where(KITH_EQ("age", UINT64_MAX), KITH_E_USAGE, "pug.age");
        refused_where((&(const kith_expr){ .op = KITH_OP_BETWEEN, .path = "age", .list = KITH_VALUES(KITH_V(1)) }),
                      KITH_E_USAGE, "two values");
        refused_where(KITH_SQL("a = ? AND b = ?", KITH_V(1)), KITH_E_USAGE, "2 placeholders but 1 value");
        refused_where(KITH_COL("age"), KITH_E_USAGE, "not conditions");
    }
}

static void test_sql_find__refuses_orders_and_pages_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        refused_query(&(kith_query){ .order = KITH_ORDER({ "agee" }) }, KITH_E_USAGE, "did you mean 'age'?");
        refused_query(&(kith_query){ .order = KITH_ORDER({ "owner.nam" }) }, KITH_E_USAGE, "did you mean 'name'?");
        refused_query(&(kith_query){ .order = KITH_ORDER({ "toys.name" }) }, KITH_E_USAGE, "KITH_COUNT");
        refused_query(&(kith_query){ .order = KITH_ORDER({ "toy", .aggregate = KITH_COUNT }) }, KITH_E_USAGE,
                      "did you mean 'toys'?");
        refused_query(&(kith_query){ .order = KITH_ORDER({ .desc = true }) }, KITH_E_USAGE, "no attribute");
        refused_query(&(kith_query){ .limit = SIZE_MAX }, KITH_E_USAGE, "limit");
        refused_query(&(kith_query){ .offset = SIZE_MAX }, KITH_E_USAGE, "offset");
    }
}

static void test_sql_find_by_key__refuses_keys_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_null(kith_find_by_key(db.s, &friendship_model, KITH_V(1)));
        expect_failure(KITH_E_USAGE, "2 attributes");
        assert_null(kith_find_by_key(db.s, &pug_model, kith_of_null()));
        expect_failure(KITH_E_USAGE, "pug.id");
        assert_null(kith_find_by_key(db.s, &pug_model, KITH_V("x")));
        expect_failure(KITH_E_USAGE, "id");
        assert_null(kith_find_by_keys(db.s, &pug_model, NULL));
        expect_failure(KITH_E_USAGE, "0 values");
        assert_null(kith_find(db.s, &(const kith_model){ .name = "stranger" }, NULL));
        expect_failure(KITH_E_USAGE, "stranger");
        assert_null(kith_find(db.s, NULL, NULL));
        expect_failure(KITH_E_USAGE, "NULL");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_find__selects_every_attribute),
        MOCKED_TEST(test_sql_find__selects_the_attributes_asked_for_and_the_key),
        MOCKED_TEST(test_sql_find__leaves_out_what_was_destroyed_softly),
        MOCKED_TEST(test_sql_find__compares),
        MOCKED_TEST(test_sql_find__compares_with_null),
        MOCKED_TEST(test_sql_find__compares_with_patterns),
        MOCKED_TEST(test_sql_find__looks_into_lists),
        MOCKED_TEST(test_sql_find__looks_into_long_lists),
        MOCKED_TEST(test_sql_find__looks_into_empty_lists),
        MOCKED_TEST(test_sql_find__joins_conditions),
        MOCKED_TEST(test_sql_find__takes_expressions_for_values),
        MOCKED_TEST(test_sql_find__takes_text_of_the_programs_own),
        MOCKED_TEST(test_sql_find__keeps_alternatives_in_parentheses),
        MOCKED_TEST(test_sql_find__follows_paths),
        MOCKED_TEST(test_sql_find__asks_for_some_none_and_every),
        MOCKED_TEST(test_sql_find__asks_one_record_for_all_conditions),
        MOCKED_TEST(test_sql_find__orders),
        MOCKED_TEST(test_sql_find__breaks_ties_of_pages_by_the_key),
        MOCKED_TEST(test_sql_find__skips_without_limit),
        MOCKED_TEST(test_sql_find__breaks_ties_by_all_of_a_key),
        MOCKED_TEST(test_sql_find_one__asks_for_one_row),
        MOCKED_TEST(test_sql_find_by_key__asks_for_the_key),
        MOCKED_TEST(test_sql_count__counts_rows_not_pages),
        MOCKED_TEST(test_sql_find_and_count__counts_when_the_rows_do_not_tell),
        MOCKED_TEST(test_sql_find__refuses_names_before_any_sql),
        MOCKED_TEST(test_sql_find__refuses_values_before_any_sql),
        MOCKED_TEST(test_sql_find__refuses_orders_and_pages_before_any_sql),
        MOCKED_TEST(test_sql_find_by_key__refuses_keys_before_any_sql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
