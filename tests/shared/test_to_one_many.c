/* One to one and one to many: where the key lies, what each kind of association gives, and what loading returns. */
#include "harness/shared.h"

extern const kith_model child_model, passport_model;

static const kith_model parent_model = {
    .name = "Parent",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_ONE, .target = &passport_model },
                          { KITH_HAS_MANY, .target = &child_model, .foreign_key = "Parent_parentId" }),
};
const kith_model child_model = {
    .name = "Child",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &parent_model, .foreign_key = "Parent_parentId" }),
};
const kith_model passport_model = {
    .name = "Passport",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "number", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &parent_model }),
};
#define FAMILY KITH_MODELS(&parent_model, &child_model, &passport_model)

static kith_record *named(kith_session *s, const kith_model *m, const char *name)
{
    return must(s, kith_create(s, m, KITH_FIELDS(KITH_F("name", name))));
}

static kith_record *passport(kith_session *s, const char *number)
{
    return must(s, kith_create(s, &passport_model, KITH_FIELDS(KITH_F("number", number))));
}

#define expect_passports(json) expect_stored(&passport_model, KITH_NAMES("number", "ParentId"), json)
#define expect_children(json)  expect_stored(&child_model, KITH_NAMES("name", "Parent_parentId"), json)

/* ---- where the key lies ---- */

/* S24, S25, S26, S27: the key is in the child's table, and is one column when both sides name it */
static void test_shared_to_one_many__key_in_the_childs_table(void **state)
{
    kith_session *s = start(state, FAMILY);
    named(s, &parent_model, "Eve");
    named(s, &child_model, "Tim");
    passport(s, "X1");
    expect_stored(&parent_model, NULL, "[{'id':1,'name':'Eve'}]");
    expect_stored(&child_model, NULL, "[{'id':1,'name':'Tim','Parent_parentId':null}]");
    expect_stored(&passport_model, NULL, "[{'id':1,'number':'X1','ParentId':null}]");
    assert_null(kith_create(s, &child_model, KITH_FIELDS(KITH_F("Parent_parentId", 2))));
    expect_error(s, KITH_E_FOREIGN_KEY, "Child", NULL, "");
}

/* S24: a has-one's key is unique: two passports cannot have one parent, two children can */
static void test_shared_to_one_many__has_one_is_unique(void **state)
{
    kith_session *s = start(state, FAMILY);
    named(s, &parent_model, "Eve");
    must(s, kith_create(s, &passport_model, KITH_FIELDS(KITH_F("number", "X1"), KITH_F("ParentId", 1))));
    assert_null(kith_create(s, &passport_model, KITH_FIELDS(KITH_F("number", "X2"), KITH_F("ParentId", 1))));
    expect_error(s, KITH_E_UNIQUE, "Passport", "ParentId", "");
    must(s, kith_create(s, &child_model, KITH_FIELDS(KITH_F("name", "Tim"), KITH_F("Parent_parentId", 1))));
    must(s, kith_create(s, &child_model, KITH_FIELDS(KITH_F("name", "Kim"), KITH_F("Parent_parentId", 1))));
    expect_passports("[{'number':'X1','ParentId':1}]");
    expect_children("[{'name':'Kim','Parent_parentId':1},{'name':'Tim','Parent_parentId':1}]");
}

/* ---- has-one ---- */

/* S28: get, set, add */
static void test_shared_to_one_many__has_one_set_and_add(void **state)
{
    kith_session *s = start(state, FAMILY);
    kith_record *eve = named(s, &parent_model, "Eve");
    kith_record *x1 = passport(s, "X1"), *x2 = passport(s, "X2");
    kith_list *set = must(s, kith_set(s, eve, "Passport", KITH_REFS({ x1 }), NULL));
    expect_list(s, set, "[{'id':1,'number':'X1','ParentId':1}]");
    expect_passports("[{'number':'X1','ParentId':1},{'number':'X2','ParentId':null}]");

    kith_list *added = must(s, kith_add(s, eve, "Passport", KITH_REFS({ x2 }), NULL)); /* takes the other's place */
    expect_list(s, added, "[{'id':2,'number':'X2','ParentId':1}]");
    expect_passports("[{'number':'X1','ParentId':null},{'number':'X2','ParentId':1}]");
    expect_list(s, must(s, kith_get(s, eve, "Passport", NULL)), "[{'id':2,'number':'X2','ParentId':1}]");

    kith_list *nothing = must(s, kith_add(s, eve, "Passport", KITH_NO_REFS, NULL)); /* changes nothing */
    assert_int_equal(nothing->count, 0);
    expect_passports("[{'number':'X1','ParentId':null},{'number':'X2','ParentId':1}]");
    kith_list *none = must(s, kith_set(s, eve, "Passport", KITH_NO_REFS, NULL));
    assert_int_equal(none->count, 0);
    expect_passports("[{'number':'X1','ParentId':null},{'number':'X2','ParentId':null}]");
    expect_list(s, must(s, kith_get(s, eve, "Passport", NULL)), "[]");
}

