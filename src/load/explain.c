/* explain: a plan as text for people, and its statements as they would be sent. The keys of later statements are not
 * known, so two are made up; they are never shown. Sends nothing unless the database is to be asked for its own plan. */
#include "base/error.h"
#include "base/value_text.h"
#include "load/load.h"

enum { KEYS_SHOWN = 2 };

struct explaining {
    struct load *l;
    struct plan *plan;
    struct buf *out;
    bool ask;
    unsigned number; /* of the statement */
};

/* ---- the plan ---- */

static void add(struct explaining *e, const char *text)
{
    kith__buf_add(e->out, text);
}

/* Those asked for, and behind + those that are read as well. */
static void columns(struct explaining *e, const struct slots *slots)
{
    for (unsigned i = 0; i < slots->count; i++) {
        const char *between = i == slots->visible ? (i ? " + " : "+ ") : i ? ", " : "";
        kith__buf_format(e->out, "%s%s", between, slots->attrs[i]->name);
    }
    if (!slots->count)
        add(e, "nothing");
}

static void computed(struct explaining *e, const struct plan_node *n)
{
    for (unsigned i = 0; i < n->computed.count; i++)
        kith__buf_format(e->out, "%s%s", i ? ", " : "; computed: ", n->computed.attrs[i]->name);
}

static void keys(struct explaining *e, const struct assoc *a)
{
    const struct model *from = a->source;
    for (unsigned h = 0; h < a->hop_count; h++) {
        const struct hop *hop = &a->hops[h];
        for (unsigned i = 0; i < hop->on.count; i++)
            kith__buf_format(e->out, "%s%s.%s = %s.%s", h || i ? ", " : "", from->name, hop->on.from[i]->name,
                             hop->to->name, hop->on.to[i]->name);
        from = hop->to;
    }
}

static void strategy(struct explaining *e, const struct plan_node *n)
{
    add(e, n->separate ? "SEPARATE" : "JOIN");
    if (n->required && n->separate)
        kith__buf_format(e->out, ", required by EXISTS in %s", n->assoc->source->name);
    else if (n->required)
        add(e, ", required");
    add(e, ", ");
}

static void node(struct explaining *e, unsigned number)
{
    const struct plan_node *n = &e->plan->nodes[number];
    if (!n->assoc) {
        kith__buf_format(e->out, "%s: ", n->model->name);
        columns(e, &n->slots);
        computed(e, n);
        return;
    }
    kith__buf_format(e->out, "%s", n->name);
    if (assoc_source_scope(n->assoc)) /* one of several models */
        kith__buf_format(e->out, " (%s)", n->model->name);
    add(e, ": ");
    strategy(e, n);
    keys(e, n->assoc);
    add(e, ": ");
    columns(e, &n->slots);
    computed(e, n);
    if (n->link_slots.count) {
        kith__buf_format(e->out, "; %s: ", assoc_join(n->assoc)->name);
        columns(e, &n->link_slots);
    }
}

static unsigned depth_of(const struct plan *plan, unsigned number)
{
    unsigned depth = 0;
    for (; number != plan->nodes[number].parent; number = plan->nodes[number].parent)
        depth++;
    return depth;
}

static void tree(struct explaining *e)
{
    for (unsigned i = 0; i < e->plan->count; i++) {
        for (unsigned depth = depth_of(e->plan, i); depth; depth--)
            add(e, "  ");
        node(e, i);
        add(e, "\n");
    }
}

/* ---- keys that are made up ---- */

static kith_value sample(const struct attr *attr, unsigned number)
{
    static const char *const texts[KITH_T_COUNT_][KEYS_SHOWN] = {
        [KITH_T_DECIMAL] = { "1", "2" },
        [KITH_T_DATEONLY] = { "2000-01-01", "2000-01-02" },
        [KITH_T_TIME] = { "01:00:00", "02:00:00" },
        [KITH_T_UUID] = { "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002" },
        [KITH_T_JSON] = { "1", "2" },
    };
    const char *text = texts[attr->type.id][number];
    switch (attr->type.id) {
    case KITH_T_INTEGER:
    case KITH_T_BIGINT: return kith_of_int((int64_t)number + 1);
    case KITH_T_BOOLEAN: return kith_of_bool(number);
    case KITH_T_DOUBLE: return kith_of_double(number + 1.0);
    case KITH_T_DATE: return kith_of_timestamp((int64_t)number * 1000000);
    case KITH_T_BLOB: return kith_of_bytes(number ? "b" : "a", 1);
    case KITH_T_ENUM: return kith_of_str(attr->type.labels[0]);
    default: return kith_of_str(text ? text : number ? "b" : "a");
    }
}

