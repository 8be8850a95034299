/* Names: of keys, of tables, of columns, and of what is loaded. Tables are told by references to them, which only work
 * when a table of exactly that name is there. */
#include <string.h>

#include "harness/shared.h"

/* ---- default keys ---- */

static const kith_model toy_model, bone_model;
static const kith_model pugs_model = {
    .name = "pugs", /* a plural already */
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &toy_model }, { KITH_HAS_MANY, .target = &bone_model }),
};
static const kith_model toy_model = {
    .name = "toy",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &pugs_model }),
};
static const kith_model bone_model = {
    /* it does not say what it belongs to */
    .name = "bone",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT }),
};

/* S16, S21, S83: pug or pugs gives pugId, whichever side declares the association */
static void test_shared_keys_and_names__singular_and_key(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pugs_model, &toy_model, &bone_model));
    kith_record *cody = must(s, kith_create(s, &pugs_model, KITH_FIELDS(KITH_F("name", "Cody"))));
    must(s, kith_create_related(s, cody, "toys", KITH_FIELDS(KITH_F("name", "ball")), NULL));
    must(s, kith_create(s, &bone_model, KITH_FIELDS(KITH_F("name", "rib"), KITH_F("pugId", 1))));
    expect_stored(&toy_model, KITH_NAMES("id", "name", "pugId"), "[{'id':1,'name':'ball','pugId':1}]");
    kith_list *bones = must(s, kith_get(s, cody, "bones", NULL));
    expect_list(s, bones, "[{'id':1,'name':'rib','pugId':1}]");
}

static const kith_model upper_note_model, lower_note_model;
static const kith_model upper_model = {
    .name = "User",
    .table = "upper_users",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &upper_note_model }),
};
static const kith_model lower_model = {
    .name = "user",
    .table = "lower_users",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "number", .type = KITH_BIGINT, .primary_key = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &lower_note_model }),
};
static const kith_model upper_note_model = { .name = "UpperNote", .no_timestamps = true };
static const kith_model lower_note_model = { .name = "lowerNote", .no_timestamps = true };

/* S16, S18: User gives UserId, user userId; a key that is called number gives userNumber */
static void test_shared_keys_and_names__case_follows_the_model(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&upper_model, &lower_model, &upper_note_model, &lower_note_model));
    kith_record *upper = must(s, kith_create(s, &upper_model, NULL));
    kith_record *lower = must(s, kith_create(s, &lower_model, KITH_FIELDS(KITH_F("number", 70))));
    must(s, kith_create_related(s, upper, "UpperNotes", NULL, NULL));
    must(s, kith_create_related(s, lower, "lowerNotes", NULL, NULL));
    expect_stored(&upper_note_model, KITH_NAMES("id", "UserId"), "[{'id':1,'UserId':1}]");
    expect_stored(&lower_note_model, KITH_NAMES("id", "userNumber"), "[{'id':1,'userNumber':70}]");
}

/* ---- tables ---- */

static const kith_model pug_model = { .name = "pug", .no_timestamps = true };
static const kith_model person_model = { .name = "person", .no_timestamps = true };
static const kith_model child_model = { .name = "Child", .no_timestamps = true };
static const kith_model city_model = { .name = "city", .no_timestamps = true };
static const kith_model sheep_model = { .name = "sheep", .no_timestamps = true };
static const kith_model frozen_model = { .name = "mouse", .freeze_table_name = true, .no_timestamps = true };
static const kith_model told_model = { .name = "goose", .plural = "gaggle", .no_timestamps = true };
static const kith_model refers_model = {
    .name = "refers",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "a", .type = KITH_INTEGER, .references_table = "pugs" },
                        { .name = "b", .type = KITH_INTEGER, .references_table = "people" },
                        { .name = "c", .type = KITH_INTEGER, .references_table = "Children" },
                        { .name = "d", .type = KITH_INTEGER, .references_table = "cities" },
                        { .name = "e", .type = KITH_INTEGER, .references_table = "sheep" },
                        { .name = "f", .type = KITH_INTEGER, .references_table = "mouse" },
                        { .name = "g", .type = KITH_INTEGER, .references_table = "gaggle" }),
};

