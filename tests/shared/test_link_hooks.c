/* Hooks around links: the rows of join tables, and the targets and sources that carry a key. */
#include <pthread.h>

#include "shared/hearing.h"

extern const kith_model pug_model, toy_model, chip_model, tag_model;

static const kith_model owner_model = {
    .name = "owner",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &pug_model }),
};
/* Who counts what the hooks of friendships are called about, in the call's own transaction. */
static const kith_model entry_model = {
    .name = "entry",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "change", .type = KITH_INTEGER }),
};
static bool keeps_books;

static bool book(kith_session *s, kith_hook_call *call, void *ctx)
{
    (void)ctx;
    int change = kith_hook_event(call) == KITH_AFTER_CREATE ? 1 : -1;
    return !keeps_books || kith_create(s, &entry_model, KITH_FIELDS(KITH_F("change", change)));
}

static const kith_model friendship_model = {
    .name = "friendship",
    .attrs = KITH_ATTRS({ .name = "since", .type = KITH_INTEGER, .checks = KITH_CHECKS(KITH_RANGE(0, 2100)) },
                        { .name = "word", .type = KITH_STRING(20), .unique = true }),
    .hooks = KITH_HOOKS(HEARS_ALL("since"), { KITH_AFTER_CREATE, book }, { KITH_AFTER_DESTROY, book }),
};
static const kith_model liking_model = {
    .name = "liking",
    .paranoid = true,
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "stars", .type = KITH_INTEGER }),
    .hooks = KITH_HOOKS(HEARS_ALL("stars")),
};
static const kith_model visit_model = {
    .name = "visit",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true },
                        { .name = "stars", .type = KITH_INTEGER }),
    .hooks = KITH_HOOKS(HEARS_ALL("stars")),
};
const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &owner_model }, { KITH_HAS_MANY, .target = &toy_model },
                          { KITH_HAS_ONE, .target = &chip_model },
                          { KITH_BELONGS_TO_MANY, .target = &pug_model, .as = "friends", .foreign_key = "pugId",
                            .other_key = "friendId", .through_model = &friendship_model },
                          { KITH_BELONGS_TO_MANY, .target = &pug_model, .as = "fans", .foreign_key = "friendId",
                            .other_key = "pugId", .through_model = &friendship_model },
                          { KITH_BELONGS_TO_MANY, .target = &pug_model, .as = "likes", .foreign_key = "pugId",
                            .other_key = "likedId", .through_model = &liking_model },
                          { KITH_BELONGS_TO_MANY, .target = &pug_model, .as = "visits", .foreign_key = "pugId",
                            .other_key = "hostId", .through_model = &visit_model, .not_unique = true },
                          { KITH_BELONGS_TO_MANY, .target = &tag_model, .through = "pugTags",
                            .through_hooks = KITH_HOOKS(HEARS(KITH_AFTER_CREATE, "tagId")) }),
    .hooks = KITH_HOOKS(HEARS(KITH_BEFORE_CREATE, "name"), HEARS(KITH_BEFORE_UPDATE, "ownerId"),
                        HEARS(KITH_AFTER_UPDATE, "ownerId")),
};
const kith_model toy_model = {
    .name = "toy",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }, { .name = "note", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &pug_model }),
    .hooks = KITH_HOOKS(HEARS_ALL("pugId")),
};
const kith_model chip_model = {
    .name = "chip",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &pug_model }),
    .hooks = KITH_HOOKS(HEARS(KITH_BEFORE_UPDATE, "pugId"), HEARS(KITH_AFTER_BULK_UPDATE, "pugId")),
};
const kith_model tag_model = {
    .name = "tag",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &pug_model, .through = "pugTags" }),
};

static const char *const links[] = { "pugId", "friendId", "since", NULL };
static const char *const likes[] = { "pugId", "likedId", "stars", NULL };
static const char *const name_and_pug[] = { "name", "pugId", NULL };

/* cody is 1, doug 2, eric 3, and fred 4. */
static kith_record *cody, *doug, *eric, *fred;

