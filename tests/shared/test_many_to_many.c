/* Many to many: how it is set up, and what join tables and join models come of it. */
#include <string.h>

#include "harness/shared.h"

#define NAME_ATTR                                                                                                      \
    {                                                                                                                  \
        .name = "name", .type = KITH_STRING(20)                                                                        \
    }

static kith_record *named(kith_session *s, const kith_model *m, const char *name)
{
    return must(s, kith_create(s, m, KITH_FIELDS(KITH_F("name", name))));
}

/* ---- a join table that nobody declares ---- */

extern const kith_model friend_model;
static const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &friend_model, .through = "friendship" }),
};
const kith_model friend_model = {
    .name = "friend",
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &pug_model, .through = "friendship" }),
};

/* S35, S83: one join table, which both sides read and write */
static void test_shared_many_to_many__both_sides_share_a_table(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model, &friend_model));
    kith_record *cody = named(s, &pug_model, "Cody"), *doug = named(s, &pug_model, "Doug");
    kith_record *ann = named(s, &friend_model, "Ann");
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }), NULL));
    must(s, kith_add(s, ann, "pugs", KITH_REFS({ doug }, { cody }), NULL));
    expect_stored(kith_model_named(the_db(), "friendship"), KITH_NAMES("pugId", "friendId"),
                  "[{'pugId':1,'friendId':1},{'pugId':2,'friendId':1}]");
    expect_number(s, kith_has(s, doug, "friends", KITH_REFS({ ann })), 1);
    expect_number(s, kith_count_related(s, ann, "pugs"), 2);
}

/* S36: the string names the table exactly */
static void test_shared_many_to_many__the_table_is_not_pluralised(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model, &friend_model));
    kith_record *cody = named(s, &pug_model, "Cody");
    must(s, kith_create_related(s, cody, "friends", KITH_FIELDS(KITH_F("name", "Ann")), NULL));
    expect_number(s, kith_execute(s, "DELETE FROM friendship", NULL), 1);
    expect_number(s, kith_count_related(s, cody, "friends"), 0);
}

static int count_attributes(kith_session *s, const kith_record *r)
{
    int count = 0;
    for (const char *at = kith_json_record(s, r); (at = strstr(at, "\":")); at++)
        count++;
    return count;
}

/* S37: the two keys, createdAt and updatedAt, and nothing else */
static void test_shared_many_to_many__columns_of_the_join_table(void **state)
{
    static const kith_model *first[] = { &friend_model, &pug_model, NULL };
    kith_session *s = start(state, first); /* timestamps follow the first that names the table */
    kith_record *cody = named(s, &pug_model, "Cody");
    must(s, kith_create_related(s, cody, "friends", KITH_FIELDS(KITH_F("name", "Ann")), NULL));
    kith_record *link = must(s, kith_find_one(s, kith_model_named(the_db(), "friendship"), NULL));
    assert_int_equal(kith_int(link, "pugId"), 1);
    assert_int_equal(kith_int(link, "friendId"), 1);
    assert_int_equal(kith_value_of(link, "createdAt").kind, KITH_TIMESTAMP);
    assert_int_equal(kith_value_of(link, "updatedAt").kind, KITH_TIMESTAMP);
    assert_int_equal(count_attributes(s, link), 4);
    expect_no_error(s);
}

/* S38: the two models' own tables have nothing new */
static void test_shared_many_to_many__own_tables_do_not_change(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model, &friend_model));
    named(s, &pug_model, "Cody");
    kith_record *ann = named(s, &friend_model, "Ann");
    expect_stored(&pug_model, NULL, "[{'id':1,'name':'Cody'}]");
    assert_int_equal(count_attributes(s, ann), 4);
}

