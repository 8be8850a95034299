/* mariadb: the driver for MariaDB: statements and scripts. Opening, values and error numbers have files of their own
 * beside this one.
 *
 * Rows are read one by one. When another statement is to run between two steps, the rest is read first and kept. */
#include "driver/mariadb.h"

#include <ctype.h>
#include <poll.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"
#include "driver/drivers.h"
#include "driver/mariadb_codec.h"
#include "driver/mariadb_stream.h"
#include "driver/mariadb_url.h"

enum { CANNOT_PREPARE = 1295, EMPTY_QUERY = 1065 };

static struct mariadb_connection *connection_of(kith_connection *c)
{
    return (struct mariadb_connection *)c;
}

static struct mariadb_statement *statement_of(kith_statement *st)
{
    return (struct mariadb_statement *)st;
}

/* ---- failures ------------------------------------------------------------------------------------------------------- */

static bool connection_failed(struct mariadb_connection *c, kith_error *err)
{
    return kith__mariadb_gone_wrong(c, mysql_errno(c->raw), mysql_sqlstate(c->raw), mysql_error(c->raw), err);
}

static bool statement_failed(struct mariadb_statement *s, kith_error *err)
{
    return kith__mariadb_gone_wrong(s->conn, mysql_stmt_errno(s->raw), mysql_stmt_sqlstate(s->raw),
                                    mysql_stmt_error(s->raw), err);
}

/* Whether the server takes so much at once, with what the protocol adds. */
static bool fits(const struct mariadb_connection *c, size_t size, size_t values, kith_error *err)
{
    enum { FIXED = 64, EACH = 16 };
    return size + FIXED + values * EACH <= c->most ||
           kith__error_set(err, KITH_E_DATABASE,
                           "the statement and its values are %zu bytes long, and the server takes no more than %llu "
                           "at once (its max_allowed_packet)",
                           size, c->most);
}

/* ---- connections ---------------------------------------------------------------------------------------------------- */

static bool check_url(const kith_connect_opts *opts, kith_error *err)
{
    struct mariadb_settings s;
    return kith__mariadb_settings(opts, &s, err);
}

/* The server's own way to reset a connection would drop its prepared statements. */
static bool reset(kith_connection *c)
{
    struct mariadb_connection *conn = connection_of(c);
    unsigned status = 0;
    kith__mariadb_settle(conn);
    if (conn->lost)
        return false;
    mariadb_get_infov(conn->raw, MARIADB_CONNECTION_SERVER_STATUS, &status);
    return !(status & SERVER_STATUS_IN_TRANS) || mysql_rollback(conn->raw) == 0;
}

/* A server sends nothing unasked but its farewell. */
static bool check(kith_connection *c)
{
    struct mariadb_connection *conn = connection_of(c);
    struct pollfd at = { .fd = mysql_get_socket(conn->raw), .events = POLLIN };
    return !conn->lost && poll(&at, 1, 0) == 0;
}

/* Reads what a script's statements gave, and forgets it. */
static bool run_script(struct mariadb_connection *c, const char *text, kith_error *err)
{
    c->asked = kith__monotonic();
    int more = mysql_real_query(c->raw, text, (unsigned long)strlen(text));
    while (more == 0) {
        MYSQL_RES *rows = mysql_use_result(c->raw);
        if (!rows && mysql_field_count(c->raw) > 0)
            return connection_failed(c, err);
        mysql_free_result(rows); /* reads them all */
        if (mysql_errno(c->raw))
            return connection_failed(c, err);
        more = mysql_next_result(c->raw); /* -1: there are no more */
    }
    /* A script of comments alone has nothing to run. */
    return more < 0 || mysql_errno(c->raw) == EMPTY_QUERY || connection_failed(c, err);
}

static bool script(kith_connection *c, const char *text, kith_error *err)
{
    struct mariadb_connection *conn = connection_of(c);
    if (!fits(conn, strlen(text), 0, err))
        return false;
    kith__mariadb_settle(conn);
    if (mysql_set_server_option(conn->raw, MYSQL_OPTION_MULTI_STATEMENTS_ON))
        return connection_failed(conn, err);
    bool good = run_script(conn, text, err);
    if (mysql_set_server_option(conn->raw, MYSQL_OPTION_MULTI_STATEMENTS_OFF))
        conn->lost = true;
    return good;
}

/* ---- preparing ------------------------------------------------------------------------------------------------------ */

/* The statement's first word tells what it gives. What a SELECT gives was not changed by it; of other statements, like
 * CALL, it is not known whether they give one result. */
static void look_at_verb(struct mariadb_statement *s, const char *sql, size_t size)
{
    static const char *const verbs[] = { "insert", "replace", "update", "delete", "select" };
    enum { CHANGING = 4, COUNT = sizeof verbs / sizeof verbs[0] };
    char word[8] = "";
    size_t start = 0;
    while (start < size && isspace((unsigned char)sql[start]))
        start++;
    for (size_t i = 0; i + 1 < sizeof word && start + i < size && isalpha((unsigned char)sql[start + i]); i++)
        word[i] = sql[start + i];
    size_t verb = 0;
    while (verb < COUNT && !kith__equal_no_case(word, verbs[verb]))
        verb++;
    s->changes_rows = verb < CHANGING;
    s->streams = verb < COUNT;
}

