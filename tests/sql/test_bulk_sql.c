/* The statements of kith_create_many and kith_insert_many. */
#include <stdlib.h>
#include <string.h>

#include "harness/mocked.h"

static const kith_model note_model = {
    .name = "note",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "title", .type = KITH_STRING(20), .not_null = true },
                        { .name = "views", .type = KITH_INTEGER, .default_value = KITH_CONST_INT(0) },
                        { .name = "due", .type = KITH_DATE }),
};

static const kith_model seat_model = {
    .name = "seat",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "row", .type = KITH_STRING(1), .primary_key = true, .column = "row_letter" },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "facts", .type = KITH_JSON }),
};

static const kith_model visit_model = {
    .name = "visit",
    .no_primary_key = true,
    .attrs = KITH_ATTRS({ .name = "place", .type = KITH_INTEGER }),
};

#define MODELS KITH_MODELS(&note_model, &seat_model, &visit_model)

/* `count` rows of ('x', 1), ('x', 2), … in turn. */
static kith_value *numbered(size_t count)
{
    kith_value *values = calloc(count * 2, sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++) {
        values[i * 2] = KITH_V("x");
        values[i * 2 + 1] = KITH_V((int)i + 1);
    }
    return values;
}

/* That the next statement is the same text with `rows` rows of placeholders "(?, ?)", and of values. */
static void expect_rows(const char *before, size_t rows, const char *after)
{
    char *sql = calloc(1, strlen(before) + rows * 8 + strlen(after) + 1);
    assert_non_null(sql);
    strcpy(sql, before);
    for (size_t i = 0; i < rows; i++)
        strcat(sql, i ? ", (?, ?)" : "(?, ?)");
    expect_sent(strcat(sql, after), kith_mock_values(db.mock, db.at));
    free(sql);
}

/* ---- create_many ---------------------------------------------------------------------------------------------------- */

static void test_sql_create_many__inserts_few_rows_by_one_statement(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer(KITH_VALUES(KITH_V(7), kith_of_null()));
        answer(KITH_VALUES(KITH_V(8), kith_of_null()));
        kith_list *list = kith_create_many(db.s, &note_model,
                                           (const kith_field *const[]){ KITH_FIELDS(KITH_F("title", "a")),
                                                                        KITH_FIELDS(KITH_F("title", "b")) },
                                           2);
        expect_sent("INSERT INTO [notes] ([title], [views]) VALUES (?, ?), (?, ?) RETURNING [id], [due]",
                    "'a', 0, 'b', 0");
        expect_nothing_more();
        assert_int_equal(kith_int(list->at[0], "id"), 7);
        assert_int_equal(kith_int(list->at[1], "id"), 8);
    }
}

/* What only one row says is left to the database in the other; where that cannot be said, the row has a statement of its
 * own. */
static void test_sql_create_many__leaves_to_the_database_what_a_row_leaves_out(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer(KITH_VALUES(KITH_V(7), kith_of_null()));
        if (db.dialect == all_dialects[0]) {
            answer_end();
            answer_number(8);
        } else {
            answer(KITH_VALUES(KITH_V(8), kith_of_null()));
        }
        assert_non_null(kith_create_many(db.s, &note_model,
                                         (const kith_field *const[]){
                                             KITH_FIELDS(KITH_F("title", "a")),
                                             KITH_FIELDS(KITH_F("title", "b"), KITH_F("due", kith_of_timestamp(0))) },
                                         2));
#define TWO  "INSERT INTO [notes] ([title], [views], [due]) VALUES (?, ?, DEFAULT), (?, ?, ?) RETURNING [id], [due]"
#define ZERO "1970-01-01T00:00:00.000000Z"
        if (db.dialect == all_dialects[0]) {
            expect_begin();
            expect_sent("INSERT INTO [notes] ([title], [views]) VALUES (?, ?) RETURNING [id], [due]", "'a', 0");
            expect_sent("INSERT INTO [notes] ([title], [views], [due]) VALUES (?, ?, ?)", "'b', 0, " ZERO);
            expect_sent("COMMIT", "");
        } else {
            expect_sent(TWO, "'a', 0, 'b', 0, " ZERO);
        }
        expect_nothing_more();
    }
}

static void test_sql_create_many__sends_nothing_when_refused(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        const kith_field *const rows[] = { KITH_FIELDS(KITH_F("title", "a")), NULL };
        assert_null(kith_create_many(db.s, &note_model, rows, 2));
        expect_failure(KITH_E_VALIDATION, "row 2 of 2: note.title");
    }
}

