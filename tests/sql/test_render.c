/* render: every node and every statement, on three databases. Where one text is expected, the databases agree. */
#include "harness/sql_text.h"
#include "harness/test.h"

static kith_arena arena;
static struct renderer r;

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

static void start(const struct dialect *d)
{
    kith__render_init(&r, d, &kith__default_allocator, &arena);
}

static struct sql_expr *col(const char *name)
{
    return kith__sql_column(&arena, NULL, name, KITH_T_INTEGER);
}

static struct sql_expr *bind(int64_t n)
{
    return kith__sql_bind(&arena, kith_of_int(n), KITH_T_INTEGER);
}

static struct sql_expr *chain(struct sql_expr *first, struct sql_expr *second)
{
    struct sql_expr *list = NULL;
    kith__sql_append(&list, first);
    kith__sql_append(&list, second);
    return list;
}

static struct sql_expr *of(enum sql_op op, struct sql_expr *args)
{
    return kith__sql_unary(&arena, op, args);
}

/* The integers that were bound, in their order. */
static void expect_params(size_t count, const int64_t *integers)
{
    assert_int_equal(r.param_count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(r.params[i].value.kind, KITH_INT);
        assert_int_equal(r.params[i].value.as.integer, integers[i]);
    }
}
#define PARAMS(...)                                                                                                    \
    sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (const int64_t[])                                            \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

static void expect_expr(const struct sql_expr *e, const char *expected)
{
    assert_non_null(e);
    for (int i = 0; i < DIALECT_COUNT; i++) {
        start(all_dialects[i]);
        kith__render_expr(&r, e);
        assert_false(r.failed);
        expect_sql(all_dialects[i], kith__buf_text(&r.text), expected);
        kith__render_free(&r);
    }
}

/* `expected` is one text for all, or one for each dialect. */
#define EXPECT(...)      ((const char *const[DIALECT_COUNT]){ __VA_ARGS__ })
#define EXPECT_ALL(text) EXPECT(text, text, text)

static void expect_select(const struct sql_select *s, const char *const expected[DIALECT_COUNT], size_t count,
                          const int64_t *params)
{
    for (int i = 0; i < DIALECT_COUNT; i++) {
        start(all_dialects[i]);
        assert_true(kith__render_select(&r, s));
        expect_sql(all_dialects[i], kith__buf_text(&r.text), expected[i]);
        expect_params(count, params);
        kith__render_free(&r);
    }
}

static void expect_insert(const struct sql_insert *s, const char *const expected[DIALECT_COUNT], size_t count,
                          const int64_t *params)
{
    for (int i = 0; i < DIALECT_COUNT; i++) {
        start(all_dialects[i]);
        assert_true(kith__render_insert(&r, s));
        expect_sql(all_dialects[i], kith__buf_text(&r.text), expected[i]);
        expect_params(count, params);
        kith__render_free(&r);
    }
}

static struct sql_select *select_from(const char *table)
{
    struct sql_select *s = ARENA_NEW(&arena, struct sql_select);
    assert_non_null(s);
    kith__sql_item(&arena, &s->items, kith__sql_expr(&arena, SQL_ONE), NULL);
    kith__sql_source(&arena, &s->from, SQL_FROM, table, "t0", NULL);
    return s;
}

/* ---- expressions ---- */

static void test_sql_render__names_are_quoted(void **state)
{
    (void)state;
    expect_expr(col("name"), "[name]");
    expect_expr(col("a\"b`c"), "[a\"b`c]");
    expect_expr(kith__sql_column(&arena, "t1", "name", 0), "t1.[name]");
}

static void test_sql_render__constants(void **state)
{
    (void)state;
    expect_expr(kith__sql_expr(&arena, SQL_STAR), "*");
    expect_expr(kith__sql_expr(&arena, SQL_NULL), "NULL");
    expect_expr(kith__sql_expr(&arena, SQL_ONE), "1");
    expect_expr(kith__sql_expr(&arena, SQL_COUNT), "COUNT(*)");
}

static void test_sql_render__binds_are_numbered(void **state)
{
    (void)state;
    expect_expr(of(SQL_IN, chain(col("a"), chain(bind(1), bind(2)))), "[a] IN (?, ?)");
    start(&kith__dialect_postgres);
    kith__render_expr(&r, chain(bind(1), NULL));
    kith__render_expr(&r, chain(bind(2), NULL));
    assert_string_equal(kith__buf_text(&r.text), "$1$2");
    expect_params(PARAMS(1, 2));
    kith__render_clear(&r);
    kith__render_expr(&r, bind(3));
    assert_string_equal(kith__buf_text(&r.text), "$1");
    expect_params(PARAMS(3));
    assert_int_equal(r.params[0].type, KITH_T_INTEGER);
    kith__render_free(&r);
}

