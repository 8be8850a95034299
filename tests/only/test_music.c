/* music: what the example prints, and what its models read, is what plain SQL finds in the same database. The SQL is run
 * by libsqlite3 itself, without Kith. Needs ../shared and the built examples; skips with a reason where they are not. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../examples/music_models.h"
#include "harness/test.h"

struct fixture {
    char folder[32], database[64];
    char script[1024], program[1024];
    sqlite3 *plain;
};

static char *read_all(FILE *f)
{
    size_t size = 0, got;
    char *text = NULL;
    do {
        text = realloc(text, size + 65536);
        assert_non_null(text);
        got = fread(text + size, 1, 65535, f);
        size += got;
        text[size] = '\0';
    } while (got > 0);
    return text;
}

static int set_up(void **state)
{
    static struct fixture f;
    const char *shared = getenv("KITH_SHARED"), *examples = getenv("KITH_EXAMPLES");
    *state = NULL;
    snprintf(f.script, sizeof f.script, "%s/data/chinook/Chinook_Sqlite.sql", shared ? shared : "../shared");
    snprintf(f.program, sizeof f.program, "%s/music", examples ? examples : "build/examples");
    FILE *script = fopen(f.script, "rb");
    if (!script)
        return 0;
    char *text = read_all(script);
    fclose(script);
    strcpy(f.folder, "/tmp/kith_music_XXXXXX");
    assert_non_null(mkdtemp(f.folder));
    snprintf(f.database, sizeof f.database, "%s/chinook.db", f.folder);
    assert_int_equal(sqlite3_open(f.database, &f.plain), SQLITE_OK);
    sqlite3_exec(f.plain, "BEGIN", NULL, NULL, NULL);
    assert_int_equal(sqlite3_exec(f.plain, text, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_exec(f.plain, "COMMIT", NULL, NULL, NULL);
    free(text);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    if (!f)
        return 0;
    sqlite3_close(f->plain);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", f->folder);
    return system(command);
}

static struct fixture *need_data(void **state)
{
    if (!*state) {
        printf("SKIP music: no data/chinook/Chinook_Sqlite.sql in ../shared or $KITH_SHARED\n");
        skip();
    }
    return *state;
}

static struct fixture *need_program(void **state)
{
    struct fixture *f = need_data(state);
    if (access(f->program, X_OK) != 0) {
        printf("SKIP music: the example is not built (%s)\n", f->program);
        skip();
    }
    return f;
}

/* ---- expected lines, from plain SQL ---- */

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    return st;
}

/* Each row's first column is a line. */
static void add_lines(FILE *to, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st = prepare(db, sql);
    while (sqlite3_step(st) == SQLITE_ROW)
        fprintf(to, "%s\n", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
}

static void add_sizes(FILE *to, sqlite3 *db)
{
    static const char *const tables[] = { "Artist",        "Album",    "Track",    "Genre",   "MediaType",  "Playlist",
                                          "PlaylistTrack", "Employee", "Customer", "Invoice", "InvoiceLine" };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT printf('  %%-13s %%5d', '%s', count(*)) FROM %s", tables[i], tables[i]);
        add_lines(to, db, sql);
    }
}

