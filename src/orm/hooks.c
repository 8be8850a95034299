/* hooks: see hooks.h. */
#include "orm/hooks.h"

#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "base/value.h"
#include "orm/hook_call.h"
#include "schema/coerce.h"

/* ---- which hooks there are ---- */

enum { HOOK_DEPTH = 16 };

#define EVENT(event) (UINT32_C(1) << (event))

static const struct {
    kith_event before, after, bulk_before, bulk_after;
    uint32_t single, bulk;
} verbs[] = {
    [HOOK_CREATE] = { KITH_BEFORE_CREATE, KITH_AFTER_CREATE, KITH_BEFORE_BULK_CREATE, KITH_AFTER_BULK_CREATE,
                      EVENT(KITH_BEFORE_VALIDATE) | EVENT(KITH_AFTER_VALIDATE) | EVENT(KITH_BEFORE_CREATE) |
                          EVENT(KITH_AFTER_CREATE),
                      EVENT(KITH_BEFORE_BULK_CREATE) | EVENT(KITH_AFTER_BULK_CREATE) },
    [HOOK_UPDATE] = { KITH_BEFORE_UPDATE, KITH_AFTER_UPDATE, KITH_BEFORE_BULK_UPDATE, KITH_AFTER_BULK_UPDATE,
                      EVENT(KITH_BEFORE_VALIDATE) | EVENT(KITH_AFTER_VALIDATE) | EVENT(KITH_BEFORE_UPDATE) |
                          EVENT(KITH_AFTER_UPDATE),
                      EVENT(KITH_BEFORE_BULK_UPDATE) | EVENT(KITH_AFTER_BULK_UPDATE) },
    [HOOK_DESTROY] = { KITH_BEFORE_DESTROY, KITH_AFTER_DESTROY, KITH_BEFORE_BULK_DESTROY, KITH_AFTER_BULK_DESTROY,
                       EVENT(KITH_BEFORE_DESTROY) | EVENT(KITH_AFTER_DESTROY),
                       EVENT(KITH_BEFORE_BULK_DESTROY) | EVENT(KITH_AFTER_BULK_DESTROY) },
};

static const char *const event_names[KITH_EVENT_COUNT_] = {
    [KITH_BEFORE_VALIDATE] = "before_validate",
    [KITH_AFTER_VALIDATE] = "after_validate",
    [KITH_BEFORE_CREATE] = "before_create",
    [KITH_AFTER_CREATE] = "after_create",
    [KITH_BEFORE_UPDATE] = "before_update",
    [KITH_AFTER_UPDATE] = "after_update",
    [KITH_BEFORE_DESTROY] = "before_destroy",
    [KITH_AFTER_DESTROY] = "after_destroy",
    [KITH_BEFORE_BULK_CREATE] = "before_bulk_create",
    [KITH_AFTER_BULK_CREATE] = "after_bulk_create",
    [KITH_BEFORE_BULK_UPDATE] = "before_bulk_update",
    [KITH_AFTER_BULK_UPDATE] = "after_bulk_update",
    [KITH_BEFORE_BULK_DESTROY] = "before_bulk_destroy",
    [KITH_AFTER_BULK_DESTROY] = "after_bulk_destroy",
};

static uint32_t events_of(enum hook_verb verb, enum hook_rule rule)
{
    return (rule != HOOKS_BULK ? verbs[verb].single : 0) | (rule != HOOKS_SINGLE ? verbs[verb].bulk : 0);
}

bool kith__hooks_on(const struct model *m, enum hook_verb verb, enum hook_rule rule)
{
    return m->hook_events & events_of(verb, rule);
}

/* ---- running one ---- */

/* Levels that the hook left open are undone. Whether there were any. */
static bool close_levels(kith_session *s, unsigned depth)
{
    bool open = s->depth > depth;
    while (s->depth > depth)
        kith_rollback(s);
    return open;
}

/* Why the hook failed, where it has not said so to the call itself. */
static bool hook_failed(struct hook_rows *h, kith_event event, bool left_open, bool good)
{
    struct call *c = h->c;
    const kith_error *met = &c->s->fault.first;
    const char *m = h->m->name, *name = event_names[event];
    if (c->err.status != KITH_OK)
        return true;
    if (met->status != KITH_OK && (!good || left_open || c->s->fault.transaction_failed))
        c->err = *met;
    else if (left_open)
        kith__error_set(&c->err, KITH_E_USAGE, "%s: a %s hook left a transaction open", m, name);
    else if (c->s->fault.transaction_failed)
        kith__error_set(&c->err, KITH_E_USAGE, "%s: a %s hook cleared a failure without rolling back", m, name);
    else if (!good)
        kith__error_set(&c->err, KITH_E_VALIDATION, "%s: a %s hook refused and gave no reason", m, name);
    if (c->err.status != KITH_OK && !c->err.model[0])
        kith__copy(c->err.model, sizeof c->err.model, m);
    return c->err.status != KITH_OK;
}

