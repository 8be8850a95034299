/* graph_build: from the program's nodes to checked rows. Sends nothing. */
#include <stdio.h>

#include "base/error.h"
#include "base/value.h"
#include "orm/graph.h"

/* ---- where a node stands ------------------------------------------------------------------------------------------------ */

enum { PATH_MAX_EDGES = 16 }; /* of a deeper node, the last ones are named */

static void add_step(struct buf *out, const struct graph_node *n)
{
    const struct graph_edge *e = n->edge;
    size_t place = (size_t)(n - e->nodes);
    if (e->a && e->a->many)
        kith__buf_format(out, "%s[%zu]", e->a->name, place);
    else if (e->a)
        kith__buf_add(out, e->a->name);
    else
        kith__buf_format(out, "roots[%zu]", place);
}

void kith__graph_place(struct buf *out, const void *node)
{
    const struct graph_node *path[PATH_MAX_EDGES];
    unsigned count = 0;
    const struct graph_node *n = node;
    for (; n && count < PATH_MAX_EDGES; n = n->edge->source)
        if (n->edge->a || n->edge->count > 1) /* the only root needs no name */
            path[count++] = n;
    if (n)
        kith__buf_add(out, "….");
    for (unsigned i = count; i-- > 0;) {
        add_step(out, path[i]);
        kith__buf_add(out, i ? "." : ": ");
    }
}

/* ---- the tree ----------------------------------------------------------------------------------------------------------- */

size_t kith__graph_count(const kith_node *nodes)
{
    size_t count = 0;
    while (nodes && !nodes[count].is_end)
        count++;
    return count;
}

static bool is_edge_end(const kith_edge *e)
{
    return !e->as && !e->mode && !e->key && !e->nodes;
}

static bool is_below_itself(const struct graph_node *n)
{
    for (const struct graph_edge *e = n->edge; e->source; e = e->source->edge)
        if (e->source->def == n->def)
            return true;
    return false;
}

/* Nodes in a block, so that their places are known. */
static bool add_nodes(struct graph *g, struct graph_edge *e, const kith_node *nodes, size_t count)
{
    struct call *c = &g->c;
    e->nodes = ARENA_ARRAY(&c->load.scratch, count, struct graph_node);
    e->count = count;
    if (!e->nodes)
        return kith__call_no_memory(c);
    for (size_t i = 0; i < count; i++) {
        struct graph_node *n = &e->nodes[i];
        *n = (struct graph_node){ .def = &nodes[i], .edge = e };
        if (!kith__arena_grow(&c->load.scratch, (void **)&g->all, g->count, &g->capacity, sizeof(struct graph_node *)))
            return kith__call_no_memory(c);
        if (is_below_itself(n))
            return kith__error_set(&c->err, KITH_E_USAGE, "a node of %s stands below itself", e->model->name);
        g->all[g->count++] = n;
    }
    return true;
}

/* name: what the mode is of, for the message. */
static bool take_mode(struct graph *g, struct graph_edge *e, kith_edge_mode mode, const char *const *key,
                      const char *name)
{
    struct call *c = &g->c;
    if (!mode)
        return kith__error_set(&c->err, KITH_E_USAGE,
                               "the edge %s has no mode; say KITH_EDGE_INSERT, _LINK, _UPSERT or _REPLACE", name);
    if (mode < KITH_EDGE_INSERT || mode > KITH_EDGE_REPLACE)
        return kith__error_set(&c->err, KITH_E_USAGE, "the edge %s has the mode %d, which means nothing", name,
                               (int)mode);
    if (mode == KITH_EDGE_INSERT && key)
        return kith__error_set(&c->err, KITH_E_USAGE, "the edge %s has a key, but rows that are inserted need none",
                               name);
    e->replaces = mode == KITH_EDGE_REPLACE;
    e->mode = e->replaces ? KITH_EDGE_UPSERT : mode;
    return mode == KITH_EDGE_INSERT || (e->replaces && !e->count && !key) ||
           kith__unique_key(c, e->model, key, &e->key);
}

