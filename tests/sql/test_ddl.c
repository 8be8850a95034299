/* ddl: the text that makes and drops tables and indexes, on three databases. */
#include <stdio.h>

#include "harness/fail_alloc.h"
#include "harness/sql_text.h"
#include "harness/test.h"

struct fixture {
    struct schema schema;
    kith_arena arena;
    struct renderer r;
};

static void open_fixture(struct fixture *f, const struct dialect *d, const kith_model *const *models)
{
    kith_error err = { 0 };
    if (!kith__schema_init(&f->schema, &kith__default_allocator, true, models, NULL, false, &err))
        fail_msg("%s", err.message);
    kith__arena_init(&f->arena, &kith__default_allocator, NULL, true);
    kith__render_init(&f->r, d, &kith__default_allocator, &f->arena);
}

static void close_fixture(struct fixture *f)
{
    kith__render_free(&f->r);
    kith__arena_free(&f->arena);
    kith__schema_free(&f->schema);
}

static const struct model *model_of(const struct fixture *f, const char *name)
{
    return kith__name_map_get(&f->schema.model_named, name);
}

#define BINARY " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin"

/* CREATE TABLE of the model, with `later` as it is for the renderer. */
static void expect_tables(const kith_model *const *models, const char *name, const bool *later,
                          const char *const expected[DIALECT_COUNT])
{
    for (int i = 0; i < DIALECT_COUNT; i++) {
        struct fixture f;
        open_fixture(&f, all_dialects[i], models);
        assert_true(kith__render_create_table(&f.r, model_of(&f, name), later));
        expect_sql(all_dialects[i], kith__buf_text(&f.r.text), expected[i]);
        assert_int_equal(f.r.param_count, 0);
        close_fixture(&f);
    }
}

/* A table of nothing but one column, whose definition is expected. */
static void expect_column(kith_attr attr, const char *const expected[DIALECT_COUNT])
{
    attr.name = "c";
    const kith_attr attrs[] = { attr, { 0 } };
    const kith_model thing = { .name = "thing", .attrs = attrs, .no_timestamps = true, .no_primary_key = true };
    for (int i = 0; i < DIALECT_COUNT; i++) {
        char table[512];
        snprintf(table, sizeof table, "CREATE TABLE IF NOT EXISTS [things] ([c] %s)%s", expected[i],
                 all_dialects[i]->table_suffix);
        struct fixture f;
        open_fixture(&f, all_dialects[i], KITH_MODELS(&thing));
        assert_true(kith__render_create_table(&f.r, model_of(&f, "thing"), NULL));
        expect_sql(all_dialects[i], kith__buf_text(&f.r.text), table);
        close_fixture(&f);
    }
}

#define EXPECT(...) ((const char *const[DIALECT_COUNT]){ __VA_ARGS__ })

/* ---- columns ---- */

static void test_sql_ddl__text_types(void **state)
{
    (void)state;
    expect_column((kith_attr){ .type = KITH_STRING(40) },
                  EXPECT("VARCHAR(40) CHECK (length([c]) <= 40)", "VARCHAR(40) COLLATE [C]", "VARCHAR(40)"));
    expect_column((kith_attr){ .type = KITH_STRING(0) },
                  EXPECT("VARCHAR(255) CHECK (length([c]) <= 255)", "VARCHAR(255) COLLATE [C]", "VARCHAR(255)"));
    expect_column((kith_attr){ .type = KITH_TEXT }, EXPECT("TEXT", "TEXT COLLATE [C]", "LONGTEXT"));
    expect_column((kith_attr){ .type = KITH_UUID },
                  EXPECT("CHAR(36)", "UUID", "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin"));
    expect_column((kith_attr){ .type = KITH_JSON }, EXPECT("JSON_TEXT CHECK ([c] IS NULL OR json_valid([c]))", "JSON",
                                                           "LONGTEXT CHECK (json_valid([c]))"));
    expect_column((kith_attr){ .type = KITH_BLOB }, EXPECT("BLOB", "BYTEA", "LONGBLOB"));
}

