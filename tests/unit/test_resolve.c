/* Definitions and what is made of them: hops, key pairs, join models, foreign keys, indexes. Cites the statements of the
 * behaviour it tests (S16 …). */
#include "base/value.h"
#include "unit/resolved.h"

/* ---- what came of them, as text --------------------------------------------------------------------------------------- */

static const struct model *model(const char *name)
{
    const struct model *m = kith__name_map_get(&schema.model_named, name);
    if (!m)
        fail_msg("there is no model %s", name);
    return m;
}

static const struct assoc *assoc(const char *of, const char *name)
{
    const struct assoc *a = kith__name_map_get(&model(of)->assoc_named, name);
    if (!a)
        fail_msg("there is no association %s.%s", of, name);
    return a;
}

static void resolve(const kith_model *const *models)
{
    if (!try_to_resolve(models))
        fail_msg("%s", err.message);
}

static void add_attrs(const struct attr *const *attrs, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        kith__buf_format(&text, "%s%s", i ? ", " : "", attrs[i]->name);
}

static void add_hop(const struct hop *hop)
{
    for (unsigned i = 0; i < hop->on.count; i++) {
        assert_ptr_equal(hop->on.to[i]->model, hop->to);
        kith__buf_format(&text, "%s%s = %s.%s", i ? " and " : "", hop->on.from[i]->name, hop->to->name,
                         hop->on.to[i]->name);
    }
}

static void add_scope(const struct scope *scope)
{
    for (unsigned i = 0; scope && i < scope->count; i++) {
        kith__buf_format(&text, "; %s is ", scope->attrs[i]->name);
        kith__show(&text, &scope->values[i]);
    }
}

static const char *assoc_text(const struct assoc *a)
{
    kith__buf_clear(&text);
    kith__buf_add(&text, a->many ? "many: " : "one: ");
    add_hop(&a->hops[0]);
    if (a->hop_count == 2) {
        kith__buf_add(&text, ", ");
        add_hop(&a->hops[1]);
    }
    kith__buf_format(&text, "; key in %s", a->key_in_source ? "source" : a->key_model->name);
    assert_ptr_equal(a->key_model, a->key_in_source ? a->source : a->hops[0].to);
    if (a->hop_count == 2) {
        kith__buf_add(&text, a->repeatable ? ", repeats" : "(");
        add_attrs(a->link_key, a->link_key_count);
        kith__buf_add(&text, a->repeatable ? "" : ")");
    }
    if (a->inverse)
        kith__buf_format(&text, "; inverse %s.%s", a->inverse->source->name, a->inverse->name);
    add_scope(a->scope);
    return kith__buf_text(&text);
}

/* "id: id!, name, ownerId=owner_id": the primary key, then the attributes; '!' may not be null, '=' another column. */
static const char *model_text(const struct model *m)
{
    kith__buf_clear(&text);
    add_attrs(m->key, m->key_count);
    kith__buf_add(&text, ":");
    for (unsigned i = 0; i < m->attr_count; i++) {
        const struct attr *attr = m->attrs[i];
        assert_int_equal(attr->index, i);
        assert_ptr_equal(attr->model, m);
        kith__buf_format(&text, "%s %s%s", i ? "," : "", attr->name, attr->not_null ? "!" : "");
        if (strcmp(attr->name, attr->column) != 0)
            kith__buf_format(&text, "=%s", attr->column);
    }
    return kith__buf_text(&text);
}

static const char *index_text(const struct model *m)
{
    kith__buf_clear(&text);
    for (unsigned i = 0; i < m->index_count; i++) {
        const struct index *ix = &m->indexes[i];
        kith__buf_format(&text, "%s%s%s(", i ? ", " : "", ix->unique ? "unique " : "", ix->name);
        add_attrs(ix->attrs, ix->count);
        kith__buf_add(&text, ")");
    }
    return kith__buf_text(&text);
}

static const char *foreign_key_text(const struct model *m)
{
    static const char *const actions[] = { "auto", "cascade", "set null", "restrict", "no action" };
    kith__buf_clear(&text);
    for (unsigned i = 0; i < m->foreign_key_count; i++) {
        const struct foreign_key *fk = &m->foreign_keys[i];
        kith__buf_add(&text, i ? ", " : "");
        add_attrs(fk->attrs, fk->count);
        kith__buf_format(&text, " -> %s(", fk->to_table);
        for (unsigned j = 0; j < fk->count; j++)
            kith__buf_format(&text, "%s%s", j ? ", " : "", fk->to_columns[j]);
        kith__buf_format(&text, ") %s/%s", actions[fk->on_delete], actions[fk->on_update]);
    }
    return kith__buf_text(&text);
}

#define expect_assoc(of, name, expected)    assert_string_equal(assoc_text(assoc((of), (name))), (expected))
#define expect_model(name, expected)        assert_string_equal(model_text(model(name)), (expected))
#define expect_indexes(name, expected)      assert_string_equal(index_text(model(name)), (expected))
#define expect_foreign_keys(name, expected) assert_string_equal(foreign_key_text(model(name)), (expected))

/* ---- models ----------------------------------------------------------------------------------------------------------- */

static void test_schema_resolve__no_models_are_none(void **state)
{
    (void)state;
    resolve(NULL);
    assert_int_equal(schema.model_count, 0);
    resolve(&(const kith_model *const){ NULL });
    assert_int_equal(schema.model_count, 0);
}

