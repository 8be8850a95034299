/* Numbers that rows get by themselves, beside those that the program says: the next number lies behind every number that
 * was said, whatever inserted it, and never goes back. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "harness/shared.h"

static const kith_model item_model = {
    .name = "item",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_BIGINT, .primary_key = true, .auto_increment = true },
                        { .name = "word", .type = KITH_STRING(9) }),
};
/* Names that must be quoted everywhere. */
static const kith_model odd_model = {
    .name = "odd",
    .table = "Odd \"quoted' table",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(
        { .name = "id", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true, .column = "the 'odd\" id" }),
};
#define MODELS KITH_MODELS(&item_model, &odd_model)

static void add(kith_session *s, int64_t id)
{
    must(s, kith_create(s, &item_model, KITH_FIELDS(KITH_F("id", id))));
}

static void expect_next(kith_session *s, int64_t id)
{
    kith_record *r = must(s, kith_create(s, &item_model, NULL));
    assert_int_equal(kith_int(r, "id"), id);
}

/* S4 */
static void test_shared_numbers__go_on_behind_a_number_that_was_said(void **state)
{
    kith_session *s = start(state, MODELS);
    add(s, 5);
    expect_next(s, 6);
    expect_next(s, 7);
    add(s, 3); /* not back */
    expect_next(s, 8);
    add(s, 9);
    expect_next(s, 10);
    add(s, 1010);
    expect_next(s, 1011);
    add(s, 2012); /* one more than a thousand */
    expect_next(s, 2013);
    add(s, INT64_C(9007199254740993));
    expect_next(s, INT64_C(9007199254740994));
    add(s, -4);
    add(s, 0);
    expect_next(s, INT64_C(9007199254740995));
}

static void test_shared_numbers__of_tables_with_odd_names(void **state)
{
    kith_session *s = start(state, MODELS);
    must(s, kith_create(s, &odd_model, KITH_FIELDS(KITH_F("id", INT32_MAX - 1))));
    kith_record *r = must(s, kith_create(s, &odd_model, NULL));
    assert_int_equal(kith_int(r, "id"), INT32_MAX);
}

/* Nothing that is undone or refused is in the way of what comes after it. */
static void test_shared_numbers__after_what_did_not_happen(void **state)
{
    kith_session *s = start(state, MODELS);
    add(s, 5);
    assert_null(kith_create(s, &item_model, KITH_FIELDS(KITH_F("id", 5))));
    expect_error(s, KITH_E_UNIQUE, "item", "id", "");
    must(s, kith_begin(s));
    add(s, 50);
    add(s, 5000);
    assert_null(kith_create(s, &item_model, KITH_FIELDS(KITH_F("id", 50))));
    expect_error(s, KITH_E_UNIQUE, "item", "id", "");
    must(s, kith_rollback(s));
    kith_record *r = must(s, kith_create(s, &item_model, NULL));
    assert_true(kith_int(r, "id") > 5);
    add(s, kith_int(r, "id") + 1);
    must(s, kith_create(s, &item_model, NULL));
    expect_number(s, kith_count(s, &item_model, NULL), 4);
}

static void test_shared_numbers__of_many_records(void **state)
{
    kith_session *s = start(state, MODELS);
    const kith_field *rows[] = { KITH_FIELDS(KITH_F("id", 30)), KITH_FIELDS(KITH_F("id", 20)),
                                 KITH_FIELDS(KITH_F("id", 10)) };
    must(s, kith_create_many(s, &item_model, rows, 3));
    expect_next(s, 31);
    const kith_field *mixed[] = { KITH_FIELDS(KITH_F("id", 40)), KITH_FIELDS(KITH_F("word", "x")),
                                  KITH_FIELDS(KITH_F("word", KITH_FN("lower", KITH_V("Y")))) };
    must(s, kith_create_many(s, &item_model, mixed, 3));
    expect_stored(&item_model, KITH_NAMES("id", "word"),
                  "[{'id':10,'word':null},{'id':20,'word':null},{'id':30,'word':null},{'id':31,'word':null},"
                  "{'id':40,'word':null},{'id':41,'word':'x'},{'id':42,'word':'y'}]");
    kith_record *r = must(s, kith_create(s, &item_model, NULL));
    assert_true(kith_int(r, "id") > 42); /* a database may have put some aside for the rows of one statement */
}

