/* mariadb_params: values into the binary protocol's types. See mariadb_codec.h for what goes where. */
#include <math.h>

#include "base/error.h"
#include "base/time.h"
#include "base/value.h"
#include "driver/mariadb_codec.h"

static void bind_text(MYSQL_BIND *param, union mariadb_held *held, const kith_value *v, enum enum_field_types type)
{
    held->size = v->size;
    param->buffer_type = type;
    param->buffer = v->size ? (void *)(uintptr_t)v->as.str : held;
    param->buffer_length = v->size;
    param->length = &held->size;
}

bool kith__mariadb_moment(int64_t timestamp, MYSQL_TIME *to)
{
    struct time_parts p;
    if (!kith__timestamp_split(timestamp, &p))
        return false;
    *to = (MYSQL_TIME){ .year = p.year,
                        .month = p.month,
                        .day = p.day,
                        .hour = p.hour,
                        .minute = p.minute,
                        .second = p.second,
                        .second_part = p.fraction,
                        .time_type = MYSQL_TIMESTAMP_DATETIME };
    return true;
}

static bool bind_moment(MYSQL_BIND *param, union mariadb_held *held, int64_t timestamp)
{
    if (!kith__mariadb_moment(timestamp, &held->time))
        return false;
    param->buffer_type = MYSQL_TYPE_DATETIME;
    param->buffer = &held->time;
    return true;
}

/* False when the value is none that can be stored. */
static bool bind_value(MYSQL_BIND *param, union mariadb_held *held, const kith_value *v, int type)
{
    *param = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_NULL };
    switch (v->kind) {
    case KITH_NULL: return true;
    case KITH_BOOL:
    case KITH_INT:
        held->integer = v->kind == KITH_BOOL ? v->as.boolean : v->as.integer;
        param->buffer_type = MYSQL_TYPE_LONGLONG;
        param->buffer = &held->integer;
        return true;
    case KITH_DOUBLE:
        held->real = v->as.real;
        param->buffer_type = MYSQL_TYPE_DOUBLE;
        param->buffer = &held->real;
        return isfinite(v->as.real);
    case KITH_STR: /* a text beside a DECIMAL would be compared as a double */
        bind_text(param, held, v, type == KITH_T_DECIMAL ? MYSQL_TYPE_NEWDECIMAL : MYSQL_TYPE_STRING);
        return true;
    case KITH_BYTES: bind_text(param, held, v, MYSQL_TYPE_LONG_BLOB); return true;
    case KITH_TIMESTAMP: return bind_moment(param, held, v->as.timestamp);
    default: return false;
    }
}

bool kith__mariadb_bind(kith_statement *st, unsigned index, const kith_value *value, int type, kith_error *err)
{
    struct mariadb_statement *s = (struct mariadb_statement *)st;
    if (index >= s->param_count)
        return kith__error_set(err, KITH_E_USAGE, "value %u has no placeholder: the statement has %u", index + 1,
                               s->param_count);
    if (bind_value(&s->params[index], &s->held[index], value, type))
        return true;
    return kith__error_set(err, KITH_E_USAGE, "value %u of the statement cannot be stored: it is %s%s", index + 1,
                           kith__kind_name(value->kind),
                           value->kind == KITH_DOUBLE      ? " that is infinite or not a number"
                           : value->kind == KITH_TIMESTAMP ? " outside the years 1 to 9999"
                                                           : "");
}

void kith__mariadb_unbind(struct mariadb_statement *s)
{
    kith__mariadb_unbind_rows(s);
    for (unsigned i = 0; i < s->param_count; i++)
        s->params[i] = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_NULL };
}
