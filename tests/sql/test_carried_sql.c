/* The statements of the association verbs where the key is in the target's row, or in the source's own. */
#include "harness/mocked.h"
#include "sql/pugs.h"

/* ---- models --------------------------------------------------------------------------------------------------------- */

/* Targets with times, told apart by a constant, with a key of two attributes, or whose key may not be null. */
static const kith_model post_model, comment_model, cell_model, mark_model;

static const kith_model post_model = {
    .name = "post",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "slug", .type = KITH_STRING(20), .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &comment_model, .source_key = "slug", .foreign_key = "postSlug" },
                          { KITH_HAS_MANY, &comment_model, .as = "replies", .foreign_key = "aboutId",
                            .scope = KITH_FIELDS({ "about", KITH_CONST_STR("post") }), .no_constraint = true }),
};

static const kith_model comment_model = {
    .name = "comment",
    .attrs = KITH_ATTRS({ .name = "about", .type = KITH_STRING(10) }, { .name = "aboutId", .type = KITH_INTEGER }),
};

static const kith_model cell_model = {
    .name = "cell",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "x", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "y", .type = KITH_INTEGER, .primary_key = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &mark_model, .foreign_key = "cellX,cellY" }),
};

static const kith_model mark_model = {
    .name = "mark",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &cell_model, .foreign_key = "cellX,cellY" }),
};

#define MODELS KITH_MODELS(&post_model, &comment_model, &cell_model, &mark_model)

static kith_record *pug(int64_t id, kith_value owner)
{
    return found(&pug_model, KITH_VALUES(KITH_V(id), KITH_V("Cody"), KITH_V(3), owner));
}

static kith_record *owner(int64_t id)
{
    return found(&owner_model, KITH_VALUES(KITH_V(id), KITH_V("Ann")));
}

#define NOBODY      kith_of_null()
#define A_TOY(id)   KITH_VALUES(KITH_V(id), KITH_V("ball"), kith_of_null(), KITH_V(1))
#define SELECT_TOYS "SELECT [id], [name], [deletedAt], [pugId] FROM [toys] WHERE "
#define SELECT_PUGS "SELECT [id], [name], [age], [ownerId] FROM [pugs] WHERE "

/* ---- carried by the targets: has many --------------------------------------------------------------------------------- */

static void test_sql_carried__gets_targets_by_the_key_in_them(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, NOBODY);
        assert_non_null(kith_get(db.s, cody, "toys", NULL));
        expect_sent("SELECT " TOY("t0") " FROM [toys] t0 WHERE t0.[pugId] = ? AND t0.[deletedAt] IS NULL", "1");
        assert_non_null(kith_get(db.s, cody, "toys", &(kith_query){ .with_deleted = true, .limit = 1 }));
        expect_sent("SELECT " TOY("t0") " FROM [toys] t0 WHERE t0.[pugId] = ? ORDER BY t0.[id] LIMIT ?", "1, 1");
        expect_nothing_more();
    }
}

/* Rows that have the key already are left as they are. */
static void test_sql_carried__adds_by_writing_the_key_into_the_targets(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, NOBODY);
        answer_affected(2);
        answer(A_TOY(5));
        answer(A_TOY(6));
        kith_list *toys = kith_add(db.s, cody, "toys", KITH_REFS({ .key = KITH_V(6) }, { .key = KITH_V(5) }), NULL);
        expect_begin();
#define TAKE_TOYS(keys) "UPDATE [toys] SET [pugId] = ? WHERE " keys " AND ([pugId] = ?) IS NOT TRUE"
        expect_each({ TAKE_TOYS("[id] IN (SELECT value FROM json_each(?))"), "1, '[6,5]', 1" },
                    { TAKE_TOYS("[id] = ANY(?::integer[])"), "1, '{6,5}', 1" },
                    { TAKE_TOYS("[id] IN (?, ?)"), "1, 6, 5, 1" });
        expect_each({ SELECT_TOYS "[id] IN (SELECT value FROM json_each(?)) AND [deletedAt] IS NULL", "'[6,5]'" },
                    { SELECT_TOYS "[id] = ANY(?::integer[]) AND [deletedAt] IS NULL", "'{6,5}'" },
                    { SELECT_TOYS "[id] IN (?, ?) AND [deletedAt] IS NULL", "6, 5" });
        expect_sent("COMMIT", "");
        expect_nothing_more();
        assert_int_equal(toys->count, 2);
        assert_int_equal(kith_int(toys->at[0], "id"), 6);
    }
}

