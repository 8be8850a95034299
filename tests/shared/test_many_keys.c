/* Any number of keys wherever a program may give many: lists in conditions, targets of the link verbs, sources of an
 * include. Databases limit how much one statement can have bound to it; nothing here may depend on that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/shared.h"

static void *room_for(size_t count, size_t size)
{
    void *room = calloc(count, size);
    assert_non_null(room);
    return room;
}

/* ---- values of every type ---- */

static const kith_model value_model = {
    .name = "value",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(
        { .name = "small", .type = KITH_INTEGER }, { .name = "big", .type = KITH_BIGINT, .unique = true },
        { .name = "count", .type = { .id = KITH_T_INTEGER, .is_unsigned = true } },
        { .name = "flag", .type = KITH_BOOLEAN }, { .name = "real", .type = KITH_REAL },
        { .name = "exact", .type = KITH_DECIMAL(12, 3) }, { .name = "wide", .type = KITH_DECIMAL(60, 0) },
        { .name = "moment", .type = KITH_DATE, .unique = true }, { .name = "day", .type = KITH_DATEONLY },
        { .name = "time", .type = KITH_TIME }, { .name = "uuid", .type = KITH_UUID, .unique = true },
        { .name = "label", .type = KITH_ENUM("a", "A", "b") }, { .name = "string", .type = KITH_STRING(300) },
        { .name = "name", .type = KITH_STRING(150), .unique = true }, { .name = "text", .type = KITH_TEXT },
        { .name = "long", .type = KITH_STRING(300) }, { .name = "bytes", .type = KITH_BLOB },
        { .name = "json", .type = KITH_JSON }),
};

#define HUNDRED "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
#define MOMENT(n)                                                                                                      \
    {                                                                                                                  \
        .kind = KITH_TIMESTAMP, .as.timestamp = (n)                                                                    \
    }
#define BYTES(b)                                                                                                       \
    {                                                                                                                  \
        .kind = KITH_BYTES, .size = sizeof(b) - 1, .as.bytes = (b)                                                     \
    }
#define TEXT  KITH_CONST_STR
#define INT   KITH_CONST_INT
#define EVERY INT64_C(253402300799999999) /* the last microsecond of the year 9999 */

enum { ROWS = 3, TEXT_ROOM = 80 };

/* The rows have these values in turn. The first is looked for, the others are near to it. */
static const struct kind {
    const char *attr, *other; /* what else stands in the list: made by this format, or the same value again */
    unsigned count;
    kith_value values[ROWS];
} kinds[] = {
    { "small", NULL, 3, { INT(7), INT(-7), INT(INT32_MAX) } },
    { "big", NULL, 3, { INT(INT64_MAX), INT(INT64_MAX - 1), INT(INT64_MIN) } },
    { "count", NULL, 3, { INT(INT32_MAX), INT(0), INT(INT32_MAX - 1) } },
    { "flag", "", 2, { KITH_CONST_BOOL(true), KITH_CONST_BOOL(false) } },
    { "real", NULL, 3, { KITH_CONST_DOUBLE(0.1 + 0.2), KITH_CONST_DOUBLE(0.3), KITH_CONST_DOUBLE(5e-324) } },
    { "exact", "-%u.5", 3, { TEXT("123456789.125"), TEXT("123456789.126"), TEXT("1.5") } },
    { "wide", "5%055u", 3, { TEXT("98765432109876543210987654321098765432109876543210"), TEXT("1"), TEXT("-1") } },
    { "moment", NULL, 3, { MOMENT(1), MOMENT(0), MOMENT(EVERY) } },
    { "day", "%04u-02-03", 3, { TEXT("2024-02-29"), TEXT("2024-03-01"), TEXT("0001-01-01") } },
    { "time", "01:02:03.%06u", 3, { TEXT("23:59:59.999999"), TEXT("23:59:59"), TEXT("00:00:00") } },
    { "uuid",
      "%08x-0000-4000-8000-000000000000",
      3,
      { TEXT("ffffffff-ffff-4fff-bfff-ffffffffffff"), TEXT("ffffffff-ffff-4fff-bfff-fffffffffffe"),
        TEXT("00000000-0000-4000-8000-000000000000") } },
    { "label", "", 2, { TEXT("A"), TEXT("a") } },
    { "string", "other %u", 3, { TEXT("name"), TEXT("name "), TEXT("NAME") } },
    { "name", "%u", 3, { TEXT("abcdefghijklmno"), TEXT("abcdefghijklmnop"), TEXT("abcdefghijklmno ") } },
    { "text", "%u", 3, { TEXT("'\"\\ \xc3\xa9\n\t{},NULL"), TEXT("\xf0\x9f\x98\x80"), TEXT("") } },
    { "text", "%u", 3, { TEXT("\xf0\x9f\x98\x80"), TEXT("\xf0\x9f\x98\x81"), TEXT("\xf0\x9f\x98\x80 ") } },
    { "text", "%u", 3, { TEXT(""), TEXT(" "), TEXT("NULL") } },
    { "long", "%u", 3, { TEXT(HUNDRED HUNDRED), TEXT(HUNDRED HUNDRED " "), TEXT(HUNDRED) } },
    { "bytes", "%u", 3, { BYTES("\0\xff\0"), BYTES("\0\xff"), BYTES("") } },
    { "json", "[%u]", 3, { TEXT("{\"a\": 1}"), TEXT("{\"a\":1}"), TEXT("{\"A\": 1}") } },
};

