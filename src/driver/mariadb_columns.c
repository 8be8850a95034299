/* mariadb_columns: rows of the binary protocol into values.
 *
 * Tables that others made hold more than Kith's types, and the server computes with types of its own: a sum of integers
 * is a DECIMAL. What can be read without loss is. Text and bytes are copied once, from the client's memory into the
 * arena; all else the client has put into the cells when it fetched the row. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/time.h"
#include "driver/mariadb_codec.h"
#include "driver/mariadb_stream.h"
#include "schema/coerce.h"

enum { BINARY_CHARSET = 63, NUMBER_TEXT = 96, SHOWN_TEXT = 40 };

/* ---- cells ---------------------------------------------------------------------------------------------------------- */

static enum mariadb_form form_of(const MYSQL_FIELD *f)
{
    switch (f->type) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR: return FORM_INTEGER;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE: return FORM_REAL;
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP: return FORM_MOMENT;
    case MYSQL_TYPE_DATE: return FORM_DAY;
    case MYSQL_TYPE_TIME: return FORM_CLOCK;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL: return FORM_NUMBER;
    case MYSQL_TYPE_BIT: return FORM_BITS;
    default: return f->charsetnr == BINARY_CHARSET ? FORM_BYTES : FORM_TEXT;
    }
}

/* Text and bytes get no room, so that only their size is told. */
static void bind_cell(MYSQL_BIND *b, struct mariadb_cell *cell, const MYSQL_FIELD *f)
{
    static const enum enum_field_types types[] = {
        [FORM_INTEGER] = MYSQL_TYPE_LONGLONG, [FORM_REAL] = MYSQL_TYPE_DOUBLE, [FORM_MOMENT] = MYSQL_TYPE_DATETIME,
        [FORM_DAY] = MYSQL_TYPE_DATE,         [FORM_CLOCK] = MYSQL_TYPE_TIME,  [FORM_NUMBER] = MYSQL_TYPE_STRING,
        [FORM_TEXT] = MYSQL_TYPE_STRING,      [FORM_BYTES] = MYSQL_TYPE_BLOB,  [FORM_BITS] = MYSQL_TYPE_BLOB,
    };
    *cell = (struct mariadb_cell){ .form = form_of(f) };
    *b = (MYSQL_BIND){ .buffer_type = types[cell->form],
                       .buffer = &cell->as,
                       .buffer_length = cell->form < FORM_NUMBER ? sizeof cell->as : 0,
                       .is_unsigned = (f->flags & UNSIGNED_FLAG) != 0,
                       .is_null = &cell->is_null,
                       .error = &cell->is_cut,
                       .length = &cell->size };
}

static bool make_cells(struct mariadb_statement *s)
{
    const kith_allocator *a = s->conn->opts.allocator;
    kith__free(a, s->binds, s->column_room * sizeof *s->binds);
    kith__free(a, s->cells, s->column_room * sizeof *s->cells);
    s->column_room = s->column_count;
    s->binds = kith__alloc(a, s->column_room * sizeof *s->binds);
    s->cells = kith__alloc(a, s->column_room * sizeof *s->cells);
    return s->binds && s->cells;
}

bool kith__mariadb_bind_cells(struct mariadb_statement *s)
{
    s->column_count = mysql_num_fields(s->result);
    if ((s->column_count > s->column_room || !s->binds || !s->cells) && !make_cells(s))
        return false;
    for (unsigned i = 0; i < s->column_count; i++)
        bind_cell(&s->binds[i], &s->cells[i], mysql_fetch_field_direct(s->result, i));
    return mysql_stmt_bind_result(s->raw, s->binds) == 0;
}

/* ---- decoding ------------------------------------------------------------------------------------------------------- */

enum decoded { DECODED, NOT_THAT_TYPE, NO_MEMORY };

/* One column being decoded. */
struct decoding {
    struct mariadb_statement *s;
    unsigned column;
    struct mariadb_cell *cell;
    kith_arena *arena;
    kith_value *out;
};

static void fetch(const struct decoding *d, void *to, size_t room)
{
    kith__mariadb_copy_cell(d->s, d->column, to, room);
}

