/* hooks: the program's functions around the writing of rows, and the checks that stand among them.
 *
 * Whoever writes rows describes them as struct hook_rows, and calls kith__hooks_before and kith__hooks_after around the
 * statements. kith__hooks_on says whether that is needed: a model without hooks costs nothing. */
#ifndef KITH_ORM_HOOKS_H
#define KITH_ORM_HOOKS_H

#include "orm/write.h"

enum hook_verb { HOOK_CREATE, HOOK_UPDATE, HOOK_DESTROY };

struct hook_rows {
    struct call *c;
    const struct model *m;
    enum hook_verb verb;
    enum hook_rule rule;
    bool complete; /* the rows say something about every attribute; else only what is given is checked */
    size_t count;
    struct row_values *rows;         /* what is written; NULL: nothing, they are destroyed */
    kith_record *const *records;     /* as they are; NULL: there are none (yet) */
    kith_record *const *old;         /* as they were, of update and destroy */
    const struct attr *const *fixed; /* what hooks must not set: the association decides it */
    unsigned fixed_count;
    bool is_written; /* the statements have run */
    bool is_set;     /* a hook has set a value since the rows were checked */
};

/* Has the model a hook that runs when rows are written so? */
bool kith__hooks_on(const struct model *m, enum hook_verb verb, enum hook_rule rule);
/* Runs the hooks before, and checks the rows. Opens the call's level. Nothing to do when there are no rows. */
bool kith__hooks_before(struct hook_rows *h);
bool kith__hooks_after(struct hook_rows *h);

#endif
