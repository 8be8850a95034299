/* queries: draws include trees with all that an include can say. */
#include "differential/differential.h"

static void draw_children(struct drawing *d, struct ask *ask, unsigned depth);

/* Are only some attributes asked for? Which? */
static bool draw_columns(struct drawing *d, const struct table *table, bool *columns)
{
    bool picked = percent(d->c, 45), none = percent(d->c, 20);
    for (unsigned i = 0; i < table->column_count; i++)
        columns[i] = !picked || (!none && percent(d->c, 45));
    return picked;
}

/* An order takes no condition. */
static const struct tally *draw_order_tally(struct drawing *d, const struct table *table)
{
    struct tally *t = draw_tally(d, table, 1);
    if (t)
        t->where = NULL;
    return t;
}

static void draw_orders(struct drawing *d, struct ask *ask)
{
    ask->order_count = percent(d->c, 55) ? 1 + below(d->c, MOST_ORDERS) : 0;
    for (unsigned i = 0; i < ask->order_count; i++) {
        struct ordering *order = &ask->orders[i];
        order->desc = percent(d->c, 40);
        if (percent(d->c, 20) && ask->computed_count)
            order->tally = ask->computed[below(d->c, ask->computed_count)];
        else if (percent(d->c, 20))
            order->tally = draw_order_tally(d, ask->table);
        if (!order->tally)
            order->path = draw_path(d, ask->table, ask->way ? ask->way->join : NULL, true);
        if (order->path.step_count) /* of the join row of an include only, which has no steps */
            while (order->path.of_link)
                order->path = draw_path(d, ask->table, NULL, true);
    }
}

static void draw_computed(struct drawing *d, struct ask *ask)
{
    static const char *const names[MOST_COMPUTED] = { "calc0", "calc1" };
    while (ask->computed_count < MOST_COMPUTED && percent(d->c, 15)) {
        struct tally *t = draw_tally(d, ask->table, 0);
        if (!t)
            return;
        t->name = names[ask->computed_count];
        ask->computed[ask->computed_count++] = t;
    }
}

/* What is asked for anyhow, and something of a computed attribute by its name. */
static void add_computed_where(struct drawing *d, struct ask *ask)
{
    struct condition *both = take(d->pool, sizeof *both);
    *both = (struct condition){ .op = percent(d->c, 50) ? KITH_OP_AND : KITH_OP_OR, .arg_count = 2 };
    both->args[0] = ask->where;
    both->args[1] = draw_comparison_of(d, ask->computed[below(d->c, ask->computed_count)]);
    ask->where = both;
}

static void draw_page(struct drawing *d, struct ask *ask)
{
    if (!ask->table->has_primary && !(ask->way && ask->way->join))
        return;
    if (percent(d->c, 30))
        ask->limit = 1 + below(d->c, 4);
    if (percent(d->c, 15))
        ask->offset = below(d->c, 4);
}

/* What queries and includes have in common. */
static void draw_ask(struct drawing *d, struct ask *ask, unsigned depth)
{
    ask->picked = draw_columns(d, ask->table, ask->columns);
    ask->with_deleted = percent(d->c, 15);
    const struct table *join = ask->way ? ask->way->join : NULL;
    if (percent(d->c, depth ? 25 : 55))
        ask->where = draw_condition(d, ask->table, join, depth ? 1 : 0);
    draw_computed(d, ask);
    if (ask->computed_count && percent(d->c, 25))
        add_computed_where(d, ask);
    ask->alone = ask->way && !ask->way->many && percent(d->c, 5);
    if (!ask->way || ask->way->many || ask->alone) {
        draw_orders(d, ask);
        draw_page(d, ask);
    }
    draw_children(d, ask, depth);
}

static struct ask *draw_include(struct drawing *d, const struct route *way, unsigned depth)
{
    static const kith_tri tris[] = { KITH_AUTO, KITH_AUTO, KITH_NO, KITH_NO, KITH_YES };
    struct ask *ask = take(d->pool, sizeof *ask);
    ask->way = way;
    ask->table = way->target;
    ask->required = tris[below(d->c, 5)];
    if (way->join) {
        ask->link_picked = draw_columns(d, way->join, ask->link_columns);
        if (percent(d->c, 15))
            ask->link_where = draw_condition(d, way->join, NULL, 2);
    }
    draw_ask(d, ask, depth);
    return ask;
}

const char *name_of(const struct ask *ask)
{
    return ask->name ? ask->name : ask->way->name;
}

static bool is_included(const struct ask *ask, const struct route *way)
{
    for (unsigned i = 0; i < ask->child_count; i++)
        if (ask->children[i]->way == way)
            return true;
    return false;
}

static void draw_children(struct drawing *d, struct ask *ask, unsigned depth)
{
    static const unsigned part[] = { 70, 45, 30 };
    unsigned ways = count_ways(d->schema, ask->table);
    for (unsigned i = 0; depth < DEEPEST && i < MOST_INCLUDES && percent(d->c, part[depth]); i++) {
        const struct route *way = way_of(d->schema, ask->table, below(d->c, ways));
        if (!way)
            continue;
        bool named = is_included(ask, way) || percent(d->c, 5);
        struct ask *child = draw_include(d, way, depth + 1);
        child->name = named ? format_in(d->pool, "%s_%u", way->name, i) : NULL;
        ask->children[ask->child_count++] = child;
    }
}

/* What is asked of a row by kith_get, which takes no .through: NULL when chance finds no such row. */
struct ask *draw_related(const struct schema *schema, struct pool *pool, uint64_t seed, const struct row **row)
{
    struct chance c = chance_from(~seed);
    struct drawing d = { .schema = schema, .pool = pool, .c = &c };
    const struct route *way = &schema->ways[below(&c, schema->way_count)];
    const struct table *t = way->source;
    if (!schema->way_count || !t->row_count || !t->has_primary || t->made)
        return NULL;
    *row = &t->rows[below(&c, t->row_count)];
    struct ask *ask = take(pool, sizeof *ask);
    ask->way = way;
    ask->table = way->target;
    for (unsigned i = 0; way->join && i < way->join->column_count; i++)
        ask->link_columns[i] = true;
    draw_ask(&d, ask, 1);
    return (*row)->deleted || ask->alone ? NULL : ask;
}

/* Of a join table that the library made there is no model to find. */
struct ask *draw_query(const struct schema *schema, struct pool *pool, uint64_t seed)
{
    struct chance c = chance_from(seed);
    struct drawing d = { .schema = schema, .pool = pool, .c = &c };
    struct ask *ask = take(pool, sizeof *ask);
    do
        ask->table = &schema->tables[below(&c, schema->table_count)];
    while (ask->table->made);
    draw_ask(&d, ask, 0);
    return ask;
}
