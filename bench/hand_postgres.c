#include "hand_postgres.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

static PGresult *expect(PGconn *db, PGresult *result, ExecStatusType status, const char *what)
{
    if (PQresultStatus(result) != status)
        bench_die(what, PQerrorMessage(db));
    return result;
}

void *hand_open(const char *url)
{
    PGconn *db = PQconnectdb(url);
    if (PQstatus(db) != CONNECTION_OK)
        bench_die("connect", PQerrorMessage(db));
    hand_postgres_exec(db, "SET client_min_messages = warning");
    return db;
}

void hand_close(void *db)
{
    PQfinish(db);
}

void hand_postgres_exec(PGconn *db, const char *sql)
{
    PQclear(expect(db, PQexec(db, sql), PGRES_COMMAND_OK, sql));
}

void hand_postgres_select(PGconn *db, const char *sql)
{
    if (PQsendQueryParams(db, sql, 0, NULL, NULL, NULL, NULL, 1) != 1 || PQsetSingleRowMode(db) != 1)
        bench_die(sql, PQerrorMessage(db));
}

PGresult *hand_postgres_next(PGconn *db)
{
    PGresult *result = PQgetResult(db);
    if (PQresultStatus(result) == PGRES_SINGLE_TUPLE)
        return result;
    PQclear(expect(db, result, PGRES_TUPLES_OK, "next row"));
    PQclear(PQgetResult(db));
    return NULL;
}

void hand_postgres_prepare(PGconn *db, const char *name, const char *sql)
{
    PQclear(expect(db, PQprepare(db, name, sql, 0, NULL), PGRES_COMMAND_OK, sql));
}

PGresult *hand_postgres_row(PGconn *db, PGresult *result)
{
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) != 1)
        bench_die("expected one row", PQerrorMessage(db));
    return result;
}

void hand_postgres_copy(PGconn *db, const char *table)
{
    char sql[128];
    snprintf(sql, sizeof sql, "COPY %s FROM STDIN", table);
    hand_postgres_copy_begin(db, sql);
}

void hand_postgres_copy_begin(PGconn *db, const char *sql)
{
    PQclear(expect(db, PQexec(db, sql), PGRES_COPY_IN, sql));
}

void hand_postgres_copy_row(PGconn *db, const char *format, ...)
{
    char line[512];
    va_list values;
    va_start(values, format);
    int size = vsnprintf(line, sizeof line - 1, format, values);
    va_end(values);
    line[size++] = '\n';
    if (PQputCopyData(db, line, size) != 1)
        bench_die("COPY", PQerrorMessage(db));
}

void hand_postgres_copy_end(PGconn *db)
{
    PGresult *result;
    if (PQputCopyEnd(db, NULL) != 1)
        bench_die("COPY", PQerrorMessage(db));
    while ((result = PQgetResult(db)))
        PQclear(expect(db, result, PGRES_COMMAND_OK, "COPY"));
}

/* ---- any statement ------------------------------------------------------------------------------------------------ */

void hand_exec(void *db, const char *sql)
{
    hand_postgres_exec(db, sql);
}

void hand_analyze(void *db, const char *tables)
{
    char sql[256] = "";
    hand_append(sql, sizeof sql, "VACUUM (ANALYZE) %s", tables);
    hand_postgres_exec(db, sql);
}

/* The statement with $1, $2, … for each ?. */
void hand_rows_prepare(struct hand_rows *r, void *db, const char *sql, const char *columns)
{
    int number = 0;
    (void)columns;
    *r = (struct hand_rows){ .db = db };
    for (const char *mark; (mark = strchr(sql, '?')); sql = mark + 1)
        hand_append(r->sql, sizeof r->sql, "%.*s$%d", (int)(mark - sql), sql, ++number);
    hand_append(r->sql, sizeof r->sql, "%s", sql);
}

