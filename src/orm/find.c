/* find: the verbs that read. */
#include "base/error.h"
#include "base/str.h"
#include "load/group.h"
#include "orm/query.h"
#include "orm/watch.h"
#include "schema/coerce.h"

static bool begin(struct call *c, kith_session *s)
{
    if (!kith__call_begin(c, s))
        return false;
    kith__call_reads(c);
    return true;
}

/* verb: that the program called. */
static kith_list *find(struct call *c, const char *verb, const kith_model *model, const kith_query *q)
{
    const struct model *m = kith__call_model(c, model);
    kith_include root = kith__query_root(q);
    struct plan plan = { 0 };
    if (!m || !kith__call_result(c) || !kith__query_plan(c, m, q, &root, &plan))
        return NULL;
    kith__watch_find(c, verb, m, root.where);
    return kith__load_find(&c->load, &plan);
}

kith_list *kith_find(kith_session *s, const kith_model *m, const kith_query *q)
{
    struct call c;
    if (!begin(&c, s))
        return NULL;
    kith_list *list = find(&c, "kith_find", m, q);
    return kith__call_end(&c, list != NULL) ? list : NULL;
}

/* Ends a call that returns the first of a list, or NULL. */
static kith_record *end_with_first(struct call *c, const kith_list *list)
{
    kith_record *r = list && list->count ? list->at[0] : NULL;
    if (list && !r) { /* nothing is returned, so nothing needs to be kept */
        kith__result_free(c->load.result);
        c->load.result = NULL;
    }
    return kith__call_end(c, list != NULL) ? r : NULL;
}

kith_record *kith_find_one(kith_session *s, const kith_model *m, const kith_query *q)
{
    struct call c;
    kith_query one = q ? *q : (kith_query){ 0 };
    one.limit = 1;
    return begin(&c, s) ? end_with_first(&c, find(&c, "kith_find_one", m, &one)) : NULL;
}

/* ---- by key ---- */

static bool check_keys(struct call *c, const struct model *m, const kith_value *keys, unsigned count)
{
    if (!m->key_count)
        return kith__error_set(&c->err, KITH_E_USAGE, "model %s has no primary key", m->name);
    if (count != m->key_count)
        return kith__error_set(&c->err, KITH_E_USAGE,
                               "the primary key of %s has %u attributes, but %u values were given", m->name,
                               m->key_count, count);
    for (unsigned i = 0; i < count; i++)
        if (keys[i].kind == KITH_NULL || keys[i].kind == KITH_ABSENT)
            return kith__error_set(&c->err, KITH_E_USAGE, "the key %s.%s is null", m->name, m->key[i]->name);
    return true;
}

static kith_list *find_by_keys(struct call *c, const kith_model *model, const kith_value *keys, unsigned count)
{
    const struct model *m = kith__call_model(c, model);
    kith_expr equal[KEY_MAX];
    const kith_expr *terms[KEY_MAX + 1];
    if (!m || !check_keys(c, m, keys, count))
        return NULL;
    for (unsigned i = 0; i < count; i++) {
        equal[i] = (kith_expr){ .op = KITH_OP_EQ, .path = m->key[i]->name, .value = keys[i] };
        terms[i] = &equal[i];
    }
    terms[count] = &kith_expr_end;
    kith_expr all = { .op = KITH_OP_AND, .args = terms };
    return find(c, "kith_find_by_key", model, &(kith_query){ .where = &all });
}

kith_record *kith_find_by_key(kith_session *s, const kith_model *m, kith_value key)
{
    const kith_value keys[] = { key, KITH_END_VALUE_ };
    return kith_find_by_keys(s, m, keys);
}

kith_record *kith_find_by_keys(kith_session *s, const kith_model *m, const kith_value *keys)
{
    struct call c;
    unsigned count = 0;
    while (keys && keys[count].kind != KITH_LIST_END && count <= KEY_MAX)
        count++;
    return begin(&c, s) ? end_with_first(&c, find_by_keys(&c, m, keys, count)) : NULL;
}

/* ---- count ---- */

static bool count_conditions(struct call *c, struct names *names, const kith_query *q, struct sql_select *s)
{
    struct load *l = &c->load;
    if (!kith__computed_list(l, names->model, q->computed, &l->scratch, &names->computed) ||
        !kith__condition(l, names, q->where, &s->where))
        return false;
    s->where = kith__sql_and(&l->scratch, s->where, kith__not_deleted(l, names->model, names->alias, q->with_deleted));
    for (const kith_include *i = q->include; i && !is_include_end(i); i++) {
        struct sql_expr *exists = NULL;
        const struct assoc *a = kith__include_assoc(l, names->model, i);
        if (!a || (is_required(a, i) && !kith__include_exists(l, names, a, i, &exists)))
            return false;
        s->where = kith__sql_and(&l->scratch, s->where, exists);
    }
    return true;
}

