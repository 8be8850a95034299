/* select: the statement of a plan node: its columns, its joined descendants, its conditions, its page. */
#include "base/error.h"
#include "base/str.h"
#include "load/load.h"
#include "load/page.h"

struct building {
    struct load *l;
    struct plan *plan;
    struct sql_select *s;
    unsigned columns; /* the number of the next one in the statement's rows */
};

static struct sql_expr *column(struct load *l, const char *alias, const struct attr *attr)
{
    return kith__sql_attr(&l->scratch, alias, attr);
}

static void add_columns(struct building *b, const struct slots *slots, const char *alias)
{
    for (unsigned i = 0; i < slots->count; i++)
        kith__sql_item(&b->l->scratch, &b->s->items, column(b->l, alias, slots->attrs[i]), NULL);
    b->columns += slots->count;
}

static struct names names_of(const struct plan_node *n)
{
    return (struct names){
        .model = n->model, .alias = n->alias, .via = n->assoc, .link_alias = n->link_alias, .computed = n->computed
    };
}

/* What the records of a node hold. */
static bool add_record(struct building *b, struct plan_node *n)
{
    struct names names = names_of(n);
    n->first_column = b->columns;
    add_columns(b, &n->slots, n->alias);
    for (unsigned i = 0; i < n->computed.count; i++) {
        struct value value;
        if (!kith__computed_value(b->l, &names, i, &value))
            return false;
        kith__sql_item(&b->l->scratch, &b->s->items, value.expr, NULL);
    }
    b->columns += n->computed.count;
    return true;
}

static void and_to(struct load *l, struct sql_expr **all, struct sql_expr *more)
{
    *all = kith__sql_and(&l->scratch, *all, more);
}

/* NOT EXISTS (a row that n->without leads to) */
static struct sql_expr *without(struct load *l, const struct plan_node *n)
{
    struct names inner;
    const struct source source = { .alias = n->alias };
    return kith__sql_unary(&l->scratch, SQL_NOT,
                           kith__sql_exists(&l->scratch, kith__related_select(l, n->without, &source, &inner)));
}

/* What the node itself asks for: its where, its links' where, rows that are not deleted, and required targets that are
 * not joined. */
static bool conditions(struct building *b, unsigned number, struct sql_expr **all)
{
    struct load *l = b->l;
    const struct plan_node *n = &b->plan->nodes[number];
    struct names names = names_of(n),
                 link = { .model = n->assoc ? assoc_join(n->assoc) : NULL, .alias = n->link_alias };
    struct sql_expr *where = NULL, *link_where = NULL;
    if (!kith__condition(l, &names, n->include->where, &where) ||
        (n->link_alias && !kith__condition(l, &link, n->include->through.where, &link_where)))
        return false;
    and_to(l, all, where);
    and_to(l, all, link_where);
    and_to(l, all, kith__not_deleted(l, n->model, n->alias, n->include->with_deleted));
    for (unsigned i = number + 1; i < b->plan->count; i++) {
        const struct plan_node *child = &b->plan->nodes[i];
        struct sql_expr *exists = NULL;
        if (child->parent != number || !node_begins_block(child) || !child->required)
            continue;
        if (!kith__include_exists(l, &names, child->assoc, child->include, &exists))
            return false;
        and_to(l, all, exists);
    }
    if (n->without)
        and_to(l, all, without(l, n));
    return true;
}

/* ---- joined descendants ---- */

static bool join_child(struct building *b, unsigned number)
{
    struct load *l = b->l;
    struct plan_node *n = &b->plan->nodes[number];
    const struct assoc *a = n->assoc;
    n->alias = kith__load_alias(l);
    struct sql_expr *on = kith__on(l, &a->hops[0].on, b->plan->nodes[n->parent].alias, n->alias);
    if (!a->key_in_source)
        and_to(l, &on, kith__scope_condition(l, a, n->alias));
    if (!conditions(b, number, &on))
        return false;
    kith__sql_source(&l->scratch, &b->s->from, n->inner ? SQL_INNER_JOIN : SQL_LEFT_JOIN, n->model->table, n->alias,
                     on);
    return add_record(b, n);
}

