/* Hooks around rows that are created, changed and destroyed: when they run, what they may do, and what a failure in them
 * leaves. tests/shared/test_link_hooks.c has those of links. */
#include "shared/hearing.h"

static const kith_model pug_model, toy_model;
static const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true },
                        { .name = "age", .type = KITH_INTEGER, .checks = KITH_CHECKS(KITH_RANGE(0, 30)) },
                        { .name = "nick", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &toy_model }),
    .hooks = KITH_HOOKS(HEARS_ALL("name")),
};
static const kith_model toy_model = {
    .name = "toy",
    .paranoid = true,
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &pug_model }),
    .hooks = KITH_HOOKS(HEARS(KITH_BEFORE_DESTROY, "name"), HEARS(KITH_AFTER_DESTROY, "name")),
};

static const char *const name_and_age[] = { "name", "age", NULL };
static const char *const name_only[] = { "name", NULL };

static kith_session *start_pugs(void **state)
{
    forget_heard();
    return start(state, KITH_MODELS(&pug_model, &toy_model));
}

static kith_record *new_pug(kith_session *s, const char *name, int age)
{
    return kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", name), KITH_F("age", age)));
}

/* ---- when ---------------------------------------------------------------------------------------------------------- */

/* P27: create, update and destroy run their single hooks, validation's between */
static void test_shared_hooks__one_row(void **state)
{
    kith_session *s = start_pugs(state);
    kith_record *cody = must(s, new_pug(s, "Cody", 3));
    expect_heard("before_validate pug Cody; after_validate pug Cody; before_create pug Cody; after_create pug Cody; ");
    must(s, kith_update(s, cody, KITH_FIELDS(KITH_F("name", "Kody"))));
    expect_heard("before_validate pug Kody<Cody; after_validate pug Kody<Cody; before_update pug Kody<Cody; "
                 "after_update pug Kody<Cody; ");
    must(s, kith_update(s, cody, KITH_FIELDS(KITH_F("age", 4))));
    expect_heard("before_validate pug Kody; after_validate pug Kody; before_update pug Kody; after_update pug Kody; ");
    must(s, kith_destroy(s, cody));
    expect_heard("before_destroy pug Kody; after_destroy pug Kody; ");
    expect_stored(&pug_model, name_only, "[]");
    expect_no_error(s);
}

/* P27: many rows in one call run the bulk hooks once and the single ones for each row */
static void test_shared_hooks__many_rows(void **state)
{
    kith_session *s = start_pugs(state);
    must(s, kith_create_many(s, &pug_model,
                             (const kith_field *const[]){ KITH_FIELDS(KITH_F("name", "Cody")),
                                                          KITH_FIELDS(KITH_F("name", "Doug")) },
                             2));
    expect_heard("before_bulk_create pug Cody,Doug; before_validate pug Cody; before_validate pug Doug; "
                 "after_validate pug Cody; after_validate pug Doug; before_create pug Cody; before_create pug Doug; "
                 "after_create pug Cody; after_create pug Doug; after_bulk_create pug Cody,Doug; ");
    must(s, kith_create_many(s, &pug_model, NULL, 0));
    expect_heard("");
}

static int64_t inserts(kith_session *s, bool each)
{
    return kith_insert_many(s, &pug_model, KITH_NAMES("name", "age"),
                            KITH_VALUES(KITH_V("Cody"), KITH_V(3), KITH_V("Doug"), { 0 }), 2,
                            &(kith_insert_opts){ .each_hooks = each });
}

/* P27: rows without records run the bulk hooks, and the single ones where that is asked for */
static void test_shared_hooks__insert_many(void **state)
{
    kith_session *s = start_pugs(state);
    expect_number(s, inserts(s, false), 2);
    expect_heard("before_bulk_create pug Cody,Doug; after_bulk_create pug Cody,Doug; ");
    expect_number(s, inserts(s, true), 2);
    expect_heard("before_bulk_create pug Cody,Doug; before_validate pug Cody; before_validate pug Doug; "
                 "after_validate pug Cody; after_validate pug Doug; before_create pug Cody; before_create pug Doug; "
                 "after_create pug Cody; after_create pug Doug; after_bulk_create pug Cody,Doug; ");
    expect_number(s, kith_insert_many(s, &pug_model, KITH_NAMES("name"), NULL, 0, NULL), 0);
    expect_heard("");
}

static bool sets_wrong_age(kith_session *s, kith_hook_call *call)
{
    (void)s;
    return kith_hook_set(call, "age", KITH_V(99));
}

