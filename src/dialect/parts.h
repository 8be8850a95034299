/* parts: fragments that more than one dialect uses. Pure text. */
#ifndef KITH_DIALECT_PARTS_H
#define KITH_DIALECT_PARTS_H

#include "sql/dialect.h"

/* " CHECK (function([column]) <= n)": the length of a STRING. */
void kith__check_length(struct renderer *r, const char *function, const struct attr *attr);
/* " CHECK ([column] IN ('a', 'b'))": the labels of an ENUM. */
void kith__check_labels(struct renderer *r, const struct attr *attr);
/* " CHECK ([column] rest)". */
void kith__check_column(struct renderer *r, const struct attr *attr, const char *rest);

/* " ON CONFLICT ([columns]) DO …". */
void kith__upsert_on_conflict(struct renderer *r, const struct sql_insert *s);

/* Binds a text that was built while rendering: copied into the arena, one placeholder. Frees the buffer. */
void kith__render_built(struct renderer *r, struct buf *built);

#endif
