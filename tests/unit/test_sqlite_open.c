/* The SQLite driver: what a URL means, and what is told of a file that cannot be opened. */
#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

#include "base/time.h"
#include "unit/sqlite_driver.h"

/* ---- URLs ----------------------------------------------------------------------------------------------------------- */

static void assert_url(const char *location, const char *words)
{
    kith_connect_opts opts = { .location = location, .busy_ms = 100 };
    kith_error err = { .status = KITH_OK };
    if (!words) {
        if (!SQLITE.check_url(&opts, &err))
            fail_msg("%s: %s", location, err.message);
        return;
    }
    if (SQLITE.check_url(&opts, &err) || err.status != KITH_E_USAGE || !strstr(err.message, words))
        fail_msg("%s: %s: %s", location, kith_status_name(err.status), err.message);
}

static void test_driver_sqlite__good_urls(void **state)
{
    (void)state;
    assert_url("app.db", NULL);
    assert_url("/srv/my%20app.db", NULL);
    assert_url(":memory:", NULL);
    assert_url("app.db?", NULL);
    assert_url("app.db?mode=rw&busy_ms=0&synchronous=extra&cache_kib=2147483647&foreign_keys=off&journal=delete", NULL);
    assert_url("app.db?mode=ro", NULL);
    assert_url("a?journal=truncate&journal=wal", NULL);
}

