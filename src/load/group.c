/* group: queries whose records are groups of rows, or rows that differ: each holds names of the group and what is computed
 * over its rows.
 *
 * The names of a group are values of the rows, reached through to-one associations by joins; everything behind GROUP BY
 * sees these names and what is computed, and no row. Distinct rows are groups by all that is selected. */
#include "load/group.h"

#include "base/error.h"
#include "base/str.h"

enum { NAMES_MAX = 256 };

struct joined {
    const char *path; /* that leads there */
    struct names at;
};

struct grouping {
    const kith_expr *having;
    struct names row;           /* the rows that are grouped */
    struct computed_list names; /* of the group */
    struct computed_list all;   /* those selected, what is computed, and the names that are not selected */
    struct sql_select *select;  /* that is being built */
    struct joined *joined;
    size_t joined_count, joined_capacity;
};

/* ---- rows ---- */

static void begin(struct grouping *g, const struct model *m, const char *alias, struct sql_select *select)
{
    g->row = (struct names){ .model = m, .alias = alias };
    g->select = select;
    g->joined_count = 0;
}

static bool join(struct load *l, struct grouping *g, const char *path, const struct assoc *a, struct names *at)
{
    kith_arena *arena = &l->scratch;
    const char *from = at->alias;
    for (size_t i = 0; i < g->joined_count; i++)
        if (kith__equal(g->joined[i].path, path)) {
            *at = g->joined[i].at;
            return true;
        }
    if (!kith__arena_grow(arena, (void **)&g->joined, g->joined_count, &g->joined_capacity, sizeof *g->joined))
        return kith__load_no_memory(l);
    *at = (struct names){ .model = assoc_target(a), .alias = kith__load_alias(l) };
    struct sql_expr *on = kith__on(l, &a->hops[0].on, from, at->alias);
    on = kith__sql_and(arena, on, kith__scope_condition(l, a, a->key_in_source ? from : at->alias));
    on = kith__sql_and(arena, on, kith__not_deleted(l, at->model, at->alias, false));
    kith__sql_source(arena, &g->select->from, SQL_LEFT_JOIN, at->model->table, at->alias, on);
    g->joined[g->joined_count++] = (struct joined){ .path = path, .at = *at };
    return true;
}

bool kith__group_column(struct load *l, struct grouping *g, const char *path, struct value *out)
{
    struct names at = g->row;
    const char *part = path;
    bool through = false;
    for (const char *dot; (dot = strchr(part, '.')); part = dot + 1, through = true) {
        const char *name = kith__arena_text_n(&l->scratch, part, (size_t)(dot - part));
        const char *so_far = kith__arena_text_n(&l->scratch, path, (size_t)(dot - path));
        if (!name || !so_far)
            return kith__load_no_memory(l);
        const struct assoc *a = kith__model_assoc(at.model, name, l->err);
        if (!a)
            return false;
        if (a->many)
            return kith__error_set(l->err, KITH_E_USAGE,
                                   "'%s' leads through %s, of which %s has many; groups follow to-one associations",
                                   path, name, at.model->name);
        if (!join(l, g, so_far, a, &at))
            return false;
    }
    bool good = kith__named_value(l, &at, part, out);
    out->nullable |= through;
    return good;
}

const struct names *kith__group_row(const struct grouping *g)
{
    return &g->row;
}

bool kith__group_name(struct load *l, const struct names *names, const char *name, struct value *out)
{
    const struct computed_list *all = &names->computed;
    struct nearest near;
    kith__nearest_start(&near, name);
    for (unsigned i = 0; i < all->count; i++) {
        if (kith__equal(all->attrs[i]->name, name))
            return kith__computed_value(l, names, i, out);
        kith__nearest_offer(&near, all->attrs[i]->name);
    }
    kith__error_set(l->err, KITH_E_USAGE, "'%s' is neither a name of the group of %s nor computed%s%s%s", name,
                    names->model->name, near.best ? "; did you mean '" : "", near.best ? near.best : "",
                    near.best ? "'?" : "");
    return kith__error_about(l->err, names->model->name, name);
}

/* ---- what the records hold ---- */

static bool contains(const char *const *names, const char *name)
{
    while (names && *names && !kith__equal(*names, name))
        names++;
    return names && *names;
}

static unsigned count_names(const char *const *names)
{
    unsigned count = 0;
    while (names && names[count])
        count++;
    return count;
}

