#include "links_check.h"

#include "hand_rows.h"
#include "links.h"

void links_expect_memberships(struct bench_run *run, int first)
{
    for (int64_t id = 1; id <= LINKS_USERS; id++)
        for (int nth = first; nth < first + LINKS_EACH; nth++, run->rows++) {
            struct membership m = membership_made(id, nth);
            run->checksum += membership_digest(m.user_id, m.project_id, m.hours);
        }
}

void links_check_memberships(const char *url, struct bench_run *run)
{
    struct hand_rows rows;
    void *db = hand_open(url);
    hand_rows_prepare(&rows, db, "SELECT \"hours\", \"userId\", \"projectId\" FROM \"memberships\"", "iii");
    hand_rows_run(&rows, NULL, 0);
    for (; hand_rows_next(&rows); run->rows++)
        run->checksum += membership_digest(hand_rows_int(&rows, 1), hand_rows_int(&rows, 2), hand_rows_int(&rows, 0));
    hand_rows_close(&rows);
    hand_close(db);
}
