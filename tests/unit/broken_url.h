/* broken_url: URLs as people break them. Some characters that mean something in a URL are put where they do not belong;
 * each test says what must hold of what comes out. The same ones in every run. */
#ifndef TESTS_UNIT_BROKEN_URL_H
#define TESTS_UNIT_BROKEN_URL_H

#include <stdint.h>
#include <string.h>

#include "harness/test.h"

#define SECRET       "XQZXQZXQZXQZXQZ"
#define SECRET_PIECE "XQZ"

enum { BROKEN_URLS = 4000, BROKEN_SIZE = 256 };

static inline uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static inline void expect_broken_urls(const char *url, void (*expect)(const char *broken))
{
    static const char odd[] = "/?#@:%&=[],;+ '\"\\\t\x7f\xC3";
    uint32_t seed = 7;
    for (int i = 0; i < BROKEN_URLS; i++) {
        char broken[BROKEN_SIZE];
        strcpy(broken, url);
        for (uint32_t more = next_random(&seed) % 4; more > 0; more--) {
            size_t size = strlen(broken), at = next_random(&seed) % (size + 1);
            memmove(broken + at + 1, broken + at, size + 1 - at);
            broken[at] = odd[next_random(&seed) % (sizeof odd - 1)];
        }
        expect(broken);
    }
}

#endif
