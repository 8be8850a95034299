/* graph_run: the steps of a graph as statements. Where rows have keys, what comes back is told by them, never by its
 * place. */
#include "base/error.h"
#include "base/value.h"
#include "orm/graph.h"

/* The call's error says which node it is about. Returns false. */
static bool failed_at(struct graph *g, const struct graph_node *n)
{
    struct validation v = { .place = kith__graph_place, .at = n };
    v.report.allocator = g->c.s->db->allocator;
    kith__validation_place(&v, &g->c.err);
    return false;
}

/* ---- records of nodes --------------------------------------------------------------------------------------------------- */

static const struct assoc *child_of(const struct graph_node *n, unsigned i)
{
    for (const struct graph_edge *e = n->edges; e < n->edges + i; e++)
        if (e->a == n->edges[i].a)
            return NULL; /* it has its place already */
    return n->edges[i].a;
}

/* The shape of a row with the associations below it. */
static const struct shape *shape_of(struct graph *g, const struct graph_node *n)
{
    struct result *result = g->c.load.result;
    const struct shape *full = kith__shape_full(n->edge->model, result);
    struct shape *shape = (struct shape *)(uintptr_t)full; /* just made, and ours */
    if (!shape || !n->edge_count)
        return shape;
    struct shape_child *children = ARENA_ARRAY(&result->arena, n->edge_count, struct shape_child);
    if (!children)
        return NULL;
    for (unsigned i = 0; i < n->edge_count; i++) {
        const struct assoc *a = child_of(n, i);
        if (a)
            children[shape->child_count++] = (struct shape_child){ .name = a->name, .many = a->many, .into = a->into };
    }
    shape->children = children;
    return shape;
}

static bool same_children(const struct graph_node *a, const struct graph_node *b)
{
    if (a->edge->model != b->edge->model || a->edge_count != b->edge_count)
        return false;
    for (unsigned i = 0; i < a->edge_count; i++)
        if (a->edges[i].a != b->edges[i].a)
            return false;
    return true;
}

/* Gives nodes records with these values. like: the node before, whose shape may do for this one; or NULL. */
static bool give_record(struct graph *g, struct graph_node *n, const struct graph_node *like, const kith_record *row)
{
    const struct shape *shape = like && same_children(like, n) ? like->record->shape : shape_of(g, n);
    kith_record *r = shape ? kith__record_new(shape) : NULL;
    if (!r)
        return kith__call_no_memory(&g->c);
    memcpy(r->values, row->values, shape->slot_count * sizeof *r->values);
    n->record = r;
    return true;
}

static bool give_records(struct graph *g, const struct graph_step *step, kith_record *const *rows, const size_t *row_of)
{
    for (size_t i = 0; i < step->count; i++)
        if (!give_record(g, step->nodes[i], i ? step->nodes[i - 1] : NULL, rows[row_of[i]]))
            return false;
    return true;
}

/* ---- rows that are the same --------------------------------------------------------------------------------------------- */

/* Keys of rows, each once. */
struct same_rows {
    const struct unique_key *key;
    struct key_map map;
    kith_value *keys;
    size_t *row_of; /* of each: the number of its key */
    size_t count;   /* keys */
};

static bool same_start(struct graph *g, struct same_rows *same, const struct unique_key *key, size_t count)
{
    same->key = key;
    same->count = 0;
    same->keys = ARENA_ARRAY(&g->c.load.scratch, count * key->count, kith_value);
    same->row_of = ARENA_ARRAY(&g->c.load.scratch, count, size_t);
    kith__key_map_init(&same->map, g->c.s->db->allocator, key->count);
    return same->keys && same->row_of ? true : kith__call_no_memory(&g->c);
}

static bool same_add(struct graph *g, struct same_rows *same, size_t i, const struct row_values *row)
{
    bool added = false;
    unsigned width = same->key->count;
    kith_value *key = same->keys + same->count * width;
    for (unsigned k = 0; k < width; k++)
        key[k] = row->values[same->key->attrs[k]->index];
    int64_t number = kith__key_map_add(&same->map, key, &added);
    if (number < 0)
        return kith__call_no_memory(&g->c);
    same->row_of[i] = (size_t)number;
    same->count += added;
    return true;
}

