/* kith_describe: what people are told about a model. On the mock, so that it is seen to send nothing. */
#include <string.h>

#include "harness/fail_alloc.h"
#include "harness/test.h"
#include "kith/ext/mock.h"
#include "kith/kith.h"

extern const kith_model friend_model, dog_model;

static const kith_model pug_model = {
    .name = "pug",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(40), .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &friend_model, .through = "friendship" }),
    .no_timestamps = true,
};
const kith_model friend_model = {
    .name = "friend",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &pug_model, .through = "friendship" }),
};

static const kith_model memo_model = {
    .name = "memo",
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "about", .targets = KITH_MODELS(&pug_model, &friend_model) }),
    .no_timestamps = true,
};

static const kith_model collar_model = {
    .name = "collar",
    .attrs = KITH_ATTRS({ .name = "serial", .type = KITH_UUID, .primary_key = true, .generate = KITH_UUIDV4 }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &dog_model }),
    .no_timestamps = true,
};
const kith_model dog_model = {
    .name = "dog",
    .attrs = KITH_ATTRS(
        { .name = "id", .type = KITH_BIGINT, .primary_key = true, .column = "dog_no" },
        { .name = "mood", .type = KITH_ENUM("merry", "\"so so\""), .default_value = KITH_CONST_STR("merry") },
        { .name = "price", .type = KITH_DECIMAL(8, 2), .checks = KITH_CHECKS(KITH_RANGE(0, 9)) },
        { .name = "age", .type = { .id = KITH_T_INTEGER, .is_unsigned = true }, .unique_group = "known" },
        { .name = "chip", .type = KITH_STRING(15), .unique = true, .unique_group = "known" }),
    .assocs = KITH_ASSOCS({ KITH_HAS_ONE, .target = &collar_model },
                          { KITH_HAS_MANY, .as = "puppies", .target = &dog_model, .foreign_key = "motherId" },
                          { KITH_BELONGS_TO, .as = "mother", .target = &dog_model, .foreign_key = "motherId" },
                          { KITH_BELONGS_TO_MANY, .as = "lovers", .target = &dog_model, .through = "love",
                            .foreign_key = "who", .other_key = "whom",
                            .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("true") }) }),
    .paranoid = true,
};

struct fixture {
    struct fail_alloc heap;
    kith_mock *mock;
    kith_db *db;
    kith_session *s;
};

static int set_up(void **state)
{
    static struct fixture f;
    kith_error err;
    fail_alloc_init(&f.heap);
    f.mock = kith_mock_new("sqlite");
    f.db = kith_open("mock:",
                     &(kith_open_opts){
                         .models = KITH_MODELS(&pug_model, &friend_model, &collar_model, &dog_model, &memo_model),
                         .drivers = KITH_DRIVERS(kith_mock_driver(f.mock)),
                         .allocator = &f.heap.allocator },
                     &err);
    if (!f.db)
        fail_msg("%s", err.message);
    f.s = kith_session_open(f.db);
    kith_mock_clear(f.mock);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    size_t sent = kith_mock_count(f->mock);
    kith_session_close(f->s);
    kith_close(f->db);
    kith_mock_free(f->mock);
    return sent || f->heap.live_blocks ? -1 : 0;
}

static void expect_line(const char *text, const char *line)
{
    size_t size = strlen(line);
    for (const char *at = strstr(text, line); at; at = strstr(at + 1, line))
        if ((at == text || at[-1] == '\n') && at[size] == '\n')
            return;
    fail_msg("no line\n%s\nin\n%s", line, text);
}

static const char *describe(struct fixture *f, const kith_model *m)
{
    const char *text = kith_describe(f->s, m);
    if (kith_error_of(f->s))
        fail_msg("%s", kith_error_of(f->s)->message);
    return text;
}

/* ---- the whole ---- */

