/* tree: the verbs that follow an association of a model with itself. Which way is down, the key's place tells; how the
 * nodes are found and put in order is the loader's matter. */
#include "kith/tree.h"

#include "base/buf.h"
#include "base/error.h"
#include "orm/watch.h"

/* ---- the association ---- */

static const struct assoc *not_a_tree(struct call *c, const struct assoc *a)
{
    const struct model *m = a->source;
    struct buf own;
    kith__buf_init(&own, c->s->db->allocator);
    for (unsigned i = 0; i < m->assoc_count; i++)
        if (assoc_target(m->assocs[i]) == m)
            kith__buf_format(&own, "%s%s", own.size ? ", " : "", m->assocs[i]->name);
    kith__error_set(&c->err, KITH_E_USAGE, "%s.%s leads to %s, so it makes no tree; from %s to itself lead: %s",
                    m->name, a->name, assoc_target(a)->name, m->name, own.size ? kith__buf_text(&own) : "none");
    if (own.failed)
        kith__call_no_memory(c);
    kith__buf_free(&own);
    return NULL;
}

static const struct assoc *find_assoc(struct call *c, const struct model *m, const char *name)
{
    const struct assoc *a = kith__model_assoc(m, name, &c->err);
    return a && assoc_target(a) != m ? not_a_tree(c, a) : a;
}

/* Without a join table the row that carries the key is below the other, whichever side was named. */
static const struct assoc *directed(struct call *c, const struct assoc *a, bool up)
{
    bool reverse = a->hop_count == 1 ? a->key_in_source != up : up;
    const struct assoc *found = reverse ? kith__assoc_reversed(&c->load, a) : a;
    if (!found)
        kith__call_no_memory(c);
    return found;
}

/* ---- what is asked for ---- */

static kith_include as_include(const kith_tree_opts *opts)
{
    return (kith_include){ .attributes = opts->attributes,
                           .where = opts->where,
                           .through = { .attributes = opts->through.attributes, .where = opts->through.where },
                           .order = opts->order,
                           .include = opts->include,
                           .with_deleted = opts->with_deleted };
}

static bool check_opts(struct call *c, const struct assoc *a, const kith_tree_opts *opts)
{
    if (a->hop_count < 2 && (opts->through.attributes || opts->through.where))
        return kith__error_set(&c->err, KITH_E_USAGE, "%s.%s has no join row, so .through cannot be given",
                               a->source->name, a->name);
    if (opts->max_depth > UINT32_MAX - 1)
        return kith__error_set(&c->err, KITH_E_USAGE, "%s.%s: max_depth must be less than 2^32 - 1", a->source->name,
                               a->name);
    return true;
}

static kith_list *load(struct call *c, const struct assoc *a, const kith_include *nodes, const kith_include *starts,
                       bool top, bool nested, struct tree *t)
{
    if (!kith__call_result(c) || !kith__plan_tree(&c->load, a, nodes, starts, top, nested, t))
        return NULL;
    return kith__load_tree(&c->load, t);
}

/* ---- from a record ---- */

/* attrs = key; nothing where a part of it is null, since nothing can belong to that. */
struct key_condition {
    kith_expr equal[KEY_MAX], all;
    const kith_expr *terms[KEY_MAX + 1];
};

static const kith_expr *key_condition(struct key_condition *k, const struct attr *const *attrs, unsigned count,
                                      const kith_value *key)
{
    static const kith_value none[] = { { .kind = KITH_LIST_END } };
    for (unsigned i = 0; i < count; i++) {
        bool null = key[i].kind == KITH_NULL || key[i].kind == KITH_ABSENT;
        k->equal[i] = (kith_expr){ .op = KITH_OP_EQ, .path = attrs[i]->name, .value = key[i] };
        if (null)
            k->equal[i] = (kith_expr){ .op = KITH_OP_IN, .path = attrs[i]->name, .list = none };
        k->terms[i] = &k->equal[i];
    }
    k->terms[count] = &kith_expr_end;
    k->all = (kith_expr){ .op = KITH_OP_AND, .args = k->terms };
    return &k->all;
}

