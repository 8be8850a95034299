/* scenarios_hook: rows and links of models whose hooks change them and write rows of their own. */
#include "fault/scenario.h"

static bool takes_guest(struct world *w)
{
    w->source = kith_find_by_key(w->s, &guest_model, KITH_V(1));
    return w->source != NULL;
}

/* ---- rows ---- */

static bool creates(struct world *w)
{
    return kith_create(w->s, &guest_model, KITH_FIELDS(KITH_F("name", "Kim"))) != NULL;
}

static bool creates_many(struct world *w)
{
    return kith_create_many(w->s, &guest_model,
                            (const kith_field *const[]){ KITH_FIELDS(KITH_F("name", "Kim")),
                                                         KITH_FIELDS(KITH_F("name", "Lea")) },
                            2) != NULL;
}

static bool inserts_many(struct world *w)
{
    return kith_insert_many(w->s, &guest_model, KITH_NAMES("name"), KITH_VALUES(KITH_V("Kim"), KITH_V("Lea")), 2,
                            &(kith_insert_opts){ .each_hooks = true }) == 2;
}

static bool updates(struct world *w)
{
    return kith_update(w->s, w->source, KITH_FIELDS(KITH_F("name", "Gus")));
}

static bool destroys(struct world *w)
{
    return kith_destroy(w->s, w->source);
}

/* ---- links ---- */

/* One is confirmed, one changes, one comes. */
static bool adds(struct world *w)
{
    return kith_add(w->s, w->source, "mates",
                    KITH_REFS({ .key = KITH_V(2), .through = KITH_FIELDS(KITH_F("level", 7)) }, { .key = KITH_V(3) },
                              { .key = KITH_V(4) }),
                    NULL) != NULL;
}

/* One goes, one changes, one comes. */
static bool sets(struct world *w)
{
    return kith_set(w->s, w->source, "mates",
                    KITH_REFS({ .key = KITH_V(2), .through = KITH_FIELDS(KITH_F("level", 7)) }, { .key = KITH_V(4) }),
                    NULL) != NULL;
}

static bool removes(struct world *w)
{
    return kith_remove(w->s, w->source, "mates", KITH_REFS({ .key = KITH_V(2) }, { .key = KITH_V(4) })) == 1;
}

static bool creates_mate(struct world *w)
{
    return kith_create_related(w->s, w->source, "mates", KITH_FIELDS(KITH_F("name", "Kim")), NULL) != NULL;
}

static bool sets_guests(struct world *w)
{
    return kith_set(w->s, w->source, "guests", KITH_REFS({ .key = KITH_V(3) }, { .key = KITH_V(4) }), NULL) != NULL;
}

static bool removes_guests(struct world *w)
{
    return kith_remove(w->s, w->source, "guests", KITH_REFS({ .key = KITH_V(2) }, { .key = KITH_V(3) })) == 1;
}

static bool sets_host(struct world *w)
{
    return kith_set(w->s, w->source, "host", KITH_REFS({ .key = KITH_V(4) }), NULL) != NULL;
}

static const struct scenario scenarios[] = {
    { "hooked_create", NULL, creates },
    { "hooked_create_many", NULL, creates_many },
    { "hooked_insert_many", NULL, inserts_many },
    { "hooked_update", takes_guest, updates },
    { "hooked_destroy", takes_guest, destroys },
    { "hooked_add", takes_guest, adds },
    { "hooked_set", takes_guest, sets },
    { "hooked_remove", takes_guest, removes },
    { "hooked_create_related", takes_guest, creates_mate },
    { "hooked_set_has_many", takes_guest, sets_guests },
    { "hooked_remove_has_many", takes_guest, removes_guests },
    { "hooked_set_belongs_to", takes_guest, sets_host },
};
const struct scenario_list hook_scenarios = { scenarios, sizeof scenarios / sizeof scenarios[0] };
