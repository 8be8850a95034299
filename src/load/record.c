/* record: making results, and reading records. */
#include "load/record.h"

#include "base/error.h"
#include "base/str.h"
#include "base/value.h"
#include "schema/coerce.h"

bool kith__fault(struct fault *fault, const kith_error *err)
{
    if (fault->first.status == KITH_OK)
        fault->first = *err;
    if (fault->in_transaction)
        fault->transaction_failed = true;
    return false;
}

/* ---- results ---- */

struct result *kith__result_new(struct result_list *owner, const kith_allocator *allocator, bool plain,
                                struct fault *fault, const kith_session *session)
{
    kith_arena arena;
    kith__arena_init(&arena, allocator, &owner->cache, plain);
    struct result *r = ARENA_NEW(&arena, struct result);
    if (!r)
        return NULL;
    *r = (struct result){ .arena = arena, .next = owner->first, .owner = owner, .fault = fault, .session = session };
    if (owner->first)
        owner->first->prev = r;
    owner->first = r;
    return r;
}

void kith__result_free(struct result *r)
{
    if (r->prev)
        r->prev->next = r->next;
    else
        r->owner->first = r->next;
    if (r->next)
        r->next->prev = r->prev;
    kith_arena arena = r->arena; /* the struct itself goes with it */
    kith__arena_free(&arena);
}

void kith__results_free(struct result_list *owner)
{
    while (owner->first)
        kith__result_free(owner->first);
}

const struct shape *kith__shape_full(const struct model *m, struct result *result)
{
    struct shape *shape = ARENA_NEW(&result->arena, struct shape);
    if (shape)
        *shape = (struct shape){ .model = m,
                                 .result = result,
                                 .slots = m->slots,
                                 .slot_of = m->identity,
                                 .slot_count = m->attr_count,
                                 .visible_count = m->attr_count };
    return shape;
}

kith_record *kith__record_new(const struct shape *shape)
{
    size_t size = record_size(shape);
    kith_record *r = arena_take(&shape->result->arena, size);
    if (!r)
        return NULL;
    memset(r, 0, size);
    r->shape = shape;
    return r;
}

kith_list *kith__list_new(const struct shape *shape, const struct shape *link_shape, kith_record *const *at,
                          kith_record *const *links, size_t count)
{
    struct list *list = ARENA_NEW(&shape->result->arena, struct list);
    if (!list)
        return NULL;
    *list = (struct list){ .pub = { .count = count, .at = at, .links = links },
                           .shape = shape,
                           .link_shape = link_shape };
    return &list->pub;
}

/* ---- reading ---- */

static bool misuse(const struct shape *shape, const kith_error *err)
{
    return kith__fault(shape->result->fault, err);
}

/* Apart from find_slot, so that the error's memory costs nothing where nothing is wrong. */
static int no_slot(const struct shape *shape, const char *name)
{
    kith_error err = { 0 };
    if (name && kith__name_map_get(&shape->model->attr_named, name)) {
        kith__error_set(&err, KITH_E_USAGE, "%s.%s was not loaded: the query's attributes leave it out",
                        shape->model->name, name);
        kith__error_about(&err, shape->model->name, name);
    } else {
        kith__model_no_attr(shape->model, name, shape->computed, shape->computed_count, &err);
    }
    misuse(shape, &err);
    return -1;
}

/* Also of what was computed. */
static int other_slot(const struct shape *shape, const char *name)
{
    for (unsigned i = 0; name && i < shape->computed_count; i++)
        if (kith__equal(shape->computed[i]->name, name))
            return (int)(shape->slot_count + i);
    return no_slot(shape, name);
}

/* The slot of an attribute, or -1 after reporting why there is none. */
static int find_slot(const struct shape *shape, const char *name)
{
    const struct attr *attr = name ? kith__name_map_get(&shape->model->attr_named, name) : NULL;
    int slot = attr ? shape->slot_of[attr->index] : -1;
    return slot >= 0 ? slot : other_slot(shape, name);
}

static kith_value read_value(const kith_record *r, const char *name)
{
    int slot = r ? find_slot(r->shape, name) : -1;
    return slot < 0 ? (kith_value){ .kind = KITH_NULL } : r->values[slot];
}

