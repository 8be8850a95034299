/* Structs inside structs: what was included as arrays and behind pointers, join rows beside their targets, to any depth
 * (P7, P28; S32, S62). */
#include <pthread.h>
#include <string.h>

#include "harness/shared.h"

/* ---- people and projects -------------------------------------------------------------------------------------------- */

typedef struct company {
    int64_t id;
    const char *name;
} company;
typedef struct task {
    int64_t id;
    const char *text;
} task;
typedef struct membership {
    const char *role;
    int64_t hours;
    kith_value since;
} membership;
typedef struct project {
    int64_t id;
    const char *title;
    KITH_ARRAY_OF(task) tasks;
    const company *client;
    struct user *leader;
} project;
typedef struct user {
    int64_t id;
    const char *name;
    kith_value born;
    KITH_ARRAY(project, membership) projects;
    KITH_ARRAY_OF(project) led;
    company *employer;
    task *duty;
    KITH_ARRAY_OF(project) urgent;
    int64_t project_count;
    double mean;
} user;

extern const kith_model user_model, task_model;

static const kith_model company_model = {
    .name = "company",
    .no_timestamps = true,
    .struct_size = sizeof(company),
    .attrs = KITH_ATTRS(KITH_ATTR(company, id, .type = KITH_BIGINT, .primary_key = true, .auto_increment = true),
                        KITH_ATTR(company, name, .type = KITH_STRING(20))),
};
static const kith_model membership_model = {
    .name = "membership",
    .no_timestamps = true,
    .struct_size = sizeof(membership),
    .attrs = KITH_ATTRS(KITH_ATTR(membership, role, .type = KITH_STRING(20)),
                        KITH_ATTR(membership, hours, .type = KITH_BIGINT),
                        KITH_ATTR(membership, since, .type = KITH_DATEONLY)),
};
static const kith_model project_model = {
    .name = "project",
    .no_timestamps = true,
    .struct_size = sizeof(project),
    .attrs = KITH_ATTRS(KITH_ATTR(project, id, .type = KITH_BIGINT, .primary_key = true, .auto_increment = true),
                        KITH_ATTR(project, title, .type = KITH_STRING(20))),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &task_model, .into = KITH_INTO(project, tasks, task) },
                          { KITH_BELONGS_TO, .as = "client", .target = &company_model,
                            .into = KITH_INTO_ONE(project, client, company) },
                          { KITH_BELONGS_TO_MANY, .target = &user_model, .through_model = &membership_model },
                          { KITH_BELONGS_TO, .as = "leader", .target = &user_model }),
};
const kith_model task_model = {
    .name = "task",
    .no_timestamps = true,
    .struct_size = sizeof(task),
    .attrs = KITH_ATTRS(KITH_ATTR(task, id, .type = KITH_BIGINT, .primary_key = true, .auto_increment = true),
                        KITH_ATTR(task, text, .type = KITH_STRING(20))),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &project_model },
                          { KITH_BELONGS_TO, .as = "doer", .target = &user_model }),
};
const kith_model user_model = {
    .name = "user",
    .no_timestamps = true,
    .struct_size = sizeof(user),
    .attrs = KITH_ATTRS(KITH_ATTR(user, id, .type = KITH_BIGINT, .primary_key = true, .auto_increment = true),
                        KITH_ATTR(user, name, .type = KITH_STRING(20)), KITH_ATTR(user, born, .type = KITH_DATEONLY)),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &project_model, .through_model = &membership_model,
                            .into = KITH_INTO(user, projects, project, membership) },
                          { KITH_HAS_MANY, .as = "led", .target = &project_model, .foreign_key = "leaderId",
                            .into = KITH_INTO(user, led, project) },
                          { KITH_BELONGS_TO, .as = "employer", .target = &company_model,
                            .into = KITH_INTO_ONE(user, employer, company) },
                          { KITH_HAS_ONE, .as = "duty", .target = &task_model, .foreign_key = "doerId",
                            .into = KITH_INTO_ONE(user, duty, task) }),
};
#define MODELS KITH_MODELS(&company_model, &membership_model, &project_model, &task_model, &user_model)

static kith_record *create(kith_session *s, const kith_model *m, const kith_field *fields)
{
    return must(s, kith_create(s, m, fields));
}

static void join(kith_session *s, int who, int what, const char *role, int hours)
{
    create(s, &membership_model,
           KITH_FIELDS(KITH_F("userId", who), KITH_F("projectId", what), KITH_F("role", role), KITH_F("hours", hours)));
}

