/* Associations to one of several models: comments on pugs, cats and toys, by one alias and one key. */
#include "harness/shared.h"

extern const kith_model comment_model, note_model;

#define COMMENTED(model)                                                                                               \
    {                                                                                                                  \
        KITH_HAS_MANY, .as = "comments", .target = &comment_model, .foreign_key = "subjectId", .no_constraint = true,  \
                       .scope = KITH_FIELDS({ "subjectType", KITH_CONST_STR(model) })                                  \
    }

static const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }, { .name = "age", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS(COMMENTED("pug"),
                          { KITH_HAS_MANY, .as = "puppies", .target = &pug_model, .foreign_key = "motherId" }),
};
static const kith_model cat_model = {
    .name = "cat",
    .no_timestamps = true,
    .paranoid = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS(COMMENTED("cat")),
};
static const kith_model toy_model = {
    .name = "toy",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "color", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS(COMMENTED("toy"),
                          { KITH_HAS_ONE, .as = "label", .target = &note_model, .foreign_key = "topicId",
                            .no_constraint = true, .scope = KITH_FIELDS({ "topicType", KITH_CONST_STR("toy") }) }),
};
const kith_model comment_model = {
    .name = "comment",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "text", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "subject",
                            .targets = KITH_MODELS(&pug_model, &cat_model, &toy_model) },
                          { KITH_HAS_MANY, .as = "notes", .target = &note_model, .foreign_key = "topicId",
                            .no_constraint = true, .scope = KITH_FIELDS({ "topicType", KITH_CONST_STR("comment") }) }),
};
/* The names' attribute is declared, and may be neither null nor anything but a label. */
const kith_model note_model = {
    .name = "note",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "topicType", .type = KITH_ENUM("comment", "toy", "album"), .not_null = true },
                        { .name = "topicId", .type = KITH_INTEGER, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "topic", .targets = KITH_MODELS(&comment_model, &toy_model) }),
};
#define ZOO KITH_MODELS(&pug_model, &cat_model, &toy_model, &comment_model, &note_model)

#define expect_comments(json) expect_stored(&comment_model, KITH_NAMES("id", "subjectId", "subjectType"), json)

static kith_record *comment(kith_session *s, const char *text, const char *type, kith_value key)
{
    return must(s,
                kith_create(s, &comment_model,
                            KITH_FIELDS(KITH_F("text", text), KITH_F("subjectType", type), KITH_F("subjectId", key))));
}

/* Pugs 1 and 2, cats 1 and 2, toy 1; comments on each, one on nothing, one on a cat that is gone and one on a pug that
 * never was. */
static void fill(kith_session *s)
{
    must(s, kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "Cody"), KITH_F("age", 3))));
    must(s, kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "Doug"), KITH_F("age", 9), KITH_F("motherId", 1))));
    must(s, kith_create(s, &cat_model, KITH_FIELDS(KITH_F("name", "Tom"))));
    kith_record *gone = must(s, kith_create(s, &cat_model, KITH_FIELDS(KITH_F("name", "Sid"))));
    must(s, kith_create(s, &toy_model, KITH_FIELDS(KITH_F("color", "red"))));
    must(s, kith_destroy(s, gone));
    comment(s, "a", "pug", KITH_V(1));
    comment(s, "b", "cat", KITH_V(1));
    comment(s, "c", "toy", KITH_V(1));
    must(s, kith_create(s, &comment_model, KITH_FIELDS(KITH_F("text", "d"))));
    comment(s, "e", "cat", KITH_V(2));
    comment(s, "f", "pug", KITH_V(99));
    comment(s, "g", "pug", KITH_V(2));
    comment(s, "h", "pug", KITH_V(1));
}

static kith_list *find(kith_session *s, const kith_include *include)
{
    return must(s,
                kith_find(s, &comment_model,
                          &(kith_query){
                              .attributes = KITH_NAMES("text"), .order = KITH_ORDER({ "text" }), .include = include }));
}

/* ---- loading ---- */

