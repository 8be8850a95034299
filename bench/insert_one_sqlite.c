/* insert_one by hand on libsqlite3: one statement, prepared once; the id is sqlite3_last_insert_rowid. */
#include "hand_sqlite.h"
#include "insert_one.h"

static const char *const insert_row =
    "INSERT INTO \"accounts\" (\"name\", \"email\", \"age\", \"balance\", \"score\", \"active\", \"created\") "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";

static void bind(sqlite3_stmt *st, const struct account *a, char created[HAND_DATE_SIZE + 1])
{
    hand_date_write(a->created, created);
    sqlite3_bind_text(st, 1, a->name, (int)a->name_size, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, a->email, (int)a->email_size, SQLITE_STATIC);
    sqlite3_bind_int(st, 3, a->age);
    sqlite3_bind_int64(st, 4, a->balance);
    sqlite3_bind_double(st, 5, a->score);
    sqlite3_bind_int(st, 6, a->active);
    sqlite3_bind_text(st, 7, created, HAND_DATE_SIZE, SQLITE_STATIC);
}

void insert_one_all(void *db, struct bench_run *run)
{
    hand_sqlite_exec(db, "BEGIN IMMEDIATE");
    sqlite3_stmt *st = hand_sqlite_prepare(db, insert_row);
    while (run->rows < INSERT_ONE_ROWS) {
        struct account_texts texts;
        char created[HAND_DATE_SIZE + 1];
        struct account a = insert_one_next(run, &texts);
        bind(st, &a, created);
        hand_sqlite_insert(st);
        insert_one_done(run, &a, sqlite3_last_insert_rowid(db));
    }
    hand_sqlite_finish(st, SQLITE_DONE);
    hand_sqlite_exec(db, "COMMIT");
}
