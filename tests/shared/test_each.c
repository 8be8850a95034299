/* The association verbs for many sources at once: what the verbs for one do, in as few statements. */
#include <stdio.h>
#include <string.h>

#include "harness/shared.h"

extern const kith_model pug_model, toy_model, collar_model, friendship_model;

static const kith_model owner_model = {
    .name = "owner",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
};
const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "friends", .target = &pug_model,
                            .through_model = &friendship_model, .foreign_key = "pugId", .other_key = "friendId" },
                          { KITH_BELONGS_TO_MANY, .as = "foods", .target = &toy_model, .through = "likes",
                            .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("food") }) },
                          { KITH_BELONGS_TO_MANY, .as = "drinks", .target = &toy_model, .through = "likes",
                            .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("drink") }) },
                          { KITH_HAS_MANY, .target = &toy_model }, { KITH_HAS_ONE, .target = &collar_model },
                          { KITH_BELONGS_TO, .target = &owner_model }),
};
const kith_model friendship_model = {
    .name = "friendship",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "level", .type = KITH_INTEGER }),
};
const kith_model toy_model = {
    .name = "toy",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
};
const kith_model collar_model = {
    .name = "collar",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
};

static kith_record *pugs[5]; /* by their keys, from 1 */

/* Pugs A, B, C and D, toys 1 to 4; A's friends are B (level 3) and C (level 1), B's is C; A has toys 1 and 2, B toy 3. */
static kith_session *start_pugs(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&owner_model, &pug_model, &toy_model, &collar_model, &friendship_model));
    must(s, kith_execute_script(s, "INSERT INTO owners (id, name) VALUES (1, 'Ann'), (2, 'Bob')"));
    must(s, kith_execute_script(s, "INSERT INTO pugs (id, name) VALUES (1, 'A'), (2, 'B'), (3, 'C'), (4, 'D')"));
    must(s, kith_execute_script(s, "INSERT INTO toys (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd')"));
    must(s, kith_execute_script(s, "INSERT INTO collars (id, name) VALUES (1, 'red'), (2, 'blue')"));
    for (int i = 1; i <= 4; i++)
        pugs[i] = must(s, kith_find_by_key(s, &pug_model, KITH_V(i)));
    must(s, kith_add(s, pugs[1], "friends",
                     KITH_REFS({ pugs[2], .through = KITH_FIELDS(KITH_F("level", 3)) },
                               { pugs[3], .through = KITH_FIELDS(KITH_F("level", 1)) }),
                     NULL));
    must(s, kith_add(s, pugs[2], "friends", KITH_REFS({ pugs[3] }), NULL));
    must(s, kith_add(s, pugs[1], "toys", KITH_REFS({ .key = KITH_V(1) }, { .key = KITH_V(2) }), NULL));
    must(s, kith_add(s, pugs[2], "toys", KITH_REFS({ .key = KITH_V(3) }), NULL));
    forget_statements();
    return s;
}

#define SOURCES(...) ((kith_record *const[]){ __VA_ARGS__ })
#define LINKS(...)   ((const kith_links[]){ __VA_ARGS__ })

/* ---- get ------------------------------------------------------------------------------------------------------------- */

/* P21, S62: list i belongs to source i; one that is named twice has the same */
static void test_shared_each__get(void **state)
{
    kith_session *s = start_pugs(state);
    const kith_query q = { .attributes = KITH_NAMES("name"), .order = KITH_ORDER({ "friendship.level" }) };
    kith_list *const *lists = must(s, kith_get_each(s, &pug_model, SOURCES(pugs[2], pugs[1], pugs[4], pugs[2]), 4,
                                                    "friends", &q));
    expect_statements(1);
    expect_list(s, lists[0], "[{'name':'C','friendship':{'level':null,'pugId':2,'friendId':3}}]");
    expect_list(s, lists[1],
                "[{'name':'C','friendship':{'level':1,'pugId':1,'friendId':3}},"
                "{'name':'B','friendship':{'level':3,'pugId':1,'friendId':2}}]");
    expect_list(s, lists[2], "[]");
    assert_ptr_equal(lists[3], lists[0]);
    size_t held = memory_in_use();
    kith_release(lists[0]);
    assert_true(memory_in_use() <= held);
    expect_no_error(s);
}

