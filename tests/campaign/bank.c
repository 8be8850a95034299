/* bank: accounts, transfers between them by many threads, and the books at the end. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign.h"

static const kith_model account_model = {
    .name = "account",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "balance", .type = KITH_BIGINT, .not_null = true }),
};
/* What was done, one row each. Nothing but the library keeps a transfer from being there twice. */
static const kith_model transfer_model = {
    .name = "transfer",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "worker", .type = KITH_INTEGER, .not_null = true },
                        { .name = "number", .type = KITH_INTEGER, .not_null = true },
                        { .name = "source", .type = KITH_INTEGER, .not_null = true },
                        { .name = "target", .type = KITH_INTEGER, .not_null = true }),
};

kith_db *open_bank(const char *url, kith_open_opts opts)
{
    kith_error err;
    opts.models = KITH_MODELS(&account_model, &transfer_model);
    kith_db *db = kith_open(url, &opts, &err);
    if (!db)
        give_up("%s", err.message);
    kith_session *s = kith_session_open(db);
    kith_sync(s, NULL);
    kith_begin(s);
    for (int i = 0; i < ACCOUNTS; i++)
        kith_create(s, &account_model, KITH_FIELDS(KITH_F("balance", BALANCE)));
    if (!kith_commit(s))
        give_up("%s", kith_error_of(s)->message);
    kith_session_close(s);
    return db;
}

/* ---- ways to transfer ---- */

static bool change(kith_session *s, int64_t id, int64_t by)
{
    return kith_execute(s, "UPDATE accounts SET balance = balance + ? WHERE id = ?",
                        KITH_VALUES(KITH_V(by), KITH_V(id))) == 1;
}

/* The database computes. */
static bool move_atomic(kith_session *s, int64_t from, int64_t to)
{
    return change(s, from, -1) && change(s, to, 1);
}

/* The program computes, with what it read. */
static bool move_read(kith_session *s, int64_t from, int64_t to)
{
    kith_record *source = kith_find_by_key(s, &account_model, KITH_V(from));
    kith_record *target = kith_find_by_key(s, &account_model, KITH_V(to));
    return kith_update(s, source, KITH_FIELDS(KITH_F("balance", kith_int(source, "balance") - 1))) &&
           kith_update(s, target, KITH_FIELDS(KITH_F("balance", kith_int(target, "balance") + 1)));
}

/* The same with rows that nobody else can change any more. */
static bool move_locked(kith_session *s, int64_t from, int64_t to)
{
    return change(s, from, 0) && change(s, to, 0) && move_read(s, from, to);
}

const struct way *find_way(const char *name)
{
    static const struct way ways[] = {
        { "atomic", KITH_ISOLATION_DEFAULT, move_atomic },
        { "locked", KITH_ISOLATION_DEFAULT, move_locked },
        { "serializable", KITH_SERIALIZABLE, move_read },
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].name, name) == 0)
            return &ways[i];
    give_up("there is no way \"%s\" to transfer", name);
}

/* ---- a worker's day ---- */

unsigned draw(struct worker *w, unsigned below)
{
    w->chance = w->chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(w->chance >> 33) % below;
}

void mark(struct worker *w, const char *in)
{
    int64_t now = now_ms();
    if (now - w->since > w->longest) {
        w->longest = now - w->since;
        w->longest_in = in;
    }
    w->since = now;
}

struct order {
    struct worker *w;
    int64_t from, to;
    unsigned tries;
};

static bool carry_out(kith_session *s, void *ctx)
{
    struct order *order = ctx;
    struct worker *w = order->w;
    order->tries++;
    mark(w, "the begin of a transaction");
    bool moved = w->way->move(s, order->from, order->to);
    mark(w, "a transfer's updates");
    moved = moved && kith_create(s, &transfer_model,
                                 KITH_FIELDS(KITH_F("worker", (int64_t)w->number), KITH_F("number", (int64_t)w->next),
                                             KITH_F("source", order->from), KITH_F("target", order->to)));
    mark(w, "a transfer's insert");
    return moved;
}

void note_failure(struct worker *w)
{
    const kith_error *e = kith_error_of(w->s);
    if (!e)
        give_up("a call has failed without an error");
    w->last = *e;
    w->failures[e->status]++;
    w->failed++;
    kith_clear(w->s);
}

