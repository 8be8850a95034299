/* sqlite_open: opening a SQLite database.
 *
 * Promises a connection that is set up the same way every time and has read the file once, so that everything that is
 * wrong with it shows here and is told in plain words. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "base/error.h"
#include "base/str.h"
#include "driver/sqlite.h"
#include "driver/sqlite_url.h"

enum { RETRY_MS = 5 };

/* ---- why a file cannot be opened ---------------------------------------------------------------------------------- */

static void directory_of(const char *path, char *to, size_t room)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        kith__copy(to, room, ".");
    else
        snprintf(to, room, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

static const char *missing_file_problem(const struct sqlite_settings *s, const char *directory, kith_status *status)
{
    struct stat st;
    if (stat(directory, &st) != 0)
        return "there is no such directory";
    if (s->value[SET_MODE] != MODE_RWC)
        return "there is no such file (mode=rwc would make one)";
    if (access(directory, W_OK) != 0) {
        *status = KITH_E_PERMISSION;
        return "there is no such file, and its directory may not be written";
    }
    return NULL;
}

/* What the file system has against the file; NULL when nothing. Also the status, where it is told by that. */
static const char *file_problem(const struct sqlite_settings *s, kith_status *status)
{
    char directory[sizeof s->path];
    directory_of(s->path, directory, sizeof directory);
    struct stat st;
    if (stat(s->path, &st) != 0) {
        if (errno == ENOENT)
            return missing_file_problem(s, directory, status);
        if (errno == ENOTDIR)
            return "a part of its path is a file and no directory";
        if (errno == EACCES)
            *status = KITH_E_PERMISSION;
        return strerror(errno);
    }
    if (S_ISDIR(st.st_mode))
        return "it is a directory";
    bool writes = s->value[SET_MODE] != MODE_RO;
    const char *problem = NULL;
    if (access(s->path, R_OK) != 0)
        problem = "it may not be read";
    else if (writes && access(s->path, W_OK) != 0)
        problem = "it may not be written (mode=ro would only read it)";
    else if (writes && access(directory, W_OK) != 0)
        problem = "its directory may not be written, and SQLite keeps its journal there (mode=ro would only read it)";
    if (problem)
        *status = KITH_E_PERMISSION;
    return problem;
}

/* Fills in the error for a step of the opening that failed. */
static bool cannot_open(sqlite3 *db, int code, const struct sqlite_settings *s, kith_error *err)
{
    kith__sqlite_failed(db, code, err);
    kith_status status = err->status;
    const char *why = NULL;
    char locked[96];
    if (status == KITH_E_BUSY) {
        snprintf(locked, sizeof locked, "it is locked by another connection, still after %u ms (busy_ms)",
                 s->value[SET_BUSY_MS]);
        why = locked;
    } else if ((code & 0xff) == SQLITE_NOTADB) {
        why = "it is not a SQLite database, or it is encrypted";
    } else if (!s->memory && (status == KITH_E_CONNECTION || status == KITH_E_PERMISSION)) {
        why = file_problem(s, &status);
    }
    if (status != KITH_E_NO_MEMORY) {
        kith__error_set(err, status, "cannot open the SQLite database \"%s\": %s", s->path, why ? why : err->message);
        err->driver_code = code;
    }
    return false;
}

/* ---- setting up ----------------------------------------------------------------------------------------------------- */

/* Runs a statement and copies the first column of its first row. Gives a result code. */
static int first_text(sqlite3 *db, const char *sql, char *to, size_t room)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(st);
    if (code == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(st, 0);
        kith__copy(to, room, text ? (const char *)text : "");
    }
    int ended = sqlite3_finalize(st);
    return code == SQLITE_ROW || code == SQLITE_DONE ? ended : code;
}

/* SQLite does not wait when it changes the journal, and connections that are opened at the same time meet here. */
static bool set_journal(sqlite3 *db, const struct sqlite_settings *s, kith_error *err)
{
    const char *wanted = kith__sqlite_word(s, SET_JOURNAL);
    char sql[64], got[16] = "";
    snprintf(sql, sizeof sql, "PRAGMA journal_mode=%s", wanted);
    int64_t started = kith__monotonic();
    int code = first_text(db, sql, got, sizeof got);
    while (kith__sqlite_status(code) == KITH_E_BUSY && kith__elapsed_ms(started) < s->value[SET_BUSY_MS]) {
        sqlite3_sleep(RETRY_MS);
        code = first_text(db, sql, got, sizeof got);
    }
    if (code != SQLITE_OK)
        return cannot_open(db, code, s, err);
    if (!kith__equal(got, wanted))
        return kith__error_set(err, KITH_E_UNSUPPORTED,
                               "cannot open the SQLite database \"%s\": its journal stays \"%s\" and cannot be \"%s\" "
                               "there (choose with the option journal)",
                               s->path, got, wanted);
    return true;
}

static int compare_decimals(void *ctx, int a_size, const void *a, int b_size, const void *b)
{
    (void)ctx;
    return kith__decimal_compare(a, (size_t)a_size, b, (size_t)b_size);
}

/* ---- what JSON cannot hold, for lists of keys ---- */

