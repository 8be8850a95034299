/* values: what will be written into rows: fields checked against attributes, defaults, generated values, validation.
 * Everything here happens before any SQL. */
#ifndef KITH_ORM_VALUES_H
#define KITH_ORM_VALUES_H

#include "orm/session.h"

/* The values of one row, by attr->index; absent where nothing is said. */
struct row_values {
    const struct model *model;
    kith_value *values;
    bool *given; /* said by the caller, not a default */
};

/* All failures of a call are reported together. */
struct validation {
    struct buf report;
    kith_error first;
    unsigned failures;
    size_t row, rows;                               /* the row that is looked at, from 1; 0: there is only one */
    void (*place)(struct buf *out, const void *at); /* says where it is, instead of the number; or NULL */
    const void *at;
};

bool kith__values_new(struct call *c, const struct model *m, struct row_values *row);
/* Takes fields over; a later field replaces an earlier call's. fields may be NULL. */
bool kith__values_take(struct call *c, struct row_values *row, const kith_field *fields, struct validation *v);
/* A value that the association decides. False, with an error, when the caller said another one. */
bool kith__values_fix(struct call *c, struct row_values *row, const struct attr *attr, kith_value value);
/* A value that is written like one that the caller gave. */
static inline void kith__values_set(struct row_values *row, const struct attr *attr, kith_value value)
{
    row->values[attr->index] = value;
    row->given[attr->index] = true;
}
/* The time of a change, where rows have one. */
void kith__values_touch(struct row_values *row);
/* Defaults, generated values and timestamps for a row that will be inserted. */
bool kith__values_complete(struct call *c, struct row_values *row);
/* Null and validators. Only what is given is looked at when `changed_only`. */
bool kith__values_check(struct call *c, const struct row_values *row, bool changed_only, struct validation *v);

/* What stands where nothing is given; absent when nothing does. False when memory is short. */
bool kith__values_generate(const struct attr *attr, kith_arena *arena, kith_value *out);

void kith__validation_init(struct validation *v, const kith_allocator *allocator);
void kith__validation_add(struct validation *v, const kith_error *why);
/* Nothing that is added now would be read. */
bool kith__validation_full(const struct validation *v);
/* Says which row of several an error is about. */
void kith__validation_place(const struct validation *v, kith_error *err);
/* True when all rows could be looked at (good; else the call's error stands) and nothing failed; otherwise the call's
 * error is made of all failures. Frees the report. */
bool kith__validation_end(struct call *c, struct validation *v, bool good);

/* The value as SQL: a bind, or what an expression says. */
bool kith__values_expr(struct call *c, const struct attr *attr, kith_value value, struct sql_expr **out);

#endif
