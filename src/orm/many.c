/* many: see many.h. */
#include "orm/many.h"

#include "base/error.h"
#include "schema/coerce.h"

static const kith_value *value_at(const struct many *k, size_t row, unsigned at)
{
    return &k->values[row * k->given_count + at];
}

/* ---- checking all rows -------------------------------------------------------------------------------------------------- */

static bool is_same(const kith_value *a, const kith_value *b)
{
    if (a->kind != b->kind || a->size != b->size)
        return false;
    return a->kind == KITH_BOOL ? a->as.boolean == b->as.boolean : a->as.integer == b->as.integer;
}

/* The value that is stored for what was given. */
static bool store(struct many *k, const struct given *g, const kith_value *given, kith_value *out, kith_error *why)
{
    if (given->kind == KITH_ABSENT || (given->kind == KITH_NULL && g->attr->auto_increment)) {
        *out = k->fallbacks[g->attr->index];
        return true;
    }
    return kith__coerce(g->attr, *given, &k->memory, out, why);
}

static bool refuse(struct many *k, const struct attr *attr, const char *what)
{
    kith__error_set(&k->c.err, KITH_E_USAGE, "%s.%s: %s", k->m->name, attr->name, what);
    return kith__error_about(&k->c.err, k->m->name, attr->name);
}

bool kith__many_refuse_expression(struct many *k, const struct attr *attr)
{
    return refuse(k, attr, "an expression was given, but many rows take plain values only");
}

static bool check_value(struct many *k, struct given *g, const kith_value *given, struct validation *v)
{
    kith_value *value = &k->row.values[g->attr->index];
    kith_error why;
    k->row.given[g->attr->index] = false;
    if (given->kind == KITH_EXPRESSION)
        return kith__many_refuse_expression(k, g->attr);
    if (!store(k, g, given, value, &why)) {
        if (why.status == KITH_E_NO_MEMORY)
            return kith__call_no_memory(&k->c);
        kith__validation_add(v, &why);
        *value = (kith_value){ .kind = KITH_ABSENT };
        k->row.given[g->attr->index] = true; /* so that a missing value is not reported as well */
        return true;
    }
    if (value->kind == KITH_ABSENT && !g->attr->auto_increment)
        return refuse(k, g->attr, "a row has no value for it, and there is no default");
    g->as_given &= is_same(given, value);
    return true;
}

static bool check_row(struct many *k, size_t row, struct validation *v)
{
    const kith_value *value = value_at(k, row, 0);
    for (struct given *g = k->given, *end = g + k->given_count; g < end; g++, value++)
        if (!check_value(k, g, value, v))
            return false;
    return kith__values_check(&k->c, &k->row, false, v);
}

enum { ROWS_BETWEEN = 1000 }; /* then the memory of their values is given back */

static bool check_rows(struct many *k, struct validation *v)
{
    memcpy(k->row.values, k->fallbacks, k->m->attr_count * sizeof *k->fallbacks);
    for (size_t row = 0; row < k->count && !kith__validation_full(v); row++) {
        v->row = row + 1;
        if (!check_row(k, row, v)) {
            kith__validation_place(v, &k->c.err);
            return false;
        }
        if (row % ROWS_BETWEEN == 0)
            kith__arena_free(&k->memory);
    }
    return true;
}

bool kith__many_check(struct many *k)
{
    struct validation v;
    kith__validation_init(&v, k->c.s->db->allocator);
    v.rows = k->count;
    return kith__validation_end(&k->c, &v, check_rows(k, &v));
}

/* ---- the rows of one statement ------------------------------------------------------------------------------------------ */

/* Does the database number this row? */
static bool is_numbered(const struct many *k, size_t row)
{
    const kith_value *v = value_at(k, row, k->number_at);
    return v->kind == KITH_NULL || v->kind == KITH_ABSENT;
}

/* The next rows that are numbered alike: a column is either written or not. */
static size_t alike(const struct many *k, size_t most)
{
    size_t n = 1;
    while (k->number && n < most && is_numbered(k, k->first) == is_numbered(k, k->first + n))
        n++;
    return k->number ? n : most;
}

static size_t bytes_of(const void *ctx, size_t row)
{
    const struct many *k = ctx;
    size_t size = (k->m->attr_count - k->given_count) * sizeof(kith_value);
    const kith_value *value = value_at(k, k->first + row, 0);
    for (const kith_value *end = value + k->given_count; value < end; value++)
        size += value_bytes(value);
    return size;
}

static bool is_made(const struct attr *attr)
{
    return attr->generate == KITH_UUIDV1 || attr->generate == KITH_UUIDV4 || attr->generate == KITH_UUIDV7;
}

static bool make_key(struct many *k, const struct attr *attr, kith_value *out)
{
    return kith__values_generate(attr, &k->memory, out) || kith__call_no_memory(&k->c);
}

