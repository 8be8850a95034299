/* mariadb_keys: the key_set of MariaDB. */
#ifndef KITH_DIALECT_MARIADB_KEYS_H
#define KITH_DIALECT_MARIADB_KEYS_H

#include "dialect/parts.h"

void kith__mariadb_key_set(struct renderer *r, const struct sql_expr *columns, const struct sql_keys *keys);

#endif