static kith_record *named(kith_session *s, const kith_model *m, const char *name)
{
    return must(s, kith_create(s, m, KITH_FIELDS(KITH_F("name", name))));
}

static kith_session *start_pugs(void **state)
{
    forget_heard();
    kith_session *s = start(state, KITH_MODELS(&owner_model, &pug_model, &toy_model, &chip_model, &tag_model,
                                               &friendship_model, &liking_model, &visit_model, &entry_model));
    cody = named(s, &pug_model, "Cody");
    doug = named(s, &pug_model, "Doug");
    eric = named(s, &pug_model, "Eric");
    fred = named(s, &pug_model, "Fred");
    forget_heard();
    return s;
}

#define SINCE(n) KITH_FIELDS(KITH_F("since", n))

/* cody knows doug since 2001, and eric. */
static kith_session *start_friends(void **state)
{
    kith_session *s = start_pugs(state);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ doug, .through = SINCE(2001) }, { eric }), NULL));
    forget_heard();
    return s;
}

/* ---- join rows -------------------------------------------------------------------------------------------------------- */

/* P27, S63, S70: new links run the hooks of create, each with its own values */
static void test_shared_link_hooks__add(void **state)
{
    kith_session *s = start_pugs(state);
    kith_list *list = must(s,
                           kith_add(s, cody, "friends", KITH_REFS({ doug, .through = SINCE(2001) }, { eric }), NULL));
    expect_heard("before_bulk_create friendship 2001,-; before_validate friendship 2001; before_validate friendship -; "
                 "after_validate friendship 2001; after_validate friendship -; before_create friendship 2001; "
                 "before_create friendship -; after_create friendship 2001; after_create friendship null; "
                 "after_bulk_create friendship 2001,null; ");
    assert_int_equal(list->count, 2);
    assert_int_equal(kith_int(list->at[0], "since"), 2001);
    assert_int_equal(kith_int(list->at[1], "friendId"), 3);
    expect_stored(&friendship_model, links,
                  "[{'pugId':1,'friendId':2,'since':2001},{'pugId':1,'friendId':3,'since':null}]");
}

/* P27, S64, S69: a link that is there runs the hooks of update when it gets other values, and none when it does not */
static void test_shared_link_hooks__add_again(void **state)
{
    kith_session *s = start_friends(state);
    kith_list *list = must(s, kith_add(s, cody, "friends",
                                       KITH_REFS({ fred }, { doug, .through = SINCE(2002) }, { eric }), NULL));
    expect_heard("before_bulk_create friendship -; before_validate friendship -; after_validate friendship -; "
                 "before_create friendship -; before_bulk_update friendship 2002<2001; "
                 "before_validate friendship 2002<2001; after_validate friendship 2002<2001; "
                 "before_update friendship 2002<2001; after_create friendship null; after_bulk_create friendship null; "
                 "after_update friendship 2002<2001; after_bulk_update friendship 2002<2001; ");
    assert_int_equal(list->count, 3);
    assert_int_equal(kith_int(list->at[0], "friendId"), 4);
    assert_int_equal(kith_int(list->at[1], "since"), 2002);
    assert_int_equal(kith_int(list->at[2], "friendId"), 3);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ eric }, { doug, .through = SINCE(2002) }), NULL));
    expect_heard("");
}

/* P27, S65: removed links run the hooks of destroy */
static void test_shared_link_hooks__remove(void **state)
{
    kith_session *s = start_friends(state);
    expect_number(s, kith_remove(s, cody, "friends", KITH_REFS({ doug }, { fred })), 1);
    expect_heard("before_bulk_destroy friendship 2001; before_destroy friendship 2001; after_destroy friendship 2001; "
                 "after_bulk_destroy friendship 2001; ");
    expect_number(s, kith_remove(s, cody, "friends", KITH_REFS({ doug })), 0);
    expect_heard("");
    expect_stored(&friendship_model, links, "[{'pugId':1,'friendId':3,'since':null}]");
}

