/* Trees and graphs (P21): what an association of a model with itself leads to, step after step. */
#include <stdio.h>
#include <string.h>

#include "harness/shared.h"

extern const kith_model kind_model, kind_part_model;

static const kith_model note_model = {
    .name = "note",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "text", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &kind_model }),
};
const kith_model kind_model = {
    .name = "kind",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }, { .name = "rank", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "children", .target = &kind_model, .foreign_key = "parentId" },
                          { KITH_BELONGS_TO, .as = "parent", .target = &kind_model, .foreign_key = "parentId" },
                          { KITH_BELONGS_TO_MANY, .as = "parts", .target = &kind_model,
                            .through_model = &kind_part_model, .foreign_key = "wholeId", .other_key = "partId" },
                          { KITH_HAS_MANY, .target = &note_model }),
};
const kith_model kind_part_model = {
    .name = "kindPart",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "amount", .type = KITH_INTEGER }),
};

/* ---- what is there --------------------------------------------------------------------------------------------------- */

static kith_record *kind(kith_session *s, const char *name, int rank, int parent)
{
    return must(s, kith_create(s, &kind_model,
                               KITH_FIELDS(KITH_F("name", name), KITH_F("rank", rank),
                                           { "parentId", parent ? KITH_V(parent) : kith_of_null() })));
}

static kith_record *by_key(kith_session *s, int id)
{
    return must(s, kith_find_by_key(s, &kind_model, KITH_V(id)));
}

static void part(kith_session *s, int whole, int of, int amount)
{
    must(s, kith_create(s, &kind_part_model,
                        KITH_FIELDS(KITH_F("wholeId", whole), KITH_F("partId", of), KITH_F("amount", amount))));
}

/*     1 animals ── 2 cats ── 4 lions            8 plants ── 9 trees
 *              │         └── 5 tigers
 *              └── 3 dogs ── 6 pugs ── 7 puglets                       rank: how early among its like */
static kith_session *start_kinds(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&kind_model, &kind_part_model, &note_model));
    kind(s, "animals", 2, 0);
    kind(s, "cats", 2, 1);
    kind(s, "dogs", 1, 1);
    kind(s, "lions", 2, 2);
    kind(s, "tigers", 1, 2);
    kind(s, "pugs", 1, 3);
    kind(s, "puglets", 1, 6);
    kind(s, "plants", 1, 0);
    kind(s, "trees", 1, 8);
    kith_session_release_all(s);
    forget_statements();
    return s;
}

/* The names in a list with their depths: "cats 1, dogs 1". */
#define expect_nodes(s, list, expected) expect_nodes_at((s), (list), (expected), __FILE__, __LINE__)
static void expect_nodes_at(kith_session *s, const kith_list *list, const char *expected, const char *file, int line)
{
    char text[400] = "";
    size_t size = 0;
    must_be_there_at(s, list, "the list", file, line);
    for (size_t i = 0; i < list->count; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%s%s %u", i ? ", " : "",
                                 kith_text(list->at[i], "name"), (unsigned)list->depths[i]);
    expect_text_at(text, expected, file, line);
    expect_no_error_at(s, file, line);
}

#define BY_RANK           .order = KITH_ORDER({ "rank" })
#define DOWN(s, id, ...)  kith_descendants(s, by_key(s, id), "children", &(kith_tree_opts){ __VA_ARGS__ })
#define UP(s, id, ...)    kith_ancestors(s, by_key(s, id), "children", &(kith_tree_opts){ __VA_ARGS__ })
#define PARTS(s, id, ...) kith_descendants(s, by_key(s, id), "parts", &(kith_tree_opts){ __VA_ARGS__ })

/* ---- trees ----------------------------------------------------------------------------------------------------------- */

/* P21: one statement, level by level; siblings stand together */
static void test_shared_trees__descendants(void **state)
{
    kith_session *s = start_kinds(state);
    kith_record *animals = by_key(s, 1);
    forget_statements();
    kith_list *list = kith_descendants(s, animals, "children", NULL);
    expect_statements(1);
    expect_nodes(s, list, "cats 1, dogs 1, lions 2, tigers 2, pugs 2, puglets 3");
    expect_nodes(s, DOWN(s, 1, BY_RANK), "dogs 1, cats 1, pugs 2, tigers 2, lions 2, puglets 3");
    expect_nodes(s, DOWN(s, 7, BY_RANK), "");
    assert_null(list->links);
    assert_int_equal(kith_int(list->at[2], "parentId"), 2);
}

