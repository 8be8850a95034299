/* shared: see shared.h. What a test has open lies in one struct, so that the tear-down finds it after a failure. */
#include "harness/shared.h"

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/fail_alloc.h"

enum { SESSIONS = 16, STATEMENTS = 256, PATH = 256, ACQUIRE_MS = 3000 };

static struct {
    const struct kind *kind;
    kith_db *db;
    kith_session *sessions[SESSIONS];
    struct fail_alloc heap;
    kith_allocator allocator; /* the heap's, behind the lock */
    pthread_mutex_t lock;
    char *statements[STATEMENTS];
    unsigned statement_count;
    char folder[PATH];
    unsigned number; /* of the test in this program */
    char url[PATH];
} test = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---- kinds of databases ---- */

struct kind {
    const char *name;
    void (*prepare)(void);         /* makes an empty database */
    const char *(*url)(char *url); /* at most PATH bytes */
    void (*drop)(void);
};

static void make_folder(void)
{
    const char *temporary = getenv("TMPDIR");
    snprintf(test.folder, sizeof test.folder, "%s/kith-test-XXXXXX", temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(test.folder));
}

static void remove_folder(void)
{
    char path[PATH * 2];
    DIR *folder = opendir(test.folder);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        snprintf(path, sizeof path, "%s/%s", test.folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    if (folder)
        closedir(folder);
    rmdir(test.folder);
}

static const char *sqlite_file_url(char *url)
{
    return snprintf(url, PATH, "sqlite:%s/test.db", test.folder) < PATH ? url : NULL;
}

static void nothing(void)
{
}

static const char *sqlite_memory_url(char *url)
{
    return strcpy(url, "sqlite::memory:");
}

/* A server's kind: each test gets a database of its own beside the one that the server's URL names. Its name is not used
 * again: PgBouncer may still have connections to one that is gone. */
#define DATABASE "kith_test_%ld_%u"
static void on_server(const char *variable, const char *format)
{
    kith_error err;
    char sql[PATH];
    const char *url = getenv(variable);
    if (!url)
        fail_msg("%s names no server: run the tests by tools/with-servers", variable);
    kith_db *db = kith_open(url, &(kith_open_opts){ .pool_max = 1 }, &err);
    if (!db)
        fail_msg("%s", err.message);
    kith_session *s = kith_session_open(db);
    snprintf(sql, sizeof sql, format, (long)getpid(), test.number);
    bool done = kith_execute_script(s, sql);
    if (!done)
        print_error("%s: %s\n", sql, kith_error_of(s)->message);
    kith_session_close(s);
    kith_close(db);
    assert_true(done);
}

static const char *server_url(const char *variable, char *url)
{
    const char *base = getenv(variable), *host = base ? strstr(base, "//") : NULL;
    size_t size = host ? (size_t)(host - base) + 2 + strcspn(host + 2, "/?") : 0;
    const char *options = host ? strchr(host + 2, '?') : NULL;
    return size && snprintf(url, PATH, "%.*s/" DATABASE "%s", (int)size, base, (long)getpid(), test.number,
                            options ? options : "") < PATH
               ? url
               : NULL;
}

static void make_mariadb(void)
{
    on_server("KITH_TEST_MARIADB", "CREATE DATABASE " DATABASE);
}

static const char *mariadb_url(char *url)
{
    return server_url("KITH_TEST_MARIADB", url);
}

static void drop_mariadb(void)
{
    on_server("KITH_TEST_MARIADB", "DROP DATABASE " DATABASE);
}

static void make_postgres(void)
{
    on_server("KITH_TEST_POSTGRES", "CREATE DATABASE " DATABASE);
}

static const char *postgres_url(char *url)
{
    return server_url("KITH_TEST_POSTGRES", url);
}

static void drop_postgres(void)
{
    on_server("KITH_TEST_POSTGRES", "DROP DATABASE " DATABASE);
}

static const char *pgbouncer_url(char *url)
{
    return server_url("KITH_TEST_PGBOUNCER", url);
}

/* PgBouncer keeps its connections to the database. */
static void drop_behind_pgbouncer(void)
{
    on_server("KITH_TEST_POSTGRES", "DROP DATABASE " DATABASE " WITH (FORCE)");
}

static const struct kind kinds[] = {
    { "sqlite-file", make_folder, sqlite_file_url, remove_folder },
    { "sqlite-memory", nothing, sqlite_memory_url, nothing },
    { "mariadb", make_mariadb, mariadb_url, drop_mariadb },
    { "postgres", make_postgres, postgres_url, drop_postgres },
    { "pgbouncer", make_postgres, pgbouncer_url, drop_behind_pgbouncer },
};

static const struct kind *find_kind(void)
{
    const char *wanted = getenv("KITH_TEST_DATABASE");
    if (!wanted || !*wanted)
        return &kinds[0];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, wanted) == 0)
            return &kinds[i];
    fail_msg("KITH_TEST_DATABASE is '%s', which is no kind of database that the tests know", wanted);
    return NULL;
}