/* How the edges over one association go together. */
static bool check_edges(struct graph *g, const struct graph_node *n, const struct graph_edge *e)
{
    size_t targets = 0;
    for (const struct graph_edge *f = n->edges; f <= e; f++) {
        if (f->a != e->a)
            continue;
        targets += f->count;
        if (f != e && (f->replaces || e->replaces))
            return kith__error_set(&g->c.err, KITH_E_USAGE,
                                   "%s.%s has several edges, and one of them is to replace the others",
                                   e->a->source->name, e->a->name);
    }
    if (!e->a->many && targets > 1)
        return kith__error_set(&g->c.err, KITH_E_USAGE, "%s.%s leads to one %s, but %zu nodes were given",
                               e->a->source->name, e->a->name, e->model->name, targets);
    return true;
}

static bool take_edge(struct graph *g, struct graph_node *n, struct graph_edge *e, const kith_edge *def)
{
    struct call *c = &g->c;
    const struct model *m = n->edge->model;
    char name[160];
    if (!def->as)
        return kith__error_set(&c->err, KITH_E_USAGE, "an edge of %s names no association", m->name);
    e->a = kith__model_assoc(m, def->as, &c->err);
    if (!e->a)
        return false;
    e->source = n;
    e->model = assoc_target(e->a);
    e->count = kith__graph_count(def->nodes);
    snprintf(name, sizeof name, "%s.%s", m->name, e->a->name);
    return take_mode(g, e, def->mode, def->key, name) && check_edges(g, n, e) && add_nodes(g, e, def->nodes, e->count);
}

static bool take_edges(struct graph *g, struct graph_node *n)
{
    const kith_edge *defs = n->def->edges;
    unsigned count = 0;
    while (defs && !is_edge_end(&defs[count]))
        count++;
    n->edges = ARENA_ARRAY(&g->c.load.scratch, count, struct graph_edge);
    if (!n->edges)
        return kith__call_no_memory(&g->c);
    for (; n->edge_count < count; n->edge_count++)
        if (!take_edge(g, n, &n->edges[n->edge_count], &defs[n->edge_count]))
            return false;
    return true;
}

static bool take_roots(struct graph *g, const kith_node *roots, size_t count, const kith_save_opts *opts)
{
    static const kith_save_opts none = { 0 };
    opts = opts ? opts : &none;
    if (opts->mode == KITH_EDGE_REPLACE)
        return kith__error_set(&g->c.err, KITH_E_USAGE, "the roots have no source whose targets they could replace");
    g->roots.count = count;
    return take_mode(g, &g->roots, opts->mode ? opts->mode : KITH_EDGE_INSERT, opts->key, "to the roots") &&
           add_nodes(g, &g->roots, roots, count);
}

/* ---- keys along the edges ----------------------------------------------------------------------------------------------- */

/* What is known of an attribute of a node's row; NULL: nothing yet. */
static const kith_value *known_value(const struct graph_node *n, const struct attr *attr)
{
    const kith_value *v = n->record ? record_value(n->record, attr) : &n->row.values[attr->index];
    return v && v->kind != KITH_ABSENT && v->kind != KITH_EXPRESSION ? v : NULL;
}

static bool take_key(struct graph *g, const struct graph_node *from, const struct attr *attr, struct row_values *row,
                     const struct attr *to, bool all)
{
    const kith_value *v = known_value(from, attr);
    if (!v && !all)
        return true;
    if (!v || v->kind == KITH_NULL)
        return kith__error_set(&g->c.err, KITH_E_USAGE, "%s.%s is null, so that nothing can be linked by it",
                               attr->model->name, attr->name);
    row->given[to->index] |= row->values[to->index].kind != KITH_ABSENT; /* two associations may decide it alike */
    return kith__values_fix(&g->c, row, to, *v);
}

