/* kith/expr.h: conditions.
 *
 * A condition is a small tree of constant structs, made by macros where it is used. Names in it are attribute names or
 * paths: "age", "friends.name" (there is a friend with …), "friends.friendship.since" (through the join row).
 *
 * Compound literals die with the block they stand in. Never assign one to a query inside an if: write
 * KITH_AND(x ? KITH_EQ("a", x) : NULL, …) instead; NULL terms are left out. */
#ifndef KITH_EXPR_H
#define KITH_EXPR_H

#include "kith/value.h"

KITH_BEGIN_DECLS

enum kith_op {
    KITH_OP_END_ = -1, /* ends the lists that the macros make */
    KITH_OP_EQ = 1,    /* with a NULL value: IS NULL */
    KITH_OP_NE,        /* with a NULL value: IS NOT NULL; rows where the attribute is null are not found, as in SQL */
    KITH_OP_GT,
    KITH_OP_GTE,
    KITH_OP_LT,
    KITH_OP_LTE,
    KITH_OP_LIKE, /* % and _ are wildcards, \ escapes them; letter case counts */
    KITH_OP_NOT_LIKE,
    KITH_OP_IS_NULL,
    KITH_OP_IS_NOT_NULL,
    KITH_OP_IN,     /* a NULL in the list finds rows where the attribute is null; an empty list finds none */
    KITH_OP_NOT_IN, /* the opposite of IN for rows where the attribute is not null */
    KITH_OP_BETWEEN,
    KITH_OP_AND,
    KITH_OP_OR,
    KITH_OP_NOT,
    KITH_OP_SOME, /* an associated record fulfils it */
    KITH_OP_NONE,
    KITH_OP_EVERY,
    KITH_OP_SQL,       /* your own text; as a condition or a value */
    KITH_OP_COL,       /* an attribute, as a value */
    KITH_OP_FN,        /* a function of the database, as a value */
    KITH_OP_AGGREGATE, /* how many associated records there are, or a sum over them; as a value */
    KITH_OP_COUNT_
};

/* Over associated records. COUNT of none is 0, all others of none are NULL; so are those of records in which the attribute
 * is null. SUM of INTEGER and BIGINT is a BIGINT, of DECIMAL an exact DECIMAL, of DOUBLE a DOUBLE; AVG is a DOUBLE; MIN and
 * MAX are of the attribute's type: any but BLOB and JSON, an ENUM by the order of its labels. */
typedef enum kith_aggregate {
    KITH_NO_AGGREGATE = 0,
    KITH_COUNT,
    KITH_SUM,
    KITH_AVG,
    KITH_MIN,
    KITH_MAX
} kith_aggregate;

typedef struct kith_expr kith_expr;
struct kith_expr {
    int op;                       /* a kith_op */
    const char *path;             /* attribute, path, association, SQL text or function name */
    kith_value value;             /* the other side; of AGGREGATE: which one */
    const kith_value *list;       /* IN, BETWEEN, SQL, FN; ends with KITH_LIST_END */
    const kith_expr *const *args; /* AND, OR, NOT, SOME, …; ends with &kith_expr_end; NULLs before it are left out. Of a
                                   * comparison without a path: the value on its left side */
};

extern KITH_API const kith_expr kith_expr_end;

#define KITH_CMP_(o, p, v)  (&(const kith_expr){ .op = (o), .path = (p), .value = KITH_V(v) })
#define KITH_EQ(p, v)       KITH_CMP_(KITH_OP_EQ, p, v)
#define KITH_NE(p, v)       KITH_CMP_(KITH_OP_NE, p, v)
#define KITH_GT(p, v)       KITH_CMP_(KITH_OP_GT, p, v)
#define KITH_GTE(p, v)      KITH_CMP_(KITH_OP_GTE, p, v)
#define KITH_LT(p, v)       KITH_CMP_(KITH_OP_LT, p, v)
#define KITH_LTE(p, v)      KITH_CMP_(KITH_OP_LTE, p, v)
#define KITH_LIKE(p, v)     KITH_CMP_(KITH_OP_LIKE, p, v)
#define KITH_NOT_LIKE(p, v) KITH_CMP_(KITH_OP_NOT_LIKE, p, v)
#define KITH_IS_NULL(p)     (&(const kith_expr){ .op = KITH_OP_IS_NULL, .path = (p) })
#define KITH_IS_NOT_NULL(p) (&(const kith_expr){ .op = KITH_OP_IS_NOT_NULL, .path = (p) })

