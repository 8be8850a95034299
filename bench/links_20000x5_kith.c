/* links_20000x5 by Kith: one kith_find with an include through the join table, and the values of each record by their
 * slots. */
#include "links_20000x5.h"
#include "models.h"
#include "with_kith.h"

struct slots {
    int id, name, number;
};

static struct slots slots_of(const kith_list *list, const char *name, const char *number)
{
    return (struct slots){ kith_slot(list, "id"), kith_slot(list, name), kith_slot(list, number) };
}

static uint64_t record_digest(const kith_record *r, struct slots at)
{
    const kith_value *v = kith_values(r);
    return named_digest(v[at.id].as.integer, v[at.name].as.str, v[at.name].size, v[at.number].as.integer);
}

static uint64_t projects_digest(const kith_list *projects, struct slots at, int hours)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < projects->count; i++)
        sum += link_digest(record_digest(projects->at[i], at), kith_values(projects->links[i])[hours].as.integer);
    return sum;
}

/* Every user has projects, so the first user's list says where the values of all projects lie. */
static uint64_t touch(kith_session *s, const kith_list *users, int64_t *rows)
{
    uint64_t sum = 0;
    struct slots user = slots_of(users, "name", "age");
    struct slots project = slots_of(kith_many(users->at[0], "projects"), "title", "budget");
    int hours = kith_link_slot(kith_many(users->at[0], "projects"), "hours");
    with_kith_check(s);
    for (size_t i = 0; i < users->count; i++) {
        const kith_list *projects = kith_many(users->at[i], "projects");
        sum = bench_chain(sum, record_digest(users->at[i], user) + projects_digest(projects, project, hours));
        *rows += 1 + (int64_t)projects->count;
    }
    return sum;
}

static void load_and_touch(const char *url, struct bench_run *run)
{
    struct with_kith k = with_kith_open(url, KITH_MODELS(&user_model, &project_model, &membership_model));
    bench_start(run);
    kith_query query = {
        .order = KITH_ORDER({ .path = "id" }),
        .include = KITH_INCLUDE({ .as = "projects", .through.attributes = KITH_NAMES("hours") }),
    };
    kith_list *users = kith_find(k.s, &user_model, &query);
    with_kith_check(k.s);
    if (users->count == 0)
        bench_die(url, "no users");
    run->checksum = touch(k.s, users, &run->rows);
    with_kith_check(k.s);
    bench_stop(run);
    with_kith_close(&k);
}

const struct bench_mode bench_modes[] = { { "run", load_and_touch }, { 0 } };
