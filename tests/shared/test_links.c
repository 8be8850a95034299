/* Links through a join table: the verbs, what they return and what they leave behind. */
#include <stdio.h>
#include <string.h>

#include "harness/shared.h"

extern const kith_model human_model;
static const kith_model friendship_model = {
    .name = "friendship",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "since", .type = KITH_INTEGER }, { .name = "kind",
                                                                     .type = KITH_ENUM("good", "best"),
                                                                     .not_null = true,
                                                                     .default_value = KITH_CONST_STR("good") }),
};
static const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true }),
    .assocs = KITH_ASSOCS(
        { KITH_BELONGS_TO_MANY, .as = "friends", .target = &human_model, .through_model = &friendship_model }),
};
const kith_model human_model = {
    .name = "human",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true, .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &pug_model, .through_model = &friendship_model }),
};

static kith_record *cody, *doug; /* number 1 and 2 */
static kith_record *ann, *bob, *cid;

static kith_session *start_friends(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model, &human_model, &friendship_model));
    cody = must(s, kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "Cody"))));
    doug = must(s, kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "Doug"))));
    ann = must(s, kith_create(s, &human_model, KITH_FIELDS(KITH_F("name", "Ann"))));
    bob = must(s, kith_create(s, &human_model, KITH_FIELDS(KITH_F("name", "Bob"))));
    cid = must(s, kith_create(s, &human_model, KITH_FIELDS(KITH_F("name", "Cid"))));
    forget_statements();
    return s;
}

#define SINCE(year)                                                                                                    \
    &(kith_link_opts)                                                                                                  \
    {                                                                                                                  \
        .through = KITH_FIELDS(KITH_F("since", (year)))                                                                \
    }

#define expect_links(json)      expect_stored(&friendship_model, KITH_NAMES("pugId", "humanId", "since", "kind"), json)
#define LINK(p, h, since, kind) "{'pugId':" #p ",'humanId':" #h ",'since':" #since ",'kind':'" kind "'}"

/* ---- get ---- */

/* S62: the targets, each with its join row beside it */
static void test_shared_links__get(void **state)
{
    kith_session *s = start_friends(state);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }), SINCE(2001)));
    must(s, kith_add(s, cody, "friends", KITH_REFS({ bob }), SINCE(2002)));
    must(s, kith_add(s, doug, "friends", KITH_REFS({ ann }), SINCE(2003)));
    kith_list *list = must(s, kith_get(s, cody, "friends", &(kith_query){ .order = KITH_ORDER({ "name" }) }));
    assert_int_equal(list->count, 2);
    expect_text(kith_text(list->at[0], "name"), "Ann");
    expect_text(kith_text(list->at[1], "name"), "Bob");
    assert_non_null(list->links);
    assert_int_equal(kith_int(list->links[0], "since"), 2001);
    assert_int_equal(kith_int(list->links[1], "since"), 2002);
    assert_int_equal(kith_int(list->links[1], "pugId"), 1);
    assert_int_equal(kith_values(list->links[1])[kith_link_slot(list, "since")].as.integer, 2002);
    expect_list(s, must(s, kith_get(s, ann, "pugs", &(kith_query){ .order = KITH_ORDER({ "id", .desc = true }) })),
                "[{'id':2,'name':'Doug','friendship':{'since':2003,'kind':'good','pugId':2,'humanId':1}},"
                "{'id':1,'name':'Cody','friendship':{'since':2001,'kind':'good','pugId':1,'humanId':1}}]");
    expect_list(s, must(s, kith_get(s, cid, "pugs", NULL)), "[]");
    expect_no_error(s);
}

