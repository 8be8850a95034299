/* inverse: which associations are the same link seen from the two sides, and which would be the same link twice. Reads
 * hops only. */
#include "base/str.h"
#include "base/value.h"
#include "schema/build.h"

static bool same_attrs(const struct attr *const *a, const struct attr *const *b, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

/* x read forwards is y read backwards. */
static bool mirrors(const struct key_pairs *x, const struct key_pairs *y)
{
    return x->count == y->count && same_attrs(x->from, y->to, x->count) && same_attrs(x->to, y->from, x->count);
}

static bool same_scope(const struct scope *a, const struct scope *b)
{
    if (!a || !b)
        return a == b;
    return a->count == b->count && same_attrs(a->attrs, b->attrs, a->count) &&
           kith__values_equal(a->values, b->values, a->count);
}

static bool is_inverse(const struct assoc *a, const struct assoc *b)
{
    if (!a->hop_count || a->hop_count != b->hop_count || a == b || !same_scope(a->scope, b->scope))
        return false;
    if (a->hop_count == 1)
        return mirrors(&a->hops[0].on, &b->hops[0].on);
    return a->hops[0].to == b->hops[0].to && mirrors(&a->hops[0].on, &b->hops[1].on) &&
           mirrors(&a->hops[1].on, &b->hops[0].on);
}

static const struct assoc *inverse_of(const struct assoc *a)
{
    const struct model_build *target = (const struct model_build *)assoc_target(a);
    for (unsigned i = 0; i < target->m.assoc_count; i++) {
        const struct assoc *x = target->assocs[i];
        if (is_inverse(a, x))
            return x;
        for (unsigned j = 0; j < x->alternative_count; j++)
            if (is_inverse(a, &x->alternatives[j]))
                return &x->alternatives[j];
    }
    return NULL;
}

static void invert(struct assoc *a)
{
    if (a->hop_count)
        a->inverse = inverse_of(a);
    for (unsigned i = 0; i < a->alternative_count; i++)
        invert((struct assoc *)(uintptr_t)&a->alternatives[i]);
}

/* ---- two aliases over the same columns ---- */

static bool told_apart(const struct scope *a, const struct scope *b)
{
    for (unsigned i = 0; a && b && i < a->count; i++)
        for (unsigned j = 0; j < b->count; j++)
            if (a->attrs[i] == b->attrs[j] && !kith__value_equal(&a->values[i], &b->values[j]))
                return true;
    return false;
}

static bool same_columns(const struct assoc *a, const struct assoc *b)
{
    return a->hop_count == 2 && b->hop_count == 2 && a->hops[0].to == b->hops[0].to &&
           a->hops[0].on.count == b->hops[0].on.count && a->hops[1].on.count == b->hops[1].on.count &&
           same_attrs(a->hops[0].on.to, b->hops[0].on.to, a->hops[0].on.count) &&
           same_attrs(a->hops[1].on.from, b->hops[1].on.from, a->hops[1].on.count);
}

static void check_pair(struct builder *b, struct model_build *m, const struct assoc *x, const struct assoc *y)
{
    if (same_columns(x, y) && !told_apart(x->scope, y->scope))
        kith__mistake(b, m, x->name,
                      "and %s use the same columns of %s, so their links would mix; give each its own .scope, or "
                      "keys of their own with .foreign_key and .other_key",
                      y->name, x->hops[0].to->name);
}

void kith__build_inverses(struct builder *b)
{
    for (unsigned i = 0; i < b->model_count; i++) {
        struct model_build *m = b->models[i];
        for (unsigned j = 0; j < m->m.assoc_count; j++) {
            struct assoc *a = m->assocs[j];
            invert(a);
            for (unsigned k = j + 1; k < m->m.assoc_count; k++)
                check_pair(b, m, a, m->assocs[k]);
            if (a->inverse && a->hop_count == 2 && a->repeatable != a->inverse->repeatable)
                kith__mistake(b, m, a->name, "and its other side %s.%s must agree on .not_unique",
                              a->inverse->source->name, a->inverse->name);
        }
    }
}
