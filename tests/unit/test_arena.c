/* arena: alignment, block sizes, the cache, plain mode, failures. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
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
    return memory.live_blocks == 0 && memory.live_bytes == 0 ? 0 : -1;
}

static kith_arena new_arena(struct block_cache *cache, bool plain)
{
    kith_arena arena;
    kith__arena_init(&arena, &memory.allocator, cache, plain);
    return arena;
}

static void test_base_arena__nothing_is_taken_before_the_first_use(void **state)
{
    (void)state;
    kith_arena arena = new_arena(NULL, false);
    assert_int_equal(memory.calls, 0);
    kith__arena_free(&arena);
}

static void test_base_arena__pieces_are_aligned_and_apart(void **state)
{
    (void)state;
    for (int plain = 0; plain < 2; plain++) {
        kith_arena arena = new_arena(NULL, plain == 1);
        unsigned char *pieces[400];
        for (size_t i = 0; i < 400; i++) {
            pieces[i] = kith_arena_take(&arena, i);
            assert_non_null(pieces[i]);
            assert_int_equal((uintptr_t)pieces[i] % ARENA_ALIGN, 0);
            memset(pieces[i], (int)(i & 255), i);
        }
        for (size_t i = 0; i < 400; i++)
            for (size_t j = 0; j < i; j++)
                assert_int_equal(pieces[i][j], i & 255);
        assert_false(arena.failed);
        kith__arena_free(&arena);
        assert_int_equal(memory.live_blocks, 0);
    }
}

static void test_base_arena__texts_lie_apart_from_the_rest(void **state)
{
    (void)state;
    for (int plain = 0; plain < 2; plain++) {
        kith_arena arena = new_arena(NULL, plain == 1);
        unsigned char *texts[300], *pieces[300];
        for (size_t i = 0; i < 300; i++) {
            texts[i] = (unsigned char *)arena_take_text(&arena, i % 40 + 1);
            pieces[i] = arena_take(&arena, i % 24 + 1);
            assert_non_null(texts[i]);
            assert_non_null(pieces[i]);
            assert_int_equal((uintptr_t)pieces[i] % ARENA_ALIGN, 0);
            memset(texts[i], (int)(i & 127), i % 40 + 1);
            memset(pieces[i], (int)(128 + (i & 127)), i % 24 + 1);
        }
        for (size_t i = 0; i < 300; i++) {
            for (size_t j = 0; j <= i % 40; j++)
                assert_int_equal(texts[i][j], i & 127);
            for (size_t j = 0; j <= i % 24; j++)
                assert_int_equal(pieces[i][j], 128 + (i & 127));
        }
        kith__arena_free(&arena);
    }
}

static void test_base_arena__texts_waste_nothing(void **state)
{
    (void)state;
    kith_arena arena = new_arena(NULL, false);
    assert_non_null(arena_take(&arena, 1));
    const char *last = kith__arena_text(&arena, "0123456789");
    for (int i = 0; i < 50; i++) {
        const char *next = kith__arena_text(&arena, "0123456789");
        assert_ptr_equal(next, last - 11);
        last = next;
    }
    kith__arena_free(&arena);
}

static void test_base_arena__size_zero_is_a_pointer(void **state)
{
    (void)state;
    for (int plain = 0; plain < 2; plain++) {
        kith_arena arena = new_arena(NULL, plain == 1);
        assert_non_null(arena_take(&arena, 0));
        assert_non_null(arena_take(&arena, 0));
        assert_non_null(ARENA_ARRAY(&arena, 0, int));
        assert_non_null(kith__arena_array(&arena, 5, 0));
        kith__arena_free(&arena);
    }
}

static void test_base_arena__blocks_start_small_and_double_to_a_mebibyte(void **state)
{
    (void)state;
    kith_arena arena = new_arena(NULL, false);
    size_t expected[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024 };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        size_t before = memory.live_bytes, calls = memory.calls;
        while (memory.calls == calls)
            assert_non_null(arena_take(&arena, 64));
        assert_int_equal(memory.live_bytes - before, expected[i] * 1024);
    }
    kith__arena_free(&arena);
}

static void test_base_arena__large_pieces_do_not_waste_the_block(void **state)
{
    (void)state;
    kith_arena arena = new_arena(NULL, false);
    char *first = arena_take(&arena, 8);
    char *large = arena_take(&arena, 5000000);
    assert_non_null(large);
    memset(large, 1, 5000000);
    assert_int_equal(memory.calls, 2);
    char *next = arena_take(&arena, 8);
    assert_ptr_equal(next, first + 8);
    assert_int_equal(memory.calls, 2);
    kith__arena_free(&arena);
}

static void test_base_arena__medium_pieces_come_to_share_blocks(void **state)
{
    (void)state;
    kith_arena arena = new_arena(NULL, false);
    for (int i = 0; i < 1000; i++)
        assert_non_null(arena_take(&arena, 2000));
    assert_true(memory.calls < 20);
    kith__arena_free(&arena);
}

static void test_base_arena__can_be_used_again(void **state)
{
    (void)state;
    kith_arena arena = new_arena(NULL, false);
    memory.fail_at = 1;
    assert_null(arena_take(&arena, 1));
    assert_true(arena.failed);
    kith__arena_free(&arena);
    assert_false(arena.failed);
    assert_non_null(arena_take(&arena, 1));
    assert_int_equal(memory.live_bytes, ARENA_FIRST_BLOCK);
    kith__arena_free(&arena);
    kith__arena_free(&arena);
}

static void test_base_arena__cache_keeps_first_blocks_only(void **state)
{
    (void)state;
    struct block_cache cache = { 0 };
    kith_arena arena = new_arena(&cache, false);
    for (int i = 0; i < 100; i++)
        assert_non_null(arena_take(&arena, 100));
    assert_non_null(arena_take(&arena, 100000));
    kith__arena_free(&arena);
    assert_int_equal(cache.count, 1);
    assert_int_equal(memory.live_bytes, ARENA_FIRST_BLOCK);
    size_t calls = memory.calls;
    assert_non_null(arena_take(&arena, 100));
    assert_int_equal(memory.calls, calls);
    assert_int_equal(cache.count, 0);
    kith__arena_free(&arena);
    kith__block_cache_free(&cache, &memory.allocator);
    assert_int_equal(cache.count, 0);
    assert_null(cache.free);
}

static void test_base_arena__cache_keeps_sixteen(void **state)
{
    (void)state;
    struct block_cache cache = { 0 };
    kith_arena arenas[20];
    for (int i = 0; i < 20; i++) {
        arenas[i] = new_arena(&cache, false);
        assert_non_null(arena_take(&arenas[i], 1));
    }
    for (int i = 0; i < 20; i++)
        kith__arena_free(&arenas[i]);
    assert_int_equal(cache.count, 16);
    assert_int_equal(memory.live_blocks, 16);
    kith__block_cache_free(&cache, &memory.allocator);
}

static void test_base_arena__plain_takes_are_exact_and_uncached(void **state)
{
    (void)state;
    struct block_cache cache = { 0 };
    kith_arena arena = new_arena(&cache, true);
    assert_non_null(arena_take(&arena, 8));
    size_t header = memory.live_bytes - 8;
    for (size_t size = 1; size < 50; size++) {
        size_t before = memory.live_bytes;
        assert_non_null(arena_take(&arena, size));
        assert_int_equal(memory.live_bytes - before, size + header);
    }
    assert_int_equal(memory.live_blocks, 50);
    assert_non_null(arena_take(&arena, ARENA_FIRST_BLOCK - header));
    kith__arena_free(&arena);
    assert_int_equal(cache.count, 0);
}

static void test_base_arena__absurd_sizes_fail(void **state)
{
    (void)state;
    const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 6, SIZE_MAX - 7, SIZE_MAX - 8, SIZE_MAX / 2, SIZE_MAX / 2 - 8 };
    for (int plain = 0; plain < 2; plain++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            kith_arena arena = new_arena(NULL, plain == 1);
            assert_null(arena_take(&arena, sizes[i]));
            assert_true(arena.failed);
            kith__arena_free(&arena);
        }
    }
    kith_arena arena = new_arena(NULL, false);
    assert_null(kith__arena_array(&arena, SIZE_MAX / 2 + 1, 2));
    assert_true(arena.failed);
    kith__arena_free(&arena);
    assert_null(kith__arena_text_n(&arena, "x", SIZE_MAX));
    assert_true(arena.failed);
    kith__arena_free(&arena);
    assert_int_equal(memory.calls, 0);
}

static void test_base_arena__arrays_are_zero(void **state)
{
    (void)state;
    kith_arena arena = new_arena(NULL, false);
    for (int round = 0; round < 100; round++) {
        const int64_t *numbers = ARENA_ARRAY(&arena, 37, int64_t);
        for (int i = 0; i < 37; i++)
            assert_int_equal(numbers[i], 0);
    }
    kith__arena_free(&arena);
}

static void test_base_arena__texts(void **state)
{
    (void)state;
    for (int plain = 0; plain < 2; plain++) {
        kith_arena arena = new_arena(NULL, plain == 1);
        assert_string_equal(kith__arena_text(&arena, "pug"), "pug");
        assert_string_equal(kith__arena_text(&arena, ""), "");
        assert_null(kith__arena_text(&arena, NULL));
        assert_null(kith__arena_text_n(&arena, NULL, 3));
        assert_string_equal(kith__arena_text_n(&arena, "pugs", 3), "pug");
        assert_memory_equal(kith__arena_text_n(&arena, "a\0b", 3), "a\0b", 4);
        assert_string_equal(kith__arena_format(&arena, "%s has %d legs", "pug", 4), "pug has 4 legs");
        assert_int_equal(strlen(kith__arena_format(&arena, "%*d", 5000, 1)), 5000);
        assert_false(arena.failed);
        kith__arena_free(&arena);
    }
}

static void test_base_arena__values_own_their_bytes(void **state)
{
    (void)state;
    kith_arena arena = new_arena(NULL, false);
    char text[] = "pug";
    kith_value to;
    assert_true(kith__arena_value(&arena, kith_of_text(text, 2), &to));
    text[0] = 'x';
    assert_int_equal(to.kind, KITH_STR);
    assert_int_equal(to.size, 2);
    assert_string_equal(to.as.str, "pu");
    assert_true(kith__arena_value(&arena, kith_of_bytes("\0\1", 2), &to));
    assert_int_equal(to.kind, KITH_BYTES);
    assert_memory_equal(to.as.bytes, "\0\1", 2);
    assert_true(kith__arena_value(&arena, (kith_value){ .kind = KITH_BYTES }, &to));
    assert_int_equal(to.size, 0);
    assert_non_null(to.as.bytes);
    assert_true(kith__arena_value(&arena, kith_of_int(-7), &to));
    assert_int_equal(to.kind, KITH_INT);
    assert_int_equal(to.as.integer, -7);
    kith__arena_free(&arena);
    memory.fail_at = memory.calls + 1;
    assert_false(kith__arena_value(&arena, kith_of_str("pug"), &to));
    kith__arena_free(&arena);
}

/* Something that takes in every way; true when nothing failed. */
static bool take_in_every_way(kith_arena *arena)
{
    kith_value value;
    bool good = arena_take(arena, 900) != NULL;
    good &= ARENA_ARRAY(arena, 300, int) != NULL;
    good &= kith__arena_text(arena, "text") != NULL;
    good &= kith__arena_format(arena, "%2000d", 1) != NULL;
    good &= kith__arena_value(arena, kith_of_str("value"), &value);
    good &= arena_take(arena, 3000000) != NULL;
    good &= arena_take(arena, 4000) != NULL;
    return good;
}

