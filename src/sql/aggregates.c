/* aggregates: counts, sums, means, the least and the greatest of a column.
 *
 * Promises the same answer on every database; how one spells that is in its record. Knows no associations. */
#include "schema/model.h"
#include "sql/dialect.h"
#include "sql/labels.h"

static const struct sql_expr *column_of(const struct sql_expr *e)
{
    return e->args->op == SQL_DISTINCT ? e->args->args : e->args;
}

static const char *spelling(const struct renderer *r, const struct sql_expr *e)
{
    static const char *const usual[SQL_AGGREGATES] = { "COUNT(%)", "SUM(%)", "AVG(%)", "MIN(%)", "MAX(%)" };
    unsigned aggregate = (unsigned)e->op - SQL_COUNT_OF;
    const char *own = r->dialect->aggregates[aggregate][column_of(e)->type];
    return own ? own : usual[aggregate];
}

void kith__render_aggregate(struct renderer *r, const struct sql_expr *e)
{
    if (kith__render_label_limit(r, e))
        return;
    const char *text = spelling(r, e);
    for (size_t size = strcspn(text, "%"); text[size]; size = strcspn(text, "%")) {
        kith__buf_add_n(&r->text, text, size);
        kith__render_expr(r, e->args);
        text += size + 1;
    }
    kith__buf_add(&r->text, text);
}
