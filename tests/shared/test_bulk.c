/* Many rows at once: kith_create_many, kith_insert_many, and links in great numbers. */
#include <stdlib.h>
#include <string.h>

#include "harness/shared.h"

static const kith_model thing_model = {
    .name = "thing",
    .attrs =
        KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true, .checks = KITH_CHECKS(KITH_LEN(1, 9)) },
                   { .name = "code", .type = KITH_INTEGER, .unique = true },
                   { .name = "mood", .type = KITH_ENUM("happy", "sad"), .default_value = KITH_CONST_STR("happy") },
                   { .name = "token", .type = KITH_UUID, .generate = KITH_UUIDV4 }),
};

static const kith_model value_model = {
    .name = "value",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "string", .type = KITH_STRING(40) }, { .name = "text", .type = KITH_TEXT },
                        { .name = "small", .type = KITH_INTEGER },
                        { .name = "count", .type = { .id = KITH_T_INTEGER, .is_unsigned = true } },
                        { .name = "big", .type = KITH_BIGINT }, { .name = "flag", .type = KITH_BOOLEAN },
                        { .name = "real", .type = KITH_REAL }, { .name = "exact", .type = KITH_DECIMAL(12, 3) },
                        { .name = "moment", .type = KITH_DATE }, { .name = "day", .type = KITH_DATEONLY },
                        { .name = "time", .type = KITH_TIME }, { .name = "uuid", .type = KITH_UUID },
                        { .name = "label", .type = KITH_ENUM("a", "größer") }, { .name = "bytes", .type = KITH_BLOB },
                        { .name = "json", .type = KITH_JSON }),
};
#define VALUE_NAMES                                                                                                    \
    KITH_NAMES("string", "text", "small", "count", "big", "flag", "real", "exact", "moment", "day", "time", "uuid",    \
               "label", "bytes", "json")
enum { VALUE_WIDTH = 15 };

static const kith_model seat_model = {
    .name = "seat",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "row", .type = KITH_STRING(4), .primary_key = true },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "ticket", .type = KITH_INTEGER, .unique = true },
                        { .name = "taken", .type = KITH_BOOLEAN, .default_value = KITH_CONST_BOOL(false) }),
};

static const kith_model counter_model = {
    .name = "counter",
    .no_timestamps = true,
};

static const kith_model pug_model, toy_model;
static const kith_model play_model = {
    .name = "play",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "note", .type = KITH_TEXT },
                        { .name = "ticket", .type = KITH_INTEGER, .unique = true }),
};
static const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &toy_model, .through_model = &play_model }),
};
static const kith_model toy_model = {
    .name = "toy",
    .no_timestamps = true,
};

#define MODELS KITH_MODELS(&thing_model, &value_model, &seat_model, &counter_model, &pug_model, &play_model, &toy_model)

/* More than any database takes in one statement here. */
enum { MANY = 50000 };

static kith_value *new_values(size_t count)
{
    kith_value *values = calloc(count, sizeof *values);
    assert_non_null(values);
    return values;
}

static int64_t count_of(kith_session *s, const kith_model *m)
{
    return kith_count(s, m, NULL);
}

/* ---- records ---- */

/* Each row has what it gives, what defaults give, and what the database gives; in the order given. */
static void test_shared_create_many__makes_records_in_order(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_list *list = must(s, kith_create_many(s, &thing_model,
                                               (const kith_field *const[]){
                                                   KITH_FIELDS(KITH_F("name", "Ann")),
                                                   KITH_FIELDS(KITH_F("code", 7), KITH_F("name", "Bob")),
                                                   KITH_FIELDS(KITH_F("name", "Cid"), KITH_F("mood", "sad")),
                                                   KITH_FIELDS(KITH_F("name", "Dan"), { "mood", kith_of_null() }),
                                               },
                                               4));
    static const char *const names[] = { "Ann", "Bob", "Cid", "Dan" }, *const moods[] = { "happy", "happy", "sad",
                                                                                          NULL };
    assert_int_equal(list->count, 4);
    for (size_t i = 0; i < 4; i++) {
        kith_record *r = list->at[i];
        expect_text(kith_text(r, "name"), names[i]);
        moods[i] ? expect_text(kith_text(r, "mood"), moods[i]) : assert_null(kith_text(r, "mood"));
        assert_int_equal(strlen(kith_text(r, "token")), 36);
        assert_true(kith_int(r, "createdAt") > 0);
        kith_record *read = must(s, kith_find_by_key(s, &thing_model, kith_value_of(r, "id")));
        expect_text(kith_text(read, "name"), names[i]);
        expect_text(kith_text(read, "token"), kith_text(r, "token"));
    }
    assert_string_not_equal(kith_text(list->at[0], "token"), kith_text(list->at[1], "token"));
    assert_int_equal(kith_int(list->at[1], "code"), 7);
    assert_int_equal(kith_value_of(list->at[0], "code").kind, KITH_NULL);
    expect_no_error(s);
}