/* S11, S17: tables have English plurals, unless they are told otherwise */
static void test_shared_keys_and_names__tables_are_plurals(void **state)
{
    static const kith_model *const all[] = { &pug_model,   &person_model, &child_model, &city_model,
                                             &sheep_model, &frozen_model, &told_model };
    kith_session *s = start(state, KITH_MODELS(&pug_model, &person_model, &child_model, &city_model, &sheep_model,
                                               &frozen_model, &told_model, &refers_model));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        must(s, kith_create(s, all[i], NULL));
    must(s, kith_create(s, &refers_model,
                        KITH_FIELDS(KITH_F("a", 1), KITH_F("b", 1), KITH_F("c", 1), KITH_F("d", 1), KITH_F("e", 1),
                                    KITH_F("f", 1), KITH_F("g", 1))));
    static const char *const keys[] = { "a", "b", "c", "d", "e", "f", "g" };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) { /* each refers to a table that has just this row */
        assert_null(kith_create(s, &refers_model, KITH_FIELDS(KITH_F(keys[i], 2))));
        expect_error(s, KITH_E_FOREIGN_KEY, "refers", NULL, "");
    }
}

/* ---- underscored ---- */

static const kith_model post_model, label_model;
static const kith_model writer_model = {
    .name = "blogWriter",
    .underscored = true,
    .attrs = KITH_ATTRS({ .name = "penName", .type = KITH_STRING(20) },
                        { .name = "realName", .type = KITH_STRING(20), .column = "legal" }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &post_model },
                          { KITH_BELONGS_TO_MANY, .target = &label_model, .through = "writer_labels" }),
};
static const kith_model post_model = {
    .name = "post",
    .underscored = true,
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &writer_model }),
};
static const kith_model label_model = {
    .name = "label",
    .underscored = true,
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &writer_model, .through = "writer_labels" }),
};

/* S19: columns are in snake_case and attributes are not, also those of keys, timestamps and a made join table */
static void test_shared_keys_and_names__underscored(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&writer_model, &post_model, &label_model));
    kith_record *ann = must(s, kith_create(s, &writer_model, KITH_FIELDS(KITH_F("penName", "A"))));
    must(s, kith_create_related(s, ann, "posts", NULL, NULL));
    must(s, kith_create_related(s, ann, "labels", NULL, NULL));
    expect_number(s,
                  kith_execute(s, "UPDATE blog_writers SET pen_name = 'B', legal = 'C' WHERE created_at = updated_at",
                               NULL),
                  1);
    expect_number(s, kith_execute(s, "UPDATE posts SET blog_writer_id = 1 WHERE blog_writer_id = 1", NULL), 1);
    expect_number(s,
                  kith_execute(s,
                               "UPDATE writer_labels SET blog_writer_id = 1, label_id = 1 "
                               "WHERE created_at = updated_at",
                               NULL),
                  1);
    expect_stored(&writer_model, KITH_NAMES("penName", "realName"), "[{'penName':'B','realName':'C'}]");
    expect_stored(&post_model, KITH_NAMES("blogWriterId"), "[{'blogWriterId':1}]");
    expect_stored(kith_model_named(the_db(), "writer_labels"), KITH_NAMES("blogWriterId", "labelId"),
                  "[{'blogWriterId':1,'labelId':1}]");
}

/* ---- snake_case for a whole database ---- */

static const kith_model shop_model, sale_model;
static const kith_model media_file_model = {
    .name = "MediaFile",
    .freeze_table_name = true,
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "FileId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "FileName", .type = KITH_STRING(20), .not_null = true, .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "Shops", .target = &shop_model, .through = "ShopFiles" }),
};
static const kith_model shop_model = {
    .name = "Shop",
    .table = "MusicShop",
    .attrs = KITH_ATTRS({ .name = "ShopName", .type = KITH_STRING(20), .column = "ShopTitle" }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "Sales", .target = &sale_model, .foreign_key = "ShopId" },
                          { KITH_BELONGS_TO_MANY, .as = "Files", .target = &media_file_model, .through = "ShopFiles" }),
};
static const kith_model sale_model = {
    .name = "Sale",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "ShopId", .type = KITH_INTEGER, .not_null = true }),
};

