/* members: where what was loaded goes in a program's structs. tests/install/run compiles it with one INTO after another:
 * those that say what the member is do, all others must not. */
#include <kith/kith.h>

typedef struct company {
    int64_t id;
    const char *name;
} company;
typedef struct project {
    int64_t id;
    const char *title;
} project;
typedef struct membership {
    const char *role;
    int64_t hours;
} membership;
typedef struct user {
    int64_t id;
    KITH_ARRAY(project, membership) projects;
    KITH_ARRAY_OF(struct user) friends;
    company *employer;
    const company *former;
    struct {
        project *at;
        size_t count;
    } reversed;
    struct {
        int count;
        project *at;
    } narrow;
    unsigned char flags;
} user;

extern const kith_model user_model;
const kith_model user_model = {
    .name = "user",
    .struct_size = sizeof(user),
    .attrs = KITH_ATTRS(KITH_ATTR(user, MEMBER, .type = KITH_BIGINT)),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO, .target = &user_model, .into = INTO }),
};

kith_list *find_users(kith_session *s);
kith_list *find_users(kith_session *s)
{
    return kith_find(s, &user_model, &(kith_query){ .include = KITH_INCLUDE({ .as = "projects", .into = INTO }) });
}