static void test_shared_create_many__takes_no_rows(void **state)
{
    kith_session *s = start(state, MODELS);
    forget_statements();
    kith_list *list = must(s, kith_create_many(s, &thing_model, NULL, 0));
    assert_int_equal(list->count, 0);
    expect_statements(0);
    assert_null(kith_create_many(s, &thing_model, NULL, 1));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "NULL");
}

/* Rows that say nothing at all. */
static void test_shared_create_many__makes_rows_of_defaults(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_list *list = must(s, kith_create_many(s, &counter_model, (const kith_field *const[]){ NULL, NULL, NULL }, 3));
    for (size_t i = 1; i < 3; i++)
        assert_true(kith_int(list->at[i], "id") > kith_int(list->at[i - 1], "id"));
    expect_number(s, count_of(s, &counter_model), 3);
}

static void test_shared_create_many__takes_keys_and_makes_others(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_list *list = must(s, kith_create_many(s, &thing_model,
                                               (const kith_field *const[]){
                                                   KITH_FIELDS(KITH_F("name", "a"), KITH_F("id", 1000)),
                                                   KITH_FIELDS(KITH_F("name", "b"), { "id", kith_of_null() }),
                                                   KITH_FIELDS(KITH_F("name", "c"), KITH_F("id", 2000)),
                                               },
                                               3));
    assert_int_equal(kith_int(list->at[0], "id"), 1000);
    assert_int_equal(kith_int(list->at[2], "id"), 2000);
    kith_record *b = must(s, kith_find_by_key(s, &thing_model, kith_value_of(list->at[1], "id")));
    expect_text(kith_text(b, "name"), "b");
}

static void test_shared_create_many__takes_expressions(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_list *list = must(s, kith_create_many(s, &thing_model,
                                               (const kith_field *const[]){
                                                   KITH_FIELDS(KITH_F("name", "plain")),
                                                   KITH_FIELDS(KITH_F("name", KITH_FN("upper", KITH_V("abc")))),
                                               },
                                               2));
    expect_text(kith_text(list->at[0], "name"), "plain");
    expect_text(kith_text(list->at[1], "name"), "ABC");
}

/* P: all failures of all rows at once, before any SQL. */
static void test_shared_create_many__reports_all_rows(void **state)
{
    kith_session *s = start(state, MODELS);
    forget_statements();
    const kith_field *const rows[] = { KITH_FIELDS(KITH_F("name", "good")), KITH_FIELDS(KITH_F("code", 1)),
                                       KITH_FIELDS(KITH_F("name", "far too long"), KITH_F("mood", "mad")) };
    assert_null(kith_create_many(s, &thing_model, rows, 3));
    const kith_error *e = kith_error_of(s);
    assert_non_null(e);
    assert_non_null(strstr(e->message, "row 2 of 3: thing.name: may not be null; "));
    assert_non_null(strstr(e->message, "row 3 of 3: thing.name"));
    assert_non_null(strstr(e->message, "row 3 of 3: thing.mood"));
    expect_error(s, KITH_E_VALIDATION, "thing", "name", "row 2 of 3");
    const kith_field *const misspelt[] = { KITH_FIELDS(KITH_F("name", "good")), KITH_FIELDS(KITH_F("nam", "x")) };
    assert_null(kith_create_many(s, &thing_model, misspelt, 2));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "row 2 of 2: ");
    assert_null(kith_create_many(s, &thing_model, misspelt, 2));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "'name'");
    expect_statements(0);
    expect_number(s, count_of(s, &thing_model), 0);
}

/* A report on very many rows ends somewhere. */
static void test_shared_create_many__cuts_a_long_report(void **state)
{
    kith_session *s = start(state, MODELS);
    const kith_field **rows = calloc(MANY, sizeof *rows);
    assert_non_null(rows);
    assert_null(kith_create_many(s, &thing_model, rows, MANY));
    expect_error(s, KITH_E_VALIDATION, "thing", "name", "row 1 of 50000");
    free(rows);
}

