/* unique: see unique.h. */
#include "orm/unique.h"

#include "base/error.h"

static bool same_set(const struct attr *const *a, unsigned a_count, const struct unique_key *b)
{
    for (unsigned i = 0; i < a_count; i++)
        if (!unique_key_has(b, a[i]))
            return false;
    return a_count == b->count;
}

bool kith__unique_key_find(const struct model *m, const struct attr *const *attrs, unsigned count,
                           struct unique_key *key)
{
    *key = (struct unique_key){ .attrs = m->key, .count = m->key_count };
    if (count && same_set(attrs, count, key))
        return true;
    for (unsigned i = 0; count && i < m->index_count; i++) {
        *key = (struct unique_key){ .attrs = m->indexes[i].attrs, .count = m->indexes[i].count };
        if (m->indexes[i].unique && same_set(attrs, count, key))
            return true;
    }
    return false;
}

static bool named_key(struct call *c, const struct model *m, const char *const *names, struct unique_key *key)
{
    const struct attr *attrs[KEY_MAX];
    struct unique_key named = { .attrs = attrs };
    for (; *names; names++) {
        const struct attr *attr = kith__model_attr(m, *names, &c->err);
        if (!attr)
            return false;
        if (named.count == KEY_MAX || unique_key_has(&named, attr))
            return kith__error_set(&c->err, KITH_E_USAGE, "the attribute %s.%s is too much in the key", m->name,
                                   *names);
        attrs[named.count++] = attr;
    }
    return kith__unique_key_find(m, attrs, named.count, key) ||
           kith__error_set(&c->err, KITH_E_USAGE,
                           "the attributes named as key are no unique key of %s: it has to be the primary key, or "
                           "attributes that are unique together",
                           m->name);
}

bool kith__unique_key(struct call *c, const struct model *m, const char *const *names, struct unique_key *key)
{
    if (names)
        return named_key(c, m, names, key);
    *key = (struct unique_key){ .attrs = m->key, .count = m->key_count };
    return m->key_count > 0 ||
           kith__error_set(&c->err, KITH_E_USAGE, "model %s has no primary key, so its rows cannot be told apart",
                           m->name);
}
