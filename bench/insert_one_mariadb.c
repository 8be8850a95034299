/* insert_one by hand on Connector/C: one prepared statement, its parameters bound once; the id comes with the answer. */
#include "hand_mariadb.h"
#include "insert_one.h"

static const char *const insert_row =
    "INSERT INTO `accounts` (`name`, `email`, `age`, `balance`, `score`, `active`, `created`) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";

void insert_one_all(void *db, struct bench_run *run)
{
    struct account_texts texts;
    struct account a;
    unsigned long name_size, email_size;
    int8_t active;
    MYSQL_TIME created;
    MYSQL_BIND params[] = {
        { .buffer_type = MYSQL_TYPE_STRING, .buffer = texts.name, .length = &name_size },
        { .buffer_type = MYSQL_TYPE_STRING, .buffer = texts.email, .length = &email_size },
        HAND_BIND(MYSQL_TYPE_LONG, &a.age),
        HAND_BIND(MYSQL_TYPE_LONGLONG, &a.balance),
        HAND_BIND(MYSQL_TYPE_DOUBLE, &a.score),
        HAND_BIND(MYSQL_TYPE_TINY, &active),
        HAND_BIND(MYSQL_TYPE_DATETIME, &created),
    };
    hand_mariadb_exec(db, "BEGIN");
    MYSQL_STMT *st = hand_mariadb_prepare(db, insert_row);
    mysql_stmt_bind_param(st, params);
    while (run->rows < INSERT_ONE_ROWS) {
        a = insert_one_next(run, &texts);
        name_size = a.name_size;
        email_size = a.email_size;
        active = a.active;
        created = hand_mariadb_time(a.created);
        hand_mariadb_execute(st);
        insert_one_done(run, &a, (int64_t)mysql_stmt_insert_id(st));
    }
    mysql_stmt_close(st);
    hand_mariadb_exec(db, "COMMIT");
}
