/* page: kith_find_page: what it is given, and what it says of the rows. Pages themselves are load/page's. */
#include "load/page.h"

#include "base/error.h"
#include "kith/page.h"
#include "orm/query.h"
#include "orm/watch.h"

static bool check_opts(struct call *c, const kith_query *q, const kith_page_opts *opts)
{
    if (!opts || !opts->size)
        return kith__error_set(&c->err, KITH_E_USAGE, "a page needs a .size");
    if (opts->size >= INT64_MAX / 2)
        return kith__error_set(&c->err, KITH_E_USAGE, "the .size of a page must be less than 2^62");
    if (opts->after && opts->before)
        return kith__error_set(
            &c->err, KITH_E_USAGE,
            "a page begins after a cursor or ends before one: .after and .before cannot both be given");
    if (q && (q->limit || q->offset))
        return kith__error_set(
            &c->err, KITH_E_USAGE,
            "a page has a .size and begins at a cursor: the query's limit and offset cannot be given");
    return kith__query_plain(c, q, "kith_find_page");
}

static bool check_model(struct call *c, const struct model *m)
{
    return m->key_count ||
           kith__error_set(&c->err, KITH_E_USAGE,
                           "model %s has no primary key, so its rows have no place to go on from", m->name);
}

static bool find_total(struct call *c, const struct model *m, const kith_query *q, const struct page *page,
                       kith_page *out)
{
    bool all = !page->at && !page->more && (!q || q->locked != KITH_LOCKED_SKIP);
    out->total = all ? (int64_t)out->list->count : kith__query_count(c, m, q);
    return out->total >= 0;
}

static bool tell(struct call *c, const struct page *page, const kith_page_opts *opts, kith_page *out)
{
    out->more_after = opts->before || (page->more && !page->backwards);
    out->more_before = opts->after || (page->more && page->backwards);
    if (out->list->count) {
        out->first = kith__page_cursor(&c->load, page, false);
        out->last = kith__page_cursor(&c->load, page, true);
        return out->first && out->last;
    }
    kith_arena *arena = &c->load.result->arena;
    if (opts->before && !(out->first = kith__arena_text(arena, opts->before)))
        return kith__call_no_memory(c);
    if (opts->after && !(out->last = kith__arena_text(arena, opts->after)))
        return kith__call_no_memory(c);
    return true;
}

static bool find_page(struct call *c, const kith_model *model, const kith_query *q, const kith_page_opts *opts,
                      kith_page *out)
{
    const struct model *m = kith__call_model(c, model);
    if (!m || !check_opts(c, q, opts) || !check_model(c, m))
        return false;
    kith_include root = kith__query_root(q);
    root.limit = opts->size + 1;
    struct page page = { .size = opts->size, .backwards = opts->before != NULL };
    struct plan plan = { .page = &page };
    const char *option = opts->before ? ".before" : ".after", *cursor = opts->before ? opts->before : opts->after;
    if (!kith__query_lock(c, q, &plan) || !kith__call_result(c) || !kith__plan_find(&c->load, m, &root, &plan) ||
        !kith__page_begin(&c->load, &plan, option, cursor))
        return false;
    kith__watch_find(c, "kith_find_page", m, root.where);
    out->list = kith__load_find(&c->load, &plan);
    return out->list && tell(c, &page, opts, out) && (!opts->total || find_total(c, m, q, &page, out));
}

bool kith_find_page(kith_session *s, const kith_model *m, const kith_query *q, const kith_page_opts *opts,
                    kith_page *out)
{
    struct call c;
    kith_page found = { .total = -1 };
    if (out)
        *out = found;
    if (!kith__call_begin(&c, s))
        return false;
    kith__call_reads(&c);
    bool good = out ? find_page(&c, m, q, opts, &found)
                    : kith__error_set(&c.err, KITH_E_USAGE, "kith_find_page has nowhere to put the page: it is NULL");
    if (!kith__call_end(&c, good) || !out)
        return false;
    *out = found;
    return true;
}
