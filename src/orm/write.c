/* write: create, update, destroy and reload of one row. */
#include "base/error.h"
#include "base/str.h"
#include "base/time.h"
#include "orm/hooks.h"

/* ---- create ---- */

bool kith__create_row(struct call *c, const struct model *m, const kith_field *fields, const struct fixed_values *fixed,
                      struct row_values *row)
{
    struct validation v;
    if (!kith__values_new(c, m, row))
        return false;
    kith__validation_init(&v, c->s->db->allocator);
    bool good = kith__values_take(c, row, fields, &v);
    for (unsigned i = 0; good && fixed && i < fixed->count; i++)
        good = kith__values_fix(c, row, fixed->attrs[i], fixed->values[i]);
    bool later = !v.failures && kith__hooks_on(m, HOOK_CREATE, HOOKS_SINGLE);
    good = good && kith__values_complete(c, row) && (later || kith__values_check(c, row, false, &v));
    return kith__validation_end(c, &v, good);
}

kith_record *kith__create(struct call *c, const struct model *m, const kith_field *fields,
                          const struct fixed_values *fixed)
{
    struct row_values row;
    kith_record *r = NULL;
    return kith__create_row(c, m, fields, fixed, &row) && kith__create_rows(c, &row, 1, HOOKS_SINGLE, fixed, &r) ? r
                                                                                                                 : NULL;
}

kith_record *kith_create(kith_session *s, const kith_model *model, const kith_field *fields)
{
    struct call c;
    kith_record *r = NULL;
    if (!kith__call_begin(&c, s))
        return NULL;
    const struct model *m = kith__call_model(&c, model);
    if (m && kith__call_result(&c))
        r = kith__create(&c, m, fields, NULL);
    return kith__call_end(&c, r != NULL) ? r : NULL;
}

/* ---- finding the row of a record again ---- */

static bool row_condition(struct call *c, const kith_record *r, struct sql_expr **where)
{
    const struct model *m = r->shape->model;
    kith_value key[KEY_MAX];
    if (!m->key_count)
        return kith__error_set(&c->err, KITH_E_USAGE, "model %s has no primary key, so its rows cannot be told apart",
                               m->name);
    if (!kith__call_key(c, r, m->key, m->key_count, key))
        return false;
    kith_value *kept = ARENA_ARRAY(&c->load.scratch, m->key_count, kith_value);
    if (!kept)
        return kith__call_no_memory(c);
    memcpy(kept, key, m->key_count * sizeof *kept);
    *where = kith__call_where(c, NULL, m->key, m->key_count, kept);
    return *where ? true : kith__call_no_memory(c);
}

static bool row_is_gone(struct call *c, const kith_record *r)
{
    kith__error_set(&c->err, KITH_E_NOT_FOUND, "the row of this %s is not there any more", r->shape->model->name);
    kith__copy(c->err.model, sizeof c->err.model, r->shape->model->name);
    return false;
}

/* ---- reload ---- */

struct reloading {
    kith_record *r;
    bool found;
};

/* What the record will hold when the call has succeeded; its text is in the record's own memory already. */
static bool keep_values(struct call *c, kith_record *r, const kith_value *values)
{
    unsigned count = r->shape->slot_count;
    kith_value *kept = ARENA_ARRAY(&c->load.scratch, count, kith_value);
    for (unsigned i = 0; kept && i < count; i++)
        if (!kith__arena_value(&r->shape->result->arena, values[i], &kept[i]))
            return kith__call_no_memory(c);
    if (!kept)
        return kith__call_no_memory(c);
    return kith__call_change(c, r, kept);
}

static bool take_reloaded(struct call *c, void *ctx, const kith_value *values)
{
    struct reloading *re = ctx;
    re->found = true;
    return keep_values(c, re->r, values);
}

/* The columns that the record holds, and their types; NULL: no memory. */
static uint8_t *columns_of(struct call *c, const struct shape *shape, struct sql_item **items)
{
    kith_arena *a = &c->load.scratch;
    uint8_t *types = ARENA_ARRAY(a, shape->slot_count, uint8_t);
    for (unsigned i = 0; types && i < shape->slot_count; i++) {
        types[i] = (uint8_t)shape->slots[i]->type.id;
        kith__sql_item(a, items, kith__sql_attr(a, NULL, shape->slots[i]), NULL);
    }
    return types;
}