static char *expected_text(sqlite3 *db)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    fprintf(to, "Rows\n");
    add_sizes(to, db);
    fprintf(to, "\nThe five playlists with the most tracks\n");
    add_lines(to, db,
              "SELECT printf('  %5d  %s', count(pt.TrackId), p.Name) FROM Playlist p LEFT JOIN PlaylistTrack pt"
              " ON pt.PlaylistId = p.PlaylistId GROUP BY p.PlaylistId"
              " ORDER BY count(pt.TrackId) DESC, p.PlaylistId LIMIT 5");
    fprintf(to, "\nThe album The Number of The Beast\n");
    add_lines(to, db,
              "SELECT printf('  by %s, %d tracks', r.Name, (SELECT count(*) FROM Track t WHERE t.AlbumId = a.AlbumId))"
              " FROM Album a JOIN Artist r ON r.ArtistId = a.ArtistId WHERE a.Title = 'The Number of The Beast'");
    add_lines(to, db,
              "WITH tracks AS (SELECT t.* FROM Track t JOIN Album a ON a.AlbumId = t.AlbumId"
              "  WHERE a.Title = 'The Number of The Beast')"
              "SELECT line FROM (SELECT t.TrackId AS first, 0 AS second, printf('  %s, %d:%02d, %s', t.Name,"
              "   t.Milliseconds / 60000, t.Milliseconds / 1000 % 60, g.Name) AS line"
              "  FROM tracks t LEFT JOIN Genre g ON g.GenreId = t.GenreId"
              " UNION ALL SELECT t.TrackId, p.PlaylistId, printf('    on %s (%d)', p.Name, p.PlaylistId)"
              "  FROM tracks t JOIN PlaylistTrack pt ON pt.TrackId = t.TrackId"
              "  JOIN Playlist p ON p.PlaylistId = pt.PlaylistId) ORDER BY first, second");
    fprintf(to, "\nThe employees\n");
    add_lines(to, db,
              "WITH RECURSIVE tree(id, level, place, above) AS ("
              "  SELECT EmployeeId, 0, printf('%04d', EmployeeId), NULL FROM Employee WHERE ReportsTo IS NULL"
              "  UNION ALL SELECT e.EmployeeId, tree.level + 1, tree.place || printf('%04d', e.EmployeeId), tree.id"
              "  FROM Employee e JOIN tree ON e.ReportsTo = tree.id)"
              "SELECT printf('  %*s%s %s, %s', 4 * level, '', e.FirstName, e.LastName, e.Title)"
              "  || coalesce(', reports to ' || (SELECT FirstName FROM Employee WHERE EmployeeId = above), '')"
              " FROM tree JOIN Employee e ON e.EmployeeId = tree.id ORDER BY place");
    fclose(to);
    return text;
}

/* ---- the program ---- */

/* What it prints on both channels; its exit status in *status. */
static char *said_by(const struct fixture *f, const char *arguments, int *status)
{
    char command[4096];
    snprintf(command, sizeof command, "'%s' %s 2>&1", f->program, arguments);
    FILE *child = popen(command, "r");
    assert_non_null(child);
    char *said = read_all(child);
    int ended = pclose(child);
    assert_true(WIFEXITED(ended));
    *status = WEXITSTATUS(ended);
    return said;
}

static void expect_music(const struct fixture *f, const char *arguments)
{
    int status;
    char *said = said_by(f, arguments, &status), *expected = expected_text(f->plain);
    assert_string_equal(said, expected);
    assert_int_equal(status, 0);
    free(said);
    free(expected);
}

static void test_only_music__prints_what_plain_sql_finds(void **state)
{
    struct fixture *f = need_program(state);
    char arguments[1100];
    snprintf(arguments, sizeof arguments, "'%s'", f->script);
    expect_music(f, arguments);
}

static void test_only_music__the_expected_text_is_not_empty(void **state)
{
    struct fixture *f = need_data(state);
    char *expected = expected_text(f->plain);
    assert_non_null(strstr(expected, "\n  PlaylistTrack  8715\n"));
    assert_non_null(strstr(expected, "\n   3290  Music\n   3290  Music\n"));
    assert_non_null(strstr(expected, "\n  by Iron Maiden, 8 tracks\n"));
    assert_non_null(strstr(expected, "\n    on Heavy Metal Classic (17)\n"));
    assert_non_null(strstr(expected, "\n          Laura Callahan, IT Staff, reports to Michael\n"));
    free(expected);
}

static void test_only_music__reads_a_database_as_it_is(void **state)
{
    struct fixture *f = need_program(state);
    char argument[96];
    snprintf(argument, sizeof argument, "'sqlite:%s?mode=ro'", f->database);
    expect_music(f, argument);
}

