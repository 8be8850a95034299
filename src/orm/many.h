/* many: the rows of one kith_insert_many: checked, then laid out as the columns of its statements.
 *
 * They are looked at twice. First all of them are checked. A column whose values turn out to be stored just as they were
 * given is then sent from where it lies; of the others, the values are made again for each statement. */
#ifndef KITH_ORM_MANY_H
#define KITH_ORM_MANY_H

#include "orm/block.h"
#include "orm/hooks.h"

/* An attribute that the caller gives values for. */
struct given {
    const struct attr *attr;
    bool as_given; /* every value is stored as it is */
};

struct many {
    struct call c;
    const struct model *m;
    struct given *given;
    unsigned given_count;
    const struct attr *number; /* of those given, the one that the database can number; NULL: none */
    unsigned number_at;
    const kith_value *values;
    size_t count;

    kith_value *fallbacks; /* by attr->index: what stands where nothing is given */
    bool *is_given;        /* by attr->index */
    struct row_values row; /* the one that is looked at */
    kith_arena memory;     /* for the values of one statement */

    struct on_conflict conflict;
    bool *update;

    bool together; /* see kith__block_together */
    struct block_insert block;
    const struct attr **attrs;
    kith_column *columns;
    size_t first;     /* row of the next statement */
    int64_t inserted; /* rows that were not there, where they are told one by one */
};

/* Has every row a value for it, unless the database numbers them? */
static inline bool many_has(const struct many *k, const struct attr *attr)
{
    return k->is_given[attr->index] || k->fallbacks[attr->index].kind != KITH_ABSENT;
}

bool kith__many_refuse_expression(struct many *k, const struct attr *attr);
/* Makes rows for the hooks, runs those before, and takes what they leave as the values that are given.
 * all_given_is_updated: by an upsert. */
bool kith__many_hooks_before(struct many *k, struct hook_rows *h, enum hook_rule rule, bool all_given_is_updated);
/* Checks every row, and reports all that is wrong with them. */
bool kith__many_check(struct many *k);
/* Chooses the next statement's rows, from k->first on, and lays them out in k->block. */
bool kith__many_next(struct many *k);

#endif
