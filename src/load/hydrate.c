/* hydrate: rows to records, by column index.
 *
 * A target reached through a join table is decoded once per statement and shared between its sources; the join row is
 * each link's own. Runs one statement, which may be sent some time before its rows are read; knows nothing of the
 * others. */
#include "load/hydrate.h"

#include "base/error.h"
#include "base/value.h"
#include "load/page.h"

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
        if (plan->nodes[i].statement == d->root && plan->nodes[i].first_column >= last)
            last = plan->nodes[i].first_column + columns_of(&plan->nodes[i]);
    if (d->page && d->page->first_column + d->page->width > last)
        last = d->page->first_column + d->page->width;
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

static void all_types(struct decoder *d)
{
    const struct plan_node *root = &d->plan->nodes[d->root];
    for (unsigned i = 0; i < node_first_column(root); i++)
        d->types[i] = KITH_T_BIGINT; /* the numbers of the rows */
    for (unsigned i = d->root; i < d->plan->count; i++) {
        const struct plan_node *n = &d->plan->nodes[i];
        if (n->statement != d->root)
            continue;
        slot_types(d->types + node_link_column(n), &n->link_slots);
        node_types(d->types + n->first_column, n);
    }
}

bool kith__hydrate_columns(struct decoder *d, unsigned first, unsigned count, kith_value *out)
{
    return kith__run_columns(&d->run, first, count, d->types + first, &d->l->result->arena, out, d->l->err);
}

/* ---- records ---- */

static kith_record *read_record(struct decoder *d, const struct plan_node *n)
{
    kith_record *r = kith__record_new(n->shape);
    if (!r)
        kith__load_no_memory(d->l);
    return r && kith__hydrate_columns(d, n->first_column, columns_of(n), r->values) ? r : NULL;
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
        if (n->parent != parent || node_begins_block(n))
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
        if (keep_child && n->has_separate_children && !push(load_passing(d->l), &n->records, child))
            return kith__load_no_memory(d->l);
    }
    return true;
}

