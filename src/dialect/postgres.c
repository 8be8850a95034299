/* postgres: how PostgreSQL 12 and later spells things.
 *
 * JSON is the type JSON and not JSONB: JSON keeps the text that was given, as the other databases do, where JSONB
 * sorts the members of objects, drops repeated ones and refuses \u0000. What JSON lacks is equality; comparisons cast it
 * to text, which is what they compare elsewhere.
 *
 * Text has COLLATE "C": it is ordered by its code points, whatever language the database was made for, as on the others.
 *
 * ENUM is a type of its own, which has a name. Statements do not say that name: a table that others made may have another
 * type there, or VARCHAR. A single value takes the type of what it meets; an array is told it by the column. */
#include "base/time.h"
#include "dialect/parts.h"

/* Added to a sequence's number it is the number of the lock under which the sequence is set: "kith" in the upper half. */
#define NUMBER_LOCK "7739845424638328832"

enum { VARCHAR_MAX = 10485760 }; /* characters; a longer STRING is TEXT with a CHECK */

/* ---- types that are ENUMs ---- */

enum { LABEL_MAX = 63 }; /* bytes; an ENUM with a longer one is VARCHAR with a CHECK */

static bool native_enum(const struct attr *attr)
{
    return attr->enum_type && !attr->enum_type->text && attr->enum_type->longest <= LABEL_MAX;
}

static void enum_type(struct renderer *r, const struct attr *attr)
{
    if (native_enum(attr))
        kith__render_name(r, attr->enum_type->name);
    else
        kith__buf_add(&r->text, "VARCHAR COLLATE \"C\"");
}

/* There is no IF NOT EXISTS for types; and who comes second at the same moment gets unique_violation. */
static void add_enum_block(struct renderer *r, const struct attr *attr)
{
    kith__buf_add(&r->text, "BEGIN CREATE TYPE ");
    kith__render_name(r, attr->enum_type->name);
    for (const char *const *label = attr->type.labels; *label; label++) {
        kith__buf_add(&r->text, label == attr->type.labels ? " AS ENUM (" : ", ");
        kith__render_literal(r, *label);
    }
    kith__buf_add(&r->text, "); EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END");
}

/* The block is a literal: a label may hold whatever else could end it. */
static void create_enum(struct renderer *r, const struct attr *attr)
{
    struct buf outside = r->text;
    kith__buf_init(&r->text, r->allocator);
    add_enum_block(r, attr);
    struct buf block = r->text;
    r->text = outside;
    kith__buf_add(&r->text, "DO ");
    kith__buf_quoted(&r->text, kith__buf_text(&block), '\'');
    r->failed |= block.failed;
    kith__buf_free(&block);
}

/* Around an array, so that it is of the type that the column has; the server leaves out the branch that is never taken. */
static void begin_array_like(struct renderer *r, const struct attr *attr)
{
    kith__buf_add(&r->text, "CASE WHEN FALSE THEN ARRAY(SELECT ");
    kith__render_name(r, attr->column);
    kith__buf_add(&r->text, " FROM ");
    kith__render_name(r, attr->model->table);
    kith__buf_add(&r->text, ") ELSE ");
}

static void end_array_like(struct renderer *r)
{
    kith__buf_add(&r->text, " END");
}

/* ---- columns ---- */

