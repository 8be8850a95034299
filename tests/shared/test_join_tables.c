/* Join tables: that they are made whether their models are declared or not, and that names given to keys change nothing
 * but the names. */
#include <string.h>

#include "harness/shared.h"

/* ---- one join table that nobody declares, one that is declared ---- */

extern const kith_model song_model, album_model;
static const kith_model track_model = {
    .name = "track",
    .attrs = KITH_ATTRS({ .name = "number", .type = KITH_INTEGER }),
};
static const kith_model singer_model = {
    .name = "singer",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &song_model, .through = "sings" }),
};
const kith_model song_model = {
    .name = "song",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &singer_model, .through = "sings" },
                          { KITH_BELONGS_TO_MANY, .target = &album_model, .through_model = &track_model }),
};
const kith_model album_model = {
    .name = "album",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &song_model, .through_model = &track_model }),
};
#define MUSIC KITH_MODELS(&singer_model, &song_model, &album_model, &track_model)

static kith_record *named(kith_session *s, const kith_model *m, const char *name)
{
    return must(s, kith_create(s, m, KITH_FIELDS(KITH_F("name", name))));
}

static kith_record *link_both(kith_session *s)
{
    kith_record *song = named(s, &song_model, "Sun");
    must(s, kith_create_related(s, song, "singers", KITH_FIELDS(KITH_F("name", "Ann")), NULL));
    must(s, kith_create_related(s, song, "albums", KITH_FIELDS(KITH_F("name", "Sky")),
                                &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("number", 4)) }));
    return song;
}

static void expect_links(kith_session *s, int64_t count)
{
    expect_number(s, kith_count(s, kith_model_named(the_db(), "sings"), NULL), count);
    expect_number(s, kith_count(s, &track_model, NULL), count);
}

/* S58, S59: the tables of both are made, left as they are when they are there, and made anew when they are not */
static void test_shared_join_tables__made_either_way(void **state)
{
    kith_session *s = start(state, MUSIC);
    expect_number(s, kith_execute(s, "DELETE FROM sings", NULL), 0);
    expect_number(s, kith_execute(s, "DELETE FROM tracks", NULL), 0);
    link_both(s);
    must(s, kith_sync(s, NULL));
    expect_links(s, 1);
    must(s, kith_execute_script(s, "DROP TABLE sings; DROP TABLE tracks"));
    must(s, kith_sync(s, NULL));
    expect_links(s, 0);
    link_both(s);
    expect_links(s, 1);
    must(s, kith_sync(s, &(kith_sync_opts){ .force = true }));
    expect_links(s, 0);
    expect_number(s, kith_count(s, &song_model, NULL), 0);
}

/* S37, S58, S59: both have the references, which are enforced, and go with either side */
static void test_shared_join_tables__references_either_way(void **state)
{
    kith_session *s = start(state, MUSIC);
    const kith_model *sings = kith_model_named(the_db(), "sings");
    kith_record *song = link_both(s);
    assert_null(kith_create(s, sings, KITH_FIELDS(KITH_F("songId", 1), KITH_F("singerId", 9))));
    expect_error(s, KITH_E_FOREIGN_KEY, "sings", NULL, "");
    assert_null(kith_create(s, &track_model, KITH_FIELDS(KITH_F("songId", 9), KITH_F("albumId", 1))));
    expect_error(s, KITH_E_FOREIGN_KEY, "track", NULL, "");
    assert_null(kith_create(s, sings, KITH_FIELDS(KITH_F("songId", 1), KITH_F("singerId", 1))));
    expect_error(s, KITH_E_UNIQUE, "sings", NULL, "");
    assert_null(kith_create(s, &track_model, KITH_FIELDS(KITH_F("songId", 1), KITH_F("albumId", 1))));
    expect_error(s, KITH_E_UNIQUE, "track", NULL, "");
    must(s, kith_destroy(s, song));
    expect_links(s, 0);
    expect_stored(&singer_model, KITH_NAMES("name"), "[{'name':'Ann'}]");
    expect_stored(&album_model, KITH_NAMES("name"), "[{'name':'Sky'}]");
}

/* ---- the same associations, with keys by default and with names for all keys ---- */

#define NAME_ATTR                                                                                                      \
    {                                                                                                                  \
        .name = "name", .type = KITH_STRING(20)                                                                        \
    }

extern const kith_model plain_club_model, plain_fee_model, told_club_model, told_fee_model;
static const kith_model plain_member_model = {
    .name = "plainMember",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "clubs", .target = &plain_club_model, .through = "plain_in" },
                          { KITH_HAS_MANY, .as = "fees", .target = &plain_fee_model }),
};
const kith_model plain_club_model = {
    .name = "plainClub",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS(
        { KITH_BELONGS_TO_MANY, .as = "members", .target = &plain_member_model, .through = "plain_in" }),
};
const kith_model plain_fee_model = {
    .name = "plainFee",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "plainMember", .target = &plain_member_model }),
};