/* S62, P11, P28: where and order may name join attributes; limit, offset, attributes and includes */
static void test_shared_links__get_with_a_query(void **state)
{
    kith_session *s = start_friends(state);
    must(s, kith_add(s, cody, "friends",
                     KITH_REFS({ ann, .through = KITH_FIELDS(KITH_F("since", 2003)) },
                               { bob, .through = KITH_FIELDS(KITH_F("since", 2001)) },
                               { cid, .through = KITH_FIELDS(KITH_F("since", 2002)) }),
                     NULL));
    static const char *const name[] = { "name", NULL };
    kith_query q = { .attributes = name, .order = KITH_ORDER({ "friendship.since", .desc = true }), .limit = 2 };
    kith_list *list = must(s, kith_get(s, cody, "friends", &q));
    assert_int_equal(list->count, 2);
    expect_text(kith_text(list->at[0], "name"), "Ann");
    expect_text(kith_text(list->at[1], "name"), "Cid");
    assert_int_equal(kith_int(list->links[1], "since"), 2002);
    q.offset = 2;
    list = must(s, kith_get(s, cody, "friends", &q));
    assert_int_equal(list->count, 1);
    expect_text(kith_text(list->at[0], "name"), "Bob");

    q = (kith_query){ .attributes = name,
                      .where = KITH_AND(KITH_GT("friendship.since", 2001), KITH_NE("name", "Ann")),
                      .include = KITH_INCLUDE(
                          { .as = "pugs", .attributes = name, .through = { .attributes = KITH_NO_NAMES } }) };
    list = must(s, kith_get(s, cody, "friends", &q));
    expect_list(s, list,
                "[{'name':'Cid','pugs':[{'name':'Cody'}],'friendship':"
                "{'since':2002,'kind':'good','pugId':1,'humanId':3}"
                "}]");
}

/* S78, S51: a misspelt name in it is an error before any SQL */
static void test_shared_links__get_with_a_misspelt_query(void **state)
{
    kith_session *s = start_friends(state);
    assert_null(kith_get(s, cody, "friends", &(kith_query){ .order = KITH_ORDER({ "friendship.sinse" }) }));
    expect_error(s, KITH_E_USAGE, "friendship", "sinse", "did you mean 'since'?");
    assert_null(kith_get(s, cody, "friends", &(kith_query){ .where = KITH_EQ("nam", "x") }));
    expect_error(s, KITH_E_USAGE, "human", "nam", "did you mean 'name'?");
    assert_null(kith_get(s, cody, "freinds", NULL));
    expect_error(s, KITH_E_USAGE, "pug", "freinds", "did you mean 'friends'?");
    expect_statements(0);
}

/* ---- add ---- */

/* S31, S61, S63: one join row for each target, which is returned, in the order given; by record, by key, or mixed */
static void test_shared_links__add_returns_join_rows(void **state)
{
    kith_session *s = start_friends(state);
    kith_list *rows = must(s, kith_add(s, cody, "friends", KITH_REFS({ .key = KITH_V(3) }, { ann }), NULL));
    assert_ptr_equal(kith_model_of(rows->at[0]), &friendship_model);
    expect_list(s, rows,
                "[{'since':null,'kind':'good','pugId':1,'humanId':3},"
                "{'since':null,'kind':'good','pugId':1,'humanId':1}]");
    must(s, kith_add(s, bob, "pugs", KITH_REFS({ doug }), NULL));
    expect_links("[" LINK(1, 1, null, "good") "," LINK(1, 3, null, "good") "," LINK(2, 2, null, "good") "]");
    rows = must(s, kith_add(s, cody, "friends", KITH_NO_REFS, NULL));
    assert_int_equal(rows->count, 0);
}

/* S63, S64: a link that is there already is left and returned; twice in one call is once */
static void test_shared_links__adding_again_is_harmless(void **state)
{
    kith_session *s = start_friends(state);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }), SINCE(2001)));
    kith_list *rows = must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }, { bob }, { .key = KITH_V(1) }), NULL));
    assert_int_equal(rows->count, 2);
    assert_int_equal(kith_int(rows->at[0], "humanId"), 1);
    assert_int_equal(kith_int(rows->at[0], "since"), 2001);
    assert_int_equal(kith_int(rows->at[1], "humanId"), 2);
    expect_links("[" LINK(1, 1, 2001, "good") "," LINK(1, 2, null, "good") "]");
}

