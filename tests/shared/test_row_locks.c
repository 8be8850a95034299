/* Finds that lock the rows they find: what another session may do with those rows meanwhile. */
#include "harness/shared.h"

static const kith_model boss_model = {
    .name = "boss",
    .plural = "bosses",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
};
static const kith_model job_model = {
    .name = "job",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }, { .name = "done", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &boss_model }),
};

static const char *const name_only[] = { "name", NULL };

#define ONE_CONNECTION "it has one connection"
#define ONE_WRITER     "there is one writer at a time, who holds everything"

/* Three jobs of one boss. Nobody waits long for a lock. */
static kith_session *start_jobs(void **state)
{
    kith_session *s = start_with(state, KITH_MODELS(&boss_model, &job_model), (kith_open_opts){ .busy_ms = 50 });
    must(s, kith_create(s, &boss_model, KITH_FIELDS(KITH_F("name", "Ann"))));
    static const char *const names[] = { "dig", "fill", "plant" };
    for (int i = 0; i < 3; i++)
        must(s, kith_create(s, &job_model, KITH_FIELDS(KITH_F("name", names[i]), KITH_F("bossId", 1))));
    return s;
}

static kith_list *take_jobs(kith_session *s, size_t limit, kith_lock lock, kith_locked locked)
{
    return kith_find(
        s, &job_model,
        &(kith_query){
            .attributes = name_only, .order = KITH_ORDER({ "id" }), .limit = limit, .lock = lock, .locked = locked });
}

/* What is found is the same with a lock, on every database, and the session that holds it may change the rows. */
static void test_shared_row_locks__finds_the_same(void **state)
{
    kith_session *s = start_jobs(state);
    for (kith_lock lock = KITH_LOCK_UPDATE; lock <= KITH_LOCK_SHARE; lock++)
        for (kith_locked locked = KITH_LOCKED_WAIT; locked <= KITH_LOCKED_FAIL; locked++) {
            must(s, kith_begin(s));
            kith_list *jobs = must(s, take_jobs(s, 2, lock, locked));
            expect_list(s, jobs, "[{'name':'dig'},{'name':'fill'}]");
            must(s, kith_update(s, jobs->at[0], KITH_FIELDS(KITH_F("done", 1))));
            must(s, kith_commit(s));
        }
    must(s, kith_begin(s));
    kith_record *job = must(s, kith_find_one(s, &job_model,
                                             &(kith_query){
                                                 .attributes = name_only,
                                                 .where = KITH_AND(KITH_SOME("boss", NULL), KITH_EQ("name", "fill")),
                                                 .include = KITH_INCLUDE({ .as = "boss" }),
                                                 .lock = KITH_LOCK_UPDATE }));
    expect_record(s, job, "{'name':'fill','boss':{'id':1,'name':'Ann'}}");
    must(s, kith_commit(s));
}

/* Nobody else changes a row that is locked. */
static void test_shared_row_locks__others_cannot_change_them(void **state)
{
    kith_session *s = start_jobs(state);
    skip_on("sqlite-memory", ONE_CONNECTION);
    kith_session *other = open_session();
    for (kith_lock lock = KITH_LOCK_UPDATE; lock <= KITH_LOCK_SHARE; lock++) {
        kith_record *theirs = must(other, kith_find_by_key(other, &job_model, KITH_V(1)));
        must(s, kith_begin(s));
        must(s, take_jobs(s, 1, lock, KITH_LOCKED_WAIT));
        assert_false(kith_update(other, theirs, KITH_FIELDS(KITH_F("done", 7))));
        expect_error(other, KITH_E_BUSY, NULL, NULL, "");
        must(s, kith_commit(s));
        must(other, kith_update(other, theirs, KITH_FIELDS(KITH_F("done", (int)lock))));
    }
    expect_stored(&job_model, KITH_NAMES("id", "done"),
                  "[{'id':1,'done':2},{'id':2,'done':null},{'id':3,'done':null}]");
}

/* A queue of work: each takes what nobody else has taken. */
static void test_shared_row_locks__skipped(void **state)
{
    kith_session *s = start_jobs(state);
    skip_on("sqlite-memory", ONE_CONNECTION);
    skip_on("sqlite-file", ONE_WRITER);
    kith_session *other = open_session();
    must(s, kith_begin(s));
    must(other, kith_begin(other));
    expect_list(s, take_jobs(s, 1, KITH_LOCK_UPDATE, KITH_LOCKED_SKIP), "[{'name':'dig'}]");
    expect_list(other, take_jobs(other, 1, KITH_LOCK_UPDATE, KITH_LOCKED_SKIP), "[{'name':'fill'}]");
    expect_list(s, take_jobs(s, 0, KITH_LOCK_UPDATE, KITH_LOCKED_SKIP), "[{'name':'dig'},{'name':'plant'}]");
    must(s, kith_commit(s));
    expect_list(other, take_jobs(other, 2, KITH_LOCK_UPDATE, KITH_LOCKED_SKIP), "[{'name':'dig'},{'name':'fill'}]");
    must(other, kith_commit(other));
}