/* ---- insert_many ---------------------------------------------------------------------------------------------------- */

#define SEATS "INSERT INTO [seats] ([row_letter], [number])"

static void test_sql_insert_many__inserts_few_rows_by_one_statement(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_value *values = numbered(2);
        assert_int_equal(kith_insert_many(db.s, &seat_model, KITH_NAMES("row", "number"), values, 2, NULL), 2);
        expect_sent(SEATS " VALUES (?, ?), (?, ?)", "'x', 1, 'x', 2");
        expect_nothing_more();
        free(values);
    }
}

/* Times are written, and nothing is read. */
static void test_sql_insert_many__completes_rows(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        assert_int_equal(kith_insert_many(db.s, &visit_model, KITH_NAMES("place"), KITH_VALUES(KITH_V(1)), 1, NULL), 1);
        expect_sent("INSERT INTO [visits] ([place], [createdAt], [updatedAt]) VALUES (?, ?, ?)", "1, now, now");
        expect_nothing_more();
    }
}

/* SQLite gets lists of 64 rows and one of the rest; the others one statement whose text does not tell how many. */
static void test_sql_insert_many__inserts_many_rows(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_value *values = numbered(130);
        assert_int_equal(kith_insert_many(db.s, &seat_model, KITH_NAMES("row", "number"), values, 130, NULL), 130);
        if (db.dialect == all_dialects[0]) {
            expect_begin();
            expect_rows(SEATS " VALUES ", 64, "");
            expect_rows(SEATS " VALUES ", 64, "");
            expect_sent(SEATS " VALUES (?, ?), (?, ?)", "'x', 129, 'x', 130");
            expect_sent("COMMIT", "");
        } else {
            assert_non_null(strstr(kith_mock_values(db.mock, db.at), "('x', 1), ('x', 2), "));
            assert_non_null(strstr(kith_mock_values(db.mock, db.at), ", ('x', 130)"));
            expect_each({ NULL, NULL },
                        { SEATS " SELECT unnest(?::text[]), unnest(?::bigint[])", kith_mock_values(db.mock, db.at) },
                        { SEATS " VALUES (?, ?)", kith_mock_values(db.mock, db.at) });
        }
        expect_nothing_more();
        free(values);
    }
}

