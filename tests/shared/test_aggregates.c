/* Aggregates of associations: as conditions, orders and computed attributes. P5, P16, P17, P18. */
#include "harness/shared.h"

static const kith_model customer_model, friendship_model, order_model, line_model, product_model;

static const kith_model customer_model = {
    .name = "customer",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }, { .name = "age", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &order_model }, { KITH_BELONGS_TO_MANY, &customer_model, .as = "friends",
                                                             .through_model = &friendship_model }),
};

static const kith_model friendship_model = {
    .name = "friendship",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "hours", .type = KITH_INTEGER }),
};

static const kith_model order_model = {
    .name = "order",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "total", .type = KITH_DECIMAL(30, 4) }, { .name = "pieces", .type = KITH_INTEGER },
                        { .name = "number", .type = KITH_BIGINT }, { .name = "weight", .type = KITH_REAL },
                        { .name = "size", .type = KITH_ENUM("small", "middle", "large") },
                        { .name = "done", .type = KITH_BOOLEAN }, { .name = "code", .type = KITH_UUID },
                        { .name = "placed", .type = KITH_DATE }, { .name = "day", .type = KITH_DATEONLY },
                        { .name = "note", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &customer_model }, { KITH_HAS_MANY, &line_model }),
};

/* Destroyed softly. */
static const kith_model line_model = {
    .name = "line",
    .no_timestamps = true,
    .paranoid = true,
    .attrs = KITH_ATTRS({ .name = "amount", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &order_model }, { KITH_BELONGS_TO, &product_model }),
};

static const kith_model product_model = {
    .name = "product",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "price", .type = KITH_DECIMAL(8, 2) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &line_model }),
};

#define MODELS KITH_MODELS(&customer_model, &friendship_model, &order_model, &line_model, &product_model)

static void add_order(kith_session *s, int customer, kith_value total, kith_value pieces, kith_value size,
                      kith_value done)
{
    must(s, kith_create(s, &order_model,
                        KITH_FIELDS(KITH_F("customerId", customer), KITH_F("total", total), KITH_F("pieces", pieces),
                                    KITH_F("size", size), KITH_F("done", done))));
}

static void add_line(kith_session *s, int order, int product, int amount)
{
    must(s, kith_create(s, &line_model,
                        KITH_FIELDS(KITH_F("orderId", order), KITH_F("productId", product), KITH_F("amount", amount))));
}

/*      order customer total                    pieces size   done   lines (order: product × amount)
 *      1     Ann (1)  12345678901234567.8901   3      large  true   1: 1 × 2, 2 × 1, and 1 × 100, destroyed
 *      2     Ann      0.0099                   4      small  false  2: 1 × 5
 *      3     Ann      null                     null   null   null
 *      4     Bob (2)  -5.0000                  3      middle true   4: 2 × 1
 *      5     Bob      -5.0000                  3      large  true
 *      Cid (3) has none. Friends: Ann → Bob (2 hours), Ann → Cid (null), Bob → Ann (7), Cid → Cid (1). */
