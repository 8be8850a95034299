/* households: one to one, one to many, and two meanings of many to many that share a table without mixing; then
 * accounts and roles, where one pair may be linked several times, and what is said when a value is refused.
 *
 *     households [url]     the default is sqlite::memory: */
#include <inttypes.h>
#include <kith/kith.h>
#include <stdio.h>

extern const kith_model child_model, passport_model, role_model, grant_model;

const kith_model adult_model = {
    .name = "adult",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_HAS_ONE, .target = &passport_model },
                          { KITH_HAS_MANY, .as = "wards", .target = &child_model, .foreign_key = "guardianId" },
                          /* a constant in the rows of `care` tells these two apart */
                          { KITH_BELONGS_TO_MANY, .as = "parented", .target = &child_model, .through = "care",
                            .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("parent") }) },
                          { KITH_BELONGS_TO_MANY, .as = "fostered", .target = &child_model, .through = "care",
                            .scope = KITH_FIELDS({ "kind", KITH_CONST_STR("foster") }) }),
};
const kith_model child_model = {
    .name = "child", /* its table is called children */
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_TEXT, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .as = "guardian", .target = &adult_model }),
};
const kith_model passport_model = {
    .name = "passport",
    .attrs = KITH_ATTRS({ .name = "number", .type = KITH_STRING(9), .not_null = true, .unique = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &adult_model }),
};
const kith_model account_model = {
    .name = "account",
    .attrs = KITH_ATTRS(
        { .name = "email", .type = KITH_STRING(120), .unique = true, .checks = KITH_CHECKS(KITH_IS_EMAIL) }),
    .assocs = KITH_ASSOCS(
        { KITH_BELONGS_TO_MANY, .not_unique = true, .target = &role_model, .through_model = &grant_model }),
};
const kith_model role_model = {
    .name = "role",
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_ENUM("reader", "writer") }),
};
/* One account may have the same role for several reasons, so the rows between are told apart by an id. */
const kith_model grant_model = {
    .name = "grant",
    .attrs = KITH_ATTRS({ .name = "id", .type = KITH_INTEGER, .primary_key = true, .auto_increment = true },
                        { .name = "reason", .type = KITH_TEXT }),
};

static void family(kith_session *s)
{
    kith_record *eve = kith_create(s, &adult_model, KITH_FIELDS(KITH_F("name", "Eve")));
    kith_record *tim = kith_create(s, &child_model, KITH_FIELDS(KITH_F("name", "Tim")));
    kith_record *kim = kith_create(s, &child_model, KITH_FIELDS(KITH_F("name", "Kim")));
    kith_create_related(s, eve, "passport", KITH_FIELDS(KITH_F("number", "X1")), NULL);
    kith_set(s, tim, "guardian", KITH_REFS({ eve }), NULL);
    kith_add(s, eve, "parented", KITH_REFS({ tim }), NULL);
    kith_add(s, eve, "fostered", KITH_REFS({ tim }, { kim }), NULL);
    kith_remove(s, eve, "fostered", KITH_REFS({ tim })); /* she parents him still */
    const kith_query all = {
        .attributes = KITH_NAMES("name"),
        .include =
            KITH_INCLUDE({ .as = "passport", .attributes = KITH_NAMES("number") },
                         { .as = "wards", .attributes = KITH_NAMES("name") },
                         { .as = "parented", .attributes = KITH_NAMES("name"), .through = { KITH_NAMES("kind") } },
                         { .as = "fostered", .attributes = KITH_NAMES("name"), .through = { KITH_NAMES("kind") } }),
    };
    puts(kith_json(s, kith_find(s, &adult_model, &all)));
}

static void grant(kith_session *s, kith_record *account, kith_record *role, const char *reason)
{
    const kith_link_opts with = { .through = KITH_FIELDS(KITH_F("reason", reason)) };
    kith_add(s, account, "roles", KITH_REFS({ role }), &with);
}

/* A failure that the program has an answer to: look at its status, then forget it. Any other stays in the session. */
static void try_account(kith_session *s, const char *email)
{
    kith_create(s, &account_model, KITH_FIELDS(KITH_F("email", email)));
    const kith_error *e = kith_error_of(s);
    if (!e || (e->status != KITH_E_VALIDATION && e->status != KITH_E_UNIQUE))
        return;
    printf("refused (%s): %s.%s\n", kith_status_name(e->status), e->model, e->attribute);
    kith_clear(s);
}

static void accounts(kith_session *s)
{
    kith_record *ida = kith_create(s, &account_model, KITH_FIELDS(KITH_F("email", "ida@example.org")));
    kith_record *reader = kith_create(s, &role_model, KITH_FIELDS(KITH_F("name", "reader")));
    grant(s, ida, reader, "subscribed");
    grant(s, ida, reader, "won a prize");
    printf("grants: %" PRId64 "\n", kith_count(s, &grant_model, NULL));
    try_account(s, "ida at home");
    try_account(s, "ida@example.org");
}

int main(int argc, char **argv)
{
    kith_error err;
    const kith_model *const *models = KITH_MODELS(&adult_model, &child_model, &passport_model, &account_model,
                                                  &role_model, &grant_model);
    kith_db *db = kith_open(argc > 1 ? argv[1] : "sqlite::memory:", &(kith_open_opts){ .models = models }, &err);
    if (!db) {
        fprintf(stderr, "households: %s\n", err.message);
        return 1;
    }
    kith_session *s = kith_session_open(db);
    kith_sync(s, &(kith_sync_opts){ .force = true });
    family(s);
    accounts(s);

    bool failed = kith_error_of(s) != NULL;
    if (failed)
        fprintf(stderr, "households: %s\n", kith_error_of(s)->message);
    kith_session_close(s);
    kith_close(db);
    return failed;
}
