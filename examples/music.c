/* music: reads a database that was there before Kith, through models of its tables as they are (music_models.h), and
 * prints the same on SQLite, PostgreSQL and MariaDB.
 *
 *     music [script] [url]
 *
 * A script, whose name ends in .sql, is run first, in the database at url: an empty one, sqlite::memory: by default.
 * Without a script, the database is read as it is. Without arguments: the Chinook script for SQLite beside this project,
 * in $KITH_SHARED or ../shared. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "music_models.h"

#ifndef MUSIC_SHARED
#define MUSIC_SHARED "../shared"
#endif

enum { LEVELS = 8 }; /* of employees below the top, at most */

/* ---- what it prints ---- */

/* The text of an attribute that may be null, of a record that may be NULL. */
static const char *text_of(const kith_record *r, const char *attr)
{
    const char *text = kith_text(r, attr);
    return text ? text : "-";
}

static void print_sizes(kith_session *s)
{
    printf("Rows\n");
    for (const kith_model *const *m = MUSIC_MODELS; *m; m++)
        printf("  %-13s %5" PRId64 "\n", (*m)->name, kith_count(s, *m, NULL));
}

/* Playlists in the order of how many tracks each has: one statement, though no track is loaded. */
static void print_longest_playlists(kith_session *s)
{
    const kith_query longest = {
        .order = KITH_ORDER({ "Tracks", .aggregate = KITH_COUNT, .desc = true }, { "PlaylistId" }),
        .limit = 5,
    };
    kith_list *playlists = kith_find(s, &playlist_model, &longest);
    printf("\nThe five playlists with the most tracks\n");
    for (size_t i = 0; playlists && i < playlists->count; i++)
        printf("  %5" PRId64 "  %s\n", kith_count_related(s, playlists->at[i], "Tracks"),
               text_of(playlists->at[i], "Name"));
}

static void print_track(const kith_record *track)
{
    const kith_list *playlists = kith_many(track, "Playlists");
    const kith_record *genre = kith_one(track, "Genre");
    int64_t seconds = kith_int(track, "Milliseconds") / 1000;
    printf("  %s, %" PRId64 ":%02" PRId64 ", %s\n", text_of(track, "Name"), seconds / 60, seconds % 60,
           text_of(genre, "Name"));
    for (size_t i = 0; playlists && i < playlists->count; i++)
        printf("    on %s (%" PRId64 ")\n", text_of(playlists->at[i], "Name"),
               kith_int(playlists->at[i], "PlaylistId"));
}

/* Three levels: the album, its tracks, and for each track its genre and, through the join table, its playlists. */
static void print_album(kith_session *s, const char *title)
{
    const kith_include tracks = {
        .as = "Tracks",
        .attributes = KITH_NAMES("Name", "Milliseconds"),
        .include = KITH_INCLUDE({ .as = "Genre" }, { .as = "Playlists", .order = KITH_ORDER({ "PlaylistId" }) }),
        .order = KITH_ORDER({ "TrackId" }),
    };
    const kith_query of_title = {
        .where = KITH_EQ("Title", title),
        .include = KITH_INCLUDE({ .as = "Artist" }, tracks),
        .order = KITH_ORDER({ "AlbumId" }),
    };
    kith_record *album = kith_find_one(s, &album_model, &of_title);
    printf("\nThe album %s\n", title);
    if (!album)
        return;
    const kith_list *list = kith_many(album, "Tracks");
    printf("  by %s, %zu tracks\n", text_of(kith_one(album, "Artist"), "Name"), list ? list->count : 0);
    for (size_t i = 0; list && i < list->count; i++)
        print_track(list->at[i]);
}

static void print_team(const kith_list *employees, int level)
{
    for (size_t i = 0; employees && i < employees->count; i++) {
        const kith_record *e = employees->at[i], *manager = kith_one(e, "Manager");
        printf("  %*s%s %s, %s", 4 * level, "", text_of(e, "FirstName"), text_of(e, "LastName"), text_of(e, "Title"));
        if (manager)
            printf(", reports to %s", text_of(manager, "FirstName"));
        printf("\n");
        if (level < LEVELS)
            print_team(kith_many(e, "Reports"), level + 1);
    }
}

