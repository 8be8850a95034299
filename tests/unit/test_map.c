/* map: names and key tuples; many of them, equal-looking ones, and short memory. */
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"

static struct fail_alloc memory;

static int set_up(void **state)
{
    (void)state;
    fail_alloc_init(&memory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return memory.live_blocks == 0 ? 0 : -1;
}

static void test_base_map__empty_maps_find_nothing(void **state)
{
    (void)state;
    struct name_map names;
    kith__name_map_init(&names, &memory.allocator);
    assert_null(kith__name_map_get(&names, "pug"));
    assert_null(kith__name_map_get(&names, NULL));
    kith__name_map_free(&names);
    struct key_map keys;
    kith__key_map_init(&keys, &memory.allocator, 1);
    kith_value one = kith_of_int(1);
    assert_int_equal(kith__key_map_get(&keys, &one), KEY_MAP_NONE);
    kith__key_map_free(&keys);
    assert_int_equal(memory.calls, 0);
}

static void test_base_map__finds_every_name(void **state)
{
    (void)state;
    static char names[2000][16];
    struct name_map m;
    kith__name_map_init(&m, &memory.allocator);
    for (int i = 0; i < 2000; i++) {
        snprintf(names[i], sizeof names[i], "n%d", i);
        assert_true(kith__name_map_put(&m, names[i], names[i]));
    }
    assert_int_equal(m.count, 2000);
    for (int i = 0; i < 2000; i++) {
        char copy[16];
        strcpy(copy, names[i]);
        assert_ptr_equal(kith__name_map_get(&m, copy), names[i]);
    }
    assert_null(kith__name_map_get(&m, "n2000"));
    assert_null(kith__name_map_get(&m, "N1"));
    assert_null(kith__name_map_get(&m, ""));
    kith__name_map_free(&m);
}

static void test_base_map__put_replaces(void **state)
{
    (void)state;
    int first, second;
    struct name_map m;
    kith__name_map_init(&m, &memory.allocator);
    assert_true(kith__name_map_put(&m, "pug", &first));
    assert_true(kith__name_map_put(&m, "pug", &second));
    assert_int_equal(m.count, 1);
    assert_ptr_equal(kith__name_map_get(&m, "pug"), &second);
    kith__name_map_free(&m);
}

static void test_base_map__numbers_keys_in_order(void **state)
{
    (void)state;
    enum { COUNT = 50000 };
    static kith_value keys[COUNT];
    static const int64_t steps[] = { 1, -1, 4096, INT64_C(1) << 32, (INT64_C(1) << 45) + 1 };
    for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
        struct key_map m;
        kith__key_map_init(&m, &memory.allocator, 1);
        bool added;
        for (int i = 0; i < COUNT; i++) {
            keys[i] = kith_of_int((int64_t)((uint64_t)i * (uint64_t)steps[s]));
            assert_int_equal(kith__key_map_add(&m, &keys[i], &added), i);
            assert_true(added);
        }
        for (int i = 0; i < COUNT; i++) {
            kith_value same = keys[i];
            assert_int_equal(kith__key_map_get(&m, &same), i);
            assert_int_equal(kith__key_map_add(&m, &same, &added), i);
            assert_false(added);
        }
        kith_value other = kith_of_int(INT64_C(1) << 62 | 12345);
        assert_int_equal(kith__key_map_get(&m, &other), KEY_MAP_NONE);
        assert_int_equal(m.count, COUNT);
        kith__key_map_free(&m);
    }
}

/* The key (1, 11) is not (11, 1), nor are texts glued together. */
static void test_base_map__tuples_are_compared_value_by_value(void **state)
{
    (void)state;
    const kith_value keys[][2] = {
        { kith_of_int(1), kith_of_int(11) },          { kith_of_int(11), kith_of_int(1) },
        { kith_of_str("ab"), kith_of_str("c") },      { kith_of_str("a"), kith_of_str("bc") },
        { kith_of_int(1), kith_of_null() },           { kith_of_null(), kith_of_int(1) },
        { kith_of_int(1), kith_of_str("11") },        { kith_of_bool(true), kith_of_int(11) },
        { kith_of_double(1), kith_of_int(11) },       { kith_of_timestamp(1), kith_of_int(11) },
        { kith_of_bytes("ab", 2), kith_of_str("c") },
    };
    const int count = (int)(sizeof keys / sizeof *keys);
    struct key_map m;
    kith__key_map_init(&m, &memory.allocator, 2);
    bool added;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < count; i++) {
            assert_int_equal(kith__key_map_add(&m, keys[i], &added), i);
            assert_int_equal(added, round == 0);
        }
    }
    kith__key_map_free(&m);
}

