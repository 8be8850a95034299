/* checks: see checks.h. Nothing is written after compiling, so that threads share the checks: what a match needs is made
 * for each run. */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "schema/checks.h"

#include <inttypes.h>
#include <math.h>
#include <pcre2.h>
#include <stddef.h>
#include <string.h>

#include "base/decimal.h"
#include "base/error.h"
#include "base/utf8.h"
#include "schema/coerce.h"
#include "schema/show.h"

struct check {
    const kith_check *def;
    pcre2_code *code;                /* EMAIL and MATCH */
    const char *min_text, *max_text; /* the bounds of a DECIMAL; NULL: there is none */
};

struct checks {
    struct check *at;
    unsigned count;
    pcre2_match_context *limits; /* NULL when nothing is matched */
};

/* A pattern that needs more than this (in KiB) to go back over a long text is given up. */
enum { MATCH_HEAP_LIMIT = 64 * 1024 };

/* A valid e-mail address by the HTML Standard, section 4.10.5.1.5, "Email state (type=email)". Each label of the domain
 * has 1 to 63 characters, and hyphens only inside. */
#define ATEXT "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+"
#define LABEL "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
static const char email_pattern[] = "\\A" ATEXT "@" LABEL "(?:\\." LABEL ")*\\z";

/* ---- PCRE2's memory ------------------------------------------------------------------------------------------- */

/* PCRE2 does not say how large what it frees was, so the size is kept in front. */
union block {
    size_t size;
    max_align_t align;
};

static void *take_block(size_t size, void *allocator)
{
    if (size > SIZE_MAX - sizeof(union block))
        return NULL;
    union block *block = kith__alloc(allocator, sizeof *block + size);
    if (!block)
        return NULL;
    block->size = sizeof *block + size;
    return block + 1;
}

static void give_block_back(void *memory, void *allocator)
{
    if (!memory)
        return;
    union block *block = (union block *)memory - 1;
    kith__free(allocator, block, block->size);
}

/* ---- compiling ------------------------------------------------------------------------------------------------ */

struct compiler {
    int type;
    kith_arena *arena;
    const kith_allocator *allocator;
    pcre2_general_context *memory; /* NULL until a pattern needs it */
    struct checks *checks;
    unsigned number; /* of the check at hand, from 1 */
    kith_error *err;
};

static const char *const check_names[KITH_CHECK_COUNT_] = { "FUNCTION", "EMAIL", "LEN", "RANGE", "IN", "MATCH" };

static bool mistake(const struct compiler *c, const kith_check *def, const char *what)
{
    return kith__error_set(c->err, KITH_E_MODEL, "check %u (%s) %s", c->number, check_names[def->id], what);
}

static bool is_number_type(int type)
{
    return type == KITH_T_INTEGER || type == KITH_T_BIGINT || type == KITH_T_DOUBLE || type == KITH_T_DECIMAL;
}

static bool fits_type(int check, int type)
{
    int kind = kith__type_kind(type);
    switch (check) {
    case KITH_CHECK_LEN: return kind == KITH_STR || kind == KITH_BYTES;
    case KITH_CHECK_RANGE: return is_number_type(type);
    case KITH_CHECK_EMAIL:
    case KITH_CHECK_IN:
    case KITH_CHECK_MATCH: return kind == KITH_STR;
    default: return true;
    }
}

static const char *what_it_checks(int check)
{
    if (check == KITH_CHECK_LEN)
        return "text and bytes";
    return check == KITH_CHECK_RANGE ? "numbers" : "text";
}

static bool start_matching(struct compiler *c)
{
    if (c->memory)
        return true;
    c->memory = pcre2_general_context_create(take_block, give_block_back, (kith_allocator *)c->allocator);
    c->checks->limits = c->memory ? pcre2_match_context_create(c->memory) : NULL;
    if (!c->checks->limits)
        return kith__error_no_memory(c->err);
    pcre2_set_heap_limit(c->checks->limits, MATCH_HEAP_LIMIT);
    return true;
}

static bool compile_pattern(struct compiler *c, struct check *check, const char *pattern)
{
    if (!start_matching(c))
        return false;
    int code;
    size_t offset;
    pcre2_compile_context *context = pcre2_compile_context_create(c->memory);
    if (!context)
        return kith__error_no_memory(c->err);
    check->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &offset, context);
    pcre2_compile_context_free(context);
    if (check->code)
        return true;
    if (code == PCRE2_ERROR_HEAP_FAILED)
        return kith__error_no_memory(c->err);
    char why[160];
    pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
    return kith__error_set(c->err, KITH_E_MODEL, "check %u (MATCH) has the pattern /%s/, wrong at offset %zu: %s",
                           c->number, pattern, offset, why);
}

/* The bound as the digits that the program's author wrote, so that 0.1 is not a little more than 0.1. */
static bool bound_text(const struct compiler *c, double bound, const char **text)
{
    if (isinf(bound))
        return true;
    struct buf b;
    kith__buf_init(&b, c->allocator);
    kith__buf_double(&b, bound);
    *text = b.failed ? NULL : kith__arena_text_n(c->arena, b.text, b.size);
    kith__buf_free(&b);
    return *text || kith__error_no_memory(c->err);
}

