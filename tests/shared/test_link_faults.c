/* Faults in the verbs of links, and where a graph is saved: each call to the driver fails in its turn, and on servers
 * the server ends the connection before it. Then the old state is there, whole; or the call has succeeded all the same,
 * and the new one is. What fails by a lack of memory, and SQLite's own faults, are tried in tests/fault. */
#include <stdio.h>
#include <string.h>

#include "harness/faulty.h"
#include "harness/shared.h"

#define NAME_ATTR                                                                                                      \
    {                                                                                                                  \
        .name = "name", .type = KITH_STRING(20)                                                                        \
    }

extern const kith_model human_model, toy_model, collar_model;
static const kith_model friendship_model = {
    .name = "friendship",
    .attrs = KITH_ATTRS({ .name = "since", .type = KITH_INTEGER }),
};
static const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "friends", .target = &human_model,
                            .through_model = &friendship_model },
                          { KITH_HAS_MANY, .target = &toy_model }, { KITH_HAS_ONE, .target = &collar_model },
                          { KITH_BELONGS_TO, .as = "owner", .target = &human_model }),
};
const kith_model human_model = { .name = "human", .no_timestamps = true, .attrs = KITH_ATTRS(NAME_ATTR) };
const kith_model toy_model = { .name = "toy", .no_timestamps = true, .attrs = KITH_ATTRS(NAME_ATTR) };
const kith_model collar_model = { .name = "collar", .no_timestamps = true, .attrs = KITH_ATTRS(NAME_ATTR) };

/* ---- the calls ---- */

#define SINCE(year)                                                                                                    \
    {                                                                                                                  \
        .through = KITH_FIELDS(KITH_F("since", (year)))                                                                \
    }

/* One link goes, one changes, one comes. */
static bool sets_friends(kith_session *s, kith_record *cody)
{
    return kith_set(s, cody, "friends",
                    KITH_REFS({ .key = KITH_V(1002), .through = KITH_FIELDS(KITH_F("since", 9)) },
                              { .key = KITH_V(1003) }),
                    NULL) != NULL;
}

/* A new link without a value, and another value for an old one: two statements. */
static bool adds_friends(kith_session *s, kith_record *cody)
{
    return kith_add(s, cody, "friends",
                    KITH_REFS({ .key = KITH_V(1003) },
                              { .key = KITH_V(1001), .through = KITH_FIELDS(KITH_F("since", 9)) }),
                    NULL) != NULL;
}

static bool removes_friends(kith_session *s, kith_record *cody)
{
    return kith_remove(s, cody, "friends", KITH_REFS({ .key = KITH_V(1001) }, { .key = KITH_V(1002) })) == 2;
}

static bool creates_a_friend(kith_session *s, kith_record *cody)
{
    return kith_create_related(s, cody, "friends", KITH_FIELDS(KITH_F("name", "Dan")), &(kith_link_opts)SINCE(7)) !=
           NULL;
}

static bool creates_friends(kith_session *s, kith_record *cody)
{
    const kith_field *const rows[] = { KITH_FIELDS(KITH_F("name", "Dan")), KITH_FIELDS(KITH_F("name", "Eli")) };
    return kith_create_related_many(s, cody, "friends", rows, 2, NULL) != NULL;
}

static bool sets_toys(kith_session *s, kith_record *cody)
{
    return kith_set(s, cody, "toys", KITH_REFS({ .key = KITH_V(1002) }, { .key = KITH_V(1003) }), NULL) != NULL;
}

static bool creates_a_toy(kith_session *s, kith_record *cody)
{
    return kith_create_related(s, cody, "toys", KITH_FIELDS(KITH_F("name", "kong")), NULL) != NULL;
}

/* Its own goes, another pug's is taken over. */
static bool sets_the_collar(kith_session *s, kith_record *cody)
{
    return kith_set(s, cody, "collar", KITH_REFS({ .key = KITH_V(1002) }), NULL) != NULL;
}

static bool sets_the_owner(kith_session *s, kith_record *cody)
{
    return kith_set(s, cody, "owner", KITH_REFS({ .key = KITH_V(1002) }), NULL) != NULL;
}

static bool creates_the_owner(kith_session *s, kith_record *cody)
{
    return kith_create_related(s, cody, "owner", KITH_FIELDS(KITH_F("name", "Eve")), NULL) != NULL;
}

