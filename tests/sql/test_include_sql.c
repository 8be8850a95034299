/* The statements of finds with includes: what is joined, what comes by a statement of its own, and with which keys. */
#include "harness/mocked.h"
#include "sql/pugs.h"

#define NO_VALUE kith_of_null()

static void answer_pug(int64_t id, kith_value owner)
{
    answer(KITH_VALUES(KITH_V(id), KITH_V("Cody"), KITH_V(3), owner));
}

static kith_list *find_pugs(const kith_include *include)
{
    kith_list *list = kith_find(db.s, &pug_model, &(kith_query){ .include = include });
    if (!list)
        fail_msg("%s", kith_error_of(db.s)->message);
    return list;
}

/* ---- joined --------------------------------------------------------------------------------------------------------- */

static void test_sql_include__joins_what_is_one(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        find_pugs(KITH_INCLUDE({ .as = "owner" }, { .model = &passport_model }));
        expect_sent("SELECT " PUG("t0") ", " OWNER("t1") ", " PASSPORT(
                        "t2") " FROM [pugs] t0 LEFT JOIN [owners] t1 ON "
                              "t1.[id] = t0.[ownerId] LEFT JOIN [passports] t2 ON t2.[pugId] = t0.[id]",
                    "");
        expect_nothing_more();
    }
}

/* Required: sources without a target fall out by the join itself. A where requires, unless it is said that it does not. */
static void test_sql_include__joins_what_is_required(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
#define PUG_AND_OWNER "SELECT " PUG("t0") ", " OWNER("t1") " FROM [pugs] t0"
        find_pugs(KITH_INCLUDE({ .as = "owner", .required = KITH_YES }));
        expect_sent(PUG_AND_OWNER " JOIN [owners] t1 ON t1.[id] = t0.[ownerId]", "");
        find_pugs(KITH_INCLUDE({ .as = "owner", .where = KITH_EQ("name", "Ann") }));
        expect_sent(PUG_AND_OWNER " JOIN [owners] t1 ON t1.[id] = t0.[ownerId] AND t1.[name] = ?", "'Ann'");
        find_pugs(KITH_INCLUDE({ .as = "owner", .required = KITH_NO, .where = KITH_EQ("name", "Ann") }));
        expect_sent(PUG_AND_OWNER " LEFT JOIN [owners] t1 ON t1.[id] = t0.[ownerId] AND t1.[name] = ?", "'Ann'");
        expect_nothing_more();
    }
}

/* To-one below to-one is joined too; each level may be left out on its own. */
static void test_sql_include__joins_below_joins(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_query q = { .attributes = KITH_NAMES("name"),
                               .include = KITH_INCLUDE({ .as = "pug",
                                                         .attributes = KITH_NAMES("age"),
                                                         .include = KITH_INCLUDE({ .as = "owner" }) }) };
        assert_non_null(kith_find(db.s, &toy_model, &q));
        expect_sent(
            "SELECT t0.[name], t0.[id], t1.[age], t1.[id], " OWNER(
                "t2") " FROM [toys] t0 LEFT JOIN [pugs] t1 "
                      "ON t1.[id] = t0.[pugId] LEFT JOIN [owners] t2 ON t2.[id] = t1.[ownerId] WHERE t0.[deletedAt] IS "
                      "NULL",
            "");
        expect_nothing_more();
    }
}

/* Values are bound in the order of the text: joins come before WHERE. */
static void test_sql_include__binds_in_the_order_of_the_text(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_query q = { .attributes = KITH_NO_NAMES,
                               .where = KITH_EQ("age", 3),
                               .include = KITH_INCLUDE(
                                   { .as = "owner", .attributes = KITH_NO_NAMES, .where = KITH_EQ("name", "Ann") }),
                               .limit = 5,
                               .offset = 10 };
        assert_non_null(kith_find(db.s, &pug_model, &q));
        expect_sent("SELECT t0.[id], t1.[id] FROM [pugs] t0 JOIN [owners] t1 ON t1.[id] = t0.[ownerId] AND t1.[name] = "
                    "? WHERE t0.[age] = ? ORDER BY t0.[id] LIMIT ? OFFSET ?",
                    "'Ann', 3, 5, 10");
        expect_nothing_more();
    }
}