bool kith__graph_connect(struct graph *g, struct graph_node *n, bool all)
{
    const struct graph_edge *up = n->edge;
    bool good = true;
    for (unsigned i = 0; good && edge_in_target(up) && i < up->a->hops[0].on.count; i++)
        good = take_key(g, up->source, up->a->hops[0].on.from[i], &n->row, up->a->hops[0].on.to[i], all);
    for (const struct graph_edge *e = n->edges; good && e < n->edges + n->edge_count; e++)
        for (unsigned i = 0; good && edge_in_source(e) && e->count && i < e->a->hops[0].on.count; i++)
            good = take_key(g, e->nodes, e->a->hops[0].on.to[i], &n->row, e->a->hops[0].on.from[i], all);
    return good;
}

bool kith__graph_connect_link(struct graph *g, struct graph_node *n)
{
    const struct key_pairs *near = &n->edge->a->hops[0].on, *far = &n->edge->a->hops[1].on;
    bool good = true;
    for (unsigned i = 0; good && i < near->count; i++)
        good = take_key(g, n->edge->source, near->from[i], &n->link, near->to[i], true);
    for (unsigned i = 0; good && i < far->count; i++)
        good = take_key(g, n, far->to[i], &n->link, far->from[i], true);
    return good;
}

/* ---- values ------------------------------------------------------------------------------------------------------------- */

static bool fix_scope(struct graph *g, const struct graph_edge *e, struct row_values *row, bool *written)
{
    const struct scope *scope = e->a->scope;
    for (unsigned i = 0; scope && i < scope->count; i++) {
        if (written)
            written[scope->attrs[i]->index] = true;
        if (!kith__values_fix(&g->c, row, scope->attrs[i], scope->values[i]))
            return false;
    }
    return true;
}

/* Notes in n->written which attributes the associations decide. */
static bool note_decided(struct graph *g, struct graph_node *n)
{
    const struct graph_edge *up = n->edge;
    if (edge_in_target(up)) {
        for (unsigned i = 0; i < up->a->hops[0].on.count; i++)
            n->written[up->a->hops[0].on.to[i]->index] = true;
        if (!fix_scope(g, up, &n->row, n->written))
            return false;
    }
    for (const struct graph_edge *e = n->edges; e < n->edges + n->edge_count; e++)
        for (unsigned i = 0; edge_in_source(e) && (e->count || e->replaces) && i < e->a->hops[0].on.count; i++) {
            const struct attr *attr = e->a->hops[0].on.from[i];
            n->written[attr->index] = true;
            if (!e->count && !kith__values_fix(&g->c, &n->row, attr, kith_of_null()))
                return false;
        }
    return true;
}

/* Completes and checks a row of which some attributes (`open`) will be known only later. Rows of a model with hooks are
 * checked among those. */
static bool check_row(struct graph *g, struct row_values *row, const bool *open, struct validation *v)
{
    bool later = !v->failures && kith__hooks_on(row->model, HOOK_CREATE, HOOKS_BOTH);
    for (unsigned i = 0; i < row->model->attr_count; i++)
        row->given[i] |= open[i] && row->values[i].kind == KITH_ABSENT;
    if (!kith__values_complete(&g->c, row) || !(later || kith__values_check(&g->c, row, false, v)))
        return false;
    for (unsigned i = 0; i < row->model->attr_count; i++)
        row->given[i] &= row->values[i].kind != KITH_ABSENT;
    return true;
}

static bool no_key(struct graph *g, const struct attr *attr, const char *what)
{
    kith__error_set(&g->c.err, KITH_E_USAGE, "rows are told apart by %s.%s, but %s", attr->model->name, attr->name,
                    what);
    return kith__error_about(&g->c.err, attr->model->name, attr->name);
}

