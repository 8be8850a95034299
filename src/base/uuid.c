/* uuid: see uuid.h. */
#include "base/uuid.h"

#include <stdint.h>
#include <uuid.h>

#include "base/time.h"

void kith__uuid_v1(char to[KITH__UUID_TEXT])
{
    uuid_t id;
    uuid_generate_time(id);
    uuid_unparse_lower(id, to);
}

void kith__uuid_v4(char to[KITH__UUID_TEXT])
{
    uuid_t id;
    uuid_generate_random(id);
    uuid_unparse_lower(id, to);
}

void kith__uuid_v7(char to[KITH__UUID_TEXT])
{
    uuid_t id;
    uuid_generate_random(id); /* has the variant's bits already */
    uint64_t ms = (uint64_t)(kith__now() / 1000);
    for (int i = 0; i < 6; i++)
        id[i] = (unsigned char)(ms >> (40 - 8 * i));
    id[6] = (unsigned char)((id[6] & 0x0f) | 0x70);
    uuid_unparse_lower(id, to);
}

static bool is_hyphen_place(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

bool kith__uuid_canonical(const char *text, size_t size, char to[KITH__UUID_TEXT])
{
    if (size != KITH__UUID_TEXT - 1)
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c >= 'A' && c <= 'F')
            c = (char)(c - 'A' + 'a');
        bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        if (is_hyphen_place(i) ? c != '-' : !is_hex)
            return false;
        to[i] = c;
    }
    to[size] = '\0';
    return true;
}
