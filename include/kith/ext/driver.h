/* kith/ext/driver.h: for authors of drivers. A driver is how a database is reached: a constant table of functions that
 * knows connections, statements and values, and writes no SQL. How a database spells things is its dialect's matter.
 *
 * A connection is used by one thread at a time. Functions that can fail take an error, which they fill in completely
 * (status, driver_code, sqlstate, message, and constraint where known) when they return NULL, false or -1. */
#ifndef KITH_EXT_DRIVER_H
#define KITH_EXT_DRIVER_H

#include "kith/db.h"

KITH_BEGIN_DECLS

typedef struct kith_arena kith_arena; /* memory that lives as long as a result */

/* Memory from the arena, aligned for any type; NULL when there is none. Never freed by itself. */
KITH_API void *kith_arena_take(kith_arena *arena, size_t size);

typedef struct kith_driver kith_driver;
typedef struct kith_connection kith_connection; /* each driver's own; starts with whatever it likes */
typedef struct kith_statement kith_statement;

/* One column of rows that are bound together: that of row i is at[i * stride]. */
typedef struct kith_column {
    const kith_value *at;
    size_t stride; /* 0: all rows have the same value */
    int type;      /* a kith_type_id */
} kith_column;

typedef struct kith_connect_opts {
    const char *url;      /* as given to kith_open */
    const char *location; /* what follows "scheme:", percent-encoding and all */
    unsigned busy_ms;
    const kith_allocator *allocator;
    const kith_driver *driver; /* the driver itself, so that one set of functions can serve several */
} kith_connect_opts;

struct kith_driver {
    const char *scheme;  /* "sqlite": the part of the URL before the first ':' */
    const char *dialect; /* "sqlite", "postgres" or "mariadb" */
    void *ctx;           /* the driver's own */

    /* Checks the URL without connecting. May be NULL. */
    bool (*check_url)(const kith_connect_opts *opts, kith_error *err);
    /* How many connections this URL allows; 0: any number. Where there is a limit, a connection may be the database
     * itself, so none is closed for its age. May be NULL. */
    unsigned (*connection_limit)(const kith_connect_opts *opts);

    kith_connection *(*open)(const kith_connect_opts *opts, kith_error *err);
    void (*close)(kith_connection *c);
    /* Makes a connection ready for the next session; false: close it instead, which is also the end of a failure that
     * was not told yet. May be NULL. */
    bool (*reset)(kith_connection *c);
    /* Whether a connection that lay idle for a while still reaches the database; false: close it instead. Cheap: looks
     * whether the other end has hung up, and sends nothing if that can be seen without. May be NULL: always true. */
    bool (*check)(kith_connection *c);

    kith_statement *(*prepare)(kith_connection *c, const char *sql, size_t size, kith_error *err);
    /* Binds parameter `index`, from 0. The value is borrowed until finish. type is a kith_type_id, or 0 when unknown. */
    bool (*bind)(kith_statement *st, unsigned index, const kith_value *value, int type, kith_error *err);
    /* Binds many rows in the place of bind: parameter i is column i of them all, and one run inserts them, all or
     * nothing. Rows it returns come in their order. Borrowed until finish. NULL: each row has parameters of its own. */
    bool (*bind_rows)(kith_statement *st, const kith_column *columns, unsigned width, size_t count, kith_error *err);
    /* Tells of the bound statement that this run is likely to give hundreds of rows or more, so that what makes each of
     * them cheaper is worth a round trip. May be NULL. */
    void (*expect_many)(kith_statement *st);
    /* Sends the bound statement without waiting for its result, for which `step` waits then. Statements run in the order
     * in which they were sent, and after one that fails none runs until somebody has waited: those fail with its error.
     * Outside a transaction, those between two waits stand or fall together. A statement that is finished without
     * being stepped is run all the same, at the latest when the connection is reset; when it fails, the next that is
     * sent or stepped fails with its error, and err->sql is its text. False: nothing was sent; KITH_E_CONNECTION when
     * the connection was seen to be lost. May be NULL: a step does both. */
    bool (*send)(kith_statement *st, kith_error *err);
    /* Runs the statement, or goes on: 1 a row is ready, 0 there are no more, -1 it failed. */
    int (*step)(kith_statement *st, kith_error *err);
    /* Decodes columns first … first + count - 1 of the current row as the wanted types (kith_type_id; 0: as the
     * database has them) into out. Text and bytes are copied into the arena. */
    bool (*columns)(kith_statement *st, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                    kith_value *out, kith_error *err);
    /* After step returned 0: rows changed, and the number the database gave the last inserted row. */
    int64_t (*affected)(kith_statement *st);
    int64_t (*last_id)(kith_statement *st);
    /* Ends this run; the statement can be bound and stepped again. */
    void (*finish)(kith_statement *st);
    void (*drop)(kith_statement *st);

    /* Runs a script as the database's own shell would. */
    bool (*script)(kith_connection *c, const char *text, kith_error *err);
    /* From now on statements stop after so many milliseconds, 0: never. Returns whether the driver alone sees to that;
     * otherwise the dialect's statement is sent as well, and the driver only leaves a server that does not answer, a
     * moment later, with KITH_E_TIMEOUT; reset then returns false. May be NULL: the dialect's statement is all. */
    bool (*set_timeout)(kith_connection *c, unsigned ms);
    /* Stops what the connection is doing; the one function that another thread may call. */
    void (*cancel)(kith_connection *c);
    /* Outside a transaction, a statement that changes something and is finished before its last row is undone. */
    bool undoes_unread;
    /* Tells of the bound statement that its rows are read so many at a time, and that other statements run on the
     * connection before more of them are asked for: memory should hold no more than these. Called before the first step,
     * and before each further portion, which may be of another size; the statement is dropped when it is finished. May be NULL: those others run between two steps all
     * the same, after the rest of the rows was read and kept, if the database wants it so. */
    void (*portion)(kith_statement *st, size_t rows);
};

KITH_END_DECLS

#endif
