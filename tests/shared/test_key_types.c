/* Foreign keys that were not declared: they have the type of what they refer to, so that every database takes the
 * constraint, with every value that the key can have, and from join tables as well. */
#include "harness/shared.h"

/* Models about a key of this type. Lists of attributes and associations live as long as the test. */
struct family {
    kith_model parent, child;
    kith_attr attrs[3];
    kith_assoc of_parent[4], of_child[2];
};

static const kith_model *const *family_of(struct family *f, kith_type type, const kith_model **models)
{
    *f = (struct family){
        .attrs = { { .name = "code", .type = type, .primary_key = true }, { .name = "name", .type = KITH_STRING(9) } },
        .of_parent = { { KITH_HAS_MANY, .target = &f->child },
                       { KITH_BELONGS_TO_MANY, .target = &f->parent, .as = "friends", .through = "friendship" },
                       { KITH_BELONGS_TO, .target = &f->parent, .as = "boss" } },
        .of_child = { { KITH_BELONGS_TO, .target = &f->parent } },
    };
    f->parent = (kith_model){ .name = "parent", .no_timestamps = true, .attrs = f->attrs, .assocs = f->of_parent };
    f->child = (kith_model){ .name = "child", .no_timestamps = true, .assocs = f->of_child };
    models[0] = &f->parent;
    models[1] = &f->child;
    models[2] = NULL;
    return models;
}

static kith_record *parent(kith_session *s, const struct family *f, const char *name, kith_value code)
{
    return must(s, kith_create(s, &f->parent, KITH_FIELDS({ "code", code }, KITH_F("name", name))));
}

/* Everything that leads from one parent to another, as names. */
static void expect_links(kith_session *s, const struct family *f, const char *json)
{
    const kith_query all = {
        .attributes = KITH_NAMES("name"),
        .order = KITH_ORDER({ "name" }),
        .include = KITH_INCLUDE(
            { .as = "children", .attributes = KITH_NAMES("id") },
            { .as = "friends", .attributes = KITH_NAMES("name"), .through = { .attributes = KITH_NO_NAMES } },
            { .as = "boss", .attributes = KITH_NAMES("name") }),
    };
    expect_list(s, kith_find(s, &f->parent, &all), json);
}

/* a and b are as far apart as the type allows; there is no parent c. */
static void link_by(void **state, kith_type type, kith_value a, kith_value b, kith_value c)
{
    struct family f;
    const kith_model *models[3];
    kith_session *s = start(state, family_of(&f, type, models));
    kith_record *ann = parent(s, &f, "Ann", a), *bob = parent(s, &f, "Bob", b);
    must(s, kith_create(s, &f.child, KITH_FIELDS({ "parentCode", a })));
    must(s, kith_create(s, &f.child, KITH_FIELDS({ "parentCode", b })));
    must(s, kith_add(s, ann, "friends", KITH_REFS({ bob }), NULL));
    must(s, kith_set(s, bob, "boss", KITH_REFS({ .key = a }), NULL));
    expect_links(s, &f,
                 "[{'name':'Ann','children':[{'id':1}],'friends':[{'name':'Bob'}],'boss':null},"
                 "{'name':'Bob','children':[{'id':2}],'friends':[],'boss':{'name':'Ann'}}]");

    assert_null(kith_create(s, &f.child, KITH_FIELDS({ "parentCode", c })));
    expect_error(s, KITH_E_FOREIGN_KEY, "child", NULL, "");
    assert_null(kith_add(s, ann, "friends", KITH_REFS({ .key = c }), NULL));
    expect_error(s, KITH_E_FOREIGN_KEY, "friendship", NULL, "");

    must(s, kith_set(s, bob, "boss", NULL, NULL)); /* MariaDB does not follow a change within one table */
    must(s, kith_update(s, ann, KITH_FIELDS({ "code", c })));
    expect_links(s, &f,
                 "[{'name':'Ann','children':[{'id':1}],'friends':[{'name':'Bob'}],'boss':null},"
                 "{'name':'Bob','children':[{'id':2}],'friends':[],'boss':null}]");
}