/* S28: create, remove, has, count */
static void test_shared_to_one_many__has_one_create_and_remove(void **state)
{
    kith_session *s = start(state, FAMILY);
    kith_record *eve = named(s, &parent_model, "Eve"), *ann = named(s, &parent_model, "Ann");
    kith_record *x1 = must(s, kith_create_related(s, eve, "Passport", KITH_FIELDS(KITH_F("number", "X1")), NULL));
    assert_int_equal(kith_int(x1, "ParentId"), 1);
    kith_record *x2 = passport(s, "X2");
    expect_number(s, kith_has(s, eve, "Passport", KITH_REFS({ x1 })), 1);
    expect_number(s, kith_has(s, eve, "Passport", KITH_REFS({ x2 })), 0);
    expect_number(s, kith_has(s, ann, "Passport", KITH_REFS({ x1 })), 0);
    expect_number(s, kith_count_related(s, eve, "Passport"), 1);
    expect_number(s, kith_remove(s, ann, "Passport", KITH_REFS({ x1 })), 0);
    expect_number(s, kith_remove(s, eve, "Passport", KITH_REFS({ x2 })), 0);
    expect_passports("[{'number':'X1','ParentId':1},{'number':'X2','ParentId':null}]");
    expect_number(s, kith_remove(s, eve, "Passport", KITH_REFS({ x1 })), 1);
    expect_number(s, kith_count_related(s, eve, "Passport"), 0);
    expect_passports("[{'number':'X1','ParentId':null},{'number':'X2','ParentId':null}]");
}

