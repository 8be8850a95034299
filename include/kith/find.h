/* kith/find.h: queries, and what they return. */
#ifndef KITH_FIND_H
#define KITH_FIND_H

#include "kith/db.h"
#include "kith/expr.h"
#include "kith/model.h"

KITH_BEGIN_DECLS

typedef struct kith_record kith_record;

/* Lives until its session closes, kith_release(list) or kith_session_release_all. A list is a snapshot: links added
 * later are not in it. Records below one parent may be shared with another parent's list. */
typedef struct kith_list {
    size_t count;
    kith_record *const *at;
    kith_record *const *links; /* the join row beside each record, when a join table was crossed; else NULL */
    const uint32_t *depths;    /* of a tree: how far below (or above) its beginning each record is; else NULL */
} kith_list;

typedef struct kith_order {
    const char *path; /* an attribute, a path through to-one associations, or the join model's "friendship.since" */
    bool desc;
    kith_aggregate aggregate; /* path leads through to-many associations: order by how many there are, or by a sum, … */
} kith_order;

/* One more value in each record, made in the statement that reads it: an aggregate of associated records, as KITH_AGGREGATE
 * says, or any other value. It is read by its name like an attribute, and conditions and orders of the same query may use
 * the name; no attribute or association of the model may have it. Writing or reloading a record leaves it as it was read.
 *     kith_find(s, &user_model, &(kith_query){ .computed = KITH_COMPUTED({ "friendCount", KITH_COUNT, "friends" }) })
 *     SELECT t0."id", …, (SELECT COUNT(*) FROM "friendships" t2 JOIN "users" t1 ON … WHERE …) FROM "users" t0 */
typedef struct kith_computed {
    const char *as;
    kith_aggregate aggregate;
    const char *path;
    const kith_expr *where; /* over these only */
    bool distinct;          /* COUNT, SUM and AVG: each value (COUNT of an association: each record) once */
    const kith_expr *value; /* instead of aggregate and path: KITH_COL, KITH_FN, KITH_SQL, … */
    kith_type type;         /* of value, where it is not an attribute's */
    kith_member member;     /* KITH_MEMBER(S, m): where kith_structs puts it */
} kith_computed;
#define KITH_COMPUTED(...) ((const kith_computed[]){ __VA_ARGS__, { 0 } })

typedef enum kith_strategy { KITH_STRATEGY_AUTO = 0, KITH_JOIN, KITH_SEPARATE } kith_strategy;

/* An association to load with its source. To-one associations come by a JOIN in the source's statement, to-many ones
 * by one statement for all sources together. A strategy forces the other way, with the same result. */
typedef struct kith_include kith_include;
struct kith_include {
    const char *as;          /* alias, or */
    const kith_model *model; /* the model, when only one association leads there; beside .as: which of its targets */
    const char *const *attributes; /* NULL: all; KITH_NO_NAMES: none */
    const kith_expr *where;        /* which targets are loaded */
    kith_tri required;             /* YES: leave out sources without such a target; AUTO: yes when there is a where */
    struct {
        const char *const *attributes; /* of the join row; KITH_NO_NAMES hides it */
        const kith_expr *where;        /* which links are followed */
    } through;
    const kith_order *order;
    size_t limit, offset; /* per source; limit 0: no limit */
    kith_strategy strategy;
    const kith_include *include;
    bool with_deleted;
    /* Under which the records lie, for kith_one, kith_many and JSON; default: the association's name. With names of their
     * own, one association may be included several times. No name may be that of an attribute. */
    const char *name;
    /* Where kith_structs puts what was loaded: KITH_INTO, KITH_INTO_ONE. Default: where the association says, but nowhere
     * for an include with a name of its own. */
    kith_member into;
    const kith_computed *computed; /* KITH_COMPUTED(...): of the targets */
};
#define KITH_INCLUDE(...) ((const kith_include[]){ __VA_ARGS__, { 0 } })
#define KITH_ORDER(...)   ((const kith_order[]){ __VA_ARGS__, { 0 } })

/* Rows that are read to be changed, or to stay as they are until the transaction ends. */
typedef enum kith_lock {
    KITH_NO_LOCK = 0,
    KITH_LOCK_UPDATE, /* nobody else may change, delete or lock them */
    KITH_LOCK_SHARE   /* nobody else may change or delete them */
} kith_lock;

