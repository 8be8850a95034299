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

/* How one column of keys stands in a JSON text; what it means is the dialect's. */
typedef void key_writer(struct buf *b, const kith_value *v, unsigned form);
/* Binds all keys as one JSON text: [1,2] or, of tuples, [[1,"a"],[2,"b"]]. forms: width of them. */
void kith__render_json_keys(struct renderer *r, const struct sql_keys *keys, key_writer *write, const unsigned *forms);
void kith__buf_hex(struct buf *b, const void *bytes, size_t size);

/* "text", as an element in the text of an array. */
void kith__array_text(struct buf *b, const char *text, size_t size);
/* Binds a text that was built while rendering: copied into the arena, one placeholder. Frees the buffer. */
void kith__render_built(struct renderer *r, struct buf *built);

#endif