static void test_shared_trees__depth_first(void **state)
{
    kith_session *s = start_kinds(state);
    expect_nodes(s, DOWN(s, 1, .depth_first = true), "cats 1, lions 2, tigers 2, dogs 1, pugs 2, puglets 3");
    expect_nodes(s, DOWN(s, 1, .depth_first = true, BY_RANK, .with_self = true),
                 "animals 0, dogs 1, pugs 2, puglets 3, cats 1, tigers 2, lions 2");
}

static void test_shared_trees__ancestors(void **state)
{
    kith_session *s = start_kinds(state);
    kith_record *puglets = by_key(s, 7);
    forget_statements();
    kith_list *list = kith_ancestors(s, puglets, "children", NULL);
    expect_statements(1);
    expect_nodes(s, list, "pugs 1, dogs 2, animals 3");
    expect_nodes(s, UP(s, 7, .with_self = true), "puglets 0, pugs 1, dogs 2, animals 3");
    expect_nodes(s, UP(s, 1, .with_self = true), "animals 0");
    expect_nodes(s, UP(s, 1, .max_depth = 2), "");
}

/* Both sides name the same tree, and up is up. */
static void test_shared_trees__either_side_names_it(void **state)
{
    kith_session *s = start_kinds(state);
    expect_nodes(s, kith_ancestors(s, by_key(s, 7), "parent", NULL), "pugs 1, dogs 2, animals 3");
    expect_nodes(s, kith_descendants(s, by_key(s, 3), "parent", NULL), "pugs 1, puglets 2");
}

static void test_shared_trees__max_depth(void **state)
{
    kith_session *s = start_kinds(state);
    expect_nodes(s, DOWN(s, 1, .max_depth = 1), "cats 1, dogs 1");
    expect_nodes(s, DOWN(s, 1, .max_depth = 2), "cats 1, dogs 1, lions 2, tigers 2, pugs 2");
    expect_nodes(s, DOWN(s, 1, .max_depth = 3, .with_self = true),
                 "animals 0, cats 1, dogs 1, lions 2, tigers 2, pugs 2, puglets 3");
    expect_nodes(s, DOWN(s, 1, .max_depth = 4000000), "cats 1, dogs 1, lions 2, tigers 2, pugs 2, puglets 3");
    expect_nodes(s, UP(s, 7, .max_depth = 2), "pugs 1, dogs 2");
    expect_nodes(s, UP(s, 7, .max_depth = 2000), "pugs 1, dogs 2, animals 3");
}

/* A row that is not followed hides what only it leads to. The record itself is not asked. */
static void test_shared_trees__where(void **state)
{
    kith_session *s = start_kinds(state);
    expect_nodes(s, DOWN(s, 1, .where = KITH_NE("name", "pugs")), "cats 1, dogs 1, lions 2, tigers 2");
    expect_nodes(s, DOWN(s, 1, .where = KITH_EQ("rank", 1), .with_self = true), "animals 0, dogs 1, pugs 2, puglets 3");
    expect_nodes(s, UP(s, 7, .where = KITH_NE("name", "dogs")), "pugs 1");
    expect_nodes(s, DOWN(s, 1, .where = KITH_SOME("children", NULL)), "cats 1, dogs 1, pugs 2");
}

static void test_shared_trees__attributes_and_includes(void **state)
{
    kith_session *s = start_kinds(state);
    must(s, kith_create(s, &note_model, KITH_FIELDS(KITH_F("text", "loud"), KITH_F("kindId", 6))));
    kith_list *list = DOWN(s, 3, .with_self = true, .attributes = KITH_NAMES("name"),
                           .include = KITH_INCLUDE({ .as = "notes", .attributes = KITH_NAMES("text") },
                                                   { .as = "parent", .attributes = KITH_NAMES("name") }));
    expect_list(s, list,
                "[{'name':'dogs','notes':[],'parent':{'name':'animals'}},"
                "{'name':'pugs','notes':[{'text':'loud'}],'parent':{'name':'dogs'}},"
                "{'name':'puglets','notes':[],'parent':{'name':'pugs'}}]");
}

