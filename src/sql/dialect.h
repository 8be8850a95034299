/* dialect: how a database spells things, as a constant record. Pure text: no connections, no I/O. The records
 * themselves stand in src/dialect, one file for each database.
 *
 * When databases differ, in this order: a data member, a capability bit, a fragment function that may be NULL. Each
 * member is named and documented here; the renderer and the layers behind it ask these and never the name. */
#ifndef KITH_SQL_DIALECT_H
#define KITH_SQL_DIALECT_H

#include "kith/model.h"
#include "sql/render.h"

enum dialect_can {
    CAN_RETURN_INSERTED = 1 << 0, /* INSERT … RETURNING */
    CAN_RETURN_CHANGED = 1 << 1,  /* UPDATE and DELETE … RETURNING */
    CAN_REFER_AHEAD = 1 << 2,     /* a foreign key may name a table that is created later */
    CAN_ROLL_BACK_DDL = 1 << 3,   /* CREATE and DROP take part in transactions */
    CAN_LOCK_ROWS = 1 << 4,       /* SELECT … FOR UPDATE; without it a writing transaction locks all */
    CAN_INSERT_DEFAULT = 1 << 5,  /* DEFAULT may stand in a row to insert */
    CAN_UPSERT_TWICE = 1 << 6,    /* one statement may insert a row and then update it */
    CAN_BIND_ROWS = 1 << 7,       /* one statement takes many rows at once, if the driver binds them so */
    CAN_TELL_NUMBER = 1 << 8, /* the driver's last_id is the number of the row just inserted: cheaper than RETURNING */
    CAN_SORT_LABELS = 1 << 9, /* ORDER BY a column that is a native ENUM goes by the places of its labels */
    CAN_COMPARE_LABELS = 1 << 10 /* so does <, and every order: it is a type of its own */
};

struct dialect {
    const char *name;                     /* "sqlite"; for messages and to be found by a driver, never to be tested */
    unsigned can;                         /* dialect_can bits */
    char quote;                           /* around identifiers; doubled inside */
    char placeholder;                     /* '?', or '$' for $1, $2 … */
    const char *begin_write, *begin_read; /* open a transaction that will write, that only reads */
    /* Levels of isolation: sent before the begin, or put behind it; both NULL: there is only one level. */
    const char *isolation_before, *isolation_behind;
    /* What makes a transaction read-only where begin_read does not, and what ends that. NULL: nothing. */
    const char *read_only_on, *read_only_off;
    /* A SELECT whose rows are read in portions, between which other statements run: around the name of a cursor before
     * the SELECT, around the number of rows that are fetched next before its name, and before the name when it is
     * closed. declare_cursor[0] is NULL: a statement can be read so by itself, if its driver is told. */
    const char *declare_cursor[2], *fetch_cursor[2], *close_cursor;
    /* Around such a SELECT when the statements between may change its rows: it finds what was there at its beginning.
     * NULL: it does so anyway. */
    const char *fixed_rows[2];
    const char *lock_rows[SQL_LOCK_COUNT_]; /* behind a SELECT whose rows stay locked until the transaction ends */
    const char *lock_of;                    /* what names one of its tables behind that; NULL: rows of all are locked */
    const char *ordered_join;               /* an inner join whose left side is read first, where that can be said */
    const char *nulls[2];       /* behind what may be NULL, ascending and descending: it is less than all values */
    const char *no_limit;       /* what LIMIT must say before OFFSET when there is none; NULL: LIMIT may be absent */
    const char *boolean[2];     /* false and true in DDL, where nothing can be bound */
    const char *default_row;    /* an INSERT without values: "DEFAULT VALUES", "() VALUES ()" */
    const char *default_value;  /* in a row to insert, for a column left to the database: "DEFAULT", or nearly so */
    const char *default_number; /* the same for a numbering key column */
    const char *before_drop, *after_drop; /* around DROP TABLE of tables that refer to each other; NULL: nothing */
    const char *like_escape;              /* " ESCAPE '\\'" where backslash is not the escape already */
    const char *auto_increment;           /* what a numbering key column says after its type */
    bool auto_increment_is_key;           /* that text makes it the primary key as well */
    unsigned list_max;                    /* values in a list of placeholders at most; more are a key_set */
    unsigned key_chunk;                   /* keys in one statement, where several mean the same; 0: any number */
    unsigned insert_chunk;                /* bound values in one statement at most */
    unsigned insert_rows;                 /* rows in one list of VALUES at most */
    const char *table_suffix;             /* what CREATE TABLE ends with, "" where nothing */
    const char *join_table_suffix;        /* the same for a table whose primary key has several columns */

