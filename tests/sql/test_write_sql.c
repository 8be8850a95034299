/* The statements of the verbs that write one row, and of transactions. */
#include <string.h>

#include "harness/mocked.h"
#include "sql/pugs.h"

/* ---- models --------------------------------------------------------------------------------------------------------- */

static const kith_model note_model = {
    .name = "note",
    .attrs = KITH_ATTRS({ .name = "title", .type = KITH_STRING(20), .not_null = true },
                        { .name = "views", .type = KITH_INTEGER, .default_value = KITH_CONST_INT(0) },
                        { .name = "due", .type = KITH_DATE }),
};

static const kith_model seat_model = {
    .name = "seat",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "row", .type = KITH_STRING(1), .primary_key = true, .column = "row_letter" },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "taken", .type = KITH_BOOLEAN }),
};

static const kith_model token_model = {
    .name = "token",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_UUID, .primary_key = true, .generate = KITH_UUIDV4 }),
};

static const kith_model entry_model = {
    .name = "entry",
    .no_timestamps = true,
    .no_primary_key = true,
    .attrs = KITH_ATTRS({ .name = "text", .type = KITH_TEXT }),
};

#define MODELS KITH_MODELS(&note_model, &seat_model, &token_model, &entry_model)
#define NOTE   "[id], [title], [views], [due], [createdAt], [updatedAt]"

static kith_record *found_note(void)
{
    return found(&note_model, KITH_VALUES(KITH_V(1), KITH_V("old"), KITH_V(5), kith_of_null(), kith_of_timestamp(0),
                                          kith_of_timestamp(0)));
}

/* ---- create --------------------------------------------------------------------------------------------------------- */

static void test_sql_create__inserts_what_is_known_and_reads_back_the_rest(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer(KITH_VALUES(KITH_V(7), kith_of_null()));
        kith_record *r = kith_create(db.s, &note_model, KITH_FIELDS(KITH_F("title", "hello")));
        expect_sent("INSERT INTO [notes] ([title], [views], [createdAt], [updatedAt]) VALUES (?, ?, ?, ?) RETURNING "
                    "[id], [due]",
                    "'hello', 0, now, now");
        expect_nothing_more();
        assert_int_equal(kith_int(r, "id"), 7);
    }
}

/* A field that is null is written as null, not left to its default; an auto-increment key that is null is made. */
static void test_sql_create__writes_nulls(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer_number(7);
        kith_record *r = kith_create(db.s, &note_model,
                                     KITH_FIELDS({ "id", kith_of_null() }, KITH_F("title", "x"),
                                                 { "views", kith_of_null() }, { "due", kith_of_null() }));
#define NOTE_OF_NULLS "INSERT INTO [notes] ([title], [views], [due], [createdAt], [updatedAt]) VALUES (?, ?, ?, ?, ?)"
        expect_each({ NOTE_OF_NULLS, "'x', NULL, NULL, now, now" },
                    { NOTE_OF_NULLS " RETURNING [id]", "'x', NULL, NULL, now, now" },
                    { NOTE_OF_NULLS " RETURNING [id]", "'x', NULL, NULL, now, now" });
        expect_nothing_more();
        assert_int_equal(kith_int(r, "id"), 7);
    }
}

/* A trigger may keep the row out: what SQLite tells then is the number of an earlier one. */
static void test_sql_create__takes_no_number_when_no_row_was_inserted(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_true(kith_mock_affected(db.mock, 0, 99));
        kith_record *r = kith_create(db.s, &owner_model, KITH_FIELDS(KITH_F("name", "Ann")));
        assert_int_equal(kith_value_of(r, "id").kind, KITH_NULL);
    }
}