static void test_shared_each__get_of_other_kinds(void **state)
{
    kith_session *s = start_pugs(state);
    const kith_query names = { .attributes = KITH_NAMES("name"), .order = KITH_ORDER({ "name" }) };
    kith_list *const *toys = must(s,
                                  kith_get_each(s, &pug_model, SOURCES(pugs[1], pugs[2], pugs[3]), 3, "toys", &names));
    expect_list(s, toys[0], "[{'name':'a'},{'name':'b'}]");
    expect_list(s, toys[1], "[{'name':'c'}]");
    expect_list(s, toys[2], "[]");
    must(s, kith_add(s, pugs[1], "owner", KITH_REFS({ .key = KITH_V(2) }), NULL));
    kith_list *const *owners = must(s, kith_get_each(s, &pug_model, SOURCES(pugs[1], pugs[2]), 2, "owner", &names));
    expect_list(s, owners[0], "[{'name':'Bob'}]");
    expect_list(s, owners[1], "[]"); /* its key is null */
}

/* P3: limit and offset count for each source */
static void test_shared_each__get_a_page_of_each(void **state)
{
    kith_session *s = start_pugs(state);
    const kith_query first = { .attributes = KITH_NAMES("name"), .order = KITH_ORDER({ "name" }), .limit = 1 };
    kith_list *const *lists = must(s, kith_get_each(s, &pug_model, SOURCES(pugs[1], pugs[2]), 2, "toys", &first));
    expect_list(s, lists[0], "[{'name':'a'}]");
    expect_list(s, lists[1], "[{'name':'c'}]");
    const kith_query strong = { .attributes = KITH_NAMES("name"), .where = KITH_GT("friendship.level", 2) };
    lists = must(s, kith_get_each(s, &pug_model, SOURCES(pugs[1], pugs[2]), 2, "friends", &strong));
    assert_int_equal(lists[0]->count, 1);
    assert_int_equal(lists[1]->count, 0);
}

/* ---- count and has --------------------------------------------------------------------------------------------------- */

/* S72 */
static void test_shared_each__count(void **state)
{
    kith_session *s = start_pugs(state);
    kith_record *const sources[] = { pugs[4], pugs[1], pugs[2], pugs[1] };
    const int64_t *counts = must(s, kith_count_each(s, &pug_model, sources, 4, "friends"));
    expect_statements(1);
    static const int64_t friends[] = { 0, 2, 1, 2 }, toys[] = { 0, 2, 1, 2 }, none[4];
    assert_memory_equal(counts, friends, sizeof friends);
    counts = must(s, kith_count_each(s, &pug_model, sources, 4, "toys"));
    assert_memory_equal(counts, toys, sizeof toys);
    counts = must(s, kith_count_each(s, &pug_model, sources, 4, "owner"));
    assert_memory_equal(counts, none, sizeof none);
}

