/* coerce: see coerce.h. One function for each type takes the kinds that it accepts and refuses the rest; what is said
 * about a refusal is put together in one place. */
#include "schema/coerce.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/decimal.h"
#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "schema/show.h"

#define MICROSECONDS INT64_C(1000000)

/* 0001-01-01 00:00:00 and 9999-12-31 23:59:59.999999 */
static const int64_t first_moment = -62135596800 * MICROSECONDS;
static const int64_t last_moment = 253402300800 * MICROSECONDS - 1;

/* Doubles tell all integers apart up to here. */
static const int64_t exact_in_double = INT64_C(1) << 53;

/* Used where no size was filled in. */
enum { STRING_SIZE = 255, DECIMAL_SIZE = 10 };

/* Arrays and objects inside each other: what MariaDB's JSON_VALID goes into. */
enum { JSON_DEPTH = 31 };

struct job {
    const struct attr *attr;
    const kith_value *given;
    kith_arena *arena;
    kith_value *out;
    kith_error *err;
};

static const struct type_info {
    const char *name;
    uint8_t kind;
    const char *takes;
} types[KITH_T_COUNT_] = {
    [KITH_T_STRING] = { "STRING", KITH_STR, "text" },
    [KITH_T_TEXT] = { "TEXT", KITH_STR, "text" },
    [KITH_T_INTEGER] = { "INTEGER", KITH_INT, "an integer" },
    [KITH_T_BIGINT] = { "BIGINT", KITH_INT, "an integer" },
    [KITH_T_BOOLEAN] = { "BOOLEAN", KITH_BOOL, "true, false, 1 or 0" },
    [KITH_T_DOUBLE] = { "DOUBLE", KITH_DOUBLE, "a number" },
    [KITH_T_DECIMAL] = { "DECIMAL", KITH_STR, "text like \"-12.50\" or an integer" },
    [KITH_T_DATE] = { "DATE", KITH_TIMESTAMP, "a timestamp or text like \"2026-11-21 09:39:00\"" },
    [KITH_T_DATEONLY] = { "DATEONLY", KITH_STR, "text like \"2026-11-21\" or a timestamp" },
    [KITH_T_TIME] = { "TIME", KITH_STR, "text like \"09:39:00\"" },
    [KITH_T_UUID] = { "UUID", KITH_STR, "text like \"f81d4fae-7dec-41d0-a765-00a0c91e6bf6\"" },
    [KITH_T_ENUM] = { "ENUM", KITH_STR, "one of its labels as text" },
    [KITH_T_BLOB] = { "BLOB", KITH_BYTES, "bytes or text" },
    [KITH_T_JSON] = { "JSON", KITH_STR, "JSON text, a number or a boolean" },
};

static const struct type_info *type_info(int type)
{
    return type > 0 && type < KITH_T_COUNT_ ? &types[type] : NULL;
}

int kith__type_kind(int type)
{
    const struct type_info *info = type_info(type);
    return info ? info->kind : KITH_ABSENT;
}

const char *kith__type_name(int type)
{
    const struct type_info *info = type_info(type);
    return info ? info->name : "an unknown type";
}

static unsigned string_size(const kith_type *type)
{
    return type->size > 0 ? type->size : STRING_SIZE;
}

static unsigned decimal_size(const kith_type *type)
{
    return type->size > 0 ? type->size : DECIMAL_SIZE;
}

/* ---- refusing ------------------------------------------------------------------------------------------------- */

/* "user.age: text ("x") ": what was given; the caller says what is wrong with it. */
static struct buf begin_refusal(const struct job *j)
{
    struct buf b;
    kith__buf_init(&b, j->arena->allocator);
    kith__buf_add(&b, j->attr->model->name);
    kith__buf_char(&b, '.');
    kith__buf_add(&b, j->attr->name);
    kith__buf_add(&b, ": ");
    kith__show_given(&b, j->given);
    kith__buf_char(&b, ' ');
    return b;
}

static bool end_refusal(const struct job *j, kith_status status, struct buf *b)
{
    if (b->failed)
        kith__error_no_memory(j->err);
    else
        kith__error_set(j->err, status, "%s", kith__buf_text(b));
    kith__buf_free(b);
    return j->err && kith__error_about(j->err, j->attr->model->name, j->attr->name);
}

void kith__show_type(struct buf *b, const kith_type *type)
{
    kith__buf_add(b, kith__type_name(type->id));
    if (type->id == KITH_T_STRING)
        kith__buf_format(b, "(%u)", string_size(type));
    else if (type->id == KITH_T_DECIMAL)
        kith__buf_format(b, "(%u, %u)", decimal_size(type), type->scale);
}

