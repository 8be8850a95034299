/* flat_read by hand on libpq: one statement in one round trip, its rows in binary and one by one. */
#include "flat_read.h"
#include "hand_postgres.h"

static const char *const select_all =
    "SELECT \"id\", \"name\", \"email\", \"age\", \"balance\", \"score\", \"active\", \"created\" "
    "FROM \"accounts\" ORDER BY \"id\"";

void flat_read_load(void *db, struct accounts *all)
{
    PGresult *r;
    hand_postgres_select(db, select_all);
    while ((r = hand_postgres_next(db))) {
        struct account *a = accounts_add(all);
        a->id = hand_postgres_int4(r, 0, 0);
        a->name = hand_postgres_text(r, 0, 1, &all->texts, &a->name_size);
        a->email = hand_postgres_text(r, 0, 2, &all->texts, &a->email_size);
        a->age = hand_postgres_int4(r, 0, 3);
        a->balance = hand_postgres_int8(r, 0, 4);
        a->score = hand_postgres_float8(r, 0, 5);
        a->active = *PQgetvalue(r, 0, 6) != 0;
        a->created = hand_postgres_int8(r, 0, 7) + HAND_POSTGRES_EPOCH;
        PQclear(r);
    }
}