static bool join_children(struct building *b, unsigned parent)
{
    for (unsigned i = parent + 1; i < b->plan->count; i++)
        if (b->plan->nodes[i].parent == parent && !node_begins_block(&b->plan->nodes[i]) &&
            (!join_child(b, i) || !join_children(b, i)))
            return false;
    return true;
}

/* ---- the node's own tables ---- */

static void from_link(struct building *b, struct plan_node *n)
{
    struct load *l = b->l;
    n->link_alias = kith__load_alias(l);
    n->alias = kith__load_alias(l);
    kith__sql_source(&l->scratch, &b->s->from, SQL_FROM, assoc_join(n->assoc)->table, n->link_alias, NULL);
    kith__sql_source(&l->scratch, &b->s->from, SQL_ORDERED_JOIN, n->model->table, n->alias,
                     kith__on(l, &n->assoc->hops[1].on, n->link_alias, n->alias));
    add_columns(b, &n->link_slots, n->link_alias);
}

static void from_table(struct building *b, struct plan_node *n)
{
    n->alias = kith__load_alias(b->l);
    kith__sql_source(&b->l->scratch, &b->s->from, SQL_FROM, n->model->table, n->alias, NULL);
}

static const char *key_alias(const struct plan_node *n)
{
    return n->link_alias ? n->link_alias : n->alias;
}

static struct sql_expr *key_columns(struct load *l, const struct plan_node *n, const char *alias)
{
    const struct key_pairs *on = &n->assoc->hops[0].on;
    struct sql_expr *columns = NULL;
    for (unsigned i = 0; i < on->count; i++)
        kith__sql_append(&columns, column(l, alias, on->to[i]));
    return columns;
}

/* Which rows that carry the key are links of this association. */
static void where_linked(struct building *b, const struct plan_node *n)
{
    struct load *l = b->l;
    if (!n->assoc->key_in_source)
        and_to(l, &b->s->where, kith__scope_condition(l, n->assoc, key_alias(n)));
    if (n->link_alias)
        and_to(l, &b->s->where, kith__not_deleted(l, assoc_join(n->assoc), n->link_alias, false));
}

/* Without keys, every row that belongs to any source is asked for. */
static void where_keys(struct building *b, const struct plan_node *n, const struct sql_keys *keys)
{
    struct load *l = b->l;
    const char *alias = key_alias(n);
    const struct key_pairs *on = &n->assoc->hops[0].on;
    if (keys)
        and_to(l, &b->s->where, kith__sql_keys(&l->scratch, key_columns(l, n, alias), keys));
    for (unsigned i = 0; !keys && i < on->count; i++)
        if (!on->to[i]->not_null)
            and_to(l, &b->s->where, kith__sql_unary(&l->scratch, SQL_IS_NOT_NULL, column(l, alias, on->to[i])));
    where_linked(b, n);
}

/* ---- order and page ---- */

static bool orders_by(const struct sql_order *order, const char *alias, const struct attr *attr)
{
    for (; order; order = order->next)
        if (order->expr->op == SQL_COLUMN && order->expr->table == alias &&
            kith__equal(order->expr->text, attr->column))
            return true;
    return false;
}

static void then_by_key(struct load *l, const struct model *m, const char *alias, struct sql_order **order)
{
    for (unsigned i = 0; i < m->key_count; i++)
        if (!orders_by(*order, alias, m->key[i]))
            kith__sql_order(&l->scratch, order, column(l, alias, m->key[i]), false);
}

/* A page must not be cut at random among rows that are equal in the order: the primary key decides last. That of the
 * join row does where a target may be linked twice, or has none. */
static void break_ties(struct load *l, const struct plan_node *n, struct sql_order **order)
{
    then_by_key(l, n->model, n->alias, order);
    if (n->assoc && n->link_alias && (n->assoc->def->not_unique || !n->model->key_count))
        then_by_key(l, assoc_join(n->assoc), n->link_alias, order);
}