/* ---- rows that are linked ----------------------------------------------------------------------------------------------- */

struct reading {
    struct same_rows same;
    const struct shape *shape;
    kith_record **rows; /* by the key's number */
};

static bool take_read(struct call *c, void *ctx, const kith_value *values)
{
    struct reading *re = ctx;
    kith_value key[KEY_MAX];
    for (unsigned k = 0; k < re->same.key->count; k++)
        key[k] = values[re->same.key->attrs[k]->index];
    int64_t number = kith__key_map_get(&re->same.map, key);
    if (number < 0)
        return true;
    kith_record *r = kith__record_new(re->shape);
    if (!r)
        return kith__call_no_memory(c);
    memcpy(r->values, values, re->shape->slot_count * sizeof *values);
    re->rows[number] = r;
    return true;
}

/* Rows that will be written, or whose links will be replaced, must not change in between. */
static bool needs_lock(const struct graph_step *step)
{
    for (size_t i = 0; i < step->count; i++) {
        const struct graph_node *n = step->nodes[i];
        if (n->kind)
            return true;
        for (const struct graph_edge *e = n->edges; e < n->edges + n->edge_count; e++)
            if (edge_lets_go(e) || edge_unlinks(e))
                return true;
    }
    return false;
}

static bool read_chunk(struct graph *g, const struct model *m, struct reading *re, size_t first, size_t count,
                       bool lock)
{
    struct call *c = &g->c;
    unsigned width = re->same.key->count;
    struct sql_expr *among = kith__call_among(c, NULL, re->same.key->attrs, width, re->same.keys + first * width,
                                              count);
    struct sql_expr *where = kith__sql_and(&c->load.scratch, among, kith__not_deleted(&c->load, m, NULL, false));
    return kith__call_read(c, m, where, lock, take_read, re) >= 0;
}

static bool all_there(struct graph *g, const struct graph_step *step, const struct reading *re)
{
    for (size_t i = 0; i < step->count; i++) {
        const char *model = step->nodes[i]->edge->model->name;
        if (re->rows[re->same.row_of[i]])
            continue;
        kith__error_set(&g->c.err, KITH_E_NOT_FOUND, "there is no %s with this key", model);
        kith__error_about(&g->c.err, model, NULL);
        return failed_at(g, step->nodes[i]);
    }
    return true;
}

static bool read_rows(struct graph *g, const struct graph_step *step, struct reading *re)
{
    const struct model *m = step->nodes[0]->edge->model;
    for (size_t i = 0; i < step->count; i++)
        if (!same_add(g, &re->same, i, &step->nodes[i]->row))
            return false;
    re->rows = ARENA_ARRAY(&g->c.load.scratch, re->same.count, kith_record *);
    re->shape = kith__shape_full(m, g->c.load.result);
    if (!re->rows || !re->shape)
        return kith__call_no_memory(&g->c);
    size_t chunk = kith__call_chunk(&g->c, re->same.count);
    for (size_t first = 0; first < re->same.count; first += chunk) {
        size_t left = re->same.count - first;
        if (!read_chunk(g, m, re, first, left < chunk ? left : chunk, needs_lock(step)))
            return false;
    }
    return all_there(g, step, re) && give_records(g, step, re->rows, re->same.row_of);
}

static bool run_read(struct graph *g, const struct graph_step *step)
{
    struct reading re = { 0 };
    bool good = same_start(g, &re.same, &step->nodes[0]->edge->key, step->count) && read_rows(g, step, &re);
    kith__key_map_free(&re.same.map);
    return good;
}

/* ---- rows that are written ---------------------------------------------------------------------------------------------- */

/* So that all rows have the same columns. The database's own number is not one to leave to NULL. */
static void fill_open(struct row_values *rows, size_t count)
{
    const struct model *m = rows[0].model;
    for (unsigned i = 0; i < m->attr_count; i++) {
        size_t said = 0;
        for (size_t row = 0; row < count; row++)
            said += rows[row].values[i].kind != KITH_ABSENT;
        if (!said || said == count || m->attrs[i]->auto_increment)
            continue;
        for (size_t row = 0; row < count; row++)
            if (rows[row].values[i].kind == KITH_ABSENT)
                rows[row].values[i] = kith_of_null();
    }
}

