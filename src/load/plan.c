/* plan: the include tree as an array of nodes, with every name resolved and every column counted. Writes no SQL. */
#include "base/error.h"
#include "base/str.h"
#include "load/load.h"

enum { NODES_MAX = 256 };

/* ---- slots ---- */

static bool slots_init(struct load *l, const struct model *m, struct slots *slots)
{
    slots->attrs = ARENA_ARRAY(&l->scratch, m->attr_count, const struct attr *);
    slots->slot_of = ARENA_ARRAY(&l->result->arena, m->attr_count, int16_t);
    if (!slots->attrs || !slots->slot_of)
        return kith__load_no_memory(l);
    for (unsigned i = 0; i < m->attr_count; i++)
        slots->slot_of[i] = -1;
    return true;
}

static void add_slot(struct slots *slots, const struct attr *attr)
{
    if (slots->slot_of[attr->index] >= 0)
        return;
    slots->slot_of[attr->index] = (int16_t)slots->count;
    slots->attrs[slots->count++] = attr;
}

static void add_slots(struct slots *slots, const struct attr *const *attrs, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        add_slot(slots, attrs[i]);
}

/* The attributes asked for (NULL: all), then, hidden, the primary key, by which a record is found again. */
static bool slots_choose(struct load *l, const struct model *m, const char *const *names, struct slots *slots)
{
    if (!slots_init(l, m, slots))
        return false;
    if (!names)
        add_slots(slots, m->attrs, m->attr_count);
    for (; names && *names; names++) {
        const struct attr *attr = kith__model_attr(m, *names, l->err);
        if (!attr)
            return false;
        add_slot(slots, attr);
    }
    slots->visible = slots->count;
    add_slots(slots, m->key, m->key_count);
    return true;
}

/* ---- nodes ---- */

/* Adds node number plan->count, without what it holds. */
static bool start_node(struct load *l, struct plan *plan, const struct model *m, const kith_include *include)
{
    if (plan->count >= NODES_MAX)
        return kith__error_set(l->err, KITH_E_USAGE, "a query has more than %d includes", NODES_MAX);
    if (include->limit > INT64_MAX / 2 || include->offset > INT64_MAX / 2)
        return kith__error_set(l->err, KITH_E_USAGE, "%s: limit and offset must be less than 2^62", m->name);
    if (!kith__arena_grow(&l->scratch, (void **)&plan->nodes, plan->count, &plan->capacity, sizeof *plan->nodes))
        return kith__load_no_memory(l);
    struct plan_node *n = &plan->nodes[plan->count];
    *n = (struct plan_node){ .model = m, .include = include, .parent = plan->count++ };
    return true;
}

/* Adds node number plan->count. */
static bool add_node(struct load *l, struct plan *plan, const struct model *m, const kith_include *include)
{
    struct plan_node *n = start_node(l, plan, m, include) ? &plan->nodes[plan->count - 1] : NULL;
    return n && slots_choose(l, m, include->attributes, &n->slots) &&
           kith__computed_list(l, m, include->computed, &l->result->arena, &n->computed);
}

/* The join row's own slots: what was asked for, and the keys by which rows find their sources and targets. */
static bool choose_links(struct load *l, struct plan_node *n)
{
    const struct assoc *a = n->assoc;
    if (a->hop_count < 2)
        return true;
    const struct model *join = assoc_join(a);
    const char *const *names = n->include->through.attributes;
    n->with_links = !names || *names;
    if (!slots_choose(l, join, names, &n->link_slots))
        return false;
    add_slots(&n->link_slots, a->hops[0].on.to, a->hops[0].on.count);
    add_slots(&n->link_slots, a->hops[1].on.from, a->hops[1].on.count);
    return true;
}

static bool has_through_options(const kith_include *include)
{
    return include->through.attributes || include->through.where;
}

static bool check_include(struct load *l, const struct assoc *a, const kith_include *include)
{
    if (a->hop_count < 2 && has_through_options(include))
        return kith__error_set(l->err, KITH_E_USAGE, "%s.%s has no join row, so .through cannot be given",
                               a->source->name, a->name);
    if ((unsigned)include->required > KITH_NO)
        return kith__error_set(l->err, KITH_E_USAGE, "%s.%s: there is no .required %d", a->source->name, a->name,
                               (int)include->required);
    if ((unsigned)include->strategy > KITH_SEPARATE)
        return kith__error_set(l->err, KITH_E_USAGE, "%s.%s: there is no .strategy %d", a->source->name, a->name,
                               (int)include->strategy);
    if (assoc_source_scope(a) && include->strategy == KITH_JOIN)
        return kith__error_set(l->err, KITH_E_UNSUPPORTED,
                               "%s.%s leads to one of several models: each is loaded by a statement of its own, not by "
                               "a join",
                               a->source->name, a->name);
    if (!a->many && include->strategy != KITH_SEPARATE && (include->order || include->limit || include->offset))
        return kith__error_set(l->err, KITH_E_USAGE, "%s.%s leads to one record: it takes no order, limit or offset",
                               a->source->name, a->name);
    return true;
}

