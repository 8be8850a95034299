/* assoc: associations whose key is in the table of one side: belongs-to, has-one and has-many; and the steps that those
 * through a join model share with them. The kinds are told apart here and in join.c, and nowhere later. */
#include "base/error.h"
#include "base/str.h"
#include "schema/build.h"
#include "schema/coerce.h"
#include "schema/names.h"

/* ---- shared steps ---- */

struct name_list kith__build_split(struct builder *b, struct model_build *m, const char *text)
{
    struct name_list list = { 0 };
    while (text && *text) {
        size_t size = strcspn(text, ",");
        const char *end = text + size;
        while (size && *text == ' ')
            text++, size--;
        while (size && text[size - 1] == ' ')
            size--;
        if (list.count == KEY_MAX) {
            kith__mistake(b, m, NULL, "a key has more than %d attributes", KEY_MAX);
            return list;
        }
        list.names[list.count++] = kith__arena_text_n(b->arena, text, size);
        text = *end ? end + 1 : end;
    }
    return list;
}

struct name_list kith__build_default_names(struct builder *b, const char *owner, const struct attr_list *key)
{
    struct name_list names = { .count = key->count };
    for (unsigned i = 0; i < key->count; i++)
        names.names[i] = kith__key_name(b->arena, owner, key->attrs[i]->name);
    return names;
}

