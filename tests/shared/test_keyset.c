/* Pages that begin at a cursor: walking them visits each row once, in the order of the query, whatever it is sorted by. */
#include <stdio.h>
#include <string.h>

#include "library.h"

/* ---- everything that can be sorted by ---- */

extern const kith_model item_model;
static const kith_model owner_model = {
    .name = "owner",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) },
                        { .name = "size", .type = KITH_ENUM("small", "large") }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &item_model }),
};
static const kith_model part_model = {
    .name = "part",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }, { .name = "weight", .type = KITH_DECIMAL(9, 3) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &item_model }),
};
const kith_model item_model = {
    .name = "item",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "whole", .type = KITH_INTEGER }, { .name = "large", .type = KITH_BIGINT },
                        { .name = "yes", .type = KITH_BOOLEAN }, { .name = "real", .type = KITH_REAL },
                        { .name = "exact", .type = KITH_DECIMAL(20, 5) }, { .name = "word", .type = KITH_STRING(20) },
                        { .name = "text", .type = KITH_TEXT },
                        { .name = "label", .type = KITH_ENUM("zero", "one", "alpha", "two") },
                        { .name = "moment", .type = KITH_DATE }, { .name = "day", .type = KITH_DATEONLY },
                        { .name = "time", .type = KITH_TIME }, { .name = "uuid", .type = KITH_UUID },
                        { .name = "bytes", .type = KITH_BLOB },
                        { .name = "sure", .type = KITH_INTEGER, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &owner_model }, { KITH_HAS_MANY, .target = &part_model }),
};

enum { ITEMS = 60, KINDS = 14, CHOICES = 4 };

