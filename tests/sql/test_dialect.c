/* dialect: sets of keys, upserts and comparisons, the fragments that databases spell in ways of their own. */
#include <stdio.h>

#include "harness/fail_alloc.h"
#include "harness/sql_text.h"
#include "harness/test.h"

static kith_arena arena;

static int set_up(void **state)
{
    (void)state;
    kith__arena_init(&arena, &kith__default_allocator, NULL, true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kith__arena_free(&arena);
    return 0;
}

#define EXPECT(...) ((const char *const[DIALECT_COUNT]){ __VA_ARGS__ })

static struct sql_expr *col(const char *name, int type)
{
    return kith__sql_column(&arena, NULL, name, type);
}

static void test_sql_dialect__is_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(kith__dialect_named("sqlite"), &kith__dialect_sqlite);
    assert_ptr_equal(kith__dialect_named("postgres"), &kith__dialect_postgres);
    assert_ptr_equal(kith__dialect_named("mariadb"), &kith__dialect_mariadb);
    assert_null(kith__dialect_named("SQLite"));
    assert_null(kith__dialect_named(""));
}

static void test_sql_dialect__opens_transactions(void **state)
{
    (void)state;
    assert_string_equal(kith__dialect_sqlite.begin_write, "BEGIN IMMEDIATE");
    assert_string_equal(kith__dialect_sqlite.begin_read, "BEGIN");
    assert_string_equal(kith__dialect_postgres.begin_write, "BEGIN");
    assert_string_equal(kith__dialect_postgres.begin_read, "BEGIN READ ONLY");
    assert_string_equal(kith__dialect_mariadb.begin_write, "START TRANSACTION");
    assert_string_equal(kith__dialect_mariadb.begin_read, "START TRANSACTION READ ONLY");
}

/* ---- keys ---- */

/* `params` are the texts of the parameters that are text; a NULL among them is one of another kind. */
static void expect_keys(const struct dialect *d, struct sql_expr *columns, const struct sql_keys *keys,
                        const char *expected, size_t count, const char *const *params)
{
    struct renderer r;
    kith__render_init(&r, d, &kith__default_allocator, &arena);
    kith__render_expr(&r, kith__sql_keys(&arena, columns, keys));
    assert_false(r.failed);
    expect_sql(d, kith__buf_text(&r.text), expected);
    assert_int_equal(r.param_count, count);
    for (size_t i = 0; i < count; i++) {
        if (!params[i])
            continue;
        assert_int_equal(r.params[i].value.kind, KITH_STR);
        assert_string_equal(r.params[i].value.as.str, params[i]);
        assert_int_equal(r.params[i].value.size, strlen(params[i]));
    }
    kith__render_free(&r);
}
#define TEXTS(...)                                                                                                     \
    sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *), (const char *const[])                                    \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

static void test_sql_dialect__no_key_is_never_found(void **state)
{
    (void)state;
    const struct sql_keys none = { .width = 1, .types = (const uint8_t[]){ KITH_T_INTEGER } };
    for (int i = 0; i < DIALECT_COUNT; i++)
        expect_keys(all_dialects[i], col("id", KITH_T_INTEGER), &none, "1 = 0", 0, NULL);
}

static void test_sql_dialect__one_key_is_compared(void **state)
{
    (void)state;
    const kith_value values[] = { kith_of_int(1), kith_of_str("x") };
    const struct sql_keys keys = {
        .width = 2, .count = 1, .values = values, .types = (const uint8_t[]){ KITH_T_INTEGER, KITH_T_TEXT }
    };
    for (int i = 0; i < DIALECT_COUNT; i++) {
        struct sql_expr *columns = col("a", KITH_T_INTEGER);
        kith__sql_append(&columns, col("b", KITH_T_TEXT));
        expect_keys(all_dialects[i], columns, &keys, "[a] = ? AND [b] = ?", TEXTS(NULL, "x"));
    }
}

