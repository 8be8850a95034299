/* utf8: is this text UTF-8, and how many characters has it. By utf8proc. */
#ifndef KITH_BASE_UTF8_H
#define KITH_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The number of code points, or -1 when the bytes are not UTF-8 (overlong forms and surrogates are not). */
int64_t kith__utf8_count(const char *text, size_t size);

#endif