/* Runs what the renderer holds, which returns the row, and takes it into the record. */
static bool run_reading(struct call *c, kith_record *r, const uint8_t *types)
{
    struct reloading re = { .r = r };
    if (kith__call_rows(c, types, r->shape->slot_count, false, take_reloaded, &re, NULL) < 0) {
        kith__call_trace(c, r->shape->model);
        return false;
    }
    return re.found || row_is_gone(c, r);
}

static bool reload(struct call *c, kith_record *r)
{
    struct sql_select s = { 0 };
    if (!row_condition(c, r, &s.where))
        return false;
    uint8_t *types = columns_of(c, r->shape, &s.items);
    kith__sql_source(&c->load.scratch, &s.from, SQL_FROM, r->shape->model->table, NULL, NULL);
    kith__render_clear(&c->load.renderer);
    if (!types || !kith__render_select(&c->load.renderer, &s))
        return kith__call_no_memory(c);
    return run_reading(c, r, types);
}

bool kith_reload(kith_session *s, kith_record *r)
{
    struct call c;
    if (!kith__call_begin(&c, s))
        return false;
    return kith__call_end(&c, kith__call_record(&c, r, true) && reload(&c, r));
}

/* ---- update ---- */

static bool build_sets(struct call *c, const struct row_values *row, struct sql_set **sets, bool *computed)
{
    for (unsigned i = 0; i < row->model->attr_count; i++) {
        const struct attr *attr = row->model->attrs[i];
        struct sql_expr *value = NULL;
        if (row->values[i].kind == KITH_ABSENT)
            continue;
        *computed |= row->values[i].kind == KITH_EXPRESSION;
        if (!kith__values_expr(c, attr, row->values[i], &value))
            return false;
        if (!kith__sql_set(&c->load.scratch, sets, attr->column, value))
            return kith__call_no_memory(c);
    }
    return true;
}

/* The record's values with those of the row in their place. */
static bool merge_values(struct call *c, kith_record *r, const struct row_values *row)
{
    kith_value *merged = ARENA_ARRAY(&c->load.scratch, r->shape->slot_count, kith_value);
    if (!merged)
        return kith__call_no_memory(c);
    for (unsigned i = 0; i < r->shape->slot_count; i++) {
        const kith_value *changed = &row->values[r->shape->slots[i]->index];
        merged[i] = changed->kind == KITH_ABSENT ? r->values[i] : *changed;
    }
    return keep_values(c, r, merged);
}

/* The row that was changed comes back with the same statement. */
static bool update_returning(struct call *c, kith_record *r, struct sql_update *s)
{
    uint8_t *types = columns_of(c, r->shape, &s->returning);
    kith__render_clear(&c->load.renderer);
    if (!types || !kith__render_update(&c->load.renderer, s))
        return kith__call_no_memory(c);
    if (run_reading(c, r, types))
        return true;
    kith__call_changed(c);
    return false;
}

static bool write_row(struct call *c, kith_record *r, const struct row_values *row)
{
    struct sql_update s = { .table = r->shape->model->table };
    bool computed = false;
    if (!row_condition(c, r, &s.where) || !build_sets(c, row, &s.sets, &computed))
        return false;
    if (computed && (c->s->db->dialect->can & CAN_RETURN_CHANGED))
        return update_returning(c, r, &s);
    /* Once the row has changed, nothing may fail that cannot be undone. */
    if (!(computed ? kith__call_atomic(c) : merge_values(c, r, row)))
        return false;
    int64_t changed = kith__call_update(c, r->shape->model, &s);
    if (changed <= 0)
        return changed == 0 && row_is_gone(c, r);
    return !computed || reload(c, r);
}

/* The record as it is now, for hooks to look at later; and for itself, should the call fail. */
static kith_record *old_record(struct call *c, kith_record *r)
{
    size_t size = record_size(r->shape);
    kith_record *old = kith__arena_array(&c->load.scratch, 1, size);
    if (!old) {
        kith__call_no_memory(c);
        return NULL;
    }
    memcpy(old, r, size);
    return kith__call_restore(c, r, old->values) ? old : NULL;
}