/* 1 Ann of Acme: maps (lead, 5), roads (help, 2); she leads maps and does sweep. 2 Bob of Acme: roads (lead, 7).
 * 3 Cid of nothing: nothing. maps is for Busco and has draw, print; roads is for nobody and has sweep. */
static kith_session *start_users(void **state)
{
    kith_session *s = start(state, MODELS);
    create(s, &company_model, KITH_FIELDS(KITH_F("name", "Acme")));
    create(s, &company_model, KITH_FIELDS(KITH_F("name", "Busco")));
    create(s, &user_model, KITH_FIELDS(KITH_F("name", "Ann"), KITH_F("born", "1990-02-03"), KITH_F("employerId", 1)));
    create(s, &user_model, KITH_FIELDS(KITH_F("name", "Bob"), KITH_F("employerId", 1)));
    create(s, &user_model, KITH_FIELDS(KITH_F("name", "Cid")));
    create(s, &project_model, KITH_FIELDS(KITH_F("title", "maps"), KITH_F("clientId", 2), KITH_F("leaderId", 1)));
    create(s, &project_model, KITH_FIELDS(KITH_F("title", "roads")));
    join(s, 1, 1, "lead", 5);
    join(s, 1, 2, "help", 2);
    join(s, 2, 2, "lead", 7);
    create(s, &task_model, KITH_FIELDS(KITH_F("text", "draw"), KITH_F("projectId", 1)));
    create(s, &task_model, KITH_FIELDS(KITH_F("text", "print"), KITH_F("projectId", 1)));
    create(s, &task_model, KITH_FIELDS(KITH_F("text", "sweep"), KITH_F("projectId", 2), KITH_F("doerId", 1)));
    kith_session_release_all(s);
    return s;
}

#define BY_ID KITH_ORDER({ "id" })
static kith_list *find_users(kith_session *s, const kith_include *include)
{
    return must(s, kith_find(s, &user_model, &(kith_query){ .include = include, .order = BY_ID }));
}

static user *all_users(kith_session *s, const kith_include *include)
{
    user *users = KITH_STRUCTS(user, s, find_users(s, include));
    expect_no_error(s);
    assert_non_null(users);
    return users;
}

/* Nothing but the row. */
static void expect_bare(const user *u)
{
    assert_int_equal(u->projects.count, 0);
    assert_null(u->projects.at);
    assert_null(u->projects.links);
    assert_int_equal(u->led.count, 0);
    assert_null(u->led.at);
    assert_null(u->employer);
    assert_null(u->duty);
    assert_int_equal(u->urgent.count, 0);
}

/* S62, P28: the targets and, beside each, its join row */
static void test_shared_nested_structs__targets_and_join_rows(void **state)
{
    kith_session *s = start_users(state);
    const user *users = all_users(s, KITH_INCLUDE({ .as = "projects", .order = BY_ID }));
    assert_int_equal(users[0].projects.count, 2);
    expect_text(users[0].name, "Ann");
    expect_text(users[0].projects.at[0].title, "maps");
    expect_text(users[0].projects.links[0].role, "lead");
    assert_int_equal(users[0].projects.links[0].hours, 5);
    assert_int_equal(users[0].projects.links[0].since.kind, KITH_NULL);
    expect_text(users[0].projects.at[1].title, "roads");
    expect_text(users[0].projects.links[1].role, "help");
    assert_int_equal(users[1].projects.count, 1);
    assert_int_equal(users[1].projects.at[0].id, 2);
    assert_int_equal(users[1].projects.links[0].hours, 7);
    expect_bare(&users[2]);
}

/* P28: the join rows that the query does not want are not there, and what it left out of them is zero */
static void test_shared_nested_structs__parts_of_join_rows(void **state)
{
    kith_session *s = start_users(state);
    const user *users =
        all_users(s, KITH_INCLUDE({ .as = "projects", .order = BY_ID, .through = { .attributes = KITH_NO_NAMES } }));
    assert_int_equal(users[0].projects.count, 2);
    expect_text(users[0].projects.at[1].title, "roads");
    assert_null(users[0].projects.links);
    users = all_users(s, KITH_INCLUDE(
                             { .as = "projects", .order = BY_ID, .through = { .attributes = KITH_NAMES("hours") } }));
    assert_int_equal(users[0].projects.links[1].hours, 2);
    assert_null(users[0].projects.links[1].role);
    assert_int_equal(users[0].projects.links[1].since.kind, KITH_ABSENT);
}

