/* The statements of the association verbs where links are rows of a join table. */
#include "harness/mocked.h"
#include "sql/pugs.h"

/* ---- models --------------------------------------------------------------------------------------------------------- */

/* Two associations over one table, told apart by a constant; one whose links repeat; one whose join rows are destroyed
 * softly and have times. */
static const kith_model user_model, project_model, place_model, visit_model, liking_model, line_model, label_model;

static const kith_model user_model = {
    .name = "user",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "email", .type = KITH_STRING(50), .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &project_model, .as = "managed", .through = "membership",
                            .scope = KITH_FIELDS({ "role", KITH_CONST_STR("manager") }) },
                          { KITH_BELONGS_TO_MANY, &project_model, .as = "joined", .through = "membership",
                            .scope = KITH_FIELDS({ "role", KITH_CONST_STR("member") }) },
                          { KITH_BELONGS_TO_MANY, &place_model, .through_model = &visit_model, .not_unique = true },
                          { KITH_BELONGS_TO_MANY, &place_model, .as = "liked", .through_model = &liking_model,
                            .source_key = "email", .foreign_key = "userEmail" }),
};

static const kith_model project_model = { .name = "project", .no_timestamps = true };
static const kith_model place_model = { .name = "place", .no_timestamps = true };

static const kith_model visit_model = {
    .name = "visit",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_BIGINT, .primary_key = true, .auto_increment = true },
                        { .name = "stars", .type = KITH_INTEGER }),
};

static const kith_model liking_model = {
    .name = "liking",
    .paranoid = true,
    .attrs = KITH_ATTRS(
        { .name = "stars", .type = KITH_INTEGER, .not_null = true, .default_value = KITH_CONST_INT(1) }),
};

static const kith_model line_model = {
    .name = "line",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "orderId", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &label_model, .through = "lineLabels" }),
};

static const kith_model label_model = {
    .name = "label",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &line_model, .through = "lineLabels" }),
};

#define MODELS                                                                                                         \
    KITH_MODELS(&user_model, &project_model, &place_model, &visit_model, &liking_model, &line_model, &label_model)

static kith_record *pug(int64_t id)
{
    return found(&pug_model, KITH_VALUES(KITH_V(id), KITH_V("Cody"), KITH_V(3), kith_of_null()));
}

static kith_record *user(int64_t id)
{
    return found(&user_model, KITH_VALUES(KITH_V(id), KITH_V("ann@example.org")));
}

static kith_record *line(int64_t order, int64_t number)
{
    return found(&line_model, KITH_VALUES(KITH_V(order), KITH_V(number)));
}

#define MEMBERSHIP "[userId], [projectId], [role]"
#define LIKING     "[stars], [createdAt], [updatedAt], [deletedAt], [userEmail], [placeId]"
#define ON_FRIEND  " ON CONFLICT ([pugId], [friendId]) DO UPDATE SET "
/* MariaDB's upsert, which must not change a row that it meets by another unique key than that of the link. */
#define SAME(table, column) "[" table "].[" column "] <=> VALUES([" column "])"
#define ONLY_IF(same, table, column)                                                                                   \
    "ON DUPLICATE KEY UPDATE [" column "] = IF(" same ", [" table "].[" column "], (SELECT NULL UNION ALL SELECT "     \
    "NULL))"
#define OR_FRIEND  " " ONLY_IF(SAME("friendship", "pugId") " AND " SAME("friendship", "friendId"), "friendship", "pugId")
#define GET_FRIEND " RETURNING [since], [pugId], [friendId]"
#define KEEP       "[pugId] = excluded.[pugId]"

/* ---- get ------------------------------------------------------------------------------------------------------------ */

#define FRIENDS(join)                                                                                                  \
    "SELECT " FRIENDSHIP("t0") ", " PUG("t1") " FROM [friendship] t0 " join                                            \
                                              " [pugs] t1 ON t1.[id] = t0.[friendId] WHERE t0.[pugId] = ?"
#define expect_friends(more, values)                                                                                   \
    expect_each({ FRIENDS("CROSS JOIN") more, (values) }, { FRIENDS("JOIN") more, (values) },                          \
                { FRIENDS("STRAIGHT_JOIN") more, (values) })

