/* stories KIND STORIES SEED: so many stories (tests/harness/stories.h), each from a seed of its own, SEED and those that
 * follow. A story that went wrong is told, with the arguments that play it alone. */
#include "harness/stories.h"

#include <stdio.h>

#include "campaign.h"

/* Stories with the same shapes of keys share their tables. Only the seed decides about the shapes. */
enum { TOGETHER = 100, CALLS = 24 };

static struct story *make_story(unsigned seed)
{
    unsigned shapes = story_shape_count(), pair = seed / TOGETHER * 61 + 7;
    struct story *st = story_new(pair % shapes, pair / shapes % shapes);
    if (!st)
        give_up("no memory");
    return st;
}

static kith_db *open_story(const char *url, const struct story *st)
{
    kith_error err;
    kith_db *db = kith_open(url, &(kith_open_opts){ .models = story_models(st) }, &err);
    kith_session *s = kith_session_open(db);
    if (!kith_sync(s, &(kith_sync_opts){ .force = true }))
        give_up("%s", db ? kith_error_of(s)->message : err.message);
    kith_session_close(s);
    return db;
}

/* Those from seed on that share tables, at most `most`; how many. 0: one went wrong. */
static unsigned play_together(const char *url, const char *kind, unsigned seed, unsigned most)
{
    struct story *st = make_story(seed);
    kith_db *db = open_story(url, st);
    kith_session *s = kith_session_open(db);
    unsigned count = TOGETHER - seed % TOGETHER, played = 0;
    bool good = true;
    while (good && played < count && played < most)
        good = story_play(st, s, seed + played++, CALLS);
    if (!good)
        fprintf(stderr, "campaign: stories %s 1 %u: %s", kind, seed + played - 1, story_failure(st));
    kith_session_close(s);
    kith_close(db);
    story_free(st);
    return good ? played : 0;
}

int main(int count, char **arguments)
{
    if (count != 4)
        give_up("usage: stories KIND STORIES SEED");
    unsigned stories = number_of(arguments[2]), seed = number_of(arguments[3]), played = 0;
    const char *url = make_database(arguments[1], NULL);
    int64_t began = now_ms();
    for (unsigned more = 1; more && played < stories; played += more)
        more = play_together(url, arguments[1], seed + played, stories - played);
    drop_database();
    printf("stories on %s: %u of %u without a difference in %.1f s, from seed %u on\n", arguments[1], played, stories,
           (double)(now_ms() - began) / 1000, seed);
    return played < stories;
}
