/* mariadb_keys: many keys as one JSON text, which MariaDB has as a table since 10.6.
 *
 *     `id` IN (SELECT k0 FROM (SELECT DISTINCT IFNULL(k0, 0) k0
 *         FROM JSON_TABLE(?, '$[*]' COLUMNS (k0 BIGINT PATH '$' ERROR ON ERROR)) j) k)
 *
 * Promises that a key equals what `=` would find equal, and that the server never compares each row with each key. For
 * the second each part above is needed (seen on 10.11; EXPLAIN tells):
 *     - DISTINCT makes the keys a table of their own. It is written once and gets an index; where the compared columns
 *       have one too, the server may begin with the keys.
 *     - IFNULL makes them a table without NULLs. There are none in it, but what says so decides whether NOT IN of an
 *       UPDATE or DELETE uses the index.
 *     - An index has 1000 bytes, so texts are as short as the longest key allows, and what is longer, or of a type that
 *       no such index can have (LONGTEXT, LONGBLOB), is compared by its SHA-256. */
#include "dialect/mariadb_keys.h"

#include "base/time.h"

enum { SHORTEST = 16, LONGEST = 128 }; /* characters in a column of texts */

enum key_form { AS_IT_IS, BY_DIGEST, BYTES_BY_DIGEST };

struct key_column {
    unsigned form;
    unsigned size; /* of a text: its column has so many characters */
};

static size_t longest(const struct sql_keys *keys, unsigned column)
{
    size_t size = 0;
    for (size_t i = column; i < keys->count * keys->width; i += keys->width)
        if (keys->values[i].kind == KITH_STR && keys->values[i].size > size)
            size = keys->values[i].size;
    return size;
}

/* One character more than the longest key has: what is longer in the table is cut to fit, and must stay longer. */
static struct key_column text_column(const struct sql_keys *keys, unsigned column)
{
    size_t most = longest(keys, column);
    unsigned size = SHORTEST;
    while (size <= most && size < LONGEST)
        size *= 2;
    bool fits = size > most && size * keys->width <= LONGEST;
    return (struct key_column){ .form = fits ? AS_IT_IS : BY_DIGEST, .size = size };
}

static struct key_column column_for(const struct sql_keys *keys, unsigned column)
{
    switch (keys->types[column]) {
    case KITH_T_BLOB: return (struct key_column){ .form = BYTES_BY_DIGEST };
    case KITH_T_TEXT:
    case KITH_T_JSON: return (struct key_column){ .form = BY_DIGEST };
    case KITH_T_STRING:
    case KITH_T_ENUM: return text_column(keys, column);
    default: return (struct key_column){ 0 };
    }
}

/* ---- the columns of the JSON table ---- */

/* The digits before the point of the longest number, without the sign. */
static unsigned whole_digits(const struct sql_keys *keys, unsigned column)
{
    size_t most = 0;
    for (size_t i = column; i < keys->count * keys->width; i += keys->width) {
        const kith_value *v = &keys->values[i];
        size_t digits = 0, first = v->kind == KITH_STR && v->size && v->as.str[0] == '-';
        while (v->kind == KITH_STR && first + digits < v->size && v->as.str[first + digits] != '.')
            digits++;
        most = digits > most ? digits : most;
    }
    return (unsigned)most;
}

/* All digits there can be; only numbers of more than 35 before the point leave fewer behind it. */
static void decimal_type(struct renderer *r, const struct sql_keys *keys, unsigned column)
{
    enum { DIGITS = 65, BEHIND = 30 };
    unsigned whole = whole_digits(keys, column);
    unsigned left = whole < DIGITS ? DIGITS - whole : 0;
    kith__buf_format(&r->text, "DECIMAL(65, %u)", left < BEHIND ? left : BEHIND);
}

#define UTF8 " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"

static void type_of(struct renderer *r, const struct sql_keys *keys, unsigned column, const struct key_column *k)
{
    static const char *const names[KITH_T_COUNT_] = {
        [KITH_T_INTEGER] = "BIGINT",   [KITH_T_BIGINT] = "BIGINT",
        [KITH_T_BOOLEAN] = "BIGINT",   [KITH_T_DOUBLE] = "DOUBLE",
        [KITH_T_DATE] = "DATETIME(6)", [KITH_T_DATEONLY] = "DATE",
        [KITH_T_TIME] = "TIME(6)",     [KITH_T_UUID] = "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin",
    };
    uint8_t type = keys->types[column];
    if (k->form != AS_IT_IS)
        kith__buf_add(&r->text, "LONGTEXT" UTF8);
    else if (type == KITH_T_DECIMAL)
        decimal_type(r, keys, column);
    else if (names[type])
        kith__buf_add(&r->text, names[type]);
    else
        kith__buf_format(&r->text, "VARCHAR(%u)" UTF8, k->size);
}

