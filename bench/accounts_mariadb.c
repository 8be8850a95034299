/* accounts_mariadb: the accounts in a MariaDB database. */
#include "accounts.h"
#include "hand_mariadb.h"

static const char *const create_table =
    "CREATE OR REPLACE TABLE `accounts` (`id` INT AUTO_INCREMENT PRIMARY KEY, `name` VARCHAR(255) NOT NULL, "
    "`email` VARCHAR(255) NOT NULL, `age` INT NOT NULL, `balance` BIGINT NOT NULL, `score` DOUBLE NOT NULL, "
    "`active` BOOLEAN NOT NULL, `created` DATETIME(6) NOT NULL) "
    "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_nopad_bin";

static void insert(struct hand_insert *in, const struct account *a)
{
    char created[HAND_DATE_SIZE + 1];
    hand_date_write(a->created, created);
    hand_mariadb_insert(in, "(%lld,'%s','%s',%d,%lld,%.17g,%d,'%s')", (long long)a->id, a->name, a->email, (int)a->age,
                        (long long)a->balance, a->score, a->active, created);
}

void accounts_fill(const char *url, int64_t rows)
{
    MYSQL *db = hand_open(url);
    hand_mariadb_exec(db, create_table);
    hand_mariadb_exec(db, "BEGIN");
    struct hand_insert in = { .db = db, .table = "`accounts`" };
    for (int64_t id = 1; id <= rows; id++) {
        struct account_texts texts;
        struct account a = account_made(id, &texts);
        insert(&in, &a);
    }
    hand_mariadb_insert_end(&in);
    hand_mariadb_exec(db, "COMMIT");
    hand_mariadb_exec(db, "ANALYZE TABLE `accounts`");
    hand_close(db);
}
