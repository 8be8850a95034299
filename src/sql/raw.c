/* raw: SQL text that the user wrote. Finds the placeholders in it: a '?' that stands in a string, a quoted name or a
 * comment is none. Knows the lexical form of SQL, not its grammar. */
#include "base/error.h"
#include "base/value.h"
#include "sql/dialect.h"

/* The end of what begins at `at`: a string, a quoted name, a comment; at itself when none begins. */
static const char *skip_quoted(const char *at)
{
    const char *end = at;
    if (*at == '\'' || *at == '"' || *at == '`') {
        end = strchr(at + 1, *at); /* a doubled quote begins the next piece at once */
        return end ? end + 1 : at + strlen(at);
    }
    if (at[0] == '-' && at[1] == '-') {
        end = strchr(at, '\n');
        return end ? end : at + strlen(at);
    }
    if (at[0] == '/' && at[1] == '*') {
        end = strstr(at + 2, "*/");
        return end ? end + 2 : at + strlen(at);
    }
    return at;
}

/* The text up to the next placeholder, or to the end. */
static const char *next_placeholder(const char *at)
{
    while (*at && *at != '?') {
        const char *end = skip_quoted(at);
        at = end > at ? end : at + 1;
    }
    return at;
}

size_t kith__raw_placeholders(const char *text)
{
    size_t count = 0;
    for (const char *at = next_placeholder(text); *at; at = next_placeholder(at + 1))
        count++;
    return count;
}

bool kith__render_text(struct renderer *r, const char *text, const struct sql_expr *args)
{
    for (;;) {
        const char *end = next_placeholder(text);
        kith__buf_add_n(&r->text, text, (size_t)(end - text));
        if (!*end)
            return !args;
        if (!args)
            return false;
        kith__render_expr(r, args);
        args = args->next;
        text = end + 1;
    }
}

bool kith__raw_check(const char *sql, const kith_value *values, kith_error *err)
{
    size_t wanted = kith__raw_placeholders(sql), given = kith__value_list_count(values);
    if (wanted == given)
        return true;
    return kith__error_set(err, KITH_E_USAGE, "the SQL text has %zu placeholders but %zu values were given", wanted,
                           given);
}

bool kith__render_raw(struct renderer *r, const char *sql, const kith_value *values, kith_error *err)
{
    if (!kith__raw_check(sql, values, err))
        return false;
    struct sql_expr *args = NULL;
    for (size_t i = kith__value_list_count(values); i > 0; i--) {
        struct sql_expr *arg = kith__sql_bind(r->arena, values[i - 1], 0);
        if (!arg)
            break;
        arg->next = args;
        args = arg;
    }
    if (!r->arena->failed)
        kith__render_text(r, sql, args);
    if (r->failed || r->text.failed || r->arena->failed)
        return kith__error_no_memory(err);
    return true;
}