/* ---- set-up and tear-down ---- */

static void *resize(void *ctx, void *old, size_t old_size, size_t new_size)
{
    pthread_mutex_lock(&test.lock);
    void *moved = test.heap.allocator.resize(ctx, old, old_size, new_size);
    pthread_mutex_unlock(&test.lock);
    return moved;
}

static void keep_statement(void *ctx, const char *sql, double ms)
{
    (void)ctx;
    (void)ms;
    pthread_mutex_lock(&test.lock);
    if (test.statement_count < STATEMENTS)
        test.statements[test.statement_count] = strdup(sql);
    test.statement_count++;
    pthread_mutex_unlock(&test.lock);
}

int shared_set_up(void **state)
{
    (void)state;
    fail_alloc_init(&test.heap);
    test.allocator = (kith_allocator){ .resize = resize, .ctx = &test.heap };
    test.kind = find_kind();
    test.number++;
    test.kind->prepare();
    return 0;
}

bool close_database(void)
{
    for (size_t i = 0; i < SESSIONS; i++)
        close_session(test.sessions[i]);
    bool closed = !test.db || kith_close(test.db);
    test.db = NULL;
    return closed;
}

int shared_tear_down(void **state)
{
    (void)state;
    bool closed = close_database();
    forget_statements();
    test.kind->drop();
    if (closed && !test.heap.live_blocks)
        return 0;
    print_error("%zu blocks with %zu bytes are left\n", test.heap.live_blocks, test.heap.live_bytes);
    return -1;
}

/* ---- the database ---- */

static kith_db *open_test_db(const kith_model *const *models, kith_open_opts opts, kith_error *err)
{
    char url[PATH];
    opts.models = models;
    opts.log = keep_statement;
    opts.allocator = &test.allocator;
    opts.plain_memory = true;
    if (!opts.acquire_ms)
        opts.acquire_ms = ACQUIRE_MS;
    assert_null(test.db);
    assert_non_null(test.kind->url(url));
    return kith_open(url, &opts, err);
}

kith_session *start_with(void **state, const kith_model *const *models, kith_open_opts opts)
{
    kith_error err = { 0 };
    (void)state;
    test.db = open_test_db(models, opts, &err);
    if (!test.db)
        fail_msg("the database was not opened: %s", err.message);
    kith_session *s = open_session();
    must(s, kith_sync(s, NULL));
    forget_statements();
    return s;
}

kith_session *start(void **state, const kith_model *const *models)
{
    return start_with(state, models, (kith_open_opts){ 0 });
}

kith_session *open_session(void)
{
    size_t i = 0;
    while (i < SESSIONS && test.sessions[i])
        i++;
    assert_true(i < SESSIONS);
    test.sessions[i] = kith_session_open(test.db);
    assert_non_null(test.sessions[i]);
    return test.sessions[i];
}

void close_session(kith_session *s)
{
    for (size_t i = 0; s && i < SESSIONS; i++)
        if (test.sessions[i] == s)
            test.sessions[i] = NULL;
    kith_session_close(s);
}

kith_db *the_db(void)
{
    return test.db;
}

const char *database_url(void)
{
    return test.kind->url(test.url);
}

size_t memory_in_use(void)
{
    pthread_mutex_lock(&test.lock);
    size_t bytes = test.heap.live_bytes;
    pthread_mutex_unlock(&test.lock);
    return bytes;
}

void forget_memory_most(void)
{
    pthread_mutex_lock(&test.lock);
    test.heap.most_bytes = test.heap.live_bytes;
    pthread_mutex_unlock(&test.lock);
}

size_t memory_most(void)
{
    pthread_mutex_lock(&test.lock);
    size_t bytes = test.heap.most_bytes;
    pthread_mutex_unlock(&test.lock);
    return bytes;
}

bool is_on(const char *kind)
{
    const char *name = test.kind->name;
    return strcmp(name, kind) == 0 || (strcmp(name, "pgbouncer") == 0 && strcmp(kind, "postgres") == 0);
}

/* ---- errors ---- */

static bool fits(const char *have, const char *wanted)
{
    return !wanted || strcmp(have, wanted) == 0;
}

