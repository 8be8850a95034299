/* kith_explain: the plan, and exactly the statements that the find would send, without sending any. P20, design 6. */
#include <stdio.h>
#include <string.h>

#include "harness/mocked.h"
#include "sql/pugs.h"

/* ---- comparing ---- */

static bool is_mariadb(void)
{
    return db.dialect->key_chunk > 0;
}

/* Line by line, because placeholders are numbered anew in each statement. */
#define expect_explained(q, expected) expect_explained_at(&pug_model, (q), (expected), __FILE__, __LINE__)
static void expect_explained_at(const kith_model *m, const kith_query *q, const char *expected, const char *file,
                                int line)
{
    char got[6000], want[6000], *got_next = got, *want_next = want;
    const char *text = kith_explain(db.s, m, q, NULL);
    if (kith_error_of(db.s))
        fail_msg("%s", kith_error_of(db.s)->message);
    assert_true(strlen(text) < sizeof got && strlen(expected) < sizeof want);
    strcpy(got, text);
    strcpy(want, expected);
    while (got_next && want_next) {
        char *g = got_next, *w = want_next;
        if ((got_next = strchr(g, '\n')))
            *got_next++ = '\0';
        if ((want_next = strchr(w, '\n')))
            *want_next++ = '\0';
        expect_sql_at(db.dialect, g, w, file, line);
    }
    assert_true(!got_next && !want_next);
    expect_nothing_more_at(file, line);
}

/* "t0.[x] is among the keys", as each database says it of two. */
static const char *among(const char *column)
{
    static char text[100];
    const char *const forms[DIALECT_COUNT] = { "%s IN (SELECT value FROM json_each(?))", "%s = ANY(?::integer[])",
                                               "%s IN (?, ?)" };
    for (unsigned i = 0; i < DIALECT_COUNT; i++)
        if (all_dialects[i] == db.dialect)
            snprintf(text, sizeof text, i == 0 ? forms[0] : i == 1 ? forms[1] : forms[2], column);
    return text;
}

static const char *the_keys(void)
{
    return is_mariadb() ? "<keys>, <keys>" : "<keys>";
}

static const char *how_many(void)
{
    return is_mariadb() ? "for up to 1024" : "for all";
}

/* ---- the plan and its statements ---- */

static void test_sql_explain__a_plain_find(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_explained(NULL, "pug: id, name, age, ownerId\n"
                               "\n"
                               "1. pug\n"
                               "SELECT " PUG("t0") " FROM [pugs] t0\n");
        expect_explained(
            (&(kith_query){ .attributes = KITH_NAMES("name"),
                            .where = KITH_AND(KITH_EQ("name", "it's"), KITH_GT("age", 3),
                                              KITH_SOME("toys", KITH_EQ("name", "ball"))),
                            .order = KITH_ORDER({ "name" }),
                            .limit = 10 }),
            "pug: name + id\n"
            "\n"
            "1. pug\n"
            "SELECT t0.[name], t0.[id] FROM [pugs] t0 WHERE t0.[name] = ? AND t0.[age] > ? AND EXISTS "
            "(SELECT 1 FROM [toys] t1 WHERE t1.[pugId] = t0.[id] AND t1.[deletedAt] IS NULL AND t1.[name] = "
            "?) ORDER BY t0.[name], t0.[id] LIMIT ?\n"
            "values: 'it''s', 3, 'ball', 10\n");
        expect_explained(
            (&(kith_query){
                .attributes = KITH_NAMES("id"),
                .computed = KITH_COMPUTED({ "toyCount", KITH_COUNT, "toys" }, { "oldest", KITH_MAX, "friends.age" }),
                .limit = 1 }),
            "pug: id; computed: toyCount, oldest\n"
            "\n"
            "1. pug\n"
            "SELECT t0.[id], (SELECT COUNT(*) FROM [toys] t1 WHERE t1.[pugId] = t0.[id] AND t1.[deletedAt] "
            "IS NULL), (SELECT MAX(t2.[age]) FROM [friendship] t3 JOIN [pugs] t2 ON t2.[id] = "
            "t3.[friendId] WHERE t3.[pugId] = t0.[id]) FROM [pugs] t0 ORDER BY t0.[id] LIMIT ?\n"
            "values: 1\n");
    }
}

