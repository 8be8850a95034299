/* page_links by Kith: kith_find with limit, offset and an include. What it gave is freed before the next one, as in a
 * server that answers one request after the other. */
#include "links_touch.h"
#include "page_links.h"

static void load_pages(const char *url, struct bench_run *run)
{
    struct with_kith k = links_open(url);
    bench_start(run);
    for (int i = 0; i < PAGE_TIMES; i++) {
        links_touch(k.s, PAGE_USERS, PAGE_OFFSET, run);
        kith_session_release_all(k.s);
    }
    bench_stop(run);
    with_kith_close(&k);
}

const struct bench_mode bench_modes[] = { { "run", load_pages }, { 0 } };
