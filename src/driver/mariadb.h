/* mariadb: what the parts of the MariaDB driver share. */
#ifndef KITH_DRIVER_MARIADB_H
#define KITH_DRIVER_MARIADB_H

#include <mysql.h>

#include "base/arena.h"
#include "base/time.h"
#include "driver/mariadb_error.h"
#include "kith/ext/driver.h"

struct mariadb_connection {
    MYSQL *raw;
    kith_connect_opts opts;
    unsigned long id;                    /* the server's number for it */
    unsigned long long most;             /* bytes that the server takes at once */
    bool lost;                           /* nothing more can be sent */
    int64_t wait_ms;                     /* for the server at most; 0: for ever */
    int64_t asked;                       /* kith__monotonic when it was last asked for something */
    struct mariadb_statement *streaming; /* whose rows are on their way; NULL: nothing is */
};

/* A parameter whose value is no text and no bytes; of those, the length. */
union mariadb_held {
    long long integer;
    double real;
    MYSQL_TIME time;
    unsigned long size;
};

/* What a column is read as from the server's row. */
enum mariadb_form {
    FORM_INTEGER,
    FORM_REAL,
    FORM_MOMENT,
    FORM_DAY,
    FORM_CLOCK,
    FORM_NUMBER,
    FORM_TEXT,
    FORM_BYTES,
    FORM_BITS
};

/* One column of the current row. Text and bytes stay in the client's memory until they are asked for. */
struct mariadb_cell {
    enum mariadb_form form;
    my_bool is_null, is_cut;
    unsigned long size;
    const char *kept; /* text and bytes that are in the client's memory no more; NULL: they still are */
    union {
        long long integer;
        double real;
        MYSQL_TIME time;
    } as;
};

struct mariadb_statement {
    struct mariadb_connection *conn;
    MYSQL_STMT *raw; /* NULL: the server cannot prepare it, so it is sent as text */
    char *sql;       /* then its text, owned */
    size_t sql_size;
    bool changes_rows; /* its rows are those it changed, as in INSERT … RETURNING */
    bool started, done;
    bool rows_failed; /* the run failed, and its rows may be on their way */
    size_t portion;   /* the server keeps the rows, and sends so many at a time; 0: it sends them all */

    unsigned param_count;
    MYSQL_BIND *params;
    union mariadb_held *held; /* one for each parameter */
    unsigned array_rows;      /* so many rows are bound together; 0: each parameter is one value */
    size_t array_bytes;
    kith_arena arrays;

    MYSQL_RES *result; /* the columns' names and types; NULL when the run gives no rows */
    unsigned column_count;
    unsigned column_room;
    MYSQL_BIND *binds; /* column_room of these and of the cells */
    struct mariadb_cell *cells;
    /* See mariadb_stream.h. */
    bool streams;              /* gives one result at most, so its rows can be read one by one */
    bool stored;               /* the client has the rows */
    struct mariadb_kept *kept; /* rows that came before they were asked for */
    kith_arena kept_memory;
    bool cut_short;      /* not all of them: as failure says, or memory was short */
    kith_error *failure; /* in kept_memory; may be NULL */

    int64_t affected, last_id;
};

/* mariadb_open.c: a connection that is set up, or NULL. */
kith_connection *kith__mariadb_open(const kith_connect_opts *opts, kith_error *err);
void kith__mariadb_close(kith_connection *c);

/* mariadb_wait.c: what is asked from here on may take `ms`, 0: for ever. As in kith_driver: false, the server is to be
 * told as well. */
bool kith__mariadb_limit(kith_connection *c, unsigned ms);
/* The client waits by this, for whose limit the socket itself is asked. As MARIADB_OPT_IO_WAIT wants it. */
int kith__mariadb_wait(my_socket socket, my_bool is_read, int ms);
/* How long each wait at this connection may be, in milliseconds; 0: for ever. */
void kith__mariadb_set_wait(MYSQL *raw, int64_t ms);
/* Fills in the error of the client or of a statement; marks a connection that is lost. Returns false. */
bool kith__mariadb_gone_wrong(struct mariadb_connection *c, unsigned number, const char *sqlstate, const char *message,
                              kith_error *err);

/* Stops what the connection is doing, by a second connection. From any thread. */
void kith__mariadb_cancel(kith_connection *c);

#endif