static bool make_params(struct mariadb_statement *s)
{
    const kith_allocator *a = s->conn->opts.allocator;
    s->param_count = (unsigned)mysql_stmt_param_count(s->raw);
    s->params = kith__alloc(a, s->param_count * sizeof *s->params);
    s->held = kith__alloc(a, s->param_count * sizeof *s->held);
    if (!s->params || !s->held)
        return false;
    kith__mariadb_unbind(s);
    return true;
}

/* What cannot be prepared has no parameters and is rare: it is kept as text. */
static bool keep_text(struct mariadb_statement *s, const char *sql, size_t size)
{
    mysql_stmt_close(s->raw);
    s->raw = NULL;
    s->sql = kith__alloc(s->conn->opts.allocator, size);
    s->sql_size = size;
    if (s->sql)
        memcpy(s->sql, sql, size);
    return s->sql != NULL;
}

/* Long lists of keys are one, and what a server before 10.6 says of it is "syntax error". */
static bool lacks_json_table(struct mariadb_statement *s, const char *sql, size_t size, kith_error *err)
{
    enum { SYNTAX = 1064, JSON_TABLE_SINCE = 100600 };
    const char word[] = "JSON_TABLE(";
    bool there = false;
    if (mysql_stmt_errno(s->raw) != SYNTAX || mysql_get_server_version(s->conn->raw) >= JSON_TABLE_SINCE)
        return false;
    for (size_t i = 0; i + sizeof word <= size && !there; i++)
        there = memcmp(sql + i, word, sizeof word - 1) == 0;
    if (there)
        kith__error_set(
            err, KITH_E_UNSUPPORTED,
            "the server is MariaDB %s: lists of more than 1024 values need JSON_TABLE, which came with 10.6",
            mysql_get_server_info(s->conn->raw));
    return there;
}

static bool prepare_raw(struct mariadb_statement *s, const char *sql, size_t size, kith_error *err)
{
    if (!fits(s->conn, size, 0, err))
        return false;
    kith__mariadb_settle(s->conn);
    s->raw = mysql_stmt_init(s->conn->raw);
    if (!s->raw)
        return kith__error_no_memory(err);
    s->conn->asked = kith__monotonic();
    if (mysql_stmt_prepare(s->raw, sql, size) == 0)
        return make_params(s) || kith__error_no_memory(err);
    if (lacks_json_table(s, sql, size, err))
        return false;
    if (mysql_stmt_errno(s->raw) != CANNOT_PREPARE)
        return statement_failed(s, err);
    return keep_text(s, sql, size) || kith__error_no_memory(err);
}

static void drop(kith_statement *st)
{
    struct mariadb_statement *s = statement_of(st);
    const kith_allocator *a = s->conn->opts.allocator;
    mysql_free_result(s->result);
    if (s->raw) {
        if (s->conn->streaming != s)
            kith__mariadb_settle(s->conn);
        kith__mariadb_end_rows(s);
        kith__mariadb_unbind_rows(s);
        mysql_stmt_close(s->raw);
    }
    kith__free(a, s->sql, s->sql_size);
    kith__free(a, s->params, s->param_count * sizeof *s->params);
    kith__free(a, s->held, s->param_count * sizeof *s->held);
    kith__free(a, s->binds, s->column_room * sizeof *s->binds);
    kith__free(a, s->cells, s->column_room * sizeof *s->cells);
    kith__free(a, s, sizeof *s);
}

static kith_statement *prepare(kith_connection *c, const char *sql, size_t size, kith_error *err)
{
    struct mariadb_connection *conn = connection_of(c);
    struct mariadb_statement *s = kith__alloc_zero(conn->opts.allocator, sizeof *s);
    if (!s) {
        kith__error_no_memory(err);
        return NULL;
    }
    s->conn = conn;
    kith__arena_init(&s->arrays, conn->opts.allocator, NULL, false);
    kith__arena_init(&s->kept_memory, conn->opts.allocator, NULL, false);
    look_at_verb(s, sql, size);
    if (prepare_raw(s, sql, size, err))
        return (kith_statement *)s;
    drop((kith_statement *)s);
    return NULL;
}

/* ---- running -------------------------------------------------------------------------------------------------------- */

static bool take_rows(struct mariadb_statement *s, kith_error *err)
{
    s->result = mysql_stmt_result_metadata(s->raw);
    if (!s->result || !kith__mariadb_bind_cells(s))
        return kith__error_no_memory(err);
    if (s->portion)
        return true;
    if (s->streams) {
        s->conn->streaming = s;
        return true;
    }
    s->stored = mysql_stmt_store_result(s->raw) == 0;
    return s->stored || statement_failed(s, err);
}

static size_t bound_size(const struct mariadb_statement *s)
{
    size_t size = s->array_bytes;
    for (unsigned i = 0; i < s->param_count; i++)
        size += s->params[i].buffer_length; /* of text and bytes */
    return size;
}

