/* relation: associations as SQL: what joins their tables, what keeps scopes and deleted rows apart, whether a target
 * exists. Reads hops, never the kind. */
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "base/value.h"
#include "load/load.h"

const char *kith__load_alias(struct load *l)
{
    static const char *const first[] = { "t0", "t1", "t2", "t3" };
    if (l->next_alias < sizeof first / sizeof *first)
        return first[l->next_alias++];
    return kith__arena_format(&l->scratch, "t%u", l->next_alias++);
}

static struct sql_expr *column(struct load *l, const char *alias, const struct attr *attr)
{
    return kith__sql_attr(&l->scratch, alias, attr);
}

struct sql_expr *kith__on(struct load *l, const struct key_pairs *on, const char *from, const char *to)
{
    struct sql_expr *all = NULL;
    for (unsigned i = 0; i < on->count; i++)
        all = kith__sql_and(&l->scratch, all,
                            kith__sql_binary(&l->scratch, SQL_EQ, column(l, to, on->to[i]),
                                             column(l, from, on->from[i])));
    return all;
}

struct sql_expr *kith__scope_condition(struct load *l, const struct assoc *a, const char *alias)
{
    struct sql_expr *all = NULL;
    for (unsigned i = 0; a->scope && i < a->scope->count; i++) {
        const struct attr *attr = a->scope->attrs[i];
        struct sql_expr *constant = kith__sql_bind(&l->scratch, a->scope->values[i], attr->type.id);
        all = kith__sql_and(&l->scratch, all, kith__sql_binary(&l->scratch, SQL_EQ, column(l, alias, attr), constant));
    }
    return all;
}

struct sql_expr *kith__not_deleted(struct load *l, const struct model *m, const char *alias, bool with_deleted)
{
    if (!m->deleted_at || with_deleted)
        return NULL;
    return kith__sql_unary(&l->scratch, SQL_IS_NULL, column(l, alias, m->deleted_at));
}

/* The first hop from the source: a row of the statement outside, or a key that is known. */
static struct sql_expr *from_source(struct load *l, const struct key_pairs *on, const struct source *source,
                                    const char *to)
{
    struct sql_expr *all = NULL;
    if (source->any)
        return NULL;
    if (!source->key) /* also without an alias, which memory shortage leaves behind */
        return kith__on(l, on, source->alias, to);
    for (unsigned i = 0; i < on->count; i++)
        all = kith__sql_and(&l->scratch, all,
                            kith__sql_binary(&l->scratch, SQL_EQ, column(l, to, on->to[i]),
                                             kith__sql_bind(&l->scratch, source->key[i], on->to[i]->type.id)));
    return all;
}

bool kith__is_source(const struct assoc *a, const kith_record *r)
{
    const struct scope *scope = assoc_source_scope(a);
    for (unsigned i = 0; scope && i < scope->count; i++)
        if (!kith__value_equal(record_value(r, scope->attrs[i]), &scope->values[i]))
            return false;
    return true;
}

/* The scope, in the row that carries the key; whoever gives the source's key knows that it is one. */
static struct sql_expr *own_scope(struct load *l, const struct assoc *a, const struct source *source, const char *to)
{
    if (a->key_in_source)
        return source->key ? NULL : kith__scope_condition(l, a, source->alias);
    return kith__scope_condition(l, a, to);
}

/* FROM and WHERE of an association's tables, seen from the source. */
static void through_one(struct load *l, const struct assoc *a, const struct source *source, struct sql_select *s,
                        struct names *inner)
{
    kith__sql_source(&l->scratch, &s->from, SQL_FROM, assoc_target(a)->table, inner->alias, NULL);
    s->where = kith__sql_and(&l->scratch, from_source(l, &a->hops[0].on, source, inner->alias),
                             own_scope(l, a, source, inner->alias));
}

static void through_two(struct load *l, const struct assoc *a, const struct source *source, struct sql_select *s,
                        struct names *inner)
{
    inner->link_alias = kith__load_alias(l);
    kith__sql_source(&l->scratch, &s->from, SQL_FROM, assoc_join(a)->table, inner->link_alias, NULL);
    kith__sql_source(&l->scratch, &s->from, SQL_INNER_JOIN, assoc_target(a)->table, inner->alias,
                     kith__on(l, &a->hops[1].on, inner->link_alias, inner->alias));
    s->where = kith__sql_and(&l->scratch, from_source(l, &a->hops[0].on, source, inner->link_alias),
                             kith__scope_condition(l, a, inner->link_alias));
    s->where = kith__sql_and(&l->scratch, s->where, kith__not_deleted(l, assoc_join(a), inner->link_alias, false));
}

