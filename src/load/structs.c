/* structs: records as the program's own structs, by the offsets in the models: what was included too, as arrays and
 * behind pointers.
 *
 * Each loaded list becomes one array, however many sources share it, so structs need no more room than what was loaded,
 * where copies for each path to a record could need any amount. Nothing is asked of the order: what was made and not
 * filled yet lies in a list, not on the thread's stack, since a tree may be as deep as it has nodes. */
#include "base/error.h"
#include "load/load.h"

/* The arrays made of a list. */
struct made {
    struct list *of;
    void *at, *links;
    struct made *next;
};

/* Structs to be filled from these records; of one that is missing they stay zero. */
struct span {
    kith_record *const *at;
    char *to;
    size_t count, size;
};

struct filler {
    kith_arena *arena;
    const kith_allocator *allocator;
    struct span *spans;
    size_t count, capacity;
    struct made *made;
};

/* ---- attributes ---- */

static void fill_member(char *to, const kith_value *v, uint16_t ctype)
{
    bool null = v->kind == KITH_NULL || v->kind == KITH_ABSENT;
    switch (ctype) {
    case KITH_C_BOOL: *(bool *)(void *)to = !null && v->as.boolean; break;
    case KITH_C_INT32: *(int32_t *)(void *)to = null ? 0 : (int32_t)v->as.integer; break;
    case KITH_C_INT64:
        *(int64_t *)(void *)to = null ? 0 : v->as.integer;
        break; /* a timestamp lies in the same place */
    case KITH_C_DOUBLE: *(double *)(void *)to = null ? 0 : v->as.real; break;
    case KITH_C_STR: *(const char **)(void *)to = null ? NULL : v->as.str; break;
    case KITH_C_VALUE: *(kith_value *)(void *)to = *v; break;
    default: break;
    }
}

static void fill_members(char *to, const kith_value *values, const struct attr *const *attrs, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const kith_member *member = &attrs[i]->member;
        if (member->offset_plus_one)
            fill_member(to + member->offset_plus_one - 1, &values[i], member->ctype);
    }
}

static void fill_attrs(char *to, const kith_record *r)
{
    const struct shape *shape = r->shape;
    fill_members(to, r->values, shape->slots, shape->slot_count);
    if (shape->computed_count)
        fill_members(to, r->values + shape->slot_count, shape->computed, shape->computed_count);
}

/* ---- what was included ---- */

/* Structs for these records, filled later. NULL: no memory. */
static void *add_span(struct filler *f, kith_record *const *at, size_t count, size_t size)
{
    char *to = kith__arena_array(f->arena, count, size);
    if (!to || !kith__grow(f->allocator, (void **)&f->spans, f->count, &f->capacity, sizeof *f->spans))
        return NULL;
    f->spans[f->count++] = (struct span){ .at = at, .to = to, .count = count, .size = size };
    return to;
}

/* Join rows lead nowhere, so they are filled at once. */
static void *make_links(struct filler *f, const kith_list *list, size_t size)
{
    char *links = kith__arena_array(f->arena, list->count, size);
    for (size_t i = 0; links && i < list->count; i++)
        if (list->links[i])
            fill_attrs(links + i * size, list->links[i]);
    return links;
}

static const struct made *make(struct filler *f, struct list *list, const kith_member *member)
{
    if (list->made)
        return list->made;
    bool links = list->pub.links && member->link_size;
    struct made *made = ARENA_NEW(f->arena, struct made);
    if (!made)
        return NULL;
    *made = (struct made){ .of = list, .next = f->made };
    list->made = f->made = made;
    made->at = add_span(f, list->pub.at, list->pub.count, member->size);
    made->links = links ? make_links(f, &list->pub, member->link_size) : NULL;
    return made->at && (made->links || !links) ? made : NULL;
}

static bool fill_array(struct filler *f, char *to, struct list *list, const kith_member *member)
{
    KITH_ARRAY(void, void) array;
    const struct made *made = list->pub.count ? make(f, list, member) : NULL;
    if (!made)
        return !list->pub.count; /* the array is empty already */
    array.count = list->pub.count;
    array.at = made->at;
    array.links = made->links;
    memcpy(to, &array, member->link_size ? sizeof array : sizeof(KITH_ARRAY_OF(void)));
    return true;
}

static bool fill_pointer(struct filler *f, char *to, kith_record *const *one, const kith_member *member)
{
    void *pointer = add_span(f, one, 1, member->size);
    memcpy(to, &pointer, sizeof pointer);
    return pointer != NULL;
}

static const struct into *into_of(const struct shape_child *child, const struct model *model)
{
    const struct into *into = child->into;
    while (into && into->of != model)
        into = into->next;
    return into;
}

static bool fill_child(struct filler *f, char *to, const struct shape_child *child, const union related *related)
{
    struct list *list = child->many ? (struct list *)(uintptr_t)related->many : NULL;
    if (child->many ? !list : !related->one)
        return true;
    const struct into *into = into_of(child, list ? list->shape->model : related->one->shape->model);
    if (!into)
        return true;
    to += into->member.offset_plus_one - 1;
    return list ? fill_array(f, to, list, &into->member) : fill_pointer(f, to, &related->one, &into->member);
}

static bool fill_struct(struct filler *f, char *to, const kith_record *r)
{
    const struct shape *shape = r->shape;
    fill_attrs(to, r);
    for (unsigned i = 0; i < shape->child_count; i++)
        if (shape->children[i].into && !fill_child(f, to, &shape->children[i], &record_related(r)[i]))
            return false;
    return true;
}

/* A span is taken off before its last struct is filled, so that of a long chain never more than one waits. */
static bool fill_all(struct filler *f)
{
    while (f->count) {
        struct span *span = &f->spans[f->count - 1];
        const kith_record *r = *span->at++;
        char *to = span->to;
        span->to += span->size;
        if (!--span->count)
            f->count--;
        if (r && !fill_struct(f, to, r))
            return false;
    }
    return true;
}

/* ---- the whole ---- */

static void end(struct filler *f)
{
    for (; f->made; f->made = f->made->next)
        f->made->of->made = NULL;
    kith__free(f->allocator, f->spans, f->capacity * sizeof *f->spans);
}

void *kith__structs(const struct shape *shape, kith_record *const *at, size_t count, size_t struct_size,
                    kith_error *err)
{
    const struct model *m = shape->model;
    struct filler f = { .arena = &shape->result->arena, .allocator = shape->result->arena.allocator };
    if (!m->def->struct_size || m->def->struct_size != struct_size) {
        kith__error_set(err, KITH_E_USAGE,
                        m->def->struct_size ? "model %s is tied to a struct of %zu bytes, not of %zu"
                                            : "model %s is tied to no struct (its struct_size is %zu, not %zu)",
                        m->name, m->def->struct_size, struct_size);
        return NULL;
    }
    if (!count)
        return NULL;
    void *structs = add_span(&f, at, count, struct_size);
    if (!structs || !fill_all(&f)) {
        kith__error_no_memory(err);
        structs = NULL;
    }
    end(&f);
    return structs;
}
