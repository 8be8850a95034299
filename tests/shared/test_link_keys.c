/* Links by every kind of key: of several attributes, not primary, of other types, to the same model, and told apart by
 * scopes; each through every kind of association. */
#include "harness/shared.h"

#define NAME_ATTR                                                                                                      \
    {                                                                                                                  \
        .name = "name", .type = KITH_STRING(20)                                                                        \
    }
#define KEYS(...)                                                                                                      \
    {                                                                                                                  \
        .keys = KITH_VALUES(__VA_ARGS__)                                                                               \
    }

static const char *const name_only[] = { "name", NULL }, *const no_names[] = { NULL };

/* ---- keys of two attributes ---- */

extern const kith_model line_model, invoice_model, product_model;
static const kith_model order_model = {
    .name = "order",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "shop", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true }, NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &line_model, .foreign_key = "orderShop,orderNumber" },
                          { KITH_HAS_ONE, .target = &invoice_model },
                          { KITH_BELONGS_TO_MANY, .target = &product_model, .through = "order_product" }),
};
const kith_model line_model = {
    .name = "line",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &order_model, .foreign_key = "orderShop, orderNumber" }),
};
const kith_model invoice_model = {
    /* its default key has two attributes as well */
    .name = "invoice",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &order_model }),
};
const kith_model product_model = {
    .name = "product",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "maker", .type = KITH_STRING(9), .primary_key = true },
                        { .name = "code", .type = KITH_STRING(9), .primary_key = true }, NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &order_model, .through = "order_product" }),
};
#define SHOP KITH_MODELS(&order_model, &line_model, &invoice_model, &product_model)

static kith_record *order(kith_session *s, int shop, int number)
{
    return must(s, kith_create(s, &order_model, KITH_FIELDS(KITH_F("shop", shop), KITH_F("number", number))));
}

static kith_record *product(kith_session *s, const char *maker, const char *code)
{
    return must(s, kith_create(s, &product_model,
                               KITH_FIELDS(KITH_F("maker", maker), KITH_F("code", code), KITH_F("name", code))));
}

static kith_record *named(kith_session *s, const kith_model *m, const char *name)
{
    return must(s, kith_create(s, m, KITH_FIELDS(KITH_F("name", name))));
}

/* P31: a key of two attributes is found, changed and destroyed by both */
static void test_shared_link_keys__composite_primary_key(void **state)
{
    kith_session *s = start(state, SHOP);
    order(s, 1, 11);
    kith_record *other = order(s, 11, 1);
    must(s, kith_update(s, other, KITH_FIELDS(KITH_F("name", "x"))));
    expect_stored(&order_model, NULL, "[{'shop':1,'number':11,'name':null},{'shop':11,'number':1,'name':'x'}]");
    kith_record *found = must(s, kith_find_by_keys(s, &order_model, KITH_VALUES(KITH_V(1), KITH_V(11))));
    assert_null(kith_find_by_keys(s, &order_model, KITH_VALUES(KITH_V(1), KITH_V(1))));
    expect_no_error(s);
    must(s, kith_destroy(s, found));
    expect_stored(&order_model, NULL, "[{'shop':11,'number':1,'name':'x'}]");
}

