/* nested by hand: one statement for each table, and the rows of each parent chained through one array. */
#include <stdlib.h>

#include "hand_rows.h"
#include "nested.h"

/* ---- the data ----------------------------------------------------------------------------------------------------- */

static void create(void *db, unsigned level)
{
    const struct nested_level *l = &NESTED[level];
    char sql[512] = "";
    hand_append(sql, sizeof sql, "CREATE TABLE \"%s\" (\"id\" " HAND_ID ", \"name\" " HAND_TEXT ", ", l->table);
    hand_append(sql, sizeof sql, "\"number\" BIGINT NOT NULL");
    if (l->key)
        hand_append(sql, sizeof sql, ", \"%s\" INTEGER NOT NULL REFERENCES \"%s\" (\"id\") ON UPDATE CASCADE", l->key,
                    NESTED[l->parent].table);
    hand_append(sql, sizeof sql, ")" HAND_TABLE);
    hand_exec(db, sql);
}

static void fill(void *db, unsigned level, int64_t scale)
{
    const struct nested_level *l = &NESTED[level];
    char sql[256] = "";
    struct hand_fill *f = hand_fill_begin(db, l->table, l->key ? "itli" : "itl");
    for (int64_t id = 1; id <= nested_count(level, scale); id++) {
        struct named n = nested_made(level, id);
        hand_fill_row(f, n.id, n.name, n.number, nested_parent(level, id, scale));
    }
    hand_fill_end(f);
    hand_append(sql, sizeof sql, "CREATE INDEX \"%s_%s\" ON \"%s\" (\"%s\")", l->table, l->key ? l->key : "", l->table,
                l->key ? l->key : "");
    if (l->key)
        hand_exec(db, sql);
}

static void prepare(const char *url, struct bench_run *run)
{
    char sql[128];
    void *db = hand_open(url);
    for (unsigned level = NESTED_LEVELS; level-- > 0;) {
        snprintf(sql, sizeof sql, "DROP TABLE IF EXISTS \"%s\"", NESTED[level].table);
        hand_exec(db, sql);
    }
    for (unsigned level = 0; level < NESTED_LEVELS; level++) {
        create(db, level);
        fill(db, level, run->scale);
        hand_analyze(db, NESTED[level].table);
    }
    hand_close(db);
    nested_expect(run);
}

/* ---- what is measured --------------------------------------------------------------------------------------------- */

struct node {
    int64_t number;
    const char *name;
    uint32_t name_size;
    int32_t id;
    uint32_t next;                 /* place of the parent's next row in this table, plus one; 0: no more */
    uint32_t first[NESTED_LEVELS]; /* of its own rows in each table, as next */
};

struct table {
    struct node *nodes; /* in the order of their ids, where others belong to them */
    size_t count, room;
    struct hand_places at;
};

struct loaded {
    struct table tables[NESTED_LEVELS];
    struct hand_arena texts;
};

static bool is_parent(unsigned level)
{
    for (unsigned child = level + 1; child < NESTED_LEVELS; child++)
        if (NESTED[child].parent == level)
            return true;
    return false;
}

static void index_nodes(struct table *t)
{
    if (t->count == 0)
        return;
    hand_places_fit(&t->at, t->nodes[0].id, t->nodes[t->count - 1].id);
    for (size_t i = 0; i < t->count; i++)
        *hand_place(&t->at, t->nodes[i].id) = i;
}

static void take_rows(struct loaded *all, unsigned level, struct hand_rows *rows)
{
    struct table *t = &all->tables[level], *parents = &all->tables[NESTED[level].parent];
    while (hand_rows_next(rows)) {
        t->nodes = hand_grow(t->nodes, t->count, &t->room, sizeof *t->nodes);
        struct node *n = &t->nodes[t->count++];
        *n = (struct node){ .id = hand_rows_int(rows, 0), .number = hand_rows_long(rows, 2) };
        n->name = hand_rows_text(rows, 1, &all->texts, &n->name_size);
        if (level > 0) {
            struct node *parent = &parents->nodes[*hand_place(&parents->at, hand_rows_int(rows, 3))];
            n->next = parent->first[level];
            parent->first[level] = (uint32_t)t->count;
        }
    }
}

static void load(void *db, struct loaded *all, unsigned level)
{
    const struct nested_level *l = &NESTED[level];
    struct hand_rows rows;
    char sql[256] = "SELECT \"id\", \"name\", \"number\"";
    if (l->key)
        hand_append(sql, sizeof sql, ", \"%s\"", l->key);
    hand_append(sql, sizeof sql, " FROM \"%s\"%s", l->table, is_parent(level) ? " ORDER BY \"id\"" : "");
    hand_rows_prepare(&rows, db, sql, l->key ? "itli" : "itl");
    hand_rows_run(&rows, NULL, 0);
    take_rows(all, level, &rows);
    hand_rows_close(&rows);
    if (is_parent(level))
        index_nodes(&all->tables[level]);
}

static uint64_t digest(const struct loaded *all, unsigned level, const struct node *n)
{
    uint64_t sum = 0;
    for (unsigned child = level + 1; child < NESTED_LEVELS; child++)
        for (size_t at = n->first[child]; at; at = all->tables[child].nodes[at - 1].next)
            sum += digest(all, child, &all->tables[child].nodes[at - 1]);
    return nested_digest(named_digest(n->id, n->name, n->name_size, n->number), sum);
}

static void free_loaded(struct loaded *all)
{
    for (unsigned level = 0; level < NESTED_LEVELS; level++) {
        free(all->tables[level].nodes);
        free(all->tables[level].at.at);
    }
    hand_arena_free(&all->texts);
}

static void load_and_touch(const char *url, struct bench_run *run)
{
    struct loaded all = { 0 };
    void *db = hand_open(url);
    bench_start(run);
    for (unsigned level = 0; level < NESTED_LEVELS; level++)
        load(db, &all, level);
    for (size_t i = 0; i < all.tables[0].count; i++)
        run->checksum = bench_chain(run->checksum, digest(&all, 0, &all.tables[0].nodes[i]));
    bench_stop(run);
    for (unsigned level = 0; level < NESTED_LEVELS; level++)
        run->rows += (int64_t)all.tables[level].count;
    free_loaded(&all);
    hand_close(db);
}

const struct bench_mode bench_modes[] = { { "prepare", prepare }, { "run", load_and_touch }, { 0 } };
