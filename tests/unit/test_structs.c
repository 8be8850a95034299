/* kith_structs: lists as arrays of a program's own structs. On the mock, which says what the rows hold. */
#include <string.h>

#include "harness/test.h"
#include "kith/ext/mock.h"
#include "kith/kith.h"

struct reading {
    bool valid;
    int32_t sensor;
    int64_t id, at;
    double celsius;
    const char *note;
};

static const kith_model reading_model = {
    .name = "reading",
    .no_timestamps = true,
    .struct_size = sizeof(struct reading),
    .attrs = KITH_ATTRS(KITH_ATTR(struct reading, id, .type = KITH_BIGINT, .primary_key = true),
                        KITH_ATTR(struct reading, valid, .type = KITH_BOOLEAN),
                        KITH_ATTR(struct reading, sensor, .type = KITH_INTEGER),
                        KITH_ATTR(struct reading, at, .type = KITH_DATE),
                        KITH_ATTR(struct reading, celsius, .type = KITH_REAL),
                        KITH_ATTR(struct reading, note, .type = KITH_TEXT), { .name = "free", .type = KITH_TEXT }),
};
struct sample {
    kith_value number, price, bytes, at, free;
};

static const kith_model sample_model = {
    .name = "sample",
    .no_timestamps = true,
    .no_primary_key = true,
    .struct_size = sizeof(struct sample),
    .attrs = KITH_ATTRS(KITH_ATTR(struct sample, number, .type = { .id = KITH_T_INTEGER, .is_unsigned = true }),
                        KITH_ATTR(struct sample, price, .type = KITH_DECIMAL(10, 2)),
                        KITH_ATTR(struct sample, bytes, .type = KITH_BLOB),
                        KITH_ATTR(struct sample, at, .type = KITH_DATE),
                        KITH_ATTR(struct sample, free, .type = KITH_JSON)),
};
static const kith_model plain_model = { .name = "plain", .attrs = KITH_ATTRS({ .name = "text", .type = KITH_TEXT }) };

static struct fixture {
    kith_mock *mock;
    kith_db *db;
    kith_session *s;
} f;

static int set_up(void **state)
{
    (void)state;
    f.mock = kith_mock_new("sqlite");
    f.db = kith_open("mock:",
                     &(kith_open_opts){ .models = KITH_MODELS(&reading_model, &sample_model, &plain_model),
                                        .drivers = KITH_DRIVERS(kith_mock_driver(f.mock)),
                                        .plain_memory = true },
                     NULL);
    f.s = kith_session_open(f.db);
    return f.s ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    kith_session_close(f.s);
    kith_close(f.db);
    kith_mock_free(f.mock);
    return 0;
}

static void expect_usage(const char *part)
{
    assert_non_null(kith_error_of(f.s));
    assert_int_equal(kith_error_of(f.s)->status, KITH_E_USAGE);
    assert_non_null(strstr(kith_error_of(f.s)->message, part));
}

static void test_load_structs__fills_every_kind_of_member(void **state)
{
    (void)state;
    kith_mock_row(f.mock, KITH_VALUES(KITH_V(INT64_MAX), KITH_V(true), KITH_V(-7), kith_of_timestamp(1000001),
                                      KITH_V(36.5), KITH_V("warm"), KITH_V("x")));
    kith_mock_row(f.mock, KITH_VALUES(KITH_V(2), KITH_V(false), KITH_V(INT32_MIN), kith_of_timestamp(-1), KITH_V(0.25),
                                      KITH_V(""), KITH_V("y")));
    kith_list *list = kith_find(f.s, &reading_model, NULL);
    const struct reading *r = KITH_STRUCTS(struct reading, f.s, list);
    assert_non_null(r);
    assert_true(r[0].id == INT64_MAX && r[0].valid && r[0].sensor == -7 && r[0].at == 1000001);
    assert_true(r[0].celsius == 36.5);
    assert_string_equal(r[0].note, "warm");
    assert_true(r[1].id == 2 && !r[1].valid && r[1].sensor == INT32_MIN && r[1].at == -1 && r[1].celsius == 0.25);
    assert_string_equal(r[1].note, "");
}