/* S72 */
static void test_shared_each__has(void **state)
{
    kith_session *s = start_pugs(state);
    const bool *has =
        must(s, kith_has_each(s, &pug_model,
                              LINKS({ pugs[1], KITH_REFS({ pugs[2] }, { pugs[3] }, { pugs[2] }) },
                                    { pugs[2], KITH_REFS({ pugs[2] }) }, { pugs[2], KITH_REFS({ pugs[3] }) },
                                    { pugs[1], KITH_REFS({ pugs[2] }, { pugs[4] }) }, { pugs[4], KITH_NO_REFS }),
                              5, "friends"));
    expect_statements(1);
    static const bool friends[] = { true, false, true, false, true };
    assert_memory_equal(has, friends, sizeof friends);
    static const bool toys[] = { true, false };
    has = must(s, kith_has_each(s, &pug_model,
                                LINKS({ pugs[1], KITH_REFS({ .key = KITH_V(2) }) },
                                      { pugs[2], KITH_REFS({ .key = KITH_V(2) }) }),
                                2, "toys"));
    assert_memory_equal(has, toys, sizeof toys);
    must(s, kith_add(s, pugs[1], "owner", KITH_REFS({ .key = KITH_V(2) }), NULL));
    static const bool owners[] = { true, false };
    has = must(s, kith_has_each(s, &pug_model,
                                LINKS({ pugs[1], KITH_REFS({ .key = KITH_V(2) }) },
                                      { pugs[2], KITH_REFS({ .key = KITH_V(2) }) }),
                                2, "owner"));
    assert_memory_equal(has, owners, sizeof owners);
}

/* ---- add, set, remove ------------------------------------------------------------------------------------------------ */

static const char *const link_names[] = { "pugId", "friendId", "level", NULL };

/* S63, S64, S70: one upsert; a link that comes twice is one, and takes the later values */
static void test_shared_each__add(void **state)
{
    kith_session *s = start_pugs(state);
    kith_list *links = must(s, kith_add_each(s, &pug_model,
                                             LINKS({ pugs[3], KITH_REFS({ pugs[1] }, { pugs[2] }) },
                                                   { pugs[1], KITH_REFS({ pugs[4] }, { pugs[2] }) },
                                                   { pugs[3], KITH_REFS({ pugs[2] }) }, { pugs[4], KITH_NO_REFS }),
                                             4, "friends", NULL));
    expect_statements(1);
    assert_int_equal(links->count, 4);
    assert_int_equal(kith_int(links->at[2], "pugId"), 1);
    assert_int_equal(kith_int(links->at[2], "friendId"), 4);
    expect_stored(&friendship_model, link_names,
                  "[{'pugId':1,'friendId':2,'level':3},{'pugId':1,'friendId':3,'level':1},"
                  "{'pugId':1,'friendId':4,'level':null},{'pugId':2,'friendId':3,'level':null},"
                  "{'pugId':3,'friendId':1,'level':null},{'pugId':3,'friendId':2,'level':null}]");
    must(s, kith_add_each(s, &pug_model,
                          LINKS({ pugs[1], KITH_REFS({ pugs[2], .through = KITH_FIELDS(KITH_F("level", 7)) }) },
                                { pugs[2], KITH_REFS({ pugs[3] }) }),
                          2, "friends", &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("level", 5)) }));
    expect_number(
        s, kith_int(must(s, kith_find_by_keys(s, &friendship_model, KITH_VALUES(KITH_V(1), KITH_V(2)))), "level"), 7);
    expect_number(
        s, kith_int(must(s, kith_find_by_keys(s, &friendship_model, KITH_VALUES(KITH_V(2), KITH_V(3)))), "level"), 5);
}

