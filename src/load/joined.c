/* joined: one statement for a node and all lists that are joined to it.
 *
 * Every list, and the node itself, is a sub-select: what its own statement would be, with its rows numbered in their
 * order. They are joined by the keys of the association, and the numbers order the whole:
 *
 *     SELECT b0.n, b1.n, b0.c2, …, b1.c5, … FROM (SELECT … AS c2, ROW_NUMBER() OVER (ORDER BY …) AS n …) b0
 *         LEFT JOIN (SELECT … AS c5, ROW_NUMBER() OVER (ORDER BY …) AS n …) b1 ON b1.c6 = b0.c2 ORDER BY b0.n, b1.n
 *
 * So a row is known by its number, with a primary key or without. What the rows become, lists.c knows. */
#include "load/load.h"

struct joining {
    struct load *l;
    struct plan *plan;
    struct sql_select *s;
    struct sql_item *columns; /* those behind the numbers */
    unsigned count;           /* how many columns there are */
};

static const char *block_name(struct load *l, const struct plan_node *n)
{
    return kith__arena_format(&l->scratch, "b%u", n->list);
}

static const char *column_name(struct load *l, unsigned number)
{
    return kith__arena_format(&l->scratch, "c%u", number);
}

/* Numbers the rows of a select in its order. The order itself is only needed further where it decides which there are. */
static void number_rows(struct load *l, struct sql_select *s)
{
    struct sql_expr *number = kith__sql_expr(&l->scratch, SQL_ROW_NUMBER);
    if (number)
        number->order = s->order;
    kith__sql_item(&l->scratch, &s->items, number, "n");
    if (!s->has_limit && !s->offset)
        s->order = NULL;
}

/* Takes what stands above a table of the statement's own out of the block: it is said first. */
static void take_with(struct joining *j, struct sql_select *block)
{
    if (block->with)
        j->s->with = block->with;
    block->with = NULL;
}

static void add_block(struct joining *j, const struct plan_node *n, struct sql_select *block, struct sql_expr *on)
{
    kith_arena *a = &j->l->scratch;
    const char *name = block_name(j->l, n);
    for (struct sql_item *item = block->items; item; item = item->next) {
        item->alias = column_name(j->l, j->count++);
        kith__sql_item(a, &j->columns, kith__sql_column(a, name, item->alias, 0), NULL);
    }
    number_rows(j->l, block);
    take_with(j, block);
    struct sql_source *source = kith__sql_source(a, &j->s->from, j->s->from ? SQL_LEFT_JOIN : SQL_FROM, NULL, name, on);
    if (source)
        source->select = block;
    kith__sql_item(a, &j->s->items, kith__sql_column(a, name, "n", 0), NULL);
    kith__sql_order(a, &j->s->order, kith__sql_column(a, name, "n", 0), false);
}

static struct sql_expr *block_column(struct load *l, const struct plan_node *n, const struct attr *attr,
                                     unsigned number)
{
    struct sql_expr *e = kith__sql_column(&l->scratch, block_name(l, n), column_name(l, number), attr->type.id);
    if (e)
        e->attr = attr;
    return e;
}

/* The list's key = that of its source, whose columns may be those of a node joined in its block. */
static struct sql_expr *list_on(struct joining *j, const struct plan_node *n)
{
    struct load *l = j->l;
    const struct key_pairs *on = &n->assoc->hops[0].on;
    const struct plan_node *source = &j->plan->nodes[n->parent];
    const struct slots *slots = n->link_alias ? &n->link_slots : &n->slots;
    unsigned first = n->link_alias ? node_link_column(n) : n->first_column;
    struct sql_expr *all = NULL;
    for (unsigned i = 0; i < on->count; i++) {
        unsigned to = first + (unsigned)slots->slot_of[on->to[i]->index];
        unsigned from = source->first_column + (unsigned)source->slots.slot_of[on->from[i]->index];
        all = kith__sql_and(&l->scratch, all,
                            kith__sql_binary(&l->scratch, SQL_EQ, block_column(l, n, on->to[i], to),
                                             block_column(l, source, on->from[i], from)));
    }
    return all;
}

static bool join_list(struct joining *j, unsigned number)
{
    const struct plan_node *n = &j->plan->nodes[number];
    struct sql_select *block;
    if (!kith__select_block(j->l, j->plan, number, NULL, j->count, &block))
        return false;
    add_block(j, n, block, list_on(j, n));
    return true;
}

bool kith__join_lists(struct load *l, struct plan *plan, unsigned node, struct sql_select **select)
{
    const struct plan_node *root = &plan->nodes[node];
    if (!root->lists)
        return true;
    struct joining j = { .l = l, .plan = plan, .count = node_first_column(root) };
    j.s = ARENA_NEW(&l->scratch, struct sql_select);
    if (!j.s)
        return kith__load_no_memory(l);
    add_block(&j, root, *select, NULL);
    for (unsigned i = node + 1; i < plan->count; i++)
        if (plan->nodes[i].joined_list && plan->nodes[i].statement == node && !join_list(&j, i))
            return false;
    struct sql_item *last = j.s->items;
    while (last && last->next)
        last = last->next;
    if (last)
        last->next = j.columns;
    *select = j.s;
    return l->scratch.failed ? kith__load_no_memory(l) : true;
}
