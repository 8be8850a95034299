/* mock_values: the mock's values as text for its record, and as the types that a statement's columns are wanted in. */
#ifndef KITH_DRIVER_MOCK_VALUES_H
#define KITH_DRIVER_MOCK_VALUES_H

#include "base/arena.h"
#include "base/buf.h"

/* "1, 'Cody', NULL, true, x'0a', 2026-11-21T09:39:00.000000Z" */
void kith__mock_write_values(struct buf *to, const kith_value *values, size_t count);
/* Rows that are bound together: "(1, 'Cody'), (2, NULL)" */
void kith__mock_write_rows(struct buf *to, const kith_column *columns, unsigned width, size_t count);
/* The value as one of the wanted type, copied into the arena: a number may stand for a boolean or a moment, a text for
 * a number. False when there is no sense in it; the error names the column, from 0. */
bool kith__mock_convert(const kith_value *from, int wanted, unsigned column, kith_arena *arena, kith_value *to,
                        kith_error *err);

#endif
