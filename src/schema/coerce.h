/* coerce: from the value a program gave to the value an attribute stores, or an error that says why not.
 *
 * Promises that what passes has the one kind of its attribute's type and fits on every database. Sends nothing. */
#ifndef KITH_SCHEMA_COERCE_H
#define KITH_SCHEMA_COERCE_H

#include "base/buf.h"
#include "schema/model.h"

/* The kind in which values of a type are held: KITH_INT for INTEGER, KITH_STR for UUID … */
int kith__type_kind(int type);
const char *kith__type_name(int type);                      /* "STRING", … */
void kith__show_type(struct buf *b, const kith_type *type); /* "STRING(255)", "DECIMAL(10, 2)", "INTEGER" */

/* NULL, absent and expression values pass as they are. New text (canonical forms) is made in the arena. */
bool kith__coerce(const struct attr *attr, kith_value given, kith_arena *arena, kith_value *out, kith_error *err);

#endif