/* Bytes end with NUL as well, so that a reader who takes them for text does no harm. */
static enum decoded copy(const struct decoding *d, uint8_t kind)
{
    size_t size = d->cell->size;
    char *to = size < UINT32_MAX ? arena_take_text(d->arena, size + 1) : NULL;
    if (!to)
        return NO_MEMORY;
    fetch(d, to, size);
    to[size] = '\0';
    *d->out = (kith_value){ .kind = kind, .size = (uint32_t)size, .as.str = to };
    return DECODED;
}

static enum decoded give_text(const struct decoding *d, const char *text)
{
    char *to = kith__arena_text(d->arena, text);
    if (!to)
        return NO_MEMORY;
    *d->out = (kith_value){ .kind = KITH_STR, .size = (uint32_t)strlen(to), .as.str = to };
    return DECODED;
}

static enum decoded give_int(const struct decoding *d, int64_t n)
{
    *d->out = (kith_value){ .kind = KITH_INT, .as.integer = n };
    return DECODED;
}

static enum decoded give_bool(const struct decoding *d, int64_t n)
{
    *d->out = (kith_value){ .kind = KITH_BOOL, .as.boolean = n == 1 };
    return n == 0 || n == 1 ? DECODED : NOT_THAT_TYPE;
}

static enum decoded give_double(const struct decoding *d, double real)
{
    *d->out = (kith_value){ .kind = KITH_DOUBLE, .as.real = real };
    return DECODED;
}

static bool is_unsigned(const struct decoding *d)
{
    return d->s->binds[d->column].is_unsigned;
}

static void write_integer(const struct decoding *d, char to[NUMBER_TEXT])
{
    long long n = d->cell->as.integer;
    if (is_unsigned(d))
        snprintf(to, NUMBER_TEXT, "%llu", (unsigned long long)n);
    else
        snprintf(to, NUMBER_TEXT, "%lld", n);
}

static enum decoded decode_integer(const struct decoding *d, int wanted)
{
    char text[NUMBER_TEXT];
    long long n = d->cell->as.integer;
    bool too_large = is_unsigned(d) && n < 0;
    switch (wanted) {
    case 0:
    case KITH_T_INTEGER:
    case KITH_T_BIGINT: return too_large ? NOT_THAT_TYPE : give_int(d, n);
    case KITH_T_BOOLEAN: return give_bool(d, n);
    case KITH_T_DOUBLE: return give_double(d, too_large ? (double)(unsigned long long)n : (double)n);
    case KITH_T_STRING:
    case KITH_T_TEXT:
    case KITH_T_DECIMAL:
    case KITH_T_ENUM:
    case KITH_T_JSON: write_integer(d, text); return give_text(d, text);
    default: return NOT_THAT_TYPE;
    }
}

static bool to_whole(double real, int64_t *n)
{
    static const double too_large = 9223372036854775808.0; /* 2^63 */
    if (!(real >= -too_large && real < too_large) || real != trunc(real))
        return false;
    *n = (int64_t)real;
    return true;
}

static enum decoded decode_real(const struct decoding *d, int wanted)
{
    double real = d->cell->as.real;
    int64_t n;
    switch (wanted) {
    case 0:
    case KITH_T_DOUBLE: return give_double(d, real);
    case KITH_T_INTEGER:
    case KITH_T_BIGINT: return to_whole(real, &n) ? give_int(d, n) : NOT_THAT_TYPE;
    default: return NOT_THAT_TYPE;
    }
}

static bool cell_moment(const struct mariadb_cell *cell, int64_t *moment)
{
    const MYSQL_TIME *t = &cell->as.time;
    struct time_parts parts = {
        t->year, t->month, t->day, t->hour, t->minute, t->second, (unsigned)t->second_part,
    };
    return kith__timestamp_join(&parts, moment);
}

/* As the server writes it, days without a month or a year too. */
static void write_time(const struct mariadb_cell *cell, char to[NUMBER_TEXT])
{
    const MYSQL_TIME *t = &cell->as.time;
    int size = 0;
    if (cell->form != FORM_CLOCK)
        size = snprintf(to, NUMBER_TEXT, "%04u-%02u-%02u", t->year, t->month, t->day);
    if (cell->form == FORM_MOMENT)
        to[size++] = ' ';
    if (cell->form != FORM_DAY) {
        unsigned hour = t->hour + (cell->form == FORM_CLOCK ? t->day * 24 : 0);
        size += snprintf(to + size, NUMBER_TEXT - (size_t)size, "%s%02u:%02u:%02u", t->neg ? "-" : "", hour, t->minute,
                         t->second);
        if (t->second_part || cell->form == FORM_MOMENT)
            snprintf(to + size, NUMBER_TEXT - (size_t)size, ".%06lu", t->second_part);
    }
}

