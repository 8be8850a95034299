/* postgres_wait: waiting for PostgreSQL's answers, and for how long. Promises that a server that does not answer, and
 * one that takes nothing more, is left after the limit: the connection is then lost, and the error says so. Knows no
 * statements. */
#ifndef KITH_DRIVER_POSTGRES_WAIT_H
#define KITH_DRIVER_POSTGRES_WAIT_H

#include "driver/postgres.h"

/* From here on, what is sent may take `ms`, 0: for ever. As in kith_driver: false, the server is to be told as well. */
bool kith__postgres_limit(kith_connection *c, unsigned ms);

/* Before something is sent: now the time begins to run. */
void kith__postgres_hurry(struct postgres_connection *c);
/* Until PQgetResult has its next answer at once, which may be that the connection is lost. */
void kith__postgres_await(struct postgres_connection *c);
/* Until all that was given to libpq is on its way. */
void kith__postgres_await_sent(struct postgres_connection *c);
/* The last result of what was sent, or the one that begins a COPY, as PQexec gives it. */
PGresult *kith__postgres_result(struct postgres_connection *c);
/* Sends the text and waits for its last result. */
PGresult *kith__postgres_exec(struct postgres_connection *c, const char *sql);

/* Fills in the error for a result that is none, and returns false. */
bool kith__postgres_gone_wrong(struct postgres_connection *c, const PGresult *result, kith_error *err);

#endif