static void send_rows(struct hand_rows *r, int count, const char *const *values, const int *sizes, const Oid *types)
{
    static const int binary[HAND_PARAMS] = { 1, 1, 1, 1, 1, 1, 1, 1 };
    int sent;
    if (r->ran && !*r->name) {
        snprintf(r->name, sizeof r->name, "rows%p", (void *)r);
        PQclear(expect(r->db, PQprepare(r->db, r->name, r->sql, count, types), PGRES_COMMAND_OK, r->sql));
    }
    if (*r->name)
        sent = PQsendQueryPrepared(r->db, r->name, count, values, sizes, binary, 1);
    else
        sent = PQsendQueryParams(r->db, r->sql, count, types, values, sizes, binary, 1);
    r->ran = true;
    if (sent != 1 || PQsetSingleRowMode(r->db) != 1)
        bench_die(r->sql, PQerrorMessage(r->db));
}

void hand_rows_run(struct hand_rows *r, const int32_t *params, size_t count)
{
    enum { INT4 = 23 };
    static const Oid types[HAND_PARAMS] = { INT4, INT4, INT4, INT4, INT4, INT4, INT4, INT4 };
    static const int sizes[HAND_PARAMS] = { 4, 4, 4, 4, 4, 4, 4, 4 };
    uint32_t swapped[HAND_PARAMS];
    const char *values[HAND_PARAMS];
    for (size_t i = 0; i < count; i++) {
        swapped[i] = hand_postgres_swap4((uint32_t)params[i]);
        values[i] = (const char *)&swapped[i];
    }
    send_rows(r, (int)count, values, sizes, types);
}

void hand_rows_change(struct hand_rows *r, const int32_t *params, size_t count)
{
    hand_rows_run(r, params, count);
    PQclear(expect(r->db, PQgetResult(r->db), PGRES_COMMAND_OK, r->sql));
    PQclear(PQgetResult(r->db));
}

int hand_postgres_keys(const int32_t *keys, size_t count, struct hand_postgres_keys *to)
{
    const uint32_t head[] = { 1, 0, 23, (uint32_t)count, 1 }; /* dimensions, nulls, int4, size, the first's number */
    uint32_t *at = to->words;
    for (size_t i = 0; i < sizeof head / sizeof *head; i++)
        *at++ = hand_postgres_swap4(head[i]);
    for (size_t i = 0; i < count; i++) {
        *at++ = hand_postgres_swap4(sizeof *keys);
        *at++ = hand_postgres_swap4((uint32_t)keys[i]);
    }
    return (int)((char *)at - (char *)to->words);
}

void hand_rows_run_keys(struct hand_rows *r, const int32_t *keys, size_t count)
{
    static const Oid type = 1007; /* int4[] */
    struct hand_postgres_keys array;
    const char *value = (const char *)array.words;
    int size = hand_postgres_keys(keys, count, &array);
    send_rows(r, 1, &value, &size, &type);
}

void hand_rows_close(struct hand_rows *r)
{
    PQclear(r->row);
}

/* ---- filling ------------------------------------------------------------------------------------------------------ */

struct hand_fill {
    PGconn *db;
    const char *columns;
    char *at, lines[64 * 1024];
};

static void put_lines(struct hand_fill *f)
{
    if (PQputCopyData(f->db, f->lines, (int)(f->at - f->lines)) != 1)
        bench_die("COPY", PQerrorMessage(f->db));
    f->at = f->lines;
}

struct hand_fill *hand_fill_begin(void *db, const char *table, const char *columns)
{
    struct hand_fill *f = malloc(sizeof *f);
    if (!f)
        bench_die("hand", "out of memory");
    f->db = db;
    f->columns = columns;
    f->at = f->lines;
    hand_postgres_copy(db, table);
    return f;
}

void hand_fill_row(struct hand_fill *f, ...)
{
    enum { LONGEST_VALUE = 64 };
    va_list values;
    va_start(values, f);
    for (size_t i = 0; f->columns[i]; i++) {
        if (f->columns[i] == 't')
            f->at += snprintf(f->at, LONGEST_VALUE, "%s", va_arg(values, const char *));
        else
            f->at += snprintf(f->at, LONGEST_VALUE, "%lld", (long long)va_arg(values, int64_t));
        *f->at++ = f->columns[i + 1] ? '\t' : '\n';
    }
    va_end(values);
    if (f->lines + sizeof f->lines - f->at < 8 * LONGEST_VALUE)
        put_lines(f);
}

void hand_fill_end(struct hand_fill *f)
{
    put_lines(f);
    hand_postgres_copy_end(f->db);
    free(f);
}
