/* insert_one by hand on libpq: one statement, prepared once, its parameters and the id that it returns in binary. */
#include "hand_postgres.h"
#include "insert_one.h"

static const char *const insert_row =
    "INSERT INTO \"accounts\" (\"name\", \"email\", \"age\", \"balance\", \"score\", \"active\", \"created\") "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING \"id\"";

enum { PARAMS = 7 };

static uint64_t bits_of(double real)
{
    uint64_t bits;
    memcpy(&bits, &real, sizeof bits);
    return bits;
}

static PGresult *insert(PGconn *db, const struct account *a)
{
    static const int binary[PARAMS] = { 1, 1, 1, 1, 1, 1, 1 };
    uint32_t age = hand_postgres_swap4((uint32_t)a->age);
    uint64_t balance = hand_postgres_swap8((uint64_t)a->balance), score = hand_postgres_swap8(bits_of(a->score));
    uint64_t created = hand_postgres_swap8((uint64_t)(a->created - HAND_POSTGRES_EPOCH));
    char active = a->active;
    const char *values[PARAMS] = { a->name,        a->email, (char *)&age,    (char *)&balance,
                                   (char *)&score, &active,  (char *)&created };
    int sizes[PARAMS] = { (int)a->name_size, (int)a->email_size, 4, 8, 8, 1, 8 };
    return hand_postgres_row(db, PQexecPrepared(db, "row", PARAMS, values, sizes, binary, 1));
}

void insert_one_all(void *db, struct bench_run *run)
{
    hand_postgres_exec(db, "BEGIN");
    hand_postgres_prepare(db, "row", insert_row);
    while (run->rows < INSERT_ONE_ROWS) {
        struct account_texts texts;
        struct account a = insert_one_next(run, &texts);
        PGresult *r = insert(db, &a);
        insert_one_done(run, &a, hand_postgres_int4(r, 0, 0));
        PQclear(r);
    }
    hand_postgres_exec(db, "COMMIT");
}
