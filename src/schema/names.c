/* names: English inflection and the spelling of names.
 *
 * Promises to try, for the last word of a name: the tables of words.c, then rules by ending, first match first. Does
 * not know which irregular words there are, and nothing about models. */
#include "schema/names.h"

#include <inttypes.h>

#include "base/arena.h"
#include "schema/words.h"

/* ---- letters and words --------------------------------------------------------------------------------------- */

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_separator(char c)
{
    return c == '_' || c == '-' || c == ' ';
}

static char to_upper(char c)
{
    return (char)(is_lower(c) ? c - 'a' + 'A' : c);
}

static char to_lower(char c)
{
    return (char)(is_upper(c) ? c - 'A' + 'a' : c);
}

/* Does a word begin at the capital text[i], which has text[i - 1] before it? "userId", "level2Map", "éA": yes. In
 * "HTTPServer" one begins at S; but "userIDs" and "APIsUsed" have no word that begins at D or I. */
static bool capital_begins_word(const char *text, size_t i)
{
    if (!is_upper(text[i]) || is_separator(text[i - 1]))
        return false;
    if (!is_upper(text[i - 1]))
        return true;
    bool plural_of_capitals = text[i + 1] == 's' && !is_lower(text[i + 2]);
    return is_lower(text[i + 1]) && !plural_of_capitals;
}

static size_t last_word(const char *text, size_t size)
{
    for (size_t i = size; i > 0; i--)
        if (is_separator(text[i - 1]) || capital_begins_word(text, i))
            return i;
    return 0;
}

/* A single capital says nothing: "PlanB" becomes "PlanBs". */
static bool all_capitals(const char *word, size_t size)
{
    size_t capitals = 0;
    for (size_t i = 0; i < size; i++) {
        if (is_lower(word[i]))
            return false;
        capitals += is_upper(word[i]);
    }
    return capitals > 1;
}

/* ---- inflection ---------------------------------------------------------------------------------------------- */

/* A change to a word: keep its first `keep` bytes, then write `add`. */
struct change {
    size_t keep;
    const char *add;
};

/* A word longer than `end` that ends so loses `cut` bytes and gets `add`. */
struct rule {
    const char *end;
    size_t cut;
    const char *add;
};

static const struct rule plural_rules[] = {
    { "man", 2, "en" },   { "person", 4, "ople" }, { "child", 0, "ren" }, { "wife", 2, "ves" }, { "shelf", 1, "ves" },
    { "self", 1, "ves" }, { "knife", 2, "ves" },   { "quy", 1, "ies" },   { "ay", 0, "s" },     { "ey", 0, "s" },
    { "oy", 0, "s" },     { "uy", 0, "s" },        { "y", 1, "ies" },     { "sis", 2, "es" },   { "ch", 0, "es" },
    { "sh", 0, "es" },    { "s", 0, "es" },        { "x", 0, "es" },      { "z", 0, "es" },
};

