/* into: where the records of a plan go in the structs of their sources. What an association says was checked with the
 * models; an include that says otherwise is checked here, before any SQL. */
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "load/load.h"

static bool refuse(struct load *l, const struct assoc *a, const char *why)
{
    kith__error_set(l->err, KITH_E_USAGE, "%s.%s, .into: %s", a->source->name, a->name, why);
    return kith__error_about(l->err, a->source->name, a->name);
}

/* The attribute of these or of the model that is kept where the member is; NULL: none. */
static const struct attr *taken_by(const struct model *m, const struct computed_list *computed,
                                   const kith_member *member)
{
    const struct attr *attr = kith__member_taken(m->attrs, m->attr_count, member);
    return attr ? attr : kith__member_taken(computed->attrs, computed->count, member);
}

static bool check(struct load *l, const struct plan_node *parent, const struct assoc *a, const kith_include *include)
{
    const struct attr *taken = taken_by(a->source, &parent->computed, &include->into);
    char why[INTO_WHY];
    if (assoc_source_scope(a) && !include->model)
        return refuse(l, a, "it leads to one of several models: include each with .model, and a member of its own");
    if (!kith__into_fits(a, &include->into, why))
        return refuse(l, a, why);
    if (!taken)
        return true;
    snprintf(why, sizeof why, "attribute %s is kept there", taken->name);
    return refuse(l, a, why);
}

/* Alternatives of an association share a place; each may go into a member of its own. */
static const struct into *before(const struct plan *plan, unsigned number)
{
    const struct plan_node *n = &plan->nodes[number];
    const struct into *last = NULL;
    for (unsigned i = n->parent + 1; i < number; i++)
        if (plan->nodes[i].parent == n->parent && plan->nodes[i].place == n->place)
            last = plan->nodes[i].into;
    return last;
}

/* An association that is included under another name may be included under its own as well. */
static const struct into *default_of(const struct plan *plan, unsigned number)
{
    const struct plan_node *n = &plan->nodes[number];
    if (assoc_source_scope(n->assoc))
        return before(plan, number);
    return kith__equal(n->name, n->assoc->name) ? n->assoc->into : NULL;
}

bool kith__plan_into(struct load *l, const struct plan *plan, unsigned number)
{
    struct plan_node *n = &plan->nodes[number];
    n->into = default_of(plan, number);
    if (!n->include->into.offset_plus_one)
        return true;
    if (!check(l, &plan->nodes[n->parent], n->assoc, n->include))
        return false;
    struct into *into = ARENA_NEW(&l->result->arena, struct into);
    if (!into)
        return kith__load_no_memory(l);
    *into = (struct into){ .member = n->include->into,
                           .of = n->model,
                           .next = assoc_source_scope(n->assoc) ? n->into : NULL };
    n->into = into;
    return true;
}

/* The first other node below the same parent that goes where this one goes. */
static const struct plan_node *in_same_place(const struct plan *plan, unsigned number)
{
    const struct plan_node *n = &plan->nodes[number];
    for (unsigned i = n->parent + 1; i < plan->count; i++)
        if (i != number && plan->nodes[i].parent == n->parent && plan->nodes[i].into &&
            kith__members_overlap(&plan->nodes[i].into->member, &n->into->member))
            return &plan->nodes[i];
    return NULL;
}

bool kith__plan_into_places(struct load *l, const struct plan *plan, unsigned parent)
{
    for (unsigned i = parent + 1; i < plan->count; i++) {
        const struct plan_node *n = &plan->nodes[i];
        const struct plan_node *other = n->parent == parent && n->include->into.offset_plus_one ? in_same_place(plan, i)
                                                                                                : NULL;
        char why[INTO_WHY];
        if (!other)
            continue;
        snprintf(why, sizeof why, "%s of this query goes there, too; give it another with its own .into", other->name);
        return refuse(l, n->assoc, why);
    }
    return true;
}

/* ---- computed attributes ---- */

static const char *assoc_there(const struct model *m, const kith_member *member)
{
    for (unsigned i = 0; i < m->assoc_count; i++)
        if (m->assocs[i]->into && kith__members_overlap(&m->assocs[i]->into->member, member))
            return m->assocs[i]->name;
    return NULL;
}

bool kith__computed_member(struct load *l, const struct computed_list *before, struct attr *attr,
                           const kith_member *member)
{
    char why[INTO_WHY];
    attr->member = *member;
    if (!member->offset_plus_one)
        return true;
    const struct attr *taken = taken_by(attr->model, before, member);
    const char *other = taken ? taken->name : assoc_there(attr->model, member);
    if (other)
        snprintf(why, sizeof why, "%s is kept there", other);
    if (!other && kith__member_fits(attr, why))
        return true;
    kith__error_set(l->err, KITH_E_USAGE, "the computed attribute '%s' of %s, .member: %s", attr->name,
                    attr->model->name, why);
    return kith__error_about(l->err, attr->model->name, attr->name);
}
