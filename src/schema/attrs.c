/* attrs: the attributes of one model: those declared, the key and the timestamps that every model gets. Knows nothing
 * of other models. */
#include "base/error.h"
#include "base/str.h"
#include "schema/build.h"
#include "schema/checks.h"
#include "schema/coerce.h"
#include "schema/names.h"

enum { ATTRS_MAX = 4096, DEFAULT_LENGTH = 255, DECIMAL_DIGITS = 10, DECIMAL_DIGITS_MAX = 65, DECIMAL_SCALE_MAX = 30 };

struct attr *kith__build_attr(const struct model_build *m, const char *name)
{
    for (unsigned i = 0; i < m->m.attr_count; i++)
        if (kith__equal(m->attrs[i]->name, name))
            return m->attrs[i];
    for (unsigned i = 0; i < m->m.attr_count; i++)
        if (kith__equal(m->attrs[i]->column, name))
            return m->attrs[i];
    return NULL;
}

struct attr *kith__build_attr_said(struct builder *b, const struct model_build *m, const char *name)
{
    struct attr *attr = kith__build_attr(m, name);
    return attr ? attr : kith__build_attr(m, kith__build_spelling(b, name));
}

struct attr *kith__build_attr_like(const struct model_build *m, const char *name)
{
    struct attr *exact = kith__build_attr(m, name);
    for (unsigned i = 0; !exact && i < m->m.attr_count; i++)
        if (kith__same_name(m->attrs[i]->name, name))
            exact = m->attrs[i];
    return exact;
}

const char *kith__build_nearest(const struct model_build *m, const char *name)
{
    struct nearest n;
    kith__nearest_start(&n, name);
    for (unsigned i = 0; i < m->m.attr_count; i++)
        kith__nearest_offer(&n, m->attrs[i]->name);
    return n.best;
}

struct attr *kith__build_add_attr(struct builder *b, struct model_build *m, const char *name, kith_type type)
{
    if (m->m.attr_count >= ATTRS_MAX) {
        kith__mistake(b, m, NULL, "more than %d attributes", ATTRS_MAX);
        return NULL;
    }
    struct attr *attr = ARENA_NEW(b->arena, struct attr);
    if (!attr || !kith__arena_grow(b->arena, (void **)&m->attrs, m->m.attr_count, &m->attr_capacity, sizeof *m->attrs))
        return NULL;
    attr->name = name;
    attr->column = m->m.def->underscored ? kith__snake_case(b->arena, name) : name;
    attr->model = &m->m;
    attr->index = m->m.attr_count;
    attr->type = type;
    m->attrs[m->m.attr_count++] = attr;
    return attr->column ? attr : NULL;
}

/* ---- types ---- */

static bool is_whole(int type)
{
    return type == KITH_T_INTEGER || type == KITH_T_BIGINT;
}

static void check_labels(struct builder *b, struct model_build *m, struct attr *attr)
{
    const char *const *labels = attr->type.labels;
    while (labels && labels[attr->label_count]) {
        for (unsigned i = 0; i < attr->label_count; i++)
            if (kith__equal(labels[i], labels[attr->label_count]))
                kith__mistake(b, m, attr->name, "the ENUM has the label '%s' twice", labels[i]);
        attr->label_count++;
    }
    if (!attr->label_count)
        kith__mistake(b, m, attr->name, "an ENUM needs labels: KITH_ENUM(\"a\", \"b\")");
}

static void check_type(struct builder *b, struct model_build *m, struct attr *attr)
{
    kith_type *type = &attr->type;
    if (type->id == 0)
        kith__mistake(b, m, attr->name, "has no type; give one, for example .type = KITH_STRING(255)");
    else if (type->id < 0 || type->id >= KITH_T_COUNT_)
        kith__mistake(b, m, attr->name, "type %d does not exist", type->id);
    if (type->id == KITH_T_STRING && !type->size)
        type->size = DEFAULT_LENGTH;
    if (type->id == KITH_T_DECIMAL && !type->size)
        type->size = DECIMAL_DIGITS > type->scale ? DECIMAL_DIGITS : type->scale;
    if (type->id == KITH_T_DECIMAL && (type->size > DECIMAL_DIGITS_MAX || type->scale > DECIMAL_SCALE_MAX))
        kith__mistake(b, m, attr->name, "a DECIMAL has at most %d digits, %d of them behind the point",
                      DECIMAL_DIGITS_MAX, DECIMAL_SCALE_MAX);
    if (type->id == KITH_T_DECIMAL && type->scale > type->size)
        kith__mistake(b, m, attr->name, "a DECIMAL of %u digits cannot have %u of them behind the point", type->size,
                      type->scale);
    if (type->is_unsigned && !is_whole(type->id))
        kith__mistake(b, m, attr->name, "only INTEGER and BIGINT can be unsigned");
    if (type->id == KITH_T_ENUM)
        check_labels(b, m, attr);
}

