/* Models: their tables, types, keys, defaults and rules, as they act on rows. */
#include <stdio.h>
#include <string.h>

#include "harness/shared.h"

/* ---- one model, made in two ways ---- */

static const kith_model pug_model = {
    .name = "pug",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(5), .not_null = true },
                        { .name = "age", .type = KITH_INTEGER }),
};

static void use_pugs(kith_session *s, const kith_model *pugs)
{
    kith_record *cody = must(s, kith_create(s, pugs, KITH_FIELDS(KITH_F("name", "Cody"), KITH_F("age", 3))));
    must(s, kith_create(s, pugs, KITH_FIELDS(KITH_F("name", "Doug"))));
    must(s, kith_update(s, cody, KITH_FIELDS(KITH_F("age", 4))));
    expect_stored(pugs, KITH_NAMES("id", "name", "age"),
                  "[{'id':1,'name':'Cody','age':4},{'id':2,'name':'Doug','age':null}]");
}

/* S1: a model from a static table */
static void test_shared_models__from_a_static_table(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model));
    use_pugs(s, &pug_model);
    assert_ptr_equal(kith_model_named(the_db(), "pug"), &pug_model);
    assert_null(kith_model_named(the_db(), "cat"));
}

/* S1: the same model made at run time behaves the same */
static void test_shared_models__made_at_run_time(void **state)
{
    static char names[3][8]; /* definitions are borrowed until the database is closed */
    static kith_attr attrs[3];
    static kith_model model;
    static const char *const words[] = { "pug", "name", "age" };
    for (int i = 0; i < 3; i++)
        snprintf(names[i], sizeof names[i], "%s", words[i]);
    attrs[0] = (kith_attr){ .name = names[1], .type = KITH_STRING(5), .not_null = true };
    attrs[1] = (kith_attr){ .name = names[2], .type = KITH_INTEGER };
    attrs[2] = (kith_attr){ 0 };
    model = (kith_model){ .name = names[0], .attrs = attrs, .no_timestamps = true };
    kith_session *s = start(state, KITH_MODELS(&model));
    use_pugs(s, &model);
    assert_null(kith_create(s, &model, KITH_FIELDS(KITH_F("name", "Barnaby"))));
    expect_error(s, KITH_E_VALIDATION, "pug", "name", "takes at most 5");
}

/* ---- text ---- */

static const kith_model text_model = {
    .name = "text",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "plain", .type = { .id = KITH_T_STRING } },
                        { .name = "short", .type = KITH_STRING(5), .column = "brief" },
                        { .name = "body", .type = KITH_TEXT }),
};

/* S2: the length counts characters, is 255 when not given, and is checked before any SQL */
static void test_shared_models__string_has_a_length(void **state)
{
    char most[256 + 1];
    kith_session *s = start(state, KITH_MODELS(&text_model));
    memset(most, 'x', 256);
    most[256] = '\0';
    assert_null(kith_create(s, &text_model, KITH_FIELDS(KITH_F("plain", most))));
    expect_error(s, KITH_E_VALIDATION, "text", "plain", "has 256 characters; STRING(255) takes at most 255");
    assert_null(kith_create(s, &text_model, KITH_FIELDS(KITH_F("short", "sixsix"))));
    expect_error(s, KITH_E_VALIDATION, "text", "short", "STRING(5) takes at most 5");
    expect_statements(0);

    most[255] = '\0';
    must(s, kith_create(s, &text_model, KITH_FIELDS(KITH_F("plain", most), KITH_F("short", "ÄÖÜ€😀"))));
    kith_record *r = must(s, kith_find_by_key(open_session(), &text_model, KITH_V(1)));
    expect_text(kith_text(r, "plain"), most);
    expect_text(kith_text(r, "short"), "ÄÖÜ€😀");
}

/* S2: the database keeps longer text out as well, whoever writes it */
static void test_shared_models__string_length_is_in_the_table(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&text_model));
    must(s, kith_create(s, &text_model, KITH_FIELDS(KITH_F("short", "five5"))));
    expect_number(s, kith_execute(s, "UPDATE texts SET brief = 'sixsix'", NULL), -1);
    assert_non_null(kith_error_of(s));
    kith_clear(s);
    expect_stored(&text_model, KITH_NAMES("short"), "[{'short':'five5'}]");
}