static void check_error(const kith_error *e, kith_status status, const char *model, const char *attribute,
                        const char *part, const char *file, int line)
{
    if (e->status == status && fits(e->model, model) && fits(e->attribute, attribute) && e->message[0] &&
        strstr(e->message, part))
        return;
    print_error("expected: %s, model '%s', attribute '%s', …%s…\n"
                "but was:  %s, model '%s', attribute '%s', %s\n",
                kith_status_name(status), model ? model : "(any)", attribute ? attribute : "(any)", part,
                kith_status_name(e->status), e->model, e->attribute, e->message);
    _fail(file, line);
}

void expect_error_at(kith_session *s, kith_status status, const char *model, const char *attribute, const char *part,
                     const char *file, int line)
{
    static const kith_error none;
    const kith_error *e = kith_error_of(s);
    check_error(e ? e : &none, status, model, attribute, part, file, line);
    kith_clear(s);
}

void expect_no_error_at(kith_session *s, const char *file, int line)
{
    const kith_error *e = kith_error_of(s);
    if (!e)
        return;
    print_error("%s\n%s\n", e->message, e->sql);
    _fail(file, line);
}

void expect_mistake_at(const kith_model *const *models, const char *model, const char *attribute, const char *part,
                       const char *file, int line)
{
    kith_error err = { 0 };
    test.db = open_test_db(models, (kith_open_opts){ 0 }, &err);
    check_error(&err, KITH_E_MODEL, model, attribute, part, file, line);
    assert_null(test.db);
}

/* ---- results ---- */

static void fail_with_error(kith_session *s, const char *text, const char *file, int line)
{
    const kith_error *e = kith_error_of(s);
    print_error("%s\n%s\n%s\n", text, e ? e->message : "(without an error)", e ? e->sql : "");
    _fail(file, line);
}

bool must_be_true_at(kith_session *s, bool result, const char *text, const char *file, int line)
{
    if (!result)
        fail_with_error(s, text, file, line);
    expect_no_error_at(s, file, line);
    return result;
}

void *must_be_there_at(kith_session *s, const void *result, const char *text, const char *file, int line)
{
    if (!result)
        fail_with_error(s, text, file, line);
    expect_no_error_at(s, file, line);
    return (void *)(uintptr_t)result;
}

void expect_number_at(kith_session *s, int64_t result, int64_t expected, const char *text, const char *file, int line)
{
    if (result == expected)
        return;
    print_error("expected %lld but was %lld\n", (long long)expected, (long long)result);
    fail_with_error(s, text, file, line);
}

static void fail_with_texts(const char *text, const char *expected, const char *file, int line)
{
    print_error("expected: %s\nbut was:  %s\n", expected ? expected : "(null)", text ? text : "(null)");
    _fail(file, line);
}

void expect_text_at(const char *text, const char *expected, const char *file, int line)
{
    if (text && expected ? strcmp(text, expected) != 0 : text != expected)
        fail_with_texts(text, expected, file, line);
}

void expect_json_at(kith_session *s, const kith_list *list, const kith_record *record, const char *json,
                    const char *file, int line)
{
    expect_no_error_at(s, file, line);
    const char *text = list ? kith_json(s, list) : kith_json_record(s, record);
    expect_no_error_at(s, file, line);
    size_t i = 0;
    while (json[i] && text[i] == (json[i] == '\'' ? '"' : json[i]))
        i++;
    if (json[i] || text[i])
        fail_with_texts(text, json, file, line);
}

/* ---- what is stored ---- */

void expect_stored_at(const kith_model *model, const char *const *names, const char *json, const char *file, int line)
{
    enum { MOST = 16 };
    kith_order order[MOST] = { 0 };
    for (size_t i = 0; names && names[i] && i + 1 < MOST; i++)
        order[i].path = names[i];
    kith_session *s = open_session();
    kith_list *list = kith_find(s, model, &(kith_query){ .attributes = names, .order = order });
    expect_json_at(s, list, NULL, json, file, line);
    close_session(s);
}

/* ---- statements ---- */

void forget_statements(void)
{
    for (unsigned i = 0; i < test.statement_count && i < STATEMENTS; i++)
        free(test.statements[i]);
    test.statement_count = 0;
}

unsigned statement_count(void)
{
    return test.statement_count;
}

const char *statement(unsigned i)
{
    return i < test.statement_count && i < STATEMENTS ? test.statements[i] : "";
}

void expect_statements_at(unsigned count, const char *file, int line)
{
    if (test.statement_count == count)
        return;
    print_error("expected %u statements but %u were sent:\n", count, test.statement_count);
    for (unsigned i = 0; i < test.statement_count; i++)
        print_error("    %s\n", statement(i));
    _fail(file, line);
}