/* What the node's place in the tree asks of its attributes. */
static bool connect(struct load *l, struct plan *plan, unsigned number)
{
    struct plan_node *n = &plan->nodes[number], *parent = &plan->nodes[n->parent];
    const struct key_pairs *on = &n->assoc->hops[0].on;
    if (!check_include(l, n->assoc, n->include) || !choose_links(l, n))
        return false;
    const struct scope *scope = assoc_source_scope(n->assoc);
    /* The rows of one record would be cut by the end of a portion. */
    bool cut = l->portion && parent->statement == 0;
    n->joined_list = n->assoc->many && n->include->strategy == KITH_JOIN && !cut;
    n->separate = !n->joined_list && (n->assoc->many || n->include->strategy == KITH_SEPARATE || scope);
    n->required = is_required(n->assoc, n->include);
    n->statement = n->separate ? number : parent->statement;
    n->list = n->joined_list ? ++plan->nodes[n->statement].lists : n->separate ? 0 : parent->list;
    if (node_begins_block(n)) {
        add_slots(&parent->slots, on->from, on->count);
        if (scope)
            add_slots(&parent->slots, scope->attrs, scope->count);
        parent->has_separate_children |= n->separate;
        if (n->assoc->hop_count == 1)
            add_slots(&n->slots, on->to, on->count);
        return true;
    }
    n->inner = n->required && (node_begins_block(parent) || parent->inner);
    add_slots(&n->slots, on->to, on->count); /* null there: no target was found */
    return true;
}

static bool add_children(struct load *l, struct plan *plan, unsigned parent, unsigned depth);

/* Where the parent's records keep what the association leads to: its alternatives under one name share a place, as each
 * record has one of them. */
static unsigned place_for(struct plan *plan, unsigned parent, const struct assoc *a, const char *name)
{
    for (unsigned i = parent + 1; i < plan->count; i++)
        if (plan->nodes[i].parent == parent && plan->nodes[i].assoc->def == a->def &&
            kith__equal(plan->nodes[i].name, name))
            return plan->nodes[i].place;
    return plan->nodes[parent].places++;
}

static bool add_child(struct load *l, struct plan *plan, unsigned parent, const struct assoc *a,
                      const kith_include *include, unsigned depth)
{
    const char *name = include->name ? include->name : a->name;
    unsigned number = plan->count, place = place_for(plan, parent, a, name);
    if (!add_node(l, plan, assoc_target(a), include))
        return false;
    struct plan_node *n = &plan->nodes[number];
    n->assoc = a;
    n->name = name;
    n->parent = parent;
    n->place = place;
    return connect(l, plan, number) && kith__plan_into(l, plan, number) && add_children(l, plan, number, depth + 1);
}

static bool add_children_of(struct load *l, struct plan *plan, unsigned parent, const kith_include *include,
                            unsigned depth)
{
    const struct assoc *a = kith__include_assoc(l, plan->nodes[parent].model, include);
    if (a && !a->alternative_count)
        return add_child(l, plan, parent, a, include, depth);
    bool good = a;
    for (unsigned i = 0; good && i < a->alternative_count; i++)
        good = add_child(l, plan, parent, &a->alternatives[i], include, depth);
    return good;
}

static bool add_children(struct load *l, struct plan *plan, unsigned parent, unsigned depth)
{
    if (depth > NODES_MAX / 4)
        return kith__error_set(l->err, KITH_E_USAGE, "includes nest too deeply");
    const kith_include *include = plan->nodes[parent].include->include;
    for (; include && !is_include_end(include); include++)
        if (!add_children_of(l, plan, parent, include, depth))
            return false;
    return kith__plan_check_names(l, plan, parent) && kith__plan_into_places(l, plan, parent);
}

/* ---- shapes ---- */