static bool compile_bounds(const struct compiler *c, struct check *check)
{
    const kith_check *def = check->def;
    if (isnan(def->min) || isnan(def->max))
        return mistake(c, def, "has a bound that is not a number");
    if (def->min > def->max)
        return mistake(c, def, "has a minimum above its maximum, so that nothing passes");
    if (c->type != KITH_T_DECIMAL || def->id != KITH_CHECK_RANGE)
        return true;
    return bound_text(c, def->min, &check->min_text) && bound_text(c, def->max, &check->max_text);
}

static bool compile_check(struct compiler *c, struct check *check)
{
    const kith_check *def = check->def;
    if (def->id < 0 || def->id >= KITH_CHECK_COUNT_)
        return kith__error_set(c->err, KITH_E_MODEL, "check %u has the unknown id %d", c->number, def->id);
    if (!fits_type(def->id, c->type))
        return kith__error_set(c->err, KITH_E_MODEL, "check %u (%s) is for %s, not for %s", c->number,
                               check_names[def->id], what_it_checks(def->id), kith__type_name(c->type));
    switch (def->id) {
    case KITH_CHECK_FUNCTION: return def->check || mistake(c, def, "has no function");
    case KITH_CHECK_IN: return (def->list && def->list[0]) || mistake(c, def, "has no list of texts");
    case KITH_CHECK_MATCH:
        return def->pattern ? compile_pattern(c, check, def->pattern) : mistake(c, def, "has no pattern");
    case KITH_CHECK_EMAIL: return compile_pattern(c, check, email_pattern);
    default: return compile_bounds(c, check);
    }
}

static unsigned count_checks(const kith_check *list)
{
    unsigned count = 0;
    while (list && list[count].id != -1)
        count++;
    return count;
}

static bool compile_all(struct compiler *c, const kith_check *list, unsigned count)
{
    struct checks *checks = c->checks;
    for (; checks->count < count; checks->count++) {
        c->number = checks->count + 1;
        checks->at[checks->count].def = &list[checks->count];
        if (!compile_check(c, &checks->at[checks->count]))
            return false;
    }
    return true;
}

bool kith__checks_compile(const kith_check *list, int type, const kith_allocator *allocator, kith_arena *arena,
                          const struct checks **out, kith_error *err)
{
    unsigned count = count_checks(list);
    *out = NULL;
    if (count == 0)
        return true;
    struct compiler c = { .type = type, .arena = arena, .allocator = allocator, .err = err };
    c.checks = ARENA_NEW(arena, struct checks);
    if (!c.checks || !(c.checks->at = ARENA_ARRAY(arena, count, struct check)))
        return kith__error_no_memory(err);
    bool compiled = compile_all(&c, list, count);
    pcre2_general_context_free(c.memory); /* what was made with it has its own copy */
    if (compiled)
        *out = c.checks;
    else
        kith__checks_free(c.checks);
    return compiled;
}

void kith__checks_free(const struct checks *checks)
{
    if (!checks)
        return;
    for (unsigned i = 0; i < checks->count; i++)
        pcre2_code_free(checks->at[i].code);
    pcre2_match_context_free(checks->limits);
}

/* ---- running -------------------------------------------------------------------------------------------------- */

struct run {
    const struct attr *attr;
    const struct checks *checks;
    const kith_value *value;
    struct buf *report;
};

/* Begins a failure: "model.attribute: ". */
static void begin_failure(const struct run *r)
{
    if (r->report->size > 0)
        kith__buf_add(r->report, "; ");
    kith__buf_add(r->report, r->attr->model->name);
    kith__buf_char(r->report, '.');
    kith__buf_add(r->report, r->attr->name);
    kith__buf_add(r->report, ": ");
}

static void add_bounds(struct buf *b, const kith_check *def)
{
    if (isinf(def->max)) {
        kith__buf_add(b, "at least ");
        kith__buf_double(b, def->min);
        return;
    }
    if (isinf(def->min)) {
        kith__buf_add(b, "at most ");
    } else if (def->min < def->max) {
        kith__buf_double(b, def->min);
        kith__buf_add(b, " to ");
    }
    kith__buf_double(b, def->max);
}

static int64_t length_of(const kith_value *v)
{
    int64_t characters = v->kind == KITH_STR ? kith__utf8_count(v->as.str, v->size) : -1;
    return characters >= 0 ? characters : v->size;
}

static void add_length(struct buf *b, const kith_value *v)
{
    int64_t length = length_of(v);
    kith__buf_format(b, " has %" PRId64 " %s%s and must have ", length, v->kind == KITH_STR ? "character" : "byte",
                     length == 1 ? "" : "s");
}

