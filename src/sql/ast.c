/* ast: building statements. Every constructor gives NULL when memory is short and takes the NULLs of others; the arena
 * remembers the failure. Knows nothing of text. */
#include "sql/ast.h"

#include "schema/model.h"

struct sql_expr *kith__sql_expr(kith_arena *a, enum sql_op op)
{
    struct sql_expr *e = ARENA_NEW(a, struct sql_expr);
    if (e)
        e->op = op;
    return e;
}

struct sql_expr *kith__sql_column(kith_arena *a, const char *table, const char *column, int type)
{
    struct sql_expr *e = kith__sql_expr(a, SQL_COLUMN);
    if (e) {
        e->table = table;
        e->text = column;
        e->type = type;
    }
    return e;
}

struct sql_expr *kith__sql_attr(kith_arena *a, const char *table, const struct attr *attr)
{
    struct sql_expr *e = kith__sql_column(a, table, attr->column, attr->type.id);
    if (e)
        e->attr = attr;
    return e;
}

struct sql_expr *kith__sql_copy(kith_arena *a, const struct sql_expr *e)
{
    struct sql_expr *copy = e ? kith__sql_expr(a, e->op) : NULL;
    if (copy) {
        *copy = *e;
        copy->next = NULL;
    }
    return copy;
}

struct sql_expr *kith__sql_bind(kith_arena *a, kith_value value, int type)
{
    struct sql_expr *e = kith__sql_expr(a, SQL_BIND);
    if (e) {
        e->value = value;
        e->type = type;
    }
    return e;
}

struct sql_expr *kith__sql_text(kith_arena *a, const char *text)
{
    struct sql_expr *e = kith__sql_expr(a, SQL_TEXT);
    if (e)
        e->text = text;
    return e;
}

struct sql_expr *kith__sql_unary(kith_arena *a, enum sql_op op, struct sql_expr *x)
{
    struct sql_expr *e = kith__sql_expr(a, op);
    if (e)
        e->args = x;
    return x ? e : NULL;
}

struct sql_expr *kith__sql_binary(kith_arena *a, enum sql_op op, struct sql_expr *x, struct sql_expr *y)
{
    struct sql_expr *e = kith__sql_expr(a, op);
    if (!e || !x || !y)
        return NULL;
    e->args = x;
    x->next = y;
    return e;
}

struct sql_expr *kith__sql_and(kith_arena *a, struct sql_expr *x, struct sql_expr *y)
{
    if (!x || !y)
        return x ? x : y;
    if (x->op == SQL_AND && !x->next) { /* one flat AND instead of a tower */
        kith__sql_append(&x->args, y);
        return x;
    }
    return kith__sql_binary(a, SQL_AND, x, y);
}

struct sql_expr *kith__sql_exists(kith_arena *a, const struct sql_select *select)
{
    struct sql_expr *e = kith__sql_expr(a, SQL_EXISTS);
    if (e)
        e->select = select;
    return e;
}

struct sql_expr *kith__sql_in_select(kith_arena *a, struct sql_expr *columns, const struct sql_select *select)
{
    struct sql_expr *e = kith__sql_unary(a, SQL_IN_SELECT, columns);
    if (e)
        e->select = select;
    return e;
}

struct sql_expr *kith__sql_keys(kith_arena *a, struct sql_expr *columns, const struct sql_keys *keys)
{
    struct sql_expr *e = kith__sql_expr(a, SQL_KEYS);
    if (e) {
        e->args = columns;
        e->keys = keys;
    }
    return e;
}

void kith__sql_append(struct sql_expr **chain, struct sql_expr *x)
{
    while (*chain)
        chain = &(*chain)->next;
    *chain = x;
}

/* The lists below are short, so walking to their end costs less than keeping a tail pointer everywhere. */
#define APPEND(list, node)                                                                                             \
    do {                                                                                                               \
        while (*(list))                                                                                                \
            (list) = &(*(list))->next;                                                                                 \
        *(list) = (node);                                                                                              \
    } while (0)

struct sql_item *kith__sql_item(kith_arena *a, struct sql_item **list, struct sql_expr *expr, const char *alias)
{
    struct sql_item *item = ARENA_NEW(a, struct sql_item);
    if (!item)
        return NULL;
    *item = (struct sql_item){ .expr = expr, .alias = alias };
    APPEND(list, item);
    return item;
}

struct sql_source *kith__sql_source(kith_arena *a, struct sql_source **list, enum sql_join join, const char *table,
                                    const char *alias, struct sql_expr *on)
{
    struct sql_source *source = ARENA_NEW(a, struct sql_source);
    if (!source)
        return NULL;
    *source = (struct sql_source){ .join = join, .table = table, .alias = alias, .on = on };
    APPEND(list, source);
    return source;
}

struct sql_order *kith__sql_order(kith_arena *a, struct sql_order **list, struct sql_expr *expr, bool desc)
{
    struct sql_order *order = ARENA_NEW(a, struct sql_order);
    if (!order)
        return NULL;
    *order = (struct sql_order){ .expr = expr, .desc = desc };
    APPEND(list, order);
    return order;
}

struct sql_set *kith__sql_set(kith_arena *a, struct sql_set **list, const char *column, struct sql_expr *value)
{
    struct sql_set *set = ARENA_NEW(a, struct sql_set);
    if (!set)
        return NULL;
    *set = (struct sql_set){ .column = column, .value = value };
    APPEND(list, set);
    return set;
}
