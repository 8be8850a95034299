/* links_20000x5_hand: what links_20000x5 loads by hand, the same on every database: users are found by their id, and each user's
 * links are chained through one array, so that the database need not order them. */
#ifndef BENCH_LINKS_20000X5_HAND_H
#define BENCH_LINKS_20000X5_HAND_H

#include <stdbool.h>

#include "hand.h"
#include "links_20000x5.h"

struct project {
    int64_t id, budget;
    const char *title;
    uint32_t title_size;
};

struct link {
    const struct project *project;
    size_t next; /* place of the user's next link, plus one; 0: no more */
    int32_t hours;
};

struct user {
    int64_t id;
    const char *name;
    uint32_t name_size;
    int32_t age;
    size_t first_link, last_link; /* as next */
};

struct loaded {
    struct user *users;
    size_t user_count, user_room;
    size_t *user_at; /* a user's place by its id */
    struct link *links;
    size_t link_count, link_room;
    struct project **project_at; /* by id, what was decoded already; only when shared */
    size_t project_room;
    bool shared, ordered;
    struct hand_arena texts, projects;
};

/* In links_20000x5_<database>.c: makes the tables; loads the users in the order of their ids; loads the links with their
 * projects, in the order of the users when all->ordered. */
void links_fill(const char *url);
void links_load_users(void *db, struct loaded *all);
void links_load_links(void *db, struct loaded *all);

/* What the loading needs for each row. */
struct user *links_add_user(struct loaded *all);
struct link *links_add_link(struct loaded *all, int64_t user_id);
/* The project of a link: *known when it was decoded before, else it is to be filled in. */
struct project *links_project(struct loaded *all, int64_t id, bool *known);

#endif
