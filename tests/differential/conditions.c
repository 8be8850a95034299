/* conditions: draws conditions, and paths to attributes. */
#include <string.h>

#include "differential/differential.h"

enum { DEEPEST_CONDITION = 3 };

static const struct condition *draw(struct drawing *d, const struct table *table, const struct table *join,
                                    unsigned depth);

/* ---- paths ---- */

/* An association of the table; to_one: that leads to one. */
static const struct route *draw_way(struct drawing *d, const struct table *table, bool to_one)
{
    const struct route *way = way_of(d->schema, table, below(d->c, count_ways(d->schema, table)));
    return way && to_one && way->many ? NULL : way;
}

struct path draw_path(struct drawing *d, const struct table *table, const struct table *join, bool to_one)
{
    struct path path = { .text = "" };
    const struct route *way;
    while (path.step_count < MOST_STEPS && percent(d->c, 20) && (way = draw_way(d, table, to_one))) {
        path.steps[path.step_count++] = way;
        path.text = format_in(d->pool, "%s%s.", path.text, way->name);
        table = way->target;
        join = way->join;
    }
    path.of_link = join && percent(d->c, 30);
    path.table = path.of_link ? join : table;
    path.column = (int)below(d->c, path.table->column_count);
    const char *name = path.table->columns[path.column].name;
    path.text = path.of_link ? format_in(d->pool, "%s%s.%s", path.text, join->name, name)
                             : format_in(d->pool, "%s%s", path.text, name);
    return path;
}

/* ---- comparisons ---- */

/* One that is there, more often than not. */
static struct value draw_other(struct drawing *d, const struct path *path)
{
    const struct table *t = path->table;
    const struct value *cell = t->row_count ? &t->rows[below(d->c, t->row_count)].cells[path->column] : NULL;
    if (cell && !cell->null && percent(d->c, 65))
        return *cell;
    return draw_value(d->c, t->columns[path->column].type);
}

/* Another attribute of the same row, with the same type. */
static bool draw_column(struct drawing *d, const struct path *path, enum kith_op op, struct operand *out)
{
    const struct table *t = path->table;
    int column = (int)below(d->c, t->column_count);
    bool equality = op == KITH_OP_EQ || op == KITH_OP_NE || op == KITH_OP_IN || op == KITH_OP_NOT_IN;
    if (t->columns[column].type != t->columns[path->column].type || (t->columns[column].type == ENUM && !equality))
        return false;
    *out = (struct operand){ .is_column = true, .of_link = path->of_link, .column = column };
    const char *name = t->columns[column].name;
    out->text = path->of_link ? format_in(d->pool, "%s.%s", t->name, name) : name;
    return true;
}

static struct operand draw_operand(struct drawing *d, const struct path *path, enum kith_op op)
{
    struct operand operand = { 0 };
    if (!percent(d->c, 12) || !draw_column(d, path, op, &operand))
        operand.value = draw_other(d, path);
    return operand;
}

static const char *draw_pattern(struct drawing *d)
{
    static const char *const patterns[] = { "a%",     "%b",    "_",  "%", "a\\%b", "a\\_b",
                                            "a\\\\b", "%\\_%", "__", "",  "k%",    "A" };
    return patterns[below(d->c, sizeof patterns / sizeof *patterns)];
}

static enum kith_op draw_operator(struct drawing *d, enum type type)
{
    static const enum kith_op any[] = { KITH_OP_EQ,  KITH_OP_EQ,      KITH_OP_NE,          KITH_OP_GT,
                                        KITH_OP_GTE, KITH_OP_LT,      KITH_OP_LTE,         KITH_OP_IN,
                                        KITH_OP_IN,  KITH_OP_NOT_IN,  KITH_OP_BETWEEN,     KITH_OP_IS_NULL,
                                        KITH_OP_EQ,  KITH_OP_IS_NULL, KITH_OP_IS_NOT_NULL, KITH_OP_NOT_IN };
    if ((type == STRING || type == TEXT) && percent(d->c, 20))
        return percent(d->c, 50) ? KITH_OP_LIKE : KITH_OP_NOT_LIKE;
    return any[below(d->c, sizeof any / sizeof *any)];
}

