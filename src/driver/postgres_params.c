/* postgres_params: values on their way to PostgreSQL.
 *
 *     BOOLEAN, INTEGER, BIGINT, DOUBLE, DATE, BLOB    their type, in binary
 *     all others                                      text without a type: the server reads it as what it is compared
 *                                                     with or stored in, be it text, uuid, numeric, json or an enum
 *
 * Integers go as bigint, which every integer column takes. Where nothing is known of the other side (text of the user's
 * own, arguments of functions) a small one goes as integer, because most functions take no other.
 *
 * Rows that are bound together are an array for each column, in binary; the second group as arrays of text. An array of
 * labels goes as text without a type, for an array of text is none of labels.
 *
 * Values are copied: libpq wants text that ends with NUL, and values need not. */
#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/value.h"
#include "dialect/parts.h"
#include "driver/postgres.h"
#include "driver/postgres_types.h"

static const int64_t first_moment = INT64_C(-62135596800000000), last_moment = INT64_C(253402300799999999);

/* ---- binding -------------------------------------------------------------------------------------------------------- */

/* Also of a NULL, so that a statement keeps the types of its parameters. */
static Oid type_of(const kith_value *v, int type)
{
    static const Oid types[KITH_T_COUNT_] = {
        [KITH_T_INTEGER] = TYPE_INT8,  [KITH_T_BIGINT] = TYPE_INT8,      [KITH_T_BOOLEAN] = TYPE_BOOL,
        [KITH_T_DOUBLE] = TYPE_FLOAT8, [KITH_T_DATE] = TYPE_TIMESTAMPTZ, [KITH_T_BLOB] = TYPE_BYTEA,
    };
    bool small = type == 0 && v->as.integer >= INT32_MIN && v->as.integer <= INT32_MAX;
    switch (v->kind) {
    case KITH_BOOL: return TYPE_BOOL;
    case KITH_INT: return small ? TYPE_INT4 : TYPE_INT8;
    case KITH_DOUBLE: return TYPE_FLOAT8;
    case KITH_TIMESTAMP: return TYPE_TIMESTAMPTZ;
    case KITH_BYTES: return TYPE_BYTEA;
    case KITH_STR: return TYPE_UNKNOWN_YET;
    default: return type > 0 && type < KITH_T_COUNT_ ? types[type] : TYPE_UNKNOWN_YET;
    }
}

/* Big-endian; the end of what was written. */
static char *put_number(char *to, uint64_t n, int bytes)
{
    while (bytes-- > 0)
        *to++ = (char)(n >> (8 * bytes) & 0xff);
    return to;
}

static void add_number(struct buf *b, uint64_t n, int bytes)
{
    char *to = kith__buf_room(b, (size_t)bytes);
    if (to)
        put_number(to, n, bytes);
}

/* What has 8 bytes, as a number. */
static uint64_t bits_of(const kith_value *v)
{
    uint64_t bits;
    switch (v->kind) {
    case KITH_DOUBLE: memcpy(&bits, &v->as.real, sizeof bits); return bits;
    case KITH_TIMESTAMP: return (uint64_t)(v->as.timestamp - POSTGRES_EPOCH);
    default: return (uint64_t)v->as.integer;
    }
}

static void add_value(struct buf *b, const kith_value *v, Oid type)
{
    switch (v->kind) {
    case KITH_BOOL: add_number(b, v->as.boolean, 1); break;
    case KITH_INT:
    case KITH_DOUBLE:
    case KITH_TIMESTAMP: add_number(b, bits_of(v), type == TYPE_INT4 ? 4 : 8); break;
    case KITH_STR:
        kith__buf_add_n(b, v->size ? v->as.str : "", v->size);
        kith__buf_char(b, '\0');
        break;
    case KITH_BYTES: kith__buf_add_n(b, v->size ? v->as.bytes : "", v->size); break;
    default: break;
    }
}