/* Each record has the key that its own row got. */
static void test_shared_create_many__makes_very_many(void **state)
{
    enum { ROWS = 5000 };
    kith_session *s = start(state, MODELS);
    kith_field(*fields)[3] = calloc(ROWS, sizeof *fields);
    const kith_field **rows = calloc(ROWS, sizeof *rows);
    assert_true(fields && rows);
    for (size_t i = 0; i < ROWS; i++) {
        fields[i][0] = (kith_field)KITH_F("name", "x");
        fields[i][1] = (kith_field)KITH_F("code", (int)i);
        fields[i][2] = (kith_field){ .value = KITH_END_VALUE_ };
        rows[i] = fields[i];
    }
    kith_list *list = must(s, kith_create_many(s, &thing_model, rows, ROWS));
    kith_list *read = must(s, kith_find(s, &thing_model, &(kith_query){ .order = KITH_ORDER({ "code" }) }));
    assert_int_equal(read->count, ROWS);
    for (size_t i = 0; i < ROWS; i++)
        assert_true(kith_int(list->at[i], "id") == kith_int(read->at[i], "id"));
    /* and the last of as many is refused: none of them is there */
    for (size_t i = 0; i < ROWS; i++)
        fields[i][1].value = KITH_V((int)i + ROWS);
    fields[ROWS - 1][1].value = KITH_V(0);
    assert_null(kith_create_many(s, &thing_model, rows, ROWS));
    expect_error(s, KITH_E_UNIQUE, "thing", "code", "");
    expect_number(s, count_of(s, &thing_model), ROWS);
    free(rows);
    free(fields);
}

/* ---- values ---- */

/* S: every type, boundaries and nulls, in few rows and in many. */
static void fill_values(kith_value *row, size_t i)
{
    const kith_value all[VALUE_WIDTH] = {
        KITH_V("äöü \\ \" ' { } , NULL"),
        KITH_V(""),
        KITH_V(INT32_MIN),
        KITH_V(INT32_MAX),
        KITH_V(INT64_MIN + (int64_t)i),
        kith_of_bool(i % 2),
        KITH_V(1.0 / 3),
        KITH_V("-123456789.125"),
        kith_of_timestamp(INT64_C(1795253940123456)),
        KITH_V("1999-12-31"),
        KITH_V("23:59:59.000001"),
        KITH_V("F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6"),
        KITH_V("größer"),
        kith_of_bytes("\0\1\xff\\", 4),
        KITH_V("{\"a\": [1, \"\\\"\", null]}"),
    };
    for (size_t j = 0; j < VALUE_WIDTH; j++)
        row[j] = i % 3 == 0 || (i + j) % 3 ? all[j] : kith_of_null();
}

/* What kith_create stores of the same values is what must be found. */
static void compare_values(kith_session *s, const kith_record *many, const kith_record *one)
{
    (void)s;
    const char *const *names = VALUE_NAMES;
    for (size_t j = 0; j < VALUE_WIDTH; j++) {
        kith_value a = kith_value_of(many, names[j]), b = kith_value_of(one, names[j]);
        assert_int_equal(a.kind, b.kind);
        assert_int_equal(a.size, b.size);
        if (a.kind == KITH_STR || a.kind == KITH_BYTES)
            assert_memory_equal(a.as.bytes, b.as.bytes, a.size);
        else if (a.kind == KITH_BOOL)
            assert_int_equal(a.as.boolean, b.as.boolean);
        else if (a.kind != KITH_NULL)
            assert_true(a.as.integer == b.as.integer);
    }
}

static kith_record *create_one(kith_session *s, const kith_value *row)
{
    kith_field fields[VALUE_WIDTH + 1];
    for (size_t j = 0; j < VALUE_WIDTH; j++)
        fields[j] = (kith_field){ .name = VALUE_NAMES[j], .value = row[j] };
    fields[VALUE_WIDTH] = (kith_field){ .value = KITH_END_VALUE_ };
    return must(s, kith_create(s, &value_model, fields));
}

static void stores_values(kith_session *s, size_t count)
{
    kith_value *values = new_values(count * VALUE_WIDTH);
    for (size_t i = 0; i < count; i++)
        fill_values(values + i * VALUE_WIDTH, i);
    int64_t before = count_of(s, &value_model);
    expect_number(s, kith_insert_many(s, &value_model, VALUE_NAMES, values, count, NULL), (int64_t)count);
    kith_list *read = must(s, kith_find(s, &value_model,
                                        &(kith_query){
                                            .order = KITH_ORDER({ "id" }), .offset = (size_t)before, .limit = count }));
    assert_int_equal(read->count, count);
    for (size_t i = 0; i < count; i++) {
        kith_record *one = create_one(s, values + i * VALUE_WIDTH);
        compare_values(s, read->at[i], must(s, kith_find_by_key(s, &value_model, kith_value_of(one, "id"))));
    }
    free(values);
}

static void test_shared_insert_many__stores_every_type(void **state)
{
    kith_session *s = start(state, MODELS);
    stores_values(s, 1);
    stores_values(s, 7);
    stores_values(s, 200);
}

/* A column that holds nothing but nulls. */
static void test_shared_insert_many__stores_nulls_alone(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_value *values = new_values(100 * VALUE_WIDTH);
    for (size_t i = 0; i < 100 * VALUE_WIDTH; i++)
        values[i] = kith_of_null();
    expect_number(s, kith_insert_many(s, &value_model, VALUE_NAMES, values, 100, NULL), 100);
    for (size_t j = 0; j < VALUE_WIDTH; j++)
        expect_number(s, kith_count(s, &value_model, &(kith_query){ .where = KITH_IS_NULL(VALUE_NAMES[j]) }), 100);
    free(values);
}

