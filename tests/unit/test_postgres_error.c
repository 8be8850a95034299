/* What PostgreSQL's SQLSTATEs mean, without a server. */
#include "driver/postgres_error.h"
#include "harness/test.h"

static void test_driver_postgres_error__statuses(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        kith_status status;
    } expected[] = {
        { "23505", KITH_E_UNIQUE },
        { "23P01", KITH_E_UNIQUE },
        { "23503", KITH_E_FOREIGN_KEY },
        { "23001", KITH_E_FOREIGN_KEY },
        { "23502", KITH_E_NOT_NULL },
        { "23514", KITH_E_CHECK },
        { "44000", KITH_E_CHECK },
        { "22001", KITH_E_CHECK },
        { "22003", KITH_E_CHECK },
        { "22007", KITH_E_CHECK },
        { "22008", KITH_E_CHECK },
        { "22P02", KITH_E_CHECK },
        { "22021", KITH_E_CHECK },
        { "40001", KITH_E_BUSY },
        { "40P01", KITH_E_BUSY },
        { "55P03", KITH_E_BUSY },
        { "57014", KITH_E_TIMEOUT },
        { "57P01", KITH_E_CONNECTION },
        { "57P02", KITH_E_CONNECTION },
        { "57P03", KITH_E_CONNECTION },
        { "57P04", KITH_E_CONNECTION },
        { "57P05", KITH_E_CONNECTION },
        { "53300", KITH_E_CONNECTION },
        { "25P03", KITH_E_CONNECTION },
        { "25P04", KITH_E_CONNECTION },
        { "08000", KITH_E_CONNECTION },
        { "08003", KITH_E_CONNECTION },
        { "08006", KITH_E_CONNECTION },
        { "42501", KITH_E_PERMISSION },
        { "25006", KITH_E_PERMISSION },
        { "28000", KITH_E_PERMISSION },
        { "28P01", KITH_E_PERMISSION },
        /* Nothing that a program could act upon. */
        { "08P01", KITH_E_DATABASE },
        { "42601", KITH_E_DATABASE },
        { "42P01", KITH_E_DATABASE },
        { "22012", KITH_E_DATABASE },
        { "40003", KITH_E_DATABASE },
        { "P0001", KITH_E_DATABASE },
        { "25P02", KITH_E_DATABASE },
        { "53100", KITH_E_DATABASE },
        { "", KITH_E_DATABASE },
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (kith__postgres_status(expected[i].sqlstate) != expected[i].status)
            fail_msg("%s", expected[i].sqlstate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_driver_postgres_error__statuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
