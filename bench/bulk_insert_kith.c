/* bulk_insert by Kith: kith_insert_many, its values made of the accounts; and by kith_create_many, which makes a record
 * of each and reads its id. */
#include "bulk_insert.h"
#include "models.h"
#include "with_kith.h"

enum { WIDTH = 7 };

static void *room(size_t count, size_t size)
{
    void *made = calloc(count, size);
    if (!made)
        bench_die("bulk_insert", "out of memory");
    return made;
}

static void insert(kith_session *s, const struct account *all)
{
    kith_value *values = room(BULK_INSERT_ROWS * WIDTH, sizeof *values), *to = values;
    for (const struct account *a = all; a < all + BULK_INSERT_ROWS; a++) {
        *to++ = kith_of_text(a->name, a->name_size);
        *to++ = kith_of_text(a->email, a->email_size);
        *to++ = kith_of_int(a->age);
        *to++ = kith_of_int(a->balance);
        *to++ = kith_of_double(a->score);
        *to++ = kith_of_bool(a->active);
        *to++ = kith_of_timestamp(a->created);
    }
    kith_insert_many(s, &account_model, KITH_NAMES("name", "email", "age", "balance", "score", "active", "created"),
                     values, BULK_INSERT_ROWS, NULL);
    free(values);
}

static void create(kith_session *s, const struct account *all)
{
    const kith_field **rows = room(BULK_INSERT_ROWS, sizeof *rows);
    kith_field(*fields)[WIDTH + 1] = room(BULK_INSERT_ROWS, sizeof *fields);
    for (size_t i = 0; i < BULK_INSERT_ROWS; i++) {
        const struct account *a = &all[i];
        const kith_field *row = KITH_FIELDS(KITH_F("name", kith_of_text(a->name, a->name_size)),
                                            KITH_F("email", kith_of_text(a->email, a->email_size)),
                                            KITH_F("age", a->age), KITH_F("balance", a->balance),
                                            KITH_F("score", a->score), KITH_F("active", a->active),
                                            KITH_F("created", kith_of_timestamp(a->created)));
        memcpy(fields[i], row, sizeof fields[i]);
        rows[i] = fields[i];
    }
    const kith_list *list = kith_create_many(s, &account_model, rows, BULK_INSERT_ROWS);
    int64_t last = 0;
    for (size_t i = 0; list && i < list->count; i++) {
        int64_t id = kith_int(list->at[i], "id");
        if (id <= last)
            bench_die("bulk_insert", "the ids are not in the order of the rows");
        last = id;
    }
    free(fields);
    free(rows);
}

static void measure(const char *url, struct bench_run *run, void (*verb)(kith_session *s, const struct account *all))
{
    struct with_kith k = with_kith_open(url, KITH_MODELS(&account_model));
    struct bulk all = bulk_made();
    bench_start(run);
    verb(k.s, all.at);
    with_kith_check(k.s);
    bench_stop(run);
    accounts_expect(run, BULK_INSERT_ROWS);
    bulk_free(&all);
    with_kith_close(&k);
}

static void insert_all(const char *url, struct bench_run *run)
{
    measure(url, run, insert);
}

static void create_all(const char *url, struct bench_run *run)
{
    measure(url, run, create);
}

const struct bench_mode bench_modes[] = { { "run", insert_all }, { "create", create_all }, { 0 } };
