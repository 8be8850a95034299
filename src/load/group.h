/* group: records that stand for groups of rows. */
#ifndef KITH_LOAD_GROUP_H
#define KITH_LOAD_GROUP_H

#include "load/load.h"

/* What a query says of groups. */
struct group_query {
    const char *const *names;      /* paths through to-one associations; ends with NULL */
    const char *const *attributes; /* those of the names that are selected; NULL: all */
    const kith_computed *computed; /* over the rows of a group */
    const kith_expr *having;
};

/* The plan of a find whose records are groups: one node. root: its where, order and page. */
bool kith__plan_groups(struct load *l, const struct model *m, const kith_include *root, const struct group_query *q,
                       struct plan *plan);
/* How many groups such a plan finds, without limit and offset. */
bool kith__select_group_count(struct load *l, struct plan *plan, struct sql_select **out);

#endif
