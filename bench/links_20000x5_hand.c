/* links_20000x5 by hand: the part that is the same on every database: one statement for the users, one for all links
 * with their projects. Variants: `ordered` asks for the links in the order of the users; `shared` decodes each project
 * once. */
#include "links_20000x5_hand.h"

#include <stdlib.h>

static void prepare(const char *url, struct bench_run *run)
{
    links_fill(url);
    links_expect(run);
}

/* ---- for each row ------------------------------------------------------------------------------------------------- */

struct user *links_add_user(struct loaded *all)
{
    all->users = hand_grow(all->users, all->user_count, &all->user_room, sizeof *all->users);
    struct user *u = &all->users[all->user_count++];
    u->first_link = u->last_link = 0;
    return u;
}

static struct project **place_of_project(struct loaded *all, size_t id)
{
    while (id >= all->project_room) {
        size_t old = all->project_room;
        all->project_at = hand_grow(all->project_at, old, &all->project_room, sizeof *all->project_at);
        memset(all->project_at + old, 0, (all->project_room - old) * sizeof *all->project_at);
    }
    return &all->project_at[id];
}

struct project *links_project(struct loaded *all, int64_t id, bool *known)
{
    struct project **place = all->shared ? place_of_project(all, (size_t)id) : NULL;
    *known = place && *place;
    if (*known)
        return *place;
    struct project *p = hand_take(&all->projects, sizeof *p);
    p->id = id;
    if (place)
        *place = p;
    return p;
}

struct link *links_add_link(struct loaded *all, int64_t user_id)
{
    struct user *u = &all->users[all->user_at[user_id]];
    all->links = hand_grow(all->links, all->link_count, &all->link_room, sizeof *all->links);
    struct link *link = &all->links[all->link_count++];
    link->next = 0;
    if (u->last_link)
        all->links[u->last_link - 1].next = all->link_count;
    else
        u->first_link = all->link_count;
    u->last_link = all->link_count;
    return link;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

static void index_users(struct loaded *all)
{
    size_t room = all->user_count ? (size_t)all->users[all->user_count - 1].id + 1 : 1; /* they come in this order */
    all->user_at = calloc(room, sizeof *all->user_at);
    if (!all->user_at)
        bench_die("hand", "out of memory");
    for (size_t i = 0; i < all->user_count; i++)
        all->user_at[all->users[i].id] = i;
}

static uint64_t user_digest(const struct loaded *all, const struct user *u)
{
    uint64_t sum = named_digest(u->id, u->name, u->name_size, u->age);
    for (size_t at = u->first_link; at; at = all->links[at - 1].next) {
        const struct link *link = &all->links[at - 1];
        const struct project *p = link->project;
        sum += link_digest(named_digest(p->id, p->title, p->title_size, p->budget), link->hours);
    }
    return sum;
}

static void free_loaded(struct loaded *all)
{
    free(all->users);
    free(all->user_at);
    free(all->links);
    free(all->project_at);
    hand_arena_free(&all->texts);
    hand_arena_free(&all->projects);
}

static void load_and_touch(const char *url, struct bench_run *run, struct loaded all)
{
    void *db = hand_open(url);
    bench_start(run);
    links_load_users(db, &all);
    index_users(&all);
    links_load_links(db, &all);
    for (size_t i = 0; i < all.user_count; i++)
        run->checksum = bench_chain(run->checksum, user_digest(&all, &all.users[i]));
    bench_stop(run);
    run->rows = (int64_t)(all.user_count + all.link_count);
    free_loaded(&all);
    hand_close(db);
}

static void plain(const char *url, struct bench_run *run)
{
    load_and_touch(url, run, (struct loaded){ 0 });
}

static void ordered(const char *url, struct bench_run *run)
{
    load_and_touch(url, run, (struct loaded){ .ordered = true });
}

static void shared(const char *url, struct bench_run *run)
{
    load_and_touch(url, run, (struct loaded){ .shared = true });
}

const struct bench_mode bench_modes[] = {
    { "prepare", prepare }, { "run", plain }, { "ordered", ordered }, { "shared", shared }, { 0 },
};
