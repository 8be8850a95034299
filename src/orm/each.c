/* each: the association verbs for many sources. Links through a join table are gathered from all of them and written
 * together; where a row carries the key, each source has its turn in one transaction. What a link is, link.c, through.c
 * and carried.c know. */
#include "kith/each.h"

#include "base/error.h"
#include "orm/link.h"
#include "orm/query.h"

/* The sources of a call. Those with the same key are one. */
struct each {
    struct linking k; /* its key and source are those that have their turn */
    const struct model *m;
    struct key_map map;
    kith_value *keys; /* those of the map, by number */
    int64_t *number;  /* of each source's key; -1: it is null, and nothing belongs to it */
    size_t count;
};

static bool begin(struct each *e, kith_session *s, const kith_model *m, const char *assoc, size_t count, bool to_change)
{
    struct linking *k = &e->k;
    *e = (struct each){ .count = count };
    if (!kith__call_begin(&k->c, s))
        return false;
    if (!to_change)
        kith__call_reads(&k->c);
    e->m = kith__call_model(&k->c, m);
    k->a = e->m ? kith__model_assoc(e->m, assoc, &k->c.err) : NULL;
    if (!k->a)
        return kith__call_end(&k->c, false);
    k->on = &k->a->hops[0].on;
    kith__key_map_init(&e->map, s->db->allocator, k->on->count);
    e->keys = ARENA_ARRAY(&k->c.load.scratch, count * k->on->count, kith_value);
    e->number = ARENA_ARRAY(&k->c.load.scratch, count, int64_t);
    return !k->c.load.scratch.failed || kith__call_end(&k->c, kith__call_no_memory(&k->c));
}

static bool end(struct each *e, bool good)
{
    kith__key_map_free(&e->map);
    return kith__call_end(&e->k.c, good);
}

/* Makes source i the one whose turn it is. */
static bool take_source(struct each *e, const kith_record *r, size_t i, bool to_change)
{
    struct linking *k = &e->k;
    kith_value *key = e->keys + e->map.count * k->on->count;
    bool added = false;
    if (!kith__call_record(&k->c, r, to_change))
        return false;
    if (r->shape->model != e->m)
        return kith__error_set(&k->c.err, KITH_E_USAGE, "%s.%s: source %zu is a %s", e->m->name, k->a->name, i + 1,
                               r->shape->model->name);
    k->source = r;
    if (!kith__call_key(&k->c, r, k->on->from, k->on->count, k->key))
        return false;
    e->number[i] = -1;
    if (kith__linking_is_null(k))
        return true;
    memcpy(key, k->key, k->on->count * sizeof *key);
    e->number[i] = kith__key_map_add(&e->map, key, &added);
    return e->number[i] >= 0 || kith__call_no_memory(&k->c);
}

static bool take_sources(struct each *e, kith_record *const *sources)
{
    for (size_t i = 0; i < e->count; i++)
        if (!take_source(e, sources[i], i, false))
            return false;
    return kith__call_result(&e->k.c);
}

/* ---- get ---- */

static kith_list **get_each(struct each *e, const kith_query *q)
{
    struct call *c = &e->k.c;
    struct plan plan = { 0 };
    const kith_include root = kith__query_root(q);
    if (!kith__query_plain(c, q, "kith_get_each") || !kith__query_lock(c, q, &plan) ||
        !kith__plan_related(&c->load, e->k.a, &root, &plan))
        return NULL;
    kith_list **each = ARENA_ARRAY(&c->load.result->arena, e->count, kith_list *);
    kith_list **lists = kith__load_related(&c->load, &plan, e->keys, e->map.count);
    if (!lists || !each) {
        if (!each)
            kith__call_no_memory(c);
        return NULL;
    }
    for (size_t i = 0; i < e->count; i++)
        each[i] = lists[e->number[i] < 0 ? (int64_t)e->map.count : e->number[i]];
    c->load.result->root = e->count ? each[0] : NULL;
    return each;
}

kith_list *const *kith_get_each(kith_session *s, const kith_model *m, kith_record *const *sources, size_t count,
                                const char *assoc, const kith_query *q)
{
    struct each e;
    if (!begin(&e, s, m, assoc, count, false))
        return NULL;
    kith_list **lists = take_sources(&e, sources) ? get_each(&e, q) : NULL;
    return end(&e, lists != NULL) ? lists : NULL;
}

/* ---- count and has ---- */