static unsigned next_number(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

#define TEXT(t)                                                                                                        \
    {                                                                                                                  \
        .kind = KITH_STR, .size = sizeof(t) - 1, .as.str = (t)                                                         \
    }
#define BYTES(t)                                                                                                       \
    {                                                                                                                  \
        .kind = KITH_BYTES, .size = sizeof(t) - 1, .as.bytes = (t)                                                     \
    }
#define MOMENT(n)                                                                                                      \
    {                                                                                                                  \
        .kind = KITH_TIMESTAMP, .as.timestamp = (n)                                                                    \
    }
#define INT(n)                                                                                                         \
    {                                                                                                                  \
        .kind = KITH_INT, .as.integer = (n)                                                                            \
    }
#define REAL(d)                                                                                                        \
    {                                                                                                                  \
        .kind = KITH_DOUBLE, .as.real = (d)                                                                            \
    }

/* Few of each, so that many rows are equal in an order. */
static const struct {
    const char *name;
    kith_value values[CHOICES];
} kinds[KINDS] = {
    { "whole", { INT(-5), INT(0), INT(7), INT(2147483647) } },
    { "large", { INT(INT64_MIN), INT(-1), INT(9007199254740993), INT(INT64_MAX) } },
    { "yes",
      { { .kind = KITH_BOOL, .as.boolean = true },
        { .kind = KITH_BOOL },
        { .kind = KITH_BOOL },
        { .kind = KITH_BOOL, .as.boolean = true } } },
    { "real", { REAL(0.1), REAL(-1e300), REAL(1.0 / 3), REAL(5e-324) } },
    { "exact", { TEXT("9.5"), TEXT("-10.00001"), TEXT("100000000000000.00001"), TEXT("10") } },
    { "word", { TEXT("b"), TEXT("B"), TEXT("\xc3\xa9"), TEXT("b ") } },
    { "text", { TEXT(""), TEXT("\"\\\n,]"), TEXT("\xf0\x9f\x98\x80"), TEXT("a") } },
    { "label", { TEXT("zero"), TEXT("one"), TEXT("alpha"), TEXT("two") } },
    { "moment", { MOMENT(0), MOMENT(-1), MOMENT(1700000000123456), MOMENT(1700000000123457) } },
    { "day", { TEXT("2024-02-29"), TEXT("0001-01-01"), TEXT("9999-12-31"), TEXT("2024-03-01") } },
    { "time", { TEXT("00:00:00"), TEXT("23:59:59.999999"), TEXT("12:00:00"), TEXT("12:00:00.000001") } },
    { "uuid",
      { TEXT("00000000-0000-4000-8000-000000000000"), TEXT("ffffffff-ffff-4fff-bfff-ffffffffffff"),
        TEXT("7fffffff-ffff-4fff-bfff-ffffffffffff"), TEXT("80000000-0000-4000-8000-000000000000") } },
    { "bytes", { BYTES(""), BYTES("\0"), BYTES("\0\xff"), BYTES("\xff") } },
    { "sure", { INT(1), INT(2), INT(3), INT(4) } },
};

static kith_session *start_items(void **state)
{
    static const char *const owners[] = { "Ann", "Bob", NULL };
    static kith_value values[ITEMS * (KINDS + 1)];
    const char *names[KINDS + 2] = { "ownerId" };
    static const kith_value weights[] = { TEXT("0.5"), TEXT("10"), TEXT("9.125"), { .kind = KITH_NULL } };
    unsigned seed = 7;
    size_t at = 0;
    kith_session *s = start(state, KITH_MODELS(&owner_model, &part_model, &item_model));
    for (int i = 0; i < 3; i++)
        must(s, kith_create(s, &owner_model,
                            KITH_FIELDS(KITH_F("name", owners[i]), KITH_F("size", i ? "small" : "large"))));
    for (unsigned i = 0; i < KINDS; i++)
        names[i + 1] = kinds[i].name;
    for (int i = 0; i < ITEMS; i++) {
        unsigned owner = next_number(&seed) % 4;
        values[at++] = owner ? KITH_V(owner) : kith_of_null();
        for (unsigned k = 0; k < KINDS; k++) {
            unsigned choice = next_number(&seed) % (k + 1 < KINDS ? CHOICES + 1u : CHOICES);
            values[at++] = choice < CHOICES ? kinds[k].values[choice] : kith_of_null();
        }
    }
    expect_number(s, kith_insert_many(s, &item_model, names, values, ITEMS, NULL), ITEMS);
    for (int i = 0; i < ITEMS; i++)
        must(s, kith_create(s, &part_model,
                            KITH_FIELDS(KITH_F("name", i % 3 ? "x" : "y"), { "weight", weights[i % 4] },
                                        KITH_F("itemId", 1 + next_number(&seed) % (ITEMS / 2)))));
    return s;
}

/* ---- walking ---- */

/* Adds the keys of a list to others, at the beginning or the end. */
static size_t take_keys(int64_t *keys, size_t count, const kith_list *list, bool before)
{
    if (before)
        memmove(keys + list->count, keys, count * sizeof *keys);
    for (size_t i = 0; i < list->count; i++)
        keys[(before ? 0 : count) + i] = kith_int(list->at[i], "id");
    return count + list->count;
}

enum { MOST = 400 };

static size_t walk(kith_session *s, const kith_model *m, const kith_query *q, size_t size, bool back, int64_t *keys)
{
    kith_page_opts opts = { .size = size };
    kith_page page;
    size_t count = 0;
    char cursor[2000] = "";
    if (back) { /* from behind the last row */
        size_t all = walk(s, m, q, MOST, false, keys);
        must(s, kith_find_page(s, m, q, &(kith_page_opts){ .size = all }, &page));
        assert_true(snprintf(cursor, sizeof cursor, "%s", page.last) < (int)sizeof cursor);
        opts.before = cursor;
        keys[0] = keys[all - 1];
        count = 1;
    }
    for (bool more = true; more;) {
        must(s, kith_find_page(s, m, q, &opts, &page));
        more = back ? page.more_before : page.more_after;
        assert_true(page.list->count == size || !more);
        assert_true(page.list->count <= size);
        count = take_keys(keys, count, page.list, back);
        assert_true(count <= MOST);
        const char *next = back ? page.first : page.last;
        assert_non_null(next);
        assert_true(snprintf(cursor, sizeof cursor, "%s", next) < (int)sizeof cursor);
        *(back ? &opts.before : &opts.after) = cursor;
        kith_release(page.list);
    }
    return count;
}

/* Pages of every kind of size, there and back, against a find of all, which a limit makes the primary key order too. */
static void expect_walks(kith_session *s, const kith_model *m, kith_query q)
{
    static const size_t sizes[] = { 1, 7, 1000 };
    int64_t all[MOST], keys[MOST];
    q.limit = MOST;
    kith_list *list = must(s, kith_find(s, m, &q));
    size_t total = take_keys(all, 0, list, false);
    kith_release(list);
    q.limit = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int back = 0; back < 2; back++) {
            size_t count = walk(s, m, &q, sizes[i], back, keys);
            if (count != total || memcmp(all, keys, total * sizeof *all) != 0)
                fail_msg("by %s%s in pages of %zu %s: other rows than a find has", q.order[0].path,
                         q.order[0].desc ? " desc" : "", sizes[i], back ? "back" : "on");
        }
    expect_no_error(s);
}

