/* stream: what a find returns, one record after the other, in memory that does not grow.
 *
 * The root's statement stays open. Its rows are read in portions; a portion's includes are loaded as those of a find are,
 * into memory that is given back when the next portion is read. Knows one connection, on which other statements may run
 * between two records; neither sessions nor transactions. */
#ifndef KITH_LOAD_STREAM_H
#define KITH_LOAD_STREAM_H

#include "load/load.h"

struct stream {
    struct load load;         /* of the root's statement; its scratch memory lives as long as the stream */
    struct load_memory own;   /* its */
    struct load_memory lent;  /* that of the portions' includes */
    struct result_list owner; /* of the one result, whose memory holds the portion */
    kith_arena shapes;        /* what was put into the result before the first portion */
    struct plan plan;
    struct decoder *decoder;
    struct rows rows;              /* the roots of the portion */
    size_t at;                     /* of them, those handed out */
    size_t portion, most;          /* so many roots come next; most: never more, 0: as memory allows */
    struct statement_count *count; /* the root's statement counts once, however it is read */
    bool plain;
    bool fixed;      /* the statements between may change the rows */
    unsigned number; /* of the streams on the connection */
    bool started;    /* the root's statement is open, or its cursor is */
    bool ended;      /* all its rows were read */
    char cursor[32]; /* the cursor's name; "" where none is needed */
};

/* Makes a stream that sends nothing yet; st->load needs a connection before it does. The query is copied. When it fails,
 * it is to be freed all the same. */
bool kith__stream_init(struct stream *st, const struct load *like, bool plain, const struct model *m,
                       const kith_include *root, struct fault *fault, const kith_session *session);
/* Is one of the portion's records still to be handed out? */
static inline bool stream_has(const struct stream *st)
{
    return st->at < st->rows.count;
}
/* The next of them. */
static inline kith_record *stream_take(struct stream *st)
{
    return st->rows.targets.items[st->at++];
}
/* Reads the next portion; the records of the last one are gone. It has records unless st->ended. */
bool kith__stream_fill(struct stream *st);
/* Closes the statement; the records that were read stay. tell: the database is to forget the cursor, too, because its
 * transaction goes on; false when it cannot be told now. */
bool kith__stream_stop(struct stream *st, bool tell);
void kith__stream_free(struct stream *st);

#endif