/* What to do about rows that another transaction has locked. */
typedef enum kith_locked {
    KITH_LOCKED_WAIT = 0, /* wait until it has ended, for busy_ms at most */
    KITH_LOCKED_SKIP,     /* leave them out: for queues of work */
    KITH_LOCKED_FAIL      /* fail at once, with KITH_E_BUSY */
} kith_locked;

typedef struct kith_query {
    const char *const *attributes; /* NULL: all */
    const kith_expr *where;
    const kith_include *include;
    const kith_order *order;
    size_t limit, offset; /* limit 0: no limit */
    bool with_deleted;    /* of a paranoid model: also the rows that were destroyed */
    /* Locks the rows of the model itself, not those that are included; on MariaDB also what is joined. Needs a transaction
     * that may write. SQLite adds nothing: there such a transaction keeps all others from writing. */
    kith_lock lock;
    kith_locked locked;            /* with a lock */
    const kith_computed *computed; /* KITH_COMPUTED(...) */

    /* Each record stands for the rows that are equal in these attributes or paths through to-one associations, and holds
     * them (or those of them that .attributes names) and what is computed over its rows, of which COUNT needs no path:
     *     .group = KITH_NAMES("country", "shop.city"), .computed = KITH_COMPUTED({ "n", KITH_COUNT },
     *                                                                            { "sum", KITH_SUM, "total" })
     * KITH_NO_NAMES: all rows are one group. Conditions and orders of groups use these names; includes are refused. */
    const char *const *group;
    const kith_expr *having; /* which groups; where says which rows are grouped */
    bool distinct;           /* each record stands for the rows that are equal in .attributes, and holds no more */
} kith_query;

/* The rows that the query selects, each with its includes. q may be NULL. Returns a list, empty when nothing is found;
 * NULL on failure.
 *     kith_find(s, &pug_model, &(kith_query){ .where = KITH_GT("age", 3), .limit = 10 })
 *     SELECT t0."id", t0."name", … FROM "pugs" t0 WHERE t0."age" > ? ORDER BY t0."id" LIMIT ? */
KITH_API kith_list *kith_find(kith_session *s, const kith_model *m, const kith_query *q);
/* The first such row, or NULL; NULL without an error when there is none. */
KITH_API kith_record *kith_find_one(kith_session *s, const kith_model *m, const kith_query *q);
/* The row with this primary key, or NULL. For a key of several attributes use kith_find_by_keys. */
KITH_API kith_record *kith_find_by_key(kith_session *s, const kith_model *m, kith_value key);
/* keys in the order of the model's primary key, ending with KITH_LIST_END (KITH_VALUES makes that). */
KITH_API kith_record *kith_find_by_keys(kith_session *s, const kith_model *m, const kith_value *keys);
/* How many rows (or groups) kith_find would return without limit and offset; -1 on failure. */
KITH_API int64_t kith_count(kith_session *s, const kith_model *m, const kith_query *q);
/* kith_find and kith_count in one call: *total is how many rows there would be without limit and offset. Includes never
 * multiply them. Counts by a second statement, unless the rows found tell already; in a transaction both see the same
 * rows where its isolation says so. NULL on failure; *total is then -1.
 *     kith_find_and_count(s, &pug_model, &(kith_query){ .limit = 10 }, &total)
 *     SELECT … FROM "pugs" t0 ORDER BY t0."id" LIMIT ?;   SELECT COUNT(*) FROM "pugs" t0 */
KITH_API kith_list *kith_find_and_count(kith_session *s, const kith_model *m, const kith_query *q, int64_t *total);

/* One aggregate over all rows of a query, without its limit and offset: of an attribute or a path through to-one
 * associations; COUNT also of rows (NULL). Text in *out lives as long as the session, or kith_session_release_all. False on
 * failure.
 *     kith_value sum;
 *     kith_calculate(s, &order_model, KITH_SUM, "total", &(kith_query){ .where = KITH_GT("total", 5) }, &sum)
 *     SELECT SUM(t0."total") FROM "orders" t0 WHERE t0."total" > ? */
KITH_API bool kith_calculate(kith_session *s, const kith_model *m, kith_aggregate a, const char *path,
                             const kith_query *q, kith_value *out);

