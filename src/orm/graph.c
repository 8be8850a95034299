/* graph: the verbs that save a record with what is around it. */
#include "orm/graph.h"

#include "base/error.h"

/* ---- the records, hung into each other ---------------------------------------------------------------------------------- */

/* Several edges may lead to one list. */
static size_t count_below(const struct graph_node *n, const struct assoc *a)
{
    size_t count = 0;
    for (const struct graph_edge *e = n->edges; e < n->edges + n->edge_count; e++)
        count += e->a == a ? e->count : 0;
    return count;
}

static kith_list *list_below(struct graph *g, const struct graph_node *n, const struct assoc *a)
{
    struct result *result = g->c.load.result;
    size_t count = count_below(n, a), at = 0;
    const struct shape *shape = kith__shape_full(assoc_target(a), result);
    const struct shape *link_shape = assoc_join(a) ? kith__shape_full(assoc_join(a), result) : NULL;
    kith_record **records = ARENA_ARRAY(&result->arena, count, kith_record *);
    kith_record **links = assoc_join(a) ? ARENA_ARRAY(&result->arena, count, kith_record *) : NULL;
    if (!shape || !records || (assoc_join(a) && (!link_shape || !links)))
        return NULL;
    for (const struct graph_edge *e = n->edges; e < n->edges + n->edge_count; e++)
        for (size_t i = 0; e->a == a && i < e->count; i++, at++) {
            records[at] = e->nodes[i].record;
            if (links)
                links[at] = e->nodes[i].link_record;
        }
    return kith__list_new(shape, link_shape, records, links, count);
}

static bool hang_one(struct graph *g, const struct graph_node *n, const struct graph_edge *e, union related *related)
{
    if (!e->a->many) {
        if (e->count)
            related->one = e->nodes[0].record;
        return true;
    }
    if (related->many)
        return true;
    related->many = list_below(g, n, e->a);
    return related->many ? true : kith__call_no_memory(&g->c);
}

static bool hang_below(struct graph *g, const struct graph_node *n)
{
    const struct shape *shape = n->record->shape;
    for (unsigned i = 0; i < n->edge_count; i++)
        for (unsigned child = 0; child < shape->child_count; child++)
            if (shape->children[child].name == n->edges[i].a->name &&
                !hang_one(g, n, &n->edges[i], &record_related(n->record)[child]))
                return false;
    return true;
}

static kith_list *hang_all(struct graph *g)
{
    struct result *result = g->c.load.result;
    const struct shape *shape = kith__shape_full(g->roots.model, result);
    kith_record **records = ARENA_ARRAY(&result->arena, g->roots.count, kith_record *);
    kith_list *list = shape && records ? kith__list_new(shape, NULL, records, NULL, g->roots.count) : NULL;
    if (!list) {
        kith__call_no_memory(&g->c);
        return NULL;
    }
    for (size_t i = 0; i < g->count; i++)
        if (!hang_below(g, g->all[i]))
            return NULL;
    for (size_t i = 0; i < g->roots.count; i++)
        records[i] = g->roots.nodes[i].record;
    return list;
}

/* ---- the verbs ---------------------------------------------------------------------------------------------------------- */

/* The steps, before any SQL. */
static bool prepare(struct graph *g, const kith_model *model, const kith_node *roots, size_t count,
                    const kith_save_opts *opts)
{
    const struct model *m = kith__call_model(&g->c, model);
    if (!m)
        return false;
    if (!roots)
        return kith__error_set(&g->c.err, KITH_E_USAGE, "there is no %s to save: the argument is NULL", m->name);
    return kith__graph_build(g, m, roots, count, opts) && kith__graph_plan(g);
}

static kith_list *save(struct graph *g, const kith_model *m, const kith_node *roots, size_t count,
                       const kith_save_opts *opts)
{
    if (!prepare(g, m, roots, count, opts) || !kith__call_result(&g->c) || !kith__graph_run(g))
        return NULL;
    return hang_all(g);
}

kith_record *kith_save(kith_session *s, const kith_model *m, const kith_node *root, const kith_save_opts *opts)
{
    struct graph g = { .count = 0 };
    if (!kith__call_begin(&g.c, s))
        return NULL;
    kith_list *list = save(&g, m, root, 1, opts);
    bool good = kith__call_end(&g.c, list != NULL);
    return good && list ? list->at[0] : NULL;
}

kith_list *kith_save_many(kith_session *s, const kith_model *m, const kith_node *roots, const kith_save_opts *opts)
{
    struct graph g = { .count = 0 };
    if (!kith__call_begin(&g.c, s))
        return NULL;
    kith_list *list = save(&g, m, roots, kith__graph_count(roots), opts);
    if (list)
        g.c.load.result->root = list;
    return kith__call_end(&g.c, list != NULL) ? list : NULL;
}

const char *kith_save_plan(kith_session *s, const kith_model *m, const kith_node *roots, const kith_save_opts *opts)
{
    struct graph g = { .count = 0 };
    struct buf text;
    const char *kept = NULL;
    if (!kith__call_begin(&g.c, s))
        return NULL;
    kith__buf_init(&text, s->db->allocator);
    if (prepare(&g, m, roots, kith__graph_count(roots), opts)) {
        kith__graph_describe(&g, &text);
        kept = kith__call_text(&g.c, &text);
    }
    kith__buf_free(&text);
    return kith__call_end(&g.c, kept != NULL) ? kept : NULL;
}