static bool check_names(struct load *l, const struct model *m, const struct group_query *q)
{
    if (count_names(q->names) > NAMES_MAX)
        return kith__error_set(l->err, KITH_E_USAGE, "a query has more than %d names in .group", NAMES_MAX);
    for (const char *const *name = q->names; *name; name++)
        if (contains(name + 1, *name))
            return kith__error_set(l->err, KITH_E_USAGE, "'%s' is twice among the names of the group of %s", *name,
                                   m->name);
    for (const char *const *name = q->attributes; name && *name; name++)
        if (!contains(q->names, *name))
            return kith__error_set(l->err, KITH_E_USAGE,
                                   "the attribute '%s' of %s is not among the names of the group, so its rows may have "
                                   "several; compute one of them with KITH_MIN or KITH_MAX",
                                   *name, m->name);
    return true;
}

/* A name of the group is a computed attribute without an expression: its name is its path. */
static void add_names(const struct group_query *q, bool selected, kith_computed *defs, unsigned *count)
{
    for (const char *const *name = q->names; *name; name++)
        if (selected == (!q->attributes || contains(q->attributes, *name)))
            defs[(*count)++] = (kith_computed){ .as = *name };
}

static bool check_computed(struct load *l, const struct model *m, const kith_computed *computed, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (kith__is_group_name(&computed[i]))
            return kith__error_set(l->err, KITH_E_USAGE,
                                   "the computed attribute '%s' of %s needs either .aggregate or .value",
                                   computed[i].as ? computed[i].as : "", m->name);
    return true;
}

static bool make_list(struct load *l, const struct model *m, const struct group_query *q, struct computed_list *all,
                      unsigned *selected)
{
    unsigned names = count_names(q->names), computed = kith__computed_count(q->computed), count = 0;
    kith_computed *defs = ARENA_ARRAY(&l->scratch, names + computed + 1, kith_computed);
    if (!defs)
        return kith__load_no_memory(l);
    if (!check_computed(l, m, q->computed, computed))
        return false;
    add_names(q, true, defs, &count);
    for (unsigned i = 0; i < computed; i++)
        defs[count++] = q->computed[i];
    *selected = count;
    add_names(q, false, defs, &count);
    *all = (struct computed_list){ .defs = defs, .count = count };
    return true;
}

/* Those of a list that are names of the group. */
static bool names_of(struct load *l, const struct computed_list *all, struct computed_list *names)
{
    kith_computed *defs = ARENA_ARRAY(&l->scratch, all->count, kith_computed);
    const struct attr **attrs = ARENA_ARRAY(&l->scratch, all->count, const struct attr *);
    if (!defs || !attrs)
        return kith__load_no_memory(l);
    *names = (struct computed_list){ .defs = defs, .attrs = attrs };
    for (unsigned i = 0; i < all->count; i++)
        if (kith__is_group_name(&all->defs[i])) {
            defs[names->count] = all->defs[i];
            attrs[names->count++] = all->attrs[i];
        }
    return true;
}

const struct computed_list *kith__group_names(const struct grouping *g)
{
    return &g->names;
}

static bool check_group_types(struct load *l, const struct grouping *g)
{
    for (unsigned i = 0; i < g->names.count; i++) {
        int type = g->names.attrs[i]->type.id;
        if (type == KITH_T_BLOB || type == KITH_T_JSON)
            return kith__error_set(l->err, KITH_E_UNSUPPORTED, "%s.%s is %s, by which rows cannot be grouped",
                                   g->row.model->name, g->names.attrs[i]->name, type == KITH_T_BLOB ? "BLOB" : "JSON");
    }
    return true;
}

static bool resolve(struct load *l, const struct model *m, const struct group_query *q, struct grouping *g,
                    unsigned *selected)
{
    struct sql_select *unused = ARENA_NEW(&l->scratch, struct sql_select);
    if (!unused)
        return kith__load_no_memory(l);
    g->having = q->having;
    begin(g, m, "t", unused);
    if (!check_names(l, m, q) || !make_list(l, m, q, &g->all, selected))
        return false;
    if (!*selected)
        return kith__error_set(l->err, KITH_E_USAGE, "the groups of %s have neither names nor anything computed",
                               m->name);
    return kith__computed_resolve(l, m, g, &l->result->arena, &g->all) && names_of(l, &g->all, &g->names) &&
           check_group_types(l, g);
}

bool kith__plan_groups(struct load *l, const struct model *m, const kith_include *root, const struct group_query *q,
                       struct plan *plan)
{
    struct grouping *g = ARENA_NEW(&l->scratch, struct grouping);
    unsigned selected = 0;
    if (!g)
        return kith__load_no_memory(l);
    if (!kith__plan_values(l, m, root, plan) || !resolve(l, m, q, g, &selected))
        return false;
    struct plan_node *n = &plan->nodes[0];
    n->grouping = g;
    n->computed = (struct computed_list){ .defs = g->all.defs, .attrs = g->all.attrs, .count = selected };
    return kith__plan_values_shape(l, plan);
}

