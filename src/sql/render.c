/* render: statements to text and binds, for every database, in one walk.
 *
 * Knows no models. Never tests which database it writes for: it asks the dialect record. */
#include "sql/render.h"

#include "sql/dialect.h"
#include "sql/labels.h"

void kith__render_init(struct renderer *r, const struct dialect *dialect, const kith_allocator *allocator,
                       kith_arena *arena)
{
    *r = (struct renderer){ .dialect = dialect, .allocator = allocator, .arena = arena };
    kith__buf_init(&r->text, allocator);
}

void kith__render_free(struct renderer *r)
{
    kith__buf_free(&r->text);
    kith__free(r->allocator, r->params, r->param_capacity * sizeof *r->params);
    r->params = NULL;
    r->param_count = r->param_capacity = 0;
}

void kith__render_exchange(struct renderer *r, struct render_memory *kept)
{
    struct render_memory had = { r->text.text, r->text.capacity, r->params, r->param_capacity };
    r->text.text = kept->text;
    r->text.capacity = kept->text_capacity;
    r->params = kept->params;
    r->param_capacity = kept->param_capacity;
    kith__render_clear(r);
    *kept = had;
}

void kith__render_memory_free(struct render_memory *kept, const kith_allocator *allocator)
{
    kith__free(allocator, kept->text, kept->text_capacity);
    kith__free(allocator, kept->params, kept->param_capacity * sizeof *kept->params);
    *kept = (struct render_memory){ 0 };
}

void kith__render_clear(struct renderer *r)
{
    kith__buf_clear(&r->text);
    r->param_count = 0;
    r->block = NULL;
    r->many_rows = false;
    r->failed = false;
}

static void add(struct renderer *r, const char *text)
{
    kith__buf_add(&r->text, text);
}

static bool finish(struct renderer *r)
{
    if (r->text.failed || r->arena->failed)
        r->failed = true;
    return !r->failed;
}

/* ---- parts ---- */

void kith__render_name(struct renderer *r, const char *name)
{
    kith__buf_quoted(&r->text, name, r->dialect->quote);
}

void kith__render_literal(struct renderer *r, const char *text)
{
    if (!r->dialect->backslash_escapes) {
        kith__buf_quoted(&r->text, text, '\'');
        return;
    }
    kith__buf_char(&r->text, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            kith__buf_char(&r->text, *text);
        kith__buf_char(&r->text, *text);
    }
    kith__buf_char(&r->text, '\'');
}

void kith__render_placeholder(struct renderer *r, size_t number)
{
    kith__buf_char(&r->text, r->dialect->placeholder);
    if (r->dialect->placeholder == '$')
        kith__buf_int(&r->text, (int64_t)number);
}

void kith__render_param(struct renderer *r, kith_value value, int type)
{
    if (!kith__grow(r->allocator, (void **)&r->params, r->param_count, &r->param_capacity, sizeof *r->params)) {
        r->failed = true;
        return;
    }
    r->params[r->param_count++] = (struct sql_param){ .value = value, .type = type };
    kith__render_placeholder(r, r->param_count);
}

void kith__render_list(struct renderer *r, const struct sql_expr *chain)
{
    for (const struct sql_expr *e = chain; e; e = e->next) {
        if (e != chain)
            add(r, ", ");
        kith__render_expr(r, e);
    }
}

static void name_list(struct renderer *r, const char *const *names, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (i)
            add(r, ", ");
        kith__render_name(r, names[i]);
    }
}

static void select_body(struct renderer *r, const struct sql_select *s);

/* ---- expressions ---- */

static const char *const infix[] = {
    [SQL_EQ] = " = ",  [SQL_NE] = " <> ",  [SQL_GT] = " > ",      [SQL_GTE] = " >= ",
    [SQL_LT] = " < ",  [SQL_LTE] = " <= ", [SQL_LIKE] = " LIKE ", [SQL_NOT_LIKE] = " NOT LIKE ",
    [SQL_ADD] = " + ",
};

static const char *const suffix[] = {
    [SQL_IS_NULL] = " IS NULL", [SQL_IS_NOT_NULL] = " IS NOT NULL", [SQL_IS_NOT_TRUE] = " IS NOT TRUE"
};

static const char *const constant[] = {
    [SQL_STAR] = "*", [SQL_NULL] = "NULL", [SQL_ONE] = "1", [SQL_COUNT] = "COUNT(*)"
};

