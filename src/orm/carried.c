/* carried: links without a join table: the key is carried by the targets' rows, or by the source's own. */
#include "base/error.h"
#include "base/str.h"
#include "base/value.h"
#include "orm/link.h"

/* ---- the targets, as they are now ---- */

struct collecting {
    const struct targets *t;
    const struct shape *shape;
    kith_record **records; /* in the order of the targets */
    struct key_map map;
    size_t count;
};

static bool take_target(struct call *c, void *ctx, const kith_value *values)
{
    struct collecting *co = ctx;
    kith_value key[KEY_MAX];
    kith_record *r = kith__record_new(co->shape);
    if (!r)
        return kith__call_no_memory(c);
    memcpy(r->values, values, co->shape->slot_count * sizeof *values);
    for (unsigned i = 0; i < co->t->identity.count; i++)
        key[i] = values[co->t->identity.attrs[i]->index];
    int64_t at = kith__key_map_get(&co->map, key);
    if (at >= 0) {
        co->count += !co->records[at];
        co->records[at] = r;
    }
    return true;
}

static bool start_collecting(struct linking *k, const struct targets *t, struct collecting *co)
{
    *co = (struct collecting){ .t = t, .shape = kith__shape_full(assoc_target(k->a), k->c.load.result) };
    co->records = ARENA_ARRAY(&k->c.load.result->arena, t->count, kith_record *);
    kith__key_map_init(&co->map, k->c.s->db->allocator, t->identity.count);
    bool added, good = co->shape && co->records;
    for (size_t i = 0; good && i < t->count; i++)
        good = kith__key_map_add(&co->map, t->keys + i * t->identity.count, &added) >= 0;
    return good ? true : kith__call_no_memory(&k->c);
}

static bool read_targets(struct linking *k, const struct targets *t, struct collecting *co)
{
    struct load *l = &k->c.load;
    const struct model *m = assoc_target(k->a);
    struct sql_expr *among = kith__call_among(&k->c, NULL, t->identity.attrs, t->identity.count, t->keys, t->count);
    struct sql_expr *where = kith__sql_and(&l->scratch, among, kith__not_deleted(l, m, NULL, false));
    return kith__call_select(&k->c, m, m->attrs, m->attr_count, where, true, take_target, co) >= 0;
}

bool kith__linking_missing(struct linking *k, size_t missing, size_t count)
{
    kith__error_set(&k->c.err, KITH_E_NOT_FOUND, "%s.%s: %zu of the %zu targets are not there", k->a->source->name,
                    k->a->name, missing, count);
    kith__copy(k->c.err.model, sizeof k->c.err.model, assoc_target(k->a)->name);
    return false;
}

/* The list a link verb returns. Every target must be there. */
static kith_list *target_list(struct linking *k, const struct targets *t)
{
    struct collecting co;
    kith_list *list = NULL;
    bool good = start_collecting(k, t, &co) && (t->count == 0 || read_targets(k, t, &co));
    if (good && co.count < t->count) {
        kith__linking_missing(k, t->count - co.count, t->count);
    } else if (good) {
        list = kith__list_new(co.shape, NULL, co.records, NULL, t->count);
        if (!list)
            kith__call_no_memory(&k->c);
        k->c.load.result->root = list;
    }
    kith__key_map_free(&co.map);
    return list;
}

/* ---- carried by the targets ---- */

/* Writes the key into those of `count` targets from `first` on that do not have it yet. */
static bool take_part(struct linking *k, const struct targets *t, size_t first, size_t count)
{
    kith_arena *a = &k->c.load.scratch;
    const struct model *m = assoc_target(k->a);
    struct sql_update s = { .table = m->table };
    struct fixed_values fixed;
    const kith_value *keys = t->keys + first * t->identity.count;
    kith__linking_fixed(k, k->key, &fixed);
    for (unsigned i = 0; i < fixed.count; i++)
        kith__sql_set(a, &s.sets, fixed.attrs[i]->column, kith__sql_bind(a, fixed.values[i], fixed.attrs[i]->type.id));
    kith__call_touch(&k->c, m, &s.sets);
    s.where = kith__sql_and(a, kith__call_among(&k->c, NULL, t->identity.attrs, t->identity.count, keys, count),
                            kith__sql_unary(a, SQL_IS_NOT_TRUE, kith__linking_condition(k)));
    return kith__call_update(&k->c, m, &s) >= 0;
}

