/* mock: a driver without a database; see kith/ext/mock.h.
 *
 * The scripted answers and the record of what was run are kept by the C library's allocator, so that they stand also
 * when a test lets the db's own memory run short. */
#include "kith/ext/mock.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"
#include "base/value.h"
#include "driver/mock_values.h"

struct mock_row {
    kith_arena memory;
    kith_value *values;
    size_t count;
};

/* What one statement does. */
struct answer {
    struct mock_row *rows;
    size_t row_count, row_capacity;
    int64_t affected, last_id;
    kith_status failure; /* KITH_OK: none */
    char message[256];
};

struct recorded {
    char *sql, *values;
};

/* Where the script stands: what the next row or kith_mock_next belongs to. */
enum writing { WRITING_NOTHING, WRITING_ROWS, WRITTEN_WHOLE };

struct kith_mock {
    kith_driver driver;
    char dialect[32];
    struct answer *answers; /* those from `next` on are still to come */
    size_t answer_count, answer_capacity, next;
    enum writing writing;
    struct recorded *recorded;
    size_t recorded_count, recorded_capacity;
};

struct mock_connection {
    kith_mock *mock;
    const kith_allocator *allocator;
    kith_error failure; /* the last one of a statement */
    bool skipping;      /* nobody has waited since then, so nothing runs */
    bool untold;        /* nobody has failed with it yet */
};

struct mock_statement {
    struct mock_connection *conn;
    const char *sql; /* follows the struct */
    size_t size;
    kith_value *values; /* borrowed until finish */
    size_t value_count, value_capacity;
    const kith_column *columns; /* of rows bound together, borrowed as well; NULL: none */
    unsigned width;
    size_t row_count;
    bool started;
    bool failed;          /* as its connection's failure tells */
    struct answer answer; /* its own once it has started */
    size_t at;            /* rows handed out */
};

static const kith_allocator *const memory = &kith__default_allocator;

/* ---- answers -------------------------------------------------------------------------------------------------------- */

static void answer_free(struct answer *a)
{
    for (size_t i = 0; i < a->row_count; i++)
        kith__arena_free(&a->rows[i].memory);
    kith__free(memory, a->rows, a->row_capacity * sizeof *a->rows);
    *a = (struct answer){ 0 };
}

/* A new last answer; NULL when memory is short. */
static struct answer *add_answer(kith_mock *mock, enum writing writing)
{
    if (!kith__grow(memory, (void **)&mock->answers, mock->answer_count, &mock->answer_capacity, sizeof *mock->answers))
        return NULL;
    mock->writing = writing;
    struct answer *a = &mock->answers[mock->answer_count++];
    *a = (struct answer){ 0 };
    return a;
}

static bool row_copy(struct mock_row *row, const kith_value *values)
{
    row->count = kith__value_list_count(values);
    kith__arena_init(&row->memory, memory, NULL, false);
    row->values = ARENA_ARRAY(&row->memory, row->count + 1, kith_value); /* + 1: an empty row is no failure */
    bool copied = row->values != NULL;
    for (size_t i = 0; copied && i < row->count; i++)
        copied = kith__arena_value(&row->memory, values[i], &row->values[i]);
    if (!copied)
        kith__arena_free(&row->memory);
    return copied;
}

bool kith_mock_row(kith_mock *mock, const kith_value *values)
{
    struct answer *a = NULL;
    if (mock->writing == WRITING_ROWS)
        a = &mock->answers[mock->answer_count - 1];
    else
        a = add_answer(mock, WRITING_ROWS);
    if (!a || !kith__grow(memory, (void **)&a->rows, a->row_count, &a->row_capacity, sizeof *a->rows) ||
        !row_copy(&a->rows[a->row_count], values))
        return false;
    a->row_count++;
    a->affected++;
    return true;
}

bool kith_mock_affected(kith_mock *mock, int64_t rows, int64_t last_id)
{
    struct answer *a = add_answer(mock, WRITTEN_WHOLE);
    if (!a)
        return false;
    a->affected = rows;
    a->last_id = last_id;
    return true;
}

bool kith_mock_fail(kith_mock *mock, kith_status status, const char *message)
{
    struct answer *a = add_answer(mock, WRITTEN_WHOLE);
    if (!a)
        return false;
    a->failure = status;
    kith__copy(a->message, sizeof a->message, message);
    return true;
}

/* Ends the rows; where there are none to end, it is an answer without rows. */
bool kith_mock_next(kith_mock *mock)
{
    if (mock->writing == WRITING_NOTHING && !add_answer(mock, WRITING_NOTHING))
        return false;
    mock->writing = WRITING_NOTHING;
    return true;
}

/* Statements that open or end transactions, savepoints and cursors take no answer. */
static bool takes_answer(const char *sql)
{
    static const char *const words[] = { "BEGIN",     "START",   "COMMIT",  "ROLLBACK",
                                         "SAVEPOINT", "RELEASE", "DECLARE", "CLOSE" };
    char first[16];
    sql += strspn(sql, " \t\r\n");
    size_t size = strcspn(sql, " \t\r\n;");
    if (size >= sizeof first)
        return true;
    memcpy(first, sql, size);
    first[size] = '\0';
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (kith__equal_no_case(first, words[i]))
            return false;
    return strncmp(sql, "SET TRANSACTION ", strlen("SET TRANSACTION ")) != 0 &&
           strncmp(sql, "PRAGMA query_only ", strlen("PRAGMA query_only ")) != 0;
}