/* S32: one target is behind a pointer, and none is NULL, for each strategy */
static void test_shared_nested_structs__pointers(void **state)
{
    kith_session *s = start_users(state);
    for (int strategy = KITH_STRATEGY_AUTO; strategy <= KITH_SEPARATE; strategy++) {
        kith_strategy how = (kith_strategy)strategy;
        const user *users = all_users(s, KITH_INCLUDE({ .as = "employer", .strategy = how },
                                                      { .as = "duty", .strategy = how }, { .as = "led" }));
        expect_text(users[0].employer->name, "Acme");
        expect_text(users[0].duty->text, "sweep");
        assert_int_equal(users[0].led.count, 1);
        expect_text(users[0].led.at[0].title, "maps");
        expect_text(users[1].employer->name, "Acme");
        assert_int_equal(users[1].employer->id, 1);
        assert_null(users[1].duty);
        expect_bare(&users[2]);
    }
}

/* P7: to any depth; a target of several sources is in the array of each */
static void test_shared_nested_structs__deeper(void **state)
{
    kith_session *s = start_users(state);
    user *users = all_users(s, KITH_INCLUDE(
                                   { .as = "projects",
                                     .order = BY_ID,
                                     .include = KITH_INCLUDE({ .as = "tasks", .order = BY_ID }, { .as = "client" }) }));
    assert_int_equal(users[0].projects.at[0].tasks.count, 2);
    expect_text(users[0].projects.at[0].tasks.at[0].text, "draw");
    expect_text(users[0].projects.at[0].tasks.at[1].text, "print");
    expect_text(users[0].projects.at[0].client->name, "Busco");
    assert_null(users[0].projects.at[1].client);
    assert_int_equal(users[1].projects.at[0].tasks.count, 1);
    expect_text(users[1].projects.at[0].tasks.at[0].text, "sweep");
    assert_ptr_not_equal(&users[0].projects.at[1], &users[1].projects.at[0]);
    users[0].projects.at[1].title = "mine";
    expect_text(users[1].projects.at[0].title, "roads");
}

/* S62: a kith_value holds any attribute, and tells null from what was not loaded */
static void test_shared_nested_structs__values(void **state)
{
    kith_session *s = start_users(state);
    const user *users = all_users(s, NULL);
    assert_int_equal(users[0].born.kind, KITH_STR);
    expect_text(users[0].born.as.str, "1990-02-03");
    assert_int_equal(users[1].born.kind, KITH_NULL);
    users = KITH_STRUCTS(user, s,
                         must(s, kith_find(s, &user_model, &(kith_query){ .attributes = KITH_NAMES("name") })));
    assert_int_equal(users[0].born.kind, KITH_ABSENT);
    expect_bare(&users[0]);
}

/* P17: what a query computes, of the model and of what is included */
static void test_shared_nested_structs__computed(void **state)
{
    kith_session *s = start_users(state);
    const kith_computed *computed =
        KITH_COMPUTED({ "projectCount", KITH_COUNT, "projects", .member = KITH_MEMBER(user, project_count) },
                      { "mean", KITH_AVG, "projects.membership.hours", .member = KITH_MEMBER(user, mean) });
    const kith_query q = { .computed = computed, .order = BY_ID };
    const user *users = KITH_STRUCTS(user, s, must(s, kith_find(s, &user_model, &q)));
    assert_int_equal(users[0].project_count, 2);
    assert_true(users[0].mean == 3.5);
    assert_int_equal(users[1].project_count, 1);
    assert_true(users[2].project_count == 0 && users[2].mean == 0);
    expect_text(users[2].name, "Cid");
    const kith_query below = {
        .include = KITH_INCLUDE(
            { .as = "leader",
              .computed = KITH_COMPUTED({ "n", KITH_COUNT, "projects", .member = KITH_MEMBER(user, project_count) }),
              .into = KITH_INTO_ONE(project, leader, struct user) }),
        .order = BY_ID
    };
    const project *projects = KITH_STRUCTS(project, s, must(s, kith_find(s, &project_model, &below)));
    assert_int_equal(projects[0].leader->project_count, 2);
    assert_null(projects[1].leader);
    expect_no_error(s);
}

static void expect_not_computed(kith_session *s, const kith_computed *computed, const char *part)
{
    forget_statements();
    assert_null(kith_find(s, &user_model, &(kith_query){ .computed = computed }));
    expect_error(s, KITH_E_USAGE, "user", "n", part);
    expect_statements(0);
}