static void add_what_is_taken(struct buf *b, const kith_type *type)
{
    kith__show_type(b, type);
    kith__buf_add(b, " takes ");
    kith__buf_add(b, types[type->id].takes);
}

static bool wrong_kind(const struct job *j)
{
    struct buf b = begin_refusal(j);
    kith__buf_add(&b, "was given, but ");
    add_what_is_taken(&b, &j->attr->type);
    if (j->given->kind == KITH_OUT_OF_RANGE)
        kith__buf_add(&b, "; numbers above 9223372036854775807 and text of 4 GiB or more have no value");
    else if (j->attr->type.id == KITH_T_DECIMAL && j->given->kind == KITH_DOUBLE)
        kith__buf_add(&b, "; a binary fraction is not exact, so give the number as text");
    return end_refusal(j, KITH_E_USAGE, &b);
}

/* Defaults are looked at before all mistakes of the definitions are reported, so there may be such a type. */
static bool unknown_type(const struct job *j)
{
    struct buf b = begin_refusal(j);
    kith__buf_add(&b, "was given, but the attribute has no known type");
    return end_refusal(j, KITH_E_MODEL, &b);
}

/* "… is not a date; DATE takes …" */
static bool broken_rule(const struct job *j, const char *what_is_wrong)
{
    struct buf b = begin_refusal(j);
    kith__buf_add(&b, what_is_wrong);
    kith__buf_add(&b, "; ");
    add_what_is_taken(&b, &j->attr->type);
    return end_refusal(j, KITH_E_VALIDATION, &b);
}

/* ---- passing -------------------------------------------------------------------------------------------------- */

static bool pass(const struct job *j)
{
    *j->out = *j->given;
    return true;
}

static bool pass_made_text(const struct job *j, const char *made, size_t size)
{
    char *text = kith__arena_text_n(j->arena, made, size);
    if (!text)
        return kith__error_no_memory(j->err);
    *j->out = (kith_value){ .kind = KITH_STR, .size = (uint32_t)size, .as.str = text };
    return true;
}

/* The canonical form: text that has it already is borrowed. */
static bool pass_canonical(const struct job *j, const char *canonical)
{
    size_t size = strlen(canonical);
    bool same = j->given->kind == KITH_STR && j->given->size == size && memcmp(j->given->as.str, canonical, size) == 0;
    return same ? pass(j) : pass_made_text(j, canonical, size);
}

/* ---- text ----------------------------------------------------------------------------------------------------- */

/* The number of characters, or -1 when the error is set. */
static int64_t count_characters(const struct job *j)
{
    const kith_value *v = j->given;
    int64_t count = kith__utf8_count(v->as.str, v->size);
    if (count < 0)
        broken_rule(j, "is not UTF-8");
    if (count <= 0 || !memchr(v->as.str, '\0', v->size))
        return count;
    broken_rule(j, "holds a NUL byte, which not every database can store");
    return -1;
}

static bool is_word(const char *word, const kith_value *v)
{
    return strlen(word) == v->size && memcmp(word, v->as.str, v->size) == 0;
}

static bool one_of(const struct job *j, const char *const *words)
{
    for (const char *const *word = words; word && *word; word++)
        if (is_word(*word, j->given))
            return pass(j);
    struct buf b = begin_refusal(j);
    kith__buf_add(&b, "is not one of ");
    kith__show_choices(&b, words, j->given);
    return end_refusal(j, KITH_E_VALIDATION, &b);
}

static bool pass_text(const struct job *j)
{
    return j->attr->names ? one_of(j, j->attr->names) : pass(j);
}

static bool to_text(const struct job *j)
{
    if (j->given->kind != KITH_STR)
        return wrong_kind(j);
    return count_characters(j) >= 0 && pass_text(j);
}

static bool to_string(const struct job *j)
{
    if (j->given->kind != KITH_STR)
        return wrong_kind(j);
    int64_t count = count_characters(j), most = string_size(&j->attr->type);
    if (count < 0)
        return false;
    if (count <= most)
        return pass_text(j);
    struct buf b = begin_refusal(j);
    kith__buf_format(&b, "has %" PRId64 " characters; STRING(%" PRId64 ") takes at most %" PRId64, count, most, most);
    return end_refusal(j, KITH_E_VALIDATION, &b);
}

static bool to_enum(const struct job *j)
{
    if (j->given->kind != KITH_STR)
        return wrong_kind(j);
    return one_of(j, j->attr->type.labels);
}

