/* ENUMs on PostgreSQL: they are types of its own, and tables that others made may have other types instead. */
#include "only/urls.h"

static const kith_model box_model, shirt_model;
static const kith_model shirt_model = {
    .name = "shirt",
    .table = "test_shirts",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "size", .type = KITH_ENUM("small", "large", "huge") },
                        { .name = "boxKind", .type = KITH_ENUM("wood", "tin") },
                        { .name = "boxShelf", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "box", .target = &box_model, .foreign_key = "boxKind,boxShelf" }),
};
static const kith_model box_model = {
    .name = "box",
    .table = "test_boxes",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "kind", .type = KITH_ENUM("wood", "tin"), .primary_key = true },
                        { .name = "shelf", .type = KITH_INTEGER, .primary_key = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "shirts", .target = &shirt_model, .foreign_key = "boxKind,boxShelf" }),
};
#define MODELS KITH_MODELS(&box_model, &shirt_model)

static kith_db *db;
static kith_session *s;

#define DROP_ALL                                                                                                       \
    "DROP TABLE IF EXISTS test_users, test_shirts, test_boxes CASCADE; "                                               \
    "DROP TYPE IF EXISTS test_shirts_size_enum, test_boxes_kind_enum, others_size, others_kind"

static void execute(const char *sql)
{
    if (!kith_execute_script(s, sql))
        fail_msg("%s", kith_error_of(s)->message);
}

static int set_up(void **state)
{
    (void)state;
    db = open_at(from_environment("KITH_TEST_POSTGRES"), MODELS);
    s = kith_session_open(db);
    execute(DROP_ALL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kith_clear(s);
    kith_session_close(s);
    s = kith_session_open(db);
    execute(DROP_ALL);
    kith_session_close(s);
    return kith_close(db) ? 0 : -1;
}

static void must(bool done)
{
    if (!done)
        fail_msg("%s", kith_error_of(s)->message);
}

/* How many there are FROM … */
static void expect_count(const char *from, int expected)
{
    char sql[600];
    snprintf(sql, sizeof sql, "DO $test$ BEGIN ASSERT (SELECT count(*) FROM %s) = %d, 'there are others'; END $test$",
             from, expected);
    execute(sql);
}

static void expect_json(kith_list *list, const char *json)
{
    must(list != NULL);
    assert_string_equal(kith_json(s, list), json);
}

/* ---- types ---------------------------------------------------------------------------------------------------------- */

static void expect_types(void)
{
    expect_count("pg_type WHERE typtype = 'e' AND typname IN ('test_shirts_size_enum', 'test_boxes_kind_enum')", 2);
}

static void test_only_postgres_enums__are_types(void **state)
{
    (void)state;
    must(kith_sync(s, NULL));
    must(kith_sync(s, NULL));
    expect_types();
    expect_count("information_schema.columns WHERE (table_name, column_name, udt_name) IN "
                 "(('test_shirts', 'size', 'test_shirts_size_enum'), ('test_boxes', 'kind', 'test_boxes_kind_enum'), "
                 "('test_shirts', 'boxKind', 'test_boxes_kind_enum'))",
                 3);
    must(kith_sync(s, &(kith_sync_opts){ .force = true }));
    expect_types();
}

/* A table that no model knows keeps its column. */
static void test_only_postgres_enums__a_type_that_others_use_stays(void **state)
{
    (void)state;
    must(kith_sync(s, NULL));
    must(kith_create(s, &shirt_model, KITH_FIELDS(KITH_F("size", "huge"))) != NULL);
    execute("CREATE TABLE test_users (size test_shirts_size_enum)");
    assert_false(kith_sync(s, &(kith_sync_opts){ .force = true }));
    assert_non_null(strstr(kith_error_of(s)->message, "test_users"));
    kith_clear(s);
    expect_count("test_shirts", 1);
}

/* Another program drops the type and makes it anew, while this one has prepared statements. */
static void test_only_postgres_enums__a_type_made_anew(void **state)
{
    (void)state;
    must(kith_sync(s, NULL));
    kith_db *other = open_at(from_environment("KITH_TEST_POSTGRES"), MODELS);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3; i++) {
            must(kith_create(s, &shirt_model, KITH_FIELDS(KITH_F("size", "huge"))) != NULL);
            assert_int_equal(kith_count(s, &shirt_model, &(kith_query){ .where = KITH_EQ("size", "huge") }), i + 1);
        }
        kith_session *by = kith_session_open(other);
        assert_true(kith_sync(by, &(kith_sync_opts){ .force = true }));
        kith_session_close(by);
    }
    assert_true(kith_close(other));
}

/* ---- tables of others ----------------------------------------------------------------------------------------------- */