static bool make_keys(struct load *l, const struct key_pairs *on, struct sql_keys *out)
{
    kith_value *values = ARENA_ARRAY(&l->scratch, (size_t)KEYS_SHOWN * on->count, kith_value);
    uint8_t *types = ARENA_ARRAY(&l->scratch, on->count, uint8_t);
    if (!values || !types)
        return kith__load_no_memory(l);
    for (unsigned i = 0; i < on->count; i++) {
        types[i] = attr_key_type(on->to[i]);
        for (unsigned row = 0; row < KEYS_SHOWN; row++)
            values[row * on->count + i] = sample(on->to[i], row);
    }
    *out = (struct sql_keys){
        .width = on->count, .count = KEYS_SHOWN, .values = values, .types = types, .assumed = true
    };
    return true;
}

/* ---- statements ---- */

static void path(struct explaining *e, unsigned number)
{
    const struct plan_node *n = &e->plan->nodes[number];
    if (!n->assoc) {
        add(e, n->model->name);
        return;
    }
    path(e, n->parent);
    kith__buf_format(e->out, ".%s", n->name);
    if (assoc_source_scope(n->assoc))
        kith__buf_format(e->out, " (%s)", n->model->name);
}

static void heading(struct explaining *e, unsigned number)
{
    const struct plan_node *n = &e->plan->nodes[number];
    kith__buf_format(e->out, "\n%u. ", ++e->number);
    path(e, number);
    if (n->assoc) {
        const char *sources = n->assoc->source->plural;
        size_t chunk = e->l->dialect->key_chunk, whole = kith__whole_from(e->plan, number);
        if (chunk)
            kith__buf_format(e->out, ", for up to %zu %s together", chunk, sources);
        else
            kith__buf_format(e->out, ", for all %s together", sources);
        kith__buf_format(e->out, " (shown for %d keys", KEYS_SHOWN);
        if (whole)
            kith__buf_format(e->out, "; from %zu %s on without keys", whole, sources);
        add(e, ")");
    }
    add(e, "\n");
}

static void values(struct explaining *e, const struct renderer *r)
{
    for (size_t i = 0; i < r->param_count; i++) {
        add(e, i ? ", " : "values: ");
        if (r->params[i].assumed)
            add(e, "<keys>");
        else
            kith__value_write(e->out, &r->params[i].value);
    }
    if (r->param_count)
        add(e, "\n");
}

/* Each line of it behind two blanks. */
static void indented(struct explaining *e, const kith_value *text)
{
    add(e, "  ");
    for (uint32_t i = 0; text->kind == KITH_STR && i < text->size; i++) {
        kith__buf_char(e->out, text->as.str[i]);
        if (text->as.str[i] == '\n' && i + 1 < text->size)
            add(e, "  ");
    }
    add(e, "\n");
}

/* What the database says of the statement. */
static bool ask(struct explaining *e, const struct sql_select *select)
{
    static const uint8_t text_type = KITH_T_TEXT;
    struct load *l = e->l;
    struct run run;
    kith_value line;
    int step;
    kith__render_clear(&l->renderer);
    kith__buf_add(&l->renderer.text, l->dialect->explain);
    if (!kith__render_select(&l->renderer, select))
        return kith__load_no_memory(l);
    if (!kith__load_run(l, &run))
        return false;
    add(e, "plan:\n");
    bool good = true;
    while (good && (step = kith__run_step(&run, l->err)) != 0) {
        good = step == 1 &&
               kith__run_columns(&run, l->dialect->explain_column, 1, &text_type, &l->scratch, &line, l->err);
        if (good)
            indented(e, &line);
    }
    kith__run_close(&run);
    return good;
}

static bool statement(struct explaining *e, unsigned number)
{
    struct load *l = e->l;
    const struct plan_node *n = &e->plan->nodes[number];
    struct sql_select *select;
    struct sql_keys keys;
    if (n->assoc && !make_keys(l, &n->assoc->hops[0].on, &keys))
        return false;
    if (!kith__select(l, e->plan, number, n->assoc ? &keys : NULL, &select))
        return false;
    kith__render_clear(&l->renderer);
    if (!kith__render_select(&l->renderer, select))
        return kith__load_no_memory(l);
    heading(e, number);
    kith__buf_format(e->out, "%s\n", kith__buf_text(&l->renderer.text));
    values(e, &l->renderer);
    return !e->ask || ask(e, select);
}

static bool statements(struct explaining *e)
{
    const unsigned *levels = kith__plan_levels(e->l, e->plan);
    unsigned last = 0;
    if (!levels)
        return kith__load_no_memory(e->l);
    for (unsigned i = 0; i < e->plan->count; i++)
        last = levels[i] > last ? levels[i] : last;
    for (unsigned level = 0; level <= last; level++)
        for (unsigned i = 0; i < e->plan->count; i++)
            if (e->plan->nodes[i].separate && levels[i] == level && !statement(e, i))
                return false;
    return true;
}

bool kith__load_explain(struct load *l, struct plan *plan, bool ask_database, struct buf *out)
{
    struct explaining e = { .l = l, .plan = plan, .out = out, .ask = ask_database };
    tree(&e);
    return statements(&e);
}
