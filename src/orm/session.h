/* session: what the public verbs share: the db, the session, and one call's way from its arguments to its result.
 *
 * A call checks everything before it takes a connection, takes one only while it needs it, and on failure leaves its
 * error in the session and nothing else behind. */
#ifndef KITH_ORM_SESSION_H
#define KITH_ORM_SESSION_H

#include "driver/readers.h"
#include "kith/write.h"
#include "load/load.h"

struct kith_db {
    struct schema schema;
    struct pool pool; /* its users are the sessions */
    struct readers readers;
    const struct dialect *dialect;
    const kith_allocator *allocator;
    bool plain;
    unsigned statement_ms;
    void (*on_loop)(void *ctx, const kith_loop *loop); /* NULL: nobody is to be told */
    void *loop_ctx;
    unsigned loop_after;
};

struct kith_session {
    kith_db *db;
    struct conn *conn;   /* held from begin to commit; otherwise NULL */
    unsigned depth;      /* transactions and savepoints begun */
    unsigned real_depth; /* those the database knows: a begin inside a failed transaction is only counted */
    bool conn_broken;
    struct fault fault;
    struct result_list results;
    struct load_memory memory;
    struct running running;
    struct statement_count count;
    struct watch *watch; /* NULL: nobody is to be told of loops */
    unsigned timeout_ms;
    unsigned floor;      /* in a hook: the levels that were open before it, which it must not end */
    unsigned hook_depth; /* hooks that run, one inside the other */
    bool read_only;      /* the transaction was begun so */
    bool use_writer;     /* for reads too */
    struct kith_stream *streams;
    struct kith_stream *lone; /* has a connection that is the only one of its pool; NULL: none does */
    unsigned cursors_left;    /* that could not be closed; they go with the transaction */
};

/* The outermost level with these properties, or a savepoint. Counted even when it fails. */
bool kith__session_begin(kith_session *s, kith_isolation isolation, bool read_only);

/* Begins a transaction on a connection; not waited for where the driver can. read_only: it will only read, which not
 * every database is made to see to by this. */
bool kith__begin_on(struct conn *c, const struct dialect *dialect, kith_isolation isolation, bool read_only,
                    kith_error *err);

/* ---- streams ---- */

/* Those opened at this level of the transaction are over. */
void kith__streams_leave(kith_session *s, unsigned depth);
void kith__streams_free(kith_session *s);
/* The connection that a read outside a transaction has to share with a stream; NULL: none. */
struct conn *kith__streams_share(const kith_session *s);
/* What the stream that has the only connection for writing gives, for a message; NULL: there are others. */
const char *kith__streams_occupy(const kith_session *s);

/* ---- one call of a verb ---- */

/* A record, and what it is to hold. */
struct record_values {
    kith_record *r;
    const kith_value *values;
    struct record_values *next;
};

struct call {
    kith_session *s;
    kith_error err;
    struct site site;                             /* where it stands in the program */
    struct load load;                             /* scratch memory, renderer, connection, result */
    bool savepoint;                               /* the call opened a level of its own */
    struct record_values *changed, *last_changed; /* get these, in their order, when the call has succeeded */
    struct record_values *shown; /* hooks have seen them with new values; get these, their old ones, when it fails */
    bool unread;                 /* the last statement went well, but not the reading of what it returned */
    bool changed_all_the_same;   /* the call failed so, and what it changed stays */
    bool few_statements;         /* rows go by as few as the database allows, not by as many as are fastest */
};

/* False (and nothing to end) when there is no session or its transaction has failed. */
bool kith__call_begin(struct call *c, kith_session *s);
/* The call only reads: its statements may go to a reader. */
void kith__call_reads(struct call *c);
/* Gives everything back; when not good, keeps the error in the session and frees the result. Returns good. */
bool kith__call_end(struct call *c, bool good);
/* The model behind a handle, or NULL with an error. */
const struct model *kith__call_model(struct call *c, const kith_model *m);
/* Makes the result that the call will return. */
bool kith__call_result(struct call *c);
/* Gives the result back where the call returns nothing of it. */
void kith__call_drop_result(struct call *c);
/* Gives the record that the call changes its new values already now, for the hooks that run after the statement. */
void kith__call_show(struct call *c);
/* The record gets these values when the call has succeeded. */
bool kith__call_change(struct call *c, kith_record *r, const kith_value *values);
/* The record gets these values back when the call fails. */
bool kith__call_restore(struct call *c, kith_record *r, const kith_value *values);
/* Makes the text a result. NULL when memory is short, also when it was already short in the writing. */
const char *kith__call_text(struct call *c, const struct buf *text);
/* Makes the statements of the call all or nothing: a transaction, or a savepoint inside one. call_end closes it. */
bool kith__call_atomic(struct call *c);
/* A savepoint inside that, for what may fail and be tried again: good keeps what was done in it, else it is undone. False
 * with the call's error when that failed. */
