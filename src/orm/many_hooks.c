/* many_hooks: kith_insert_many of a model with hooks. They want to see rows, so these are made, which takes memory for
 * all of them; what the hooks leave is laid out again as values, as if it had been given. */
#include "base/error.h"
#include "orm/many.h"

static bool make_row(struct many *k, size_t at, kith_field *fields, struct row_values *row, struct validation *v)
{
    size_t count = 0;
    for (unsigned i = 0; i < k->given_count; i++) {
        kith_value value = k->values[at * k->given_count + i];
        if (value.kind == KITH_EXPRESSION)
            return kith__many_refuse_expression(k, k->given[i].attr);
        if (value.kind != KITH_ABSENT)
            fields[count++] = (kith_field){ .name = k->given[i].attr->name, .value = value };
    }
    fields[count] = (kith_field){ .value = KITH_END_VALUE_ };
    return kith__values_new(&k->c, k->m, row) && kith__values_take(&k->c, row, fields, v) &&
           kith__values_complete(&k->c, row);
}

static bool make_rows(struct many *k, struct row_values *rows)
{
    kith_field *fields = kith__arena_array(&k->c.load.scratch, (size_t)k->given_count + 1, sizeof *fields);
    struct validation v;
    bool good = true;
    if (!fields)
        return kith__call_no_memory(&k->c);
    kith__validation_init(&v, k->c.s->db->allocator);
    v.rows = k->count;
    for (size_t i = 0; good && i < k->count && !kith__validation_full(&v); i++) {
        v.row = i + 1;
        good = make_row(k, i, fields, &rows[i], &v);
    }
    if (!good)
        kith__validation_place(&v, &k->c.err);
    return kith__validation_end(&k->c, &v, good);
}

/* What is given now: to any of the rows. A hook's value is taken over by an upsert like the caller's. */
static void take_attributes(struct many *k, const struct row_values *rows, bool all_given_is_updated)
{
    k->given_count = 0;
    k->number = NULL;
    for (unsigned a = 0; a < k->m->attr_count; a++) {
        const struct attr *attr = k->m->attrs[a];
        bool any = false, said = k->is_given[a];
        for (size_t i = 0; i < k->count; i++) {
            any |= rows[i].values[a].kind != KITH_ABSENT;
            said |= rows[i].given[a];
        }
        if (said && !k->is_given[a] && all_given_is_updated)
            k->update[a] = true;
        k->is_given[a] = any;
        if (any && attr->auto_increment) {
            k->number = attr;
            k->number_at = k->given_count;
        }
        if (any)
            k->given[k->given_count++] = (struct given){ .attr = attr, .as_given = true };
    }
}

/* Some of the rows may say nothing about what others say. */
static bool lay_out(struct many *k, const struct row_values *rows)
{
    kith_value *values = kith__arena_array(&k->c.load.scratch, k->count * k->given_count, sizeof *values);
    if (!values)
        return kith__call_no_memory(&k->c);
    k->values = values;
    for (size_t i = 0; i < k->count; i++)
        for (unsigned j = 0; j < k->given_count; j++, values++) {
            const struct attr *attr = k->given[j].attr;
            *values = rows[i].values[attr->index];
            if (values->kind == KITH_ABSENT && !attr->auto_increment)
                *values = kith_of_null();
        }
    return true;
}

bool kith__many_hooks_before(struct many *k, struct hook_rows *h, enum hook_rule rule, bool all_given_is_updated)
{
    struct row_values *rows = ARENA_ARRAY(&k->c.load.scratch, k->count, struct row_values);
    if (!rows)
        return kith__call_no_memory(&k->c);
    *h = (struct hook_rows){
        .c = &k->c, .m = k->m, .verb = HOOK_CREATE, .rule = rule, .complete = true, .count = k->count, .rows = rows
    };
    if (!make_rows(k, rows) || !kith__hooks_before(h))
        return false;
    take_attributes(k, rows, all_given_is_updated);
    return lay_out(k, rows);
}
