/* separate: the statements of a plan, level by level: what the rows of the levels above are enough for makes a level.
 * Each include's sources are grouped by key, its statement runs once for all of them, and its rows are dealt out to
 * their sources. The statements of a level are sent together, where the driver can. */
#include "base/error.h"
#include "load/load.h"
#include "load/page.h"

/* From so many sources on, reading a whole table beats looking up keys. */
enum { WHOLE_TABLE_MIN = 256 };

/* ---- groups ---- */

static bool groups_init(struct load *l, struct groups *g, const struct key_pairs *on, size_t sources)
{
    kith__key_map_init(&g->map, load_passing(l), on->count);
    g->values = ARENA_ARRAY(&l->scratch, sources * on->count, kith_value);
    uint8_t *types = ARENA_ARRAY(&l->scratch, on->count, uint8_t);
    if (!g->values || !types)
        return kith__load_no_memory(l);
    for (unsigned i = 0; i < on->count; i++)
        types[i] = attr_key_type(on->to[i]);
    g->keys = (struct sql_keys){ .width = on->count, .values = g->values, .types = types };
    return true;
}

/* The group of a source; -1 when a part of its key is null, so that nothing can belong to it, or when it is none. */
static bool group_of(struct load *l, struct groups *g, const struct assoc *a, const kith_record *source, int64_t *group)
{
    const struct key_pairs *on = &a->hops[0].on;
    kith_value *key = &g->values[g->keys.count * on->count];
    *group = -1;
    if (!kith__is_source(a, source))
        return true;
    for (unsigned i = 0; i < on->count; i++) {
        key[i] = *record_value(source, on->from[i]);
        if (key[i].kind == KITH_NULL || key[i].kind == KITH_ABSENT)
            return true;
    }
    bool added = false;
    *group = kith__key_map_add(&g->map, key, &added);
    g->keys.count += added;
    return *group >= 0 ? true : kith__load_no_memory(l);
}

/* ---- running one statement, in chunks where the database needs them ---- */

/* The statement for `count` of the keys, from `first` on. */
static struct decoder *open_keys(struct load *l, struct plan *plan, unsigned node, struct groups *g, size_t first,
                                 size_t count, struct rows *rows, bool send)
{
    struct sql_select *select;
    struct sql_keys part = g->keys;
    part.values += first * part.width;
    part.count = count;
    if (!kith__select(l, plan, node, g->everything ? NULL : &part, &select))
        return NULL;
    return kith__hydrate_open(l, plan, node, select, g, rows, send);
}

/* How many keys a statement takes. */
static size_t keys_at_once(const struct load *l, const struct groups *g)
{
    bool all = g->everything || !l->dialect->key_chunk || l->dialect->key_chunk > g->keys.count;
    return all ? g->keys.count : l->dialect->key_chunk;
}

static bool run_keys(struct load *l, struct plan *plan, unsigned node, struct groups *g, struct rows *rows)
{
    size_t chunk = keys_at_once(l, g);
    for (size_t first = 0; first < g->keys.count; first += chunk) {
        size_t left = g->keys.count - first;
        if (!kith__hydrate_read(open_keys(l, plan, node, g, first, left < chunk ? left : chunk, rows, false)))
            return false;
    }
    return true;
}

/* ---- dealing rows out ---- */

/* Sorts the rows by group, keeping their order within it, and makes one list for each group. */
static kith_list **deal(struct load *l, const struct plan_node *n, const struct rows *rows, size_t groups)
{
    kith_arena *arena = &l->result->arena;
    size_t *ends = ARENA_ARRAY(&l->scratch, groups + 1, size_t);
    kith_list **lists = ARENA_ARRAY(&l->scratch, groups, kith_list *);
    kith_record **at = ARENA_ARRAY(arena, rows->count, kith_record *);
    kith_record **links = n->with_links ? ARENA_ARRAY(arena, rows->count, kith_record *) : NULL;
    if (!ends || !lists || !at || (n->with_links && !links))
        return NULL;
    for (size_t i = 0; i < rows->count; i++)
        ends[rows->group[i] + 1]++;
    for (size_t g = 0; g < groups; g++)
        ends[g + 1] += ends[g];
    for (size_t g = 0; g < groups; g++) {
        size_t first = ends[g], count = ends[g + 1] - first;
        lists[g] = kith__list_new(n->shape, n->link_shape, at + first, links ? links + first : NULL, count);
        if (!lists[g])
            return NULL;
    }
    for (size_t i = 0; i < rows->count; i++) { /* ends[g] now moves from the group's begin to its end */
        size_t place = ends[rows->group[i]]++;
        at[place] = rows->targets.items[i];
        if (links)
            links[place] = rows->links.items[i];
    }
    return lists;
}

static kith_list *empty_list(const struct plan_node *n)
{
    return kith__list_new(n->shape, n->link_shape, NULL, NULL, 0);
}