/* P27, S67: set runs the hooks of what it removes, makes and changes */
static void test_shared_link_hooks__set(void **state)
{
    kith_session *s = start_friends(state);
    kith_list *list = must(s, kith_set(s, cody, "friends",
                                       KITH_REFS({ fred, .through = SINCE(2003) }, { eric, .through = SINCE(2004) }),
                                       NULL));
    expect_heard("before_bulk_destroy friendship 2001; before_destroy friendship 2001; "
                 "before_bulk_create friendship 2003; before_validate friendship 2003; after_validate friendship 2003; "
                 "before_create friendship 2003; "
                 "before_bulk_update friendship 2004<null; before_validate friendship 2004<null; "
                 "after_validate friendship 2004<null; before_update friendship 2004<null; "
                 "after_destroy friendship 2001; after_bulk_destroy friendship 2001; "
                 "after_create friendship 2003; after_bulk_create friendship 2003; "
                 "after_update friendship 2004<null; after_bulk_update friendship 2004<null; ");
    assert_int_equal(list->count, 2);
    assert_int_equal(kith_int(list->at[0], "friendId"), 4);
    expect_stored(&friendship_model, links,
                  "[{'pugId':1,'friendId':3,'since':2004},{'pugId':1,'friendId':4,'since':2003}]");
    must(s, kith_set(s, cody, "friends", KITH_NO_REFS, NULL));
    expect_stored(&friendship_model, links, "[]");
}

/* P27, S71: the target's hooks, then the join row's */
static void test_shared_link_hooks__create_related(void **state)
{
    kith_session *s = start_pugs(state);
    must(s, kith_create_related(s, cody, "friends", KITH_FIELDS(KITH_F("name", "Gwen")),
                                &(kith_link_opts){ .through = SINCE(2005) }));
    expect_heard("before_create pug Gwen; before_bulk_create friendship 2005; before_validate friendship 2005; "
                 "after_validate friendship 2005; before_create friendship 2005; after_create friendship 2005; "
                 "after_bulk_create friendship 2005; ");
    hear_on(KITH_AFTER_CREATE, act_refuses);
    assert_null(kith_create_related(s, cody, "friends", KITH_FIELDS(KITH_F("name", "Hugo")), NULL));
    expect_error(s, KITH_E_VALIDATION, "friendship", NULL, "not today");
    expect_number(s, kith_count(s, &pug_model, NULL), 5);
}

/* P27: a join model that Kith made has hooks by its association, whichever side links */
static void test_shared_link_hooks__made_join_model(void **state)
{
    kith_session *s = start_pugs(state);
    kith_record *good = named(s, &tag_model, "good"), *bad = named(s, &tag_model, "bad");
    must(s, kith_add(s, cody, "tags", KITH_REFS({ good }), NULL));
    expect_heard("after_create pugTags 1; ");
    must(s, kith_add(s, bad, "pugs", KITH_REFS({ cody }, { doug }), NULL));
    expect_heard("after_create pugTags 2; after_create pugTags 2; ");
    must(s, kith_create(s, kith_model_named(the_db(), "pugTags"), KITH_FIELDS(KITH_F("pugId", 2), KITH_F("tagId", 1))));
    expect_heard("after_create pugTags 1; ");
}

/* P27: a link that was destroyed softly and comes back is created */
static void test_shared_link_hooks__revived(void **state)
{
    kith_session *s = start_pugs(state);
    must(s, kith_add(s, cody, "likes", KITH_REFS({ doug, .through = KITH_FIELDS(KITH_F("stars", 3)) }), NULL));
    expect_number(s, kith_remove(s, cody, "likes", KITH_REFS({ doug })), 1);
    forget_heard();
    expect_number(s, kith_remove(s, cody, "likes", KITH_REFS({ doug })), 0);
    expect_heard("");
    kith_list *list = must(s, kith_add(s, cody, "likes",
                                       KITH_REFS({ doug, .through = KITH_FIELDS(KITH_F("stars", 5)) }), NULL));
    expect_heard("before_bulk_create liking 5; before_validate liking 5; after_validate liking 5; "
                 "before_create liking 5; after_create liking 5; after_bulk_create liking 5; ");
    assert_int_equal(kith_value_of(list->at[0], "deletedAt").kind, KITH_NULL);
    must(s, kith_set(s, cody, "likes", KITH_REFS({ eric }), NULL));
    must(s, kith_set(s, cody, "likes", KITH_REFS({ doug }), NULL));
    expect_stored(&liking_model, likes, "[{'pugId':1,'likedId':2,'stars':5}]");
}

