/* run: what the calls of one owner use one after another, and the one way in which they run a statement: within the
 * budget, counted, and tried again when the connection was lost. Knows no plans. */
#include <inttypes.h>

#include "base/error.h"
#include "base/str.h"
#include "load/load.h"

enum { SCRATCH_BLOCK = 8 * 1024, TEXT_KEPT = 16 * 1024, PARAMS_KEPT = 256 };

void kith__load_memory_init(struct load_memory *memory, const kith_allocator *allocator, bool plain)
{
    *memory = (struct load_memory){ .blocks.block_size = SCRATCH_BLOCK };
    kith__recycler_init(&memory->recycler, allocator, plain);
}

void kith__load_memory_free(struct load_memory *memory)
{
    kith__block_cache_free(&memory->blocks, &memory->recycler.allocator);
    kith__render_memory_free(&memory->text, memory->recycler.below);
    kith__recycler_free(&memory->recycler);
}

void kith__load_init(struct load *l, const struct schema *schema, const struct dialect *dialect,
                     const kith_allocator *allocator, struct load_memory *memory, bool plain, kith_error *err)
{
    *l = (struct load){ .schema = schema, .dialect = dialect, .allocator = allocator, .memory = memory, .err = err };
    kith__arena_init(&l->scratch, load_passing(l), &memory->blocks, plain);
    kith__render_init(&l->renderer, dialect, allocator, &l->scratch);
    kith__render_exchange(&l->renderer, &memory->text);
}

/* A call inside this one may have left its memory already; what was long is not kept. */
void kith__load_free(struct load *l)
{
    struct renderer *r = &l->renderer;
    bool small = r->text.capacity <= TEXT_KEPT && r->param_capacity <= PARAMS_KEPT;
    if (small && !l->memory->text.text && !l->memory->text.params)
        kith__render_exchange(r, &l->memory->text);
    kith__render_free(r);
    kith__arena_free(&l->scratch);
}

bool kith__load_no_memory(struct load *l)
{
    return kith__error_no_memory(l->err);
}

bool kith__load_occupied(const char *model, kith_error *err)
{
    return kith__error_set(
        err, KITH_E_USAGE,
        "a stream of %s has the only connection of this database: close it first, or call kith_begin "
        "before kith_stream_open",
        model);
}

bool kith__load_connect(struct load *l)
{
    if (!l->conn && l->occupied)
        return kith__load_occupied(l->occupied, l->err);
    if (!l->conn) {
        l->conn = l->readers ? kith__readers_take(l->readers, &l->pool, l->err) : kith__pool_take(l->pool, l->err);
        l->taken = l->conn != NULL;
    }
    if (!l->conn || !kith__conn_timeout(l->conn, l->timeout_ms, l->alone, l->err))
        return false;
    if (l->running)
        kith__running_set(l->running, l->conn);
    return true;
}

/* Gives back the connection as a broken one. */
static void disconnect(struct load *l)
{
    if (l->running)
        kith__running_set(l->running, NULL);
    kith__pool_give(l->pool, l->conn, true);
    l->conn = NULL;
    l->taken = false;
}

static inline bool may_run(const struct load *l)
{
    const struct statement_count *count = l->count;
    return !count || count->sent - count->sent_before < count->most;
}

static bool refuse(const struct load *l, const char *sql)
{
    const struct statement_count *count = l->count;
    kith__error_set(l->err, KITH_E_BUDGET,
                    "the session's budget of %" PRIu64 " statement%s is used up: %" PRIu64
                    " ran, and one more was refused: %s",
                    count->most, count->most == 1 ? "" : "s", count->sent - count->sent_before, sql);
    kith__copy(l->err->sql, sizeof l->err->sql, sql);
    return false;
}

/* *asked: the database has heard of the statement. */
static bool try_run(struct load *l, struct run *run, bool ahead, bool *asked)
{
    if (!kith__load_connect(l))
        return false;
    *asked = true;
    if (!kith__run_open(run, l->conn, &l->renderer, l->err))
        return false;
    if (!ahead || kith__run_send(run, l->err))
        return true;
    kith__run_close(run);
    return false;
}

static bool run_or_retry(struct load *l, struct run *run, bool ahead, bool *asked)
{
    if (try_run(l, run, ahead, asked))
        return true;
    if (!l->taken || l->sending || l->err->status != KITH_E_CONNECTION)
        return false;
    disconnect(l);
    *l->err = (kith_error){ 0 };
    return try_run(l, run, ahead, asked);
}

/* Counts it once, however often it was tried, and also when it fails. */
static bool run_counted(struct load *l, struct run *run, bool ahead)
{
    bool asked = false;
    if (!may_run(l))
        return refuse(l, kith__buf_text(&l->renderer.text));
    bool good = run_or_retry(l, run, ahead, &asked);
    if (l->count)
        l->count->sent += asked;
    return good;
}

bool kith__load_run(struct load *l, struct run *run)
{
    return run_counted(l, run, false);
}

bool kith__load_send(struct load *l, struct run *run)
{
    bool sent = run_counted(l, run, true);
    l->sending |= sent;
    return sent;
}

bool kith__load_do(struct load *l)
{
    struct run run;
    if (!kith__load_send(l, &run))
        return false;
    int step = kith__conn_sends(l->conn) ? 0 : 1; /* what was sent fails with the statement behind it */
    while (step == 1)
        step = kith__run_step(&run, l->err);
    kith__run_close(&run);
    return step == 0;
}

bool kith__load_script(struct load *l, const char *text)
{
    if (!may_run(l))
        return refuse(l, text);
    if (!kith__load_connect(l))
        return false;
    if (l->count)
        l->count->sent++;
    return kith__conn_script(l->conn, text, l->err);
}
