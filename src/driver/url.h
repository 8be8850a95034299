/* url: taking database URLs apart. Never puts a password into a message. */
#ifndef KITH_DRIVER_URL_H
#define KITH_DRIVER_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "kith/error.h"

/* Decodes %xx into `to`. False when it does not fit, or a % is not followed by two hex digits, or the text would hold
 * a NUL. */
bool kith__url_decode(const char *text, size_t size, char *to, size_t room);

/* Walks through "key=value&key=value" from *at (the text behind '?'). False at the end, or with err->status set when
 * something is malformed. */
struct url_option {
    char key[32], value[512];
};
bool kith__url_option(const char **at, struct url_option *option, kith_error *err);

#endif
