/* load: from an include tree to records.
 *
 *     query → plan (nodes) → SELECT per statement → rows → records
 *
 * To-one associations join their source's statement; every other include is one statement for all its sources together,
 * keyed by their key tuples. Knows connections, not sessions. */
#ifndef KITH_LOAD_LOAD_H
#define KITH_LOAD_LOAD_H

#include "base/recycle.h"
#include "driver/readers.h"
#include "load/record.h"
#include "sql/dialect.h"

/* What the calls of one owner use one after another, so that a small one allocates nothing. */
struct load_memory {
    struct recycler recycler;
    struct block_cache blocks;
    struct render_memory text;
};
void kith__load_memory_init(struct load_memory *memory, const kith_allocator *allocator, bool plain);
void kith__load_memory_free(struct load_memory *memory);

/* What an owner has run, and may run. */
struct statement_count {
    uint64_t sent;
    uint64_t sent_before, most; /* from so many on it may be so many more */
};

struct load {
    struct load_memory *memory;
    struct conn *conn;       /* NULL until the first statement */
    struct pool *pool;       /* that the connection is from, or will be */
    struct readers *readers; /* the call only reads, so one of these may serve it; or NULL */
    bool taken;              /* the connection was taken for this call */
    bool sending;            /* statements were sent on it that nobody has waited for */
    bool alone;              /* its statement is the program's own, and may be one that bears no other beside it */
    bool portion;            /* sources are some of those that the root finds, and never a whole table */
    const char *occupied;    /* a stream of this model has the only connection there is; NULL: none has */
    struct running *running; /* told of the connection; NULL: nobody asks */
    struct statement_count *count; /* NULL: nobody counts */
    unsigned timeout_ms;
    const struct schema *schema;
    const struct dialect *dialect;
    const kith_allocator *allocator;
    struct result *result; /* records go here */
    kith_arena scratch;    /* plans, statements and keys; gone after the call */
    struct renderer renderer;
    unsigned next_alias;
    unsigned nesting; /* aggregates in the conditions of aggregates */
    kith_error *err;
};

/* For memory that the call gives back. */
static inline const kith_allocator *load_passing(const struct load *l)
{
    return &l->memory->recycler.allocator;
}

void kith__load_init(struct load *l, const struct schema *schema, const struct dialect *dialect,
                     const kith_allocator *allocator, struct load_memory *memory, bool plain, kith_error *err);
void kith__load_free(struct load *l);
bool kith__load_no_memory(struct load *l); /* false, and the error says so */
/* Takes a connection, unless there is one. Whoever made the load gives it back. */
bool kith__load_connect(struct load *l);
/* Opens a run of what the renderer holds. When the connection turns out to be lost before the statement was sent, it is
 * tried once more with another one, but never in a transaction. */
bool kith__load_run(struct load *l, struct run *run);
/* The same, and sends it without waiting. Whoever has then waited for all that was sent says so in l->sending. */
bool kith__load_send(struct load *l, struct run *run);
/* Runs a text of several statements, which counts as one. */
bool kith__load_script(struct load *l, const char *text);
/* A whole run of what the renderer holds, whose rows nobody wants; not waited for where the driver can. */
bool kith__load_do(struct load *l);
/* The error of l->occupied. Returns false. */
bool kith__load_occupied(const char *model, kith_error *err);

/* ---- plan ---- */

/* Which attributes are selected for one side of a node, and in which order. */
struct slots {
    const struct attr **attrs;
    int16_t *slot_of; /* by attr->index; -1: none */
    unsigned count, visible;
};

struct pointer_list {
    void **items;
    size_t count, capacity;
};

/* The computed attributes of a query or an include, in whose order attrs says what each holds. */
struct computed_list {
    const kith_computed *defs;
    const struct attr *const *attrs;
    unsigned count;
};

struct plan_node {
    const struct assoc *assoc; /* NULL: the root of a find */
    const kith_include *include;
    const struct model *model;
    const char *name;   /* under which the parent's records hold what it loads; NULL: the root */
    unsigned parent;    /* its node's number; the root is its own */
    unsigned place;     /* in the parent's records: related[place]; one for all alternatives of an association */
    unsigned places;    /* how many its own records have */
    bool separate;      /* has a statement of its own */
    bool joined_list;   /* leads to many, and its rows are joined to those of the statement above */
    unsigned statement; /* the number of the node whose statement gives its rows */
    unsigned list;      /* which of that statement's joined lists it belongs to, from 1; 0: to none */
    unsigned lists;     /* of a node with a statement: how many there are in it */
    bool required;
    bool inner; /* joined so that sources without a target fall out */
    bool has_separate_children;
    bool with_links; /* link records are made */
    const char *alias, *link_alias;
    struct slots slots, link_slots;
    struct computed_list computed; /* their values stand behind the slots */
    unsigned first_column;         /* of the slots in the statement's rows; those of its links come right before them */
    struct grouping *grouping;     /* its records are groups of rows; or NULL */
    const struct shape *shape, *link_shape;
    struct pointer_list records; /* those made, when separate children will need them */
    const struct assoc *without; /* only rows to which this association leads nothing; or NULL */
    const struct into *into;     /* where what lies in its place goes in the source's struct; NULL: nowhere */
    const struct assoc *nested;  /* records get a place for their targets by this one, to be filled later; or NULL */
};