/* ---- rows without records ---- */

/* Defaults, generated values and times are those of kith_create; KITH_ABSENT stands for the default. */
static void test_shared_insert_many__completes_rows(void **state)
{
    enum { ROWS = 200 };
    kith_session *s = start(state, MODELS);
    kith_value *values = new_values(ROWS * 3);
    for (size_t i = 0; i < ROWS; i++) {
        values[i * 3] = KITH_V("x");
        values[i * 3 + 1] = KITH_V((int)i);
        if (i % 2)
            values[i * 3 + 2] = KITH_V("sad");
    }
    expect_number(s, kith_insert_many(s, &thing_model, KITH_NAMES("name", "code", "mood"), values, ROWS, NULL), ROWS);
    kith_list *read = must(s, kith_find(s, &thing_model, &(kith_query){ .order = KITH_ORDER({ "code" }) }));
    assert_int_equal(read->count, ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        expect_text(kith_text(read->at[i], "mood"), i % 2 ? "sad" : "happy");
        assert_int_equal(strlen(kith_text(read->at[i], "token")), 36);
        assert_true(kith_int(read->at[i], "updatedAt") > 0);
        if (i)
            assert_string_not_equal(kith_text(read->at[i], "token"), kith_text(read->at[i - 1], "token"));
    }
    free(values);
}

/* The number of a row is the database's where it is null. */
static void test_shared_insert_many__numbers_rows(void **state)
{
    enum { ROWS = 90 };
    kith_session *s = start(state, MODELS);
    kith_value *values = new_values(ROWS * 2);
    for (size_t i = 0; i < ROWS; i++) {
        values[i * 2] = i / 30 == 1 ? KITH_V((int)i + 1000) : kith_of_null();
        values[i * 2 + 1] = KITH_V("x");
    }
    expect_number(s, kith_insert_many(s, &thing_model, KITH_NAMES("id", "name"), values, ROWS / 3 * 2, NULL), 60);
    expect_number(s, kith_count(s, &thing_model, &(kith_query){ .where = KITH_GTE("id", 1000) }), 30);
    expect_number(s, count_of(s, &thing_model), 60);
    expect_number(s,
                  kith_insert_many(s, &counter_model, KITH_NAMES("id"), KITH_VALUES(kith_of_null(), kith_of_null()), 2,
                                   NULL),
                  2);
    expect_number(s, count_of(s, &counter_model), 2);
    free(values);
}

static void refuses(kith_session *s, const char *const *names, const kith_value *values, size_t count,
                    const kith_insert_opts *opts, kith_status status, const char *part)
{
    forget_statements();
    expect_number(s, kith_insert_many(s, &thing_model, names, values, count, opts), -1);
    expect_error(s, status, NULL, NULL, part);
    expect_statements(0);
}

static void test_shared_insert_many__refuses_what_is_wrong(void **state)
{
    kith_session *s = start(state, MODELS);
    const kith_value *x = KITH_VALUES(KITH_V("x"), KITH_V("y"));
    refuses(s, NULL, x, 1, NULL, KITH_E_USAGE, "no attributes");
    refuses(s, KITH_NO_NAMES, x, 1, NULL, KITH_E_USAGE, "no attributes");
    refuses(s, KITH_NAMES("nam"), x, 1, NULL, KITH_E_USAGE, "'name'");
    refuses(s, KITH_NAMES("name", "name"), x, 1, NULL, KITH_E_USAGE, "twice");
    refuses(s, KITH_NAMES("name"), NULL, 1, NULL, KITH_E_USAGE, "NULL");
    refuses(s, KITH_NAMES("name", "code"), x, 1, NULL, KITH_E_USAGE, "row 1 of 1: thing.code");
    refuses(s, KITH_NAMES("code"), KITH_VALUES(KITH_V(1)), 1, NULL, KITH_E_VALIDATION, "thing.name: may not be null");
    refuses(s, KITH_NAMES("name"), KITH_VALUES(KITH_V("x"), kith_of_null()), 2, NULL, KITH_E_VALIDATION, "row 2 of 2");
    refuses(s, KITH_NAMES("name"), KITH_VALUES(KITH_V("x"), KITH_V("much too long")), 2, NULL, KITH_E_VALIDATION,
            "row 2 of 2: thing.name");
    refuses(s, KITH_NAMES("name"), KITH_VALUES(KITH_V("x"), (kith_value){ 0 }), 2, NULL, KITH_E_USAGE, "row 2 of 2");
    refuses(s, KITH_NAMES("name"), KITH_VALUES(KITH_V("x"), KITH_V(KITH_FN("upper", KITH_V("x")))), 2, NULL,
            KITH_E_USAGE, "expression");
    expect_number(s, kith_insert_many(s, &thing_model, KITH_NAMES("name"), NULL, 0, NULL), 0);
}

