/* scenarios_find: everything that reads, and what is made of what was read. */
#include <string.h>

#include "fault/scenario.h"

static bool find(struct world *w, const kith_model *m, const kith_query *q)
{
    w->list = kith_find(w->s, m, q);
    return w->list != NULL;
}

static bool finds_all(struct world *w)
{
    return find(w, &pug_model, NULL);
}

/* ---- conditions ---- */

static bool finds_compared(struct world *w)
{
    return find(w, &pug_model,
                &(kith_query){
                    .where = KITH_AND(KITH_OR(KITH_EQ("name", "Cody"), KITH_GT("age", 5), KITH_GTE("weight", "8.5"),
                                              KITH_LT("born", "2020-01-01"), KITH_LTE("age", 30)),
                                      KITH_LIKE("name", "%o%"), KITH_NOT_LIKE("name", "x\\%"), KITH_IS_NOT_NULL("name"),
                                      KITH_NOT(KITH_IS_NULL("chip")), KITH_NE("email", "nobody@example.org")),
                    .order = KITH_ORDER({ "name", .desc = true }),
                    .attributes = KITH_NAMES("name", "weight"),
                    .limit = 3,
                    .offset = 0 });
}

static bool finds_listed(struct world *w)
{
    return find(w, &pug_model,
                &(kith_query){ .where = KITH_AND(KITH_OR(KITH_IN("id", KITH_V(CODY), KITH_V(FRANK), kith_of_null()),
                                                         KITH_BETWEEN("age", 10, 20)),
                                                 KITH_NOT_IN("name", KITH_V("A"), KITH_V("B"), KITH_V("C"))),
                               .order = KITH_ORDER({ "id" }) });
}

/* More values than a list of placeholders has. */
static bool finds_many_listed(struct world *w)
{
    enum { MANY = 70 };
    kith_value ids[MANY + 1], names[MANY + 1];
    for (int i = 0; i < MANY; i++) {
        ids[i] = kith_of_int(i < 2 ? (i ? CODY : FRANK) : 1000 + i);
        names[i] = kith_of_str(i % 2 ? "A" : "B");
    }
    ids[MANY] = names[MANY] = (kith_value)KITH_END_VALUE_;
    const kith_expr by_id = { .op = KITH_OP_IN, .path = "id", .list = ids };
    const kith_expr by_name = { .op = KITH_OP_NOT_IN, .path = "name", .list = names };
    return find(w, &pug_model, &(kith_query){ .where = KITH_AND(&by_id, &by_name), .order = KITH_ORDER({ "id" }) });
}

static bool finds_computed(struct world *w)
{
    return find(w, &pug_model,
                &(kith_query){
                    .where = KITH_AND(KITH_EQ("name", KITH_FN("trim", KITH_V(KITH_COL("name")), KITH_V(" "))),
                                      KITH_SQL("length(t0.name) > ? AND '?' <> ?", KITH_V(3), KITH_V("x")),
                                      KITH_SQL_TEXT("1 = 1"), KITH_NE("id", KITH_COL("age")),
                                      KITH_GT("id", KITH_SQL("? - 1", KITH_V(1)))),
                    .order = KITH_ORDER({ "id" }) });
}

/* In conditions, in orders, and beside the attributes of both sides. */
static bool finds_aggregates(struct world *w)
{
    return find(w, &pug_model,
                &(kith_query){
                    .computed = KITH_COMPUTED(
                        { "friendCount", KITH_COUNT, "friends" },
                        { "toyCount", KITH_COUNT, "friends.toys", KITH_NE("name", "rope"), true },
                        { "weights", KITH_SUM, "friends.weight" }, { "mean", KITH_AVG, "friends.friendship.level" },
                        { .as = "loud", .value = KITH_FN("upper", KITH_V(KITH_COL("name"))), .type = KITH_STRING(50) }),
                    .where = KITH_OR(KITH_COMPARE(KITH_COUNT_OF("toys", NULL), KITH_OP_GT, 0),
                                     KITH_COMPARE_LIST(KITH_AGGREGATE(KITH_MIN, "friends.weight", NULL), KITH_OP_IN,
                                                       KITH_V("8.5"), KITH_V("9")),
                                     KITH_GT("friendCount", 0)),
                    .order = KITH_ORDER({ "friends.weight", .aggregate = KITH_MAX }, { "weights" }, { "id" }),
                    .include = KITH_INCLUDE({ .as = "friends",
                                              .computed = KITH_COMPUTED({ "n", KITH_COUNT, "toys" }),
                                              .order = KITH_ORDER({ "n" }),
                                              .limit = 2 }),
                });
}

