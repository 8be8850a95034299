/* insert_one by Kith: kith_create between kith_begin and kith_commit. */
#include "insert_one.h"
#include "models.h"
#include "with_kith.h"

static bool insert(kith_session *s, struct bench_run *run)
{
    struct account_texts texts;
    struct account a = insert_one_next(run, &texts);
    const kith_record *r = kith_create(s, &account_model,
                                       KITH_FIELDS(KITH_F("name", kith_of_text(a.name, a.name_size)),
                                                   KITH_F("email", kith_of_text(a.email, a.email_size)),
                                                   KITH_F("age", a.age), KITH_F("balance", a.balance),
                                                   KITH_F("score", a.score), KITH_F("active", a.active),
                                                   KITH_F("created", kith_of_timestamp(a.created))));
    if (!r)
        return false;
    insert_one_done(run, &a, kith_int(r, "id"));
    kith_session_release_all(s);
    return true;
}

static void insert_all(const char *url, struct bench_run *run)
{
    struct with_kith k = with_kith_open(url, KITH_MODELS(&account_model));
    bench_start(run);
    kith_begin(k.s);
    while (run->rows < INSERT_ONE_ROWS && insert(k.s, run)) {
    }
    kith_commit(k.s);
    with_kith_check(k.s);
    bench_stop(run);
    with_kith_close(&k);
}

const struct bench_mode bench_modes[] = { { "run", insert_all }, { 0 } };
