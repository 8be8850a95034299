/* link_sets by hand: the part that is the same on every database. */
#include "link_sets_hand.h"

#include "links_check.h"
#include "links_tables.h"

static void prepare(const char *url, struct bench_run *run)
{
    links_fill(url, LINKS_EACH, 1);
    links_expect_memberships(run, LINK_SETS_FIRST);
}

static void set(struct setting *s, int32_t user, struct bench_run *run)
{
    int32_t projects[LINKS_EACH], hours[LINKS_EACH];
    for (int i = 0; i < LINKS_EACH; i++) {
        struct membership m = membership_made(user, LINK_SETS_FIRST + i);
        projects[i] = (int32_t)m.project_id;
        hours[i] = m.hours;
    }
    setting_run(s, user, projects, hours, run);
}

static void set_all(const char *url, struct bench_run *run)
{
    void *db = hand_open(url);
    bench_start(run);
    struct setting *s = setting_new(db);
    for (int32_t user = 1; user <= LINKS_USERS; user++)
        set(s, user, run);
    bench_stop(run);
    setting_free(s);
    hand_close(db);
}

const struct bench_mode bench_modes[] = {
    { "prepare", prepare }, { "run", set_all }, { "check", links_check_memberships }, { 0 }
};
