/* link: the association verbs. They differ by where the key lies, which the association says as data: in a join row
 * (through.c), or in the target's or the source's own row (carried.c). */
#include "orm/link.h"

#include "base/error.h"
#include "base/value.h"
#include "orm/query.h"
#include "orm/watch.h"
#include "schema/coerce.h"

/* ---- beginning ---- */

static void follow(struct linking *k, const struct assoc *a)
{
    k->a = a;
    k->on = &a->hops[0].on;
}

/* Among several models, the one that the source names. Where it names none, its key leads nowhere. */
static bool find_key(struct linking *k, const kith_record *r)
{
    const struct assoc *any = k->any;
    kith_value type;
    if (any && !kith__call_key(&k->c, r, any->alternatives[0].scope->attrs, 1, &type))
        return false;
    for (unsigned i = 0; any && i < any->alternative_count; i++)
        if (kith__is_source(&any->alternatives[i], r))
            follow(k, &any->alternatives[i]);
    if (!kith__call_key(&k->c, r, k->on->from, k->on->count, k->key))
        return false;
    if (any && !kith__is_source(k->a, r))
        k->key[0] = kith_of_null();
    return true;
}

static bool find_source(struct linking *k, const kith_record *r, const char *assoc, bool to_change)
{
    if (!kith__call_record(&k->c, r, to_change))
        return false;
    const struct assoc *a = kith__model_any_assoc(r->shape->model, assoc, &k->c.err);
    if (!a)
        return false;
    k->any = a->alternative_count ? a : NULL;
    k->source = r;
    k->keys = NULL;
    k->key_count = 0;
    follow(k, k->any ? &a->alternatives[0] : a);
    return find_key(k, r);
}

bool kith__linking_begin(struct linking *k, kith_session *s, const kith_record *r, const char *assoc, bool to_change)
{
    if (!kith__call_begin(&k->c, s))
        return false;
    if (!to_change)
        kith__call_reads(&k->c);
    return find_source(k, r, assoc, to_change) || kith__call_end(&k->c, false);
}

bool kith__linking_is_null(const struct linking *k)
{
    for (unsigned i = 0; i < k->on->count; i++)
        if (k->key[i].kind == KITH_NULL || k->key[i].kind == KITH_ABSENT)
            return true;
    return false;
}

/* ---- targets of one of several models ---- */

bool kith__linking_one_model(struct linking *k)
{
    const struct assoc *a = k->any;
    return !a || kith__error_set(&k->c.err, KITH_E_UNSUPPORTED,
                                 "%s.%s leads to a %s, and nothing says which is to be made: make it with kith_create, "
                                 "then call kith_set",
                                 a->source->name, a->name, a->leads_to);
}

/* The alternative that leads to that target; NULL on failure. */
static const struct assoc *alternative_for(struct linking *k, const kith_ref *ref)
{
    const struct assoc *a = k->any;
    for (unsigned i = 0; ref->record && i < a->alternative_count; i++)
        if (ref->record->shape->model == assoc_target(&a->alternatives[i]))
            return &a->alternatives[i];
    if (ref->record)
        kith__error_set(&k->c.err, KITH_E_USAGE, "%s.%s leads to a %s, but a %s was given", a->source->name, a->name,
                        a->leads_to, ref->record->shape->model->name);
    else if (ref->keys || ref->key.kind != KITH_ABSENT)
        kith__error_set(&k->c.err, KITH_E_USAGE,
                        "%s.%s leads to a %s: give the record, as a key does not tell which of them is meant",
                        a->source->name, a->name, a->leads_to);
    else if (k->c.s->fault.first.status == KITH_OK)
        kith__error_set(&k->c.err, KITH_E_USAGE, "a target of %s.%s is NULL", a->source->name, a->name);
    return NULL;
}

static size_t count_refs(const kith_ref *refs)
{
    size_t count = 0;
    while (refs && refs[count].key.kind != KITH_LIST_END)
        count++;
    return count;
}

