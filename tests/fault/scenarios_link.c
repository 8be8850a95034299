/* scenarios_link: links made and undone, for every place where the key may lie. */
#include "fault/scenario.h"

static bool take(struct world *w, const kith_model *m, int64_t source, const kith_model *target, int64_t first,
                 int64_t second)
{
    w->source = kith_find_by_key(w->s, m, KITH_V(source));
    w->targets[0] = kith_find_by_key(w->s, target, KITH_V(first));
    w->targets[1] = kith_find_by_key(w->s, target, KITH_V(second));
    return w->source && w->targets[0] && w->targets[1];
}

static bool takes_friends(struct world *w)
{
    return take(w, &pug_model, CODY, &pug_model, DOUG, PENNY);
}

static bool takes_toys(struct world *w)
{
    return take(w, &pug_model, CODY, &toy_model, 2, 3);
}

static bool takes_collars(struct world *w)
{
    return take(w, &pug_model, CODY, &collar_model, 2, 1);
}

static bool takes_owners(struct world *w)
{
    return take(w, &pug_model, CODY, &owner_model, 2, 1);
}

static bool takes_things(struct world *w)
{
    return take(w, &pug_model, CODY, &thing_model, 1, 4);
}

/* ---- through a join table ---- */

static bool adds(struct world *w)
{
    return kith_add(w->s, w->source, "friends", KITH_REFS({ w->targets[1] }), NULL) != NULL;
}

/* Doug's link is there and gets a new value, Penny's is new, Frank's is confirmed: three kinds of statements. */
static bool adds_several(struct world *w)
{
    return kith_add(w->s, w->source, "friends",
                    KITH_REFS({ w->targets[0], .through = KITH_FIELDS(KITH_F("level", 9)) },
                              { w->targets[1], .through = KITH_FIELDS(KITH_F("since", "2026-01-01")) },
                              { .key = KITH_V(FRANK) }),
                    NULL) != NULL;
}

static bool adds_scoped(struct world *w)
{
    return kith_add(w->s, w->source, "foods", KITH_REFS({ w->targets[0] }, { w->targets[1] }), NULL) != NULL;
}

static bool adds_composite(struct world *w)
{
    return kith_add(w->s, w->source, "rooms",
                    KITH_REFS({ .keys = KITH_VALUES(KITH_V("A"), KITH_V(2)) },
                              { .keys = KITH_VALUES(KITH_V("B"), KITH_V(1)) }),
                    NULL) != NULL;
}

/* One link goes, one changes, one comes. */
static bool sets(struct world *w)
{
    return kith_set(w->s, w->source, "friends",
                    KITH_REFS({ w->targets[0], .through = KITH_FIELDS(KITH_F("level", 9)) }, { w->targets[1] }),
                    &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("since", "2026-01-01")) }) != NULL;
}

/* Cody's links change, and Doug gets one: by one statement, or the difference of both. */
#define LINKS_OF_TWO                                                                                                   \
    {                                                                                                                  \
        { w->source, KITH_REFS({ w->targets[1] }, { w->targets[0] }) },                                                \
        {                                                                                                              \
            w->targets[0], KITH_REFS({ w->source })                                                                    \
        }                                                                                                              \
    }

static bool adds_each(struct world *w)
{
    const kith_links links[] = LINKS_OF_TWO;
    return kith_add_each(w->s, &pug_model, links, 2, "friends",
                         &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("level", 4)) }) != NULL;
}

static bool sets_each(struct world *w)
{
    const kith_links links[] = LINKS_OF_TWO;
    return kith_set_each(w->s, &pug_model, links, 2, "friends", NULL) != NULL;
}

static bool removes_each(struct world *w)
{
    const kith_links links[] = LINKS_OF_TWO;
    return kith_remove_each(w->s, &pug_model, links, 2, "friends") == 1;
}

static bool sets_toys_each(struct world *w)
{
    const kith_links links[] = { { w->source, KITH_REFS({ .key = KITH_V(3) }) },
                                 { w->targets[0], KITH_REFS({ .key = KITH_V(1) }) } };
    return kith_set_each(w->s, &pug_model, links, 2, "toys", NULL) != NULL;
}

static bool sets_none(struct world *w)
{
    return kith_set(w->s, w->source, "friends", KITH_NO_REFS, NULL) != NULL;
}

static bool sets_scoped(struct world *w)
{
    return kith_set(w->s, w->source, "drinks", KITH_REFS({ w->targets[0] }, { w->targets[1] }), NULL) != NULL;
}

static bool sets_composite(struct world *w)
{
    return kith_set(w->s, w->source, "rooms", KITH_REFS({ .keys = KITH_VALUES(KITH_V("B"), KITH_V(1)) }), NULL) != NULL;
}

static bool removes(struct world *w)
{
    return kith_remove(w->s, w->source, "friends", KITH_REFS({ w->targets[0] }, { .key = KITH_V(FRANK) })) == 2;
}

static bool creates_friend(struct world *w)
{
    return kith_create_related(w->s, w->source, "friends", KITH_FIELDS(KITH_F("name", "Rex")),
                               &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("level", 3)) }) != NULL;
}

static bool creates_drink(struct world *w)
{
    return kith_create_related(w->s, w->source, "drinks", KITH_FIELDS(KITH_F("name", "tea")), NULL) != NULL;
}

static bool creates_friends(struct world *w)
{
    const kith_field *const rows[] = { KITH_FIELDS(KITH_F("name", "Rex")), KITH_FIELDS(KITH_F("name", "Max")) };
    return kith_create_related_many(w->s, w->source, "friends", rows, 2,
                                    &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("level", 3)) }) != NULL;
}

/* ---- carried by the targets ---- */

