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

/* ---- hand_rows.h -------------------------------------------------------------------------------------------------- */

#define HAND_ID              "INTEGER AUTO_INCREMENT PRIMARY KEY"
#define HAND_TEXT            "VARCHAR(255) NOT NULL"
#define HAND_TABLE           " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin"
#define HAND_IN_ORDER        "STRAIGHT_JOIN"
#define HAND_UPSERT(columns) "ON DUPLICATE KEY UPDATE"
#define HAND_NEW(column)     "VALUES (" column ")"
#define HAND_LOCK            " FOR UPDATE"
#define HAND_BEGIN           "BEGIN"

enum { HAND_PARAMS = 256, HAND_COLUMNS = 8 };

struct hand_rows {
    MYSQL_STMT *st;
    int32_t params[HAND_PARAMS];
    union {
        int32_t integer;
        int64_t bigint;
        struct hand_varchar text;
    } cells[HAND_COLUMNS];
    const char *columns;
    bool ran; /* parameters and columns are bound once, at the first run: before it, RETURNING has no columns */
};

void hand_rows_prepare(struct hand_rows *r, void *db, const char *sql, const char *columns);
void hand_rows_run(struct hand_rows *r, const int32_t *params, size_t count);

static inline void hand_among(size_t count, char to[HAND_AMONG_ROOM])
{
    hand_in_marks(count, to);
}

static inline void hand_rows_run_keys(struct hand_rows *r, const int32_t *keys, size_t count)
{
    hand_rows_run(r, keys, count);
}

static inline bool hand_rows_next(struct hand_rows *r)
{
    return hand_mariadb_fetch(r->st);
}

static inline void hand_rows_change(struct hand_rows *r, const int32_t *params, size_t count)
{
    hand_rows_run(r, params, count);
}

static inline int32_t hand_rows_int(const struct hand_rows *r, int column)
{
    return r->cells[column].integer;
}

static inline int64_t hand_rows_long(const struct hand_rows *r, int column)
{
    return r->cells[column].bigint;
}

static inline const char *hand_rows_text(const struct hand_rows *r, int column, struct hand_arena *arena,
                                         uint32_t *size)
{
    *size = (uint32_t)r->cells[column].text.size;
    return hand_text(arena, r->cells[column].text.text, *size);
}

static inline void hand_rows_close(struct hand_rows *r)
{
    mysql_stmt_close(r->st);
}

#endif
