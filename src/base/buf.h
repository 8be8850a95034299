/* buf: text that grows.
 *
 * Promises a sticky failure: when memory is short, `failed` is set and everything later is ignored, so a writer checks
 * once. The text always ends with NUL. Does not know SQL. */
#ifndef KITH_BASE_BUF_H
#define KITH_BASE_BUF_H

#include "base/alloc.h"

struct buf {
    const kith_allocator *allocator;
    char *text; /* NULL until something is written */
    size_t size, capacity;
    bool failed;
};

void kith__buf_init(struct buf *b, const kith_allocator *allocator);
void kith__buf_free(struct buf *b);
/* Empties it and keeps the memory and forgets the failure. */
void kith__buf_clear(struct buf *b);
void kith__buf_add(struct buf *b, const char *text);
void kith__buf_add_n(struct buf *b, const char *text, size_t size);
/* So many bytes more, to be written by the caller; NULL when memory is short. */
char *kith__buf_room(struct buf *b, size_t size);
void kith__buf_char(struct buf *b, char c);
void kith__buf_int(struct buf *b, int64_t n);
__attribute__((format(printf, 2, 3))) void kith__buf_format(struct buf *b, const char *format, ...);
/* Text in quotes, the quote inside doubled: "a""b". */
void kith__buf_quoted(struct buf *b, const char *text, char quote);
/* A JSON string with its quotes, escaped as RFC 8259 asks. */
void kith__buf_json_string(struct buf *b, const char *text, size_t size);
void kith__buf_base64(struct buf *b, const void *bytes, size_t size);
/* Decimal text that reads back as the same double, with as few digits as that takes (next to some powers of two, one
 * more); "null" for not-a-number and infinities. */
void kith__buf_double(struct buf *b, double d);
/* The text, "" when nothing was written or memory was short. */
const char *kith__buf_text(const struct buf *b);

#endif
