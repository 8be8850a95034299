/* Paranoid models: rows that are destroyed stay, and are left out until someone asks for them; links likewise. */
#include "harness/shared.h"

extern const kith_model post_model, tag_model, cover_model;
static const kith_model blog_model = {
    .name = "blog",
    .paranoid = true,
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &post_model }, { KITH_HAS_ONE, .target = &cover_model }),
};
static const kith_model post_tag_model = {
    .name = "post_tag",
    .paranoid = true,
    .attrs = KITH_ATTRS({ .name = "rank", .type = KITH_INTEGER }),
};
const kith_model post_model = {
    .name = "post",
    .paranoid = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &blog_model },
                          { KITH_BELONGS_TO_MANY, .target = &tag_model, .through_model = &post_tag_model }),
};
const kith_model tag_model = {
    .name = "tag",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &post_model, .through_model = &post_tag_model }),
};
const kith_model cover_model = {
    .name = "cover",
    .paranoid = true,
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &blog_model }),
};

static const char *const name_only[] = { "name", NULL };
static const char *const rank_only[] = { "rank", NULL };
static const kith_order by_name[] = { { "name" }, { 0 } };

static kith_session *start_blog(void **state)
{
    return start(state, KITH_MODELS(&blog_model, &post_model, &tag_model, &post_tag_model, &cover_model));
}

static kith_record *named(kith_session *s, const kith_model *m, const char *name)
{
    return must(s, kith_create(s, m, KITH_FIELDS(KITH_F("name", name))));
}

#define expect_names(s, m, json, ...)                                                                                  \
    expect_list((s), kith_find((s), (m), &(kith_query){ .attributes = name_only, .order = by_name, __VA_ARGS__ }), json)

/* ---- rows ---- */

/* P30: destroying sets deletedAt; finds and counts leave the row out, or take it in when asked */
static void test_shared_paranoid__destroy(void **state)
{
    kith_session *s = start_blog(state);
    kith_record *a = named(s, &post_model, "a");
    named(s, &post_model, "b");
    assert_int_equal(kith_value_of(a, "deletedAt").kind, KITH_NULL);
    must(s, kith_destroy(s, a));
    assert_int_equal(kith_value_of(a, "deletedAt").kind, KITH_TIMESTAMP);
    expect_names(s, &post_model, "[{'name':'b'}]", .with_deleted = false);
    expect_names(s, &post_model, "[{'name':'a'},{'name':'b'}]", .with_deleted = true);
    expect_number(s, kith_count(s, &post_model, NULL), 1);
    expect_number(s, kith_count(s, &post_model, &(kith_query){ .with_deleted = true }), 2);
    assert_null(kith_find_by_key(s, &post_model, KITH_V(1)));
    assert_null(kith_find_one(s, &post_model, &(kith_query){ .where = KITH_EQ("name", "a") }));
    expect_no_error(s);
    expect_number(s, kith_execute(s, "UPDATE posts SET name = 'c' WHERE name = 'a'", NULL), 1); /* it is still there */
}

/* P30: what is gone cannot be destroyed again */
static void test_shared_paranoid__destroy_again(void **state)
{
    kith_session *s = start_blog(state);
    kith_record *a = named(s, &post_model, "a");
    must(s, kith_destroy(s, a));
    assert_false(kith_destroy(s, a));
    expect_error(s, KITH_E_NOT_FOUND, "post", NULL, "");
}

/* P30: setting deletedAt to null brings a row back */
static void test_shared_paranoid__bring_back(void **state)
{
    kith_session *s = start_blog(state);
    must(s, kith_destroy(s, named(s, &post_model, "a")));
    kith_record *gone = must(s, kith_find_one(s, &post_model, &(kith_query){ .with_deleted = true }));
    must(s, kith_update(s, gone, KITH_FIELDS({ "deletedAt", kith_of_null() })));
    expect_names(s, &post_model, "[{'name':'a'}]", .with_deleted = false);
}