static bool to_uuid(const struct job *j)
{
    char text[KITH__UUID_TEXT];
    if (j->given->kind != KITH_STR)
        return wrong_kind(j);
    if (!kith__uuid_canonical(j->given->as.str, j->given->size, text))
        return broken_rule(j, "is not a UUID");
    return pass_canonical(j, text);
}

static bool to_blob(const struct job *j)
{
    const kith_value *v = j->given;
    if (v->kind == KITH_BYTES)
        return pass(j);
    if (v->kind != KITH_STR)
        return wrong_kind(j);
    *j->out = (kith_value){ .kind = KITH_BYTES, .size = v->size, .as.bytes = v->as.str };
    return true;
}

static bool json_text(const struct job *j)
{
    char why[160];
    if (count_characters(j) < 0)
        return false;
    bool valid = kith__json_valid(j->given->as.str, j->given->size, why, sizeof why);
    if (valid && kith__json_depth(j->given->as.str, j->given->size) <= JSON_DEPTH)
        return pass(j);
    struct buf b = begin_refusal(j);
    if (valid)
        kith__buf_format(&b, "is nested deeper than %d levels, which not every database can store", JSON_DEPTH);
    else
        kith__buf_format(&b, "is not JSON: %s", why);
    return end_refusal(j, KITH_E_VALIDATION, &b);
}

static bool to_json(const struct job *j)
{
    const kith_value *v = j->given;
    if (v->kind == KITH_STR)
        return json_text(j);
    if (v->kind != KITH_BOOL && v->kind != KITH_INT && v->kind != KITH_DOUBLE)
        return wrong_kind(j);
    if (v->kind == KITH_DOUBLE && !isfinite(v->as.real))
        return broken_rule(j, "has no JSON form");
    struct buf b;
    kith__buf_init(&b, j->arena->allocator);
    kith__show(&b, v); /* numbers and booleans are shown as JSON writes them */
    bool made = b.failed ? kith__error_no_memory(j->err) : pass_made_text(j, b.text, b.size);
    kith__buf_free(&b);
    return made;
}

/* ---- numbers -------------------------------------------------------------------------------------------------- */

static bool to_integer_between(const struct job *j, int64_t least, int64_t most)
{
    if (j->given->kind != KITH_INT)
        return wrong_kind(j);
    if (j->attr->type.is_unsigned)
        least = 0;
    if (j->given->as.integer >= least && j->given->as.integer <= most)
        return pass(j);
    struct buf b = begin_refusal(j);
    kith__buf_add(&b, j->given->as.integer < 0 && least == 0 ? "is negative; " : "does not fit; ");
    kith__buf_format(&b, "%s%s takes %" PRId64 " to %" PRId64, least == 0 ? "unsigned " : "",
                     kith__type_name(j->attr->type.id), least, most);
    return end_refusal(j, KITH_E_VALIDATION, &b);
}

static bool to_integer(const struct job *j)
{
    return to_integer_between(j, INT32_MIN, INT32_MAX);
}

static bool to_bigint(const struct job *j)
{
    return to_integer_between(j, INT64_MIN, INT64_MAX);
}

static bool to_boolean(const struct job *j)
{
    const kith_value *v = j->given;
    if (v->kind == KITH_BOOL)
        return pass(j);
    if (v->kind != KITH_INT)
        return wrong_kind(j);
    if (v->as.integer != 0 && v->as.integer != 1)
        return broken_rule(j, "is neither true nor false");
    *j->out = (kith_value){ .kind = KITH_BOOL, .as.boolean = v->as.integer == 1 };
    return true;
}

static bool to_double(const struct job *j)
{
    const kith_value *v = j->given;
    if (v->kind == KITH_DOUBLE && !isfinite(v->as.real))
        return broken_rule(j, "cannot be stored in every database");
    if (v->kind == KITH_DOUBLE) { /* SQLite has no negative zero, which equals zero everywhere */
        *j->out = (kith_value){ .kind = KITH_DOUBLE, .as.real = v->as.real == 0 ? 0 : v->as.real };
        return true;
    }
    if (v->kind != KITH_INT)
        return wrong_kind(j);
    if (v->as.integer > exact_in_double || v->as.integer < -exact_in_double)
        return broken_rule(j, "is not exact as a double, which holds integers up to 9007199254740992");
    *j->out = (kith_value){ .kind = KITH_DOUBLE, .as.real = (double)v->as.integer };
    return true;
}

static bool refuse_decimal(const struct job *j, enum decimal_fit fit)
{
    unsigned size = decimal_size(&j->attr->type), scale = j->attr->type.scale;
    if (fit == DECIMAL_NOT_A_NUMBER)
        return broken_rule(j, "is not a decimal number");
    struct buf b = begin_refusal(j);
    kith__buf_add(&b, "has too many digits; ");
    kith__show_type(&b, &j->attr->type);
    if (fit == DECIMAL_TOO_FINE)
        kith__buf_format(&b, " takes at most %u behind the point", scale);
    else
        kith__buf_format(&b, " takes at most %u before the point", size > scale ? size - scale : 0);
    return end_refusal(j, KITH_E_VALIDATION, &b);
}

