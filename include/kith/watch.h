/* kith/watch.h: seeing what runs: how many statements, at most so many, and loops that ask about one record at a time. */
#ifndef KITH_WATCH_H
#define KITH_WATCH_H

#include "kith/each.h"
#include "kith/page.h"
#include "kith/tree.h"

KITH_BEGIN_DECLS

/* How many statements the session has sent since it was opened: those of finds and of changes, of kith_sync and
 * kith_execute, and those that failed; the text of kith_execute_script counts as one. What begins and ends transactions
 * and savepoints does not count, nor does what sets a limit on time. A statement cut into chunks counts for each chunk;
 * one that is tried again because its connection was lost, once; what kith_transaction runs again counts again. 0 when s
 * is NULL. */
KITH_API uint64_t kith_statements(const kith_session *s);

/* From now on, at most so many statements more: the next one after them is not sent, and its call fails with
 * KITH_E_BUDGET. The message says the budget, how many ran, and the text that was refused. For tests, so that a loop
 * which loads one record at a time is found, and for requests that must not get out of hand. Each call replaces the
 * budget before; KITH_NO_BUDGET ends it. Counts what kith_statements counts.
 *     kith_budget(s, 2);
 *     list = kith_find(s, &pug_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "friends" }) });
 *     kith_get(s, list->at[0], "friends", NULL);          NULL: KITH_E_BUDGET */
KITH_API void kith_budget(kith_session *s, uint64_t most);
#define KITH_NO_BUDGET UINT64_MAX

/* ---- loops ---------------------------------------------------------------------------------------------------- */

/* A place in the program that asks about many records one at a time, a statement for each: what on_loop of
 * kith_open_opts is told. Watched are kith_get, kith_has, kith_count_related and kith_descendants of a record, and
 * kith_find, kith_find_one, kith_find_by_key and kith_count with a condition that names rows by a key: the primary key,
 * or one that an association goes by. Calls are counted for a place, the call's line, in one session. Calls about
 * the same record again, and about the only record of a result, do not count: there is nothing to ask together. A session
 * remembers the 32 places used last. All texts are valid during the call; any number may be NULL or 0 when it is not
 * known.
 *     static void told(void *ctx, const kith_loop *loop)
 *     {
 *         fprintf(stderr, "%s\n", loop->message);
 *     }
 *     kith_get of pug.friends at menu.c:41 has run 10 times in one session, for one record at a time of the pugs found at
 *     menu.c:38: include "friends" where the pugs are found, or call kith_get_each once for all of them */
struct kith_loop {
    const char *verb; /* "kith_get" */
    const char *what; /* "pug.friends"; of finds by a key the model, "owner" */
    const char
        *association; /* what leads from records to those asked for: "pug.friends", "pug.owner"; NULL: not known */
    const char *file; /* where the call is; NULL: not known */
    int line;
    const char *found_file; /* where the records of the loop were found, created or loaded; NULL: not known */
    int found_line;
    uint64_t count;      /* how many calls there were */
    const char *advice;  /* what to do instead */
    const char *message; /* all of it as a sentence */
};

/* Says where the next call with this session stands, and returns the session. Costs next to nothing unless the database
 * was opened with on_loop. file is borrowed until the session closes. The calls below do this by themselves, because
 * their names are macros, too; not where KITH_NO_SITES is defined before the header is included, as in bindings to other
 * languages. A macro in parentheses, (kith_get)(s, …), or without any, &kith_get, is the function. */
KITH_API kith_session *kith_at(kith_session *s, const char *file, int line);
#define KITH_AT(s) kith_at((s), __FILE__, __LINE__)

#ifndef KITH_NO_SITES
#define kith_find(s, ...)           kith_find(KITH_AT(s), __VA_ARGS__)
#define kith_find_one(s, ...)       kith_find_one(KITH_AT(s), __VA_ARGS__)
#define kith_find_and_count(s, ...) kith_find_and_count(KITH_AT(s), __VA_ARGS__)
#define kith_find_page(s, ...)      kith_find_page(KITH_AT(s), __VA_ARGS__)
#define kith_find_by_key(s, ...)    kith_find_by_key(KITH_AT(s), __VA_ARGS__)
#define kith_find_by_keys(s, ...)   kith_find_by_keys(KITH_AT(s), __VA_ARGS__)
#define kith_count(s, ...)          kith_count(KITH_AT(s), __VA_ARGS__)
#define kith_get(s, ...)            kith_get(KITH_AT(s), __VA_ARGS__)
#define kith_has(s, ...)            kith_has(KITH_AT(s), __VA_ARGS__)
#define kith_count_related(s, ...)  kith_count_related(KITH_AT(s), __VA_ARGS__)
#define kith_get_each(s, ...)       kith_get_each(KITH_AT(s), __VA_ARGS__)
#define kith_descendants(s, ...)    kith_descendants(KITH_AT(s), __VA_ARGS__)
#define kith_ancestors(s, ...)      kith_ancestors(KITH_AT(s), __VA_ARGS__)
#define kith_tree(s, ...)           kith_tree(KITH_AT(s), __VA_ARGS__)
#define kith_create_many(s, ...)    kith_create_many(KITH_AT(s), __VA_ARGS__)
#endif

KITH_END_DECLS

#endif
