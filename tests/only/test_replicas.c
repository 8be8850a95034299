/* Replicas: SQLite files that stand for a database and its copies. They hold different rows, so that each answer tells
 * where it came from: the dog of the file "writer" is called writer, and so on. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/fail_alloc.h"
#include "harness/test.h"
#include "kith/ext/mock.h"
#include "kith/kith.h"

extern const kith_model toy_model;
static const kith_model dog_model = {
    .name = "dog",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &toy_model }),
    .no_timestamps = true,
};
const kith_model toy_model = {
    .name = "toy",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT }),
    .no_timestamps = true,
};

enum { PATH = 256, FILES = 3 };
static const char *const names[FILES] = { "writer", "first", "second" };

static struct test {
    char folder[PATH / 2];
    char urls[FILES][PATH];
    struct fail_alloc heap;
    kith_db *db;
    kith_session *s;
} test;

/* ---- set-up and tear-down ------------------------------------------------------------------------------------------- */

static kith_record *must_be(kith_session *s, kith_record *r)
{
    if (!r)
        fail_msg("%s", kith_error_of(s) ? kith_error_of(s)->message : "there is no record");
    return r;
}

/* A file with `dogs` dogs, the first of which has as many toys; all have the file's name. */
static void make_file(unsigned number, unsigned dogs)
{
    kith_error err;
    kith_db *db = kith_open(test.urls[number], &(kith_open_opts){ .models = KITH_MODELS(&dog_model, &toy_model) },
                            &err);
    assert_non_null(db);
    kith_session *s = kith_session_open(db);
    assert_true(kith_sync(s, NULL));
    kith_record *first = NULL;
    for (unsigned i = 0; i < dogs; i++) {
        kith_record *dog = kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", names[number])));
        if (!first)
            first = must_be(s, dog);
        must_be(s, kith_create_related(s, first, "toys", KITH_FIELDS(KITH_F("name", names[number])), NULL));
    }
    assert_null(kith_error_of(s));
    kith_session_close(s);
    assert_true(kith_close(db));
}

static int set_up(void **state)
{
    (void)state;
    const char *temporary = getenv("TMPDIR");
    test = (struct test){ 0 };
    fail_alloc_init(&test.heap);
    snprintf(test.folder, sizeof test.folder, "%s/kith-test-XXXXXX", temporary ? temporary : "/tmp");
    assert_non_null(mkdtemp(test.folder));
    for (unsigned i = 0; i < FILES; i++) {
        snprintf(test.urls[i], PATH, "sqlite:%s/%s.db", test.folder, names[i]);
        make_file(i, i + 1);
    }
    return 0;
}

static void remove_files(void)
{
    static const char *const ends[] = { ".db", ".db-wal", ".db-shm" };
    char path[PATH];
    for (unsigned i = 0; i < FILES; i++)
        for (unsigned e = 0; e < 3; e++) {
            snprintf(path, sizeof path, "%s/%s%s", test.folder, names[i], ends[e]);
            unlink(path);
        }
    rmdir(test.folder);
}