/* P2: lists that are joined to the nodes, in the same statement as they */
static void test_shared_trees__joined_lists(void **state)
{
    kith_session *s = start_kinds(state);
    must(s, kith_create(s, &note_model, KITH_FIELDS(KITH_F("text", "loud"), KITH_F("kindId", 6))));
    must(s, kith_create(s, &note_model, KITH_FIELDS(KITH_F("text", "small"), KITH_F("kindId", 6))));
    part(s, 3, 6, 1);
    part(s, 6, 7, 2);
    part(s, 3, 7, 3);
    const kith_include *notes = KITH_INCLUDE({ .as = "notes",
                                               .attributes = KITH_NAMES("text"),
                                               .order = KITH_ORDER({ "text", .desc = true }),
                                               .strategy = KITH_JOIN });
    kith_record *dogs = by_key(s, 3);
    const kith_tree_opts opts = { .attributes = KITH_NAMES("name"), .include = notes };
    forget_statements();
    expect_list(s, kith_descendants(s, dogs, "children", &opts),
                "[{'name':'pugs','notes':[{'text':'small'},{'text':'loud'}]},{'name':'puglets','notes':[]}]");
    expect_list(s,
                kith_descendants(s, dogs, "parts",
                                 &(kith_tree_opts){ .attributes = KITH_NAMES("name"),
                                                    .through = { .attributes = KITH_NO_NAMES },
                                                    .order = KITH_ORDER({ "id" }),
                                                    .include = notes }),
                "[{'name':'pugs','notes':[{'text':'small'},{'text':'loud'}]},{'name':'puglets','notes':[]}]");
    expect_statements(2);
    expect_list(s, kith_tree(s, &kind_model, "children", KITH_EQ("name", "dogs"), &opts),
                "[{'name':'dogs','notes':[],'children':[{'name':'pugs','notes':[{'text':'small'},{'text':'loud'}],"
                "'children':[{'name':'puglets','notes':[],'children':[]}]}]}]");
}

/* ---- where rows lead back to each other --------------------------------------------------------------------------------- */

static void set_parent(kith_session *s, int id, int parent)
{
    must(s, kith_update(s, by_key(s, id), KITH_FIELDS(KITH_F("parentId", parent))));
}

static void test_shared_trees__a_row_above_itself(void **state)
{
    kith_session *s = start_kinds(state);
    set_parent(s, 9, 9);
    expect_nodes(s, DOWN(s, 9, .max_depth = 0), "");
    expect_nodes(s, DOWN(s, 9, .max_depth = 50, .with_self = true), "trees 0");
    expect_nodes(s, UP(s, 9, .with_self = true), "trees 0");
    expect_nodes(s, UP(s, 9, .max_depth = 50), "");
}

/* dogs → pugs → puglets → dogs, and animals and cats above and beside it no longer */
static void test_shared_trees__a_cycle(void **state)
{
    kith_session *s = start_kinds(state);
    set_parent(s, 3, 7);
    expect_nodes(s, DOWN(s, 6, .with_self = true), "pugs 0, puglets 1, dogs 2");
    expect_nodes(s, DOWN(s, 6, .max_depth = 50), "puglets 1, dogs 2");
    expect_nodes(s, UP(s, 6, .with_self = true), "pugs 0, dogs 1, puglets 2");
    set_parent(s, 2, 6);
    expect_nodes(s, UP(s, 4, .max_depth = 50), "cats 1, pugs 2, dogs 3, puglets 4");
    expect_nodes(s, UP(s, 4, .max_depth = 0), "cats 1, pugs 2, dogs 3, puglets 4");
    expect_nodes(s, DOWN(s, 3, BY_RANK), "pugs 1, puglets 2, cats 2, tigers 3, lions 3");
    expect_list(s,
                must(s, kith_tree(s, &kind_model, "children", KITH_EQ("name", "pugs"),
                                  &(kith_tree_opts){ .attributes = KITH_NAMES("name"), .max_depth = 2 })),
                "[{'name':'pugs','children':[{'name':'cats','children':[{'name':'lions','children':[]},"
                "{'name':'tigers','children':[]}]},{'name':'puglets','children':[{'name':'dogs','children':[]}]}]}]");
}