/* S4, S13: a model without a key gets an id that numbers itself, and two times. */
static void test_schema_resolve__models_get_an_id_and_times(void **state)
{
    (void)state;
    const kith_model pug = { .name = "pug", .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(0) }) };
    resolve(KITH_MODELS(&pug));
    expect_model("pug", "id: id!, name, createdAt!, updatedAt!");
    const struct model *m = model("pug");
    assert_ptr_equal(m->auto_increment, m->key[0]);
    assert_int_equal(m->key[0]->type.id, KITH_T_INTEGER);
    assert_int_equal(m->attrs[1]->type.size, 255); /* S2 */
    assert_string_equal(m->created_at->name, "createdAt");
    assert_int_equal(m->updated_at->role, ROLE_UPDATED_AT);
    assert_null(m->deleted_at);
    assert_string_equal(m->table, "pugs");
    assert_ptr_equal(kith__schema_model(&schema, &pug), m);
}

static void test_schema_resolve__models_get_only_what_they_want(void **state)
{
    (void)state;
    const kith_model bare = { .name = "bare", .no_timestamps = true, .no_primary_key = true };
    const kith_model soft = { .name = "soft", .no_timestamps = true, .paranoid = true };
    const kith_model own = {
        .name = "own",
        .attrs = KITH_ATTRS({ .name = "code", .type = KITH_STRING(8), .primary_key = true, .unique = true },
                            { .name = "createdAt", .type = KITH_DATE, .column = "made" }),
    };
    resolve(KITH_MODELS(&bare, &soft, &own));
    expect_model("bare", ":");
    expect_model("soft", "id: id!, deletedAt");
    expect_model("own", "code: code!, createdAt!=made, updatedAt!");
    expect_indexes("own", ""); /* S5: the primary key is unique by itself */
    assert_ptr_equal(model("own")->created_at, model("own")->attrs[1]);
}

/* S19: columns, not attributes; a column of one's own is kept. */
static void test_schema_resolve__underscored_names_columns(void **state)
{
    (void)state;
    const kith_model owner_def = { .name = "dogOwner", .underscored = true, .no_timestamps = true };
    const kith_model dog = {
        .name = "Dog",
        .underscored = true,
        .attrs = KITH_ATTRS({ .name = "fullName", .type = KITH_TEXT },
                            { .name = "chipCode", .type = KITH_TEXT, .column = "chipCode" }),
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &owner_def }),
    };
    resolve(KITH_MODELS(&owner_def, &dog));
    expect_model("Dog", "id: id!, fullName=full_name, chipCode, createdAt!=created_at, updatedAt!=updated_at, "
                        "dogOwnerId=dog_owner_id");
    expect_indexes("Dog", "dogs_dog_owner_id_idx(dogOwnerId)");
    assert_string_equal(model("dogOwner")->table, "dog_owners");
}

/* S8, S12: unique by itself, in a group, by an index; attribute or column names. */
static void test_schema_resolve__indexes_are_made_once(void **state)
{
    (void)state;
    const kith_model seat = {
        .name = "seat",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "code", .type = KITH_TEXT, .unique = true },
                            { .name = "hall", .type = KITH_TEXT, .unique_group = "place", .column = "hall_name" },
                            { .name = "number", .type = KITH_INTEGER, .unique_group = "place" }),
        .indexes = KITH_INDEXES({ .attrs = KITH_NAMES("number") }, { .unique = true, .attrs = KITH_NAMES("code") },
                                { .name = "by_hall", .attrs = KITH_NAMES("hall_name", "code") }),
    };
    resolve(KITH_MODELS(&seat));
    expect_indexes("seat", "unique seats_code_key(code), unique seats_hall_name_number_key(hall, number), "
                           "seats_number_idx(number), by_hall(hall, code)");
}

/* Two names made of other parts may come out the same; databases would silently keep only one of the indexes. */
static void test_schema_resolve__made_index_names_are_all_different(void **state)
{
    (void)state;
    const kith_model a = { .name = "a",
                           .table = "a",
                           .no_timestamps = true,
                           .attrs = KITH_ATTRS({ .name = "b_c", .type = KITH_TEXT, .unique = true }) };
    const kith_model ab = { .name = "ab",
                            .table = "a_b",
                            .no_timestamps = true,
                            .attrs = KITH_ATTRS({ .name = "c", .type = KITH_TEXT, .unique = true }) };
    resolve(KITH_MODELS(&a, &ab));
    expect_indexes("a", "unique a_b_c_key(b_c)");
    expect_indexes("ab", "unique a_b_c_key_2(c)");
}

/* S14: by model, by one of its attributes, by table and column. */
static void test_schema_resolve__attributes_may_refer(void **state)
{
    (void)state;
    const kith_model owner_def = { .name = "owner",
                                   .no_timestamps = true,
                                   .attrs = KITH_ATTRS({ .name = "email", .type = KITH_TEXT, .unique = true }) };
    const kith_model pug = {
        .name = "pug",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "a", .type = KITH_INTEGER, .references = &owner_def, .on_delete = KITH_CASCADE },
                            { .name = "b",
                              .type = KITH_TEXT,
                              .references = &owner_def,
                              .references_attr = "email",
                              .not_null = true,
                              .on_update = KITH_RESTRICT },
                            { .name = "c", .type = KITH_INTEGER, .references_table = "old", .references_column = "no" },
                            { .name = "d", .type = KITH_INTEGER, .references_table = "old" }),
    };
    resolve(KITH_MODELS(&owner_def, &pug));
    expect_foreign_keys("pug", "a -> owners(id) cascade/cascade, b -> owners(email) no action/restrict, c -> old(no) "
                               "set null/cascade, d -> old(id) set null/cascade");
    expect_indexes("pug", "pugs_a_idx(a), pugs_b_idx(b), pugs_c_idx(c), pugs_d_idx(d)");
    assert_null(model("pug")->foreign_keys[2].to);
}

