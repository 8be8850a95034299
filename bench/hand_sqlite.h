/* hand_sqlite: a connection with the pragmas of Kith's own driver, and libsqlite3's calls with their checks. */
#ifndef BENCH_HAND_SQLITE_H
#define BENCH_HAND_SQLITE_H

#include <sqlite3.h>

#include "hand.h"

/* All of these end the program on failure. */
void hand_sqlite_exec(sqlite3 *db, const char *script);
sqlite3_stmt *hand_sqlite_prepare(sqlite3 *db, const char *sql);
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

#endif
