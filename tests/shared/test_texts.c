/* Text is compared and sorted by its code points on every database: letter case, accents, trailing blanks and characters
 * that nobody sees all count, in unique keys, in conditions, in LIKE and in orders. */
#include <string.h>

#include "harness/shared.h"

static const kith_model word_model = {
    .name = "word",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "string", .type = KITH_STRING(40), .unique = true },
                        { .name = "text", .type = KITH_TEXT }, { .name = "json", .type = KITH_JSON },
                        { .name = "label", .type = KITH_ENUM("z", "B", "a b", "a", "Z", "ä") },
                        { .name = "uuid", .type = KITH_UUID }, { .name = "exact", .type = KITH_DECIMAL(6, 2) },
                        { .name = "day", .type = KITH_DATEONLY }, { .name = "time", .type = KITH_TIME }),
};

/* Ordered by their code points; most are equal to another one in some language or some database's default. */
static const char *const words[] = {
    "",
    " ",
    " a",
    "A",
    "AE",
    "Ann",
    "B",
    "STRASSE",
    "a",
    "a ",
    "a  ",
    "aa",
    "ae",
    "ann",
    "a\xCC\x81", /* a and an accent: á */
    "strasse",
    "stra\xC3\x9F"
    "e", /* straße */
    "\xC2\xAD"
    "a",        /* a soft hyphen */
    "\xC3\x81", /* Á */
    "\xC3\x84", /* Ä */
    "\xC3\xA1", /* á */
    "\xC3\xA4", /* ä */
    "\xC3\xA6", /* æ */
    "\xC4\xB0", /* a capital i with its dot */
    "\xC4\xB1", /* a small one without */
    "\xE2\x80\x8B"
    "a",                /* a blank without a width */
    "\xEF\xAC\x81",     /* the ligature fi */
    "\xEF\xBC\xA1",     /* A of full width */
    "\xF0\x9F\x90\xB1", /* a cat's face */
    "\xF0\x9F\x90\xB6", /* a dog's */
};
enum { WORDS = sizeof words / sizeof *words };

static kith_session *s;

/* In an order that is not theirs. */
static void start_words(void **state)
{
    s = start(state, KITH_MODELS(&word_model));
    for (size_t i = 0; i < WORDS; i++) {
        const char *word = words[i * 7 % WORDS];
        must(s, kith_create(s, &word_model, KITH_FIELDS(KITH_F("string", word), KITH_F("text", word))));
    }
}

#define count(...) kith_count(s, &word_model, &(kith_query){ .where = __VA_ARGS__ })

static void test_shared_texts__unique_keys(void **state)
{
    start_words(state);
    for (size_t i = 0; i < WORDS; i++) {
        assert_null(kith_create(s, &word_model, KITH_FIELDS(KITH_F("string", words[i]))));
        expect_error(s, KITH_E_UNIQUE, "word", "string", "");
    }
    expect_number(s, kith_count(s, &word_model, NULL), WORDS);
}

static void expect_equal_to_itself(const char *attr, size_t i)
{
    const char *word = words[i];
    kith_record *r = must(s, kith_find_one(s, &word_model, &(kith_query){ .where = KITH_EQ(attr, word) }));
    expect_text(kith_text(r, "string"), word);
    expect_number(s, count(KITH_EQ(attr, word)), 1);
    expect_number(s, count(KITH_NE(attr, word)), WORDS - 1);
    expect_number(s, count(KITH_IN(attr, KITH_V(word))), 1);
    expect_number(s, count(KITH_NOT_IN(attr, KITH_V(word))), WORDS - 1);
    expect_number(s, count(KITH_LT(attr, word)), (int64_t)i);
    expect_number(s, count(KITH_GTE(attr, word)), (int64_t)(WORDS - i));
    expect_number(s, count(KITH_BETWEEN(attr, word, word)), 1);
}