/* S29, S72, P31: has-many over it; (1, 11) is not (11, 1) */
static void test_shared_link_keys__composite_has_many(void **state)
{
    kith_session *s = start(state, SHOP);
    kith_record *a = order(s, 1, 11), *b = order(s, 11, 1);
    kith_record *one = named(s, &line_model, "one"), *two = named(s, &line_model, "two");
    must(s, kith_add(s, a, "lines", KITH_REFS({ one }, { two }), NULL));
    must(s, kith_create_related(s, b, "lines", KITH_FIELDS(KITH_F("name", "three")), NULL));
    expect_stored(&line_model, KITH_NAMES("id", "orderShop", "orderNumber"),
                  "[{'id':1,'orderShop':1,'orderNumber':11},{'id':2,'orderShop':1,'orderNumber':11},"
                  "{'id':3,'orderShop':11,'orderNumber':1}]");
    expect_number(s, kith_has(s, a, "lines", KITH_REFS({ one }, { two })), 1);
    expect_number(s, kith_has(s, b, "lines", KITH_REFS({ one })), 0);
    expect_number(s, kith_remove(s, b, "lines", KITH_REFS({ one })), 0);
    must(s, kith_set(s, b, "lines", KITH_REFS({ two }), NULL));
    expect_stored(&line_model, KITH_NAMES("id", "orderShop", "orderNumber"),
                  "[{'id':1,'orderShop':1,'orderNumber':11},{'id':2,'orderShop':11,'orderNumber':1},"
                  "{'id':3,'orderShop':null,'orderNumber':null}]");
    kith_list *orders = must(s, kith_find(s, &order_model,
                                          &(kith_query){
                                              .include = KITH_INCLUDE({ .as = "lines", .attributes = name_only }),
                                              .order = KITH_ORDER({ "shop" }) }));
    expect_list(s, orders,
                "[{'shop':1,'number':11,'name':null,'lines':[{'name':'one'}]},"
                "{'shop':11,'number':1,'name':null,'lines':[{'name':'two'}]}]");
}

/* S28, S30, P31: belongs-to and has-one over it */
static void test_shared_link_keys__composite_to_one(void **state)
{
    kith_session *s = start(state, SHOP);
    kith_record *a = order(s, 1, 11), *b = order(s, 11, 1);
    kith_record *line = named(s, &line_model, "one"), *invoice = named(s, &invoice_model, "bill");
    must(s, kith_set(s, line, "order", KITH_REFS(KEYS(KITH_V(11), KITH_V(1))), NULL));
    must(s, kith_set(s, a, "invoice", KITH_REFS({ invoice }), NULL));
    expect_stored(&invoice_model, KITH_NAMES("name", "orderShop", "orderNumber"),
                  "[{'name':'bill','orderShop':1,'orderNumber':11}]");
    expect_number(s, kith_has(s, line, "order", KITH_REFS({ b })), 1);
    expect_number(s, kith_has(s, line, "order", KITH_REFS({ a })), 0);
    kith_list *lines = must(s, kith_find(s, &line_model,
                                         &(kith_query){ .attributes = name_only,
                                                        .include = KITH_INCLUDE({ .as = "order" }) }));
    expect_list(s, lines, "[{'name':'one','order':{'shop':11,'number':1,'name':null}}]");
    kith_list *orders = must(s, kith_find(s, &order_model,
                                          &(kith_query){
                                              .attributes = KITH_NAMES("shop"),
                                              .include = KITH_INCLUDE({ .as = "invoice", .attributes = name_only }),
                                              .order = KITH_ORDER({ "shop" }) }));
    expect_list(s, orders, "[{'shop':1,'invoice':{'name':'bill'}},{'shop':11,'invoice':null}]");
    expect_number(s, kith_remove(s, line, "order", KITH_REFS({ b })), 1);
    expect_stored(&line_model, KITH_NAMES("name", "orderShop", "orderNumber"),
                  "[{'name':'one','orderShop':null,'orderNumber':null}]");
}

