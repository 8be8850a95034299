/* ddl: tables and indexes as data, and their text. */
#ifndef KITH_SQL_DDL_H
#define KITH_SQL_DDL_H

#include "schema/model.h"

struct renderer;

/* CREATE TABLE IF NOT EXISTS of a model, with its keys, unique constraints, checks and foreign keys. A foreign key to a
 * table that comes later is left out when `later` says so for it; kith__render_add_foreign_key then adds it. */
bool kith__render_create_table(struct renderer *r, const struct model *m, const bool *later);
bool kith__render_add_foreign_key(struct renderer *r, const struct model *m, const struct foreign_key *fk);
bool kith__render_create_index(struct renderer *r, const struct model *m, const struct index *ix);
/* The type of native ENUM columns, for dialects with create_enum. */
bool kith__render_create_enum(struct renderer *r, const struct attr *attr);
bool kith__render_drop_enum(struct renderer *r, const struct attr *attr);
bool kith__render_drop_table(struct renderer *r, const struct model *m);

#endif