static bool give(struct load *l, const struct plan_node *n, const struct plan_node *parent, const int64_t *group_of,
                 kith_list *const *lists)
{
    kith_list *empty = empty_list(n);
    if (!empty)
        return kith__load_no_memory(l);
    for (size_t i = 0; i < parent->records.count; i++) {
        const kith_record *source = parent->records.items[i];
        union related *related = &record_related(source)[n->place];
        const kith_list *list = group_of[i] < 0 ? empty : lists[group_of[i]];
        if (n->assoc->many)
            related->many = list;
        else if (list->count) /* where there is none, another alternative may have given one */
            related->one = list->at[0];
    }
    return true;
}

/* ---- one include ---- */

static bool group_sources(struct load *l, const struct plan_node *parent, const struct assoc *a, struct groups *g,
                          int64_t *group)
{
    for (size_t i = 0; i < parent->records.count; i++)
        if (!group_of(l, g, a, parent->records.items[i], &group[i]))
            return false;
    return true;
}

static bool is_narrowed(const struct plan *plan, unsigned node)
{
    const kith_include *include = plan->nodes[node].include;
    bool narrowed = include->where || include->limit || include->offset ||
                    (plan->nodes[node].model->deleted_at && !include->with_deleted);
    for (unsigned i = node + 1; i < plan->count; i++)
        narrowed |= plan->nodes[i].parent == node && plan->nodes[i].required;
    return narrowed;
}

/* Do all rows that carry this key refer to some source? */
static bool all_refer(const struct key_pairs *on)
{
    for (unsigned i = 0; i < on->count; i++)
        if (!on->to[i]->not_null)
            return false;
    return true;
}

/* Are a node's rows all the rows of their table? Then includes that carry their keys need none to be sent: what is in the
 * target's (or the join) table belongs to one of them, and reading it through beats looking each key up. So are those of
 * an include by a key that may not be null, when their sources are. */
static bool is_whole_table(const struct plan *plan, unsigned node)
{
    const struct plan_node *n = &plan->nodes[node];
    const struct assoc *a = n->assoc;
    if (is_narrowed(plan, node))
        return false;
    if (node == 0 || !n->separate)
        return !a;
    return a->hop_count == 1 && !a->key_in_source && !a->scope && all_refer(&a->hops[0].on) &&
           is_whole_table(plan, n->parent);
}

size_t kith__whole_from(const struct plan *plan, unsigned node)
{
    const struct plan_node *n = &plan->nodes[node];
    bool whole = is_whole_table(plan, n->parent) && !n->assoc->key_in_source && !n->assoc->scope;
    return whole ? WHOLE_TABLE_MIN : 0;
}

struct include {
    unsigned node;
    struct groups groups;
    int64_t *group; /* of each source */
    struct rows rows;
    struct decoder *sent; /* its statement, when it was sent with its level; NULL: it is still to be run */
};

static bool group_include(struct load *l, struct plan *plan, struct include *in)
{
    struct plan_node *n = &plan->nodes[in->node], *parent = &plan->nodes[n->parent];
    const struct key_pairs *on = &n->assoc->hops[0].on;
    in->rows.allocator = load_passing(l);
    size_t from = kith__whole_from(plan, in->node);
    in->groups.everything = !l->portion && from && parent->records.count >= from;
    in->group = ARENA_ARRAY(&l->scratch, parent->records.count, int64_t);
    return in->group ? groups_init(l, &in->groups, on, parent->records.count) &&
                           group_sources(l, parent, n->assoc, &in->groups, in->group)
                     : kith__load_no_memory(l);
}

/* Those that need no statement, or several, are run when their turn comes. */
static bool send_include(struct load *l, struct plan *plan, struct include *in)
{
    struct groups *g = &in->groups;
    if (!g->keys.count || keys_at_once(l, g) < g->keys.count)
        return true;
    in->sent = open_keys(l, plan, in->node, g, 0, g->keys.count, &in->rows, true);
    return in->sent != NULL;
}

static bool read_include(struct load *l, struct plan *plan, struct include *in)
{
    const struct plan_node *n = &plan->nodes[in->node];
    struct decoder *sent = in->sent;
    in->sent = NULL;
    if (!(sent ? kith__hydrate_read(sent) : run_keys(l, plan, in->node, &in->groups, &in->rows)))
        return false;
    kith_list **lists = deal(l, n, &in->rows, in->groups.keys.count);
    return lists ? give(l, n, &plan->nodes[n->parent], in->group, lists) : kith__load_no_memory(l);
}

static void free_include(struct include *in)
{
    kith__hydrate_end(in->sent);
    kith__rows_free(&in->rows);
    kith__key_map_free(&in->groups.map);
}

/* ---- one level ---- */

