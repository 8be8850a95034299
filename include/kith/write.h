/* kith/write.h: creating, changing and deleting rows, and the calls that associations give records. */
#ifndef KITH_WRITE_H
#define KITH_WRITE_H

#include "kith/find.h"

KITH_BEGIN_DECLS

/* Checks the fields, makes defaults and generated values, and inserts one row. Returns the record with every attribute;
 * NULL on failure. fields may be NULL. Errors: KITH_E_USAGE (a name or type), KITH_E_VALIDATION (before any SQL, all
 * failures together), KITH_E_UNIQUE, KITH_E_FOREIGN_KEY.
 *     kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "Cody")))
 *     INSERT INTO "pugs" ("name", "createdAt", "updatedAt") VALUES (?, ?, ?)
 *
 * and, where the database does not tell the new row's number by itself, RETURNING "id". */
KITH_API kith_record *kith_create(kith_session *s, const kith_model *m, const kith_field *fields);

/* Creates many records as kith_create creates one: rows[i] is the fields of record i, and may be NULL. All rows are
 * checked before any SQL; the report says which row each failure is in. All rows are inserted or none. Returns the
 * records in the order of the rows; NULL on failure. Errors as for kith_create.
 *     kith_create_many(s, &pug_model, (const kith_field *const[]){ KITH_FIELDS(KITH_F("name", "Cody")),
 *                                                                  KITH_FIELDS(KITH_F("name", "Doug")) }, 2)
 *     INSERT INTO "pugs" ("name", "createdAt", "updatedAt") VALUES (?, ?, ?), (?, ?, ?) RETURNING "id" */
KITH_API kith_list *kith_create_many(kith_session *s, const kith_model *m, const kith_field *const *rows, size_t count);

/* What becomes of a row that is there already. */
typedef enum kith_on_conflict {
    KITH_CONFLICT_FAIL = 0, /* the call fails with KITH_E_UNIQUE */
    KITH_CONFLICT_SKIP,     /* it stays as it is */
    KITH_CONFLICT_UPDATE    /* it takes over what the new row says; of two new rows, the later one counts */
} kith_on_conflict;

typedef struct kith_insert_opts {
    kith_on_conflict on_conflict;
    const char *const *key; /* by which unique attributes rows are the same: KITH_NAMES(...); NULL: the primary key */
    const char *const *update; /* what UPDATE takes over, beside updatedAt; NULL: all attributes that are given */
    bool each_hooks;           /* run the single hooks, too, for each row; else only the bulk ones run */
} kith_insert_opts;

/* Inserts many rows and makes no records of them: the fast way, whose memory does not grow with the rows. attributes
 * ends with NULL (KITH_NAMES); values holds a value for each of them, row after row, `count` rows in all; KITH_ABSENT
 * stands for the attribute's default, an expression is refused. Checks, defaults, generated values and timestamps are
 * those of kith_create. All rows are checked before any SQL; the report says which row each failure is in. All rows are
 * inserted or none. opts may be NULL. A conflict of another unique key than opts->key is KITH_E_UNIQUE always.
 * Returns how many rows were inserted, or with KITH_CONFLICT_UPDATE inserted or updated; -1 on failure.
 *     kith_insert_many(s, &pug_model, KITH_NAMES("name", "age"),
 *                      KITH_VALUES(KITH_V("Cody"), KITH_V(3), KITH_V("Doug"), KITH_V(5)), 2, NULL)
 *     INSERT INTO "pugs" ("name", "age", "createdAt", "updatedAt") VALUES (?, ?, ?, ?), (?, ?, ?, ?)
 * With more rows than a few, PostgreSQL gets an array for each column, MariaDB all rows for one VALUES (?, ?, ?, ?),
 * and SQLite many rows at a time; more than one such statement stands in a transaction. */
KITH_API int64_t kith_insert_many(kith_session *s, const kith_model *m, const char *const *attributes,
                                  const kith_value *values, size_t count, const kith_insert_opts *opts);

/* Changes the row of a record, and the record. KITH_E_NOT_FOUND when the row is gone.
 *     kith_update(s, cody, KITH_FIELDS(KITH_F("age", 4)))
 *     UPDATE "pugs" SET "age" = ?, "updatedAt" = ? WHERE "id" = ? */
