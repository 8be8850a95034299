/* recycle: what is given back is used again, at most so much is kept, and nothing is lost when memory is short. */
#include <string.h>

#include "base/recycle.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"

static struct fail_alloc below;
static struct recycler r;

static void begin(bool plain)
{
    fail_alloc_init(&below);
    kith__recycler_init(&r, &below.allocator, plain);
}

/* All pieces have been given back. */
static void end(void)
{
    kith__recycler_free(&r);
    assert_int_equal(below.live_blocks, 0);
}

static void test_base_recycle__asks_once_for_what_comes_again(void **state)
{
    (void)state;
    begin(false);
    for (int i = 0; i < 3; i++) {
        void *a = kith__alloc(&r.allocator, 40), *b = kith__alloc(&r.allocator, 64),
             *c = kith__alloc(&r.allocator, 5000);
        assert_non_null(a);
        assert_non_null(b);
        assert_non_null(c);
        memset(a, 1, 40);
        memset(b, 2, 64);
        memset(c, 3, 5000);
        kith__free(&r.allocator, a, 40);
        kith__free(&r.allocator, b, 64);
        kith__free(&r.allocator, c, 5000);
    }
    assert_int_equal(below.calls, 3);
    end();
}

static void test_base_recycle__keeps_content_while_growing(void **state)
{
    (void)state;
    begin(false);
    int *items = NULL;
    size_t capacity = 0, count = 50000; /* from the smallest size to one that is never kept */
    for (size_t i = 0; i < count; i++) {
        assert_true(kith__grow(&r.allocator, (void **)&items, i, &capacity, sizeof *items));
        items[i] = (int)i;
    }
    for (size_t i = 0; i < count; i++)
        assert_int_equal(items[i], i);
    items = kith__resize(&r.allocator, items, capacity * sizeof *items, 10 * sizeof *items);
    assert_int_equal(items[9], 9);
    kith__free(&r.allocator, items, 10 * sizeof *items);
    end();
}

static void test_base_recycle__keeps_no_more_than_it_may(void **state)
{
    (void)state;
    enum { PIECES = 100, SIZE = 32 * 1024 };
    void *pieces[PIECES];
    begin(false);
    for (int i = 0; i < PIECES; i++)
        assert_non_null(pieces[i] = kith__alloc(&r.allocator, SIZE));
    for (int i = 0; i < PIECES; i++)
        kith__free(&r.allocator, pieces[i], SIZE);
    assert_int_equal(below.live_bytes, RECYCLE_KEEPS);
    void *large = kith__alloc(&r.allocator, 10 * RECYCLE_KEEPS);
    kith__free(&r.allocator, large, 10 * RECYCLE_KEEPS);
    assert_int_equal(below.live_bytes, RECYCLE_KEEPS);
    end();
}

static void test_base_recycle__keeps_nothing_when_plain(void **state)
{
    (void)state;
    begin(true);
    void *a = kith__alloc(&r.allocator, 40);
    assert_int_equal(below.live_bytes, 40);
    kith__free(&r.allocator, a, 40);
    assert_int_equal(below.live_blocks, 0);
    end();
}

static void test_base_recycle__leaves_all_as_it_was_without_memory(void **state)
{
    (void)state;
    for (int plain = 0; plain <= 1; plain++) {
        begin(plain);
        char *text = kith__alloc(&r.allocator, 6);
        assert_non_null(text);
        memcpy(text, "hello", 6);
        below.fail_at = below.calls + 1;
        assert_null(kith__resize(&r.allocator, text, 6, 1000));
        assert_string_equal(text, "hello");
        kith__free(&r.allocator, text, 6);
        below.fail_at = below.calls + 1;
        assert_null(kith__alloc(&r.allocator, 1000));
        end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_recycle__asks_once_for_what_comes_again),
        cmocka_unit_test(test_base_recycle__keeps_content_while_growing),
        cmocka_unit_test(test_base_recycle__keeps_no_more_than_it_may),
        cmocka_unit_test(test_base_recycle__keeps_nothing_when_plain),
        cmocka_unit_test(test_base_recycle__leaves_all_as_it_was_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
