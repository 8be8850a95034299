/* assignments: models laid over tables that have names of their own. Aliases, named keys, keys that are not primary,
 * values in the join row, a transaction, and rows read as plain C structs.
 *
 *     assignments [url]     the default is sqlite::memory: */
#include <inttypes.h>
#include <kith/kith.h>
#include <stdio.h>

/* Attributes made with KITH_ATTR know the member of this struct that they fill. */
typedef struct engineer {
    int64_t id;
    const char *name;
    bool on_call;
} engineer;

extern const kith_model engineer_model, project_model, squad_model, assignment_model;

const kith_model engineer_model = {
    .name = "engineer",
    .table = "staff",
    .struct_size = sizeof(engineer),
    .attrs = KITH_ATTRS(
        KITH_ATTR(engineer, id, .type = KITH_BIGINT, .column = "staff_no", .primary_key = true, .auto_increment = true),
        KITH_ATTR(engineer, name, .type = KITH_STRING(80), .not_null = true),
        KITH_ATTR(engineer, on_call, .type = KITH_BOOLEAN, .default_value = KITH_CONST_BOOL(false)),
        { .name = "badge", .type = KITH_UUID, .not_null = true, .unique = true, .generate = KITH_UUIDV4 }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "jobs", .target = &project_model,
                            .through_model = &assignment_model, .foreign_key = "engineerId", .other_key = "projectId" },
                          /* this link refers to the badge, not to the staff number */
                          { KITH_BELONGS_TO_MANY, .target = &squad_model, .through = "squad_members",
                            .source_key = "badge", .foreign_key = "memberBadge" }),
};
const kith_model project_model = {
    .name = "project",
    .attrs = KITH_ATTRS({ .name = "title", .type = KITH_STRING(80), .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "crew", .target = &engineer_model,
                            .through_model = &assignment_model, .foreign_key = "projectId",
                            .other_key = "engineerId" }),
};
const kith_model assignment_model = {
    .name = "assignment",
    .table = "staff_projects",
    .attrs = KITH_ATTRS({ .name = "state",
                          .type = KITH_ENUM("planned", "running", "done"),
                          .not_null = true,
                          .default_value = KITH_CONST_STR("planned") },
                        { .name = "hours", .type = KITH_INTEGER }),
};
const kith_model squad_model = {
    .name = "squad",
    .attrs = KITH_ATTRS({ .name = "label", .type = KITH_TEXT }),
};

/* All of it or nothing: after the first failure the statements that follow are refused and the commit rolls back. */
static bool fill(kith_session *s)
{
    kith_begin(s);
    kith_record *ann = kith_create(s, &engineer_model, KITH_FIELDS(KITH_F("name", "Ann"), KITH_F("on_call", true)));
    kith_record *bob = kith_create(s, &engineer_model, KITH_FIELDS(KITH_F("name", "Bob")));
    kith_record *dam = kith_create(s, &project_model, KITH_FIELDS(KITH_F("title", "Dam")));
    kith_record *bridge = kith_create(s, &project_model, KITH_FIELDS(KITH_F("title", "Bridge")));
    /* values for all the new links, and for one of them its own */
    const kith_link_opts running = { .through = KITH_FIELDS(KITH_F("state", "running"), KITH_F("hours", 12)) };
    kith_add(s, ann, "jobs", KITH_REFS({ dam, .through = KITH_FIELDS(KITH_F("state", "done")) }, { bridge }), &running);
    kith_set(s, bridge, "crew", KITH_REFS({ ann }, { bob }), NULL); /* Bob joins, Ann stays as she is */
    kith_create_related(s, bob, "squads", KITH_FIELDS(KITH_F("label", "night shift")), NULL);
    printf("Bob is in a squad: %s\n", kith_count_related(s, bob, "squads") == 1 ? "yes" : "no");
    return kith_commit(s);
}

static void print_running_jobs(kith_session *s)
{
    const kith_include running = {
        .as = "jobs",
        .attributes = KITH_NAMES("title"),
        .through = { .attributes = KITH_NAMES("state", "hours"), .where = KITH_NE("state", "done") },
    };
    const kith_query by_name = {
        .attributes = KITH_NAMES("name"),
        .include = KITH_INCLUDE(running),
        .order = KITH_ORDER({ "name" }),
    };
    puts(kith_json(s, kith_find(s, &engineer_model, &by_name)));
}

static void print_crew_of(kith_session *s, const char *title)
{
    const kith_query crew_of = {
        .where = KITH_SOME("jobs", KITH_EQ("title", title)),
        .order = KITH_ORDER({ "name", .desc = true }),
    };
    kith_list *crew = kith_find(s, &engineer_model, &crew_of);
    const engineer *all = KITH_STRUCTS(engineer, s, crew);
    for (size_t i = 0; all && i < crew->count; i++)
        printf("%s: %s, number %" PRId64 "%s\n", title, all[i].name, all[i].id, all[i].on_call ? ", on call" : "");
}

int main(int argc, char **argv)
{
    kith_error err;
    const kith_model *const *models = KITH_MODELS(&engineer_model, &project_model, &assignment_model, &squad_model);
    kith_db *db = kith_open(argc > 1 ? argv[1] : "sqlite::memory:", &(kith_open_opts){ .models = models }, &err);
    if (!db) {
        fprintf(stderr, "assignments: %s\n", err.message);
        return 1;
    }
    kith_session *s = kith_session_open(db);
    kith_sync(s, &(kith_sync_opts){ .force = true });
    if (fill(s)) {
        print_running_jobs(s);
        print_crew_of(s, "Bridge");
    }

    bool failed = kith_error_of(s) != NULL;
    if (failed)
        fprintf(stderr, "assignments: %s\n", kith_error_of(s)->message);
    kith_session_close(s);
    kith_close(db);
    return failed;
}
