/* compare: are two results the same? What nothing orders may come in any order. */
#include <stdlib.h>
#include <string.h>

#include "differential/differential.h"

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_record(const struct result *expected, const struct result *got)
{
    if (!same_text(expected->text, got->text) || !same_text(expected->link, got->link))
        return false;
    for (unsigned i = 0; i < expected->child_count; i++)
        if (!same_results(&expected->children[i], &got->children[i]))
            return false;
    return true;
}

/* Whoever of those in `got`, from first to end, is not taken yet, and equal. */
static bool take_equal(const struct result *expected, const struct result_list *got, unsigned first, unsigned end,
                       bool *taken)
{
    for (unsigned i = first; i < end; i++)
        if (!taken[i] && same_record(expected, &got->items[i]))
            return taken[i] = true;
    return false;
}

bool same_results(const struct result_list *expected, const struct result_list *got)
{
    struct pool pool = { 0 };
    bool *taken = take(&pool, expected->count + 1), same = expected->count == got->count;
    for (unsigned first = 0, end; same && first < expected->count; first = end) {
        for (end = first + 1; expected->ties && end < expected->count && expected->ties[end] == expected->ties[first];)
            end++;
        for (unsigned i = first; same && i < end; i++)
            same = take_equal(&expected->items[i], got, first, end, taken);
    }
    pool_free(&pool);
    return same;
}