static void test_sql_get__reads_targets_and_join_rows(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        assert_non_null(kith_get(db.s, cody, "friends", NULL));
        expect_friends("", "1");
        assert_non_null(kith_get(db.s, cody, "friends",
                                 &(kith_query){ .where = KITH_AND(KITH_GT("age", 3), KITH_LT("friendship.since", 2000)),
                                                .order = KITH_ORDER({ "friendship.friendId", .desc = true }),
                                                .limit = 2,
                                                .offset = 4 }));
        expect_friends(" AND (t1.[age] > ? AND t0.[since] < ?) ORDER BY t0.[friendId] DESC, t1.[id] LIMIT ? OFFSET ?",
                       "1, 3, 2000, 2, 4");
        expect_nothing_more();
    }
}

static void test_sql_get__loads_includes(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        answer(KITH_VALUES(KITH_V(1990), KITH_V(1), KITH_V(2), KITH_V(2), KITH_V("Ann"), KITH_V(4), kith_of_null()));
        assert_non_null(kith_get(db.s, cody, "friends", &(kith_query){ .include = KITH_INCLUDE({ .as = "toys" }) }));
        expect_friends("", "1");
        expect_sent("SELECT " TOY("t0") " FROM [toys] t0 WHERE t0.[pugId] = ? AND t0.[deletedAt] IS NULL", "2");
        expect_nothing_more();
    }
}

/* Both ends of a key that is not primary, and rows that are told by a scope or destroyed softly. */
static void test_sql_get__reads_only_the_links_of_the_association(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *ann = user(1);
        assert_non_null(kith_get(db.s, ann, "managed", NULL));
#define MANAGED(join)                                                                                                  \
    "SELECT t0.[userId], t0.[projectId], t0.[role], t1.[id] FROM [membership] t0 " join                                \
    " [projects] t1 ON t1.[id] = t0.[projectId] WHERE t0.[userId] = ? AND t0.[role] = ?"
        expect_each({ MANAGED("CROSS JOIN"), "1, 'manager'" }, { MANAGED("JOIN"), "1, 'manager'" },
                    { MANAGED("STRAIGHT_JOIN"), "1, 'manager'" });
        assert_non_null(kith_get(db.s, ann, "liked", NULL));
#define LIKED(join)                                                                                                    \
    "SELECT t0.[stars], t0.[createdAt], t0.[updatedAt], t0.[deletedAt], t0.[userEmail], t0.[placeId], t1.[id] FROM "   \
    "[likings] t0 " join " [places] t1 ON t1.[id] = t0.[placeId] WHERE t0.[userEmail] = ? AND t0.[deletedAt] IS NULL"
        expect_each({ LIKED("CROSS JOIN"), "'ann@example.org'" }, { LIKED("JOIN"), "'ann@example.org'" },
                    { LIKED("STRAIGHT_JOIN"), "'ann@example.org'" });
        expect_nothing_more();
    }
}

/* ---- add ------------------------------------------------------------------------------------------------------------ */

#define INSERT_FRIENDS "INSERT INTO [friendship] ([pugId], [friendId]) VALUES "

static void test_sql_add__upserts_all_links_by_one_statement(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1), *ann = pug(2);
        assert_non_null(kith_add(db.s, cody, "friends", KITH_REFS({ ann }, { .key = KITH_V(3) }), NULL));
        expect_each({ INSERT_FRIENDS "(?, ?), (?, ?)" ON_FRIEND KEEP GET_FRIEND, "1, 2, 1, 3" },
                    { INSERT_FRIENDS "(?, ?), (?, ?)" ON_FRIEND KEEP GET_FRIEND, "1, 2, 1, 3" },
                    { INSERT_FRIENDS "(?, ?), (?, ?)" OR_FRIEND GET_FRIEND, "1, 2, 1, 3" });
        expect_nothing_more();
    }
}

static void test_sql_add__names_each_target_once(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1), *ann = pug(2);
        kith_list *links = kith_add(db.s, cody, "friends", KITH_REFS({ ann }, { .key = KITH_V(2) }, { ann }), NULL);
        assert_int_equal(links->count, 1);
        expect_each({ INSERT_FRIENDS "(?, ?)" ON_FRIEND KEEP GET_FRIEND, "1, 2" },
                    { INSERT_FRIENDS "(?, ?)" ON_FRIEND KEEP GET_FRIEND, "1, 2" },
                    { INSERT_FRIENDS "(?, ?)" OR_FRIEND GET_FRIEND, "1, 2" });
        assert_int_equal(kith_add(db.s, cody, "friends", KITH_NO_REFS, NULL)->count, 0);
        expect_nothing_more();
    }
}

#define INSERT_SINCE "INSERT INTO [friendship] ([since], [pugId], [friendId]) VALUES "
#define TAKE         "[since] = excluded.[since]"
#define TAKE_MARIA   ", [since] = VALUES([since])"

