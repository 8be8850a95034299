/* stmt_cache: see stmt_cache.h. */
#include "driver/stmt_cache.h"

#include <string.h>

#include "base/error.h"
#include "base/str.h"

bool kith__stmt_cache_init(struct stmt_cache *cache, const kith_allocator *allocator, const kith_driver *driver,
                           kith_connection *raw, unsigned limit)
{
    *cache = (struct stmt_cache){ .allocator = allocator, .driver = driver, .raw = raw, .limit = limit };
    unsigned buckets = 1;
    while (buckets < limit && buckets < 1u << 16)
        buckets *= 2;
    cache->buckets = kith__alloc_zero(allocator, buckets * sizeof(struct cached_stmt *));
    if (cache->buckets)
        cache->bucket_count = buckets;
    return cache->buckets != NULL;
}

/* ---- the statements by their text, and by last use ----------------------------------------------------------------- */

static struct cached_stmt **bucket_of(const struct stmt_cache *cache, uint32_t hash)
{
    return &cache->buckets[hash & (cache->bucket_count - 1)];
}

static void put_newest(struct stmt_cache *cache, struct cached_stmt *st)
{
    st->newer = NULL;
    st->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = st;
    else
        cache->oldest = st;
    cache->newest = st;
}

static void take_out(struct stmt_cache *cache, struct cached_stmt *st)
{
    if (st->newer)
        st->newer->older = st->older;
    else
        cache->newest = st->older;
    if (st->older)
        st->older->newer = st->newer;
    else
        cache->oldest = st->newer;
}

static void keep(struct stmt_cache *cache, struct cached_stmt *st)
{
    struct cached_stmt **bucket = bucket_of(cache, st->hash);
    st->hash_next = *bucket;
    *bucket = st;
    put_newest(cache, st);
    st->kept = true;
    cache->count++;
}

/* ---- making and dropping -------------------------------------------------------------------------------------------- */

/* The statement and its text are one piece of memory. */
static size_t memory_size(size_t sql_size)
{
    return sizeof(struct cached_stmt) + sql_size + 1;
}

static struct cached_stmt *make(struct stmt_cache *cache, const char *sql, size_t size, uint32_t hash, kith_error *err)
{
    struct cached_stmt *st = kith__alloc_zero(cache->allocator, memory_size(size));
    if (!st) {
        kith__error_no_memory(err);
        return NULL;
    }
    st->sql = (char *)(st + 1);
    memcpy(st->sql, sql, size);
    st->size = size;
    st->hash = hash;
    st->busy = true;
    st->raw = cache->driver->prepare(cache->raw, st->sql, size, err);
    if (!st->raw) {
        kith__free(cache->allocator, st, memory_size(size));
        return NULL;
    }
    return st;
}

static void drop(struct stmt_cache *cache, struct cached_stmt *st)
{
    cache->driver->drop(st->raw);
    kith__free(cache->allocator, st, memory_size(st->size));
}

static void drop_kept(struct stmt_cache *cache, struct cached_stmt *st)
{
    struct cached_stmt **at = bucket_of(cache, st->hash);
    while (*at != st)
        at = &(*at)->hash_next;
    *at = st->hash_next;
    take_out(cache, st);
    cache->count--;
    drop(cache, st);
}

void kith__stmt_cache_clear(struct stmt_cache *cache)
{
    for (struct cached_stmt *st = cache->oldest, *next; st; st = next) {
        next = st->newer;
        if (!st->busy)
            drop_kept(cache, st);
    }
}

void kith__stmt_cache_free(struct stmt_cache *cache)
{
    while (cache->oldest)
        drop_kept(cache, cache->oldest);
    kith__free(cache->allocator, cache->buckets, cache->bucket_count * sizeof(struct cached_stmt *));
    cache->buckets = NULL;
    cache->bucket_count = 0;
}

/* Makes room for one statement more. False when all that are kept are in use. */
static bool make_room(struct stmt_cache *cache)
{
    if (cache->count < cache->limit)
        return true;
    struct cached_stmt *st = cache->oldest;
    while (st && st->busy)
        st = st->newer;
    if (!st)
        return false;
    drop_kept(cache, st);
    return true;
}

/* ---- taking and giving ------------------------------------------------------------------------------------------------ */

static struct cached_stmt *find(const struct stmt_cache *cache, const char *sql, size_t size, uint32_t hash)
{
    struct cached_stmt *st = *bucket_of(cache, hash);
    while (st && !(st->hash == hash && st->size == size && memcmp(st->sql, sql, size) == 0))
        st = st->hash_next;
    return st;
}

struct cached_stmt *kith__stmt_cache_take(struct stmt_cache *cache, const char *sql, size_t size, kith_error *err)
{
    uint32_t hash = kith__hash(sql, size);
    struct cached_stmt *known = find(cache, sql, size, hash);
    if (known && !known->busy) {
        known->busy = true;
        take_out(cache, known);
        put_newest(cache, known);
        return known;
    }
    struct cached_stmt *st = make(cache, sql, size, hash, err);
    /* Of a text that is kept already, the second statement is not: it is needed only while the first one runs. */
    if (st && !known && make_room(cache))
        keep(cache, st);
    return st;
}

void kith__stmt_cache_give(struct stmt_cache *cache, struct cached_stmt *st)
{
    cache->driver->finish(st->raw);
    st->busy = false;
    if (!st->kept)
        drop(cache, st);
    else if (st->stale)
        drop_kept(cache, st);
}
