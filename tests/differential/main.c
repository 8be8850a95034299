/* differential KIND CASES SEED: so many cases, each from a seed of its own, SEED and those that follow. The first one in
 * which the library's result differs from the evaluator's is told, with the arguments that repeat it alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/campaign.h"
#include "differential/differential.h"

/* Cases that share a schema and its rows. Only the seed decides about the schema. */
enum { TOGETHER = 100 };

static void count_statement(void *ctx, const char *sql, double ms)
{
    unsigned *count = ctx;
    (void)sql;
    (void)ms;
    ++*count;
}

struct play {
    const char *kind;
    const struct schema *schema;
    kith_session *s;
    unsigned seed, statements;
};

/* ---- the database ---- */

static bool insert(kith_db *db, kith_session *s, const struct table *t)
{
    struct pool pool = { 0 };
    const char **names = take(&pool, (MOST_COLUMNS + 2) * sizeof(char *));
    unsigned width = t->column_count + t->paranoid;
    kith_value *values = take(&pool, ((size_t)width * t->row_count + 1) * sizeof *values), *v = values;
    for (unsigned i = 0; i < t->column_count; i++)
        names[i] = t->columns[i].name;
    if (t->paranoid)
        names[t->column_count] = "deletedAt";
    for (unsigned i = 0; i < t->row_count; i++) {
        for (unsigned j = 0; j < t->column_count; j++)
            *v++ = to_value(&pool, t->columns[j].type, &t->rows[i].cells[j]);
        if (t->paranoid)
            *v++ = t->rows[i].deleted ? kith_of_timestamp(INT64_C(1700000000000000)) : kith_of_null();
    }
    *v = (kith_value)KITH_END_VALUE_;
    const kith_model *m = kith_model_named(db, t->name);
    bool good = !t->row_count || kith_insert_many(s, m, names, values, t->row_count, NULL) == t->row_count;
    pool_free(&pool);
    return good;
}

static kith_db *open_schema(const char *url, struct play *play)
{
    kith_error err;
    kith_db *db = kith_open(url,
                            &(kith_open_opts){
                                .models = play->schema->given, .log = count_statement, .log_ctx = &play->statements },
                            &err);
    if (!db) {
        print_schema(play->schema);
        give_up("seed %u: %s", play->seed, err.message);
    }
    play->s = kith_session_open(db);
    bool good = kith_sync(play->s, &(kith_sync_opts){ .force = true });
    for (unsigned i = 0; good && i < play->schema->table_count; i++)
        good = insert(db, play->s, &play->schema->tables[i]);
    if (!good) {
        print_schema(play->schema);
        give_up("seed %u: %s", play->seed, kith_error_of(play->s)->message);
    }
    return db;
}

/* Constraints only lead back. */
static void drop_tables(const struct play *play)
{
    struct pool pool = { 0 };
    for (unsigned i = play->schema->table_count; i-- > 0;)
        if (!kith_execute_script(play->s, format_in(&pool, "DROP TABLE %s", play->schema->tables[i].name)))
            give_up("%s", kith_error_of(play->s)->message);
    pool_free(&pool);
}

/* ---- one case ---- */

/* By which way includes are loaded: all by one, or each by one that chance draws. Lists that are joined to one source
 * multiply each other's rows, so only some are. */
struct strategies {
    kith_strategy all;
    struct chance *mixed;
    unsigned lists_left;
};

static kith_strategy choose_strategy(struct strategies *by, const struct ask *ask)
{
    kith_strategy own = by->mixed ? (kith_strategy)below(by->mixed, 3) : by->all;
    if (ask->alone)
        return KITH_SEPARATE;
    if (own == KITH_JOIN && ask->way->many)
        return by->lists_left && by->lists_left-- ? KITH_JOIN : KITH_STRATEGY_AUTO;
    return own;
}

/* How many statements there may be then, but for the root's. */
static unsigned set_all(struct ask *ask, struct strategies *by)
{
    unsigned statements = 0;
    for (unsigned i = 0; i < ask->child_count; i++) {
        struct ask *child = ask->children[i];
        child->strategy = choose_strategy(by, child);
        statements += child->strategy == KITH_SEPARATE || (child->way->many && child->strategy != KITH_JOIN);
        statements += set_all(child, by);
    }
    return statements;
}

static unsigned set_strategies(const struct play *play, struct ask *ask, kith_strategy strategy, struct chance *mixed)
{
    struct strategies by = { strategy, mixed, play->schema->big ? 2 : 3 };
    return 1 + set_all(ask, &by);
}

static bool tell(const struct play *play, const struct ask *ask, const char *what)
{
    printf("differential: seed %u: %s\nto repeat it: differential %s 1 %u\n", play->seed, what, play->kind, play->seed);
    print_schema(play->schema);
    print_query(ask);
    return false;
}