/* S68, S70: values for all join rows, and a target's own before them */
static void test_shared_links__add_with_values(void **state)
{
    kith_session *s = start_friends(state);
    must(s, kith_add(s, cody, "friends",
                     KITH_REFS({ ann, .through = KITH_FIELDS(KITH_F("kind", "best")) },
                               { bob, .through = KITH_FIELDS(KITH_F("since", 1999)) }, { .record = cid }),
                     SINCE(2001)));
    expect_links("[" LINK(1, 1, 2001, "best") "," LINK(1, 2, 1999, "good") "," LINK(1, 3, 2001, "good") "]");
}

/* S69: adding an existing link with other values changes those and no others */
static void test_shared_links__add_updates_values(void **state)
{
    kith_session *s = start_friends(state);
    must(s,
         kith_add(s, cody, "friends", KITH_REFS({ ann, .through = KITH_FIELDS(KITH_F("kind", "best")) }), SINCE(2001)));
    kith_list *rows = must(s, kith_add(s, cody, "friends", KITH_REFS({ bob }, { ann }), SINCE(2002)));
    expect_text(kith_text(rows->at[1], "kind"), "best");
    assert_int_equal(kith_int(rows->at[1], "since"), 2002);
    expect_links("[" LINK(1, 1, 2002, "best") "," LINK(1, 2, 2002, "good") "]");
    must(s, kith_add(s, ann, "pugs", KITH_REFS({ cody }),
                     &(kith_link_opts){ .through = KITH_FIELDS({ "since", kith_of_null() }) }));
    expect_links("[" LINK(1, 1, null, "best") "," LINK(1, 2, 2002, "good") "]");
}

/* S51, S78, P28: the join row's values are checked like any row's, before any SQL */
static void test_shared_links__values_are_checked(void **state)
{
    kith_session *s = start_friends(state);
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ ann }),
                         &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("kind", "worst")) }));
    expect_error(s, KITH_E_VALIDATION, "friendship", "kind", "is not one of");
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ ann, .through = KITH_FIELDS(KITH_F("sinc", 1)) }), NULL));
    expect_error(s, KITH_E_USAGE, "friendship", "sinc", "did you mean 'since'?");
    assert_null(kith_add(s, cody, "friends",
                         KITH_REFS({ ann }, { bob, .through = KITH_FIELDS({ "kind", kith_of_null() }) }), NULL));
    expect_error(s, KITH_E_VALIDATION, "friendship", "kind", "may not be null");
    expect_statements(0);
    expect_links("[]");
}

/* S51: what is not a target */
static void test_shared_links__wrong_targets(void **state)
{
    kith_session *s = start_friends(state);
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ doug }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "pug.friends links humans, but a pug was given");
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ .key = KITH_V("one") }), NULL));
    expect_error(s, KITH_E_USAGE, "human", "id", "INTEGER takes an integer");
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ .keys = KITH_VALUES(KITH_V(1), KITH_V(2)) }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "a key of pug.friends has 1 values, but 2 were given");
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ .key = kith_of_null() }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "");
    expect_statements(0);
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ ann }, { .key = KITH_V(99) }), NULL));
    expect_error(s, KITH_E_FOREIGN_KEY, "friendship", NULL, "");
    expect_links("[]");
}

