/* json: records as JSON text. Prints what the query asked for and nothing the library added. */
#include "base/buf.h"
#include "base/time.h"
#include "load/load.h"

static void add_record(struct buf *out, const kith_record *r, const kith_record *link);

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

static void add_list(struct buf *out, const kith_list *list)
{
    kith__buf_char(out, '[');
    for (size_t i = 0; list && i < list->count; i++) {
        if (i)
            kith__buf_char(out, ',');
        add_record(out, list->at[i], list->links ? list->links[i] : NULL);
    }
    kith__buf_char(out, ']');
}

static void add_attrs(struct buf *out, const kith_record *r, bool *first)
{
    for (unsigned i = 0; i < r->shape->visible_count; i++) {
        add_name(out, r->shape->slots[i]->name, first);
        add_value(out, &r->values[i], r->shape->slots[i]->type.id);
    }
}

static void add_children(struct buf *out, const kith_record *r, bool *first)
{
    for (unsigned i = 0; i < r->shape->child_count; i++) {
        const struct shape_child *child = &r->shape->children[i];
        add_name(out, child->name, first);
        if (child->many)
            add_list(out, r->related[i].many);
        else if (r->related[i].one)
            add_record(out, r->related[i].one, NULL);
        else
            kith__buf_add(out, "null");
    }
}

static void add_record(struct buf *out, const kith_record *r, const kith_record *link)
{
    bool first = true;
    kith__buf_char(out, '{');
    add_attrs(out, r, &first);
    add_children(out, r, &first);
    if (link) {
        add_name(out, link->shape->model->name, &first);
        add_record(out, link, NULL);
    }
    kith__buf_char(out, '}');
}

bool kith__json_list(struct buf *out, const kith_list *list)
{
    add_list(out, list);
    return !out->failed;
}

bool kith__json_record(struct buf *out, const kith_record *r)
{
    add_record(out, r, NULL);
    return !out->failed;
}
