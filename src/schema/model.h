/* model: definitions after they were resolved, checked and frozen.
 *
 * Everything later reads these structs and none of the user's tables. An association is data: hops and key pairs. Its
 * kind is looked at in one place only, the function that resolves it. Nothing here changes after kith_open, so that
 * threads share it without locks. */
#ifndef KITH_SCHEMA_MODEL_H
#define KITH_SCHEMA_MODEL_H

#include "base/arena.h"
#include "base/map.h"
#include "kith/model.h"

enum { KEY_MAX = 8 }; /* attributes in one key */

struct model;
struct attr;
struct checks; /* compiled validators, schema/checks.h */

enum attr_role { ROLE_PLAIN = 0, ROLE_CREATED_AT, ROLE_UPDATED_AT, ROLE_DELETED_AT };

/* Of ENUM attributes that hold the same, because one refers to the other; most are alone. */
struct enum_type {
    const struct attr *attr; /* whose it is: what the others refer to */
    const char *name;        /* in the database, where types have names */
    size_t longest;          /* of its labels, in bytes */
    bool text;               /* must be a column of text: it refers to a table without a model */
};

struct attr {
    const char *name, *column;
    const struct model *model;
    unsigned index; /* its place in model->attrs */
    kith_type type; /* sizes filled in */
    unsigned label_count;
    const struct enum_type *enum_type; /* of an ENUM, else NULL */
    bool primary_key, auto_increment, not_null;
    bool unique; /* by itself, and not the primary key */
    enum attr_role role;
    kith_value default_value; /* of the attribute's own kind, or absent */
    kith_generate generate;
    const struct checks *checks; /* NULL when there are none */
    const char *const *names;    /* text: one of these; NULL: any */
    kith_member member;
};

/* What a column of keys to be compared with it is made of: an INTEGER that is unsigned may need more room than others. */
static inline uint8_t attr_key_type(const struct attr *attr)
{
    return (uint8_t)(attr->type.id == KITH_T_INTEGER && attr->type.is_unsigned ? KITH_T_BIGINT : attr->type.id);
}

/* Pairs of attributes that are equal along an association, in the order of the key. */
struct key_pairs {
    unsigned count;
    const struct attr *from[KEY_MAX], *to[KEY_MAX];
};

struct hop {
    const struct model *to;
    struct key_pairs on;
};

/* Constant values in the rows that carry the foreign key: the join row, the target, or (key_in_source) the source. */
struct scope {
    unsigned count;
    const struct attr *attrs[KEY_MAX];
    kith_value values[KEY_MAX];
};

/* Where records of one model go in the struct of their source. */
struct into {
    kith_member member;
    const struct model *of;
    const struct into *next; /* for records of another model, or NULL */
};

struct assoc {
    const kith_assoc *def;
    const char *name;     /* the alias */
    const char *singular; /* of the alias, for names of calls */
    const struct model *source;
    struct hop hops[2]; /* two when through a join model; the target is the last hop's model */
    unsigned hop_count;
    bool many;
    bool repeatable;               /* the same pair may be linked more than once */
    const struct model *key_model; /* whose table carries the foreign key */
    bool key_in_source;            /* it is in the source's own row; between records of one model only this tells */
    const struct attr *link_key[KEY_MAX]; /* what makes a join row one of a kind; none when repeatable */
    unsigned link_key_count;
    const struct assoc *inverse; /* the same link seen from the target, or NULL */
    const struct scope *scope;   /* NULL when there is none */
    const struct into *into;     /* NULL: in no struct */

    /* It leads to one of several models: an association for each of them, whose scope in the source's row says for which
     * rows it stands. Then it has no hops itself, and all that follows hops takes an alternative. */
    const struct assoc *alternatives;
    unsigned alternative_count;
    const char *leads_to; /* "pug, cat or toy" */
};

/* NULL when it leads to one of several models. */
static inline const struct model *assoc_target(const struct assoc *a)
{
    return a->hop_count ? a->hops[a->hop_count - 1].to : NULL;
}
/* What a source's own row must hold to be one, or NULL. */
static inline const struct scope *assoc_source_scope(const struct assoc *a)
{
    return a->key_in_source ? a->scope : NULL;
}
static inline const struct model *assoc_join(const struct assoc *a)
{
    return a->hop_count == 2 ? a->hops[0].to : NULL;
}

