/* condition: from the conditions a program writes to expressions of a statement. Names are resolved here, so that a
 * misspelt one is refused before any SQL; values are brought into the attribute's kind. */
#include "base/error.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/value.h"
#include "load/load.h"
#include "schema/coerce.h"

const kith_expr kith_expr_end = { .op = KITH_OP_END_ };

enum { PATH_PART_MAX = 128, DEPTH_MAX = 64 };

static bool build(struct load *l, const struct names *names, const kith_expr *e, unsigned depth, struct sql_expr **out);

/* ---- values ---- */

/* A condition may compare with values that could not be stored: a longer text, a larger number. */
static struct attr loosened(const struct attr *attr)
{
    struct attr loose = *attr;
    loose.type.is_unsigned = false;
    if (attr->type.id == KITH_T_STRING)
        loose.type.id = KITH_T_TEXT;
    else if (attr->type.id == KITH_T_INTEGER)
        loose.type.id = KITH_T_BIGINT;
    else if (attr->type.id == KITH_T_DECIMAL) {
        loose.type.size = 65;
        loose.type.scale = 30;
    }
    return loose;
}

static bool attr_value(struct load *l, const char *alias, const struct attr *attr, struct value *out)
{
    *out = (struct value){ .attr = attr };
    if (!attr)
        return false;
    out->expr = kith__sql_attr(&l->scratch, alias, attr);
    out->nullable = !attr->not_null;
    return true;
}

bool kith__named_value(struct load *l, const struct names *names, const char *name, struct value *out)
{
    const char *of_link = kith__link_part(names, name);
    const struct computed_list *computed = &names->computed;
    if (names->grouping)
        return kith__group_name(l, names, name, out);
    if (of_link)
        return attr_value(l, names->link_alias, kith__model_attr(assoc_join(names->via), of_link, l->err), out);
    for (unsigned i = 0; i < computed->count; i++)
        if (kith__equal(computed->attrs[i]->name, name))
            return kith__computed_value(l, names, i, out);
    const struct attr *attr = kith__name_map_get(&names->model->attr_named, name);
    if (!attr)
        kith__model_no_attr(names->model, name, computed->attrs, computed->count, l->err);
    return attr_value(l, names->alias, attr, out);
}

