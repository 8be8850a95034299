/* value: see value.h; and the functions of kith/value.h that make values. */
#include "base/value.h"

#include <string.h>

#include "base/str.h"

/* ---- making --------------------------------------------------------------------------------------------------- */

kith_value kith_of_bool(bool b)
{
    return (kith_value){ .kind = KITH_BOOL, .as.boolean = b };
}

kith_value kith_of_int(int64_t n)
{
    return (kith_value){ .kind = KITH_INT, .as.integer = n };
}

kith_value kith_of_uint(uint64_t n)
{
    return n <= INT64_MAX ? kith_of_int((int64_t)n) : (kith_value){ .kind = KITH_OUT_OF_RANGE };
}

kith_value kith_of_double(double d)
{
    return (kith_value){ .kind = KITH_DOUBLE, .as.real = d };
}

kith_value kith_of_str(const char *text)
{
    return kith_of_text(text, text ? strlen(text) : 0);
}

kith_value kith_of_text(const char *text, size_t size)
{
    kith_value v = kith_of_bytes(text, size);
    if (v.kind == KITH_BYTES)
        v = (kith_value){ .kind = KITH_STR, .size = v.size, .as.str = text };
    return v;
}

kith_value kith_of_bytes(const void *bytes, size_t size)
{
    if (!bytes)
        return kith_of_null();
    if (size > UINT32_MAX)
        return (kith_value){ .kind = KITH_OUT_OF_RANGE };
    return (kith_value){ .kind = KITH_BYTES, .size = (uint32_t)size, .as.bytes = bytes };
}

kith_value kith_of_timestamp(int64_t microseconds)
{
    return (kith_value){ .kind = KITH_TIMESTAMP, .as.timestamp = microseconds };
}

kith_value kith_of_null(void)
{
    return (kith_value){ .kind = KITH_NULL };
}

kith_value kith_of_value(kith_value v)
{
    return v;
}

kith_value kith_of_expr(const struct kith_expr *e)
{
    return e ? (kith_value){ .kind = KITH_EXPRESSION, .as.expr = e } : kith_of_null();
}

/* ---- comparing ------------------------------------------------------------------------------------------------ */

static uint64_t double_bits(double d)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    return bits;
}

bool kith__value_equal(const kith_value *a, const kith_value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case KITH_BOOL: return a->as.boolean == b->as.boolean;
    case KITH_INT: return a->as.integer == b->as.integer;
    case KITH_TIMESTAMP: return a->as.timestamp == b->as.timestamp;
    case KITH_DOUBLE: /* the bits, so that not-a-number can be found again */
        return a->as.real == b->as.real || double_bits(a->as.real) == double_bits(b->as.real);
    case KITH_STR:
    case KITH_BYTES: return a->size == b->size && (a->size == 0 || memcmp(a->as.bytes, b->as.bytes, a->size) == 0);
    case KITH_EXPRESSION: return a->as.expr == b->as.expr;
    default: return true;
    }
}

bool kith__values_equal(const kith_value *a, const kith_value *b, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!kith__value_equal(&a[i], &b[i]))
            return false;
    return true;
}

/* ---- hashing -------------------------------------------------------------------------------------------------- */

/* Every bit of x reaches every bit of the result; keys that count up are the usual ones. */
static uint32_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= 0x9e3779b97f4a7c15u;
    x ^= x >> 29;
    x *= 0xd6e8feb86659fd93u;
    return (uint32_t)(x >> 32);
}

/* 64 bits that are the same for equal values. */
static uint64_t value_bits(const kith_value *v)
{
    switch (v->kind) {
    case KITH_BOOL: return v->as.boolean;
    case KITH_INT: return (uint64_t)v->as.integer;
    case KITH_TIMESTAMP: return (uint64_t)v->as.timestamp;
    case KITH_DOUBLE: /* 0 and -0 are equal */ return v->as.real == 0 ? 0 : double_bits(v->as.real);
    case KITH_STR:
    case KITH_BYTES: return kith__hash(v->as.bytes, v->size);
    case KITH_EXPRESSION: return (uint64_t)(uintptr_t)v->as.expr;
    default: return (uint64_t)v->kind << 56;
    }
}

/* Eight keys in a row get neighbouring hashes: rows mostly come in the order of some key, and what is looked up next then
 * lies beside what was found last. */
static uint32_t hash_integer(uint64_t x)
{
    uint32_t place = mix(x >> 3);
    return (place & ~7u) | ((place + (uint32_t)x) & 7);
}

uint32_t kith__values_hash(const kith_value *values, unsigned count)
{
    if (count == 1)
        return values->kind == KITH_INT ? hash_integer(value_bits(values)) : mix(value_bits(values));
    uint64_t hash = 0;
    for (unsigned i = 0; i < count; i++)
        hash = (uint64_t)mix(hash ^ value_bits(&values[i])) << 32;
    return mix(hash);
}

/* ---- naming --------------------------------------------------------------------------------------------------- */

const char *kith__kind_name(int kind)
{
    switch (kind) {
    case KITH_ABSENT: return "no value";
    case KITH_NULL: return "null";
    case KITH_BOOL: return "a boolean";
    case KITH_INT: return "an integer";
    case KITH_DOUBLE: return "a floating-point number";
    case KITH_STR: return "text";
    case KITH_BYTES: return "bytes";
    case KITH_TIMESTAMP: return "a timestamp";
    case KITH_EXPRESSION: return "an expression";
    case KITH_OUT_OF_RANGE: return "a value out of range";
    case KITH_LIST_END: return "the end of a list";
    default: return "an unknown kind of value";
    }
}

size_t kith__value_list_count(const kith_value *list)
{
    size_t count = 0;
    while (list && list[count].kind != KITH_LIST_END)
        count++;
    return count;
}