/* P38, S51: and what does not fit */
static void test_shared_nested_structs__computed_that_does_not_fit(void **state)
{
    kith_session *s = start_users(state);
    expect_not_computed(
        s, KITH_COMPUTED({ "n", KITH_COUNT, "projects", .member = KITH_MEMBER(user, mean) }),
        "the computed attribute 'n' of user, .member: BIGINT cannot be kept in a struct member of that");
    expect_not_computed(s, KITH_COMPUTED({ "n", KITH_COUNT, "projects", .member = KITH_MEMBER(user, id) }),
                        "id is kept there");
    expect_not_computed(s,
                        KITH_COMPUTED({ "m", KITH_COUNT, "led", .member = KITH_MEMBER(user, project_count) },
                                      { "n", KITH_COUNT, "projects", .member = KITH_MEMBER(user, project_count) }),
                        "m is kept there");
    expect_not_computed(s,
                        KITH_COMPUTED(
                            { "n", KITH_COUNT, "led", .member = { KITH_C_INT64, offsetof(user, employer) + 1 } }),
                        "employer is kept there");
    expect_not_computed(s, KITH_COMPUTED({ "n", KITH_COUNT, "led", .member = { KITH_C_INT64, sizeof(user) + 1 } }),
                        "lies outside the model's struct");
}

/* S32: the same of one record, and of none */
static void test_shared_nested_structs__one_record(void **state)
{
    kith_session *s = start_users(state);
    const kith_query bob = { .where = KITH_EQ("name", "Bob"), .include = KITH_INCLUDE({ .as = "projects" }) };
    const kith_query nobody = { .where = KITH_EQ("name", "Dan") };
    const user *u = KITH_STRUCT(user, s, kith_find_one(s, &user_model, &bob));
    expect_text(u->name, "Bob");
    expect_text(u->projects.at[0].title, "roads");
    expect_text(u->projects.links[0].role, "lead");
    assert_null(KITH_STRUCT(user, s, kith_find_one(s, &user_model, &nobody)));
    expect_no_error(s);
    assert_null(KITH_STRUCT(project, s, kith_find_one(s, &user_model, &bob)));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "user is tied to a struct of");
}

/* S62, P28: the join rows of a list by themselves */
static void test_shared_nested_structs__join_rows_alone(void **state)
{
    kith_session *s = start_users(state);
    kith_record *ann = must(s, kith_find_by_key(s, &user_model, KITH_V(1)));
    kith_list *list = must(s, kith_get(s, ann, "projects", &(kith_query){ .order = BY_ID }));
    const project *projects = KITH_STRUCTS(project, s, list);
    const membership *links = KITH_LINK_STRUCTS(membership, s, list);
    expect_text(projects[1].title, "roads");
    expect_text(links[1].role, "help");
    assert_int_equal(links[1].hours, 2);
    expect_no_error(s);
    assert_null(KITH_LINK_STRUCTS(project, s, list));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "membership is tied to a struct of");
    assert_null(KITH_LINK_STRUCTS(membership, s, must(s, kith_get(s, ann, "led", NULL))));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "this list of projects has no join rows");
    assert_null(KITH_LINK_STRUCTS(membership, s, NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "there is no list");
    kith_record *cid = must(s, kith_find_by_key(s, &user_model, KITH_V(3)));
    assert_null(KITH_LINK_STRUCTS(membership, s, must(s, kith_get(s, cid, "projects", NULL))));
    expect_no_error(s);
}

/* S62: part of a result by itself, and the same result twice: each time structs of its own, as the records are then */
static void test_shared_nested_structs__again(void **state)
{
    kith_session *s = start_users(state);
    kith_list *list = find_users(s, KITH_INCLUDE({ .as = "projects", .order = BY_ID }));
    user *first = KITH_STRUCTS(user, s, list);
    first[0].projects.at[0].title = "changed";
    const project *part = KITH_STRUCTS(project, s, kith_many(list->at[0], "projects"));
    expect_text(part[0].title, "maps");
    const user *second = KITH_STRUCTS(user, s, list);
    expect_text(second[0].projects.at[0].title, "maps");
    expect_text(first[0].projects.at[0].title, "changed");
    expect_text(second[1].projects.links[0].role, "lead");
    expect_no_error(s);
}

