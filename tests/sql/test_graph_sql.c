/* The statements of graphs, mode by mode, and those of a row that is found or created. */
#include <string.h>

#include "harness/mocked.h"
#include "sql/pugs.h"

#define NAME(v) KITH_FIELDS(KITH_F("name", (v)))
#define ID(n)   KITH_FIELDS(KITH_F("id", (n)))
#define BELOW_A_PUG(...)                                                                                               \
    kith_save(db.s, &pug_model, &(kith_node){ ID(1), .edges = KITH_EDGES(__VA_ARGS__) },                               \
              &(kith_save_opts){ .mode = KITH_EDGE_LINK })

#define expect_commit() expect_sent("COMMIT", "")

#define SELECT_PUG "SELECT [id], [name], [age], [ownerId] FROM [pugs] WHERE "
#define SELECT_TOY "SELECT [id], [name], [deletedAt], [pugId] FROM [toys] WHERE "
#define OF_JSON    "IN (SELECT value FROM json_each(?))"
#define OF_ANY     "= ANY(?::integer[])"

/* Cody is read, and locked when something of him will be written or removed. */
static void answer_cody(void)
{
    answer(KITH_VALUES(KITH_V(1), KITH_V("Cody"), KITH_V(3), kith_of_null()));
    answer_end();
}
#define expect_cody(postgres_lock, maria_lock)                                                                         \
    do {                                                                                                               \
        expect_begin();                                                                                                \
        expect_each({ SELECT_PUG "[id] = ?", "1" }, { SELECT_PUG "[id] = ?" postgres_lock, "1" },                      \
                    { SELECT_PUG "[id] = ?" maria_lock, "1" });                                                        \
    } while (0)
#define expect_locked_cody() expect_cody(" FOR NO KEY UPDATE", " FOR UPDATE")

/* Where the program says a number, PostgreSQL's own numbers are put behind it; test_bulk_sql.c has the text. */
static void answer_numbers_behind(void)
{
    if (db.dialect == all_dialects[1])
        answer_end();
}

static void expect_numbers_behind(void)
{
    if (db.dialect != all_dialects[1])
        return;
    assert_non_null(strstr(kith_mock_statement(db.mock, db.at++), "nextval"));
}

/* ---- insert --------------------------------------------------------------------------------------------------------- */

/* P34: a table has one statement, whatever the places of its rows; owners come before pugs, and links last */
static void test_sql_graph__inserts_each_table_once(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_number(5);
        answer_end();
        answer(KITH_VALUES(KITH_V(1), kith_of_null()));
        answer(KITH_VALUES(KITH_V(2), kith_of_null()));
        answer_end();
        answer(KITH_VALUES(KITH_V(7), kith_of_null()));
        answer(KITH_VALUES(KITH_V(8), kith_of_null()));
        answer_end();
        kith_record *cody = kith_save(
            db.s, &pug_model,
            &(kith_node){
                NAME("Cody"),
                .edges = KITH_EDGES({ "owner", KITH_EDGE_INSERT, .nodes = KITH_NODES({ NAME("Ann") }) },
                                    { "toys", KITH_EDGE_INSERT, .nodes = KITH_NODES({ NAME("ball") }) },
                                    { "friends", KITH_EDGE_INSERT,
                                      .nodes = KITH_NODES(
                                          { NAME("Doug"), .through = KITH_FIELDS(KITH_F("since", 2001)),
                                            .edges = KITH_EDGES({ "toys", KITH_EDGE_INSERT,
                                                                  .nodes = KITH_NODES({ NAME("bone") }) }) }) }) },
            NULL);
        expect_begin();
        expect_each({ "INSERT INTO [owners] ([name]) VALUES (?)", "'Ann'" },
                    { "INSERT INTO [owners] ([name]) VALUES (?) RETURNING [id]", "'Ann'" },
                    { "INSERT INTO [owners] ([name]) VALUES (?) RETURNING [id]", "'Ann'" });
        expect_sent("INSERT INTO [pugs] ([name], [ownerId]) VALUES (?, ?), (?, ?) RETURNING [id], [age]",
                    "'Doug', NULL, 'Cody', 5");
        expect_sent("INSERT INTO [toys] ([name], [pugId]) VALUES (?, ?), (?, ?) RETURNING [id], [deletedAt]",
                    "'bone', 1, 'ball', 2");
        expect_sent("INSERT INTO [friendship] ([since], [pugId], [friendId]) VALUES (?, ?, ?)", "2001, 2, 1");
        expect_commit();
        assert_int_equal(kith_int(cody, "id"), 2);
        expect_nothing_more();
    }
}

/* ---- link ----------------------------------------------------------------------------------------------------------- */