static bool is_function_name(const char *name)
{
    if (!name || !((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z')))
        return false;
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

static bool list_values(struct load *l, const struct names *names, const kith_value *list, struct sql_expr **out)
{
    *out = NULL;
    for (; list && list->kind != KITH_LIST_END; list++) {
        struct sql_expr *arg = NULL;
        if (list->kind == KITH_EXPRESSION) {
            if (!kith__value_expression(l, names, list->as.expr, &arg))
                return false;
        } else if (list->kind == KITH_ABSENT || list->kind == KITH_OUT_OF_RANGE) {
            return kith__error_set(l->err, KITH_E_USAGE, "a value in the condition is %s", kith__kind_name(list->kind));
        } else {
            arg = kith__sql_bind(&l->scratch, *list, 0);
        }
        kith__sql_append(out, arg);
    }
    return true;
}

static bool text_with_values(struct load *l, const struct names *names, const kith_expr *e, struct sql_expr **out)
{
    *out = kith__sql_text(&l->scratch, e->path ? e->path : "");
    if (!kith__raw_check(e->path ? e->path : "", e->list, l->err))
        return false;
    return *out && list_values(l, names, e->list, &(*out)->args);
}

static bool function_call(struct load *l, const struct names *names, const kith_expr *e, struct sql_expr **out)
{
    if (!is_function_name(e->path))
        return kith__error_set(l->err, KITH_E_USAGE, "'%s' is not the name of a function", e->path ? e->path : "");
    *out = kith__sql_expr(&l->scratch, SQL_CALL);
    if (*out)
        (*out)->text = e->path;
    return *out && list_values(l, names, e->list, &(*out)->args);
}

static const kith_expr *first_arg(const kith_expr *e)
{
    return e->args && e->args[0] && e->args[0]->op != KITH_OP_END_ ? e->args[0] : NULL;
}

bool kith__value(struct load *l, const struct names *names, const kith_expr *e, struct value *out)
{
    *out = (struct value){ .nullable = true };
    switch (e ? e->op : 0) {
    case KITH_OP_COL: return kith__named_value(l, names, e->path ? e->path : "", out);
    case KITH_OP_FN: return function_call(l, names, e, &out->expr);
    case KITH_OP_SQL: return text_with_values(l, names, e, &out->expr);
    case KITH_OP_AGGREGATE: {
        int64_t kind = e->value.kind == KITH_INT ? e->value.as.integer : KITH_NO_AGGREGATE;
        const struct aggregate what = {
            .kind = kind > 0 && kind <= KITH_MAX ? (kith_aggregate)kind : KITH_NO_AGGREGATE,
            .path = e->path,
            .where = first_arg(e),
        };
        return kith__aggregate(l, names, &what, out);
    }
    default:
        return kith__error_set(l->err, KITH_E_USAGE,
                               "only KITH_COL, KITH_FN, KITH_SQL and KITH_AGGREGATE can stand for a value");
    }
}

bool kith__value_expression(struct load *l, const struct names *names, const kith_expr *e, struct sql_expr **out)
{
    struct value value;
    bool good = kith__value(l, names, e, &value);
    *out = value.expr;
    return good;
}

static bool plain_value(struct load *l, const struct attr *attr, kith_value given, kith_value *out)
{
    struct attr loose = loosened(attr);
    /* What fits neither is refused with the declared type named; a long DECIMAL may fit the declared one alone. */
    return kith__coerce(&loose, given, &l->scratch, out, l->err) || kith__coerce(attr, given, &l->scratch, out, l->err);
}

/* For messages. */
static const char *name_of(struct load *l, const struct value *left)
{
    const char *name = NULL;
    if (left->attr)
        name = kith__arena_format(&l->scratch, "%s.%s", left->attr->model->name, left->attr->name);
    return name ? name : "a value";
}

static bool has_no_value(struct load *l, const struct value *left)
{
    return kith__error_set(l->err, KITH_E_USAGE, "the condition on %s has no value", name_of(l, left));
}

/* A value to be compared with `left`. */
static bool operand(struct load *l, const struct names *names, const struct value *left, kith_value given,
                    struct sql_expr **out)
{
    if (given.kind == KITH_EXPRESSION)
        return kith__value_expression(l, names, given.as.expr, out);
    if (given.kind == KITH_ABSENT)
        return has_no_value(l, left);
    if (given.kind == KITH_OUT_OF_RANGE && !left->attr)
        return kith__error_set(l->err, KITH_E_USAGE, "a value in the condition is %s", kith__kind_name(given.kind));
    kith_value value = given;
    if (left->attr && !plain_value(l, left->attr, given, &value))
        return false;
    *out = kith__sql_bind(&l->scratch, value, left->attr ? loosened(left->attr).type.id : 0);
    return true;
}

/* ---- comparisons ---- */

static const enum sql_op comparison_of[KITH_OP_COUNT_] = {
    [KITH_OP_EQ] = SQL_EQ, [KITH_OP_NE] = SQL_NE,   [KITH_OP_GT] = SQL_GT,     [KITH_OP_GTE] = SQL_GTE,
    [KITH_OP_LT] = SQL_LT, [KITH_OP_LTE] = SQL_LTE, [KITH_OP_LIKE] = SQL_LIKE, [KITH_OP_NOT_LIKE] = SQL_NOT_LIKE,
};

static bool ends_in_escape(const kith_value *pattern)
{
    size_t backslashes = 0, size = pattern->kind == KITH_STR ? pattern->size : 0;
    while (backslashes < size && pattern->as.str[size - 1 - backslashes] == '\\')
        backslashes++;
    return backslashes % 2 == 1;
}

/* Not for what is text in C only, nor for a pattern that is an error to one database and text to another. */
static bool can_be_like(struct load *l, const struct value *left, const kith_value *pattern)
{
    int type = left->attr ? left->attr->type.id : KITH_T_TEXT;
    if (type != KITH_T_STRING && type != KITH_T_TEXT && type != KITH_T_ENUM && type != KITH_T_JSON)
        return kith__error_set(l->err, KITH_E_USAGE, "LIKE needs text, and %s is %s", name_of(l, left),
                               kith__type_name(type));
    if (ends_in_escape(pattern))
        return kith__error_set(l->err, KITH_E_USAGE,
                               "the pattern for %s ends with a \"\\\", which has nothing behind it to escape; a "
                               "backslash itself is written twice",
                               name_of(l, left));
    return true;
}

static bool like(struct load *l, const struct names *names, const struct value *left, const kith_expr *e,
                 struct sql_expr **value)
{
    static const struct attr any_text = { .name = "LIKE", .type = KITH_TEXT };
    struct attr pattern = any_text;
    if (!can_be_like(l, left, &e->value))
        return false;
    pattern.model = left->attr ? left->attr->model : names->model;
    pattern.name = left->attr ? left->attr->name : pattern.name;
    return operand(l, names, &(struct value){ .attr = &pattern }, e->value, value);
}

static bool compare(struct load *l, const struct names *names, const struct value *left, const kith_expr *e,
                    struct sql_expr **out)
{
    struct sql_expr *value = NULL;
    if (e->value.kind == KITH_NULL) {
        if (e->op != KITH_OP_EQ && e->op != KITH_OP_NE)
            return kith__error_set(l->err, KITH_E_USAGE, "%s can only be equal to NULL or not", name_of(l, left));
        *out = kith__sql_unary(&l->scratch, e->op == KITH_OP_EQ ? SQL_IS_NULL : SQL_IS_NOT_NULL, left->expr);
        return true;
    }
    if (!(e->op == KITH_OP_LIKE || e->op == KITH_OP_NOT_LIKE ? like(l, names, left, e, &value)
                                                             : operand(l, names, left, e->value, &value)))
        return false;
    *out = kith__sql_binary(&l->scratch, comparison_of[e->op], left->expr, value);
    return true;
}

/* ---- lists ---- */

/* What a list has in it: keys, when there are more plain values than placeholders are for, and single operands. */
struct in_list {
    struct sql_keys *keys; /* or NULL */
    kith_value *values;    /* theirs */
    struct sql_expr *column, **tail;
    bool has_null;
};

static size_t count_plain(const kith_value *list)
{
    size_t count = 0;
    for (const kith_value *v = list; v && v->kind != KITH_LIST_END; v++)
        count += v->kind != KITH_NULL && v->kind != KITH_EXPRESSION;
    return count;
}

static bool make_keys(struct load *l, const struct value *left, size_t most, struct in_list *in)
{
    if (!left->attr)
        return kith__error_set(l->err, KITH_E_USAGE,
                               "a list of more than %u values needs an attribute or an aggregate on its left side",
                               l->dialect->list_max);
    uint8_t *types = ARENA_ARRAY(&l->scratch, 1, uint8_t);
    in->keys = ARENA_NEW(&l->scratch, struct sql_keys);
    in->values = ARENA_ARRAY(&l->scratch, most, kith_value);
    if (!types || !in->keys || !in->values)
        return kith__load_no_memory(l);
    types[0] = attr_key_type(left->attr);
    *in->keys = (struct sql_keys){ .width = 1, .values = in->values, .types = types };
    return true;
}

static bool take_one(struct load *l, const struct names *names, const struct value *left, const kith_value *v,
                     struct in_list *in)
{
    if (v->kind == KITH_NULL) {
        in->has_null = true;
        return true;
    }
    if (in->keys && v->kind != KITH_EXPRESSION)
        return v->kind == KITH_ABSENT ? has_no_value(l, left)
                                      : plain_value(l, left->attr, *v, &in->values[in->keys->count++]);
    if (!operand(l, names, left, *v, in->tail))
        return false;
    if (*in->tail)
        in->tail = &(*in->tail)->next;
    return true;
}

static bool take_list(struct load *l, const struct names *names, const struct value *left, const kith_value *list,
                      struct in_list *in)
{
    size_t count = count_plain(list);
    *in = (struct in_list){ .column = kith__sql_copy(&l->scratch, left->expr) };
    if (!in->column)
        return kith__load_no_memory(l);
    in->tail = &in->column->next;
    if (count > l->dialect->list_max && !make_keys(l, left, count, in))
        return false;
    for (const kith_value *v = list; v && v->kind != KITH_LIST_END; v++)
        if (!take_one(l, names, left, v, in))
            return false;
    return true;
}

/* IN with NULL among the values also finds (NOT IN: leaves out) rows where the attribute is null, which SQL's own IN
 * would not. */
static bool in_list(struct load *l, const struct names *names, const struct value *left, const kith_expr *e,
                    struct sql_expr **out)
{
    kith_arena *a = &l->scratch;
    bool negated = e->op == KITH_OP_NOT_IN;
    struct in_list in;
    struct sql_expr *found = NULL;
    if (!take_list(l, names, left, e->list, &in))
        return false;
    if (in.column->next)
        found = kith__sql_unary(a, SQL_IN, in.column);
    if (in.keys) {
        struct sql_expr *among = kith__sql_keys(a, kith__sql_copy(a, left->expr), in.keys);
        found = found ? kith__sql_binary(a, SQL_OR, among, found) : among;
    }
    if (found && negated)
        found = kith__sql_unary(a, SQL_NOT, found);
    if (in.has_null) {
        struct sql_expr *null = kith__sql_unary(a, negated ? SQL_IS_NOT_NULL : SQL_IS_NULL,
                                                kith__sql_copy(a, left->expr));
        found = found ? kith__sql_binary(a, negated ? SQL_AND : SQL_OR, found, null) : null;
    }
    *out = found ? found : kith__sql_text(a, negated ? "1 = 1" : "1 = 0");
    return true;
}

static bool between(struct load *l, const struct names *names, const struct value *left, const kith_expr *e,
                    struct sql_expr **out)
{
    struct sql_expr *low = NULL, *high = NULL, *all = left->expr;
    if (kith__value_list_count(e->list) != 2)
        return kith__error_set(l->err, KITH_E_USAGE, "BETWEEN takes two values");
    if (!operand(l, names, left, e->list[0], &low) || !operand(l, names, left, e->list[1], &high))
        return false;
    *out = kith__sql_expr(&l->scratch, SQL_BETWEEN);
    if (*out) {
        kith__sql_append(&all, low);
        kith__sql_append(&all, high);
        (*out)->args = all;
    }
    return true;
}

static bool on_value(struct load *l, const struct names *names, const struct value *left, const kith_expr *e,
                     struct sql_expr **out)
{
    switch (e->op) {
    case KITH_OP_IS_NULL: *out = kith__sql_unary(&l->scratch, SQL_IS_NULL, left->expr); return true;
    case KITH_OP_IS_NOT_NULL: *out = kith__sql_unary(&l->scratch, SQL_IS_NOT_NULL, left->expr); return true;
    case KITH_OP_IN:
    case KITH_OP_NOT_IN: return in_list(l, names, left, e, out);
    case KITH_OP_BETWEEN: return between(l, names, left, e, out);
    default: return compare(l, names, left, e, out);
    }
}

static bool on_attr(struct load *l, const struct names *names, const kith_expr *e, const char *path,
                    struct sql_expr **out)
{
    struct value left;
    return kith__named_value(l, names, path, &left) && on_value(l, names, &left, e, out);
}

/* KITH_COMPARE: the value on the left side stands where the terms of a junction do. */
static bool on_left(struct load *l, const struct names *names, const kith_expr *e, struct sql_expr **out)
{
    struct value left;
    if (!kith__value(l, names, first_arg(e), &left))
        return false;
    if (left.expr && left.expr->op == SQL_TEXT) /* it may say a OR b */
        left.expr->text = kith__arena_format(&l->scratch, "(%s)", left.expr->text);
    return on_value(l, names, &left, e, out);
}

/* ---- paths and associations ---- */

/* EXISTS over the association; `inner` is the condition inside, already built, or NULL. */
static bool exists(struct load *l, struct sql_select *select, struct sql_expr *inner, struct sql_expr **out)
{
    if (!select)
        return kith__load_no_memory(l);
    select->where = kith__sql_and(&l->scratch, select->where, inner);
    *out = kith__sql_exists(&l->scratch, select);
    return true;
}

/* "friends.name": is there a friend with … ? The first part is an association unless it is the join row. */
static bool on_path(struct load *l, const struct names *names, const kith_expr *e, const char *path,
                    struct sql_expr **out)
{
    const char *dot = strchr(path, '.');
    if (!dot || names->grouping || kith__link_part(names, path))
        return on_attr(l, names, e, path, out);
    char part[PATH_PART_MAX];
    if ((size_t)(dot - path) >= sizeof part)
        return kith__error_set(l->err, KITH_E_USAGE, "the path '%.100s…' is too long", path);
    memcpy(part, path, (size_t)(dot - path));
    part[dot - path] = '\0';
    const struct assoc *a = kith__model_assoc(names->model, part, l->err);
    struct names inner;
    struct sql_expr *condition = NULL;
    if (!a)
        return false;
    struct sql_select *select = kith__related_select(l, a, &(struct source){ .alias = names->alias }, &inner);
    return on_path(l, &inner, e, dot + 1, &condition) && exists(l, select, condition, out);
}

static bool on_assoc(struct load *l, const struct names *names, const kith_expr *e, unsigned depth,
                     struct sql_expr **out)
{
    if (names->grouping)
        return kith__error_set(l->err, KITH_E_USAGE,
                               "a group has no association '%s'; a condition on its rows belongs in .where",
                               e->path ? e->path : "");
    const struct assoc *a = kith__model_assoc(names->model, e->path, l->err);
    if (!a)
        return false;
    struct names inner;
    struct sql_select *select = kith__related_select(l, a, &(struct source){ .alias = names->alias }, &inner);
    struct sql_expr *condition = NULL;
    if (!build(l, &inner, first_arg(e), depth + 1, &condition))
        return false;
    if (e->op == KITH_OP_EVERY) {
        if (!condition) { /* every one fulfils what asks for nothing: that is true, not a term to leave out */
            *out = kith__sql_text(&l->scratch, "1 = 1");
            return true;
        }
        condition = kith__sql_unary(&l->scratch, SQL_IS_NOT_TRUE, condition);
    }
    if (!exists(l, select, condition, out))
        return false;
    if (e->op != KITH_OP_SOME)
        *out = kith__sql_unary(&l->scratch, SQL_NOT, *out);
    return true;
}

/* ---- all kinds ---- */

/* NULL terms are left out, so that a term can depend on something. */
static bool junction(struct load *l, const struct names *names, const kith_expr *e, unsigned depth,
                     struct sql_expr **out)
{
    enum sql_op op = e->op == KITH_OP_OR ? SQL_OR : SQL_AND;
    struct sql_expr *terms = NULL;
    for (const kith_expr *const *arg = e->args; arg && (!*arg || (*arg)->op != KITH_OP_END_); arg++) {
        struct sql_expr *term = NULL;
        if (!build(l, names, *arg, depth + 1, &term))
            return false;
        if (term)
            kith__sql_append(&terms, term);
    }
    *out = terms;
    if (terms && terms->next) {
        *out = kith__sql_expr(&l->scratch, op);
        if (*out)
            (*out)->args = terms;
    }
    if (terms && e->op == KITH_OP_NOT)
        *out = kith__sql_unary(&l->scratch, SQL_NOT, *out);
    return true;
}

static bool build(struct load *l, const struct names *names, const kith_expr *e, unsigned depth, struct sql_expr **out)
{
    *out = NULL;
    if (!e)
        return true;
    if (depth > DEPTH_MAX)
        return kith__error_set(l->err, KITH_E_USAGE, "conditions nest deeper than %d", DEPTH_MAX);
    switch (e->op) {
    case KITH_OP_AND:
    case KITH_OP_OR:
    case KITH_OP_NOT: return junction(l, names, e, depth, out);
    case KITH_OP_SOME:
    case KITH_OP_NONE:
    case KITH_OP_EVERY: return on_assoc(l, names, e, depth, out);
    case KITH_OP_SQL: return text_with_values(l, names, e, out);
    case KITH_OP_COL:
    case KITH_OP_FN: return kith__error_set(l->err, KITH_E_USAGE, "KITH_COL and KITH_FN are values, not conditions");
    case KITH_OP_AGGREGATE:
        return kith__error_set(l->err, KITH_E_USAGE,
                               "KITH_AGGREGATE is a value, not a condition; compare it with KITH_COMPARE");
    default: break;
    }
    if (e->op < KITH_OP_EQ || e->op >= KITH_OP_COUNT_)
        return kith__error_set(l->err, KITH_E_USAGE, "there is no condition %d", e->op);
    if (!e->path)
        return e->args ? on_left(l, names, e, out)
                       : kith__error_set(l->err, KITH_E_USAGE, "a condition names no attribute");
    return on_path(l, names, e, e->path, out);
}

bool kith__condition(struct load *l, const struct names *names, const kith_expr *e, struct sql_expr **out)
{
    bool good = build(l, names, e, 0, out);
    return good && l->scratch.failed ? kith__load_no_memory(l) : good;
}
