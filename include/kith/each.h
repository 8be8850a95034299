/* kith/each.h: the calls that associations give records, for many records at once: as few statements as for one. */
#ifndef KITH_EACH_H
#define KITH_EACH_H

#include "kith/write.h"

KITH_BEGIN_DECLS

/* What follows takes `count` sources, records of the model m, in any order; the same one may come several times, except
 * where it is said. No sources are no error. A source that is NULL makes the call fail. A statement takes as many
 * sources as the database allows: any number, on MariaDB 1,024. */

/* The targets of each source: result i is what kith_get gives for source i; where, order, limit and offset count for
 * each. Sources with the same key share a list. All lists are one result: kith_release of the first frees them, and the
 * array. NULL on failure.
 *     kith_list *pugs = kith_find(s, &pug_model, NULL);
 *     kith_list *const *friends = kith_get_each(s, &pug_model, pugs->at, pugs->count, "friends", NULL);
 *     SELECT … FROM "friendship" t0 JOIN "pugs" t1 ON t1."id" = t0."friendId" WHERE t0."pugId" = ANY(?) */
KITH_API kith_list *const *kith_get_each(kith_session *s, const kith_model *m, kith_record *const *sources,
                                         size_t count, const char *assoc, const kith_query *q);

/* How many targets each source has. Owned by the session; NULL on failure.
 *     SELECT t1."pugId", COUNT(*) FROM "friendship" t1 … WHERE t1."pugId" = ANY(?) GROUP BY t1."pugId" */
KITH_API const int64_t *kith_count_each(kith_session *s, const kith_model *m, kith_record *const *sources, size_t count,
                                        const char *assoc);

/* A source, and targets of its own. */
typedef struct kith_links {
    kith_record *source;
    const kith_ref *targets; /* KITH_REFS(...) */
} kith_links;

/* Has each source all its targets? Answer i is for links[i]. Owned by the session; NULL on failure. */
KITH_API const bool *kith_has_each(kith_session *s, const kith_model *m, const kith_links *links, size_t count,
                                   const char *assoc);

/* Links each source with its targets, all or nothing. Returns what kith_add returns, in one list: for the first source,
 * then for the second, each link once. Through a join table it is one upsert for all links (one for those with values for
 * the same attributes); without one, statements for each source.
 *     kith_add_each(s, &pug_model, (const kith_links[]){ { cody, KITH_REFS({ doug }) }, { doug, KITH_REFS({ cody }) } },
 *                   2, "friends", NULL);
 *     INSERT INTO "friendship" (…) VALUES (…), (…) ON CONFLICT (…) DO … RETURNING … */
KITH_API kith_list *kith_add_each(kith_session *s, const kith_model *m, const kith_links *links, size_t count,
                                  const char *assoc, const kith_link_opts *opts);

/* Makes the targets of each source its only ones, all or nothing, sending only the difference: through a join table, one
 * statement reads the links of all sources, one deletes, one upserts. The same source twice is refused; where the source
 * carries the key (belongs-to), the later one counts. Returns what add_each returns. */
KITH_API kith_list *kith_set_each(kith_session *s, const kith_model *m, const kith_links *links, size_t count,
                                  const char *assoc, const kith_link_opts *opts);

/* Removes links, all or nothing; returns how many there were, -1 on failure.
 *     DELETE FROM "friendship" WHERE ("pugId", "friendId") IN (…) */
KITH_API int64_t kith_remove_each(kith_session *s, const kith_model *m, const kith_links *links, size_t count,
                                  const char *assoc);

KITH_END_DECLS

#endif
