/* arena: see arena.h. Blocks start small, so that a result of one row costs little, and double, so that a large one
 * needs few. What does not fit in the next block gets one of its own, and the newest ordinary block stays in use. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

enum { LARGEST_BLOCK = 1024 * 1024, CACHE_LIMIT = 16 };

struct arena_block {
    struct arena_block *next;
    size_t size; /* with this header */
};

/* Larger requests are refused before any arithmetic on them could overflow. */
static const size_t largest_request = PTRDIFF_MAX - sizeof(struct arena_block) - ARENA_ALIGN;

static size_t first_size(const struct block_cache *cache)
{
    return cache && cache->block_size > 0 ? cache->block_size : ARENA_FIRST_BLOCK;
}

static void start_empty(kith_arena *arena)
{
    arena->at = NULL;
    arena->end = NULL;
    arena->blocks = NULL;
    arena->next_size = first_size(arena->cache);
    arena->failed = false;
}

void kith__arena_init(kith_arena *arena, const kith_allocator *allocator, struct block_cache *cache, bool plain)
{
    arena->allocator = allocator;
    arena->cache = cache;
    arena->plain = plain;
    start_empty(arena);
}

static bool keep_block(const kith_arena *arena, struct arena_block *block)
{
    struct block_cache *cache = arena->cache;
    if (!cache || arena->plain || block->size != first_size(cache) || cache->count >= CACHE_LIMIT)
        return false;
    block->next = cache->free;
    cache->free = block;
    cache->count++;
    return true;
}

void kith__arena_free(kith_arena *arena)
{
    struct arena_block *next;
    for (struct arena_block *block = arena->blocks; block; block = next) {
        next = block->next;
        if (!keep_block(arena, block))
            kith__free(arena->allocator, block, block->size);
    }
    start_empty(arena);
}

size_t kith__arena_size(const kith_arena *arena)
{
    size_t size = 0;
    for (const struct arena_block *block = arena->blocks; block; block = block->next)
        size += block->size;
    return size;
}

void kith__block_cache_free(struct block_cache *cache, const kith_allocator *allocator)
{
    while (cache->free) {
        struct arena_block *block = cache->free;
        cache->free = block->next;
        kith__free(allocator, block, block->size);
    }
    cache->count = 0;
}

static struct arena_block *cached_block(struct block_cache *cache, size_t size)
{
    if (!cache || !cache->free || size != first_size(cache))
        return NULL;
    struct arena_block *block = cache->free;
    cache->free = block->next;
    cache->count--;
    return block;
}

/* A block of `size` bytes, header and all, that the arena will free. */
static struct arena_block *add_block(kith_arena *arena, size_t size)
{
    struct arena_block *block = arena->plain ? NULL : cached_block(arena->cache, size);
    if (!block)
        block = kith__alloc(arena->allocator, size);
    if (!block) {
        arena->failed = true;
        return NULL;
    }
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
    return block;
}

static void *take_alone(kith_arena *arena, size_t size)
{
    struct arena_block *block = add_block(arena, sizeof *block + size);
    return block ? block + 1 : NULL;
}

static void *take_from_new_block(kith_arena *arena, size_t whole)
{
    struct arena_block *block = add_block(arena, arena->next_size);
    if (!block)
        return NULL;
    arena->at = (char *)(block + 1) + whole;
    arena->end = (char *)block + block->size;
    return block + 1;
}

void *kith__arena_more(kith_arena *arena, size_t size)
{
    if (size > largest_request) {
        arena->failed = true;
        return NULL;
    }
    if (size == 0)
        size = 1;
    if (arena->plain)
        return take_alone(arena, size);
    size_t whole = (size + (ARENA_ALIGN - 1)) & ~(size_t)(ARENA_ALIGN - 1);
    if (whole <= (size_t)(arena->end - arena->at)) /* so it was a size of 0 */
        return arena_take(arena, whole);
    bool fits = whole <= arena->next_size - sizeof(struct arena_block);
    void *taken = fits ? take_from_new_block(arena, whole) : take_alone(arena, whole);
    if (taken && arena->next_size < LARGEST_BLOCK)
        arena->next_size *= 2;
    return taken;
}

void *kith_arena_take(kith_arena *arena, size_t size)
{
    return arena_take(arena, size);
}

void *kith__arena_array(kith_arena *arena, size_t count, size_t size)
{
    if (size > 0 && count > SIZE_MAX / size) {
        arena->failed = true;
        return NULL;
    }
    void *made = arena_take(arena, count * size);
    if (made)
        memset(made, 0, count * size);
    return made;
}

char *kith__arena_text(kith_arena *arena, const char *text)
{
    return text ? kith__arena_text_n(arena, text, strlen(text)) : NULL;
}

char *kith__arena_text_n(kith_arena *arena, const char *text, size_t size)
{
    if (!text)
        return NULL;
    char *copy = arena_take_text(arena, size < SIZE_MAX ? size + 1 : size);
    if (!copy)
        return NULL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

char *kith__arena_format(kith_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = size >= 0 ? arena_take_text(arena, (size_t)size + 1) : NULL;
    if (text)
        vsnprintf(text, (size_t)size + 1, format, again);
    else
        arena->failed = true;
    va_end(again);
    return text;
}

bool kith__arena_value(kith_arena *arena, kith_value from, kith_value *to)
{
    *to = from;
    if (from.kind != KITH_STR && from.kind != KITH_BYTES)
        return true;
    to->as.str = kith__arena_text_n(arena, from.as.str ? from.as.str : "", from.size);
    return to->as.str != NULL;
}

bool kith__arena_grow(kith_arena *arena, void **items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    size_t room = *capacity ? *capacity * 2 : 8;
    void *grown = kith__arena_array(arena, room, size);
    if (!grown)
        return false;
    if (count)
        memcpy(grown, *items, count * size);
    *items = grown;
    *capacity = room;
    return true;
}
