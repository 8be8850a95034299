/* friends: two models and the links between them. Nobody declares the table that holds the links: naming it with
 * .through is enough, and Kith makes it, keys and all.
 *
 *     friends [url]     the default is sqlite::memory: */
#include <inttypes.h>
#include <kith/kith.h>
#include <stdio.h>

/* Models may refer to each other in a circle, so one of them is announced. */
extern const kith_model person_model;

const kith_model dog_model = {
    .name = "dog",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(40), .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "friends", .target = &person_model, .through = "friendship" }),
};
const kith_model person_model = {
    .name = "person", /* its table is called people */
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(40), .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &dog_model, .through = "friendship" }),
};

/* Dogs with their friends inside. One statement fetches the dogs and one more the friends of all of them. */
static void print_dogs(kith_session *s)
{
    const kith_query by_name = {
        .include = KITH_INCLUDE({ .as = "friends", .attributes = KITH_NAMES("name"), .order = KITH_ORDER({ "name" }) }),
        .order = KITH_ORDER({ "name" }),
    };
    kith_list *dogs = kith_find(s, &dog_model, &by_name);
    for (size_t i = 0; dogs && i < dogs->count; i++) {
        const kith_list *friends = kith_many(dogs->at[i], "friends");
        printf("%s:", kith_text(dogs->at[i], "name"));
        for (size_t k = 0; k < friends->count; k++)
            printf(" %s", kith_text(friends->at[k], "name"));
        printf("\n");
    }
}

/* Not one call here is checked. After a failure the calls that depend on it fail as well, and the session keeps the
 * first error for whoever asks. */
static void make_friends(kith_session *s)
{
    kith_record *rex = kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "Rex")));
    kith_record *ida = kith_create(s, &dog_model, KITH_FIELDS(KITH_F("name", "Ida")));
    kith_record *ben = kith_create(s, &person_model, KITH_FIELDS(KITH_F("name", "Ben")));
    kith_record *zoe = kith_create(s, &person_model, KITH_FIELDS(KITH_F("name", "Zoe")));

    kith_add(s, rex, "friends", KITH_REFS({ ben }, { zoe }), NULL);
    kith_add(s, rex, "friends", KITH_REFS({ ben }), NULL); /* linked already: nothing happens */
    kith_add(s, zoe, "dogs", KITH_REFS({ ida }), NULL);    /* the same link can be made from its other end */
    kith_create_related(s, ida, "friends", KITH_FIELDS(KITH_F("name", "Max")), NULL); /* a new person, linked */
    print_dogs(s);

    printf("Rex has %" PRId64 " friends; Ben is one of them: %s\n", kith_count_related(s, rex, "friends"),
           kith_has(s, rex, "friends", KITH_REFS({ ben })) == 1 ? "yes" : "no");
    printf("links taken away: %" PRId64 "\n", kith_remove(s, rex, "friends", KITH_REFS({ ben })));
    print_dogs(s);
}

int main(int argc, char **argv)
{
    const char *url = argc > 1 ? argv[1] : "sqlite::memory:";
    kith_error err;
    kith_db *db = kith_open(url, &(kith_open_opts){ .models = KITH_MODELS(&dog_model, &person_model) }, &err);
    if (!db) {
        fprintf(stderr, "friends: %s\n", err.message);
        return 1;
    }
    kith_session *s = kith_session_open(db);
    kith_sync(s, &(kith_sync_opts){ .force = true }); /* the tables anew, empty */
    make_friends(s);

    /* The join table is a model like any other. */
    printf("links left: %" PRId64 "\n", kith_count(s, kith_model_named(db, "friendship"), NULL));

    bool failed = kith_error_of(s) != NULL; /* the first failure since the session was opened */
    if (failed)
        fprintf(stderr, "friends: %s\n", kith_error_of(s)->message);
    kith_session_close(s); /* frees every record and list it gave out */
    kith_close(db);
    return failed;
}
