/* The statements of streams: a cursor where the database has one of its own, a transaction around it, batches of
 * includes. */
#include <stdio.h>

#include "base/str.h"
#include "harness/mocked.h"
#include "sql/pugs.h"

static const kith_query ordered = {
    .attributes = (const char *const[]){ "name", NULL },
    .where = &(const kith_expr){ .op = KITH_OP_GT, .path = "age", .value = { .kind = KITH_INT, .as.integer = 3 } },
    .order = (const kith_order[]){ { "name" }, { 0 } }
};
#define ORDERED "SELECT t0.[name], t0.[id] FROM [pugs] t0 WHERE t0.[age] > ? ORDER BY t0.[name]"
static const kith_stream_opts twos = { .batch = 2 };

static bool has_cursors(void)
{
    return db.dialect->declare_cursor[0] != NULL;
}

/* Its name is made of the SELECT as PostgreSQL gets it. */
static void expect_cursor(const char *before, unsigned number, const char *after, const char *values)
{
    static const char select[] = "SELECT t0.\"name\", t0.\"id\" FROM \"pugs\" t0 WHERE t0.\"age\" > $1 ORDER BY "
                                 "t0.\"name\"";
    char sql[400];
    snprintf(sql, sizeof sql, "%s[kith_%08x_%u]%s", before, (unsigned)kith__hash(select, sizeof select - 1), number,
             after);
    if (has_cursors())
        expect_sent(sql, values);
}

static void expect_declared(unsigned number)
{
    expect_cursor("DECLARE ", number, " NO SCROLL CURSOR FOR " ORDERED, "3");
}

static void expect_fetched(unsigned number)
{
    expect_cursor("FETCH FORWARD 2 FROM ", number, "", "");
}

static void expect_closed(unsigned number)
{
    expect_cursor("CLOSE ", number, "", "");
}

static void expect_begun(void)
{
    expect_each({ "BEGIN", "" }, { "BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ", "" },
                { "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "" });
    expect_each({ NULL, NULL }, { NULL, NULL }, { "START TRANSACTION READ ONLY", "" });
}

/* The statement of a stream outside a transaction, and of one whose transaction only reads. */
static void expect_opened(unsigned number)
{
    expect_each({ ORDERED, "3" }, { NULL, NULL }, { ORDERED, "3" });
    expect_declared(number);
    expect_fetched(number);
}

/* In a transaction that writes. */
static void expect_opened_fixed(unsigned number)
{
    expect_each({ "WITH kith_rows AS MATERIALIZED (" ORDERED ") SELECT * FROM kith_rows", "3" }, { NULL, NULL },
                { ORDERED, "3" });
    expect_declared(number);
    expect_fetched(number);
}

static void answer_pug(const char *name, int id)
{
    answer(KITH_VALUES(KITH_V(name), KITH_V(id)));
}

/* Where there is a cursor, what it gives next is another statement's. */
static void next_batch(void)
{
    if (has_cursors())
        answer_end();
}

static void expect_name(kith_stream *st, const char *name)
{
    const kith_record *r = kith_stream_next(st);
    assert_non_null(r);
    assert_string_equal(kith_text(r, "name"), name);
}

/* ---- outside a transaction ------------------------------------------------------------------------------------------- */

/* The transaction ends with the last batch. */
static void test_sql_stream__batches(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pug("Ann", 1);
        answer_pug("Bob", 2);
        next_batch();
        answer_pug("Cid", 3);
        kith_stream *st = kith_stream_open(db.s, &pug_model, &ordered, &twos);
        assert_non_null(st);
        expect_begun();
        expect_opened(1);
        expect_name(st, "Ann");
        expect_name(st, "Bob");
        expect_nothing_more();
        expect_name(st, "Cid");
        expect_fetched(1);
        expect_sent("COMMIT", "");
        assert_null(kith_stream_next(st));
        assert_true(kith_stream_close(st));
        expect_nothing_more();
    }
}

/* Each batch has statements of its own for its to-many includes; joined ones come with it. */
static void test_sql_stream__includes_of_each_batch(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_query q = { .attributes = KITH_NAMES("name"),
                               .include = KITH_INCLUDE({ .as = "toys" }, { .as = "owner" }) };
        if (has_cursors())
            continue; /* the same but for the cursor, which is seen elsewhere */
        for (int i = 1; i <= 3; i++)
            answer(KITH_VALUES(KITH_V("Ann"), KITH_V(i), KITH_V(9), KITH_V("Zoe")));
        kith_stream *st = kith_stream_open(db.s, &pug_model, &q, &twos);
        assert_non_null(st);
        expect_begun();
        expect_sent("SELECT t0.[name], t0.[id], t1.[id], t1.[name] FROM [pugs] t0 LEFT JOIN [owners] t1 ON t1.[id] = "
                    "t0.[ownerId]",
                    "");
#define TOYS_OF(keys) "SELECT " TOY("t0") " FROM [toys] t0 WHERE t0.[pugId] " keys " AND t0.[deletedAt] IS NULL"
        expect_each({ TOYS_OF("IN (SELECT value FROM json_each(?))"), "'[1,2]'" }, { NULL, NULL },
                    { TOYS_OF("IN (?, ?)"), "1, 2" });
        expect_nothing_more();
        expect_name(st, "Ann");
        expect_name(st, "Ann");
        expect_name(st, "Ann");
        expect_sent(TOYS_OF("= ?"), "3");
        expect_sent("COMMIT", "");
        assert_true(kith_stream_close(st));
        expect_nothing_more();
    }
}

