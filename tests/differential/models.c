/* models: draws a schema: tables with keys of several shapes, and the associations between them, each from one side or
 * from both. */
#include <stdio.h>
#include <string.h>

#include "differential/differential.h"

/* ---- tables ---- */

static int add_column(struct table *t, enum type type, const char *name)
{
    struct column *column = &t->columns[t->column_count];
    *column = (struct column){ .type = type };
    snprintf(column->name, sizeof column->name, "%s", name);
    return (int)t->column_count++;
}

static int add_numbered(struct schema *schema, struct table *t, enum type type, const char *prefix)
{
    char name[16];
    snprintf(name, sizeof name, "%s%u", prefix, schema->next++);
    return add_column(t, type, name);
}

static enum type draw_key_type(struct chance *c)
{
    static const enum type types[] = { INTEGER, INTEGER, STRING, STRING, BIGINT, UUID, DATE };
    return types[below(c, sizeof types / sizeof *types)];
}

/* A key of one or two columns: the primary one, or one that is only unique and may be null. */
static void add_key(struct schema *schema, struct table *t, struct chance *c, bool primary)
{
    struct key *key = &t->keys[t->key_count++];
    bool not_null = primary || percent(c, 50);
    key->width = percent(c, 35) ? 2 : 1;
    for (unsigned i = 0; i < key->width; i++) {
        int number = add_numbered(schema, t, draw_key_type(c), primary ? "k" : "u");
        struct column *column = &t->columns[number];
        column->primary = primary;
        column->not_null = not_null;
        column->of_key = true;
        if (!primary)
            snprintf(column->group, sizeof column->group, "unique");
        key->columns[i] = number;
    }
}

static void add_plain(struct schema *schema, struct table *t, struct chance *c, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        int number = add_numbered(schema, t, (enum type)below(c, TYPE_COUNT), "a");
        t->columns[number].not_null = percent(c, 25);
    }
}

static struct table *add_table(struct schema *schema, const char *name)
{
    struct table *t = &schema->tables[schema->table_count];
    t->number = schema->table_count++;
    snprintf(t->name, sizeof t->name, "%s", name);
    return t;
}

static void draw_table(struct schema *schema, struct chance *c)
{
    static const char *const names[] = { "ant", "bee", "cat", "dog" };
    struct table *t = add_table(schema, names[schema->table_count]);
    t->has_primary = percent(c, 85);
    t->paranoid = percent(c, 15);
    if (t->has_primary)
        add_key(schema, t, c, true);
    if (percent(c, 40))
        add_key(schema, t, c, false);
    add_plain(schema, t, c, 1 + below(c, 4));
}

/* ---- associations ---- */

static struct route *add_way(struct schema *schema, kith_assoc_kind kind, const char *prefix)
{
    struct route *way = &schema->ways[schema->way_count++];
    *way = (struct route){ .kind = kind, .scope = -1 };
    way->many = kind == KITH_HAS_MANY || kind == KITH_BELONGS_TO_MANY;
    snprintf(way->name, sizeof way->name, "%s%u", prefix, schema->next++);
    return way;
}

/* Columns that refer to a key. */
static struct key add_foreign_key(struct schema *schema, struct table *t, const struct table *parent, struct key key,
                                  bool not_null)
{
    struct key columns = { .width = key.width };
    for (unsigned i = 0; i < key.width; i++) {
        int number = add_numbered(schema, t, parent->columns[key.columns[i]].type, "f");
        t->columns[number].of_key = true;
        t->columns[number].not_null = not_null;
        columns.columns[i] = number;
    }
    return columns;
}

static int add_scope_column(struct schema *schema, struct table *t, struct chance *c, bool not_null)
{
    int number = add_numbered(schema, t, percent(c, 50) ? INTEGER : STRING, "s");
    t->columns[number].not_null = not_null;
    return number;
}

static struct reference *add_reference(struct schema *schema, struct table *child, struct table *parent,
                                       struct key columns, struct key key)
{
    struct reference *r = &schema->references[schema->reference_count++];
    *r = (struct reference){ .child = child, .parent = parent, .columns = columns, .key = key, .scope = -1 };
    return r;
}