struct plan {
    struct plan_node *nodes; /* each after its parent, joined descendants before others' children */
    unsigned count;
    size_t capacity;
    struct page *page;  /* the rows of node 0 are a page of it (page.h); NULL: all of them */
    enum sql_lock lock; /* of the rows of node 0 */
    enum sql_locked locked;
};

/* That what is included in node `parent` has names of its own. */
bool kith__plan_check_names(struct load *l, const struct plan *plan, unsigned parent);
/* The plan of a find: node 0 is the model itself. */
bool kith__plan_find(struct load *l, const struct model *m, const kith_include *root, struct plan *plan);
/* The plan of a get: node 0 is the association, whose source is not loaded. */
bool kith__plan_related(struct load *l, const struct assoc *a, const kith_include *root, struct plan *plan);

/* A tree: what an association of a model with itself leads to, step after step. Its nodes are node 0 of `plan` and what
 * hangs on that; those it begins with are node 0 of `starts`, whose records have the same shape. */
struct tree {
    struct plan plan, starts;
    /* What names a node, then by what its targets are found: hops[0].on.from[i] is attrs[next[i]]. */
    const struct attr *attrs[2 * KEY_MAX];
    const char *names[2 * KEY_MAX + 1]; /* what the statement calls them, and the depth */
    unsigned attr_count, id_count, next[KEY_MAX];
    size_t max_depth;       /* 0: no limit */
    bool counted;           /* the statement ends at max_depth, otherwise it reads all */
    const kith_value *from; /* the name of the one node that it begins with; NULL: all that `starts` finds */
    bool with_starts, depth_first;
};

/* The same links, followed backwards. NULL: no memory. */
const struct assoc *kith__assoc_reversed(struct load *l, const struct assoc *a);
/* Both plans of a tree along a, whose other members are set. nodes: of all nodes; starts: says which rows it begins
 * with; top: only those that nothing leads to. nested: each record holds its targets. */
bool kith__plan_tree(struct load *l, const struct assoc *a, const kith_include *nodes, const kith_include *starts,
                     bool top, bool nested, struct tree *t);

/* Of targets of one model among several, a condition says nothing about sources whose target is of another. */
static inline bool is_required(const struct assoc *a, const kith_include *include)
{
    return include->required == KITH_YES ||
           (include->required == KITH_AUTO && include->where && !assoc_source_scope(a));
}

/* Do the rows of this node come from a FROM of its own, and not from a join to its parent's row? */
static inline bool node_begins_block(const struct plan_node *n)
{
    return n->separate || n->joined_list;
}

/* The entry that ends a list of includes: nothing in it is set. */
static inline bool is_include_end(const kith_include *i)
{
    return !i->as && !i->model && !i->attributes && !i->where && !i->required && !i->through.attributes &&
           !i->through.where && !i->order && !i->limit && !i->offset && !i->strategy && !i->include &&
           !i->with_deleted && !i->name && !i->into.offset_plus_one && !i->computed;
}

/* ---- where structs go ---- */

/* Says in a node of the plan where its records go: where the include says, or the association. */
bool kith__plan_into(struct load *l, const struct plan *plan, unsigned number);
/* Refuses what lies below the parent and would go into one place. */
bool kith__plan_into_places(struct load *l, const struct plan *plan, unsigned parent);
/* Says in a computed attribute where it goes. before: those ahead of it. */
bool kith__computed_member(struct load *l, const struct computed_list *before, struct attr *attr,
                           const kith_member *member);

/* ---- conditions ---- */

/* What names in a condition mean: attributes of the model, and of the join row that led here. */
struct names {
    const struct model *model;
    const char *alias;
    const struct assoc *via; /* NULL, or the association that was followed */
    const char *link_alias;
    struct computed_list computed;
    struct grouping *grouping; /* NULL, or names are those of a group: these computed ones and no others */
};