static void column(struct renderer *r, const struct sql_expr *e)
{
    if (e->table) {
        add(r, e->table); /* short aliases of our own, t0, t1: they need no quotes */
        kith__buf_char(&r->text, '.');
    }
    kith__render_name(r, e->text);
}

void kith__render_operand(struct renderer *r, const struct sql_expr *e)
{
    if (r->dialect->comparable)
        r->dialect->comparable(r, e);
    else
        kith__render_expr(r, e);
}

static void comparison(struct renderer *r, const struct sql_expr *e)
{
    struct label_spelling how = kith__labels_compared(r->dialect, e->op, e->args);
    kith__render_label(r, how, e->args);
    add(r, infix[e->op]);
    kith__render_label(r, how, e->args->next);
    if (e->op == SQL_LIKE || e->op == SQL_NOT_LIKE)
        add(r, r->dialect->like_escape);
}

static void parenthesized(struct renderer *r, const struct sql_expr *e)
{
    kith__buf_char(&r->text, '(');
    kith__render_expr(r, e);
    kith__buf_char(&r->text, ')');
}

static void junction(struct renderer *r, const struct sql_expr *e)
{
    const char *word = e->op == SQL_AND ? " AND " : " OR ";
    for (const struct sql_expr *x = e->args; x; x = x->next) {
        if (x != e->args)
            add(r, word);
        if (x->op == SQL_AND || x->op == SQL_OR || x->op == SQL_TEXT)
            parenthesized(r, x);
        else
            kith__render_expr(r, x);
    }
}

static void between(struct renderer *r, const struct sql_expr *e)
{
    struct label_spelling how = kith__labels_compared(r->dialect, e->op, e->args);
    kith__render_label(r, how, e->args);
    add(r, " BETWEEN ");
    kith__render_label(r, how, e->args->next);
    add(r, " AND ");
    kith__render_label(r, how, e->args->next->next);
}

void kith__render_orders(struct renderer *r, const struct sql_order *order)
{
    for (const struct sql_order *o = order; o; o = o->next) {
        if (o != order)
            add(r, ", ");
        kith__render_label(r, kith__labels_sorted(r->dialect, o->expr), o->expr);
        add(r, o->desc ? " DESC" : "");
        if (o->nullable)
            add(r, r->dialect->nulls[o->desc]);
    }
}

static void row_number(struct renderer *r, const struct sql_expr *e)
{
    add(r, "ROW_NUMBER() OVER (");
    if (e->args) {
        add(r, "PARTITION BY ");
        kith__render_list(r, e->args);
    }
    if (e->order) {
        add(r, e->args ? " ORDER BY " : "ORDER BY ");
        kith__render_orders(r, e->order);
    }
    kith__buf_char(&r->text, ')');
}

static void sub_select(struct renderer *r, const char *before, const struct sql_select *s)
{
    add(r, before);
    kith__buf_char(&r->text, '(');
    select_body(r, s);
    kith__buf_char(&r->text, ')');
}

static void in_select(struct renderer *r, const struct sql_expr *e)
{
    kith__render_tuple(r, e->args);
    sub_select(r, " IN ", e->select);
}

static void call(struct renderer *r, const struct sql_expr *e)
{
    add(r, e->text);
    kith__buf_char(&r->text, '(');
    for (const struct sql_expr *arg = e->args; arg; arg = arg->next) {
        add(r, arg == e->args ? "" : ", ");
        kith__render_argument(r, arg);
    }
    kith__buf_char(&r->text, ')');
}

static void when(struct renderer *r, const struct sql_expr *e)
{
    add(r, "CASE WHEN ");
    kith__render_expr(r, e->args);
    add(r, " THEN ");
    kith__render_expr(r, e->args->next);
    add(r, " END");
}

static void distinct(struct renderer *r, const struct sql_expr *e)
{
    add(r, "DISTINCT ");
    kith__render_expr(r, e->args);
}

static void excluded(struct renderer *r, const struct sql_expr *e)
{
    add(r, r->dialect->excluded[0]);
    kith__render_name(r, e->text);
    add(r, r->dialect->excluded[1]);
}

static void negation(struct renderer *r, const struct sql_expr *e)
{
    add(r, "NOT ");
    if (e->args->op == SQL_EXISTS)
        kith__render_expr(r, e->args);
    else
        parenthesized(r, e->args);
}

static void postfix(struct renderer *r, const struct sql_expr *e)
{
    if (e->args->op == SQL_COLUMN)
        kith__render_expr(r, e->args);
    else
        parenthesized(r, e->args);
    add(r, suffix[e->op]);
}

