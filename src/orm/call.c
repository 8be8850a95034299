/* call: one verb from its arguments to its result: connections, results, levels, statements. */
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "base/time.h"
#include "orm/watch.h"

bool kith__call_begin(struct call *c, kith_session *s)
{
    const struct site site = s && s->watch ? kith__watch_begin(s->watch) : (struct site){ 0 };
    if (!s || s->fault.transaction_failed)
        return false;
    *c = (struct call){ .s = s, .site = site };
    kith__load_init(&c->load, &s->db->schema, s->db->dialect, s->db->allocator, &s->memory, s->db->plain, &c->err);
    c->load.conn = s->conn;
    c->load.occupied = kith__streams_occupy(s);
    c->load.pool = &s->db->pool;
    c->load.running = &s->running;
    c->load.count = &s->count;
    c->load.timeout_ms = s->timeout_ms;
    return true;
}

/* A transaction has its connection already, so this does not matter there. */
void kith__call_reads(struct call *c)
{
    const kith_session *s = c->s;
    if (!s->conn)
        c->load.conn = kith__streams_share(s);
    if (!s->use_writer && s->db->readers.count)
        c->load.readers = &s->db->readers;
}

bool kith__call_no_memory(struct call *c)
{
    return kith__error_no_memory(&c->err);
}

/* Ends the level that call_atomic opened. */
static bool close_level(struct call *c, bool good)
{
    kith_session *s = c->s;
    c->savepoint = false;
    if (!good) {
        kith__fault(&s->fault, &c->err);
        bool outer = s->depth > 1;
        kith_rollback(s);
        s->fault.transaction_failed = outer; /* the transaction around has seen a failure all the same */
        return false;
    }
    if (kith_commit(s))
        return true;
    c->err = s->fault.first;
    return false;
}

void kith__call_drop_result(struct call *c)
{
    kith__result_free(c->load.result);
    c->load.result = NULL;
}

static struct record_values *keep_values(struct call *c, kith_record *r, const kith_value *values)
{
    struct record_values *kept = ARENA_NEW(&c->load.scratch, struct record_values);
    if (kept)
        *kept = (struct record_values){ .r = r, .values = values };
    else
        kith__call_no_memory(c);
    return kept;
}

bool kith__call_change(struct call *c, kith_record *r, const kith_value *values)
{
    struct record_values *kept = keep_values(c, r, values);
    if (!kept)
        return false;
    if (c->changed)
        c->last_changed->next = kept;
    else
        c->changed = kept;
    c->last_changed = kept;
    return true;
}

bool kith__call_restore(struct call *c, kith_record *r, const kith_value *values)
{
    struct record_values *kept = keep_values(c, r, values);
    if (!kept)
        return false;
    kept->next = c->shown; /* the oldest values are given back last */
    c->shown = kept;
    return true;
}

static void set_values(const struct record_values *list)
{
    for (; list; list = list->next)
        memcpy(list->r->values, list->values, list->r->shape->slot_count * sizeof *list->values);
}

void kith__call_show(struct call *c)
{
    set_values(c->changed);
    c->changed = NULL;
}

/* Behind whatever the message says. */
static void add_note(kith_error *err, const char *note)
{
    size_t size = strlen(err->message);
    if (size + strlen(note) < sizeof err->message)
        kith__copy(err->message + size, sizeof err->message - size, note);
}

bool kith__call_end(struct call *c, bool good)
{
    kith_session *s = c->s;
    if (!good && c->load.scratch.failed)
        kith__call_no_memory(c); /* whatever else seemed wrong came of that */
    if (!good && c->changed_all_the_same)
        add_note(&c->err, "; the change is made all the same");
    bool lost = !good && c->err.status == KITH_E_CONNECTION;
    if (c->load.conn)
        kith__running_set(&s->running, NULL);
    if (s->conn && lost)
        s->conn_broken = true;
    if (c->savepoint)
        good = close_level(c, good);
    else if (c->load.taken)
        kith__pool_give(c->load.pool, c->load.conn, lost);
    set_values(good ? c->changed : c->shown);
    kith__load_free(&c->load);
    if (!good) {
        if (c->load.result)
            kith__result_free(c->load.result);
        if (c->err.status != KITH_OK) /* else an earlier error stands */
            kith__fault(&s->fault, &c->err);
    }
    return good;
}