static bool to_decimal_from(const struct job *j, const char *text, size_t size)
{
    char canonical[KITH__DECIMAL_TEXT];
    const kith_type *type = &j->attr->type;
    enum decimal_fit fit = kith__decimal_canonical(text, size, decimal_size(type), type->scale, canonical);
    return fit == DECIMAL_OK ? pass_canonical(j, canonical) : refuse_decimal(j, fit);
}

static bool to_decimal(const struct job *j)
{
    const kith_value *v = j->given;
    if (v->kind == KITH_STR)
        return to_decimal_from(j, v->as.str, v->size);
    if (v->kind != KITH_INT)
        return wrong_kind(j);
    char digits[24];
    int size = snprintf(digits, sizeof digits, "%" PRId64, v->as.integer);
    return to_decimal_from(j, digits, (size_t)size);
}

/* ---- time ----------------------------------------------------------------------------------------------------- */

static bool is_moment(int64_t microseconds)
{
    return microseconds >= first_moment && microseconds <= last_moment;
}

static bool wrong_year(const struct job *j)
{
    return broken_rule(j, "lies outside the years 0001 to 9999");
}

static bool to_date(const struct job *j)
{
    const kith_value *v = j->given;
    if (v->kind == KITH_TIMESTAMP)
        return is_moment(v->as.timestamp) ? pass(j) : wrong_year(j);
    if (v->kind != KITH_STR)
        return wrong_kind(j);
    int64_t microseconds;
    if (!kith__timestamp_read(v->as.str, v->size, &microseconds))
        return broken_rule(j, "is not a moment in the years 0001 to 9999");
    *j->out = (kith_value){ .kind = KITH_TIMESTAMP, .as.timestamp = microseconds };
    return true;
}

static bool to_day(const struct job *j)
{
    const kith_value *v = j->given;
    char text[KITH__TIMESTAMP_TEXT];
    if (v->kind == KITH_TIMESTAMP) {
        if (kith__timestamp_write(v->as.timestamp, false, text) == 0)
            return wrong_year(j);
        return pass_made_text(j, text, strlen("2026-11-21"));
    }
    if (v->kind != KITH_STR)
        return wrong_kind(j);
    return kith__date_canonical(v->as.str, v->size, text) ? pass_canonical(j, text) : broken_rule(j, "is not a day");
}

static bool to_time(const struct job *j)
{
    char text[KITH__TIMESTAMP_TEXT];
    if (j->given->kind != KITH_STR)
        return wrong_kind(j);
    if (!kith__time_canonical(j->given->as.str, j->given->size, text))
        return broken_rule(j, "is not a time of day");
    return pass_canonical(j, text);
}

/* ---- all types ------------------------------------------------------------------------------------------------ */

static bool (*const coercions[KITH_T_COUNT_])(const struct job *) = {
    [KITH_T_STRING] = to_string,   [KITH_T_TEXT] = to_text,       [KITH_T_INTEGER] = to_integer,
    [KITH_T_BIGINT] = to_bigint,   [KITH_T_BOOLEAN] = to_boolean, [KITH_T_DOUBLE] = to_double,
    [KITH_T_DECIMAL] = to_decimal, [KITH_T_DATE] = to_date,       [KITH_T_DATEONLY] = to_day,
    [KITH_T_TIME] = to_time,       [KITH_T_UUID] = to_uuid,       [KITH_T_ENUM] = to_enum,
    [KITH_T_BLOB] = to_blob,       [KITH_T_JSON] = to_json,
};

static bool needs_no_look(const kith_value *v)
{
    return v->kind == KITH_NULL || v->kind == KITH_ABSENT || v->kind == KITH_EXPRESSION;
}

bool kith__coerce(const struct attr *attr, kith_value given, kith_arena *arena, kith_value *out, kith_error *err)
{
    /* A value filled in by hand may have a NULL pointer, which means what it means to kith_of_str. */
    if ((given.kind == KITH_STR || given.kind == KITH_BYTES) && !given.as.bytes)
        given = (kith_value){ .kind = KITH_NULL };
    struct job j = { attr, &given, arena, out, err };
    if (needs_no_look(&given))
        return pass(&j);
    if (!type_info(attr->type.id))
        return unknown_type(&j);
    return coercions[attr->type.id](&j);
}
