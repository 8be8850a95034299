/* postgres_cells: see postgres_cells.h. */
#include "driver/postgres_cells.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/time.h"
#include "driver/postgres_types.h"

static const int64_t second = 1000000, day = 86400 * INT64_C(1000000);

enum postgres_column kith__postgres_column(Oid type)
{
    switch (type) {
    case TYPE_BOOL: return COLUMN_BOOL;
    case TYPE_INT2: return COLUMN_INT2;
    case TYPE_INT4: return COLUMN_INT4;
    case TYPE_INT8: return COLUMN_INT8;
    case TYPE_OID: return COLUMN_OID;
    case TYPE_FLOAT4: return COLUMN_FLOAT4;
    case TYPE_FLOAT8: return COLUMN_FLOAT8;
    case TYPE_NUMERIC: return COLUMN_NUMERIC;
    case TYPE_TEXT:
    case TYPE_VARCHAR:
    case TYPE_BPCHAR:
    case TYPE_NAME:
    case TYPE_UNKNOWN:
    case TYPE_VOID:
    case TYPE_JSON: return COLUMN_TEXT;
    case TYPE_JSONB: return COLUMN_JSONB;
    case TYPE_BYTEA: return COLUMN_BYTEA;
    case TYPE_UUID: return COLUMN_UUID;
    case TYPE_DATE: return COLUMN_DATE;
    case TYPE_TIME: return COLUMN_TIME;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMPTZ: return COLUMN_TIMESTAMP;
    default: return COLUMN_OTHER;
    }
}

/* ---- values --------------------------------------------------------------------------------------------------------- */

static enum cell_read integer(int64_t n, struct cell_value *to)
{
    to->value = (kith_value){ .kind = KITH_INT, .as.integer = n };
    return CELL_READ;
}

static enum cell_read real(double d, struct cell_value *to)
{
    to->value = (kith_value){ .kind = KITH_DOUBLE, .as.real = d };
    return CELL_READ;
}

static enum cell_read text(const char *at, size_t size, struct cell_value *to)
{
    to->value = (kith_value){ .kind = KITH_STR, .size = (uint32_t)size, .as.str = at };
    return CELL_READ;
}

static enum cell_read moment(int64_t microseconds, struct cell_value *to)
{
    if (!timestamp_is_one(microseconds))
        return CELL_HAS_NO_VALUE;
    to->value = (kith_value){ .kind = KITH_TIMESTAMP, .as.timestamp = microseconds };
    return CELL_READ;
}

/* ---- from binary ---------------------------------------------------------------------------------------------------- */

/* Two, four and eight bytes, the highest first. Compilers know this form for one instruction. */
static uint16_t two(const char *at)
{
    const uint8_t *b = (const uint8_t *)at;
    return (uint16_t)(b[0] << 8 | b[1]);
}

static uint32_t four(const char *at)
{
    const uint8_t *b = (const uint8_t *)at;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static uint64_t eight(const char *at)
{
    return (uint64_t)four(at) << 32 | four(at + 4);
}

static float float_of(uint32_t n)
{
    float f;
    memcpy(&f, &n, sizeof f);
    return f;
}

static double double_of(uint64_t n)
{
    double d;
    memcpy(&d, &n, sizeof d);
    return d;
}

/* Infinity is the last number there is. */
static enum cell_read binary_moment(int64_t since_2000, struct cell_value *to)
{
    if (since_2000 > INT64_MAX - POSTGRES_EPOCH)
        return CELL_HAS_NO_VALUE;
    return moment(since_2000 + POSTGRES_EPOCH, to);
}

static enum cell_read binary_date(int32_t days, struct cell_value *to)
{
    bool near = days > -5000000 && days < 5000000; /* infinity is not; so nothing overflows */
    size_t size = near ? kith__timestamp_write(days * day + POSTGRES_EPOCH, false, to->scratch) : 0;
    return size ? text(to->scratch, strlen("2026-11-21"), to) : CELL_HAS_NO_VALUE;
}

/* The end of the day is 24:00:00 there. */
static enum cell_read binary_time(int64_t t, struct cell_value *to)
{
    if (t < 0 || t > day)
        return CELL_BROKEN;
    int seconds = (int)(t / second), fraction = (int)(t % second);
    int size = snprintf(to->scratch, sizeof to->scratch, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60,
                        seconds % 60);
    if (fraction)
        size += snprintf(to->scratch + size, sizeof to->scratch - (size_t)size, ".%06d", fraction);
    return text(to->scratch, (size_t)size, to);
}

static enum cell_read binary_uuid(const char *from, struct cell_value *to)
{
    static const char digits[] = "0123456789abcdef";
    char *at = to->scratch;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        *at++ = digits[(uint8_t)from[i] >> 4];
        *at++ = digits[from[i] & 15];
    }
    return text(to->scratch, 36, to);
}

/* ---- numeric: digits to the base of 10,000 ---- */

struct numeric {
    int count, weight, scale; /* the first digit stands for 10,000 ^ weight */
    const char *digits;
};