bool kith__call_result(struct call *c)
{
    kith_session *s = c->s;
    c->load.result = kith__result_new(&s->results, load_passing(&c->load), s->db->plain, &s->fault, s);
    if (!c->load.result)
        return kith__call_no_memory(c);
    if (s->watch) {
        c->load.result->found = c->site;
        c->load.result->number = ++s->watch->results;
    }
    return true;
}

bool kith__call_enter(struct call *c)
{
    kith_session *s = c->s;
    kith_error before = s->fault.first;
    s->fault.first = (kith_error){ 0 };
    bool good = kith_begin(s);
    if (!good) {
        c->err = s->fault.first;
        bool outer = s->depth > 1;
        kith_rollback(s); /* the level was counted */
        s->fault.transaction_failed = outer;
    }
    s->fault.first = before;
    c->load.conn = s->conn;
    return good;
}

bool kith__call_leave(struct call *c, bool good)
{
    kith_session *s = c->s;
    kith_error before = s->fault.first;
    s->fault.first = (kith_error){ 0 };
    bool done = good ? kith_commit(s) : kith_rollback(s);
    if (!done && c->err.status == KITH_OK)
        c->err = s->fault.first;
    s->fault.first = before;
    return done;
}

bool kith__call_atomic(struct call *c)
{
    return c->savepoint || (c->savepoint = kith__call_enter(c));
}

/* ---- arguments ---- */

const struct model *kith__call_model(struct call *c, const kith_model *m)
{
    const struct model *found = m ? kith__schema_model(&c->s->db->schema, m) : NULL;
    if (!found)
        kith__error_set(&c->err, KITH_E_USAGE, "model %s was not given to kith_open",
                        !m        ? "NULL"
                        : m->name ? m->name
                                  : "(without a name)");
    return found;
}

bool kith__call_record(struct call *c, const kith_record *r, bool to_change)
{
    if (!r) {
        if (c->s->fault.first.status == KITH_OK)
            kith__error_set(&c->err, KITH_E_USAGE, "the record is NULL");
        return false;
    }
    if (to_change && r->shape->result->session != c->s)
        return kith__error_set(&c->err, KITH_E_USAGE, "the %s belongs to another session", r->shape->model->name);
    if (kith__schema_model(&c->s->db->schema, r->shape->model->def) != r->shape->model)
        return kith__error_set(&c->err, KITH_E_USAGE, "the %s belongs to another database", r->shape->model->name);
    return true;
}

bool kith__call_key(struct call *c, const kith_record *r, const struct attr *const *attrs, unsigned count,
                    kith_value *key)
{
    for (unsigned i = 0; i < count; i++) {
        const kith_value *v = record_value(r, attrs[i]);
        if (!v)
            return kith__error_set(&c->err, KITH_E_USAGE,
                                   "%s.%s is needed but was not loaded: add it to the query's "
                                   "attributes",
                                   r->shape->model->name, attrs[i]->name);
        key[i] = *v;
    }
    return true;
}

/* ---- statements ---- */

int64_t kith__call_rows(struct call *c, const uint8_t *types, unsigned count, bool into_result, row_reader *on_row,
                        void *ctx, int64_t *last_id)
{
    struct run run;
    int step;
    if (!kith__load_run(&c->load, &run))
        return -1;
    kith_arena *arena = into_result ? &c->load.result->arena : &c->load.scratch;
    kith_value *values = ARENA_ARRAY(&c->load.scratch, count, kith_value);
    bool good = values != NULL || kith__call_no_memory(c);
    c->unread = false;
    while (good && (step = kith__run_step(&run, &c->err)) != 0) {
        good = step == 1;
        if (good && on_row)
            good = kith__run_columns(&run, 0, count, types, arena, values, &c->err) && on_row(c, ctx, values);
        c->unread = step == 1 && !good;
    }
    int64_t affected = good ? kith__run_affected(&run) : -1;
    if (good && last_id)
        *last_id = kith__run_last_id(&run);
    kith__run_close(&run);
    return affected;
}