static kith_session *start_with_orders(void **state)
{
    kith_session *s = start(state, MODELS);
    kith_value null = kith_of_null(), yes = kith_of_bool(true);
    static const char *const names[] = { "Ann", "Bob", "Cid" };
    for (int i = 0; i < 3; i++)
        must(s, kith_create(s, &customer_model, KITH_FIELDS(KITH_F("name", names[i]), KITH_F("age", 30 + i))));
    add_order(s, 1, KITH_V("12345678901234567.8901"), KITH_V(3), KITH_V("large"), yes);
    add_order(s, 1, KITH_V("0.0099"), KITH_V(4), KITH_V("small"), kith_of_bool(false));
    add_order(s, 1, null, null, null, null);
    add_order(s, 2, KITH_V("-5"), KITH_V(3), KITH_V("middle"), yes);
    add_order(s, 2, KITH_V("-5"), KITH_V(3), KITH_V("large"), yes);
    must(s, kith_create(s, &product_model, KITH_FIELDS(KITH_F("price", "1.50"))));
    must(s, kith_create(s, &product_model, KITH_FIELDS(KITH_F("price", "10.00"))));
    add_line(s, 1, 1, 2);
    add_line(s, 1, 2, 1);
    add_line(s, 2, 1, 5);
    add_line(s, 4, 2, 1);
    add_line(s, 1, 1, 100);
    must(s, kith_destroy(s, must(s, kith_find_one(s, &line_model, &(kith_query){ .where = KITH_EQ("amount", 100) }))));
    static const struct {
        int from, to;
        kith_value hours;
    } friends[] = {
        { 1, 2, KITH_CONST_INT(2) }, { 1, 3, KITH_CONST_NULL }, { 2, 1, KITH_CONST_INT(7) }, { 3, 3, KITH_CONST_INT(1) }
    };
    for (size_t i = 0; i < sizeof friends / sizeof *friends; i++)
        must(s, kith_create(s, &friendship_model,
                            KITH_FIELDS(KITH_F("customerId", friends[i].from), KITH_F("friendId", friends[i].to),
                                        KITH_F("hours", friends[i].hours))));
    return s;
}

static const char *const name_only[] = { "name", NULL };

/* The customers, with what is computed of each, by their ids. */
#define expect_customers(s, json, ...)                                                                                 \
    expect_list((s),                                                                                                   \
                must((s), kith_find((s), &customer_model,                                                              \
                                    &(kith_query){ .attributes = name_only,                                            \
                                                   .computed = KITH_COMPUTED(__VA_ARGS__),                             \
                                                   .order = KITH_ORDER({ "id" }) })),                                  \
                json)
#define THREE(ann, bob, cid) "[{'name':'Ann'," ann "},{'name':'Bob'," bob "},{'name':'Cid'," cid "}]"

/* ---- the aggregates ------------------------------------------------------------------------------------------------- */

/* P17 */
static void test_shared_aggregates__count(void **state)
{
    kith_session *s = start_with_orders(state);
    expect_customers(s, THREE("'n':3,'done':1", "'n':2,'done':2", "'n':0,'done':0"), { "n", KITH_COUNT, "orders" },
                     { "done", KITH_COUNT, "orders", .where = KITH_EQ("done", true) });
    expect_customers(s, THREE("'n':2", "'n':2", "'n':0"), { "n", KITH_COUNT, "orders.pieces" });
    expect_customers(s, THREE("'n':2", "'n':1", "'n':0"), { "n", KITH_COUNT, "orders.pieces", .distinct = true });
}

/* More digits than a double has; nothing of no rows. */
static void test_shared_aggregates__sum_of_decimals_is_exact(void **state)
{
    kith_session *s = start_with_orders(state);
    expect_customers(s, THREE("'sum':'12345678901234567.9000'", "'sum':'-10.0000'", "'sum':null"),
                     { "sum", KITH_SUM, "orders.total" });
    expect_customers(s, THREE("'sum':'12345678901234567.9000'", "'sum':'-5.0000'", "'sum':null"),
                     { "sum", KITH_SUM, "orders.total", .distinct = true });
}

static void test_shared_aggregates__sum_and_mean_of_integers(void **state)
{
    kith_session *s = start_with_orders(state);
    expect_customers(s, THREE("'sum':7,'mean':3.5", "'sum':6,'mean':3", "'sum':null,'mean':null"),
                     { "sum", KITH_SUM, "orders.pieces" }, { "mean", KITH_AVG, "orders.pieces" });
    expect_customers(s, THREE("'sum':7", "'sum':3", "'sum':null"),
                     { "sum", KITH_SUM, "orders.pieces", .distinct = true });
}

