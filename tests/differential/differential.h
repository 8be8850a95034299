/* differential: what a query finds, at once, as a stream and page by page, and what kith_get and kith_count return,
 * against an evaluator that knows rows in arrays, nested loops, and SQL's logic of three values. A schema, its rows and a query are drawn from a seed; both sides' results become the same kind of tree,
 * and the trees are compared. Nothing here knows how the library loads: it uses the public headers only.
 *
 *     models.c     draws a schema           to_kith.c   models, conditions, queries as the library takes them
 *     rows.c       draws its rows           evaluate.c  conditions; the rows that an association leads to
 *     queries.c    draws an include tree    expected.c  the result that a query must have
 *     conditions.c draws its conditions     got.c       the result that it has
 *     tallies.c    sums and counts          compare.c   are they the same?
 *     print.c      all that as text
 *
 * What is never drawn, and why:
 * - limit and offset of a model without a primary key, but through a join table: nothing decides between rows that are
 *   equal in the order;
 * - KITH_SQL and KITH_FN: their meaning is the database's; KITH_COL of another type: so is a comparison of two types;
 * - DATEONLY, TIME, BLOB, JSON: tests/shared compares their values on every database, and to the loader they are
 *   columns like others; texts that an ENUM does not have, LIKE of an ENUM: tests/shared/test_enums.c;
 * - associations to one of several models, which are newer than this: tests/shared/test_alternatives.c;
 * - one ENUM before or behind another: the guide promises the order of labels against a label only;
 * - a foreign key that may not be null, to a key that may, with a constraint: kith_sync fails on MariaDB, which refuses
 *   ON UPDATE CASCADE beside ON DELETE RESTRICT there;
 * - NULL as an end of BETWEEN;
 * - KITH_AVG, whose last digits are the database's; computed attributes from KITH_SQL and KITH_FN, as above; groups and
 *   distinct rows: tests/shared/test_aggregates.c and test_groups.c;
 * - more than three lists joined to one source, whose rows multiply each other: see set_strategies in main.c;
 * - rows that change between two pages: tests/shared/test_keyset.c. */
#ifndef TESTS_DIFFERENTIAL_DIFFERENTIAL_H
#define TESTS_DIFFERENTIAL_DIFFERENTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kith/kith.h"

enum {
    MOST_COLUMNS = 24,
    MOST_KEY = 2,
    MOST_TABLES = 12,
    MOST_WAYS = 48,
    MOST_LIST = 4,
    LONG_LIST = 70, /* more than a statement has placeholders for on two of the databases */
    MOST_ARGS = 3,
    MOST_STEPS = 2,
    MOST_ORDERS = 3,
    MOST_COMPUTED = 2,
    MOST_INCLUDES = 3,
    DEEPEST = 3
};

/* ---- memory and chance (tools.c) ---- */

struct pool {
    struct pool_block *blocks;
};
void *take(struct pool *pool, size_t size); /* zeroed; never NULL: without memory the program ends */
__attribute__((format(printf, 2, 3), nonnull)) char *format_in(struct pool *pool, const char *format, ...);
void pool_free(struct pool *pool);

struct chance {
    uint64_t state;
};
struct chance chance_from(uint64_t seed);
unsigned below(struct chance *c, unsigned limit); /* from 0 to limit - 1; 0 of 0 */
bool percent(struct chance *c, unsigned part);

/* ---- schemas ---- */

enum type { INTEGER, BIGINT, BOOLEAN, REAL, DECIMAL, STRING, TEXT, UUID, ENUM, DATE, TYPE_COUNT };

struct value {
    bool null;
    int64_t number;   /* of REAL and DECIMAL: hundredths; of ENUM: the place of its label; of DATE: microseconds */
    const char *text; /* of STRING, TEXT and UUID */
};

struct column {
    char name[16];
    enum type type;
    bool not_null, primary;
    char group[16]; /* columns of one unique constraint */
    bool of_key;    /* its values are drawn by the key or link that it belongs to */
};

struct key {
    unsigned width;
    int columns[MOST_KEY];
};

struct row {
    struct value cells[MOST_COLUMNS];
    bool deleted;
};

struct table {
    char name[16];
    unsigned number, column_count, key_count;
    struct column columns[MOST_COLUMNS];
    struct key keys[2]; /* its primary key, when it has one, and a unique one */
    bool has_primary, paranoid;
    bool is_join, made; /* made: by the library, which is only told its name */
    bool not_unique;    /* a join table in which a pair may be linked twice */
    struct row *rows;
    unsigned row_count;
};

/* An association. Its columns: from (of the source) to `to` (of the target, or of the join table), and there from
 * link_from (of the join table) to link_to (of the target). */
struct route {
    char name[16];
    kith_assoc_kind kind;
    struct table *source, *target, *join;
    bool many;
    struct key from, to, link_from, link_to;
    int scope; /* a column of the join table, or of the target; -1: no scope */
    struct value scope_value;
    bool no_constraint;
};

/* A foreign key of a table, or one of the two of a join table. */
struct reference {
    struct table *child, *parent;
    struct key columns, key;
    bool unique, constrained;
    bool shared; /* its columns are a key of their table, whose values are not drawn for it */
    int scope;   /* see way */
};

struct schema {
    struct pool pool;
    bool big; /* one table has hundreds of rows */
    unsigned table_count, way_count, reference_count, next;
    struct table tables[MOST_TABLES];
    struct route ways[MOST_WAYS];
    struct reference references[MOST_WAYS];
    const kith_model **models; /* by number */
    const kith_model **given;  /* for kith_open: all but those that are made; ends with NULL */
};