void kith__render_expr(struct renderer *r, const struct sql_expr *e)
{
    if (r->arena->failed) /* nodes may be missing below */
        return;
    switch (e->op) {
    case SQL_COLUMN: column(r, e); break;
    case SQL_BIND: kith__render_param(r, e->value, e->type); break;
    case SQL_TEXT: kith__render_text(r, e->text, e->args); break;
    case SQL_STAR:
    case SQL_NULL:
    case SQL_ONE:
    case SQL_COUNT: add(r, constant[e->op]); break;
    case SQL_DEFAULT: add(r, r->dialect->default_value); break;
    case SQL_ROW_NUMBER: row_number(r, e); break;
    case SQL_EQ:
    case SQL_NE:
    case SQL_GT:
    case SQL_GTE:
    case SQL_LT:
    case SQL_LTE:
    case SQL_LIKE:
    case SQL_NOT_LIKE:
    case SQL_ADD: comparison(r, e); break;
    case SQL_IS_NULL:
    case SQL_IS_NOT_NULL:
    case SQL_IS_NOT_TRUE: postfix(r, e); break;
    case SQL_NOT: negation(r, e); break;
    case SQL_AND:
    case SQL_OR: junction(r, e); break;
    case SQL_IN: kith__render_in(r, e); break;
    case SQL_IN_SELECT: in_select(r, e); break;
    case SQL_BETWEEN: between(r, e); break;
    case SQL_KEYS: kith__render_keys(r, e); break;
    case SQL_EXISTS: sub_select(r, "EXISTS ", e->select); break;
    case SQL_SELECT: sub_select(r, "", e->select); break;
    case SQL_CALL: call(r, e); break;
    case SQL_COUNT_OF:
    case SQL_SUM:
    case SQL_AVG:
    case SQL_MIN:
    case SQL_MAX: kith__render_aggregate(r, e); break;
    case SQL_WHEN: when(r, e); break;
    case SQL_DISTINCT: distinct(r, e); break;
    case SQL_EXCLUDED: excluded(r, e); break;
    }
}

/* ---- SELECT ---- */

static void item_list(struct renderer *r, const struct sql_item *items)
{
    for (const struct sql_item *i = items; i; i = i->next) {
        if (i != items)
            add(r, ", ");
        kith__render_expr(r, i->expr);
        if (i->alias) {
            add(r, " AS ");
            kith__render_name(r, i->alias);
        }
    }
}

static void source(struct renderer *r, const struct sql_source *s)
{
    static const char *const words[] = { " FROM ", " JOIN ", " LEFT JOIN ", NULL };
    if (s->join == SQL_ORDERED_JOIN) {
        kith__buf_char(&r->text, ' ');
        add(r, r->dialect->ordered_join);
        kith__buf_char(&r->text, ' ');
    } else {
        add(r, words[s->join]);
    }
    if (s->select)
        sub_select(r, "", s->select);
    else
        kith__render_name(r, s->table);
    if (s->alias) {
        kith__buf_char(&r->text, ' ');
        add(r, s->alias);
    }
    if (s->on) {
        add(r, " ON ");
        kith__render_expr(r, s->on);
    }
}

static void where(struct renderer *r, const struct sql_expr *e)
{
    if (!e)
        return;
    add(r, " WHERE ");
    kith__render_expr(r, e);
}

static void limits(struct renderer *r, const struct sql_select *s)
{
    if (s->has_limit) {
        add(r, " LIMIT ");
        kith__render_param(r, kith_of_int((int64_t)s->limit), KITH_T_BIGINT);
    } else if (s->offset && r->dialect->no_limit) {
        add(r, " LIMIT ");
        add(r, r->dialect->no_limit);
    }
    if (s->offset) {
        add(r, " OFFSET ");
        kith__render_param(r, kith_of_int((int64_t)s->offset), KITH_T_BIGINT);
    }
}

static void lock(struct renderer *r, const struct sql_select *s)
{
    static const char *const locked[] = {
        [SQL_LOCKED_WAIT] = "", [SQL_LOCKED_SKIP] = " SKIP LOCKED", [SQL_LOCKED_FAIL] = " NOWAIT"
    };
    add(r, r->dialect->lock_rows[s->lock]);
    if (s->lock_of && r->dialect->lock_of) {
        add(r, r->dialect->lock_of);
        add(r, s->lock_of);
    }
    add(r, locked[s->locked]);
}

