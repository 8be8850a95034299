/* describe: a model explained for people: its table and columns, and what each of its associations is and gives.
 *
 * Promises plain text that says nothing but what the frozen schema holds; the kind of an association is told from its
 * hops. Sends no statement, so it does not know how a database spells types: they are called as in definitions. */
#include "base/str.h"
#include "base/utf8.h"
#include "orm/session.h"
#include "schema/coerce.h"
#include "schema/names.h"
#include "schema/show.h"

struct text {
    struct buf b;
    kith_arena *arena;
    const struct schema *schema;
};

static void add(struct text *t, const char *words)
{
    kith__buf_add(&t->b, words);
}

static void quoted(struct text *t, const char *name)
{
    kith__buf_json_string(&t->b, name, strlen(name));
}

/* ---- columns ---- */

static unsigned width_of(const char *name)
{
    int64_t width = kith__utf8_count(name, strlen(name));
    return width > 0 ? (unsigned)width : 0;
}

static unsigned widest_name(const struct model *m)
{
    unsigned widest = 0;
    for (unsigned i = 0; i < m->attr_count; i++)
        if (width_of(m->attrs[i]->name) > widest)
            widest = width_of(m->attrs[i]->name);
    return widest;
}

static void labels(struct text *t, const kith_type *type)
{
    for (const char *const *label = type->labels; label && *label; label++) {
        add(t, label == type->labels ? "(" : ", ");
        quoted(t, *label);
    }
    add(t, ")");
}

static void type(struct text *t, const kith_type *type)
{
    kith__show_type(&t->b, type);
    if (type->is_unsigned)
        add(t, " unsigned");
    if (type->id == KITH_T_ENUM)
        labels(t, type);
}

static void made_value(struct text *t, const struct attr *attr)
{
    static const char *const makes[] = { [KITH_UUIDV1] = ", made: a UUID v1",
                                         [KITH_UUIDV4] = ", made: a UUID v4",
                                         [KITH_UUIDV7] = ", made: a UUID v7",
                                         [KITH_NOW] = ", made: the time of the call" };
    static const char *const roles[] = { [ROLE_CREATED_AT] = ", set when the row is made",
                                         [ROLE_UPDATED_AT] = ", set when the row is changed",
                                         [ROLE_DELETED_AT] = ", set when the row is destroyed" };
    if (attr->role != ROLE_PLAIN) {
        add(t, roles[attr->role]);
    } else if (attr->generate != KITH_GENERATE_NOTHING) {
        add(t, makes[attr->generate]);
    } else if (attr->default_value.kind == KITH_NULL) {
        add(t, ", default null");
    } else if (attr->default_value.kind != KITH_ABSENT) {
        add(t, ", default ");
        kith__show(&t->b, &attr->default_value);
    }
}

static bool is_unique(const struct attr *attr)
{
    bool unique = false;
    for (unsigned i = 0; i < attr->model->index_count; i++) {
        const struct index *index = &attr->model->indexes[i];
        unique |= index->unique && index->count == 1 && index->attrs[0] == attr;
    }
    return unique;
}

static void reference(struct text *t, const struct attr *attr)
{
    static const char *const deletes[] = { [KITH_CASCADE] = ", deleted with it",
                                           [KITH_SET_NULL] = ", null when that is deleted",
                                           [KITH_RESTRICT] = ", which cannot be deleted before",
                                           [KITH_NO_ACTION] = ", which cannot be deleted before" };
    for (unsigned i = 0; i < attr->model->foreign_key_count; i++) {
        const struct foreign_key *fk = &attr->model->foreign_keys[i];
        for (unsigned k = 0; k < fk->count; k++)
            if (fk->attrs[k] == attr) {
                kith__buf_format(&t->b, ", refers to %s.%s", fk->to_table, fk->to_columns[k]);
                add(t, deletes[fk->on_delete]);
            }
    }
}

static void column(struct text *t, const struct attr *attr, unsigned width)
{
    add(t, "    ");
    add(t, attr->name);
    for (unsigned at = width_of(attr->name); at < width + 2; at++)
        add(t, " ");
    type(t, &attr->type);
    if (strcmp(attr->name, attr->column) != 0)
        kith__buf_format(&t->b, ", column %s", attr->column);
    if (attr->primary_key)
        add(t, attr->model->key_count > 1 ? ", part of the primary key" : ", primary key");
    else if (attr->not_null)
        add(t, ", not null");
    if (attr->auto_increment)
        add(t, ", numbers itself");
    if (is_unique(attr))
        add(t, ", unique");
    made_value(t, attr);
    if (attr->checks)
        add(t, ", checked");
    reference(t, attr);
    add(t, "\n");
}

