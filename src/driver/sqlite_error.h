/* sqlite_error: SQLite's codes as statuses, in one table. Knows codes and messages, not statements. */
#ifndef KITH_DRIVER_SQLITE_ERROR_H
#define KITH_DRIVER_SQLITE_ERROR_H

#include <sqlite3.h>
#include <stdbool.h>

#include "kith/error.h"

/* The status that an extended result code stands for; KITH_E_DATABASE for those that have none of their own. */
kith_status kith__sqlite_status(int code);
/* Fills in the error from the failure that db (may be NULL) met last. `constraint` becomes what SQLite's message names:
 * "users.email", or the name of a CHECK. Returns false, so that a caller may return it. */
bool kith__sqlite_failed(sqlite3 *db, int code, kith_error *err);

#endif