/* Values for all, and a target's own in their place. */
static void test_sql_add__writes_join_values(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        const kith_field *since = KITH_FIELDS(KITH_F("since", 1990)), *own = KITH_FIELDS(KITH_F("since", 2001));
        assert_non_null(kith_add(db.s, cody, "friends",
                                 KITH_REFS({ .key = KITH_V(2) }, { .key = KITH_V(3), .through = own }),
                                 &(kith_link_opts){ .through = since }));
        expect_each({ INSERT_SINCE "(?, ?, ?), (?, ?, ?)" ON_FRIEND TAKE GET_FRIEND, "1990, 1, 2, 2001, 1, 3" },
                    { INSERT_SINCE "(?, ?, ?), (?, ?, ?)" ON_FRIEND TAKE GET_FRIEND, "1990, 1, 2, 2001, 1, 3" },
                    { INSERT_SINCE "(?, ?, ?), (?, ?, ?)" OR_FRIEND TAKE_MARIA GET_FRIEND, "1990, 1, 2, 2001, 1, 3" });
        expect_nothing_more();
    }
}

/* A link about which nothing is said keeps its values: it cannot share the statement of one whose values change. */
static void test_sql_add__keeps_values_that_were_not_given(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        const kith_field *own = KITH_FIELDS(KITH_F("since", 2001));
        assert_non_null(
            kith_add(db.s, cody, "friends",
                     KITH_REFS({ .key = KITH_V(2) }, { .key = KITH_V(3), .through = own }, { .key = KITH_V(4) }),
                     NULL));
        expect_begin();
        expect_each({ INSERT_FRIENDS "(?, ?), (?, ?)" ON_FRIEND KEEP GET_FRIEND, "1, 2, 1, 4" },
                    { INSERT_FRIENDS "(?, ?), (?, ?)" ON_FRIEND KEEP GET_FRIEND, "1, 2, 1, 4" },
                    { INSERT_FRIENDS "(?, ?), (?, ?)" OR_FRIEND GET_FRIEND, "1, 2, 1, 4" });
        expect_each({ INSERT_SINCE "(?, ?, ?)" ON_FRIEND TAKE GET_FRIEND, "2001, 1, 3" },
                    { INSERT_SINCE "(?, ?, ?)" ON_FRIEND TAKE GET_FRIEND, "2001, 1, 3" },
                    { INSERT_SINCE "(?, ?, ?)" OR_FRIEND TAKE_MARIA GET_FRIEND, "2001, 1, 3" });
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

/* The constants are part of the row and of its key. */
static void test_sql_add__writes_the_scope(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *ann = user(1);
        assert_non_null(kith_add(db.s, ann, "managed", KITH_REFS({ .key = KITH_V(5) }), NULL));
#define INSERT_MEMBER "INSERT INTO [membership] (" MEMBERSHIP ") VALUES (?, ?, ?) "
        expect_each({ INSERT_MEMBER "ON CONFLICT (" MEMBERSHIP
                                    ") DO UPDATE SET [userId] = excluded.[userId] RETURNING " MEMBERSHIP,
                      "1, 5, 'manager'" },
                    { INSERT_MEMBER "ON CONFLICT (" MEMBERSHIP
                                    ") DO UPDATE SET [userId] = excluded.[userId] RETURNING " MEMBERSHIP,
                      "1, 5, 'manager'" },
                    { INSERT_MEMBER ONLY_IF(SAME("membership", "userId") " AND " SAME(
                                                "membership", "projectId") " AND " SAME("membership", "role"),
                                            "membership", "userId") " RETURNING " MEMBERSHIP,
                      "1, 5, 'manager'" });
        expect_nothing_more();
    }
}

/* Links that repeat have nothing to conflict with: every add makes a row. */
static void test_sql_add__inserts_links_that_repeat(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *ann = user(1);
        answer(KITH_VALUES(KITH_V(10)));
        answer(KITH_VALUES(KITH_V(11)));
        const kith_link_opts five = { .through = KITH_FIELDS(KITH_F("stars", 5)) };
        kith_list *visits = kith_add(db.s, ann, "places", KITH_REFS({ .key = KITH_V(7) }, { .key = KITH_V(7) }), &five);
        expect_sent("INSERT INTO [visits] ([stars], [userId], [placeId]) VALUES (?, ?, ?), (?, ?, ?) RETURNING [id]",
                    "5, 1, 7, 5, 1, 7");
        expect_nothing_more();
        assert_int_equal(visits->count, 2);
        assert_int_equal(kith_int(visits->at[1], "id"), 11);
    }
}

