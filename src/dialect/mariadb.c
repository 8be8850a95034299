/* mariadb: how MariaDB 10.5 and later spells things.
 *
 * Text is compared by utf8mb4_nopad_bin: letter case, accents and trailing blanks count, as they do on the other
 * databases. The server's own default would find 'Ann' equal to 'ANN ', in unique indexes too.
 *
 * MySQL 8 differs in few members: no RETURNING, no IF NOT EXISTS for indexes and foreign keys, the collation
 * utf8mb4_0900_bin. It gets a record of its own when it gets a driver. */
#include "dialect/mariadb_keys.h"

enum { VARCHAR_MAX = 16383 }; /* characters of four bytes; a longer STRING is LONGTEXT with a CHECK */

/* An ENUM's labels lose their trailing blanks there. */
static bool native_enum(const struct attr *attr)
{
    for (const char *const *label = attr->type.labels; *label; label++)
        if (**label && (*label)[strlen(*label) - 1] == ' ')
            return false;
    return true;
}

static void labels(struct renderer *r, const struct attr *attr)
{
    for (const char *const *label = attr->type.labels; *label; label++) {
        kith__buf_add(&r->text, label == attr->type.labels ? "ENUM(" : ", ");
        kith__render_literal(r, *label);
    }
    kith__buf_char(&r->text, ')');
}

static void column_type(struct renderer *r, const struct attr *attr)
{
    static const char *const names[KITH_T_COUNT_] = {
        [KITH_T_STRING] = "LONGTEXT",
        [KITH_T_TEXT] = "LONGTEXT",
        [KITH_T_INTEGER] = "INT",
        [KITH_T_BIGINT] = "BIGINT",
        [KITH_T_BOOLEAN] = "BOOLEAN",
        [KITH_T_DOUBLE] = "DOUBLE",
        [KITH_T_DATE] = "DATETIME(6)",
        [KITH_T_DATEONLY] = "DATE",
        [KITH_T_TIME] = "TIME(6)",
        /* MySQL has no UUID type, and MariaDB only since 10.7. */
        [KITH_T_UUID] = "CHAR(36) CHARACTER SET ascii COLLATE ascii_bin",
        [KITH_T_BLOB] = "LONGBLOB",
        /* The type JSON is the same with a CHECK, but compared by utf8mb4_bin, to which trailing blanks are nothing. */
        [KITH_T_JSON] = "LONGTEXT",
    };
    const kith_type *type = &attr->type;
    if (type->id == KITH_T_STRING && type->size <= VARCHAR_MAX)
        kith__buf_format(&r->text, "VARCHAR(%u)", type->size);
    else if (type->id == KITH_T_DECIMAL)
        kith__buf_format(&r->text, "DECIMAL(%u, %u)", type->size, type->scale);
    else if (type->id == KITH_T_ENUM && native_enum(attr))
        labels(r, attr);
    else if (type->id == KITH_T_ENUM)
        kith__buf_format(&r->text, "VARCHAR(%zu)", attr->enum_type->longest);
    else
        kith__buf_add(&r->text, names[type->id]);
    kith__buf_add(&r->text, type->is_unsigned ? " UNSIGNED" : "");
}

static void check_json(struct renderer *r, const struct attr *attr)
{
    kith__buf_add(&r->text, " CHECK (json_valid(");
    kith__render_name(r, attr->column);
    kith__buf_add(&r->text, "))");
}

static bool refers(const struct attr *attr)
{
    const struct model *m = attr->model;
    for (unsigned i = 0; i < m->foreign_key_count; i++)
        for (unsigned j = 0; j < m->foreign_keys[i].count; j++)
            if (m->foreign_keys[i].attrs[j] == attr)
                return true;
    return false;
}

/* No CHECK may name a column that numbers itself, or that follows another one; and that one has the CHECK already. */
static void column_check(struct renderer *r, const struct attr *attr)
{
    if (attr->auto_increment || refers(attr))
        return;
    if (attr->type.id == KITH_T_BOOLEAN) /* it is TINYINT(1), which holds -128 to 127 */
        kith__check_column(r, attr, " IN (0, 1)");
    else if (attr->type.id == KITH_T_STRING && attr->type.size > VARCHAR_MAX)
        kith__check_length(r, "char_length", attr);
    else if (attr->type.id == KITH_T_ENUM && !native_enum(attr))
        kith__check_labels(r, attr);
    else if (attr->type.id == KITH_T_JSON)
        check_json(r, attr);
    else if (attr->type.id == KITH_T_BIGINT && attr->type.is_unsigned)
        kith__check_column(r, attr, " <= 9223372036854775807");
}

/* ---- upserts ---- */

