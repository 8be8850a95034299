/* recycle: see recycle.h. Pieces have sizes of powers of two, and a free list for each; the size that callers tell says
 * which list a piece belongs to. */
#include "base/recycle.h"

#include <string.h>

/* Which list pieces for so many bytes are in; RECYCLE_SIZES: none. */
static unsigned list_for(size_t size)
{
    unsigned list = 0;
    while (list < RECYCLE_SIZES && (size_t)RECYCLE_SMALLEST << list < size)
        list++;
    return list;
}

/* The size of the piece that holds so many bytes. */
static size_t piece_size(unsigned list, size_t size)
{
    return list < RECYCLE_SIZES ? (size_t)RECYCLE_SMALLEST << list : size;
}

static void *take(struct recycler *r, size_t size)
{
    unsigned list = list_for(size);
    struct recycled *kept = list < RECYCLE_SIZES ? r->free[list] : NULL;
    if (!kept)
        return kith__alloc(r->below, piece_size(list, size));
    r->free[list] = kept->next;
    r->kept -= piece_size(list, size);
    return kept;
}

static void give_back(struct recycler *r, void *old, size_t size)
{
    unsigned list = list_for(size);
    size_t whole = piece_size(list, size);
    if (list == RECYCLE_SIZES || r->kept + whole > RECYCLE_KEEPS) {
        kith__free(r->below, old, whole);
        return;
    }
    struct recycled *kept = old;
    kept->next = r->free[list];
    r->free[list] = kept;
    r->kept += whole;
}

static void *move(struct recycler *r, void *old, size_t old_size, size_t new_size)
{
    void *made = take(r, new_size);
    if (!made)
        return NULL;
    memcpy(made, old, old_size < new_size ? old_size : new_size);
    give_back(r, old, old_size);
    return made;
}

static void *resize(void *ctx, void *old, size_t old_size, size_t new_size)
{
    struct recycler *r = ctx;
    if (r->plain)
        return r->below->resize(r->below->ctx, old, old_size, new_size);
    if (!old)
        return take(r, new_size);
    if (new_size == 0) {
        give_back(r, old, old_size);
        return NULL;
    }
    if (list_for(old_size) != list_for(new_size))
        return move(r, old, old_size, new_size);
    return list_for(new_size) < RECYCLE_SIZES ? old : kith__resize(r->below, old, old_size, new_size);
}

void kith__recycler_init(struct recycler *r, const kith_allocator *below, bool plain)
{
    *r = (struct recycler){ .allocator = { .resize = resize, .ctx = r }, .below = below, .plain = plain };
}

void kith__recycler_free(struct recycler *r)
{
    for (unsigned list = 0; list < RECYCLE_SIZES; list++)
        while (r->free[list]) {
            struct recycled *kept = r->free[list];
            r->free[list] = kept->next;
            kith__free(r->below, kept, (size_t)RECYCLE_SMALLEST << list);
        }
    r->kept = 0;
}
