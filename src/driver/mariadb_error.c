/* mariadb_error: see mariadb_error.h. Numbers from 2000 on come from the client library, all others from the server. */
#include "driver/mariadb_error.h"

#include <string.h>

#include "base/error.h"
#include "base/str.h"

static const struct {
    unsigned number;
    kith_status status;
} statuses[] = {
    { 1062, KITH_E_UNIQUE },      /* ER_DUP_ENTRY */
    { 1586, KITH_E_UNIQUE },      /* ER_DUP_ENTRY_WITH_KEY_NAME */
    { 1022, KITH_E_UNIQUE },      /* ER_DUP_KEY */
    { 1169, KITH_E_UNIQUE },      /* ER_DUP_UNIQUE */
    { 1761, KITH_E_UNIQUE },      /* ER_FOREIGN_DUPLICATE_KEY_WITH_CHILD_INFO: by a cascade */
    { 1762, KITH_E_UNIQUE },      /* ER_FOREIGN_DUPLICATE_KEY_WITHOUT_CHILD_INFO */
    { 1859, KITH_E_UNIQUE },      /* ER_DUP_UNKNOWN_IN_INDEX */
    { 1216, KITH_E_FOREIGN_KEY }, /* ER_NO_REFERENCED_ROW */
    { 1217, KITH_E_FOREIGN_KEY }, /* ER_ROW_IS_REFERENCED */
    { 1451, KITH_E_FOREIGN_KEY }, /* ER_ROW_IS_REFERENCED_2 */
    { 1452, KITH_E_FOREIGN_KEY }, /* ER_NO_REFERENCED_ROW_2 */
    { 1701, KITH_E_FOREIGN_KEY }, /* ER_TRUNCATE_ILLEGAL_FK */
    { 1048, KITH_E_NOT_NULL },    /* ER_BAD_NULL_ERROR */
    { 1263, KITH_E_NOT_NULL },    /* ER_WARN_NULL_TO_NOTNULL */
    { 1364, KITH_E_NOT_NULL },    /* ER_NO_DEFAULT_FOR_FIELD */
    { 4025, KITH_E_CHECK },       /* ER_CONSTRAINT_FAILED */
    { 3819, KITH_E_CHECK },       /* MySQL's ER_CHECK_CONSTRAINT_VIOLATED */
    { 1369, KITH_E_CHECK },       /* ER_VIEW_CHECK_FAILED */
    { 1264, KITH_E_CHECK },       /* ER_WARN_DATA_OUT_OF_RANGE */
    { 1690, KITH_E_CHECK },       /* ER_DATA_OUT_OF_RANGE: of a sum */
    { 1265, KITH_E_CHECK },       /* WARN_DATA_TRUNCATED: no label of the ENUM, most often */
    { 1292, KITH_E_CHECK },       /* ER_TRUNCATED_WRONG_VALUE: no such day */
    { 1366, KITH_E_CHECK },       /* ER_TRUNCATED_WRONG_VALUE_FOR_FIELD: no number, no UTF-8 */
    { 1406, KITH_E_CHECK },       /* ER_DATA_TOO_LONG */
    { 1020, KITH_E_BUSY },        /* ER_CHECKREAD: the row has changed since this transaction's snapshot */
    { 1205, KITH_E_BUSY },        /* ER_LOCK_WAIT_TIMEOUT */
    { 1213, KITH_E_BUSY },        /* ER_LOCK_DEADLOCK */
    { 1412, KITH_E_BUSY },        /* ER_TABLE_DEF_CHANGED: since this transaction began */
    { 1637, KITH_E_BUSY },        /* ER_TOO_MANY_CONCURRENT_TRXS */
    { 1689, KITH_E_BUSY },        /* ER_LOCK_ABORTED */
    { 3572, KITH_E_BUSY },        /* MySQL's ER_LOCK_NOWAIT */
    { 1317, KITH_E_TIMEOUT },     /* ER_QUERY_INTERRUPTED */
    { 1969, KITH_E_TIMEOUT },     /* ER_STATEMENT_TIMEOUT */
    { 3024, KITH_E_TIMEOUT },     /* MySQL's ER_QUERY_TIMEOUT */
    { 1040, KITH_E_CONNECTION },  /* ER_CON_COUNT_ERROR */
    { 1053, KITH_E_CONNECTION },  /* ER_SERVER_SHUTDOWN */
    { 1129, KITH_E_CONNECTION },  /* ER_HOST_IS_BLOCKED: after too many errors */
    { 1152, KITH_E_CONNECTION },  /* ER_ABORTING_CONNECTION */
    { 1158, KITH_E_CONNECTION },  /* ER_NET_READ_ERROR */
    { 1159, KITH_E_CONNECTION },  /* ER_NET_READ_INTERRUPTED */
    { 1160, KITH_E_CONNECTION },  /* ER_NET_ERROR_ON_WRITE */
    { 1161, KITH_E_CONNECTION },  /* ER_NET_WRITE_INTERRUPTED */
    { 1184, KITH_E_CONNECTION },  /* ER_NEW_ABORTING_CONNECTION */
    { 1226, KITH_E_CONNECTION },  /* ER_USER_LIMIT_REACHED */
    { 1203, KITH_E_CONNECTION },  /* ER_TOO_MANY_USER_CONNECTIONS */
    { 1927, KITH_E_CONNECTION },  /* ER_CONNECTION_KILLED */
    { 4031, KITH_E_CONNECTION },  /* MySQL's ER_CLIENT_INTERACTION_TIMEOUT */
    { 2002, KITH_E_CONNECTION },  /* CR_CONNECTION_ERROR */
    { 2003, KITH_E_CONNECTION },  /* CR_CONN_HOST_ERROR */
    { 2005, KITH_E_CONNECTION },  /* CR_UNKNOWN_HOST */
    { 2006, KITH_E_CONNECTION },  /* CR_SERVER_GONE_ERROR */
    { 2012, KITH_E_CONNECTION },  /* CR_SERVER_HANDSHAKE_ERR */
    { 2013, KITH_E_CONNECTION },  /* CR_SERVER_LOST */
    { 2026, KITH_E_CONNECTION },  /* CR_SSL_CONNECTION_ERROR */
    { 2055, KITH_E_CONNECTION },  /* CR_SERVER_LOST_EXTENDED */
    { 5013, KITH_E_CONNECTION },  /* CR_ERR_NET_READ */
    { 5014, KITH_E_CONNECTION },  /* CR_ERR_NET_WRITE */
    { 1044, KITH_E_PERMISSION },  /* ER_DBACCESS_DENIED_ERROR */
    { 1045, KITH_E_PERMISSION },  /* ER_ACCESS_DENIED_ERROR */
    { 1130, KITH_E_PERMISSION },  /* ER_HOST_NOT_PRIVILEGED */
    { 1142, KITH_E_PERMISSION },  /* ER_TABLEACCESS_DENIED_ERROR */
    { 1143, KITH_E_PERMISSION },  /* ER_COLUMNACCESS_DENIED_ERROR */
    { 1227, KITH_E_PERMISSION },  /* ER_SPECIFIC_ACCESS_DENIED_ERROR */
    { 1370, KITH_E_PERMISSION },  /* ER_PROCACCESS_DENIED_ERROR */
    { 1290, KITH_E_PERMISSION },  /* ER_OPTION_PREVENTS_STATEMENT: read_only */
    { 1698, KITH_E_PERMISSION },  /* ER_ACCESS_DENIED_NO_PASSWORD_ERROR */
    { 1820, KITH_E_PERMISSION },  /* ER_MUST_CHANGE_PASSWORD */
    { 1836, KITH_E_PERMISSION },  /* ER_READ_ONLY_MODE */
    { 1862, KITH_E_PERMISSION },  /* ER_MUST_CHANGE_PASSWORD_LOGIN */
    { 4151, KITH_E_PERMISSION },  /* ER_ACCOUNT_HAS_BEEN_LOCKED */
    { 1792, KITH_E_PERMISSION },  /* ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION */
    { 1065, KITH_E_USAGE },       /* ER_EMPTY_QUERY */
    { 1037, KITH_E_NO_MEMORY },   /* ER_OUTOFMEMORY */
    { 2008, KITH_E_NO_MEMORY },   /* CR_OUT_OF_MEMORY */
};
enum { STATUS_COUNT = sizeof statuses / sizeof statuses[0] };