static bool load_level(struct load *l, struct plan *plan, struct include *includes, unsigned count)
{
    bool good = true, together = count > 1 && l->conn && kith__conn_sends(l->conn);
    for (unsigned i = 0; good && i < count; i++)
        good = group_include(l, plan, &includes[i]) && (!together || send_include(l, plan, &includes[i]));
    for (unsigned i = 0; i < count; i++) {
        good = good && read_include(l, plan, &includes[i]);
        free_include(&includes[i]);
    }
    l->sending = false;
    return good;
}

unsigned *kith__plan_levels(struct load *l, const struct plan *plan)
{
    unsigned *levels = ARENA_ARRAY(&l->scratch, plan->count, unsigned);
    for (unsigned i = 1; levels && i < plan->count; i++)
        levels[i] = levels[plan->nodes[i].parent] + plan->nodes[i].separate;
    return levels;
}

/* The sources of a level are not needed after it. Without levels: all, also what a failure left behind. */
static void free_records(struct load *l, struct plan *plan, const unsigned *levels, unsigned level)
{
    for (unsigned i = 0; i < plan->count; i++) {
        struct pointer_list *records = &plan->nodes[i].records;
        if (levels && levels[i] != level)
            continue;
        kith__free(load_passing(l), records->items, records->capacity * sizeof *records->items);
        *records = (struct pointer_list){ 0 };
    }
}

bool kith__load_includes(struct load *l, struct plan *plan)
{
    struct include *includes = ARENA_ARRAY(&l->scratch, plan->count, struct include);
    unsigned *levels = kith__plan_levels(l, plan), count = 1;
    bool good = true;
    if (!includes || !levels)
        return kith__load_no_memory(l);
    for (unsigned level = 1; good && count > 0; level++) {
        count = 0;
        for (unsigned i = 1; i < plan->count; i++)
            if (plan->nodes[i].separate && levels[i] == level)
                includes[count++] = (struct include){ .node = i };
        good = load_level(l, plan, includes, count);
        free_records(l, plan, levels, level - 1);
    }
    return good;
}

void kith__plan_free(struct load *l, struct plan *plan)
{
    free_records(l, plan, NULL, 0);
}

/* ---- the whole ---- */

/* All rows of a find are one list. */
static kith_list *whole(struct load *l, const struct plan_node *n, const struct rows *rows)
{
    kith_record **at = ARENA_ARRAY(&l->result->arena, rows->count, kith_record *);
    kith_list *list = at ? kith__list_new(n->shape, NULL, at, NULL, rows->count) : NULL;
    if (!list) {
        kith__load_no_memory(l);
        return NULL;
    }
    if (rows->count)
        memcpy(at, rows->targets.items, rows->count * sizeof *at);
    l->result->root = list;
    return list;
}

kith_list *kith__load_find(struct load *l, struct plan *plan)
{
    struct sql_select *select;
    struct rows rows = { .allocator = load_passing(l) };
    kith_list *list = NULL;
    bool good = kith__select(l, plan, 0, NULL, &select) &&
                kith__hydrate_read(kith__hydrate_open(l, plan, 0, select, NULL, &rows, false));
    if (good && plan->page)
        kith__page_cut(plan->page, &plan->nodes[0], &rows);
    if (good && kith__load_includes(l, plan))
        list = whole(l, &plan->nodes[0], &rows);
    kith__plan_free(l, plan);
    kith__rows_free(&rows);
    return list;
}

/* A list for each key, and one that is empty. */
static kith_list **lists_of_keys(struct load *l, struct plan *plan, const struct groups *g, const struct rows *rows)
{
    size_t count = g->keys.count;
    kith_list **dealt = deal(l, &plan->nodes[0], rows, count);
    kith_list **lists = ARENA_ARRAY(&l->scratch, count + 1, kith_list *);
    if (!dealt || !lists || !(lists[count] = empty_list(&plan->nodes[0]))) {
        kith__load_no_memory(l);
        return NULL;
    }
    memcpy(lists, dealt, count * sizeof *lists);
    l->result->root = lists[0];
    return lists;
}

kith_list **kith__load_related(struct load *l, struct plan *plan, const kith_value *keys, size_t count)
{
    const struct key_pairs *on = &plan->nodes[0].assoc->hops[0].on;
    struct groups g = { 0 };
    struct rows rows = { .allocator = load_passing(l) };
    kith_list **lists = NULL;
    bool added, good = groups_init(l, &g, on, count);
    for (size_t i = 0; good && i < count; i++) {
        kith_value *key = g.values + i * on->count;
        memcpy(key, keys + i * on->count, on->count * sizeof *key);
        good = kith__key_map_add(&g.map, key, &added) >= 0 || kith__load_no_memory(l);
    }
    g.keys.count = count;
    if (good && run_keys(l, plan, 0, &g, &rows) && kith__load_includes(l, plan))
        lists = lists_of_keys(l, plan, &g, &rows);
    kith__plan_free(l, plan);
    kith__rows_free(&rows);
    kith__key_map_free(&g.map);
    return lists;
}
