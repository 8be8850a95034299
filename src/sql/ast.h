/* ast: statements as data.
 *
 * Small nodes in an arena, linked by `next`. Constructors accept NULL children, which memory shortage leaves behind:
 * the arena's `failed` is checked once, before rendering. Knows tables and columns by name only. */
#ifndef KITH_SQL_AST_H
#define KITH_SQL_AST_H

#include "base/arena.h"

struct attr;

enum sql_op {
    SQL_COLUMN = 1, /* table (an alias, may be NULL) and text (the column) */
    SQL_BIND,       /* value and type */
    SQL_TEXT,       /* text, trusted; each '?' in it takes the next of args */
    SQL_STAR,
    SQL_NULL,
    SQL_DEFAULT,    /* in a row to insert: as if the column were not named */
    SQL_ONE,        /* the number 1: SELECT 1, LIMIT 1 */
    SQL_COUNT,      /* COUNT(*) */
    SQL_ROW_NUMBER, /* ROW_NUMBER() OVER (PARTITION BY args ORDER BY order), each where there is one */
    SQL_EQ,
    SQL_NE,
    SQL_GT,
    SQL_GTE,
    SQL_LT,
    SQL_LTE,
    SQL_LIKE,
    SQL_NOT_LIKE,
    SQL_IS_NULL,
    SQL_IS_NOT_NULL,
    SQL_IS_NOT_TRUE,
    SQL_NOT,
    SQL_AND,
    SQL_OR,
    SQL_IN,        /* first of args IN the rest */
    SQL_IN_SELECT, /* the tuple of args is among the rows of select */
    SQL_ADD,
    SQL_BETWEEN,  /* three args */
    SQL_KEYS,     /* the tuple of args is among `keys` */
    SQL_EXISTS,   /* select */
    SQL_SELECT,   /* select, as a value */
    SQL_CALL,     /* the function `text` of args */
    SQL_COUNT_OF, /* of args, a column; or SQL_DISTINCT of one: how many are not null */
    SQL_SUM,
    SQL_AVG,
    SQL_MIN,
    SQL_MAX,
    SQL_WHEN,     /* CASE WHEN the first of args THEN the second END */
    SQL_DISTINCT, /* inside one of these: each value of args once */
    SQL_EXCLUDED  /* in an upsert: the value that could not be inserted, of column text */
};

enum { SQL_AGGREGATES = SQL_MAX - SQL_COUNT_OF + 1 };

struct sql_select;

/* Tuples of values to be found among, held row by row. */
struct sql_keys {
    unsigned width;
    size_t count;
    const kith_value *values; /* count * width */
    const uint8_t *types;     /* width kith_type_ids */
    bool assumed;             /* they stand for others, which are not known yet */
};

struct sql_expr {
    enum sql_op op;
    int type; /* of a bind: kith_type_id, 0 when unknown; of a column likewise */
    const char *table, *text;
    const struct attr *attr; /* whose value a column or a sub-select is, where that is known */
    kith_value value;
    struct sql_expr *args, *next;
    const struct sql_select *select;
    const struct sql_keys *keys;
    const struct sql_order *order;
};

struct sql_item { /* a column of the result */
    struct sql_expr *expr;
    const char *alias; /* may be NULL */
    struct sql_item *next;
};

enum sql_join { SQL_FROM = 0, SQL_INNER_JOIN, SQL_LEFT_JOIN, SQL_ORDERED_JOIN /* inner; the left side first */ };

struct sql_source { /* FROM and its joins, in order */
    enum sql_join join;
    const char *table;               /* or */
    const struct sql_select *select; /* a sub-select */
    const char *alias;
    struct sql_expr *on;
    struct sql_source *next;
};

struct sql_order {
    struct sql_expr *expr;
    bool desc;
    bool nullable; /* it may be NULL, which comes before every value */
    struct sql_order *next;
};

enum sql_lock {
    SQL_NO_LOCK = 0,
    SQL_FOR_CHANGE, /* rows that this transaction will change, but not in what others refer to */
    SQL_FOR_UPDATE,
    SQL_FOR_SHARE,
    SQL_LOCK_COUNT_
};

/* Rows that are locked already. */
enum sql_locked { SQL_LOCKED_WAIT = 0, SQL_LOCKED_SKIP, SQL_LOCKED_FAIL };

/* A table that the statement makes first: the rows of start, then those that step makes of the rows that are new, until
 * there are none. Equal rows are kept once, so it ends also where rows lead back to each other. */
