/* kith/value.h: one value, 16 bytes, the same on every database.
 *
 * A value says what the program means; the attribute it meets decides what is stored. So KITH_V(1) and
 * KITH_V(true) both store true in a BOOLEAN attribute, and a number given to a STRING attribute is an error. */
#ifndef KITH_VALUE_H
#define KITH_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kith/export.h"

KITH_BEGIN_DECLS

typedef enum kith_kind {
    KITH_ABSENT = 0, /* no value given: zero means "default" everywhere */
    KITH_NULL,
    KITH_BOOL,
    KITH_INT,
    KITH_DOUBLE,
    KITH_STR,   /* UTF-8; also DECIMAL, UUID, ENUM, DATEONLY, TIME and JSON, in their canonical text */
    KITH_BYTES, /* any bytes */
    KITH_TIMESTAMP,
    KITH_EXPRESSION,    /* computed by the database: KITH_COL, KITH_FN, KITH_SQL (kith/expr.h) */
    KITH_OUT_OF_RANGE,  /* made from a C value that no kind can hold; refused wherever it is used */
    KITH_LIST_END = 255 /* ends the lists that the macros make */
} kith_kind;

struct kith_expr;

typedef struct kith_value {
    uint8_t kind;  /* a kith_kind */
    uint32_t size; /* bytes of str or bytes, without the terminator */
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *str; /* ends with NUL in everything Kith returns */
        const void *bytes;
        int64_t timestamp; /* microseconds since 1970-01-01T00:00:00Z, leap seconds not counted */
        const struct kith_expr *expr;
    } as;
} kith_value;

/* Each makes a value. Text and bytes are borrowed, not copied: they must outlive the call that takes the value.
 * A NULL pointer makes a NULL value. An unsigned number above INT64_MAX and a text of 4 GiB or more make a
 * KITH_OUT_OF_RANGE value, which the call that takes it refuses with a clear error. */
KITH_API kith_value kith_of_bool(bool b);
KITH_API kith_value kith_of_int(int64_t n);
KITH_API kith_value kith_of_uint(uint64_t n);
KITH_API kith_value kith_of_double(double d);
KITH_API kith_value kith_of_str(const char *text);
KITH_API kith_value kith_of_text(const char *text, size_t size); /* text without a terminator */
KITH_API kith_value kith_of_bytes(const void *bytes, size_t size);
KITH_API kith_value kith_of_timestamp(int64_t microseconds);
KITH_API kith_value kith_of_null(void);
KITH_API kith_value kith_of_value(kith_value v);
KITH_API kith_value kith_of_expr(const struct kith_expr *e);

/* KITH_V(x): the value of any C number, bool, string, kith_value or expression. */
#define KITH_V(x)                                                                                                      \
    _Generic((x),                                                                                                      \
        bool: kith_of_bool,                                                                                            \
        float: kith_of_double,                                                                                         \
        double: kith_of_double,                                                                                        \
        char: kith_of_int,                                                                                             \
        signed char: kith_of_int,                                                                                      \
        unsigned char: kith_of_int,                                                                                    \
        short: kith_of_int,                                                                                            \
        unsigned short: kith_of_int,                                                                                   \
        int: kith_of_int,                                                                                              \
        unsigned: kith_of_int,                                                                                         \
        long: kith_of_int,                                                                                             \
        unsigned long: kith_of_uint,                                                                                   \
        long long: kith_of_int,                                                                                        \
        unsigned long long: kith_of_uint,                                                                              \
        char *: kith_of_str,                                                                                           \
        const char *: kith_of_str,                                                                                     \
        kith_value: kith_of_value,                                                                                     \
        const struct kith_expr *: kith_of_expr)(x)

/* An initializer in braces. */
#define KITH_INIT_(...)                                                                                                \
    {                                                                                                                  \
        __VA_ARGS__                                                                                                    \
    }

/* Constant forms, for static tables. */
#define KITH_CONST_INT(n)    KITH_INIT_(.kind = KITH_INT, .as.integer = (n))
#define KITH_CONST_BOOL(b)   KITH_INIT_(.kind = KITH_BOOL, .as.boolean = (b))
#define KITH_CONST_DOUBLE(d) KITH_INIT_(.kind = KITH_DOUBLE, .as.real = (d))
#define KITH_CONST_STR(s)    KITH_INIT_(.kind = KITH_STR, .size = sizeof(s) - 1, .as.str = (s))
#define KITH_CONST_NULL      KITH_INIT_(.kind = KITH_NULL)

#define KITH_END_VALUE_ KITH_INIT_(.kind = KITH_LIST_END)

/* A list of values: KITH_VALUES(KITH_V(1), KITH_V("x")). */
#define KITH_VALUES(...) ((const kith_value[]){ __VA_ARGS__, KITH_END_VALUE_ })

/* One named value: an attribute to write, a join attribute, a constant of a scope. */
typedef struct kith_field {
    const char *name;
    kith_value value;
} kith_field;

#define KITH_F(n, v)     KITH_INIT_(.name = (n), .value = KITH_V(v))
#define KITH_FIELDS(...) ((const kith_field[]){ __VA_ARGS__, { .value = KITH_END_VALUE_ } })

KITH_END_DECLS

#endif
