/* watch: see watch.h. Statements are counted where they run (load/run.c). */
#include "orm/watch.h"

#include <string.h>

#include "base/str.h"
#include "base/value.h"

/* ---- statements ---- */

uint64_t kith_statements(const kith_session *s)
{
    return s ? s->count.sent : 0;
}

void kith_budget(kith_session *s, uint64_t most)
{
    if (!s)
        return;
    s->count.sent_before = s->count.sent;
    s->count.most = most;
}

/* ---- sites ---- */

kith_session *kith_at(kith_session *s, const char *file, int line)
{
    struct watch *w = s ? s->watch : NULL;
    if (w)
        w->sites[w->site_count++ % SITES] = (struct site){ file, line };
    return s;
}

struct site kith__watch_begin(struct watch *w)
{
    if (!w->site_count)
        return (struct site){ 0 };
    return w->sites[--w->site_count % SITES];
}

static bool same_site(const struct site *a, const struct site *b)
{
    return a->line == b->line && (a->file == b->file || (a->file && b->file && kith__equal(a->file, b->file)));
}

/* ---- places ---- */

/* The place, or a new one instead of the one that was not used for longest. */
static struct place *find_place(struct watch *w, const char *verb, const void *what, const struct site *at)
{
    struct place *oldest = &w->places[0];
    for (unsigned i = 0; i < PLACES; i++) {
        struct place *p = &w->places[i];
        if (p->verb == verb && p->what == what && same_site(&p->at, at))
            return p;
        if (p->used < oldest->used)
            oldest = p;
    }
    *oldest = (struct place){ .verb = verb, .what = what, .at = *at };
    return oldest;
}

/* Asking about the same record again is no loop over records; nor is one record of each result, as there is nothing that
 * could be asked together. */
static void count_call(struct place *p, uint64_t from, uint32_t key)
{
    bool again = p->used && p->key == key && p->from == from;
    p->key = key;
    if (again)
        return;
    if (from && p->from != from) {
        p->from = from;
        p->first = true;
        return;
    }
    p->count += p->first ? 2 : 1;
    p->first = false;
}

static void ask(struct call *c, const void *what, uint64_t from, uint32_t key, const struct question *q)
{
    struct watch *w = c->s->watch;
    struct place *p = find_place(w, q->verb, what, &c->site);
    count_call(p, from, key);
    p->used = ++w->now;
    if (p->told || p->count < c->s->db->loop_after)
        return;
    p->told = true;
    kith__watch_tell(c, p, q);
}

void kith__watch_record(struct call *c, const char *verb, const struct assoc *a, const kith_record *r)
{
    if (!c->s->watch)
        return;
    const struct question q = { .verb = verb, .assoc = a, .record = r };
    kith_value address = kith_of_int((int64_t)(uintptr_t)r);
    ask(c, a, r->shape->result->number, kith__values_hash(&address, 1), &q);
}

/* ---- finds by a key ---- */

/* Adds the attributes that the condition says are equal to a value. */
static void gather_equal(struct question *q, const kith_expr *e)
{
    for (const kith_expr *const *arg = e && e->op == KITH_OP_AND ? e->args : NULL; arg && *arg != &kith_expr_end; arg++)
        gather_equal(q, *arg);
    if (!e || e->op != KITH_OP_EQ || !e->path || q->width == KEY_MAX || e->value.kind == KITH_EXPRESSION)
        return;
    const struct attr *attr = kith__name_map_get(&q->model->attr_named, e->path);
    if (!attr)
        return;
    q->attrs[q->width] = attr;
    q->key[q->width++] = e->value;
}

static bool names_all(const struct question *q, const struct attr *const *attrs, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!kith__question_value(q, attrs[i]))
            return false;
    return count > 0;
}

const kith_value *kith__question_value(const struct question *q, const struct attr *attr)
{
    for (unsigned i = 0; i < q->width; i++)
        if (q->attrs[i] == attr)
            return &q->key[i];
    return NULL;
}

bool kith__question_fits(const struct question *q, const struct assoc *a)
{
    return a->hop_count == 1 && assoc_target(a) == q->model && names_all(q, a->hops[0].on.to, a->hops[0].on.count);
}

static bool is_by_key(const struct call *c, const struct question *q)
{
    const struct schema *schema = &c->s->db->schema;
    if (names_all(q, q->model->key, q->model->key_count))
        return true;
    for (unsigned i = 0; q->width && i < schema->model_count; i++)
        for (unsigned j = 0; j < schema->models[i]->assoc_count; j++)
            if (kith__question_fits(q, schema->models[i]->assocs[j]))
                return true;
    return false;
}

void kith__watch_find(struct call *c, const char *verb, const struct model *m, const kith_expr *where)
{
    if (!c->s->watch || !where)
        return;
    struct question q = { .verb = verb, .model = m };
    gather_equal(&q, where);
    if (is_by_key(c, &q))
        ask(c, m, 0, kith__values_hash(q.key, q.width), &q);
}
