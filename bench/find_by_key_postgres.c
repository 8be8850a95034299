/* find_by_key by hand on libpq: one statement, prepared once; the key and the row go in binary, and the texts are read
 * where libpq has them. */
#include "find_by_key.h"
#include "hand_postgres.h"

static const char *const select_one =
    "SELECT \"id\", \"name\", \"email\", \"age\", \"balance\", \"score\", \"active\", \"created\" "
    "FROM \"accounts\" WHERE \"id\" = $1::integer";

static PGresult *find(PGconn *db, int64_t id)
{
    uint32_t key = hand_postgres_swap4((uint32_t)id);
    const char *values[] = { (const char *)&key };
    static const int sizes[] = { sizeof key }, binary[] = { 1 };
    return hand_postgres_row(db, PQexecPrepared(db, "one", 1, values, sizes, binary, 1));
}

static struct account account_of(const PGresult *r)
{
    return (struct account){
        .id = hand_postgres_int4(r, 0, 0),
        .name = PQgetvalue(r, 0, 1),
        .name_size = (uint32_t)PQgetlength(r, 0, 1),
        .email = PQgetvalue(r, 0, 2),
        .email_size = (uint32_t)PQgetlength(r, 0, 2),
        .age = hand_postgres_int4(r, 0, 3),
        .balance = hand_postgres_int8(r, 0, 4),
        .score = hand_postgres_float8(r, 0, 5),
        .active = *PQgetvalue(r, 0, 6) != 0,
        .created = hand_postgres_int8(r, 0, 7) + HAND_POSTGRES_EPOCH,
    };
}

void find_by_key_all(void *db, struct bench_run *run)
{
    hand_postgres_prepare(db, "one", select_one);
    for (int64_t i = 0; i < FIND_BY_KEY_FINDS; i++) {
        PGresult *r = find(db, find_by_key_id(i));
        struct account a = account_of(r);
        find_by_key_found(run, &a);
        PQclear(r);
    }
}
