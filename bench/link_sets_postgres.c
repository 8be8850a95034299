/* link_sets by hand on libpq: the server computes the difference, and one round trip carries the whole transaction. */
#include <stdlib.h>

#include "link_sets_hand.h"

enum { STEPS = 6 };

static const char *const steps[STEPS] = {
    "BEGIN",
    "SELECT 1 FROM \"users\" WHERE \"id\" = $1::integer FOR UPDATE",
    "DELETE FROM \"memberships\" WHERE \"userId\" = $1::integer AND \"projectId\" <> ALL ($2::integer[])",
    "INSERT INTO \"memberships\" AS m (\"userId\", \"projectId\", \"hours\") "
    "SELECT $1::integer, p, h FROM unnest($2::integer[], $3::integer[]) AS t (p, h) "
    "ON CONFLICT (\"userId\", \"projectId\") DO UPDATE SET \"hours\" = excluded.\"hours\" "
    "WHERE m.\"hours\" <> excluded.\"hours\"",
    "SELECT \"projectId\", \"hours\" FROM \"memberships\" WHERE \"userId\" = $1::integer",
    "COMMIT",
};
static const int param_counts[STEPS] = { 0, 1, 2, 3, 1, 0 };
static const char *const names[STEPS] = { "begin", "lock", "delete", "insert", "read", "commit" };

struct setting {
    PGconn *db;
};

struct setting *setting_new(void *db)
{
    struct setting *s = malloc(sizeof *s);
    if (!s)
        bench_die("hand", "out of memory");
    s->db = db;
    for (int i = 0; i < STEPS; i++)
        hand_postgres_prepare(db, names[i], steps[i]);
    if (PQenterPipelineMode(db) != 1)
        bench_die("pipeline", PQerrorMessage(db));
    return s;
}

static void found(const PGresult *r, int32_t user, struct bench_run *run)
{
    for (int row = 0; row < PQntuples(r); row++)
        setting_found(run, user, hand_postgres_int4(r, row, 0), hand_postgres_int4(r, row, 1));
}

/* Each step's result and the NULL behind it, then that of the synchronization. */
static void receive(PGconn *db, int32_t user, struct bench_run *run)
{
    for (int i = 0; i < STEPS; i++) {
        PGresult *r = PQgetResult(db);
        if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
            bench_die(steps[i], PQerrorMessage(db));
        if (i == STEPS - 2)
            found(r, user, run);
        PQclear(r);
        PQclear(PQgetResult(db));
    }
    PQclear(PQgetResult(db));
}

void setting_run(struct setting *s, int32_t user, const int32_t projects[LINKS_EACH], const int32_t hours[LINKS_EACH],
                 struct bench_run *run)
{
    static const int binary[] = { 1, 1, 1 };
    struct hand_postgres_keys keys[2];
    uint32_t key = hand_postgres_swap4((uint32_t)user);
    const char *values[] = { (char *)&key, (char *)&keys[0], (char *)&keys[1] };
    int sizes[] = { sizeof key, hand_postgres_keys(projects, LINKS_EACH, &keys[0]),
                    hand_postgres_keys(hours, LINKS_EACH, &keys[1]) };
    for (int i = 0; i < STEPS; i++)
        if (PQsendQueryPrepared(s->db, names[i], param_counts[i], values, sizes, binary, 1) != 1)
            bench_die(steps[i], PQerrorMessage(s->db));
    if (PQpipelineSync(s->db) != 1)
        bench_die("pipeline", PQerrorMessage(s->db));
    receive(s->db, user, run);
}

void setting_free(struct setting *s)
{
    PQexitPipelineMode(s->db);
    free(s);
}
