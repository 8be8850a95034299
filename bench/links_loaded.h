/* links_loaded: users with their links, as they lie in memory when they are loaded by hand: users are found by their id,
 * and the links of each are chained through one array, so that the database need not order them. Knows no statement. */
#ifndef BENCH_LINKS_LOADED_H
#define BENCH_LINKS_LOADED_H

#include "hand_rows.h"
#include "links.h"

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
    struct user *users; /* in the order of their ids */
    size_t user_count, user_room;
    struct hand_places user_at;
    struct link *links;
    size_t link_count, link_room;
    struct project **project_at; /* by id, what was decoded already; only when shared */
    size_t project_room;
    bool shared;
    struct hand_arena texts, projects;
};

/* Rows of id, name, age, in the order of the ids; then rows of the user's id, hours, the project's id, title, budget, in
 * any order. Those of unknown users are not allowed. */
void loaded_take_users(struct loaded *all, struct hand_rows *rows);
void loaded_take_links(struct loaded *all, struct hand_rows *rows);

/* Adds them all to the run. */
void loaded_touch(const struct loaded *all, struct bench_run *run);
void loaded_reset(struct loaded *all); /* nothing is loaded; it keeps memory for what comes next */
void loaded_free(struct loaded *all);

#endif