/* Or knows at once. */
static void test_shared_row_locks__fails_at_once(void **state)
{
    kith_session *s = start_jobs(state);
    skip_on("sqlite-memory", ONE_CONNECTION);
    skip_on("sqlite-file", ONE_WRITER);
    kith_session *other = open_session();
    must(s, kith_begin(s));
    must(s, take_jobs(s, 1, KITH_LOCK_UPDATE, KITH_LOCKED_WAIT));
    must(other, kith_begin(other));
    assert_null(take_jobs(other, 1, KITH_LOCK_SHARE, KITH_LOCKED_FAIL));
    expect_error(other, KITH_E_BUSY, NULL, NULL, "");
    kith_rollback(other);
    must(s, kith_commit(s));
    must(other, kith_begin(other));
    must(other, take_jobs(other, 1, KITH_LOCK_SHARE, KITH_LOCKED_FAIL));
    must(other, kith_commit(other));
}

/* Several may hold a row together, and then none of them may have it alone. */
static void test_shared_row_locks__shared(void **state)
{
    kith_session *s = start_jobs(state);
    skip_on("sqlite-memory", ONE_CONNECTION);
    skip_on("sqlite-file", ONE_WRITER);
    kith_session *other = open_session();
    must(s, kith_begin(s));
    must(other, kith_begin(other));
    must(s, take_jobs(s, 1, KITH_LOCK_SHARE, KITH_LOCKED_FAIL));
    must(other, take_jobs(other, 1, KITH_LOCK_SHARE, KITH_LOCKED_FAIL));
    expect_list(s, take_jobs(s, 1, KITH_LOCK_UPDATE, KITH_LOCKED_SKIP), "[{'name':'fill'}]");
    must(other, kith_commit(other));
    expect_list(s, take_jobs(s, 1, KITH_LOCK_UPDATE, KITH_LOCKED_SKIP), "[{'name':'dig'}]");
    must(s, kith_commit(s));
}

/* Rows that are joined stay free, where the database can lock one table of a statement. */
static void test_shared_row_locks__of_the_root_only(void **state)
{
    kith_session *s = start_jobs(state);
    skip_on("sqlite-memory", ONE_CONNECTION);
    skip_on("sqlite-file", ONE_WRITER);
    skip_on("mariadb", "a statement locks rows of all its tables there");
    kith_session *other = open_session();
    must(s, kith_begin(s));
    must(s, kith_find(s, &job_model,
                      &(kith_query){ .include = KITH_INCLUDE({ .as = "boss" }),
                                     .lock = KITH_LOCK_UPDATE,
                                     .order = KITH_ORDER({ "boss.name" }) }));
    kith_record *ann = must(other, kith_find_by_key(other, &boss_model, KITH_V(1)));
    must(other, kith_update(other, ann, KITH_FIELDS(KITH_F("name", "Bob"))));
    must(s, kith_commit(s));
}

/* Without a transaction the lock would be gone before it is of use; one that only reads has no use for it. */
static bool lock_jobs(kith_session *s, void *ctx)
{
    (void)ctx;
    return take_jobs(s, 1, KITH_LOCK_SHARE, KITH_LOCKED_WAIT) != NULL;
}

static void test_shared_row_locks__need_a_transaction(void **state)
{
    kith_session *s = start_jobs(state);
    forget_statements();
    assert_null(take_jobs(s, 1, KITH_LOCK_UPDATE, KITH_LOCKED_WAIT));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "a lock lasts until its transaction ends, and there is none");
    assert_null(take_jobs(s, 1, KITH_NO_LOCK, KITH_LOCKED_SKIP));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "so it needs a .lock");
    expect_statements(0);
    assert_false(kith_transaction(s, lock_jobs, NULL, &(kith_transaction_opts){ .read_only = true }));
    expect_error(s, KITH_E_USAGE, NULL, NULL, "read-only");
    must(s, kith_transaction(s, lock_jobs, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_row_locks__finds_the_same),
        SHARED_TEST(test_shared_row_locks__others_cannot_change_them),
        SHARED_TEST(test_shared_row_locks__skipped),
        SHARED_TEST(test_shared_row_locks__fails_at_once),
        SHARED_TEST(test_shared_row_locks__shared),
        SHARED_TEST(test_shared_row_locks__of_the_root_only),
        SHARED_TEST(test_shared_row_locks__need_a_transaction),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
