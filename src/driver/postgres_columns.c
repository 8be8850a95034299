/* postgres_columns: see postgres_columns.h.
 *
 * Tables that others made have columns of other types than Kith's. What can be read without loss is: a bigint or numeric
 * column as whatever number it fits, any number and boolean as text, every type that is not known here as the text that
 * PostgreSQL writes. */
#include "driver/postgres_columns.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/time.h"
#include "base/value.h"
#include "driver/postgres_cells.h"
#include "schema/coerce.h"

/* ---- learning ------------------------------------------------------------------------------------------------------- */

bool kith__postgres_learn(struct postgres_statement *s, const PGresult *result, kith_error *err)
{
    size_t count = (size_t)PQnfields(result);
    if (s->column_capacity < count) {
        uint8_t *moved = kith__resize(s->conn->allocator, s->columns, s->column_capacity, count);
        if (!moved)
            return kith__error_no_memory(err);
        s->columns = moved;
        s->column_capacity = count;
    }
    s->column_count = (int)count;
    s->binary = count > 0 && PQfformat(result, 0) == 1; /* one form for all */
    s->readable = true;
    for (int i = 0; i < s->column_count; i++) {
        s->columns[i] = (uint8_t)kith__postgres_column(PQftype(result, i));
        s->readable = s->readable && s->columns[i] != COLUMN_OTHER;
    }
    return true;
}

/* ---- from the column's type to the wanted one ----------------------------------------------------------------------- */

enum converted { CONVERTED, NOT_THAT_TYPE, NO_MEMORY };

/* Ends with NUL. */
static enum converted copy(const kith_value *from, uint8_t kind, kith_arena *arena, kith_value *out)
{
    char *to = arena_take_text(arena, (size_t)from->size + 1);
    if (!to)
        return NO_MEMORY;
    if (from->size > 0)
        memcpy(to, from->as.bytes, from->size);
    to[from->size] = '\0';
    *out = (kith_value){ .kind = kind, .size = from->size, .as.str = to };
    return CONVERTED;
}

/* Numbers, booleans and moments as text. */
static enum converted write_text(const kith_value *from, kith_arena *arena, kith_value *out)
{
    char moment[KITH__TIMESTAMP_TEXT];
    struct buf b;
    kith__buf_init(&b, arena->allocator);
    switch (from->kind) {
    case KITH_INT: kith__buf_int(&b, from->as.integer); break;
    case KITH_DOUBLE: kith__buf_double(&b, from->as.real); break;
    case KITH_BOOL: kith__buf_add(&b, from->as.boolean ? "true" : "false"); break;
    default: kith__buf_add_n(&b, moment, kith__timestamp_write(from->as.timestamp, false, moment));
    }
    kith_value text = { .kind = KITH_STR, .size = (uint32_t)b.size, .as.str = kith__buf_text(&b) };
    enum converted result = b.failed ? NO_MEMORY : copy(&text, KITH_STR, arena, out);
    kith__buf_free(&b);
    return result;
}

static enum converted from_bool(const kith_value *from, int wanted, kith_arena *arena, kith_value *out)
{
    switch (wanted) {
    case 0:
    case KITH_T_BOOLEAN: *out = *from; return CONVERTED;
    case KITH_T_INTEGER:
    case KITH_T_BIGINT: *out = (kith_value){ .kind = KITH_INT, .as.integer = from->as.boolean }; return CONVERTED;
    case KITH_T_STRING:
    case KITH_T_TEXT:
    case KITH_T_ENUM:
    case KITH_T_JSON: return write_text(from, arena, out);
    default: return NOT_THAT_TYPE;
    }
}

