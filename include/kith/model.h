/* kith/model.h: definitions. A model is a constant table; its address is its handle.
 *
 * The same structs can be filled at run time. Either way they are borrowed: they must outlive the kith_db that
 * was opened with them. kith_open resolves, checks and freezes them and reports every mistake it finds. */
#ifndef KITH_MODEL_H
#define KITH_MODEL_H

#include "kith/value.h"

KITH_BEGIN_DECLS

typedef enum kith_tri { KITH_AUTO = 0, KITH_YES, KITH_NO } kith_tri;

/* A value made when none is given. KITH_NOW is the time of the call, in UTC. */
typedef enum kith_generate { KITH_GENERATE_NOTHING = 0, KITH_UUIDV1, KITH_UUIDV4, KITH_UUIDV7, KITH_NOW } kith_generate;

/* What the database does to a row when the row it refers to is deleted, or its key is changed.
 * AUTO: a belongs-to key that may be null is set to null on delete, one that may not be restricts; has-one and
 * has-many the same; the rows of a join table go with either side. Changes of a key cascade. */
typedef enum kith_action {
    KITH_ACTION_AUTO = 0,
    KITH_CASCADE,
    KITH_SET_NULL,
    KITH_RESTRICT,
    KITH_NO_ACTION
} kith_action;

/* ---- types -------------------------------------------------------------------------------------------------- */

enum kith_type_id {
    KITH_T_STRING = 1, /* text of at most `size` characters, 255 when 0 */
    KITH_T_TEXT,
    KITH_T_INTEGER, /* 32 bits */
    KITH_T_BIGINT,  /* 64 bits */
    KITH_T_BOOLEAN,
    KITH_T_DOUBLE,
    KITH_T_DECIMAL,  /* exact: `size` digits, `scale` of them behind the point; 10 and 0 by default; text in C */
    KITH_T_DATE,     /* a moment: UTC, microseconds */
    KITH_T_DATEONLY, /* "2026-11-21" */
    KITH_T_TIME,     /* "09:39:00" or "09:39:00.000001" */
    KITH_T_UUID,     /* canonical lower-case text, 36 characters */
    KITH_T_ENUM,     /* one of `labels` */
    KITH_T_BLOB,
    KITH_T_JSON, /* JSON text */
    KITH_T_COUNT_
};

typedef struct kith_type {
    int id; /* a kith_type_id */
    unsigned size, scale;
    bool is_unsigned;          /* INTEGER and BIGINT: not negative */
    const char *const *labels; /* ENUM; ends with NULL */
} kith_type;

#define KITH_STRING(n)     KITH_INIT_(.id = KITH_T_STRING, .size = (n))
#define KITH_TEXT          KITH_INIT_(.id = KITH_T_TEXT)
#define KITH_INTEGER       KITH_INIT_(.id = KITH_T_INTEGER)
#define KITH_BIGINT        KITH_INIT_(.id = KITH_T_BIGINT)
#define KITH_BOOLEAN       KITH_INIT_(.id = KITH_T_BOOLEAN)
#define KITH_REAL          KITH_INIT_(.id = KITH_T_DOUBLE)
#define KITH_DECIMAL(p, s) KITH_INIT_(.id = KITH_T_DECIMAL, .size = (p), .scale = (s))
#define KITH_DATE          KITH_INIT_(.id = KITH_T_DATE)
#define KITH_DATEONLY      KITH_INIT_(.id = KITH_T_DATEONLY)
#define KITH_TIME          KITH_INIT_(.id = KITH_T_TIME)
#define KITH_UUID          KITH_INIT_(.id = KITH_T_UUID)
#define KITH_ENUM(...)     KITH_INIT_(.id = KITH_T_ENUM, .labels = (const char *const[]){ __VA_ARGS__, NULL })
#define KITH_BLOB          KITH_INIT_(.id = KITH_T_BLOB)
#define KITH_JSON          KITH_INIT_(.id = KITH_T_JSON)

/* ---- validators --------------------------------------------------------------------------------------------- */

enum kith_check_id {
    KITH_CHECK_FUNCTION = 0, /* `check` decides */
    KITH_CHECK_EMAIL,        /* an e-mail address as the HTML Standard's input type=email takes it */
    KITH_CHECK_LEN,          /* min..max characters */
    KITH_CHECK_RANGE,        /* min..max, of a number */
    KITH_CHECK_IN,           /* one of `list` */
    KITH_CHECK_MATCH,        /* `pattern`, a PCRE2 expression, is found in the text */
    KITH_CHECK_COUNT_
};

