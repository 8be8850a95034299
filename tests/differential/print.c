/* print: a case as text that a person can read. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "differential/differential.h"

/* ---- values ---- */

const char *const enum_labels[] = { "small", "Large", "a b", NULL };

const char *value_text(struct pool *pool, enum type type, const struct value *v)
{
    int64_t n = v->number, size = n < 0 ? -n : n;
    if (v->null)
        return "NULL";
    switch (type) {
    case REAL:
    case DECIMAL: return format_in(pool, "%s%" PRId64 ".%02" PRId64, n < 0 ? "-" : "", size / 100, size % 100);
    case STRING:
    case TEXT:
    case UUID: return v->text;
    case ENUM: return enum_labels[n];
    default: return format_in(pool, "%" PRId64, n);
    }
}

static void print_value(enum type type, const struct value *v)
{
    struct pool pool = { 0 };
    const char *quote = !v->null && (type == STRING || type == TEXT) ? "\"" : "";
    printf("%s%s%s", quote, value_text(&pool, type, v), quote);
    pool_free(&pool);
}

/* ---- schemas ---- */

static void print_rows(const struct table *t)
{
    for (unsigned i = 0; i < t->row_count; i++) {
        printf("    ");
        for (unsigned j = 0; j < t->column_count; j++) {
            printf(j ? ", " : "(");
            print_value(t->columns[j].type, &t->rows[i].cells[j]);
        }
        printf(")%s\n", t->rows[i].deleted ? " deleted" : "");
    }
}

static void print_table(const struct table *t)
{
    static const char *const types[] = { "INTEGER",    "BIGINT", "BOOLEAN", "REAL", "DECIMAL(8,2)",
                                         "STRING(20)", "TEXT",   "UUID",    "ENUM", "DATE" };
    printf("table %s%s%s%s\n", t->name, t->paranoid ? ", paranoid" : "", t->made ? ", made by the library" : "",
           t->not_unique ? ", pairs not unique" : "");
    for (unsigned i = 0; i < t->column_count; i++) {
        const struct column *c = &t->columns[i];
        printf("    %s %s%s%s%s\n", c->name, types[c->type], c->primary ? ", primary key" : "",
               c->not_null ? ", not null" : "", c->group[0] ? ", unique" : "");
    }
    print_rows(t);
}

static void print_pairs(const struct table *a, const struct key *of_a, const struct table *b, const struct key *of_b)
{
    for (unsigned i = 0; i < of_a->width; i++)
        printf("%s%s.%s = %s.%s", i ? ", " : " ", a->name, a->columns[of_a->columns[i]].name, b->name,
               b->columns[of_b->columns[i]].name);
}

static void print_way(const struct route *way)
{
    static const char *const kinds[] = { [KITH_BELONGS_TO] = "belongs to",
                                         [KITH_HAS_ONE] = "has one",
                                         [KITH_HAS_MANY] = "has many",
                                         [KITH_BELONGS_TO_MANY] = "belongs to many" };
    const struct table *next = way->join ? way->join : way->target;
    printf("%s.%s: %s %s:", way->source->name, way->name, kinds[way->kind], way->target->name);
    print_pairs(way->source, &way->from, next, &way->to);
    if (way->join) {
        printf(",");
        print_pairs(way->join, &way->link_from, way->target, &way->link_to);
    }
    if (way->scope >= 0) {
        printf(", scope %s.%s = ", next->name, next->columns[way->scope].name);
        print_value(next->columns[way->scope].type, &way->scope_value);
    }
    printf("%s\n", way->no_constraint ? ", no constraint" : "");
}

void print_schema(const struct schema *schema)
{
    for (unsigned i = 0; i < schema->table_count; i++)
        print_table(&schema->tables[i]);
    for (unsigned i = 0; i < schema->way_count; i++)
        print_way(&schema->ways[i]);
}

/* ---- queries ---- */

static const char *const operators[KITH_OP_COUNT_] = {
    [KITH_OP_EQ] = "=",
    [KITH_OP_NE] = "<>",
    [KITH_OP_GT] = ">",
    [KITH_OP_GTE] = ">=",
    [KITH_OP_LT] = "<",
    [KITH_OP_LTE] = "<=",
    [KITH_OP_LIKE] = "LIKE",
    [KITH_OP_NOT_LIKE] = "NOT LIKE",
    [KITH_OP_IS_NULL] = "IS NULL",
    [KITH_OP_IS_NOT_NULL] = "IS NOT NULL",
    [KITH_OP_IN] = "IN",
    [KITH_OP_NOT_IN] = "NOT IN",
    [KITH_OP_BETWEEN] = "BETWEEN",
    [KITH_OP_AND] = "AND",
    [KITH_OP_OR] = "OR",
    [KITH_OP_NOT] = "NOT",
    [KITH_OP_SOME] = "SOME",
    [KITH_OP_NONE] = "NONE",
    [KITH_OP_EVERY] = "EVERY",
};

