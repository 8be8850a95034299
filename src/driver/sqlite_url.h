/* sqlite_url: what a "sqlite:" URL asks for: a path, and settings behind a '?'. Opens nothing. */
#ifndef KITH_DRIVER_SQLITE_URL_H
#define KITH_DRIVER_SQLITE_URL_H

#include "kith/ext/driver.h"

enum sqlite_setting { SET_MODE, SET_BUSY_MS, SET_SYNCHRONOUS, SET_CACHE_KIB, SET_FOREIGN_KEYS, SET_JOURNAL, SET_COUNT };

enum sqlite_mode { MODE_RO, MODE_RW, MODE_RWC }; /* the words of SET_MODE, in their order */

struct sqlite_settings {
    char path[4096]; /* decoded */
    bool memory;     /* ":memory:" */
    bool given[SET_COUNT];
    unsigned value[SET_COUNT]; /* a number, or which of the setting's words */
};

/* Reads opts->location and fills in the defaults. On failure the error names the option, the value and what is right. */
bool kith__sqlite_settings(const kith_connect_opts *opts, struct sqlite_settings *s, kith_error *err);
/* The word that a setting has: "full". */
const char *kith__sqlite_word(const struct sqlite_settings *s, enum sqlite_setting setting);

#endif