/* S51: a record that is NULL because a call failed makes the next fail too, and the first error stands */
static void test_shared_links__straight_line_code(void **state)
{
    kith_session *s = start_friends(state);
    kith_record *nobody = kith_create(s, &human_model, NULL);
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ nobody }, { ann }), NULL));
    assert_null(kith_add(s, nobody, "pugs", KITH_REFS({ cody }), NULL));
    assert_int_equal(kith_has(s, nobody, "pugs", KITH_REFS({ cody })), -1);
    assert_int_equal(kith_count_related(s, nobody, "pugs"), -1);
    expect_error(s, KITH_E_VALIDATION, "human", "name", "may not be null");
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ nobody }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "a target of pug.friends is NULL");
    assert_null(kith_add(s, NULL, "friends", KITH_REFS({ ann }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "the record is NULL");
    expect_links("[]");
}

/* S63: a record of another session can be a target; to change one's links it must be one's own */
static void test_shared_links__records_of_another_session(void **state)
{
    kith_session *s = start_friends(state);
    kith_session *other = open_session();
    kith_record *theirs = must(other, kith_find_by_key(other, &human_model, KITH_V(2)));
    must(s, kith_add(s, cody, "friends", KITH_REFS({ theirs }), NULL));
    assert_null(kith_add(s, theirs, "pugs", KITH_REFS({ doug }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "the human belongs to another session");
    expect_number(s, kith_count_related(s, theirs, "pugs"), 1);
    expect_links("[" LINK(1, 2, null, "good") "]");
}

/* ---- remove ---- */

/* S31, S65, S66: the join rows go and are counted, the targets stay */
static void test_shared_links__remove(void **state)
{
    kith_session *s = start_friends(state);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }, { bob }, { cid }), NULL));
    must(s, kith_add(s, doug, "friends", KITH_REFS({ ann }), NULL));
    expect_number(s, kith_remove(s, cody, "friends", KITH_REFS({ ann }, { .key = KITH_V(3) }, { ann })), 2);
    expect_links("[" LINK(1, 2, null, "good") "," LINK(2, 1, null, "good") "]");
    expect_number(s, kith_remove(s, cody, "friends", KITH_REFS({ ann })), 0);
    expect_number(s, kith_remove(s, cody, "friends", KITH_NO_REFS), 0);
    expect_number(s, kith_remove(s, bob, "pugs", KITH_REFS({ cody })), 1);
    expect_links("[" LINK(2, 1, null, "good") "]");
    expect_stored(&human_model, KITH_NAMES("name"), "[{'name':'Ann'},{'name':'Bob'},{'name':'Cid'}]");
    expect_stored(&pug_model, KITH_NAMES("name"), "[{'name':'Cody'},{'name':'Doug'}]");
}

/* ---- set ---- */

/* S67: set replaces all links of this record and of no other */
static void test_shared_links__set(void **state)
{
    kith_session *s = start_friends(state);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }, { bob }), SINCE(2001)));
    must(s, kith_add(s, doug, "friends", KITH_REFS({ ann }), NULL));
    kith_list *rows = must(s, kith_set(s, cody, "friends", KITH_REFS({ cid }, { bob }, { cid }), NULL));
    assert_int_equal(rows->count, 2);
    assert_int_equal(kith_int(rows->at[0], "humanId"), 3);
    assert_int_equal(kith_int(rows->at[1], "since"), 2001);
    expect_links("[" LINK(1, 2, 2001, "good") "," LINK(1, 3, null, "good") "," LINK(2, 1, null, "good") "]");
    rows = must(s, kith_set(s, cody, "friends", KITH_NO_REFS, NULL));
    assert_int_equal(rows->count, 0);
    expect_links("[" LINK(2, 1, null, "good") "]");
}

/* S68, S70: set takes values as add does */
static void test_shared_links__set_with_values(void **state)
{
    kith_session *s = start_friends(state);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann, .through = KITH_FIELDS(KITH_F("kind", "best")) }, { bob }),
                     SINCE(2001)));
    must(s, kith_set(s, cody, "friends", KITH_REFS({ ann }, { cid, .through = KITH_FIELDS(KITH_F("since", 2010)) }),
                     SINCE(2005)));
    expect_links("[" LINK(1, 1, 2005, "best") "," LINK(1, 3, 2010, "good") "]");
}

