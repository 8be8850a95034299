/* out: verbs that give text, structs, or run SQL of the program's own. */
#include "base/error.h"
#include "orm/session.h"

const char *kith__call_text(struct call *c, const struct buf *text)
{
    const char *kept = !text->failed && kith__call_result(c)
                           ? kith__arena_text_n(&c->load.result->arena, kith__buf_text(text), text->size)
                           : NULL;
    if (!kept)
        kith__call_no_memory(c);
    return kept;
}

/* ---- JSON ---- */

/* Reading needs no connection, so it works in a transaction that has failed as well. */
static const char *json(kith_session *s, const kith_list *list, const kith_record *r)
{
    struct call c;
    struct buf text;
    const char *kept = NULL;
    if (!s)
        return "null";
    bool failed = s->fault.transaction_failed;
    s->fault.transaction_failed = false;
    kith__call_begin(&c, s);
    kith__buf_init(&text, s->db->allocator);
    if (!list && !r) {
        if (s->fault.first.status == KITH_OK)
            kith__error_set(&c.err, KITH_E_USAGE, "there is nothing to print as JSON: the argument is NULL");
    } else if (list ? kith__json_list(&text, list) : kith__json_record(&text, r)) {
        kept = kith__call_text(&c, &text);
    } else {
        kith__call_no_memory(&c);
    }
    kith__buf_free(&text);
    kith__call_end(&c, kept != NULL);
    s->fault.transaction_failed |= failed;
    return kept ? kept : "null";
}

const char *kith_json(kith_session *s, const kith_list *list)
{
    return json(s, list, NULL);
}

const char *kith_json_record(kith_session *s, const kith_record *r)
{
    return json(s, NULL, r);
}

/* ---- structs ---- */

static void *structs(kith_session *s, const struct shape *shape, kith_record *const *at, size_t count,
                     size_t struct_size)
{
    kith_error err = { 0 };
    void *made = kith__structs(shape, at, count, struct_size, &err);
    if (err.status != KITH_OK)
        kith__fault(&s->fault, &err);
    return made;
}

/* No list comes of an earlier failure, or is a mistake. */
static bool is_there(kith_session *s, const kith_list *list)
{
    kith_error err;
    if (!s || list)
        return s;
    kith__error_set(&err, KITH_E_USAGE, "there is no list to make structs of: the argument is NULL");
    return s->fault.first.status == KITH_OK && kith__fault(&s->fault, &err);
}

void *kith_structs(kith_session *s, const kith_list *list, size_t struct_size)
{
    if (!is_there(s, list))
        return NULL;
    return structs(s, ((const struct list *)list)->shape, list->at, list->count, struct_size);
}

void *kith_link_structs(kith_session *s, const kith_list *list, size_t struct_size)
{
    const struct shape *links = is_there(s, list) ? ((const struct list *)list)->link_shape : NULL;
    if (links)
        return structs(s, links, list->links, list->links ? list->count : 0, struct_size);
    if (s && list)
        kith__no_links(list);
    return NULL;
}

void *kith_struct(kith_session *s, const kith_record *r, size_t struct_size)
{
    kith_record *const one = (kith_record *)(uintptr_t)r;
    return s && r ? structs(s, r->shape, &one, 1, struct_size) : NULL;
}

/* ---- SQL of the program's own ---- */

static int64_t execute(struct call *c, const char *sql, const kith_value *values)
{
    if (!sql) {
        kith__error_set(&c->err, KITH_E_USAGE, "there is no SQL to execute: the argument is NULL");
        return -1;
    }
    if (!kith__render_raw(&c->load.renderer, sql, values, &c->err))
        return -1;
    c->load.alone = true; /* VACUUM would be refused */
    return kith__call_rows(c, NULL, 0, false, NULL, NULL, NULL);
}

int64_t kith_execute(kith_session *s, const char *sql, const kith_value *values)
{
    struct call c;
    if (!kith__call_begin(&c, s))
        return -1;
    int64_t changed = execute(&c, sql, values);
    if (changed < 0)
        kith__call_trace(&c, NULL);
    return kith__call_end(&c, changed >= 0) ? changed : -1;
}

bool kith_execute_script(kith_session *s, const char *script)
{
    struct call c;
    if (!kith__call_begin(&c, s))
        return false;
    bool good = script ? kith__load_script(&c.load, script)
                       : kith__error_set(&c.err, KITH_E_USAGE, "there is no script to execute: the argument is NULL");
    if (!good)
        kith__call_trace(&c, NULL);
    return kith__call_end(&c, good);
}
