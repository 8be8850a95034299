/* value: making, comparing, hashing and naming values. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/value.h"
#include "harness/test.h"

static void test_base_value__has_sixteen_bytes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(kith_value), 16);
}

static void test_base_value__kith_v_takes_every_c_type(void **state)
{
    (void)state;
    const struct {
        kith_value v;
        int64_t n;
    } integers[] = { { KITH_V((char)7), 7 },
                     { KITH_V((signed char)-7), -7 },
                     { KITH_V((unsigned char)255), 255 },
                     { KITH_V((short)-300), -300 },
                     { KITH_V((unsigned short)65535), 65535 },
                     { KITH_V(-5), -5 },
                     { KITH_V(UINT_MAX), 4294967295 },
                     { KITH_V(-5L), -5 },
                     { KITH_V(5UL), 5 },
                     { KITH_V(LLONG_MIN), INT64_MIN },
                     { KITH_V(9223372036854775807ULL), INT64_MAX } };
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        assert_int_equal(integers[i].v.kind, KITH_INT);
        assert_int_equal(integers[i].v.as.integer, integers[i].n);
    }
    assert_int_equal(KITH_V((bool)true).kind, KITH_BOOL);
    assert_true(KITH_V((bool)true).as.boolean);
    assert_int_equal(KITH_V(1.5).kind, KITH_DOUBLE);
    assert_true(KITH_V(1.5f).as.real == 1.5);
    char text[] = "pug";
    assert_int_equal(KITH_V(text).kind, KITH_STR);
    assert_int_equal(KITH_V("pug").size, 3);
    assert_int_equal(KITH_V(kith_of_timestamp(5)).kind, KITH_TIMESTAMP);
}

static void test_base_value__no_pointer_is_null(void **state)
{
    (void)state;
    assert_int_equal(kith_of_str(NULL).kind, KITH_NULL);
    assert_int_equal(kith_of_text(NULL, 5).kind, KITH_NULL);
    assert_int_equal(kith_of_bytes(NULL, 5).kind, KITH_NULL);
    assert_int_equal(kith_of_expr(NULL).kind, KITH_NULL);
    assert_int_equal(kith_of_null().kind, KITH_NULL);
}

static void test_base_value__what_no_kind_holds_is_out_of_range(void **state)
{
    (void)state;
    assert_int_equal(kith_of_uint((uint64_t)INT64_MAX + 1).kind, KITH_OUT_OF_RANGE);
    assert_int_equal(KITH_V(ULLONG_MAX).kind, KITH_OUT_OF_RANGE);
    assert_int_equal(kith_of_text("x", (size_t)UINT32_MAX + 1).kind, KITH_OUT_OF_RANGE);
    assert_int_equal(kith_of_bytes("x", (size_t)UINT32_MAX + 1).kind, KITH_OUT_OF_RANGE);
    assert_int_equal(kith_of_bytes("x", UINT32_MAX).kind, KITH_BYTES);
    assert_int_equal(kith_of_text("x", UINT32_MAX).size, UINT32_MAX);
}

/* All different; each equals itself and a copy, and no other. */
static void test_base_value__equal_means_same_kind_and_content(void **state)
{
    (void)state;
    char text[] = "pug";
    const kith_value values[] = { { .kind = KITH_ABSENT },
                                  kith_of_null(),
                                  kith_of_bool(false),
                                  kith_of_bool(true),
                                  kith_of_int(0),
                                  kith_of_int(1),
                                  kith_of_int(INT64_C(1) << 32),
                                  kith_of_double(0),
                                  kith_of_double(1),
                                  kith_of_double(NAN),
                                  kith_of_timestamp(0),
                                  kith_of_timestamp(1),
                                  kith_of_str(""),
                                  kith_of_str("pug"),
                                  kith_of_str("pugs"),
                                  kith_of_str("Pug"),
                                  kith_of_bytes("", 0),
                                  kith_of_bytes("pug", 3),
                                  { .kind = KITH_EXPRESSION, .as.expr = (const struct kith_expr *)text },
                                  { .kind = KITH_OUT_OF_RANGE } };
    const size_t count = sizeof values / sizeof *values;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            kith_value copy = values[j];
            assert_int_equal(kith__value_equal(&values[i], &copy), i == j);
        }
    }
    kith_value copied = kith_of_str(text);
    assert_true(kith__value_equal(&values[13], &copied));
}

static void test_base_value__zero_and_minus_zero_are_one_key(void **state)
{
    (void)state;
    kith_value zero = kith_of_double(0.0), minus = kith_of_double(-0.0);
    assert_true(kith__value_equal(&zero, &minus));
    assert_int_equal(kith__values_hash(&zero, 1), kith__values_hash(&minus, 1));
}