static void test_shared_insert_many__refuses_wrong_options(void **state)
{
    kith_session *s = start(state, MODELS);
    const char *const *names = KITH_NAMES("name", "code");
    const kith_value *x = KITH_VALUES(KITH_V("x"), KITH_V(1));
    refuses(s, names, x, 1, &(kith_insert_opts){ .on_conflict = 9 }, KITH_E_USAGE, "on_conflict");
    refuses(s, names, x, 1, &(kith_insert_opts){ .key = KITH_NAMES("code") }, KITH_E_USAGE, "on_conflict");
    refuses(s, names, x, 1, &(kith_insert_opts){ KITH_CONFLICT_SKIP, .update = KITH_NAMES("code") }, KITH_E_USAGE,
            "on_conflict");
    refuses(s, names, x, 1, &(kith_insert_opts){ KITH_CONFLICT_SKIP, .key = KITH_NAMES("name") }, KITH_E_USAGE,
            "no unique key");
    refuses(s, names, x, 1, &(kith_insert_opts){ KITH_CONFLICT_SKIP, .key = KITH_NAMES("cod") }, KITH_E_USAGE,
            "'code'");
    refuses(s, names, x, 1, &(kith_insert_opts){ KITH_CONFLICT_SKIP }, KITH_E_USAGE, "thing.id");
    refuses(s, names, x, 1,
            &(kith_insert_opts){ KITH_CONFLICT_UPDATE, .key = KITH_NAMES("code"), .update = KITH_NAMES("nme") },
            KITH_E_USAGE, "'name'");
    refuses(s, names, x, 1,
            &(kith_insert_opts){ KITH_CONFLICT_UPDATE, .key = KITH_NAMES("code"), .update = KITH_NAMES("id") },
            KITH_E_USAGE, "thing.id");
}

/* All or nothing, wherever the last row lies. */
static void test_shared_insert_many__inserts_all_or_none(void **state)
{
    static const size_t counts[] = { 2, 16, 17, 64, 65, 3000 };
    kith_session *s = start(state, MODELS);
    kith_value *values = new_values(3000 * 2);
    for (size_t i = 0; i < 3000; i++) {
        values[i * 2] = KITH_V("x");
        values[i * 2 + 1] = KITH_V((int)i);
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        kith_value *last = &values[counts[i] * 2 - 1], kept = *last;
        *last = KITH_V(0);
        expect_number(s, kith_insert_many(s, &thing_model, KITH_NAMES("name", "code"), values, counts[i], NULL), -1);
        expect_error(s, KITH_E_UNIQUE, "thing", "code", "");
        expect_number(s, count_of(s, &thing_model), 0);
        *last = kept;
    }
    expect_number(s, kith_insert_many(s, &thing_model, KITH_NAMES("name", "code"), values, 3000, NULL), 3000);
    /* in a transaction, it takes part */
    must(s, kith_begin(s));
    values[1] = KITH_V(-1);
    expect_number(s, kith_insert_many(s, &thing_model, KITH_NAMES("name", "code"), values, 1, NULL), 1);
    must(s, kith_rollback(s));
    expect_number(s, count_of(s, &thing_model), 3000);
    free(values);
}

static kith_value *very_many(void)
{
    kith_value *values = new_values((size_t)MANY * 2);
    for (size_t i = 0; i < MANY; i++) {
        values[i * 2] = KITH_V("name");
        values[i * 2 + 1] = KITH_V((int)i);
    }
    return values;
}

/* The rows behind it may have been sent before the database has said what it thinks of it. */
static void test_shared_insert_many__fails_by_an_early_row(void **state)
{
    static const char *const names[] = { "name", "code", NULL };
    kith_session *s = start(state, MODELS);
    kith_value *values = very_many();
    values[3] = KITH_V(0);
    expect_number(s, kith_insert_many(s, &thing_model, names, values, MANY, NULL), -1);
    expect_error(s, KITH_E_UNIQUE, "thing", "code", "");
    expect_number(s, count_of(s, &thing_model), 0);
    must(s, kith_begin(s));
    must(s, kith_create(s, &thing_model, KITH_FIELDS(KITH_F("name", "x"), KITH_F("code", -1))));
    must(s, kith_begin(s));
    expect_number(s, kith_insert_many(s, &thing_model, names, values, MANY, NULL), -1);
    expect_error(s, KITH_E_UNIQUE, "thing", "code", "");
    must(s, kith_rollback(s));
    expect_number(s, count_of(s, &thing_model), 1);
    values[3] = KITH_V(1);
    expect_number(s, kith_insert_many(s, &thing_model, names, values, MANY, NULL), MANY);
    must(s, kith_commit(s));
    expect_number(s, count_of(s, &thing_model), MANY + 1);
    free(values);
}