static int64_t count_groups(struct call *c, const struct model *m, const kith_query *q)
{
    struct plan plan = { 0 };
    struct sql_select *select;
    bool own = !c->load.result;
    bool good = (!own || kith__call_result(c)) && kith__query_plan_groups(c, m, q, &plan) &&
                kith__select_group_count(&c->load, &plan, &select);
    if (own && c->load.result) { /* a number is all that is left of it */
        kith__result_free(c->load.result);
        c->load.result = NULL;
    }
    return good ? kith__call_count(c, select) : -1;
}

int64_t kith__query_count(struct call *c, const struct model *m, const kith_query *q)
{
    struct load *l = &c->load;
    struct sql_select select = { 0 };
    if (kith__query_is_grouped(q))
        return count_groups(c, m, q);
    l->next_alias = 0;
    struct names names = { .model = m, .alias = kith__load_alias(l) };
    if (!count_conditions(c, &names, q ? q : &(kith_query){ 0 }, &select))
        return -1;
    kith__sql_item(&l->scratch, &select.items, kith__sql_expr(&l->scratch, SQL_COUNT), NULL);
    kith__sql_source(&l->scratch, &select.from, SQL_FROM, m->table, names.alias, NULL);
    return kith__call_count(c, &select);
}

int64_t kith_count(kith_session *s, const kith_model *model, const kith_query *q)
{
    struct call c;
    if (!begin(&c, s))
        return -1;
    const struct model *m = kith__call_model(&c, model);
    bool locks = q && (q->lock || q->locked);
    if (locks)
        kith__error_set(&c.err, KITH_E_USAGE, "a count returns no rows, so it cannot lock any");
    if (m && q)
        kith__watch_find(&c, "kith_count", m, q->where);
    int64_t number = m && !locks ? kith__query_count(&c, m, q) : -1;
    return kith__call_end(&c, number >= 0) ? number : -1;
}

/* Do the rows found tell how many there are? Not when rows that are locked were left out. */
static bool tells_total(const kith_query *q, size_t found)
{
    if (!q)
        return true;
    if (q->locked == KITH_LOCKED_SKIP)
        return false;
    bool reached_end = !q->limit || found < q->limit;
    return reached_end && (found || !q->offset);
}

static kith_list *find_and_count(struct call *c, const kith_model *model, const kith_query *q, int64_t *total)
{
    if (!total) {
        kith__error_set(&c->err, KITH_E_USAGE, "kith_find_and_count has nowhere to put the total: it is NULL");
        return NULL;
    }
    kith_list *list = find(c, "kith_find_and_count", model, q);
    if (!list)
        return NULL;
    if (tells_total(q, list->count))
        *total = (int64_t)(list->count + (q ? q->offset : 0));
    else
        *total = kith__query_count(c, kith__call_model(c, model), q);
    return *total < 0 ? NULL : list;
}

kith_list *kith_find_and_count(kith_session *s, const kith_model *m, const kith_query *q, int64_t *total)
{
    struct call c;
    if (total)
        *total = -1;
    if (!begin(&c, s))
        return NULL;
    kith_list *list = find_and_count(&c, m, q, total);
    return kith__call_end(&c, list != NULL) ? list : NULL;
}

/* ---- one aggregate ---- */

/* All rows are one group. What the query includes counts where it is required. */
static kith_list *calculate(struct call *c, const kith_model *model, const kith_computed *computed, const kith_query *q)
{
    const struct model *m = kith__call_model(c, model);
    const struct group_query one = { .names = KITH_NO_NAMES, .computed = computed };
    kith_include root = { 0 };
    struct plan plan = { 0 };
    if (q)
        root = (kith_include){ .where = q->where, .include = q->include, .with_deleted = q->with_deleted };
    if (!m || !kith__query_plain(c, q, "kith_calculate") || !kith__call_result(c) ||
        !kith__plan_groups(&c->load, m, &root, &one, &plan))
        return NULL;
    return kith__load_find(&c->load, &plan);
}

bool kith_calculate(kith_session *s, const kith_model *m, kith_aggregate a, const char *path, const kith_query *q,
                    kith_value *out)
{
    struct call c;
    const kith_computed computed[] = { { .as = "kith_calculate()", .aggregate = a, .path = path }, { 0 } };
    if (!begin(&c, s))
        return false;
    if (!out)
        kith__error_set(&c.err, KITH_E_USAGE, "kith_calculate has nowhere to put the result: it is NULL");
    else if (!a)
        kith__error_set(&c.err, KITH_E_USAGE, "kith_calculate needs an aggregate");
    kith_list *list = out && a ? calculate(&c, m, computed, q) : NULL;
    if (!kith__call_end(&c, list != NULL) || !list)
        return false;
    *out = list->at[0]->values[0];
    return true;
}

/* ---- what was found ---- */

void kith_release(kith_list *list)
{
    if (!list)
        return;
    struct result *result = ((struct list *)list)->shape->result;
    if (result->root != list) {
        kith_error err;
        kith__error_set(&err, KITH_E_USAGE, "only a list that a call returned can be released, not one inside it");
        kith__fault(result->fault, &err);
        return;
    }
    kith__result_free(result);
}
