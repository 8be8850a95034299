/* postgres_url: see postgres_url.h. */
#include "driver/postgres_url.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* ---- what libpq says ------------------------------------------------------------------------------------------------ */

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* An option that libpq does not know is told by the known one that is nearest: what stands in its place may be a piece
 * of a password with a blank or a '?' in it. */
static bool unknown_option(const char *said, kith_error *err)
{
    char given[64] = "";
    struct nearest n;
    const char *quote = strchr(said, '"');
    PQconninfoOption *known = PQconninfoParse("", NULL);
    if (quote)
        snprintf(given, sizeof given, "%.*s", (int)strcspn(quote + 1, "\""), quote + 1);
    kith__nearest_start(&n, given);
    for (const PQconninfoOption *o = known; o && o->keyword; o++)
        kith__nearest_offer(&n, o->keyword);
    kith__error_set(err, KITH_E_USAGE, "the database's URL has an option that libpq does not know%s%s%s",
                    n.best ? "; did you mean \"" : "", n.best ? n.best : "", n.best ? "\"?" : "");
    PQconninfoFree(known);
    return false;
}

/* libpq quotes what it does not understand, which may be a piece of the password too. */
static bool refused(const char *said, kith_error *err)
{
    if (begins_with(said, "invalid URI query parameter: ") || begins_with(said, "invalid connection option "))
        return unknown_option(said, err);
    const char *first = strchr(said, '"'), *last = strrchr(said, '"');
    int before = (int)(first ? (size_t)(first - said) : strcspn(said, "\n"));
    const char *rest = first ? last + 1 : "";
    return kith__error_set(err, KITH_E_USAGE,
                           "libpq does not understand the database's URL: %.*s%s%.*s; it is written "
                           "\"postgres://user:password@host:port/database\", with \"%%40\" for a \"@\" in a password",
                           before, said, first ? "..." : "", (int)strcspn(rest, "\n"), rest);
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

/* Among words, a stray backslash or quote makes the password part of the option before it, which libpq shows when it
 * cannot connect. */
static bool check_words(const char *location, const PQconninfoOption *options, kith_error *err)
{
    static const char shown[] = " user host hostaddr port dbname ";
    for (; options->keyword && !begins_with(location, "//"); options++) {
        const char *name = strstr(shown, options->keyword);
        bool is_shown = name && name[-1] == ' ' && name[strlen(options->keyword)] == ' ';
        if (is_shown && options->val && strchr(options->val, '='))
            return kith__error_set(err, KITH_E_USAGE,
                                   "the option \"%s\" for libpq has a \"=\" in it: before it stands a backslash or a "
                                   "quote too many",
                                   options->keyword);
    }
    return true;
}

bool kith__postgres_target(const kith_connect_opts *opts, struct postgres_target *target, kith_error *err)
{
    struct buf conninfo;
    *target = (struct postgres_target){ .names = true };
    kith__buf_init(&conninfo, opts->allocator);
    bool good = write_conninfo(&conninfo, opts->location, &target->names, err) &&
                parse(&conninfo, &target->options, err);
    kith__buf_free(&conninfo);
    if (!good || check_words(opts->location, target->options, err))
        return good;
    PQconninfoFree(target->options);
    target->options = NULL;
    return false;
}
