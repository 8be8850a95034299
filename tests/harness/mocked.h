/* mocked: a database that only records, for tests of statements. Each test runs once for every dialect:
 *
 *     EACH_DIALECT(models) {
 *         answer(KITH_VALUES(KITH_V(1), KITH_V("Cody")));
 *         kith_find_by_key(db.s, &pug_model, KITH_V(1));
 *         expect_sent("SELECT t0.[id], t0.[name] FROM [pugs] t0 WHERE t0.[id] = ?", "1");
 *         expect_nothing_more();
 *     }
 *
 * Statements are written as in sql_text.h, values as the mock writes them, except that a moment of the last hour is
 * `now`. No memory may be left when a test ends. */
#ifndef TESTS_HARNESS_MOCKED_H
#define TESTS_HARNESS_MOCKED_H

#include "harness/sql_text.h"
#include "harness/test.h"
#include "kith/ext/mock.h"
#include "kith/kith.h"

extern struct mocked {
    const struct dialect *dialect;
    kith_mock *mock;
    kith_db *db;
    kith_session *s;
    size_t at; /* statements looked at */
} db;

int mocked_set_up(void **state);
int mocked_tear_down(void **state);
#define MOCKED_TEST(name) cmocka_unit_test_setup_teardown(name, mocked_set_up, mocked_tear_down)

/* Closes the database before, opens one that speaks the next dialect. False after the last. */
bool mocked_next(unsigned number, const kith_model *const *models);
#define EACH_DIALECT(models) for (unsigned number_ = 0; mocked_next(number_, (models)); number_++)

/* ---- what the coming statements do ---- */

void answer(const kith_value *row);      /* one more row of the next statement */
void answer_end(void);                   /* rows that follow are another statement's */
void answer_affected(int64_t rows);      /* it returns no rows and changes so many */
void answer_number(int64_t number);      /* one row was inserted, of which nothing but its number was left to make */
void answer_failure(kith_status status); /* it fails */
/* A record with these values, and nothing of how it was found. */
kith_record *found(const kith_model *m, const kith_value *row);

/* ---- what was sent ---- */

struct sent {
    const char *sql, *values;
};

/* The next statement, and its values. */
#define expect_sent(sql, values) expect_sent_at((sql), (values), __FILE__, __LINE__)
void expect_sent_at(const char *sql, const char *values, const char *file, int line);
/* The same where the databases differ: a struct sent for SQLite, PostgreSQL and MariaDB. One without sql: nothing is
 * sent there. */
#define expect_each(...) expect_each_at((const struct sent[DIALECT_COUNT]){ __VA_ARGS__ }, __FILE__, __LINE__)
void expect_each_at(const struct sent *sent, const char *file, int line);
/* How a transaction begins. */
#define expect_begin() expect_sent(db.dialect->begin_write, "")
/* All that was sent has been looked at, and the session has no error. */
#define expect_nothing_more() expect_nothing_more_at(__FILE__, __LINE__)
void expect_nothing_more_at(const char *file, int line);
/* All that was sent has been looked at, and the session's error, which is cleared, has this status and this text in its
 * message. */
#define expect_failure(status, part) expect_failure_at((status), (part), __FILE__, __LINE__)
void expect_failure_at(kith_status status, const char *part, const char *file, int line);

#endif