/* Of rows with the same key, the later one counts: a statement may not meet a row twice. */
static bool drop_repeats(struct graph *g, struct graph_writing *w, struct same_rows *same)
{
    for (size_t i = 0; i < w->count; i++) {
        if (!same_add(g, same, i, &w->rows[i]))
            return false;
        w->rows[same->row_of[i]] = w->rows[i];
    }
    w->count = same->count;
    w->row_of = same->row_of;
    return true;
}

static bool number_rows(struct graph *g, struct graph_writing *w)
{
    w->row_of = ARENA_ARRAY(&g->c.load.scratch, w->count, size_t);
    for (size_t i = 0; w->row_of && i < w->count; i++)
        w->row_of[i] = i;
    return w->row_of ? true : kith__call_no_memory(&g->c);
}

static bool tell_apart(struct graph *g, struct graph_writing *w)
{
    struct same_rows same;
    if (!w->conflict)
        return number_rows(g, w);
    const struct unique_key key = { .attrs = w->conflict->key, .count = w->conflict->key_count };
    bool good = same_start(g, &same, &key, w->count) && drop_repeats(g, w, &same);
    kith__key_map_free(&same.map);
    return good;
}

static bool write_rows(struct graph *g, struct graph_writing *w)
{
    if (!tell_apart(g, w))
        return false;
    w->records = ARENA_ARRAY(&g->c.load.scratch, w->count, kith_record *);
    if (!w->records)
        return kith__call_no_memory(&g->c);
    fill_open(w->rows, w->count);
    if (!w->conflict)
        return kith__create_rows(&g->c, w->rows, w->count, HOOKS_BOTH, &w->fixed, w->records);
    const struct model *m = w->rows[0].model;
    if (kith__hooks_on(m, HOOK_CREATE, HOOKS_BOTH) || kith__hooks_on(m, HOOK_UPDATE, HOOKS_BOTH))
        return kith__graph_upsert_hooked(g, w);
    return kith__insert(&g->c, w->rows, w->count, w->conflict, w->records);
}

static void fix_attr(struct fixed_values *fixed, const struct attr *attr)
{
    for (unsigned i = 0; i < fixed->count; i++)
        if (fixed->attrs[i] == attr)
            return;
    if (fixed->count < sizeof fixed->attrs / sizeof fixed->attrs[0])
        fixed->attrs[fixed->count++] = attr;
}

/* What a linked row holds is written with it, so that the statement is an upsert like others; only the keys change. */
static void complete_linked(struct graph_node *n)
{
    const struct model *m = n->edge->model;
    for (unsigned i = 0; i < m->attr_count; i++)
        if (!n->written[i])
            n->row.values[i] = *record_value(n->record, m->attrs[i]);
    kith__values_touch(&n->row);
}

static bool *updated_by(struct graph *g, const struct graph_node *n)
{
    const struct model *m = n->edge->model;
    bool *update = ARENA_ARRAY(&g->c.load.scratch, m->attr_count, bool), any = false;
    for (unsigned i = 0; update && i < m->attr_count; i++) {
        update[i] = n->written[i] && !unique_key_has(&n->edge->key, m->attrs[i]);
        any |= update[i];
    }
    if (update && any && m->updated_at)
        update[m->updated_at->index] = true;
    return update;
}

static bool gather_rows(struct graph *g, const struct graph_step *step, struct graph_writing *w)
{
    for (size_t i = 0; i < step->count; i++) {
        struct graph_node *n = step->nodes[i];
        if (!kith__graph_connect(g, n, true))
            return failed_at(g, n);
        if (n->edge->mode == KITH_EDGE_LINK)
            complete_linked(n);
        for (unsigned k = 0; k < n->row.model->attr_count; k++)
            if (n->written[k] && !n->row.given[k])
                fix_attr(&w->fixed, n->row.model->attrs[k]);
        w->rows[i] = n->row;
    }
    return true;
}