/* Not cut to a few digits anywhere. */
static void test_shared_aggregates__mean_is_a_double(void **state)
{
    kith_session *s = start_with_orders(state);
    add_order(s, 3, KITH_V("0.1"), KITH_V(1), kith_of_null(), kith_of_null());
    add_order(s, 3, KITH_V("0.1"), KITH_V(2), kith_of_null(), kith_of_null());
    add_order(s, 3, KITH_V("0.3"), KITH_V(2), kith_of_null(), kith_of_null());
    const kith_query q = { .where = KITH_EQ("id", 3),
                           .computed = KITH_COMPUTED({ "pieces", KITH_AVG, "orders.pieces" },
                                                     { "total", KITH_AVG, "orders.total" }) };
    kith_record *cid = must(s, kith_find_one(s, &customer_model, &q));
    assert_true(kith_double(cid, "pieces") == 5.0 / 3);
    assert_true(kith_double(cid, "total") == 0.5 / 3);
}

static void test_shared_aggregates__of_doubles_and_bigints(void **state)
{
    kith_session *s = start_with_orders(state);
    must(s, kith_execute_script(s, "UPDATE orders SET weight = 0.25 * id, number = 9007199254740993 - id"));
    expect_customers(s,
                     THREE("'w':1.5,'m':0.5,'n':27021597764222973", "'w':2.25,'m':1.125,'n':18014398509481977",
                           "'w':null,'m':null,'n':null"),
                     { "w", KITH_SUM, "orders.weight" }, { "m", KITH_AVG, "orders.weight" },
                     { "n", KITH_SUM, "orders.number" });
}

static void test_shared_aggregates__sum_that_does_not_fit(void **state)
{
    kith_session *s = start_with_orders(state);
    must(s, kith_execute_script(s, "UPDATE orders SET number = 9223372036854775807"));
    assert_null(
        kith_find(s, &customer_model, &(kith_query){ .computed = KITH_COMPUTED({ "n", KITH_SUM, "orders.number" }) }));
    expect_error(s, KITH_E_DATABASE, NULL, NULL, "");
}

static void test_shared_aggregates__least_and_greatest(void **state)
{
    kith_session *s = start_with_orders(state);
    must(s, kith_execute_script(
                s, "UPDATE orders SET placed = '2026-01-02 03:04:05.000006', day = '2026-01-02', note = 'Zoo', "
                   "code = '00000000-0000-4000-8000-00000000000a' WHERE id IN (1, 4)"));
    must(s,
         kith_execute_script(s, "UPDATE orders SET placed = '2025-12-31 00:00:00', day = '2026-01-01', note = 'ant', "
                                "code = 'f0000000-0000-4000-8000-000000000001' WHERE id = 2"));
#define LIMITS(a)                                                                                                      \
    { "t", a, "orders.total" }, { "p", a, "orders.pieces" }, { "d", a, "orders.day" }, { "n", a, "orders.note" }
    expect_customers(s,
                     THREE("'t':'0.0099','p':3,'d':'2026-01-01','n':'Zoo'",
                           "'t':'-5.0000','p':3,'d':'2026-01-02','n':'Zoo'", "'t':null,'p':null,'d':null,'n':null"),
                     LIMITS(KITH_MIN));
    expect_customers(s,
                     THREE("'t':'12345678901234567.8901','p':4,'d':'2026-01-02','n':'ant'",
                           "'t':'-5.0000','p':3,'d':'2026-01-02','n':'Zoo'", "'t':null,'p':null,'d':null,'n':null"),
                     LIMITS(KITH_MAX));
    expect_customers(s,
                     THREE("'m':'2026-01-02T03:04:05.000006Z','c':'f0000000-0000-4000-8000-000000000001'",
                           "'m':'2026-01-02T03:04:05.000006Z','c':'00000000-0000-4000-8000-00000000000a'",
                           "'m':null,'c':null"),
                     { "m", KITH_MAX, "orders.placed" }, { "c", KITH_MAX, "orders.code" });
    expect_customers(s,
                     THREE("'c':'00000000-0000-4000-8000-00000000000a'", "'c':'00000000-0000-4000-8000-00000000000a'",
                           "'c':null"),
                     { "c", KITH_MIN, "orders.code" });
}

