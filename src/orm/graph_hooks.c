/* graph_hooks: the same writing where the model has hooks. They differ for rows that are created and rows that change, so
 * what is there is read first, and locked. A row that another session makes in between is taken for a new one. */
#include "base/error.h"
#include "base/value.h"
#include "orm/graph.h"

/* ---- rows that change --------------------------------------------------------------------------------------------------- */

/* What is written into rows that are there; new_records: as they are then. */
struct changing {
    const struct model *m;
    struct unique_key key;
    struct fixed_values *fixed;
    size_t count;
    struct row_values *rows; /* only what changes; the rest is absent */
    kith_record **old, **new_records;
};

/* The whole rows are sent, so that one statement takes all; what no row changes is not written. */
static bool write_changing(struct graph *g, const struct changing *ch)
{
    const struct model *m = ch->m;
    bool *update = ARENA_ARRAY(&g->c.load.scratch, m->attr_count, bool);
    if (!update)
        return kith__call_no_memory(&g->c);
    for (size_t i = 0; i < ch->count; i++)
        for (unsigned k = 0; k < m->attr_count; k++) {
            if (ch->rows[i].values[k].kind == KITH_ABSENT)
                ch->rows[i].values[k] = *record_value(ch->old[i], m->attrs[k]);
            else
                update[k] |= !unique_key_has(&ch->key, m->attrs[k]);
        }
    const struct on_conflict conflict = {
        .key = ch->key.attrs, .key_count = ch->key.count, .update = update, .all_there = true
    };
    return kith__insert(&g->c, ch->rows, ch->count, &conflict, ch->new_records);
}

static bool change(struct graph *g, struct changing *ch)
{
    struct hook_rows h = { .c = &g->c,
                           .m = ch->m,
                           .verb = HOOK_UPDATE,
                           .rule = HOOKS_BOTH,
                           .count = ch->count,
                           .rows = ch->rows,
                           .records = ch->old,
                           .old = ch->old,
                           .fixed = ch->fixed->attrs,
                           .fixed_count = ch->fixed->count };
    if (!ch->count)
        return true;
    ch->new_records = ARENA_ARRAY(&g->c.load.scratch, ch->count, kith_record *);
    if (!ch->new_records)
        return kith__call_no_memory(&g->c);
    if (!kith__hooks_before(&h) || !write_changing(g, ch))
        return false;
    h.records = ch->new_records;
    return kith__hooks_after(&h);
}

/* ---- upserts ------------------------------------------------------------------------------------------------------------ */

/* Rows of an upsert, told apart: new ones, those that change, and those that stay. */
struct sorting {
    struct graph_writing *w;
    const struct model *m;
    kith_record **old; /* by row; NULL: a new one */
    struct row_values *created;
    size_t created_count, *created_at, *changed_at; /* their places */
    struct changing ch;
};

static void keys_of(const struct graph_writing *w, kith_value *keys)
{
    for (size_t i = 0; i < w->count; i++)
        for (unsigned k = 0; k < w->conflict->key_count; k++)
            *keys++ = w->rows[i].values[w->conflict->key[k]->index];
}

/* What was met, by row. One that was destroyed softly comes to life like a new one. */
static bool match(struct graph *g, struct sorting *so, const struct met *met, const kith_value *keys)
{
    const struct on_conflict *conflict = so->w->conflict;
    size_t count = so->w->count;
    if (!kith__call_met_by_key(&g->c, met, conflict->key, conflict->key_count, keys, count, so->old))
        return false;
    for (size_t i = 0; conflict->revive && i < count; i++)
        if (so->old[i] && record_is_destroyed(so->old[i]))
            so->old[i] = NULL;
    return true;
}

static bool find_old(struct graph *g, struct sorting *so)
{
    const struct on_conflict *conflict = so->w->conflict;
    size_t count = so->w->count, chunk = kith__call_chunk(&g->c, count);
    struct met met = { 0 };
    kith_value *keys = ARENA_ARRAY(&g->c.load.scratch, count * conflict->key_count, kith_value);
    so->old = ARENA_ARRAY(&g->c.load.scratch, count, kith_record *);
    if (!keys || !so->old)
        return kith__call_no_memory(&g->c);
    keys_of(so->w, keys);
    for (size_t first = 0; first < count; first += chunk) {
        size_t some = count - first < chunk ? count - first : chunk;
        struct sql_expr *among = kith__call_among(&g->c, NULL, conflict->key, conflict->key_count,
                                                  keys + first * conflict->key_count, some);
        if (!kith__call_meet(&g->c, so->m, among, &met))
            return false;
    }
    return match(g, so, &met, keys);
}

/* Leaves of a row what it changes in the old one, as said by its hooks' caller. False: nothing. */
static bool keep_changes(struct sorting *so, struct row_values *row, const kith_record *old)
{
    const bool *update = so->w->conflict->update;
    const struct attr *updated_at = so->m->updated_at;
    bool changes = false;
    for (unsigned i = 0; i < so->m->attr_count; i++) {
        const struct attr *attr = so->m->attrs[i];
        row->given[i] = update[i];
        if (!update[i])
            row->values[i].kind = KITH_ABSENT;
        else if (attr != updated_at)
            changes |= !kith__value_equal(&row->values[i], record_value(old, attr));
    }
    return changes;
}