/* What is wrong with the value; NULL when nothing. */
static const char *problem_of(const kith_value *v)
{
    switch (v->kind) {
    case KITH_NULL:
    case KITH_BOOL:
    case KITH_INT:
    case KITH_DOUBLE: return NULL;
    case KITH_TIMESTAMP:
        return v->as.timestamp < first_moment || v->as.timestamp > last_moment ? " outside the years 1 to 9999" : NULL;
    case KITH_STR:
        if (v->size && memchr(v->as.str, '\0', v->size))
            return " with a NUL character in it";
        return v->size > INT_MAX ? " of more than 2 GiB" : NULL;
    case KITH_BYTES: return v->size > INT_MAX ? " of more than 2 GiB" : NULL;
    default: return "";
    }
}

static bool make_room(struct postgres_statement *s, unsigned index)
{
    while (s->param_count <= index) {
        if (!kith__grow(s->conn->allocator, (void **)&s->params, s->param_count, &s->param_capacity, sizeof *s->params))
            return false;
        struct postgres_param *p = &s->params[s->param_count];
        *p = (struct postgres_param){ .size = -1,
                                      .prepared_as = s->param_count < s->prepared_count ? p->prepared_as : 0 };
        s->param_count++;
    }
    return true;
}

bool kith__postgres_bind(kith_statement *st, unsigned index, const kith_value *value, int type, kith_error *err)
{
    struct postgres_statement *s = (struct postgres_statement *)st;
    const char *problem = problem_of(value);
    if (problem)
        return kith__error_set(err, KITH_E_USAGE, "value %u of the statement cannot be stored: it is %s%s", index + 1,
                               kith__kind_name(value->kind), problem);
    if (!make_room(s, index))
        return kith__error_no_memory(err);
    struct postgres_param *p = &s->params[index];
    p->type = type_of(value, type);
    p->format = value->kind != KITH_STR;
    p->at = s->data.size;
    add_value(&s->data, value, p->type);
    p->size = value->kind == KITH_NULL ? -1 : (int)(s->data.size - p->at);
    return !s->data.failed || kith__error_no_memory(err);
}

/* ---- rows bound together -------------------------------------------------------------------------------------------- */

static Oid element_of(int type)
{
    static const Oid types[KITH_T_COUNT_] = {
        [KITH_T_INTEGER] = TYPE_INT8,  [KITH_T_BIGINT] = TYPE_INT8,      [KITH_T_BOOLEAN] = TYPE_BOOL,
        [KITH_T_DOUBLE] = TYPE_FLOAT8, [KITH_T_DATE] = TYPE_TIMESTAMPTZ, [KITH_T_BLOB] = TYPE_BYTEA,
    };
    return types[type] ? types[type] : TYPE_TEXT;
}

static Oid array_of(Oid element)
{
    switch (element) {
    case TYPE_INT8: return TYPE_INT8_ARRAY;
    case TYPE_BOOL: return TYPE_BOOL_ARRAY;
    case TYPE_FLOAT8: return TYPE_FLOAT8_ARRAY;
    case TYPE_TIMESTAMPTZ: return TYPE_TIMESTAMPTZ_ARRAY;
    case TYPE_BYTEA: return TYPE_BYTEA_ARRAY;
    default: return TYPE_TEXT_ARRAY;
    }
}

static size_t element_size(const kith_value *v)
{
    switch (v->kind) {
    case KITH_NULL: return 4;
    case KITH_STR:
    case KITH_BYTES: return 4 + v->size;
    case KITH_BOOL: return 4 + 1;
    default: return 4 + 8;
    }
}

/* Its length, then itself; of NULL the length -1 alone. */
static char *put_element(char *to, const kith_value *v)
{
    switch (v->kind) {
    case KITH_NULL: return put_number(to, UINT32_MAX, 4);
    case KITH_STR:
    case KITH_BYTES:
        to = put_number(to, v->size, 4);
        memcpy(to, v->size ? v->as.str : "", v->size);
        return to + v->size;
    case KITH_BOOL: return put_number(put_number(to, 1, 4), v->as.boolean, 1);
    default: return put_number(put_number(to, 8, 4), bits_of(v), 8);
    }
}

