/* bulk_insert by hand on Connector/C: an array for each parameter, 10,000 rows at a time. */
#include "bench.h"
#include "bulk_insert.h"
#include "hand_mariadb.h"

static const char *const insert_row =
    "INSERT INTO `accounts` (`name`, `email`, `age`, `balance`, `score`, `active`, `created`) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)";

enum { AT_ONCE = 10000 };

/* Texts and times are arrays of pointers; all else lies in its array. */
struct columns {
    const char *name[AT_ONCE], *email[AT_ONCE];
    unsigned long name_size[AT_ONCE], email_size[AT_ONCE];
    int32_t age[AT_ONCE];
    int64_t balance[AT_ONCE];
    double score[AT_ONCE];
    int8_t active[AT_ONCE];
    MYSQL_TIME *created[AT_ONCE], time[AT_ONCE];
};

static void fill(struct columns *c, const struct account *all, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct account *a = &all[i];
        c->name[i] = a->name;
        c->name_size[i] = a->name_size;
        c->email[i] = a->email;
        c->email_size[i] = a->email_size;
        c->age[i] = a->age;
        c->balance[i] = a->balance;
        c->score[i] = a->score;
        c->active[i] = a->active;
        c->time[i] = hand_mariadb_time(a->created);
        c->created[i] = &c->time[i];
    }
}

void bulk_insert_all(void *db, const struct account *all, int64_t count)
{
    static struct columns c;
    MYSQL_BIND params[] = {
        { .buffer_type = MYSQL_TYPE_STRING, .buffer = c.name, .length = c.name_size },
        { .buffer_type = MYSQL_TYPE_STRING, .buffer = c.email, .length = c.email_size },
        { .buffer_type = MYSQL_TYPE_LONG, .buffer = c.age },
        { .buffer_type = MYSQL_TYPE_LONGLONG, .buffer = c.balance },
        { .buffer_type = MYSQL_TYPE_DOUBLE, .buffer = c.score },
        { .buffer_type = MYSQL_TYPE_TINY, .buffer = c.active },
        { .buffer_type = MYSQL_TYPE_DATETIME, .buffer = c.created },
    };
    hand_mariadb_exec(db, "BEGIN");
    MYSQL_STMT *st = hand_mariadb_prepare(db, insert_row);
    for (int64_t first = 0; first < count; first += AT_ONCE) {
        unsigned rows = count - first < AT_ONCE ? (unsigned)(count - first) : AT_ONCE;
        fill(&c, all + first, rows);
        if (mysql_stmt_attr_set(st, STMT_ATTR_ARRAY_SIZE, &rows) || mysql_stmt_bind_param(st, params))
            bench_die(insert_row, mysql_stmt_error(st));
        hand_mariadb_execute(st);
    }
    mysql_stmt_close(st);
    hand_mariadb_exec(db, "COMMIT");
}
