/* link: what the association verbs share: a source, an association, and targets as key tuples. */
#ifndef KITH_ORM_LINK_H
#define KITH_ORM_LINK_H

#include "orm/hooks.h"

/* By which attributes of the target a link names it: what the keys refer to, or the target's primary key where its own
 * table carries the key. */
struct identity {
    unsigned count;
    const struct attr *const *attrs;
};

/* In a call for many sources each tuple begins with the source's key: then it names a link. */
struct targets {
    struct identity identity;
    unsigned width, source_width;    /* of a tuple; of the source's part of it, 0 where there is one source */
    const kith_value *keys;          /* count tuples, each once */
    const kith_field *const *fields; /* the join values of each by its own, or NULL */
    size_t count;
    kith_value *distinct; /* the same tuples; what `keys` points to */
};

/* One call of an association verb. */
struct linking {
    struct call c;
    const struct assoc *a;
    const kith_record *source;
    const struct key_pairs *on; /* the first hop */
    kith_value key[KEY_MAX];    /* the source's end of it */
    const kith_value *keys;     /* in a call for many sources: those of all, each once; NULL: there is one source */
    size_t key_count;
    /* What leads to one of several models, and `a` is the alternative that holds for the source, or that the targets
     * ask for; else NULL. */
    const struct assoc *any;
};

/* Opens the call and finds the association and the source's key. False: nothing to end, or kith__linking_end(…, false)
 * has been done. */
bool kith__linking_begin(struct linking *k, kith_session *s, const kith_record *r, const char *assoc, bool to_change);
bool kith__linking_targets(struct linking *k, const kith_ref *refs, bool keep_repeats, struct targets *t);
/* Refuses an association to several models, of which a new target could be any. */
bool kith__linking_one_model(struct linking *k);
/* Is a part of the source's key null? Then nothing can belong to it. */
bool kith__linking_is_null(const struct linking *k);
/* The join row's, or the target's, part that belongs to the source: key columns and scope. */
struct sql_expr *kith__linking_condition(struct linking *k);
/* The same values, to be written, of the source with this key. */
void kith__linking_fixed(const struct linking *k, const kith_value *key, struct fixed_values *fixed);
/* Sources from first on, as many as a statement takes (so `first` moves on): attrs = their key. With one source, that. */
struct sql_expr *kith__linking_among(struct linking *k, const struct attr *const *attrs, size_t *first);
static inline size_t linking_sources(const struct linking *k)
{
    return k->keys ? k->key_count : 1;
}
/* Refuses what the association cannot do: through values without a join row, several targets of one. */
bool kith__linking_check(struct linking *k, const kith_link_opts *opts, size_t targets);
/* Says what is wrong with the join values before their target is there. */
bool kith__linking_check_join(struct linking *k, const kith_link_opts *opts);
typedef kith_list *linker(struct linking *k, const struct targets *t, const kith_link_opts *opts);
kith_list *kith__linking_add(struct linking *k, const struct targets *t, const kith_link_opts *opts);
kith_list *kith__linking_set(struct linking *k, const struct targets *t, const kith_link_opts *opts);
int64_t kith__linking_remove(struct linking *k, const struct targets *t);
/* A row_reader: adds the row's first values to a struct key_map of their width. */
bool kith__keep_key(struct call *c, void *found_map, const kith_value *values);
/* Locks the rows of the sources where the database locks rows, so that two sets do not mix. */
bool kith__linking_lock(struct linking *k);

/* through.c: links in a join table. */
/* The columns of the join row by which tuples of t name links. */
void kith__link_attrs(const struct linking *k, const struct targets *t, const struct attr **attrs);
/* Which join rows are links of t from first on, as many as a statement takes (so `first` moves on). */
struct sql_expr *kith__links_named(struct linking *k, const struct targets *t, size_t *first);
/* Which are links of the sources from first on. */
struct sql_expr *kith__links_of_sources(struct linking *k, size_t *first);
kith_list *kith__through_add(struct linking *k, const struct targets *t, const kith_link_opts *opts);
kith_list *kith__through_set(struct linking *k, const struct targets *t, const kith_link_opts *opts);
int64_t kith__through_remove(struct linking *k, const struct targets *t);
/* Links targets that were just made. */
bool kith__through_create(struct linking *k, kith_record *const *targets, size_t count, const kith_link_opts *opts);

/* Deletes those rows of the join table, softly where the model is. The number of rows, -1 on failure. */
int64_t kith__links_delete(struct call *c, const struct model *join, struct sql_expr *where);
/* Marks a join row about which something was said as changed now. */
void kith__link_touch(struct row_values *row);

/* Join rows to write, one for each target. */
struct join_rows {
    struct row_values *rows;
    size_t count;
};
/* later: valid values are checked later, among the hooks. */
bool kith__join_rows(struct linking *k, const struct targets *t, const kith_link_opts *opts, bool later,
                     struct join_rows *out);
/* Inserts them, or updates those that are there already. */
bool kith__join_upsert(struct linking *k, const struct join_rows *rows, kith_record **records);
/* Does the link have the wanted values already? The time of a change is not one of them. */
bool kith__join_is_confirmed(const struct row_values *row, const kith_record *link);
kith_list *kith__join_list(struct linking *k, kith_record **records, size_t count);

/* through_hooks.c: the same verbs, where the join model has hooks. set: targets that are not wanted are removed. */
bool kith__through_hooked(const struct linking *k, bool set);
bool kith__through_write_hooked(struct linking *k, const struct targets *t, const kith_link_opts *opts, bool set,
                                kith_record **records);
int64_t kith__through_remove_hooked(struct linking *k, const struct targets *t);

/* The error that so many of the targets are not there. */
bool kith__linking_missing(struct linking *k, size_t missing, size_t count);
/* carried_hooks.c: the same, where the targets' model has hooks. */
kith_list *kith__carried_write_hooked(struct linking *k, const struct targets *t, bool set);
int64_t kith__carried_remove_hooked(struct linking *k, const struct targets *t);

/* carried.c: links in the target's table, or in the source's own. */
kith_list *kith__carried_add(struct linking *k, const struct targets *t);
kith_list *kith__carried_set(struct linking *k, const struct targets *t);
/* Points the source to a target that was just made. */
bool kith__carried_create(struct linking *k, const kith_record *target);
int64_t kith__carried_remove(struct linking *k, const struct targets *t);

#endif
