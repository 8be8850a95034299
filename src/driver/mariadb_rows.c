/* mariadb_rows: many rows bound to one statement, each parameter being an array with an element for each row. The server
 * runs the statement for all of them and undoes all when one fails. */
#include <math.h>

#include "base/error.h"
#include "base/time.h"
#include "base/value.h"
#include "driver/mariadb_codec.h"

/* One column on its way into an array. */
struct filling {
    struct mariadb_statement *s;
    const kith_column *column;
    size_t count;
    MYSQL_BIND *param;
};

static const kith_value *value_at(const struct filling *f, size_t row)
{
    return &f->column->at[row * f->column->stride];
}

/* Columns hold values of one kind, and NULLs. */
static int kind_of(const struct filling *f)
{
    for (size_t row = 0; row < f->count; row++)
        if (value_at(f, row)->kind != KITH_NULL)
            return value_at(f, row)->kind;
    return KITH_NULL;
}

static bool cannot_store(const struct filling *f, size_t row, kith_error *err)
{
    const kith_value *v = value_at(f, row);
    return kith__error_set(err, KITH_E_USAGE, "a value of the statement cannot be stored: it is %s%s",
                           kith__kind_name(v->kind),
                           v->kind == KITH_DOUBLE      ? " that is infinite or not a number"
                           : v->kind == KITH_TIMESTAMP ? " outside the years 1 to 9999"
                                                       : " among others");
}

/* ---- one function for each kind of array ------------------------------------------------------------------------------ */

static bool fill_integers(struct filling *f, kith_error *err)
{
    long long *to = ARENA_ARRAY(&f->s->arrays, f->count, long long);
    (void)err;
    for (size_t row = 0; to && row < f->count; row++) {
        const kith_value *v = value_at(f, row);
        to[row] = v->kind == KITH_BOOL ? v->as.boolean : v->kind == KITH_INT ? v->as.integer : 0;
    }
    f->param->buffer_type = MYSQL_TYPE_LONGLONG;
    f->param->buffer = to;
    f->s->array_bytes += f->count * sizeof *to;
    return true;
}

static bool fill_doubles(struct filling *f, kith_error *err)
{
    double *to = ARENA_ARRAY(&f->s->arrays, f->count, double);
    for (size_t row = 0; to && row < f->count; row++) {
        const kith_value *v = value_at(f, row);
        to[row] = v->kind == KITH_DOUBLE ? v->as.real : 0;
        if (!isfinite(to[row]))
            return cannot_store(f, row, err);
    }
    f->param->buffer_type = MYSQL_TYPE_DOUBLE;
    f->param->buffer = to;
    f->s->array_bytes += f->count * sizeof *to;
    return true;
}

/* What has no fixed size is an array of pointers. */
static bool fill_moments(struct filling *f, kith_error *err)
{
    MYSQL_TIME *moments = ARENA_ARRAY(&f->s->arrays, f->count, MYSQL_TIME);
    void **to = ARENA_ARRAY(&f->s->arrays, f->count, void *);
    for (size_t row = 0; moments && to && row < f->count; row++) {
        const kith_value *v = value_at(f, row);
        to[row] = &moments[row];
        if (v->kind == KITH_TIMESTAMP && !kith__mariadb_moment(v->as.timestamp, &moments[row]))
            return cannot_store(f, row, err);
    }
    f->param->buffer_type = MYSQL_TYPE_DATETIME;
    f->param->buffer = to;
    f->s->array_bytes += f->count * sizeof *moments;
    return true;
}

static bool fill_texts(struct filling *f, int kind)
{
    const void **to = ARENA_ARRAY(&f->s->arrays, f->count, const void *);
    unsigned long *sizes = ARENA_ARRAY(&f->s->arrays, f->count, unsigned long);
    for (size_t row = 0; to && sizes && row < f->count; row++) {
        const kith_value *v = value_at(f, row);
        bool is_text = v->kind == KITH_STR || v->kind == KITH_BYTES;
        to[row] = is_text && v->size ? v->as.bytes : "";
        sizes[row] = is_text ? v->size : 0;
        f->s->array_bytes += sizes[row];
    }
    f->param->buffer_type = kind == KITH_STR ? MYSQL_TYPE_STRING : MYSQL_TYPE_LONG_BLOB;
    f->param->buffer = to;
    f->param->length = sizes;
    return true;
}

static bool fill(struct filling *f, kith_error *err)
{
    int kind = kind_of(f);
    switch (kind) {
    case KITH_NULL:
    case KITH_BOOL:
    case KITH_INT: return fill_integers(f, err);
    case KITH_DOUBLE: return fill_doubles(f, err);
    case KITH_TIMESTAMP: return fill_moments(f, err);
    case KITH_STR:
    case KITH_BYTES: return fill_texts(f, kind);
    default: return cannot_store(f, 0, err);
    }
}

/* ---- all columns -------------------------------------------------------------------------------------------------------- */

static bool mark_nulls(struct filling *f, kith_error *err)
{
    char *marks = ARENA_ARRAY(&f->s->arrays, f->count, char);
    int kind = kind_of(f);
    for (size_t row = 0; marks && row < f->count; row++) {
        const kith_value *v = value_at(f, row);
        if (v->kind == KITH_NULL)
            marks[row] = STMT_INDICATOR_NULL;
        else if (v->kind != kind)
            return cannot_store(f, row, err);
    }
    f->param->u.indicator = marks;
    return true;
}

bool kith__mariadb_bind_rows(kith_statement *st, const kith_column *columns, unsigned width, size_t count,
                             kith_error *err)
{
    struct mariadb_statement *s = (struct mariadb_statement *)st;
    unsigned rows = (unsigned)count;
    if (width != s->param_count || rows != count)
        return kith__error_set(err, KITH_E_USAGE, "rows of %u values for a statement with %u placeholders", width,
                               s->param_count);
    s->array_rows = rows;
    for (unsigned i = 0; i < width; i++) {
        struct filling f = { .s = s, .column = &columns[i], .count = count, .param = &s->params[i] };
        *f.param = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_NULL };
        if (!mark_nulls(&f, err) || !fill(&f, err))
            return false;
    }
    if (s->arrays.failed)
        return kith__error_no_memory(err);
    mysql_stmt_attr_set(s->raw, STMT_ATTR_ARRAY_SIZE, &rows);
    return true;
}

void kith__mariadb_unbind_rows(struct mariadb_statement *s)
{
    unsigned none = 0;
    if (!s->array_rows)
        return;
    mysql_stmt_attr_set(s->raw, STMT_ATTR_ARRAY_SIZE, &none);
    kith__arena_free(&s->arrays);
    s->array_rows = 0;
    s->array_bytes = 0;
}