/* S39: the made model is found by name, queried and created from like any other */
static void test_shared_many_to_many__the_made_model_is_a_model(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model, &friend_model));
    const kith_model *friendship = kith_model_named(the_db(), "friendship");
    assert_non_null(friendship);
    expect_text(friendship->name, "friendship");
    kith_record *cody = named(s, &pug_model, "Cody");
    named(s, &friend_model, "Ann");
    named(s, &friend_model, "Bob");
    must(s, kith_create(s, friendship, KITH_FIELDS(KITH_F("pugId", 1), KITH_F("friendId", 2))));
    expect_list(s, must(s, kith_get(s, cody, "friends", &(kith_query){ .attributes = KITH_NAMES("name") })),
                "[{'name':'Bob','friendship':{'pugId':1,'friendId':2}}]");
    kith_record *link = must(s, kith_find_one(s, friendship, &(kith_query){ .where = KITH_EQ("friendId", 2) }));
    must(s, kith_update(s, link, KITH_FIELDS(KITH_F("friendId", 1))));
    expect_number(s, kith_count(s, friendship, &(kith_query){ .where = KITH_EQ("friendId", 1) }), 1);
    must(s, kith_destroy(s, must(s, kith_find_one(s, friendship, NULL))));
    expect_number(s, kith_count_related(s, cody, "friends"), 0);
}

/* S40: its key is the pair */
static void test_shared_many_to_many__the_pair_is_the_key(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model, &friend_model));
    const kith_model *friendship = kith_model_named(the_db(), "friendship");
    kith_record *cody = named(s, &pug_model, "Cody");
    must(s, kith_create_related(s, cody, "friends", KITH_FIELDS(KITH_F("name", "Ann")), NULL));
    must(s, kith_find_by_keys(s, friendship, KITH_VALUES(KITH_V(1), KITH_V(1))));
    assert_null(kith_find_by_keys(s, friendship, KITH_VALUES(KITH_V(1), KITH_V(2))));
    expect_no_error(s);
    assert_null(kith_find_by_key(s, friendship, KITH_V(1)));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "has 2 attributes, but 1 values were given");
    assert_null(kith_create(s, friendship, KITH_FIELDS(KITH_F("pugId", 1), KITH_F("friendId", 1))));
    expect_error(s, KITH_E_UNIQUE, "friendship", NULL, "");
    assert_null(kith_create(s, friendship, KITH_FIELDS(KITH_F("pugId", 1))));
    expect_error(s, KITH_E_VALIDATION, "friendship", "friendId", "may not be null");
}

/* S37: a link goes with either of its sides */
static void test_shared_many_to_many__links_go_with_their_sides(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model, &friend_model));
    kith_record *cody = named(s, &pug_model, "Cody"), *doug = named(s, &pug_model, "Doug");
    kith_record *ann = named(s, &friend_model, "Ann"), *bob = named(s, &friend_model, "Bob");
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }, { bob }), NULL));
    must(s, kith_add(s, doug, "friends", KITH_REFS({ ann }, { bob }), NULL));
    must(s, kith_destroy(s, cody));
    must(s, kith_destroy(s, ann));
    expect_stored(kith_model_named(the_db(), "friendship"), KITH_NAMES("pugId", "friendId"),
                  "[{'pugId':2,'friendId':2}]");
    expect_stored(&friend_model, KITH_NAMES("name"), "[{'name':'Bob'}]");
}

/* ---- the other ways to say the same ---- */

extern const kith_model old_friend_model;
static const kith_model old_pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &old_friend_model, .through = "friendship" }),
};
const kith_model old_friend_model = {
    .name = "friend",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &old_pug_model, .through = "friendship" }),
};

/* S34: has-many on both sides with a through is the same */
static void test_shared_many_to_many__the_old_form(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&old_pug_model, &old_friend_model));
    kith_record *cody = named(s, &old_pug_model, "Cody"), *ann = named(s, &old_friend_model, "Ann");
    must(s, kith_add(s, ann, "pugs", KITH_REFS({ cody }), NULL));
    must(s, kith_create_related(s, cody, "friends", KITH_FIELDS(KITH_F("name", "Bob")), NULL));
    expect_stored(&old_friend_model, NULL, "[{'id':1,'name':'Ann'},{'id':2,'name':'Bob'}]");
    expect_stored(kith_model_named(the_db(), "friendship"), KITH_NAMES("pugId", "friendId"),
                  "[{'pugId':1,'friendId':1},{'pugId':1,'friendId':2}]");
}

