#include "links_touch.h"

#include "models.h"

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
static void touch(const kith_list *users, struct bench_run *run)
{
    struct slots user = slots_of(users, "name", "age");
    struct slots project = slots_of(kith_many(users->at[0], "projects"), "title", "budget");
    int hours = kith_link_slot(kith_many(users->at[0], "projects"), "hours");
    for (size_t i = 0; i < users->count; i++) {
        const kith_list *projects = kith_many(users->at[i], "projects");
        uint64_t digest = record_digest(users->at[i], user) + projects_digest(projects, project, hours);
        run->checksum = bench_chain(run->checksum, digest);
        run->rows += 1 + (int64_t)projects->count;
    }
}

struct with_kith links_open(const char *url)
{
    return with_kith_open(url, KITH_MODELS(&user_model, &project_model, &membership_model));
}

void links_touch(kith_session *s, size_t limit, size_t offset, struct bench_run *run)
{
    kith_query query = {
        .order = KITH_ORDER({ .path = "id" }),
        .include = KITH_INCLUDE({ .as = "projects", .through.attributes = KITH_NAMES("hours") }),
        .limit = limit,
        .offset = offset,
    };
    const kith_list *users = kith_find(s, &user_model, &query);
    with_kith_check(s);
    if (users->count == 0)
        bench_die("links", "no users");
    touch(users, run);
    with_kith_check(s);
}