/* From now on the association is that with the model of the target that will be linked. */
static bool aim(struct linking *k, const kith_ref *refs)
{
    size_t count = k->any ? count_refs(refs) : 0;
    for (size_t i = 0; i < count; i++) {
        const struct assoc *a = alternative_for(k, &refs[i]);
        if (!a)
            return false;
        if (i && a != k->a)
            return kith__error_set(&k->c.err, KITH_E_USAGE, "%s.%s leads to one record, but %zu targets were given",
                                   a->source->name, a->name, count);
        follow(k, a);
    }
    return true;
}

/* Those targets that are of the model which the source names now. The others are counted: they are not linked. */
static const kith_ref *of_current(struct linking *k, const kith_ref *refs, size_t *others)
{
    size_t count = count_refs(refs), kept = 0;
    *others = 0;
    if (!k->any)
        return refs;
    kith_ref *same = ARENA_ARRAY(&k->c.load.scratch, count + 1, kith_ref);
    for (size_t i = 0; same && i < count; i++) {
        const struct assoc *a = alternative_for(k, &refs[i]);
        if (!a)
            return NULL;
        if (a == k->a)
            same[kept++] = refs[i];
    }
    if (!same) {
        kith__call_no_memory(&k->c);
        return NULL;
    }
    same[kept].key.kind = KITH_LIST_END;
    *others = count - kept;
    return same;
}

/* ---- targets ---- */

static struct identity identity_of(const struct assoc *a)
{
    const struct key_pairs *last = &a->hops[a->hop_count - 1].on;
    if (a->hop_count == 2 || a->key_in_source)
        return (struct identity){ .count = last->count, .attrs = last->to };
    return (struct identity){ .count = assoc_target(a)->key_count, .attrs = assoc_target(a)->key };
}

static bool key_of_record(struct linking *k, const kith_record *r, const struct identity *id, kith_value *key)
{
    if (r->shape->model != assoc_target(k->a))
        return kith__error_set(&k->c.err, KITH_E_USAGE, "%s.%s links %s, but a %s was given", k->a->source->name,
                               k->a->name, assoc_target(k->a)->plural, r->shape->model->name);
    return kith__call_key(&k->c, r, id->attrs, id->count, key);
}

static bool key_of_values(struct linking *k, const kith_value *given, size_t count, const struct identity *id,
                          kith_value *key)
{
    if (count != id->count)
        return kith__error_set(&k->c.err, KITH_E_USAGE, "a key of %s.%s has %u values, but %zu were given",
                               k->a->source->name, k->a->name, id->count, count);
    for (unsigned i = 0; i < id->count; i++)
        if (!kith__coerce(id->attrs[i], given[i], &k->c.load.scratch, &key[i], &k->c.err))
            return false;
    return true;
}

static bool key_of_ref(struct linking *k, const kith_ref *ref, const struct identity *id, kith_value *key)
{
    bool good;
    if (ref->record)
        good = key_of_record(k, ref->record, id, key);
    else if (ref->keys)
        good = key_of_values(k, ref->keys, kith__value_list_count(ref->keys), id, key);
    else if (ref->key.kind != KITH_ABSENT)
        good = key_of_values(k, &ref->key, 1, id, key);
    else if (k->c.s->fault.first.status != KITH_OK)
        return false; /* the record is NULL because of the failure that stands */
    else
        return kith__error_set(&k->c.err, KITH_E_USAGE, "a target of %s.%s is NULL", k->a->source->name, k->a->name);
    for (unsigned i = 0; good && i < id->count; i++)
        if (key[i].kind == KITH_NULL || key[i].kind == KITH_ABSENT || key[i].kind == KITH_EXPRESSION)
            return kith__error_set(&k->c.err, KITH_E_USAGE, "the key of a target of %s.%s is %s", k->a->source->name,
                                   k->a->name, kith__kind_name(key[i].kind));
    return good;
}

static bool collect(struct linking *k, const kith_ref *refs, size_t count, bool keep_repeats, struct key_map *met,
                    const kith_field **fields, struct targets *t)
{
    unsigned width = t->identity.count;
    for (size_t i = 0; refs && i < count; i++) {
        kith_value *key = t->distinct + t->count * width;
        bool added = true;
        int64_t at = (int64_t)t->count;
        if (!key_of_ref(k, &refs[i], &t->identity, key))
            return false;
        if (!keep_repeats && (at = kith__key_map_add(met, key, &added)) < 0)
            return kith__call_no_memory(&k->c);
        if (refs[i].through && k->a->hop_count < 2)
            return kith__error_set(&k->c.err, KITH_E_USAGE, "%s.%s has no join row for .through values",
                                   k->a->source->name, k->a->name);
        if (refs[i].through || added)
            fields[at] = refs[i].through;
        t->count += added;
    }
    return true;
}