/* ---- defaults, generated values, validators ---- */

static void check_default(struct builder *b, struct model_build *m, struct attr *attr, const kith_attr *def)
{
    kith_error why = { 0 };
    if (def->default_value.kind == KITH_EXPRESSION)
        kith__mistake(b, m, attr->name, "a default must be a constant");
    else if (!kith__coerce(attr, def->default_value, b->arena, &attr->default_value, &why)) {
        if (why.status == KITH_E_NO_MEMORY)
            b->arena->failed = true;
        else
            kith__mistake(b, m, attr->name, "its default does not fit: %s", why.message);
    }
    if (def->default_value.kind == KITH_NULL && attr->not_null)
        kith__mistake(b, m, attr->name, "may not be null, so its default cannot be");
}

static void check_generate(struct builder *b, struct model_build *m, struct attr *attr, const kith_attr *def)
{
    bool uuid = def->generate == KITH_UUIDV1 || def->generate == KITH_UUIDV4 || def->generate == KITH_UUIDV7;
    attr->generate = def->generate;
    if (uuid && attr->type.id != KITH_T_UUID && attr->type.id != KITH_T_STRING)
        kith__mistake(b, m, attr->name, "a UUID can be generated for UUID and STRING, not for %s",
                      kith__type_name(attr->type.id));
    if (def->generate == KITH_NOW && attr->type.id != KITH_T_DATE)
        kith__mistake(b, m, attr->name, "the time can be generated for DATE, not for %s",
                      kith__type_name(attr->type.id));
    if ((unsigned)def->generate > KITH_NOW)
        kith__mistake(b, m, attr->name, "there is no generator %d", (int)def->generate);
}

static void compile_checks(struct builder *b, struct model_build *m, struct attr *attr, const kith_attr *def)
{
    kith_error why = { 0 };
    if (!kith__checks_compile(def->checks, attr->type.id, b->schema->allocator, b->arena, &attr->checks, &why)) {
        if (why.status == KITH_E_NO_MEMORY)
            b->arena->failed = true;
        else
            kith__mistake(b, m, attr->name, "%s", why.message);
    }
}

static void check_numbering(struct builder *b, struct model_build *m, struct attr *attr)
{
    if (!attr->auto_increment)
        return;
    if (!is_whole(attr->type.id))
        kith__mistake(b, m, attr->name, "only INTEGER and BIGINT can number themselves, not %s",
                      kith__type_name(attr->type.id));
    if (!attr->primary_key)
        kith__mistake(b, m, attr->name, "auto_increment needs primary_key");
    if (m->m.auto_increment)
        kith__mistake(b, m, attr->name, "%s has auto_increment already", m->m.auto_increment->name);
    m->m.auto_increment = attr;
}

/* ---- one declared attribute ---- */

static enum attr_role role_of(const kith_model *def, const char *name)
{
    if (!def->no_timestamps && kith__equal(name, "createdAt"))
        return ROLE_CREATED_AT;
    if (!def->no_timestamps && kith__equal(name, "updatedAt"))
        return ROLE_UPDATED_AT;
    if (def->paranoid && kith__equal(name, "deletedAt"))
        return ROLE_DELETED_AT;
    return ROLE_PLAIN;
}

