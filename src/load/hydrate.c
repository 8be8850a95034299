/* hydrate: rows to records, by column index.
 *
 * A target reached through a join table is decoded once per statement and shared between its sources; the join row is
 * each link's own. Runs one statement, which may be sent some time before its rows are read; knows nothing of the
 * others. */
#include "base/error.h"
#include "base/value.h"
#include "load/load.h"

/* Decoding one statement's rows. */
struct decoder {
    struct load *l;
    struct plan *plan;
    unsigned root;
    struct run run;
    struct groups *groups;
    struct rows *rows;
    struct key_map shared;       /* targets by their key in the join row */
    struct pointer_list targets; /* the shared records, by number in the map */
    uint8_t *types;              /* of all columns */
    kith_value *link_values;     /* the join row, when no record is made of it */
};

/* ---- small lists ---- */

static bool push(const kith_allocator *allocator, struct pointer_list *list, void *item)
{
    if (!kith__grow(allocator, (void **)&list->items, list->count, &list->capacity, sizeof *list->items))
        return false;
    list->items[list->count++] = item;
    return true;
}

static void list_free(const kith_allocator *allocator, struct pointer_list *list)
{
    kith__free(allocator, list->items, list->capacity * sizeof *list->items);
    *list = (struct pointer_list){ 0 };
}

void kith__rows_free(struct rows *rows)
{
    list_free(rows->allocator, &rows->targets);
    list_free(rows->allocator, &rows->links);
    kith__free(rows->allocator, rows->group, rows->group_capacity * sizeof *rows->group);
    *rows = (struct rows){ .allocator = rows->allocator };
}

/* ---- columns ---- */

static unsigned columns_of(const struct plan_node *n)
{
    return n->slots.count + n->computed.count;
}

static bool count_types(struct decoder *d)
{
    const struct plan *plan = d->plan;
    const struct plan_node *root = &plan->nodes[d->root];
    unsigned last = root->first_column + columns_of(root);
    for (unsigned i = d->root + 1; i < plan->count; i++)
        if (!plan->nodes[i].separate && plan->nodes[i].alias && plan->nodes[i].first_column >= last)
            last = plan->nodes[i].first_column + columns_of(&plan->nodes[i]);
    d->types = ARENA_ARRAY(&d->l->scratch, last, uint8_t);
    return d->types != NULL;
}

static void slot_types(uint8_t *types, const struct slots *slots)
{
    for (unsigned i = 0; i < slots->count; i++)
        types[i] = (uint8_t)slots->attrs[i]->type.id;
}

static void node_types(uint8_t *types, const struct plan_node *n)
{
    slot_types(types, &n->slots);
    for (unsigned i = 0; i < n->computed.count; i++)
        types[n->slots.count + i] = (uint8_t)n->computed.attrs[i]->type.id;
}

static void child_types(struct decoder *d, unsigned parent)
{
    for (unsigned i = parent + 1; i < d->plan->count; i++) {
        const struct plan_node *n = &d->plan->nodes[i];
        if (n->parent != parent || n->separate)
            continue;
        node_types(d->types + n->first_column, n);
        child_types(d, i);
    }
}

static bool read_columns(struct decoder *d, unsigned first, unsigned count, kith_value *out)
{
    return kith__run_columns(&d->run, first, count, d->types + first, &d->l->result->arena, out, d->l->err);
}

/* ---- records ---- */

static kith_record *read_record(struct decoder *d, const struct plan_node *n)
{
    kith_record *r = kith__record_new(n->shape);
    if (!r)
        kith__load_no_memory(d->l);
    return r && read_columns(d, n->first_column, columns_of(n), r->values) ? r : NULL;
}

/* A joined target is absent when the column it was joined by is null: that holds for rows without a primary key too. */
static bool is_absent(const struct plan_node *n, const kith_record *r)
{
    const kith_value *key = record_value(r, n->assoc->hops[0].on.to[0]);
    return key->kind == KITH_NULL;
}