static void test_load_structs__null_and_what_was_left_out_are_zero(void **state)
{
    (void)state;
    const kith_value null = kith_of_null();
    kith_mock_row(f.mock, KITH_VALUES(KITH_V(1), null, null, null, null, null, null));
    kith_mock_next(f.mock);
    kith_mock_row(f.mock, KITH_VALUES(KITH_V(9), KITH_V(3)));
    const struct reading *r = KITH_STRUCTS(struct reading, f.s, kith_find(f.s, &reading_model, NULL));
    assert_true(r[0].id == 1 && !r[0].valid && !r[0].sensor && !r[0].at && r[0].celsius == 0 && !r[0].note);
    r = KITH_STRUCTS(struct reading, f.s,
                     kith_find(f.s, &reading_model, &(kith_query){ .attributes = KITH_NAMES("sensor") }));
    assert_true(r[0].sensor == 9 && !r[0].valid && !r[0].at && r[0].celsius == 0 && !r[0].note);
    assert_null(kith_error_of(f.s));
}

static void test_load_structs__a_value_member_takes_any_attribute(void **state)
{
    (void)state;
    kith_mock_row(f.mock, KITH_VALUES(KITH_V(UINT32_MAX), KITH_V("0.10"), kith_of_bytes("\0\xff", 2),
                                      kith_of_timestamp(-5), kith_of_null()));
    const struct sample *r = KITH_STRUCTS(struct sample, f.s, kith_find(f.s, &sample_model, NULL));
    assert_non_null(r);
    assert_true(r->number.kind == KITH_INT && r->number.as.integer == UINT32_MAX);
    assert_true(r->price.kind == KITH_STR && strcmp(r->price.as.str, "0.10") == 0);
    assert_true(r->bytes.kind == KITH_BYTES && r->bytes.size == 2 && memcmp(r->bytes.as.bytes, "\0\xff", 2) == 0);
    assert_true(r->at.kind == KITH_TIMESTAMP && r->at.as.timestamp == -5);
    assert_int_equal(r->free.kind, KITH_NULL);
}

static void test_load_structs__of_one_record(void **state)
{
    (void)state;
    const kith_value null = kith_of_null();
    kith_mock_row(f.mock, KITH_VALUES(KITH_V(4), null, null, null, null, KITH_V("cold"), null));
    kith_record *r = kith_find_one(f.s, &reading_model, NULL);
    const struct reading *one = KITH_STRUCT(struct reading, f.s, r);
    assert_true(one && one->id == 4 && strcmp(one->note, "cold") == 0);
    assert_null(KITH_STRUCT(struct reading, f.s, NULL));
    assert_null(KITH_STRUCT(struct reading, NULL, r));
    assert_null(kith_error_of(f.s));
    assert_null(KITH_STRUCT(struct sample, f.s, r));
    expect_usage("reading is tied to a struct of");
}

static void test_load_structs__an_empty_list_gives_null_without_an_error(void **state)
{
    (void)state;
    kith_mock_next(f.mock);
    kith_list *list = kith_find(f.s, &reading_model, NULL);
    assert_int_equal(list->count, 0);
    assert_null(KITH_STRUCTS(struct reading, f.s, list));
    assert_null(kith_error_of(f.s));
}

static void test_load_structs__another_struct_is_refused(void **state)
{
    (void)state;
    kith_mock_next(f.mock);
    assert_null(kith_structs(f.s, kith_find(f.s, &reading_model, NULL), sizeof(struct reading) + 8));
    expect_usage("reading");
    kith_clear(f.s);
    assert_null(KITH_STRUCTS(struct reading, f.s, kith_find(f.s, &plain_model, NULL)));
    expect_usage("plain is tied to no struct");
}

static void test_load_structs__no_list_is_an_error_unless_one_stands(void **state)
{
    (void)state;
    assert_null(KITH_STRUCTS(struct reading, f.s, NULL));
    expect_usage("NULL");
    kith_clear(f.s);
    kith_mock_fail(f.mock, KITH_E_BUSY, "locked");
    assert_null(KITH_STRUCTS(struct reading, f.s, kith_find(f.s, &reading_model, NULL)));
    assert_int_equal(kith_error_of(f.s)->status, KITH_E_BUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_load_structs__fills_every_kind_of_member, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_load_structs__null_and_what_was_left_out_are_zero, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_load_structs__a_value_member_takes_any_attribute, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_load_structs__of_one_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_load_structs__an_empty_list_gives_null_without_an_error, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_load_structs__another_struct_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_load_structs__no_list_is_an_error_unless_one_stands, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