bool kith__call_enter(struct call *c);
bool kith__call_leave(struct call *c, bool good);
bool kith__call_no_memory(struct call *c);

/* A record that a verb was given. NULL fails without an error of its own when an earlier one stands. to_change: the
 * record must be this session's. */
bool kith__call_record(struct call *c, const kith_record *r, bool to_change);
/* The values of these attributes in a record; false with an error when one was not loaded. */
bool kith__call_key(struct call *c, const kith_record *r, const struct attr *const *attrs, unsigned count,
                    kith_value *key);

/* ---- statements ---- */

/* Each renders and runs; the number of changed rows, -1 on failure. */
int64_t kith__call_update(struct call *c, const struct model *m, const struct sql_update *s);
int64_t kith__call_delete(struct call *c, const struct model *m, const struct sql_delete *s);
/* Sets the time of a change, where rows have one. */
void kith__call_touch(struct call *c, const struct model *m, struct sql_set **sets);
/* Runs what the renderer holds and reads the rows it returns: `count` values of these types for each, in the scratch
 * arena when result is false. on_row may be NULL. The number of changed rows, -1 on failure. */
typedef bool row_reader(struct call *c, void *ctx, const kith_value *values);
int64_t kith__call_rows(struct call *c, const uint8_t *types, unsigned count, bool into_result, row_reader *on_row,
                        void *ctx, int64_t *last_id);
/* After a statement that changes something failed: when it is done all the same, the call's error will say so. */
void kith__call_changed(struct call *c);
/* SELECT attrs FROM the model's table WHERE …; otherwise as kith__call_rows. */
int64_t kith__call_select(struct call *c, const struct model *m, const struct attr *const *attrs, unsigned count,
                          struct sql_expr *where, bool into_result, row_reader *on_row, void *ctx);
/* The same of all attributes, into the result; lock: the rows must stay as they are until the transaction ends. */
int64_t kith__call_read(struct call *c, const struct model *m, struct sql_expr *where, bool lock, row_reader *on_row,
                        void *ctx);
/* Reads rows that will be changed, and locks them where the database locks rows; the records lie in the result. Adds to
 * those met before: begin with zeros. */
struct met {
    const struct shape *shape;
    kith_record **at;
    size_t count, capacity;
};
bool kith__call_meet(struct call *c, const struct model *m, struct sql_expr *where, struct met *met);
/* at[i] becomes the record met whose attributes hold key i; NULL when there is none. keys: `count`, each once. */
bool kith__call_met_by_key(struct call *c, const struct met *met, const struct attr *const *attrs, unsigned width,
                           const kith_value *keys, size_t count, kith_record **at);
/* The one number that a SELECT COUNT gives, -1 on failure. */
int64_t kith__call_count(struct call *c, const struct sql_select *s);
/* Adds what the database's words tell about model and attribute. m: of the statement's table, NULL when not known. */
void kith__call_trace(struct call *c, const struct model *m);
/* For a condition: a = ? AND b = ? */
struct sql_expr *kith__call_where(struct call *c, const char *alias, const struct attr *const *attrs, unsigned count,
                                  const kith_value *values);
struct sql_expr *kith__call_columns(struct call *c, const char *alias, const struct attr *const *attrs, unsigned count);
/* How many of so many keys one statement takes. */
size_t kith__call_chunk(const struct call *c, size_t count);
/* attrs among keys. values: count tuples. */
struct sql_expr *kith__call_among(struct call *c, const char *alias, const struct attr *const *attrs, unsigned width,
                                  const kith_value *values, size_t count);

#endif
