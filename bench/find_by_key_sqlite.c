/* find_by_key by hand on libsqlite3: one statement, prepared once; the texts are read where SQLite has them. */
#include "find_by_key.h"
#include "hand_sqlite.h"

static const char *const select_one =
    "SELECT \"id\", \"name\", \"email\", \"age\", \"balance\", \"score\", \"active\", \"created\" "
    "FROM \"accounts\" WHERE \"id\" = ?";

static void read_account(sqlite3_stmt *st, struct account *a)
{
    a->id = sqlite3_column_int64(st, 0);
    a->name = (const char *)sqlite3_column_text(st, 1);
    a->name_size = (uint32_t)sqlite3_column_bytes(st, 1);
    a->email = (const char *)sqlite3_column_text(st, 2);
    a->email_size = (uint32_t)sqlite3_column_bytes(st, 2);
    a->age = sqlite3_column_int(st, 3);
    a->balance = sqlite3_column_int64(st, 4);
    a->score = sqlite3_column_double(st, 5);
    a->active = sqlite3_column_int(st, 6) != 0;
    a->created = hand_date_read((const char *)sqlite3_column_text(st, 7));
}

void find_by_key_all(void *db, struct bench_run *run)
{
    sqlite3_stmt *st = hand_sqlite_prepare(db, select_one);
    int step = SQLITE_DONE;
    for (int64_t i = 0; i < FIND_BY_KEY_FINDS; i++) {
        struct account a;
        sqlite3_bind_int64(st, 1, find_by_key_id(i));
        step = sqlite3_step(st);
        if (step != SQLITE_ROW)
            break;
        read_account(st, &a);
        find_by_key_found(run, &a);
        step = sqlite3_reset(st) == SQLITE_OK ? SQLITE_DONE : SQLITE_ERROR;
    }
    hand_sqlite_finish(st, step);
}
