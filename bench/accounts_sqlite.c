/* accounts_sqlite: the accounts in a SQLite database. */
#include "accounts.h"
#include "hand_sqlite.h"

static const char *const create_table =
    "DROP TABLE IF EXISTS \"accounts\";"
    "CREATE TABLE \"accounts\" (\"id\" INTEGER PRIMARY KEY AUTOINCREMENT, \"name\" VARCHAR(255) NOT NULL, "
    "\"email\" VARCHAR(255) NOT NULL, \"age\" INTEGER NOT NULL, \"balance\" BIGINT NOT NULL, "
    "\"score\" DOUBLE PRECISION NOT NULL, \"active\" BOOLEAN NOT NULL, \"created\" DATETIME NOT NULL)";

static void insert(sqlite3_stmt *st, const struct account *a)
{
    char created[HAND_DATE_SIZE + 1];
    hand_date_write(a->created, created);
    sqlite3_bind_int64(st, 1, a->id);
    sqlite3_bind_text(st, 2, a->name, (int)a->name_size, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, a->email, (int)a->email_size, SQLITE_STATIC);
    sqlite3_bind_int(st, 4, a->age);
    sqlite3_bind_int64(st, 5, a->balance);
    sqlite3_bind_double(st, 6, a->score);
    sqlite3_bind_int(st, 7, a->active);
    sqlite3_bind_text(st, 8, created, HAND_DATE_SIZE, SQLITE_STATIC);
    hand_sqlite_insert(st);
}

void accounts_fill(const char *url, int64_t rows)
{
    sqlite3 *db = hand_open(url);
    hand_sqlite_exec(db, create_table);
    hand_sqlite_exec(db, "BEGIN");
    sqlite3_stmt *st = hand_sqlite_prepare(db, "INSERT INTO \"accounts\" VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (int64_t id = 1; id <= rows; id++) {
        struct account_texts texts;
        struct account a = account_made(id, &texts);
        insert(st, &a);
    }
    sqlite3_finalize(st);
    hand_sqlite_exec(db, "COMMIT");
    hand_close(db);
}
