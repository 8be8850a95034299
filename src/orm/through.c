/* through: links in a join table. A link is one row, told from others by both keys and what scopes add to them. */
#include "base/error.h"
#include "base/time.h"
#include "base/value.h"
#include "orm/link.h"

/* ---- join rows to write ---- */

/* Values for the join row, first those for all targets, then the target's own. */
static bool fill_row(struct linking *k, struct row_values *row, const struct targets *t, size_t number,
                     const kith_link_opts *opts, struct validation *v)
{
    struct fixed_values fixed;
    const struct key_pairs *far = &k->a->hops[1].on;
    const kith_value *link = t->keys + number * t->width, *target = link + t->source_width;
    const kith_field *own = t->fields[number];
    if (!kith__values_new(&k->c, assoc_join(k->a), row) ||
        !kith__values_take(&k->c, row, opts ? opts->through : NULL, v) || !kith__values_take(&k->c, row, own, v))
        return false;
    kith__linking_fixed(k, t->source_width ? link : k->key, &fixed);
    for (unsigned i = 0; i < fixed.count; i++) /* parts of the key: never taken over by an upsert */
        if (!kith__values_fix(&k->c, row, fixed.attrs[i], fixed.values[i]))
            return false;
    for (unsigned i = 0; i < far->count; i++)
        if (!kith__values_fix(&k->c, row, far->from[i], target[i]))
            return false;
    return true;
}

static bool has_given(const struct row_values *row)
{
    for (unsigned i = 0; i < row->model->attr_count; i++)
        if (row->given[i])
            return true;
    return false;
}

/* A link whose values change has changed now; one that is only confirmed has not. */
void kith__link_touch(struct row_values *row)
{
    const struct attr *updated = row->model->updated_at;
    if (updated && has_given(row))
        row->given[updated->index] = true;
}

bool kith__join_rows(struct linking *k, const struct targets *t, const kith_link_opts *opts, bool later,
                     struct join_rows *out)
{
    struct validation v;
    bool good = true;
    out->count = t->count;
    out->rows = ARENA_ARRAY(&k->c.load.scratch, t->count, struct row_values);
    if (!out->rows)
        return kith__call_no_memory(&k->c);
    kith__validation_init(&v, k->c.s->db->allocator);
    for (size_t i = 0; good && i < t->count; i++) {
        struct row_values *row = &out->rows[i];
        good = fill_row(k, row, t, i, opts, &v) && kith__values_complete(&k->c, row) &&
               ((later && !v.failures) || kith__values_check(&k->c, row, false, &v));
        if (good)
            kith__link_touch(row);
    }
    return kith__validation_end(&k->c, &v, good);
}

/* ---- upserts ---- */

/* Rows that say something about the same attributes go into one statement. */
static bool same_given(const struct row_values *a, const struct row_values *b)
{
    return memcmp(a->given, b->given, a->model->attr_count * sizeof *a->given) == 0;
}

static bool upsert_group(struct linking *k, const struct join_rows *rows, size_t first, bool *done,
                         kith_record **records)
{
    kith_arena *a = &k->c.load.scratch;
    struct row_values *group = ARENA_ARRAY(a, rows->count, struct row_values);
    kith_record **made = ARENA_ARRAY(a, rows->count, kith_record *);
    size_t *place = ARENA_ARRAY(a, rows->count, size_t), count = 0;
    if (!group || !made || !place)
        return kith__call_no_memory(&k->c);
    for (size_t i = first; i < rows->count; i++)
        if (!done[i] && same_given(&rows->rows[first], &rows->rows[i])) {
            done[i] = true;
            place[count] = i;
            group[count++] = rows->rows[i];
        }
    const struct on_conflict conflict = {
        .key = k->a->link_key, .key_count = k->a->link_key_count, .update = rows->rows[first].given, .revive = true
    };
    if (!kith__insert(&k->c, group, count, k->a->repeatable ? NULL : &conflict, made))
        return false;
    for (size_t i = 0; i < count; i++)
        records[place[i]] = made[i];
    return true;
}

static bool all_same_given(const struct join_rows *rows)
{
    for (size_t i = 1; i < rows->count; i++)
        if (!same_given(&rows->rows[0], &rows->rows[i]))
            return false;
    return true;
}

bool kith__join_upsert(struct linking *k, const struct join_rows *rows, kith_record **records)
{
    bool *done = ARENA_ARRAY(&k->c.load.scratch, rows->count, bool);
    if (!done)
        return kith__call_no_memory(&k->c);
    if (!all_same_given(rows) && !kith__call_atomic(&k->c))
        return false;
    for (size_t i = 0; i < rows->count; i++)
        if (!done[i] && !upsert_group(k, rows, i, done, records))
            return false;
    return true;
}

kith_list *kith__join_list(struct linking *k, kith_record **records, size_t count)
{
    struct result *result = k->c.load.result;
    const struct shape *shape = kith__shape_full(assoc_join(k->a), result);
    kith_list *list = shape ? kith__list_new(shape, NULL, records, NULL, count) : NULL;
    if (!list)
        kith__call_no_memory(&k->c);
    result->root = list;
    return list;
}

