/* postgres: what the parts of the PostgreSQL driver share. */
#ifndef KITH_DRIVER_POSTGRES_H
#define KITH_DRIVER_POSTGRES_H

#include <libpq-fe.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "kith/ext/driver.h"

/* What the server was asked and has not answered yet: to prepare a statement, or to run it. */
struct postgres_sent {
    struct postgres_statement *statement; /* NULL: it is gone */
    unsigned number;                      /* of the server's prepared statement, 0: none */
    bool prepares;
    bool awaited; /* the statement is to get the result */
};

struct postgres_batch {
    struct postgres_sent *items;
    size_t count, read, capacity;
    bool ended;     /* by a Sync */
    bool failed;    /* one of those that were read */
    bool plan_lost; /* which is why */
};

struct postgres_connection {
    PGconn *pg;
    /* For another thread that wants to stop the statement that runs here. */
    PGcancel *cancel;  /* constant while the connection is open */
    atomic_uint turns; /* odd while the server works */
    const kith_allocator *allocator;
    bool names; /* statements may be prepared under names */
    /* See postgres_wait.h. */
    int64_t wait_ms; /* for an answer at most; 0: for ever */
    int64_t give_up; /* kith__monotonic when this wait ends; 0: never */
    bool late;       /* an answer did not come in time: the connection is lost */
    /* See postgres_pipeline.h. */
    struct postgres_batch batch;
    struct postgres_statement *streaming; /* whose rows are coming one by one; it is the last of the batch */
    PGresult *failure;                    /* the last one; NULL: libpq's own */
    char failed_sql[sizeof((kith_error *)NULL)->sql];
    bool untold;          /* it is still to be told */
    bool unusable;        /* sending and reading are at odds */
    unsigned last_number; /* statement 7 is prepared as "k7" */
    /* Statements that were dropped here, but that the server still has. */
    unsigned *stale;
    size_t stale_count, stale_capacity;
};

/* One bound value, as it is sent. */
struct postgres_param {
    Oid type;        /* 0: the server finds out */
    Oid prepared_as; /* the type it had when the statement was prepared */
    int format;      /* 0: text, 1: binary */
    int size;        /* -1: NULL */
    size_t at;       /* where it begins in the statement's data */
};

enum postgres_phase {
    PHASE_BOUND, /* not sent */
    PHASE_SENT,
    PHASE_FAILED, /* as the connection's failure tells */
    PHASE_ARRIVED,
    PHASE_READ /* its rows are, or were */
};

struct postgres_statement {
    struct postgres_connection *conn;
    char *sql; /* ends with NUL */
    size_t sql_size;
    unsigned number; /* of the server's prepared statement, 0: none */
    size_t prepared_count;

    struct buf data; /* of all bound values */
    struct postgres_param *params;
    size_t param_count, param_capacity;
    void *wire; /* the four arrays that libpq takes, for wire_capacity parameters */
    size_t wire_capacity;

    enum postgres_phase phase;
    PGresult *result; /* when it has arrived */
    PGresult *end;    /* what came after its rows, when they came one by one */
    bool cut_short;   /* which was a failure, or memory was short for them */
    int row, row_count;
    uint8_t *columns; /* a postgres_column for each column of the last result */
    size_t column_capacity;
    int column_count;
    bool many;     /* rows are expected of this run */
    bool ran;      /* before: the columns are known */
    bool readable; /* all columns can be read in binary */
    bool binary;   /* this result is */
};

/* postgres_open.c: a connection that is set up the same way every time, or NULL. */
kith_connection *kith__postgres_open(const kith_connect_opts *opts, kith_error *err);
void kith__postgres_close(kith_connection *c);

/* postgres_params.c: `bind` and `bind_rows` as in kith_driver; what is bound in the form that libpq takes. */
bool kith__postgres_bind(kith_statement *st, unsigned index, const kith_value *value, int type, kith_error *err);
bool kith__postgres_bind_rows(kith_statement *st, const kith_column *columns, unsigned width, size_t count,
                              kith_error *err);
struct postgres_wire {
    Oid *types;
    const char **values;
    int *sizes, *formats;
};
bool kith__postgres_wire(struct postgres_statement *s, struct postgres_wire *wire, kith_error *err);
void kith__postgres_params_free(struct postgres_statement *s);

#endif