/* Frees a list and all that was loaded with it, before the session closes. NULL is allowed. */
KITH_API void kith_release(kith_list *list);

/* ---- reading records ----------------------------------------------------------------------------------------- */

/* The value of an attribute. Text lives as long as the record. A name that the model does not have, or an attribute
 * that the query left out, is a KITH_E_USAGE error in the session; NULL, 0 or false is returned. So is a value of
 * another kind: kith_int of a text. For a record that is NULL they return NULL, 0 or false. */
KITH_API const char *kith_text(const kith_record *r, const char *attr); /* NULL when null */
KITH_API int64_t kith_int(const kith_record *r, const char *attr);      /* 0 when null; of a DATE: microseconds */
KITH_API double kith_double(const kith_record *r, const char *attr);    /* 0 when null */
KITH_API bool kith_bool(const kith_record *r, const char *attr);        /* false when null */
KITH_API kith_value kith_value_of(const kith_record *r, const char *attr);

/* For tight loops: where an attribute lies in the records of a list (-1 and an error when it does not), and the values
 * of a record, in that order.
 *     int age = kith_slot(list, "age");
 *     for (size_t i = 0; i < list->count; i++) sum += kith_values(list->at[i])[age].as.integer; */
KITH_API int kith_slot(const kith_list *list, const char *attr);
KITH_API const kith_value *kith_values(const kith_record *r);
/* The same for the join rows beside the records: kith_values(list->links[i])[kith_link_slot(list, "since")]. */
KITH_API int kith_link_slot(const kith_list *list, const char *attr);

/* What an include loaded: the record of a to-one association or NULL; the list of a to-many one. An association that
 * was not included is an error in the session, never a hidden query. The name is the include's alias, or the join
 * model's name for a join row loaded through the join model. */
KITH_API kith_record *kith_one(const kith_record *r, const char *assoc);
KITH_API const kith_list *kith_many(const kith_record *r, const char *assoc);
KITH_API const kith_model *kith_model_of(const kith_record *r);

/* A list or record as JSON text: the attributes in the order of the query, then the includes, then the join row under
 * the join model's name. DATE is ISO 8601 in UTC, DECIMAL a string (no reader may lose a digit), BLOB base64. Owned by
 * the session, never NULL: on failure "null". */
KITH_API const char *kith_json(kith_session *s, const kith_list *list);
KITH_API const char *kith_json_record(kith_session *s, const kith_record *r);

/* The records as an array of your structs, list->count of them: attributes made with KITH_ATTR, what was computed for a
 * .member, and what was included
 * where .into of the association or the include says, with the join rows, to any depth. Null and what was not loaded
 * give 0 or NULL, an association that was not included an empty array or NULL. The arrays hold structs, so a target of
 * several sources is in the array of each. What was loaded once is made once: below structs that are equal, arrays and
 * pointers may lead to the same memory. Lives as long as the list. NULL when the list is empty, and on failure:
 * KITH_E_USAGE when struct_size is not the model's.
 *     user *users = KITH_STRUCTS(user, s, list);
 *     users[0].projects.at[2].title, users[0].projects.links[2].hours */
KITH_API void *kith_structs(kith_session *s, const kith_list *list, size_t struct_size);
#define KITH_STRUCTS(S, s, list) ((S *)kith_structs((s), (list), sizeof(S)))
/* The same of the join rows beside the records of a list: list->count of them. One that is missing, as beside the node a
 * tree begins with, gives a struct of zeros. KITH_E_USAGE also when the list has no join rows.
 *     membership *links = KITH_LINK_STRUCTS(membership, s, kith_get(s, ann, "projects", NULL)); */
KITH_API void *kith_link_structs(kith_session *s, const kith_list *list, size_t struct_size);
#define KITH_LINK_STRUCTS(L, s, list) ((L *)kith_link_structs((s), (list), sizeof(L)))
/* The same of one record; NULL for NULL. Lives as long as the record.
 *     user *ann = KITH_STRUCT(user, s, kith_find_one(s, &user_model, &query)); */
KITH_API void *kith_struct(kith_session *s, const kith_record *r, size_t struct_size);
#define KITH_STRUCT(S, s, record) ((S *)kith_struct((s), (record), sizeof(S)))

KITH_END_DECLS

#endif
