/* story: what the parts of stories.h share: the models (story_models.c), the links in memory (story_truth.c), and the calls
 * (stories.c). */
#ifndef TESTS_HARNESS_STORY_H
#define TESTS_HARNESS_STORY_H

#include "harness/stories.h"

enum { ROWS = 8, MISSING = ROWS, KEY_WIDTH = 3, SIDES = 2 };
enum side { SOURCE, TARGET };

/* ---- links in memory ---- */

/* What can hold between a source and a target, or between two sources. */
enum relation_id { MANY, ONE, LEFT, RIGHT, PEERS, TREE, HOT, COLD, RELATION_COUNT };

struct relation {
    bool at[ROWS][ROWS]; /* [the one that has][the one that is had] */
    int weight[ROWS][ROWS];
};

struct truth {
    bool there[SIDES][ROWS];
    struct relation relations[RELATION_COUNT];
};

/* An association as the calls see it. */
struct way {
    const char *as;
    enum relation_id relation;
    enum side from, to;
    bool back;     /* it goes from what is had to what has it */
    bool many;     /* leads to any number */
    bool through;  /* by a join table */
    bool weighted; /* whose rows have a weight */
    bool carried;  /* the targets' rows carry the key: they are named by their primary key */
};
extern const struct way ways[];
extern const unsigned way_count;

bool truth_linked(const struct truth *t, const struct way *w, unsigned x, unsigned y);
int truth_weight(const struct truth *t, const struct way *w, unsigned x, unsigned y);
unsigned truth_count(const struct truth *t, const struct way *w, unsigned x);
void truth_link(struct truth *t, const struct way *w, unsigned x, unsigned y);
void truth_weigh(struct truth *t, const struct way *w, unsigned x, unsigned y, int weight);
void truth_unlink(struct truth *t, const struct way *w, unsigned x, unsigned y);
void truth_destroy(struct truth *t, enum side side, unsigned row);
/* Would this link take a has-one's place that another row holds and does not let go of? */
bool truth_is_taken(const struct truth *t, const struct way *w, unsigned x, unsigned y);

/* ---- models ---- */

struct story_models {
    kith_model source, target, bond;
    const kith_model *all[4];
    kith_attr source_attrs[KEY_WIDTH + 2], target_attrs[KEY_WIDTH + 3], bond_attrs[3];
    kith_assoc source_assocs[11], target_assocs[5];
    unsigned shapes[SIDES];
    char keys[SIDES][16]; /* "k0,k1" */
    char names[16][32];   /* of foreign keys */
    unsigned name_count;
};
void story_models_make(struct story_models *m, unsigned source_shape, unsigned target_shape);
unsigned story_key_width(unsigned shape);
bool story_key_is_primary(unsigned shape);
/* The key of a row; that of MISSING is nobody's. Ends with KITH_LIST_END. */
void story_key(unsigned shape, unsigned row, kith_value *key);
const char *story_key_name(unsigned at);

#endif
