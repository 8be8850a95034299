/* hand_mariadb: Connector/C's calls with their checks, and the cells of the binary protocol. */
#ifndef BENCH_HAND_MARIADB_H
#define BENCH_HAND_MARIADB_H

#include <mysql.h>
#include <stdbool.h>

#include "hand.h"

enum { HAND_VARCHAR = 255 * 4 + 1 }; /* bytes of a VARCHAR(255) in UTF-8 */

struct hand_varchar {
    char text[HAND_VARCHAR];
    unsigned long size;
};

/* All of these end the program on failure. */
void hand_mariadb_exec(MYSQL *db, const char *sql);
MYSQL_STMT *hand_mariadb_prepare(MYSQL *db, const char *sql);
void hand_mariadb_execute(MYSQL_STMT *st);
/* Prepares and executes what has no parameters, and binds its columns. */
MYSQL_STMT *hand_mariadb_select(MYSQL *db, const char *sql, MYSQL_BIND *columns);
void hand_mariadb_bind_columns(MYSQL_STMT *st, MYSQL_BIND *columns);
bool hand_mariadb_fetch(MYSQL_STMT *st); /* false: no more rows */

/* Rows of one table, many in one statement. */
struct hand_insert {
    MYSQL *db;
    const char *table;
    size_t size;
    char sql[64 * 1024];
};
void hand_mariadb_insert(struct hand_insert *in, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hand_mariadb_insert_end(struct hand_insert *in);

int64_t hand_mariadb_date(const MYSQL_TIME *t);
MYSQL_TIME hand_mariadb_time(int64_t microseconds);

#define HAND_BIND(type_of, at)                                                                                         \
    {                                                                                                                  \
        .buffer_type = (type_of), .buffer = (at), .buffer_length = sizeof *(at)                                        \
    }
#define HAND_BIND_VARCHAR(v)                                                                                           \
    {                                                                                                                  \
        .buffer_type = MYSQL_TYPE_STRING, .buffer = (v)->text, .buffer_length = sizeof(v)->text, .length = &(v)->size  \
    }

#endif
