/* graph_plan: which rows go together, and in which order. Knows nothing of their values. */
#include "orm/graph.h"

/* ---- kinds of rows ------------------------------------------------------------------------------------------------------ */

/* Rows that one statement can take. */
struct graph_kind {
    const struct graph_node *like;
    size_t left, ready;
    struct graph_node *first, **end; /* of those ready */
    struct graph_kind *next;
};

struct planning {
    struct graph *g;
    struct graph_kind *kinds, **kinds_end;
    struct graph_step **end;
    size_t left;
};

static bool is_numbered(const struct graph_node *n)
{
    const struct attr *number = n->edge->model->auto_increment;
    return number && n->row.values[number->index].kind == KITH_ABSENT;
}

static bool same_kind(const struct graph_node *a, const struct graph_node *b)
{
    if (a->edge->model != b->edge->model || a->edge->mode != b->edge->mode)
        return false;
    if (a->edge->mode == KITH_EDGE_INSERT)
        return is_numbered(a) == is_numbered(b);
    return a->edge->key.attrs == b->edge->key.attrs &&
           memcmp(a->written, b->written, a->edge->model->attr_count * sizeof *a->written) == 0;
}

/* A linked row is written only when an association has something to say about it. */
static bool is_written(const struct graph_node *n)
{
    bool any = n->edge->mode != KITH_EDGE_LINK;
    for (unsigned i = 0; !any && i < n->edge->model->attr_count; i++)
        any = n->written[i];
    return any;
}

static bool is_new_to_plan(const struct graph_node *n)
{
    return n->edge->mode != KITH_EDGE_LINK; /* those are read before everything else */
}

static bool find_kind(struct planning *p, struct graph_node *n)
{
    struct graph_kind *kind = p->kinds;
    while (kind && !same_kind(kind->like, n))
        kind = kind->next;
    if (!kind) {
        kind = ARENA_NEW(&p->g->c.load.scratch, struct graph_kind);
        if (!kind)
            return kith__call_no_memory(&p->g->c);
        kind->like = n;
        kind->end = &kind->first;
        *p->kinds_end = kind;
        p->kinds_end = &kind->next;
    }
    n->kind = kind;
    kind->left++;
    p->left++;
    return true;
}

static void make_ready(struct graph_node *n)
{
    *n->kind->end = n;
    n->kind->end = &n->next;
    n->kind->ready++;
}

static void count_waits(struct graph_node *n)
{
    if (edge_in_target(n->edge))
        n->waits += is_new_to_plan(n->edge->source);
    for (const struct graph_edge *e = n->edges; e < n->edges + n->edge_count; e++)
        if (edge_in_source(e) && e->count)
            n->waits += is_new_to_plan(e->nodes);
}

static bool sort_rows(struct planning *p)
{
    for (size_t i = 0; i < p->g->count; i++) {
        struct graph_node *n = p->g->all[i];
        if (!is_written(n))
            continue;
        if (!find_kind(p, n))
            return false;
        count_waits(n);
        if (!n->waits)
            make_ready(n);
    }
    return true;
}

static void end_wait(struct graph_node *n)
{
    if (--n->waits == 0)
        make_ready(n);
}

/* The node's keys will be known to those that wait for them. */
static void tell_known(const struct graph_node *n)
{
    if (edge_in_source(n->edge))
        end_wait(n->edge->source);
    for (const struct graph_edge *e = n->edges; e < n->edges + n->edge_count; e++)
        for (size_t i = 0; edge_in_target(e) && i < e->count; i++)
            end_wait(&e->nodes[i]);
}

/* ---- steps -------------------------------------------------------------------------------------------------------------- */

static struct graph_step *add_step(struct planning *p, enum graph_op op)
{
    struct graph_step *step = ARENA_NEW(&p->g->c.load.scratch, struct graph_step);
    if (!step) {
        kith__call_no_memory(&p->g->c);
        return NULL;
    }
    step->op = op;
    *p->end = step;
    p->end = &step->next;
    return step;
}

typedef bool node_test(const struct graph_node *n);
typedef bool node_match(const struct graph_node *a, const struct graph_node *b);

