/* kith/graph.h: saving a record together with the records around it, and finding or creating one.
 *
 * A graph is a tree of constant structs, made by macros where it is used, or filled at run time:
 *
 *     kith_save(s, &post_model,
 *               &(kith_node){ .fields = KITH_FIELDS(KITH_F("title", "C")),
 *                             .edges = KITH_EDGES(
 *                                 { "author", KITH_EDGE_LINK, .nodes = KITH_NODES({ .record = ann }) },
 *                                 { "tags", KITH_EDGE_UPSERT, .key = KITH_NAMES("word"),
 *                                   .nodes = KITH_NODES({ KITH_FIELDS(KITH_F("word", "c")) },
 *                                                       { KITH_FIELDS(KITH_F("word", "sql")) }) }) },
 *               NULL);
 */
#ifndef KITH_GRAPH_H
#define KITH_GRAPH_H

#include "kith/write.h"

KITH_BEGIN_DECLS

/* What an edge does with the rows of its nodes. There is no default: an edge says it. */
typedef enum kith_edge_mode {
    KITH_EDGE_INSERT = 1, /* new rows */
    KITH_EDGE_LINK,       /* rows that are there, named by their key; nothing else of them changes */
    KITH_EDGE_UPSERT,     /* the rows with this key take over what the fields say; those that are not there are new */
    KITH_EDGE_REPLACE     /* as UPSERT; and they become the only ones of their source, as with kith_set */
} kith_edge_mode;

typedef struct kith_edge kith_edge;

/* One row, and what is linked to it. */
typedef struct kith_node {
    const kith_field *fields;  /* its attributes; of a LINK: its key */
    const kith_field *through; /* values for the join row that links it */
    const kith_edge *edges;    /* KITH_EDGES(...); NULL: none */
    const kith_record *record; /* of a LINK, instead of fields */
    bool is_end;               /* ends a list of nodes */
} kith_node;

/* Nodes that are linked to the node above by one of its associations. Several edges may name one association, each with
 * a mode of its own, unless one of them replaces. */
struct kith_edge {
    const char *as; /* the association */
    kith_edge_mode mode;
    const char *const *key; /* unique attributes by which rows are the same: KITH_NAMES(...); NULL: the primary key */
    const kith_node *nodes; /* KITH_NODES(...); NULL: none, which is of use to REPLACE */
};

#define KITH_NODE_END   KITH_INIT_(.is_end = true)
#define KITH_NODES(...) ((const kith_node[]){ __VA_ARGS__, KITH_NODE_END })
#define KITH_EDGES(...) ((const kith_edge[]){ __VA_ARGS__, { 0 } })

typedef struct kith_save_opts {
    kith_edge_mode mode;    /* of the roots; default KITH_EDGE_INSERT. REPLACE makes no sense here */
    const char *const *key; /* by which LINK and UPSERT know them; NULL: the primary key */
} kith_save_opts;

/* Saves a row and all that is below it, all or nothing. Names, keys and values of all nodes are checked before any SQL;
 * the report says where each failure is: "tags[1].owner". Then rows go in an order that their keys allow, those of one
 * model and mode together:
 *   - rows that are linked are read, by one statement for a model and key; one that is not there is KITH_E_NOT_FOUND;
 *   - rows that are inserted take one statement for a model, upserts one for a model, key and set of given attributes;
 *     linked rows that carry the key of the association are written by one more;
 *   - join rows take one statement for an association, and one more where it replaces;
 *   - where an association leads from a model to itself, each level of depth has statements of its own.
 * A statement takes as many rows as the database allows, so thousands of rows may take several. In rows that are inserted
 * together, an attribute without a default that only some of them give is null in the others. Rows that are upserted and
 * were destroyed softly live again. A to-one association lets go of the target that it had. opts may be NULL.
 *
 * Returns the record, and below it as loaded associations what was saved with it (kith_one, kith_many, links), as a find
 * with includes does; NULL on failure. A record shows its row as it was when it was saved. Errors: KITH_E_USAGE,
 * KITH_E_VALIDATION, KITH_E_NOT_FOUND, KITH_E_UNIQUE, KITH_E_FOREIGN_KEY, KITH_E_NOT_NULL (a target that must have a
 * source was to be let go).
 *     the example above
 *     SELECT … FROM "authors" WHERE "id" = ANY(?); INSERT INTO "posts" (…) VALUES (…) RETURNING "id";
 *     INSERT INTO "tags" ("word") VALUES (?), (?) ON CONFLICT ("word") DO UPDATE SET … RETURNING …;
 *     INSERT INTO "post_tag" (…) VALUES (…), (…) ON CONFLICT (…) DO UPDATE SET … RETURNING … */
KITH_API kith_record *kith_save(kith_session *s, const kith_model *m, const kith_node *root,
                                const kith_save_opts *opts);
/* The same for many roots (KITH_NODES), whose rows go together as well; returns them in the order given. */
KITH_API kith_list *kith_save_many(kith_session *s, const kith_model *m, const kith_node *roots,
                                   const kith_save_opts *opts);

/* The steps that kith_save_many would take, in their order: what is done, to which table, by which key, and for how many
 * rows. Everything is checked as it would be; no SQL is sent. Owned by the session; NULL on failure.
 *     1. read authors by id: 1 row
 *     2. insert posts: 1 row
 *     3. upsert tags by word: 2 rows
 *     4. link post_tag: 2 rows */
KITH_API const char *kith_save_plan(kith_session *s, const kith_model *m, const kith_node *roots,
                                    const kith_save_opts *opts);

/* ---- find or create ------------------------------------------------------------------------------------------------ */

/* The row with these values, or a new one. `key` names unique attributes (or the primary key) with a value for each;
 * `more` is what a new row has beside them, and may be NULL. All fields are checked before any SQL, whether the row is
 * there or not. When many connections do this at once, one creates the row and all get it; none fails. *created tells
 * which; it may be NULL. Returns the record; NULL on failure. Errors: KITH_E_USAGE (key is no unique key),
 * KITH_E_VALIDATION, KITH_E_UNIQUE (another unique key of the new row is taken, or the row with this one was destroyed
 * softly), KITH_E_BUSY (others created and deleted the row all the time).
 *     kith_find_or_create(s, &tag_model, KITH_FIELDS(KITH_F("word", "c")), NULL, NULL)
 *     SELECT … FROM "tags" WHERE "word" = ?; and only when there is none:
 *     INSERT INTO "tags" ("word") VALUES (?) ON CONFLICT ("word") DO NOTHING RETURNING … */
KITH_API kith_record *kith_find_or_create(kith_session *s, const kith_model *m, const kith_field *key,
                                          const kith_field *more, bool *created);

/* The same for a target of an association, which is linked then: found or created, and linked, or nothing at all. A
 * target of has-one or has-many that was linked to another source is taken over. Where the association's own key is part
 * of the target's unique key (number 3 of this book), `key` names the other attributes. more and opts may be NULL.
 * Returns the target; NULL on failure.
 *     kith_ensure_related(s, post, "tags", KITH_FIELDS(KITH_F("word", "c")), NULL, NULL)
 *     SELECT … FROM "tags" WHERE "word" = ?; INSERT … ON CONFLICT ("word") DO NOTHING …;
 *     INSERT INTO "post_tag" (…) VALUES (…) ON CONFLICT (…) DO … */
KITH_API kith_record *kith_ensure_related(kith_session *s, kith_record *r, const char *assoc, const kith_field *key,
                                          const kith_field *more, const kith_link_opts *opts);

KITH_END_DECLS

#endif
