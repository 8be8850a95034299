/* Groups of rows, distinct rows, and one aggregate over all rows. P6, P17. */
#include "harness/shared.h"

struct sale {
    const char *country;
    int32_t pieces;
};

static const kith_model shop_model, sale_model;

static const kith_model shop_model = {
    .name = "shop",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "city", .type = KITH_STRING(20) }, { .name = "open", .type = KITH_BOOLEAN }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &sale_model }),
};

static const kith_model sale_model = {
    .name = "sale",
    .no_timestamps = true,
    .paranoid = true,
    .struct_size = sizeof(struct sale),
    .attrs = KITH_ATTRS(KITH_ATTR(struct sale, country, .type = KITH_STRING(20)),
                        KITH_ATTR(struct sale, pieces, .type = KITH_INTEGER),
                        { .name = "size", .type = KITH_ENUM("small", "middle", "large") },
                        { .name = "total", .type = KITH_DECIMAL(30, 2) }, { .name = "day", .type = KITH_DATEONLY },
                        { .name = "photo", .type = KITH_BLOB }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &shop_model }),
};

#define MODELS KITH_MODELS(&shop_model, &sale_model)

/*      sale country pieces size   total                   shop
 *      1    de      2      small  12345678901234567.89    Ulm (open)
 *      2    de      3      large  0.11                    Bonn (closed)
 *      3    de      2      large  null                    Ulm
 *      4    fr      null   middle 10.00                   none
 *      5    fr      4      middle 9.50                    Bonn
 *      6    null    1      null   1.00                    none
 *      7    null    1      null   1.00                    none
 *      8    de      9      small  9.00                    Ulm, destroyed */
static kith_session *start_with_sales(void **state)
{
    kith_session *s = start(state, MODELS);
    static const struct {
        const char *country, *size, *total;
        int pieces, shop; /* 0: null */
    } sales[] = {
        { "de", "small", "12345678901234567.89", 2, 1 },
        { "de", "large", "0.11", 3, 2 },
        { "de", "large", NULL, 2, 1 },
        { "fr", "middle", "10", 0, 0 },
        { "fr", "middle", "9.5", 4, 2 },
        { NULL, NULL, "1", 1, 0 },
        { NULL, NULL, "1", 1, 0 },
        { "de", "small", "9", 9, 1 },
    };
    kith_record *last = NULL;
    must(s, kith_create(s, &shop_model, KITH_FIELDS(KITH_F("city", "Ulm"), KITH_F("open", true))));
    must(s, kith_create(s, &shop_model, KITH_FIELDS(KITH_F("city", "Bonn"), KITH_F("open", false))));
    for (size_t i = 0; i < sizeof sales / sizeof *sales; i++) {
        kith_value pieces = sales[i].pieces ? kith_of_int(sales[i].pieces) : kith_of_null();
        kith_value shop = sales[i].shop ? kith_of_int(sales[i].shop) : kith_of_null();
        last = must(s, kith_create(s, &sale_model,
                                   KITH_FIELDS(KITH_F("country", sales[i].country), KITH_F("size", sales[i].size),
                                               KITH_F("total", sales[i].total), KITH_F("pieces", pieces),
                                               KITH_F("shopId", shop), KITH_F("day", "2026-11-21"))));
    }
    must(s, kith_destroy(s, last));
    return s;
}

#define expect_groups(s, json, ...)                                                                                    \
    expect_list((s), must((s), kith_find((s), &sale_model, &(kith_query){ __VA_ARGS__ })), json)

/* Rows without a country are a group too; a row that was destroyed belongs to none. */
static void test_shared_groups__with_aggregates(void **state)
{
    kith_session *s = start_with_sales(state);
    expect_groups(s,
                  "[{'country':null,'n':2,'pieces_':2,'mean':1,'total_':'2.00','big':null,'kinds':1},"
                  "{'country':'de','n':3,'pieces_':7,'mean':2.3333333333333335,'total_':'12345678901234568.00','big':"
                  "'large','kinds':2},"
                  "{'country':'fr','n':2,'pieces_':4,'mean':4,'total_':'19.50','big':'middle','kinds':1}]",
                  .group = KITH_NAMES("country"), .order = KITH_ORDER({ "country" }),
                  .computed = KITH_COMPUTED({ "n", KITH_COUNT }, { "pieces_", KITH_SUM, "pieces" },
                                            { "mean", KITH_AVG, "pieces" }, { "total_", KITH_SUM, "total" },
                                            { "big", KITH_MAX, "size" },
                                            { "kinds", KITH_COUNT, "pieces", .distinct = true }));
}