static void test_sql_ddl__a_string_too_long_for_varchar_is_text(void **state)
{
    (void)state;
    expect_column((kith_attr){ .type = KITH_STRING(16383) }, EXPECT("VARCHAR(16383) CHECK (length([c]) <= 16383)",
                                                                    "VARCHAR(16383) COLLATE [C]", "VARCHAR(16383)"));
    expect_column((kith_attr){ .type = KITH_STRING(16384) },
                  EXPECT("VARCHAR(16384) CHECK (length([c]) <= 16384)", "VARCHAR(16384) COLLATE [C]",
                         "LONGTEXT CHECK (char_length([c]) <= 16384)"));
    expect_column((kith_attr){ .type = KITH_STRING(10485761) },
                  EXPECT("VARCHAR(10485761) CHECK (length([c]) <= 10485761)",
                         "TEXT COLLATE [C] CHECK (char_length([c]) <= 10485761)",
                         "LONGTEXT CHECK (char_length([c]) <= 10485761)"));
}

static void test_sql_ddl__enum_labels_are_quoted(void **state)
{
    (void)state;
    expect_column((kith_attr){ .type = KITH_ENUM("black", "it's", "a\\b") },
                  EXPECT("TEXT CHECK ([c] IN ('black', 'it''s', 'a\\b'))", "[things_c_enum]",
                         "ENUM('black', 'it''s', 'a\\\\b')"));
}

static void test_sql_ddl__number_types(void **state)
{
    (void)state;
    expect_column((kith_attr){ .type = KITH_INTEGER }, EXPECT("INTEGER", "INTEGER", "INT"));
    expect_column((kith_attr){ .type = KITH_BIGINT }, EXPECT("BIGINT", "BIGINT", "BIGINT"));
    expect_column((kith_attr){ .type = { .id = KITH_T_INTEGER, .is_unsigned = true } },
                  EXPECT("INTEGER CHECK ([c] >= 0)", "BIGINT CHECK ([c] >= 0)", "INT UNSIGNED"));
    expect_column((kith_attr){ .type = { .id = KITH_T_BIGINT, .is_unsigned = true } },
                  EXPECT("BIGINT CHECK ([c] BETWEEN 0 AND 9223372036854775807)", "BIGINT CHECK ([c] >= 0)",
                         "BIGINT UNSIGNED CHECK ([c] <= 9223372036854775807)"));
    expect_column((kith_attr){ .type = KITH_REAL }, EXPECT("REAL", "DOUBLE PRECISION", "DOUBLE"));
    expect_column((kith_attr){ .type = KITH_DECIMAL(12, 2) },
                  EXPECT("DECIMAL_TEXT(12, 2)", "NUMERIC(12, 2)", "DECIMAL(12, 2)"));
    expect_column((kith_attr){ .type = KITH_BOOLEAN },
                  EXPECT("BOOLEAN CHECK ([c] IN (0, 1))", "BOOLEAN", "BOOLEAN CHECK ([c] IN (0, 1))"));
}

static void test_sql_ddl__time_types(void **state)
{
    (void)state;
    expect_column((kith_attr){ .type = KITH_DATE },
                  EXPECT("DATETIME_TEXT", "TIMESTAMP(6) WITH TIME ZONE", "DATETIME(6)"));
    expect_column((kith_attr){ .type = KITH_DATEONLY }, EXPECT("DATE_TEXT", "DATE", "DATE"));
    expect_column((kith_attr){ .type = KITH_TIME }, EXPECT("TIME_TEXT", "TIME(6)", "TIME(6)"));
}

static void test_sql_ddl__defaults_are_literals(void **state)
{
    (void)state;
    expect_column((kith_attr){ .type = KITH_INTEGER, .default_value = KITH_CONST_INT(-3), .not_null = true },
                  EXPECT("INTEGER NOT NULL DEFAULT -3", "INTEGER NOT NULL DEFAULT -3", "INT NOT NULL DEFAULT -3"));
    expect_column((kith_attr){ .type = KITH_BOOLEAN, .default_value = KITH_CONST_BOOL(true) },
                  EXPECT("BOOLEAN DEFAULT 1 CHECK ([c] IN (0, 1))", "BOOLEAN DEFAULT TRUE",
                         "BOOLEAN DEFAULT TRUE CHECK ([c] IN (0, 1))"));
    expect_column((kith_attr){ .type = KITH_BOOLEAN, .default_value = KITH_CONST_BOOL(false) },
                  EXPECT("BOOLEAN DEFAULT 0 CHECK ([c] IN (0, 1))", "BOOLEAN DEFAULT FALSE",
                         "BOOLEAN DEFAULT FALSE CHECK ([c] IN (0, 1))"));
    expect_column((kith_attr){ .type = KITH_TEXT, .default_value = KITH_CONST_STR("it's \\") },
                  EXPECT("TEXT DEFAULT 'it''s \\'", "TEXT COLLATE [C] DEFAULT 'it''s \\'",
                         "LONGTEXT DEFAULT 'it''s \\\\'"));
    expect_column((kith_attr){ .type = KITH_REAL, .default_value = KITH_CONST_DOUBLE(0.5) },
                  EXPECT("REAL DEFAULT 0.5", "DOUBLE PRECISION DEFAULT 0.5", "DOUBLE DEFAULT 0.5"));
    expect_column((kith_attr){ .type = KITH_DECIMAL(5, 2), .default_value = KITH_CONST_STR("1.5") },
                  EXPECT("DECIMAL_TEXT(5, 2) DEFAULT '1.50'", "NUMERIC(5, 2) DEFAULT '1.50'",
                         "DECIMAL(5, 2) DEFAULT '1.50'"));
}