/* In an INSERT … SELECT there may be another column of that name. */
static void own_column(struct renderer *r, const struct sql_insert *s, const char *column)
{
    kith__render_name(r, s->table);
    kith__buf_char(&r->text, '.');
    kith__render_name(r, column);
}

/* Unlike ON CONFLICT (columns), ON DUPLICATE KEY meets a conflict of any unique key, and the row that it meets by another
 * one must not change: then a sub-select of two rows makes the statement fail. @kith_met notes that a row was there. */
static void guard(struct renderer *r, const struct sql_insert *s)
{
    const char *first = s->conflict_columns[0];
    kith__render_name(r, first);
    kith__buf_add(&r->text, s->conflict == SQL_CONFLICT_NOTHING ? " = IF(@kith_met := " : " = IF(");
    for (unsigned i = 0; i < s->conflict_count; i++) {
        kith__buf_add(&r->text, i ? " AND " : "");
        own_column(r, s, s->conflict_columns[i]);
        kith__buf_add(&r->text, " <=> VALUES(");
        kith__render_name(r, s->conflict_columns[i]);
        kith__buf_char(&r->text, ')');
    }
    kith__buf_add(&r->text, ", ");
    own_column(r, s, first);
    kith__buf_add(&r->text, ", (SELECT NULL UNION ALL SELECT NULL))");
}

/* INSERT IGNORE would hide other errors as well, so "nothing" is the guard alone: a column set to itself. */
static void upsert(struct renderer *r, const struct sql_insert *s)
{
    kith__buf_add(&r->text, " ON DUPLICATE KEY UPDATE ");
    guard(r, s);
    if (!s->update)
        return;
    kith__buf_add(&r->text, ", ");
    kith__render_sets(r, s->update);
}

#define MEAN "CAST(SUM(%) AS DOUBLE) / COUNT(%)"

static void timeout(struct buf *sql, unsigned ms)
{
    kith__buf_format(sql, "SET SESSION max_statement_time = %u.%03u", ms / 1000, ms % 1000);
}

const struct dialect kith__dialect_mariadb = {
    .name = "mariadb",
    .can = CAN_RETURN_INSERTED | CAN_LOCK_ROWS | CAN_INSERT_DEFAULT | CAN_UPSERT_TWICE | CAN_BIND_ROWS |
           CAN_SORT_LABELS,
    .quote = '`',
    .placeholder = '?',
    .begin_write = "START TRANSACTION",
    .begin_read = "START TRANSACTION READ ONLY",
    .isolation_before = "SET TRANSACTION ISOLATION LEVEL ",
    .lock_rows = { [SQL_FOR_CHANGE] = " FOR UPDATE",
                   [SQL_FOR_UPDATE] = " FOR UPDATE",
                   [SQL_FOR_SHARE] = " LOCK IN SHARE MODE" },
    .ordered_join = "STRAIGHT_JOIN",
    .nulls = { "", "" },
    .no_limit = "18446744073709551615",
    .boolean = { "FALSE", "TRUE" },
    .default_row = "() VALUES ()",
    .default_value = "DEFAULT",
    .default_number = "NULL", /* behind a row with a number of its own, DEFAULT is 0 where 0 asks for no number */
    .before_drop = "SET FOREIGN_KEY_CHECKS = 0",
    .after_drop = "SET FOREIGN_KEY_CHECKS = 1",
    .like_escape = "",
    .auto_increment = "AUTO_INCREMENT",
    .list_max = 1024,
    .key_chunk = 1024, /* ranges of an index, which the server plans best */
    .insert_chunk = 65535,
    .insert_rows = 16, /* bound together beyond */
    .table_suffix = " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin",
    .join_table_suffix = " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin",
    .primary_key = "PRIMARY",
    .drop_suffix = "",
    /* The rows that matched are counted, whether they changed or not; the guard notes which were there. */
    .was_inserted = "IF(@kith_met, @kith_met := 0, 1)",
    .met_by_other_key = "21000",
    .excluded = { "VALUES(", ")" },
    /* A mean of integers or decimals is rounded to a few digits. */
    .aggregates = { [SQL_AVG -
                     SQL_COUNT_OF] = { [KITH_T_INTEGER] = MEAN, [KITH_T_BIGINT] = MEAN, [KITH_T_DECIMAL] = MEAN } },
    .explain = "EXPLAIN FORMAT=JSON ",
    .label_text = { "", "" },
    .backslash_escapes = true,
    .bytes_literal = { "x'", "'" },
    .moment_zone = "", /* DATETIME has no zone; sessions are set to UTC */
    .alter_unless_there = { "", "" },
    .foreign_key_unless_there = " IF NOT EXISTS",
    .timeout = timeout,
    .column_type = column_type,
    .column_check = column_check,
    .key_set = kith__mariadb_key_set,
    .upsert = upsert,
    .comparable = NULL,
    .native_enum = native_enum,
};