static void test_sql_create__reads_nothing_back_when_all_is_known(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        assert_non_null(kith_create(db.s, &seat_model,
                                    KITH_FIELDS(KITH_F("taken", true), KITH_F("number", 3), KITH_F("row", "B"))));
        expect_sent("INSERT INTO [seats] ([row_letter], [number], [taken]) VALUES (?, ?, ?)", "'B', 3, true");
        expect_nothing_more();
    }
}

static void test_sql_create__inserts_a_row_of_defaults(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V(1), kith_of_null()));
        assert_non_null(kith_create(db.s, &owner_model, NULL));
        expect_each({ "INSERT INTO [owners] DEFAULT VALUES RETURNING [id], [name]", "" },
                    { "INSERT INTO [owners] DEFAULT VALUES RETURNING [id], [name]", "" },
                    { "INSERT INTO [owners] () VALUES () RETURNING [id], [name]", "" });
        expect_nothing_more();
    }
}

static void test_sql_create__makes_keys(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *r = kith_create(db.s, &token_model, NULL);
        assert_non_null(r);
        char quoted[64] = "'";
        strcat(strcat(quoted, kith_text(r, "id")), "'");
        expect_sent("INSERT INTO [tokens] ([id]) VALUES (?)", quoted);
        expect_nothing_more();
    }
}

/* What the database computes is read back. */
static void test_sql_create__takes_expressions(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer(KITH_VALUES(KITH_V(7), KITH_V("X"), KITH_V(4), kith_of_null()));
        kith_record *r = kith_create(db.s, &note_model,
                                     KITH_FIELDS(KITH_F("title", KITH_FN("upper", KITH_V("x"))),
                                                 KITH_F("views", KITH_SQL("2 + ?", KITH_V(2)))));
        expect_sent("INSERT INTO [notes] ([title], [views], [createdAt], [updatedAt]) VALUES (upper(?), 2 + ?, ?, ?) "
                    "RETURNING [id], [title], [views], [due]",
                    "'x', 2, now, now");
        expect_nothing_more();
        assert_string_equal(kith_text(r, "title"), "X");
    }
}

static void test_sql_create__sends_nothing_when_refused(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        assert_null(kith_create(db.s, &note_model, NULL));
        expect_failure(KITH_E_VALIDATION, "note.title");
        assert_null(kith_create(db.s, &note_model, KITH_FIELDS(KITH_F("titel", "x"))));
        expect_failure(KITH_E_USAGE, "did you mean 'title'?");
        assert_null(kith_create(db.s, &note_model, KITH_FIELDS(KITH_F("title", "x"), KITH_F("views", "many"))));
        expect_failure(KITH_E_USAGE, "note.views");
        assert_null(kith_create(db.s, &note_model, KITH_FIELDS(KITH_F("title", "more than twenty letters"))));
        expect_failure(KITH_E_VALIDATION, "note.title");
        assert_null(kith_create(db.s, &note_model, KITH_FIELDS(KITH_F("title", "x"), KITH_F("title", "y"))));
        expect_failure(KITH_E_USAGE, "given twice");
        assert_null(kith_create(db.s, &note_model, KITH_FIELDS(KITH_F("title", KITH_COL("titel")))));
        expect_failure(KITH_E_USAGE, "did you mean 'title'?");
        assert_null(kith_create(db.s, &pug_model, KITH_FIELDS(KITH_F("name", "x"))));
        expect_failure(KITH_E_USAGE, "model pug was not given");
    }
}

/* ---- update --------------------------------------------------------------------------------------------------------- */

static void test_sql_update__writes_the_fields_and_the_time(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *r = found_note();
        assert_true(kith_update(db.s, r, KITH_FIELDS(KITH_F("views", 6), KITH_F("title", "new"))));
        expect_sent("UPDATE [notes] SET [title] = ?, [views] = ?, [updatedAt] = ? WHERE [id] = ?", "'new', 6, now, 1");
        expect_nothing_more();
        assert_string_equal(kith_text(r, "title"), "new");
        assert_int_equal(kith_int(r, "views"), 6);
    }
}

