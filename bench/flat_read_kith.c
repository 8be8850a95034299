/* flat_read by Kith: one kith_find, and the values of each record by their slots. */
#include "flat_read.h"
#include "models.h"
#include "with_kith.h"

enum { ID, NAME, EMAIL, AGE, BALANCE, SCORE, ACTIVE, CREATED, ATTR_COUNT };
static const char *const names[ATTR_COUNT] = { "id", "name", "email", "age", "balance", "score", "active", "created" };

static struct account account_of(const kith_value *v, const int slot[ATTR_COUNT])
{
    return (struct account){
        .id = v[slot[ID]].as.integer,
        .name = v[slot[NAME]].as.str,
        .name_size = v[slot[NAME]].size,
        .email = v[slot[EMAIL]].as.str,
        .email_size = v[slot[EMAIL]].size,
        .age = (int32_t)v[slot[AGE]].as.integer,
        .balance = v[slot[BALANCE]].as.integer,
        .score = v[slot[SCORE]].as.real,
        .active = v[slot[ACTIVE]].as.boolean,
        .created = v[slot[CREATED]].as.timestamp,
    };
}

static uint64_t touch(kith_session *s, const kith_list *list)
{
    uint64_t sum = 0;
    int slot[ATTR_COUNT];
    for (int i = 0; i < ATTR_COUNT; i++)
        slot[i] = kith_slot(list, names[i]);
    with_kith_check(s);
    for (size_t i = 0; i < list->count; i++) {
        struct account a = account_of(kith_values(list->at[i]), slot);
        sum = bench_chain(sum, account_digest(&a));
    }
    return sum;
}

static void read_all(const char *url, struct bench_run *run)
{
    struct with_kith k = with_kith_open(url, KITH_MODELS(&account_model));
    bench_start(run);
    kith_list *list = kith_find(k.s, &account_model, &(kith_query){ .order = KITH_ORDER({ .path = "id" }) });
    with_kith_check(k.s);
    run->checksum = touch(k.s, list);
    bench_stop(run);
    run->rows = (int64_t)list->count;
    with_kith_close(&k);
}

const struct bench_mode bench_modes[] = { { "run", read_all }, { 0 } };