static bool same(struct play *play, const struct ask *ask, const char *call, const struct result_list *expected,
                 const struct result_list *got)
{
    if (kith_error_of(play->s))
        return tell(play, ask, kith_error_of(play->s)->message);
    if (same_results(expected, got))
        return true;
    tell(play, ask, "the results differ");
    printf("---- by %s\n", call);
    print_result("expected", expected);
    print_result("got", got);
    return false;
}

static bool is_alike(struct play *play, struct pool *pool, const struct ask *ask, const char *call,
                     const struct result_list *expected, const kith_list *list, unsigned most)
{
    if (!list)
        return tell(play, ask, kith_error_of(play->s)->message);
    if (!same(play, ask, call, expected, got_result(pool, ask, list)))
        return false;
    if (play->statements > most)
        return tell(play, ask, format_in(pool, "%s: %u statements, and not %u", call, play->statements, most));
    return true;
}

static bool find_alike(struct play *play, struct pool *pool, const struct ask *ask, const struct result_list *expected,
                       unsigned most)
{
    play->statements = 0;
    kith_list *list = kith_find(play->s, play->schema->models[ask->table->number], to_query(pool, ask));
    return is_alike(play, pool, ask, "kith_find", expected, list, most);
}

static bool count_is(struct play *play, struct pool *pool, const struct ask *ask, const char *call, int64_t count,
                     unsigned expected)
{
    if (count == (int64_t)expected)
        return true;
    return tell(play, ask,
                kith_error_of(play->s) ? kith_error_of(play->s)->message
                                       : format_in(pool, "%s counts %lld, not %u", call, (long long)count, expected));
}

/* The same, with how many there are without limit and offset. */
static bool find_and_count_alike(struct play *play, struct pool *pool, const struct ask *ask,
                                 const struct result_list *expected, unsigned most, unsigned total)
{
    int64_t count = -1;
    play->statements = 0;
    kith_list *list = kith_find_and_count(play->s, play->schema->models[ask->table->number], to_query(pool, ask),
                                          &count);
    return is_alike(play, pool, ask, "kith_find_and_count", expected, list, most + 1) &&
           count_is(play, pool, ask, "kith_find_and_count", count, total);
}

/* The same, record by record. */
static bool stream_alike(struct play *play, struct pool *pool, struct ask *ask, const struct result_list *expected)
{
    set_strategies(play, ask, (kith_strategy)(play->seed % 3), NULL);
    struct result_list *got = got_nothing(pool, ask, expected->count + 1);
    const kith_record *r;
    const kith_stream_opts opts = { .batch = play->seed % 8 }; /* 0: as many as it likes */
    kith_stream *stream = kith_stream_open(play->s, play->schema->models[ask->table->number], to_query(pool, ask),
                                           &opts);
    while (got->count <= expected->count && (r = kith_stream_next(stream)))
        got_more(pool, ask, r, got);
    kith_stream_close(stream);
    return same(play, ask, "kith_stream_next", expected, got);
}

struct walk {
    struct play *play;
    struct pool *pool;
    const struct ask *ask;
    const kith_query *query;
    kith_page page;
    struct result_list *got;
};

/* The page behind the one that was read last, or before it; its records, in the order of the walk. */
static bool turn_page(struct walk *w, bool back)
{
    const kith_page_opts opts = { .size = 1 + w->play->seed % 5,
                                  .after = back ? NULL : w->page.last,
                                  .before = back ? w->page.first : NULL };
    if (!kith_find_page(w->play->s, w->play->schema->models[w->ask->table->number], w->query, &opts, &w->page))
        return false;
    const kith_list *list = w->page.list;
    for (size_t i = 0; i < list->count; i++)
        got_more(w->pool, w->ask, list->at[back ? list->count - 1 - i : i], w->got);
    return true;
}

static void turn_round(struct result_list *list)
{
    for (unsigned i = 0; i < list->count / 2; i++) {
        struct result held = list->items[i];
        list->items[i] = list->items[list->count - 1 - i];
        list->items[list->count - 1 - i] = held;
    }
}

