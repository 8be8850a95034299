/* evaluate: conditions in the logic of three values, and the rows that an association leads to, by looking at every row
 * there is. */
#include <string.h>

#include "differential/differential.h"

/* ---- values ---- */

int compare_values(const struct value *a, const struct value *b)
{
    if (a->null || b->null)
        return (int)b->null - (int)a->null;
    if (a->text && b->text)
        return strcmp(a->text, b->text); /* UTF-8 sorts as its code points do */
    return (a->number > b->number) - (a->number < b->number);
}

static bool same_keys(const struct row *a, const struct key *of_a, const struct row *b, const struct key *of_b)
{
    for (unsigned i = 0; i < of_a->width; i++) {
        const struct value *x = &a->cells[of_a->columns[i]], *y = &b->cells[of_b->columns[i]];
        if (x->null || y->null || compare_values(x, y) != 0)
            return false;
    }
    return true;
}

/* ---- associations ---- */

static bool in_scope(const struct route *way, const struct row *row)
{
    return way->scope < 0 ||
           (!row->cells[way->scope].null && compare_values(&row->cells[way->scope], &way->scope_value) == 0);
}

static void add(struct found_list *list, const struct row *row, const struct row *link)
{
    list->items[list->count++] = (struct found){ .row = row, .link = link };
}

static void follow_links(struct pool *pool, const struct route *way, const struct row *row, bool with_deleted,
                         struct found_list *out)
{
    const struct table *join = way->join, *target = way->target;
    out->items = take(pool, (join->row_count + 1) * sizeof *out->items); /* a key has one target */
    for (unsigned i = 0; i < join->row_count; i++) {
        const struct row *link = &join->rows[i];
        if (link->deleted || !in_scope(way, link) || !same_keys(row, &way->from, link, &way->to))
            continue;
        for (unsigned j = 0; j < target->row_count; j++)
            if ((with_deleted || !target->rows[j].deleted) &&
                same_keys(link, &way->link_from, &target->rows[j], &way->link_to))
                add(out, &target->rows[j], link);
    }
}

struct found_list follow(struct pool *pool, const struct route *way, const struct row *row, bool with_deleted)
{
    struct found_list out = { 0 };
    const struct table *target = way->target;
    if (way->join) {
        follow_links(pool, way, row, with_deleted, &out);
        return out;
    }
    out.items = take(pool, (target->row_count + 1) * sizeof *out.items);
    for (unsigned i = 0; i < target->row_count; i++)
        if ((with_deleted || !target->rows[i].deleted) && in_scope(way, &target->rows[i]) &&
            same_keys(row, &way->from, &target->rows[i], &way->to))
            add(&out, &target->rows[i], NULL);
    return out;
}

/* ---- three values ---- */

static enum truth not(enum truth t) { return t == IS_TRUE ? IS_FALSE : t == IS_FALSE ? IS_TRUE : t; }

static enum truth truth_of(bool b)
{
    return b ? IS_TRUE : IS_FALSE;
}

/* ---- comparisons ---- */

static const char *next_character(const char *text)
{
    text++;
    while (((unsigned char)*text & 0xC0) == 0x80)
        text++;
    return text;
}

static bool is_like(const char *text, const char *pattern)
{
    if (!*pattern)
        return !*text;
    if (*pattern == '%') {
        for (; *text; text = next_character(text))
            if (is_like(text, pattern + 1))
                return true;
        return is_like(text, pattern + 1);
    }
    if (!*text)
        return false;
    if (*pattern == '_')
        return is_like(next_character(text), pattern + 1);
    pattern += *pattern == '\\';
    return *text == *pattern && is_like(text + 1, pattern + 1);
}

static enum truth compare(enum kith_op op, const struct value *a, const struct value *b)
{
    if (a->null || b->null)
        return IS_UNKNOWN;
    int order = compare_values(a, b);
    switch (op) {
    case KITH_OP_EQ: return truth_of(order == 0);
    case KITH_OP_NE: return truth_of(order != 0);
    case KITH_OP_GT: return truth_of(order > 0);
    case KITH_OP_GTE: return truth_of(order >= 0);
    case KITH_OP_LT: return truth_of(order < 0);
    case KITH_OP_LTE: return truth_of(order <= 0);
    case KITH_OP_LIKE: return truth_of(is_like(a->text, b->text));
    case KITH_OP_NOT_LIKE: return truth_of(!is_like(a->text, b->text));
    default: return IS_UNKNOWN;
    }
}