static void test_sql_dialect__integer_keys(void **state)
{
    (void)state;
    const kith_value values[] = { kith_of_int(1), kith_of_int(INT64_MAX), kith_of_int(INT64_MIN) };
    const struct sql_keys keys = {
        .width = 1, .count = 3, .values = values, .types = (const uint8_t[]){ KITH_T_INTEGER }
    };
    expect_keys(&kith__dialect_sqlite, col("id", KITH_T_INTEGER), &keys, "[id] IN (SELECT value FROM json_each(?))",
                TEXTS("[1,9223372036854775807,-9223372036854775808]"));
    expect_keys(&kith__dialect_postgres, col("id", KITH_T_INTEGER), &keys, "[id] = ANY(?::bigint[])",
                TEXTS("{1,9223372036854775807,-9223372036854775808}"));
    expect_keys(&kith__dialect_mariadb, col("id", KITH_T_INTEGER), &keys, "[id] IN (?, ?, ?)", TEXTS(NULL, NULL, NULL));
}

static void test_sql_dialect__tuples(void **state)
{
    (void)state;
    const kith_value values[] = { kith_of_int(1), kith_of_str("a\"b"), kith_of_int(2), kith_of_str("c\\,d") };
    const struct sql_keys keys = {
        .width = 2, .count = 2, .values = values, .types = (const uint8_t[]){ KITH_T_BIGINT, KITH_T_STRING }
    };
    const char *const expected[] = {
        "([a], [b]) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))",
        "([a], [b]) IN (SELECT * FROM unnest(?::bigint[], ?::text[]))",
        "([a], [b]) IN ((?, ?), (?, ?))",
    };
    const size_t counts[] = { 1, 2, 4 };
    const char *const params[][4] = {
        { "[[1,\"a\\\"b\"],[2,\"c\\\\,d\"]]" },
        { "{1,2}", "{\"a\\\"b\",\"c\\\\,d\"}" },
        { NULL, "a\"b", NULL, "c\\,d" },
    };
    for (int i = 0; i < DIALECT_COUNT; i++) {
        struct sql_expr *columns = col("a", KITH_T_BIGINT);
        kith__sql_append(&columns, col("b", KITH_T_STRING));
        expect_keys(all_dialects[i], columns, &keys, expected[i], counts[i], params[i]);
    }
}

/* Two keys, on SQLite as JSON and on PostgreSQL as an array. decoded: of JSON's value. */
static void expect_decoded_texts(int type, kith_value a, kith_value b, const char *decoded, const char *json,
                                 const char *array_type, const char *array)
{
    const kith_value values[] = { a, b };
    const struct sql_keys keys = {
        .width = 1, .count = 2, .values = values, .types = (const uint8_t[]){ (uint8_t)type }
    };
    char expected[120];
    snprintf(expected, sizeof expected, "[k]%s IN (SELECT %s FROM json_each(?))",
             type == KITH_T_DECIMAL ? " COLLATE kith_decimal" : "", decoded);
    expect_keys(&kith__dialect_sqlite, col("k", type), &keys, expected, TEXTS(json));
    snprintf(expected, sizeof expected, "[k] = ANY(?::%s[])", array_type);
    expect_keys(&kith__dialect_postgres, col("k", type), &keys, expected, TEXTS(array));
}

static void expect_key_texts(int type, kith_value a, kith_value b, const char *json, const char *array_type,
                             const char *array)
{
    expect_decoded_texts(type, a, b, "value", json, array_type, array);
}

