/* query: what the verbs that take a kith_query make of it. */
#ifndef KITH_ORM_QUERY_H
#define KITH_ORM_QUERY_H

#include "orm/session.h"

/* A query is an include without an association. q may be NULL. */
kith_include kith__query_root(const kith_query *q);
/* What the query says about locks, checked, for the rows of the plan's first statement. */
bool kith__query_lock(struct call *c, const kith_query *q, struct plan *plan);
/* How many rows of the model it would find without limit and offset; -1 on failure. */
int64_t kith__query_count(struct call *c, const struct model *m, const kith_query *q);

/* Are its records groups? */
bool kith__query_is_grouped(const kith_query *q);
/* The plan of such a query. */
bool kith__query_plan_groups(struct call *c, const struct model *m, const kith_query *q, struct plan *plan);
/* The plan of a find, of rows or groups. root: of the query; it lives as long as the plan. */
bool kith__query_plan(struct call *c, const struct model *m, const kith_query *q, const kith_include *root,
                      struct plan *plan);
/* For verbs whose records are rows. */
bool kith__query_plain(struct call *c, const kith_query *q, const char *verb);

#endif
