/* hand_sqlite: a connection with the pragmas of Kith's own driver, and libsqlite3's calls with their checks. */
#ifndef BENCH_HAND_SQLITE_H
#define BENCH_HAND_SQLITE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "hand.h"

/* All of these end the program on failure. */
void hand_sqlite_exec(sqlite3 *db, const char *script);
sqlite3_stmt *hand_sqlite_prepare(sqlite3 *db, const char *sql);
_Noreturn void hand_sqlite_die(sqlite3_stmt *st);
void hand_sqlite_insert(sqlite3_stmt *st); /* steps once and resets */

/* After the loop over the rows; last_step is what the last sqlite3_step returned. */
void hand_sqlite_finish(sqlite3_stmt *st, int last_step);

/* A column's text, copied; the column is not NULL. */
static inline const char *hand_sqlite_text(sqlite3_stmt *st, int column, struct hand_arena *arena, uint32_t *size)
{
    const void *text = sqlite3_column_text(st, column);
    *size = (uint32_t)sqlite3_column_bytes(st, column);
    return hand_text(arena, text, *size);
}

/* ---- hand_rows.h -------------------------------------------------------------------------------------------------- */

#define HAND_ID              "INTEGER PRIMARY KEY AUTOINCREMENT"
#define HAND_TEXT            "VARCHAR(255) NOT NULL"
#define HAND_TABLE           ""
#define HAND_IN_ORDER        "CROSS JOIN"
#define HAND_UPSERT(columns) "ON CONFLICT (" columns ") DO UPDATE SET"
#define HAND_NEW(column)     "excluded." column
#define HAND_LOCK            ""

#define HAND_BEGIN "BEGIN IMMEDIATE"

enum { HAND_PARAMS = 256 };

struct hand_rows {
    sqlite3_stmt *st;
};

static inline void hand_rows_prepare(struct hand_rows *r, void *db, const char *sql, const char *columns)
{
    (void)columns;
    r->st = hand_sqlite_prepare(db, sql);
}

static inline void hand_rows_run(struct hand_rows *r, const int32_t *params, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sqlite3_bind_int(r->st, (int)i + 1, params[i]);
}

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
    int step = sqlite3_step(r->st);
    if (step == SQLITE_ROW)
        return true;
    if (step != SQLITE_DONE || sqlite3_reset(r->st) != SQLITE_OK)
        hand_sqlite_die(r->st);
    return false;
}

static inline void hand_rows_change(struct hand_rows *r, const int32_t *params, size_t count)
{
    hand_rows_run(r, params, count);
    hand_sqlite_insert(r->st);
}

static inline int32_t hand_rows_int(const struct hand_rows *r, int column)
{
    return sqlite3_column_int(r->st, column);
}

static inline int64_t hand_rows_long(const struct hand_rows *r, int column)
{
    return sqlite3_column_int64(r->st, column);
}

static inline const char *hand_rows_text(const struct hand_rows *r, int column, struct hand_arena *arena,
                                         uint32_t *size)
{
    return hand_sqlite_text(r->st, column, arena, size);
}

static inline void hand_rows_close(struct hand_rows *r)
{
    sqlite3_finalize(r->st);
}

#endif
