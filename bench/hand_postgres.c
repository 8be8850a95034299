#include "hand_postgres.h"

#include <stdarg.h>
#include <stdio.h>

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