/* P34: linked rows are read and locked; their keys are written by one upsert of what they hold, which changes the key */
static void test_sql_graph__links_rows_that_carry_the_key(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_cody();
        answer(KITH_VALUES(KITH_V(5), KITH_V("ball"), kith_of_null(), kith_of_null()));
        answer_end();
        answer(KITH_VALUES(KITH_V(5), KITH_V("ball"), kith_of_null(), KITH_V(1)));
        assert_non_null(BELOW_A_PUG({ "toys", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(5) }) }));
        expect_cody("", "");
#define ALIVE " AND [deletedAt] IS NULL"
        expect_each({ SELECT_TOY "[id] = ?" ALIVE, "5" }, { SELECT_TOY "[id] = ?" ALIVE " FOR NO KEY UPDATE", "5" },
                    { SELECT_TOY "[id] = ?" ALIVE " FOR UPDATE", "5" });
#define WRITE_TOY "INSERT INTO [toys] ([id], [name], [deletedAt], [pugId]) VALUES (?, ?, ?, ?) ON "
#define TAKE      "CONFLICT ([id]) DO UPDATE SET [pugId] = excluded.[pugId]"
#define TAKE_MARIA                                                                                                     \
    "DUPLICATE KEY UPDATE [id] = IF([toys].[id] <=> VALUES([id]), [toys].[id], (SELECT NULL UNION ALL SELECT NULL)), " \
    "[pugId] = VALUES([pugId])"
#define GET_TOY " RETURNING [id], [name], [deletedAt], [pugId]"
        expect_each({ WRITE_TOY TAKE GET_TOY, "5, 'ball', NULL, 1" }, { WRITE_TOY TAKE GET_TOY, "5, 'ball', NULL, 1" },
                    { WRITE_TOY TAKE_MARIA GET_TOY, "5, 'ball', NULL, 1" });
        expect_commit();
        expect_nothing_more();
    }
}

#define PUT_FRIEND "INSERT INTO [friendship] ([pugId], [friendId]) VALUES (?, ?) ON "
#define KEEP       "CONFLICT ([pugId], [friendId]) DO UPDATE SET [pugId] = excluded.[pugId]"
#define KEEP_MARIA                                                                                                     \
    "DUPLICATE KEY UPDATE [pugId] = IF([friendship].[pugId] <=> VALUES([pugId]) AND [friendship].[friendId] <=> "      \
    "VALUES([friendId]), [friendship].[pugId], (SELECT NULL UNION ALL SELECT NULL))"
#define GET_FRIEND " RETURNING [since], [pugId], [friendId]"
#define expect_friend(values)                                                                                          \
    expect_each({ PUT_FRIEND KEEP GET_FRIEND, (values) }, { PUT_FRIEND KEEP GET_FRIEND, (values) },                    \
                { PUT_FRIEND KEEP_MARIA GET_FRIEND, (values) })

/* P34: rows linked by join rows are only read, those of one model and key together */
static void test_sql_graph__links_by_join_rows(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V(1), KITH_V("Cody"), KITH_V(3), kith_of_null()));
        answer(KITH_VALUES(KITH_V(2), KITH_V("Doug"), KITH_V(3), kith_of_null()));
        assert_non_null(BELOW_A_PUG({ "friends", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(2) }, { ID(2) }) }));
        expect_begin();
        expect_each({ SELECT_PUG "[id] " OF_JSON, "'[1,2]'" }, { SELECT_PUG "[id] " OF_ANY, "'{1,2}'" },
                    { SELECT_PUG "[id] IN (?, ?)", "1, 2" });
        expect_friend("1, 2");
        expect_commit();
        expect_nothing_more();
    }
}

/* ---- upsert and replace --------------------------------------------------------------------------------------------- */

#define PUT_PASSPORT "INSERT INTO [passports] ([number], [pugId]) VALUES (?, ?) ON "
#define PASS         "CONFLICT ([number]) DO UPDATE SET [pugId] = excluded.[pugId]"
#define PASS_MARIA                                                                                                     \
    "DUPLICATE KEY UPDATE [number] = IF([passports].[number] <=> VALUES([number]), [passports].[number], (SELECT "     \
    "NULL UNION ALL SELECT NULL)), [pugId] = VALUES([pugId])"
#define GET_PASSPORT " RETURNING [number], [pugId]"

/* P34: a to-one target lets go of another one first */
static void test_sql_graph__upserts_a_to_one_target(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_cody();
        assert_non_null(BELOW_A_PUG(
            { "passport", KITH_EDGE_UPSERT, .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("number", "A1")) }) }));
        expect_locked_cody();
        expect_sent("UPDATE [passports] SET [pugId] = NULL WHERE [pugId] = ? AND ([number] = ?) IS NOT TRUE",
                    "1, 'A1'");
        expect_each({ PUT_PASSPORT PASS GET_PASSPORT, "'A1', 1" }, { PUT_PASSPORT PASS GET_PASSPORT, "'A1', 1" },
                    { PUT_PASSPORT PASS_MARIA GET_PASSPORT, "'A1', 1" });
        expect_commit();
        expect_nothing_more();
    }
}

