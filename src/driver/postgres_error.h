/* postgres_error: SQLSTATEs as statuses, in one table. Knows codes and messages, not statements. */
#ifndef KITH_DRIVER_POSTGRES_ERROR_H
#define KITH_DRIVER_POSTGRES_ERROR_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "kith/error.h"

/* The status that a SQLSTATE stands for; KITH_E_DATABASE for those that have none of their own. */
kith_status kith__postgres_status(const char *sqlstate);
/* Fills in the error from a result (NULL: libpq itself failed). `constraint` becomes the name of the constraint, or
 * "table.column" of a missing value. Returns false, so that a caller may return it. */
bool kith__postgres_failed(PGconn *pg, const PGresult *result, kith_error *err);
/* The same for a connection that did not come about. */
bool kith__postgres_not_connected(const PGconn *pg, kith_error *err);

#endif
