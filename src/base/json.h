/* json: is this text JSON. By jansson. */
#ifndef KITH_BASE_JSON_H
#define KITH_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

/* False, with the parser's words and place in why, when the text is not one JSON value. */
bool kith__json_valid(const char *text, size_t size, char *why, size_t room);

#endif
