/* find_by_key by Kith: kith_find_by_key, and the values of the record by their names. What a find gave is freed before
 * the next one, as in a server that answers one request after the other. */
#include "find_by_key.h"
#include "models.h"
#include "with_kith.h"

static struct account account_of(const kith_record *r)
{
    kith_value name = kith_value_of(r, "name"), email = kith_value_of(r, "email");
    return (struct account){
        .id = kith_int(r, "id"),
        .name = name.as.str,
        .name_size = name.size,
        .email = email.as.str,
        .email_size = email.size,
        .age = (int32_t)kith_int(r, "age"),
        .balance = kith_int(r, "balance"),
        .score = kith_double(r, "score"),
        .active = kith_bool(r, "active"),
        .created = kith_int(r, "created"),
    };
}

static void find_all(const char *url, struct bench_run *run)
{
    struct with_kith k = with_kith_open(url, KITH_MODELS(&account_model));
    bench_start(run);
    for (int64_t i = 0; i < FIND_BY_KEY_FINDS; i++) {
        const kith_record *r = kith_find_by_key(k.s, &account_model, KITH_V(find_by_key_id(i)));
        if (!r)
            break;
        struct account a = account_of(r);
        find_by_key_found(run, &a);
        kith_session_release_all(k.s);
    }
    with_kith_check(k.s);
    bench_stop(run);
    with_kith_close(&k);
}

const struct bench_mode bench_modes[] = { { "run", find_all }, { 0 } };