/* Without limit and offset, by pages that begin at cursors: to the end, and from the last one back. */
static bool walk_alike(struct play *play, struct pool *pool, struct ask *ask)
{
    unsigned total;
    if (!ask->table->has_primary || play->seed % 4) /* it takes more statements than all the rest */
        return true;
    ask->limit = ask->offset = 0;
    ask->walked = true;
    struct result_list *expected = expected_result(pool, ask, &total);
    unsigned most = total + 8; /* one page more than there are */
    struct walk w = { play, pool, ask, to_query(pool, ask), { 0 }, got_nothing(pool, ask, most) };
    while (w.got->count <= total && turn_page(&w, false) && w.page.more_after)
        continue;
    if (!same(play, ask, "kith_find_page, forwards", expected, w.got))
        return false;
    struct result_list *all = w.got;
    unsigned last = w.page.list ? (unsigned)w.page.list->count : 0;
    w.got = got_nothing(pool, ask, most);
    for (unsigned i = 0; i < last; i++)
        w.got->items[w.got->count++] = all->items[all->count - 1 - i];
    while (w.page.more_before && w.got->count <= total && turn_page(&w, true))
        continue;
    turn_round(w.got);
    return same(play, ask, "kith_find_page, backwards", expected, w.got);
}

/* The same of one row, by kith_get. */
static bool get_alike(struct play *play, struct pool *pool, kith_strategy strategy)
{
    const struct row *row;
    struct ask *ask = draw_related(play->schema, pool, play->seed, &row);
    kith_value keys[MOST_COLUMNS + 1] = { { 0 } }, *key = keys;
    if (!ask)
        return true;
    const struct table *t = ask->way->source;
    for (unsigned i = 0; i < t->column_count; i++)
        if (t->columns[i].primary)
            *key++ = to_value(pool, t->columns[i].type, &row->cells[i]);
    *key = (kith_value)KITH_END_VALUE_;
    kith_record *source = kith_find_by_keys(play->s, play->schema->models[t->number], keys);
    if (!source)
        return tell(play, ask, "kith_find_by_keys does not find the row");
    unsigned most = set_strategies(play, ask, strategy, NULL);
    play->statements = 0;
    kith_list *list = kith_get(play->s, source, ask->way->name, to_query(pool, ask));
    bool good = is_alike(play, pool, ask, "kith_get", expected_related(pool, ask, row), list, most), all[MOST_COLUMNS];
    memset(all, true, sizeof all);
    if (!good)
        printf("---- of%s\n", row_text(pool, t, all, row));
    return good;
}

static bool count_alike(struct play *play, struct pool *pool, const struct ask *ask, unsigned total)
{
    int64_t count = kith_count(play->s, play->schema->models[ask->table->number], to_query(pool, ask));
    return count_is(play, pool, ask, "kith_count", count, total);
}

static bool play_case(struct play *play)
{
    struct pool pool = { 0 };
    struct ask *ask = draw_query(play->schema, &pool, play->seed);
    struct chance mixed = chance_from(play->seed);
    unsigned total, most = 0;
    struct result_list *expected = expected_result(&pool, ask, &total);
    bool good = count_alike(play, &pool, ask, total);
    for (unsigned i = 0; good && i < 4; i++) {
        most = set_strategies(play, ask, (kith_strategy)i, i == 3 ? &mixed : NULL);
        good = find_alike(play, &pool, ask, expected, most);
    }
    good = good && find_and_count_alike(play, &pool, ask, expected, most, total) &&
           stream_alike(play, &pool, ask, expected) && get_alike(play, &pool, KITH_STRATEGY_AUTO) &&
           get_alike(play, &pool, KITH_JOIN) && walk_alike(play, &pool, ask);
    kith_session_release_all(play->s);
    pool_free(&pool);
    return good;
}

/* ---- all cases ---- */

/* Those from seed on that share a schema, at most `most`; how many. 0: one went wrong. */
static unsigned play_together(const char *url, const char *kind, unsigned seed, unsigned most)
{
    struct schema *schema = draw_schema(seed / TOGETHER);
    struct play play = { .kind = kind, .schema = schema, .seed = seed };
    kith_db *db = open_schema(url, &play);
    unsigned count = TOGETHER - seed % TOGETHER, played = 0;
    bool good = true;
    for (; good && played < count && played < most; played++) {
        play.seed = seed + played;
        good = play_case(&play);
    }
    if (good)
        drop_tables(&play);
    kith_session_close(play.s);
    kith_close(db);
    free_schema(schema);
    return good ? played : 0;
}

int main(int count, char **arguments)
{
    if (count != 4)
        give_up("usage: differential KIND CASES SEED");
    unsigned cases = number_of(arguments[2]), seed = number_of(arguments[3]), played = 0;
    const char *url = make_database(arguments[1], NULL);
    int64_t began = now_ms();
    for (unsigned more = 1; more && played < cases; played += more)
        more = play_together(url, arguments[1], seed + played, cases - played);
    drop_database();
    printf("differential on %s: %u of %u cases without a difference in %.1f s, from seed %u on\n", arguments[1], played,
           cases, (double)(now_ms() - began) / 1000, seed);
    return played < cases;
}