static void test_driver_sqlite__bad_urls_name_what_is_right(void **state)
{
    (void)state;
    assert_url("", "needs a path");
    assert_url("?mode=ro", "needs a path");
    assert_url("a%zz", "%25");
    assert_url("//app.db", "sqlite:/srv/app.db");
    assert_url("file:app.db", "without \"file:\"");
    assert_url("a?mod=ro", "did you mean \"mode\"?");
    assert_url("a?jurnal=wal", "did you mean \"journal\"?");
    assert_url("a?zzzzzzzzz=1", "mode, busy_ms, synchronous, cache_kib, foreign_keys, journal");
    assert_url("a?mode=rx", "ro, rw, rwc");
    assert_url("a?synchronous=norml", "did you mean \"normal\"?");
    assert_url("a?foreign_keys=maybe", "off, on");
    assert_url("a?journal=", "wal, delete");
    assert_url("a?busy_ms=-1", "whole number");
    assert_url("a?busy_ms=", "whole number");
    assert_url("a?busy_ms=2147483648", "whole number");
    assert_url("a?cache_kib=16k", "whole number");
    assert_url("a?mode", "key=value");
    assert_url("a?mode=ro&journal=wal", "exclude each other");
    char longest[5000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_url(longest, "too long");
}

static void test_driver_sqlite__connection_limit(void **state)
{
    (void)state;
    kith_connect_opts opts = { .location = ":memory:" };
    assert_int_equal(SQLITE.connection_limit(&opts), 1);
    opts.location = "%3Amemory:?cache_kib=1";
    assert_int_equal(SQLITE.connection_limit(&opts), 1);
    opts.location = "app.db";
    assert_int_equal(SQLITE.connection_limit(&opts), 0);
}

/* ---- opening -------------------------------------------------------------------------------------------------------- */

static void test_driver_sqlite__defaults_of_a_file(void **state)
{
    (void)state;
    kith_connection *c = open_ok(in_folder("a%20b.db"));
    assert_int_equal(access(in_folder("a b.db"), F_OK), 0);
    assert_string_equal(text_of(c, "PRAGMA journal_mode"), "wal");
    assert_int_equal(int_of(c, "PRAGMA foreign_keys"), 1);
    assert_int_equal(int_of(c, "PRAGMA cache_size"), -16384);
    assert_int_equal(int_of(c, "PRAGMA busy_timeout"), 2000);
    SQLITE.close(c);
}

static void test_driver_sqlite__options_are_applied(void **state)
{
    (void)state;
    char location[300];
    snprintf(location, sizeof location,
             "%s?busy_ms=77&synchronous=normal&cache_kib=2000&foreign_keys=off&journal=truncate", in_folder("a.db"));
    kith_connection *c = open_ok(location);
    assert_string_equal(text_of(c, "PRAGMA journal_mode"), "truncate");
    assert_int_equal(int_of(c, "PRAGMA foreign_keys"), 0);
    assert_int_equal(int_of(c, "PRAGMA cache_size"), -2000);
    assert_int_equal(int_of(c, "PRAGMA busy_timeout"), 77);
    assert_int_equal(int_of(c, "PRAGMA synchronous"), 1);
    SQLITE.close(c);
}

static void test_driver_sqlite__memory_is_private_and_keeps_its_journal(void **state)
{
    (void)state;
    kith_connection *a = open_memory(), *b = open_memory();
    script(a, "CREATE TABLE t (x)");
    assert_int_equal(int_of(b, "SELECT count(*) FROM sqlite_master"), 0);
    assert_string_equal(text_of(a, "PRAGMA journal_mode"), "memory");
    SQLITE.close(a);
    SQLITE.close(b);
    assert_refused(":memory:?journal=wal", KITH_E_UNSUPPORTED, "journal stays \"memory\"");
}

static void test_driver_sqlite__read_only(void **state)
{
    (void)state;
    char location[300];
    snprintf(location, sizeof location, "%s?journal=delete", in_folder("a.db"));
    kith_connection *c = open_ok(location);
    script(c, "CREATE TABLE t (x); INSERT INTO t VALUES (5)");
    SQLITE.close(c);
    snprintf(location, sizeof location, "%s?mode=ro", in_folder("a.db"));
    c = open_ok(location);
    assert_int_equal(int_of(c, "SELECT x FROM t"), 5);
    assert_string_equal(text_of(c, "PRAGMA journal_mode"), "delete");
    kith_error err = failure_of(c, "INSERT INTO t VALUES (6)");
    assert_int_equal(err.status, KITH_E_PERMISSION);
    assert_int_equal(err.driver_code, SQLITE_READONLY);
    SQLITE.close(c);
}

static void test_driver_sqlite__what_is_no_database_is_told_apart(void **state)
{
    (void)state;
    char location[300];
    write_file(in_folder("short"), "hello");
    assert_refused(in_folder("short"), KITH_E_CONNECTION, "not a SQLite database");
    FILE *f = fopen(in_folder("long"), "w");
    for (int i = 0; i < 5000; i++)
        fputs("garbage ", f);
    fclose(f);
    assert_refused(in_folder("long"), KITH_E_CONNECTION, "not a SQLite database");
    snprintf(location, sizeof location, "%s?mode=ro", in_folder("long"));
    assert_refused(location, KITH_E_CONNECTION, "not a SQLite database");

    assert_refused(folder, KITH_E_CONNECTION, "it is a directory");
    snprintf(location, sizeof location, "%s?mode=ro", folder);
    assert_refused(location, KITH_E_CONNECTION, "it is a directory");
    assert_refused(in_folder("none/a.db"), KITH_E_CONNECTION, "no such directory");
    assert_refused(in_folder("long/a.db"), KITH_E_CONNECTION, "no directory");
    snprintf(location, sizeof location, "%s?mode=rw", in_folder("none.db"));
    assert_refused(location, KITH_E_CONNECTION, "no such file");
    snprintf(location, sizeof location, "%s?mode=ro", in_folder("none.db"));
    assert_refused(location, KITH_E_CONNECTION, "no such file");
    assert_int_not_equal(access(in_folder("none.db"), F_OK), 0);
    /* An empty file is an empty database. */
    write_file(in_folder("empty"), "");
    SQLITE.close(open_ok(in_folder("empty")));
}

static void test_driver_sqlite__names_the_path_and_the_code(void **state)
{
    (void)state;
    kith_error err;
    const char *path = in_folder("none/a.db");
    assert_null(open_at(path, 0, &err));
    assert_non_null(strstr(err.message, path));
    assert_int_equal(err.driver_code & 0xff, SQLITE_CANTOPEN);
}

/* Permission bits do not bind root, so the attempts are made by a child that is somebody else. Gives how many of them
 * went wrong: 0 when all is well. */
static int attempt_as_nobody(void)
{
    static const struct {
        const char *name;
        kith_status status;
        const char *words;
    } attempts[] = {
        { "closed/new.db", KITH_E_PERMISSION, "directory may not be written" },
        { "closed/old.db", KITH_E_PERMISSION, "directory may not be written" },
        { "locked.db", KITH_E_PERMISSION, "may not be written (mode=ro" },
        { "locked_wal.db", KITH_E_PERMISSION, "may not be written (mode=ro" },
        { "secret.db", KITH_E_PERMISSION, "may not be read" },
        { "hidden/a.db", KITH_E_PERMISSION, "ermission denied" },
    };
    int wrong = 0;
    kith_error err;
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        kith_connection *c = open_at(in_folder(attempts[i].name), 0, &err);
        if (c || err.status != attempts[i].status || !strstr(err.message, attempts[i].words)) {
            fprintf(stderr, "%s: %s: %s\n", attempts[i].name, kith_status_name(err.status), err.message);
            wrong++;
        }
    }
    char location[300];
    snprintf(location, sizeof location, "%s?mode=ro", in_folder("locked.db"));
    kith_connection *c = open_at(location, 0, &err);
    if (!c) {
        fprintf(stderr, "%s: %s\n", location, err.message);
        return wrong + 1;
    }
    SQLITE.close(c);
    return wrong;
}