static void test_shared_texts__conditions(void **state)
{
    start_words(state);
    for (size_t i = 0; i < WORDS; i++) {
        expect_equal_to_itself("string", i);
        expect_equal_to_itself("text", i);
    }
}

static void expect_sorted(const char *attr)
{
    kith_list *up = must(s, kith_find(s, &word_model, &(kith_query){ .order = KITH_ORDER({ attr }) }));
    kith_list *down = must(s, kith_find(s, &word_model, &(kith_query){ .order = KITH_ORDER({ attr, .desc = true }) }));
    assert_int_equal(up->count, WORDS);
    for (size_t i = 0; i < WORDS; i++) {
        expect_text(kith_text(up->at[i], attr), words[i]);
        expect_text(kith_text(down->at[WORDS - 1 - i], attr), words[i]);
    }
}

static void test_shared_texts__orders(void **state)
{
    start_words(state);
    expect_sorted("string");
    expect_sorted("text");
}

/* ---- LIKE ---- */

static void expect_like(const char *pattern, const char *expected)
{
    static const char *const attrs[] = { "string", "text" };
    for (size_t i = 0; i < 2; i++) {
        const char *const *names = KITH_NAMES("text");
        kith_order order[] = { { .path = "text" }, { 0 } };
        kith_list *list = must(
            s, kith_find(s, &word_model,
                         &(kith_query){ .attributes = names, .where = KITH_LIKE(attrs[i], pattern), .order = order }));
        expect_list(s, list, expected);
        int64_t others = kith_count(s, &word_model, &(kith_query){ .where = KITH_NOT_LIKE(attrs[i], pattern) });
        expect_number(s, others, WORDS - (int64_t)list->count);
    }
}

static void test_shared_texts__like(void **state)
{
    start_words(state);
    expect_like("ann", "[{'text':'ann'}]");
    expect_like("A%", "[{'text':'A'},{'text':'AE'},{'text':'Ann'}]");
    expect_like("%NN", "[]");
    expect_like("a", "[{'text':'a'}]");
    expect_like("a ", "[{'text':'a '}]");
    expect_like("a _", "[{'text':'a  '}]");
    expect_like("% ", "[{'text':' '},{'text':'a '},{'text':'a  '}]");
    expect_like("", "[{'text':''}]");
    expect_like("\xC3\xA4", "[{'text':'\xC3\xA4'}]");
    expect_like("stra_e", "[{'text':'stra\xC3\x9F"
                          "e'}]"); /* one character, whatever its bytes */
    expect_like("\xF0\x9F\x90\xB6", "[{'text':'\xF0\x9F\x90\xB6'}]");
    expect_like("\\a\\n_", "[{'text':'ann'}]"); /* escaped for nothing */
    expect_number(s, count(KITH_LIKE("string", "_")), 15);
    expect_number(s, count(KITH_LIKE("string", "%")), WORDS);
}

static void test_shared_texts__like_escapes(void **state)
{
    static const char *const odd[] = { "100%", "a_b", "c\\d", "e\\", "%", "\\%" };
    s = start(state, KITH_MODELS(&word_model));
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        must(s, kith_create(s, &word_model, KITH_FIELDS(KITH_F("string", odd[i]), KITH_F("json", "[\"x\"]"))));
    expect_number(s, count(KITH_LIKE("string", "%\\%")), 3);
    expect_number(s, count(KITH_LIKE("string", "\\%")), 1);
    expect_number(s, count(KITH_LIKE("string", "_\\_b")), 1);
    expect_number(s, count(KITH_LIKE("string", "c\\\\d")), 1);
    expect_number(s, count(KITH_LIKE("string", "%\\\\")), 1);
    expect_number(s, count(KITH_LIKE("string", "\\\\\\%")), 1);
    expect_number(s, count(KITH_LIKE("json", "%\"x%")), 6);
}