kith_list *kith__through_add(struct linking *k, const struct targets *t, const kith_link_opts *opts)
{
    struct join_rows rows;
    kith_record **records = ARENA_ARRAY(&k->c.load.result->arena, t->count, kith_record *);
    if (!records) {
        kith__call_no_memory(&k->c);
        return NULL;
    }
    kith_list *list = kith__join_list(k, records, t->count); /* once the rows are written, nothing may fail */
    if (list && kith__through_hooked(k, false))
        return kith__through_write_hooked(k, t, opts, false, records) ? list : NULL;
    return list && kith__join_rows(k, t, opts, false, &rows) && kith__join_upsert(k, &rows, records) ? list : NULL;
}

bool kith__through_create(struct linking *k, kith_record *const *targets, size_t count, const kith_link_opts *opts)
{
    kith_arena *a = &k->c.load.scratch;
    kith_ref *refs = ARENA_ARRAY(a, count + 1, kith_ref);
    kith_record **links = ARENA_ARRAY(a, count, kith_record *);
    struct targets t;
    struct join_rows rows;
    if (!refs || !links)
        return kith__call_no_memory(&k->c);
    for (size_t i = 0; i < count; i++)
        refs[i].record = targets[i];
    refs[count].key = (kith_value)KITH_END_VALUE_;
    if (!kith__linking_targets(k, refs, false, &t))
        return false;
    if (kith__through_hooked(k, false))
        return kith__through_write_hooked(k, &t, opts, false, links);
    return kith__join_rows(k, &t, opts, false, &rows) && kith__join_upsert(k, &rows, links);
}

/* ---- removing ---- */

int64_t kith__links_delete(struct call *c, const struct model *join, struct sql_expr *where)
{
    struct load *l = &c->load;
    where = kith__sql_and(&l->scratch, where, kith__not_deleted(l, join, NULL, false));
    if (!join->deleted_at)
        return kith__call_delete(c, join, &(struct sql_delete){ .table = join->table, .where = where });
    struct sql_update s = { .table = join->table, .where = where };
    kith__sql_set(&l->scratch, &s.sets, join->deleted_at->column,
                  kith__sql_bind(&l->scratch, kith_of_timestamp(kith__now()), KITH_T_DATE));
    return kith__call_update(c, join, &s);
}

void kith__link_attrs(const struct linking *k, const struct targets *t, const struct attr **attrs)
{
    const struct key_pairs *far = &k->a->hops[1].on;
    for (unsigned i = 0; i < t->width; i++)
        attrs[i] = i < t->source_width ? k->on->to[i] : far->from[i - t->source_width];
}

struct sql_expr *kith__links_named(struct linking *k, const struct targets *t, size_t *first)
{
    const struct attr *attrs[2 * KEY_MAX];
    size_t count = kith__call_chunk(&k->c, t->count - *first);
    kith__link_attrs(k, t, attrs);
    struct sql_expr *named = kith__call_among(&k->c, NULL, attrs, t->width, t->keys + *first * t->width, count);
    *first += count;
    struct load *l = &k->c.load;
    return t->source_width ? kith__sql_and(&l->scratch, named, kith__scope_condition(l, k->a, NULL))
                           : kith__sql_and(&l->scratch, kith__linking_condition(k), named);
}

struct sql_expr *kith__links_of_sources(struct linking *k, size_t *first)
{
    struct load *l = &k->c.load;
    struct sql_expr *of_sources = kith__linking_among(k, k->on->to, first);
    return kith__sql_and(&l->scratch, of_sources, kith__scope_condition(l, k->a, NULL));
}

static int64_t delete_links(struct linking *k, const struct targets *t)
{
    int64_t deleted = 0;
    if (kith__call_chunk(&k->c, t->count) < t->count && !kith__call_atomic(&k->c))
        return -1;
    for (size_t first = 0; first < t->count;) {
        int64_t more = kith__links_delete(&k->c, assoc_join(k->a), kith__links_named(k, t, &first));
        if (more < 0)
            return -1;
        deleted += more;
    }
    return deleted;
}

int64_t kith__through_remove(struct linking *k, const struct targets *t)
{
    if (kith__hooks_on(assoc_join(k->a), HOOK_DESTROY, HOOKS_BOTH))
        return kith__through_remove_hooked(k, t);
    return delete_links(k, t);
}

/* ---- set ---- */

/* The links there are: their records, found by what names them. */
struct existing {
    struct key_map map;
    const struct targets *t; /* how they are named */
    const struct attr *attrs[2 * KEY_MAX];
    const struct shape *shape;
    kith_record **records; /* by the map's number */
    kith_value **keys;
    size_t count, records_capacity, keys_capacity;
};