static const struct shape *make_shape(struct load *l, const struct model *m, const struct slots *slots)
{
    struct shape *shape = ARENA_NEW(&l->result->arena, struct shape);
    const struct attr **attrs = ARENA_ARRAY(&l->result->arena, slots->count, const struct attr *);
    if (!shape || !attrs)
        return NULL;
    memcpy(attrs, slots->attrs, slots->count * sizeof *attrs);
    *shape = (struct shape){ .model = m,
                             .result = l->result,
                             .slots = attrs,
                             .slot_of = slots->slot_of,
                             .slot_count = slots->count,
                             .visible_count = slots->visible };
    return shape;
}

/* The query's own names are borrowed only while it runs. */
static const char *kept_name(struct load *l, const struct plan_node *n)
{
    return n->include->name ? kith__arena_text(&l->result->arena, n->name) : n->name;
}

static bool shape_children(struct load *l, const struct plan *plan, unsigned parent, struct shape *shape)
{
    const struct assoc *nested = plan->nodes[parent].nested;
    unsigned included = plan->nodes[parent].places;
    shape->child_count = included + (nested != NULL);
    struct shape_child *children = ARENA_ARRAY(&l->result->arena, shape->child_count, struct shape_child);
    if (!children)
        return false;
    for (unsigned i = parent + 1; i < plan->count; i++) {
        const struct plan_node *n = &plan->nodes[i];
        if (n->parent != parent)
            continue;
        children[n->place] = (struct shape_child){ .name = kept_name(l, n), .many = n->assoc->many, .into = n->into };
        if (!children[n->place].name)
            return false;
    }
    if (nested)
        children[included] = (struct shape_child){ .name = nested->name, .many = nested->many, .into = nested->into };
    shape->children = children;
    return true;
}

static bool make_shapes(struct load *l, struct plan *plan)
{
    for (unsigned i = 0; i < plan->count; i++) {
        struct plan_node *n = &plan->nodes[i];
        struct shape *shape = (struct shape *)(uintptr_t)make_shape(l, n->model, &n->slots);
        n->shape = shape;
        if (shape) {
            shape->computed = n->computed.attrs;
            shape->computed_count = n->computed.count;
        }
        if (!shape || !shape_children(l, plan, i, shape))
            return kith__load_no_memory(l);
        if (n->with_links && !(n->link_shape = make_shape(l, assoc_join(n->assoc), &n->link_slots)))
            return kith__load_no_memory(l);
    }
    return true;
}

/* ---- names in conditions and orders ---- */

/* Statements are built one after another, as their sources become known. So that a misspelt name in a later one is
 * refused before the first is sent, its conditions are built once here and thrown away. */
static bool check_names(struct load *l, const struct plan *plan)
{
    for (unsigned i = 1; i < plan->count; i++) {
        const struct plan_node *n = &plan->nodes[i];
        const struct model *join = assoc_join(n->assoc);
        struct names names = {
            .model = n->model, .alias = "t", .via = n->assoc, .link_alias = join ? "j" : NULL, .computed = n->computed
        };
        struct names link = { .model = join, .alias = "j" };
        struct sql_expr *unused = NULL;
        struct sql_order *order = NULL;
        if (!n->include->where && !n->include->order && !n->include->through.where)
            continue;
        if (!kith__condition(l, &names, n->include->where, &unused) ||
            (join && !kith__condition(l, &link, n->include->through.where, &unused)) ||
            !kith__orders(l, &names, n->include->order, &order))
            return false;
    }
    return true;
}

/* ---- both kinds of plan ---- */

bool kith__plan_find(struct load *l, const struct model *m, const kith_include *root, struct plan *plan)
{
    if (!add_node(l, plan, m, root))
        return false;
    plan->nodes[0].separate = true;
    return add_children(l, plan, 0, 0) && check_names(l, plan) && make_shapes(l, plan);
}

bool kith__plan_values(struct load *l, const struct model *m, const kith_include *root, struct plan *plan)
{
    if (!start_node(l, plan, m, root))
        return false;
    plan->nodes[0].separate = true;
    return slots_init(l, m, &plan->nodes[0].slots);
}

bool kith__plan_values_shape(struct load *l, struct plan *plan)
{
    return make_shapes(l, plan);
}

/* Node 0, to which an association leads. */
static bool add_target(struct load *l, const struct assoc *a, const kith_include *root, struct plan *plan)
{
    if (!add_node(l, plan, assoc_target(a), root))
        return false;
    struct plan_node *n = &plan->nodes[0];
    n->assoc = a;
    n->separate = true;
    if (!choose_links(l, n))
        return false;
    if (a->hop_count == 1)
        add_slots(&n->slots, a->hops[0].on.to, a->hops[0].on.count);
    return true;
}

