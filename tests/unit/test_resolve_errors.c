/* Wrong definitions: every mistake is found before any database is opened, and says which model and attribute, what is
 * wrong and what would be right (S15, S33, S48, S51–S53, S55). */
#include <stdbool.h>

#include "unit/resolved.h"

/* The first mistake is at this model and attribute, and says this. */
#define expect_mistake(model, attr, part, ...)                                                                         \
    expect_mistake_at(KITH_MODELS(__VA_ARGS__), (model), (attr), (part), __FILE__, __LINE__)
static void expect_mistake_at(const kith_model *const *models, const char *model, const char *attr, const char *part,
                              const char *file, int line)
{
    bool refused = !try_to_resolve(models);
    if (refused && (err.status != KITH_E_MODEL || !strstr(err.message, part) || strcmp(err.model, model) != 0 ||
                    strcmp(err.attribute, attr) != 0)) {
        print_error("expected: %s.%s …%s…\nthe error:  %s.%s %s\n", model, attr, part, err.model, err.attribute,
                    err.message);
        refused = false;
    }
    _assert_true(refused, part, file, line);
    assert_int_equal(heap.live_blocks, 0);
}

/* One model with these attributes. */
#define expect_attr_mistake(attr, part, ...)                                                                           \
    expect_mistake("pug", (attr), (part), &(const kith_model){ .name = "pug", .attrs = KITH_ATTRS(__VA_ARGS__) })

/* Model pug with these associations to tag; link is a join model. */
static const kith_model tag_model = {
    .name = "tag",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "word", .type = KITH_STRING(20), .unique = true },
                        { .name = "shade", .type = KITH_INTEGER }),
};
static const kith_model link_model = { .name = "tagging", .no_timestamps = true };
#define expect_assoc_mistake(assoc, part, ...)                                                                         \
    expect_mistake("pug", (assoc), (part),                                                                             \
                   &(const kith_model){ .name = "pug",                                                                 \
                                        .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT },                     \
                                                            { .name = "tagId", .type = KITH_TEXT }),                   \
                                        .assocs = KITH_ASSOCS(__VA_ARGS__) },                                          \
                   &tag_model, &link_model)

/* ---- models --------------------------------------------------------------------------------------------------------- */

static void test_schema_resolve_errors__models(void **state)
{
    (void)state;
    const kith_model nameless = { .table = "x" }, empty = { .name = "" }, pug = { .name = "pug" };
    const kith_model same = { .name = "pug", .table = "other" }, other = { .name = "dog", .table = "pugs" };
    const kith_model upper = { .name = "dog", .table = "PUGS" }, dotted = { .name = "a.b" };
    const kith_model no_table = { .name = "dog", .table = "" };
    expect_mistake("", "", "model number 2 has no name", &pug, &nameless);
    expect_mistake("", "", "model number 1 has no name", &empty);
    expect_mistake("pug", "", "two models have this name", &pug, &same);
    expect_mistake("pug", "", "is given twice", &pug, &pug);
    expect_mistake("dog", "", "its table 'pugs' is the table of model pug as well", &pug, &other);
    expect_mistake("dog", "", "its table 'PUGS' is the table of model pug as well", &pug, &upper);
    expect_mistake("a.b", "", "a name must not contain a dot", &dotted);
    expect_mistake("dog", "", "its table has an empty name", &no_table);
}

static void test_schema_resolve_errors__names_of_attributes(void **state)
{
    (void)state;
    expect_attr_mistake("age", "is declared twice", { "age", .type = KITH_TEXT }, { "age", .type = KITH_TEXT });
    expect_attr_mistake("b", "shares the column 'A' with a", { "a", .type = KITH_TEXT },
                        { "b", .column = "A", .type = KITH_TEXT });
    expect_attr_mistake("Age", "shares the column 'Age' with age", { "age", .type = KITH_TEXT },
                        { "Age", .type = KITH_TEXT });
    expect_attr_mistake("", "attribute number 2 has no name", { "age", .type = KITH_TEXT }, { .type = KITH_TEXT });
    expect_attr_mistake("", "attribute number 1 has no name", { "", .type = KITH_TEXT });
    expect_attr_mistake("a.b", "a name must not contain a dot", { "a.b", .type = KITH_TEXT });
    expect_attr_mistake("age", "its column has an empty name", { "age", .type = KITH_TEXT, .column = "" });
}

/* An entry without name and type would end the list, and all that follow would be forgotten. */
static void test_schema_resolve_errors__entries_that_would_end_a_list(void **state)
{
    (void)state;
    expect_attr_mistake("", "attribute number 1 has no name", { .not_null = true }, { "age", .type = KITH_TEXT });
    expect_attr_mistake("", "attribute number 2 has no name", { "age", .type = KITH_TEXT }, { .column = "x" });
    expect_assoc_mistake("", "association number 1 has no kind", { .foreign_key = "tagId" },
                         { KITH_HAS_MANY, &tag_model });
}

/* ---- types ---------------------------------------------------------------------------------------------------------- */