/* A link that was destroyed softly lives again; what was not given keeps its value and its time. */
static void test_sql_add__revives_links(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *ann = user(1);
        assert_non_null(kith_add(db.s, ann, "liked", KITH_REFS({ .key = KITH_V(7) }), NULL));
#define INSERT_LIKING                                                                                                  \
    "INSERT INTO [likings] ([stars], [createdAt], [updatedAt], [userEmail], [placeId]) VALUES (?, ?, ?, ?, ?) "
#define ON_LIKING INSERT_LIKING "ON CONFLICT ([userEmail], [placeId]) DO UPDATE SET "
#define OR_LIKING                                                                                                      \
    INSERT_LIKING ONLY_IF(SAME("likings", "userEmail") " AND " SAME("likings", "placeId"), "likings", "userEmail") "," \
                                                                                                                   " "
#define LIKING_VALUES "now, now, 'ann@example.org', 7"
        expect_each({ ON_LIKING "[deletedAt] = NULL RETURNING " LIKING, "1, " LIKING_VALUES },
                    { ON_LIKING "[deletedAt] = NULL RETURNING " LIKING, "1, " LIKING_VALUES },
                    { OR_LIKING "[deletedAt] = NULL RETURNING " LIKING, "1, " LIKING_VALUES });
        const kith_link_opts four = { .through = KITH_FIELDS(KITH_F("stars", 4)) };
        assert_non_null(kith_add(db.s, ann, "liked", KITH_REFS({ .key = KITH_V(7) }), &four));
#define NEW_STARS   "[stars] = excluded.[stars], [updatedAt] = excluded.[updatedAt], [deletedAt] = NULL RETURNING " LIKING
#define NEW_STARS_M "[stars] = VALUES([stars]), [updatedAt] = VALUES([updatedAt]), [deletedAt] = NULL RETURNING " LIKING
        expect_each({ ON_LIKING NEW_STARS, "4, " LIKING_VALUES }, { ON_LIKING NEW_STARS, "4, " LIKING_VALUES },
                    { OR_LIKING NEW_STARS_M, "4, " LIKING_VALUES });
        expect_nothing_more();
    }
}

#define LINE_LABEL "[lineOrderId], [lineNumber], [labelId]"

static void test_sql_add__writes_keys_of_several_attributes(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *first = line(1, 2);
        assert_non_null(kith_add(db.s, first, "labels", KITH_REFS({ .key = KITH_V(5) }), NULL));
#define INSERT_LABEL "INSERT INTO [lineLabels] (" LINE_LABEL ") VALUES (?, ?, ?) "
        expect_each({ INSERT_LABEL "ON CONFLICT (" LINE_LABEL ") DO UPDATE SET [lineOrderId] = excluded.[lineOrderId] "
                                   "RETURNING " LINE_LABEL,
                      "1, 2, 5" },
                    { INSERT_LABEL "ON CONFLICT (" LINE_LABEL ") DO UPDATE SET [lineOrderId] = excluded.[lineOrderId] "
                                   "RETURNING " LINE_LABEL,
                      "1, 2, 5" },
                    { INSERT_LABEL ONLY_IF(SAME("lineLabels", "lineOrderId") " AND " SAME(
                                               "lineLabels", "lineNumber") " AND " SAME("lineLabels", "labelId"),
                                           "lineLabels", "lineOrderId") " RETURNING " LINE_LABEL,
                      "1, 2, 5" });
        expect_nothing_more();
    }
}

/* ---- set ------------------------------------------------------------------------------------------------------------ */

/* The source's row is locked where databases lock rows; a writing transaction of SQLite has locked all. */
static void expect_set_begun(void)
{
    expect_begin();
    expect_each({ NULL }, { "SELECT 1 FROM [pugs] WHERE [id] = ? FOR NO KEY UPDATE", "1" },
                { "SELECT 1 FROM [pugs] WHERE [id] = ? FOR UPDATE", "1" });
    expect_sent("SELECT [since], [pugId], [friendId] FROM [friendship] WHERE [pugId] = ?", "1");
}

/* Friends 2 and 3 since 1990, as the set will find them. */
static void answer_friends(void)
{
    if (db.dialect->can & CAN_LOCK_ROWS)
        answer_affected(0);
    answer(KITH_VALUES(KITH_V(1990), KITH_V(1), KITH_V(2)));
    answer(KITH_VALUES(KITH_V(1990), KITH_V(1), KITH_V(3)));
    answer_end();
}

