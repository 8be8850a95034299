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

/* Behind the text that begins with the quote at `at`. */
static size_t skip_text(const char *text, size_t size, size_t at)
{
    for (at++; at < size && text[at] != '"'; at++)
        if (text[at] == '\\')
            at++;
    return at;
}

size_t kith__json_depth(const char *text, size_t size)
{
    size_t depth = 0, deepest = 0;
    for (size_t at = 0; at < size; at++) {
        char c = text[at];
        if (c == '"')
            at = skip_text(text, size, at);
        else if (c == '[' || c == '{')
            depth++;
        else if (c == ']' || c == '}')
            depth--;
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

static bool read_item(const json_t *from, kith_arena *arena, kith_value *to)
{
    switch (json_typeof(from)) {
    case JSON_NULL: *to = kith_of_null(); return true;
    case JSON_TRUE:
    case JSON_FALSE: *to = kith_of_bool(json_is_true(from)); return true;
    case JSON_INTEGER: *to = kith_of_int(json_integer_value(from)); return true;
    case JSON_STRING:
        return kith__arena_value(arena, kith_of_text(json_string_value(from), json_string_length(from)), to);
    default: return false;
    }
}

bool kith__json_array(const char *text, size_t size, kith_arena *arena, kith_value *items, size_t count)
{
    json_t *array = json_loadb(size > 0 ? text : "", size, JSON_ALLOW_NUL, NULL);
    bool good = json_is_array(array) && json_array_size(array) == count;
    for (size_t i = 0; good && i < count; i++)
        good = read_item(json_array_get(array, i), arena, &items[i]);
    json_decref(array);
    return good;
}