static void test_sql_render__comparisons(void **state)
{
    (void)state;
    const struct {
        enum sql_op op;
        const char *expected;
    } cases[] = { { SQL_EQ, "[a] = ?" },   { SQL_NE, "[a] <> ?" }, { SQL_GT, "[a] > ?" },
                  { SQL_GTE, "[a] >= ?" }, { SQL_LT, "[a] < ?" },  { SQL_LTE, "[a] <= ?" } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_expr(kith__sql_binary(&arena, cases[i].op, col("a"), bind(1)), cases[i].expected);
    expect_expr(of(SQL_BETWEEN, chain(col("a"), chain(bind(1), bind(2)))), "[a] BETWEEN ? AND ?");
}

static void test_sql_render__like_escapes_by_backslash_everywhere(void **state)
{
    (void)state;
    const char *const expected[][DIALECT_COUNT] = {
        { "[a] LIKE ? ESCAPE '\\'", "[a] LIKE ?", "[a] LIKE ?" },
        { "[a] NOT LIKE ? ESCAPE '\\'", "[a] NOT LIKE ?", "[a] NOT LIKE ?" },
    };
    const enum sql_op ops[] = { SQL_LIKE, SQL_NOT_LIKE };
    for (int n = 0; n < 2; n++)
        for (int i = 0; i < DIALECT_COUNT; i++) {
            start(all_dialects[i]);
            kith__render_expr(&r, kith__sql_binary(&arena, ops[n], col("a"), bind(1)));
            expect_sql(all_dialects[i], kith__buf_text(&r.text), expected[n][i]);
            kith__render_free(&r);
        }
}

static void test_sql_render__tests_behind_an_operand(void **state)
{
    (void)state;
    expect_expr(of(SQL_IS_NULL, col("a")), "[a] IS NULL");
    expect_expr(of(SQL_IS_NOT_NULL, col("a")), "[a] IS NOT NULL");
    expect_expr(of(SQL_IS_NOT_TRUE, kith__sql_binary(&arena, SQL_EQ, col("a"), bind(1))), "([a] = ?) IS NOT TRUE");
}

static void test_sql_render__junctions_nest(void **state)
{
    (void)state;
    struct sql_expr *either = kith__sql_binary(&arena, SQL_OR, of(SQL_IS_NULL, col("a")), of(SQL_IS_NULL, col("b")));
    expect_expr(kith__sql_binary(&arena, SQL_AND, either, of(SQL_IS_NULL, col("c"))),
                "([a] IS NULL OR [b] IS NULL) AND [c] IS NULL");
    struct sql_expr *both = kith__sql_and(&arena, of(SQL_IS_NULL, col("a")), of(SQL_IS_NULL, col("b")));
    both = kith__sql_and(&arena, both, of(SQL_IS_NULL, col("c")));
    expect_expr(both, "[a] IS NULL AND [b] IS NULL AND [c] IS NULL");
    expect_expr(of(SQL_NOT, both), "NOT ([a] IS NULL AND [b] IS NULL AND [c] IS NULL)");
}

static void test_sql_render__text_takes_its_arguments(void **state)
{
    (void)state;
    struct sql_expr *text = kith__sql_text(&arena, "length(name) > ? -- why?\n OR '?' = ?");
    text->args = chain(bind(1), col("a"));
    /* expect_sql would number the '?' of the comment */
    start(&kith__dialect_postgres);
    kith__render_expr(&r, text);
    assert_string_equal(kith__buf_text(&r.text), "length(name) > $1 -- why?\n OR '?' = \"a\"");
    expect_params(PARAMS(1));
    kith__render_free(&r);
    /* an OR inside must not leak out of the condition */
    struct sql_expr *loose = kith__sql_text(&arena, "x OR y");
    expect_expr(kith__sql_binary(&arena, SQL_AND, loose, of(SQL_IS_NULL, col("a"))), "(x OR y) AND [a] IS NULL");
}

static void test_sql_render__calls_and_row_numbers(void **state)
{
    (void)state;
    struct sql_expr *call = of(SQL_CALL, chain(col("a"), bind(1)));
    call->text = "coalesce";
    expect_expr(call, "coalesce([a], ?)");
    struct sql_expr *row = of(SQL_ROW_NUMBER, chain(col("a"), col("b")));
    expect_expr(row, "ROW_NUMBER() OVER (PARTITION BY [a], [b])");
    struct sql_order *order = NULL;
    kith__sql_order(&arena, &order, col("c"), true);
    kith__sql_order(&arena, &order, col("d"), false);
    row->order = order;
    expect_expr(row, "ROW_NUMBER() OVER (PARTITION BY [a], [b] ORDER BY [c] DESC, [d])");
}

static void test_sql_render__sub_selects(void **state)
{
    (void)state;
    struct sql_select *s = select_from("pugs");
    expect_expr(kith__sql_exists(&arena, s), "EXISTS (SELECT 1 FROM [pugs] t0)");
    expect_expr(of(SQL_NOT, kith__sql_exists(&arena, s)), "NOT EXISTS (SELECT 1 FROM [pugs] t0)");
    struct sql_expr *value = kith__sql_expr(&arena, SQL_SELECT);
    value->select = s;
    expect_expr(value, "(SELECT 1 FROM [pugs] t0)");
}

/* ---- SELECT ---- */

static void test_sql_render__select_with_everything(void **state)
{
    (void)state;
    struct sql_select s = { .has_limit = true, .limit = 10, .offset = 20, .lock = SQL_FOR_CHANGE };
    kith__sql_item(&arena, &s.items, kith__sql_column(&arena, "t0", "id", 0), NULL);
    kith__sql_item(&arena, &s.items, kith__sql_expr(&arena, SQL_COUNT), "n");
    kith__sql_source(&arena, &s.from, SQL_FROM, "pugs", "t0", NULL);
    s.where = kith__sql_binary(&arena, SQL_GT, kith__sql_column(&arena, "t0", "age", 0), bind(3));
    kith__sql_order(&arena, &s.order, kith__sql_column(&arena, "t0", "age", 0), true);
    kith__sql_order(&arena, &s.order, kith__sql_column(&arena, "t0", "id", 0), false);
#define ALL                                                                                                            \
    "SELECT t0.[id], COUNT(*) AS [n] FROM [pugs] t0 WHERE t0.[age] > ? ORDER BY t0.[age] DESC, t0.[id] "               \
    "LIMIT ? OFFSET ?"
    expect_select(&s, EXPECT(ALL, ALL " FOR NO KEY UPDATE", ALL " FOR UPDATE"), PARAMS(3, 10, 20));
}

static void test_sql_render__offset_without_limit(void **state)
{
    (void)state;
    struct sql_select *s = select_from("pugs");
    s->offset = 5;
    expect_select(s,
                  EXPECT("SELECT 1 FROM [pugs] t0 LIMIT -1 OFFSET ?", "SELECT 1 FROM [pugs] t0 OFFSET ?",
                         "SELECT 1 FROM [pugs] t0 LIMIT 18446744073709551615 OFFSET ?"),
                  PARAMS(5));
}

static void test_sql_render__limit_of_none(void **state)
{
    (void)state;
    struct sql_select *s = select_from("pugs");
    s->has_limit = true;
    expect_select(s, EXPECT_ALL("SELECT 1 FROM [pugs] t0 LIMIT ?"), PARAMS(0));
}

static struct sql_expr *on(const char *left, const char *right)
{
    return kith__sql_binary(&arena, SQL_EQ, kith__sql_column(&arena, left, "id", 0),
                            kith__sql_column(&arena, right, "id", 0));
}

static void test_sql_render__joins(void **state)
{
    (void)state;
    struct sql_select *s = select_from("a");
    kith__sql_source(&arena, &s->from, SQL_INNER_JOIN, "b", "t1", on("t0", "t1"));
    kith__sql_source(&arena, &s->from, SQL_LEFT_JOIN, "c", "t2", on("t1", "t2"));
    kith__sql_source(&arena, &s->from, SQL_ORDERED_JOIN, "d", "t3", on("t2", "t3"));
#define FIRST "SELECT 1 FROM [a] t0 JOIN [b] t1 ON t0.[id] = t1.[id] LEFT JOIN [c] t2 ON t1.[id] = t2.[id] "
#define LAST  " [d] t3 ON t2.[id] = t3.[id]"
    expect_select(s, EXPECT(FIRST "CROSS JOIN" LAST, FIRST "JOIN" LAST, FIRST "STRAIGHT_JOIN" LAST), 0, NULL);
}

static void test_sql_render__from_a_sub_select(void **state)
{
    (void)state;
    struct sql_select *inner = select_from("a"), s = { 0 };
    kith__sql_item(&arena, &s.items, kith__sql_expr(&arena, SQL_STAR), NULL);
    kith__sql_source(&arena, &s.from, SQL_FROM, NULL, "t9", NULL);
    s.from->select = inner;
    expect_select(&s, EXPECT_ALL("SELECT * FROM (SELECT 1 FROM [a] t0) t9"), 0, NULL);
}

/* ---- INSERT, UPDATE, DELETE ---- */

static void test_sql_render__insert_rows(void **state)
{
    (void)state;
    struct sql_row second = { .values = chain(bind(3), bind(4)) };
    struct sql_row first = { .values = chain(bind(1), bind(2)), .next = &second };
    const struct sql_insert s = {
        .table = "pugs", .columns = (const char *const[]){ "a", "b" }, .column_count = 2, .rows = &first
    };
    expect_insert(&s, EXPECT_ALL("INSERT INTO [pugs] ([a], [b]) VALUES (?, ?), (?, ?)"), PARAMS(1, 2, 3, 4));
}

static void test_sql_render__insert_leaves_columns_to_the_database(void **state)
{
    (void)state;
    struct sql_row row = { .values = chain(bind(1), kith__sql_expr(&arena, SQL_DEFAULT)) };
    const struct sql_insert s = {
        .table = "pugs", .columns = (const char *const[]){ "a", "id" }, .column_count = 2, .rows = &row
    };
#define ROW "INSERT INTO [pugs] ([a], [id]) VALUES "
    expect_insert(&s, EXPECT(ROW "(?, NULL)", ROW "(?, DEFAULT)", ROW "(?, DEFAULT)"), PARAMS(1));
}

static void test_sql_render__insert_returns_what_was_inserted(void **state)
{
    (void)state;
    struct sql_row row = { .values = bind(1) };
    struct sql_insert s = { .table = "pugs", .columns = (const char *const[]){ "a" }, .column_count = 1, .rows = &row };
    kith__sql_item(&arena, &s.returning, col("id"), NULL);
    kith__sql_item(&arena, &s.returning, col("b"), NULL);
    expect_insert(&s, EXPECT_ALL("INSERT INTO [pugs] ([a]) VALUES (?) RETURNING [id], [b]"), PARAMS(1));
}

static void test_sql_render__insert_of_defaults(void **state)
{
    (void)state;
    const struct sql_insert s = { .table = "pugs" };
    expect_insert(&s,
                  EXPECT("INSERT INTO [pugs] DEFAULT VALUES", "INSERT INTO [pugs] DEFAULT VALUES",
                         "INSERT INTO [pugs] () VALUES ()"),
                  0, NULL);
}

static void test_sql_render__insert_from_a_select(void **state)
{
    (void)state;
    const struct sql_insert s = {
        .table = "pugs", .columns = (const char *const[]){ "a" }, .column_count = 1, .select = select_from("cats")
    };
    expect_insert(&s, EXPECT_ALL("INSERT INTO [pugs] ([a]) SELECT 1 FROM [cats] t0"), 0, NULL);
}

static void test_sql_render__update(void **state)
{
    (void)state;
    struct sql_update s = { .table = "pugs" };
    kith__sql_set(&arena, &s.sets, "age", bind(4));
    kith__sql_set(&arena, &s.sets, "name", kith__sql_expr(&arena, SQL_NULL));
    s.where = kith__sql_binary(&arena, SQL_EQ, col("id"), bind(7));
    kith__sql_item(&arena, &s.returning, col("id"), NULL);
#define UPDATE "UPDATE [pugs] SET [age] = ?, [name] = NULL WHERE [id] = ?"
    static const char *const expected[] = { UPDATE " RETURNING [id]", UPDATE " RETURNING [id]", UPDATE };
    for (int i = 0; i < DIALECT_COUNT; i++) {
        start(all_dialects[i]);
        assert_true(kith__render_update(&r, &s));
        expect_sql(all_dialects[i], kith__buf_text(&r.text), expected[i]);
        expect_params(PARAMS(4, 7));
        kith__render_free(&r);
    }
}

static void test_sql_render__update_of_an_alias(void **state)
{
    (void)state;
    struct sql_update s = { .table = "pugs", .alias = "t0" };
    kith__sql_set(&arena, &s.sets, "age", bind(4));
    start(&kith__dialect_sqlite);
    assert_true(kith__render_update(&r, &s));
    expect_sql(&kith__dialect_sqlite, kith__buf_text(&r.text), "UPDATE [pugs] AS t0 SET [age] = ?");
    kith__render_free(&r);
}

static void test_sql_render__delete(void **state)
{
    (void)state;
    struct sql_delete s = { .table = "pugs", .where = kith__sql_binary(&arena, SQL_EQ, col("id"), bind(7)) };
    kith__sql_item(&arena, &s.returning, col("id"), NULL);
#define DELETE "DELETE FROM [pugs] WHERE [id] = ?"
    static const char *const expected[] = { DELETE " RETURNING [id]", DELETE " RETURNING [id]", DELETE };
    for (int i = 0; i < DIALECT_COUNT; i++) {
        start(all_dialects[i]);
        assert_true(kith__render_delete(&r, &s));
        expect_sql(all_dialects[i], kith__buf_text(&r.text), expected[i]);
        expect_params(PARAMS(7));
        kith__render_free(&r);
    }
}

/* ---- raw statements and failures ---- */

static void test_sql_render__raw_finds_placeholders(void **state)
{
    (void)state;
    kith_error err = { 0 };
    start(&kith__dialect_postgres);
    assert_true(kith__render_raw(&r, "SELECT '?', \"?\", /* ? */ ?, 'it''s ?' -- ?\n, ?",
                                 KITH_VALUES(KITH_V(1), KITH_V(2)), &err));
    assert_string_equal(kith__buf_text(&r.text), "SELECT '?', \"?\", /* ? */ $1, 'it''s ?' -- ?\n, $2");
    expect_params(PARAMS(1, 2));
    kith__render_free(&r);
}

static void test_sql_render__raw_counts_values(void **state)
{
    (void)state;
    kith_error err = { 0 };
    start(&kith__dialect_sqlite);
    assert_false(kith__render_raw(&r, "SELECT ?", NULL, &err));
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_non_null(strstr(err.message, "1 placeholder"));
    assert_non_null(strstr(err.message, "0 values"));
    kith__render_free(&r);
}

static void *no_memory(void *ctx, void *old, size_t old_size, size_t new_size)
{
    return new_size ? NULL : kith__default_allocator.resize(ctx, old, old_size, new_size);
}

static void test_sql_render__fails_when_memory_is_short(void **state)
{
    (void)state;
    const kith_allocator none = { .resize = no_memory };
    struct sql_select *s = select_from("pugs");
    kith__render_init(&r, &kith__dialect_sqlite, &none, &arena);
    assert_false(kith__render_select(&r, s));
    assert_true(r.failed);
    kith__render_free(&r);

    kith_arena empty;
    kith__arena_init(&empty, &none, NULL, true);
    assert_null(kith__sql_expr(&empty, SQL_ONE));
    kith__render_init(&r, &kith__dialect_sqlite, &kith__default_allocator, &empty);
    assert_false(kith__render_select(&r, &(struct sql_select){ 0 }));
    kith__render_free(&r);
    kith__arena_free(&empty);
}

#define CASE(name) cmocka_unit_test_setup_teardown(test_sql_render__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(names_are_quoted),
        CASE(constants),
        CASE(binds_are_numbered),
        CASE(comparisons),
        CASE(like_escapes_by_backslash_everywhere),
        CASE(tests_behind_an_operand),
        CASE(junctions_nest),
        CASE(text_takes_its_arguments),
        CASE(calls_and_row_numbers),
        CASE(sub_selects),
        CASE(select_with_everything),
        CASE(offset_without_limit),
        CASE(limit_of_none),
        CASE(joins),
        CASE(from_a_sub_select),
        CASE(insert_rows),
        CASE(insert_leaves_columns_to_the_database),
        CASE(insert_returns_what_was_inserted),
        CASE(insert_of_defaults),
        CASE(insert_from_a_select),
        CASE(update),
        CASE(update_of_an_alias),
        CASE(delete),
        CASE(raw_finds_placeholders),
        CASE(raw_counts_values),
        CASE(fails_when_memory_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
