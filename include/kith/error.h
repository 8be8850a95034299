/* kith/error.h: what went wrong. A plain struct without pointers: copy it where you like. */
#ifndef KITH_ERROR_H
#define KITH_ERROR_H

#include "kith/export.h"

KITH_BEGIN_DECLS

/* The few kinds of failure that tell a program what to do next. */
typedef enum kith_status {
    KITH_OK = 0,
    KITH_E_NO_MEMORY,
    KITH_E_USAGE,       /* the call was wrong: a misspelt name, a value of the wrong type */
    KITH_E_MODEL,       /* the definitions are wrong; reported by kith_open */
    KITH_E_VALIDATION,  /* a value breaks a rule of its attribute (no row was written), or a hook refused */
    KITH_E_UNIQUE,      /* another row has this value */
    KITH_E_FOREIGN_KEY, /* a row that is referred to is missing, or still referred to */
    KITH_E_NOT_NULL,
    KITH_E_CHECK,      /* a CHECK constraint of the database, or a value that its column cannot hold */
    KITH_E_NOT_FOUND,  /* the row to change is not there (any more) */
    KITH_E_BUSY,       /* locked, deadlocked or not serializable: the same transaction may pass if run again */
    KITH_E_CONNECTION, /* no connection, or it was lost */
    KITH_E_TIMEOUT,    /* no connection came free, or a statement took too long */
    KITH_E_PERMISSION, /* read-only, or not allowed */
    KITH_E_UNSUPPORTED,
    KITH_E_DATABASE, /* any other failure that the database reports */
    KITH_E_BUDGET,   /* one statement more than kith_budget allows: it was not sent */
    KITH_STATUS_COUNT_
} kith_status;

typedef struct kith_error {
    kith_status status;
    int driver_code;  /* SQLite's extended code, MariaDB's errno; 0 elsewhere */
    char sqlstate[6]; /* "" where the database has none */
    char model[64];   /* the model, attribute and constraint concerned, "" when not known */
    char attribute[64];
    char constraint[64];
    char message[1024]; /* one or more sentences for people; never empty, never holds a password */
    char sql[256];      /* the statement's beginning, "" when none was sent */
} kith_error;

/* "unique", "foreign key", …; never NULL. */
KITH_API const char *kith_status_name(kith_status status);

KITH_END_DECLS

#endif
