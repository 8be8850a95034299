/* dialects: the records there are. */
#ifndef KITH_DIALECT_DIALECTS_H
#define KITH_DIALECT_DIALECTS_H

#include "sql/dialect.h"

extern const struct dialect kith__dialect_sqlite, kith__dialect_postgres, kith__dialect_mariadb;

/* NULL when there is no such dialect. */
const struct dialect *kith__dialect_named(const char *name);

#endif