#define KITH_LIST_(o, p, ...) (&(const kith_expr){ .op = (o), .path = (p), .list = KITH_VALUES(__VA_ARGS__) })
#define KITH_IN(p, ...)       KITH_LIST_(KITH_OP_IN, p, __VA_ARGS__)
#define KITH_NOT_IN(p, ...)   KITH_LIST_(KITH_OP_NOT_IN, p, __VA_ARGS__)
#define KITH_BETWEEN(p, a, b) KITH_LIST_(KITH_OP_BETWEEN, p, KITH_V(a), KITH_V(b))

#define KITH_ARGS_(o, p, ...)                                                                                          \
    (&(const kith_expr){ .op = (o), .path = (p), .args = (const kith_expr *const[]){ __VA_ARGS__, &kith_expr_end } })
#define KITH_AND(...)    KITH_ARGS_(KITH_OP_AND, NULL, __VA_ARGS__)
#define KITH_OR(...)     KITH_ARGS_(KITH_OP_OR, NULL, __VA_ARGS__)
#define KITH_NOT(e)      KITH_ARGS_(KITH_OP_NOT, NULL, e)
#define KITH_SOME(a, e)  KITH_ARGS_(KITH_OP_SOME, a, e)  /* EXISTS (SELECT 1 FROM … WHERE e); e may be NULL */
#define KITH_NONE(a, e)  KITH_ARGS_(KITH_OP_NONE, a, e)  /* NOT EXISTS (… WHERE e); e may be NULL */
#define KITH_EVERY(a, e) KITH_ARGS_(KITH_OP_EVERY, a, e) /* NOT EXISTS (… WHERE e is not true) */

/* Text of your own with `?` for each value; the values are bound, the text is trusted.
 * KITH_SQL("length(name) > ?", KITH_V(3)) */
#define KITH_SQL(text, ...) KITH_LIST_(KITH_OP_SQL, text, __VA_ARGS__)
#define KITH_SQL_TEXT(text) (&(const kith_expr){ .op = KITH_OP_SQL, .path = (text) })
/* As a value: KITH_GT("spent", KITH_COL("budget")), KITH_EQ("name", KITH_FN("lower", KITH_V("ANN"))). */
#define KITH_COL(p)     (&(const kith_expr){ .op = KITH_OP_COL, .path = (p) })
#define KITH_FN(f, ...) KITH_LIST_(KITH_OP_FN, f, __VA_ARGS__)

/* As a value: over the records at the end of a path of associations that fulfil e (NULL: over all). COUNT may end there,
 * the others end with an attribute, also one of the join row: "friends.friendship.hours".
 *     KITH_AGGREGATE(KITH_SUM, "orders.total", NULL)
 *     (SELECT SUM(t1."total") FROM "orders" t1 WHERE t1."customerId" = t0."id") */
#define KITH_AGGREGATE(a, p, e)                                                                                        \
    (&(const kith_expr){ .op = KITH_OP_AGGREGATE,                                                                      \
                         .path = (p),                                                                                  \
                         .value = { .kind = KITH_INT, .as.integer = (a) },                                             \
                         .args = (const kith_expr *const[]){ (e), &kith_expr_end } })
#define KITH_COUNT_OF(p, e) KITH_AGGREGATE(KITH_COUNT, p, e)

/* A comparison with a value on its left side: KITH_COMPARE(KITH_COUNT_OF("friends", NULL), KITH_OP_GTE, 3). With
 * KITH_OP_IN, KITH_OP_NOT_IN and KITH_OP_BETWEEN:
 * KITH_COMPARE_LIST(KITH_COUNT_OF("friends", NULL), KITH_OP_IN, KITH_V(1), KITH_V(3)) */
#define KITH_LEFT_(x)                                                                                                  \
    .args = (const kith_expr *const[])                                                                                 \
    {                                                                                                                  \
        (x), &kith_expr_end                                                                                            \
    }
#define KITH_COMPARE(left, o, right) (&(const kith_expr){ .op = (o), .value = KITH_V(right), KITH_LEFT_(left) })
#define KITH_COMPARE_LIST(left, o, ...)                                                                                \
    (&(const kith_expr){ .op = (o), .list = KITH_VALUES(__VA_ARGS__), KITH_LEFT_(left) })

KITH_END_DECLS

#endif