static bool read_target(struct decoder *d, unsigned node, kith_record **out)
{
    struct plan_node *n = &d->plan->nodes[node];
    bool keep = true;
    *out = read_record(d, n);
    if (!*out || !read_joined(d, node, *out, &keep))
        return false;
    if (n->has_separate_children && !push(load_passing(d->l), &n->records, *out))
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
static bool shared_target(struct decoder *d, struct branch *b, const kith_value *link, kith_record **out, bool *is_new)
{
    const struct plan_node *n = branch_node(d, b);
    const struct key_pairs *on = &n->assoc->hops[1].on;
    kith_value key[KEY_MAX];
    gather(link, n->link_slots.slot_of, on->from, on->count, key);
    int64_t number = kith__key_map_get(&b->shared, key);
    *is_new = number < 0;
    if (number >= 0) {
        *out = b->targets.items[number];
        return true;
    }
    bool added;
    kith_value *kept = ARENA_ARRAY(&d->l->scratch, on->count, kith_value);
    if (!kept || !read_target(d, b->node, out))
        return kept ? false : kith__load_no_memory(d->l);
    memcpy(kept, key, on->count * sizeof *kept);
    if (kith__key_map_add(&b->shared, kept, &added) < 0 || !push(load_passing(d->l), &b->targets, *out))
        return kith__load_no_memory(d->l);
    return true;
}

static bool read_link(struct decoder *d, const struct branch *b, const kith_value **values, kith_record **record)
{
    const struct plan_node *n = branch_node(d, b);
    kith_value *into = b->link_values;
    if (n->with_links) {
        *record = kith__record_new(n->link_shape);
        if (!*record)
            return kith__load_no_memory(d->l);
        into = (*record)->values;
    }
    *values = into;
    return kith__hydrate_columns(d, node_link_column(n), n->link_slots.count, into);
}

/* What the row says of a branch. *link: the values of the join row, or NULL. */
static bool read_branch(struct decoder *d, struct branch *b, struct row *row, const kith_value **link, bool *is_new)
{
    *is_new = true;
    if (!branch_node(d, b)->link_slots.count)
        return read_target(d, b->node, &row->target);
    return read_link(d, b, link, &row->link) && shared_target(d, b, *link, &row->target, is_new);
}

bool kith__hydrate_record(struct decoder *d, struct branch *b, struct row *row, bool *is_new)
{
    const kith_value *link = NULL;
    return read_branch(d, b, row, &link, is_new);
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

bool kith__rows_add(struct load *l, struct rows *rows, const struct row *row)
{
    if (!push(rows->allocator, &rows->targets, row->target) ||
        (row->link && !push(rows->allocator, &rows->links, row->link)))
        return kith__load_no_memory(l);
    rows->count++;
    return true;
}

static bool add_grouped(struct decoder *d, const struct row *row, const kith_value *source_key)
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
    return kith__rows_add(d->l, rows, row);
}

/* What the row is found again by, when a page begins behind it. */
static bool read_place(struct decoder *d)
{
    struct page *page = d->page;
    if (!kith__arena_grow(&d->l->scratch, (void **)&page->keys, page->count, &page->capacity,
                          page->width * sizeof *page->keys))
        return kith__load_no_memory(d->l);
    return kith__hydrate_columns(d, page->first_column, page->width, page->keys + page->width * page->count++);
}

bool kith__hydrate_row(struct decoder *d, struct row *row, bool *is_new)
{
    const struct plan_node *root = &d->plan->nodes[d->root];
    const kith_value *link = NULL;
    kith_value key[KEY_MAX];
    if (!read_branch(d, d->branches, row, &link, is_new))
        return false;
    if (d->page && !read_place(d))
        return false;
    if (!d->groups)
        return kith__rows_add(d->l, d->rows, row);
    const struct key_pairs *on = &root->assoc->hops[0].on;
    const struct slots *slots = link ? &root->link_slots : &root->slots;
    gather(link ? link : row->target->values, slots->slot_of, on->to, on->count, key);
    return add_grouped(d, row, key);
}

static bool init_branch(struct decoder *d, unsigned node)
{
    const struct plan_node *n = &d->plan->nodes[node];
    struct branch *b = &d->branches[n->list];
    b->node = node;
    if (n->joined_list) {
        b->above = d->plan->nodes[n->parent].list;
        b->rows.allocator = load_passing(d->l);
    }
    if (!n->link_slots.count)
        return true;
    kith__key_map_init(&b->shared, load_passing(d->l), n->assoc->hops[1].on.count);
    b->link_values = ARENA_ARRAY(&d->l->scratch, n->link_slots.count, kith_value);
    return b->link_values != NULL;
}

static bool init_branches(struct decoder *d)
{
    const struct plan *plan = d->plan;
    unsigned count = 1 + plan->nodes[d->root].lists;
    d->branches = count == 1 ? &d->own : ARENA_ARRAY(&d->l->scratch, count, struct branch);
    if (!d->branches || !init_branch(d, d->root))
        return false;
    d->branch_count = count;
    d->numbers = count > 1 ? ARENA_ARRAY(&d->l->scratch, count, kith_value) : NULL;
    for (unsigned i = d->root + 1; count > 1 && i < plan->count; i++)
        if (plan->nodes[i].joined_list && plan->nodes[i].statement == d->root && !init_branch(d, i))
            return false;
    return count == 1 || d->numbers;
}

static bool prepare(struct decoder *d)
{
    if (!count_types(d) || !init_branches(d))
        return kith__load_no_memory(d->l);
    all_types(d);
    const struct sql_order *o = d->page ? d->page->orders : NULL;
    for (uint8_t *type = d->types + (o ? d->page->first_column : 0); o; o = o->next)
        *type++ = (uint8_t)kith__page_type(o->expr);
    return true;
}

static bool read_row(struct decoder *d)
{
    struct row row = { 0 };
    bool is_new;
    return d->numbers ? kith__lists_row(d) : kith__hydrate_row(d, &row, &is_new);
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
    d->l = l;
    d->plan = plan;
    d->root = node;
    d->groups = groups;
    d->rows = rows;
    d->page = node ? NULL : plan->page;
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
    bool good = d && kith__hydrate_some(d, SIZE_MAX) == 0 && (!d->numbers || kith__lists_give(d));
    kith__hydrate_end(d);
    return good;
}

void kith__hydrate_end(struct decoder *d)
{
    if (!d)
        return;
    kith__run_close(&d->run);
    for (unsigned i = 0; i < d->branch_count; i++) {
        struct branch *b = &d->branches[i];
        kith__key_map_free(&b->shared);
        list_free(load_passing(d->l), &b->targets);
    }
    kith__lists_free(d);
}
