/* mariadb_error: MariaDB's error numbers as statuses, in one table. Knows numbers and messages, not statements. */
#ifndef KITH_DRIVER_MARIADB_ERROR_H
#define KITH_DRIVER_MARIADB_ERROR_H

#include <stdbool.h>

#include "kith/error.h"

/* The status that an error of the server or of its client library stands for; KITH_E_DATABASE for most. */
kith_status kith__mariadb_status(unsigned number);
/* Fills in the error. `constraint` becomes what the message names: a unique key, a foreign key, a check, or the column
 * that may not be null. Returns false, so that a caller may return it. */
bool kith__mariadb_failed(unsigned number, const char *sqlstate, const char *message, kith_error *err);

#endif
