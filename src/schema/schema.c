/* schema: from the tables a program gives to the frozen models everything else reads, and looking names up in them. */
#include "base/error.h"
#include "base/str.h"
#include "schema/build.h"
#include "schema/checks.h"

/* ---- freezing ---- */

static void check_columns(struct builder *b, const struct model_build *m)
{
    for (unsigned i = 0; i < m->m.attr_count; i++)
        for (unsigned j = 0; j < i; j++)
            if (kith__equal_no_case(m->attrs[i]->column, m->attrs[j]->column))
                kith__mistake(b, m, m->attrs[i]->name, "shares the column '%s' with %s", m->attrs[i]->column,
                              m->attrs[j]->name);
}

static void check_key(struct builder *b, const struct model_build *m, const struct assoc *a,
                      const struct attr *const *attrs, unsigned count)
{
    struct attr_list key = { .count = count };
    memcpy(key.attrs, attrs, sizeof key.attrs);
    const struct model_build *owner = (const struct model_build *)attrs[0]->model;
    if (!kith__build_is_unique(owner, &key))
        kith__mistake(b, m, a->name, "%s.%s, which it refers to, is neither a primary key nor unique", owner->m.name,
                      attrs[0]->name);
}

static void check_hops(struct builder *b, const struct model_build *m, const struct assoc *a)
{
    const struct key_pairs *first = &a->hops[0].on, *last = &a->hops[1].on;
    if (a->hop_count)
        check_key(b, m, a, a->key_in_source ? first->to : first->from, first->count);
    if (a->hop_count == 2)
        check_key(b, m, a, last->to, last->count);
}

/* The keys that associations without a constraint refer to have to be unique just as well. */
static void check_assoc_keys(struct builder *b, const struct model_build *m)
{
    for (unsigned i = 0; i < m->m.assoc_count; i++) {
        const struct assoc *a = m->assocs[i];
        if (a->def->no_constraint)
            check_hops(b, m, a);
        for (unsigned j = 0; j < a->alternative_count; j++)
            check_hops(b, m, &a->alternatives[j]);
    }
}

static bool freeze_names(struct model *m)
{
    for (unsigned i = 0; i < m->attr_count; i++)
        if (!kith__name_map_put(&m->attr_named, m->attrs[i]->name, (void *)(uintptr_t)m->attrs[i]))
            return false;
    for (unsigned i = 0; i < m->assoc_count; i++)
        if (!kith__name_map_put(&m->assoc_named, m->assocs[i]->name, (void *)(uintptr_t)m->assocs[i]))
            return false;
    return true;
}

static bool freeze_slots(kith_arena *arena, struct model *m)
{
    int16_t *identity = ARENA_ARRAY(arena, m->attr_count, int16_t);
    m->slots = ARENA_ARRAY(arena, m->attr_count, const struct attr *);
    if (!identity || !m->slots)
        return false;
    for (unsigned i = 0; i < m->attr_count; i++) {
        identity[i] = (int16_t)i;
        m->slots[i] = m->attrs[i];
    }
    m->identity = identity;
    return true;
}

static bool freeze_model(struct builder *b, struct model_build *build)
{
    struct schema *schema = b->schema;
    struct model *m = &build->m;
    m->attrs = (const struct attr *const *)build->attrs;
    m->assocs = (const struct assoc *const *)build->assocs;
    m->indexes = build->indexes;
    m->foreign_keys = build->foreign_keys;
    kith__name_map_init(&m->attr_named, schema->allocator);
    kith__name_map_init(&m->assoc_named, schema->allocator);
    schema->models[schema->model_count++] = m; /* from here on schema_free gives its maps back */
    return freeze_names(m) && freeze_slots(b->arena, m) && kith__name_map_put(&schema->model_named, m->name, m);
}

static size_t slot_of(const struct schema *schema, const kith_model *def)
{
    uint64_t mixed = (uint64_t)(uintptr_t)def * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 32) & (schema->by_def_size - 1);
}

static bool index_definitions(struct builder *b)
{
    struct schema *schema = b->schema;
    schema->by_def_size = 8;
    while (schema->by_def_size < (size_t)schema->model_count * 2)
        schema->by_def_size *= 2;
    schema->by_def = ARENA_ARRAY(b->arena, schema->by_def_size, struct model_slot);
    for (unsigned i = 0; schema->by_def && i < schema->model_count; i++) {
        size_t at = slot_of(schema, schema->models[i]->def);
        while (schema->by_def[at].def)
            at = (at + 1) & (schema->by_def_size - 1);
        schema->by_def[at] = (struct model_slot){ schema->models[i]->def, schema->models[i] };
    }
    return schema->by_def != NULL;
}