/* A foreign key constraint of the model's table. `to_table` and `to_columns` are filled also when `to` is a model. */
struct foreign_key {
    const char *name;
    unsigned count;
    const struct attr *attrs[KEY_MAX];
    const struct model *to; /* NULL: a table without a model */
    const struct attr *to_attrs[KEY_MAX];
    const char *to_table;
    const char *to_columns[KEY_MAX];
    kith_action on_delete, on_update; /* never AUTO */
};

struct index {
    const char *name;
    bool unique;
    unsigned count;
    const struct attr *attrs[KEY_MAX];
};

struct model {
    const kith_model *def;
    const char *name, *singular, *plural, *table;
    const struct attr *const *attrs;
    unsigned attr_count;
    struct name_map attr_named; /* by attribute name */
    const struct attr *key[KEY_MAX];
    unsigned key_count; /* 0: rows cannot be named */
    const struct assoc *const *assocs;
    unsigned assoc_count;
    struct name_map assoc_named;
    const struct index *indexes; /* unique constraints among them, the primary key not */
    unsigned index_count;
    const struct foreign_key *foreign_keys;
    unsigned foreign_key_count;
    const struct attr *created_at, *updated_at, *deleted_at, *auto_increment; /* NULL when there is none */
    const kith_hook *const *hooks;                                            /* in the order in which they run */
    unsigned hook_count;
    uint32_t hook_events;      /* a bit 1 << event for each that has a hook */
    bool is_join;              /* made for an association, or used as its join model */
    const int16_t *identity;   /* 0, 1, 2, …: the slots of a record that has every attribute */
    const struct attr **slots; /* the same attributes, as records want them */
};

struct schema {
    const kith_allocator *allocator;
    kith_arena arena;
    const struct model **models; /* in the order given, then the join models that were made */
    unsigned model_count;
    struct name_map model_named;
    const struct enum_type **enums;
    unsigned enum_count;
    /* by the address of the definition: open addressing, a power of two */
    struct model_slot {
        const kith_model *def;
        const struct model *model;
    } * by_def;
    size_t by_def_size;
};

static inline bool has_hook(const struct model *m, kith_event event)
{
    return m->hook_events >> event & 1;
}

/* Resolves, checks and freezes. hooks: of every model, may be NULL. With snake_case, all tables and columns are spelt so, whatever the definitions say. On
 * failure the error names every mistake found and nothing is left behind. */
bool kith__schema_init(struct schema *schema, const kith_allocator *allocator, bool plain,
                       const kith_model *const *models, const kith_hook *hooks, bool snake_case, kith_error *err);
void kith__schema_free(struct schema *schema);
/* NULL when the model was not given to kith_open. */
const struct model *kith__schema_model(const struct schema *schema, const kith_model *def);

enum { INTO_WHY = 256 };
/* Does the attribute fit into its member of the model's struct, if it has one? When not, `why` says so. */
bool kith__member_fits(const struct attr *attr, char why[INTO_WHY]);
/* Does what the association leads to fit into this member of the source's struct? */
bool kith__into_fits(const struct assoc *a, const kith_member *into, char why[INTO_WHY]);
/* The first of the attributes that is kept where this member is; NULL: none. */
const struct attr *kith__member_taken(const struct attr *const *attrs, unsigned count, const kith_member *member);
/* Have two members a byte in common? Those that are nowhere have none. */
bool kith__members_overlap(const kith_member *a, const kith_member *b);

/* Lookups by name. On failure the error lists the nearest name, or all of them when nothing is near. */
const struct attr *kith__model_attr(const struct model *m, const char *name, kith_error *err);
/* Says that there is no such attribute, nor one of `more`. Always NULL. */
const struct attr *kith__model_no_attr(const struct model *m, const char *name, const struct attr *const *more,
                                       unsigned count, kith_error *err);
const struct assoc *kith__model_assoc(const struct model *m, const char *name, kith_error *err);
/* The same, also one that leads to several models, which kith__model_assoc refuses: for those who choose among its
 * alternatives. */
const struct assoc *kith__model_any_assoc(const struct model *m, const char *name, kith_error *err);
/* The one association, or alternative of one, from m that leads to target. */
const struct assoc *kith__model_assoc_to(const struct model *m, const struct model *target, kith_error *err);

#endif