static void test_schema_resolve_errors__types(void **state)
{
    (void)state;
    const kith_model pug = { .name = "pug", .attrs = KITH_ATTRS({ .name = "age" }) }; /* S15 */
    expect_mistake("pug", "age", "model pug, age: has no type; give one, for example .type = KITH_STRING(255)", &pug);
    expect_attr_mistake("a", "type 99 does not exist", { "a", .type = { .id = 99 } });
    expect_attr_mistake("a", "type -1 does not exist", { "a", .type = { .id = -1 } });
    expect_attr_mistake("a", "an ENUM needs labels", { "a", .type = { .id = KITH_T_ENUM } });
    expect_attr_mistake("a", "has the label 'x' twice", { "a", .type = KITH_ENUM("x", "y", "x") });
    expect_attr_mistake("a", "at most 65 digits, 30 of them behind the point", { "a", .type = KITH_DECIMAL(66, 0) });
    expect_attr_mistake("a", "at most 65 digits, 30 of them behind the point", { "a", .type = KITH_DECIMAL(65, 31) });
    expect_attr_mistake("a", "of 3 digits cannot have 4 of them behind the point", { "a", .type = KITH_DECIMAL(3, 4) });
    expect_attr_mistake("a", "only INTEGER and BIGINT can be unsigned",
                        { "a", .type = { .id = KITH_T_TEXT, .is_unsigned = true } });
    expect_attr_mistake("createdAt", "must be a DATE", { "createdAt", .type = KITH_TEXT });
}

/* ---- defaults, generated values, keys, validators ------------------------------------------------------------------- */

static void test_schema_resolve_errors__defaults(void **state)
{
    (void)state;
    expect_attr_mistake("a", "its default does not fit",
                        { "a", .type = KITH_INTEGER, .default_value = KITH_CONST_STR("x") });
    expect_attr_mistake("a", "its default does not fit",
                        { "a", .type = KITH_STRING(2), .default_value = KITH_CONST_STR("abc") });
    expect_attr_mistake("a", "its default does not fit",
                        { "a", .type = KITH_ENUM("red"), .default_value = KITH_CONST_STR("rad") });
    expect_attr_mistake("a", "may not be null, so its default cannot be",
                        { "a", .type = KITH_TEXT, .not_null = true, .default_value = KITH_CONST_NULL });
    expect_attr_mistake("a", "a default must be a constant",
                        { "a", .type = KITH_TEXT, .default_value = { .kind = KITH_EXPRESSION } });
    expect_attr_mistake("a", "a UUID can be generated for UUID and STRING, not for INTEGER",
                        { "a", .type = KITH_INTEGER, .generate = KITH_UUIDV4 });
    expect_attr_mistake("a", "the time can be generated for DATE, not for TEXT",
                        { "a", .type = KITH_TEXT, .generate = KITH_NOW });
    expect_attr_mistake("a", "there is no generator 77", { "a", .type = KITH_TEXT, .generate = (kith_generate)77 });
}

static void test_schema_resolve_errors__keys_of_rows(void **state)
{
    (void)state;
    expect_attr_mistake("id", "is declared without primary_key; add it", { "id", .type = KITH_INTEGER });
    expect_attr_mistake("id", "only INTEGER and BIGINT can number themselves, not TEXT",
                        { "id", .type = KITH_TEXT, .primary_key = true, .auto_increment = true });
    expect_attr_mistake("no", "auto_increment needs primary_key", { "id", .type = KITH_TEXT, .primary_key = true },
                        { "no", .type = KITH_INTEGER, .auto_increment = true });
    expect_attr_mistake("b", "a has auto_increment already",
                        { "a", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true },
                        { "b", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true });
#define PART(n) { n, .type = KITH_INTEGER, .primary_key = true }
    expect_attr_mistake("", "its primary key has more than 8 attributes", PART("a"), PART("b"), PART("c"), PART("d"),
                        PART("e"), PART("f"), PART("g"), PART("h"), PART("i"));
}

static void test_schema_resolve_errors__validators(void **state)
{
    (void)state;
    expect_attr_mistake("a", "check 1 (LEN)", { "a", .type = KITH_INTEGER, .checks = KITH_CHECKS(KITH_LEN(1, 2)) });
    expect_attr_mistake("a", "check 2 (MATCH)",
                        { "a", .type = KITH_TEXT, .checks = KITH_CHECKS(KITH_IS_EMAIL, KITH_MATCHES("(")) });
}

struct cat {
    int32_t age;
    const char *name;
};
struct tiger {
    int64_t weight[8];
    bool tame;
};

/* A member of another struct would be written past the end of this one. */
static void test_schema_resolve_errors__members_of_structs(void **state)
{
    (void)state;
    const kith_attr *wrong_type = KITH_ATTRS(KITH_ATTR(struct cat, age, .type = KITH_TEXT));
    const kith_attr *narrow = KITH_ATTRS(KITH_ATTR(struct cat, age, .type = KITH_BIGINT));
    const kith_attr *other = KITH_ATTRS(KITH_ATTR(struct tiger, tame, .type = KITH_BOOLEAN));
    const kith_attr *good = KITH_ATTRS(KITH_ATTR(struct cat, age, .type = KITH_INTEGER));
    const size_t size = sizeof(struct cat);
    expect_mistake("cat", "age", "TEXT cannot be kept in a struct member of that C type",
                   &(const kith_model){ .name = "cat", .attrs = wrong_type, .struct_size = size });
    expect_mistake("cat", "age", "BIGINT cannot be kept in a struct member of that C type",
                   &(const kith_model){ .name = "cat", .attrs = narrow, .struct_size = size });
    expect_mistake("cat", "tame", "lies outside the model's struct of 16 bytes",
                   &(const kith_model){ .name = "cat", .attrs = other, .struct_size = size });
    expect_mistake("cat", "age", "give the model its .struct_size",
                   &(const kith_model){ .name = "cat", .attrs = good });
    assert_true(try_to_resolve(KITH_MODELS(&(const kith_model){ .name = "cat", .attrs = good, .struct_size = size })));
}

struct cub {
    int64_t id;
};
struct den {
    int64_t id, more[8];
    KITH_ARRAY_OF(struct cub) cubs;
};
struct bear {
    KITH_ARRAY(struct cub, struct bear) cubs;
    struct cub *favourite;
    KITH_ARRAY_OF(struct cub) raised;
    int64_t age;
};

