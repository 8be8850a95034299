#include "with_kith.h"

#include <stdlib.h>

#include "bench.h"

static void *count(void *ctx, void *old, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    if (new_size == 0) {
        free(old);
        return NULL;
    }
    bench_own_mallocs++;
    return realloc(old, new_size);
}

static const kith_allocator counting = { .resize = count };

struct with_kith with_kith_open(const char *url, const kith_model *const *models)
{
    kith_error err;
    struct with_kith k = { .db = kith_open(url, &(kith_open_opts){ .models = models, .allocator = &counting }, &err) };
    if (!k.db)
        bench_die(url, err.message);
    k.s = kith_session_open(k.db);
    with_kith_check(k.s);
    return k;
}

void with_kith_check(kith_session *s)
{
    const kith_error *e = kith_error_of(s);
    if (e)
        bench_die(e->sql, e->message);
}

void with_kith_close(struct with_kith *k)
{
    kith_session_close(k->s);
    kith_close(k->db);
}