static bool has_no_record(kith_session *s, kith_hook_call *call)
{
    (void)s;
    return kith_hook_record(call) == NULL;
}

static bool sets_second_nick(kith_session *s, kith_hook_call *call)
{
    (void)s;
    assert_true(kith_hook_row(call, 1));
    assert_int_equal(kith_hook_value(call, "age").kind, KITH_ABSENT);
    return kith_hook_set(call, "nick", KITH_V("D.")) && kith_hook_set(call, "age", KITH_V(7));
}

static bool gives_names(kith_session *s, kith_hook_call *call)
{
    (void)s;
    for (size_t i = 0; kith_hook_row(call, i); i++)
        if (!kith_hook_set(call, "name", KITH_V("nobody")))
            return false;
    return true;
}

/* P27: what hooks set in some of many rows is stored in those; what they refuse leaves none */
static void test_shared_hooks__insert_many_values(void **state)
{
    static const char *const all[] = { "name", "age", "nick", NULL };
    kith_session *s = start_pugs(state);
    hear_on(KITH_BEFORE_BULK_CREATE, sets_second_nick);
    expect_number(s, inserts(s, false), 2);
    expect_stored(&pug_model, all, "[{'name':'Cody','age':3,'nick':null},{'name':'Doug','age':7,'nick':'D.'}]");
    must(s, kith_execute(s, "DELETE FROM pugs", NULL) == 2 ? s : NULL);
    hear_on(KITH_BEFORE_BULK_CREATE, gives_names);
    expect_number(s, kith_insert_many(s, &pug_model, KITH_NAMES("age"), KITH_VALUES(KITH_V(1), KITH_V(2)), 2, NULL), 2);
    hear_on(KITH_AFTER_CREATE, has_no_record);
    expect_number(s, inserts(s, true), 2);
    hear_on(KITH_AFTER_BULK_CREATE, act_refuses);
    assert_int_equal(inserts(s, false), -1);
    expect_error(s, KITH_E_VALIDATION, "pug", NULL, "not today");
    hear_on(KITH_BEFORE_BULK_CREATE, sets_wrong_age);
    assert_int_equal(inserts(s, false), -1);
    expect_error(s, KITH_E_VALIDATION, "pug", "age", "row 1 of 2");
    assert_int_equal(kith_insert_many(s, &pug_model, KITH_NAMES("name"), KITH_VALUES(KITH_V("a"), KITH_V(1)), 2, NULL),
                     -1);
    expect_error(s, KITH_E_USAGE, "pug", "name", "row 2 of 2");
    expect_number(s, kith_count(s, &pug_model, NULL), 4);
}

/* Rows that a graph creates or changes are checked among their hooks. */
static void test_shared_hooks__saved(void **state)
{
    kith_session *s = start_pugs(state);
    const kith_node pug = { .fields = KITH_FIELDS(KITH_F("name", "Cody"), KITH_F("age", 3)) };
    const kith_node wrong = { .fields = KITH_FIELDS(KITH_F("id", 1), KITH_F("name", "Cody"), KITH_F("age", 99)) };
    const kith_save_opts upsert = { .mode = KITH_EDGE_UPSERT };
    must(s, kith_save(s, &pug_model, &pug, NULL));
    expect_heard("before_bulk_create pug Cody; before_validate pug Cody; after_validate pug Cody; "
                 "before_create pug Cody; after_create pug Cody; after_bulk_create pug Cody; ");
    assert_null(kith_save(s, &pug_model, &wrong, &upsert));
    expect_error(s, KITH_E_VALIDATION, "pug", "age", "");
    expect_stored(&pug_model, name_and_age, "[{'name':'Cody','age':3}]");
}

/* P27: the hooks of a row that is destroyed softly */
static void test_shared_hooks__paranoid(void **state)
{
    kith_session *s = start_pugs(state);
    kith_record *ball = must(s, kith_create(s, &toy_model, KITH_FIELDS(KITH_F("name", "ball"))));
    must(s, kith_destroy(s, ball));
    expect_heard("before_destroy toy ball; after_destroy toy ball; ");
    expect_number(s, kith_count(s, &toy_model, &(kith_query){ .with_deleted = true }), 1);
}

