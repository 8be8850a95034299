/* mariadb_codec: values into the binary protocol's types and back.
 *
 * Promises that what is bound and read back as the same type is the same value, and that nothing is changed silently:
 * what a type cannot hold is an error that names the column. Talks to no server.
 *
 *     BOOLEAN                  TINYINT 0 and 1
 *     INTEGER, BIGINT          INT, BIGINT
 *     DOUBLE                   DOUBLE
 *     DECIMAL                  DECIMAL, as its digits
 *     DATE                     DATETIME(6), in UTC
 *     DATEONLY, TIME           DATE, TIME(6)
 *     BLOB                     LONGBLOB
 *     all others               text */
#ifndef KITH_DRIVER_MARIADB_CODEC_H
#define KITH_DRIVER_MARIADB_CODEC_H

#include "driver/mariadb.h"

/* As the members of kith_driver. */
bool kith__mariadb_bind(kith_statement *st, unsigned index, const kith_value *value, int type, kith_error *err);
bool kith__mariadb_bind_rows(kith_statement *st, const kith_column *columns, unsigned width, size_t count,
                             kith_error *err);
bool kith__mariadb_columns(kith_statement *st, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                           kith_value *out, kith_error *err);

/* False when it has no such form. */
bool kith__mariadb_moment(int64_t timestamp, MYSQL_TIME *to);
/* Makes all parameters NULL. */
void kith__mariadb_unbind(struct mariadb_statement *s);
void kith__mariadb_unbind_rows(struct mariadb_statement *s); /* a part of it */
/* Says into which cell each column of the result goes, after it was executed. False when memory is short. */
bool kith__mariadb_bind_cells(struct mariadb_statement *s);

#endif