static bool adds_toys(struct world *w)
{
    return kith_add(w->s, w->source, "toys", KITH_REFS({ w->targets[1] }, { .key = KITH_V(4) }), NULL) != NULL;
}

static bool sets_toys(struct world *w)
{
    return kith_set(w->s, w->source, "toys", KITH_REFS({ w->targets[0] }, { w->targets[1] }), NULL) != NULL;
}

static bool removes_toys(struct world *w)
{
    return kith_remove(w->s, w->source, "toys", KITH_REFS({ w->targets[0] })) == 1;
}

static bool creates_toy(struct world *w)
{
    return kith_create_related(w->s, w->source, "toys", KITH_FIELDS(KITH_F("name", "kong")), NULL) != NULL;
}

static bool creates_toys(struct world *w)
{
    const kith_field *const rows[] = { KITH_FIELDS(KITH_F("name", "kong")), KITH_FIELDS(KITH_F("name", "ring")) };
    return kith_create_related_many(w->s, w->source, "toys", rows, 2, NULL) != NULL;
}

/* Cody's own collar is let go, Doug's is taken over. */
static bool sets_collar(struct world *w)
{
    return kith_set(w->s, w->source, "collar", KITH_REFS({ w->targets[0] }), NULL) != NULL;
}

static bool removes_collar(struct world *w)
{
    return kith_remove(w->s, w->source, "collar", KITH_REFS({ w->targets[1] })) == 1;
}

static bool takes_penny(struct world *w)
{
    w->source = kith_find_by_key(w->s, &pug_model, KITH_V(PENNY));
    return w->source != NULL;
}

static bool creates_collar(struct world *w)
{
    return kith_create_related(w->s, w->source, "collar", KITH_FIELDS(KITH_F("color", "gold")), NULL) != NULL;
}

static bool takes_room(struct world *w)
{
    w->source = kith_find_by_keys(w->s, &room_model, KITH_VALUES(KITH_V("A"), KITH_V(1)));
    return w->source != NULL;
}

static bool sets_beds(struct world *w)
{
    return kith_set(w->s, w->source, "beds", KITH_REFS({ .key = KITH_V(2) }, { .key = KITH_V(3) }), NULL) != NULL;
}

/* ---- carried by the source ---- */

static bool sets_owner(struct world *w)
{
    return kith_set(w->s, w->source, "owner", KITH_REFS({ w->targets[0] }), NULL) != NULL;
}

static bool removes_owner(struct world *w)
{
    return kith_remove(w->s, w->source, "owner", KITH_REFS({ w->targets[1] })) == 1;
}

static bool creates_owner(struct world *w)
{
    return kith_create_related(w->s, w->source, "owner", KITH_FIELDS(KITH_F("name", "Eve")), NULL) != NULL;
}

static bool takes_bed(struct world *w)
{
    w->source = kith_find_by_key(w->s, &bed_model, KITH_V(3));
    return w->source != NULL;
}

static bool sets_room(struct world *w)
{
    return kith_set(w->s, w->source, "room", KITH_REFS({ .keys = KITH_VALUES(KITH_V("B"), KITH_V(1)) }), NULL) != NULL;
}

/* ---- to one of several models ---- */

static bool takes_topics(struct world *w)
{
    w->source = kith_find_by_key(w->s, &memo_model, KITH_V(1));
    w->targets[0] = kith_find_by_key(w->s, &guest_model, KITH_V(2));
    w->targets[1] = kith_find_by_key(w->s, &toy_model, KITH_V(1));
    return w->source && w->targets[0] && w->targets[1];
}

static bool sets_topic(struct world *w)
{
    return kith_set(w->s, w->source, "topic", KITH_REFS({ w->targets[0] }), NULL) != NULL;
}

static bool removes_topic(struct world *w)
{
    return kith_remove(w->s, w->source, "topic", KITH_REFS({ w->targets[0] }, { w->targets[1] })) == 1;
}

static const struct scenario scenarios[] = {
    { "add", takes_friends, adds },
    { "add_several", takes_friends, adds_several },
    { "add_scoped", takes_things, adds_scoped },
    { "add_composite", takes_friends, adds_composite },
    { "set", takes_friends, sets },
    { "set_none", takes_friends, sets_none },
    { "add_each", takes_friends, adds_each },
    { "set_each", takes_friends, sets_each },
    { "remove_each", takes_friends, removes_each },
    { "set_each_has_many", takes_friends, sets_toys_each },
    { "set_scoped", takes_things, sets_scoped },
    { "set_composite", takes_friends, sets_composite },
    { "remove", takes_friends, removes },
    { "create_related", takes_friends, creates_friend },
    { "create_related_scoped", takes_things, creates_drink },
    { "create_related_many", takes_friends, creates_friends },
    { "create_related_many_has_many", takes_toys, creates_toys },
    { "add_has_many", takes_toys, adds_toys },
    { "set_has_many", takes_toys, sets_toys },
    { "remove_has_many", takes_toys, removes_toys },
    { "create_related_has_many", takes_toys, creates_toy },
    { "set_has_one", takes_collars, sets_collar },
    { "remove_has_one", takes_collars, removes_collar },
    { "create_related_has_one", takes_penny, creates_collar },
    { "set_has_many_composite", takes_room, sets_beds },
    { "set_belongs_to", takes_owners, sets_owner },
    { "remove_belongs_to", takes_owners, removes_owner },
    { "create_related_belongs_to", takes_owners, creates_owner },
    { "set_belongs_to_composite", takes_bed, sets_room },
    { "set_alternative", takes_topics, sets_topic },
    { "remove_alternative", takes_topics, removes_topic },
};
const struct scenario_list link_scenarios = { scenarios, sizeof scenarios / sizeof scenarios[0] };