static bool freeze(struct builder *b)
{
    b->schema->models = ARENA_ARRAY(b->arena, b->model_count, const struct model *);
    for (unsigned i = 0; b->schema->models && i < b->model_count; i++)
        if (!freeze_model(b, b->models[i]))
            return false;
    return b->schema->models && index_definitions(b) && !b->arena->failed;
}

/* ---- all steps ---- */

static void resolve(struct builder *b, const kith_model *const *models)
{
    for (; models && *models; models++) {
        if (kith__build_model(b, *models))
            kith__mistake(b, kith__build_model(b, *models), NULL, "is given twice");
        else
            kith__build_add_model(b, *models, false);
    }
    kith__build_find_joins(b);
    for (unsigned i = 0; i < b->model_count; i++)
        kith__build_attrs(b, b->models[i]);
    if (b->arena->failed)
        return;
    kith__build_alternatives(b);
    kith__build_joins(b);
    kith__build_assocs(b);
    kith__build_hooks(b);
    if (b->arena->failed || b->mistakes)
        return; /* what follows would report consequences, not causes */
    kith__build_spell(b);
    if (b->arena->failed)
        return;
    kith__build_indexes(b);
    kith__build_enums(b);
    kith__build_alternative_indexes(b);
    kith__build_inverses(b);
    kith__build_members(b);
    for (unsigned i = 0; i < b->model_count && !b->arena->failed; i++) {
        check_columns(b, b->models[i]);
        check_assoc_keys(b, b->models[i]);
    }
}

static bool report(struct builder *b)
{
    if (b->arena->failed || b->report.failed)
        return kith__error_no_memory(b->err);
    char model[64], attribute[64];
    kith__copy(model, sizeof model, b->err->model);
    kith__copy(attribute, sizeof attribute, b->err->attribute);
    const char *text = kith__buf_text(&b->report);
    kith__error_set(b->err, KITH_E_MODEL, "%u mistake%s in the models: %s", b->mistakes, b->mistakes == 1 ? "" : "s",
                    text);
    return kith__error_about(b->err, model, attribute);
}

/* Until freezing, the checks that were compiled are known to the builder's models only. */
static void free_checks(struct builder *b)
{
    for (unsigned i = 0; i < b->model_count; i++)
        for (unsigned j = 0; j < b->models[i]->m.attr_count; j++)
            kith__checks_free(b->models[i]->attrs[j]->checks);
}

bool kith__schema_init(struct schema *schema, const kith_allocator *allocator, bool plain,
                       const kith_model *const *models, const kith_hook *hooks, bool snake_case, kith_error *err)
{
    *schema = (struct schema){ .allocator = allocator };
    kith__arena_init(&schema->arena, allocator, NULL, plain);
    kith__name_map_init(&schema->model_named, allocator);
    struct builder b = {
        .schema = schema, .arena = &schema->arena, .err = err, .hooks = hooks, .snake_case = snake_case
    };
    *err = (kith_error){ 0 };
    kith__buf_init(&b.report, allocator);
    resolve(&b, models);
    bool good = !b.mistakes && !schema->arena.failed && freeze(&b);
    if (!good) {
        if (!b.mistakes)
            schema->arena.failed = true; /* nothing else stops freezing */
        report(&b);
        free_checks(&b);
        for (unsigned i = 0; i < b.model_count; i++) /* schema_free would free the checks again */
            b.models[i]->m.attr_count = 0;
        kith__schema_free(schema);
    }
    kith__buf_free(&b.report);
    return good;
}

void kith__schema_free(struct schema *schema)
{
    for (unsigned i = 0; i < schema->model_count; i++) {
        struct model *m = (struct model *)(uintptr_t)schema->models[i];
        for (unsigned j = 0; j < m->attr_count; j++)
            kith__checks_free(m->attrs[j]->checks);
        kith__name_map_free(&m->attr_named);
        kith__name_map_free(&m->assoc_named);
    }
    kith__name_map_free(&schema->model_named);
    kith__arena_free(&schema->arena);
    *schema = (struct schema){ 0 };
}

/* ---- looking up ---- */

const struct model *kith__schema_model(const struct schema *schema, const kith_model *def)
{
    size_t at = slot_of(schema, def);
    while (schema->by_def[at].def && schema->by_def[at].def != def)
        at = (at + 1) & (schema->by_def_size - 1);
    return schema->by_def[at].model;
}