/* In chunks where an UPDATE of many keys would go through, and lock, the whole table. */
static bool take_over(struct linking *k, const struct targets *t)
{
    size_t most = k->c.s->db->dialect->key_chunk, left = t->count;
    for (size_t first = 0; left > 0; first += most, left = t->count - first) {
        most = most && most < left ? most : left;
        if (!take_part(k, t, first, most))
            return false;
    }
    return true;
}

/* Lets go of those targets, or (others) of all but those. */
static int64_t let_go(struct linking *k, const struct targets *t, bool others)
{
    kith_arena *a = &k->c.load.scratch;
    const struct model *m = assoc_target(k->a);
    struct sql_update s = { .table = m->table, .where = kith__linking_condition(k) };
    for (unsigned i = 0; i < k->on->count; i++)
        kith__sql_set(a, &s.sets, k->on->to[i]->column, kith__sql_expr(a, SQL_NULL));
    kith__call_touch(&k->c, m, &s.sets);
    if (t->count) {
        struct sql_expr *among = kith__call_among(&k->c, NULL, t->identity.attrs, t->identity.count, t->keys, t->count);
        s.where = kith__sql_and(a, s.where, others ? kith__sql_unary(a, SQL_NOT, among) : among);
    }
    return kith__call_update(&k->c, m, &s);
}

/* ---- carried by the source ---- */

/* The source's attributes that say where it leads: its key, and its part of the scope. */
static void pointing(const struct linking *k, const kith_value *key, struct fixed_values *fixed)
{
    const struct scope *scope = assoc_source_scope(k->a);
    fixed->count = 0;
    for (unsigned i = 0; i < k->on->count; i++, fixed->count++) {
        fixed->attrs[fixed->count] = k->on->from[i];
        fixed->values[fixed->count] = key ? key[i] : kith_of_null();
    }
    for (unsigned i = 0; scope && i < scope->count; i++, fixed->count++) {
        fixed->attrs[fixed->count] = scope->attrs[i];
        fixed->values[fixed->count] = key ? scope->values[i] : kith_of_null();
    }
}

static bool point_to(struct linking *k, const kith_value *key)
{
    const struct model *m = k->a->source;
    struct row_values row;
    struct fixed_values fixed;
    if (!kith__values_new(&k->c, m, &row))
        return false;
    pointing(k, key, &fixed);
    for (unsigned i = 0; i < fixed.count; i++) {
        const struct attr *attr = fixed.attrs[i];
        kith__values_set(&row, attr, fixed.values[i]);
        if (!key && attr->not_null) {
            kith__error_set(&k->c.err, KITH_E_VALIDATION, "%s.%s may not be null", m->name, attr->name);
            return kith__error_about(&k->c.err, m->name, attr->name);
        }
    }
    kith__values_touch(&row);
    return kith__update_row(&k->c, (kith_record *)(uintptr_t)k->source, &row, &fixed);
}

/* ---- the verbs ---- */

static bool is_hooked(const struct linking *k)
{
    return !k->a->key_in_source && kith__hooks_on(assoc_target(k->a), HOOK_UPDATE, HOOKS_BOTH);
}

kith_list *kith__carried_add(struct linking *k, const struct targets *t)
{
    if (is_hooked(k))
        return kith__carried_write_hooked(k, t, false);
    if (!kith__call_atomic(&k->c) || !take_over(k, t))
        return NULL;
    return target_list(k, t);
}

kith_list *kith__carried_set(struct linking *k, const struct targets *t)
{
    if (is_hooked(k))
        return kith__carried_write_hooked(k, t, true);
    if (!kith__call_atomic(&k->c))
        return NULL;
    if (k->a->key_in_source) {
        kith_list *list = target_list(k, t);
        return list && point_to(k, t->count ? t->keys : NULL) ? list : NULL;
    }
    if (!kith__linking_lock(k) || let_go(k, t, true) < 0 || !take_over(k, t))
        return NULL;
    return target_list(k, t);
}

bool kith__carried_create(struct linking *k, const kith_record *target)
{
    kith_value key[KEY_MAX];
    return kith__call_key(&k->c, target, k->on->to, k->on->count, key) && point_to(k, key);
}

int64_t kith__carried_remove(struct linking *k, const struct targets *t)
{
    if (is_hooked(k))
        return kith__carried_remove_hooked(k, t);
    if (!k->a->key_in_source)
        return let_go(k, t, false);
    unsigned width = t->identity.count;
    for (size_t i = 0; i < t->count; i++)
        if (kith__values_equal(t->keys + i * width, k->key, width))
            return point_to(k, NULL) ? 1 : -1;
    return 0;
}
