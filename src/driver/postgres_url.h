/* postgres_url: what a "postgres:" URL asks for. libpq reads it, with all that libpq knows: several hosts, sockets,
 * service files, sslmode. Opens nothing. Never puts a password into a message. */
#ifndef KITH_DRIVER_POSTGRES_URL_H
#define KITH_DRIVER_POSTGRES_URL_H

#include <libpq-fe.h>

#include "kith/ext/driver.h"

struct postgres_target {
    PQconninfoOption *options; /* to be freed by PQconninfoFree */
    bool names;                /* false with prepare=off */
};

/* "//user:password@host:port/database?option=value", or libpq's "host=… dbname=…". On failure the error says what is
 * wrong with it. */
bool kith__postgres_target(const kith_connect_opts *opts, struct postgres_target *target, kith_error *err);

#endif