static const char *const id_and_more[] = { "id", NULL };

/* P5, P18: by each type, with nulls and ties, up and down */
static void test_shared_keyset__every_type(void **state)
{
    kith_session *s = start_items(state);
    for (unsigned k = 0; k < KINDS; k++)
        for (int desc = 0; desc < 2; desc++)
            expect_walks(s, &item_model,
                         (kith_query){ .attributes = id_and_more,
                                       .order = KITH_ORDER({ kinds[k].name, .desc = desc }) });
}

/* P5, P18: by several, mixed, some of them beside conditions; by the key itself, first, last and downwards */
static void test_shared_keyset__several_orders(void **state)
{
    kith_session *s = start_items(state);
    unsigned seed = 3;
    for (int i = 0; i < 12; i++) {
        kith_order orders[4] = { { 0 } };
        for (unsigned k = 0; k < 3; k++)
            orders[k] = (kith_order){ .path = kinds[next_number(&seed) % KINDS].name, .desc = next_number(&seed) % 2 };
        expect_walks(s, &item_model,
                     (kith_query){ .attributes = id_and_more,
                                   .order = orders,
                                   .where = i % 3 ? NULL : KITH_OR(KITH_IS_NULL("word"), KITH_GT("whole", 0)) });
    }
    expect_walks(s, &item_model,
                 (kith_query){ .attributes = id_and_more, .order = KITH_ORDER({ "id", .desc = true }) });
    expect_walks(s, &item_model,
                 (kith_query){ .attributes = id_and_more,
                               .order = KITH_ORDER({ "yes" }, { "id", .desc = true }, { "word", .desc = true }) });
}

/* P5, P18: by what lies behind associations, by how many there are */
static void test_shared_keyset__paths_and_counts(void **state)
{
    kith_session *s = start_items(state);
    for (int desc = 0; desc < 2; desc++) {
        expect_walks(s, &item_model,
                     (kith_query){ .attributes = id_and_more,
                                   .order = KITH_ORDER({ "owner.name", .desc = desc }, { "label" }) });
        expect_walks(s, &item_model,
                     (kith_query){ .attributes = id_and_more, .order = KITH_ORDER({ "owner.size", .desc = desc }) });
        expect_walks(s, &item_model,
                     (kith_query){
                         .attributes = id_and_more,
                         .order = KITH_ORDER({ "parts", .aggregate = KITH_COUNT, .desc = desc }, { "owner.name" }),
                         .include = KITH_INCLUDE({ .as = "owner", .required = KITH_YES }) });
    }
}

/* P5, P17: by aggregates, which may be null, and by computed attributes */
static void test_shared_keyset__aggregates(void **state)
{
    kith_session *s = start_items(state);
    for (int desc = 0; desc < 2; desc++) {
        expect_walks(s, &item_model,
                     (kith_query){ .attributes = id_and_more,
                                   .order = KITH_ORDER({ "parts.weight", .aggregate = KITH_SUM, .desc = desc },
                                                       { "parts.name", .aggregate = KITH_MAX }) });
        expect_walks(s, &item_model,
                     (kith_query){ .attributes = id_and_more,
                                   .order = KITH_ORDER({ "parts.id", .aggregate = KITH_AVG, .desc = desc }) });
        expect_walks(s, &item_model,
                     (kith_query){ .attributes = id_and_more,
                                   .computed = KITH_COMPUTED(
                                       { "heavy", KITH_COUNT, "parts", KITH_GT("weight", "1") },
                                       { .as = "twice", .value = KITH_SQL_TEXT("2 * t0.sure"), .type = KITH_BIGINT }),
                                   .order = KITH_ORDER({ "heavy", .desc = desc }, { "twice" }) });
    }
    expect_walks(s, &owner_model,
                 (kith_query){ .attributes = id_and_more,
                               .order = KITH_ORDER({ "items.exact", .aggregate = KITH_MAX, .desc = true },
                                                   { "items.label", .aggregate = KITH_MIN }) });
}

/* ---- other keys ---- */

