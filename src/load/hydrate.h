/* hydrate: what decoding a statement's rows consists of. Only hydrate.c and lists.c look inside. */
#ifndef KITH_LOAD_HYDRATE_H
#define KITH_LOAD_HYDRATE_H

#include "load/load.h"

/* What a row of a statement gave; link: of the join row, unless no records are made of those. */
struct row {
    kith_record *target, *link;
};
bool kith__rows_add(struct load *l, struct rows *rows, const struct row *row);

/* A record to which a list belongs, and where that begins among the list's rows. */
struct list_source {
    kith_record *record;
    size_t first;
};

/* What one row holds of the statement's node, or of a list that is joined to it: a record, and those of to-one nodes. */
struct branch {
    unsigned node;
    struct key_map shared;       /* targets by their key in the join row */
    struct pointer_list targets; /* the shared records, by number in the map */
    kith_value *link_values;     /* the join row, when no record is made of it */

    /* Only where lists are joined. */
    unsigned above;     /* the branch that the list's sources are in */
    bool reading;       /* this row belongs to the record that was made last */
    int64_t last;       /* its number; 0: the source has none yet */
    kith_record *made;  /* it, unless it is one that was met before and has its lists */
    kith_record *owner; /* the source in hand; NULL: none */
    struct rows rows;
    struct list_source *sources;
    size_t source_count, source_capacity;
};

/* Decoding one statement's rows. */
struct decoder {
    struct load *l;
    struct plan *plan;
    unsigned root;
    struct run run;
    struct groups *groups;
    struct rows *rows;
    uint8_t *types;          /* of all columns */
    struct branch own;       /* branches, where no lists are joined */
    struct branch *branches; /* the node's own, then those of its lists */
    unsigned branch_count;
    kith_value *numbers; /* of the row in hand, one for each branch */
    struct page *page;   /* the node's rows are those of a page, and end with the values that it goes by; or NULL */
};

static inline const struct plan_node *branch_node(const struct decoder *d, const struct branch *b)
{
    return &d->plan->nodes[b->node];
}

bool kith__hydrate_columns(struct decoder *d, unsigned first, unsigned count, kith_value *out);
/* The row's record of a branch. *is_new: it was made now. */
bool kith__hydrate_record(struct decoder *d, struct branch *b, struct row *row, bool *is_new);
/* The same for the statement's own node; the row is put among the statement's. */
bool kith__hydrate_row(struct decoder *d, struct row *row, bool *is_new);

/* ---- joined lists ---- */

/* Reads one row of a statement with lists: whichever of its branches it says something new about. */
bool kith__lists_row(struct decoder *d);
/* After the last row: gives the lists to their sources. */
bool kith__lists_give(struct decoder *d);
void kith__lists_free(struct decoder *d);

#endif
