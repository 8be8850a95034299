/* sql_text: expected statement text, written once for all databases. `[x]` is an identifier quoted the dialect's way,
 * `?` its placeholder; neither inside '…'. Empty brackets stand for themselves: bigint[]. */
#ifndef TESTS_HARNESS_SQL_TEXT_H
#define TESTS_HARNESS_SQL_TEXT_H

#include "dialect/dialects.h"

enum { DIALECT_COUNT = 3 };
extern const struct dialect *const all_dialects[DIALECT_COUNT]; /* SQLite, PostgreSQL, MariaDB */

/* Fails the test, with the dialect's name and both texts, when they differ. */
void expect_sql_at(const struct dialect *dialect, const char *rendered, const char *expected, const char *file,
                   int line);
#define expect_sql(dialect, rendered, expected) expect_sql_at((dialect), (rendered), (expected), __FILE__, __LINE__)

#endif
