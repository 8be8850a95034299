/* mariadb_open: connecting to a MariaDB server.
 *
 * Promises a session that is set up the same way whatever the server's configuration says: UTF-8 text, compared as the
 * tables compare it; UTC; values that do not fit are refused; the number of rows an UPDATE found is what it gives. The
 * few words of SQL that this takes stand here, and no others in the driver. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "driver/mariadb.h"
#include "driver/mariadb_url.h"

enum { OLDEST_VERSION = 100500, CANCEL_SECONDS = 5 };

/* ---- connecting ----------------------------------------------------------------------------------------------------- */

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

static void set_tls(MYSQL *raw, const struct mariadb_settings *s)
{
    my_bool on = 1, verify = (my_bool)s->number[OPTION_SSL_VERIFY];
    if (!s->number[OPTION_SSL])
        return;
    mysql_optionsv(raw, MYSQL_OPT_SSL_ENFORCE, &on);
    mysql_optionsv(raw, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    if (s->given[OPTION_SSL_CA])
        mysql_optionsv(raw, MYSQL_OPT_SSL_CA, s->text[OPTION_SSL_CA]);
    if (s->given[OPTION_SSL_CERT])
        mysql_optionsv(raw, MYSQL_OPT_SSL_CERT, s->text[OPTION_SSL_CERT]);
    if (s->given[OPTION_SSL_KEY])
        mysql_optionsv(raw, MYSQL_OPT_SSL_KEY, s->text[OPTION_SSL_KEY]);
}

/* The client takes "localhost" for the server's socket, which nobody means who gives a port. */
static void set_protocol(MYSQL *raw, const struct mariadb_settings *s)
{
    unsigned protocol = s->given[OPTION_SOCKET] ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
    if (s->given[OPTION_SOCKET] || s->port)
        mysql_optionsv(raw, MYSQL_OPT_PROTOCOL, &protocol);
}

static void set_options(MYSQL *raw, const struct mariadb_settings *s)
{
    unsigned off = 0;
    mysql_optionsv(raw, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    mysql_optionsv(raw, MYSQL_OPT_CONNECT_TIMEOUT, &s->number[OPTION_CONNECT_TIMEOUT]);
    /* A server could ask for any file that the program may read. */
    mysql_optionsv(raw, MYSQL_OPT_LOCAL_INFILE, &off);
    mysql_optionsv(raw, MARIADB_OPT_IO_WAIT, kith__mariadb_wait);
    set_protocol(raw, s);
    set_tls(raw, s);
}

/* Whatever keeps a connection from being made, there is none. */
static bool cannot_connect(MYSQL *raw, kith_error *err)
{
    kith__mariadb_failed(mysql_errno(raw), mysql_sqlstate(raw), mysql_error(raw), err);
    if (err->status == KITH_E_NO_MEMORY || err->status == KITH_E_PERMISSION)
        return false;
    err->status = KITH_E_CONNECTION;
    return false;
}

static MYSQL *connect_to(const struct mariadb_settings *s, kith_error *err)
{
    MYSQL *raw = mysql_init(NULL);
    if (!raw) {
        kith__error_no_memory(err);
        return NULL;
    }
    set_options(raw, s);
    const char *socket = s->given[OPTION_SOCKET] ? s->text[OPTION_SOCKET] : NULL;
    if (mysql_real_connect(raw, or_null(s->host), or_null(s->user), or_null(s->password), or_null(s->database), s->port,
                           socket, CLIENT_FOUND_ROWS)) {
        kith__mariadb_set_wait(raw, (int64_t)s->number[OPTION_CONNECT_TIMEOUT] * 1000);
        return raw;
    }
    cannot_connect(raw, err);
    mysql_close(raw);
    return NULL;
}

/* ---- setting up ----------------------------------------------------------------------------------------------------- */

static bool check_server(MYSQL *raw, kith_error *err)
{
    if (mariadb_connection(raw) && mysql_get_server_version(raw) >= OLDEST_VERSION)
        return true;
    return kith__error_set(err, KITH_E_UNSUPPORTED, "the server is %s %s, but MariaDB 10.5 or later is needed",
                           mariadb_connection(raw) ? "MariaDB" : "MySQL", mysql_get_server_info(raw));
}

/* Beside the modes that refuse what does not fit, those that make statements mean the same as elsewhere.
 * NO_AUTO_VALUE_ON_ZERO: a 0 is stored as 0, and is no question for the next number. NO_UNSIGNED_SUBTRACTION: the
 * difference of two numbers may be negative. SIMULTANEOUS_ASSIGNMENT: an UPDATE computes with the row as it was.
 * max_recursive_iterations: a recursive statement otherwise stops after 1,000 steps and keeps quiet about it. */
static bool set_up(MYSQL *raw, unsigned busy_ms, kith_error *err)
{
    char sql[640];
    unsigned seconds = busy_ms / 1000 + (busy_ms % 1000 > 0);
    int size = snprintf(sql, sizeof sql,
                        "SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin, time_zone = '+00:00', autocommit = 1, "
                        "sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
                        "NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO,NO_UNSIGNED_SUBTRACTION,"
                        "SIMULTANEOUS_ASSIGNMENT', "
                        "max_recursive_iterations = 4294967295, innodb_lock_wait_timeout = %u, lock_wait_timeout = %u",
                        seconds, seconds);
    return mysql_real_query(raw, sql, (unsigned long)size) == 0 || cannot_connect(raw, err);
}

/* Of what is longer, the server reads nothing: it hangs up. */
static bool ask_most(struct mariadb_connection *c, kith_error *err)
{
    static const char sql[] = "SELECT @@max_allowed_packet";
    if (mysql_real_query(c->raw, sql, sizeof sql - 1))
        return cannot_connect(c->raw, err);
    MYSQL_RES *rows = mysql_store_result(c->raw);
    MYSQL_ROW row = rows ? mysql_fetch_row(rows) : NULL;
    if (row && row[0])
        c->most = strtoull(row[0], NULL, 10);
    mysql_free_result(rows);
    return c->most > 0 || cannot_connect(c->raw, err);
}

kith_connection *kith__mariadb_open(const kith_connect_opts *opts, kith_error *err)
{
    struct mariadb_settings s;
    if (!kith__mariadb_settings(opts, &s, err))
        return NULL;
    struct mariadb_connection *c = kith__alloc_zero(opts->allocator, sizeof *c);
    if (!c) {
        kith__error_no_memory(err);
        return NULL;
    }
    c->opts = *opts;
    c->raw = connect_to(&s, err);
    if (c->raw && check_server(c->raw, err) && set_up(c->raw, opts->busy_ms, err) && ask_most(c, err)) {
        c->id = mysql_thread_id(c->raw);
        kith__mariadb_set_wait(c->raw, 0);
        return (kith_connection *)c;
    }
    kith__mariadb_close((kith_connection *)c);
    return NULL;
}

void kith__mariadb_close(kith_connection *c)
{
    struct mariadb_connection *conn = (struct mariadb_connection *)c;
    if (conn->raw)
        mysql_close(conn->raw);
    kith__free(conn->opts.allocator, conn, sizeof *conn);
}

/* ---- cancelling ----------------------------------------------------------------------------------------------------- */

/* Touches nothing of the connection that its own thread changes. */
void kith__mariadb_cancel(kith_connection *c)
{
    const struct mariadb_connection *conn = (const struct mariadb_connection *)c;
    struct mariadb_settings s;
    kith_error ignored;
    char sql[64];
    if (!kith__mariadb_settings(&conn->opts, &s, &ignored))
        return;
    if (s.number[OPTION_CONNECT_TIMEOUT] > CANCEL_SECONDS)
        s.number[OPTION_CONNECT_TIMEOUT] = CANCEL_SECONDS;
    MYSQL *second = connect_to(&s, &ignored);
    if (!second)
        return;
    int size = snprintf(sql, sizeof sql, "KILL QUERY %lu", conn->id);
    mysql_real_query(second, sql, (unsigned long)size);
    mysql_close(second);
}
