/* tour_models: what the tour is about. It compiles this file, and prints what follows here. */
#include <kith/kith.h>

extern const kith_model person_model, toy_model;

const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true, /* else every row says when it was made and changed */
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(40), .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "friends", .target = &person_model, .through = "friendship" },
                          { KITH_HAS_MANY, .target = &toy_model }),
};
const kith_model person_model = {
    .name = "person",
    .no_timestamps = true,
    .attrs =
        KITH_ATTRS({ .name = "name", .type = KITH_STRING(40), .not_null = true },
                   { .name = "email", .type = KITH_STRING(80), .unique = true, .checks = KITH_CHECKS(KITH_IS_EMAIL) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &pug_model, .through = "friendship" }),
};
const kith_model toy_model = {
    .name = "toy",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(40) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &pug_model }),
};