/* ---- separate ------------------------------------------------------------------------------------------------------- */

/* One statement for all sources; each key once; none for a source whose key is null. */
static void test_sql_include__loads_many_by_one_statement(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pug(1, NO_VALUE);
        answer_pug(2, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "toys" }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
#define TOYS "SELECT " TOY("t0") " FROM [toys] t0 WHERE "
        expect_each({ TOYS "t0.[pugId] IN (SELECT value FROM json_each(?)) AND t0.[deletedAt] IS NULL", "'[1,2]'" },
                    { TOYS "t0.[pugId] = ANY(?::integer[]) AND t0.[deletedAt] IS NULL", "'{1,2}'" },
                    { TOYS "t0.[pugId] IN (?, ?) AND t0.[deletedAt] IS NULL", "1, 2" });
        answer_pug(5, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "toys", .where = KITH_EQ("name", "ball"), .required = KITH_NO }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
        expect_sent(TOYS "t0.[pugId] = ? AND t0.[name] = ? AND t0.[deletedAt] IS NULL", "5, 'ball'");
        expect_nothing_more();
    }
}

static void test_sql_include__sends_nothing_for_no_sources(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        find_pugs(KITH_INCLUDE({ .as = "toys" }, { .as = "friends" }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
        answer_pug(1, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "owner", .strategy = KITH_SEPARATE }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
        expect_nothing_more();
    }
}

static void test_sql_include__separates_one_when_told(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pug(1, KITH_V(7));
        answer_pug(2, KITH_V(8));
        answer_pug(3, KITH_V(7));
        answer_pug(4, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "owner", .strategy = KITH_SEPARATE }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
#define OWNERS "SELECT " OWNER("t0") " FROM [owners] t0 WHERE "
        expect_each({ OWNERS "t0.[id] IN (SELECT value FROM json_each(?))", "'[7,8]'" },
                    { OWNERS "t0.[id] = ANY(?::integer[])", "'{7,8}'" }, { OWNERS "t0.[id] IN (?, ?)", "7, 8" });
        expect_nothing_more();
    }
}

/* The join table is read first: it has the keys. */
static void test_sql_include__reads_join_rows_beside_targets(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pug(1, NO_VALUE);
        answer_pug(2, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "friends" }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
#define FRIENDS(join)                                                                                                  \
    "SELECT " FRIENDSHIP("t0") ", " PUG("t1") " FROM [friendship] t0 " join " [pugs] t1 ON t1.[id] = t0.[friendId] "   \
                                              "WHERE "
        expect_each({ FRIENDS("CROSS JOIN") "t0.[pugId] IN (SELECT value FROM json_each(?))", "'[1,2]'" },
                    { FRIENDS("JOIN") "t0.[pugId] = ANY(?::integer[])", "'{1,2}'" },
                    { FRIENDS("STRAIGHT_JOIN") "t0.[pugId] IN (?, ?)", "1, 2" });
        expect_nothing_more();
    }
}

/* Hidden or chosen, the join row's keys are read: by them rows find their sources. */
static void test_sql_include__chooses_attributes_and_conditions_of_join_rows(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pug(1, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "friends",
                                 .attributes = KITH_NAMES("name"),
                                 .where = KITH_GT("friendship.since", 1990),
                                 .required = KITH_NO,
                                 .through = { .attributes = KITH_NO_NAMES, .where = KITH_LT("since", 2000) },
                                 .order = KITH_ORDER({ "friendship.since", .desc = true }, { "name" }) }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
#define SOME_FRIENDS(join, nulls_last)                                                                                 \
    "SELECT t0.[pugId], t0.[friendId], t1.[name], t1.[id] FROM [friendship] t0 " join                                  \
    " [pugs] t1 ON t1.[id] = t0.[friendId] WHERE t0.[pugId] = ? AND t0.[since] > ? AND t0.[since] < ? ORDER BY "       \
    "t0.[since] DESC" nulls_last ", t1.[name]"
        expect_each({ SOME_FRIENDS("CROSS JOIN", ""), "1, 1990, 2000" },
                    { SOME_FRIENDS("JOIN", " NULLS LAST"), "1, 1990, 2000" },
                    { SOME_FRIENDS("STRAIGHT_JOIN", ""), "1, 1990, 2000" });
        expect_nothing_more();
    }
}

