/* bulk_insert by hand on libsqlite3: 64 rows at a time by one prepared statement, which takes less time than one row at a
 * time, and then the rest. */
#include "bulk_insert.h"
#include "hand_sqlite.h"

enum { WIDTH = 7, AT_ONCE = 64 };

static sqlite3_stmt *prepare(sqlite3 *db, int rows)
{
    char sql[4096] = "INSERT INTO \"accounts\" (\"name\", \"email\", \"age\", \"balance\", \"score\", \"active\", "
                     "\"created\") VALUES ";
    for (int i = 0; i < rows; i++)
        strcat(sql, i ? ", (?, ?, ?, ?, ?, ?, ?)" : "(?, ?, ?, ?, ?, ?, ?)");
    return hand_sqlite_prepare(db, sql);
}

static void bind(sqlite3_stmt *st, int first, const struct account *a, char created[HAND_DATE_SIZE + 1])
{
    hand_date_write(a->created, created);
    sqlite3_bind_text(st, first + 1, a->name, (int)a->name_size, SQLITE_STATIC);
    sqlite3_bind_text(st, first + 2, a->email, (int)a->email_size, SQLITE_STATIC);
    sqlite3_bind_int(st, first + 3, a->age);
    sqlite3_bind_int64(st, first + 4, a->balance);
    sqlite3_bind_double(st, first + 5, a->score);
    sqlite3_bind_int(st, first + 6, a->active);
    sqlite3_bind_text(st, first + 7, created, HAND_DATE_SIZE, SQLITE_STATIC);
}

static const struct account *insert(sqlite3 *db, const struct account *a, const struct account *end, int rows)
{
    char created[AT_ONCE][HAND_DATE_SIZE + 1];
    sqlite3_stmt *st = prepare(db, rows);
    while (end - a >= rows) {
        for (int i = 0; i < rows; i++)
            bind(st, i * WIDTH, a++, created[i]);
        hand_sqlite_insert(st);
    }
    sqlite3_finalize(st);
    return a;
}

void bulk_insert_all(void *db, const struct account *all, int64_t count)
{
    const struct account *end = all + count;
    hand_sqlite_exec(db, "BEGIN IMMEDIATE");
    insert(db, insert(db, all, end, AT_ONCE), end, 1);
    hand_sqlite_exec(db, "COMMIT");
}