/* His friends become other ones, a human is new, a toy and its link too. */
static bool saves_a_graph(kith_session *s, kith_record *cody)
{
    const kith_node root = {
        .record = cody,
        .edges = KITH_EDGES({ "friends", KITH_EDGE_REPLACE,
                              .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("id", 1002), KITH_F("name", "Bert")),
                                                    .through = KITH_FIELDS(KITH_F("since", 9)) },
                                                  { KITH_FIELDS(KITH_F("id", 1009), KITH_F("name", "Ida")) }) },
                            { "toys", KITH_EDGE_INSERT, .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("name", "kong")) }) },
                            { "collar", KITH_EDGE_LINK, .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("id", 1002)) }) }),
    };
    return kith_save(s, &pug_model, &root, &(kith_save_opts){ .mode = KITH_EDGE_LINK }) != NULL;
}

struct verb {
    const char *name;
    bool (*call)(kith_session *s, kith_record *cody);
};
static const struct verb verbs[] = {
    { "set", sets_friends },
    { "add", adds_friends },
    { "remove", removes_friends },
    { "create", creates_a_friend },
    { "create of many", creates_friends },
    { "set of has-many", sets_toys },
    { "create of has-many", creates_a_toy },
    { "set of has-one", sets_the_collar },
    { "set of belongs-to", sets_the_owner },
    { "create of belongs-to", creates_the_owner },
    { "a graph", saves_a_graph },
};

/* ---- the rows ---- */

/* Numbers that no sequence comes to. */
static void fill(kith_session *s)
{
    static const char rows[] =
        "DELETE FROM friendships; DELETE FROM toys; DELETE FROM collars; DELETE FROM pugs; DELETE FROM humans;"
        "INSERT INTO humans (id, name) VALUES (1001, 'Ann'), (1002, 'Bob'), (1003, 'Cid');"
        "INSERT INTO pugs (id, name, \"ownerId\") VALUES (1001, 'Cody', 1001), (1002, 'Doug', NULL);"
        "INSERT INTO friendships (\"pugId\", \"humanId\", since, \"createdAt\", \"updatedAt\") VALUES"
        " (1001, 1001, 1, '2026-01-01', '2026-01-01'), (1001, 1002, 2, '2026-01-01', '2026-01-01'),"
        " (1002, 1001, 3, '2026-01-01', '2026-01-01');"
        "INSERT INTO toys (id, name, \"pugId\") VALUES (1001, 'ball', 1001), (1002, 'bone', 1001), (1003, 'rope', "
        "1002);"
        "INSERT INTO collars (id, name, \"pugId\") VALUES (1001, 'red', 1001), (1002, 'blue', 1002);";
    char script[sizeof rows];
    memcpy(script, rows, sizeof rows);
    for (char *c = script; is_on("mariadb") && *c; c++)
        *c = *c == '"' ? '`' : *c;
    must(s, kith_execute_script(s, script));
}

/* All rows and links by name, and all that nothing links. Owned by the session. */
static const char *everything(kith_session *s)
{
    static const char *const name[] = { "name", NULL }, *const since[] = { "since", NULL };
    static const kith_order by_name[] = { { "name" }, { 0 } };
    static const kith_include includes[] = {
        { .as = "friends", .attributes = name, .order = by_name, .through = { .attributes = since } },
        { .as = "toys", .attributes = name, .order = by_name },
        { .as = "collar", .attributes = name },
        { .as = "owner", .attributes = name },
        { 0 },
    };
    static const kith_model *const others[] = { &human_model, &toy_model, &collar_model };
    static char text[4096];
    const kith_query q = { .attributes = name, .order = by_name, .include = includes };
    int size = snprintf(text, sizeof text, "%s", kith_json(s, must(s, kith_find(s, &pug_model, &q))));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        kith_list *list = must(s, kith_find(s, others[i], &(kith_query){ .attributes = name, .order = by_name }));
        size += snprintf(text + size, sizeof text - (size_t)size, "%s", kith_json(s, list));
    }
    assert_true((size_t)size < sizeof text);
    kith_session_release_all(s);
    return text;
}

/* ---- faults ---- */

