/* place: where a campaign happens: a database of its own on a server or in a file, and the way to the one who runs the
 * servers. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "campaign.h"

enum { URL = 512 };

static struct {
    char name[64];    /* of the database, or the folder that the file is in */
    const char *base; /* URL of the server, as its owner; NULL: there is none */
    const char *drop;
    char url[URL];
} place;

void give_up(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    fputs("campaign: ", stderr);
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
    exit(2);
}

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sleep_ms(int ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 }, NULL);
}

unsigned number_of(const char *argument)
{
    char *end;
    unsigned long number = strtoul(argument, &end, 10);
    if (*end || number == 0 || number > 1000000)
        give_up("\"%s\" is no number from 1 to 1000000", argument);
    return (unsigned)number;
}

/* ---- databases ---- */

static const char *address_of(const char *variable)
{
    const char *url = getenv(variable);
    if (!url)
        give_up("%s names no server: run this by tools/with-servers", variable);
    return url;
}

static void on_server(const char *format)
{
    char sql[128];
    kith_error err;
    kith_db *db = kith_open(place.base, &(kith_open_opts){ .pool_max = 1 }, &err);
    if (!db)
        give_up("%s", err.message);
    kith_session *s = kith_session_open(db);
    snprintf(sql, sizeof sql, format, place.name);
    if (!kith_execute_script(s, sql))
        give_up("%s: %s", sql, kith_error_of(s)->message);
    kith_session_close(s);
    kith_close(db);
}

/* The server's URL with the name of this database, and with more options. */
static void write_url(const char *url, const char *options)
{
    const char *path = strchr(strstr(url, "//") + 2, '/'), *before = strchr(path, '?');
    int size = snprintf(place.url, URL, "%.*s/%s%s", (int)(path - url), url, place.name, before ? before : "");
    if (options)
        snprintf(place.url + size, URL - (size_t)size, "%c%s", before ? '&' : '?', options);
}

static const char *make_on_server(const char *base, const char *reached_by, const char *drop, const char *options)
{
    snprintf(place.name, sizeof place.name, "kith_campaign_%ld", (long)getpid());
    place.base = address_of(base);
    place.drop = drop;
    write_url(address_of(reached_by), options);
    on_server("CREATE DATABASE %s");
    return place.url;
}

static const char *make_file(void)
{
    const char *temporary = getenv("TMPDIR");
    snprintf(place.name, sizeof place.name, "%s/kith-campaign-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(place.name))
        give_up("%s cannot be made", place.name);
    snprintf(place.url, URL, "sqlite:%s/test.db", place.name);
    return place.url;
}

const char *make_database(const char *kind, const char *options)
{
    static const char forced[] = "DROP DATABASE %s WITH (FORCE)"; /* PgBouncer keeps its connections */
    if (strcmp(kind, "sqlite-file") == 0)
        return make_file();
    if (strcmp(kind, "mariadb") == 0)
        return make_on_server("KITH_TEST_MARIADB", "KITH_TEST_MARIADB", "DROP DATABASE %s", options);
    if (strcmp(kind, "postgres") == 0)
        return make_on_server("KITH_TEST_POSTGRES", "KITH_TEST_POSTGRES", forced, options);
    if (strcmp(kind, "pgbouncer") == 0)
        return make_on_server("KITH_TEST_POSTGRES", "KITH_TEST_PGBOUNCER", forced, options);
    give_up("there is no kind of database \"%s\"", kind);
}

void drop_database(void)
{
    static const char *const files[] = { "test.db", "test.db-wal", "test.db-shm" };
    char path[128];
    if (place.base) {
        on_server(place.drop);
        return;
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", place.name, files[i]);
        unlink(path);
    }
    rmdir(place.name);
}

/* ---- servers ---- */

void tell_server(const char *verb, const char *kind)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    const char *path = getenv("KITH_TEST_CONTROL");
    char said[512] = "";
    size_t size = 0;
    ssize_t more = 1;
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path ? path : "");
    int control = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(control, (struct sockaddr *)&to, sizeof to) != 0)
        give_up("KITH_TEST_CONTROL leads to nobody: run this by tools/with-servers");
    if (dprintf(control, "%s %s\n", verb, kind) < 0)
        give_up("nobody listens at %s", path);
    for (; more > 0 && size + 1 < sizeof said; size += (size_t)(more > 0 ? more : 0))
        more = read(control, said + size, sizeof said - 1 - size);
    close(control);
    if (strcmp(said, "done\n") != 0)
        give_up("%s %s: %s", verb, kind, said);
}