static void test_sql_explain__joins(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        expect_explained(
            (&(kith_query){
                .attributes = KITH_NAMES("id"),
                .include = KITH_INCLUDE({ .as = "owner", .required = KITH_YES }, { .model = &passport_model }) }),
            "pug: id\n"
            "  owner: JOIN, required, pug.ownerId = owner.id: id, name\n"
            "  passport: JOIN, pug.id = passport.pugId: number, pugId\n"
            "\n"
            "1. pug\n"
            "SELECT t0.[id], " OWNER("t1") ", " PASSPORT(
                "t2") " FROM [pugs] t0 JOIN [owners] t1 ON t1.[id] = t0.[ownerId] LEFT JOIN [passports] t2 ON "
                      "t2.[pugId] = t0.[id]\n");
    }
}

static void test_sql_explain__separate_statements(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        char expected[3000];
        char tags[100];
        strcpy(tags, among("t0.[pugId]"));
        snprintf(expected, sizeof expected,
                 "pug: id, name, age, ownerId\n"
                 "  toys: SEPARATE, pug.id = toy.pugId: name + id, pugId\n"
                 "  tags: SEPARATE, pug.id = pugTags.pugId, pugTags.tagId = tag.id: id, word; pugTags: pugId, tagId\n"
                 "\n"
                 "1. pug\n"
                 "SELECT " PUG("t0") " FROM [pugs] t0\n"
                                     "\n"
                                     "2. pug.toys, %s pugs together (shown for 2 keys; from 256 pugs on without keys)\n"
                                     "SELECT t0.[name], t0.[id], t0.[pugId] FROM [toys] t0 WHERE %s AND t0.[name] = ? "
                                     "AND t0.[deletedAt] IS "
                                     "NULL\n"
                                     "values: %s, 'ball'\n"
                                     "\n"
                                     "3. pug.tags, %s pugs together (shown for 2 keys; from 256 pugs on without keys)\n"
                                     "SELECT t0.[pugId], t0.[tagId], " TAG(
                                         "t1") " FROM [pugTags] t0 %s [tags] t1 ON t1.[id] = t0.[tagId] "
                                               "WHERE %s\n"
                                               "values: %s\n",
                 how_many(), tags, the_keys(), how_many(), db.dialect->ordered_join, tags, the_keys());
        expect_explained((&(kith_query){ .include = KITH_INCLUDE({ .as = "toys",
                                                                   .attributes = KITH_NAMES("name"),
                                                                   .where = KITH_EQ("name", "ball"),
                                                                   .required = KITH_NO },
                                                                 { .as = "tags" }) }),
                         expected);
    }
}

/* Those of a level in their order, before those below; a page per source; what is required is asked in its source. */
static void test_sql_explain__levels_and_pages(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        char expected[3000];
        char pugs[100], toys[100];
        strcpy(pugs, among("t0.[ownerId]"));
        strcpy(toys, among("t0.[pugId]"));
        snprintf(expected, sizeof expected,
                 "owner: id, name\n"
                 "  pugs: SEPARATE, required by EXISTS in owner, owner.id = pug.ownerId: id + ownerId\n"
                 "    toys: SEPARATE, pug.id = toy.pugId: id + pugId\n"
                 "\n"
                 "1. owner\n"
                 "SELECT " OWNER("t0") " FROM [owners] t0 WHERE EXISTS (SELECT 1 FROM [pugs] t1 WHERE t1.[ownerId] = "
                                       "t0.[id])\n"
                                       "\n"
                                       "2. owner.pugs, %s owners together (shown for 2 keys)\n"
                                       "SELECT t0.[id], t0.[ownerId] FROM [pugs] t0 WHERE %s\n"
                                       "values: %s\n"
                                       "\n"
                                       "3. owner.pugs.toys, %s pugs together (shown for 2 keys)\n"
                                       "SELECT p.[c0], p.[c1] FROM (SELECT t0.[id] AS [c0], t0.[pugId] AS [c1], "
                                       "ROW_NUMBER() OVER (PARTITION "
                                       "BY t0.[pugId] ORDER BY t0.[id]) AS [n] FROM [toys] t0 WHERE %s AND "
                                       "t0.[deletedAt] IS NULL) p WHERE "
                                       "p.[n] <= ? ORDER BY p.[n]\n"
                                       "values: %s, 3\n",
                 how_many(), pugs, the_keys(), how_many(), toys, the_keys());
        const kith_query q = {
            .include = KITH_INCLUDE(
                { .as = "pugs",
                  .attributes = KITH_NAMES("id"),
                  .required = KITH_YES,
                  .include = KITH_INCLUDE({ .as = "toys", .attributes = KITH_NAMES("id"), .limit = 3 }) })
        };
        expect_explained_at(&owner_model, &q, expected, __FILE__, __LINE__);
    }
}