/* S3: TEXT has no such limit */
static void test_shared_models__text_may_be_long(void **state)
{
    enum { SIZE = 60000 };
    static char body[SIZE + 1];
    kith_session *s = start(state, KITH_MODELS(&text_model));
    memset(body, 'y', SIZE);
    must(s, kith_create(s, &text_model, KITH_FIELDS(KITH_F("body", body))));
    kith_record *r = must(s, kith_find_one(open_session(), &text_model, NULL));
    expect_text(kith_text(r, "body"), body);
}

/* ---- keys ---- */

static const kith_model numbered_model = {
    .name = "numbered",
    .table = "numbered",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "number",
                          .type = KITH_INTEGER,
                          .primary_key = true,
                          .not_null = true,
                          .auto_increment = true,
                          .unique = true },
                        { .name = "name", .type = KITH_TEXT }),
};

/* S4, S5: a key that numbers itself, with everything said about it at once */
static void test_shared_models__a_key_numbers_itself(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&numbered_model));
    kith_record *one = must(s, kith_create(s, &numbered_model, KITH_FIELDS(KITH_F("name", "one"))));
    kith_record *two = must(s, kith_create(s, &numbered_model, NULL));
    must(s, kith_create(s, &numbered_model, KITH_FIELDS(KITH_F("number", 40), KITH_F("name", "forty"))));
    assert_int_equal(kith_int(one, "number"), 1);
    assert_int_equal(kith_int(two, "number"), 2);
    expect_stored(&numbered_model, KITH_NAMES("number", "name"),
                  "[{'number':1,'name':'one'},{'number':2,'name':null},{'number':40,'name':'forty'}]");
    assert_null(kith_create(s, &numbered_model, KITH_FIELDS(KITH_F("number", 40))));
    expect_error(s, KITH_E_UNIQUE, "numbered", "number", "");
}

/* S4: a model that declares no key gets id */
static void test_shared_models__id_is_added(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&pug_model));
    kith_record *cody = must(s, kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "Cody"))));
    assert_int_equal(kith_int(cody, "id"), 1);
    kith_record *found = must(s, kith_find_by_key(s, &pug_model, KITH_V(1)));
    expect_text(kith_text(found, "name"), "Cody");
    assert_null(kith_find_by_key(s, &pug_model, KITH_V(2)));
    expect_no_error(s);
}

/* ---- ENUM and UUID ---- */

static const kith_model role_model = {
    .name = "role",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_ENUM("ER", "ALL", "DL") }),
};

/* S6: every other value is refused before any SQL, and the error lists those that are right */
static void test_shared_models__enum_refuses_other_values(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&role_model));
    assert_null(kith_create(s, &role_model, KITH_FIELDS(KITH_F("name", "EVERYTHING"))));
    expect_error(s, KITH_E_VALIDATION, "role", "name", "is not one of ");
    assert_null(kith_create(s, &role_model, KITH_FIELDS(KITH_F("name", "all"))));
    expect_error(s, KITH_E_VALIDATION, "role", "name", "ALL");
    expect_statements(0);
    must(s, kith_create(s, &role_model, KITH_FIELDS(KITH_F("name", "DL"))));
    must(s, kith_create(s, &role_model, NULL));
    kith_record *r = must(s, kith_find_one(s, &role_model, &(kith_query){ .where = KITH_EQ("name", "DL") }));
    assert_false(kith_update(s, r, KITH_FIELDS(KITH_F("name", ""))));
    expect_error(s, KITH_E_VALIDATION, "role", "name", "is not one of ");
    expect_stored(&role_model, KITH_NAMES("id", "name"), "[{'id':1,'name':'DL'},{'id':2,'name':null}]");
}

