/* ensure: a row by its unique key, created when it is not there, by any number of sessions at once.
 *
 * It is looked for first, since it is there most of the time. A new row is inserted unless one with its key has come in
 * between; then that one is read, locked, so that what others have committed is seen whatever the isolation. */
#include "base/error.h"
#include "base/value.h"
#include "kith/graph.h"
#include "orm/hooks.h"
#include "orm/link.h"
#include "orm/unique.h"

struct ensuring {
    struct call *c;
    const struct model *m;
    struct linking *k; /* the association that a target belongs to, where its row carries the key; or NULL */
    struct fixed_values fixed;
    struct row_values row;
    struct unique_key key;
    kith_value values[KEY_MAX]; /* of the key */
    kith_record *found;
    bool created;
};

/* ---- the row, and its key ----------------------------------------------------------------------------------------------- */

/* By the attributes that are named, or by those together with what the association decides. */
static bool find_key(struct ensuring *e, const struct attr **attrs, unsigned count)
{
    if (kith__unique_key_find(e->m, attrs, count, &e->key))
        return true;
    for (unsigned i = 0; i < e->fixed.count; i++)
        attrs[count + i] = e->fixed.attrs[i];
    return (e->fixed.count && kith__unique_key_find(e->m, attrs, count + e->fixed.count, &e->key)) ||
           kith__error_set(&e->c->err, KITH_E_USAGE,
                           "the fields given as key are no unique key of %s: they have to be its primary key, or "
                           "attributes that are unique together",
                           e->m->name);
}

static bool take_key(struct ensuring *e, const kith_field *key, struct validation *v)
{
    const struct attr *attrs[3 * KEY_MAX];
    unsigned count = 0;
    if (!kith__values_take(e->c, &e->row, key, v))
        return false;
    for (unsigned i = 0; i < e->m->attr_count; i++) {
        if (!e->row.given[i])
            continue;
        if (count == KEY_MAX)
            return kith__error_set(&e->c->err, KITH_E_USAGE, "a key of %s has at most %d attributes", e->m->name,
                                   KEY_MAX);
        attrs[count++] = e->m->attrs[i];
    }
    return find_key(e, attrs, count);
}

static bool take_more(struct ensuring *e, const kith_field *more, struct validation *v)
{
    for (const kith_field *f = more; f && f->value.kind != KITH_LIST_END; f++) {
        const struct attr *attr = f->name ? kith__model_attr(e->m, f->name, &e->c->err) : NULL;
        if (attr && e->row.given[attr->index])
            return kith__error_set(&e->c->err, KITH_E_USAGE, "the field %s.%s is given twice", e->m->name, f->name);
    }
    if (!kith__values_take(e->c, &e->row, more, v))
        return false;
    for (unsigned i = 0; i < e->fixed.count; i++)
        if (!kith__values_fix(e->c, &e->row, e->fixed.attrs[i], e->fixed.values[i]))
            return false;
    return true;
}

static bool check_key(struct ensuring *e)
{
    for (unsigned i = 0; i < e->key.count; i++) {
        const struct attr *attr = e->key.attrs[i];
        e->values[i] = e->row.values[attr->index];
        if (e->values[i].kind == KITH_NULL || e->values[i].kind == KITH_EXPRESSION)
            return kith__error_set(&e->c->err, KITH_E_USAGE, "the key %s.%s is %s", e->m->name, attr->name,
                                   kith__kind_name(e->values[i].kind));
    }
    return true;
}

static bool take_row(struct ensuring *e, const kith_field *key, const kith_field *more)
{
    struct call *c = e->c;
    struct validation v;
    if (!kith__values_new(c, e->m, &e->row))
        return false;
    kith__validation_init(&v, c->s->db->allocator);
    bool good = take_key(e, key, &v) && take_more(e, more, &v);
    bool later = !v.failures && kith__hooks_on(e->m, HOOK_CREATE, HOOKS_SINGLE); /* checked among the hooks */
    good = good && kith__values_complete(c, &e->row) && (later || kith__values_check(c, &e->row, false, &v));
    return kith__validation_end(c, &v, good) && check_key(e);
}

/* ---- finding ------------------------------------------------------------------------------------------------------------ */

static bool take_found(struct call *c, void *ctx, const kith_value *values)
{
    struct ensuring *e = ctx;
    const struct shape *shape = kith__shape_full(e->m, c->load.result);
    e->found = shape ? kith__record_new(shape) : NULL;
    if (!e->found)
        return kith__call_no_memory(c);
    memcpy(e->found->values, values, shape->slot_count * sizeof *values);
    return true;
}

/* A row that was destroyed softly still has its key. */
static bool is_destroyed(struct ensuring *e)
{
    kith_error *err = &e->c->err;
    if (!e->found || !record_is_destroyed(e->found))
        return false;
    kith__error_set(err, KITH_E_UNIQUE, "the %s with this key was destroyed", e->m->name);
    kith__error_about(err, e->m->name, e->key.attrs[0]->name);
    return true;
}

static bool read_row(struct ensuring *e, bool lock)
{
    struct sql_expr *where = kith__call_where(e->c, NULL, e->key.attrs, e->key.count, e->values);
    e->found = NULL;
    return kith__call_read(e->c, e->m, where, lock, take_found, e) >= 0 && !is_destroyed(e);
}

/* ---- creating ----------------------------------------------------------------------------------------------------------- */