/* S67, P24: atomic: a failure leaves the old links, whether it comes before or after some were removed */
static void test_shared_links__a_failed_set_leaves_the_old_links(void **state)
{
    kith_session *s = start_friends(state);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }, { bob }), SINCE(2001)));
    assert_null(kith_set(s, cody, "friends", KITH_REFS({ cid }, { .key = KITH_V(99) }), NULL));
    expect_error(s, KITH_E_FOREIGN_KEY, "friendship", NULL, "");
    assert_null(kith_set(s, cody, "friends", KITH_REFS({ cid, .through = KITH_FIELDS(KITH_F("kind", "no")) }), NULL));
    expect_error(s, KITH_E_VALIDATION, "friendship", "kind", "");
    expect_links("[" LINK(1, 1, 2001, "good") "," LINK(1, 2, 2001, "good") "]");
}

/* S67: what need not change is not written */
static void test_shared_links__set_sends_the_difference(void **state)
{
    kith_session *s = start_friends(state);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }, { bob }), NULL));
    forget_statements();
    must(s, kith_set(s, cody, "friends", KITH_REFS({ bob }, { ann }), NULL));
    for (unsigned i = 0; i < statement_count(); i++) {
        assert_true(strncmp(statement(i), "SELECT", 6) == 0 || !strchr(statement(i), '?'));
    }
}

/* ---- has and count ---- */

/* S31, S72, P32: one, all, and the same target named twice */
static void test_shared_links__has_and_count(void **state)
{
    kith_session *s = start_friends(state);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }, { bob }), NULL));
    must(s, kith_add(s, doug, "friends", KITH_REFS({ cid }), NULL));
    expect_number(s, kith_has(s, cody, "friends", KITH_REFS({ ann })), 1);
    expect_number(s, kith_has(s, cody, "friends", KITH_REFS({ ann }, { .key = KITH_V(1) }, { ann })), 1);
    expect_number(s, kith_has(s, cody, "friends", KITH_REFS({ ann }, { bob })), 1);
    expect_number(s, kith_has(s, cody, "friends", KITH_REFS({ ann }, { cid })), 0);
    expect_number(s, kith_has(s, cody, "friends", KITH_REFS({ .key = KITH_V(99) })), 0);
    expect_number(s, kith_has(s, cody, "friends", KITH_NO_REFS), 1);
    expect_number(s, kith_count_related(s, cody, "friends"), 2);
    expect_number(s, kith_count_related(s, ann, "pugs"), 1);
    expect_number(s, kith_has(s, cody, "enemies", KITH_REFS({ ann })), -1);
    expect_error(s, KITH_E_USAGE, "pug", "enemies", "has no association");
}

/* ---- create ---- */

/* S31, S71: target and link together; the target is returned */
static void test_shared_links__create(void **state)
{
    kith_session *s = start_friends(state);
    kith_record *dan = must(s,
                            kith_create_related(s, cody, "friends", KITH_FIELDS(KITH_F("name", "Dan")), SINCE(2020)));
    assert_ptr_equal(kith_model_of(dan), &human_model);
    expect_record(s, dan, "{'id':4,'name':'Dan'}");
    must(s, kith_create_related(s, dan, "pugs", KITH_FIELDS(KITH_F("name", "Emma")), NULL));
    expect_links("[" LINK(1, 4, 2020, "good") "," LINK(3, 4, null, "good") "]");
}

/* S71: both or neither */
static void test_shared_links__create_both_or_neither(void **state)
{
    kith_session *s = start_friends(state);
    assert_null(kith_create_related(s, cody, "friends", KITH_FIELDS(KITH_F("name", "Dan")),
                                    &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("kind", "worst")) }));
    expect_error(s, KITH_E_VALIDATION, "friendship", "kind", "");
    assert_null(kith_create_related(s, cody, "friends", KITH_FIELDS(KITH_F("name", "Ann")), NULL));
    expect_error(s, KITH_E_UNIQUE, "human", "name", "");
    must(s, kith_destroy(s, must(s, kith_find_by_key(s, &pug_model, KITH_V(1)))));
    assert_null(kith_create_related(s, cody, "friends", KITH_FIELDS(KITH_F("name", "Eli")), NULL)); /* cody is gone */
    expect_error(s, KITH_E_FOREIGN_KEY, "friendship", NULL, "");
    expect_stored(&human_model, KITH_NAMES("name"), "[{'name':'Ann'},{'name':'Bob'},{'name':'Cid'}]");
    expect_links("[]");
}

