/* The statements of pages that begin at a cursor. */
#include <string.h>

#include "harness/mocked.h"
#include "sql/pugs.h"

static kith_page page;

#define find_page(m, q, ...)                                                                                           \
    do {                                                                                                               \
        if (!kith_find_page(db.s, (m), (q), &(kith_page_opts){ __VA_ARGS__ }, &page))                                  \
            fail_msg("%s", kith_error_of(db.s)->message);                                                              \
    } while (0)

#define FROM_PUGS " FROM [pugs] t0"

/* One row more than asked for is read; what the rows are sorted by is selected behind all else. */
static void test_sql_page__first(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_query q = { .attributes = KITH_NAMES("age"), .order = KITH_ORDER({ "name", .desc = true }) };
        find_page(&pug_model, &q, .size = 2);
        expect_sent("SELECT t0.[age], t0.[id], t0.[name], t0.[id]" FROM_PUGS
                    " ORDER BY t0.[name] DESC, t0.[id] LIMIT ?",
                    "3");
        assert_null(page.first);
        assert_null(page.last);
        assert_false(page.more_before || page.more_after);
        assert_int_equal(page.total, -1);
        find_page(&pug_model, NULL, .size = 1);
        expect_sent("SELECT " PUG("t0") ", t0.[id]" FROM_PUGS " ORDER BY t0.[id] LIMIT ?", "2");
        expect_nothing_more();
    }
}

/* Behind one key a plain comparison does. */
static void test_sql_page__by_the_key(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_query q = { .attributes = KITH_NO_NAMES, .where = KITH_EQ("age", 3) };
        answer(KITH_VALUES(KITH_V(5), KITH_V(5)));
        answer(KITH_VALUES(KITH_V(7), KITH_V(7)));
        find_page(&pug_model, &q, .size = 1);
        expect_sent("SELECT t0.[id], t0.[id]" FROM_PUGS " WHERE t0.[age] = ? ORDER BY t0.[id] LIMIT ?", "3, 2");
        assert_int_equal(page.list->count, 1);
        assert_true(page.more_after && !page.more_before);
        const char *cursor = page.last;
        find_page(&pug_model, &q, .size = 1, .after = cursor);
        expect_sent("SELECT t0.[id], t0.[id]" FROM_PUGS " WHERE t0.[age] = ? AND t0.[id] > ? ORDER BY t0.[id] LIMIT ?",
                    "3, 5, 2");
        assert_string_equal(page.last, cursor);
        assert_null(page.first);
        assert_true(page.more_before && !page.more_after);
        find_page(&pug_model, &q, .size = 1, .before = cursor);
        expect_sent("SELECT t0.[id], t0.[id]" FROM_PUGS
                    " WHERE t0.[age] = ? AND t0.[id] < ? ORDER BY t0.[id] DESC LIMIT ?",
                    "3, 5, 2");
        assert_true(page.more_after && !page.more_before);
        expect_nothing_more();
    }
}

/* The cursor of a page with one row, whose order has these values. */
static const char *cursor_of(const kith_query *q, const kith_value *row)
{
    answer(row);
    find_page(&pug_model, q, .size = 1);
    db.at++;
    return page.last;
}

#define SELECT_NAMES "SELECT t0.[id], t0.[name], t0.[id]" FROM_PUGS
#define SELECT_AGES  "SELECT t0.[id], t0.[age], t0.[id]" FROM_PUGS

/* The first order is compared once more, apart, for an index to begin at. */
static void test_sql_page__two_orders(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_query q = { .attributes = KITH_NO_NAMES, .order = KITH_ORDER({ "name" }) };
        const char *cursor = cursor_of(&q, KITH_VALUES(KITH_V(5), KITH_V("Cody"), KITH_V(5)));
        find_page(&pug_model, &q, .size = 9, .after = cursor);
        expect_sent(SELECT_NAMES
                    " WHERE t0.[name] >= ? AND (t0.[name] > ? OR (t0.[name] = ? AND t0.[id] > ?)) ORDER BY "
                    "t0.[name], t0.[id] LIMIT ?",
                    "'Cody', 'Cody', 'Cody', 5, 10");
        find_page(&pug_model, &q, .size = 9, .before = cursor);
        expect_sent(SELECT_NAMES
                    " WHERE t0.[name] <= ? AND (t0.[name] < ? OR (t0.[name] = ? AND t0.[id] < ?)) ORDER BY "
                    "t0.[name] DESC, t0.[id] DESC LIMIT ?",
                    "'Cody', 'Cody', 'Cody', 5, 10");
        expect_nothing_more();
    }
}