/* S6: and by the table itself */
static void test_shared_models__enum_is_in_the_table(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&role_model));
    must(s, kith_create(s, &role_model, KITH_FIELDS(KITH_F("name", "DL"))));
    expect_number(s, kith_execute(s, "UPDATE roles SET name = 'XX'", NULL), -1);
    assert_non_null(kith_error_of(s));
    kith_clear(s);
    expect_stored(&role_model, KITH_NAMES("name"), "[{'name':'DL'}]");
}

static const kith_model token_model = {
    .name = "token",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_UUID, .primary_key = true, .generate = KITH_UUIDV7 },
                        { .name = "random", .type = KITH_UUID, .generate = KITH_UUIDV4 },
                        { .name = "timed", .type = KITH_UUID, .generate = KITH_UUIDV1 }),
};

static void expect_uuid(const char *text, char version)
{
    assert_non_null(text);
    assert_int_equal(strlen(text), 36);
    assert_int_equal(text[14], version);
    assert_non_null(strchr("89ab", text[19]));
}

/* S7: made when no value is given, a different one each time; a given one is kept */
static void test_shared_models__uuid_is_generated(void **state)
{
    static const char given[] = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";
    kith_session *s = start(state, KITH_MODELS(&token_model));
    kith_record *a = must(s, kith_create(s, &token_model, NULL));
    kith_record *b = must(s, kith_create(s, &token_model, KITH_FIELDS(KITH_F("random", given))));
    expect_uuid(kith_text(a, "id"), '7');
    expect_uuid(kith_text(a, "random"), '4');
    expect_uuid(kith_text(a, "timed"), '1');
    assert_string_not_equal(kith_text(a, "id"), kith_text(b, "id"));
    kith_session *other = open_session();
    kith_record *again = must(other, kith_find_by_key(other, &token_model, kith_value_of(a, "id")));
    expect_text(kith_text(again, "random"), kith_text(a, "random"));
    again = must(other, kith_find_by_key(other, &token_model, kith_value_of(b, "id")));
    expect_text(kith_text(again, "random"), given);
}

/* ---- unique ---- */

static const kith_model seat_model = {
    .name = "seat",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "code", .type = KITH_STRING(20), .unique = true },
                        { .name = "line", .type = KITH_INTEGER, .unique_group = "place" },
                        { .name = "number", .type = KITH_INTEGER, .unique_group = "place" }),
};

static kith_record *seat(kith_session *s, const char *code, int line, int number)
{
    return kith_create(s, &seat_model,
                       KITH_FIELDS(KITH_F("code", code), KITH_F("line", line), KITH_F("number", number)));
}

/* S8, S84: a second equal value is a unique error that names model and attribute */
static void test_shared_models__unique_is_unique(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&seat_model));
    must(s, seat(s, "a", 1, 1));
    assert_null(seat(s, "a", 1, 2));
    const kith_error *e = kith_error_of(s);
    assert_non_null(strstr(e->sql, "INSERT INTO"));
    expect_error(s, KITH_E_UNIQUE, "seat", "code", "");
    must(s, seat(s, NULL, 2, 1));
    must(s, seat(s, NULL, 2, 2)); /* NULL is not equal to NULL */
    expect_stored(&seat_model, KITH_NAMES("line", "number"),
                  "[{'line':1,'number':1},{'line':2,'number':1},{'line':2,'number':2}]");
}

/* S8: a named group is unique together */
static void test_shared_models__a_group_is_unique_together(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&seat_model));
    must(s, seat(s, "a", 1, 1));
    must(s, seat(s, "b", 1, 2));
    must(s, seat(s, "c", 2, 1));
    assert_null(seat(s, "d", 1, 2));
    expect_error(s, KITH_E_UNIQUE, "seat", "line", "");
    expect_stored(&seat_model, KITH_NAMES("code"), "[{'code':'a'},{'code':'b'},{'code':'c'}]");
}

/* ---- validators ---- */

static bool is_even(const kith_value *value, void *ctx)
{
    ++*(int *)ctx;
    return value->as.integer % 2 == 0;
}

static int asked;