static void test_shared_insert_many__inserts_very_many(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_value *values = very_many();
    size_t before = memory_in_use();
    expect_number(s, kith_insert_many(s, &thing_model, KITH_NAMES("name", "code"), values, MANY, NULL), MANY);
    assert_true(memory_in_use() < before + 8 * 1024 * 1024);
    expect_number(s, count_of(s, &thing_model), MANY);
    expect_number(s, kith_count(s, &thing_model, &(kith_query){ .where = KITH_EQ("code", MANY - 1) }), 1);
    free(values);
}

/* ---- what is there already ---- */

static const char *const seat_names[] = { "row", "number", "ticket", NULL };

/* Of 100 seats every second one is there; two are given twice. */
static kith_value *seats(kith_session *s)
{
    kith_value *values = new_values(102 * 3);
    for (int i = 0; i < 100; i++) {
        values[i * 3] = KITH_V("A");
        values[i * 3 + 1] = KITH_V(i);
        values[i * 3 + 2] = KITH_V(i + 1000);
        if (i % 2)
            must(s, kith_create(s, &seat_model,
                                KITH_FIELDS(KITH_F("row", "A"), KITH_F("number", i), KITH_F("ticket", i),
                                            KITH_F("taken", true))));
    }
    for (int i = 100; i < 102; i++) {
        values[i * 3] = KITH_V("A");
        values[i * 3 + 1] = KITH_V(i - 100);
        values[i * 3 + 2] = KITH_V(i + 2000);
    }
    return values;
}

static void test_shared_insert_many__skips_what_is_there(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_value *values = seats(s);
    const kith_insert_opts skip = { .on_conflict = KITH_CONFLICT_SKIP };
    expect_number(s, kith_insert_many(s, &seat_model, seat_names, values, 102, &skip), 50);
    expect_number(s, kith_insert_many(s, &seat_model, seat_names, values, 102, &skip), 0);
    expect_number(s, kith_insert_many(s, &seat_model, seat_names, values, 3, &skip), 0);
    expect_number(s, kith_count(s, &seat_model, &(kith_query){ .where = KITH_GTE("ticket", 1000) }), 50);
    expect_number(s, kith_count(s, &seat_model, &(kith_query){ .where = KITH_GTE("ticket", 2000) }), 0);
    expect_number(s, kith_count(s, &seat_model, &(kith_query){ .where = KITH_EQ("taken", true) }), 50);
    free(values);
}

/* Of two rows with one key, the later one counts. */
static void test_shared_insert_many__updates_what_is_there(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_value *values = seats(s);
    const kith_insert_opts update = { .on_conflict = KITH_CONFLICT_UPDATE };
    expect_number(s, kith_insert_many(s, &seat_model, seat_names, values, 102, &update), 102);
    expect_number(s, count_of(s, &seat_model), 100);
    expect_number(s, kith_count(s, &seat_model, &(kith_query){ .where = KITH_GTE("ticket", 2000) }), 2);
    expect_number(s, kith_count(s, &seat_model, &(kith_query){ .where = KITH_GTE("ticket", 1000) }), 100);
    expect_number(s, kith_count(s, &seat_model, &(kith_query){ .where = KITH_EQ("taken", true) }), 50); /* not given */
    free(values);
}

static void test_shared_insert_many__updates_what_is_named(void **state)
{
    kith_session *s = start(state, MODELS);
    must(s, kith_create(s, &thing_model, KITH_FIELDS(KITH_F("name", "old"), KITH_F("code", 1), KITH_F("mood", "sad"))));
    kith_record *before = must(s, kith_find_one(s, &thing_model, NULL));
    const kith_insert_opts update = { KITH_CONFLICT_UPDATE, .key = KITH_NAMES("code"), .update = KITH_NAMES("name") };
    expect_number(s,
                  kith_insert_many(s, &thing_model, KITH_NAMES("code", "name", "mood"),
                                   KITH_VALUES(KITH_V(1), KITH_V("new"), KITH_V("happy"), KITH_V(2), KITH_V("two"),
                                               KITH_V("sad"), kith_of_null(), KITH_V("none"), KITH_V("sad"),
                                               kith_of_null(), KITH_V("none"), KITH_V("sad")),
                                   4, &update),
                  4);
    kith_record *after = must(s, kith_find_by_key(s, &thing_model, kith_value_of(before, "id")));
    expect_text(kith_text(after, "name"), "new");
    expect_text(kith_text(after, "mood"), "sad");
    expect_text(kith_text(after, "token"), kith_text(before, "token"));
    assert_true(kith_int(after, "createdAt") == kith_int(before, "createdAt"));
    assert_true(kith_int(after, "updatedAt") > kith_int(before, "updatedAt"));
    expect_number(s, count_of(s, &thing_model), 4);
}