/* By the order of its labels, in which large is greater than small. */
static void test_shared_aggregates__least_and_greatest_label(void **state)
{
    kith_session *s = start_with_orders(state);
    expect_customers(s,
                     THREE("'least':'small','most':'large'", "'least':'middle','most':'large'",
                           "'least':null,'most':null"),
                     { "least", KITH_MIN, "orders.size" }, { "most", KITH_MAX, "orders.size" });
    expect_list(s,
                must(s, kith_find(s, &customer_model,
                                  &(kith_query){
                                      .attributes = name_only,
                                      .where = KITH_COMPARE(KITH_AGGREGATE(KITH_MIN, "orders.size", NULL), KITH_OP_LT,
                                                            "large"),
                                      .order = KITH_ORDER({ "orders.size", .aggregate = KITH_MIN, .desc = true }) })),
                "[{'name':'Bob'},{'name':'Ann'}]");
}

static void test_shared_aggregates__least_and_greatest_boolean(void **state)
{
    kith_session *s = start_with_orders(state);
    expect_customers(s, THREE("'least':false,'most':true", "'least':true,'most':true", "'least':null,'most':null"),
                     { "least", KITH_MIN, "orders.done" }, { "most", KITH_MAX, "orders.done" });
}

/* ---- paths ---------------------------------------------------------------------------------------------------------- */

/* A row that was destroyed softly does not count. */
static void test_shared_aggregates__along_paths(void **state)
{
    kith_session *s = start_with_orders(state);
    expect_customers(s,
                     THREE("'lines':3,'amount':8,'price':'13.00','products':2",
                           "'lines':1,'amount':1,'price':'10.00','products':1",
                           "'lines':0,'amount':null,'price':null,'products':0"),
                     { "lines", KITH_COUNT, "orders.lines" }, { "amount", KITH_SUM, "orders.lines.amount" },
                     { "price", KITH_SUM, "orders.lines.product.price" },
                     { "products", KITH_COUNT, "orders.lines.product", .distinct = true });
    expect_list(s,
                must(s, kith_find(s, &line_model,
                                  &(kith_query){
                                      .attributes = KITH_NO_NAMES,
                                      .order = KITH_ORDER({ "id" }),
                                      .computed = KITH_COMPUTED({ "n", KITH_COUNT, "order.customer.orders" }) })),
                "[{'n':3},{'n':3},{'n':3},{'n':2}]");
}

/* P28: the join row's own attributes; friends of friends, a self reference among them. */
static void test_shared_aggregates__through_join_tables(void **state)
{
    kith_session *s = start_with_orders(state);
    expect_customers(s,
                     THREE("'n':2,'hours':2,'oldest':32", "'n':1,'hours':7,'oldest':30", "'n':1,'hours':1,'oldest':32"),
                     { "n", KITH_COUNT, "friends" }, { "hours", KITH_SUM, "friends.friendship.hours" },
                     { "oldest", KITH_MAX, "friends.age" });
    expect_customers(s, THREE("'n':2,'bought':2,'long':0", "'n':2,'bought':3,'long':1", "'n':1,'bought':0,'long':0"),
                     { "n", KITH_COUNT, "friends.friends" }, { "bought", KITH_COUNT, "friends.orders" },
                     { "long", KITH_COUNT, "friends", .where = KITH_GT("friendship.hours", 5) });
}

/* ---- conditions and orders ------------------------------------------------------------------------------------------ */

#define expect_names(s, json, ...)                                                                                     \
    expect_list((s),                                                                                                   \
                must((s), kith_find((s), &customer_model, &(kith_query){ .attributes = name_only, __VA_ARGS__ })),     \
                json)
#define expect_found(s, json, e) expect_names((s), json, .where = (e), .order = KITH_ORDER({ "id" }))

