/* lists: the rows of a statement to which lists are joined (joined.c), as records.
 *
 * Each row begins with a number for each branch. The rows of a source lie together, and in them the numbers of a list
 * only grow, until they begin again because a list beside it went on. So a number that is higher than the last one is a
 * new record, an equal one is the record in hand, and a lower one was read before, with all that is below it. */
#include "load/hydrate.h"

static unsigned number_of(const struct decoder *d, const struct branch *b)
{
    return (unsigned)(b - d->branches);
}

/* The record in hand of a node, which may be joined to that of a branch. */
static kith_record *record_of(const struct decoder *d, unsigned node)
{
    const struct plan_node *n = &d->plan->nodes[node];
    const struct branch *b = &d->branches[n->list];
    if (node == b->node)
        return b->made;
    const kith_record *source = record_of(d, n->parent);
    return source ? record_related(source)[n->place].one : NULL;
}

static bool add_source(struct decoder *d, struct branch *b)
{
    if (!kith__grow(load_passing(d->l), (void **)&b->sources, b->source_count, &b->source_capacity, sizeof *b->sources))
        return kith__load_no_memory(d->l);
    b->sources[b->source_count++] = (struct list_source){ b->owner, b->rows.count };
    return true;
}

/* A record was made, so lists begin below it. */
static bool begin_lists(struct decoder *d, const struct branch *made)
{
    for (struct branch *b = d->branches + number_of(d, made) + 1; b < d->branches + d->branch_count; b++) {
        if (b->above != number_of(d, made))
            continue;
        b->last = 0;
        b->owner = record_of(d, branch_node(d, b)->parent);
        if (b->owner && !add_source(d, b))
            return false;
    }
    return true;
}

static bool read_new(struct decoder *d, struct branch *b, int64_t number)
{
    struct row row = { 0 };
    bool is_new = false;
    if (b == d->branches ? !kith__hydrate_row(d, &row, &is_new)
                         : !kith__hydrate_record(d, b, &row, &is_new) || !kith__rows_add(d->l, &b->rows, &row))
        return false;
    b->last = number;
    b->made = is_new ? row.target : NULL;
    return begin_lists(d, b);
}

static bool read_branch(struct decoder *d, struct branch *b, const kith_value *number)
{
    bool below = b == d->branches || (d->branches[b->above].reading && b->owner);
    b->reading = false;
    if (!below || number->kind == KITH_NULL || number->as.integer < b->last)
        return true;
    if (number->as.integer > b->last && !read_new(d, b, number->as.integer))
        return false;
    b->reading = b->made != NULL;
    return true;
}

bool kith__lists_row(struct decoder *d)
{
    kith_value *numbers = d->numbers;
    if (!kith__hydrate_columns(d, 0, d->branch_count, numbers))
        return false;
    for (unsigned i = 0; i < d->branch_count; i++)
        if (!read_branch(d, &d->branches[i], &numbers[i]))
            return false;
    return true;
}

/* ---- giving ---- */

/* The list's records in one array, of which every source has a part. */
static bool give(struct decoder *d, const struct branch *b)
{
    const struct plan_node *n = branch_node(d, b);
    kith_arena *arena = &d->l->result->arena;
    kith_record **at = ARENA_ARRAY(arena, b->rows.count, kith_record *);
    kith_record **links = n->with_links ? ARENA_ARRAY(arena, b->rows.count, kith_record *) : NULL;
    if (!at || (n->with_links && !links))
        return kith__load_no_memory(d->l);
    for (size_t i = 0; i < b->rows.count; i++) {
        at[i] = b->rows.targets.items[i];
        if (links)
            links[i] = b->rows.links.items[i];
    }
    for (size_t i = 0; i < b->source_count; i++) {
        size_t first = b->sources[i].first;
        size_t end = i + 1 < b->source_count ? b->sources[i + 1].first : b->rows.count;
        const kith_list *list = kith__list_new(n->shape, n->link_shape, at + first, links ? links + first : NULL,
                                               end - first);
        if (!list)
            return kith__load_no_memory(d->l);
        record_related(b->sources[i].record)[n->place].many = list;
    }
    return true;
}

bool kith__lists_give(struct decoder *d)
{
    for (unsigned i = 1; i < d->branch_count; i++)
        if (!give(d, &d->branches[i]))
            return false;
    return true;
}

void kith__lists_free(struct decoder *d)
{
    for (unsigned i = 1; i < d->branch_count; i++) {
        struct branch *b = &d->branches[i];
        kith__rows_free(&b->rows);
        kith__free(load_passing(d->l), b->sources, b->source_capacity * sizeof *b->sources);
        b->sources = NULL;
        b->source_count = b->source_capacity = 0;
    }
}
