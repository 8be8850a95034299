/* str: see str.h. */
#include "base/str.h"

#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool kith__equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool kith__equal_no_case(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

static const char *skip_underscores(const char *text)
{
    while (*text == '_')
        text++;
    return text;
}

bool kith__same_name(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    for (;; a++, b++) {
        a = skip_underscores(a);
        b = skip_underscores(b);
        if (!*a || lower(*a) != lower(*b))
            return *a == *b;
    }
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

void kith__copy(char *to, size_t room, const char *from)
{
    if (room == 0)
        return;
    size_t size = from ? strnlen(from, room) : 0;
    if (size == room) {
        size--;
        /* A character has at most three bytes after its first; with more, this is not UTF-8 and has no right place. */
        size_t begin = size;
        while (begin > 0 && size - begin < 3 && is_continuation(from[begin]))
            begin--;
        if (!is_continuation(from[begin]))
            size = begin;
    }
    if (size > 0)
        memcpy(to, from, size);
    to[size] = '\0';
}

uint32_t kith__hash(const void *bytes, size_t size)
{
    static const uint64_t odd = 0x9e3779b97f4a7c15u;
    const unsigned char *at = bytes;
    uint64_t hash = size * odd, word;
    for (; size >= sizeof word; size -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = (hash ^ word) * odd;
        hash ^= hash >> 32;
    }
    word = 0;
    if (size > 0)
        memcpy(&word, at, size);
    hash = (hash ^ word) * odd;
    hash = (hash ^ hash >> 32) * odd;
    return (uint32_t)(hash >> 32);
}

/* ---- distance ------------------------------------------------------------------------------------------------- */

enum { LONGEST_DIFFERENCE = 64 };

struct words {
    const char *a, *b;
    size_t a_size, b_size;
};

static struct words without_common_ends(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    struct words w = { a, b, strlen(a), strlen(b) };
    while (w.a_size > 0 && w.b_size > 0 && lower(a[w.a_size - 1]) == lower(b[w.b_size - 1])) {
        w.a_size--;
        w.b_size--;
    }
    return w;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool swapped(const struct words *w, size_t i, size_t j)
{
    return i > 1 && j > 1 && lower(w->a[i - 1]) == lower(w->b[j - 2]) && lower(w->a[i - 2]) == lower(w->b[j - 1]);
}

/* rows[i % 3][j]: the changes that make the first i letters of a into the first j of b. */
static void fill_row(const struct words *w, unsigned rows[3][LONGEST_DIFFERENCE + 1], size_t i)
{
    unsigned *row = rows[i % 3];
    const unsigned *above = rows[(i + 2) % 3], *above_that = rows[(i + 1) % 3];
    row[0] = (unsigned)i;
    for (size_t j = 1; j <= w->b_size; j++) {
        unsigned replaced = above[j - 1] + (lower(w->a[i - 1]) != lower(w->b[j - 1]));
        row[j] = least(replaced, least(above[j], row[j - 1]) + 1);
        if (swapped(w, i, j))
            row[j] = least(row[j], above_that[j - 2] + 1);
    }
}

unsigned kith__distance(const char *a, const char *b, unsigned limit)
{
    struct words w = without_common_ends(a, b);
    if (w.a_size > LONGEST_DIFFERENCE || w.b_size > LONGEST_DIFFERENCE)
        return limit;
    unsigned rows[3][LONGEST_DIFFERENCE + 1];
    for (size_t j = 0; j <= w.b_size; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= w.a_size; i++)
        fill_row(&w, rows, i);
    return least(rows[w.a_size % 3][w.b_size], limit);
}

/* ---- the nearest name ----------------------------------------------------------------------------------------- */

enum { MOST_CHANGES = 4, TOO_FAR = MOST_CHANGES + 1, BEGINNING_AT_LEAST = 3, BEGINNING_COUNTS_AS = 2 };

void kith__nearest_start(struct nearest *n, const char *wanted)
{
    *n = (struct nearest){ .wanted = wanted, .distance = TOO_FAR };
}

/* How far two names may be apart to be worth suggesting: a third of the letters, but two changes in short names, too,
 * for that is where a slip or two weighs most. */
static unsigned changes_allowed(size_t longest)
{
    if (longest < 3)
        return 1;
    return longest < 6 ? 2 : least((unsigned)(longest / 3), MOST_CHANGES);
}

static bool begins_with(const char *name, const char *beginning)
{
    while (*beginning && lower(*name) == lower(*beginning)) {
        name++;
        beginning++;
    }
    return !*beginning;
}

static unsigned nearest_distance(const char *wanted, const char *name)
{
    if (kith__same_name(wanted, name))
        return 0;
    size_t size = strlen(wanted), name_size = strlen(name);
    unsigned distance = kith__distance(wanted, name, TOO_FAR);
    if (distance > changes_allowed(size > name_size ? size : name_size))
        distance = TOO_FAR;
    if (size >= BEGINNING_AT_LEAST && begins_with(name, wanted))
        distance = least(distance, BEGINNING_COUNTS_AS);
    return distance;
}

void kith__nearest_offer(struct nearest *n, const char *name)
{
    if (!n->wanted || !name)
        return;
    unsigned distance = nearest_distance(n->wanted, name);
    if (distance < n->distance) {
        n->best = name;
        n->distance = distance;
    }
}