/* All or nothing: a target that is not there undoes the whole call. */
static void test_sql_carried__adds_nothing_when_a_target_is_not_there(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, NOBODY);
        answer_affected(0);
        answer_end();
        assert_null(kith_add(db.s, cody, "toys", KITH_REFS({ .key = KITH_V(5) }), NULL));
        expect_begin();
        expect_sent(TAKE_TOYS("[id] = ?"), "1, 5, 1");
        expect_sent(SELECT_TOYS "[id] = ? AND [deletedAt] IS NULL", "5");
        expect_sent("ROLLBACK", "");
        expect_failure(KITH_E_NOT_FOUND, "1 of the 1 targets");
    }
}

/* Only rows that change are written, so only theirs is the time of the change. */
static void test_sql_carried__sets_by_the_difference(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *post = found(&post_model, KITH_VALUES(KITH_V(1), KITH_V("hello")));
        answer_affected(1);
        answer_affected(1);
        if (db.dialect->can & CAN_LOCK_ROWS)
            answer_affected(0);
        answer(KITH_VALUES(KITH_V(5)));
        assert_non_null(kith_set(db.s, post, "comments", KITH_REFS({ .key = KITH_V(5) }), NULL));
        expect_begin();
        expect_each({ NULL }, { "SELECT 1 FROM [posts] WHERE [slug] = ? FOR NO KEY UPDATE", "'hello'" },
                    { "SELECT 1 FROM [posts] WHERE [slug] = ? FOR UPDATE", "'hello'" });
        expect_sent("UPDATE [comments] SET [postSlug] = NULL, [updatedAt] = ? WHERE [postSlug] = ? AND NOT ([id] = ?)",
                    "now, 'hello', 5");
        expect_sent("UPDATE [comments] SET [postSlug] = ?, [updatedAt] = ? WHERE [id] = ? AND ([postSlug] = ?) IS NOT "
                    "TRUE",
                    "'hello', now, 5, 'hello'");
        expect_sent(
            "SELECT [id], [about], [aboutId], [createdAt], [updatedAt], [postSlug] FROM [comments] WHERE [id] = "
            "?",
            "5");
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

static void test_sql_carried__sets_none(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, NOBODY);
        assert_int_equal(kith_set(db.s, cody, "toys", KITH_NO_REFS, NULL)->count, 0);
        expect_begin();
        expect_each({ NULL }, { "SELECT 1 FROM [pugs] WHERE [id] = ? FOR NO KEY UPDATE", "1" },
                    { "SELECT 1 FROM [pugs] WHERE [id] = ? FOR UPDATE", "1" });
        expect_sent("UPDATE [toys] SET [pugId] = NULL WHERE [pugId] = ?", "1");
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

static void test_sql_carried__removes_by_setting_the_key_to_null(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, NOBODY);
        answer_affected(2);
        assert_int_equal(kith_remove(db.s, cody, "toys", KITH_REFS({ .key = KITH_V(5) }, { .key = KITH_V(6) })), 2);
#define FREE_TOYS "UPDATE [toys] SET [pugId] = NULL WHERE [pugId] = ? AND "
        expect_each({ FREE_TOYS "[id] IN (SELECT value FROM json_each(?))", "1, '[5,6]'" },
                    { FREE_TOYS "[id] = ANY(?::integer[])", "1, '{5,6}'" }, { FREE_TOYS "[id] IN (?, ?)", "1, 5, 6" });
        assert_int_equal(kith_remove(db.s, cody, "toys", KITH_NO_REFS), 0);
        expect_nothing_more();
    }
}

