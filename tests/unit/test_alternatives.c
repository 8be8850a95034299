/* Definitions of associations to one of several models: what is made of them, and every mistake in them. */
#include "base/value.h"
#include "unit/resolved.h"

extern const kith_model note_def;

#define NOTES(model)                                                                                                   \
    {                                                                                                                  \
        KITH_HAS_MANY, .as = "notes", .target = &note_def, .foreign_key = "topicId", .no_constraint = true,            \
                       .scope = KITH_FIELDS({ "topicType", KITH_CONST_STR(model) })                                    \
    }
static const kith_model pug_def = { .name = "pug", .no_timestamps = true, .assocs = KITH_ASSOCS(NOTES("pug")) };
static const kith_model cat_def = { .name = "cat", .no_timestamps = true, .assocs = KITH_ASSOCS(NOTES("cat")) };
static const kith_model toy_def = { .name = "toy", .no_timestamps = true };
const kith_model note_def = {
    .name = "note",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "topic", .targets = KITH_MODELS(&pug_def, &cat_def, &toy_def) }),
};

static const struct model *model(const char *name)
{
    return kith__name_map_get(&schema.model_named, name);
}

static const struct assoc *assoc(const char *of, const char *name)
{
    return kith__name_map_get(&model(of)->assoc_named, name);
}

static void resolve(const kith_model *const *models)
{
    if (!try_to_resolve(models))
        fail_msg("%s", err.message);
}

static void expect_alternative(const struct assoc *a, const char *target, const char *key, const char *type)
{
    assert_int_equal(a->hop_count, 1);
    assert_string_equal(assoc_target(a)->name, target);
    assert_int_equal(a->hops[0].on.count, 1);
    assert_string_equal(a->hops[0].on.from[0]->name, key);
    assert_ptr_equal(a->hops[0].on.to[0], assoc_target(a)->key[0]);
    assert_true(a->key_in_source);
    assert_false(a->many);
    assert_int_equal(a->scope->count, 1);
    assert_string_equal(a->scope->attrs[0]->name, type);
    assert_string_equal(a->scope->values[0].as.str, target);
}

/* P22: one association, with an ordinary one for each model; the targets may come before the model that refers to them */
static void test_schema_alternatives__are_ordinary_associations(void **state)
{
    (void)state;
    resolve(KITH_MODELS(&pug_def, &cat_def, &toy_def, &note_def));
    const struct assoc *a = assoc("note", "topic");
    assert_int_equal(a->hop_count, 0);
    assert_null(assoc_target(a));
    assert_string_equal(a->leads_to, "pug, cat or toy");
    assert_int_equal(a->alternative_count, 3);
    expect_alternative(&a->alternatives[0], "pug", "topicId", "topicType");
    expect_alternative(&a->alternatives[1], "cat", "topicId", "topicType");
    expect_alternative(&a->alternatives[2], "toy", "topicId", "topicType");
    assert_ptr_equal(a->alternatives[0].inverse, assoc("pug", "notes"));
    assert_ptr_equal(a->alternatives[1].inverse, assoc("cat", "notes"));
    assert_null(a->alternatives[2].inverse);
    assert_ptr_equal(assoc("pug", "notes")->inverse, &a->alternatives[0]);
    assert_ptr_equal(assoc("cat", "notes")->inverse, &a->alternatives[1]);
}

/* P22: a key and a name, no constraint, one index over both */
static void test_schema_alternatives__columns(void **state)
{
    (void)state;
    resolve(KITH_MODELS(&pug_def, &cat_def, &toy_def, &note_def));
    const struct model *m = model("note");
    assert_int_equal(m->attr_count, 3);
    const struct attr *key = kith__model_attr(m, "topicId", &err), *type = kith__model_attr(m, "topicType", &err);
    assert_int_equal(key->type.id, KITH_T_INTEGER);
    assert_false(key->not_null);
    assert_int_equal(type->type.id, KITH_T_STRING);
    assert_int_equal(type->type.size, 255);
    assert_false(type->not_null);
    assert_int_equal(m->foreign_key_count, 0);
    assert_int_equal(m->index_count, 1);
    assert_false(m->indexes[0].unique);
    assert_int_equal(m->indexes[0].count, 2);
    assert_ptr_equal(m->indexes[0].attrs[0], type);
    assert_ptr_equal(m->indexes[0].attrs[1], key);
    assert_string_equal(m->indexes[0].name, "notes_topicType_topicId_idx");
}