static void test_base_arena__every_failure_sticks_and_leaks_nothing(void **state)
{
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        bool good = false;
        for (size_t n = 1; !good; n++) {
            fail_alloc_init(&memory);
            memory.fail_at = n;
            memory.fail_forever = (variant & 1) != 0;
            kith_arena arena = new_arena(NULL, (variant & 2) != 0);
            good = take_in_every_way(&arena);
            assert_int_equal(arena.failed, !good);
            assert_int_equal(good, memory.calls < n);
            kith__arena_free(&arena);
            assert_int_equal(memory.live_blocks, 0);
            assert_true(n < 100);
        }
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_base_arena__nothing_is_taken_before_the_first_use),
        CASE(test_base_arena__pieces_are_aligned_and_apart),
        CASE(test_base_arena__texts_lie_apart_from_the_rest),
        CASE(test_base_arena__texts_waste_nothing),
        CASE(test_base_arena__size_zero_is_a_pointer),
        CASE(test_base_arena__blocks_start_small_and_double_to_a_mebibyte),
        CASE(test_base_arena__large_pieces_do_not_waste_the_block),
        CASE(test_base_arena__medium_pieces_come_to_share_blocks),
        CASE(test_base_arena__can_be_used_again),
        CASE(test_base_arena__cache_keeps_first_blocks_only),
        CASE(test_base_arena__cache_keeps_sixteen),
        CASE(test_base_arena__plain_takes_are_exact_and_uncached),
        CASE(test_base_arena__absurd_sizes_fail),
        CASE(test_base_arena__arrays_are_zero),
        CASE(test_base_arena__texts),
        CASE(test_base_arena__values_own_their_bytes),
        CASE(test_base_arena__every_failure_sticks_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
