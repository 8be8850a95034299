/* members: what is kept in structs of the program's own. An attribute needs a member of a C type that fits; what an
 * association leads to needs an array or a pointer, of the struct that the target is tied to. The compiler has checked
 * the members' types; here is checked what only the models know. */
#include <stdarg.h>
#include <stdio.h>

#include "schema/build.h"
#include "schema/coerce.h"

static size_t member_size(const kith_member *member)
{
    static const size_t sizes[] = {
        [KITH_C_BOOL] = sizeof(bool),        [KITH_C_INT32] = sizeof(int32_t),
        [KITH_C_INT64] = sizeof(int64_t),    [KITH_C_DOUBLE] = sizeof(double),
        [KITH_C_STR] = sizeof(const char *), [KITH_C_ARRAY] = sizeof(KITH_ARRAY_OF(char)),
        [KITH_C_POINTER] = sizeof(void *),   [KITH_C_VALUE] = sizeof(kith_value),
    };
    size_t size = member->ctype < sizeof sizes / sizeof sizes[0] ? sizes[member->ctype] : 0;
    return member->link_size ? sizeof(KITH_ARRAY(char, char)) : size;
}

static bool lies_outside(const kith_member *member, size_t struct_size)
{
    return member->offset_plus_one - 1 + member_size(member) > struct_size;
}

bool kith__members_overlap(const kith_member *a, const kith_member *b)
{
    return a->offset_plus_one && b->offset_plus_one && a->offset_plus_one < b->offset_plus_one + member_size(b) &&
           b->offset_plus_one < a->offset_plus_one + member_size(a);
}

/* Says why. Always false. */
__attribute__((format(printf, 2, 3))) static bool no(char why[INTO_WHY], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, INTO_WHY, format, args);
    va_end(args);
    return false;
}

/* ---- attributes ---- */

static bool fits(const struct attr *attr)
{
    switch (attr->member.ctype) {
    case KITH_C_BOOL: return attr->type.id == KITH_T_BOOLEAN;
    case KITH_C_INT32: return attr->type.id == KITH_T_INTEGER && !attr->type.is_unsigned;
    case KITH_C_INT64:
        return attr->type.id == KITH_T_INTEGER || attr->type.id == KITH_T_BIGINT || attr->type.id == KITH_T_DATE;
    case KITH_C_DOUBLE: return attr->type.id == KITH_T_DOUBLE;
    case KITH_C_STR: return kith__type_kind(attr->type.id) == KITH_STR;
    case KITH_C_VALUE: return true;
    default: return attr->member.offset_plus_one == 0;
    }
}

const struct attr *kith__member_taken(const struct attr *const *attrs, unsigned count, const kith_member *member)
{
    for (unsigned i = 0; i < count; i++)
        if (kith__members_overlap(&attrs[i]->member, member))
            return attrs[i];
    return NULL;
}

#define SHARED "is kept where %s is: each needs a member of its own"

bool kith__member_fits(const struct attr *attr, char why[INTO_WHY])
{
    size_t size = attr->model->def->struct_size;
    if (!fits(attr))
        return no(why, "%s cannot be kept in a struct member of that C type", kith__type_name(attr->type.id));
    if (!attr->member.offset_plus_one)
        return true;
    if (!size)
        return no(why, "is tied to a struct; give the model its .struct_size");
    /* A member of another struct would be written past the end of the model's. */
    return !lies_outside(&attr->member, size) ||
           no(why, "its member lies outside the model's struct of %zu bytes", size);
}

#define SHARED "is kept where %s is: each needs a member of its own"

void kith__build_check_member(struct builder *b, struct model_build *m, const struct attr *attr)
{
    const struct attr *other = kith__member_taken((const struct attr *const *)m->attrs, attr->index, &attr->member);
    char why[INTO_WHY];
    if (!kith__member_fits(attr, why))
        kith__mistake(b, m, attr->name, "%s", why);
    else if (other)
        kith__mistake(b, m, attr->name, SHARED, other->name);
}

/* ---- associations ---- */

static bool is_struct_of(const struct model *m, size_t size, char why[INTO_WHY])
{
    if (!m->def->struct_size)
        return no(why, "model %s is tied to no struct; give it its .struct_size", m->name);
    return size == m->def->struct_size ||
           no(why, "its member is made for structs of %zu bytes, but model %s is tied to one of %zu", size, m->name,
              m->def->struct_size);
}

static bool source_holds(const struct model *m, const kith_member *into, char why[INTO_WHY])
{
    size_t size = m->def->struct_size;
    if (!size)
        return no(why, "is tied to a member of a struct; give model %s its .struct_size", m->name);
    return !lies_outside(into, size) ||
           no(why, "its member lies outside the struct of model %s, which has %zu bytes", m->name, size);
}

bool kith__into_fits(const struct assoc *a, const kith_member *into, char why[INTO_WHY])
{
    const struct model *target = assoc_target(a), *join = assoc_join(a);
    if (!target)
        return no(why, "leads to a %s; say in each include, with .model, where its structs go: .into", a->leads_to);
    if (a->many && into->ctype != KITH_C_ARRAY)
        return no(why, "leads to many %s, which need an array: KITH_INTO", target->plural);
    if (!a->many && into->ctype != KITH_C_POINTER)
        return no(why, "leads to one %s, which needs a pointer: KITH_INTO_ONE", target->name);
    if (into->link_size && !join)
        return no(why, "has no join row, so KITH_INTO takes no struct for it");
    return source_holds(a->source, into, why) && is_struct_of(target, into->size, why) &&
           (!into->link_size || is_struct_of(join, into->link_size, why));
}

static void keep(struct builder *b, struct assoc *a)
{
    struct into *into = ARENA_NEW(b->arena, struct into);
    if (into)
        *into = (struct into){ .member = a->def->into, .of = assoc_target(a) };
    a->into = into;
}

static void check_into(struct builder *b, struct model_build *m, struct assoc *a, unsigned number)
{
    const kith_member *into = &a->def->into;
    char why[INTO_WHY];
    if (!kith__into_fits(a, into, why)) {
        kith__mistake(b, m, a->name, "%s", why);
        return;
    }
    const struct attr *attr = kith__member_taken((const struct attr *const *)m->attrs, m->m.attr_count, into);
    if (attr)
        kith__mistake(b, m, a->name, SHARED, attr->name);
    for (unsigned i = 0; i < number; i++)
        if (kith__members_overlap(&m->assocs[i]->def->into, into))
            kith__mistake(b, m, a->name, SHARED, m->assocs[i]->name);
    keep(b, a);
}

void kith__build_members(struct builder *b)
{
    for (unsigned i = 0; i < b->model_count; i++)
        for (unsigned j = 0; j < b->models[i]->m.assoc_count; j++)
            if (b->models[i]->assocs[j]->def->into.offset_plus_one)
                check_into(b, b->models[i], b->models[i]->assocs[j], j);
}