static void test_base_map__text_keys_need_not_end_with_nul(void **state)
{
    (void)state;
    const kith_value keys[] = { kith_of_text("pugs", 3), kith_of_text("pugs", 4), kith_of_text("a\0b", 3),
                                kith_of_text("a\0c", 3), kith_of_text("", 0) };
    struct key_map m;
    kith__key_map_init(&m, &memory.allocator, 1);
    bool added;
    for (int i = 0; i < 5; i++)
        assert_int_equal(kith__key_map_add(&m, &keys[i], &added), i);
    kith_value pug = kith_of_str("pug");
    assert_int_equal(kith__key_map_get(&m, &pug), 0);
    kith__key_map_free(&m);
}

static void test_base_map__kinds_are_told_apart_in_one_column(void **state)
{
    (void)state;
    const kith_value keys[] = { kith_of_int(1), kith_of_bool(true), kith_of_timestamp(1), kith_of_double(1) };
    struct key_map m;
    kith__key_map_init(&m, &memory.allocator, 1);
    bool added;
    for (int i = 0; i < 4; i++)
        assert_int_equal(kith__key_map_add(&m, &keys[i], &added), i);
    for (int i = 0; i < 4; i++)
        assert_int_equal(kith__key_map_get(&m, &keys[i]), i);
    kith__key_map_free(&m);
}

static void test_base_map__names_survive_every_failure(void **state)
{
    (void)state;
    static char names[100][16];
    for (int i = 0; i < 100; i++)
        snprintf(names[i], sizeof names[i], "n%d", i);
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        fail_alloc_init(&memory);
        memory.fail_at = n;
        struct name_map m;
        kith__name_map_init(&m, &memory.allocator);
        failed = false;
        for (int i = 0; i < 100; i++) {
            if (!kith__name_map_put(&m, names[i], names[i])) {
                failed = true;
                assert_null(kith__name_map_get(&m, names[i]));
                assert_true(kith__name_map_put(&m, names[i], names[i]));
            }
        }
        for (int i = 0; i < 100; i++)
            assert_ptr_equal(kith__name_map_get(&m, names[i]), names[i]);
        kith__name_map_free(&m);
        assert_int_equal(memory.live_blocks, 0);
    }
    assert_true(memory.fail_at > 3);
}

static void test_base_map__keys_survive_every_failure(void **state)
{
    (void)state;
    kith_value keys[100];
    for (int i = 0; i < 100; i++)
        keys[i] = kith_of_int(i);
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        fail_alloc_init(&memory);
        memory.fail_at = n;
        struct key_map m;
        kith__key_map_init(&m, &memory.allocator, 1);
        failed = false;
        bool added;
        for (int i = 0; i < 100; i++) {
            int64_t number = kith__key_map_add(&m, &keys[i], &added);
            if (number == KEY_MAP_NO_MEMORY) {
                failed = true;
                assert_false(added);
                assert_int_equal(kith__key_map_get(&m, &keys[i]), KEY_MAP_NONE);
                number = kith__key_map_add(&m, &keys[i], &added);
            }
            assert_int_equal(number, i);
        }
        kith__key_map_free(&m);
        assert_int_equal(memory.live_blocks, 0);
    }
    assert_true(memory.fail_at > 3);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_base_map__empty_maps_find_nothing),
        CASE(test_base_map__finds_every_name),
        CASE(test_base_map__put_replaces),
        CASE(test_base_map__numbers_keys_in_order),
        CASE(test_base_map__tuples_are_compared_value_by_value),
        CASE(test_base_map__text_keys_need_not_end_with_nul),
        CASE(test_base_map__kinds_are_told_apart_in_one_column),
        CASE(test_base_map__names_survive_every_failure),
        CASE(test_base_map__keys_survive_every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
