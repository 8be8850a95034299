/* labels: how the labels of an ENUM are compared and sorted: by their places in the declaration, on every database. */
#ifndef KITH_SQL_LABELS_H
#define KITH_SQL_LABELS_H

#include "sql/render.h"

enum label_form {
    LABEL_ITSELF,  /* equality needs no more; and where the database knows the places, an order neither */
    LABEL_AS_TEXT, /* against what is no label of the same ENUM */
    LABEL_AS_PLACE /* CASE [size] WHEN 'small' THEN 1 WHEN 'large' THEN 2 END; of a value that is bound its number */
};

struct label_spelling {
    enum label_form form;
    const struct attr *of; /* whose labels; NULL: there is no ENUM among the operands */
};

/* For all operands of `op`, linked by next. */
struct label_spelling kith__labels_compared(const struct dialect *d, enum sql_op op, const struct sql_expr *operands);
struct label_spelling kith__labels_sorted(const struct dialect *d, const struct sql_expr *e);
/* An operand, with or without an ENUM among them. */
void kith__render_label(struct renderer *r, struct label_spelling how, const struct sql_expr *e);
/* MIN or MAX of an ENUM where the database would compare the labels as text: the label of the least place. False when e
 * is another aggregate, or none is needed. */
bool kith__render_label_limit(struct renderer *r, const struct sql_expr *e);
/* An argument of a function, whatever it is: there labels are text. */
void kith__render_argument(struct renderer *r, const struct sql_expr *e);

#endif
