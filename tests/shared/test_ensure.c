/* Found or created: a row by its unique key, and a target that is linked then, by one session and by many at once. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "harness/shared.h"

/* ---- models --------------------------------------------------------------------------------------------------------- */

static const kith_model post_model, tag_model, writer_model, badge_model, line_model;

static const kith_model writer_model = {
    .name = "writer",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20), .not_null = true, .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &post_model }, { KITH_HAS_ONE, &badge_model }),
};
static const kith_model badge_model = {
    .name = "badge",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "code", .type = KITH_STRING(20), .not_null = true, .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &writer_model }),
};
static const kith_model post_model = {
    .name = "post",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "title", .type = KITH_STRING(20), .not_null = true, .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &writer_model }, { KITH_HAS_MANY, &line_model },
                          { KITH_BELONGS_TO_MANY, &tag_model, .through = "post_tag" }),
};
static const kith_model line_model = {
    .name = "line",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "postId", .type = KITH_INTEGER, .not_null = true },
                        { .name = "number", .type = KITH_INTEGER, .not_null = true },
                        { .name = "text", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &post_model }),
    .indexes = KITH_INDEXES({ .unique = true, .attrs = KITH_NAMES("postId", "number") }),
};
static const kith_model tag_model = {
    .name = "tag",
    .paranoid = true,
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "word", .type = KITH_STRING(20), .not_null = true, .unique = true },
                        { .name = "weight", .type = KITH_INTEGER },
                        { .name = "code", .type = KITH_INTEGER, .unique = true }),
};
#define MODELS KITH_MODELS(&writer_model, &badge_model, &post_model, &line_model, &tag_model)

#define NAME(v)   KITH_FIELDS(KITH_F("name", (v)))
#define TITLE(v)  KITH_FIELDS(KITH_F("title", (v)))
#define WORD(v)   KITH_FIELDS(KITH_F("word", (v)))
#define WEIGHT(n) KITH_FIELDS(KITH_F("weight", (n)))
#define CODE(v)   KITH_FIELDS(KITH_F("code", (v)))
#define NUMBER(n) KITH_FIELDS(KITH_F("number", (n)))

static kith_record *ann, *bob; /* writers 1 and 2 */
static kith_record *post;      /* 1 */

static kith_session *start_posts(void **state)
{
    kith_session *s = start(state, MODELS);
    ann = must(s, kith_create(s, &writer_model, NAME("Ann")));
    bob = must(s, kith_create(s, &writer_model, NAME("Bob")));
    post = must(s, kith_create(s, &post_model, TITLE("One")));
    forget_statements();
    return s;
}

/* ---- a row ---------------------------------------------------------------------------------------------------------- */

/* P36: the row is created once; found, it stays as it is, by one statement */
static void test_shared_ensure__finds_or_creates(void **state)
{
    kith_session *s = start_posts(state);
    bool created = false;
    kith_record *tag = must(s, kith_find_or_create(s, &tag_model, WORD("c"), WEIGHT(3), &created));
    assert_true(created);
    assert_int_equal(kith_int(tag, "weight"), 3);
    expect_statements(2);
    forget_statements();
    kith_record *again = must(s, kith_find_or_create(s, &tag_model, WORD("c"), WEIGHT(5), &created));
    assert_false(created);
    assert_int_equal(kith_int(again, "id"), kith_int(tag, "id"));
    assert_int_equal(kith_int(again, "weight"), 3);
    expect_statements(1);
    must(s, kith_find_or_create(s, &tag_model, KITH_FIELDS(KITH_F("id", 70)), WORD("d"), NULL));
    must(s, kith_find_or_create(s, &line_model, KITH_FIELDS(KITH_F("postId", 1), KITH_F("number", 1)), NULL, &created));
    assert_true(created);
    must(s, kith_find_or_create(s, &line_model, KITH_FIELDS(KITH_F("number", 1), KITH_F("postId", 1)), NULL, &created));
    assert_false(created);
    expect_stored(&tag_model, KITH_NAMES("word", "weight"), "[{'word':'c','weight':3},{'word':'d','weight':null}]");
    expect_no_error(s);
}

