/* sqlite: how SQLite 3.35 and later spells things.
 *
 * A declared type is only a hint there: its letters decide the affinity. INTEGER and BIGINT hold integers; REAL holds
 * floating point; a name with CHAR or TEXT in it keeps text as it is, which decimals and moments rely on. What a
 * type keeps out elsewhere, a CHECK keeps out here. */
#include "base/time.h"
#include "dialect/parts.h"

static void column_type(struct renderer *r, const struct attr *attr)
{
    static const char *const names[KITH_T_COUNT_] = {
        [KITH_T_TEXT] = "TEXT",          [KITH_T_INTEGER] = "INTEGER", [KITH_T_BIGINT] = "BIGINT",
        [KITH_T_BOOLEAN] = "BOOLEAN",    [KITH_T_DOUBLE] = "REAL",     [KITH_T_DATE] = "DATETIME_TEXT",
        [KITH_T_DATEONLY] = "DATE_TEXT", [KITH_T_TIME] = "TIME_TEXT",  [KITH_T_UUID] = "CHAR(36)",
        [KITH_T_ENUM] = "TEXT",          [KITH_T_BLOB] = "BLOB",       [KITH_T_JSON] = "JSON_TEXT",
    };
    if (attr->auto_increment) /* numbers itself only when spelt exactly so */
        kith__buf_add(&r->text, "INTEGER");
    else if (attr->type.id == KITH_T_STRING)
        kith__buf_format(&r->text, "VARCHAR(%u)", attr->type.size);
    else if (attr->type.id == KITH_T_DECIMAL)
        kith__buf_format(&r->text, "DECIMAL_TEXT(%u, %u)", attr->type.size, attr->type.scale);
    else
        kith__buf_add(&r->text, names[attr->type.id]);
}

/* json_valid(NULL) is false, not NULL. */
static void check_json(struct renderer *r, const struct attr *attr)
{
    kith__buf_add(&r->text, " CHECK (");
    kith__render_name(r, attr->column);
    kith__buf_add(&r->text, " IS NULL OR json_valid(");
    kith__render_name(r, attr->column);
    kith__buf_add(&r->text, "))");
}

static void column_check(struct renderer *r, const struct attr *attr)
{
    switch (attr->type.id) {
    case KITH_T_STRING: kith__check_length(r, "length", attr); break;
    case KITH_T_ENUM: kith__check_labels(r, attr); break;
    case KITH_T_BOOLEAN: kith__check_column(r, attr, " IN (0, 1)"); break;
    case KITH_T_JSON: check_json(r, attr); break;
    default:
        if (attr->type.is_unsigned) /* a sum beyond 64 bits becomes a REAL */
            kith__check_column(r, attr,
                               attr->type.id == KITH_T_BIGINT ? " BETWEEN 0 AND 9223372036854775807" : " >= 0");
    }
}

/* ---- keys ---- */

/* JSON has no bytes; SQLite ends a JSON string at its first NUL, and does not read every double as the one that was
 * written. Those go as hexadecimal digits and as the integer of the same bits, which functions of the driver turn
 * back: kith_bytes and kith_real. */
enum key_form { AS_IT_IS, AS_BITS, AS_HEX_BYTES, AS_HEX_TEXT };

static const char *const decoded[][2] = { [AS_IT_IS] = { "", "" },
                                          [AS_BITS] = { "kith_real(", ")" },
                                          [AS_HEX_BYTES] = { "kith_bytes(", ")" },
                                          [AS_HEX_TEXT] = { "CAST(kith_bytes(", ") AS TEXT)" } };

static unsigned form_of(const struct sql_keys *keys, unsigned column)
{
    for (size_t i = column; i < keys->count * keys->width; i += keys->width) {
        const kith_value *v = &keys->values[i];
        if (v->kind == KITH_DOUBLE)
            return AS_BITS;
        if (v->kind == KITH_BYTES)
            return AS_HEX_BYTES;
        if (v->kind == KITH_STR && v->size && memchr(v->as.str, '\0', v->size))
            return AS_HEX_TEXT;
    }
    return AS_IT_IS;
}

static void add_hex(struct buf *b, const kith_value *v)
{
    kith__buf_char(b, '"');
    kith__buf_hex(b, v->as.bytes, v->size);
    kith__buf_char(b, '"');
}

static void add_bits(struct buf *b, double d)
{
    int64_t bits;
    memcpy(&bits, &d, sizeof bits);
    kith__buf_int(b, bits);
}