static void test_only_music__runs_the_script_in_the_database_at_a_url(void **state)
{
    struct fixture *f = need_program(state);
    char arguments[1200];
    int status;
    snprintf(arguments, sizeof arguments, "'%s' sqlite:%s/made.db", f->script, f->folder);
    expect_music(f, arguments);
    /* again: the script cannot replace tables that refer to each other, and what is there stays */
    char *said = said_by(f, arguments, &status);
    assert_int_equal(status, 1);
    assert_memory_equal(said, "music: ", strlen("music: "));
    assert_string_equal(strchr(said, '\n'), "\n"); /* that one line is all */
    free(said);
    snprintf(arguments, sizeof arguments, "sqlite:%s/made.db", f->folder);
    expect_music(f, arguments);
}

static void expect_refusal(const struct fixture *f, const char *argument, int expected, const char *part)
{
    int status;
    char *said = said_by(f, argument, &status);
    assert_int_equal(status, expected);
    if (!strstr(said, part))
        fail_msg("'%s' does not say '%s'", said, part);
    free(said);
}

static void test_only_music__says_what_is_missing(void **state)
{
    struct fixture *f = need_program(state);
    expect_refusal(f, "/nowhere/music.sql", 2, "/nowhere/music.sql: No such file");
    expect_refusal(f, "nowhere://music", 1, "\"nowhere:\"");
}

/* ---- the models: every cell of every table ---- */

/* text_form: of a column that holds text. */
static void select_of(const kith_model *m, const char *text_form, char *sql, size_t room)
{
    size_t size = (size_t)snprintf(sql, room, "SELECT ");
    for (const kith_attr *a = m->attrs; a->name; a++) {
        const char *form = a->type.id == KITH_T_STRING    ? text_form
                           : a->type.id == KITH_T_DATE    ? "CAST(strftime('%%s', \"%s\") AS INTEGER) * 1000000"
                           : a->type.id == KITH_T_DECIMAL ? "printf('%%.2f', \"%s\")"
                                                          : "\"%s\"";
        size += (size_t)snprintf(sql + size, room - size, "%s", a > m->attrs ? ", " : "");
        size += (size_t)snprintf(sql + size, room - size, form, a->name);
    }
    snprintf(sql + size, room - size, " FROM \"%s\" ORDER BY 1, 2", m->name);
}

static void expect_cell(const kith_value *got, sqlite3_stmt *st, int column)
{
    switch (sqlite3_column_type(st, column)) {
    case SQLITE_NULL: assert_int_equal(got->kind, KITH_NULL); break;
    case SQLITE_INTEGER:
        assert_true(got->kind == KITH_INT || got->kind == KITH_TIMESTAMP);
        assert_int_equal(got->as.integer, sqlite3_column_int64(st, column));
        break;
    default:
        assert_int_equal(got->kind, KITH_STR);
        assert_string_equal(got->as.str, (const char *)sqlite3_column_text(st, column));
    }
}

static int64_t expect_table(kith_session *s, sqlite3 *plain, const kith_model *m, const char *text_form)
{
    char sql[1024];
    select_of(m, text_form, sql, sizeof sql);
    const kith_query in_order = { .order = KITH_ORDER({ m->attrs[0].name }, { m->attrs[1].name }) };
    kith_list *list = kith_find(s, m, &in_order);
    if (!list)
        fail_msg("%s", kith_error_of(s)->message);
    sqlite3_stmt *st = prepare(plain, sql);
    int64_t cells = 0;
    for (size_t i = 0; i < list->count; i++) {
        assert_int_equal(sqlite3_step(st), SQLITE_ROW);
        for (int column = 0; column < sqlite3_column_count(st); column++, cells++)
            expect_cell(&kith_values(list->at[i])[kith_slot(list, m->attrs[column].name)], st, column);
    }
    assert_int_equal(sqlite3_step(st), SQLITE_DONE);
    sqlite3_finalize(st);
    kith_release(list);
    return cells;
}

/* rows times columns */
enum {
    CELLS = 275 * 2 + 347 * 3 + 3503 * 9 + 25 * 2 + 5 * 2 + 18 * 2 + 8715 * 2 + 8 * 15 + 59 * 13 + 412 * 9 + 2240 * 5
};

