/* mariadb_url: see mariadb_url.h. */
#include "driver/mariadb_url.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

enum { CONNECT_SECONDS = 10, PORT_MAX = 65535, LIST_TEXT = 128 };

enum form { TEXT, SWITCH, NUMBER };

static const struct {
    const char *key;
    enum form form;
} options[OPTION_COUNT] = {
    [OPTION_SOCKET] = { "socket", TEXT },
    [OPTION_SSL] = { "ssl", SWITCH },
    [OPTION_SSL_CA] = { "ssl_ca", TEXT },
    [OPTION_SSL_CERT] = { "ssl_cert", TEXT },
    [OPTION_SSL_KEY] = { "ssl_key", TEXT },
    [OPTION_SSL_VERIFY] = { "ssl_verify", SWITCH },
    [OPTION_CONNECT_TIMEOUT] = { "connect_timeout", NUMBER },
};

/* What is being read. The scheme is for messages. */
struct reading {
    struct mariadb_settings *s;
    const char *scheme;
    kith_error *err;
};

/* ---- user, host and database ---------------------------------------------------------------------------------------- */

static bool malformed(const struct reading *r, const char *why)
{
    return kith__error_set(r->err, KITH_E_USAGE, "%s; a %s: URL is written %s://user:password@host:port/database", why,
                           r->scheme, r->scheme);
}

static bool decode(const struct reading *r, const char *what, const char *from, size_t size, char *to, size_t room)
{
    if (kith__url_decode(from, size, to, room))
        return true;
    return kith__error_set(r->err, KITH_E_USAGE,
                           "the %s in the %s: URL is too long, or has a \"%%\" without two hexadecimal digits; a "
                           "percent sign itself is written %%25",
                           what, r->scheme);
}

static bool read_user(const struct reading *r, const char *at, const char *end)
{
    const char *colon = memchr(at, ':', (size_t)(end - at));
    const char *user_end = colon ? colon : end;
    if (!decode(r, "user name", at, (size_t)(user_end - at), r->s->user, sizeof r->s->user))
        return false;
    return !colon || decode(r, "password", colon + 1, (size_t)(end - colon - 1), r->s->password, sizeof r->s->password);
}

static bool read_port(const struct reading *r, const char *at, const char *end)
{
    unsigned port = 0;
    for (; at < end; at++) {
        if (*at < '0' || *at > '9' || port > PORT_MAX)
            return malformed(r, "the port in the URL is no number");
        port = port * 10 + (unsigned)(*at - '0');
    }
    if (port == 0 || port > PORT_MAX)
        return malformed(r, "the port in the URL is not between 1 and 65535");
    r->s->port = port;
    return true;
}

/* "host", "host:3306", "[::1]:3306". */
static bool read_host(const struct reading *r, const char *at, const char *end)
{
    const char *host_end, *rest;
    if (at < end && *at == '[') {
        at++;
        host_end = memchr(at, ']', (size_t)(end - at));
        if (!host_end)
            return malformed(r, "an address in the URL has a \"[\" without a \"]\"");
        rest = host_end + 1;
        if (rest < end && *rest != ':')
            return malformed(r, "between an address and its port in the URL stands a \":\"");
    } else {
        host_end = memchr(at, ':', (size_t)(end - at));
        rest = host_end = host_end ? host_end : end;
    }
    if (!decode(r, "host", at, (size_t)(host_end - at), r->s->host, sizeof r->s->host))
        return false;
    return rest == end || read_port(r, rest + 1, end);
}

/* The last '@' ends the user's part, so that one in a password does no harm. */
static const char *last_at(const char *from, const char *end)
{
    while (end > from)
        if (*--end == '@')
            return end;
    return NULL;
}

static bool read_authority(const struct reading *r, const char *from, const char *end)
{
    const char *at = last_at(from, end);
    return (!at || read_user(r, from, at)) && read_host(r, at ? at + 1 : from, end);
}

static bool read_database(const struct reading *r, const char *from, const char *end)
{
    if (memchr(from, '/', (size_t)(end - from)))
        return malformed(r, "behind the host in the URL stands one name, that of the database");
    return decode(r, "database", from, (size_t)(end - from), r->s->database, sizeof r->s->database);
}

/* ---- options -------------------------------------------------------------------------------------------------------- */

