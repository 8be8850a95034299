/* pugs: models for the tests of statements, with every kind of association and as few columns as possible.
 *
 *     owner  has many pugs
 *     pug    belongs to owner, has one passport, has many toys, belongs to many pugs as friends through friendship
 *            (which has a value of its own), belongs to many tags through pugTags (a model made for it)
 *     toy    belongs to pug, is destroyed softly */
#ifndef TESTS_SQL_PUGS_H
#define TESTS_SQL_PUGS_H

#include "kith/kith.h"

static const kith_model owner_model, pug_model, passport_model, toy_model, friendship_model, tag_model;

static const kith_model owner_model = {
    .name = "owner",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(50) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &pug_model }),
};

static const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(50), .not_null = true },
                        { .name = "age", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &owner_model }, { KITH_HAS_ONE, &passport_model },
                          { KITH_HAS_MANY, &toy_model },
                          { KITH_BELONGS_TO_MANY, &pug_model, .as = "friends", .through_model = &friendship_model },
                          { KITH_BELONGS_TO_MANY, &tag_model, .through = "pugTags" }),
};

static const kith_model passport_model = {
    .name = "passport",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "number", .type = KITH_STRING(20), .primary_key = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &pug_model }),
};

static const kith_model toy_model = {
    .name = "toy",
    .no_timestamps = true,
    .paranoid = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(50) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &pug_model }),
};

static const kith_model friendship_model = {
    .name = "friendship",
    .table = "friendship",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "since", .type = KITH_INTEGER }),
};

static const kith_model tag_model = {
    .name = "tag",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "word", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &pug_model, .through = "pugTags" }),
};

#define PUG_MODELS KITH_MODELS(&owner_model, &pug_model, &passport_model, &toy_model, &friendship_model, &tag_model)

/* All columns of each table, as a find selects them. */
#define OWNER(t)      t ".[id], " t ".[name]"
#define PUG(t)        t ".[id], " t ".[name], " t ".[age], " t ".[ownerId]"
#define PASSPORT(t)   t ".[number], " t ".[pugId]"
#define TOY(t)        t ".[id], " t ".[name], " t ".[deletedAt], " t ".[pugId]"
#define FRIENDSHIP(t) t ".[since], " t ".[pugId], " t ".[friendId]"
#define PUG_TAG(t)    t ".[pugId], " t ".[tagId]"
#define TAG(t)        t ".[id], " t ".[word]"

#endif
