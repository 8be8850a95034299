/* find_by_key by hand on Connector/C: one prepared statement, its parameter and its columns bound once. */
#include "find_by_key.h"
#include "hand_mariadb.h"

static const char *const select_one =
    "SELECT `id`, `name`, `email`, `age`, `balance`, `score`, `active`, `created` FROM `accounts` WHERE `id` = ?";

/* Whether there is one row, which the columns then hold. */
static bool find(MYSQL_STMT *st)
{
    hand_mariadb_execute(st);
    return hand_mariadb_fetch(st) && !hand_mariadb_fetch(st);
}

void find_by_key_all(void *db, struct bench_run *run)
{
    struct account a;
    struct hand_varchar name, email;
    int32_t key, id;
    int8_t active;
    MYSQL_TIME created;
    MYSQL_BIND param = HAND_BIND(MYSQL_TYPE_LONG, &key);
    MYSQL_BIND columns[] = {
        HAND_BIND(MYSQL_TYPE_LONG, &id),
        HAND_BIND_VARCHAR(&name),
        HAND_BIND_VARCHAR(&email),
        HAND_BIND(MYSQL_TYPE_LONG, &a.age),
        HAND_BIND(MYSQL_TYPE_LONGLONG, &a.balance),
        HAND_BIND(MYSQL_TYPE_DOUBLE, &a.score),
        HAND_BIND(MYSQL_TYPE_TINY, &active),
        HAND_BIND(MYSQL_TYPE_DATETIME, &created),
    };
    MYSQL_STMT *st = hand_mariadb_prepare(db, select_one);
    mysql_stmt_bind_param(st, &param);
    hand_mariadb_bind_columns(st, columns);
    for (int64_t i = 0; i < FIND_BY_KEY_FINDS; i++) {
        key = (int32_t)find_by_key_id(i);
        if (!find(st))
            break;
        a.id = id;
        a.name = name.text;
        a.name_size = (uint32_t)name.size;
        a.email = email.text;
        a.email_size = (uint32_t)email.size;
        a.active = active != 0;
        a.created = hand_mariadb_date(&created);
        find_by_key_found(run, &a);
    }
    mysql_stmt_close(st);
}
