/* session: sessions and transactions. Knows connections and levels, not models. */
#include "orm/session.h"

#include <stdio.h>

#include "base/error.h"
#include "orm/watch.h"

static void free_session(kith_db *db, kith_session *s)
{
    kith__free(db->allocator, s->watch, sizeof *s->watch);
    kith__free(db->allocator, s, sizeof *s);
}

kith_session *kith_session_open(kith_db *db)
{
    kith_session *s = db ? kith__alloc_zero(db->allocator, sizeof *s) : NULL;
    bool watched = s && (!db->on_loop || (s->watch = kith__alloc_zero(db->allocator, sizeof *s->watch)));
    if (s && (!watched || pthread_mutex_init(&s->running.lock, NULL) != 0)) {
        free_session(db, s);
        return NULL;
    }
    if (s) {
        kith__pool_enter(&db->pool);
        s->db = db;
        kith__load_memory_init(&s->memory, db->allocator, db->plain);
        s->timeout_ms = db->statement_ms;
        s->count.most = KITH_NO_BUDGET;
    }
    return s;
}

void kith_set_timeout(kith_session *s, unsigned ms)
{
    if (s)
        s->timeout_ms = ms;
}

void kith_use_writer(kith_session *s, bool always)
{
    if (s)
        s->use_writer = always;
}

bool kith_cancel(kith_session *s)
{
    return s && kith__running_cancel(&s->running);
}

/* A database may have rolled back by itself already; a driver that can bring its connection back does so when the pool
 * gets it, and only without that it is of no use any more. */
static bool is_beyond_help(const kith_session *s, bool worked)
{
    return !worked && !s->db->pool.config.driver->reset;
}

static bool forbid_writing(kith_session *s, kith_error *err)
{
    const char *on = s->db->dialect->read_only_on;
    return !on || kith__send_text(s->conn, on, err);
}

/* A statement that failed may have done it all the same. */
static bool allow_writing(kith_session *s)
{
    kith_error ignored;
    const char *off = s->db->dialect->read_only_off;
    return !off || kith__run_text(s->conn, off, &ignored);
}

static void leave_transaction(kith_session *s, bool broken)
{
    if (s->conn && s->read_only && !allow_writing(s))
        broken = true;
    s->read_only = false;
    if (s->conn)
        kith__pool_give(&s->db->pool, s->conn, broken || s->conn_broken);
    s->conn = NULL;
    s->conn_broken = false;
    s->depth = s->real_depth = s->cursors_left = 0;
    s->fault.in_transaction = s->fault.transaction_failed = false;
}

/* The call that a hook belongs to still needs what the session has. */
static bool is_in_hook(kith_session *s, const char *call)
{
    kith_error err;
    if (!s->hook_depth)
        return false;
    kith__error_set(&err, KITH_E_USAGE, "%s inside a hook", call);
    kith__fault(&s->fault, &err);
    return true;
}

void kith_session_release_all(kith_session *s)
{
    if (s && !is_in_hook(s, "kith_session_release_all"))
        kith__results_free(&s->results);
}

const kith_error *kith_error_of(const kith_session *s)
{
    static const kith_error no_session = { .status = KITH_E_NO_MEMORY,
                                           .message = "there is no session: kith_session_open failed" };
    if (!s)
        return &no_session;
    return s->fault.first.status == KITH_OK ? NULL : &s->fault.first;
}

void kith_clear(kith_session *s)
{
    if (s)
        s->fault.first = (kith_error){ 0 };
}

/* ---- levels ---- */

/* What opens a level, and what ends one that went well, is sent without waiting where the driver can: when it fails, the
 * next statement fails with it and does not run. COMMIT and ROLLBACK are waited for. */

enum { LEVEL_TEXT = 48 };

typedef bool runner(struct conn *c, const char *sql, kith_error *err);

static bool run_level(kith_session *s, const char *verb, unsigned level, runner *run, kith_error *err)
{
    char sql[LEVEL_TEXT];
    snprintf(sql, sizeof sql, "%s k%u", verb, level);
    return run(s->conn, sql, err);
}

static const char *const isolation_names[KITH_ISOLATION_COUNT_] = {
    [KITH_READ_COMMITTED] = "READ COMMITTED",
    [KITH_REPEATABLE_READ] = "REPEATABLE READ",
    [KITH_SERIALIZABLE] = "SERIALIZABLE",
};

bool kith__begin_on(struct conn *c, const struct dialect *dialect, kith_isolation isolation, bool read_only,
                    kith_error *err)
{
    const char *name = isolation_names[isolation], *begin = read_only ? dialect->begin_read : dialect->begin_write;
    char before[LEVEL_TEXT] = "", sql[LEVEL_TEXT * 2];
    if (name && dialect->isolation_before)
        snprintf(before, sizeof before, "%s%s", dialect->isolation_before, name);
    bool behind = name && dialect->isolation_behind;
    snprintf(sql, sizeof sql, "%s%s%s", begin, behind ? dialect->isolation_behind : "", behind ? name : "");
    return (!*before || kith__send_text(c, before, err)) && kith__send_text(c, sql, err);
}