/* P9: one after the other from a stream, whose options are its own */
static void test_shared_nested_structs__streamed(void **state)
{
    kith_session *s = start_users(state);
    const char *titles[] = { "roads", "roads", NULL };
    kith_include include[] = { { .as = "projects",
                                 .where = KITH_EQ("title", "roads"),
                                 .required = KITH_NO,
                                 .into = KITH_INTO(user, urgent, project) },
                               { 0 } };
    kith_stream *st = kith_stream_open(s, &user_model, &(kith_query){ .include = include, .order = BY_ID },
                                       &(kith_stream_opts){ .batch = 2 });
    memset(include, 0, sizeof include);
    for (size_t i = 0; i < 3; i++) {
        const user *u = KITH_STRUCT(user, s, must(s, kith_stream_next(st)));
        expect_no_error(s);
        assert_int_equal(u->id, i + 1);
        assert_int_equal(u->projects.count, 0);
        assert_int_equal(u->urgent.count, titles[i] ? 1 : 0);
        if (titles[i])
            expect_text(u->urgent.at[0].title, titles[i]);
    }
    assert_null(kith_stream_next(st));
    must(s, kith_stream_close(st));
}

/* P34: what kith_save gives back, too */
static void test_shared_nested_structs__saved(void **state)
{
    kith_session *s = start_users(state);
    kith_record *dan = must(
        s,
        kith_save(s, &user_model,
                  &(kith_node){
                      KITH_FIELDS(KITH_F("name", "Dan")),
                      .edges = KITH_EDGES({ "projects", KITH_EDGE_INSERT,
                                            .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("title", "canals")),
                                                                  .through = KITH_FIELDS(KITH_F("role", "boss")) }) },
                                          { "employer", KITH_EDGE_INSERT,
                                            .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("name", "Dig")) }) }) },
                  NULL));
    const user *u = KITH_STRUCT(user, s, dan);
    expect_no_error(s);
    expect_text(u->employer->name, "Dig");
    assert_int_equal(u->projects.count, 1);
    expect_text(u->projects.at[0].title, "canals");
    expect_text(u->projects.links[0].role, "boss");
}

/* ---- where an include says it goes ---- */

/* P15: an include may name a member of its own; under another name it goes nowhere else */
static void test_shared_nested_structs__into_of_an_include(void **state)
{
    kith_session *s = start_users(state);
    const user *users = all_users(s, KITH_INCLUDE({ .as = "projects",
                                                    .where = KITH_EQ("title", "roads"),
                                                    .required = KITH_NO,
                                                    .into = KITH_INTO(user, urgent, project) }));
    assert_int_equal(users[0].projects.count, 0);
    assert_int_equal(users[0].urgent.count, 1);
    expect_text(users[0].urgent.at[0].title, "roads");
    expect_bare(&users[2]);
}

static void expect_refused(kith_session *s, const kith_include *include, const char *assoc, const char *part)
{
    forget_statements();
    assert_null(kith_find(s, &user_model, &(kith_query){ .include = include }));
    expect_error(s, KITH_E_USAGE, "user", assoc, part);
    expect_statements(0);
}

/* P15: the same association twice */
static void test_shared_nested_structs__two_names(void **state)
{
    kith_session *s = start_users(state);
    const user *users = all_users(
        s,
        KITH_INCLUDE({ .as = "projects", .order = BY_ID },
                     { .as = "projects",
                       .name = "urgent",
                       .where = KITH_EQ("title", "roads"),
                       .required = KITH_NO,
                       .into = KITH_INTO(user, urgent, project) },
                     { .as = "projects", .name = "others", .where = KITH_EQ("title", "maps"), .required = KITH_NO }));
    assert_int_equal(users[0].projects.count, 2);
    assert_int_equal(users[0].urgent.count, 1);
    expect_text(users[0].urgent.at[0].title, "roads");
    assert_int_equal(users[1].projects.count, 1);
    expect_bare(&users[2]);
    expect_refused(s,
                   KITH_INCLUDE({ .as = "projects", .name = "a", .into = KITH_INTO(user, urgent, project) },
                                { .as = "projects", .name = "b", .into = KITH_INTO(user, urgent, project) }),
                   "projects", "b of this query goes there, too");
}

