/* resolved: definitions brought through kith__schema_init, and what came of them as one line of text each, so that a
 * test can say all of it. For tests of schema/ alone: no database.
 *
 *     association   "many: id = friendship.pugId, friendId = pug.id; key in friendship(pugId, friendId); inverse pug.fans"
 *     foreign keys  "pugId -> pugs(id) cascade/cascade"
 *     indexes       "pugs_ownerId_idx(ownerId), unique pugs_name_key(name)" */
#ifndef TESTS_UNIT_RESOLVED_H
#define TESTS_UNIT_RESOLVED_H

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "harness/fail_alloc.h"
#include "harness/test.h"
#include "schema/model.h"
#include "schema/show.h"

static struct fail_alloc heap;
static struct schema schema;
static struct buf text;
static kith_error err;

static int resolved_set_up(void **state)
{
    (void)state;
    fail_alloc_init(&heap);
    schema = (struct schema){ 0 };
    err = (kith_error){ 0 };
    kith__buf_init(&text, &kith__default_allocator);
    return 0;
}

static int resolved_tear_down(void **state)
{
    (void)state;
    kith__buf_free(&text);
    if (schema.allocator)
        kith__schema_free(&schema);
    return heap.live_blocks == 0 ? 0 : -1;
}
#define RESOLVED_TEST(name) cmocka_unit_test_setup_teardown(name, resolved_set_up, resolved_tear_down)

/* May be called again: the schema before is given back. */
static bool try_to_resolve(const kith_model *const *models)
{
    if (schema.allocator)
        kith__schema_free(&schema);
    return kith__schema_init(&schema, &heap.allocator, true, models, NULL, false, &err);
}

#endif