static bool finds_groups(struct world *w)
{
    return find(w, &pug_model,
                &(kith_query){
                    .group = KITH_NAMES("owner.name", "age"),
                    .attributes = KITH_NAMES("owner.name"),
                    .computed = KITH_COMPUTED({ "n", KITH_COUNT, .where = KITH_NE("name", "Doug") },
                                              { "weights", KITH_SUM, "weight" }),
                    .having = KITH_OR(KITH_GTE("n", 0),
                                      KITH_COMPARE(KITH_AGGREGATE(KITH_MIN, "age", NULL), KITH_OP_LT, 9)),
                    .order = KITH_ORDER({ "weights", .desc = true }),
                    .limit = 10,
                });
}

static bool counts_groups(struct world *w)
{
    w->number = kith_count(w->s, &pug_model, &(kith_query){ .attributes = KITH_NAMES("owner.name"), .distinct = true });
    return w->number >= 0;
}

static bool calculates(struct world *w)
{
    kith_value sum;
    if (!kith_calculate(w->s, &pug_model, KITH_SUM, "weight", NULL, &sum))
        return false;
    w->text = sum.kind == KITH_STR ? sum.as.str : "";
    return true;
}

static bool finds_related(struct world *w)
{
    return find(w, &pug_model,
                &(kith_query){ .where = KITH_AND(KITH_SOME("friends", KITH_EQ("name", "Doug")),
                                                 KITH_NONE("toys", KITH_EQ("name", "rope")),
                                                 KITH_EVERY("rooms", KITH_EQ("house", "A")), KITH_SOME("foods", NULL),
                                                 KITH_EQ("friends.friendship.level", 2), KITH_EQ("owner.name", "Ann"),
                                                 KITH_EQ("collar.color", "red")),
                               .order = KITH_ORDER({ "owner.name" }, { "toys", .aggregate = KITH_COUNT }, { "id" }) });
}

/* ---- includes ---- */

static bool finds_joined(struct world *w)
{
    return find(w, &pug_model,
                &(kith_query){ .include = KITH_INCLUDE({ .as = "owner", .attributes = KITH_NAMES("name") },
                                                       { .model = &collar_model, .where = KITH_NE("color", "green") }),
                               .order = KITH_ORDER({ "id" }) });
}

static bool finds_nested(struct world *w)
{
    return find(
        w, &owner_model,
        &(kith_query){
            .include = KITH_INCLUDE(
                { .as = "pugs",
                  .order = KITH_ORDER({ "name" }),
                  .include = KITH_INCLUDE(
                      { .as = "toys", .with_deleted = true, .order = KITH_ORDER({ "id" }) }, { .as = "collar" },
                      { .as = "friends",
                        .attributes = KITH_NAMES("name"),
                        .order = KITH_ORDER({ "friendship.level" }, { "id" }),
                        .through = { .attributes = KITH_NAMES("since") },
                        .include = KITH_INCLUDE({ .as = "rooms", .include = KITH_INCLUDE({ .as = "beds" }) }) }) }),
            .order = KITH_ORDER({ "id" }) });
}

static bool finds_limited(struct world *w)
{
    return find(w, &pug_model,
                &(kith_query){ .include = KITH_INCLUDE(
                                   { .as = "friends",
                                     .limit = 1,
                                     .order = KITH_ORDER({ "name", .desc = true }),
                                     .through = { .where = KITH_GTE("level", 1), .attributes = KITH_NO_NAMES } },
                                   { .as = "toys", .limit = 1, .offset = 1, .order = KITH_ORDER({ "id" }) },
                                   { .as = "foods", .order = KITH_ORDER({ "id" }) },
                                   { .as = "drinks", .order = KITH_ORDER({ "id" }) }),
                               .limit = 2,
                               .order = KITH_ORDER({ "id" }) });
}

