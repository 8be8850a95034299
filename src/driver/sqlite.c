/* sqlite: the driver for SQLite: connections, statements, scripts. Opening, values and error codes have files of their
 * own beside this one. Writes no SQL but ROLLBACK, when a session left a transaction open. */
#include "driver/sqlite.h"

#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "driver/drivers.h"
#include "driver/sqlite_codec.h"
#include "driver/sqlite_url.h"

static struct sqlite_connection *connection_of(kith_connection *c)
{
    return (struct sqlite_connection *)c;
}

static struct sqlite_statement *statement_of(kith_statement *st)
{
    return (struct sqlite_statement *)st;
}

/* ---- connections ---------------------------------------------------------------------------------------------------- */

static bool check_url(const kith_connect_opts *opts, kith_error *err)
{
    struct sqlite_settings s;
    return kith__sqlite_settings(opts, &s, err);
}

/* A database in memory belongs to its connection: a second one would see another database. */
static unsigned connection_limit(const kith_connect_opts *opts)
{
    struct sqlite_settings s;
    kith_error ignored;
    return kith__sqlite_settings(opts, &s, &ignored) && s.memory ? 1 : 0;
}

static bool reset(kith_connection *c)
{
    sqlite3 *db = connection_of(c)->db;
    return sqlite3_get_autocommit(db) || sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK;
}

static bool script(kith_connection *c, const char *text, kith_error *err)
{
    sqlite3 *db = connection_of(c)->db;
    int code = sqlite3_exec(db, text, NULL, NULL, NULL);
    return code == SQLITE_OK || kith__sqlite_failed(db, code, err);
}

static void cancel(kith_connection *c)
{
    sqlite3_interrupt(connection_of(c)->db);
}

static int is_past_deadline(void *ctx)
{
    const struct sqlite_connection *c = ctx;
    return c->deadline && kith__monotonic() > c->deadline;
}

enum { STEPS_BETWEEN_LOOKS = 5000 }; /* of SQLite's virtual machine: some tens of microseconds */

static bool set_timeout(kith_connection *c, unsigned ms)
{
    struct sqlite_connection *conn = connection_of(c);
    conn->timeout_ms = ms;
    conn->deadline = 0;
    sqlite3_progress_handler(conn->db, ms ? STEPS_BETWEEN_LOOKS : 0, ms ? is_past_deadline : NULL, conn);
    return true;
}

/* ---- statements ----------------------------------------------------------------------------------------------------- */

/* Is there another statement in the text, more than space and comments? */
static bool has_statement(sqlite3 *db, const char *sql, const char *end)
{
    while (sql < end) {
        sqlite3_stmt *raw = NULL;
        const char *rest = end;
        int code = sqlite3_prepare_v2(db, sql, (int)(end - sql), &raw, &rest);
        sqlite3_finalize(raw);
        if (raw || code != SQLITE_OK)
            return true;
        if (rest <= sql)
            return false;
        sql = rest;
    }
    return false;
}

static bool prepare_one(sqlite3 *db, const char *sql, size_t size, sqlite3_stmt **raw, kith_error *err)
{
    if (size > INT_MAX)
        return kith__error_set(err, KITH_E_USAGE, "the statement is longer than 2 GiB");
    const char *rest = sql + size;
    /* PERSISTENT: most statements are kept and run again. */
    int code = sqlite3_prepare_v3(db, sql, (int)size, SQLITE_PREPARE_PERSISTENT, raw, &rest);
    if (code != SQLITE_OK)
        return kith__sqlite_failed(db, code, err);
    if (!*raw)
        return kith__error_set(err, KITH_E_USAGE, "there is no statement in the text");
    if (has_statement(db, rest, sql + size))
        return kith__error_set(err, KITH_E_USAGE,
                               "there is more than one statement in the text: run it as a script instead");
    return true;
}

enum { MOST_STAMPS = 128 }; /* a block of rows with two timestamps each */

static size_t size_with(unsigned stamps)
{
    return sizeof(struct sqlite_statement) + stamps * sizeof *((struct sqlite_statement *)NULL)->stamps;
}