extern const kith_model book_model, article_model;
static const kith_model book_article_model = {
    .name = "BookArticle",
    .table = "BookArticles",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true },
                        { .name = "bookId", .type = KITH_INTEGER, .references = &book_model, .not_null = true },
                        { .name = "article_id", .type = KITH_INTEGER, .references = &article_model, .not_null = true },
                        { .name = "page", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &book_model }, { KITH_BELONGS_TO, .target = &article_model }),
};
const kith_model book_model = {
    .name = "Book",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &article_model, .through_model = &book_article_model },
                          { KITH_HAS_MANY, .target = &book_article_model }),
};
const kith_model article_model = {
    .name = "Article",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &book_model, .through = "BookArticles" },
                          { KITH_HAS_MANY, .target = &book_article_model }),
};
#define PRESS KITH_MODELS(&book_model, &article_model, &book_article_model)

/* S33, S49, S50: a join model of one's own, by model or by table; its keys bookId and article_id are those that would
 * be called BookId and ArticleId, not columns beside them */
static void test_shared_many_to_many__declared_keys_are_the_keys(void **state)
{
    kith_session *s = start(state, PRESS);
    kith_record *book = named(s, &book_model, "B");
    kith_record *a = must(s, kith_create_related(s, book, "Articles", KITH_FIELDS(KITH_F("name", "a")),
                                                 &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("page", 3)) }));
    expect_stored(&book_article_model, NULL, "[{'id':1,'bookId':1,'article_id':1,'page':3}]");
    expect_number(s, kith_count_related(s, a, "Books"), 1);
    expect_number(s, kith_count_related(s, a, "BookArticles"), 1);
}

/* S41: a declared id stays the key, and the pair is unique besides */
static void test_shared_many_to_many__a_declared_id_stays(void **state)
{
    kith_session *s = start(state, PRESS);
    kith_record *book = named(s, &book_model, "B"), *a = named(s, &article_model, "a");
    must(s, kith_add(s, book, "Articles", KITH_REFS({ a }), NULL));
    must(s, kith_add(s, book, "Articles", KITH_REFS({ a }), NULL));
    kith_record *link = must(s, kith_find_by_key(s, &book_article_model, KITH_V(1)));
    assert_int_equal(kith_int(link, "article_id"), 1);
    assert_null(kith_create(s, &book_article_model, KITH_FIELDS(KITH_F("bookId", 1), KITH_F("article_id", 1))));
    expect_error(s, KITH_E_UNIQUE, "BookArticle", NULL, "");
    expect_number(s, kith_count(s, &book_article_model, NULL), 1);
}

/* S57, S82: loaded all four ways */
static void test_shared_many_to_many__loaded_four_ways(void **state)
{
    kith_session *s = start(state, PRESS);
    kith_record *book = named(s, &book_model, "B"), *a = named(s, &article_model, "a");
    must(s, kith_add(s, book, "Articles", KITH_REFS({ a }),
                     &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("page", 3)) }));
    static const char *const name[] = { "name", NULL }, *const page[] = { "page", NULL };
    static const kith_include article[] = { { .as = "Article", .attributes = name }, { 0 } };
    static const kith_include both[] = { { .as = "Book", .attributes = name },
                                         { .as = "Article", .attributes = name },
                                         { 0 } };
    static const kith_include articles[] = {
        { .as = "Articles", .attributes = name, .through = { .attributes = page } }, { 0 }
    };
    static const kith_include links[] = { { .as = "BookArticles", .attributes = page, .include = article }, { 0 } };
    static const kith_include books[] = {
        { .model = &book_model, .attributes = name, .through = { .attributes = page } }, { 0 }
    };
    expect_list(s, must(s, kith_find(s, &book_model, &(kith_query){ .attributes = name, .include = articles })),
                "[{'name':'B','Articles':[{'name':'a','BookArticle':{'page':3}}]}]");
    expect_list(s, must(s, kith_find(s, &article_model, &(kith_query){ .attributes = name, .include = books })),
                "[{'name':'a','Books':[{'name':'B','BookArticle':{'page':3}}]}]");
    expect_list(s, must(s, kith_find(s, &book_article_model, &(kith_query){ .attributes = page, .include = both })),
                "[{'page':3,'Book':{'name':'B'},'Article':{'name':'a'}}]");
    expect_list(s, must(s, kith_find(s, &book_model, &(kith_query){ .attributes = name, .include = links })),
                "[{'name':'B','BookArticles':[{'page':3,'Article':{'name':'a'}}]}]");
}

/* ---- aliases and keys ---- */

