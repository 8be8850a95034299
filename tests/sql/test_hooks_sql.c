/* The statements of verbs whose models have hooks: a transaction, and where links are told apart, one look at them; never
 * a statement for each row. Without a hook that could run, the statements are the same as ever (the other tests here). */
#include "harness/mocked.h"

extern const kith_model pug_model, toy_model;

static bool agrees(kith_session *s, kith_hook_call *call, void *ctx)
{
    (void)s;
    (void)call;
    (void)ctx;
    return true;
}

static bool refuses(kith_session *s, kith_hook_call *call, void *ctx)
{
    (void)s;
    (void)ctx;
    return kith_hook_refuse(call, NULL, "no");
}

static const kith_model friendship_model = {
    .name = "friendship",
    .table = "friendship",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "since", .type = KITH_INTEGER }),
    .hooks = KITH_HOOKS({ KITH_BEFORE_CREATE, agrees }, { KITH_AFTER_UPDATE, agrees }, { KITH_AFTER_DESTROY, agrees }),
};
const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &toy_model },
                          { KITH_BELONGS_TO_MANY, &pug_model, .as = "friends", .through_model = &friendship_model }),
    .hooks = KITH_HOOKS({ KITH_AFTER_CREATE, agrees }, { KITH_BEFORE_DESTROY, refuses }),
};
const kith_model toy_model = {
    .name = "toy",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &pug_model }),
    .hooks = KITH_HOOKS({ KITH_BEFORE_BULK_UPDATE, agrees }),
};
#define MODELS KITH_MODELS(&pug_model, &toy_model, &friendship_model)

static kith_record *pug(int64_t id)
{
    return found(&pug_model, KITH_VALUES(KITH_V(id), KITH_V("Cody")));
}

static void expect_insert(void)
{
    expect_each({ "INSERT INTO [pugs] ([name]) VALUES (?)", "'Cody'" },
                { "INSERT INTO [pugs] ([name]) VALUES (?) RETURNING [id]", "'Cody'" },
                { "INSERT INTO [pugs] ([name]) VALUES (?) RETURNING [id]", "'Cody'" });
}

/* ---- rows ----------------------------------------------------------------------------------------------------------- */

static void test_sql_hooks__one_row_is_written_in_a_transaction(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer_number(7);
        assert_non_null(kith_create(db.s, &pug_model, KITH_FIELDS(KITH_F("name", "Cody"))));
        expect_begin();
        expect_insert();
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

static void test_sql_hooks__inside_a_transaction_it_is_a_savepoint(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        answer_number(7);
        kith_begin(db.s);
        assert_non_null(kith_create(db.s, &pug_model, KITH_FIELDS(KITH_F("name", "Cody"))));
        kith_commit(db.s);
        expect_begin();
        expect_sent("SAVEPOINT k2", "");
        expect_insert();
        expect_sent("RELEASE SAVEPOINT k2", "");
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

/* The model has hooks, but none of an update; and bulk hooks are not those of one row. */
static void test_sql_hooks__other_hooks_cost_nothing(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *cody = pug(1);
        kith_record *ball = found(&toy_model, KITH_VALUES(KITH_V(5), KITH_V("ball"), KITH_V(1)));
        answer_affected(1);
        answer_affected(1);
        assert_true(kith_update(db.s, cody, KITH_FIELDS(KITH_F("name", "Kody"))));
        expect_sent("UPDATE [pugs] SET [name] = ? WHERE [id] = ?", "'Kody', 1");
        assert_true(kith_update(db.s, ball, KITH_FIELDS(KITH_F("name", "bone"))));
        expect_sent("UPDATE [toys] SET [name] = ? WHERE [id] = ?", "'bone', 5");
        expect_nothing_more();
    }
}

static void test_sql_hooks__refused_before_any_row(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        assert_false(kith_destroy(db.s, pug(1)));
        expect_begin();
        expect_sent("ROLLBACK", "");
        expect_failure(KITH_E_VALIDATION, "pug: no");
    }
}

/* ---- links ---------------------------------------------------------------------------------------------------------- */

#define LINKS "SELECT [since], [pugId], [friendId] FROM [friendship] WHERE [pugId] = ?"

static kith_record *answered_pug(void)
{
    kith_record *cody = pug(1);
    if (db.dialect->can & CAN_LOCK_ROWS)
        answer_affected(0); /* the pug */
    answer(KITH_VALUES(KITH_V(2001), KITH_V(1), KITH_V(2)));
    answer_end();
    return cody;
}

static void expect_look(void)
{
    expect_each({ NULL }, { "SELECT 1 FROM [pugs] WHERE [id] = ? FOR NO KEY UPDATE", "1" },
                { "SELECT 1 FROM [pugs] WHERE [id] = ? FOR UPDATE", "1" });
    expect_each({ NULL }, { "SAVEPOINT k2", "" }, { "SAVEPOINT k2", "" });
    expect_each({ LINKS " AND [friendId] IN (SELECT value FROM json_each(?))", "1, '[2,3,4]'" },
                { LINKS " AND [friendId] = ANY(?::integer[]) FOR NO KEY UPDATE", "1, '{2,3,4}'" },
                { LINKS " AND [friendId] IN (?, ?, ?) FOR UPDATE", "1, 2, 3, 4" });
}

static void expect_end(void)
{
    expect_each({ NULL }, { "RELEASE SAVEPOINT k2", "" }, { "RELEASE SAVEPOINT k2", "" });
    expect_sent("COMMIT", "");
    expect_nothing_more();
}

/* The link to 2 is confirmed and not written; those to 3 and 4 are new, by one statement. */
static void test_sql_hooks__add_looks_first(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *cody = answered_pug();
        answer(KITH_VALUES(kith_of_null()));
        answer(KITH_VALUES(kith_of_null()));
        assert_non_null(kith_add(db.s, cody, "friends",
                                 KITH_REFS({ .key = KITH_V(2) }, { .key = KITH_V(3) }, { .key = KITH_V(4) }), NULL));
        expect_begin();
        expect_look();
        expect_sent("INSERT INTO [friendship] ([pugId], [friendId]) VALUES (?, ?), (?, ?) RETURNING [since]",
                    "1, 3, 1, 4");
        expect_end();
    }
}

static void test_sql_hooks__has_many_is_one_update(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *cody = pug(1);
        answer(KITH_VALUES(KITH_V(5), KITH_V("ball"), kith_of_null()));
        answer(KITH_VALUES(KITH_V(6), KITH_V("bone"), kith_of_null()));
        answer_end();
        answer_affected(2);
        assert_non_null(kith_add(db.s, cody, "toys", KITH_REFS({ .key = KITH_V(5) }, { .key = KITH_V(6) }), NULL));
        expect_begin();
        db.at++; /* the look at the targets */
        expect_each({ "UPDATE [toys] SET [pugId] = ? WHERE [id] IN (SELECT value FROM json_each(?))", "1, '[5,6]'" },
                    { "UPDATE [toys] SET [pugId] = ? WHERE [id] = ANY(?::integer[])", "1, '{5,6}'" },
                    { "UPDATE [toys] SET [pugId] = ? WHERE [id] IN (?, ?)", "1, 5, 6" });
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_hooks__one_row_is_written_in_a_transaction),
        MOCKED_TEST(test_sql_hooks__inside_a_transaction_it_is_a_savepoint),
        MOCKED_TEST(test_sql_hooks__other_hooks_cost_nothing),
        MOCKED_TEST(test_sql_hooks__refused_before_any_row),
        MOCKED_TEST(test_sql_hooks__add_looks_first),
        MOCKED_TEST(test_sql_hooks__has_many_is_one_update),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
