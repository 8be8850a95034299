/* postgres_url: see postgres_url.h. */
#include "driver/postgres_url.h"

#include <string.h>

#include "base/buf.h"
#include "base/error.h"

/* ---- what libpq says ------------------------------------------------------------------------------------------------ */

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* libpq quotes what it does not understand, which may be a piece of the password: only the names of options stay. */
static bool refused(const char *said, kith_error *err)
{
    bool names_option = begins_with(said, "invalid URI query parameter: ") ||
                        begins_with(said, "invalid connection option ");
    const char *first = strchr(said, '"'), *last = strrchr(said, '"');
    bool hide = first && !names_option;
    int before = (int)(hide ? (size_t)(first - said) : strcspn(said, "\n"));
    const char *rest = hide ? last + 1 : "";
    return kith__error_set(err, KITH_E_USAGE,
                           "libpq does not understand the database's URL: %.*s%s%.*s; it is written "
                           "\"postgres://user:password@host:port/database\", with \"%%40\" for a \"@\" in a password",
                           before, said, hide ? "..." : "", (int)strcspn(rest, "\n"), rest);
}

/* ---- taking the URL apart ------------------------------------------------------------------------------------------- */

/* Where the options begin, behind the '?', or the end. As libpq does it: a '?' before '@' belongs to the password. */
static const char *options_of(const char *location)
{
    size_t user = strcspn(location + 2, "@/") + 2;
    const char *host = location[user] == '@' ? location + user + 1 : location + 2;
    return host + strcspn(host, "?");
}

/* With a raw '@' or '/' in the password, libpq would take its rest for a host and tell everyone. */
static bool check_user(const char *location, const char *options, kith_error *err)
{
    size_t user = strcspn(location + 2, "@/") + 2;
    const char *rest = location[user] == '@' ? location + user + 1 : location + 2;
    if (!memchr(rest, '@', (size_t)(options - rest)))
        return true;
    return kith__error_set(err, KITH_E_USAGE,
                           "the database's URL has an \"@\" too many: in a user name or password it is written %%40, "
                           "\"/\" is written %%2F and \":\" is written %%3A");
}

static bool read_prepare(const char *value, size_t size, bool *names, kith_error *err)
{
    bool off = size == 3 && memcmp(value, "off", 3) == 0;
    if (!off && !(size == 2 && memcmp(value, "on", 2) == 0))
        return kith__error_set(err, KITH_E_USAGE, "the option prepare of a postgres: URL is on or off");
    *names = !off;
    return true;
}

/* Copies the options but those of our own. */
static bool copy_options(struct buf *to, const char *options, bool *names, kith_error *err)
{
    static const char own[] = "prepare=";
    char before = '?';
    while (*options) {
        options++; /* '?' or '&' */
        size_t size = strcspn(options, "&");
        if (begins_with(options, own)) {
            if (!read_prepare(options + sizeof own - 1, size - (sizeof own - 1), names, err))
                return false;
        } else if (size > 0) {
            kith__buf_char(to, before);
            kith__buf_add_n(to, options, size);
            before = '&';
        }
        options += size;
    }
    return true;
}

/* What libpq is to read. */
static bool write_conninfo(struct buf *to, const char *location, bool *names, kith_error *err)
{
    if (!begins_with(location, "//")) {
        kith__buf_add(to, location);
        return true;
    }
    const char *options = options_of(location);
    if (!check_user(location, options, err))
        return false;
    kith__buf_add(to, "postgresql:");
    kith__buf_add_n(to, location, (size_t)(options - location));
    return copy_options(to, options, names, err);
}

static bool parse(const struct buf *conninfo, PQconninfoOption **options, kith_error *err)
{
    char *said = NULL;
    if (conninfo->failed)
        return kith__error_no_memory(err);
    *options = PQconninfoParse(kith__buf_text(conninfo), &said);
    if (*options)
        return true;
    if (said)
        refused(said, err);
    else
        kith__error_no_memory(err);
    PQfreemem(said);
    return false;
}

bool kith__postgres_target(const kith_connect_opts *opts, struct postgres_target *target, kith_error *err)
{
    struct buf conninfo;
    *target = (struct postgres_target){ .names = true };
    kith__buf_init(&conninfo, opts->allocator);
    bool good = write_conninfo(&conninfo, opts->location, &target->names, err) &&
                parse(&conninfo, &target->options, err);
    kith__buf_free(&conninfo);
    return good;
}