/* S28: another parent's passport can be taken over; two at once cannot be given */
static void test_shared_to_one_many__has_one_takes_over(void **state)
{
    kith_session *s = start(state, FAMILY);
    kith_record *eve = named(s, &parent_model, "Eve"), *ann = named(s, &parent_model, "Ann");
    kith_record *x1 = must(s, kith_create_related(s, eve, "Passport", KITH_FIELDS(KITH_F("number", "X1")), NULL));
    kith_record *x2 = passport(s, "X2");
    must(s, kith_set(s, ann, "Passport", KITH_REFS({ x1 }), NULL));
    expect_passports("[{'number':'X1','ParentId':2},{'number':'X2','ParentId':null}]");
    assert_null(kith_set(s, ann, "Passport", KITH_REFS({ x1 }, { x2 }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "leads to one Passport, but 2 targets were given");
    assert_null(kith_set(s, ann, "Passport", KITH_REFS({ .key = KITH_V(9) }), NULL));
    expect_error(s, KITH_E_NOT_FOUND, "Passport", NULL, "");
    expect_passports("[{'number':'X1','ParentId':2},{'number':'X2','ParentId':null}]");
}

/* ---- has-many ---- */

/* S29: get, add one and many, set */
static void test_shared_to_one_many__has_many_add_and_set(void **state)
{
    kith_session *s = start(state, FAMILY);
    kith_record *eve = named(s, &parent_model, "Eve");
    kith_record *tim = named(s, &child_model, "Tim"), *kim = named(s, &child_model, "Kim");
    named(s, &child_model, "Jim");
    must(s, kith_add(s, eve, "Children", KITH_REFS({ tim }), NULL));
    kith_list *added = must(s, kith_add(s, eve, "Children", KITH_REFS({ .key = KITH_V(3) }, { kim }), NULL));
    expect_list(s, added, "[{'id':3,'name':'Jim','Parent_parentId':1},{'id':2,'name':'Kim','Parent_parentId':1}]");
    expect_children("[{'name':'Jim','Parent_parentId':1},{'name':'Kim','Parent_parentId':1},"
                    "{'name':'Tim','Parent_parentId':1}]");

    must(s, kith_set(s, eve, "Children", KITH_REFS({ kim }), NULL));
    expect_children("[{'name':'Jim','Parent_parentId':null},{'name':'Kim','Parent_parentId':1},"
                    "{'name':'Tim','Parent_parentId':null}]");
    expect_list(s, must(s, kith_get(s, eve, "Children", &(kith_query){ .attributes = KITH_NAMES("name") })),
                "[{'name':'Kim'}]");
    must(s, kith_set(s, eve, "Children", KITH_NO_REFS, NULL));
    expect_number(s, kith_count(s, &child_model, &(kith_query){ .where = KITH_IS_NULL("Parent_parentId") }), 3);
}

/* S29: create, remove one and many, has one and all, count */
static void test_shared_to_one_many__has_many_create_and_remove(void **state)
{
    kith_session *s = start(state, FAMILY);
    kith_record *eve = named(s, &parent_model, "Eve"), *ann = named(s, &parent_model, "Ann");
    kith_record *kids[3];
    for (int i = 0; i < 3; i++)
        kids[i] = must(s, kith_create_related(s, eve, "Children",
                                              KITH_FIELDS(KITH_F("name", KITH_NAMES("Tim", "Kim", "Jim")[i])), NULL));
    kith_record *zoe = must(s, kith_create_related(s, ann, "Children", KITH_FIELDS(KITH_F("name", "Zoe")), NULL));
    expect_number(s, kith_count_related(s, eve, "Children"), 3);
    expect_number(s, kith_has(s, eve, "Children", KITH_REFS({ kids[0] })), 1);
    expect_number(s, kith_has(s, eve, "Children", KITH_REFS({ kids[0] }, { kids[1] }, { kids[2] })), 1);
    expect_number(s, kith_has(s, eve, "Children", KITH_REFS({ kids[0] }, { zoe })), 0);
    expect_number(s, kith_has(s, eve, "Children", KITH_NO_REFS), 1);
    expect_number(s, kith_remove(s, eve, "Children", KITH_REFS({ zoe })), 0); /* not hers to let go of */
    expect_number(s, kith_remove(s, eve, "Children", KITH_REFS({ kids[0] })), 1);
    expect_number(s, kith_remove(s, eve, "Children", KITH_REFS({ kids[0] }, { kids[1] }, { zoe })), 1);
    expect_children("[{'name':'Jim','Parent_parentId':1},{'name':'Kim','Parent_parentId':null},"
                    "{'name':'Tim','Parent_parentId':null},{'name':'Zoe','Parent_parentId':2}]");
    expect_number(s, kith_count_related(s, eve, "Children"), 1);
}

/* S28, S29, S30: create takes a list, of one row where one target is all there may be */
static void test_shared_to_one_many__create_many(void **state)
{
    kith_session *s = start(state, FAMILY);
    kith_record *eve = named(s, &parent_model, "Eve");
    const kith_field *const rows[] = { KITH_FIELDS(KITH_F("name", "Tim")), KITH_FIELDS(KITH_F("name", "Kim")) };
    forget_statements();
    kith_list *kids = must(s, kith_create_related_many(s, eve, "Children", rows, 2, NULL));
    expect_statements(1);
    expect_list(s, kids, "[{'id':1,'name':'Tim','Parent_parentId':1},{'id':2,'name':'Kim','Parent_parentId':1}]");
    const kith_field *const passports[] = { KITH_FIELDS(KITH_F("number", "X1")), NULL };
    assert_null(kith_create_related_many(s, eve, "Passport", passports, 2, NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "leads to one Passport, but 2 targets were given");
    must(s, kith_create_related_many(s, eve, "Passport", passports, 1, NULL));
    expect_passports("[{'number':'X1','ParentId':1}]");
    must(s, kith_create_related_many(s, kids->at[0], "Parent", rows + 1, 1, NULL));
    assert_int_equal(kith_int(kids->at[0], "Parent_parentId"), 2);
    must(s, kith_create_related_many(s, kids->at[0], "Parent", NULL, 0, NULL));
    expect_children("[{'name':'Kim','Parent_parentId':1},{'name':'Tim','Parent_parentId':2}]");
}

/* S29: a target that is not there makes the whole call fail, and nothing has changed */
static void test_shared_to_one_many__has_many_all_or_nothing(void **state)
{
    kith_session *s = start(state, FAMILY);
    kith_record *eve = named(s, &parent_model, "Eve");
    kith_record *tim = named(s, &child_model, "Tim"), *kim = named(s, &child_model, "Kim");
    must(s, kith_add(s, eve, "Children", KITH_REFS({ tim }), NULL));
    assert_null(kith_add(s, eve, "Children", KITH_REFS({ kim }, { .key = KITH_V(77) }), NULL));
    expect_error(s, KITH_E_NOT_FOUND, "Child", NULL, "1 of the 2 targets are not there");
    assert_null(kith_set(s, eve, "Children", KITH_REFS({ kim }, { .key = KITH_V(77) }), NULL));
    expect_error(s, KITH_E_NOT_FOUND, "Child", NULL, "");
    expect_children("[{'name':'Kim','Parent_parentId':null},{'name':'Tim','Parent_parentId':1}]");
    assert_null(kith_add(s, eve, "Children", KITH_REFS({ kim }),
                         &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("since", 1)) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "has no join row");
}

/* ---- belongs-to ---- */

/* S30: get, set, create; and remove, has, count */
static void test_shared_to_one_many__belongs_to(void **state)
{
    kith_session *s = start(state, FAMILY);
    kith_record *eve = named(s, &parent_model, "Eve"), *tim = named(s, &child_model, "Tim");
    expect_list(s, must(s, kith_get(s, tim, "Parent", NULL)), "[]");
    expect_number(s, kith_count_related(s, tim, "Parent"), 0);
    expect_number(s, kith_has(s, tim, "Parent", KITH_REFS({ eve })), 0);

    kith_list *set = must(s, kith_set(s, tim, "Parent", KITH_REFS({ eve }), NULL));
    expect_list(s, set, "[{'id':1,'name':'Eve'}]");
    assert_int_equal(kith_int(tim, "Parent_parentId"), 1); /* the record knows it as well */
    expect_children("[{'name':'Tim','Parent_parentId':1}]");
    expect_list(s, must(s, kith_get(s, tim, "Parent", NULL)), "[{'id':1,'name':'Eve'}]");
    expect_number(s, kith_has(s, tim, "Parent", KITH_REFS({ eve })), 1);

    kith_record *ida = must(s, kith_create_related(s, tim, "Parent", KITH_FIELDS(KITH_F("name", "Ida")), NULL));
    expect_children("[{'name':'Tim','Parent_parentId':2}]");
    expect_number(s, kith_remove(s, tim, "Parent", KITH_REFS({ eve })), 0);
    expect_number(s, kith_remove(s, tim, "Parent", KITH_REFS({ ida })), 1);
    expect_children("[{'name':'Tim','Parent_parentId':null}]");
    expect_stored(&parent_model, KITH_NAMES("name"), "[{'name':'Eve'},{'name':'Ida'}]");
}

/* S30: a parent that is not there cannot be set; none can */
static void test_shared_to_one_many__belongs_to_nobody(void **state)
{
    kith_session *s = start(state, FAMILY);
    kith_record *eve = named(s, &parent_model, "Eve"), *tim = named(s, &child_model, "Tim");
    must(s, kith_set(s, tim, "Parent", KITH_REFS({ eve }), NULL));
    assert_null(kith_set(s, tim, "Parent", KITH_REFS({ .key = KITH_V(9) }), NULL));
    expect_error(s, KITH_E_NOT_FOUND, "Parent", NULL, "");
    assert_int_equal(kith_int(tim, "Parent_parentId"), 1);
    expect_children("[{'name':'Tim','Parent_parentId':1}]");
    assert_null(kith_set(s, tim, "Parent", KITH_REFS({ tim }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "a Child was given");
    must(s, kith_add(s, tim, "Parent", KITH_NO_REFS, NULL)); /* changes nothing */
    expect_children("[{'name':'Tim','Parent_parentId':1}]");
    must(s, kith_set(s, tim, "Parent", KITH_NO_REFS, NULL));
    assert_int_equal(kith_value_of(tim, "Parent_parentId").kind, KITH_NULL);
    expect_children("[{'name':'Tim','Parent_parentId':null}]");
}

/* ---- loading ---- */

/* S32: one for has-one, a list for has-many, NULL and an empty list where there is none */
static void test_shared_to_one_many__loading(void **state)
{
    kith_session *s = start(state, FAMILY);
    kith_record *eve = named(s, &parent_model, "Eve");
    named(s, &parent_model, "Ann");
    must(s, kith_create_related(s, eve, "Passport", KITH_FIELDS(KITH_F("number", "X1")), NULL));
    must(s, kith_create_related(s, eve, "Children", KITH_FIELDS(KITH_F("name", "Tim")), NULL));
    must(s, kith_create_related(s, eve, "Children", KITH_FIELDS(KITH_F("name", "Kim")), NULL));
    kith_list *parents = must(
        s, kith_find(s, &parent_model,
                     &(kith_query){ .attributes = KITH_NAMES("name"),
                                    .include = KITH_INCLUDE({ .as = "Passport", .attributes = KITH_NAMES("number") },
                                                            { .as = "Children",
                                                              .attributes = KITH_NAMES("name"),
                                                              .order = KITH_ORDER({ "name" }) }),
                                    .order = KITH_ORDER({ "id" }) }));
    expect_list(s, parents,
                "[{'name':'Eve','Passport':{'number':'X1'},'Children':[{'name':'Kim'},{'name':'Tim'}]},"
                "{'name':'Ann','Passport':null,'Children':[]}]");
    kith_record *x1 = must(s, kith_one(parents->at[0], "Passport"));
    expect_text(kith_text(x1, "number"), "X1");
    const kith_list *kids = must(s, kith_many(parents->at[0], "Children"));
    assert_int_equal(kids->count, 2);
    assert_null(kids->links);
    assert_null(kith_one(parents->at[1], "Passport"));
    assert_int_equal(kith_many(parents->at[1], "Children")->count, 0);
    expect_no_error(s);
    expect_statements(1 + 1 + 1 + 1 + 1 + 2); /* the to-one comes with its parents, the list by one more */
}

/* ---- deleting ---- */

/* S24, S27: children outlive their parent; their key becomes null */
static void test_shared_to_one_many__children_outlive_parents(void **state)
{
    kith_session *s = start(state, FAMILY);
    kith_record *eve = named(s, &parent_model, "Eve");
    must(s, kith_create_related(s, eve, "Passport", KITH_FIELDS(KITH_F("number", "X1")), NULL));
    must(s, kith_create_related(s, eve, "Children", KITH_FIELDS(KITH_F("name", "Tim")), NULL));
    must(s, kith_destroy(s, eve));
    expect_passports("[{'number':'X1','ParentId':null}]");
    expect_children("[{'name':'Tim','Parent_parentId':null}]");
}

extern const kith_model room_model, guest_model;
static const kith_model hotel_model = {
    .name = "hotel",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &room_model, .on_delete = KITH_CASCADE }),
};
const kith_model room_model = {
    .name = "room",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "hotelId", .type = KITH_INTEGER, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &hotel_model }, { KITH_HAS_MANY, .target = &guest_model }),
};
const kith_model guest_model = {
    .name = "guest",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "roomId", .type = KITH_INTEGER, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &room_model }),
};