static enum decoded give_time_text(const struct decoding *d)
{
    char text[NUMBER_TEXT];
    write_time(d->cell, text);
    return give_text(d, text);
}

static enum decoded give_moment(const struct decoding *d, int64_t moment)
{
    *d->out = (kith_value){ .kind = KITH_TIMESTAMP, .as.timestamp = moment };
    return DECODED;
}

/* A date, with a time or without. */
static enum decoded decode_date(const struct decoding *d, int wanted)
{
    int64_t moment;
    bool is_one = cell_moment(d->cell, &moment); /* others may have stored 0000-00-00 */
    bool with_time = d->cell->form == FORM_MOMENT;
    if (wanted == 0)
        wanted = with_time ? KITH_T_DATE : KITH_T_DATEONLY;
    switch (wanted) {
    case KITH_T_STRING:
    case KITH_T_TEXT: return give_time_text(d);
    case KITH_T_DATE: return is_one ? give_moment(d, moment) : NOT_THAT_TYPE;
    case KITH_T_DATEONLY: return is_one && !with_time ? give_time_text(d) : NOT_THAT_TYPE;
    default: return NOT_THAT_TYPE;
    }
}

/* The server's TIME goes from -838:59:59 to 838:59:59. */
static enum decoded decode_clock(const struct decoding *d, int wanted)
{
    const MYSQL_TIME *t = &d->cell->as.time;
    bool in_day = !t->neg && t->day == 0 && t->hour < 24;
    switch (wanted) {
    case KITH_T_STRING:
    case KITH_T_TEXT: return give_time_text(d);
    case 0:
    case KITH_T_TIME: return in_day ? give_time_text(d) : NOT_THAT_TYPE;
    default: return NOT_THAT_TYPE;
    }
}

/* strtod follows the program's locale, in which the point may be another character. */
static double read_double(char text[NUMBER_TEXT])
{
    char sample[16];
    snprintf(sample, sizeof sample, "%.1f", 0.5);
    char *point = strchr(text, '.');
    if (point)
        *point = sample[1];
    return strtod(text, NULL);
}

/* "12", "-12.000". */
static bool read_whole(const char *text, int64_t *n)
{
    size_t whole = strcspn(text, ".");
    char digits[NUMBER_TEXT], back[NUMBER_TEXT];
    if (text[whole] && text[whole + 1 + strspn(text + whole + 1, "0")])
        return false;
    snprintf(digits, sizeof digits, "%.*s", (int)whole, text);
    *n = strtoll(digits, NULL, 10);
    snprintf(back, sizeof back, "%lld", (long long)*n);
    return kith__equal(digits, back); /* else it was too large */
}

static enum decoded decode_number(const struct decoding *d, int wanted)
{
    char text[NUMBER_TEXT];
    size_t size = d->cell->size < NUMBER_TEXT ? d->cell->size : NUMBER_TEXT - 1;
    int64_t n;
    switch (wanted) {
    case 0:
    case KITH_T_STRING:
    case KITH_T_TEXT:
    case KITH_T_DECIMAL:
    case KITH_T_ENUM:
    case KITH_T_JSON: return copy(d, KITH_STR);
    default: break;
    }
    fetch(d, text, size);
    text[size] = '\0';
    switch (wanted) {
    case KITH_T_DOUBLE: return give_double(d, read_double(text));
    case KITH_T_INTEGER:
    case KITH_T_BIGINT: return read_whole(text, &n) ? give_int(d, n) : NOT_THAT_TYPE;
    case KITH_T_BOOLEAN: return read_whole(text, &n) ? give_bool(d, n) : NOT_THAT_TYPE;
    default: return NOT_THAT_TYPE;
    }
}

static enum decoded decode_text(const struct decoding *d, int wanted)
{
    switch (wanted) {
    case KITH_T_INTEGER:
    case KITH_T_BIGINT:
    case KITH_T_BOOLEAN:
    case KITH_T_DOUBLE: return NOT_THAT_TYPE;
    case KITH_T_BLOB: return copy(d, KITH_BYTES);
    case KITH_T_DATE: break;
    default: return copy(d, KITH_STR);
    }
    char text[NUMBER_TEXT];
    int64_t moment;
    if (d->cell->size >= sizeof text)
        return NOT_THAT_TYPE;
    fetch(d, text, d->cell->size);
    return kith__timestamp_read(text, d->cell->size, &moment) ? give_moment(d, moment) : NOT_THAT_TYPE;
}