static void declared(struct builder *b, struct model_build *m, const kith_attr *def)
{
    for (unsigned i = 0; i < m->m.attr_count; i++)
        if (kith__equal(m->attrs[i]->name, def->name)) {
            kith__mistake(b, m, def->name, "is declared twice");
            return;
        }
    struct attr *attr = kith__build_add_attr(b, m, def->name, def->type);
    if (!attr)
        return;
    if (def->column)
        attr->column = def->column;
    kith__build_check_name(b, m, attr->name, attr->name);
    if (!*attr->column)
        kith__mistake(b, m, attr->name, "its column has an empty name");
    attr->primary_key = def->primary_key;
    attr->auto_increment = def->auto_increment;
    attr->not_null = def->not_null || def->primary_key;
    attr->unique = def->unique && !def->primary_key;
    attr->member = def->member;
    attr->role = role_of(m->m.def, def->name);
    m->declared_key |= def->primary_key;
    check_type(b, m, attr);
    if (attr->type.id <= 0 || attr->type.id >= KITH_T_COUNT_)
        return; /* the rest would only repeat the mistake */
    check_default(b, m, attr, def);
    check_generate(b, m, attr, def);
    check_numbering(b, m, attr);
    compile_checks(b, m, attr, def);
    kith__build_check_member(b, m, attr);
    if (attr->role != ROLE_PLAIN && attr->type.id != KITH_T_DATE)
        kith__mistake(b, m, attr->name, "is kept by the library and must be a DATE, or the model no_timestamps");
}

/* ---- what every model gets ---- */

static void add_id(struct builder *b, struct model_build *m)
{
    if (m->declared_key || m->m.def->no_primary_key || m->m.is_join)
        return;
    const kith_attr *defs = m->m.def->attrs;
    for (const kith_attr *def = defs; def && !is_attr_end(def); def++)
        if (kith__equal(def->name, "id")) {
            kith__mistake(b, m, "id", "is declared without primary_key; add it, or set the model's no_primary_key");
            return;
        }
    struct attr *id = kith__build_add_attr(b, m, "id", (kith_type)KITH_INTEGER);
    if (!id)
        return;
    id->primary_key = id->auto_increment = id->not_null = true;
    m->m.auto_increment = id;
}

static void add_time(struct builder *b, struct model_build *m, const char *name, bool not_null, enum attr_role role)
{
    struct attr *attr = kith__build_attr(m, name);
    if (!attr)
        attr = kith__build_add_attr(b, m, name, (kith_type)KITH_DATE);
    if (!attr)
        return;
    attr->role = role;
    attr->not_null |= not_null;
    if (role == ROLE_CREATED_AT)
        m->m.created_at = attr;
    else if (role == ROLE_UPDATED_AT)
        m->m.updated_at = attr;
    else
        m->m.deleted_at = attr;
}

static bool declares_key(const kith_model *def)
{
    for (const kith_attr *a = def->attrs; a && !is_attr_end(a); a++)
        if (a->primary_key)
            return true;
    return false;
}

static unsigned primary_count(const struct model_build *m)
{
    unsigned count = 0;
    for (unsigned i = 0; i < m->m.attr_count; i++)
        count += m->attrs[i]->primary_key;
    return count;
}

void kith__build_attrs(struct builder *b, struct model_build *m)
{
    m->declared_key = declares_key(m->m.def);
    add_id(b, m);
    for (const kith_attr *def = m->m.def->attrs; def && !is_attr_end(def); def++) {
        if (def->name && *def->name)
            declared(b, m, def);
        else
            kith__mistake(b, m, NULL, "attribute number %d has no name", (int)(def - m->m.def->attrs) + 1);
    }
    if (!m->m.def->no_timestamps) {
        add_time(b, m, "createdAt", true, ROLE_CREATED_AT);
        add_time(b, m, "updatedAt", true, ROLE_UPDATED_AT);
    }
    if (m->m.def->paranoid)
        add_time(b, m, "deletedAt", false, ROLE_DELETED_AT);
    kith__build_set_key(m);
    if (primary_count(m) > KEY_MAX)
        kith__mistake(b, m, NULL, "its primary key has more than %d attributes", KEY_MAX);
}

void kith__build_set_key(struct model_build *m)
{
    m->m.key_count = 0;
    for (unsigned i = 0; i < m->m.attr_count; i++)
        if (m->attrs[i]->primary_key && m->m.key_count < KEY_MAX)
            m->m.key[m->m.key_count++] = m->attrs[i];
}

struct attr_list kith__build_primary_key(const struct model_build *m)
{
    struct attr_list key = { .count = m->m.key_count };
    for (unsigned i = 0; i < key.count; i++)
        key.attrs[i] = m->m.key[i];
    return key;
}