/* ---- graphs ---------------------------------------------------------------------------------------------------------- */

/*     1 → 2 → 4 → 5 → 1      1 → 3 → 4      1 → 5 too: 5 is met at depth 1; the amounts say when each was made */
static kith_session *start_parts(void **state)
{
    kith_session *s = start_kinds(state);
    part(s, 1, 2, 30);
    part(s, 1, 3, 20);
    part(s, 2, 4, 1);
    part(s, 3, 4, 2);
    part(s, 4, 5, 3);
    part(s, 5, 1, 4);
    part(s, 1, 5, 10);
    part(s, 6, 6, 5);
    kith_session_release_all(s);
    forget_statements();
    return s;
}

static void test_shared_trees__graphs(void **state)
{
    kith_session *s = start_parts(state);
    kith_record *animals = by_key(s, 1);
    forget_statements();
    kith_list *list = kith_descendants(s, animals, "parts", NULL);
    expect_statements(1);
    expect_nodes(s, list, "cats 1, dogs 1, tigers 1, lions 2");
    assert_int_equal(kith_int(list->links[2], "amount"), 10);
    assert_int_equal(kith_int(list->links[3], "amount"), 1);
    expect_nodes(s, kith_ancestors(s, by_key(s, 4), "parts", NULL), "cats 1, dogs 1, animals 2, tigers 3");
    expect_nodes(s, PARTS(s, 6, .with_self = true), "pugs 0");
    expect_nodes(s, PARTS(s, 4, .with_self = true), "lions 0, tigers 1, animals 2, cats 3, dogs 3");
}

static void test_shared_trees__graphs_to_a_depth(void **state)
{
    kith_session *s = start_parts(state);
    expect_nodes(s, PARTS(s, 1, .max_depth = 1), "cats 1, dogs 1, tigers 1");
    expect_nodes(s, PARTS(s, 1, .max_depth = 2, .with_self = true), "animals 0, cats 1, dogs 1, tigers 1, lions 2");
    expect_nodes(s, PARTS(s, 4, .max_depth = 2), "tigers 1, animals 2");
    expect_nodes(s, PARTS(s, 4, .max_depth = 500), "tigers 1, animals 2, cats 3, dogs 3");
}

/* The order may be that of the links, and these may be chosen. */
static void test_shared_trees__graphs_by_their_links(void **state)
{
    kith_session *s = start_parts(state);
    expect_nodes(s, PARTS(s, 1, .order = KITH_ORDER({ "kindPart.amount" })), "tigers 1, dogs 1, cats 1, lions 2");
    expect_nodes(s, PARTS(s, 1, .through = { .where = KITH_GT("amount", 1) }), "cats 1, dogs 1, tigers 1, lions 2");
    expect_nodes(s, PARTS(s, 1, .through = { .where = KITH_GT("amount", 10) }), "cats 1, dogs 1");
    expect_nodes(s, PARTS(s, 1, .where = KITH_NE("name", "cats"), .through = { .where = KITH_NE("amount", 2) }),
                 "dogs 1, tigers 1");
    expect_list(s,
                PARTS(s, 3, .max_depth = 2, .with_self = true, .attributes = KITH_NAMES("name"),
                      .through = { .attributes = KITH_NAMES("amount") }),
                "[{'name':'dogs'},{'name':'lions','kindPart':{'amount':2}},{'name':'tigers','kindPart':{'amount':3}}]");
    kith_list *hidden = PARTS(s, 3, .attributes = KITH_NAMES("name"), .through = { .attributes = KITH_NO_NAMES });
    must(s, hidden);
    assert_null(hidden->links);
}

/* ---- nested ---------------------------------------------------------------------------------------------------------- */

