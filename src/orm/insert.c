/* insert: see insert.h. */
#include "orm/insert.h"

#include "base/error.h"
#include "base/value.h"

/* One INSERT of several rows being put together. */
struct inserting {
    struct call *c;
    const struct model *m;
    struct row_values *rows;
    size_t count;
    const struct on_conflict *conflict;
    kith_record **records;
    const struct shape *shape;
    const struct attr **columns; /* written: any row says something about them */
    unsigned column_count;
    const struct attr **unknown; /* read back: the database decides */
    unsigned unknown_count;
    uint8_t *types;
    size_t returned;
};

static bool any_row_has(const struct inserting *in, unsigned attr)
{
    for (size_t i = 0; i < in->count; i++)
        if (in->rows[i].values[attr].kind != KITH_ABSENT)
            return true;
    return false;
}

static bool any_row_leaves_open(const struct inserting *in, unsigned attr)
{
    for (size_t i = 0; i < in->count; i++)
        if (in->rows[i].values[attr].kind == KITH_ABSENT || in->rows[i].values[attr].kind == KITH_EXPRESSION)
            return true;
    return false;
}

/* After a conflict the row holds what was there before, so all of it is read. */
static bool choose_columns(struct inserting *in)
{
    kith_arena *a = &in->c->load.scratch;
    in->columns = ARENA_ARRAY(a, in->m->attr_count, const struct attr *);
    in->unknown = ARENA_ARRAY(a, in->m->attr_count, const struct attr *);
    in->types = ARENA_ARRAY(a, in->m->attr_count, uint8_t);
    if (!in->columns || !in->unknown || !in->types)
        return kith__call_no_memory(in->c);
    for (unsigned i = 0; i < in->m->attr_count; i++) {
        if (any_row_has(in, i))
            in->columns[in->column_count++] = in->m->attrs[i];
        if (in->conflict || any_row_leaves_open(in, i)) {
            in->types[in->unknown_count] = (uint8_t)in->m->attrs[i]->type.id;
            in->unknown[in->unknown_count++] = in->m->attrs[i];
        }
    }
    return true;
}

/* ---- the statement ---- */

static bool add_row(struct inserting *in, const struct row_values *row, struct sql_row ***tail)
{
    kith_arena *a = &in->c->load.scratch;
    struct sql_row *r = ARENA_NEW(a, struct sql_row);
    struct sql_expr **value_tail = r ? &r->values : NULL;
    for (unsigned i = 0; r && i < in->column_count; i++) {
        kith_value v = row->values[in->columns[i]->index];
        struct sql_expr *e = NULL;
        if (v.kind == KITH_ABSENT)
            e = kith__sql_expr(a, SQL_DEFAULT);
        else if (!kith__values_expr(in->c, in->columns[i], v, &e))
            return false;
        if (!e)
            return kith__call_no_memory(in->c);
        *value_tail = e;
        value_tail = &e->next;
    }
    if (!r)
        return kith__call_no_memory(in->c);
    **tail = r;
    *tail = &r->next;
    return true;
}

static struct sql_expr *excluded(kith_arena *a, const char *column)
{
    struct sql_expr *e = kith__sql_expr(a, SQL_EXCLUDED);
    if (e)
        e->text = column;
    return e;
}

/* Something is always set, because only rows that are written are returned. */
static void on_conflict(struct inserting *in, struct sql_insert *s, const char **names)
{
    kith_arena *a = &in->c->load.scratch;
    const struct on_conflict *conflict = in->conflict;
    s->conflict = SQL_CONFLICT_UPDATE;
    for (unsigned i = 0; i < conflict->key_count; i++)
        names[i] = conflict->key[i]->column;
    s->conflict_columns = names;
    s->conflict_count = conflict->key_count;
    for (unsigned i = 0; i < in->m->attr_count; i++)
        if (conflict->update[i] && any_row_has(in, i))
            kith__sql_set(a, &s->update, in->m->attrs[i]->column, excluded(a, in->m->attrs[i]->column));
    if (in->m->deleted_at) /* a row that was destroyed softly lives again */
        kith__sql_set(a, &s->update, in->m->deleted_at->column, kith__sql_expr(a, SQL_NULL));
    if (!s->update)
        kith__sql_set(a, &s->update, names[0], excluded(a, names[0]));
}

