/* mock_values: see mock_values.h. */
#include "driver/mock_values.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/time.h"
#include "base/value.h"
#include "schema/coerce.h"

/* ---- writing -------------------------------------------------------------------------------------------------------- */

static void write_text(struct buf *to, const char *text, size_t size)
{
    kith__buf_char(to, '\'');
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\'')
            kith__buf_char(to, '\'');
        kith__buf_char(to, text[i]);
    }
    kith__buf_char(to, '\'');
}

static void write_bytes(struct buf *to, const unsigned char *bytes, size_t size)
{
    kith__buf_add(to, "x'");
    for (size_t i = 0; i < size; i++)
        kith__buf_format(to, "%02x", bytes[i]);
    kith__buf_char(to, '\'');
}

static void write_value(struct buf *to, const kith_value *v)
{
    char text[KITH__TIMESTAMP_TEXT];
    switch (v->kind) {
    case KITH_NULL: kith__buf_add(to, "NULL"); break;
    case KITH_BOOL: kith__buf_add(to, v->as.boolean ? "true" : "false"); break;
    case KITH_INT: kith__buf_int(to, v->as.integer); break;
    case KITH_DOUBLE: kith__buf_double(to, v->as.real); break;
    case KITH_STR: write_text(to, v->as.str, v->size); break;
    case KITH_BYTES: write_bytes(to, v->as.bytes, v->size); break;
    case KITH_TIMESTAMP:
        if (kith__timestamp_write(v->as.timestamp, true, text) > 0)
            kith__buf_add(to, text);
        else
            kith__buf_format(to, "<%" PRId64 " microseconds>", v->as.timestamp);
        break;
    default: kith__buf_format(to, "<%s>", kith__kind_name(v->kind));
    }
}

void kith__mock_write_values(struct buf *to, const kith_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            kith__buf_add(to, ", ");
        write_value(to, &values[i]);
    }
}

void kith__mock_write_rows(struct buf *to, const kith_column *columns, unsigned width, size_t count)
{
    for (size_t row = 0; row < count; row++) {
        kith__buf_add(to, row ? ", (" : "(");
        for (unsigned i = 0; i < width; i++) {
            kith__buf_add(to, i ? ", " : "");
            write_value(to, &columns[i].at[row * columns[i].stride]);
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
    write_value(&text, from);
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