static void test_shared_trees__nested(void **state)
{
    kith_session *s = start_kinds(state);
    kith_list *roots = must(s, kith_tree(s, &kind_model, "children", NULL,
                                         &(kith_tree_opts){ .attributes = KITH_NAMES("name"), BY_RANK }));
    expect_statements(2);
    expect_list(s, roots,
                "[{'name':'plants','children':[{'name':'trees','children':[]}]},"
                "{'name':'animals','children':["
                "{'name':'dogs','children':[{'name':'pugs','children':[{'name':'puglets','children':[]}]}]},"
                "{'name':'cats','children':[{'name':'tigers','children':[]},{'name':'lions','children':[]}]}]}]");
    const kith_list *below = kith_many(roots->at[1], "children");
    assert_int_equal(below->count, 2);
    assert_int_equal(below->depths[0], 1);
    assert_string_equal(kith_text(kith_many(below->at[0], "children")->at[0], "name"), "pugs");
    assert_int_equal(kith_slot(kith_many(below->at[0], "children"), "name"), 0);
}

/* A root below another is found once, as a root. Rows that are no roots and below none are not found. */
static void test_shared_trees__nested_from_roots(void **state)
{
    kith_session *s = start_kinds(state);
    expect_list(s,
                must(s, kith_tree(s, &kind_model, "children", KITH_IN("name", KITH_V("dogs"), KITH_V("pugs")),
                                  &(kith_tree_opts){ .attributes = KITH_NAMES("name") })),
                "[{'name':'dogs','children':[]},{'name':'pugs','children':[{'name':'puglets','children':[]}]}]");
    expect_list(s, must(s, kith_tree(s, &kind_model, "children", KITH_EQ("name", "nothing"), NULL)), "[]");
    expect_list(s,
                must(s, kith_tree(s, &kind_model, "children", KITH_EQ("name", "animals"),
                                  &(kith_tree_opts){ .attributes = KITH_NO_NAMES, .max_depth = 1 })),
                "[{'children':[{'children':[]},{'children':[]}]}]");
}

static void test_shared_trees__nested_graphs(void **state)
{
    kith_session *s = start_parts(state);
    expect_list(s,
                must(s, kith_tree(s, &kind_model, "parts", KITH_EQ("name", "animals"),
                                  &(kith_tree_opts){ .attributes = KITH_NAMES("name"),
                                                     .through = { .attributes = KITH_NAMES("amount") },
                                                     .order = KITH_ORDER({ "kindPart.amount", .desc = true }) })),
                "[{'name':'animals','parts':[{'name':'cats','parts':[{'name':'lions','parts':[],"
                "'kindPart':{'amount':1}}],'kindPart':{'amount':30}},"
                "{'name':'dogs','parts':[],'kindPart':{'amount':20}},"
                "{'name':'tigers','parts':[],'kindPart':{'amount':10}}]}]");
    kith_list *roots = must(s, kith_tree(s, &kind_model, "parts", NULL, NULL));
    assert_int_equal(roots->count, 3); /* puglets, plants and trees: pugs are a part of themselves */
}

/* ---- rows that were destroyed --------------------------------------------------------------------------------------------- */

static const kith_model task_model = {
    .name = "task",
    .paranoid = true,
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "steps", .target = &task_model, .foreign_key = "wholeId" }),
};

/* Without a belongs-to, ancestors are found all the same. */
static void test_shared_trees__without_the_destroyed(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&task_model));
    kith_record *last = NULL, *all[4];
    static const char *const names[] = { "a", "b", "c", "d" };
    for (int i = 0; i < 4; i++) {
        kith_value whole = last ? kith_value_of(last, "id") : kith_of_null();
        all[i] = last = must(s,
                             kith_create(s, &task_model, KITH_FIELDS(KITH_F("name", names[i]), { "wholeId", whole })));
    }
    expect_nodes(s, kith_ancestors(s, all[3], "steps", NULL), "c 1, b 2, a 3");
    must(s, kith_destroy(s, all[1]));
    expect_nodes(s, kith_descendants(s, all[0], "steps", NULL), "");
    expect_nodes(s, kith_descendants(s, all[0], "steps", &(kith_tree_opts){ .with_deleted = true }), "b 1, c 2, d 3");
    expect_nodes(s, kith_descendants(s, all[1], "steps", NULL), "c 1, d 2");
    expect_nodes(s, kith_ancestors(s, all[3], "steps", NULL), "c 1");
    expect_list(s,
                must(s,
                     kith_tree(s, &task_model, "steps", NULL, &(kith_tree_opts){ .attributes = KITH_NAMES("name") })),
                "[{'name':'a','steps':[]},{'name':'c','steps':[{'name':'d','steps':[]}]}]");
}