static const kith_model member_model = {
    .name = "member",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "email", .type = KITH_STRING(80), .checks = KITH_CHECKS(KITH_IS_EMAIL) },
                        { .name = "nick",
                          .type = KITH_STRING(80),
                          .not_null = true,
                          .checks = KITH_CHECKS(KITH_LEN(2, 8), KITH_MATCHES("^[a-z]+$")) },
                        { .name = "age", .type = KITH_INTEGER, .checks = KITH_CHECKS(KITH_RANGE(0, 150)) },
                        { .name = "size", .type = KITH_STRING(9), .checks = KITH_CHECKS(KITH_ONE_OF("S", "M", "L")) },
                        { .name = "pairs",
                          .type = KITH_INTEGER,
                          .checks = KITH_CHECKS({ .check = is_even, .ctx = &asked, .message = "come in twos" }) }),
};

/* S9: a non-address is refused before any SQL, and the attribute is named */
static void test_shared_models__email_is_checked(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&member_model));
    assert_null(kith_create(s, &member_model, KITH_FIELDS(KITH_F("nick", "ann"), KITH_F("email", "not an address"))));
    expect_error(s, KITH_E_VALIDATION, "member", "email", "member.email");
    expect_statements(0);
    must(s, kith_create(s, &member_model, KITH_FIELDS(KITH_F("nick", "ann"), KITH_F("email", "ann@example.org"))));
    expect_stored(&member_model, KITH_NAMES("nick", "email"), "[{'nick':'ann','email':'ann@example.org'}]");
}

/* S9: all failures of a row are reported together, and nothing is written */
static void test_shared_models__all_failures_together(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&member_model));
    assert_null(kith_create(s, &member_model,
                            KITH_FIELDS(KITH_F("email", "@"), KITH_F("nick", "X"), KITH_F("age", 151),
                                        KITH_F("size", "XXL"), KITH_F("pairs", 3))));
    const char *message = kith_error_of(s)->message;
    static const char *const failed[] = { "member.email", "member.nick", "member.age", "member.size", "come in twos" };
    for (size_t i = 0; i < sizeof failed / sizeof *failed; i++)
        assert_non_null(strstr(message, failed[i]));
    expect_error(s, KITH_E_VALIDATION, "member", "email", "");
    expect_statements(0);
    expect_stored(&member_model, KITH_NAMES("id"), "[]");
}

/* S9: updates are checked as well, but only in what they change; null is left to not_null */
static void test_shared_models__updates_are_checked(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&member_model));
    asked = 0;
    kith_record *r = must(s, kith_create(s, &member_model, KITH_FIELDS(KITH_F("nick", "ann"), KITH_F("pairs", 4))));
    assert_int_equal(asked, 1);
    must(s, kith_update(s, r, KITH_FIELDS(KITH_F("age", 30), { "size", kith_of_null() })));
    assert_int_equal(asked, 1);
    assert_false(kith_update(s, r, KITH_FIELDS(KITH_F("age", 31), KITH_F("nick", "A"))));
    expect_error(s, KITH_E_VALIDATION, "member", "nick", "member.nick");
    assert_int_equal(kith_int(r, "age"), 30);
    expect_stored(&member_model, KITH_NAMES("nick", "age"), "[{'nick':'ann','age':30}]");
}

/* ---- columns, tables, indexes ---- */

static const kith_model person_model = {
    .name = "person",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "fullName", .type = KITH_STRING(40), .column = "full_name" },
                        { .name = "taxNumber", .type = KITH_STRING(40), .column = "tax_number" },
                        { .name = "city", .type = KITH_STRING(40) }),
    .indexes = KITH_INDEXES({ .unique = true, .attrs = KITH_NAMES("tax_number") },
                            { .unique = true, .attrs = KITH_NAMES("fullName", "city") }),
};

/* S10, S17: the attribute has its name, the column another; the table has the plural's */
static void test_shared_models__a_column_of_another_name(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&person_model));
    must(s, kith_create(s, &person_model, KITH_FIELDS(KITH_F("fullName", "Ann"))));
    expect_number(s, kith_execute(s, "UPDATE people SET full_name = 'Anna' WHERE full_name = 'Ann'", NULL), 1);
    kith_record *r = must(s, kith_find_one(s, &person_model, &(kith_query){ .where = KITH_EQ("fullName", "Anna") }));
    expect_text(kith_text(r, "fullName"), "Anna");
    assert_null(kith_find_one(s, &person_model, &(kith_query){ .where = KITH_EQ("full_name", "Anna") }));
    expect_error(s, KITH_E_USAGE, "person", "full_name", "did you mean 'fullName'?");
}

