#include "hand_mariadb.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/* ---- the connection ----------------------------------------------------------------------------------------------- */

/* The part of a URL between what has come before it and `end`, percent-decoded; the URL moves on behind it. */
static const char *next_part(const char **url, char end, char *to, size_t room)
{
    char *at = to;
    for (; **url && **url != end; (*url)++) {
        char digits[3] = { 0 };
        if (at + 1 >= to + room)
            bench_die("URL", "too long");
        if (**url == '%' && (*url)[1] && (*url)[2]) {
            memcpy(digits, *url + 1, 2);
            *at++ = (char)strtol(digits, NULL, 16);
            *url += 2;
        } else {
            *at++ = **url;
        }
    }
    *at = '\0';
    if (**url)
        (*url)++;
    return to;
}

/* mariadb://user:password@host:port/database */
void *hand_open(const char *url)
{
    enum { ROOM = 128 };
    char user[ROOM], password[ROOM], host[ROOM], port[ROOM], database[ROOM];
    MYSQL *db = mysql_init(NULL);
    if (!db || strncmp(url, "mariadb://", 10) != 0)
        bench_die("expected mariadb://user:password@host:port/database", url);
    url += 10;
    next_part(&url, ':', user, ROOM);
    next_part(&url, '@', password, ROOM);
    next_part(&url, ':', host, ROOM);
    next_part(&url, '/', port, ROOM);
    next_part(&url, '?', database, ROOM);
    mysql_optionsv(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (!mysql_real_connect(db, host, user, password, database, (unsigned)atoi(port), NULL, 0))
        bench_die("connect", mysql_error(db));
    hand_mariadb_exec(db, "SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin, time_zone = '+00:00', "
                          "sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')");
    return db;
}

void hand_close(void *db)
{
    mysql_close(db);
}

/* ---- statements --------------------------------------------------------------------------------------------------- */

void hand_mariadb_exec(MYSQL *db, const char *sql)
{
    if (mysql_query(db, sql))
        bench_die(sql, mysql_error(db));
    mysql_free_result(mysql_store_result(db));
}

MYSQL_STMT *hand_mariadb_prepare(MYSQL *db, const char *sql)
{
    MYSQL_STMT *st = mysql_stmt_init(db);
    if (!st || mysql_stmt_prepare(st, sql, strlen(sql)))
        bench_die(sql, st ? mysql_stmt_error(st) : mysql_error(db));
    return st;
}

void hand_mariadb_execute(MYSQL_STMT *st)
{
    if (mysql_stmt_execute(st))
        bench_die("execute", mysql_stmt_error(st));
}

void hand_mariadb_bind_columns(MYSQL_STMT *st, MYSQL_BIND *columns)
{
    if (mysql_stmt_bind_result(st, columns))
        bench_die("bind", mysql_stmt_error(st));
}

MYSQL_STMT *hand_mariadb_select(MYSQL *db, const char *sql, MYSQL_BIND *columns)
{
    MYSQL_STMT *st = hand_mariadb_prepare(db, sql);
    hand_mariadb_execute(st);
    hand_mariadb_bind_columns(st, columns);
    return st;
}

bool hand_mariadb_fetch(MYSQL_STMT *st)
{
    int got = mysql_stmt_fetch(st);
    if (got != 0 && got != MYSQL_NO_DATA) /* what goes wrong on the network is told by the connection alone */
        bench_die("fetch", got == 1 ? mysql_error(st->mysql) : "a value was cut");
    return got == 0;
}

/* ---- filling ------------------------------------------------------------------------------------------------------ */

void hand_mariadb_insert_end(struct hand_insert *in)
{
    if (in->size > 0)
        hand_mariadb_exec(in->db, in->sql);
    in->size = 0;
}

void hand_mariadb_insert(struct hand_insert *in, const char *format, ...)
{
    enum { LONGEST_ROW = 512 };
    if (in->size + LONGEST_ROW > sizeof in->sql)
        hand_mariadb_insert_end(in);
    if (in->size == 0)
        in->size = (size_t)snprintf(in->sql, sizeof in->sql, "INSERT INTO %s VALUES ", in->table);
    else
        in->sql[in->size++] = ',';
    va_list values;
    va_start(values, format);
    in->size += (size_t)vsnprintf(in->sql + in->size, LONGEST_ROW, format, values);
    va_end(values);
}

int64_t hand_mariadb_date(const MYSQL_TIME *t)
{
    return hand_date_join(&(struct hand_date){ .year = (int)t->year,
                                               .month = (int)t->month,
                                               .day = (int)t->day,
                                               .hour = (int)t->hour,
                                               .minute = (int)t->minute,
                                               .second = (int)t->second,
                                               .microsecond = (int)t->second_part });
}

MYSQL_TIME hand_mariadb_time(int64_t microseconds)
{
    struct hand_date d = hand_date_split(microseconds);
    return (MYSQL_TIME){ .year = (unsigned)d.year,
                         .month = (unsigned)d.month,
                         .day = (unsigned)d.day,
                         .hour = (unsigned)d.hour,
                         .minute = (unsigned)d.minute,
                         .second = (unsigned)d.second,
                         .second_part = (unsigned long)d.microsecond,
                         .time_type = MYSQL_TIMESTAMP_DATETIME };
}

/* ---- any statement ------------------------------------------------------------------------------------------------ */

void hand_exec(void *db, const char *sql)
{
    hand_mariadb_exec(db, sql);
}

void hand_analyze(void *db, const char *tables)
{
    char sql[256] = "";
    hand_append(sql, sizeof sql, "ANALYZE TABLE %s", tables);
    hand_mariadb_exec(db, sql);
}

static MYSQL_BIND cell(struct hand_rows *r, int column, char type)
{
    if (type == 't')
        return (MYSQL_BIND)HAND_BIND_VARCHAR(&r->cells[column].text);
    if (type == 'l')
        return (MYSQL_BIND)HAND_BIND(MYSQL_TYPE_LONGLONG, &r->cells[column].bigint);
    return (MYSQL_BIND)HAND_BIND(MYSQL_TYPE_LONG, &r->cells[column].integer);
}

void hand_rows_prepare(struct hand_rows *r, void *db, const char *sql, const char *columns)
{
    r->st = hand_mariadb_prepare(db, sql);
    r->columns = columns;
    r->ran = false;
}

static void bind_params(struct hand_rows *r, size_t count)
{
    MYSQL_BIND binds[HAND_PARAMS];
    for (size_t i = 0; i < count; i++)
        binds[i] = (MYSQL_BIND)HAND_BIND(MYSQL_TYPE_LONG, &r->params[i]);
    if (count > 0 && mysql_stmt_bind_param(r->st, binds))
        bench_die("bind", mysql_stmt_error(r->st));
}

static void bind_cells(struct hand_rows *r)
{
    MYSQL_BIND binds[HAND_COLUMNS];
    for (int i = 0; r->columns[i]; i++)
        binds[i] = cell(r, i, r->columns[i]);
    if (*r->columns)
        hand_mariadb_bind_columns(r->st, binds);
}

void hand_rows_run(struct hand_rows *r, const int32_t *params, size_t count)
{
    if (!r->ran)
        bind_params(r, count);
    for (size_t i = 0; i < count; i++)
        r->params[i] = params[i];
    hand_mariadb_execute(r->st);
    if (!r->ran)
        bind_cells(r);
    r->ran = true;
}

/* ---- filling ------------------------------------------------------------------------------------------------------ */

struct hand_fill {
    struct hand_insert in;
    const char *columns;
};

struct hand_fill *hand_fill_begin(void *db, const char *table, const char *columns)
{
    struct hand_fill *f = calloc(1, sizeof *f);
    if (!f)
        bench_die("hand", "out of memory");
    f->in.db = db;
    f->in.table = table;
    f->columns = columns;
    hand_mariadb_exec(db, "BEGIN");
    return f;
}

void hand_fill_row(struct hand_fill *f, ...)
{
    char row[512] = "";
    va_list values;
    va_start(values, f);
    for (size_t i = 0; f->columns[i]; i++)
        if (f->columns[i] == 't')
            hand_append(row, sizeof row, ",'%s'", va_arg(values, const char *));
        else
            hand_append(row, sizeof row, ",%lld", (long long)va_arg(values, int64_t));
    va_end(values);
    hand_mariadb_insert(&f->in, "(%s)", row + 1);
}

void hand_fill_end(struct hand_fill *f)
{
    hand_mariadb_insert_end(&f->in);
    hand_mariadb_exec(f->in.db, "COMMIT");
    free(f);
}
