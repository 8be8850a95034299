/* link_adds by Kith: kith_add with a value for the join row, between kith_begin and kith_commit. The users were found
 * before. */
#include "link_adds.h"
#include "models.h"
#include "with_kith.h"

static bool add(kith_session *s, const kith_list *users, struct bench_run *run)
{
    struct membership m = link_adds_next(run);
    kith_list *links = kith_add(s, users->at[m.user_id - 1], "projects", KITH_REFS({ .key = KITH_V(m.project_id) }),
                                &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("hours", m.hours)) });
    if (!links)
        return false;
    const kith_record *r = links->at[0];
    run->checksum += membership_digest(kith_int(r, "userId"), kith_int(r, "projectId"), kith_int(r, "hours"));
    run->rows++;
    kith_release(links);
    return true;
}

static void add_all(const char *url, struct bench_run *run)
{
    struct with_kith k = with_kith_open(url, KITH_MODELS(&user_model, &project_model, &membership_model));
    const kith_list *users = kith_find(k.s, &user_model, &(kith_query){ .order = KITH_ORDER({ .path = "id" }) });
    with_kith_check(k.s);
    bench_start(run);
    kith_begin(k.s);
    while (run->rows < LINK_ADDS && add(k.s, users, run)) {
    }
    kith_commit(k.s);
    with_kith_check(k.s);
    bench_stop(run);
    with_kith_close(&k);
}

const struct bench_mode bench_modes[] = { { "run", add_all }, { 0 } };
