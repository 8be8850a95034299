/* stmt_cache: the prepared statements of one connection, found by their text; the least recently used one goes first.
 * A statement in use is skipped, and a second one is prepared beside it. */
#ifndef KITH_DRIVER_STMT_CACHE_H
#define KITH_DRIVER_STMT_CACHE_H

#include "base/alloc.h"
#include "kith/ext/driver.h"

struct cached_stmt {
    char *sql; /* NUL-terminated, owned */
    size_t size;
    uint32_t hash;
    bool busy, kept; /* kept: in the cache; otherwise dropped when its run ends */
    bool stale;      /* set by its run: it is not to be kept any longer */
    kith_statement *raw;
    struct cached_stmt *hash_next;     /* in its bucket */
    struct cached_stmt *newer, *older; /* by last use */
};

struct stmt_cache {
    const kith_allocator *allocator;
    const kith_driver *driver;
    kith_connection *raw;
    struct cached_stmt **buckets;
    unsigned bucket_count, limit, count;
    struct cached_stmt *newest, *oldest;
};

bool kith__stmt_cache_init(struct stmt_cache *cache, const kith_allocator *allocator, const kith_driver *driver,
                           kith_connection *raw, unsigned limit);
/* Drops all statements; none may be in use. */
void kith__stmt_cache_free(struct stmt_cache *cache);
/* Drops those that are not in use. */
void kith__stmt_cache_clear(struct stmt_cache *cache);
/* A statement with this text, marked busy; NULL on failure. */
struct cached_stmt *kith__stmt_cache_take(struct stmt_cache *cache, const char *sql, size_t size, kith_error *err);
/* Finishes the run and makes it available again (or drops it when it is not kept). */
void kith__stmt_cache_give(struct stmt_cache *cache, struct cached_stmt *st);

#endif