static void test_sql_dialect__keys_of_every_type(void **state)
{
    (void)state;
    expect_key_texts(KITH_T_BIGINT, kith_of_int(-1), kith_of_int(2), "[-1,2]", "bigint", "{-1,2}");
    expect_key_texts(KITH_T_BOOLEAN, kith_of_bool(true), kith_of_bool(false), "[1,0]", "boolean", "{t,f}");
    expect_key_texts(KITH_T_INTEGER, kith_of_int(INT32_MIN), kith_of_int(INT32_MAX), "[-2147483648,2147483647]",
                     "integer", "{-2147483648,2147483647}");
    /* 0x3ff0000000000000, -0x3ffc000000000000: SQLite might read the digits of a double as another */
    expect_decoded_texts(KITH_T_DOUBLE, kith_of_double(1), kith_of_double(-2.5), "kith_real(value)",
                         "[4607182418800017408,-4610560118520545280]", "double precision", "{1,-2.5}");
    expect_key_texts(KITH_T_DATE, kith_of_timestamp(0), kith_of_timestamp(1),
                     "[\"1970-01-01 00:00:00.000000\",\"1970-01-01 00:00:00.000001\"]", "timestamp with time zone",
                     "{\"1970-01-01T00:00:00.000000Z\",\"1970-01-01T00:00:00.000001Z\"}");
    const struct {
        int type;
        const char *array_type;
    } texts[] = { { KITH_T_STRING, "text" },   { KITH_T_TEXT, "text" }, { KITH_T_UUID, "uuid" },
                  { KITH_T_DATEONLY, "date" }, { KITH_T_TIME, "time" }, { KITH_T_DECIMAL, "numeric" } };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect_key_texts(texts[i].type, kith_of_str("1"), kith_of_str(""), "[\"1\",\"\"]", texts[i].array_type,
                         "{\"1\",\"\"}");
    expect_key_texts(KITH_T_TEXT, kith_of_str("NULL"), kith_of_str("{a,b}\n\""), "[\"NULL\",\"{a,b}\\n\\\"\"]", "text",
                     "{\"NULL\",\"{a,b}\n\\\"\"}");
}

static void test_sql_dialect__keys_that_json_cannot_hold(void **state)
{
    (void)state;
    const kith_value bytes[] = { kith_of_bytes("\x00\xff", 2), kith_of_bytes("", 0) };
    const struct sql_keys blobs = {
        .width = 1, .count = 2, .values = bytes, .types = (const uint8_t[]){ KITH_T_BLOB }
    };
    expect_keys(&kith__dialect_sqlite, col("k", KITH_T_BLOB), &blobs,
                "[k] IN (SELECT kith_bytes(value) FROM json_each(?))", TEXTS("[\"00ff\",\"\"]"));
    expect_keys(&kith__dialect_postgres, col("k", KITH_T_BLOB), &blobs, "[k] = ANY(?::bytea[])",
                TEXTS("{\"\\\\x00ff\",\"\\\\x\"}"));

    /* SQLite would read "a\u0000b" as 'a' */
    const kith_value texts[] = { kith_of_text("a\0b", 3), kith_of_str("a") };
    const struct sql_keys nul = { .width = 1, .count = 2, .values = texts, .types = (const uint8_t[]){ KITH_T_TEXT } };
    expect_keys(&kith__dialect_sqlite, col("k", KITH_T_TEXT), &nul,
                "[k] IN (SELECT CAST(kith_bytes(value) AS TEXT) FROM json_each(?))", TEXTS("[\"610062\",\"61\"]"));
}

/* So many keys that no list of placeholders holds them, all alike. */
static void expect_many_mariadb(int type, kith_value value, const char *column, const char *key, const char *key_type,
                                const char *json)
{
    enum { MORE = 1025 };
    static kith_value values[MORE];
    static char expected[512], all[MORE * 200];
    size_t size = 0;
    for (size_t i = 0; i < MORE; i++) {
        values[i] = value;
        size += (size_t)snprintf(all + size, sizeof all - size, "%c%s", i ? ',' : '[', json);
    }
    snprintf(all + size, sizeof all - size, "]");
    snprintf(expected, sizeof expected,
             "%s IN (SELECT k0 FROM (SELECT DISTINCT IFNULL(%s) k0 FROM JSON_TABLE(?, '$[*]' COLUMNS (k0 %s PATH '$' "
             "ERROR ON ERROR)) j) k)",
             column, key, key_type);
    const struct sql_keys keys = {
        .width = 1, .count = MORE, .values = values, .types = (const uint8_t[]){ (uint8_t)type }
    };
    expect_keys(&kith__dialect_mariadb, col("k", type), &keys, expected, TEXTS(all));
}