/* P38, S51: what cannot go there is refused before any SQL */
static void test_shared_nested_structs__into_that_does_not_fit(void **state)
{
    kith_session *s = start_users(state);
    expect_refused(s, KITH_INCLUDE({ .as = "projects", .into = KITH_INTO_ONE(user, duty, task) }), "projects",
                   "user.projects, .into: leads to many projects, which need an array: KITH_INTO");
    expect_refused(s, KITH_INCLUDE({ .as = "employer", .into = KITH_INTO(user, led, project) }), "employer",
                   "leads to one company, which needs a pointer: KITH_INTO_ONE");
    expect_refused(s, KITH_INCLUDE({ .as = "led", .into = KITH_INTO(user, projects, project, membership) }), "led",
                   "has no join row, so KITH_INTO takes no struct for it");
    expect_refused(s, KITH_INCLUDE({ .as = "led", .into = KITH_INTO(project, tasks, task) }), "led",
                   "made for structs of 16 bytes, but model project is tied to one of");
    expect_refused(s,
                   KITH_INCLUDE({ .as = "projects", .into = KITH_INTO(user, urgent, project) },
                                { .as = "led", .into = KITH_INTO(user, urgent, project) }),
                   "projects", "led of this query goes there, too; give it another with its own .into");
    expect_refused(s, KITH_INCLUDE({ .as = "led" }, { .as = "projects", .into = KITH_INTO(user, led, project) }),
                   "projects", "led of this query goes there, too");
}

/* ---- trees ---------------------------------------------------------------------------------------------------------- */

typedef struct kind {
    int64_t id;
    const char *name;
    KITH_ARRAY_OF(struct kind) children;
    const struct kind *parent;
} kind;

static const kith_model kind_model = {
    .name = "kind",
    .no_timestamps = true,
    .struct_size = sizeof(kind),
    .attrs = KITH_ATTRS(KITH_ATTR(kind, id, .type = KITH_BIGINT, .primary_key = true),
                        KITH_ATTR(kind, name, .type = KITH_STRING(20))),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "children", .target = &kind_model, .foreign_key = "parentId",
                            .into = KITH_INTO(kind, children, struct kind) },
                          { KITH_BELONGS_TO, .as = "parent", .target = &kind_model, .foreign_key = "parentId",
                            .into = KITH_INTO_ONE(kind, parent, kind) }),
};

static void plant(kith_session *s, int id, const char *name, int parent)
{
    create(s, &kind_model,
           KITH_FIELDS(KITH_F("id", id), KITH_F("name", name),
                       { "parentId", parent ? KITH_V(parent) : kith_of_null() }));
}

/* P21: a struct that holds its own kind: the nested tree, with what each node includes */
static void test_shared_nested_structs__trees(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&kind_model));
    plant(s, 1, "animals", 0);
    plant(s, 2, "cats", 1);
    plant(s, 3, "dogs", 1);
    plant(s, 4, "pugs", 3);
    plant(s, 5, "plants", 0);
    const kith_tree_opts opts = { .order = BY_ID, .include = KITH_INCLUDE({ .as = "parent" }) };
    const kind *roots = KITH_STRUCTS(kind, s, must(s, kith_tree(s, &kind_model, "children", NULL, &opts)));
    expect_text(roots[0].name, "animals");
    assert_null(roots[0].parent);
    assert_int_equal(roots[0].children.count, 2);
    expect_text(roots[0].children.at[0].name, "cats");
    assert_int_equal(roots[0].children.at[0].children.count, 0);
    const kind *dogs = &roots[0].children.at[1];
    expect_text(dogs->children.at[0].name, "pugs");
    expect_text(dogs->children.at[0].parent->name, "dogs");
    assert_null(dogs->children.at[0].children.at);
    expect_text(roots[1].name, "plants");
    assert_int_equal(roots[1].children.count, 0);
}

struct making {
    kith_session *s;
    kith_list *list;
    const kind *made;
};

static void *make(void *arg)
{
    struct making *m = arg;
    m->made = KITH_STRUCTS(kind, m->s, m->list);
    return NULL;
}

