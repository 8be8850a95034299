/* watch: what a session tells of the statements it sends. They are counted where they run (load/run.c). */
#include "kith/watch.h"

#include "orm/session.h"

uint64_t kith_statements(const kith_session *s)
{
    return s ? s->count.sent : 0;
}

void kith_budget(kith_session *s, uint64_t most)
{
    if (!s)
        return;
    s->count.sent_before = s->count.sent;
    s->count.most = most;
}
