/* query: see query.h. */
#include "orm/query.h"

#include "base/error.h"
#include "load/group.h"

kith_include kith__query_root(const kith_query *q)
{
    if (!q)
        return (kith_include){ 0 };
    return (kith_include){ .attributes = q->attributes,
                           .where = q->where,
                           .include = q->include,
                           .order = q->order,
                           .limit = q->limit,
                           .offset = q->offset,
                           .with_deleted = q->with_deleted,
                           .computed = q->computed };
}

/* A lock ends with its transaction, so there must be one; and a lock is for writing. */
static bool check_lock(struct call *c, const kith_query *q)
{
    if ((unsigned)q->lock > KITH_LOCK_SHARE)
        return kith__error_set(&c->err, KITH_E_USAGE, "there is no .lock %d", (int)q->lock);
    if ((unsigned)q->locked > KITH_LOCKED_FAIL)
        return kith__error_set(&c->err, KITH_E_USAGE, "there is no .locked %d", (int)q->locked);
    if (!q->lock)
        return kith__error_set(&c->err, KITH_E_USAGE, ".locked says what to do about locked rows, so it needs a .lock");
    if (!c->s->depth)
        return kith__error_set(&c->err, KITH_E_USAGE,
                               "a lock lasts until its transaction ends, and there is none: begin one before");
    if (c->s->read_only)
        return kith__error_set(&c->err, KITH_E_USAGE, "rows cannot be locked in a transaction that is read-only");
    return true;
}

bool kith__query_lock(struct call *c, const kith_query *q, struct plan *plan)
{
    static const enum sql_lock locks[] = { [KITH_LOCK_UPDATE] = SQL_FOR_UPDATE, [KITH_LOCK_SHARE] = SQL_FOR_SHARE };
    static const enum sql_locked waits[] = {
        [KITH_LOCKED_WAIT] = SQL_LOCKED_WAIT, [KITH_LOCKED_SKIP] = SQL_LOCKED_SKIP, [KITH_LOCKED_FAIL] = SQL_LOCKED_FAIL
    };
    if (!q || (!q->lock && !q->locked))
        return true;
    if (!check_lock(c, q))
        return false;
    plan->lock = locks[q->lock];
    plan->locked = waits[q->locked];
    return true;
}

/* ---- groups ---- */

bool kith__query_is_grouped(const kith_query *q)
{
    return q && (q->group || q->having || q->distinct);
}

bool kith__query_plain(struct call *c, const kith_query *q, const char *verb)
{
    return !kith__query_is_grouped(q) ||
           kith__error_set(&c->err, KITH_E_USAGE,
                           "%s gives rows: .group, .having and .distinct are for kith_find and kith_count", verb);
}

static bool check_groups(struct call *c, const kith_query *q)
{
    const char *what = q->group ? ".group" : ".distinct";
    if (!q->group && !q->distinct)
        return kith__error_set(&c->err, KITH_E_USAGE, ".having says which groups are found, so it needs a .group");
    if (q->group && q->distinct)
        return kith__error_set(&c->err, KITH_E_USAGE, ".group and .distinct cannot be given together");
    if (q->distinct && (q->computed || q->having))
        return kith__error_set(&c->err, KITH_E_USAGE,
                               "a query with .distinct takes no .computed and no .having; use .group");
    if (q->include && !is_include_end(q->include))
        return kith__error_set(&c->err, KITH_E_USAGE, "a query with %s takes no includes: its records are no rows",
                               what);
    if (q->lock || q->locked)
        return kith__error_set(&c->err, KITH_E_USAGE, "a query with %s locks nothing: its records are no rows", what);
    return true;
}

/* NULL: no memory. */
static const char *const *all_names(struct call *c, const struct model *m)
{
    const char **names = ARENA_ARRAY(&c->load.scratch, m->attr_count + 1, const char *);
    for (unsigned i = 0; names && i < m->attr_count; i++)
        names[i] = m->attrs[i]->name;
    if (!names)
        kith__call_no_memory(c);
    return names;
}

bool kith__query_plan_groups(struct call *c, const struct model *m, const kith_query *q, struct plan *plan)
{
    struct group_query groups = { q->group, q->attributes, q->computed, q->having };
    kith_include *root = ARENA_NEW(&c->load.scratch, kith_include);
    if (!root)
        return kith__call_no_memory(c);
    if (!check_groups(c, q))
        return false;
    if (q->distinct) {
        groups.names = q->attributes ? q->attributes : all_names(c, m);
        groups.attributes = NULL;
    }
    *root = kith__query_root(q);
    return groups.names && kith__plan_groups(&c->load, m, root, &groups, plan);
}

bool kith__query_plan(struct call *c, const struct model *m, const kith_query *q, const kith_include *root,
                      struct plan *plan)
{
    if (kith__query_is_grouped(q))
        return kith__query_plan_groups(c, m, q, plan);
    return kith__query_lock(c, q, plan) && kith__plan_find(&c->load, m, root, plan);
}