static const kith_model seat_model = {
    .name = "seat",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "line", .type = KITH_STRING(5), .primary_key = true },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "id", .type = KITH_INTEGER }),
};

/* P31: keys of several attributes */
static void test_shared_keyset__composite_key(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&seat_model));
    for (int i = 0; i < 30; i++)
        must(s, kith_create(s, &seat_model,
                            KITH_FIELDS(KITH_F("line", i % 3 ? "a" : "b"), KITH_F("number", i * 7 % 30),
                                        KITH_F("id", i))));
    expect_walks(s, &seat_model, (kith_query){ .order = KITH_ORDER({ "line", .desc = true }) });
    expect_walks(s, &seat_model, (kith_query){ .order = KITH_ORDER({ "number", .desc = true }) });
    expect_walks(s, &seat_model, (kith_query){ .order = KITH_ORDER({ "line" }, { "number" }) });
}

/* ---- what a page says ---- */

static bool joined_page(kith_session *s, const char *after, const char *before, kith_page *page)
{
    const kith_query q = { .attributes = title_only,
                           .order = KITH_ORDER({ "year", .desc = true }),
                           .include = KITH_INCLUDE({ .as = "author", .attributes = name_only },
                                                   { .as = "tags",
                                                     .attributes = word_only,
                                                     .order = KITH_ORDER({ "word" }),
                                                     .strategy = KITH_JOIN,
                                                     .through = { .attributes = no_names } }) };
    return kith_find_page(s, &book_model, &q, &(kith_page_opts){ .size = 2, .after = after, .before = before }, page);
}

static bool books_page(kith_session *s, const char *after, const char *before, size_t size, kith_page *page)
{
    static const kith_order by_year[] = { { "year", .desc = true }, { 0 } };
    const kith_query q = { .attributes = title_only,
                           .order = by_year,
                           .include = KITH_INCLUDE({ .as = "author", .attributes = name_only },
                                                   { .as = "tags",
                                                     .attributes = word_only,
                                                     .order = KITH_ORDER({ "word" }),
                                                     .through = { .attributes = no_names } }) };
    return kith_find_page(s, &book_model, &q,
                          &(kith_page_opts){ .size = size, .after = after, .before = before, .total = true }, page);
}

#define BEES "{'title':'Bees','author':{'name':'Ann'},'tags':[{'word':'new'}]}"
#define CATS "{'title':'Cats','author':{'name':'Bob'},'tags':[{'word':'new'},{'word':'old'}]}"
#define ANTS "{'title':'Ants','author':{'name':'Ann'},'tags':[{'word':'new'},{'word':'old'}]}"
#define DOGS "{'title':'Dogs','author':null,'tags':[]}"

/* P1, P6: includes come with a page, and only with its rows; the total is that of all pages; both ways */
static void test_shared_keyset__includes_and_totals(void **state)
{
    kith_session *s = start_library(state);
    kith_page one, two, back, empty;
    must(s, books_page(s, NULL, NULL, 2, &one));
    expect_list(s, one.list, "[" BEES "," CATS "]");
    assert_true(one.more_after && !one.more_before);
    assert_int_equal(one.total, 4);
    expect_statements(3);
    must(s, books_page(s, one.last, NULL, 2, &two));
    expect_list(s, two.list, "[" ANTS "," DOGS "]");
    assert_true(two.more_before && !two.more_after);
    assert_int_equal(two.total, 4);
    must(s, books_page(s, NULL, two.last, 2, &back));
    expect_list(s, back.list, "[" CATS "," ANTS "]");
    assert_true(back.more_before && back.more_after);
    must(s, books_page(s, NULL, two.first, 2, &back));
    expect_list(s, back.list, "[" BEES "," CATS "]");
    assert_true(!back.more_before && back.more_after);
    expect_text(back.first, one.first);
    expect_text(back.last, one.last);
    must(s, books_page(s, two.last, NULL, 2, &empty));
    expect_list(s, empty.list, "[]");
    assert_true(empty.more_before && !empty.more_after);
    expect_text(empty.last, two.last);
    assert_null(empty.first);
    must(s, books_page(s, NULL, one.first, 2, &empty));
    expect_list(s, empty.list, "[]");
    expect_text(empty.first, one.first);
    assert_null(empty.last);
}