static void expect_every_cell(const struct fixture *f, const char *url, bool snake_case, const char *text_form)
{
    kith_error err;
    kith_db *db = kith_open(url, &(kith_open_opts){ .models = MUSIC_MODELS, .snake_case = snake_case }, &err);
    if (!db)
        fail_msg("%s", err.message);
    kith_session *s = kith_session_open(db);
    int64_t cells = 0;
    for (const kith_model *const *m = MUSIC_MODELS; *m; m++)
        cells += expect_table(s, f->plain, *m, text_form);
    assert_null(kith_error_of(s));
    assert_int_equal(cells, CELLS);
    kith_session_close(s);
    kith_close(db);
}

static void test_only_music__the_models_read_every_cell(void **state)
{
    struct fixture *f = need_data(state);
    char url[96];
    snprintf(url, sizeof url, "sqlite:%s?mode=ro", f->database);
    expect_every_cell(f, url, false, "\"%s\"");
}

/* ---- servers: the same from the scripts that Chinook has for them ---- */

static void run_on(const char *url, const char *sql)
{
    kith_error err;
    kith_db *db = kith_open(url, &(kith_open_opts){ .pool_max = 1 }, &err);
    if (!db)
        fail_msg("%s", err.message);
    kith_session *s = kith_session_open(db);
    if (!kith_execute_script(s, sql))
        fail_msg("%s: %s", sql, kith_error_of(s)->message);
    kith_session_close(s);
    kith_close(db);
}

struct server {
    const char *variable, *script;
    bool snake_case;
    const char *text_form;
};
/* The scripts write text as N'…'. That is a CHAR on PostgreSQL, which loses blanks at its end, and in MariaDB's a \ is
 * read as an escape. */
static const struct server servers[] = {
#ifdef KITH_WITH_POSTGRES
    { "KITH_TEST_POSTGRES", "Chinook_PostgreSql.sql", true, "rtrim(\"%s\")" },
#endif
#ifdef KITH_WITH_MARIADB
    { "KITH_TEST_MARIADB", "Chinook_MySql.sql", false, "replace(\"%s\", '\\', '')" },
#endif
    { 0 },
};

static void expect_the_same_on(const struct fixture *f, const struct server *server)
{
    const char *base = getenv(server->variable), *host = base ? strstr(base, "//") : NULL;
    if (!host)
        fail_msg("%s names no server: run the tests by tools/with-servers", server->variable);
    char sql[64], url[512], arguments[2048];
    int place = (int)(host - base) + 2 + (int)strcspn(host + 2, "/?");
    snprintf(url, sizeof url, "%.*s/kith_music_%ld", place, base, (long)getpid());
    int folder = (int)(strrchr(f->script, '/') - f->script);
    snprintf(arguments, sizeof arguments, "'%.*s/%s' '%s'", folder, f->script, server->script, url);
    snprintf(sql, sizeof sql, "CREATE DATABASE kith_music_%ld", (long)getpid());
    run_on(base, sql);
    expect_music(f, arguments);
    expect_every_cell(f, url, server->snake_case, server->text_form);
    snprintf(sql, sizeof sql, "DROP DATABASE kith_music_%ld", (long)getpid());
    run_on(base, sql);
}

static void test_only_music__is_the_same_on_servers(void **state)
{
    struct fixture *f = need_program(state);
    for (const struct server *server = servers; server->variable; server++)
        expect_the_same_on(f, server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_music__prints_what_plain_sql_finds),
        cmocka_unit_test(test_only_music__the_expected_text_is_not_empty),
        cmocka_unit_test(test_only_music__reads_a_database_as_it_is),
        cmocka_unit_test(test_only_music__runs_the_script_in_the_database_at_a_url),
        cmocka_unit_test(test_only_music__says_what_is_missing),
        cmocka_unit_test(test_only_music__the_models_read_every_cell),
        cmocka_unit_test(test_only_music__is_the_same_on_servers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
