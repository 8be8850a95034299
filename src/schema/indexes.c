/* indexes: unique constraints, indexes and foreign keys of every model, each of them once. Knows attributes and keys,
 * not associations. */
#include "base/str.h"
#include "schema/build.h"
#include "schema/names.h"

/* ---- adding ---- */

static bool same_set(const struct attr *const *a, unsigned a_count, const struct attr_list *b)
{
    unsigned found = 0;
    for (unsigned i = 0; a_count == b->count && i < a_count; i++)
        for (unsigned j = 0; j < b->count; j++)
            found += a[i] == b->attrs[j];
    return a_count == b->count && found == b->count;
}

static bool is_taken(const struct builder *b, const char *name)
{
    for (unsigned i = 0; i < b->model_count; i++) {
        const struct model_build *m = b->models[i];
        for (unsigned j = 0; j < m->m.index_count; j++)
            if (m->indexes[j].name && kith__equal_no_case(m->indexes[j].name, name))
                return true;
        for (unsigned j = 0; j < m->m.foreign_key_count; j++)
            if (m->foreign_keys[j].name && kith__equal_no_case(m->foreign_keys[j].name, name))
                return true;
    }
    return false;
}

/* "table_column_column_suffix", shortened with a hash where a database could not hold it. Names of indexes are one
 * realm for a whole database, and made of other parts they may come out the same: the later one gets a number. */
static const char *made_name(struct builder *b, const struct model_build *m, const struct attr_list *attrs,
                             const char *suffix)
{
    const char *name = m->m.table;
    for (unsigned i = 0; i < attrs->count && name; i++)
        name = kith__arena_format(b->arena, "%s_%s", name, attrs->attrs[i]->column);
    name = name ? kith__arena_format(b->arena, "%s_%s", name, suffix) : NULL;
    const char *made = name ? kith__short_name(b->arena, name, NAME_LIMIT) : NULL;
    for (unsigned i = 2; made && is_taken(b, made); i++) {
        const char *numbered = kith__arena_format(b->arena, "%s_%u", name, i);
        made = numbered ? kith__short_name(b->arena, numbered, NAME_LIMIT) : NULL;
    }
    return made;
}

static const char *given_name(struct builder *b, const struct model_build *m, const char *name)
{
    if (is_taken(b, name))
        kith__mistake(b, m, NULL, "two indexes are called '%s'", name);
    return kith__short_name(b->arena, name, NAME_LIMIT);
}

void kith__build_index(struct builder *b, struct model_build *m, const char *name, bool unique,
                       const struct attr_list *attrs)
{
    for (unsigned i = 0; i < m->m.index_count; i++)
        if (m->indexes[i].unique == unique && same_set(m->indexes[i].attrs, m->indexes[i].count, attrs))
            return;
    if (!attrs->count || (unique && same_set(m->m.key, m->m.key_count, attrs)) ||
        !kith__arena_grow(b->arena, (void **)&m->indexes, m->m.index_count, &m->index_capacity, sizeof *m->indexes))
        return;
    struct index *ix = &m->indexes[m->m.index_count++];
    *ix = (struct index){ .unique = unique, .count = attrs->count };
    memcpy(ix->attrs, attrs->attrs, sizeof ix->attrs);
    ix->name = name ? given_name(b, m, name) : made_name(b, m, attrs, unique ? "key" : "idx");
}

static kith_action default_on_delete(const struct attr_list *from)
{
    for (unsigned i = 0; i < from->count; i++)
        if (from->attrs[i]->not_null)
            return KITH_NO_ACTION;
    return KITH_SET_NULL;
}

static struct foreign_key *find_foreign_key(struct model_build *m, const struct attr_list *from)
{
    for (unsigned i = 0; i < m->m.foreign_key_count; i++)
        if (same_set(m->foreign_keys[i].attrs, m->foreign_keys[i].count, from))
            return &m->foreign_keys[i];
    return NULL;
}

/* What one side leaves open the other may say; what both say must agree. */
static void merge_action(struct builder *b, const struct model_build *m, const struct attr *attr, kith_action *have,
                         kith_action more, const char *event)
{
    if (*have && more && *have != more)
        kith__mistake(b, m, attr->name, "two definitions disagree about on_%s", event);
    if (more)
        *have = more;
}

static struct foreign_key *new_foreign_key(struct builder *b, struct model_build *m, const struct attr_list *from)
{
    if (!kith__arena_grow(b->arena, (void **)&m->foreign_keys, m->m.foreign_key_count, &m->foreign_key_capacity,
                          sizeof *m->foreign_keys))
        return NULL;
    struct foreign_key *fk = &m->foreign_keys[m->m.foreign_key_count++];
    *fk = (struct foreign_key){ .count = from->count };
    memcpy(fk->attrs, from->attrs, sizeof fk->attrs);
    fk->name = made_name(b, m, from, "fkey");
    return fk;
}

