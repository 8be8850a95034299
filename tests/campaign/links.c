/* links KIND THREADS ADDS SETS: so many threads add the same link ADDS times each, which makes one row and no error; and
 * two threads set the links of one row at the same moment, SETS times, after each of which the links are those that one
 * of them wanted. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "campaign.h"

enum { TAGS = 6, SETTERS = 2 };

extern const kith_model tag_model, note_model;
static const kith_model post_model = {
    .name = "post",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &tag_model, .through = "post_tag" },
                          { KITH_HAS_MANY, .target = &note_model }),
};
const kith_model tag_model = {
    .name = "tag",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &post_model, .through = "post_tag" }),
};
const kith_model note_model = { .name = "note", .no_timestamps = true };

static kith_db *open_posts(const char *url, unsigned connections)
{
    kith_error err;
    kith_db *db = kith_open(url,
                            &(kith_open_opts){ .models = KITH_MODELS(&post_model, &tag_model, &note_model),
                                               .pool_max = connections,
                                               .acquire_ms = 60000,
                                               .busy_ms = 60000 },
                            &err);
    kith_session *s = kith_session_open(db);
    kith_sync(s, NULL);
    kith_create(s, &post_model, NULL);
    for (int i = 0; i < TAGS; i++) {
        kith_create(s, &tag_model, NULL);
        kith_create(s, &note_model, NULL);
    }
    if (!db || kith_error_of(s))
        give_up("%s", db ? kith_error_of(s)->message : err.message);
    kith_session_close(s);
    return db;
}

/* ---- threads ---- */

struct linker {
    pthread_t thread;
    kith_session *s;
    unsigned number, times, failed;
    const char *assoc;
    pthread_barrier_t *together;
    kith_error first;
};

static kith_record *the_post(kith_session *s)
{
    return kith_find_by_key(s, &post_model, KITH_V(1));
}

static void note_failure_of(struct linker *l)
{
    const kith_error *e = kith_error_of(l->s);
    if (!e)
        return;
    if (!l->failed++)
        l->first = *e;
    kith_clear(l->s);
}

static void *add_the_same(void *arg)
{
    struct linker *l = arg;
    pthread_barrier_wait(l->together);
    for (unsigned i = 0; i < l->times; i++) {
        kith_add(l->s, the_post(l->s), "tags", KITH_REFS({ .key = KITH_V(1) }), NULL);
        note_failure_of(l);
        kith_session_release_all(l->s);
    }
    return NULL;
}

/* Each wants its own half: 1, 2, 3 or 4, 5, 6. Both begin together, and wait until it has been looked at. */
static void *set_a_half(void *arg)
{
    struct linker *l = arg;
    int first = 1 + (int)l->number * TAGS / SETTERS;
    for (unsigned i = 0; i < l->times; i++) {
        kith_record *post = the_post(l->s);
        pthread_barrier_wait(l->together);
        kith_set(l->s, post, l->assoc,
                 KITH_REFS({ .key = KITH_V(first) }, { .key = KITH_V(first + 1) }, { .key = KITH_V(first + 2) }), NULL);
        note_failure_of(l);
        pthread_barrier_wait(l->together);
        kith_session_release_all(l->s);
    }
    return NULL;
}

static void start_linkers(kith_db *db, struct linker *linkers, unsigned count, struct linker like, void *(*run)(void *))
{
    for (unsigned i = 0; i < count; i++) {
        linkers[i] = like;
        linkers[i].number = i;
        linkers[i].s = kith_session_open(db);
        if (!linkers[i].s || pthread_create(&linkers[i].thread, NULL, run, &linkers[i]) != 0)
            give_up("thread %u does not start", i);
    }
}

/* How many of their calls failed. */
static unsigned end_linkers(struct linker *linkers, unsigned count)
{
    unsigned failed = 0;
    for (unsigned i = 0; i < count; i++) {
        pthread_join(linkers[i].thread, NULL);
        kith_session_close(linkers[i].s);
        failed += linkers[i].failed;
        if (linkers[i].failed)
            fprintf(stderr, "campaign: thread %u: %u calls failed, the first: %s: %s\n", i, linkers[i].failed,
                    kith_status_name(linkers[i].first.status), linkers[i].first.message);
    }
    return failed;
}

/* ---- what must hold ---- */

static bool race_adds(kith_db *db, unsigned threads, unsigned times)
{
    static struct linker linkers[MOST_THREADS];
    pthread_barrier_t together;
    pthread_barrier_init(&together, NULL, threads);
    start_linkers(db, linkers, threads, (struct linker){ .times = times, .together = &together }, add_the_same);
    unsigned failed = end_linkers(linkers, threads);
    pthread_barrier_destroy(&together);
    kith_session *s = kith_session_open(db);
    int64_t rows = kith_count(s, kith_model_named(db, "post_tag"), NULL);
    kith_session_close(s);
    if (rows != 1)
        fprintf(stderr, "campaign: the link is there %lld times\n", (long long)rows);
    return failed == 0 && rows == 1;
}

/* Three in a row, the first of them being 1 or 4. */
static bool is_a_half(kith_session *s, const char *assoc)
{
    kith_list *list = kith_get(s, the_post(s), assoc, &(kith_query){ .order = KITH_ORDER({ "id" }) });
    bool good = list && list->count == TAGS / SETTERS;
    int64_t first = good ? kith_int(list->at[0], "id") : 0;
    for (size_t i = 0; good && i < list->count; i++)
        good = kith_int(list->at[i], "id") == first + (int64_t)i;
    good = good && (first == 1 || first == 1 + TAGS / SETTERS);
    if (!good)
        fprintf(stderr, "campaign: two sets of %s left %s\n", assoc, list ? kith_json(s, list) : "an error");
    kith_session_release_all(s);
    return good;
}

static bool race_sets(kith_db *db, const char *assoc, unsigned times)
{
    struct linker linkers[SETTERS];
    pthread_barrier_t together;
    bool good = true;
    kith_session *s = kith_session_open(db);
    pthread_barrier_init(&together, NULL, SETTERS + 1);
    start_linkers(db, linkers, SETTERS, (struct linker){ .times = times, .assoc = assoc, .together = &together },
                  set_a_half);
    for (unsigned i = 0; i < times; i++) {
        pthread_barrier_wait(&together);
        pthread_barrier_wait(&together);
        good = is_a_half(s, assoc) && good;
    }
    good = end_linkers(linkers, SETTERS) == 0 && good;
    pthread_barrier_destroy(&together);
    kith_session_close(s);
    return good;
}

int main(int count, char **arguments)
{
    if (count != 5)
        give_up("usage: links KIND THREADS ADDS SETS");
    unsigned threads = number_of(arguments[2]), adds = number_of(arguments[3]), sets = number_of(arguments[4]);
    if (threads > MOST_THREADS)
        give_up("at most %d threads", MOST_THREADS);
    kith_db *db = open_posts(make_database(arguments[1], NULL), threads);
    int64_t began = now_ms();
    bool good = race_adds(db, threads, adds);
    int64_t added = now_ms();
    good = race_sets(db, "tags", sets) && good;
    good = race_sets(db, "notes", sets) && good;
    printf("links on %s: one link added %u times by %u threads in %.1f s, twice %u racing sets in %.1f s%s\n",
           arguments[1], threads * adds, threads, (double)(added - began) / 1000, sets,
           (double)(now_ms() - added) / 1000, good ? "" : ": WRONG");
    kith_close(db);
    drop_database();
    return !good;
}