/* ---- one to one, one to many -------------------------------------------------------------------------------------------- */

static const kith_model child_def;

/* S24, S25, S26: one column, whichever side names it, and both sides know each other. hasOne makes it unique. */
static void test_schema_resolve__has_one_and_belongs_to_share_a_column(void **state)
{
    (void)state;
    kith_model child;
    const kith_model parent = { .name = "parent",
                                .no_timestamps = true,
                                .assocs = KITH_ASSOCS({ KITH_HAS_ONE, &child, .foreign_key = "Parent_id" }) };
    child = (kith_model){ .name = "child",
                          .no_timestamps = true,
                          .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &parent, .foreign_key = "Parent_id" }) };
    resolve(KITH_MODELS(&parent, &child));
    expect_assoc("parent", "child", "one: id = child.Parent_id; key in child; inverse child.parent");
    expect_assoc("child", "parent", "one: Parent_id = parent.id; key in source; inverse parent.child");
    expect_model("child", "id: id!, Parent_id");
    expect_model("parent", "id: id!");
    expect_indexes("child", "unique children_Parent_id_key(Parent_id)");
    expect_foreign_keys("child", "Parent_id -> parents(id) set null/cascade");
}

/* S16, S17, S22, S27 */
static void test_schema_resolve__has_many_names_by_rules(void **state)
{
    (void)state;
    kith_model child;
    const kith_model person = { .name = "people",
                                .no_timestamps = true,
                                .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &child }) };
    child = (kith_model){ .name = "child", .no_timestamps = true, .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &person }) };
    resolve(KITH_MODELS(&person, &child));
    expect_assoc("people", "children", "many: id = child.personId; key in child; inverse child.person");
    expect_assoc("child", "person", "one: personId = people.id; key in source; inverse people.children");
    expect_indexes("child", "children_personId_idx(personId)");
    assert_string_equal(assoc("people", "children")->singular, "child"); /* S23 */
}

/* S18: the key's case follows the model, S20: or is what it is called. S43: the alias names a belongs-to's key. */
static void test_schema_resolve__keys_follow_the_names(void **state)
{
    (void)state;
    const kith_model user = { .name = "User", .no_timestamps = true };
    const kith_model post = {
        .name = "Post",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &user }, { KITH_BELONGS_TO, &user, .as = "reviewer" },
                              { KITH_BELONGS_TO, &user, .as = "picture", .foreign_key = "User_pictureId" }),
    };
    const kith_model note = { .name = "note", .no_timestamps = true };
    const kith_model pad = { .name = "pad",
                             .no_timestamps = true,
                             .singular = "Pad",
                             .plural = "Pads",
                             .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &note }) };
    resolve(KITH_MODELS(&user, &post, &note, &pad));
    expect_model("Post", "id: id!, UserId, reviewerId, User_pictureId");
    expect_model("note", "id: id!, PadId");
    assert_string_equal(model("pad")->table, "Pads");
}

/* S50: declared attributes that differ only by case or underscores are the key; they keep what was said of them. */
static void test_schema_resolve__declared_keys_are_used(void **state)
{
    (void)state;
    const kith_model author = { .name = "author", .no_timestamps = true };
    const kith_model book = {
        .name = "book",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "AUTHOR_ID", .type = KITH_INTEGER, .not_null = true }),
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &author }),
    };
    resolve(KITH_MODELS(&author, &book));
    expect_model("book", "id: id!, AUTHOR_ID!");
    expect_assoc("book", "author", "one: AUTHOR_ID = author.id; key in source");
    expect_foreign_keys("book", "AUTHOR_ID -> authors(id) no action/cascade");
}

/* Each side says what the other leaves open. */
static void test_schema_resolve__sides_share_what_they_say_of_a_key(void **state)
{
    (void)state;
    kith_model child;
    const kith_model parent = {
        .name = "parent",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &child, .on_delete = KITH_CASCADE },
                              { KITH_HAS_MANY, &child, .as = "wards", .foreign_key = "guardianId",
                                .no_constraint = true }),
    };
    child = (kith_model){
        .name = "child",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &parent, .on_update = KITH_RESTRICT, .on_delete = KITH_CASCADE }),
    };
    resolve(KITH_MODELS(&parent, &child));
    expect_foreign_keys("child", "parentId -> parents(id) cascade/restrict");
    expect_assoc("parent", "wards", "many: id = child.guardianId; key in child");
}

