/* hearing: a hook for tests, that writes down what it is called about, and for one event does what the test wants.
 *
 *     .hooks = KITH_HOOKS(HEARS_ALL("name"))
 *     …
 *     hearing.on = KITH_BEFORE_CREATE;
 *     hearing.act = refuses;
 *     expect_heard("before_create pug Cody; "); */
#ifndef TESTS_SHARED_HEARING_H
#define TESTS_SHARED_HEARING_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/shared.h"

typedef bool hook_act(kith_session *s, kith_hook_call *call);

static struct hearing {
    char text[8192];
    kith_event on; /* where act runs; 0: nowhere */
    hook_act *act;
    unsigned acted;
    bool deaf; /* nothing is written down */
} hearing;

static const char *const event_names[KITH_EVENT_COUNT_] = {
    NULL,
    "before_validate",
    "after_validate",
    "before_create",
    "after_create",
    "before_update",
    "after_update",
    "before_destroy",
    "after_destroy",
    "before_bulk_create",
    "after_bulk_create",
    "before_bulk_update",
    "after_bulk_update",
    "before_bulk_destroy",
    "after_bulk_destroy",
};

static inline void hear_text(const char *text)
{
    assert_true(strlen(hearing.text) + strlen(text) < sizeof hearing.text);
    strcat(hearing.text, text);
}

static inline void hear_value(kith_value v)
{
    char text[64] = "null";
    if (v.kind == KITH_INT)
        snprintf(text, sizeof text, "%" PRId64, v.as.integer);
    else if (v.kind == KITH_STR)
        snprintf(text, sizeof text, "%s", v.as.str);
    else if (v.kind == KITH_ABSENT)
        snprintf(text, sizeof text, "-");
    hear_text(text);
}

/* ctx: the attribute whose value is written down: what it is, and behind "<" what it was, when that is something else. */
static bool hear(kith_session *s, kith_hook_call *call, void *ctx)
{
    const char *attr = ctx;
    kith_event event = kith_hook_event(call);
    if (!hearing.deaf) {
        hear_text(event_names[event]);
        hear_text(" ");
        hear_text(kith_hook_model(call)->name);
        for (size_t i = 0; attr && kith_hook_row(call, i); i++) {
            kith_value now = kith_hook_value(call, attr), old = kith_hook_old(call, attr);
            hear_text(i ? "," : " ");
            hear_value(now);
            if (old.kind != KITH_ABSENT && kith_hook_changes(call, attr)) {
                hear_text("<");
                hear_value(old);
            }
        }
        kith_hook_row(call, 0);
        hear_text("; ");
    }
    if (event != hearing.on || !hearing.act)
        return true;
    hearing.acted++;
    return hearing.act(s, call);
}

#define HEARS(event_, attr)                                                                                            \
    {                                                                                                                  \
        .event = (event_), .run = hear, .ctx = (void *)(uintptr_t)(attr)                                               \
    }
#define HEARS_ALL(attr)                                                                                                \
    HEARS(KITH_BEFORE_VALIDATE, attr), HEARS(KITH_AFTER_VALIDATE, attr), HEARS(KITH_BEFORE_CREATE, attr),              \
        HEARS(KITH_AFTER_CREATE, attr), HEARS(KITH_BEFORE_UPDATE, attr), HEARS(KITH_AFTER_UPDATE, attr),               \
        HEARS(KITH_BEFORE_DESTROY, attr), HEARS(KITH_AFTER_DESTROY, attr), HEARS(KITH_BEFORE_BULK_CREATE, attr),       \
        HEARS(KITH_AFTER_BULK_CREATE, attr), HEARS(KITH_BEFORE_BULK_UPDATE, attr),                                     \
        HEARS(KITH_AFTER_BULK_UPDATE, attr), HEARS(KITH_BEFORE_BULK_DESTROY, attr),                                    \
        HEARS(KITH_AFTER_BULK_DESTROY, attr)

/* From now on: nothing was heard yet, and in this event the hook does that. */
static inline void hear_on(kith_event event, hook_act *act)
{
    hearing = (struct hearing){ .on = event, .act = act };
}

static inline void forget_heard(void)
{
    hear_on((kith_event)0, NULL);
}

/* All that was heard since the last time. */
static inline void expect_heard(const char *text)
{
    assert_string_equal(hearing.text, text);
    hearing.text[0] = '\0';
}

static inline bool act_refuses(kith_session *s, kith_hook_call *call)
{
    (void)s;
    return kith_hook_refuse(call, NULL, "not today");
}

#endif
