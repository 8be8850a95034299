/* postgres_cells: one cell of a result, in its text form or its binary form, as the value that its column's type says.
 * Does not know what is wanted of it. */
#ifndef KITH_DRIVER_POSTGRES_CELLS_H
#define KITH_DRIVER_POSTGRES_CELLS_H

#include <libpq-fe.h>

#include "kith/ext/driver.h"

/* How the cells of a column are read. */
enum postgres_column {
    COLUMN_OTHER, /* a type that is not known here: its text */
    COLUMN_BOOL,
    COLUMN_INT2,
    COLUMN_INT4,
    COLUMN_INT8,
    COLUMN_OID,
    COLUMN_FLOAT4,
    COLUMN_FLOAT8,
    COLUMN_NUMERIC,
    COLUMN_TEXT,
    COLUMN_JSONB,
    COLUMN_BYTEA,
    COLUMN_UUID,
    COLUMN_DATE,
    COLUMN_TIME,
    COLUMN_TIMESTAMP,
    COLUMN_COUNT
};

enum postgres_column kith__postgres_column(Oid type);

enum cell_read {
    CELL_READ,
    CELL_HAS_NO_VALUE, /* infinity, or a year that Kith's values do not have */
    CELL_BROKEN,       /* not what the type's cells look like */
    CELL_NO_MEMORY
};

struct cell {
    const char *at; /* ends with NUL */
    int size;
};

/* Text and bytes lie in the cell, in the arena, or in scratch; *owned: in the arena. */
enum { CELL_SCRATCH = 40 };
struct cell_value {
    kith_value value;
    bool owned;
    char scratch[CELL_SCRATCH];
};

/* Not of a NULL. */
enum cell_read kith__cell_from_binary(enum postgres_column column, struct cell cell, kith_arena *arena,
                                      struct cell_value *to);
enum cell_read kith__cell_from_text(enum postgres_column column, struct cell cell, kith_arena *arena,
                                    struct cell_value *to);

/* The cell as the wanted value, when it is binary and both are the same plain type; for rows have many such cells. False,
 * with *out undefined: the functions above and what converts their values are to be asked. */
bool kith__cell_usual(enum postgres_column column, struct cell cell, int wanted, kith_value *out);

/* The number that a text is, whatever the locale: false when it is none. */
bool kith__double_of_text(const char *text, size_t size, double *d);

#endif