/* A conflict of another unique key is an error, however many rows there are; no other row changes. */
static void test_shared_insert_many__meets_only_its_own_key(void **state)
{
    static const size_t counts[] = { 1, 2, 40, 200 };
    static const kith_on_conflict ways[] = { KITH_CONFLICT_SKIP, KITH_CONFLICT_UPDATE };
    kith_session *s = start(state, MODELS);
    must(s, kith_create(s, &seat_model, KITH_FIELDS(KITH_F("row", "Z"), KITH_F("number", 1), KITH_F("ticket", -7))));
    kith_value *values = new_values(200 * 3);
    for (int i = 0; i < 200; i++) {
        values[i * 3] = KITH_V("A");
        values[i * 3 + 1] = KITH_V(i);
        values[i * 3 + 2] = KITH_V(i);
    }
    for (size_t i = 0; i < 8; i++) {
        size_t count = counts[i % 4];
        kith_value *last = &values[count * 3 - 1], kept = *last;
        *last = KITH_V(-7);
        expect_number(s,
                      kith_insert_many(s, &seat_model, seat_names, values, count,
                                       &(kith_insert_opts){ .on_conflict = ways[i / 4] }),
                      -1);
        expect_error(s, KITH_E_UNIQUE, "seat", "ticket", "");
        expect_stored(&seat_model, KITH_NAMES("row", "number", "ticket"), "[{'row':'Z','number':1,'ticket':-7}]");
        *last = kept;
    }
    free(values);
}

/* ---- great rows ---- */

/* Texts of megabytes, in all more than a server takes at once. */
static void test_shared_insert_many__takes_long_texts(void **state)
{
    enum { ROWS = 12, SIZE = 3 * 1024 * 1024 };
    kith_session *s = start(state, MODELS);
    kith_value *values = new_values(ROWS * 2);
    char *text = malloc(SIZE);
    assert_non_null(text);
    memset(text, 'x', SIZE);
    for (int i = 0; i < ROWS; i++) {
        values[i * 2] = KITH_V(i);
        values[i * 2 + 1] = kith_of_text(text, i % 3 ? 10 : SIZE);
    }
    expect_number(s, kith_insert_many(s, &value_model, KITH_NAMES("small", "text"), values, ROWS, NULL), ROWS);
    kith_list *read = must(s, kith_find(s, &value_model, &(kith_query){ .order = KITH_ORDER({ "small" }) }));
    for (size_t i = 0; i < ROWS; i++)
        assert_int_equal(kith_value_of(read->at[i], "text").size, i % 3 ? 10 : SIZE);
    free(text);
    free(values);
}

/* A table of very many columns. */
static void test_shared_insert_many__takes_wide_rows(void **state)
{
    enum { WIDTH = 150, ROWS = 100 };
    static char names[WIDTH][8];
    static kith_attr attrs[WIDTH + 1];
    static const char *attributes[WIDTH + 1];
    static const kith_model wide_model = { .name = "wide", .no_timestamps = true, .attrs = attrs };
    for (int i = 0; i < WIDTH; i++) {
        names[i][0] = 'c';
        names[i][1] = (char)('a' + i / 26);
        names[i][2] = (char)('a' + i % 26);
        attrs[i] = (kith_attr){ .name = names[i], .type = KITH_INTEGER };
        attributes[i] = names[i];
    }
    kith_session *s = start(state, KITH_MODELS(&wide_model));
    kith_value *values = new_values(WIDTH * ROWS);
    for (int i = 0; i < WIDTH * ROWS; i++)
        values[i] = KITH_V(i);
    expect_number(s, kith_insert_many(s, &wide_model, attributes, values, ROWS, NULL), ROWS);
    kith_list *read = must(s, kith_find(s, &wide_model, &(kith_query){ .order = KITH_ORDER({ names[0] }) }));
    for (int i = 0; i < ROWS; i++)
        assert_int_equal(kith_int(read->at[i], names[WIDTH - 1]), i * WIDTH + WIDTH - 1);
    free(values);
}

/* ---- links ---- */

static kith_ref *toys(kith_session *s, size_t count)
{
    kith_value *keys = new_values(count);
    kith_ref *refs = calloc(count + 1, sizeof *refs);
    assert_non_null(refs);
    for (size_t i = 0; i < count; i++) {
        keys[i] = KITH_V((int)i + 1);
        refs[i].key = keys[i];
    }
    refs[count].key.kind = KITH_LIST_END;
    expect_number(s, kith_insert_many(s, &toy_model, KITH_NAMES("id"), keys, count, NULL), (int64_t)count);
    free(keys);
    return refs;
}