/* The hook works in a session that has no failure yet, and must not end the levels that it found. */
static bool run_hook(struct hook_rows *h, const kith_hook *hook, kith_hook_call *call)
{
    kith_session *s = h->c->s;
    kith_error before = s->fault.first;
    unsigned floor = s->floor;
    if (s->hook_depth == HOOK_DEPTH)
        return kith__error_set(&h->c->err, KITH_E_USAGE, "%s: hooks write rows whose hooks write rows, %d deep",
                               h->m->name, HOOK_DEPTH);
    s->fault.first = (kith_error){ 0 };
    s->floor = s->depth;
    s->hook_depth++;
    bool good = hook->run(s, call, hook->ctx);
    s->hook_depth--;
    bool left_open = close_levels(s, s->floor);
    bool failed = hook_failed(h, call->event, left_open, good);
    s->floor = floor;
    s->fault.first = before;
    return !failed;
}

static bool run_event(struct hook_rows *h, kith_event event, size_t first, size_t count)
{
    for (unsigned i = 0; i < h->m->hook_count; i++) {
        kith_hook_call call = { .rows = h, .event = event, .first = first, .count = count };
        if (h->m->hooks[i]->event == event && !run_hook(h, h->m->hooks[i], &call))
            return false;
    }
    return true;
}

static bool run_single(struct hook_rows *h, kith_event event)
{
    if (h->rule == HOOKS_BULK || !has_hook(h->m, event))
        return true;
    for (size_t i = 0; i < h->count; i++)
        if (!run_event(h, event, i, 1))
            return false;
    return true;
}

static bool run_bulk(struct hook_rows *h, kith_event event)
{
    return h->rule == HOOKS_SINGLE || !has_hook(h->m, event) || run_event(h, event, 0, h->count);
}

/* ---- all that runs around the statements ---- */

static bool check_rows(struct hook_rows *h)
{
    struct validation v;
    bool good = true;
    kith__validation_init(&v, h->c->s->db->allocator);
    v.rows = h->count;
    for (size_t i = 0; good && i < h->count && !kith__validation_full(&v); i++) {
        v.row = h->count > 1 ? i + 1 : 0;
        good = kith__values_check(h->c, &h->rows[i], !h->complete, &v);
    }
    h->is_set = false;
    return kith__validation_end(h->c, &v, good);
}

static bool validate(struct hook_rows *h)
{
    return run_single(h, KITH_BEFORE_VALIDATE) && check_rows(h) && run_single(h, KITH_AFTER_VALIDATE);
}

bool kith__hooks_before(struct hook_rows *h)
{
    if (!h->count)
        return true;
    return kith__call_atomic(h->c) && run_bulk(h, verbs[h->verb].bulk_before) && (!h->rows || validate(h)) &&
           run_single(h, verbs[h->verb].before) && (!h->is_set || check_rows(h));
}

bool kith__hooks_after(struct hook_rows *h)
{
    h->is_written = true;
    return !h->count || (run_single(h, verbs[h->verb].after) && run_bulk(h, verbs[h->verb].bulk_after));
}

/* ---- rows that are created ---- */

bool kith__create_rows(struct call *c, struct row_values *rows, size_t count, enum hook_rule rule,
                       const struct fixed_values *fixed, kith_record **records)
{
    if (!count || !kith__hooks_on(rows[0].model, HOOK_CREATE, rule))
        return kith__insert(c, rows, count, NULL, records);
    struct hook_rows h = {
        .c = c, .m = rows[0].model, .verb = HOOK_CREATE, .rule = rule, .complete = true, .count = count, .rows = rows
    };
    if (fixed) {
        h.fixed = fixed->attrs;
        h.fixed_count = fixed->count;
    }
    if (!kith__hooks_before(&h) || !kith__insert(c, rows, count, NULL, records))
        return false;
    h.records = records;
    return kith__hooks_after(&h);
}