static void test_shared_groups__of_several_names(void **state)
{
    kith_session *s = start_with_sales(state);
    expect_groups(s,
                  "[{'country':null,'size':null,'n':2},{'country':'de','size':'large','n':2},{'country':'de','size':"
                  "'small','n':1},{'country':'fr','size':'middle','n':2}]",
                  .group = KITH_NAMES("country", "size"), .computed = KITH_COMPUTED({ "n", KITH_COUNT }),
                  .order = KITH_ORDER({ "country" }, { "size", .desc = true }));
    expect_groups(s, "[{'n':2},{'n':1},{'n':2},{'n':2}]", .group = KITH_NAMES("size", "country"),
                  .attributes = KITH_NO_NAMES, .computed = KITH_COMPUTED({ "n", KITH_COUNT }),
                  .order = KITH_ORDER({ "size" }));
}

/* Rows that lead nowhere are a group; what lies behind the path is not multiplied. */
static void test_shared_groups__along_paths(void **state)
{
    kith_session *s = start_with_sales(state);
    expect_groups(
        s,
        "[{'shop.city':null,'n':3,'open':null},{'shop.city':'Bonn','n':2,'open':false},{'shop.city':'Ulm','n':2,"
        "'open':true}]",
        .group = KITH_NAMES("shop.city"), .order = KITH_ORDER({ "shop.city" }),
        .computed = KITH_COMPUTED({ "n", KITH_COUNT }, { "open", KITH_MAX, "shop.open" }));
    kith_list *list = must(s, kith_find(s, &sale_model,
                                        &(kith_query){ .group = KITH_NAMES("shop.city"),
                                                       .having = KITH_EQ("shop.city", "Ulm") }));
    assert_int_equal(list->count, 1);
    assert_string_equal(kith_text(list->at[0], "shop.city"), "Ulm");
}

static void test_shared_groups__of_some_rows(void **state)
{
    kith_session *s = start_with_sales(state);
    expect_groups(
        s,
        "[{'country':null,'ulm':0,'large_':null},{'country':'de','ulm':2,'large_':'0.11'},{'country':'fr','ulm':"
        "0,'large_':null}]",
        .group = KITH_NAMES("country"), .order = KITH_ORDER({ "country" }),
        .computed = KITH_COMPUTED({ "ulm", KITH_COUNT, .where = KITH_EQ("shop.city", "Ulm") },
                                  { "large_", KITH_SUM, "total", KITH_EQ("size", "large") }));
    expect_groups(s, "[{'country':'de','n':1}]", .group = KITH_NAMES("country"), .where = KITH_EQ("size", "small"),
                  .computed = KITH_COMPUTED({ "n", KITH_COUNT }));
    expect_groups(s, "[]", .group = KITH_NAMES("country"), .where = KITH_EQ("country", "it"));
    expect_groups(s, "[{'country':'de','n':2}]", .group = KITH_NAMES("country"), .with_deleted = true,
                  .where = KITH_EQ("size", "small"), .computed = KITH_COMPUTED({ "n", KITH_COUNT }));
}

