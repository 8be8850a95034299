/* A query that is kept points to nothing of the one it was made of. */
#include <stdlib.h>
#include <string.h>

#include "harness/fail_alloc.h"
#include "harness/test.h"
#include "load/keep.h"

/* Whoever adds a member that points somewhere copies it in load/keep.c, and counts it here. */
static void test_unit_keep__knows_every_member(void **state)
{
    (void)state;
    if (sizeof(void *) != 8)
        skip();
    assert_int_equal(sizeof(kith_expr), 48);
    assert_int_equal(sizeof(kith_order), 16);
    assert_int_equal(sizeof(kith_computed), 88);
    assert_int_equal(sizeof(kith_include), 136);
}

static void test_unit_keep__copies_to_the_last_text(void **state)
{
    (void)state;
    struct fail_alloc heap;
    kith_arena arena;
    char path[8] = "age", text[8] = "Cody", name[8] = "name", sub[8] = "toys";
    const char *names[] = { name, NULL };
    kith_value list[] = { { .kind = KITH_STR, .size = 4, .as.str = text }, { .kind = KITH_LIST_END } };
    kith_expr in = { .op = KITH_OP_IN, .path = path, .list = list };
    const kith_expr *args[] = { NULL, &in, &kith_expr_end };
    kith_expr all = { .op = KITH_OP_AND, .args = args };
    kith_order order[] = { { .path = path, .desc = true }, { 0 } };
    kith_computed computed[] = { { .as = name, .aggregate = KITH_COUNT, .path = sub, .where = &all }, { 0 } };
    kith_include below[] = { { .as = sub, .name = name, .through = { .attributes = names, .where = &all } }, { 0 } };
    const kith_include root = {
        .attributes = names, .where = &all, .order = order, .include = below, .limit = 3, .computed = computed
    };
    fail_alloc_init(&heap);
    kith__arena_init(&arena, &heap.allocator, NULL, true);
    kith_include kept = kith__keep_include(&arena, &root);
    assert_false(arena.failed);
    memset(path, 'x', sizeof path - 1);
    memset(text, 'x', sizeof text - 1);
    memset(name, 'x', sizeof name - 1);
    memset(sub, 'x', sizeof sub - 1);
    memset(below, 0, sizeof below);
    memset(order, 0, sizeof order);
    memset(computed, 0, sizeof computed);
    memset(&in, 0, sizeof in);
    memset(list, 0, sizeof list);
    names[0] = NULL;
    args[1] = &kith_expr_end;
    assert_string_equal(kept.attributes[0], "name");
    assert_null(kept.attributes[1]);
    assert_int_equal(kept.limit, 3);
    assert_null(kept.where->args[0]);
    assert_string_equal(kept.where->args[1]->path, "age");
    assert_string_equal(kept.where->args[1]->list[0].as.str, "Cody");
    assert_int_equal(kept.where->args[1]->list[1].kind, KITH_LIST_END);
    assert_int_equal(kept.where->args[2]->op, KITH_OP_END_);
    assert_string_equal(kept.order[0].path, "age");
    assert_true(kept.order[0].desc);
    assert_null(kept.order[1].path);
    assert_string_equal(kept.computed[0].as, "name");
    assert_string_equal(kept.computed[0].path, "toys");
    assert_string_equal(kept.computed[0].where->args[1]->path, "age");
    assert_string_equal(kept.include[0].as, "toys");
    assert_string_equal(kept.include[0].name, "name");
    assert_string_equal(kept.include[0].through.attributes[0], "name");
    assert_string_equal(kept.include[0].through.where->args[1]->path, "age");
    assert_null(kept.include[1].as);
    kith__arena_free(&arena);
    assert_int_equal(heap.live_blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unit_keep__knows_every_member),
        cmocka_unit_test(test_unit_keep__copies_to_the_last_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
