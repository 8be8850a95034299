/* stream: streams as verbs: whose connection and transaction they read in, and what ends them. How they read is
 * load/stream's matter. */
#include "load/stream.h"

#include "base/error.h"
#include "kith/stream.h"
#include "orm/query.h"
#include "orm/watch.h"

enum { BATCH_MAX = 1000000 };

struct kith_stream {
    kith_session *s;
    kith_stream *prev, *next;
    const struct model *model;
    struct stream rows;
    kith_error err;    /* why it is over */
    struct pool *pool; /* of its own connection, in whose transaction it is; NULL: the connection is another's */
    unsigned depth;    /* the level of the session's transaction at which it was opened; 0: outside */
    bool holding;      /* it needs its connection still */
    bool failed;       /* one of its calls */
};

/* ---- connections ----------------------------------------------------------------------------------------------------- */

const char *kith__streams_occupy(const kith_session *s)
{
    return s->lone && s->lone->pool == &s->db->pool ? s->lone->model->plural : NULL;
}

struct conn *kith__streams_share(const kith_session *s)
{
    bool wanted = s->lone && (s->lone->pool == &s->db->pool || !s->use_writer);
    return wanted ? s->lone->rows.load.conn : NULL;
}

static struct conn *take(kith_stream *st)
{
    kith_session *s = st->s;
    st->pool = &s->db->pool;
    return !s->use_writer && s->db->readers.count ? kith__readers_take(&s->db->readers, &st->pool, &st->err)
                                                  : kith__pool_take(st->pool, &st->err);
}

/* On a lost connection nothing has happened, so it may begin on another one. */
static bool begin_own(kith_stream *st)
{
    kith_session *s = st->s;
    for (bool again = true;; again = false) {
        struct conn *c = take(st);
        if (!c)
            break;
        if (kith__conn_timeout(c, s->timeout_ms, false, &st->err) &&
            kith__begin_on(c, s->db->dialect, KITH_REPEATABLE_READ, true, &st->err)) {
            st->rows.load.conn = c;
            s->lone = st->pool->limits.max == 1 ? st : s->lone;
            return true;
        }
        bool lost = st->err.status == KITH_E_CONNECTION;
        kith__pool_give(st->pool, c, lost);
        if (!lost || !again)
            break;
        st->err = (kith_error){ 0 };
    }
    st->pool = NULL;
    return false;
}

static bool connect(kith_stream *st)
{
    kith_session *s = st->s;
    st->depth = s->depth;
    st->rows.fixed = s->conn && !s->read_only;
    st->rows.load.conn = s->conn ? s->conn : kith__streams_share(s);
    st->holding = st->rows.load.conn || begin_own(st);
    return st->holding;
}

/* One that reads on the connection of this one too, and can take it over. */
static kith_stream *heir_of(const kith_stream *st)
{
    for (kith_stream *other = st->s->streams; other && st->pool; other = other->next)
        if (other != st && other->holding && other->rows.load.conn == st->rows.load.conn)
            return other;
    return NULL;
}

static void end_own(kith_stream *st)
{
    struct conn *c = st->rows.load.conn;
    kith_error ignored;
    bool good = st->err.status == KITH_OK, broken = st->err.status == KITH_E_CONNECTION;
    if (!good)
        kith__conn_forget_timeout(c);
    if (!broken)
        broken = !kith__run_text(c, good ? "COMMIT" : "ROLLBACK", &ignored) && !c->config->driver->reset;
    kith__pool_give(st->pool, c, broken);
}

/* It needs its connection no more. */
static void let_go(kith_stream *st)
{
    kith_session *s = st->s;
    if (!st->holding)
        return;
    kith_stream *heir = heir_of(st);
    bool goes_on = heir || !st->pool;
    bool closed = kith__stream_stop(&st->rows, goes_on && !s->fault.transaction_failed);
    st->holding = false;
    s->cursors_left += goes_on && !closed;
    if (s->lone == st)
        s->lone = heir;
    if (heir)
        heir->pool = st->pool;
    else if (st->pool)
        end_own(st);
    st->rows.load.conn = NULL;
    st->pool = NULL;
}

/* ---- the list of them ------------------------------------------------------------------------------------------------ */

static bool is_number_taken(const kith_session *s, unsigned number)
{
    for (const kith_stream *st = s->streams; st; st = st->next)
        if (st->rows.number == number)
            return true;
    return false;
}

/* The first that no open stream has, and no cursor that was left. */
static unsigned free_number(const kith_session *s)
{
    unsigned number = s->cursors_left + 1;
    while (is_number_taken(s, number))
        number++;
    return number;
}

