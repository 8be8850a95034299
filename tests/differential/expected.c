/* expected: the result that a query must have: all rows, those that fulfil it, sorted, cut, each with its includes. */
#include "differential/differential.h"

enum { MOST_SORTS = MOST_ORDERS + MOST_KEY * 4 };

/* ---- which rows ---- */

static bool is_required(const struct ask *ask)
{
    return ask->required == KITH_YES || (ask->required == KITH_AUTO && ask->where);
}

static bool holds(const struct condition *c, struct found at)
{
    enum truth t = evaluate(c, at);
    return t == IS_TRUE || t == IS_ABSENT;
}

static struct found_list related(struct pool *pool, const struct ask *ask, const struct row *source);

static bool fulfils(const struct ask *ask, struct found at)
{
    if (!holds(ask->where, at) || (at.link && !holds(ask->link_where, (struct found){ .row = at.link })))
        return false;
    bool good = true;
    for (unsigned i = 0; good && i < ask->child_count; i++) {
        struct pool pool = { 0 };
        good = !is_required(ask->children[i]) || related(&pool, ask->children[i], at.row).count > 0;
        pool_free(&pool);
    }
    return good;
}

static void keep_fulfilling(const struct ask *ask, struct found_list *list)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < list->count; i++)
        if (fulfils(ask, list->items[i]))
            list->items[kept++] = list->items[i];
    list->count = kept;
}

/* What an include loads for a row, without order and page. */
static struct found_list related(struct pool *pool, const struct ask *ask, const struct row *source)
{
    struct found_list list = follow(pool, ask->way, source, ask->with_deleted);
    keep_fulfilling(ask, &list);
    return list;
}

static struct found_list roots(struct pool *pool, const struct ask *ask)
{
    const struct table *t = ask->table;
    struct found_list list = { .items = take(pool, (t->row_count + 1) * sizeof *list.items) };
    for (unsigned i = 0; i < t->row_count; i++)
        if (ask->with_deleted || !t->rows[i].deleted)
            list.items[list.count++] = (struct found){ .row = &t->rows[i] };
    keep_fulfilling(ask, &list);
    return list;
}

/* ---- order ---- */

struct sorted {
    struct found at;
    struct value by[MOST_SORTS];
};

static unsigned add_key(const struct table *t, const struct row *row, struct sorted *s, unsigned count)
{
    for (unsigned i = 0; i < t->column_count; i++)
        if (t->columns[i].primary)
            s->by[count++] = row->cells[i];
    return count;
}

/* A page is cut by the primary key last; by the join row's where a target may be linked twice, or has none. */
static unsigned add_keys(const struct ask *ask, struct sorted *s, unsigned count)
{
    const struct table *join = ask->way ? ask->way->join : NULL;
    count = add_key(ask->table, s->at.row, s, count);
    if (join && (join->not_unique || !ask->table->has_primary))
        count = add_key(join, s->at.link, s, count);
    return count;
}

static int compare_sorted(const struct ask *ask, const struct sorted *a, const struct sorted *b, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        int order = compare_values(&a->by[i], &b->by[i]);
        if (order)
            return i < ask->order_count && ask->orders[i].desc ? -order : order;
    }
    return 0;
}

static void sort(const struct ask *ask, struct sorted *items, unsigned count, unsigned sorts)
{
    for (unsigned i = 1; i < count; i++) {
        struct sorted moved = items[i];
        unsigned j = i;
        for (; j > 0 && compare_sorted(ask, &moved, &items[j - 1], sorts) < 0; j--)
            items[j] = items[j - 1];
        items[j] = moved;
    }
}

/* ---- the tree ---- */

static struct result make_result(struct pool *pool, const struct ask *ask, struct found at);

static struct result_list make_list(struct pool *pool, const struct ask *ask, struct found_list list)
{
    struct sorted *items = take(pool, (list.count + 1) * sizeof *items);
    bool paged = ask->limit || ask->offset || ask->walked;
    unsigned sorts = ask->order_count;
    for (unsigned i = 0; i < list.count; i++) {
        items[i].at = list.items[i];
        for (unsigned o = 0; o < ask->order_count; o++)
            items[i].by[o] = ask->orders[o].tally ? tally_of(ask->orders[o].tally, items[i].at)
                                                  : value_at(&ask->orders[o].path, items[i].at);
        if (paged)
            sorts = add_keys(ask, &items[i], ask->order_count);
    }
    sort(ask, items, list.count, sorts);
    unsigned first = ask->offset < list.count ? ask->offset : list.count, left = list.count - first;
    struct result_list out = { .count = ask->limit && ask->limit < left ? ask->limit : left };
    out.items = take(pool, (out.count + 1) * sizeof *out.items);
    out.ties = paged ? NULL : take(pool, (out.count + 1) * sizeof *out.ties);
    for (unsigned i = 0; i < out.count; i++) {
        out.items[i] = make_result(pool, ask, items[first + i].at);
        if (out.ties && i > 0)
            out.ties[i] = out.ties[i - 1] + (compare_sorted(ask, &items[i - 1], &items[i], sorts) != 0);
    }
    return out;
}

const char *row_text(struct pool *pool, const struct table *t, const bool *columns, const struct row *row)
{
    const char *text = "";
    for (unsigned i = 0; i < t->column_count; i++)
        if (columns[i])
            text = format_in(pool, "%s %s=%s", text, t->columns[i].name,
                             value_text(pool, t->columns[i].type, &row->cells[i]));
    return text;
}

static bool any(const bool *columns)
{
    for (unsigned i = 0; i < MOST_COLUMNS; i++)
        if (columns[i])
            return true;
    return false;
}

static struct result make_result(struct pool *pool, const struct ask *ask, struct found at)
{
    struct result r = { .text = row_text(pool, ask->table, ask->columns, at.row), .child_count = ask->child_count };
    if (at.link && any(ask->link_columns))
        r.link = row_text(pool, ask->way->join, ask->link_columns, at.link);
    for (unsigned i = 0; i < ask->computed_count; i++) {
        struct value v = tally_of(ask->computed[i], at);
        r.text = format_in(pool, "%s %s=%s", r.text, ask->computed[i]->name,
                           value_text(pool, ask->computed[i]->type, &v));
    }
    r.children = take(pool, (MOST_INCLUDES + 1) * sizeof *r.children);
    for (unsigned i = 0; i < ask->child_count; i++) {
        const struct ask *child = ask->children[i];
        r.children[i] = make_list(pool, child, related(pool, child, at.row));
        r.children[i].name = name_of(child);
        r.children[i].one = !child->way->many;
    }
    return r;
}

struct result_list *expected_result(struct pool *pool, const struct ask *ask, unsigned *total)
{
    struct result_list *out = take(pool, sizeof *out);
    struct found_list list = roots(pool, ask);
    *total = list.count;
    *out = make_list(pool, ask, list);
    out->name = ask->table->name;
    return out;
}

struct result_list *expected_related(struct pool *pool, const struct ask *ask, const struct row *row)
{
    struct result_list *out = take(pool, sizeof *out);
    *out = make_list(pool, ask, related(pool, ask, row));
    out->name = ask->way->name;
    return out;
}
