/* uuid: making and checking UUIDs (RFC 9562), by libuuid. Version 7 is made here from libuuid's random bytes, as the
 * packaged libuuid does not have it yet. */
#ifndef KITH_BASE_UUID_H
#define KITH_BASE_UUID_H

#include <stdbool.h>
#include <stddef.h>

enum { KITH__UUID_TEXT = 37 }; /* 36 characters and NUL */

void kith__uuid_v1(char to[KITH__UUID_TEXT]);
void kith__uuid_v4(char to[KITH__UUID_TEXT]);
/* Sorts by the time it was made, to the millisecond. */
void kith__uuid_v7(char to[KITH__UUID_TEXT]);
/* Takes upper and lower case, writes lower case; false when the text is no UUID. */
bool kith__uuid_canonical(const char *text, size_t size, char to[KITH__UUID_TEXT]);

#endif