/* Up to 64 bits, the highest first. */
static enum decoded decode_bits(const struct decoding *d, int wanted)
{
    unsigned char bytes[8];
    uint64_t bits = 0;
    if (d->cell->size > sizeof bytes)
        return NOT_THAT_TYPE;
    fetch(d, bytes, d->cell->size);
    for (unsigned i = 0; i < d->cell->size; i++)
        bits = bits << 8 | bytes[i];
    if (bits > INT64_MAX)
        return NOT_THAT_TYPE;
    switch (wanted) {
    case 0:
    case KITH_T_INTEGER:
    case KITH_T_BIGINT: return give_int(d, (int64_t)bits);
    case KITH_T_BOOLEAN: return give_bool(d, (int64_t)bits);
    default: return NOT_THAT_TYPE;
    }
}

static enum decoded decode(const struct decoding *d, int wanted)
{
    if (d->cell->is_null) {
        *d->out = (kith_value){ .kind = KITH_NULL };
        return DECODED;
    }
    switch (d->cell->form) {
    case FORM_INTEGER: return decode_integer(d, wanted);
    case FORM_REAL: return decode_real(d, wanted);
    case FORM_MOMENT:
    case FORM_DAY: return decode_date(d, wanted);
    case FORM_CLOCK: return decode_clock(d, wanted);
    case FORM_NUMBER: return decode_number(d, wanted);
    case FORM_BYTES: return wanted == 0 || wanted == KITH_T_BLOB ? copy(d, KITH_BYTES) : NOT_THAT_TYPE;
    case FORM_BITS: return decode_bits(d, wanted);
    default: return decode_text(d, wanted);
    }
}

static void show_text(const struct decoding *d, char to[NUMBER_TEXT])
{
    char text[SHOWN_TEXT + 1];
    size_t size = d->cell->size < SHOWN_TEXT ? d->cell->size : SHOWN_TEXT;
    fetch(d, text, size);
    text[size] = '\0';
    kith__copy(to, SHOWN_TEXT, text); /* cuts no character */
}

static bool cannot_decode(const struct decoding *d, int wanted, kith_error *err)
{
    const char *what = "", *quote = "";
    char text[NUMBER_TEXT];
    switch (d->cell->form) {
    case FORM_INTEGER:
        what = "the integer ";
        write_integer(d, text);
        break;
    case FORM_REAL:
        what = "the number ";
        snprintf(text, sizeof text, "%.17g", d->cell->as.real);
        break;
    case FORM_MOMENT:
    case FORM_DAY:
    case FORM_CLOCK: write_time(d->cell, text); break;
    case FORM_NUMBER:
    case FORM_TEXT:
        what = d->cell->form == FORM_TEXT ? "the text " : "the number ";
        quote = d->cell->form == FORM_TEXT ? "\"" : "";
        show_text(d, text);
        break;
    default: snprintf(text, sizeof text, "%lu bytes", d->cell->size);
    }
    return kith__error_set(err, KITH_E_DATABASE, "the column \"%s\" holds %s%s%s%s, which cannot be read as %s",
                           mysql_fetch_field_direct(d->s->result, d->column)->name, what, quote, text, quote,
                           kith__type_name(wanted));
}

bool kith__mariadb_columns(kith_statement *st, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                           kith_value *out, kith_error *err)
{
    struct mariadb_statement *s = (struct mariadb_statement *)st;
    unsigned have = s->result && !s->done ? s->column_count : 0;
    if (first + count > have)
        return kith__error_set(err, KITH_E_DATABASE, "column %u was asked for, but the row has %u columns",
                               first + count, have);
    for (unsigned i = 0; i < count; i++) {
        struct decoding d = { s, first + i, &s->cells[first + i], arena, &out[i] };
        enum decoded result = decode(&d, types[i]);
        if (result == NOT_THAT_TYPE)
            return cannot_decode(&d, types[i], err);
        if (result == NO_MEMORY)
            return kith__error_no_memory(err);
    }
    return true;
}