/* Does the edge itself decide the attribute? */
static bool edge_decides(const struct graph_edge *e, const struct attr *attr)
{
    const struct scope *scope = e->a->scope;
    for (unsigned i = 0; i < e->a->hops[0].on.count; i++)
        if (e->a->hops[0].on.to[i] == attr)
            return true;
    for (unsigned i = 0; scope && i < scope->count; i++)
        if (scope->attrs[i] == attr)
            return true;
    return false;
}

/* refused: by attr->index, values that are reported as wrong already. */
static bool check_key(struct graph *g, const struct graph_node *n, const bool *refused)
{
    const struct unique_key *key = &n->edge->key;
    for (unsigned i = 0; i < key->count; i++) {
        const struct attr *attr = key->attrs[i];
        const kith_value *value = &n->row.values[attr->index];
        bool made = n->edge->mode == KITH_EDGE_UPSERT && !n->written[attr->index] &&
                    attr->generate != KITH_GENERATE_NOTHING;
        if (refused[attr->index])
            continue;
        if (made || (value->kind == KITH_ABSENT && !n->written[attr->index]))
            return no_key(g, attr, "the node has no value for it");
        if (value->kind == KITH_NULL)
            return no_key(g, attr, "it is null");
        if (value->kind == KITH_EXPRESSION)
            return no_key(g, attr, "its value is an expression");
        if (value->kind == KITH_ABSENT && edge_lets_go(n->edge) && !edge_decides(n->edge, attr))
            return no_key(g, attr, "which targets stay is to be known before it is: give its value");
    }
    return true;
}

/* A row that is there: its key, and nothing else. */
static bool take_key_fields(struct graph *g, struct graph_node *n, struct validation *v)
{
    const struct model *m = n->edge->model;
    if (n->def->record)
        return kith__error_set(&g->c.err, KITH_E_USAGE, "the node has both a record and fields");
    if (!kith__values_take(&g->c, &n->row, n->def->fields, v))
        return false;
    for (unsigned i = 0; i < m->attr_count; i++)
        if (n->row.given[i] && !unique_key_has(&n->edge->key, m->attrs[i]))
            return kith__error_set(&g->c.err, KITH_E_USAGE,
                                   "%s.%s is no part of the key by which the row is linked; to change it as well, use "
                                   "KITH_EDGE_UPSERT",
                                   m->name, m->attrs[i]->name);
    return true;
}

static bool take_key_record(struct graph *g, struct graph_node *n)
{
    const kith_record *r = n->def->record;
    const struct unique_key *key = &n->edge->key;
    kith_value values[KEY_MAX];
    if (!kith__call_record(&g->c, r, false))
        return false;
    if (r->shape->model != n->edge->model)
        return kith__error_set(&g->c.err, KITH_E_USAGE, "a record of %s was given where one of %s is linked",
                               r->shape->model->name, n->edge->model->name);
    if (!kith__call_key(&g->c, r, key->attrs, key->count, values))
        return false;
    for (unsigned i = 0; i < key->count; i++) {
        n->row.values[key->attrs[i]->index] = values[i];
        n->row.given[key->attrs[i]->index] = true;
    }
    return true;
}

/* Validators are not asked: the row is there. Only a key that is taken away may be one that must not be null. */
static bool take_linked(struct graph *g, struct graph_node *n, bool *refused, struct validation *v)
{
    const struct model *m = n->edge->model;
    if (!note_decided(g, n) || !kith__values_check(&g->c, &n->row, true, v) ||
        !(n->def->fields ? take_key_fields(g, n, v) : take_key_record(g, n)) || !note_decided(g, n))
        return false;
    for (unsigned i = 0; i < m->attr_count; i++)
        refused[i] = n->row.given[i] && n->row.values[i].kind == KITH_ABSENT;
    memset(n->row.given, 0, m->attr_count * sizeof *n->row.given); /* it is known, not said */
    for (unsigned i = 0; i < n->edge->key.count; i++) {
        const struct attr *attr = n->edge->key.attrs[i];
        if (n->row.values[attr->index].kind == KITH_ABSENT && !refused[attr->index])
            return no_key(g, attr, "the node has no value for it");
    }
    return check_key(g, n, refused);
}