/* The next answer, moved out of the script. */
static struct answer take_answer(kith_mock *mock, const char *sql)
{
    if (!takes_answer(sql))
        return (struct answer){ 0 };
    if (mock->next == mock->answer_count)
        return (struct answer){ .affected = 1 };
    struct answer a = mock->answers[mock->next];
    mock->answers[mock->next++] = (struct answer){ 0 };
    if (mock->next == mock->answer_count) {
        mock->next = mock->answer_count = 0;
        mock->writing = WRITING_NOTHING;
    }
    return a;
}

/* ---- the record ------------------------------------------------------------------------------------------------------- */

static void recorded_free(struct recorded *r)
{
    kith__free(memory, r->sql, r->sql ? strlen(r->sql) + 1 : 0);
    kith__free(memory, r->values, r->values ? strlen(r->values) + 1 : 0);
}

static char *copy_text(const char *text, size_t size)
{
    char *to = kith__alloc(memory, size + 1);
    if (to) {
        memcpy(to, text, size);
        to[size] = '\0';
    }
    return to;
}

/* Takes the text over. */
static bool record(kith_mock *mock, const char *sql, struct buf text)
{
    struct recorded r = { copy_text(sql, strlen(sql)), copy_text(kith__buf_text(&text), text.size) };
    bool recorded = !text.failed && r.sql && r.values &&
                    kith__grow(memory, (void **)&mock->recorded, mock->recorded_count, &mock->recorded_capacity,
                               sizeof *mock->recorded);
    kith__buf_free(&text);
    if (recorded)
        mock->recorded[mock->recorded_count++] = r;
    else
        recorded_free(&r);
    return recorded;
}

size_t kith_mock_count(const kith_mock *mock)
{
    return mock->recorded_count;
}

const char *kith_mock_statement(const kith_mock *mock, size_t index)
{
    return index < mock->recorded_count ? mock->recorded[index].sql : NULL;
}

const char *kith_mock_values(const kith_mock *mock, size_t index)
{
    return index < mock->recorded_count ? mock->recorded[index].values : NULL;
}

void kith_mock_clear(kith_mock *mock)
{
    for (size_t i = 0; i < mock->answer_count; i++)
        answer_free(&mock->answers[i]);
    for (size_t i = 0; i < mock->recorded_count; i++)
        recorded_free(&mock->recorded[i]);
    mock->answer_count = mock->next = mock->recorded_count = 0;
    mock->writing = WRITING_NOTHING;
}

/* ---- connections ------------------------------------------------------------------------------------------------------ */

static kith_connection *mock_open(const kith_connect_opts *opts, kith_error *err)
{
    struct mock_connection *c = kith__alloc_zero(opts->allocator, sizeof *c);
    if (!c) {
        kith__error_no_memory(err);
        return NULL;
    }
    c->mock = opts->driver->ctx;
    c->allocator = opts->allocator;
    return (kith_connection *)c;
}

static void mock_close(kith_connection *c)
{
    struct mock_connection *conn = (struct mock_connection *)c;
    kith__free(conn->allocator, conn, sizeof *conn);
}

static bool play_failure(const struct answer *a, kith_error *err)
{
    if (a->failure == KITH_OK)
        return true;
    return kith__error_set(err, a->failure, "%s", a->message);
}

/* Its own failure, or that of an earlier one. */
static bool tell(struct mock_connection *c, kith_error *err)
{
    c->untold = false;
    *err = c->failure;
    return false;
}

/* A script is one statement here. */
static bool mock_script(kith_connection *c, const char *text, kith_error *err)
{
    struct mock_connection *conn = (struct mock_connection *)c;
    kith_mock *mock = conn->mock;
    struct buf none;
    conn->skipping = false;
    if (conn->untold)
        return tell(conn, err);
    kith__buf_init(&none, memory);
    if (!record(mock, text, none))
        return kith__error_no_memory(err);
    struct answer a = take_answer(mock, text);
    bool done = play_failure(&a, err);
    answer_free(&a);
    return done;
}

static void mock_cancel(kith_connection *c)
{
    (void)c;
}

/* ---- statements ------------------------------------------------------------------------------------------------------- */

static struct mock_statement *statement_of(kith_statement *st)
{
    return (struct mock_statement *)st;
}

static kith_statement *mock_prepare(kith_connection *c, const char *sql, size_t size, kith_error *err)
{
    struct mock_connection *conn = (struct mock_connection *)c;
    struct mock_statement *st = kith__alloc_zero(conn->allocator, sizeof *st + size + 1);
    if (!st) {
        kith__error_no_memory(err);
        return NULL;
    }
    memcpy(st + 1, sql, size);
    st->conn = conn;
    st->sql = (const char *)(st + 1);
    st->size = size;
    return (kith_statement *)st;
}