static void say_what_failed(const struct run *r, const kith_check *def)
{
    struct buf *b = r->report;
    kith__show(b, r->value);
    switch (def->id) {
    case KITH_CHECK_EMAIL: kith__buf_add(b, " is not an e-mail address"); break;
    case KITH_CHECK_LEN:
        add_length(b, r->value);
        add_bounds(b, def);
        break;
    case KITH_CHECK_RANGE:
        kith__buf_add(b, " is out of range and must be ");
        add_bounds(b, def);
        break;
    case KITH_CHECK_IN:
        kith__buf_add(b, " is not one of ");
        kith__show_choices(b, def->list, r->value);
        break;
    case KITH_CHECK_MATCH: kith__buf_format(b, " does not match /%s/", def->pattern); break;
    default: kith__buf_add(b, " was refused by a check of the program"); break;
    }
}

static enum checks_result of_bool(bool passed)
{
    return passed ? CHECKS_PASS : CHECKS_FAIL;
}

static bool length_fits(const kith_check *def, const kith_value *v)
{
    double length = (double)length_of(v);
    return length >= def->min && length <= def->max;
}

/* Without making a double of n, which would lose its last digits. */
static bool integer_fits(int64_t n, double min, double max)
{
    static const double beyond = 9223372036854775808.0;
    bool above_min = min < -beyond || (min < beyond && n >= (int64_t)ceil(min));
    bool below_max = max >= beyond || (max >= -beyond && n <= (int64_t)floor(max));
    return above_min && below_max;
}

static bool decimal_fits(const struct check *check, const kith_value *v)
{
    const char *min = check->min_text, *max = check->max_text;
    return (!min || kith__decimal_compare(v->as.str, v->size, min, strlen(min)) >= 0) &&
           (!max || kith__decimal_compare(v->as.str, v->size, max, strlen(max)) <= 0);
}

static bool number_fits(const struct check *check, const kith_value *v)
{
    double min = check->def->min, max = check->def->max;
    if (v->kind == KITH_INT)
        return integer_fits(v->as.integer, min, max);
    if (v->kind == KITH_DOUBLE)
        return v->as.real >= min && v->as.real <= max;
    return decimal_fits(check, v);
}

static bool is_listed(const char *const *list, const kith_value *v)
{
    for (; *list; list++)
        if (strlen(*list) == v->size && memcmp(*list, v->as.str, v->size) == 0)
            return true;
    return false;
}

/* A match that cannot be decided (it took too much time or memory) is none. */
static enum checks_result run_match(const struct run *r, const pcre2_code *code)
{
    const kith_value *v = r->value;
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(code, NULL);
    if (!data)
        return CHECKS_NO_MEMORY;
    int found = pcre2_match(code, (PCRE2_SPTR)v->as.str, v->size, 0, 0, data, r->checks->limits);
    pcre2_match_data_free(data);
    return found == PCRE2_ERROR_NOMEMORY ? CHECKS_NO_MEMORY : of_bool(found >= 0);
}

/* The function is given text that ends with NUL, as all text that leaves the library does. */
static enum checks_result run_function(const struct run *r, const kith_check *def)
{
    if (r->value->kind != KITH_STR)
        return of_bool(def->check(r->value, def->ctx));
    struct buf text;
    kith__buf_init(&text, r->report->allocator);
    kith__buf_add_n(&text, r->value->as.str, r->value->size);
    enum checks_result result = CHECKS_NO_MEMORY;
    if (!text.failed) {
        kith_value ended = { .kind = KITH_STR, .size = r->value->size, .as.str = text.text };
        result = of_bool(def->check(&ended, def->ctx));
    }
    kith__buf_free(&text);
    return result;
}

static enum checks_result run_check(const struct run *r, const struct check *check)
{
    switch (check->def->id) {
    case KITH_CHECK_LEN: return of_bool(length_fits(check->def, r->value));
    case KITH_CHECK_RANGE: return of_bool(number_fits(check, r->value));
    case KITH_CHECK_IN: return of_bool(is_listed(check->def->list, r->value));
    case KITH_CHECK_FUNCTION: return run_function(r, check->def);
    default: return run_match(r, check->code);
    }
}

static void add_failure(const struct run *r, const kith_check *def)
{
    begin_failure(r);
    if (def->message)
        kith__buf_add(r->report, def->message);
    else
        say_what_failed(r, def);
}

static bool has_content(const kith_value *v)
{
    return v->kind != KITH_ABSENT && v->kind != KITH_NULL && v->kind != KITH_EXPRESSION;
}

enum checks_result kith__checks_run(const struct attr *attr, const kith_value *value, struct buf *report)
{
    struct run r = { attr, attr->checks, value, report };
    enum checks_result all = CHECKS_PASS;
    for (unsigned i = 0; has_content(value) && r.checks && i < r.checks->count; i++) {
        enum checks_result one = run_check(&r, &r.checks->at[i]);
        if (one == CHECKS_NO_MEMORY)
            return CHECKS_NO_MEMORY;
        if (one == CHECKS_PASS)
            continue;
        all = CHECKS_FAIL;
        add_failure(&r, r.checks->at[i].def);
    }
    return report->failed ? CHECKS_NO_MEMORY : all;
}
