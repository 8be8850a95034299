/* hooks: which functions of the program run for the rows of which model, in which order. Knows no verbs. */
#include "schema/build.h"

/* The entry that ends a table of hooks: nothing in it is set. */
static bool is_hook_end(const kith_hook *hook)
{
    return !hook->event && !hook->run && !hook->ctx;
}

static unsigned count_hooks(const kith_hook *hooks)
{
    unsigned count = 0;
    while (hooks && !is_hook_end(&hooks[count]))
        count++;
    return count;
}

/* m: NULL when they are of every model; assoc: whose join rows they are for, or NULL. */
static void check_hooks(struct builder *b, const struct model_build *m, const char *assoc, const kith_hook *hooks)
{
    for (unsigned i = 0, count = count_hooks(hooks); i < count; i++) {
        const char *whose = m ? "hook" : "hook of kith_open";
        if ((unsigned)hooks[i].event - 1 >= KITH_EVENT_COUNT_ - 1)
            kith__mistake(b, m, assoc, "%s number %u has the event %d, which does not exist", whose, i + 1,
                          (int)hooks[i].event);
        if (!hooks[i].run)
            kith__mistake(b, m, assoc, "%s number %u has no function to run", whose, i + 1);
    }
}

/* ---- the hooks of one model ---- */

/* A table that both sides of a join name runs once. */
struct tables {
    const kith_hook **at;
    size_t count, capacity;
};

static void add_table(struct builder *b, struct tables *t, const kith_hook *hooks)
{
    for (size_t i = 0; i < t->count; i++)
        if (t->at[i] == hooks)
            return;
    if (hooks && kith__arena_grow(b->arena, (void **)&t->at, t->count, &t->capacity, sizeof(const kith_hook *)))
        t->at[t->count++] = hooks;
}

static void add_join_tables(struct builder *b, const struct model_build *join, struct tables *t)
{
    for (unsigned i = 0; i < b->model_count; i++)
        for (const kith_assoc *def = b->models[i]->m.def->assocs; def && !is_assoc_end(def); def++)
            if (def->through_hooks && is_through(def) && kith__build_join_of(b, def) == join)
                add_table(b, t, def->through_hooks);
}

static void list_hooks(struct builder *b, struct model_build *m)
{
    struct tables t = { 0 };
    unsigned count = 0;
    add_table(b, &t, b->hooks);
    add_table(b, &t, m->m.def->hooks);
    if (m->m.is_join)
        add_join_tables(b, m, &t);
    for (size_t i = 0; i < t.count; i++)
        count += count_hooks(t.at[i]);
    const kith_hook **hooks = ARENA_ARRAY(b->arena, count, const kith_hook *);
    if (!hooks || b->arena->failed)
        return;
    m->m.hooks = hooks;
    for (size_t i = 0; i < t.count; i++)
        for (const kith_hook *hook = t.at[i]; !is_hook_end(hook); hook++) {
            hooks[m->m.hook_count++] = hook;
            m->m.hook_events |= UINT32_C(1) << hook->event;
        }
}

/* ---- all of them ---- */

static void check_model(struct builder *b, const struct model_build *m)
{
    check_hooks(b, m, NULL, m->m.def->hooks);
    for (const kith_assoc *def = m->m.def->assocs; def && !is_assoc_end(def); def++) {
        check_hooks(b, m, def->as, def->through_hooks);
        if (def->through_hooks && !is_through(def))
            kith__mistake(b, m, def->as, "has .through_hooks but no join table");
    }
}

void kith__build_hooks(struct builder *b)
{
    check_hooks(b, NULL, NULL, b->hooks);
    for (unsigned i = 0; i < b->model_count; i++)
        check_model(b, b->models[i]);
    for (unsigned i = 0; i < b->model_count && !b->mistakes && !b->arena->failed; i++)
        list_hooks(b, b->models[i]);
}