static bool finds_required(struct world *w)
{
    return find(w, &pug_model,
                &(kith_query){ .include = KITH_INCLUDE(
                                   { .as = "owner", .required = KITH_YES, .strategy = KITH_SEPARATE },
                                   { .as = "friends",
                                     .required = KITH_YES,
                                     .order = KITH_ORDER({ "id" }),
                                     .include = KITH_INCLUDE({ .as = "toys", .where = KITH_LIKE("name", "%o%") }) }),
                               .order = KITH_ORDER({ "id" }) });
}

static bool finds_joined_lists(struct world *w)
{
    return find(
        w, &owner_model,
        &(kith_query){
            .include = KITH_INCLUDE(
                { .as = "pugs",
                  .order = KITH_ORDER({ "name" }),
                  .strategy = KITH_JOIN,
                  .include = KITH_INCLUDE(
                      { .as = "toys", .limit = 1, .order = KITH_ORDER({ "id" }), .strategy = KITH_JOIN },
                      { .as = "collar" },
                      { .as = "friends",
                        .attributes = KITH_NAMES("name"),
                        .order = KITH_ORDER({ "friendship.level" }, { "id" }),
                        .strategy = KITH_JOIN,
                        .include = KITH_INCLUDE({ .as = "rooms", .include = KITH_INCLUDE({ .as = "beds" }) }) }) }),
            .order = KITH_ORDER({ "id" }) });
}

static bool finds_composite(struct world *w)
{
    return find(w, &room_model,
                &(kith_query){
                    .include = KITH_INCLUDE(
                        { .as = "beds", .order = KITH_ORDER({ "id" }), .include = KITH_INCLUDE({ .as = "room" }) }),
                    .order = KITH_ORDER({ "house" }, { "number" }) });
}

static bool finds_named(struct world *w)
{
    return find(w, &pug_model,
                &(kith_query){
                    .include = KITH_INCLUDE(
                        { .as = "toys", .order = KITH_ORDER({ "id" }) },
                        { .as = "toys", .name = "lastToy", .order = KITH_ORDER({ "id", .desc = true }), .limit = 1 },
                        { .as = "owner", .name = "ann", .where = KITH_EQ("name", "Ann"), .required = KITH_NO },
                        { .as = "owner", .name = "feeder", .strategy = KITH_SEPARATE }),
                    .order = KITH_ORDER({ "id" }) });
}

/* ---- names that are not there ---- */

static bool refuses(struct world *w, const kith_model *m, const kith_query *q)
{
    kith_list *list = kith_find(w->s, m, q);
    const kith_error *e = kith_error_of(w->s);
    if (list || !e || e->status != KITH_E_USAGE)
        return false;
    w->own = *e;
    w->text = w->own.message;
    kith_clear(w->s);
    return true;
}

static bool refuses_attribute(struct world *w)
{
    return refuses(w, &pug_model, &(kith_query){ .where = KITH_EQ("zzzzzzzz", 1) });
}

static bool refuses_association(struct world *w)
{
    return refuses(w, &pug_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "zzzzzzzz" }) });
}

static bool refuses_model(struct world *w)
{
    return refuses(w, &pug_model, &(kith_query){ .include = KITH_INCLUDE({ .model = &thing_model }) });
}

static bool explain(struct world *w, bool ask)
{
    w->text = kith_explain(w->s, &owner_model,
                           &(kith_query){
                               .where = KITH_NE("name", "Eve"),
                               .include = KITH_INCLUDE(
                                   { .as = "pugs", .include = KITH_INCLUDE({ .as = "rooms" }, { .as = "collar" }) }) },
                           &(kith_explain_opts){ .database_plan = ask });
    return *w->text != '\0';
}

static bool explains(struct world *w)
{
    return explain(w, false);
}

static bool asks_for_plans(struct world *w)
{
    return explain(w, true);
}

/* The second statement is one too many. */
static bool refuses_by_budget(struct world *w)
{
    kith_budget(w->s, 1);
    kith_list *list = kith_find(w->s, &owner_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "pugs" }) });
    kith_budget(w->s, KITH_NO_BUDGET);
    const kith_error *e = kith_error_of(w->s);
    if (list || !e || e->status != KITH_E_BUDGET)
        return false;
    w->own = *e;
    w->text = w->own.message;
    kith_clear(w->s);
    return true;
}