/* What the server keeps does not stand in the way of other statements. Connector/C cannot run the statement without a
 * cursor afterwards; it need not, for it is dropped, by which the server forgets the rows. */
static void portion(kith_statement *st, size_t rows)
{
    struct mariadb_statement *s = statement_of(st);
    unsigned long cursor = CURSOR_TYPE_READ_ONLY, at_once = rows;
    if (!s->raw)
        return;
    if (!s->started)
        mysql_stmt_attr_set(s->raw, STMT_ATTR_CURSOR_TYPE, &cursor);
    mysql_stmt_attr_set(s->raw, STMT_ATTR_PREFETCH_ROWS, &at_once);
    s->portion = rows;
}

static bool execute(struct mariadb_statement *s, kith_error *err)
{
    unsigned rows = s->array_rows ? s->array_rows : 1;
    if (!fits(s->conn, bound_size(s), (size_t)rows * s->param_count, err))
        return false;
    if (s->param_count > 0 && mysql_stmt_bind_param(s->raw, s->params))
        return statement_failed(s, err);
    kith__mariadb_settle(s->conn);
    s->conn->asked = kith__monotonic();
    if (mysql_stmt_execute(s->raw))
        return statement_failed(s, err);
    s->last_id = (int64_t)mysql_stmt_insert_id(s->raw);
    if (mysql_stmt_field_count(s->raw) > 0)
        return take_rows(s, err);
    s->done = true;
    s->affected = (int64_t)mysql_stmt_affected_rows(s->raw);
    return true;
}

static bool execute_text(struct mariadb_statement *s, kith_error *err)
{
    struct mariadb_connection *c = s->conn;
    s->done = true;
    kith__mariadb_settle(c);
    c->asked = kith__monotonic();
    if (mysql_real_query(c->raw, s->sql, s->sql_size))
        return connection_failed(c, err);
    if (mysql_field_count(c->raw) > 0) {
        mysql_free_result(mysql_use_result(c->raw));
        return kith__error_set(err, KITH_E_UNSUPPORTED, "the server cannot prepare this statement, and it gives rows");
    }
    s->affected = (int64_t)mysql_affected_rows(c->raw);
    s->last_id = (int64_t)mysql_insert_id(c->raw);
    return true;
}

static int next_row(struct mariadb_statement *s, kith_error *err)
{
    int got = kith__mariadb_next_row(s, err);
    s->affected += s->changes_rows && got == 1;
    s->done = got != 1;
    return got;
}

static int step(kith_statement *st, kith_error *err)
{
    struct mariadb_statement *s = statement_of(st);
    if (!s->started) {
        s->started = true;
        if (!(s->raw ? execute(s, err) : execute_text(s, err))) {
            s->rows_failed = s->raw && mysql_stmt_field_count(s->raw) > 0;
            s->done = true;
            return -1;
        }
    }
    return s->done ? 0 : next_row(s, err);
}

static int64_t affected(kith_statement *st)
{
    return statement_of(st)->affected;
}

static int64_t last_id(kith_statement *st)
{
    return statement_of(st)->last_id;
}

/* Rows that nobody read, those that a failure has left on their way, and the further results of a CALL, would be in the
 * way of what the connection does next. Of stored rows the client would keep those that were read to their end. */
static void end_run(struct mariadb_statement *s)
{
    struct mariadb_connection *c = s->conn;
    if (c->streaming != s)
        kith__mariadb_settle(c);
    if (!c->lost && (s->rows_failed || mysql_stmt_more_results(s->raw))) {
        mysql_stmt_reset(s->raw);
    } else if (!c->lost) {
        if (s->stored && mysql_stmt_num_rows(s->raw) > 0)
            mysql_stmt_data_seek(s->raw, 0);
        mysql_stmt_free_result(s->raw);
    }
    kith__mariadb_end_rows(s);
}

static void finish(kith_statement *st)
{
    struct mariadb_statement *s = statement_of(st);
    mysql_free_result(s->result);
    s->result = NULL;
    if (s->raw && s->started)
        end_run(s);
    kith__mariadb_unbind(s); /* they point into memory that goes now */
    s->started = s->done = s->rows_failed = false;
    s->affected = s->last_id = 0;
}

#define MARIADB_DRIVER(name)                                                                                           \
    {                                                                                                                  \
        .scheme = (name), .dialect = "mariadb", .check_url = check_url, .open = kith__mariadb_open,                    \
        .close = kith__mariadb_close, .reset = reset, .check = check, .prepare = prepare, .bind = kith__mariadb_bind,  \
        .bind_rows = kith__mariadb_bind_rows, .step = step, .columns = kith__mariadb_columns, .affected = affected,    \
        .last_id = last_id, .finish = finish, .drop = drop, .script = script, .cancel = kith__mariadb_cancel,          \
        .set_timeout = kith__mariadb_limit, .portion = portion,                                                        \
    }

const kith_driver kith__driver_mariadb = MARIADB_DRIVER("mariadb");
const kith_driver kith__driver_mysql = MARIADB_DRIVER("mysql");
