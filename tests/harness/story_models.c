/* story_models: see stories.h. The shapes of keys and the models made from them. */
#include <stdio.h>
#include <string.h>

#include "harness/story.h"

/* ---- shapes ---- */

struct shape {
    const char *name;
    unsigned width;
    bool primary;
    kith_type types[KEY_WIDTH];
};

#define LABELS KITH_ENUM("a", "A", "a b", "b", "", "ä", "z", "0", "1")
static const struct shape shapes[] = {
    { "integer", 1, true, { KITH_INTEGER } },
    { "bigint, not primary", 1, false, { KITH_BIGINT } },
    { "text", 1, true, { KITH_STRING(12) } },
    { "text, not primary", 1, false, { KITH_STRING(12) } },
    { "uuid", 1, true, { KITH_UUID } },
    { "decimal", 1, true, { KITH_DECIMAL(20, 4) } },
    { "moment, not primary", 1, false, { KITH_DATE } },
    { "day", 1, true, { KITH_DATEONLY } },
    { "label, not primary", 1, false, { LABELS } },
    { "integer and text", 2, true, { KITH_INTEGER, KITH_STRING(12) } },
    { "uuid and moment", 2, true, { KITH_UUID, KITH_DATE } },
    { "bigint and bigint, not primary", 2, false, { KITH_BIGINT, KITH_BIGINT } },
    { "text and decimal, not primary", 2, false, { KITH_STRING(12), KITH_DECIMAL(20, 4) } },
    { "integer, integer and integer", 3, true, { KITH_INTEGER, KITH_INTEGER, KITH_INTEGER } },
    { "integer, text and uuid", 3, true, { KITH_INTEGER, KITH_STRING(12), KITH_UUID } },
    { "moment, label and decimal", 3, true, { KITH_DATE, LABELS, KITH_DECIMAL(20, 4) } },
    { "uuid, day and text, not primary", 3, false, { KITH_UUID, KITH_DATEONLY, KITH_STRING(12) } },
};

unsigned story_shape_count(void)
{
    return sizeof shapes / sizeof *shapes;
}

const char *story_shape_name(unsigned shape)
{
    return shapes[shape].name;
}

unsigned story_key_width(unsigned shape)
{
    return shapes[shape].width;
}

bool story_key_is_primary(unsigned shape)
{
    return shapes[shape].primary;
}

/* ---- values ---- */

enum { VALUES = ROWS + 1 };

/* Values that are near each other: some database's default comparison, or a detour by doubles, would mix them up. */
static kith_value value_of(const kith_type *type, unsigned i)
{
    static const int64_t integers[VALUES] = { 0, 1, -1, INT32_MAX, INT32_MIN, 11, 10, 2, 101 };
    static const int64_t bigs[VALUES] = {
        INT64_C(9007199254740992), INT64_C(9007199254740993), INT64_MAX, INT64_MAX - 1, INT64_MIN, 0, 1, -1, 5
    };
    static const char *const texts[VALUES] = { "a", "A", "a ", "", "\xC3\xA4", "'", "a,b", "\\", "%" };
    static const char *const labels[VALUES] = { "a", "A", "a b", "b", "", "\xC3\xA4", "z", "0", "1" };
    static const char *const uuids[VALUES] = {
        "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001",
        "00000001-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "f81d4fae-7dec-41d0-a765-00a0c91e6bf6", "f81d4fae-7dec-41d0-a765-00a0c91e6bf7",
        "0190163d-8694-739b-aea5-966c26f8ad91", "10000000-0000-0000-0000-000000000000",
        "00000000-0000-0000-0000-00000000000a"
    };
    static const char *const decimals[VALUES] = { "9007199254740993.0001",
                                                  "9007199254740993.0002",
                                                  "0.0000",
                                                  "-0.5000",
                                                  "0.5000",
                                                  "10.0000",
                                                  "1.0000",
                                                  "0.1000",
                                                  "-1.0000" };
    static const char *const days[VALUES] = { "2026-11-21", "2026-11-22", "1999-12-31", "2000-01-01", "2000-02-29",
                                              "1970-01-01", "1969-12-31", "9999-12-31", "2026-01-02" };
    switch (type->id) {
    case KITH_T_INTEGER: return kith_of_int(integers[i]);
    case KITH_T_BIGINT: return kith_of_int(bigs[i]);
    case KITH_T_UUID: return kith_of_str(uuids[i]);
    case KITH_T_DECIMAL: return kith_of_str(decimals[i]);
    case KITH_T_DATE: return kith_of_timestamp(INT64_C(1600000000000000) + (int64_t)i * (i % 2 ? 1 : 1000000));
    case KITH_T_DATEONLY: return kith_of_str(days[i]);
    case KITH_T_ENUM: return kith_of_str(labels[i]);
    default: return kith_of_str(texts[i]);
    }
}