bool kith__linking_targets(struct linking *k, const kith_ref *refs, bool keep_repeats, struct targets *t)
{
    size_t count = count_refs(refs);
    struct key_map met;
    *t = (struct targets){ .identity = identity_of(k->a) };
    t->width = t->identity.count;
    if (!t->identity.count)
        return kith__error_set(&k->c.err, KITH_E_USAGE, "model %s has no primary key to name targets by",
                               assoc_target(k->a)->name);
    t->distinct = ARENA_ARRAY(&k->c.load.scratch, count * t->identity.count, kith_value);
    const kith_field **fields = ARENA_ARRAY(&k->c.load.scratch, count, const kith_field *);
    if (!t->distinct || !fields)
        return kith__call_no_memory(&k->c);
    kith__key_map_init(&met, load_passing(&k->c.load), t->identity.count);
    bool good = collect(k, refs, count, keep_repeats, &met, fields, t);
    kith__key_map_free(&met);
    t->keys = t->distinct;
    t->fields = fields;
    return good;
}

/* ---- the source's part ---- */

struct sql_expr *kith__linking_condition(struct linking *k)
{
    struct load *l = &k->c.load;
    struct sql_expr *of_source = kith__call_where(&k->c, NULL, k->on->to, k->on->count, k->key);
    return kith__sql_and(&l->scratch, of_source, kith__scope_condition(l, k->a, NULL));
}

void kith__linking_fixed(const struct linking *k, const kith_value *key, struct fixed_values *fixed)
{
    const struct scope *scope = k->a->scope;
    fixed->count = 0;
    for (unsigned i = 0; i < k->on->count; i++, fixed->count++) {
        fixed->attrs[fixed->count] = k->on->to[i];
        fixed->values[fixed->count] = key[i];
    }
    for (unsigned i = 0; scope && i < scope->count; i++, fixed->count++) {
        fixed->attrs[fixed->count] = scope->attrs[i];
        fixed->values[fixed->count] = scope->values[i];
    }
}

struct sql_expr *kith__linking_among(struct linking *k, const struct attr *const *attrs, size_t *first)
{
    unsigned width = k->on->count;
    if (!k->keys) {
        *first = 1;
        return kith__call_where(&k->c, NULL, attrs, width, k->key);
    }
    size_t count = kith__call_chunk(&k->c, k->key_count - *first);
    const kith_value *keys = k->keys + *first * width;
    *first += count;
    return kith__call_among(&k->c, NULL, attrs, width, keys, count);
}

/* In the order of their keys, so that two calls do not wait for each other. */
static bool lock_some(struct linking *k, size_t *first)
{
    kith_arena *a = &k->c.load.scratch;
    struct sql_select s = { .lock = SQL_FOR_CHANGE };
    kith__sql_item(a, &s.items, kith__sql_expr(a, SQL_ONE), NULL);
    kith__sql_source(a, &s.from, SQL_FROM, k->a->source->table, NULL, NULL);
    s.where = kith__linking_among(k, k->on->from, first);
    for (unsigned i = 0; k->keys && i < k->on->count; i++)
        kith__sql_order(a, &s.order, kith__call_columns(&k->c, NULL, &k->on->from[i], 1), false);
    kith__render_clear(&k->c.load.renderer);
    if (!kith__render_select(&k->c.load.renderer, &s))
        return kith__call_no_memory(&k->c);
    return kith__call_rows(&k->c, NULL, 0, false, NULL, NULL, NULL) >= 0;
}

bool kith__linking_lock(struct linking *k)
{
    if (!(k->c.s->db->dialect->can & CAN_LOCK_ROWS))
        return true; /* the transaction itself has locked everything */
    for (size_t first = 0; first < linking_sources(k);)
        if (!lock_some(k, &first))
            return false;
    return true;
}