static void test_sql_carried__asks_and_counts(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, NOBODY);
        answer(KITH_VALUES(KITH_V(5)));
        assert_int_equal(kith_has(db.s, cody, "toys", KITH_REFS({ .key = KITH_V(5) })), 1);
        expect_sent("SELECT t0.[id] FROM [toys] t0 WHERE t0.[pugId] = ? AND t0.[deletedAt] IS NULL AND t0.[id] = ?",
                    "1, 5");
        answer(KITH_VALUES(KITH_V(3)));
        assert_int_equal(kith_count_related(db.s, cody, "toys"), 3);
        expect_sent("SELECT COUNT(*) FROM [toys] t0 WHERE t0.[pugId] = ? AND t0.[deletedAt] IS NULL", "1");
        expect_nothing_more();
    }
}

/* One INSERT with the key in it. */
static void test_sql_carried__creates_by_one_statement(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, NOBODY);
        answer(KITH_VALUES(KITH_V(9), kith_of_null()));
        kith_record *toy = kith_create_related(db.s, cody, "toys", KITH_FIELDS(KITH_F("name", "ball")), NULL);
        expect_sent("INSERT INTO [toys] ([name], [pugId]) VALUES (?, ?) RETURNING [id], [deletedAt]", "'ball', 1");
        expect_nothing_more();
        assert_int_equal(kith_int(toy, "pugId"), 1);
    }
}

/* The constant is written, asked for and let stand. */
static void test_sql_carried__keeps_to_the_scope(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *post = found(&post_model, KITH_VALUES(KITH_V(1), KITH_V("hello")));
        answer(KITH_VALUES(KITH_V(2)));
        assert_int_equal(kith_count_related(db.s, post, "replies"), 2);
        expect_sent("SELECT COUNT(*) FROM [comments] t0 WHERE t0.[aboutId] = ? AND t0.[about] = ?", "1, 'post'");
        answer(KITH_VALUES(KITH_V(9), kith_of_null()));
        assert_non_null(kith_create_related(db.s, post, "replies", NULL, NULL));
        expect_sent("INSERT INTO [comments] ([about], [aboutId], [createdAt], [updatedAt]) VALUES (?, ?, ?, ?) "
                    "RETURNING [id], [postSlug]",
                    "'post', 1, now, now");
        assert_int_equal(kith_remove(db.s, post, "replies", KITH_REFS({ .key = KITH_V(9) })), 1);
        expect_sent("UPDATE [comments] SET [aboutId] = NULL, [updatedAt] = ? WHERE [aboutId] = ? AND [about] = ? AND "
                    "[id] = ?",
                    "now, 1, 'post', 9");
        answer_affected(1);
        answer(KITH_VALUES(KITH_V(9)));
        assert_non_null(kith_add(db.s, post, "replies", KITH_REFS({ .key = KITH_V(9) }), NULL));
        expect_begin();
        expect_sent("UPDATE [comments] SET [aboutId] = ?, [about] = ?, [updatedAt] = ? WHERE [id] = ? AND ([aboutId] = "
                    "? AND [about] = ?) IS NOT TRUE",
                    "1, 'post', now, 9, 1, 'post'");
        db.at++;
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

static void test_sql_carried__writes_keys_of_several_attributes(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *cell = found(&cell_model, KITH_VALUES(KITH_V(3), KITH_V(4)));
        assert_int_equal(kith_remove(db.s, cell, "marks", KITH_REFS({ .key = KITH_V(9) })), 1);
        expect_sent("UPDATE [marks] SET [cellX] = NULL, [cellY] = NULL WHERE [cellX] = ? AND [cellY] = ? AND [id] = ?",
                    "3, 4, 9");
        kith_record *mark = found(&mark_model, KITH_VALUES(KITH_V(9), KITH_V(3), KITH_V(4)));
        answer(KITH_VALUES(KITH_V(5), KITH_V(6)));
        const kith_ref *other = KITH_REFS({ .keys = KITH_VALUES(KITH_V(5), KITH_V(6)) });
        assert_non_null(kith_set(db.s, mark, "cell", other, NULL));
        expect_begin();
        expect_sent("SELECT [x], [y] FROM [cells] WHERE [x] = ? AND [y] = ?", "5, 6");
        expect_sent("UPDATE [marks] SET [cellX] = ?, [cellY] = ? WHERE [id] = ?", "5, 6, 9");
        expect_sent("COMMIT", "");
        expect_nothing_more();
        assert_int_equal(kith_int(mark, "cellY"), 6);
    }
}

