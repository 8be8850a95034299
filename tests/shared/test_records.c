/* Records: reading them, what they are a snapshot of, changing their rows, and how long they live. */
#include <string.h>

#include "harness/shared.h"

typedef struct pug {
    int64_t id;
    const char *name;
    bool good;
    int32_t age;
    double weight;
    int64_t born;
} pug;

extern const kith_model toy_model;
static const kith_model pug_model = {
    .name = "pug",
    .struct_size = sizeof(pug),
    .attrs = KITH_ATTRS(KITH_ATTR(pug, id, .type = KITH_BIGINT, .primary_key = true, .auto_increment = true),
                        KITH_ATTR(pug, name, .type = KITH_STRING(40)), KITH_ATTR(pug, good, .type = KITH_BOOLEAN),
                        KITH_ATTR(pug, age, .type = KITH_INTEGER), KITH_ATTR(pug, weight, .type = KITH_REAL),
                        KITH_ATTR(pug, born, .type = KITH_DATE), { .name = "price", .type = KITH_DECIMAL(10, 2) },
                        { .name = "chip", .type = KITH_BLOB }, { .name = "extra", .type = KITH_JSON }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &toy_model },
                          { KITH_HAS_ONE, .as = "best", .target = &toy_model, .foreign_key = "bestOf" }),
};
const kith_model toy_model = {
    .name = "toy",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &pug_model }),
};
#define MODELS KITH_MODELS(&pug_model, &toy_model)

/* Cody, with everything known about him. */
static kith_record *create_cody(kith_session *s)
{
    return must(s, kith_create(s, &pug_model,
                               KITH_FIELDS(KITH_F("name", "Cody"), KITH_F("good", true), KITH_F("age", 3),
                                           KITH_F("weight", 7.5), KITH_F("born", kith_of_timestamp(1000000)),
                                           KITH_F("price", "1200"), KITH_F("chip", kith_of_bytes("\0\xff", 2)),
                                           KITH_F("extra", "{\"a\":[1]}"))));
}

/* ---- accessors ---- */

/* S62: each gives its kind, and NULL, 0 or false for null */
static void test_shared_records__accessors(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_record *cody = create_cody(s), *nobody = must(s, kith_create(s, &pug_model, NULL));
    assert_int_equal(kith_int(cody, "id"), 1);
    expect_text(kith_text(cody, "name"), "Cody");
    assert_true(kith_bool(cody, "good"));
    assert_int_equal(kith_int(cody, "age"), 3);
    assert_true(kith_double(cody, "weight") == 7.5);
    assert_true(kith_double(cody, "age") == 3.0);
    assert_int_equal(kith_int(cody, "born"), 1000000);
    expect_text(kith_text(cody, "price"), "1200.00");
    assert_int_equal(kith_value_of(cody, "chip").size, 2);
    assert_null(kith_text(nobody, "name"));
    assert_null(kith_text(nobody, "price"));
    assert_false(kith_bool(nobody, "good"));
    assert_int_equal(kith_int(nobody, "age"), 0);
    assert_int_equal(kith_int(nobody, "born"), 0);
    assert_true(kith_double(nobody, "weight") == 0);
    assert_int_equal(kith_value_of(nobody, "chip").kind, KITH_NULL);
    assert_ptr_equal(kith_model_of(cody), &pug_model);
    expect_no_error(s);
}

/* S51, S78: a name that is not there, an attribute that was left out, or another kind is an error in the session */
static void test_shared_records__accessors_that_fail(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_record *cody = create_cody(s);
    assert_null(kith_text(cody, "nmae"));
    expect_error(s, KITH_E_USAGE, "pug", "nmae", "did you mean 'name'?");
    assert_int_equal(kith_int(cody, "name"), 0);
    expect_error(s, KITH_E_USAGE, "pug", "name", "kith_int");
    assert_null(kith_text(cody, "age"));
    expect_error(s, KITH_E_USAGE, "pug", "age", "kith_text");
    assert_false(kith_bool(cody, "name"));
    expect_error(s, KITH_E_USAGE, "pug", "name", "kith_bool");
    assert_true(kith_double(cody, "name") == 0);
    expect_error(s, KITH_E_USAGE, "pug", "name", "kith_double");
    kith_record *part = must(s, kith_find_one(s, &pug_model, &(kith_query){ .attributes = KITH_NAMES("name") }));
    assert_int_equal(kith_int(part, "age"), 0);
    expect_error(s, KITH_E_USAGE, "pug", "age", "was not loaded");
    assert_null(kith_many(cody, "toys"));
    expect_error(s, KITH_E_USAGE, "pug", NULL, "include it in the query");
    assert_null(kith_one(cody, "best"));
    expect_error(s, KITH_E_USAGE, "pug", NULL, "include it in the query");
    assert_null(kith_many(cody, "tots"));
    expect_error(s, KITH_E_USAGE, "pug", NULL, "did you mean 'toys'?");
}

