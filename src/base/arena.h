/* arena: memory that is given back all at once.
 *
 * Promises alignment for any type of up to 8 bytes and a sticky failure: after one allocation failed, `failed` stays
 * set, so that code which builds something large may check once at the end. With `plain` every allocation is one of its
 * own, so that a sanitizer sees reads past its end. */
#ifndef KITH_BASE_ARENA_H
#define KITH_BASE_ARENA_H

#include <string.h>

#include "base/alloc.h"
#include "kith/ext/driver.h"

struct arena_block;

/* Blocks that arenas gave back, kept for the next one. One owner, one thread. */
struct block_cache {
    struct arena_block *free; /* all of the first block's size */
    unsigned count;
    size_t block_size; /* of its arenas' first block; 0: ARENA_FIRST_BLOCK */
};

struct kith_arena {
    char *at, *end; /* the rest of the newest block: texts are taken from its end, everything else from its begin */
    const kith_allocator *allocator;
    struct arena_block *blocks;
    struct block_cache *cache; /* may be NULL */
    size_t next_size;
    bool plain, failed;
};
typedef struct kith_arena kith_arena;

enum { ARENA_ALIGN = 8, ARENA_FIRST_BLOCK = 1024 };

/* No memory is taken yet. cache may be NULL. */
void kith__arena_init(kith_arena *arena, const kith_allocator *allocator, struct block_cache *cache, bool plain);
/* Gives everything back; the arena can be used again. */
void kith__arena_free(kith_arena *arena);
size_t kith__arena_size(const kith_arena *arena); /* bytes that it has taken */
void kith__block_cache_free(struct block_cache *cache, const kith_allocator *allocator);

void *kith__arena_more(kith_arena *arena, size_t size); /* the slow path of take */

/* Memory for `size` bytes, not zeroed; NULL when there is none. A size of 0 gives a pointer, too. */
static inline void *arena_take(kith_arena *arena, size_t size)
{
    /* Rounded up, a size of 0 and one that is too large both give 0, and 0 - 1 is more than any room. So is anything
     * in a plain arena, which has no room. */
    size_t whole = (size + (ARENA_ALIGN - 1)) & ~(size_t)(ARENA_ALIGN - 1);
    if (whole - 1 >= (size_t)(arena->end - arena->at))
        return kith__arena_more(arena, size);
    void *taken = arena->at;
    arena->at += whole;
    return taken;
}

/* The same without alignment, for the bytes of a text with its NUL: they lie close together. */
static inline char *arena_take_text(kith_arena *arena, size_t size)
{
    if (size - 1 >= (size_t)(arena->end - arena->at))
        return kith__arena_more(arena, size);
    return arena->end -= size;
}

/* Zeroed, for a size that the compiler knows. */
static inline void *arena_zeroed(kith_arena *arena, size_t size)
{
    void *taken = arena_take(arena, size);
    if (taken)
        memset(taken, 0, size);
    return taken;
}

/* Zeroed memory for `count` elements of `size` bytes; never overflows. */
void *kith__arena_array(kith_arena *arena, size_t count, size_t size);
#define ARENA_NEW(arena, type)          ((type *)arena_zeroed((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)kith__arena_array((arena), (count), sizeof(type)))

/* Room for one more in an array that lies in the arena; doubles. False when memory is short. */
bool kith__arena_grow(kith_arena *arena, void **items, size_t count, size_t *capacity, size_t size);

/* Copies; the text ends with NUL. NULL when memory is short (or text is NULL). */
char *kith__arena_text(kith_arena *arena, const char *text);
char *kith__arena_text_n(kith_arena *arena, const char *text, size_t size);
/* printf into the arena; NULL when memory is short. */
__attribute__((format(printf, 2, 3))) char *kith__arena_format(kith_arena *arena, const char *format, ...);
/* A value whose text or bytes lie in the arena. False when memory is short. */
bool kith__arena_value(kith_arena *arena, kith_value from, kith_value *to);

#endif
