/* str: small questions about text. Knows ASCII letters only; names in definitions are compared by it. */
#ifndef KITH_BASE_STR_H
#define KITH_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool kith__equal(const char *a, const char *b);         /* NULLs are equal to each other only */
bool kith__equal_no_case(const char *a, const char *b); /* ASCII letters only */
/* Equal but for letter case and underscores: bookId, BookId and book_id are one name. */
bool kith__same_name(const char *a, const char *b);
/* Copies as much as fits, never cuts a UTF-8 character, always ends with NUL. */
void kith__copy(char *to, size_t room, const char *from);
uint32_t kith__hash(const void *bytes, size_t size);
/* How many single-letter changes (insert, delete, replace, swap neighbours) make a into b, letter case not counted;
 * stops counting at `limit`. */
unsigned kith__distance(const char *a, const char *b, unsigned limit);

/* Offers names one by one and keeps the one nearest to `wanted`. */
struct nearest {
    const char *wanted;
    const char *best; /* NULL while nothing is near enough to be worth suggesting */
    unsigned distance;
};
void kith__nearest_start(struct nearest *n, const char *wanted);
void kith__nearest_offer(struct nearest *n, const char *name);

#endif