/* What is wrong with the call itself is said before any hook runs. */
static void test_shared_hooks__wrong_calls_run_none(void **state)
{
    kith_session *s = start_pugs(state);
    assert_null(kith_create(s, &pug_model, KITH_FIELDS(KITH_F("nmae", "Cody"))));
    expect_error(s, KITH_E_USAGE, "pug", "nmae", "name");
    assert_null(kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", 7), KITH_F("age", 99))));
    expect_error(s, KITH_E_USAGE, "pug", "name", "pug.age"); /* all failures of the row */
    expect_heard("");
}

static const kith_hook wide_hooks[] = { HEARS(KITH_BEFORE_CREATE, NULL), HEARS(KITH_AFTER_DESTROY, NULL), { 0 } };

/* The hooks of a database run for every model, before the model's own. */
static void test_shared_hooks__of_a_database(void **state)
{
    forget_heard();
    kith_session *s = start_with(state, KITH_MODELS(&pug_model, &toy_model), (kith_open_opts){ .hooks = wide_hooks });
    kith_record *ball = must(s, kith_create(s, &toy_model, KITH_FIELDS(KITH_F("name", "ball"))));
    expect_heard("before_create toy; ");
    must(s, kith_destroy(s, ball));
    expect_heard("before_destroy toy ball; after_destroy toy; after_destroy toy ball; ");
}

/* ---- values --------------------------------------------------------------------------------------------------------- */

static bool sets_age(kith_session *s, kith_hook_call *call)
{
    char text[] = "Codster";
    (void)s;
    bool good = kith_hook_set(call, "nick", KITH_V(text)) && kith_hook_set(call, "age", KITH_V(5));
    memset(text, 'x', sizeof text - 1); /* the value was copied */
    return good;
}

/* P27: each hook before can change what is written, and what the call returns */
static void test_shared_hooks__set(void **state)
{
    static const kith_event created[] = { KITH_BEFORE_VALIDATE, KITH_AFTER_VALIDATE, KITH_BEFORE_CREATE };
    static const kith_event updated[] = { KITH_BEFORE_VALIDATE, KITH_AFTER_VALIDATE, KITH_BEFORE_UPDATE };
    kith_session *s = start_pugs(state);
    for (size_t i = 0; i < 3; i++) {
        hear_on(created[i], sets_age);
        kith_record *pug = must(s, new_pug(s, "Cody", 3));
        assert_int_equal(kith_int(pug, "age"), 5);
        assert_string_equal(kith_text(pug, "nick"), "Codster");
        must(s, kith_update(s, pug, KITH_FIELDS(KITH_F("age", 1), { "nick", kith_of_null() })));
        hear_on(updated[i], sets_age);
        must(s, kith_update(s, pug, KITH_FIELDS(KITH_F("name", "Doug"))));
        assert_int_equal(kith_int(pug, "age"), 5);
        must(s, kith_reload(s, pug));
        expect_record(s, pug,
                      i == 0   ? "{'id':1,'name':'Doug','age':5,'nick':'Codster'}"
                      : i == 1 ? "{'id':2,'name':'Doug','age':5,'nick':'Codster'}"
                               : "{'id':3,'name':'Doug','age':5,'nick':'Codster'}");
    }
}

static bool sets_in_all_rows(kith_session *s, kith_hook_call *call)
{
    (void)s;
    assert_int_equal(kith_hook_count(call), 2);
    for (size_t i = 0; kith_hook_row(call, i); i++)
        if (!kith_hook_set(call, "age", KITH_V((int)i + 10)))
            return false;
    return true;
}

static kith_list *two_pugs(kith_session *s)
{
    return kith_create_many(s, &pug_model,
                            (const kith_field *const[]){ KITH_FIELDS(KITH_F("name", "Cody")),
                                                         KITH_FIELDS(KITH_F("name", "Doug"), KITH_F("age", 1)) },
                            2);
}

static void test_shared_hooks__set_in_bulk(void **state)
{
    kith_session *s = start_pugs(state);
    hear_on(KITH_BEFORE_BULK_CREATE, sets_in_all_rows);
    kith_list *pugs = must(s, two_pugs(s));
    assert_int_equal(kith_int(pugs->at[1], "age"), 11);
    expect_stored(&pug_model, name_and_age, "[{'name':'Cody','age':10},{'name':'Doug','age':11}]");
}

/* What a hook sets is validated, wherever it sets it. */
static void test_shared_hooks__set_is_validated(void **state)
{
    static const kith_event events[] = { KITH_BEFORE_VALIDATE, KITH_AFTER_VALIDATE, KITH_BEFORE_CREATE };
    kith_session *s = start_pugs(state);
    for (size_t i = 0; i < 3; i++) {
        hear_on(events[i], sets_wrong_age);
        assert_null(new_pug(s, "Cody", 3));
        expect_error(s, KITH_E_VALIDATION, "pug", "age", "");
    }
    hear_on(KITH_BEFORE_BULK_CREATE, sets_wrong_age);
    assert_null(two_pugs(s));
    expect_error(s, KITH_E_VALIDATION, "pug", "age", "row 1 of 2");
    forget_heard();
    kith_record *pug = must(s, new_pug(s, "Cody", 3));
    hear_on(KITH_BEFORE_UPDATE, sets_wrong_age);
    assert_false(kith_update(s, pug, KITH_FIELDS(KITH_F("name", "Doug"))));
    expect_error(s, KITH_E_VALIDATION, "pug", "age", "");
    assert_string_equal(kith_text(pug, "name"), "Cody");
    expect_stored(&pug_model, name_and_age, "[{'name':'Cody','age':3}]");
}

static bool sets_missing_name(kith_session *s, kith_hook_call *call)
{
    (void)s;
    assert_int_equal(kith_hook_value(call, "name").kind, KITH_ABSENT);
    return kith_hook_set(call, "name", KITH_V("nobody"));
}

/* A hook before validation can supply what would be missing. */
static void test_shared_hooks__supply_what_is_missing(void **state)
{
    kith_session *s = start_pugs(state);
    hear_on(KITH_BEFORE_VALIDATE, sets_missing_name);
    kith_record *pug = must(s, kith_create(s, &pug_model, NULL));
    assert_string_equal(kith_text(pug, "name"), "nobody");
}

static bool sets_unknown(kith_session *s, kith_hook_call *call)
{
    (void)s;
    kith_hook_set(call, "agee", KITH_V(1));
    return true;
}

static bool sets_wrong_type(kith_session *s, kith_hook_call *call)
{
    (void)s;
    kith_hook_set(call, "age", KITH_V("old"));
    return true;
}

static bool sets_expression(kith_session *s, kith_hook_call *call)
{
    (void)s;
    return kith_hook_set(call, "age", KITH_V(KITH_SQL("1 + ?", KITH_V(1))));
}

static bool sets_nothing(kith_session *s, kith_hook_call *call)
{
    (void)s;
    return kith_hook_set(call, "age", (kith_value){ 0 });
}

static bool sets_too_late(kith_session *s, kith_hook_call *call)
{
    (void)s;
    return kith_hook_set(call, "age", KITH_V(1));
}

/* S51, S53: a mistake in a hook fails the call and says what was wrong, even if the hook returns true */
static void test_shared_hooks__wrong_sets(void **state)
{
    static const struct {
        kith_event on;
        hook_act *act;
        kith_status status;
        const char *attribute, *part;
    } cases[] = {
        { KITH_BEFORE_CREATE, sets_unknown, KITH_E_USAGE, "agee", "age" },
        { KITH_BEFORE_CREATE, sets_wrong_type, KITH_E_USAGE, "age", "INTEGER" },
        { KITH_BEFORE_CREATE, sets_expression, KITH_E_USAGE, "age", "expression" },
        { KITH_BEFORE_CREATE, sets_nothing, KITH_E_USAGE, "age", "no value" },
        { KITH_AFTER_CREATE, sets_too_late, KITH_E_USAGE, "age", "before" },
    };
    kith_session *s = start_pugs(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        hear_on(cases[i].on, cases[i].act);
        assert_null(new_pug(s, "Cody", 3));
        expect_error(s, cases[i].status, "pug", cases[i].attribute, cases[i].part);
    }
    expect_stored(&pug_model, name_only, "[]");
}

static bool looks_around(kith_session *s, kith_hook_call *call)
{
    (void)s;
    assert_ptr_equal(kith_hook_model(call), &pug_model);
    assert_int_equal(kith_hook_count(call), 1);
    assert_false(kith_hook_row(call, 1));
    assert_true(kith_hook_row(call, 0));
    assert_true(kith_hook_changes(call, "age"));
    assert_false(kith_hook_changes(call, "nick"));
    assert_false(kith_hook_changes(call, "name")); /* given, but the same */
    assert_int_equal(kith_hook_value(call, "age").as.integer, 4);
    assert_int_equal(kith_hook_old(call, "age").as.integer, 3);
    assert_string_equal(kith_hook_value(call, "name").as.str, "Cody");
    assert_int_equal(kith_int(kith_hook_record(call), "age"), kith_hook_event(call) == KITH_AFTER_UPDATE ? 4 : 3);
    return true;
}

/* The hook knows what changes, and from what. */
static void test_shared_hooks__old_and_new(void **state)
{
    kith_session *s = start_pugs(state);
    kith_record *pug = must(s, new_pug(s, "Cody", 3));
    hear_on(KITH_BEFORE_UPDATE, looks_around);
    must(s, kith_update(s, pug, KITH_FIELDS(KITH_F("name", "Cody"), KITH_F("age", 4))));
    forget_heard();
    must(s, kith_update(s, pug, KITH_FIELDS(KITH_F("age", 3))));
    hear_on(KITH_AFTER_UPDATE, looks_around);
    must(s, kith_update(s, pug, KITH_FIELDS(KITH_F("name", "Cody"), KITH_F("age", 4))));
    assert_int_equal(hearing.acted, 1);
}

/* ---- refusing ------------------------------------------------------------------------------------------------------- */

static bool refuses_age(kith_session *s, kith_hook_call *call)
{
    (void)s;
    return kith_hook_refuse(call, "age", "is too young");
}

static bool refuses_silently(kith_session *s, kith_hook_call *call)
{
    (void)s;
    (void)call;
    return false;
}

/* S51: a hook that refuses is quoted, with model and attribute; one that gives no reason is named */
static void test_shared_hooks__refuse(void **state)
{
    kith_session *s = start_pugs(state);
    hear_on(KITH_BEFORE_CREATE, refuses_age);
    assert_null(new_pug(s, "Cody", 3));
    expect_error(s, KITH_E_VALIDATION, "pug", "age", "pug.age: is too young");
    hear_on(KITH_AFTER_CREATE, refuses_silently);
    assert_null(new_pug(s, "Cody", 3));
    expect_error(s, KITH_E_VALIDATION, "pug", NULL, "after_create");
    hear_on(KITH_AFTER_BULK_CREATE, refuses_age);
    assert_null(two_pugs(s));
    expect_error(s, KITH_E_VALIDATION, "pug", "age", "row 1 of 2: pug.age: is too young");
    expect_stored(&pug_model, name_only, "[]");
}

static bool creates(kith_session *s, kith_record *pug)
{
    (void)pug;
    return new_pug(s, "Doug", 1) != NULL;
}

static bool creates_many(kith_session *s, kith_record *pug)
{
    (void)pug;
    return two_pugs(s) != NULL;
}

static bool updates(kith_session *s, kith_record *pug)
{
    return kith_update(s, pug, KITH_FIELDS(KITH_F("name", "Doug")));
}

static bool destroys(kith_session *s, kith_record *pug)
{
    return kith_destroy(s, pug);
}

/* P27: whichever hook refuses, the rows are as before, and the session goes on */
static void test_shared_hooks__refused_leaves_nothing(void **state)
{
    static const struct {
        bool (*verb)(kith_session *s, kith_record *pug);
        kith_event events[7]; /* ends with 0 */
    } cases[] = {
        { creates, { KITH_BEFORE_VALIDATE, KITH_AFTER_VALIDATE, KITH_BEFORE_CREATE, KITH_AFTER_CREATE } },
        { creates_many,
          { KITH_BEFORE_VALIDATE, KITH_AFTER_VALIDATE, KITH_BEFORE_CREATE, KITH_AFTER_CREATE, KITH_BEFORE_BULK_CREATE,
            KITH_AFTER_BULK_CREATE } },
        { updates, { KITH_BEFORE_VALIDATE, KITH_AFTER_VALIDATE, KITH_BEFORE_UPDATE, KITH_AFTER_UPDATE } },
        { destroys, { KITH_BEFORE_DESTROY, KITH_AFTER_DESTROY } },
    };
    kith_session *s = start_pugs(state);
    kith_record *pug = must(s, new_pug(s, "Cody", 3));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (const kith_event *event = cases[i].events; *event; event++) {
            hear_on(*event, act_refuses);
            assert_false(cases[i].verb(s, pug));
            assert_int_equal(hearing.acted, 1);
            expect_error(s, KITH_E_VALIDATION, "pug", NULL, "not today");
            expect_stored(&pug_model, name_and_age, "[{'name':'Cody','age':3}]");
        }
    forget_heard();
    must(s, destroys(s, pug));
}

static void test_shared_hooks__refused_update_leaves_the_record(void **state)
{
    static const kith_event events[] = { KITH_BEFORE_VALIDATE, KITH_AFTER_VALIDATE, KITH_BEFORE_UPDATE,
                                         KITH_AFTER_UPDATE };
    kith_session *s = start_pugs(state);
    kith_record *pug = must(s, new_pug(s, "Cody", 3));
    for (size_t i = 0; i < 4; i++) {
        hear_on(events[i], act_refuses);
        assert_false(kith_update(s, pug, KITH_FIELDS(KITH_F("name", "Doug"))));
        expect_error(s, KITH_E_VALIDATION, "pug", NULL, "pug: not today");
        assert_string_equal(kith_text(pug, "name"), "Cody");
        expect_stored(&pug_model, name_and_age, "[{'name':'Cody','age':3}]");
    }
    hear_on(KITH_AFTER_DESTROY, act_refuses);
    assert_false(kith_destroy(s, pug));
    expect_error(s, KITH_E_VALIDATION, "pug", NULL, "pug: not today");
    expect_stored(&pug_model, name_and_age, "[{'name':'Cody','age':3}]");
    kith_record *ball = must(s, kith_create(s, &toy_model, KITH_FIELDS(KITH_F("name", "ball"))));
    assert_false(kith_destroy(s, ball));
    expect_error(s, KITH_E_VALIDATION, "toy", NULL, "toy: not today");
    assert_int_equal(kith_value_of(ball, "deletedAt").kind, KITH_NULL);
}

/* In a transaction of the program, it is failed until it is rolled back. */
static void test_shared_hooks__refused_in_a_transaction(void **state)
{
    kith_session *s = start_pugs(state);
    must(s, kith_begin(s));
    must(s, new_pug(s, "Cody", 3));
    hear_on(KITH_AFTER_CREATE, act_refuses);
    assert_null(new_pug(s, "Doug", 3));
    forget_heard();
    assert_null(new_pug(s, "Eric", 3));
    assert_false(kith_commit(s));
    expect_error(s, KITH_E_VALIDATION, "pug", NULL, "not today");
    expect_stored(&pug_model, name_only, "[]");
    must(s, kith_begin(s));
    must(s, kith_begin(s));
    hear_on(KITH_BEFORE_CREATE, act_refuses);
    assert_null(new_pug(s, "Doug", 3));
    assert_true(kith_rollback(s));
    kith_clear(s);
    forget_heard();
    must(s, new_pug(s, "Eric", 3));
    must(s, kith_commit(s));
    expect_stored(&pug_model, name_only, "[{'name':'Eric'}]");
}

/* ---- hooks that use the session --------------------------------------------------------------------------------------- */

static bool gives_toy(kith_session *s, kith_hook_call *call)
{
    return kith_create_related(s, kith_hook_record(call), "toys", KITH_FIELDS(KITH_F("name", "ball")), NULL) != NULL;
}

/* P27: what a hook writes stands or falls with the call */
static void test_shared_hooks__write_too(void **state)
{
    kith_session *s = start_pugs(state);
    hear_on(KITH_AFTER_CREATE, gives_toy);
    must(s, new_pug(s, "Cody", 3));
    expect_stored(&toy_model, name_only, "[{'name':'ball'}]");
    must(s, kith_begin(s));
    must(s, new_pug(s, "Doug", 3));
    must(s, kith_rollback(s));
    expect_stored(&toy_model, name_only, "[{'name':'ball'}]");
}

static bool gives_toy_and_refuses(kith_session *s, kith_hook_call *call)
{
    must(s, gives_toy(s, call));
    return kith_hook_refuse(call, NULL, "no");
}

static void test_shared_hooks__write_and_refuse(void **state)
{
    kith_session *s = start_pugs(state);
    hear_on(KITH_AFTER_CREATE, gives_toy_and_refuses);
    assert_null(new_pug(s, "Cody", 3));
    expect_error(s, KITH_E_VALIDATION, "pug", NULL, "no");
    expect_stored(&toy_model, name_only, "[]");
    expect_stored(&pug_model, name_only, "[]");
}

static bool fails_and_says_true(kith_session *s, kith_hook_call *call)
{
    (void)call;
    kith_create(s, &toy_model, KITH_FIELDS(KITH_F("nmae", "ball")));
    return true;
}

static bool fails_and_clears(kith_session *s, kith_hook_call *call)
{
    fails_and_says_true(s, call);
    kith_clear(s);
    return true;
}

static bool fails_and_rolls_back(kith_session *s, kith_hook_call *call)
{
    kith_begin(s);
    fails_and_says_true(s, call);
    assert_true(kith_rollback(s));
    kith_clear(s);
    return true;
}

/* A failure that a hook meets is the call's, unless the hook undid it in a savepoint of its own. */
static void test_shared_hooks__failing_calls(void **state)
{
    kith_session *s = start_pugs(state);
    hear_on(KITH_BEFORE_CREATE, fails_and_says_true);
    assert_null(new_pug(s, "Cody", 3));
    expect_error(s, KITH_E_USAGE, "toy", "nmae", "name");
    hear_on(KITH_BEFORE_CREATE, fails_and_clears);
    assert_null(new_pug(s, "Cody", 3));
    expect_error(s, KITH_E_USAGE, "pug", NULL, "before_create");
    hear_on(KITH_BEFORE_CREATE, fails_and_rolls_back);
    must(s, new_pug(s, "Cody", 3));
    expect_no_error(s);
    expect_stored(&pug_model, name_only, "[{'name':'Cody'}]");
}

static bool commits(kith_session *s, kith_hook_call *call)
{
    (void)call;
    return kith_commit(s);
}

static bool rolls_back(kith_session *s, kith_hook_call *call)
{
    (void)call;
    kith_rollback(s);
    return true;
}

static bool leaves_open(kith_session *s, kith_hook_call *call)
{
    (void)call;
    return kith_begin(s);
}

static bool releases_all(kith_session *s, kith_hook_call *call)
{
    (void)call;
    kith_session_release_all(s);
    return true;
}

static bool closes(kith_session *s, kith_hook_call *call)
{
    (void)call;
    kith_session_close(s);
    return true;
}

/* A hook cannot end the transaction of its call, nor the session. */
static void test_shared_hooks__may_not_end_the_call(void **state)
{
    static const struct {
        hook_act *act;
        const char *part;
    } cases[] = { { commits, "kith_commit" },
                  { rolls_back, "kith_rollback" },
                  { leaves_open, "open" },
                  { releases_all, "kith_session_release_all" },
                  { closes, "kith_session_close" } };
    kith_session *s = start_pugs(state);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int in_transaction = 0; in_transaction < 2; in_transaction++) {
            if (in_transaction)
                must(s, kith_begin(s));
            hear_on(KITH_AFTER_CREATE, cases[i].act);
            assert_null(new_pug(s, "Cody", 3));
            assert_int_equal(hearing.acted, 1);
            if (in_transaction)
                assert_true(kith_rollback(s));
            expect_error(s, KITH_E_USAGE, "pug", NULL, cases[i].part);
        }
    }
    expect_stored(&pug_model, name_only, "[]");
}