/* S47 for keys in rows: what is referred to need not be primary. */
static void test_schema_resolve__keys_need_not_be_primary(void **state)
{
    (void)state;
    kith_model city;
    const kith_model country = {
        .name = "country",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "isoCode", .type = KITH_STRING(2), .unique = true, .column = "iso" }),
        .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &city, .source_key = "isoCode", .foreign_key = "countryCode" }),
    };
    city = (kith_model){
        .name = "city",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &country, .target_key = "isoCode", .foreign_key = "countryCode" }),
    };
    resolve(KITH_MODELS(&country, &city));
    expect_assoc("country", "cities", "many: isoCode = city.countryCode; key in city; inverse city.country");
    expect_assoc("city", "country", "one: countryCode = country.isoCode; key in source; inverse country.cities");
    expect_foreign_keys("city", "countryCode -> countries(iso) set null/cascade");
    const struct attr *code = assoc("city", "country")->hops[0].on.from[0];
    assert_int_equal(code->type.id, KITH_T_STRING);
    assert_int_equal(code->type.size, 2);
}

static void test_schema_resolve__keys_may_have_several_attributes(void **state)
{
    (void)state;
    kith_model line;
    const kith_model order = {
        .name = "order",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "shop", .type = KITH_STRING(4), .primary_key = true },
                            { .name = "number", .type = KITH_BIGINT, .primary_key = true }),
        .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &line },
                              { KITH_HAS_ONE, &line, .as = "firstLine", .foreign_key = "firstShop, firstNumber" }),
    };
    line = (kith_model){ .name = "line", .no_timestamps = true, .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &order }) };
    resolve(KITH_MODELS(&order, &line));
    expect_assoc("order", "lines",
                 "many: shop = line.orderShop and number = line.orderNumber; key in line; inverse line.order");
    expect_assoc("line", "order",
                 "one: orderShop = order.shop and orderNumber = order.number; key in source; inverse "
                 "order.lines");
    expect_foreign_keys("line", "orderShop, orderNumber -> orders(shop, number) set null/cascade, firstShop, "
                                "firstNumber -> orders(shop, number) set null/cascade");
    expect_indexes("line", "unique lines_firstShop_firstNumber_key(firstShop, firstNumber), "
                           "lines_orderShop_orderNumber_idx(orderShop, orderNumber)");
}

/* A model may be its own parent: only key_in_source tells the two directions. */
static void test_schema_resolve__trees_know_both_directions(void **state)
{
    (void)state;
    const kith_model employee = {
        .name = "employee",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &employee, .as = "boss" },
                              { KITH_HAS_MANY, &employee, .as = "reports", .foreign_key = "bossId" }),
    };
    resolve(KITH_MODELS(&employee));
    expect_assoc("employee", "boss", "one: bossId = employee.id; key in source; inverse employee.reports");
    expect_assoc("employee", "reports", "many: id = employee.bossId; key in employee; inverse employee.boss");
    expect_model("employee", "id: id!, bossId");
}

/* A constant in the target's rows tells two associations over one column apart. */
static void test_schema_resolve__targets_may_carry_a_scope(void **state)
{
    (void)state;
    const kith_model picture = {
        .name = "picture",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "kind", .type = KITH_ENUM("cover", "page") }),
    };
    const kith_model book = {
        .name = "book",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS({ KITH_HAS_ONE, &picture, .as = "cover",
                                .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("cover") }) },
                              { KITH_HAS_MANY, &picture, .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("page") }) }),
    };
    resolve(KITH_MODELS(&book, &picture));
    expect_assoc("book", "cover", "one: id = picture.bookId; key in picture; kind is \"cover\"");
    expect_assoc("book", "pictures", "many: id = picture.bookId; key in picture; kind is \"page\"");
    expect_indexes("picture", "unique pictures_bookId_kind_key(bookId, kind)");
}

/* ---- many to many --------------------------------------------------------------------------------------------------- */

/* S35–S40, S58: one join table for both sides, called exactly what it is called, found by name, with times and the pair
 * for its key; the sides' own tables do not change. */
static void test_schema_resolve__both_sides_share_a_join_table(void **state)
{
    (void)state;
    kith_model tag;
    const kith_model pug = { .name = "pug",
                             .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &tag, .through = "pug_tag" }) };
    tag = (kith_model){ .name = "tag", .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &pug, .through = "pug_tag" }) };
    resolve(KITH_MODELS(&pug, &tag));
    assert_int_equal(schema.model_count, 3);
    expect_assoc("pug", "tags",
                 "many: id = pug_tag.pugId, tagId = tag.id; key in pug_tag(pugId, tagId); inverse tag.pugs");
    expect_assoc("tag", "pugs",
                 "many: id = pug_tag.tagId, pugId = pug.id; key in pug_tag(tagId, pugId); inverse pug.tags");
    expect_model("pug_tag", "pugId, tagId: createdAt!, updatedAt!, pugId!, tagId!");
    expect_model("pug", "id: id!, createdAt!, updatedAt!");
    expect_foreign_keys("pug_tag", "pugId -> pugs(id) cascade/cascade, tagId -> tags(id) cascade/cascade");
    expect_indexes("pug_tag", "pug_tag_tagId_idx(tagId)");
    assert_string_equal(model("pug_tag")->table, "pug_tag");
    assert_true(model("pug_tag")->is_join);
    assert_ptr_equal(kith__schema_model(&schema, model("pug_tag")->def), model("pug_tag"));
}