/* The first so many of each source: the rows are numbered within it, and the numbers are cut outside. */
static bool page_per_source(struct building *b, const struct plan_node *n, struct sql_order *order)
{
    struct load *l = b->l;
    struct sql_expr *number = kith__sql_expr(&l->scratch, SQL_ROW_NUMBER);
    struct sql_select *outer = ARENA_NEW(&l->scratch, struct sql_select);
    struct sql_source *from = outer ? kith__sql_source(&l->scratch, &outer->from, SQL_FROM, NULL, "p", NULL) : NULL;
    if (!number || !from)
        return kith__load_no_memory(l);
    unsigned i = 0;
    for (struct sql_item *item = b->s->items; item; item = item->next) {
        item->alias = kith__arena_format(&l->scratch, "c%u", i++);
        kith__sql_item(&l->scratch, &outer->items, kith__sql_column(&l->scratch, "p", item->alias, 0), NULL);
    }
    number->args = key_columns(l, n, key_alias(n));
    number->order = order;
    kith__sql_item(&l->scratch, &b->s->items, number, "n");
    from->select = b->s;
    if (n->include->offset) {
        struct sql_expr *above = kith__sql_bind(&l->scratch, kith_of_int((int64_t)n->include->offset), KITH_T_BIGINT);
        outer->where = kith__sql_binary(&l->scratch, SQL_GT, kith__sql_column(&l->scratch, "p", "n", 0), above);
    }
    if (n->include->limit) {
        int64_t last = (int64_t)(n->include->offset + n->include->limit);
        struct sql_expr *most = kith__sql_bind(&l->scratch, kith_of_int(last), KITH_T_BIGINT);
        and_to(l, &outer->where,
               kith__sql_binary(&l->scratch, SQL_LTE, kith__sql_column(&l->scratch, "p", "n", 0), most));
    }
    kith__sql_order(&l->scratch, &outer->order, kith__sql_column(&l->scratch, "p", "n", 0), false);
    b->s = outer;
    return true;
}

static bool order_and_page(struct building *b, const struct plan_node *n, const struct sql_keys *keys)
{
    struct load *l = b->l;
    struct names names = names_of(n);
    struct sql_order *order = NULL;
    size_t limit = n->include->limit, offset = n->include->offset;
    if (!kith__orders(l, &names, n->include->order, &order))
        return false;
    if (limit || offset)
        break_ties(l, n, &order);
    if ((limit || offset) && n->assoc && (!keys || keys->count > 1))
        return page_per_source(b, n, order);
    b->s->order = order;
    b->s->has_limit = limit > 0;
    b->s->limit = limit;
    b->s->offset = offset;
    return true;
}

static bool lock_rows(struct building *b, const struct plan_node *n)
{
    if (b->s->from && b->s->from->select)
        return kith__error_set(b->l->err, KITH_E_UNSUPPORTED,
                               "%s: rows of several sources cannot be locked with a limit or offset for each",
                               n->model->name);
    if (n->lists)
        return kith__error_set(b->l->err, KITH_E_UNSUPPORTED,
                               "%s: rows cannot be locked by a statement that joins lists: leave out .strategy = "
                               "KITH_JOIN of what leads to many",
                               n->model->name);
    b->s->lock = b->plan->lock;
    b->s->locked = b->plan->locked;
    b->s->lock_of = n->alias;
    return true;
}

