/* map: see map.h. Linear probing from the hash; a table is doubled before it is more than two thirds full, so that
 * there is always an empty slot to stop at. */
#include "base/map.h"

#include <string.h>

#include "base/str.h"
#include "base/value.h"

enum { FIRST_CAPACITY = 16 };

static bool is_full(size_t count, size_t capacity)
{
    return count >= capacity / 3 * 2;
}

static size_t wider(size_t capacity)
{
    return capacity > 0 ? capacity * 2 : FIRST_CAPACITY;
}

/* Zeroed slots; NULL also when so many cannot be. */
static void *new_slots(const kith_allocator *allocator, size_t count, size_t size)
{
    return count <= PTRDIFF_MAX / size ? kith__alloc_zero(allocator, count * size) : NULL;
}

/* ---- names ---------------------------------------------------------------------------------------------------- */

void kith__name_map_init(struct name_map *m, const kith_allocator *allocator)
{
    *m = (struct name_map){ .allocator = allocator };
}

void kith__name_map_free(struct name_map *m)
{
    kith__free(m->allocator, m->slots, m->capacity * sizeof *m->slots);
    kith__name_map_init(m, m->allocator);
}

/* The slot of a name, or the empty one where it belongs. */
static struct name_slot *name_slot(const struct name_map *m, const char *name, uint32_t hash)
{
    size_t mask = m->capacity - 1;
    size_t i = hash & mask;
    while (m->slots[i].name && (m->slots[i].hash != hash || strcmp(m->slots[i].name, name) != 0))
        i = (i + 1) & mask;
    return &m->slots[i];
}

static bool name_map_widen(struct name_map *m)
{
    struct name_map old = *m;
    size_t capacity = wider(old.capacity);
    struct name_slot *slots = new_slots(m->allocator, capacity, sizeof *slots);
    if (!slots)
        return false;
    m->slots = slots;
    m->capacity = capacity;
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].name)
            *name_slot(m, old.slots[i].name, old.slots[i].hash) = old.slots[i];
    kith__free(m->allocator, old.slots, old.capacity * sizeof *old.slots);
    return true;
}

void *kith__name_map_get(const struct name_map *m, const char *name)
{
    if (m->count == 0 || !name)
        return NULL;
    return name_slot(m, name, kith__hash(name, strlen(name)))->item;
}

bool kith__name_map_put(struct name_map *m, const char *name, void *item)
{
    if (is_full(m->count, m->capacity) && !name_map_widen(m))
        return false;
    uint32_t hash = kith__hash(name, strlen(name));
    struct name_slot *slot = name_slot(m, name, hash);
    m->count += slot->name == NULL;
    *slot = (struct name_slot){ .name = name, .item = item, .hash = hash };
    return true;
}

/* ---- keys ----------------------------------------------------------------------------------------------------- */

void kith__key_map_init(struct key_map *m, const kith_allocator *allocator, unsigned width)
{
    *m = (struct key_map){ .allocator = allocator, .width = width };
}

void kith__key_map_free(struct key_map *m)
{
    kith__free(m->allocator, m->slots, m->capacity * sizeof *m->slots);
    kith__key_map_init(m, m->allocator, m->width);
}

/* One integer is the usual key; it is compared without a call. */
static bool same_key(const struct key_map *m, const kith_value *a, const kith_value *b)
{
    if (m->width == 1 && a->kind == KITH_INT)
        return b->kind == KITH_INT && a->as.integer == b->as.integer;
    return kith__values_equal(a, b, m->width);
}

/* The slot of a key, or the empty one where it belongs. */
static struct key_slot *key_slot(const struct key_map *m, const kith_value *key, uint32_t hash)
{
    size_t mask = m->capacity - 1;
    size_t i = hash & mask;
    while (m->slots[i].key && (m->slots[i].hash != hash || !same_key(m, key, m->slots[i].key)))
        i = (i + 1) & mask;
    return &m->slots[i];
}

/* All keys of a map differ, so moving them needs no comparing. */
static void move_key(struct key_map *m, const struct key_slot *from)
{
    size_t mask = m->capacity - 1;
    size_t i = from->hash & mask;
    while (m->slots[i].key)
        i = (i + 1) & mask;
    m->slots[i] = *from;
}

static bool key_map_widen(struct key_map *m)
{
    struct key_map old = *m;
    size_t capacity = wider(old.capacity);
    struct key_slot *slots = new_slots(m->allocator, capacity, sizeof *slots);
    if (!slots)
        return false;
    m->slots = slots;
    m->capacity = capacity;
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].key)
            move_key(m, &old.slots[i]);
    kith__free(m->allocator, old.slots, old.capacity * sizeof *old.slots);
    return true;
}

int64_t kith__key_map_get(const struct key_map *m, const kith_value *key)
{
    if (m->count == 0)
        return KEY_MAP_NONE;
    const struct key_slot *slot = key_slot(m, key, kith__values_hash(key, m->width));
    return slot->key ? (int64_t)slot->number : KEY_MAP_NONE;
}

int64_t kith__key_map_add(struct key_map *m, const kith_value *key, bool *added)
{
    *added = false;
    uint32_t hash = kith__values_hash(key, m->width);
    if (m->capacity > 0) {
        const struct key_slot *there = key_slot(m, key, hash);
        if (there->key)
            return there->number;
    }
    if (is_full(m->count, m->capacity) && (m->count >= UINT32_MAX || !key_map_widen(m)))
        return KEY_MAP_NO_MEMORY;
    struct key_slot *slot = key_slot(m, key, hash);
    *slot = (struct key_slot){ .key = key, .hash = hash, .number = (uint32_t)m->count++ };
    *added = true;
    return slot->number;
}
