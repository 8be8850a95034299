/* mocked: see mocked.h. */
#include "harness/mocked.h"

#include <string.h>

#include "base/time.h"
#include "harness/fail_alloc.h"

struct mocked db;
static struct fail_alloc heap;

/* ---- opening and closing ---- */

static void close_db(void)
{
    kith_session_close(db.s);
    kith_close(db.db);
    kith_mock_free(db.mock);
    db = (struct mocked){ 0 };
}

int mocked_set_up(void **state)
{
    (void)state;
    db = (struct mocked){ 0 };
    fail_alloc_init(&heap);
    return 0;
}

int mocked_tear_down(void **state)
{
    (void)state;
    close_db();
    return heap.live_blocks == 0 ? 0 : -1;
}

bool mocked_next(unsigned number, const kith_model *const *models)
{
    kith_error err = { 0 };
    close_db();
    if (number == DIALECT_COUNT)
        return false;
    db.dialect = all_dialects[number];
    db.mock = kith_mock_new(db.dialect->name);
    assert_non_null(db.mock);
    const kith_open_opts opts = { .models = models,
                                  .allocator = &heap.allocator,
                                  .plain_memory = true,
                                  .drivers = KITH_DRIVERS(kith_mock_driver(db.mock)) };
    db.db = kith_open("mock:", &opts, &err);
    if (!db.db)
        fail_msg("kith_open: %s", err.message);
    db.s = kith_session_open(db.db);
    assert_non_null(db.s);
    assert_int_equal(kith_mock_count(db.mock), 0); /* opening sends nothing */
    return true;
}

/* ---- answers ---- */

void answer(const kith_value *row)
{
    assert_true(kith_mock_row(db.mock, row));
}

void answer_end(void)
{
    assert_true(kith_mock_next(db.mock));
}

void answer_affected(int64_t rows)
{
    assert_true(kith_mock_affected(db.mock, rows, 0));
}

/* SQLite tells it without RETURNING. */
void answer_number(int64_t number)
{
    if (db.dialect == all_dialects[0])
        assert_true(kith_mock_affected(db.mock, 1, number));
    else
        answer(KITH_VALUES(kith_of_int(number)));
}

void answer_failure(kith_status status)
{
    assert_true(kith_mock_fail(db.mock, status, "the mock fails"));
}

kith_record *found(const kith_model *m, const kith_value *row)
{
    answer(row);
    kith_record *r = kith_find_one(db.s, m, NULL);
    if (!r)
        fail_msg("%s was not found", m->name);
    db.at = kith_mock_count(db.mock);
    return r;
}

/* ---- statements ---- */

static bool is_recent(const char *text)
{
    int64_t moment, hour = INT64_C(3600) * 1000000;
    size_t size = strlen("2026-11-21T09:39:00.000000Z");
    return strlen(text) >= size && text[10] == 'T' && kith__timestamp_read(text, size, &moment) &&
           moment <= kith__now() && moment > kith__now() - hour;
}

/* The values with `now` for moments of the last hour. */
static void write_values(struct buf *b, const char *values)
{
    bool quoted = false;
    while (*values) {
        quoted ^= *values == '\'';
        if (!quoted && is_recent(values)) {
            kith__buf_add(b, "now");
            values += strlen("2026-11-21T09:39:00.000000Z");
        } else {
            kith__buf_char(b, *values++);
        }
    }
}

static void expect_values(const char *sent, const char *expected, const char *file, int line)
{
    struct buf b;
    kith__buf_init(&b, &kith__default_allocator);
    write_values(&b, sent);
    bool same = strcmp(kith__buf_text(&b), expected) == 0;
    if (!same)
        print_error("%s: the values are not the expected ones\nexpected: %s\nsent:     %s\n", db.dialect->name,
                    expected, kith__buf_text(&b));
    kith__buf_free(&b);
    _assert_true(same, "the expected values", file, line);
}

static const char *error_text(void)
{
    const kith_error *err = kith_error_of(db.s);
    return err ? err->message : "none";
}

void expect_sent_at(const char *sql, const char *values, const char *file, int line)
{
    const char *sent = kith_mock_statement(db.mock, db.at);
    if (!sent)
        print_error("%s: nothing more was sent; the error is: %s\nexpected: %s\n", db.dialect->name, error_text(), sql);
    _assert_true(sent != NULL, "a statement", file, line);
    expect_sql_at(db.dialect, sent, sql, file, line);
    expect_values(kith_mock_values(db.mock, db.at), values, file, line);
    db.at++;
}

void expect_each_at(const struct sent *sent, const char *file, int line)
{
    for (unsigned i = 0; i < DIALECT_COUNT; i++)
        if (all_dialects[i] == db.dialect && sent[i].sql)
            expect_sent_at(sent[i].sql, sent[i].values, file, line);
}

static void expect_end(const char *file, int line)
{
    const char *sent = kith_mock_statement(db.mock, db.at);
    if (sent)
        print_error("%s: one more statement was sent\nsent: %s\n", db.dialect->name, sent);
    _assert_true(sent == NULL, "the end of the statements", file, line);
}

void expect_nothing_more_at(const char *file, int line)
{
    expect_end(file, line);
    if (kith_error_of(db.s))
        print_error("%s: there is an error: %s\n", db.dialect->name, error_text());
    _assert_true(kith_error_of(db.s) == NULL, "no error", file, line);
}

void expect_failure_at(kith_status status, const char *part, const char *file, int line)
{
    const kith_error *err = kith_error_of(db.s);
    expect_end(file, line);
    bool same = err && err->status == status && strstr(err->message, part);
    if (!same)
        print_error("%s: expected: %s, …%s…\nthe error is: %s, %s\n", db.dialect->name, kith_status_name(status), part,
                    err ? kith_status_name(err->status) : "none", error_text());
    _assert_true(same, "the expected error", file, line);
    kith_clear(db.s);
}