/* ---- get ---- */

static void watch(struct linking *k, const char *verb)
{
    kith__watch_record(&k->c, verb, k->any ? k->any : k->a, k->source);
}

static kith_list *get(struct linking *k, const kith_query *q)
{
    static const kith_query everything;
    bool nothing = kith__linking_is_null(k);
    if (!nothing)
        watch(k, "kith_get");
    const kith_query *use = q && !(k->any && nothing) ? q : &everything; /* it may be about another model */
    struct plan plan = { 0 };
    const kith_include root = kith__query_root(use);
    if (!kith__query_plain(&k->c, q, "kith_get") || !kith__query_lock(&k->c, q, &plan) || !kith__call_result(&k->c) ||
        !kith__plan_related(&k->c.load, k->a, &root, &plan))
        return NULL;
    kith_list **lists = kith__load_related(&k->c.load, &plan, k->key, !nothing);
    return lists ? lists[0] : NULL;
}

kith_list *kith_get(kith_session *s, const kith_record *r, const char *assoc, const kith_query *q)
{
    struct linking k;
    if (!kith__linking_begin(&k, s, r, assoc, false))
        return NULL;
    kith_list *list = get(&k, q);
    return kith__call_end(&k.c, list != NULL) ? list : NULL;
}

/* ---- has and count ---- */

bool kith__keep_key(struct call *c, void *found_map, const kith_value *values)
{
    struct key_map *found = found_map;
    bool added;
    kith_value *kept = ARENA_ARRAY(&c->load.scratch, found->width, kith_value);
    if (!kept)
        return kith__call_no_memory(c);
    memcpy(kept, values, found->width * sizeof *kept);
    return kith__key_map_add(found, kept, &added) >= 0 ? true : kith__call_no_memory(c);
}

/* SELECT the identities of those targets that are linked. */
static struct sql_select *linked_targets(struct linking *k, const struct targets *t, uint8_t *types)
{
    struct load *l = &k->c.load;
    struct names inner;
    struct sql_select *s = kith__related_select(l, k->a, &(struct source){ .key = k->key }, &inner);
    struct sql_expr *among = kith__call_among(&k->c, inner.alias, t->identity.attrs, t->identity.count, t->keys,
                                              t->count);
    if (!s || !among)
        return NULL;
    s->items = NULL;
    for (unsigned i = 0; i < t->identity.count; i++) {
        const struct attr *attr = t->identity.attrs[i];
        types[i] = (uint8_t)attr->type.id;
        kith__sql_item(&l->scratch, &s->items, kith__sql_attr(&l->scratch, inner.alias, attr), NULL);
    }
    s->where = kith__sql_and(&l->scratch, s->where, among);
    return s;
}

static int has(struct linking *k, const kith_ref *refs)
{
    struct call *c = &k->c;
    struct targets t;
    struct key_map found;
    uint8_t types[KEY_MAX];
    size_t others;
    const kith_ref *same = of_current(k, refs, &others);
    if ((refs && !same) || !kith__linking_targets(k, same, false, &t))
        return -1;
    if (others || !t.count || kith__linking_is_null(k))
        return !others && t.count == 0;
    watch(k, "kith_has");
    struct sql_select *s = linked_targets(k, &t, types);
    kith__render_clear(&c->load.renderer);
    if (!s || !kith__render_select(&c->load.renderer, s)) {
        kith__call_no_memory(c);
        return -1;
    }
    kith__key_map_init(&found, load_passing(&c->load), t.identity.count);
    int64_t rows = kith__call_rows(c, types, t.identity.count, false, kith__keep_key, &found, NULL);
    bool all = found.count == t.count;
    kith__key_map_free(&found);
    return rows < 0 ? -1 : all;
}

int kith_has(kith_session *s, const kith_record *r, const char *assoc, const kith_ref *targets)
{
    struct linking k;
    if (!kith__linking_begin(&k, s, r, assoc, false))
        return -1;
    int answer = has(&k, targets);
    return kith__call_end(&k.c, answer >= 0) ? answer : -1;
}

