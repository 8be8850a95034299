/* page: see page.h. */
#include "load/page.h"

#include "base/error.h"
#include "base/str.h"
#include "base/value.h"

/* ---- what a page goes by ---- */

static bool take_orders(struct load *l, struct page *page)
{
    for (const struct sql_order *o = page->orders; o; o = o->next, page->width++)
        if (!kith__page_type(o->expr))
            return kith__error_set(l->err, KITH_E_UNSUPPORTED,
                                   "pages cannot go by order %u, whose type is not known; see .offset",
                                   page->width + 1);
    return true;
}

/* Of the orders' text, with the values in it. Models differ in their tables. */
static bool take_fingerprint(struct load *l, const struct plan *plan, struct page *page)
{
    struct renderer *r = &l->renderer;
    kith__render_clear(r);
    kith__render_name(r, plan->nodes[0].model->table);
    kith__render_orders(r, page->orders);
    uint32_t hash = r->text.failed || r->failed ? 0 : kith__hash(r->text.text, r->text.size);
    for (size_t i = 0; i < r->param_count; i++)
        hash = hash * 31 + kith__values_hash(&r->params[i].value, 1);
    page->fingerprint = hash;
    bool good = !r->text.failed && !r->failed && !l->scratch.failed;
    kith__render_clear(r);
    return good || kith__load_no_memory(l);
}

bool kith__page_begin(struct load *l, struct plan *plan, const char *option, const char *text)
{
    struct page *page = plan->page;
    if (!kith__root_orders(l, plan, &page->orders) || !take_orders(l, page) || !take_fingerprint(l, plan, page))
        return false;
    if (!text)
        return true;
    kith_value *at = ARENA_ARRAY(&l->scratch, page->width, kith_value);
    if (!at)
        return kith__load_no_memory(l);
    page->at = at;
    return kith__cursor_read(l, page, option, text, at);
}

/* ---- the statement ---- */

/* Nodes are linked into what they stand in, so each place needs one of its own. */
static struct sql_expr *again(struct load *l, const struct sql_expr *e)
{
    struct sql_expr *copy = ARENA_NEW(&l->scratch, struct sql_expr);
    if (copy) {
        *copy = *e;
        copy->next = NULL;
    }
    return copy;
}

/* A condition bears values that could not be stored. */
static struct sql_expr *compared(struct load *l, enum sql_op op, const struct sql_order *o, const kith_value *v)
{
    int type = kith__page_type(o->expr);
    if (type == KITH_T_INTEGER)
        type = KITH_T_BIGINT;
    else if (type == KITH_T_STRING)
        type = KITH_T_TEXT;
    return kith__sql_binary(&l->scratch, op, again(l, o->expr), kith__sql_bind(&l->scratch, *v, type));
}

static struct sql_expr *is_null(struct load *l, enum sql_op op, const struct sql_order *o)
{
    return kith__sql_unary(&l->scratch, op, again(l, o->expr));
}

static struct sql_expr *same(struct load *l, const struct sql_order *o, const kith_value *v)
{
    return v->kind == KITH_NULL ? is_null(l, SQL_IS_NULL, o) : compared(l, SQL_EQ, o, v);
}

/* It comes later in this order than v does; NULL when nothing can. NULL comes before every value. */
static struct sql_expr *later(struct load *l, const struct sql_order *o, const kith_value *v)
{
    if (v->kind == KITH_NULL)
        return o->desc ? NULL : is_null(l, SQL_IS_NOT_NULL, o);
    if (!o->desc)
        return compared(l, SQL_GT, o, v);
    struct sql_expr *less = compared(l, SQL_LT, o, v);
    return o->nullable ? kith__sql_binary(&l->scratch, SQL_OR, less, is_null(l, SQL_IS_NULL, o)) : less;
}

/* later(o1) OR same(o1) AND (later(o2) OR same(o2) AND (…)); NULL when no row can come later. */
static struct sql_expr *behind(struct load *l, const struct sql_order *o, const kith_value *v)
{
    struct sql_expr *now = later(l, o, v), *then = o->next ? behind(l, o->next, v + 1) : NULL;
    if (then)
        then = kith__sql_and(&l->scratch, same(l, o, v), then);
    return now && then ? kith__sql_binary(&l->scratch, SQL_OR, now, then) : now ? now : then;
}

/* Said apart, so that an index of the first order finds where to begin. */
static struct sql_expr *not_before(struct load *l, const struct sql_order *o, const kith_value *v)
{
    if (!o->next || o->expr->op != SQL_COLUMN || v->kind == KITH_NULL || (o->desc && o->nullable))
        return NULL;
    return compared(l, o->desc ? SQL_LTE : SQL_GTE, o, v);
}

static struct sql_expr *condition(struct load *l, const struct sql_order *o, const kith_value *at)
{
    struct sql_expr *rest = behind(l, o, at);
    if (!rest)
        rest = kith__sql_text(&l->scratch, "1 = 0");
    return kith__sql_and(&l->scratch, not_before(l, o, at), rest);
}

bool kith__page_select(struct load *l, struct page *page, struct sql_select *s, unsigned columns)
{
    page->first_column = columns;
    for (struct sql_order *o = l->scratch.failed ? NULL : s->order; o; o = o->next) {
        kith__sql_item(&l->scratch, &s->items, again(l, o->expr), NULL);
        o->desc ^= page->backwards;
    }
    if (page->at && s->order && !l->scratch.failed)
        s->where = kith__sql_and(&l->scratch, s->where, condition(l, s->order, page->at));
    return !l->scratch.failed || kith__load_no_memory(l);
}

/* ---- the rows ---- */

static void turn(void **items, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        void *item = items[i];
        items[i] = items[count - 1 - i];
        items[count - 1 - i] = item;
    }
}

void kith__page_cut(struct page *page, struct plan_node *root, struct rows *rows)
{
    page->more = rows->count > page->size;
    if (page->more) {
        rows->count--;
        rows->targets.count--;
        root->records.count -= root->has_separate_children;
    }
    page->count = rows->count;
    if (page->backwards)
        turn(rows->targets.items, rows->count);
}

const char *kith__page_cursor(struct load *l, const struct page *page, bool last)
{
    size_t row = last != page->backwards ? page->count - 1 : 0;
    struct buf text;
    const char *kept = NULL;
    kith__buf_init(&text, l->allocator);
    if (kith__cursor_write(&text, page, page->keys + row * page->width))
        kept = kith__arena_text_n(&l->result->arena, text.text, text.size);
    kith__buf_free(&text);
    if (!kept)
        kith__load_no_memory(l);
    return kept;
}
