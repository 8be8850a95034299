/* flat_read by hand on libsqlite3: one prepared statement, one array of structs, one arena for the texts. */
#include <stdlib.h>

#include "flat_read.h"
#include "hand.h"
#include "hand_sqlite.h"

static const char *const create_table =
    "CREATE TABLE \"accounts\" (\"id\" INTEGER PRIMARY KEY AUTOINCREMENT, \"name\" VARCHAR(255) NOT NULL, "
    "\"email\" VARCHAR(255) NOT NULL, \"age\" INTEGER NOT NULL, \"balance\" BIGINT NOT NULL, "
    "\"score\" DOUBLE PRECISION NOT NULL, \"active\" BOOLEAN NOT NULL, \"created\" DATETIME NOT NULL)";

static const char *const select_all =
    "SELECT \"id\", \"name\", \"email\", \"age\", \"balance\", \"score\", \"active\", \"created\" "
    "FROM \"accounts\" ORDER BY \"id\"";

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

static void prepare(const char *url, struct bench_run *run)
{
    sqlite3 *db = hand_sqlite_open(url);
    hand_sqlite_exec(db, create_table);
    hand_sqlite_exec(db, "BEGIN");
    sqlite3_stmt *st = hand_sqlite_prepare(db, "INSERT INTO \"accounts\" VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (run->rows = 0; run->rows < FLAT_READ_ROWS; run->rows++) {
        struct account_texts texts;
        struct account a = account_made(run->rows + 1, &texts);
        insert(st, &a);
        run->checksum = bench_chain(run->checksum, account_digest(&a));
    }
    sqlite3_finalize(st);
    hand_sqlite_exec(db, "COMMIT");
    hand_sqlite_close(db);
}

/* ---- what is measured ------------------------------------------------------------------------------------------ */

struct accounts {
    struct account *at;
    size_t count, room;
    struct hand_arena texts;
};

static void load(sqlite3 *db, struct accounts *all)
{
    sqlite3_stmt *st = hand_sqlite_prepare(db, select_all);
    int step;
    while ((step = sqlite3_step(st)) == SQLITE_ROW) {
        all->at = hand_grow(all->at, all->count, &all->room, sizeof *all->at);
        struct account *a = &all->at[all->count++];
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

static void read_all(const char *url, struct bench_run *run)
{
    struct accounts all = { 0 };
    sqlite3 *db = hand_sqlite_open(url);
    bench_start(run);
    load(db, &all);
    for (size_t i = 0; i < all.count; i++)
        run->checksum = bench_chain(run->checksum, account_digest(&all.at[i]));
    bench_stop(run);
    run->rows = (int64_t)all.count;
    free(all.at);
    hand_arena_free(&all.texts);
    hand_sqlite_close(db);
}

const struct bench_mode bench_modes[] = { { "prepare", prepare }, { "run", read_all }, { 0 } };