/* S63, S65, S67, S72, P31: many to many, with two attributes on both sides */
static void test_shared_link_keys__composite_many_to_many(void **state)
{
    kith_session *s = start(state, SHOP);
    kith_record *a = order(s, 1, 11), *b = order(s, 11, 1);
    kith_record *x = product(s, "x", "1"), *y = product(s, "x", "2");
    const kith_model *join = kith_model_named(the_db(), "order_product");
    kith_list *rows = must(s, kith_add(s, a, "products", KITH_REFS({ x }, KEYS(KITH_V("x"), KITH_V("2"))), NULL));
    assert_int_equal(rows->count, 2);
    expect_text(kith_text(rows->at[1], "productCode"), "2");
    must(s, kith_add(s, a, "products", KITH_REFS({ y }), NULL));
    must(s, kith_add(s, y, "orders", KITH_REFS({ b }), NULL));
    expect_stored(join, KITH_NAMES("orderShop", "orderNumber", "productMaker", "productCode"),
                  "[{'orderShop':1,'orderNumber':11,'productMaker':'x','productCode':'1'},"
                  "{'orderShop':1,'orderNumber':11,'productMaker':'x','productCode':'2'},"
                  "{'orderShop':11,'orderNumber':1,'productMaker':'x','productCode':'2'}]");
    expect_number(s, kith_has(s, a, "products", KITH_REFS({ x }, { y })), 1);
    expect_number(s, kith_has(s, b, "products", KITH_REFS({ x })), 0);
    expect_number(s, kith_count_related(s, y, "orders"), 2);
    must(s, kith_set(s, a, "products", KITH_REFS({ x }), NULL));
    expect_number(s, kith_remove(s, b, "products", KITH_REFS({ x }, { y })), 1);
    expect_list(s,
                must(s,
                     kith_find(s, &product_model,
                               &(kith_query){ .attributes = name_only,
                                              .include = KITH_INCLUDE({ .as = "orders",
                                                                        .attributes = KITH_NAMES("shop"),
                                                                        .through = { .attributes = KITH_NO_NAMES } }),
                                              .order = KITH_ORDER({ "code" }) })),
                "[{'name':'1','orders':[{'shop':1}]},{'name':'2','orders':[]}]");
    assert_null(kith_add(s, a, "products", KITH_REFS({ .key = KITH_V("x") }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "has 2 values, but 1 were given");
}

static const kith_model short_key_model = {
    .name = "line",
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &order_model, .foreign_key = "orderShop" }),
};

/* S51, P31: a key of too few attributes is refused at definition */
static void test_shared_link_keys__composite_key_of_one(void **state)
{
    (void)state;
    expect_mistake(KITH_MODELS(&short_key_model, &order_model, &line_model, &invoice_model, &product_model), NULL, NULL,
                   "its foreign key has 1 attributes but the key it refers to has 2");
}

/* Two attributes are a unique group, a unique index, or no key at all: each alone is not unique, nor is one beside the
 * other's. */
#define PLOT_ATTRS                                                                                                     \
    KITH_ATTRS({ .name = "town", .type = KITH_STRING(9), .unique_group = "place" },                                    \
               { .name = "number", .type = KITH_INTEGER, .unique_group = "place" },                                    \
               { .name = "sheet", .type = KITH_STRING(9) }, { .name = "row", .type = KITH_DATEONLY })
#define PLOT(variable, ...)                                                                                            \
    static const kith_model variable = {                                                                               \
        .name = "plot",                                                                                                \
        .attrs = PLOT_ATTRS,                                                                                           \
        .indexes = KITH_INDEXES({ .unique = true, .attrs = KITH_NAMES("sheet", "row") }),                              \
        .assocs = KITH_ASSOCS({ .target = &variable, .as = "others", __VA_ARGS__ }),                                   \
    }
PLOT(plot_by_group, .kind = KITH_HAS_MANY, .source_key = "town,number", .foreign_key = "otherTown,otherNumber");
PLOT(plot_by_index, .kind = KITH_BELONGS_TO, .target_key = "sheet,row", .foreign_key = "otherSheet,otherRow");
PLOT(plot_by_part, .kind = KITH_HAS_MANY, .source_key = "town", .foreign_key = "otherTown");
PLOT(plot_by_mixture, .kind = KITH_BELONGS_TO_MANY, .through = "near", .source_key = "town,row",
     .target_key = "town,number");
PLOT(plot_by_target_mixture, .kind = KITH_BELONGS_TO_MANY, .through = "near", .source_key = "town,number",
     .target_key = "sheet,number");
PLOT(plot_by_more, .kind = KITH_HAS_ONE, .source_key = "town,number,sheet", .foreign_key = "a,b,c");

/* S47, S48, S51, P32: a key of several attributes that is not primary must be unique as it is */
static void test_shared_link_keys__composite_keys_must_be_unique(void **state)
{
    static const char wrong[] = "which is neither a primary key nor unique";
    expect_mistake(KITH_MODELS(&plot_by_part), "plot", NULL, wrong);
    expect_mistake(KITH_MODELS(&plot_by_mixture), "near", NULL, wrong);
    expect_mistake(KITH_MODELS(&plot_by_target_mixture), "near", NULL, wrong);
    expect_mistake(KITH_MODELS(&plot_by_more), "plot", NULL, wrong);
    kith_session *s = start(state, KITH_MODELS(&plot_by_group));
    must(s, kith_create(s, &plot_by_group, KITH_FIELDS(KITH_F("town", "A"), KITH_F("number", 1))));
}

