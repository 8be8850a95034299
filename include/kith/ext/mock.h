/* kith/ext/mock.h: a driver without a database, for tests. It records every statement and plays rows and failures that
 * were prepared for it, so that the SQL of a program can be tested without a server.
 *
 *     kith_mock *mock = kith_mock_new("sqlite");
 *     kith_db *db = kith_open("mock:", &(kith_open_opts){ .models = …, .drivers = KITH_DRIVERS(kith_mock_driver(mock)) }, &err);
 *     kith_mock_row(mock, KITH_VALUES(KITH_V(1), KITH_V("Cody")));   // the next statement returns this row
 *     …
 *     kith_mock_statement(mock, 0)   // its text
 *
 * Not thread-safe; it must outlive the db. */
#ifndef KITH_EXT_MOCK_H
#define KITH_EXT_MOCK_H

#include "kith/ext/driver.h"

KITH_BEGIN_DECLS

#define KITH_DRIVERS(...) ((const kith_driver *const[]){ __VA_ARGS__, NULL })

typedef struct kith_mock kith_mock;

/* dialect: "sqlite", "postgres" or "mariadb": whose SQL is made. NULL when memory is short. */
KITH_API kith_mock *kith_mock_new(const char *dialect);
KITH_API void kith_mock_free(kith_mock *mock);
KITH_API const kith_driver *kith_mock_driver(kith_mock *mock); /* its scheme is "mock" */
/* From the next kith_open on, statements are sent without waiting for those before them, as on PostgreSQL. */
KITH_API void kith_mock_send_ahead(kith_mock *mock);

/* What the coming statements do, in order: each answer belongs to one statement. Rows added one after another belong
 * to the same statement until kith_mock_next; a statement without an answer returns no rows and changes one. Values are
 * copied. They return false when memory is short. */
KITH_API bool kith_mock_row(kith_mock *mock, const kith_value *values);
KITH_API bool kith_mock_affected(kith_mock *mock, int64_t rows, int64_t last_id);
KITH_API bool kith_mock_fail(kith_mock *mock, kith_status status, const char *message);
KITH_API bool kith_mock_next(kith_mock *mock);
/* Statements that only open or end transactions, savepoints and cursors take no answer. */

/* What was run since the last clear: the text, and the values as "1, 'Cody', NULL"; of rows that were bound together as
 * "(1, 'Cody'), (2, NULL)". NULL past the end. */
KITH_API size_t kith_mock_count(const kith_mock *mock);
KITH_API const char *kith_mock_statement(const kith_mock *mock, size_t index);
KITH_API const char *kith_mock_values(const kith_mock *mock, size_t index);
KITH_API void kith_mock_clear(kith_mock *mock); /* forgets statements and answers */

KITH_END_DECLS

#endif