/* Made by a thread with a stack that would not hold a call for each level. */
static const kind *make_on_little_stack(kith_session *s, kith_list *list)
{
    struct making m = { .s = s, .list = list };
    pthread_attr_t attr;
    pthread_t thread;
    assert_int_equal(pthread_attr_init(&attr), 0);
    assert_int_equal(pthread_attr_setstacksize(&attr, (size_t)128 * 1024), 0);
    assert_int_equal(pthread_create(&thread, &attr, make, &m), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(pthread_attr_destroy(&attr), 0);
    return m.made;
}

/* P21: as deep as there are rows */
static void test_shared_nested_structs__a_deep_tree(void **state)
{
    enum { DEPTH = 5000 };
    kith_session *s = start(state, KITH_MODELS(&kind_model));
    static kith_value values[2 * DEPTH];
    for (int i = 0; i < DEPTH; i++) {
        values[2 * i] = KITH_V(i + 1);
        values[2 * i + 1] = i ? KITH_V(i) : kith_of_null();
    }
    expect_number(s, kith_insert_many(s, &kind_model, KITH_NAMES("id", "parentId"), values, DEPTH, NULL), DEPTH);
    const kind *at = make_on_little_stack(s, must(s, kith_tree(s, &kind_model, "children", NULL, NULL)));
    expect_no_error(s);
    for (int i = 1; i < DEPTH; i++) {
        assert_int_equal(at->id, i);
        assert_int_equal(at->children.count, 1);
        at = at->children.at;
    }
    assert_int_equal(at->id, DEPTH);
    assert_int_equal(at->children.count, 0);
}

/* ---- many paths to few rows ------------------------------------------------------------------------------------------- */

typedef struct person {
    int64_t id;
    KITH_ARRAY_OF(struct person) friends;
} person;

typedef struct friendship {
    kith_value friend_id;
} friendship;

static const kith_model friendship_model = {
    .name = "friendship",
    .no_timestamps = true,
    .struct_size = sizeof(friendship),
    .attrs = KITH_ATTRS({ "friendId", .type = KITH_BIGINT, .member = KITH_MEMBER(friendship, friend_id) }),
};
static const kith_model person_model = {
    .name = "person",
    .no_timestamps = true,
    .struct_size = sizeof(person),
    .attrs = KITH_ATTRS(KITH_ATTR(person, id, .type = KITH_BIGINT, .primary_key = true)),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "friends", .target = &person_model,
                            .through_model = &friendship_model, .foreign_key = "personId", .other_key = "friendId",
                            .into = KITH_INTO(person, friends, person) }),
};

/* P1: what is loaded once is made once, however many paths lead there: here twelve to the power of eight */
static void test_shared_nested_structs__paths_do_not_multiply(void **state)
{
    enum { PEOPLE = 12, MIB = 1024 * 1024 };
    kith_session *s = start(state, KITH_MODELS(&person_model, &friendship_model));
    kith_record *people[PEOPLE];
    for (int i = 0; i < PEOPLE; i++)
        people[i] = create(s, &person_model, KITH_FIELDS(KITH_F("id", i + 1)));
    kith_ref refs[PEOPLE + 1] = { 0 };
    for (int i = 0; i < PEOPLE; i++)
        refs[i] = (kith_ref){ people[i] };
    refs[PEOPLE] = KITH_NO_REFS[0];
    for (int i = 0; i < PEOPLE; i++)
        must(s, kith_set(s, people[i], "friends", refs, NULL));
    const kith_include *include = NULL;
    const kith_order *by_id = BY_ID;
    kith_include levels[7][2] = { 0 };
    for (int i = 0; i < 7; i++) {
        levels[i][0] = (kith_include){ .as = "friends", .order = by_id, .include = include };
        include = levels[i];
    }
    kith_list *list = must(s, kith_find(s, &person_model, &(kith_query){ .include = include, .order = BY_ID }));
    size_t before = memory_in_use();
    const person *p = KITH_STRUCTS(person, s, list);
    expect_no_error(s);
    assert_true(memory_in_use() - before < MIB);
    for (int i = 0; i < 7; i++) {
        assert_int_equal(p->friends.count, PEOPLE);
        p = &p->friends.at[i + 1];
        assert_int_equal(p->id, i + 2);
    }
    assert_int_equal(p->friends.count, 0);
}

/* P21: the node that a tree begins with has no join row */
static void test_shared_nested_structs__missing_join_rows(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&person_model, &friendship_model));
    kith_record *first = create(s, &person_model, KITH_FIELDS(KITH_F("id", 1)));
    kith_record *second = create(s, &person_model, KITH_FIELDS(KITH_F("id", 2)));
    must(s, kith_add(s, first, "friends", KITH_REFS({ second }), NULL));
    kith_list *list = must(s, kith_descendants(s, first, "friends", &(kith_tree_opts){ .with_self = true }));
    const friendship *links = KITH_LINK_STRUCTS(friendship, s, list);
    expect_no_error(s);
    assert_int_equal(links[0].friend_id.kind, KITH_ABSENT);
    assert_int_equal(links[1].friend_id.as.integer, 2);
}

/* ---- one of several models -------------------------------------------------------------------------------------------- */

typedef struct pug {
    int64_t id;
    const char *name;
} pug;
typedef struct cat {
    int64_t id;
    const char *mood;
    bool tame;
} cat;
typedef struct toy {
    int64_t id;
    pug *pug;
    cat *cat;
} toy;

