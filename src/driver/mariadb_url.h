/* mariadb_url: what a "mariadb:" or "mysql:" URL asks for:
 *
 *     mariadb://user:password@host:port/database?socket=/run/mysqld/mysqld.sock&ssl=on&…
 *
 * Every part may be left out. Connects nowhere, and never puts the password into a message. */
#ifndef KITH_DRIVER_MARIADB_URL_H
#define KITH_DRIVER_MARIADB_URL_H

#include "driver/url.h"
#include "kith/ext/driver.h"

enum mariadb_option {
    OPTION_SOCKET,
    OPTION_SSL, /* off unless it or one of the files is given */
    OPTION_SSL_CA,
    OPTION_SSL_CERT,
    OPTION_SSL_KEY,
    OPTION_SSL_VERIFY,      /* on: the server's certificate must be good for its host */
    OPTION_CONNECT_TIMEOUT, /* seconds */
    OPTION_COUNT
};

struct mariadb_settings {
    char host[256], user[256], password[512], database[256]; /* decoded; "" when not given */
    unsigned port;                                           /* 0 when not given */
    bool given[OPTION_COUNT];
    unsigned number[OPTION_COUNT]; /* of a switch: 0 off, 1 on */
    char text[OPTION_COUNT][sizeof((struct url_option *)0)->value];
};

/* Reads opts->location and fills in the defaults. On failure the error says what is wrong and what would be right. */
bool kith__mariadb_settings(const kith_connect_opts *opts, struct mariadb_settings *s, kith_error *err);

#endif