/* 20 shirts in two boxes, read and written in every way that meets the type of a column. */
static void use_everything(void)
{
    static const char *const sizes[] = { "small", NULL, "huge", "large" };
    kith_value values[3 * 20];
    for (int i = 0; i < 20; i++) {
        values[3 * i] = KITH_V(sizes[i % 4]);
        values[3 * i + 1] = KITH_V("tin");
        values[3 * i + 2] = KITH_V(i % 2 + 1);
    }
    must(kith_create(s, &box_model, KITH_FIELDS(KITH_F("kind", "tin"), KITH_F("shelf", 1))) != NULL);
    must(kith_create(s, &box_model, KITH_FIELDS(KITH_F("kind", "tin"), KITH_F("shelf", 2))) != NULL);
    must(kith_insert_many(s, &shirt_model, KITH_NAMES("size", "boxKind", "boxShelf"), values, 20, NULL) == 20);
    must(kith_create(s, &shirt_model, KITH_FIELDS(KITH_F("size", "huge"), KITH_F("boxKind", "tin"))) != NULL);
    assert_int_equal(kith_count(s, &shirt_model, &(kith_query){ .where = KITH_EQ("size", "huge") }), 6);
    assert_int_equal(kith_count(s, &shirt_model,
                                &(kith_query){ .where = KITH_IN("size", KITH_V("small"), KITH_V("huge")) }),
                     11);
    assert_int_equal(kith_count(s, &shirt_model, &(kith_query){ .where = KITH_LIKE("size", "%a%") }), 10);
    kith_query boxes = { .include = KITH_INCLUDE({ .as = "shirts",
                                                   .attributes = KITH_NAMES("size"),
                                                   .required = KITH_NO,
                                                   .where = KITH_EQ("size", "small") }),
                         .order = KITH_ORDER({ "shelf" }) };
    expect_json(kith_find(s, &box_model, &boxes),
                "[{\"kind\":\"tin\",\"shelf\":1,\"shirts\":[{\"size\":\"small\"},{\"size\":\"small\"},"
                "{\"size\":\"small\"},{\"size\":\"small\"},{\"size\":\"small\"}]},"
                "{\"kind\":\"tin\",\"shelf\":2,\"shirts\":[]}]");
    kith_record *one = kith_find_one(s, &shirt_model, &(kith_query){ .where = KITH_EQ("size", "large") });
    must(one && kith_update(s, one, KITH_FIELDS(KITH_F("size", "huge"))));
    assert_int_equal(kith_count(s, &shirt_model, &(kith_query){ .where = KITH_EQ("size", "huge") }), 7);
}

static void expect_order(const char *json)
{
    kith_query q = { .attributes = KITH_NAMES("size"),
                     .where = KITH_AND(KITH_IS_NOT_NULL("size"), KITH_LTE("id", 4)),
                     .order = KITH_ORDER({ "size" }) };
    expect_json(kith_find(s, &shirt_model, &q), json);
}

#define TABLES(kind, size)                                                                                             \
    "CREATE TABLE test_boxes (kind " kind ", shelf int, PRIMARY KEY (kind, shelf)); "                                  \
    "CREATE TABLE test_shirts (id serial PRIMARY KEY, size " size ", \"boxKind\" " kind ", \"boxShelf\" int, "         \
    "FOREIGN KEY (\"boxKind\", \"boxShelf\") REFERENCES test_boxes (kind, shelf))"

static void test_only_postgres_enums__native(void **state)
{
    (void)state;
    must(kith_sync(s, NULL));
    use_everything();
    expect_order("[{\"size\":\"small\"},{\"size\":\"huge\"},{\"size\":\"huge\"}]");
}

/* The order is that of the column: here of its text. */
static void test_only_postgres_enums__in_a_column_of_text(void **state)
{
    (void)state;
    execute(TABLES("varchar(10)", "varchar(10) COLLATE \"C\""));
    use_everything();
    expect_order("[{\"size\":\"huge\"},{\"size\":\"huge\"},{\"size\":\"small\"}]");
}

static void test_only_postgres_enums__in_a_column_of_another_type(void **state)
{
    (void)state;
    execute(
        "CREATE TYPE others_kind AS ENUM ('tin', 'wood'); "
        "CREATE TYPE others_size AS ENUM ('huge', 'none', 'large', 'small'); " TABLES("others_kind", "others_size"));
    use_everything();
    expect_order("[{\"size\":\"huge\"},{\"size\":\"huge\"},{\"size\":\"small\"}]");
}

#define CASE(name) cmocka_unit_test_setup_teardown(test_only_postgres_enums__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(are_types), CASE(a_type_that_others_use_stays), CASE(a_type_made_anew),
        CASE(native),    CASE(in_a_column_of_text),          CASE(in_a_column_of_another_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