bool kith__select_block(struct load *l, struct plan *plan, unsigned node, const struct sql_keys *keys,
                        unsigned first_column, struct sql_select **out)
{
    struct plan_node *n = &plan->nodes[node];
    struct building b = {
        .l = l, .plan = plan, .s = ARENA_NEW(&l->scratch, struct sql_select), .columns = first_column
    };
    if (!b.s)
        return kith__load_no_memory(l);
    n->link_alias = NULL;
    if (n->assoc && n->assoc->hop_count == 2)
        from_link(&b, n);
    else
        from_table(&b, n);
    if (!add_record(&b, n))
        return false;
    if (n->assoc)
        where_keys(&b, n, keys);
    if (!join_children(&b, node))
        return false;
    if (!b.s->items) /* nothing is asked for, and there is no primary key: only how many rows there are */
        kith__sql_item(&l->scratch, &b.s->items, kith__sql_expr(&l->scratch, SQL_ONE), NULL);
    if (!conditions(&b, node, &b.s->where) || !order_and_page(&b, n, keys))
        return false;
    if (node == 0 && plan->page && !kith__page_select(l, plan->page, b.s, b.columns))
        return false;
    if (node == 0 && plan->lock && !lock_rows(&b, n))
        return false;
    *out = b.s;
    return l->scratch.failed ? kith__load_no_memory(l) : true;
}

bool kith__select(struct load *l, struct plan *plan, unsigned node, const struct sql_keys *keys,
                  struct sql_select **out)
{
    if (plan->nodes[node].grouping)
        return kith__select_groups(l, &plan->nodes[node], out);
    l->next_alias = 0; /* so that the same statement has the same text wherever it runs */
    return kith__select_block(l, plan, node, keys, node_first_column(&plan->nodes[node]), out) &&
           kith__join_lists(l, plan, node, out);
}

bool kith__root_orders(struct load *l, struct plan *plan, struct sql_order **out)
{
    struct plan_node *n = &plan->nodes[0];
    l->next_alias = 0;
    n->alias = kith__load_alias(l);
    struct names names = names_of(n);
    if (!kith__orders(l, &names, n->include->order, out))
        return false;
    break_ties(l, n, out);
    return !l->scratch.failed || kith__load_no_memory(l);
}

/* ---- trees ---- */

/* The rows that are reached are a table of their own in the statement: of each node its name, and by what its targets
 * are found. With `counted` also its depth, from 1. */
#define REACHED "kith_reached"

static struct sql_select *new_select(struct building *b)
{
    b->s = ARENA_NEW(&b->l->scratch, struct sql_select);
    if (!b->s)
        kith__load_no_memory(b->l);
    return b->s;
}

static void add_reached(struct building *b, const struct tree *t, const char *alias, struct sql_expr *depth)
{
    for (unsigned i = 0; i < t->attr_count; i++)
        kith__sql_item(&b->l->scratch, &b->s->items, column(b->l, alias, t->attrs[i]), NULL);
    if (t->counted)
        kith__sql_item(&b->l->scratch, &b->s->items, depth, NULL);
}

static struct sql_expr *reached_column(struct load *l, const struct tree *t, unsigned i)
{
    const struct attr *attr = i < t->attr_count ? t->attrs[i] : NULL;
    struct sql_expr *e = kith__sql_column(&l->scratch, "w", t->names[i], attr ? attr->type.id : 0);
    if (e)
        e->attr = attr;
    return e;
}

/* The rows that the tree begins with. */
static bool tree_start(struct load *l, struct tree *t, const struct sql_select **out)
{
    struct building b = { .l = l, .plan = &t->starts };
    struct plan_node *n = &t->starts.nodes[0];
    if (!(*out = new_select(&b)))
        return false;
    from_table(&b, n);
    add_reached(&b, t, n->alias, kith__sql_expr(&l->scratch, SQL_ONE));
    return conditions(&b, 0, &b.s->where);
}

/* key = the key of a row that was reached, for the first table behind it */
static struct sql_expr *from_reached(struct load *l, const struct tree *t, const char *alias)
{
    const struct key_pairs *on = &t->plan.nodes[0].assoc->hops[0].on;
    struct sql_expr *all = NULL;
    for (unsigned i = 0; i < on->count; i++)
        and_to(l, &all,
               kith__sql_binary(&l->scratch, SQL_EQ, column(l, alias, on->to[i]), reached_column(l, t, t->next[i])));
    return all;
}

