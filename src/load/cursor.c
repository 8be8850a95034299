/* cursor: the place of a row in an order as text: base64url of a JSON array of a fingerprint of the order, a sum that
 * tells whether anything was changed, and the values. Neither is a secret: whoever makes a cursor of his own gets another
 * place in the same rows, and its values are bound like any others. */
#include <stdio.h>

#include "base/base64.h"
#include "base/error.h"
#include "base/json.h"
#include "base/str.h"
#include "load/page.h"
#include "schema/coerce.h"

int kith__page_type(const struct sql_expr *e)
{
    bool counts = e->op == SQL_SELECT && e->select->items->expr->op == SQL_COUNT;
    return counts ? KITH_T_BIGINT : e->type;
}

/* ---- out ---- */

static void write_bytes(struct buf *out, const kith_value *v)
{
    kith__buf_char(out, '"');
    kith__base64url_write(out, v->as.bytes, v->size);
    kith__buf_char(out, '"');
}

static void write_value(struct buf *out, const kith_value *v)
{
    int64_t bits;
    switch (v->kind) {
    case KITH_BOOL: kith__buf_add(out, v->as.boolean ? "true" : "false"); break;
    case KITH_INT: kith__buf_int(out, v->as.integer); break;
    case KITH_TIMESTAMP: kith__buf_int(out, v->as.timestamp); break;
    case KITH_DOUBLE: /* JSON knows fewer of them */
        memcpy(&bits, &v->as.real, sizeof bits);
        kith__buf_int(out, bits);
        break;
    case KITH_STR: kith__buf_json_string(out, v->as.str, v->size); break;
    case KITH_BYTES: write_bytes(out, v); break;
    default: kith__buf_add(out, "null");
    }
}

static uint32_t sum_of(const struct page *page, const char *values, size_t size)
{
    return kith__hash(values, size) ^ page->fingerprint;
}

bool kith__cursor_write(struct buf *out, const struct page *page, const kith_value *values)
{
    struct buf rest, all;
    kith__buf_init(&rest, out->allocator);
    kith__buf_init(&all, out->allocator);
    for (unsigned i = 0; i < page->width; i++) {
        kith__buf_char(&rest, ',');
        write_value(&rest, &values[i]);
    }
    kith__buf_char(&rest, ']');
    bool good = !rest.failed;
    if (good) {
        kith__buf_format(&all, "[%u,%u", (unsigned)page->fingerprint, (unsigned)sum_of(page, rest.text, rest.size));
        kith__buf_add_n(&all, rest.text, rest.size);
        kith__base64url_write(out, all.text, all.failed ? 0 : all.size);
        good = !all.failed && !out->failed;
    }
    kith__buf_free(&rest);
    kith__buf_free(&all);
    return good;
}

/* ---- in ---- */

static bool read_bytes(struct load *l, const kith_value *from, kith_value *to)
{
    size_t count;
    unsigned char *bytes = ARENA_ARRAY(&l->scratch, KITH__BASE64URL_BYTES((size_t)from->size), unsigned char);
    if (!bytes || !kith__base64url_read(from->as.str, from->size, bytes, &count))
        return false;
    *to = kith_of_bytes(bytes, count);
    return true;
}

/* Text that the database would take for a value of the type. */
static bool read_text(struct load *l, const struct sql_expr *e, const kith_value *from, kith_value *to)
{
    static const struct model nothing;
    kith_error ignored;
    struct attr like = { .name = "", .model = &nothing };
    if (e->attr)
        like = *e->attr;
    like.type.id = kith__page_type(e);
    if (like.type.id == KITH_T_STRING || like.type.id == KITH_T_TEXT) {
        *to = *from;
        return true;
    }
    kith_type own = like.type;
    if (like.type.id == KITH_T_DECIMAL) { /* any, as in a condition */
        like.type.size = 65;
        like.type.scale = 30;
    }
    if (kith__coerce(&like, *from, &l->scratch, to, &ignored))
        return true;
    like.type = own;
    return e->attr && kith__coerce(&like, *from, &l->scratch, to, &ignored);
}

static bool read_value(struct load *l, const struct sql_order *o, const kith_value *from, kith_value *to)
{
    int kind = kith__type_kind(kith__page_type(o->expr));
    *to = *from;
    if (from->kind == KITH_NULL)
        return o->nullable;
    switch (kind) {
    case KITH_TIMESTAMP: *to = kith_of_timestamp(from->as.integer); return from->kind == KITH_INT;
    case KITH_DOUBLE:
        to->kind = KITH_DOUBLE;
        memcpy(&to->as.real, &from->as.integer, sizeof to->as.real);
        return from->kind == KITH_INT;
    case KITH_BYTES: return from->kind == KITH_STR && read_bytes(l, from, to);
    case KITH_STR: return from->kind == KITH_STR && read_text(l, o->expr, from, to);
    default: return from->kind == kind;
    }
}

static bool read_values(struct load *l, const struct page *page, const kith_value *items, kith_value *values)
{
    for (const struct sql_order *o = page->orders; o; o = o->next)
        if (!read_value(l, o, items++, values++))
            return false;
    return true;
}

/* What stands behind the fingerprint and the sum. */
static const char *values_in(const char *json, size_t size)
{
    const char *comma = memchr(json, ',', size);
    return comma ? memchr(comma + 1, ',', size - (size_t)(comma + 1 - json)) : NULL;
}

static bool is_number(const kith_value *v, uint32_t number)
{
    return v->kind == KITH_INT && v->as.integer == (int64_t)number;
}

enum cursor_fault { CURSOR_GOOD, CURSOR_FOREIGN, CURSOR_DAMAGED };

/* The number of values is known only when the fingerprint is the right one. */
static enum cursor_fault read_json(struct load *l, const struct page *page, const char *json, size_t size,
                                   kith_value *values)
{
    kith_value *items = ARENA_ARRAY(&l->scratch, (size_t)page->width + 2, kith_value);
    char start[16];
    int length = snprintf(start, sizeof start, "[%u,", (unsigned)page->fingerprint);
    if (size <= (size_t)length || json[0] != '[' || !items)
        return CURSOR_DAMAGED;
    if (memcmp(json, start, (size_t)length) != 0)
        return kith__json_valid(json, size, start, sizeof start) ? CURSOR_FOREIGN : CURSOR_DAMAGED;
    const char *rest = values_in(json, size);
    if (!rest || !kith__json_array(json, size, &l->scratch, items, (size_t)page->width + 2))
        return CURSOR_DAMAGED;
    bool good = is_number(&items[1], sum_of(page, rest, size - (size_t)(rest - json))) &&
                read_values(l, page, items + 2, values);
    return good ? CURSOR_GOOD : CURSOR_DAMAGED;
}

bool kith__cursor_read(struct load *l, const struct page *page, const char *option, const char *text,
                       kith_value *values)
{
    size_t size = strlen(text), count = 0;
    unsigned char *json = ARENA_ARRAY(&l->scratch, KITH__BASE64URL_BYTES(size), unsigned char);
    enum cursor_fault fault = CURSOR_DAMAGED;
    if (json && kith__base64url_read(text, size, json, &count))
        fault = read_json(l, page, (const char *)json, count, values);
    if (l->scratch.failed)
        return kith__load_no_memory(l);
    if (fault == CURSOR_FOREIGN)
        return kith__error_set(l->err, KITH_E_VALIDATION,
                               "%s is a cursor of another query: its model or its order is not this one's", option);
    return fault == CURSOR_GOOD ||
           kith__error_set(l->err, KITH_E_VALIDATION, "%s is not a cursor that kith_find_page gave", option);
}
