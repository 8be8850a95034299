/* stories: see stories.h. Draws calls, makes them in the database and in the model in memory, and compares. */
#include "harness/stories.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/story.h"

enum { FIRST_ROWS = 4, MOST_TARGETS = 4, WEIGHTS = 6, TEXT = 16384, LOOK_EVERY = 8 };

struct text {
    char at[TEXT];
    size_t size;
};

struct story {
    struct story_models m;
    kith_session *s;
    struct truth truth;
    uint64_t chance;
    unsigned number; /* of the call */
    bool in_transaction;
    struct text log, failure, want, have;
};

/* The targets of one call. */
struct given {
    unsigned count;
    unsigned rows[MOST_TARGETS];
    int own[MOST_TARGETS]; /* weight; 0: none */
    int common;
    kith_value keys[MOST_TARGETS][KEY_WIDTH + 1];
    kith_field fields[MOST_TARGETS][2], common_fields[2];
    kith_ref refs[MOST_TARGETS + 1];
    kith_link_opts opts;
};

/* ---- text, chance ---- */

static void say(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int size = vsnprintf(t->at + t->size, TEXT - t->size, format, args);
    va_end(args);
    t->size += size < 0 ? 0 : (size_t)size;
    if (t->size >= TEXT)
        t->size = TEXT - 1;
}

static void begin_text(struct text *t)
{
    t->size = 0;
    t->at[0] = '\0';
}

static unsigned draw(struct story *st, unsigned below)
{
    st->chance = st->chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(st->chance >> 33) % below;
}

static bool differs(struct story *st, const char *what)
{
    const kith_error *e = kith_error_of(st->s);
    if (st->failure.size)
        return false;
    say(&st->failure, "%s and %s%s, call %u: %s\n%.4000s", story_shape_name(st->m.shapes[SOURCE]),
        story_shape_name(st->m.shapes[TARGET]), st->in_transaction ? ", in a transaction" : "", st->number, what,
        st->log.at);
    if (e)
        say(&st->failure, "%s\n%.500s\n", e->message, e->sql);
    return false;
}

static bool same(struct story *st, const char *what)
{
    if (strcmp(st->want.at, st->have.at) == 0)
        return true;
    differs(st, what);
    say(&st->failure, "want: %.3000s\nhave: %.3000s\n", st->want.at, st->have.at);
    return false;
}

/* ---- rows ---- */

static const kith_model *model_of(const struct story *st, enum side side)
{
    return side == SOURCE ? &st->m.source : &st->m.target;
}