static void test_sql_ddl__defaults_of_moments_and_bytes(void **state)
{
    (void)state;
    const kith_value second = { .kind = KITH_TIMESTAMP, .as.timestamp = 1000001 };
    expect_column((kith_attr){ .type = KITH_DATE, .default_value = second },
                  EXPECT("DATETIME_TEXT DEFAULT '1970-01-01 00:00:01.000001'",
                         "TIMESTAMP(6) WITH TIME ZONE DEFAULT '1970-01-01 00:00:01.000001+00'",
                         "DATETIME(6) DEFAULT '1970-01-01 00:00:01.000001'"));
    const kith_value bytes = { .kind = KITH_BYTES, .size = 3, .as.bytes = "\x00\xab\x7f" };
    expect_column((kith_attr){ .type = KITH_BLOB, .default_value = bytes },
                  EXPECT("BLOB DEFAULT x'00ab7f'", "BYTEA DEFAULT '\\x00ab7f'", "LONGBLOB DEFAULT x'00ab7f'"));
}

static void test_sql_ddl__generated_values_have_no_default(void **state)
{
    (void)state;
    expect_column((kith_attr){ .type = KITH_UUID, .generate = KITH_UUIDV4, .not_null = true },
                  EXPECT("CHAR(36) NOT NULL", "UUID NOT NULL",
                         "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL"));
    expect_column((kith_attr){ .type = KITH_DATE, .generate = KITH_NOW },
                  EXPECT("DATETIME_TEXT", "TIMESTAMP(6) WITH TIME ZONE", "DATETIME(6)"));
}

/* ---- tables ---- */

static const kith_model owner = {
    .name = "owner",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true }),
};
static const kith_model pug = {
    .name = "pug",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT, .unique = true }),
    .assocs = KITH_ASSOCS({ .kind = KITH_BELONGS_TO, .target = &owner }),
    .no_timestamps = true,
};

static void test_sql_ddl__a_table_numbers_its_key(void **state)
{
    (void)state;
    expect_tables(KITH_MODELS(&owner), "owner", NULL,
                  EXPECT("CREATE TABLE IF NOT EXISTS [owners] ([id] INTEGER PRIMARY KEY AUTOINCREMENT, "
                         "[name] VARCHAR(20) NOT NULL CHECK (length([name]) <= 20), "
                         "[createdAt] DATETIME_TEXT NOT NULL, [updatedAt] DATETIME_TEXT NOT NULL)",
                         "CREATE TABLE IF NOT EXISTS [owners] ([id] INTEGER GENERATED BY DEFAULT AS IDENTITY NOT NULL, "
                         "[name] VARCHAR(20) COLLATE [C] NOT NULL, [createdAt] TIMESTAMP(6) WITH TIME ZONE NOT NULL, "
                         "[updatedAt] TIMESTAMP(6) WITH TIME ZONE NOT NULL, PRIMARY KEY ([id]))",
                         "CREATE TABLE IF NOT EXISTS [owners] ([id] INT AUTO_INCREMENT NOT NULL, "
                         "[name] VARCHAR(20) NOT NULL, [createdAt] DATETIME(6) NOT NULL, "
                         "[updatedAt] DATETIME(6) NOT NULL, PRIMARY KEY ([id]))" BINARY));
}

