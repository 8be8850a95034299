/* related: targets that are made together with their links, both or neither. */
#include "base/error.h"
#include "orm/link.h"

bool kith__linking_check_join(struct linking *k, const kith_link_opts *opts)
{
    struct row_values row;
    struct validation v;
    if (k->a->hop_count < 2 || !opts || !opts->through)
        return true;
    if (!kith__values_new(&k->c, assoc_join(k->a), &row))
        return false;
    kith__validation_init(&v, k->c.s->db->allocator);
    bool good = kith__values_take(&k->c, &row, opts->through, &v) && kith__values_check(&k->c, &row, true, &v);
    return kith__validation_end(&k->c, &v, good);
}

/* What the targets' own rows say of the source; NULL when they say nothing. */
static const struct fixed_values *carried_values(const struct linking *k, struct fixed_values *fixed)
{
    if (k->a->hop_count == 2 || k->a->key_in_source)
        return NULL;
    kith__linking_fixed(k, k->key, fixed);
    return fixed;
}

/* Inserts the targets, and then what links them where their own rows do not. */
static bool insert_linked(struct linking *k, struct row_values *rows, size_t count, enum hook_rule rule,
                          const struct fixed_values *carried, const kith_link_opts *opts, kith_record **records)
{
    struct call *c = &k->c;
    if (carried || !count)
        return kith__create_rows(c, rows, count, rule, carried, records);
    if (!kith__linking_check_join(k, opts) || !kith__call_atomic(c) ||
        !kith__create_rows(c, rows, count, rule, NULL, records))
        return false;
    return k->a->hop_count == 2 ? kith__through_create(k, records, count, opts) : kith__carried_create(k, records[0]);
}

static kith_record *create_one(struct linking *k, const kith_field *fields, const kith_link_opts *opts)
{
    struct fixed_values fixed;
    struct row_values row;
    kith_record *r = NULL;
    const struct fixed_values *carried = carried_values(k, &fixed);
    bool good = kith__linking_one_model(k) && kith__linking_check(k, opts, 1) && kith__call_result(&k->c) &&
                kith__create_row(&k->c, assoc_target(k->a), fields, carried, &row) &&
                insert_linked(k, &row, 1, HOOKS_SINGLE, carried, opts, &r);
    return good ? r : NULL;
}

kith_record *kith_create_related(kith_session *s, kith_record *r, const char *assoc, const kith_field *fields,
                                 const kith_link_opts *opts)
{
    struct linking k;
    if (!kith__linking_begin(&k, s, r, assoc, true))
        return NULL;
    kith_record *created = create_one(&k, fields, opts);
    return kith__call_end(&k.c, created != NULL) ? created : NULL;
}

static kith_list *create_many(struct linking *k, const kith_field *const *given, size_t count,
                              const kith_link_opts *opts)
{
    struct fixed_values fixed;
    const struct model *target = assoc_target(k->a);
    const struct fixed_values *carried = carried_values(k, &fixed);
    if (!kith__linking_one_model(k) || !kith__linking_check(k, opts, count))
        return NULL;
    struct row_values *rows = kith__create_each(&k->c, target, given, count, carried);
    if (!rows || !kith__call_result(&k->c))
        return NULL;
    kith_record **records = ARENA_ARRAY(&k->c.load.result->arena, count, kith_record *);
    if (!records) {
        kith__call_no_memory(&k->c);
        return NULL;
    }
    kith_list *list = kith__create_list(&k->c, target, records, count);
    return list && insert_linked(k, rows, count, HOOKS_BOTH, carried, opts, records) ? list : NULL;
}

kith_list *kith_create_related_many(kith_session *s, kith_record *r, const char *assoc, const kith_field *const *rows,
                                    size_t count, const kith_link_opts *opts)
{
    struct linking k;
    if (!kith__linking_begin(&k, s, r, assoc, true))
        return NULL;
    kith_list *created = create_many(&k, rows, count, opts);
    return kith__call_end(&k.c, created != NULL) ? created : NULL;
}