/* S47, P32: a unique index is as good as a group */
static void test_shared_link_keys__keyed_by_an_index(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&plot_by_index));
    kith_record *one = must(s, kith_create(s, &plot_by_index,
                                           KITH_FIELDS(KITH_F("sheet", "x"), KITH_F("row", "2026-11-21"))));
    kith_record *two = must(s,
                            kith_create_related(s, one, "others",
                                                KITH_FIELDS(KITH_F("sheet", "y"), KITH_F("row", "2026-11-21")), NULL));
    expect_number(s, kith_has(s, one, "others", KITH_REFS({ two })), 1);
    expect_stored(&plot_by_index, KITH_NAMES("sheet", "otherSheet", "otherRow"),
                  "[{'sheet':'x','otherSheet':'y','otherRow':'2026-11-21'},"
                  "{'sheet':'y','otherSheet':null,'otherRow':null}]");
}

/* ---- keys that are not primary ---- */

extern const kith_model city_model, mayor_model;
static const kith_model country_model = {
    .name = "country",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "iso", .type = KITH_STRING(2), .unique = true }, NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &city_model, .source_key = "iso", .foreign_key = "countryIso" }),
};
const kith_model city_model = {
    .name = "city",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR, { .name = "plate", .type = KITH_UUID, .unique = true, .generate = KITH_UUIDV4 }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &country_model, .target_key = "iso" },
                          { KITH_HAS_ONE, .target = &mayor_model, .source_key = "plate" },
                          { KITH_BELONGS_TO_MANY, .as = "twins", .target = &city_model, .through = "twinning",
                            .source_key = "plate", .target_key = "name" }),
    .indexes = KITH_INDEXES({ .unique = true, .attrs = KITH_NAMES("name") }),
};
const kith_model mayor_model = { .name = "mayor", .no_timestamps = true, .attrs = KITH_ATTRS(NAME_ATTR) };
#define ATLAS KITH_MODELS(&country_model, &city_model, &mayor_model)

static kith_record *country(kith_session *s, const char *iso)
{
    return must(s, kith_create(s, &country_model, KITH_FIELDS(KITH_F("iso", iso))));
}

/* S47, S72, P32: has-many and belongs-to by a key that is not primary */
static void test_shared_link_keys__not_primary_one_to_many(void **state)
{
    kith_session *s = start(state, ATLAS);
    country(s, "xx"); /* so that ids and positions differ */
    kith_record *it = country(s, "it"), *no = country(s, "no");
    kith_record *rome = must(s, kith_create_related(s, it, "cities", KITH_FIELDS(KITH_F("name", "Rome")), NULL));
    kith_record *oslo = named(s, &city_model, "Oslo");
    must(s, kith_set(s, oslo, "country", KITH_REFS({ no }), NULL));
    expect_stored(&city_model, KITH_NAMES("name", "countryIso"),
                  "[{'name':'Oslo','countryIso':'no'},{'name':'Rome','countryIso':'it'}]");
    expect_number(s, kith_has(s, it, "cities", KITH_REFS({ rome })), 1);
    expect_number(s, kith_has(s, it, "cities", KITH_REFS({ oslo })), 0);
    expect_number(s, kith_has(s, oslo, "country", KITH_REFS({ no })), 1);
    expect_number(s, kith_has(s, oslo, "country", KITH_REFS({ .key = KITH_V("no") })), 1);
    expect_number(s, kith_count_related(s, no, "cities"), 1);
    must(s, kith_set(s, rome, "country", KITH_REFS({ .key = KITH_V("no") }), NULL));
    expect_number(s, kith_count_related(s, no, "cities"), 2);
    expect_list(s,
                must(s, kith_find(s, &city_model,
                                  &(kith_query){
                                      .attributes = name_only,
                                      .include = KITH_INCLUDE({ .as = "country", .attributes = KITH_NAMES("iso") }),
                                      .order = KITH_ORDER({ "name" }) })),
                "[{'name':'Oslo','country':{'iso':'no'}},{'name':'Rome','country':{'iso':'no'}}]");
    expect_number(s, kith_remove(s, no, "cities", KITH_REFS({ rome })), 1);
}