static void test_sql_set__sends_only_the_difference(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        answer_friends();
        kith_list *links = kith_set(db.s, cody, "friends", KITH_REFS({ .key = KITH_V(3) }, { .key = KITH_V(4) }), NULL);
        expect_set_begun();
        expect_sent("DELETE FROM [friendship] WHERE [pugId] = ? AND [friendId] = ?", "1, 2");
        expect_each({ INSERT_FRIENDS "(?, ?)" ON_FRIEND KEEP GET_FRIEND, "1, 4" },
                    { INSERT_FRIENDS "(?, ?)" ON_FRIEND KEEP GET_FRIEND, "1, 4" },
                    { INSERT_FRIENDS "(?, ?)" OR_FRIEND GET_FRIEND, "1, 4" });
        expect_sent("COMMIT", "");
        expect_nothing_more();
        assert_int_equal(links->count, 2);
    }
}

static void test_sql_set__writes_nothing_when_nothing_differs(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        const kith_ref *both = KITH_REFS({ .key = KITH_V(3) }, { .key = KITH_V(2) });
        answer_friends();
        assert_int_equal(kith_set(db.s, cody, "friends", both, NULL)->count, 2);
        expect_set_begun();
        expect_sent("COMMIT", "");
        answer_friends();
        const kith_link_opts same = { .through = KITH_FIELDS(KITH_F("since", 1990)) };
        assert_int_equal(kith_set(db.s, cody, "friends", both, &same)->count, 2);
        expect_set_begun();
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

static void test_sql_set__updates_links_whose_values_change(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        const kith_field *own = KITH_FIELDS(KITH_F("since", 2001));
        answer_friends();
        assert_non_null(kith_set(db.s, cody, "friends",
                                 KITH_REFS({ .key = KITH_V(2) }, { .key = KITH_V(3), .through = own }), NULL));
        expect_set_begun();
        expect_each({ INSERT_SINCE "(?, ?, ?)" ON_FRIEND TAKE GET_FRIEND, "2001, 1, 3" },
                    { INSERT_SINCE "(?, ?, ?)" ON_FRIEND TAKE GET_FRIEND, "2001, 1, 3" },
                    { INSERT_SINCE "(?, ?, ?)" OR_FRIEND TAKE_MARIA GET_FRIEND, "2001, 1, 3" });
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

static void test_sql_set__removes_all(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        answer_friends();
        assert_int_equal(kith_set(db.s, cody, "friends", KITH_NO_REFS, NULL)->count, 0);
        expect_set_begun();
#define DELETE_FRIENDS "DELETE FROM [friendship] WHERE [pugId] = ? AND "
        expect_each({ DELETE_FRIENDS "[friendId] IN (SELECT value FROM json_each(?))", "1, '[2,3]'" },
                    { DELETE_FRIENDS "[friendId] = ANY(?::integer[])", "1, '{2,3}'" },
                    { DELETE_FRIENDS "[friendId] IN (?, ?)", "1, 2, 3" });
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

/* The other association over the same table is left alone. */
static void test_sql_set__keeps_to_the_scope(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *ann = user(1);
        if (db.dialect->can & CAN_LOCK_ROWS)
            answer_affected(0);
        answer(KITH_VALUES(KITH_V(1), KITH_V(5), KITH_V("member")));
        assert_non_null(kith_set(db.s, ann, "joined", KITH_NO_REFS, NULL));
        expect_begin();
        expect_each({ NULL }, { "SELECT 1 FROM [users] WHERE [id] = ? FOR NO KEY UPDATE", "1" },
                    { "SELECT 1 FROM [users] WHERE [id] = ? FOR UPDATE", "1" });
        expect_sent("SELECT " MEMBERSHIP " FROM [membership] WHERE [userId] = ? AND [role] = ?", "1, 'member'");
        expect_sent("DELETE FROM [membership] WHERE [userId] = ? AND [role] = ? AND [projectId] = ?", "1, 'member', 5");
        expect_sent("COMMIT", "");
        expect_nothing_more();
    }
}

static void test_sql_set__is_undone_when_it_fails(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        answer_friends();
        answer_affected(1);
        answer_failure(KITH_E_FOREIGN_KEY);
        assert_null(kith_set(db.s, cody, "friends", KITH_REFS({ .key = KITH_V(2) }, { .key = KITH_V(9) }), NULL));
        expect_set_begun();
        expect_sent("DELETE FROM [friendship] WHERE [pugId] = ? AND [friendId] = ?", "1, 3");
        db.at++;
        expect_sent("ROLLBACK", "");
        expect_failure(KITH_E_FOREIGN_KEY, "the mock fails");
    }
}

/* Inside a transaction, to the savepoint; the transaction has seen a failure. */
static void test_sql_set__is_undone_to_its_savepoint(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        assert_true(kith_begin(db.s));
        answer_failure(KITH_E_BUSY);
        assert_null(kith_set(db.s, cody, "friends", KITH_NO_REFS, NULL));
        expect_begin();
        expect_sent("SAVEPOINT k2", "");
        db.at++;
        expect_sent("ROLLBACK TO SAVEPOINT k2", "");
        expect_sent("RELEASE SAVEPOINT k2", "");
        expect_failure(KITH_E_BUSY, "the mock fails");
        assert_false(kith_commit(db.s));
        expect_sent("ROLLBACK", "");
        expect_nothing_more();
    }
}