/* One step on from rows that were reached. */
static bool tree_step(struct load *l, struct tree *t, const struct sql_select **out)
{
    struct building b = { .l = l, .plan = &t->plan };
    struct plan_node *n = &t->plan.nodes[0];
    const struct model *join = assoc_join(n->assoc);
    kith_arena *a = &l->scratch;
    if (!(*out = new_select(&b)))
        return false;
    n->link_alias = join ? kith__load_alias(l) : NULL;
    n->alias = kith__load_alias(l);
    kith__sql_source(a, &b.s->from, SQL_FROM, REACHED, "w", NULL);
    kith__sql_source(a, &b.s->from, SQL_ORDERED_JOIN, join ? join->table : n->model->table, key_alias(n),
                     from_reached(l, t, key_alias(n)));
    if (join)
        kith__sql_source(a, &b.s->from, SQL_ORDERED_JOIN, n->model->table, n->alias,
                         kith__on(l, &n->assoc->hops[1].on, n->link_alias, n->alias));
    add_reached(&b, t, n->alias,
                kith__sql_binary(a, SQL_ADD, reached_column(l, t, t->attr_count), kith__sql_expr(a, SQL_ONE)));
    where_linked(&b, n);
    if (t->counted) /* behind a join table the last step is the statement's own */
        and_to(l, &b.s->where,
               kith__sql_binary(a, join ? SQL_LT : SQL_LTE, reached_column(l, t, t->attr_count),
                                kith__sql_bind(a, kith_of_int((int64_t)t->max_depth), KITH_T_BIGINT)));
    return conditions(&b, 0, &b.s->where);
}

/* The rows of the statement are nodes that were reached; behind a join table, links that begin at one. */
static void where_reached(struct building *b, const struct tree *t)
{
    struct load *l = b->l;
    const struct plan_node *n = &t->plan.nodes[0];
    struct sql_select *s = ARENA_NEW(&l->scratch, struct sql_select);
    struct sql_expr *columns = NULL;
    bool links = n->link_alias != NULL;
    unsigned count = links ? n->assoc->hops[0].on.count : t->id_count;
    for (unsigned i = 0; s && i < count; i++) {
        kith__sql_append(&columns, links ? column(l, n->link_alias, n->assoc->hops[0].on.to[i])
                                         : column(l, n->alias, t->attrs[i]));
        kith__sql_item(&l->scratch, &s->items, reached_column(l, t, links ? t->next[i] : i), NULL);
    }
    if (s)
        kith__sql_source(&l->scratch, &s->from, SQL_FROM, REACHED, "w", NULL);
    and_to(l, &b->s->where, kith__sql_in_select(&l->scratch, columns, s));
}

static struct sql_with *tree_with(struct load *l, struct tree *t)
{
    struct sql_with *with = ARENA_NEW(&l->scratch, struct sql_with);
    if (!with) {
        kith__load_no_memory(l);
        return NULL;
    }
    *with = (struct sql_with){ .name = REACHED, .columns = t->names, .column_count = t->attr_count + t->counted };
    return tree_start(l, t, &with->start) && tree_step(l, t, &with->step) ? with : NULL;
}

bool kith__select_tree(struct load *l, struct tree *t, struct sql_select **out)
{
    struct plan_node *n = &t->plan.nodes[0];
    struct building b = { .l = l, .plan = &t->plan, .columns = node_first_column(n) };
    l->next_alias = 0;
    struct sql_with *with = tree_with(l, t);
    if (!with || !(*out = new_select(&b)))
        return false;
    b.s->with = with;
    n->link_alias = NULL;
    if (n->assoc->hop_count == 2)
        from_link(&b, n);
    else
        from_table(&b, n);
    if (!add_record(&b, n))
        return false;
    where_reached(&b, t);
    if (n->link_alias) { /* without links, only rows that fulfil all this were reached, or the tree begins there */
        where_linked(&b, n);
        if (!conditions(&b, 0, &b.s->where))
            return false;
    }
    struct names names = names_of(n);
    if (!join_children(&b, 0) || !kith__orders(l, &names, n->include->order, &b.s->order))
        return false;
    break_ties(l, n, &b.s->order);
    return l->scratch.failed ? kith__load_no_memory(l) : kith__join_lists(l, &t->plan, 0, out);
}
