/* dialects: finds a record by its name. */
#include "dialect/dialects.h"

#include "base/str.h"

const struct dialect *kith__dialect_named(const char *name)
{
    static const struct dialect *const all[] = { &kith__dialect_sqlite, &kith__dialect_postgres,
                                                 &kith__dialect_mariadb };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (kith__equal(all[i]->name, name))
            return all[i];
    return NULL;
}