static bool has_a_puppy(kith_session *s, kith_hook_call *call)
{
    int64_t age = kith_hook_value(call, "age").as.integer;
    return age == 0 || new_pug(s, "pup", (int)age - 1) != NULL;
}

static bool has_puppies_for_ever(kith_session *s, kith_hook_call *call)
{
    (void)call;
    return new_pug(s, "pup", 1) != NULL;
}

/* Hooks run inside hooks, but not for ever. */
static void test_shared_hooks__nested(void **state)
{
    kith_session *s = start_pugs(state);
    hear_on(KITH_AFTER_CREATE, has_a_puppy);
    must(s, new_pug(s, "Cody", 2));
    expect_stored(&pug_model, name_and_age, "[{'name':'Cody','age':2},{'name':'pup','age':0},{'name':'pup','age':1}]");
    hear_on(KITH_AFTER_CREATE, has_puppies_for_ever);
    assert_null(new_pug(s, "Doug", 1));
    expect_error(s, KITH_E_USAGE, "pug", NULL, "16");
    assert_int_equal(hearing.acted, 16);
    hear_on(KITH_AFTER_CREATE, has_a_puppy);
    must(s, new_pug(s, "Doug", 0));
    expect_number(s, kith_count(s, &pug_model, NULL), 4);
}

