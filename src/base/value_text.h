/* value_text: values as text for people to read: what a statement was given. Not for SQL, where values are bound. */
#ifndef KITH_BASE_VALUE_TEXT_H
#define KITH_BASE_VALUE_TEXT_H

#include "base/buf.h"

/* 1, 'Cody', NULL, true, x'0a', 2026-11-21T09:39:00.000000Z */
void kith__value_write(struct buf *to, const kith_value *v);

#endif
