/* hook_call: what a hook reads and says. A mistake made here is the call's error, whatever the hook returns. */
#include "orm/hook_call.h"

#include <stdio.h>

#include "base/error.h"
#include "base/value.h"
#include "kith/hook.h"
#include "schema/coerce.h"

kith_event kith_hook_event(const kith_hook_call *call)
{
    return call->event;
}

const kith_model *kith_hook_model(const kith_hook_call *call)
{
    return call->rows->m->def;
}

size_t kith_hook_count(const kith_hook_call *call)
{
    return call->count;
}

bool kith_hook_row(kith_hook_call *call, size_t row)
{
    if (row >= call->count)
        return false;
    call->at = row;
    return true;
}

/* ---- errors ---- */

/* Keeps the first. "row 2 of 5: ", where there are several. */
static bool fail(kith_hook_call *call, kith_status status, const struct attr *attr, const char *what)
{
    const struct hook_rows *h = call->rows;
    kith_error *err = &h->c->err;
    char place[64] = "";
    if (err->status != KITH_OK)
        return false;
    if (h->count > 1)
        snprintf(place, sizeof place, "row %zu of %zu: ", call->first + call->at + 1, h->count);
    kith__error_set(err, status, "%s%s%s%s: %s", place, h->m->name, attr ? "." : "", attr ? attr->name : "", what);
    return kith__error_about(err, h->m->name, attr ? attr->name : NULL);
}

static const struct attr *find_attr(kith_hook_call *call, const char *name)
{
    kith_error why;
    const struct attr *attr = kith__model_attr(call->rows->m, name, &why);
    if (!attr && call->rows->c->err.status == KITH_OK)
        call->rows->c->err = why;
    return attr;
}

bool kith_hook_refuse(kith_hook_call *call, const char *name, const char *message)
{
    const struct attr *attr = name ? find_attr(call, name) : NULL;
    if (name && !attr)
        return false;
    return fail(call, KITH_E_VALIDATION, attr, message && *message ? message : "a hook refused and gave no reason");
}

/* ---- reading ---- */

static const kith_value absent = { .kind = KITH_ABSENT };

static kith_value value_in(kith_record *const *records, size_t row, const struct attr *attr)
{
    const kith_value *v = records && records[row] ? record_value(records[row], attr) : NULL;
    return v ? *v : absent;
}

/* What the call writes; absent when it leaves the attribute alone. */
static kith_value written(const kith_hook_call *call, const struct attr *attr)
{
    const struct hook_rows *h = call->rows;
    const struct row_values *row = h->rows ? &h->rows[call->first + call->at] : NULL;
    if (!row || (h->verb == HOOK_UPDATE && !row->given[attr->index]))
        return absent;
    return row->values[attr->index];
}

kith_value kith_hook_value(kith_hook_call *call, const char *name)
{
    const struct hook_rows *h = call->rows;
    const struct attr *attr = find_attr(call, name);
    size_t row = call->first + call->at;
    kith_value now = attr ? written(call, attr) : absent;
    if (attr && ((h->is_written && h->records) || now.kind == KITH_ABSENT))
        now = value_in(h->records, row, attr);
    return now;
}

kith_value kith_hook_old(kith_hook_call *call, const char *name)
{
    const struct attr *attr = find_attr(call, name);
    return attr ? value_in(call->rows->old, call->first + call->at, attr) : absent;
}

bool kith_hook_changes(kith_hook_call *call, const char *name)
{
    const struct attr *attr = find_attr(call, name);
    if (!attr)
        return false;
    kith_value now = written(call, attr), old = value_in(call->rows->old, call->first + call->at, attr);
    return now.kind != KITH_ABSENT && !kith__value_equal(&now, &old);
}

kith_record *kith_hook_record(kith_hook_call *call)
{
    const struct hook_rows *h = call->rows;
    return h->records ? h->records[call->first + call->at] : NULL;
}

/* ---- setting ---- */

static bool is_fixed(const struct hook_rows *h, const struct attr *attr)
{
    for (unsigned i = 0; i < h->fixed_count; i++)
        if (h->fixed[i] == attr)
            return true;
    return false;
}

/* Why the attribute cannot get the value, or NULL. */
static const char *objection(const struct hook_rows *h, const struct attr *attr, const kith_value *value)
{
    if (h->is_written || !h->rows)
        return "a hook can set values only before the row is created or updated";
    if (is_fixed(h, attr))
        return "is decided by the association, so that a hook cannot set it";
    if (value->kind == KITH_EXPRESSION)
        return "a hook can set plain values only, not expressions";
    return value->kind == KITH_ABSENT || value->kind == KITH_LIST_END ? "a hook gave no value" : NULL;
}

bool kith_hook_set(kith_hook_call *call, const char *name, kith_value value)
{
    struct hook_rows *h = call->rows;
    const struct attr *attr = find_attr(call, name);
    const char *why_not = attr ? objection(h, attr, &value) : NULL;
    kith_error why = { 0 };
    kith_value stored, kept;
    if (!attr)
        return false;
    if (why_not)
        return fail(call, KITH_E_USAGE, attr, why_not);
    if (!kith__coerce(attr, value, &h->c->load.scratch, &stored, &why)) {
        if (h->c->err.status == KITH_OK)
            h->c->err = why;
        return false;
    }
    if (!kith__arena_value(&h->c->load.scratch, stored, &kept))
        return kith__call_no_memory(h->c);
    struct row_values *row = &h->rows[call->first + call->at];
    row->values[attr->index] = kept;
    row->given[attr->index] = true;
    h->is_set = true;
    return true;
}
