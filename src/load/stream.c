/* stream: see stream.h. */
#include "load/stream.h"

#include <stdio.h>

#include "base/error.h"
#include "base/str.h"
#include "load/keep.h"

/* A portion with all its includes takes about so much memory; the first ones are small, so that the first record comes
 * soon. */
enum { FIRST_PORTION = 16, LARGEST_PORTION = 4096, PORTION_BYTES = 1024 * 1024 };

/* ---- making ---------------------------------------------------------------------------------------------------------- */

static bool plan(struct stream *st, const struct model *m, const kith_include *root)
{
    struct load *l = &st->load;
    kith_include *kept = ARENA_NEW(&l->scratch, kith_include);
    if (kept)
        *kept = kith__keep_include(&l->scratch, root);
    if (l->scratch.failed)
        return kith__load_no_memory(l);
    return kith__plan_find(l, m, kept, &st->plan);
}

bool kith__stream_init(struct stream *st, const struct load *like, bool plain, const struct model *m,
                       const kith_include *root, struct fault *fault, const kith_session *session)
{
    struct load *l = &st->load;
    kith__load_memory_init(&st->own, like->allocator, plain);
    kith__load_memory_init(&st->lent, like->allocator, plain);
    kith__load_init(l, like->schema, like->dialect, like->allocator, &st->own, plain, like->err);
    kith__arena_init(&st->shapes, l->allocator, NULL, plain);
    st->rows.allocator = l->allocator;
    st->plain = plain;
    st->portion = FIRST_PORTION;
    l->portion = true;
    l->running = like->running;
    l->count = st->count = like->count;
    l->result = kith__result_new(&st->owner, l->allocator, plain, fault, session);
    if (!l->result)
        return kith__load_no_memory(l);
    bool planned = plan(st, m, root);
    /* The result itself lies there, too. What comes now goes with each portion. */
    st->shapes = l->result->arena;
    kith__arena_init(&l->result->arena, l->allocator, &st->owner.cache, plain);
    return planned;
}

/* ---- the root's statement -------------------------------------------------------------------------------------------- */

static void add_name(struct renderer *r, const struct stream *st)
{
    kith__render_name(r, st->cursor);
}

/* The same query has the same name each time, so that its statements are prepared once; no two streams that are open have
 * the same. */
static void name_cursor(struct stream *st)
{
    const struct buf *text = &st->load.renderer.text;
    snprintf(st->cursor, sizeof st->cursor, "kith_%08x_%u", (unsigned)kith__hash(text->text, text->size), st->number);
}

static bool declare(struct stream *st, const struct sql_select *select)
{
    struct renderer *r = &st->load.renderer;
    const char *const *words = st->load.dialect->declare_cursor;
    name_cursor(st);
    kith__render_clear(r);
    kith__buf_add(&r->text, words[0]);
    add_name(r, st);
    kith__buf_add(&r->text, words[1]);
    return kith__render_select(r, select) ? kith__load_do(&st->load) : kith__load_no_memory(&st->load);
}

static bool render(struct stream *st, const struct sql_select *select)
{
    struct renderer *r = &st->load.renderer;
    const char *const *around = st->fixed ? st->load.dialect->fixed_rows : NULL;
    kith__render_clear(r);
    kith__buf_add(&r->text, around && around[0] ? around[0] : "");
    bool good = kith__render_select(r, select);
    kith__buf_add(&r->text, around && around[0] ? around[1] : "");
    return (good && !r->text.failed) || kith__load_no_memory(&st->load);
}

static bool start(struct stream *st)
{
    struct load *l = &st->load;
    struct sql_select *select;
    if (!kith__select(l, &st->plan, 0, NULL, &select) || !render(st, select))
        return false;
    st->decoder = kith__hydrate_begin(l, &st->plan, &st->rows);
    if (!st->decoder)
        return false;
    st->started = l->dialect->declare_cursor[0] ? declare(st, select)
                                                : kith__load_run(l, kith__hydrate_run(st->decoder));
    l->count = NULL;
    return st->started;
}

