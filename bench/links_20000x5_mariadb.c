/* links_20000x5 by hand on Connector/C: the rows of both statements are fetched from the network one by one. */
#include "hand_mariadb.h"
#include "links_20000x5_hand.h"

#define TABLE_SUFFIX " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin"

static const char *const create_tables[] = {
    "DROP TABLE IF EXISTS `memberships`, `users`, `projects`",
    "CREATE TABLE `users` (`id` INT AUTO_INCREMENT PRIMARY KEY, `name` VARCHAR(255) NOT NULL, "
    "`age` INT NOT NULL)" TABLE_SUFFIX,
    "CREATE TABLE `projects` (`id` INT AUTO_INCREMENT PRIMARY KEY, `title` VARCHAR(255) NOT NULL, "
    "`budget` BIGINT NOT NULL)" TABLE_SUFFIX,
    "CREATE TABLE `memberships` (`hours` INT NOT NULL, `userId` INT NOT NULL, `projectId` INT NOT NULL, "
    "PRIMARY KEY (`userId`, `projectId`), "
    "FOREIGN KEY (`userId`) REFERENCES `users` (`id`) ON DELETE CASCADE ON UPDATE CASCADE, "
    "FOREIGN KEY (`projectId`) REFERENCES `projects` (`id`) ON DELETE CASCADE ON UPDATE CASCADE)" TABLE_SUFFIX,
};

static const char *const select_users = "SELECT `id`, `name`, `age` FROM `users` ORDER BY `id`";
/* STRAIGHT_JOIN: the server would go through the projects and look for the links of each, which takes it twice as long. */
static const char *const select_links =
    "SELECT m.`userId`, m.`hours`, p.`id`, p.`title`, p.`budget` FROM `memberships` m "
    "STRAIGHT_JOIN `projects` p ON p.`id` = m.`projectId`";
static const char *const in_order = " ORDER BY m.`userId`";

/* ---- the data --------------------------------------------------------------------------------------------------- */

static void insert_named(MYSQL *db, const char *table, int64_t count, struct named (*made)(int64_t id))
{
    struct hand_insert in = { .db = db, .table = table };
    for (int64_t id = 1; id <= count; id++) {
        struct named n = made(id);
        hand_mariadb_insert(&in, "(%lld,'%s',%lld)", (long long)n.id, n.name, (long long)n.number);
    }
    hand_mariadb_insert_end(&in);
}

static void insert_links(MYSQL *db)
{
    struct hand_insert in = { .db = db, .table = "`memberships`" };
    for (int nth = 0; nth < LINKS_EACH; nth++)
        for (int64_t id = 1; id <= LINKS_USERS; id++) {
            struct membership m = membership_made(id, nth);
            hand_mariadb_insert(&in, "(%d,%lld,%lld)", (int)m.hours, (long long)m.user_id, (long long)m.project_id);
        }
    hand_mariadb_insert_end(&in);
}

void links_fill(const char *url)
{
    MYSQL *db = hand_open(url);
    for (size_t i = 0; i < sizeof create_tables / sizeof *create_tables; i++)
        hand_mariadb_exec(db, create_tables[i]);
    hand_mariadb_exec(db, "BEGIN");
    insert_named(db, "`users`", LINKS_USERS, user_made);
    insert_named(db, "`projects`", LINKS_PROJECTS, project_made);
    insert_links(db);
    hand_mariadb_exec(db, "COMMIT");
    hand_mariadb_exec(db, "ANALYZE TABLE `users`, `projects`, `memberships`");
    hand_close(db);
}

/* ---- what is measured ------------------------------------------------------------------------------------------- */

void links_load_users(void *db, struct loaded *all)
{
    int32_t id, age;
    struct hand_varchar name;
    MYSQL_BIND columns[] = { HAND_BIND(MYSQL_TYPE_LONG, &id), HAND_BIND_VARCHAR(&name),
                             HAND_BIND(MYSQL_TYPE_LONG, &age) };
    MYSQL_STMT *st = hand_mariadb_select(db, select_users, columns);
    while (hand_mariadb_fetch(st)) {
        struct user *u = links_add_user(all);
        u->id = id;
        u->name = hand_text(&all->texts, name.text, name.size);
        u->name_size = (uint32_t)name.size;
        u->age = age;
    }
    mysql_stmt_close(st);
}

static const struct project *keep_project(struct loaded *all, int64_t id, const struct hand_varchar *title,
                                          int64_t budget)
{
    bool known;
    struct project *p = links_project(all, id, &known);
    if (!known) {
        p->title = hand_text(&all->texts, title->text, title->size);
        p->title_size = (uint32_t)title->size;
        p->budget = budget;
    }
    return p;
}

void links_load_links(void *db, struct loaded *all)
{
    char sql[256];
    int32_t user, hours, project;
    int64_t budget;
    struct hand_varchar title;
    MYSQL_BIND columns[] = { HAND_BIND(MYSQL_TYPE_LONG, &user), HAND_BIND(MYSQL_TYPE_LONG, &hours),
                             HAND_BIND(MYSQL_TYPE_LONG, &project), HAND_BIND_VARCHAR(&title),
                             HAND_BIND(MYSQL_TYPE_LONGLONG, &budget) };
    snprintf(sql, sizeof sql, "%s%s", select_links, all->ordered ? in_order : "");
    MYSQL_STMT *st = hand_mariadb_select(db, sql, columns);
    while (hand_mariadb_fetch(st)) {
        struct link *link = links_add_link(all, user);
        link->hours = hours;
        link->project = keep_project(all, project, &title, budget);
    }
    mysql_stmt_close(st);
}