static bool mock_bind(kith_statement *st, unsigned index, const kith_value *value, int type, kith_error *err)
{
    struct mock_statement *s = statement_of(st);
    (void)type;
    while (s->value_count <= index) {
        if (!kith__grow(s->conn->allocator, (void **)&s->values, s->value_count, &s->value_capacity, sizeof *s->values))
            return kith__error_no_memory(err);
        s->values[s->value_count++] = kith_of_null();
    }
    s->values[index] = *value;
    return true;
}

static bool mock_bind_rows(kith_statement *st, const kith_column *columns, unsigned width, size_t count,
                           kith_error *err)
{
    struct mock_statement *s = statement_of(st);
    (void)err;
    s->columns = columns;
    s->width = width;
    s->row_count = count;
    return true;
}

static bool record_run(const struct mock_statement *s)
{
    struct buf text;
    kith__buf_init(&text, memory);
    if (s->columns)
        kith__mock_write_rows(&text, s->columns, s->width, s->row_count);
    else
        kith__mock_write_values(&text, s->values, s->value_count);
    return record(s->conn->mock, s->sql, text);
}

static bool mock_send(kith_statement *st, kith_error *err)
{
    struct mock_statement *s = statement_of(st);
    struct mock_connection *c = s->conn;
    if (c->untold && !c->skipping)
        return tell(c, err);
    if (!c->skipping) {
        if (!record_run(s))
            return kith__error_no_memory(err);
        s->answer = take_answer(c->mock, s->sql);
        if (!play_failure(&s->answer, &c->failure)) {
            kith__copy(c->failure.sql, sizeof c->failure.sql, s->sql);
            c->skipping = c->untold = true;
        }
    }
    s->failed = c->skipping;
    s->started = true;
    return true;
}

static int mock_step(kith_statement *st, kith_error *err)
{
    struct mock_statement *s = statement_of(st);
    if (!s->started && !mock_send(st, err))
        return -1;
    s->conn->skipping = false;
    if (s->failed) {
        tell(s->conn, err);
        return -1;
    }
    if (s->at == s->answer.row_count)
        return 0;
    s->at++;
    return 1;
}

static bool mock_columns(kith_statement *st, unsigned first, unsigned count, const uint8_t *types, kith_arena *arena,
                         kith_value *out, kith_error *err)
{
    struct mock_statement *s = statement_of(st);
    const struct mock_row *row = &s->answer.rows[s->at - 1];
    for (unsigned i = 0; i < count; i++) {
        out[i] = kith_of_null();
        if (first + i < row->count &&
            !kith__mock_convert(&row->values[first + i], types[i], first + i, arena, &out[i], err))
            return false;
    }
    return true;
}

static int64_t mock_affected(kith_statement *st)
{
    return statement_of(st)->answer.affected;
}

static int64_t mock_last_id(kith_statement *st)
{
    return statement_of(st)->answer.last_id;
}

static void mock_finish(kith_statement *st)
{
    struct mock_statement *s = statement_of(st);
    answer_free(&s->answer);
    s->value_count = s->at = 0;
    s->columns = NULL;
    s->started = s->failed = false;
}

static void mock_drop(kith_statement *st)
{
    struct mock_statement *s = statement_of(st);
    answer_free(&s->answer);
    kith__free(s->conn->allocator, s->values, s->value_capacity * sizeof *s->values);
    kith__free(s->conn->allocator, s, sizeof *s + s->size + 1);
}

/* ---- the mock --------------------------------------------------------------------------------------------------------- */

kith_mock *kith_mock_new(const char *dialect)
{
    kith_mock *mock = kith__alloc_zero(memory, sizeof *mock);
    if (!mock)
        return NULL;
    kith__copy(mock->dialect, sizeof mock->dialect, dialect);
    mock->driver = (kith_driver){
        .scheme = "mock",
        .dialect = mock->dialect,
        .ctx = mock,
        .open = mock_open,
        .close = mock_close,
        .prepare = mock_prepare,
        .bind = mock_bind,
        .bind_rows = mock_bind_rows,
        .step = mock_step,
        .columns = mock_columns,
        .affected = mock_affected,
        .last_id = mock_last_id,
        .finish = mock_finish,
        .drop = mock_drop,
        .script = mock_script,
        .cancel = mock_cancel,
    };
    return mock;
}

static bool mock_reset(kith_connection *c)
{
    return !((struct mock_connection *)c)->untold;
}

void kith_mock_send_ahead(kith_mock *mock)
{
    mock->driver.send = mock_send;
    mock->driver.reset = mock_reset;
}

void kith_mock_free(kith_mock *mock)
{
    if (!mock)
        return;
    kith_mock_clear(mock);
    kith__free(memory, mock->answers, mock->answer_capacity * sizeof *mock->answers);
    kith__free(memory, mock->recorded, mock->recorded_capacity * sizeof *mock->recorded);
    kith__free(memory, mock, sizeof *mock);
}

const kith_driver *kith_mock_driver(kith_mock *mock)
{
    return &mock->driver;
}