static void column_type(struct renderer *r, const struct attr *attr)
{
    static const char *const names[KITH_T_COUNT_] = {
        [KITH_T_STRING] = "TEXT COLLATE \"C\"",
        [KITH_T_TEXT] = "TEXT COLLATE \"C\"",
        [KITH_T_INTEGER] = "INTEGER",
        [KITH_T_BIGINT] = "BIGINT",
        [KITH_T_BOOLEAN] = "BOOLEAN",
        [KITH_T_DOUBLE] = "DOUBLE PRECISION",
        [KITH_T_DATE] = "TIMESTAMP(6) WITH TIME ZONE",
        [KITH_T_DATEONLY] = "DATE",
        [KITH_T_TIME] = "TIME(6)",
        [KITH_T_UUID] = "UUID",
        [KITH_T_BLOB] = "BYTEA",
        [KITH_T_JSON] = "JSON",
    };
    const kith_type *type = &attr->type;
    if (type->id == KITH_T_STRING && type->size <= VARCHAR_MAX)
        kith__buf_format(&r->text, "VARCHAR(%u) COLLATE \"C\"", type->size);
    else if (type->id == KITH_T_DECIMAL)
        kith__buf_format(&r->text, "NUMERIC(%u, %u)", type->size, type->scale);
    else if (type->id == KITH_T_INTEGER && type->is_unsigned) /* up to 2^32 - 1 */
        kith__buf_add(&r->text, "BIGINT");
    else if (type->id == KITH_T_ENUM)
        enum_type(r, attr);
    else
        kith__buf_add(&r->text, names[type->id]);
}

static void column_check(struct renderer *r, const struct attr *attr)
{
    if (attr->type.id == KITH_T_ENUM && !native_enum(attr))
        kith__check_labels(r, attr);
    else if (attr->type.id == KITH_T_ENUM)
        return;
    else if (attr->type.id == KITH_T_STRING && attr->type.size > VARCHAR_MAX)
        kith__check_length(r, "char_length", attr);
    else if (attr->type.is_unsigned)
        kith__check_column(r, attr, " >= 0");
}

/* JSON has no equality; its text has. In parentheses, since BETWEEN takes no bare COLLATE behind it. */
static void comparable(struct renderer *r, const struct sql_expr *e)
{
    kith__buf_add(&r->text, e->type == KITH_T_JSON ? "(CAST(" : "");
    kith__render_expr(r, e);
    kith__buf_add(&r->text, e->type == KITH_T_JSON ? " AS text) COLLATE \"C\")" : "");
}

/* ---- keys: one array for each column ---- */

/* The column's own type, so that the server looks values up in a hash table: between two types it does not, and compares
 * each row with each key. */
static const char *array_type(uint8_t type)
{
    static const char *const names[KITH_T_COUNT_] = {
        [KITH_T_INTEGER] = "integer", [KITH_T_BIGINT] = "bigint",
        [KITH_T_BOOLEAN] = "boolean", [KITH_T_DOUBLE] = "double precision",
        [KITH_T_DECIMAL] = "numeric", [KITH_T_DATE] = "timestamp with time zone",
        [KITH_T_DATEONLY] = "date",   [KITH_T_TIME] = "time",
        [KITH_T_UUID] = "uuid",       [KITH_T_BLOB] = "bytea",
    };
    return type < KITH_T_COUNT_ && names[type] ? names[type] : "text";
}

static void add_bytes_element(struct buf *b, const void *bytes, size_t size)
{
    kith__buf_add(b, "\"\\\\x"); /* \x, its backslash escaped in the array */
    kith__buf_hex(b, bytes, size);
    kith__buf_char(b, '"');
}

static void add_element(struct buf *b, const kith_value *v)
{
    char moment[KITH__TIMESTAMP_TEXT];
    switch (v->kind) {
    case KITH_BOOL: kith__buf_char(b, v->as.boolean ? 't' : 'f'); break;
    case KITH_INT: kith__buf_int(b, v->as.integer); break;
    case KITH_DOUBLE: kith__buf_double(b, v->as.real); break;
    case KITH_STR: kith__array_text(b, v->as.str, v->size); break;
    case KITH_BYTES: add_bytes_element(b, v->as.bytes, v->size); break;
    case KITH_TIMESTAMP: /* with its zone: a session may have another */
        kith__array_text(b, moment, kith__timestamp_write(v->as.timestamp, true, moment));
        break;
    default: kith__buf_add(b, "NULL");
    }
}

