/* scenarios_stream: streams, to their end, closed early, and beside other calls. */
#include <stdio.h>
#include <string.h>

#include "fault/scenario.h"

static const kith_stream_opts one_by_one = { .batch = 1 };

/* How many records the stream gives and how many toys and friends they have, in w->number. */
static bool read_pugs(struct world *w, const kith_stream_opts *opts, int64_t most)
{
    int64_t read = 0, below = 0;
    kith_stream *st = kith_stream_open(
        w->s, &pug_model,
        &(kith_query){ .where = KITH_NE("name", "nobody"),
                       .order = KITH_ORDER({ "id" }),
                       .include = KITH_INCLUDE({ .as = "owner" }, { .as = "toys", .order = KITH_ORDER({ "id" }) },
                                               { .as = "friends", .include = KITH_INCLUDE({ .as = "toys" }) }) },
        opts);
    for (const kith_record *r; read < most && (r = kith_stream_next(st)) != NULL; read++)
        below += (int64_t)(kith_many(r, "toys")->count + 10 * kith_many(r, "friends")->count);
    w->number = read * 1000 + below;
    return kith_stream_close(st);
}

static bool streams_all(struct world *w)
{
    return read_pugs(w, NULL, INT64_MAX);
}

static bool streams_one_by_one(struct world *w)
{
    return read_pugs(w, &one_by_one, INT64_MAX);
}

static bool streams_some(struct world *w)
{
    return read_pugs(w, &one_by_one, 2);
}

/* One inside the other, with a find between. */
static bool streams_nested(struct world *w)
{
    const kith_query q = { .order = KITH_ORDER({ "id" }), .attributes = KITH_NAMES("name") };
    w->number = 0;
    kith_stream *outer = kith_stream_open(w->s, &pug_model, &q, &one_by_one);
    bool good = true;
    while (good && kith_stream_next(outer)) {
        kith_stream *inner = kith_stream_open(w->s, &pug_model, &q, &one_by_one);
        w->number = w->number * 10 + (kith_stream_next(inner) && kith_stream_next(inner));
        good = kith_stream_close(inner) && kith_count(w->s, &pug_model, NULL) > 0;
    }
    good = kith_stream_close(outer) && good;
    return good;
}

/* Each row is changed while the stream is open. */
static bool streams_changing(struct world *w)
{
    kith_begin(w->s);
    kith_stream *st = kith_stream_open(w->s, &pug_model, &(kith_query){ .order = KITH_ORDER({ "id" }) }, &one_by_one);
    for (kith_record *r; (r = kith_stream_next(st)) != NULL;)
        if (!kith_update(w->s, r, KITH_FIELDS(KITH_F("age", 17))))
            break;
    bool good = kith_stream_close(st);
    return kith_commit(w->s) && good;
}

static bool stream_in(kith_session *s, void *ctx)
{
    (void)s;
    return streams_some(ctx);
}

/* Whatever fails, the connection may write again afterwards. */
static bool streams_reading_only(struct world *w)
{
    return kith_transaction(w->s, stream_in, w, &(kith_transaction_opts){ .read_only = true, .max_tries = 1 });
}

/* When all is read, it does not matter whether the transaction that only read ends well. */
static const struct scenario scenarios[] = {
    { "stream_all", NULL, streams_all, .reads = true, .absorbs = true },
    { "stream_one_by_one", NULL, streams_one_by_one, .reads = true, .absorbs = true },
    { "stream_some", NULL, streams_some, .reads = true, .absorbs = true },
    { "stream_nested", NULL, streams_nested, .reads = true, .absorbs = true },
    { "stream_reading_only", NULL, streams_reading_only, .reads = true, .alone = true, .absorbs = true },
    { "stream_changing", NULL, streams_changing },
};
const struct scenario_list stream_scenarios = { scenarios, sizeof scenarios / sizeof *scenarios };