#define UTF8          " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"
#define FORTY         "0123456789012345678901234567890123456789"
#define DIGEST(x)     "UNHEX(SHA2(" x ", 256))"
#define MANY_TEXTS(t) kith_of_str(t), "[k]", "k0, ''"

static void test_sql_dialect__many_keys_of_every_type(void **state)
{
    (void)state;
    expect_many_mariadb(KITH_T_INTEGER, kith_of_int(-1), "[k]", "k0, 0", "BIGINT", "-1");
    expect_many_mariadb(KITH_T_BOOLEAN, kith_of_bool(true), "[k]", "k0, 0", "BIGINT", "1");
    expect_many_mariadb(KITH_T_DOUBLE, kith_of_double(0.1), "[k]", "k0, 0", "DOUBLE", "0.1");
    expect_many_mariadb(KITH_T_DATE, kith_of_timestamp(1), "[k]", "k0, TIMESTAMP'2000-01-01 00:00:00'", "DATETIME(6)",
                        "\"1970-01-01 00:00:00.000001\"");
    expect_many_mariadb(KITH_T_DATEONLY, kith_of_str("2024-02-29"), "[k]", "k0, DATE'2000-01-01'", "DATE",
                        "\"2024-02-29\"");
    expect_many_mariadb(KITH_T_TIME, kith_of_str("01:02:03"), "[k]", "k0, TIME'00:00:00'", "TIME(6)", "\"01:02:03\"");
    expect_many_mariadb(KITH_T_UUID, MANY_TEXTS("u"), "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin", "\"u\"");
    expect_many_mariadb(KITH_T_DECIMAL, kith_of_str("-12345.5"), "[k]", "k0, 0", "DECIMAL(65, 30)", "\"-12345.5\"");
    expect_many_mariadb(KITH_T_DECIMAL, kith_of_str("-" FORTY), "[k]", "k0, 0", "DECIMAL(65, 25)", "\"-" FORTY "\"");
    expect_many_mariadb(KITH_T_BLOB, kith_of_bytes("\0\xff", 2), DIGEST("[k]"), DIGEST("UNHEX(k0)") ", ''",
                        "LONGTEXT" UTF8, "\"00ff\"");
    expect_many_mariadb(KITH_T_TEXT, kith_of_str("x"), DIGEST("[k]"), DIGEST("k0") ", ''", "LONGTEXT" UTF8, "\"x\"");
}

/* A text that is longer than the column of the keys is cut to it: then it must still be longer than any of them. */
static void test_sql_dialect__many_texts(void **state)
{
    (void)state;
    expect_many_mariadb(KITH_T_STRING, MANY_TEXTS("0123456789abcde"), "VARCHAR(16)" UTF8, "\"0123456789abcde\"");
    expect_many_mariadb(KITH_T_STRING, MANY_TEXTS("0123456789abcdef"), "VARCHAR(32)" UTF8, "\"0123456789abcdef\"");
    expect_many_mariadb(KITH_T_ENUM, MANY_TEXTS("a"), "VARCHAR(16)" UTF8, "\"a\"");
    const char *const longest = FORTY FORTY FORTY "0123456";
    expect_many_mariadb(KITH_T_STRING, MANY_TEXTS(longest), "VARCHAR(128)" UTF8, "\"" FORTY FORTY FORTY "0123456\"");
    expect_many_mariadb(KITH_T_STRING, kith_of_str(FORTY FORTY FORTY "01234567"), DIGEST("[k]"), DIGEST("k0") ", ''",
                        "LONGTEXT" UTF8, "\"" FORTY FORTY FORTY "01234567\"");
}

