/* hand_rows: one set of names for what the hand-written sides ask of a client library, so that a workload is written by
 * hand once and compiled for each database. hand_<database>.h defines them, as inline functions that leave nothing
 * between the workload and the library. SQL says ? for a parameter and quotes names with "; what the databases spell
 * differently is in the macros.
 *
 *     HAND_ID, HAND_TEXT, HAND_TABLE   of CREATE TABLE: the type of an id, of a text, and what follows the columns
 *     HAND_IN_ORDER                    JOIN that begins with the first table, where the server would choose worse
 *     HAND_UPSERT                      what follows an INSERT and precedes the assignments, given the key's columns
 *     HAND_NEW(column)                 in the assignments: the value that was to be inserted
 *     HAND_BEGIN                       begins a transaction that will write
 *     HAND_LOCK                        what ends a SELECT of rows to lock
 *
 * struct hand_rows is a statement that returns rows, and is run once or often:
 *
 *     hand_among(count, to)                      the text that finds a column among `count` keys
 *     hand_rows_prepare(r, db, sql, columns)     a letter for each column: i INTEGER, l BIGINT, t VARCHAR(255)
 *     hand_rows_run(r, params, count)            all parameters are INTEGER, at most HAND_PARAMS
 *     hand_rows_run_keys(r, keys, count)         the parameters are those of hand_among
 *     hand_rows_change(r, params, count)         of a statement that returns no rows
 *     hand_rows_next(r)                          false: no more rows; it can be run again
 *     hand_rows_int, hand_rows_long, hand_rows_text(r, column, …)
 *     hand_rows_close(r)
 *
 * struct hand_fill puts rows into a table, by a way that is quick enough:
 *
 *     hand_fill_begin(f, db, table, columns), hand_fill_row(f, …), hand_fill_end(f)    int64_t or const char * each
 */
#ifndef BENCH_HAND_ROWS_H
#define BENCH_HAND_ROWS_H

#include HAND_DATABASE /* "hand_sqlite.h", … */

#endif
