/* kith/db.h: opening a database, sessions, transactions, creating tables. */
#ifndef KITH_DB_H
#define KITH_DB_H

#include "kith/error.h"
#include "kith/model.h"

KITH_BEGIN_DECLS

/* A pool of connections and the frozen models. Share it between threads. */
typedef struct kith_db kith_db;
/* One thread's unit of work. Every verb takes one, and it owns all that its verbs return. */
typedef struct kith_session kith_session;

/* Where Kith takes memory from. resize does all three: old NULL allocates, new_size 0 frees (and returns NULL),
 * else it moves. It may return NULL; every verb then fails with KITH_E_NO_MEMORY and leaves no trace. Called from
 * every thread that has a session. */
typedef struct kith_allocator {
    void *(*resize)(void *ctx, void *old, size_t old_size, size_t new_size);
    void *ctx;
} kith_allocator;

struct kith_driver;
typedef struct kith_loop kith_loop;

typedef struct kith_open_opts {
    const kith_model *const *models; /* KITH_MODELS(...) */
    unsigned pool_max;               /* connections at most; default 8 */
    unsigned pool_min;               /* connections made at once, and kept however long they are idle */
    unsigned acquire_ms;             /* wait this long for a free connection; default 10,000 */
    unsigned idle_ms;                /* close a connection that is idle for so long; default 60,000 */
    unsigned lifetime_ms;            /* close one that is so old, when it is given back; default: never */
    unsigned check_ms;     /* check only one that was idle for so long before it is used; default: every one */
    unsigned busy_ms;      /* wait this long for a lock of the database; default 5,000 */
    unsigned statement_ms; /* stop a statement after this long; default: never */
    /* Called after every statement with its text (placeholders, never values) and its duration. On the session's
     * thread; must not use the session. */
    void (*log)(void *ctx, const char *sql, double ms);
    void *log_ctx;
    const kith_allocator *allocator;          /* default: the C library's */
    bool plain_memory;                        /* one allocation per object, so that sanitizers see inside */
    const struct kith_driver *const *drivers; /* more drivers (kith/ext/driver.h); ends with NULL */
    /* URLs of databases that follow this one, of the same kind; ends with NULL. What only reads goes to them in turn,
     * see kith_use_writer. Each has a pool like the writer's, whose connections are made when they are needed. */
    const char *const *readers;
    /* In this database all tables and columns are called in snake_case, also those that the models name themselves:
     * PlaylistTrack is playlist_track. For one set of models over databases that spell the same names differently. The
     * models, their attributes and everything that the program says keep their names. */
    bool snake_case;
    /* Hooks of every model, run before the model's own; kith_hook_model tells whose row it is. */
    const kith_hook *hooks;
    /* Told of a place in the program that asks about so many records one at a time, once in a session (kith/watch.h). On
     * the session's thread; must not use the session. NULL: nothing is watched. */
    void (*on_loop)(void *ctx, const kith_loop *loop);
    void *loop_ctx;
    unsigned loop_after; /* so many; default 10 */
} kith_open_opts;

/* Opens a database: "sqlite:path", "sqlite::memory:", "postgres://user:password@host:port/database" (and whatever else
 * libpq takes), "mariadb://user:password@host:port/database"; see the guide for options. Resolves and checks the models,
 * makes one connection to see that the database is there, and returns the handle; NULL on failure, with the reason in
 * *err (err may be NULL). Close it with kith_close. The definitions, the log and the allocator are borrowed until then.
 * Errors: KITH_E_MODEL (all mistakes in the definitions at once), KITH_E_USAGE (a URL or option that makes no sense),
 * KITH_E_CONNECTION, KITH_E_PERMISSION, KITH_E_UNSUPPORTED (a database that was not built in). */
KITH_API kith_db *kith_open_version(unsigned api_version, const char *url, const kith_open_opts *opts, kith_error *err);
static inline kith_db *kith_open(const char *url, const kith_open_opts *opts, kith_error *err)
{
    return kith_open_version(KITH_API_VERSION, url, opts, err);
}

/* Closes the connections and frees the handle; NULL is allowed. From the call on, a session that needs a connection
 * gets KITH_E_CONNECTION, also one that waits for it already; one in a transaction may end it. When sessions are still
 * open and at work, it waits for them to be closed, for at most acquire_ms. Returns false when sessions remain: then
 * nothing is freed, and once they are closed, it is to be called again. */
KITH_API bool kith_close(kith_db *db);

/* What the pool does now, and what has happened since kith_open. With readers, the sum of all pools. */
typedef struct kith_pool_stats {
    unsigned open;      /* connections; those that are being opened or closed count too */
    unsigned idle;      /* of them, those that wait for work */
    unsigned in_use;    /* of them, those with a session */
    unsigned waiting;   /* sessions that wait for one */
    uint64_t opened;    /* connections made */
    uint64_t closed;    /* connections ended, for whatever reason */
    uint64_t broken;    /* of them, those that were found broken */
    uint64_t taken;     /* how often a session got a connection */
    uint64_t waits;     /* how often one had to wait first */
    uint64_t waited_us; /* how long all of them waited together, in microseconds */
    uint64_t timeouts;  /* how often one waited in vain, for acquire_ms */
    uint64_t skipped;   /* how often a reader was passed over because it could not be reached */
} kith_pool_stats;