/* What can be compared, sorted by and selected. */
struct value {
    struct sql_expr *expr;
    const struct attr *attr; /* an attribute, or one that says what kind of value it is; NULL: nobody knows */
    bool nullable;
};

const char *kith__load_alias(struct load *l);
/* What follows the join model's name in "friendship.since"; NULL when the path does not begin with it. */
const char *kith__link_part(const struct names *names, const char *path);
/* Is the record a source in the association? A scope in its own row may say that it is not. */
bool kith__is_source(const struct assoc *a, const kith_record *r);
/* The condition, or NULL in *out for none. */
bool kith__condition(struct load *l, const struct names *names, const kith_expr *e, struct sql_expr **out);
/* KITH_COL, KITH_FN, KITH_SQL and KITH_AGGREGATE in the place of a value. */
bool kith__value_expression(struct load *l, const struct names *names, const kith_expr *e, struct sql_expr **out);
bool kith__value(struct load *l, const struct names *names, const kith_expr *e, struct value *out);
/* An attribute named without a path, of the model or of the join row, or a computed one. */
bool kith__named_value(struct load *l, const struct names *names, const char *name, struct value *out);
/* SELECT what FROM the association … as a value. NULL when memory was short. */
struct sql_expr *kith__scalar(struct load *l, struct sql_select *s, struct sql_expr *what);
/* The rows of another association of names->model, joined to a select in which its rows are; names then speaks of them. */
void kith__join_related(struct load *l, const struct assoc *a, struct sql_select *s, struct names *names);
bool kith__orders(struct load *l, const struct names *names, const kith_order *orders, struct sql_order **out);
/* Whether an include finds a target: EXISTS (…), for includes that are required but not joined. */
bool kith__include_exists(struct load *l, const struct names *names, const struct assoc *a, const kith_include *include,
                          struct sql_expr **out);
/* from.key = to.key AND …, along one hop. */
struct sql_expr *kith__on(struct load *l, const struct key_pairs *on, const char *from, const char *to);
/* The constants of the association's scope, in the rows of alias. */
struct sql_expr *kith__scope_condition(struct load *l, const struct assoc *a, const char *alias);
/* deletedAt IS NULL, for a paranoid model. */
struct sql_expr *kith__not_deleted(struct load *l, const struct model *m, const char *alias, bool with_deleted);
/* Where an association starts: at a row of the statement around, or at a key. */
struct source {
    const char *alias;
    const kith_value *key; /* or NULL, when there is an alias */
    bool any;              /* instead: at whatever row; the caller says which */
};
/* SELECT 1 FROM the association's tables WHERE they belong to the source; inner says what names mean inside. */
struct sql_select *kith__related_select(struct load *l, const struct assoc *a, const struct source *source,
                                        struct names *inner);
/* The association an include speaks of; one that leads to several models when it chooses none of them. */
const struct assoc *kith__include_assoc(struct load *l, const struct model *m, const kith_include *include);

/* ---- aggregates ---- */

struct aggregate {
    kith_aggregate kind;
    const char *path;
    const kith_expr *where; /* NULL: over all */
    bool distinct;
};
/* Over what a path from the row of names leads to: a sub-select. */
bool kith__aggregate(struct load *l, const struct names *names, const struct aggregate *what, struct value *out);
/* Checks computed attributes of the model and says what they hold, in an arena of the caller's. */
bool kith__computed_list(struct load *l, const struct model *m, const kith_computed *defs, kith_arena *arena,
                         struct computed_list *out);
unsigned kith__computed_count(const kith_computed *defs);
/* Without a check of the list's end: says what each holds over the rows of a group. */
bool kith__computed_resolve(struct load *l, const struct model *m, struct grouping *g, kith_arena *arena,
                            struct computed_list *out);
/* The value of number i of names->computed. */
bool kith__computed_value(struct load *l, const struct names *names, unsigned i, struct value *out);

/* ---- groups ---- */

/* An attribute of the rows that are grouped, or of what they lead to, one each. */
bool kith__group_column(struct load *l, struct grouping *g, const char *path, struct value *out);
const struct names *kith__group_row(const struct grouping *g);
const struct computed_list *kith__group_names(const struct grouping *g);
/* One of names->computed. */
bool kith__group_name(struct load *l, const struct names *names, const char *name, struct value *out);
/* In the list of a group, its names are computed attributes that say nothing but where they are found. */
static inline bool kith__is_group_name(const kith_computed *def)
{
    return !def->aggregate && !def->value;
}
bool kith__select_groups(struct load *l, struct plan_node *n, struct sql_select **out);
/* A plan of one node that holds no attributes, to be filled in, and then its shape. */
bool kith__plan_values(struct load *l, const struct model *m, const kith_include *root, struct plan *plan);
bool kith__plan_values_shape(struct load *l, struct plan *plan);