static int64_t count_related(struct linking *k)
{
    struct load *l = &k->c.load;
    struct names inner;
    if (kith__linking_is_null(k))
        return 0;
    watch(k, "kith_count_related");
    struct sql_select *s = kith__related_select(l, k->a, &(struct source){ .key = k->key }, &inner);
    if (!s || !s->items) {
        kith__call_no_memory(&k->c);
        return -1;
    }
    s->items->expr = kith__sql_expr(&l->scratch, SQL_COUNT);
    return kith__call_count(&k->c, s);
}

int64_t kith_count_related(kith_session *s, const kith_record *r, const char *assoc)
{
    struct linking k;
    if (!kith__linking_begin(&k, s, r, assoc, false))
        return -1;
    int64_t number = count_related(&k);
    return kith__call_end(&k.c, number >= 0) ? number : -1;
}

/* ---- add, set, remove ---- */

bool kith__linking_check(struct linking *k, const kith_link_opts *opts, size_t targets)
{
    if (k->a->hop_count < 2 && opts && opts->through)
        return kith__error_set(&k->c.err, KITH_E_USAGE, "%s.%s has no join row for .through values", k->a->source->name,
                               k->a->name);
    if (!k->a->many && targets > 1)
        return kith__error_set(&k->c.err, KITH_E_USAGE, "%s.%s leads to one %s, but %zu targets were given",
                               k->a->source->name, k->a->name, assoc_target(k->a)->name, targets);
    if (kith__linking_is_null(k) && !k->a->key_in_source)
        return kith__error_set(&k->c.err, KITH_E_USAGE, "%s.%s cannot be linked: the key of this %s is null",
                               k->a->source->name, k->a->name, k->a->source->name);
    return true;
}

kith_list *kith__linking_add(struct linking *k, const struct targets *t, const kith_link_opts *opts)
{
    if (k->a->hop_count == 2)
        return kith__through_add(k, t, opts);
    /* one target takes the place of another; none takes nobody's */
    return k->a->many || !t->count ? kith__carried_add(k, t) : kith__carried_set(k, t);
}

kith_list *kith__linking_set(struct linking *k, const struct targets *t, const kith_link_opts *opts)
{
    return k->a->hop_count == 2 ? kith__through_set(k, t, opts) : kith__carried_set(k, t);
}

static kith_list *change(kith_session *s, kith_record *r, const char *assoc, const kith_ref *refs,
                         const kith_link_opts *opts, linker *how, bool keep_repeats)
{
    struct linking k;
    struct targets t;
    kith_list *list = NULL;
    if (!kith__linking_begin(&k, s, r, assoc, true))
        return NULL;
    if (aim(&k, refs) && kith__linking_targets(&k, refs, keep_repeats && k.a->repeatable, &t) &&
        kith__linking_check(&k, opts, t.count) && kith__call_result(&k.c))
        list = how(&k, &t, opts);
    return kith__call_end(&k.c, list != NULL) ? list : NULL;
}

kith_list *kith_add(kith_session *s, kith_record *r, const char *assoc, const kith_ref *targets,
                    const kith_link_opts *opts)
{
    return change(s, r, assoc, targets, opts, kith__linking_add, true);
}

kith_list *kith_set(kith_session *s, kith_record *r, const char *assoc, const kith_ref *targets,
                    const kith_link_opts *opts)
{
    return change(s, r, assoc, targets, opts, kith__linking_set, false);
}

int64_t kith__linking_remove(struct linking *k, const struct targets *t)
{
    if (!t->count || (!k->keys && kith__linking_is_null(k)))
        return 0;
    return k->a->hop_count == 2 ? kith__through_remove(k, t) : kith__carried_remove(k, t);
}

int64_t kith_remove(kith_session *s, kith_record *r, const char *assoc, const kith_ref *targets)
{
    struct linking k;
    struct targets t;
    size_t others;
    int64_t removed = -1;
    if (!kith__linking_begin(&k, s, r, assoc, true))
        return -1;
    const kith_ref *same = of_current(&k, targets, &others);
    if ((same || !targets) && kith__linking_targets(&k, same, false, &t))
        removed = kith__linking_remove(&k, &t);
    return kith__call_end(&k.c, removed >= 0) ? removed : -1;
}