/* S24, S27: a key that may not be null keeps its parent alive, unless the association cascades */
static void test_shared_to_one_many__keys_that_may_not_be_null(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&hotel_model, &room_model, &guest_model));
    kith_record *hotel = must(s, kith_create(s, &hotel_model, NULL));
    kith_record *room = must(s, kith_create_related(s, hotel, "rooms", NULL, NULL));
    kith_record *guest = must(s, kith_create_related(s, room, "guests", NULL, NULL));
    assert_false(kith_destroy(s, room));
    expect_error(s, KITH_E_FOREIGN_KEY, NULL, NULL, "");
    expect_number(s, kith_remove(s, room, "guests", KITH_REFS({ guest })), -1);
    expect_error(s, KITH_E_NOT_NULL, "guest", "roomId", "");
    expect_number(s, kith_remove(s, guest, "room", KITH_REFS({ room })), -1);
    expect_error(s, KITH_E_VALIDATION, "guest", "roomId", "may not be null");
    expect_stored(&guest_model, NULL, "[{'id':1,'roomId':1}]");
    must(s, kith_destroy(s, guest));
    must(s, kith_destroy(s, hotel));
    expect_stored(&room_model, KITH_NAMES("id"), "[]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_to_one_many__key_in_the_childs_table),
        SHARED_TEST(test_shared_to_one_many__has_one_is_unique),
        SHARED_TEST(test_shared_to_one_many__has_one_set_and_add),
        SHARED_TEST(test_shared_to_one_many__has_one_create_and_remove),
        SHARED_TEST(test_shared_to_one_many__has_one_takes_over),
        SHARED_TEST(test_shared_to_one_many__has_many_add_and_set),
        SHARED_TEST(test_shared_to_one_many__has_many_create_and_remove),
        SHARED_TEST(test_shared_to_one_many__create_many),
        SHARED_TEST(test_shared_to_one_many__has_many_all_or_nothing),
        SHARED_TEST(test_shared_to_one_many__belongs_to),
        SHARED_TEST(test_shared_to_one_many__belongs_to_nobody),
        SHARED_TEST(test_shared_to_one_many__loading),
        SHARED_TEST(test_shared_to_one_many__children_outlive_parents),
        SHARED_TEST(test_shared_to_one_many__keys_that_may_not_be_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
