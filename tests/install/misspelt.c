/* misspelt: definitions and calls as users write them. It compiles; tests/install/run misspells one word of it at a time,
 * and then it must not. */
#include <kith/kith.h>

extern const kith_model friend_model;

const kith_model friendship_model = {
    .name = "friendship",
    .underscored = true,
    .attrs = KITH_ATTRS({ .name = "since", .type = KITH_INTEGER, .not_null = true }),
    .indexes = KITH_INDEXES({ .unique = true, .attrs = KITH_NAMES("since") }),
};
const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "friends", .target = &friend_model,
                            .through_model = &friendship_model, .foreign_key = "pugId", .other_key = "friendId",
                            .source_key = "id", .target_key = "id",
                            .scope = KITH_FIELDS({ "since", KITH_CONST_INT(1) }) },
                          { KITH_HAS_MANY, .as = "puppies", .target = &pug_model, .on_delete = KITH_CASCADE }),
};
const kith_model friend_model = {
    .name = "friend",
    .paranoid = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &pug_model, .through = "friendship" }),
};

kith_list *find_pugs(kith_session *s);
kith_list *find_pugs(kith_session *s)
{
    return kith_find(s, &pug_model,
                     &(kith_query){
                         .attributes = KITH_NAMES("id"),
                         .where = KITH_EQ("id", 1),
                         .include = KITH_INCLUDE(
                             { .as = "friends", .required = KITH_YES, .through = { .attributes = KITH_NO_NAMES } }),
                         .order = KITH_ORDER({ "id", .desc = true }),
                         .limit = 1 });
}
