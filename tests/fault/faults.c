/* faults: see faults.h. */
#include "fault/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/test.h"

/* One scenario in one mode. */
struct run {
    const struct fault_mode *mode;
    const struct scenario *scenario;
    struct world w;
    kith_open_opts opts;
    char url[128];
    size_t n; /* which chance becomes a fault */
    char *before, *after, *result;
    unsigned complaints;
};

static size_t faults_in_all, tries_in_all;

__attribute__((format(printf, 2, 3))) static bool complain(struct run *r, const char *format, ...)
{
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (r->complaints++ < 5)
        print_error("%s, %s, fault %zu: %s\n", r->scenario->name, r->mode->name, r->n, text);
    return false;
}

static const char *error_text(const kith_session *s)
{
    const kith_error *e = kith_error_of(s);
    return e ? e->message : "no error";
}

/* ---- opening and closing the world ---------------------------------------------------------------------------------- */

static bool enter_transaction(struct run *r)
{
    kith_session *s = r->w.s;
    if (!r->mode->in_transaction)
        return true;
    return kith_begin(s) && kith_create(s, &thing_model, KITH_FIELDS(KITH_F("name", "written before")));
}

static bool open_world(struct run *r)
{
    struct world *w = &r->w;
    kith_error err;
    *w = (struct world){ .url = r->url, .opts = &r->opts };
    w->db = kith_open(r->url, &r->opts, &err);
    if (!w->db)
        return complain(r, "kith_open: %s", err.message);
    w->s = kith_session_open(w->db);
    if (r->scenario->prepare && !r->scenario->prepare(w))
        return complain(r, "prepare: %s", error_text(w->s));
    return enter_transaction(r) || complain(r, "the transaction: %s", error_text(w->s));
}

static void close_world(struct run *r)
{
    kith_session_close(r->w.s);
    if (!kith_close(r->w.db))
        complain(r, "kith_close says that something is still in use");
    const char *left = r->mode->after_close ? r->mode->after_close() : NULL;
    if (left)
        complain(r, "left behind: %s", left);
}

/* ---- what can be seen ----------------------------------------------------------------------------------------------- */

/* What the call gave. Freed by the caller. */
static char *result_of(struct run *r)
{
    struct world *w = &r->w;
    char number[32];
    if (!r->scenario->reads)
        return strdup("");
    if (w->list)
        return strdup(kith_json(w->s, w->list));
    if (w->record)
        return strdup(kith_json_record(w->s, w->record));
    if (w->text)
        return strdup(w->text);
    snprintf(number, sizeof number, "%lld", (long long)w->number);
    return strdup(number);
}

static void compare_result(struct run *r)
{
    char *now = result_of(r);
    if (strcmp(now, r->result) != 0)
        complain(r, "the result is wrong:\n%.400s\n%.400s", now, r->result);
    free(now);
}

static void compare_stored(struct run *r, const char *expected, const char *when)
{
    const char *now = world_dump();
    size_t same = 0;
    while (now && now[same] && now[same] == expected[same])
        same++;
    if (!now || strcmp(now, expected) != 0)
        complain(r, "the data are wrong %s: …%.200s\n  expected …%.200s", when, now ? now + same : "none",
                 expected + same);
}

/* The record that a call was to change. */
static char *source_text(struct run *r)
{
    return r->w.source ? strdup(kith_json_record(r->w.s, r->w.source)) : NULL;
}

/* ---- one try -------------------------------------------------------------------------------------------------------- */

static void check_error(struct run *r)
{
    const kith_error *e = r->scenario->own_error ? &r->w.own : kith_error_of(r->w.s);
    if (!e)
        complain(r, "it failed without an error");
    else if (!r->mode->is_expected(r->mode, e->status))
        complain(r, "the status is %s: %s", kith_status_name(e->status), e->message);
    else if (!e->message[0])
        complain(r, "the error has no message");
}

static void leave_transaction(struct run *r)
{
    if (!r->mode->in_transaction)
        return;
    if (r->scenario->undoes)
        kith_rollback(r->w.s);
    else if (kith_commit(r->w.s))
        complain(r, "a transaction in which a call failed was committed");
}

/* Between begin and rollback, so that it can be done again. */
static void repeat(struct run *r)
{
    struct world *w = &r->w;
    const struct scenario *scenario = r->scenario;
    kith_clear(w->s);
    w->list = NULL;
    w->record = NULL;
    w->text = NULL;
    bool good = scenario->alone || kith_begin(w->s);
    good = good && scenario->act(w);
    if (!good)
        complain(r, "once more without faults: %s", scenario->own_error ? w->own.message : error_text(w->s));
    else if (kith_error_of(w->s))
        complain(r, "once more without faults, an error is left: %s", error_text(w->s));
    else if (scenario->reads)
        compare_result(r);
    if (!scenario->alone && !kith_rollback(w->s))
        complain(r, "rolling back without faults: %s", error_text(w->s));
}

static void check_after_call(struct run *r)
{
    const char *wrong = r->mode->after_call ? r->mode->after_call() : NULL;
    if (wrong)
        complain(r, "after the call: %s", wrong);
}

static void check_failure(struct run *r, const char *source)
{
    check_error(r);
    char *now = source_text(r);
    if (now && strcmp(now, source) != 0)
        complain(r, "the record has changed:\n%s\n%s", now, source);
    free(now);
    leave_transaction(r);
    check_after_call(r);
    if (!r->scenario->in_pieces)
        compare_stored(r, r->before, "after the fault");
    repeat(r);
    if (!r->scenario->in_pieces)
        compare_stored(r, r->before, "after repeating and rolling back");
}

