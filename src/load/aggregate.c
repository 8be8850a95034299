/* aggregate: counts, sums and the like over associated records, as values: sub-selects that conditions, orders and
 * computed attributes use alike. Knows paths and types; what a database calls an aggregate its dialect knows. */
#include "base/error.h"
#include "base/str.h"
#include "base/value.h"
#include "load/load.h"
#include "schema/coerce.h"

enum { NESTING_MAX = 16, DECIMAL_DIGITS = 65 };

static const struct {
    const char *name;
    enum sql_op op;
} aggregates[] = {
    [KITH_COUNT] = { "COUNT", SQL_COUNT_OF }, [KITH_SUM] = { "SUM", SQL_SUM }, [KITH_AVG] = { "AVG", SQL_AVG },
    [KITH_MIN] = { "MIN", SQL_MIN },          [KITH_MAX] = { "MAX", SQL_MAX },
};

/* ---- the path ---- */

/* Where a path has led so far. */
struct way {
    struct sql_select *select;
    struct names at;  /* the records there */
    const char *rest; /* of the path; NULL: none */
};

/* Cuts the first part off a path. NULL: no memory. */
static char *next_part(struct load *l, const char **path)
{
    size_t size = strcspn(*path, ".");
    char *part = kith__arena_text_n(&l->scratch, *path, size);
    *path = (*path)[size] ? *path + size + 1 : NULL;
    if (!part)
        kith__load_no_memory(l);
    return part;
}

static bool set_out(struct load *l, const struct names *names, const char *path, struct way *way)
{
    way->rest = path;
    const char *part = next_part(l, &way->rest);
    const struct assoc *a = part ? kith__model_assoc(names->model, part, l->err) : NULL;
    if (!a)
        return false;
    way->select = kith__related_select(l, a, &(struct source){ .alias = names->alias }, &way->at);
    return way->select || kith__load_no_memory(l);
}

static bool is_assoc(const struct way *way, const char *name)
{
    return kith__name_map_get(&way->at.model->assoc_named, name) != NULL;
}

/* Does an association come next, and not an attribute of the record or of its join row? Of a COUNT the last part may be
 * either. */
static bool leads_on(const struct way *way, bool may_end)
{
    if (!way->rest || kith__link_part(&way->at, way->rest))
        return false;
    return strchr(way->rest, '.') || (may_end && !kith__name_map_get(&way->at.model->attr_named, way->rest));
}

static bool go(struct load *l, const char *path, bool may_end, struct way *way, const struct names *from)
{
    if (!set_out(l, from, path, way))
        return false;
    while (leads_on(way, may_end)) {
        const char *part = next_part(l, &way->rest);
        const struct assoc *a = part ? kith__model_assoc(way->at.model, part, l->err) : NULL;
        if (!a)
            return false;
        kith__join_related(l, a, way->select, &way->at);
    }
    return true;
}

/* ---- what it is of ---- */

/* What COUNT counts: all rows (NULL), or each record once. */
static bool counted(struct load *l, const struct aggregate *what, const struct way *way, struct sql_expr **column)
{
    const struct model *m = way->at.model;
    *column = NULL;
    if (!what->distinct)
        return true;
    if (m->key_count != 1)
        return kith__error_set(l->err, KITH_E_UNSUPPORTED,
                               "a distinct COUNT of '%s' needs a %s with a primary key of one attribute", what->path,
                               m->name);
    *column = kith__sql_attr(&l->scratch, way->at.alias, m->key[0]);
    return true;
}

static bool has_order(int type)
{
    return type != KITH_T_BLOB && type != KITH_T_JSON;
}

static bool is_number(int type)
{
    return type == KITH_T_INTEGER || type == KITH_T_BIGINT || type == KITH_T_DOUBLE || type == KITH_T_DECIMAL;
}

static bool check_type(struct load *l, kith_aggregate kind, const struct attr *of)
{
    int type = of->type.id;
    if (kind == KITH_COUNT ? type != KITH_T_JSON : kind >= KITH_MIN ? has_order(type) : is_number(type))
        return true;
    return kith__error_set(l->err, KITH_E_USAGE, "%s needs %s, and %s.%s is %s", aggregates[kind].name,
                           kind == KITH_SUM || kind == KITH_AVG ? "a number" : "values that have an order",
                           of->model->name, of->name, kith__type_name(type));
}

