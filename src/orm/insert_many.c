/* insert_many: rows from values to a table, without records, in memory that does not grow with them. */
#include "base/error.h"
#include "orm/many.h"
#include "orm/unique.h"

/* ---- arguments ---------------------------------------------------------------------------------------------------------- */

static size_t name_count(const char *const *names)
{
    size_t n = 0;
    while (names && names[n])
        n++;
    return n;
}

static bool take_attribute(struct many *k, const char *name)
{
    const struct attr *attr = kith__model_attr(k->m, name, &k->c.err);
    if (!attr)
        return false;
    if (k->is_given[attr->index])
        return kith__error_set(&k->c.err, KITH_E_USAGE, "the attribute %s.%s is named twice", k->m->name, name);
    k->is_given[attr->index] = true;
    if (attr->auto_increment) {
        k->number = attr;
        k->number_at = k->given_count;
    }
    k->given[k->given_count++] = (struct given){ .attr = attr, .as_given = true };
    return true;
}

static bool take_attributes(struct many *k, const char *const *names)
{
    kith_arena *a = &k->c.load.scratch;
    k->given = ARENA_ARRAY(a, k->m->attr_count, struct given);
    k->is_given = ARENA_ARRAY(a, k->m->attr_count, bool);
    k->update = ARENA_ARRAY(a, k->m->attr_count, bool);
    k->attrs = ARENA_ARRAY(a, k->m->attr_count, const struct attr *);
    k->columns = ARENA_ARRAY(a, k->m->attr_count, kith_column);
    if (!k->given || !k->is_given || !k->update || !k->attrs || !k->columns)
        return kith__call_no_memory(&k->c);
    if (!name_count(names))
        return kith__error_set(&k->c.err, KITH_E_USAGE, "no attributes of %s are named", k->m->name);
    if (k->count && !k->values)
        return kith__error_set(&k->c.err, KITH_E_USAGE, "the values are NULL");
    for (; *names; names++)
        if (!take_attribute(k, *names))
            return false;
    return true;
}

/* What a row has that says nothing. A made key is made for each row again. */
static bool make_fallbacks(struct many *k)
{
    struct row_values none;
    if (!kith__values_new(&k->c, k->m, &none) || !kith__values_complete(&k->c, &none) ||
        !kith__values_new(&k->c, k->m, &k->row))
        return false;
    k->fallbacks = none.values;
    return true;
}

/* ---- what is there already ---------------------------------------------------------------------------------------------- */

static bool take_update(struct many *k, const char *const *names)
{
    for (unsigned i = 0; !names && i < k->given_count; i++)
        k->update[k->given[i].attr->index] = true;
    for (; names && *names; names++) {
        const struct attr *attr = kith__model_attr(k->m, *names, &k->c.err);
        if (!attr)
            return false;
        if (!many_has(k, attr))
            return kith__error_set(&k->c.err, KITH_E_USAGE, "%s.%s is to be updated, but no values are given for it",
                                   k->m->name, attr->name);
        k->update[attr->index] = true;
    }
    for (unsigned i = 0; i < k->conflict.key_count; i++)
        k->update[k->conflict.key[i]->index] = false; /* it is the same */
    if (k->m->updated_at)
        k->update[k->m->updated_at->index] = true;
    k->conflict.update = k->update;
    return true;
}

static bool take_opts(struct many *k, const kith_insert_opts *opts)
{
    static const kith_insert_opts none = { 0 };
    opts = opts ? opts : &none;
    if ((unsigned)opts->on_conflict > KITH_CONFLICT_UPDATE)
        return kith__error_set(&k->c.err, KITH_E_USAGE, "on_conflict is %d, which means nothing",
                               (int)opts->on_conflict);
    if ((opts->key && opts->on_conflict == KITH_CONFLICT_FAIL) ||
        (opts->update && opts->on_conflict != KITH_CONFLICT_UPDATE))
        return kith__error_set(&k->c.err, KITH_E_USAGE, "%s is given, but on_conflict does not ask for it",
                               opts->update ? "update" : "key");
    if (opts->on_conflict == KITH_CONFLICT_FAIL)
        return true;
    struct unique_key key;
    if (!kith__unique_key(&k->c, k->m, opts->key, &key))
        return false;
    k->conflict.key = key.attrs;
    k->conflict.key_count = key.count;
    for (unsigned i = 0; i < k->conflict.key_count; i++)
        if (!many_has(k, k->conflict.key[i]))
            return kith__error_set(&k->c.err, KITH_E_USAGE,
                                   "rows are told apart by %s.%s, but no values are given for it", k->m->name,
                                   k->conflict.key[i]->name);
    return opts->on_conflict == KITH_CONFLICT_SKIP || take_update(k, opts->update);
}