/* SELECT attrs, more FROM the association's tables WHERE attrs are among names */
static struct sql_select *select_links(struct each *e, struct names *inner, const struct targets *t)
{
    struct load *l = &e->k.c.load;
    l->next_alias = 0;
    struct sql_select *s = kith__related_select(l, e->k.a, &(struct source){ .any = true }, inner);
    const char *near = inner->link_alias ? inner->link_alias : inner->alias;
    if (!s) {
        kith__call_no_memory(&e->k.c);
        return NULL;
    }
    s->items = NULL;
    for (unsigned i = 0; i < t->width; i++) {
        bool of_source = i < t->source_width;
        const struct attr *attr = of_source ? e->k.on->to[i] : t->identity.attrs[i - t->source_width];
        kith__sql_item(&l->scratch, &s->items,
                       kith__sql_column(&l->scratch, of_source ? near : inner->alias, attr->column, attr->type.id),
                       NULL);
    }
    return s;
}

/* A chain of its own of what is selected. */
static struct sql_expr *columns_of(struct call *c, const struct sql_select *s, uint8_t *types)
{
    struct sql_expr *columns = NULL;
    for (const struct sql_item *item = s->items; item && item->expr; item = item->next) {
        *types++ = (uint8_t)item->expr->type;
        kith__sql_append(&columns,
                         kith__sql_column(&c->load.scratch, item->expr->table, item->expr->text, item->expr->type));
    }
    return columns;
}

/* Asks about the links with these names, a statement's worth at a time; counts them for each name when asked to. */
static bool ask_links(struct each *e, const struct targets *t, bool count, row_reader *on_row, void *ctx)
{
    struct call *c = &e->k.c;
    kith_arena *a = &c->load.scratch;
    uint8_t types[2 * KEY_MAX + 1] = { 0 };
    for (size_t first = 0, some; first < t->count; first += some) {
        struct names inner;
        struct sql_select *s = select_links(e, &inner, t);
        struct sql_keys *keys = ARENA_NEW(a, struct sql_keys);
        uint8_t *key_types = ARENA_ARRAY(a, t->width, uint8_t);
        if (!s || !keys || !key_types)
            return kith__call_no_memory(c);
        some = kith__call_chunk(c, t->count - first);
        struct sql_expr *columns = columns_of(c, s, types);
        memcpy(key_types, types, t->width);
        *keys = (struct sql_keys){ t->width, some, t->keys + first * t->width, key_types };
        s->where = kith__sql_and(a, kith__sql_keys(a, columns, keys), s->where);
        if (count) {
            s->group = columns_of(c, s, types);
            types[t->width] = KITH_T_BIGINT;
            kith__sql_item(a, &s->items, kith__sql_expr(a, SQL_COUNT), NULL);
        }
        kith__render_clear(&c->load.renderer);
        if (!kith__render_select(&c->load.renderer, s))
            return kith__call_no_memory(c);
        if (kith__call_rows(c, types, t->width + count, false, on_row, ctx, NULL) < 0)
            return false;
    }
    return true;
}

struct counting {
    struct each *e;
    int64_t *by_number;
};

static bool take_count(struct call *c, void *ctx, const kith_value *values)
{
    struct counting *counting = ctx;
    int64_t number = kith__key_map_get(&counting->e->map, values);
    (void)c;
    if (number >= 0)
        counting->by_number[number] = values[counting->e->k.on->count].as.integer;
    return true;
}

static int64_t *count_each(struct each *e)
{
    struct call *c = &e->k.c;
    unsigned width = e->k.on->count;
    const struct targets t = { .width = width, .source_width = width, .keys = e->keys, .count = e->map.count };
    struct counting counting = { e, ARENA_ARRAY(&c->load.scratch, e->map.count, int64_t) };
    int64_t *counts = ARENA_ARRAY(&c->load.result->arena, e->count, int64_t);
    if (!counts || !counting.by_number) {
        kith__call_no_memory(c);
        return NULL;
    }
    if (!ask_links(e, &t, true, take_count, &counting))
        return NULL;
    for (size_t i = 0; i < e->count; i++)
        counts[i] = e->number[i] < 0 ? 0 : counting.by_number[e->number[i]];
    return counts;
}

const int64_t *kith_count_each(kith_session *s, const kith_model *m, kith_record *const *sources, size_t count,
                               const char *assoc)
{
    struct each e;
    if (!begin(&e, s, m, assoc, count, false))
        return NULL;
    int64_t *counts = take_sources(&e, sources) ? count_each(&e) : NULL;
    return end(&e, counts != NULL) ? counts : NULL;
}

/* ---- links ---- */

/* A source with its targets. */
struct turn {
    const kith_record *source;
    kith_value key[KEY_MAX];
    struct targets t;
};

