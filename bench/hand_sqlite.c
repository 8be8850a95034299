#include "hand_sqlite.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

void *hand_open(const char *url)
{
    sqlite3 *db;
    const char *path = strchr(url, ':');
    if (!path || strncmp(url, "sqlite:", 7) != 0)
        bench_die(url, "expected sqlite:path");
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path + 1, &db, flags, NULL) != SQLITE_OK)
        bench_die(url, sqlite3_errmsg(db));
    hand_sqlite_exec(db, "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384");
    return db;
}

void hand_close(void *db)
{
    if (sqlite3_close(db) != SQLITE_OK)
        bench_die("close", sqlite3_errmsg(db));
}

void hand_sqlite_exec(sqlite3 *db, const char *script)
{
    if (sqlite3_exec(db, script, NULL, NULL, NULL) != SQLITE_OK)
        bench_die(script, sqlite3_errmsg(db));
}

sqlite3_stmt *hand_sqlite_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        bench_die(sql, sqlite3_errmsg(db));
    return st;
}

_Noreturn void hand_sqlite_die(sqlite3_stmt *st)
{
    bench_die(sqlite3_sql(st), sqlite3_errmsg(sqlite3_db_handle(st)));
}

void hand_sqlite_insert(sqlite3_stmt *st)
{
    int step = sqlite3_step(st);
    if (step != SQLITE_DONE || sqlite3_reset(st) != SQLITE_OK)
        hand_sqlite_die(st);
}

void hand_sqlite_finish(sqlite3_stmt *st, int last_step)
{
    if (last_step != SQLITE_DONE)
        hand_sqlite_die(st);
    sqlite3_finalize(st);
}

/* ---- any statement ------------------------------------------------------------------------------------------------ */

void hand_exec(void *db, const char *sql)
{
    hand_sqlite_exec(db, sql);
}

/* Kith's driver makes no statistics, so there are none here. */
void hand_analyze(void *db, const char *tables)
{
    (void)db;
    (void)tables;
}

/* ---- filling ------------------------------------------------------------------------------------------------------ */

struct hand_fill {
    sqlite3 *db;
    sqlite3_stmt *st;
    const char *columns;
};

struct hand_fill *hand_fill_begin(void *db, const char *table, const char *columns)
{
    char sql[256] = "";
    hand_append(sql, sizeof sql, "INSERT INTO %s VALUES (?", table);
    for (size_t i = 1; columns[i]; i++)
        hand_append(sql, sizeof sql, ", ?");
    hand_append(sql, sizeof sql, ")");
    struct hand_fill *f = calloc(1, sizeof *f);
    if (!f)
        bench_die("hand", "out of memory");
    hand_sqlite_exec(db, "BEGIN");
    *f = (struct hand_fill){ .db = db, .st = hand_sqlite_prepare(db, sql), .columns = columns };
    return f;
}

void hand_fill_row(struct hand_fill *f, ...)
{
    va_list values;
    va_start(values, f);
    for (int i = 0; f->columns[i]; i++)
        if (f->columns[i] == 't')
            sqlite3_bind_text(f->st, i + 1, va_arg(values, const char *), -1, SQLITE_STATIC);
        else
            sqlite3_bind_int64(f->st, i + 1, va_arg(values, int64_t));
    va_end(values);
    hand_sqlite_insert(f->st);
}

void hand_fill_end(struct hand_fill *f)
{
    sqlite3_finalize(f->st);
    hand_sqlite_exec(f->db, "COMMIT");
    free(f);
}
