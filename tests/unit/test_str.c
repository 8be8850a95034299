/* str: comparing, copying, distance, and finding the name that was meant. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "harness/test.h"

static void test_base_str__equal(void **state)
{
    (void)state;
    char copy[] = "pug";
    assert_true(kith__equal("pug", copy));
    assert_false(kith__equal("pug", "Pug"));
    assert_false(kith__equal("pug", "pugs"));
    assert_true(kith__equal(NULL, NULL));
    assert_false(kith__equal(NULL, ""));
    assert_false(kith__equal("", NULL));
}

static void test_base_str__equal_no_case(void **state)
{
    (void)state;
    assert_true(kith__equal_no_case("PuG", "pUg"));
    assert_true(kith__equal_no_case("", ""));
    assert_false(kith__equal_no_case("pug", "pugs"));
    assert_false(kith__equal_no_case("pugs", "pug"));
    assert_false(kith__equal_no_case("a_b", "ab"));
    assert_false(kith__equal_no_case("[", "{")); /* as far apart as capitals are from small letters */
    assert_true(kith__equal_no_case(NULL, NULL));
    assert_false(kith__equal_no_case(NULL, ""));
}

static void test_base_str__same_name(void **state)
{
    (void)state;
    assert_true(kith__same_name("bookId", "book_id"));
    assert_true(kith__same_name("BookId", "bookId"));
    assert_true(kith__same_name("_book__id_", "BOOKID"));
    assert_true(kith__same_name("", "_"));
    assert_false(kith__same_name("bookId", "bookIds"));
    assert_false(kith__same_name("bookIds", "bookId"));
    assert_false(kith__same_name("book-id", "bookid"));
    assert_false(kith__same_name(NULL, "x"));
    assert_false(kith__same_name("x", NULL));
    assert_true(kith__same_name(NULL, NULL));
}

static void check_copy(size_t room, const char *from, const char *expected)
{
    char to[16];
    memset(to, '#', sizeof to);
    kith__copy(to, room, from);
    assert_string_equal(to, expected);
    for (size_t i = room; i < sizeof to; i++)
        assert_int_equal(to[i], '#');
}

static void test_base_str__copy_fits_what_it_can(void **state)
{
    (void)state;
    check_copy(10, "pug", "pug");
    check_copy(4, "pug", "pug");
    check_copy(3, "pug", "pu");
    check_copy(1, "pug", "");
    check_copy(5, NULL, "");
    char untouched = '#';
    kith__copy(&untouched, 0, "pug");
    assert_int_equal(untouched, '#');
}

static void test_base_str__copy_does_not_cut_characters(void **state)
{
    (void)state;
    check_copy(4,
               "a\xc3\xbc"
               "b",
               "a\xc3\xbc");
    check_copy(3,
               "a\xc3\xbc"
               "b",
               "a");
    check_copy(4,
               "a\xe2\x82\xac"
               "b",
               "a");
    check_copy(5,
               "a\xe2\x82\xac"
               "b",
               "a\xe2\x82\xac");
    check_copy(4, "\xf0\x9f\x90\xb6", "");
    check_copy(5, "\xf0\x9f\x90\xb6", "\xf0\x9f\x90\xb6");
    check_copy(7, "ab\xf0\x9f\x90\xb6!", "ab\xf0\x9f\x90\xb6");
    check_copy(6, "ab\xf0\x9f\x90\xb6!", "ab");
    check_copy(6, "\x80\x80\x80\x80\x80\x80\x80\x80", "\x80\x80\x80\x80\x80"); /* not UTF-8 at all */
}

static void test_base_str__hash_tells_texts_apart(void **state)
{
    (void)state;
    assert_int_equal(kith__hash("pug", 3), kith__hash("pugs", 3));
    assert_int_equal(kith__hash(NULL, 0), kith__hash("x", 0));
    static uint32_t seen[20000];
    size_t equal = 0;
    for (size_t i = 0; i < 20000; i++) {
        char text[40];
        int size = snprintf(text, sizeof text, i % 2 ? "%zu" : "a longer text before %zu", i);
        seen[i] = kith__hash(text, (size_t)size);
        for (size_t j = i > 100 ? i - 100 : 0; j < i; j++)
            equal += seen[i] == seen[j];
    }
    assert_true(equal < 3);
    static const char zeros[64] = { 0 };
    for (size_t i = 1; i < 64; i++)
        assert_int_not_equal(kith__hash(zeros, i), kith__hash(zeros, i - 1));
}

static void test_base_str__distance(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned distance;
    } cases[] = { { "", "", 0 },          { "pug", "PUG", 0 },     { "pug", "pugs", 1 },
                  { "pug", "pg", 1 },     { "pug", "pig", 1 },     { "pug", "upg", 1 },
                  { "breed", "bred", 1 }, { "breed", "berde", 2 }, { "kitten", "sitting", 3 },
                  { "", "abc", 3 },       { "abc", "", 3 },        { "abcdef", "badcfe", 3 },
                  { "where", "wher", 1 }, { "limit", "limt", 1 },  { "aab", "aba", 1 },
                  { "abc", "xyz", 3 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(kith__distance(cases[i].a, cases[i].b, 100), cases[i].distance);
        assert_int_equal(kith__distance(cases[i].b, cases[i].a, 100), cases[i].distance);
    }
}