/* What a verb does with links. */
struct rule {
    bool keep_repeats; /* of repeatable links */
    bool once;         /* each source may be given once */
    bool makes;        /* links will be there that were not */
    bool reads;
    const kith_link_opts *opts;
};

static bool take_turn(struct each *e, const kith_links *links, size_t i, const struct rule *rule, struct turn *turn)
{
    struct linking *k = &e->k;
    size_t before = e->map.count;
    if (!take_source(e, links[i].source, i, !rule->reads) ||
        !kith__linking_targets(k, links[i].targets, rule->keep_repeats && k->a->repeatable, &turn->t) ||
        (rule->makes && !kith__linking_check(k, rule->opts, turn->t.count)))
        return false;
    if (rule->once && !k->a->key_in_source && e->map.count == before)
        return kith__error_set(&k->c.err, KITH_E_USAGE, "%s.%s: source %zu was given before", e->m->name, k->a->name,
                               i + 1);
    turn->source = k->source;
    memcpy(turn->key, k->key, sizeof turn->key);
    return true;
}

/* All that is wrong is found here, before any SQL. */
static struct turn *take_turns(struct each *e, const kith_links *links, const struct rule *rule)
{
    struct turn *turns = ARENA_ARRAY(&e->k.c.load.scratch, e->count, struct turn);
    bool good = turns || kith__call_no_memory(&e->k.c);
    for (size_t i = 0; good && i < e->count; i++)
        good = take_turn(e, links, i, rule, &turns[i]);
    return good && kith__call_result(&e->k.c) ? turns : NULL;
}

/* The targets of all sources as one set, in which each is named together with its source. `once`: a link that comes
 * again is the same, and may bring other values. Sources whose key is null have none. */
static bool gather_turns(struct each *e, const struct turn *turns, bool once, struct key_map *met, struct targets *all)
{
    const unsigned near = all->source_width, far = all->identity.count;
    const kith_field **fields = (const kith_field **)(uintptr_t)all->fields;
    for (size_t i = 0; i < e->count; i++) {
        const struct turn *turn = &turns[i];
        for (size_t k = 0; e->number[i] >= 0 && k < turn->t.count; k++) {
            kith_value *name = all->distinct + all->count * all->width;
            int64_t at = (int64_t)all->count;
            bool added = true;
            memcpy(name, turn->key, near * sizeof *name);
            memcpy(name + near, turn->t.keys + k * far, far * sizeof *name);
            if (once && (at = kith__key_map_add(met, name, &added)) < 0)
                return kith__call_no_memory(&e->k.c);
            if (added || turn->t.fields[k])
                fields[at] = turn->t.fields[k];
            all->count += added;
        }
    }
    return true;
}

static bool gather(struct each *e, const struct turn *turns, bool once, struct targets *all)
{
    kith_arena *a = &e->k.c.load.scratch;
    struct key_map met;
    size_t most = 0;
    if (!kith__linking_targets(&e->k, KITH_NO_REFS, false, all))
        return false;
    for (size_t i = 0; i < e->count; i++)
        most += turns[i].t.count;
    all->source_width = e->k.on->count;
    all->width = all->source_width + all->identity.count;
    all->keys = all->distinct = ARENA_ARRAY(a, most * all->width, kith_value);
    all->fields = ARENA_ARRAY(a, most, const kith_field *);
    if (!all->keys || !all->fields)
        return kith__call_no_memory(&e->k.c);
    kith__key_map_init(&met, e->k.c.s->db->allocator, all->width);
    bool good = gather_turns(e, turns, once, &met, all);
    kith__key_map_free(&met);
    e->k.keys = e->keys;
    e->k.key_count = e->map.count;
    return good;
}

/* ---- has ---- */

static bool *answer_all(struct each *e, const struct turn *turns, const struct targets *all,
                        const struct key_map *found)
{
    bool *answers = ARENA_ARRAY(&e->k.c.load.result->arena, e->count, bool);
    size_t at = 0;
    for (size_t i = 0; answers && i < e->count; i++) {
        answers[i] = e->number[i] >= 0 || !turns[i].t.count;
        for (size_t k = 0; e->number[i] >= 0 && k < turns[i].t.count; k++, at++)
            if (kith__key_map_get(found, all->keys + at * all->width) < 0)
                answers[i] = false;
    }
    if (!answers)
        kith__call_no_memory(&e->k.c);
    return answers;
}

