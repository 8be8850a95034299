/* refer: which types a foreign key may have. What can be compared on every database may be followed by an association;
 * a constraint asks for more, as the strictest of them does. Knows pairs of attributes, not what leads from one to the
 * other. */
#include "base/str.h"
#include "schema/build.h"
#include "schema/coerce.h"

enum { LABELS_SHOWN = 100 }; /* bytes, so that a mistake with two long lists still says what would be right */

/* An ENUM may have no list at all, which is reported elsewhere. */
static bool same_labels(const kith_type *a, const kith_type *b)
{
    unsigned i = 0;
    if (!a->labels || !b->labels)
        return a->labels == b->labels;
    while (a->labels[i] && b->labels[i] && kith__equal(a->labels[i], b->labels[i]))
        i++;
    return !a->labels[i] && !b->labels[i];
}

static bool is_whole(const kith_type *type)
{
    return type->id == KITH_T_INTEGER || type->id == KITH_T_BIGINT;
}

static bool is_words(const kith_type *type)
{
    return type->id == KITH_T_STRING || type->id == KITH_T_TEXT;
}

/* Decimals are told apart by their text, which has all digits of its scale; labels may be a type of the database's. */
static bool can_compare(const kith_type *a, const kith_type *b)
{
    if (a->id == KITH_T_DECIMAL && b->id == KITH_T_DECIMAL)
        return a->scale == b->scale;
    if (a->id == KITH_T_ENUM && b->id == KITH_T_ENUM)
        return same_labels(a, b);
    return a->id == b->id || (is_whole(a) && is_whole(b)) || (is_words(a) && is_words(b));
}

/* MariaDB refuses a constraint between numbers of two sizes or signs. Of texts of two lengths the databases take any, but
 * then a shorter key cannot refer to every row. */
static const char *constraint_mistake(const kith_type *from, const kith_type *to)
{
    if (from->id == KITH_T_STRING && to->id == KITH_T_STRING)
        return from->size < to->size ? "longer values would not fit" : NULL;
    bool same = from->id == to->id && from->size == to->size && from->is_unsigned == to->is_unsigned;
    return same ? NULL : "a constraint needs the same type on both sides";
}

static void show_labels(struct buf *b, const char *const *labels)
{
    size_t end = b->size + LABELS_SHOWN;
    kith__buf_char(b, '(');
    for (unsigned i = 0; labels && labels[i]; i++) {
        kith__buf_add(b, i ? ", " : "");
        if (b->size > end) {
            kith__buf_add(b, "…");
            break;
        }
        kith__buf_json_string(b, labels[i], strlen(labels[i]));
    }
    kith__buf_char(b, ')');
}

static void show(struct buf *b, const kith_type *type)
{
    kith__show_type(b, type);
    kith__buf_add(b, type->is_unsigned ? " unsigned" : "");
    if (type->id == KITH_T_ENUM)
        show_labels(b, type->labels);
}

static bool mismatch(struct builder *b, const struct attr *from, const struct attr *to, const char *why)
{
    struct buf have, right;
    kith__buf_init(&have, b->schema->allocator);
    kith__buf_init(&right, b->schema->allocator);
    show(&have, &from->type);
    show(&right, &to->type);
    if (have.failed || right.failed)
        b->arena->failed = true;
    else
        kith__mistake(b, (const struct model_build *)from->model, from->name,
                      "is %s but refers to %s.%s, which is %s; %s: declare it %s", kith__buf_text(&have),
                      to->model->name, to->name, kith__buf_text(&right), why, kith__buf_text(&right));
    kith__buf_free(&have);
    kith__buf_free(&right);
    return false;
}

bool kith__build_comparable(struct builder *b, const struct attr *carried, const struct attr *key)
{
    return can_compare(&carried->type, &key->type) || mismatch(b, carried, key, "the two cannot be compared");
}

void kith__build_check_constraint(struct builder *b, const struct attr *from, const struct attr *to)
{
    const char *why = constraint_mistake(&from->type, &to->type);
    if (why)
        mismatch(b, from, to, why);
}
