/* sqlite_url: see sqlite_url.h. */
#include "driver/sqlite_url.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "driver/url.h"

static const char *const mode_words[] = { "ro", "rw", "rwc", NULL };
static const char *const synchronous_words[] = { "off", "normal", "full", "extra", NULL };
static const char *const switch_words[] = { "off", "on", NULL };
static const char *const journal_words[] = { "wal", "delete", "truncate", "persist", "memory", "off", NULL };

static const struct {
    const char *key;
    const char *const *words; /* NULL: a number */
} settings[SET_COUNT] = {
    [SET_MODE] = { "mode", mode_words },
    [SET_BUSY_MS] = { "busy_ms", NULL },
    [SET_SYNCHRONOUS] = { "synchronous", synchronous_words },
    [SET_CACHE_KIB] = { "cache_kib", NULL },
    [SET_FOREIGN_KEYS] = { "foreign_keys", switch_words },
    [SET_JOURNAL] = { "journal", journal_words },
};

enum { DEFAULT_CACHE_KIB = 16 * 1024, LIST_TEXT = 128 };

const char *kith__sqlite_word(const struct sqlite_settings *s, enum sqlite_setting setting)
{
    return settings[setting].words[s->value[setting]];
}

/* ---- options -------------------------------------------------------------------------------------------------------- */

/* Adds ", word" and offers the word to n. */
static void list_word(char list[LIST_TEXT], const char *word, struct nearest *n)
{
    size_t size = strlen(list);
    snprintf(list + size, LIST_TEXT - size, "%s%s", size ? ", " : "", word);
    kith__nearest_offer(n, word);
}

static bool unknown_key(const char *key, kith_error *err)
{
    char list[LIST_TEXT] = "";
    struct nearest n;
    kith__nearest_start(&n, key);
    for (int i = 0; i < SET_COUNT; i++)
        list_word(list, settings[i].key, &n);
    if (n.best)
        return kith__error_set(err, KITH_E_USAGE, "a sqlite: URL has no option \"%s\"; did you mean \"%s\"?", key,
                               n.best);
    return kith__error_set(err, KITH_E_USAGE, "a sqlite: URL has no option \"%s\"; there are %s", key, list);
}

static bool unknown_word(enum sqlite_setting setting, const char *word, kith_error *err)
{
    char list[LIST_TEXT] = "";
    struct nearest n;
    kith__nearest_start(&n, word);
    for (const char *const *known = settings[setting].words; *known; known++)
        list_word(list, *known, &n);
    const char *hint[3] = { "", "", "" };
    if (n.best) {
        hint[0] = "; did you mean \"";
        hint[1] = n.best;
        hint[2] = "\"?";
    }
    return kith__error_set(err, KITH_E_USAGE, "the option %s of a sqlite: URL cannot be \"%s\"; it is one of %s%s%s%s",
                           settings[setting].key, word, list, hint[0], hint[1], hint[2]);
}

static bool read_number(enum sqlite_setting setting, const char *text, unsigned *number, kith_error *err)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long long n = digits > 0 && digits <= 10 && !text[digits] ? strtoull(text, NULL, 10) : ULLONG_MAX;
    if (n > INT_MAX)
        return kith__error_set(err, KITH_E_USAGE,
                               "the option %s of a sqlite: URL cannot be \"%s\"; it is a whole number from 0 to %d",
                               settings[setting].key, text, INT_MAX);
    *number = (unsigned)n;
    return true;
}

static bool read_option(struct sqlite_settings *s, const struct url_option *option, kith_error *err)
{
    enum sqlite_setting setting = 0;
    while (setting < SET_COUNT && !kith__equal(settings[setting].key, option->key))
        setting++;
    if (setting == SET_COUNT)
        return unknown_key(option->key, err);
    s->given[setting] = true;
    const char *const *words = settings[setting].words;
    if (!words)
        return read_number(setting, option->value, &s->value[setting], err);
    for (unsigned i = 0; words[i]; i++) {
        if (kith__equal(words[i], option->value)) {
            s->value[setting] = i;
            return true;
        }
    }
    return unknown_word(setting, option->value, err);
}

/* ---- the path ------------------------------------------------------------------------------------------------------- */

static bool read_path(struct sqlite_settings *s, const char *location, size_t size, kith_error *err)
{
    if (!kith__url_decode(location, size, s->path, sizeof s->path))
        return kith__error_set(err, KITH_E_USAGE,
                               "the path in a sqlite: URL is too long, or has a \"%%\" without two hexadecimal digits; "
                               "a percent sign itself is written %%25");
    if (!s->path[0])
        return kith__error_set(err, KITH_E_USAGE,
                               "a sqlite: URL needs a path: \"sqlite:app.db\", or \"sqlite::memory:\"");
    /* Elsewhere "//" begins a host, and three slashes mean a relative path to some and an absolute one to others. */
    if (strncmp(s->path, "//", 2) == 0)
        return kith__error_set(
            err, KITH_E_USAGE,
            "the path \"%s\" in a sqlite: URL is ambiguous: write \"sqlite:app.db\" for a file in the "
            "working directory, \"sqlite:/srv/app.db\" for a full path",
            s->path);
    /* SQLite may have been built to read such a name as a URI with parameters of its own. */
    if (strncmp(s->path, "file:", 5) == 0)
        return kith__error_set(err, KITH_E_USAGE, "a sqlite: URL takes the path itself: write it without \"file:\"");
    s->memory = kith__equal(s->path, ":memory:");
    return true;
}

bool kith__sqlite_settings(const kith_connect_opts *opts, struct sqlite_settings *s, kith_error *err)
{
    *s = (struct sqlite_settings){ 0 };
    s->value[SET_MODE] = MODE_RWC;
    s->value[SET_BUSY_MS] = opts->busy_ms;
    s->value[SET_CACHE_KIB] = DEFAULT_CACHE_KIB;
    s->value[SET_FOREIGN_KEYS] = 1;

    size_t size = strcspn(opts->location, "?");
    if (!read_path(s, opts->location, size, err))
        return false;
    const char *at = opts->location + size + (opts->location[size] == '?');
    struct url_option option;
    while (kith__url_option(&at, &option, err))
        if (!read_option(s, &option, err))
            return false;
    if (err->status != KITH_OK)
        return false;
    if (s->value[SET_MODE] == MODE_RO && s->given[SET_JOURNAL])
        return kith__error_set(
            err, KITH_E_USAGE,
            "the options mode=ro and journal of a sqlite: URL exclude each other: a database that is "
            "only read keeps the journal it has");
    return true;
}