static bool sort(struct graph *g, struct sorting *so)
{
    kith_arena *a = &g->c.load.scratch;
    size_t count = so->w->count;
    so->created = ARENA_ARRAY(a, count, struct row_values);
    so->ch.rows = ARENA_ARRAY(a, count, struct row_values);
    so->ch.old = ARENA_ARRAY(a, count, kith_record *);
    so->created_at = ARENA_ARRAY(a, count, size_t);
    so->changed_at = ARENA_ARRAY(a, count, size_t);
    if (!so->created || !so->ch.rows || !so->ch.old || !so->created_at || !so->changed_at)
        return kith__call_no_memory(&g->c);
    for (size_t i = 0; i < count; i++) {
        so->w->records[i] = so->old[i];
        if (!so->old[i]) {
            so->created_at[so->created_count] = i;
            so->created[so->created_count++] = so->w->rows[i];
        } else if (keep_changes(so, &so->w->rows[i], so->old[i])) {
            so->changed_at[so->ch.count] = i;
            so->ch.old[so->ch.count] = so->old[i];
            so->ch.rows[so->ch.count++] = so->w->rows[i];
        }
    }
    return true;
}

static bool create(struct graph *g, struct sorting *so)
{
    struct hook_rows h = { .c = &g->c,
                           .m = so->m,
                           .verb = HOOK_CREATE,
                           .rule = HOOKS_BOTH,
                           .complete = true,
                           .count = so->created_count,
                           .rows = so->created,
                           .fixed = so->w->fixed.attrs,
                           .fixed_count = so->w->fixed.count };
    kith_record **made = ARENA_ARRAY(&g->c.load.scratch, so->created_count, kith_record *);
    if (!made)
        return kith__call_no_memory(&g->c);
    if (!kith__hooks_before(&h) || !kith__insert(&g->c, so->created, so->created_count, so->w->conflict, made))
        return false;
    for (size_t i = 0; i < so->created_count; i++)
        so->w->records[so->created_at[i]] = made[i];
    h.records = made;
    return kith__hooks_after(&h);
}

bool kith__graph_upsert_hooked(struct graph *g, struct graph_writing *w)
{
    struct sorting so = { .w = w, .m = w->rows[0].model };
    so.ch = (struct changing){ .m = so.m,
                               .key = { .attrs = w->conflict->key, .count = w->conflict->key_count },
                               .fixed = &w->fixed };
    if (!find_old(g, &so) || !sort(g, &so) || !create(g, &so) || !change(g, &so.ch))
        return false;
    for (size_t i = 0; i < so.ch.count; i++)
        w->records[so.changed_at[i]] = so.ch.new_records[i];
    return true;
}

/* ---- letting go --------------------------------------------------------------------------------------------------------- */

int64_t kith__graph_release_hooked(struct graph *g, const struct assoc *a, struct sql_expr *where)
{
    const struct model *m = assoc_target(a);
    const struct key_pairs *on = &a->hops[0].on;
    struct met met = { 0 };
    struct fixed_values fixed = { .count = on->count };
    if (!kith__call_meet(&g->c, m, where, &met))
        return -1;
    struct changing ch = { .m = m,
                           .key = { .attrs = m->key, .count = m->key_count },
                           .fixed = &fixed,
                           .count = met.count,
                           .rows = ARENA_ARRAY(&g->c.load.scratch, met.count, struct row_values),
                           .old = met.at };
    if (!ch.rows) {
        kith__call_no_memory(&g->c);
        return -1;
    }
    memcpy(fixed.attrs, on->to, on->count * sizeof on->to[0]);
    for (size_t i = 0; i < met.count; i++) {
        if (!kith__values_new(&g->c, m, &ch.rows[i]))
            return -1;
        for (unsigned k = 0; k < on->count; k++)
            kith__values_set(&ch.rows[i], on->to[k], kith_of_null());
        kith__values_touch(&ch.rows[i]);
    }
    return change(g, &ch) ? (int64_t)met.count : -1;
}

int64_t kith__graph_unlink_hooked(struct graph *g, const struct model *join, struct sql_expr *where)
{
    struct met met = { 0 };
    where = kith__sql_and(&g->c.load.scratch, where, kith__not_deleted(&g->c.load, join, NULL, false));
    if (!kith__call_meet(&g->c, join, where, &met))
        return -1;
    struct hook_rows h = { .c = &g->c,
                           .m = join,
                           .verb = HOOK_DESTROY,
                           .rule = HOOKS_BOTH,
                           .count = met.count,
                           .records = met.at,
                           .old = met.at };
    if (!kith__hooks_before(&h) || kith__links_delete(&g->c, join, where) < 0 || !kith__hooks_after(&h))
        return -1;
    return (int64_t)met.count;
}