/* ---- carried by the target: has one ----------------------------------------------------------------------------------- */

/* The one before is let go first: the key is unique. */
static void test_sql_carried__sets_the_one_that_is_had(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, NOBODY);
        if (db.dialect->can & CAN_LOCK_ROWS)
            answer_affected(0);
        answer_affected(1);
        answer_affected(1);
        answer(KITH_VALUES(KITH_V("A1"), KITH_V(1)));
        assert_non_null(kith_set(db.s, cody, "passport", KITH_REFS({ .key = KITH_V("A1") }), NULL));
        expect_begin();
        expect_each({ NULL }, { "SELECT 1 FROM [pugs] WHERE [id] = ? FOR NO KEY UPDATE", "1" },
                    { "SELECT 1 FROM [pugs] WHERE [id] = ? FOR UPDATE", "1" });
        expect_sent("UPDATE [passports] SET [pugId] = NULL WHERE [pugId] = ? AND NOT ([number] = ?)", "1, 'A1'");
        expect_sent("UPDATE [passports] SET [pugId] = ? WHERE [number] = ? AND ([pugId] = ?) IS NOT TRUE",
                    "1, 'A1', 1");
        expect_sent("SELECT [number], [pugId] FROM [passports] WHERE [number] = ?", "'A1'");
        expect_sent("COMMIT", "");
        answer_end();
        assert_null(kith_create_related(db.s, cody, "passport", NULL, NULL));
        expect_failure(KITH_E_VALIDATION, "passport.number");
        assert_non_null(kith_create_related(db.s, cody, "passport", KITH_FIELDS(KITH_F("number", "A2")), NULL));
        expect_sent("INSERT INTO [passports] ([number], [pugId]) VALUES (?, ?)", "'A2', 1");
        expect_nothing_more();
    }
}

/* ---- carried by the source: belongs to -------------------------------------------------------------------------------- */

static void test_sql_carried__gets_the_one_the_source_refers_to(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, KITH_V(7)), *stray = pug(2, NOBODY);
        assert_non_null(kith_get(db.s, cody, "owner", NULL));
        expect_sent("SELECT " OWNER("t0") " FROM [owners] t0 WHERE t0.[id] = ?", "7");
        assert_int_equal(kith_get(db.s, stray, "owner", NULL)->count, 0);
        assert_int_equal(kith_has(db.s, stray, "owner", KITH_REFS({ .key = KITH_V(7) })), 0);
        assert_int_equal(kith_count_related(db.s, stray, "owner"), 0);
        expect_nothing_more();
        answer(KITH_VALUES(KITH_V(7)));
        assert_int_equal(kith_has(db.s, cody, "owner", KITH_REFS({ .key = KITH_V(7) })), 1);
        expect_sent("SELECT t0.[id] FROM [owners] t0 WHERE t0.[id] = ? AND t0.[id] = ?", "7, 7");
        expect_nothing_more();
    }
}

static void test_sql_carried__sets_the_key_of_the_source(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, NOBODY), *ann = owner(7);
        answer(KITH_VALUES(KITH_V(7), KITH_V("Ann")));
        assert_non_null(kith_set(db.s, cody, "owner", KITH_REFS({ ann }), NULL));
        expect_begin();
        expect_sent("SELECT [id], [name] FROM [owners] WHERE [id] = ?", "7");
        expect_sent("UPDATE [pugs] SET [ownerId] = ? WHERE [id] = ?", "7, 1");
        expect_sent("COMMIT", "");
        assert_int_equal(kith_int(cody, "ownerId"), 7);
        assert_int_equal(kith_remove(db.s, cody, "owner", KITH_REFS({ .key = KITH_V(8) })), 0);
        expect_nothing_more();
        assert_int_equal(kith_remove(db.s, cody, "owner", KITH_REFS({ ann })), 1);
        expect_sent("UPDATE [pugs] SET [ownerId] = ? WHERE [id] = ?", "NULL, 1");
        expect_nothing_more();
        assert_int_equal(kith_value_of(cody, "ownerId").kind, KITH_NULL);
    }
}

