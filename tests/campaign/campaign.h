/* campaign: what the campaigns share: a database of their own, accounts with transfers between them, threads with a
 * session each, servers that can be killed and frozen, and the count at the end. A campaign is a program that fails by
 * its exit code and says why; it uses nothing of Kith but its public headers. */
#ifndef TESTS_CAMPAIGN_CAMPAIGN_H
#define TESTS_CAMPAIGN_CAMPAIGN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "kith/kith.h"

enum { ACCOUNTS = 100, BALANCE = 10000, MOST_THREADS = 64 };

/* Says why on standard error and ends the program; for what the program itself needs, not for what it tests. */
_Noreturn void give_up(const char *format, ...);
int64_t now_ms(void);
void sleep_ms(int ms);
unsigned number_of(const char *argument);

/* ---- the database ---- */

/* Makes an empty database of this kind ("sqlite-file", "postgres", "mariadb", "pgbouncer"); options are put behind its
 * URL, or NULL. */
const char *make_database(const char *kind, const char *options);
void drop_database(void);
kith_db *open_bank(const char *url, kith_open_opts opts); /* with ACCOUNTS accounts of BALANCE */

/* "kill", "freeze", "thaw", "start": see tools/with-servers. */
void tell_server(const char *verb, const char *kind);

/* ---- transfers ---- */

/* How a transfer keeps out of the way of others. */
struct way {
    const char *name;
    kith_isolation isolation;
    bool (*move)(kith_session *s, int64_t from, int64_t to);
};
const struct way *find_way(const char *name); /* "atomic", "locked", "serializable" */

/* What became of a transfer, for the one who asked for it. */
enum fate { NOT_TRIED, UNKNOWN, COMMITTED };
enum { MOST_TRANSFERS = 1 << 20 };

struct worker {
    const struct way *way;
    kith_db *db;
    kith_session *s;
    unsigned number; /* of the worker */
    unsigned next;   /* number of its next transfer */
    unsigned char *fates;
    uint64_t chance;
    unsigned repeats;                      /* of whole transactions */
    unsigned failures[KITH_STATUS_COUNT_]; /* by status */
    kith_error last;
    int64_t since, longest; /* milliseconds; see mark */
    const char *longest_in;
    atomic_uint done, failed; /* for the thread that looks on */
};
/* `run` for each of them on a thread of its own, `look_on` meanwhile on this one. */
void run_workers(struct worker *workers, unsigned count, void *(*run)(void *worker), void (*look_on)(void *ctx),
                 void *ctx);
unsigned draw(struct worker *w, unsigned below); /* by chance */
/* Remembers how long the library had control since the last mark. */
void mark(struct worker *w, const char *in);
/* One transfer by kith_transaction; the session's error is counted and cleared. */
bool transfer(struct worker *w, unsigned max_tries);
void note_failure(struct worker *w);
/* The poorest; how many, -1 on failure. */
int64_t read_accounts(kith_session *s, unsigned most);

/* ---- the count ---- */

/* Every committed transfer is there once, every other at most once, and each account has what its transfers leave. Says
 * what is wrong. */
bool check_books(kith_db *db, const struct worker *workers, unsigned count);

#endif