/* What one statement does not take goes on in the next; then a transaction keeps them together. */
static void test_sql_insert_many__cuts_by_bytes(void **state)
{
    (void)state;
    char *text = malloc(400 * 1024 + 1);
    assert_non_null(text);
    memset(text, ' ', 400 * 1024);
    memcpy(text, "\"x\"", 3);
    text[400 * 1024] = '\0';
    EACH_DIALECT(MODELS)
    {
        const kith_value *values = KITH_VALUES(KITH_V("a"), KITH_V(1), KITH_V((const char *)text), KITH_V("a"),
                                               KITH_V(2), KITH_V((const char *)text), KITH_V("a"), KITH_V(3),
                                               KITH_V("1"));
        assert_int_equal(kith_insert_many(db.s, &seat_model, KITH_NAMES("row", "number", "facts"), values, 3, NULL), 3);
        expect_begin();
#define WITH_FACTS "INSERT INTO [seats] ([row_letter], [number], [facts]) VALUES "
        expect_sent(WITH_FACTS "(?, ?, ?)", kith_mock_values(db.mock, db.at));
        expect_sent(WITH_FACTS "(?, ?, ?), (?, ?, ?)", kith_mock_values(db.mock, db.at));
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
    free(text);
}

#define CONFLICT " ON CONFLICT ([row_letter], [number]) DO "
#define MARIA(note)                                                                                                    \
    " ON DUPLICATE KEY UPDATE [row_letter] = IF(" note "[seats].[row_letter] <=> VALUES([row_letter]) AND "            \
    "[seats].[number] <=> VALUES([number]), [seats].[row_letter], (SELECT NULL UNION ALL SELECT NULL))"
#define FACTS "INSERT INTO [seats] ([row_letter], [number], [facts]) VALUES (?, ?, ?)"

static void test_sql_insert_many__skips_and_updates(void **state)
{
    (void)state;
    const char *const names[] = { "row", "number", "facts", NULL };
    const kith_value *one = KITH_VALUES(KITH_V("a"), KITH_V(1), KITH_V("[]"));
    EACH_DIALECT(MODELS)
    {
        if (db.dialect == all_dialects[2])
            answer(KITH_VALUES(KITH_V(0)));
        else
            answer_affected(0);
        assert_int_equal(kith_insert_many(db.s, &seat_model, names, one, 1, &(kith_insert_opts){ KITH_CONFLICT_SKIP }),
                         0);
        expect_each({ FACTS CONFLICT "NOTHING", "'a', 1, '[]'" }, { FACTS CONFLICT "NOTHING", "'a', 1, '[]'" },
                    { FACTS MARIA("@kith_met := ") " RETURNING IF(@kith_met, @kith_met := 0, 1)", "'a', 1, '[]'" });
        answer_affected(2); /* as MariaDB counts one row that changed */
        assert_int_equal(kith_insert_many(db.s, &seat_model, names, one, 1,
                                          &(kith_insert_opts){ KITH_CONFLICT_UPDATE }),
                         1);
        expect_each({ FACTS CONFLICT "UPDATE SET [facts] = excluded.[facts]", "'a', 1, '[]'" },
                    { FACTS CONFLICT "UPDATE SET [facts] = excluded.[facts]", "'a', 1, '[]'" },
                    { FACTS MARIA("") ", [facts] = VALUES([facts])", "'a', 1, '[]'" });
        expect_nothing_more();
    }
}

/* PostgreSQL does not update a row twice by one statement. */
static void test_sql_insert_many__cuts_where_a_key_repeats(void **state)
{
    (void)state;
    const kith_value *values = KITH_VALUES(KITH_V("a"), KITH_V(1), KITH_V("b"), KITH_V(1), KITH_V("a"), KITH_V(1));
    EACH_DIALECT(MODELS)
    {
        const kith_insert_opts update = { KITH_CONFLICT_UPDATE };
        assert_int_equal(kith_insert_many(db.s, &seat_model, KITH_NAMES("row", "number"), values, 3, &update), 3);
#define AGAIN CONFLICT "UPDATE SET [row_letter] = excluded.[row_letter]"
        if (db.dialect == all_dialects[1]) {
            expect_begin();
            expect_sent(SEATS " VALUES (?, ?), (?, ?)" AGAIN, "'a', 1, 'b', 1");
            expect_sent(SEATS " VALUES (?, ?)" AGAIN, "'a', 1");
            expect_sent("COMMIT", "");
        } else {
            expect_each({ SEATS " VALUES (?, ?), (?, ?), (?, ?)" AGAIN, "'a', 1, 'b', 1, 'a', 1" }, { NULL, NULL },
                        { SEATS " VALUES (?, ?), (?, ?), (?, ?)" MARIA(""), "'a', 1, 'b', 1, 'a', 1" });
        }
        expect_nothing_more();
    }
}

/* ---- numbers of the program's own ----------------------------------------------------------------------------------- */

/* What PostgreSQL needs to go on numbering behind a number that a row is given. */
#define PAST                                                                                                           \
    "SELECT CASE WHEN wanted - past <= 1000 THEN (SELECT max(n) FROM (SELECT nextval(seq) AS n FROM "                  \
    "generate_series(1, wanted - past)) drawn) WHEN pg_advisory_lock(key) IS NULL THEN NULL WHEN "                     \
    "pg_advisory_unlock(key + 0 * setval(seq, greatest(wanted, pg_sequence_last_value(seq)))) THEN wanted END FROM "   \
    "(SELECT seqrelid::regclass AS seq, seqrelid::bigint + 7739845424638328832 AS key, seqmax AS most, "               \
    "coalesce(pg_sequence_last_value(seqrelid), seqstart - 1) AS past, ?::bigint AS wanted FROM pg_sequence WHERE "    \
    "seqrelid = pg_get_serial_sequence(quote_ident('notes'), 'id')::regclass AND seqincrement = 1 AND seqmin > 0 AND " \
    "has_sequence_privilege(seqrelid, 'USAGE') AND has_sequence_privilege(seqrelid, 'UPDATE') AND "                    \
    "current_setting('transaction_read_only') = 'off') s WHERE past < wanted AND wanted <= most"
#define expect_past(most) expect_each({ NULL, NULL }, { PAST, (most) }, { NULL, NULL })

/* Where an INSERT does not do it, the database is told first. */
static void answer_past(void)
{
    if (!db.dialect->number_past)
        return;
    answer(KITH_VALUES(kith_of_null()));
    answer_end();
}

/* S4: once for each statement, by the largest number */
static void test_sql_insert__tells_of_numbers(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer_past();
        kith_create(db.s, &note_model,
                    KITH_FIELDS(KITH_F("id", 5), KITH_F("title", "a"), KITH_F("due", kith_of_timestamp(0))));
        expect_past("5");
        expect_sent("INSERT INTO [notes] ([id], [title], [views], [due]) VALUES (?, ?, ?, ?)", "5, 'a', 0, " ZERO);
        expect_nothing_more();

        answer_past();
        const kith_value *values = KITH_VALUES(KITH_V(3), KITH_V("a"), KITH_V(9), KITH_V("b"), KITH_V(-4), KITH_V("c"));
        kith_insert_many(db.s, &note_model, KITH_NAMES("id", "title"), values, 3, NULL);
        expect_past("9");
        expect_sent("INSERT INTO [notes] ([id], [title], [views]) VALUES (?, ?, ?), (?, ?, ?), (?, ?, ?)",
                    "3, 'a', 0, 9, 'b', 0, -4, 'c', 0");
        expect_nothing_more();

        kith_insert_many(db.s, &note_model, KITH_NAMES("id", "title"), KITH_VALUES(KITH_V(0), KITH_V("a")), 1, NULL);
        expect_sent("INSERT INTO [notes] ([id], [title], [views]) VALUES (?, ?, ?)", "0, 'a', 0");
        expect_nothing_more();
    }
}

