/* models: the workloads' tables as Kith sees them. The tables themselves are made by the hand-written programs'
 * `prepare`, so that both sides read the same rows. Every model has the id that Kith adds. */
#ifndef BENCH_MODELS_H
#define BENCH_MODELS_H

#include "kith/kith.h"

/* ---- flat_read -------------------------------------------------------------------------------------------------- */

static const kith_model account_model = {
    .name = "account",
    .table = "accounts",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(255), .not_null = true },
                        { .name = "email", .type = KITH_STRING(255), .not_null = true },
                        { .name = "age", .type = KITH_INTEGER, .not_null = true },
                        { .name = "balance", .type = KITH_BIGINT, .not_null = true },
                        { .name = "score", .type = KITH_REAL, .not_null = true },
                        { .name = "active", .type = KITH_BOOLEAN, .not_null = true },
                        { .name = "created", .type = KITH_DATE, .not_null = true }),
};

/* ---- links ----------------------------------------------------------------------------------------------- */

static const kith_model project_model = {
    .name = "project",
    .table = "projects",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "title", .type = KITH_STRING(255), .not_null = true },
                        { .name = "budget", .type = KITH_BIGINT, .not_null = true }),
};

static const kith_model membership_model = {
    .name = "membership",
    .table = "memberships",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "hours", .type = KITH_INTEGER, .not_null = true }),
};

static const kith_model user_model = {
    .name = "user",
    .table = "users",
    .no_timestamps = true,
    .attrs = KITH_ATTRS({ .name = "name", .type = KITH_STRING(255), .not_null = true },
                        { .name = "age", .type = KITH_INTEGER, .not_null = true }),
    .assocs = KITH_ASSOCS({ KITH_BELONGS_TO_MANY, .as = "projects", .target = &project_model,
                            .through_model = &membership_model, .foreign_key = "userId", .other_key = "projectId" }),
};

/* ---- nested ------------------------------------------------------------------------------------------------------- */

#define NAMED                                                                                                          \
    { .name = "name", .type = KITH_STRING(255), .not_null = true },                                                    \
    {                                                                                                                  \
        .name = "number", .type = KITH_BIGINT, .not_null = true                                                        \
    }
#define KEY(key)                                                                                                       \
    {                                                                                                                  \
        .name = (key), .type = KITH_INTEGER, .not_null = true                                                          \
    }

static const kith_model item_model = {
    .name = "item", .table = "items", .no_timestamps = true, .attrs = KITH_ATTRS(NAMED, KEY("orderId"))
};

static const kith_model order_model = {
    .name = "order",
    .table = "orders",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAMED, KEY("customerId")),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "items", .target = &item_model, .foreign_key = "orderId" }),
};

static const kith_model customer_model = {
    .name = "customer",
    .table = "customers",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAMED),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "orders", .target = &order_model, .foreign_key = "customerId" }),
};

static const kith_model member_model = {
    .name = "member", .table = "members", .no_timestamps = true, .attrs = KITH_ATTRS(NAMED, KEY("teamId"))
};

static const kith_model task_model = {
    .name = "task", .table = "tasks", .no_timestamps = true, .attrs = KITH_ATTRS(NAMED, KEY("teamId"))
};

static const kith_model team_model = {
    .name = "team",
    .table = "teams",
    .no_timestamps = true,
    .attrs = KITH_ATTRS(NAMED),
    .assocs = KITH_ASSOCS({ KITH_HAS_MANY, .as = "members", .target = &member_model, .foreign_key = "teamId" },
                          { KITH_HAS_MANY, .as = "tasks", .target = &task_model, .foreign_key = "teamId" }),
};

static const kith_model *const three_levels_models[] = { &customer_model, &order_model, &item_model, NULL };
static const kith_model *const siblings_models[] = { &team_model, &member_model, &task_model, NULL };

#endif