static void test_orm_describe__a_whole_model(void **state)
{
    assert_string_equal(
        describe(*state, &pug_model),
        "pug: table pugs\n"
        "    id    INTEGER, primary key, numbers itself\n"
        "    name  STRING(40), not null\n"
        "\n"
        "  pug.friends: many to many. Each pug has many friends, and each friend many pugs, through "
        "friendship.\n"
        "    along    pugs.id = friendship.pugId, friendship.friendId = friends.id\n"
        "    inverse  friend.pugs\n"
        "    include  KITH_INCLUDE({ .as = \"friends\" }), then kith_many(pug, \"friends\")\n"
        "    get      kith_get(s, pug, \"friends\", NULL)\n"
        "    add      kith_add(s, pug, \"friends\", KITH_REFS({ friend }), NULL)\n"
        "    set      kith_set(s, pug, \"friends\", KITH_REFS({ friend }), NULL)\n"
        "    remove   kith_remove(s, pug, \"friends\", KITH_REFS({ friend }))\n"
        "    has      kith_has(s, pug, \"friends\", KITH_REFS({ friend }))\n"
        "    count    kith_count_related(s, pug, \"friends\")\n"
        "    create   kith_create_related(s, pug, \"friends\", KITH_FIELDS(KITH_F(\"name\", …)), NULL)\n");
}

/* P22 */
static void test_orm_describe__one_of_several_models(void **state)
{
    assert_string_equal(describe(*state, &memo_model),
                        "memo: table memos\n"
                        "    id         INTEGER, primary key, numbers itself\n"
                        "    aboutId    INTEGER\n"
                        "    aboutType  STRING(255)\n"
                        "    index: aboutType, aboutId\n"
                        "\n"
                        "  memo.about: many to one. Each memo belongs to one pug or friend, its about; the key is in "
                        "memos.\n"
                        "    along    memos.aboutId = pugs.id, where memos.aboutType is \"pug\"\n"
                        "    inverse  none declared\n"
                        "    along    memos.aboutId = friends.id, where memos.aboutType is \"friend\"\n"
                        "    inverse  none declared\n"
                        "    include  KITH_INCLUDE({ .as = \"about\" }), then kith_one(memo, \"about\")\n"
                        "    get      kith_get(s, memo, \"about\", NULL)\n"
                        "    set      kith_set(s, memo, \"about\", KITH_REFS({ about }), NULL)\n"
                        "    remove   kith_remove(s, memo, \"about\", KITH_REFS({ about }))\n"
                        "    has      kith_has(s, memo, \"about\", KITH_REFS({ about }))\n");
}

static void test_orm_describe__a_join_model_names_its_associations(void **state)
{
    struct fixture *f = *state;
    const char *text = describe(f, kith_model_named(f->db, "friendship"));
    expect_line(text, "friendship: table friendship, join table of pug.friends, friend.pugs");
    expect_line(text, "    pugId     INTEGER, part of the primary key, refers to pugs.id, deleted with it");
    expect_line(text, "    friendId  INTEGER, part of the primary key, refers to friends.id, deleted with it");
}

/* ---- columns ---- */

static void test_orm_describe__columns_say_what_they_hold(void **state)
{
    const char *text = describe(*state, &dog_model);
    expect_line(text, "    id         BIGINT, column dog_no, primary key");
    expect_line(text, "    mood       ENUM(\"merry\", \"\\\"so so\\\"\"), default \"merry\"");
    expect_line(text, "    price      DECIMAL(8, 2), checked");
    expect_line(text, "    age        INTEGER unsigned");
    expect_line(text, "    chip       STRING(15), unique");
    expect_line(text, "    createdAt  DATE, not null, set when the row is made");
    expect_line(text, "    updatedAt  DATE, not null, set when the row is changed");
    expect_line(text, "    deletedAt  DATE, set when the row is destroyed");
    expect_line(text, "    motherId   BIGINT, refers to dogs.dog_no, null when that is deleted");
    expect_line(text, "    unique together: age, chip");
    expect_line(text, "    index: motherId");
    text = describe(*state, &collar_model);
    expect_line(text, "    serial  UUID, primary key, made: a UUID v4");
    expect_line(text, "    dogId   BIGINT, unique, refers to dogs.dog_no, null when that is deleted");
}

/* ---- associations ---- */

