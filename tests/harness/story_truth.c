/* story_truth: see stories.h. Links as plain tables of yes and no; knows no database. */
#include <string.h>

#include "harness/story.h"

const struct way ways[] = {
    { "many", MANY, SOURCE, TARGET, .many = true, .carried = true },
    { "owner", MANY, TARGET, SOURCE, .back = true },
    { "one", ONE, SOURCE, TARGET, .carried = true },
    { "holder", ONE, TARGET, SOURCE, .back = true },
    { "left", LEFT, SOURCE, TARGET, .many = true, .through = true, .weighted = true },
    { "leftOf", LEFT, TARGET, SOURCE, .back = true, .many = true, .through = true, .weighted = true },
    { "right", RIGHT, SOURCE, TARGET, .many = true, .through = true, .weighted = true },
    { "rightOf", RIGHT, TARGET, SOURCE, .back = true, .many = true, .through = true, .weighted = true },
    { "peers", PEERS, SOURCE, SOURCE, .many = true, .through = true },
    { "peerOf", PEERS, SOURCE, SOURCE, .back = true, .many = true, .through = true },
    { "below", TREE, SOURCE, SOURCE, .many = true, .carried = true },
    { "boss", TREE, SOURCE, SOURCE, .back = true },
    { "hot", HOT, SOURCE, TARGET, .many = true, .carried = true },
    { "cold", COLD, SOURCE, TARGET, .many = true, .carried = true },
};
const unsigned way_count = sizeof ways / sizeof *ways;

/* What holds for a relation, whatever way one comes to it. */
static const struct rule {
    bool one_has;             /* something is had by one only */
    bool has_one;             /* and one has one only */
    enum relation_id instead; /* had in this relation, it is not had in that one; itself: in no other */
    enum side has, had;
} rules[RELATION_COUNT] = {
    [MANY] = { true, false, MANY, SOURCE, TARGET },    [ONE] = { true, true, ONE, SOURCE, TARGET },
    [LEFT] = { false, false, LEFT, SOURCE, TARGET },   [RIGHT] = { false, false, RIGHT, SOURCE, TARGET },
    [PEERS] = { false, false, PEERS, SOURCE, SOURCE }, [TREE] = { true, false, TREE, SOURCE, SOURCE },
    [HOT] = { true, false, COLD, SOURCE, TARGET },     [COLD] = { true, false, HOT, SOURCE, TARGET },
};

static unsigned has(const struct way *w, unsigned x, unsigned y)
{
    return w->back ? y : x;
}

static unsigned had(const struct way *w, unsigned x, unsigned y)
{
    return w->back ? x : y;
}

bool truth_linked(const struct truth *t, const struct way *w, unsigned x, unsigned y)
{
    return t->relations[w->relation].at[has(w, x, y)][had(w, x, y)];
}

int truth_weight(const struct truth *t, const struct way *w, unsigned x, unsigned y)
{
    return t->relations[w->relation].weight[has(w, x, y)][had(w, x, y)];
}

unsigned truth_count(const struct truth *t, const struct way *w, unsigned x)
{
    unsigned count = 0;
    for (unsigned y = 0; y < ROWS; y++)
        count += truth_linked(t, w, x, y);
    return count;
}

void truth_link(struct truth *t, const struct way *w, unsigned x, unsigned y)
{
    const struct rule *rule = &rules[w->relation];
    struct relation *r = &t->relations[w->relation], *other = &t->relations[rule->instead];
    unsigned a = has(w, x, y), b = had(w, x, y);
    if (r->at[a][b])
        return;
    for (unsigned i = 0; i < ROWS; i++) {
        if (rule->one_has)
            r->at[i][b] = other->at[i][b] = false;
        if (rule->has_one)
            r->at[a][i] = false;
    }
    r->at[a][b] = true;
    r->weight[a][b] = 0;
}

void truth_weigh(struct truth *t, const struct way *w, unsigned x, unsigned y, int weight)
{
    t->relations[w->relation].weight[has(w, x, y)][had(w, x, y)] = weight;
}

void truth_unlink(struct truth *t, const struct way *w, unsigned x, unsigned y)
{
    t->relations[w->relation].at[has(w, x, y)][had(w, x, y)] = false;
}

void truth_destroy(struct truth *t, enum side side, unsigned row)
{
    t->there[side][row] = false;
    for (unsigned id = 0; id < RELATION_COUNT; id++)
        for (unsigned i = 0; i < ROWS; i++) {
            if (rules[id].has == side)
                t->relations[id].at[row][i] = false;
            if (rules[id].had == side)
                t->relations[id].at[i][row] = false;
        }
}

bool truth_is_taken(const struct truth *t, const struct way *w, unsigned x, unsigned y)
{
    if (!rules[w->relation].has_one || !w->back)
        return false;
    for (unsigned i = 0; i < ROWS; i++)
        if (i != x && t->relations[w->relation].at[y][i])
            return true;
    return false;
}
