/* shared: what the behaviour tests stand on. Each test gets a fresh, empty database of the kind that the environment's
 * KITH_TEST_DATABASE names; no test knows which. When a test ends, sessions and database are closed and no memory may
 * be left. One test at a time, but its threads may use the database together.
 *
 *     static void test_shared_pugs__are_loud(void **state)
 *     {
 *         kith_session *s = start(state, KITH_MODELS(&pug_model));
 *         kith_record *cody = must(s, kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "Cody"))));
 *         …
 *     } */
#ifndef TESTS_HARNESS_SHARED_H
#define TESTS_HARNESS_SHARED_H

#include "harness/test.h"
#include "kith/kith.h"

int shared_set_up(void **state);
int shared_tear_down(void **state);
#define SHARED_TEST(name) cmocka_unit_test_setup_teardown(name, shared_set_up, shared_tear_down)

/* ---- the database ---- */

/* Opens the test's database with these models, creates their tables, and returns a session. */
kith_session *start(void **state, const kith_model *const *models);
/* The same with other options; models, log, allocator and plain_memory are the harness's. */
kith_session *start_with(void **state, const kith_model *const *models, kith_open_opts opts);
/* One more session on it; the tear-down closes it, or the test does. */
kith_session *open_session(void);
void close_session(kith_session *s);
kith_db *the_db(void);
bool close_database(void); /* with all its sessions; what the tear-down does otherwise. False when some were at work */
const char *database_url(void); /* of the test's database */
size_t memory_in_use(void);     /* bytes that it holds */
void forget_memory_most(void);
size_t memory_most(void); /* the most that it held at a time since then */
/* That these models are refused, as KITH_E_MODEL with these words for the first mistake, see expect_error. */
#define expect_mistake(models, model, attribute, part)                                                                 \
    expect_mistake_at((models), (model), (attribute), (part), __FILE__, __LINE__)
void expect_mistake_at(const kith_model *const *models, const char *model, const char *attribute, const char *part,
                       const char *file, int line);

/* Leaves the test out on a kind of database, for a reason that is told. */
#define skip_on(kind, reason)                                                                                          \
    do {                                                                                                               \
        if (is_on(kind)) {                                                                                             \
            print_message("SKIP %s on %s: %s\n", __func__, (kind), (reason));                                          \
            skip();                                                                                                    \
        }                                                                                                              \
    } while (0)
bool is_on(const char *kind); /* "postgres" is also what lies behind PgBouncer */

/* ---- results ---- */

/* What a verb returned, a pointer or a bool; fails with the session's error when it is none. */
#define must(s, result)                                                                                                \
    _Generic((result), bool : must_be_true_at, default : must_be_there_at)((s), (result), #result, __FILE__, __LINE__)
bool must_be_true_at(kith_session *s, bool result, const char *text, const char *file, int line);
void *must_be_there_at(kith_session *s, const void *result, const char *text, const char *file, int line);

#define expect_number(s, result, expected) expect_number_at((s), (result), (expected), #result, __FILE__, __LINE__)
void expect_number_at(kith_session *s, int64_t result, int64_t expected, const char *text, const char *file, int line);

/* Lists and records as JSON. In all expected JSON a ' stands for a ". */
#define expect_list(s, list, json)     expect_json_at((s), (list), NULL, (json), __FILE__, __LINE__)
#define expect_record(s, record, json) expect_json_at((s), NULL, (record), (json), __FILE__, __LINE__)
void expect_json_at(kith_session *s, const kith_list *list, const kith_record *record, const char *json,
                    const char *file, int line);

#define expect_text(text, expected) expect_text_at((text), (expected), __FILE__, __LINE__)
void expect_text_at(const char *text, const char *expected, const char *file, int line);

/* ---- errors ---- */

/* That the session holds this error; clears it. model and attribute may be NULL: any. part: of the message. */
#define expect_error(s, status, model, attribute, part)                                                                \
    expect_error_at((s), (status), (model), (attribute), (part), __FILE__, __LINE__)
void expect_error_at(kith_session *s, kith_status status, const char *model, const char *attribute, const char *part,
                     const char *file, int line);
#define expect_no_error(s) expect_no_error_at((s), __FILE__, __LINE__)
void expect_no_error_at(kith_session *s, const char *file, int line);

/* ---- what is stored ---- */

/* What a session of its own finds: all rows, with these attributes and ordered by them, as JSON. NULL: all attributes,
 * in no order. */
#define expect_stored(model, names, json) expect_stored_at((model), (names), (json), __FILE__, __LINE__)
void expect_stored_at(const kith_model *model, const char *const *names, const char *json, const char *file, int line);

/* ---- statements ---- */

/* The statements sent since the last forget_statements, and their text. */
void forget_statements(void);
unsigned statement_count(void);
const char *statement(unsigned i);
#define expect_statements(count) expect_statements_at((count), __FILE__, __LINE__)
void expect_statements_at(unsigned count, const char *file, int line);

#endif
