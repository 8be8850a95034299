/* watch: places of the program that ask about one record at a time. A session has a watch only when the program wants
 * to be told of loops (on_loop of kith_open); its memory is fixed. Each place is told of once. */
#ifndef KITH_ORM_WATCH_H
#define KITH_ORM_WATCH_H

#include "kith/watch.h"
#include "orm/session.h"

enum { PLACES = 32, SITES = 4 };

/* A verb at a site, asking about the same thing. */
struct place {
    const char *verb; /* NULL: not used */
    const void *what; /* an association or a model */
    struct site at;
    uint64_t from;  /* the number of the result that the record of the last call lies in; 0: it has none */
    uint32_t key;   /* of the last call */
    uint64_t count; /* calls about one of several records */
    bool first;     /* of that result only one record was asked about so far */
    bool told;
    uint64_t used; /* when, to find the place that was not used for longest */
};

struct watch {
    struct site sites[SITES]; /* of calls that are about to begin: the arguments of one may be others; a ring */
    unsigned site_count;
    struct place places[PLACES];
    uint64_t now, results;
};

/* Where the call that begins stands in the program; unknown when it has no site. */
struct site kith__watch_begin(struct watch *w);

/* What a place asks about. */
struct question {
    const char *verb;
    const struct assoc *assoc; /* of this record … */
    const kith_record *record;
    const struct model *model; /* … or rows of the model whose attributes have these values */
    const struct attr *attrs[KEY_MAX];
    kith_value key[KEY_MAX];
    unsigned width;
};

/* What the attribute is to be equal to; NULL: that is not asked. */
const kith_value *kith__question_value(const struct question *q, const struct attr *attr);
/* Would the association, from whatever model, find the same rows? */
bool kith__question_fits(const struct question *q, const struct assoc *a);

/* The call is about to ask about one record's association. Needs no watch. */
void kith__watch_record(struct call *c, const char *verb, const struct assoc *a, const kith_record *r);
/* The call is about to look for rows with this condition: a question when that names rows by a key. */
void kith__watch_find(struct call *c, const char *verb, const struct model *m, const kith_expr *where);

/* Tells the program. */
void kith__watch_tell(struct call *c, const struct place *p, const struct question *q);

#endif
