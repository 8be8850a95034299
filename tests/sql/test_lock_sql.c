/* The statements of finds that lock the rows they find. */
#include "harness/mocked.h"
#include "sql/pugs.h"

#define NAMES "SELECT t0.[name], t0.[id] FROM [pugs] t0"

static void begin(void)
{
    kith_begin(db.s);
    expect_begin();
}

static void end(void)
{
    kith_commit(db.s);
    expect_sent("COMMIT", "");
    expect_nothing_more();
}

static void lock_names(kith_lock lock, kith_locked locked)
{
    const kith_query q = { .attributes = KITH_NAMES("name"), .lock = lock, .locked = locked };
    assert_non_null(kith_find(db.s, &pug_model, &q));
}

/* SQLite's writing transaction has locked everything already. */
static void test_sql_lock__every_kind(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        begin();
        lock_names(KITH_LOCK_UPDATE, KITH_LOCKED_WAIT);
        expect_each({ NAMES, "" }, { NAMES " FOR UPDATE OF t0", "" }, { NAMES " FOR UPDATE", "" });
        lock_names(KITH_LOCK_UPDATE, KITH_LOCKED_SKIP);
        expect_each({ NAMES, "" }, { NAMES " FOR UPDATE OF t0 SKIP LOCKED", "" },
                    { NAMES " FOR UPDATE SKIP LOCKED", "" });
        lock_names(KITH_LOCK_UPDATE, KITH_LOCKED_FAIL);
        expect_each({ NAMES, "" }, { NAMES " FOR UPDATE OF t0 NOWAIT", "" }, { NAMES " FOR UPDATE NOWAIT", "" });
        lock_names(KITH_LOCK_SHARE, KITH_LOCKED_WAIT);
        expect_each({ NAMES, "" }, { NAMES " FOR SHARE OF t0", "" }, { NAMES " LOCK IN SHARE MODE", "" });
        lock_names(KITH_LOCK_SHARE, KITH_LOCKED_FAIL);
        expect_each({ NAMES, "" }, { NAMES " FOR SHARE OF t0 NOWAIT", "" }, { NAMES " LOCK IN SHARE MODE NOWAIT", "" });
        end();
    }
}

/* Behind the page; of the root's table only, not of what is joined or comes by a statement of its own. */
static void test_sql_lock__of_the_root(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        begin();
        answer(KITH_VALUES(KITH_V("Cody"), KITH_V(1), kith_of_null(), kith_of_null()));
        const kith_query q = { .attributes = KITH_NAMES("name"),
                               .limit = 1,
                               .lock = KITH_LOCK_UPDATE,
                               .include = KITH_INCLUDE({ .as = "owner", .attributes = KITH_NO_NAMES },
                                                       { .as = "toys", .attributes = KITH_NO_NAMES }) };
        assert_non_null(kith_find(db.s, &pug_model, &q));
#define PAGE                                                                                                           \
    "SELECT t0.[name], t0.[id], t1.[id] FROM [pugs] t0 LEFT JOIN [owners] t1 ON t1.[id] = t0.[ownerId] ORDER BY "      \
    "t0.[id] LIMIT ?"
        expect_each({ PAGE, "1" }, { PAGE " FOR UPDATE OF t0", "1" }, { PAGE " FOR UPDATE", "1" });
        expect_sent("SELECT t0.[id], t0.[pugId] FROM [toys] t0 WHERE t0.[pugId] = ? AND t0.[deletedAt] IS NULL", "1");
        end();
    }
}

/* Through a join table the targets are locked, not the links. */
static void test_sql_lock__of_targets(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = found(&pug_model, KITH_VALUES(KITH_V(1), KITH_V("Cody"), KITH_V(3), kith_of_null()));
        const kith_query q = { .attributes = KITH_NO_NAMES, .lock = KITH_LOCK_SHARE };
        begin();
        assert_non_null(kith_get(db.s, cody, "friends", &q));
#define FRIENDS(join)                                                                                                  \
    "SELECT " FRIENDSHIP("t0") ", t1.[id] FROM [friendship] t0 " join                                                  \
                               " [pugs] t1 ON t1.[id] = t0.[friendId] WHERE t0.[pugId] = ?"
        expect_each({ FRIENDS("CROSS JOIN"), "1" }, { FRIENDS("JOIN") " FOR SHARE OF t1", "1" },
                    { FRIENDS("STRAIGHT_JOIN") " LOCK IN SHARE MODE", "1" });
        end();
    }
}

static void test_sql_lock__refused_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *const pugs[] = { found(&pug_model, KITH_VALUES(KITH_V(1), KITH_V("A"), KITH_V(3), kith_of_null())),
                                      found(&pug_model,
                                            KITH_VALUES(KITH_V(2), KITH_V("B"), KITH_V(3), kith_of_null())) };
        const kith_query lock = { .lock = KITH_LOCK_UPDATE }, first = { .lock = KITH_LOCK_UPDATE, .limit = 1 };
        assert_null(kith_find(db.s, &pug_model, &lock));
        expect_failure(KITH_E_USAGE, "a lock lasts until its transaction ends, and there is none");
        assert_null(kith_get(db.s, pugs[0], "toys", &lock));
        expect_failure(KITH_E_USAGE, "and there is none");
        assert_null(kith_find(db.s, &pug_model, &(kith_query){ .locked = KITH_LOCKED_SKIP }));
        expect_failure(KITH_E_USAGE, "so it needs a .lock");
        assert_null(kith_find(db.s, &pug_model, &(kith_query){ .lock = (kith_lock)3 }));
        expect_failure(KITH_E_USAGE, "there is no .lock 3");
        assert_null(kith_find(db.s, &pug_model, &(kith_query){ .lock = KITH_LOCK_SHARE, .locked = (kith_locked)3 }));
        expect_failure(KITH_E_USAGE, "there is no .locked 3");
        assert_int_equal(kith_count(db.s, &pug_model, &lock), -1);
        expect_failure(KITH_E_USAGE, "a count returns no rows");
        begin();
        assert_null(kith_get_each(db.s, &pug_model, pugs, 2, "toys", &first));
        expect_failure(KITH_E_UNSUPPORTED, "cannot be locked with a limit or offset for each");
        kith_rollback(db.s);
        expect_sent("ROLLBACK", "");
        begin();
        assert_null(kith_find(db.s, &pug_model,
                              &(kith_query){ .lock = KITH_LOCK_UPDATE,
                                             .include = KITH_INCLUDE({ .as = "toys", .strategy = KITH_JOIN }) }));
        expect_failure(KITH_E_UNSUPPORTED, "leave out .strategy = KITH_JOIN");
        kith_rollback(db.s);
        expect_sent("ROLLBACK", "");
        expect_nothing_more();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_lock__every_kind),
        MOCKED_TEST(test_sql_lock__of_the_root),
        MOCKED_TEST(test_sql_lock__of_targets),
        MOCKED_TEST(test_sql_lock__refused_before_any_sql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