/* Fills in *out. From any thread; costs little. */
KITH_API void kith_pool_statistics(kith_db *db, kith_pool_stats *out);

/* A model by name, also the ones made for join tables; NULL when there is none. */
KITH_API const kith_model *kith_model_named(kith_db *db, const char *name);

/* A session takes a connection only while it needs one: for a statement, or from begin to commit. Returns NULL when
 * memory is short (verbs given a NULL session fail, and kith_error_of(NULL) says so). Use it on one thread at a time. */
KITH_API kith_session *kith_session_open(kith_db *db);
/* Rolls back what is open and frees all results; NULL is allowed. */
KITH_API void kith_session_close(kith_session *s);
/* Frees all results (records, lists, strings) at once and keeps the session; for loops that run long. */
KITH_API void kith_session_release_all(kith_session *s);

/* With readers (see kith_open_opts), finds, counts, kith_get, kith_has and kith_count_related go to a reader, unless
 * the session is in a transaction. A reader may be behind, so a session that has just written may not find it there:
 * from kith_use_writer(s, true) on, all that this session does goes to the writer; false ends that. A reader that cannot
 * be reached is passed over for the next one, and in the end for the writer. kith_reload reads from the writer. */
KITH_API void kith_use_writer(kith_session *s, bool always);

/* The first failure since the last kith_clear, or NULL. Owned by the session. */
KITH_API const kith_error *kith_error_of(const kith_session *s);
/* Forgets the failure. A transaction that has failed stays failed until it is rolled back. */
KITH_API void kith_clear(kith_session *s);

/* Transactions. A begin inside another makes a savepoint. After a failure, every statement until the rollback (to the
 * savepoint) is refused; a commit then rolls back and returns false. So the calls between need no checks.
 *     kith_begin(s); … ; kith_commit(s);          BEGIN IMMEDIATE; …; COMMIT */
KITH_API bool kith_begin(kith_session *s);
KITH_API bool kith_commit(kith_session *s);
KITH_API bool kith_rollback(kith_session *s);

typedef enum kith_isolation {
    KITH_ISOLATION_DEFAULT = 0, /* the database's own: serializable on SQLite, read committed on PostgreSQL, … */
    KITH_READ_COMMITTED,
    KITH_REPEATABLE_READ,
    KITH_SERIALIZABLE,
    KITH_ISOLATION_COUNT_
} kith_isolation;

typedef struct kith_transaction_opts {
    kith_isolation isolation; /* SQLite is always serializable */
    bool read_only;           /* writing fails with KITH_E_PERMISSION */
    unsigned max_tries;       /* default 10; 1: never again */
    unsigned wait_ms;         /* before the second try; doubles with each, and varies by chance; default 5 */
    unsigned max_wait_ms;     /* default 500 */
} kith_transaction_opts;

/* The work of a transaction: true to commit, false to roll back. It may be called several times, so it should touch
 * nothing but the session and its ctx. */
typedef bool kith_work(kith_session *s, void *ctx);

/* Runs work between begin and commit. When the database says that the transaction came in the way of another one
 * (KITH_E_BUSY: a deadlock, a lock, not serializable), all of it is rolled back and run again. Inside a transaction it
 * is a savepoint, tried once. opts may be NULL. Returns whether the work was committed; work that returns false without
 * a failure of the session is rolled back without an error.
 *     kith_transaction(s, transfer, &order, &(kith_transaction_opts){ .isolation = KITH_SERIALIZABLE })
 *     BEGIN ISOLATION LEVEL SERIALIZABLE; …; COMMIT */
KITH_API bool kith_transaction(kith_session *s, kith_work *work, void *ctx, const kith_transaction_opts *opts);

/* How long a statement of this session may run; it then fails with KITH_E_TIMEOUT. 0: no limit. The default is
 * statement_ms of kith_open. */
KITH_API void kith_set_timeout(kith_session *s, unsigned ms);

/* Stops the statement that the session is running, which fails with KITH_E_TIMEOUT. The one call that another thread
 * may make, as long as the session is open. Returns false when none was running. */
KITH_API bool kith_cancel(kith_session *s);

typedef struct kith_sync_opts {
    bool force; /* drop the models' tables first, with all that is in them */
    bool alter; /* reserved: refused for now */
} kith_sync_opts;

/* Creates the tables and indexes that are not there, in an order that their references allow, all or nothing where
 * the database can. opts may be NULL.
 *     kith_sync(s, NULL);                         CREATE TABLE IF NOT EXISTS "pugs" (…) */
KITH_API bool kith_sync(kith_session *s, const kith_sync_opts *opts);

/* Runs one statement of your own, `?` standing for each value (ends with KITH_LIST_END, see KITH_VALUES; may be NULL).
 * Returns the number of rows it changed, -1 on failure. */
KITH_API int64_t kith_execute(kith_session *s, const char *sql, const kith_value *values);

/* Runs a script of statements from a source you trust, as the database's own shell would. Not atomic by itself: put it
 * between kith_begin and kith_commit unless it has its own BEGIN. */
KITH_API bool kith_execute_script(kith_session *s, const char *script);

/* A model explained for people: its table and columns, and for each association the tables, the keys and the calls that
 * it gives. Owned by the session; "" on failure. */
KITH_API const char *kith_describe(kith_session *s, const kith_model *m);

KITH_END_DECLS

#endif
