/* sqlite_driver: what the tests of the SQLite driver share beside one_driver: a folder of their own, and connections. */
#ifndef TESTS_UNIT_SQLITE_DRIVER_H
#define TESTS_UNIT_SQLITE_DRIVER_H

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRIVER kith__driver_sqlite
#define SQLITE DRIVER
#include "harness/one_driver.h"

static char folder[64];

static inline int set_up(void **state)
{
    (void)state;
    memory_set_up();
    strcpy(folder, "/tmp/kith_sqlite_XXXXXX");
    return mkdtemp(folder) && chmod(folder, 0777) == 0 ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    bool gone = system(command) == 0;
    return memory_tear_down() && gone ? 0 : -1;
}

/* `name` in the folder of this test. In static memory: one of eight. */
static inline const char *in_folder(const char *name)
{
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static inline kith_connection *open_ok(const char *location)
{
    return must_open(location, 2000);
}

static inline kith_connection *open_memory(void)
{
    return open_ok(":memory:");
}

/* Refused, with this status and these words in the message. */
static inline void assert_refused(const char *location, kith_status status, const char *words)
{
    kith_error err;
    if (open_at(location, 0, &err))
        fail_msg("%s was opened", location);
    if (err.status != status || !strstr(err.message, words))
        fail_msg("%s: %s: %s", location, kith_status_name(err.status), err.message);
}

static inline void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static inline const char *text_of(kith_connection *c, const char *sql)
{
    return text_as(c, sql, KITH_T_TEXT);
}

#endif
