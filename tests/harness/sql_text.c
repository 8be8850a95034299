/* sql_text: see sql_text.h. */
#include "harness/sql_text.h"

#include "harness/test.h"

const struct dialect *const all_dialects[DIALECT_COUNT] = { &kith__dialect_sqlite, &kith__dialect_postgres,
                                                            &kith__dialect_mariadb };

/* Writes the name that begins at `at`, behind '[', and returns its ']'. */
static const char *write_name(struct buf *b, const struct dialect *d, const char *at)
{
    const char *end = strchr(at, ']');
    assert_non_null(end);
    kith__buf_char(b, d->quote);
    for (; at < end; at++) {
        if (*at == d->quote)
            kith__buf_char(b, d->quote);
        kith__buf_char(b, *at);
    }
    kith__buf_char(b, d->quote);
    return end;
}

static void write_placeholder(struct buf *b, const struct dialect *d, int number)
{
    kith__buf_char(b, d->placeholder);
    if (d->placeholder == '$')
        kith__buf_int(b, number);
}

static void spell(struct buf *b, const struct dialect *d, const char *expected)
{
    int placeholders = 0;
    bool quoted = false;
    for (const char *at = expected; *at; at++) {
        quoted ^= *at == '\'';
        if (!quoted && at[0] == '[' && at[1] != ']')
            at = write_name(b, d, at + 1);
        else if (!quoted && *at == '?')
            write_placeholder(b, d, ++placeholders);
        else
            kith__buf_char(b, *at);
    }
}

void expect_sql_at(const struct dialect *dialect, const char *rendered, const char *expected, const char *file,
                   int line)
{
    struct buf b;
    kith__buf_init(&b, &kith__default_allocator);
    spell(&b, dialect, expected);
    bool same = strcmp(kith__buf_text(&b), rendered) == 0;
    if (!same)
        print_error("%s: the statement is not the expected one\nexpected: %s\nrendered: %s\n", dialect->name,
                    kith__buf_text(&b), rendered);
    kith__buf_free(&b);
    _assert_true(same, "the expected statement", file, line);
}
