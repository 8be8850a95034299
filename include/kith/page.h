/* kith/page.h: pages that go on where another one ended. */
#ifndef KITH_PAGE_H
#define KITH_PAGE_H

#include "kith/find.h"

KITH_BEGIN_DECLS

typedef struct kith_page_opts {
    size_t size;        /* rows at most; needed */
    const char *after;  /* a cursor: the page begins behind its row, or */
    const char *before; /* the page ends before its row; neither: the first page */
    bool total;         /* count the rows of all pages */
} kith_page_opts;

typedef struct kith_page {
    kith_list *list; /* in the order of the query, also before a cursor */
    /* Cursors of its first and last row, to go on from. Of a page without rows, the cursor that was given is kept: after it
     * in last, before it in first; the other is NULL. */
    const char *first, *last;
    bool more_before, more_after; /* are there rows? Where the cursor came from, that is taken for true */
    int64_t total;                /* -1 unless asked for */
} kith_page;

/* A page of what kith_find would return: the next so many rows after a cursor, or the last so many before one. Unlike an
 * offset, a cursor is a place among the rows: those inserted or deleted meanwhile neither repeat a row nor hide one, and
 * the thousandth page costs what the first does, with an index for the order. A row whose place changes meanwhile is met
 * where it then is. The order is the query's, by attributes, paths and aggregates, ascending, descending and with nulls,
 * and the primary key behind it.
 *
 * A cursor is text of letters, digits, - and _, good for the same model and order; conditions and includes may differ. It
 * is no secret: it holds the values that the row is sorted by. Fills in *out and returns true; false on failure. List and
 * cursors live until kith_release(out->list) or the session closes. Errors: KITH_E_VALIDATION for a text that is no cursor
 * of this query (show it the user: it came from there); KITH_E_USAGE for a query with a limit or offset of its own, and
 * for a model without a primary key.
 *     kith_page page;
 *     kith_find_page(s, &pug_model, &(kith_query){ .order = KITH_ORDER({ "name" }) },
 *                    &(kith_page_opts){ .size = 20, .after = cursor }, &page)
 *     SELECT t0."id", t0."name", …, t0."name", t0."id" FROM "pugs" t0 WHERE t0."name" >= ? AND (t0."name" > ? OR
 *         (t0."name" = ? AND t0."id" > ?)) ORDER BY t0."name", t0."id" LIMIT ? */
KITH_API bool kith_find_page(kith_session *s, const kith_model *m, const kith_query *q, const kith_page_opts *opts,
                             kith_page *out);

KITH_END_DECLS

#endif
