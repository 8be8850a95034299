/* render: the one place where statements become text. Collects the values to bind in their order.
 *
 * Promises that user values are always bound and identifiers always quoted. What databases spell differently it asks
 * the dialect record for: first a data member, then a capability, then a fragment function. */
#ifndef KITH_SQL_RENDER_H
#define KITH_SQL_RENDER_H

#include "base/buf.h"
#include "sql/ast.h"
#include "sql/ddl.h"

struct dialect;

struct sql_param {
    kith_value value;
    int type;     /* kith_type_id, 0 when unknown */
    bool assumed; /* made of keys that stand for others */
};

struct renderer {
    const struct dialect *dialect;
    const kith_allocator *allocator;
    kith_arena *arena; /* for values that are made while rendering: a list of keys as JSON */
    struct buf text;
    struct sql_param *params;
    size_t param_count, param_capacity;
    const struct sql_block *block; /* rows to bind instead; NULL: none */
    bool many_rows;                /* the statement is likely to give hundreds of rows; its writer knows */
    bool failed;                   /* memory was short */
};

void kith__render_init(struct renderer *r, const struct dialect *dialect, const kith_allocator *allocator,
                       kith_arena *arena);
void kith__render_free(struct renderer *r);
/* What a renderer wrote into, for the next one to write into. Zeroed: nothing. */
struct render_memory {
    char *text;
    size_t text_capacity;
    struct sql_param *params;
    size_t param_capacity;
};
/* Exchanges the memory of an empty renderer, or of one that is done with, for what was kept. Both have the same
 * allocator. */
void kith__render_exchange(struct renderer *r, struct render_memory *kept);
void kith__render_memory_free(struct render_memory *kept, const kith_allocator *allocator);
void kith__render_clear(struct renderer *r); /* ready for the next statement; keeps its memory */

/* Each adds one statement. False when memory was short, here or while the statement was built. */
bool kith__render_select(struct renderer *r, const struct sql_select *s);
bool kith__render_insert(struct renderer *r, const struct sql_insert *s);
bool kith__render_update(struct renderer *r, const struct sql_update *s);
bool kith__render_delete(struct renderer *r, const struct sql_delete *s);
/* A statement of the user's own: '?' outside quotes and comments becomes the dialect's placeholder. False also when
 * the placeholders and values differ in number; err says which. */
bool kith__render_raw(struct renderer *r, const char *sql, const kith_value *values, kith_error *err);
/* The check alone: as many values as the text has placeholders. */
bool kith__raw_check(const char *sql, const kith_value *values, kith_error *err);
size_t kith__raw_placeholders(const char *text);

/* The list behind ORDER BY, alone. */
void kith__render_orders(struct renderer *r, const struct sql_order *order);

/* Parts, for fragment functions of dialects. */
void kith__render_name(struct renderer *r, const char *name); /* quoted */
void kith__render_expr(struct renderer *r, const struct sql_expr *e);
/* An operand of a comparison or an order, spelt so that it follows its type. */
void kith__render_operand(struct renderer *r, const struct sql_expr *e);
void kith__render_list(struct renderer *r, const struct sql_expr *chain); /* separated by commas */
void kith__render_param(struct renderer *r, kith_value value, int type);  /* a placeholder and its value */
void kith__render_placeholder(struct renderer *r, size_t number);       /* from 1; of a value that is bound elsewhere */
void kith__render_sets(struct renderer *r, const struct sql_set *sets); /* "a" = x, "b" = y */
/* Trusted text in which each '?' outside quotes and comments takes the next of args. False when their numbers differ. */
bool kith__render_text(struct renderer *r, const char *text, const struct sql_expr *args);

/* aggregates.c: SQL_SUM and the like. */
void kith__render_aggregate(struct renderer *r, const struct sql_expr *e);

/* keys.c: SQL_IN and SQL_KEYS. */
void kith__render_in(struct renderer *r, const struct sql_expr *e);
void kith__render_keys(struct renderer *r, const struct sql_expr *e);
/* The columns as they stand before IN: one alone, several in parentheses. */
void kith__render_tuple(struct renderer *r, const struct sql_expr *columns);
/* The tuple of columns is IN a list with a placeholder for each value. */
void kith__render_key_list(struct renderer *r, const struct sql_expr *columns, const struct sql_keys *keys);
void kith__render_literal(struct renderer *r, const char *text); /* 'text', only for DDL, where nothing can be bound */

#endif