static int tear_down(void **state)
{
    (void)state;
    kith_session_close(test.s);
    bool closed = kith_close(test.db);
    remove_files();
    return closed && test.heap.live_blocks == 0 ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static bool try_open(const char *const *readers, kith_error *err)
{
    test.db = kith_open(test.urls[0],
                        &(kith_open_opts){ .models = KITH_MODELS(&dog_model, &toy_model),
                                           .allocator = &test.heap.allocator,
                                           .plain_memory = true,
                                           .readers = readers },
                        err);
    return test.db != NULL;
}

static kith_session *start_with(const char *const *readers)
{
    kith_error err;
    if (!try_open(readers, &err))
        fail_msg("kith_open: %s", err.message);
    test.s = kith_session_open(test.db);
    assert_non_null(test.s);
    return test.s;
}

static kith_session *start_with_one(void)
{
    return start_with((const char *const[]){ test.urls[1], NULL });
}

static kith_session *start_with_two(void)
{
    return start_with((const char *const[]){ test.urls[1], test.urls[2], NULL });
}

static kith_record *dog(kith_session *s)
{
    return must_be(s, kith_find_by_key(s, &dog_model, KITH_V(1)));
}

static void expect_read_from(kith_session *s, const char *name)
{
    assert_string_equal(kith_text(dog(s), "name"), name);
    assert_null(kith_error_of(s));
}

static kith_pool_stats stats(void)
{
    kith_pool_stats stats;
    kith_pool_statistics(test.db, &stats);
    return stats;
}

/* ---- where reads go ------------------------------------------------------------------------------------------------- */

static void test_orm_replicas__reads_go_to_readers_in_turn(void **state)
{
    (void)state;
    kith_session *s = start_with_two();
    expect_read_from(s, "first");
    expect_read_from(s, "second");
    expect_read_from(s, "first");
    expect_read_from(s, "second");
    assert_int_equal(stats().skipped, 0);
}

static void test_orm_replicas__every_verb_that_reads(void **state)
{
    (void)state;
    kith_session *s = start_with((const char *const[]){ test.urls[2], NULL }); /* three dogs, three toys */
    assert_int_equal(kith_find(s, &dog_model, NULL)->count, 3);
    assert_string_equal(kith_text(must_be(s, kith_find_one(s, &dog_model, NULL)), "name"), "second");
    assert_string_equal(kith_text(must_be(s, kith_find_by_keys(s, &dog_model, KITH_VALUES(KITH_V(1)))), "name"),
                        "second");
    kith_record *r = dog(s);
    assert_string_equal(kith_text(r, "name"), "second");
    assert_int_equal(kith_count(s, &dog_model, NULL), 3);
    assert_int_equal(kith_get(s, r, "toys", NULL)->count, 3);
    assert_int_equal(kith_count_related(s, r, "toys"), 3);
    assert_int_equal(kith_has(s, r, "toys", KITH_REFS({ .key = KITH_V(3) })), 1);
    assert_null(kith_error_of(s));
}

static void test_orm_replicas__an_include_comes_from_the_same_reader(void **state)
{
    (void)state;
    kith_session *s = start_with_two();
    for (size_t i = 0; i < 4; i++) {
        kith_list *dogs = kith_find(s, &dog_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "toys" }) });
        assert_non_null(dogs);
        assert_int_equal(dogs->count, i % 2 + 2);
        assert_int_equal(kith_many(dogs->at[0], "toys")->count, i % 2 + 2);
    }
}

static void test_orm_replicas__in_a_transaction_reads_go_to_the_writer(void **state)
{
    (void)state;
    kith_session *s = start_with_one();
    expect_read_from(s, "first");
    assert_true(kith_begin(s));
    expect_read_from(s, "writer");
    assert_int_equal(kith_count(s, &dog_model, NULL), 1);
    assert_int_equal(kith_count_related(s, dog(s), "toys"), 1);
    assert_true(kith_begin(s));
    expect_read_from(s, "writer");
    assert_true(kith_rollback(s));
    expect_read_from(s, "writer");
    assert_true(kith_commit(s));
    expect_read_from(s, "first");
}

static bool read_in_transaction(kith_session *s, void *ctx)
{
    (void)ctx;
    expect_read_from(s, "writer");
    return true;
}

static void test_orm_replicas__so_it_is_in_one_that_only_reads(void **state)
{
    (void)state;
    kith_session *s = start_with_one();
    assert_true(kith_transaction(s, read_in_transaction, NULL, &(kith_transaction_opts){ .read_only = true }));
}

static void test_orm_replicas__a_session_can_ask_for_the_writer(void **state)
{
    (void)state;
    kith_session *s = start_with_one(), *other = kith_session_open(test.db);
    kith_use_writer(s, true);
    expect_read_from(s, "writer");
    assert_int_equal(kith_count(s, &dog_model, NULL), 1);
    assert_int_equal(kith_get(s, dog(s), "toys", NULL)->count, 1);
    expect_read_from(other, "first");
    kith_use_writer(s, false);
    expect_read_from(s, "first");
    kith_use_writer(NULL, true);
    kith_session_close(other);
}

/* ---- where writes go ------------------------------------------------------------------------------------------------ */