/* Decodes the joined children of r, and theirs. *keep turns false when a required one is missing. */
static bool read_joined(struct decoder *d, unsigned parent, kith_record *r, bool *keep)
{
    for (unsigned i = parent + 1; i < d->plan->count; i++) {
        struct plan_node *n = &d->plan->nodes[i];
        bool keep_child = true;
        if (n->parent != parent || n->separate)
            continue;
        kith_record *child = read_record(d, n);
        if (!child)
            return false;
        if (is_absent(n, child))
            keep_child = false;
        else if (!read_joined(d, i, child, &keep_child))
            return false;
        if (!keep_child && n->required)
            *keep = false;
        record_related(r)[n->place].one = keep_child ? child : NULL;
        if (keep_child && n->has_separate_children && !push(d->l->allocator, &n->records, child))
            return kith__load_no_memory(d->l);
    }
    return true;
}

static bool read_target(struct decoder *d, kith_record **out)
{
    struct plan_node *root = &d->plan->nodes[d->root];
    bool keep = true;
    *out = read_record(d, root);
    if (!*out || !read_joined(d, d->root, *out, &keep))
        return false;
    if (root->has_separate_children && !push(d->l->allocator, &root->records, *out))
        return kith__load_no_memory(d->l);
    return true;
}

/* ---- links ---- */

static void gather(const kith_value *values, const int16_t *slot_of, const struct attr *const *attrs, unsigned count,
                   kith_value *key)
{
    for (unsigned i = 0; i < count; i++)
        key[i] = values[slot_of[attrs[i]->index]];
}

/* The target that this join row leads to: one met before, or the one in this row. */
static bool shared_target(struct decoder *d, const kith_value *link, kith_record **out)
{
    const struct plan_node *root = &d->plan->nodes[d->root];
    const struct key_pairs *on = &root->assoc->hops[1].on;
    kith_value key[KEY_MAX];
    gather(link, root->link_slots.slot_of, on->from, on->count, key);
    int64_t number = kith__key_map_get(&d->shared, key);
    if (number >= 0) {
        *out = d->targets.items[number];
        return true;
    }
    bool added;
    kith_value *kept = ARENA_ARRAY(&d->l->scratch, on->count, kith_value);
    if (!kept || !read_target(d, out))
        return kept ? false : kith__load_no_memory(d->l);
    memcpy(kept, key, on->count * sizeof *kept);
    if (kith__key_map_add(&d->shared, kept, &added) < 0 || !push(d->l->allocator, &d->targets, *out))
        return kith__load_no_memory(d->l);
    return true;
}

static bool read_link(struct decoder *d, const kith_value **values, kith_record **record)
{
    const struct plan_node *root = &d->plan->nodes[d->root];
    kith_value *into = d->link_values;
    if (root->with_links) {
        *record = kith__record_new(root->link_shape);
        if (!*record)
            return kith__load_no_memory(d->l);
        into = (*record)->values;
    }
    *values = into;
    return read_columns(d, 0, root->link_slots.count, into);
}

/* ---- rows ---- */

/* KEY_MAP_NO_MEMORY when memory is short. */
static int64_t add_group(struct decoder *d, const kith_value *key)
{
    bool added;
    kith_value *kept = ARENA_ARRAY(&d->l->scratch, d->groups->map.width, kith_value);
    if (!kept)
        return KEY_MAP_NO_MEMORY;
    memcpy(kept, key, d->groups->map.width * sizeof *kept);
    return kith__key_map_add(&d->groups->map, kept, &added);
}

static bool add_row(struct decoder *d, kith_record *target, kith_record *link)
{
    struct rows *rows = d->rows;
    if (!push(rows->allocator, &rows->targets, target) || (link && !push(rows->allocator, &rows->links, link)))
        return kith__load_no_memory(d->l);
    rows->count++;
    return true;
}

static bool add_grouped(struct decoder *d, kith_record *target, kith_record *link, const kith_value *source_key)
{
    struct rows *rows = d->rows;
    int64_t group = kith__key_map_get(&d->groups->map, source_key);
    if (!kith__grow(rows->allocator, (void **)&rows->group, rows->count, &rows->group_capacity, sizeof *rows->group))
        return kith__load_no_memory(d->l);
    if (group < 0 && d->groups->grows)
        group = add_group(d, source_key);
    if (group == KEY_MAP_NO_MEMORY)
        return kith__load_no_memory(d->l);
    if (group < 0 && d->groups->everything)
        return true; /* its source came after the sources were read */
    if (group < 0)
        return kith__error_set(d->l->err, KITH_E_DATABASE,
                               "the database returned a row whose key none of the sources has");
    rows->group[rows->count] = (uint32_t)group;
    return add_row(d, target, link);
}

