/* bulk_insert by hand on libpq: COPY in its binary form, 64 KiB at a time. */
#include "bench.h"
#include "bulk_insert.h"
#include "hand_postgres.h"

static const char *const copy = "COPY \"accounts\" (\"name\", \"email\", \"age\", \"balance\", \"score\", \"active\", "
                                "\"created\") FROM STDIN (FORMAT binary)";

enum { WIDTH = 7, ROOM = 64 * 1024, LONGEST_ROW = 256 };

static char *put(char *to, const void *bytes, size_t size)
{
    memcpy(to, bytes, size);
    return to + size;
}

static char *put2(char *to, int n)
{
    uint16_t bits = htons((uint16_t)n);
    return put(to, &bits, sizeof bits);
}

static char *put_bytes(char *to, const void *bytes, uint32_t size)
{
    uint32_t bits = hand_postgres_swap4(size);
    return put(put(to, &bits, sizeof bits), bytes, size);
}

static char *put4(char *to, int32_t n)
{
    uint32_t bits = hand_postgres_swap4((uint32_t)n);
    return put_bytes(to, &bits, sizeof bits);
}

static char *put8(char *to, int64_t n)
{
    uint64_t bits = hand_postgres_swap8((uint64_t)n);
    return put_bytes(to, &bits, sizeof bits);
}

static char *put_account(char *to, const struct account *a)
{
    int64_t score;
    char active = a->active;
    memcpy(&score, &a->score, sizeof score);
    to = put_bytes(put2(to, WIDTH), a->name, a->name_size);
    to = put8(put4(put_bytes(to, a->email, a->email_size), a->age), a->balance);
    return put8(put_bytes(put8(to, score), &active, 1), a->created - HAND_POSTGRES_EPOCH);
}

static char *sent(PGconn *db, char *from, char *to)
{
    if (PQputCopyData(db, from, (int)(to - from)) != 1)
        bench_die("COPY", PQerrorMessage(db));
    return from;
}

void bulk_insert_all(void *db, const struct account *all, int64_t count)
{
    static char block[ROOM];
    char *at = put(block, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
    hand_postgres_copy_begin(db, copy);
    for (const struct account *a = all; a < all + count; a++) {
        if (block + ROOM - at < LONGEST_ROW)
            at = sent(db, block, at);
        at = put_account(at, a);
    }
    sent(db, block, put2(at, -1));
    hand_postgres_copy_end(db);
}
