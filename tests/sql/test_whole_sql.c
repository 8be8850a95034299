/* The statements of includes below includes whose sources are whole tables. */
#include "harness/mocked.h"

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
    .attrs = KITH_ATTRS({ .name = "shelfId", .type = KITH_INTEGER, .not_null = true }),
};

enum { MANY = 300 };

#define ROOMS   "SELECT t0.[id], t0.[name] FROM [rooms] t0"
#define SHELVES "SELECT t0.[id], t0.[roomId], t0.[spareRoomId] FROM [shelves] t0"
#define BOOKS   "SELECT t0.[id], t0.[shelfId] FROM [books] t0"

/* Rooms, and the shelves that are in them, as the answers of the next two statements. */
static void answer_all(bool spare)
{
    for (int64_t id = 1; id <= MANY; id++)
        answer(KITH_VALUES(KITH_V(id), KITH_V("hall")));
    answer_end();
    for (int64_t id = 1; id <= MANY; id++)
        answer(KITH_VALUES(KITH_V(id), KITH_V(id), spare ? KITH_V(id) : kith_of_null()));
}

static void find_rooms(const kith_include *include)
{
    if (!kith_find(db.s, &room_model, &(kith_query){ .include = include }))
        fail_msg("%s", kith_error_of(db.s)->message);
}

/* All shelves are in some room, as the key may not be null: so all books are on one of those that were read. */
static void test_sql_whole__goes_on_below(void **state)
{
    (void)state;
    EACH_DIALECT(KITH_MODELS(&room_model, &shelf_model, &book_model))
    {
        answer_all(false);
        find_rooms(KITH_INCLUDE({ .as = "shelves", .include = KITH_INCLUDE({ .as = "books" }) }));
        expect_sent(ROOMS, "");
        expect_sent(SHELVES, "");
        expect_sent(BOOKS, "");
        expect_nothing_more();
    }
}

/* The keys of the books' statement. */
static void expect_keys(void)
{
    const char *sql = kith_mock_statement(db.mock, db.at++);
    assert_non_null(sql);
    assert_non_null(strstr(sql, "shelfId"));
    assert_non_null(strstr(sql, " WHERE "));
    expect_nothing_more();
}

/* Shelves without a spare room were not read; there may be many books on them. */
static void test_sql_whole__ends_where_a_key_may_be_null(void **state)
{
    (void)state;
    EACH_DIALECT(KITH_MODELS(&room_model, &shelf_model, &book_model))
    {
        answer_all(true);
        find_rooms(KITH_INCLUDE({ .as = "spares", .include = KITH_INCLUDE({ .as = "books" }) }));
        expect_sent(ROOMS, "");
        expect_sent(SHELVES " WHERE t0.[spareRoomId] IS NOT NULL", "");
        expect_keys();
    }
}

static void test_sql_whole__ends_at_a_condition(void **state)
{
    (void)state;
    EACH_DIALECT(KITH_MODELS(&room_model, &shelf_model, &book_model))
    {
        answer_all(false);
        find_rooms(KITH_INCLUDE({ .as = "shelves",
                                  .where = KITH_GT("id", 0),
                                  .required = KITH_NO,
                                  .include = KITH_INCLUDE({ .as = "books" }) }));
        expect_sent(ROOMS, "");
        expect_sent(SHELVES " WHERE t0.[id] > ?", "0");
        expect_keys();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        MOCKED_TEST(test_sql_whole__goes_on_below),
        MOCKED_TEST(test_sql_whole__ends_where_a_key_may_be_null),
        MOCKED_TEST(test_sql_whole__ends_at_a_condition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
