/* build: what the steps of resolving share. Knows no rules of its own. */
#include "schema/build.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/str.h"
#include "schema/names.h"

enum { REPORT_ROOM = 860 }; /* leaves space in kith_error.message for how many there are */

void kith__mistake(struct builder *b, const struct model_build *m, const char *attr, const char *format, ...)
{
    if (b->mistakes++ == 0) {
        kith__copy(b->err->model, sizeof b->err->model, m && m->m.name ? m->m.name : "");
        kith__copy(b->err->attribute, sizeof b->err->attribute, attr ? attr : "");
    }
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (b->report.size + strlen(text) > REPORT_ROOM && b->mistakes > 1)
        return;
    if (b->mistakes > 1)
        kith__buf_add(&b->report, "; ");
    if (m && m->m.name)
        kith__buf_format(&b->report, attr ? "model %s, %s: " : "model %s: ", m->m.name, attr);
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

static void check_model_names(struct builder *b, const struct model_build *m)
{
    for (unsigned i = 0; i < b->model_count; i++) {
        const struct model_build *other = b->models[i];
        if (kith__equal(other->m.name, m->m.name))
            kith__mistake(b, m, NULL, "two models have this name");
        else if (kith__equal(other->m.table, m->m.table))
            kith__mistake(b, m, NULL, "its table '%s' is the table of model %s as well", m->m.table, other->m.name);
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
