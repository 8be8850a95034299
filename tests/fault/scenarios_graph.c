/* scenarios_graph: graphs saved and planned, rows found or created. */
#include "fault/scenario.h"

#define NAME(v) KITH_FIELDS(KITH_F("name", (v)))
#define ID(n)   KITH_FIELDS(KITH_F("id", (n)))

/* Every association of a pug, with rows below rows. */
#define NEW_PUG                                                                                                        \
    KITH_NODES(                                                                                                        \
        { .fields = NAME("Rex"),                                                                                       \
          .edges = KITH_EDGES({ "owner", KITH_EDGE_INSERT, .nodes = KITH_NODES({ NAME("Eve") }) },                     \
                              { "collar", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(2) }) },                            \
                              { "toys", KITH_EDGE_INSERT, .nodes = KITH_NODES({ NAME("kong") }, { NULL }) },           \
                              { "friends", KITH_EDGE_INSERT,                                                           \
                                .nodes = KITH_NODES({ .fields = NAME("Max"),                                           \
                                                      .through = KITH_FIELDS(KITH_F("level", 3)),                      \
                                                      .edges = KITH_EDGES({ "toys", KITH_EDGE_LINK,                    \
                                                                            .nodes = KITH_NODES({ ID(4) }) }) }) },    \
                              { "foods", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(1) }, { ID(2) }) }) })

static bool saves_new(struct world *w)
{
    w->record = kith_save(w->s, &pug_model, NEW_PUG, NULL);
    return w->record != NULL;
}

static bool plans(struct world *w)
{
    w->text = kith_save_plan(w->s, &pug_model, NEW_PUG, NULL);
    return w->text != NULL;
}

/* Rows that are there change, and lose what is not named. */
static bool saves_over(struct world *w)
{
    w->record = kith_save(
        w->s, &pug_model,
        &(kith_node){
            .fields = ID(CODY),
            .edges = KITH_EDGES({ "owner", KITH_EDGE_UPSERT,
                                  .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("id", 2), KITH_F("name", "Bo")) }) },
                                { "collar", KITH_EDGE_REPLACE,
                                  .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("id", 2), KITH_F("color", "pink")) }) },
                                { "toys", KITH_EDGE_REPLACE,
                                  .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("id", 3), KITH_F("name", "x")) }) },
                                { "foods", KITH_EDGE_REPLACE,
                                  .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("id", 3), KITH_F("name", "tea")) }) },
                                { "rooms", KITH_EDGE_REPLACE }) },
        &(kith_save_opts){ .mode = KITH_EDGE_LINK });
    return w->record != NULL;
}

static bool saves_many(struct world *w)
{
    w->list = kith_save_many(
        w->s, &room_model,
        KITH_NODES({ KITH_FIELDS(KITH_F("house", "A"), KITH_F("number", 1), KITH_F("label", "den")),
                     .edges = KITH_EDGES({ "beds", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(3) }) }) },
                   { KITH_FIELDS(KITH_F("house", "C"), KITH_F("number", 1)),
                     .edges = KITH_EDGES({ "beds", KITH_EDGE_INSERT, .nodes = KITH_NODES({ NULL }, { NULL }) }) }),
        &(kith_save_opts){ .mode = KITH_EDGE_UPSERT });
    return w->list && w->list->count == 2;
}

/* ---- find or create ------------------------------------------------------------------------------------------------- */

static bool finds(struct world *w)
{
    bool created = true;
    w->record = kith_find_or_create(w->s, &pug_model, KITH_FIELDS(KITH_F("email", "cody@example.org")), NAME("Rex"),
                                    &created);
    return w->record && !created;
}

static bool creates(struct world *w)
{
    bool created = false;
    w->record = kith_find_or_create(w->s, &pug_model, KITH_FIELDS(KITH_F("email", "rex@example.org")), NAME("Rex"),
                                    &created);
    return w->record && created;
}

static bool takes_cody(struct world *w)
{
    w->source = kith_find_by_key(w->s, &pug_model, KITH_V(CODY));
    return w->source != NULL;
}

static bool ensures_friend(struct world *w)
{
    return kith_ensure_related(w->s, w->source, "friends", KITH_FIELDS(KITH_F("email", "rex@example.org")), NAME("Rex"),
                               NULL) != NULL;
}

static bool ensures_owner(struct world *w)
{
    return kith_ensure_related(w->s, w->source, "owner", ID(2), NAME("Bob"), NULL) != NULL;
}

static bool ensures_collar(struct world *w)
{
    return kith_ensure_related(w->s, w->source, "collar", ID(2), NULL, NULL) != NULL;
}

static bool ensures_new_collar(struct world *w)
{
    return kith_ensure_related(w->s, w->source, "collar", ID(9), NULL, NULL) != NULL;
}

static bool ensures_toy(struct world *w)
{
    return kith_ensure_related(w->s, w->source, "toys", ID(3), NULL, NULL) != NULL;
}

static const struct scenario scenarios[] = {
    { "save_new", NULL, saves_new },
    { "save_plan", NULL, plans, .in_memory = true, .reads = true },
    { "save_over", NULL, saves_over },
    { "save_many", NULL, saves_many },
    { "find_or_create_finds", NULL, finds, .reads = true },
    { "find_or_create_creates", NULL, creates },
    { "ensure_related", takes_cody, ensures_friend },
    { "ensure_related_belongs_to", takes_cody, ensures_owner },
    { "ensure_related_has_one", takes_cody, ensures_collar },
    { "ensure_related_has_one_new", takes_cody, ensures_new_collar },
    { "ensure_related_has_many", takes_cody, ensures_toy },
};
const struct scenario_list graph_scenarios = { scenarios, sizeof scenarios / sizeof scenarios[0] };
