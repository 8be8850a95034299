/* ENUMs in statements: their order is that of the labels, their types are made before the tables, and equality is that of
 * the plain column, so that indexes are used. */
#include <stdlib.h>
#include <string.h>

#include "harness/mocked.h"

/* 63 bytes, the most that PostgreSQL takes, and one more. */
#define SIXTY_THREE "123456789012345678901234567890123456789012345678901234567890123"
#define SIXTY_FOUR  SIXTY_THREE "4"

static const kith_model shop_model;
static const kith_model shirt_model = {
    .name = "shirt",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "size", .type = KITH_ENUM("small", "it's", "large") },
                        { .name = "worn", .type = KITH_ENUM("small", "large") },
                        { .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &shop_model }),
};
static const kith_model shop_model = {
    .name = "shop",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "rank", .type = KITH_ENUM("low", "high"), .not_null = true },
                        { .name = "price", .type = KITH_DECIMAL(6, 2), .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &shirt_model }),
};
#define MODELS KITH_MODELS(&shop_model, &shirt_model)

#define SIZE  "CASE t0.[size] WHEN 'small' THEN 1 WHEN 'it''s' THEN 2 WHEN 'large' THEN 3 END"
#define WORN  "CASE t0.[worn] WHEN 'small' THEN 1 WHEN 'large' THEN 2 END"
#define FROM_ "SELECT t0.[id] FROM [shirts] t0"
#define TEXT  "(CAST(t0.[size] AS text) COLLATE [C])"

static void find(const kith_expr *where)
{
    assert_non_null(kith_find(db.s, &shirt_model, &(kith_query){ .attributes = KITH_NO_NAMES, .where = where }));
}

/* ---- conditions ----------------------------------------------------------------------------------------------------- */

static void test_sql_enums__equality_is_of_the_plain_column(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        find(KITH_EQ("size", "it's"));
        expect_sent(FROM_ " WHERE t0.[size] = ?", "'it''s'");
        find(KITH_NE("size", "small"));
        expect_sent(FROM_ " WHERE t0.[size] <> ?", "'small'");
        find(KITH_IN("size", KITH_V("small"), KITH_V("large")));
        expect_sent(FROM_ " WHERE t0.[size] IN (?, ?)", "'small', 'large'");
        find(KITH_IS_NULL("size"));
        expect_sent(FROM_ " WHERE t0.[size] IS NULL", "");
        expect_nothing_more();
    }
}

/* A value that is bound is its place; where the database knows the places, it is the label. */
static void test_sql_enums__compares_places(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        find(KITH_GT("size", "small"));
        expect_each({ FROM_ " WHERE " SIZE " > ?", "1" }, { FROM_ " WHERE t0.[size] > ?", "'small'" },
                    { FROM_ " WHERE " SIZE " > ?", "1" });
        find(KITH_LTE("size", "large"));
        expect_each({ FROM_ " WHERE " SIZE " <= ?", "3" }, { FROM_ " WHERE t0.[size] <= ?", "'large'" },
                    { FROM_ " WHERE " SIZE " <= ?", "3" });
        find(KITH_BETWEEN("size", "small", "it's"));
        expect_each({ FROM_ " WHERE " SIZE " BETWEEN ? AND ?", "1, 2" },
                    { FROM_ " WHERE t0.[size] BETWEEN ? AND ?", "'small', 'it''s'" },
                    { FROM_ " WHERE " SIZE " BETWEEN ? AND ?", "1, 2" });
        expect_nothing_more();
    }
}

