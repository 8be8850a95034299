/* urls: what the tests of servers' URLs stand on. Programs like a user's: they know the public headers only. */
#ifndef TESTS_ONLY_URLS_H
#define TESTS_ONLY_URLS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/test.h"
#include "kith/kith.h"

enum { URL_SIZE = 1024 };

/* The servers' user has it in the URL's spelling, percent-encoded. */
#define PASSWORD         "kith:te/st@1"
#define PASSWORD_ENCODED "kith%3Ate%2Fst%401"

static inline const char *from_environment(const char *name)
{
    const char *value = getenv(name);
    if (!value)
        fail_msg("%s is not set: run the tests by tools/with-servers", name);
    return value;
}

/* The server's port. */
static inline const char *port_of(const char *variable, char port[8])
{
    const char *at = strrchr(from_environment(variable), '@');
    if (!at || sscanf(at, "@127.0.0.1:%7[0-9]", port) != 1)
        fail_msg("%s has no port", variable);
    return port;
}

static inline const char *make_url(char url[URL_SIZE], const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int size = vsnprintf(url, URL_SIZE, format, args);
    va_end(args);
    assert_in_range(size, 1, URL_SIZE - 1);
    return url;
}

static inline kith_db *open_at(const char *url, const kith_model *const *models)
{
    kith_error err = { 0 };
    kith_db *db = kith_open(url, &(kith_open_opts){ .models = models }, &err);
    if (!db)
        fail_msg("%s: %s", url, err.message);
    return db;
}

/* That it connects and answers. */
static inline void expect_opens(const char *url)
{
    kith_db *db = open_at(url, NULL);
    kith_session *s = kith_session_open(db);
    assert_int_equal(kith_execute(s, "SELECT 1", NULL), 0);
    kith_session_close(s);
    assert_true(kith_close(db));
}

/* That it is refused so, without a word of the password. */
static inline void expect_refused(const char *url, kith_status status, const char *words)
{
    kith_error err = { 0 };
    kith_db *db = kith_open(url, NULL, &err);
    if (db)
        kith_close(db);
    if (db || err.status != status || !strstr(err.message, words))
        fail_msg("%s: %s: %s", url, db ? "was opened" : kith_status_name(err.status), err.message);
    if (strstr(err.message, PASSWORD) || strstr(err.message, PASSWORD_ENCODED) || strstr(err.message, "secret"))
        fail_msg("the message tells the password: %s", err.message);
}

#endif