static bool take_written(struct graph *g, struct graph_node *n, bool *refused, struct validation *v)
{
    const struct model *m = n->edge->model;
    if (n->def->record)
        return kith__error_set(&g->c.err, KITH_E_USAGE, "a record was given, which only KITH_EDGE_LINK takes");
    if (!kith__values_take(&g->c, &n->row, n->def->fields, v) || !note_decided(g, n))
        return false;
    for (unsigned i = 0; i < m->attr_count; i++)
        refused[i] = n->row.given[i] && n->row.values[i].kind == KITH_ABSENT;
    if (!check_row(g, &n->row, n->written, v))
        return false;
    for (unsigned i = 0; i < m->attr_count; i++)
        n->written[i] |= n->row.given[i];
    return check_key(g, n, refused);
}

static bool take_link_row(struct graph *g, struct graph_node *n, struct validation *v)
{
    const struct graph_edge *e = n->edge;
    if (!edge_is_joined(e))
        return !n->def->through ||
               kith__error_set(&g->c.err, KITH_E_USAGE, "the node has values for a join row, but none leads to it");
    const struct model *join = assoc_join(e->a);
    bool *open = ARENA_ARRAY(&g->c.load.scratch, join->attr_count, bool);
    if (!open)
        return kith__call_no_memory(&g->c);
    for (unsigned i = 0; i < e->a->hops[0].on.count; i++)
        open[e->a->hops[0].on.to[i]->index] = true;
    for (unsigned i = 0; i < e->a->hops[1].on.count; i++)
        open[e->a->hops[1].on.from[i]->index] = true;
    if (!kith__values_new(&g->c, join, &n->link) || !kith__values_take(&g->c, &n->link, n->def->through, v) ||
        !fix_scope(g, e, &n->link, NULL) || !check_row(g, &n->link, open, v))
        return false;
    kith__link_touch(&n->link);
    return true;
}

static bool take_values(struct graph *g, struct graph_node *n, struct validation *v)
{
    const struct model *m = n->edge->model;
    n->written = ARENA_ARRAY(&g->c.load.scratch, m->attr_count, bool);
    bool *refused = ARENA_ARRAY(&g->c.load.scratch, m->attr_count, bool);
    if (!n->written || !refused)
        return kith__call_no_memory(&g->c);
    if (!kith__values_new(&g->c, m, &n->row))
        return false;
    bool good = n->edge->mode == KITH_EDGE_LINK ? take_linked(g, n, refused, v) : take_written(g, n, refused, v);
    return good && take_link_row(g, n, v);
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------- */

typedef bool node_step(struct graph *g, struct graph_node *n, struct validation *v);

static bool edges_of(struct graph *g, struct graph_node *n, struct validation *v)
{
    (void)v;
    return take_edges(g, n);
}

static bool connect_early(struct graph *g, struct graph_node *n, struct validation *v)
{
    (void)v;
    return kith__graph_connect(g, n, false);
}

/* The nodes may become more on the way. */
static bool for_all(struct graph *g, node_step *step, struct validation *v)
{
    for (size_t i = 0; i < g->count && !kith__validation_full(v); i++) {
        v->at = g->all[i];
        if (!step(g, g->all[i], v)) {
            kith__validation_place(v, &g->c.err);
            return false;
        }
    }
    return true;
}

bool kith__graph_build(struct graph *g, const struct model *m, const kith_node *roots, size_t count,
                       const kith_save_opts *opts)
{
    struct validation v;
    g->roots.model = m;
    if (!take_roots(g, roots, count, opts))
        return false;
    kith__validation_init(&v, g->c.s->db->allocator);
    v.place = kith__graph_place;
    bool good = for_all(g, edges_of, &v) && for_all(g, take_values, &v) &&
                (v.failures || for_all(g, connect_early, &v));
    return kith__validation_end(&g->c, &v, good);
}