static const struct rule singular_rules[] = {
    { "men", 2, "an" },   { "people", 4, "rson" }, { "children", 3, "" }, { "wives", 3, "fe" }, { "shelves", 3, "f" },
    { "selves", 3, "f" }, { "knives", 3, "fe" },   { "eaus", 1, "" },     { "ss", 0, "" },      { "us", 0, "" },
    { "is", 0, "" },      { "itises", 2, "" },     { "polises", 2, "" },  { "yses", 2, "is" },  { "eeses", 1, "" },
    { "eses", 2, "is" },  { "ies", 3, "y" },       { "sses", 2, "" },     { "ouses", 1, "" },   { "auses", 1, "" },
    { "uses", 2, "" },    { "ches", 2, "" },       { "shes", 2, "" },     { "xes", 2, "" },     { "tzes", 2, "" },
    { "zzes", 2, "" },    { "s", 1, "" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool ends_with(const char *word, size_t size, const char *end)
{
    size_t end_size = strlen(end);
    if (size <= end_size)
        return false;
    for (size_t i = 0; i < end_size; i++)
        if (to_lower(word[size - end_size + i]) != end[i])
            return false;
    return true;
}

static const struct rule *find_rule(const struct rule *rules, size_t count, const char *word, size_t size)
{
    for (size_t i = 0; i < count; i++)
        if (ends_with(word, size, rules[i].end))
            return &rules[i];
    return NULL;
}

static struct change unchanged(size_t size)
{
    return (struct change){ size, "" };
}

/* Keeps what the two words have in common, and with it the letter case as it was written. */
static struct change replace_word(const char *word, size_t size, const char *other)
{
    size_t same = 0;
    while (same < size && other[same] && to_lower(word[same]) == other[same])
        same++;
    return (struct change){ same, other + same };
}

/* The singular rule for a word that is in no table; NULL when it is singular as it stands. Two letters ("os", "is") are
 * too few to tell. */
static const struct rule *plural_ending(const char *word, size_t size)
{
    const struct rule *rule = size > 2 ? find_rule(singular_rules, COUNT(singular_rules), word, size) : NULL;
    return rule && rule->cut > 0 ? rule : NULL;
}

static struct change to_plural(const char *word, size_t size)
{
    if (size == 0 || kith__word_listed(&kith__uncountables, word, size))
        return unchanged(size);
    const char *plural = kith__word_other(&kith__plurals, word, size);
    if (plural)
        return replace_word(word, size, plural);
    if (kith__word_other(&kith__singulars, word, size) || plural_ending(word, size))
        return unchanged(size);
    const struct rule *rule = find_rule(plural_rules, COUNT(plural_rules), word, size);
    return rule ? (struct change){ size - rule->cut, rule->add } : (struct change){ size, "s" };
}

static struct change to_singular(const char *word, size_t size)
{
    if (kith__word_listed(&kith__uncountables, word, size) || kith__word_other(&kith__plurals, word, size))
        return unchanged(size);
    const char *singular = kith__word_other(&kith__singulars, word, size);
    if (singular)
        return replace_word(word, size, singular);
    const struct rule *rule = plural_ending(word, size);
    return rule ? (struct change){ size - rule->cut, rule->add } : unchanged(size);
}

static const char *inflect(struct kith_arena *arena, const char *noun, struct change (*to_other)(const char *, size_t))
{
    size_t size = strlen(noun);
    size_t start = last_word(noun, size);
    struct change change = to_other(noun + start, size - start);
    size_t kept = start + change.keep, added = strlen(change.add);
    if (kept == size && added == 0)
        return noun;
    char *made = arena_take(arena, kept + added + 1);
    if (!made)
        return NULL;
    memcpy(made, noun, kept);
    bool capitals = all_capitals(noun + start, size - start);
    for (size_t i = 0; i < added; i++)
        made[kept + i] = capitals ? to_upper(change.add[i]) : change.add[i];
    made[kept + added] = '\0';
    return made;
}

const char *kith__pluralize(struct kith_arena *arena, const char *noun)
{
    return inflect(arena, noun, to_plural);
}

const char *kith__singularize(struct kith_arena *arena, const char *noun)
{
    return inflect(arena, noun, to_singular);
}

/* ---- spelling ------------------------------------------------------------------------------------------------ */

/* Writes text at `to` without separators, the letter after one as a capital; `to` may be text. Returns the size. */
static size_t join_words(char *to, const char *text)
{
    size_t size = 0;
    bool capital = false;
    for (; *text; text++) {
        if (is_separator(*text)) {
            capital = size > 0;
            continue;
        }
        to[size++] = capital ? to_upper(*text) : *text;
        capital = false;
    }
    to[size] = '\0';
    return size;
}

const char *kith__camelize(struct kith_arena *arena, const char *text)
{
    /* A name of separators alone stays: an empty one would be worse. */
    if (text[strcspn(text, "_- ")] == '\0' || text[strspn(text, "_- ")] == '\0')
        return text;
    char *made = arena_take(arena, strlen(text) + 1);
    if (made)
        join_words(made, text);
    return made;
}

const char *kith__key_name(struct kith_arena *arena, const char *owner_singular, const char *key)
{
    char *both = kith__arena_format(arena, "%s_%s", owner_singular, key);
    if (both)
        join_words(both, both);
    return both;
}

const char *kith__snake_case(struct kith_arena *arena, const char *text)
{
    char *made = arena_take(arena, 2 * strlen(text) + 1);
    if (!made)
        return NULL;
    size_t size = 0;
    for (size_t i = 0; text[i]; i++) {
        if (i > 0 && capital_begins_word(text, i))
            made[size++] = '_';
        made[size++] = is_separator(text[i]) ? '_' : to_lower(text[i]);
    }
    made[size] = '\0';
    return made;
}

/* FNV-1a, written out here because names of constraints must stay what they are when other hashes change. */
static uint32_t name_hash(const char *name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return (uint32_t)(hash ^ hash >> 32);
}

enum { HASH_TEXT = 9 }; /* '_' and 8 digits */

const char *kith__short_name(struct kith_arena *arena, const char *name, unsigned limit)
{
    if (strlen(name) <= limit)
        return name;
    int keep = limit > HASH_TEXT ? (int)(limit - HASH_TEXT) : 0;
    while (keep > 0 && ((unsigned char)name[keep] & 0xC0) == 0x80)
        keep--;
    return kith__arena_format(arena, "%.*s_%08" PRIx32, keep, name, name_hash(name));
}
