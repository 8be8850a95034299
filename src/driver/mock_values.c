/* mock_values: see mock_values.h. */
#include "driver/mock_values.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/time.h"
#include "base/value.h"
#include "base/value_text.h"
#include "schema/coerce.h"

/* ---- writing -------------------------------------------------------------------------------------------------------- */

void kith__mock_write_values(struct buf *to, const kith_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            kith__buf_add(to, ", ");
        kith__value_write(to, &values[i]);
    }
}

void kith__mock_write_rows(struct buf *to, const kith_column *columns, unsigned width, size_t count)
{
    for (size_t row = 0; row < count; row++) {
        kith__buf_add(to, row ? ", (" : "(");
        for (unsigned i = 0; i < width; i++) {
            kith__buf_add(to, i ? ", " : "");
            kith__value_write(to, &columns[i].at[row * columns[i].stride]);
        }
        kith__buf_char(to, ')');
    }
}

/* ---- converting ----------------------------------------------------------------------------------------------------- */

static bool to_integer(const kith_value *from, int64_t *n)
{
    char *end;
    switch (from->kind) {
    case KITH_BOOL: *n = from->as.boolean; return true;
    case KITH_INT:
    case KITH_TIMESTAMP: *n = from->as.integer; return true;
    case KITH_DOUBLE: *n = fabs(from->as.real) < 9e18 ? (int64_t)from->as.real : 0; return (double)*n == from->as.real;
    case KITH_STR: /* arena copies end with NUL */
        errno = 0;
        *n = strtoll(from->as.str, &end, 10);
        return from->size > 0 && errno == 0 && end == from->as.str + from->size;
    default: return false;
    }
}

static bool to_double(const kith_value *from, double *d)
{
    char *end;
    int64_t n;
    if (from->kind == KITH_DOUBLE) {
        *d = from->as.real;
        return true;
    }
    if (from->kind == KITH_STR) {
        *d = strtod(from->as.str, &end);
        return from->size > 0 && end == from->as.str + from->size;
    }
    bool can = to_integer(from, &n);
    *d = can ? (double)n : 0;
    return can;
}

static bool to_timestamp(const kith_value *from, int64_t *t)
{
    return from->kind == KITH_STR ? kith__timestamp_read(from->as.str, from->size, t) : to_integer(from, t);
}

/* Text and bytes are taken for each other; anything else becomes the text that the record would show. */
static bool to_text(const kith_value *from, uint8_t kind, kith_arena *arena, kith_value *to)
{
    if (from->kind == KITH_STR || from->kind == KITH_BYTES) {
        kith_value same = *from;
        same.kind = kind;
        return kith__arena_value(arena, same, to);
    }
    struct buf text;
    kith__buf_init(&text, &kith__default_allocator);
    kith__value_write(&text, from);
    kith_value made = { .kind = kind, .size = (uint32_t)text.size, .as.str = kith__buf_text(&text) };
    bool copied = !text.failed && kith__arena_value(arena, made, to);
    kith__buf_free(&text);
    return copied;
}

/* False when there is no sense in it; *to keeps its kind otherwise. */
static bool to_number(const kith_value *from, kith_value *to)
{
    int64_t n = 0;
    switch (to->kind) {
    case KITH_BOOL: {
        bool can = to_integer(from, &n);
        to->as.boolean = n != 0;
        return can;
    }
    case KITH_INT: return to_integer(from, &to->as.integer);
    case KITH_DOUBLE: return to_double(from, &to->as.real);
    default: return to_timestamp(from, &to->as.timestamp);
    }
}

bool kith__mock_convert(const kith_value *from, int wanted, unsigned column, kith_arena *arena, kith_value *to,
                        kith_error *err)
{
    int kind = wanted == 0 || from->kind == KITH_NULL ? from->kind : kith__type_kind(wanted);
    *to = (kith_value){ .kind = (uint8_t)kind };
    if (kind == KITH_STR || kind == KITH_BYTES)
        return to_text(from, (uint8_t)kind, arena, to) || kith__error_no_memory(err);
    if (kind == KITH_NULL || to_number(from, to))
        return true;
    return kith__error_set(err, KITH_E_DATABASE, "column %u of the mock's row holds %s, which cannot be read as %s",
                           column, kith__kind_name(from->kind), wanted ? kith__type_name(wanted) : "a value");
}
