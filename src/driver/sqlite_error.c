/* sqlite_error: see sqlite_error.h. */
#include "driver/sqlite_error.h"

#include <string.h>

#include "base/error.h"
#include "base/str.h"

/* An extended code is looked for first, then the primary code that is its lowest byte. */
static const struct {
    int code;
    kith_status status;
} statuses[] = {
    { SQLITE_CONSTRAINT_UNIQUE, KITH_E_UNIQUE },
    { SQLITE_CONSTRAINT_PRIMARYKEY, KITH_E_UNIQUE },
    { SQLITE_CONSTRAINT_ROWID, KITH_E_UNIQUE },
    { SQLITE_CONSTRAINT_FOREIGNKEY, KITH_E_FOREIGN_KEY },
    { SQLITE_CONSTRAINT_NOTNULL, KITH_E_NOT_NULL },
    { SQLITE_CONSTRAINT_CHECK, KITH_E_CHECK },
    { SQLITE_CONSTRAINT_DATATYPE, KITH_E_CHECK }, /* of a STRICT table */
    { SQLITE_MISMATCH, KITH_E_CHECK },            /* text for a key that numbers itself */
    { SQLITE_TOOBIG, KITH_E_CHECK },
    { SQLITE_IOERR_NOMEM, KITH_E_NO_MEMORY },
    { SQLITE_NOMEM, KITH_E_NO_MEMORY },
    { SQLITE_BUSY, KITH_E_BUSY },
    { SQLITE_LOCKED, KITH_E_BUSY },
    { SQLITE_PROTOCOL, KITH_E_BUSY }, /* too many opened the file at once */
    { SQLITE_INTERRUPT, KITH_E_TIMEOUT },
    { SQLITE_READONLY, KITH_E_PERMISSION },
    { SQLITE_PERM, KITH_E_PERMISSION },
    { SQLITE_AUTH, KITH_E_PERMISSION },
    { SQLITE_CANTOPEN, KITH_E_CONNECTION },
    { SQLITE_NOTADB, KITH_E_CONNECTION },
    { SQLITE_CORRUPT, KITH_E_CONNECTION },
    { SQLITE_IOERR, KITH_E_CONNECTION },
};
enum { STATUS_COUNT = sizeof statuses / sizeof statuses[0] };

kith_status kith__sqlite_status(int code)
{
    for (int i = 0; i < STATUS_COUNT; i++)
        if (statuses[i].code == code)
            return statuses[i].status;
    return code > 0xff ? kith__sqlite_status(code & 0xff) : KITH_E_DATABASE;
}

bool kith__sqlite_failed(sqlite3 *db, int code, kith_error *err)
{
    bool is_last = db && (sqlite3_errcode(db) & 0xff) == (code & 0xff);
    const char *message = is_last ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    kith_status status = kith__sqlite_status(code);
    /* ON DELETE RESTRICT is built as a trigger inside SQLite and reports itself as one. */
    if (code == SQLITE_CONSTRAINT_TRIGGER && kith__equal(message, "FOREIGN KEY constraint failed"))
        status = KITH_E_FOREIGN_KEY;
    kith__error_set(err, status, "%s", message);
    err->driver_code = code;
    const char *named = strstr(message, "constraint failed: ");
    if ((code & 0xff) == SQLITE_CONSTRAINT && named)
        kith__copy(err->constraint, sizeof err->constraint, named + strlen("constraint failed: "));
    return false;
}
