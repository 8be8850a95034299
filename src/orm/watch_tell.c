/* watch_tell: what the program is told of a loop: what it asks for, where, where its records come from, and which call
 * would do it at once. Runs once for a place, so it may look through what the session has loaded. */
#include <inttypes.h>
#include <stdio.h>

#include "base/str.h"
#include "base/value.h"
#include "orm/watch.h"

enum { NAME = 160, ADVICE = 320, MESSAGE = 900, DEEPEST = 8 };

/* Where the records of a loop come from. */
struct origin {
    const struct assoc *assoc; /* what would load them; NULL: not known */
    struct site found;         /* where its sources were found */
};

/* ---- which association a find by key stands for ---- */

static bool has_values(const struct question *q, const struct assoc *a, const kith_record *r)
{
    const struct key_pairs *on = &a->hops[0].on;
    for (unsigned i = 0; i < on->count; i++) {
        const kith_value *v = record_value(r, on->from[i]);
        if (!v || !kith__value_equal(v, kith__question_value(q, on->to[i])))
            return false;
    }
    return true;
}

static bool holds_source(const struct question *q, const struct assoc *a, const kith_list *list, unsigned depth);

/* Is r, or what was included in it, a source that leads to what is asked for? */
static bool is_source(const struct question *q, const struct assoc *a, const kith_record *r, unsigned depth)
{
    if (!r || depth > DEEPEST)
        return false;
    if (r->shape->model == a->source && has_values(q, a, r))
        return true;
    for (unsigned i = 0; i < r->shape->child_count; i++)
        if (r->shape->children[i].many ? holds_source(q, a, record_related(r)[i].many, depth + 1)
                                       : is_source(q, a, record_related(r)[i].one, depth + 1))
            return true;
    return false;
}

static bool holds_source(const struct question *q, const struct assoc *a, const kith_list *list, unsigned depth)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (is_source(q, a, list->at[i], depth))
            return true;
    return false;
}

/* The result whose records lead there, among those that the session still has. */
static const struct result *result_with_source(const struct call *c, const struct question *q, const struct assoc *a)
{
    for (const struct result *r = c->s->results.first; r; r = r->next)
        if (r->root && holds_source(q, a, r->root, 0))
            return r;
    return NULL;
}

/* The association from records that are there; else the only one there is. */
static void find_origin(const struct call *c, const struct question *q, struct origin *out)
{
    const struct schema *schema = &c->s->db->schema;
    unsigned fitting = 0;
    for (unsigned i = 0; i < schema->model_count; i++)
        for (unsigned j = 0; j < schema->models[i]->assoc_count; j++) {
            const struct assoc *a = schema->models[i]->assocs[j];
            const struct result *r = kith__question_fits(q, a) ? result_with_source(c, q, a) : NULL;
            if (r) {
                *out = (struct origin){ a, r->found };
                return;
            }
            if (kith__question_fits(q, a) && fitting++ == 0)
                out->assoc = a;
        }
    if (fitting > 1)
        out->assoc = NULL;
}

/* ---- words ---- */

/* What does the same for many records. */
static const char *each_of(const char *verb)
{
    static const char *const calls[][2] = {
        { "kith_get", "kith_get_each" },
        { "kith_has", "kith_has_each" },
        { "kith_count_related", "kith_count_each" },
        { "kith_count", "kith_count_each" },
        { "kith_descendants", "kith_tree" },
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (kith__equal(calls[i][0], verb))
            return calls[i][1];
    return NULL;
}

/* Only what loads records can be an include instead. */
static bool can_include(const struct question *q)
{
    const char *each = each_of(q->verb);
    return !each || kith__equal(each, "kith_get_each");
}

static void write_advice(const struct question *q, const struct origin *o, char *out)
{
    const char *each = each_of(q->verb);
    char include[ADVICE / 2] = "", all[ADVICE / 2];
    if (o->assoc && can_include(q))
        snprintf(include, sizeof include, "include \"%s\" where the %s are found, or ", o->assoc->name,
                 o->assoc->source->plural);
    if (each && (q->record || o->assoc))
        snprintf(all, sizeof all, "call %s once for all of them", each);
    else if (q->width == 1)
        snprintf(all, sizeof all, "find them together, with KITH_IN(\"%s\", …)", q->attrs[0]->name);
    else
        snprintf(all, sizeof all, "find them together, by one condition");
    snprintf(out, ADVICE, "%s%s", include, all);
}

static void write_site(const char *before, const struct site *at, const char *behind, char *out, size_t size)
{
    *out = '\0';
    if (at->file)
        snprintf(out, size, "%s%s:%d%s", before, at->file, at->line, behind);
}

static void name_assoc(const struct assoc *a, char *out)
{
    *out = '\0';
    if (a)
        snprintf(out, NAME, "%s.%s", a->source->name, a->name);
}

void kith__watch_tell(struct call *c, const struct place *p, const struct question *q)
{
    const kith_db *db = c->s->db;
    struct origin o = { .assoc = q->assoc };
    char assoc[NAME], advice[ADVICE], at[NAME] = "", found[NAME] = "", message[MESSAGE];
    if (q->record)
        o.found = q->record->shape->result->found;
    else
        find_origin(c, q, &o);
    name_assoc(o.assoc, assoc);
    write_advice(q, &o, advice);
    write_site(" at ", &p->at, "", at, sizeof at);
    write_site(" found at ", &o.found, "", found, sizeof found);
    const char *what = q->record ? assoc : q->model->name;
    snprintf(message, sizeof message,
             "%s of %s%s has run %" PRIu64 " times in one session, for one record at a time%s%s%s: %s", q->verb, what,
             at, p->count, *found ? " of the " : "", *found ? o.assoc->source->plural : "", found, advice);
    const kith_loop loop = { .verb = q->verb,
                             .what = what,
                             .association = o.assoc ? assoc : NULL,
                             .file = p->at.file,
                             .line = p->at.line,
                             .found_file = o.found.file,
                             .found_line = o.found.line,
                             .count = p->count,
                             .advice = advice,
                             .message = message };
    db->on_loop(db->loop_ctx, &loop);
}