bool kith__build_referred(struct builder *b, struct model_build *m, struct model_build *owner, const char *names,
                          const char *assoc, struct attr_list *key)
{
    *key = kith__build_primary_key(owner);
    if (!names) {
        if (!key->count)
            kith__mistake(b, m, assoc, "model %s has no primary key to refer to", owner->m.name);
        return key->count > 0;
    }
    struct name_list wanted = kith__build_split(b, m, names);
    key->count = 0;
    for (unsigned i = 0; i < wanted.count && !b->arena->failed; i++) {
        const struct attr *attr = kith__build_attr_said(b, owner, wanted.names[i]);
        const char *near = attr ? NULL : kith__build_nearest(owner, wanted.names[i]);
        if (!attr) {
            kith__mistake(b, m, assoc, "model %s has no attribute '%s'%s%s%s", owner->m.name, wanted.names[i],
                          near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
            return false;
        }
        key->attrs[key->count++] = attr;
    }
    return key->count > 0;
}

/* An attribute like the one it refers to, without what belongs to that one alone. */
static struct attr *add_carried(struct builder *b, struct model_build *m, const char *name, const struct attr *key,
                                bool not_null)
{
    struct attr *attr = kith__build_add_attr(b, m, name, key->type);
    if (!attr)
        return NULL;
    attr->label_count = key->label_count;
    attr->not_null = not_null;
    return attr;
}

bool kith__build_carried(struct builder *b, struct model_build *m, const struct name_list *names,
                         const struct attr_list *key, bool not_null, const char *assoc, struct attr_list *carried)
{
    if (names->count != key->count) {
        kith__mistake(b, m, assoc, "its foreign key has %u attributes but the key it refers to has %u", names->count,
                      key->count);
        return false;
    }
    carried->count = key->count;
    for (unsigned i = 0; i < key->count && !b->arena->failed; i++) {
        struct attr *attr = kith__build_attr_like(m, names->names[i]);
        if (!attr)
            attr = add_carried(b, m, names->names[i], key->attrs[i], not_null);
        else if (!kith__build_comparable(b, attr, key->attrs[i]))
            return false;
        if (attr)
            attr->not_null |= not_null;
        carried->attrs[i] = attr;
    }
    return !b->arena->failed;
}

void kith__build_pairs(struct key_pairs *on, const struct attr_list *from, const struct attr_list *to)
{
    on->count = from->count;
    for (unsigned i = 0; i < from->count; i++) {
        on->from[i] = from->attrs[i];
        on->to[i] = to->attrs[i];
    }
}

/* ---- scopes ---- */

static kith_type type_of_constant(kith_value v)
{
    switch (v.kind) {
    case KITH_INT: return (kith_type)KITH_BIGINT;
    case KITH_BOOL: return (kith_type)KITH_BOOLEAN;
    default: return (kith_type){ .id = KITH_T_STRING, .size = 255 };
    }
}

static bool scope_value(struct builder *b, struct assoc *a, struct scope *scope, struct model_build *carrier,
                        const kith_field *field)
{
    struct attr *attr = kith__build_attr(carrier, field->name);
    if (!attr && carrier->made)
        attr = kith__build_add_attr(b, carrier, field->name, type_of_constant(field->value));
    if (!attr) {
        const char *near = kith__build_nearest(carrier, field->name);
        kith__mistake(b, (struct model_build *)a->source, a->name,
                      "its scope names '%s', which model %s does not have%s%s%s", field->name, carrier->m.name,
                      near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
        return false;
    }
    kith_error why = { 0 };
    if (field->value.kind == KITH_ABSENT || field->value.kind == KITH_NULL || field->value.kind == KITH_EXPRESSION) {
        kith__mistake(b, (struct model_build *)a->source, a->name, "its scope gives '%s' no value", field->name);
        return false;
    }
    if (!kith__coerce(attr, field->value, b->arena, &scope->values[scope->count], &why)) {
        kith__mistake(b, (struct model_build *)a->source, a->name, "its scope does not fit: %s", why.message);
        return false;
    }
    attr->not_null |= carrier->made;
    scope->attrs[scope->count++] = attr;
    return true;
}

bool kith__build_scope(struct builder *b, struct assoc *a, struct model_build *carrier)
{
    const kith_field *fields = a->def->scope;
    if (!fields || !fields->name)
        return true;
    struct scope *scope = ARENA_NEW(b->arena, struct scope);
    for (const kith_field *f = fields; scope && f->name; f++) {
        if (scope->count == KEY_MAX) {
            kith__mistake(b, (struct model_build *)a->source, a->name, "its scope has more than %d values", KEY_MAX);
            return false;
        }
        if (!scope_value(b, a, scope, carrier, f))
            return false;
    }
    a->scope = scope;
    return scope != NULL;
}

/* ---- one association ---- */

static const char *default_alias(const kith_assoc *def, const struct model_build *target)
{
    bool many = def->kind == KITH_HAS_MANY || def->kind == KITH_BELONGS_TO_MANY;
    return many ? target->m.plural : target->m.singular;
}

static bool name_is_free(struct builder *b, struct model_build *m, const char *name)
{
    kith__build_check_name(b, m, name, name);
    for (unsigned i = 0; i < m->m.assoc_count; i++)
        if (kith__equal(m->assocs[i]->name, name)) {
            kith__mistake(b, m, name, "two associations have this name; give each its own .as");
            return false;
        }
    if (kith__build_attr(m, name)) {
        kith__mistake(b, m, name, "is an attribute already; give the association another .as");
        return false;
    }
    return true;
}

struct assoc *kith__build_add_assoc(struct builder *b, struct model_build *m, const kith_assoc *def)
{
    const struct model_build *target = kith__build_model(b, def->target);
    const char *name = def->as ? def->as : default_alias(def, target);
    struct assoc *a = ARENA_NEW(b->arena, struct assoc);
    if (!a || !name_is_free(b, m, name) ||
        !kith__arena_grow(b->arena, (void **)&m->assocs, m->m.assoc_count, &m->assoc_capacity, sizeof *m->assocs))
        return NULL;
    a->def = def;
    a->name = name;
    a->singular = kith__singularize(b->arena, name);
    a->source = &m->m;
    a->many = def->kind == KITH_HAS_MANY || def->kind == KITH_BELONGS_TO_MANY;
    a->repeatable = def->not_unique;
    m->assocs[m->m.assoc_count++] = a;
    return a;
}

static void belongs_to(struct builder *b, struct model_build *m, const kith_assoc *def)
{
    struct model_build *target = kith__build_model(b, def->target);
    struct assoc *a = kith__build_add_assoc(b, m, def);
    struct attr_list key, carried;
    if (!a || !kith__build_referred(b, m, target, def->target_key, a->name, &key))
        return;
    struct name_list names = def->foreign_key ? kith__build_split(b, m, def->foreign_key)
                                              : kith__build_default_names(b, a->singular, &key);
    if (b->arena->failed || !kith__build_carried(b, m, &names, &key, false, a->name, &carried))
        return;
    a->hop_count = 1;
    a->hops[0].to = &target->m;
    kith__build_pairs(&a->hops[0].on, &carried, &key);
    a->key_model = &m->m;
    a->key_in_source = true;
    if (!def->no_constraint)
        kith__build_foreign_key(b, m, &carried, &key, def->on_delete, def->on_update);
}

static void add_unique_key(struct builder *b, struct assoc *a, struct model_build *carrier, struct attr_list carried)
{
    if (a->scope && carried.count + a->scope->count > KEY_MAX)
        kith__mistake(b, (struct model_build *)a->source, a->name, "its links are told by more than %d attributes",
                      KEY_MAX);
    for (unsigned i = 0; a->scope && i < a->scope->count && carried.count < KEY_MAX; i++)
        carried.attrs[carried.count++] = a->scope->attrs[i];
    kith__build_index(b, carrier, NULL, true, &carried);
}

static void has(struct builder *b, struct model_build *m, const kith_assoc *def)
{
    struct model_build *target = kith__build_model(b, def->target);
    struct assoc *a = kith__build_add_assoc(b, m, def);
    struct attr_list key, carried;
    if (!a || !kith__build_referred(b, m, m, def->source_key, a->name, &key))
        return;
    struct name_list names = def->foreign_key ? kith__build_split(b, m, def->foreign_key)
                                              : kith__build_default_names(b, m->m.singular, &key);
    if (b->arena->failed || !kith__build_carried(b, target, &names, &key, false, a->name, &carried) ||
        !kith__build_scope(b, a, target))
        return;
    a->hop_count = 1;
    a->hops[0].to = &target->m;
    kith__build_pairs(&a->hops[0].on, &key, &carried);
    a->key_model = &target->m;
    if (!def->no_constraint)
        kith__build_foreign_key(b, target, &carried, &key, def->on_delete, def->on_update);
    if (!a->many)
        add_unique_key(b, a, target, carried);
}

/* ---- all of them ---- */

static bool check_target(struct builder *b, struct model_build *m, const kith_assoc *def)
{
    unsigned number = (unsigned)(def - m->m.def->assocs) + 1;
    if ((unsigned)def->kind < KITH_BELONGS_TO || def->kind > KITH_BELONGS_TO_MANY) {
        kith__mistake(b, m, def->as, "association number %u has no kind, such as KITH_HAS_MANY", number);
        return false;
    }
    if (!def->target) {
        kith__mistake(b, m, def->as, "association number %u has no target", number);
        return false;
    }
    if (!kith__build_model(b, def->target)) {
        kith__mistake(b, m, def->as, "its target model %s was not given to kith_open",
                      def->target->name ? def->target->name : "(without a name)");
        return false;
    }
    return true;
}

/* Options that say something about another kind would be silently without effect. */
static void check_options(struct builder *b, struct model_build *m, const kith_assoc *def)
{
    const char *name = def->as ? def->as : def->target->name;
    bool through = def->through || def->through_model;
    if (def->through && def->through_model)
        kith__mistake(b, m, name, "has .through and .through_model; one of them is enough");
    if (def->type_attr)
        kith__mistake(b, m, name, "has a .type_attr but one target; several models are given as .targets");
    kith__build_check_actions(b, m, name, def->on_delete, def->on_update);
    if (def->kind == KITH_BELONGS_TO_MANY) {
        if (!through)
            kith__mistake(b, m, name, "a many-to-many association needs .through or .through_model");
        return;
    }
    if (through && def->kind != KITH_HAS_MANY)
        kith__mistake(b, m, name, "only a many-to-many association has a .through");
    if (!through && def->other_key)
        kith__mistake(b, m, name, "only a many-to-many association has an .other_key");
    if (!through && def->not_unique)
        kith__mistake(b, m, name, "only a many-to-many association has .not_unique");
    if (def->kind == KITH_BELONGS_TO && def->scope)
        kith__mistake(b, m, name, "a belongs-to association has no .scope");
    if (def->kind == KITH_BELONGS_TO && def->source_key)
        kith__mistake(b, m, name, "a belongs-to association has no .source_key; name its column with .foreign_key");
    if (def->kind != KITH_BELONGS_TO && !through && def->target_key)
        kith__mistake(b, m, name, "has no .target_key; what its key refers to is its .source_key");
}

void kith__build_assocs(struct builder *b)
{
    for (unsigned i = 0; i < b->model_count; i++) {
        struct model_build *m = b->models[i];
        for (const kith_assoc *def = m->m.def->assocs; def && !is_assoc_end(def) && !b->arena->failed; def++) {
            if (def->targets || !check_target(b, m, def))
                continue;
            check_options(b, m, def);
            if (def->kind == KITH_BELONGS_TO)
                belongs_to(b, m, def);
            else if (!is_through(def))
                has(b, m, def);
        }
    }
}
