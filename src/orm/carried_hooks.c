/* carried_hooks: links that the targets' rows carry, where the targets' model has hooks: taking a target over or letting
 * it go is an update of it. The rows are read and locked first; those that get the same values are written together. */
#include "base/error.h"
#include "base/value.h"
#include "orm/link.h"

/* The targets that change: first those that are let go, then those that are taken over. */
struct moving {
    struct linking *k;
    const struct model *m;
    struct fixed_values fixed; /* the source's key and the constants of the scope */
    struct row_values *rows;
    kith_record **records, **old;
    size_t count;
};

static bool start(struct linking *k, size_t room, struct moving *mv)
{
    kith_arena *a = &k->c.load.scratch;
    *mv = (struct moving){ .k = k,
                           .m = assoc_target(k->a),
                           .rows = ARENA_ARRAY(a, room, struct row_values),
                           .records = ARENA_ARRAY(a, room, kith_record *),
                           .old = ARENA_ARRAY(a, room, kith_record *) };
    kith__linking_fixed(k, k->key, &mv->fixed);
    return (mv->rows && mv->records && mv->old) || kith__call_no_memory(&k->c);
}

/* ---- the rows ---- */

/* One that changes gets the source's key, or (go) none. */
static bool add_row(struct moving *mv, kith_record *r, bool go)
{
    struct call *c = &mv->k->c;
    size_t size = record_size(r->shape);
    struct row_values *row = &mv->rows[mv->count];
    kith_record *old = kith__arena_array(&c->load.scratch, 1, size);
    if (!old || !kith__values_new(c, mv->m, row))
        return kith__call_no_memory(c);
    memcpy(old, r, size);
    for (unsigned i = 0; i < (go ? mv->k->on->count : mv->fixed.count); i++)
        kith__values_set(row, mv->fixed.attrs[i], go ? kith_of_null() : mv->fixed.values[i]);
    kith__values_touch(row);
    mv->old[mv->count] = old;
    mv->records[mv->count++] = r;
    return true;
}

static bool is_linked(const struct moving *mv, const kith_record *r)
{
    for (unsigned i = 0; i < mv->fixed.count; i++)
        if (!kith__value_equal(record_value(r, mv->fixed.attrs[i]), &mv->fixed.values[i]))
            return false;
    return true;
}

/* ---- writing them ---- */

static bool same_values(const struct row_values *a, const struct row_values *b)
{
    unsigned count = a->model->attr_count;
    return memcmp(a->given, b->given, count * sizeof *a->given) == 0 && kith__values_equal(a->values, b->values, count);
}

/* Row number `first`, and all after it that get the same values. */
static bool write_group(struct moving *mv, size_t first, bool *done)
{
    struct call *c = &mv->k->c;
    const struct row_values *row = &mv->rows[first];
    struct sql_update s = { .table = mv->m->table };
    unsigned width = mv->m->key_count;
    kith_value *keys = kith__arena_array(&c->load.scratch, mv->count * width, sizeof *keys);
    size_t count = 0;
    if (!keys)
        return kith__call_no_memory(c);
    for (size_t i = first; i < mv->count; i++)
        if (!done[i] && same_values(row, &mv->rows[i])) {
            for (unsigned j = 0; j < width; j++)
                keys[count * width + j] = *record_value(mv->old[i], mv->m->key[j]);
            done[i] = true;
            count++;
        }
    for (unsigned i = 0; i < mv->m->attr_count; i++)
        if (row->given[i])
            kith__sql_set(&c->load.scratch, &s.sets, mv->m->attrs[i]->column,
                          kith__sql_bind(&c->load.scratch, row->values[i], mv->m->attrs[i]->type.id));
    s.where = kith__call_among(c, NULL, mv->m->key, width, keys, count);
    return kith__call_update(c, mv->m, &s) >= 0;
}

/* The records, as their rows are now. */
static bool take_values(struct moving *mv)
{
    kith_arena *arena = &mv->k->c.load.result->arena;
    for (size_t i = 0; i < mv->count; i++)
        for (unsigned j = 0; j < mv->m->attr_count; j++)
            if (mv->rows[i].given[j] && !kith__arena_value(arena, mv->rows[i].values[j], &mv->records[i]->values[j]))
                return kith__call_no_memory(&mv->k->c);
    return true;
}

