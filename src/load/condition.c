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

static struct sql_expr *column_of(struct load *l, const char *alias, const struct attr *attr)
{
    return kith__sql_attr(&l->scratch, alias, attr);
}

/* An attribute named without a path, of the model or of the join row. */
static bool find_attr(struct load *l, const struct names *names, const char *path, const struct attr **attr,
                      const char **alias)
{
    const char *of_link = kith__link_part(names, path);
    if (of_link) {
        *attr = kith__model_attr(assoc_join(names->via), of_link, l->err);
        *alias = names->link_alias;
    } else {
        *attr = kith__model_attr(names->model, path, l->err);
        *alias = names->alias;
    }
    return *attr != NULL;
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

bool kith__value_expression(struct load *l, const struct names *names, const kith_expr *e, struct sql_expr **out)
{
    const struct attr *attr;
    const char *alias;
    switch (e ? e->op : 0) {
    case KITH_OP_COL:
        if (!find_attr(l, names, e->path ? e->path : "", &attr, &alias))
            return false;
        *out = column_of(l, alias, attr);
        return true;
    case KITH_OP_FN:
        if (!is_function_name(e->path))
            return kith__error_set(l->err, KITH_E_USAGE, "'%s' is not the name of a function", e->path ? e->path : "");
        *out = kith__sql_expr(&l->scratch, SQL_CALL);
        if (*out)
            (*out)->text = e->path;
        return *out && list_values(l, names, e->list, &(*out)->args);
    case KITH_OP_SQL: return text_with_values(l, names, e, out);
    default: return kith__error_set(l->err, KITH_E_USAGE, "only KITH_COL, KITH_FN and KITH_SQL can stand for a value");
    }
}

static bool plain_value(struct load *l, const struct attr *attr, kith_value given, kith_value *out)
{
    struct attr loose = loosened(attr);
    /* What fits neither is refused with the declared type named; a long DECIMAL may fit the declared one alone. */
    return kith__coerce(&loose, given, &l->scratch, out, l->err) || kith__coerce(attr, given, &l->scratch, out, l->err);
}

static bool has_no_value(struct load *l, const struct attr *attr)
{
    return kith__error_set(l->err, KITH_E_USAGE, "the condition on %s.%s has no value", attr->model->name, attr->name);
}

/* A value to be compared with an attribute. */
static bool operand(struct load *l, const struct names *names, const struct attr *attr, kith_value given,
                    struct sql_expr **out)
{
    if (given.kind == KITH_EXPRESSION)
        return kith__value_expression(l, names, given.as.expr, out);
    if (given.kind == KITH_ABSENT)
        return has_no_value(l, attr);
    kith_value value;
    if (!plain_value(l, attr, given, &value))
        return false;
    *out = kith__sql_bind(&l->scratch, value, loosened(attr).type.id);
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
static bool can_be_like(struct load *l, const struct attr *attr, const kith_value *pattern)
{
    int type = attr->type.id;
    if (type != KITH_T_STRING && type != KITH_T_TEXT && type != KITH_T_ENUM && type != KITH_T_JSON)
        return kith__error_set(l->err, KITH_E_USAGE, "LIKE needs text, and %s.%s is %s", attr->model->name, attr->name,
                               kith__type_name(type));
    if (ends_in_escape(pattern))
        return kith__error_set(l->err, KITH_E_USAGE,
                               "the pattern for %s.%s ends with a \"\\\", which has nothing behind it to escape; a "
                               "backslash itself is written twice",
                               attr->model->name, attr->name);
    return true;
}

static bool compare(struct load *l, const struct names *names, const struct attr *attr, struct sql_expr *column,
                    const kith_expr *e, struct sql_expr **out)
{
    if (e->value.kind == KITH_NULL) {
        if (e->op != KITH_OP_EQ && e->op != KITH_OP_NE)
            return kith__error_set(l->err, KITH_E_USAGE, "%s.%s can only be equal to NULL or not", attr->model->name,
                                   attr->name);
        *out = kith__sql_unary(&l->scratch, e->op == KITH_OP_EQ ? SQL_IS_NULL : SQL_IS_NOT_NULL, column);
        return true;
    }
    bool like = e->op == KITH_OP_LIKE || e->op == KITH_OP_NOT_LIKE;
    if (like && !can_be_like(l, attr, &e->value))
        return false;
    static const struct attr any_text = { .name = "LIKE", .type = KITH_TEXT };
    struct attr pattern = any_text;
    pattern.model = attr->model;
    pattern.name = attr->name;
    struct sql_expr *value = NULL;
    if (!operand(l, names, like ? &pattern : attr, e->value, &value))
        return false;
    *out = kith__sql_binary(&l->scratch, comparison_of[e->op], column, value);
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

static bool make_keys(struct load *l, const struct attr *attr, size_t most, struct in_list *in)
{
    uint8_t *types = ARENA_ARRAY(&l->scratch, 1, uint8_t);
    in->keys = ARENA_NEW(&l->scratch, struct sql_keys);
    in->values = ARENA_ARRAY(&l->scratch, most, kith_value);
    if (!types || !in->keys || !in->values)
        return kith__load_no_memory(l);
    types[0] = attr_key_type(attr);
    *in->keys = (struct sql_keys){ .width = 1, .values = in->values, .types = types };
    return true;
}

static bool take_one(struct load *l, const struct names *names, const struct attr *attr, const kith_value *v,
                     struct in_list *in)
{
    if (v->kind == KITH_NULL) {
        in->has_null = true;
        return true;
    }
    if (in->keys && v->kind != KITH_EXPRESSION)
        return v->kind == KITH_ABSENT ? has_no_value(l, attr)
                                      : plain_value(l, attr, *v, &in->values[in->keys->count++]);
    if (!operand(l, names, attr, *v, in->tail))
        return false;
    if (*in->tail)
        in->tail = &(*in->tail)->next;
    return true;
}

static bool take_list(struct load *l, const struct names *names, const struct attr *attr, const char *alias,
                      const kith_value *list, struct in_list *in)
{
    size_t count = count_plain(list);
    *in = (struct in_list){ .column = column_of(l, alias, attr) };
    if (!in->column)
        return kith__load_no_memory(l);
    in->tail = &in->column->next;
    if (count > l->dialect->list_max && !make_keys(l, attr, count, in))
        return false;
    for (const kith_value *v = list; v && v->kind != KITH_LIST_END; v++)
        if (!take_one(l, names, attr, v, in))
            return false;
    return true;
}

/* IN with NULL among the values also finds (NOT IN: leaves out) rows where the attribute is null, which SQL's own IN
 * would not. */
static bool in_list(struct load *l, const struct names *names, const struct attr *attr, const char *alias,
                    const kith_expr *e, struct sql_expr **out)
{
    kith_arena *a = &l->scratch;
    bool negated = e->op == KITH_OP_NOT_IN;
    struct in_list in;
    struct sql_expr *found = NULL;
    if (!take_list(l, names, attr, alias, e->list, &in))
        return false;
    if (in.column->next)
        found = kith__sql_unary(a, SQL_IN, in.column);
    if (in.keys) {
        struct sql_expr *among = kith__sql_keys(a, column_of(l, alias, attr), in.keys);
        found = found ? kith__sql_binary(a, SQL_OR, among, found) : among;
    }
    if (found && negated)
        found = kith__sql_unary(a, SQL_NOT, found);
    if (in.has_null) {
        struct sql_expr *null = kith__sql_unary(a, negated ? SQL_IS_NOT_NULL : SQL_IS_NULL, column_of(l, alias, attr));
        found = found ? kith__sql_binary(a, negated ? SQL_AND : SQL_OR, found, null) : null;
    }
    *out = found ? found : kith__sql_text(a, negated ? "1 = 1" : "1 = 0");
    return true;
}

static bool between(struct load *l, const struct names *names, const struct attr *attr, struct sql_expr *column,
                    const kith_expr *e, struct sql_expr **out)
{
    struct sql_expr *low = NULL, *high = NULL;
    if (kith__value_list_count(e->list) != 2)
        return kith__error_set(l->err, KITH_E_USAGE, "BETWEEN takes two values");
    if (!operand(l, names, attr, e->list[0], &low) || !operand(l, names, attr, e->list[1], &high))
        return false;
    *out = kith__sql_expr(&l->scratch, SQL_BETWEEN);
    if (*out) {
        kith__sql_append(&column, low);
        kith__sql_append(&column, high);
        (*out)->args = column;
    }
    return true;
}

static bool on_attr(struct load *l, const struct names *names, const kith_expr *e, const char *path,
                    struct sql_expr **out)
{
    const struct attr *attr;
    const char *alias;
    if (!find_attr(l, names, path, &attr, &alias))
        return false;
    struct sql_expr *column = column_of(l, alias, attr);
    switch (e->op) {
    case KITH_OP_IS_NULL: *out = kith__sql_unary(&l->scratch, SQL_IS_NULL, column); return true;
    case KITH_OP_IS_NOT_NULL: *out = kith__sql_unary(&l->scratch, SQL_IS_NOT_NULL, column); return true;
    case KITH_OP_IN:
    case KITH_OP_NOT_IN: return in_list(l, names, attr, alias, e, out);
    case KITH_OP_BETWEEN: return between(l, names, attr, column, e, out);
    default: return compare(l, names, attr, column, e, out);
    }
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
    if (!dot || kith__link_part(names, path))
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
    const struct assoc *a = kith__model_assoc(names->model, e->path, l->err);
    if (!a)
        return false;
    struct names inner;
    struct sql_select *select = kith__related_select(l, a, &(struct source){ .alias = names->alias }, &inner);
    struct sql_expr *condition = NULL;
    const kith_expr *given = e->args && e->args[0] && e->args[0]->op != KITH_OP_END_ ? e->args[0] : NULL;
    if (!build(l, &inner, given, depth + 1, &condition))
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
    default: break;
    }
    if (e->op < KITH_OP_EQ || e->op >= KITH_OP_COUNT_)
        return kith__error_set(l->err, KITH_E_USAGE, "there is no condition %d", e->op);
    if (!e->path)
        return kith__error_set(l->err, KITH_E_USAGE, "a condition names no attribute");
    return on_path(l, names, e, e->path, out);
}

bool kith__condition(struct load *l, const struct names *names, const kith_expr *e, struct sql_expr **out)
{
    bool good = build(l, names, e, 0, out);
    return good && l->scratch.failed ? kith__load_no_memory(l) : good;
}