static void test_sql_ddl__foreign_keys_are_named_constraints(void **state)
{
    (void)state;
#define OWNER_KEY                                                                                                      \
    "CONSTRAINT [pugs_ownerId_fkey] FOREIGN KEY ([ownerId]) REFERENCES [owners] ([id]) "                               \
    "ON DELETE SET NULL ON UPDATE CASCADE)"
    expect_tables(KITH_MODELS(&owner, &pug), "pug", (const bool[]){ false },
                  EXPECT("CREATE TABLE IF NOT EXISTS [pugs] ([id] INTEGER PRIMARY KEY AUTOINCREMENT, [name] TEXT, "
                         "[ownerId] INTEGER, " OWNER_KEY,
                         "CREATE TABLE IF NOT EXISTS [pugs] ([id] INTEGER GENERATED BY DEFAULT AS IDENTITY NOT NULL, "
                         "[name] TEXT COLLATE [C], [ownerId] INTEGER, PRIMARY KEY ([id]), " OWNER_KEY,
                         "CREATE TABLE IF NOT EXISTS [pugs] ([id] INT AUTO_INCREMENT NOT NULL, [name] LONGTEXT, "
                         "[ownerId] INT, PRIMARY KEY ([id]), " OWNER_KEY BINARY));
}

static void test_sql_ddl__a_foreign_key_may_come_later(void **state)
{
    (void)state;
    expect_tables(KITH_MODELS(&owner, &pug), "pug", (const bool[]){ true },
                  EXPECT("CREATE TABLE IF NOT EXISTS [pugs] ([id] INTEGER PRIMARY KEY AUTOINCREMENT, [name] TEXT, "
                         "[ownerId] INTEGER)",
                         "CREATE TABLE IF NOT EXISTS [pugs] ([id] INTEGER GENERATED BY DEFAULT AS IDENTITY NOT NULL, "
                         "[name] TEXT COLLATE [C], [ownerId] INTEGER, PRIMARY KEY ([id]))",
                         "CREATE TABLE IF NOT EXISTS [pugs] ([id] INT AUTO_INCREMENT NOT NULL, [name] LONGTEXT, "
                         "[ownerId] INT, PRIMARY KEY ([id]))" BINARY));
    static const char *const expected[] = {
        "ALTER TABLE [pugs] ADD CONSTRAINT [pugs_ownerId_fkey] FOREIGN KEY ([ownerId]) REFERENCES [owners] ([id]) "
        "ON DELETE SET NULL ON UPDATE CASCADE",
        "DO $kith$ BEGIN ALTER TABLE [pugs] ADD CONSTRAINT [pugs_ownerId_fkey] FOREIGN KEY ([ownerId]) "
        "REFERENCES [owners] ([id]) ON DELETE SET NULL ON UPDATE CASCADE; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $kith$",
        "ALTER TABLE [pugs] ADD CONSTRAINT [pugs_ownerId_fkey] FOREIGN KEY IF NOT EXISTS ([ownerId]) "
        "REFERENCES [owners] ([id]) ON DELETE SET NULL ON UPDATE CASCADE",
    };
    for (int i = 0; i < DIALECT_COUNT; i++) {
        struct fixture f;
        open_fixture(&f, all_dialects[i], KITH_MODELS(&owner, &pug));
        const struct model *m = model_of(&f, "pug");
        assert_true(kith__render_add_foreign_key(&f.r, m, &m->foreign_keys[0]));
        expect_sql(all_dialects[i], kith__buf_text(&f.r.text), expected[i]);
        close_fixture(&f);
    }
}

/* The text behind "REFERENCES …", on any database: [kit] refers to [owners] with these actions. */
static void expect_actions(kith_action on_delete, kith_action on_update, const char *expected)
{
    const kith_attr attrs[] = {
        { .name = "ownerId",
          .type = KITH_INTEGER,
          .references = &owner,
          .on_delete = on_delete,
          .on_update = on_update },
        { 0 },
    };
    const kith_model kit = { .name = "kit", .attrs = attrs, .no_timestamps = true, .no_primary_key = true };
    char table[512];
    snprintf(table, sizeof table,
             "CREATE TABLE IF NOT EXISTS [kits] ([ownerId] INTEGER, CONSTRAINT [kits_ownerId_fkey] "
             "FOREIGN KEY ([ownerId]) REFERENCES [owners] ([id])%s)",
             expected);
    struct fixture f;
    open_fixture(&f, &kith__dialect_sqlite, KITH_MODELS(&owner, &kit));
    assert_true(kith__render_create_table(&f.r, model_of(&f, "kit"), NULL));
    expect_sql(&kith__dialect_sqlite, kith__buf_text(&f.r.text), table);
    close_fixture(&f);
}