/* One step for all nodes of the rest that are like the first of them. */
static bool add_alike(struct planning *p, enum graph_op op, size_t first, node_test *belongs, node_match *alike,
                      bool *done)
{
    struct graph *g = p->g;
    struct graph_step *step = add_step(p, op);
    if (!step)
        return false;
    step->nodes = ARENA_ARRAY(&g->c.load.scratch, g->count - first, struct graph_node *);
    if (!step->nodes)
        return kith__call_no_memory(&g->c);
    for (size_t i = first; i < g->count; i++)
        if (!done[i] && belongs(g->all[i]) && alike(g->all[first], g->all[i])) {
            done[i] = true;
            step->nodes[step->count++] = g->all[i];
        }
    return true;
}

static bool add_steps(struct planning *p, enum graph_op op, node_test *belongs, node_match *alike)
{
    struct graph *g = p->g;
    bool *done = ARENA_ARRAY(&g->c.load.scratch, g->count, bool);
    if (!done)
        return kith__call_no_memory(&g->c);
    for (size_t i = 0; i < g->count; i++)
        if (!done[i] && belongs(g->all[i]) && !add_alike(p, op, i, belongs, alike, done))
            return false;
    return true;
}

static bool is_read(const struct graph_node *n)
{
    return n->edge->mode == KITH_EDGE_LINK;
}

static bool read_alike(const struct graph_node *a, const struct graph_node *b)
{
    return a->edge->model == b->edge->model && a->edge->key.attrs == b->edge->key.attrs;
}

static bool is_linked(const struct graph_node *n)
{
    return edge_is_joined(n->edge);
}

/* New rows have no links, so theirs are no upserts. */
static bool linked_alike(const struct graph_node *a, const struct graph_node *b)
{
    if (a->edge->a != b->edge->a || (a->edge->mode == KITH_EDGE_INSERT) != (b->edge->mode == KITH_EDGE_INSERT))
        return false;
    return a->edge->mode == KITH_EDGE_INSERT ||
           memcmp(a->link.given, b->link.given, a->link.model->attr_count * sizeof *a->link.given) == 0;
}

/* ---- letting go --------------------------------------------------------------------------------------------------------- */

typedef bool edge_test(const struct graph_edge *e);

static bool take_edge(struct planning *p, struct graph_step **step, enum graph_op op, struct graph_edge *e, size_t most)
{
    struct graph_step *s = *step ? *step : (*step = add_step(p, op));
    if (s && !s->edges)
        s->edges = ARENA_ARRAY(&p->g->c.load.scratch, most, struct graph_edge *);
    if (!s || !s->edges)
        return kith__call_no_memory(&p->g->c);
    s->edges[s->count++] = e;
    e->is_planned = true;
    return true;
}

static bool together(const struct graph_step *step, const struct graph_edge *e)
{
    return !step || (step->edges[0]->a == e->a && step->edges[0]->key.attrs == e->key.attrs);
}

/* One step for those of the edges that go together with the first. *more: others are left. */
static bool let_go_once(struct planning *p, enum graph_op op, struct graph_edge *const *edges, size_t count, bool *more)
{
    struct graph_step *step = NULL;
    *more = false;
    for (size_t i = 0; i < count; i++) {
        if (edges[i]->is_planned)
            continue;
        if (!together(step, edges[i]))
            *more = true;
        else if (!take_edge(p, &step, op, edges[i], count))
            return false;
    }
    return true;
}

static bool let_go(struct planning *p, enum graph_op op, struct graph_edge *const *edges, size_t count)
{
    for (bool more = count > 0; more;)
        if (!let_go_once(p, op, edges, count, &more))
            return false;
    return true;
}

/* Before targets come, those that were there go: there may be room for one only. */
static bool let_go_before(struct planning *p, const struct graph_kind *kind)
{
    struct graph_edge **edges = ARENA_ARRAY(&p->g->c.load.scratch, kind->ready, struct graph_edge *);
    size_t count = 0;
    if (!edges)
        return kith__call_no_memory(&p->g->c);
    for (struct graph_node *n = kind->first; n; n = n->next)
        if (edge_lets_go(n->edge) && !n->edge->is_planned)
            edges[count++] = n->edge;
    return let_go(p, GRAPH_RELEASE, edges, count);
}

/* Edges that lead to nothing, and those to join rows. */
static bool let_go_rest(struct planning *p, enum graph_op op, edge_test *test)
{
    struct graph *g = p->g;
    size_t count = 0, most = 0;
    for (size_t i = 0; i < g->count; i++)
        most += g->all[i]->edge_count;
    struct graph_edge **edges = ARENA_ARRAY(&g->c.load.scratch, most, struct graph_edge *);
    if (!edges)
        return kith__call_no_memory(&g->c);
    for (size_t i = 0; i < g->count; i++)
        for (unsigned j = 0; j < g->all[i]->edge_count; j++)
            if (test(&g->all[i]->edges[j]) && !g->all[i]->edges[j].is_planned)
                edges[count++] = &g->all[i]->edges[j];
    return let_go(p, op, edges, count);
}