/* The server ends every connection to the database but that of this session, which must be in a transaction. */
static void end_other_connections(void *killer)
{
    static const char *const on_postgres = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                                           "WHERE datname = current_database() AND pid <> pg_backend_pid()";
    static const char *const on_mariadb =
        "BEGIN NOT ATOMIC FOR r IN (SELECT id FROM information_schema.processlist "
        "WHERE db = DATABASE() AND id <> CONNECTION_ID()) DO EXECUTE IMMEDIATE CONCAT('KILL ', r.id); END FOR; "
        "WHILE EXISTS (SELECT 1 FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()) "
        "DO DO SLEEP(0.002); END WHILE; END";
    if (kith_execute(killer, is_on("postgres") ? on_postgres : on_mariadb, NULL) < 0)
        fail_msg("%s", kith_error_of(killer)->message);
}

struct trial {
    kith_session *s;
    void (*happens)(void *ctx); /* NULL: the call of the driver fails */
    kith_session *killer;
    bool in_transaction;
    char before[4096], after[4096];
};

static bool run(struct trial *t, const struct verb *verb, kith_record *cody)
{
    if (!t->in_transaction)
        return verb->call(t->s, cody);
    bool good = kith_begin(t->s) && verb->call(t->s, cody);
    return kith_commit(t->s) && good;
}

/* What the verb leaves when nothing is in its way. */
static void rehearse(struct trial *t, const struct verb *verb)
{
    fill(t->s);
    snprintf(t->before, sizeof t->before, "%s", everything(t->s));
    if (!run(t, verb, must(t->s, kith_find_by_key(t->s, &pug_model, KITH_V(1001)))))
        fail_msg("%s: %s", verb->name, kith_error_of(t->s)->message);
    snprintf(t->after, sizeof t->after, "%s", everything(t->s));
    assert_string_not_equal(t->before, t->after);
}

/* The n-th call meets the fault. False: there are not so many. */
static bool try_fault(struct trial *t, const struct verb *verb, unsigned n)
{
    const char *sql;
    fill(t->s);
    kith_record *cody = must(t->s, kith_find_by_key(t->s, &pug_model, KITH_V(1001)));
    faulty_arm(n, t->happens, t->killer);
    bool good = run(t, verb, cody);
    bool met = faulty_disarm(&sql);
    const kith_error *e = kith_error_of(t->s);
    if (good ? e != NULL : !met || !e)
        fail_msg("%s, call %u: %s", verb->name, n, e ? e->message : "it failed without an error");
    if (!good && e->status != (t->happens ? KITH_E_CONNECTION : KITH_E_BUSY))
        fail_msg("%s, call %u: %s: %s", verb->name, n, kith_status_name(e->status), e->message);
    kith_clear(t->s);
    const char *now = everything(t->s);
    if (strcmp(now, good ? t->after : t->before) != 0)
        fail_msg("%s, call %u, %s: %s, but this is there: %s", verb->name, n, sql, good ? "it succeeded" : "it failed",
                 now);
    return met;
}

static void try_all(struct trial *t)
{
    unsigned faults = 0;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        rehearse(t, &verbs[i]);
        unsigned n = 1;
        while (try_fault(t, &verbs[i], n))
            n++;
        assert_true(n > 1);
        faults += n - 1;
    }
    print_message("%u faults\n", faults);
}

#define MODELS KITH_MODELS(&pug_model, &human_model, &toy_model, &collar_model, &friendship_model)

static void start_trial(void **state, struct trial *t)
{
    const kith_driver *const *drivers = faulty_drivers(database_url());
    assert_non_null(drivers);
    t->s = start_with(state, MODELS, (kith_open_opts){ .drivers = drivers });
}

/* S67, S71, P24: a statement that fails leaves the old links, and no target without its link */
static void test_shared_link_faults__a_statement_fails(void **state)
{
    struct trial t = { 0 };
    start_trial(state, &t);
    try_all(&t);
    t.in_transaction = true;
    try_all(&t);
}

/* S67, S71, P24: the same when the connection is lost before any of the statements */
static void test_shared_link_faults__the_connection_is_lost(void **state)
{
    skip_on("sqlite-file", "has no connection to lose");
    skip_on("sqlite-memory", "has no connection to lose");
    struct trial t = { .happens = end_other_connections };
    start_trial(state, &t);
    t.killer = open_session();
    must(t.killer, kith_begin(t.killer));
    try_all(&t);
    t.in_transaction = true;
    try_all(&t);
    must(t.killer, kith_rollback(t.killer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_link_faults__a_statement_fails),
        SHARED_TEST(test_shared_link_faults__the_connection_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
