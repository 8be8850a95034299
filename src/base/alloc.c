/* alloc: see alloc.h. A size of 0 is served as 1 everywhere here, so that NULL always means "no memory" and the
 * user's allocator is asked for 0 bytes only to free. */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4 };

static void *c_resize(void *ctx, void *old, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    if (new_size > 0)
        return realloc(old, new_size);
    free(old);
    return NULL;
}

const kith_allocator kith__default_allocator = { .resize = c_resize };

static size_t at_least_one(size_t size)
{
    return size > 0 ? size : 1;
}

void *kith__alloc(const kith_allocator *a, size_t size)
{
    return kith__resize(a, NULL, 0, size);
}

void *kith__alloc_zero(const kith_allocator *a, size_t size)
{
    void *made = kith__alloc(a, size);
    if (made)
        memset(made, 0, size);
    return made;
}

void *kith__resize(const kith_allocator *a, void *old, size_t old_size, size_t new_size)
{
    if (new_size > PTRDIFF_MAX)
        return NULL;
    return a->resize(a->ctx, old, old ? at_least_one(old_size) : 0, at_least_one(new_size));
}

void kith__free(const kith_allocator *a, void *old, size_t size)
{
    if (old)
        a->resize(a->ctx, old, at_least_one(size), 0);
}

bool kith__grow(const kith_allocator *a, void **items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    size_t wider = *capacity > 0 ? *capacity * 2 : FIRST_CAPACITY;
    if (wider < *capacity || (size > 0 && wider > PTRDIFF_MAX / size))
        return false;
    /* Callers cast a T ** to void **; copying the pointer as bytes keeps that free of aliasing trouble. */
    void *old;
    memcpy(&old, items, sizeof old);
    void *moved = kith__resize(a, old, *capacity * size, wider * size);
    if (!moved)
        return false;
    memcpy(items, &moved, sizeof moved);
    *capacity = wider;
    return true;
}
