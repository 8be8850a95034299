/* scenario: one public call, with what it needs and what tells whether it did its work. Knows nothing of faults. */
#ifndef TESTS_FAULT_SCENARIO_H
#define TESTS_FAULT_SCENARIO_H

#include "fault/world.h"

struct scenario {
    const char *name;
    /* What act needs: records into the world. Runs without faults. NULL: nothing. */
    bool (*prepare)(struct world *w);
    /* The call. True when it did what it is for; that may be to refuse something with the right error. */
    bool (*act)(struct world *w);
    const char *sql;  /* what SQLite does to the pattern first; NULL: nothing */
    bool reads;       /* what it leaves in the world is the same each time and is compared */
    bool alone;       /* makes no sense inside a transaction */
    bool own_error;   /* needs no session; act leaves the error in w->own */
    bool in_pieces;   /* what a failure leaves behind is not promised */
    bool in_memory;   /* sends no statement */
    bool undoes;      /* it rolls back what failed in it: a transaction around it can go on */
    bool absorbs;     /* succeeds in spite of some faults */
    bool few_chances; /* there are modes in which it meets no fault at all */
};

struct scenario_list {
    const struct scenario *at;
    size_t count;
};

extern const struct scenario_list open_scenarios, find_scenarios, write_scenarios, link_scenarios, graph_scenarios,
    hook_scenarios, stream_scenarios;

#endif