extern const kith_model project_model, plain_project_model;
static const kith_model worker_model = {
    .name = "worker",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "tasks", .target = &project_model, .through = "worker_tasks",
                            .foreign_key = "theWorker", .other_key = "theProject" }),
};
const kith_model project_model = {
    .name = "project",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "staff", .target = &worker_model, .through = "worker_tasks" }),
};

/* S20, S43, S44, S45: an alias, and both keys named by one side; the other side learns them */
static void test_shared_many_to_many__aliases_and_keys(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&worker_model, &project_model));
    kith_record *ann = named(s, &worker_model, "Ann"), *mars = named(s, &project_model, "Mars");
    must(s, kith_add(s, ann, "tasks", KITH_REFS({ mars }), NULL));
    must(s, kith_create_related(s, mars, "staff", KITH_FIELDS(KITH_F("name", "Bob")), NULL));
    expect_stored(kith_model_named(the_db(), "worker_tasks"), NULL,
                  "[{'theWorker':1,'theProject':1},{'theWorker':2,'theProject':1}]");
    assert_null(kith_get(s, ann, "projects", NULL));
    expect_error(s, KITH_E_USAGE, "worker", "projects", "it has tasks");
    assert_null(kith_get(s, mars, "stuff", NULL));
    expect_error(s, KITH_E_USAGE, "project", "stuff", "did you mean 'staff'?");
}

/* ---- a model with itself ---- */

static const kith_model knower_model = {
    .name = "person",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "idols", .target = &knower_model, .through = "idol" }),
};
static const kith_model follower_model = {
    .name = "person",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "followers", .target = &follower_model, .through = "follow" },
                          { KITH_BELONGS_TO_MANY, .as = "heroes", .target = &follower_model, .through = "follow" }),
};
static const kith_model nameless_model = {
    .name = "person",
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &nameless_model, .through = "follow" }),
};

/* S46: in one direction */
static void test_shared_many_to_many__with_itself(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&knower_model));
    kith_record *ann = named(s, &knower_model, "Ann"), *bob = named(s, &knower_model, "Bob");
    must(s, kith_add(s, ann, "idols", KITH_REFS({ bob }, { ann }), NULL));
    expect_stored(kith_model_named(the_db(), "idol"), KITH_NAMES("personId", "idolId"),
                  "[{'personId':1,'idolId':1},{'personId':1,'idolId':2}]");
    expect_number(s, kith_count_related(s, bob, "idols"), 0);
}

/* S35, S46: in both directions: who is followed and who follows */
static void test_shared_many_to_many__with_itself_both_ways(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&follower_model));
    kith_record *ann = named(s, &follower_model, "Ann"), *bob = named(s, &follower_model, "Bob");
    kith_record *cid = named(s, &follower_model, "Cid");
    must(s, kith_add(s, ann, "followers", KITH_REFS({ bob }, { cid }), NULL));
    must(s, kith_add(s, bob, "heroes", KITH_REFS({ cid }), NULL));
    expect_number(s, kith_count_related(s, ann, "followers"), 2);
    expect_number(s, kith_count_related(s, ann, "heroes"), 0);
    expect_number(s, kith_has(s, bob, "heroes", KITH_REFS({ ann }, { cid })), 1);
    expect_number(s, kith_has(s, cid, "followers", KITH_REFS({ bob })), 1);
    expect_number(s, kith_count_related(s, cid, "heroes"), 1);
    expect_number(s, kith_count(s, kith_model_named(the_db(), "follow"), NULL), 3);
}

/* S46: the alias is required */
static void test_shared_many_to_many__with_itself_needs_an_alias(void **state)
{
    (void)state;
    expect_mistake(KITH_MODELS(&nameless_model), "person", NULL, "needs an alias: .as");
}

/* ---- keys that are not primary ---- */

extern const kith_model club_model;
static const kith_model member_model = {
    .name = "member",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR, { .name = "code", .type = KITH_STRING(8), .unique = true, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &club_model, .through = "membership", .source_key = "code",
                            .target_key = "tag" }),
};
const kith_model club_model = {
    .name = "club",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR, { .name = "tag", .type = KITH_STRING(8) }),
    .indexes = KITH_INDEXES({ .unique = true, .attrs = KITH_NAMES("tag") }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &member_model, .through = "membership" }),
};