/* P16 */
static void test_shared_aggregates__in_conditions(void **state)
{
    kith_session *s = start_with_orders(state);
    const kith_expr *orders = KITH_COUNT_OF("orders", NULL), *sum = KITH_AGGREGATE(KITH_SUM, "orders.total", NULL);
    expect_found(s, "[{'name':'Ann'},{'name':'Bob'}]", KITH_COMPARE(orders, KITH_OP_GTE, 2));
    expect_found(s, "[{'name':'Cid'}]", KITH_COMPARE(orders, KITH_OP_EQ, 0));
    expect_found(s, "[{'name':'Ann'},{'name':'Cid'}]", KITH_COMPARE_LIST(orders, KITH_OP_IN, KITH_V(3), KITH_V(0)));
    expect_found(s, "[{'name':'Bob'}]", KITH_COMPARE_LIST(orders, KITH_OP_NOT_IN, KITH_V(3), KITH_V(0)));
    expect_found(s, "[{'name':'Ann'},{'name':'Bob'}]",
                 KITH_COMPARE_LIST(orders, KITH_OP_BETWEEN, KITH_V(1), KITH_V(3)));
    expect_found(s, "[{'name':'Cid'}]", KITH_COMPARE(sum, KITH_OP_IS_NULL, 0));
    expect_found(s, "[{'name':'Ann'}]", KITH_COMPARE(sum, KITH_OP_EQ, "12345678901234567.9"));
    expect_found(s, "[{'name':'Bob'}]", KITH_COMPARE(sum, KITH_OP_LT, "9.5"));
    expect_found(s, "[{'name':'Bob'}]", KITH_COMPARE_LIST(sum, KITH_OP_IN, KITH_V("-10"), KITH_V("3")));
    expect_found(s, "[{'name':'Ann'}]", KITH_COMPARE(KITH_AGGREGATE(KITH_AVG, "orders.pieces", NULL), KITH_OP_EQ, 3.5));
    expect_found(s, "[{'name':'Ann'},{'name':'Bob'}]",
                 KITH_COMPARE(orders, KITH_OP_GT, KITH_COUNT_OF("orders", KITH_GT("pieces", 3))));
    expect_found(s, "[{'name':'Ann'}]",
                 KITH_COMPARE(KITH_COUNT_OF("orders", KITH_COMPARE(KITH_COUNT_OF("lines", NULL), KITH_OP_EQ, 2)),
                              KITH_OP_EQ, 1));
    assert_int_equal(kith_count(s, &customer_model, &(kith_query){ .where = KITH_COMPARE(orders, KITH_OP_GTE, 2) }), 2);
}

/* A list longer than one of placeholders. */
static void test_shared_aggregates__in_a_long_list(void **state)
{
    kith_session *s = start_with_orders(state);
    enum { MANY = 2000 };
    static kith_value list[MANY + 1];
    for (int i = 0; i < MANY; i++)
        list[i] = kith_of_int(i + 3);
    list[MANY] = (kith_value)KITH_END_VALUE_;
    const kith_expr *const left[] = { KITH_COUNT_OF("orders", NULL), &kith_expr_end };
    const kith_expr in = { .op = KITH_OP_IN, .list = list, .args = left };
    expect_found(s, "[{'name':'Ann'}]", &in);
}

/* P5, P18: rows that are equal in the order are parted by the key. */
static void test_shared_aggregates__in_orders(void **state)
{
    kith_session *s = start_with_orders(state);
    expect_names(s, "[{'name':'Cid'},{'name':'Bob'},{'name':'Ann'}]",
                 .order = KITH_ORDER({ "orders.total", .aggregate = KITH_SUM }));
    expect_names(s, "[{'name':'Ann'},{'name':'Bob'},{'name':'Cid'}]",
                 .order = KITH_ORDER({ "orders.total", .aggregate = KITH_MAX, .desc = true }));
    expect_names(s, "[{'name':'Bob'},{'name':'Ann'},{'name':'Cid'}]",
                 .order = KITH_ORDER({ "friends.friendship.hours", .aggregate = KITH_AVG, .desc = true }));
    expect_names(s, "[{'name':'Bob'},{'name':'Cid'}]", .limit = 2,
                 .order = KITH_ORDER({ "friends", .aggregate = KITH_COUNT }));
    expect_names(s, "[{'name':'Cid'},{'name':'Ann'}]", .limit = 2, .offset = 1,
                 .order = KITH_ORDER({ "friends", .aggregate = KITH_COUNT }));
}