/* A value of the column's type, which is never needed. */
static const char *instead_of_null(uint8_t type)
{
    switch (type) {
    case KITH_T_INTEGER:
    case KITH_T_BIGINT:
    case KITH_T_BOOLEAN:
    case KITH_T_DOUBLE:
    case KITH_T_DECIMAL: return "0";
    case KITH_T_DATE: return "TIMESTAMP'2000-01-01 00:00:00'";
    case KITH_T_DATEONLY: return "DATE'2000-01-01'";
    case KITH_T_TIME: return "TIME'00:00:00'";
    default: return "''";
    }
}

static void add_json(struct buf *b, const kith_value *v, unsigned form)
{
    char moment[KITH__TIMESTAMP_TEXT];
    (void)form;
    switch (v->kind) {
    case KITH_BOOL: kith__buf_add(b, v->as.boolean ? "1" : "0"); break;
    case KITH_INT: kith__buf_int(b, v->as.integer); break;
    case KITH_DOUBLE: kith__buf_double(b, v->as.real); break;
    case KITH_STR: kith__buf_json_string(b, v->as.str, v->size); break;
    case KITH_BYTES:
        kith__buf_char(b, '"');
        kith__buf_hex(b, v->as.bytes, v->size);
        kith__buf_char(b, '"');
        break;
    case KITH_TIMESTAMP: kith__buf_json_string(b, moment, kith__timestamp_write(v->as.timestamp, false, moment)); break;
    default: kith__buf_add(b, "null");
    }
}

/* ---- the whole ---- */

static const char *const digest[][2] = { [AS_IT_IS] = { "", "" },
                                         [BY_DIGEST] = { "UNHEX(SHA2(", ", 256))" },
                                         [BYTES_BY_DIGEST] = { "UNHEX(SHA2(UNHEX(", "), 256))" } };

static void compared(struct renderer *r, const struct sql_expr *columns, const struct key_column *k)
{
    unsigned i = 0;
    kith__buf_add(&r->text, columns->next ? "(" : "");
    for (const struct sql_expr *c = columns; c; c = c->next, i++) {
        bool plain = k[i].form == AS_IT_IS;
        kith__buf_add(&r->text, c == columns ? "" : ", ");
        kith__buf_add(&r->text, plain ? "" : digest[BY_DIGEST][0]);
        kith__render_expr(r, c);
        kith__buf_add(&r->text, plain ? "" : digest[BY_DIGEST][1]);
    }
    kith__buf_add(&r->text, columns->next ? ")" : "");
}

static void json_table(struct renderer *r, const struct sql_keys *keys, const struct key_column *k)
{
    static const unsigned forms[KEY_MAX] = { 0 };
    kith__buf_add(&r->text, "JSON_TABLE(");
    kith__render_json_keys(r, keys, add_json, forms);
    kith__buf_add(&r->text, ", '$[*]' COLUMNS (");
    for (unsigned i = 0; i < keys->width; i++) {
        kith__buf_format(&r->text, "%sk%u ", i ? ", " : "", i);
        type_of(r, keys, i, &k[i]);
        kith__buf_format(&r->text, keys->width > 1 ? " PATH '$[%u]'" : " PATH '$'", i);
        kith__buf_add(&r->text, " ERROR ON ERROR");
    }
    kith__buf_add(&r->text, ")) j");
}

void kith__mariadb_key_set(struct renderer *r, const struct sql_expr *columns, const struct sql_keys *keys)
{
    struct key_column k[KEY_MAX] = { 0 };
    if (keys->count <= r->dialect->list_max) {
        kith__render_key_list(r, columns, keys);
        return;
    }
    for (unsigned i = 0; i < keys->width; i++)
        k[i] = column_for(keys, i);
    compared(r, columns, k);
    kith__buf_add(&r->text, " IN (SELECT ");
    for (unsigned i = 0; i < keys->width; i++)
        kith__buf_format(&r->text, "%sk%u", i ? ", " : "", i);
    kith__buf_add(&r->text, " FROM (SELECT DISTINCT ");
    for (unsigned i = 0; i < keys->width; i++)
        kith__buf_format(&r->text, "%sIFNULL(%sk%u%s, %s) k%u", i ? ", " : "", digest[k[i].form][0], i,
                         digest[k[i].form][1], k[i].form == AS_IT_IS ? instead_of_null(keys->types[i]) : "''", i);
    kith__buf_add(&r->text, " FROM ");
    json_table(r, keys, k);
    kith__buf_add(&r->text, ") k)");
}