/* P36: what is wrong is said before any SQL, whether the row is there or not */
static void test_shared_ensure__refuses(void **state)
{
    kith_session *s = start_posts(state);
    bool created = true;
    assert_null(kith_find_or_create(s, &tag_model, WEIGHT(3), WORD("c"), &created));
    assert_false(created);
    expect_error(s, KITH_E_USAGE, NULL, NULL, "no unique key of tag");
    assert_null(kith_find_or_create(s, &tag_model, NULL, WORD("c"), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "no unique key of tag");
    assert_null(kith_find_or_create(s, &tag_model, KITH_FIELDS({ "code", kith_of_null() }), WORD("c"), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "the key tag.code is null");
    assert_null(kith_find_or_create(s, &tag_model, WORD("c"), WORD("d"), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "tag.word is given twice");
    assert_null(kith_find_or_create(s, &tag_model, WORD("c"), KITH_FIELDS(KITH_F("wait", 1)), NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "weight");
    assert_null(kith_find_or_create(s, &tag_model, CODE(3), NULL, NULL));
    expect_error(s, KITH_E_VALIDATION, "tag", "word", "");
    assert_null(kith_ensure_related(s, post, "tag", WORD("c"), NULL, NULL));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "tags");
    assert_null(kith_ensure_related(s, ann, "posts", TITLE("One"), NULL,
                                    &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("x", 1)) }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "no join row");
    expect_statements(0);
}

/* Another unique key that is taken is an error of its own, and a destroyed row is not given out */
static void test_shared_ensure__other_keys(void **state)
{
    kith_session *s = start_posts(state);
    kith_record *tag = must(s, kith_find_or_create(s, &tag_model, WORD("c"), CODE(7), NULL));
    assert_null(kith_find_or_create(s, &tag_model, WORD("d"), CODE(7), NULL));
    expect_error(s, KITH_E_UNIQUE, "tag", "code", "");
    must(s, kith_destroy(s, tag));
    assert_null(kith_find_or_create(s, &tag_model, WORD("c"), NULL, NULL));
    expect_error(s, KITH_E_UNIQUE, "tag", "word", "was destroyed");
    expect_number(s, kith_count(s, &tag_model, &(kith_query){ .with_deleted = true }), 1);
}

/* ---- targets -------------------------------------------------------------------------------------------------------- */

/* P36: through a join table */
static void test_shared_ensure__through(void **state)
{
    kith_session *s = start_posts(state);
    kith_record *tag = must(s, kith_ensure_related(s, post, "tags", WORD("c"), WEIGHT(3), NULL));
    assert_int_equal(kith_int(tag, "weight"), 3);
    kith_record *again = must(s, kith_ensure_related(s, post, "tags", WORD("c"), WEIGHT(4), NULL));
    assert_int_equal(kith_int(again, "id"), kith_int(tag, "id"));
    must(s, kith_find_or_create(s, &tag_model, WORD("d"), NULL, NULL));
    must(s, kith_ensure_related(s, post, "tags", WORD("d"), NULL, NULL));
    expect_number(s, kith_count_related(s, post, "tags"), 2);
    expect_number(s, kith_count(s, &tag_model, NULL), 2);
    expect_no_error(s);
}

/* P36: the source carries the key */
static void test_shared_ensure__belongs_to(void **state)
{
    kith_session *s = start_posts(state);
    must(s, kith_ensure_related(s, post, "writer", NAME("Bob"), NULL, NULL));
    assert_int_equal(kith_int(post, "writerId"), 2);
    kith_record *cid = must(s, kith_ensure_related(s, post, "writer", NAME("Cid"), NULL, NULL));
    assert_int_equal(kith_int(post, "writerId"), kith_int(cid, "id"));
    expect_stored(&writer_model, KITH_NAMES("name"), "[{'name':'Ann'},{'name':'Bob'},{'name':'Cid'}]");
    expect_no_error(s);
}

/* P36: the target carries the key: a new one is linked, one that is there is taken over, one that is linked is left */
static void test_shared_ensure__has_many(void **state)
{
    kith_session *s = start_posts(state);
    kith_record *two = must(s, kith_ensure_related(s, ann, "posts", TITLE("Two"), NULL, NULL));
    assert_int_equal(kith_int(two, "writerId"), 1);
    must(s, kith_ensure_related(s, ann, "posts", TITLE("Two"), NULL, NULL));
    two = must(s, kith_ensure_related(s, bob, "posts", TITLE("Two"), NULL, NULL));
    assert_int_equal(kith_int(two, "writerId"), 2);
    must(s, kith_ensure_related(s, ann, "posts", TITLE("One"), NULL, NULL));
    expect_stored(&post_model, KITH_NAMES("title", "writerId"),
                  "[{'title':'One','writerId':1},{'title':'Two','writerId':2}]");
    /* The key of the association is part of the target's unique key. */
    must(s, kith_ensure_related(s, post, "lines", NUMBER(1), KITH_FIELDS(KITH_F("text", "a")), NULL));
    must(s, kith_ensure_related(s, two, "lines", NUMBER(1), KITH_FIELDS(KITH_F("text", "b")), NULL));
    kith_record *line = must(s,
                             kith_ensure_related(s, post, "lines", NUMBER(1), KITH_FIELDS(KITH_F("text", "c")), NULL));
    expect_text(kith_text(line, "text"), "a");
    expect_number(s, kith_count(s, &line_model, NULL), 2);
    expect_no_error(s);
}

/* P36: has-one has room for one target, whether it is new or was there */
static void test_shared_ensure__has_one(void **state)
{
    kith_session *s = start_posts(state);
    must(s, kith_ensure_related(s, ann, "badge", CODE("a"), NULL, NULL));
    must(s, kith_ensure_related(s, ann, "badge", CODE("b"), NULL, NULL));
    must(s, kith_ensure_related(s, ann, "badge", CODE("b"), NULL, NULL));
    expect_stored(&badge_model, KITH_NAMES("code", "writerId"),
                  "[{'code':'a','writerId':null},{'code':'b','writerId':1}]");
    must(s, kith_ensure_related(s, bob, "badge", CODE("b"), NULL, NULL));
    must(s, kith_ensure_related(s, ann, "badge", CODE("a"), NULL, NULL));
    expect_stored(&badge_model, KITH_NAMES("code", "writerId"),
                  "[{'code':'a','writerId':1},{'code':'b','writerId':2}]");
    expect_no_error(s);
}

/* Inside a transaction all of it goes with a rollback */
static void test_shared_ensure__in_a_transaction(void **state)
{
    kith_session *s = start_posts(state);
    must(s, kith_begin(s));
    must(s, kith_ensure_related(s, post, "tags", WORD("c"), NULL, NULL));
    must(s, kith_ensure_related(s, ann, "posts", TITLE("Two"), NULL, NULL));
    must(s, kith_rollback(s));
    expect_number(s, kith_count(s, &tag_model, NULL), 0);
    expect_number(s, kith_count(s, &post_model, NULL), 1);
    expect_no_error(s);
}

/* ---- many at once --------------------------------------------------------------------------------------------------- */

enum { THREADS = 64, ROUNDS = 5 };

struct worker {
    pthread_t thread;
    kith_session *s;
    unsigned number;
    int created;
    kith_error error;
};

static atomic_uint ready;
static void (*job)(struct worker *w);

static void *work(void *arg)
{
    struct worker *w = arg;
    ready++;
    while (ready < THREADS)
        sched_yield();
    job(w);
    if (kith_error_of(w->s))
        w->error = *kith_error_of(w->s);
    return NULL;
}

/* How many rows all of them created. */
static int run_together(void (*what)(struct worker *w))
{
    static struct worker workers[THREADS];
    int created = 0;
    ready = 0;
    job = what;
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){ .s = kith_session_open(the_db()), .number = i };
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(workers[i].thread, NULL);
    for (unsigned i = 0; i < THREADS; i++) {
        if (workers[i].error.status != KITH_OK)
            fail_msg("thread %u: %s", i, workers[i].error.message);
        created += workers[i].created;
        kith_session_close(workers[i].s);
    }
    return created;
}

static const char *const words[ROUNDS] = { "a", "b", "c", "d", "e" };

/* In another order in each second thread. */
static const char *word(const struct worker *w, int i)
{
    return words[w->number % 2 ? ROUNDS - 1 - i : i];
}

static void find_tags(struct worker *w)
{
    for (int i = 0; i < ROUNDS; i++) {
        bool created = false;
        kith_find_or_create(w->s, &tag_model, WORD(word(w, i)), WEIGHT((int)w->number), &created);
        w->created += created;
    }
}

static void link_tags(struct worker *w)
{
    kith_record *one = kith_find_by_key(w->s, &post_model, KITH_V(1));
    for (int i = 0; i < ROUNDS; i++)
        kith_ensure_related(w->s, one, "tags", WORD(word(w, i)), NULL, NULL);
}

/* P36: 64 threads that want the same rows get them, one each, and exactly one created it */
static void test_shared_ensure__rows_at_once(void **state)
{
    kith_session *s = start_posts(state);
    assert_int_equal(run_together(find_tags), ROUNDS);
    expect_number(s, kith_count(s, &tag_model, NULL), ROUNDS);
}

/* P36: 64 threads that connect or create the same targets make one row and one link of each */
static void test_shared_ensure__targets_at_once(void **state)
{
    kith_session *s = start_posts(state);
    run_together(link_tags);
    expect_number(s, kith_count(s, &tag_model, NULL), ROUNDS);
    expect_number(s, kith_count_related(s, post, "tags"), ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_ensure__finds_or_creates), SHARED_TEST(test_shared_ensure__refuses),
        SHARED_TEST(test_shared_ensure__other_keys),       SHARED_TEST(test_shared_ensure__through),
        SHARED_TEST(test_shared_ensure__belongs_to),       SHARED_TEST(test_shared_ensure__has_many),
        SHARED_TEST(test_shared_ensure__has_one),          SHARED_TEST(test_shared_ensure__in_a_transaction),
        SHARED_TEST(test_shared_ensure__rows_at_once),     SHARED_TEST(test_shared_ensure__targets_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