static void test_sql_update__finds_the_row_by_all_of_its_key(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *r = found(&seat_model, KITH_VALUES(KITH_V("B"), KITH_V(3), KITH_V(false)));
        assert_true(kith_update(db.s, r, KITH_FIELDS(KITH_F("taken", true), KITH_F("number", 4))));
        expect_sent("UPDATE [seats] SET [number] = ?, [taken] = ? WHERE [row_letter] = ? AND [number] = ?",
                    "4, true, 'B', 3");
        assert_true(kith_update(db.s, r, KITH_FIELDS(KITH_F("taken", false))));
        expect_sent("UPDATE [seats] SET [taken] = ? WHERE [row_letter] = ? AND [number] = ?", "false, 'B', 4");
        expect_nothing_more();
    }
}

/* What MariaDB is sent around the two statements that stand for RETURNING. */
static void expect_level(const char *sql)
{
    expect_each({ NULL }, { NULL }, { sql, "" });
}

/* RETURNING instead of a second read, where there is one; else both statements or none. */
static void test_sql_update__reads_back_what_the_database_computes(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *r = found_note();
        const kith_value *row = KITH_VALUES(KITH_V(1), KITH_V("old"), KITH_V(6), kith_of_null(), kith_of_timestamp(0),
                                            kith_of_timestamp(1));
        if (!(db.dialect->can & CAN_RETURN_CHANGED))
            answer_affected(1);
        answer(row);
        assert_true(kith_update(db.s, r, KITH_FIELDS(KITH_F("views", KITH_SQL("views + ?", KITH_V(1))))));
#define COUNT_UP "UPDATE [notes] SET [views] = views + ?, [updatedAt] = ? WHERE [id] = ?"
        expect_level("START TRANSACTION");
        expect_each({ COUNT_UP " RETURNING " NOTE, "1, now, 1" }, { COUNT_UP " RETURNING " NOTE, "1, now, 1" },
                    { COUNT_UP, "1, now, 1" });
        expect_each({ NULL }, { NULL }, { "SELECT " NOTE " FROM [notes] WHERE [id] = ?", "1" });
        expect_level("COMMIT");
        expect_nothing_more();
        assert_int_equal(kith_int(r, "views"), 6);
    }
}

/* Only what the record holds is read back. */
static void test_sql_update__keeps_to_the_attributes_of_the_record(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer(KITH_VALUES(KITH_V(5), KITH_V(1)));
        kith_record *r = kith_find_one(db.s, &note_model, &(kith_query){ .attributes = KITH_NAMES("views") });
        db.at = kith_mock_count(db.mock);
        if (!(db.dialect->can & CAN_RETURN_CHANGED))
            answer_affected(1);
        answer(KITH_VALUES(KITH_V(10), KITH_V(1)));
        assert_true(kith_update(db.s, r, KITH_FIELDS(KITH_F("title", "new"), KITH_F("views", KITH_COL("id")))));
#define SET_VIEWS "UPDATE [notes] SET [title] = ?, [views] = [id], [updatedAt] = ? WHERE [id] = ?"
        expect_level("START TRANSACTION");
        expect_each({ SET_VIEWS " RETURNING [views], [id]", "'new', now, 1" },
                    { SET_VIEWS " RETURNING [views], [id]", "'new', now, 1" }, { SET_VIEWS, "'new', now, 1" });
        expect_each({ NULL }, { NULL }, { "SELECT [views], [id] FROM [notes] WHERE [id] = ?", "1" });
        expect_level("COMMIT");
        expect_nothing_more();
        assert_int_equal(kith_int(r, "views"), 10);
    }
}

static void test_sql_update__leaves_the_time_to_the_caller(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *r = found_note();
        assert_true(kith_update(db.s, r, KITH_FIELDS({ "updatedAt", kith_of_timestamp(1000000) })));
        expect_sent("UPDATE [notes] SET [updatedAt] = ? WHERE [id] = ?", "1970-01-01T00:00:01.000000Z, 1");
        expect_nothing_more();
    }
}

