#include "hand_sqlite.h"

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

void hand_sqlite_insert(sqlite3_stmt *st)
{
    int step = sqlite3_step(st);
    if (step != SQLITE_DONE || sqlite3_reset(st) != SQLITE_OK)
        bench_die(sqlite3_sql(st), sqlite3_errmsg(sqlite3_db_handle(st)));
}

void hand_sqlite_finish(sqlite3_stmt *st, int last_step)
{
    if (last_step != SQLITE_DONE)
        bench_die(sqlite3_sql(st), sqlite3_errmsg(sqlite3_db_handle(st)));
    sqlite3_finalize(st);
}