static kith_list *from_record(struct call *c, const kith_record *r, const char *name, bool up,
                              const kith_tree_opts *opts)
{
    const struct assoc *named = kith__call_record(c, r, false) ? find_assoc(c, r->shape->model, name) : NULL;
    const struct assoc *a = named && check_opts(c, named, opts) ? directed(c, named, up) : NULL;
    if (!a)
        return NULL;
    const struct key_pairs *on = &a->hops[0].on;
    const struct attr *const *id = a->key_in_source ? on->to : on->from;
    kith_value key[KEY_MAX];
    struct key_condition is_it;
    if (!kith__call_key(c, r, id, on->count, key))
        return NULL;
    if (!up)
        kith__watch_record(c, "kith_descendants", named, r);
    const kith_include nodes = as_include(opts);
    const kith_include starts = { .where = key_condition(&is_it, id, on->count, key), .with_deleted = true };
    struct tree t = {
        .max_depth = opts->max_depth, .from = key, .with_starts = opts->with_self, .depth_first = opts->depth_first
    };
    return load(c, a, &nodes, &starts, false, false, &t);
}

static kith_list *follow(kith_session *s, const kith_record *r, const char *name, bool up, const kith_tree_opts *opts)
{
    static const kith_tree_opts everything;
    struct call c;
    if (!kith__call_begin(&c, s))
        return NULL;
    kith__call_reads(&c);
    kith_list *list = from_record(&c, r, name, up, opts ? opts : &everything);
    return kith__call_end(&c, list != NULL) ? list : NULL;
}

kith_list *kith_descendants(kith_session *s, const kith_record *r, const char *assoc, const kith_tree_opts *opts)
{
    return follow(s, r, assoc, false, opts);
}

kith_list *kith_ancestors(kith_session *s, const kith_record *r, const char *assoc, const kith_tree_opts *opts)
{
    return follow(s, r, assoc, true, opts);
}

/* ---- from roots ---- */

/* Roots have no join row, so an order by one says nothing of them. */
static bool order_of_roots(struct call *c, const struct assoc *a, const kith_order *order, kith_order **out)
{
    const struct names names = { .model = a->source, .via = a, .link_alias = assoc_join(a) ? "j" : NULL };
    size_t count = 0, kept = 0;
    while (order && (order[count].path || order[count].desc || order[count].aggregate))
        count++;
    *out = ARENA_ARRAY(&c->load.scratch, count + 1, kith_order);
    if (!*out)
        return kith__call_no_memory(c);
    for (size_t i = 0; i < count; i++)
        if (!order[i].path || !kith__link_part(&names, order[i].path))
            (*out)[kept++] = order[i];
    return true;
}

static bool check_tree(struct call *c, const struct assoc *a, const kith_tree_opts *opts)
{
    if (opts->with_self || opts->depth_first)
        return kith__error_set(&c->err, KITH_E_USAGE, "a nested tree has no order of its own: .%s says nothing",
                               opts->with_self ? "with_self" : "depth_first");
    if (a->key_in_source)
        return kith__error_set(&c->err, KITH_E_USAGE, "%s.%s leads up: name the association that leads down%s%s",
                               a->source->name, a->name, a->inverse ? ", " : "", a->inverse ? a->inverse->name : "");
    return check_opts(c, a, opts);
}

static kith_list *from_roots(struct call *c, const kith_model *model, const char *name, const kith_expr *roots,
                             const kith_tree_opts *opts)
{
    const struct model *m = kith__call_model(c, model);
    const struct assoc *a = m ? find_assoc(c, m, name) : NULL;
    kith_order *order;
    if (!a || !check_tree(c, a, opts) || !order_of_roots(c, a, opts->order, &order))
        return NULL;
    const kith_include nodes = as_include(opts);
    const kith_include starts = { .where = roots, .order = order, .with_deleted = opts->with_deleted };
    struct tree t = { .max_depth = opts->max_depth, .with_starts = true };
    return load(c, a, &nodes, &starts, !roots, true, &t);
}

kith_list *kith_tree(kith_session *s, const kith_model *m, const char *assoc, const kith_expr *roots,
                     const kith_tree_opts *opts)
{
    static const kith_tree_opts everything;
    struct call c;
    if (!kith__call_begin(&c, s))
        return NULL;
    kith__call_reads(&c);
    kith_list *list = from_roots(&c, m, assoc, roots, opts ? opts : &everything);
    return kith__call_end(&c, list != NULL) ? list : NULL;
}