static void test_sql_update__says_that_the_row_is_gone(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *r = found_note();
        answer_affected(0);
        assert_false(kith_update(db.s, r, KITH_FIELDS(KITH_F("views", 6))));
        expect_sent("UPDATE [notes] SET [views] = ?, [updatedAt] = ? WHERE [id] = ?", "6, now, 1");
        expect_failure(KITH_E_NOT_FOUND, "note");
        answer_affected(0);
        assert_false(kith_update(db.s, r, KITH_FIELDS(KITH_F("views", KITH_COL("id")))));
        db.at = kith_mock_count(db.mock);
        expect_failure(KITH_E_NOT_FOUND, "note");
        assert_int_equal(kith_int(r, "views"), 5);
    }
}

static void test_sql_update__sends_nothing_for_nothing_or_when_refused(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *r = found_note();
        assert_true(kith_update(db.s, r, NULL));
        assert_true(kith_update(db.s, r, KITH_FIELDS({ .value = KITH_END_VALUE_ })));
        expect_nothing_more();
        assert_false(kith_update(db.s, r, KITH_FIELDS({ "title", kith_of_null() })));
        expect_failure(KITH_E_VALIDATION, "note.title");
        assert_false(kith_update(db.s, r, KITH_FIELDS(KITH_F("veiws", 1))));
        expect_failure(KITH_E_USAGE, "did you mean 'views'?");
        assert_false(kith_update(db.s, NULL, KITH_FIELDS(KITH_F("views", 1))));
        expect_failure(KITH_E_USAGE, "NULL");
        kith_record *keyless = found(&entry_model, KITH_VALUES(KITH_V("x")));
        assert_false(kith_update(db.s, keyless, KITH_FIELDS(KITH_F("text", "y"))));
        expect_failure(KITH_E_USAGE, "entry has no primary key");
        assert_string_equal(kith_text(r, "title"), "old");
    }
}

/* ---- destroy and reload --------------------------------------------------------------------------------------------- */

static void test_sql_destroy__deletes_the_row(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *r = found_note(), *seat = found(&seat_model, KITH_VALUES(KITH_V("B"), KITH_V(3), KITH_V(false)));
        assert_true(kith_destroy(db.s, r));
        expect_sent("DELETE FROM [notes] WHERE [id] = ?", "1");
        assert_true(kith_destroy(db.s, seat));
        expect_sent("DELETE FROM [seats] WHERE [row_letter] = ? AND [number] = ?", "'B', 3");
        expect_nothing_more();
        answer_affected(0);
        assert_false(kith_destroy(db.s, r));
        expect_sent("DELETE FROM [notes] WHERE [id] = ?", "1");
        expect_failure(KITH_E_NOT_FOUND, "note");
        kith_record *keyless = found(&entry_model, KITH_VALUES(KITH_V("x")));
        assert_false(kith_destroy(db.s, keyless));
        expect_failure(KITH_E_USAGE, "entry has no primary key");
    }
}

/* A row that was destroyed softly is gone: the time of its end stays what it was. */
static void test_sql_destroy__writes_the_time_of_a_soft_end(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *r = found(&toy_model, KITH_VALUES(KITH_V(1), KITH_V("ball"), kith_of_null(), kith_of_null()));
        assert_true(kith_destroy(db.s, r));
        expect_sent("UPDATE [toys] SET [deletedAt] = ? WHERE [id] = ? AND [deletedAt] IS NULL", "now, 1");
        expect_nothing_more();
        assert_int_equal(kith_value_of(r, "deletedAt").kind, KITH_TIMESTAMP);
        answer_affected(0);
        assert_false(kith_destroy(db.s, r));
        expect_sent("UPDATE [toys] SET [deletedAt] = ? WHERE [id] = ? AND [deletedAt] IS NULL", "now, 1");
        expect_failure(KITH_E_NOT_FOUND, "toy");
    }
}