static void wrong_kind(const kith_record *r, const char *name, kith_value v, const char *call)
{
    kith_error err;
    kith__error_set(&err, KITH_E_USAGE, "%s.%s holds %s, which %s cannot give", r->shape->model->name, name,
                    kith__kind_name(v.kind), call);
    kith__error_about(&err, r->shape->model->name, name);
    misuse(r->shape, &err);
}

const char *kith_text(const kith_record *r, const char *attr)
{
    kith_value v = read_value(r, attr);
    if (v.kind == KITH_STR)
        return v.as.str;
    if (v.kind != KITH_NULL && v.kind != KITH_ABSENT)
        wrong_kind(r, attr, v, "kith_text");
    return NULL;
}

int64_t kith_int(const kith_record *r, const char *attr)
{
    kith_value v = read_value(r, attr);
    switch (v.kind) {
    case KITH_INT: return v.as.integer;
    case KITH_TIMESTAMP: return v.as.timestamp;
    case KITH_BOOL: return v.as.boolean;
    case KITH_NULL:
    case KITH_ABSENT: return 0;
    default: wrong_kind(r, attr, v, "kith_int"); return 0;
    }
}

double kith_double(const kith_record *r, const char *attr)
{
    kith_value v = read_value(r, attr);
    switch (v.kind) {
    case KITH_DOUBLE: return v.as.real;
    case KITH_INT: return (double)v.as.integer;
    case KITH_NULL:
    case KITH_ABSENT: return 0;
    default: wrong_kind(r, attr, v, "kith_double"); return 0;
    }
}

bool kith_bool(const kith_record *r, const char *attr)
{
    kith_value v = read_value(r, attr);
    if (v.kind == KITH_BOOL)
        return v.as.boolean;
    if (v.kind != KITH_NULL && v.kind != KITH_ABSENT)
        wrong_kind(r, attr, v, "kith_bool");
    return false;
}

kith_value kith_value_of(const kith_record *r, const char *attr)
{
    return read_value(r, attr);
}

int kith_slot(const kith_list *list, const char *attr)
{
    return list ? find_slot(((const struct list *)list)->shape, attr) : -1;
}

void kith__no_links(const kith_list *list)
{
    kith_error err;
    const struct shape *shape = ((const struct list *)list)->shape;
    kith__error_set(&err, KITH_E_USAGE, "this list of %s has no join rows", shape->model->plural);
    misuse(shape, &err);
}

int kith_link_slot(const kith_list *list, const char *attr)
{
    const struct shape *links = list ? ((const struct list *)list)->link_shape : NULL;
    if (list && !links)
        kith__no_links(list);
    return links ? find_slot(links, attr) : -1;
}

const kith_value *kith_values(const kith_record *r)
{
    return r ? r->values : NULL;
}

const kith_model *kith_model_of(const kith_record *r)
{
    return r ? r->shape->model->def : NULL;
}

/* ---- what was included ---- */

/* Says what was not included, and what was. */
static void not_included(const struct shape *shape, const char *name, bool many)
{
    kith_error err = { 0 };
    struct nearest near;
    kith__nearest_start(&near, name ? name : "");
    for (unsigned i = 0; i < shape->child_count; i++)
        kith__nearest_offer(&near, shape->children[i].name);
    if (near.best)
        kith__error_set(&err, KITH_E_USAGE, "'%s' was not included in this %s; did you mean '%s'%s?",
                        name ? name : "(null)", shape->model->name, near.best,
                        !kith__equal(near.best, name) ? ""
                        : many                        ? ", with kith_one"
                                                      : ", with kith_many");
    else if (kith__model_any_assoc(shape->model, name, &err))
        kith__error_set(&err, KITH_E_USAGE, "%s.%s was not loaded: include it in the query, or call kith_get",
                        shape->model->name, name);
    kith__copy(err.model, sizeof err.model, shape->model->name);
    misuse(shape, &err);
}

static const union related *find_related(const kith_record *r, const char *name, bool many)
{
    if (!r)
        return NULL;
    for (unsigned i = 0; i < r->shape->child_count; i++)
        if (r->shape->children[i].many == many && kith__equal(r->shape->children[i].name, name))
            return &record_related(r)[i];
    not_included(r->shape, name, many);
    return NULL;
}

kith_record *kith_one(const kith_record *r, const char *assoc)
{
    const union related *related = find_related(r, assoc, false);
    return related ? related->one : NULL;
}

const kith_list *kith_many(const kith_record *r, const char *assoc)
{
    const union related *related = find_related(r, assoc, true);
    return related ? related->many : NULL;
}