/* ---- a portion's roots ----------------------------------------------------------------------------------------------- */

static bool fetch(struct stream *st)
{
    struct load *l = &st->load;
    struct renderer *r = &l->renderer;
    const char *const *words = l->dialect->fetch_cursor;
    enum { MANY = 256 };
    kith__render_clear(r);
    kith__buf_add(&r->text, words[0]);
    kith__buf_int(&r->text, (int64_t)st->portion);
    kith__buf_add(&r->text, words[1]);
    add_name(r, st);
    r->many_rows = st->portion >= MANY;
    if (r->failed || r->text.failed)
        return kith__load_no_memory(l);
    bool good = kith__load_run(l, kith__hydrate_run(st->decoder)) && kith__hydrate_some(st->decoder, SIZE_MAX) == 0;
    kith__run_close(kith__hydrate_run(st->decoder));
    st->ended = st->rows.count < st->portion;
    return good;
}

static bool read_on(struct stream *st)
{
    kith__run_portion(kith__hydrate_run(st->decoder), st->portion);
    int got = kith__hydrate_some(st->decoder, st->portion);
    st->ended = got == 0;
    return got >= 0;
}

static bool read_roots(struct stream *st)
{
    st->rows.count = st->rows.targets.count = st->at = 0;
    if (st->most)
        st->portion = st->most;
    kith__arena_free(&st->load.result->arena);
    if (!st->started && !start(st))
        return false;
    return kith__load_connect(&st->load) && (st->cursor[0] ? fetch(st) : read_on(st));
}

/* ---- what belongs to them -------------------------------------------------------------------------------------------- */

/* Twice as many next time, as long as they take not too much. */
static void measure(struct stream *st, size_t bytes)
{
    if (bytes <= PORTION_BYTES / 2 && st->portion < LARGEST_PORTION && st->rows.count == st->portion)
        st->portion *= 2;
    for (; bytes > PORTION_BYTES && st->portion > 1; bytes /= 2)
        st->portion /= 2;
}

static bool load_includes(struct stream *st)
{
    const struct load *root = &st->load;
    struct load l;
    kith__load_init(&l, root->schema, root->dialect, root->allocator, &st->lent, st->plain, root->err);
    l.conn = root->conn;
    l.running = root->running;
    l.timeout_ms = root->timeout_ms;
    l.count = st->count;
    l.result = root->result;
    l.portion = true;
    bool good = kith__load_includes(&l, &st->plan);
    if (!good && l.scratch.failed)
        kith__load_no_memory(&l);
    measure(st, kith__arena_size(&l.result->arena) + kith__arena_size(&l.scratch));
    kith__load_free(&l);
    return good;
}

bool kith__stream_fill(struct stream *st)
{
    bool good = read_roots(st) && (!st->rows.count || load_includes(st));
    kith__plan_free(&st->load, &st->plan);
    return good;
}

/* ---- the end --------------------------------------------------------------------------------------------------------- */

static bool close_cursor(struct stream *st)
{
    struct renderer *r = &st->load.renderer;
    kith__render_clear(r);
    kith__buf_add(&r->text, st->load.dialect->close_cursor);
    add_name(r, st);
    return !r->failed && !r->text.failed && kith__load_do(&st->load);
}

bool kith__stream_stop(struct stream *st, bool tell)
{
    bool open = st->started && st->cursor[0];
    st->started = false;
    kith__hydrate_end(st->decoder);
    return !open || (tell && close_cursor(st));
}

void kith__stream_free(struct stream *st)
{
    const kith_allocator *allocator = st->load.allocator;
    kith__plan_free(&st->load, &st->plan);
    kith__rows_free(&st->rows);
    if (st->load.result)
        kith__result_free(st->load.result);
    kith__arena_free(&st->shapes);
    kith__block_cache_free(&st->owner.cache, allocator);
    kith__load_free(&st->load);
    kith__load_memory_free(&st->own);
    kith__load_memory_free(&st->lent);
}
