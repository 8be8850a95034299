/* The statements of the association verbs for many sources. What they share with the verbs for one is in
 * test_link_sql.c. */
#include "harness/mocked.h"
#include "sql/pugs.h"

static kith_record *pug(int64_t id)
{
    return found(&pug_model, KITH_VALUES(KITH_V(id), KITH_V("Cody"), KITH_V(3), kith_of_null()));
}

#define ONE_EACH(a, b)                                                                                                 \
    const kith_links links[] = { { a, KITH_REFS({ .key = KITH_V(3) }) }, { b, KITH_REFS({ .key = KITH_V(4) }) } }

/* Sources with the same key are one. */
static void test_sql_each__get_and_count(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *const sources[] = { pug(1), pug(2), pug(1) };
        assert_non_null(
            kith_get_each(db.s, &pug_model, sources, 3, "toys", &(kith_query){ .attributes = KITH_NAMES("name") }));
#define TOYS "SELECT t0.[name], t0.[id], t0.[pugId] FROM [toys] t0 WHERE t0.[pugId] "
        expect_each({ TOYS "IN (SELECT value FROM json_each(?)) AND t0.[deletedAt] IS NULL", "'[1,2]'" },
                    { TOYS "= ANY(?::integer[]) AND t0.[deletedAt] IS NULL", "'{1,2}'" },
                    { TOYS "IN (?, ?) AND t0.[deletedAt] IS NULL", "1, 2" });
        assert_non_null(kith_count_each(db.s, &pug_model, sources, 3, "friends"));
#define FRIENDS "SELECT t1.[pugId], COUNT(*) FROM [friendship] t1 JOIN [pugs] t0 ON t0.[id] = t1.[friendId] WHERE "
        expect_each({ FRIENDS "t1.[pugId] IN (SELECT value FROM json_each(?)) GROUP BY t1.[pugId]", "'[1,2]'" },
                    { FRIENDS "t1.[pugId] = ANY(?::integer[]) GROUP BY t1.[pugId]", "'{1,2}'" },
                    { FRIENDS "t1.[pugId] IN (?, ?) GROUP BY t1.[pugId]", "1, 2" });
        expect_nothing_more();
    }
}

/* Pairs of keys name the links. */
static void test_sql_each__has_and_remove(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        ONE_EACH(pug(1), pug(2));
        assert_non_null(kith_has_each(db.s, &pug_model, links, 2, "friends"));
#define HAVE                                                                                                           \
    "SELECT t1.[pugId], t0.[id] FROM [friendship] t1 JOIN [pugs] t0 ON t0.[id] = t1.[friendId] WHERE (t1.[pugId], "    \
    "t0.[id]) IN "
#define JSON_PAIRS "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))"
        expect_each({ HAVE JSON_PAIRS, "'[[1,3],[2,4]]'" },
                    { HAVE "(SELECT * FROM unnest(?::integer[], ?::integer[]))", "'{1,2}', '{3,4}'" },
                    { HAVE "((?, ?), (?, ?))", "1, 3, 2, 4" });
        answer_affected(2);
        assert_int_equal(kith_remove_each(db.s, &pug_model, links, 2, "friends"), 2);
#define REMOVE "DELETE FROM [friendship] WHERE ([pugId], [friendId]) IN "
        expect_each({ REMOVE JSON_PAIRS, "'[[1,3],[2,4]]'" },
                    { REMOVE "(SELECT * FROM unnest(?::integer[], ?::integer[]))", "'{1,2}', '{3,4}'" },
                    { REMOVE "((?, ?), (?, ?))", "1, 3, 2, 4" });
        expect_nothing_more();
    }
}

/* Sources are locked in the order of their keys; what there was of all of them is read by one statement. */
static void test_sql_each__set(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_links links[] = { { pug(1), KITH_NO_REFS }, { pug(2), KITH_REFS({ .key = KITH_V(4) }) } };
        const bool locks = (db.dialect->can & CAN_LOCK_ROWS) != 0;
        if (locks)
            answer_affected(0);
        answer(KITH_VALUES(kith_of_null(), KITH_V(1), KITH_V(3)));
        answer(KITH_VALUES(kith_of_null(), KITH_V(2), KITH_V(4)));
        answer_end();
        kith_list *set = kith_set_each(db.s, &pug_model, links, 2, "friends", NULL);
        assert_non_null(set);
        assert_int_equal(set->count, 1);
        expect_begin();
#define LOCK(among) "SELECT 1 FROM [pugs] WHERE [id] " among " ORDER BY [id] FOR "
        expect_each({ 0 }, { LOCK("= ANY(?::integer[])") "NO KEY UPDATE", "'{1,2}'" },
                    { LOCK("IN (?, ?)") "UPDATE", "1, 2" });
#define READ "SELECT [since], [pugId], [friendId] FROM [friendship] WHERE [pugId] "
        expect_each({ READ "IN (SELECT value FROM json_each(?))", "'[1,2]'" },
                    { READ "= ANY(?::integer[])", "'{1,2}'" }, { READ "IN (?, ?)", "1, 2" });
        expect_sent("DELETE FROM [friendship] WHERE [pugId] = ? AND [friendId] = ?", "1, 3");
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_each__get_and_count),
        MOCKED_TEST(test_sql_each__has_and_remove),
        MOCKED_TEST(test_sql_each__set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