static int digit(unsigned char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* kith_bytes('00ff'): the bytes; NULL of what is no text of such digits. */
static void to_bytes(sqlite3_context *ctx, int count, sqlite3_value **given)
{
    (void)count;
    const unsigned char *text = sqlite3_value_text(given[0]);
    int size = sqlite3_value_bytes(given[0]) / 2;
    unsigned char *bytes = text ? sqlite3_malloc(size + 1) : NULL;
    if (text && !bytes)
        sqlite3_result_error_nomem(ctx);
    if (!bytes)
        return;
    for (size_t i = 0; i < (size_t)size; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            sqlite3_free(bytes);
            return;
        }
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    sqlite3_result_blob(ctx, bytes, size, sqlite3_free);
}

/* kith_real(n): the double whose bits are those of the integer. */
static void to_real(sqlite3_context *ctx, int count, sqlite3_value **given)
{
    (void)count;
    int64_t bits = sqlite3_value_int64(given[0]);
    double d;
    memcpy(&d, &bits, sizeof d);
    sqlite3_result_double(ctx, d);
}

/* ---- sums of decimals, which are text ---- */

/* kith_sum(x): exact, as text; NULL of no rows. */
static void add_to_sum(sqlite3_context *ctx, int count, sqlite3_value **given)
{
    (void)count;
    if (sqlite3_value_type(given[0]) == SQLITE_NULL)
        return;
    struct decimal_sum *sum = sqlite3_aggregate_context(ctx, sizeof *sum);
    const char *text = (const char *)sqlite3_value_text(given[0]);
    if (!sum || !text)
        sqlite3_result_error_nomem(ctx);
    else if (!kith__decimal_sum_add(sum, text, (size_t)sqlite3_value_bytes(given[0])))
        sqlite3_result_error(ctx, "a sum of decimals met a value that is none", -1);
}

static void end_sum(sqlite3_context *ctx)
{
    char text[KITH__DECIMAL_SUM_TEXT];
    const struct decimal_sum *sum = sqlite3_aggregate_context(ctx, 0);
    if (sum)
        sqlite3_result_text(ctx, text, (int)kith__decimal_sum_write(sum, text), SQLITE_TRANSIENT);
}

static int add_functions(sqlite3 *db)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int code = sqlite3_create_collation_v2(db, "kith_decimal", SQLITE_UTF8, NULL, compare_decimals, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(db, "kith_bytes", 1, flags, NULL, to_bytes, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(db, "kith_real", 1, flags, NULL, to_real, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_create_function_v2(db, "kith_sum", 1, flags, NULL, NULL, add_to_sum, end_sum, NULL);
    return code;
}

/* What concerns the connection only. Letter case counts in LIKE as it does everywhere else. */
static int set_connection(sqlite3 *db, const struct sqlite_settings *s)
{
    char sql[128];
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, (int)s->value[SET_BUSY_MS]);
    snprintf(sql, sizeof sql, "PRAGMA foreign_keys=%s; PRAGMA cache_size=-%u; PRAGMA case_sensitive_like=ON",
             kith__sqlite_word(s, SET_FOREIGN_KEYS), s->value[SET_CACHE_KIB]);
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? add_functions(db) : code;
}

/* What concerns the file; reads it for the first time. */
static bool set_file(sqlite3 *db, const struct sqlite_settings *s, kith_error *err)
{
    char text[64];
    int code = first_text(db, "SELECT 1 FROM sqlite_master LIMIT 1", text, sizeof text);
    if (code != SQLITE_OK)
        return cannot_open(db, code, s, err);
    bool writes = s->value[SET_MODE] != MODE_RO;
    /* SQLite opens a file that it may not write for reading, without a word. */
    if (writes && sqlite3_db_readonly(db, "main") == 1)
        return cannot_open(db, SQLITE_READONLY, s, err);
    if (writes && (!s->memory || s->given[SET_JOURNAL]) && !set_journal(db, s, err))
        return false;
    if (!s->given[SET_SYNCHRONOUS])
        return true;
    snprintf(text, sizeof text, "PRAGMA synchronous=%s", kith__sqlite_word(s, SET_SYNCHRONOUS));
    code = sqlite3_exec(db, text, NULL, NULL, NULL);
    return code == SQLITE_OK || cannot_open(db, code, s, err);
}

/* ---- open and close ------------------------------------------------------------------------------------------------- */

/* NULL on failure. */
static sqlite3 *open_database(const struct sqlite_settings *s, kith_error *err)
{
    static const int mode_flags[] = {
        [MODE_RO] = SQLITE_OPEN_READONLY,
        [MODE_RW] = SQLITE_OPEN_READWRITE,
        [MODE_RWC] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
    };
    sqlite3 *db = NULL;
    /* NOMUTEX: a connection is used by one thread at a time. */
    int code = sqlite3_open_v2(s->path, &db, mode_flags[s->value[SET_MODE]] | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = set_connection(db, s);
    if (code == SQLITE_OK) {
        if (set_file(db, s, err))
            return db;
    } else {
        cannot_open(db, code, s, err);
    }
    sqlite3_close_v2(db);
    return NULL;
}

kith_connection *kith__sqlite_open(const kith_connect_opts *opts, kith_error *err)
{
    struct sqlite_settings s;
    if (!kith__sqlite_settings(opts, &s, err))
        return NULL;
    if (!sqlite3_threadsafe()) {
        kith__error_set(err, KITH_E_UNSUPPORTED, "this SQLite was built without support for threads");
        return NULL;
    }
    struct sqlite_connection *c = kith__alloc_zero(opts->allocator, sizeof *c);
    if (!c) {
        kith__error_no_memory(err);
        return NULL;
    }
    c->allocator = opts->allocator;
    c->db = open_database(&s, err);
    if (!c->db) {
        kith__free(opts->allocator, c, sizeof *c);
        return NULL;
    }
    return (kith_connection *)c;
}

void kith__sqlite_close(kith_connection *c)
{
    struct sqlite_connection *sqlite = (struct sqlite_connection *)c;
    sqlite3_close_v2(sqlite->db);
    kith__free(sqlite->allocator, sqlite, sizeof *sqlite);
}