/* ---- remove --------------------------------------------------------------------------------------------------------- */

static void test_sql_remove__deletes_the_links(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1), *ann = pug(2);
        answer_affected(2);
        assert_int_equal(kith_remove(db.s, cody, "friends", KITH_REFS({ ann }, { .key = KITH_V(3) })), 2);
        expect_each({ DELETE_FRIENDS "[friendId] IN (SELECT value FROM json_each(?))", "1, '[2,3]'" },
                    { DELETE_FRIENDS "[friendId] = ANY(?::integer[])", "1, '{2,3}'" },
                    { DELETE_FRIENDS "[friendId] IN (?, ?)", "1, 2, 3" });
        answer_affected(0);
        assert_int_equal(kith_remove(db.s, cody, "friends", KITH_REFS({ ann })), 0);
        expect_sent(DELETE_FRIENDS "[friendId] = ?", "1, 2");
        assert_int_equal(kith_remove(db.s, cody, "friends", KITH_NO_REFS), 0);
        expect_nothing_more();
    }
}

static void test_sql_remove__keeps_to_the_scope_and_ends_softly(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *ann = user(1);
        assert_int_equal(kith_remove(db.s, ann, "managed", KITH_REFS({ .key = KITH_V(5) })), 1);
        expect_sent("DELETE FROM [membership] WHERE [userId] = ? AND [role] = ? AND [projectId] = ?",
                    "1, 'manager', 5");
        assert_int_equal(kith_remove(db.s, ann, "liked", KITH_REFS({ .key = KITH_V(7) })), 1);
        expect_sent("UPDATE [likings] SET [deletedAt] = ? WHERE [userEmail] = ? AND [placeId] = ? AND [deletedAt] IS "
                    "NULL",
                    "now, 'ann@example.org', 7");
        expect_nothing_more();
    }
}

static void test_sql_remove__compares_keys_as_tuples(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *red = found(&label_model, KITH_VALUES(KITH_V(5))), *first = line(1, 11);
        const kith_ref *both = KITH_REFS({ first }, { .keys = KITH_VALUES(KITH_V(11), KITH_V(1)) });
        assert_int_equal(kith_remove(db.s, red, "lines", both), 1);
#define UNLABEL "DELETE FROM [lineLabels] WHERE [labelId] = ? AND ([lineOrderId], [lineNumber]) IN "
        expect_each({ UNLABEL "(SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))",
                      "5, '[[1,11],[11,1]]'" },
                    { UNLABEL "(SELECT * FROM unnest(?::integer[], ?::integer[]))", "5, '{1,11}', '{11,1}'" },
                    { UNLABEL "((?, ?), (?, ?))", "5, 1, 11, 11, 1" });
        assert_int_equal(kith_remove(db.s, red, "lines", KITH_REFS({ first })), 1);
        expect_sent("DELETE FROM [lineLabels] WHERE [labelId] = ? AND [lineOrderId] = ? AND [lineNumber] = ?",
                    "5, 1, 11");
        expect_nothing_more();
    }
}

/* ---- has, count ----------------------------------------------------------------------------------------------------- */

static void test_sql_has__asks_for_the_linked_among_the_targets(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1), *ann = pug(2);
        answer(KITH_VALUES(KITH_V(2)));
        assert_int_equal(kith_has(db.s, cody, "friends", KITH_REFS({ ann }, { .key = KITH_V(2) })), 1);
#define HAS_FRIEND                                                                                                     \
    "SELECT t0.[id] FROM [friendship] t1 JOIN [pugs] t0 ON t0.[id] = t1.[friendId] WHERE t1.[pugId] = ? AND "
        expect_sent(HAS_FRIEND "t0.[id] = ?", "1, 2");
        answer(KITH_VALUES(KITH_V(2)));
        assert_int_equal(kith_has(db.s, cody, "friends", KITH_REFS({ ann }, { .key = KITH_V(3) })), 0);
        expect_each({ HAS_FRIEND "t0.[id] IN (SELECT value FROM json_each(?))", "1, '[2,3]'" },
                    { HAS_FRIEND "t0.[id] = ANY(?::integer[])", "1, '{2,3}'" },
                    { HAS_FRIEND "t0.[id] IN (?, ?)", "1, 2, 3" });
        assert_int_equal(kith_has(db.s, cody, "friends", KITH_NO_REFS), 1);
        expect_nothing_more();
    }
}

