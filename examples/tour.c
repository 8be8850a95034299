/* tour: what `make run` shows. Models, the tables made for them, what each association gives, calls with the SQL they
 * issue, nested results, mistakes. Everything printed is taken from what happens: the source from its file, each call
 * from its own text, SQL from the log. The SQL is SQLite's: other databases spell some of it differently. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tour_models.h"

extern const char tour_source[]; /* the text of tour_models.h */

/* ---- printing ---- */

#define BOLD  "\033[1m"
#define DIM   "\033[2m"
#define PLAIN "\033[0m"

enum { WIDTH = 116 };

/* Colours only for people. */
static const char *style(const char *code)
{
    return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") ? code : "";
}

static void heading(const char *title, const char *explanation)
{
    printf("\n%s%s%s\n%s\n", style(BOLD), title, style(PLAIN), explanation);
}

/* Breaks a long line at spaces; what follows is indented a little more. */
static void print_wrapped(int indent, const char *text)
{
    int room = WIDTH - indent, more = 0;
    while ((int)strlen(text) > room) {
        int cut = room;
        while (cut > 0 && text[cut] != ' ')
            cut--;
        printf("%*s%.*s\n", indent + more, "", cut, text);
        text += cut + 1;
        more = 2;
    }
    printf("%*s%s\n", indent + more, "", text);
}

/* Text of many lines, each indented. */
static void print_indented(const char *text)
{
    for (size_t size; *text; text += size + (text[size] == '\n')) {
        size = strcspn(text, "\n");
        printf("%s%.*s\n", size ? "    " : "", (int)size, text);
    }
}

/* kith_open_opts.log: called after every statement. */
static void print_sql(void *ctx, const char *sql, double ms)
{
    (void)ctx;
    (void)ms;
    fputs(style(DIM), stdout);
    print_wrapped(8, sql);
    fputs(style(PLAIN), stdout);
}

/* The size of a JSON string, or of a list or object up to the bracket that closes it. */
static size_t json_size(const char *json)
{
    size_t at = 0, depth = 0;
    bool quoted = false;
    do {
        if (json[at] == '\\')
            at++;
        else if (json[at] == '"')
            quoted = !quoted;
        else if (!quoted && strchr("[{", json[at]))
            depth++;
        else if (!quoted && strchr("]}", json[at]))
            depth--;
    } while (json[at++] && (quoted || depth > 0));
    return at;
}

static void new_line(int depth)
{
    printf("\n    %*s", 4 * depth, "");
}

/* What is short stays on one line. */
static void print_json(const char *json)
{
    int depth = 0;
    for (printf("    "); *json; json++) {
        size_t size = strchr("\"[{", *json) ? json_size(json) : 0;
        if (size > 0 && (size < 60 || *json == '"')) {
            printf("%.*s", (int)size, json);
            json += size - 1;
        } else if (strchr("]}", *json)) {
            new_line(--depth);
            putchar(*json);
        } else {
            putchar(*json);
            depth += size > 0;
            if (size > 0 || *json == ',')
                new_line(depth);
        }
    }
    printf("\n");
}