/* ---- the order ---------------------------------------------------------------------------------------------------------- */

/* One of which no more rows can become ready, so that they need no second statement. There is none when a kind waits for
 * itself, as parents and children of one model do: then the first. */
static struct graph_kind *next_kind(const struct planning *p)
{
    struct graph_kind *any = NULL;
    for (struct graph_kind *kind = p->kinds; kind; kind = kind->next) {
        if (kind->ready && kind->ready == kind->left)
            return kind;
        if (kind->ready && !any)
            any = kind;
    }
    return any;
}

static bool add_rows(struct planning *p, struct graph_kind *kind)
{
    if (!let_go_before(p, kind))
        return false;
    struct graph_step *step = add_step(p, GRAPH_ROWS);
    if (!step)
        return false;
    step->nodes = ARENA_ARRAY(&p->g->c.load.scratch, kind->ready, struct graph_node *);
    if (!step->nodes)
        return kith__call_no_memory(&p->g->c);
    for (struct graph_node *n = kind->first; n; n = n->next)
        step->nodes[step->count++] = n;
    kind->left -= step->count;
    p->left -= step->count;
    kind->ready = 0;
    kind->first = NULL;
    kind->end = &kind->first;
    for (size_t i = 0; i < step->count; i++) {
        struct graph_node *n = step->nodes[i];
        n->next = NULL;
        if (is_new_to_plan(n))
            tell_known(n);
    }
    return true;
}

static bool order_rows(struct planning *p)
{
    if (!sort_rows(p))
        return false;
    while (p->left > 0)
        if (!add_rows(p, next_kind(p)))
            return false;
    return true;
}

bool kith__graph_plan(struct graph *g)
{
    struct planning p = { .g = g, .end = &g->steps };
    p.kinds_end = &p.kinds;
    return add_steps(&p, GRAPH_READ, is_read, read_alike) && order_rows(&p) &&
           let_go_rest(&p, GRAPH_RELEASE, edge_lets_go) && let_go_rest(&p, GRAPH_UNLINK, edge_unlinks) &&
           add_steps(&p, GRAPH_LINK, is_linked, linked_alike);
}

/* ---- as text ------------------------------------------------------------------------------------------------------------ */

static void describe_key(struct buf *out, const struct unique_key *key)
{
    for (unsigned i = 0; i < key->count; i++)
        kith__buf_format(out, "%s%s", i ? ", " : " by ", key->attrs[i]->name);
}

static void describe_rows(struct buf *out, const struct graph_step *step)
{
    static const char *const verbs[] = {
        [KITH_EDGE_INSERT] = "insert", [KITH_EDGE_LINK] = "give keys to", [KITH_EDGE_UPSERT] = "upsert"
    };
    const struct graph_edge *e = step->nodes[0]->edge;
    kith__buf_format(out, "%s %s", step->op == GRAPH_READ ? "read" : verbs[e->mode], e->model->table);
    describe_key(out, &e->key);
}

static void describe_step(struct buf *out, const struct graph_step *step)
{
    const char *unit = step->op == GRAPH_RELEASE || step->op == GRAPH_UNLINK ? "source" : "row";
    switch (step->op) {
    case GRAPH_READ:
    case GRAPH_ROWS: describe_rows(out, step); break;
    case GRAPH_RELEASE: kith__buf_format(out, "release other %s", step->edges[0]->model->table); break;
    case GRAPH_UNLINK: kith__buf_format(out, "unlink other %s", assoc_join(step->edges[0]->a)->table); break;
    case GRAPH_LINK: kith__buf_format(out, "link %s", step->nodes[0]->link.model->table); break;
    }
    kith__buf_format(out, ": %zu %s%s\n", step->count, unit, step->count == 1 ? "" : "s");
}

void kith__graph_describe(const struct graph *g, struct buf *out)
{
    unsigned number = 0;
    for (const struct graph_step *step = g->steps; step; step = step->next) {
        kith__buf_format(out, "%u. ", ++number);
        describe_step(out, step);
    }
}
