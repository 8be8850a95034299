/* insert: see insert.h. */
#include "base/error.h"
#include "base/value.h"
#include "orm/block.h"

/* Rows that are inserted by statements of one form. */
struct inserting {
    struct call *c;
    const struct model *m;
    struct row_values *rows; /* of the next statement */
    size_t count;
    const struct on_conflict *conflict;
    kith_record **records;
    const struct shape *shape;
    const struct attr **columns; /* written: any row says something about them */
    unsigned column_count;
    const struct attr **unknown; /* read back: the database decides */
    unsigned unknown_count;
    uint8_t *types;
    struct sql_item *returning; /* the same, and where it must be asked for, whether the row is new */
    bool tells_new;
    bool plain; /* every row has a plain value in every column */
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

/* Is the number that the database makes all there is to learn, and told without being returned? */
static bool number_is_told(const struct inserting *in)
{
    return (in->c->s->db->dialect->can & CAN_TELL_NUMBER) && in->count == 1 && !in->conflict &&
           in->unknown_count == 1 && in->unknown[0]->auto_increment &&
           in->rows[0].values[in->unknown[0]->index].kind == KITH_ABSENT;
}

/* A row that is returned was inserted, unless the database returns it either way. */
static void ask_if_new(struct inserting *in)
{
    const char *was_inserted = in->c->s->db->dialect->was_inserted;
    in->tells_new = in->conflict && in->conflict->inserted && was_inserted;
    if (!in->tells_new)
        return;
    in->types[in->unknown_count] = KITH_T_BIGINT;
    kith__sql_item(&in->c->load.scratch, &in->returning, kith__sql_text(&in->c->load.scratch, was_inserted), NULL);
}

/* After a conflict the row holds what was there before, so all of it is read. */
static bool choose_columns(struct inserting *in)
{
    kith_arena *a = &in->c->load.scratch;
    in->columns = ARENA_ARRAY(a, in->m->attr_count, const struct attr *);
    in->unknown = ARENA_ARRAY(a, in->m->attr_count, const struct attr *);
    in->types = ARENA_ARRAY(a, in->m->attr_count + 1, uint8_t);
    if (!in->columns || !in->unknown || !in->types)
        return kith__call_no_memory(in->c);
    in->column_count = in->unknown_count = 0;
    in->returning = NULL;
    in->plain = true;
    for (unsigned i = 0; i < in->m->attr_count; i++) {
        const struct attr *attr = in->m->attrs[i];
        bool is_written = any_row_has(in, i), is_open = any_row_leaves_open(in, i);
        in->plain &= !(is_written && is_open);
        if (is_written)
            in->columns[in->column_count++] = attr;
        if (in->conflict || is_open) {
            in->types[in->unknown_count] = (uint8_t)attr->type.id;
            in->unknown[in->unknown_count++] = attr;
            kith__sql_item(a, &in->returning, kith__sql_attr(a, NULL, attr), NULL);
        }
    }
    if (number_is_told(in))
        in->returning = NULL;
    ask_if_new(in);
    return true;
}

/* ---- the statement of rows that differ in form: expressions, and columns that only some of them leave out ---- */

static bool add_row(struct inserting *in, const struct row_values *row, struct sql_row ***tail)
{
    kith_arena *a = &in->c->load.scratch;
    struct sql_row *r = ARENA_NEW(a, struct sql_row);
    struct sql_expr **value_tail = r ? &r->values : NULL;
    for (unsigned i = 0; r && i < in->column_count; i++) {
        kith_value v = row->values[in->columns[i]->index];
        struct sql_expr *e = NULL;
        if (v.kind == KITH_ABSENT)
            e = in->columns[i]->auto_increment ? kith__sql_text(a, in->c->s->db->dialect->default_number)
                                               : kith__sql_expr(a, SQL_DEFAULT);
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

static bool build(struct inserting *in, struct sql_insert *s)
{
    const char **columns = ARENA_ARRAY(&in->c->load.scratch, in->column_count, const char *);
    if (!columns)
        return kith__call_no_memory(in->c);
    for (unsigned i = 0; i < in->column_count; i++)
        columns[i] = in->columns[i]->column;
    *s = (struct sql_insert){
        .table = in->m->table, .columns = columns, .column_count = in->column_count, .returning = in->returning
    };
    struct sql_row **tail = &s->rows;
    for (size_t i = 0; i < in->count; i++)
        if (!add_row(in, &in->rows[i], &tail))
            return false;
    return !in->conflict || kith__insert_conflict(in->c, in->m, in->conflict, in->columns, in->column_count, s);
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
    if (in->conflict && in->conflict->inserted)
        *in->conflict->inserted = !in->tells_new || values[in->unknown_count].as.integer != 0;
    in->returned++;
    return true;
}

/* Where INSERT returns nothing, the number the database gave is all that can be known; and none when a trigger has kept
 * the row out. */
static void take_last_id(struct inserting *in, int64_t changed, int64_t last_id)
{
    const struct attr *number = in->m->auto_increment;
    if (changed > 0 && number && in->count == 1 && in->rows[0].values[number->index].kind == KITH_ABSENT)
        in->records[0]->values[number->index] = kith_of_int(last_id);
}

static bool returns(const struct inserting *in)
{
    return in->returning && (in->c->s->db->dialect->can & CAN_RETURN_INSERTED);
}

/* ---- sending ---- */

static int64_t most_in_rows(const struct inserting *in)
{
    const struct attr *number = in->conflict && in->conflict->all_there ? NULL : in->m->auto_increment;
    int64_t most = 0;
    for (size_t i = 0; number && i < in->count; i++)
        most = number_most(most, &in->rows[i].values[number->index]);
    return most;
}

static bool send_mixed(struct inserting *in)
{
    struct call *c = in->c;
    struct sql_insert s;
    int64_t last_id = 0;
    if (!kith__number_past(c, in->m, most_in_rows(in)) || !build(in, &s))
        return false;
    kith__render_clear(&c->load.renderer);
    if (!kith__render_insert(&c->load.renderer, &s))
        return kith__call_no_memory(c);
    row_reader *on_row = returns(in) ? take_returned : NULL;
    int64_t changed = kith__call_rows(c, in->types, in->unknown_count + in->tells_new, true, on_row, in, &last_id);
    if (changed < 0) {
        kith__call_changed(c);
        kith__insert_trace(c, in->m, in->conflict);
        return false;
    }
    if (!on_row)
        take_last_id(in, changed, last_id);
    return true;
}

/* values: room for the rows, which the block's columns lie in. */
static bool send_plain(struct inserting *in, struct block_insert *b, kith_value *values)
{
    for (size_t row = 0; row < in->count; row++)
        for (unsigned i = 0; i < in->column_count; i++)
            *values++ = in->rows[row].values[in->columns[i]->index];
    b->block.count = in->count;
    int64_t changed = kith__block_send(b);
    if (changed < 0)
        return false;
    if (!b->on_row)
        take_last_id(in, changed, b->last_id);
    return true;
}

static bool lay_out(struct inserting *in, struct block_insert *b, size_t most, kith_value **values)
{
    kith_arena *a = &in->c->load.scratch;
    kith_column *columns = ARENA_ARRAY(a, in->column_count, kith_column);
    *values = kith__arena_array(a, most * in->column_count, sizeof **values);
    if (!columns || !*values)
        return kith__call_no_memory(in->c);
    for (unsigned i = 0; i < in->column_count; i++)
        columns[i] = (kith_column){ .at = *values + i, .stride = in->column_count, .type = in->columns[i]->type.id };
    bool reads = returns(in);
    *b = (struct block_insert){ .c = in->c,
                                .m = in->m,
                                .block = { .attrs = in->columns, .columns = columns, .width = in->column_count },
                                .conflict = in->conflict,
                                .returning = in->returning,
                                .types = in->types,
                                .type_count = in->unknown_count + in->tells_new,
                                .into_result = true,
                                .on_row = reads ? take_returned : NULL,
                                .ctx = in };
    return true;
}

static size_t bytes_of(const void *ctx, size_t row)
{
    const struct inserting *in = ctx;
    size_t size = 0;
    for (unsigned i = 0; i < in->column_count; i++)
        size += value_bytes(&in->rows[row].values[in->columns[i]->index]);
    return size;
}

enum { MOST_MIXED = 256 }; /* their text is new each time */

static size_t most_in_one(const struct inserting *in, bool together)
{
    size_t most = in->c->s->db->dialect->insert_chunk / (in->column_count ? in->column_count : 1);
    if (in->plain)
        most = kith__block_most(in->c, together, in->column_count);
    else if (most > MOST_MIXED)
        most = MOST_MIXED;
    return most > in->count ? in->count : most ? most : 1;
}

/* All rows, by as many statements as it takes. whole: there is nothing else to insert. */
static bool send_all(struct inserting *in, bool whole)
{
    struct inserting all = *in;
    struct block_insert b;
    kith_value *values = NULL;
    bool together = kith__block_together(in->c, in->count);
    size_t most = most_in_one(in, together);
    if (in->plain && !lay_out(in, &b, most, &values))
        return false;
    b.block.together = together;
    for (size_t first = 0; first < all.count; first += in->count) {
        in->rows = all.rows + first;
        in->records = all.records + first;
        in->count = kith__block_fit(all.count - first < most ? all.count - first : most, bytes_of, in);
        in->returned = 0;
        bool one = whole && in->count == all.count;
        if (!(one || kith__call_atomic(in->c)) || !(values ? send_plain(in, &b, values) : send_mixed(in)))
            return false;
    }
    return true;
}

static bool leave_out_the_same(const struct row_values *a, const struct row_values *b)
{
    for (unsigned i = 0; i < a->model->attr_count; i++)
        if ((a->values[i].kind == KITH_ABSENT) != (b->values[i].kind == KITH_ABSENT))
            return false;
    return true;
}

/* How many of the next rows can stand in one statement. */
static size_t alike(const struct call *c, const struct row_values *rows, size_t count)
{
    size_t n = 1;
    if (c->s->db->dialect->can & CAN_INSERT_DEFAULT)
        return count;
    while (n < count && leave_out_the_same(&rows[0], &rows[n]))
        n++;
    return n;
}

bool kith__insert(struct call *c, struct row_values *rows, size_t count, const struct on_conflict *conflict,
                  kith_record **records)
{
    if (!count)
        return true;
    struct inserting in = { .c = c, .m = rows[0].model, .conflict = conflict };
    in.shape = kith__shape_full(in.m, c->load.result);
    if (!in.shape)
        return kith__call_no_memory(c);
    for (size_t i = 0; i < count; i++)
        if (!new_record(&in, &rows[i], &records[i]))
            return false;
    for (size_t first = 0, n; first < count; first += n) {
        n = alike(c, rows + first, count - first);
        in.rows = rows + first;
        in.records = records + first;
        in.count = n;
        if (!choose_columns(&in) || !send_all(&in, n == count))
            return false;
    }
    return true;
}
