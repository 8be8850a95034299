/* through_hooks: links in a join table whose model has hooks. An upsert does not say which links it made and which it
 * changed, and hooks want to know before. So the links that are there are read and locked first, and told apart:
 *
 *     removed   set only: there, but not wanted          destroy
 *     made      not there, or there but deleted softly   create
 *     changed   there, with other values                 update
 *
 * the rest stays untouched. A link that was not there may be made by someone else before this call makes it. The database
 * then refuses it, all is undone to the savepoint and looked at again. */
#include "base/error.h"
#include "base/str.h"
#include "orm/link.h"

/* Some of the rows of a call, in the form that hooks see. */
struct part {
    struct row_values *rows;
    kith_record **old, **records; /* as they were, as they are */
    size_t *place;                /* among the targets */
    size_t count;
};

struct writing {
    struct linking *k;
    const struct targets *t;
    bool set;
    struct join_rows rows;   /* by target */
    struct met met;          /* the links there are */
    struct key_map map;      /* by what names the link, the number in: */
    kith_record **of_target; /* one link of each target that has any */
    struct part removed, made, changed;
    bool *is_fresh;        /* of those made: there is no row yet */
    kith_record **records; /* the answer */
};

bool kith__through_hooked(const struct linking *k, bool set)
{
    const struct model *join = assoc_join(k->a);
    return kith__hooks_on(join, HOOK_CREATE, HOOKS_BOTH) || kith__hooks_on(join, HOOK_UPDATE, HOOKS_BOTH) ||
           (set && kith__hooks_on(join, HOOK_DESTROY, HOOKS_BOTH));
}

/* ---- the links there are ---- */

/* Those of t, or all of its sources. */
static bool read_links(struct linking *k, const struct targets *t, bool all, bool with_deleted, struct met *met)
{
    struct load *l = &k->c.load;
    const struct model *join = assoc_join(k->a);
    for (size_t first = 0, most = all ? linking_sources(k) : t->count; first < most;) {
        struct sql_expr *where = all ? kith__links_of_sources(k, &first) : kith__links_named(k, t, &first);
        where = kith__sql_and(&l->scratch, where, kith__not_deleted(l, join, NULL, with_deleted));
        if (!kith__call_meet(&k->c, join, where, met))
            return false;
    }
    return true;
}

/* What names the link in t. */
static void name_link(const struct linking *k, const struct targets *t, const kith_record *link, kith_value *name)
{
    const struct attr *attrs[2 * KEY_MAX];
    kith__link_attrs(k, t, attrs);
    for (unsigned i = 0; i < t->width; i++)
        name[i] = *record_value(link, attrs[i]);
}

/* Where links repeat, one of them stands for the target. */
static bool map_links(struct writing *w)
{
    unsigned width = w->t->width;
    kith_value *keys = kith__arena_array(&w->k->c.load.scratch, w->met.count * width, sizeof *keys);
    w->of_target = ARENA_ARRAY(&w->k->c.load.scratch, w->met.count, kith_record *);
    if (!keys || !w->of_target)
        return kith__call_no_memory(&w->k->c);
    for (size_t i = 0; i < w->met.count; i++, keys += width) {
        bool added;
        name_link(w->k, w->t, w->met.at[i], keys);
        int64_t at = kith__key_map_add(&w->map, keys, &added);
        if (at < 0)
            return kith__call_no_memory(&w->k->c);
        w->of_target[at] = w->met.at[i];
    }
    return true;
}

/* ---- telling them apart ---- */

static bool make_part(struct call *c, size_t room, struct part *p)
{
    kith_arena *a = &c->load.scratch;
    *p = (struct part){ .rows = ARENA_ARRAY(a, room, struct row_values),
                        .old = ARENA_ARRAY(a, room, kith_record *),
                        .records = ARENA_ARRAY(a, room, kith_record *),
                        .place = ARENA_ARRAY(a, room, size_t) };
    return (p->rows && p->old && p->records && p->place) || kith__call_no_memory(c);
}

static void add_to(struct part *p, const struct row_values *row, kith_record *old, size_t place)
{
    if (row)
        p->rows[p->count] = *row;
    p->old[p->count] = p->records[p->count] = old;
    p->place[p->count++] = place;
}

