/* mariadb_stream: see mariadb_stream.h. */
#include "driver/mariadb_stream.h"

#include "base/error.h"

/* A row that came before it was asked for. */
struct mariadb_kept {
    struct mariadb_kept *next;
    struct mariadb_cell cells[];
};

/* ---- from the network ------------------------------------------------------------------------------------------------ */

/* What goes wrong on the way is told by the connection alone. */
static bool failed(struct mariadb_statement *s, kith_error *err)
{
    struct mariadb_connection *c = s->conn;
    if (mysql_stmt_errno(s->raw))
        return kith__mariadb_gone_wrong(c, mysql_stmt_errno(s->raw), mysql_stmt_sqlstate(s->raw),
                                        mysql_stmt_error(s->raw), err);
    return kith__mariadb_gone_wrong(c, mysql_errno(c->raw), mysql_sqlstate(c->raw), mysql_error(c->raw), err);
}

static int fetch(struct mariadb_statement *s, kith_error *err)
{
    struct mariadb_connection *c = s->conn;
    if (c->wait_ms)
        c->asked = kith__monotonic();
    int got = mysql_stmt_fetch(s->raw);
    if (got == 0 || got == MYSQL_DATA_TRUNCATED) /* as texts always are: they are copied later */
        return 1;
    if (c->streaming == s)
        c->streaming = NULL;
    if (got == MYSQL_NO_DATA)
        return 0;
    failed(s, err);
    return -1;
}

/* ---- kept rows ------------------------------------------------------------------------------------------------------- */

void kith__mariadb_copy_cell(const struct mariadb_statement *s, unsigned column, void *to, size_t room)
{
    const struct mariadb_cell *cell = &s->cells[column];
    unsigned long size;
    my_bool is_null, is_cut;
    MYSQL_BIND b = { .buffer_type = s->binds[column].buffer_type,
                     .buffer = to,
                     .buffer_length = room,
                     .length = &size,
                     .is_null = &is_null,
                     .error = &is_cut };
    if (room == 0)
        return;
    if (cell->kept)
        memcpy(to, cell->kept, room < cell->size ? room : cell->size);
    else
        mysql_stmt_fetch_column(s->raw, &b, column, 0);
}

/* The current row, with its texts. NULL: no memory. */
static struct mariadb_kept *keep_row(struct mariadb_statement *s)
{
    size_t size = s->column_count * sizeof *s->cells;
    struct mariadb_kept *row = arena_take(&s->kept_memory, sizeof *row + size);
    if (!row)
        return NULL;
    row->next = NULL;
    memcpy(row->cells, s->cells, size);
    for (unsigned i = 0; i < s->column_count; i++) {
        struct mariadb_cell *cell = &row->cells[i];
        if (cell->form < FORM_NUMBER || cell->is_null)
            continue;
        char *copy = arena_take(&s->kept_memory, cell->size);
        if (!copy)
            return NULL;
        kith__mariadb_copy_cell(s, i, copy, cell->size);
        cell->kept = copy;
    }
    return row;
}

static void show(struct mariadb_statement *s, const struct mariadb_kept *row)
{
    memcpy(s->cells, row->cells, s->column_count * sizeof *s->cells);
}

/* Without memory the rows are read all the same: the connection is to be of use again. */
static void keep_rest(struct mariadb_statement *s)
{
    struct mariadb_kept *current = keep_row(s), **tail = &s->kept;
    kith_error err;
    bool whole = current != NULL;
    int got;
    while ((got = fetch(s, &err)) == 1) {
        whole = whole && (*tail = keep_row(s)) != NULL;
        if (whole)
            tail = &(*tail)->next;
    }
    if (current)
        show(s, current);
    kith_error *told = got < 0 || !whole ? ARENA_NEW(&s->kept_memory, kith_error) : NULL;
    s->cut_short = got < 0 || !whole;
    s->failure = told;
    if (told && got < 0)
        *told = err;
    else if (told)
        kith__error_no_memory(told);
}

void kith__mariadb_settle(struct mariadb_connection *c)
{
    if (c->streaming)
        keep_rest(c->streaming); /* to the end, which makes it NULL */
}

/* ---- one after another ----------------------------------------------------------------------------------------------- */

int kith__mariadb_next_row(struct mariadb_statement *s, kith_error *err)
{
    const struct mariadb_kept *row = s->kept;
    if (s->portion && s->conn->streaming)
        kith__mariadb_settle(s->conn); /* the server may have to be asked for more */
    if (s->portion || s->conn->streaming == s || s->stored)
        return fetch(s, err);
    if (row) {
        s->kept = row->next;
        show(s, row);
        return 1;
    }
    if (!s->cut_short)
        return 0;
    if (s->failure)
        *err = *s->failure;
    else
        kith__error_no_memory(err);
    return -1;
}

void kith__mariadb_end_rows(struct mariadb_statement *s)
{
    if (s->conn->streaming == s)
        s->conn->streaming = NULL;
    s->kept = NULL;
    s->failure = NULL;
    s->cut_short = s->stored = false;
    kith__arena_free(&s->kept_memory);
}