/* Against anything but a label of its own it is text. */
static void test_sql_enums__compares_with_others_as_text(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        find(KITH_LIKE("size", "s%"));
        expect_each({ FROM_ " WHERE t0.[size] LIKE ? ESCAPE '\\'", "'s%'" }, { FROM_ " WHERE " TEXT " LIKE ?", "'s%'" },
                    { FROM_ " WHERE t0.[size] LIKE ?", "'s%'" });
        find(KITH_EQ("size", KITH_COL("name")));
        expect_each({ FROM_ " WHERE t0.[size] = t0.[name]", "" }, { FROM_ " WHERE " TEXT " = t0.[name]", "" },
                    { FROM_ " WHERE t0.[size] = t0.[name]", "" });
        find(KITH_LT("size", KITH_COL("worn")));
        expect_each({ FROM_ " WHERE t0.[size] < t0.[worn]", "" },
                    { FROM_ " WHERE " TEXT " < (CAST(t0.[worn] AS text) COLLATE [C])", "" },
                    { FROM_ " WHERE t0.[size] < t0.[worn]", "" });
        find(KITH_LT("size", KITH_COL("size")));
        expect_each({ FROM_ " WHERE " SIZE " < " SIZE, "" }, { FROM_ " WHERE t0.[size] < t0.[size]", "" },
                    { FROM_ " WHERE " SIZE " < " SIZE, "" });
        find(KITH_EQ("name", KITH_FN("upper", KITH_V(KITH_COL("size")))));
        expect_each({ FROM_ " WHERE t0.[name] = upper(t0.[size])", "" },
                    { FROM_ " WHERE t0.[name] = upper(" TEXT ")", "" },
                    { FROM_ " WHERE t0.[name] = upper(t0.[size])", "" });
        expect_nothing_more();
    }
}

/* S6: refused before any SQL */
static void test_sql_enums__refuses_what_is_no_label(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_query wrong = { .where = KITH_GT("size", "larg") };
        assert_null(kith_find(db.s, &shirt_model, &wrong));
        expect_failure(KITH_E_VALIDATION, "\"large\"");
    }
}

/* ---- orders --------------------------------------------------------------------------------------------------------- */

#define find_ordered(...)                                                                                              \
    assert_non_null(kith_find(db.s, &shirt_model, &(kith_query){ .attributes = KITH_NO_NAMES, __VA_ARGS__ }))

static void test_sql_enums__sorts_by_places(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        find_ordered(.order = KITH_ORDER({ "size", .desc = true }));
        expect_each({ FROM_ " ORDER BY " SIZE " DESC", "" }, { FROM_ " ORDER BY t0.[size] DESC NULLS LAST", "" },
                    { FROM_ " ORDER BY t0.[size] DESC", "" });
        find_ordered(.order = KITH_ORDER({ "worn" }), .limit = 2);
        expect_each({ FROM_ " ORDER BY " WORN ", t0.[id] LIMIT ?", "2" },
                    { FROM_ " ORDER BY t0.[worn] NULLS FIRST, t0.[id] LIMIT ?", "2" },
                    { FROM_ " ORDER BY t0.[worn], t0.[id] LIMIT ?", "2" });
        expect_nothing_more();
    }
}

/* MariaDB knows the places of a column, but not of what a sub-select returns. Decimals are compared by their values
 * there as well. */
static void test_sql_enums__sorts_by_places_at_the_end_of_a_path(void **state)
{
#define RANK  "(SELECT t1.[rank] FROM [shops] t1 WHERE t1.[id] = t0.[shopId])"
#define PRICE "(SELECT t1.[price] FROM [shops] t1 WHERE t1.[id] = t0.[shopId])"
#define RANKS "CASE " RANK " WHEN 'low' THEN 1 WHEN 'high' THEN 2 END"
    (void)state;
    EACH_DIALECT(MODELS)
    {
        find_ordered(.order = KITH_ORDER({ "shop.rank" }));
        expect_each({ FROM_ " ORDER BY " RANKS, "" }, { FROM_ " ORDER BY " RANK " NULLS FIRST", "" },
                    { FROM_ " ORDER BY " RANKS, "" });
        find_ordered(.order = KITH_ORDER({ "shop.price" }));
        expect_each({ FROM_ " ORDER BY " PRICE " COLLATE kith_decimal", "" },
                    { FROM_ " ORDER BY " PRICE " NULLS FIRST", "" }, { FROM_ " ORDER BY " PRICE, "" });
        expect_nothing_more();
    }
}

/* ---- keys and rows -------------------------------------------------------------------------------------------------- */