/* Thousands of links, with text that makes them more than a server takes at once. */
static void test_shared_links__are_made_in_great_numbers(void **state)
{
    enum { LINKS = 5000 };
    kith_session *s = start(state, MODELS);
    kith_record *pug = must(s, kith_create(s, &pug_model, NULL));
    kith_ref *refs = toys(s, LINKS);
    char *note = calloc(1, 5001);
    assert_non_null(note);
    memset(note, 'n', 5000);
    const kith_link_opts opts = { .through = KITH_FIELDS(KITH_F("note", (const char *)note)) };
    kith_list *links = must(s, kith_add(s, pug, "toys", refs, &opts));
    assert_int_equal(links->count, LINKS);
    for (size_t i = 0; i < LINKS; i++)
        assert_int_equal(kith_int(links->at[i], "toyId"), i + 1);
    must(s, kith_add(s, pug, "toys", refs, &opts)); /* they are there */
    expect_number(s, kith_count_related(s, pug, "toys"), LINKS);
    refs[LINKS / 2].key.kind = KITH_LIST_END;
    must(s, kith_set(s, pug, "toys", refs, NULL));
    expect_number(s, kith_count_related(s, pug, "toys"), LINKS / 2);
    free(note);
    free(refs);
}

/* A link that meets another by a unique attribute of its own is refused; the other one stays as it is. */
static void test_shared_links__meet_only_their_own_key(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_record *pug = must(s, kith_create(s, &pug_model, NULL));
    kith_ref *refs = toys(s, 4);
    const kith_field *seven = KITH_FIELDS(KITH_F("ticket", 7), KITH_F("note", "new"));
    must(s,
         kith_add(s, pug, "toys",
                  KITH_REFS({ .key = KITH_V(1), .through = KITH_FIELDS(KITH_F("ticket", 7), KITH_F("note", "old")) }),
                  NULL));
    assert_null(kith_add(s, pug, "toys", KITH_REFS({ .key = KITH_V(2), .through = seven }), NULL));
    expect_error(s, KITH_E_UNIQUE, "play", "ticket", "");
    assert_null(
        kith_add(s, pug, "toys",
                 KITH_REFS({ .key = KITH_V(3), .through = KITH_FIELDS(KITH_F("ticket", 8), KITH_F("note", "b")) },
                           { .key = KITH_V(4), .through = KITH_FIELDS(KITH_F("ticket", 8), KITH_F("note", "b")) }),
                 NULL));
    expect_error(s, KITH_E_UNIQUE, "play", "ticket", "");
    expect_stored(&play_model, KITH_NAMES("toyId", "ticket", "note"), "[{'toyId':1,'ticket':7,'note':'old'}]");
    must(s, kith_add(s, pug, "toys", KITH_REFS({ .key = KITH_V(1), .through = seven }), NULL));
    expect_stored(&play_model, KITH_NAMES("toyId", "ticket", "note"), "[{'toyId':1,'ticket':7,'note':'new'}]");
    free(refs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_create_many__makes_records_in_order),
        SHARED_TEST(test_shared_create_many__takes_no_rows),
        SHARED_TEST(test_shared_create_many__makes_rows_of_defaults),
        SHARED_TEST(test_shared_create_many__takes_keys_and_makes_others),
        SHARED_TEST(test_shared_create_many__takes_expressions),
        SHARED_TEST(test_shared_create_many__reports_all_rows),
        SHARED_TEST(test_shared_create_many__cuts_a_long_report),
        SHARED_TEST(test_shared_create_many__makes_very_many),
        SHARED_TEST(test_shared_insert_many__stores_every_type),
        SHARED_TEST(test_shared_insert_many__stores_nulls_alone),
        SHARED_TEST(test_shared_insert_many__completes_rows),
        SHARED_TEST(test_shared_insert_many__numbers_rows),
        SHARED_TEST(test_shared_insert_many__refuses_what_is_wrong),
        SHARED_TEST(test_shared_insert_many__refuses_wrong_options),
        SHARED_TEST(test_shared_insert_many__inserts_all_or_none),
        SHARED_TEST(test_shared_insert_many__fails_by_an_early_row),
        SHARED_TEST(test_shared_insert_many__inserts_very_many),
        SHARED_TEST(test_shared_insert_many__skips_what_is_there),
        SHARED_TEST(test_shared_insert_many__updates_what_is_there),
        SHARED_TEST(test_shared_insert_many__updates_what_is_named),
        SHARED_TEST(test_shared_insert_many__meets_only_its_own_key),
        SHARED_TEST(test_shared_insert_many__takes_long_texts),
        SHARED_TEST(test_shared_insert_many__takes_wide_rows),
        SHARED_TEST(test_shared_links__are_made_in_great_numbers),
        SHARED_TEST(test_shared_links__meet_only_their_own_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