/* Statements: 1 + the to-many includes, however deep; to-one ones join whatever statement is above them. */
static void test_sql_include__nests(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V(7), KITH_V("Ann")));
        answer_end();
        answer_pug(1, KITH_V(7));
        answer_pug(2, KITH_V(7));
        answer_end();
        answer(KITH_VALUES(KITH_V(1), KITH_V(9), KITH_V(9), KITH_V("small")));
        const kith_include *below = KITH_INCLUDE({ .as = "passport" }, { .as = "tags" }, { .as = "toys" });
        const kith_query q = { .where = KITH_EQ("id", 7), .include = KITH_INCLUDE({ .as = "pugs", .include = below }) };
        assert_non_null(kith_find(db.s, &owner_model, &q));
        expect_sent("SELECT " OWNER("t0") " FROM [owners] t0 WHERE t0.[id] = ?", "7");
        expect_sent("SELECT " PUG("t0") ", " PASSPORT("t1") " FROM [pugs] t0 LEFT JOIN [passports] t1 ON t1.[pugId] = "
                                                            "t0.[id] WHERE t0.[ownerId] = ?",
                    "7");
#define TAGS(join)                                                                                                     \
    "SELECT " PUG_TAG("t0") ", " TAG("t1") " FROM [pugTags] t0 " join " [tags] t1 ON t1.[id] = t0.[tagId] WHERE "
        expect_each({ TAGS("CROSS JOIN") "t0.[pugId] IN (SELECT value FROM json_each(?))", "'[1,2]'" },
                    { TAGS("JOIN") "t0.[pugId] = ANY(?::integer[])", "'{1,2}'" },
                    { TAGS("STRAIGHT_JOIN") "t0.[pugId] IN (?, ?)", "1, 2" });
        expect_each({ TOYS "t0.[pugId] IN (SELECT value FROM json_each(?)) AND t0.[deletedAt] IS NULL", "'[1,2]'" },
                    { TOYS "t0.[pugId] = ANY(?::integer[]) AND t0.[deletedAt] IS NULL", "'{1,2}'" },
                    { TOYS "t0.[pugId] IN (?, ?) AND t0.[deletedAt] IS NULL", "1, 2" });
        expect_nothing_more();
    }
}

/* A to-many below a joined to-one is separate, with the keys of the joined rows. */
static void test_sql_include__loads_many_below_a_join(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V("A1"), KITH_V(1), KITH_V(1), KITH_V("Cody"), KITH_V(3), NO_VALUE));
        answer(KITH_VALUES(KITH_V("A2"), NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE));
        const kith_include *below = KITH_INCLUDE({ .as = "toys" });
        const kith_query q = { .include = KITH_INCLUDE({ .as = "pug", .include = below }) };
        assert_non_null(kith_find(db.s, &passport_model, &q));
        expect_sent("SELECT " PASSPORT("t0") ", " PUG("t1") " FROM [passports] t0 LEFT JOIN [pugs] t1 ON t1.[id] = "
                                                            "t0.[pugId]",
                    "");
        expect_sent(TOYS "t0.[pugId] = ? AND t0.[deletedAt] IS NULL", "1");
        expect_nothing_more();
    }
}

/* The page counts sources: which of them have such targets is asked in their own statement. */
static void test_sql_include__asks_for_required_targets_in_the_sources_statement(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pug(1, NO_VALUE);
        const kith_query q = { .include = KITH_INCLUDE({ .as = "toys", .where = KITH_EQ("name", "ball") }),
                               .limit = 2 };
        assert_non_null(kith_find(db.s, &pug_model, &q));
        expect_sent("SELECT " PUG(
                        "t0") " FROM [pugs] t0 WHERE EXISTS (SELECT 1 FROM [toys] t1 WHERE t1.[pugId] = "
                              "t0.[id] AND t1.[deletedAt] IS NULL AND t1.[name] = ?) ORDER BY t0.[id] LIMIT ?",
                    "'ball', 2");
        expect_sent(TOYS "t0.[pugId] = ? AND t0.[name] = ? AND t0.[deletedAt] IS NULL", "1, 'ball'");
        expect_nothing_more();
    }
}

