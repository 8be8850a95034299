/* books: a join table that has a life of its own. Who wrote which book, in which place on the cover and for what share:
 * each such fact is a row of `authorship`, with an id, and it can be reached from four sides.
 *
 *     books [url]     the default is sqlite::memory: */
#include <inttypes.h>
#include <kith/kith.h>
#include <stdio.h>

extern const kith_model author_model, authorship_model;

/* Each side has two associations: straight to the other side, and to the rows between. */
const kith_model book_model = {
    .name = "book",
    .attrs = KITH_ATTRS({ .name = "title", .type = KITH_TEXT, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &author_model, .through_model = &authorship_model },
                          { KITH_HAS_MANY, .target = &authorship_model }),
};
const kith_model author_model = {
    .name = "author",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .target = &book_model, .through_model = &authorship_model },
                          { KITH_HAS_MANY, .target = &authorship_model }),
};
/* The keys bookId and authorId need not be declared: the associations bring them. */
const kith_model authorship_model = {
    .name = "authorship",
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true },
                        { .name = "place", .type = KITH_INTEGER, .not_null = true },
                        { .name = "share", .type = KITH_DECIMAL(5, 2), .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &book_model }, { KITH_BELONGS_TO, .target = &author_model }),
    .no_timestamps = true,
};

/* A decimal is given and read as text, so that no digit is lost on the way. */
static void add_author(kith_session *s, kith_record *book, kith_record *author, int place, const char *share)
{
    const kith_link_opts with = { .through = KITH_FIELDS(KITH_F("place", place), KITH_F("share", share)) };
    kith_add(s, book, "authors", KITH_REFS({ author }), &with);
}

static void fill(kith_session *s)
{
    kith_record *trees = kith_create(s, &book_model, KITH_FIELDS(KITH_F("title", "Trees")));
    kith_record *joins = kith_create(s, &book_model, KITH_FIELDS(KITH_F("title", "Joins")));
    kith_record *ada = kith_create(s, &author_model, KITH_FIELDS(KITH_F("name", "Ada")));
    kith_record *bob = kith_create(s, &author_model, KITH_FIELDS(KITH_F("name", "Bob")));
    add_author(s, trees, bob, 1, "62.50");
    add_author(s, trees, ada, 2, "37.50");
    add_author(s, joins, ada, 1, "100");
}

/* 1. From a book to its authors, in the order of the cover. The row between lies beside each author, in `links`. */
static void print_cover(kith_session *s, const char *title)
{
    kith_record *book = kith_find_one(s, &book_model, &(kith_query){ .where = KITH_EQ("title", title) });
    kith_list *authors = kith_get(s, book, "authors", &(kith_query){ .order = KITH_ORDER({ "authorship.place" }) });
    for (size_t i = 0; authors && i < authors->count; i++)
        printf("%s, author %" PRId64 ": %s (%s %%)\n", title, kith_int(authors->links[i], "place"),
               kith_text(authors->at[i], "name"), kith_text(authors->links[i], "share"));
}

/* 2. From the rows between to both ends. */
static void print_first_authors(kith_session *s)
{
    const kith_query first_places = {
        .attributes = KITH_NAMES("share"),
        .where = KITH_EQ("place", 1),
        .include = KITH_INCLUDE({ .as = "book", .attributes = KITH_NAMES("title") },
                                { .as = "author", .attributes = KITH_NAMES("name") }),
        .order = KITH_ORDER({ "book.title" }),
    };
    kith_list *rows = kith_find(s, &authorship_model, &first_places);
    puts(kith_json(s, rows));
}

/* 3. From an author through the rows between, which stay visible, to the books. */
static void print_shares(kith_session *s)
{
    const kith_include to_rows = {
        .as = "authorships",
        .attributes = KITH_NAMES("place"),
        .where = KITH_LT("share", "50"),
        .include = KITH_INCLUDE({ .as = "book", .attributes = KITH_NAMES("title") }),
    };
    const kith_query helpers = { .attributes = KITH_NAMES("name"), .include = KITH_INCLUDE(to_rows) };
    puts(kith_json(s, kith_find(s, &author_model, &helpers)));
}

int main(int argc, char **argv)
{
    kith_error err;
    kith_db *db = kith_open(argc > 1 ? argv[1] : "sqlite::memory:",
                            &(kith_open_opts){ .models = KITH_MODELS(&book_model, &author_model, &authorship_model) },
                            &err);
    if (!db) {
        fprintf(stderr, "books: %s\n", err.message);
        return 1;
    }
    kith_session *s = kith_session_open(db);
    kith_sync(s, &(kith_sync_opts){ .force = true });
    fill(s);
    print_cover(s, "Trees");
    print_first_authors(s);
    print_shares(s);

    bool failed = kith_error_of(s) != NULL;
    if (failed)
        fprintf(stderr, "books: %s\n", kith_error_of(s)->message);
    kith_session_close(s);
    kith_close(db);
    return failed;
}