/* ---- one record, a number ---- */

static bool finds_one(struct world *w)
{
    w->record = kith_find_one(w->s, &pug_model,
                              &(kith_query){ .where = KITH_EQ("mood", "grumpy"),
                                             .include = KITH_INCLUDE({ .as = "toys" }) });
    return w->record != NULL;
}

static bool finds_by_key(struct world *w)
{
    w->record = kith_find_by_key(w->s, &pug_model, KITH_V(DOUG));
    return w->record != NULL;
}

static bool finds_by_keys(struct world *w)
{
    w->record = kith_find_by_keys(w->s, &room_model, KITH_VALUES(KITH_V("A"), KITH_V(2)));
    return w->record != NULL;
}

static bool counts(struct world *w)
{
    w->number = kith_count(w->s, &pug_model,
                           &(kith_query){
                               .where = KITH_SOME("friends", NULL),
                               .include = KITH_INCLUDE({ .as = "toys", .where = KITH_EQ("name", "ball") }) });
    return w->number >= 0;
}

static bool finds_and_counts(struct world *w)
{
    w->list = kith_find_and_count(w->s, &pug_model,
                                  &(kith_query){
                                      .include = KITH_INCLUDE({ .as = "toys", .order = KITH_ORDER({ "id" }) }),
                                      .order = KITH_ORDER({ "name" }),
                                      .limit = 1 },
                                  &w->number);
    return w->list != NULL;
}

static bool finds_locked(struct world *w)
{
    kith_begin(w->s);
    w->list = kith_find(w->s, &pug_model,
                        &(kith_query){ .lock = KITH_LOCK_UPDATE,
                                       .locked = KITH_LOCKED_SKIP,
                                       .order = KITH_ORDER({ "id" }),
                                       .include = KITH_INCLUDE({ .as = "owner" }) });
    return kith_commit(w->s) && w->list;
}

/* Two pages on and one back, by a path, with nulls, with includes and a total. */
static bool finds_pages(struct world *w)
{
    const kith_query q = { .order = KITH_ORDER({ "owner.name", .desc = true }, { "weight" }, { "mood" }),
                           .include = KITH_INCLUDE({ .as = "toys", .order = KITH_ORDER({ "id" }) },
                                                   { .as = "owner" }) };
    kith_page one, two, back;
    if (!kith_find_page(w->s, &pug_model, &q, &(kith_page_opts){ .size = 2 }, &one) ||
        !kith_find_page(w->s, &pug_model, &q, &(kith_page_opts){ .size = 1, .after = one.last }, &two) ||
        !kith_find_page(w->s, &pug_model, &q, &(kith_page_opts){ .size = 2, .before = two.last, .total = true }, &back))
        return false;
    w->list = back.list;
    w->number = back.total;
    return back.total >= 0 && back.first && back.last;
}

static bool refuses_cursor(struct world *w)
{
    kith_page page;
    bool found = kith_find_page(w->s, &pug_model, NULL, &(kith_page_opts){ .size = 2, .after = "WzEsMiwzXQ" }, &page);
    const kith_error *e = kith_error_of(w->s);
    if (found || !e || e->status != KITH_E_VALIDATION)
        return false;
    w->own = *e;
    w->text = w->own.message;
    kith_clear(w->s);
    return true;
}

/* ---- from a record ---- */

static bool takes_cody(struct world *w)
{
    w->source = kith_find_by_key(w->s, &pug_model, KITH_V(CODY));
    return w->source != NULL;
}

static bool gets(struct world *w)
{
    w->list = kith_get(w->s, w->source, "friends",
                       &(kith_query){ .where = KITH_GT("friendship.level", 0),
                                      .order = KITH_ORDER({ "friendship.since" }),
                                      .limit = 5,
                                      .include = KITH_INCLUDE({ .as = "toys" }) });
    return w->list != NULL;
}

static bool gets_many(struct world *w)
{
    w->list = kith_get(w->s, w->source, "toys", NULL);
    return w->list != NULL;
}

static bool gets_one(struct world *w)
{
    w->list = kith_get(w->s, w->source, "owner", NULL);
    return w->list != NULL;
}