static void add_has(struct schema *schema, const struct reference *r, struct chance *c)
{
    struct value first = { .null = true };
    unsigned count = r->scope >= 0 ? 2 : 1;
    for (unsigned i = 0; i < count; i++) {
        struct route *way = add_way(schema, r->unique ? KITH_HAS_ONE : KITH_HAS_MANY, "down");
        way->source = r->parent;
        way->target = r->child;
        way->from = r->key;
        way->to = r->columns;
        way->scope = r->scope;
        way->no_constraint = !r->constrained;
        way->scope_value.null = true;
        while (r->scope >= 0 && (way->scope_value.null || compare_values(&way->scope_value, &first) == 0))
            way->scope_value = draw_value(c, r->child->columns[r->scope].type);
        first = way->scope_value;
    }
}

static void add_belongs(struct schema *schema, const struct reference *r)
{
    struct route *way = add_way(schema, KITH_BELONGS_TO, "up");
    way->source = r->child;
    way->target = r->parent;
    way->from = r->columns;
    way->to = r->key;
    way->no_constraint = !r->constrained;
}

static bool has_key(const struct table *t)
{
    return t->key_count > 0;
}

/* Columns of a key of the child that can refer to this key of the parent. */
static bool find_shared(const struct schema *schema, const struct table *child, const struct table *parent,
                        const struct key *key, struct key *out, bool *unique)
{
    for (unsigned k = 0; k < child->key_count; k++) {
        *out = (struct key){ .width = key->width };
        bool fits = key->width <= child->keys[k].width;
        for (unsigned i = 0; fits && i < key->width; i++) {
            out->columns[i] = child->keys[k].columns[i];
            fits = child->columns[out->columns[i]].type == parent->columns[key->columns[i]].type;
        }
        for (unsigned i = 0; i < schema->reference_count; i++)
            fits = fits && !(schema->references[i].child == child && schema->references[i].shared);
        *unique = key->width == child->keys[k].width;
        if (fits)
            return true;
    }
    return false;
}

/* A key of one table also refers to another one, by values that meet by chance. */
static void draw_shared(struct schema *schema, struct chance *c)
{
    struct table *child = &schema->tables[below(c, schema->table_count)];
    struct table *parent = &schema->tables[below(c, schema->table_count)];
    struct key columns;
    bool unique;
    if (!has_key(parent) || child == parent || !find_shared(schema, child, parent, &parent->keys[0], &columns, &unique))
        return;
    struct reference *r = add_reference(schema, child, parent, columns, parent->keys[0]);
    r->shared = true;
    r->unique = unique;
    add_has(schema, r, c);
    add_belongs(schema, r);
}

/* One table refers to another, or to itself. Constraints only lead back, so that tables can be filled in turn. */
static void draw_reference(struct schema *schema, struct chance *c)
{
    struct table *child = &schema->tables[below(c, schema->table_count)];
    struct table *parent = &schema->tables[below(c, schema->table_count)];
    if (!has_key(parent))
        return;
    struct key key = parent->keys[below(c, parent->key_count)];
    bool unique = percent(c, 30), constrained = parent->number <= child->number && percent(c, 60);
    bool sure = !constrained || parent->columns[key.columns[0]].not_null; /* MariaDB makes no table otherwise */
    bool not_null = !unique && parent != child && sure && percent(c, 20);
    struct reference *r = add_reference(schema, child, parent, add_foreign_key(schema, child, parent, key, not_null),
                                        key);
    r->unique = unique;
    r->constrained = constrained;
    if (percent(c, 20))
        r->scope = add_scope_column(schema, child, c, false);
    unsigned sides = r->scope >= 0 || unique ? 1 + 2 * below(c, 2) : 1 + below(c, 3);
    if (sides & 1)
        add_has(schema, r, c);
    if (sides & 2)
        add_belongs(schema, r);
}

static struct table *draw_join_table(struct schema *schema, struct chance *c)
{
    static const char *const names[] = { "link", "tie", "bond", "knot" };
    unsigned number = 0;
    for (unsigned i = 0; i < schema->table_count; i++)
        number += schema->tables[i].is_join;
    struct table *t = add_table(schema, names[number]);
    t->is_join = true;
    t->made = percent(c, 30);
    if (!t->made) {
        t->has_primary = percent(c, 30);
        t->not_unique = t->has_primary && percent(c, 40);
        t->paranoid = percent(c, 10);
        if (t->has_primary)
            add_key(schema, t, c, true);
        add_plain(schema, t, c, below(c, 3));
    }
    return t;
}