static void index_of_several(struct text *t, const struct index *index)
{
    if (index->unique && index->count == 1)
        return; /* said at the column */
    add(t, index->unique ? "    unique together: " : "    index: ");
    for (unsigned i = 0; i < index->count; i++) {
        add(t, i ? ", " : "");
        add(t, index->attrs[i]->name);
    }
    add(t, "\n");
}

/* ---- what an association is ---- */

/* The alias, unless it is only the target's own name. */
static void called(struct text *t, const struct assoc *a)
{
    const struct model *target = assoc_target(a);
    if (!kith__same_name(a->name, a->many ? target->plural : target->singular))
        kith__buf_format(&t->b, ", its %s", a->name);
}

static void many_to_many(struct text *t, const struct assoc *a)
{
    const struct model *source = a->source, *target = assoc_target(a);
    kith__buf_format(&t->b, "many to many. Each %s has many %s", source->singular, target->plural);
    called(t, a);
    if (source != target)
        kith__buf_format(&t->b, ", and each %s many %s", target->singular, source->plural);
    kith__buf_format(&t->b, ", through %s", assoc_join(a)->name);
    add(t, a->repeatable ? ", also more than once.\n" : ".\n");
}

static void with_a_key(struct text *t, const struct assoc *a)
{
    const char *source = a->source->singular;
    const struct model *target = assoc_target(a);
    if (a->key_in_source) {
        add(t, a->inverse && !a->inverse->many ? "one to one" : "many to one");
        kith__buf_format(&t->b, ". Each %s belongs to one %s", source, target->singular);
    } else if (a->many) {
        kith__buf_format(&t->b, "one to many. Each %s has many %s", source, target->plural);
    } else {
        kith__buf_format(&t->b, "one to one. Each %s has one %s", source, target->singular);
    }
    called(t, a);
    kith__buf_format(&t->b, "; the key is in %s.\n", a->key_model->table);
}

static void along(struct text *t, const char *from, const struct hop *hop)
{
    for (unsigned i = 0; i < hop->on.count; i++) {
        add(t, i ? " and " : "");
        kith__buf_format(&t->b, "%s.%s = %s.%s", from, hop->on.from[i]->column, hop->to->table, hop->on.to[i]->column);
    }
}

static void of_several(struct text *t, const struct assoc *a)
{
    kith__buf_format(&t->b, "many to one. Each %s belongs to one %s, its %s; the key is in %s.\n", a->source->singular,
                     a->leads_to, a->name, a->key_model->table);
}

static void keys(struct text *t, const struct assoc *a)
{
    for (unsigned i = 0; i < a->alternative_count; i++)
        keys(t, &a->alternatives[i]);
    if (a->alternative_count)
        return;
    add(t, "    along    ");
    along(t, a->source->table, &a->hops[0]);
    if (a->hop_count == 2) {
        add(t, ", ");
        along(t, a->hops[0].to->table, &a->hops[1]);
    }
    for (unsigned i = 0; a->scope && i < a->scope->count; i++) {
        kith__buf_format(&t->b, ", where %s.%s is ", a->key_model->table, a->scope->attrs[i]->column);
        kith__show(&t->b, &a->scope->values[i]);
    }
    add(t, "\n    inverse  ");
    if (a->inverse)
        kith__buf_format(&t->b, "%s.%s\n", a->inverse->source->name, a->inverse->name);
    else
        add(t, "none declared\n");
}

/* ---- what it gives ---- */

/* A name for a variable of the program: userRole gives user_role. */
static const char *variable(struct text *t, const char *name)
{
    const char *snake = kith__snake_case(t->arena, name);
    char *made = kith__arena_text(t->arena, snake);
    for (char *c = made; c && *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= '0' && *c <= '9'))
            *c = '_';
    return made ? made : "";
}

/* An attribute that a program gives a new target; NULL when there is none. */
static const struct attr *given_attr(const struct model *m)
{
    for (unsigned i = 0; i < m->attr_count; i++) {
        const struct attr *attr = m->attrs[i];
        bool refers = false;
        for (unsigned k = 0; k < m->foreign_key_count; k++)
            for (unsigned j = 0; j < m->foreign_keys[k].count; j++)
                refers |= m->foreign_keys[k].attrs[j] == attr;
        if (!refers && !attr->auto_increment && attr->role == ROLE_PLAIN && attr->generate == KITH_GENERATE_NOTHING)
            return attr;
    }
    return NULL;
}

