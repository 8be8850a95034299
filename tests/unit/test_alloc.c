/* alloc: sizes, failures, growing arrays; and the allocator that the other tests rely on. */
#include <string.h>

#include "base/alloc.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"

static void test_base_alloc__default_allocates_moves_and_frees(void **state)
{
    (void)state;
    char *text = kith__alloc(&kith__default_allocator, 6);
    assert_non_null(text);
    memcpy(text, "hello", 6);
    text = kith__resize(&kith__default_allocator, text, 6, 100000);
    assert_non_null(text);
    assert_string_equal(text, "hello");
    kith__free(&kith__default_allocator, text, 100000);
    kith__free(&kith__default_allocator, NULL, 0);
}

static void test_base_alloc__size_zero_is_memory(void **state)
{
    (void)state;
    struct fail_alloc f;
    fail_alloc_init(&f);
    void *a = kith__alloc(&f.allocator, 0);
    void *b = kith__alloc_zero(&f.allocator, 0);
    assert_non_null(a);
    assert_non_null(b);
    a = kith__resize(&f.allocator, a, 0, 10);
    assert_non_null(a);
    a = kith__resize(&f.allocator, a, 10, 0);
    assert_non_null(a);
    assert_int_equal(f.live_blocks, 2);
    kith__free(&f.allocator, a, 0);
    kith__free(&f.allocator, b, 0);
    assert_int_equal(f.live_blocks, 0);
    assert_int_equal(f.live_bytes, 0);
}

static void test_base_alloc__zeroed_memory_is_zero(void **state)
{
    (void)state;
    struct fail_alloc f;
    fail_alloc_init(&f);
    unsigned char *bytes = kith__alloc_zero(&f.allocator, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(bytes[i], 0);
    kith__free(&f.allocator, bytes, 100);
    assert_int_equal(f.live_bytes, 0);
}

static void test_base_alloc__absurd_sizes_are_refused_unasked(void **state)
{
    (void)state;
    struct fail_alloc f;
    fail_alloc_init(&f);
    assert_null(kith__alloc(&f.allocator, SIZE_MAX));
    assert_null(kith__alloc_zero(&f.allocator, (size_t)PTRDIFF_MAX + 1));
    void *kept = kith__alloc(&f.allocator, 8);
    assert_null(kith__resize(&f.allocator, kept, 8, SIZE_MAX));
    assert_int_equal(f.calls, 1);
    kith__free(&f.allocator, kept, 8);
}

static void test_base_alloc__grow_keeps_what_is_there(void **state)
{
    (void)state;
    struct fail_alloc f;
    fail_alloc_init(&f);
    int *numbers = NULL;
    size_t capacity = 0;
    for (size_t count = 0; count < 1000; count++) {
        assert_true(kith__grow(&f.allocator, (void **)&numbers, count, &capacity, sizeof *numbers));
        assert_true(capacity > count);
        numbers[count] = (int)count;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    assert_true(f.calls < 20);
    assert_int_equal(f.live_bytes, capacity * sizeof *numbers);
    kith__free(&f.allocator, numbers, capacity * sizeof *numbers);
    assert_int_equal(f.live_blocks, 0);
}

static void test_base_alloc__grow_that_fails_changes_nothing(void **state)
{
    (void)state;
    struct fail_alloc f;
    fail_alloc_init(&f);
    int *numbers = NULL;
    size_t capacity = 0;
    f.fail_at = 1;
    assert_false(kith__grow(&f.allocator, (void **)&numbers, 0, &capacity, sizeof *numbers));
    assert_null(numbers);
    assert_int_equal(capacity, 0);
    assert_true(kith__grow(&f.allocator, (void **)&numbers, 0, &capacity, sizeof *numbers));
    numbers[0] = 7;
    f.fail_at = 3;
    const int *before = numbers;
    size_t room = capacity;
    assert_false(kith__grow(&f.allocator, (void **)&numbers, room, &capacity, sizeof *numbers));
    assert_ptr_equal(numbers, before);
    assert_int_equal(capacity, room);
    assert_int_equal(numbers[0], 7);
    kith__free(&f.allocator, numbers, capacity * sizeof *numbers);
}

static void test_base_alloc__grow_does_not_overflow(void **state)
{
    (void)state;
    struct fail_alloc f;
    fail_alloc_init(&f);
    void *items = NULL;
    const size_t capacities[] = { SIZE_MAX, SIZE_MAX / 2 + 1, SIZE_MAX / 4, SIZE_MAX / 16, SIZE_MAX / 32 + 2 };
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++) {
        size_t capacity = capacities[i];
        assert_false(kith__grow(&f.allocator, &items, capacity, &capacity, 16));
        assert_true(capacity == capacities[i]);
    }
    assert_int_equal(f.calls, 0);
}

static void test_base_alloc__fail_alloc_fails_when_told(void **state)
{
    (void)state;
    struct fail_alloc f;
    for (int forever = 0; forever < 2; forever++) {
        fail_alloc_init(&f);
        f.fail_at = 2;
        f.fail_forever = forever == 1;
        void *first = kith__alloc(&f.allocator, 1);
        void *second = kith__alloc(&f.allocator, 1);
        void *third = kith__alloc(&f.allocator, 1);
        assert_non_null(first);
        assert_null(second);
        assert_int_equal(third == NULL, forever == 1);
        assert_int_equal(f.calls, 3);
        kith__free(&f.allocator, first, 1);
        kith__free(&f.allocator, third, 1);
        assert_int_equal(f.live_blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_alloc__default_allocates_moves_and_frees),
        cmocka_unit_test(test_base_alloc__size_zero_is_memory),
        cmocka_unit_test(test_base_alloc__zeroed_memory_is_zero),
        cmocka_unit_test(test_base_alloc__absurd_sizes_are_refused_unasked),
        cmocka_unit_test(test_base_alloc__grow_keeps_what_is_there),
        cmocka_unit_test(test_base_alloc__grow_that_fails_changes_nothing),
        cmocka_unit_test(test_base_alloc__grow_does_not_overflow),
        cmocka_unit_test(test_base_alloc__fail_alloc_fails_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