static void test_driver_sqlite__missing_permissions_are_told_apart(void **state)
{
    (void)state;
    static const char *const files[] = { "closed/old.db", "locked.db", "secret.db", "hidden/a.db" };
    assert_int_equal(mkdir(in_folder("closed"), 0755), 0);
    assert_int_equal(mkdir(in_folder("hidden"), 0700), 0);
    for (int i = 0; i < 4; i++) {
        char location[300];
        snprintf(location, sizeof location, "%s?journal=delete", in_folder(files[i]));
        kith_connection *c = open_ok(location);
        script(c, "CREATE TABLE t (x)");
        SQLITE.close(c);
    }
    assert_int_equal(chmod(in_folder("closed/old.db"), 0666), 0);
    assert_int_equal(chmod(in_folder("closed"), 0555), 0);
    assert_int_equal(chmod(in_folder("locked.db"), 0444), 0);
    SQLITE.close(open_ok(in_folder("locked_wal.db"))); /* its journal needs no change */
    assert_int_equal(chmod(in_folder("locked_wal.db"), 0444), 0);
    assert_int_equal(chmod(in_folder("secret.db"), 0000), 0);
    assert_int_equal(chmod(in_folder("hidden"), geteuid() == 0 ? 0700 : 0000), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(100);
        _exit(attempt_as_nobody());
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(in_folder("closed"), 0755), 0);
    assert_int_equal(chmod(in_folder("hidden"), 0700), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Another process holds the file until the pipe is closed. */
static pid_t hold_exclusively(const char *path, int *release)
{
    int ready[2], done[2];
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(done), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        sqlite3 *db;
        char byte;
        close(done[1]);
        if (sqlite3_open(path, &db) == SQLITE_OK &&
            sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL) == SQLITE_OK && write(ready[1], "x", 1) == 1)
            while (read(done[0], &byte, 1) > 0)
                continue;
        _exit(0);
    }
    char byte;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    close(done[0]);
    *release = done[1];
    return child;
}

static void test_driver_sqlite__locked_by_another_process(void **state)
{
    (void)state;
    char location[300];
    snprintf(location, sizeof location, "%s?journal=delete", in_folder("a.db"));
    kith_connection *c = open_ok(location);
    script(c, "CREATE TABLE t (x)");
    SQLITE.close(c);
    int release;
    pid_t child = hold_exclusively(in_folder("a.db"), &release);
    kith_error err;
    int64_t started = kith__monotonic();
    assert_null(open_at(in_folder("a.db?busy_ms=150"), 0, &err));
    double waited = kith__elapsed_ms(started);
    assert_int_equal(err.status, KITH_E_BUSY);
    assert_non_null(strstr(err.message, "150 ms"));
    assert_true(waited >= 100 && waited < 5000);
    close(release);
    assert_int_equal(waitpid(child, NULL, 0), child);
    SQLITE.close(open_ok(in_folder("a.db")));
}

static void test_driver_sqlite__journal_that_cannot_be_changed_is_an_error(void **state)
{
    (void)state;
    char location[300];
    snprintf(location, sizeof location, "%s?journal=delete", in_folder("a.db"));
    kith_connection *reader = open_ok(location);
    script(reader, "CREATE TABLE t (x); INSERT INTO t VALUES (1); BEGIN; SELECT * FROM t");
    kith_statement *st = prepare(reader, "SELECT * FROM t");
    kith_error err;
    assert_int_equal(SQLITE.step(st, &err), 1); /* holds a lock for reading */
    assert_null(open_at(in_folder("a.db"), 50, &err));
    assert_int_equal(err.status, KITH_E_BUSY);
    snprintf(location, sizeof location, "%s?mode=ro", in_folder("a.db"));
    SQLITE.close(open_ok(location)); /* does not touch it */
    SQLITE.finish(st);
    SQLITE.drop(st);
    SQLITE.close(reader);
}

static void *finish_soon(void *st)
{
    nanosleep(&(struct timespec){ .tv_nsec = 150000000 }, NULL);
    SQLITE.finish(st);
    return NULL;
}