static bool grows_older(kith_session *s, kith_hook_call *call)
{
    hearing.act = NULL;
    return kith_update(s, kith_hook_record(call), KITH_FIELDS(KITH_F("age", 9)));
}

static bool grows_older_and_refuses(kith_session *s, kith_hook_call *call)
{
    must(s, grows_older(s, call));
    return kith_hook_refuse(call, NULL, "no");
}

/* The record of the call can be changed in its own hook. */
static void test_shared_hooks__change_the_record(void **state)
{
    static const kith_event events[] = { KITH_BEFORE_UPDATE, KITH_AFTER_UPDATE };
    kith_session *s = start_pugs(state);
    kith_record *pug = must(s, new_pug(s, "Cody", 3));
    for (size_t i = 0; i < 2; i++) {
        hear_on(events[i], grows_older_and_refuses);
        assert_false(kith_update(s, pug, KITH_FIELDS(KITH_F("name", "Doug"))));
        expect_error(s, KITH_E_VALIDATION, "pug", NULL, "no");
        assert_int_equal(kith_int(pug, "age"), 3);
        assert_string_equal(kith_text(pug, "name"), "Cody");
    }
    for (size_t i = 0; i < 2; i++) {
        hear_on(events[i], grows_older);
        must(s, kith_update(s, pug, KITH_FIELDS(KITH_F("name", "Doug"))));
        assert_int_equal(kith_int(pug, "age"), 9);
        expect_stored(&pug_model, name_and_age, "[{'name':'Doug','age':9}]");
        forget_heard();
        must(s, kith_update(s, pug, KITH_FIELDS(KITH_F("name", "Cody"), KITH_F("age", 3))));
    }
    hear_on(KITH_AFTER_CREATE, grows_older);
    assert_int_equal(kith_int(must(s, new_pug(s, "Eric", 1)), "age"), 9);
}

