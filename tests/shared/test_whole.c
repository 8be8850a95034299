/* Includes below includes of a whole table, where more rows are read than belong to the sources that the keys name. */
#include "harness/shared.h"

static const kith_model room_model, shelf_model, book_model;

static const kith_model room_model = {
    .name = "room",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(20) }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &shelf_model },
                          { KITH_HAS_MANY, &shelf_model, .as = "spares", .foreign_key = "spareRoomId" }),
};

static const kith_model shelf_model = {
    .name = "shelf",
    .plural = "shelves",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "roomId", .type = KITH_INTEGER, .not_null = true },
                        { .name = "spareRoomId", .type = KITH_INTEGER }),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &book_model }),
};

static const kith_model book_model = {
    .name = "book",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "shelfId", .type = KITH_INTEGER, .not_null = true },
                        { .name = "pages", .type = KITH_INTEGER, .not_null = true }),
};

enum { ROOMS = 300, SHELVES = 2 * ROOMS, BOOKS = 3 * SHELVES };

/* Shelf n is in room n % ROOMS + 1, and every third may go to room 1; book n is on shelf n % SHELVES + 1. */
static kith_session *furnish(void **state)
{
    kith_session *s = start(state, KITH_MODELS(&room_model, &shelf_model, &book_model));
    kith_begin(s);
    for (int n = 0; n < ROOMS; n++)
        kith_create(s, &room_model, NULL);
    for (int n = 0; n < SHELVES; n++)
        kith_create(s, &shelf_model,
                    KITH_FIELDS(KITH_F("roomId", n % ROOMS + 1),
                                KITH_F("spareRoomId", n % 3 ? kith_of_null() : kith_of_int(1))));
    for (int n = 0; n < BOOKS; n++)
        kith_create(s, &book_model, KITH_FIELDS(KITH_F("shelfId", n % SHELVES + 1), KITH_F("pages", n)));
    must(s, kith_commit(s));
    return s;
}

/* The books of shelf `id` are numbers id - 1, id - 1 + SHELVES and id - 1 + 2 * SHELVES. */
static void expect_books(const kith_record *shelf)
{
    const kith_list *books = kith_many(shelf, "books");
    int64_t sum = 0, first = kith_int(shelf, "id") - 1;
    for (size_t i = 0; i < books->count; i++)
        sum += kith_int(books->at[i], "pages");
    assert_int_equal(books->count, 3);
    assert_int_equal(sum, 3 * first + 3 * SHELVES);
}

/* P1, P2: each row lies below its own, at every level */
static void test_shared_whole__nests(void **state)
{
    kith_session *s = furnish(state);
    const kith_query q = {
        .order = KITH_ORDER({ .path = "id" }),
        .include = KITH_INCLUDE({ .as = "shelves", .include = KITH_INCLUDE({ .as = "books" }) }),
    };
    const kith_list *rooms = must(s, kith_find(s, &room_model, &q));
    assert_int_equal(rooms->count, ROOMS);
    for (size_t i = 0; i < rooms->count; i++) {
        const kith_list *shelves = kith_many(rooms->at[i], "shelves");
        assert_int_equal(shelves->count, SHELVES / ROOMS);
        for (size_t j = 0; j < shelves->count; j++) {
            assert_int_equal(kith_int(shelves->at[j], "roomId"), i + 1);
            expect_books(shelves->at[j]);
        }
    }
}

/* P1, P2: shelves that belong nowhere are no one's, nor are their books */
static void test_shared_whole__leaves_out_what_belongs_nowhere(void **state)
{
    kith_session *s = furnish(state);
    const kith_query q = {
        .order = KITH_ORDER({ .path = "id" }),
        .include = KITH_INCLUDE({ .as = "spares", .include = KITH_INCLUDE({ .as = "books" }) }),
    };
    const kith_list *rooms = must(s, kith_find(s, &room_model, &q));
    const kith_list *spares = kith_many(rooms->at[0], "spares");
    assert_int_equal(spares->count, SHELVES / 3);
    for (size_t i = 0; i < spares->count; i++)
        expect_books(spares->at[i]);
    for (size_t i = 1; i < rooms->count; i++)
        assert_int_equal(kith_many(rooms->at[i], "spares")->count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHARED_TEST(test_shared_whole__nests),
        SHARED_TEST(test_shared_whole__leaves_out_what_belongs_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