/* ---- statements ---- */

/* The SELECT of a node that has a statement. keys: those of the sources; NULL for the root of a find, and for an include
 * whose sources are a whole table. */
bool kith__select(struct load *l, struct plan *plan, unsigned node, const struct sql_keys *keys,
                  struct sql_select **out);

/* What the statement of the root of a find will be ordered by, ties broken. */
bool kith__root_orders(struct load *l, struct plan *plan, struct sql_order **out);
bool kith__select_tree(struct load *l, struct tree *t, struct sql_select **out);

/* The same, in a statement that has begun: columns are counted from first_column on. */
bool kith__select_block(struct load *l, struct plan *plan, unsigned node, const struct sql_keys *keys,
                        unsigned first_column, struct sql_select **out);
/* Where the first column of a node's statement lies: behind the numbers of its blocks, when lists are joined in it. */
static inline unsigned node_first_column(const struct plan_node *n)
{
    return n->lists ? 1 + n->lists : 0;
}
static inline unsigned node_link_column(const struct plan_node *n)
{
    return n->first_column - n->link_slots.count;
}
/* Makes the node's own select one of all lists that are joined to it. Nothing changes where there are none. */
bool kith__join_lists(struct load *l, struct plan *plan, unsigned node, struct sql_select **select);

/* ---- rows ---- */

/* The rows of one statement, as records. */
struct rows {
    const kith_allocator *allocator;
    size_t count;
    struct pointer_list targets, links; /* no links, unless records are made of them */
    uint32_t *group;                    /* to which source each belongs; NULL at the root of a find */
    size_t group_capacity;
};

/* Groups of sources by key: sources with equal keys share one list. */
struct groups {
    struct key_map map;
    struct sql_keys keys;
    kith_value *values;
    bool everything; /* the sources are a whole table, so the statement asks for no keys */
    bool grows;      /* rows are sources themselves: their keys make new groups */
};

/* The statement of a node, on its way to records. */
struct decoder;
/* Opens it, and sends it when others are to be sent before it is read. groups is NULL for the root of a find. NULL on
 * failure. */
struct decoder *kith__hydrate_open(struct load *l, struct plan *plan, unsigned node, const struct sql_select *select,
                                   struct groups *groups, struct rows *rows, bool send);
/* The same without a statement, for the root of a find: whoever reads opens what hydrate_run gives. */
struct decoder *kith__hydrate_begin(struct load *l, struct plan *plan, struct rows *rows);
struct run *kith__hydrate_run(struct decoder *d);
/* Reads so many of its rows at most. 1: as many, and there may be more; 0: no more; -1: it failed. */
int kith__hydrate_some(struct decoder *d, size_t most);
/* Reads its rows as records and ends it. d may be NULL: opening failed. */
bool kith__hydrate_read(struct decoder *d);
void kith__hydrate_end(struct decoder *d); /* unread */
void kith__rows_free(struct rows *rows);

/* ---- the whole ---- */

/* Loads plan node 0 and everything below it. */
kith_list *kith__load_find(struct load *l, struct plan *plan);
/* The same for the targets of sources with these keys, each of which is there once: a list for each, in their order, and
 * one that is empty behind them. */
kith_list **kith__load_related(struct load *l, struct plan *plan, const kith_value *keys, size_t count);

/* From how many sources on the include of a node reads its whole table, without keys; 0: never. */
size_t kith__whole_from(const struct plan *plan, unsigned node);
/* How many statements stand above each node's rows; those of one level run one after another, in the order of the nodes.
 * NULL: no memory. */
unsigned *kith__plan_levels(struct load *l, const struct plan *plan);
/* Everything below the first statement, and giving back what that took. */
bool kith__load_includes(struct load *l, struct plan *plan);
void kith__plan_free(struct load *l, struct plan *plan);
/* The nodes of a tree, each once, at its least depth: as one list with depths, or nested. */
kith_list *kith__load_tree(struct load *l, struct tree *t);

/* ---- explaining ---- */

/* The plan as text, then its statements with their values; ask: also what the database says of each. Only then is
 * anything sent. */
bool kith__load_explain(struct load *l, struct plan *plan, bool ask, struct buf *out);

/* ---- out ---- */

/* Appends JSON. False when memory was short. */
bool kith__json_list(struct buf *out, const kith_list *list);
bool kith__json_record(struct buf *out, const kith_record *r);
/* Records of the shape's model as structs, in its result. NULL without an error when there are none. */
void *kith__structs(const struct shape *shape, kith_record *const *at, size_t count, size_t struct_size,
                    kith_error *err);

#endif