static const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .struct_size = sizeof(pug),
    .attrs = KITH_ATTRS(KITH_ATTR(pug, id, .type = KITH_BIGINT, .primary_key = true),
                        KITH_ATTR(pug, name, .type = KITH_STRING(20))),
};
static const kith_model cat_model = {
    .name = "cat",
    .no_timestamps = true,
    .struct_size = sizeof(cat),
    .attrs = KITH_ATTRS(KITH_ATTR(cat, id, .type = KITH_BIGINT, .primary_key = true),
                        KITH_ATTR(cat, mood, .type = KITH_STRING(20)), KITH_ATTR(cat, tame, .type = KITH_BOOLEAN)),
};
static const kith_model toy_model = {
    .name = "toy",
    .no_timestamps = true,
    .struct_size = sizeof(toy),
    .attrs = KITH_ATTRS(KITH_ATTR(toy, id, .type = KITH_BIGINT, .primary_key = true)),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "owner", .targets = KITH_MODELS(&pug_model, &cat_model) }),
};

/* P22: targets of several models, each behind a pointer of its own */
static void test_shared_nested_structs__alternatives(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model, &cat_model, &toy_model));
    create(s, &pug_model, KITH_FIELDS(KITH_F("id", 1), KITH_F("name", "Cody")));
    create(s, &cat_model, KITH_FIELDS(KITH_F("id", 1), KITH_F("mood", "calm"), KITH_F("tame", true)));
    create(s, &toy_model, KITH_FIELDS(KITH_F("id", 1), KITH_F("ownerType", "cat"), KITH_F("ownerId", 1)));
    create(s, &toy_model, KITH_FIELDS(KITH_F("id", 2), KITH_F("ownerType", "pug"), KITH_F("ownerId", 1)));
    create(s, &toy_model, KITH_FIELDS(KITH_F("id", 3)));
    const kith_query q = {
        .include = KITH_INCLUDE({ .as = "owner", .model = &pug_model, .into = KITH_INTO_ONE(toy, pug, pug) },
                                { .as = "owner", .model = &cat_model, .into = KITH_INTO_ONE(toy, cat, cat) }),
        .order = BY_ID
    };
    const toy *toys = KITH_STRUCTS(toy, s, must(s, kith_find(s, &toy_model, &q)));
    assert_null(toys[0].pug);
    expect_text(toys[0].cat->mood, "calm");
    assert_true(toys[0].cat->tame);
    expect_text(toys[1].pug->name, "Cody");
    assert_null(toys[1].cat);
    assert_true(!toys[2].pug && !toys[2].cat);
    const kith_query both = { .include = KITH_INCLUDE({ .as = "owner", .into = KITH_INTO_ONE(toy, pug, pug) }) };
    assert_null(kith_find(s, &toy_model, &both));
    expect_error(s, KITH_E_USAGE, "toy", "owner", "include each with .model, and a member of its own");
    const kith_query same = {
        .include = KITH_INCLUDE({ .as = "owner", .model = &pug_model, .into = KITH_INTO_ONE(toy, pug, pug) },
                                { .as = "owner", .model = &cat_model, .into = KITH_INTO_ONE(toy, pug, pug) })
    };
    assert_null(kith_find(s, &toy_model, &same));
    expect_error(s, KITH_E_USAGE, "toy", "owner", "made for structs of 16 bytes, but model cat");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_nested_structs__targets_and_join_rows),
        SHARED_TEST(test_shared_nested_structs__parts_of_join_rows),
        SHARED_TEST(test_shared_nested_structs__pointers),
        SHARED_TEST(test_shared_nested_structs__deeper),
        SHARED_TEST(test_shared_nested_structs__values),
        SHARED_TEST(test_shared_nested_structs__computed),
        SHARED_TEST(test_shared_nested_structs__computed_that_does_not_fit),
        SHARED_TEST(test_shared_nested_structs__one_record),
        SHARED_TEST(test_shared_nested_structs__join_rows_alone),
        SHARED_TEST(test_shared_nested_structs__again),
        SHARED_TEST(test_shared_nested_structs__streamed),
        SHARED_TEST(test_shared_nested_structs__saved),
        SHARED_TEST(test_shared_nested_structs__into_of_an_include),
        SHARED_TEST(test_shared_nested_structs__two_names),
        SHARED_TEST(test_shared_nested_structs__into_that_does_not_fit),
        SHARED_TEST(test_shared_nested_structs__trees),
        SHARED_TEST(test_shared_nested_structs__a_deep_tree),
        SHARED_TEST(test_shared_nested_structs__paths_do_not_multiply),
        SHARED_TEST(test_shared_nested_structs__missing_join_rows),
        SHARED_TEST(test_shared_nested_structs__alternatives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
