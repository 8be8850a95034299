/* error: see error.h. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"

bool kith__error_set(kith_error *e, kith_status status, const char *format, ...)
{
    if (!e)
        return false;
    /* Written apart, because the arguments may lie in *e; longer, so that the copy sees where a character is cut. */
    char message[sizeof e->message + 4];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    *e = (kith_error){ .status = status };
    kith__copy(e->message, sizeof e->message, size > 0 ? message : kith_status_name(status));
    return false;
}

bool kith__error_no_memory(kith_error *e)
{
    return kith__error_set(e, KITH_E_NO_MEMORY, "out of memory");
}

bool kith__error_about(kith_error *e, const char *model, const char *attribute)
{
    kith__copy(e->model, sizeof e->model, model ? model : "");
    kith__copy(e->attribute, sizeof e->attribute, attribute ? attribute : "");
    return false;
}

const char *kith_status_name(kith_status status)
{
    static const char *const names[KITH_STATUS_COUNT_] = {
        [KITH_OK] = "ok",
        [KITH_E_NO_MEMORY] = "out of memory",
        [KITH_E_USAGE] = "usage",
        [KITH_E_MODEL] = "model",
        [KITH_E_VALIDATION] = "validation",
        [KITH_E_UNIQUE] = "unique",
        [KITH_E_FOREIGN_KEY] = "foreign key",
        [KITH_E_NOT_NULL] = "not null",
        [KITH_E_CHECK] = "check",
        [KITH_E_NOT_FOUND] = "not found",
        [KITH_E_BUSY] = "busy",
        [KITH_E_CONNECTION] = "connection",
        [KITH_E_TIMEOUT] = "timeout",
        [KITH_E_PERMISSION] = "permission",
        [KITH_E_UNSUPPORTED] = "unsupported",
        [KITH_E_DATABASE] = "database",
        [KITH_E_BUDGET] = "budget",
    };
    return (unsigned)status < KITH_STATUS_COUNT_ ? names[status] : "unknown";
}