/* A value that no row has, and which differs for each i. */
static kith_value other_value(const struct kind *k, unsigned i, char *text)
{
    kith_value v = k->values[0];
    if (!k->other)
        switch (v.kind) {
        case KITH_INT: return kith_of_int(100000 + (int64_t)i);
        case KITH_DOUBLE: return kith_of_double((i + 5) / 7.0);
        default: return kith_of_timestamp(1000000 + (int64_t)i);
        }
    if (!*k->other)
        return v;
    int size = snprintf(text, TEXT_ROOM, k->other, i + 2);
    return v.kind == KITH_BYTES ? kith_of_bytes(text, (size_t)size) : kith_of_text(text, (size_t)size);
}

/* A list of so many values, in the middle of which stands the one that is looked for. */
static kith_value *list_of(const struct kind *k, unsigned size, char (*texts)[TEXT_ROOM])
{
    kith_value *list = room_for(size + 1u, sizeof *list);
    for (unsigned i = 0; i < size; i++)
        list[i] = i == size / 2 ? k->values[0] : other_value(k, i, texts[i]);
    list[size].kind = KITH_LIST_END;
    return list;
}

static void expect_ids(kith_session *s, const struct kind *k, unsigned size, int op, const kith_value *list,
                       const char *expected)
{
    const kith_query q = { .where = &(const kith_expr){ .op = op, .path = k->attr, .list = list },
                           .attributes = KITH_NAMES("id"),
                           .order = KITH_ORDER({ .path = "id" }) };
    kith_list *found = must(s, kith_find(s, &value_model, &q));
    char ids[64] = "";
    for (size_t i = 0; i < found->count && i < 9; i++)
        sprintf(ids + strlen(ids), "%d ", (int)kith_int(found->at[i], "id"));
    if (strcmp(ids, expected) != 0)
        fail_msg("%s %s a list of %u values: found %s, not %s", k->attr, op == KITH_OP_IN ? "in" : "not in", size, ids,
                 expected);
    kith_release(found);
}

static void expect_found(kith_session *s, const struct kind *k, unsigned size)
{
    char(*texts)[TEXT_ROOM] = room_for(size, TEXT_ROOM);
    kith_value *list = list_of(k, size, texts);
    expect_ids(s, k, size, KITH_OP_IN, list, k->count == 2 ? "1 3 " : "1 ");
    expect_ids(s, k, size, KITH_OP_NOT_IN, list, k->count == 2 ? "2 " : "2 3 ");
    free(list);
    free(texts);
}