#define ROWS(...) ((const kith_field *const[]){ __VA_ARGS__ })

/* S31, S71: a list of targets, in the order given, with values for all links; two statements in a transaction */
static void test_shared_links__create_many(void **state)
{
    kith_session *s = start_friends(state);
    const kith_field *const *rows = ROWS(KITH_FIELDS(KITH_F("name", "Eli")), KITH_FIELDS(KITH_F("name", "Dan")));
    kith_list *made = must(s, kith_create_related_many(s, cody, "friends", rows, 2, SINCE(2020)));
    expect_statements(4);
    expect_list(s, made, "[{'id':4,'name':'Eli'},{'id':5,'name':'Dan'}]");
    expect_links("[" LINK(1, 4, 2020, "good") "," LINK(1, 5, 2020, "good") "]");
    must(s, kith_update(s, made->at[0], KITH_FIELDS(KITH_F("name", "Fay")))); /* they are records like others */
    expect_stored(&human_model, KITH_NAMES("name"),
                  "[{'name':'Ann'},{'name':'Bob'},{'name':'Cid'},{'name':'Dan'},{'name':'Fay'}]");
    made = must(s, kith_create_related_many(s, cody, "friends", NULL, 0, NULL));
    assert_int_equal(made->count, 0);
    expect_number(s, kith_count_related(s, cody, "friends"), 2);
}

/* S71: all or none, and what is wrong is said for all rows before any SQL */
static void test_shared_links__create_many_or_none(void **state)
{
    kith_session *s = start_friends(state);
    const kith_field *dan = KITH_FIELDS(KITH_F("name", "Dan")), *old = KITH_FIELDS(KITH_F("name", "Ann"));
    assert_null(kith_create_related_many(s, cody, "friends", ROWS(dan, NULL), 2, NULL));
    expect_error(s, KITH_E_VALIDATION, "human", "name", "row 2");
    assert_null(kith_create_related_many(s, cody, "friends", ROWS(dan), 1,
                                         &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("kind", "worst")) }));
    expect_error(s, KITH_E_VALIDATION, "friendship", "kind", "");
    assert_null(kith_create_related_many(s, cody, "freinds", ROWS(dan), 1, NULL));
    expect_error(s, KITH_E_USAGE, "pug", "freinds", "did you mean 'friends'?");
    assert_null(kith_create_related_many(s, cody, "friends", NULL, 1, NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "the rows are NULL");
    expect_statements(0);
    assert_null(kith_create_related_many(s, cody, "friends", ROWS(dan, old), 2, NULL));
    expect_error(s, KITH_E_UNIQUE, "human", "name", "");
    must(s, kith_destroy(s, must(s, kith_find_by_key(s, &pug_model, KITH_V(1)))));
    assert_null(kith_create_related_many(s, cody, "friends", ROWS(dan), 1, NULL)); /* cody is gone */
    expect_error(s, KITH_E_FOREIGN_KEY, "friendship", NULL, "");
    expect_stored(&human_model, KITH_NAMES("name"), "[{'name':'Ann'},{'name':'Bob'},{'name':'Cid'}]");
    expect_links("[]");
}

/* ---- in transactions, and many ---- */

/* S71, P35: the verbs stay in the session's transaction */
static void test_shared_links__in_a_transaction(void **state)
{
    kith_session *s = start_friends(state);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }), NULL));
    must(s, kith_begin(s));
    must(s, kith_add(s, cody, "friends", KITH_REFS({ bob }), NULL));
    must(s, kith_set(s, doug, "friends", KITH_REFS({ ann }, { cid }), NULL));
    must(s, kith_create_related(s, doug, "friends", KITH_FIELDS(KITH_F("name", "Dan")), NULL));
    expect_number(s, kith_remove(s, cody, "friends", KITH_REFS({ ann })), 1);
    expect_number(s, kith_count_related(s, doug, "friends"), 3);
    must(s, kith_rollback(s));
    expect_links("[" LINK(1, 1, null, "good") "]");
    expect_number(s, kith_count(s, &human_model, NULL), 3);
}

