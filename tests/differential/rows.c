/* rows: draws what is in the tables: few different values, so that rows meet; many NULLs; keys that nothing has, where no
 * constraint forbids it. */
#include <stdlib.h>
#include <string.h>

#include "differential/differential.h"

static const struct value null = { .null = true };

/* ---- values ---- */

static struct value number(int64_t n)
{
    return (struct value){ .number = n };
}

static struct value text(const char *t)
{
    return (struct value){ .text = t };
}

struct value draw_value(struct chance *c, enum type type)
{
    static const int cents[] = { 0, 50, 150, 1000, -250, 999 };
    static const char *const texts[] = {
        "", "a", "A", "a ", "b", "ab", "\xC3\xA4", "a%b", "a_b", "a\\b", "\xF0\x9F\x90\xB6"
    };
    static const char *const uuids[] = { "00000000-0000-4000-8000-000000000002", "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
                                         "a81d4fae-7dec-41d0-a765-00a0c91e6bf6" };
    switch (type) {
    case INTEGER: return number((int64_t)below(c, 8) - 2);
    case BIGINT: return number((int64_t)below(c, 5) * INT64_C(5000000000) - INT64_C(5000000000));
    case BOOLEAN: return number(below(c, 2));
    case REAL: return number((int64_t)below(c, 12) * 25 - 100);
    case DECIMAL: return number(cents[below(c, sizeof cents / sizeof *cents)]);
    case ENUM: return number(below(c, 3));
    case DATE: return number((int64_t)below(c, 6) * INT64_C(1000000000001) - INT64_C(2000000000000));
    case UUID: return text(uuids[below(c, 3)]);
    case STRING:
    case TEXT:
    default: return text(texts[below(c, sizeof texts / sizeof *texts)]);
    }
}

/* Of the values that keys have there are about as many as rows. */
static struct value draw_key_value(struct chance *c, enum type type, unsigned width, unsigned rows, struct pool *pool)
{
    static const char *const before[] = { "k", "K", "k", "\xC3\xA9" }, *const behind[] = { "", "", " ", "" };
    unsigned n = below(c, width > 1 ? 4 + rows / 8 : rows * 2 + 2);
    unsigned form = below(c, 4);
    if (type == STRING)
        return text(format_in(pool, "%s%u%s", before[form], n, behind[form]));
    if (type == UUID)
        return text(format_in(pool, "00000000-0000-4000-8000-%012u", n));
    if (type == DATE)
        return number((int64_t)n * 1000001);
    return number(type == BIGINT ? (int64_t)n * INT64_C(4294967296) : (int64_t)n - 1);
}

/* ---- keys ---- */

static bool is_null(const struct row *row, const struct key *key)
{
    for (unsigned i = 0; i < key->width; i++)
        if (row->cells[key->columns[i]].null)
            return true;
    return false;
}

static bool same_cells(const struct row *a, const struct row *b, const struct key *key)
{
    for (unsigned i = 0; i < key->width; i++)
        if (compare_values(&a->cells[key->columns[i]], &b->cells[key->columns[i]]) != 0)
            return false;
    return !is_null(a, key);
}

static bool is_taken(const struct table *t, const struct row *row, const struct key *key)
{
    for (unsigned i = 0; i < t->row_count; i++)
        if (same_cells(&t->rows[i], row, key))
            return true;
    return false;
}

static bool draw_key(const struct table *t, struct row *row, const struct key *key, unsigned rows, struct chance *c,
                     struct pool *pool)
{
    for (unsigned tries = 0; tries < 20; tries++) {
        for (unsigned i = 0; i < key->width; i++) {
            const struct column *column = &t->columns[key->columns[i]];
            bool empty = !column->not_null && percent(c, 25);
            row->cells[key->columns[i]] = empty ? null : draw_key_value(c, column->type, key->width, rows, pool);
        }
        if (!is_taken(t, row, key))
            return true;
    }
    return false;
}

/* ---- rows without their references ---- */

static bool draw_row(struct table *t, struct row *row, unsigned rows, struct chance *c, struct pool *pool)
{
    *row = (struct row){ .deleted = t->paranoid && percent(c, 25) };
    for (unsigned i = 0; i < t->column_count; i++) {
        const struct column *column = &t->columns[i];
        row->cells[i] = column->of_key || (!column->not_null && percent(c, 25)) ? null : draw_value(c, column->type);
    }
    for (unsigned k = 0; k < t->key_count; k++)
        if (!draw_key(t, row, &t->keys[k], rows, c, pool))
            return false;
    return true;
}

