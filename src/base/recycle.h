/* recycle: an allocator that keeps what is given back for the next who asks, for memory that lives only during a call.
 *
 * Promises that as much as a call of moderate size needs is taken once and not for each call again; what is large goes
 * straight to the allocator below. One owner, one thread. With `plain` nothing is kept, so that a sanitizer sees each
 * piece. Memory must go back to where it came from, as with any allocator. */
#ifndef KITH_BASE_RECYCLE_H
#define KITH_BASE_RECYCLE_H

#include "base/alloc.h"

enum { RECYCLE_SMALLEST = 32, RECYCLE_SIZES = 12, RECYCLE_KEEPS = 512 * 1024 }; /* 32 bytes to 64 KiB; so much in all */

struct recycler {
    kith_allocator allocator; /* what callers use; its ctx is the recycler, which must not move */
    const kith_allocator *below;
    struct recycled {
        struct recycled *next;
    } * free[RECYCLE_SIZES];
    size_t kept;
    bool plain;
};

void kith__recycler_init(struct recycler *r, const kith_allocator *below, bool plain);
void kith__recycler_free(struct recycler *r); /* gives back what is kept */

#endif
