/* spelling: tables and columns in snake_case, as kith_open is asked to call them; what programs say stays as it is. */
#include "resolved.h"

static bool resolve_in_snake_case(const kith_model *const *models)
{
    if (schema.allocator)
        kith__schema_free(&schema);
    return kith__schema_init(&schema, &heap.allocator, true, models, NULL, true, &err);
}

static const struct model *model(const char *name)
{
    const struct model *m = kith__name_map_get(&schema.model_named, name);
    if (!m)
        fail_msg("there is no model %s: %s", name, err.message);
    return m;
}

static void expect_column(const char *model_name, const char *attribute, const char *column)
{
    const struct attr *attr = kith__model_attr(model(model_name), attribute, &err);
    assert_non_null(attr);
    assert_string_equal(attr->column, column);
}

static void expect_mistake(const kith_model *const *models, const char *part)
{
    assert_false(resolve_in_snake_case(models));
    assert_int_equal(err.status, KITH_E_MODEL);
    if (!strstr(err.message, part))
        fail_msg("'%s' does not say '%s'", err.message, part);
}

static void test_schema_spelling__tables_and_columns_however_they_are_named(void **state)
{
    (void)state;
    const kith_model plain = { .name = "dogOwner",
                               .attrs = KITH_ATTRS({ .name = "fullName", .type = KITH_TEXT },
                                                   { .name = "chip", .type = KITH_TEXT, .column = "ChipCode" }) };
    const kith_model frozen = { .name = "MediaType", .freeze_table_name = true, .no_timestamps = true };
    const kith_model named = { .name = "Line", .table = "InvoiceLine", .no_timestamps = true };
    const kith_model under = { .name = "userRole", .underscored = true };
    if (!resolve_in_snake_case(KITH_MODELS(&plain, &frozen, &named, &under)))
        fail_msg("%s", err.message);
    assert_string_equal(model("dogOwner")->table, "dog_owners");
    assert_string_equal(model("MediaType")->table, "media_type");
    assert_string_equal(model("Line")->table, "invoice_line");
    assert_string_equal(model("userRole")->table, "user_roles");
    expect_column("dogOwner", "fullName", "full_name");
    expect_column("dogOwner", "chip", "chip_code");
    expect_column("dogOwner", "createdAt", "created_at");
    expect_column("MediaType", "id", "id");
}

/* The same definitions without the option are called as they say. */
static void test_schema_spelling__is_not_changed_unasked(void **state)
{
    (void)state;
    const kith_model frozen = { .name = "MediaType",
                                .freeze_table_name = true,
                                .attrs = KITH_ATTRS({ .name = "MediaTypeId", .type = KITH_INTEGER }) };
    assert_true(try_to_resolve(KITH_MODELS(&frozen)));
    assert_string_equal(model("MediaType")->table, "MediaType");
    expect_column("MediaType", "MediaTypeId", "MediaTypeId");
}

/* Keys, join tables, tables without a model, and the names of what is made over them. */
static void test_schema_spelling__keys_and_constraints(void **state)
{
    (void)state;
    const kith_model tag = { .name = "Tag" };
    const kith_model pug = {
        .name = "Pug",
        .attrs = KITH_ATTRS({ .name = "StableId",
                              .type = KITH_INTEGER,
                              .references_table = "OldStables",
                              .references_column = "StableNo" },
                            { .name = "chip", .type = KITH_TEXT, .column = "ChipCode", .unique = true }),
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &tag, .through = "PugTags" }),
        .indexes = KITH_INDEXES({ .attrs = KITH_NAMES("ChipCode", "StableId") }),
    };
    const kith_model chip = {
        .name = "Reader",
        .attrs = KITH_ATTRS({ .name = "code", .type = KITH_TEXT, .references = &pug, .references_attr = "ChipCode" })
    };
    if (!resolve_in_snake_case(KITH_MODELS(&pug, &tag, &chip)))
        fail_msg("%s", err.message);
    assert_string_equal(model("Reader")->foreign_keys[0].to_columns[0], "chip_code");
    const struct model *join = model("PugTags"), *m = model("Pug");
    assert_string_equal(join->table, "pug_tags");
    expect_column("PugTags", "PugId", "pug_id");
    assert_int_equal(m->foreign_key_count, 1);
    assert_string_equal(m->foreign_keys[0].to_table, "old_stables");
    assert_string_equal(m->foreign_keys[0].to_columns[0], "stable_no");
    assert_int_equal(m->index_count, 3); /* the foreign key has one */
    assert_string_equal(m->indexes[0].name, "pugs_chip_code_key");
    assert_string_equal(m->indexes[1].name, "pugs_chip_code_stable_id_idx");
    for (unsigned i = 0; i < join->foreign_key_count; i++)
        assert_string_equal(join->foreign_keys[i].to_table, join->foreign_keys[i].to->table);
}

/* A join table that a model has is found by the name that both definitions give it. */
static void test_schema_spelling__finds_a_join_table_as_it_is_defined(void **state)
{
    (void)state;
    const kith_model tag = { .name = "Tag" };
    const kith_model tagging = { .name = "Tagging", .table = "PugTags" };
    const kith_model pug = { .name = "Pug",
                             .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &tag, .through = "PugTags" }) };
    if (!resolve_in_snake_case(KITH_MODELS(&pug, &tag, &tagging)))
        fail_msg("%s", err.message);
    assert_int_equal(schema.model_count, 3);
    assert_string_equal(model("Tagging")->table, "pug_tags");
}

static void test_schema_spelling__names_that_become_one_are_a_mistake(void **state)
{
    (void)state;
    const kith_model one = { .name = "one", .table = "OldPugs" }, two = { .name = "two", .table = "old_pugs" };
    const kith_model pug = { .name = "pug",
                             .no_timestamps = true,
                             .attrs = KITH_ATTRS({ .name = "chipCode", .type = KITH_TEXT },
                                                 { .name = "chip_code", .type = KITH_TEXT }) };
    assert_true(try_to_resolve(KITH_MODELS(&one, &two, &pug)));
    expect_mistake(KITH_MODELS(&one, &two), "its table 'old_pugs' is the table of model one as well");
    expect_mistake(KITH_MODELS(&pug), "shares the column 'chip_code' with chipCode");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RESOLVED_TEST(test_schema_spelling__tables_and_columns_however_they_are_named),
        RESOLVED_TEST(test_schema_spelling__is_not_changed_unasked),
        RESOLVED_TEST(test_schema_spelling__keys_and_constraints),
        RESOLVED_TEST(test_schema_spelling__finds_a_join_table_as_it_is_defined),
        RESOLVED_TEST(test_schema_spelling__names_that_become_one_are_a_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