static void fill(struct schema *schema, struct table *t, struct chance *c)
{
    unsigned rows = schema->big && t->number == 0 ? 257 + below(c, 30) : below(c, t->is_join ? 30 : 14);
    t->rows = take(&schema->pool, (rows + 1) * sizeof *t->rows);
    for (unsigned i = 0; i < rows; i++)
        if (draw_row(t, &t->rows[t->row_count], rows, c, &schema->pool))
            t->row_count++;
}

/* ---- references ---- */

static void refer_to(struct row *row, const struct key *columns, const struct row *parent, const struct key *key)
{
    for (unsigned i = 0; i < key->width; i++)
        row->cells[columns->columns[i]] = parent ? parent->cells[key->columns[i]] : null;
}

/* The row, with the references to it that are unique, is like no row before it. */
static bool may_stand(const struct reference *r, const struct row *row, const struct row *end)
{
    struct key key = r->columns;
    if (!r->unique || is_null(row, &key))
        return true;
    for (const struct row *other = r->child->rows; other < end; other++)
        if (same_cells(other, row, &key) &&
            (r->scope < 0 || compare_values(&other->cells[r->scope], &row->cells[r->scope]) == 0))
            return false;
    return true;
}

static void draw_dangling(const struct reference *r, struct row *row, struct chance *c, struct pool *pool)
{
    for (unsigned i = 0; i < r->columns.width; i++)
        row->cells[r->columns.columns[i]] = draw_key_value(c, r->child->columns[r->columns.columns[i]].type,
                                                           r->columns.width, 20, pool);
}

static bool not_null(const struct reference *r)
{
    return r->child->columns[r->columns.columns[0]].not_null;
}

/* false: the row can refer to nothing, and must. */
static bool draw_target(const struct reference *r, struct row *row, struct chance *c, struct pool *pool)
{
    unsigned known = r->parent == r->child && r->constrained ? (unsigned)(row - r->child->rows) : r->parent->row_count;
    bool must = not_null(r);
    for (unsigned tries = 0; tries < 12; tries++) {
        const struct row *parent = known ? &r->parent->rows[below(c, known)] : NULL;
        if (!must && percent(c, 20))
            parent = NULL;
        refer_to(row, &r->columns, parent, &r->key);
        if (!r->constrained && percent(c, 15))
            draw_dangling(r, row, c, pool);
        if (!must && r->columns.width > 1 && percent(c, 10)) /* half a key refers to nothing */
            row->cells[r->columns.columns[below(c, r->columns.width)]] = null;
        if ((!must || !is_null(row, &r->columns)) && may_stand(r, row, row))
            return true;
    }
    refer_to(row, &r->columns, NULL, &r->key);
    return !must;
}

/* In a join table a pair is linked once, or once for each scope. */
static bool is_linked(const struct table *t, const struct row *row, const struct row *end)
{
    for (const struct row *other = t->rows; other < end; other++) {
        bool same = true;
        for (unsigned i = 0; i < t->column_count; i++)
            if (t->columns[i].of_key || t->columns[i].name[0] == 's')
                same = same && (t->columns[i].name[0] == 'k' || compare_values(&other->cells[i], &row->cells[i]) == 0);
        if (same)
            return true;
    }
    return false;
}

static bool complete(const struct schema *schema, struct table *t, struct row *row, struct chance *c, struct pool *pool)
{
    for (unsigned i = 0; i < schema->reference_count; i++)
        if (schema->references[i].child == t && !schema->references[i].shared &&
            !draw_target(&schema->references[i], row, c, pool))
            return false;
    return !t->is_join || t->not_unique || !is_linked(t, row, row);
}

void draw_rows(struct schema *schema, struct chance *c)
{
    for (unsigned i = 0; i < schema->table_count; i++)
        fill(schema, &schema->tables[i], c);
    for (unsigned i = 0; i < schema->table_count; i++) {
        struct table *t = &schema->tables[i];
        unsigned kept = 0;
        for (unsigned j = 0; j < t->row_count; j++) {
            t->rows[kept] = t->rows[j];
            kept += complete(schema, t, &t->rows[kept], c, &schema->pool);
        }
        t->row_count = kept;
    }
}