static bool gets_composite(struct world *w)
{
    w->list = kith_get(w->s, w->source, "rooms", &(kith_query){ .include = KITH_INCLUDE({ .as = "beds" }) });
    return w->list != NULL;
}

static bool has(struct world *w)
{
    w->number = kith_has(w->s, w->source, "friends", KITH_REFS({ .key = KITH_V(DOUG) }, { .key = KITH_V(FRANK) }));
    return w->number >= 0;
}

static bool has_composite(struct world *w)
{
    w->number = kith_has(w->s, w->source, "rooms", KITH_REFS({ .keys = KITH_VALUES(KITH_V("A"), KITH_V(1)) }));
    return w->number >= 0;
}

static bool has_many(struct world *w)
{
    w->number = kith_has(w->s, w->source, "toys", KITH_REFS({ .key = KITH_V(1) }, { .key = KITH_V(4) }));
    return w->number >= 0;
}

static bool counts_related(struct world *w)
{
    w->number = kith_count_related(w->s, w->source, "drinks");
    return w->number >= 0;
}

/* ---- from many records ---- */

static bool gets_each(struct world *w)
{
    kith_record *const sources[] = { w->source, w->source };
    kith_list *const *lists = kith_get_each(w->s, &pug_model, sources, 2, "friends",
                                            &(kith_query){ .limit = 2, .include = KITH_INCLUDE({ .as = "toys" }) });
    w->list = lists ? lists[1] : NULL;
    return lists != NULL;
}

static bool counts_each(struct world *w)
{
    kith_record *const sources[] = { w->source };
    const int64_t *counts = kith_count_each(w->s, &pug_model, sources, 1, "toys");
    w->number = counts ? counts[0] : -1;
    return counts != NULL;
}

static bool has_each(struct world *w)
{
    const kith_links links[] = { { w->source, KITH_REFS({ .key = KITH_V(DOUG) }) },
                                 { w->source, KITH_REFS({ .key = KITH_V(PENNY) }) } };
    const bool *has = kith_has_each(w->s, &pug_model, links, 2, "friends");
    w->number = has ? has[0] + 2 * has[1] : -1;
    return has != NULL;
}

/* ---- trees ---- */

static bool follows(struct world *w)
{
    w->list = kith_descendants(w->s, w->source, "friends",
                               &(kith_tree_opts){ .with_self = true,
                                                  .depth_first = true,
                                                  .where = KITH_NE("name", "Penny"),
                                                  .order = KITH_ORDER({ "friendship.since" }),
                                                  .include = KITH_INCLUDE({ .as = "toys" }, { .as = "owner" }) });
    return w->list != NULL;
}

static bool follows_back(struct world *w)
{
    w->list = kith_ancestors(w->s, w->source, "friends", &(kith_tree_opts){ .max_depth = 2 });
    return w->list != NULL;
}

static bool nests(struct world *w)
{
    w->list = kith_tree(w->s, &pug_model, "friends", NULL, NULL);
    return w->list != NULL;
}

static bool refuses_no_tree(struct world *w)
{
    kith_list *list = kith_ancestors(w->s, w->source, "toys", NULL);
    const kith_error *e = kith_error_of(w->s);
    if (list || !e || e->status != KITH_E_USAGE)
        return false;
    w->own = *e;
    w->text = w->own.message;
    kith_clear(w->s);
    return true;
}

/* ---- what was read ---- */

static bool takes_all(struct world *w)
{
    w->given = kith_find(w->s, &pug_model,
                         &(kith_query){ .include = KITH_INCLUDE({ .as = "friends", .order = KITH_ORDER({ "id" }) },
                                                                { .as = "owner" }),
                                        .order = KITH_ORDER({ "id" }) });
    return w->given != NULL;
}

static bool gives_json(struct world *w)
{
    w->text = kith_json(w->s, w->given);
    return strcmp(w->text, "null") != 0;
}

static bool gives_json_record(struct world *w)
{
    w->text = kith_json_record(w->s, w->given->at[0]);
    return strcmp(w->text, "null") != 0;
}

static bool takes_owners(struct world *w)
{
    w->given = kith_find(w->s, &owner_model, &(kith_query){ .order = KITH_ORDER({ "id" }) });
    return w->given != NULL;
}