/* S47: the join columns hold and reference those keys, also when only one side names them */
static void test_shared_many_to_many__keys_that_are_not_primary(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&member_model, &club_model));
    kith_record *ann = must(s, kith_create(s, &member_model, KITH_FIELDS(KITH_F("name", "Ann"), KITH_F("code", "a1"))));
    kith_record *go = must(s, kith_create(s, &club_model, KITH_FIELDS(KITH_F("name", "Go"), KITH_F("tag", "g"))));
    must(s, kith_add(s, ann, "clubs", KITH_REFS({ go }), NULL));
    expect_stored(kith_model_named(the_db(), "membership"), NULL, "[{'memberCode':'a1','clubTag':'g'}]");
    must(s, kith_update(s, go, KITH_FIELDS(KITH_F("tag", "go")))); /* the reference follows */
    expect_stored(kith_model_named(the_db(), "membership"), NULL, "[{'memberCode':'a1','clubTag':'go'}]");
    expect_number(s, kith_count_related(s, go, "members"), 1);
    assert_null(kith_add(s, ann, "clubs", KITH_REFS({ .key = KITH_V("chess") }), NULL));
    expect_error(s, KITH_E_FOREIGN_KEY, "membership", NULL, "");
}

static const kith_model loose_model = {
    .name = "member",
    .attrs = KITH_ATTRS({ .name = "code", .type = KITH_STRING(8) }),
    .assocs = KITH_ASSOCS(
        { KITH_BELONGS_TO_MANY, .target = &friend_model, .through = "membership", .source_key = "code" }),
};
static const kith_model lost_model = {
    .name = "member",
    .attrs = KITH_ATTRS({ .name = "code", .type = KITH_STRING(8), .unique = true }),
    .assocs = KITH_ASSOCS(
        { KITH_BELONGS_TO_MANY, .target = &friend_model, .through = "membership", .source_key = "cod" }),
};

/* S48, S51: such a key must be there and unique, which is checked at definition */
static void test_shared_many_to_many__keys_must_be_unique(void **state)
{
    (void)state;
    expect_mistake(KITH_MODELS(&loose_model, &pug_model, &friend_model), NULL, NULL,
                   "member.code, which is neither a primary key nor unique");
    expect_mistake(KITH_MODELS(&lost_model, &pug_model, &friend_model), "member", "friends", "did you mean 'code'?");
}

/* ---- links more than once ---- */

extern const kith_model role_model;
static const kith_model user_role_model = {
    .name = "user_role",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true }, NAME_ATTR),
};
static const kith_model user_model = {
    .name = "user",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS(
        { KITH_BELONGS_TO_MANY, .target = &role_model, .through_model = &user_role_model, .not_unique = true }),
};
const kith_model role_model = {
    .name = "role",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS(
        { KITH_BELONGS_TO_MANY, .target = &user_model, .through_model = &user_role_model, .not_unique = true }),
};

/* S42, P29: every add makes a row */
static void test_shared_many_to_many__repeatable_links(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&user_model, &role_model, &user_role_model));
    kith_record *ida = named(s, &user_model, "Ida"), *all = named(s, &role_model, "ALL");
    must(s, kith_add(s, ida, "roles", KITH_REFS({ all }),
                     &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("name", "a")) }));
    must(s, kith_add(s, ida, "roles", KITH_REFS({ all }, { all }),
                     &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("name", "b")) }));
    expect_stored(&user_role_model, NULL,
                  "[{'id':1,'name':'a','userId':1,'roleId':1},{'id':2,'name':'b','userId':1,'roleId':1},"
                  "{'id':3,'name':'b','userId':1,'roleId':1}]");
    expect_number(s, kith_has(s, ida, "roles", KITH_REFS({ all })), 1);
    expect_number(s, kith_remove(s, ida, "roles", KITH_REFS({ all })), 3);
}

static const kith_model idless_model = {
    .name = "person",
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &friend_model, .through = "x", .not_unique = true }),
};

/* S42: without an id of the join row's own it is refused */
static void test_shared_many_to_many__repeatable_needs_an_id(void **state)
{
    (void)state;
    expect_mistake(KITH_MODELS(&idless_model, &pug_model, &friend_model), "person", "friends",
                   "needs a primary key of its own");
}