/* the database's names are in snake_case, also those that models give, and the program's are the models' */
static void test_shared_keys_and_names__snake_case(void **state)
{
    kith_session *s = start_with(state, KITH_MODELS(&media_file_model, &shop_model, &sale_model),
                                 (kith_open_opts){ .snake_case = true });
    kith_record *shop = must(s, kith_create(s, &shop_model, KITH_FIELDS(KITH_F("ShopName", "A"))));
    must(s, kith_create_related(s, shop, "Sales", NULL, NULL));
    must(s, kith_create_related(s, shop, "Files", KITH_FIELDS(KITH_F("FileId", 7), KITH_F("FileName", "x")), NULL));
    expect_number(s, kith_execute(s, "UPDATE music_shop SET shop_title = 'B' WHERE created_at = updated_at", NULL), 1);
    expect_number(s, kith_execute(s, "UPDATE media_file SET file_name = 'y' WHERE file_id = 7", NULL), 1);
    expect_number(s, kith_execute(s, "DELETE FROM sales WHERE shop_id <> 1", NULL), 0);
    expect_number(s, kith_execute(s, "DELETE FROM shop_files WHERE shop_id <> 1 OR media_file_file_id <> 7", NULL), 0);
    const kith_query all = { .attributes = KITH_NAMES("ShopName"),
                             .include = KITH_INCLUDE({ .as = "Files",
                                                       .attributes = KITH_NAMES("FileName"),
                                                       .where = KITH_EQ("FileName", "y"),
                                                       .through = { .attributes = KITH_NO_NAMES } },
                                                     { .as = "Sales", .attributes = KITH_NAMES("ShopId") }) };
    expect_list(s, kith_find(s, &shop_model, &all),
                "[{'ShopName':'B','Files':[{'FileName':'y'}],'Sales':[{'ShopId':1}]}]");
    assert_null(kith_create(s, &media_file_model, KITH_FIELDS(KITH_F("FileId", 8), KITH_F("FileName", "y"))));
    expect_error(s, KITH_E_UNIQUE, "MediaFile", "FileName", "");
}

/* ---- keys with names of their own ---- */

static const kith_model picture_model, mother_model;
static const kith_model kid_model = {
    .name = "Kid",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &mother_model, .foreign_key = "Parent_parentId" },
                          { KITH_BELONGS_TO, .as = "photo", .target = &picture_model, .foreign_key = "User_pictureId" },
                          { KITH_BELONGS_TO, .as = "drawing", .target = &picture_model }),
};
static const kith_model mother_model = {
    .name = "Mother",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &kid_model, .foreign_key = "Parent_parentId" }),
};
static const kith_model picture_model = { .name = "Picture", .no_timestamps = true };

/* S16, S20, S21: a key may have any name; without one, a belongs-to's key is named after its alias */
static void test_shared_keys_and_names__any_name(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&kid_model, &mother_model, &picture_model));
    kith_record *mother = must(s, kith_create(s, &mother_model, NULL));
    kith_record *kid = must(s, kith_create_related(s, mother, "Kids", KITH_FIELDS(KITH_F("name", "Tim")), NULL));
    must(s, kith_create_related(s, kid, "photo", NULL, NULL));
    must(s, kith_create_related(s, kid, "drawing", NULL, NULL));
    expect_stored(&kid_model, NULL,
                  "[{'id':1,'name':'Tim','Parent_parentId':1,'User_pictureId':1,"
                  "'drawingId':2}]");
}

/* ---- what loaded data is called ---- */

