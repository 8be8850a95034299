/* block: rows of one shape sent by INSERT statements, each with as many of them as it takes. What they have in common is
 * said once; the text is made anew only when it changes. */
#ifndef KITH_ORM_BLOCK_H
#define KITH_ORM_BLOCK_H

#include "orm/insert.h"

struct block_insert {
    struct call *c;
    const struct model *m;
    struct sql_block block;             /* the rows of the next statement */
    const struct on_conflict *conflict; /* NULL: a row that is there already is an error */
    struct sql_item *returning;         /* NULL: nothing */
    const uint8_t *types;               /* of what is returned */
    unsigned type_count;
    bool into_result; /* what is returned is kept there */
    row_reader *on_row;
    void *ctx;
    bool followed;    /* by another that is waited for, and nobody asks how many rows this one changes */
    int64_t last_id;  /* of the last statement */
    bool is_rendered; /* the renderer holds a statement */
    size_t for_rows;  /* for so many rows */
};

/* Whether so many rows are bound together by the driver, instead of a placeholder for each value. */
bool kith__block_together(const struct call *c, size_t count);
/* Rows of so many values that one statement takes at most. */
size_t kith__block_most(const struct call *c, bool together, unsigned width);
/* How many of the rows, which are not more than one statement takes, it takes by their bytes: at least one. */
typedef size_t row_bytes(const void *ctx, size_t row);
size_t kith__block_fit(size_t rows, row_bytes *bytes, const void *ctx);
/* Memory that a value takes on its way. */
static inline size_t value_bytes(const kith_value *v)
{
    return sizeof *v + (v->kind == KITH_STR || v->kind == KITH_BYTES ? v->size : 0);
}

/* Inserts block.count rows by one statement. The number of changed rows as the database counts them, -1 on failure. When
 * it is followed by another, it may be on its way yet: 0 then, and its failure is the other's. */
int64_t kith__block_send(struct block_insert *b);

/* The larger of the two, when the value is a number. */
static inline int64_t number_most(int64_t most, const kith_value *v)
{
    return v->kind == KITH_INT && v->as.integer > most ? v->as.integer : most;
}
/* Before rows are inserted whose own numbers go up to `most`; 0 when there are none. Renders anew. */
bool kith__number_past(struct call *c, const struct model *m, int64_t most);

/* Fills in what happens when a row is there already. Columns that are not written are not taken over. */
bool kith__insert_conflict(struct call *c, const struct model *m, const struct on_conflict *conflict,
                           const struct attr *const *written, unsigned count, struct sql_insert *s);
/* Names the cause of a failed INSERT. */
void kith__insert_trace(struct call *c, const struct model *m, const struct on_conflict *conflict);

#endif