static enum converted from_integer(const kith_value *from, int wanted, kith_arena *arena, kith_value *out)
{
    int64_t n = from->as.integer;
    switch (wanted) {
    case 0:
    case KITH_T_INTEGER:
    case KITH_T_BIGINT: *out = *from; return CONVERTED;
    case KITH_T_BOOLEAN:
        *out = (kith_value){ .kind = KITH_BOOL, .as.boolean = n == 1 };
        return n == 0 || n == 1 ? CONVERTED : NOT_THAT_TYPE;
    case KITH_T_DOUBLE: *out = (kith_value){ .kind = KITH_DOUBLE, .as.real = (double)n }; return CONVERTED;
    case KITH_T_STRING:
    case KITH_T_TEXT:
    case KITH_T_DECIMAL:
    case KITH_T_ENUM:
    case KITH_T_JSON: return write_text(from, arena, out);
    default: return NOT_THAT_TYPE;
    }
}

static enum converted from_real(const kith_value *from, int wanted, kith_arena *arena, kith_value *out)
{
    static const double too_large = 9223372036854775808.0; /* 2^63 */
    double d = from->as.real;
    switch (wanted) {
    case 0:
    case KITH_T_DOUBLE: *out = *from; return CONVERTED;
    case KITH_T_INTEGER:
    case KITH_T_BIGINT:
        if (!(d >= -too_large && d < too_large) || d != trunc(d))
            return NOT_THAT_TYPE;
        *out = (kith_value){ .kind = KITH_INT, .as.integer = (int64_t)d };
        return CONVERTED;
    case KITH_T_STRING:
    case KITH_T_TEXT:
    case KITH_T_DECIMAL:
    case KITH_T_ENUM:
    case KITH_T_JSON: return isfinite(d) ? write_text(from, arena, out) : NOT_THAT_TYPE;
    default: return NOT_THAT_TYPE;
    }
}

static enum converted from_timestamp(const kith_value *from, int wanted, kith_arena *arena, kith_value *out)
{
    switch (wanted) {
    case 0:
    case KITH_T_DATE: *out = *from; return CONVERTED;
    case KITH_T_STRING:
    case KITH_T_TEXT: return write_text(from, arena, out);
    default: return NOT_THAT_TYPE;
    }
}

/* Whole numbers, whatever the scale: a sum of bigints is a numeric. */
static enum converted integer_of_numeric(const char *text, kith_value *out)
{
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (*end == '.')
        end += 1 + strspn(end + 1, "0");
    *out = (kith_value){ .kind = KITH_INT, .as.integer = n };
    return errno == 0 && *end == '\0' ? CONVERTED : NOT_THAT_TYPE;
}

/* The text ends with NUL. */
static enum converted from_text(const kith_value *from, enum postgres_column column, int wanted, kith_arena *arena,
                                kith_value *out)
{
    bool numeric = column == COLUMN_NUMERIC;
    switch (wanted) {
    case KITH_T_INTEGER:
    case KITH_T_BIGINT: return numeric ? integer_of_numeric(from->as.str, out) : NOT_THAT_TYPE;
    case KITH_T_DOUBLE:
        *out = (kith_value){ .kind = KITH_DOUBLE };
        return numeric && kith__double_of_text(from->as.str, from->size, &out->as.real) ? CONVERTED : NOT_THAT_TYPE;
    case KITH_T_BOOLEAN: return NOT_THAT_TYPE;
    case KITH_T_DATE:
        *out = (kith_value){ .kind = KITH_TIMESTAMP };
        return kith__timestamp_read(from->as.str, from->size, &out->as.timestamp) ? CONVERTED : NOT_THAT_TYPE;
    case KITH_T_BLOB: return copy(from, KITH_BYTES, arena, out);
    default: return copy(from, KITH_STR, arena, out);
    }
}