static bool gives_structs(struct world *w)
{
    const struct owner *owners = KITH_STRUCTS(struct owner, w->s, w->given);
    w->text = owners ? owners[1].name : NULL;
    return owners != NULL;
}

static bool takes_owners_with_pugs(struct world *w)
{
    w->given = kith_find(
        w->s, &owner_model,
        &(kith_query){ .include = KITH_INCLUDE(
                           { .as = "pugs",
                             .order = KITH_ORDER({ "id" }),
                             .include = KITH_INCLUDE(
                                 { .as = "friends",
                                   .order = KITH_ORDER({ "id" }),
                                   .include = KITH_INCLUDE({ .as = "owner" },
                                                           { .as = "friends", .order = KITH_ORDER({ "id" }) }) }) }),
                       .order = KITH_ORDER({ "id" }) });
    return w->given != NULL;
}

static void add_pugs(struct world *w, const struct pug *pugs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        w->number = w->number * 7 + pugs[i].name[0] + (pugs[i].owner ? pugs[i].owner->id : 0);
        for (size_t j = 0; j < pugs[i].friends.count; j++)
            w->number = w->number * 3 + pugs[i].friends.links[j].level + pugs[i].friends.links[j].since.kind;
    }
}

/* Part of a failure's work must not be found by the next call. */
static bool gives_nested_structs(struct world *w)
{
    const struct owner *owners = KITH_STRUCTS(struct owner, w->s, w->given);
    w->number = 0;
    for (size_t i = 0; owners && i < w->given->count; i++) {
        add_pugs(w, owners[i].pugs.at, owners[i].pugs.count);
        for (size_t j = 0; j < owners[i].pugs.count; j++)
            add_pugs(w, owners[i].pugs.at[j].friends.at, owners[i].pugs.at[j].friends.count);
    }
    return owners != NULL;
}

static bool gives_struct(struct world *w)
{
    const struct owner *owner = KITH_STRUCT(struct owner, w->s, w->given->at[0]);
    w->number = 0;
    if (owner)
        add_pugs(w, owner->pugs.at, owner->pugs.count);
    return owner != NULL;
}

static bool takes_friends(struct world *w)
{
    w->source = kith_find_by_key(w->s, &pug_model, KITH_V(CODY));
    w->given = kith_get(w->s, w->source, "friends", &(kith_query){ .order = KITH_ORDER({ "id" }) });
    return w->given != NULL;
}

static bool gives_link_structs(struct world *w)
{
    const struct friendship *links = KITH_LINK_STRUCTS(struct friendship, w->s, w->given);
    w->number = links ? links[0].level : -1;
    return links != NULL;
}

static bool refuses_into(struct world *w)
{
    return refuses(w, &owner_model,
                   &(kith_query){ .include = KITH_INCLUDE(
                                      { .as = "pugs", .into = KITH_INTO_ONE(struct pug, owner, struct owner) }) });
}

static bool finds_into(struct world *w)
{
    return find(w, &owner_model,
                &(kith_query){
                    .include = KITH_INCLUDE({ .as = "pugs", .into = KITH_INTO(struct owner, pugs, struct pug) }) });
}

/* ---- to one of several models ---- */

static bool finds_topics(struct world *w)
{
    return find(w, &memo_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "topic" }) });
}

static bool refuses_topics(struct world *w)
{
    return refuses(w, &memo_model,
                   &(kith_query){ .include = KITH_INCLUDE({ .as = "topic", .attributes = KITH_NAMES("name") }) });
}

static bool takes_memo(struct world *w)
{
    w->source = kith_find_by_key(w->s, &memo_model, KITH_V(2));
    w->targets[0] = kith_find_by_key(w->s, &guest_model, KITH_V(1));
    return w->source && w->targets[0];
}

static bool gets_topic(struct world *w)
{
    w->list = kith_get(w->s, w->source, "topic", NULL);
    return w->list != NULL;
}

static bool has_topic(struct world *w)
{
    return kith_has(w->s, w->source, "topic", KITH_REFS({ w->targets[0] })) == 1;
}