/* On a lost connection nothing of the transaction has happened, so it may begin on another one. */
static bool begin_outermost(kith_session *s, kith_isolation isolation, bool read_only, kith_error *err)
{
    const char *occupied = kith__streams_occupy(s);
    if (occupied)
        return kith__load_occupied(occupied, err);
    for (bool again = true;; again = false) {
        s->conn = kith__pool_take(&s->db->pool, err);
        if (!s->conn)
            return false;
        /* The limit is set first: what is set inside a transaction goes with its rollback. */
        if (kith__conn_timeout(s->conn, s->timeout_ms, false, err) &&
            kith__begin_on(s->conn, s->db->dialect, isolation, read_only, err) &&
            (!read_only || forbid_writing(s, err))) {
            s->read_only = read_only;
            return true;
        }
        bool lost = err->status == KITH_E_CONNECTION;
        kith__pool_give(&s->db->pool, s->conn, lost || (read_only && !allow_writing(s)));
        s->conn = NULL;
        if (!lost || !again)
            return false;
        *err = (kith_error){ 0 };
    }
}

/* Counted even when it fails, so that the commit or rollback that belongs to it ends it and nothing in between runs
 * outside a transaction. */
bool kith__session_begin(kith_session *s, kith_isolation isolation, bool read_only)
{
    bool refused = s->fault.transaction_failed;
    kith_error err = { 0 };
    s->depth++;
    s->fault.in_transaction = true;
    if (refused)
        return false;
    bool good = s->depth == 1 ? begin_outermost(s, isolation, read_only, &err)
                              : run_level(s, "SAVEPOINT", s->depth, kith__send_text, &err);
    if (!good)
        return kith__fault(&s->fault, &err);
    s->real_depth = s->depth;
    return true;
}

bool kith_begin(kith_session *s)
{
    return s && kith__session_begin(s, KITH_ISOLATION_DEFAULT, false);
}

/* Undoes the level. False when even that failed. */
static bool undo_level(kith_session *s, kith_error *err)
{
    if (s->real_depth < s->depth || !s->conn)
        return true; /* the database knows nothing of it */
    const kith_driver *driver = s->db->pool.config.driver;
    kith__conn_forget_timeout(s->conn);
    bool good = s->depth == 1
                    ? kith__run_text(s->conn, "ROLLBACK", err) || (driver->reset && driver->reset(s->conn->raw))
                    : run_level(s, "ROLLBACK TO SAVEPOINT", s->depth, kith__run_text, err) &&
                          run_level(s, "RELEASE SAVEPOINT", s->depth, kith__send_text, err);
    s->conn_broken |= is_beyond_help(s, good);
    return good;
}

static void drop_level(kith_session *s)
{
    if (s->real_depth == s->depth)
        s->real_depth--;
    s->depth--;
    if (s->depth == 0)
        leave_transaction(s, false);
}

static bool cannot_end(kith_session *s, const char *call)
{
    kith_error err;
    kith__error_set(&err, KITH_E_USAGE,
                    s->floor ? "%s without kith_begin in the hook: the transaction is not the hook's to end"
                             : "%s without kith_begin",
                    call);
    return kith__fault(&s->fault, &err);
}

/* A level that failed is undone, and the levels around it stay failed: the program meant them to be whole. */
bool kith_commit(kith_session *s)
{
    kith_error err = { 0 };
    if (!s)
        return false;
    if (s->depth == s->floor)
        return cannot_end(s, "kith_commit");
    kith__streams_leave(s, s->depth);
    bool good = !s->fault.transaction_failed;
    if (good) {
        good = s->depth == 1 ? kith__run_text(s->conn, "COMMIT", &err)
                             : run_level(s, "RELEASE SAVEPOINT", s->depth, kith__send_text, &err);
        if (!good)
            kith__fault(&s->fault, &err);
    }
    if (!good)
        undo_level(s, &err);
    drop_level(s);
    return good;
}

bool kith_rollback(kith_session *s)
{
    if (!s)
        return false;
    if (s->depth == s->floor)
        return cannot_end(s, "kith_rollback");
    kith__streams_leave(s, s->depth);
    kith_error err = { 0 };
    bool real = s->real_depth == s->depth, good = undo_level(s, &err);
    if (!good)
        kith__fault(&s->fault, &err); /* what was to be undone is still there: the levels around must not commit it */
    else if (real)
        s->fault.transaction_failed = false;
    drop_level(s);
    return good;
}

void kith_session_close(kith_session *s)
{
    if (!s || is_in_hook(s, "kith_session_close"))
        return;
    kith_error ignored;
    kith__streams_free(s);
    if (s->conn) {
        kith__conn_forget_timeout(s->conn);
        leave_transaction(s, is_beyond_help(s, kith__run_text(s->conn, "ROLLBACK", &ignored)));
    }
    kith__results_free(&s->results);
    kith__block_cache_free(&s->results.cache, &s->memory.recycler.allocator);
    kith__load_memory_free(&s->memory);
    pthread_mutex_destroy(&s->running.lock);
    kith_db *db = s->db;
    free_session(db, s);
    kith__pool_leave(&db->pool); /* the db may be gone after this */
}