/* ---- the statement ---- */

static bool add_items(struct load *l, const struct plan_node *n, const struct names *names, struct sql_select *s)
{
    for (unsigned i = 0; i < n->computed.count; i++) {
        struct value value = { 0 };
        if (!kith__computed_value(l, names, i, &value))
            return false;
        kith__sql_item(&l->scratch, &s->items, value.expr, NULL);
    }
    return true;
}

static bool add_groups(struct load *l, struct grouping *g, struct sql_select *s)
{
    for (unsigned i = 0; i < g->names.count; i++) {
        struct value value = { 0 };
        if (!kith__group_column(l, g, g->names.defs[i].as, &value))
            return false;
        kith__sql_append(&s->group, value.expr);
    }
    return true;
}

static bool add_where(struct load *l, const struct plan_node *n, const struct grouping *g, struct sql_select *s)
{
    if (!kith__condition(l, &g->row, n->include->where, &s->where))
        return false;
    s->where = kith__sql_and(&l->scratch, s->where,
                             kith__not_deleted(l, n->model, g->row.alias, n->include->with_deleted));
    for (const kith_include *i = n->include->include; i && !is_include_end(i); i++) {
        struct sql_expr *exists = NULL;
        const struct assoc *a = kith__include_assoc(l, n->model, i);
        if (!a || (is_required(a, i) && !kith__include_exists(l, &g->row, a, i, &exists)))
            return false;
        s->where = kith__sql_and(&l->scratch, s->where, exists);
    }
    return true;
}

static bool is_ordered_by(const struct sql_order *order, const struct sql_expr *column)
{
    for (; order; order = order->next)
        if (order->expr->op == SQL_COLUMN && order->expr->table == column->table &&
            kith__equal(order->expr->text, column->text))
            return true;
    return false;
}

/* Groups that are equal in the order are parted by their names. */
static bool break_ties(struct load *l, struct grouping *g, struct sql_order **order)
{
    for (unsigned i = 0; i < g->names.count; i++) {
        struct value value = { 0 };
        if (!kith__group_column(l, g, g->names.defs[i].as, &value))
            return false;
        if (!value.expr || is_ordered_by(*order, value.expr))
            continue;
        struct sql_order *added = kith__sql_order(&l->scratch, order, value.expr, false);
        if (added)
            added->nullable = value.nullable;
    }
    return true;
}

static bool add_page(struct load *l, const struct plan_node *n, const struct names *names, struct sql_select *s)
{
    const kith_include *q = n->include;
    if (!kith__orders(l, names, q->order, &s->order))
        return false;
    if ((q->limit || q->offset) && !break_ties(l, n->grouping, &s->order))
        return false;
    s->has_limit = q->limit > 0;
    s->limit = q->limit;
    s->offset = q->offset;
    return true;
}

static bool build(struct load *l, struct plan_node *n, bool whole, struct sql_select **out)
{
    struct grouping *g = n->grouping;
    struct sql_select *s = *out = ARENA_NEW(&l->scratch, struct sql_select);
    if (!s)
        return kith__load_no_memory(l);
    l->next_alias = 0;
    n->alias = kith__load_alias(l);
    n->first_column = 0;
    begin(g, n->model, n->alias, s);
    const struct names names = { .model = n->model, .alias = n->alias, .computed = g->all, .grouping = g };
    kith__sql_source(&l->scratch, &s->from, SQL_FROM, n->model->table, n->alias, NULL);
    if (whole)
        kith__sql_item(&l->scratch, &s->items, kith__sql_expr(&l->scratch, SQL_ONE), NULL);
    else if (!add_items(l, n, &names, s))
        return false;
    bool good = add_groups(l, g, s) && add_where(l, n, g, s) && kith__condition(l, &names, g->having, &s->having) &&
                (whole || add_page(l, n, &names, s));
    return good && l->scratch.failed ? kith__load_no_memory(l) : good;
}

bool kith__select_groups(struct load *l, struct plan_node *n, struct sql_select **out)
{
    return build(l, n, false, out);
}

bool kith__select_group_count(struct load *l, struct plan *plan, struct sql_select **out)
{
    struct sql_select *groups, *s = *out = ARENA_NEW(&l->scratch, struct sql_select);
    if (!s)
        return kith__load_no_memory(l);
    if (!build(l, &plan->nodes[0], true, &groups))
        return false;
    kith__sql_item(&l->scratch, &s->items, kith__sql_expr(&l->scratch, SQL_COUNT), NULL);
    struct sql_source *from = kith__sql_source(&l->scratch, &s->from, SQL_FROM, NULL, "p", NULL);
    if (!from)
        return kith__load_no_memory(l);
    from->select = groups;
    return true;
}