static const kith_model told_member_model = {
    .name = "toldMember",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "clubs", .target = &told_club_model, .through = "told_in",
                            .foreign_key = "who", .other_key = "where_to" },
                          { KITH_HAS_MANY, .as = "fees", .target = &told_fee_model, .foreign_key = "payer" }),
};
const kith_model told_club_model = {
    .name = "toldClub",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "members", .target = &told_member_model, .through = "told_in",
                            .foreign_key = "where_to", .other_key = "who" }),
};
const kith_model told_fee_model = {
    .name = "toldFee",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAME_ATTR),
    .assocs = KITH_ASSOCS(
        { KITH_BELONGS_TO, .as = "plainMember", .target = &told_member_model, .foreign_key = "payer" }),
};

static void expect_members(kith_session *s, const kith_model *member, const char *json)
{
    static const char *const name[] = { "name", NULL };
    const kith_query q = {
        .attributes = name,
        .order = KITH_ORDER({ "id" }),
        .include = KITH_INCLUDE({ .as = "clubs",
                                  .attributes = name,
                                  .order = KITH_ORDER({ "id" }),
                                  .through = { .attributes = KITH_NO_NAMES },
                                  .include = KITH_INCLUDE({ .as = "members",
                                                            .attributes = name,
                                                            .order = KITH_ORDER({ "id" }),
                                                            .through = { .attributes = KITH_NO_NAMES } }) },
                                { .as = "fees", .attributes = name, .order = KITH_ORDER({ "id" }) }),
    };
    expect_list(s, must(s, kith_find(s, member, &q)), json);
}

static void tell_story(kith_session *s, const kith_model *member, const kith_model *club, const kith_model *fee)
{
    kith_record *ann = named(s, member, "Ann"), *bob = named(s, member, "Bob");
    kith_record *go = named(s, club, "Go"), *chess = named(s, club, "Chess"), *two = named(s, fee, "2");
    must(s, kith_add(s, ann, "clubs", KITH_REFS({ go }, { .key = KITH_V(2) }), NULL));
    must(s, kith_add(s, go, "members", KITH_REFS({ bob }, { ann }), NULL));
    must(s, kith_add(s, ann, "fees", KITH_REFS({ two }), NULL));
    must(s, kith_create_related(s, bob, "fees", KITH_FIELDS(KITH_F("name", "3")), NULL));
    expect_members(s, member,
                   "[{'name':'Ann','clubs':[{'name':'Go','members':[{'name':'Ann'},{'name':'Bob'}]},"
                   "{'name':'Chess','members':[{'name':'Ann'}]}],'fees':[{'name':'2'}]},"
                   "{'name':'Bob','clubs':[{'name':'Go','members':[{'name':'Ann'},{'name':'Bob'}]}],"
                   "'fees':[{'name':'3'}]}]");
    expect_number(s, kith_has(s, chess, "members", KITH_REFS({ ann })), 1);
    expect_number(s, kith_has(s, chess, "members", KITH_REFS({ ann }, { bob })), 0);
    must(s, kith_set(s, chess, "members", KITH_REFS({ bob }), NULL));
    expect_number(s, kith_remove(s, go, "members", KITH_REFS({ ann }, { bob })), 2);
    must(s, kith_set(s, two, "plainMember", KITH_REFS({ bob }), NULL));
    expect_number(s, kith_count_related(s, bob, "fees"), 2);
    expect_members(s, member,
                   "[{'name':'Ann','clubs':[],'fees':[]},"
                   "{'name':'Bob','clubs':[{'name':'Chess','members':[{'name':'Bob'}]}],"
                   "'fees':[{'name':'2'},{'name':'3'}]}]");
}

/* S21, S44, S45, S83: one story, told over default keys and over named ones */
static void test_shared_join_tables__named_keys_and_default_keys(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&plain_member_model, &plain_club_model, &plain_fee_model,
                                               &told_member_model, &told_club_model, &told_fee_model));
    tell_story(s, &plain_member_model, &plain_club_model, &plain_fee_model);
    tell_story(s, &told_member_model, &told_club_model, &told_fee_model);
    expect_stored(kith_model_named(the_db(), "plain_in"), NULL, "[{'plainMemberId':2,'plainClubId':2}]");
    expect_stored(kith_model_named(the_db(), "told_in"), NULL, "[{'who':2,'where_to':2}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_join_tables__made_either_way),
        SHARED_TEST(test_shared_join_tables__references_either_way),
        SHARED_TEST(test_shared_join_tables__named_keys_and_default_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
