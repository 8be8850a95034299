/* streams KIND RECORDS EACH: writes so many records with so many rows each below them, and streams all of it in a process
 * of its own, which must not take more than 16 MiB of memory beyond what it has when the database is open. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "campaign.h"

enum { MOST_KIB = 16 * 1024, AT_ONCE = 10000 };

/* A sanitizer has memory of its own, and keeps what was freed. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#define IS_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define IS_SANITIZED false
#endif

extern const kith_model line_model;
static const kith_model bill_model = {
    .name = "bill",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_BIGINT, .primary_key = true },
                        { .name = "payer", .type = KITH_STRING(40) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .target = &line_model }),
};
const kith_model line_model = {
    .name = "line",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_BIGINT, .primary_key = true },
                        { .name = "billId", .type = KITH_BIGINT }, { .name = "cents", .type = KITH_INTEGER },
                        { .name = "what", .type = KITH_STRING(40) }),
};

static kith_db *open_bills(const char *url)
{
    kith_error err;
    kith_db *db = kith_open(url, &(kith_open_opts){ .models = KITH_MODELS(&bill_model, &line_model) }, &err);
    if (!db)
        give_up("%s", err.message);
    return db;
}

/* ---- writing --------------------------------------------------------------------------------------------------------- */

static kith_value values[AT_ONCE * 4];

static void insert(kith_session *s, const kith_model *m, const char *const *names, unsigned count)
{
    if (kith_insert_many(s, m, names, values, count, NULL) != (int64_t)count)
        give_up("%s", kith_error_of(s)->message);
    kith_session_release_all(s);
}

static void insert_bills(kith_session *s, unsigned bills)
{
    for (unsigned first = 0, count; first < bills; first += count) {
        count = bills - first < AT_ONCE ? bills - first : AT_ONCE;
        for (unsigned i = 0; i < count; i++) {
            values[2 * i] = KITH_V(first + i + 1);
            values[2 * i + 1] = KITH_V("somebody who pays");
        }
        insert(s, &bill_model, KITH_NAMES("id", "payer"), count);
    }
}

static void insert_lines(kith_session *s, unsigned bills, unsigned each)
{
    for (uint64_t first = 0, all = (uint64_t)bills * each, count; first < all; first += count) {
        count = all - first < AT_ONCE ? all - first : AT_ONCE;
        for (uint64_t i = 0; i < count; i++) {
            values[4 * i] = KITH_V(first + i + 1);
            values[4 * i + 1] = KITH_V((first + i) / each + 1);
            values[4 * i + 2] = KITH_V((first + i) % 1000);
            values[4 * i + 3] = KITH_V("something bought");
        }
        insert(s, &line_model, KITH_NAMES("id", "billId", "cents", "what"), (unsigned)count);
    }
}

static int write_all(const char *url, unsigned bills, unsigned each)
{
    kith_db *db = open_bills(url);
    kith_session *s = kith_session_open(db);
    if (!kith_sync(s, NULL))
        give_up("%s", kith_error_of(s)->message);
    insert_bills(s, bills);
    insert_lines(s, bills, each);
    kith_session_close(s);
    kith_close(db);
    return 0;
}

/* ---- memory ---------------------------------------------------------------------------------------------------------- */

/* A number of /proc/self/status, in KiB. */
static long memory(const char *name)
{
    char line[256];
    long kib = -1;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && kib < 0 && fgets(line, sizeof line, status))
        if (strncmp(line, name, strlen(name)) == 0)
            kib = strtol(line + strlen(name) + 1, NULL, 10);
    if (status)
        fclose(status);
    if (kib < 0)
        give_up("/proc/self/status has no %s", name);
    return kib;
}

/* The highest mark begins anew. */
static void forget_peak(void)
{
    int refs = open("/proc/self/clear_refs", O_WRONLY);
    if (refs < 0 || write(refs, "5", 1) != 1)
        give_up("/proc/self/clear_refs: %s", strerror(errno));
    close(refs);
}

/* ---- reading --------------------------------------------------------------------------------------------------------- */

struct sums {
    uint64_t bills, lines, cents;
};

static struct sums read_stream(kith_session *s)
{
    struct sums sums = { 0 };
    kith_stream *st = kith_stream_open(s, &bill_model,
                                       &(kith_query){ .order = KITH_ORDER({ "id" }),
                                                      .include = KITH_INCLUDE({ .as = "lines" }) },
                                       NULL);
    for (kith_record *bill; (bill = kith_stream_next(st)) != NULL;) {
        const kith_list *lines = kith_many(bill, "lines");
        if (kith_int(bill, "id") != (int64_t)++sums.bills)
            give_up("bill %d came in place of %d", (int)kith_int(bill, "id"), (int)sums.bills);
        for (size_t i = 0; i < lines->count; i++)
            sums.cents += (uint64_t)kith_int(lines->at[i], "cents");
        sums.lines += lines->count;
    }
    if (!kith_stream_close(st))
        give_up("%s", kith_error_of(s)->message);
    return sums;
}

static int read_all(const char *kind, const char *url, unsigned bills, unsigned each)
{
    uint64_t all = (uint64_t)bills * each, rest = all % 1000;
    kith_db *db = open_bills(url);
    kith_session *s = kith_session_open(db);
    forget_peak();
    long before = memory("VmRSS:");
    int64_t began = now_ms();
    struct sums sums = read_stream(s);
    long most = memory("VmHWM:") - before;
    printf("streams on %s: %llu records with %llu rows in %.1f s, at most %ld KiB above the start\n", kind,
           (unsigned long long)sums.bills, (unsigned long long)sums.lines, (double)(now_ms() - began) / 1000, most);
    kith_session_close(s);
    kith_close(db);
    if (sums.bills != bills || sums.lines != all ||
        sums.cents != all / 1000 * 499500 + rest * (rest - 1) / 2 * (rest > 0))
        give_up("streams on %s: %u records with %u rows each were written", kind, bills, each);
    if (most > MOST_KIB && !IS_SANITIZED)
        give_up("streams on %s: more than %d KiB", kind, MOST_KIB);
    return 0;
}

/* In a process of its own, so that the one that reads has nothing of what was written. */
static void in_process(const char *kind, const char *url, unsigned bills, unsigned each)
{
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int code = kind ? read_all(kind, url, bills, each) : write_all(url, bills, each);
        fflush(stdout);
        _exit(code);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        drop_database();
        give_up("the process that %s has failed", kind ? "reads" : "writes");
    }
}

int main(int count, char **arguments)
{
    if (count != 4)
        give_up("usage: streams KIND RECORDS EACH");
    unsigned bills = number_of(arguments[2]), each = number_of(arguments[3]);
    const char *url = make_database(arguments[1], NULL);
    in_process(NULL, url, bills, each);
    in_process(arguments[1], url, bills, each);
    drop_database();
    return 0;
}