/* A validator runs before any SQL, on values that are not null. All failures of a row are reported together.
 * `message` replaces the built-in text. `check` is called on the session's thread and must not use the session. */
typedef struct kith_check {
    int id; /* a kith_check_id */
    double min, max;
    const char *const *list; /* ends with NULL */
    const char *pattern, *message;
    bool (*check)(const kith_value *value, void *ctx);
    void *ctx;
} kith_check;

#define KITH_IS_EMAIL        KITH_INIT_(.id = KITH_CHECK_EMAIL)
#define KITH_LEN(lo, hi)     KITH_INIT_(.id = KITH_CHECK_LEN, .min = (lo), .max = (hi))
#define KITH_RANGE(lo, hi)   KITH_INIT_(.id = KITH_CHECK_RANGE, .min = (lo), .max = (hi))
#define KITH_ONE_OF(...)     KITH_INIT_(.id = KITH_CHECK_IN, .list = (const char *const[]){ __VA_ARGS__, NULL })
#define KITH_MATCHES(regex)  KITH_INIT_(.id = KITH_CHECK_MATCH, .pattern = (regex))
#define KITH_CHECK_BY(fn, c) KITH_INIT_(.check = (fn), .ctx = (c))
#define KITH_CHECKS(...)     ((const kith_check[]){ __VA_ARGS__, { .id = -1 } })

/* ---- members of your own structs ---------------------------------------------------------------------------- */

enum kith_ctype {
    KITH_C_BOOL = 1,
    KITH_C_INT32,
    KITH_C_INT64,
    KITH_C_DOUBLE,
    KITH_C_STR,
    KITH_C_ARRAY,   /* of associations: KITH_INTO */
    KITH_C_POINTER, /* of associations: KITH_INTO_ONE */
    KITH_C_VALUE    /* kith_value */
};

typedef struct kith_member {
    uint16_t ctype; /* a kith_ctype */
    uint32_t offset_plus_one;
    uint32_t size;      /* of an association: sizeof a target's struct */
    uint32_t link_size; /* and sizeof a join row's; 0: those are not kept */
} kith_member;

/* KITH_MEMBER(S, m): where member m of struct S lies; a member of a type Kith cannot fill does not compile. A kith_value
 * takes any attribute and tells null from 0: its kind is KITH_NULL, or KITH_ABSENT when the query left it out. */
#define KITH_MEMBER(S, m)                                                                                                \
    {                                                                                                                    \
        .offset_plus_one = offsetof(S, m) + 1,                                                                         \
        .ctype = _Generic(((S *)0)->m,                                                                                 \
            bool: KITH_C_BOOL,                                                                                         \
            int32_t: KITH_C_INT32,                                                                                     \
            int64_t: KITH_C_INT64,                                                                                     \
            double: KITH_C_DOUBLE,                                                                                     \
            const char *: KITH_C_STR,                                                                                  \
            kith_value: KITH_C_VALUE) \
    }
#define KITH_ATTR(S, m, ...) KITH_INIT_(.name = #m, .member = KITH_MEMBER(S, m), __VA_ARGS__)

/* What associations lead to, as members of a struct: an array of structs, or one with the structs of the join rows
 * beside them. links is NULL when the include left the join rows out.
 *     typedef struct user { int64_t id; KITH_ARRAY(project, membership) projects; company *employer; } user;
 *     users[0].projects.at[2].title, users[0].projects.links[2].hours, users[0].employer->name */
#define KITH_ARRAY_OF(T)                                                                                               \
    struct {                                                                                                           \
        size_t count;                                                                                                  \
        T *at;                                                                                                         \
    }
#define KITH_ARRAY(T, L)                                                                                               \
    struct {                                                                                                           \
        size_t count;                                                                                                  \
        T *at;                                                                                                         \
        L *links;                                                                                                      \
    }

/* Where they go, for .into of an association or an include:
 * KITH_INTO(S, m, T): member m of struct S is a KITH_ARRAY_OF(T); KITH_INTO(S, m, T, L): a KITH_ARRAY(T, L).
 * KITH_INTO_ONE(S, m, T): it is a T *. A member of another type does not compile. */