/* Rows share parts of their keys, but no whole key. */
static unsigned part(unsigned width, unsigned row, unsigned at)
{
    if (width == 1)
        return row;
    if (width == 2)
        return at ? row / 3 : row % 3;
    return at == 0 ? row % 2 : at == 1 ? row / 2 % 2 : row / 4;
}

void story_key(unsigned shape, unsigned row, kith_value *key)
{
    const struct shape *s = &shapes[shape];
    for (unsigned i = 0; i < s->width; i++)
        key[i] = value_of(&s->types[i], part(s->width, row, i));
    key[s->width] = (kith_value)KITH_END_VALUE_;
}

const char *story_key_name(unsigned at)
{
    static const char *const names[KEY_WIDTH] = { "k0", "k1", "k2" };
    return names[at];
}

/* ---- models ---- */

static unsigned make_attrs(struct story_models *m, enum side side, kith_attr *attrs)
{
    const struct shape *s = &shapes[m->shapes[side]];
    for (unsigned i = 0; i < s->width; i++)
        attrs[i] = (kith_attr){ .name = story_key_name(i),
                                .type = s->types[i],
                                .primary_key = s->primary,
                                .unique = !s->primary && s->width == 1,
                                .unique_group = !s->primary && s->width > 1 ? "known" : NULL };
    attrs[s->width] = (kith_attr){ .name = "name", .type = KITH_STRING(8), .not_null = true };
    return s->width + 1;
}

/* "madeA,madeB": as many names as the side's key has attributes. */
static const char *names_like(struct story_models *m, enum side side, const char *start)
{
    char *text = m->names[m->name_count++];
    size_t size = sizeof m->names[0], at = 0;
    for (unsigned i = 0; i < story_key_width(m->shapes[side]); i++)
        at += (size_t)snprintf(text + at, size - at, "%s%s%c", i ? "," : "", start, (char)('A' + i));
    return text;
}

static const char *key_of(struct story_models *m, enum side side)
{
    return story_key_is_primary(m->shapes[side]) ? NULL : m->keys[side];
}

static const kith_field *scope(const char *name, int number)
{
    static const kith_field fields[][2] = {
        { { "side", KITH_CONST_INT(1) }, { .value = KITH_END_VALUE_ } },
        { { "side", KITH_CONST_INT(2) }, { .value = KITH_END_VALUE_ } },
        { { "heat", KITH_CONST_INT(1) }, { .value = KITH_END_VALUE_ } },
        { { "heat", KITH_CONST_INT(2) }, { .value = KITH_END_VALUE_ } },
    };
    return fields[(strcmp(name, "heat") == 0 ? 2 : 0) + number - 1];
}