/* An index has room for two texts of half the length. */
static void test_sql_dialect__many_tuples(void **state)
{
    (void)state;
    enum { MORE = 1025 };
    static kith_value values[MORE * 2];
    for (size_t i = 0; i < MORE; i++) {
        values[2 * i] = kith_of_str(FORTY FORTY);
        values[2 * i + 1] = kith_of_int((int64_t)i);
    }
    const struct sql_keys keys = {
        .width = 2, .count = MORE, .values = values, .types = (const uint8_t[]){ KITH_T_STRING, KITH_T_BIGINT }
    };
    struct sql_expr *columns = col("a", KITH_T_STRING);
    kith__sql_append(&columns, col("b", KITH_T_BIGINT));
    expect_keys(&kith__dialect_mariadb, columns, &keys,
                "(" DIGEST("[a]") ", [b]) IN (SELECT k0, k1 FROM (SELECT DISTINCT IFNULL(" DIGEST(
                    "k0") ", '') k0, IFNULL(k1, 0) k1 FROM JSON_TABLE(?, '$[*]' COLUMNS (k0 LONGTEXT" UTF8
                          " PATH '$[0]' ERROR ON ERROR, k1 BIGINT PATH '$[1]' ERROR ON ERROR)) j) k)",
                1, (const char *const[]){ NULL });
}

/* Else each length would be a statement of its own to prepare. */
static void test_sql_dialect__lists_have_few_lengths(void **state)
{
    (void)state;
    static const size_t counts[][2] = { { 8, 8 }, { 9, 16 }, { 16, 16 }, { 17, 32 }, { 513, 1024 }, { 1024, 1024 } };
    static kith_value values[1024];
    for (size_t i = 0; i < 1024; i++)
        values[i] = kith_of_int((int64_t)i);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct renderer r;
        const struct sql_keys keys = {
            .width = 1, .count = counts[i][0], .values = values, .types = (const uint8_t[]){ KITH_T_INTEGER }
        };
        kith__render_init(&r, &kith__dialect_mariadb, &kith__default_allocator, &arena);
        kith__render_expr(&r, kith__sql_keys(&arena, col("k", KITH_T_INTEGER), &keys));
        assert_int_equal(r.param_count, counts[i][1]);
        for (size_t p = 0; p < r.param_count; p++)
            assert_int_equal(r.params[p].value.as.integer, p < counts[i][0] ? p : counts[i][0] - 1);
        kith__render_free(&r);
    }
}

/* Renders many keys with an allocator that fails once; the text of the statement is made in the same memory. */
static bool render_keys(const struct dialect *d, struct fail_alloc *memory, const struct sql_keys *keys)
{
    bool done = false;
    kith_arena own;
    struct renderer r;
    kith__arena_init(&own, &memory->allocator, NULL, true);
    kith__render_init(&r, d, &memory->allocator, &own);
    struct sql_select *s = ARENA_NEW(&own, struct sql_select);
    if (s) {
        kith__sql_item(&own, &s->items, kith__sql_expr(&own, SQL_ONE), NULL);
        s->where = kith__sql_keys(&own, kith__sql_column(&own, NULL, "k", KITH_T_TEXT), keys);
        done = kith__render_select(&r, s);
    }
    kith__render_free(&r);
    kith__arena_free(&own);
    return done;
}

static void test_sql_dialect__keys_fail_cleanly_when_memory_is_short(void **state)
{
    (void)state;
    kith_value values[50];
    for (size_t i = 0; i < 50; i++)
        values[i] = kith_of_str("a text of some length, so that buffers have to grow");
    const struct sql_keys keys = {
        .width = 1, .count = 50, .values = values, .types = (const uint8_t[]){ KITH_T_TEXT }
    };
    for (int i = 0; i < DIALECT_COUNT; i++) {
        struct fail_alloc memory;
        fail_alloc_init(&memory);
        assert_true(render_keys(all_dialects[i], &memory, &keys));
        size_t all = memory.calls;
        assert_true(all > 5);
        for (size_t n = 1; n <= all; n++) {
            memory.calls = 0;
            memory.fail_at = n;
            assert_false(render_keys(all_dialects[i], &memory, &keys));
            assert_int_equal(memory.live_blocks, 0);
        }
    }
}

