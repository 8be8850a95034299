/* json: is this text JSON, and how deep. By jansson. */
#ifndef KITH_BASE_JSON_H
#define KITH_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

/* False, with the parser's words and place in why, when the text is not one JSON value. */
bool kith__json_valid(const char *text, size_t size, char *why, size_t room);

/* How many arrays and objects stand inside each other at most, in a text that is valid: 0 of a number, 2 of [{}]. */
size_t kith__json_depth(const char *text, size_t size);

#endif