static void test_driver_sqlite__change_of_the_journal_waits(void **state)
{
    (void)state;
    char location[300];
    snprintf(location, sizeof location, "%s?journal=delete", in_folder("a.db"));
    kith_connection *reader = open_ok(location);
    script(reader, "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    kith_statement *st = prepare(reader, "SELECT * FROM t");
    kith_error err;
    assert_int_equal(SQLITE.step(st, &err), 1);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, finish_soon, st), 0);
    kith_connection *c = open_at(in_folder("a.db"), 10000, &err);
    pthread_join(thread, NULL);
    if (!c)
        fail_msg("%s", err.message);
    assert_string_equal(text_of(c, "PRAGMA journal_mode"), "wal");
    SQLITE.close(c);
    SQLITE.drop(st);
    SQLITE.close(reader);
}

static void *open_and_insert(void *arg)
{
    kith_connect_opts opts = { .location = arg, .busy_ms = 20000, .allocator = &kith__default_allocator };
    kith_error err = { .status = KITH_OK };
    kith_connection *c = SQLITE.open(&opts, &err);
    bool done = c && SQLITE.script(c,
                                   "BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS t (x); INSERT INTO t VALUES (1);"
                                   "COMMIT",
                                   &err);
    if (c)
        SQLITE.close(c);
    if (!done)
        fprintf(stderr, "%s\n", err.message);
    return done ? arg : NULL;
}

/* The first connections of a new file all change its journal at the same time. */
static void test_driver_sqlite__many_open_a_new_file_at_once(void **state)
{
    (void)state;
    enum { THREADS = 6, FILES = 60 };
    for (int i = 0; i < FILES; i++) {
        char name[32], path[256];
        snprintf(name, sizeof name, "n%d.db", i);
        strcpy(path, in_folder(name));
        pthread_t threads[THREADS];
        for (int k = 0; k < THREADS; k++)
            assert_int_equal(pthread_create(&threads[k], NULL, open_and_insert, path), 0);
        for (int k = 0; k < THREADS; k++) {
            void *done;
            pthread_join(threads[k], &done);
            assert_non_null(done);
        }
        kith_connection *c = open_ok(path);
        assert_int_equal(int_of(c, "SELECT count(*) FROM t"), THREADS);
        SQLITE.close(c);
    }
}

static void test_driver_sqlite__short_memory_is_an_error(void **state)
{
    (void)state;
    kith_error err;
    heap.fail_at = 1;
    assert_null(open_at(":memory:", 0, &err));
    assert_int_equal(err.status, KITH_E_NO_MEMORY);
    heap.fail_at = 0;
    kith_connection *c = open_memory();
    heap.calls = 0;
    heap.fail_at = 1;
    assert_null(SQLITE.prepare(c, "SELECT 1", 8, &err));
    assert_int_equal(err.status, KITH_E_NO_MEMORY);
    heap.fail_at = 0;
    kith_arena small;
    kith__arena_init(&small, &heap.allocator, NULL, false);
    kith_statement *st = prepare(c, "SELECT 'text'");
    kith_value out;
    assert_int_equal(SQLITE.step(st, &err), 1);
    heap.calls = 0;
    heap.fail_at = 1;
    assert_false(SQLITE.columns(st, 0, 1, (const uint8_t[]){ KITH_T_TEXT }, &small, &out, &err));
    assert_int_equal(err.status, KITH_E_NO_MEMORY);
    SQLITE.drop(st);
    SQLITE.close(c);
    kith__arena_free(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_driver_sqlite__good_urls),
        TEST(test_driver_sqlite__bad_urls_name_what_is_right),
        TEST(test_driver_sqlite__connection_limit),
        TEST(test_driver_sqlite__defaults_of_a_file),
        TEST(test_driver_sqlite__options_are_applied),
        TEST(test_driver_sqlite__memory_is_private_and_keeps_its_journal),
        TEST(test_driver_sqlite__read_only),
        TEST(test_driver_sqlite__what_is_no_database_is_told_apart),
        TEST(test_driver_sqlite__names_the_path_and_the_code),
        TEST(test_driver_sqlite__missing_permissions_are_told_apart),
        TEST(test_driver_sqlite__locked_by_another_process),
        TEST(test_driver_sqlite__journal_that_cannot_be_changed_is_an_error),
        TEST(test_driver_sqlite__change_of_the_journal_waits),
        TEST(test_driver_sqlite__many_open_a_new_file_at_once),
        TEST(test_driver_sqlite__short_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