bool kith__plan_related(struct load *l, const struct assoc *a, const kith_include *root, struct plan *plan)
{
    return add_target(l, a, root, plan) && add_children(l, plan, 0, 0) && check_names(l, plan) && make_shapes(l, plan);
}

/* ---- trees ---- */

/* Of what a join table links, a statement that ends at a depth finds a node again at every depth it lies at, so it
 * should be small. Without a join table that only happens where rows lead back to each other. */
enum { COUNT_LINKS_TO = 8, COUNT_ROWS_TO = 1024 };

static unsigned place_of(struct tree *t, const struct attr *attr)
{
    unsigned i = 0;
    while (i < t->attr_count && t->attrs[i] != attr)
        i++;
    if (i == t->attr_count)
        t->attrs[t->attr_count++] = attr;
    return i;
}

/* What names a node is the key that the others refer to. */
static bool name_nodes(struct load *l, const struct assoc *a, struct tree *t)
{
    const struct key_pairs *on = &a->hops[0].on;
    const struct attr *const *id = a->key_in_source ? on->to : on->from;
    for (unsigned i = 0; i < on->count; i++)
        place_of(t, id[i]);
    t->id_count = t->attr_count;
    for (unsigned i = 0; i < on->count; i++)
        t->next[i] = place_of(t, on->from[i]);
    for (unsigned i = 0; i < t->attr_count; i++)
        if (!(t->names[i] = kith__arena_format(&l->scratch, "k%u", i)))
            return kith__load_no_memory(l);
    t->names[t->attr_count] = "depth";
    t->counted = t->max_depth && t->max_depth <= (a->hop_count == 2 ? COUNT_LINKS_TO : COUNT_ROWS_TO);
    return true;
}

static bool check_tree_includes(struct load *l, const struct assoc *a, const struct plan *plan, bool nested)
{
    for (unsigned i = 1; i < plan->count; i++) {
        const struct plan_node *n = &plan->nodes[i];
        if (n->parent == 0 && n->required)
            return kith__error_set(l->err, KITH_E_USAGE,
                                   "%s.%s: what a tree's nodes include cannot be required; say it with KITH_SOME in "
                                   "its where",
                                   a->source->name, n->assoc->name);
        if (nested && n->parent == 0 && n->assoc == a && !n->include->name)
            return kith__error_set(l->err, KITH_E_USAGE, "%s.%s is what the tree fills, so it cannot be included",
                                   a->source->name, a->name);
    }
    return true;
}

/* Names of all attributes that the nodes hold, so that records of both plans look the same. */
static bool plan_starts(struct load *l, const kith_include *starts, struct tree *t)
{
    const struct plan_node *node = &t->plan.nodes[0];
    const char **names = ARENA_ARRAY(&l->scratch, node->slots.count + 1, const char *);
    kith_include *root = ARENA_NEW(&l->scratch, kith_include);
    if (!names || !root)
        return kith__load_no_memory(l);
    for (unsigned i = 0; i < node->slots.count; i++)
        names[i] = node->slots.attrs[i]->name;
    *root = *starts;
    root->attributes = names;
    root->include = node->include->include;
    if (!add_node(l, &t->starts, node->model, root))
        return false;
    t->starts.nodes[0].separate = true;
    t->starts.nodes[0].nested = node->nested;
    return add_children(l, &t->starts, 0, 0) && make_shapes(l, &t->starts);
}

bool kith__plan_tree(struct load *l, const struct assoc *a, const kith_include *nodes, const kith_include *starts,
                     bool top, bool nested, struct tree *t)
{
    if (!add_target(l, a, nodes, &t->plan) || !name_nodes(l, a, t))
        return false;
    struct plan_node *n = &t->plan.nodes[0];
    add_slots(&n->slots, t->attrs, t->attr_count);
    if (a->key_in_source && a->scope)
        add_slots(&n->slots, a->scope->attrs, a->scope->count);
    n->nested = nested ? a : NULL;
    if (!add_children(l, &t->plan, 0, 0) || !check_tree_includes(l, a, &t->plan, nested) || !check_names(l, &t->plan) ||
        !make_shapes(l, &t->plan) || !plan_starts(l, starts, t))
        return false;
    const struct assoc *reversed = top ? kith__assoc_reversed(l, a) : NULL;
    t->starts.nodes[0].without = reversed;
    return !top || reversed || kith__load_no_memory(l);
}