/* S51: of NULL they return nothing, and leave the error that was there */
static void test_shared_records__accessors_of_null(void **state)
{
    kith_session *s = start(state, MODELS);
    assert_null(kith_text(NULL, "name"));
    assert_int_equal(kith_int(NULL, "age"), 0);
    assert_true(kith_double(NULL, "age") == 0);
    assert_false(kith_bool(NULL, "good"));
    assert_int_equal(kith_value_of(NULL, "good").kind, KITH_NULL);
    assert_null(kith_one(NULL, "best"));
    assert_null(kith_many(NULL, "toys"));
    assert_null(kith_values(NULL));
    assert_null(kith_model_of(NULL));
    assert_int_equal(kith_slot(NULL, "name"), -1);
    expect_no_error(s);
}

/* P7: the slots of a list, for tight loops */
static void test_shared_records__slots(void **state)
{
    kith_session *s = start(state, MODELS);
    create_cody(s);
    kith_list *list = must(s, kith_find(s, &pug_model, &(kith_query){ .attributes = KITH_NAMES("age", "name") }));
    int name = kith_slot(list, "name"), age = kith_slot(list, "age");
    assert_int_equal(kith_values(list->at[0])[age].as.integer, 3);
    expect_text(kith_values(list->at[0])[name].as.str, "Cody");
    assert_int_equal(kith_slot(list, "weight"), -1);
    expect_error(s, KITH_E_USAGE, "pug", "weight", "was not loaded");
    assert_int_equal(kith_slot(list, "nmae"), -1);
    expect_error(s, KITH_E_USAGE, "pug", "nmae", "did you mean 'name'?");
}

/* ---- JSON ---- */

/* P33: the attributes in the order of the query, each in its exact form; the key only when asked for */
static void test_shared_records__json(void **state)
{
    kith_session *s = start(state, MODELS);
    create_cody(s);
    must(s, kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "\"\\\n\x01/é"))));
    kith_list *list = must(s, kith_find(s, &pug_model,
                                        &(kith_query){ .attributes = KITH_NAMES("price", "name", "good", "weight",
                                                                                "born", "chip", "extra"),
                                                       .order = KITH_ORDER({ "id" }) }));
    expect_list(
        s, list,
        "[{'price':'1200.00','name':'Cody','good':true,'weight':7.5,'born':'1970-01-01T00:00:01.000000Z',"
        "'chip':'AP8=','extra':{'a':[1]}},"
        "{'price':null,'name':'\\\"\\\\\\n\\u0001/é','good':null,'weight':null,'born':null,'chip':null,'extra':null}]");
    expect_record(s,
                  must(s, kith_find_one(s, &pug_model,
                                        &(kith_query){ .attributes = KITH_NAMES("id", "age"),
                                                       .order = KITH_ORDER({ "id" }) })),
                  "{'id':1,'age':3}");
    expect_list(s, must(s, kith_find(s, &pug_model, &(kith_query){ .where = KITH_EQ("age", 99) })), "[]");
    expect_text(kith_json(s, NULL), "null");
    expect_error(s, KITH_E_USAGE, NULL, NULL, "there is nothing to print");
}

/* ---- structs ---- */