#define PUT_PUG "INSERT INTO [pugs] ([id], [name]) VALUES (?, ?) ON "
#define RENAME  "CONFLICT ([id]) DO UPDATE SET [name] = excluded.[name]"
#define RENAME_MARIA                                                                                                   \
    "DUPLICATE KEY UPDATE [id] = IF([pugs].[id] <=> VALUES([id]), [pugs].[id], (SELECT NULL UNION ALL SELECT NULL)), " \
    "[name] = VALUES([name])"
#define GET_PUG " RETURNING [id], [name], [age], [ownerId]"

/* P34: replacing join rows takes one DELETE and one upsert */
static void test_sql_graph__replaces_join_rows(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer_cody();
        answer_numbers_behind();
        answer(KITH_VALUES(KITH_V(2), KITH_V("Doug"), KITH_V(3), kith_of_null()));
        assert_non_null(BELOW_A_PUG({ "friends", KITH_EDGE_REPLACE,
                                      .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("id", 2), KITH_F("name", "Doug")) }) }));
        expect_locked_cody();
        expect_numbers_behind();
        expect_each({ PUT_PUG RENAME GET_PUG, "2, 'Doug'" }, { PUT_PUG RENAME GET_PUG, "2, 'Doug'" },
                    { PUT_PUG RENAME_MARIA GET_PUG, "2, 'Doug'" });
        expect_sent("DELETE FROM [friendship] WHERE [pugId] = ? AND ([pugId] = ? AND [friendId] = ?) IS NOT TRUE",
                    "1, 1, 2");
        expect_friend("1, 2");
        expect_commit();
        expect_nothing_more();
    }
}

/* Nothing can be linked to a row that is new, so nothing is let go */
static void test_sql_graph__replaces_nothing_of_a_new_row(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        answer(KITH_VALUES(KITH_V(1), kith_of_null(), kith_of_null()));
        assert_non_null(kith_save(db.s, &pug_model,
                                  &(kith_node){ NAME("Cody"), .edges = KITH_EDGES({ "toys", KITH_EDGE_REPLACE },
                                                                                  { "tags", KITH_EDGE_REPLACE }) },
                                  NULL));
        expect_begin();
        expect_sent("INSERT INTO [pugs] ([name]) VALUES (?) RETURNING [id], [age], [ownerId]", "'Cody'");
        expect_commit();
        expect_nothing_more();
    }
}

/* ---- the plan ------------------------------------------------------------------------------------------------------- */

/* P34: the steps in their order, without a statement */
static void test_sql_graph__shows_the_plan(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const char *plan = kith_save_plan(
            db.s, &pug_model,
            KITH_NODES(
                { ID(1), .edges = KITH_EDGES({ "owner", KITH_EDGE_INSERT, .nodes = KITH_NODES({ NAME("Ann") }) },
                                             { "toys", KITH_EDGE_REPLACE,
                                               .nodes = KITH_NODES({ ID(2) }, { KITH_FIELDS(KITH_F("id", 3),
                                                                                            KITH_F("name", "x")) }) },
                                             { "friends", KITH_EDGE_LINK, .nodes = KITH_NODES({ ID(4) }, { ID(5) }) },
                                             { "tags", KITH_EDGE_REPLACE }) }),
            &(kith_save_opts){ .mode = KITH_EDGE_LINK });
        assert_string_equal(plan, "1. read pugs by id: 3 rows\n"
                                  "2. insert owners: 1 row\n"
                                  "3. give keys to pugs by id: 1 row\n"
                                  "4. release other toys: 1 source\n"
                                  "5. upsert toys by id: 1 row\n"
                                  "6. upsert toys by id: 1 row\n"
                                  "7. unlink other pugTags: 1 source\n"
                                  "8. link friendship: 2 rows\n");
        expect_nothing_more();
    }
}

/* ---- many ----------------------------------------------------------------------------------------------------------- */

enum { MANY = 1000 };