/* S34: has-many with a join table is the same thing. */
static void test_schema_resolve__has_many_may_go_through(void **state)
{
    (void)state;
    kith_model tag;
    const kith_model pug = { .name = "pug",
                             .no_timestamps = true,
                             .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &tag, .through = "pugTags" }) };
    tag = (kith_model){ .name = "tag",
                        .no_timestamps = true,
                        .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &pug, .through = "pugTags" }) };
    resolve(KITH_MODELS(&pug, &tag));
    expect_assoc("pug", "tags",
                 "many: id = pugTags.pugId, tagId = tag.id; key in pugTags(pugId, tagId); inverse tag.pugs");
    expect_model("tag", "id: id!");
    expect_model("pugTags", "pugId, tagId: pugId!, tagId!");
}

/* S33: through a model, through its name, through its table's name. */
static void test_schema_resolve__a_declared_join_model_is_found(void **state)
{
    (void)state;
    const kith_model link = { .name = "tagging",
                              .no_timestamps = true,
                              .attrs = KITH_ATTRS({ .name = "weight", .type = KITH_INTEGER }) };
    const kith_model a = { .name = "a",
                           .no_timestamps = true,
                           .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &a, .as = "xs", .through_model = &link }) };
    const kith_model b = { .name = "b",
                           .no_timestamps = true,
                           .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &b, .as = "xs", .through = "tagging" }) };
    const kith_model c = { .name = "c",
                           .no_timestamps = true,
                           .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &c, .as = "xs", .through = "taggings" }) };
    const kith_model *const each[] = { &a, &b, &c };
    for (size_t i = 0; i < 3; i++) {
        resolve(KITH_MODELS(each[i], &link));
        assert_int_equal(schema.model_count, 2);
        const struct assoc *xs = assoc(each[i]->name, "xs");
        assert_ptr_equal(assoc_join(xs), model("tagging"));
        assert_ptr_equal(assoc_target(xs), model(each[i]->name));
    }
}

/* S41: a declared id stays the key, and the pair is unique. */
static void test_schema_resolve__a_declared_key_stays(void **state)
{
    (void)state;
    const kith_model tag = { .name = "tag", .no_timestamps = true };
    const kith_model link = {
        .name = "tagging",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true }),
    };
    const kith_model pug = { .name = "pug",
                             .no_timestamps = true,
                             .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &tag, .through_model = &link }) };
    resolve(KITH_MODELS(&pug, &tag, &link));
    expect_model("tagging", "id: id!, pugId!, tagId!");
    expect_assoc("pug", "tags", "many: id = tagging.pugId, tagId = tag.id; key in tagging(pugId, tagId)");
    expect_indexes("tagging", "unique taggings_pugId_tagId_key(pugId, tagId), taggings_tagId_idx(tagId)");
}

/* S42: the same pair more than once: no unique pair, and nothing that makes a link one of a kind. */
static void test_schema_resolve__links_may_repeat(void **state)
{
    (void)state;
    const kith_model place = { .name = "place", .no_timestamps = true };
    const kith_model visit = {
        .name = "visit",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true }),
    };
    const kith_model user = { .name = "user",
                              .no_timestamps = true,
                              .assocs = KITH_ASSOCS(
                                  { KITH_BELONGS_TO_MANY, &place, .through_model = &visit, .not_unique = true }) };
    resolve(KITH_MODELS(&user, &place, &visit));
    expect_assoc("user", "places", "many: id = visit.userId, placeId = place.id; key in visit, repeats");
    expect_indexes("visit", "visits_userId_idx(userId), visits_placeId_idx(placeId)");
}

/* S44, S45: one call names both keys. S49, S50: declared ones are used, whatever their case. */
static void test_schema_resolve__keys_of_the_join_table_may_be_named(void **state)
{
    (void)state;
    const kith_model book = { .name = "book", .no_timestamps = true };
    const kith_model loan = {
        .name = "loan",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "reader_no", .type = KITH_INTEGER }, { .name = "BookId", .type = KITH_INTEGER }),
    };
    const kith_model user = { .name = "user",
                              .no_timestamps = true,
                              .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &book, .through_model = &loan,
                                                      .foreign_key = "reader_no", .other_key = "bookId" }) };
    resolve(KITH_MODELS(&user, &book, &loan));
    expect_assoc("user", "books", "many: id = loan.reader_no, BookId = book.id; key in loan(reader_no, BookId)");
    expect_model("loan", "reader_no, BookId: reader_no!, BookId!");
}

/* S35: what one side says of the keys the other learns. */
static void test_schema_resolve__sides_learn_each_others_keys(void **state)
{
    (void)state;
    kith_model book;
    const kith_model user = {
        .name = "user",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "email", .type = KITH_STRING(80), .unique = true }),
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &book, .as = "read", .through = "readings",
                                .foreign_key = "reader", .other_key = "volume", .source_key = "email" }),
    };
    book = (kith_model){ .name = "book",
                         .no_timestamps = true,
                         .assocs = KITH_ASSOCS(
                             { KITH_BELONGS_TO_MANY, &user, .as = "readers", .through = "readings" }) };
    resolve(KITH_MODELS(&book, &user));
    expect_assoc("book", "readers",
                 "many: id = readings.volume, reader = user.email; key in readings(volume, reader); "
                 "inverse user.read");
    expect_assoc("user", "read",
                 "many: email = readings.reader, volume = book.id; key in readings(reader, volume); "
                 "inverse book.readers");
    expect_foreign_keys("readings", "volume -> books(id) cascade/cascade, reader -> users(email) cascade/cascade");
}

