/* kith/tree.h: trees and graphs: what an association of a model with itself leads to, step after step. */
#ifndef KITH_TREE_H
#define KITH_TREE_H

#include "kith/find.h"

KITH_BEGIN_DECLS

typedef struct kith_tree_opts {
    size_t max_depth;              /* so many steps at most; 0: no limit */
    bool with_self;                /* the record itself too, first and at depth 0; one statement more */
    bool depth_first;              /* each record before all that is below it; else level by level */
    const char *const *attributes; /* NULL: all */
    const kith_expr *where;        /* which records are followed: another is left out, and what only it leads to */
    struct {
        const char *const *attributes; /* of the join row; KITH_NO_NAMES hides it */
        const kith_expr *where;        /* which links are followed */
    } through;
    const kith_order *order;     /* of those below the same record; then, and by default, by the primary key */
    const kith_include *include; /* of each record; none of them required */
    bool with_deleted;           /* of a paranoid model: also rows that were destroyed */
} kith_tree_opts;

/* All that is below a record, by one recursive statement. The association is one of the model with itself: a has-many
 * and its belongs-to ("children" or "parent") both name the same tree; a belongs-to-many is followed the way it leads.
 * Each record comes once, at its least depth, also where rows lead back to each other; the record itself does not come
 * unless asked for. Returns a list whose `depths` says how deep each lies; `links` holds the join row by which it was
 * reached. opts may be NULL. NULL on failure: KITH_E_USAGE for a name that is not there, or an association that leads to
 * another model. Of the record, the key by which the association finds it must be loaded.
 *     kith_descendants(s, animals, "children", &(kith_tree_opts){ .order = KITH_ORDER({ "name" }) })
 *     WITH RECURSIVE "kith_reached" ("k0") AS (SELECT t0."id" FROM "kinds" t0 WHERE t0."id" = ? UNION
 *       SELECT t1."id" FROM "kith_reached" w JOIN "kinds" t1 ON t1."parentId" = w."k0")
 *     SELECT t2."id", … FROM "kinds" t2 WHERE t2."id" IN (SELECT w."k0" FROM "kith_reached" w)
 *       ORDER BY t2."name", t2."id" */
KITH_API kith_list *kith_descendants(kith_session *s, const kith_record *r, const char *assoc,
                                     const kith_tree_opts *opts);

/* All that is above a record: the same the other way. */
KITH_API kith_list *kith_ancestors(kith_session *s, const kith_record *r, const char *assoc,
                                   const kith_tree_opts *opts);

/* Whole trees, nested: the roots that the condition finds (NULL: the rows that no other leads to), each with what is
 * below it, at every level, as kith_many(record, assoc); kith_json prints them so. Each record comes once: at its least
 * depth, under the first that leads to it. Two statements. The roots are ordered like all others. with_self and
 * depth_first say nothing here and are refused; so is a belongs-to.
 *     kith_tree(s, &kind_model, "children", NULL, NULL)
 *     SELECT … FROM "kinds" t0 WHERE NOT EXISTS (SELECT 1 FROM "kinds" t1 WHERE t1."id" = t0."parentId")
 *     WITH RECURSIVE … */
KITH_API kith_list *kith_tree(kith_session *s, const kith_model *m, const char *assoc, const kith_expr *roots,
                              const kith_tree_opts *opts);

KITH_END_DECLS

#endif
