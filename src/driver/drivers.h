/* drivers: the ones built in, and finding one for a URL. */
#ifndef KITH_DRIVER_DRIVERS_H
#define KITH_DRIVER_DRIVERS_H

#include "kith/ext/driver.h"

#ifdef KITH_WITH_SQLITE
extern const kith_driver kith__driver_sqlite;
#endif
#ifdef KITH_WITH_POSTGRES
extern const kith_driver kith__driver_postgres, kith__driver_postgresql; /* the same under two names */
#endif

#ifdef KITH_WITH_MARIADB
extern const kith_driver kith__driver_mariadb, kith__driver_mysql;
#endif

/* The driver for a URL's scheme, from `more` (may be NULL) or the built-in ones; *location is what follows the colon.
 * On failure the error tells a scheme nobody knows (with the nearest one) from a database that was not built in. */
const kith_driver *kith__driver_for(const char *url, const kith_driver *const *more, const char **location,
                                    kith_error *err);

#endif