/* P27, S42: every add of a repeatable link makes a row, and each runs its hooks */
static void test_shared_link_hooks__repeatable(void **state)
{
    kith_session *s = start_pugs(state);
    must(s, kith_add(s, cody, "visits", KITH_REFS({ doug, .through = KITH_FIELDS(KITH_F("stars", 1)) }), NULL));
    forget_heard();
    must(s, kith_add(s, cody, "visits", KITH_REFS({ doug }, { doug }),
                     &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("stars", 2)) }));
    expect_heard("before_bulk_create visit 2,2; before_validate visit 2; before_validate visit 2; "
                 "after_validate visit 2; after_validate visit 2; before_create visit 2; before_create visit 2; "
                 "after_create visit 2; after_create visit 2; after_bulk_create visit 2,2; ");
    must(s, kith_set(s, cody, "visits", KITH_REFS({ doug }), NULL));
    expect_heard("");
    must(s, kith_set(s, cody, "visits", KITH_REFS({ eric }), NULL));
    expect_number(s, kith_count(s, &visit_model, NULL), 1);
    forget_heard();
    must(s, kith_add(s, cody, "visits", KITH_REFS({ eric }), NULL));
    forget_heard();
    expect_number(s, kith_remove(s, cody, "visits", KITH_REFS({ eric })), 2);
    expect_heard("before_bulk_destroy visit null,null; before_destroy visit null; before_destroy visit null; "
                 "after_destroy visit null; after_destroy visit null; after_bulk_destroy visit null,null; ");
}

static bool sets_since(kith_session *s, kith_hook_call *call)
{
    (void)s;
    for (size_t i = 0; kith_hook_row(call, i); i++)
        if (!kith_hook_set(call, "since", KITH_V(1990 + (int)i)))
            return false;
    return true;
}

/* P27: hooks change the values of join rows, one by one or together */
static void test_shared_link_hooks__set_values(void **state)
{
    kith_session *s = start_pugs(state);
    hear_on(KITH_BEFORE_BULK_CREATE, sets_since);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ doug }, { eric, .through = SINCE(2001) }), NULL));
    hear_on(KITH_BEFORE_UPDATE, sets_since);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ eric, .through = KITH_FIELDS(KITH_F("word", "pal")) }), NULL));
    hear_on(KITH_BEFORE_VALIDATE, sets_since);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ fred }), NULL));
    expect_stored(&friendship_model, links,
                  "[{'pugId':1,'friendId':2,'since':1990},{'pugId':1,'friendId':3,'since':1990},"
                  "{'pugId':1,'friendId':4,'since':1990}]");
}

static bool sets_key(kith_session *s, kith_hook_call *call)
{
    (void)s;
    return kith_hook_set(call, "friendId", KITH_V(1));
}

static bool sets_bad_since(kith_session *s, kith_hook_call *call)
{
    (void)s;
    return kith_hook_set(call, "since", KITH_V(3000));
}

/* S51: what the association decides is not a hook's to change; other values are validated */
static void test_shared_link_hooks__wrong_values(void **state)
{
    kith_session *s = start_pugs(state);
    hear_on(KITH_BEFORE_CREATE, sets_key);
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ doug }), NULL));
    expect_error(s, KITH_E_USAGE, "friendship", "friendId", "association");
    hear_on(KITH_BEFORE_CREATE, sets_bad_since);
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ doug }), NULL));
    expect_error(s, KITH_E_VALIDATION, "friendship", "since", "");
    forget_heard();
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ doug, .through = SINCE(3000) }), NULL));
    expect_error(s, KITH_E_VALIDATION, "friendship", "since", "");
    expect_stored(&friendship_model, links, "[]");
}