static void no_such(kith_error *err, const struct model *m, const char *what, const char *name,
                    const struct nearest *near, const struct buf *all)
{
    if (near->best)
        kith__error_set(err, KITH_E_USAGE, "model %s has no %s '%s'; did you mean '%s'?", m->name, what, name,
                        near->best);
    else if (all->failed)
        kith__error_no_memory(err);
    else
        kith__error_set(err, KITH_E_USAGE, "model %s has no %s '%s'; it has %s", m->name, what, name,
                        all->size ? kith__buf_text(all) : "none");
    kith__error_about(err, m->name, name);
}

static void list_name(struct buf *all, const char *name)
{
    if (all->size)
        kith__buf_add(all, ", ");
    kith__buf_add(all, name);
}

const struct attr *kith__model_attr(const struct model *m, const char *name, kith_error *err)
{
    const struct attr *attr = kith__name_map_get(&m->attr_named, name ? name : "");
    return attr ? attr : kith__model_no_attr(m, name, NULL, 0, err);
}

const struct attr *kith__model_no_attr(const struct model *m, const char *name, const struct attr *const *more,
                                       unsigned count, kith_error *err)
{
    struct nearest near;
    struct buf all;
    kith__buf_init(&all, m->attr_named.allocator);
    kith__nearest_start(&near, name ? name : "");
    for (unsigned i = 0; i < m->attr_count + count; i++) {
        const char *offered = i < m->attr_count ? m->attrs[i]->name : more[i - m->attr_count]->name;
        kith__nearest_offer(&near, offered);
        list_name(&all, offered);
    }
    no_such(err, m, "attribute", name ? name : "(null)", &near, &all);
    kith__buf_free(&all);
    return NULL;
}

const struct assoc *kith__model_assoc(const struct model *m, const char *name, kith_error *err)
{
    const struct assoc *assoc = kith__model_any_assoc(m, name, err);
    if (!assoc || !assoc->alternative_count)
        return assoc;
    kith__error_set(err, KITH_E_UNSUPPORTED,
                    "%s.%s leads to a %s, so this cannot follow it: include it, or use kith_get and kith_set", m->name,
                    name, assoc->leads_to);
    kith__error_about(err, m->name, name);
    return NULL;
}

const struct assoc *kith__model_any_assoc(const struct model *m, const char *name, kith_error *err)
{
    const struct assoc *assoc = kith__name_map_get(&m->assoc_named, name ? name : "");
    if (assoc)
        return assoc;
    struct nearest near;
    struct buf all;
    kith__buf_init(&all, m->attr_named.allocator);
    kith__nearest_start(&near, name ? name : "");
    for (unsigned i = 0; i < m->assoc_count; i++) {
        kith__nearest_offer(&near, m->assocs[i]->name);
        list_name(&all, m->assocs[i]->name);
    }
    no_such(err, m, "association", name ? name : "(null)", &near, &all);
    kith__buf_free(&all);
    return NULL;
}

/* The association or that alternative of it that leads to the target, or NULL. */
static const struct assoc *leading_to(const struct assoc *a, const struct model *target)
{
    for (unsigned i = 0; i < a->alternative_count; i++)
        if (assoc_target(&a->alternatives[i]) == target)
            return &a->alternatives[i];
    return assoc_target(a) == target ? a : NULL;
}

/* None, or several, of the associations lead to the target. */
static void not_the_one(kith_error *err, const struct model *m, const struct model *target, unsigned count)
{
    struct buf names;
    kith__buf_init(&names, m->attr_named.allocator);
    for (unsigned i = 0; i < m->assoc_count; i++)
        if (!count || leading_to(m->assocs[i], target))
            list_name(&names, m->assocs[i]->name);
    if (names.failed)
        kith__error_no_memory(err);
    else if (count)
        kith__error_set(err, KITH_E_USAGE, "several associations of %s lead to %s: %s; name one with .as", m->name,
                        target->name, kith__buf_text(&names));
    else
        kith__error_set(err, KITH_E_USAGE, "model %s is not associated with %s; its associations are: %s", m->name,
                        target->name, names.size ? kith__buf_text(&names) : "none");
    kith__copy(err->model, sizeof err->model, m->name);
    kith__buf_free(&names);
}

const struct assoc *kith__model_assoc_to(const struct model *m, const struct model *target, kith_error *err)
{
    const struct assoc *found = NULL;
    unsigned count = 0;
    for (unsigned i = 0; i < m->assoc_count; i++)
        if (leading_to(m->assocs[i], target)) {
            found = leading_to(m->assocs[i], target);
            count++;
        }
    if (count == 1)
        return found;
    not_the_one(err, m, target, count);
    return NULL;
}