/* A condition may name numbers that no INTEGER is equal to. */
static bool fits_integer(const struct sql_keys *keys, unsigned at)
{
    for (size_t i = at; i < keys->count * keys->width; i += keys->width)
        if (keys->values[i].as.integer < INT32_MIN || keys->values[i].as.integer > INT32_MAX)
            return false;
    return true;
}

/* Column `at` of all keys. */
static void key_values(struct renderer *r, const struct sql_keys *keys, unsigned at)
{
    struct buf b;
    kith__buf_init(&b, r->allocator);
    kith__buf_char(&b, '{');
    for (size_t i = 0; i < keys->count; i++) {
        if (i)
            kith__buf_char(&b, ',');
        add_element(&b, &keys->values[i * keys->width + at]);
    }
    kith__buf_char(&b, '}');
    kith__render_built(r, &b);
}

static void cast_to_array(struct renderer *r, const struct sql_keys *keys, unsigned at)
{
    uint8_t type = keys->types[at];
    if (type == KITH_T_INTEGER && !fits_integer(keys, at))
        type = KITH_T_BIGINT;
    kith__buf_format(&r->text, "::%s[]", array_type(type));
}

/* ?::bigint[] */
static void key_array(struct renderer *r, const struct sql_expr *column, const struct sql_keys *keys, unsigned at)
{
    bool like = column->type == KITH_T_ENUM && column->attr;
    if (like)
        begin_array_like(r, column->attr);
    key_values(r, keys, at);
    if (like)
        end_array_like(r);
    else
        cast_to_array(r, keys, at);
}

/* [column] = ANY(?::bigint[]), where an ENUM is enough for the server to know the type. */
static void among(struct renderer *r, const struct sql_expr *column, const struct sql_keys *keys)
{
    comparable(r, column);
    kith__buf_add(&r->text, " = ANY(");
    key_values(r, keys, 0);
    if (column->type != KITH_T_ENUM)
        cast_to_array(r, keys, 0);
    kith__buf_char(&r->text, ')');
}

static void key_set(struct renderer *r, const struct sql_expr *columns, const struct sql_keys *keys)
{
    if (keys->width == 1) {
        among(r, columns, keys);
        return;
    }
    kith__render_tuple(r, columns);
    kith__buf_add(&r->text, " IN (SELECT * FROM unnest(");
    const struct sql_expr *column = columns;
    for (unsigned i = 0; i < keys->width; i++, column = column->next) {
        kith__buf_add(&r->text, i ? ", " : "");
        key_array(r, column, keys, i);
    }
    kith__buf_add(&r->text, "))");
}

/* ---- rows as arrays ---- */

/* The driver sends an array of these, and of an ENUM the text of one; what PostgreSQL does not take by itself from there
 * is cast. */
static const char *sent_as(const struct attr *attr)
{
    switch (attr->type.id) {
    case KITH_T_INTEGER:
    case KITH_T_BIGINT: return "bigint";
    case KITH_T_BOOLEAN: return "boolean";
    case KITH_T_DOUBLE: return "double precision";
    case KITH_T_DATE: return "timestamp with time zone";
    case KITH_T_BLOB: return "bytea";
    default: return "text";
    }
}

/* " AS uuid)"; NULL: no cast. */
static const char *cast_to(const struct attr *attr)
{
    static const char *const names[KITH_T_COUNT_] = { [KITH_T_DECIMAL] = "numeric",
                                                      [KITH_T_DATEONLY] = "date",
                                                      [KITH_T_TIME] = "time",
                                                      [KITH_T_UUID] = "uuid",
                                                      [KITH_T_JSON] = "json" };
    return names[attr->type.id];
}

static void sent_array(struct renderer *r, const struct attr *attr, unsigned placeholder)
{
    if (attr->type.id == KITH_T_ENUM)
        begin_array_like(r, attr);
    kith__render_placeholder(r, placeholder);
    if (attr->type.id == KITH_T_ENUM)
        end_array_like(r);
    else
        kith__buf_format(&r->text, "::%s[]", sent_as(attr));
}