static void test_sql_reload__reads_what_the_record_holds(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer(KITH_VALUES(KITH_V("old"), KITH_V(1)));
        kith_record *r = kith_find_one(db.s, &note_model, &(kith_query){ .attributes = KITH_NAMES("title") });
        db.at = kith_mock_count(db.mock);
        answer(KITH_VALUES(KITH_V("new"), KITH_V(1)));
        assert_true(kith_reload(db.s, r));
        expect_sent("SELECT [title], [id] FROM [notes] WHERE [id] = ?", "1");
        expect_nothing_more();
        assert_string_equal(kith_text(r, "title"), "new");
        answer_end();
        assert_false(kith_reload(db.s, r));
        db.at++;
        expect_failure(KITH_E_NOT_FOUND, "note");
        assert_string_equal(kith_text(r, "title"), "new");
    }
}

/* ---- transactions --------------------------------------------------------------------------------------------------- */

static void test_sql_transaction__begins_and_commits(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        assert_true(kith_begin(db.s));
        expect_each({ "BEGIN IMMEDIATE", "" }, { "BEGIN", "" }, { "START TRANSACTION", "" });
        assert_non_null(kith_find(db.s, &token_model, NULL));
        expect_sent("SELECT t0.[id] FROM [tokens] t0", "");
        assert_true(kith_commit(db.s));
        expect_sent("COMMIT", "");
        assert_true(kith_begin(db.s));
        expect_begin();
        assert_true(kith_rollback(db.s));
        expect_sent("ROLLBACK", "");
        expect_nothing_more();
    }
}

static void test_sql_transaction__nests_by_savepoints(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        assert_true(kith_begin(db.s) && kith_begin(db.s) && kith_begin(db.s));
        expect_begin();
        expect_sent("SAVEPOINT k2", "");
        expect_sent("SAVEPOINT k3", "");
        assert_true(kith_commit(db.s));
        expect_sent("RELEASE SAVEPOINT k3", "");
        assert_true(kith_rollback(db.s));
        expect_sent("ROLLBACK TO SAVEPOINT k2", "");
        expect_sent("RELEASE SAVEPOINT k2", "");
        assert_true(kith_commit(db.s));
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

/* After a failure nothing is sent until the rollback, and a commit is one. */
static void test_sql_transaction__sends_nothing_after_a_failure(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        assert_true(kith_begin(db.s));
        expect_begin();
        answer_failure(KITH_E_UNIQUE);
        assert_null(kith_create(db.s, &seat_model, KITH_FIELDS(KITH_F("row", "B"), KITH_F("number", 1))));
        db.at++;
        assert_null(kith_find(db.s, &note_model, NULL));
        assert_null(kith_create(db.s, &token_model, NULL));
        assert_int_equal(kith_count(db.s, &note_model, NULL), -1);
        assert_int_equal(kith_execute(db.s, "DELETE FROM notes", NULL), -1);
        expect_failure(KITH_E_UNIQUE, "the mock fails");
        assert_null(kith_find(db.s, &note_model, NULL)); /* to forget the error is not to undo */
        assert_false(kith_commit(db.s));
        expect_sent("ROLLBACK", "");
        assert_non_null(kith_find(db.s, &token_model, NULL));
        expect_sent("SELECT t0.[id] FROM [tokens] t0", "");
    }
}