static struct route *add_many(struct schema *schema, const struct reference *here, const struct reference *there)
{
    struct route *way = add_way(schema, KITH_BELONGS_TO_MANY, "many");
    way->source = here->parent;
    way->join = here->child;
    way->target = there->parent;
    way->from = here->key;
    way->to = here->columns;
    way->link_from = there->columns;
    way->link_to = there->key;
    return way;
}

/* The pair that is linked is the primary key of a join table that has no other. */
static void finish_join_table(struct table *t, const struct reference *here, const struct reference *there, int scope)
{
    const struct key *keys[] = { &here->columns, &there->columns };
    bool primary = !t->has_primary;
    for (unsigned k = 0; primary && k < 2; k++)
        for (unsigned i = 0; i < keys[k]->width; i++)
            t->columns[keys[k]->columns[i]].primary = true;
    if (primary && scope >= 0)
        t->columns[scope].primary = true;
    t->has_primary = true;
}

static void draw_network(struct schema *schema, struct chance *c)
{
    struct table *source = &schema->tables[below(c, schema->table_count)];
    struct table *target = &schema->tables[below(c, schema->table_count)];
    if (!has_key(source) || !has_key(target) || source->is_join || target->is_join)
        return;
    struct table *join = draw_join_table(schema, c);
    struct key near = source->keys[below(c, source->key_count)], far = target->keys[below(c, target->key_count)];
    struct reference *here = add_reference(schema, join, source, add_foreign_key(schema, join, source, near, true),
                                           near);
    struct reference *there = add_reference(schema, join, target, add_foreign_key(schema, join, target, far, true),
                                            far);
    here->constrained = there->constrained = true;
    bool scoped = !join->made && percent(c, 30), both = percent(c, 70);
    int scope = scoped ? add_scope_column(schema, join, c, true) : -1;
    finish_join_table(join, here, there, scope);
    struct value values[2] = { { .null = true }, { .null = true } };
    for (unsigned i = 0; i < (scoped ? 2 : 1); i++) {
        while (scoped && (values[i].null || compare_values(&values[0], &values[1]) == 0))
            values[i] = draw_value(c, join->columns[scope].type);
        for (unsigned side = 0; side <= both; side++) {
            struct route *way = side ? add_many(schema, there, here) : add_many(schema, here, there);
            way->scope = scope;
            way->scope_value = values[i];
        }
    }
    if (!join->made && percent(c, 50)) {
        add_belongs(schema, here);
        add_belongs(schema, there);
    }
}

const struct route *way_of(const struct schema *schema, const struct table *table, unsigned n)
{
    for (unsigned i = 0; i < schema->way_count; i++)
        if (schema->ways[i].source == table && n-- == 0)
            return &schema->ways[i];
    return NULL;
}

unsigned count_ways(const struct schema *schema, const struct table *table)
{
    unsigned count = 0;
    for (unsigned i = 0; i < schema->way_count; i++)
        count += schema->ways[i].source == table;
    return count;
}

/* ---- the whole ---- */

struct schema *draw_schema(uint64_t seed)
{
    struct pool pool = { 0 };
    struct schema *schema = take(&pool, sizeof *schema);
    struct chance c = chance_from(seed);
    schema->pool = pool;
    schema->big = percent(&c, 10);
    for (unsigned i = 2 + below(&c, 3); i > 0; i--)
        draw_table(schema, &c);
    for (unsigned i = 2 + below(&c, 3); i > 0; i--)
        draw_reference(schema, &c);
    for (unsigned i = below(&c, 4); i > 0; i--)
        draw_shared(schema, &c);
    for (unsigned i = below(&c, 4); i > 0; i--)
        draw_network(schema, &c);
    draw_rows(schema, &c);
    make_models(schema);
    return schema;
}

void free_schema(struct schema *schema)
{
    struct pool pool = schema->pool;
    pool_free(&pool);
}