static const kith_model stock_model = {
    .name = "stock",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "size", .type = KITH_ENUM("s", "l"), .primary_key = true },
                        { .name = "shelf", .type = KITH_INTEGER, .primary_key = true }),
};
static const kith_model colour_model = {
    .name = "colour",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_ENUM("red", "\"blue\\"), .primary_key = true }),
};

static const kith_model item_model = {
    .name = "item",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &stock_model, .through = "itemStocks" },
                          { KITH_BELONGS_TO_MANY, &colour_model, .through = "itemColours" }),
};

/* The type is the column's, whatever it is called: its name is not said. */
static void test_sql_enums__keys_take_the_type_of_the_column(void **state)
{
    (void)state;
    EACH_DIALECT(KITH_MODELS(&item_model, &stock_model, &colour_model))
    {
        kith_record *item = found(&item_model, KITH_VALUES(KITH_V(5)));
        kith_remove(db.s, item, "colours", KITH_REFS({ .key = KITH_V("red") }, { .key = KITH_V("\"blue\\") }));
#define UNPAINT "DELETE FROM [itemColours] WHERE [itemId] = ? AND [colourName] "
        expect_each({ UNPAINT "IN (SELECT value FROM json_each(?))", "5, '[\"red\",\"\\\"blue\\\\\"]'" },
                    { UNPAINT "= ANY(?)", "5, '{\"red\",\"\\\"blue\\\\\"}'" },
                    { UNPAINT "IN (?, ?)", "5, 'red', '\"blue\\'" });
        kith_remove(db.s, item, "stocks",
                    KITH_REFS({ .keys = KITH_VALUES(KITH_V("s"), KITH_V(1)) },
                              { .keys = KITH_VALUES(KITH_V("l"), KITH_V(2)) }));
#define UNSTOCK "DELETE FROM [itemStocks] WHERE [itemId] = ? AND ([stockSize], [stockShelf]) IN "
        expect_each({ UNSTOCK "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))",
                      "5, '[[\"s\",1],[\"l\",2]]'" },
                    { UNSTOCK "(SELECT * FROM unnest(CASE WHEN FALSE THEN ARRAY(SELECT [stockSize] FROM [itemStocks]) "
                              "ELSE ? END, ?::integer[]))",
                      "5, '{\"s\",\"l\"}', '{1,2}'" },
                    { UNSTOCK "((?, ?), (?, ?))", "5, 's', 1, 'l', 2" });
        expect_nothing_more();
    }
}

static void test_sql_enums__rows_take_the_type_of_the_column(void **state)
{
    (void)state;
    EACH_DIALECT(KITH_MODELS(&stock_model))
    {
        kith_value *values = calloc(40, sizeof *values);
        assert_non_null(values);
        for (int i = 0; i < 20; i++) {
            values[2 * i] = KITH_V("s");
            values[2 * i + 1] = KITH_V(i);
        }
        assert_int_equal(kith_insert_many(db.s, &stock_model, KITH_NAMES("size", "shelf"), values, 20, NULL), 20);
        if (db.dialect == all_dialects[1])
            expect_sent("INSERT INTO [stocks] ([size], [shelf]) SELECT unnest(CASE WHEN FALSE THEN "
                        "ARRAY(SELECT [size] FROM [stocks]) ELSE ? END), unnest(?::bigint[])",
                        kith_mock_values(db.mock, db.at));
        free(values);
    }
}

/* ---- tables --------------------------------------------------------------------------------------------------------- */

static const kith_model long_model = {
    .name = "long",
    .table = "longs",
    .no_timestamps = true,
    .no_primary_key = true,
    .attrs = KITH_ATTRS({ .name = "a", .type = KITH_ENUM(SIXTY_THREE, "$kith$'") },
                        { .name = "b", .type = KITH_ENUM(SIXTY_FOUR, "x") },
                        { .name = "c", .type = KITH_ENUM("x", "y ") }),
};
#define INNODB " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin"
#define IN_B   " CHECK ([b] IN ('" SIXTY_FOUR "', 'x'))"
#define IN_C   " CHECK ([c] IN ('x', 'y '))"
#define LABELS "'" SIXTY_THREE "', '$kith$'''"
#define TYPE(name, labels)                                                                                             \
    "DO 'BEGIN CREATE TYPE \"" name "\" AS ENUM (" labels                                                              \
    "); EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END'"

