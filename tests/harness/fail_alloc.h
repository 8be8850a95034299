/* fail_alloc: an allocator for tests that counts, checks and fails on demand.
 *
 * Promises that the n-th request for memory fails (n = fail_at, from 1; 0: none), and with fail_forever every one after
 * it. Ends the program with a message when the size it is told of a block is not that block's size, or when a block is
 * not its own. Every resize moves, and new memory holds no zeros. One thread only. */
#ifndef TESTS_HARNESS_FAIL_ALLOC_H
#define TESTS_HARNESS_FAIL_ALLOC_H

#include "kith/db.h"

struct fail_alloc {
    kith_allocator allocator; /* points back here: do not move the struct */
    size_t live_blocks, live_bytes;
    size_t most_bytes; /* that lived at a time; set it to live_bytes before the run */
    size_t calls;      /* requests for memory so far, failed ones too; freeing is none */
    size_t fail_at;    /* set it, and calls to 0, before the run */
    bool fail_forever;
};

void fail_alloc_init(struct fail_alloc *f);

#endif