/* S47, P32: has-one */
static void test_shared_link_keys__not_primary_has_one(void **state)
{
    kith_session *s = start(state, ATLAS);
    kith_record *rome = named(s, &city_model, "Rome"), *oslo = named(s, &city_model, "Oslo");
    kith_record *m = must(s, kith_create_related(s, oslo, "mayor", KITH_FIELDS(KITH_F("name", "M")), NULL));
    expect_text(kith_text(m, "cityPlate"), kith_text(oslo, "plate"));
    expect_number(s, kith_has(s, oslo, "mayor", KITH_REFS({ m })), 1);
    must(s, kith_set(s, rome, "mayor", KITH_REFS({ .key = KITH_V(1) }), NULL));
    expect_list(s,
                must(s, kith_find(s, &city_model,
                                  &(kith_query){ .attributes = name_only,
                                                 .include = KITH_INCLUDE({ .as = "mayor", .attributes = name_only }),
                                                 .order = KITH_ORDER({ "name" }) })),
                "[{'name':'Oslo','mayor':null},{'name':'Rome','mayor':{'name':'M'}}]");
}

/* S46, S47, S72, P32: many to many with itself, by two different keys that are not primary */
static void test_shared_link_keys__not_primary_many_to_many(void **state)
{
    kith_session *s = start(state, ATLAS);
    kith_record *rome = named(s, &city_model, "Rome"), *oslo = named(s, &city_model, "Oslo");
    must(s, kith_add(s, rome, "twins", KITH_REFS({ oslo }, { .key = KITH_V("Oslo") }), NULL));
    const kith_model *twinning = kith_model_named(the_db(), "twinning");
    expect_number(s, kith_count(s, twinning, NULL), 1);
    kith_record *link = must(s, kith_find_one(s, twinning, NULL));
    expect_text(kith_text(link, "cityPlate"), kith_text(rome, "plate"));
    expect_text(kith_text(link, "twinName"), "Oslo");
    expect_number(s, kith_has(s, rome, "twins", KITH_REFS({ oslo }, { oslo })), 1);
    expect_number(s, kith_has(s, oslo, "twins", KITH_REFS({ rome })), 0);
    expect_number(s, kith_remove(s, rome, "twins", KITH_REFS({ .key = KITH_V("Oslo") })), 1);
}

/* S51, P32: what a link needs but the query left out is said; a null key can hold no links */
static void test_shared_link_keys__keys_that_are_missing(void **state)
{
    kith_session *s = start(state, ATLAS);
    named(s, &country_model, "Atlantis");
    kith_record *nameless = must(s, kith_find_one(s, &country_model, &(kith_query){ .attributes = name_only }));
    assert_null(kith_get(s, nameless, "cities", NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "country.iso is needed but was not loaded");
    kith_record *atlantis = must(s, kith_find_one(s, &country_model, NULL));
    kith_record *rome = named(s, &city_model, "Rome");
    expect_list(s, must(s, kith_get(s, atlantis, "cities", NULL)), "[]");
    expect_number(s, kith_count_related(s, atlantis, "cities"), 0);
    expect_number(s, kith_has(s, atlantis, "cities", KITH_REFS({ rome })), 0);
    assert_null(kith_add(s, atlantis, "cities", KITH_REFS({ rome }), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "the key of this country is null");
    expect_stored(&city_model, KITH_NAMES("name", "countryIso"), "[{'name':'Rome','countryIso':null}]");
}

/* ---- keys of other types ---- */

extern const kith_model thing_model;
static const kith_model owner_model = {
    .name = "owner",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_BIGINT, .primary_key = true },
                        { .name = "rate", .type = KITH_DECIMAL(20, 4), .unique = true },
                        { .name = "born", .type = KITH_DATE, .unique = true }),
    .assocs = KITH_ASSOCS(
        { KITH_HAS_MANY, .as = "byId", .target = &thing_model },
        { KITH_HAS_MANY, .as = "byRate", .target = &thing_model, .source_key = "rate", .foreign_key = "rate" },
        { KITH_HAS_MANY, .as = "byBirth", .target = &thing_model, .source_key = "born", .foreign_key = "born" },
        { KITH_BELONGS_TO_MANY, .as = "friends", .target = &owner_model, .through = "owner_friend" }),
};
const kith_model thing_model = { .name = "thing", .no_timestamps = true, .attrs = KITH_ATTRS(NAME_ATTR) };

