/* hand_postgres: libpq's calls with their checks, and the cells of binary results. */
#ifndef BENCH_HAND_POSTGRES_H
#define BENCH_HAND_POSTGRES_H

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <string.h>

#include "hand.h"

/* Microseconds from 1970 to 2000, from when PostgreSQL counts. */
#define HAND_POSTGRES_EPOCH INT64_C(946684800000000)

/* All of these end the program on failure. */
void hand_postgres_exec(PGconn *db, const char *sql);
/* A SELECT without parameters. Its rows come one by one, in binary, so that they are decoded while the server works and
 * are never together in memory, which takes less time than a result of all rows. */
void hand_postgres_select(PGconn *db, const char *sql);
PGresult *hand_postgres_next(PGconn *db); /* NULL: no more rows */
void hand_postgres_prepare(PGconn *db, const char *name, const char *sql);
PGresult *hand_postgres_row(PGconn *db, PGresult *result); /* returns it when it has exactly one row */

/* COPY of a table in its text form: a line for each row. */
void hand_postgres_copy(PGconn *db, const char *table);
void hand_postgres_copy_row(PGconn *db, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hand_postgres_copy_end(PGconn *db);
void hand_postgres_copy_begin(PGconn *db, const char *sql); /* any COPY … FROM STDIN */

/* ---- the order of bytes on the network, there and back ----------------------------------------------------------- */

static inline uint32_t hand_postgres_swap4(uint32_t n)
{
    return htonl(n);
}

static inline uint64_t hand_postgres_swap8(uint64_t n)
{
    return htonl(1) == 1 ? n : (uint64_t)htonl((uint32_t)n) << 32 | htonl((uint32_t)(n >> 32));
}

/* ---- cells; none is NULL ----------------------------------------------------------------------------------------- */

static inline int32_t hand_postgres_int4(const PGresult *r, int row, int column)
{
    uint32_t bits;
    memcpy(&bits, PQgetvalue(r, row, column), sizeof bits);
    return (int32_t)hand_postgres_swap4(bits);
}

static inline int64_t hand_postgres_int8(const PGresult *r, int row, int column)
{
    uint64_t bits;
    memcpy(&bits, PQgetvalue(r, row, column), sizeof bits);
    return (int64_t)hand_postgres_swap8(bits);
}

static inline double hand_postgres_float8(const PGresult *r, int row, int column)
{
    double real;
    int64_t bits = hand_postgres_int8(r, row, column);
    memcpy(&real, &bits, sizeof real);
    return real;
}

/* Copied. */
static inline const char *hand_postgres_text(const PGresult *r, int row, int column, struct hand_arena *arena,
                                             uint32_t *size)
{
    *size = (uint32_t)PQgetlength(r, row, column);
    return hand_text(arena, PQgetvalue(r, row, column), *size);
}

#endif