static bool run_rows(struct graph *g, const struct graph_step *step)
{
    const struct graph_node *like = step->nodes[0];
    struct graph_writing w = { .rows = ARENA_ARRAY(&g->c.load.scratch, step->count, struct row_values),
                               .count = step->count };
    const struct on_conflict conflict = { .key = like->edge->key.attrs,
                                          .key_count = like->edge->key.count,
                                          .update = updated_by(g, like),
                                          .revive = like->edge->mode == KITH_EDGE_UPSERT,
                                          .all_there = like->edge->mode == KITH_EDGE_LINK };
    if (!w.rows || !conflict.update)
        return kith__call_no_memory(&g->c);
    if (like->edge->mode != KITH_EDGE_INSERT)
        w.conflict = &conflict;
    return gather_rows(g, step, &w) && write_rows(g, &w) && give_records(g, step, w.records, w.row_of);
}

/* ---- join rows ---------------------------------------------------------------------------------------------------------- */

static bool run_link(struct graph *g, const struct graph_step *step)
{
    const struct graph_node *like = step->nodes[0];
    const struct assoc *a = like->edge->a;
    struct graph_writing w = { .rows = ARENA_ARRAY(&g->c.load.scratch, step->count, struct row_values),
                               .count = step->count };
    const struct on_conflict conflict = {
        .key = a->link_key, .key_count = a->link_key_count, .update = like->link.given, .revive = true
    };
    if (!w.rows)
        return kith__call_no_memory(&g->c);
    for (size_t i = 0; i < step->count; i++) {
        if (!kith__graph_connect_link(g, step->nodes[i]))
            return false;
        w.rows[i] = step->nodes[i]->link;
    }
    for (unsigned i = 0; i < a->hops[0].on.count; i++)
        fix_attr(&w.fixed, a->hops[0].on.to[i]);
    for (unsigned i = 0; i < a->hops[1].on.count; i++)
        fix_attr(&w.fixed, a->hops[1].on.from[i]);
    for (unsigned i = 0; a->scope && i < a->scope->count; i++)
        fix_attr(&w.fixed, a->scope->attrs[i]);
    if (!a->repeatable && like->edge->mode != KITH_EDGE_INSERT)
        w.conflict = &conflict;
    if (!write_rows(g, &w))
        return false;
    for (size_t i = 0; i < step->count; i++)
        step->nodes[i]->link_record = w.records[w.row_of[i]];
    return true;
}

/* ---- letting go --------------------------------------------------------------------------------------------------------- */

/* Edges of a step, as many as one statement takes. */
struct letting_go {
    struct graph_edge *const *edges;
    size_t count, kept; /* kept: nodes of them all */
};

static struct sql_expr *of_sources(struct graph *g, const struct letting_go *l)
{
    const struct key_pairs *on = &l->edges[0]->a->hops[0].on;
    kith_value *keys = ARENA_ARRAY(&g->c.load.scratch, l->count * on->count, kith_value);
    for (size_t i = 0; keys && i < l->count; i++)
        for (unsigned k = 0; k < on->count; k++)
            keys[i * on->count + k] = *record_value(l->edges[i]->source->record, on->from[k]);
    struct sql_expr *among = keys ? kith__call_among(&g->c, NULL, on->to, on->count, keys, l->count) : NULL;
    return kith__sql_and(&g->c.load.scratch, among, kith__scope_condition(&g->c.load, l->edges[0]->a, NULL));
}

/* Not among those that stay. */
static struct sql_expr *but_for(struct graph *g, struct sql_expr *where, const struct attr *const *attrs,
                                unsigned width, const kith_value *keys, size_t count)
{
    kith_arena *a = &g->c.load.scratch;
    struct sql_expr *among = count ? kith__call_among(&g->c, NULL, attrs, width, keys, count) : NULL;
    return among ? kith__sql_and(a, where, kith__sql_unary(a, SQL_IS_NOT_TRUE, among)) : where;
}