/* P33: 64-bit and decimal keys keep every digit, moments every microsecond */
static void test_shared_link_keys__exact_keys(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&owner_model, &thing_model));
    int64_t ids[] = { INT64_MAX - 1, INT64_MAX, INT64_MIN, INT64_C(9007199254740993) };
    const char *rates[] = { "9007199254740993.0001", "9007199254740993.0002", "0.1", "0.3" };
    kith_record *owners[4];
    for (int i = 0; i < 4; i++)
        owners[i] = must(s, kith_create(s, &owner_model,
                                        KITH_FIELDS(KITH_F("id", ids[i]), KITH_F("rate", rates[i]),
                                                    KITH_F("born", kith_of_timestamp(i - 2)))));
    for (int i = 0; i < 4; i++) {
        const char *const name = KITH_NAMES("a", "b", "c", "d")[i];
        kith_record *thing = must(s,
                                  kith_create_related(s, owners[i], "byId", KITH_FIELDS(KITH_F("name", name)), NULL));
        must(s, kith_add(s, owners[i], "byRate", KITH_REFS({ thing }), NULL));
        must(s, kith_add(s, owners[i], "byBirth", KITH_REFS({ thing }), NULL));
        must(s, kith_add(s, owners[i], "friends", KITH_REFS({ owners[0] }, { .key = KITH_V(ids[i]) }), NULL));
    }
    kith_list *list = must(s, kith_find(s, &owner_model,
                                        &(kith_query){
                                            .attributes = KITH_NAMES("id"),
                                            .include = KITH_INCLUDE({ .as = "byId", .attributes = name_only },
                                                                    { .as = "byRate", .attributes = name_only },
                                                                    { .as = "byBirth", .attributes = name_only },
                                                                    { .as = "friends",
                                                                      .attributes = KITH_NAMES("id"),
                                                                      .through = { .attributes = no_names },
                                                                      .order = KITH_ORDER({ "id" }) }),
                                            .order = KITH_ORDER({ "born" }) }));
#define THINGS(n) "'byId':[{'name':'" n "'}],'byRate':[{'name':'" n "'}],'byBirth':[{'name':'" n "'}]"
    expect_list(
        s, list,
        "[{'id':9223372036854775806," THINGS(
            "a") ",'friends':[{'id':9223372036854775806}]},"
                 "{'id':9223372036854775807," THINGS(
                     "b") ",'friends':[{'id':9223372036854775806},{'id':9223372036854775807}]},"
                          "{'id':-9223372036854775808," THINGS(
                              "c") ",'friends':[{'id':-9223372036854775808},{'id':9223372036854775806}]},"
                                   "{'id':9007199254740993," THINGS(
                                       "d") ",'friends':[{'id':9007199254740993},{'id':9223372036854775806}]}]");
}

/* ---- a model with itself ---- */

static const kith_model node_model = {
    .name = "node",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "parent", .target = &node_model },
                          { KITH_HAS_MANY, .as = "children", .target = &node_model, .foreign_key = "parentId" },
                          { KITH_HAS_ONE, .as = "shadow", .target = &node_model, .foreign_key = "castById" },
                          { KITH_BELONGS_TO, .as = "castBy", .target = &node_model }),
};

