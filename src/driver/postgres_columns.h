/* postgres_columns: what PostgreSQL answers as Kith's values.
 *
 * Promises that the text form and the binary form of a result give the same values, and that nothing is changed
 * silently: what a type cannot hold is an error that names the column. */
#ifndef KITH_DRIVER_POSTGRES_COLUMNS_H
#define KITH_DRIVER_POSTGRES_COLUMNS_H

#include "driver/postgres.h"

/* Learns the columns of the statement's result, or of its description, before rows are read. */
bool kith__postgres_learn(struct postgres_statement *s, const PGresult *result, kith_error *err);
/* As the member of kith_driver. */
bool kith__postgres_columns(kith_statement *st, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                            kith_value *out, kith_error *err);

#endif