static void check_success(struct run *r, size_t faults)
{
    if (faults && !r->mode->absorbs && !r->scenario->absorbs)
        complain(r, "the fault went unnoticed");
    if (kith_error_of(r->w.s))
        complain(r, "it succeeded, but there is an error: %s", error_text(r->w.s));
    compare_result(r);
    if (r->mode->in_transaction && !kith_commit(r->w.s))
        complain(r, "the commit: %s", error_text(r->w.s));
    check_after_call(r);
    compare_stored(r, r->after, "after success");
    world_copy(r->scenario->sql);
}

/* False when no fault was met. */
static bool try_fault(struct run *r)
{
    size_t chances = 0, faults = 0;
    if (!open_world(r)) {
        close_world(r);
        return false;
    }
    char *source = source_text(r);
    r->mode->arm(r->mode, r->n);
    bool good = r->scenario->act(&r->w);
    faults = r->mode->disarm(&chances);
    faults_in_all += faults;
    tries_in_all++;
    if (good)
        check_success(r, faults);
    else if (faults)
        check_failure(r, source);
    else
        complain(r, "it failed without a fault: %s", error_text(r->w.s));
    free(source);
    close_world(r);
    if (r->scenario->in_pieces || r->complaints)
        world_copy(r->scenario->sql);
    return faults > 0;
}

/* ---- one scenario --------------------------------------------------------------------------------------------------- */

static char *keep_dump(void)
{
    const char *text = world_dump();
    return text ? strdup(text) : NULL;
}

/* Once without faults, to learn what should come of it. Gives the chances for faults, 0 on failure. */
static size_t rehearse(struct run *r)
{
    size_t chances = 0;
    r->before = keep_dump();
    if (r->before && open_world(r)) {
        r->mode->arm(r->mode, 0);
        bool good = r->scenario->act(&r->w);
        r->mode->disarm(&chances);
        if (!good)
            complain(r, "without faults: %s", r->scenario->own_error ? r->w.own.message : error_text(r->w.s));
        else
            r->result = result_of(r);
        if (r->mode->in_transaction && !kith_commit(r->w.s))
            complain(r, "the commit: %s", error_text(r->w.s));
    }
    close_world(r);
    r->after = keep_dump();
    if (!r->complaints && !chances && !r->scenario->few_chances)
        complain(r, "there was no chance for a fault");
    return r->complaints ? 0 : chances;
}

static void run_one(void **state)
{
    struct run *r = *state;
    const struct fault_mode *mode = r->mode;
    r->opts = (kith_open_opts){ .models = world_models,
                                .allocator = mode->allocator,
                                .drivers = mode->drivers,
                                .plain_memory = mode->plain_memory };
    snprintf(r->url, sizeof r->url, "%s:%s?synchronous=off", mode->scheme, world_copy(r->scenario->sql));
    size_t chances = rehearse(r);
    size_t step = mode->most && chances > mode->most ? (chances + mode->most - 1) / mode->most : 1;
    world_copy(r->scenario->sql);
    for (r->n = 1; chances && r->complaints < 5 && try_fault(r);)
        r->n += step;
    free(r->before);
    free(r->after);
    free(r->result);
    assert_int_equal(r->complaints, 0);
}

/* ---- all ------------------------------------------------------------------------------------------------------------ */

static const struct scenario_list *const lists[] = { &open_scenarios,  &find_scenarios,  &write_scenarios,
                                                     &link_scenarios,  &graph_scenarios, &hook_scenarios,
                                                     &stream_scenarios };
enum { LIST_COUNT = sizeof lists / sizeof lists[0], NAME_ROOM = 96 };

static bool fits(const struct fault_mode *mode, const struct scenario *s)
{
    return !(mode->in_transaction && s->alone) && !(mode->of_statements && s->in_memory);
}

struct tests {
    struct CMUnitTest *at;
    struct run *runs;
    char (*names)[NAME_ROOM];
    size_t count;
};

static void add_test(struct tests *t, const char *program, const struct fault_mode *mode, const struct scenario *s)
{
    size_t i = t->count++;
    t->runs[i] = (struct run){ .mode = mode, .scenario = s };
    snprintf(t->names[i], NAME_ROOM, "test_fault_%s__%s/%s", program, s->name, mode->name);
    t->at[i] = (struct CMUnitTest){ .name = t->names[i], .test_func = run_one, .initial_state = &t->runs[i] };
}

static bool make_tests(struct tests *t, const char *program, const struct fault_mode *modes, size_t mode_count)
{
    size_t room = 0;
    for (size_t i = 0; i < LIST_COUNT; i++)
        room += lists[i]->count * mode_count;
    *t = (struct tests){ .at = calloc(room, sizeof *t->at),
                         .runs = calloc(room, sizeof *t->runs),
                         .names = calloc(room, sizeof *t->names) };
    for (size_t m = 0; t->at && t->runs && t->names && m < mode_count; m++)
        for (size_t i = 0; i < LIST_COUNT; i++)
            for (size_t k = 0; k < lists[i]->count; k++)
                if (fits(&modes[m], &lists[i]->at[k]))
                    add_test(t, program, &modes[m], &lists[i]->at[k]);
    return t->count > 0;
}

int faults_main(const char *program, const struct fault_mode *modes, size_t mode_count, int argc, char **argv)
{
    struct tests t;
    int failed = 1;
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    if (make_tests(&t, program, modes, mode_count) && world_begin()) {
        failed = _cmocka_run_group_tests(program, t.at, t.count, NULL, NULL);
        printf("%s: %zu faults in %zu tries\n", program, faults_in_all, tries_in_all);
    }
    world_end();
    free(t.at);
    free(t.runs);
    free(t.names);
    return failed || faults_in_all == 0;
}