/* P30: includes, related finds, counts and conditions leave them out; an include can ask for them */
static void test_shared_paranoid__associations(void **state)
{
    kith_session *s = start_blog(state);
    kith_record *blog = named(s, &blog_model, "x");
    kith_record *a = must(s, kith_create_related(s, blog, "posts", KITH_FIELDS(KITH_F("name", "a")), NULL));
    kith_record *b = must(s, kith_create_related(s, blog, "posts", KITH_FIELDS(KITH_F("name", "b")), NULL));
    must(s, kith_destroy(s, a));
    expect_names(s, &blog_model, "[{'name':'x','posts':[{'name':'b'}]}]",
                 .include = KITH_INCLUDE({ .as = "posts", .attributes = name_only, .order = by_name }));
    expect_names(s, &blog_model, "[{'name':'x','posts':[{'name':'a'},{'name':'b'}]}]",
                 .include = KITH_INCLUDE(
                     { .as = "posts", .attributes = name_only, .order = by_name, .with_deleted = true }));
    expect_list(s, must(s, kith_get(s, blog, "posts", &(kith_query){ .attributes = name_only })), "[{'name':'b'}]");
    expect_list(s,
                must(s, kith_get(s, blog, "posts",
                                 &(kith_query){ .attributes = name_only, .order = by_name, .with_deleted = true })),
                "[{'name':'a'},{'name':'b'}]");
    expect_number(s, kith_count_related(s, blog, "posts"), 1);
    expect_number(s, kith_has(s, blog, "posts", KITH_REFS({ a })), 0);
    expect_names(s, &blog_model, "[]", .where = KITH_EQ("posts.name", "a"));
    expect_names(s, &blog_model, "[{'name':'x'}]", .where = KITH_EVERY("posts", KITH_EQ("name", "b")));
    must(s, kith_destroy(s, blog));
    expect_names(s, &post_model, "[{'name':'b','blog':null}]",
                 .include = KITH_INCLUDE({ .as = "blog", .attributes = name_only }));
    expect_names(s, &post_model, "[{'name':'b','blog':{'name':'x'}}]",
                 .include = KITH_INCLUDE({ .as = "blog", .attributes = name_only, .with_deleted = true }));
    expect_names(s, &post_model, "[]", .include = KITH_INCLUDE({ .as = "blog", .required = KITH_YES }));
    expect_list(s, must(s, kith_get(s, b, "blog", NULL)), "[]");
}

/* P30: what is gone cannot be linked */
static void test_shared_paranoid__what_is_gone_cannot_be_linked(void **state)
{
    kith_session *s = start_blog(state);
    kith_record *blog = named(s, &blog_model, "x"), *a = named(s, &post_model, "a"), *b = named(s, &post_model, "b");
    must(s, kith_destroy(s, a));
    assert_null(kith_add(s, blog, "posts", KITH_REFS({ b }, { a }), NULL));
    expect_error(s, KITH_E_NOT_FOUND, "post", NULL, "1 of the 2 targets are not there");
    expect_number(s, kith_count_related(s, blog, "posts"), 0);
    must(s, kith_destroy(s, blog));
    assert_null(kith_set(s, b, "blog", KITH_REFS({ blog }), NULL));
    expect_error(s, KITH_E_NOT_FOUND, "blog", NULL, "");
    expect_number(
        s, kith_count(s, &post_model, &(kith_query){ .where = KITH_IS_NOT_NULL("blogId"), .with_deleted = true }), 0);
}

/* P30: a has-one whose target is gone can be given another */
static void test_shared_paranoid__has_one(void **state)
{
    kith_session *s = start_blog(state);
    kith_record *blog = named(s, &blog_model, "x"), *next = named(s, &cover_model, "next");
    kith_record *gone = must(s, kith_create_related(s, blog, "cover", KITH_FIELDS(KITH_F("name", "gone")), NULL));
    must(s, kith_destroy(s, gone));
    expect_list(s, must(s, kith_get(s, blog, "cover", NULL)), "[]");
    must(s, kith_set(s, blog, "cover", KITH_REFS({ next }), NULL));
    expect_names(s, &blog_model, "[{'name':'x','cover':{'name':'next'}}]",
                 .include = KITH_INCLUDE({ .as = "cover", .attributes = name_only }));
}

/* ---- links ---- */

#define RANK(n)                                                                                                        \
    &(kith_link_opts)                                                                                                  \
    {                                                                                                                  \
        .through = KITH_FIELDS(KITH_F("rank", (n)))                                                                    \
    }

