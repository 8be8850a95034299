/* query: see query.h. */
#include "orm/query.h"

#include "base/error.h"

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
