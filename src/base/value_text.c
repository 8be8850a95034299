/* value_text: see value_text.h. */
#include "base/value_text.h"

#include <inttypes.h>

#include "base/time.h"
#include "base/value.h"

static void write_text(struct buf *to, const char *text, size_t size)
{
    kith__buf_char(to, '\'');
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\'')
            kith__buf_char(to, '\'');
        kith__buf_char(to, text[i]);
    }
    kith__buf_char(to, '\'');
}

static void write_bytes(struct buf *to, const unsigned char *bytes, size_t size)
{
    kith__buf_add(to, "x'");
    for (size_t i = 0; i < size; i++)
        kith__buf_format(to, "%02x", bytes[i]);
    kith__buf_char(to, '\'');
}

void kith__value_write(struct buf *to, const kith_value *v)
{
    char text[KITH__TIMESTAMP_TEXT];
    switch (v->kind) {
    case KITH_NULL: kith__buf_add(to, "NULL"); break;
    case KITH_BOOL: kith__buf_add(to, v->as.boolean ? "true" : "false"); break;
    case KITH_INT: kith__buf_int(to, v->as.integer); break;
    case KITH_DOUBLE: kith__buf_double(to, v->as.real); break;
    case KITH_STR: write_text(to, v->as.str, v->size); break;
    case KITH_BYTES: write_bytes(to, v->as.bytes, v->size); break;
    case KITH_TIMESTAMP:
        if (kith__timestamp_write(v->as.timestamp, true, text) > 0)
            kith__buf_add(to, text);
        else
            kith__buf_format(to, "<%" PRId64 " microseconds>", v->as.timestamp);
        break;
    default: kith__buf_format(to, "<%s>", kith__kind_name(v->kind));
    }
}
