/* world: the database that every scenario of the fault tests begins with, and a look at what is stored in it.
 *
 * One file, made once with all kinds of models and associations and a few rows, is the pattern; a scenario works on a
 * copy. What is stored is read by SQLite alone, never by the library. One at a time: the paths are kept here. */
#ifndef TESTS_FAULT_WORLD_H
#define TESTS_FAULT_WORLD_H

#include <sqlite3.h>

#include "kith/kith.h"

struct friendship {
    kith_value since;
    int32_t level;
};
struct pug {
    const char *name;
    KITH_ARRAY(struct pug, struct friendship) friends;
    struct owner *owner;
};
struct owner {
    int64_t id;
    const char *name;
    KITH_ARRAY_OF(struct pug) pugs;
};

extern const kith_model owner_model, pug_model, friendship_model, collar_model, toy_model, thing_model, room_model,
    bed_model, guest_model, mate_model, memo_model;
extern const kith_model *const world_models[];
/* The rows that the pattern has in the tables with numbers as keys, and the one name that is asked for. */
enum { CODY = 1, DOUG, FRANK, PENNY };

/* What a scenario works with. */
struct world {
    kith_db *db;
    kith_session *s;
    const char *url;
    const kith_open_opts *opts; /* the db was opened with them */

    /* What prepare leaves for act. */
    kith_record *source, *targets[3];
    kith_list *given;
    /* What act leaves to be looked at. */
    const kith_list *list;
    const kith_record *record;
    const char *text;
    int64_t number;
    kith_error own; /* why a call without a session failed */
};

/* Makes the pattern in a new folder. False, with a message printed, when something went wrong. */
bool world_begin(void);
void world_end(void);
/* A fresh copy of the pattern, on which SQLite ran this script; its path. sql may be NULL. */
const char *world_copy(const char *sql);
/* Everything stored, as text: tables, indexes and rows. Moments and random keys are left out. Also sees that nobody
 * holds a lock on the database. NULL, with a message printed, on failure. Stands until the next call of world. */
const char *world_dump(void);
/* Closes the connection that the dumps share, so that the file can be replaced. */
void world_forget(void);

#endif