static bool insert_row(struct ensuring *e)
{
    kith_record *r = NULL;
    const struct on_conflict conflict = { .key = e->key.attrs, .key_count = e->key.count, .inserted = &e->created };
    if (!kith__insert(e->c, &e->row, 1, &conflict, &r))
        return false;
    if (e->created)
        e->found = r;
    return true;
}

/* Hooks run before it is known whether the row is new; if it is not, what they did is undone. */
static bool insert_hooked(struct ensuring *e)
{
    struct hook_rows h = { .c = e->c,
                           .m = e->m,
                           .verb = HOOK_CREATE,
                           .complete = true,
                           .count = 1,
                           .rows = &e->row,
                           .fixed = e->fixed.attrs,
                           .fixed_count = e->fixed.count };
    if (!kith__call_enter(e->c))
        return false;
    bool good = kith__hooks_before(&h) && insert_row(e);
    h.records = &e->found;
    good = good && (!e->created || kith__hooks_after(&h));
    bool left = kith__call_leave(e->c, good && e->created);
    return left && good;
}

enum { MOST_TRIES = 10 }; /* each meets a row that is created and deleted between two statements */

/* Finds the row or creates it. Whoever needs room for a new row makes it first. */
static bool ensure_row(struct ensuring *e, bool (*make_room)(struct ensuring *e))
{
    bool hooked = kith__hooks_on(e->m, HOOK_CREATE, HOOKS_SINGLE);
    if (hooked && !kith__call_atomic(e->c))
        return false;
    for (unsigned i = 0; i < MOST_TRIES; i++) {
        if (!read_row(e, i > 0))
            return false;
        if (e->found)
            return true;
        if (i == 0 && make_room && !make_room(e))
            return false;
        if (!(hooked ? insert_hooked(e) : insert_row(e)))
            return false;
        if (e->created)
            return true;
    }
    return kith__error_set(&e->c->err, KITH_E_BUSY, "the %s is created and deleted by others all the time", e->m->name);
}

kith_record *kith_find_or_create(kith_session *s, const kith_model *model, const kith_field *key,
                                 const kith_field *more, bool *created)
{
    struct call c;
    struct ensuring e = { .c = &c };
    if (!kith__call_begin(&c, s))
        return NULL;
    e.m = kith__call_model(&c, model);
    bool good = e.m && take_row(&e, key, more) && kith__call_result(&c) && ensure_row(&e, NULL);
    good = kith__call_end(&c, good);
    if (created)
        *created = good && e.created;
    return good ? e.found : NULL;
}

/* ---- targets ------------------------------------------------------------------------------------------------------------ */

/* A to-one association has room for one. */
static bool let_go(struct ensuring *e)
{
    struct targets none;
    return e->k->a->many || (kith__linking_targets(e->k, KITH_NO_REFS, false, &none) && kith__carried_set(e->k, &none));
}

static bool is_linked(const struct ensuring *e)
{
    for (unsigned i = 0; i < e->fixed.count; i++)
        if (!kith__value_equal(record_value(e->found, e->fixed.attrs[i]), &e->fixed.values[i]))
            return false;
    return true;
}

static kith_record *take_over(struct ensuring *e)
{
    const kith_ref refs[] = { { .record = e->found }, { .key = KITH_END_VALUE_ } };
    struct targets t;
    if (e->created || is_linked(e))
        return e->found;
    if (!kith__linking_targets(e->k, refs, false, &t))
        return NULL;
    kith_list *list = e->k->a->many ? kith__carried_add(e->k, &t) : kith__carried_set(e->k, &t);
    return list ? list->at[0] : NULL;
}

/* The key is in the target's row, so a new one is linked from the beginning. */
static kith_record *ensure_carried(struct linking *k, struct ensuring *e, const kith_field *key, const kith_field *more)
{
    e->k = k;
    kith__linking_fixed(k, k->key, &e->fixed);
    if (!take_row(e, key, more) || !kith__call_result(&k->c) || !kith__call_atomic(&k->c) ||
        !(k->a->many || kith__linking_lock(k)) || !ensure_row(e, let_go))
        return NULL;
    return take_over(e);
}

static kith_record *ensure_related(struct linking *k, const kith_field *key, const kith_field *more,
                                   const kith_link_opts *opts)
{
    struct ensuring e = { .c = &k->c, .m = assoc_target(k->a) };
    if (!kith__linking_one_model(k) || !kith__linking_check(k, opts, 1))
        return NULL;
    if (k->a->hop_count == 1 && !k->a->key_in_source)
        return ensure_carried(k, &e, key, more);
    if (!take_row(&e, key, more) || !kith__linking_check_join(k, opts) || !kith__call_result(&k->c) ||
        !kith__call_atomic(&k->c) || !ensure_row(&e, NULL))
        return NULL;
    bool linked = k->a->hop_count == 2 ? kith__through_create(k, &e.found, 1, opts) : kith__carried_create(k, e.found);
    return linked ? e.found : NULL;
}

kith_record *kith_ensure_related(kith_session *s, kith_record *r, const char *assoc, const kith_field *key,
                                 const kith_field *more, const kith_link_opts *opts)
{
    struct linking k;
    if (!kith__linking_begin(&k, s, r, assoc, true))
        return NULL;
    kith_record *target = ensure_related(&k, key, more, opts);
    return kith__call_end(&k.c, target != NULL) ? target : NULL;
}
