/* mariadb_stream: rows on their way from MariaDB.
 *
 * The rows of a statement are read from the network one by one, which takes less time and memory than to store them
 * first. Until they end the connection can do nothing else; so whoever needs it settles it, and the rows that are still
 * to come are kept for the statement that they belong to. A failure among them is told to that statement, behind them. */
#ifndef KITH_DRIVER_MARIADB_STREAM_H
#define KITH_DRIVER_MARIADB_STREAM_H

#include "driver/mariadb.h"

/* Puts the next row into the cells. Returns what kith_driver's step does. */
int kith__mariadb_next_row(struct mariadb_statement *s, kith_error *err);
/* Makes the connection ready for another statement. */
void kith__mariadb_settle(struct mariadb_connection *c);
/* The run ends: the rows that nobody has read are of no use. */
void kith__mariadb_end_rows(struct mariadb_statement *s);
/* Copies the beginning of a text or bytes of the current row. */
void kith__mariadb_copy_cell(const struct mariadb_statement *s, unsigned column, void *to, size_t room);

#endif
