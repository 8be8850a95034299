/* base64: see base64.h. */
#include "base/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void kith__base64url_write(struct buf *out, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    for (size_t at = 0; at < size && !out->failed; at += 3) {
        size_t count = size - at < 3 ? size - at : 3;
        unsigned bits = 0;
        for (size_t i = 0; i < 3; i++)
            bits = bits << 8 | (i < count ? from[at + i] : 0u);
        for (size_t i = 0; i <= count; i++)
            kith__buf_char(out, digits[bits >> (18 - 6 * i) & 63]);
    }
}

/* A group of 2 to 4 digits; false when one is none, or says bits that no byte has. */
static bool read_group(const char *text, size_t count, unsigned char *bytes)
{
    unsigned bits = 0;
    for (size_t i = 0; i < 4; i++) {
        const char *digit = i < count ? memchr(digits, text[i], sizeof digits - 1) : digits;
        if (!digit)
            return false;
        bits = bits << 6 | (unsigned)(digit - digits);
    }
    for (size_t i = 0; i + 1 < count; i++)
        bytes[i] = (unsigned char)(bits >> (16 - 8 * i));
    return count == 4 || (bits & (count == 3 ? 0xffu : 0xffffu)) == 0;
}

bool kith__base64url_read(const char *text, size_t size, unsigned char *bytes, size_t *count)
{
    *count = 0;
    if (size % 4 == 1)
        return false;
    for (size_t at = 0; at < size; at += 4) {
        size_t width = size - at < 4 ? size - at : 4;
        if (!read_group(text + at, width, bytes + *count))
            return false;
        *count += width - 1;
    }
    return true;
}
