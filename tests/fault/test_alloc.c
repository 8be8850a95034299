/* The n-th allocation fails, once or for good, in every public call. */
#include "fault/faults.h"
#include "harness/fail_alloc.h"

static struct fail_alloc heap;
enum { ONCE, FOR_GOOD };

static void arm(const struct fault_mode *mode, size_t n)
{
    heap.calls = 0;
    heap.fail_at = n;
    heap.fail_forever = mode->detail == FOR_GOOD;
}

static size_t disarm(size_t *chances)
{
    size_t faults = !heap.fail_at || heap.calls < heap.fail_at ? 0 : 1;
    if (faults && heap.fail_forever)
        faults = heap.calls - heap.fail_at + 1;
    *chances = heap.calls;
    heap.fail_at = 0;
    return faults;
}

static bool is_expected(const struct fault_mode *mode, kith_status status)
{
    (void)mode;
    return status == KITH_E_NO_MEMORY;
}

static const char *after_close(void)
{
    return heap.live_blocks ? "memory" : NULL;
}

#define MODE(...)                                                                                                      \
    {                                                                                                                  \
        .scheme = "sqlite", .allocator = &heap.allocator, .arm = arm, .disarm = disarm, .is_expected = is_expected,    \
        .after_close = after_close, __VA_ARGS__                                                                        \
    }

int main(int argc, char **argv)
{
    /* Plain memory has the most allocations; arenas fail in larger steps, but keep blocks for later. */
    static const struct fault_mode modes[] = {
        MODE(.name = "once", .detail = ONCE, .plain_memory = true),
        MODE(.name = "for_good", .detail = FOR_GOOD),
        MODE(.name = "in_transaction", .detail = ONCE, .in_transaction = true),
        MODE(.name = "in_transaction_for_good", .detail = FOR_GOOD, .in_transaction = true, .plain_memory = true),
    };
    fail_alloc_init(&heap);
    return faults_main("alloc", modes, sizeof modes / sizeof modes[0], argc, argv);
}