/* ---- keys of two columns ---------------------------------------------------------------------------------------------------- */

static const kith_model room_model = {
    .name = "room",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "house", .type = KITH_STRING(10), .primary_key = true },
                        { .name = "number", .type = KITH_INTEGER, .primary_key = true },
                        { .name = "name", .type = KITH_STRING(20) }),
    .assocs =
        KITH_ASSOCS({ KITH_HAS_MANY, .as = "inner", .target = &room_model, .foreign_key = "outerHouse,outerNumber" },
                    { KITH_BELONGS_TO, .as = "outer", .target = &room_model, .foreign_key = "outerHouse,outerNumber" },
                    { KITH_BELONGS_TO_MANY, .as = "doors", .target = &room_model, .through = "door",
                      .foreign_key = "fromHouse,fromNumber", .other_key = "toHouse,toNumber" }),
};

static kith_record *room(kith_session *s, const char *house, int number, const char *name, kith_record *outer)
{
    return must(s,
                kith_create(s, &room_model,
                            KITH_FIELDS(KITH_F("house", house), KITH_F("number", number), KITH_F("name", name),
                                        { "outerHouse", outer ? kith_value_of(outer, "house") : kith_of_null() },
                                        { "outerNumber", outer ? kith_value_of(outer, "number") : kith_of_null() })));
}

static void test_shared_trees__keys_of_two_columns(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&room_model));
    kith_record *hall = room(s, "A", 1, "hall", NULL), *hut = room(s, "B", 1, "hut", NULL);
    kith_record *den = room(s, "A", 2, "den", hall), *box = room(s, "B", 3, "box", den);
    room(s, "B", 2, "nook", hut);
    expect_nodes(s, kith_descendants(s, hall, "inner", NULL), "den 1, box 2");
    expect_nodes(s, kith_ancestors(s, box, "inner", &(kith_tree_opts){ .max_depth = 5, .with_self = true }),
                 "box 0, den 1, hall 2");
    expect_list(s,
                must(s,
                     kith_tree(s, &room_model, "inner", NULL, &(kith_tree_opts){ .attributes = KITH_NAMES("name") })),
                "[{'name':'hall','inner':[{'name':'den','inner':[{'name':'box','inner':[]}]}]},"
                "{'name':'hut','inner':[{'name':'nook','inner':[]}]}]");
    must(s, kith_add(s, hall, "doors", KITH_REFS({ den }, { hut }), NULL));
    must(s, kith_add(s, hut, "doors", KITH_REFS({ box }, { hall }), NULL));
    expect_nodes(s, kith_descendants(s, hall, "doors", NULL), "den 1, hut 1, box 2");
    expect_nodes(s, kith_ancestors(s, box, "doors", &(kith_tree_opts){ .max_depth = 1 }), "hut 1");
}

/* ---- keys that are not primary, and chains --------------------------------------------------------------------------------- */

static const kith_model version_model = {
    .name = "version",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .unique = true },
                        { .name = "next", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS(
        { KITH_HAS_ONE, .as = "before", .target = &version_model, .foreign_key = "next", .source_key = "name" }),
};

static kith_record *version(kith_session *s, const char *name, const char *next)
{
    kith_value to = next ? kith_of_str(next) : kith_of_null();
    return must(s, kith_create(s, &version_model, KITH_FIELDS(KITH_F("name", name), { "next", to })));
}

/* A row whose key is null leads to nothing, not to others whose key is null. */
static void test_shared_trees__other_keys(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&version_model));
    kith_record *three = version(s, "three", NULL);
    version(s, "two", "three");
    kith_record *one = version(s, "one", "two");
    kith_record *nameless = must(s, kith_create(s, &version_model, NULL));
    expect_nodes(s, kith_descendants(s, three, "before", NULL), "two 1, one 2");
    expect_nodes(s, kith_ancestors(s, one, "before", &(kith_tree_opts){ .with_self = true }), "one 0, two 1, three 2");
    expect_nodes(s, kith_descendants(s, nameless, "before", NULL), "");
    expect_list(s,
                must(s, kith_tree(s, &version_model, "before", KITH_EQ("name", "three"),
                                  &(kith_tree_opts){ .attributes = KITH_NAMES("name") })),
                "[{'name':'three','before':{'name':'two','before':{'name':'one','before':null}}}]");
}

