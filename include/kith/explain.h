/* kith/explain.h: what a find would do. */
#ifndef KITH_EXPLAIN_H
#define KITH_EXPLAIN_H

#include "kith/find.h"

KITH_BEGIN_DECLS

typedef struct kith_explain_opts {
    bool database_plan; /* also ask the database for its own plan of each statement */
} kith_explain_opts;

/* How kith_find would load this: the plan as a tree, then the statements in the order in which they would run, with the
 * values that are bound. Nothing is sent. q and opts may be NULL. Returns text owned by the session, never NULL: on
 * failure "". Errors are those of kith_find before its first statement.
 *
 * A line of the plan says under which name, how and by which keys it is loaded (JOIN: in its source's statement;
 * SEPARATE: by one statement for all sources; required by EXISTS: sources without one are left out by a condition in
 * theirs), and which attributes are read; those behind + were not asked for, Kith needs them.
 *
 * The keys that a later statement gets are those of the rows before it. It is shown for two of them, and <keys> stands
 * where they are bound. What it says of `up to` so many: more take several such statements.
 *
 * With .database_plan, the database is asked about each statement (EXPLAIN QUERY PLAN on SQLite, EXPLAIN on PostgreSQL,
 * EXPLAIN FORMAT=JSON on MariaDB), about later ones with two keys that are made up. That sends statements, but not those
 * that are explained.
 *     puts(kith_explain(s, &pug_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "owner" }, { .as = "toys" }) }, NULL))
 *
 *     pug: id, name, ownerId
 *       owner: JOIN, pug.ownerId = owner.id: id, name
 *       toys: SEPARATE, pug.id = toy.pugId: id, name, pugId
 *
 *     1. pug
 *     SELECT t0."id", t0."name", t0."ownerId", t1."id", t1."name" FROM "pugs" t0 LEFT JOIN "owners" t1 ON …
 *
 *     2. pug.toys, for all pugs together (shown for 2 keys; from 256 pugs on without keys)
 *     SELECT t0."id", t0."name", t0."pugId" FROM "toys" t0 WHERE t0."pugId" IN (SELECT value FROM json_each(?))
 *     values: <keys> */
KITH_API const char *kith_explain(kith_session *s, const kith_model *m, const kith_query *q,
                                  const kith_explain_opts *opts);

KITH_END_DECLS

#endif