/* P7: records as the program's own structs */
static void test_shared_records__structs(void **state)
{
    kith_session *s = start(state, MODELS);
    create_cody(s);
    must(s, kith_create(s, &pug_model, NULL));
    kith_list *list = must(s, kith_find(s, &pug_model, &(kith_query){ .order = KITH_ORDER({ "id" }) }));
    pug *pugs = must(s, KITH_STRUCTS(pug, s, list));
    assert_int_equal(pugs[0].id, 1);
    expect_text(pugs[0].name, "Cody");
    assert_true(pugs[0].good);
    assert_int_equal(pugs[0].age, 3);
    assert_true(pugs[0].weight == 7.5);
    assert_int_equal(pugs[0].born, 1000000);
    assert_int_equal(pugs[1].id, 2);
    assert_null(pugs[1].name);
    assert_false(pugs[1].good);
    assert_int_equal(pugs[1].age, 0);
    assert_null(kith_structs(s, list, sizeof(pug) - 1));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "tied to a struct of");
    assert_null(kith_structs(s, must(s, kith_find(s, &toy_model, NULL)), sizeof(pug)));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "tied to no struct");
    assert_null(KITH_STRUCTS(pug, s, must(s, kith_find(s, &pug_model, &(kith_query){ .where = KITH_EQ("age", 99) }))));
    expect_no_error(s);
}

/* ---- changing rows ---- */

/* S1: an update changes the row, the record, and no other; a record that is gone says so */
static void test_shared_records__update_and_destroy(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_record *cody = create_cody(s);
    must(s, kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "Doug"))));
    must(s, kith_update(s, cody, KITH_FIELDS(KITH_F("age", 4), { "name", kith_of_null() })));
    assert_int_equal(kith_int(cody, "age"), 4);
    assert_null(kith_text(cody, "name"));
    expect_stored(&pug_model, KITH_NAMES("id", "name", "age", "price"),
                  "[{'id':1,'name':null,'age':4,'price':'1200.00'},{'id':2,'name':'Doug','age':null,'price':null}]");
    assert_false(kith_update(s, cody, KITH_FIELDS(KITH_F("age", 5), KITH_F("agee", 5))));
    expect_error(s, KITH_E_USAGE, "pug", "agee", "did you mean 'age'?");
    assert_false(kith_update(s, cody, KITH_FIELDS(KITH_F("age", 5), KITH_F("age", 6))));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "pug.age is given twice");
    assert_int_equal(kith_int(cody, "age"), 4);
    must(s, kith_destroy(s, cody));
    assert_false(kith_destroy(s, cody));
    expect_error(s, KITH_E_NOT_FOUND, "pug", NULL, "");
    assert_false(kith_update(s, cody, KITH_FIELDS(KITH_F("age", 5))));
    expect_error(s, KITH_E_NOT_FOUND, "pug", NULL, "");
    assert_false(kith_reload(s, cody));
    expect_error(s, KITH_E_NOT_FOUND, "pug", NULL, "");
    assert_int_equal(kith_int(cody, "age"), 4);
    expect_stored(&pug_model, KITH_NAMES("id", "name"), "[{'id':2,'name':'Doug'}]");
}

/* S37: createdAt and updatedAt are kept by themselves, and can be given */
static void test_shared_records__timestamps(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_record *cody = must(s, kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "Cody"))));
    int64_t created = kith_int(cody, "createdAt");
    assert_true(created > INT64_C(1600000000000000));
    assert_int_equal(kith_int(cody, "updatedAt"), created);
    kith_record *old = must(s, kith_create(s, &pug_model,
                                           KITH_FIELDS(KITH_F("createdAt", kith_of_timestamp(7)),
                                                       KITH_F("updatedAt", kith_of_timestamp(8)))));
    must(s, kith_update(s, old, KITH_FIELDS(KITH_F("age", 1))));
    assert_int_equal(kith_int(old, "createdAt"), 7);
    assert_true(kith_int(old, "updatedAt") >= created);
    int64_t updated = kith_int(old, "updatedAt");
    must(s, kith_update(s, old, KITH_FIELDS(KITH_F("updatedAt", kith_of_timestamp(9)))));
    expect_number(s, kith_count(s, &pug_model, &(kith_query){ .where = KITH_EQ("updatedAt", kith_of_timestamp(9)) }),
                  1);
    must(s, kith_update(s, old, NULL)); /* nothing to change: nothing is touched */
    assert_int_equal(kith_int(old, "updatedAt"), 9);
    assert_true(updated > 9);
}

