/* join: associations through a join model. Finds or makes the join models, lets the two sides that share one learn each
 * other's keys, and gives the join table its key. */
#include "base/str.h"
#include "schema/build.h"
#include "schema/names.h"

/* ---- join models ---- */

struct model_build *kith__build_join_of(struct builder *b, const kith_assoc *def)
{
    if (def->through_model)
        return kith__build_model(b, def->through_model);
    return def->through ? kith__build_model_named(b, def->through) : NULL;
}

/* The table is called exactly what the association calls it; timestamps and naming follow the source. */
static struct model_build *make_join(struct builder *b, const struct model_build *source, const char *name)
{
    kith_model *def = ARENA_NEW(b->arena, kith_model);
    if (!def)
        return NULL;
    def->name = def->table = name;
    def->underscored = source->m.def->underscored;
    def->no_timestamps = source->m.def->no_timestamps;
    return kith__build_add_model(b, def, true);
}

static void find_join(struct builder *b, struct model_build *m, const kith_assoc *def)
{
    if (!is_through(def) || (!def->through && !def->through_model))
        return;
    struct model_build *join = kith__build_join_of(b, def);
    if (!join && def->through_model)
        kith__mistake(b, m, def->as, "its join model %s was not given to kith_open",
                      def->through_model->name ? def->through_model->name : "(without a name)");
    else if (!join)
        join = make_join(b, m, def->through);
    if (join)
        join->m.is_join = true;
}

void kith__build_find_joins(struct builder *b)
{
    unsigned declared = b->model_count;
    for (unsigned i = 0; i < declared; i++)
        for (const kith_assoc *def = b->models[i]->m.def->assocs; def && !is_assoc_end(def); def++)
            find_join(b, b->models[i], def);
}

/* ---- the other side ---- */

static bool agree(const char *a, const char *b)
{
    return !a || !b || kith__equal(a, b);
}

static bool same_constants(const kith_field *a, const kith_field *b)
{
    for (; a && b && a->name && b->name; a++, b++)
        if (!kith__equal(a->name, b->name) || a->value.kind != b->value.kind ||
            (a->value.kind == KITH_STR ? !kith__equal(a->value.as.str, b->value.as.str)
                                       : a->value.as.integer != b->value.as.integer))
            return false;
    return (!a || !a->name) && (!b || !b->name);
}

/* The definition, on the target, of the same link: same join model, back to us, keys that do not contradict. */
static const kith_assoc *other_side(struct builder *b, const struct model_build *m, const kith_assoc *def)
{
    const struct model_build *join = kith__build_join_of(b, def), *target = kith__build_model(b, def->target);
    for (const kith_assoc *other = target->m.def->assocs; other && !is_assoc_end(other); other++)
        if (other != def && is_through(other) && other->target == m->m.def && kith__build_join_of(b, other) == join &&
            agree(def->foreign_key, other->other_key) && agree(def->other_key, other->foreign_key) &&
            agree(def->source_key, other->target_key) && agree(def->target_key, other->source_key) &&
            same_constants(def->scope, other->scope))
            return other;
    return NULL;
}

/* ---- keys ---- */

static const char *first_of(const char *a, const char *b)
{
    return a ? a : b;
}

/* Between records of one model the two keys need names of their own: the target's is called after the alias. When both
 * directions are declared and neither names keys, the one declared first decides and the other mirrors it. */
static struct name_list self_names(struct builder *b, struct assoc *a, const kith_assoc *other,
                                   const struct attr_list *key, bool of_target)
{
    bool mirrored = other && other < a->def;
    if (of_target == mirrored)
        return kith__build_default_names(b, a->source->singular, key);
    const char *alias = mirrored ? kith__singularize(b->arena, other->as ? other->as : a->source->plural) : a->singular;
    return kith__build_default_names(b, alias, key);
}

static struct name_list key_names(struct builder *b, struct model_build *m, struct assoc *a, const kith_assoc *other,
                                  const struct attr_list *key, bool of_target)
{
    const kith_assoc *def = a->def;
    const char *given = of_target ? first_of(def->other_key, other ? other->foreign_key : NULL)
                                  : first_of(def->foreign_key, other ? other->other_key : NULL);
    if (given)
        return kith__build_split(b, m, given);
    if (def->target == m->m.def)
        return self_names(b, a, other, key, of_target);
    return kith__build_default_names(b, of_target ? kith__build_model(b, def->target)->m.singular : m->m.singular, key);
}

static void constrain(struct builder *b, const kith_assoc *def, struct model_build *join, const struct attr_list *from,
                      const struct attr_list *to)
{
    if (!def->no_constraint)
        kith__build_foreign_key(b, join, from, to, def->on_delete ? def->on_delete : KITH_CASCADE, def->on_update);
}

static bool resolve_keys(struct builder *b, struct model_build *m, struct assoc *a, struct model_build *join)
{
    const kith_assoc *def = a->def, *other = other_side(b, m, def);
    struct model_build *target = kith__build_model(b, def->target);
    struct attr_list source_key, target_key, foreign, far;
    if (!kith__build_referred(b, m, m, first_of(def->source_key, other ? other->target_key : NULL), a->name,
                              &source_key) ||
        !kith__build_referred(b, m, target, first_of(def->target_key, other ? other->source_key : NULL), a->name,
                              &target_key))
        return false;
    struct name_list foreign_names = key_names(b, m, a, other, &source_key, false);
    struct name_list far_names = key_names(b, m, a, other, &target_key, true);
    if (b->arena->failed || !kith__build_carried(b, join, &foreign_names, &source_key, true, a->name, &foreign) ||
        !kith__build_carried(b, join, &far_names, &target_key, true, a->name, &far) || !kith__build_scope(b, a, join))
        return false;
    if (foreign.attrs[0] == far.attrs[0]) {
        kith__mistake(b, m, a->name, "uses '%s' of %s for both sides; name the target's with .other_key",
                      foreign.attrs[0]->name, join->m.name);
        return false;
    }
    a->hops[0].to = &join->m;
    kith__build_pairs(&a->hops[0].on, &source_key, &foreign);
    a->hops[1].to = &target->m;
    kith__build_pairs(&a->hops[1].on, &far, &target_key);
    constrain(b, def, join, &foreign, &source_key);
    constrain(b, def, join, &far, &target_key);
    a->hop_count = 2;
    a->key_model = &join->m;
    return true;
}