/* P22: one include loads them all, with one statement for each model that occurs */
static void test_shared_alternatives__loading(void **state)
{
    kith_session *s = start(state, ZOO);
    fill(s);
    forget_statements();
    kith_list *list = find(s, KITH_INCLUDE({ .as = "subject" }));
    expect_statements(4);
    expect_list(s, list,
                "[{'text':'a','subject':{'id':1,'name':'Cody','age':3,'motherId':null}},"
                "{'text':'b','subject':{'id':1,'name':'Tom','deletedAt':null}},"
                "{'text':'c','subject':{'id':1,'color':'red'}},"
                "{'text':'d','subject':null},{'text':'e','subject':null},{'text':'f','subject':null},"
                "{'text':'g','subject':{'id':2,'name':'Doug','age':9,'motherId':1}},"
                "{'text':'h','subject':{'id':1,'name':'Cody','age':3,'motherId':null}}]");
    assert_ptr_equal(kith_model_of(kith_one(list->at[1], "subject")), &cat_model);
    assert_ptr_equal(kith_model_of(kith_one(list->at[2], "subject")), &toy_model);
    assert_null(kith_one(list->at[3], "subject"));
    expect_no_error(s);

    forget_statements();
    must(s, kith_find(s, &comment_model,
                      &(kith_query){ .where = KITH_EQ("subjectType", "toy"),
                                     .include = KITH_INCLUDE({ .as = "subject" }) }));
    expect_statements(2);
}

