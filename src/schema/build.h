/* build: definitions while they are being resolved. Private to this folder.
 *
 * The same structs as afterwards, in lists that can still grow. Mistakes are collected and do not stop the work, so that
 * one run reports all of them; when memory is short the arena's `failed` says so and everything that follows is idle. */
#ifndef KITH_SCHEMA_BUILD_H
#define KITH_SCHEMA_BUILD_H

#include "base/buf.h"
#include "schema/model.h"

struct model_build {
    struct model m;
    struct attr **attrs;
    size_t attr_capacity;
    struct assoc **assocs;
    size_t assoc_capacity;
    struct index *indexes;
    size_t index_capacity;
    struct foreign_key *foreign_keys;
    size_t foreign_key_capacity;
    bool made;         /* a join model nobody declared */
    bool declared_key; /* the user gave it a primary key */
};

struct builder {
    struct schema *schema;
    kith_arena *arena;
    struct buf report;
    unsigned mistakes;
    kith_error *err; /* model and attribute of the first mistake */
    struct model_build **models;
    unsigned model_count;
    size_t model_capacity, enum_capacity;
    const kith_hook *hooks; /* of every model, or NULL */
    bool snake_case;        /* tables and columns, in the database */
};

/* A list of names: the parts of "order_id,line". */
struct name_list {
    unsigned count;
    const char *names[KEY_MAX];
};
/* A list of attributes: a key. */
struct attr_list {
    unsigned count;
    const struct attr *attrs[KEY_MAX];
};

/* Adds a mistake: "model pug, attribute age: …" (attr may be NULL). */
__attribute__((format(printf, 4, 5))) void kith__mistake(struct builder *b, const struct model_build *m,
                                                         const char *attr, const char *format, ...);

/* A name that paths and statements can hold; attr: NULL for the model's own. */
void kith__build_check_name(struct builder *b, const struct model_build *m, const char *attr, const char *name);
struct model_build *kith__build_add_model(struct builder *b, const kith_model *def, bool made);
struct model_build *kith__build_model(struct builder *b, const kith_model *def);  /* NULL: not given to kith_open */
struct model_build *kith__build_model_named(struct builder *b, const char *name); /* by name or table */
/* Until kith__build_spell, tables and columns are called as the definitions say, and found by that; then as the database
 * says. The spelling of one that no model has; NULL when memory is short. */
void kith__build_spell(struct builder *b);
const char *kith__build_spelling(struct builder *b, const char *name);

/* attrs.c */
void kith__build_attrs(struct builder *b, struct model_build *m);
struct attr *kith__build_add_attr(struct builder *b, struct model_build *m, const char *name, kith_type type);
struct attr *kith__build_attr(const struct model_build *m, const char *name); /* by attribute or column name */
/* The same, by the column as the definitions call it also after kith__build_spell. */
struct attr *kith__build_attr_said(struct builder *b, const struct model_build *m, const char *name);
/* The same, and names that differ only by case and underscores. */
struct attr *kith__build_attr_like(const struct model_build *m, const char *name);
const char *kith__build_nearest(const struct model_build *m, const char *name); /* NULL when none is near */
struct attr_list kith__build_primary_key(const struct model_build *m);
void kith__build_set_key(struct model_build *m);

/* assoc.c */
void kith__build_assocs(struct builder *b); /* all but those through a join model */
struct assoc *kith__build_add_assoc(struct builder *b, struct model_build *m, const kith_assoc *def);
struct name_list kith__build_split(struct builder *b, struct model_build *m, const char *text);
/* The attributes of a key that other rows refer to: the named ones, or the primary key. */
bool kith__build_referred(struct builder *b, struct model_build *m, struct model_build *owner, const char *names,
                          const char *assoc, struct attr_list *key);
/* The attributes of `m` that carry a foreign key to `key` of `to`: those with these names, added where not declared. */
bool kith__build_carried(struct builder *b, struct model_build *m, const struct name_list *names,
                         const struct attr_list *key, bool not_null, const char *assoc, struct attr_list *carried);
struct name_list kith__build_default_names(struct builder *b, const char *owner, const struct attr_list *key);
void kith__build_pairs(struct key_pairs *on, const struct attr_list *from, const struct attr_list *to);
/* Resolves def->scope against the model that carries it. */
bool kith__build_scope(struct builder *b, struct assoc *a, struct model_build *carrier);

/* alternatives.c */
/* Before the others: their scopes name the attributes that this adds. */
void kith__build_alternatives(struct builder *b);
void kith__build_alternative_indexes(struct builder *b);

/* members.c */
/* Is the attribute kept in a struct, and does it fit there? */
void kith__build_check_member(struct builder *b, struct model_build *m, const struct attr *attr);
void kith__build_members(struct builder *b); /* the same of associations; and no two things in one place */

/* join.c */
/* has-many with a join table is an older spelling of belongs-to-many. */
static inline bool is_through(const kith_assoc *def)
{
    return def->kind == KITH_BELONGS_TO_MANY || (def->kind == KITH_HAS_MANY && (def->through || def->through_model));
}
/* The entry that ends an attribute table. One that says something without a name and a type is a mistake; taken for the
 * end, it would hide all that follow. */
static inline bool is_attr_end(const kith_attr *def)
{
    return !def->name && !def->type.id && !def->column && !def->primary_key && !def->not_null && !def->unique &&
           !def->unique_group && !def->references && !def->references_table && !def->checks && !def->generate;
}
/* The entry that ends an association table: nothing in it is set. */
static inline bool is_assoc_end(const kith_assoc *def)
{
    return !def->kind && !def->target && !def->as && !def->through && !def->through_model && !def->foreign_key &&
           !def->other_key && !def->source_key && !def->target_key && !def->scope && !def->through_hooks &&
           !def->targets && !def->type_attr && !def->into.offset_plus_one;
}
struct model_build *kith__build_join_of(struct builder *b, const kith_assoc *def); /* NULL: none, or not there yet */
void kith__build_find_joins(struct builder *b); /* makes join models and marks those that are there */
void kith__build_joins(struct builder *b);      /* all associations through a join model */

/* refer.c */
/* Can values of the two be compared on every database? False is a mistake of the one that carries the key. */
bool kith__build_comparable(struct builder *b, const struct attr *carried, const struct attr *key);
/* Can every database hold a constraint from one to the other? */
void kith__build_check_constraint(struct builder *b, const struct attr *from, const struct attr *to);

/* indexes.c */
void kith__build_index(struct builder *b, struct model_build *m, const char *name, bool unique,
                       const struct attr_list *attrs);
void kith__build_foreign_key(struct builder *b, struct model_build *m, const struct attr_list *from,
                             const struct attr_list *to, kith_action on_delete, kith_action on_update);
void kith__build_check_actions(struct builder *b, struct model_build *m, const char *name, kith_action on_delete,
                               kith_action on_update);
void kith__build_indexes(struct builder *b);
bool kith__build_is_unique(const struct model_build *m, const struct attr_list *attrs);

/* enums.c */
void kith__build_enums(struct builder *b); /* when all keys are known */

/* hooks.c */
void kith__build_hooks(struct builder *b); /* once the join models are known */

/* inverse.c */
void kith__build_inverses(struct builder *b);

#endif