/* ---- upserts ---- */

static void expect_insert(const struct sql_insert *s, const char *const expected[DIALECT_COUNT])
{
    for (int i = 0; i < DIALECT_COUNT; i++) {
        struct renderer r;
        kith__render_init(&r, all_dialects[i], &kith__default_allocator, &arena);
        assert_true(kith__render_insert(&r, s));
        expect_sql(all_dialects[i], kith__buf_text(&r.text), expected[i]);
        kith__render_free(&r);
    }
}

static struct sql_insert link_row(enum sql_conflict conflict)
{
    static const char *const columns[] = { "a", "b", "since" };
    struct sql_row *row = ARENA_NEW(&arena, struct sql_row);
    assert_non_null(row);
    for (int i = 0; i < 3; i++)
        kith__sql_append(&row->values, kith__sql_bind(&arena, kith_of_int(i), KITH_T_INTEGER));
    return (struct sql_insert){ .table = "links",
                                .columns = columns,
                                .column_count = 3,
                                .rows = row,
                                .conflict = conflict,
                                .conflict_columns = columns,
                                .conflict_count = 2 };
}

#define ROW "INSERT INTO [links] ([a], [b], [since]) VALUES (?, ?, ?)"
/* Of a row that is met by another unique key, MariaDB's statement must fail. */
#define SAME         "[links].[a] <=> VALUES([a]) AND [links].[b] <=> VALUES([b])"
#define ELSE         ", [links].[a], (SELECT NULL UNION ALL SELECT NULL))"
#define UNLESS_THERE " ON DUPLICATE KEY UPDATE [a] = IF(@kith_met := " SAME ELSE

static void test_sql_dialect__insert_unless_there(void **state)
{
    (void)state;
    struct sql_insert s = link_row(SQL_CONFLICT_NOTHING);
    expect_insert(&s, EXPECT(ROW " ON CONFLICT ([a], [b]) DO NOTHING", ROW " ON CONFLICT ([a], [b]) DO NOTHING",
                             ROW UNLESS_THERE));
}

static void test_sql_dialect__insert_or_update(void **state)
{
    (void)state;
    struct sql_insert s = link_row(SQL_CONFLICT_UPDATE);
    struct sql_expr *excluded = kith__sql_expr(&arena, SQL_EXCLUDED);
    excluded->text = "since";
    kith__sql_set(&arena, &s.update, "since", excluded);
    kith__sql_set(&arena, &s.update, "n", kith__sql_bind(&arena, kith_of_int(7), KITH_T_INTEGER));
#define UPDATE " ON CONFLICT ([a], [b]) DO UPDATE SET [since] = excluded.[since], [n] = ?"
    expect_insert(&s,
                  EXPECT(ROW UPDATE, ROW UPDATE,
                         ROW " ON DUPLICATE KEY UPDATE [a] = IF(" SAME ELSE ", [since] = VALUES([since]), [n] = ?"));
}

static void test_sql_dialect__upsert_returns_the_row(void **state)
{
    (void)state;
    struct sql_insert s = link_row(SQL_CONFLICT_NOTHING);
    kith__sql_item(&arena, &s.returning, col("since", 0), NULL);
    expect_insert(&s, EXPECT(ROW " ON CONFLICT ([a], [b]) DO NOTHING RETURNING [since]",
                             ROW " ON CONFLICT ([a], [b]) DO NOTHING RETURNING [since]",
                             ROW UNLESS_THERE " RETURNING [since]"));
}

