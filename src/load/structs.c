/* structs: records as an array of the program's own structs, by the offsets in the attribute table. */
#include "base/error.h"
#include "load/load.h"

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
    default: break;
    }
}

static void fill_struct(char *to, const kith_record *r)
{
    const struct shape *shape = r->shape;
    for (unsigned i = 0; i < shape->slot_count; i++) {
        const kith_member *member = &shape->slots[i]->member;
        if (member->offset_plus_one)
            fill_member(to + member->offset_plus_one - 1, &r->values[i], member->ctype);
    }
}

void *kith__structs(const kith_list *list, size_t struct_size, kith_error *err)
{
    const struct shape *shape = ((const struct list *)list)->shape;
    const struct model *m = shape->model;
    if (!m->def->struct_size || m->def->struct_size != struct_size) {
        kith__error_set(err, KITH_E_USAGE,
                        m->def->struct_size ? "model %s is tied to a struct of %zu bytes, not of %zu"
                                            : "model %s is tied to no struct (its struct_size is %zu, not %zu)",
                        m->name, m->def->struct_size, struct_size);
        return NULL;
    }
    if (!list->count)
        return NULL;
    char *structs = kith__arena_array(&shape->result->arena, list->count, struct_size);
    if (!structs) {
        kith__error_no_memory(err);
        return NULL;
    }
    for (size_t i = 0; i < list->count; i++)
        fill_struct(structs + i * struct_size, list->at[i]);
    return structs;
}
