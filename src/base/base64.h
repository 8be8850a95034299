/* base64: bytes as text that may stand in a URL (RFC 4648, section 5), without padding. buf has the other alphabet. */
#ifndef KITH_BASE_BASE64_H
#define KITH_BASE_BASE64_H

#include "base/buf.h"

void kith__base64url_write(struct buf *out, const void *bytes, size_t size);
/* The most bytes that so much text holds. */
#define KITH__BASE64URL_BYTES(size) ((size) / 4 * 3 + 3)
/* Reads what the writer wrote, and nothing else: false for other characters, lengths and spare bits. */
bool kith__base64url_read(const char *text, size_t size, unsigned char *bytes, size_t *count);

#endif