static void test_sql_include__asks_for_required_targets_at_every_level(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_include *below = KITH_INCLUDE({ .as = "tags", .required = KITH_YES });
        const kith_include *friends = KITH_INCLUDE({ .as = "friends",
                                                     .required = KITH_YES,
                                                     .through = { .where = KITH_GT("since", 2000) },
                                                     .include = below });
        find_pugs(friends);
        expect_sent("SELECT " PUG(
                        "t0") " FROM [pugs] t0 WHERE EXISTS (SELECT 1 FROM [friendship] t2 JOIN [pugs] t1 ON "
                              "t1.[id] = t2.[friendId] WHERE t2.[pugId] = t0.[id] AND t2.[since] > ? AND "
                              "EXISTS (SELECT 1 FROM [pugTags] t4 JOIN [tags] t3 ON t3.[id] = t4.[tagId] WHERE "
                              "t4.[pugId] = t1.[id]))",
                    "2000");
        answer(KITH_VALUES(KITH_V(3)));
        assert_int_equal(kith_count(db.s, &pug_model, &(kith_query){ .include = friends }), 3);
        expect_sent("SELECT COUNT(*) FROM [pugs] t0 WHERE EXISTS (SELECT 1 FROM [friendship] t2 JOIN [pugs] t1 ON "
                    "t1.[id] = t2.[friendId] WHERE t2.[pugId] = t0.[id] AND t2.[since] > ? AND EXISTS (SELECT 1 FROM "
                    "[pugTags] t4 JOIN [tags] t3 ON t3.[id] = t4.[tagId] WHERE t4.[pugId] = t1.[id]))",
                    "2000");
        expect_nothing_more();
    }
}

/* Required below what is not: the middle falls out, the source stays. */
static void test_sql_include__keeps_sources_when_only_the_middle_requires(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_include *below = KITH_INCLUDE({ .as = "pugs", .required = KITH_YES });
        find_pugs(KITH_INCLUDE({ .as = "owner", .include = below }));
        expect_sent("SELECT " PUG("t0") ", " OWNER(
                        "t1") " FROM [pugs] t0 LEFT JOIN [owners] t1 ON t1.[id] = "
                              "t0.[ownerId] AND EXISTS (SELECT 1 FROM [pugs] t2 WHERE t2.[ownerId] = t1.[id])",
                    "");
        expect_nothing_more();
    }
}

static void test_sql_include__finds_deleted_targets_when_told(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pug(1, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "toys", .with_deleted = true }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
        expect_sent(TOYS "t0.[pugId] = ?", "1");
        answer_pug(1, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "toys", .with_deleted = true, .required = KITH_YES }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0 WHERE EXISTS (SELECT 1 FROM [toys] t1 WHERE t1.[pugId] = "
                                        "t0.[id])",
                    "");
        expect_sent(TOYS "t0.[pugId] = ?", "1");
        expect_nothing_more();
    }
}

/* ---- pages of targets ----------------------------------------------------------------------------------------------- */