static void sort_target(struct writing *w, size_t target, bool *wanted)
{
    bool repeatable = w->k->a->repeatable;
    const struct row_values *row = &w->rows.rows[target];
    int64_t found = kith__key_map_get(&w->map, w->t->keys + target * w->t->width);
    kith_record *link = found < 0 || (repeatable && !w->set) ? NULL : w->of_target[found];
    if (link)
        wanted[found] = true;
    if (!link || record_is_destroyed(link)) {
        w->is_fresh[w->made.count] = !link;
        add_to(&w->made, row, link, target);
        w->made.records[w->made.count - 1] = NULL;
    } else if (repeatable || kith__join_is_confirmed(row, link)) {
        w->records[target] = link;
    } else {
        add_to(&w->changed, row, link, target);
    }
}

static bool sort_links(struct writing *w)
{
    struct call *c = &w->k->c;
    bool *wanted = ARENA_ARRAY(&c->load.scratch, w->map.count, bool);
    w->is_fresh = ARENA_ARRAY(&c->load.scratch, w->t->count, bool);
    if (!wanted || !w->is_fresh)
        return kith__call_no_memory(c);
    if (!make_part(c, w->met.count, &w->removed) || !make_part(c, w->t->count, &w->made) ||
        !make_part(c, w->t->count, &w->changed))
        return false;
    for (size_t i = 0; i < w->t->count; i++)
        sort_target(w, i, wanted);
    for (size_t i = 0; w->set && i < w->met.count; i++) {
        kith_value name[2 * KEY_MAX];
        name_link(w->k, w->t, w->met.at[i], name);
        if (!wanted[kith__key_map_get(&w->map, name)] && !record_is_destroyed(w->met.at[i]))
            add_to(&w->removed, NULL, w->met.at[i], 0);
    }
    return true;
}

/* ---- writing them ---- */

static int64_t delete_links(struct linking *k, const struct part *p)
{
    const struct model *join = assoc_join(k->a);
    kith_value *keys = kith__arena_array(&k->c.load.scratch, p->count * join->key_count, sizeof *keys);
    if (!keys) {
        kith__call_no_memory(&k->c);
        return -1;
    }
    for (size_t i = 0; i < p->count; i++)
        for (unsigned j = 0; j < join->key_count; j++)
            keys[i * join->key_count + j] = *record_value(p->old[i], join->key[j]);
    return kith__links_delete(&k->c, join, kith__call_among(&k->c, NULL, join->key, join->key_count, keys, p->count));
}

/* Those of the made links that have a row or have none, and (with a row) the changed ones. */
static bool write_rows(struct writing *w, bool fresh)
{
    struct call *c = &w->k->c;
    size_t room = w->made.count + w->changed.count;
    struct join_rows some = { .rows = ARENA_ARRAY(&c->load.scratch, room, struct row_values) };
    kith_record **written = ARENA_ARRAY(&c->load.scratch, room, kith_record *);
    kith_record ***to = ARENA_ARRAY(&c->load.scratch, room, kith_record **);
    if (!some.rows || !written || !to)
        return kith__call_no_memory(c);
    for (size_t i = 0; i < w->made.count; i++)
        if (w->is_fresh[i] == fresh) {
            to[some.count] = &w->made.records[i];
            some.rows[some.count++] = w->made.rows[i];
        }
    for (size_t i = 0; !fresh && i < w->changed.count; i++) {
        to[some.count] = &w->changed.records[i];
        some.rows[some.count++] = w->changed.rows[i];
    }
    if (!some.count)
        return true;
    if (!(fresh ? kith__insert(c, some.rows, some.count, NULL, written) : kith__join_upsert(w->k, &some, written)))
        return false;
    for (size_t i = 0; i < some.count; i++)
        *to[i] = written[i];
    return true;
}

static void answer(struct writing *w, const struct part *p)
{
    for (size_t i = 0; i < p->count; i++)
        w->records[p->place[i]] = p->records[i];
}

/* What an association decides about its join rows. */
static unsigned fixed_attrs(const struct linking *k, const struct attr **fixed)
{
    const struct key_pairs *far = &k->a->hops[1].on;
    struct fixed_values values;
    kith__linking_fixed(k, k->key, &values);
    for (unsigned i = 0; i < values.count; i++)
        fixed[i] = values.attrs[i];
    for (unsigned i = 0; i < far->count; i++)
        fixed[values.count + i] = far->from[i];
    return values.count + far->count;
}

static bool is_link_key(const struct assoc *a, const struct attr *const *attrs, unsigned count)
{
    unsigned found = 0;
    for (unsigned i = 0; i < count; i++)
        for (unsigned j = 0; j < a->link_key_count; j++)
            found += attrs[i] == a->link_key[j];
    return found == count && found == a->link_key_count;
}