static unsigned draw_count(struct drawing *d, enum kith_op op)
{
    if (op == KITH_OP_BETWEEN)
        return 2;
    if (op == KITH_OP_IN || op == KITH_OP_NOT_IN)
        return percent(d->c, 4) ? LONG_LIST + below(d->c, 9) : below(d->c, MOST_LIST);
    return op != KITH_OP_IS_NULL && op != KITH_OP_IS_NOT_NULL;
}

enum type compared_type(const struct condition *c)
{
    return c->tally ? c->tally->type : c->path.table->columns[c->path.column].type;
}

const struct condition *draw_comparison_of(struct drawing *d, const struct tally *tally)
{
    struct condition *out = take(d->pool, sizeof *out);
    out->tally = tally;
    out->op = draw_operator(d, BOOLEAN); /* no LIKE */
    out->count = draw_count(d, out->op);
    out->list = take(d->pool, (out->count + 1) * sizeof *out->list);
    for (unsigned i = 0; i < out->count; i++)
        out->list[i].value = tally->kind == KITH_COUNT ? (struct value){ .number = below(d->c, 4) }
                                                       : draw_value(d->c, tally->type);
    return out;
}

static void draw_comparison(struct drawing *d, const struct table *table, const struct table *join,
                            struct condition *out)
{
    out->path = draw_path(d, table, join, false);
    out->op = draw_operator(d, compared_type(out));
    out->count = draw_count(d, out->op);
    out->list = take(d->pool, (out->count + 1) * sizeof *out->list);
    for (unsigned i = 0; i < out->count; i++)
        out->list[i] = draw_operand(d, &out->path, out->op);
    bool may_be_null = out->op == KITH_OP_EQ || out->op == KITH_OP_NE || out->op == KITH_OP_IN ||
                       out->op == KITH_OP_NOT_IN;
    if (out->op == KITH_OP_LIKE || out->op == KITH_OP_NOT_LIKE)
        out->list[0] = (struct operand){ .value.text = draw_pattern(d) };
    else if (may_be_null && out->count && percent(d->c, 12))
        out->list[below(d->c, out->count)] = (struct operand){ .value.null = true };
}

/* ---- the rest ---- */

static void draw_junction(struct drawing *d, const struct table *table, const struct table *join, unsigned depth,
                          struct condition *out)
{
    static const enum kith_op ops[] = { KITH_OP_AND, KITH_OP_OR, KITH_OP_OR, KITH_OP_NOT };
    out->op = ops[below(d->c, 4)];
    out->arg_count = out->op == KITH_OP_NOT ? 1 : 1 + below(d->c, MOST_ARGS);
    for (unsigned i = 0; i < out->arg_count; i++)
        out->args[i] = percent(d->c, 6) ? NULL : draw(d, table, join, depth + 1);
}

static bool draw_quantor(struct drawing *d, const struct table *table, unsigned depth, struct condition *out)
{
    static const enum kith_op ops[] = { KITH_OP_SOME, KITH_OP_NONE, KITH_OP_EVERY };
    out->way = draw_way(d, table, false);
    if (!out->way)
        return false;
    out->op = ops[below(d->c, 3)];
    out->arg_count = 1;
    out->args[0] = percent(d->c, 20) ? NULL : draw(d, out->way->target, out->way->join, depth + 1);
    return true;
}

static const struct condition *draw(struct drawing *d, const struct table *table, const struct table *join,
                                    unsigned depth)
{
    struct condition *out = take(d->pool, sizeof *out);
    const struct tally *tally = depth < DEEPEST_CONDITION && percent(d->c, 8) ? draw_tally(d, table, depth) : NULL;
    if (tally)
        return draw_comparison_of(d, tally);
    unsigned kind = depth < DEEPEST_CONDITION ? below(d->c, 100) : 0;
    if (kind < 50 || (kind < 75 && !draw_quantor(d, table, depth, out)))
        draw_comparison(d, table, join, out);
    else if (kind >= 75)
        draw_junction(d, table, join, depth, out);
    return out;
}

const struct condition *draw_condition(struct drawing *d, const struct table *table, const struct table *join,
                                       unsigned depth)
{
    return draw(d, table, join, depth);
}
