/* show: see show.h. */
#include "schema/show.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "base/time.h"
#include "base/utf8.h"
#include "base/value.h"

enum {
    LONGEST_TEXT = 40, /* bytes */
    LONGEST_BYTES = 16,
    LONGEST_CHOICES = 500, /* so that a message with a long list still fits in a kith_error */
    LONGEST_GUESS = 64
};

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* How much of a text is shown, cut between two characters. */
static size_t shown_size(const char *text, size_t size)
{
    if (size <= LONGEST_TEXT)
        return size;
    size_t cut = LONGEST_TEXT;
    while (cut > LONGEST_TEXT - 3 && is_continuation(text[cut]))
        cut--;
    return cut;
}

static void show_bytes(struct buf *b, const unsigned char *bytes, size_t size)
{
    size_t shown = size < LONGEST_BYTES ? size : LONGEST_BYTES;
    kith__buf_add(b, "x'");
    for (size_t i = 0; i < shown; i++)
        kith__buf_format(b, "%02x", bytes[i]);
    kith__buf_add(b, shown < size ? "'…" : "'");
}

static void show_text(struct buf *b, const char *text, size_t size)
{
    size_t shown = shown_size(text, size);
    if (kith__utf8_count(text, shown) < 0) {
        show_bytes(b, (const unsigned char *)text, size);
        return;
    }
    kith__buf_json_string(b, text, shown);
    if (shown < size)
        kith__buf_add(b, "…");
}

static void show_double(struct buf *b, double d)
{
    if (isnan(d))
        kith__buf_add(b, "not a number");
    else if (isinf(d))
        kith__buf_add(b, d < 0 ? "minus infinity" : "infinity");
    else
        kith__buf_double(b, d);
}

static void show_timestamp(struct buf *b, int64_t microseconds)
{
    char text[KITH__TIMESTAMP_TEXT];
    if (kith__timestamp_write(microseconds, true, text) > 0) {
        kith__buf_add(b, text);
        return;
    }
    kith__buf_int(b, microseconds);
    kith__buf_add(b, " microseconds since 1970");
}

void kith__show(struct buf *b, const kith_value *value)
{
    switch (value->kind) {
    case KITH_BOOL: kith__buf_add(b, value->as.boolean ? "true" : "false"); break;
    case KITH_INT: kith__buf_int(b, value->as.integer); break;
    case KITH_DOUBLE: show_double(b, value->as.real); break;
    case KITH_STR: show_text(b, value->as.str, value->size); break;
    case KITH_BYTES: show_bytes(b, value->as.bytes, value->size); break;
    case KITH_TIMESTAMP: show_timestamp(b, value->as.timestamp); break;
    default: break;
    }
}

void kith__show_given(struct buf *b, const kith_value *value)
{
    kith__buf_add(b, kith__kind_name(value->kind));
    if (value->kind < KITH_BOOL || value->kind > KITH_TIMESTAMP)
        return;
    kith__buf_add(b, " (");
    kith__show(b, value);
    kith__buf_char(b, ')');
}

/* NULL when nothing is near. */
static const char *nearest_choice(const char *const *choices, const kith_value *given)
{
    char wanted[LONGEST_GUESS]; /* the value need not end with NUL */
    if (given->size >= sizeof wanted)
        return NULL;
    memcpy(wanted, given->as.str, given->size);
    wanted[given->size] = '\0';
    struct nearest n;
    kith__nearest_start(&n, wanted);
    for (const char *const *at = choices; at && *at; at++)
        kith__nearest_offer(&n, *at);
    return n.best;
}

void kith__show_choices(struct buf *b, const char *const *choices, const kith_value *given)
{
    size_t end = b->size + LONGEST_CHOICES;
    for (const char *const *at = choices; at && *at; at++) {
        if (at > choices)
            kith__buf_add(b, ", ");
        if (b->size > end) {
            kith__buf_add(b, "…");
            break;
        }
        show_text(b, *at, strlen(*at));
    }
    const char *nearest = nearest_choice(choices, given);
    if (!nearest)
        return;
    kith__buf_add(b, " (the nearest is ");
    show_text(b, nearest, strlen(nearest));
    kith__buf_char(b, ')');
}