/* Its elements where they stand, or by the name c0 when they are of a table t0. */
static void array_elements(struct renderer *r, const struct sql_block *b, unsigned column, bool named)
{
    const char *type = cast_to(b->attrs[column]);
    kith__buf_add(&r->text, column ? ", " : "");
    kith__buf_add(&r->text, type ? "CAST(" : "");
    if (named) {
        kith__buf_format(&r->text, "c%u", column);
    } else {
        kith__buf_add(&r->text, "unnest(");
        sent_array(r, b->attrs[column], column + 1);
        kith__buf_char(&r->text, ')');
    }
    if (type)
        kith__buf_format(&r->text, " AS %s)", type);
}

/* FROM unnest(?::bigint[], ?::text[]) WITH ORDINALITY t0(c0, c1, place) ORDER BY place */
static void from_numbered(struct renderer *r, const struct sql_block *b)
{
    kith__buf_add(&r->text, " FROM unnest(");
    for (unsigned i = 0; i < b->width; i++) {
        kith__buf_add(&r->text, i ? ", " : "");
        sent_array(r, b->attrs[i], i + 1);
    }
    kith__buf_add(&r->text, ") WITH ORDINALITY t0(");
    for (unsigned i = 0; i < b->width; i++)
        kith__buf_format(&r->text, "c%u, ", i);
    kith__buf_add(&r->text, "place) ORDER BY place");
}

/* SELECT unnest(?::bigint[]), CAST(unnest(?::text[]) AS uuid): in a FROM, the server would store all rows once more.
 * Those that are returned come in the order in which they were selected, so that one has to be said. */
static void insert_arrays(struct renderer *r, const struct sql_insert *s)
{
    kith__buf_add(&r->text, " SELECT ");
    for (unsigned i = 0; i < s->block->width; i++)
        array_elements(r, s->block, i, s->returning != NULL);
    if (s->returning)
        from_numbered(r, s->block);
}

/* ---- numbers of the program's own ---- */

/* The sequence behind the column is not moved by an INSERT that says the number. It must never go back, also when others
 * draw from it meanwhile, which rules out a plain setval. So up to a thousand numbers are drawn; a longer way is a setval
 * under a lock that keeps the others who do this away, and those who only draw do not get that far in between. The lock
 * is given back by the same expression, whose argument is computed first, for one that lasted until the commit could
 * wait for another transaction. Nothing in between can fail: privileges and bounds are looked at before. */
static void number_past(struct renderer *r, const char *table, const char *column, int64_t number)
{
    kith__buf_add(&r->text,
                  "SELECT CASE WHEN wanted - past <= 1000 THEN (SELECT max(n) FROM (SELECT nextval(seq) AS n FROM "
                  "generate_series(1, wanted - past)) drawn) WHEN pg_advisory_lock(key) IS NULL THEN NULL WHEN "
                  "pg_advisory_unlock(key + 0 * setval(seq, greatest(wanted, pg_sequence_last_value(seq)))) "
                  "THEN wanted END FROM (SELECT seqrelid::regclass AS seq, seqrelid::bigint + " NUMBER_LOCK
                  " AS key, seqmax AS most, coalesce(pg_sequence_last_value(seqrelid), seqstart - 1) AS past, ");
    kith__render_param(r, kith_of_int(number), KITH_T_BIGINT);
    kith__buf_add(&r->text, "::bigint AS wanted FROM pg_sequence WHERE seqrelid = pg_get_serial_sequence(quote_ident(");
    kith__render_literal(r, table);
    kith__buf_add(&r->text, "), ");
    kith__render_literal(r, column);
    kith__buf_add(&r->text,
                  ")::regclass AND seqincrement = 1 AND seqmin > 0 AND has_sequence_privilege(seqrelid, "
                  "'USAGE') AND has_sequence_privilege(seqrelid, 'UPDATE') AND "
                  "current_setting('transaction_read_only') = 'off') s WHERE past < wanted AND wanted <= most");
}

