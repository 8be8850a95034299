/* tallies: what the rows that a path leads to come to: how many there are, or of an attribute the sum, the least, the
 * greatest. Drawn here, and worked out by visiting every row. */
#include "differential/differential.h"

/* ---- drawing ---- */

static bool can_be_added(enum type type)
{
    return type == INTEGER || type == BIGINT || type == DECIMAL || type == REAL;
}

static enum type result_type(kith_aggregate kind, enum type type)
{
    if (kind == KITH_COUNT || (kind == KITH_SUM && type == INTEGER))
        return BIGINT;
    return type;
}

/* Its steps, and for COUNT no more. NULL: chance found none. */
static struct tally *draw_counted(struct drawing *d, const struct path *path)
{
    struct tally *t = take(d->pool, sizeof *t);
    *t = (struct tally){ .kind = KITH_COUNT, .path = *path, .type = BIGINT };
    t->path.text = "";
    for (unsigned i = 0; i < path->step_count; i++)
        t->path.text = format_in(d->pool, "%s%s%s", t->path.text, i ? "." : "", path->steps[i]->name);
    return t;
}

struct tally *draw_tally(struct drawing *d, const struct table *table, unsigned depth)
{
    static const kith_aggregate kinds[] = { KITH_COUNT, KITH_COUNT, KITH_SUM, KITH_MIN, KITH_MAX };
    struct path path = draw_path(d, table, NULL, false);
    if (!path.step_count)
        return NULL;
    kith_aggregate kind = kinds[below(d->c, 5)];
    enum type type = path.table->columns[path.column].type;
    if (kind == KITH_SUM && !can_be_added(type))
        kind = KITH_COUNT;
    struct tally *t = draw_counted(d, &path);
    if (kind != KITH_COUNT)
        *t = (struct tally){ .kind = kind, .path = path, .type = result_type(kind, type) };
    const struct route *last = path.steps[path.step_count - 1];
    if (percent(d->c, 35))
        t->where = draw_condition(d, last->target, last->join, depth + 2);
    return t;
}

/* ---- working out ---- */

struct state {
    const struct tally *tally;
    struct value value;
};

static void take_row(struct state *s, struct found at)
{
    const struct tally *t = s->tally;
    enum truth fulfilled = evaluate(t->where, at);
    if (fulfilled != IS_TRUE && fulfilled != IS_ABSENT)
        return;
    if (t->kind == KITH_COUNT) {
        s->value.number++;
        return;
    }
    const struct value *v = &(t->path.of_link ? at.link : at.row)->cells[t->path.column];
    if (v->null)
        return;
    bool first = s->value.null;
    int order = first ? 0 : compare_values(v, &s->value);
    if (t->kind == KITH_SUM)
        s->value = (struct value){ .number = s->value.number + v->number };
    else if (first || (t->kind == KITH_MIN ? order < 0 : order > 0))
        s->value = *v;
}

static void visit(struct state *s, unsigned step, struct found at)
{
    struct pool pool = { 0 };
    if (step == s->tally->path.step_count || step == MOST_STEPS) {
        take_row(s, at);
        return;
    }
    struct found_list list = follow(&pool, s->tally->path.steps[step], at.row, false);
    for (unsigned i = 0; i < list.count; i++)
        visit(s, step + 1, list.items[i]);
    pool_free(&pool);
}

/* Nothing adds up to NULL, and counts 0. */
struct value tally_of(const struct tally *tally, struct found at)
{
    struct state s = { .tally = tally, .value.null = tally->kind != KITH_COUNT };
    visit(&s, 0, at);
    return s.value;
}