/* For several sources the rows of each are numbered; for one, plain LIMIT and OFFSET do. */
static void test_sql_include__limits_the_targets_of_each_source(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pug(1, NO_VALUE);
        answer_pug(2, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "toys", .order = KITH_ORDER({ "name" }), .limit = 2, .offset = 1 }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
#define PAGED(keys, nulls_first)                                                                                       \
    "SELECT p.[c0], p.[c1], p.[c2], p.[c3] FROM (SELECT t0.[id] AS [c0], t0.[name] AS [c1], t0.[deletedAt] AS [c2], "  \
    "t0.[pugId] AS [c3], ROW_NUMBER() OVER (PARTITION BY t0.[pugId] ORDER BY t0.[name]" nulls_first                    \
    ", t0.[id]) AS [n] FROM [toys] "                                                                                   \
    "t0 WHERE " keys " AND t0.[deletedAt] IS NULL) p WHERE p.[n] > ? AND p.[n] <= ? ORDER BY p.[n]"
        expect_each({ PAGED("t0.[pugId] IN (SELECT value FROM json_each(?))", ""), "'[1,2]', 1, 3" },
                    { PAGED("t0.[pugId] = ANY(?::integer[])", " NULLS FIRST"), "'{1,2}', 1, 3" },
                    { PAGED("t0.[pugId] IN (?, ?)", ""), "1, 2, 1, 3" });
        answer_pug(1, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "toys", .order = KITH_ORDER({ "name" }), .limit = 2, .offset = 1 }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
#define ONE_PAGE(nulls_first)                                                                                          \
    TOYS "t0.[pugId] = ? AND t0.[deletedAt] IS NULL ORDER BY t0.[name]" nulls_first ", t0.[id] LIMIT ? OFFSET ?"
        expect_each({ ONE_PAGE(""), "1, 2, 1" }, { ONE_PAGE(" NULLS FIRST"), "1, 2, 1" }, { ONE_PAGE(""), "1, 2, 1" });
        expect_nothing_more();
    }
}

/* The same through a join table, and without an offset nothing is asked about it. */
static void test_sql_include__limits_the_links_of_each_source(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pug(1, NO_VALUE);
        answer_pug(2, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "tags", .order = KITH_ORDER({ "word", .desc = true }), .limit = 1 }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
#define PAGED_TAGS(join, keys, nulls_last)                                                                             \
    "SELECT p.[c0], p.[c1], p.[c2], p.[c3] FROM (SELECT t0.[pugId] AS [c0], t0.[tagId] AS [c1], t1.[id] AS [c2], "     \
    "t1.[word] AS [c3], ROW_NUMBER() OVER (PARTITION BY t0.[pugId] ORDER BY t1.[word] DESC" nulls_last                 \
    ", t1.[id]) AS [n] FROM "                                                                                          \
    "[pugTags] t0 " join " [tags] t1 ON t1.[id] = t0.[tagId] WHERE " keys ") p WHERE p.[n] <= ? ORDER BY p.[n]"
        expect_each({ PAGED_TAGS("CROSS JOIN", "t0.[pugId] IN (SELECT value FROM json_each(?))", ""), "'[1,2]', 1" },
                    { PAGED_TAGS("JOIN", "t0.[pugId] = ANY(?::integer[])", " NULLS LAST"), "'{1,2}', 1" },
                    { PAGED_TAGS("STRAIGHT_JOIN", "t0.[pugId] IN (?, ?)", ""), "1, 2, 1" });
        expect_nothing_more();
    }
}

/* ---- many sources --------------------------------------------------------------------------------------------------- */

static void answer_pugs(int64_t count, kith_value owner)
{
    for (int64_t id = 1; id <= count; id++)
        answer_pug(id, owner);
}

static unsigned placeholders(const char *sql)
{
    unsigned count = 0;
    for (; *sql; sql++)
        count += *sql == '?';
    return count;
}

/* No limit on bound values is ever met: one array, or chunks, whose text is the same where their size is. */
static void test_sql_include__sends_keys_in_arrays_or_chunks(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pugs(2049, NO_VALUE);
        const kith_query q = { .where = KITH_GT("age", 0), .include = KITH_INCLUDE({ .as = "toys" }) };
        assert_non_null(kith_find(db.s, &pug_model, &q));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0 WHERE t0.[age] > ?", "0");
        if (!db.dialect->key_chunk) {
            expect_sql(db.dialect, kith_mock_statement(db.mock, db.at),
                       db.dialect->key_set && db.dialect->placeholder == '$'
                           ? TOYS "t0.[pugId] = ANY(?::integer[]) AND t0.[deletedAt] IS NULL"
                           : TOYS "t0.[pugId] IN (SELECT value FROM json_each(?)) AND t0.[deletedAt] IS NULL");
            db.at++;
        } else {
            assert_int_equal(placeholders(kith_mock_statement(db.mock, 1)), 1024);
            assert_string_equal(kith_mock_statement(db.mock, 1), kith_mock_statement(db.mock, 2));
            db.at += 2;
            expect_sent(TOYS "t0.[pugId] = ? AND t0.[deletedAt] IS NULL", "2049");
        }
        expect_nothing_more();
    }
}