static kith_type type_of(kith_aggregate kind, const struct attr *of)
{
    kith_type type = { .id = kind == KITH_COUNT ? KITH_T_BIGINT : KITH_T_DOUBLE };
    if (kind == KITH_COUNT || kind == KITH_AVG)
        return type;
    if (kind == KITH_MIN || kind == KITH_MAX)
        return of->type;
    if (of->type.id == KITH_T_DECIMAL)
        type = (kith_type){ .id = KITH_T_DECIMAL, .size = DECIMAL_DIGITS, .scale = of->type.scale };
    else if (of->type.id != KITH_T_DOUBLE)
        type.id = KITH_T_BIGINT;
    return type;
}

/* An attribute that no table has: what is known of a value. `of`: whose labels it may have; or NULL. */
static struct attr *stand_in(kith_arena *arena, const struct model *m, const char *name, kith_type type,
                             const struct attr *of)
{
    struct attr *attr = ARENA_NEW(arena, struct attr);
    if (!attr)
        return NULL;
    *attr = (struct attr){ .name = name, .column = name, .model = m, .type = type };
    if (type.id == KITH_T_ENUM && of) {
        attr->label_count = of->label_count;
        attr->enum_type = of->enum_type;
    }
    return attr;
}

/* ---- the value ---- */

static struct sql_expr *call(struct load *l, const struct aggregate *what, struct sql_expr *column)
{
    kith_arena *a = &l->scratch;
    if (!column)
        return kith__sql_expr(a, SQL_COUNT);
    if (what->distinct && what->kind < KITH_MIN) /* the least is the least of all */
        column = kith__sql_unary(a, SQL_DISTINCT, column);
    return kith__sql_unary(a, aggregates[what->kind].op, column);
}

static bool check_end(struct load *l, const struct aggregate *what, const struct way *way)
{
    if (way->rest && !(strchr(way->rest, '.') == NULL && is_assoc(way, way->rest)))
        return true;
    return kith__error_set(l->err, KITH_E_USAGE,
                           "%s of '%s' names no attribute; write '%s.…' with one of %s, or use KITH_COUNT",
                           aggregates[what->kind].name, what->path, what->path, way->at.model->name);
}

/* The column at the end of the way, or NULL for all rows; and what the aggregate of it is. */
static bool arrive(struct load *l, const struct names *names, const struct aggregate *what, const struct way *way,
                   struct sql_expr **column, struct value *out)
{
    struct value end = { 0 };
    const char *name = kith__arena_format(&l->scratch, "%s(%s)", aggregates[what->kind].name, what->path);
    if (what->kind == KITH_COUNT && !way->rest) {
        if (!counted(l, what, way, column))
            return false;
    } else {
        if (!check_end(l, what, way) || !kith__named_value(l, &way->at, way->rest, &end) ||
            !check_type(l, what->kind, end.attr))
            return false;
        *column = end.expr;
    }
    out->attr = stand_in(&l->scratch, names->model, name, type_of(what->kind, end.attr), end.attr);
    out->nullable = what->kind != KITH_COUNT;
    return (name && out->attr && (*column || !end.attr)) || kith__load_no_memory(l);
}

static bool aggregate(struct load *l, const struct names *names, const struct aggregate *what, struct value *out)
{
    struct way way;
    struct sql_expr *column = NULL, *where = NULL;
    if (!go(l, what->path, what->kind == KITH_COUNT, &way, names) || !arrive(l, names, what, &way, &column, out) ||
        !kith__condition(l, &way.at, what->where, &where))
        return false;
    way.select->where = kith__sql_and(&l->scratch, way.select->where, where);
    struct sql_expr *made = call(l, what, column);
    if (made) {
        made->type = out->attr->type.id;
        made->attr = out->attr;
    }
    out->expr = kith__scalar(l, way.select, made);
    return out->expr || kith__load_no_memory(l);
}

/* Over the rows of a group: those that fulfil the condition, by CASE, which every database has. */
static bool when(struct load *l, const struct names *row, const struct aggregate *what, struct sql_expr **column)
{
    struct sql_expr *where = NULL;
    if (!kith__condition(l, row, what->where, &where))
        return false;
    if (!where)
        return true;
    struct sql_expr *value = *column ? *column : kith__sql_expr(&l->scratch, SQL_ONE);
    *column = kith__sql_binary(&l->scratch, SQL_WHEN, where, value);
    if (*column) {
        (*column)->type = value->type;
        (*column)->attr = value->attr;
    }
    return *column || kith__load_no_memory(l);
}