bool kith__update_row(struct call *c, kith_record *r, struct row_values *row, const struct fixed_values *fixed)
{
    if (!kith__hooks_on(row->model, HOOK_UPDATE, HOOKS_SINGLE))
        return write_row(c, r, row);
    kith_record *old = old_record(c, r);
    struct hook_rows h = {
        .c = c, .m = row->model, .verb = HOOK_UPDATE, .count = 1, .rows = row, .records = &r, .old = &old
    };
    if (fixed) {
        h.fixed = fixed->attrs;
        h.fixed_count = fixed->count;
    }
    if (!old || !kith__hooks_before(&h) || !write_row(c, r, row))
        return false;
    kith__call_show(c);
    return kith__hooks_after(&h);
}

static bool update(struct call *c, kith_record *r, const kith_field *fields)
{
    const struct model *m = r->shape->model;
    struct row_values row;
    struct validation v;
    if (!kith__values_new(c, m, &row))
        return false;
    kith__validation_init(&v, c->s->db->allocator);
    bool good = kith__values_take(c, &row, fields, &v);
    bool later = !v.failures && kith__hooks_on(m, HOOK_UPDATE, HOOKS_SINGLE);
    good = good && (later || kith__values_check(c, &row, true, &v));
    if (!kith__validation_end(c, &v, good))
        return false;
    if (!fields || fields->value.kind == KITH_LIST_END)
        return true;
    if (m->updated_at && !row.given[m->updated_at->index])
        kith__values_touch(&row);
    return kith__update_row(c, r, &row, NULL);
}

bool kith_update(kith_session *s, kith_record *r, const kith_field *fields)
{
    struct call c;
    if (!kith__call_begin(&c, s))
        return false;
    return kith__call_end(&c, kith__call_record(&c, r, true) && update(&c, r, fields));
}

/* ---- destroy ---- */

/* The row stays, with the time of its end in it; one that has ended before is gone. */
static bool destroy_softly(struct call *c, kith_record *r)
{
    const struct model *m = r->shape->model;
    kith_arena *a = &c->load.scratch;
    struct sql_update s = { .table = m->table };
    struct row_values row;
    if (!kith__values_new(c, m, &row) || !row_condition(c, r, &s.where))
        return false;
    kith_value *now = &row.values[m->deleted_at->index];
    *now = kith_of_timestamp(kith__now());
    kith__sql_set(a, &s.sets, m->deleted_at->column, kith__sql_bind(a, *now, KITH_T_DATE));
    s.where = kith__sql_and(a, s.where, kith__not_deleted(&c->load, m, NULL, false));
    if (!merge_values(c, r, &row))
        return false;
    int64_t changed = kith__call_update(c, m, &s);
    return changed > 0 || (changed == 0 && row_is_gone(c, r));
}

static bool destroy_row(struct call *c, kith_record *r)
{
    const struct model *m = r->shape->model;
    if (m->deleted_at)
        return destroy_softly(c, r);
    struct sql_delete s = { .table = m->table };
    if (!row_condition(c, r, &s.where))
        return false;
    int64_t changed = kith__call_delete(c, m, &s);
    return changed > 0 || (changed == 0 && row_is_gone(c, r));
}

static bool destroy(struct call *c, kith_record *r)
{
    const struct model *m = r->shape->model;
    if (!kith__hooks_on(m, HOOK_DESTROY, HOOKS_SINGLE))
        return destroy_row(c, r);
    kith_record *old = old_record(c, r);
    struct hook_rows h = { .c = c, .m = m, .verb = HOOK_DESTROY, .count = 1, .records = &r, .old = &old };
    if (!old || !kith__hooks_before(&h) || !destroy_row(c, r))
        return false;
    kith__call_show(c);
    return kith__hooks_after(&h);
}

bool kith_destroy(kith_session *s, kith_record *r)
{
    struct call c;
    if (!kith__call_begin(&c, s))
        return false;
    return kith__call_end(&c, kith__call_record(&c, r, true) && destroy(&c, r));
}