/* Prints a call as it is written here, then makes it. */
#define CALL(...)                                                                                                      \
    print_wrapped(4, #__VA_ARGS__ ";");                                                                                \
    __VA_ARGS__

/* What the session says went wrong, which the tour expects. */
static void print_error(kith_session *s)
{
    const kith_error *e = kith_error_of(s);
    if (e)
        printf("    -> %s error: %s\n\n", kith_status_name(e->status), e->message);
    kith_clear(s);
}

/* ---- the stations ---- */

static void show_models(void)
{
    heading("1. The models",
            "A model is a constant table of what a row holds and what it is linked to: examples/tour_models.h.");
    print_indented(tour_source);
}

static void show_tables(kith_session *s)
{
    heading("2. The tables made for them", "One for each model, and the join table that .through names.");
    CALL(kith_sync(s, NULL));
}

static void show_associations(kith_session *s)
{
    heading("3. What each association gives", "kith_describe(s, &pug_model) explains what became of a definition.");
    print_indented(kith_describe(s, &pug_model));
}

static void show_writing(kith_session *s)
{
    heading("4. Rows and links", "Each call, and below it the SQL it issued. Values are bound to the question marks.");
    CALL(kith_record *cody = kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "Cody"))));
    CALL(kith_record *ann = kith_create(s, &person_model,
                                        KITH_FIELDS(KITH_F("name", "Ann"), KITH_F("email", "ann@example.org"))));
    CALL(kith_create_related(s, cody, "toys", KITH_FIELDS(KITH_F("name", "ball")), NULL));
    CALL(kith_add(s, cody, "friends", KITH_REFS({ ann }), NULL));
    CALL(kith_record *doug = kith_create_related(s, ann, "pugs", KITH_FIELDS(KITH_F("name", "Doug")), NULL));
    CALL(kith_create_related(s, doug, "friends", KITH_FIELDS(KITH_F("name", "Bob")), NULL));
}

static void show_loading(kith_session *s)
{
    heading("5. Loading", "One statement for the pugs and one for each association, however many pugs there are.");
    CALL(kith_list *pugs =
             kith_find(s, &pug_model,
                       &(kith_query){ .attributes = KITH_NAMES("name"),
                                      .include = KITH_INCLUDE({ .as = "friends",
                                                                .attributes = KITH_NAMES("name"),
                                                                .through = { .attributes = KITH_NO_NAMES } },
                                                              { .as = "toys", .attributes = KITH_NAMES("name") }) }));
    print_json(kith_json(s, pugs));
    printf("\nThe pugs that have a friend called Bob:\n");
    CALL(kith_list *of_bob = kith_find(s, &pug_model,
                                       &(kith_query){ .attributes = KITH_NAMES("name"),
                                                      .where = KITH_EQ("friends.name", "Bob") }));
    print_json(kith_json(s, of_bob));
}

static void show_mistakes(kith_session *s)
{
    heading("6. Mistakes", "A call that cannot be right sends nothing, and the session says why.");
    CALL(kith_find(s, &pug_model, &(kith_query){ .where = KITH_EQ("nmae", "Cody") }));
    print_error(s);
    CALL(kith_create(s, &person_model, KITH_FIELDS(KITH_F("name", "Cat"), KITH_F("email", "cat at home"))));
    print_error(s);
    printf("In a transaction the first failure undoes all of it, so the calls between need no checks.\n");
    CALL(kith_begin(s));
    CALL(kith_create(s, &pug_model, KITH_FIELDS(KITH_F("name", "Rex"))));
    CALL(kith_create(s, &person_model, KITH_FIELDS(KITH_F("name", "Cat"), KITH_F("email", "ann@example.org"))));
    CALL(kith_commit(s));
    print_error(s);
    CALL(int64_t pugs = kith_count(s, &pug_model, NULL));
    printf("    -> %" PRId64 ", as before\n", pugs);
}

int main(void)
{
    const kith_open_opts opts = { .models = KITH_MODELS(&pug_model, &person_model, &toy_model), .log = print_sql };
    kith_error err;
    kith_db *db = kith_open("sqlite::memory:", &opts, &err);
    if (!db) {
        fprintf(stderr, "tour: %s\n", err.message);
        return 1;
    }
    kith_session *s = kith_session_open(db);
    printf("%sA tour of Kith%s, on a SQLite database in memory\n", style(BOLD), style(PLAIN));
    show_models();
    show_tables(s);
    show_associations(s);
    show_writing(s);
    show_loading(s);
    show_mistakes(s);
    printf("\nMore programs like this one are in examples/, and the guide is in docs/guide/.\n");

    bool failed = kith_error_of(s) != NULL;
    if (failed)
        fprintf(stderr, "tour: %s\n", kith_error_of(s)->message);
    kith_session_close(s);
    kith_close(db);
    return failed;
}