/* What COUNT counts without a path: rows. */
static bool group_operand(struct load *l, struct grouping *g, const struct aggregate *what, struct value *end)
{
    *end = (struct value){ 0 };
    if (what->path)
        return kith__group_column(l, g, what->path, end) && check_type(l, what->kind, end->attr);
    if (what->kind != KITH_COUNT)
        return kith__error_set(l->err, KITH_E_USAGE,
                               "%s over the rows of a group needs an attribute of them (its path)",
                               aggregates[what->kind].name);
    return !what->distinct ||
           kith__error_set(l->err, KITH_E_USAGE, "a distinct COUNT over the rows of a group needs a path");
}

static bool group_aggregate(struct load *l, const struct names *names, const struct aggregate *what, struct value *out)
{
    struct value end;
    if (!group_operand(l, names->grouping, what, &end))
        return false;
    struct sql_expr *column = end.expr;
    const char *name = kith__arena_format(&l->scratch, "%s(%s)", aggregates[what->kind].name,
                                          what->path ? what->path : "");
    if (!when(l, kith__group_row(names->grouping), what, &column))
        return false;
    out->attr = stand_in(&l->scratch, names->model, name, type_of(what->kind, end.attr), end.attr);
    out->nullable = what->kind != KITH_COUNT;
    out->expr = call(l, what, column);
    if (!name || !out->attr || !out->expr)
        return kith__load_no_memory(l);
    out->expr->type = out->attr->type.id;
    out->expr->attr = out->attr;
    return true;
}

bool kith__aggregate(struct load *l, const struct names *names, const struct aggregate *what, struct value *out)
{
    *out = (struct value){ 0 };
    if (what->kind < KITH_COUNT || what->kind > KITH_MAX)
        return kith__error_set(l->err, KITH_E_USAGE, "there is no aggregate %d", (int)what->kind);
    if (!what->path && !names->grouping)
        return kith__error_set(l->err, KITH_E_USAGE, "an aggregate (%s) has no path", aggregates[what->kind].name);
    if (l->nesting >= NESTING_MAX)
        return kith__error_set(l->err, KITH_E_USAGE, "aggregates nest deeper than %d", NESTING_MAX);
    l->nesting++;
    bool good = names->grouping ? group_aggregate(l, names, what, out) : aggregate(l, names, what, out);
    l->nesting--;
    return good;
}

/* ---- computed attributes ---- */

static bool is_computed_end(const kith_computed *c)
{
    return !c->as && !c->aggregate && !c->path && !c->where && !c->distinct && !c->value && !c->type.id &&
           !c->member.offset_plus_one;
}

static bool refuse(struct load *l, const struct model *m, const char *name, const char *why)
{
    kith__error_set(l->err, KITH_E_USAGE, "the computed attribute '%s' of %s %s", name, m->name, why);
    return kith__error_about(l->err, m->name, name);
}

static bool check_name(struct load *l, const struct model *m, const struct computed_list *before, const char *name)
{
    if (!name || !*name)
        return kith__error_set(l->err, KITH_E_USAGE, "a computed attribute of %s has no name (.as)", m->name);
    if (strchr(name, '.'))
        return refuse(l, m, name, "has a '.' in its name, which is for paths");
    if (kith__name_map_get(&m->attr_named, name))
        return refuse(l, m, name, "has the name of an attribute");
    if (kith__name_map_get(&m->assoc_named, name))
        return refuse(l, m, name, "has the name of an association");
    for (unsigned i = 0; i < before->count; i++)
        if (before->attrs[i] && kith__equal(before->attrs[i]->name, name))
            return refuse(l, m, name, "has the name of another one");
    return true;
}