static int64_t release(struct graph *g, const struct letting_go *l)
{
    kith_arena *a = &g->c.load.scratch;
    const struct graph_edge *like = l->edges[0];
    const struct model *m = like->model;
    struct sql_update s = { .table = m->table };
    size_t count = 0;
    kith_value *keys = ARENA_ARRAY(a, l->kept * like->key.count, kith_value);
    if (!keys) {
        kith__call_no_memory(&g->c);
        return -1;
    }
    for (size_t i = 0; i < l->count; i++)
        for (size_t j = 0; like->key.count && j < l->edges[i]->count; j++) {
            if (!kith__graph_connect(g, &l->edges[i]->nodes[j], false))
                return -1;
            for (unsigned k = 0; k < like->key.count; k++)
                keys[count++] = l->edges[i]->nodes[j].row.values[like->key.attrs[k]->index];
        }
    for (unsigned i = 0; i < like->a->hops[0].on.count; i++)
        kith__sql_set(a, &s.sets, like->a->hops[0].on.to[i]->column, kith__sql_expr(a, SQL_NULL));
    kith__call_touch(&g->c, m, &s.sets);
    s.where = but_for(g, of_sources(g, l), like->key.attrs, like->key.count, keys,
                      like->key.count ? count / like->key.count : 0);
    if (m->key_count && kith__hooks_on(m, HOOK_UPDATE, HOOKS_BOTH))
        return kith__graph_release_hooked(g, like->a, s.where);
    return kith__call_update(&g->c, m, &s);
}

/* Links that may repeat are made anew. */
static int64_t unlink_others(struct graph *g, const struct letting_go *l)
{
    const struct assoc *a = l->edges[0]->a;
    const struct key_pairs *near = &a->hops[0].on, *far = &a->hops[1].on;
    const struct attr *attrs[2 * KEY_MAX];
    unsigned width = near->count + far->count;
    size_t count = 0;
    kith_value *pairs = ARENA_ARRAY(&g->c.load.scratch, l->kept * width, kith_value);
    if (!pairs) {
        kith__call_no_memory(&g->c);
        return -1;
    }
    for (unsigned k = 0; k < width; k++)
        attrs[k] = k < near->count ? near->to[k] : far->from[k - near->count];
    for (size_t i = 0; i < l->count; i++)
        for (size_t j = 0; !a->repeatable && j < l->edges[i]->count; j++) {
            kith_value *pair = &pairs[width * count++];
            for (unsigned k = 0; k < near->count; k++)
                pair[k] = *record_value(l->edges[i]->source->record, near->from[k]);
            for (unsigned k = 0; k < far->count; k++)
                pair[near->count + k] = *record_value(l->edges[i]->nodes[j].record, far->to[k]);
        }
    struct sql_expr *where = but_for(g, of_sources(g, l), attrs, width, pairs, count);
    if (kith__hooks_on(assoc_join(a), HOOK_DESTROY, HOOKS_BOTH))
        return kith__graph_unlink_hooked(g, assoc_join(a), where);
    return kith__links_delete(&g->c, assoc_join(a), where);
}

typedef int64_t letter_go(struct graph *g, const struct letting_go *l);

static bool run_let_go(struct graph *g, const struct graph_step *step, letter_go *let_go)
{
    size_t chunk = g->c.s->db->dialect->key_chunk;
    for (size_t first = 0, count; first < step->count; first += count) {
        struct letting_go l = { .edges = step->edges + first };
        for (count = 0; first + count < step->count; count++) {
            size_t more = step->edges[first + count]->count;
            if (chunk && count && l.kept + more + count > chunk)
                break;
            l.kept += more;
        }
        l.count = count;
        if (let_go(g, &l) < 0)
            return false;
    }
    return true;
}

/* ---- all steps ---------------------------------------------------------------------------------------------------------- */

static bool run_step(struct graph *g, const struct graph_step *step)
{
    switch (step->op) {
    case GRAPH_READ: return run_read(g, step);
    case GRAPH_ROWS: return run_rows(g, step);
    case GRAPH_RELEASE: return run_let_go(g, step, release);
    case GRAPH_UNLINK: return run_let_go(g, step, unlink_others);
    case GRAPH_LINK: return run_link(g, step);
    }
    return false;
}

bool kith__graph_run(struct graph *g)
{
    g->c.few_statements = true;
    if (g->steps && !kith__call_atomic(&g->c))
        return false;
    for (const struct graph_step *step = g->steps; step; step = step->next)
        if (!run_step(g, step))
            return false;
    return true;
}