/* P27: whichever hook refuses, the links are as before, and the session goes on */
static void test_shared_link_hooks__refused(void **state)
{
    kith_session *s = start_friends(state);
    for (int event = KITH_BEFORE_VALIDATE; event < KITH_EVENT_COUNT_; event++) {
        hear_on((kith_event)event, act_refuses);
        assert_null(kith_set(s, cody, "friends",
                             KITH_REFS({ fred, .through = SINCE(2003) }, { eric, .through = SINCE(2004) }), NULL));
        expect_error(s, KITH_E_VALIDATION, "friendship", NULL, "not today");
        expect_stored(&friendship_model, links,
                      "[{'pugId':1,'friendId':2,'since':2001},{'pugId':1,'friendId':3,'since':null}]");
    }
    hear_on(KITH_AFTER_DESTROY, act_refuses);
    expect_number(s, kith_remove(s, cody, "friends", KITH_REFS({ doug })) == -1, 1);
}

static bool adds_the_link(kith_session *s, kith_hook_call *call)
{
    hearing.act = NULL;
    (void)call;
    return kith_add(s, cody, "friends", KITH_REFS({ doug }), NULL) != NULL;
}

/* A hook that makes the very link: it is there once. */
static void test_shared_link_hooks__made_by_the_hook(void **state)
{
    kith_session *s = start_pugs(state);
    hear_on(KITH_BEFORE_CREATE, adds_the_link);
    kith_list *list = kith_add(s, cody, "friends", KITH_REFS({ doug }), NULL);
    if (list)
        assert_int_equal(list->count, 1);
    else
        expect_error(s, KITH_E_UNIQUE, "friendship", NULL, "");
    expect_stored(&friendship_model, links, list ? "[{'pugId':1,'friendId':2,'since':null}]" : "[]");
}

/* Another unique key than the link's is still an error. */
static void test_shared_link_hooks__other_unique_key(void **state)
{
    kith_session *s = start_pugs(state);
    const kith_field *pal = KITH_FIELDS(KITH_F("word", "pal"));
    must(s, kith_add(s, cody, "friends", KITH_REFS({ doug, .through = pal }), NULL));
    assert_null(kith_add(s, cody, "friends", KITH_REFS({ eric, .through = pal }), NULL));
    expect_error(s, KITH_E_UNIQUE, "friendship", NULL, "");
    expect_number(s, kith_count(s, &friendship_model, NULL), 1);
}

/* ---- keys in the targets ------------------------------------------------------------------------------------------------ */

static void test_shared_link_hooks__has_many(void **state)
{
    kith_session *s = start_pugs(state);
    kith_record *ball = named(s, &toy_model, "ball"), *bone = named(s, &toy_model, "bone"),
                *duck = named(s, &toy_model, "duck");
    forget_heard();
    kith_list *list = must(s, kith_add(s, cody, "toys", KITH_REFS({ bone }, { ball }), NULL));
    expect_heard("before_bulk_update toy 1<null,1<null; before_validate toy 1<null; before_validate toy 1<null; "
                 "after_validate toy 1<null; after_validate toy 1<null; before_update toy 1<null; "
                 "before_update toy 1<null; after_update toy 1<null; after_update toy 1<null; "
                 "after_bulk_update toy 1<null,1<null; ");
    assert_string_equal(kith_text(list->at[0], "name"), "bone");
    assert_int_equal(kith_int(list->at[0], "pugId"), 1);
    must(s, kith_add(s, cody, "toys", KITH_REFS({ ball }), NULL));
    expect_heard("");
    must(s, kith_set(s, cody, "toys", KITH_REFS({ ball }, { duck }), NULL));
    expect_heard("before_bulk_update toy null<1,1<null; before_validate toy null<1; before_validate toy 1<null; "
                 "after_validate toy null<1; after_validate toy 1<null; before_update toy null<1; "
                 "before_update toy 1<null; after_update toy null<1; after_update toy 1<null; "
                 "after_bulk_update toy null<1,1<null; ");
    expect_number(s, kith_remove(s, cody, "toys", KITH_REFS({ ball }, { bone })), 1);
    expect_heard("before_bulk_update toy null<1; before_validate toy null<1; after_validate toy null<1; "
                 "before_update toy null<1; after_update toy null<1; after_bulk_update toy null<1; ");
    expect_stored(&toy_model, name_and_pug,
                  "[{'name':'ball','pugId':null},{'name':'bone','pugId':null},{'name':'duck','pugId':1}]");
    assert_null(kith_add(s, cody, "toys", KITH_REFS({ .key = KITH_V(77) }), NULL));
    expect_error(s, KITH_E_NOT_FOUND, "toy", NULL, "1 of the 1");
    expect_heard("");
}

