/* link_sets by Kith: kith_set, with a value for each join row. The users were found before. */
#include "link_sets.h"
#include "models.h"
#include "with_kith.h"

static bool set(kith_session *s, kith_record *user, int64_t user_id, struct bench_run *run)
{
    kith_field hours[LINKS_EACH][2];
    kith_ref refs[LINKS_EACH + 1];
    for (int i = 0; i < LINKS_EACH; i++) {
        struct membership m = membership_made(user_id, LINK_SETS_FIRST + i);
        memcpy(hours[i], KITH_FIELDS(KITH_F("hours", m.hours)), sizeof hours[i]);
        refs[i] = (kith_ref){ .key = KITH_V(m.project_id), .through = hours[i] };
    }
    memcpy(&refs[LINKS_EACH], KITH_NO_REFS, sizeof *refs);
    kith_list *links = kith_set(s, user, "projects", refs, NULL);
    for (size_t i = 0; links && i < links->count; i++, run->rows++) {
        const kith_record *r = links->at[i];
        run->checksum += membership_digest(kith_int(r, "userId"), kith_int(r, "projectId"), kith_int(r, "hours"));
    }
    kith_release(links);
    return links != NULL;
}

static void set_all(const char *url, struct bench_run *run)
{
    struct with_kith k = with_kith_open(url, KITH_MODELS(&user_model, &project_model, &membership_model));
    const kith_list *users = kith_find(k.s, &user_model, &(kith_query){ .order = KITH_ORDER({ .path = "id" }) });
    with_kith_check(k.s);
    bench_start(run);
    for (size_t i = 0; i < users->count && set(k.s, users->at[i], (int64_t)i + 1, run); i++) {
    }
    with_kith_check(k.s);
    bench_stop(run);
    with_kith_close(&k);
}

const struct bench_mode bench_modes[] = { { "run", set_all }, { 0 } };