/* Without one, which row of many would count? */
static void test_shared_aggregates__must_be_named(void **state)
{
    kith_session *s = start_with_orders(state);
    assert_null(kith_find(s, &customer_model, &(kith_query){ .order = KITH_ORDER({ "orders.total" }) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "KITH_MIN");
}

/* ---- computed attributes -------------------------------------------------------------------------------------------- */

static void test_shared_aggregates__names_of_computed(void **state)
{
    kith_session *s = start_with_orders(state);
    const kith_computed *computed =
        KITH_COMPUTED({ "n", KITH_COUNT, "orders" }, { "sum", KITH_SUM, "orders.total" },
                      { .as = "upper", .value = KITH_FN("upper", KITH_V(KITH_COL("name"))), .type = KITH_STRING(20) },
                      { .as = "next", .value = KITH_SQL("t0.age + ?", KITH_V(1)), .type = KITH_INTEGER },
                      { .as = "years", .value = KITH_COL("age") });
    expect_names(s,
                 "[{'name':'Bob','n':2,'sum':'-10.0000','upper':'BOB','next':32,'years':31},"
                 "{'name':'Ann','n':3,'sum':'12345678901234567.9000','upper':'ANN','next':31,'years':30}]",
                 .computed = computed,
                 .where = KITH_AND(KITH_GT("n", 1), KITH_IN("upper", KITH_V("ANN"), KITH_V("BOB"))),
                 .order = KITH_ORDER({ "sum" }));
    expect_names(s, "[{'name':'Cid','n':0,'sum':null,'upper':'CID','next':33,'years':32}]", .computed = computed,
                 .where = KITH_OR(KITH_IS_NULL("sum"), KITH_EQ("next", 7)));
    assert_int_equal(kith_count(s, &customer_model,
                                &(kith_query){ .computed = computed, .where = KITH_LT("sum", "0") }),
                     1);
}

/* P17: a page, and a page for each source, in as many statements as without. */
static void test_shared_aggregates__computed_in_pages(void **state)
{
    kith_session *s = start_with_orders(state);
    expect_list(s,
                must(s, kith_find(s, &customer_model,
                                  &(kith_query){ .attributes = name_only,
                                                 .computed = KITH_COMPUTED({ "n", KITH_COUNT, "orders" }),
                                                 .include = KITH_INCLUDE(
                                                     { .as = "orders",
                                                       .attributes = KITH_NAMES("id"),
                                                       .computed = KITH_COMPUTED({ "lineCount", KITH_COUNT, "lines" }),
                                                       .order = KITH_ORDER({ "lineCount", .desc = true }),
                                                       .limit = 2 }),
                                                 .order = KITH_ORDER({ "id" }),
                                                 .limit = 2 })),
                "[{'name':'Ann','n':3,'orders':[{'id':1,'lineCount':2},{'id':2,'lineCount':1}]},"
                "{'name':'Bob','n':2,'orders':[{'id':4,'lineCount':1},{'id':5,'lineCount':0}]}]");
}

/* By a join, and of targets that several sources share. */
static void test_shared_aggregates__computed_in_includes(void **state)
{
    kith_session *s = start_with_orders(state);
    const kith_computed *n = KITH_COMPUTED({ "n", KITH_COUNT, "orders" });
    expect_list(s,
                must(s, kith_find(s, &order_model,
                                  &(kith_query){ .attributes = KITH_NAMES("id"),
                                                 .where = KITH_IN("id", KITH_V(1), KITH_V(4)),
                                                 .order = KITH_ORDER({ "id" }),
                                                 .include = KITH_INCLUDE(
                                                     { .as = "customer", .attributes = name_only, .computed = n }) })),
                "[{'id':1,'customer':{'name':'Ann','n':3}},{'id':4,'customer':{'name':'Bob','n':2}}]");
    expect_names(
        s,
        "[{'name':'Ann','friends':[{'name':'Bob','n':2},{'name':'Cid','n':0}]},{'name':'Bob','friends':[{'name':"
        "'Ann','n':3}]},{'name':'Cid','friends':[{'name':'Cid','n':0}]}]",
        .order = KITH_ORDER({ "id" }),
        .include = KITH_INCLUDE({ .as = "friends",
                                  .attributes = name_only,
                                  .through.attributes = KITH_NO_NAMES,
                                  .computed = n,
                                  .order = KITH_ORDER({ "id" }) }));
    expect_names(s, "[{'name':'Bob','friends':[{'name':'Ann','n':3}]}]",
                 .include = KITH_INCLUDE({ .as = "friends",
                                           .attributes = name_only,
                                           .through.attributes = KITH_NO_NAMES,
                                           .computed = n,
                                           .where = KITH_EQ("n", 3) }));
    expect_list(s,
                must(s,
                     kith_get(s, must(s, kith_find_by_key(s, &customer_model, KITH_V(1))), "friends",
                              &(kith_query){ .attributes = name_only, .computed = n, .order = KITH_ORDER({ "n" }) })),
                "[{'name':'Cid','n':0,'friendship':{'hours':null,'customerId':1,'friendId':3}},{'name':'Bob','n':2,'"
                "friendship':{"
                "'hours':2,'customerId':1,'friendId':2}}]");
}

/* The same when lists are joined to their sources. */
static void test_shared_aggregates__computed_in_joined_lists(void **state)
{
    kith_session *s = start_with_orders(state);
    const kith_include *orders = KITH_INCLUDE({ .as = "orders",
                                                .attributes = KITH_NAMES("id"),
                                                .computed = KITH_COMPUTED({ "lineCount", KITH_COUNT, "lines" }),
                                                .order = KITH_ORDER({ "lineCount" }, { "id" }),
                                                .strategy = KITH_JOIN });
    expect_names(
        s,
        "[{'name':'Ann','n':3,'orders':[{'id':3,'lineCount':0},{'id':2,'lineCount':1},{'id':1,'lineCount':2}]},"
        "{'name':'Bob','n':2,'orders':[{'id':5,'lineCount':0},{'id':4,'lineCount':1}]},"
        "{'name':'Cid','n':0,'orders':[]}]",
        .order = KITH_ORDER({ "id" }), .computed = KITH_COMPUTED({ "n", KITH_COUNT, "orders" }), .include = orders);
}

/* What was computed stays as it was read, when its record is written or read again. */
static void test_shared_aggregates__computed_of_records_that_change(void **state)
{
    kith_session *s = start_with_orders(state);
    kith_record *ann = must(s,
                            kith_find_one(s, &customer_model,
                                          &(kith_query){ .where = KITH_EQ("name", "Ann"),
                                                         .computed = KITH_COMPUTED({ "n", KITH_COUNT, "orders" }) }));
    must(s, kith_update(s, ann, KITH_FIELDS(KITH_F("age", 44))));
    add_order(s, 1, kith_of_null(), kith_of_null(), kith_of_null(), kith_of_null());
    must(s, kith_reload(s, ann));
    expect_record(s, ann, "{'id':1,'name':'Ann','age':44,'n':3}");
}

/* The query is gone when its records are read. */
static kith_stream *open_stream(kith_session *s)
{
    char as[] = "orderCount", path[] = "orders", inner[] = "lineCount", lines[] = "lines";
    const kith_include *orders = KITH_INCLUDE(
        { .as = "orders",
          .attributes = KITH_NAMES("id"),
          .computed = KITH_COMPUTED({ inner, KITH_COUNT, lines, KITH_GT("amount", 1) }),
          .where = KITH_GT("lineCount", 0),
          .required = KITH_NO });
    return must(s, kith_stream_open(s, &customer_model,
                                    &(kith_query){ .attributes = name_only,
                                                   .computed = KITH_COMPUTED({ as, KITH_COUNT, path }),
                                                   .where = KITH_COMPARE(KITH_COUNT_OF("orders", NULL), KITH_OP_GT, 0),
                                                   .order = KITH_ORDER({ "orderCount" }),
                                                   .include = orders },
                                    &(kith_stream_opts){ .batch = 1 }));
}

/* P8 */
static void test_shared_aggregates__computed_in_streams(void **state)
{
    kith_session *s = start_with_orders(state);
    kith_stream *st = open_stream(s);
    expect_record(s, must(s, kith_stream_next(st)), "{'name':'Bob','orderCount':2,'orders':[]}");
    expect_record(s, must(s, kith_stream_next(st)),
                  "{'name':'Ann','orderCount':3,'orders':[{'id':1,'lineCount':1},{'id':2,'lineCount':1}]}");
    assert_null(kith_stream_next(st));
    must(s, kith_stream_close(st));
}

/* ---- keys of several attributes ------------------------------------------------------------------------------------- */

static const kith_model room_model, bed_model;
static const kith_model room_model = {
    .name = "room",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "house", .type = KITH_STRING(5), .primary_key = true },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &bed_model, .foreign_key = "house,number" }),
};
static const kith_model bed_model = {
    .name = "bed",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "width", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &room_model, .foreign_key = "house,number" }),
};

