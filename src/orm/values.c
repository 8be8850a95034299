/* values: see values.h. Knows attributes, not statements: the one exception is that a value may be an expression, which
 * the database computes. */
#include "orm/values.h"

#include "base/error.h"
#include "base/str.h"
#include "base/time.h"
#include "base/uuid.h"
#include "base/value.h"
#include "schema/checks.h"
#include "schema/coerce.h"

bool kith__values_new(struct call *c, const struct model *m, struct row_values *row)
{
    row->model = m;
    row->values = ARENA_ARRAY(&c->load.scratch, m->attr_count, kith_value);
    row->given = ARENA_ARRAY(&c->load.scratch, m->attr_count, bool);
    return row->values && row->given ? true : kith__call_no_memory(c);
}

void kith__values_touch(struct row_values *row)
{
    if (row->model->updated_at)
        kith__values_set(row, row->model->updated_at, kith_of_timestamp(kith__now()));
}

/* ---- validation ---- */

void kith__validation_init(struct validation *v, const kith_allocator *allocator)
{
    *v = (struct validation){ 0 };
    kith__buf_init(&v->report, allocator);
}

static void add_place(const struct validation *v, struct buf *out)
{
    if (v->place)
        v->place(out, v->at);
    else if (v->row)
        kith__buf_format(out, "row %zu of %zu: ", v->row, v->rows);
}

void kith__validation_add(struct validation *v, const kith_error *why)
{
    if (v->failures++ == 0)
        v->first = *why;
    else
        kith__buf_add(&v->report, "; ");
    add_place(v, &v->report);
    kith__buf_add(&v->report, why->message);
}

static void fail_attr(struct validation *v, const struct attr *attr, const char *text)
{
    kith_error why;
    kith__error_set(&why, KITH_E_VALIDATION, "%s", text);
    kith__error_about(&why, attr->model->name, attr->name);
    kith__validation_add(v, &why);
}

static void fail_null(struct validation *v, const struct attr *attr)
{
    kith_error text;
    kith__error_set(&text, KITH_E_VALIDATION, "%s.%s: may not be null", attr->model->name, attr->name);
    fail_attr(v, attr, text.message);
}

bool kith__validation_full(const struct validation *v)
{
    return v->report.size >= sizeof v->first.message;
}

void kith__validation_place(const struct validation *v, kith_error *err)
{
    struct buf text;
    if (err->status == KITH_OK || err->status == KITH_E_NO_MEMORY)
        return;
    kith__buf_init(&text, v->report.allocator);
    add_place(v, &text);
    kith__buf_add(&text, err->message);
    if (!text.failed) /* else the error stands without its place */
        kith__copy(err->message, sizeof err->message, kith__buf_text(&text));
    kith__buf_free(&text);
}

bool kith__validation_end(struct call *c, struct validation *v, bool good)
{
    if (good && v->report.failed) {
        kith__call_no_memory(c);
    } else if (good && v->failures) {
        c->err = v->first;
        kith__copy(c->err.message, sizeof c->err.message, kith__buf_text(&v->report));
    }
    good = good && !v->failures && !v->report.failed;
    kith__buf_free(&v->report);
    return good;
}

/* ---- taking fields ---- */

static bool named_before(const kith_field *fields, const kith_field *f)
{
    for (const kith_field *g = fields; g < f; g++)
        if (kith__equal(g->name, f->name))
            return true;
    return false;
}

/* fields: f and those before it. */
static bool take_field(struct call *c, struct row_values *row, const kith_field *fields, const kith_field *f,
                       struct validation *v)
{
    kith_error why; /* 1.5 KiB: filled in by what fails */
    if (!f->name)
        return kith__error_set(&c->err, KITH_E_USAGE, "a field for %s has no name", row->model->name);
    const struct attr *attr = kith__model_attr(row->model, f->name, &c->err);
    if (!attr)
        return false;
    if (row->given[attr->index] && named_before(fields, f))
        return kith__error_set(&c->err, KITH_E_USAGE, "the field %s.%s is given twice", row->model->name, f->name);
    kith_value value;
    if (!kith__coerce(attr, f->value, &c->load.scratch, &value, &why)) {
        if (why.status == KITH_E_NO_MEMORY) {
            c->err = why;
            return false;
        }
        kith__validation_add(v, &why);
        value = (kith_value){ .kind = KITH_ABSENT };
        row->given[attr->index] = true; /* so that a missing value is not reported as well */
        return true;
    }
    if (value.kind == KITH_ABSENT)
        return kith__error_set(&c->err, KITH_E_USAGE, "the field %s.%s has no value", row->model->name, f->name);
    row->values[attr->index] = value;
    row->given[attr->index] = true;
    return true;
}

bool kith__values_take(struct call *c, struct row_values *row, const kith_field *fields, struct validation *v)
{
    for (const kith_field *f = fields; f && f->value.kind != KITH_LIST_END; f++)
        if (!take_field(c, row, fields, f, v))
            return false;
    return true;
}