static void expect_sync_begun(void)
{
    if (db.dialect->can & CAN_ROLL_BACK_DDL)
        expect_begin();
}

/* Labels that a database's own type cannot hold are text with a CHECK there, and sorted as text is elsewhere. */
static void test_sql_enums__become_types_or_text(void **state)
{
    (void)state;
    EACH_DIALECT(KITH_MODELS(&long_model))
    {
        assert_true(kith_sync(db.s, NULL));
        expect_sync_begun();
        expect_each({ NULL }, { TYPE("longs_a_enum", "''" SIXTY_THREE "'', ''$kith$''''''"), "" }, { NULL });
        expect_each({ NULL }, { TYPE("longs_c_enum", "''x'', ''y ''"), "" }, { NULL });
        expect_each({ "CREATE TABLE IF NOT EXISTS [longs] ([a] TEXT CHECK ([a] IN (" LABELS ")), [b] TEXT" IN_B
                      ", [c] TEXT" IN_C ")",
                      "" },
                    { "CREATE TABLE IF NOT EXISTS [longs] ([a] [longs_a_enum], [b] VARCHAR COLLATE [C]" IN_B
                      ", [c] [longs_c_enum])",
                      "" },
                    { "CREATE TABLE IF NOT EXISTS [longs] ([a] ENUM(" LABELS "), [b] ENUM('" SIXTY_FOUR
                      "', 'x'), [c] VARCHAR(2)" IN_C ")" INNODB,
                      "" });
        db.at += db.dialect->can & CAN_ROLL_BACK_DDL ? 1 : 0; /* COMMIT */
        kith_query sorted = { .attributes = KITH_NAMES("a"), .order = KITH_ORDER({ "a" }, { "b" }, { "c" }) };
        assert_non_null(kith_find(db.s, &long_model, &sorted));
#define SORTED  "SELECT t0.[a] FROM [longs] t0 ORDER BY "
#define PLACE_A "CASE t0.[a] WHEN '" SIXTY_THREE "' THEN 1 WHEN '$kith$''' THEN 2 END"
#define PLACE_B "CASE t0.[b] WHEN '" SIXTY_FOUR "' THEN 1 WHEN 'x' THEN 2 END"
#define PLACE_C "CASE t0.[c] WHEN 'x' THEN 1 WHEN 'y ' THEN 2 END"
        expect_each({ SORTED PLACE_A ", " PLACE_B ", " PLACE_C, "" },
                    { SORTED "t0.[a] NULLS FIRST, " PLACE_B " NULLS FIRST, t0.[c] NULLS FIRST", "" },
                    { SORTED "t0.[a], t0.[b], " PLACE_C, "" });
        expect_nothing_more();
    }
}

/* ---- names of types ------------------------------------------------------------------------------------------------- */

static const kith_model user_model;
static const kith_model role_model = {
    .name = "role",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_ENUM("guest", "admin"), .primary_key = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &user_model, .through = "userRoles" },
                          { KITH_BELONGS_TO, .target = &role_model, .as = "above" }),
};
static const kith_model user_model = {
    .name = "user",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "main", .type = KITH_ENUM("guest", "admin"), .references = &role_model },
                        { .name = "other", .type = KITH_ENUM("guest", "admin"), .references_table = "elsewhere" },
                        { .name = "mood", .type = KITH_ENUM("guest", "admin") }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &role_model, .through = "userRoles" }),
};

static bool statement_has(size_t at, const char *part)
{
    return strstr(kith_mock_statement(db.mock, at), part) != NULL;
}

