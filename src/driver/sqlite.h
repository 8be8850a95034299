/* sqlite: what the parts of the SQLite driver share. */
#ifndef KITH_DRIVER_SQLITE_H
#define KITH_DRIVER_SQLITE_H

#include <sqlite3.h>

#include "base/time.h"
#include "driver/sqlite_error.h"
#include "kith/ext/driver.h"

struct sqlite_connection {
    sqlite3 *db;
    const kith_allocator *allocator;
    unsigned timeout_ms;
    int64_t deadline; /* of the statement begun last, by kith__monotonic; 0: none */
};

struct sqlite_statement {
    struct sqlite_connection *conn;
    sqlite3_stmt *raw;
    bool started, done;
    int64_t total_before; /* rows changed on the connection before this run */
    int64_t affected, last_id;
    /* Texts of the first timestamps that are bound, until finish. SQLite copies further ones, which costs more. */
    unsigned stamp_count, stamp_room;
    char stamps[][KITH__TIMESTAMP_TEXT];
};

/* sqlite_open.c: a connection that was seen to work, or NULL. */
kith_connection *kith__sqlite_open(const kith_connect_opts *opts, kith_error *err);
void kith__sqlite_close(kith_connection *c);

#endif
