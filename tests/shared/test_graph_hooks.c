/* Hooks of rows that a graph writes, and of rows that are found or created. */
#include "shared/hearing.h"

static const kith_model toy_model, tag_model;
static const kith_model dog_model = {
    .name = "dog",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true, .unique = true },
                        { .name = "age", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &toy_model }, { KITH_BELONGS_TO_MANY, &tag_model, .through = "dog_tag",
                                                           .through_hooks = KITH_HOOKS(HEARS_ALL("tagId")) }),
    .hooks = KITH_HOOKS(HEARS_ALL("name")),
};
static const kith_model toy_model = {
    .name = "toy",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true, .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &dog_model }),
    .hooks = KITH_HOOKS(HEARS_ALL("dogId")),
};
static const kith_model tag_model = {
    .name = "tag",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "word", .type = KITH_STRING(20), .not_null = true, .unique = true }),
};

#define NAME(v) KITH_FIELDS(KITH_F("name", (v)))
#define ID(n)   KITH_FIELDS(KITH_F("id", (n)))
#define BELOW(id, ...)                                                                                                 \
    kith_save(s, &dog_model, &(kith_node){ ID(id), .edges = KITH_EDGES(__VA_ARGS__) },                                 \
              &(kith_save_opts){ .mode = KITH_EDGE_LINK })

/* Rex (1) has a ball (1) and a bone (2), and the tag big (1); the tag old (2) is of nobody. */
static kith_session *start_dogs(void **state)
{
    forget_heard();
    kith_session *s = start(state, KITH_MODELS(&dog_model, &toy_model, &tag_model));
    kith_record *rex = must(s, kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "Rex"), KITH_F("age", 3))));
    must(s, kith_create_related(s, rex, "toys", NAME("ball"), NULL));
    must(s, kith_create_related(s, rex, "toys", NAME("bone"), NULL));
    must(s, kith_create_related(s, rex, "tags", KITH_FIELDS(KITH_F("word", "big")), NULL));
    must(s, kith_create(s, &tag_model, KITH_FIELDS(KITH_F("word", "old"))));
    forget_heard();
    return s;
}

static bool act_sets_age(kith_session *s, kith_hook_call *call)
{
    (void)s;
    return kith_hook_set(call, "age", KITH_V(9));
}

#define expect_dogs(json) expect_stored(&dog_model, KITH_NAMES("name", "age"), json)

/* P27: rows that are new have the hooks of create, and so have their join rows; what hooks set is written */
static void test_shared_graph_hooks__insert(void **state)
{
    kith_session *s = start_dogs(state);
    hear_on(KITH_BEFORE_VALIDATE, NULL);
    must(s, kith_save(s, &dog_model,
                      &(kith_node){
                          NAME("Max"),
                          .edges = KITH_EDGES({ "toys", KITH_EDGE_INSERT, .nodes = KITH_NODES({ NAME("kong") }) },
                                              { "tags", KITH_EDGE_INSERT,
                                                .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("word", "new")) }) }) },
                      NULL));
    expect_heard("before_bulk_create dog Max; before_validate dog Max; after_validate dog Max; before_create dog Max; "
                 "after_create dog Max; after_bulk_create dog Max; "
                 "before_bulk_create toy 2; before_validate toy 2; after_validate toy 2; before_create toy 2; "
                 "after_create toy 2; after_bulk_create toy 2; "
                 "before_bulk_create dog_tag 3; before_validate dog_tag 3; after_validate dog_tag 3; "
                 "before_create dog_tag 3; after_create dog_tag 3; after_bulk_create dog_tag 3; ");
    hear_on(KITH_BEFORE_CREATE, act_sets_age);
    must(s, kith_save(s, &dog_model, &(kith_node){ NAME("Moe") }, NULL));
    expect_dogs("[{'name':'Max','age':null},{'name':'Moe','age':9},{'name':'Rex','age':3}]");
    expect_no_error(s);
}

/* P27: of an upsert, new rows have the hooks of create, those that change have those of update, others have none */
static void test_shared_graph_hooks__upsert(void **state)
{
    kith_session *s = start_dogs(state);
    must(s, kith_create(s, &dog_model, NAME("Tom")));
    const kith_save_opts by_name = { .mode = KITH_EDGE_UPSERT, .key = KITH_NAMES("name") };
    const kith_node *nodes = KITH_NODES({ KITH_FIELDS(KITH_F("name", "Rex"), KITH_F("age", 4)) },
                                        { KITH_FIELDS(KITH_F("name", "Max"), KITH_F("age", 1)) },
                                        { KITH_FIELDS(KITH_F("name", "Tom"), { "age", kith_of_null() }) });
    forget_heard();
    kith_list *list = must(s, kith_save_many(s, &dog_model, nodes, &by_name));
    expect_heard("before_bulk_create dog Max; before_validate dog Max; after_validate dog Max; before_create dog Max; "
                 "after_create dog Max; after_bulk_create dog Max; "
                 "before_bulk_update dog Rex; before_validate dog Rex; after_validate dog Rex; before_update dog Rex; "
                 "after_update dog Rex; after_bulk_update dog Rex; ");
    expect_list(s, list,
                "[{'id':1,'name':'Rex','age':4},{'id':3,'name':'Max','age':1},{'id':2,'name':'Tom','age':null}]");
    hear_on(KITH_BEFORE_UPDATE, act_sets_age);
    must(s,
         kith_save_many(s, &dog_model, KITH_NODES({ KITH_FIELDS(KITH_F("name", "Rex"), KITH_F("age", 5)) }), &by_name));
    expect_dogs("[{'name':'Max','age':1},{'name':'Rex','age':9},{'name':'Tom','age':null}]");
    expect_no_error(s);
}

