/* keys: "it is one of these", for values and for tuples of values, however many there are.
 *
 * Promises that few make a plain list of placeholders, and that many take no more of them than the database can have:
 * those go by the dialect's key_set. Knows no models. */
#include "sql/dialect.h"
#include "sql/labels.h"

/* A list is filled up to one of a few lengths by repeating its last value, which changes nothing of its meaning: else
 * each length would have a text of its own, and the prepared statements of a connection would soon be lists only. */
static size_t filled(size_t count)
{
    const size_t exact = 8;
    size_t size = 2 * exact;
    if (count <= exact)
        return count;
    while (size < count)
        size *= 2;
    return size;
}

/* How often the last value is repeated. What is no plain value is not repeated: it may not be the same twice. */
static size_t repeats(const struct sql_expr *values)
{
    size_t count = 0;
    for (const struct sql_expr *v = values; v; v = v->next, count++)
        if (v->op != SQL_BIND)
            return 0;
    return filled(count) - count;
}

static void in_value(struct renderer *r, struct label_spelling how, const struct sql_expr *v)
{
    if (how.of)
        kith__render_label(r, how, v);
    else
        kith__render_expr(r, v);
}

void kith__render_in(struct renderer *r, const struct sql_expr *e)
{
    const struct sql_expr *values = e->args->next;
    size_t more = repeats(values);
    struct label_spelling how = kith__labels_compared(r->dialect, e->op, e->args);
    kith__render_label(r, how, e->args);
    kith__buf_add(&r->text, " IN (");
    for (const struct sql_expr *v = values; v; v = v->next) {
        kith__buf_add(&r->text, v == values ? "" : ", ");
        in_value(r, how, v);
        for (; !v->next && more; more--) {
            kith__buf_add(&r->text, ", ");
            in_value(r, how, v);
        }
    }
    kith__buf_char(&r->text, ')');
}

/* ---- tuples ---- */

static void key_row(struct renderer *r, const struct sql_keys *keys, size_t row)
{
    if (keys->width > 1)
        kith__buf_char(&r->text, '(');
    for (unsigned i = 0; i < keys->width; i++) {
        kith__buf_add(&r->text, i ? ", " : "");
        kith__render_param(r, keys->values[row * keys->width + i], keys->types[i]);
    }
    if (keys->width > 1)
        kith__buf_char(&r->text, ')');
}

/* a = ? AND b = ? for one key: the plan is better, and the text is the same for every call. */
static void one_key(struct renderer *r, const struct sql_expr *columns, const struct sql_keys *keys)
{
    unsigned i = 0;
    for (const struct sql_expr *c = columns; c; c = c->next, i++) {
        kith__buf_add(&r->text, i ? " AND " : "");
        kith__render_operand(r, c);
        kith__buf_add(&r->text, " = ");
        kith__render_param(r, keys->values[i], keys->types[i]);
    }
}

void kith__render_tuple(struct renderer *r, const struct sql_expr *columns)
{
    if (columns->next)
        kith__buf_char(&r->text, '(');
    for (const struct sql_expr *c = columns; c; c = c->next) {
        kith__buf_add(&r->text, c == columns ? "" : ", ");
        kith__render_operand(r, c);
    }
    if (columns->next)
        kith__buf_char(&r->text, ')');
}

void kith__render_key_list(struct renderer *r, const struct sql_expr *columns, const struct sql_keys *keys)
{
    size_t size = filled(keys->count);
    kith__render_tuple(r, columns);
    kith__buf_add(&r->text, " IN (");
    for (size_t row = 0; row < size; row++) {
        kith__buf_add(&r->text, row ? ", " : "");
        key_row(r, keys, row < keys->count ? row : keys->count - 1);
    }
    kith__buf_char(&r->text, ')');
}

void kith__render_keys(struct renderer *r, const struct sql_expr *e)
{
    size_t before = r->param_count;
    if (e->keys->count == 0)
        kith__buf_add(&r->text, "1 = 0");
    else if (e->keys->count == 1)
        one_key(r, e->args, e->keys);
    else
        r->dialect->key_set(r, e->args, e->keys);
    for (size_t i = before; e->keys->assumed && i < r->param_count; i++)
        r->params[i].assumed = true;
}
