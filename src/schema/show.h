/* show: values as people see them in messages.
 *
 * Promises a short text that is valid UTF-8 and one line, whatever the value holds. Knows no attributes. */
#ifndef KITH_SCHEMA_SHOW_H
#define KITH_SCHEMA_SHOW_H

#include "base/buf.h"

/* 7, 0.5, "text", x'00ff', 2026-11-21T09:39:00.000000Z; long ones are cut. Nothing for a kind without content. */
void kith__show(struct buf *b, const kith_value *value);
/* The kind too: an integer (7), text ("abc"), null. */
void kith__show_given(struct buf *b, const kith_value *value);
/* "red", "green" (the nearest is "green"): what a text could have been. The list ends with NULL. */
void kith__show_choices(struct buf *b, const char *const *choices, const kith_value *given);

#endif