static void call(struct text *t, const struct assoc *a, const char *label, const char *verb, const char *rest)
{
    kith__buf_format(&t->b, "    %-8s %s(s, %s, ", label, verb, variable(t, a->source->singular));
    quoted(t, a->name);
    add(t, rest);
}

static void call_with_target(struct text *t, const struct assoc *a, const char *label, const char *verb,
                             const char *rest)
{
    const char *source = variable(t, a->source->singular), *target = variable(t, a->many ? a->singular : a->name);
    call(t, a, label, verb, ", KITH_REFS({ ");
    add(t, strcmp(source, target) == 0 ? "other" : target);
    add(t, " })");
    add(t, rest);
}

static void call_that_creates(struct text *t, const struct assoc *a)
{
    const struct attr *given = given_attr(assoc_target(a));
    call(t, a, "create", "kith_create_related", ", ");
    if (given) {
        add(t, "KITH_FIELDS(KITH_F(");
        quoted(t, given->name);
        add(t, ", …)), NULL)\n");
    } else {
        add(t, "NULL, NULL)\n");
    }
}

static void calls(struct text *t, const struct assoc *a)
{
    add(t, "    include  KITH_INCLUDE({ .as = ");
    quoted(t, a->name);
    kith__buf_format(&t->b, " }), then %s(%s, ", a->many ? "kith_many" : "kith_one", variable(t, a->source->singular));
    quoted(t, a->name);
    add(t, ")\n");
    call(t, a, "get", "kith_get", ", NULL)\n");
    if (a->many)
        call_with_target(t, a, "add", "kith_add", ", NULL)\n");
    call_with_target(t, a, "set", "kith_set", ", NULL)\n");
    call_with_target(t, a, "remove", "kith_remove", ")\n");
    call_with_target(t, a, "has", "kith_has", ")\n");
    if (a->many)
        call(t, a, "count", "kith_count_related", ")\n");
    if (!a->alternative_count) /* nothing would say what to create */
        call_that_creates(t, a);
}

static void association(struct text *t, const struct assoc *a)
{
    kith__buf_format(&t->b, "\n  %s.%s: ", a->source->name, a->name);
    if (a->alternative_count)
        of_several(t, a);
    else if (a->hop_count == 2)
        many_to_many(t, a);
    else
        with_a_key(t, a);
    keys(t, a);
    calls(t, a);
}

/* ---- the whole ---- */

/* "join table of pug.friends, friend.pugs": which associations lead through this model. */
static void joined(struct text *t, const struct model *join)
{
    const char *before = ", join table of ";
    for (unsigned i = 0; i < t->schema->model_count; i++)
        for (unsigned j = 0; j < t->schema->models[i]->assoc_count; j++) {
            const struct assoc *a = t->schema->models[i]->assocs[j];
            if (assoc_join(a) != join)
                continue;
            kith__buf_format(&t->b, "%s%s.%s", before, a->source->name, a->name);
            before = ", ";
        }
}

/* The association declared next after that definition; the schema's own order is that of resolving. */
static const struct assoc *next_declared(const struct model *m, const kith_assoc *after)
{
    const struct assoc *next = NULL;
    for (unsigned i = 0; i < m->assoc_count; i++) {
        const struct assoc *a = m->assocs[i];
        if ((!after || a->def > after) && (!next || a->def < next->def))
            next = a;
    }
    return next;
}

static void describe(struct text *t, const struct model *m)
{
    kith__buf_format(&t->b, "%s: table %s", m->name, m->table);
    joined(t, m);
    add(t, "\n");
    for (unsigned i = 0; i < m->attr_count; i++)
        column(t, m->attrs[i], widest_name(m));
    for (unsigned i = 0; i < m->index_count; i++)
        index_of_several(t, &m->indexes[i]);
    for (const struct assoc *a = next_declared(m, NULL); a; a = next_declared(m, a->def))
        association(t, a);
}

const char *kith_describe(kith_session *s, const kith_model *m)
{
    struct call c;
    if (!kith__call_begin(&c, s))
        return "";
    struct text t = { .arena = &c.load.scratch, .schema = c.load.schema };
    const struct model *model = kith__call_model(&c, m);
    const char *kept = NULL;
    kith__buf_init(&t.b, s->db->allocator);
    if (model) {
        describe(&t, model);
        t.b.failed |= t.arena->failed;
        kept = kith__call_text(&c, &t.b);
    }
    kith__buf_free(&t.b);
    return kith__call_end(&c, kept != NULL) ? kept : "";
}