/* ---- sending ------------------------------------------------------------------------------------------------------------ */

static bool take_inserted(struct call *c, void *ctx, const kith_value *values)
{
    (void)c;
    ((struct many *)ctx)->inserted += values[0].as.integer;
    return true;
}

/* Where the number of changed rows does not tell which were new, each row says so. */
static void prepare_block(struct many *k)
{
    static const uint8_t types[] = { KITH_T_BIGINT };
    struct call *c = &k->c;
    const char *was_inserted = c->s->db->dialect->was_inserted;
    bool upsert = k->conflict.key != NULL;
    k->together = kith__block_together(c, k->count);
    k->block = (struct block_insert){ .c = c, .m = k->m, .conflict = upsert ? &k->conflict : NULL };
    if (!upsert || k->conflict.update || !was_inserted)
        return;
    kith__sql_item(&c->load.scratch, &k->block.returning, kith__sql_text(&c->load.scratch, was_inserted), NULL);
    k->block.types = types;
    k->block.type_count = 1;
    k->block.on_row = take_inserted;
    k->block.ctx = k;
}

static int64_t send_all(struct many *k)
{
    int64_t changed = 0;
    prepare_block(k);
    bool counts = k->block.on_row || (k->conflict.key && !k->conflict.update);
    for (k->first = 0; k->first < k->count; k->first += k->block.block.count) {
        if (!kith__many_next(k))
            return -1;
        if (k->block.block.count < k->count && !kith__call_atomic(&k->c))
            return -1;
        k->block.followed = !counts && k->first + k->block.block.count < k->count;
        int64_t now = kith__block_send(&k->block);
        if (now < 0)
            return -1;
        changed += now;
    }
    if (k->block.on_row)
        return k->inserted;
    return counts ? changed : (int64_t)k->count;
}

static int64_t insert_many(struct many *k, const char *const *attributes, const kith_insert_opts *opts)
{
    struct hook_rows h;
    enum hook_rule rule = opts && opts->each_hooks ? HOOKS_BOTH : HOOKS_BULK;
    bool hooked = k->count && kith__hooks_on(k->m, HOOK_CREATE, rule);
    bool updates_all = opts && opts->on_conflict == KITH_CONFLICT_UPDATE && !opts->update;
    if (!take_attributes(k, attributes) || !make_fallbacks(k) || !take_opts(k, opts))
        return -1;
    if ((hooked && !kith__many_hooks_before(k, &h, rule, updates_all)) || !kith__many_check(k))
        return -1;
    int64_t inserted = send_all(k);
    return inserted >= 0 && hooked && !kith__hooks_after(&h) ? -1 : inserted;
}

int64_t kith_insert_many(kith_session *s, const kith_model *model, const char *const *attributes,
                         const kith_value *values, size_t count, const kith_insert_opts *opts)
{
    struct many k = { .values = values, .count = count };
    if (!kith__call_begin(&k.c, s))
        return -1;
    kith__arena_init(&k.memory, s->db->allocator, NULL, s->db->plain);
    k.m = kith__call_model(&k.c, model);
    int64_t inserted = k.m ? insert_many(&k, attributes, opts) : -1;
    if (k.memory.failed && inserted < 0)
        kith__call_no_memory(&k.c);
    kith__arena_free(&k.memory);
    return kith__call_end(&k.c, inserted >= 0) ? inserted : -1;
}