/* A failure inside a savepoint is undone with it, and the transaction goes on. */
static void test_sql_transaction__goes_on_after_a_savepoint_is_undone(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        assert_true(kith_begin(db.s) && kith_begin(db.s));
        expect_begin();
        expect_sent("SAVEPOINT k2", "");
        answer_failure(KITH_E_UNIQUE);
        assert_null(kith_create(db.s, &seat_model, KITH_FIELDS(KITH_F("row", "B"), KITH_F("number", 1))));
        db.at++;
        assert_true(kith_rollback(db.s));
        expect_sent("ROLLBACK TO SAVEPOINT k2", "");
        expect_sent("RELEASE SAVEPOINT k2", "");
        kith_clear(db.s);
        assert_non_null(kith_find(db.s, &token_model, NULL));
        expect_sent("SELECT t0.[id] FROM [tokens] t0", "");
        assert_true(kith_commit(db.s));
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

static void test_sql_transaction__is_undone_when_the_session_closes(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        assert_true(kith_begin(db.s) && kith_begin(db.s));
        expect_begin();
        expect_sent("SAVEPOINT k2", "");
        kith_session_close(db.s);
        db.s = kith_session_open(db.db);
        expect_sent("ROLLBACK", "");
        expect_nothing_more();
        assert_false(kith_commit(db.s));
        expect_failure(KITH_E_USAGE, "without kith_begin");
        assert_false(kith_rollback(db.s));
        expect_failure(KITH_E_USAGE, "without kith_begin");
    }
}

/* ---- SQL of the program's own --------------------------------------------------------------------------------------- */

static void test_sql_execute__binds_the_values(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer_affected(3);
        assert_int_equal(kith_execute(db.s, "UPDATE notes SET title = '?', views = ? WHERE id > ?",
                                      KITH_VALUES(KITH_V(1), KITH_V(2))),
                         3);
        expect_sent("UPDATE notes SET title = '?', views = ? WHERE id > ?", "1, 2");
        expect_nothing_more();
        assert_int_equal(kith_execute(db.s, "DELETE FROM notes WHERE id = ?", NULL), -1);
        expect_failure(KITH_E_USAGE, "1 placeholder");
        assert_int_equal(kith_execute(db.s, NULL, NULL), -1);
        expect_failure(KITH_E_USAGE, "NULL");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_create__inserts_what_is_known_and_reads_back_the_rest),
        MOCKED_TEST(test_sql_create__writes_nulls),
        MOCKED_TEST(test_sql_create__takes_no_number_when_no_row_was_inserted),
        MOCKED_TEST(test_sql_create__reads_nothing_back_when_all_is_known),
        MOCKED_TEST(test_sql_create__inserts_a_row_of_defaults),
        MOCKED_TEST(test_sql_create__makes_keys),
        MOCKED_TEST(test_sql_create__takes_expressions),
        MOCKED_TEST(test_sql_create__sends_nothing_when_refused),
        MOCKED_TEST(test_sql_update__writes_the_fields_and_the_time),
        MOCKED_TEST(test_sql_update__finds_the_row_by_all_of_its_key),
        MOCKED_TEST(test_sql_update__reads_back_what_the_database_computes),
        MOCKED_TEST(test_sql_update__keeps_to_the_attributes_of_the_record),
        MOCKED_TEST(test_sql_update__leaves_the_time_to_the_caller),
        MOCKED_TEST(test_sql_update__says_that_the_row_is_gone),
        MOCKED_TEST(test_sql_update__sends_nothing_for_nothing_or_when_refused),
        MOCKED_TEST(test_sql_destroy__deletes_the_row),
        MOCKED_TEST(test_sql_destroy__writes_the_time_of_a_soft_end),
        MOCKED_TEST(test_sql_reload__reads_what_the_record_holds),
        MOCKED_TEST(test_sql_transaction__begins_and_commits),
        MOCKED_TEST(test_sql_transaction__nests_by_savepoints),
        MOCKED_TEST(test_sql_transaction__sends_nothing_after_a_failure),
        MOCKED_TEST(test_sql_transaction__goes_on_after_a_savepoint_is_undone),
        MOCKED_TEST(test_sql_transaction__is_undone_when_the_session_closes),
        MOCKED_TEST(test_sql_execute__binds_the_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
