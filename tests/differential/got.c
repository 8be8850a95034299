/* got: a result as the library returned it, read by the public accessors. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "differential/differential.h"

static int kind_of(enum type type)
{
    static const int kinds[TYPE_COUNT] = {
        [INTEGER] = KITH_INT, [BIGINT] = KITH_INT, [BOOLEAN] = KITH_BOOL, [REAL] = KITH_DOUBLE, [DECIMAL] = KITH_STR,
        [STRING] = KITH_STR,  [TEXT] = KITH_STR,   [UUID] = KITH_STR,     [ENUM] = KITH_STR,    [DATE] = KITH_TIMESTAMP
    };
    return kinds[type];
}

static const char *got_text(struct pool *pool, enum type type, kith_value v)
{
    struct value plain = { .null = v.kind == KITH_NULL };
    if (!plain.null && v.kind != kind_of(type))
        return format_in(pool, "(a value of kind %d)", v.kind);
    if ((type == DECIMAL || type == ENUM) && !plain.null)
        return format_in(pool, "%s", v.as.str);
    if (v.kind == KITH_BOOL)
        plain.number = v.as.boolean;
    else if (v.kind == KITH_DOUBLE)
        plain.number = llround(v.as.real * 100);
    else if (v.kind == KITH_INT)
        plain.number = v.as.integer;
    else if (v.kind == KITH_TIMESTAMP)
        plain.number = v.as.timestamp;
    else if (v.kind == KITH_STR)
        plain.text = v.as.str;
    return value_text(pool, type, &plain);
}

static const char *record_text(struct pool *pool, const struct table *t, const bool *columns, const kith_record *r)
{
    const char *text = "";
    for (unsigned i = 0; i < t->column_count; i++)
        if (columns[i])
            text = format_in(pool, "%s %s=%s", text, t->columns[i].name,
                             got_text(pool, t->columns[i].type, kith_value_of(r, t->columns[i].name)));
    return text;
}

static struct result got_record(struct pool *pool, const struct ask *ask, const kith_record *r,
                                const kith_record *link);

static struct result_list got_many(struct pool *pool, const struct ask *ask, const kith_list *list)
{
    struct result_list out = { .count = list ? (unsigned)list->count : 0 };
    out.items = take(pool, (out.count + 1) * sizeof *out.items);
    for (unsigned i = 0; i < out.count; i++)
        out.items[i] = got_record(pool, ask, list->at[i], list->links ? list->links[i] : NULL);
    return out;
}

static struct result_list got_one(struct pool *pool, const struct ask *ask, const kith_record *r)
{
    struct result_list out = { .one = true, .count = r != NULL };
    out.items = take(pool, sizeof *out.items);
    if (r)
        out.items[0] = got_record(pool, ask, r, NULL);
    return out;
}

static struct result got_record(struct pool *pool, const struct ask *ask, const kith_record *r, const kith_record *link)
{
    struct result out = { .text = record_text(pool, ask->table, ask->columns, r), .child_count = ask->child_count };
    for (unsigned i = 0; i < ask->computed_count; i++)
        out.text = format_in(pool, "%s %s=%s", out.text, ask->computed[i]->name,
                             got_text(pool, ask->computed[i]->type, kith_value_of(r, ask->computed[i]->name)));
    if (link)
        out.link = record_text(pool, ask->way->join, ask->link_columns, link);
    out.children = take(pool, (MOST_INCLUDES + 1) * sizeof *out.children);
    for (unsigned i = 0; i < ask->child_count; i++) {
        const struct ask *child = ask->children[i];
        const char *name = name_of(child);
        out.children[i] = child->way->many ? got_many(pool, child, kith_many(r, name))
                                           : got_one(pool, child, kith_one(r, name));
        out.children[i].name = name;
    }
    return out;
}

struct result_list *got_nothing(struct pool *pool, const struct ask *ask, unsigned most)
{
    struct result_list *out = take(pool, sizeof *out);
    *out = (struct result_list){ .name = ask->table->name, .items = take(pool, (most + 1) * sizeof *out->items) };
    return out;
}

void got_more(struct pool *pool, const struct ask *ask, const kith_record *r, struct result_list *out)
{
    out->items[out->count++] = got_record(pool, ask, r, NULL);
}

struct result_list *got_result(struct pool *pool, const struct ask *ask, const kith_list *list)
{
    struct result_list *out = take(pool, sizeof *out);
    *out = got_many(pool, ask, list);
    out->name = ask->table->name;
    return out;
}