static bool unknown_option(const struct reading *r, const char *key)
{
    char list[LIST_TEXT] = "";
    struct nearest n;
    kith__nearest_start(&n, key);
    for (int i = 0; i < OPTION_COUNT; i++) {
        size_t size = strlen(list);
        snprintf(list + size, sizeof list - size, "%s%s", size ? ", " : "", options[i].key);
        kith__nearest_offer(&n, options[i].key);
    }
    if (n.best)
        return kith__error_set(r->err, KITH_E_USAGE, "a %s: URL has no option \"%s\"; did you mean \"%s\"?", r->scheme,
                               key, n.best);
    return kith__error_set(r->err, KITH_E_USAGE, "a %s: URL has no option \"%s\"; there are %s", r->scheme, key, list);
}

static bool wrong_value(const struct reading *r, const struct url_option *option, const char *right)
{
    return kith__error_set(r->err, KITH_E_USAGE, "the option %s of a %s: URL cannot be \"%s\"; it is %s", option->key,
                           r->scheme, option->value, right);
}

static bool read_value(const struct reading *r, enum mariadb_option which, const struct url_option *option)
{
    const char *value = option->value;
    unsigned *number = &r->s->number[which];
    if (options[which].form == TEXT) {
        kith__copy(r->s->text[which], sizeof r->s->text[which], value);
        return *value || wrong_value(r, option, "a path");
    }
    if (options[which].form == SWITCH) {
        *number = kith__equal(value, "on");
        return *number || kith__equal(value, "off") || wrong_value(r, option, "on or off");
    }
    size_t digits = strspn(value, "0123456789");
    unsigned long long n = digits > 0 && digits <= 10 && !value[digits] ? strtoull(value, NULL, 10) : ULLONG_MAX;
    if (n == 0 || n > INT_MAX)
        return wrong_value(r, option, "a whole number of seconds");
    *number = (unsigned)n;
    return true;
}

static bool read_option(const struct reading *r, const struct url_option *option)
{
    enum mariadb_option which = 0;
    while (which < OPTION_COUNT && !kith__equal(options[which].key, option->key))
        which++;
    if (which == OPTION_COUNT)
        return unknown_option(r, option->key);
    r->s->given[which] = true;
    return read_value(r, which, option);
}

static bool read_options(const struct reading *r, const char *at)
{
    struct url_option option;
    while (kith__url_option(&at, &option, r->err))
        if (!read_option(r, &option))
            return false;
    return r->err->status == KITH_OK;
}

/* Naming a certificate without TLS would look safe and not be so. */
static bool settle_tls(const struct reading *r)
{
    struct mariadb_settings *s = r->s;
    for (int i = OPTION_SSL_CA; i <= OPTION_SSL_VERIFY; i++) {
        if (!s->given[i])
            continue;
        if (s->given[OPTION_SSL] && !s->number[OPTION_SSL])
            return kith__error_set(r->err, KITH_E_USAGE, "the options ssl=off and %s of a %s: URL exclude each other",
                                   options[i].key, r->scheme);
        s->number[OPTION_SSL] = 1;
    }
    return true;
}

bool kith__mariadb_settings(const kith_connect_opts *opts, struct mariadb_settings *s, kith_error *err)
{
    struct reading r = { s, opts->driver->scheme, err };
    *s = (struct mariadb_settings){ 0 };
    s->number[OPTION_SSL_VERIFY] = 1;
    s->number[OPTION_CONNECT_TIMEOUT] = CONNECT_SECONDS;

    const char *at = opts->location;
    if (strncmp(at, "//", 2) != 0)
        return malformed(&r, "the URL has no \"//\" behind its scheme");
    at += 2;
    const char *end = at + strcspn(at, "/?#");
    /* A password with such a character would otherwise be taken for a host and its options, and be told in messages. */
    if (strchr(end, '@') || strchr(at, '#'))
        return malformed(&r, "in the URL, \"/\", \"?\" and \"#\" in a password are written %2F, %3F and %23, and \"@\" "
                             "behind the host %40");
    if (!read_authority(&r, at, end))
        return false;
    if (*end == '/') {
        at = end + 1;
        end = at + strcspn(at, "?");
        if (!read_database(&r, at, end))
            return false;
    }
    return read_options(&r, *end == '?' ? end + 1 : end) && settle_tls(&r);
}