static void test_base_str__distance_stops_at_the_limit(void **state)
{
    (void)state;
    assert_int_equal(kith__distance("abcdef", "uvwxyz", 3), 3);
    assert_int_equal(kith__distance("abc", "abd", 3), 1);
    char a[300], b[300];
    memset(a, 'a', sizeof a);
    memset(b, 'b', sizeof b);
    a[299] = b[299] = '\0';
    assert_int_equal(kith__distance(a, b, 5), 5);
    b[10] = '\0';
    assert_int_equal(kith__distance(a, b, 5), 5);
    memset(b, 'a', sizeof b - 1);
    b[150] = 'x';
    assert_int_equal(kith__distance(a, b, 5), 1);
}

/* ---- nearest -------------------------------------------------------------------------------------------------- */

static const char *const attributes[] = { "id",        "name",      "breed",      "age",          "ownerId",
                                          "createdAt", "updatedAt", "deletedAt",  "email",        "weight",
                                          "birthday",  "color",     "chipNumber", "vetName",      "notes",
                                          "status",    "price",     "size",       "microchipped", "rating" };
static const char *const aliases[] = { "friends",  "owner", "toys",     "walks",    "enemies", "parents", "children",
                                       "projects", "users", "tasks",    "comments", "posts",   "tags",    "categories",
                                       "orders",   "items", "customer", "invoices", "albums",  "tracks" };
static const char *const columns[] = { "user_id",    "first_name", "last_name", "email",         "phone_number",
                                       "street",     "city",       "zip_code",  "country",       "created_at",
                                       "updated_at", "is_admin",   "role",      "password_hash", "login_count",
                                       "last_login", "locale",     "timezone",  "avatar_url",    "biography" };
enum { NAMES = 20 };

static const char *nearest_of(const char *wanted, const char *const *names, size_t count)
{
    struct nearest n;
    kith__nearest_start(&n, wanted);
    for (size_t i = 0; i < count; i++)
        kith__nearest_offer(&n, names[i]);
    return n.best;
}

static const char *nearest_attribute(const char *wanted)
{
    return nearest_of(wanted, attributes, NAMES);
}

static void test_base_str__nearest_examples(void **state)
{
    (void)state;
    assert_string_equal(nearest_attribute("nmae"), "name");
    assert_string_equal(nearest_attribute("owner_id"), "ownerId");
    assert_string_equal(nearest_attribute("OWNERID"), "ownerId");
    assert_string_equal(nearest_attribute("creatd_at"), "createdAt");
    assert_string_equal(nearest_attribute("micro"), "microchipped");
    assert_string_equal(nearest_attribute("ide"), "id");
    assert_string_equal(nearest_attribute("colour"), "color");
    assert_null(nearest_attribute("xylophone"));
    assert_null(nearest_attribute("zzz"));
    assert_null(nearest_attribute(""));
    assert_null(nearest_attribute(NULL));
    assert_null(nearest_attribute("mi")); /* too short a beginning to tell */
}

static void test_base_str__nearest_takes_the_first_of_equals(void **state)
{
    (void)state;
    static const char *const names[] = { "pugb", "pugc", NULL, "pug_a" };
    assert_string_equal(nearest_of("pugx", names, 4), "pugb");
    assert_string_equal(nearest_of("pugA", names, 4), "pug_a");
    static const char *const rivals[] = { "userName", "users" };
    assert_string_equal(nearest_of("user", rivals, 2), "users");
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Deletes, inserts, replaces or swaps one letter. */
static void make_typo(char *name, uint32_t *seed)
{
    size_t size = strlen(name), at = next_random(seed) % size;
    char letter = (char)('a' + next_random(seed) % 26);
    switch (next_random(seed) % 4) {
    case 0: memmove(name + at, name + at + 1, size - at); break;
    case 1:
        memmove(name + at + 1, name + at, size - at + 1);
        name[at] = letter;
        break;
    case 2: name[at] = letter; break;
    default:
        if (at + 1 < size) {
            char first = name[at];
            name[at] = name[at + 1];
            name[at + 1] = first;
        }
    }
}

/* How many of 10,000 names with typos find their name again. */
static int found_again(const char *const *names, int typos)
{
    uint32_t seed = 7;
    int found = 0;
    for (int i = 0; i < 10000; i++) {
        const char *meant = names[next_random(&seed) % NAMES];
        char wanted[32];
        strcpy(wanted, meant);
        for (int t = 0; t < typos && *wanted; t++)
            make_typo(wanted, &seed);
        found += kith__equal(nearest_of(wanted, names, NAMES), meant);
    }
    return found;
}

static void test_base_str__nearest_finds_what_was_meant(void **state)
{
    (void)state;
    static const char *const *const sets[] = { attributes, aliases, columns };
    for (int i = 0; i < 3; i++) {
        int once = found_again(sets[i], 1), twice = found_again(sets[i], 2);
        assert_true(once >= 9900);
        assert_true(twice >= 9200);
        assert_true(once + twice >= 19000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_str__equal),
        cmocka_unit_test(test_base_str__equal_no_case),
        cmocka_unit_test(test_base_str__same_name),
        cmocka_unit_test(test_base_str__copy_fits_what_it_can),
        cmocka_unit_test(test_base_str__copy_does_not_cut_characters),
        cmocka_unit_test(test_base_str__hash_tells_texts_apart),
        cmocka_unit_test(test_base_str__distance),
        cmocka_unit_test(test_base_str__distance_stops_at_the_limit),
        cmocka_unit_test(test_base_str__nearest_examples),
        cmocka_unit_test(test_base_str__nearest_takes_the_first_of_equals),
        cmocka_unit_test(test_base_str__nearest_finds_what_was_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