/* S46: trees: a model that has many of itself and belongs to itself */
static void test_shared_link_keys__trees(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&node_model));
    kith_record *root = named(s, &node_model, "root");
    kith_record *a = must(s, kith_create_related(s, root, "children", KITH_FIELDS(KITH_F("name", "a")), NULL));
    kith_record *b = named(s, &node_model, "b"), *c = named(s, &node_model, "c");
    must(s, kith_set(s, b, "parent", KITH_REFS({ a }), NULL));
    must(s, kith_add(s, a, "children", KITH_REFS({ c }), NULL));
    must(s, kith_set(s, c, "castBy", KITH_REFS({ b }), NULL));
    expect_stored(&node_model, KITH_NAMES("name", "parentId", "castById"),
                  "[{'name':'a','parentId':1,'castById':null},{'name':'b','parentId':2,'castById':null},"
                  "{'name':'c','parentId':2,'castById':3},{'name':'root','parentId':null,'castById':null}]");
    static const kith_order by_name[] = { { "name" }, { 0 } };
    kith_list *tree = must(
        s, kith_find(s, &node_model,
                     &(kith_query){
                         .attributes = name_only,
                         .where = KITH_IS_NULL("parentId"),
                         .include = KITH_INCLUDE(
                             { .as = "children",
                               .attributes = name_only,
                               .include = KITH_INCLUDE(
                                   { .as = "children",
                                     .attributes = name_only,
                                     .order = by_name,
                                     .include = KITH_INCLUDE({ .as = "parent", .attributes = name_only },
                                                             { .as = "shadow", .attributes = name_only }) }) }) }));
    expect_list(s, tree,
                "[{'name':'root','children':[{'name':'a','children':["
                "{'name':'b','parent':{'name':'a'},'shadow':{'name':'c'}},"
                "{'name':'c','parent':{'name':'a'},'shadow':null}]}]}]");
    expect_number(s, kith_remove(s, a, "children", KITH_REFS({ b }, { root })), 1);
    expect_number(s, kith_count_related(s, a, "children"), 1);
}

/* ---- scopes ---- */

extern const kith_model note_model, box_model;
static const kith_model desk_model = {
    .name = "desk",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "open", .target = &note_model,
                            .scope = KITH_FIELDS({ "done", KITH_CONST_BOOL(false) }) },
                          { KITH_HAS_MANY, .as = "closed", .target = &note_model,
                            .scope = KITH_FIELDS({ "done", KITH_CONST_BOOL(true) }) },
                          { KITH_HAS_MANY, .as = "notes", .target = &note_model },
                          { KITH_BELONGS_TO_MANY, .as = "left", .target = &box_model, .through = "desk_box",
                            .scope = KITH_FIELDS({ "side", KITH_CONST_INT(1) }) },
                          { KITH_BELONGS_TO_MANY, .as = "right", .target = &box_model, .through = "desk_box",
                            .scope = KITH_FIELDS({ "side", KITH_CONST_INT(2) }) }),
};
const kith_model note_model = {
    .name = "note",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR, { .name = "done", .type = KITH_BOOLEAN }),
};
const kith_model box_model = {
    .name = "box",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "leftOf", .target = &desk_model, .through = "desk_box",
                            .scope = KITH_FIELDS({ "side", KITH_CONST_INT(1) }) }),
};
#define OFFICE KITH_MODELS(&desk_model, &note_model, &box_model)