/* A row that says no number beside one that does: DEFAULT would be 0 on MariaDB. */
static void test_sql_create_many__numbers_beside_none(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        const kith_field *const rows[] = { KITH_FIELDS(KITH_F("id", 5), KITH_F("title", "a")),
                                           KITH_FIELDS(KITH_F("title", "b")) };
        kith_create_many(db.s, &note_model, rows, 2);
        if (db.dialect == all_dialects[0])
            continue; /* a statement for each */
        expect_past("5");
        expect_each({ NULL, NULL },
                    { "INSERT INTO [notes] ([id], [title], [views]) VALUES (?, ?, ?), (DEFAULT, ?, ?) RETURNING [id], "
                      "[due]",
                      "5, 'a', 0, 'b', 0" },
                    { "INSERT INTO [notes] ([id], [title], [views]) VALUES (?, ?, ?), (NULL, ?, ?) RETURNING [id], "
                      "[due]",
                      "5, 'a', 0, 'b', 0" });
        expect_nothing_more();
    }
}

/* A failure there is the call's, and nothing was inserted. */
static void test_sql_insert__fails_with_the_numbering(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        if (!db.dialect->number_past)
            continue;
        answer_failure(KITH_E_PERMISSION);
        assert_null(kith_create(db.s, &note_model, KITH_FIELDS(KITH_F("id", 5), KITH_F("title", "a"))));
        expect_past("5");
        expect_failure(KITH_E_PERMISSION, "the mock fails");
    }
}

/* A later statement's failure undoes the earlier ones. */
static void test_sql_insert_many__undoes_all(void **state)
{
    (void)state;
    const kith_value *values = KITH_VALUES(kith_of_null(), KITH_V("a"), KITH_V(5), KITH_V("b"));
    EACH_DIALECT(MODELS)
    {
        answer_affected(1);
        answer_past();
        answer_failure(KITH_E_UNIQUE);
        assert_int_equal(kith_insert_many(db.s, &note_model, KITH_NAMES("id", "title"), values, 2, NULL), -1);
        expect_begin();
        expect_sent("INSERT INTO [notes] ([title], [views]) VALUES (?, ?)", "'a', 0");
        expect_past("5");
        expect_sent("INSERT INTO [notes] ([id], [title], [views]) VALUES (?, ?, ?)", "5, 'b', 0");
        expect_sent("ROLLBACK", "");
        expect_failure(KITH_E_UNIQUE, "the mock fails");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_create_many__inserts_few_rows_by_one_statement),
        MOCKED_TEST(test_sql_create_many__leaves_to_the_database_what_a_row_leaves_out),
        MOCKED_TEST(test_sql_create_many__sends_nothing_when_refused),
        MOCKED_TEST(test_sql_insert_many__inserts_few_rows_by_one_statement),
        MOCKED_TEST(test_sql_insert_many__completes_rows),
        MOCKED_TEST(test_sql_insert_many__inserts_many_rows),
        MOCKED_TEST(test_sql_insert_many__cuts_by_bytes),
        MOCKED_TEST(test_sql_insert_many__skips_and_updates),
        MOCKED_TEST(test_sql_insert_many__cuts_where_a_key_repeats),
        MOCKED_TEST(test_sql_insert_many__undoes_all),
        MOCKED_TEST(test_sql_insert__tells_of_numbers),
        MOCKED_TEST(test_sql_create_many__numbers_beside_none),
        MOCKED_TEST(test_sql_insert__fails_with_the_numbering),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