/* P37: a record is a snapshot; reload reads its row again */
static void test_shared_records__reload(void **state)
{
    kith_session *s = start(state, MODELS), *other = open_session();
    kith_record *cody = create_cody(s);
    kith_record *theirs = must(other, kith_find_by_key(other, &pug_model, KITH_V(1)));
    kith_record *part = must(s, kith_find_one(s, &pug_model,
                                              &(kith_query){ .attributes = KITH_NAMES("name"),
                                                             .include = KITH_INCLUDE({ .as = "toys" }) }));
    must(other,
         kith_update(other, theirs,
                     KITH_FIELDS(KITH_F("name", "Cody the Second, of a longer name"), { "good", kith_of_null() })));
    expect_text(kith_text(cody, "name"), "Cody");
    must(s, kith_reload(s, cody));
    expect_text(kith_text(cody, "name"), "Cody the Second, of a longer name");
    assert_int_equal(kith_value_of(cody, "good").kind, KITH_NULL);
    assert_int_equal(kith_int(cody, "age"), 3);
    must(s, kith_reload(s, part));
    expect_record(s, part, "{'name':'Cody the Second, of a longer name','toys':[]}");
    assert_false(kith_reload(s, theirs));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "belongs to another session");
}

/* P37: a loaded list does not follow later adds */
static void test_shared_records__lists_are_snapshots(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_record *cody = create_cody(s);
    must(s, kith_create_related(s, cody, "toys", KITH_FIELDS(KITH_F("name", "ball")), NULL));
    kith_list *toys = must(s, kith_get(s, cody, "toys", NULL));
    kith_list *pugs = must(s, kith_find(s, &pug_model,
                                        &(kith_query){ .attributes = KITH_NAMES("name"),
                                                       .include = KITH_INCLUDE(
                                                           { .as = "toys", .attributes = KITH_NAMES("name") }) }));
    must(s, kith_create_related(s, cody, "toys", KITH_FIELDS(KITH_F("name", "bone")), NULL));
    assert_int_equal(toys->count, 1);
    expect_list(s, pugs, "[{'name':'Cody','toys':[{'name':'ball'}]}]");
    expect_number(s, kith_count_related(s, cody, "toys"), 2);
}

/* ---- how long they live ---- */

/* P8: a list can be released before its session closes, and everything at once; the leak check sees the rest */
static void test_shared_records__release(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_record *cody = create_cody(s);
    must(s, kith_create_related(s, cody, "toys", KITH_FIELDS(KITH_F("name", "ball")), NULL));
    kith_list *first = must(s, kith_find(s, &pug_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "toys" }) }));
    kith_list *second = must(s, kith_find(s, &pug_model, NULL));
    kith_release((kith_list *)(uintptr_t)kith_many(first->at[0], "toys"));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "not one inside it");
    kith_release(first);
    expect_text(kith_text(second->at[0], "name"), "Cody");
    kith_release(NULL);
    kith_session_release_all(s);
    expect_no_error(s);
    kith_record *again = must(s, kith_find_by_key(s, &pug_model, KITH_V(1)));
    expect_text(kith_text(again, "name"), "Cody");
    kith_list *links = must(s, kith_add(s, again, "toys", KITH_REFS({ .key = KITH_V(1) }), NULL));
    kith_release(links);
    kith_release(must(s, kith_get(s, again, "toys", NULL)));
    expect_text(kith_text(again, "name"), "Cody");
}

/* P40: a model explained for people: its table, its columns, its associations */
static void test_shared_records__describe(void **state)
{
    kith_session *s = start(state, MODELS);
    const char *text = kith_describe(s, &pug_model);
    expect_no_error(s);
    static const char *const parts[] = { "pugs", "name", "createdAt", "toys", "pugId", "best", "bestOf" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_non_null(strstr(text, parts[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_records__accessors),
        SHARED_TEST(test_shared_records__accessors_that_fail),
        SHARED_TEST(test_shared_records__accessors_of_null),
        SHARED_TEST(test_shared_records__slots),
        SHARED_TEST(test_shared_records__json),
        SHARED_TEST(test_shared_records__structs),
        SHARED_TEST(test_shared_records__update_and_destroy),
        SHARED_TEST(test_shared_records__timestamps),
        SHARED_TEST(test_shared_records__reload),
        SHARED_TEST(test_shared_records__lists_are_snapshots),
        SHARED_TEST(test_shared_records__release),
        SHARED_TEST(test_shared_records__describe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
