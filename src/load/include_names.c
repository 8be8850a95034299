/* include_names: the names under which a record holds what was included: each may stand for one thing only. Knows no SQL. */
#include "base/error.h"
#include "base/str.h"
#include "load/load.h"

static bool is_computed(const struct plan_node *n, const char *name)
{
    for (unsigned i = 0; i < n->computed.count; i++)
        if (kith__equal(n->computed.attrs[i]->name, name))
            return true;
    return false;
}

/* In JSON, a name would stand twice in one object. */
static bool check_name(struct load *l, const struct plan *plan, const struct plan_node *n)
{
    const struct plan_node *parent = &plan->nodes[n->parent];
    const char *a = n->assoc->name, *m = parent->model->name, *taken_by = NULL;
    if (!n->include->name)
        return true;
    if (!*n->name)
        return kith__error_set(l->err, KITH_E_USAGE, "%s.%s is included under a name that is empty", m, a);
    if (kith__name_map_get(&parent->model->attr_named, n->name))
        taken_by = "an attribute";
    else if (is_computed(parent, n->name))
        taken_by = "a computed attribute";
    else if (parent->with_links && kith__equal(n->name, assoc_join(parent->assoc)->name))
        taken_by = "the join row";
    else if (parent->nested && kith__equal(n->name, parent->nested->name))
        taken_by = "what the tree fills";
    return !taken_by ||
           kith__error_set(l->err, KITH_E_USAGE, "%s.%s cannot be included under the name '%s': that is %s", m, a,
                           n->name, taken_by);
}

static bool is_same_place(const struct plan_node *a, const struct plan_node *b)
{
    return a->assoc != b->assoc && a->place == b->place;
}

bool kith__plan_check_names(struct load *l, const struct plan *plan, unsigned parent)
{
    const struct plan_node *nodes = plan->nodes;
    const char *join = nodes[parent].with_links ? assoc_join(nodes[parent].assoc)->name : NULL;
    if (join && is_computed(&nodes[parent], join))
        return kith__error_set(l->err, KITH_E_USAGE, "the computed attribute '%s' of %s has the name of the join row",
                               join, nodes[parent].model->name);
    for (unsigned i = parent + 1; i < plan->count; i++) {
        if (nodes[i].parent != parent)
            continue;
        if (!check_name(l, plan, &nodes[i]))
            return false;
        for (unsigned j = i + 1; j < plan->count; j++)
            if (nodes[j].parent == parent && kith__equal(nodes[i].name, nodes[j].name) &&
                !is_same_place(&nodes[i], &nodes[j]))
                return kith__error_set(l->err, KITH_E_USAGE,
                                       nodes[i].assoc == nodes[j].assoc
                                           ? "%s is included twice in %s: give one of them another name (.name)"
                                           : "two includes are called %s in %s: give one of them another name (.name)",
                                       nodes[i].name, nodes[parent].model->name);
    }
    return true;
}
