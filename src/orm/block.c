/* block: see block.h. */
#include "orm/block.h"

#include "base/error.h"
#include "base/str.h"

/* ---- how many rows ---------------------------------------------------------------------------------------------------- */

/* More gains nothing, and what is on its way takes memory here and there. MariaDB's servers take 16 MiB at once by
 * default, PostgreSQL's 1 GiB. */
enum { BLOCK_ROWS = 10000, BLOCK_BYTES = 512 * 1024 };

bool kith__block_together(const struct call *c, size_t count)
{
    const struct dialect *dialect = c->s->db->dialect;
    return count > dialect->insert_rows && (dialect->can & CAN_BIND_ROWS) && c->s->db->pool.config.driver->bind_rows;
}

size_t kith__block_most(const struct call *c, bool together, unsigned width)
{
    const struct dialect *dialect = c->s->db->dialect;
    if (!width) /* a row of defaults has a form of its own */
        return 1;
    if (together)
        return BLOCK_ROWS;
    size_t most = dialect->insert_chunk / width;
    if (most > dialect->insert_rows && !c->few_statements)
        most = dialect->insert_rows;
    return most ? most : 1;
}

size_t kith__block_fit(size_t rows, row_bytes *bytes, const void *ctx)
{
    size_t size = bytes(ctx, 0), fit = 1;
    while (fit < rows && (size += bytes(ctx, fit)) <= BLOCK_BYTES)
        fit++;
    return fit;
}

/* ---- conflicts -------------------------------------------------------------------------------------------------------- */

static struct sql_expr *excluded(kith_arena *a, const char *column)
{
    struct sql_expr *e = kith__sql_expr(a, SQL_EXCLUDED);
    if (e)
        e->text = column;
    return e;
}

bool kith__insert_conflict(struct call *c, const struct model *m, const struct on_conflict *conflict,
                           const struct attr *const *written, unsigned count, struct sql_insert *s)
{
    kith_arena *a = &c->load.scratch;
    const char **names = ARENA_ARRAY(a, KEY_MAX, const char *);
    if (!names)
        return kith__call_no_memory(c);
    for (unsigned i = 0; i < conflict->key_count; i++)
        names[i] = conflict->key[i]->column;
    s->conflict = conflict->update ? SQL_CONFLICT_UPDATE : SQL_CONFLICT_NOTHING;
    s->conflict_columns = names;
    s->conflict_count = conflict->key_count;
    if (!conflict->update)
        return true;
    for (unsigned i = 0; i < count; i++)
        if (conflict->update[written[i]->index])
            kith__sql_set(a, &s->update, written[i]->column, excluded(a, written[i]->column));
    if (m->deleted_at && conflict->revive)
        kith__sql_set(a, &s->update, m->deleted_at->column, kith__sql_expr(a, SQL_NULL));
    return true;
}

static bool is_own_key(const struct on_conflict *conflict, const struct index *ix)
{
    unsigned found = 0;
    for (unsigned i = 0; i < ix->count; i++)
        for (unsigned k = 0; k < conflict->key_count; k++)
            found += ix->attrs[i] == conflict->key[k];
    return found == ix->count && found == conflict->key_count;
}

/* The unique key that the row was met by, if there is only one beside the upsert's own. */
static const struct index *only_other_key(const struct model *m, const struct on_conflict *conflict)
{
    const struct index *other = NULL;
    for (unsigned i = 0; i < m->index_count; i++) {
        const struct index *ix = &m->indexes[i];
        if (!ix->unique || is_own_key(conflict, ix))
            continue;
        if (other)
            return NULL;
        other = ix;
    }
    return other;
}

void kith__insert_trace(struct call *c, const struct model *m, const struct on_conflict *conflict)
{
    const char *state = c->s->db->dialect->met_by_other_key;
    if (conflict && state && kith__equal(c->err.sqlstate, state)) {
        const struct index *other = only_other_key(m, conflict);
        c->err.status = KITH_E_UNIQUE;
        kith__copy(c->err.message, sizeof c->err.message, "another row has these values in one of its unique keys");
        if (other)
            kith__copy(c->err.constraint, sizeof c->err.constraint, other->name);
    }
    kith__call_trace(c, m);
}

/* ---- numbers ---------------------------------------------------------------------------------------------------------- */

bool kith__number_past(struct call *c, const struct model *m, int64_t most)
{
    struct load *l = &c->load;
    const struct dialect *dialect = l->dialect;
    if (most <= 0 || !dialect->number_past)
        return true;
    kith__render_clear(&l->renderer);
    dialect->number_past(&l->renderer, m->table, m->auto_increment->column, most);
    return kith__load_do(l);
}

static int64_t most_in_block(const struct block_insert *b)
{
    const struct attr *number = b->conflict && b->conflict->all_there ? NULL : b->m->auto_increment;
    int64_t most = 0;
    for (unsigned i = 0; i < b->block.width; i++)
        for (size_t row = 0; b->block.attrs[i] == number && row < b->block.count; row++) {
            const kith_column *column = &b->block.columns[i];
            most = number_most(most, &column->at[row * column->stride]);
        }
    return most;
}

/* ---- the statement ---------------------------------------------------------------------------------------------------- */

static bool render(struct block_insert *b)
{
    struct call *c = b->c;
    struct sql_insert s = { .table = b->m->table, .column_count = b->block.width, .returning = b->returning };
    const char **columns = ARENA_ARRAY(&c->load.scratch, b->block.width, const char *);
    if (!columns)
        return kith__call_no_memory(c);
    for (unsigned i = 0; i < b->block.width; i++)
        columns[i] = b->block.attrs[i]->column;
    s.columns = columns;
    s.block = &b->block;
    if (b->conflict && !kith__insert_conflict(c, b->m, b->conflict, b->block.attrs, b->block.width, &s))
        return false;
    kith__render_clear(&c->load.renderer);
    return kith__render_insert(&c->load.renderer, &s) || kith__call_no_memory(c);
}

/* So the next rows are made ready while the database takes these. */
static int64_t send_ahead(struct block_insert *b)
{
    struct run run;
    if (!kith__load_send(&b->c->load, &run))
        return -1;
    kith__run_close(&run);
    return 0;
}

static int64_t send_rows(struct block_insert *b)
{
    struct load *l = &b->c->load;
    if (b->followed && l->conn && kith__conn_sends(l->conn))
        return send_ahead(b);
    return kith__call_rows(b->c, b->types, b->type_count, b->into_result, b->on_row, b->ctx, &b->last_id);
}

int64_t kith__block_send(struct block_insert *b)
{
    size_t rows = b->block.together ? 1 : b->block.count;
    int64_t most = most_in_block(b);
    b->is_rendered &= most == 0;
    if (!kith__number_past(b->c, b->m, most))
        return -1;
    if (!(b->is_rendered && b->for_rows == rows) && !render(b))
        return -1;
    b->is_rendered = true;
    b->for_rows = rows;
    int64_t changed = send_rows(b);
    if (changed < 0) {
        kith__call_changed(b->c);
        kith__insert_trace(b->c, b->m, b->conflict);
    }
    return changed;
}