KITH_API bool kith_update(kith_session *s, kith_record *r, const kith_field *fields);

/* Deletes the row of a record (of a paranoid model: sets deletedAt). KITH_E_NOT_FOUND when it is gone already. */
KITH_API bool kith_destroy(kith_session *s, kith_record *r);

/* Reads the row of a record again, into the record. Includes stay as they were. */
KITH_API bool kith_reload(kith_session *s, kith_record *r);

/* ---- links ---------------------------------------------------------------------------------------------------- */

/* A target: a record, or just its key; optionally with its own values for the join row. A record that is NULL because
 * an earlier call failed makes the call fail too. */
typedef struct kith_ref {
    const kith_record *record;
    kith_value key;
    const kith_field *through;
    const kith_value *keys; /* a key of several attributes: KITH_VALUES(...) */
} kith_ref;
#define KITH_REFS(...) ((const kith_ref[]){ __VA_ARGS__, { .key = KITH_END_VALUE_ } })
#define KITH_NO_REFS   ((const kith_ref[]){ { .key = KITH_END_VALUE_ } })

typedef struct kith_link_opts {
    const kith_field *through; /* values for the join rows of all targets */
} kith_link_opts;

/* The targets of a record, each with its join row beside it in `links`. q may be NULL; its where and order may name
 * join attributes as "friendship.since". NULL on failure. */
KITH_API kith_list *kith_get(kith_session *s, const kith_record *r, const char *assoc, const kith_query *q);

/* Links targets. Through a join table: one row for each; a link that is there already is left, or given the new join
 * values; returns the join rows. has-many: the targets' keys are set; returns the targets. Each to-one association
 * takes one target, as set does. No targets (KITH_NO_REFS): nothing changes.
 *     kith_add(s, cody, "friends", KITH_REFS({ ann }, { .key = KITH_V(7) }), NULL)
 *     INSERT INTO "friendship" (…) VALUES (…), (…) ON CONFLICT (…) DO … RETURNING … */
KITH_API kith_list *kith_add(kith_session *s, kith_record *r, const char *assoc, const kith_ref *targets,
                             const kith_link_opts *opts);

/* Makes the targets the only ones, sending only the difference, all or nothing. Returns what add returns, for all the
 * targets. No targets (KITH_NO_REFS): removes all links. */
KITH_API kith_list *kith_set(kith_session *s, kith_record *r, const char *assoc, const kith_ref *targets,
                             const kith_link_opts *opts);

/* Removes links; the targets stay. Returns how many links there were, -1 on failure. */
KITH_API int64_t kith_remove(kith_session *s, kith_record *r, const char *assoc, const kith_ref *targets);

/* Are all these targets linked? 1, 0, or -1 on failure. */
KITH_API int kith_has(kith_session *s, const kith_record *r, const char *assoc, const kith_ref *targets);

/* How many targets are linked; -1 on failure. */
KITH_API int64_t kith_count_related(kith_session *s, const kith_record *r, const char *assoc);

/* Makes a target and links it: both or neither. Returns the target, NULL on failure. KITH_E_UNSUPPORTED where the
 * target may be of several models: kith_create, then kith_set. */
KITH_API kith_record *kith_create_related(kith_session *s, kith_record *r, const char *assoc, const kith_field *fields,
                                          const kith_link_opts *opts);

/* Makes many targets and links them: all or none. rows[i] is the fields of target i, and may be NULL, as for
 * kith_create_many. Returns the targets in the order of the rows; NULL on failure. A to-one association takes one row.
 *     kith_create_related_many(s, cody, "friends", (const kith_field *const[]){ KITH_FIELDS(KITH_F("name", "Ann")),
 *                                                                               KITH_FIELDS(KITH_F("name", "Bob")) }, 2,
 *                              NULL)
 *     INSERT INTO "humans" ("name") VALUES (?), (?) RETURNING "id";
 *     INSERT INTO "friendship" (…) VALUES (…), (…) ON CONFLICT (…) DO … RETURNING … */
KITH_API kith_list *kith_create_related_many(kith_session *s, kith_record *r, const char *assoc,
                                             const kith_field *const *rows, size_t count, const kith_link_opts *opts);

KITH_END_DECLS

#endif
