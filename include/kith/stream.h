/* kith/stream.h: what a query finds, one record after the other, in memory that does not grow. */
#ifndef KITH_STREAM_H
#define KITH_STREAM_H

#include "kith/find.h"

KITH_BEGIN_DECLS

typedef struct kith_stream kith_stream;

typedef struct kith_stream_opts {
    size_t batch; /* so many records are read at once, with what they include; default: as many as take about 1 MiB */
} kith_stream_opts;

/* Begins to read what kith_find would return for the same query, in the same order, of which only a part is in memory at
 * any time: a batch of records with all that they include, by one statement for the batch and one for each of its
 * to-many includes. q and opts may be NULL; they are copied. The stream is the session's: kith_session_close ends it,
 * kith_session_release_all does not.
 *
 * Outside a transaction the stream has a connection and a transaction of its own, which only reads, so that all of it is
 * of one moment, and so that the session's other calls, which may stand between two records, go their usual way. It has
 * them until its last batch was read, and may take them from a reader (kith_use_writer). Where there is only one
 * connection (pool_max of 1, sqlite::memory:), calls that read use that of the stream, and those that write, or begin
 * a transaction, are refused with KITH_E_USAGE.
 *
 * Inside a transaction it uses the session's connection. Other calls may stand between two records: the stream gives
 * the records that were there when it was opened, and what they include as it is when their batch is read. It is over
 * when the level of the transaction ends in which it was opened.
 *
 * Returns NULL on failure: all that kith_find may fail with.
 *     kith_stream *st = kith_stream_open(s, &user_model, &(kith_query){ .include = KITH_INCLUDE({ "orders" }) }, NULL);
 *     for (kith_record *user; (user = kith_stream_next(st)) != NULL;)
 *         puts(kith_text(user, "name"));
 *     if (!kith_stream_close(st))
 *         puts(kith_error_of(s)->message);
 *     BEGIN; SELECT t0."id", … FROM "users" t0; SELECT … FROM "orders" t0 WHERE t0."userId" IN (…); …; COMMIT */
KITH_API kith_stream *kith_stream_open(kith_session *s, const kith_model *m, const kith_query *q,
                                       const kith_stream_opts *opts);

/* The next record. It and all below it live until the next call with this stream. NULL at the end, and then always; NULL
 * too on failure, when kith_error_of says why: the stream is over then, and every further call fails with the same
 * error. In a transaction that has failed it is refused like every call, until the rollback to a level at which the
 * stream can go on. NULL for a stream that is NULL. */
KITH_API kith_record *kith_stream_next(kith_stream *st);

/* Ends the stream, at whatever record it is, and frees it with the records. Returns whether all went well: false when
 * one of its calls has failed, and for a stream that is NULL, as kith_stream_open returns it on failure. */
KITH_API bool kith_stream_close(kith_stream *st);

KITH_END_DECLS

#endif