/* A key has the type of what it refers to. What that is in a table without a model nobody knows. */
static void expect_role_types(const kith_model *const *models)
{
    EACH_DIALECT(models)
    {
        assert_true(kith_sync(db.s, &(kith_sync_opts){ .force = true }));
        if (db.dialect != all_dialects[1])
            continue;
        db.at = 1;
        while (statement_has(db.at, "DROP TABLE"))
            db.at++;
        for (int i = 0; i < 2; i++, db.at++)
            assert_true(statement_has(db.at, "DROP TYPE IF EXISTS \"roles_name_enum\"") ||
                        statement_has(db.at, "DROP TYPE IF EXISTS \"users_mood_enum\""));
        assert_true(statement_has(db.at, "CREATE TYPE"));
        assert_true(statement_has(db.at + 1, "CREATE TYPE"));
        assert_true(statement_has(db.at + 2, "CREATE TABLE IF NOT EXISTS \"roles\" (\"name\" \"roles_name_enum\" NOT "
                                             "NULL, \"aboveName\" \"roles_name_enum\""));
        db.at += 3;
        while (!statement_has(db.at, "\"users\" ("))
            db.at++;
        assert_true(statement_has(db.at, "\"main\" \"roles_name_enum\", \"other\" VARCHAR COLLATE \"C\" CHECK "));
        assert_true(statement_has(db.at, "\"mood\" \"users_mood_enum\""));
        while (!statement_has(db.at, "\"userRoles\" ("))
            db.at++;
        assert_true(statement_has(db.at, "\"roleName\" \"roles_name_enum\" NOT NULL"));
    }
}

static void test_sql_enums__keys_have_the_type_of_what_they_refer_to(void **state)
{
    (void)state;
    expect_role_types(KITH_MODELS(&role_model, &user_model));
    expect_role_types(KITH_MODELS(&user_model, &role_model)); /* the order of the models does not count */
}

/* The table "a_b" has the column "c", the table "a" the column "b_c"; and rows of a table are a type of its name. */
static const kith_model a_model = {
    .name = "a",
    .table = "a",
    .no_timestamps = true,
    .no_primary_key = true,
    .attrs = KITH_ATTRS({ .name = "b_c", .type = KITH_ENUM("x") }, { .name = "d", .type = KITH_ENUM("x") }),
};
static const kith_model ab_model = {
    .name = "ab",
    .table = "a_b",
    .no_timestamps = true,
    .no_primary_key = true,
    .attrs = KITH_ATTRS({ .name = "c", .type = KITH_ENUM("y") }, { .name = SIXTY_THREE, .type = KITH_ENUM("z") }),
};
static const kith_model enum_model = {
    .name = "enum",
    .table = "a_d_enum",
    .no_timestamps = true,
    .no_primary_key = true,
    .attrs = KITH_ATTRS({ .name = "e", .type = KITH_ENUM("x") }),
};

static void test_sql_enums__names_are_short_and_unlike(void **state)
{
    (void)state;
    EACH_DIALECT(KITH_MODELS(&a_model, &ab_model, &enum_model))
    {
        assert_true(kith_sync(db.s, NULL));
        if (db.dialect != all_dialects[1])
            continue;
        expect_begin();
        expect_sent(TYPE("a_b_c_enum", "''x''"), "");
        expect_sent(TYPE("a_d_enum_2", "''x''"), "");
        expect_sent(TYPE("a_b_c_enum_2", "''y''"), "");
        const char *sent = kith_mock_statement(db.mock, db.at), *begin = strchr(sent, '"') + 1;
        assert_memory_equal(begin, "a_b_12345678901234567890", 24);
        assert_int_equal(strchr(begin, '"') - begin, 63);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_enums__equality_is_of_the_plain_column),
        MOCKED_TEST(test_sql_enums__compares_places),
        MOCKED_TEST(test_sql_enums__compares_with_others_as_text),
        MOCKED_TEST(test_sql_enums__refuses_what_is_no_label),
        MOCKED_TEST(test_sql_enums__sorts_by_places),
        MOCKED_TEST(test_sql_enums__sorts_by_places_at_the_end_of_a_path),
        MOCKED_TEST(test_sql_enums__keys_take_the_type_of_the_column),
        MOCKED_TEST(test_sql_enums__rows_take_the_type_of_the_column),
        MOCKED_TEST(test_sql_enums__become_types_or_text),
        MOCKED_TEST(test_sql_enums__keys_have_the_type_of_what_they_refer_to),
        MOCKED_TEST(test_sql_enums__names_are_short_and_unlike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
