/* conn: one connection with its cache of prepared statements, and runs of them.
 *
 * Promises that a statement that is running is never handed out twice, that every failure carries its SQL text, and
 * that the log sees every statement. Knows no models. Used by one thread at a time. */
#ifndef KITH_DRIVER_CONN_H
#define KITH_DRIVER_CONN_H

#include <pthread.h>

#include "driver/stmt_cache.h"
#include "sql/render.h"

/* What all connections of a db share; constant after kith_open. */
struct conn_config {
    const kith_driver *driver;
    const struct dialect *dialect;
    const kith_allocator *allocator;
    kith_connect_opts connect;
    void (*log)(void *ctx, const char *sql, double ms);
    void *log_ctx;
    unsigned cache_size; /* statements kept prepared */
};

struct conn {
    const struct conn_config *config;
    kith_connection *raw;
    struct stmt_cache cache;
    unsigned timeout_ms;        /* what its statements are limited to now */
    bool limited;               /* a limit was ever set */
    int64_t opened, idle_since; /* kith__monotonic; the pool's */
    struct conn *next;          /* in the pool */
};

/* What one session is running, for another thread that wants to stop it. */
struct running {
    pthread_mutex_t lock;
    struct conn *conn; /* NULL: nothing */
};
void kith__running_set(struct running *r, struct conn *c);
bool kith__running_cancel(struct running *r); /* false: nothing was running */

/* NULL on failure. */
struct conn *kith__conn_open(const struct conn_config *config, kith_error *err);
void kith__conn_close(struct conn *c);

/* One run of one statement: open, then step until 0, then close. columns may be read after each step that gave 1. */
struct run {
    struct conn *conn;
    struct cached_stmt *stmt; /* NULL when it is closed, or was never open */
    int64_t started;          /* kith__monotonic, for the log */
};
/* Prepares (or finds) the statement and binds the renderer's parameters, which must stay until the run is closed. */
bool kith__run_open(struct run *run, struct conn *c, const struct renderer *r, kith_error *err);
/* Does the driver send without waiting? Without that, kith__run_send does nothing. */
bool kith__conn_sends(const struct conn *c);
/* Sends the statement now, so that others can follow before it is stepped; see `send` in kith_driver. */
bool kith__run_send(struct run *run, kith_error *err);
/* So many of its rows are read next, and then others may run beside it; see `portion` in kith_driver. */
void kith__run_portion(struct run *run, size_t rows);
int kith__run_step(struct run *run, kith_error *err); /* 1, 0 or -1 */
bool kith__run_columns(struct run *run, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                       kith_value *out, kith_error *err);
int64_t kith__run_affected(const struct run *run);
int64_t kith__run_last_id(const struct run *run);
void kith__run_close(struct run *run); /* safe after a failed open, and twice */

/* Opens, steps to the end and closes. Gives the number of changed rows, -1 on failure. */
int64_t kith__run_all(struct conn *c, const struct renderer *r, kith_error *err);
/* The same for constant text without parameters: BEGIN, SAVEPOINT k1. */
bool kith__run_text(struct conn *c, const char *sql, kith_error *err);
/* The same, without waiting where the driver can: its failure is then the failure of the next statement. */
bool kith__send_text(struct conn *c, const char *sql, kith_error *err);
/* Limits how long the statements after this may run; 0: for ever. Costs nothing when it is so already. alone: done
 * before the next statement is sent, for some are refused when they come together with another. */
bool kith__conn_timeout(struct conn *c, unsigned ms, bool alone, kith_error *err);
/* After a rollback a database may have forgotten the limit. */
void kith__conn_forget_timeout(struct conn *c);
/* After tables were dropped: what was prepared for them, or for their types, may be of no use for those that come. */
void kith__conn_forget_statements(struct conn *c);
bool kith__conn_script(struct conn *c, const char *text, kith_error *err);

#endif
