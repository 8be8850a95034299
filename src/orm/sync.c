/* sync: the tables of all models, created in an order that their references allow. */
#include "base/error.h"
#include "orm/session.h"

struct syncing {
    struct call *c;
    const struct schema *schema;
    const struct model **order;
    unsigned count;
    uint8_t *state; /* by model: 0 not met, 1 being placed, 2 placed */
};

static unsigned number_of(const struct syncing *sy, const struct model *m)
{
    unsigned i = 0;
    while (sy->schema->models[i] != m)
        i++;
    return i;
}

/* What a table refers to comes before it, unless they refer to each other in a circle. */
static void place(struct syncing *sy, unsigned i)
{
    const struct model *m = sy->schema->models[i];
    if (sy->state[i])
        return;
    sy->state[i] = 1;
    for (unsigned k = 0; k < m->foreign_key_count; k++)
        if (m->foreign_keys[k].to)
            place(sy, number_of(sy, m->foreign_keys[k].to));
    sy->state[i] = 2;
    sy->order[sy->count++] = m;
}

static bool run(struct call *c, bool rendered)
{
    if (!rendered)
        return kith__call_no_memory(c);
    return kith__call_rows(c, NULL, 0, false, NULL, NULL, NULL) >= 0;
}

static bool run_text(struct call *c, const char *sql)
{
    return !sql || kith__run_text(c->load.conn, sql, &c->err);
}

/* Where ENUMs are types of their own. */
static bool each_enum(struct syncing *sy, bool (*render)(struct renderer *r, const struct attr *attr))
{
    struct renderer *r = &sy->c->load.renderer;
    const struct dialect *dialect = sy->c->s->db->dialect;
    for (unsigned i = 0; dialect->create_enum && i < sy->schema->enum_count; i++) {
        const struct attr *attr = sy->schema->enums[i]->attr;
        kith__render_clear(r);
        if (dialect->native_enum(attr) && !run(sy->c, render(r, attr)))
            return false;
    }
    return true;
}

static bool drop_tables(struct syncing *sy)
{
    struct renderer *r = &sy->c->load.renderer;
    const struct dialect *dialect = sy->c->s->db->dialect;
    bool good = run_text(sy->c, dialect->before_drop);
    for (unsigned i = sy->count; good && i > 0; i--) {
        kith__render_clear(r);
        good = run(sy->c, kith__render_drop_table(r, sy->order[i - 1]));
    }
    good = run_text(sy->c, dialect->after_drop) && good && each_enum(sy, kith__render_drop_enum);
    kith__conn_forget_statements(sy->c->load.conn);
    return good;
}

/* To columns of its own table that are unique by an index, which is created after the table. */
static bool refers_to_own_index(const struct model *m, const struct foreign_key *fk)
{
    bool own = fk->to == m, by_index = fk->count != m->key_count;
    for (unsigned i = 0; own && i < fk->count; i++)
        by_index |= !fk->to_attrs[i]->primary_key;
    return own && by_index;
}

/* The references to what comes later in the order. */
static bool *references_ahead(struct syncing *sy, unsigned at)
{
    const struct model *m = sy->order[at];
    bool *later = ARENA_ARRAY(&sy->c->load.scratch, m->foreign_key_count, bool);
    bool ahead = sy->c->s->db->dialect->can & CAN_REFER_AHEAD;
    for (unsigned k = 0; later && !ahead && k < m->foreign_key_count; k++) {
        later[k] = refers_to_own_index(m, &m->foreign_keys[k]);
        for (unsigned i = at + 1; i < sy->count; i++)
            later[k] |= m->foreign_keys[k].to == sy->order[i];
    }
    return later;
}

static bool create_table(struct syncing *sy, unsigned at, const bool *later)
{
    struct renderer *r = &sy->c->load.renderer;
    const struct model *m = sy->order[at];
    kith__render_clear(r);
    if (!run(sy->c, kith__render_create_table(r, m, later)))
        return false;
    for (unsigned i = 0; i < m->index_count; i++) {
        kith__render_clear(r);
        if (!run(sy->c, kith__render_create_index(r, m, &m->indexes[i])))
            return false;
    }
    return true;
}

static bool add_references(struct syncing *sy, unsigned at, const bool *later)
{
    struct renderer *r = &sy->c->load.renderer;
    const struct model *m = sy->order[at];
    for (unsigned k = 0; k < m->foreign_key_count; k++) {
        kith__render_clear(r);
        if (later[k] && !run(sy->c, kith__render_add_foreign_key(r, m, &m->foreign_keys[k])))
            return false;
    }
    return true;
}

static bool create_tables(struct syncing *sy)
{
    bool **later = ARENA_ARRAY(&sy->c->load.scratch, sy->count, bool *);
    if (!later)
        return kith__call_no_memory(sy->c);
    for (unsigned i = 0; i < sy->count; i++) {
        later[i] = references_ahead(sy, i);
        if (!later[i])
            return kith__call_no_memory(sy->c);
        if (!create_table(sy, i, later[i]))
            return false;
    }
    for (unsigned i = 0; i < sy->count; i++)
        if (!add_references(sy, i, later[i]))
            return false;
    return true;
}

/* Where CREATE and DROP take no part in transactions, they would commit the caller's. */
static bool begin_sync(struct call *c)
{
    if (c->s->db->dialect->can & CAN_ROLL_BACK_DDL)
        return kith__call_atomic(c);
    if (c->s->depth)
        return kith__error_set(&c->err, KITH_E_USAGE,
                               "kith_sync inside a transaction: on this database, creating a table would commit it");
    return kith__load_connect(&c->load);
}

static bool sync_all(struct call *c, const kith_sync_opts *opts)
{
    struct syncing sy = { .c = c, .schema = &c->s->db->schema };
    sy.order = ARENA_ARRAY(&c->load.scratch, sy.schema->model_count, const struct model *);
    sy.state = ARENA_ARRAY(&c->load.scratch, sy.schema->model_count, uint8_t);
    if (!sy.order || !sy.state)
        return kith__call_no_memory(c);
    if (opts && opts->alter)
        return kith__error_set(&c->err, KITH_E_UNSUPPORTED, "sync cannot alter tables yet; migrations will do that");
    for (unsigned i = 0; i < sy.schema->model_count; i++)
        place(&sy, i);
    if (!begin_sync(c))
        return false;
    return (!opts || !opts->force || drop_tables(&sy)) && each_enum(&sy, kith__render_create_enum) &&
           create_tables(&sy);
}

bool kith_sync(kith_session *s, const kith_sync_opts *opts)
{
    struct call c;
    return kith__call_begin(&c, s) && kith__call_end(&c, sync_all(&c, opts));
}
