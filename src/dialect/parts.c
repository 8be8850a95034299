/* parts: see parts.h. */
#include "dialect/parts.h"

static void add(struct renderer *r, const char *text)
{
    kith__buf_add(&r->text, text);
}

void kith__check_length(struct renderer *r, const char *function, const struct attr *attr)
{
    kith__buf_format(&r->text, " CHECK (%s(", function);
    kith__render_name(r, attr->column);
    kith__buf_format(&r->text, ") <= %u)", attr->type.size);
}

void kith__check_labels(struct renderer *r, const struct attr *attr)
{
    add(r, " CHECK (");
    kith__render_name(r, attr->column);
    add(r, " IN (");
    for (const char *const *label = attr->type.labels; *label; label++) {
        if (label != attr->type.labels)
            add(r, ", ");
        kith__render_literal(r, *label);
    }
    add(r, "))");
}

void kith__check_column(struct renderer *r, const struct attr *attr, const char *rest)
{
    add(r, " CHECK (");
    kith__render_name(r, attr->column);
    add(r, rest);
    add(r, ")");
}

void kith__upsert_on_conflict(struct renderer *r, const struct sql_insert *s)
{
    add(r, " ON CONFLICT (");
    for (unsigned i = 0; i < s->conflict_count; i++) {
        if (i)
            add(r, ", ");
        kith__render_name(r, s->conflict_columns[i]);
    }
    if (s->conflict == SQL_CONFLICT_NOTHING) {
        add(r, ") DO NOTHING");
        return;
    }
    add(r, ") DO UPDATE SET ");
    if (s->update) {
        kith__render_sets(r, s->update);
        return;
    }
    kith__render_name(r, s->conflict_columns[0]);
    add(r, " = excluded.");
    kith__render_name(r, s->conflict_columns[0]);
}

void kith__buf_hex(struct buf *b, const void *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        kith__buf_add_n(b, (const char[]){ digits[at[i] >> 4], digits[at[i] & 15] }, 2);
}

void kith__render_json_keys(struct renderer *r, const struct sql_keys *keys, key_writer *write, const unsigned *forms)
{
    struct buf b;
    kith__buf_init(&b, r->allocator);
    for (size_t i = 0; i < keys->count; i++) {
        kith__buf_char(&b, i ? ',' : '[');
        for (unsigned j = 0; j < keys->width; j++) {
            if (keys->width > 1)
                kith__buf_char(&b, j ? ',' : '[');
            write(&b, &keys->values[i * keys->width + j], forms[j]);
        }
        if (keys->width > 1)
            kith__buf_char(&b, ']');
    }
    kith__buf_char(&b, ']');
    kith__render_built(r, &b);
}

void kith__array_text(struct buf *b, const char *text, size_t size)
{
    kith__buf_char(b, '"');
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"' || text[i] == '\\')
            kith__buf_char(b, '\\');
        kith__buf_char(b, text[i]);
    }
    kith__buf_char(b, '"');
}

void kith__render_built(struct renderer *r, struct buf *built)
{
    /* A value's size has 32 bits. */
    char *text = built->failed || built->size > UINT32_MAX
                     ? NULL
                     : kith__arena_text_n(r->arena, kith__buf_text(built), built->size);
    if (text)
        kith__render_param(r, kith_of_text(text, built->size), KITH_T_TEXT);
    else
        r->failed = true;
    kith__buf_free(built);
}