static void expect_no_like(const char *attr, const char *pattern, const char *part)
{
    forget_statements();
    assert_null(kith_find(s, &word_model, &(kith_query){ .where = KITH_LIKE(attr, pattern) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, part);
    expect_statements(0);
}

/* What the databases do not agree on is refused: a pattern that escapes nothing, and values that are text in C only. */
static void test_shared_texts__like_refuses(void **state)
{
    s = start(state, KITH_MODELS(&word_model));
    expect_no_like("string", "a\\", "nothing behind");
    expect_no_like("string", "\\", "nothing behind");
    expect_no_like("string", "a\\\\\\", "nothing behind");
    expect_no_like("uuid", "f%", "LIKE needs text");
    expect_no_like("exact", "1%", "LIKE needs text");
    expect_no_like("day", "2026%", "LIKE needs text");
    expect_no_like("time", "09%", "LIKE needs text");
}

/* ---- labels and JSON ---- */

/* Labels are equal as text, and sorted and compared by their places in the type. */
static void test_shared_texts__labels(void **state)
{
    static const char *const labels[] = { "a", "z", "B", "Z", "a b", "ä" };
    s = start(state, KITH_MODELS(&word_model));
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        must(s, kith_create(s, &word_model, KITH_FIELDS(KITH_F("label", labels[i]))));
    kith_query by_label = { .attributes = KITH_NAMES("label"), .order = KITH_ORDER({ "label" }) };
    expect_list(s, must(s, kith_find(s, &word_model, &by_label)),
                "[{'label':'z'},{'label':'B'},{'label':'a b'},{'label':'a'},{'label':'Z'},{'label':'ä'}]");
    by_label.where = KITH_GT("label", "a");
    expect_list(s, must(s, kith_find(s, &word_model, &by_label)), "[{'label':'Z'},{'label':'ä'}]");
    by_label.where = KITH_BETWEEN("label", "B", "a");
    expect_list(s, must(s, kith_find(s, &word_model, &by_label)), "[{'label':'B'},{'label':'a b'},{'label':'a'}]");
    by_label.where = KITH_IN("label", KITH_V("z"), KITH_V("Z"));
    expect_list(s, must(s, kith_find(s, &word_model, &by_label)), "[{'label':'z'},{'label':'Z'}]");
    by_label.where = KITH_LIKE("label", "a%");
    expect_list(s, must(s, kith_find(s, &word_model, &by_label)), "[{'label':'a b'},{'label':'a'}]");
}

/* JSON is compared as the text it is. */
static void test_shared_texts__json(void **state)
{
    static const char *const texts[] = { "1", "1 ", "1.0", "[1,2]", "[1, 2]", "{\"a\":1}", "{\"A\":1}" };
    s = start(state, KITH_MODELS(&word_model));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        must(s, kith_create(s, &word_model, KITH_FIELDS(KITH_F("json", texts[i]))));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        expect_number(s, count(KITH_EQ("json", texts[i])), 1);
        expect_number(s, count(KITH_NE("json", texts[i])), 6);
        expect_number(s, count(KITH_IN("json", KITH_V(texts[i]))), 1);
        expect_number(s, count(KITH_BETWEEN("json", texts[i], texts[i])), 1);
    }
    kith_query sorted = { .attributes = KITH_NAMES("json"), .order = KITH_ORDER({ "json" }) };
    expect_list(
        s, must(s, kith_find(s, &word_model, &sorted)),
        "[{'json':1},{'json':1 },{'json':1.0},{'json':[1, 2]},{'json':[1,2]},{'json':{'A':1}},{'json':{'a':1}}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_texts__unique_keys),  SHARED_TEST(test_shared_texts__conditions),
        SHARED_TEST(test_shared_texts__orders),       SHARED_TEST(test_shared_texts__like),
        SHARED_TEST(test_shared_texts__like_escapes), SHARED_TEST(test_shared_texts__like_refuses),
        SHARED_TEST(test_shared_texts__labels),       SHARED_TEST(test_shared_texts__json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
