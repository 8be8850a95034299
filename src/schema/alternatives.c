/* alternatives: belongs-to associations whose target is one of several models. Each becomes one association with an
 * ordinary one for each model, told apart by a constant in the source's row: a model's name. Afterwards nobody asks for
 * this kind: an alternative is hops and a scope like another. */
#include "base/str.h"
#include "schema/build.h"
#include "schema/coerce.h"
#include "schema/names.h"

enum { TYPE_LENGTH = 255 };

/* ---- the definition ---- */

static const char *name_of(const kith_assoc *def)
{
    return def->as ? def->as : "(without an alias)";
}

static bool check_target(struct builder *b, struct model_build *m, const kith_assoc *def, unsigned at)
{
    const kith_model *target = def->targets[at];
    if (!kith__build_model(b, target)) {
        kith__mistake(b, m, name_of(def), "its target model %s was not given to kith_open",
                      target->name ? target->name : "(without a name)");
        return false;
    }
    for (unsigned i = 0; i < at; i++)
        if (def->targets[i] == target) {
            kith__mistake(b, m, name_of(def), "model %s is among its targets twice", target->name);
            return false;
        }
    return true;
}

static bool check_options(struct builder *b, struct model_build *m, const kith_assoc *def)
{
    const char *wrong = def->kind != KITH_BELONGS_TO ? "only a belongs-to association has .targets"
                        : !def->targets[0]           ? "its .targets are empty"
                        : def->target                ? "has .target and .targets; one of them is enough"
                        : !def->as                   ? "an association with several .targets needs an alias: .as"
                        : def->through || def->through_model ? "only a many-to-many association has a .through"
                        : def->other_key                     ? "only a many-to-many association has an .other_key"
                        : def->not_unique                    ? "only a many-to-many association has .not_unique"
                        : def->scope                         ? "a belongs-to association has no .scope"
                        : def->source_key                    ? "a belongs-to association has no .source_key; name its "
                                                               "column with .foreign_key"
                        : def->on_delete || def->on_update   ? "has .on_delete or .on_update, but a key to several "
                                                               "models has no constraint"
                                                             : NULL;
    if (wrong)
        kith__mistake(b, m, name_of(def), "%s", wrong);
    bool good = !wrong;
    for (unsigned i = 0; good && def->targets[i]; i++)
        good = check_target(b, m, def, i);
    return good;
}

/* ---- the attribute that holds a model's name ---- */

static bool holds_text(const struct attr *attr)
{
    int type = attr->type.id;
    return type == KITH_T_STRING || type == KITH_T_TEXT || type == KITH_T_ENUM;
}

static const char *const *names_of(struct builder *b, const struct assoc *a)
{
    const char **names = ARENA_ARRAY(b->arena, a->alternative_count + 1, const char *);
    for (unsigned i = 0; names && i < a->alternative_count; i++)
        names[i] = a->alternatives[i].hops[0].to->name;
    return names;
}

/* Every name must be a value of the attribute, and a default one of the names. */
static bool check_names(struct builder *b, struct model_build *m, const struct assoc *a, const struct attr *type)
{
    kith_error why;
    kith_value value;
    for (const char *const *name = type->names; *name; name++)
        if (!kith__coerce(type, kith_of_str(*name), b->arena, &value, &why)) {
            kith__mistake(b, m, a->name, "%s cannot hold the names of all its targets: %s", type->name, why.message);
            return false;
        }
    if (!kith__coerce(type, type->default_value, b->arena, &value, &why)) {
        kith__mistake(b, m, a->name, "a default does not fit: %s", why.message);
        return false;
    }
    return true;
}

static struct attr *find_type(struct builder *b, struct model_build *m, const struct assoc *a, bool not_null)
{
    const char *name = a->def->type_attr ? a->def->type_attr : kith__key_name(b->arena, a->singular, "type");
    if (!name)
        return NULL;
    struct attr *type = kith__build_attr_like(m, name);
    if (!type) {
        type = kith__build_add_attr(b, m, name, (kith_type){ .id = KITH_T_STRING, .size = TYPE_LENGTH });
        if (type)
            type->not_null = not_null;
    } else if (!holds_text(type)) {
        kith__mistake(b, m, a->name, "%s holds names of models, so it must be STRING, TEXT or ENUM", type->name);
        return NULL;
    } else if (type->names) {
        kith__mistake(b, m, a->name,
                      "%s holds the names of another association's targets already; give each its "
                      "own .type_attr",
                      type->name);
        return NULL;
    }
    return type;
}

/* ---- keys ---- */

static bool same_type(const kith_type *a, const kith_type *b)
{
    return a->id == b->id && a->size == b->size && a->scale == b->scale && a->is_unsigned == b->is_unsigned;
}