static bool notes_row(kith_session *s, kith_hook_call *call)
{
    static const char *const notes[] = { "first", "second", "third" };
    (void)s;
    return kith_hook_set(call, "note", KITH_V(notes[hearing.acted - 1]));
}

/* Hooks give the targets values of their own. */
static void test_shared_link_hooks__has_many_values(void **state)
{
    static const char *const name_and_note[] = { "name", "note", "pugId", NULL };
    kith_session *s = start_pugs(state);
    kith_record *ball = named(s, &toy_model, "ball"), *bone = named(s, &toy_model, "bone");
    hear_on(KITH_BEFORE_UPDATE, notes_row);
    kith_list *list = must(s, kith_add(s, cody, "toys", KITH_REFS({ bone }, { ball }), NULL));
    assert_string_equal(kith_text(list->at[0], "note"), "first");
    expect_stored(&toy_model, name_and_note,
                  "[{'name':'ball','note':'second','pugId':1},{'name':'bone','note':'first','pugId':1}]");
}

static void test_shared_link_hooks__has_many_refused(void **state)
{
    static const kith_event events[] = { KITH_BEFORE_VALIDATE, KITH_AFTER_VALIDATE,     KITH_BEFORE_UPDATE,
                                         KITH_AFTER_UPDATE,    KITH_BEFORE_BULK_UPDATE, KITH_AFTER_BULK_UPDATE };
    kith_session *s = start_pugs(state);
    kith_record *ball = named(s, &toy_model, "ball"), *bone = named(s, &toy_model, "bone");
    must(s, kith_add(s, cody, "toys", KITH_REFS({ ball }), NULL));
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        hear_on(events[i], act_refuses);
        assert_null(kith_set(s, cody, "toys", KITH_REFS({ bone }), NULL));
        expect_error(s, KITH_E_VALIDATION, "toy", NULL, "not today");
        assert_int_equal(kith_remove(s, cody, "toys", KITH_REFS({ ball })), -1);
        expect_error(s, KITH_E_VALIDATION, "toy", NULL, "not today");
        expect_stored(&toy_model, name_and_pug, "[{'name':'ball','pugId':1},{'name':'bone','pugId':null}]");
    }
}

/* One takes the place of another, whose key goes first: it is unique. */
static void test_shared_link_hooks__has_one(void **state)
{
    kith_session *s = start_pugs(state);
    kith_record *a = named(s, &chip_model, "a"), *b = named(s, &chip_model, "b");
    must(s, kith_set(s, cody, "chip", KITH_REFS({ b }), NULL));
    expect_heard("before_update chip 1<null; after_bulk_update chip 1<null; ");
    must(s, kith_set(s, cody, "chip", KITH_REFS({ a }), NULL));
    expect_heard("before_update chip null<1; before_update chip 1<null; after_bulk_update chip null<1,1<null; ");
    expect_stored(&chip_model, name_and_pug, "[{'name':'a','pugId':1},{'name':'b','pugId':null}]");
    must(s, kith_set(s, cody, "chip", KITH_NO_REFS, NULL));
    expect_stored(&chip_model, name_and_pug, "[{'name':'a','pugId':null},{'name':'b','pugId':null}]");
}