kith_status kith__mariadb_status(unsigned number)
{
    for (int i = 0; i < STATUS_COUNT; i++)
        if (statuses[i].number == number)
            return statuses[i].status;
    return KITH_E_DATABASE;
}

/* ---- what a message names ------------------------------------------------------------------------------------------- */

/* Copies the first text in backquotes, in which a backquote is doubled. */
static void copy_name(const char *message, char *to, size_t room)
{
    const char *at = strchr(message, '`');
    size_t size = 0;
    for (at = at ? at + 1 : ""; *at && size + 1 < room; at++) {
        if (*at == '`' && *++at != '`')
            break;
        to[size++] = *at;
    }
    to[size] = '\0';
}

static void copy_between(const char *start, const char *end, char *to, size_t room)
{
    size_t size = (size_t)(end - start) < room ? (size_t)(end - start) : room - 1;
    memcpy(to, start, size);
    to[size] = '\0';
}

/* Column 'email' cannot be null. */
static void copy_first_quoted(const char *message, char *to, size_t room)
{
    const char *start = strchr(message, '\'');
    const char *end = start ? strchr(start + 1, '\'') : NULL;
    if (end)
        copy_between(start + 1, end, to, room);
}

/* Duplicate entry 'it's' for key 'users_email': only the last quotes are surely the key's. */
static void copy_last_quoted(const char *message, char *to, size_t room)
{
    const char *end = strrchr(message, '\'');
    const char *start = end;
    while (start && start > message && start[-1] != '\'')
        start--;
    if (start && start > message)
        copy_between(start, end, to, room);
}

/* … for column 'email' at row 1. */
static bool names_column(unsigned number)
{
    return number == 1264 || number == 1265 || number == 1406;
}

static void copy_constraint(unsigned number, kith_status status, const char *message, char *to, size_t room)
{
    const char *constraint = strstr(message, "CONSTRAINT `"); /* before it stands the table of a foreign key */
    if (status == KITH_E_UNIQUE)
        copy_last_quoted(message, to, room);
    else if (status == KITH_E_NOT_NULL || number == 3819 || names_column(number))
        copy_first_quoted(message, to, room);
    else if (status == KITH_E_CHECK || status == KITH_E_FOREIGN_KEY)
        copy_name(constraint ? constraint : "", to, room);
}

bool kith__mariadb_failed(unsigned number, const char *sqlstate, const char *message, kith_error *err)
{
    kith_status status = kith__mariadb_status(number);
    kith__error_set(err, status, "%s", *message ? message : "the client library gives no reason");
    err->driver_code = (int)number;
    kith__copy(err->sqlstate, sizeof err->sqlstate, sqlstate);
    copy_constraint(number, status, message, err->constraint, sizeof err->constraint);
    return false;
}