/* P15, P22: under each name the alternatives share a place, and those of two names do not */
static void test_shared_alternatives__under_several_names(void **state)
{
    kith_session *s = start(state, ZOO);
    fill(s);
    forget_statements();
    kith_list *list = find(
        s, KITH_INCLUDE({ .as = "subject", .name = "animal", .model = &pug_model, .attributes = KITH_NAMES("name") },
                        { .as = "subject", .name = "animal", .model = &cat_model, .attributes = KITH_NAMES("name") },
                        { .as = "subject", .name = "thing", .model = &toy_model, .attributes = KITH_NAMES("color") },
                        { .as = "subject",
                          .name = "old",
                          .model = &pug_model,
                          .attributes = KITH_NAMES("age"),
                          .where = KITH_GT("age", 5) },
                        { .as = "subject" }));
    expect_statements(8);
    expect_list(
        s, list,
        "[{'text':'a','animal':{'name':'Cody'},'thing':null,'old':null,'subject':{'id':1,'name':'Cody','age':3,'"
        "motherId':null}},"
        "{'text':'b','animal':{'name':'Tom'},'thing':null,'old':null,'subject':{'id':1,'name':'Tom','deletedAt':null}},"
        "{'text':'c','animal':null,'thing':{'color':'red'},'old':null,'subject':{'id':1,'color':'red'}},"
        "{'text':'d','animal':null,'thing':null,'old':null,'subject':null},"
        "{'text':'e','animal':null,'thing':null,'old':null,'subject':null},"
        "{'text':'f','animal':null,'thing':null,'old':null,'subject':null},"
        "{'text':'g','animal':{'name':'Doug'},'thing':null,'old':{'age':9},'subject':{'id':2,'name':'Doug','age':9,'"
        "motherId':1}},"
        "{'text':'h','animal':{'name':'Cody'},'thing':null,'old':null,'subject':{'id':1,'name':'Cody','age':3,'"
        "motherId':null}}]");
    assert_null(
        kith_find(s, &comment_model,
                  &(kith_query){ .include = KITH_INCLUDE({ .as = "subject", .name = "animal", .model = &pug_model },
                                                         { .as = "subject", .name = "animal" }) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "animal is included twice in comment");
}

/* P22: rows that were destroyed come when they are asked for */
static void test_shared_alternatives__loading_the_deleted(void **state)
{
    kith_session *s = start(state, ZOO);
    fill(s);
    kith_list *list = must(s, kith_find(s, &comment_model,
                                        &(kith_query){ .where = KITH_EQ("text", "e"),
                                                       .include = KITH_INCLUDE({
                                                           .as = "subject",
                                                           .with_deleted = true,
                                                       }) }));
    expect_text(kith_text(kith_one(list->at[0], "subject"), "name"), "Sid");
}

/* P22: options are for a model; includes for several models side by side are one association */
static void test_shared_alternatives__loading_with_options(void **state)
{
    kith_session *s = start(state, ZOO);
    fill(s);
    forget_statements();
    expect_list(s,
                find(s, KITH_INCLUDE({ .as = "subject",
                                       .model = &pug_model,
                                       .attributes = KITH_NAMES("name"),
                                       .where = KITH_LT("age", 5),
                                       .include = KITH_INCLUDE({ .as = "puppies", .attributes = KITH_NAMES("name") }) },
                                     { .as = "notes" }, { .model = &toy_model, .as = "subject" })),
                "[{'text':'a','subject':{'name':'Cody','puppies':[{'name':'Doug'}]},'notes':[]},"
                "{'text':'b','subject':null,'notes':[]},{'text':'c','subject':{'id':1,'color':'red'},'notes':[]},"
                "{'text':'d','subject':null,'notes':[]},{'text':'e','subject':null,'notes':[]},"
                "{'text':'f','subject':null,'notes':[]},{'text':'g','subject':null,'notes':[]},"
                "{'text':'h','subject':{'name':'Cody','puppies':[{'name':'Doug'}]},'notes':[]}]");
    expect_statements(5);
    expect_list(s,
                find(s, KITH_INCLUDE({ .as = "subject",
                                       .model = &pug_model,
                                       .attributes = KITH_NAMES("name"),
                                       .where = KITH_GT("age", 5),
                                       .required = KITH_YES })),
                "[{'text':'g','subject':{'name':'Doug'}}]");
    const kith_query q = { .include = KITH_INCLUDE({ .model = &cat_model, .required = KITH_YES }) };
    expect_number(s, kith_count(s, &comment_model, &q), 1);
}

/* P22: to-many inside to-one of several, and from another model's rows */
static void test_shared_alternatives__loading_below(void **state)
{
    kith_session *s = start(state, ZOO);
    fill(s);
    must(s, kith_create(s, &note_model, KITH_FIELDS(KITH_F("topicType", "comment"), KITH_F("topicId", 2))));
    must(s, kith_create(s, &note_model, KITH_FIELDS(KITH_F("topicType", "toy"), KITH_F("topicId", 1))));
    forget_statements();
    expect_list(s,
                must(s,
                     kith_find(s, &note_model,
                               &(kith_query){ .attributes = KITH_NAMES("id"),
                                              .order = KITH_ORDER({ "id" }),
                                              .include = KITH_INCLUDE({ .as = "topic",
                                                                        .model = &comment_model,
                                                                        .attributes = KITH_NAMES("text"),
                                                                        .include = KITH_INCLUDE({ .as = "subject" }) },
                                                                      { .as = "topic", .model = &toy_model }) })),
                "[{'id':1,'topic':{'text':'b','subject':{'id':1,'name':'Tom','deletedAt':null}}},"
                "{'id':2,'topic':{'id':1,'color':'red'}}]");
    expect_statements(4);
}

/* P22: what names attributes of one of several models is refused before any SQL */
static void test_shared_alternatives__refusals(void **state)
{
    kith_session *s = start(state, ZOO);
    forget_statements();
#define refuse(status, part, ...)                                                                                      \
    assert_null(kith_find(s, &comment_model, &(kith_query){ __VA_ARGS__ }));                                           \
    expect_error(s, status, NULL, NULL, part)
    refuse(KITH_E_USAGE, "name it with .model",
           .include = KITH_INCLUDE({ .as = "subject", .attributes = KITH_NAMES("name") }));
    refuse(KITH_E_USAGE, "name it with .model",
           .include = KITH_INCLUDE({ .as = "subject", .where = KITH_EQ("id", 1) }));
    refuse(KITH_E_USAGE, "name it with .model",
           .include = KITH_INCLUDE({ .as = "subject", .include = KITH_INCLUDE({ .as = "comments" }) }));
    refuse(KITH_E_UNSUPPORTED, "can be required of one",
           .include = KITH_INCLUDE({ .as = "subject", .required = KITH_YES }));
    refuse(KITH_E_UNSUPPORTED, "not by a join", .include = KITH_INCLUDE({ .as = "subject", .strategy = KITH_JOIN }));
    refuse(KITH_E_USAGE, "leads to a pug, cat or toy, not to model note",
           .include = KITH_INCLUDE({ .as = "subject", .model = &note_model }));
    refuse(KITH_E_USAGE, "included twice",
           .include = KITH_INCLUDE({ .as = "subject" }, { .as = "subject", .model = &pug_model }));
    refuse(KITH_E_USAGE, "did you mean 'name'",
           .include = KITH_INCLUDE({ .as = "subject", .model = &pug_model, .where = KITH_EQ("nam", "x") }));
    refuse(KITH_E_UNSUPPORTED, "comment.subject leads to a pug, cat or toy", .where = KITH_EQ("subject.name", "Cody"));
    refuse(KITH_E_UNSUPPORTED, "comment.subject leads to a pug, cat or toy",
           .where = KITH_SOME("subject", KITH_EQ("name", "Cody")));
    refuse(KITH_E_UNSUPPORTED, "comment.subject leads to a pug, cat or toy", .order = KITH_ORDER({ "subject.name" }));
    expect_statements(0);
}

/* ---- writing ---- */

/* P22: set writes key and type together; nothing sets both to null */
static void test_shared_alternatives__set(void **state)
{
    kith_session *s = start(state, ZOO);
    fill(s);
    kith_record *cody = must(s, kith_find_by_key(s, &pug_model, KITH_V(1)));
    kith_record *tom = must(s, kith_find_by_key(s, &cat_model, KITH_V(1)));
    kith_record *c = must(s, kith_create(s, &comment_model, NULL));
    expect_list(s, must(s, kith_get(s, c, "subject", NULL)), "[]");

    kith_list *set = must(s, kith_set(s, c, "subject", KITH_REFS({ cody }), NULL));
    assert_ptr_equal(kith_model_of(set->at[0]), &pug_model);
    expect_text(kith_text(c, "subjectType"), "pug");
    assert_int_equal(kith_int(c, "subjectId"), 1);
    forget_statements();
    expect_list(s, must(s, kith_get(s, c, "subject", &(kith_query){ .attributes = KITH_NAMES("name") })),
                "[{'name':'Cody'}]");
    expect_statements(1);
    expect_number(s, kith_has(s, c, "subject", KITH_REFS({ cody })), 1);
    expect_number(s, kith_has(s, c, "subject", KITH_REFS({ tom })), 0); /* it has the same key */
    expect_number(s, kith_has(s, c, "subject", KITH_REFS({ cody }, { tom })), 0);
    expect_number(s, kith_has(s, c, "subject", KITH_NO_REFS), 1);
    expect_number(s, kith_count_related(s, c, "subject"), 1);

    must(s, kith_add(s, c, "subject", KITH_REFS({ tom }), NULL)); /* takes the other's place */
    expect_text(kith_text(c, "subjectType"), "cat");
    must(s, kith_add(s, c, "subject", KITH_NO_REFS, NULL)); /* changes nothing */
    expect_number(s, kith_remove(s, c, "subject", KITH_REFS({ cody })), 0);
    expect_list(s, must(s, kith_get(s, c, "subject", NULL)), "[{'id':1,'name':'Tom','deletedAt':null}]");
    expect_number(s, kith_remove(s, c, "subject", KITH_REFS({ cody }, { tom })), 1);
    assert_null(kith_text(c, "subjectType"));
    expect_number(s, kith_count_related(s, c, "subject"), 0);

    must(s, kith_set(s, c, "subject", KITH_REFS({ tom }), NULL));
    must(s, kith_set(s, c, "subject", KITH_NO_REFS, NULL));
    expect_stored(&comment_model, KITH_NAMES("id", "text", "subjectId", "subjectType"),
                  "[{'id':1,'text':'a','subjectId':1,'subjectType':'pug'},"
                  "{'id':2,'text':'b','subjectId':1,'subjectType':'cat'},"
                  "{'id':3,'text':'c','subjectId':1,'subjectType':'toy'},"
                  "{'id':4,'text':'d','subjectId':null,'subjectType':null},"
                  "{'id':5,'text':'e','subjectId':2,'subjectType':'cat'},"
                  "{'id':6,'text':'f','subjectId':99,'subjectType':'pug'},"
                  "{'id':7,'text':'g','subjectId':2,'subjectType':'pug'},"
                  "{'id':8,'text':'h','subjectId':1,'subjectType':'pug'},"
                  "{'id':9,'text':null,'subjectId':null,'subjectType':null}]");
}

/* P22: what does not say its model, or is of another, is refused, and nothing has changed */
static void test_shared_alternatives__set_refusals(void **state)
{
    kith_session *s = start(state, ZOO);
    fill(s);
    kith_record *c = must(s, kith_find_by_key(s, &comment_model, KITH_V(1)));
    kith_record *sid = must(s, kith_find_one(s, &cat_model,
                                             &(kith_query){ .where = KITH_EQ("name", "Sid"), .with_deleted = true }));
    kith_record *cody = must(s, kith_find_by_key(s, &pug_model, KITH_V(1)));
    kith_record *tom = must(s, kith_find_by_key(s, &cat_model, KITH_V(1)));
    assert_null(kith_set(s, c, "subject", KITH_REFS({ .key = KITH_V(1) }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "leads to a pug, cat or toy: give the record");
    assert_null(kith_set(s, c, "subject", KITH_REFS({ c }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "leads to a pug, cat or toy, but a comment was given");
    assert_null(kith_set(s, c, "subject", KITH_REFS({ cody }, { tom }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "leads to one record, but 2 targets were given");
    assert_null(kith_set(s, c, "subject", KITH_REFS({ .record = NULL }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "is NULL");
    expect_number(s, kith_has(s, c, "subject", KITH_REFS({ .key = KITH_V(1) })), -1);
    expect_error(s, KITH_E_USAGE, NULL, NULL, "give the record");
    expect_number(s, kith_remove(s, c, "subject", KITH_REFS({ c })), -1);
    expect_error(s, KITH_E_USAGE, NULL, NULL, "but a comment was given");
    assert_null(kith_set(s, c, "subject", KITH_REFS({ sid }), NULL));
    expect_error(s, KITH_E_NOT_FOUND, "cat", NULL, "");
    assert_null(kith_create_related(s, c, "subject", KITH_FIELDS(KITH_F("name", "X")), NULL));
    expect_error(s, KITH_E_UNSUPPORTED, NULL, NULL, "make it with kith_create, then call kith_set");
    assert_null(kith_ensure_related(s, c, "subject", KITH_FIELDS(KITH_F("name", "X")), NULL, NULL));
    expect_error(s, KITH_E_UNSUPPORTED, NULL, NULL, "make it with kith_create, then call kith_set");
    expect_list(s, must(s, kith_get(s, c, "subject", &(kith_query){ .attributes = KITH_NAMES("name") })),
                "[{'name':'Cody'}]");
    kith_record *part = must(s, kith_find_one(s, &comment_model, &(kith_query){ .attributes = KITH_NAMES("text") }));
    assert_null(kith_get(s, part, "subject", NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "comment.subjectType is needed but was not loaded");
}

/* P22: a misspelt name of a model never reaches the database */
static void test_shared_alternatives__names_are_checked(void **state)
{
    kith_session *s = start(state, ZOO);
    forget_statements();
    assert_null(kith_create(s, &comment_model, KITH_FIELDS(KITH_F("subjectType", "pgu"), KITH_F("subjectId", 1))));
    expect_error(s, KITH_E_VALIDATION, "comment", "subjectType", "the nearest is \"pug\"");
    assert_null(kith_find(s, &comment_model, &(kith_query){ .where = KITH_EQ("subjectType", "toys") }));
    expect_error(s, KITH_E_VALIDATION, "comment", "subjectType", "the nearest is \"toy\"");
    expect_number(s,
                  kith_insert_many(s, &comment_model, KITH_NAMES("subjectType"), KITH_VALUES(KITH_V("dog")), 1, NULL),
                  -1);
    expect_error(s, KITH_E_VALIDATION, "comment", "subjectType", "is not one of");
    expect_statements(0);
    expect_comments("[]");
}

/* P22: a key without a name beside it would lead nowhere, and a name without a key */
static void test_shared_alternatives__key_and_name_together(void **state)
{
    kith_session *s = start(state, ZOO);
    assert_null(kith_create(s, &comment_model, KITH_FIELDS(KITH_F("subjectId", 1))));
    expect_error(s, KITH_E_VALIDATION, "comment", "subjectType", "may not be null when subjectId is given");
    assert_null(kith_create(s, &comment_model, KITH_FIELDS(KITH_F("subjectType", "pug"))));
    expect_error(s, KITH_E_VALIDATION, "comment", "subjectId", "may not be null when subjectType is given");
    expect_number(s, kith_insert_many(s, &comment_model, KITH_NAMES("subjectId"), KITH_VALUES(KITH_V(1)), 1, NULL), -1);
    expect_error(s, KITH_E_VALIDATION, "comment", "subjectType", "");
    kith_record *c = comment(s, "a", "pug", KITH_V(1));
    must(s, kith_update(s, c, KITH_FIELDS(KITH_F("subjectType", "cat"))));
    assert_false(kith_update(s, c, KITH_FIELDS(KITH_F("subjectType", "cat"), KITH_F("subjectId", kith_of_null()))));
    expect_error(s, KITH_E_VALIDATION, "comment", "subjectId", "");
    must(s, kith_update(s, c, KITH_FIELDS(KITH_F("subjectType", kith_of_null()), KITH_F("subjectId", kith_of_null()))));
    expect_comments("[{'id':1,'subjectId':null,'subjectType':null}]");
}

/* P22: key and type that may not be null */
static void test_shared_alternatives__may_not_be_null(void **state)
{
    kith_session *s = start(state, ZOO);
    fill(s);
    kith_record *red = must(s, kith_find_by_key(s, &toy_model, KITH_V(1)));
    kith_record *note = must(s, kith_create(s, &note_model,
                                            KITH_FIELDS(KITH_F("topicType", "comment"), KITH_F("topicId", 1))));
    must(s, kith_set(s, note, "topic", KITH_REFS({ red }), NULL));
    assert_null(kith_set(s, note, "topic", KITH_NO_REFS, NULL));
    expect_error(s, KITH_E_VALIDATION, "note", "topicId", "may not be null");
    expect_number(s, kith_remove(s, note, "topic", KITH_REFS({ red })), -1);
    expect_error(s, KITH_E_VALIDATION, "note", "topicId", "may not be null");
    expect_stored(&note_model, KITH_NAMES("topicType", "topicId"), "[{'topicType':'toy','topicId':1}]");
}

/* ---- the other side ---- */

/* P22: has-many of models with the same keys never mix */
static void test_shared_alternatives__has_many(void **state)
{
    kith_session *s = start(state, ZOO);
    fill(s);
    kith_record *cody = must(s, kith_find_by_key(s, &pug_model, KITH_V(1)));
    kith_record *tom = must(s, kith_find_by_key(s, &cat_model, KITH_V(1)));
    expect_list(s,
                must(s, kith_get(s, cody, "comments",
                                 &(kith_query){ .attributes = KITH_NAMES("text"), .order = KITH_ORDER({ "text" }) })),
                "[{'text':'a'},{'text':'h'}]");
    expect_list(s, must(s, kith_get(s, tom, "comments", &(kith_query){ .attributes = KITH_NAMES("text") })),
                "[{'text':'b'}]");
    expect_list(s,
                must(s, kith_find(s, &toy_model,
                                  &(kith_query){ .include = KITH_INCLUDE(
                                                     { .as = "comments", .attributes = KITH_NAMES("text") }) })),
                "[{'id':1,'color':'red','comments':[{'text':'c'}]}]");
    kith_record *made = must(s, kith_create_related(s, tom, "comments", KITH_FIELDS(KITH_F("text", "i")), NULL));
    expect_text(kith_text(made, "subjectType"), "cat");
    must(s, kith_add(s, tom, "comments", KITH_REFS({ .key = KITH_V(1) }), NULL)); /* it was Cody's */
    expect_number(s, kith_count_related(s, cody, "comments"), 1);
    expect_number(s, kith_count_related(s, tom, "comments"), 3);
    must(s, kith_set(s, cody, "comments", KITH_NO_REFS, NULL));
    expect_number(s, kith_count_related(s, cody, "comments"), 0);
    expect_number(s, kith_count_related(s, tom, "comments"), 3);
}

/* P22: has-one of one model is unique among that model's rows only */
static void test_shared_alternatives__has_one(void **state)
{
    kith_session *s = start(state, ZOO);
    fill(s);
    kith_record *red = must(s, kith_find_by_key(s, &toy_model, KITH_V(1)));
    kith_record *note = must(s, kith_create_related(s, red, "label", NULL, NULL));
    must(s, kith_create(s, &note_model, KITH_FIELDS(KITH_F("topicType", "comment"), KITH_F("topicId", 1))));
    assert_null(kith_create(s, &note_model, KITH_FIELDS(KITH_F("topicType", "toy"), KITH_F("topicId", 1))));
    expect_error(s, KITH_E_UNIQUE, "note", NULL, "");
    expect_number(s, kith_has(s, note, "topic", KITH_REFS({ red })), 1);
    expect_number(s, kith_has(s, red, "label", KITH_REFS({ note })), 1);
}

/* ---- keys ---- */

extern const kith_model photo_model;
static const kith_model city_model = {
    .name = "city",
    .no_timestamps = true,
    .underscored = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_UUID, .primary_key = true, .generate = KITH_UUIDV7 },
                        { .name = "code", .type = KITH_STRING(10), .not_null = true, .unique = true }),
};
static const kith_model park_model = {
    .name = "park",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_UUID, .primary_key = true, .generate = KITH_UUIDV7 },
                        { .name = "code", .type = KITH_STRING(10), .not_null = true, .unique = true }),
};
const kith_model photo_model = {
    .name = "photo",
    .no_timestamps = true,
    .underscored = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "place", .targets = KITH_MODELS(&city_model, &park_model) },
                          { KITH_BELONGS_TO, .as = "taggedPlace", .targets = KITH_MODELS(&park_model, &city_model),
                            .target_key = "code", .foreign_key = "tag", .type_attr = "tagOf" }),
};

/* P22, S15: keys that are UUIDs, and keys that are not primary; columns in snake case */
static void test_shared_alternatives__keys(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&city_model, &park_model, &photo_model));
    kith_record *bonn = must(s, kith_create(s, &city_model, KITH_FIELDS(KITH_F("code", "x"))));
    kith_record *zoo = must(s, kith_create(s, &park_model, KITH_FIELDS(KITH_F("code", "x"))));
    kith_record *p = must(s, kith_create(s, &photo_model, NULL));
    must(s, kith_set(s, p, "place", KITH_REFS({ zoo }), NULL));
    must(s, kith_set(s, p, "taggedPlace", KITH_REFS({ bonn }), NULL));
    expect_stored(&photo_model, KITH_NAMES("placeType", "tag", "tagOf"),
                  "[{'placeType':'park','tag':'x','tagOf':'city'}]");
    kith_record *read = must(s, kith_find_one(s, &photo_model,
                                              &(kith_query){ .include = KITH_INCLUDE({ .as = "place" },
                                                                                     { .as = "taggedPlace" }) }));
    assert_ptr_equal(kith_model_of(kith_one(read, "place")), &park_model);
    assert_ptr_equal(kith_model_of(kith_one(read, "taggedPlace")), &city_model);
    expect_text(kith_text(kith_one(read, "place"), "id"), kith_text(zoo, "id"));
    expect_number(s, kith_execute(s, "UPDATE photos SET place_type = NULL WHERE place_id IS NOT NULL", NULL), 1);
    must(s, kith_reload(s, p));
    expect_list(s, must(s, kith_get(s, p, "place", NULL)), "[]");
    expect_number(s, kith_has(s, p, "place", KITH_REFS({ zoo })), 0);
}

/* ---- many to many ---- */

extern const kith_model tagging_model;
#define TAGGED(model)                                                                                                  \
    {                                                                                                                  \
        KITH_BELONGS_TO_MANY, .as = "tags", .target = &tag_model, .through_model = &tagging_model,                     \
                              .foreign_key = "thingId", .other_key = "tagId", .no_constraint = true,                   \
                              .scope = KITH_FIELDS({ "thingType", KITH_CONST_STR(model) })                             \
    }
extern const kith_model tag_model;
static const kith_model book_model = {
    .name = "book",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS(TAGGED("book")),
};
static const kith_model film_model = {
    .name = "film",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS(TAGGED("film")),
};
const kith_model tag_model = {
    .name = "tag",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "word", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &tagging_model }),
};
const kith_model tagging_model = {
    .name = "tagging",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "thing", .targets = KITH_MODELS(&book_model, &film_model) },
                          { KITH_BELONGS_TO, .target = &tag_model }),
};