static void test_base_value__equal_tuples(void **state)
{
    (void)state;
    const kith_value a[] = { kith_of_int(1), kith_of_str("x") };
    const kith_value b[] = { kith_of_int(1), kith_of_str("y") };
    assert_true(kith__values_equal(a, b, 0));
    assert_true(kith__values_equal(a, b, 1));
    assert_false(kith__values_equal(a, b, 2));
    assert_true(kith__values_equal(a, a, 2));
}

/* Keys that count up by any power of two spread over the low bits, which is where a map looks. */
static void test_base_value__hash_spreads_integers(void **state)
{
    (void)state;
    enum { SLOTS = 4096 };
    for (int shift = 0; shift < 52; shift++) {
        static unsigned char used[SLOTS];
        memset(used, 0, sizeof used);
        int filled = 0;
        for (int64_t i = 0; i < SLOTS; i++) {
            kith_value v = kith_of_int((int64_t)((uint64_t)i << shift));
            uint32_t slot = kith__values_hash(&v, 1) % SLOTS;
            filled += !used[slot];
            used[slot] = 1;
        }
        assert_true(filled > SLOTS / 2); /* at random it would be 63 of 100 */
    }
}

/* Eight keys in a row share eight neighbouring slots, so that looking them up one after another touches little memory. */
static void test_base_value__hash_keeps_neighbours_together(void **state)
{
    (void)state;
    for (int64_t first = -80; first < 80; first += 8) {
        kith_value v = kith_of_int(first);
        uint32_t place = kith__values_hash(&v, 1) / 8;
        for (int64_t i = first + 1; i < first + 8; i++) {
            v = kith_of_int(i);
            assert_int_equal(kith__values_hash(&v, 1) / 8, place);
        }
    }
}

static void test_base_value__hash_knows_the_order(void **state)
{
    (void)state;
    const kith_value a[] = { kith_of_int(1), kith_of_int(11) };
    const kith_value b[] = { kith_of_int(11), kith_of_int(1) };
    assert_int_not_equal(kith__values_hash(a, 2), kith__values_hash(b, 2));
    const kith_value c[] = { kith_of_int(1), kith_of_int(11) };
    assert_int_equal(kith__values_hash(a, 2), kith__values_hash(c, 2));
    char text[] = "pug";
    kith_value here = kith_of_str("pug"), there = kith_of_str(text);
    assert_int_equal(kith__values_hash(&here, 1), kith__values_hash(&there, 1));
}

static void test_base_value__every_kind_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(kith__kind_name(KITH_INT), "an integer");
    assert_string_equal(kith__kind_name(KITH_STR), "text");
    for (int kind = KITH_ABSENT; kind <= KITH_OUT_OF_RANGE; kind++) {
        assert_true(kith__kind_name(kind)[0] != '\0');
        for (int other = KITH_ABSENT; other < kind; other++)
            assert_string_not_equal(kith__kind_name(kind), kith__kind_name(other));
    }
    assert_non_null(kith__kind_name(-1));
    assert_non_null(kith__kind_name(1000));
}

static void test_base_value__lists_are_counted_to_their_end(void **state)
{
    (void)state;
    assert_int_equal(kith__value_list_count(NULL), 0);
    assert_int_equal(kith__value_list_count(KITH_VALUES(KITH_V(1))), 1);
    assert_int_equal(kith__value_list_count(KITH_VALUES(KITH_V(1), kith_of_null(), { .kind = KITH_ABSENT })), 3);
    const kith_value none[] = { KITH_END_VALUE_ };
    assert_int_equal(kith__value_list_count(none), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_value__has_sixteen_bytes),
        cmocka_unit_test(test_base_value__kith_v_takes_every_c_type),
        cmocka_unit_test(test_base_value__no_pointer_is_null),
        cmocka_unit_test(test_base_value__what_no_kind_holds_is_out_of_range),
        cmocka_unit_test(test_base_value__equal_means_same_kind_and_content),
        cmocka_unit_test(test_base_value__zero_and_minus_zero_are_one_key),
        cmocka_unit_test(test_base_value__equal_tuples),
        cmocka_unit_test(test_base_value__hash_spreads_integers),
        cmocka_unit_test(test_base_value__hash_keeps_neighbours_together),
        cmocka_unit_test(test_base_value__hash_knows_the_order),
        cmocka_unit_test(test_base_value__every_kind_has_a_name),
        cmocka_unit_test(test_base_value__lists_are_counted_to_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