/* S12: a unique index, its fields named by attribute or by column */
static void test_shared_models__unique_indexes(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&person_model));
    must(s, kith_create(s, &person_model, KITH_FIELDS(KITH_F("taxNumber", "7"), KITH_F("fullName", "Ann"))));
    assert_null(kith_create(s, &person_model, KITH_FIELDS(KITH_F("taxNumber", "7"))));
    expect_error(s, KITH_E_UNIQUE, "person", "taxNumber", "");
    must(s, kith_create(s, &person_model, KITH_FIELDS(KITH_F("fullName", "Ann"), KITH_F("city", "Rome"))));
    must(s, kith_create(s, &person_model, KITH_FIELDS(KITH_F("fullName", "Ann"), KITH_F("city", "Oslo"))));
    assert_null(kith_create(s, &person_model, KITH_FIELDS(KITH_F("fullName", "Ann"), KITH_F("city", "Rome"))));
    expect_error(s, KITH_E_UNIQUE, "person", "fullName", "");
    expect_number(s, kith_count(s, &person_model, NULL), 3);
}

static const kith_model box_model = {
    .name = "box",
    .table = "crates",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "size", .type = KITH_INTEGER, .not_null = true },
                        { .name = "colour", .type = KITH_STRING(9), .default_value = KITH_CONST_STR("blue") },
                        { .name = "full", .type = KITH_BOOLEAN, .default_value = KITH_CONST_BOOL(false) }),
};
static const kith_model sheep_model = { .name = "flock",
                                        .freeze_table_name = true,
                                        .no_timestamps = true,
                                        .attrs = KITH_ATTRS({ .name = "size", .type = KITH_INTEGER }) };

/* S11, S17: the table may be named, or called like the model */
static void test_shared_models__table_names(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&box_model, &sheep_model));
    must(s, kith_create(s, &box_model, KITH_FIELDS(KITH_F("size", 1))));
    must(s, kith_create(s, &sheep_model, KITH_FIELDS(KITH_F("size", 1))));
    expect_number(s, kith_execute(s, "UPDATE crates SET size = 2", NULL), 1);
    expect_number(s, kith_execute(s, "UPDATE flock SET size = 3", NULL), 1);
    expect_stored(&box_model, KITH_NAMES("size"), "[{'size':2}]");
    expect_stored(&sheep_model, KITH_NAMES("size"), "[{'size':3}]");
}

/* S13: not null is checked before SQL, and by the table */
static void test_shared_models__not_null(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&box_model));
    assert_null(kith_create(s, &box_model, NULL));
    expect_error(s, KITH_E_VALIDATION, "box", "size", "may not be null");
    assert_null(kith_create(s, &box_model, KITH_FIELDS({ "size", kith_of_null() })));
    expect_error(s, KITH_E_VALIDATION, "box", "size", "may not be null");
    expect_statements(0);
    kith_record *r = must(s, kith_create(s, &box_model, KITH_FIELDS(KITH_F("size", 1))));
    assert_false(kith_update(s, r, KITH_FIELDS({ "size", kith_of_null() })));
    expect_error(s, KITH_E_VALIDATION, "box", "size", "may not be null");
    expect_number(s, kith_execute(s, "UPDATE crates SET size = NULL", NULL), -1);
    expect_error(s, KITH_E_NOT_NULL, NULL, NULL, "");
    expect_stored(&box_model, KITH_NAMES("size"), "[{'size':1}]");
}