static bool write_all(struct moving *mv)
{
    struct call *c = &mv->k->c;
    bool *done = ARENA_ARRAY(&c->load.scratch, mv->count, bool);
    struct hook_rows h = { .c = c,
                           .m = mv->m,
                           .verb = HOOK_UPDATE,
                           .rule = HOOKS_BOTH,
                           .count = mv->count,
                           .rows = mv->rows,
                           .records = mv->records,
                           .old = mv->old,
                           .fixed = mv->fixed.attrs,
                           .fixed_count = mv->fixed.count };
    if (!done)
        return kith__call_no_memory(c);
    if (!kith__hooks_before(&h))
        return false;
    for (size_t i = 0; i < mv->count; i++)
        if (!done[i] && !write_group(mv, i, done))
            return false;
    return take_values(mv) && kith__hooks_after(&h);
}

/* ---- the verbs ---- */

static struct sql_expr *among(struct linking *k, const struct targets *t)
{
    return kith__call_among(&k->c, NULL, t->identity.attrs, t->identity.count, t->keys, t->count);
}

/* In the order of the targets; all of them must be there. */
static bool order_targets(struct linking *k, const struct targets *t, const struct met *met, kith_record **ordered)
{
    size_t found = 0;
    if (!kith__call_met_by_key(&k->c, met, t->identity.attrs, t->identity.count, t->keys, t->count, ordered))
        return false;
    for (size_t i = 0; i < t->count; i++)
        found += ordered[i] != NULL;
    return found == t->count || kith__linking_missing(k, t->count - found, t->count);
}

static bool read_targets(struct linking *k, const struct targets *t, kith_record **ordered)
{
    struct met met = { 0 };
    struct load *l = &k->c.load;
    if (!t->count)
        return true;
    struct sql_expr *where = kith__sql_and(&l->scratch, among(k, t),
                                           kith__not_deleted(l, assoc_target(k->a), NULL, false));
    return kith__call_meet(&k->c, assoc_target(k->a), where, &met) && order_targets(k, t, &met, ordered);
}

/* Those that are linked and not among the targets. */
static bool read_others(struct linking *k, const struct targets *t, struct met *met)
{
    kith_arena *a = &k->c.load.scratch;
    struct sql_expr *where = kith__linking_condition(k);
    if (t->count)
        where = kith__sql_and(a, where, kith__sql_unary(a, SQL_NOT, among(k, t)));
    return kith__call_meet(&k->c, assoc_target(k->a), where, met);
}

static bool move(struct linking *k, const struct targets *t, const struct met *others, kith_record *const *ordered)
{
    struct moving mv;
    if (!start(k, others->count + t->count, &mv))
        return false;
    for (size_t i = 0; i < others->count; i++)
        if (!add_row(&mv, others->at[i], true))
            return false;
    for (size_t i = 0; i < t->count; i++)
        if (!is_linked(&mv, ordered[i]) && !add_row(&mv, ordered[i], false))
            return false;
    return write_all(&mv);
}

kith_list *kith__carried_write_hooked(struct linking *k, const struct targets *t, bool set)
{
    struct call *c = &k->c;
    struct met others = { 0 };
    kith_record **ordered = ARENA_ARRAY(&c->load.result->arena, t->count, kith_record *);
    const struct shape *shape = kith__shape_full(assoc_target(k->a), c->load.result);
    kith_list *list = shape && ordered ? kith__list_new(shape, NULL, ordered, NULL, t->count) : NULL;
    if (!list) {
        kith__call_no_memory(c);
        return NULL;
    }
    c->load.result->root = list;
    if (!kith__call_atomic(c) || (set && !kith__linking_lock(k)) || !read_targets(k, t, ordered) ||
        (set && !read_others(k, t, &others)) || !move(k, t, &others, ordered))
        return NULL;
    return list;
}

int64_t kith__carried_remove_hooked(struct linking *k, const struct targets *t)
{
    struct call *c = &k->c;
    struct met met = { 0 };
    struct targets none = { .identity = t->identity };
    if (!kith__call_atomic(c) || !kith__call_result(c))
        return -1;
    struct sql_expr *where = kith__sql_and(&c->load.scratch, kith__linking_condition(k), among(k, t));
    if (!kith__call_meet(c, assoc_target(k->a), where, &met) || !move(k, &none, &met, NULL))
        return -1;
    kith__call_drop_result(c);
    return (int64_t)met.count;
}