static void test_sql_dialect__upsert_from_a_select(void **state)
{
    (void)state;
    struct sql_insert s = link_row(SQL_CONFLICT_NOTHING);
    struct sql_select from = { 0 };
    kith__sql_item(&arena, &from.items, kith__sql_expr(&arena, SQL_STAR), NULL);
    kith__sql_source(&arena, &from.from, SQL_FROM, "others", "t0", NULL);
    s.rows = NULL;
    s.select = &from;
#define INTO "INSERT INTO [links] ([a], [b], [since]) SELECT * FROM [others] t0"
    expect_insert(&s, EXPECT(INTO " WHERE 1 ON CONFLICT ([a], [b]) DO NOTHING",
                             INTO " ON CONFLICT ([a], [b]) DO NOTHING", INTO UNLESS_THERE));
    from.where = kith__sql_unary(&arena, SQL_IS_NULL, col("x", 0));
#define WHERE " WHERE [x] IS NULL"
    expect_insert(&s, EXPECT(INTO WHERE " ON CONFLICT ([a], [b]) DO NOTHING",
                             INTO WHERE " ON CONFLICT ([a], [b]) DO NOTHING", INTO WHERE UNLESS_THERE));
}

/* Written again without a change, so that it is returned. */
static void test_sql_dialect__insert_or_return(void **state)
{
    (void)state;
    struct sql_insert s = link_row(SQL_CONFLICT_UPDATE);
#define AGAIN " ON CONFLICT ([a], [b]) DO UPDATE SET [a] = excluded.[a]"
    expect_insert(&s, EXPECT(ROW AGAIN, ROW AGAIN, ROW " ON DUPLICATE KEY UPDATE [a] = IF(" SAME ELSE));
}

/* ---- rows by columns ---- */

static const struct attr *attr_of(const char *column, int type)
{
    struct attr *attr = ARENA_NEW(&arena, struct attr);
    assert_non_null(attr);
    attr->name = attr->column = column;
    attr->type.id = type;
    return attr;
}

static struct sql_insert block_of(struct sql_block *block)
{
    static const char *const columns[] = { "a", "b" };
    static kith_value values[] = { KITH_CONST_INT(1), KITH_CONST_STR("x"), KITH_CONST_INT(2), KITH_CONST_STR("y") };
    static const kith_column held[] = { { values, 2, KITH_T_INTEGER }, { values + 1, 2, KITH_T_UUID } };
    const struct attr **attrs = ARENA_ARRAY(&arena, 2, const struct attr *);
    attrs[0] = attr_of("a", KITH_T_INTEGER);
    attrs[1] = attr_of("b", KITH_T_UUID);
    *block = (struct sql_block){ .attrs = attrs, .columns = held, .width = 2, .count = 2 };
    return (struct sql_insert){ .table = "links", .columns = columns, .column_count = 2, .block = block };
}

#define INTO_AB "INSERT INTO [links] ([a], [b])"

static void test_sql_dialect__block_has_a_placeholder_for_each_value(void **state)
{
    (void)state;
    struct sql_block block;
    struct sql_insert s = block_of(&block);
#define TWO INTO_AB " VALUES (?, ?), (?, ?)"
    expect_insert(&s, EXPECT(TWO, TWO, TWO));
}

/* The text is the same for any number of rows. */
static void test_sql_dialect__block_bound_together_does_not_grow(void **state)
{
    (void)state;
    struct sql_block block;
    struct sql_insert s = block_of(&block);
    block.together = true;
    for (block.count = 1; block.count < 1000; block.count *= 10)
        expect_insert(&s, EXPECT(INTO_AB " VALUES (?, ?)",
                                 INTO_AB " SELECT unnest(?::bigint[]), CAST(unnest(?::text[]) AS uuid)",
                                 INTO_AB " VALUES (?, ?)"));
    kith__sql_item(&arena, &s.returning, col("id", 0), NULL);
    expect_insert(&s, EXPECT(INTO_AB " VALUES (?, ?) RETURNING [id]",
                             INTO_AB " SELECT c0, CAST(c1 AS uuid) FROM unnest(?::bigint[], ?::text[]) WITH ORDINALITY "
                                     "t0(c0, c1, place) ORDER BY place RETURNING [id]",
                             INTO_AB " VALUES (?, ?) RETURNING [id]"));
}

