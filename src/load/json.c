/* json: records as JSON text. Prints what the query asked for and nothing the library added. */
#include "base/buf.h"
#include "base/time.h"
#include "load/load.h"

static void add_timestamp(struct buf *out, int64_t microseconds)
{
    char text[KITH__TIMESTAMP_TEXT];
    kith__buf_json_string(out, text, kith__timestamp_write(microseconds, true, text));
}

static void add_value(struct buf *out, const kith_value *v, int type)
{
    switch (v->kind) {
    case KITH_BOOL: kith__buf_add(out, v->as.boolean ? "true" : "false"); break;
    case KITH_INT: kith__buf_int(out, v->as.integer); break;
    case KITH_DOUBLE: kith__buf_double(out, v->as.real); break;
    case KITH_TIMESTAMP: add_timestamp(out, v->as.timestamp); break;
    case KITH_BYTES:
        kith__buf_char(out, '"');
        kith__buf_base64(out, v->as.bytes, v->size);
        kith__buf_char(out, '"');
        break;
    case KITH_STR:
        if (type == KITH_T_JSON)
            kith__buf_add_n(out, v->as.str, v->size);
        else
            kith__buf_json_string(out, v->as.str, v->size);
        break;
    default: kith__buf_add(out, "null");
    }
}

/* `"name":`, with a comma unless it is the first. */
static void add_name(struct buf *out, const char *name, bool *first)
{
    if (!*first)
        kith__buf_char(out, ',');
    *first = false;
    kith__buf_json_string(out, name, strlen(name));
    kith__buf_char(out, ':');
}

static void add_attrs(struct buf *out, const kith_record *r, bool *first)
{
    for (unsigned i = 0; i < r->shape->visible_count; i++) {
        add_name(out, r->shape->slots[i]->name, first);
        add_value(out, &r->values[i], r->shape->slots[i]->type.id);
    }
    for (unsigned i = 0; i < r->shape->computed_count; i++) {
        add_name(out, r->shape->computed[i]->name, first);
        add_value(out, &r->values[r->shape->slot_count + i], r->shape->computed[i]->type.id);
    }
}

/* ---- what lies in what ---- */

/* A list or a record that was begun. */
struct frame {
    const kith_list *list; /* or */
    const kith_record *r, *link;
    size_t next; /* of the list's records, or of the record's children */
    bool first;  /* nothing is written in it yet */
};

/* A tree may be as deep as it has nodes, so what was begun does not lie on the thread's stack. */
struct writer {
    struct buf *out;
    struct frame *frames;
    size_t count, capacity;
};

static void begin(struct writer *w, struct frame frame)
{
    struct buf *out = w->out;
    if (!kith__grow(out->allocator, (void **)&w->frames, w->count, &w->capacity, sizeof *w->frames)) {
        out->failed = true;
        return;
    }
    frame.first = true;
    kith__buf_char(out, frame.r ? '{' : '[');
    if (frame.r)
        add_attrs(out, frame.r, &frame.first);
    w->frames[w->count++] = frame;
}

static void end(struct writer *w)
{
    kith__buf_char(w->out, w->frames[--w->count].r ? '}' : ']');
}

static void go_on_list(struct writer *w, struct frame *f)
{
    size_t i = f->next++;
    if (!f->list || i >= f->list->count) {
        end(w);
        return;
    }
    if (i)
        kith__buf_char(w->out, ',');
    begin(w, (struct frame){ .r = f->list->at[i], .link = f->list->links ? f->list->links[i] : NULL });
}

static void go_on_child(struct writer *w, struct frame *f)
{
    const struct shape_child *child = &f->r->shape->children[f->next];
    const union related *related = &record_related(f->r)[f->next++];
    add_name(w->out, child->name, &f->first);
    if (child->many)
        begin(w, (struct frame){ .list = related->many });
    else if (related->one)
        begin(w, (struct frame){ .r = related->one });
    else
        kith__buf_add(w->out, "null");
}

static void go_on_record(struct writer *w, struct frame *f)
{
    if (f->next < f->r->shape->child_count) {
        go_on_child(w, f);
    } else if (f->link) {
        const kith_record *link = f->link;
        f->link = NULL;
        add_name(w->out, link->shape->model->name, &f->first);
        begin(w, (struct frame){ .r = link });
    } else {
        end(w);
    }
}

static bool write_all(struct buf *out, struct frame first)
{
    struct writer w = { .out = out };
    begin(&w, first);
    while (w.count && !out->failed) {
        struct frame *f = &w.frames[w.count - 1]; /* until the next begin */
        if (f->r)
            go_on_record(&w, f);
        else
            go_on_list(&w, f);
    }
    kith__free(out->allocator, w.frames, w.capacity * sizeof *w.frames);
    return !out->failed;
}

bool kith__json_list(struct buf *out, const kith_list *list)
{
    return write_all(out, (struct frame){ .list = list });
}

bool kith__json_record(struct buf *out, const kith_record *r)
{
    return write_all(out, (struct frame){ .r = r });
}