static const kith_model cub_model = { .name = "cub", .struct_size = sizeof(struct cub) };
static const kith_model stray_model = { .name = "stray" };
static const kith_model raising_model = { .name = "raising" };

#define expect_bear_mistake(attr, part, ...)                                                                           \
    expect_mistake("bear", (attr), (part),                                                                             \
                   &(const kith_model){ .name = "bear",                                                                \
                                        .struct_size = sizeof(struct bear),                                            \
                                        .attrs = KITH_ATTRS(KITH_ATTR(struct bear, age, .type = KITH_BIGINT)),         \
                                        .assocs = KITH_ASSOCS(__VA_ARGS__) },                                          \
                   &cub_model, &stray_model, &raising_model)

/* P38: what an association leads to must be what its member is made for. */
static void test_schema_resolve_errors__associations_in_structs(void **state)
{
    (void)state;
#define CUBS        KITH_HAS_MANY, .target = &cub_model
#define INTO_RAISED KITH_INTO(struct bear, raised, struct cub)
    expect_bear_mistake("cubs", "leads to many cubs, which need an array: KITH_INTO",
                        { CUBS, .into = KITH_INTO_ONE(struct bear, favourite, struct cub) });
    expect_bear_mistake("cub", "leads to one cub, which needs a pointer: KITH_INTO_ONE",
                        { KITH_HAS_ONE, .target = &cub_model, .into = INTO_RAISED });
    expect_bear_mistake("cubs", "has no join row, so KITH_INTO takes no struct for it",
                        { CUBS, .into = KITH_INTO(struct bear, cubs, struct cub, struct bear) });
    expect_bear_mistake("cubs", "model raising is tied to no struct; give it its .struct_size",
                        { KITH_BELONGS_TO_MANY, .target = &cub_model, .through_model = &raising_model,
                          .into = KITH_INTO(struct bear, cubs, struct cub, struct bear) });
    expect_bear_mistake("strays", "model stray is tied to no struct; give it its .struct_size",
                        { KITH_HAS_MANY, .target = &stray_model, .into = INTO_RAISED });
    expect_bear_mistake("cubs", "its member lies outside the struct of model bear, which has 56 bytes",
                        { CUBS, .into = KITH_INTO(struct den, cubs, struct cub) });
    expect_bear_mistake("cubs", "its member is made for structs of 56 bytes, but model cub is tied to one of 8",
                        { CUBS, .into = { KITH_C_ARRAY, 1, .size = sizeof(struct bear) } });
    expect_bear_mistake("cubs", "is kept where age is: each needs a member of its own",
                        { CUBS, .into = { KITH_C_ARRAY, offsetof(struct bear, age) - 7, .size = sizeof(struct cub) } });
    expect_bear_mistake("tame", "is kept where wild is: each needs a member of its own",
                        { CUBS, .as = "wild", .foreign_key = "wildId", .into = INTO_RAISED },
                        { CUBS, .as = "tame", .foreign_key = "tameId", .into = INTO_RAISED });
    expect_bear_mistake("pet", "leads to a cub or stray; say in each include, with .model, where its structs go: .into",
                        { KITH_BELONGS_TO, .as = "pet", .targets = KITH_MODELS(&cub_model, &stray_model),
                          .into = KITH_INTO_ONE(struct bear, favourite, struct cub) });
    expect_mistake("lone", "cubs", "give model lone its .struct_size",
                   &(const kith_model){ .name = "lone", .assocs = KITH_ASSOCS({ CUBS, .into = INTO_RAISED }) },
                   &cub_model);
    expect_mistake("bear", "years", "is kept where age is",
                   &(const kith_model){ .name = "bear",
                                        .struct_size = sizeof(struct bear),
                                        .attrs = KITH_ATTRS(KITH_ATTR(struct bear, age, .type = KITH_BIGINT),
                                                            { "years", .type = KITH_BIGINT,
                                                              .member = KITH_MEMBER(struct bear, age) }) });
#undef CUBS
#undef INTO_RAISED
}

/* ---- indexes and references ----------------------------------------------------------------------------------------- */

#define expect_index_mistake(part, ...)                                                                                \
    expect_mistake("pug", "", (part),                                                                                  \
                   &(const kith_model){                                                                                \
                       .name = "pug",                                                                                  \
                       .attrs = KITH_ATTRS({ "name", .type = KITH_TEXT }, { "age", .type = KITH_TEXT }),               \
                       .indexes = KITH_INDEXES(__VA_ARGS__) })

static void test_schema_resolve_errors__indexes(void **state)
{
    (void)state;
    expect_index_mistake("an index names 'nmae', which it does not have; did you mean 'name'?",
                         { .attrs = KITH_NAMES("age", "nmae") });
    expect_index_mistake("an index names 'weight', which it does not have", { .attrs = KITH_NAMES("weight") });
    expect_index_mistake("an index names no attributes", { .unique = true });
    expect_index_mistake("an index names no attributes", { .name = "x", .attrs = KITH_NO_NAMES });
    expect_index_mistake("an index has more than 8 attributes",
                         { .attrs = KITH_NAMES("age", "age", "age", "age", "age", "age", "age", "age", "age") });
    expect_index_mistake("two indexes are called 'Same'", { .name = "same", .attrs = KITH_NAMES("age") },
                         { .name = "Same", .attrs = KITH_NAMES("name") });
}

static void test_schema_resolve_errors__unique_groups(void **state)
{
    (void)state;
#define IN_GROUP(n) { n, .type = KITH_INTEGER, .unique_group = "g" }
    expect_attr_mistake("i", "the unique group 'g' has more than 8 attributes", IN_GROUP("a"), IN_GROUP("b"),
                        IN_GROUP("c"), IN_GROUP("d"), IN_GROUP("e"), IN_GROUP("f"), IN_GROUP("g"), IN_GROUP("h"),
                        IN_GROUP("i"));
}