#define KITH_INTO(S, m, ...) KITH_PICK_(__VA_ARGS__, KITH_INTO_ROWS_, KITH_INTO_LIST_, )(S, m, __VA_ARGS__)
#define KITH_INTO_ONE(S, m, T)                                                                                         \
    {                                                                                                                  \
        .ctype = KITH_POINTS_TO_(((S *)0)->m, T, KITH_C_POINTER), .offset_plus_one = offsetof(S, m) + 1,               \
        .size = sizeof(T)                                                                                              \
    }

#define KITH_PICK_(a, b, c, ...)   c
#define KITH_POINTS_TO_(p, T, yes) _Generic((p), T * : (yes), const T * : (yes))
#define KITH_MUST_(condition, text)                                                                                    \
    (0 * sizeof(struct {                                                                                               \
         _Static_assert(condition, text);                                                                              \
         char c;                                                                                                       \
     }))
#define KITH_LIES_AT_(S, m, part, at_)                                                                                 \
    KITH_MUST_(offsetof(S, m.part) - offsetof(S, m) == (at_), #m " of " #S " must be a KITH_ARRAY or KITH_ARRAY_OF")
#define KITH_IS_LIKE_(S, m, type)                                                                                      \
    KITH_MUST_(sizeof(((S *)0)->m) == sizeof(type), #m " of " #S " must have links or not, as KITH_INTO says")
#define KITH_INTO_ARRAY_(S, m, T, array)                                                                               \
    .ctype = _Generic(((S *)0)->m.count, size_t                                                                        \
                      : KITH_POINTS_TO_(((S *)0)->m.at, T, KITH_C_ARRAY)),                                             \
    .offset_plus_one = offsetof(S, m) + 1 + KITH_LIES_AT_(S, m, count, 0),                                             \
    .size = sizeof(T) + KITH_LIES_AT_(S, m, at, sizeof(size_t)) + KITH_IS_LIKE_(S, m, array)
#define KITH_INTO_LIST_(S, m, T)                                                                                       \
    {                                                                                                                  \
        KITH_INTO_ARRAY_(S, m, T, KITH_ARRAY_OF(T))                                                                    \
    }
#define KITH_INTO_ROWS_(S, m, T, L)                                                                                    \
    {                                                                                                                  \
        KITH_INTO_ARRAY_(S, m, T, KITH_ARRAY(T, L)),                                                                   \
            .link_size = KITH_POINTS_TO_(((S *)0)->m.links, L, sizeof(L)) +                                            \
                         KITH_LIES_AT_(S, m, links, sizeof(size_t) + sizeof(void *))                                   \
    }

/* ---- hooks --------------------------------------------------------------------------------------------------- */

/* When a hook runs. The single ones run for each row, the bulk ones once for all rows of a call that may write many. */
typedef enum kith_event {
    KITH_BEFORE_VALIDATE = 1, /* of a row that will be created or updated; what it sets is checked with the rest */
    KITH_AFTER_VALIDATE,
    KITH_BEFORE_CREATE,
    KITH_AFTER_CREATE,
    KITH_BEFORE_UPDATE,
    KITH_AFTER_UPDATE,
    KITH_BEFORE_DESTROY, /* also where destroying sets deletedAt */
    KITH_AFTER_DESTROY,
    KITH_BEFORE_BULK_CREATE,
    KITH_AFTER_BULK_CREATE,
    KITH_BEFORE_BULK_UPDATE,
    KITH_AFTER_BULK_UPDATE,
    KITH_BEFORE_BULK_DESTROY,
    KITH_AFTER_BULK_DESTROY,
    KITH_EVENT_COUNT_
} kith_event;

struct kith_session;
/* What a hook is called about; see kith/hook.h. */
typedef struct kith_hook_call kith_hook_call;

/* A function that runs when rows of a model are written; see kith/hook.h. */
typedef struct kith_hook {
    kith_event event;
    bool (*run)(struct kith_session *s, kith_hook_call *call, void *ctx); /* false: the call fails */
    void *ctx;
} kith_hook;
#define KITH_HOOKS(...) ((const kith_hook[]){ __VA_ARGS__, { .run = NULL } })

/* ---- attributes, associations, indexes ------------------------------------------------------------------------ */

typedef struct kith_model kith_model;

typedef struct kith_attr {
    const char *name;
    const char *column; /* default: the name, in the naming style of the model */
    kith_type type;
    bool primary_key, auto_increment, not_null, unique;
    const char *unique_group; /* attributes with one group form one unique constraint */
    kith_value default_value;
    kith_generate generate;
    const kith_check *checks; /* KITH_CHECKS(...) */

    /* A foreign key without an association: a model (its primary key, or the named attribute), or a table and
     * column that no model stands for. */
    const kith_model *references;
    const char *references_attr;
    const char *references_table, *references_column;
    kith_action on_delete, on_update;
    kith_member member;
} kith_attr;

typedef enum kith_assoc_kind {
    KITH_BELONGS_TO = 1, /* the key is in this model's table; one target */
    KITH_HAS_ONE,        /* the key is in the target's table and unique; one target */
    KITH_HAS_MANY,       /* the key is in the target's table; many targets */
    KITH_BELONGS_TO_MANY /* both keys are in a join table; many targets */
} kith_assoc_kind;

/* An association. Keys may be left out: by default a key is named after the singular of the model (for
 * belongs-to, of the alias) and the key that it refers to: pug and id give pugId. Declared attributes that differ
 * from that name only by case or underscores are used; otherwise the attribute is added. */
typedef struct kith_assoc {
    kith_assoc_kind kind;
    const kith_model *target;
    /* Or, of belongs-to, several: KITH_MODELS(&pug_model, &cat_model). Each row says by the name of a model which one its
     * target is of. There is no constraint in the database; the alias is required; the keys of all targets must have one
     * type. */
    const kith_model *const *targets;
    const char *type_attr;               /* with targets: where that name is; default: alias and "Type" */
    const char *as;                      /* alias; default: the target's singular or plural name */
    const char *through;                 /* the join table by name: made for you unless a model has it */
    const kith_model *through_model;     /* or a model of yours */
    const char *foreign_key;             /* the source's key; composite: "order_id,line" */
    const char *other_key;               /* the target's key in the join table */
    const char *source_key, *target_key; /* what those refer to; default: the primary key */
    bool not_unique;                     /* the same pair may be linked more than once */
    const kith_field *scope;             /* constant values that tell these links from others in one table */
    kith_action on_delete, on_update;
    bool no_constraint; /* no foreign key constraint in the database */
    kith_member into;   /* KITH_INTO, KITH_INTO_ONE: where kith_structs puts what was loaded, in the source's struct */
    /* Hooks of the join model, whichever way its rows are written: for one that is made for you. */
    const kith_hook *through_hooks;
} kith_assoc;

typedef struct kith_index {
    const char *name; /* default: made from the table and columns */
    bool unique;
    const char *const *attrs; /* KITH_NAMES(...): attribute or column names */
} kith_index;

/* ---- models -------------------------------------------------------------------------------------------------- */

struct kith_model {
    const char *name;          /* "pug" */
    const char *singular;      /* default: by English rules; names keys and to-one associations */
    const char *plural;        /* default: by English rules, "pugs"; "person" gives "people" */
    const char *table;         /* default: the plural */
    const kith_attr *attrs;    /* KITH_ATTRS(...) */
    const kith_assoc *assocs;  /* KITH_ASSOCS(...) */
    const kith_index *indexes; /* KITH_INDEXES(...) */
    bool no_timestamps;        /* no createdAt and updatedAt */
    bool paranoid;             /* destroy sets deletedAt, and finds leave such rows out */
    bool underscored;          /* columns in snake_case */
    bool freeze_table_name;    /* the table is called like the model */
    bool no_primary_key;       /* no id is added: rows can be found and created, not updated or destroyed */
    size_t struct_size;        /* sizeof your struct, when attributes are tied to one */
    const kith_hook *hooks;    /* KITH_HOOKS(...): run in this order */
};

#define KITH_ATTRS(...)   ((const kith_attr[]){ __VA_ARGS__, { 0 } })
#define KITH_ASSOCS(...)  ((const kith_assoc[]){ __VA_ARGS__, { 0 } })
#define KITH_INDEXES(...) ((const kith_index[]){ __VA_ARGS__, { 0 } })
#define KITH_NAMES(...)   ((const char *const[]){ __VA_ARGS__, NULL })
#define KITH_NO_NAMES     ((const char *const[]){ NULL })
#define KITH_MODELS(...)  ((const kith_model *const[]){ __VA_ARGS__, NULL })

KITH_END_DECLS

#endif