/* S54: a scope over the target's table */
static void test_shared_link_keys__scopes_over_targets(void **state)
{
    kith_session *s = start(state, OFFICE);
    kith_record *desk = named(s, &desk_model, "d"), *a = named(s, &note_model, "a"), *b = named(s, &note_model, "b");
    must(s, kith_add(s, desk, "open", KITH_REFS({ a }, { b }), NULL));
    must(s, kith_create_related(s, desk, "closed", KITH_FIELDS(KITH_F("name", "c")), NULL));
    must(s, kith_add(s, desk, "closed", KITH_REFS({ b }), NULL));
    expect_stored(&note_model, KITH_NAMES("name", "done", "deskId"),
                  "[{'name':'a','done':false,'deskId':1},{'name':'b','done':true,'deskId':1},"
                  "{'name':'c','done':true,'deskId':1}]");
    expect_number(s, kith_count_related(s, desk, "open"), 1);
    expect_number(s, kith_count_related(s, desk, "closed"), 2);
    expect_number(s, kith_count_related(s, desk, "notes"), 3);
    expect_number(s, kith_has(s, desk, "open", KITH_REFS({ b })), 0);
    expect_number(s, kith_remove(s, desk, "open", KITH_REFS({ b })), 0);
    must(s, kith_set(s, desk, "closed", KITH_NO_REFS, NULL));
    expect_number(s, kith_count_related(s, desk, "notes"), 1);
    kith_list *desks = must(s, kith_find(s, &desk_model,
                                         &(kith_query){
                                             .attributes = name_only,
                                             .include = KITH_INCLUDE({ .as = "open", .attributes = name_only },
                                                                     { .as = "closed", .attributes = name_only }) }));
    expect_list(s, desks, "[{'name':'d','open':[{'name':'a'}],'closed':[]}]");
}

/* S54, S55, P25: a scope over the join table: every verb touches its own links only */
static void test_shared_link_keys__scopes_over_links(void **state)
{
    kith_session *s = start(state, OFFICE);
    kith_record *desk = named(s, &desk_model, "d"), *a = named(s, &box_model, "a"), *b = named(s, &box_model, "b");
    const kith_model *join = kith_model_named(the_db(), "desk_box");
    must(s, kith_add(s, desk, "left", KITH_REFS({ a }, { b }), NULL));
    must(s, kith_add(s, desk, "right", KITH_REFS({ a }), NULL));
    must(s, kith_create_related(s, desk, "right", KITH_FIELDS(KITH_F("name", "c")), NULL));
    expect_number(s, kith_has(s, desk, "right", KITH_REFS({ b })), 0);
    expect_number(s, kith_count_related(s, desk, "left"), 2);
    expect_number(s, kith_count_related(s, a, "leftOf"), 1);
    must(s, kith_set(s, desk, "left", KITH_REFS({ b }), NULL));
    expect_stored(join, KITH_NAMES("deskId", "boxId", "side"),
                  "[{'deskId':1,'boxId':1,'side':2},{'deskId':1,'boxId':2,'side':1},{'deskId':1,'boxId':3,'side':2}]");
    expect_number(s, kith_remove(s, desk, "left", KITH_REFS({ a }, { b })), 1);
    expect_number(s, kith_remove(s, a, "leftOf", KITH_REFS({ desk })), 0);
    static const kith_include both[] = {
        { .as = "left", .attributes = name_only, .through = { .attributes = no_names } },
        { .as = "right", .attributes = name_only, .through = { .attributes = no_names } },
        { 0 }
    };
    expect_list(s, must(s, kith_find(s, &desk_model, &(kith_query){ .attributes = name_only, .include = both })),
                "[{'name':'d','left':[],'right':[{'name':'a'},{'name':'c'}]}]");
    expect_list(s,
                must(s, kith_find(s, &box_model,
                                  &(kith_query){ .attributes = name_only, .where = KITH_SOME("leftOf", NULL) })),
                "[]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_link_keys__composite_primary_key),
        SHARED_TEST(test_shared_link_keys__composite_has_many),
        SHARED_TEST(test_shared_link_keys__composite_to_one),
        SHARED_TEST(test_shared_link_keys__composite_many_to_many),
        SHARED_TEST(test_shared_link_keys__composite_key_of_one),
        SHARED_TEST(test_shared_link_keys__composite_keys_must_be_unique),
        SHARED_TEST(test_shared_link_keys__keyed_by_an_index),
        SHARED_TEST(test_shared_link_keys__not_primary_one_to_many),
        SHARED_TEST(test_shared_link_keys__not_primary_has_one),
        SHARED_TEST(test_shared_link_keys__not_primary_many_to_many),
        SHARED_TEST(test_shared_link_keys__keys_that_are_missing),
        SHARED_TEST(test_shared_link_keys__exact_keys),
        SHARED_TEST(test_shared_link_keys__trees),
        SHARED_TEST(test_shared_link_keys__scopes_over_targets),
        SHARED_TEST(test_shared_link_keys__scopes_over_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
