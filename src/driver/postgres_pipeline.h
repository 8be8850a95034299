/* postgres_pipeline: statements on their way to PostgreSQL, and results on their way back.
 *
 * Statements that are sent and not waited for gather in a batch. Whoever waits ends it with a Sync, and then the
 * results are read in the order of the statements, each left at its own. The server skips what follows a failure up to
 * the Sync: so no statement runs outside the transaction whose BEGIN failed in the same batch. A batch that was ended
 * is read to its end before another begins, so that there is never more than one Sync on its way. With a statement that
 * has much bound to it, all before it leave: nothing that is to be sent grows with the number of such statements.
 *
 * The result of the last statement of a batch comes row by row when its owner waits for it: the first can be read while
 * the server still makes the last, and the room of one is used again for the next. When the connection is needed for
 * something else meanwhile, the rest is gathered first. All other results are read as a whole. */
#ifndef KITH_DRIVER_POSTGRES_PIPELINE_H
#define KITH_DRIVER_POSTGRES_PIPELINE_H

#include "driver/postgres.h"

/* Adds the bound statement to the batch. False, with nothing sent, also when a failure of an earlier one is still to be
 * told. */
bool kith__postgres_send(struct postgres_statement *s, kith_error *err);
/* Sends the statement, unless that was done, and waits until its result has arrived, or the first row of it. */
bool kith__postgres_run(struct postgres_statement *s, kith_error *err);
/* After the rows that s->result holds: puts the next there. Returns what kith_driver's step does. */
int kith__postgres_next_row(struct postgres_statement *s, kith_error *err);
/* Its run ends: nobody waits for its result any more. */
void kith__postgres_disown(struct postgres_statement *s);
/* It is about to be freed; the server forgets it some time. */
void kith__postgres_forget(struct postgres_statement *s);
/* Waits for all that was sent. False when a failure is still to be told. */
bool kith__postgres_settle(struct postgres_connection *c, kith_error *err);
void kith__postgres_batch_free(struct postgres_connection *c);

/* Runs a text of any number of statements when nothing is on its way. empty: there may be none. */
bool kith__postgres_text(struct postgres_connection *c, const char *sql, bool empty, kith_error *err);

#endif