void kith__build_foreign_key(struct builder *b, struct model_build *m, const struct attr_list *from,
                             const struct attr_list *to, kith_action on_delete, kith_action on_update)
{
    struct foreign_key *fk = find_foreign_key(m, from);
    if (!fk)
        fk = new_foreign_key(b, m, from);
    if (!fk)
        return;
    if (fk->to && fk->to != to->attrs[0]->model) {
        kith__mistake(b, m, from->attrs[0]->name, "refers to model %s and to model %s as well", fk->to->name,
                      to->attrs[0]->model->name);
        return;
    }
    fk->to = to->attrs[0]->model;
    for (unsigned i = 0; i < to->count; i++)
        fk->to_attrs[i] = to->attrs[i];
    merge_action(b, m, from->attrs[0], &fk->on_delete, on_delete, "delete");
    merge_action(b, m, from->attrs[0], &fk->on_update, on_update, "update");
}

/* ---- what definitions ask for ---- */

static void declared_index(struct builder *b, struct model_build *m, const kith_index *def)
{
    struct attr_list attrs = { 0 };
    for (const char *const *name = def->attrs; name && *name; name++) {
        const struct attr *attr = kith__build_attr_said(b, m, *name);
        const char *near = attr ? NULL : kith__build_nearest(m, *name);
        if (!attr) {
            kith__mistake(b, m, NULL, "an index names '%s', which it does not have%s%s%s", *name,
                          near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
            return;
        }
        if (attrs.count == KEY_MAX) {
            kith__mistake(b, m, NULL, "an index has more than %d attributes", KEY_MAX);
            return;
        }
        attrs.attrs[attrs.count++] = attr;
    }
    if (!attrs.count)
        kith__mistake(b, m, NULL, "an index names no attributes");
    kith__build_index(b, m, def->name, def->unique, &attrs);
}

static void unique_group(struct builder *b, struct model_build *m, const kith_attr *first)
{
    struct attr_list attrs = { 0 };
    for (const kith_attr *def = m->m.def->attrs; !is_attr_end(def); def++) {
        if (!kith__equal(def->unique_group, first->unique_group))
            continue;
        if (def < first)
            return; /* the group was made when its first attribute was met */
        if (attrs.count == KEY_MAX) {
            kith__mistake(b, m, def->name, "the unique group '%s' has more than %d attributes", first->unique_group,
                          KEY_MAX);
            return;
        }
        attrs.attrs[attrs.count++] = kith__build_attr(m, def->name);
    }
    kith__build_index(b, m, NULL, true, &attrs);
}

static void refer_to_model(struct builder *b, struct model_build *m, const kith_attr *def, const struct attr_list *from)
{
    struct model_build *to = kith__build_model(b, def->references);
    struct attr_list key = { 0 };
    if (!to) {
        kith__mistake(b, m, def->name, "refers to model %s, which was not given to kith_open",
                      def->references->name ? def->references->name : "(without a name)");
        return;
    }
    if (!kith__build_referred(b, m, to, def->references_attr, def->name, &key))
        return;
    if (key.count != 1)
        kith__mistake(b, m, def->name,
                      "refers to model %s, whose key has %u attributes; name one with .references_attr", to->m.name,
                      key.count);
    else if (kith__build_comparable(b, from->attrs[0], key.attrs[0]))
        kith__build_foreign_key(b, m, from, &key, def->on_delete, def->on_update);
}

void kith__build_check_actions(struct builder *b, struct model_build *m, const char *name, kith_action on_delete,
                               kith_action on_update)
{
    if ((unsigned)on_delete > KITH_NO_ACTION)
        kith__mistake(b, m, name, "there is no on_delete %d", (int)on_delete);
    if ((unsigned)on_update > KITH_NO_ACTION)
        kith__mistake(b, m, name, "there is no on_update %d", (int)on_update);
}

/* Options that would be without effect. */
static void check_references(struct builder *b, struct model_build *m, const kith_attr *def)
{
    kith__build_check_actions(b, m, def->name, def->on_delete, def->on_update);
    if (def->references && def->references_table)
        kith__mistake(b, m, def->name, "has .references and .references_table; one of them is enough");
    if (def->references_attr && !def->references)
        kith__mistake(b, m, def->name, "has .references_attr but no .references");
    if ((def->on_delete || def->on_update) && !def->references && !def->references_table)
        kith__mistake(b, m, def->name,
                      "has on_delete or on_update but refers to nothing; if an association does, give them to it");
    if (def->references_column && !def->references_table)
        kith__mistake(b, m, def->name, "has .references_column but no .references_table");
}

static void references(struct builder *b, struct model_build *m, const kith_attr *def)
{
    const struct attr *attr = def->name ? kith__build_attr(m, def->name) : NULL;
    struct attr_list from = { .count = 1, .attrs = { attr } };
    check_references(b, m, def);
    if (!attr || (!def->references && !def->references_table))
        return;
    if (def->references) {
        refer_to_model(b, m, def, &from);
        return;
    }
    struct foreign_key *fk = find_foreign_key(m, &from) ? NULL : new_foreign_key(b, m, &from);
    if (!fk)
        return;
    fk->to_table = kith__build_spelling(b, def->references_table);
    fk->to_columns[0] = def->references_column ? kith__build_spelling(b, def->references_column) : "id";
    fk->on_delete = def->on_delete;
    fk->on_update = def->on_update;
}

static void model_indexes(struct builder *b, struct model_build *m)
{
    for (const kith_attr *def = m->m.def->attrs; def && !is_attr_end(def); def++) {
        const struct attr *attr = def->name ? kith__build_attr(m, def->name) : NULL;
        if (attr && attr->unique)
            kith__build_index(b, m, NULL, true, &(struct attr_list){ .count = 1, .attrs = { attr } });
        if (attr && def->unique_group)
            unique_group(b, m, def);
        references(b, m, def);
    }
    for (const kith_index *ix = m->m.def->indexes; ix && (ix->attrs || ix->name || ix->unique); ix++)
        declared_index(b, m, ix);
}

/* ---- finishing ---- */

static bool is_prefix(const struct attr *const *attrs, unsigned count, const struct foreign_key *fk)
{
    for (unsigned i = 0; i < fk->count; i++)
        if (i >= count || attrs[i] != fk->attrs[i])
            return false;
    return true;
}

/* Every foreign key is looked up from the other side, so it needs an index unless one begins with it. */
static void index_foreign_key(struct builder *b, struct model_build *m, const struct foreign_key *fk)
{
    if (is_prefix(m->m.key, m->m.key_count, fk))
        return;
    for (unsigned i = 0; i < m->m.index_count; i++)
        if (is_prefix(m->indexes[i].attrs, m->indexes[i].count, fk))
            return;
    struct attr_list attrs = { .count = fk->count };
    memcpy(attrs.attrs, fk->attrs, sizeof attrs.attrs);
    kith__build_index(b, m, NULL, false, &attrs);
}

bool kith__build_is_unique(const struct model_build *m, const struct attr_list *attrs)
{
    if (same_set(m->m.key, m->m.key_count, attrs))
        return true;
    for (unsigned i = 0; i < m->m.index_count; i++)
        if (m->indexes[i].unique && same_set(m->indexes[i].attrs, m->indexes[i].count, attrs))
            return true;
    return false;
}

static void finish_foreign_key(struct builder *b, struct model_build *m, struct foreign_key *fk)
{
    struct attr_list from = { .count = fk->count }, to = { .count = fk->count };
    memcpy(from.attrs, fk->attrs, sizeof from.attrs);
    if (!fk->on_delete)
        fk->on_delete = default_on_delete(&from);
    if (!fk->on_update)
        fk->on_update = KITH_CASCADE;
    for (unsigned i = 0; i < fk->count && fk->on_delete == KITH_SET_NULL; i++)
        if (fk->attrs[i]->not_null)
            kith__mistake(b, m, fk->attrs[i]->name, "may not be null, so on_delete cannot set it to null");
    if (fk->to) {
        struct model_build *target = (struct model_build *)(uintptr_t)fk->to;
        fk->to_table = fk->to->table;
        for (unsigned i = 0; i < fk->count; i++) {
            to.attrs[i] = fk->to_attrs[i];
            fk->to_columns[i] = fk->to_attrs[i]->column;
            kith__build_check_constraint(b, fk->attrs[i], fk->to_attrs[i]);
        }
        if (!kith__build_is_unique(target, &to))
            kith__mistake(b, m, from.attrs[0]->name, "refers to %s.%s%s, which is neither a primary key nor unique",
                          fk->to->name, fk->to_attrs[0]->name, to.count > 1 ? " and others" : "");
    }
    index_foreign_key(b, m, fk);
}

void kith__build_indexes(struct builder *b)
{
    for (unsigned i = 0; i < b->model_count; i++)
        model_indexes(b, b->models[i]);
    for (unsigned i = 0; i < b->model_count; i++)
        for (unsigned j = 0; j < b->models[i]->m.foreign_key_count && !b->arena->failed; j++)
            finish_foreign_key(b, b->models[i], &b->models[i]->foreign_keys[j]);
}
