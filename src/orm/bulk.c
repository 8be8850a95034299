/* bulk: many records created in one call. */
#include "base/error.h"
#include "orm/hooks.h"

static bool make_row(struct call *c, const struct model *m, const kith_field *fields, const struct fixed_values *fixed,
                     struct row_values *row, struct validation *v)
{
    bool good = kith__values_new(c, m, row) && kith__values_take(c, row, fields, v);
    for (unsigned i = 0; good && fixed && i < fixed->count; i++)
        good = kith__values_fix(c, row, fixed->attrs[i], fixed->values[i]);
    bool later = !v->failures && kith__hooks_on(m, HOOK_CREATE, HOOKS_BOTH); /* checked among the hooks */
    if (good && kith__values_complete(c, row) && (later || kith__values_check(c, row, false, v)))
        return true;
    kith__validation_place(v, &c->err);
    return false;
}

struct row_values *kith__create_each(struct call *c, const struct model *m, const kith_field *const *given,
                                     size_t count, const struct fixed_values *fixed)
{
    if (count && !given) {
        kith__error_set(&c->err, KITH_E_USAGE, "the rows are NULL");
        return NULL;
    }
    struct row_values *rows = ARENA_ARRAY(&c->load.scratch, count, struct row_values);
    struct validation v;
    bool good = true;
    if (!rows) {
        kith__call_no_memory(c);
        return NULL;
    }
    kith__validation_init(&v, c->s->db->allocator);
    v.rows = count;
    for (size_t i = 0; good && i < count && !kith__validation_full(&v); i++) {
        v.row = i + 1;
        good = make_row(c, m, given[i], fixed, &rows[i], &v);
    }
    return kith__validation_end(c, &v, good) ? rows : NULL;
}

kith_list *kith__create_list(struct call *c, const struct model *m, kith_record **records, size_t count)
{
    const struct shape *shape = kith__shape_full(m, c->load.result);
    kith_list *list = shape ? kith__list_new(shape, NULL, records, NULL, count) : NULL;
    if (!list)
        kith__call_no_memory(c);
    c->load.result->root = list;
    return list;
}

static kith_list *create_many(struct call *c, const struct model *m, const kith_field *const *given, size_t count)
{
    struct row_values *rows = kith__create_each(c, m, given, count, NULL);
    if (!rows || !kith__call_result(c))
        return NULL;
    kith_record **records = ARENA_ARRAY(&c->load.result->arena, count, kith_record *);
    if (!records) {
        kith__call_no_memory(c);
        return NULL;
    }
    kith_list *list = kith__create_list(c, m, records, count);
    return list && kith__create_rows(c, rows, count, HOOKS_BOTH, NULL, records) ? list : NULL;
}

kith_list *kith_create_many(kith_session *s, const kith_model *model, const kith_field *const *rows, size_t count)
{
    struct call c;
    if (!kith__call_begin(&c, s))
        return NULL;
    const struct model *m = kith__call_model(&c, model);
    kith_list *list = m ? create_many(&c, m, rows, count) : NULL;
    return kith__call_end(&c, list != NULL) ? list : NULL;
}
