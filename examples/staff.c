/* staff: structs instead of records. Who works on what and for how long, loaded by one query into structs of the
 * program, so that the functions that print know nothing of databases.
 *
 *     staff [url]     the default is sqlite::memory: */
#include <inttypes.h>
#include <kith/kith.h>
#include <stdio.h>

typedef struct company {
    int64_t id;
    const char *name;
} company;
typedef struct task {
    int64_t id;
    const char *text;
    bool done;
} task;
typedef struct project {
    int64_t id;
    const char *title;
    KITH_ARRAY_OF(task) tasks;
} project;
typedef struct membership {
    const char *role;
    int64_t hours;
} membership;
typedef struct user {
    int64_t id;
    const char *name;
    company *employer;
    KITH_ARRAY(project, membership) projects; /* and beside each project what this user does there */
} user;

/* ---- what the program does with them ---- */

static void print_project(const project *p, const membership *m)
{
    size_t open = 0;
    for (size_t i = 0; i < p->tasks.count; i++)
        open += !p->tasks.at[i].done;
    printf("  %s: %s, %" PRId64 " hours, %zu of %zu tasks open\n", p->title, m->role, m->hours, open, p->tasks.count);
}

static void print_user(const user *u)
{
    printf("%s, %s\n", u->name, u->employer ? u->employer->name : "on their own");
    for (size_t i = 0; i < u->projects.count; i++)
        print_project(&u->projects.at[i], &u->projects.links[i]);
}

/* ---- where they come from ---- */

#define KEY(S) KITH_ATTR(S, id, .type = KITH_BIGINT, .primary_key = true, .auto_increment = true)

const kith_model company_model = {
    .name = "company",
    .struct_size = sizeof(company),
    .attrs = KITH_ATTRS(KEY(company), KITH_ATTR(company, name, .type = KITH_STRING(40), .not_null = true)),
};
const kith_model task_model = {
    .name = "task",
    .struct_size = sizeof(task),
    .attrs = KITH_ATTRS(KEY(task), KITH_ATTR(task, text, .type = KITH_TEXT),
                        KITH_ATTR(task, done, .type = KITH_BOOLEAN, .default_value = KITH_CONST_BOOL(false))),
};
const kith_model project_model = {
    .name = "project",
    .struct_size = sizeof(project),
    .attrs = KITH_ATTRS(KEY(project), KITH_ATTR(project, title, .type = KITH_STRING(40))),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, &task_model, .into = KITH_INTO(project, tasks, task) }),
};
const kith_model membership_model = {
    .name = "membership",
    .struct_size = sizeof(membership),
    .attrs = KITH_ATTRS(KITH_ATTR(membership, role, .type = KITH_STRING(20)),
                        KITH_ATTR(membership, hours, .type = KITH_BIGINT)),
};
const kith_model user_model = {
    .name = "user",
    .struct_size = sizeof(user),
    .attrs = KITH_ATTRS(KEY(user), KITH_ATTR(user, name, .type = KITH_STRING(40))),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, &company_model, .as = "employer",
                            .into = KITH_INTO_ONE(user, employer, company) },
                          { KITH_BELONGS_TO_MANY, &project_model, .through_model = &membership_model,
                            .into = KITH_INTO(user, projects, project, membership) }),
};

static void add(kith_session *s, kith_record *who, kith_record *what, const char *role, int hours)
{
    kith_add(s, who, "projects", KITH_REFS({ what }),
             &(kith_link_opts){ .through = KITH_FIELDS(KITH_F("role", role), KITH_F("hours", hours)) });
}

static void fill(kith_session *s)
{
    kith_record *acme = kith_create(s, &company_model, KITH_FIELDS(KITH_F("name", "Acme")));
    kith_record *ann = kith_create(s, &user_model, KITH_FIELDS(KITH_F("name", "Ann")));
    kith_record *bob = kith_create(s, &user_model, KITH_FIELDS(KITH_F("name", "Bob")));
    kith_record *maps = kith_create(s, &project_model, KITH_FIELDS(KITH_F("title", "Maps")));
    kith_record *roads = kith_create(s, &project_model, KITH_FIELDS(KITH_F("title", "Roads")));
    kith_set(s, ann, "employer", KITH_REFS({ acme }), NULL);
    add(s, ann, maps, "lead", 5);
    add(s, ann, roads, "help", 2);
    add(s, bob, roads, "lead", 8);
    kith_create_related(s, maps, "tasks", KITH_FIELDS(KITH_F("text", "draw"), KITH_F("done", true)), NULL);
    kith_create_related(s, maps, "tasks", KITH_FIELDS(KITH_F("text", "print")), NULL);
    kith_create_related(s, roads, "tasks", KITH_FIELDS(KITH_F("text", "sweep")), NULL);
}

/* Three statements, however many users there are. */
static void print_staff(kith_session *s)
{
    const kith_query everything = {
        .include = KITH_INCLUDE({ .as = "employer" }, { .as = "projects",
                                                        .order = KITH_ORDER({ "title" }),
                                                        .include = KITH_INCLUDE({ .as = "tasks" }) }),
        .order = KITH_ORDER({ "name" }),
    };
    kith_list *list = kith_find(s, &user_model, &everything);
    const user *users = KITH_STRUCTS(user, s, list);
    for (size_t i = 0; users && i < list->count; i++)
        print_user(&users[i]);
}

int main(int argc, char **argv)
{
    kith_error err;
    kith_db *db = kith_open(argc > 1 ? argv[1] : "sqlite::memory:",
                            &(kith_open_opts){ .models = KITH_MODELS(&company_model, &task_model, &project_model,
                                                                     &membership_model, &user_model) },
                            &err);
    if (!db) {
        fprintf(stderr, "cannot open: %s\n", err.message);
        return 1;
    }
    kith_session *s = kith_session_open(db);
    kith_sync(s, NULL);
    fill(s);
    print_staff(s);
    const kith_error *e = kith_error_of(s);
    if (e)
        fprintf(stderr, "%s\n", e->message);
    bool failed = e != NULL;
    kith_session_close(s);
    kith_close(db);
    return failed;
}