/* S22: the alias, or the target's singular for one and plural for many */
static void test_shared_keys_and_names__loaded_names(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&kid_model, &mother_model, &picture_model));
    kith_record *mother = must(s, kith_create(s, &mother_model, NULL));
    kith_record *kid = must(s, kith_create_related(s, mother, "Kids", KITH_FIELDS(KITH_F("name", "Tim")), NULL));
    must(s, kith_create_related(s, kid, "drawing", NULL, NULL));
    kith_list *kids = must(s, kith_find(s, &kid_model,
                                        &(kith_query){ .attributes = KITH_NAMES("name"),
                                                       .include = KITH_INCLUDE({ .as = "photo" }, { .as = "drawing" },
                                                                               { .model = &mother_model }) }));
    expect_list(s, kids, "[{'name':'Tim','photo':null,'drawing':{'id':1},'Mother':{'id':1}}]");
    kith_list *mothers = must(
        s,
        kith_find(s, &mother_model,
                  &(kith_query){ .include = KITH_INCLUDE({ .model = &kid_model, .attributes = KITH_NAMES("name") }) }));
    expect_list(s, mothers, "[{'id':1,'Kids':[{'name':'Tim'}]}]");
}

static const kith_model herd_model;
static const kith_model cow_model = {
    .name = "animal",
    .singular = "cow",
    .plural = "kine",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &herd_model }),
};
static const kith_model milk_model = {
    .name = "milk",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &cow_model }),
};
static const kith_model herd_model = {
    .name = "herd",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &cow_model }),
};

/* S22, S23: singular and plural can be given, and name keys, tables and what is loaded */
static void test_shared_keys_and_names__given_singular_and_plural(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&cow_model, &milk_model, &herd_model));
    kith_record *herd = must(s, kith_create(s, &herd_model, NULL));
    kith_record *cow = must(s, kith_create_related(s, herd, "kine", NULL, NULL));
    must(s, kith_create(s, &milk_model, KITH_FIELDS({ "cowId", kith_value_of(cow, "id") })));
    expect_number(s, kith_execute(s, "UPDATE kine SET id = 5 WHERE id = 1", NULL), 1);
    kith_list *milk = must(s,
                           kith_find(s, &milk_model,
                                     &(kith_query){ .include = KITH_INCLUDE(
                                                        { .as = "cow", .include = KITH_INCLUDE({ .as = "herd" }) }) }));
    expect_list(s, milk, "[{'id':1,'cowId':5,'cow':{'id':5,'herdId':1,'herd':{'id':1}}}]");
}

/* ---- names that clash ---- */

static const kith_model twice_model;
static const kith_model once_model = { .name = "once" };
static const kith_model twice_model = {
    .name = "twice",
    .attrs = KITH_ATTRS({ .name = "single", .type = KITH_TEXT }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "all", .target = &once_model },
                          { KITH_HAS_MANY, .as = "all", .target = &once_model }),
};
static const kith_model clash_model = {
    .name = "clash",
    .attrs = KITH_ATTRS({ .name = "single", .type = KITH_TEXT }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "single", .target = &once_model }),
};

/* S22, S51: one name for two things is refused, and the error says what to give */
static void test_shared_keys_and_names__clashes(void **state)
{
    (void)state;
    expect_mistake(KITH_MODELS(&twice_model, &once_model), "twice", "all", "give each its own .as");
    expect_mistake(KITH_MODELS(&clash_model, &once_model), "clash", "single", "is an attribute already");
    expect_mistake(KITH_MODELS(&once_model, &once_model), "once", "", "is given twice");
}

/* ---- many names ---- */

static const kith_model long_target_model;
static const kith_model long_model = {
    .name = "a_model_with_a_name_that_is_so_long_that_no_database_likes_it",
    .table = "long_one",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "an_attribute_whose_name_is_nearly_too_long_for_postgres_one",
                          .type = KITH_STRING(20),
                          .unique = true },
                        { .name = "an_attribute_whose_name_is_nearly_too_long_for_postgres_two",
                          .type = KITH_STRING(20),
                          .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "an_alias_that_is_so_long_that_generated_names_would_not_fit_at_all",
                            .target = &long_target_model, .foreign_key = "long_key" }),
};
static const kith_model long_target_model = {
    .name = "target",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "another_alias_that_is_so_long_that_generated_names_would_not_fit",
                            .target = &long_model, .foreign_key = "other_long_key" }),
};

