/* sqlite_codec: values into SQLite's five storage classes and back.
 *
 * Promises that what is bound and read back as the same type is the same value, and that nothing is changed silently:
 * what a type cannot hold is an error that names the column. */
#ifndef KITH_DRIVER_SQLITE_CODEC_H
#define KITH_DRIVER_SQLITE_CODEC_H

#include "driver/sqlite.h"

/* Both as the members of kith_driver. */
bool kith__sqlite_bind(kith_statement *st, unsigned index, const kith_value *value, int type, kith_error *err);
bool kith__sqlite_columns(kith_statement *st, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                          kith_value *out, kith_error *err);

#endif
