/* Orders mean the same on every database: where NULL comes, and how text is sorted. */
#include "harness/shared.h"

static const kith_model basket_model, word_model;

static const kith_model basket_model = {
    .name = "basket",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "weight", .type = KITH_INTEGER }, { .name = "price", .type = KITH_DECIMAL(8, 2) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &word_model }),
};

static const kith_model word_model = {
    .name = "word",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "text", .type = KITH_STRING(20) }, { .name = "rank", .type = KITH_INTEGER },
                        { .name = "note", .type = KITH_TEXT }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &basket_model }),
};

#define WORDS KITH_MODELS(&basket_model, &word_model)

/* The ids of the words that a query finds. */
#define expect_ids(s, json, ...)                                                                                       \
    expect_list((s),                                                                                                   \
                must((s), kith_find((s), &word_model, &(kith_query){ .attributes = KITH_NAMES("id"), __VA_ARGS__ })),  \
                json)
#define expect_order(s, json, ...) expect_ids((s), json, .order = KITH_ORDER(__VA_ARGS__))

static void add_word(kith_session *s, const char *text, kith_value rank, kith_value basket)
{
    must(s, kith_create(s, &word_model,
                        KITH_FIELDS(KITH_F("text", text), KITH_F("note", text), KITH_F("rank", rank),
                                    KITH_F("basketId", basket))));
}

static kith_session *start_with_ranks(void **state)
{
    kith_session *s = start(state, WORDS);
    must(s, kith_create(s, &basket_model, KITH_FIELDS(KITH_F("weight", 7))));
    must(s, kith_create(s, &basket_model, KITH_FIELDS(KITH_F("weight", kith_of_null()))));
    must(s, kith_create(s, &basket_model, KITH_FIELDS(KITH_F("weight", -7))));
    add_word(s, "one", KITH_V(3), KITH_V(1));
    add_word(s, "two", kith_of_null(), KITH_V(2));
    add_word(s, "three", KITH_V(-3), KITH_V(3));
    add_word(s, "four", kith_of_null(), kith_of_null());
    return s;
}

static void test_shared_orders__null_is_less_than_all(void **state)
{
    kith_session *s = start_with_ranks(state);
    expect_order(s, "[{'id':2},{'id':4},{'id':3},{'id':1}]", { "rank" }, { "id" });
    expect_order(s, "[{'id':1},{'id':3},{'id':4},{'id':2}]", { "rank", .desc = true }, { "id", .desc = true });
}

/* There may be none at the end of the path, or one with NULL. */
static void test_shared_orders__null_at_the_end_of_a_path(void **state)
{
    kith_session *s = start_with_ranks(state);
    expect_order(s, "[{'id':2},{'id':4},{'id':3},{'id':1}]", { "basket.weight" }, { "id" });
    expect_order(s, "[{'id':1},{'id':3},{'id':4},{'id':2}]", { "basket.weight", .desc = true }, { "id", .desc = true });
}

/* What a path leads to is sorted as it is without one: decimals as numbers, wherever they are stored as text. */
static void test_shared_orders__decimals_at_the_end_of_a_path(void **state)
{
    static const char *const prices[] = { "9.99", "10.00", "-2.50", "0.50" };
    kith_session *s = start(state, WORDS);
    for (int i = 0; i < 4; i++) {
        must(s, kith_create(s, &basket_model, KITH_FIELDS(KITH_F("price", prices[i]))));
        add_word(s, "word", kith_of_null(), KITH_V(i + 1));
    }
    expect_order(s, "[{'id':3},{'id':4},{'id':1},{'id':2}]", { "basket.price" });
    expect_order(s, "[{'id':2},{'id':1},{'id':4},{'id':3}]", { "basket.price", .desc = true });
    expect_ids(s, "[{'id':3},{'id':4},{'id':1}]", .order = KITH_ORDER({ "basket.price" }), .limit = 3);
}

static void test_shared_orders__null_in_pages_of_each_source(void **state)
{
    kith_session *s = start(state, WORDS);
    for (int basket = 1; basket <= 2; basket++) {
        must(s, kith_create(s, &basket_model, KITH_FIELDS(KITH_F("weight", basket))));
        add_word(s, "ranked", KITH_V(1), KITH_V(basket));
        add_word(s, "unranked", kith_of_null(), KITH_V(basket));
    }
    kith_list *first = must(s, kith_find(s, &basket_model,
                                         &(kith_query){ .include = KITH_INCLUDE({ .model = &word_model,
                                                                                  .attributes = KITH_NAMES("text"),
                                                                                  .order = KITH_ORDER({ "rank" }),
                                                                                  .limit = 1 }),
                                                        .order = KITH_ORDER({ "id" }) }));
    expect_list(s, first,
                "[{'id':1,'weight':1,'price':null,'words':[{'text':'unranked'}]},{'id':2,'weight':2,'price':null,'"
                "words':[{'text':'unranked'}]}]");
}

/* By its code points: a server's language does not count. */
static void test_shared_orders__text(void **state)
{
    static const char *const texts[] = { "a", "Z", "\xC3\xA4", "a b", "B", "", "ab", "_", "\xF0\x9F\x90\xB6", "-a" };
    kith_session *s = start(state, WORDS);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add_word(s, texts[i], kith_of_null(), kith_of_null());
#define SORTED "[{'id':6},{'id':10},{'id':5},{'id':2},{'id':8},{'id':1},{'id':4},{'id':7},{'id':3},{'id':9}]"
    expect_order(s, SORTED, { "text" });
    expect_order(s, SORTED, { "note" });
    expect_ids(s, "[{'id':2},{'id':5},{'id':6},{'id':8},{'id':10}]", .where = KITH_LT("text", "a"),
               .order = KITH_ORDER({ "id" }));
    expect_ids(s, "[{'id':3},{'id':9}]", .where = KITH_GT("note", "zz"), .order = KITH_ORDER({ "id" }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_orders__null_is_less_than_all),
        SHARED_TEST(test_shared_orders__null_at_the_end_of_a_path),
        SHARED_TEST(test_shared_orders__decimals_at_the_end_of_a_path),
        SHARED_TEST(test_shared_orders__null_in_pages_of_each_source),
        SHARED_TEST(test_shared_orders__text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