static int64_t select_rows(struct call *c, const struct model *m, struct sql_select *s, const struct attr *const *attrs,
                           unsigned count, bool into_result, row_reader *on_row, void *ctx)
{
    kith_arena *a = &c->load.scratch;
    uint8_t *types = ARENA_ARRAY(a, count, uint8_t);
    for (unsigned i = 0; types && i < count; i++) {
        types[i] = (uint8_t)attrs[i]->type.id;
        kith__sql_item(a, &s->items, kith__sql_attr(a, NULL, attrs[i]), NULL);
    }
    kith__sql_source(a, &s->from, SQL_FROM, m->table, NULL, NULL);
    kith__render_clear(&c->load.renderer);
    if (!types || !kith__render_select(&c->load.renderer, s)) {
        kith__call_no_memory(c);
        return -1;
    }
    return kith__call_rows(c, types, count, into_result, on_row, ctx, NULL);
}

void kith__call_changed(struct call *c)
{
    c->changed_all_the_same = c->unread && !c->s->conn && !c->s->db->pool.config.driver->undoes_unread;
}

int64_t kith__call_select(struct call *c, const struct model *m, const struct attr *const *attrs, unsigned count,
                          struct sql_expr *where, bool into_result, row_reader *on_row, void *ctx)
{
    struct sql_select s = { .where = where };
    return select_rows(c, m, &s, attrs, count, into_result, on_row, ctx);
}

int64_t kith__call_read(struct call *c, const struct model *m, struct sql_expr *where, bool lock, row_reader *on_row,
                        void *ctx)
{
    struct sql_select s = { .where = where, .lock = lock ? SQL_FOR_CHANGE : SQL_NO_LOCK };
    return select_rows(c, m, &s, m->attrs, m->attr_count, true, on_row, ctx);
}

/* ---- rows that will be changed ---- */

static bool take_met(struct call *c, void *ctx, const kith_value *values)
{
    struct met *met = ctx;
    kith_record *r = kith__record_new(met->shape);
    if (!r || !kith__arena_grow(&c->load.scratch, (void **)&met->at, met->count, &met->capacity, sizeof *met->at))
        return kith__call_no_memory(c);
    memcpy(r->values, values, met->shape->slot_count * sizeof *values);
    met->at[met->count++] = r;
    return true;
}

bool kith__call_meet(struct call *c, const struct model *m, struct sql_expr *where, struct met *met)
{
    if (!met->shape && !(met->shape = kith__shape_full(m, c->load.result)))
        return kith__call_no_memory(c);
    return kith__call_read(c, m, where, true, take_met, met) >= 0;
}

bool kith__call_met_by_key(struct call *c, const struct met *met, const struct attr *const *attrs, unsigned width,
                           const kith_value *keys, size_t count, kith_record **at)
{
    struct key_map map;
    bool added, good = true;
    kith__key_map_init(&map, load_passing(&c->load), width);
    for (size_t i = 0; good && i < count; i++, keys += width)
        good = kith__key_map_add(&map, keys, &added) >= 0;
    for (size_t i = 0; good && i < met->count; i++) {
        kith_value key[KEY_MAX];
        for (unsigned k = 0; k < width; k++)
            key[k] = *record_value(met->at[i], attrs[k]);
        int64_t found = kith__key_map_get(&map, key);
        if (found >= 0)
            at[found] = met->at[i];
    }
    kith__key_map_free(&map);
    return good || kith__call_no_memory(c);
}

/* Runs the change that was rendered. */
static int64_t run_change(struct call *c, const struct model *m, bool rendered)
{
    if (!rendered) {
        kith__call_no_memory(c);
        return -1;
    }
    int64_t changed = kith__call_rows(c, NULL, 0, false, NULL, NULL, NULL);
    if (changed < 0)
        kith__call_trace(c, m);
    return changed;
}