static void test_sql_ddl__actions_of_foreign_keys(void **state)
{
    (void)state;
    expect_actions(KITH_CASCADE, KITH_RESTRICT, " ON DELETE CASCADE ON UPDATE RESTRICT");
    expect_actions(KITH_SET_NULL, KITH_NO_ACTION, " ON DELETE SET NULL");
    expect_actions(KITH_NO_ACTION, KITH_NO_ACTION, "");
}

static const kith_model friendship = {
    .name = "friendship",
    .table = "friend\"s `of` mine",
    .attrs = KITH_ATTRS({ .name = "since", .type = KITH_DATEONLY },
                        { .name = "a", .column = "a_id", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "b", .column = "b_id", .type = KITH_INTEGER, .primary_key = true }),
    .no_timestamps = true,
};

static void test_sql_ddl__a_key_of_several_columns(void **state)
{
    (void)state;
    expect_tables(
        KITH_MODELS(&friendship), "friendship", NULL,
        EXPECT("CREATE TABLE IF NOT EXISTS [friend\"s `of` mine] ([since] DATE_TEXT, [a_id] INTEGER NOT NULL, "
               "[b_id] INTEGER NOT NULL, PRIMARY KEY ([a_id], [b_id])) WITHOUT ROWID",
               "CREATE TABLE IF NOT EXISTS [friend\"s `of` mine] ([since] DATE, [a_id] INTEGER NOT NULL, "
               "[b_id] INTEGER NOT NULL, PRIMARY KEY ([a_id], [b_id]))",
               "CREATE TABLE IF NOT EXISTS [friend\"s `of` mine] ([since] DATE, [a_id] INT NOT NULL, "
               "[b_id] INT NOT NULL, PRIMARY KEY ([a_id], [b_id]))" BINARY));
}

static void test_sql_ddl__a_numbering_key_of_any_size(void **state)
{
    (void)state;
    const kith_model big = {
        .name = "big",
        .table = "big",
        .attrs = KITH_ATTRS({ .name = "n",
                              .type = { .id = KITH_T_BIGINT, .is_unsigned = true },
                              .primary_key = true,
                              .auto_increment = true }),
        .no_timestamps = true,
    };
    expect_tables(KITH_MODELS(&big), "big", NULL,
                  EXPECT("CREATE TABLE IF NOT EXISTS [big] ([n] INTEGER PRIMARY KEY AUTOINCREMENT "
                         "CHECK ([n] BETWEEN 0 AND 9223372036854775807))",
                         "CREATE TABLE IF NOT EXISTS [big] ([n] BIGINT GENERATED BY DEFAULT AS IDENTITY NOT NULL "
                         "CHECK ([n] >= 0), PRIMARY KEY ([n]))",
                         "CREATE TABLE IF NOT EXISTS [big] ([n] BIGINT UNSIGNED AUTO_INCREMENT NOT NULL, "
                         "PRIMARY KEY ([n]))" BINARY));
}

static void test_sql_ddl__a_numbering_column_in_a_longer_key(void **state)
{
    (void)state;
    const kith_model line = {
        .name = "line",
        .attrs = KITH_ATTRS({ .name = "n", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true },
                            { .name = "shard", .type = KITH_INTEGER, .primary_key = true }),
        .no_timestamps = true,
    };
    expect_tables(KITH_MODELS(&line), "line", NULL,
                  EXPECT("CREATE TABLE IF NOT EXISTS [lines] ([n] INTEGER PRIMARY KEY AUTOINCREMENT, "
                         "[shard] INTEGER NOT NULL, UNIQUE ([n], [shard]))",
                         "CREATE TABLE IF NOT EXISTS [lines] ([n] INTEGER GENERATED BY DEFAULT AS IDENTITY NOT NULL, "
                         "[shard] INTEGER NOT NULL, PRIMARY KEY ([n], [shard]))",
                         "CREATE TABLE IF NOT EXISTS [lines] ([n] INT AUTO_INCREMENT NOT NULL, "
                         "[shard] INT NOT NULL, PRIMARY KEY ([n], [shard]))" BINARY));
}