/* P22: declared attributes are used, also in another spelling; an added name may not be null when the key may not */
static void test_schema_alternatives__declared_attributes(void **state)
{
    (void)state;
    const kith_model pug = { .name = "pug", .no_timestamps = true };
    const kith_model note = {
        .name = "note",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "topic_id", .type = KITH_INTEGER, .not_null = true },
                            { .name = "kind", .type = KITH_ENUM("pug", "other") },
                            { .name = "ownerId", .type = KITH_INTEGER, .not_null = true }),
        .indexes = KITH_INDEXES({ .name = "by_topic", .attrs = KITH_NAMES("kind", "topic_id") }),
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "topic", .targets = KITH_MODELS(&pug), .type_attr = "kind" },
                              { KITH_BELONGS_TO, .as = "owner", .targets = KITH_MODELS(&pug) }),
    };
    resolve(KITH_MODELS(&note, &pug));
    const struct model *m = model("note");
    expect_alternative(&assoc("note", "topic")->alternatives[0], "pug", "topic_id", "kind");
    expect_alternative(&assoc("note", "owner")->alternatives[0], "pug", "ownerId", "ownerType");
    assert_true(kith__model_attr(m, "ownerType", &err)->not_null);
    assert_int_equal(m->index_count, 2);
    assert_string_equal(m->indexes[0].name, "by_topic");
    assert_string_equal(m->indexes[1].name, "notes_ownerType_ownerId_idx");
}

/* P22: who follows hops is never given an association that has none */
static void test_schema_alternatives__lookups(void **state)
{
    (void)state;
    resolve(KITH_MODELS(&pug_def, &cat_def, &toy_def, &note_def));
    const struct assoc *a = assoc("note", "topic");
    assert_ptr_equal(kith__model_any_assoc(model("note"), "topic", &err), a);
    assert_null(kith__model_assoc(model("note"), "topic", &err));
    assert_int_equal(err.status, KITH_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "note.topic leads to a pug, cat or toy"));
    assert_ptr_equal(kith__model_assoc_to(model("note"), model("cat"), &err), &a->alternatives[1]);
    assert_null(kith__model_assoc_to(model("note"), model("note"), &err));
    assert_non_null(strstr(err.message, "model note is not associated with note; its associations are: topic"));
}

/* ---- mistakes ---- */

static const kith_model named_def = {
    .name = "named",
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_STRING(20), .primary_key = true }),
};
static const kith_model placed_def = {
    .name = "placed",
    .attrs = KITH_ATTRS({ .name = "x", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "y", .type = KITH_INTEGER, .primary_key = true }),
};

#define expect_mistake(attr, part, ...)                                                                                \
    expect_mistake_at(                                                                                                 \
        &(const kith_model){                                                                                           \
            .name = "memo",                                                                                            \
            .attrs = KITH_ATTRS({ .name = "size", .type = KITH_INTEGER }, { .name = "short", .type = KITH_STRING(2) }, \
                                { .name = "label", .type = KITH_ENUM("pug", "dog") },                                  \
                                { .name = "kind", .type = KITH_STRING(20), .default_value = KITH_CONST_STR("dog") }),  \
            .assocs = KITH_ASSOCS(__VA_ARGS__) },                                                                      \
        (attr), (part), __FILE__, __LINE__)
static void expect_mistake_at(const kith_model *memo, const char *attr, const char *part, const char *file, int line)
{
    bool refused = !try_to_resolve(KITH_MODELS(&pug_def, &cat_def, &toy_def, &note_def, &named_def, &placed_def, memo));
    if (refused && (err.status != KITH_E_MODEL || !strstr(err.message, part) || strcmp(err.model, "memo") != 0 ||
                    strcmp(err.attribute, attr) != 0)) {
        print_error("expected: %s …%s…\nthe error: %s.%s %s\n", attr, part, err.model, err.attribute, err.message);
        refused = false;
    }
    _assert_true(refused, part, file, line);
    assert_int_equal(heap.live_blocks, 0);
}

