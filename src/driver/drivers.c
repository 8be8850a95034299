/* drivers: see drivers.h. */
#include "driver/drivers.h"

#include <string.h>

#include "base/error.h"
#include "base/str.h"

static const kith_driver *const built_in[] = {
#ifdef KITH_WITH_SQLITE
    &kith__driver_sqlite,
#endif
#ifdef KITH_WITH_POSTGRES
    &kith__driver_postgres,
    &kith__driver_postgresql,
#endif
#ifdef KITH_WITH_MARIADB
    &kith__driver_mariadb,
    &kith__driver_mysql,
#endif
    NULL,
};

/* Every scheme that a build of Kith can have, and the build option that brings it. */
static const struct known_scheme {
    const char *scheme, *option;
} known_schemes[] = {
    { "sqlite", "sqlite" },   { "postgres", "postgres" }, { "postgresql", "postgres" },
    { "mariadb", "mariadb" }, { "mysql", "mariadb" },
};
enum { KNOWN_COUNT = sizeof known_schemes / sizeof known_schemes[0] };

/* Copies what stands before the first ':'. False when that is no scheme; such text is not to be quoted in a message,
 * since anything may stand in it. */
static bool read_scheme(const char *url, char *to, size_t room)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";
    size_t size = url ? strspn(url, letters) : 0;
    if (size == 0 || size >= room || url[size] != ':')
        return false;
    memcpy(to, url, size);
    to[size] = '\0';
    return true;
}

static const kith_driver *find(const kith_driver *const *drivers, const char *scheme)
{
    for (; drivers && *drivers; drivers++)
        if (kith__equal_no_case((*drivers)->scheme, scheme))
            return *drivers;
    return NULL;
}

static void explain_missing(const char *scheme, const kith_driver *const *more, kith_error *err)
{
    struct nearest nearest;
    kith__nearest_start(&nearest, scheme);
    for (int i = 0; i < KNOWN_COUNT; i++) {
        if (kith__equal_no_case(known_schemes[i].scheme, scheme)) {
            kith__error_set(err, KITH_E_UNSUPPORTED,
                            "this build of Kith cannot reach \"%s:\" databases: build it with meson setup -D%s=enabled",
                            known_schemes[i].scheme, known_schemes[i].option);
            return;
        }
        kith__nearest_offer(&nearest, known_schemes[i].scheme);
    }
    for (; more && *more; more++)
        kith__nearest_offer(&nearest, (*more)->scheme);
    if (nearest.best)
        kith__error_set(err, KITH_E_USAGE, "no database is reached by \"%s:\"; did you mean \"%s:\"?", scheme,
                        nearest.best);
    else
        kith__error_set(err, KITH_E_USAGE,
                        "no database is reached by \"%s:\"; a URL begins with one of sqlite:, postgres:, postgresql:, "
                        "mariadb:, mysql:",
                        scheme);
}

const kith_driver *kith__driver_for(const char *url, const kith_driver *const *more, const char **location,
                                    kith_error *err)
{
    char scheme[32];
    if (!read_scheme(url, scheme, sizeof scheme)) {
        kith__error_set(err, KITH_E_USAGE,
                        "a database is named by a URL like \"sqlite:app.db\" or \"sqlite::memory:\"; %s",
                        !url || !*url ? "none was given" : "this one does not begin with a scheme and \":\"");
        return NULL;
    }
    const kith_driver *driver = find(more, scheme);
    if (!driver)
        driver = find(built_in, scheme);
    if (!driver) {
        explain_missing(scheme, more, err);
        return NULL;
    }
    *location = url + strlen(scheme) + 1;
    return driver;
}