static bool sees_no_failure(kith_session *s, kith_hook_call *call)
{
    (void)call;
    return kith_error_of(s) == NULL && kith_count(s, &pug_model, NULL) == 0;
}

/* A failure that stands from before is none of the hook's, and still stands afterwards. */
static void test_shared_hooks__with_a_failure_from_before(void **state)
{
    kith_session *s = start_pugs(state);
    assert_null(kith_find(s, &pug_model, &(kith_query){ .limit = 1, .order = KITH_ORDER({ "nmae" }) }));
    hear_on(KITH_BEFORE_CREATE, sees_no_failure);
    assert_non_null(new_pug(s, "Cody", 3));
    expect_error(s, KITH_E_USAGE, "pug", NULL, "nmae");
}

/* ---- definitions ------------------------------------------------------------------------------------------------------ */

static const kith_model unknown_event = {
    .name = "pug",
    .hooks = KITH_HOOKS({ .event = KITH_EVENT_COUNT_, .run = hear }),
};
static const kith_model no_event = { .name = "pug", .hooks = KITH_HOOKS({ .run = hear }) };
static const kith_model no_function = {
    .name = "pug",
    .hooks = KITH_HOOKS(HEARS(KITH_AFTER_CREATE, NULL), { .event = KITH_BEFORE_CREATE }),
};
static const kith_model not_through = {
    .name = "owner",
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &toy_model, .as = "things",
                            .through_hooks = KITH_HOOKS(HEARS(KITH_AFTER_CREATE, NULL)) }),
};

