/* keep: see keep.h. Each function gives NULL for nothing, and whatever it likes when memory is short. */
#include "load/keep.h"

#include "load/load.h"

/* What nests deeper is refused when it is read, and may stay where it is. */
enum { DEEPEST = 256 };

static const kith_expr *keep_expr(kith_arena *a, const kith_expr *e, unsigned depth);

/* ---- values ---------------------------------------------------------------------------------------------------------- */

static kith_value keep_value(kith_arena *a, kith_value v, unsigned depth)
{
    kith_value kept = v;
    if (v.kind == KITH_EXPRESSION)
        kept.as.expr = keep_expr(a, v.as.expr, depth + 1);
    else
        kith__arena_value(a, v, &kept);
    return kept;
}

static const kith_value *keep_values(kith_arena *a, const kith_value *values, unsigned depth)
{
    size_t count = 1;
    if (!values)
        return NULL;
    while (values[count - 1].kind != KITH_LIST_END)
        count++;
    kith_value *kept = ARENA_ARRAY(a, count, kith_value);
    for (size_t i = 0; kept && i < count; i++)
        kept[i] = keep_value(a, values[i], depth);
    return kept;
}

/* ---- conditions ------------------------------------------------------------------------------------------------------ */

static const kith_expr *const *keep_args(kith_arena *a, const kith_expr *const *args, unsigned depth)
{
    size_t count = 1;
    if (!args)
        return NULL;
    while (!args[count - 1] || args[count - 1]->op != KITH_OP_END_)
        count++;
    const kith_expr **kept = ARENA_ARRAY(a, count, const kith_expr *);
    for (size_t i = 0; kept && i < count; i++)
        kept[i] = keep_expr(a, args[i], depth + 1);
    return kept;
}

static const kith_expr *keep_expr(kith_arena *a, const kith_expr *e, unsigned depth)
{
    if (!e || e->op == KITH_OP_END_ || depth > DEEPEST)
        return e;
    kith_expr *kept = ARENA_NEW(a, kith_expr);
    if (!kept)
        return NULL;
    *kept = *e;
    kept->path = kith__arena_text(a, e->path);
    kept->value = keep_value(a, e->value, depth);
    kept->list = keep_values(a, e->list, depth);
    kept->args = keep_args(a, e->args, depth);
    return kept;
}

/* ---- includes -------------------------------------------------------------------------------------------------------- */

static const char *const *keep_names(kith_arena *a, const char *const *names)
{
    size_t count = 1;
    if (!names)
        return NULL;
    while (names[count - 1])
        count++;
    const char **kept = ARENA_ARRAY(a, count, const char *);
    for (size_t i = 0; kept && i < count; i++)
        kept[i] = kith__arena_text(a, names[i]);
    return kept;
}

static const kith_order *keep_order(kith_arena *a, const kith_order *order)
{
    size_t count = 1;
    if (!order)
        return NULL;
    while (order[count - 1].path || order[count - 1].desc || order[count - 1].aggregate)
        count++;
    kith_order *kept = ARENA_ARRAY(a, count, kith_order);
    for (size_t i = 0; kept && i < count; i++) {
        kept[i] = order[i];
        kept[i].path = kith__arena_text(a, order[i].path);
    }
    return kept;
}

static const kith_computed *keep_computed(kith_arena *a, const kith_computed *computed)
{
    size_t count = kith__computed_count(computed) + 1;
    kith_computed *kept = computed ? ARENA_ARRAY(a, count, kith_computed) : NULL;
    for (size_t i = 0; kept && i < count; i++) {
        kept[i] = computed[i];
        kept[i].as = kith__arena_text(a, computed[i].as);
        kept[i].path = kith__arena_text(a, computed[i].path);
        kept[i].where = keep_expr(a, computed[i].where, 0);
        kept[i].value = keep_expr(a, computed[i].value, 0);
        kept[i].type.labels = keep_names(a, computed[i].type.labels);
    }
    return kept;
}

static kith_include keep(kith_arena *a, const kith_include *include, unsigned depth);

static const kith_include *keep_includes(kith_arena *a, const kith_include *includes, unsigned depth)
{
    size_t count = 1;
    if (!includes || depth > DEEPEST)
        return includes;
    while (!is_include_end(&includes[count - 1]))
        count++;
    kith_include *kept = ARENA_ARRAY(a, count, kith_include);
    for (size_t i = 0; kept && i < count; i++)
        kept[i] = keep(a, &includes[i], depth);
    return kept;
}

static kith_include keep(kith_arena *a, const kith_include *include, unsigned depth)
{
    kith_include kept = *include;
    kept.as = kith__arena_text(a, include->as);
    kept.attributes = keep_names(a, include->attributes);
    kept.where = keep_expr(a, include->where, 0);
    kept.through.attributes = keep_names(a, include->through.attributes);
    kept.through.where = keep_expr(a, include->through.where, 0);
    kept.order = keep_order(a, include->order);
    kept.include = keep_includes(a, include->include, depth + 1);
    kept.name = kith__arena_text(a, include->name);
    kept.computed = keep_computed(a, include->computed);
    return kept;
}

kith_include kith__keep_include(kith_arena *a, const kith_include *include)
{
    return keep(a, include, 0);
}