/* ---- two associations over one table ---- */

extern const kith_model child_model;
static const kith_model parent_model = {
    .name = "Parent",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "Naturals", .target = &child_model, .through = "Parent_Child",
                            .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("natural") }) },
                          { KITH_BELONGS_TO_MANY, .as = "Fosters", .target = &child_model, .through = "Parent_Child",
                            .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("foster") }) }),
};
const kith_model child_model = { .name = "Child", .no_timestamps = true, .attrs = KITH_ATTRS(NAME_ATTR) };
static const kith_model mixed_model = {
    .name = "Parent",
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "Naturals", .target = &child_model, .through = "Parent_Child" },
                          { KITH_BELONGS_TO_MANY, .as = "Fosters", .target = &child_model, .through = "Parent_Child" }),
};
static const kith_model parted_model = {
    .name = "Parent",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "Naturals", .target = &child_model, .through = "Natural" },
                          { KITH_BELONGS_TO_MANY, .as = "Fosters", .target = &child_model, .through = "Foster" }),
};

/* S54, S55: a constant in the join row keeps them apart, and is part of the key */
static void test_shared_many_to_many__scopes(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&parent_model, &child_model));
    kith_record *eve = named(s, &parent_model, "Eve"), *tim = named(s, &child_model, "Tim");
    must(s, kith_add(s, eve, "Naturals", KITH_REFS({ tim }), NULL));
    must(s, kith_add(s, eve, "Fosters", KITH_REFS({ tim }), NULL));
    expect_stored(kith_model_named(the_db(), "Parent_Child"), KITH_NAMES("ParentId", "ChildId", "kind"),
                  "[{'ParentId':1,'ChildId':1,'kind':'foster'},{'ParentId':1,'ChildId':1,'kind':'natural'}]");
    expect_number(s, kith_remove(s, eve, "Fosters", KITH_REFS({ tim })), 1);
    expect_number(s, kith_count_related(s, eve, "Naturals"), 1);
    expect_number(s, kith_count_related(s, eve, "Fosters"), 0);
}

/* S55, P26: without one the definition is refused, naming both and the ways out; tables of their own are one */
static void test_shared_many_to_many__the_same_columns_twice(void **state)
{
    expect_mistake(KITH_MODELS(&mixed_model, &child_model), "Parent", "Naturals",
                   "and Fosters use the same columns of Parent_Child");
    expect_mistake(KITH_MODELS(&mixed_model, &child_model), "Parent", "Naturals", ".scope");
    expect_mistake(KITH_MODELS(&mixed_model, &child_model), "Parent", "Naturals", ".foreign_key");
    kith_session *s = start(state, KITH_MODELS(&parted_model, &child_model));
    kith_record *eve = named(s, &parted_model, "Eve"), *tim = named(s, &child_model, "Tim");
    must(s, kith_add(s, eve, "Naturals", KITH_REFS({ tim }), NULL));
    expect_number(s, kith_count_related(s, eve, "Fosters"), 0);
}

/* ---- definitions that are wrong ---- */

static const kith_model throughless_model = {
    .name = "person",
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &friend_model }),
};
static const kith_model targetless_model = {
    .name = "person",
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "friends", .through = "x" }),
};
static const kith_model joinless_model = {
    .name = "person",
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &pug_model, .through_model = &user_role_model }),
};
static const kith_model kindless_model = {
    .name = "person",
    .assocs = KITH_ASSOCS({ .target = &friend_model }),
};

/* S33, S51: through is required */
static void test_shared_many_to_many__through_is_required(void **state)
{
    (void)state;
    expect_mistake(KITH_MODELS(&throughless_model, &pug_model, &friend_model), "person", NULL,
                   "needs .through or .through_model");
}

/* S51, S52: a wrong target, join model or kind is reported at definition */
static void test_shared_many_to_many__wrong_targets(void **state)
{
    (void)state;
    expect_mistake(KITH_MODELS(&targetless_model), "person", "friends", "has no target");
    expect_mistake(KITH_MODELS(&pug_model), "pug", NULL, "model friend was not given to kith_open");
    expect_mistake(KITH_MODELS(&joinless_model, &pug_model, &friend_model), "person", NULL,
                   "join model user_role was not given");
    expect_mistake(KITH_MODELS(&kindless_model, &pug_model, &friend_model), "person", NULL, "has no kind");
}