/* The key is in the source's row, so it is the source that is updated. */
static void test_shared_link_hooks__belongs_to(void **state)
{
    kith_session *s = start_pugs(state);
    kith_record *ann = named(s, &owner_model, "Ann");
    must(s, kith_set(s, cody, "owner", KITH_REFS({ ann }), NULL));
    expect_heard("before_update pug 1<null; after_update pug 1<null; ");
    assert_int_equal(kith_int(cody, "ownerId"), 1);
    hear_on(KITH_AFTER_UPDATE, act_refuses);
    assert_int_equal(kith_remove(s, cody, "owner", KITH_REFS({ ann })), -1);
    expect_error(s, KITH_E_VALIDATION, "pug", NULL, "not today");
    assert_int_equal(kith_int(cody, "ownerId"), 1);
}

/* ---- many sessions ------------------------------------------------------------------------------------------------------ */

enum { THREADS = 8, ROUNDS = 30 };

struct worker {
    pthread_t thread;
    unsigned number, round;
    kith_error err;
};

/* Half of them link from the one side, half from the other. */
static bool add_and_remove(kith_session *s, void *ctx)
{
    const struct worker *w = ctx;
    bool forth = w->number % 2;
    int64_t other = 2 + w->round % 3, gone = 2 + (w->round + 1) % 3;
    kith_record *one = kith_find_by_key(s, &pug_model, KITH_V(1));
    kith_record *pug = kith_find_by_key(s, &pug_model, KITH_V(other));
    if (forth)
        kith_add(s, one, "friends", KITH_REFS({ .key = KITH_V(other) }), NULL);
    else
        kith_add(s, pug, "fans", KITH_REFS({ .key = KITH_V(1) }), NULL);
    return kith_remove(s, one, "friends", KITH_REFS({ .key = KITH_V(gone) })) >= 0;
}

static void *work(void *ctx)
{
    struct worker *w = ctx;
    kith_session *s = kith_session_open(the_db());
    for (w->round = 0; s && w->round < ROUNDS && !kith_error_of(s); w->round++)
        kith_transaction(s, add_and_remove, w, &(kith_transaction_opts){ .max_tries = 100 });
    if (kith_error_of(s))
        w->err = *kith_error_of(s);
    kith_session_close(s);
    return NULL;
}

static const char *const change_only[] = { "change", NULL };

/* P27, S64: many sessions that link the same pugs at once: no failure, and hooks of create and destroy for exactly what
 * was made and removed */
static void test_shared_link_hooks__at_once(void **state)
{
    kith_session *s = start_pugs(state);
    struct worker workers[THREADS] = { 0 };
    int64_t sum = 0;
    hearing.deaf = keeps_books = true;
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i].number = i;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    keeps_books = false;
    for (unsigned i = 0; i < THREADS; i++)
        if (workers[i].err.status != KITH_OK)
            fail_msg("%s", workers[i].err.message);
    kith_list *entries = must(s, kith_find(s, &entry_model, &(kith_query){ .attributes = change_only }));
    for (size_t i = 0; i < entries->count; i++)
        sum += kith_int(entries->at[i], "change");
    assert_true(entries->count > 0);
    expect_number(s, kith_count(s, &friendship_model, NULL), sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_link_hooks__add),
        SHARED_TEST(test_shared_link_hooks__add_again),
        SHARED_TEST(test_shared_link_hooks__remove),
        SHARED_TEST(test_shared_link_hooks__set),
        SHARED_TEST(test_shared_link_hooks__create_related),
        SHARED_TEST(test_shared_link_hooks__made_join_model),
        SHARED_TEST(test_shared_link_hooks__revived),
        SHARED_TEST(test_shared_link_hooks__repeatable),
        SHARED_TEST(test_shared_link_hooks__set_values),
        SHARED_TEST(test_shared_link_hooks__wrong_values),
        SHARED_TEST(test_shared_link_hooks__refused),
        SHARED_TEST(test_shared_link_hooks__made_by_the_hook),
        SHARED_TEST(test_shared_link_hooks__other_unique_key),
        SHARED_TEST(test_shared_link_hooks__has_many),
        SHARED_TEST(test_shared_link_hooks__has_many_values),
        SHARED_TEST(test_shared_link_hooks__has_many_refused),
        SHARED_TEST(test_shared_link_hooks__has_one),
        SHARED_TEST(test_shared_link_hooks__belongs_to),
        SHARED_TEST(test_shared_link_hooks__at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
