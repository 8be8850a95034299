/* page: a page of a find that goes on where another ended, by the values of its orders and not by a count of rows.
 *
 * The statement selects what it sorts by behind everything else. The values of a page's first and last row are its
 * cursors; a condition on the same expressions begins the next page there. Knows orders as expressions only. */
#ifndef KITH_LOAD_PAGE_H
#define KITH_LOAD_PAGE_H

#include "load/load.h"

struct page {
    size_t size;
    bool backwards;           /* the rows before the cursor, read in reverse */
    unsigned width;           /* how many orders there are; the last ones are the primary key */
    struct sql_order *orders; /* of whatever statement: for their types */
    uint32_t fingerprint;     /* of model and orders */
    const kith_value *at;     /* the values of the orders at the cursor; NULL: there is none */
    unsigned first_column;    /* of these values in the rows */
    kith_value *keys;         /* of the rows read, width for each */
    size_t count, capacity;   /* rows */
    bool more;                /* there is another row behind them, in the direction of reading */
};

/* Looks at the orders of plan->page, and at the cursor: `option` names it in errors; text NULL: there is none. */
bool kith__page_begin(struct load *l, struct plan *plan, const char *option, const char *text);
/* Makes the statement one of the page. columns: how many it selects so far. */
bool kith__page_select(struct load *l, struct page *page, struct sql_select *s, unsigned columns);
/* Takes away the row that was read to see whether there is one, and turns rows that were read in reverse. */
void kith__page_cut(struct page *page, struct plan_node *root, struct rows *rows);
/* The cursor of the first or last row of the page, in the result; NULL: no memory. */
const char *kith__page_cursor(struct load *l, const struct page *page, bool last);

/* cursor.c: values as text that nobody needs to understand, and back. type: a kith_type_id. */
int kith__page_type(const struct sql_expr *e);
bool kith__cursor_write(struct buf *out, const struct page *page, const kith_value *values);
/* False with an error when it is none of such a page. */
bool kith__cursor_read(struct load *l, const struct page *page, const char *option, const char *text,
                       kith_value *values);

#endif
