/* tree: what an association of a model with itself leads to, step after step, from the rows of one recursive statement.
 *
 * The statement finds every node once, or every link between them, and says nothing of their order. Here the nodes are
 * walked level by level from those the tree begins with, so each is met at its least depth, and only once where rows
 * lead back to each other. */
#include "base/error.h"
#include "base/value.h"
#include "load/load.h"

const struct assoc *kith__assoc_reversed(struct load *l, const struct assoc *a)
{
    struct assoc *r = ARENA_NEW(&l->scratch, struct assoc);
    if (!r)
        return NULL;
    *r = *a;
    r->source = assoc_target(a);
    r->inverse = a;
    r->many = true;
    r->key_in_source = a->hop_count == 1 && !a->key_in_source;
    for (unsigned i = 0; i < a->hop_count; i++) {
        const struct hop *hop = &a->hops[a->hop_count - 1 - i];
        struct hop *back = &r->hops[i];
        back->to = i + 1 < a->hop_count ? assoc_join(a) : a->source;
        for (unsigned k = 0; k < hop->on.count; k++) {
            back->on.from[k] = hop->on.to[k];
            back->on.to[k] = hop->on.from[k];
        }
        back->on.count = hop->on.count;
    }
    return r;
}

struct node {
    kith_record *record, *link; /* link: the join row by which it was first met */
    bool met;
};

/* A node in the order of the walk. Its targets that were met there first are `count` places from `first` on. */
struct place {
    size_t node, first, count;
    uint32_t depth;
};

struct walk {
    struct load *l;
    struct tree *t;
    struct rows rows;
    struct groups groups;
    struct key_map ids;
    kith_value *keys; /* of nodes by number, as ids want them */
    struct node *nodes;
    size_t *node_of; /* each row's */
    size_t *ends;    /* where each group's rows end among those sorted */
    size_t *sorted;  /* rows by group */
    struct place *places;
    size_t starts, count; /* of the places: those that the tree begins with, all */
};

/* ---- the rows of the statement ---- */

static bool walk_init(struct walk *w, size_t starts)
{
    kith_arena *a = &w->l->scratch;
    size_t most = w->rows.count + starts;
    kith__key_map_init(&w->ids, w->l->allocator, w->t->id_count);
    w->keys = ARENA_ARRAY(a, most * w->t->id_count, kith_value);
    w->nodes = ARENA_ARRAY(a, most, struct node);
    w->node_of = ARENA_ARRAY(a, w->rows.count, size_t);
    w->ends = ARENA_ARRAY(a, w->groups.map.count + 1, size_t);
    w->sorted = ARENA_ARRAY(a, w->rows.count, size_t);
    w->places = ARENA_ARRAY(a, most, struct place);
    return !a->failed || kith__load_no_memory(w->l);
}

/* The number of the node with the key that stands behind those of the nodes met so far. */
static bool number_node(struct walk *w, kith_record *record, size_t *out)
{
    bool added;
    int64_t number = kith__key_map_add(&w->ids, w->keys + w->ids.count * w->t->id_count, &added);
    if (number < 0)
        return kith__load_no_memory(w->l);
    *out = (size_t)number;
    if (!w->nodes[number].record)
        w->nodes[number].record = record;
    return true;
}

static bool number_record(struct walk *w, kith_record *r, size_t *out)
{
    kith_value *key = w->keys + w->ids.count * w->t->id_count;
    for (unsigned i = 0; i < w->t->id_count; i++)
        key[i] = *record_value(r, w->t->attrs[i]);
    return number_node(w, r, out);
}

static void meet(struct walk *w, size_t node, uint32_t depth)
{
    if (w->nodes[node].met)
        return;
    w->nodes[node].met = true;
    w->places[w->count++] = (struct place){ .node = node, .depth = depth };
}

/* Those the tree begins with are numbered and met first. They take the shape of the others, which hold the same. */
static bool number_starts(struct walk *w, const kith_list *starts)
{
    size_t node = 0;
    for (size_t i = 0; starts && i < starts->count; i++) {
        starts->at[i]->shape = w->t->plan.nodes[0].shape;
        if (!number_record(w, starts->at[i], &node))
            return false;
        meet(w, node, 0);
    }
    if (!starts) {
        memcpy(w->keys, w->t->from, w->t->id_count * sizeof *w->keys);
        if (!number_node(w, NULL, &node))
            return false;
        meet(w, node, 0);
    }
    w->starts = w->count;
    return true;
}

static bool number_rows(struct walk *w)
{
    for (size_t i = 0; i < w->rows.count; i++) {
        if (!number_record(w, w->rows.targets.items[i], &w->node_of[i]))
            return false;
        w->ends[w->rows.group[i] + 1]++;
    }
    for (size_t g = 0; g < w->groups.map.count; g++)
        w->ends[g + 1] += w->ends[g];
    for (size_t i = 0; i < w->rows.count; i++) /* ends[g] now moves from the group's begin to its end */
        w->sorted[w->ends[w->rows.group[i]]++] = i;
    return true;
}

/* ---- walking ---- */

/* The group of the node's targets; -1 when it has none. */
static int64_t targets_of(const struct walk *w, size_t number)
{
    const struct node *node = &w->nodes[number];
    const struct key_pairs *on = &w->t->plan.nodes[0].assoc->hops[0].on;
    kith_value key[KEY_MAX];
    if (node->record && !kith__is_source(w->t->plan.nodes[0].assoc, node->record))
        return -1;
    for (unsigned i = 0; i < on->count; i++) {
        if (node->record)
            key[i] = *record_value(node->record, on->from[i]);
        else if (w->t->next[i] < w->t->id_count)
            key[i] = w->keys[number * w->t->id_count + w->t->next[i]];
        else
            return -1; /* it is gone */
        if (key[i].kind == KITH_NULL)
            return -1;
    }
    return kith__key_map_get(&w->groups.map, key);
}