static struct sql_select *related(struct load *l, const struct assoc *a, const struct source *source, bool with_deleted,
                                  struct names *inner)
{
    struct sql_select *s = ARENA_NEW(&l->scratch, struct sql_select);
    *inner = (struct names){ .model = assoc_target(a), .alias = kith__load_alias(l), .via = a };
    if (!s)
        return NULL;
    kith__sql_item(&l->scratch, &s->items, kith__sql_expr(&l->scratch, SQL_ONE), NULL);
    if (a->hop_count == 2)
        through_two(l, a, source, s, inner);
    else
        through_one(l, a, source, s, inner);
    s->where = kith__sql_and(&l->scratch, s->where, kith__not_deleted(l, inner->model, inner->alias, with_deleted));
    return s;
}

void kith__join_related(struct load *l, const struct assoc *a, struct sql_select *s, struct names *names)
{
    kith_arena *arena = &l->scratch;
    const struct model *join = assoc_join(a);
    const struct source source = { .alias = names->alias };
    const char *from = names->alias, *link = join ? kith__load_alias(l) : NULL;
    *names = (struct names){ .model = assoc_target(a), .alias = kith__load_alias(l), .via = a, .link_alias = link };
    const char *carries = link ? link : names->alias;
    if (join) {
        kith__sql_source(arena, &s->from, SQL_INNER_JOIN, join->table, link, kith__on(l, &a->hops[0].on, from, link));
        from = link;
    }
    kith__sql_source(arena, &s->from, SQL_INNER_JOIN, names->model->table, names->alias,
                     kith__on(l, &a->hops[a->hop_count - 1].on, from, names->alias));
    s->where = kith__sql_and(arena, s->where, own_scope(l, a, &source, carries));
    if (join)
        s->where = kith__sql_and(arena, s->where, kith__not_deleted(l, join, link, false));
    s->where = kith__sql_and(arena, s->where, kith__not_deleted(l, names->model, names->alias, false));
}

struct sql_select *kith__related_select(struct load *l, const struct assoc *a, const struct source *source,
                                        struct names *inner)
{
    return related(l, a, source, false, inner);
}

/* Options name attributes, and those are of one model. */
static bool has_options(const kith_include *i)
{
    return i->attributes || i->where || i->order || i->include || i->limit || i->offset || i->through.attributes ||
           i->through.where || i->computed;
}

static const struct assoc *choose_none(struct load *l, const struct assoc *a, const kith_include *include)
{
    if (include->required == KITH_YES)
        kith__error_set(l->err, KITH_E_UNSUPPORTED,
                        "%s.%s leads to a %s: it can be required of one of them, with .model beside .as",
                        a->source->name, a->name, a->leads_to);
    else if (has_options(include))
        kith__error_set(l->err, KITH_E_USAGE,
                        "%s.%s leads to a %s, and options are for one of them: name it with .model beside .as",
                        a->source->name, a->name, a->leads_to);
    else
        return a;
    return NULL;
}

static const struct assoc *choose(struct load *l, const struct assoc *a, const kith_include *include)
{
    if (!include->model)
        return choose_none(l, a, include);
    for (unsigned i = 0; i < a->alternative_count; i++)
        if (assoc_target(&a->alternatives[i])->def == include->model)
            return &a->alternatives[i];
    kith__error_set(l->err, KITH_E_USAGE, "%s.%s leads to a %s, not to model %s", a->source->name, a->name, a->leads_to,
                    include->model->name ? include->model->name : "(without a name)");
    return NULL;
}

const struct assoc *kith__include_assoc(struct load *l, const struct model *m, const kith_include *include)
{
    if (include->as) {
        const struct assoc *a = kith__model_any_assoc(m, include->as, l->err);
        return a && a->alternative_count ? choose(l, a, include) : a;
    }
    const struct model *target = include->model ? kith__schema_model(l->schema, include->model) : NULL;
    if (target)
        return kith__model_assoc_to(m, target, l->err);
    if (include->model)
        kith__error_set(l->err, KITH_E_USAGE, "an include names model %s, which was not given to kith_open",
                        include->model->name ? include->model->name : "(without a name)");
    else
        kith__error_set(l->err, KITH_E_USAGE, "an include names neither an alias (.as) nor a model (.model)");
    return NULL;
}