/* S46: in one direction, the target's key is called after the alias. */
static void test_schema_resolve__a_model_may_have_itself_for_friends(void **state)
{
    (void)state;
    const kith_model pug = { .name = "pug",
                             .no_timestamps = true,
                             .assocs = KITH_ASSOCS(
                                 { KITH_BELONGS_TO_MANY, &pug, .as = "friends", .through = "friendship" }) };
    resolve(KITH_MODELS(&pug));
    expect_assoc("pug", "friends",
                 "many: id = friendship.pugId, friendId = pug.id; key in friendship(pugId, friendId)");
}

/* S46: in both, the first decides and the second mirrors it; with keys named, they say it themselves. */
static void test_schema_resolve__a_model_may_have_itself_in_both_directions(void **state)
{
    (void)state;
    const kith_model pug = { .name = "pug",
                             .no_timestamps = true,
                             .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &pug, .as = "idols", .through = "fandom" },
                                                   { KITH_BELONGS_TO_MANY, &pug, .as = "fans", .through = "fandom" }) };
    const kith_model person = {
        .name = "person",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &person, .as = "children", .through = "family",
                                .foreign_key = "parentId", .other_key = "childId" },
                              { KITH_BELONGS_TO_MANY, &person, .as = "parents", .through = "family",
                                .foreign_key = "childId", .other_key = "parentId" }),
    };
    resolve(KITH_MODELS(&pug, &person));
    expect_assoc("pug", "idols",
                 "many: id = fandom.pugId, idolId = pug.id; key in fandom(pugId, idolId); inverse pug.fans");
    expect_assoc("pug", "fans",
                 "many: id = fandom.idolId, pugId = pug.id; key in fandom(idolId, pugId); inverse pug.idols");
    expect_model("fandom", "pugId, idolId: pugId!, idolId!");
    expect_assoc("person", "children",
                 "many: id = family.parentId, childId = person.id; key in family(parentId, childId); "
                 "inverse person.parents");
    expect_assoc("person", "parents",
                 "many: id = family.childId, parentId = person.id; key in family(childId, parentId); "
                 "inverse person.children");
}

/* S47: keys that are not primary, on either side; the join columns are like them. */
static void test_schema_resolve__join_columns_may_refer_to_other_keys(void **state)
{
    (void)state;
    const kith_model tag = { .name = "tag",
                             .no_timestamps = true,
                             .attrs = KITH_ATTRS({ .name = "word", .type = KITH_STRING(30), .unique = true }) };
    const kith_model pug = {
        .name = "pug",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "chip", .type = KITH_UUID, .unique = true }),
        .assocs = KITH_ASSOCS(
            { KITH_BELONGS_TO_MANY, &tag, .through = "pugTags", .source_key = "chip", .target_key = "word" }),
    };
    resolve(KITH_MODELS(&pug, &tag));
    expect_assoc("pug", "tags", "many: chip = pugTags.pugChip, tagWord = tag.word; key in pugTags(pugChip, tagWord)");
    expect_foreign_keys("pugTags", "pugChip -> pugs(chip) cascade/cascade, tagWord -> tags(word) cascade/cascade");
    assert_int_equal(model("pugTags")->key[0]->type.id, KITH_T_UUID);
    assert_int_equal(model("pugTags")->key[1]->type.size, 30);
}

static void test_schema_resolve__join_tables_may_have_keys_of_several_attributes(void **state)
{
    (void)state;
    kith_model label;
    const kith_model line = {
        .name = "line",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "orderId", .type = KITH_INTEGER, .primary_key = true },
                            { .name = "number", .type = KITH_INTEGER, .primary_key = true }),
        .assocs = KITH_ASSOCS(
            { KITH_BELONGS_TO_MANY, &label, .through = "lineLabels", .foreign_key = "orderId,number" }),
    };
    label = (kith_model){ .name = "label",
                          .no_timestamps = true,
                          .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &line, .through = "lineLabels" }) };
    resolve(KITH_MODELS(&line, &label));
    expect_assoc("line", "labels",
                 "many: orderId = lineLabels.orderId and number = lineLabels.number, labelId = label.id; "
                 "key in lineLabels(orderId, number, labelId); inverse label.lines");
    expect_assoc("label", "lines",
                 "many: id = lineLabels.labelId, orderId = line.orderId and number = line.number; key in "
                 "lineLabels(labelId, orderId, number); inverse line.labels");
    expect_foreign_keys("lineLabels",
                        "orderId, number -> lines(orderId, number) cascade/cascade, labelId -> labels(id) "
                        "cascade/cascade");
}

