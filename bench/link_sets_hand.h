/* link_sets_hand: what is left to the database: how the links of a user are set. */
#ifndef BENCH_LINK_SETS_HAND_H
#define BENCH_LINK_SETS_HAND_H

#include "hand_rows.h"
#include "link_sets.h"

struct setting; /* the statements */

struct setting *setting_new(void *db);
/* Sets the links of a user, whose projects and hours are given, in a transaction; adds the join rows to the run. */
void setting_run(struct setting *s, int32_t user, const int32_t projects[LINKS_EACH], const int32_t hours[LINKS_EACH],
                 struct bench_run *run);
void setting_free(struct setting *s);

static inline void setting_found(struct bench_run *run, int64_t user, int64_t project, int64_t hours)
{
    run->checksum += membership_digest(user, project, hours);
    run->rows++;
}

#endif
