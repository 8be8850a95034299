/* utf8: see utf8.h. Most text is ASCII, so that is counted eight bytes at a time. */
#include "base/utf8.h"

#include <string.h>
#include <utf8proc.h>

static size_t ascii_length(const char *text, size_t size)
{
    static const uint64_t high_bits = 0x8080808080808080u;
    size_t at = 0;
    for (uint64_t word; size - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        if (word & high_bits)
            break;
    }
    while (at < size && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

int64_t kith__utf8_count(const char *text, size_t size)
{
    int64_t count = 0;
    size_t at = 0;
    while (at < size) {
        size_t ascii = ascii_length(text + at, size - at);
        at += ascii;
        count += (int64_t)ascii;
        if (at == size)
            break;
        utf8proc_int32_t character;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)(size - at),
                                                 &character);
        if (used <= 0)
            return -1;
        at += (size_t)used;
        count++;
    }
    return count;
}
