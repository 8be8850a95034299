/* labels: see labels.h. Which columns a database can compare and sort by itself, its record says. */
#include "sql/labels.h"

#include <string.h>

#include "schema/model.h"
#include "sql/dialect.h"

static const struct attr *enum_of(const struct sql_expr *e)
{
    return e->type == KITH_T_ENUM ? e->attr : NULL;
}

/* Is it a label of the same ENUM? A value that is bound as one was checked against its labels. */
static bool is_label_of(const struct attr *of, const struct sql_expr *e)
{
    return e->op == SQL_BIND ? e->type == KITH_T_ENUM : enum_of(e) && e->attr->enum_type == of->enum_type;
}

static bool by_places(const struct dialect *d, const struct attr *of, unsigned capability)
{
    return d->native_enum && (d->can & capability) && d->native_enum(of);
}

static enum label_form form_of(const struct dialect *d, enum sql_op op, const struct attr *of)
{
    switch (op) {
    case SQL_EQ:
    case SQL_NE:
    case SQL_IN: return LABEL_ITSELF;
    case SQL_LIKE:
    case SQL_NOT_LIKE: return LABEL_AS_TEXT;
    default: return by_places(d, of, CAN_COMPARE_LABELS) ? LABEL_ITSELF : LABEL_AS_PLACE;
    }
}

struct label_spelling kith__labels_compared(const struct dialect *d, enum sql_op op, const struct sql_expr *operands)
{
    struct label_spelling how = { .form = LABEL_ITSELF };
    const struct sql_expr *e;
    for (e = operands; e && !how.of; e = e->next)
        how.of = enum_of(e);
    if (!how.of)
        return how;
    how.form = form_of(d, op, how.of);
    for (e = operands; e; e = e->next)
        if (!is_label_of(how.of, e))
            how.form = LABEL_AS_TEXT;
    return how;
}

struct label_spelling kith__labels_sorted(const struct dialect *d, const struct sql_expr *e)
{
    struct label_spelling how = { .form = LABEL_ITSELF, .of = enum_of(e) };
    bool is_column = e->op == SQL_COLUMN;
    if (how.of && !by_places(d, how.of, CAN_COMPARE_LABELS) && !(is_column && by_places(d, how.of, CAN_SORT_LABELS)))
        how.form = LABEL_AS_PLACE;
    return how;
}

static void as_text(struct renderer *r, const struct sql_expr *e)
{
    kith__buf_add(&r->text, r->dialect->label_text[0]);
    kith__render_expr(r, e);
    kith__buf_add(&r->text, r->dialect->label_text[1]);
}

static bool is_text(const kith_value *v, const char *text)
{
    return v->kind == KITH_STR && v->size == strlen(text) && memcmp(v->as.str, text, v->size) == 0;
}

static void place_of_value(struct renderer *r, const struct attr *of, const kith_value *v)
{
    int64_t place = 1;
    const char *const *label = of->type.labels;
    for (; *label && !is_text(v, *label); label++)
        place++;
    kith__render_param(r, *label ? kith_of_int(place) : kith_of_null(), KITH_T_INTEGER);
}

static void place_of(struct renderer *r, const struct attr *of, const struct sql_expr *e)
{
    kith__buf_add(&r->text, "CASE ");
    kith__render_expr(r, e);
    int64_t place = 1;
    for (const char *const *label = of->type.labels; *label; label++) {
        kith__buf_add(&r->text, " WHEN ");
        kith__render_literal(r, *label);
        kith__buf_add(&r->text, " THEN ");
        kith__buf_int(&r->text, place++);
    }
    kith__buf_add(&r->text, " END");
}

void kith__render_label(struct renderer *r, struct label_spelling how, const struct sql_expr *e)
{
    if (how.form == LABEL_AS_PLACE && e->op == SQL_BIND)
        place_of_value(r, how.of, &e->value);
    else if (how.form == LABEL_AS_PLACE)
        place_of(r, how.of, e);
    else if (how.form == LABEL_AS_TEXT && enum_of(e))
        as_text(r, e);
    else
        kith__render_operand(r, e);
}

bool kith__render_label_limit(struct renderer *r, const struct sql_expr *e)
{
    const struct attr *of = enum_of(e->args);
    if ((e->op != SQL_MIN && e->op != SQL_MAX) || !of || by_places(r->dialect, of, CAN_COMPARE_LABELS))
        return false;
    kith__buf_add(&r->text, e->op == SQL_MIN ? "CASE MIN(" : "CASE MAX(");
    place_of(r, of, e->args);
    kith__buf_char(&r->text, ')');
    int64_t place = 1;
    for (const char *const *label = of->type.labels; *label; label++) {
        kith__buf_add(&r->text, " WHEN ");
        kith__buf_int(&r->text, place++);
        kith__buf_add(&r->text, " THEN ");
        kith__render_literal(r, *label);
    }
    kith__buf_add(&r->text, " END");
    return true;
}

void kith__render_argument(struct renderer *r, const struct sql_expr *e)
{
    if (enum_of(e))
        as_text(r, e);
    else
        kith__render_expr(r, e);
}