static void make_source_assocs(struct story_models *m)
{
    const kith_model *source = &m->source, *target = &m->target;
    const char *key = key_of(m, SOURCE), *other = key_of(m, TARGET);
    const char *in_bond = names_like(m, SOURCE, "src"), *far = names_like(m, TARGET, "dst");
    const char *from = names_like(m, SOURCE, "from"), *to = names_like(m, SOURCE, "to");
    const char *keeper = names_like(m, SOURCE, "keep"), *boss = names_like(m, SOURCE, "boss");
    const kith_assoc assocs[] = {
        { KITH_HAS_MANY, target, .as = "many", .foreign_key = names_like(m, SOURCE, "many"), .source_key = key },
        { KITH_HAS_ONE, target, .as = "one", .foreign_key = names_like(m, SOURCE, "one"), .source_key = key },
        { KITH_BELONGS_TO_MANY, target, .as = "left", .through_model = &m->bond, .foreign_key = in_bond,
          .other_key = far, .source_key = key, .target_key = other, .scope = scope("side", 1) },
        { KITH_BELONGS_TO_MANY, target, .as = "right", .through_model = &m->bond, .foreign_key = in_bond,
          .other_key = far, .source_key = key, .target_key = other, .scope = scope("side", 2) },
        { KITH_BELONGS_TO_MANY, source, .as = "peers", .through = "peering", .foreign_key = from, .other_key = to,
          .source_key = key, .target_key = key },
        { KITH_BELONGS_TO_MANY, source, .as = "peerOf", .through = "peering", .foreign_key = to, .other_key = from,
          .source_key = key, .target_key = key },
        { KITH_HAS_MANY, source, .as = "below", .foreign_key = boss, .source_key = key },
        { KITH_BELONGS_TO, source, .as = "boss", .foreign_key = boss, .target_key = key },
        { KITH_HAS_MANY, target, .as = "hot", .foreign_key = keeper, .source_key = key, .scope = scope("heat", 1) },
        { KITH_HAS_MANY, target, .as = "cold", .foreign_key = keeper, .source_key = key, .scope = scope("heat", 2) },
        { 0 },
    };
    memcpy(m->source_assocs, assocs, sizeof assocs);
}

static void make_target_assocs(struct story_models *m)
{
    const kith_model *source = &m->source;
    const char *key = key_of(m, TARGET), *other = key_of(m, SOURCE);
    const kith_assoc *made = m->source_assocs;
    const kith_assoc assocs[] = {
        { KITH_BELONGS_TO, source, .as = "owner", .foreign_key = made[0].foreign_key, .target_key = other },
        { KITH_BELONGS_TO, source, .as = "holder", .foreign_key = made[1].foreign_key, .target_key = other },
        { KITH_BELONGS_TO_MANY, source, .as = "leftOf", .through_model = &m->bond, .foreign_key = made[2].other_key,
          .other_key = made[2].foreign_key, .source_key = key, .target_key = other, .scope = scope("side", 1) },
        { KITH_BELONGS_TO_MANY, source, .as = "rightOf", .through_model = &m->bond, .foreign_key = made[2].other_key,
          .other_key = made[2].foreign_key, .source_key = key, .target_key = other, .scope = scope("side", 2) },
        { 0 },
    };
    memcpy(m->target_assocs, assocs, sizeof assocs);
}

void story_models_make(struct story_models *m, unsigned source_shape, unsigned target_shape)
{
    memset(m, 0, sizeof *m);
    m->shapes[SOURCE] = source_shape;
    m->shapes[TARGET] = target_shape;
    for (unsigned side = 0; side < SIDES; side++)
        snprintf(m->keys[side], sizeof m->keys[side], "%.*s", (int)story_key_width(m->shapes[side]) * 3 - 1,
                 "k0,k1,k2");
    make_attrs(m, SOURCE, m->source_attrs);
    unsigned end = make_attrs(m, TARGET, m->target_attrs);
    m->target_attrs[end] = (kith_attr){ .name = "heat", .type = KITH_INTEGER };
    m->bond_attrs[0] = (kith_attr){ .name = "weight", .type = KITH_INTEGER };
    m->bond_attrs[1] = (kith_attr){ .name = "side", .type = KITH_INTEGER, .not_null = true };
    make_source_assocs(m);
    make_target_assocs(m);
    m->source = (kith_model){
        .name = "source", .no_timestamps = true, .attrs = m->source_attrs, .assocs = m->source_assocs
    };
    m->target = (kith_model){
        .name = "target", .no_timestamps = true, .attrs = m->target_attrs, .assocs = m->target_assocs
    };
    m->bond = (kith_model){ .name = "bond", .table = "bond", .no_timestamps = true, .attrs = m->bond_attrs };
    m->all[0] = &m->source;
    m->all[1] = &m->target;
    m->all[2] = &m->bond;
}
