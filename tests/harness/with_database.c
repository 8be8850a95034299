/* with_database: runs a program on a new, empty database.
 *
 *     with_database KIND COMMAND…
 *
 * The command gets the database's URL as its last argument. KIND is sqlite (a file), postgres or mariadb: beside the
 * database that KITH_TEST_POSTGRES or KITH_TEST_MARIADB names, see tools/with-servers. When the command has ended, the
 * database is dropped. Returns what the command returned; 127 when the database cannot be had. A user's program: it knows
 * the public headers only. */
#define _XOPEN_SOURCE 700
#include <kith/kith.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 512, NOT_RUN = 127 };

static bool run_sql(const char *url, const char *format, const char *name)
{
    kith_error err;
    char sql[SIZE];
    kith_db *db = kith_open(url, &(kith_open_opts){ .pool_max = 1 }, &err);
    kith_session *s = kith_session_open(db);
    snprintf(sql, sizeof sql, format, name);
    bool done = kith_execute_script(s, sql);
    if (!done)
        fprintf(stderr, "with_database: %s\n", db ? kith_error_of(s)->message : err.message);
    kith_session_close(s);
    kith_close(db);
    return done;
}

/* Runs the command, whose last argument is still free. */
static int run_command(char **command, char *url)
{
    size_t last = 0;
    while (command[last])
        last++;
    char **with_url = calloc(last + 2, sizeof *with_url);
    if (!with_url)
        return NOT_RUN;
    memcpy(with_url, command, last * sizeof *command);
    with_url[last] = url;
    pid_t child = fork();
    if (child == 0) {
        execvp(with_url[0], with_url);
        perror(with_url[0]);
        _exit(NOT_RUN);
    }
    free(with_url);
    int ended = 0;
    if (child < 0 || waitpid(child, &ended, 0) < 0)
        return NOT_RUN;
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
}

static int on_file(char **command)
{
    const char *temporary = getenv("TMPDIR");
    char folder[SIZE], url[SIZE + 32];
    snprintf(folder, sizeof folder, "%s/kith-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(folder)) {
        perror(folder);
        return NOT_RUN;
    }
    snprintf(url, sizeof url, "sqlite:%s/test.db", folder);
    int status = run_command(command, url);
    static const char *const files[] = { "test.db", "test.db-wal", "test.db-shm", "test.db-journal" };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[SIZE + 32];
        snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
    return status;
}

static int on_server(const char *server, char **command)
{
    char name[64], url[SIZE];
    snprintf(name, sizeof name, "kith_run_%ld", (long)getpid());
    const char *host = strstr(server, "//");
    int size = host ? (int)(host - server) + 2 + (int)strcspn(host + 2, "/?") : 0;
    if (!size || snprintf(url, sizeof url, "%.*s/%s", size, server, name) >= (int)sizeof url) {
        fprintf(stderr, "with_database: the server's URL names no host, or is too long\n");
        return NOT_RUN;
    }
    if (!run_sql(server, "CREATE DATABASE %s", name))
        return NOT_RUN;
    int status = run_command(command, url);
    return run_sql(server, "DROP DATABASE %s", name) ? status : NOT_RUN;
}

int main(int argc, char **argv)
{
    const char *variable = argc < 3                           ? NULL
                           : strcmp(argv[1], "postgres") == 0 ? "KITH_TEST_POSTGRES"
                           : strcmp(argv[1], "mariadb") == 0  ? "KITH_TEST_MARIADB"
                                                              : NULL;
    const char *server = variable ? getenv(variable) : NULL;
    if (server)
        return on_server(server, argv + 2);
    if (variable)
        fprintf(stderr, "with_database: %s names no server: run this by tools/with-servers\n", variable);
    else if (argc > 2 && strcmp(argv[1], "sqlite") == 0)
        return on_file(argv + 2);
    else
        fprintf(stderr, "usage: with_database sqlite|postgres|mariadb COMMAND…\n");
    return NOT_RUN;
}
