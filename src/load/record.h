/* record: what finds return, and the memory it lies in.
 *
 * Each result has an arena of its own; records, lists and their text live there and are given back together. A shape
 * says which attributes the records of one place in the include tree hold; all of them share it. Knows no SQL. */
#ifndef KITH_LOAD_RECORD_H
#define KITH_LOAD_RECORD_H

#include "kith/find.h"
#include "schema/model.h"

/* Where a session keeps its first failure. Records reach it too, for names misspelt in accessors. */
struct fault {
    kith_error first; /* status KITH_OK: none */
    bool in_transaction;
    bool transaction_failed; /* every statement is refused until the rollback */
};
/* Keeps the failure if it is the first. Always false. */
bool kith__fault(struct fault *fault, const kith_error *err);

struct result_list;

/* Where a call stands in the program. file NULL: not known. */
struct site {
    const char *file;
    int line;
};

struct result {
    kith_arena arena; /* this struct lies in it */
    struct result *prev, *next;
    struct result_list *owner;
    struct fault *fault;
    const kith_session *session;
    const kith_list *root; /* NULL for a single record or text */
    struct site found;     /* where it was asked for */
    uint64_t number;       /* in the session, from 1; 0 when nobody watches */
};

/* The results of one owner. */
struct result_list {
    struct result *first;
    struct block_cache cache;
};
struct result *kith__result_new(struct result_list *owner, const kith_allocator *allocator, bool plain,
                                struct fault *fault, const kith_session *session); /* NULL: no memory */
void kith__result_free(struct result *r);
void kith__results_free(struct result_list *owner); /* all of them */

struct shape_child {
    const char *name;
    bool many;
    const struct into *into; /* NULL: nowhere */
};

struct shape {
    const struct model *model;
    struct result *result;
    const struct attr *const *slots; /* which attribute each value is */
    const int16_t *slot_of;          /* by attr->index; -1: not loaded */
    unsigned slot_count;
    unsigned visible_count; /* the first so many were asked for; the rest are keys the library needs */
    unsigned child_count;
    const struct shape_child *children;
    const struct attr *const *computed; /* whose values stand behind those of the slots */
    unsigned computed_count;
};

union related {
    kith_record *one;
    const kith_list *many;
};

struct kith_record {
    const struct shape *shape;
    kith_value values[]; /* slot_count of them, those that were computed, and behind them what was included */
};
/* child_count of them. */
static inline union related *record_related(const kith_record *r)
{
    return (union related *)(uintptr_t)(r->values + r->shape->slot_count + r->shape->computed_count);
}
static inline size_t record_size(const struct shape *shape)
{
    return sizeof(kith_record) + (shape->slot_count + shape->computed_count) * sizeof(kith_value) +
           shape->child_count * sizeof(union related);
}

/* A list with what its users need not see. */
struct list {
    kith_list pub;                          /* first, so that the one can be cast to the other */
    const struct shape *shape, *link_shape; /* link_shape: NULL when there are no links */
    struct made *made;                      /* its structs, while structs.c is at work; else NULL */
};

/* Makes the shape of records that hold every attribute of a model. NULL: no memory. */
const struct shape *kith__shape_full(const struct model *m, struct result *result);
/* A record with all values absent and nothing related. NULL: no memory. */
kith_record *kith__record_new(const struct shape *shape);
/* Tells the session that this list has no join rows. */
void kith__no_links(const kith_list *list);
/* NULL when that attribute was not loaded. */
static inline const kith_value *record_value(const kith_record *r, const struct attr *attr)
{
    int slot = r->shape->slot_of[attr->index];
    return slot < 0 ? NULL : &r->values[slot];
}
/* Destroyed softly. */
static inline bool record_is_destroyed(const kith_record *r)
{
    const struct attr *deleted_at = r->shape->model->deleted_at;
    return deleted_at && record_value(r, deleted_at)->kind != KITH_NULL;
}
/* A list over arrays that lie in the result's arena. */
kith_list *kith__list_new(const struct shape *shape, const struct shape *link_shape, kith_record *const *at,
                          kith_record *const *links, size_t count);

#endif