/* P15, P21: nodes may include what the tree follows, under another name */
static void test_shared_trees__include_under_another_name(void **state)
{
    kith_session *s = start_kinds(state);
    const kith_include firsts[] = { { .as = "children",
                                      .name = "first",
                                      .attributes = KITH_NAMES("name"),
                                      .order = KITH_ORDER({ "rank" }),
                                      .limit = 1 },
                                    { 0 } };
    expect_list(s,
                must(s, kith_tree(s, &kind_model, "children", KITH_EQ("name", "cats"),
                                  &(kith_tree_opts){ .attributes = KITH_NAMES("name"),
                                                     .include = firsts,
                                                     .order = KITH_ORDER({ "rank" }) })),
                "[{'name':'cats','first':[{'name':'tigers'}],'children':[{'name':'tigers','first':[],'children':[]},"
                "{'name':'lions','first':[],'children':[]}]}]");
    assert_null(kith_tree(s, &kind_model, "children", NULL,
                          &(kith_tree_opts){ .include = KITH_INCLUDE({ .as = "notes", .name = "children" }) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "under the name 'children': that is what the tree fills");
}

/* ---- what is refused --------------------------------------------------------------------------------------------------------- */

static void test_shared_trees__refusals(void **state)
{
    kith_session *s = start_kinds(state);
    kith_record *animals = by_key(s, 1);
    forget_statements();
#define REFUSED(call, part)                                                                                            \
    assert_null(call);                                                                                                 \
    expect_error(s, KITH_E_USAGE, NULL, NULL, part)
#define BELOW(assoc, ...) kith_descendants(s, animals, assoc, &(kith_tree_opts){ __VA_ARGS__ })
    REFUSED(kith_descendants(s, animals, "childern", NULL), "children");
    REFUSED(kith_ancestors(s, animals, "notes", NULL), "from kind to itself lead: parts, children, parent");
    REFUSED(BELOW("children", .where = KITH_EQ("nam", "x")), "did you mean 'name'");
    REFUSED(BELOW("children", .order = KITH_ORDER({ "rnak" })), "did you mean 'rank'");
    REFUSED(BELOW("children", .attributes = KITH_NAMES("nmae")), "did you mean 'name'");
    REFUSED(BELOW("children", .through = { .attributes = KITH_NO_NAMES }), "has no join row");
    REFUSED(BELOW("parts", .through = { .where = KITH_EQ("amuont", 1) }), "did you mean 'amount'");
    REFUSED(BELOW("parts", .with_self = true, .order = KITH_ORDER({ "kindPart.amuont" })), "did you mean 'amount'");
    REFUSED(BELOW("children", .include = KITH_INCLUDE({ .as = "notes", .required = KITH_YES })), "cannot be required");
    REFUSED(kith_tree(s, &kind_model, "parent", NULL, NULL), "leads down, children");
    REFUSED(kith_tree(s, &kind_model, "children", NULL, &(kith_tree_opts){ .with_self = true }), ".with_self");
    REFUSED(kith_tree(s, &kind_model, "children", NULL, &(kith_tree_opts){ .depth_first = true }), ".depth_first");
    REFUSED(kith_tree(s, &kind_model, "children", KITH_EQ("nam", 1), NULL), "did you mean 'name'");
    REFUSED(kith_tree(s, &kind_model, "children", NULL, &(kith_tree_opts){ .where = KITH_EQ("nam", 1) }), "'name'");
    REFUSED(kith_tree(s, &kind_model, "children", NULL,
                      &(kith_tree_opts){ .include = KITH_INCLUDE({ .as = "children" }) }),
            "cannot be included");
    REFUSED(kith_descendants(s, NULL, "children", NULL), "NULL");
    expect_statements(0);
}

/* ---- deep ------------------------------------------------------------------------------------------------------------------- */

/* Deeper than the limits that databases begin with, and than a thread's stack. */
static void test_shared_trees__deep(void **state)
{
    enum { DEPTH = 5000 };
    kith_session *s = start(state, KITH_MODELS(&kind_model, &kind_part_model, &note_model));
    static kith_value values[2 * DEPTH];
    for (int i = 0; i < DEPTH; i++) {
        values[2 * i] = KITH_V(i + 1);
        values[2 * i + 1] = i ? KITH_V(i) : kith_of_null();
    }
    expect_number(s, kith_insert_many(s, &kind_model, KITH_NAMES("id", "parentId"), values, DEPTH, NULL), DEPTH);
    kith_list *list = must(s, DOWN(s, 1, .attributes = KITH_NO_NAMES));
    expect_number(s, (int64_t)list->count, DEPTH - 1);
    expect_number(s, list->depths[DEPTH - 2], DEPTH - 1);
    kith_list *above = must(s, UP(s, DEPTH, .attributes = KITH_NO_NAMES));
    expect_number(s, (int64_t)above->count, DEPTH - 1);
    kith_list *nested = must(s, kith_tree(s, &kind_model, "children", NULL,
                                          &(kith_tree_opts){ .attributes = KITH_NO_NAMES }));
    assert_int_equal(strlen(kith_json(s, nested)), strlen("[]") + DEPTH * strlen("{\"children\":[]}"));
}

/* P21: row i has the rows 10 * i to 10 * i + 9 below it */
static void test_shared_trees__large(void **state)
{
    enum { NODES = 100000 };
    kith_session *s = start(state, KITH_MODELS(&kind_model, &kind_part_model, &note_model));
    static kith_value values[2 * NODES];
    for (int i = 0; i < NODES; i++) {
        values[2 * i] = KITH_V(i + 1);
        values[2 * i + 1] = i ? KITH_V((i + 1) / 10 ? (i + 1) / 10 : 1) : kith_of_null();
    }
    expect_number(s, kith_insert_many(s, &kind_model, KITH_NAMES("id", "parentId"), values, NODES, NULL), NODES);
    kith_record *top = must(s, kith_find_by_key(s, &kind_model, KITH_V(1)));
    forget_statements();
    kith_list *list = must(s,
                           kith_descendants(s, top, "children", &(kith_tree_opts){ .attributes = KITH_NAMES("id") }));
    expect_statements(1);
    expect_number(s, (int64_t)list->count, NODES - 1);
    expect_number(s, list->depths[NODES - 2], 5);
    int64_t sum = 0;
    for (size_t i = 0; i < list->count; i++)
        sum += kith_int(list->at[i], "id");
    expect_number(s, sum, (int64_t)NODES * (NODES + 1) / 2 - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_trees__descendants),
        SHARED_TEST(test_shared_trees__depth_first),
        SHARED_TEST(test_shared_trees__ancestors),
        SHARED_TEST(test_shared_trees__either_side_names_it),
        SHARED_TEST(test_shared_trees__max_depth),
        SHARED_TEST(test_shared_trees__where),
        SHARED_TEST(test_shared_trees__attributes_and_includes),
        SHARED_TEST(test_shared_trees__joined_lists),
        SHARED_TEST(test_shared_trees__a_row_above_itself),
        SHARED_TEST(test_shared_trees__a_cycle),
        SHARED_TEST(test_shared_trees__graphs),
        SHARED_TEST(test_shared_trees__graphs_to_a_depth),
        SHARED_TEST(test_shared_trees__graphs_by_their_links),
        SHARED_TEST(test_shared_trees__nested),
        SHARED_TEST(test_shared_trees__nested_from_roots),
        SHARED_TEST(test_shared_trees__nested_graphs),
        SHARED_TEST(test_shared_trees__without_the_destroyed),
        SHARED_TEST(test_shared_trees__keys_of_two_columns),
        SHARED_TEST(test_shared_trees__other_keys),
        SHARED_TEST(test_shared_trees__include_under_another_name),
        SHARED_TEST(test_shared_trees__refusals),
        SHARED_TEST(test_shared_trees__deep),
        SHARED_TEST(test_shared_trees__large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
