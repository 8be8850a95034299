/* graph: a tree of nodes on its way to rows.
 *
 *     definitions → nodes, checked (build) → steps in order (plan) → statements (run) → records (graph.c)
 *
 * Only the last two send SQL. What a node's row needs of others are the keys along its edges; the plan orders rows by
 * that, and puts those of one kind (model, mode, key, attributes) into one step. */
#ifndef KITH_ORM_GRAPH_H
#define KITH_ORM_GRAPH_H

#include "kith/graph.h"
#include "orm/hooks.h"
#include "orm/link.h"
#include "orm/unique.h"

struct graph_node;

struct graph_edge {
    const struct assoc *a;     /* NULL: it leads to the roots */
    const struct model *model; /* of its nodes */
    struct graph_node *source; /* NULL: it leads to the roots */
    kith_edge_mode mode;       /* of its rows: REPLACE is UPSERT */
    bool replaces;
    bool is_planned; /* that it lets go */
    struct unique_key key;
    struct graph_node *nodes;
    size_t count;
};

struct graph_node {
    const kith_node *def;
    struct graph_edge *edge; /* that leads to it */
    struct graph_edge *edges;
    unsigned edge_count;
    struct row_values row;
    bool *written;          /* by attr->index: said by the fields, or by an association */
    struct row_values link; /* the join row, where the edge has one */
    kith_record *record, *link_record;
    unsigned waits; /* rows that are to be saved before this one */
    struct graph_kind *kind;
    struct graph_node *next; /* of those ready */
};

enum graph_op {
    GRAPH_READ,    /* rows that are linked */
    GRAPH_ROWS,    /* insert, upsert, or give linked rows their keys */
    GRAPH_RELEASE, /* targets lose the key of their source */
    GRAPH_UNLINK,  /* join rows go */
    GRAPH_LINK     /* join rows come */
};

/* What is done at once. */
struct graph_step {
    enum graph_op op;
    struct graph_node **nodes; /* whose rows, or join rows, are concerned */
    struct graph_edge **edges; /* of RELEASE and UNLINK */
    size_t count;              /* of either */
    struct graph_step *next;
};

struct graph {
    struct call c; /* first, so that readers of rows find it */
    struct graph_edge roots;
    struct graph_node **all; /* each after its source */
    size_t count, capacity;
    struct graph_step *steps;
};

/* Does the source's row, or the target's, carry the key? Neither: a join row does. */
static inline bool edge_in_source(const struct graph_edge *e)
{
    return e->a && e->a->key_in_source;
}
static inline bool edge_in_target(const struct graph_edge *e)
{
    return e->a && e->a->hop_count == 1 && !e->a->key_in_source;
}
static inline bool edge_is_joined(const struct graph_edge *e)
{
    return e->a && e->a->hop_count == 2;
}
/* Were there links before? Not from a row that is new. */
static inline bool edge_lets_go(const struct graph_edge *e)
{
    return edge_in_target(e) && e->source->edge->mode != KITH_EDGE_INSERT && (e->replaces || (!e->a->many && e->count));
}
static inline bool edge_unlinks(const struct graph_edge *e)
{
    return edge_is_joined(e) && e->source->edge->mode != KITH_EDGE_INSERT && e->replaces;
}

/* How many nodes a list of the program's has; NULL: none. */
size_t kith__graph_count(const kith_node *nodes);
/* Makes the nodes and checks everything that can be known. roots: `count` of them. */
bool kith__graph_build(struct graph *g, const struct model *m, const kith_node *roots, size_t count,
                       const kith_save_opts *opts);
/* Where a node stands, "tags[1].owner: ", for messages. */
void kith__graph_place(struct buf *out, const void *node);
/* Takes over the keys along the node's edges as far as they are known; when all are needed, it is an error if one is
 * not. The second is for its join row. */
bool kith__graph_connect(struct graph *g, struct graph_node *n, bool all);
bool kith__graph_connect_link(struct graph *g, struct graph_node *n);

bool kith__graph_plan(struct graph *g);
void kith__graph_describe(const struct graph *g, struct buf *out);

/* Rows on their way into one table. */
struct graph_writing {
    struct row_values *rows;
    size_t count;
    const struct on_conflict *conflict; /* NULL: all of them are new */
    struct fixed_values fixed;          /* the attributes that associations decide; of the values nothing */
    kith_record **records;              /* by row_of */
    size_t *row_of;
};

/* graph_hooks.c: the same with the hooks of the model. Rows that are there and would not change are left. */
bool kith__graph_upsert_hooked(struct graph *g, struct graph_writing *w);
/* The number of rows, -1 on failure. */
int64_t kith__graph_release_hooked(struct graph *g, const struct assoc *a, struct sql_expr *where);
int64_t kith__graph_unlink_hooked(struct graph *g, const struct model *join, struct sql_expr *where);

/* Takes the steps. Each node has its record then, with room for what is below it. */
bool kith__graph_run(struct graph *g);

#endif