/* ---- the key of the join table ---- */

static void add_unique(struct attr_list *list, const struct attr *attr)
{
    for (unsigned i = 0; i < list->count && i < KEY_MAX; i++)
        if (list->attrs[i] == attr)
            return;
    if (list->count < KEY_MAX)
        list->attrs[list->count] = attr;
    if (list->count <= KEY_MAX) /* one more than there is room for says that it is too long */
        list->count++;
}

/* The attributes that make a link one of a kind: both keys, and what every scope over the table tells apart. */
static struct attr_list link_key(struct builder *b, const struct assoc *a)
{
    struct attr_list key = { 0 };
    for (unsigned i = 0; i < a->hops[0].on.count; i++)
        add_unique(&key, a->hops[0].on.to[i]);
    for (unsigned i = 0; i < a->hops[1].on.count; i++)
        add_unique(&key, a->hops[1].on.from[i]);
    for (unsigned i = 0; i < b->model_count; i++)
        for (unsigned j = 0; j < b->models[i]->m.assoc_count; j++) {
            const struct assoc *x = b->models[i]->assocs[j];
            for (unsigned k = 0; x->hop_count == 2 && x->hops[0].to == a->hops[0].to && x->scope && k < x->scope->count;
                 k++)
                add_unique(&key, x->scope->attrs[k]);
        }
    return key;
}

static void key_join(struct builder *b, struct model_build *m, struct assoc *a)
{
    struct model_build *join = (struct model_build *)a->hops[0].to;
    struct attr_list key = link_key(b, a);
    if (key.count > KEY_MAX) {
        kith__mistake(b, m, a->name, "its links are told by more than %d attributes", KEY_MAX);
        return;
    }
    a->link_key_count = a->repeatable ? 0 : key.count;
    memcpy(a->link_key, key.attrs, sizeof a->link_key);
    if (a->repeatable && !join->declared_key)
        kith__mistake(b, m, a->name,
                      "is .not_unique, so the join model %s needs a primary key of its own, such as an id",
                      join->m.name);
    if (join->declared_key && !a->repeatable)
        kith__build_index(b, join, NULL, true, &key);
    if (!join->declared_key && !join->m.key_count) {
        for (unsigned i = 0; i < key.count; i++)
            join->attrs[key.attrs[i]->index]->primary_key = true;
        kith__build_set_key(join);
    }
}

/* ---- all of them ---- */

static void through(struct builder *b, struct model_build *m, const kith_assoc *def)
{
    struct model_build *join = kith__build_join_of(b, def);
    if (def->target == m->m.def && !def->as) {
        kith__mistake(b, m, def->target->name, "a many-to-many association of a model with itself needs an alias: .as");
        return;
    }
    struct assoc *a = kith__build_add_assoc(b, m, def);
    if (a && (join == m || join->m.def == def->target))
        kith__mistake(b, m, a->name, "its join table is the table of model %s itself", join->m.name);
    else if (a)
        resolve_keys(b, m, a, join);
}

/* A model whose key comes from another join is ready only after that join. */
static bool ready(struct builder *b, const struct model_build *m, const kith_assoc *def)
{
    const struct model_build *target = kith__build_model(b, def->target);
    bool source_ready = m->m.key_count || def->source_key || !m->m.is_join;
    bool target_ready = target->m.key_count || def->target_key || !target->m.is_join;
    return source_ready && target_ready;
}

static bool is_resolved(const struct model_build *m, const kith_assoc *def)
{
    for (unsigned i = 0; i < m->m.assoc_count; i++)
        if (m->assocs[i]->def == def)
            return true;
    return false;
}

static bool can_resolve(struct builder *b, const struct model_build *m, const kith_assoc *def)
{
    return is_through(def) && def->target && kith__build_model(b, def->target) && kith__build_join_of(b, def) &&
           !is_resolved(m, def);
}

/* One round over all; true when something was resolved. */
static bool resolve_round(struct builder *b, bool forced)
{
    bool progress = false;
    for (unsigned i = 0; i < b->model_count && !b->arena->failed; i++) {
        struct model_build *m = b->models[i];
        for (const kith_assoc *def = m->m.def->assocs; def && !is_assoc_end(def); def++)
            if (can_resolve(b, m, def) && (forced || ready(b, m, def))) {
                unsigned before = m->m.assoc_count;
                through(b, m, def);
                progress |= m->m.assoc_count > before;
            }
    }
    return progress;
}

static void key_joins(struct builder *b)
{
    for (unsigned i = 0; i < b->model_count; i++)
        for (unsigned j = 0; j < b->models[i]->m.assoc_count; j++)
            if (b->models[i]->assocs[j]->hop_count == 2)
                key_join(b, b->models[i], b->models[i]->assocs[j]);
}

void kith__build_joins(struct builder *b)
{
    while (resolve_round(b, false))
        key_joins(b);
    unsigned mistakes = b->mistakes;
    resolve_round(b, true); /* what is left refers to keys that cannot come to be: this reports it */
    if (b->mistakes == mistakes)
        key_joins(b);
}