#define MEAN "CAST(SUM(%) AS double precision) / COUNT(%)"
#define MEANS                                                                                                          \
    {                                                                                                                  \
        [KITH_T_INTEGER] = MEAN, [KITH_T_BIGINT] = MEAN, [KITH_T_DOUBLE] = MEAN, [KITH_T_DECIMAL] = MEAN               \
    }
#define LEAST_UUID    "CAST(MIN(CAST(% AS text) COLLATE \"C\") AS uuid)"
#define GREATEST_UUID "CAST(MAX(CAST(% AS text) COLLATE \"C\") AS uuid)"

static void timeout(struct buf *sql, unsigned ms)
{
    kith__buf_format(sql, "SET statement_timeout = %u", ms);
}

const struct dialect kith__dialect_postgres = {
    .name = "postgres",
    .can = CAN_RETURN_INSERTED | CAN_RETURN_CHANGED | CAN_ROLL_BACK_DDL | CAN_LOCK_ROWS | CAN_INSERT_DEFAULT |
           CAN_BIND_ROWS | CAN_COMPARE_LABELS,
    .quote = '"',
    .placeholder = '$',
    .begin_write = "BEGIN",
    .begin_read = "BEGIN READ ONLY",
    .isolation_behind = " ISOLATION LEVEL ",
    .declare_cursor = { "DECLARE ", " NO SCROLL CURSOR FOR " },
    .fetch_cursor = { "FETCH FORWARD ", " FROM " },
    .close_cursor = "CLOSE ",
    /* Rows that refer to them may still be inserted, so that links made from both sides do not wait for each other. */
    .lock_rows = { [SQL_FOR_CHANGE] = " FOR NO KEY UPDATE",
                   [SQL_FOR_UPDATE] = " FOR UPDATE",
                   [SQL_FOR_SHARE] = " FOR SHARE" },
    .lock_of = " OF ",
    .ordered_join = "JOIN",
    .nulls = { " NULLS FIRST", " NULLS LAST" },
    .no_limit = NULL,
    .boolean = { "FALSE", "TRUE" },
    .default_row = "DEFAULT VALUES",
    .default_value = "DEFAULT",
    .default_number = "DEFAULT",
    .like_escape = "",
    .auto_increment = "GENERATED BY DEFAULT AS IDENTITY",
    .list_max = 64,
    .key_chunk = 0,
    .insert_chunk = 65535,
    .insert_rows = 16, /* arrays beyond */
    .table_suffix = "",
    .join_table_suffix = "",
    .primary_key = "%_pkey",
    .drop_suffix = " CASCADE",
    .excluded = { "excluded.", "" },
    /* BOOLEAN and UUID have neither MIN nor MAX; a mean of integers is a numeric. */
    .aggregates = { [SQL_AVG - SQL_COUNT_OF] = MEANS,
                    [SQL_MIN - SQL_COUNT_OF] = { [KITH_T_BOOLEAN] = "bool_and(%)", [KITH_T_UUID] = LEAST_UUID },
                    [SQL_MAX - SQL_COUNT_OF] = { [KITH_T_BOOLEAN] = "bool_or(%)", [KITH_T_UUID] = GREATEST_UUID } },
    .explain = "EXPLAIN ",
    .label_text = { "(CAST(", " AS text) COLLATE \"C\")" },
    .bytes_literal = { "'\\x", "'" },
    .moment_zone = "+00",
    /* There is no IF NOT EXISTS for constraints. */
    .alter_unless_there = { "DO $kith$ BEGIN ", "; EXCEPTION WHEN duplicate_object THEN NULL; END $kith$" },
    .foreign_key_unless_there = "",
    .timeout = timeout,
    .column_type = column_type,
    .column_check = column_check,
    .key_set = key_set,
    .insert_arrays = insert_arrays,
    .number_past = number_past,
    .upsert = kith__upsert_on_conflict,
    .comparable = comparable,
    .native_enum = native_enum,
    .create_enum = create_enum,
};