static bool build(struct inserting *in, struct sql_insert *s)
{
    kith_arena *a = &in->c->load.scratch;
    const char **columns = ARENA_ARRAY(a, in->column_count, const char *);
    const char **names = ARENA_ARRAY(a, KEY_MAX, const char *);
    if (!columns || !names)
        return kith__call_no_memory(in->c);
    for (unsigned i = 0; i < in->column_count; i++)
        columns[i] = in->columns[i]->column;
    *s = (struct sql_insert){ .table = in->m->table, .columns = columns, .column_count = in->column_count };
    struct sql_row **tail = &s->rows;
    for (size_t i = 0; in->column_count && i < in->count; i++)
        if (!add_row(in, &in->rows[i], &tail))
            return false;
    if (in->conflict)
        on_conflict(in, s, names);
    for (unsigned i = 0; i < in->unknown_count; i++) {
        const struct attr *attr = in->unknown[i];
        kith__sql_item(a, &s->returning, kith__sql_column(a, NULL, attr->column, attr->type.id), NULL);
    }
    return true;
}

/* ---- the records ---- */

static bool new_record(struct inserting *in, const struct row_values *row, kith_record **out)
{
    kith_record *r = kith__record_new(in->shape);
    for (unsigned i = 0; r && i < in->m->attr_count; i++) {
        kith_value v = row->values[i];
        if (v.kind == KITH_ABSENT || v.kind == KITH_EXPRESSION)
            r->values[i] = kith_of_null();
        else if (!kith__arena_value(&in->c->load.result->arena, v, &r->values[i]))
            r = NULL;
    }
    *out = r;
    return r ? true : kith__call_no_memory(in->c);
}

static bool matches(const struct inserting *in, const struct row_values *row, const kith_value *returned)
{
    for (unsigned k = 0; k < in->conflict->key_count; k++) {
        const struct attr *attr = in->conflict->key[k];
        if (!kith__value_equal(&row->values[attr->index], &returned[attr->index])) /* all attributes are returned */
            return false;
    }
    return true;
}

/* Databases do not promise to return rows in the order in which they were given: with a key they are told by it. */
static size_t row_of(const struct inserting *in, const kith_value *returned)
{
    if (!in->conflict)
        return in->returned;
    for (size_t i = 0; i < in->count; i++) {
        size_t at = (in->returned + i) % in->count; /* most databases do keep the order */
        if (matches(in, &in->rows[at], returned))
            return at;
    }
    return in->returned;
}

static bool take_returned(struct call *c, void *ctx, const kith_value *values)
{
    struct inserting *in = ctx;
    if (in->returned >= in->count)
        return kith__error_set(&c->err, KITH_E_DATABASE, "the database returned more rows than were inserted");
    size_t at = row_of(in, values);
    for (unsigned i = 0; i < in->unknown_count; i++)
        in->records[at]->values[in->unknown[i]->index] = values[i];
    in->returned++;
    return true;
}

/* Where INSERT returns nothing, the number the database gave is all that can be known. */
static void take_last_id(struct inserting *in, int64_t last_id)
{
    const struct attr *number = in->m->auto_increment;
    if (number && in->count == 1 && in->rows[0].values[number->index].kind == KITH_ABSENT)
        in->records[0]->values[number->index] = kith_of_int(last_id);
}

static bool run(struct inserting *in)
{
    struct call *c = in->c;
    struct sql_insert s;
    int64_t last_id = 0;
    if (!build(in, &s))
        return false;
    kith__render_clear(&c->load.renderer);
    if (!kith__render_insert(&c->load.renderer, &s))
        return kith__call_no_memory(c);
    bool returns = in->unknown_count && (c->s->db->dialect->can & CAN_RETURN_INSERTED);
    if (kith__call_rows(c, in->types, in->unknown_count, true, returns ? take_returned : NULL, in, &last_id) < 0) {
        kith__call_trace(c, in->m);
        return false;
    }
    if (!returns)
        take_last_id(in, last_id);
    return true;
}

/* Rows for which one statement has room: values bound, and rows inserted without any value one at a time. */
static size_t rows_in_one(const struct inserting *in)
{
    unsigned room = in->c->s->db->dialect->insert_chunk;
    if (!in->column_count)
        return 1;
    size_t rows = room / in->column_count;
    return rows ? rows : 1;
}

bool kith__insert(struct call *c, struct row_values *rows, size_t count, const struct on_conflict *conflict,
                  kith_record **records)
{
    if (!count)
        return true;
    struct inserting in = { .c = c, .m = rows[0].model, .rows = rows, .count = count, .conflict = conflict };
    in.shape = kith__shape_full(in.m, c->load.result);
    if (!in.shape)
        return kith__call_no_memory(c);
    if (!choose_columns(&in))
        return false;
    size_t chunk = rows_in_one(&in);
    for (size_t i = 0; i < count; i++)
        if (!new_record(&in, &rows[i], &records[i]))
            return false;
    for (size_t first = 0; first < count; first += chunk) {
        in.rows = rows + first;
        in.records = records + first;
        in.count = count - first < chunk ? count - first : chunk;
        in.returned = 0;
        if (!run(&in))
            return false;
    }
    return true;
}
