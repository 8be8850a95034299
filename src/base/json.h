/* json: is this text JSON, and how deep; the items of a simple array. By jansson. */
#ifndef KITH_BASE_JSON_H
#define KITH_BASE_JSON_H

#include "base/arena.h"

/* False, with the parser's words and place in why, when the text is not one JSON value. */
bool kith__json_valid(const char *text, size_t size, char *why, size_t room);

/* How many arrays and objects stand inside each other at most, in a text that is valid: 0 of a number, 2 of [{}]. */
size_t kith__json_depth(const char *text, size_t size);

/* The items of an array: each null, a boolean, a 64-bit integer or a text, which is copied. False when the text is
 * something else, or has other than `count` items; also when memory is short. */
bool kith__json_array(const char *text, size_t size, kith_arena *arena, kith_value *items, size_t count);

#endif