static void walk(struct walk *w)
{
    for (size_t at = 0; at < w->count; at++) {
        struct place *from = &w->places[at];
        from->first = w->count;
        int64_t group = w->t->max_depth && from->depth >= w->t->max_depth ? -1 : targets_of(w, from->node);
        for (size_t i = group > 0 ? w->ends[group - 1] : 0; group >= 0 && i < w->ends[group]; i++) {
            size_t row = w->sorted[i];
            struct node *node = &w->nodes[w->node_of[row]];
            if (!node->met && w->rows.links.count)
                node->link = w->rows.links.items[row];
            meet(w, w->node_of[row], from->depth + 1);
        }
        from->count = w->count - from->first;
    }
}

/* ---- lists ---- */

struct lists {
    kith_record **at, **links;
    uint32_t *depths;
    size_t count;
};

static bool lists_init(struct walk *w, struct lists *lists)
{
    kith_arena *a = &w->l->result->arena;
    bool links = w->t->plan.nodes[0].with_links;
    lists->at = ARENA_ARRAY(a, w->count, kith_record *);
    lists->links = links ? ARENA_ARRAY(a, w->count, kith_record *) : NULL;
    lists->depths = ARENA_ARRAY(a, w->count, uint32_t);
    return (lists->at && lists->depths && (lists->links || !links)) || kith__load_no_memory(w->l);
}

static void put(const struct walk *w, struct lists *lists, size_t place)
{
    const struct node *node = &w->nodes[w->places[place].node];
    lists->at[lists->count] = node->record;
    if (lists->links)
        lists->links[lists->count] = node->link;
    lists->depths[lists->count++] = w->places[place].depth;
}

/* The places from first on as a list. */
static kith_list *part(const struct walk *w, const struct lists *lists, size_t first, size_t count)
{
    const struct plan_node *n = &w->t->plan.nodes[0];
    kith_list *list = kith__list_new(n->shape, n->link_shape, lists->at + first,
                                     lists->links ? lists->links + first : NULL, count);
    if (list)
        list->depths = lists->depths + first;
    else
        kith__load_no_memory(w->l);
    return list;
}

/* Each node before what is below it. The stack holds places that were met and not put yet. */
static bool put_depth_first(const struct walk *w, struct lists *lists)
{
    size_t *stack = ARENA_ARRAY(&w->l->scratch, w->count, size_t), height = 0;
    if (!stack)
        return kith__load_no_memory(w->l);
    for (size_t i = w->starts; i > 0; i--)
        stack[height++] = i - 1;
    while (height) {
        size_t at = stack[--height];
        if (at >= w->starts || w->t->with_starts)
            put(w, lists, at);
        for (size_t i = w->places[at].count; i > 0; i--)
            stack[height++] = w->places[at].first + i - 1;
    }
    return true;
}

static kith_list *flat(const struct walk *w, struct lists *lists)
{
    if (w->t->depth_first && !put_depth_first(w, lists))
        return NULL;
    for (size_t i = w->t->with_starts ? 0 : w->starts; !w->t->depth_first && i < w->count; i++)
        put(w, lists, i);
    return part(w, lists, 0, lists->count);
}

/* Each record gets its own targets, whose places lie side by side. */
static kith_list *nest(const struct walk *w, struct lists *lists)
{
    for (size_t i = 0; i < w->count; i++)
        put(w, lists, i);
    for (size_t i = 0; i < w->count; i++) {
        const struct place *p = &w->places[i];
        kith_record *r = lists->at[i];
        union related *below = &record_related(r)[r->shape->child_count - 1];
        const kith_list *list = part(w, lists, p->first, p->count);
        if (!list)
            return NULL;
        if (w->t->plan.nodes[0].nested->many)
            below->many = list;
        else
            below->one = p->count ? list->at[0] : NULL;
    }
    return part(w, lists, 0, w->starts);
}

/* ---- the whole ---- */

static kith_list *walk_all(struct walk *w, const kith_list *starts)
{
    struct lists lists = { 0 };
    if (!walk_init(w, starts ? starts->count : 1) || !number_starts(w, starts) || !number_rows(w))
        return NULL;
    walk(w);
    if (!lists_init(w, &lists))
        return NULL;
    kith_list *list = w->t->plan.nodes[0].nested ? nest(w, &lists) : flat(w, &lists);
    w->l->result->root = list;
    return list;
}

kith_list *kith__load_tree(struct load *l, struct tree *t)
{
    struct walk w = { .l = l, .t = t, .rows = { .allocator = l->allocator }, .groups = { .grows = true } };
    struct sql_select *select;
    kith_list *list = NULL, *starts = NULL;
    kith__key_map_init(&w.groups.map, l->allocator, t->plan.nodes[0].assoc->hops[0].on.count);
    bool good = kith__select_tree(l, t, &select) && (!t->with_starts || (starts = kith__load_find(l, &t->starts)));
    if (good && kith__hydrate_read(kith__hydrate_open(l, &t->plan, 0, select, &w.groups, &w.rows, false)) &&
        kith__load_includes(l, &t->plan))
        list = walk_all(&w, starts);
    kith__plan_free(l, &t->plan);
    kith__rows_free(&w.rows);
    kith__key_map_free(&w.groups.map);
    kith__key_map_free(&w.ids);
    return list;
}