/* P31 */
static void test_shared_aggregates__composite_keys(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&room_model, &bed_model));
    for (int i = 1; i <= 2; i++)
        must(s, kith_create(s, &room_model, KITH_FIELDS(KITH_F("house", "A"), KITH_F("number", i))));
    must(s, kith_create(s, &room_model, KITH_FIELDS(KITH_F("house", "B"), KITH_F("number", 1))));
    static const struct {
        const char *house;
        int number, width;
    } beds[] = { { "A", 1, 80 }, { "A", 1, 90 }, { "B", 1, 100 } };
    for (size_t i = 0; i < sizeof beds / sizeof *beds; i++)
        must(s, kith_create(s, &bed_model,
                            KITH_FIELDS(KITH_F("house", beds[i].house), KITH_F("number", beds[i].number),
                                        KITH_F("width", beds[i].width))));
    expect_list(s,
                must(s, kith_find(s, &room_model,
                                  &(kith_query){
                                      .order = KITH_ORDER({ "beds.width", .aggregate = KITH_SUM, .desc = true }),
                                      .computed = KITH_COMPUTED({ "n", KITH_COUNT, "beds" }) })),
                "[{'house':'A','number':1,'n':2},{'house':'B','number':1,'n':1},{'house':'A','number':2,'n':0}]");
    assert_null(kith_find(s, &bed_model,
                          &(kith_query){ .computed = KITH_COMPUTED({ "n", KITH_COUNT, "room", .distinct = true }) }));
    expect_error(s, KITH_E_UNSUPPORTED, NULL, NULL, "primary key of one attribute");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_aggregates__count),
        SHARED_TEST(test_shared_aggregates__sum_of_decimals_is_exact),
        SHARED_TEST(test_shared_aggregates__sum_and_mean_of_integers),
        SHARED_TEST(test_shared_aggregates__mean_is_a_double),
        SHARED_TEST(test_shared_aggregates__of_doubles_and_bigints),
        SHARED_TEST(test_shared_aggregates__sum_that_does_not_fit),
        SHARED_TEST(test_shared_aggregates__least_and_greatest),
        SHARED_TEST(test_shared_aggregates__least_and_greatest_label),
        SHARED_TEST(test_shared_aggregates__least_and_greatest_boolean),
        SHARED_TEST(test_shared_aggregates__along_paths),
        SHARED_TEST(test_shared_aggregates__through_join_tables),
        SHARED_TEST(test_shared_aggregates__in_conditions),
        SHARED_TEST(test_shared_aggregates__in_a_long_list),
        SHARED_TEST(test_shared_aggregates__in_orders),
        SHARED_TEST(test_shared_aggregates__must_be_named),
        SHARED_TEST(test_shared_aggregates__names_of_computed),
        SHARED_TEST(test_shared_aggregates__computed_in_pages),
        SHARED_TEST(test_shared_aggregates__computed_in_includes),
        SHARED_TEST(test_shared_aggregates__computed_of_records_that_change),
        SHARED_TEST(test_shared_aggregates__computed_in_joined_lists),
        SHARED_TEST(test_shared_aggregates__computed_in_streams),
        SHARED_TEST(test_shared_aggregates__composite_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