int64_t kith__call_update(struct call *c, const struct model *m, const struct sql_update *s)
{
    kith__render_clear(&c->load.renderer);
    return run_change(c, m, kith__render_update(&c->load.renderer, s));
}

int64_t kith__call_delete(struct call *c, const struct model *m, const struct sql_delete *s)
{
    kith__render_clear(&c->load.renderer);
    return run_change(c, m, kith__render_delete(&c->load.renderer, s));
}

void kith__call_touch(struct call *c, const struct model *m, struct sql_set **sets)
{
    kith_arena *a = &c->load.scratch;
    if (m->updated_at)
        kith__sql_set(a, sets, m->updated_at->column, kith__sql_bind(a, kith_of_timestamp(kith__now()), KITH_T_DATE));
}

static bool take_number(struct call *c, void *ctx, const kith_value *values)
{
    (void)c;
    *(int64_t *)ctx = values[0].as.integer;
    return true;
}

int64_t kith__call_count(struct call *c, const struct sql_select *s)
{
    static const uint8_t types[] = { KITH_T_BIGINT };
    int64_t number = -1;
    kith__render_clear(&c->load.renderer);
    if (!kith__render_select(&c->load.renderer, s)) {
        kith__call_no_memory(c);
        return -1;
    }
    if (kith__call_rows(c, types, 1, false, take_number, &number, NULL) < 0)
        return -1;
    if (number < 0)
        kith__error_set(&c->err, KITH_E_DATABASE, "the database did not answer a count");
    return number;
}

/* ---- conditions on keys ---- */

struct sql_expr *kith__call_columns(struct call *c, const char *alias, const struct attr *const *attrs, unsigned count)
{
    struct sql_expr *columns = NULL;
    for (unsigned i = 0; i < count; i++)
        kith__sql_append(&columns, kith__sql_attr(&c->load.scratch, alias, attrs[i]));
    return columns;
}

struct sql_expr *kith__call_where(struct call *c, const char *alias, const struct attr *const *attrs, unsigned count,
                                  const kith_value *values)
{
    kith_arena *a = &c->load.scratch;
    struct sql_expr *all = NULL;
    for (unsigned i = 0; i < count; i++) {
        int type = attrs[i]->type.id;
        all = kith__sql_and(a, all,
                            kith__sql_binary(a, SQL_EQ, kith__sql_attr(a, alias, attrs[i]),
                                             kith__sql_bind(a, values[i], type)));
    }
    return all;
}

size_t kith__call_chunk(const struct call *c, size_t count)
{
    size_t most = c->load.dialect->key_chunk;
    return most && count > most ? most : count;
}

struct sql_expr *kith__call_among(struct call *c, const char *alias, const struct attr *const *attrs, unsigned width,
                                  const kith_value *values, size_t count)
{
    struct sql_keys *keys = ARENA_NEW(&c->load.scratch, struct sql_keys);
    uint8_t *types = ARENA_ARRAY(&c->load.scratch, width, uint8_t);
    if (!keys || !types)
        return NULL;
    for (unsigned i = 0; i < width; i++)
        types[i] = attr_key_type(attrs[i]);
    *keys = (struct sql_keys){ .width = width, .count = count, .values = values, .types = types };
    return kith__sql_keys(&c->load.scratch, kith__call_columns(c, alias, attrs, width), keys);
}

/* ---- where a database's error points to ---- */

static const struct model *model_of_table(const struct schema *schema, const char *table, size_t size)
{
    for (unsigned i = 0; i < schema->model_count; i++)
        if (strlen(schema->models[i]->table) == size && memcmp(schema->models[i]->table, table, size) == 0)
            return schema->models[i];
    return NULL;
}

static void name_attr(kith_error *err, const struct model *m, const struct attr *attr)
{
    kith__copy(err->model, sizeof err->model, m->name);
    if (attr)
        kith__copy(err->attribute, sizeof err->attribute, attr->name);
}