static void test_shared_groups__having(void **state)
{
    kith_session *s = start_with_sales(state);
    const kith_computed *computed = KITH_COMPUTED({ "n", KITH_COUNT }, { "sum", KITH_SUM, "total" });
    expect_groups(s, "[{'country':'de','n':3,'sum':'12345678901234568.00'}]", .group = KITH_NAMES("country"),
                  .computed = computed, .having = KITH_GT("n", 2));
    expect_groups(s, "[{'country':null,'n':2,'sum':'2.00'}]", .group = KITH_NAMES("country"), .computed = computed,
                  .having = KITH_AND(KITH_LT("sum", "10.5"), KITH_IS_NULL("country")));
    expect_groups(s, "[{'country':'fr','n':2,'sum':'19.50'}]", .group = KITH_NAMES("country"), .computed = computed,
                  .having = KITH_COMPARE(KITH_AGGREGATE(KITH_MIN, "size", NULL), KITH_OP_EQ, "middle"));
    expect_groups(s, "[{'country':'fr','n':2,'sum':'19.50'}]", .group = KITH_NAMES("country"), .computed = computed,
                  .having = KITH_COMPARE_LIST(KITH_AGGREGATE(KITH_SUM, "total", NULL), KITH_OP_IN, KITH_V("19.5"),
                                              KITH_V("7")));
}

/* P6: the pages of groups, and how many there are. Groups that are equal in the order are parted by their names. */
static void test_shared_groups__in_pages(void **state)
{
    kith_session *s = start_with_sales(state);
    kith_query q = { .group = KITH_NAMES("country"),
                     .computed = KITH_COMPUTED({ "n", KITH_COUNT }),
                     .order = KITH_ORDER({ "n" }),
                     .limit = 2 };
    int64_t total = 0;
    expect_list(s, must(s, kith_find(s, &sale_model, &q)), "[{'country':null,'n':2},{'country':'fr','n':2}]");
    expect_list(s, must(s, kith_find_and_count(s, &sale_model, &q, &total)),
                "[{'country':null,'n':2},{'country':'fr','n':2}]");
    assert_int_equal(total, 3);
    q.offset = 2;
    expect_list(s, must(s, kith_find(s, &sale_model, &q)), "[{'country':'de','n':3}]");
    assert_int_equal(kith_count(s, &sale_model, &q), 3);
    q.having = KITH_LT("n", 3);
    assert_int_equal(kith_count(s, &sale_model, &q), 2);
    q.offset = 0;
    kith_record *first = must(s, kith_find_one(s, &sale_model, &q));
    expect_record(s, first, "{'country':null,'n':2}");
}

static void test_shared_groups__orders(void **state)
{
    kith_session *s = start_with_sales(state);
    expect_groups(s, "[{'country':'de'},{'country':'fr'},{'country':null}]", .group = KITH_NAMES("country"),
                  .order = KITH_ORDER({ "total", .aggregate = KITH_SUM, .desc = true }));
    expect_groups(s, "[{'country':null},{'country':'fr'},{'country':'de'}]", .group = KITH_NAMES("country"),
                  .order = KITH_ORDER({ "size", .aggregate = KITH_MAX }));
    expect_groups(s, "[{'country':'de'},{'country':'fr'},{'country':null}]", .group = KITH_NAMES("country"),
                  .order = KITH_ORDER({ .aggregate = KITH_COUNT, .desc = true }, { "country", .desc = true }));
}

static void test_shared_groups__distinct_rows(void **state)
{
    kith_session *s = start_with_sales(state);
    expect_groups(s, "[{'country':null},{'country':'de'},{'country':'fr'}]", .attributes = KITH_NAMES("country"),
                  .distinct = true, .order = KITH_ORDER({ "country" }));
    expect_groups(s, "[{'pieces':3,'country':'de'},{'pieces':2,'country':'de'}]",
                  .attributes = KITH_NAMES("pieces", "country"), .distinct = true, .where = KITH_EQ("country", "de"),
                  .order = KITH_ORDER({ "pieces", .desc = true }));
    assert_int_equal(kith_count(s, &sale_model,
                                &(kith_query){ .attributes = KITH_NAMES("total", "size"), .distinct = true }),
                     6);
    expect_list(s, must(s, kith_find(s, &shop_model, &(kith_query){ .distinct = true, .order = KITH_ORDER({ "id" }) })),
                "[{'id':1,'city':'Ulm','open':true},{'id':2,'city':'Bonn','open':false}]");
}