/* S1: defaults stand in for what is not given, not for what is given as null */
static void test_shared_models__defaults(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&box_model));
    kith_record *r = must(s, kith_create(s, &box_model, KITH_FIELDS(KITH_F("size", 1))));
    expect_text(kith_text(r, "colour"), "blue");
    must(s, kith_create(s, &box_model,
                        KITH_FIELDS(KITH_F("size", 2), { "colour", kith_of_null() }, KITH_F("full", true))));
    expect_stored(&box_model, KITH_NAMES("size", "colour", "full"),
                  "[{'size':1,'colour':'blue','full':false},{'size':2,'colour':null,'full':true}]");
}

/* ---- references ---- */

static const kith_model shelf_model = {
    .name = "shelf",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "code", .type = KITH_STRING(9), .unique = true, .not_null = true }),
};
static const kith_model item_model = {
    .name = "item",
    .no_timestamps = true,
    .attrs =
        KITH_ATTRS({ .name = "shelf", .type = KITH_INTEGER, .references = &shelf_model },
                   { .name = "code", .type = KITH_STRING(9), .references = &shelf_model, .references_attr = "code" },
                   { .name = "spare",
                     .type = KITH_INTEGER,
                     .references_table = "shelves",
                     .references_column = "id",
                     .on_delete = KITH_CASCADE }),
};

/* S14: a reference by model, by a model's attribute, and by table and column */
static void test_shared_models__references(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&item_model, &shelf_model));
    must(s, kith_create(s, &shelf_model, KITH_FIELDS(KITH_F("code", "A"))));
    must(s, kith_create(s, &item_model, KITH_FIELDS(KITH_F("shelf", 1), KITH_F("code", "A"), KITH_F("spare", 1))));
    assert_null(kith_create(s, &item_model, KITH_FIELDS(KITH_F("shelf", 9))));
    expect_error(s, KITH_E_FOREIGN_KEY, "item", NULL, "");
    assert_null(kith_create(s, &item_model, KITH_FIELDS(KITH_F("code", "B"))));
    expect_error(s, KITH_E_FOREIGN_KEY, "item", NULL, "");
    assert_null(kith_create(s, &item_model, KITH_FIELDS(KITH_F("spare", 9))));
    expect_error(s, KITH_E_FOREIGN_KEY, "item", NULL, "");
    expect_number(s, kith_count(s, &item_model, NULL), 1);
}

/* S14: what happens to the row that refers when the other goes or changes its key */
static void test_shared_models__references_act(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&item_model, &shelf_model));
    kith_record *a = must(s, kith_create(s, &shelf_model, KITH_FIELDS(KITH_F("code", "A"))));
    kith_record *b = must(s, kith_create(s, &shelf_model, KITH_FIELDS(KITH_F("code", "B"))));
    must(s, kith_create(s, &item_model, KITH_FIELDS(KITH_F("shelf", 1), KITH_F("code", "A"), KITH_F("spare", 2))));
    must(s, kith_update(s, a, KITH_FIELDS(KITH_F("code", "C"))));
    expect_stored(&item_model, KITH_NAMES("shelf", "code", "spare"), "[{'shelf':1,'code':'C','spare':2}]");
    must(s, kith_destroy(s, a));
    expect_stored(&item_model, KITH_NAMES("shelf", "code", "spare"), "[{'shelf':null,'code':null,'spare':2}]");
    must(s, kith_destroy(s, b));
    expect_stored(&item_model, KITH_NAMES("id"), "[]");
}

/* ---- definitions that are wrong ---- */

static const kith_model untyped_model = { .name = "pug", .attrs = KITH_ATTRS({ .name = "name" }) };

/* S15: an attribute without a type */
static void test_shared_models__no_type(void **state)
{
    (void)state;
    expect_mistake(KITH_MODELS(&untyped_model), "pug", "name", "has no type");
}

static const kith_model wrong_model = {
    .name = "pug",
    .attrs = KITH_ATTRS({ .name = "name" }, { .name = "kind", .type = KITH_ENUM("a", "a") },
                        { .name = "age", .type = KITH_TEXT, .auto_increment = true, .primary_key = true }),
};