static void test_orm_replicas__writes_go_to_the_writer(void **state)
{
    (void)state;
    kith_session *s = start_with_one();
    must_be(s, kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "new"))));
    kith_record *r = dog(s); /* the reader's */
    assert_true(kith_update(s, r, KITH_FIELDS(KITH_F("name", "changed"))));
    assert_int_equal(kith_execute(s, "INSERT INTO dogs (name) VALUES ('by hand')", NULL), 1);
    assert_true(kith_execute_script(s, "INSERT INTO dogs (name) VALUES ('by script');"));
    must_be(s, kith_create_related(s, r, "toys", KITH_FIELDS(KITH_F("name", "ball")), NULL));
    assert_non_null(kith_set(s, r, "toys", KITH_REFS({ .key = KITH_V(2) }), NULL));
    assert_null(kith_error_of(s));
    assert_int_equal(kith_count(s, &dog_model, NULL), 2);
    expect_read_from(s, "first");
    assert_int_equal(kith_count_related(s, r, "toys"), 2);
    kith_use_writer(s, true);
    assert_int_equal(kith_count(s, &dog_model, NULL), 4);
    expect_read_from(s, "changed");
    assert_int_equal(kith_count_related(s, r, "toys"), 1);
    assert_true(kith_destroy(s, dog(s)));
    kith_use_writer(s, false);
    assert_int_equal(kith_count(s, &dog_model, NULL), 2);
}

static void test_orm_replicas__reload_reads_from_the_writer(void **state)
{
    (void)state;
    kith_session *s = start_with_one();
    kith_record *r = dog(s);
    assert_string_equal(kith_text(r, "name"), "first");
    assert_true(kith_reload(s, r));
    assert_string_equal(kith_text(r, "name"), "writer");
}

/* ---- readers that are not there ------------------------------------------------------------------------------------- */

static void test_orm_replicas__one_that_cannot_be_reached_is_skipped(void **state)
{
    (void)state;
    kith_session *s = start_with((const char *const[]){ "sqlite:/nowhere/at/all.db", test.urls[2], NULL });
    for (int i = 0; i < 4; i++)
        expect_read_from(s, "second");
    assert_int_equal(stats().skipped, 2);
}

static void test_orm_replicas__without_any_the_writer_serves(void **state)
{
    (void)state;
    kith_session *s = start_with((const char *const[]){ "sqlite:/nowhere/a.db", "sqlite:/nowhere/b.db", NULL });
    expect_read_from(s, "writer");
    expect_read_from(s, "writer");
    assert_int_equal(stats().skipped, 4);
}

static void test_orm_replicas__one_that_comes_back_is_used(void **state)
{
    (void)state;
    char path[PATH], aside[PATH], url[PATH];
    snprintf(path, sizeof path, "%s/first.db", test.folder);
    snprintf(aside, sizeof aside, "%s/aside", test.folder);
    snprintf(url, sizeof url, "%.200s?mode=rw", test.urls[1]);
    assert_int_equal(rename(path, aside), 0);
    kith_session *s = start_with((const char *const[]){ url, NULL });
    expect_read_from(s, "writer");
    assert_int_equal(rename(aside, path), 0);
    nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 100000000 }, NULL);
    expect_read_from(s, "first");
    assert_int_equal(stats().skipped, 1);
}

/* ---- opening -------------------------------------------------------------------------------------------------------- */

static void expect_refused(const char *reader, kith_status status, const char *part)
{
    kith_error err;
    assert_false(try_open((const char *const[]){ test.urls[1], reader, NULL }, &err));
    assert_int_equal(err.status, status);
    assert_non_null(strstr(err.message, part));
    assert_int_equal(test.heap.live_blocks, 0);
}

static void test_orm_replicas__of_another_kind_are_refused(void **state)
{
    (void)state;
    kith_error err;
    kith_mock *mock = kith_mock_new("mariadb");
    kith_open_opts opts = { .models = KITH_MODELS(&dog_model, &toy_model),
                            .drivers = KITH_DRIVERS(kith_mock_driver(mock)),
                            .readers = (const char *const[]){ "mock:", NULL } };
    assert_null(kith_open(test.urls[0], &opts, &err));
    assert_int_equal(err.status, KITH_E_USAGE);
    assert_non_null(strstr(err.message, "reader number 1"));
    kith_mock_free(mock);
}

static void test_orm_replicas__with_wrong_urls_are_refused(void **state)
{
    (void)state;
    expect_refused("sqlite:x.db?mood=good", KITH_E_USAGE, "mood");
    expect_refused("squeelite:x.db", KITH_E_USAGE, "squeelite");
    expect_refused("", KITH_E_USAGE, "URL");
}

static void test_orm_replicas__none_is_as_without(void **state)
{
    (void)state;
    kith_session *s = start_with((const char *const[]){ NULL });
    expect_read_from(s, "writer");
}