struct schema *draw_schema(uint64_t seed); /* with its models and rows */
void free_schema(struct schema *schema);
void draw_rows(struct schema *schema, struct chance *c);
struct value draw_value(struct chance *c, enum type type);
void make_models(struct schema *schema);
/* The nth association of a table; NULL: it has no more. */
const struct route *way_of(const struct schema *schema, const struct table *table, unsigned n);
unsigned count_ways(const struct schema *schema, const struct table *table);

/* ---- queries ---- */

/* Where an attribute is: steps lead from the row to another, `of_link` is the join row of the last step, or, without
 * steps, of the include. */
struct path {
    const struct route *steps[MOST_STEPS];
    unsigned step_count;
    bool of_link;
    const struct table *table; /* that has the column */
    int column;
    const char *text;
};

struct operand {
    bool is_column, of_link; /* another column of the same row, or of its join row */
    int column;
    struct value value;
    const char *text; /* of a column */
};

struct condition {
    enum kith_op op;
    struct path path;          /* of a comparison, or */
    const struct tally *tally; /* what is compared instead */
    struct operand *list;      /* one, but for BETWEEN and IN */
    unsigned count;
    const struct route *way; /* of SOME, NONE and EVERY */
    const struct condition *args[MOST_ARGS];
    unsigned arg_count;
};

/* What the rows at the end of a path come to. */
struct tally {
    kith_aggregate kind;
    struct path path;              /* of KITH_COUNT: its steps; the others end in an attribute */
    const struct condition *where; /* of the rows at its end */
    enum type type;                /* of what it comes to */
    const char *name;              /* as a computed attribute; NULL: it is none */
};

struct ordering {
    struct path path;          /* or */
    const struct tally *tally; /* instead */
    bool desc;
};

/* The query itself, or an include of it. */
struct ask {
    const struct table *table;
    const struct route *way;                /* NULL: the query itself */
    const char *name;                       /* of an include under a name of its own; else NULL */
    bool picked, link_picked, with_deleted; /* picked: only some attributes are asked for */
    bool walked;                            /* by keyset pages: the primary key decides last, as where a page is cut */
    bool alone; /* leads to one and has an order or a page: only by a statement of its own */
    bool columns[MOST_COLUMNS], link_columns[MOST_COLUMNS];
    const struct condition *where, *link_where;
    kith_tri required;
    kith_strategy strategy;
    struct ordering orders[MOST_ORDERS];
    const struct tally *computed[MOST_COMPUTED];
    unsigned order_count, computed_count, limit, offset, child_count;
    struct ask *children[MOST_INCLUDES];
};

struct drawing {
    const struct schema *schema;
    struct pool *pool;
    struct chance *c;
};
struct ask *draw_query(const struct schema *schema, struct pool *pool, uint64_t seed);
struct ask *draw_related(const struct schema *schema, struct pool *pool, uint64_t seed, const struct row **row);
/* A condition on rows of `table`, reached through `join` (or NULL). */
const struct condition *draw_condition(struct drawing *d, const struct table *table, const struct table *join,
                                       unsigned depth);
/* A path to an attribute; to_one: only through associations that lead to one. */
struct path draw_path(struct drawing *d, const struct table *table, const struct table *join, bool to_one);
struct tally *draw_tally(struct drawing *d, const struct table *table, unsigned depth); /* NULL: chance found none */
/* tally compared with something. */
const struct condition *draw_comparison_of(struct drawing *d, const struct tally *tally);
enum type compared_type(const struct condition *condition); /* of what a comparison compares */

const kith_query *to_query(struct pool *pool, const struct ask *ask);
kith_value to_value(struct pool *pool, enum type type, const struct value *v);

/* ---- results ---- */

struct result_list {
    const char *name;
    bool one;
    unsigned count;
    struct result *items;
    unsigned *ties; /* items with the same number may come in any order; NULL: each has its own place */
};

struct result {
    const char *text, *link; /* its attributes; its join row's, or NULL */
    unsigned child_count;
    struct result_list *children;
};

/* A row and the join row by which it was reached. */
struct found {
    const struct row *row, *link;
};
struct found_list {
    struct found *items;
    unsigned count;
};

enum truth { IS_FALSE, IS_UNKNOWN, IS_TRUE, IS_ABSENT }; /* IS_ABSENT: nothing was asked */
enum truth evaluate(const struct condition *condition, struct found at);
/* The rows that an association leads to, join rows that are deleted left out. */
struct found_list follow(struct pool *pool, const struct route *way, const struct row *row, bool with_deleted);
int compare_values(const struct value *a, const struct value *b); /* as an order does: NULL is least */
/* Where a path leads to one row at most: its value there, or NULL. */
struct value value_at(const struct path *path, struct found at);

struct value tally_of(const struct tally *tally, struct found at);

/* What is to be printed of a row. */
const char *row_text(struct pool *pool, const struct table *t, const bool *columns, const struct row *row);
/* *total: how many rows there are without limit and offset. */
struct result_list *expected_result(struct pool *pool, const struct ask *ask, unsigned *total);
struct result_list *expected_related(struct pool *pool, const struct ask *ask, const struct row *row);
struct result_list *got_result(struct pool *pool, const struct ask *ask, const kith_list *list);
/* The same of records that come one by one, or of lists that follow each other. */
struct result_list *got_nothing(struct pool *pool, const struct ask *ask, unsigned most);
void got_more(struct pool *pool, const struct ask *ask, const kith_record *r, struct result_list *out);
const char *name_of(const struct ask *ask); /* under which an include is loaded */
bool same_results(const struct result_list *expected, const struct result_list *got);

/* ---- text ---- */

extern const char *const enum_labels[]; /* of every ENUM, in their order; ends with NULL */
const char *value_text(struct pool *pool, enum type type, const struct value *v);
void print_schema(const struct schema *schema);
void print_query(const struct ask *ask);
void print_result(const char *title, const struct result_list *list);

#endif