static enum converted convert(const struct cell_value *cell, enum postgres_column column, int wanted, kith_arena *arena,
                              kith_value *out)
{
    const kith_value *v = &cell->value;
    switch (v->kind) {
    case KITH_BOOL: return from_bool(v, wanted, arena, out);
    case KITH_INT: return from_integer(v, wanted, arena, out);
    case KITH_DOUBLE: return from_real(v, wanted, arena, out);
    case KITH_TIMESTAMP: return from_timestamp(v, wanted, arena, out);
    case KITH_STR: return from_text(v, column, wanted, arena, out);
    default:
        if (wanted != 0 && wanted != KITH_T_BLOB)
            return NOT_THAT_TYPE;
        *out = *v;
        return cell->owned ? CONVERTED : copy(v, KITH_BYTES, arena, out);
    }
}

/* ---- errors --------------------------------------------------------------------------------------------------------- */

static bool cannot_read(const struct postgres_statement *s, int column, enum cell_read problem, struct cell cell,
                        kith_error *err)
{
    const char *name = PQfname(s->result, column);
    if (problem == CELL_NO_MEMORY)
        return kith__error_no_memory(err);
    if (problem == CELL_HAS_NO_VALUE)
        return kith__error_set(err, KITH_E_DATABASE, "the column \"%s\" holds a moment outside the years 1 to 9999%s%s",
                               name, s->binary ? "" : ": ", s->binary ? "" : cell.at);
    return kith__error_set(err, KITH_E_DATABASE,
                           "the column \"%s\" holds %d bytes that are no value of its type, which has the OID %u", name,
                           cell.size, (unsigned)PQftype(s->result, column));
}

static bool cannot_convert(const struct postgres_statement *s, int column, const kith_value *v, int wanted,
                           kith_error *err)
{
    char what[80], text[40];
    switch (v->kind) {
    case KITH_INT: snprintf(what, sizeof what, "the integer %" PRId64, v->as.integer); break;
    case KITH_DOUBLE: snprintf(what, sizeof what, "the number %.17g", v->as.real); break;
    case KITH_STR:
        kith__copy(text, sizeof text, v->as.str);
        snprintf(what, sizeof what, "the text \"%s\"", text);
        break;
    default: kith__copy(what, sizeof what, kith__kind_name(v->kind));
    }
    return kith__error_set(err, KITH_E_DATABASE, "the column \"%s\" holds %s, which cannot be read as %s",
                           PQfname(s->result, column), what, kith__type_name(wanted));
}

/* ---- rows ----------------------------------------------------------------------------------------------------------- */

static bool read_column(const struct postgres_statement *s, int column, int wanted, kith_arena *arena, kith_value *out,
                        kith_error *err)
{
    enum postgres_column type = s->columns[column];
    struct cell cell = { .size = PQgetlength(s->result, s->row, column) };
    struct cell_value value;
    if (cell.size == 0 && PQgetisnull(s->result, s->row, column)) {
        *out = (kith_value){ .kind = KITH_NULL };
        return true;
    }
    cell.at = PQgetvalue(s->result, s->row, column);
    if (s->binary && kith__cell_usual(type, cell, wanted, out))
        return true;
    enum cell_read read = s->binary ? kith__cell_from_binary(type, cell, arena, &value)
                                    : kith__cell_from_text(type, cell, arena, &value);
    if (read != CELL_READ)
        return cannot_read(s, column, read, cell, err);
    switch (convert(&value, type, wanted, arena, out)) {
    case CONVERTED: return true;
    case NO_MEMORY: return kith__error_no_memory(err);
    default: return cannot_convert(s, column, &value.value, wanted, err);
    }
}

bool kith__postgres_columns(kith_statement *st, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                            kith_value *out, kith_error *err)
{
    const struct postgres_statement *s = (const struct postgres_statement *)st;
    bool in_row = s->result && s->row < s->row_count;
    if (first + count > (unsigned)s->column_count || !in_row)
        return kith__error_set(err, KITH_E_DATABASE, "column %u was asked for, but the row has %d columns",
                               first + count, in_row ? s->column_count : 0);
    for (unsigned i = 0; i < count; i++)
        if (!read_column(s, (int)(first + i), types[i], arena, &out[i], err))
            return false;
    return true;
}