static void test_schema_resolve_errors__references(void **state)
{
    (void)state;
    const kith_model pair = { .name = "pair", .no_timestamps = true, .attrs = KITH_ATTRS(PART("a"), PART("b")) };
    const kith_model keyless = { .name = "keyless", .no_timestamps = true, .no_primary_key = true };
#define expect_reference_mistake(part, ...)                                                                            \
    expect_mistake("pug", "a", (part),                                                                                 \
                   &(const kith_model){ .name = "pug",                                                                 \
                                        .attrs = KITH_ATTRS({ "a", .type = KITH_INTEGER, __VA_ARGS__ }) },             \
                   &tag_model, &pair, &keyless)
    expect_reference_mistake("refers to model stranger, which was not given to kith_open",
                             .references = &(const kith_model){ .name = "stranger" });
    expect_reference_mistake("model tag has no attribute 'shad'; did you mean 'shade'?", .references = &tag_model,
                             .references_attr = "shad");
    expect_reference_mistake("refers to tag.shade, which is neither a primary key nor unique", .references = &tag_model,
                             .references_attr = "shade");
    expect_reference_mistake("whose key has 2 attributes; name one with .references_attr", .references = &pair);
    expect_reference_mistake("model keyless has no primary key to refer to", .references = &keyless);
    expect_reference_mistake("is INTEGER but refers to tag.word, which is STRING", .references = &tag_model,
                             .references_attr = "word");
    expect_reference_mistake("has .references and .references_table", .references = &tag_model,
                             .references_table = "tags");
    expect_reference_mistake("has .references_attr but no .references", .references_attr = "id");
    expect_reference_mistake("has .references_column but no .references_table", .references_column = "id");
    expect_reference_mistake("there is no on_delete 9", .references = &tag_model, .on_delete = (kith_action)9);
    expect_reference_mistake("there is no on_update 9", .references_table = "x", .on_update = (kith_action)9);
    expect_reference_mistake("may not be null, so on_delete cannot set it to null", .references = &tag_model,
                             .not_null = true, .on_delete = KITH_SET_NULL);
    expect_reference_mistake("has on_delete or on_update but refers to nothing", .on_delete = KITH_CASCADE);
}

/* ---- associations --------------------------------------------------------------------------------------------------- */

static void test_schema_resolve_errors__kinds_and_targets(void **state)
{
    (void)state;
    const kith_model stranger = { .name = "stranger" };
    expect_assoc_mistake("", "association number 1 has no kind, such as KITH_HAS_MANY", { .target = &tag_model });
    expect_assoc_mistake("x", "association number 1 has no kind", { (kith_assoc_kind)9, &tag_model, .as = "x" });
    expect_assoc_mistake("x", "association number 1 has no target", { KITH_HAS_MANY, .as = "x" });
    expect_assoc_mistake("", "its target model stranger was not given to kith_open", { KITH_HAS_MANY, &stranger });
    expect_assoc_mistake("x", "its target model stranger was not given to kith_open", /* S52 */
                         { KITH_BELONGS_TO_MANY, &stranger, .as = "x", .through = "y" });
}

static void test_schema_resolve_errors__aliases(void **state)
{
    (void)state;
    expect_assoc_mistake("tags", "two associations have this name; give each its own .as",
                         { KITH_HAS_MANY, &tag_model }, { KITH_HAS_MANY, &tag_model, .foreign_key = "otherId" });
    expect_assoc_mistake("name", "is an attribute already; give the association another .as",
                         { KITH_HAS_ONE, &tag_model, .as = "name" });
    expect_assoc_mistake("a.b", "a name must not contain a dot", { KITH_HAS_ONE, &tag_model, .as = "a.b" });
    const kith_model pug = { .name = "pug",
                             .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &pug, .through = "friendship" }) };
    expect_mistake("pug", "pug", "a many-to-many association of a model with itself needs an alias: .as",
                   &pug); /* S46 */
}

/* S33 */
static void test_schema_resolve_errors__join_models(void **state)
{
    (void)state;
    const kith_model stranger = { .name = "stranger" };
    expect_assoc_mistake("tag", "a many-to-many association needs .through or .through_model",
                         { KITH_BELONGS_TO_MANY, &tag_model });
    expect_assoc_mistake("x", "its join model stranger was not given to kith_open",
                         { KITH_BELONGS_TO_MANY, &tag_model, .as = "x", .through_model = &stranger });
    expect_assoc_mistake("tag", "has .through and .through_model; one of them is enough",
                         { KITH_BELONGS_TO_MANY, &tag_model, .through = "x", .through_model = &link_model });
    expect_assoc_mistake("tags", "its join table is the table of model tag itself",
                         { KITH_BELONGS_TO_MANY, &tag_model, .through = "tags" });
    expect_assoc_mistake("tags", "its join table is the table of model pug itself",
                         { KITH_BELONGS_TO_MANY, &tag_model, .through = "pug" });
}