/* ---- comparisons ---- */

static void expect_comparison(int type, const char *const expected[DIALECT_COUNT])
{
    for (int i = 0; i < DIALECT_COUNT; i++) {
        struct renderer r;
        kith__render_init(&r, all_dialects[i], &kith__default_allocator, &arena);
        kith__render_expr(&r, kith__sql_binary(&arena, SQL_LT, col("c", type), col("d", type)));
        expect_sql(all_dialects[i], kith__buf_text(&r.text), expected[i]);
        kith__render_free(&r);
    }
}

static void test_sql_dialect__comparisons_follow_the_type(void **state)
{
    (void)state;
    for (int type = KITH_T_STRING; type < KITH_T_COUNT_; type++)
        if (type != KITH_T_DECIMAL && type != KITH_T_JSON)
            expect_comparison(type, EXPECT("[c] < [d]", "[c] < [d]", "[c] < [d]"));
    expect_comparison(KITH_T_DECIMAL,
                      EXPECT("[c] COLLATE kith_decimal < [d] COLLATE kith_decimal", "[c] < [d]", "[c] < [d]"));
    expect_comparison(KITH_T_JSON,
                      EXPECT("[c] < [d]", "(CAST([c] AS text) COLLATE [C]) < (CAST([d] AS text) COLLATE [C])",
                             "[c] < [d]"));
}

static void expect_order(int type, const char *const expected[DIALECT_COUNT])
{
    static const char before[] = "SELECT 1 ORDER BY ";
    for (int i = 0; i < DIALECT_COUNT; i++) {
        struct sql_select s = { 0 };
        kith__sql_item(&arena, &s.items, kith__sql_expr(&arena, SQL_ONE), NULL);
        kith__sql_order(&arena, &s.order, col("c", type), true);
        struct renderer r;
        kith__render_init(&r, all_dialects[i], &kith__default_allocator, &arena);
        assert_true(kith__render_select(&r, &s));
        const char *text = kith__buf_text(&r.text);
        assert_memory_equal(text, before, sizeof before - 1);
        expect_sql(all_dialects[i], text + sizeof before - 1, expected[i]);
        kith__render_free(&r);
    }
}

static void test_sql_dialect__orders_follow_the_type(void **state)
{
    (void)state;
    expect_order(KITH_T_TEXT, EXPECT("[c] DESC", "[c] DESC", "[c] DESC"));
    expect_order(KITH_T_DECIMAL, EXPECT("[c] COLLATE kith_decimal DESC", "[c] DESC", "[c] DESC"));
    expect_order(KITH_T_JSON, EXPECT("[c] DESC", "(CAST([c] AS text) COLLATE [C]) DESC", "[c] DESC"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(test_sql_dialect__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(is_found_by_name),
        CASE(opens_transactions),
        CASE(no_key_is_never_found),
        CASE(one_key_is_compared),
        CASE(integer_keys),
        CASE(tuples),
        CASE(keys_of_every_type),
        CASE(keys_that_json_cannot_hold),
        CASE(many_keys_of_every_type),
        CASE(many_texts),
        CASE(many_tuples),
        CASE(lists_have_few_lengths),
        CASE(keys_fail_cleanly_when_memory_is_short),
        CASE(insert_unless_there),
        CASE(insert_or_update),
        CASE(insert_or_return),
        CASE(block_has_a_placeholder_for_each_value),
        CASE(block_bound_together_does_not_grow),
        CASE(upsert_returns_the_row),
        CASE(upsert_from_a_select),
        CASE(comparisons_follow_the_type),
        CASE(orders_follow_the_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
