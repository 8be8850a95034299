/* enums: which ENUM attributes are of one type, and what it is called where types have names: "pugs_size_enum". A key is
 * of the type of what it refers to. Knows foreign keys and pairs of keys, not what made them. */
#include "base/str.h"
#include "schema/build.h"
#include "schema/names.h"

static struct enum_type *type_of(const struct attr *attr)
{
    return (struct enum_type *)(uintptr_t)attr->enum_type;
}

/* ---- which are one ---- */

static void begin_type(struct builder *b, const struct attr *attr)
{
    struct enum_type *type = ARENA_NEW(b->arena, struct enum_type);
    if (!type)
        return;
    for (unsigned i = 0; i < attr->label_count; i++) {
        size_t size = strlen(attr->type.labels[i]);
        type->longest = size > type->longest ? size : type->longest;
    }
    ((struct attr *)(uintptr_t)attr)->enum_type = type;
}

static void unite(struct builder *b, const struct attr *x, const struct attr *y)
{
    const struct enum_type *from = x->enum_type, *to = y->enum_type;
    if (!from || !to || from == to)
        return;
    type_of(y)->text |= from->text;
    for (unsigned i = 0; i < b->model_count; i++)
        for (unsigned j = 0; j < b->models[i]->m.attr_count; j++)
            if (b->models[i]->attrs[j]->enum_type == from)
                b->models[i]->attrs[j]->enum_type = to;
}

static void unite_pairs(struct builder *b, const struct key_pairs *on)
{
    for (unsigned i = 0; i < on->count; i++)
        unite(b, on->from[i], on->to[i]);
}

/* Associations without a constraint compare their keys just as well. */
static void unite_keys(struct builder *b, const struct model_build *m)
{
    for (unsigned i = 0; i < m->m.foreign_key_count; i++) {
        const struct foreign_key *fk = &m->foreign_keys[i];
        for (unsigned j = 0; j < fk->count; j++)
            if (fk->to)
                unite(b, fk->attrs[j], fk->to_attrs[j]);
            else if (fk->attrs[j]->enum_type)
                type_of(fk->attrs[j])->text = true;
    }
    for (unsigned i = 0; i < m->m.assoc_count; i++)
        for (unsigned j = 0; j < m->assocs[i]->hop_count; j++)
            unite_pairs(b, &m->assocs[i]->hops[j].on);
}

/* ---- whose it is ---- */

static bool refers(const struct attr *attr)
{
    const struct model_build *m = (const struct model_build *)attr->model;
    for (unsigned i = 0; i < m->m.foreign_key_count; i++)
        for (unsigned j = 0; j < m->foreign_keys[i].count; j++)
            if (m->foreign_keys[i].attrs[j] == attr)
                return true;
    return false;
}

/* The name must not change with the order in which models are given. */
static bool comes_first(const struct attr *x, const struct attr *y)
{
    if (refers(x) != refers(y))
        return !refers(x);
    int order = strcmp(x->model->table, y->model->table);
    return order ? order < 0 : strcmp(x->column, y->column) < 0;
}

static void choose_owner(struct builder *b, const struct attr *attr)
{
    struct enum_type *type = type_of(attr);
    if (!type->attr) {
        if (!kith__arena_grow(b->arena, (void **)&b->schema->enums, b->schema->enum_count, &b->enum_capacity,
                              sizeof *b->schema->enums))
            return;
        b->schema->enums[b->schema->enum_count++] = type;
    }
    if (!type->attr || comes_first(attr, type->attr))
        type->attr = attr;
}

/* ---- what it is called ---- */

/* A table's rows are a type as well, which has the table's name. */
static bool is_taken(const struct builder *b, const char *name)
{
    for (unsigned i = 0; i < b->model_count; i++)
        if (kith__equal(b->models[i]->m.table, name))
            return true;
    for (unsigned i = 0; i < b->schema->enum_count; i++)
        if (b->schema->enums[i]->name && kith__equal(b->schema->enums[i]->name, name))
            return true;
    return false;
}

static const char *made_name(struct builder *b, const struct attr *attr)
{
    const char *name = kith__arena_format(b->arena, "%s_%s_enum", attr->model->table, attr->column);
    const char *made = name ? kith__short_name(b->arena, name, NAME_LIMIT) : NULL;
    for (unsigned i = 2; made && is_taken(b, made); i++) {
        const char *numbered = kith__arena_format(b->arena, "%s_%u", name, i);
        made = numbered ? kith__short_name(b->arena, numbered, NAME_LIMIT) : NULL;
    }
    return made;
}

static void each_enum(struct builder *b, void (*what)(struct builder *b, const struct attr *attr))
{
    for (unsigned i = 0; i < b->model_count; i++)
        for (unsigned j = 0; j < b->models[i]->m.attr_count && !b->arena->failed; j++)
            if (b->models[i]->attrs[j]->type.id == KITH_T_ENUM)
                what(b, b->models[i]->attrs[j]);
}

void kith__build_enums(struct builder *b)
{
    each_enum(b, begin_type);
    for (unsigned i = 0; i < b->model_count && !b->arena->failed; i++)
        unite_keys(b, b->models[i]);
    each_enum(b, choose_owner);
    for (unsigned i = 0; i < b->schema->enum_count && !b->arena->failed; i++) {
        struct enum_type *type = type_of(b->schema->enums[i]->attr);
        type->name = made_name(b, type->attr);
    }
}
