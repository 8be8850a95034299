/* stories: random sequences of calls on associations of every kind, against a model of the links in memory.
 *
 * A story has two models, source and target, and their associations: has-many, has-one, belongs-to, two belongs-to-many
 * apart by a scope over one join table, has-many apart by a scope, and the source with itself, both as a tree and
 * through a join table; nearly all of them from both sides. Their keys have the shapes that the story is given: of one,
 * two or three attributes of several types, primary or not. After every call its result, and in the end all that is
 * stored and loaded, is compared with what the model in memory says.
 *
 * Uses the public headers only, no test framework: the tests on every database and the campaign play the same. */
#ifndef TESTS_HARNESS_STORIES_H
#define TESTS_HARNESS_STORIES_H

#include "kith/kith.h"

struct story;

/* The shapes of keys, and what each is called. */
unsigned story_shape_count(void);
const char *story_shape_name(unsigned shape);

/* The models of a story, for kith_open; they live until story_free. NULL: no memory. */
struct story *story_new(unsigned source_shape, unsigned target_shape);
const kith_model *const *story_models(const struct story *st);
void story_free(struct story *st);

/* Plays so many calls, drawn from the seed. The tables must be empty, and are so afterwards. False: something differs;
 * story_failure says what, and what had been called before. */
bool story_play(struct story *st, kith_session *s, uint64_t seed, unsigned calls);
const char *story_failure(const struct story *st);

#endif
