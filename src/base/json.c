/* json: see json.h. */
#include "base/json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

bool kith__json_valid(const char *text, size_t size, char *why, size_t room)
{
    /* jansson overlooks a NUL behind a number; escaped in a string it is JSON, as a byte it never is. */
    if (size > 0 && memchr(text, '\0', size)) {
        kith__copy(why, room, "a NUL byte is not JSON");
        return false;
    }
    /* Integers are read as reals because jansson refuses those above 64 bits, which JSON allows. */
    const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;
    json_error_t error;
    json_t *parsed = json_loadb(size > 0 ? text : "", size, flags, &error);
    if (parsed) {
        json_decref(parsed);
        return true;
    }
    char message[sizeof error.text + 64];
    snprintf(message, sizeof message, "%s, line %d column %d", error.text, error.line, error.column);
    kith__copy(why, room, message);
    return false;
}
