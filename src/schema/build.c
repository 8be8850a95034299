/* build: what the steps of resolving share. Knows no rules of its own. */
#include "schema/build.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "schema/names.h"

enum {
    REPORT_ROOM = 950, /* kith_error.message has 1024, and says before it how many mistakes there are */
    NAME_SHOWN = 65
};

/* "model pug, age: ", however long the names are. */
static void write_place(char *to, size_t room, const struct model_build *m, const char *attr)
{
    char model[NAME_SHOWN], attribute[NAME_SHOWN];
    *to = '\0';
    if (!m || !m->m.name)
        return;
    kith__copy(model, sizeof model, m->m.name);
    kith__copy(attribute, sizeof attribute, attr ? attr : "");
    snprintf(to, room, attr ? "model %s, %s: " : "model %s: ", model, attribute);
}

void kith__mistake(struct builder *b, const struct model_build *m, const char *attr, const char *format, ...)
{
    if (b->mistakes++ == 0)
        kith__error_about(b->err, m ? m->m.name : NULL, attr);
    char text[512], place[2 * NAME_SHOWN + 16];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    write_place(place, sizeof place, m, attr);
    if (b->report.size + strlen(place) + strlen(text) > REPORT_ROOM && b->mistakes > 1)
        return; /* the number of mistakes tells that there are more */
    if (b->mistakes > 1)
        kith__buf_add(&b->report, "; ");
    kith__buf_add(&b->report, place);
    kith__buf_add(&b->report, text);
}

static void name_model(struct builder *b, struct model_build *m)
{
    const kith_model *def = m->m.def;
    m->m.name = def->name;
    m->m.singular = def->singular ? def->singular : kith__singularize(b->arena, def->name);
    m->m.plural = def->plural ? def->plural : kith__pluralize(b->arena, def->name);
    m->m.table = def->table ? def->table : def->freeze_table_name ? def->name : m->m.plural;
    if (def->underscored && !def->table && !def->freeze_table_name && m->m.table)
        m->m.table = kith__snake_case(b->arena, m->m.table);
}

void kith__build_check_name(struct builder *b, const struct model_build *m, const char *attr, const char *name)
{
    if (!*name)
        kith__mistake(b, m, attr, "a name is empty");
    else if (strchr(name, '.'))
        kith__mistake(b, m, attr, "a name must not contain a dot, which stands between the steps of a path");
}

static void check_table(struct builder *b, const struct model_build *m, const struct model_build *other)
{
    if (kith__equal_no_case(other->m.table, m->m.table)) /* on some databases they are one */
        kith__mistake(b, m, NULL, "its table '%s' is the table of model %s as well", m->m.table, other->m.name);
}

static void check_model_names(struct builder *b, const struct model_build *m)
{
    kith__build_check_name(b, m, NULL, m->m.name);
    if (!*m->m.table)
        kith__mistake(b, m, NULL, "its table has an empty name");
    for (unsigned i = 0; i < b->model_count; i++) {
        const struct model_build *other = b->models[i];
        if (kith__equal(other->m.name, m->m.name))
            kith__mistake(b, m, NULL, "two models have this name");
        else
            check_table(b, m, other);
    }
}

struct model_build *kith__build_add_model(struct builder *b, const kith_model *def, bool made)
{
    if (!def->name || !*def->name) {
        kith__mistake(b, NULL, NULL, "model number %u has no name", b->model_count + 1);
        return NULL;
    }
    struct model_build *m = ARENA_NEW(b->arena, struct model_build);
    if (!m || !kith__arena_grow(b->arena, (void **)&b->models, b->model_count, &b->model_capacity, sizeof *b->models))
        return NULL;
    m->m.def = def;
    m->made = made;
    name_model(b, m);
    if (b->arena->failed)
        return NULL;
    check_model_names(b, m);
    b->models[b->model_count++] = m;
    return m;
}

struct model_build *kith__build_model(struct builder *b, const kith_model *def)
{
    for (unsigned i = 0; i < b->model_count; i++)
        if (b->models[i]->m.def == def)
            return b->models[i];
    return NULL;
}

struct model_build *kith__build_model_named(struct builder *b, const char *name)
{
    for (unsigned i = 0; i < b->model_count; i++)
        if (kith__equal(b->models[i]->m.name, name) || kith__equal(b->models[i]->m.table, name))
            return b->models[i];
    return NULL;
}

const char *kith__build_spelling(struct builder *b, const char *name)
{
    return b->snake_case ? kith__snake_case(b->arena, name) : name;
}

void kith__build_spell(struct builder *b)
{
    for (unsigned i = 0; b->snake_case && i < b->model_count; i++) {
        struct model_build *m = b->models[i];
        m->m.table = kith__build_spelling(b, m->m.table);
        for (unsigned j = 0; j < m->m.attr_count; j++)
            m->attrs[j]->column = kith__build_spelling(b, m->attrs[j]->column);
        for (unsigned j = 0; j < i && !b->arena->failed; j++)
            check_table(b, m, b->models[j]);
    }
}
