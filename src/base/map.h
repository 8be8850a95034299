/* map: from keys to positions.
 *
 * Two maps, both open addressing and both growing by doubling: name_map (text to pointer, for names in frozen
 * definitions) and key_map (tuples of values to numbers, for rows). Keys are borrowed. Tuples are compared value by
 * value, never glued together: (1, 11) is not (11, 1). */
#ifndef KITH_BASE_MAP_H
#define KITH_BASE_MAP_H

#include "base/alloc.h"

struct name_map {
    const kith_allocator *allocator;
    struct name_slot {
        const char *name;
        void *item;
        uint32_t hash;
    } * slots;
    size_t count, capacity;
};

void kith__name_map_init(struct name_map *m, const kith_allocator *allocator);
void kith__name_map_free(struct name_map *m);
void *kith__name_map_get(const struct name_map *m, const char *name); /* NULL when it is not there */
/* False when memory is short. Replaces what was there. */
bool kith__name_map_put(struct name_map *m, const char *name, void *item);

struct key_map {
    const kith_allocator *allocator;
    unsigned width; /* values in a key */
    struct key_slot {
        const kith_value *key;
        uint32_t hash, number;
    } * slots;
    size_t count, capacity;
};

enum { KEY_MAP_NONE = -1, KEY_MAP_NO_MEMORY = -2 };

void kith__key_map_init(struct key_map *m, const kith_allocator *allocator, unsigned width);
void kith__key_map_free(struct key_map *m);
/* The number of a key, or KEY_MAP_NONE. */
int64_t kith__key_map_get(const struct key_map *m, const kith_value *key);
/* The number of a key; a new key (which must stay where it is) is given `number` = count so far and *added is set.
 * KEY_MAP_NO_MEMORY when memory is short. */
int64_t kith__key_map_add(struct key_map *m, const kith_value *key, bool *added);

#endif