struct sql_with {
    const char *name;
    const char *const *columns;
    unsigned column_count;
    const struct sql_select *start, *step; /* step joins the table by its name, once */
};

struct sql_select {
    const struct sql_with *with; /* NULL: none */
    struct sql_item *items;
    struct sql_source *from;
    struct sql_expr *where; /* NULL: all */
    struct sql_expr *group; /* GROUP BY; NULL: not grouped */
    struct sql_expr *having;
    struct sql_order *order;
    bool has_limit;
    uint64_t limit, offset; /* offset 0: none */
    enum sql_lock lock;
    enum sql_locked locked;
    const char *lock_of; /* the alias of the only table whose rows are locked, where that can be said; NULL: all */
};

struct sql_set { /* column = value */
    const char *column;
    struct sql_expr *value;
    struct sql_set *next;
};

/* Rows to insert, held by columns. With `together` the driver binds them all at once, and the statement does not grow
 * with their number; otherwise it has a placeholder for each value. Nothing else in it may be bound. */
struct sql_block {
    const struct attr *const *attrs; /* whose values they are */
    const kith_column *columns;
    unsigned width;
    size_t count;
    bool together;
};

struct sql_row {
    struct sql_expr *values; /* one for each column, linked by next; NULL values are DEFAULT */
    struct sql_row *next;
};

enum sql_conflict { SQL_CONFLICT_FAIL = 0, SQL_CONFLICT_NOTHING, SQL_CONFLICT_UPDATE };

struct sql_insert {
    const char *table;
    const char *const *columns;
    unsigned column_count; /* 0: one row of defaults */
    struct sql_row *rows;
    const struct sql_select *select; /* instead of rows, or */
    const struct sql_block *block;
    enum sql_conflict conflict;
    const char *const *conflict_columns; /* the key that may be there already */
    unsigned conflict_count;
    struct sql_set *update;     /* with SQL_CONFLICT_UPDATE; NULL: the row is only written again, to be returned */
    struct sql_item *returning; /* NULL: nothing; ignored by a dialect that cannot */
};

struct sql_update {
    const char *table, *alias; /* alias may be NULL */
    struct sql_set *sets;
    struct sql_expr *where;
    struct sql_item *returning;
};

struct sql_delete {
    const char *table;
    struct sql_expr *where;
    struct sql_item *returning;
};

/* ---- constructors ---- */

struct sql_expr *kith__sql_expr(kith_arena *a, enum sql_op op); /* of nothing */
struct sql_expr *kith__sql_column(kith_arena *a, const char *table, const char *column, int type);
struct sql_expr *kith__sql_attr(kith_arena *a, const char *table, const struct attr *attr); /* its column */
struct sql_expr *kith__sql_copy(kith_arena *a, const struct sql_expr *e);                   /* for another chain */
struct sql_expr *kith__sql_bind(kith_arena *a, kith_value value, int type);
struct sql_expr *kith__sql_text(kith_arena *a, const char *text);
/* Of one or two operands; AND and OR of one operand are that operand, of none NULL. */
struct sql_expr *kith__sql_unary(kith_arena *a, enum sql_op op, struct sql_expr *x);
struct sql_expr *kith__sql_binary(kith_arena *a, enum sql_op op, struct sql_expr *x, struct sql_expr *y);
/* x AND y, where either may be NULL, which stands for "no condition". */
struct sql_expr *kith__sql_and(kith_arena *a, struct sql_expr *x, struct sql_expr *y);
struct sql_expr *kith__sql_exists(kith_arena *a, const struct sql_select *select);
/* The tuple of columns is among what select finds. */
struct sql_expr *kith__sql_in_select(kith_arena *a, struct sql_expr *columns, const struct sql_select *select);
struct sql_expr *kith__sql_keys(kith_arena *a, struct sql_expr *columns, const struct sql_keys *keys);
/* Appends to a chain; x may be NULL when memory was short. */
void kith__sql_append(struct sql_expr **chain, struct sql_expr *x);
/* Both append to the end of their list. */
struct sql_item *kith__sql_item(kith_arena *a, struct sql_item **list, struct sql_expr *expr, const char *alias);
struct sql_source *kith__sql_source(kith_arena *a, struct sql_source **list, enum sql_join join, const char *table,
                                    const char *alias, struct sql_expr *on);
struct sql_order *kith__sql_order(kith_arena *a, struct sql_order **list, struct sql_expr *expr, bool desc);
struct sql_set *kith__sql_set(kith_arena *a, struct sql_set **list, const char *column, struct sql_expr *value);

#endif
