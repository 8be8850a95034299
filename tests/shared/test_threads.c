/* Threads: links changed by many sessions at once, each with a connection of its own where the database has several. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "harness/shared.h"

enum { THREADS = 6, ROUNDS = 10, TAGS = 10 };

extern const kith_model tag_model;
static const kith_model post_model = {
    .name = "post",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(
        { .name = "views", .type = KITH_INTEGER, .not_null = true, .default_value = KITH_CONST_INT(0) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &tag_model, .through = "post_tag" }),
};
const kith_model tag_model = {
    .name = "tag",
    .no_timestamps = true,
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &post_model, .through = "post_tag" }),
};
#define MODELS KITH_MODELS(&post_model, &tag_model)

/* ---- many sessions ---- */

/* One thread's session and work. Asserting is left to the test's own thread. */
struct worker {
    pthread_t thread;
    kith_session *s;
    unsigned number;
    void (*work)(struct worker *w);
    kith_error error; /* the first failure */
};

static atomic_uint ready;

static void *work(void *arg)
{
    struct worker *w = arg;
    ready++;
    while (ready < THREADS)
        sched_yield();
    w->work(w);
    if (kith_error_of(w->s))
        w->error = *kith_error_of(w->s);
    return NULL;
}

static void run_together(void (*what)(struct worker *w))
{
    static struct worker workers[THREADS];
    ready = 0;
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){ .s = open_session(), .number = i, .work = what };
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (unsigned i = 0; i < THREADS; i++) {
        if (workers[i].error.status != KITH_OK)
            fail_msg("thread %u: %s", i, workers[i].error.message);
        close_session(workers[i].s);
    }
}

static kith_session *start_posts(void **state)
{
    kith_session *s = start(state, MODELS);
    must(s, kith_create(s, &post_model, NULL));
    for (int i = 0; i < TAGS; i++)
        must(s, kith_create(s, &tag_model, NULL));
    return s;
}

static kith_record *the_post(kith_session *s)
{
    return kith_find_by_key(s, &post_model, KITH_V(1));
}

/* ---- adds ---- */

static void add_the_same(struct worker *w)
{
    kith_record *post = the_post(w->s);
    for (int i = 1; i <= ROUNDS; i++)
        kith_add(w->s, post, "tags", KITH_REFS({ .key = KITH_V(i) }, { .key = KITH_V(i) }), NULL);
}

/* S63, S64, P23: one link added from many connections at once is one row, and no error anywhere */
static void test_shared_threads__adding_the_same_link(void **state)
{
    kith_session *s = start_posts(state);
    run_together(add_the_same);
    expect_number(s, kith_count(s, kith_model_named(the_db(), "post_tag"), NULL), ROUNDS);
}

/* ---- sets ---- */

/* Even threads want the first half of the tags, odd ones the second. */
static void set_a_half(struct worker *w)
{
    kith_record *post = the_post(w->s);
    for (int i = 0; i < ROUNDS; i++) {
        kith_ref refs[TAGS / 2 + 1] = { { 0 } };
        for (int j = 0; j < TAGS / 2; j++)
            refs[j].key = KITH_V(1 + j + (w->number % 2 ? TAGS / 2 : 0));
        refs[TAGS / 2].key = (kith_value)KITH_END_VALUE_;
        kith_set(w->s, post, "tags", refs, NULL);
    }
}

/* S67, P24: sets at once end as one or the other, never as a mixture */
static void test_shared_threads__setting_at_once(void **state)
{
    kith_session *s = start_posts(state);
    run_together(set_a_half);
    kith_list *tags = must(s,
                           kith_get(s, must(s, the_post(s)), "tags", &(kith_query){ .order = KITH_ORDER({ "id" }) }));
    assert_int_equal(tags->count, TAGS / 2);
    int64_t first = kith_int(tags->at[0], "id");
    assert_true(first == 1 || first == 1 + TAGS / 2);
    for (size_t i = 0; i < tags->count; i++)
        assert_int_equal(kith_int(tags->at[i], "id"), first + (int64_t)i);
}

/* ---- creates ---- */

static void create_tags(struct worker *w)
{
    kith_record *post = the_post(w->s);
    for (int i = 0; i < ROUNDS; i++)
        kith_create_related(w->s, post, "tags", NULL, NULL);
}

/* S71: targets created and linked at once are all there, each linked */
static void test_shared_threads__creating_at_once(void **state)
{
    kith_session *s = start_posts(state);
    run_together(create_tags);
    expect_number(s, kith_count(s, &tag_model, NULL), TAGS + THREADS * ROUNDS);
    expect_number(s, kith_count_related(s, must(s, the_post(s)), "tags"), THREADS * ROUNDS);
}

/* ---- transactions ---- */

static void count_views(struct worker *w)
{
    for (int i = 0; i < ROUNDS; i++) {
        kith_record *post = the_post(w->s);
        kith_update(w->s, post, KITH_FIELDS(KITH_F("views", KITH_SQL("views + ?", KITH_V(1)))));
    }
}

/* P35: nothing is lost of what many sessions count together */
static void test_shared_threads__counting_together(void **state)
{
    start_posts(state);
    run_together(count_views);
    expect_stored(&post_model, NULL, "[{'id':1,'views':60}]");
}

static void read_and_write(struct worker *w)
{
    for (int i = 0; i < ROUNDS; i++) {
        kith_begin(w->s);
        kith_record *post = the_post(w->s);
        if (w->number % 2)
            kith_create_related(w->s, post, "tags", NULL, NULL);
        else
            kith_release(kith_get(w->s, post, "tags", NULL));
        if (w->number % 3)
            kith_commit(w->s);
        else
            kith_rollback(w->s);
    }
}

/* P35: transactions beside each other are whole, and a rollback takes its own work only */
static void test_shared_threads__transactions_beside_each_other(void **state)
{
    kith_session *s = start_posts(state);
    run_together(read_and_write);
    expect_number(s, kith_count(s, &tag_model, NULL), TAGS + 2 * ROUNDS); /* threads 1 and 5 commit, 3 rolls back */
    expect_number(s, kith_count_related(s, must(s, the_post(s)), "tags"), 2 * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_threads__adding_the_same_link),
        SHARED_TEST(test_shared_threads__setting_at_once),
        SHARED_TEST(test_shared_threads__creating_at_once),
        SHARED_TEST(test_shared_threads__counting_together),
        SHARED_TEST(test_shared_threads__transactions_beside_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
