/* write: what writing one row and writing links share. */
#ifndef KITH_ORM_WRITE_H
#define KITH_ORM_WRITE_H

#include "orm/insert.h"

/* Values that the association decides, whatever the fields say: the key of the source, the constants of a scope. */
struct fixed_values {
    unsigned count;
    const struct attr *attrs[2 * KEY_MAX];
    kith_value values[2 * KEY_MAX];
};

/* Checks and completes one row, ready to be inserted. fixed may be NULL. */
bool kith__create_row(struct call *c, const struct model *m, const kith_field *fields, const struct fixed_values *fixed,
                      struct row_values *row);
/* The same, and inserts it. */
kith_record *kith__create(struct call *c, const struct model *m, const kith_field *fields,
                          const struct fixed_values *fixed);
/* Writes the present values of `row` into the record's row, and into the record. */
bool kith__update_row(struct call *c, kith_record *r, const struct row_values *row);

#endif