/* P13: a list means the same however long it is, in every type. The lengths are those at which its form changes. */
static void test_shared_many_keys__lists_of_every_type_and_length(void **state)
{
    static const unsigned sizes[] = { 1, 2, 8, 9, 16, 17, 64, 65, 1024, 1025, 2000 };
    kith_session *s = start(state, KITH_MODELS(&value_model));
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct kind *k = &kinds[i];
        kith_begin(s);
        for (unsigned row = 0; row < ROWS; row++)
            must(s, kith_create(s, &value_model,
                                KITH_FIELDS(KITH_F("id", row + 1), KITH_F(k->attr, k->values[row % k->count]))));
        must(s, kith_create(s, &value_model, KITH_FIELDS(KITH_F("id", 4)))); /* NULL is never found */
        for (size_t j = 0; j < sizeof sizes / sizeof sizes[0]; j++)
            expect_found(s, k, sizes[j]);
        must(s, kith_rollback(s));
    }
}

/* ---- great numbers ---- */

enum { MANY = 70000, PAIRS = 35000, SOURCES = 200000, SOME = 3000 /* more than any list has, and cheap */ };

extern const kith_model card_model, part_model;
static const kith_model deck_model = {
    .name = "deck",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &card_model, .through = "deck_card" },
                          { KITH_BELONGS_TO_MANY, .target = &part_model, .through = "deck_part" },
                          { KITH_HAS_MANY, .target = &card_model, .as = "own", .foreign_key = "ownerId" }),
};
const kith_model card_model = {
    .name = "card",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "word", .type = KITH_TEXT }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &deck_model, .through = "deck_card" },
                          { KITH_BELONGS_TO, .target = &deck_model, .as = "owner", .foreign_key = "ownerId" }),
};
const kith_model part_model = {
    .name = "part",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "maker", .type = KITH_STRING(9), .primary_key = true },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &deck_model, .through = "deck_part" }),
};
#define DECKS KITH_MODELS(&deck_model, &card_model, &part_model)

/* Cards 1, 2, 3, …; each has its number as its word as well. */
static void make_cards(kith_session *s, unsigned count)
{
    kith_value *values = room_for(2 * (size_t)count, sizeof *values);
    char(*words)[12] = room_for(count, sizeof *words);
    for (unsigned i = 0; i < count; i++) {
        sprintf(words[i], "%u", i + 1);
        values[2 * i] = kith_of_int((int64_t)i + 1);
        values[2 * i + 1] = kith_of_str(words[i]);
    }
    expect_number(s, kith_insert_many(s, &card_model, KITH_NAMES("id", "word"), values, count, NULL), count);
    free(words);
    free(values);
}

static void make_parts(kith_session *s, unsigned count)
{
    kith_value *values = room_for(2 * (size_t)count, sizeof *values);
    for (unsigned i = 0; i < count; i++) {
        values[2 * i] = kith_of_str(i % 2 ? "odd" : "even");
        values[2 * i + 1] = kith_of_int((int64_t)i);
    }
    expect_number(s, kith_insert_many(s, &part_model, KITH_NAMES("maker", "number"), values, count, NULL), count);
    free(values);
}

static void expect_count(kith_session *s, int op, const char *attr, const kith_value *list, unsigned expected)
{
    const kith_query q = { .where = &(const kith_expr){ .op = op, .path = attr, .list = list } };
    expect_number(s, kith_count(s, &card_model, &q), expected);
}

/* P13: PostgreSQL and MariaDB take 65,535 bound values in a statement, SQLite takes 32,766. */
static void test_shared_many_keys__conditions(void **state)
{
    kith_session *s = start(state, DECKS);
    kith_value *list = room_for(MANY + 1, sizeof *list);
    char(*words)[12] = room_for(MANY, sizeof *words);
    make_cards(s, MANY);
    for (unsigned i = 0; i < MANY; i++)
        list[i] = kith_of_int(2 * (int64_t)i + 2);
    list[MANY].kind = KITH_LIST_END;
    expect_count(s, KITH_OP_IN, "id", list, MANY / 2);
    expect_count(s, KITH_OP_NOT_IN, "id", list, MANY / 2);
    list[0] = kith_of_null();
    expect_count(s, KITH_OP_IN, "id", list, MANY / 2 - 1);
    expect_count(s, KITH_OP_NOT_IN, "id", list, MANY / 2 + 1);
    list[1] = kith_of_expr(KITH_COL("id"));
    expect_count(s, KITH_OP_IN, "id", list, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        sprintf(words[i], "%u", 2 * i + 2);
        list[i] = kith_of_str(words[i]);
    }
    expect_count(s, KITH_OP_IN, "word", list, MANY / 2);
    expect_count(s, KITH_OP_NOT_IN, "word", list, MANY / 2);
    free(words);
    free(list);
}