/* ---- what the database says ---- */

/* Each statement is asked about, those with keys too; the statements themselves are not sent. */
static void test_sql_explain__asks_the_database(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        bool sqlite = db.dialect == all_dialects[0];
        const kith_value line = KITH_V("SCAN\n  of t0");
        answer(sqlite ? KITH_VALUES(KITH_V(2), KITH_V(0), KITH_V(0), line) : KITH_VALUES(line));
        answer_end();
        answer(sqlite ? KITH_VALUES(KITH_V(2), KITH_V(0), KITH_V(0), KITH_V("SEARCH")) : KITH_VALUES(KITH_V("SEARCH")));
        answer_end();
        const char *text = kith_explain(db.s, &owner_model,
                                        &(kith_query){
                                            .attributes = KITH_NAMES("id"),
                                            .where = KITH_EQ("name", "Ann"),
                                            .include = KITH_INCLUDE({ .as = "pugs", .attributes = KITH_NAMES("id") }) },
                                        &(kith_explain_opts){ .database_plan = true });
        assert_non_null(strstr(text, "values: 'Ann'\nplan:\n  SCAN\n    of t0\n\n2. owner.pugs"));
        assert_non_null(strstr(text, "<keys>"));
        assert_string_equal(strstr(text, "plan:\n  SEARCH"), "plan:\n  SEARCH\n");
#define ROOT "SELECT t0.[id] FROM [owners] t0 WHERE t0.[name] = ?"
#define KEYS "SELECT t0.[id], t0.[ownerId] FROM [pugs] t0 WHERE t0.[ownerId]"
        expect_each({ "EXPLAIN QUERY PLAN " ROOT, "'Ann'" }, { "EXPLAIN " ROOT, "'Ann'" },
                    { "EXPLAIN FORMAT=JSON " ROOT, "'Ann'" });
        expect_each({ "EXPLAIN QUERY PLAN " KEYS " IN (SELECT value FROM json_each(?))", "'[1,2]'" },
                    { "EXPLAIN " KEYS " = ANY(?::integer[])", "'{1,2}'" },
                    { "EXPLAIN FORMAT=JSON " KEYS " IN (?, ?)", "1, 2" });
        expect_nothing_more();
    }
}

/* ---- mistakes ---- */

static void test_sql_explain__says_what_is_wrong(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        assert_string_equal(kith_explain(db.s, &pug_model, &(kith_query){ .where = KITH_EQ("nmae", "x") }, NULL), "");
        expect_failure(KITH_E_USAGE, "did you mean 'name'");
        assert_string_equal(kith_explain(db.s, NULL, NULL, NULL), "");
        expect_failure(KITH_E_USAGE, "model NULL");
        assert_string_equal(kith_explain(NULL, &pug_model, NULL, NULL), "");
        answer_failure(KITH_E_PERMISSION);
        assert_string_equal(kith_explain(db.s, &pug_model, NULL, &(kith_explain_opts){ .database_plan = true }), "");
        expect_each({ "EXPLAIN QUERY PLAN SELECT " PUG("t0") " FROM [pugs] t0", "" },
                    { "EXPLAIN SELECT " PUG("t0") " FROM [pugs] t0", "" },
                    { "EXPLAIN FORMAT=JSON SELECT " PUG("t0") " FROM [pugs] t0", "" });
        expect_failure(KITH_E_PERMISSION, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_explain__a_plain_find),        MOCKED_TEST(test_sql_explain__joins),
        MOCKED_TEST(test_sql_explain__separate_statements), MOCKED_TEST(test_sql_explain__levels_and_pages),
        MOCKED_TEST(test_sql_explain__asks_the_database),   MOCKED_TEST(test_sql_explain__says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
