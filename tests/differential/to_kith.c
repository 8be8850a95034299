/* to_kith: models, conditions and queries as the library takes them. */
#include <stdio.h>
#include <string.h>

#include "differential/differential.h"

/* ---- values ---- */

kith_value to_value(struct pool *pool, enum type type, const struct value *v)
{
    if (v->null)
        return kith_of_null();
    switch (type) {
    case BOOLEAN: return KITH_V(v->number != 0);
    case REAL: return KITH_V((double)v->number / 100);
    case DECIMAL:
    case STRING:
    case TEXT:
    case UUID:
    case ENUM: return KITH_V(value_text(pool, type, v));
    case DATE: return kith_of_timestamp(v->number);
    default: return KITH_V(v->number);
    }
}

/* ---- models ---- */

static kith_type type_of(enum type type)
{
    static const kith_type types[TYPE_COUNT] = {
        [INTEGER] = KITH_INTEGER,       [BIGINT] = KITH_BIGINT,     [BOOLEAN] = KITH_BOOLEAN, [REAL] = KITH_REAL,
        [DECIMAL] = KITH_DECIMAL(8, 2), [STRING] = KITH_STRING(20), [TEXT] = KITH_TEXT,       [UUID] = KITH_UUID,
        [ENUM] = { .id = KITH_T_ENUM }, [DATE] = KITH_DATE,
    };
    kith_type found = types[type];
    if (type == ENUM)
        found.labels = enum_labels;
    return found;
}

/* "k1,k2" */
static const char *key_names(struct pool *pool, const struct table *t, const struct key *key)
{
    const char *first = t->columns[key->columns[0]].name;
    return key->width == 1 ? first : format_in(pool, "%s,%s", first, t->columns[key->columns[1]].name);
}

static const kith_attr *to_attrs(struct pool *pool, const struct table *t)
{
    kith_attr *attrs = take(pool, (t->column_count + 1) * sizeof *attrs);
    for (unsigned i = 0; i < t->column_count; i++) {
        const struct column *column = &t->columns[i];
        attrs[i] = (kith_attr){ .name = column->name,
                                .type = type_of(column->type),
                                .primary_key = column->primary,
                                .not_null = column->not_null || column->primary,
                                .unique_group = column->group[0] ? column->group : NULL };
    }
    return attrs;
}

static const kith_field *to_scope(struct pool *pool, const struct route *way)
{
    kith_field *fields = take(pool, 2 * sizeof *fields);
    const struct column *column = &(way->join ? way->join : way->target)->columns[way->scope];
    fields[0] = (kith_field){ column->name, to_value(pool, column->type, &way->scope_value) };
    fields[1] = (kith_field){ .value = KITH_END_VALUE_ };
    return fields;
}

static const kith_model *model_of(const struct schema *schema, const struct table *t)
{
    return t->made ? NULL : schema->models[t->number];
}

static kith_assoc to_assoc(struct schema *schema, const struct route *way)
{
    struct pool *pool = &schema->pool;
    kith_assoc a = { .kind = way->kind,
                     .target = model_of(schema, way->target),
                     .as = way->name,
                     .no_constraint = way->no_constraint,
                     .scope = way->scope >= 0 ? to_scope(pool, way) : NULL };
    if (way->kind == KITH_BELONGS_TO) {
        a.foreign_key = key_names(pool, way->source, &way->from);
        a.target_key = key_names(pool, way->target, &way->to);
        return a;
    }
    a.source_key = key_names(pool, way->source, &way->from);
    a.foreign_key = key_names(pool, way->join ? way->join : way->target, &way->to);
    if (way->join) {
        a.other_key = key_names(pool, way->join, &way->link_from);
        a.target_key = key_names(pool, way->target, &way->link_to);
        a.through = way->join->made ? way->join->name : NULL;
        a.through_model = model_of(schema, way->join);
        a.not_unique = way->join->not_unique;
    }
    return a;
}

void make_models(struct schema *schema)
{
    struct pool *pool = &schema->pool;
    kith_model *models = take(pool, MOST_TABLES * sizeof *models);
    unsigned count = 0;
    const kith_model **given = take(pool, (MOST_TABLES + 1) * sizeof(kith_model *));
    schema->models = take(pool, (MOST_TABLES + 1) * sizeof(kith_model *));
    for (unsigned i = 0; i < schema->table_count; i++)
        schema->models[i] = &models[i];
    for (unsigned i = 0; i < schema->table_count; i++) {
        const struct table *t = &schema->tables[i];
        kith_assoc *assocs = take(pool, (MOST_WAYS + 1) * sizeof *assocs);
        const struct route *way;
        for (unsigned n = 0; (way = way_of(schema, t, n)); n++)
            assocs[n] = to_assoc(schema, way);
        models[i] = (kith_model){ .name = t->name,
                                  .attrs = to_attrs(pool, t),
                                  .assocs = assocs,
                                  .freeze_table_name = true,
                                  .no_timestamps = true,
                                  .paranoid = t->paranoid,
                                  .no_primary_key = !t->has_primary };
        if (!t->made)
            given[count++] = &models[i];
    }
    schema->given = given;
}

/* ---- conditions ---- */

static kith_value to_operand(struct pool *pool, enum type type, const struct operand *operand)
{
    if (!operand->is_column)
        return to_value(pool, type, &operand->value);
    kith_expr *e = take(pool, sizeof *e);
    *e = (kith_expr){ .op = KITH_OP_COL, .path = operand->text };
    return KITH_V((const kith_expr *)e);
}