static const struct scenario scenarios[] = {
    { "find_all", NULL, finds_all, .reads = true },
    { "find_compared", NULL, finds_compared, .reads = true },
    { "find_listed", NULL, finds_listed, .reads = true },
    { "find_many_listed", NULL, finds_many_listed, .reads = true },
    { "find_computed", NULL, finds_computed, .reads = true },
    { "find_aggregates", NULL, finds_aggregates, .reads = true },
    { "find_groups", NULL, finds_groups, .reads = true },
    { "count_groups", NULL, counts_groups, .reads = true },
    { "calculate", NULL, calculates, .reads = true },
    { "find_related", NULL, finds_related, .reads = true },
    { "find_joined", NULL, finds_joined, .reads = true },
    { "find_nested", NULL, finds_nested, .reads = true },
    { "find_limited", NULL, finds_limited, .reads = true },
    { "find_joined_lists", NULL, finds_joined_lists, .reads = true },
    { "find_required", NULL, finds_required, .reads = true },
    { "find_composite", NULL, finds_composite, .reads = true },
    { "explain", NULL, explains, .reads = true, .in_memory = true },
    { "explain_with_plans", NULL, asks_for_plans, .reads = true },
    { "find_beyond_budget", NULL, refuses_by_budget, .reads = true, .alone = true },
    { "find_named", NULL, finds_named, .reads = true },
    { "find_no_attribute", NULL, refuses_attribute, .reads = true, .alone = true, .in_memory = true },
    { "find_alternatives", NULL, finds_topics, .reads = true },
    { "find_alternatives_with_options", NULL, refuses_topics, .reads = true, .alone = true, .in_memory = true },
    { "get_alternative", takes_memo, gets_topic, .reads = true },
    { "has_alternative", takes_memo, has_topic, .reads = true },
    { "find_no_association", NULL, refuses_association, .reads = true, .alone = true, .in_memory = true },
    { "find_no_model", NULL, refuses_model, .reads = true, .alone = true, .in_memory = true },
    { "find_one", NULL, finds_one, .reads = true },
    { "find_by_key", NULL, finds_by_key, .reads = true },
    { "find_by_keys", NULL, finds_by_keys, .reads = true },
    { "count", NULL, counts, .reads = true },
    { "find_and_count", NULL, finds_and_counts, .reads = true },
    { "find_page", NULL, finds_pages, .reads = true },
    { "find_page_by_no_cursor", NULL, refuses_cursor, .reads = true, .alone = true, .in_memory = true },
    { "find_locked", NULL, finds_locked, .reads = true },
    { "get", takes_cody, gets, .reads = true },
    { "get_has_many", takes_cody, gets_many, .reads = true },
    { "get_belongs_to", takes_cody, gets_one, .reads = true },
    { "get_composite", takes_cody, gets_composite, .reads = true },
    { "has", takes_cody, has, .reads = true },
    { "has_composite", takes_cody, has_composite, .reads = true },
    { "has_has_many", takes_cody, has_many, .reads = true },
    { "count_related", takes_cody, counts_related, .reads = true },
    { "get_each", takes_cody, gets_each, .reads = true },
    { "count_each", takes_cody, counts_each, .reads = true },
    { "has_each", takes_cody, has_each, .reads = true },
    { "descendants", takes_cody, follows, .reads = true },
    { "ancestors", takes_cody, follows_back, .reads = true },
    { "tree", NULL, nests, .reads = true },
    { "no_tree", takes_cody, refuses_no_tree, .reads = true, .alone = true, .in_memory = true },
    { "json", takes_all, gives_json, .reads = true, .in_memory = true },
    { "json_record", takes_all, gives_json_record, .reads = true, .in_memory = true },
    { "structs", takes_owners, gives_structs, .reads = true, .in_memory = true, .few_chances = true },
    { "structs_nested", takes_owners_with_pugs, gives_nested_structs, .reads = true, .in_memory = true,
      .few_chances = true },
    { "struct", takes_owners_with_pugs, gives_struct, .reads = true, .in_memory = true, .few_chances = true },
    { "link_structs", takes_friends, gives_link_structs, .reads = true, .in_memory = true, .few_chances = true },
    { "find_into", NULL, finds_into, .reads = true },
    { "find_into_wrong", NULL, refuses_into, .reads = true, .alone = true, .in_memory = true },
};
const struct scenario_list find_scenarios = { scenarios, sizeof scenarios / sizeof scenarios[0] };
