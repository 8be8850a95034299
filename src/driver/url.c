/* url: see url.h. */
#include "driver/url.h"

#include <string.h>

#include "base/error.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool kith__url_decode(const char *text, size_t size, char *to, size_t room)
{
    size_t written = 0;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == '%') {
            int high = size - i > 2 ? hex_digit(text[i + 1]) : -1;
            int low = size - i > 2 ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\0' || written + 1 >= room)
            return false;
        to[written++] = c;
    }
    if (room == 0)
        return false;
    to[written] = '\0';
    return true;
}

/* The messages quote no more than a key: what has no '=' may be the rest of a password with a '?' in it. */
bool kith__url_option(const char **at, struct url_option *option, kith_error *err)
{
    err->status = KITH_OK;
    const char *text = *at + strspn(*at, "&");
    if (!*text)
        return false;
    size_t size = strcspn(text, "&");
    const char *equals = memchr(text, '=', size);
    if (!equals)
        return kith__error_set(err, KITH_E_USAGE,
                               "an option in the URL has no \"=\": options are written key=value behind a \"?\", with "
                               "\"&\" between them");
    size_t key_size = (size_t)(equals - text);
    if (key_size == 0 || !kith__url_decode(text, key_size, option->key, sizeof option->key))
        return kith__error_set(err, KITH_E_USAGE,
                               "an option in the URL has a key that is empty, too long, or has a \"%%\" without two "
                               "hexadecimal digits");
    if (!kith__url_decode(equals + 1, size - key_size - 1, option->value, sizeof option->value))
        return kith__error_set(err, KITH_E_USAGE,
                               "the value of the URL option \"%s\" is too long, or has a \"%%\" without two "
                               "hexadecimal digits",
                               option->key);
    *at = text + size;
    return true;
}