/* What would be without effect is refused. */
static void test_schema_resolve_errors__options_of_another_kind(void **state)
{
    (void)state;
    const kith_field *scope = KITH_FIELDS(KITH_F("shade", 1));
    expect_assoc_mistake("tag", "only a many-to-many association has a .through",
                         { KITH_HAS_ONE, &tag_model, .through = "x" });
    expect_assoc_mistake("tag", "only a many-to-many association has an .other_key",
                         { KITH_HAS_MANY, &tag_model, .other_key = "x" });
    expect_assoc_mistake("tag", "only a many-to-many association has .not_unique",
                         { KITH_HAS_MANY, &tag_model, .not_unique = true });
    expect_assoc_mistake("x", "a belongs-to association has no .scope",
                         { KITH_BELONGS_TO, &tag_model, .as = "x", .scope = scope });
    expect_assoc_mistake("x", "a belongs-to association has no .source_key; name its column with .foreign_key",
                         { KITH_BELONGS_TO, &tag_model, .as = "x", .source_key = "name" });
    expect_assoc_mistake("tag", "has no .target_key; what its key refers to is its .source_key",
                         { KITH_HAS_MANY, &tag_model, .target_key = "word" });
    expect_assoc_mistake("x", "there is no on_delete 9",
                         { KITH_BELONGS_TO, &tag_model, .as = "x", .on_delete = (kith_action)9 });
}

/* S48: what is referred to must be unique, with a constraint or without one. */
static void test_schema_resolve_errors__keys_that_are_referred_to(void **state)
{
    (void)state;
    expect_assoc_mistake("x", "model tag has no attribute 'wrod'; did you mean 'word'?",
                         { KITH_BELONGS_TO, &tag_model, .as = "x", .target_key = "wrod" });
    expect_assoc_mistake("tags", "model pug has no attribute 'nme'; did you mean 'name'?",
                         { KITH_HAS_MANY, &tag_model, .source_key = "nme" });
    expect_assoc_mistake("xShade", "refers to tag.shade, which is neither a primary key nor unique",
                         { KITH_BELONGS_TO, &tag_model, .as = "x", .target_key = "shade" });
    expect_assoc_mistake("x", "tag.shade, which it refers to, is neither a primary key nor unique",
                         { KITH_BELONGS_TO, &tag_model, .as = "x", .target_key = "shade", .no_constraint = true });
    expect_assoc_mistake("tags", "pug.name, which it refers to, is neither a primary key nor unique",
                         { KITH_HAS_MANY, &tag_model, .source_key = "name", .no_constraint = true });
    expect_assoc_mistake("tags", "tag.shade, which it refers to, is neither a primary key nor unique",
                         { KITH_BELONGS_TO_MANY, &tag_model, .through = "x", .target_key = "shade",
                           .no_constraint = true });
    const kith_model keyless = { .name = "log",
                                 .no_primary_key = true,
                                 .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &tag_model }) };
    expect_mistake("log", "tags", "model log has no primary key to refer to", &keyless, &tag_model);
}

static void test_schema_resolve_errors__keys_that_refer(void **state)
{
    (void)state;
    expect_assoc_mistake("tagId", "is TEXT but refers to tag.id, which is INTEGER", { KITH_BELONGS_TO, &tag_model });
    expect_assoc_mistake("x", "its foreign key has 2 attributes but the key it refers to has 1",
                         { KITH_BELONGS_TO, &tag_model, .as = "x", .foreign_key = "a,b" });
    expect_assoc_mistake("", "a key has more than 8 attributes",
                         { KITH_BELONGS_TO, &tag_model, .as = "x", .foreign_key = "a,b,c,d,e,f,g,h,i" });
    expect_assoc_mistake("x", "uses 'linkId' of tagging for both sides; name the target's with .other_key",
                         { KITH_BELONGS_TO_MANY, &tag_model, .as = "x", .through_model = &link_model,
                           .foreign_key = "linkId", .other_key = "linkId" });
}

static void test_schema_resolve_errors__sides_that_disagree(void **state)
{
    (void)state;
    kith_model parent, child;
    parent = (kith_model){ .name = "parent",
                           .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &child, .on_delete = KITH_CASCADE }) };
    child = (kith_model){ .name = "child",
                          .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &parent, .on_delete = KITH_RESTRICT }) };
    expect_mistake("child", "parentId", "two definitions disagree about on_delete", &parent, &child);
    expect_assoc_mistake("refId", "refers to model tag and to model tagging as well",
                         { KITH_BELONGS_TO, &tag_model, .as = "x", .foreign_key = "refId" },
                         { KITH_BELONGS_TO, &link_model, .as = "y", .foreign_key = "refId" });
}

/* ---- types of keys that refer ----------------------------------------------------------------------------------------- */

/* The key "a" of model pug against key "k" of model tag: first without a constraint, then with one. NULL: good. */
static void expect_types(kith_type carried, kith_type key, const char *apart, const char *constrained)
{
    const kith_attr *attrs = KITH_ATTRS({ "k", .type = key, .primary_key = true });
    const kith_model tag = { .name = "tag", .no_timestamps = true, .attrs = attrs };
    for (int constraint = 0; constraint < 2; constraint++) {
        const kith_model pug = { .name = "pug",
                                 .attrs = KITH_ATTRS({ "a", .type = carried }),
                                 .assocs = KITH_ASSOCS(
                                     { KITH_BELONGS_TO, &tag, .foreign_key = "a", .no_constraint = !constraint }) };
        const char *part = constraint ? constrained : apart;
        if (part)
            expect_mistake("pug", "a", part, &pug, &tag);
        else
            assert_true(try_to_resolve(KITH_MODELS(&pug, &tag)));
    }
}
#define expect_constraint(carried, key, part) expect_types((kith_type)carried, (kith_type)key, NULL, (part))
#define expect_apart(carried, key, part)      expect_types((kith_type)carried, (kith_type)key, (part), (part))
#define NO_SIGN(t)                                                                                                     \
    {                                                                                                                  \
        .id = (t), .is_unsigned = true                                                                                 \
    }