/* S54: one table, one pair of columns, told apart by a constant that is part of what makes a link one of a kind. */
static void test_schema_resolve__a_scope_tells_links_apart(void **state)
{
    (void)state;
    kith_model project;
    const kith_model user = {
        .name = "user",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &project, .as = "led", .through = "membership",
                                .scope = KITH_FIELDS({ "role", KITH_CONST_STR("leader") }) },
                              { KITH_BELONGS_TO_MANY, &project, .as = "joined", .through = "membership",
                                .scope = KITH_FIELDS({ "role", KITH_CONST_STR("member") }) }),
    };
    project = (kith_model){
        .name = "project",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &user, .as = "leaders", .through = "membership",
                                .scope = KITH_FIELDS({ "role", KITH_CONST_STR("leader") }) }),
    };
    resolve(KITH_MODELS(&user, &project));
    expect_assoc("user", "led",
                 "many: id = membership.userId, projectId = project.id; key in membership(userId, "
                 "projectId, role); inverse project.leaders; role is \"leader\"");
    expect_assoc("user", "joined",
                 "many: id = membership.userId, projectId = project.id; key in membership(userId, "
                 "projectId, role); role is \"member\"");
    expect_assoc("project", "leaders",
                 "many: id = membership.projectId, userId = user.id; key in membership(projectId, "
                 "userId, role); inverse user.led; role is \"leader\"");
    expect_model("membership", "userId, projectId, role: userId!, projectId!, role!");
}

/* S55, the other way out: keys of their own. */
static void test_schema_resolve__keys_of_their_own_tell_links_apart(void **state)
{
    (void)state;
    const kith_model project = { .name = "project", .no_timestamps = true };
    const kith_model role = {
        .name = "role",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true }),
    };
    const kith_model user = {
        .name = "user",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS(
            { KITH_BELONGS_TO_MANY, &project, .as = "led", .through_model = &role, .foreign_key = "leaderId" },
            { KITH_BELONGS_TO_MANY, &project, .as = "joined", .through_model = &role, .foreign_key = "memberId" }),
    };
    resolve(KITH_MODELS(&user, &project, &role));
    expect_assoc("user", "led", "many: id = role.leaderId, projectId = project.id; key in role(leaderId, projectId)");
    expect_assoc("user", "joined",
                 "many: id = role.memberId, projectId = project.id; key in role(memberId, projectId)");
}

/* S57: the join model belongs to both sides as well: the same columns, all four ways. */
static void test_schema_resolve__a_join_model_may_belong_to_both_sides(void **state)
{
    (void)state;
    kith_model tag, link;
    const kith_model pug = { .name = "pug",
                             .no_timestamps = true,
                             .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &tag, .through_model = &link },
                                                   { KITH_HAS_MANY, &link }) };
    tag = (kith_model){ .name = "tag",
                        .no_timestamps = true,
                        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &pug, .through_model = &link },
                                              { KITH_HAS_MANY, &link }) };
    link = (kith_model){ .name = "tagging",
                         .no_timestamps = true,
                         .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &pug }, { KITH_BELONGS_TO, &tag }) };
    resolve(KITH_MODELS(&pug, &tag, &link));
    expect_model("tagging", "pugId, tagId: pugId!, tagId!");
    expect_assoc("tagging", "pug", "one: pugId = pug.id; key in source; inverse pug.taggings");
    expect_assoc("tag", "taggings", "many: id = tagging.tagId; key in tagging; inverse tagging.tag");
    expect_assoc("pug", "tags",
                 "many: id = tagging.pugId, tagId = tag.id; key in tagging(pugId, tagId); inverse tag.pugs");
    expect_foreign_keys("tagging", "pugId -> pugs(id) cascade/cascade, tagId -> tags(id) cascade/cascade");
    expect_indexes("tagging", "taggings_tagId_idx(tagId)");
}

/* A join model whose key is its pair is itself linked to others: its key is known before it is referred to. */
static void test_schema_resolve__join_models_may_be_linked_in_turn(void **state)
{
    (void)state;
    kith_model course, enrolment, room;
    const kith_model student = {
        .name = "student",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &course, .through_model = &enrolment }),
    };
    course = (kith_model){ .name = "course", .no_timestamps = true };
    enrolment = (kith_model){
        .name = "enrolment",
        .no_timestamps = true,
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &room, .through = "seatings" }),
    };
    room = (kith_model){ .name = "room", .no_timestamps = true };
    resolve(KITH_MODELS(&enrolment, &room, &student, &course));
    expect_model("enrolment", "studentId, courseId: studentId!, courseId!");
    expect_assoc("enrolment", "rooms",
                 "many: studentId = seatings.enrolmentStudentId and courseId = seatings.enrolmentCourseId, roomId = "
                 "room.id; key in seatings(enrolmentStudentId, enrolmentCourseId, roomId)");
    expect_foreign_keys("seatings", "enrolmentStudentId, enrolmentCourseId -> enrolments(studentId, courseId) "
                                    "cascade/cascade, roomId -> rooms(id) cascade/cascade");
}

/* S19: a join table's generated keys as well. */
static void test_schema_resolve__underscored_names_join_columns(void **state)
{
    (void)state;
    const kith_model tag = { .name = "tag", .underscored = true };
    const kith_model pug = { .name = "pug",
                             .underscored = true,
                             .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &tag, .through = "pug_tags" }) };
    resolve(KITH_MODELS(&pug, &tag));
    expect_model("pug_tags",
                 "pugId, tagId: createdAt!=created_at, updatedAt!=updated_at, pugId!=pug_id, tagId!=tag_id");
    expect_indexes("pug_tags", "pug_tags_tag_id_idx(tagId)");
}