static bool take_existing(struct call *c, void *ctx, const kith_value *values)
{
    struct existing *e = ctx;
    kith_value *key = ARENA_ARRAY(&c->load.scratch, e->t->width, kith_value);
    kith_record *r = kith__record_new(e->shape);
    bool added;
    if (!key || !r)
        return kith__call_no_memory(c);
    memcpy(r->values, values, e->shape->slot_count * sizeof *values);
    for (unsigned i = 0; i < e->t->width; i++)
        key[i] = values[e->attrs[i]->index];
    if (!kith__arena_grow(&c->load.scratch, (void **)&e->records, e->count, &e->records_capacity, sizeof *e->records) ||
        !kith__arena_grow(&c->load.scratch, (void **)&e->keys, e->count, &e->keys_capacity, sizeof *e->keys) ||
        kith__key_map_add(&e->map, key, &added) < 0)
        return kith__call_no_memory(c);
    if (added) { /* a repeated link stands for its target once */
        e->records[e->count] = r;
        e->keys[e->count++] = key;
    }
    return true;
}

static bool read_existing(struct linking *k, struct existing *e)
{
    struct load *l = &k->c.load;
    const struct model *join = assoc_join(k->a);
    e->shape = kith__shape_full(join, l->result);
    if (!e->shape)
        return kith__call_no_memory(&k->c);
    kith__link_attrs(k, e->t, e->attrs);
    for (size_t first = 0; first < linking_sources(k);) {
        struct sql_expr *where = kith__links_of_sources(k, &first);
        where = kith__sql_and(&l->scratch, where, kith__not_deleted(l, join, NULL, false));
        if (kith__call_select(&k->c, join, join->attrs, join->attr_count, where, true, take_existing, e) < 0)
            return false;
    }
    return true;
}

/* Links to targets that are not among the wanted. */
static bool delete_unwanted(struct linking *k, const struct existing *e, const bool *wanted)
{
    unsigned width = e->t->width;
    struct targets unwanted = *e->t;
    kith_value *keys = ARENA_ARRAY(&k->c.load.scratch, e->count * width, kith_value);
    if (!keys)
        return kith__call_no_memory(&k->c);
    unwanted.keys = keys;
    unwanted.count = 0;
    for (size_t i = 0; i < e->count; i++)
        if (!wanted[i])
            memcpy(keys + unwanted.count++ * width, e->keys[i], width * sizeof *keys);
    return delete_links(k, &unwanted) >= 0;
}

bool kith__join_is_confirmed(const struct row_values *row, const kith_record *link)
{
    for (unsigned i = 0; i < row->model->attr_count; i++)
        if (row->given[i] && row->model->attrs[i] != row->model->updated_at &&
            !kith__value_equal(&row->values[i], &link->values[i])) /* an expression equals nothing */
            return false;
    return true;
}

/* Takes the difference: what exists and is confirmed stays untouched, the rest is deleted, inserted or updated. */
static bool apply_difference(struct linking *k, const struct targets *t, const struct join_rows *rows,
                             const struct existing *e, kith_record **records)
{
    kith_arena *a = &k->c.load.scratch;
    bool *wanted = ARENA_ARRAY(a, e->count, bool);
    size_t *place = ARENA_ARRAY(a, t->count, size_t);
    struct join_rows changed = { .rows = ARENA_ARRAY(a, t->count, struct row_values) };
    kith_record **made = ARENA_ARRAY(a, t->count, kith_record *);
    if (!wanted || !place || !changed.rows || !made)
        return kith__call_no_memory(&k->c);
    for (size_t i = 0; i < t->count; i++) {
        int64_t found = kith__key_map_get(&e->map, t->keys + i * t->width);
        if (found >= 0)
            wanted[found] = true;
        if (found >= 0 && (k->a->repeatable || kith__join_is_confirmed(&rows->rows[i], e->records[found]))) {
            records[i] = e->records[found];
            continue;
        }
        place[changed.count] = i;
        changed.rows[changed.count++] = rows->rows[i];
    }
    if (!delete_unwanted(k, e, wanted) || !kith__join_upsert(k, &changed, made))
        return false;
    for (size_t i = 0; i < changed.count; i++)
        records[place[i]] = made[i];
    return true;
}

kith_list *kith__through_set(struct linking *k, const struct targets *t, const kith_link_opts *opts)
{
    struct join_rows rows;
    struct existing e = { .t = t };
    kith_record **records = ARENA_ARRAY(&k->c.load.result->arena, t->count, kith_record *);
    if (!records) {
        kith__call_no_memory(&k->c);
        return NULL;
    }
    if (kith__through_hooked(k, true))
        return kith__through_write_hooked(k, t, opts, true, records) ? kith__join_list(k, records, t->count) : NULL;
    if (!kith__join_rows(k, t, opts, false, &rows) || !kith__call_atomic(&k->c) || !kith__linking_lock(k))
        return NULL;
    kith__key_map_init(&e.map, load_passing(&k->c.load), t->width);
    bool good = read_existing(k, &e) && apply_difference(k, t, &rows, &e, records);
    kith__key_map_free(&e.map);
    return good ? kith__join_list(k, records, t->count) : NULL;
}