static const kith_expr *to_expr(struct pool *pool, const struct condition *c);

static const kith_expr *to_aggregate(struct pool *pool, const struct tally *t)
{
    const kith_expr *where = to_expr(pool, t->where), *e = KITH_AGGREGATE(t->kind, t->path.text, where);
    kith_expr *kept = take(pool, sizeof *kept);
    const kith_expr **args = take(pool, 2 * sizeof(kith_expr *));
    *kept = *e;
    args[0] = where;
    args[1] = &kith_expr_end;
    kept->args = args;
    return kept;
}

static const kith_expr *to_expr(struct pool *pool, const struct condition *c)
{
    if (!c)
        return NULL;
    kith_expr *e = take(pool, sizeof *e);
    e->op = c->op;
    if (c->arg_count) {
        const kith_expr **args = take(pool, (MOST_ARGS + 1) * sizeof(kith_expr *));
        for (unsigned i = 0; i < c->arg_count; i++)
            args[i] = to_expr(pool, c->args[i]);
        args[c->arg_count] = &kith_expr_end;
        e->args = args;
        e->path = c->way ? c->way->name : NULL;
        return e;
    }
    enum type type = compared_type(c);
    kith_value *list = take(pool, (c->count + 1) * sizeof *list);
    for (unsigned i = 0; i < c->count; i++)
        list[i] = to_operand(pool, type, &c->list[i]);
    list[c->count] = (kith_value)KITH_END_VALUE_;
    e->path = c->tally ? c->tally->name : c->path.text;
    e->list = list;
    if (c->tally && !c->tally->name) {
        const kith_expr **args = take(pool, 2 * sizeof(kith_expr *));
        args[0] = to_aggregate(pool, c->tally);
        args[1] = &kith_expr_end;
        e->args = args;
    }
    if (c->op != KITH_OP_IN && c->op != KITH_OP_NOT_IN && c->op != KITH_OP_BETWEEN && c->count)
        e->value = list[0];
    return e;
}

/* ---- queries ---- */

static const char *const *to_names(struct pool *pool, const struct table *t, bool picked, const bool *columns)
{
    const char **names = take(pool, (MOST_COLUMNS + 1) * sizeof(char *));
    unsigned count = 0;
    for (unsigned i = 0; i < t->column_count; i++)
        if (columns[i])
            names[count++] = t->columns[i].name;
    return picked ? (const char *const *)names : NULL;
}

static const kith_order *to_orders(struct pool *pool, const struct ask *ask)
{
    kith_order *orders = take(pool, (MOST_ORDERS + 1) * sizeof *orders);
    for (unsigned i = 0; i < ask->order_count; i++) {
        const struct ordering *o = &ask->orders[i];
        orders[i] = (kith_order){ .path = o->path.text, .desc = o->desc };
        if (o->tally && o->tally->name) {
            orders[i].path = o->tally->name;
        } else if (o->tally) {
            orders[i].path = o->tally->path.text;
            orders[i].aggregate = o->tally->kind;
        }
    }
    return ask->order_count ? orders : NULL;
}

static const kith_computed *to_computed(struct pool *pool, const struct ask *ask)
{
    kith_computed *computed = take(pool, (MOST_COMPUTED + 1) * sizeof *computed);
    for (unsigned i = 0; i < ask->computed_count; i++) {
        const struct tally *t = ask->computed[i];
        computed[i] = (kith_computed){
            .as = t->name, .aggregate = t->kind, .path = t->path.text, .where = to_expr(pool, t->where)
        };
    }
    return ask->computed_count ? computed : NULL;
}

static const kith_include *to_includes(struct pool *pool, const struct ask *ask)
{
    kith_include *includes = take(pool, (MOST_INCLUDES + 1) * sizeof *includes);
    for (unsigned i = 0; i < ask->child_count; i++) {
        const struct ask *child = ask->children[i];
        const struct table *join = child->way->join;
        includes[i] = (kith_include){ .as = child->way->name,
                                      .name = child->name,
                                      .attributes = to_names(pool, child->table, child->picked, child->columns),
                                      .where = to_expr(pool, child->where),
                                      .required = child->required,
                                      .order = to_orders(pool, child),
                                      .limit = child->limit,
                                      .offset = child->offset,
                                      .strategy = child->strategy,
                                      .include = to_includes(pool, child),
                                      .with_deleted = child->with_deleted,
                                      .computed = to_computed(pool, child) };
        if (join) {
            includes[i].through.attributes = to_names(pool, join, child->link_picked, child->link_columns);
            includes[i].through.where = to_expr(pool, child->link_where);
        }
    }
    return ask->child_count ? includes : NULL;
}

const kith_query *to_query(struct pool *pool, const struct ask *ask)
{
    kith_query *q = take(pool, sizeof *q);
    *q = (kith_query){ .attributes = to_names(pool, ask->table, ask->picked, ask->columns),
                       .where = to_expr(pool, ask->where),
                       .include = to_includes(pool, ask),
                       .order = to_orders(pool, ask),
                       .limit = ask->limit,
                       .offset = ask->offset,
                       .with_deleted = ask->with_deleted,
                       .computed = to_computed(pool, ask) };
    return q;
}