/* NULL comes before every value: behind it all values, and behind a value, descending, NULL. */
static void test_sql_page__nulls(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_query up = { .attributes = KITH_NO_NAMES, .order = KITH_ORDER({ "age" }) },
                         down = { .attributes = KITH_NO_NAMES, .order = KITH_ORDER({ "age", .desc = true }) };
        const kith_value *null = KITH_VALUES(KITH_V(5), kith_of_null(), KITH_V(5)),
                         *three = KITH_VALUES(KITH_V(5), KITH_V(3), KITH_V(5));
#define UP(where, order) SELECT_AGES where " ORDER BY t0.[age]" order ", t0.[id] LIMIT ?"
        find_page(&pug_model, &up, .size = 9, .after = cursor_of(&up, null));
        expect_each({ UP(" WHERE t0.[age] IS NOT NULL OR (t0.[age] IS NULL AND t0.[id] > ?)", ""), "5, 10" },
                    { UP(" WHERE t0.[age] IS NOT NULL OR (t0.[age] IS NULL AND t0.[id] > ?)", " NULLS FIRST"),
                      "5, 10" },
                    { UP(" WHERE t0.[age] IS NOT NULL OR (t0.[age] IS NULL AND t0.[id] > ?)", ""), "5, 10" });
        find_page(&pug_model, &down, .size = 9, .after = cursor_of(&down, null));
        expect_each({ UP(" WHERE t0.[age] IS NULL AND t0.[id] > ?", " DESC"), "5, 10" },
                    { UP(" WHERE t0.[age] IS NULL AND t0.[id] > ?", " DESC NULLS LAST"), "5, 10" },
                    { UP(" WHERE t0.[age] IS NULL AND t0.[id] > ?", " DESC"), "5, 10" });
        find_page(&pug_model, &down, .size = 9, .after = cursor_of(&down, three));
#define LESS " WHERE (t0.[age] < ? OR t0.[age] IS NULL) OR (t0.[age] = ? AND t0.[id] > ?)"
        expect_each({ UP(LESS, " DESC"), "3, 3, 5, 10" }, { UP(LESS, " DESC NULLS LAST"), "3, 3, 5, 10" },
                    { UP(LESS, " DESC"), "3, 3, 5, 10" });
        find_page(&pug_model, &up, .size = 9, .after = cursor_of(&up, three));
#define MORE " WHERE t0.[age] >= ? AND (t0.[age] > ? OR (t0.[age] = ? AND t0.[id] > ?))"
        expect_each({ UP(MORE, ""), "3, 3, 3, 5, 10" }, { UP(MORE, " NULLS FIRST"), "3, 3, 3, 5, 10" },
                    { UP(MORE, ""), "3, 3, 3, 5, 10" });
        expect_nothing_more();
    }
}

/* Orders that are no columns; the total; includes for the rows of the page only. */
static void test_sql_page__by_a_count(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_query q = { .attributes = KITH_NO_NAMES,
                               .order = KITH_ORDER({ "friends", .aggregate = KITH_COUNT }),
                               .include = KITH_INCLUDE({ .as = "toys", .attributes = KITH_NO_NAMES }) };
#define COUNTED                                                                                                        \
    "(SELECT COUNT(*) FROM [friendship] t2 JOIN [pugs] t1 ON t1.[id] = t2.[friendId] WHERE t2.[pugId] = t0.[id])"
#define COUNTS "SELECT t0.[id], " COUNTED ", t0.[id]" FROM_PUGS
        answer(KITH_VALUES(KITH_V(5), KITH_V(2), KITH_V(5)));
        answer(KITH_VALUES(KITH_V(6), KITH_V(2), KITH_V(6)));
        answer_end();
        answer_end();
        answer(KITH_VALUES(KITH_V(8)));
        find_page(&pug_model, &q, .size = 1, .total = true);
        expect_sent(COUNTS " ORDER BY " COUNTED ", t0.[id] LIMIT ?", "2");
        expect_sent("SELECT t0.[id], t0.[pugId] FROM [toys] t0 WHERE t0.[pugId] = ? AND t0.[deletedAt] IS NULL", "5");
        expect_sent("SELECT COUNT(*)" FROM_PUGS, "");
        assert_int_equal(page.total, 8);
        find_page(&pug_model, &q, .size = 1, .after = page.last);
        expect_sent(COUNTS " WHERE " COUNTED " > ? OR (" COUNTED " = ? AND t0.[id] > ?) ORDER BY " COUNTED
                           ", t0.[id] LIMIT ?",
                    "2, 2, 5, 2");
        expect_nothing_more();
    }
}