/* When the sources are a whole table, all of the targets' table belongs to one of them: no keys are sent. */
static void test_sql_include__reads_whole_tables_for_whole_tables(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pugs(300, NO_VALUE);
        find_pugs(KITH_INCLUDE({ .as = "toys" }, { .as = "tags" }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
        expect_sent("SELECT " TOY("t0") " FROM [toys] t0 WHERE t0.[pugId] IS NOT NULL AND t0.[deletedAt] IS NULL", "");
#define ALL_TAGS(join)                                                                                                 \
    "SELECT " PUG_TAG("t0") ", " TAG("t1") " FROM [pugTags] t0 " join " [tags] t1 ON t1.[id] = t0.[tagId]"
        expect_each({ ALL_TAGS("CROSS JOIN"), "" }, { ALL_TAGS("JOIN"), "" }, { ALL_TAGS("STRAIGHT_JOIN"), "" });
        expect_nothing_more();
    }
}

/* Not so the other way round: 300 pugs of one owner say nothing about how many owners there are. */
static void test_sql_include__reads_no_whole_table_for_what_sources_refer_to(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pugs(300, KITH_V(7));
        find_pugs(KITH_INCLUDE({ .as = "owner", .strategy = KITH_SEPARATE }));
        expect_sent("SELECT " PUG("t0") " FROM [pugs] t0", "");
        expect_sent(OWNERS "t0.[id] = ?", "7");
        expect_nothing_more();
    }
}

/* ---- nothing is sent ------------------------------------------------------------------------------------------------ */

#define refused(part, ...) refused_include(KITH_INCLUDE(__VA_ARGS__), (part))
static void refused_include(const kith_include *include, const char *part)
{
    if (kith_find(db.s, &pug_model, &(kith_query){ .include = include }))
        fail_msg("not refused: %s", part);
    expect_failure(KITH_E_USAGE, part);
}

/* Each is a place of its own in the record, with its own conditions and its own statement or join. */
static void test_sql_include__one_association_under_several_names(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pugs(1, kith_of_null());
        find_pugs(KITH_INCLUDE({ .as = "owner", .name = "ann", .required = KITH_NO, .where = KITH_EQ("name", "Ann") },
                               { .as = "owner" },
                               { .as = "toys", .name = "balls", .where = KITH_EQ("name", "ball"), .required = KITH_NO },
                               { .as = "toys" }));
        expect_sent("SELECT " PUG("t0") ", " OWNER("t1") ", " OWNER(
                        "t2") " FROM [pugs] t0 LEFT JOIN [owners] t1 ON t1.[id] "
                              "= t0.[ownerId] AND t1.[name] = ? LEFT JOIN [owners] t2 ON t2.[id] = t0.[ownerId]",
                    "'Ann'");
        expect_sent("SELECT " TOY(
                        "t0") " FROM [toys] t0 WHERE t0.[pugId] = ? AND t0.[name] = ? AND t0.[deletedAt] IS NULL",
                    "1, 'ball'");
        expect_sent("SELECT " TOY("t0") " FROM [toys] t0 WHERE t0.[pugId] = ? AND t0.[deletedAt] IS NULL", "1");
        expect_nothing_more();
    }
}

static void test_sql_include__refuses_names_that_are_taken(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        refused("toys is included twice in pug: give one of them another name (.name)", { .as = "toys" },
                { .as = "toys" });
        refused("best is included twice", { .as = "toys", .name = "best" }, { .as = "toys", .name = "best" });
        refused("two includes are called best in pug", { .as = "toys", .name = "best" },
                { .as = "friends", .name = "best" });
        refused("two includes are called toys in pug", { .as = "toys" }, { .as = "friends", .name = "toys" });
        refused("pug.toys cannot be included under the name 'age': that is an attribute",
                { .as = "toys", .name = "age" });
        refused("pug.toys cannot be included under the name 'friendship': that is the join row",
                { .as = "friends", .include = KITH_INCLUDE({ .as = "toys", .name = "friendship" }) });
        refused("pug.toys is included under a name that is empty", { .as = "toys", .name = "" });
        refused("an include names neither", { .name = "toys" });
        expect_nothing_more();
    }
}