/* S67: only the difference, for all sources together; other sources keep what they have */
static void test_shared_each__set(void **state)
{
    kith_session *s = start_pugs(state);
    must(s, kith_add(s, pugs[4], "friends", KITH_REFS({ pugs[1] }), NULL));
    kith_list *links = must(s, kith_set_each(s, &pug_model,
                                             LINKS({ pugs[1], KITH_REFS({ pugs[4] }, { pugs[2] }) },
                                                   { pugs[2], KITH_NO_REFS }, { pugs[3], KITH_REFS({ pugs[1] }) }),
                                             3, "friends", NULL));
    assert_int_equal(links->count, 3);
    expect_stored(&friendship_model, link_names,
                  "[{'pugId':1,'friendId':2,'level':3},{'pugId':1,'friendId':4,'level':null},"
                  "{'pugId':3,'friendId':1,'level':null},{'pugId':4,'friendId':1,'level':null}]");
    assert_null(
        kith_set_each(s, &pug_model, LINKS({ pugs[1], KITH_NO_REFS }, { pugs[1], KITH_NO_REFS }), 2, "friends", NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "source 2 was given before");
}

/* S65, S66 */
static void test_shared_each__remove(void **state)
{
    kith_session *s = start_pugs(state);
    expect_number(s,
                  kith_remove_each(s, &pug_model,
                                   LINKS({ pugs[1], KITH_REFS({ pugs[3] }, { pugs[4] }) },
                                         { pugs[2], KITH_REFS({ pugs[3] }) }, { pugs[3], KITH_REFS({ pugs[2] }) }),
                                   3, "friends"),
                  2);
    expect_statements(1);
    expect_stored(&friendship_model, link_names, "[{'pugId':1,'friendId':2,'level':3}]");
    expect_number(s, kith_remove_each(s, &pug_model, LINKS({ pugs[1], KITH_NO_REFS }), 1, "friends"), 0);
}

/* S54: two associations over one join table stay apart */
static void test_shared_each__scopes(void **state)
{
    kith_session *s = start_pugs(state);
    const kith_links links[] = { { pugs[1], KITH_REFS({ .key = KITH_V(1) }) },
                                 { pugs[2], KITH_REFS({ .key = KITH_V(1) }, { .key = KITH_V(2) }) } };
    must(s, kith_add_each(s, &pug_model, links, 2, "foods", NULL));
    must(s, kith_add_each(s, &pug_model, links, 2, "drinks", NULL));
    must(s, kith_set_each(s, &pug_model, LINKS({ pugs[2], KITH_NO_REFS }), 1, "foods", NULL));
    expect_number(s, kith_remove_each(s, &pug_model, links, 1, "foods"), 1);
    kith_record *const sources[] = { pugs[1], pugs[2] };
    const int64_t *foods = must(s, kith_count_each(s, &pug_model, sources, 2, "foods"));
    const int64_t *drinks = must(s, kith_count_each(s, &pug_model, sources, 2, "drinks"));
    expect_number(s, foods[0] + foods[1], 0);
    expect_number(s, drinks[0], 1);
    expect_number(s, drinks[1], 2);
}

/* Where rows carry the key, each source has its turn, and all of it is one change. */
static void test_shared_each__carried_keys(void **state)
{
    kith_session *s = start_pugs(state);
    static const char *const names[] = { "id", "pugId", NULL };
    kith_list *toys = must(s, kith_add_each(s, &pug_model,
                                            LINKS({ pugs[3], KITH_REFS({ .key = KITH_V(4) }, { .key = KITH_V(1) }) },
                                                  { pugs[4], KITH_REFS({ .key = KITH_V(3) }) }),
                                            2, "toys", NULL));
    assert_int_equal(toys->count, 3);
    assert_int_equal(kith_int(toys->at[2], "id"), 3);
    expect_stored(&toy_model, names, "[{'id':1,'pugId':3},{'id':2,'pugId':1},{'id':3,'pugId':4},{'id':4,'pugId':3}]");
    assert_null(kith_set_each(s, &pug_model,
                              LINKS({ pugs[3], KITH_NO_REFS }, { pugs[4], KITH_REFS({ .key = KITH_V(99) }) }), 2,
                              "toys", NULL));
    expect_error(s, KITH_E_NOT_FOUND, "toy", NULL, "not there");
    expect_stored(&toy_model, names, "[{'id':1,'pugId':3},{'id':2,'pugId':1},{'id':3,'pugId':4},{'id':4,'pugId':3}]");
    expect_number(s,
                  kith_remove_each(s, &pug_model,
                                   LINKS({ pugs[3], KITH_REFS({ .key = KITH_V(4) }, { .key = KITH_V(2) }) },
                                         { pugs[4], KITH_REFS({ .key = KITH_V(3) }) }),
                                   2, "toys"),
                  2);
    must(s, kith_set_each(s, &pug_model,
                          LINKS({ pugs[1], KITH_REFS({ .key = KITH_V(1) }) },
                                { pugs[2], KITH_REFS({ .key = KITH_V(1) }) }),
                          2, "owner", NULL));
    expect_number(s, kith_int(pugs[1], "ownerId") + kith_int(pugs[2], "ownerId"), 2);
    must(s, kith_set_each(s, &pug_model,
                          LINKS({ pugs[1], KITH_REFS({ .key = KITH_V(2) }) },
                                { pugs[2], KITH_REFS({ .key = KITH_V(1) }) }),
                          2, "collar", NULL));
    expect_stored(&collar_model, names, "[{'id':1,'pugId':2},{'id':2,'pugId':1}]");
}

/* ---- what is refused, and nothing ----------------------------------------------------------------------------------------- */

static void test_shared_each__refusals(void **state)
{
    kith_session *s = start_pugs(state);
    kith_record *toy = must(s, kith_find_by_key(s, &toy_model, KITH_V(1)));
    kith_record *bare = must(s, kith_find_one(s, &pug_model, &(kith_query){ .attributes = KITH_NAMES("name") }));
    forget_statements();
#define REFUSED(call, part)                                                                                            \
    assert_null(call);                                                                                                 \
    expect_error(s, KITH_E_USAGE, NULL, NULL, part)
    REFUSED(kith_get_each(s, &pug_model, SOURCES(pugs[1], NULL), 2, "friends", NULL), "NULL");
    REFUSED(kith_get_each(s, &pug_model, SOURCES(pugs[1], toy), 2, "friends", NULL), "source 2 is a toy");
    REFUSED(kith_get_each(s, &pug_model, NULL, 0, "freinds", NULL), "did you mean 'friends'");
    REFUSED(kith_get_each(s, &pug_model, SOURCES(bare), 1, "owner", NULL), "was not loaded");
    REFUSED(kith_get_each(s, &pug_model, SOURCES(pugs[1]), 1, "friends",
                          &(kith_query){ .where = KITH_EQ("friendship.levle", 1) }),
            "did you mean 'level'");
    REFUSED(kith_count_each(s, &pug_model, SOURCES(NULL), 1, "friends"), "NULL");
    REFUSED(kith_has_each(s, &pug_model, LINKS({ pugs[1], KITH_REFS({ toy }) }), 1, "friends"), "a toy was given");
    REFUSED(kith_add_each(s, &pug_model, LINKS({ pugs[1], KITH_REFS({ pugs[2] }) }, { NULL, KITH_NO_REFS }), 2,
                          "friends", NULL),
            "NULL");
    REFUSED(kith_add_each(s, &pug_model, LINKS({ pugs[1], KITH_REFS({ .key = KITH_V(1) }, { .key = KITH_V(2) }) }), 1,
                          "owner", NULL),
            "leads to one owner");
    assert_int_equal(kith_remove_each(s, &pug_model, LINKS({ NULL, KITH_NO_REFS }), 1, "friends"), -1);
    expect_error(s, KITH_E_USAGE, NULL, NULL, "NULL");
    expect_statements(0);
}

static void test_shared_each__nothing(void **state)
{
    kith_session *s = start_pugs(state);
    must(s, kith_get_each(s, &pug_model, NULL, 0, "friends", NULL));
    must(s, kith_count_each(s, &pug_model, NULL, 0, "friends"));
    must(s, kith_has_each(s, &pug_model, NULL, 0, "friends"));
    kith_list *added = must(s, kith_add_each(s, &pug_model, NULL, 0, "friends", NULL));
    assert_int_equal(added->count, 0);
    expect_list(s, must(s, kith_set_each(s, &pug_model, NULL, 0, "toys", NULL)), "[]");
    expect_number(s, kith_remove_each(s, &pug_model, NULL, 0, "toys"), 0);
    kith_release(added);
    expect_no_error(s);
}

/* All or nothing: the last link is to a pug that is not there. */
static void test_shared_each__all_or_nothing(void **state)
{
    kith_session *s = start_pugs(state);
    const kith_links links[] = { { pugs[3], KITH_REFS({ pugs[1] }) }, { pugs[4], KITH_REFS({ .key = KITH_V(99) }) } };
    assert_null(kith_add_each(s, &pug_model, links, 2, "friends", NULL));
    expect_error(s, KITH_E_FOREIGN_KEY, NULL, NULL, "");
    assert_null(kith_set_each(s, &pug_model,
                              LINKS({ pugs[1], KITH_NO_REFS }, { pugs[4], KITH_REFS({ .key = KITH_V(99) }) }), 2,
                              "friends", NULL));
    expect_error(s, KITH_E_FOREIGN_KEY, NULL, NULL, "");
    expect_stored(&friendship_model, link_names,
                  "[{'pugId':1,'friendId':2,'level':3},{'pugId':1,'friendId':3,'level':1},"
                  "{'pugId':2,'friendId':3,'level':null}]");
}

/* ---- many ------------------------------------------------------------------------------------------------------------ */

enum { MANY = 1000 };

/* P21: the friends of 1,000 pugs in one statement, and their links by one */
static void test_shared_each__a_thousand(void **state)
{
    kith_session *s = start_pugs(state);
    static kith_value rows[2 * MANY]; /* id, name */
    static kith_links links[MANY];
    static kith_ref refs[MANY][3];
    for (int i = 0; i < MANY; i++)
        rows[2 * i] = KITH_V(100 + i), rows[2 * i + 1] = KITH_V("x");
    expect_number(s, kith_insert_many(s, &pug_model, KITH_NAMES("id", "name"), rows, MANY, NULL), MANY);
    kith_list *all = must(s, kith_find(s, &pug_model,
                                       &(kith_query){ .where = KITH_EQ("name", "x"), .order = KITH_ORDER({ "id" }) }));
    for (int i = 0; i < MANY; i++) {
        refs[i][0].record = all->at[(i + 1) % MANY];
        refs[i][1].record = all->at[(i + 2) % MANY];
        refs[i][2].key = (kith_value){ .kind = KITH_LIST_END };
        links[i] = (kith_links){ all->at[i], refs[i] };
    }
    kith_list *added = must(s, kith_add_each(s, &pug_model, links, MANY, "friends", NULL));
    assert_int_equal(added->count, 2 * MANY);
    forget_statements();
    kith_list *const *friends = must(s, kith_get_each(s, &pug_model, all->at, MANY, "friends",
                                                      &(kith_query){ .order = KITH_ORDER({ "id" }) }));
    const int64_t *counts = must(s, kith_count_each(s, &pug_model, all->at, MANY, "friends"));
    expect_statements(2);
    for (int i = 0; i < MANY; i++) {
        expect_number(s, counts[i], 2);
        expect_number(s, (int64_t)friends[i]->count, 2);
        if (i + 2 < MANY)
            expect_number(s, kith_int(friends[i]->at[0], "id"), kith_int(all->at[i + 1], "id"));
        refs[i][1].key = refs[i][2].key;
        refs[i][1].record = NULL;
    }
    must(s, kith_set_each(s, &pug_model, links, MANY, "friends", NULL));
    expect_number(s, kith_remove_each(s, &pug_model, links, MANY, "friends"), MANY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_each__get),
        SHARED_TEST(test_shared_each__get_of_other_kinds),
        SHARED_TEST(test_shared_each__get_a_page_of_each),
        SHARED_TEST(test_shared_each__count),
        SHARED_TEST(test_shared_each__has),
        SHARED_TEST(test_shared_each__add),
        SHARED_TEST(test_shared_each__set),
        SHARED_TEST(test_shared_each__remove),
        SHARED_TEST(test_shared_each__scopes),
        SHARED_TEST(test_shared_each__carried_keys),
        SHARED_TEST(test_shared_each__refusals),
        SHARED_TEST(test_shared_each__nothing),
        SHARED_TEST(test_shared_each__all_or_nothing),
        SHARED_TEST(test_shared_each__a_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