/* ---- indexes and drops ---- */

static void test_sql_ddl__indexes(void **state)
{
    (void)state;
    const kith_model book = {
        .name = "book",
        .attrs = KITH_ATTRS({ .name = "isbn", .type = KITH_STRING(13), .unique = true },
                            { .name = "shelf", .type = KITH_INTEGER }, { .name = "place", .type = KITH_INTEGER }),
        .indexes = KITH_INDEXES({ .name = "where it is", .attrs = KITH_NAMES("shelf", "place") }),
        .no_timestamps = true,
    };
    for (int i = 0; i < DIALECT_COUNT; i++) {
        struct fixture f;
        open_fixture(&f, all_dialects[i], KITH_MODELS(&book));
        const struct model *m = model_of(&f, "book");
        assert_int_equal(m->index_count, 2);
        assert_true(kith__render_create_index(&f.r, m, &m->indexes[0]));
        expect_sql(all_dialects[i], kith__buf_text(&f.r.text),
                   "CREATE UNIQUE INDEX IF NOT EXISTS [books_isbn_key] ON [books] ([isbn])");
        kith__render_clear(&f.r);
        assert_true(kith__render_create_index(&f.r, m, &m->indexes[1]));
        expect_sql(all_dialects[i], kith__buf_text(&f.r.text),
                   "CREATE INDEX IF NOT EXISTS [where it is] ON [books] ([shelf], [place])");
        close_fixture(&f);
    }
}

static void test_sql_ddl__drop(void **state)
{
    (void)state;
    static const char *const expected[] = { "DROP TABLE IF EXISTS [owners]", "DROP TABLE IF EXISTS [owners] CASCADE",
                                            "DROP TABLE IF EXISTS [owners]" };
    for (int i = 0; i < DIALECT_COUNT; i++) {
        struct fixture f;
        open_fixture(&f, all_dialects[i], KITH_MODELS(&owner));
        assert_true(kith__render_drop_table(&f.r, model_of(&f, "owner")));
        expect_sql(all_dialects[i], kith__buf_text(&f.r.text), expected[i]);
        close_fixture(&f);
    }
}

static void test_sql_ddl__fails_cleanly_when_memory_is_short(void **state)
{
    (void)state;
    struct fixture f;
    open_fixture(&f, &kith__dialect_postgres, KITH_MODELS(&owner, &pug));
    struct fail_alloc memory;
    fail_alloc_init(&memory);
    for (bool done = false; !done; memory.fail_at++) {
        struct renderer r;
        memory.calls = 0;
        kith__render_init(&r, &kith__dialect_postgres, &memory.allocator, &f.arena);
        done = kith__render_create_table(&r, model_of(&f, "pug"), NULL);
        assert_int_equal(done, memory.fail_at == 0 || memory.fail_at > memory.calls);
        done = done && memory.fail_at > 0;
        kith__render_free(&r);
        assert_int_equal(memory.live_blocks, 0);
    }
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sql_ddl__text_types),
        cmocka_unit_test(test_sql_ddl__a_string_too_long_for_varchar_is_text),
        cmocka_unit_test(test_sql_ddl__enum_labels_are_quoted),
        cmocka_unit_test(test_sql_ddl__number_types),
        cmocka_unit_test(test_sql_ddl__time_types),
        cmocka_unit_test(test_sql_ddl__defaults_are_literals),
        cmocka_unit_test(test_sql_ddl__defaults_of_moments_and_bytes),
        cmocka_unit_test(test_sql_ddl__generated_values_have_no_default),
        cmocka_unit_test(test_sql_ddl__a_table_numbers_its_key),
        cmocka_unit_test(test_sql_ddl__foreign_keys_are_named_constraints),
        cmocka_unit_test(test_sql_ddl__a_foreign_key_may_come_later),
        cmocka_unit_test(test_sql_ddl__actions_of_foreign_keys),
        cmocka_unit_test(test_sql_ddl__a_key_of_several_columns),
        cmocka_unit_test(test_sql_ddl__a_numbering_key_of_any_size),
        cmocka_unit_test(test_sql_ddl__a_numbering_column_in_a_longer_key),
        cmocka_unit_test(test_sql_ddl__indexes),
        cmocka_unit_test(test_sql_ddl__drop),
        cmocka_unit_test(test_sql_ddl__fails_cleanly_when_memory_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