static void test_sql_include__refuses_names_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        refused("did you mean 'owner'?", { .as = "ovner" });
        refused("did you mean 'name'?", { .as = "owner", .attributes = KITH_NAMES("nmae") });
        refused("did you mean 'name'?", { .as = "owner", .where = KITH_EQ("nmae", "x") });
        refused("did you mean 'name'?", { .as = "toys", .where = KITH_EQ("nmae", "x") });
        refused("did you mean 'name'?", { .as = "toys", .order = KITH_ORDER({ "nmae" }) });
        refused("did you mean 'since'?", { .as = "friends", .through = { .attributes = KITH_NAMES("sinse") } });
        refused("did you mean 'since'?", { .as = "friends", .through = { .where = KITH_EQ("sinse", 1) } });
        refused("did you mean 'since'?", { .as = "friends", .order = KITH_ORDER({ "friendship.sinse" }) });
        refused("did you mean 'toys'?", { .as = "friends", .include = KITH_INCLUDE({ .as = "toyz" }) });
        refused("stranger, which was not given to kith_open", { .model = &(const kith_model){ .name = "stranger" } });
        refused("not associated with friendship", { .model = &friendship_model });
        refused("neither an alias", { .limit = 3 });
    }
}

static void test_sql_include__refuses_options_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        refused("leads to one record", { .as = "owner", .limit = 1 });
        refused("leads to one record", { .as = "owner", .order = KITH_ORDER({ "name" }) });
        refused("has no join row", { .as = "toys", .through = { .attributes = KITH_NO_NAMES } });
        refused("has no join row", { .as = "owner", .through = { .where = KITH_EQ("since", 1) } });
        refused("limit", { .as = "toys", .limit = SIZE_MAX });
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_include__joins_what_is_one),
        MOCKED_TEST(test_sql_include__joins_what_is_required),
        MOCKED_TEST(test_sql_include__joins_below_joins),
        MOCKED_TEST(test_sql_include__binds_in_the_order_of_the_text),
        MOCKED_TEST(test_sql_include__loads_many_by_one_statement),
        MOCKED_TEST(test_sql_include__sends_nothing_for_no_sources),
        MOCKED_TEST(test_sql_include__separates_one_when_told),
        MOCKED_TEST(test_sql_include__reads_join_rows_beside_targets),
        MOCKED_TEST(test_sql_include__chooses_attributes_and_conditions_of_join_rows),
        MOCKED_TEST(test_sql_include__nests),
        MOCKED_TEST(test_sql_include__loads_many_below_a_join),
        MOCKED_TEST(test_sql_include__asks_for_required_targets_in_the_sources_statement),
        MOCKED_TEST(test_sql_include__asks_for_required_targets_at_every_level),
        MOCKED_TEST(test_sql_include__keeps_sources_when_only_the_middle_requires),
        MOCKED_TEST(test_sql_include__finds_deleted_targets_when_told),
        MOCKED_TEST(test_sql_include__limits_the_targets_of_each_source),
        MOCKED_TEST(test_sql_include__limits_the_links_of_each_source),
        MOCKED_TEST(test_sql_include__sends_keys_in_arrays_or_chunks),
        MOCKED_TEST(test_sql_include__reads_whole_tables_for_whole_tables),
        MOCKED_TEST(test_sql_include__reads_no_whole_table_for_what_sources_refer_to),
        MOCKED_TEST(test_sql_include__one_association_under_several_names),
        MOCKED_TEST(test_sql_include__refuses_names_that_are_taken),
        MOCKED_TEST(test_sql_include__refuses_names_before_any_sql),
        MOCKED_TEST(test_sql_include__refuses_options_before_any_sql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
