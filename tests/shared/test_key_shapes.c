/* Every verb of every kind of association, with keys of one, two and three attributes of mixed types on both sides,
 * primary or not, the source with itself included: random calls against a model of the links in memory. What is played
 * is in tests/harness/stories.h; the campaign plays more of it. */
#include <stdio.h>

#include "harness/shared.h"
#include "harness/stories.h"

enum { STORIES = 12, CALLS = 24, MOST_SHAPES = 32, NAME_ROOM = 64 };

static struct story *story;

static int set_up(void **state)
{
    return shared_set_up(state);
}

static int tear_down(void **state)
{
    int result = shared_tear_down(state);
    story_free(story);
    story = NULL;
    return result;
}

/* S46, S47, S54-S55, S62-S67, S69-S72, S73-S77, P25, P31, P32, P33: links by every shape of key */
static void test_shared_key_shapes__any_key(void **state)
{
    const unsigned *shapes = *state;
    story = story_new(shapes[0], shapes[1]);
    assert_non_null(story);
    kith_session *s = start(state, story_models(story));
    for (unsigned i = 0; i < STORIES; i++)
        if (!story_play(story, s, 1 + i + shapes[0] * 100, CALLS)) {
            fputs(story_failure(story), stderr);
            fail_msg("story %u", i);
        }
}

/* Each shape on the source's side, with another one on the target's. */
int main(void)
{
    static unsigned shapes[MOST_SHAPES][2];
    static char names[MOST_SHAPES][NAME_ROOM];
    static struct CMUnitTest tests[MOST_SHAPES];
    unsigned count = story_shape_count();
    for (unsigned i = 0; i < count; i++) {
        shapes[i][0] = i;
        shapes[i][1] = (i * 3 + 11) % count;
        snprintf(names[i], NAME_ROOM, "%s to %s", story_shape_name(i), story_shape_name(shapes[i][1]));
        tests[i] = (struct CMUnitTest){ .name = names[i],
                                        .test_func = test_shared_key_shapes__any_key,
                                        .setup_func = set_up,
                                        .teardown_func = tear_down,
                                        .initial_state = shapes[i] };
    }
    return _cmocka_run_group_tests("key shapes", tests, count, NULL, NULL);
}