bool kith__include_exists(struct load *l, const struct names *names, const struct assoc *a, const kith_include *include,
                          struct sql_expr **out)
{
    struct names inner;
    struct sql_expr *where = NULL, *link_where = NULL;
    struct sql_select *s = related(l, a, &(struct source){ .alias = names->alias }, include->with_deleted, &inner);
    struct names link = { .model = assoc_join(a), .alias = inner.link_alias };
    if (!s)
        return kith__load_no_memory(l);
    if (!kith__computed_list(l, inner.model, include->computed, &l->scratch, &inner.computed) ||
        !kith__condition(l, &inner, include->where, &where) ||
        (link.model && !kith__condition(l, &link, include->through.where, &link_where)))
        return false;
    s->where = kith__sql_and(&l->scratch, s->where, where);
    s->where = kith__sql_and(&l->scratch, s->where, link_where);
    for (const kith_include *below = include->include; below && !is_include_end(below); below++) {
        struct sql_expr *nested = NULL;
        const struct assoc *next = kith__include_assoc(l, inner.model, below);
        if (!next || (is_required(next, below) && !kith__include_exists(l, &inner, next, below, &nested)))
            return false;
        s->where = kith__sql_and(&l->scratch, s->where, nested);
    }
    *out = kith__sql_exists(&l->scratch, s);
    return true;
}

const char *kith__link_part(const struct names *names, const char *path)
{
    const struct model *join = names->via ? assoc_join(names->via) : NULL;
    size_t size = strcspn(path, ".");
    bool of_link = join && names->link_alias && path[size] && strlen(join->name) == size &&
                   memcmp(join->name, path, size) == 0;
    return of_link ? path + size + 1 : NULL;
}

struct sql_expr *kith__scalar(struct load *l, struct sql_select *s, struct sql_expr *what)
{
    struct sql_expr *e = kith__sql_expr(&l->scratch, SQL_SELECT);
    if (!s || !s->items || !e)
        return NULL;
    s->items->expr = what;
    e->select = s;
    if (what) { /* how it compares, which a sub-select forgets */
        e->type = what->type;
        e->attr = what->attr;
    }
    return e;
}

/* ---- orders ---- */

static bool order_expr(struct load *l, const struct names *names, const char *path, struct value *out);

static bool order_through(struct load *l, const struct names *names, const char *path, const char *dot,
                          struct value *out)
{
    char *part = kith__arena_text_n(&l->scratch, path, (size_t)(dot - path));
    if (!part)
        return kith__load_no_memory(l);
    const struct assoc *a = kith__model_assoc(names->model, part, l->err);
    if (!a)
        return false;
    if (a->many)
        return kith__error_set(l->err, KITH_E_USAGE,
                               "cannot order by '%s': %s has many %s; say with .aggregate = KITH_MIN or KITH_MAX which "
                               "one counts, or order by how many there are with .aggregate = KITH_COUNT",
                               path, names->model->name, part);
    struct names inner;
    struct value what = { 0 };
    struct sql_select *s = kith__related_select(l, a, &(struct source){ .alias = names->alias }, &inner);
    if (!s)
        return kith__load_no_memory(l);
    if (!order_expr(l, &inner, dot + 1, &what))
        return false;
    out->expr = kith__scalar(l, s, what.expr);
    out->nullable = true; /* there may be none */
    return true;
}

static bool order_expr(struct load *l, const struct names *names, const char *path, struct value *out)
{
    const char *dot = strchr(path, '.');
    return dot && !names->grouping && !kith__link_part(names, path) ? order_through(l, names, path, dot, out)
                                                                    : kith__named_value(l, names, path, out);
}

static bool order_value(struct load *l, const struct names *names, const kith_order *o, struct value *out)
{
    if (!o->path && !(names->grouping && o->aggregate))
        return kith__error_set(l->err, KITH_E_USAGE, "an order names no attribute");
    return o->aggregate ? kith__aggregate(l, names, &(struct aggregate){ .kind = o->aggregate, .path = o->path }, out)
                        : order_expr(l, names, o->path, out);
}

bool kith__orders(struct load *l, const struct names *names, const kith_order *orders, struct sql_order **out)
{
    *out = NULL;
    for (const kith_order *o = orders; o && (o->path || o->desc || o->aggregate); o++) {
        struct value found = { 0 };
        struct sql_order *added = NULL;
        if (!order_value(l, names, o, &found))
            return false;
        if (found.expr)
            added = kith__sql_order(&l->scratch, out, found.expr, o->desc);
        if (!added)
            return kith__load_no_memory(l);
        added->nullable = found.nullable;
    }
    return true;
}