static void add_labels(struct buf *b, const kith_column *column, size_t count)
{
    kith__buf_char(b, '{');
    for (size_t i = 0; i < count; i++) {
        const kith_value *v = &column->at[i * column->stride];
        kith__buf_add(b, i ? "," : "");
        if (v->kind == KITH_STR)
            kith__array_text(b, v->as.str, v->size);
        else
            kith__buf_add(b, "NULL");
    }
    kith__buf_add_n(b, "}", 2); /* and NUL */
}

static bool check_values(const kith_column *column, size_t count, kith_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const kith_value *v = &column->at[i * column->stride];
        const char *problem = problem_of(v);
        if (problem)
            return kith__error_set(err, KITH_E_USAGE, "a value cannot be stored: it is %s%s", kith__kind_name(v->kind),
                                   problem);
    }
    return true;
}

/* One dimension, its elements from number 1 on. */
static void add_array(struct buf *b, const kith_column *column, size_t count)
{
    size_t size = (size_t)5 * 4;
    for (size_t i = 0; i < count; i++)
        size += element_size(&column->at[i * column->stride]);
    char *to = kith__buf_room(b, size);
    if (!to)
        return;
    to = put_number(put_number(to, 1, 4), 1, 4); /* there may be NULLs */
    to = put_number(put_number(to, element_of(column->type), 4), count, 4);
    to = put_number(to, 1, 4);
    for (size_t i = 0; i < count; i++)
        to = put_element(to, &column->at[i * column->stride]);
}

bool kith__postgres_bind_rows(kith_statement *st, const kith_column *columns, unsigned width, size_t count,
                              kith_error *err)
{
    struct postgres_statement *s = (struct postgres_statement *)st;
    if (width && !make_room(s, width - 1))
        return kith__error_no_memory(err);
    for (unsigned i = 0; i < width; i++) {
        struct postgres_param *p = &s->params[i];
        bool labels = columns[i].type == KITH_T_ENUM;
        p->type = labels ? TYPE_UNKNOWN_YET : array_of(element_of(columns[i].type));
        p->format = !labels;
        p->at = s->data.size;
        if (!check_values(&columns[i], count, err))
            return false;
        if (labels)
            add_labels(&s->data, &columns[i], count);
        else
            add_array(&s->data, &columns[i], count);
        if (s->data.failed)
            return kith__error_no_memory(err);
        if (s->data.size - p->at > INT_MAX)
            return kith__error_set(err, KITH_E_USAGE, "the rows hold more than 2 GiB in one column");
        p->size = (int)(s->data.size - p->at);
    }
    return true;
}

/* ---- sending -------------------------------------------------------------------------------------------------------- */

enum { PER_PARAM = sizeof(char *) + sizeof(Oid) + 2 * sizeof(int) };

/* The pointers are made now, because the data moves while it grows. */
bool kith__postgres_wire(struct postgres_statement *s, struct postgres_wire *wire, kith_error *err)
{
    size_t room = s->param_capacity;
    if (s->wire_capacity < room) {
        void *moved = kith__resize(s->conn->allocator, s->wire, s->wire_capacity * PER_PARAM, room * PER_PARAM);
        if (!moved)
            return kith__error_no_memory(err);
        s->wire = moved;
        s->wire_capacity = room;
    }
    room = s->wire_capacity;
    wire->values = s->wire;
    wire->types = (Oid *)(wire->values + room);
    wire->sizes = (int *)(wire->types + room);
    wire->formats = wire->sizes + room;
    for (size_t i = 0; i < s->param_count; i++) {
        const struct postgres_param *p = &s->params[i];
        wire->values[i] = p->size < 0 ? NULL : p->size ? s->data.text + p->at : "";
        wire->types[i] = p->type;
        wire->sizes[i] = p->size < 0 ? 0 : p->size;
        wire->formats[i] = p->format;
    }
    return true;
}

void kith__postgres_params_free(struct postgres_statement *s)
{
    kith__buf_free(&s->data);
    kith__free(s->conn->allocator, s->params, s->param_capacity * sizeof *s->params);
    kith__free(s->conn->allocator, s->wire, s->wire_capacity * PER_PARAM);
}
