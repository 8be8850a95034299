/* readers: see readers.h. */
#include "driver/readers.h"

#include "base/time.h"

enum { DOWN_MS = 1000 };

bool kith__readers_init(struct readers *r, const kith_allocator *allocator, struct pool *writer, unsigned room)
{
    *r = (struct readers){ .allocator = allocator, .writer = writer };
    if (room == 0)
        return true;
    r->all = kith__alloc_zero(allocator, room * sizeof *r->all);
    if (r->all)
        r->room = room;
    return r->all != NULL;
}

void kith__readers_free(struct readers *r)
{
    for (unsigned i = 0; i < r->count; i++)
        kith__pool_free(&r->all[i].pool);
    kith__free(r->allocator, r->all, r->room * sizeof *r->all);
}

bool kith__readers_add(struct readers *r, const struct conn_config *config, const struct pool_limits *limits,
                       kith_error *err)
{
    struct reader *reader = &r->all[r->count];
    atomic_init(&reader->down_until, 0);
    bool added = kith__pool_init(&reader->pool, config, limits, err);
    r->count += added;
    return added;
}

static bool is_down(struct reader *reader)
{
    long long until = reader->down_until;
    return until && kith__monotonic() < until;
}

/* NULL when it could not be reached, *err then says why; so it is too when it was left alone, and *err says nothing. */
static struct conn *take_from(struct reader *reader, kith_error *err)
{
    *err = (kith_error){ 0 };
    struct conn *c = is_down(reader) ? NULL : kith__pool_take(&reader->pool, err);
    if (!c && err->status == KITH_E_CONNECTION)
        reader->down_until = kith__monotonic() + (int64_t)DOWN_MS * 1000;
    return c;
}

struct conn *kith__readers_take(struct readers *r, struct pool **from, kith_error *err)
{
    kith_error why;
    unsigned first = r->turn++;
    for (unsigned i = 0; i < r->count; i++) {
        struct reader *reader = &r->all[(first + i) % r->count];
        struct conn *c = take_from(reader, &why);
        *from = &reader->pool;
        if (c)
            return c;
        if (why.status != KITH_OK && why.status != KITH_E_CONNECTION) {
            *err = why;
            return NULL;
        }
        r->skipped++;
    }
    *from = r->writer;
    return kith__pool_take(r->writer, err);
}

void kith__readers_add_stats(struct readers *r, kith_pool_stats *sum)
{
    for (unsigned i = 0; i < r->count; i++)
        kith__pool_add_stats(&r->all[i].pool, sum);
    sum->skipped += r->skipped;
}

bool kith__readers_close(struct readers *r)
{
    bool busy = false;
    for (unsigned i = 0; i < r->count; i++)
        busy |= kith__pool_close(&r->all[i].pool);
    return busy;
}
