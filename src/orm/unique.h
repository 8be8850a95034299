/* unique: the keys by which rows of a model are the same. */
#ifndef KITH_ORM_UNIQUE_H
#define KITH_ORM_UNIQUE_H

#include "orm/session.h"

struct unique_key {
    const struct attr *const *attrs;
    unsigned count;
};

/* The unique key that consists of exactly these attributes, whatever their order. False when there is none. */
bool kith__unique_key_find(const struct model *m, const struct attr *const *attrs, unsigned count,
                           struct unique_key *key);
/* The key that the program names; the primary key when names is NULL. False with an error when it is none. */
bool kith__unique_key(struct call *c, const struct model *m, const char *const *names, struct unique_key *key);

static inline bool unique_key_has(const struct unique_key *key, const struct attr *attr)
{
    for (unsigned i = 0; i < key->count; i++)
        if (key->attrs[i] == attr)
            return true;
    return false;
}

#endif
