/* hook_call: what one hook is called about: some of the rows that are written. */
#ifndef KITH_ORM_HOOK_CALL_H
#define KITH_ORM_HOOK_CALL_H

#include "orm/hooks.h"

struct kith_hook_call {
    struct hook_rows *rows;
    kith_event event;
    size_t first, count; /* its rows */
    size_t at;           /* the one that is spoken of, counted from the first */
};

#endif