/* P12: names near the databases' limits break no statement and stay apart */
static void test_shared_keys_and_names__long_names(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&long_model, &long_target_model));
    const char *alias = long_model.assocs[0].as, *back = long_target_model.assocs[0].as;
    kith_record *one = must(s, kith_create(s, &long_model, KITH_FIELDS(KITH_F(long_model.attrs[0].name, "x"))));
    kith_record *target = must(s, kith_create_related(s, one, alias, NULL, NULL));
    must(s, kith_create_related(s, target, back, KITH_FIELDS(KITH_F(long_model.attrs[1].name, "x")), NULL));
    assert_null(kith_create(s, &long_model, KITH_FIELDS(KITH_F(long_model.attrs[1].name, "x"))));
    expect_error(s, KITH_E_UNIQUE, NULL, long_model.attrs[1].name, "");
    kith_list *deep = must(s, kith_find(s, &long_model,
                                        &(kith_query){ .attributes = KITH_NAMES("id"),
                                                       .where = KITH_EQ("id", 1),
                                                       .include = KITH_INCLUDE(
                                                           { .as = alias,
                                                             .attributes = KITH_NAMES("id"),
                                                             .include = KITH_INCLUDE(
                                                                 { .as = back, .attributes = KITH_NAMES("id") }) }) }));
    const kith_list *targets = must(s, kith_many(deep->at[0], alias));
    assert_int_equal(targets->count, 1);
    const kith_list *below = must(s, kith_many(targets->at[0], back));
    assert_int_equal(below->count, 1);
    assert_int_equal(kith_int(below->at[0], "id"), 2);
}

/* ---- keys that are not primary ---- */

static const kith_model part_model = {
    .name = "part",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "code", .type = KITH_STRING(10), .unique = true }),
    .assocs = KITH_ASSOCS(
        { KITH_BELONGS_TO, .target = &part_model, .as = "whole", .foreign_key = "wholeCode", .target_key = "code" },
        { KITH_HAS_MANY, .target = &part_model, .as = "parts", .foreign_key = "wholeCode", .source_key = "code" }),
};

/* The reference is to a column of its own table that is unique, but not the primary key; and it is enforced. */
static void test_shared_keys_and_names__refers_to_itself_by_another_key(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&part_model));
    must(s, kith_sync(s, NULL)); /* again: it is there already */
    kith_record *car = must(s, kith_create(s, &part_model, KITH_FIELDS(KITH_F("code", "car"))));
    must(s, kith_create(s, &part_model, KITH_FIELDS(KITH_F("code", "wheel"), KITH_F("wholeCode", "car"))));
    kith_list *parts = must(s, kith_get(s, car, "parts", NULL));
    expect_list(s, parts, "[{'id':2,'code':'wheel','wholeCode':'car'}]");
    assert_null(kith_create(s, &part_model, KITH_FIELDS(KITH_F("code", "sail"), KITH_F("wholeCode", "ship"))));
    expect_error(s, KITH_E_FOREIGN_KEY, "part", NULL, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_keys_and_names__singular_and_key),
        SHARED_TEST(test_shared_keys_and_names__case_follows_the_model),
        SHARED_TEST(test_shared_keys_and_names__tables_are_plurals),
        SHARED_TEST(test_shared_keys_and_names__underscored),
        SHARED_TEST(test_shared_keys_and_names__snake_case),
        SHARED_TEST(test_shared_keys_and_names__any_name),
        SHARED_TEST(test_shared_keys_and_names__loaded_names),
        SHARED_TEST(test_shared_keys_and_names__given_singular_and_plural),
        SHARED_TEST(test_shared_keys_and_names__clashes),
        SHARED_TEST(test_shared_keys_and_names__long_names),
        SHARED_TEST(test_shared_keys_and_names__refers_to_itself_by_another_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