static void test_sql_count_related__counts_links(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *ann = user(1);
        answer(KITH_VALUES(KITH_V(4)));
        assert_int_equal(kith_count_related(db.s, ann, "managed"), 4);
        expect_sent("SELECT COUNT(*) FROM [membership] t1 JOIN [projects] t0 ON t0.[id] = t1.[projectId] WHERE "
                    "t1.[userId] = ? AND t1.[role] = ?",
                    "1, 'manager'");
        answer(KITH_VALUES(KITH_V(2)));
        assert_int_equal(kith_count_related(db.s, ann, "liked"), 2);
        expect_sent("SELECT COUNT(*) FROM [likings] t1 JOIN [places] t0 ON t0.[id] = t1.[placeId] WHERE t1.[userEmail] "
                    "= ? AND t1.[deletedAt] IS NULL",
                    "'ann@example.org'");
        expect_nothing_more();
    }
}

/* ---- create --------------------------------------------------------------------------------------------------------- */

static void test_sql_create_related__makes_both_or_neither(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        answer(KITH_VALUES(KITH_V(9), kith_of_null(), kith_of_null()));
        const kith_link_opts since = { .through = KITH_FIELDS(KITH_F("since", 2020)) };
        assert_non_null(kith_create_related(db.s, cody, "friends", KITH_FIELDS(KITH_F("name", "New")), &since));
        expect_begin();
        expect_sent("INSERT INTO [pugs] ([name]) VALUES (?) RETURNING [id], [age], [ownerId]", "'New'");
        expect_each({ INSERT_SINCE "(?, ?, ?)" ON_FRIEND TAKE GET_FRIEND, "2020, 1, 9" },
                    { INSERT_SINCE "(?, ?, ?)" ON_FRIEND TAKE GET_FRIEND, "2020, 1, 9" },
                    { INSERT_SINCE "(?, ?, ?)" OR_FRIEND TAKE_MARIA GET_FRIEND, "2020, 1, 9" });
        expect_sent("COMMIT", "");
        expect_nothing_more();
        answer(KITH_VALUES(KITH_V(9), kith_of_null(), kith_of_null()));
        answer_end();
        answer_failure(KITH_E_FOREIGN_KEY);
        assert_null(kith_create_related(db.s, cody, "friends", KITH_FIELDS(KITH_F("name", "New")), NULL));
        expect_begin();
        db.at += 2;
        expect_sent("ROLLBACK", "");
        expect_failure(KITH_E_FOREIGN_KEY, "the mock fails");
    }
}

/* ---- nothing is sent ------------------------------------------------------------------------------------------------ */

static void test_sql_link__refuses_names_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1);
        const kith_ref *ann = KITH_REFS({ .key = KITH_V(2) });
        assert_null(kith_get(db.s, cody, "freinds", NULL));
        expect_failure(KITH_E_USAGE, "did you mean 'friends'?");
        assert_null(kith_get(db.s, cody, "friends", &(kith_query){ .where = KITH_EQ("friendship.sinse", 1) }));
        expect_failure(KITH_E_USAGE, "did you mean 'since'?");
        assert_null(kith_add(db.s, cody, "friend", ann, NULL));
        expect_failure(KITH_E_USAGE, "did you mean 'friends'?");
        const kith_link_opts misspelt = { .through = KITH_FIELDS(KITH_F("sinse", 1)) };
        assert_null(kith_add(db.s, cody, "friends", ann, &misspelt));
        expect_failure(KITH_E_USAGE, "did you mean 'since'?");
        assert_null(kith_set(db.s, cody, "friends", ann, &misspelt));
        expect_failure(KITH_E_USAGE, "did you mean 'since'?");
        assert_int_equal(kith_remove(db.s, cody, "tag", ann), -1);
        expect_failure(KITH_E_USAGE, "did you mean 'tags'?");
        assert_int_equal(kith_has(db.s, cody, "tag", ann), -1);
        expect_failure(KITH_E_USAGE, "did you mean 'tags'?");
        assert_int_equal(kith_count_related(db.s, cody, "tag"), -1);
        expect_failure(KITH_E_USAGE, "did you mean 'tags'?");
        assert_null(kith_create_related(db.s, cody, "tag", NULL, NULL));
        expect_failure(KITH_E_USAGE, "did you mean 'tags'?");
    }
}