static bool same_key(struct builder *b, struct model_build *m, const struct assoc *a, const struct attr_list *first,
                     const struct attr_list *other)
{
    const struct model *x = first->attrs[0]->model, *y = other->attrs[0]->model;
    if (first->count != other->count) {
        kith__mistake(b, m, a->name,
                      "the keys of its targets must be alike, but that of %s has %u attributes and that "
                      "of %s %u",
                      x->name, first->count, y->name, other->count);
        return false;
    }
    for (unsigned i = 0; i < first->count; i++) {
        if (same_type(&first->attrs[i]->type, &other->attrs[i]->type))
            continue;
        struct buf have, need;
        kith__buf_init(&have, b->schema->allocator);
        kith__buf_init(&need, b->schema->allocator);
        kith__show_type(&have, &first->attrs[i]->type);
        kith__show_type(&need, &other->attrs[i]->type);
        b->arena->failed |= have.failed || need.failed;
        if (!b->arena->failed)
            kith__mistake(b, m, a->name,
                          "the keys of its targets must have one type, but %s.%s is %s%s and %s.%s is "
                          "%s%s",
                          x->name, first->attrs[i]->name, kith__buf_text(&have),
                          first->attrs[i]->type.is_unsigned ? " unsigned" : "", y->name, other->attrs[i]->name,
                          kith__buf_text(&need), other->attrs[i]->type.is_unsigned ? " unsigned" : "");
        kith__buf_free(&have);
        kith__buf_free(&need);
        return false;
    }
    return true;
}

/* keys: of each target. */
static bool find_keys(struct builder *b, struct model_build *m, const struct assoc *a, struct attr_list *keys)
{
    for (unsigned i = 0; i < a->alternative_count; i++) {
        struct model_build *target = kith__build_model(b, a->def->targets[i]);
        if (!kith__build_referred(b, m, target, a->def->target_key, a->name, &keys[i]) ||
            !same_key(b, m, a, &keys[0], &keys[i]))
            return false;
    }
    return true;
}

/* ---- the association ---- */

/* "pug, cat or toy" */
static const char *list_targets(struct builder *b, const struct assoc *a)
{
    const char *text = "";
    for (unsigned i = 0; text && i < a->alternative_count; i++)
        text = kith__arena_format(b->arena, "%s%s%s", text,
                                  !i                             ? ""
                                  : i + 1 < a->alternative_count ? ", "
                                                                 : " or ",
                                  a->alternatives[i].hops[0].to->name);
    return text;
}

static void fill(const struct assoc *a, struct assoc *one, const struct model *target, const struct attr_list *carried,
                 const struct attr_list *key)
{
    *one = *a;
    one->alternatives = NULL;
    one->alternative_count = 0;
    one->hop_count = 1;
    one->hops[0].to = target;
    kith__build_pairs(&one->hops[0].on, carried, key);
}

static bool add_scopes(struct builder *b, struct assoc *alternatives, unsigned count, const struct attr *type)
{
    struct scope *scopes = ARENA_ARRAY(b->arena, count, struct scope);
    for (unsigned i = 0; scopes && i < count; i++) {
        scopes[i] = (struct scope){ .count = 1, .attrs = { type } };
        scopes[i].values[0] = kith_of_str(alternatives[i].hops[0].to->name);
        alternatives[i].scope = &scopes[i];
    }
    return scopes != NULL;
}

static void several(struct builder *b, struct model_build *m, const kith_assoc *def)
{
    struct assoc *a = check_options(b, m, def) ? kith__build_add_assoc(b, m, def) : NULL;
    unsigned count = 0;
    while (a && def->targets[count])
        count++;
    struct assoc *alternatives = a ? ARENA_ARRAY(b->arena, count, struct assoc) : NULL;
    struct attr_list *keys = a ? ARENA_ARRAY(b->arena, count, struct attr_list) : NULL, carried;
    if (!alternatives || !keys)
        return;
    a->alternative_count = count;
    a->key_model = &m->m;
    a->key_in_source = true;
    if (!find_keys(b, m, a, keys))
        return;
    struct name_list names = def->foreign_key ? kith__build_split(b, m, def->foreign_key)
                                              : kith__build_default_names(b, a->singular, &keys[0]);
    if (b->arena->failed || !kith__build_carried(b, m, &names, &keys[0], false, a->name, &carried))
        return;
    for (unsigned i = 0; i < count; i++)
        fill(a, &alternatives[i], &kith__build_model(b, def->targets[i])->m, &carried, &keys[i]);
    a->alternatives = alternatives;
    struct attr *type = find_type(b, m, a, carried.attrs[0]->not_null);
    if (!type || !add_scopes(b, alternatives, count, type))
        return;
    type->names = names_of(b, a);
    a->leads_to = list_targets(b, a);
    if (type->names)
        check_names(b, m, a, type);
}

void kith__build_alternatives(struct builder *b)
{
    for (unsigned i = 0; i < b->model_count; i++)
        for (const kith_assoc *def = b->models[i]->m.def->assocs; def && !is_assoc_end(def) && !b->arena->failed; def++)
            if (def->targets)
                several(b, b->models[i], def);
}

/* By the type and the key the other side looks for its rows. */
void kith__build_alternative_indexes(struct builder *b)
{
    for (unsigned i = 0; i < b->model_count; i++)
        for (unsigned j = 0; j < b->models[i]->m.assoc_count; j++) {
            const struct assoc *a = b->models[i]->assocs[j];
            const struct key_pairs *on = a->alternative_count ? &a->alternatives[0].hops[0].on : NULL;
            if (!on)
                continue;
            struct attr_list attrs = { .count = 1, .attrs = { a->alternatives[0].scope->attrs[0] } };
            for (unsigned k = 0; k < on->count && attrs.count < KEY_MAX; k++)
                attrs.attrs[attrs.count++] = on->from[k];
            if (!kith__build_is_unique(b->models[i], &attrs))
                kith__build_index(b, b->models[i], NULL, false, &attrs);
        }
}