/* S51: a constraint that one of the databases refuses is refused on all of them, with both attributes and both types. */
static void test_schema_resolve_errors__types_that_a_constraint_needs(void **state)
{
    (void)state;
#define SAME "a constraint needs the same type on both sides: declare it "
    expect_constraint(KITH_INTEGER, KITH_BIGINT,
                      "model pug, a: is INTEGER but refers to tag.k, which is BIGINT; " SAME "BIGINT");
    expect_constraint(KITH_BIGINT, KITH_INTEGER, "is BIGINT but refers to tag.k, which is INTEGER; " SAME "INTEGER");
    expect_constraint(KITH_BIGINT, NO_SIGN(KITH_T_BIGINT),
                      "is BIGINT but refers to tag.k, which is BIGINT unsigned; " SAME "BIGINT unsigned");
    expect_constraint(NO_SIGN(KITH_T_INTEGER), KITH_INTEGER,
                      "is INTEGER unsigned but refers to tag.k, which is INTEGER; " SAME "INTEGER");
    expect_constraint(KITH_DECIMAL(10, 2), KITH_DECIMAL(12, 2),
                      "is DECIMAL(10, 2) but refers to tag.k, which is DECIMAL(12, 2); " SAME "DECIMAL(12, 2)");
    expect_constraint(KITH_TEXT, KITH_STRING(20),
                      "is TEXT but refers to tag.k, which is STRING(20); " SAME "STRING(20)");
    expect_constraint(KITH_STRING(10), KITH_STRING(20),
                      "is STRING(10) but refers to tag.k, which is STRING(20); longer values would not fit: declare it "
                      "STRING(20)");
    expect_constraint(KITH_STRING(20), KITH_STRING(10), NULL);
    expect_constraint(KITH_STRING(0), KITH_STRING(255), NULL);
    expect_constraint(KITH_DECIMAL(0, 0), KITH_DECIMAL(10, 0), NULL);
    expect_constraint(KITH_ENUM("a", "b"), KITH_ENUM("a", "b"), NULL);
}

/* Whose values are never equal, or have no = on some database. */
static void test_schema_resolve_errors__types_that_cannot_be_compared(void **state)
{
    (void)state;
#define APART "; the two cannot be compared: declare it "
    expect_apart(KITH_STRING(36), KITH_UUID, "is STRING(36) but refers to tag.k, which is UUID" APART "UUID");
    expect_apart(KITH_STRING(20), KITH_INTEGER, "is STRING(20) but refers to tag.k, which is INTEGER" APART "INTEGER");
    expect_apart(KITH_DATEONLY, KITH_DATE, "is DATEONLY but refers to tag.k, which is DATE" APART "DATE");
    expect_apart(KITH_REAL, KITH_DECIMAL(8, 2), "is DOUBLE but refers to tag.k, which is DECIMAL(8, 2)" APART);
    expect_apart(KITH_DECIMAL(10, 2), KITH_DECIMAL(10, 3),
                 "is DECIMAL(10, 2) but refers to tag.k, which is DECIMAL(10, 3)" APART "DECIMAL(10, 3)");
    expect_apart(KITH_STRING(9), KITH_ENUM("a"), "is STRING(9) but refers to tag.k, which is ENUM(\"a\")" APART);
    expect_apart(KITH_ENUM("b", "a"), KITH_ENUM("a", "b"),
                 "is ENUM(\"b\", \"a\") but refers to tag.k, which is ENUM(\"a\", \"b\")" APART);
    expect_apart(KITH_ENUM("a", "b"), KITH_ENUM("a"), "which is ENUM(\"a\")" APART "ENUM(\"a\")");
    expect_apart(KITH_ENUM("a"), KITH_ENUM("a", "b"), "is ENUM(\"a\") but");
    static char long_label[200];
    memset(long_label, 'x', sizeof long_label - 1);
    expect_apart(KITH_ENUM(long_label, "a"), KITH_ENUM(long_label, "b"), APART "ENUM("); /* not lost at the end */
}

/* The same of references without an association, of keys in the target's table, of join tables, of parts of a key. */
static void test_schema_resolve_errors__types_wherever_a_key_stands(void **state)
{
    (void)state;
    kith_model owner, pug, link;
    owner = (kith_model){ .name = "owner",
                          .no_timestamps = true,
                          .attrs = KITH_ATTRS({ "id", .type = KITH_BIGINT, .primary_key = true }),
                          .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &pug }) };
    pug = (kith_model){ .name = "pug", .attrs = KITH_ATTRS({ "ownerId", .type = KITH_INTEGER }) };
    expect_mistake("pug", "ownerId", "is INTEGER but refers to owner.id, which is BIGINT", &owner, &pug);

    owner.assocs = NULL;
    pug.attrs = KITH_ATTRS({ "keeper", .type = KITH_INTEGER, .references = &owner });
    expect_mistake("pug", "keeper", "is INTEGER but refers to owner.id, which is BIGINT", &owner, &pug);

    pug.attrs = NULL;
    pug.assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &owner, .through_model = &link });
    link = (kith_model){ .name = "link", .attrs = KITH_ATTRS({ "owner_id", .type = NO_SIGN(KITH_T_BIGINT) }) };
    expect_mistake("link", "owner_id", "is BIGINT unsigned but refers to owner.id, which is BIGINT", &owner, &pug,
                   &link);

    const kith_model pair = { .name = "pair",
                              .attrs = KITH_ATTRS({ "a", .type = KITH_INTEGER, .primary_key = true },
                                                  { "b", .type = KITH_BIGINT, .primary_key = true }) };
    pug.assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &pair });
    pug.attrs = KITH_ATTRS({ "pairA", .type = KITH_INTEGER }, { "pairB", .type = KITH_INTEGER });
    expect_mistake("pug", "pairB", "1 mistake in the models: model pug, pairB: is INTEGER but refers to pair.b", &pug,
                   &pair);
}