/* Of a value that is no attribute's, the query says the type. */
static bool set_type(struct load *l, const struct model *m, const kith_computed *def, struct value *out)
{
    kith_type type = def->type;
    if (!type.id)
        return out->attr || refuse(l, m, def->as, "needs a .type: its value is not an attribute's");
    if (type.id < 0 || type.id >= KITH_T_COUNT_)
        return refuse(l, m, def->as, "has a .type that there is not");
    if (out->attr && out->attr->type.id == type.id)
        return true;
    if (type.id == KITH_T_ENUM)
        return refuse(l, m, def->as, "can be an ENUM only when its value is an attribute that is one");
    out->attr = stand_in(&l->scratch, m, def->as, type, NULL);
    if (out->expr && !out->expr->type)
        out->expr->type = type.id;
    return out->attr || kith__load_no_memory(l);
}

static bool computed_value(struct load *l, const struct names *names, const kith_computed *def, struct value *out)
{
    const struct model *m = names->model;
    /* Records are shared between links, and conditions use what was computed, not the other way round. */
    struct names own = { .model = m, .alias = names->alias, .grouping = names->grouping };
    if (names->grouping && kith__is_group_name(def))
        return kith__group_column(l, names->grouping, def->as, out);
    if (names->grouping)
        own.computed = *kith__group_names(names->grouping);
    if (!def->aggregate == !def->value)
        return refuse(l, m, def->as, "needs either .aggregate or .value");
    if (def->aggregate)
        return def->type.id
                   ? refuse(l, m, def->as, "has the type of its aggregate, so .type cannot be given")
                   : kith__aggregate(l, &own,
                                     &(struct aggregate){ def->aggregate, def->path, def->where, def->distinct }, out);
    if (def->path || def->where || def->distinct)
        return refuse(l, m, def->as, "has a .value, so .path, .where and .distinct cannot be given");
    return kith__value(l, &own, def->value, out) && set_type(l, m, def, out);
}

bool kith__computed_value(struct load *l, const struct names *names, unsigned i, struct value *out)
{
    return computed_value(l, names, &names->computed.defs[i], out);
}

/* A name of a group is an attribute, and may be kept where that is. */
static bool set_member(struct load *l, const struct computed_list *before, const kith_computed *def,
                       const struct attr *of, struct attr *attr)
{
    if (!kith__is_group_name(def))
        return kith__computed_member(l, before, attr, &def->member);
    if (of->model == attr->model && kith__equal(of->name, attr->name))
        attr->member = of->member;
    return true;
}

static bool resolve(struct load *l, const struct names *names, struct computed_list *before, kith_arena *arena,
                    struct attr **out)
{
    const kith_computed *def = &before->defs[before->count];
    struct value value = { 0 };
    if (!computed_value(l, names, def, &value))
        return false;
    const char *name = kith__arena_text(arena, def->as);
    *out = name && value.attr ? stand_in(arena, names->model, name, value.attr->type, value.attr) : NULL;
    return *out ? set_member(l, before, def, value.attr, *out) : kith__load_no_memory(l);
}

unsigned kith__computed_count(const kith_computed *defs)
{
    unsigned count = 0;
    while (defs && !is_computed_end(&defs[count]))
        count++;
    return count;
}

static bool resolve_all(struct load *l, const struct names *names, kith_arena *arena, unsigned count,
                        struct computed_list *out)
{
    struct attr **attrs = ARENA_ARRAY(arena, count, struct attr *);
    unsigned alias = l->next_alias;
    if (!attrs)
        return kith__load_no_memory(l);
    out->attrs = (const struct attr *const *)attrs;
    for (out->count = 0; out->count < count; out->count++) {
        const kith_computed *def = &out->defs[out->count];
        bool named = names->grouping && kith__is_group_name(def) && def->as;
        if ((!named && !check_name(l, names->model, out, def->as)) ||
            !resolve(l, names, out, arena, &attrs[out->count]))
            return false;
    }
    l->next_alias = alias; /* what was built was only looked at */
    return true;
}

bool kith__computed_list(struct load *l, const struct model *m, const kith_computed *defs, kith_arena *arena,
                         struct computed_list *out)
{
    const struct names names = { .model = m, .alias = "t" };
    unsigned count = kith__computed_count(defs);
    *out = (struct computed_list){ .defs = defs };
    return !count || resolve_all(l, &names, arena, count, out);
}

bool kith__computed_resolve(struct load *l, const struct model *m, struct grouping *g, kith_arena *arena,
                            struct computed_list *out)
{
    const struct names names = { .model = m, .alias = "t", .grouping = g };
    return resolve_all(l, &names, arena, out->count, out);
}