/* The target has just been made: it need not be read. */
static void test_sql_carried__creates_the_one_the_source_refers_to(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, NOBODY);
        answer_number(8);
        kith_record *ann = kith_create_related(db.s, cody, "owner", KITH_FIELDS(KITH_F("name", "Ann")), NULL);
        expect_begin();
        expect_each({ "INSERT INTO [owners] ([name]) VALUES (?)", "'Ann'" },
                    { "INSERT INTO [owners] ([name]) VALUES (?) RETURNING [id]", "'Ann'" },
                    { "INSERT INTO [owners] ([name]) VALUES (?) RETURNING [id]", "'Ann'" });
        expect_sent("UPDATE [pugs] SET [ownerId] = ? WHERE [id] = ?", "8, 1");
        expect_sent("COMMIT", "");
        expect_nothing_more();
        assert_int_equal(kith_int(ann, "id"), 8);
        assert_int_equal(kith_int(cody, "ownerId"), 8);
    }
}

/* ---- nothing is sent ------------------------------------------------------------------------------------------------ */

static void test_sql_carried__refuses_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1, NOBODY), *ann = owner(7);
        const kith_link_opts through = { .through = KITH_FIELDS(KITH_F("since", 1)) };
        assert_null(kith_add(db.s, cody, "toys", KITH_REFS({ .key = KITH_V(1) }), &through));
        expect_failure(KITH_E_USAGE, "has no join row");
        assert_null(kith_set(db.s, cody, "owner", KITH_REFS({ ann, .through = through.through }), NULL));
        expect_failure(KITH_E_USAGE, "has no join row");
        assert_null(kith_set(db.s, cody, "owner", KITH_REFS({ ann }, { .key = KITH_V(8) }), NULL));
        expect_failure(KITH_E_USAGE, "leads to one owner, but 2 targets were given");
        assert_null(kith_add(db.s, cody, "toys", KITH_REFS({ ann }), NULL));
        expect_failure(KITH_E_USAGE, "owner was given");
        assert_null(kith_create_related(db.s, cody, "toys", KITH_FIELDS(KITH_F("nmae", "ball")), NULL));
        expect_failure(KITH_E_USAGE, "did you mean 'name'?");
        assert_null(kith_create_related(db.s, cody, "owner", KITH_FIELDS(KITH_F("nmae", "Ann")), NULL));
        expect_failure(KITH_E_USAGE, "did you mean 'name'?");
        answer(KITH_VALUES(KITH_V("Cody"), KITH_V(1)));
        kith_record *part = kith_find_one(db.s, &pug_model, &(kith_query){ .attributes = KITH_NAMES("name") });
        db.at = kith_mock_count(db.mock);
        assert_null(kith_get(db.s, part, "owner", NULL));
        expect_failure(KITH_E_USAGE, "pug.ownerId is needed but was not loaded");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_carried__gets_targets_by_the_key_in_them),
        MOCKED_TEST(test_sql_carried__adds_by_writing_the_key_into_the_targets),
        MOCKED_TEST(test_sql_carried__adds_nothing_when_a_target_is_not_there),
        MOCKED_TEST(test_sql_carried__sets_by_the_difference),
        MOCKED_TEST(test_sql_carried__sets_none),
        MOCKED_TEST(test_sql_carried__removes_by_setting_the_key_to_null),
        MOCKED_TEST(test_sql_carried__asks_and_counts),
        MOCKED_TEST(test_sql_carried__creates_by_one_statement),
        MOCKED_TEST(test_sql_carried__keeps_to_the_scope),
        MOCKED_TEST(test_sql_carried__writes_keys_of_several_attributes),
        MOCKED_TEST(test_sql_carried__sets_the_one_that_is_had),
        MOCKED_TEST(test_sql_carried__gets_the_one_the_source_refers_to),
        MOCKED_TEST(test_sql_carried__sets_the_key_of_the_source),
        MOCKED_TEST(test_sql_carried__creates_the_one_the_source_refers_to),
        MOCKED_TEST(test_sql_carried__refuses_before_any_sql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