/* P22: a join table whose one side is one of several models */
static void test_shared_alternatives__many_to_many(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&book_model, &film_model, &tag_model, &tagging_model));
    kith_record *book = must(s, kith_create(s, &book_model, NULL)), *film = must(s, kith_create(s, &film_model, NULL));
    kith_record *red = must(s, kith_create(s, &tag_model, KITH_FIELDS(KITH_F("word", "red"))));
    kith_record *new = must(s, kith_create(s, &tag_model, KITH_FIELDS(KITH_F("word", "new"))));
    must(s, kith_add(s, book, "tags", KITH_REFS({ red }), NULL));
    must(s, kith_add(s, film, "tags", KITH_REFS({ red }, { new }), NULL));
    must(s, kith_set(s, film, "tags", KITH_REFS({ new }), NULL));
    expect_stored(&tagging_model, KITH_NAMES("thingType", "thingId", "tagId"),
                  "[{'thingType':'book','thingId':1,'tagId':1},{'thingType':'film','thingId':1,'tagId':2}]");
    expect_list(s,
                must(s, kith_find(s, &tag_model,
                                  &(kith_query){
                                      .order = KITH_ORDER({ "id" }),
                                      .include = KITH_INCLUDE({ .as = "taggings",
                                                                .attributes = KITH_NAMES("thingType"),
                                                                .include = KITH_INCLUDE({ .as = "thing" }) }) })),
                "[{'id':1,'word':'red','taggings':[{'thingType':'book','thing':{'id':1}}]},"
                "{'id':2,'word':'new','taggings':[{'thingType':'film','thing':{'id':1}}]}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_alternatives__loading),
        SHARED_TEST(test_shared_alternatives__under_several_names),
        SHARED_TEST(test_shared_alternatives__loading_the_deleted),
        SHARED_TEST(test_shared_alternatives__loading_with_options),
        SHARED_TEST(test_shared_alternatives__loading_below),
        SHARED_TEST(test_shared_alternatives__refusals),
        SHARED_TEST(test_shared_alternatives__set),
        SHARED_TEST(test_shared_alternatives__set_refusals),
        SHARED_TEST(test_shared_alternatives__names_are_checked),
        SHARED_TEST(test_shared_alternatives__key_and_name_together),
        SHARED_TEST(test_shared_alternatives__may_not_be_null),
        SHARED_TEST(test_shared_alternatives__has_many),
        SHARED_TEST(test_shared_alternatives__has_one),
        SHARED_TEST(test_shared_alternatives__keys),
        SHARED_TEST(test_shared_alternatives__many_to_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
