/* links by Kith: one kith_find with an include through the join table. */
#include "links_touch.h"

static void load_and_touch(const char *url, struct bench_run *run)
{
    struct with_kith k = links_open(url);
    bench_start(run);
    links_touch(k.s, 0, 0, run);
    bench_stop(run);
    with_kith_close(&k);
}

const struct bench_mode bench_modes[] = { { "run", load_and_touch }, { 0 } };
