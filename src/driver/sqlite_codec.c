/* sqlite_codec: see sqlite_codec.h.
 *
 *     BOOLEAN                  INTEGER 0 and 1
 *     INTEGER, BIGINT          INTEGER
 *     DOUBLE                   REAL
 *     DATE                     TEXT "2026-11-21 09:39:00.123456", UTC: sorts as text
 *     BLOB                     BLOB
 *     all others               TEXT
 *
 * Tables that others made hold more than that. What can be read without loss is: a DECIMAL or JSON column there keeps
 * numbers as INTEGER or REAL, a DOUBLE column may keep whole numbers as INTEGER. */
#include "driver/sqlite_codec.h"

#include <math.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/value.h"
#include "schema/coerce.h"

/* ---- binding -------------------------------------------------------------------------------------------------------- */

enum { NOT_STORABLE = -1 }; /* beside SQLite's codes */

static int bind_timestamp(struct sqlite_statement *s, int number, int64_t timestamp)
{
    char once[KITH__TIMESTAMP_TEXT];
    bool stays = s->stamp_count < s->stamp_room;
    char *text = stays ? s->stamps[s->stamp_count] : once;
    size_t size = kith__timestamp_write(timestamp, false, text);
    if (size == 0) /* the year has no text */
        return NOT_STORABLE;
    s->stamp_count += stays;
    return sqlite3_bind_text(s->raw, number, text, (int)size, stays ? SQLITE_STATIC : SQLITE_TRANSIENT);
}

static int bind_value(struct sqlite_statement *s, int number, const kith_value *v)
{
    switch (v->kind) {
    case KITH_NULL: return sqlite3_bind_null(s->raw, number);
    case KITH_BOOL: return sqlite3_bind_int(s->raw, number, v->as.boolean);
    case KITH_INT: return sqlite3_bind_int64(s->raw, number, v->as.integer);
    case KITH_DOUBLE: /* SQLite would make NULL of not-a-number */
        return isnan(v->as.real) ? NOT_STORABLE : sqlite3_bind_double(s->raw, number, v->as.real);
    case KITH_STR: /* a NULL pointer would bind NULL */
        return sqlite3_bind_text64(s->raw, number, v->size ? v->as.str : "", v->size, SQLITE_STATIC, SQLITE_UTF8);
    case KITH_BYTES: return sqlite3_bind_blob64(s->raw, number, v->size ? v->as.bytes : "", v->size, SQLITE_STATIC);
    case KITH_TIMESTAMP: return bind_timestamp(s, number, v->as.timestamp);
    default: return NOT_STORABLE;
    }
}

static bool cannot_bind(const struct sqlite_statement *s, unsigned index, const kith_value *value, int code,
                        kith_error *err)
{
    if (code == NOT_STORABLE)
        return kith__error_set(err, KITH_E_USAGE, "value %u of the statement cannot be stored: it is %s%s", index + 1,
                               kith__kind_name(value->kind),
                               value->kind == KITH_DOUBLE      ? " that is not a number"
                               : value->kind == KITH_TIMESTAMP ? " outside the years 1 to 9999"
                                                               : "");
    if (code == SQLITE_RANGE)
        return kith__error_set(err, KITH_E_USAGE, "value %u has no placeholder: the statement has %d", index + 1,
                               sqlite3_bind_parameter_count(s->raw));
    return kith__sqlite_failed(s->conn->db, code, err);
}

bool kith__sqlite_bind(kith_statement *st, unsigned index, const kith_value *value, int type, kith_error *err)
{
    struct sqlite_statement *s = (struct sqlite_statement *)st;
    (void)type; /* the kind tells all that SQLite wants to know */
    int code = bind_value(s, (int)index + 1, value);
    return code == SQLITE_OK || cannot_bind(s, index, value, code, err);
}

/* ---- decoding ------------------------------------------------------------------------------------------------------- */

enum decoded { DECODED, NOT_THAT_TYPE, NO_MEMORY };

/* Bytes end with NUL as well, so that a reader who takes them for text does no harm. */
static enum decoded copy(const void *from, size_t size, uint8_t kind, kith_arena *arena, kith_value *out)
{
    char *to = arena_take_text(arena, size + 1);
    if (!to)
        return NO_MEMORY;
    if (size > 0)
        memcpy(to, from, size);
    to[size] = '\0';
    *out = (kith_value){ .kind = kind, .size = (uint32_t)size, .as.str = to };
    return DECODED;
}

/* Also numbers, as SQLite writes them. */
static enum decoded copy_text(sqlite3_value *held, kith_arena *arena, kith_value *out)
{
    const unsigned char *text = sqlite3_value_text(held);
    if (!text)
        return NO_MEMORY;
    return copy(text, (size_t)sqlite3_value_bytes(held), KITH_STR, arena, out);
}

static enum decoded copy_bytes(sqlite3_value *held, kith_arena *arena, kith_value *out)
{
    const void *bytes = sqlite3_value_blob(held);
    size_t size = (size_t)sqlite3_value_bytes(held);
    if (!bytes && size > 0)
        return NO_MEMORY;
    return copy(bytes, size, KITH_BYTES, arena, out);
}

