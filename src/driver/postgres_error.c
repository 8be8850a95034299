/* postgres_error: see postgres_error.h. */
#include "driver/postgres_error.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"

/* Looked for from the beginning; a code of two characters stands for its whole class. */
static const struct {
    const char *code;
    kith_status status;
} statuses[] = {
    { "23505", KITH_E_UNIQUE },      /* unique_violation */
    { "23P01", KITH_E_UNIQUE },      /* exclusion_violation: unique in a wider sense */
    { "23503", KITH_E_FOREIGN_KEY }, /* foreign_key_violation */
    { "23001", KITH_E_FOREIGN_KEY }, /* restrict_violation */
    { "23502", KITH_E_NOT_NULL },    /* not_null_violation */
    { "23514", KITH_E_CHECK },       /* check_violation */
    { "44000", KITH_E_CHECK },       /* with_check_option_violation */
    { "22001", KITH_E_CHECK },       /* string_data_right_truncation: too long for its column */
    { "22003", KITH_E_CHECK },       /* numeric_value_out_of_range */
    { "22007", KITH_E_CHECK },       /* invalid_datetime_format */
    { "22008", KITH_E_CHECK },       /* datetime_field_overflow */
    { "22P02", KITH_E_CHECK },       /* invalid_text_representation: no JSON, no UUID */
    { "22021", KITH_E_CHECK },       /* character_not_in_repertoire: no UTF-8 */
    { "40001", KITH_E_BUSY },        /* serialization_failure */
    { "40P01", KITH_E_BUSY },        /* deadlock_detected */
    { "55P03", KITH_E_BUSY },        /* lock_not_available */
    { "57014", KITH_E_TIMEOUT },     /* query_canceled: by statement_timeout, or by us */
    { "57P01", KITH_E_CONNECTION },  /* admin_shutdown */
    { "57P02", KITH_E_CONNECTION },  /* crash_shutdown */
    { "57P03", KITH_E_CONNECTION },  /* cannot_connect_now */
    { "57P04", KITH_E_CONNECTION },  /* database_dropped */
    { "57P05", KITH_E_CONNECTION },  /* idle_session_timeout */
    { "53300", KITH_E_CONNECTION },  /* too_many_connections */
    { "25P04", KITH_E_CONNECTION },  /* transaction_timeout */
    { "25P03", KITH_E_CONNECTION },  /* idle_in_transaction_session_timeout */
    { "08P01", KITH_E_DATABASE },    /* protocol_violation: too few values, most often */
    { "08", KITH_E_CONNECTION },     /* connection_exception */
    { "42501", KITH_E_PERMISSION },  /* insufficient_privilege */
    { "25006", KITH_E_PERMISSION },  /* read_only_sql_transaction */
    { "28", KITH_E_PERMISSION },     /* invalid_authorization_specification */
};
enum { STATUS_COUNT = sizeof statuses / sizeof statuses[0] };

kith_status kith__postgres_status(const char *sqlstate)
{
    for (int i = 0; i < STATUS_COUNT; i++)
        if (strncmp(sqlstate, statuses[i].code, strlen(statuses[i].code)) == 0)
            return statuses[i].status;
    return KITH_E_DATABASE;
}

static const char *field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text ? text : "";
}

/* "Primary message. Detail. Hint." */
static void set_message(const PGresult *result, kith_status status, kith_error *err)
{
    const char *detail = field(result, PG_DIAG_MESSAGE_DETAIL), *hint = field(result, PG_DIAG_MESSAGE_HINT);
    kith__error_set(err, status, "%s%s%s%s%s", field(result, PG_DIAG_MESSAGE_PRIMARY), *detail ? ". " : "", detail,
                    !*hint    ? ""
                    : *detail ? " "
                              : ". ",
                    hint);
}

static void set_constraint(const PGresult *result, kith_error *err)
{
    if (err->status == KITH_E_NOT_NULL)
        snprintf(err->constraint, sizeof err->constraint, "%s.%s", field(result, PG_DIAG_TABLE_NAME),
                 field(result, PG_DIAG_COLUMN_NAME));
    else
        kith__copy(err->constraint, sizeof err->constraint, field(result, PG_DIAG_CONSTRAINT_NAME));
}

/* The connection's message, its lines as one. */
static bool failed_by_libpq(const PGconn *pg, kith_status status, kith_error *err)
{
    const char *said = PQerrorMessage(pg);
    if (strstr(said, "out of memory"))
        return kith__error_no_memory(err);
    kith__error_set(err, status, "%s", *said ? said : "the connection to the server was lost");
    for (char *at = err->message; *at; at++)
        if (*at == '\n' || *at == '\t')
            *at = at[1] ? ' ' : '\0';
    return false;
}

bool kith__postgres_failed(PGconn *pg, const PGresult *result, kith_error *err)
{
    bool lost = PQstatus(pg) == CONNECTION_BAD;
    const char *sqlstate = field(result, PG_DIAG_SQLSTATE);
    if (!*sqlstate) /* the server said nothing */
        return failed_by_libpq(pg, lost ? KITH_E_CONNECTION : KITH_E_DATABASE, err);
    set_message(result, lost ? KITH_E_CONNECTION : kith__postgres_status(sqlstate), err);
    kith__copy(err->sqlstate, sizeof err->sqlstate, sqlstate);
    set_constraint(result, err);
    return false;
}

/* libpq does not hand out the SQLSTATE of a refusal, so its words decide; in other languages it is a connection that
 * failed, which is true as well. */
bool kith__postgres_not_connected(const PGconn *pg, kith_error *err)
{
    static const char *const refusals[] = { "authentication failed", "no pg_hba.conf entry", "permission denied" };
    const char *said = PQerrorMessage(pg);
    bool refused = PQconnectionNeedsPassword(pg);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        refused = refused || strstr(said, refusals[i]);
    return failed_by_libpq(pg, refused ? KITH_E_PERMISSION : KITH_E_CONNECTION, err);
}
