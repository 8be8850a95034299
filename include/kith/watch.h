/* kith/watch.h: seeing what runs: how many statements, and at most so many. */
#ifndef KITH_WATCH_H
#define KITH_WATCH_H

#include "kith/db.h"

KITH_BEGIN_DECLS

/* How many statements the session has sent since it was opened: those of finds and of changes, of kith_sync and
 * kith_execute, and those that failed; the text of kith_execute_script counts as one. What begins and ends transactions
 * and savepoints does not count, nor does what sets a limit on time. A statement cut into chunks counts for each chunk;
 * one that is tried again because its connection was lost, once; what kith_transaction runs again counts again. 0 when s
 * is NULL. */
KITH_API uint64_t kith_statements(const kith_session *s);

/* From now on, at most so many statements more: the next one after them is not sent, and its call fails with
 * KITH_E_BUDGET. The message says the budget, how many ran, and the text that was refused. For tests, so that a loop
 * which loads one record at a time is found, and for requests that must not get out of hand. Each call replaces the
 * budget before; KITH_NO_BUDGET ends it. Counts what kith_statements counts.
 *     kith_budget(s, 2);
 *     list = kith_find(s, &pug_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "friends" }) });
 *     kith_get(s, list->at[0], "friends", NULL);          NULL: KITH_E_BUDGET */
KITH_API void kith_budget(kith_session *s, uint64_t most);
#define KITH_NO_BUDGET UINT64_MAX

KITH_END_DECLS

#endif