static void put_first(kith_stream *st)
{
    kith_session *s = st->s;
    st->next = s->streams;
    if (s->streams)
        s->streams->prev = st;
    s->streams = st;
}

static void take_out(kith_stream *st)
{
    if (st->prev)
        st->prev->next = st->next;
    else
        st->s->streams = st->next;
    if (st->next)
        st->next->prev = st->prev;
}

static void free_stream(kith_stream *st)
{
    const kith_allocator *allocator = st->s->db->allocator;
    let_go(st);
    take_out(st);
    kith__stream_free(&st->rows);
    kith__free(allocator, st, sizeof *st);
}

/* ---- what ends them -------------------------------------------------------------------------------------------------- */

static void fail(kith_stream *st)
{
    st->failed = true;
    kith__fault(&st->s->fault, &st->err);
    let_go(st);
}

void kith__streams_leave(kith_session *s, unsigned depth)
{
    for (kith_stream *st = s->streams; st; st = st->next) {
        if (st->depth < depth || (!st->holding && !stream_has(&st->rows)) || st->err.status != KITH_OK)
            continue;
        let_go(st);
        kith__error_set(&st->err, KITH_E_USAGE,
                        "the transaction, or the level of it, in which the stream of %s was opened has ended",
                        st->model->plural);
    }
}

void kith__streams_free(kith_session *s)
{
    while (s->streams)
        free_stream(s->streams);
}

/* ---- the calls ------------------------------------------------------------------------------------------------------- */

/* The next portion, or the end. */
static bool fill(kith_stream *st)
{
    kith_session *s = st->s;
    struct load *l = &st->rows.load;
    l->timeout_ms = s->timeout_ms;
    bool good = kith__stream_fill(&st->rows);
    if (!good && l->scratch.failed)
        kith__load_no_memory(l);
    kith__running_set(&s->running, NULL);
    if (good && st->rows.ended)
        let_go(st);
    return good;
}

static bool make(kith_stream *st, const kith_query *q, const kith_stream_opts *opts)
{
    kith_session *s = st->s;
    const struct load like = { .schema = &s->db->schema,
                               .dialect = s->db->dialect,
                               .allocator = s->db->allocator,
                               .running = &s->running,
                               .count = &s->count,
                               .err = &st->err };
    kith_include root = kith__query_root(q);
    st->rows.most = opts ? opts->batch : 0;
    st->rows.number = free_number(s);
    put_first(st);
    bool made = kith__stream_init(&st->rows, &like, s->db->plain, st->model, &root, &s->fault, s);
    if (made && st->rows.most > BATCH_MAX)
        return kith__error_set(&st->err, KITH_E_USAGE, "kith_stream_opts: batch is %zu, and %d at most", st->rows.most,
                               (int)BATCH_MAX);
    return made && connect(st) && fill(st);
}

kith_stream *kith_stream_open(kith_session *s, const kith_model *model, const kith_query *q,
                              const kith_stream_opts *opts)
{
    struct call c;
    if (!kith__call_begin(&c, s))
        return NULL;
    const struct model *m = kith__call_model(&c, model);
    struct plan locked = { 0 };
    kith_stream *st = NULL;
    if (m && kith__query_plain(&c, q, "kith_stream_open") && kith__query_lock(&c, q, &locked) &&
        !(st = kith__alloc_zero(s->db->allocator, sizeof *st)))
        kith__call_no_memory(&c);
    if (st)
        kith__watch_find(&c, "kith_stream_open", m, q ? q->where : NULL);
    if (!kith__call_end(&c, st != NULL) || !st)
        return NULL;
    st->rows.plan = locked;
    st->s = s;
    st->model = m;
    if (make(st, q, opts))
        return st;
    fail(st);
    free_stream(st);
    return NULL;
}

kith_record *kith_stream_next(kith_stream *st)
{
    if (!st)
        return NULL;
    if (st->err.status != KITH_OK || st->s->fault.transaction_failed) {
        st->failed = true;
        if (st->err.status != KITH_OK)
            kith__fault(&st->s->fault, &st->err);
        return NULL;
    }
    if (!stream_has(&st->rows) && st->holding && !fill(st)) {
        fail(st);
        return NULL;
    }
    return stream_has(&st->rows) ? stream_take(&st->rows) : NULL;
}

bool kith_stream_close(kith_stream *st)
{
    if (!st)
        return false;
    bool good = !st->failed;
    free_stream(st);
    return good;
}