/* P22, P38 */
static void test_schema_alternatives__mistakes_of_options(void **state)
{
    (void)state;
    static const kith_model stranger = { .name = "stranger" };
#define BOTH .as = "topic", .targets = KITH_MODELS(&pug_def, &cat_def)
    expect_mistake("(without an alias)", "needs an alias",
                   { KITH_BELONGS_TO, .targets = KITH_MODELS(&pug_def, &cat_def) });
    expect_mistake("topic", "only a belongs-to association has .targets", { KITH_HAS_MANY, BOTH });
    expect_mistake("topic", "only a belongs-to association has .targets", { 0, BOTH });
    expect_mistake("topic", "has .target and .targets", { KITH_BELONGS_TO, BOTH, .target = &pug_def });
    expect_mistake("topic", "its .targets are empty",
                   { KITH_BELONGS_TO, .as = "topic", .targets = (const kith_model *const[]){ NULL } });
    expect_mistake("topic", "target model stranger was not given",
                   { KITH_BELONGS_TO, .as = "topic", .targets = KITH_MODELS(&pug_def, &stranger) });
    expect_mistake("topic", "model pug is among its targets twice",
                   { KITH_BELONGS_TO, .as = "topic", .targets = KITH_MODELS(&pug_def, &pug_def) });
    expect_mistake("topic", "has no .scope",
                   { KITH_BELONGS_TO, BOTH, .scope = KITH_FIELDS({ "size", KITH_CONST_INT(1) }) });
    expect_mistake("topic", "only a many-to-many association has a .through",
                   { KITH_BELONGS_TO, BOTH, .through = "x" });
    expect_mistake("topic", "only a many-to-many association has an .other_key",
                   { KITH_BELONGS_TO, BOTH, .other_key = "x" });
    expect_mistake("topic", "has no .source_key", { KITH_BELONGS_TO, BOTH, .source_key = "x" });
    expect_mistake("topic", "a key to several models has no constraint",
                   { KITH_BELONGS_TO, BOTH, .on_delete = KITH_CASCADE });
    expect_mistake("pug", "has a .type_attr but one target",
                   { KITH_BELONGS_TO, .target = &pug_def, .type_attr = "kind" });
}

/* P22 */
static void test_schema_alternatives__mistakes_of_keys(void **state)
{
    (void)state;
    expect_mistake("topic", "must have one type, but pug.id is INTEGER and named.id is STRING(20)",
                   { KITH_BELONGS_TO, .as = "topic", .targets = KITH_MODELS(&pug_def, &named_def) });
    expect_mistake("topic", "that of pug has 1 attributes and that of placed 2",
                   { KITH_BELONGS_TO, .as = "topic", .targets = KITH_MODELS(&pug_def, &placed_def) });
    expect_mistake("topic", "model cat has no attribute 'age'",
                   { KITH_BELONGS_TO, .as = "topic", .target_key = "age", .targets = KITH_MODELS(&cat_def) });
    expect_mistake("topic", "placed.x, which it refers to, is neither a primary key nor unique",
                   { KITH_BELONGS_TO, .as = "topic", .target_key = "x", .targets = KITH_MODELS(&placed_def) });
    expect_mistake("topic", "its foreign key has 2 attributes but the key it refers to has 1",
                   { KITH_BELONGS_TO, BOTH, .foreign_key = "a,b" });
}

/* P22 */
static void test_schema_alternatives__mistakes_of_names(void **state)
{
    (void)state;
    expect_mistake("topic", "size holds names of models, so it must be STRING, TEXT or ENUM",
                   { KITH_BELONGS_TO, BOTH, .type_attr = "size" });
    expect_mistake("topic", "short cannot hold the names of all its targets",
                   { KITH_BELONGS_TO, BOTH, .type_attr = "short" });
    expect_mistake("topic", "label cannot hold the names of all its targets",
                   { KITH_BELONGS_TO, BOTH, .type_attr = "label" });
    expect_mistake("topic", "a default does not fit", { KITH_BELONGS_TO, BOTH, .type_attr = "kind" });
    expect_mistake("other", "holds the names of another association's targets already",
                   { KITH_BELONGS_TO, BOTH, .type_attr = "newKind" },
                   { KITH_BELONGS_TO, .as = "other", .targets = KITH_MODELS(&pug_def), .type_attr = "newKind" });
}

static void test_schema_alternatives__memory_may_fail(void **state)
{
    (void)state;
    const kith_model *const *models = KITH_MODELS(&pug_def, &cat_def, &toy_def, &note_def);
    for (heap.fail_at = 1;; heap.fail_at++) {
        heap.calls = 0;
        bool good = try_to_resolve(models);
        if (heap.calls < heap.fail_at) {
            assert_true(good);
            break;
        }
        assert_false(good);
        assert_int_equal(err.status, KITH_E_NO_MEMORY);
        assert_int_equal(heap.live_blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RESOLVED_TEST(test_schema_alternatives__are_ordinary_associations),
        RESOLVED_TEST(test_schema_alternatives__columns),
        RESOLVED_TEST(test_schema_alternatives__declared_attributes),
        RESOLVED_TEST(test_schema_alternatives__lookups),
        RESOLVED_TEST(test_schema_alternatives__mistakes_of_options),
        RESOLVED_TEST(test_schema_alternatives__mistakes_of_keys),
        RESOLVED_TEST(test_schema_alternatives__mistakes_of_names),
        RESOLVED_TEST(test_schema_alternatives__memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