/* P27: targets that get or lose a key have the hooks of update, join rows that go have those of destroy */
static void test_shared_graph_hooks__replace(void **state)
{
    kith_session *s = start_dogs(state);
    must(s, BELOW(1, { "toys", KITH_EDGE_REPLACE, .key = KITH_NAMES("name"), .nodes = KITH_NODES({ NAME("ball") }) },
                  { "tags", KITH_EDGE_REPLACE, .key = KITH_NAMES("word"),
                    .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("word", "old")) }) }));
    expect_heard("before_bulk_update toy null<1; before_validate toy null<1; after_validate toy null<1; "
                 "before_update toy null<1; after_update toy null<1; after_bulk_update toy null<1; "
                 "before_bulk_destroy dog_tag 1; before_destroy dog_tag 1; after_destroy dog_tag 1; "
                 "after_bulk_destroy dog_tag 1; "
                 "before_bulk_create dog_tag 2; before_validate dog_tag 2; after_validate dog_tag 2; "
                 "before_create dog_tag 2; after_create dog_tag 2; after_bulk_create dog_tag 2; ");
    expect_stored(&toy_model, KITH_NAMES("name", "dogId"), "[{'name':'ball','dogId':1},{'name':'bone','dogId':null}]");
    must(s, BELOW(1, { "toys", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(1) }, { ID(2) }) },
                  { "tags", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(2) }) }));
    expect_heard("before_bulk_update toy 1<null; before_validate toy 1<null; after_validate toy 1<null; "
                 "before_update toy 1<null; after_update toy 1<null; after_bulk_update toy 1<null; ");
    expect_no_error(s);
}

/* P27: a hook that refuses, wherever it stands, leaves nothing of the graph */
static void test_shared_graph_hooks__refuse(void **state)
{
    kith_session *s = start_dogs(state);
    for (int event = KITH_BEFORE_VALIDATE; event < KITH_EVENT_COUNT_; event++) {
        hear_on((kith_event)event, act_refuses);
        bool good = kith_save(s, &dog_model,
                              &(kith_node){
                                  KITH_FIELDS(KITH_F("name", "Rex"), KITH_F("age", 7)),
                                  .edges = KITH_EDGES({ "toys", KITH_EDGE_REPLACE, .key = KITH_NAMES("name"),
                                                        .nodes = KITH_NODES({ NAME("kong") }) },
                                                      { "tags", KITH_EDGE_REPLACE, .key = KITH_NAMES("word"),
                                                        .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("word", "x")) }) }) },
                              &(kith_save_opts){ .mode = KITH_EDGE_UPSERT, .key = KITH_NAMES("name") }) != NULL;
        assert_false(good);
        expect_error(s, KITH_E_VALIDATION, NULL, NULL, "not today");
        expect_dogs("[{'name':'Rex','age':3}]");
        expect_stored(&toy_model, KITH_NAMES("name", "dogId"), "[{'name':'ball','dogId':1},{'name':'bone','dogId':1}]");
        expect_stored(&tag_model, KITH_NAMES("word"), "[{'word':'big'},{'word':'old'}]");
    }
}

/* P27, P36: only a row that is created has hooks */
static void test_shared_graph_hooks__find_or_create(void **state)
{
    kith_session *s = start_dogs(state);
    must(s, kith_find_or_create(s, &dog_model, NAME("Rex"), NULL, NULL));
    expect_heard("");
    must(s, kith_find_or_create(s, &dog_model, NAME("Max"), NULL, NULL));
    expect_heard("before_validate dog Max; after_validate dog Max; before_create dog Max; after_create dog Max; ");
    hear_on(KITH_AFTER_CREATE, act_refuses);
    assert_null(kith_find_or_create(s, &dog_model, NAME("Moe"), NULL, NULL));
    expect_error(s, KITH_E_VALIDATION, "dog", NULL, "not today");
    expect_dogs("[{'name':'Max','age':null},{'name':'Rex','age':3}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_graph_hooks__insert),         SHARED_TEST(test_shared_graph_hooks__upsert),
        SHARED_TEST(test_shared_graph_hooks__replace),        SHARED_TEST(test_shared_graph_hooks__refuse),
        SHARED_TEST(test_shared_graph_hooks__find_or_create),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