#define refused(m, q, status, part, ...)                                                                               \
    do {                                                                                                               \
        assert_false(kith_find_page(db.s, (m), (q), &(kith_page_opts){ __VA_ARGS__ }, &page));                         \
        expect_failure((status), (part));                                                                              \
        assert_null(page.list);                                                                                        \
    } while (0)

static const kith_model loose_model = {
    .name = "loose",
    .plural = "loose",
    .no_primary_key = true,
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(50) }),
};

static void test_sql_page__refused_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(
        KITH_MODELS(&owner_model, &pug_model, &passport_model, &toy_model, &friendship_model, &tag_model, &loose_model))
    {
        const kith_query by_name = { .attributes = KITH_NO_NAMES, .order = KITH_ORDER({ "name" }) },
                         distinct = { .attributes = KITH_NAMES("name"), .distinct = true };
        refused(&pug_model, NULL, KITH_E_USAGE, "a page needs a .size", .after = NULL);
        refused(&pug_model, NULL, KITH_E_USAGE, "less than 2^62", .size = SIZE_MAX);
        refused(&pug_model, NULL, KITH_E_USAGE, ".after and .before cannot both be given", .size = 1, .after = "x",
                .before = "x");
        refused(&pug_model, &(kith_query){ .limit = 1 }, KITH_E_USAGE, "limit and offset cannot be given", .size = 1);
        refused(&pug_model, &(kith_query){ .offset = 1 }, KITH_E_USAGE, "limit and offset cannot be given", .size = 1);
        refused(&pug_model, &distinct, KITH_E_USAGE, "kith_find_page gives rows", .size = 1);
        refused(&loose_model, NULL, KITH_E_USAGE, "model loose has no primary key", .size = 1);
        refused(&pug_model, &(kith_query){ .order = KITH_ORDER({ "nmae" }) }, KITH_E_USAGE, "did you mean 'name'?",
                .size = 1);
        assert_false(kith_find_page(db.s, &pug_model, NULL, NULL, &page));
        expect_failure(KITH_E_USAGE, "a page needs a .size");
        assert_false(kith_find_page(db.s, &pug_model, NULL, &(kith_page_opts){ .size = 1 }, NULL));
        expect_failure(KITH_E_USAGE, "nowhere to put the page");
        static const char *const none[] = { "", "x", "Zm9v", "W10", "WzFd", "!!!!", "bnVsbA", "e30" };
        for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
            assert_false(
                kith_find_page(db.s, &pug_model, &by_name, &(kith_page_opts){ .size = 1, .after = none[i] }, &page));
            const kith_error *e = kith_error_of(db.s);
            assert_int_equal(e->status, KITH_E_VALIDATION);
            assert_non_null(strstr(e->message, ".after is"));
            kith_clear(db.s);
        }
        expect_nothing_more();
    }
}

/* Whatever is changed in a cursor, it is not taken. */
static void test_sql_page__damaged_cursors(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        const kith_query q = { .attributes = KITH_NO_NAMES, .order = KITH_ORDER({ "name" }) },
                         down = { .attributes = KITH_NO_NAMES, .order = KITH_ORDER({ "name", .desc = true }) };
        const char *cursor = cursor_of(&q, KITH_VALUES(KITH_V(5), KITH_V("Cody"), KITH_V(5)));
        size_t size = strlen(cursor);
        char text[200];
        assert_true(size < sizeof text - 1);
        for (size_t i = 0; i <= size; i++)
            for (const char *digit = "Aa0_"; *digit; digit++) {
                memcpy(text, cursor, size + 1);
                if (text[i] == *digit)
                    continue;
                text[i] = *digit;
                text[size + (i == size)] = '\0';
                assert_false(
                    kith_find_page(db.s, &pug_model, &q, &(kith_page_opts){ .size = 1, .before = text }, &page));
                assert_int_equal(kith_error_of(db.s)->status, KITH_E_VALIDATION);
                kith_clear(db.s);
            }
        refused(&pug_model, &down, KITH_E_VALIDATION, ".before is a cursor of another query", .size = 1,
                .before = cursor);
        refused(&pug_model, NULL, KITH_E_VALIDATION, ".after is a cursor of another query", .size = 1, .after = cursor);
        refused(&toy_model, &(kith_query){ .order = KITH_ORDER({ "name" }) }, KITH_E_VALIDATION,
                ".after is a cursor of another query", .size = 1, .after = cursor);
        expect_nothing_more();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_page__first),           MOCKED_TEST(test_sql_page__by_the_key),
        MOCKED_TEST(test_sql_page__two_orders),      MOCKED_TEST(test_sql_page__nulls),
        MOCKED_TEST(test_sql_page__by_a_count),      MOCKED_TEST(test_sql_page__refused_before_any_sql),
        MOCKED_TEST(test_sql_page__damaged_cursors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