/* P30: removing a link of a paranoid join model keeps its row; adding it again revives the row */
static void test_shared_paranoid__a_link_is_revived(void **state)
{
    kith_session *s = start_blog(state);
    kith_record *post = named(s, &post_model, "p"), *tag = named(s, &tag_model, "t");
    must(s, kith_add(s, post, "tags", KITH_REFS({ tag }), RANK(1)));
    expect_number(s, kith_remove(s, post, "tags", KITH_REFS({ tag })), 1);
    expect_number(s, kith_remove(s, post, "tags", KITH_REFS({ tag })), 0);
    expect_number(s, kith_count_related(s, post, "tags"), 0);
    expect_number(s, kith_has(s, post, "tags", KITH_REFS({ tag })), 0);
    expect_list(s, must(s, kith_get(s, post, "tags", NULL)), "[]");
    expect_number(s, kith_count(s, &post_tag_model, NULL), 0);
    expect_number(s, kith_count(s, &post_tag_model, &(kith_query){ .with_deleted = true }), 1);

    kith_list *rows = must(s, kith_add(s, post, "tags", KITH_REFS({ tag }), RANK(2)));
    assert_int_equal(kith_value_of(rows->at[0], "deletedAt").kind, KITH_NULL);
    expect_number(s, kith_count_related(s, tag, "posts"), 1);
    expect_number(s, kith_count(s, &post_tag_model, &(kith_query){ .with_deleted = true }), 1);
    expect_stored(&post_tag_model, rank_only, "[{'rank':2}]");
}

/* P30, S67: set removes and revives as well */
static void test_shared_paranoid__set(void **state)
{
    kith_session *s = start_blog(state);
    kith_record *post = named(s, &post_model, "p"), *a = named(s, &tag_model, "a"), *b = named(s, &tag_model, "b");
    must(s, kith_add(s, post, "tags", KITH_REFS({ a }, { b }), NULL));
    must(s, kith_set(s, post, "tags", KITH_REFS({ a }), NULL));
    expect_stored(&post_tag_model, KITH_NAMES("tagId"), "[{'tagId':1}]");
    must(s, kith_set(s, post, "tags", KITH_REFS({ b }), NULL));
    expect_stored(&post_tag_model, KITH_NAMES("tagId"), "[{'tagId':2}]");
    expect_number(s, kith_count(s, &post_tag_model, &(kith_query){ .with_deleted = true }), 2);
    must(s, kith_set(s, post, "tags", KITH_REFS({ a }, { b }), NULL));
    expect_stored(&post_tag_model, KITH_NAMES("tagId"), "[{'tagId':1},{'tagId':2}]");
}

/* P30: links to targets that are gone are not seen from the other side */
static void test_shared_paranoid__links_to_what_is_gone(void **state)
{
    kith_session *s = start_blog(state);
    kith_record *p = named(s, &post_model, "p"), *q = named(s, &post_model, "q"), *tag = named(s, &tag_model, "t");
    must(s, kith_add(s, tag, "posts", KITH_REFS({ p }, { q }), RANK(1)));
    must(s, kith_destroy(s, p));
    expect_number(s, kith_count_related(s, tag, "posts"), 1);
    expect_names(s, &tag_model, "[{'name':'t','posts':[{'name':'q','post_tag':{'rank':1}}]}]",
                 .include = KITH_INCLUDE(
                     { .as = "posts", .attributes = name_only, .through = { .attributes = rank_only } }));
    expect_names(s, &tag_model, "[{'name':'t','posts':[{'name':'p'},{'name':'q'}]}]",
                 .include = KITH_INCLUDE({ .as = "posts",
                                           .attributes = name_only,
                                           .order = by_name,
                                           .with_deleted = true,
                                           .through = { .attributes = KITH_NO_NAMES } }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_paranoid__destroy),
        SHARED_TEST(test_shared_paranoid__destroy_again),
        SHARED_TEST(test_shared_paranoid__bring_back),
        SHARED_TEST(test_shared_paranoid__associations),
        SHARED_TEST(test_shared_paranoid__what_is_gone_cannot_be_linked),
        SHARED_TEST(test_shared_paranoid__has_one),
        SHARED_TEST(test_shared_paranoid__a_link_is_revived),
        SHARED_TEST(test_shared_paranoid__set),
        SHARED_TEST(test_shared_paranoid__links_to_what_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