static unsigned digit(const struct numeric *n, int at)
{
    return at >= 0 && at < n->count ? two(n->digits + (size_t)at * 2) : 0;
}

static char *write_whole(const struct numeric *n, char *to)
{
    to += sprintf(to, "%u", digit(n, 0) * (n->weight >= 0));
    for (int i = 1; i <= n->weight; i++)
        to += sprintf(to, "%04u", digit(n, i));
    return to;
}

static char *write_fraction(const struct numeric *n, char *to)
{
    static const unsigned powers[] = { 1000, 100, 10, 1 };
    if (n->scale > 0)
        *to++ = '.';
    for (int i = 0; i < n->scale; i++)
        *to++ = (char)('0' + digit(n, n->weight + 1 + i / 4) / powers[i % 4] % 10);
    return to;
}

static enum cell_read special_numeric(unsigned sign, struct cell_value *to)
{
    const char *word = sign == 0xC000 ? "NaN" : sign == 0xD000 ? "Infinity" : sign == 0xF000 ? "-Infinity" : NULL;
    return word ? text(word, strlen(word), to) : CELL_BROKEN;
}

static enum cell_read binary_numeric(struct cell cell, kith_arena *arena, struct cell_value *to)
{
    if (cell.size < 8)
        return CELL_BROKEN;
    struct numeric n = { two(cell.at), (int16_t)two(cell.at + 2), two(cell.at + 6), cell.at + 8 };
    unsigned sign = two(cell.at + 4);
    if (cell.size != 8 + 2 * n.count)
        return CELL_BROKEN;
    if (sign != 0 && sign != 0x4000)
        return special_numeric(sign, to);
    size_t whole = n.weight > 0 ? 4 * (size_t)n.weight : 0;
    char *start = arena_take(arena, whole + (size_t)n.scale + 16), *at = start;
    if (!start)
        return CELL_NO_MEMORY;
    if (sign)
        *at++ = '-';
    at = write_fraction(&n, write_whole(&n, at));
    *at = '\0';
    to->owned = true;
    return text(start, (size_t)(at - start), to);
}

/* ---- all of them ---- */

static bool has_size(enum postgres_column column, int size)
{
    static const int8_t sizes[COLUMN_COUNT] = {
        [COLUMN_BOOL] = 1, [COLUMN_INT2] = 2,   [COLUMN_INT4] = 4,   [COLUMN_INT8] = 8,
        [COLUMN_OID] = 4,  [COLUMN_FLOAT4] = 4, [COLUMN_FLOAT8] = 8, [COLUMN_UUID] = 16,
        [COLUMN_DATE] = 4, [COLUMN_TIME] = 8,   [COLUMN_JSONB] = -1, [COLUMN_TIMESTAMP] = 8,
    };
    return sizes[column] > 0 ? size == sizes[column] : size >= -sizes[column];
}

enum cell_read kith__cell_from_binary(enum postgres_column column, struct cell cell, kith_arena *arena,
                                      struct cell_value *to)
{
    const char *at = cell.at;
    to->owned = false;
    if (!has_size(column, cell.size))
        return CELL_BROKEN;
    switch (column) {
    case COLUMN_BOOL: to->value = (kith_value){ .kind = KITH_BOOL, .as.boolean = *at != 0 }; return CELL_READ;
    case COLUMN_INT2: return integer((int16_t)two(at), to);
    case COLUMN_INT4: return integer((int32_t)four(at), to);
    case COLUMN_INT8: return integer((int64_t)eight(at), to);
    case COLUMN_OID: return integer(four(at), to);
    case COLUMN_FLOAT4: return real((double)float_of(four(at)), to);
    case COLUMN_FLOAT8: return real(double_of(eight(at)), to);
    case COLUMN_NUMERIC: return binary_numeric(cell, arena, to);
    case COLUMN_TEXT: return text(at, (size_t)cell.size, to);
    case COLUMN_JSONB: return *at == 1 ? text(at + 1, (size_t)cell.size - 1, to) : CELL_BROKEN;
    case COLUMN_BYTEA:
        to->value = (kith_value){ .kind = KITH_BYTES, .size = (uint32_t)cell.size, .as.bytes = at };
        return CELL_READ;
    case COLUMN_UUID: return binary_uuid(at, to);
    case COLUMN_DATE: return binary_date((int32_t)four(at), to);
    case COLUMN_TIME: return binary_time((int64_t)eight(at), to);
    case COLUMN_TIMESTAMP: return binary_moment((int64_t)eight(at), to);
    default: return CELL_BROKEN;
    }
}

/* ---- the usual ones, in one step ---- */

static bool usual_integer(int64_t n, int wanted, kith_value *out)
{
    *out = (kith_value){ .kind = KITH_INT, .as.integer = n };
    return wanted == KITH_T_INTEGER || wanted == KITH_T_BIGINT;
}

static bool usual_moment(int64_t since_2000, int wanted, kith_value *out)
{
    bool near = since_2000 < KITH__TIMESTAMP_END - POSTGRES_EPOCH; /* so that nothing overflows */
    int64_t moment = near ? since_2000 + POSTGRES_EPOCH : since_2000;
    *out = (kith_value){ .kind = KITH_TIMESTAMP, .as.timestamp = moment };
    return wanted == KITH_T_DATE && timestamp_is_one(moment);
}