#define LINK_TEST(name, type, a, b, c)                                                                                 \
    static void test_shared_key_types__##name(void **state)                                                            \
    {                                                                                                                  \
        link_by(state, (kith_type)type, KITH_V(a), KITH_V(b), KITH_V(c));                                              \
    }
/* P33: every digit of a key counts */
#define UNSIGNED(t)                                                                                                    \
    {                                                                                                                  \
        .id = (t), .is_unsigned = true                                                                                 \
    }
LINK_TEST(integers, KITH_INTEGER, INT32_MIN, INT32_MAX, 0)
LINK_TEST(integers_without_sign, UNSIGNED(KITH_T_INTEGER), 0, INT32_MAX, 1)
LINK_TEST(large_integers, KITH_BIGINT, INT64_MIN, INT64_MAX, INT64_MAX - 1)
LINK_TEST(large_integers_without_sign, UNSIGNED(KITH_T_BIGINT), 0, INT64_MAX, INT64_MAX - 1)
LINK_TEST(strings, KITH_STRING(20), "ääääääääääääääääääää", "", "ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ")
LINK_TEST(strings_of_any_length, KITH_STRING(0), "a", "A", "a ")
LINK_TEST(decimals, KITH_DECIMAL(30, 10), "99999999999999999999.9999999999", "-0.0000000001", "0")
LINK_TEST(uuids, KITH_UUID, "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
          "ffffffff-ffff-ffff-ffff-fffffffffffe")
LINK_TEST(labels, KITH_ENUM("it's", "größer", "b\\c"), "it's", "b\\c", "größer")
LINK_TEST(moments, KITH_DATE, "0001-01-01 00:00:00", "9999-12-31 23:59:59.999999", "9999-12-31 23:59:59.999998")
LINK_TEST(days, KITH_DATEONLY, "0001-01-01", "9999-12-31", "9999-12-30")
LINK_TEST(times, KITH_TIME, "00:00:00", "23:59:59.999999", "23:59:59.999998")
LINK_TEST(reals, KITH_REAL, -1.7976931348623157e308, 0.1, 0.30000000000000004)

/* P31: the same, part by part */
static void test_shared_key_types__parts_of_several_types(void **state)
{
    kith_model order, line;
    order = (kith_model){
        .name = "order",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "shop", .type = UNSIGNED(KITH_T_INTEGER), .primary_key = true },
                            { .name = "number", .type = UNSIGNED(KITH_T_BIGINT), .primary_key = true },
                            { .name = "kind", .type = KITH_STRING(7), .primary_key = true },
                            { .name = "run", .type = KITH_UUID, .primary_key = true }),
        .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &line },
                              { KITH_BELONGS_TO_MANY, .target = &line, .as = "seen", .through = "order_line" }),
    };
    line = (kith_model){ .name = "line",
                         .no_timestamps = true,
                         .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &order }) };
    kith_session *s = start(state, KITH_MODELS(&order, &line));
    const char *run = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";
    kith_record *o = must(s, kith_create(s, &order,
                                         KITH_FIELDS(KITH_F("shop", INT32_MAX), KITH_F("number", INT64_MAX),
                                                     KITH_F("kind", "ääääääÄ"), KITH_F("run", run))));
    must(s, kith_create_related(s, o, "lines", NULL, NULL));
    must(s, kith_add(s, o, "seen", KITH_REFS({ .key = KITH_V(1) }), NULL));
    expect_stored(&line, NULL,
                  "[{'id':1,'orderShop':2147483647,'orderNumber':9223372036854775807,'orderKind':'ääääääÄ',"
                  "'orderRun':'f81d4fae-7dec-41d0-a765-00a0c91e6bf6'}]");
    expect_number(s, kith_count_related(s, o, "seen"), 1);
    assert_null(kith_create(s, &line,
                            KITH_FIELDS(KITH_F("orderShop", INT32_MAX), KITH_F("orderNumber", INT64_MAX - 1),
                                        KITH_F("orderKind", "ääääääÄ"), KITH_F("orderRun", run))));
    expect_error(s, KITH_E_FOREIGN_KEY, "line", NULL, "");
}