/* Was a row met that is the same link, and not one that has the same value in another unique key? */
static bool met_link(const struct linking *k)
{
    const struct model *join = assoc_join(k->a);
    const kith_error *err = &k->c.err;
    if (err->status != KITH_E_UNIQUE || !kith__equal(err->model, join->name))
        return false;
    for (unsigned i = 0; i < join->index_count; i++)
        if (kith__equal(join->indexes[i].name, err->constraint))
            return is_link_key(k->a, join->indexes[i].attrs, join->indexes[i].count);
    return is_link_key(k->a, join->key, join->key_count); /* the one unique key that is no index */
}

/* met_other: a link was there that had not been there before. */
static bool write_parts(struct writing *w, bool *met_other)
{
    struct linking *k = w->k;
    const struct attr *fixed[3 * KEY_MAX];
    struct hook_rows all = { .c = &k->c, .m = assoc_join(k->a), .rule = HOOKS_BOTH, .complete = true, .fixed = fixed };
    all.fixed_count = fixed_attrs(k, fixed);
    struct hook_rows removed = all, made = all, changed = all;
    removed.verb = HOOK_DESTROY;
    removed.count = w->removed.count;
    removed.records = removed.old = w->removed.old;
    made.verb = HOOK_CREATE;
    made.count = w->made.count;
    made.rows = w->made.rows;
    changed.verb = HOOK_UPDATE;
    changed.count = w->changed.count;
    changed.rows = w->changed.rows;
    changed.records = w->changed.records;
    changed.old = w->changed.old;
    if (!kith__hooks_before(&removed) || !kith__hooks_before(&made) || !kith__hooks_before(&changed) ||
        (w->removed.count && delete_links(k, &w->removed) < 0))
        return false;
    if (!write_rows(w, true)) {
        *met_other = met_link(k);
        return false;
    }
    if (!write_rows(w, false))
        return false;
    made.records = w->made.records;
    answer(w, &w->made);
    answer(w, &w->changed);
    return kith__hooks_after(&removed) && kith__hooks_after(&made) && kith__hooks_after(&changed);
}

/* ---- the verbs ---- */

static bool look(struct writing *w)
{
    return read_links(w->k, w->t, w->set, !w->k->a->repeatable, &w->met) && map_links(w) && sort_links(w);
}

static bool write_once(struct writing *w, bool *met_other)
{
    w->met = (struct met){ 0 };
    kith__key_map_init(&w->map, w->k->c.s->db->allocator, w->t->width);
    bool good = look(w) && write_parts(w, met_other);
    kith__key_map_free(&w->map);
    return good;
}

enum { MOST_TRIES = 5 }; /* a transaction that keeps its first view of the data never sees whom it met */

/* Where rows are locked, someone else may make a link that was not there; where everything is, nobody can. */
static bool write_until_alone(struct writing *w, const kith_link_opts *opts)
{
    struct call *c = &w->k->c;
    for (unsigned try = 1;; try++) {
        bool met_other = false;
        if (!kith__call_enter(c))
            return false;
        bool good = write_once(w, &met_other), left = kith__call_leave(c, good);
        if (!left || good || !met_other)
            return left && good;
        if (try == MOST_TRIES) {
            c->err.status = KITH_E_BUSY;
            return false;
        }
        c->err = (kith_error){ 0 };
        if (!kith__join_rows(w->k, w->t, opts, true, &w->rows)) /* as they were before the hooks */
            return false;
    }
}

bool kith__through_write_hooked(struct linking *k, const struct targets *t, const kith_link_opts *opts, bool set,
                                kith_record **records)
{
    struct call *c = &k->c;
    struct writing w = { .k = k, .t = t, .set = set, .records = records };
    if (!kith__join_rows(k, t, opts, true, &w.rows) || !kith__call_atomic(c) || !kith__linking_lock(k))
        return false;
    if (c->s->db->dialect->can & CAN_LOCK_ROWS)
        return write_until_alone(&w, opts);
    bool met_other;
    return write_once(&w, &met_other);
}

int64_t kith__through_remove_hooked(struct linking *k, const struct targets *t)
{
    struct call *c = &k->c;
    struct met met = { 0 };
    if (!kith__call_atomic(c) || !kith__call_result(c) || !read_links(k, t, false, false, &met))
        return -1;
    struct hook_rows h = { .c = c,
                           .m = assoc_join(k->a),
                           .verb = HOOK_DESTROY,
                           .rule = HOOKS_BOTH,
                           .count = met.count,
                           .records = met.at,
                           .old = met.at };
    int64_t removed = 0;
    if (!kith__hooks_before(&h) ||
        (met.count && (removed = delete_links(k, &(struct part){ .old = met.at, .count = met.count })) < 0) ||
        !kith__hooks_after(&h))
        return -1;
    kith__call_drop_result(c);
    return removed;
}
