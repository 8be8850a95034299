/* The statements of associations to one of several models: the tables, one SELECT for each model, key and name written
 * together. */
#include "harness/mocked.h"

static const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
};
static const kith_model cat_model = {
    .name = "cat",
    .no_timestamps = true,
    .paranoid = true,
};
static const kith_model note_model = {
    .name = "note",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "topic", .targets = KITH_MODELS(&pug_model, &cat_model) }),
};
#define MODELS      KITH_MODELS(&pug_model, &cat_model, &note_model)
#define NOTE(t)     t ".[id], " t ".[topicId], " t ".[topicType]"
#define NO_VALUE    kith_of_null()
#define CAT(t)      t ".[id], " t ".[deletedAt]"
#define ALL_NOTES   "SELECT " NOTE("t0") " FROM [notes] t0"
#define IN_PUGS     "SELECT t0.[id], t0.[name] FROM [pugs] t0 WHERE "
#define IN_CATS     "SELECT " CAT("t0") " FROM [cats] t0 WHERE "
#define NOT_DELETED " AND t0.[deletedAt] IS NULL"

static kith_record *note(kith_value key, kith_value type)
{
    return found(&note_model, KITH_VALUES(KITH_V(5), key, type));
}

static void answer_note(int64_t id, kith_value key, kith_value type)
{
    answer(KITH_VALUES(KITH_V(id), key, type));
}

/* P22: a statement for each model that occurs, with the keys of its rows, each once */
static void test_sql_alternatives__include(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer_note(1, KITH_V(7), KITH_V("pug"));
        answer_note(2, KITH_V(7), KITH_V("cat"));
        answer_note(3, KITH_V(8), KITH_V("pug"));
        answer_note(4, NO_VALUE, NO_VALUE);
        answer_note(5, KITH_V(7), KITH_V("pug"));
        answer_end();
        answer(KITH_VALUES(KITH_V(7), KITH_V("Cody")));
        answer_end();
        answer(KITH_VALUES(KITH_V(7), NO_VALUE));
        kith_list *list = kith_find(db.s, &note_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "topic" }) });
        assert_non_null(list);
        expect_sent(ALL_NOTES, "");
        expect_each({ IN_PUGS "t0.[id] IN (SELECT value FROM json_each(?))", "'[7,8]'" },
                    { IN_PUGS "t0.[id] = ANY(?::integer[])", "'{7,8}'" }, { IN_PUGS "t0.[id] IN (?, ?)", "7, 8" });
        expect_each({ IN_CATS "t0.[id] = ?" NOT_DELETED, "7" }, { IN_CATS "t0.[id] = ?" NOT_DELETED, "7" },
                    { IN_CATS "t0.[id] = ?" NOT_DELETED, "7" });
        expect_nothing_more();
        assert_ptr_equal(kith_model_of(kith_one(list->at[0], "topic")), &pug_model);
        assert_ptr_equal(kith_model_of(kith_one(list->at[1], "topic")), &cat_model);
        assert_null(kith_one(list->at[2], "topic"));
        assert_null(kith_one(list->at[3], "topic"));
        assert_ptr_equal(kith_one(list->at[4], "topic"), kith_one(list->at[0], "topic"));
    }
}

/* P22: without rows that have a topic there is nothing to ask for; one that is required is asked for in the first */
static void test_sql_alternatives__include_one_model(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer_note(4, NO_VALUE, NO_VALUE);
        answer_note(5, KITH_V(7), KITH_V("cat"));
        kith_include pugs = { .as = "topic", .model = &pug_model, .where = KITH_EQ("name", "Cody") };
        assert_non_null(kith_find(db.s, &note_model, &(kith_query){ .include = (kith_include[]){ pugs, { 0 } } }));
        expect_sent(ALL_NOTES, "");
        expect_nothing_more();
        pugs.required = KITH_YES;
        assert_non_null(kith_find(db.s, &note_model, &(kith_query){ .include = (kith_include[]){ pugs, { 0 } } }));
        expect_sent(ALL_NOTES
                    " WHERE EXISTS (SELECT 1 FROM [pugs] t1 WHERE t1.[id] = t0.[topicId] AND t0.[topicType] = ? "
                    "AND t1.[name] = ?)",
                    "'pug', 'Cody'");
        expect_nothing_more();
    }
}

/* P22: get, has and count ask the table of the model that the row names; without one they ask nothing */
static void test_sql_alternatives__reads_one(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *about = note(KITH_V(7), KITH_V("pug")), *none = note(NO_VALUE, NO_VALUE);
        assert_non_null(kith_get(db.s, about, "topic", NULL));
        expect_sent(IN_PUGS "t0.[id] = ?", "7");
        assert_non_null(kith_get(db.s, none, "topic", &(kith_query){ .where = KITH_EQ("name", "x") }));
        answer(KITH_VALUES(KITH_V(1)));
        assert_int_equal(kith_count_related(db.s, about, "topic"), 1);
        expect_sent("SELECT COUNT(*) FROM [pugs] t0 WHERE t0.[id] = ?", "7");
        kith_record *cat = found(&cat_model, KITH_VALUES(KITH_V(7), NO_VALUE));
        assert_int_equal(kith_has(db.s, about, "topic", KITH_REFS({ cat })), 0);
        expect_nothing_more();
    }
}

/* P22: key and name in one UPDATE */
static void test_sql_alternatives__set(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *none = note(NO_VALUE, NO_VALUE);
        kith_record *cat = found(&cat_model, KITH_VALUES(KITH_V(7), NO_VALUE));
        answer(KITH_VALUES(KITH_V(7), NO_VALUE));
        answer_end();
        answer_affected(1);
        assert_non_null(kith_set(db.s, none, "topic", KITH_REFS({ cat }), NULL));
        expect_begin();
        expect_sent("SELECT [id], [deletedAt] FROM [cats] WHERE [id] = ? AND [deletedAt] IS NULL", "7");
        expect_sent("UPDATE [notes] SET [topicId] = ?, [topicType] = ? WHERE [id] = ?", "7, 'cat', 5");
        expect_sent("COMMIT", "");
        answer_affected(1);
        assert_int_equal(kith_remove(db.s, none, "topic", KITH_REFS({ cat })), 1);
        expect_sent("UPDATE [notes] SET [topicId] = ?, [topicType] = ? WHERE [id] = ?", "NULL, NULL, 5");
        expect_nothing_more();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_alternatives__include),
        MOCKED_TEST(test_sql_alternatives__include_one_model),
        MOCKED_TEST(test_sql_alternatives__reads_one),
        MOCKED_TEST(test_sql_alternatives__set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
