/* buf: see buf.h. The locale is the program's matter, so numbers are written without it. */
#include "base/buf.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 128 };

void kith__buf_init(struct buf *b, const kith_allocator *allocator)
{
    *b = (struct buf){ .allocator = allocator };
}

void kith__buf_free(struct buf *b)
{
    kith__free(b->allocator, b->text, b->capacity);
    kith__buf_init(b, b->allocator);
}

void kith__buf_clear(struct buf *b)
{
    b->size = 0;
    b->failed = false;
    if (b->text)
        b->text[0] = '\0';
}

static bool widen(struct buf *b, size_t more)
{
    size_t wider = b->capacity > 0 ? b->capacity : FIRST_CAPACITY;
    while (wider <= PTRDIFF_MAX && wider - b->size <= more)
        wider *= 2;
    char *moved = wider <= PTRDIFF_MAX ? kith__resize(b->allocator, b->text, b->capacity, wider) : NULL;
    if (!moved) {
        b->failed = true;
        return false;
    }
    b->text = moved;
    b->capacity = wider;
    return true;
}

/* Makes room for `more` bytes and a NUL. */
static inline bool make_room(struct buf *b, size_t more)
{
    return !b->failed && (more < b->capacity - b->size || widen(b, more));
}

void kith__buf_add_n(struct buf *b, const char *text, size_t size)
{
    if (!make_room(b, size))
        return;
    if (size > 0)
        memcpy(b->text + b->size, text, size);
    b->size += size;
    b->text[b->size] = '\0';
}

char *kith__buf_room(struct buf *b, size_t size)
{
    if (!make_room(b, size))
        return NULL;
    char *room = b->text + b->size;
    b->size += size;
    b->text[b->size] = '\0';
    return room;
}

void kith__buf_add(struct buf *b, const char *text)
{
    if (text)
        kith__buf_add_n(b, text, strlen(text));
}

void kith__buf_char(struct buf *b, char c)
{
    if (!make_room(b, 1))
        return;
    b->text[b->size++] = c;
    b->text[b->size] = '\0';
}

void kith__buf_int(struct buf *b, int64_t n)
{
    char digits[20]; /* the longest is that of -2^63, with its sign */
    size_t at = sizeof digits;
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (n < 0)
        digits[--at] = '-';
    kith__buf_add_n(b, digits + at, sizeof digits - at);
}

void kith__buf_format(struct buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0) {
        b->failed = true;
    } else if (make_room(b, (size_t)size)) {
        vsnprintf(b->text + b->size, (size_t)size + 1, format, again);
        b->size += (size_t)size;
    }
    va_end(again);
}

/* There is room for all of it, were it nothing but quotes, before the first byte is written. */
void kith__buf_quoted(struct buf *b, const char *text, char quote)
{
    size_t size = strlen(text);
    if (size > SIZE_MAX / 2 - 2 || !make_room(b, 2 * size + 2)) {
        b->failed = true;
        return;
    }
    char *to = b->text + b->size;
    *to++ = quote;
    for (const char *found; (found = strchr(text, quote));) {
        size_t part = (size_t)(found - text) + 1;
        memcpy(to, text, part);
        to += part;
        *to++ = quote;
        text += part;
        size -= part;
    }
    memcpy(to, text, size);
    to += size;
    *to++ = quote;
    *to = '\0';
    b->size = (size_t)(to - b->text);
}

static bool needs_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

static void add_escape(struct buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char known[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = c ? strchr(known, c) : NULL;
    if (found) {
        kith__buf_add_n(b, (const char[]){ '\\', letters[found - known] }, 2);
        return;
    }
    kith__buf_add_n(b, (const char[]){ '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 6);
}

void kith__buf_json_string(struct buf *b, const char *text, size_t size)
{
    kith__buf_char(b, '"');
    size_t done = 0;
    for (size_t i = 0; i < size; i++) {
        if (!needs_escape((unsigned char)text[i]))
            continue;
        kith__buf_add_n(b, text + done, i - done);
        add_escape(b, (unsigned char)text[i]);
        done = i + 1;
    }
    if (done < size)
        kith__buf_add_n(b, text + done, size - done);
    kith__buf_char(b, '"');
}

/* Three bytes (or fewer, the last) as four characters. */
static void base64_group(const unsigned char *bytes, size_t count, char to[4])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = (unsigned)bytes[0] << 16;
    if (count > 1)
        bits |= (unsigned)bytes[1] << 8;
    if (count > 2)
        bits |= bytes[2];
    to[0] = digits[bits >> 18];
    to[1] = digits[bits >> 12 & 63];
    to[2] = count > 1 ? digits[bits >> 6 & 63] : '=';
    to[3] = count > 2 ? digits[bits & 63] : '=';
}

void kith__buf_base64(struct buf *b, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    for (size_t i = 0; i < size && !b->failed; i += 3) {
        char group[4];
        base64_group(from + i, size - i, group);
        kith__buf_add_n(b, group, sizeof group);
    }
}

/* Adds what printf wrote, with a point where the locale has something else. */
static void add_number(struct buf *b, const char *text)
{
    static const char ours[] = "+-0123456789e";
    size_t before = strspn(text, ours);
    size_t point = strcspn(text + before, ours);
    kith__buf_add_n(b, text, before);
    if (point > 0)
        kith__buf_char(b, '.');
    kith__buf_add(b, text + before + point);
}

void kith__buf_double(struct buf *b, double d)
{
    if (!isfinite(d)) {
        kith__buf_add(b, "null");
        return;
    }
    /* 15 digits of a number are always kept, 17 always tell it from its neighbours; the smallest numbers keep fewer. */
    char text[48];
    for (int digits = fpclassify(d) == FP_SUBNORMAL ? 1 : 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, d);
        if (strtod(text, NULL) == d)
            break;
    }
    add_number(b, text);
}

const char *kith__buf_text(const struct buf *b)
{
    return b->text && !b->failed ? b->text : "";
}