static void with(struct renderer *r, const struct sql_with *w)
{
    add(r, "WITH RECURSIVE ");
    kith__render_name(r, w->name);
    add(r, " (");
    name_list(r, w->columns, w->column_count);
    add(r, ") AS (");
    select_body(r, w->start);
    add(r, " UNION ");
    select_body(r, w->step);
    add(r, ") ");
}

static void select_body(struct renderer *r, const struct sql_select *s)
{
    if (s->with)
        with(r, s->with);
    add(r, "SELECT ");
    item_list(r, s->items);
    for (const struct sql_source *f = s->from; f; f = f->next)
        source(r, f);
    where(r, s->where);
    if (s->group) {
        add(r, " GROUP BY ");
        kith__render_list(r, s->group);
    }
    if (s->having) {
        add(r, " HAVING ");
        kith__render_expr(r, s->having);
    }
    if (s->order) {
        add(r, " ORDER BY ");
        kith__render_orders(r, s->order);
    }
    limits(r, s);
    if (s->lock && (r->dialect->can & CAN_LOCK_ROWS))
        lock(r, s);
}

bool kith__render_select(struct renderer *r, const struct sql_select *s)
{
    if (!r->arena->failed)
        select_body(r, s);
    return finish(r);
}

/* ---- INSERT, UPDATE, DELETE ---- */

static void returning(struct renderer *r, const struct sql_item *items, unsigned capability)
{
    if (!items || !(r->dialect->can & capability))
        return;
    add(r, " RETURNING ");
    item_list(r, items);
}

static void insert_rows(struct renderer *r, const struct sql_insert *s)
{
    add(r, " VALUES ");
    for (const struct sql_row *row = s->rows; row; row = row->next) {
        add(r, row == s->rows ? "(" : ", (");
        kith__render_list(r, row->values);
        kith__buf_char(&r->text, ')');
    }
}

static void insert_block(struct renderer *r, const struct sql_insert *s)
{
    const struct sql_block *b = s->block;
    size_t rows = b->together ? 1 : b->count, number = 0;
    r->block = b;
    if (b->together && r->dialect->insert_arrays) {
        r->dialect->insert_arrays(r, s);
        return;
    }
    add(r, " VALUES ");
    for (size_t row = 0; row < rows; row++) {
        add(r, row ? ", (" : "(");
        for (unsigned i = 0; i < b->width; i++) {
            add(r, i ? ", " : "");
            kith__render_placeholder(r, ++number);
        }
        kith__buf_char(&r->text, ')');
    }
}

static void insert_body(struct renderer *r, const struct sql_insert *s)
{
    add(r, "INSERT INTO ");
    kith__render_name(r, s->table);
    kith__buf_char(&r->text, ' ');
    if (!s->column_count) {
        add(r, r->dialect->default_row);
    } else {
        kith__buf_char(&r->text, '(');
        name_list(r, s->columns, s->column_count);
        kith__buf_char(&r->text, ')');
        if (s->select) {
            kith__buf_char(&r->text, ' ');
            select_body(r, s->select);
        } else if (s->block) {
            insert_block(r, s);
        } else {
            insert_rows(r, s);
        }
    }
    if (s->conflict != SQL_CONFLICT_FAIL)
        r->dialect->upsert(r, s);
    returning(r, s->returning, CAN_RETURN_INSERTED);
}

bool kith__render_insert(struct renderer *r, const struct sql_insert *s)
{
    if (!r->arena->failed)
        insert_body(r, s);
    return finish(r);
}

void kith__render_sets(struct renderer *r, const struct sql_set *sets)
{
    for (const struct sql_set *s = sets; s; s = s->next) {
        if (s != sets)
            add(r, ", ");
        kith__render_name(r, s->column);
        add(r, " = ");
        kith__render_expr(r, s->value);
    }
}

bool kith__render_update(struct renderer *r, const struct sql_update *s)
{
    if (!r->arena->failed) {
        add(r, "UPDATE ");
        kith__render_name(r, s->table);
        if (s->alias) {
            add(r, " AS ");
            add(r, s->alias);
        }
        add(r, " SET ");
        kith__render_sets(r, s->sets);
        where(r, s->where);
        returning(r, s->returning, CAN_RETURN_CHANGED);
    }
    return finish(r);
}

bool kith__render_delete(struct renderer *r, const struct sql_delete *s)
{
    if (!r->arena->failed) {
        add(r, "DELETE FROM ");
        kith__render_name(r, s->table);
        where(r, s->where);
        returning(r, s->returning, CAN_RETURN_CHANGED);
    }
    return finish(r);
}