/* What was too long for its field still stands in the message. */
static const char *whole_constraint(const kith_error *err)
{
    bool cut = strlen(err->constraint) + 1 == sizeof err->constraint;
    const char *whole = cut ? strstr(err->message, err->constraint) : NULL;
    return whole ? whole : err->constraint;
}

static bool trace_column_of(const struct model *m, const char *column, size_t size, kith_error *err)
{
    for (unsigned i = 0; i < m->attr_count; i++)
        if (strlen(m->attrs[i]->column) == size && memcmp(m->attrs[i]->column, column, size) == 0) {
            name_attr(err, m, m->attrs[i]);
            return true;
        }
    return false;
}

/* "users.email": a table and a column. Where a value is missing or wrong, it may be a column of the statement's own
 * table. */
static bool trace_column(const struct schema *schema, const struct model *m, kith_error *err)
{
    const char *text = whole_constraint(err);
    size_t table = strcspn(text, ".");
    const struct model *named = text[table] ? model_of_table(schema, text, table) : NULL;
    const char *column = text + table + 1;
    if (named)
        return trace_column_of(named, column, strcspn(column, ","), err);
    bool of_value = err->status == KITH_E_NOT_NULL || err->status == KITH_E_CHECK;
    return m && of_value && trace_column_of(m, text, strlen(text), err);
}

/* The database's own name for the primary key of a table. */
static bool trace_key_of(const char *pattern, const struct model *m, kith_error *err)
{
    const char *name = err->constraint;
    size_t table = strlen(m->table);
    if (!m->key_count)
        return false;
    if (pattern[0] == '%' && strncmp(name, m->table, table) == 0) {
        name += table;
        pattern++;
    }
    if (!kith__equal(name, pattern))
        return false;
    name_attr(err, m, m->key[0]);
    return true;
}

/* Of the statement's table; of any when that is not known and the name tells it. */
static bool trace_primary_key(const struct call *c, const struct model *m, kith_error *err)
{
    const struct schema *schema = &c->s->db->schema;
    const char *pattern = c->s->db->dialect->primary_key;
    if (!pattern || m)
        return pattern && trace_key_of(pattern, m, err);
    for (unsigned i = 0; i < schema->model_count && pattern[0] == '%'; i++)
        if (trace_key_of(pattern, schema->models[i], err))
            return true;
    return false;
}

/* The name of an index or foreign key of ours. */
static bool trace_name(const struct schema *schema, kith_error *err)
{
    for (unsigned i = 0; i < schema->model_count; i++) {
        const struct model *m = schema->models[i];
        for (unsigned j = 0; j < m->index_count; j++)
            if (kith__equal(m->indexes[j].name, err->constraint)) {
                name_attr(err, m, m->indexes[j].attrs[0]);
                return true;
            }
        for (unsigned j = 0; j < m->foreign_key_count; j++)
            if (kith__equal(m->foreign_keys[j].name, err->constraint)) {
                name_attr(err, m, m->foreign_keys[j].attrs[0]);
                return true;
            }
    }
    return false;
}

/* The database speaks of its tables; the program knows its models. */
static void name_in_message(kith_error *err)
{
    char text[sizeof err->message];
    const char *dot = err->attribute[0] ? "." : "";
    kith__copy(text, sizeof text, err->message);
    int size = snprintf(err->message, sizeof err->message, "%s%s%s: ", err->model, dot, err->attribute);
    kith__copy(err->message + size, sizeof err->message - (size_t)size, text);
}

void kith__call_trace(struct call *c, const struct model *m)
{
    const struct schema *schema = &c->s->db->schema;
    if (c->err.model[0])
        return;
    kith_error *err = &c->err;
    bool traced = trace_column(schema, m, err) || trace_name(schema, err) || trace_primary_key(c, m, err);
    if (!traced && m)
        kith__copy(err->model, sizeof err->model, m->name);
    if (err->model[0])
        name_in_message(&c->err);
}