bool kith__values_fix(struct call *c, struct row_values *row, const struct attr *attr, kith_value value)
{
    bool contradicts = row->given[attr->index] && !kith__value_equal(&row->values[attr->index], &value);
    if (contradicts) {
        kith__error_set(&c->err, KITH_E_USAGE, "%s.%s is decided by the association; leave it out", attr->model->name,
                        attr->name);
        return kith__error_about(&c->err, attr->model->name, attr->name);
    }
    row->values[attr->index] = value;
    row->given[attr->index] = false;
    return true;
}

/* ---- completing ---- */

bool kith__values_generate(const struct attr *attr, kith_arena *arena, kith_value *out)
{
    char text[KITH__UUID_TEXT];
    switch (attr->generate) {
    case KITH_UUIDV1: kith__uuid_v1(text); break;
    case KITH_UUIDV4: kith__uuid_v4(text); break;
    case KITH_UUIDV7: kith__uuid_v7(text); break;
    case KITH_NOW: *out = kith_of_timestamp(kith__now()); return true;
    default: *out = attr->default_value; return true;
    }
    *out = kith_of_str(kith__arena_text(arena, text));
    return out->kind == KITH_STR;
}

bool kith__values_complete(struct call *c, struct row_values *row)
{
    int64_t now = kith__now();
    for (unsigned i = 0; i < row->model->attr_count; i++) {
        const struct attr *attr = row->model->attrs[i];
        kith_value *value = &row->values[i];
        if (attr->auto_increment && value->kind == KITH_NULL)
            value->kind = KITH_ABSENT;
        if (value->kind != KITH_ABSENT || row->given[i])
            continue;
        if (attr->role == ROLE_CREATED_AT || attr->role == ROLE_UPDATED_AT)
            *value = kith_of_timestamp(now);
        else if (!kith__values_generate(attr, &c->load.scratch, value))
            return kith__call_no_memory(c);
    }
    return true;
}

static bool check_value(struct call *c, const struct attr *attr, const kith_value *value, struct validation *v)
{
    struct buf report;
    kith__buf_init(&report, c->s->db->allocator);
    enum checks_result result = kith__checks_run(attr, value, &report);
    if (result == CHECKS_FAIL)
        fail_attr(v, attr, kith__buf_text(&report));
    kith__buf_free(&report);
    return result == CHECKS_NO_MEMORY ? kith__call_no_memory(c) : true;
}

/* Nothing is known of what the database computes, of what is not said of a row that is there, and of what was refused. */
static bool is_known(const struct row_values *row, const struct attr *attr, bool changed_only)
{
    int kind = row->values[attr->index].kind;
    return kind == KITH_ABSENT ? !changed_only && !row->given[attr->index] : kind != KITH_EXPRESSION;
}

static bool is_null(const struct row_values *row, const struct attr *attr)
{
    int kind = row->values[attr->index].kind;
    return kind == KITH_NULL || kind == KITH_ABSENT;
}

/* A key to one of several models leads somewhere only with the name of a model beside it. */
static void check_together(const struct row_values *row, const struct assoc *a, bool changed_only, struct validation *v)
{
    const struct key_pairs *on = &a->alternatives[0].hops[0].on;
    const struct attr *type = a->alternatives[0].scope->attrs[0];
    for (unsigned i = 0; i < on->count && is_known(row, type, changed_only); i++) {
        const struct attr *key = on->from[i];
        if (!is_known(row, key, changed_only) || is_null(row, key) == is_null(row, type))
            continue;
        const struct attr *missing = is_null(row, key) ? key : type, *there = missing == key ? type : key;
        kith_error text;
        kith__error_set(&text, KITH_E_VALIDATION, "%s.%s: may not be null when %s is given", missing->model->name,
                        missing->name, there->name);
        fail_attr(v, missing, text.message);
        return;
    }
}

bool kith__values_check(struct call *c, const struct row_values *row, bool changed_only, struct validation *v)
{
    for (unsigned i = 0; i < row->model->attr_count; i++) {
        const struct attr *attr = row->model->attrs[i];
        const kith_value *value = &row->values[i];
        bool absent = value->kind == KITH_ABSENT, refused = absent && row->given[i];
        if (refused || (absent && (changed_only || attr->auto_increment)) || value->kind == KITH_EXPRESSION)
            continue;
        if (absent || value->kind == KITH_NULL) {
            if (attr->not_null)
                fail_null(v, attr);
        } else if (attr->checks && !check_value(c, attr, value, v)) {
            return false;
        }
    }
    for (unsigned i = 0; i < row->model->assoc_count; i++)
        if (row->model->assocs[i]->alternative_count)
            check_together(row, row->model->assocs[i], changed_only, v);
    return true;
}

/* ---- as SQL ---- */

bool kith__values_expr(struct call *c, const struct attr *attr, kith_value value, struct sql_expr **out)
{
    if (value.kind == KITH_EXPRESSION) {
        struct names names = { .model = attr->model };
        return kith__value_expression(&c->load, &names, value.as.expr, out);
    }
    *out = kith__sql_bind(&c->load.scratch, value, attr->type.id);
    return *out ? true : kith__call_no_memory(c);
}