/* ---- many to many --------------------------------------------------------------------------------------------------- */

/* S55: both are named, and the two ways out. */
static void test_schema_resolve_errors__two_aliases_over_the_same_columns(void **state)
{
    (void)state;
    const kith_field *role = KITH_FIELDS({ "role", KITH_CONST_STR("a") });
    const char *both = "model pug, led: and joined use the same columns of memberships, so their links would mix; give "
                       "each its own .scope, or keys of their own with .foreign_key and .other_key";
    expect_assoc_mistake("led", both, { KITH_BELONGS_TO_MANY, &tag_model, .as = "led", .through = "memberships" },
                         { KITH_BELONGS_TO_MANY, &tag_model, .as = "joined", .through = "memberships" });
    expect_assoc_mistake("led", both,
                         { KITH_BELONGS_TO_MANY, &tag_model, .as = "led", .through = "memberships", .scope = role },
                         { KITH_BELONGS_TO_MANY, &tag_model, .as = "joined", .through = "memberships", .scope = role });
    expect_assoc_mistake("led", both,
                         { KITH_BELONGS_TO_MANY, &tag_model, .as = "led", .through = "memberships", .scope = role },
                         { KITH_BELONGS_TO_MANY, &tag_model, .as = "joined", .through = "memberships" });
}

/* S42 */
static void test_schema_resolve_errors__links_that_repeat(void **state)
{
    (void)state;
    expect_assoc_mistake("tags",
                         "is .not_unique, so the join model tagging needs a primary key of its own, such as an id",
                         { KITH_BELONGS_TO_MANY, &tag_model, .through_model = &link_model, .not_unique = true });
    kith_model a, b;
    const kith_model link = { .name = "link", .attrs = KITH_ATTRS(PART("id")) };
    a = (kith_model){ .name = "a",
                      .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &b, .through_model = &link, .not_unique = true }) };
    b = (kith_model){ .name = "b", .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &a, .through_model = &link }) };
    expect_mistake("a", "bs", "and its other side b.as must agree on .not_unique", &a, &b, &link);
}

static void test_schema_resolve_errors__scopes(void **state)
{
    (void)state;
    const kith_field *misspelt = KITH_FIELDS(KITH_F("shde", 1)), *wrong = KITH_FIELDS(KITH_F("shade", "x"));
    const kith_field *nine = KITH_FIELDS(KITH_F("a", 1), KITH_F("b", 1), KITH_F("c", 1), KITH_F("d", 1), KITH_F("e", 1),
                                         KITH_F("f", 1), KITH_F("g", 1), KITH_F("h", 1), KITH_F("i", 1));
    expect_assoc_mistake("tags", "its scope names 'shde', which model tag does not have; did you mean 'shade'?",
                         { KITH_HAS_MANY, &tag_model, .scope = misspelt });
    expect_assoc_mistake("tags", "its scope does not fit: ", { KITH_HAS_MANY, &tag_model, .scope = wrong });
    expect_assoc_mistake("tags", "its scope names 'shde', which model tagging does not have",
                         { KITH_BELONGS_TO_MANY, &tag_model, .through_model = &link_model, .scope = misspelt });
    expect_assoc_mistake("tags", "its scope has more than 8 values",
                         { KITH_BELONGS_TO_MANY, &tag_model, .through = "x", .scope = nine });
    expect_assoc_mistake("tags", "its scope gives 'shade' no value",
                         { KITH_HAS_MANY, &tag_model, .scope = KITH_FIELDS({ "shade", kith_of_null() }) });
}

/* A link is told by both keys and the scopes: together they must fit into one key. */
static void test_schema_resolve_errors__links_with_too_long_keys(void **state)
{
    (void)state;
    kith_model a, b;
    const kith_attr *five = KITH_ATTRS(PART("v"), PART("w"), PART("x"), PART("y"), PART("z"));
    a = (kith_model){ .name = "a",
                      .attrs = five,
                      .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &b, .through = "links" }) };
    b = (kith_model){ .name = "b", .attrs = five };
    expect_mistake("a", "bs", "links are told by more than 8 attributes", &a, &b);
    const kith_attr *eight = KITH_ATTRS(PART("a"), PART("b"), PART("c"), PART("d"), PART("e"), PART("f"), PART("g"),
                                        PART("h"));
    const kith_field *scope = KITH_FIELDS(KITH_F("shade", 1));
    a = (kith_model){ .name = "pug",
                      .attrs = eight,
                      .assocs = KITH_ASSOCS({ KITH_HAS_ONE, &tag_model, .scope = scope }) };
    expect_mistake("pug", "tag", "links are told by more than 8 attributes", &a, &tag_model);
}

/* ---- several mistakes ------------------------------------------------------------------------------------------------- */

static void test_schema_resolve_errors__all_are_reported_together(void **state)
{
    (void)state;
    const kith_model pug = { .name = "pug",
                             .attrs = KITH_ATTRS({ .name = "age" }, { .name = "kind", .type = KITH_ENUM("a", "a") }),
                             .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &tag_model }) };
    const kith_model cat = { .name = "cat", .attrs = KITH_ATTRS({ .name = "id", .type = KITH_TEXT }) };
    expect_mistake("pug", "age", "4 mistakes in the models: model pug, age: has no type", &pug, &tag_model, &cat);
    assert_non_null(strstr(err.message, "; model pug, kind: the ENUM has the label 'a' twice"));
    assert_non_null(strstr(err.message, "; model pug, tag: a many-to-many association needs .through"));
    assert_non_null(strstr(err.message, "; model cat, id: is declared without primary_key"));
}