/* A longer text may refer to a shorter one. */
static void test_shared_key_types__declared_keys_may_be_longer(void **state)
{
    const kith_model word = { .name = "word",
                              .no_timestamps = true,
                              .attrs = KITH_ATTRS({ .name = "text", .type = KITH_STRING(5), .primary_key = true }) };
    const kith_model use = { .name = "use",
                             .no_timestamps = true,
                             .attrs = KITH_ATTRS({ .name = "wordText", .type = KITH_STRING(9) }),
                             .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &word }) };
    kith_session *s = start(state, KITH_MODELS(&word, &use));
    must(s, kith_create(s, &word, KITH_FIELDS(KITH_F("text", "abcde"))));
    must(s, kith_create(s, &use, KITH_FIELDS(KITH_F("wordText", "abcde"))));
    assert_null(kith_create(s, &use, KITH_FIELDS(KITH_F("wordText", "abcdef"))));
    expect_error(s, KITH_E_FOREIGN_KEY, "use", NULL, "");
}

/* Without a constraint both sizes of integers lead to each other, and both kinds of text. */
static void test_shared_key_types__without_a_constraint(void **state)
{
    kith_model item, use;
    item = (kith_model){ .name = "item",
                         .no_timestamps = true,
                         .attrs = KITH_ATTRS({ .name = "id", .type = KITH_BIGINT, .primary_key = true },
                                             { .name = "code", .type = KITH_STRING(9), .unique = true }),
                         .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &use, .no_constraint = true }) };
    use = (kith_model){ .name = "use",
                        .no_timestamps = true,
                        .attrs = KITH_ATTRS({ .name = "itemId", .type = UNSIGNED(KITH_T_INTEGER) },
                                            { .name = "itemCode", .type = KITH_TEXT }),
                        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &item, .no_constraint = true },
                                              { KITH_BELONGS_TO, .target = &item, .as = "coded", .target_key = "code",
                                                .foreign_key = "itemCode", .no_constraint = true }) };
    kith_session *s = start(state, KITH_MODELS(&item, &use));
    must(s, kith_create(s, &item, KITH_FIELDS(KITH_F("id", 7), KITH_F("code", "x"))));
    must(s, kith_create(s, &use, KITH_FIELDS(KITH_F("itemId", 7), KITH_F("itemCode", "x"))));
    must(s, kith_create(s, &use, KITH_FIELDS(KITH_F("itemId", 8), KITH_F("itemCode", "X"))));
    const kith_query both = {
        .attributes = KITH_NAMES("id"),
        .order = KITH_ORDER({ "id" }),
        .include = KITH_INCLUDE({ .as = "item", .attributes = KITH_NAMES("id") },
                                { .as = "coded", .attributes = KITH_NAMES("code"), .strategy = KITH_SEPARATE }),
    };
    expect_list(s, kith_find(s, &use, &both),
                "[{'id':1,'item':{'id':7},'coded':{'code':'x'}},{'id':2,'item':null,'coded':null}]");
    kith_record *found = must(s, kith_find_by_key(s, &item, KITH_V(7)));
    expect_number(s, kith_count_related(s, found, "uses"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_key_types__integers),
        SHARED_TEST(test_shared_key_types__integers_without_sign),
        SHARED_TEST(test_shared_key_types__large_integers),
        SHARED_TEST(test_shared_key_types__large_integers_without_sign),
        SHARED_TEST(test_shared_key_types__strings),
        SHARED_TEST(test_shared_key_types__strings_of_any_length),
        SHARED_TEST(test_shared_key_types__decimals),
        SHARED_TEST(test_shared_key_types__uuids),
        SHARED_TEST(test_shared_key_types__labels),
        SHARED_TEST(test_shared_key_types__moments),
        SHARED_TEST(test_shared_key_types__days),
        SHARED_TEST(test_shared_key_types__times),
        SHARED_TEST(test_shared_key_types__reals),
        SHARED_TEST(test_shared_key_types__parts_of_several_types),
        SHARED_TEST(test_shared_key_types__declared_keys_may_be_longer),
        SHARED_TEST(test_shared_key_types__without_a_constraint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