static void print_condition(const struct condition *c);
static void print_where(const char *name, const struct condition *c);

static void print_tally(const struct tally *t)
{
    static const char *const kinds[] = {
        [KITH_COUNT] = "count", [KITH_SUM] = "sum", [KITH_AVG] = "avg", [KITH_MIN] = "min", [KITH_MAX] = "max"
    };
    printf("%s%s%s(%s", t->name ? t->name : "", t->name ? " = " : "", kinds[t->kind], t->path.text);
    print_where("where", t->where);
    printf(")");
}

static void print_comparison(const struct condition *c)
{
    if (c->tally)
        print_tally(c->tally);
    printf("%s %s (", c->tally ? "" : c->path.text, operators[c->op]);
    for (unsigned i = 0; i < c->count; i++) {
        printf("%s", i ? ", " : "");
        if (c->list[i].is_column)
            printf("%s", c->list[i].text);
        else
            print_value(compared_type(c), &c->list[i].value);
    }
    printf(")");
}

static void print_condition(const struct condition *c)
{
    if (!c) {
        printf("nothing");
        return;
    }
    if (!c->arg_count) {
        print_comparison(c);
        return;
    }
    printf("%s(%s", operators[c->op], c->way ? c->way->name : "");
    for (unsigned i = 0; i < c->arg_count; i++) {
        printf(i || c->way ? ", " : "");
        print_condition(c->args[i]);
    }
    printf(")");
}

static void print_where(const char *name, const struct condition *c)
{
    if (!c)
        return;
    printf("; %s ", name);
    print_condition(c);
}

static void print_columns(const char *name, const struct table *t, const bool *columns)
{
    printf("; %s:", name);
    for (unsigned i = 0; i < t->column_count; i++)
        if (columns[i])
            printf(" %s", t->columns[i].name);
}

static void print_orders(const struct ask *ask)
{
    for (unsigned i = 0; i < ask->order_count; i++) {
        const struct ordering *o = &ask->orders[i];
        printf("%s%s", i ? ", " : "; order ", o->tally ? "" : o->path.text);
        if (o->tally)
            print_tally(o->tally);
        printf("%s", o->desc ? " desc" : "");
    }
}

static void print_ask(const struct ask *ask, int depth)
{
    static const char *const required[] = { [KITH_AUTO] = "", [KITH_YES] = "; required", [KITH_NO] = "; not required" };
    static const char *const strategies[] = { "", "; joined", "; separate" };
    printf("%*s%s %s%s%s%s", depth * 4, "", depth ? "include" : "find", ask->way ? ask->way->name : ask->table->name,
           required[ask->required], strategies[ask->strategy], ask->with_deleted ? "; with deleted" : "");
    if (ask->name)
        printf("; as %s", ask->name);
    if (ask->picked)
        print_columns("attributes", ask->table, ask->columns);
    if (ask->link_picked)
        print_columns("through attributes", ask->way->join, ask->link_columns);
    print_where("where", ask->where);
    print_where("through where", ask->link_where);
    for (unsigned i = 0; i < ask->computed_count; i++) {
        printf("; ");
        print_tally(ask->computed[i]);
    }
    print_orders(ask);
    if (ask->limit)
        printf("; limit %u", ask->limit);
    if (ask->offset)
        printf("; offset %u", ask->offset);
    printf("\n");
    for (unsigned i = 0; i < ask->child_count; i++)
        print_ask(ask->children[i], depth + 1);
}

void print_query(const struct ask *ask)
{
    print_ask(ask, 0);
}

/* ---- results ---- */

static void print_list(const struct result_list *list, int depth)
{
    printf("%*s%s:%s\n", depth * 4, "", list->name, list->count ? "" : list->one ? " null" : " none");
    for (unsigned i = 0; i < list->count; i++) {
        const struct result *r = &list->items[i];
        printf("%*s-%s%s%s\n", depth * 4 + 2, "", r->text, r->link ? " | through:" : "", r->link ? r->link : "");
        for (unsigned j = 0; j < r->child_count; j++)
            print_list(&r->children[j], depth + 1);
    }
}

void print_result(const char *title, const struct result_list *list)
{
    printf("---- %s\n", title);
    print_list(list, 0);
}
