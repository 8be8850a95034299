/* alloc: every byte the library takes comes through here.
 *
 * Promises that a failed allocation is an ordinary NULL, never an abort, and that sizes cannot overflow. A size of 0
 * gives memory like any other, so NULL always means that there was none. Does not know what the memory is for. */
#ifndef KITH_BASE_ALLOC_H
#define KITH_BASE_ALLOC_H

#include "kith/db.h"

/* The C library's allocator. */
extern const kith_allocator kith__default_allocator;

void *kith__alloc(const kith_allocator *a, size_t size);      /* not zeroed; NULL when there is none */
void *kith__alloc_zero(const kith_allocator *a, size_t size); /* zeroed */
void *kith__resize(const kith_allocator *a, void *old, size_t old_size, size_t new_size);
void kith__free(const kith_allocator *a, void *old, size_t size); /* NULL is allowed */

/* Makes room for one more element of `size` bytes in *items, which holds `count` of them in room for *capacity.
 * False when memory is short; nothing has changed then. */
bool kith__grow(const kith_allocator *a, void **items, size_t count, size_t *capacity, size_t size);

#endif