/* P34: 1,000 rows of a table are one statement for each mode, and on PostgreSQL one more where they say numbers */
static void test_sql_graph__many_rows_in_one_statement(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        static kith_node nodes[MANY + 1];
        static kith_field fields[2 * MANY];
        const size_t numbered = db.dialect == all_dialects[1] ? 4 : 3;
        answer_numbers_behind();
        for (int i = 0; i < MANY; i++) {
            fields[2 * i] = (kith_field){ "id", KITH_V(i + 1) };
            fields[2 * i + 1] = (kith_field){ .value = KITH_END_VALUE_ };
            nodes[i] = (kith_node){ .fields = &fields[2 * i] };
            answer(KITH_VALUES(KITH_V(i + 1), kith_of_null(), kith_of_null(), kith_of_null()));
        }
        nodes[MANY] = (kith_node)KITH_NODE_END;
        assert_non_null(kith_save_many(db.s, &toy_model, nodes, &(kith_save_opts){ .mode = KITH_EDGE_UPSERT }));
        assert_int_equal(kith_mock_count(db.mock), numbered);
        kith_mock_clear(db.mock);
        assert_non_null(kith_save_many(db.s, &toy_model, nodes, NULL));
        assert_int_equal(kith_mock_count(db.mock), numbered);
        kith_mock_clear(db.mock);
        for (int i = 0; i < MANY; i++)
            answer(KITH_VALUES(KITH_V(i + 1), kith_of_null(), kith_of_null(), kith_of_null()));
        assert_non_null(kith_save_many(db.s, &toy_model, nodes, &(kith_save_opts){ .mode = KITH_EDGE_LINK }));
        assert_int_equal(kith_mock_count(db.mock), 3);
        kith_mock_clear(db.mock);
    }
}

/* ---- find or create ------------------------------------------------------------------------------------------------- */

#define FIND  "SELECT [number], [pugId] FROM [passports] WHERE [number] = ?"
#define ADD   "INSERT INTO [passports] ([number]) VALUES (?) ON "
#define LEAVE "CONFLICT ([number]) DO NOTHING"
#define LEAVE_MARIA                                                                                                    \
    "DUPLICATE KEY UPDATE [number] = IF(@kith_met := [passports].[number] <=> VALUES([number]), "                      \
    "[passports].[number], "                                                                                           \
    "(SELECT NULL UNION ALL SELECT NULL))"
#define WAS_INSERTED ", IF(@kith_met, @kith_met := 0, 1)"

static void answer_added(bool added)
{
    if (db.dialect == all_dialects[2])
        answer(KITH_VALUES(KITH_V("A1"), kith_of_null(), KITH_V(added ? 1 : 0)));
    else if (added)
        answer(KITH_VALUES(KITH_V("A1"), kith_of_null()));
    answer_end();
}

#define expect_added()                                                                                                 \
    expect_each({ ADD LEAVE GET_PASSPORT, "'A1'" }, { ADD LEAVE GET_PASSPORT, "'A1'" },                                \
                { ADD LEAVE_MARIA GET_PASSPORT WAS_INSERTED, "'A1'" })

/* P36: what is not found is inserted unless it has come in between; then it is read once more, as it is now */
static void test_sql_ensure__finds_or_creates(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_field *key = KITH_FIELDS(KITH_F("number", "A1"));
        bool created = false;
        answer_end();
        answer_added(true);
        assert_non_null(kith_find_or_create(db.s, &passport_model, key, NULL, &created));
        assert_true(created);
        expect_sent(FIND, "'A1'");
        expect_added();
        answer_end();
        answer_added(false);
        answer(KITH_VALUES(KITH_V("A1"), KITH_V(7)));
        answer_end();
        kith_record *found = kith_find_or_create(db.s, &passport_model, key, NULL, &created);
        assert_false(created);
        assert_int_equal(kith_int(found, "pugId"), 7);
        expect_sent(FIND, "'A1'");
        expect_added();
        expect_each({ FIND, "'A1'" }, { FIND " FOR NO KEY UPDATE", "'A1'" }, { FIND " FOR UPDATE", "'A1'" });
        expect_nothing_more();
    }
}

/* A row that others create and delete all the time is given up, and the call may be run again */
static void test_sql_ensure__gives_up(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        for (int i = 0; i < 10; i++) {
            answer_end();
            answer_added(false);
        }
        assert_null(kith_find_or_create(db.s, &passport_model, KITH_FIELDS(KITH_F("number", "A1")), NULL, NULL));
        assert_int_equal(kith_mock_count(db.mock), 20);
        assert_int_equal(kith_error_of(db.s)->status, KITH_E_BUSY);
        kith_clear(db.s);
        kith_mock_clear(db.mock);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_graph__inserts_each_table_once),
        MOCKED_TEST(test_sql_graph__links_rows_that_carry_the_key),
        MOCKED_TEST(test_sql_graph__links_by_join_rows),
        MOCKED_TEST(test_sql_graph__upserts_a_to_one_target),
        MOCKED_TEST(test_sql_graph__replaces_join_rows),
        MOCKED_TEST(test_sql_graph__replaces_nothing_of_a_new_row),
        MOCKED_TEST(test_sql_graph__shows_the_plan),
        MOCKED_TEST(test_sql_graph__many_rows_in_one_statement),
        MOCKED_TEST(test_sql_ensure__finds_or_creates),
        MOCKED_TEST(test_sql_ensure__gives_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