static void test_schema_resolve__join_rows_may_stay_behind(void **state)
{
    (void)state;
    const kith_model tag = { .name = "tag", .no_timestamps = true };
    const kith_model pug = { .name = "pug",
                             .no_timestamps = true,
                             .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &tag, .through = "pugTags",
                                                     .on_delete = KITH_RESTRICT, .on_update = KITH_NO_ACTION }) };
    const kith_model cat = { .name = "cat",
                             .no_timestamps = true,
                             .assocs = KITH_ASSOCS(
                                 { KITH_BELONGS_TO_MANY, &tag, .through = "catTags", .no_constraint = true }) };
    resolve(KITH_MODELS(&pug, &tag, &cat));
    expect_foreign_keys("pugTags", "pugId -> pugs(id) restrict/no action, tagId -> tags(id) restrict/no action");
    expect_foreign_keys("catTags", "");
}

/* ---- looking up ------------------------------------------------------------------------------------------------------- */

/* S53, S78–S80 */
static void test_schema_resolve__lookups_suggest_what_there_is(void **state)
{
    (void)state;
    const kith_model tag = { .name = "tag", .no_timestamps = true };
    const kith_model pug = {
        .name = "pug",
        .no_timestamps = true,
        .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT }),
        .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, &tag, .through = "pugTags" },
                              { KITH_BELONGS_TO, &pug, .as = "mother" }, { KITH_BELONGS_TO, &pug, .as = "father" }),
    };
    resolve(KITH_MODELS(&pug, &tag));
    assert_null(kith__model_attr(model("pug"), "nmae", &err));
    assert_string_equal(err.message, "model pug has no attribute 'nmae'; did you mean 'name'?");
    assert_string_equal(err.attribute, "nmae");
    assert_null(kith__model_attr(model("tag"), "weight", &err));
    assert_string_equal(err.message, "model tag has no attribute 'weight'; it has id");
    assert_null(kith__model_assoc(model("pug"), "mothers", &err));
    assert_string_equal(err.message, "model pug has no association 'mothers'; did you mean 'mother'?");
    assert_null(kith__model_assoc(model("tag"), "pugs", &err));
    assert_string_equal(err.message, "model tag has no association 'pugs'; it has none");
    assert_null(kith__model_assoc_to(model("pug"), model("pug"), &err));
    assert_string_equal(err.message, "several associations of pug lead to pug: mother, father; name one with .as");
    assert_null(kith__model_assoc_to(model("tag"), model("pug"), &err));
    assert_string_equal(err.message, "model tag is not associated with pug; its associations are: none");
    assert_ptr_equal(kith__model_assoc_to(model("pug"), model("tag"), &err), assoc("pug", "tags"));
    assert_null(kith__schema_model(&schema, &child_def));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RESOLVED_TEST(test_schema_resolve__no_models_are_none),
        RESOLVED_TEST(test_schema_resolve__models_get_an_id_and_times),
        RESOLVED_TEST(test_schema_resolve__models_get_only_what_they_want),
        RESOLVED_TEST(test_schema_resolve__underscored_names_columns),
        RESOLVED_TEST(test_schema_resolve__indexes_are_made_once),
        RESOLVED_TEST(test_schema_resolve__made_index_names_are_all_different),
        RESOLVED_TEST(test_schema_resolve__attributes_may_refer),
        RESOLVED_TEST(test_schema_resolve__has_one_and_belongs_to_share_a_column),
        RESOLVED_TEST(test_schema_resolve__has_many_names_by_rules),
        RESOLVED_TEST(test_schema_resolve__keys_follow_the_names),
        RESOLVED_TEST(test_schema_resolve__declared_keys_are_used),
        RESOLVED_TEST(test_schema_resolve__sides_share_what_they_say_of_a_key),
        RESOLVED_TEST(test_schema_resolve__keys_need_not_be_primary),
        RESOLVED_TEST(test_schema_resolve__keys_may_have_several_attributes),
        RESOLVED_TEST(test_schema_resolve__trees_know_both_directions),
        RESOLVED_TEST(test_schema_resolve__targets_may_carry_a_scope),
        RESOLVED_TEST(test_schema_resolve__both_sides_share_a_join_table),
        RESOLVED_TEST(test_schema_resolve__has_many_may_go_through),
        RESOLVED_TEST(test_schema_resolve__a_declared_join_model_is_found),
        RESOLVED_TEST(test_schema_resolve__a_declared_key_stays),
        RESOLVED_TEST(test_schema_resolve__links_may_repeat),
        RESOLVED_TEST(test_schema_resolve__keys_of_the_join_table_may_be_named),
        RESOLVED_TEST(test_schema_resolve__sides_learn_each_others_keys),
        RESOLVED_TEST(test_schema_resolve__a_model_may_have_itself_for_friends),
        RESOLVED_TEST(test_schema_resolve__a_model_may_have_itself_in_both_directions),
        RESOLVED_TEST(test_schema_resolve__join_columns_may_refer_to_other_keys),
        RESOLVED_TEST(test_schema_resolve__join_tables_may_have_keys_of_several_attributes),
        RESOLVED_TEST(test_schema_resolve__a_scope_tells_links_apart),
        RESOLVED_TEST(test_schema_resolve__keys_of_their_own_tell_links_apart),
        RESOLVED_TEST(test_schema_resolve__a_join_model_may_belong_to_both_sides),
        RESOLVED_TEST(test_schema_resolve__join_models_may_be_linked_in_turn),
        RESOLVED_TEST(test_schema_resolve__underscored_names_join_columns),
        RESOLVED_TEST(test_schema_resolve__join_rows_may_stay_behind),
        RESOLVED_TEST(test_schema_resolve__lookups_suggest_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