/* A list inside other conditions, where the database may not take it apart from them. */
static void test_shared_many_keys__nested_conditions(void **state)
{
    kith_session *s = start(state, DECKS);
    kith_value *list = room_for(SOME + 1, sizeof *list);
    make_cards(s, 3);
    for (unsigned i = 0; i < SOME; i++)
        list[i] = kith_of_int((int64_t)i + 3);
    list[SOME].kind = KITH_LIST_END;
    const kith_expr in = { .op = KITH_OP_IN, .path = "id", .list = list };
    const kith_expr by_owner = { .op = KITH_OP_IN, .path = "ownerId", .list = list };
    expect_number(s, kith_count(s, &card_model, &(const kith_query){ .where = KITH_OR(KITH_EQ("id", 1), &in) }), 2);
    expect_number(s, kith_count(s, &card_model, &(const kith_query){ .where = KITH_NOT(&in) }), 2);
    /* ownerId is null everywhere: neither among them nor not among them */
    expect_number(s, kith_count(s, &card_model, &(const kith_query){ .where = &by_owner }), 0);
    expect_number(s, kith_count(s, &card_model, &(const kith_query){ .where = KITH_NOT(&by_owner) }), 0);
    expect_number(s, kith_count(s, &deck_model, &(const kith_query){ .where = KITH_NONE("cards", &in) }), 0);
    free(list);
}

/* Targets: the cards first, first + 1, … */
static kith_ref *card_refs(unsigned first, unsigned count)
{
    kith_ref *refs = room_for(count + 1u, sizeof *refs);
    for (unsigned i = 0; i < count; i++)
        refs[i].key = kith_of_int((int64_t)first + i);
    refs[count].key.kind = KITH_LIST_END;
    return refs;
}

static void expect_linked(kith_session *s, const kith_record *deck, const char *assoc, const kith_ref *refs, int linked,
                          unsigned count)
{
    expect_number(s, kith_has(s, deck, assoc, refs), linked);
    expect_number(s, kith_count_related(s, deck, assoc), count);
}

/* The verbs with the cards 1 … MANY, then with all but the first, which is replaced. */
static void link_cards(kith_session *s, const char *assoc, const char *key)
{
    kith_record *deck = must(s, kith_create(s, &deck_model, NULL));
    kith_ref *refs = card_refs(1, MANY), *others = card_refs(2, MANY);
    kith_list *links = must(s, kith_add(s, deck, assoc, refs, NULL));
    assert_int_equal(links->count, MANY);
    for (unsigned i = 0; i < MANY; i += 999) /* in the order given */
        assert_int_equal(kith_int(links->at[i], key), i + 1);
    expect_linked(s, deck, assoc, refs, 1, MANY);
    expect_linked(s, deck, assoc, others, 0, MANY);
    links = must(s, kith_set(s, deck, assoc, others, NULL));
    assert_int_equal(links->count, MANY);
    assert_int_equal(kith_int(links->at[MANY - 1], key), MANY + 1);
    expect_linked(s, deck, assoc, others, 1, MANY);
    expect_number(s, kith_remove(s, deck, assoc, refs), MANY - 1);
    expect_linked(s, deck, assoc, others, 0, 1);
    free(others);
    free(refs);
}

/* P13, S63 to S67, S72 */
static void test_shared_many_keys__links_through_a_table(void **state)
{
    kith_session *s = start(state, DECKS);
    make_cards(s, MANY + 1);
    link_cards(s, "cards", "cardId");
}

static void test_shared_many_keys__links_in_the_targets(void **state)
{
    kith_session *s = start(state, DECKS);
    make_cards(s, MANY + 1);
    link_cards(s, "own", "id");
}

