/* flat_read by hand on libsqlite3: one prepared statement, one array of structs, one arena for the texts. */
#include "flat_read.h"
#include "hand_sqlite.h"

static const char *const select_all =
    "SELECT \"id\", \"name\", \"email\", \"age\", \"balance\", \"score\", \"active\", \"created\" "
    "FROM \"accounts\" ORDER BY \"id\"";

void flat_read_load(void *db, struct accounts *all)
{
    sqlite3_stmt *st = hand_sqlite_prepare(db, select_all);
    int step;
    while ((step = sqlite3_step(st)) == SQLITE_ROW) {
        struct account *a = accounts_add(all);
        a->id = sqlite3_column_int64(st, 0);
        a->name = hand_sqlite_text(st, 1, &all->texts, &a->name_size);
        a->email = hand_sqlite_text(st, 2, &all->texts, &a->email_size);
        a->age = sqlite3_column_int(st, 3);
        a->balance = sqlite3_column_int64(st, 4);
        a->score = sqlite3_column_double(st, 5);
        a->active = sqlite3_column_int(st, 6) != 0;
        a->created = hand_date_read((const char *)sqlite3_column_text(st, 7));
    }
    hand_sqlite_finish(st, step);
}
