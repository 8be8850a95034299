/* nested by Kith: one kith_find with an include for each association, and the values of each record by their slots. */
#include "models.h"
#include "nested.h"
#include "with_kith.h"

#define PASTE(a, b)      a##b
#define MODELS_OF(named) PASTE(named, _models)

struct slots {
    int id, name, number;
    bool known;
};

/* The records of a table have the same slots everywhere. */
static uint64_t digest(const kith_list *list, unsigned level, size_t i, struct slots slots[NESTED_LEVELS],
                       int64_t *rows)
{
    struct slots *at = &slots[level];
    if (!at->known)
        *at = (struct slots){ kith_slot(list, "id"), kith_slot(list, "name"), kith_slot(list, "number"), true };
    const kith_value *v = kith_values(list->at[i]);
    uint64_t sum = 0;
    for (unsigned child = level + 1; child < NESTED_LEVELS; child++)
        if (NESTED[child].parent == level) {
            const kith_list *below = kith_many(list->at[i], NESTED[child].table);
            for (size_t j = 0; j < below->count; j++)
                sum += digest(below, child, j, slots, rows);
        }
    (*rows)++;
    return nested_digest(named_digest(v[at->id].as.integer, v[at->name].as.str, v[at->name].size,
                                      v[at->number].as.integer),
                         sum);
}

/* The includes of each level, put together from the last one on; each association has its table's name. */
static const kith_include *includes(kith_include of[NESTED_LEVELS][NESTED_LEVELS])
{
    unsigned count[NESTED_LEVELS] = { 0 };
    for (unsigned child = NESTED_LEVELS; child-- > 1;) {
        unsigned parent = NESTED[child].parent;
        of[parent][count[parent]++] = (kith_include){ .as = NESTED[child].table, .include = of[child] };
    }
    return of[0];
}

static void load_and_touch(const char *url, struct bench_run *run)
{
    struct with_kith k = with_kith_open(url, MODELS_OF(NESTED));
    struct slots slots[NESTED_LEVELS] = { { 0 } };
    kith_include of[NESTED_LEVELS][NESTED_LEVELS] = { { { 0 } } };
    bench_start(run);
    kith_query query = { .order = KITH_ORDER({ .path = "id" }), .include = includes(of) };
    const kith_list *roots = kith_find(k.s, MODELS_OF(NESTED)[0], &query);
    with_kith_check(k.s);
    for (size_t i = 0; i < roots->count; i++)
        run->checksum = bench_chain(run->checksum, digest(roots, 0, i, slots, &run->rows));
    with_kith_check(k.s);
    bench_stop(run);
    with_kith_close(&k);
}

const struct bench_mode bench_modes[] = { { "run", load_and_touch }, { 0 } };
