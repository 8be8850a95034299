/* faults: runs every scenario again and again, each time with a fault one step later, until it meets none.
 *
 * After a fault the call must have failed with an error that says so, or, where a mode lets faults be absorbed, have
 * done all of its work; what is stored is as before; the session goes on to do the same call without faults; and when
 * everything is closed nothing is left. */
#ifndef TESTS_FAULT_FAULTS_H
#define TESTS_FAULT_FAULTS_H

#include "fault/scenario.h"
#include "kith/ext/driver.h"

/* One kind of fault. */
struct fault_mode {
    const char *name;
    const char *scheme; /* of the URL */
    const kith_allocator *allocator;
    const kith_driver *const *drivers;
    bool plain_memory;
    bool in_transaction; /* the call stands between begin and commit, behind another write */
    bool of_statements;  /* calls that send none meet no fault */
    bool absorbs;        /* the call may succeed all the same */
    size_t most;         /* tries for a scenario; what is too many is left out evenly. 0: no limit */

    /* From now on the n-th chance becomes a fault; 0: none. */
    void (*arm)(const struct fault_mode *mode, size_t n);
    /* No more faults. How many there were, and the chances there were. */
    size_t (*disarm)(size_t *chances);
    bool (*is_expected)(const struct fault_mode *mode, kith_status status);
    /* What is wrong when a call and its transaction have ended, and when everything is closed; NULL: nothing.
     * May be NULL. */
    const char *(*after_call)(void);
    const char *(*after_close)(void);
    int detail; /* the mode's own */
};

/* The tests of a program: each scenario in each mode. Prints how many faults there were, and fails when there were
 * none. An argument is a pattern that chooses tests by their names. */
int faults_main(const char *program, const struct fault_mode *modes, size_t mode_count, int argc, char **argv);

#endif