/* More than the message has room for: the number tells, and the first are whole. */
static void test_schema_resolve_errors__many_are_counted(void **state)
{
    (void)state;
    static char names[100][16];
    static kith_attr attrs[101];
    for (int i = 0; i < 100; i++) {
        snprintf(names[i], sizeof names[i], "a%d", i);
        attrs[i] = (kith_attr){ .name = names[i] };
    }
    expect_mistake("pug", "a0", "100 mistakes in the models: model pug, a0: has no type",
                   &(const kith_model){ .name = "pug", .attrs = attrs });
    assert_non_null(strstr(err.message, "model pug, a5: has no type"));
    assert_true(strlen(err.message) < sizeof err.message - 1); /* nothing is cut */
}

static void test_schema_resolve_errors__one_mistake_is_one(void **state)
{
    (void)state;
    const kith_model pug = { .name = "pug", .attrs = KITH_ATTRS({ .name = "age" }) };
    expect_mistake("pug", "age", "1 mistake in the models: model pug, age: has no type", &pug);
}

/* S51: whatever is wrong, and however long the names are. */
static void test_schema_resolve_errors__long_names_are_cut_cleanly(void **state)
{
    (void)state;
    static char name[2000];
    memset(name, 'x', sizeof name - 1);
    const kith_model pug = { .name = name, .table = "t", .attrs = KITH_ATTRS({ .name = name }) };
    assert_false(try_to_resolve(KITH_MODELS(&pug)));
    assert_int_equal(err.status, KITH_E_MODEL);
    assert_int_equal(strlen(err.model), sizeof err.model - 1);
    assert_non_null(strstr(err.message, "1 mistake in the models: model xxx"));
    assert_non_null(strstr(err.message, "has no type"));
}

/* ---- memory ----------------------------------------------------------------------------------------------------------- */

/* Whichever request for memory fails, the error says so and nothing is left, for good and for wrong definitions. */
static void test_schema_resolve_errors__memory_may_fail(void **state)
{
    (void)state;
    const kith_model pug = { .name = "pug",
                             .attrs = KITH_ATTRS({ "mail", .type = KITH_TEXT, .checks = KITH_CHECKS(KITH_IS_EMAIL) }),
                             .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &tag_model, .through = "pugTags" },
                                                   { KITH_HAS_ONE, &link_model }) };
    const kith_model wrong = { .name = "wrong", .attrs = KITH_ATTRS({ .name = "age" }) };
    for (int is_wrong = 0; is_wrong < 2; is_wrong++) {
        const kith_model *const *models = is_wrong ? KITH_MODELS(&pug, &tag_model, &link_model, &wrong)
                                                   : KITH_MODELS(&pug, &tag_model, &link_model);
        for (heap.fail_at = 1;; heap.fail_at++) {
            heap.calls = 0;
            bool good = try_to_resolve(models);
            if (heap.calls < heap.fail_at) {
                assert_int_equal(good, !is_wrong);
                break;
            }
            assert_false(good);
            assert_int_equal(err.status, KITH_E_NO_MEMORY);
            assert_true(err.message[0] != '\0');
            assert_int_equal(heap.live_blocks, 0);
        }
        heap.fail_at = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RESOLVED_TEST(test_schema_resolve_errors__models),
        RESOLVED_TEST(test_schema_resolve_errors__names_of_attributes),
        RESOLVED_TEST(test_schema_resolve_errors__entries_that_would_end_a_list),
        RESOLVED_TEST(test_schema_resolve_errors__types),
        RESOLVED_TEST(test_schema_resolve_errors__defaults),
        RESOLVED_TEST(test_schema_resolve_errors__keys_of_rows),
        RESOLVED_TEST(test_schema_resolve_errors__validators),
        RESOLVED_TEST(test_schema_resolve_errors__members_of_structs),
        RESOLVED_TEST(test_schema_resolve_errors__associations_in_structs),
        RESOLVED_TEST(test_schema_resolve_errors__indexes),
        RESOLVED_TEST(test_schema_resolve_errors__unique_groups),
        RESOLVED_TEST(test_schema_resolve_errors__references),
        RESOLVED_TEST(test_schema_resolve_errors__kinds_and_targets),
        RESOLVED_TEST(test_schema_resolve_errors__aliases),
        RESOLVED_TEST(test_schema_resolve_errors__join_models),
        RESOLVED_TEST(test_schema_resolve_errors__options_of_another_kind),
        RESOLVED_TEST(test_schema_resolve_errors__keys_that_are_referred_to),
        RESOLVED_TEST(test_schema_resolve_errors__keys_that_refer),
        RESOLVED_TEST(test_schema_resolve_errors__sides_that_disagree),
        RESOLVED_TEST(test_schema_resolve_errors__types_that_a_constraint_needs),
        RESOLVED_TEST(test_schema_resolve_errors__types_that_cannot_be_compared),
        RESOLVED_TEST(test_schema_resolve_errors__types_wherever_a_key_stands),
        RESOLVED_TEST(test_schema_resolve_errors__two_aliases_over_the_same_columns),
        RESOLVED_TEST(test_schema_resolve_errors__links_that_repeat),
        RESOLVED_TEST(test_schema_resolve_errors__scopes),
        RESOLVED_TEST(test_schema_resolve_errors__links_with_too_long_keys),
        RESOLVED_TEST(test_schema_resolve_errors__all_are_reported_together),
        RESOLVED_TEST(test_schema_resolve_errors__many_are_counted),
        RESOLVED_TEST(test_schema_resolve_errors__one_mistake_is_one),
        RESOLVED_TEST(test_schema_resolve_errors__long_names_are_cut_cleanly),
        RESOLVED_TEST(test_schema_resolve_errors__memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