/* Neither can be compared everywhere. */
static void test_shared_groups__not_by_bytes(void **state)
{
    kith_session *s = start_with_sales(state);
    assert_null(kith_find(s, &sale_model, &(kith_query){ .group = KITH_NAMES("photo") }));
    expect_error(s, KITH_E_UNSUPPORTED, NULL, NULL, "sale.photo is BLOB");
    assert_null(kith_find(s, &sale_model, &(kith_query){ .distinct = true }));
    expect_error(s, KITH_E_UNSUPPORTED, NULL, NULL, "sale.photo is BLOB");
}

/* A group is no row that could be written. */
static void test_shared_groups__are_no_rows(void **state)
{
    kith_session *s = start_with_sales(state);
    kith_list *list = must(s, kith_find(s, &sale_model,
                                        &(kith_query){ .group = KITH_NAMES("country", "pieces"),
                                                       .having = KITH_EQ("pieces", 3) }));
    struct sale *sales = must(s, KITH_STRUCTS(struct sale, s, list));
    assert_int_equal(sales[0].pieces, 3);
    assert_string_equal(sales[0].country, "de");
    assert_int_equal(kith_values(list->at[0])[kith_slot(list, "pieces")].as.integer, 3);
    assert_false(kith_update(s, list->at[0], KITH_FIELDS(KITH_F("pieces", 4))));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "sale.id");
    assert_int_equal(kith_int(list->at[0], "size"), 0);
    expect_error(s, KITH_E_USAGE, NULL, NULL, "sale.size");
    assert_int_equal(kith_count(s, &sale_model, &(kith_query){ .where = KITH_EQ("pieces", 4) }), 1);
}

static void test_shared_groups__calculate(void **state)
{
    kith_session *s = start_with_sales(state);
    kith_value v;
    must(s, kith_calculate(s, &sale_model, KITH_SUM, "total", NULL, &v));
    assert_string_equal(v.as.str, "12345678901234589.50");
    must(s, kith_calculate(s, &sale_model, KITH_COUNT, NULL, NULL, &v));
    assert_int_equal(v.as.integer, 7);
    must(s, kith_calculate(s, &sale_model, KITH_COUNT, "pieces", NULL, &v));
    assert_int_equal(v.as.integer, 6);
    must(s, kith_calculate(s, &sale_model, KITH_AVG, "pieces", &(kith_query){ .where = KITH_EQ("country", "de") }, &v));
    assert_true(v.as.real == 7.0 / 3);
    must(s, kith_calculate(s, &sale_model, KITH_MIN, "size", NULL, &v));
    assert_string_equal(v.as.str, "small");
    must(s, kith_calculate(s, &sale_model, KITH_MAX, "shop.city", NULL, &v));
    assert_string_equal(v.as.str, "Ulm");
    must(s, kith_calculate(s, &sale_model, KITH_SUM, "pieces",
                           &(kith_query){ .include = KITH_INCLUDE({ .as = "shop", .where = KITH_EQ("city", "Bonn") }),
                                          .limit = 1 },
                           &v));
    assert_int_equal(v.as.integer, 7);
    must(s, kith_calculate(s, &sale_model, KITH_SUM, "total", &(kith_query){ .where = KITH_EQ("id", -1) }, &v));
    assert_int_equal(v.kind, KITH_NULL);
    must(s, kith_calculate(s, &sale_model, KITH_COUNT, NULL, &(kith_query){ .where = KITH_EQ("id", -1) }, &v));
    assert_int_equal(v.as.integer, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_groups__with_aggregates), SHARED_TEST(test_shared_groups__of_several_names),
        SHARED_TEST(test_shared_groups__along_paths),     SHARED_TEST(test_shared_groups__of_some_rows),
        SHARED_TEST(test_shared_groups__having),          SHARED_TEST(test_shared_groups__in_pages),
        SHARED_TEST(test_shared_groups__orders),          SHARED_TEST(test_shared_groups__distinct_rows),
        SHARED_TEST(test_shared_groups__not_by_bytes),    SHARED_TEST(test_shared_groups__are_no_rows),
        SHARED_TEST(test_shared_groups__calculate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
