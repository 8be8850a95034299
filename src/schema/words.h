/* words: the English words whose plural does not follow the rules.
 *
 * Promises sorted tables of lower-case words. Does not know the rules (names.c does), nor what a model is. */
#ifndef KITH_SCHEMA_WORDS_H
#define KITH_SCHEMA_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct word_pair {
    const char *word, *other;
};

struct word_table {
    const struct word_pair *pairs; /* sorted by word */
    size_t count;
};

struct word_list {
    const char *const *words; /* sorted */
    size_t count;
};

extern const struct word_table kith__plurals;     /* singular to plural */
extern const struct word_table kith__singulars;   /* plural to singular; also second plurals such as "indices" */
extern const struct word_list kith__uncountables; /* one form for both */

/* A word is its first `size` bytes; letter case does not count. */
const char *kith__word_other(const struct word_table *table, const char *word, size_t size); /* NULL: not there */
bool kith__word_listed(const struct word_list *list, const char *word, size_t size);

#endif