/* As the driver stores it, for the comparison is one of stored values. */
static void add_json(struct buf *b, const kith_value *v, unsigned form)
{
    char moment[KITH__TIMESTAMP_TEXT];
    switch (v->kind) {
    case KITH_BOOL: kith__buf_add(b, v->as.boolean ? "1" : "0"); break;
    case KITH_INT: kith__buf_int(b, v->as.integer); break;
    case KITH_DOUBLE: add_bits(b, v->as.real); break;
    case KITH_BYTES: add_hex(b, v); break;
    case KITH_STR:
        if (form == AS_HEX_TEXT)
            add_hex(b, v);
        else
            kith__buf_json_string(b, v->as.str, v->size);
        break;
    case KITH_TIMESTAMP: kith__buf_json_string(b, moment, kith__timestamp_write(v->as.timestamp, false, moment)); break;
    default: kith__buf_add(b, "null");
    }
}

static void key_set(struct renderer *r, const struct sql_expr *columns, const struct sql_keys *keys)
{
    unsigned forms[KEY_MAX];
    kith__render_tuple(r, columns);
    kith__buf_add(&r->text, " IN (SELECT ");
    for (unsigned i = 0; i < keys->width; i++) {
        forms[i] = form_of(keys, i);
        kith__buf_format(&r->text, "%s%s", i ? ", " : "", decoded[forms[i]][0]);
        kith__buf_format(&r->text, keys->width > 1 ? "json_extract(value, '$[%u]')" : "value", i);
        kith__buf_add(&r->text, decoded[forms[i]][1]);
    }
    kith__buf_add(&r->text, " FROM json_each(");
    kith__render_json_keys(r, keys, add_json, forms);
    kith__buf_add(&r->text, "))");
}

/* ---- the rest ---- */

static void upsert(struct renderer *r, const struct sql_insert *s)
{
    /* Behind a bare FROM the parser would take ON for a join's. */
    const struct sql_select *q = s->select;
    if (q && !q->where && !q->order && !q->has_limit && !q->offset)
        kith__buf_add(&r->text, " WHERE 1");
    kith__upsert_on_conflict(r, s);
}

/* Decimals are text; the driver registers a collation that compares them as numbers. */
static void comparable(struct renderer *r, const struct sql_expr *e)
{
    kith__render_expr(r, e);
    if (e->type == KITH_T_DECIMAL)
        kith__buf_add(&r->text, " COLLATE kith_decimal");
}

const struct dialect kith__dialect_sqlite = {
    .name = "sqlite",
    .can = CAN_RETURN_INSERTED | CAN_RETURN_CHANGED | CAN_REFER_AHEAD | CAN_ROLL_BACK_DDL | CAN_UPSERT_TWICE |
           CAN_TELL_NUMBER,
    .quote = '"',
    .placeholder = '?',
    .begin_write = "BEGIN IMMEDIATE",
    .begin_read = "BEGIN",
    .read_only_on = "PRAGMA query_only = ON",
    .read_only_off = "PRAGMA query_only = OFF",
    .fixed_rows = { "WITH kith_rows AS MATERIALIZED (", ") SELECT * FROM kith_rows" },
    .ordered_join = "CROSS JOIN", /* SQLite's own promise: it never exchanges the sides of a CROSS JOIN */
    .nulls = { "", "" },
    .no_limit = "-1",
    .boolean = { "0", "1" },
    .default_row = "DEFAULT VALUES",
    .default_value = "NULL", /* there is no DEFAULT in a row */
    .default_number = "NULL",
    .before_drop = "PRAGMA defer_foreign_keys = ON", /* until the commit, so that tables may go in any order */
    .like_escape = " ESCAPE '\\'",
    .auto_increment = "PRIMARY KEY AUTOINCREMENT",
    .auto_increment_is_key = true,
    .list_max = 64,
    .key_chunk = 0,
    .insert_chunk = 32766,
    .insert_rows = 64, /* in half the time of single rows; more of them gain nothing */
    .table_suffix = "",
    .join_table_suffix = " WITHOUT ROWID",
    .drop_suffix = "",
    .excluded = { "excluded.", "" },
    /* Decimals are text; the driver registers a sum of them that is exact. */
    .aggregates = { [SQL_SUM - SQL_COUNT_OF][KITH_T_DECIMAL] = "kith_sum(%)",
                    [SQL_AVG - SQL_COUNT_OF][KITH_T_DECIMAL] = "CAST(kith_sum(%) AS REAL) / COUNT(%)",
                    [SQL_MIN - SQL_COUNT_OF][KITH_T_DECIMAL] = "MIN(% COLLATE kith_decimal)",
                    [SQL_MAX - SQL_COUNT_OF][KITH_T_DECIMAL] = "MAX(% COLLATE kith_decimal)" },
    .explain = "EXPLAIN QUERY PLAN ",
    .explain_column = 3,
    .label_text = { "", "" },
    .bytes_literal = { "x'", "'" },
    .moment_zone = "",
    .alter_unless_there = { "", "" },
    .foreign_key_unless_there = "",
    .column_type = column_type,
    .column_check = column_check,
    .key_set = key_set,
    .upsert = upsert,
    .comparable = comparable,
};