bool transfer(struct worker *w, unsigned max_tries)
{
    unsigned from = draw(w, ACCOUNTS), to = (from + 1 + draw(w, ACCOUNTS - 1)) % ACCOUNTS;
    struct order order = { .w = w, .from = 1 + from, .to = 1 + to };
    kith_transaction_opts opts = { .isolation = w->way->isolation, .max_tries = max_tries, .max_wait_ms = 50 };
    if (w->next == MOST_TRANSFERS)
        give_up("there is no room for more transfers");
    mark(w, "nothing");
    bool done = kith_transaction(w->s, carry_out, &order, &opts);
    mark(w, "the end of a transaction");
    w->repeats += order.tries ? order.tries - 1 : 0;
    w->fates[w->next++] = done ? COMMITTED : UNKNOWN;
    if (done)
        w->done++;
    else
        note_failure(w);
    kith_session_release_all(w->s);
    return done;
}

int64_t read_accounts(kith_session *s, unsigned most)
{
    kith_list *list = kith_find(s, &account_model, &(kith_query){ .order = KITH_ORDER({ "balance" }), .limit = most });
    return list ? (int64_t)list->count : -1;
}

void run_workers(struct worker *workers, unsigned count, void *(*run)(void *worker), void (*look_on)(void *ctx),
                 void *ctx)
{
    pthread_t threads[MOST_THREADS];
    for (unsigned i = 0; i < count; i++) {
        struct worker *w = &workers[i];
        w->number = i;
        w->chance = i * 7919 + 1;
        w->fates = calloc(MOST_TRANSFERS, 1);
        w->s = kith_session_open(w->db);
        w->longest_in = "nothing";
        w->since = now_ms();
        if (!w->fates || !w->s || pthread_create(&threads[i], NULL, run, w) != 0)
            give_up("thread %u does not start", i);
    }
    look_on(ctx);
    for (unsigned i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
        kith_session_close(workers[i].s);
    }
}

/* ---- the books ---- */

static bool wrong(const char *what, long long number, long long have, long long expected)
{
    fprintf(stderr, "campaign: %s %lld: %lld and not %lld\n", what, number, have, expected);
    return false;
}

/* Counts how often each transfer is there, in `seen`, and what each account must have. */
static bool read_transfers(kith_session *s, unsigned count, unsigned char **seen, int64_t *balances)
{
    kith_list *list = kith_find(s, &transfer_model, NULL);
    for (size_t i = 0; list && i < list->count; i++) {
        const kith_record *row = list->at[i];
        int64_t worker = kith_int(row, "worker"), number = kith_int(row, "number");
        if (worker < 0 || worker >= count || number < 0 || number >= MOST_TRANSFERS)
            return wrong("a transfer that nobody has ordered, of worker", worker, number, 0);
        seen[worker][number]++;
        balances[kith_int(row, "source") - 1]--;
        balances[kith_int(row, "target") - 1]++;
    }
    return list != NULL;
}

static bool check_worker(const struct worker *w, const unsigned char *seen)
{
    bool good = true;
    for (unsigned i = 0; i < MOST_TRANSFERS; i++) {
        if (w->fates[i] == COMMITTED && seen[i] != 1)
            good = wrong("rows of a committed transfer, number", i, seen[i], 1);
        else if (seen[i] > (w->fates[i] != NOT_TRIED))
            good = wrong("rows of a transfer without success, number", i, seen[i], w->fates[i] != NOT_TRIED);
    }
    return good;
}

static bool check_accounts(kith_session *s, const int64_t *balances)
{
    kith_list *list = kith_find(s, &account_model, NULL);
    bool good = list && list->count == ACCOUNTS;
    for (size_t i = 0; good && i < list->count; i++) {
        int64_t id = kith_int(list->at[i], "id"), have = kith_int(list->at[i], "balance");
        if (have != balances[id - 1])
            good = wrong("the balance of account", id, have, balances[id - 1]);
    }
    return good;
}

bool check_books(kith_db *db, const struct worker *workers, unsigned count)
{
    kith_session *s = kith_session_open(db);
    int64_t balances[ACCOUNTS], sum = 0;
    unsigned char *seen[MOST_THREADS];
    for (int i = 0; i < ACCOUNTS; i++)
        balances[i] = BALANCE;
    for (unsigned i = 0; i < count; i++)
        if (!(seen[i] = calloc(MOST_TRANSFERS, 1)))
            give_up("no memory");
    bool good = read_transfers(s, count, seen, balances) && check_accounts(s, balances);
    for (unsigned i = 0; i < count; i++) {
        good = check_worker(&workers[i], seen[i]) && good;
        free(seen[i]);
    }
    for (int i = 0; i < ACCOUNTS; i++)
        sum += balances[i];
    if (sum != (int64_t)ACCOUNTS * BALANCE)
        good = wrong("the sum of all accounts,", ACCOUNTS, sum, (int64_t)ACCOUNTS * BALANCE);
    if (kith_error_of(s))
        fprintf(stderr, "campaign: %s\n", kith_error_of(s)->message);
    good = good && !kith_error_of(s);
    kith_session_close(s);
    return good;
}
