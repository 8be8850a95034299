/* The n-th allocation of SQLite itself fails, once or for good, in every public call that sends a statement. SQLite
 * works on without some of its memory, so a call may succeed; then it must have done all of its work. */
#include <stdlib.h>
#include <string.h>

#include "fault/faults.h"

enum { ONCE, FOR_GOOD };

/* In front of every block lies its size, in as much room as keeps the block aligned. */
enum { HEADER = 16 };

static struct {
    size_t calls, fail_at, faults, live;
    bool for_good;
} heap;

static bool fails(void)
{
    heap.calls++;
    bool fault = heap.fail_at && (heap.calls == heap.fail_at || (heap.for_good && heap.calls > heap.fail_at));
    heap.faults += fault;
    return fault;
}

static int size_of(void *block)
{
    int size = 0;
    if (block)
        memcpy(&size, (char *)block - HEADER, sizeof size);
    return size;
}

static void *take(int size)
{
    char *block = fails() ? NULL : malloc((size_t)size + HEADER);
    if (!block)
        return NULL;
    memcpy(block, &size, sizeof size);
    heap.live++;
    return block + HEADER;
}

static void give_back(void *block)
{
    if (!block)
        return;
    heap.live--;
    free((char *)block - HEADER);
}

static void *resize(void *block, int size)
{
    char *moved = fails() ? NULL : realloc((char *)block - HEADER, (size_t)size + HEADER);
    if (!moved)
        return NULL;
    memcpy(moved, &size, sizeof size);
    return moved + HEADER;
}

static int round_up(int size)
{
    return (size + 7) & ~7;
}

static int begin(void *ctx)
{
    (void)ctx;
    return SQLITE_OK;
}

static void end(void *ctx)
{
    (void)ctx;
}

static void arm(const struct fault_mode *mode, size_t n)
{
    heap.calls = heap.faults = 0;
    heap.fail_at = n;
    heap.for_good = mode->detail == FOR_GOOD;
}

static size_t disarm(size_t *chances)
{
    *chances = heap.calls;
    heap.fail_at = 0;
    return heap.faults;
}

/* SQLite tells some of its shortages as errors of a file, and its json_valid takes one for text that is no JSON. */
static bool is_expected(const struct fault_mode *mode, kith_status status)
{
    (void)mode;
    return status == KITH_E_NO_MEMORY || status == KITH_E_CONNECTION || status == KITH_E_CHECK;
}

/* What SQLite keeps while no database is open; the connection that looks at the data is closed for this. */
static const char *after_close(void)
{
    static size_t kept;
    world_forget();
    if (!kept)
        kept = heap.live + 1;
    return heap.live + 1 > kept ? "memory of SQLite" : NULL;
}

#define MODE(...)                                                                                                      \
    {                                                                                                                  \
        .scheme = "sqlite", .of_statements = true, .absorbs = true, .arm = arm, .disarm = disarm,                      \
        .is_expected = is_expected, .after_close = after_close, __VA_ARGS__                                            \
    }

int main(int argc, char **argv)
{
    static const sqlite3_mem_methods methods = { .xMalloc = take,
                                                 .xFree = give_back,
                                                 .xRealloc = resize,
                                                 .xSize = size_of,
                                                 .xRoundup = round_up,
                                                 .xInit = begin,
                                                 .xShutdown = end };
    const char *every = getenv("KITH_FAULT_EVERY"); /* "1": leave nothing out; takes minutes */
    size_t most = every && strcmp(every, "1") == 0 ? 0 : 40;
    const struct fault_mode modes[] = {
        MODE(.name = "once", .detail = ONCE, .most = most),
        MODE(.name = "for_good", .detail = FOR_GOOD, .most = most),
        MODE(.name = "in_transaction", .detail = ONCE, .in_transaction = true, .most = most),
    };
    /* Without lookaside memory of its own SQLite asks for every small piece. */
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK)
        return 1;
    return faults_main("sqlite", modes, sizeof modes / sizeof modes[0], argc, argv);
}