static kith_statement *prepare(kith_connection *c, const char *sql, size_t size, kith_error *err)
{
    struct sqlite_connection *conn = connection_of(c);
    sqlite3_stmt *raw = NULL;
    if (!prepare_one(conn->db, sql, size, &raw, err)) {
        sqlite3_finalize(raw);
        return NULL;
    }
    unsigned stamp_room = (unsigned)sqlite3_bind_parameter_count(raw);
    if (stamp_room > MOST_STAMPS)
        stamp_room = MOST_STAMPS;
    struct sqlite_statement *s = kith__alloc_zero(conn->allocator, size_with(stamp_room));
    if (!s) {
        sqlite3_finalize(raw);
        kith__error_no_memory(err);
        return NULL;
    }
    s->conn = conn;
    s->raw = raw;
    s->stamp_room = stamp_room;
    return (kith_statement *)s;
}

/* SQLite's count stays what it was when a statement changes no rows by nature, like SELECT or CREATE. */
static void count_changes(struct sqlite_statement *s)
{
    sqlite3 *db = s->conn->db;
    bool changed = sqlite3_total_changes64(db) != s->total_before;
    s->affected = changed ? sqlite3_changes64(db) : 0;
    s->last_id = sqlite3_last_insert_rowid(db);
}

static void set_deadline(struct sqlite_connection *c)
{
    if (c->timeout_ms)
        c->deadline = kith__monotonic() + (int64_t)c->timeout_ms * 1000;
}

/* Others may run beside it anyhow; but the time since the last portion was not its own, and the pages that were read for
 * that are not read again, so the cache need not hold them. */
static void portion(kith_statement *st, size_t rows)
{
    struct sqlite_connection *c = statement_of(st)->conn;
    (void)rows;
    set_deadline(c);
    sqlite3_db_release_memory(c->db);
}

static int step(kith_statement *st, kith_error *err)
{
    struct sqlite_statement *s = statement_of(st);
    if (s->done) /* SQLite would begin again */
        return 0;
    if (!s->started) {
        s->total_before = sqlite3_total_changes64(s->conn->db);
        set_deadline(s->conn);
    }
    s->started = true;
    int code = sqlite3_step(s->raw);
    if (code == SQLITE_ROW)
        return 1;
    s->done = true;
    if (code == SQLITE_DONE) {
        count_changes(s);
        return 0;
    }
    kith__sqlite_failed(s->conn->db, code, err);
    return -1;
}

static int64_t affected(kith_statement *st)
{
    return statement_of(st)->affected;
}

static int64_t last_id(kith_statement *st)
{
    return statement_of(st)->last_id;
}

/* INSERT … RETURNING that nobody read to its end: left alone, SQLite would commit what the program was told has failed.
 * Inside a transaction that is for the program to undo. */
static void undo_unread(const struct sqlite_statement *s)
{
    sqlite3 *db = s->conn->db;
    if (!s->started || s->done || sqlite3_stmt_readonly(s->raw) || !sqlite3_get_autocommit(db))
        return;
    sqlite3_interrupt(db);
    sqlite3_step(s->raw);
}

static void finish(kith_statement *st)
{
    struct sqlite_statement *s = statement_of(st);
    undo_unread(s);
    sqlite3_reset(s->raw);
    sqlite3_clear_bindings(s->raw); /* they point into memory that goes now */
    s->started = s->done = false;
    s->affected = s->last_id = 0;
    s->stamp_count = 0;
}

static void drop(kith_statement *st)
{
    struct sqlite_statement *s = statement_of(st);
    sqlite3_finalize(s->raw);
    kith__free(s->conn->allocator, s, size_with(s->stamp_room));
}

const kith_driver kith__driver_sqlite = {
    .scheme = "sqlite",
    .dialect = "sqlite",
    .check_url = check_url,
    .connection_limit = connection_limit,
    .open = kith__sqlite_open,
    .close = kith__sqlite_close,
    .reset = reset,
    .prepare = prepare,
    .bind = kith__sqlite_bind,
    .step = step,
    .columns = kith__sqlite_columns,
    .affected = affected,
    .last_id = last_id,
    .finish = finish,
    .drop = drop,
    .script = script,
    .set_timeout = set_timeout,
    .cancel = cancel,
    .undoes_unread = true,
    .portion = portion,
};