static void test_orm_replicas__statistics_are_the_sum(void **state)
{
    (void)state;
    kith_session *s = start_with_two();
    assert_int_equal(stats().opened, 1); /* the writer's */
    expect_read_from(s, "first");
    expect_read_from(s, "second");
    expect_read_from(s, "first");
    assert_int_equal(stats().opened, 3);
    assert_int_equal(stats().open, 3);
    assert_int_equal(stats().idle, 3);
    assert_int_equal(stats().taken, 3);
}

static void test_orm_replicas__are_closed_with_the_database(void **state)
{
    (void)state;
    kith_session *s = start_with_two();
    expect_read_from(s, "first");
    assert_false(kith_close(test.db)); /* the session is open */
    assert_int_equal(stats().open, 0);
    assert_null(kith_find_by_key(s, &dog_model, KITH_V(1)));
    assert_int_equal(kith_error_of(s)->status, KITH_E_CONNECTION);
    assert_string_equal(kith_error_of(s)->message, "the database is being closed");
}

/* ---- memory --------------------------------------------------------------------------------------------------------- */

static void test_orm_replicas__short_memory(void **state)
{
    (void)state;
    size_t n = 0;
    bool passed = false;
    while (!passed) {
        kith_session *s = start_with_two();
        test.heap.calls = 0;
        test.heap.fail_at = ++n;
        passed = kith_find(s, &dog_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "toys" }) }) != NULL;
        test.heap.fail_at = 0;
        if (!passed)
            assert_int_equal(kith_error_of(s)->status, KITH_E_NO_MEMORY);
        assert_int_equal(stats().in_use, 0);
        assert_int_equal(stats().skipped, 0); /* that is no reason to go elsewhere */
        kith_session_close(s);
        assert_true(kith_close(test.db));
        assert_int_equal(test.heap.live_blocks, 0);
        assert_true(n < 1000);
    }
    test.s = NULL;
    test.db = NULL;
    assert_true(n > 20);
}

/* ---- many threads --------------------------------------------------------------------------------------------------- */

enum { THREADS = 4, ROUNDS = 100 };

static atomic_uint wrong;

static void *read_often(void *arg)
{
    kith_db *db = arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        kith_session *s = kith_session_open(db);
        bool of_writer = i % 5 == 0;
        kith_use_writer(s, of_writer);
        const kith_record *r = kith_find_by_key(s, &dog_model, KITH_V(1));
        const char *name = r ? kith_text(r, "name") : "";
        wrong += of_writer ? strcmp(name, "writer") != 0 : strcmp(name, "first") != 0 && strcmp(name, "second") != 0;
        kith_session_close(s);
    }
    return NULL;
}

static void test_orm_replicas__many_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    kith_error err;
    wrong = 0;
    test.db = kith_open(test.urls[0],
                        &(kith_open_opts){ .models = KITH_MODELS(&dog_model, &toy_model),
                                           .readers = (const char *const[]){ test.urls[1], test.urls[2], NULL } },
                        &err);
    assert_non_null(test.db);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_often, test.db), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(wrong, 0);
    assert_int_equal(stats().in_use, 0);
    assert_int_equal(stats().taken, THREADS * ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_orm_replicas__reads_go_to_readers_in_turn),
        TEST(test_orm_replicas__every_verb_that_reads),
        TEST(test_orm_replicas__an_include_comes_from_the_same_reader),
        TEST(test_orm_replicas__in_a_transaction_reads_go_to_the_writer),
        TEST(test_orm_replicas__so_it_is_in_one_that_only_reads),
        TEST(test_orm_replicas__a_session_can_ask_for_the_writer),
        TEST(test_orm_replicas__writes_go_to_the_writer),
        TEST(test_orm_replicas__reload_reads_from_the_writer),
        TEST(test_orm_replicas__one_that_cannot_be_reached_is_skipped),
        TEST(test_orm_replicas__without_any_the_writer_serves),
        TEST(test_orm_replicas__one_that_comes_back_is_used),
        TEST(test_orm_replicas__of_another_kind_are_refused),
        TEST(test_orm_replicas__with_wrong_urls_are_refused),
        TEST(test_orm_replicas__none_is_as_without),
        TEST(test_orm_replicas__statistics_are_the_sum),
        TEST(test_orm_replicas__are_closed_with_the_database),
        TEST(test_orm_replicas__short_memory),
        TEST(test_orm_replicas__many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
