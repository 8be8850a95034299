#include "links_loaded.h"

#include <stdlib.h>

/* ---- users -------------------------------------------------------------------------------------------------------- */

static void index_users(struct loaded *all)
{
    if (all->user_count == 0)
        return;
    hand_places_fit(&all->user_at, all->users[0].id, all->users[all->user_count - 1].id);
    for (size_t i = 0; i < all->user_count; i++)
        *hand_place(&all->user_at, all->users[i].id) = i;
}

void loaded_take_users(struct loaded *all, struct hand_rows *rows)
{
    while (hand_rows_next(rows)) {
        all->users = hand_grow(all->users, all->user_count, &all->user_room, sizeof *all->users);
        struct user *u = &all->users[all->user_count++];
        u->id = hand_rows_int(rows, 0);
        u->name = hand_rows_text(rows, 1, &all->texts, &u->name_size);
        u->age = hand_rows_int(rows, 2);
        u->first_link = u->last_link = 0;
    }
    index_users(all);
}

/* ---- links -------------------------------------------------------------------------------------------------------- */

static struct project **place_of_project(struct loaded *all, size_t id)
{
    while (id >= all->project_room) {
        size_t old = all->project_room;
        all->project_at = hand_grow(all->project_at, old, &all->project_room, sizeof *all->project_at);
        memset(all->project_at + old, 0, (all->project_room - old) * sizeof *all->project_at);
    }
    return &all->project_at[id];
}

static const struct project *take_project(struct loaded *all, struct hand_rows *rows)
{
    int64_t id = hand_rows_int(rows, 2);
    struct project **place = all->shared ? place_of_project(all, (size_t)id) : NULL;
    if (place && *place)
        return *place;
    struct project *p = hand_take(&all->projects, sizeof *p);
    p->id = id;
    p->title = hand_rows_text(rows, 3, &all->texts, &p->title_size);
    p->budget = hand_rows_long(rows, 4);
    if (place)
        *place = p;
    return p;
}

static struct link *add_link(struct loaded *all, int64_t user_id)
{
    struct user *u = &all->users[*hand_place(&all->user_at, user_id)];
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

void loaded_take_links(struct loaded *all, struct hand_rows *rows)
{
    while (hand_rows_next(rows)) {
        struct link *link = add_link(all, hand_rows_int(rows, 0));
        link->hours = hand_rows_int(rows, 1);
        link->project = take_project(all, rows);
    }
}

/* ---- all ---------------------------------------------------------------------------------------------------------- */

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

void loaded_touch(const struct loaded *all, struct bench_run *run)
{
    for (size_t i = 0; i < all->user_count; i++)
        run->checksum = bench_chain(run->checksum, user_digest(all, &all->users[i]));
    run->rows += (int64_t)(all->user_count + all->link_count);
}

void loaded_reset(struct loaded *all)
{
    all->user_count = all->link_count = 0;
    hand_arena_reset(&all->texts);
    hand_arena_reset(&all->projects);
}

void loaded_free(struct loaded *all)
{
    free(all->users);
    free(all->user_at.at);
    free(all->links);
    free(all->project_at);
    hand_arena_free(&all->texts);
    hand_arena_free(&all->projects);
}
