/* scenarios_write: rows created, changed, destroyed and read again. */
#include "fault/scenario.h"

static bool creates(struct world *w)
{
    w->record = kith_create(w->s, &pug_model,
                            KITH_FIELDS(KITH_F("name", "Rex"), KITH_F("email", "rex@example.org"), KITH_F("age", 4),
                                        KITH_F("weight", "7.5"), KITH_F("born", "2022-02-03"),
                                        { "photo", kith_of_bytes("\1\2", 2) }, KITH_F("facts", "{\"b\": [1, 2]}"),
                                        KITH_F("ownerId", 2)));
    return w->record != NULL;
}

static bool creates_computed(struct world *w)
{
    w->record = kith_create(w->s, &pug_model,
                            KITH_FIELDS(KITH_F("name", KITH_FN("upper", KITH_V("rex"))),
                                        KITH_F("email", KITH_SQL("lower(?) || '@example.org'", KITH_V("REX"))),
                                        KITH_F("age", KITH_SQL("? + 1", KITH_V(3)))));
    return w->record != NULL;
}

static bool creates_composite(struct world *w)
{
    w->record = kith_create(w->s, &room_model,
                            KITH_FIELDS(KITH_F("house", "C"), KITH_F("number", 1), KITH_F("label", "cellar")));
    return w->record != NULL;
}

static bool creates_default(struct world *w)
{
    w->record = kith_create(w->s, &toy_model, NULL);
    return w->record != NULL;
}

/* Rows that differ in what they leave out take a statement each, so they stand in a transaction. */
static bool creates_many(struct world *w)
{
    w->list = kith_create_many(w->s, &pug_model,
                               (const kith_field *const[]){
                                   KITH_FIELDS(KITH_F("name", "Rex"), KITH_F("facts", "{\"b\": [1, 2]}")),
                                   KITH_FIELDS(KITH_F("name", "Max"), KITH_F("weight", "7.5")),
                                   KITH_FIELDS(KITH_F("name", KITH_FN("upper", KITH_V("moe"))), KITH_F("age", 4)),
                               },
                               3);
    return w->list && w->list->count == 3;
}

/* More than one statement's rows; the ages and weights are brought to another form. */
static bool inserts_many(struct world *w)
{
    enum { ROWS = 70, WIDTH = 4 };
    kith_value values[ROWS * WIDTH];
    for (int i = 0; i < ROWS; i++) {
        values[i * WIDTH] = KITH_V("Rex");
        values[i * WIDTH + 1] = i % 2 ? KITH_V("7") : kith_of_null();
        values[i * WIDTH + 2] = i % 3 ? KITH_V("grumpy") : (kith_value){ 0 };
        values[i * WIDTH + 3] = KITH_V("2022-02-03");
    }
    w->number = kith_insert_many(w->s, &pug_model, KITH_NAMES("name", "weight", "mood", "born"), values, ROWS, NULL);
    return w->number == ROWS;
}

/* Cody is there, Rex is not. */
static bool upserts_many(struct world *w)
{
    w->number = kith_insert_many(w->s, &pug_model, KITH_NAMES("name", "email", "age"),
                                 KITH_VALUES(KITH_V("Cornelius"), KITH_V("cody@example.org"), KITH_V(5), KITH_V("Rex"),
                                             KITH_V("rex@example.org"), KITH_V(6)),
                                 2,
                                 &(kith_insert_opts){ .on_conflict = KITH_CONFLICT_UPDATE,
                                                      .key = KITH_NAMES("email"),
                                                      .update = KITH_NAMES("age") });
    return w->number == 2;
}

static bool skips_many(struct world *w)
{
    w->number = kith_insert_many(w->s, &room_model, KITH_NAMES("house", "number"),
                                 KITH_VALUES(KITH_V("A"), KITH_V(1), KITH_V("C"), KITH_V(1)), 2,
                                 &(kith_insert_opts){ .on_conflict = KITH_CONFLICT_SKIP });
    return w->number == 1;
}

/* Several validators fail, and are reported together. */
static bool refuses(struct world *w)
{
    kith_create(w->s, &pug_model,
                KITH_FIELDS(KITH_F("name", "x"), KITH_F("email", "nowhere"), KITH_F("mood", "sad"), KITH_F("age", 99),
                            KITH_F("facts", "{")));
    const kith_error *e = kith_error_of(w->s);
    if (!e || e->status != KITH_E_VALIDATION)
        return false;
    w->own = *e;
    w->text = w->own.message;
    kith_clear(w->s);
    return true;
}

/* The database refuses it. */
static bool refuses_repeated(struct world *w)
{
    kith_create(w->s, &pug_model, KITH_FIELDS(KITH_F("name", "Rex"), KITH_F("email", "cody@example.org")));
    const kith_error *e = kith_error_of(w->s);
    if (!e || e->status != KITH_E_UNIQUE)
        return false;
    kith_clear(w->s);
    return true;
}

static bool takes_cody(struct world *w)
{
    w->source = kith_find_by_key(w->s, &pug_model, KITH_V(CODY));
    return w->source != NULL;
}

static bool updates(struct world *w)
{
    return kith_update(w->s, w->source,
                       KITH_FIELDS(KITH_F("name", "Cornelius"), KITH_F("mood", "grumpy"), KITH_F("weight", "10"),
                                   { "photo", kith_of_null() }, KITH_F("facts", "[true]")));
}

static bool updates_computed(struct world *w)
{
    return kith_update(w->s, w->source,
                       KITH_FIELDS(KITH_F("age", KITH_SQL("age + ?", KITH_V(1))), KITH_F("name", KITH_COL("email"))));
}

static bool reloads(struct world *w)
{
    w->record = w->source;
    return kith_reload(w->s, w->source);
}

static bool destroys(struct world *w)
{
    return kith_destroy(w->s, w->source);
}

static bool takes_ball(struct world *w)
{
    w->source = kith_find_by_key(w->s, &toy_model, KITH_V(1));
    return w->source != NULL;
}

static bool takes_room(struct world *w)
{
    w->source = kith_find_by_keys(w->s, &room_model, KITH_VALUES(KITH_V("B"), KITH_V(1)));
    return w->source != NULL;
}

static bool updates_room(struct world *w)
{
    return kith_update(w->s, w->source, KITH_FIELDS(KITH_F("label", "a longer label than before")));
}

static const struct scenario scenarios[] = {
    { "create", NULL, creates },
    { "create_computed", NULL, creates_computed },
    { "create_composite", NULL, creates_composite },
    { "create_default", NULL, creates_default },
    { "create_many", NULL, creates_many },
    { "insert_many", NULL, inserts_many },
    { "insert_many_update", NULL, upserts_many },
    { "insert_many_skip", NULL, skips_many },
    { "create_refused", NULL, refuses, .reads = true, .alone = true, .in_memory = true },
    { "create_repeated", NULL, refuses_repeated, .reads = true, .alone = true },
    { "update", takes_cody, updates },
    { "update_computed", takes_cody, updates_computed },
    { "update_composite", takes_room, updates_room },
    { "reload", takes_cody, reloads, .reads = true },
    { "destroy", takes_cody, destroys },
    { "destroy_paranoid", takes_ball, destroys },
    { "destroy_composite", takes_room, destroys },
};
const struct scenario_list write_scenarios = { scenarios, sizeof scenarios / sizeof scenarios[0] };