/* All or nothing: the last target is not there. */
static void test_shared_many_keys__links_fail_as_a_whole(void **state)
{
    kith_session *s = start(state, DECKS);
    make_cards(s, SOME - 1);
    kith_record *deck = must(s, kith_create(s, &deck_model, NULL));
    kith_ref *refs = card_refs(1, SOME);
    assert_null(kith_add(s, deck, "cards", refs, NULL));
    expect_error(s, KITH_E_FOREIGN_KEY, NULL, NULL, "");
    assert_null(kith_add(s, deck, "own", refs, NULL));
    expect_error(s, KITH_E_NOT_FOUND, NULL, NULL, "");
    expect_number(s, kith_count_related(s, deck, "cards"), 0);
    expect_number(s, kith_count_related(s, deck, "own"), 0);
    free(refs);
}

/* P31 with P13: two values for each target, so that half as many are too many for a list. */
static void test_shared_many_keys__links_by_two_attributes(void **state)
{
    kith_session *s = start(state, DECKS);
    make_parts(s, PAIRS);
    kith_record *deck = must(s, kith_create(s, &deck_model, NULL));
    kith_ref *refs = room_for(PAIRS + 1, sizeof *refs);
    kith_value(*keys)[3] = room_for(PAIRS, sizeof *keys);
    for (unsigned i = 0; i < PAIRS; i++) {
        keys[i][0] = kith_of_str(i % 2 ? "odd" : "even");
        keys[i][1] = kith_of_int((int64_t)i);
        keys[i][2].kind = KITH_LIST_END;
        refs[i].keys = keys[i];
    }
    refs[PAIRS].key.kind = KITH_LIST_END;
    kith_list *links = must(s, kith_add(s, deck, "parts", refs, NULL));
    assert_int_equal(links->count, PAIRS);
    assert_int_equal(kith_int(links->at[777], "partNumber"), 777);
    expect_linked(s, deck, "parts", refs, 1, PAIRS);
    links = must(s, kith_set(s, deck, "parts", refs + 1, NULL));
    assert_int_equal(links->count, PAIRS - 1);
    expect_linked(s, deck, "parts", refs, 0, PAIRS - 1);
    keys[1][0] = kith_of_str("even"); /* each part of the key is there, but not both together */
    expect_number(s, kith_remove(s, deck, "parts", refs), PAIRS - 2);
    free(keys);
    free(refs);
}

/* P2, P13: the sources of an include. The condition keeps it from reading the whole table. */
static void test_shared_many_keys__includes(void **state)
{
    kith_session *s = start(state, DECKS);
    make_cards(s, SOURCES);
    kith_record *deck = must(s, kith_create(s, &deck_model, NULL));
    kith_ref *refs = card_refs(SOURCES - 9, 10);
    must(s, kith_add(s, deck, "cards", refs, NULL));
    free(refs);
    const kith_query q = { .where = KITH_GT("id", 1),
                           .attributes = KITH_NAMES("id"),
                           .order = KITH_ORDER({ .path = "id" }),
                           .include = KITH_INCLUDE({ .as = "decks" }) };
    kith_list *cards = must(s, kith_find(s, &card_model, &q));
    assert_int_equal(cards->count, SOURCES - 1);
    size_t linked = 0;
    for (size_t i = 0; i < cards->count; i++)
        linked += kith_many(cards->at[i], "decks")->count;
    assert_int_equal(linked, 10);
    assert_int_equal(kith_many(cards->at[SOURCES - 2], "decks")->count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_many_keys__lists_of_every_type_and_length),
        SHARED_TEST(test_shared_many_keys__conditions),
        SHARED_TEST(test_shared_many_keys__nested_conditions),
        SHARED_TEST(test_shared_many_keys__links_through_a_table),
        SHARED_TEST(test_shared_many_keys__links_in_the_targets),
        SHARED_TEST(test_shared_many_keys__links_fail_as_a_whole),
        SHARED_TEST(test_shared_many_keys__links_by_two_attributes),
        SHARED_TEST(test_shared_many_keys__includes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