    /* What an error calls a table's primary key, '%' standing for the table; NULL: it names the columns. */
    const char *primary_key;
    const char *drop_suffix; /* what DROP TABLE ends with, so that foreign keys to the table do not hold it */
    /* In an upsert that does nothing: what to return to learn whether a row was inserted, 1 or 0. NULL: the number of
     * changed rows tells how many were. */
    const char *was_inserted;
    /* The SQLSTATE of an upsert that met a row by another key than its own; NULL: it is a unique error like others. */
    const char *met_by_other_key;
    const char *excluded[2]; /* around a quoted column in an upsert: the value that could not be inserted */

    /* How an aggregate of a column is spelt, '%' standing for the column: by the place behind SQL_COUNT_OF and the type of
     * the column. NULL: as usual, "SUM(%)". Sums are exact, a mean is a double, least and greatest go by the order that
     * the type has everywhere. */
    const char *aggregates[SQL_AGGREGATES][KITH_T_COUNT_];
    /* Before a SELECT whose plan is asked for, and which column of each row tells of it. */
    const char *explain;
    unsigned explain_column;

    const char *label_text[2]; /* around a value of an ENUM, to make it text where it is none */

    /* Literals, which only DDL has. */
    bool backslash_escapes;       /* inside '…' a backslash must be doubled */
    const char *bytes_literal[2]; /* around the bytes in hexadecimal */
    const char *moment_zone;      /* what the text of a moment ends with to say that it is UTC, "" where it cannot */

    /* Adding a foreign key to a table that may have it already: around ALTER TABLE, and behind FOREIGN KEY. Unused
     * with CAN_REFER_AHEAD. */
    const char *alter_unless_there[2];
    const char *foreign_key_unless_there;

    /* The statement that limits how long those after it may run, 0: for ever; NULL: the driver does it. */
    void (*timeout)(struct buf *sql, unsigned ms);
    /* The type of a column: "VARCHAR(255)". */
    void (*column_type)(struct renderer *r, const struct attr *attr);
    /* " CHECK (…)" where the type alone does not keep other values out: lengths, enum labels, booleans, JSON. */
    void (*column_check)(struct renderer *r, const struct attr *attr);
    /* The tuple `columns` is among keys, of which there are two or more, in a form that holds any number of them. */
    void (*key_set)(struct renderer *r, const struct sql_expr *columns, const struct sql_keys *keys);
    /* Rows that are bound together, behind the columns of an INSERT. NULL: VALUES with one row. */
    void (*insert_arrays)(struct renderer *r, const struct sql_insert *s);
    /* A query after which the database numbers rows from behind `number`, which a row is about to get; for a table that
     * numbers otherwise it does nothing. NULL: the INSERT does that. */
    void (*number_past)(struct renderer *r, const char *table, const char *column, int64_t number);
    /* What follows the rows of an INSERT that may meet a row that is there already. */
    void (*upsert)(struct renderer *r, const struct sql_insert *s);
    /* A column or value compared or ordered where plain comparison would not follow its type; NULL: as it is. */
    void (*comparable)(struct renderer *r, const struct sql_expr *e);
    /* Whether the column of an ENUM is one that knows its labels, and not text with a CHECK. NULL: never. */
    bool (*native_enum)(const struct attr *attr);
    /* The statement that creates the type of native ENUM columns unless it is there, called attr->enum_type->name. NULL:
     * each column has its labels itself. */
    void (*create_enum)(struct renderer *r, const struct attr *attr);
};

#endif