static bool read_row(struct decoder *d)
{
    const struct plan_node *root = &d->plan->nodes[d->root];
    kith_record *target = NULL, *link = NULL;
    const kith_value *link_values = NULL;
    kith_value key[KEY_MAX];
    if (root->link_slots.count) {
        if (!read_link(d, &link_values, &link) || !shared_target(d, link_values, &target))
            return false;
    } else if (!read_target(d, &target)) {
        return false;
    }
    if (!d->groups)
        return add_row(d, target, link);
    const struct key_pairs *on = &root->assoc->hops[0].on;
    const struct slots *slots = link_values ? &root->link_slots : &root->slots;
    gather(link_values ? link_values : target->values, slots->slot_of, on->to, on->count, key);
    return add_grouped(d, target, link, key);
}

static bool prepare(struct decoder *d)
{
    const struct plan_node *root = &d->plan->nodes[d->root];
    if (!count_types(d))
        return kith__load_no_memory(d->l);
    slot_types(d->types, &root->link_slots);
    node_types(d->types + root->first_column, root);
    child_types(d, d->root);
    if (root->assoc && root->assoc->hop_count == 2) {
        kith__key_map_init(&d->shared, d->l->allocator, root->assoc->hops[1].on.count);
        d->link_values = ARENA_ARRAY(&d->l->scratch, root->link_slots.count, kith_value);
    }
    return true;
}

int kith__hydrate_some(struct decoder *d, size_t most)
{
    for (; most; most--) {
        int step = kith__run_step(&d->run, d->l->err);
        if (step != 1)
            return step;
        if (!read_row(d))
            return -1;
    }
    return 1;
}

enum { MANY = 256 };

/* Is the statement likely to give hundreds of rows? Of a condition nobody knows. */
static bool gives_many(const struct plan_node *n, const struct groups *groups)
{
    if (groups)
        return groups->everything || groups->keys.count >= MANY;
    return !n->include->where && (!n->include->limit || n->include->limit >= MANY);
}

/* The statement as text. */
static bool render(struct decoder *d, const struct sql_select *select)
{
    struct renderer *r = &d->l->renderer;
    kith__render_clear(r);
    if (!kith__render_select(r, select))
        return kith__load_no_memory(d->l);
    r->many_rows = gives_many(&d->plan->nodes[d->root], d->groups);
    return true;
}

static struct decoder *begin(struct load *l, struct plan *plan, unsigned node, struct groups *groups, struct rows *rows)
{
    struct decoder *d = ARENA_NEW(&l->scratch, struct decoder);
    if (!d) {
        kith__load_no_memory(l);
        return NULL;
    }
    *d = (struct decoder){ .l = l, .plan = plan, .root = node, .groups = groups, .rows = rows };
    if (prepare(d))
        return d;
    kith__hydrate_end(d);
    return NULL;
}

struct decoder *kith__hydrate_begin(struct load *l, struct plan *plan, struct rows *rows)
{
    return begin(l, plan, 0, NULL, rows);
}

struct run *kith__hydrate_run(struct decoder *d)
{
    return &d->run;
}

struct decoder *kith__hydrate_open(struct load *l, struct plan *plan, unsigned node, const struct sql_select *select,
                                   struct groups *groups, struct rows *rows, bool send)
{
    struct decoder *d = begin(l, plan, node, groups, rows);
    if (!d)
        return NULL;
    if (render(d, select) && (send ? kith__load_send(l, &d->run) : kith__load_run(l, &d->run)))
        return d;
    kith__hydrate_end(d);
    return NULL;
}

bool kith__hydrate_read(struct decoder *d)
{
    bool good = d && kith__hydrate_some(d, SIZE_MAX) == 0;
    kith__hydrate_end(d);
    return good;
}

void kith__hydrate_end(struct decoder *d)
{
    if (!d)
        return;
    kith__run_close(&d->run);
    kith__key_map_free(&d->shared);
    list_free(d->l->allocator, &d->targets);
}
