/* scenarios_open: opening, sessions, transactions, tables, and SQL of the program's own. */
#include "fault/scenario.h"

static bool opens(struct world *w)
{
    kith_db *db = kith_open(w->url, w->opts, &w->own);
    kith_close(db);
    return db != NULL;
}

static bool opens_in_snake_case(struct world *w)
{
    kith_open_opts opts = *w->opts;
    opts.snake_case = true;
    kith_db *db = kith_open(w->url, &opts, &w->own);
    kith_close(db);
    return db != NULL;
}

/* ---- models full of mistakes ---- */

static const kith_model wrong_target = {
    .name = "wrong_target",
    .attrs = KITH_ATTRS({ .name = "code", .type = KITH_STRING(5), .checks = KITH_CHECKS(KITH_MATCHES("(")) },
                        { .name = "Code", .type = KITH_STRING(5) }, { .name = "mood", .type = KITH_ENUM("a", "a") },
                        { .name = "small", .type = KITH_INTEGER, .default_value = KITH_CONST_STR("x") }),
};
static const kith_model wrong_source = {
    .name = "wrong_source",
    .attrs = KITH_ATTRS({ .name = "name" }, { .name = "first", .type = KITH_TEXT }),
    .indexes = KITH_INDEXES({ .attrs = KITH_NAMES("frist") }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &wrong_target },
                          { KITH_HAS_MANY, .target = &wrong_target, .source_key = "nmae" },
                          { KITH_HAS_ONE, .target = &bed_model },
                          { KITH_BELONGS_TO_MANY, .target = &wrong_target, .as = "scoped", .through = "both",
                            .scope = KITH_FIELDS({ "first", KITH_CONST_BOOL(true) }) }),
};

static bool refuses_models(struct world *w)
{
    kith_open_opts opts = *w->opts;
    opts.models = KITH_MODELS(&wrong_source, &wrong_target, &wrong_target);
    kith_db *db = kith_open(w->url, &opts, &w->own);
    w->text = w->own.message;
    kith_close(db);
    return w->own.status == KITH_E_MODEL;
}

static bool opens_session(struct world *w)
{
    kith_session *s = kith_session_open(w->db);
    if (!s)
        w->own = *kith_error_of(NULL);
    kith_session_close(s);
    return s != NULL;
}

/* ---- loops ---- */

static void count_loop(void *ctx, const kith_loop *loop)
{
    (void)loop;
    ++*(int *)ctx;
}

static bool loops(kith_session *s)
{
    kith_list *pugs = kith_find(s, &pug_model, NULL);
    for (size_t i = 0; pugs && i < pugs->count; i++)
        if (!kith_get(s, pugs->at[i], "friends", NULL))
            return false;
    for (int i = 1; pugs && i < 4; i++)
        kith_find_by_key(s, &owner_model, KITH_V(i));
    return !kith_error_of(s);
}

/* A session that is watched tells of both loops. */
static bool watches(struct world *w)
{
    kith_open_opts opts = *w->opts;
    int told = 0;
    opts.on_loop = count_loop;
    opts.loop_ctx = &told;
    opts.loop_after = 2;
    kith_db *db = kith_open(w->url, &opts, &w->own);
    kith_session *s = kith_session_open(db);
    bool good = s && loops(s);
    if (db && !good)
        w->own = *kith_error_of(s);
    kith_session_close(s);
    kith_close(db);
    return good && told == 2;
}

/* ---- transactions ---- */

static bool create_pug(struct world *w, const char *name)
{
    return kith_create(w->s, &pug_model, KITH_FIELDS(KITH_F("name", name))) != NULL;
}

static bool commits(struct world *w)
{
    kith_begin(w->s);
    create_pug(w, "Outer");
    kith_begin(w->s);
    create_pug(w, "Inner");
    kith_commit(w->s);
    return kith_commit(w->s);
}

/* The inner level is rolled back, the outer one is kept. */
static bool rolls_back_inner(struct world *w)
{
    kith_begin(w->s);
    create_pug(w, "Outer");
    kith_begin(w->s);
    create_pug(w, "Inner");
    kith_rollback(w->s);
    bool good = !kith_error_of(w->s);
    return good ? kith_commit(w->s) : kith_rollback(w->s) && good;
}

static bool rolls_back(struct world *w)
{
    kith_begin(w->s);
    create_pug(w, "Nobody");
    bool good = !kith_error_of(w->s);
    return kith_rollback(w->s) && good;
}

static bool work(kith_session *s, void *ctx)
{
    kith_record *owner = kith_create(s, &owner_model, KITH_FIELDS(KITH_F("name", "Eve")));
    (void)ctx;
    return kith_create_related(s, owner, "pugs", KITH_FIELDS(KITH_F("name", "Rex")), NULL) != NULL;
}

static bool transacts(struct world *w)
{
    return kith_transaction(w->s, work, NULL,
                            &(kith_transaction_opts){ .max_tries = 3, .wait_ms = 1, .max_wait_ms = 1 });
}

/* ---- tables ---- */

static bool syncs(struct world *w)
{
    return kith_sync(w->s, NULL);
}

static bool syncs_with_force(struct world *w)
{
    return kith_sync(w->s, &(kith_sync_opts){ .force = true });
}

/* ---- SQL ---- */

static bool executes(struct world *w)
{
    return kith_execute(w->s, "UPDATE pugs SET age = age + ?, photo = ? WHERE name <> ? -- not ?",
                        KITH_VALUES(KITH_V(1), kith_of_bytes("xyz", 3), KITH_V("Doug"))) == 3;
}

static bool executes_returning(struct world *w)
{
    return kith_execute(w->s, "INSERT INTO rooms (house, number) VALUES (?, 1), (?, 2) RETURNING house",
                        KITH_VALUES(KITH_V("X"), KITH_V("Y"))) == 2;
}

static bool executes_script(struct world *w)
{
    return kith_execute_script(w->s, "UPDATE pugs SET age = 1; DELETE FROM beds;");
}

static bool describes(struct world *w)
{
    w->text = kith_describe(w->s, &pug_model);
    return *w->text != '\0';
}

static const struct scenario scenarios[] = {
    { "open", NULL, opens, .own_error = true, .alone = true, .reads = true },
    { "open in snake_case", NULL, opens_in_snake_case, .own_error = true, .alone = true, .reads = true },
    { "open_wrong", NULL, refuses_models, .own_error = true, .alone = true, .reads = true, .few_chances = true },
    { "session_open", NULL, opens_session, .own_error = true, .alone = true, .in_memory = true, .reads = true },
    { "watched_loops", NULL, watches, .own_error = true, .alone = true, .reads = true },
    { "commit", NULL, commits },
    { "rollback_inner", NULL, rolls_back_inner, .undoes = true },
    { "rollback", NULL, rolls_back, .reads = true, .absorbs = true, .undoes = true },
    { "transaction", NULL, transacts, .absorbs = true, .undoes = true },
    { "sync", NULL, syncs, .sql = "DROP TABLE beds; DROP TABLE friendships; DROP INDEX pugs_mood_age_idx" },
    { "sync_force", NULL, syncs_with_force },
    { "execute", NULL, executes },
    { "execute_returning", NULL, executes_returning },
    { "execute_script", NULL, executes_script, .in_pieces = true, .few_chances = true },
    { "describe", NULL, describes, .reads = true, .in_memory = true },
};
const struct scenario_list open_scenarios = { scenarios, sizeof scenarios / sizeof scenarios[0] };