/* ---- declared or not ---- */

static const kith_model friendship_model = {
    .name = "friendship",
    .table = "friendship",
    .attrs = KITH_ATTRS({ .name = "since", .type = KITH_INTEGER }),
};

/* S58: one may declare the join model, and nothing else changes */
static void test_shared_many_to_many__declaring_is_optional(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model, &friend_model, &friendship_model));
    assert_ptr_equal(kith_model_named(the_db(), "friendship"), &friendship_model);
    kith_record *cody = named(s, &pug_model, "Cody"), *ann = named(s, &friend_model, "Ann");
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }),
                     &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("since", 9)) }));
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }), NULL));
    expect_stored(&friendship_model, KITH_NAMES("pugId", "friendId", "since"), "[{'pugId':1,'friendId':1,'since':9}]");
    must(s, kith_find_by_keys(s, &friendship_model, KITH_VALUES(KITH_V(1), KITH_V(1))));
}

/* S64, S69: a link that is only confirmed has not changed; one that gets other values has */
static void test_shared_many_to_many__when_a_link_changed(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model, &friend_model, &friendship_model));
    kith_record *cody = named(s, &pug_model, "Cody"), *ann = named(s, &friend_model, "Ann");
    kith_list *rows = must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }), NULL));
    const kith_value early = kith_of_timestamp(5);
    must(s, kith_update(s, rows->at[0], KITH_FIELDS({ "createdAt", early }, { "updatedAt", early })));
    rows = must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }), NULL));
    assert_int_equal(kith_int(rows->at[0], "updatedAt"), 5);
    rows = must(s, kith_set(s, cody, "friends", KITH_REFS({ ann }), NULL));
    assert_int_equal(kith_int(rows->at[0], "updatedAt"), 5);
    must(s, kith_add(s, cody, "friends", KITH_REFS({ ann }),
                     &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("since", 9)) }));
    kith_record *link = must(s, kith_find_one(open_session(), &friendship_model, NULL));
    assert_int_equal(kith_int(link, "since"), 9);
    assert_int_equal(kith_int(link, "createdAt"), 5);
    assert_true(kith_int(link, "updatedAt") > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_many_to_many__both_sides_share_a_table),
        SHARED_TEST(test_shared_many_to_many__the_table_is_not_pluralised),
        SHARED_TEST(test_shared_many_to_many__columns_of_the_join_table),
        SHARED_TEST(test_shared_many_to_many__own_tables_do_not_change),
        SHARED_TEST(test_shared_many_to_many__the_made_model_is_a_model),
        SHARED_TEST(test_shared_many_to_many__the_pair_is_the_key),
        SHARED_TEST(test_shared_many_to_many__links_go_with_their_sides),
        SHARED_TEST(test_shared_many_to_many__the_old_form),
        SHARED_TEST(test_shared_many_to_many__declared_keys_are_the_keys),
        SHARED_TEST(test_shared_many_to_many__a_declared_id_stays),
        SHARED_TEST(test_shared_many_to_many__loaded_four_ways),
        SHARED_TEST(test_shared_many_to_many__aliases_and_keys),
        SHARED_TEST(test_shared_many_to_many__with_itself),
        SHARED_TEST(test_shared_many_to_many__with_itself_both_ways),
        SHARED_TEST(test_shared_many_to_many__with_itself_needs_an_alias),
        SHARED_TEST(test_shared_many_to_many__keys_that_are_not_primary),
        SHARED_TEST(test_shared_many_to_many__keys_must_be_unique),
        SHARED_TEST(test_shared_many_to_many__repeatable_links),
        SHARED_TEST(test_shared_many_to_many__repeatable_needs_an_id),
        SHARED_TEST(test_shared_many_to_many__scopes),
        SHARED_TEST(test_shared_many_to_many__the_same_columns_twice),
        SHARED_TEST(test_shared_many_to_many__through_is_required),
        SHARED_TEST(test_shared_many_to_many__wrong_targets),
        SHARED_TEST(test_shared_many_to_many__declaring_is_optional),
        SHARED_TEST(test_shared_many_to_many__when_a_link_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