static bool *has_each(struct each *e, const kith_links *links)
{
    const struct rule rule = { .reads = true };
    struct key_map found;
    struct targets all;
    struct turn *turns = take_turns(e, links, &rule);
    if (!turns || !gather(e, turns, false, &all))
        return NULL;
    kith__key_map_init(&found, e->k.c.s->db->allocator, all.width);
    bool *answers = ask_links(e, &all, false, kith__keep_key, &found) ? answer_all(e, turns, &all, &found) : NULL;
    kith__key_map_free(&found);
    return answers;
}

const bool *kith_has_each(kith_session *s, const kith_model *m, const kith_links *links, size_t count,
                          const char *assoc)
{
    struct each e;
    if (!begin(&e, s, m, assoc, count, false))
        return NULL;
    bool *answers = has_each(&e, links);
    return end(&e, answers != NULL) ? answers : NULL;
}

/* ---- add, set, remove ---- */

static void give_turn(struct each *e, const struct turn *turn)
{
    e->k.source = turn->source;
    memcpy(e->k.key, turn->key, sizeof turn->key);
}

/* Where rows carry the key: one source after another, and their targets in one list. */
static kith_list *one_by_one(struct each *e, const struct turn *turns, linker *how, const kith_link_opts *opts)
{
    struct call *c = &e->k.c;
    struct result *result = c->load.result;
    const struct shape *shape = kith__shape_full(assoc_target(e->k.a), result);
    size_t most = 0, count = 0;
    for (size_t i = 0; i < e->count; i++)
        most += turns[i].t.count;
    kith_record **at = ARENA_ARRAY(&result->arena, most, kith_record *);
    kith_list *all = shape && at ? kith__list_new(shape, NULL, at, NULL, most) : NULL;
    if (!all) {
        kith__call_no_memory(c);
        return NULL;
    }
    if (e->count && !kith__call_atomic(c))
        return NULL;
    for (size_t i = 0; i < e->count; i++) {
        give_turn(e, &turns[i]);
        const kith_list *list = how(&e->k, &turns[i].t, opts);
        if (!list)
            return NULL;
        for (size_t k = 0; k < list->count; k++)
            at[count++] = list->at[k];
    }
    result->root = all;
    return all;
}

static kith_list *change_each(struct each *e, const kith_links *links, linker *how, const struct rule *rule)
{
    struct targets all;
    struct turn *turns = take_turns(e, links, rule);
    if (!turns)
        return NULL;
    if (e->k.a->hop_count < 2)
        return one_by_one(e, turns, how, rule->opts);
    bool once = !rule->keep_repeats || !e->k.a->repeatable;
    return gather(e, turns, once, &all) ? how(&e->k, &all, rule->opts) : NULL;
}

static kith_list *change(kith_session *s, const kith_model *m, const kith_links *links, size_t count, const char *assoc,
                         linker *how, const struct rule *rule)
{
    struct each e;
    if (!begin(&e, s, m, assoc, count, true))
        return NULL;
    kith_list *list = change_each(&e, links, how, rule);
    return end(&e, list != NULL) ? list : NULL;
}

kith_list *kith_add_each(kith_session *s, const kith_model *m, const kith_links *links, size_t count, const char *assoc,
                         const kith_link_opts *opts)
{
    const struct rule rule = { .keep_repeats = true, .makes = true, .opts = opts };
    return change(s, m, links, count, assoc, kith__linking_add, &rule);
}

kith_list *kith_set_each(kith_session *s, const kith_model *m, const kith_links *links, size_t count, const char *assoc,
                         const kith_link_opts *opts)
{
    const struct rule rule = { .once = true, .makes = true, .opts = opts };
    return change(s, m, links, count, assoc, kith__linking_set, &rule);
}

static int64_t remove_each(struct each *e, const kith_links *links)
{
    const struct rule rule = { 0 };
    struct targets all;
    int64_t removed = 0;
    struct turn *turns = take_turns(e, links, &rule);
    if (!turns)
        return -1;
    if (e->k.a->hop_count == 2)
        return gather(e, turns, true, &all) ? kith__linking_remove(&e->k, &all) : -1;
    if (e->count && !kith__call_atomic(&e->k.c))
        return -1;
    for (size_t i = 0; i < e->count; i++) {
        give_turn(e, &turns[i]);
        int64_t more = kith__linking_remove(&e->k, &turns[i].t);
        if (more < 0)
            return -1;
        removed += more;
    }
    return removed;
}

int64_t kith_remove_each(kith_session *s, const kith_model *m, const kith_links *links, size_t count, const char *assoc)
{
    struct each e;
    int64_t removed = -1;
    if (!begin(&e, s, m, assoc, count, true))
        return -1;
    removed = remove_each(&e, links);
    return end(&e, removed >= 0) ? removed : -1;
}
