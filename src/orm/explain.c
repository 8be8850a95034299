/* explain: the verb; what there is to say, load/explain.c knows. */
#include "kith/explain.h"

#include "base/buf.h"
#include "orm/query.h"

static const char *explain(struct call *c, const kith_model *model, const kith_query *q, bool ask)
{
    const struct model *m = kith__call_model(c, model);
    const kith_include root = kith__query_root(q);
    struct plan plan = { 0 };
    struct buf text;
    const char *kept = NULL;
    if (!m || !kith__call_result(c) || !kith__query_plan(c, m, q, &root, &plan))
        return NULL;
    kith__buf_init(&text, c->s->db->allocator);
    bool good = kith__load_explain(&c->load, &plan, ask, &text);
    if (good && !text.failed)
        kept = kith__arena_text_n(&c->load.result->arena, kith__buf_text(&text), text.size);
    if (good && !kept)
        kith__call_no_memory(c);
    kith__buf_free(&text);
    return kept;
}

const char *kith_explain(kith_session *s, const kith_model *m, const kith_query *q, const kith_explain_opts *opts)
{
    struct call c;
    if (!kith__call_begin(&c, s))
        return "";
    kith__call_reads(&c);
    const char *text = explain(&c, m, q, opts && opts->database_plan);
    return kith__call_end(&c, text != NULL) ? text : "";
}