/* S63, P13: thousands at once */
static void test_shared_links__thousands(void **state)
{
    enum { MANY = 12000 };
    static kith_ref refs[MANY + 1];
    static char names[MANY][16];
    kith_session *s = start_friends(state);
    must(s, kith_begin(s));
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], sizeof names[i], "h%d", i);
        kith_record *r = must(s, kith_create(s, &human_model, KITH_FIELDS(KITH_F("name", names[i]))));
        refs[i] = (kith_ref){ .key = kith_value_of(r, "id") };
        if (i % 100 == 99)
            kith_session_release_all(s);
    }
    must(s, kith_commit(s));
    refs[MANY] = (kith_ref){ .key = KITH_END_VALUE_ };
    kith_session_release_all(s);
    cody = must(s, kith_find_by_key(s, &pug_model, KITH_V(1)));
    kith_list *rows = must(s, kith_add(s, cody, "friends", refs, NULL));
    assert_int_equal(rows->count, MANY);
    assert_int_equal(kith_int(rows->at[MANY - 1], "humanId"), refs[MANY - 1].key.as.integer);
    expect_number(s, kith_has(s, cody, "friends", refs), 1);
    expect_number(s, kith_count_related(s, cody, "friends"), MANY);
    must(s, kith_set(s, cody, "friends", refs + MANY / 2, NULL));
    expect_number(s, kith_count_related(s, cody, "friends"), MANY / 2);
    expect_number(s, kith_remove(s, cody, "friends", refs), MANY / 2);
}

/* S51: what the association decides cannot be said otherwise beside it; saying the same is harmless */
static void test_shared_links__keys_are_the_associations(void **state)
{
    kith_session *s = start_friends(state);
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ ann }),
                         &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("pugId", 2)) }));
    expect_error(s, KITH_E_USAGE, "friendship", "pugId", "decided by the association");
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ ann, .through = KITH_FIELDS(KITH_F("humanId", 2)) }), NULL));
    expect_error(s, KITH_E_USAGE, "friendship", "humanId", "decided by the association");
    expect_statements(0);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann, .through = KITH_FIELDS(KITH_F("pugId", 1)) }), NULL));
    expect_number(s, kith_count_related(s, cody, "friends"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_links__get),
        SHARED_TEST(test_shared_links__get_with_a_query),
        SHARED_TEST(test_shared_links__get_with_a_misspelt_query),
        SHARED_TEST(test_shared_links__add_returns_join_rows),
        SHARED_TEST(test_shared_links__adding_again_is_harmless),
        SHARED_TEST(test_shared_links__add_with_values),
        SHARED_TEST(test_shared_links__add_updates_values),
        SHARED_TEST(test_shared_links__values_are_checked),
        SHARED_TEST(test_shared_links__wrong_targets),
        SHARED_TEST(test_shared_links__straight_line_code),
        SHARED_TEST(test_shared_links__records_of_another_session),
        SHARED_TEST(test_shared_links__remove),
        SHARED_TEST(test_shared_links__set),
        SHARED_TEST(test_shared_links__set_with_values),
        SHARED_TEST(test_shared_links__a_failed_set_leaves_the_old_links),
        SHARED_TEST(test_shared_links__set_sends_the_difference),
        SHARED_TEST(test_shared_links__has_and_count),
        SHARED_TEST(test_shared_links__create),
        SHARED_TEST(test_shared_links__create_both_or_neither),
        SHARED_TEST(test_shared_links__create_many),
        SHARED_TEST(test_shared_links__create_many_or_none),
        SHARED_TEST(test_shared_links__in_a_transaction),
        SHARED_TEST(test_shared_links__thousands),
        SHARED_TEST(test_shared_links__keys_are_the_associations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
