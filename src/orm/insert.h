/* insert: rows into tables, several in one statement, with what the database decided read back by the same statement. */
#ifndef KITH_ORM_INSERT_H
#define KITH_ORM_INSERT_H

#include "orm/values.h"

/* What happens when a row with the same key is there already. */
struct on_conflict {
    const struct attr *const *key; /* NULL: it is an error */
    unsigned key_count;
    const bool *update; /* by attr->index: take over the new value; at least the row is returned. NULL: leave the row */
    bool revive;        /* a row that was destroyed softly lives again */
    bool all_there;     /* all rows are there: none of them says a number to the database that is new */
    bool *inserted;     /* of a single row that is left when it is there: whether it was not. NULL: nobody asks */
};

/* Inserts rows of one model and makes a record of each, in the result; records come in the order of the rows when
 * `records` is given. The rows must be complete and checked. All or nothing. */
bool kith__insert(struct call *c, struct row_values *rows, size_t count, const struct on_conflict *conflict,
                  kith_record **records);

#endif