static enum decoded decode_integer(sqlite3_value *held, int wanted, kith_arena *arena, kith_value *out)
{
    int64_t n = sqlite3_value_int64(held);
    switch (wanted) {
    case 0:
    case KITH_T_INTEGER:
    case KITH_T_BIGINT: *out = (kith_value){ .kind = KITH_INT, .as.integer = n }; return DECODED;
    case KITH_T_BOOLEAN:
        *out = (kith_value){ .kind = KITH_BOOL, .as.boolean = n == 1 };
        return n == 0 || n == 1 ? DECODED : NOT_THAT_TYPE;
    case KITH_T_DOUBLE: *out = (kith_value){ .kind = KITH_DOUBLE, .as.real = (double)n }; return DECODED;
    case KITH_T_STRING:
    case KITH_T_TEXT:
    case KITH_T_DECIMAL:
    case KITH_T_ENUM:
    case KITH_T_JSON: return copy_text(held, arena, out);
    default: return NOT_THAT_TYPE;
    }
}

static enum decoded decode_real(sqlite3_value *held, int wanted, kith_arena *arena, kith_value *out)
{
    static const double too_large = 9223372036854775808.0; /* 2^63 */
    double d = sqlite3_value_double(held);
    switch (wanted) {
    case 0:
    case KITH_T_DOUBLE: *out = (kith_value){ .kind = KITH_DOUBLE, .as.real = d }; return DECODED;
    case KITH_T_INTEGER:
    case KITH_T_BIGINT:
        if (!(d >= -too_large && d < too_large) || d != trunc(d))
            return NOT_THAT_TYPE;
        *out = (kith_value){ .kind = KITH_INT, .as.integer = (int64_t)d };
        return DECODED;
    case KITH_T_DECIMAL:
    case KITH_T_JSON: return isfinite(d) ? copy_text(held, arena, out) : NOT_THAT_TYPE;
    case KITH_T_STRING:
    case KITH_T_TEXT:
    case KITH_T_ENUM: return copy_text(held, arena, out);
    default: return NOT_THAT_TYPE;
    }
}

static enum decoded decode_timestamp(sqlite3_value *held, kith_value *out)
{
    const char *text = (const char *)sqlite3_value_text(held);
    if (!text)
        return NO_MEMORY;
    int64_t timestamp;
    if (!kith__timestamp_read(text, (size_t)sqlite3_value_bytes(held), &timestamp))
        return NOT_THAT_TYPE;
    *out = (kith_value){ .kind = KITH_TIMESTAMP, .as.timestamp = timestamp };
    return DECODED;
}

static enum decoded decode_text(sqlite3_value *held, int wanted, kith_arena *arena, kith_value *out)
{
    switch (wanted) {
    case KITH_T_INTEGER:
    case KITH_T_BIGINT:
    case KITH_T_BOOLEAN:
    case KITH_T_DOUBLE: return NOT_THAT_TYPE;
    case KITH_T_DATE: return decode_timestamp(held, out);
    case KITH_T_BLOB: return copy_bytes(held, arena, out);
    default: return copy_text(held, arena, out);
    }
}

static enum decoded decode(sqlite3_value *held, int wanted, kith_arena *arena, kith_value *out)
{
    switch (sqlite3_value_type(held)) {
    case SQLITE_INTEGER: return decode_integer(held, wanted, arena, out);
    case SQLITE_TEXT: return decode_text(held, wanted, arena, out);
    case SQLITE_FLOAT: return decode_real(held, wanted, arena, out);
    case SQLITE_BLOB: return wanted == 0 || wanted == KITH_T_BLOB ? copy_bytes(held, arena, out) : NOT_THAT_TYPE;
    default: *out = (kith_value){ .kind = KITH_NULL }; return DECODED;
    }
}

static bool cannot_decode(sqlite3_stmt *raw, int column, int wanted, kith_error *err)
{
    char what[64], text[40];
    const char *name = sqlite3_column_name(raw, column);
    switch (sqlite3_column_type(raw, column)) {
    case SQLITE_INTEGER:
        snprintf(what, sizeof what, "the integer %lld", (long long)sqlite3_column_int64(raw, column));
        break;
    case SQLITE_FLOAT: snprintf(what, sizeof what, "the number %.17g", sqlite3_column_double(raw, column)); break;
    case SQLITE_TEXT:
        kith__copy(text, sizeof text, (const char *)sqlite3_column_text(raw, column));
        snprintf(what, sizeof what, "the text \"%s\"", text);
        break;
    default: snprintf(what, sizeof what, "a blob of %d bytes", sqlite3_column_bytes(raw, column));
    }
    return kith__error_set(err, KITH_E_DATABASE, "the column \"%s\" holds %s, which cannot be read as %s",
                           name ? name : "?", what, kith__type_name(wanted));
}

/* The values of the current row are not protected by a mutex, and need none: one thread at a time uses a connection. */
bool kith__sqlite_columns(kith_statement *st, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                          kith_value *out, kith_error *err)
{
    sqlite3_stmt *raw = ((struct sqlite_statement *)st)->raw;
    if (first + count > (unsigned)sqlite3_data_count(raw))
        return kith__error_set(err, KITH_E_DATABASE, "column %u was asked for, but the row has %d columns",
                               first + count, sqlite3_data_count(raw));
    for (unsigned i = 0; i < count; i++) {
        int column = (int)(first + i);
        enum decoded result = decode(sqlite3_column_value(raw, column), types[i], arena, &out[i]);
        if (result == NOT_THAT_TYPE)
            return cannot_decode(raw, column, types[i], err);
        if (result == NO_MEMORY)
            return kith__error_no_memory(err);
    }
    return true;
}