/* P4: a list that is joined does not change the page. */
static void test_shared_keyset__joined_lists(void **state)
{
    kith_session *s = start_library(state);
    kith_page one, two, back;
    must(s, joined_page(s, NULL, NULL, &one));
    expect_list(s, one.list, "[" BEES "," CATS "]");
    assert_true(one.more_after);
    expect_statements(1);
    must(s, joined_page(s, one.last, NULL, &two));
    expect_list(s, two.list, "[" ANTS "," DOGS "]");
    assert_false(two.more_after);
    must(s, joined_page(s, NULL, two.last, &back));
    expect_list(s, back.list, "[" CATS "," ANTS "]");
    assert_true(back.more_before);
}

/* Rows that come and go between the pages: each that stays is met once, and no other is in the way. */
static void test_shared_keyset__rows_come_and_go(void **state)
{
    kith_session *s = start_library(state);
    const kith_query q = { .attributes = name_only, .order = KITH_ORDER({ "name" }) };
    kith_page page;
    char last[200];
    must(s, kith_find_page(s, &author_model, &q, &(kith_page_opts){ .size = 2 }, &page));
    expect_list(s, page.list, "[{'name':'Ann'},{'name':'Bob'}]");
    snprintf(last, sizeof last, "%s", page.last);
    add_named(s, &author_model, "name", "Abe");
    add_named(s, &author_model, "name", "Bob");
    add_named(s, &author_model, "name", "Cai");
    must(s, kith_destroy(s, page.list->at[1])); /* the very row that the cursor is of */
    must(s, kith_find_page(s, &author_model, &q, &(kith_page_opts){ .size = 2, .after = last }, &page));
    expect_list(s, page.list, "[{'name':'Bob'},{'name':'Cai'}]");
    assert_true(page.more_after);
    must(s, kith_find_page(s, &author_model, &q, &(kith_page_opts){ .size = 2, .after = page.last }, &page));
    expect_list(s, page.list, "[{'name':'Cid'}]");
    must(s, kith_find_page(s, &author_model, &q, &(kith_page_opts){ .size = 9, .before = last }, &page));
    expect_list(s, page.list, "[{'name':'Abe'},{'name':'Ann'}]");
}

/* A cursor of another model, of another order, or one that was changed is refused; one of another condition goes on. */
static void test_shared_keyset__other_cursors(void **state)
{
    kith_session *s = start_library(state);
    const kith_query by_name = { .order = KITH_ORDER({ "name" }) }, by_id = { .order = KITH_ORDER({ "id" }) },
                     not_bob = { .attributes = name_only,
                                 .order = KITH_ORDER({ "name" }),
                                 .where = KITH_NE("name", "Bob") };
    kith_page page;
    must(s, kith_find_page(s, &author_model, &by_name, &(kith_page_opts){ .size = 1 }, &page));
    char cursor[200];
    snprintf(cursor, sizeof cursor, "%s", page.last);
    assert_false(kith_find_page(s, &author_model, &by_id, &(kith_page_opts){ .size = 1, .after = cursor }, &page));
    expect_error(s, KITH_E_VALIDATION, NULL, NULL, ".after is a cursor of another query");
    assert_false(kith_find_page(s, &city_model, &by_name, &(kith_page_opts){ .size = 1, .before = cursor }, &page));
    expect_error(s, KITH_E_VALIDATION, NULL, NULL, ".before is a cursor of another query");
    must(s, kith_find_page(s, &author_model, &not_bob, &(kith_page_opts){ .size = 1, .after = cursor }, &page));
    expect_list(s, page.list, "[{'name':'Cid'}]");
    cursor[strlen(cursor) - 2] = cursor[strlen(cursor) - 2] == 'A' ? 'B' : 'A';
    assert_false(kith_find_page(s, &author_model, &by_name, &(kith_page_opts){ .size = 1, .after = cursor }, &page));
    expect_error(s, KITH_E_VALIDATION, NULL, NULL, ".after is not a cursor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_keyset__every_type),       SHARED_TEST(test_shared_keyset__several_orders),
        SHARED_TEST(test_shared_keyset__paths_and_counts), SHARED_TEST(test_shared_keyset__aggregates),
        SHARED_TEST(test_shared_keyset__composite_key),    SHARED_TEST(test_shared_keyset__includes_and_totals),
        SHARED_TEST(test_shared_keyset__rows_come_and_go), SHARED_TEST(test_shared_keyset__joined_lists),
        SHARED_TEST(test_shared_keyset__other_cursors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
