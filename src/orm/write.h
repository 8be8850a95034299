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

/* Which hooks run around rows: a call that writes one row runs the single ones. */
enum hook_rule { HOOKS_SINGLE, HOOKS_BOTH, HOOKS_BULK };

/* Completes one row. Checks it, too, unless kith__create_rows is to do so among the hooks. fixed may be NULL. */
bool kith__create_row(struct call *c, const struct model *m, const kith_field *fields, const struct fixed_values *fixed,
                      struct row_values *row);
/* The same for many rows, which are reported together. rows: as many, in the call's scratch; NULL on failure. */
struct row_values *kith__create_each(struct call *c, const struct model *m, const kith_field *const *given,
                                     size_t count, const struct fixed_values *fixed);
/* Inserts rows of one model that were completed, with their hooks, and makes a record of each, in the result. All or
 * nothing. fixed: what hooks must leave alone; may be NULL. */
bool kith__create_rows(struct call *c, struct row_values *rows, size_t count, enum hook_rule rule,
                       const struct fixed_values *fixed, kith_record **records);
/* The list of such records, which is what the call returns. Made before they are: once rows are written, nothing may
 * fail. */
kith_list *kith__create_list(struct call *c, const struct model *m, kith_record **records, size_t count);
/* One row, from its fields to its record. */
kith_record *kith__create(struct call *c, const struct model *m, const kith_field *fields,
                          const struct fixed_values *fixed);
/* Writes the given values of `row` into the record's row, and into the record, with the hooks of an update. fixed may be
 * NULL. Without hooks the row is checked already. */
bool kith__update_row(struct call *c, kith_record *r, struct row_values *row, const struct fixed_values *fixed);

#endif