bool kith__cell_usual(enum postgres_column column, struct cell cell, int wanted, kith_value *out)
{
    const char *at = cell.at;
    switch (column) {
    case COLUMN_INT4: return cell.size == 4 && usual_integer((int32_t)four(at), wanted, out);
    case COLUMN_INT8: return cell.size == 8 && usual_integer((int64_t)eight(at), wanted, out);
    case COLUMN_TIMESTAMP: return cell.size == 8 && usual_moment((int64_t)eight(at), wanted, out);
    case COLUMN_FLOAT8:
        *out = (kith_value){ .kind = KITH_DOUBLE, .as.real = cell.size == 8 ? double_of(eight(at)) : 0 };
        return cell.size == 8 && wanted == KITH_T_DOUBLE;
    case COLUMN_BOOL:
        *out = (kith_value){ .kind = KITH_BOOL, .as.boolean = *at != 0 };
        return cell.size == 1 && wanted == KITH_T_BOOLEAN;
    default: return false;
    }
}

/* ---- from text ------------------------------------------------------------------------------------------------------ */

/* strtod wants the point of the program's locale, which mostly is one. */
bool kith__double_of_text(const char *given, size_t size, double *d)
{
    char copy[512], *end;
    const char *point = localeconv()->decimal_point;
    if (size > 0 && strcmp(point, ".") == 0) {
        *d = strtod(given, &end);
        return *end == '\0';
    }
    size_t before = strcspn(given, ".");
    const char *rest = given + before + (given[before] == '.');
    int written = snprintf(copy, sizeof copy, "%.*s%s%s", (int)before, given, given[before] ? point : "", rest);
    if (size == 0 || written < 0 || (size_t)written >= sizeof copy)
        return false;
    *d = strtod(copy, &end);
    return *end == '\0';
}

static enum cell_read text_integer(const char *at, struct cell_value *to)
{
    char *end;
    long long n = strtoll(at, &end, 10);
    return *end ? CELL_BROKEN : integer(n, to);
}

static enum cell_read text_real(struct cell cell, bool single, struct cell_value *to)
{
    double d;
    if (!kith__double_of_text(cell.at, (size_t)cell.size, &d))
        return CELL_BROKEN;
    return real(single ? (double)(float)d : d, to);
}

static enum cell_read text_moment(struct cell cell, struct cell_value *to)
{
    int64_t microseconds;
    if (!kith__timestamp_read(cell.at, (size_t)cell.size, &microseconds))
        return CELL_HAS_NO_VALUE;
    return moment(microseconds, to);
}

/* "infinity", "0044-03-15 BC", "12026-11-21" */
static enum cell_read text_date(struct cell cell, struct cell_value *to)
{
    if (!kith__date_canonical(cell.at, (size_t)cell.size, to->scratch))
        return CELL_HAS_NO_VALUE;
    return text(to->scratch, strlen(to->scratch), to);
}

/* Without the zeros at the end of a fraction. */
static enum cell_read text_time(struct cell cell, struct cell_value *to)
{
    if (!kith__time_canonical(cell.at, (size_t)cell.size, to->scratch)) /* 24:00:00 */
        return text(cell.at, (size_t)cell.size, to);
    return text(to->scratch, strlen(to->scratch), to);
}

static enum cell_read text_bytes(struct cell cell, kith_arena *arena, struct cell_value *to)
{
    size_t size;
    unsigned char *bytes = PQunescapeBytea((const unsigned char *)cell.at, &size);
    char *copy = bytes ? arena_take_text(arena, size + 1) : NULL;
    if (copy) {
        memcpy(copy, bytes, size);
        copy[size] = '\0';
        to->owned = true;
        to->value = (kith_value){ .kind = KITH_BYTES, .size = (uint32_t)size, .as.bytes = copy };
    }
    PQfreemem(bytes);
    return copy ? CELL_READ : CELL_NO_MEMORY;
}

enum cell_read kith__cell_from_text(enum postgres_column column, struct cell cell, kith_arena *arena,
                                    struct cell_value *to)
{
    to->owned = false;
    switch (column) {
    case COLUMN_BOOL: to->value = (kith_value){ .kind = KITH_BOOL, .as.boolean = *cell.at == 't' }; return CELL_READ;
    case COLUMN_INT2:
    case COLUMN_INT4:
    case COLUMN_INT8:
    case COLUMN_OID: return text_integer(cell.at, to);
    case COLUMN_FLOAT4: return text_real(cell, true, to);
    case COLUMN_FLOAT8: return text_real(cell, false, to);
    case COLUMN_BYTEA: return text_bytes(cell, arena, to);
    case COLUMN_DATE: return text_date(cell, to);
    case COLUMN_TIME: return text_time(cell, to);
    case COLUMN_TIMESTAMP: return text_moment(cell, to);
    default: return text(cell.at, (size_t)cell.size, to);
    }
}