static const struct value *operand_at(const struct operand *operand, struct found at)
{
    if (!operand->is_column)
        return &operand->value;
    return &(operand->of_link ? at.link : at.row)->cells[operand->column];
}

/* A NULL that is written in the list finds NULL; one in an attribute that is compared with finds nothing. */
static enum truth is_in(const struct condition *c, const struct value *v, struct found at)
{
    enum truth found = IS_FALSE;
    for (unsigned i = 0; i < c->count; i++) {
        bool null = !c->list[i].is_column && c->list[i].value.null;
        enum truth same = null ? truth_of(v->null) : compare(KITH_OP_EQ, v, operand_at(&c->list[i], at));
        found = same > found ? same : found;
    }
    return found;
}

static enum truth compare_all(const struct condition *c, const struct value *v, struct found at)
{
    const struct value *first = c->count ? operand_at(&c->list[0], at) : NULL;
    bool null = c->count && !c->list[0].is_column && c->list[0].value.null;
    switch (c->op) {
    case KITH_OP_IS_NULL: return truth_of(v->null);
    case KITH_OP_IS_NOT_NULL: return truth_of(!v->null);
    case KITH_OP_IN: return is_in(c, v, at);
    case KITH_OP_NOT_IN: return not(is_in(c, v, at));
    case KITH_OP_BETWEEN: {
        enum truth low = compare(KITH_OP_GTE, v, first), high = compare(KITH_OP_LTE, v, operand_at(&c->list[1], at));
        return low < high ? low : high;
    }
    case KITH_OP_EQ:
    case KITH_OP_NE:
        if (null)
            return truth_of(v->null == (c->op == KITH_OP_EQ));
        return compare(c->op, v, first);
    default: return compare(c->op, v, first);
    }
}

static enum truth compare_tally(const struct condition *c, struct found at)
{
    struct value v = tally_of(c->tally, at);
    return compare_all(c, &v, at);
}

/* Is there a row at the end of the path with … ? Without steps: has this row … ? */
static enum truth on_path(const struct condition *c, unsigned step, struct found at)
{
    struct pool pool = { 0 };
    enum truth any = IS_FALSE;
    if (step == c->path.step_count || step == MOST_STEPS)
        return compare_all(c, &(c->path.of_link ? at.link : at.row)->cells[c->path.column], at);
    struct found_list list = follow(&pool, c->path.steps[step], at.row, false);
    for (unsigned i = 0; i < list.count && any != IS_TRUE; i++)
        any = on_path(c, step + 1, list.items[i]) == IS_TRUE ? IS_TRUE : IS_FALSE;
    pool_free(&pool);
    return any;
}

struct value value_at(const struct path *path, struct found at)
{
    for (unsigned i = 0; i < path->step_count; i++) {
        struct pool pool = { 0 };
        struct found_list list = follow(&pool, path->steps[i], at.row, false);
        bool none = !list.count;
        if (!none)
            at = list.items[0];
        pool_free(&pool);
        if (none)
            return (struct value){ .null = true };
    }
    return (path->of_link ? at.link : at.row)->cells[path->column];
}

/* ---- the rest ---- */

static enum truth junction(const struct condition *c, struct found at)
{
    enum truth all = IS_ABSENT;
    for (unsigned i = 0; i < c->arg_count; i++) {
        enum truth one = evaluate(c->args[i], at);
        if (all == IS_ABSENT)
            all = one;
        else if (one != IS_ABSENT && (c->op == KITH_OP_OR ? one > all : one < all))
            all = one;
    }
    return c->op == KITH_OP_NOT ? not(all) : all;
}

static enum truth quantor(const struct condition *c, struct found at)
{
    struct pool pool = { 0 };
    struct found_list list = follow(&pool, c->way, at.row, false);
    bool decided = false; /* by a row that fulfils it; for EVERY, by one that does not */
    for (unsigned i = 0; i < list.count && !decided; i++) {
        enum truth one = evaluate(c->args[0], list.items[i]);
        bool fulfilled = one == IS_TRUE || one == IS_ABSENT;
        decided = fulfilled != (c->op == KITH_OP_EVERY);
    }
    pool_free(&pool);
    return truth_of(decided == (c->op == KITH_OP_SOME));
}

enum truth evaluate(const struct condition *c, struct found at)
{
    if (!c)
        return IS_ABSENT;
    if (c->way)
        return quantor(c, at);
    if (c->tally)
        return compare_tally(c, at);
    return c->arg_count ? junction(c, at) : on_path(c, 0, at);
}
