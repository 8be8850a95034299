/* fail_alloc: see fail_alloc.h. In front of every block lies its size. */
#include "harness/fail_alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t ours = 0x6b6974682d746573u;

struct header {
    size_t size;
    uint64_t mark; /* `ours` while the block lives */
};

static _Noreturn void stop(const char *what, size_t told, size_t is)
{
    fprintf(stderr, "fail_alloc: %s (told %zu, is %zu)\n", what, told, is);
    abort();
}

static struct header *header_of(void *block, size_t told)
{
    struct header *h = (struct header *)block - 1;
    if (h->mark != ours)
        stop("a block that is not mine or not alive", told, 0);
    if (h->size != told)
        stop("the old size is wrong", told, h->size);
    return h;
}

static void *take(struct fail_alloc *f, size_t size)
{
    f->calls++;
    if (f->fail_at > 0 && (f->calls == f->fail_at || (f->fail_forever && f->calls > f->fail_at)))
        return NULL;
    struct header *h = size <= PTRDIFF_MAX - sizeof *h ? malloc(sizeof *h + size) : NULL;
    if (!h)
        return NULL;
    *h = (struct header){ .size = size, .mark = ours };
    memset(h + 1, 0xa5, size);
    f->live_blocks++;
    f->live_bytes += size;
    f->most_bytes = f->live_bytes > f->most_bytes ? f->live_bytes : f->most_bytes;
    return h + 1;
}

static void give_back(struct fail_alloc *f, struct header *h)
{
    f->live_blocks--;
    f->live_bytes -= h->size;
    h->mark = 0;
    free(h);
}

static void *resize(void *ctx, void *old, size_t old_size, size_t new_size)
{
    struct fail_alloc *f = ctx;
    if (!old && old_size > 0)
        stop("no old block, but an old size", old_size, 0);
    struct header *h = old ? header_of(old, old_size) : NULL;
    void *moved = new_size > 0 ? take(f, new_size) : NULL;
    if (new_size > 0 && !moved)
        return NULL;
    if (moved && h)
        memcpy(moved, old, h->size < new_size ? h->size : new_size);
    if (h)
        give_back(f, h);
    return moved;
}

void fail_alloc_init(struct fail_alloc *f)
{
    *f = (struct fail_alloc){ .allocator = { .resize = resize, .ctx = f } };
}