/* In one statement, bound together, in several statements. */
static void test_shared_numbers__of_many_rows(void **state)
{
    enum { MOST = 25000 };
    static kith_value values[MOST];
    static const size_t counts[] = { 1, 10, 100, MOST };
    int64_t most = 0;
    kith_session *s = start(state, MODELS);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        for (size_t row = 0; row < counts[i]; row++)
            values[row] = KITH_V(most + (int64_t)(counts[i] - row)); /* the largest comes first */
        most += (int64_t)counts[i];
        expect_number(s, kith_insert_many(s, &item_model, KITH_NAMES("id"), values, counts[i], NULL),
                      (int64_t)counts[i]);
        expect_next(s, ++most);
    }
    const kith_insert_opts skip = { .on_conflict = KITH_CONFLICT_SKIP },
                           update = { .on_conflict = KITH_CONFLICT_UPDATE };
    const kith_value pairs[] = { KITH_V(7), KITH_V("a"), KITH_V(most + 3), KITH_V("b"), KITH_V(8), KITH_V("c") };
    expect_number(s, kith_insert_many(s, &item_model, KITH_NAMES("id", "word"), pairs, 3, &skip), 1);
    expect_next(s, most + 4);
    const kith_value others[] = { KITH_V(7), KITH_V("a"), KITH_V(most + 6), KITH_V("b"), KITH_V(8), KITH_V("c") };
    expect_number(s, kith_insert_many(s, &item_model, KITH_NAMES("id", "word"), others, 3, &update), 3);
    expect_next(s, most + 7);
}

/* ---- threads ---------------------------------------------------------------------------------------------------------- */

enum { SAYING = 2, TAKING = 2, THREADS = SAYING + TAKING, SAID = 15, TAKEN = 60, STEP = 700 };

struct worker {
    pthread_t thread;
    kith_session *s;
    int64_t number;
    kith_error error;
};

static atomic_int ready;

/* Numbers so far apart that those which are taken in between do not reach the next. */
static void *work(void *arg)
{
    struct worker *w = arg;
    bool says = w->number < SAYING;
    ready++;
    while (ready < THREADS)
        sched_yield();
    for (int64_t i = 0; i < (says ? SAID : TAKEN); i++) {
        const kith_field *fields = KITH_FIELDS(KITH_F("id", (i * SAYING + w->number + 1) * STEP));
        kith_create(w->s, &item_model, says ? fields : NULL);
        if (kith_error_of(w->s))
            break;
    }
    if (kith_error_of(w->s))
        w->error = *kith_error_of(w->s);
    return NULL;
}

/* P35: sessions that say numbers and sessions that take them do not get into each other's way. */
static void test_shared_numbers__said_and_taken_at_once(void **state)
{
    static struct worker workers[THREADS];
    kith_session *s = start(state, MODELS);
    ready = 0;
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){ .s = open_session(), .number = i };
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (int i = 0; i < THREADS; i++)
        if (workers[i].error.status != KITH_OK)
            fail_msg("thread %d: %s", i, workers[i].error.message);
    expect_number(s, kith_count(s, &item_model, NULL), SAYING * SAID + TAKING * TAKEN);
    kith_record *r = must(s, kith_create(s, &item_model, NULL));
    assert_true(kith_int(r, "id") > SAYING * SAID * STEP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_numbers__go_on_behind_a_number_that_was_said),
        SHARED_TEST(test_shared_numbers__of_tables_with_odd_names),
        SHARED_TEST(test_shared_numbers__after_what_did_not_happen),
        SHARED_TEST(test_shared_numbers__of_many_records),
        SHARED_TEST(test_shared_numbers__of_many_rows),
        SHARED_TEST(test_shared_numbers__said_and_taken_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
