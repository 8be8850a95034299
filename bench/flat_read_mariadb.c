/* flat_read by hand on Connector/C: one prepared statement, its rows fetched from the network one by one, which takes
 * less time and memory than to store them first. */
#include "flat_read.h"
#include "hand_mariadb.h"

static const char *const select_all =
    "SELECT `id`, `name`, `email`, `age`, `balance`, `score`, `active`, `created` FROM `accounts` ORDER BY `id`";

void flat_read_load(void *db, struct accounts *all)
{
    int32_t id, age;
    int64_t balance;
    double score;
    int8_t active;
    struct hand_varchar name, email;
    MYSQL_TIME created;
    MYSQL_BIND columns[] = {
        HAND_BIND(MYSQL_TYPE_LONG, &id),
        HAND_BIND_VARCHAR(&name),
        HAND_BIND_VARCHAR(&email),
        HAND_BIND(MYSQL_TYPE_LONG, &age),
        HAND_BIND(MYSQL_TYPE_LONGLONG, &balance),
        HAND_BIND(MYSQL_TYPE_DOUBLE, &score),
        HAND_BIND(MYSQL_TYPE_TINY, &active),
        HAND_BIND(MYSQL_TYPE_DATETIME, &created),
    };
    MYSQL_STMT *st = hand_mariadb_select(db, select_all, columns);
    while (hand_mariadb_fetch(st))
        *accounts_add(all) = (struct account){
            .id = id,
            .name = hand_text(&all->texts, name.text, name.size),
            .name_size = (uint32_t)name.size,
            .email = hand_text(&all->texts, email.text, email.size),
            .email_size = (uint32_t)email.size,
            .age = age,
            .balance = balance,
            .score = score,
            .active = active != 0,
            .created = hand_mariadb_date(&created),
        };
    mysql_stmt_close(st);
}