static const char *row_name(enum side side, unsigned row)
{
    static const char *const names[SIDES][ROWS + 1] = { { "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "nobody" },
                                                        { "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "nobody" } };
    return names[side][row];
}

static kith_record *find_row(struct story *st, enum side side, unsigned row)
{
    return kith_find_one(st->s, model_of(st, side), &(kith_query){ .where = KITH_EQ("name", row_name(side, row)) });
}

static unsigned free_row(const struct truth *t, enum side side)
{
    unsigned row = 0;
    while (row < ROWS && t->there[side][row])
        row++;
    return row;
}

static unsigned row_count(const struct story *st, enum side side)
{
    unsigned count = 0;
    for (unsigned i = 0; i < ROWS; i++)
        count += st->truth.there[side][i];
    return count;
}

static unsigned draw_row(struct story *st, enum side side)
{
    unsigned row;
    do
        row = draw(st, ROWS);
    while (!st->truth.there[side][row]);
    return row;
}

/* Its key and name, for create; ends like KITH_FIELDS. */
static void row_fields(const struct story *st, enum side side, unsigned row, kith_field *fields)
{
    kith_value key[KEY_WIDTH + 1];
    unsigned width = story_key_width(st->m.shapes[side]);
    story_key(st->m.shapes[side], row, key);
    for (unsigned i = 0; i < width; i++)
        fields[i] = (kith_field){ story_key_name(i), key[i] };
    fields[width] = (kith_field){ "name", kith_of_str(row_name(side, row)) };
    fields[width + 1] = (kith_field){ .value = KITH_END_VALUE_ };
}

static bool make_rows(struct story *st)
{
    kith_field fields[KEY_WIDTH + 2];
    for (unsigned side = 0; side < SIDES; side++)
        for (unsigned i = 0; i < FIRST_ROWS; i++) {
            row_fields(st, side, i, fields);
            if (!kith_create(st->s, model_of(st, side), fields))
                return differs(st, "a row was not made");
            st->truth.there[side][i] = true;
        }
    return true;
}

/* ---- targets ---- */

/* The key by which an association names its target: what its own keys refer to, or the primary key. */
static bool name_target(struct story *st, const struct way *w, unsigned row, kith_record *r, kith_value *key)
{
    unsigned shape = st->m.shapes[w->to];
    if (!w->carried || story_key_is_primary(shape)) {
        story_key(shape, row, key);
        return true;
    }
    key[0] = r ? kith_value_of(r, "id") : kith_of_int(INT32_MAX);
    key[1] = (kith_value)KITH_END_VALUE_;
    return true;
}

static bool give_target(struct story *st, const struct way *w, struct given *g, unsigned row)
{
    unsigned i = g->count++;
    kith_record *r = row == MISSING ? NULL : find_row(st, w->to, row);
    if (row != MISSING && !r)
        return differs(st, "a row is not there");
    g->rows[i] = row;
    g->refs[i] = (kith_ref){ .record = r };
    if (row == MISSING || draw(st, 2)) {
        name_target(st, w, row, r, g->keys[i]);
        g->refs[i] = (kith_ref){ .keys = g->keys[i] };
        if (g->keys[i][1].kind == KITH_LIST_END && draw(st, 2))
            g->refs[i] = (kith_ref){ .key = g->keys[i][0] };
    }
    if (w->weighted && draw(st, 3) == 0) {
        g->own[i] = 1 + (int)draw(st, WEIGHTS);
        g->fields[i][0] = (kith_field){ "weight", kith_of_int(g->own[i]) };
        g->fields[i][1] = (kith_field){ .value = KITH_END_VALUE_ };
        g->refs[i].through = g->fields[i];
    }
    say(&st->log, " %s", row_name(w->to, row));
    if (g->own[i])
        say(&st->log, "(%d)", g->own[i]);
    return true;
}

/* Some targets; now and then the same one twice, and one that is not there when `missing`. */
static bool give_targets(struct story *st, const struct way *w, struct given *g, bool missing)
{
    unsigned count = draw(st, w->many ? MOST_TARGETS : 2);
    memset(g, 0, sizeof *g);
    for (unsigned i = 0; i < count; i++)
        if (!give_target(st, w, g, draw_row(st, w->to)))
            return false;
    if (missing && (w->many || !count) && !give_target(st, w, g, MISSING))
        return false;
    if (w->weighted && draw(st, 3) == 0) {
        g->common = 1 + (int)draw(st, WEIGHTS);
        g->common_fields[0] = (kith_field){ "weight", kith_of_int(g->common) };
        g->common_fields[1] = (kith_field){ .value = KITH_END_VALUE_ };
        g->opts.through = g->common_fields;
        say(&st->log, " all (%d)", g->common);
    }
    g->refs[g->count] = (kith_ref){ .key = KITH_END_VALUE_ };
    return true;
}

static bool is_given(const struct given *g, unsigned row)
{
    for (unsigned i = 0; i < g->count; i++)
        if (g->rows[i] == row)
            return true;
    return false;
}

static bool is_first(const struct given *g, unsigned i)
{
    for (unsigned j = 0; j < i; j++)
        if (g->rows[j] == g->rows[i])
            return false;
    return true;
}

/* ---- what a call must do ---- */

static kith_status expected_failure(const struct story *st, const struct way *w, unsigned x, const struct given *g)
{
    if (is_given(g, MISSING))
        return w->through ? KITH_E_FOREIGN_KEY : KITH_E_NOT_FOUND;
    for (unsigned i = 0; i < g->count; i++)
        if (truth_is_taken(&st->truth, w, x, g->rows[i]))
            return KITH_E_UNIQUE;
    return KITH_OK;
}

static void link_given(struct truth *t, const struct way *w, unsigned x, const struct given *g)
{
    for (unsigned i = 0; i < g->count; i++)
        truth_link(t, w, x, g->rows[i]);
    for (unsigned i = 0; i < g->count && g->common; i++)
        truth_weigh(t, w, x, g->rows[i], g->common);
    for (unsigned i = 0; i < g->count; i++)
        if (g->own[i])
            truth_weigh(t, w, x, g->rows[i], g->own[i]);
}

static void unlink_others(struct truth *t, const struct way *w, unsigned x, const struct given *g)
{
    for (unsigned y = 0; y < ROWS; y++)
        if (!is_given(g, y))
            truth_unlink(t, w, x, y);
}

static void say_weight(struct text *t, int weight)
{
    if (weight)
        say(t, "(%d)", weight);
}

/* What add and set return: the targets, or the weights in their join rows, each target once. */
static bool same_links(struct story *st, const struct way *w, unsigned x, const struct given *g, const kith_list *list)
{
    begin_text(&st->want);
    begin_text(&st->have);
    for (unsigned i = 0; i < g->count; i++)
        if (is_first(g, i))
            w->weighted  ? say(&st->want, "(%d) ", truth_weight(&st->truth, w, x, g->rows[i]))
            : w->through ? say(&st->want, "link ")
                         : say(&st->want, "%s ", row_name(w->to, g->rows[i]));
    for (size_t i = 0; i < list->count; i++)
        w->weighted  ? say(&st->have, "(%d) ", (int)kith_int(list->at[i], "weight"))
        : w->through ? say(&st->have, "link ")
                     : say(&st->have, "%s ", kith_text(list->at[i], "name"));
    return same(st, "what it returned");
}

/* ---- the calls ---- */

/* A failure must be the expected one; what was begun for its sake is rolled back. */
static bool failed_as_expected(struct story *st, kith_status expected)
{
    const kith_error *e = kith_error_of(st->s);
    if (!e || e->status != expected)
        return differs(st, e ? "another failure than expected" : "it should have failed");
    kith_clear(st->s);
    return !st->in_transaction || kith_rollback(st->s) || differs(st, "the rollback");
}

static bool add_or_set(struct story *st, const struct way *w, unsigned x, bool all)
{
    struct given g;
    if (!give_targets(st, w, &g, draw(st, 12) == 0))
        return false;
    kith_status failure = expected_failure(st, w, x, &g);
    kith_record *r = find_row(st, w->from, x);
    if (failure && st->in_transaction && !kith_begin(st->s))
        return differs(st, "a savepoint");
    kith_list *list = all ? kith_set(st->s, r, w->as, g.refs, &g.opts) : kith_add(st->s, r, w->as, g.refs, &g.opts);
    if (failure)
        return failed_as_expected(st, failure);
    if (!list)
        return differs(st, "it failed");
    if (all)
        unlink_others(&st->truth, w, x, &g);
    link_given(&st->truth, w, x, &g);
    return same_links(st, w, x, &g, list);
}

static bool same_number(struct story *st, int64_t have, int64_t want)
{
    if (have == want)
        return true;
    differs(st, "a number");
    say(&st->failure, "want: %lld\nhave: %lld\n", (long long)want, (long long)have);
    return false;
}

static bool remove_some(struct story *st, const struct way *w, unsigned x)
{
    struct given g;
    int64_t linked = 0;
    if (!give_targets(st, w, &g, false))
        return false;
    int64_t removed = kith_remove(st->s, find_row(st, w->from, x), w->as, g.refs);
    for (unsigned i = 0; i < g.count; i++) {
        linked += truth_linked(&st->truth, w, x, g.rows[i]);
        truth_unlink(&st->truth, w, x, g.rows[i]);
    }
    return same_number(st, removed, linked);
}

static bool has_and_count(struct story *st, const struct way *w, unsigned x)
{
    struct given g;
    bool all = true;
    if (!give_targets(st, w, &g, draw(st, 12) == 0))
        return false;
    for (unsigned i = 0; i < g.count; i++)
        all &= g.rows[i] != MISSING && truth_linked(&st->truth, w, x, g.rows[i]);
    kith_record *r = find_row(st, w->from, x);
    return same_number(st, kith_has(st->s, r, w->as, g.refs), all) &&
           same_number(st, kith_count_related(st->s, r, w->as), truth_count(&st->truth, w, x));
}

/* The records and their join rows, after a condition on the join row's weight. */
static bool get_some(struct story *st, const struct way *w, unsigned x)
{
    int least = w->weighted && draw(st, 2) ? 1 + (int)draw(st, WEIGHTS) : 0;
    const kith_query q = { .attributes = KITH_NAMES("name"),
                           .where = least ? KITH_GTE("bond.weight", least) : NULL,
                           .order = KITH_ORDER({ "name" }) };
    kith_list *list = kith_get(st->s, find_row(st, w->from, x), w->as, &q);
    begin_text(&st->want);
    begin_text(&st->have);
    for (unsigned y = 0; y < ROWS; y++)
        if (truth_linked(&st->truth, w, x, y) && truth_weight(&st->truth, w, x, y) >= least) {
            say(&st->want, " %s", row_name(w->to, y));
            say_weight(&st->want, truth_weight(&st->truth, w, x, y));
        }
    if (!list)
        return differs(st, "it failed");
    for (size_t i = 0; i < list->count; i++) {
        say(&st->have, " %s", kith_text(list->at[i], "name"));
        say_weight(&st->have, w->weighted ? (int)kith_int(list->links[i], "weight") : 0);
    }
    return same(st, "what it found");
}

/* Two at once where there is room, else one. */
static bool create_some(struct story *st, const struct way *w, unsigned x)
{
    kith_field fields[2][KEY_WIDTH + 2];
    const kith_field *const rows[] = { fields[0], fields[1] };
    const kith_link_opts opts = { .through = KITH_FIELDS(KITH_F("weight", 3)) };
    const kith_link_opts *use = w->weighted ? &opts : NULL;
    unsigned y[2], count = w->many && draw(st, 2) ? 2 : 1;
    struct truth after = st->truth;
    bool taken = w->relation == ONE && !w->back && truth_count(&st->truth, w, x) > 0;
    for (unsigned i = 0; i < count; i++) {
        y[i] = free_row(&after, w->to);
        if (y[i] == ROWS)
            return true;
        say(&st->log, " %s", row_name(w->to, y[i]));
        row_fields(st, w->to, y[i], fields[i]);
        after.there[w->to][y[i]] = true;
        truth_link(&after, w, x, y[i]);
        if (w->weighted)
            truth_weigh(&after, w, x, y[i], 3);
    }
    kith_record *r = find_row(st, w->from, x);
    if (taken && st->in_transaction && !kith_begin(st->s))
        return differs(st, "a savepoint");
    bool many = count > 1 || draw(st, 2);
    bool made = many ? kith_create_related_many(st->s, r, w->as, rows, count, use) != NULL
                     : kith_create_related(st->s, r, w->as, fields[0], use) != NULL;
    if (taken)
        return failed_as_expected(st, KITH_E_UNIQUE);
    if (!made)
        return differs(st, "it failed");
    st->truth = after;
    return true;
}

static bool destroy_one(struct story *st, const struct way *w, unsigned x)
{
    if (row_count(st, w->from) <= 2)
        return true;
    if (!kith_destroy(st->s, find_row(st, w->from, x)))
        return differs(st, "it failed");
    truth_destroy(&st->truth, w->from, x);
    return true;
}

/* Which rows have one that is called so among theirs, or have none. */
static bool find_by_links(struct story *st, const struct way *w, unsigned y)
{
    bool some = draw(st, 2);
    const kith_expr *named = KITH_EQ("name", row_name(w->to, y));
    const kith_query q = { .where = some ? KITH_SOME(w->as, named) : KITH_NONE(w->as, named),
                           .order = KITH_ORDER({ "name" }) };
    kith_list *list = kith_find(st->s, model_of(st, w->from), &q);
    say(&st->log, " %s %s", some ? "some" : "none", row_name(w->to, y));
    begin_text(&st->want);
    begin_text(&st->have);
    for (unsigned x = 0; x < ROWS; x++)
        if (st->truth.there[w->from][x] && truth_linked(&st->truth, w, x, y) == some)
            say(&st->want, " %s", row_name(w->from, x));
    if (!list)
        return differs(st, "it failed");
    for (size_t i = 0; i < list->count; i++)
        say(&st->have, " %s", kith_text(list->at[i], "name"));
    return same(st, "which it found");
}

static bool call(struct story *st)
{
    enum { ADD, SET, REMOVE, HAS, GET, CREATE, FIND, DESTROY, VERBS };
    static const char *const verbs[VERBS] = { "add", "set", "remove", "has", "get", "create", "find", "destroy" };
    static const unsigned drawn[] = { ADD,    ADD, ADD, ADD, SET, SET,    SET,  REMOVE,
                                      REMOVE, HAS, HAS, GET, GET, CREATE, FIND, DESTROY };
    const struct way *w = &ways[draw(st, way_count)];
    unsigned verb = drawn[draw(st, sizeof drawn / sizeof *drawn)], x = draw_row(st, w->from);
    say(&st->log, "%s %s.%s", verbs[verb], row_name(w->from, x), w->as);
    bool good;
    switch (verb) {
    case ADD:
    case SET: good = add_or_set(st, w, x, verb == SET); break;
    case REMOVE: good = remove_some(st, w, x); break;
    case HAS: good = has_and_count(st, w, x); break;
    case GET: good = get_some(st, w, x); break;
    case CREATE: good = create_some(st, w, x); break;
    case FIND: good = find_by_links(st, w, draw_row(st, w->to)); break;
    default: good = destroy_one(st, w, x);
    }
    say(&st->log, "\n");
    return good && (!kith_error_of(st->s) || differs(st, "an error is left"));
}

/* ---- looking at everything ---- */

static void say_loaded(struct story *st, const struct way *w, unsigned x)
{
    struct text *t = &st->want;
    const char *comma = "";
    say(t, ",\"%s\":", w->as);
    if (w->many)
        say(t, "[");
    for (unsigned y = 0; y < ROWS; y++) {
        if (!truth_linked(&st->truth, w, x, y))
            continue;
        say(t, "%s{\"name\":\"%s\"", comma, row_name(w->to, y));
        int weight = truth_weight(&st->truth, w, x, y);
        if (w->weighted && weight)
            say(t, ",\"bond\":{\"weight\":%d}", weight);
        else if (w->weighted)
            say(t, ",\"bond\":{\"weight\":null}");
        say(t, "}");
        comma = ",";
    }
    if (w->many)
        say(t, "]");
    else if (!*comma)
        say(t, "null");
}

/* All rows of a side with all their associations, in one find. */
static bool look_at(struct story *st, enum side side)
{
    static const char *const name[] = { "name", NULL }, *const weight[] = { "weight", NULL }, *const none[] = { NULL };
    static const kith_order by_name[] = { { "name" }, { 0 } };
    kith_include includes[16] = { { 0 } };
    unsigned count = 0;
    const char *comma = "";
    for (unsigned i = 0; i < way_count; i++) {
        const struct way *w = &ways[i];
        if (w->from != side)
            continue;
        includes[count] = (kith_include){ .as = w->as, .attributes = name, .order = w->many ? by_name : NULL };
        if (w->through)
            includes[count].through.attributes = w->weighted ? weight : none;
        count++;
    }
    begin_text(&st->want);
    begin_text(&st->have);
    say(&st->want, "[");
    for (unsigned x = 0; x < ROWS; x++) {
        if (!st->truth.there[side][x])
            continue;
        say(&st->want, "%s{\"name\":\"%s\"", comma, row_name(side, x));
        for (unsigned i = 0; i < way_count; i++)
            if (ways[i].from == side)
                say_loaded(st, &ways[i], x);
        say(&st->want, "}");
        comma = ",";
    }
    say(&st->want, "]");
    const kith_query q = { .attributes = name, .include = includes, .order = by_name };
    kith_list *list = kith_find(st->s, model_of(st, side), &q);
    say(&st->have, "%s", list ? kith_json(st->s, list) : "");
    return (list && same(st, "what is loaded")) || differs(st, "loading failed");
}

/* ---- a whole story ---- */

static bool clean_up(struct story *st)
{
    static const char *const scripts[] = { "DELETE FROM bond", "DELETE FROM peering", "DELETE FROM targets",
                                           "DELETE FROM sources" };
    if (st->in_transaction)
        return kith_rollback(st->s) || differs(st, "the rollback at the end");
    for (unsigned i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (kith_execute(st->s, scripts[i], NULL) < 0)
            return differs(st, scripts[i]);
    return true;
}

bool story_play(struct story *st, kith_session *s, uint64_t seed, unsigned calls)
{
    st->s = s;
    st->chance = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    st->truth = (struct truth){ .there = { { false } } };
    begin_text(&st->log);
    begin_text(&st->failure);
    st->number = 0;
    st->in_transaction = draw(st, 4) != 0; /* which is faster; and links are to work in one as well as without */
    if (st->in_transaction && !kith_begin(s))
        return differs(st, "the transaction");
    bool good = make_rows(st);
    for (; good && st->number < calls; st->number++)
        good = call(st) && (st->number % LOOK_EVERY || (look_at(st, SOURCE) && look_at(st, TARGET)));
    good = good && look_at(st, SOURCE) && look_at(st, TARGET) && clean_up(st);
    kith_session_release_all(s);
    return good;
}

struct story *story_new(unsigned source_shape, unsigned target_shape)
{
    struct story *st = calloc(1, sizeof *st);
    if (st)
        story_models_make(&st->m, source_shape, target_shape);
    return st;
}

const kith_model *const *story_models(const struct story *st)
{
    return st->m.all;
}

void story_free(struct story *st)
{
    free(st);
}

const char *story_failure(const struct story *st)
{
    return st->failure.at;
}