static void test_sql_stream__closed_early(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pug("Ann", 1);
        answer_pug("Bob", 2);
        kith_stream *st = kith_stream_open(db.s, &pug_model, &ordered, &twos);
        expect_begun();
        expect_opened(1);
        assert_true(kith_stream_close(st));
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

static void test_sql_stream__failing(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_failure(KITH_E_DATABASE);
        assert_null(kith_stream_open(db.s, &pug_model, &ordered, &twos));
        expect_begun();
        expect_opened(1);
        expect_sent("ROLLBACK", "");
        expect_failure(KITH_E_DATABASE, "");
    }
}

/* ---- inside one ------------------------------------------------------------------------------------------------------ */

/* Cursors that are open at the same time have names of their own; a name is free again when its cursor is closed. */
static void test_sql_stream__in_a_transaction(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_true(kith_begin(db.s));
        expect_begin();
        for (int i = 0; i < 2; i++) {
            answer_pug("Ann", 1);
            answer_pug("Bob", 2);
            next_batch();
            if (!has_cursors())
                answer_end();
        }
        kith_stream *outer = kith_stream_open(db.s, &pug_model, &ordered, &twos);
        expect_opened_fixed(1);
        kith_stream *inner = kith_stream_open(db.s, &pug_model, &ordered, &twos);
        expect_opened_fixed(2);
        expect_name(inner, "Ann");
        expect_name(outer, "Ann");
        assert_true(kith_stream_close(outer));
        expect_closed(1);
        expect_name(inner, "Bob");
        assert_null(kith_stream_next(inner)); /* an empty batch is the end */
        expect_fetched(2);
        expect_closed(2);
        assert_true(kith_stream_close(inner));
        assert_true(kith_stream_close(kith_stream_open(db.s, &pug_model, &ordered, &twos)));
        expect_opened_fixed(1);
        expect_closed(1);
        assert_true(kith_commit(db.s));
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

static void test_sql_stream__ended_by_the_transaction(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_true(kith_begin(db.s) && kith_begin(db.s));
        expect_begin();
        expect_sent("SAVEPOINT k2", "");
        answer_pug("Ann", 1);
        answer_pug("Bob", 2);
        kith_stream *st = kith_stream_open(db.s, &pug_model, &ordered, &twos);
        expect_opened_fixed(1);
        assert_true(kith_rollback(db.s));
        expect_closed(1);
        expect_sent("ROLLBACK TO SAVEPOINT k2", "");
        expect_sent("RELEASE SAVEPOINT k2", "");
        assert_null(kith_stream_next(st));
        expect_failure(KITH_E_USAGE, "in which the stream of pugs was opened has ended");
        assert_false(kith_stream_close(st));
        assert_true(kith_rollback(db.s));
        expect_sent("ROLLBACK", "");
        expect_nothing_more();
    }
}

static bool read_one(kith_session *s, void *ctx)
{
    (void)ctx;
    return kith_stream_close(kith_stream_open(s, &pug_model, &ordered, &twos));
}

/* What reads only needs no copy of the rows. */
static void test_sql_stream__in_a_transaction_that_reads(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_pug("Ann", 1);
        answer_pug("Bob", 2);
        assert_true(kith_transaction(db.s, read_one, NULL, &(kith_transaction_opts){ .read_only = true }));
        expect_sent(db.dialect->begin_read, "");
        expect_each({ "PRAGMA query_only = ON", "" }, { NULL, NULL }, { NULL, NULL });
        expect_opened(1);
        expect_closed(1);
        expect_sent("COMMIT", "");
        expect_each({ "PRAGMA query_only = OFF", "" }, { NULL, NULL }, { NULL, NULL });
        expect_nothing_more();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_stream__batches),
        MOCKED_TEST(test_sql_stream__includes_of_each_batch),
        MOCKED_TEST(test_sql_stream__closed_early),
        MOCKED_TEST(test_sql_stream__failing),
        MOCKED_TEST(test_sql_stream__in_a_transaction),
        MOCKED_TEST(test_sql_stream__ended_by_the_transaction),
        MOCKED_TEST(test_sql_stream__in_a_transaction_that_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