static void test_sql_link__refuses_targets_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(PUG_MODELS)
    {
        kith_record *cody = pug(1), *tag = found(&tag_model, KITH_VALUES(KITH_V(1), KITH_V("small")));
        assert_null(kith_add(db.s, cody, "friends", KITH_REFS({ tag }), NULL));
        expect_failure(KITH_E_USAGE, "a tag was given");
        assert_null(kith_add(db.s, cody, "friends", KITH_REFS({ .key = KITH_V("two") }), NULL));
        expect_failure(KITH_E_USAGE, "pug.id");
        assert_null(kith_set(db.s, cody, "friends", KITH_REFS({ .keys = KITH_VALUES(KITH_V(1), KITH_V(2)) }), NULL));
        expect_failure(KITH_E_USAGE, "1 values, but 2 were given");
        assert_int_equal(kith_remove(db.s, cody, "friends", KITH_REFS({ .record = NULL })), -1);
        expect_failure(KITH_E_USAGE, "NULL");
        assert_int_equal(kith_has(db.s, cody, "friends", KITH_REFS({ .key = kith_of_null() })), -1);
        expect_failure(KITH_E_USAGE, "null");
        assert_null(kith_add(db.s, NULL, "friends", KITH_REFS({ cody }), NULL));
        expect_failure(KITH_E_USAGE, "the record is NULL");
    }
}

static void test_sql_link__refuses_join_values_before_any_sql(void **state)
{
    (void)state;
    EACH_DIALECT(MODELS)
    {
        kith_record *ann = user(1);
        const kith_ref *place = KITH_REFS({ .key = KITH_V(7) });
        const kith_link_opts text = { .through = KITH_FIELDS(KITH_F("stars", "many")) };
        const kith_link_opts null = { .through = KITH_FIELDS({ "stars", kith_of_null() }) };
        assert_null(kith_add(db.s, ann, "liked", place, &text));
        expect_failure(KITH_E_USAGE, "liking.stars");
        assert_null(kith_set(db.s, ann, "liked", place, &null));
        expect_failure(KITH_E_VALIDATION, "liking.stars");
        assert_null(kith_create_related(db.s, ann, "liked", NULL, &text));
        expect_failure(KITH_E_USAGE, "liking.stars");
        assert_null(kith_create_related(db.s, ann, "liked", NULL, &null));
        expect_failure(KITH_E_VALIDATION, "liking.stars");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_get__reads_targets_and_join_rows),
        MOCKED_TEST(test_sql_get__loads_includes),
        MOCKED_TEST(test_sql_get__reads_only_the_links_of_the_association),
        MOCKED_TEST(test_sql_add__upserts_all_links_by_one_statement),
        MOCKED_TEST(test_sql_add__names_each_target_once),
        MOCKED_TEST(test_sql_add__writes_join_values),
        MOCKED_TEST(test_sql_add__keeps_values_that_were_not_given),
        MOCKED_TEST(test_sql_add__writes_the_scope),
        MOCKED_TEST(test_sql_add__inserts_links_that_repeat),
        MOCKED_TEST(test_sql_add__revives_links),
        MOCKED_TEST(test_sql_add__writes_keys_of_several_attributes),
        MOCKED_TEST(test_sql_set__sends_only_the_difference),
        MOCKED_TEST(test_sql_set__writes_nothing_when_nothing_differs),
        MOCKED_TEST(test_sql_set__updates_links_whose_values_change),
        MOCKED_TEST(test_sql_set__removes_all),
        MOCKED_TEST(test_sql_set__keeps_to_the_scope),
        MOCKED_TEST(test_sql_set__is_undone_when_it_fails),
        MOCKED_TEST(test_sql_set__is_undone_to_its_savepoint),
        MOCKED_TEST(test_sql_remove__deletes_the_links),
        MOCKED_TEST(test_sql_remove__keeps_to_the_scope_and_ends_softly),
        MOCKED_TEST(test_sql_remove__compares_keys_as_tuples),
        MOCKED_TEST(test_sql_has__asks_for_the_linked_among_the_targets),
        MOCKED_TEST(test_sql_count_related__counts_links),
        MOCKED_TEST(test_sql_create_related__makes_both_or_neither),
        MOCKED_TEST(test_sql_link__refuses_names_before_any_sql),
        MOCKED_TEST(test_sql_link__refuses_targets_before_any_sql),
        MOCKED_TEST(test_sql_link__refuses_join_values_before_any_sql),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