/* A column whose values are made: by the attribute's type from those given, or from nothing. */
static bool make_column(struct many *k, const struct attr *attr, const struct given *g, size_t rows,
                        kith_column *column)
{
    kith_value *made = ARENA_ARRAY(&k->memory, rows, kith_value);
    if (!made)
        return kith__call_no_memory(&k->c);
    static const kith_value absent = { 0 };
    for (size_t row = 0; row < rows; row++) {
        const kith_value *given = g ? value_at(k, k->first + row, (unsigned)(g - k->given)) : &absent;
        bool open = given->kind == KITH_ABSENT;
        if (open && is_made(attr) ? !make_key(k, attr, &made[row]) : !store(k, g, given, &made[row], &k->c.err))
            return false;
    }
    *column = (kith_column){ .at = made, .stride = 1, .type = attr->type.id };
    return true;
}

static bool lay_column(struct many *k, const struct attr *attr, const struct given *g, size_t rows, kith_column *column)
{
    *column = (kith_column){ .at = &k->fallbacks[attr->index], .stride = 0, .type = attr->type.id };
    if (!g && !is_made(attr))
        return true;
    if (!g || !g->as_given)
        return make_column(k, attr, g, rows, column);
    column->at = value_at(k, k->first, (unsigned)(g - k->given));
    column->stride = k->given_count;
    return true;
}

static const struct given *given_for(const struct many *k, const struct attr *attr)
{
    for (unsigned i = 0; i < k->given_count; i++)
        if (k->given[i].attr == attr)
            return &k->given[i];
    return NULL;
}

/* In the order of the model's attributes, as every INSERT has them. */
static bool lay_columns(struct many *k, size_t rows)
{
    struct sql_block *b = &k->block.block;
    bool numbered = k->number && is_numbered(k, k->first);
    unsigned width = 0;
    for (unsigned i = 0; i < k->m->attr_count; i++) {
        const struct attr *attr = k->m->attrs[i];
        if (!many_has(k, attr) || (numbered && attr == k->number))
            continue;
        if (!lay_column(k, attr, given_for(k, attr), rows, &k->columns[width]))
            return false;
        k->attrs[width++] = attr;
    }
    if (b->width != width)
        k->block.is_rendered = false;
    *b = (struct sql_block){
        .attrs = k->attrs, .columns = k->columns, .width = width, .count = rows, .together = k->together && width
    };
    return true;
}

/* ---- repeated keys ------------------------------------------------------------------------------------------------------ */

static const kith_column *column_of(const struct many *k, const struct attr *attr)
{
    for (unsigned i = 0; i < k->block.block.width; i++)
        if (k->attrs[i] == attr)
            return &k->columns[i];
    return NULL;
}

/* False when a part of it is null or the database's to make: it repeats nothing. */
static bool key_of(const struct many *k, size_t row, kith_value *key)
{
    for (unsigned i = 0; i < k->conflict.key_count; i++) {
        const kith_column *column = column_of(k, k->conflict.key[i]);
        if (!column || column->at[row * column->stride].kind == KITH_NULL)
            return false;
        key[i] = column->at[row * column->stride];
    }
    return true;
}

/* How many of the rows have a key of their own; the rest is for another statement. */
static bool distinct_rows(struct many *k, size_t rows, struct key_map *seen, size_t *distinct)
{
    unsigned width = k->conflict.key_count;
    kith_value *keys = kith__arena_array(&k->memory, rows * width, sizeof *keys);
    if (!keys)
        return kith__call_no_memory(&k->c);
    for (*distinct = 0; *distinct < rows; (*distinct)++, keys += width) {
        bool added = false;
        if (!key_of(k, *distinct, keys))
            continue;
        if (kith__key_map_add(seen, keys, &added) < 0)
            return kith__call_no_memory(&k->c);
        if (!added)
            return true;
    }
    return true;
}

/* An upsert may not meet a row twice where the database refuses that. */
static bool cut_repeats(struct many *k)
{
    struct key_map seen;
    struct sql_block *b = &k->block.block;
    size_t distinct = b->count;
    if (!k->conflict.update || (k->c.s->db->dialect->can & CAN_UPSERT_TWICE))
        return true;
    kith__key_map_init(&seen, k->c.s->db->allocator, k->conflict.key_count);
    bool good = distinct_rows(k, b->count, &seen, &distinct);
    kith__key_map_free(&seen);
    b->count = distinct;
    return good;
}

/* ---- the next statement ------------------------------------------------------------------------------------------------- */

bool kith__many_next(struct many *k)
{
    size_t left = k->count - k->first, most = kith__block_most(&k->c, k->together, k->m->attr_count);
    kith__arena_free(&k->memory);
    size_t rows = alike(k, kith__block_fit(left < most ? left : most, bytes_of, k));
    if (!lay_columns(k, rows))
        return false;
    if (!k->block.block.width)
        k->block.block.count = 1;
    return cut_repeats(k);
}