/* S51: hooks that cannot run are refused when the database is opened */
static void test_shared_hooks__mistakes(void **state)
{
    (void)state;
    expect_mistake(KITH_MODELS(&unknown_event), "pug", NULL, "event");
    expect_mistake(KITH_MODELS(&no_event), "pug", NULL, "number 1 has the event 0");
    expect_mistake(KITH_MODELS(&no_function), "pug", NULL, "number 2 has no function");
    expect_mistake(KITH_MODELS(&not_through, &toy_model, &pug_model), "owner", "things", "through_hooks");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_hooks__one_row),
        SHARED_TEST(test_shared_hooks__many_rows),
        SHARED_TEST(test_shared_hooks__insert_many),
        SHARED_TEST(test_shared_hooks__insert_many_values),
        SHARED_TEST(test_shared_hooks__saved),
        SHARED_TEST(test_shared_hooks__paranoid),
        SHARED_TEST(test_shared_hooks__wrong_calls_run_none),
        SHARED_TEST(test_shared_hooks__of_a_database),
        SHARED_TEST(test_shared_hooks__set),
        SHARED_TEST(test_shared_hooks__set_in_bulk),
        SHARED_TEST(test_shared_hooks__set_is_validated),
        SHARED_TEST(test_shared_hooks__supply_what_is_missing),
        SHARED_TEST(test_shared_hooks__wrong_sets),
        SHARED_TEST(test_shared_hooks__old_and_new),
        SHARED_TEST(test_shared_hooks__refuse),
        SHARED_TEST(test_shared_hooks__refused_leaves_nothing),
        SHARED_TEST(test_shared_hooks__refused_update_leaves_the_record),
        SHARED_TEST(test_shared_hooks__refused_in_a_transaction),
        SHARED_TEST(test_shared_hooks__write_too),
        SHARED_TEST(test_shared_hooks__write_and_refuse),
        SHARED_TEST(test_shared_hooks__failing_calls),
        SHARED_TEST(test_shared_hooks__may_not_end_the_call),
        SHARED_TEST(test_shared_hooks__nested),
        SHARED_TEST(test_shared_hooks__change_the_record),
        SHARED_TEST(test_shared_hooks__with_a_failure_from_before),
        SHARED_TEST(test_shared_hooks__mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