/* S51, S53: every mistake is reported, each with what would be right */
static void test_shared_models__every_mistake_is_reported(void **state)
{
    (void)state;
    expect_mistake(KITH_MODELS(&wrong_model), "pug", "name", "has no type; give one");
    expect_mistake(KITH_MODELS(&wrong_model), "pug", "name", "model pug, kind: the ENUM has the label 'a' twice");
    expect_mistake(KITH_MODELS(&wrong_model), "pug", "name",
                   "model pug, age: only INTEGER and BIGINT can number themselves");
}

static const kith_model misspelt_model = {
    .name = "pug",
    .attrs = KITH_ATTRS({ .name = "colour", .type = KITH_TEXT }),
    .indexes = KITH_INDEXES({ .attrs = KITH_NAMES("color") }),
};

/* S53: a misspelt name gets the nearest right one */
static void test_shared_models__misspelt_names(void **state)
{
    (void)state;
    expect_mistake(KITH_MODELS(&misspelt_model), "pug", NULL, "did you mean 'colour'?");
}

/* S53, P38: the same for the fields of a call */
static void test_shared_models__misspelt_fields(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&box_model));
    assert_null(kith_create(s, &box_model, KITH_FIELDS(KITH_F("size", 1), KITH_F("color", "red"))));
    expect_error(s, KITH_E_USAGE, "box", "color", "did you mean 'colour'?");
    assert_null(kith_create(s, &box_model, KITH_FIELDS(KITH_F("size", "one"))));
    expect_error(s, KITH_E_USAGE, "box", "size", "INTEGER takes an integer");
    assert_null(kith_create(s, &pug_model, NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "model pug was not given to kith_open");
    expect_statements(0);
}

/* S1: what is there already stays as it is; force begins anew */
static void test_shared_models__sync_again(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&item_model, &shelf_model));
    must(s, kith_create(s, &shelf_model, KITH_FIELDS(KITH_F("code", "A"))));
    must(s, kith_create(s, &item_model, KITH_FIELDS(KITH_F("shelf", 1))));
    must(s, kith_sync(s, NULL));
    expect_number(s, kith_count(s, &shelf_model, NULL), 1);
    must(s, kith_sync(s, &(kith_sync_opts){ .force = true }));
    expect_number(s, kith_count(s, &shelf_model, NULL), 0);
    expect_number(s, kith_count(s, &item_model, NULL), 0);
    assert_false(kith_sync(s, &(kith_sync_opts){ .alter = true }));
    expect_error(s, KITH_E_UNSUPPORTED, NULL, NULL, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_models__from_a_static_table),
        SHARED_TEST(test_shared_models__made_at_run_time),
        SHARED_TEST(test_shared_models__string_has_a_length),
        SHARED_TEST(test_shared_models__string_length_is_in_the_table),
        SHARED_TEST(test_shared_models__text_may_be_long),
        SHARED_TEST(test_shared_models__a_key_numbers_itself),
        SHARED_TEST(test_shared_models__id_is_added),
        SHARED_TEST(test_shared_models__enum_refuses_other_values),
        SHARED_TEST(test_shared_models__enum_is_in_the_table),
        SHARED_TEST(test_shared_models__uuid_is_generated),
        SHARED_TEST(test_shared_models__unique_is_unique),
        SHARED_TEST(test_shared_models__a_group_is_unique_together),
        SHARED_TEST(test_shared_models__email_is_checked),
        SHARED_TEST(test_shared_models__all_failures_together),
        SHARED_TEST(test_shared_models__updates_are_checked),
        SHARED_TEST(test_shared_models__a_column_of_another_name),
        SHARED_TEST(test_shared_models__unique_indexes),
        SHARED_TEST(test_shared_models__table_names),
        SHARED_TEST(test_shared_models__not_null),
        SHARED_TEST(test_shared_models__defaults),
        SHARED_TEST(test_shared_models__references),
        SHARED_TEST(test_shared_models__references_act),
        SHARED_TEST(test_shared_models__no_type),
        SHARED_TEST(test_shared_models__every_mistake_is_reported),
        SHARED_TEST(test_shared_models__misspelt_names),
        SHARED_TEST(test_shared_models__misspelt_fields),
        SHARED_TEST(test_shared_models__sync_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