static void test_orm_describe__one_to_one_from_both_sides(void **state)
{
    const char *text = describe(*state, &dog_model);
    expect_line(text, "  dog.collar: one to one. Each dog has one collar; the key is in collars.");
    expect_line(text, "    along    dogs.dog_no = collars.dogId");
    expect_line(text, "    include  KITH_INCLUDE({ .as = \"collar\" }), then kith_one(dog, \"collar\")");
    expect_line(text, "    set      kith_set(s, dog, \"collar\", KITH_REFS({ collar }), NULL)");
    expect_line(text, "    create   kith_create_related(s, dog, \"collar\", NULL, NULL)");
    assert_null(strstr(text, "kith_add(s, dog, \"collar\""));
    assert_null(strstr(text, "kith_count_related(s, dog, \"collar\""));
    text = describe(*state, &collar_model);
    expect_line(text, "  collar.dog: one to one. Each collar belongs to one dog; the key is in collars.");
    expect_line(text, "    along    collars.dogId = dogs.dog_no");
    expect_line(text, "    inverse  dog.collar");
}

static void test_orm_describe__one_to_many_within_one_table(void **state)
{
    const char *text = describe(*state, &dog_model);
    expect_line(text, "  dog.puppies: one to many. Each dog has many dogs, its puppies; the key is in dogs.");
    expect_line(text, "    along    dogs.dog_no = dogs.motherId");
    expect_line(text, "    inverse  dog.mother");
    expect_line(text, "    add      kith_add(s, dog, \"puppies\", KITH_REFS({ puppy }), NULL)");
    expect_line(text, "  dog.mother: many to one. Each dog belongs to one dog, its mother; the key is in dogs.");
    expect_line(text, "    along    dogs.motherId = dogs.dog_no");
    expect_line(text, "    inverse  dog.puppies");
}

static void test_orm_describe__a_scope_and_a_missing_inverse_are_told(void **state)
{
    const char *text = describe(*state, &dog_model);
    expect_line(text, "  dog.lovers: many to many. Each dog has many dogs, its lovers, through love.");
    expect_line(text, "    along    dogs.dog_no = love.who, love.whom = dogs.dog_no, where love.kind is \"true\"");
    expect_line(text, "    inverse  none declared");
}

static void test_orm_describe__associations_come_as_declared(void **state)
{
    const char *text = describe(*state, &dog_model);
    const char *const names[] = { "dog.collar:", "dog.puppies:", "dog.mother:", "dog.lovers:" };
    for (size_t i = 0; i < 4; i++) {
        const char *at = strstr(text, names[i]);
        assert_non_null(at);
        text = at;
    }
}

/* ---- failures ---- */

static void test_orm_describe__an_unknown_model_is_refused(void **state)
{
    struct fixture *f = *state;
    static const kith_model stranger = { .name = "stranger" };
    assert_string_equal(kith_describe(f->s, &stranger), "");
    assert_int_equal(kith_error_of(f->s)->status, KITH_E_USAGE);
    assert_non_null(strstr(kith_error_of(f->s)->message, "stranger"));
    kith_clear(f->s);
    assert_string_equal(kith_describe(f->s, NULL), "");
    assert_int_equal(kith_error_of(f->s)->status, KITH_E_USAGE);
    assert_string_equal(kith_describe(NULL, &pug_model), "");
}

static void test_orm_describe__without_memory_it_is_empty(void **state)
{
    struct fixture *f = *state;
    size_t failures = 0;
    for (size_t n = 1; n < 1000; n++) {
        f->heap.calls = 0;
        f->heap.fail_at = n;
        const char *text = kith_describe(f->s, &dog_model);
        f->heap.fail_at = 0;
        if (!kith_error_of(f->s)) {
            expect_line(text, "    inverse  none declared");
            break;
        }
        assert_string_equal(text, "");
        assert_int_equal(kith_error_of(f->s)->status, KITH_E_NO_MEMORY);
        kith_clear(f->s);
        kith_session_release_all(f->s);
        failures++;
    }
    assert_in_range(failures, 2, 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_orm_describe__a_whole_model, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_orm_describe__one_of_several_models, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_orm_describe__a_join_model_names_its_associations, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_orm_describe__columns_say_what_they_hold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_orm_describe__one_to_one_from_both_sides, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_orm_describe__one_to_many_within_one_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_orm_describe__a_scope_and_a_missing_inverse_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_orm_describe__associations_come_as_declared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_orm_describe__an_unknown_model_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_orm_describe__without_memory_it_is_empty, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