/* The same include again and again, each inside the one before: options are plain structs, so a loop can fill them.
 * What the macros make lives to the end of its block, so it is made outside the loop. */
static void print_employees(kith_session *s)
{
    const kith_order *by_id = KITH_ORDER({ "EmployeeId" });
    const kith_include manager = { .as = "Manager", .attributes = KITH_NAMES("FirstName") };
    kith_include level[LEVELS + 1][3] = { { manager } };
    for (int i = LEVELS; i > 0; i--) {
        level[i][0] = manager;
        level[i - 1][1] = (kith_include){ .as = "Reports", .order = by_id, .include = level[i] };
    }
    const kith_query from_the_top = {
        .where = KITH_IS_NULL("ReportsTo"),
        .include = level[0],
        .order = by_id,
    };
    printf("\nThe employees\n");
    print_team(kith_find(s, &employee_model, &from_the_top), 0);
}

/* ---- where it reads from ---- */

enum { PATH_SIZE = 4096 };

static const char *default_script(char *path)
{
    const char *shared = getenv("KITH_SHARED");
    snprintf(path, PATH_SIZE, "%s/data/chinook/Chinook_Sqlite.sql", shared && *shared ? shared : MUSIC_SHARED);
    return path;
}

static bool is_script(const char *argument)
{
    const char *end = strrchr(argument, '.');
    return end && strcmp(end, ".sql") == 0;
}

/* The scripts for servers begin by making a database and entering it, PostgreSQL's with a command that only psql knows.
 * Here the database at the URL is entered already, so what comes behind is run. */
static const char *behind_its_database(const char *script)
{
    const char *enter = strstr(script, "\n\\c ");
    if (!enter)
        enter = strstr(script, "\nUSE ");
    return enter ? enter + 1 + strcspn(enter + 1, "\n") : script;
}

/* The whole file, with a NUL behind it; NULL when it cannot be read. */
static char *read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = NULL, *grown;
    size_t size = 0, got = 1;
    while (f && got > 0 && (grown = realloc(text, size + 65536 + 1)) != NULL) {
        text = grown;
        got = fread(text + size, 1, 65536, f);
        size += got;
        text[size] = '\0';
    }
    bool whole = f && got == 0 && !ferror(f);
    if (f)
        fclose(f);
    if (!whole)
        free(text);
    return whole ? text : NULL;
}

/* ---- the program ---- */

static void run_script(kith_session *s, const char *script)
{
    kith_begin(s); /* all of the script or nothing, where the database can, and faster than one by one */
    kith_execute_script(s, behind_its_database(script));
    kith_commit(s);
}

/* script: NULL when the tables are there already */
static int read_music(const char *url, const char *script)
{
    kith_error err;
    const kith_open_opts opts = {
        .models = MUSIC_MODELS,
        .snake_case = strncmp(url, "postgres", 8) == 0, /* so Chinook's script for PostgreSQL calls everything */
    };
    kith_db *db = kith_open(url, &opts, &err);
    if (!db) {
        fprintf(stderr, "music: %s\n", err.message);
        return 1;
    }
    kith_session *s = kith_session_open(db);
    if (script)
        run_script(s, script);
    if (!kith_error_of(s)) {
        print_sizes(s);
        print_longest_playlists(s);
        print_album(s, "The Number of The Beast");
        print_employees(s);
    }
    bool failed = kith_error_of(s) != NULL;
    if (failed)
        fprintf(stderr, "music: %s\n", kith_error_of(s)->message);
    kith_session_close(s);
    kith_close(db);
    return failed;
}

int main(int argc, char **argv)
{
    char made[PATH_SIZE];
    const char *path = argc > 1 ? NULL : default_script(made), *url = NULL;
    for (int i = 1; i < argc; i++)
        *(is_script(argv[i]) ? &path : &url) = argv[i];
    char *script = path ? read_file(path) : NULL;
    if (path && !script) {
        fprintf(stderr, "music: cannot read %s: %s\n", path, strerror(errno));
        fprintf(stderr, "usage: music [script] [url]\n");
        return 2;
    }
    int status = read_music(url ? url : "sqlite::memory:", script);
    free(script);
    return status;
}
